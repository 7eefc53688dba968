/* realpath() */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "repository.h"

static const char *join(struct arena *arena, const char *folder, const char *name)
{
	size_t len = strlen(folder);

	return arena_format(arena, "%s%s%s", folder, len && folder[len - 1] == '/' ? "" : "/", name);
}

/* The absolute path without links, in the arena; NULL with errno. */
static const char *resolve(struct arena *arena, const char *path)
{
	char *found = realpath(path, NULL);

	if (!found)
		return NULL;
	const char *copy = arena_copy(arena, found, strlen(found));
	free(found);
	return copy;
}

static const char *parent_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? "/" : arena_copy(arena, path, (size_t)(slash - path));
}

static bool is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool looks_bare(struct arena *arena, const char *path)
{
	struct stat status;

	return lstat(join(arena, path, "HEAD"), &status) == 0 && is_folder(join(arena, path, "objects")) &&
	       is_folder(join(arena, path, "refs"));
}

/* start as seen from top: "" where it is not below it, or inside .git. */
static struct text prefix_of(const char *top, const char *start)
{
	size_t len = strcmp(top, "/") == 0 ? 0 : strlen(top);

	if (strncmp(start, top, len) != 0 || start[len] != '/')
		return TEXT("");
	struct text prefix = text_of(start + len + 1);
	return path_is_plain(prefix) ? prefix : TEXT("");
}

static int locate_named(struct location *out, const char *start, const char *git_dir, struct arena *arena,
                        struct failure *failure)
{
	const char *path = resolve(arena, git_dir[0] == '/' ? git_dir : join(arena, start, git_dir));
	struct stat status;

	if (!path || stat(path, &status) != 0)
		return failure_set(failure, EXIT_UNABLE, "cannot open repository '%s': %s", git_dir, strerror(errno));
	const char *name = strrchr(path, '/') + 1;
	if (S_ISREG(status.st_mode) || strcmp(name, ".git") == 0) {
		const char *top = parent_of(arena, path);
		*out = (struct location){LOCATION_WORKTREE, top, prefix_of(top, start)};
		return 0;
	}
	if (!looks_bare(arena, path)) {
		bool below = is_folder(join(arena, path, ".git"));
		return failure_set(failure, EXIT_UNABLE, "'%s' is not a git repository%s%s%s", git_dir,
		                   below ? "; its repository is '" : "", below ? join(arena, git_dir, ".git") : "", below ? "'" : "");
	}
	*out = (struct location){LOCATION_BARE, path, TEXT("")};
	return 0;
}

int repository_locate(struct location *out, const char *directory, const char *git_dir, struct arena *arena,
                      struct failure *failure)
{
	const char *start = resolve(arena, directory ? directory : ".");

	if (!start)
		return failure_set(failure, EXIT_UNABLE, "cannot open folder '%s': %s", directory ? directory : ".", strerror(errno));
	if (!is_folder(start))
		return failure_set(failure, EXIT_UNABLE, "cannot open folder '%s': not a folder", directory ? directory : ".");
	if (git_dir)
		return locate_named(out, start, git_dir, arena, failure);
	for (const char *folder = start;; folder = parent_of(arena, folder)) {
		struct stat status;
		const char *entry = join(arena, folder, ".git");
		if (stat(entry, &status) == 0) {
			*out = (struct location){LOCATION_WORKTREE, folder, prefix_of(folder, start)};
			return 0;
		}
		if (errno != ENOENT && errno != ENOTDIR)
			return failure_set(failure, EXIT_UNABLE, "cannot look at '%s': %s", entry, strerror(errno));
		if (strcmp(folder, "/") == 0)
			break;
	}
	*out = (struct location){looks_bare(arena, start) ? LOCATION_BARE : LOCATION_FOLDER, start, TEXT("")};
	return 0;
}

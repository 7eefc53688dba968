#define _XOPEN_SOURCE 700 /* realpath */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "handle.h"
#include "noted.h"

enum { PATH_BYTES = 4096 };

/* Opens a regular file below a folder, name by name and never through a link; -1 where there is none. */
static int open_below(const char *folder, const char *path)
{
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat status;

	while (at >= 0) {
		size_t len = strcspn(path, "/");
		char name[256];
		if (len >= sizeof name) {
			close(at);
			return -1;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		bool last = path[len] == '\0';
		int next = openat(at, name, last ? O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC : O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
		if (last)
			break;
		path += len + 1;
	}
	if (at >= 0 && (fstat(at, &status) != 0 || !S_ISREG(status.st_mode))) {
		close(at);
		at = -1;
	}
	return at;
}

/* The first line of a small file, without what stands before it; false where there is none or it is another. */
static bool read_line(char out[static PATH_BYTES], const char *folder, const char *name, const char *prefix)
{
	int fd = open_below(folder, name);
	ssize_t len = fd < 0 ? -1 : read(fd, out, PATH_BYTES - 1);
	size_t skip = strlen(prefix);

	if (fd >= 0)
		close(fd);
	if (len < 0)
		return false;
	out[len] = '\0';
	out[strcspn(out, "\r\n")] = '\0';
	if (strncmp(out, prefix, skip) != 0)
		return false;
	memmove(out, out + skip, strlen(out) - skip + 1);
	return out[0] != '\0';
}

/* path below folder, or path itself where it begins at the root. */
static bool join(char out[static PATH_BYTES], const char *folder, const char *path)
{
	int len = path[0] == '/' ? snprintf(out, PATH_BYTES, "%s", path) : snprintf(out, PATH_BYTES, "%s/%s", folder, path);

	return len > 0 && len < PATH_BYTES;
}

/* The git directory with the objects of the work tree whose top this is; a linked work tree's .git is a file that leads there. */
static bool git_directory(char out[static PATH_BYTES], const char *top)
{
	char line[PATH_BYTES], own[PATH_BYTES];
	struct stat status;

	if (!join(own, top, ".git") || lstat(own, &status) != 0)
		return false;
	if (S_ISDIR(status.st_mode))
		return join(out, top, ".git");
	if (!read_line(line, top, ".git", "gitdir: ") || !join(own, top, line))
		return false;
	if (!read_line(line, own, "commondir", ""))
		return join(out, "", own);
	return join(out, own, line);
}

static bool is_there(const char *folder, const char *name)
{
	char path[PATH_BYTES];
	struct stat status;

	return join(path, folder, name) && lstat(path, &status) == 0;
}

/* Cuts the last name off; false where none is left but the root. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

/* The file's folder, absolute, and the top that stores are looked for up to: the source's, or the nearest folder with a .git. */
static bool find_folders(char folder[static PATH_BYTES], char top[static PATH_BYTES], const struct source *source, struct text path)
{
	char name[PATH_BYTES];

	if (path.len >= sizeof name)
		return false;
	memcpy(name, path.at, path.len);
	name[path.len] = '\0';
	if (source) {
		if (source->info.top.len >= PATH_BYTES)
			return false;
		memcpy(top, source->info.top.at, source->info.top.len);
		top[source->info.top.len] = '\0';
		return join(folder, top, name) && go_up(folder);
	}
	char *real = realpath(name, NULL);
	bool found = real && join(folder, "", real) && go_up(folder);
	free(real);
	if (!found)
		return false;
	memcpy(top, folder, strlen(folder) + 1);
	while (!is_there(top, ".git"))
		if (!go_up(top)) {
			memcpy(top, folder, strlen(folder) + 1);
			break;
		}
	return true;
}

static int open_lfs(const struct source *source, const char *top, const char *id)
{
	char git[PATH_BYTES], path[128];

	if (source && source->repository) {
		const char *common = git_repository_commondir(source->repository);
		if (!common || !join(git, "", common))
			return -1;
	} else if (!git_directory(git, top)) {
		return -1;
	}
	snprintf(path, sizeof path, "lfs/objects/%.2s/%.2s/%s", id, id + 2, id);
	return open_below(git, path);
}

static int open_dvc(char *folder, const char *top, const char *id)
{
	char path[128];
	size_t least = strlen(top);

	for (;;) {
		snprintf(path, sizeof path, ".dvc/cache/files/md5/%.2s/%s", id, id + 2);
		int fd = open_below(folder, path);
		if (fd < 0) {
			snprintf(path, sizeof path, ".dvc/cache/%.2s/%s", id, id + 2);
			fd = open_below(folder, path);
		}
		if (fd >= 0 || strlen(folder) <= least || !go_up(folder))
			return fd;
	}
}

int store_open(const struct source *source, struct text path, enum store store, const char *id)
{
	char folder[PATH_BYTES], top[PATH_BYTES];

	if (!find_folders(folder, top, source, path))
		return -1;
	return store == STORE_LFS ? open_lfs(source, top, id) : open_dvc(folder, top, id);
}

int source_stored(struct stream **out, struct source *source, struct text path, enum store store, const char *id, struct failure *failure)
{
	(void)failure;
	*out = NULL;
	int fd = store_open(source, path, store, id);
	if (source)
		seen_stored(source, path, store, id, fd);
	if (fd >= 0)
		*out = stream_new(path, fd, 0, NULL);
	return 0;
}

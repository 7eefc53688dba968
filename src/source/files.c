#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "handle.h"

enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static int system_fail(struct failure *failure, const char *what, struct text path)
{
	return failure_set(failure, EXIT_UNABLE, "cannot %s '%.*s': %s", what, TEXT_ARGS(path), strerror(errno));
}

/* ENOTDIR and ELOOP: another kind of entry stands in the path. */
static bool is_absence(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG;
}

static bool is_nested_repository(int folder)
{
	struct stat status;

	return fstatat(folder, ".git", &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The name as a string; false where it is too long to be there. */
static bool name_string(char out[256], struct text name)
{
	if (name.len > 255)
		return false;
	memcpy(out, name.at, name.len);
	out[name.len] = '\0';
	return true;
}

/* Opens name below folder and closes folder; *next is -1 where no folder of ours is there. A nested repository is not ours. */
static int step(int *next, int folder, struct text name, struct text path, struct failure *failure)
{
	char string[256];

	*next = name_string(string, name) ? openat(folder, string, FOLDER_FLAGS) : -1;
	int error = *next < 0 ? (name.len > 255 ? ENOENT : errno) : 0;
	close(folder);
	errno = error;
	if (*next < 0)
		return is_absence(error) ? 0 : system_fail(failure, "open folder", path);
	if (is_nested_repository(*next)) {
		close(*next);
		*next = -1;
	}
	return 0;
}

/* *fd is the folder's, owned by the handle, -1 where it is absent. Name by name, never through a link. */
static int enter(int *fd, struct source *source, struct text folder, struct failure *failure)
{
	if (handle_is_last(source, folder)) {
		*fd = source->last.fd;
		return 0;
	}
	size_t done = 0;
	struct text last = {source->last.path, source->last.len};
	bool below = last.len && folder.len > last.len && folder.at[last.len] == '/' &&
	             memcmp(folder.at, last.at, last.len) == 0;
	if (below)
		done = last.len + 1;
	int at = openat(below ? source->last.fd : source->top, ".", FOLDER_FLAGS);
	if (at < 0)
		return system_fail(failure, "open folder", below ? last : source->info.top);
	while (done < folder.len) {
		struct text rest = text_cut(folder, done, folder.len);
		struct text name = text_cut(rest, 0, text_find(rest, '/'));
		if (step(&at, at, name, folder, failure) < 0)
			return -1;
		if (at < 0)
			break;
		done += name.len + 1;
	}
	*fd = at;
	if (at >= 0)
		handle_remember(source, folder, at, NULL);
	return 0;
}

static enum entry_kind kind_of(int folder, const char *name, const struct stat *status)
{
	if (S_ISREG(status->st_mode))
		return ENTRY_FILE;
	if (S_ISLNK(status->st_mode))
		return ENTRY_LINK;
	if (!S_ISDIR(status->st_mode))
		return ENTRY_OTHER;
	int inner = openat(folder, name, FOLDER_FLAGS);
	bool nested = inner >= 0 && is_nested_repository(inner);
	if (inner >= 0)
		close(inner);
	return nested ? ENTRY_SUBMODULE : ENTRY_FOLDER;
}

/* A folder may be a submodule that was not fetched: then the index knows it. */
static enum entry_kind folder_kind(struct source *source, struct text folder)
{
	git_index *index = NULL;
	char path[4096];
	enum entry_kind kind = ENTRY_FOLDER;

	if (!source->repository || folder.len >= sizeof path || git_repository_index(&index, source->repository) != 0)
		return ENTRY_FOLDER;
	memcpy(path, folder.at, folder.len);
	path[folder.len] = '\0';
	const git_index_entry *entry = git_index_get_bypath(index, path, 0);
	if (entry && entry->mode == GIT_FILEMODE_COMMIT)
		kind = ENTRY_SUBMODULE;
	git_index_free(index);
	return kind;
}

int files_stand(bool *found, enum entry_kind *kind, struct source *source, struct text path, struct failure *failure)
{
	char name[256];
	struct stat status;
	int folder;

	*found = false;
	if (enter(&folder, source, path_folder(path), failure) < 0)
		return -1;
	if (folder < 0 || !name_string(name, path_name(path)))
		return 0;
	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return is_absence(errno) ? 0 : system_fail(failure, "look at", path);
	*found = true;
	*kind = kind_of(folder, name, &status);
	return 0;
}

int files_look(bool *found, enum entry_kind *kind, struct source *source, struct text path, struct failure *failure)
{
	if (files_stand(found, kind, source, path, failure) < 0)
		return -1;
	if (*found && *kind == ENTRY_FOLDER)
		*kind = folder_kind(source, path);
	return 0;
}

int files_open(int *fd, size_t *size, enum read_result *result, struct source *source, struct text path,
               struct failure *failure)
{
	char name[256];
	struct stat status;
	enum entry_kind kind;
	bool found;

	/* Asked before it is opened: opening a pipe or device can have effects. */
	if (files_look(&found, &kind, source, path, failure) < 0)
		return -1;
	*result = !found ? READ_MISSING : READ_NOT_A_FILE;
	if (!found || kind != ENTRY_FILE || !name_string(name, path_name(path)))
		return 0;
	*fd = openat(source->last.fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0) {
		*result = READ_MISSING;
		return is_absence(errno) ? 0 : system_fail(failure, "open", path);
	}
	if (fstat(*fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(*fd);
		return 0;
	}
	*size = (size_t)status.st_size;
	*result = READ_OK;
	return 0;
}

int files_read(struct text *bytes, enum read_result *result, int fd, size_t size, struct text path, size_t max,
               struct arena *arena, struct failure *failure)
{
	*result = READ_TOO_LARGE;
	if (size > max)
		return 0;
	/* One byte more than it should have, to see its end; more where it grows meanwhile. */
	size_t room = size + 1, len = 0;
	char *data = arena_alloc(arena, room + 1);
	for (;;) {
		ssize_t got = read(fd, data + len, room - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return system_fail(failure, "read", path);
		len += (size_t)got;
		if (len > max)
			return 0;
		if (got == 0)
			break;
		if (len == room) {
			char *more = arena_alloc(arena, 2 * room + 1);
			memcpy(more, data, len);
			data = more;
			room *= 2;
		}
	}
	data[len] = '\0';
	*bytes = (struct text){data, len};
	*result = READ_OK;
	return 0;
}

/* --- Listing --- */

struct walk {
	struct source *source;
	struct entry_list *list;
	const struct limits *limits;
	struct arena *arena;
	bool shallow;         /* folders are listed, not entered */
	struct text *pending; /* folders not entered yet */
	size_t pending_count, pending_room;
};

static void walk_push(struct walk *walk, struct text folder)
{
	if (walk->pending_count == walk->pending_room) {
		walk->pending_room = walk->pending_room ? 2 * walk->pending_room : 64;
		walk->pending = memory_resize(walk->pending, walk->pending_room * sizeof *walk->pending);
	}
	walk->pending[walk->pending_count++] = folder;
}

static struct text joined(struct arena *arena, struct text folder, const char *name)
{
	if (folder.len == 0)
		return text_copy(arena, text_of(name));
	size_t len = strlen(name);
	char *path = arena_alloc(arena, folder.len + len + 2);
	memcpy(path, folder.at, folder.len);
	path[folder.len] = '/';
	memcpy(path + folder.len + 1, name, len);
	return (struct text){path, folder.len + 1 + len};
}

static int walk_entry(struct walk *walk, int folder_fd, struct text folder, const char *name, struct failure *failure)
{
	struct text path = joined(walk->arena, folder, name);
	struct stat status;

	if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : system_fail(failure, "look at", path);
	if (!walk->shallow && S_ISDIR(status.st_mode) && path_depth(path) <= walk->limits->walk_depth) {
		walk_push(walk, path);
		return 0;
	}
	return entry_list_add(walk->list, path, kind_of(folder_fd, name, &status), walk->limits, walk->arena, failure);
}

static int walk_folder(struct walk *walk, struct text folder, bool first, struct failure *failure)
{
	int at, status = 0;
	size_t count = 0;

	if (enter(&at, walk->source, folder, failure) < 0)
		return -1;
	if (at < 0)
		return first ? 0 : entry_list_add(walk->list, folder, ENTRY_SUBMODULE, walk->limits, walk->arena, failure);
	int own = openat(at, ".", FOLDER_FLAGS);
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	if (!dir) {
		if (own >= 0)
			close(own);
		return system_fail(failure, "read folder", folder);
	}
	for (;;) {
		errno = 0;
		struct dirent *item = readdir(dir);
		if (!item && errno)
			status = system_fail(failure, "read folder", folder);
		if (!item || status)
			break;
		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0 || text_is_nocase(text_of(item->d_name), ".git"))
			continue;
		count++;
		status = walk_entry(walk, at, folder, item->d_name, failure);
		if (status)
			break;
	}
	closedir(dir);
	if (status == 0 && count == 0 && !first)
		status = entry_list_add(walk->list, folder, folder_kind(walk->source, folder), walk->limits, walk->arena, failure);
	return status;
}

int files_list(struct entry_list *list, struct source *source, struct text folder, const struct limits *limits,
               struct arena *arena, struct failure *failure)
{
	struct walk walk = {.source = source, .list = list, .limits = limits, .arena = arena};

	int status = walk_folder(&walk, folder, true, failure);
	while (status == 0 && walk.pending_count)
		status = walk_folder(&walk, walk.pending[--walk.pending_count], false, failure);
	free(walk.pending);
	return status;
}

int files_children(struct entry_list *list, struct source *source, struct text folder, const struct limits *limits,
                   struct arena *arena, struct failure *failure)
{
	struct walk walk = {.source = source, .list = list, .limits = limits, .arena = arena, .shallow = true};

	return walk_folder(&walk, folder, true, failure);
}

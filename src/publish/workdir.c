#include "workdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"

enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, NAME_ROOM = 256, TEMPORARY_TRIES = 100 };

static int fail(struct failure *failure, const char *what, struct text path)
{
	return failure_set(failure, EXIT_UNABLE, "cannot %s '%.*s': %s", what, TEXT_ARGS(path), strerror(errno));
}

int workdir_open(struct workdir *workdir, const char *top, const char *spare, struct failure *failure)
{
	*workdir = (struct workdir){.top = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .spare = -1};
	if (workdir->top < 0)
		return fail(failure, "open folder", text_of(top));
	workdir->spare = spare ? open(spare, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : openat(workdir->top, ".git", FOLDER_FLAGS);
	return 0;
}

void workdir_close(struct workdir *workdir)
{
	if (workdir->top >= 0)
		close(workdir->top);
	if (workdir->spare >= 0)
		close(workdir->spare);
}

/* What HFS+ leaves out of a name: U+200C to 200F, 202A to 202E, 206A to 206F and FEFF. */
static size_t ignored_bytes(struct text name, size_t at)
{
	const unsigned char *byte = (const unsigned char *)name.at + at;

	if (name.len - at < 3)
		return 0;
	bool mark = byte[0] == 0xe2 && byte[1] == 0x80 && ((byte[2] >= 0x8c && byte[2] <= 0x8f) || (byte[2] >= 0xaa && byte[2] <= 0xae));
	bool control = byte[0] == 0xe2 && byte[1] == 0x81 && byte[2] >= 0xaa && byte[2] <= 0xaf;
	return mark || control || (byte[0] == 0xef && byte[1] == 0xbb && byte[2] == 0xbf) ? 3 : 0;
}

static bool is_gits(struct text name)
{
	static const char *const files[] = {".gitmodules", ".gitattributes", ".gitignore", ".mailmap"};
	char plain[NAME_ROOM];
	size_t len = 0;

	for (size_t i = 0; i < name.len && len < sizeof plain;) {
		size_t ignored = ignored_bytes(name, i);
		if (!ignored)
			plain[len++] = name.at[i];
		i += ignored ? ignored : 1;
	}
	struct text seen = {plain, len};
	/* NTFS ends a name before dots, blanks and colons at its end, and has short names. */
	size_t end = 0;
	while (end < len && plain[end] != ':')
		end++;
	while (end > 0 && (plain[end - 1] == ' ' || plain[end - 1] == '.'))
		end--;
	seen.len = end;
	if (text_is_nocase(seen, ".git") || text_is_nocase(text_cut(seen, 0, 4), "git~"))
		return true;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (text_is_nocase(seen, files[i]))
			return true;
	return false;
}

bool path_is_gits(struct text path)
{
	for (;;) {
		size_t end = text_find(path, '/');
		if (is_gits(text_cut(path, 0, end)))
			return true;
		if (end == path.len)
			return false;
		path = text_cut(path, end + 1, path.len);
	}
}

/* The last name of path, and the length of what stands before its slash. */
static size_t split(char name[NAME_ROOM], struct text path)
{
	size_t at = path.len;

	while (at > 0 && path.at[at - 1] != '/')
		at--;
	struct text last = text_cut(path, at, path.len);
	size_t len = last.len < NAME_ROOM ? last.len : NAME_ROOM - 1;
	memcpy(name, last.at, len);
	name[len] = '\0';
	return at ? at - 1 : 0;
}

/* A submodule, or somebody's repository inside ours: its files are its own. */
static bool is_repository(int folder)
{
	struct stat status;

	return fstatat(folder, ".git", &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The folder's descriptor in *fd where it stands; STANDS_OTHER where something else is in the way. */
static int open_folder(enum standing *standing, int *fd, const struct workdir *workdir, struct text folder, bool create,
                       struct failure *failure)
{
	*standing = STANDS_FILE;
	*fd = openat(workdir->top, ".", FOLDER_FLAGS);
	if (*fd < 0)
		return fail(failure, "open folder", folder);
	for (size_t done = 0; done < folder.len;) {
		char name[NAME_ROOM];
		size_t len = text_find(text_cut(folder, done, folder.len), '/');
		split(name, text_cut(folder, 0, done + len));
		int next = openat(*fd, name, FOLDER_FLAGS);
		if (next < 0 && errno == ENOENT && create && (mkdirat(*fd, name, 0777) == 0 || errno == EEXIST))
			next = openat(*fd, name, FOLDER_FLAGS);
		int error = errno;
		if (next >= 0 && is_repository(next)) {
			close(next);
			next = -1;
			error = ENOTDIR;
		}
		close(*fd);
		*fd = next;
		done += len + 1;
		if (next >= 0)
			continue;
		errno = error;
		*standing = error == ENOENT && !create ? STANDS_NOTHING : STANDS_OTHER;
		if (*standing == STANDS_NOTHING || error == ENOTDIR || error == ELOOP)
			return 0;
		return fail(failure, create ? "make folder" : "open folder", folder);
	}
	return 0;
}

static int read_all(char *bytes, size_t size, int fd)
{
	size_t len = 0;

	while (len < size) {
		ssize_t got = read(fd, bytes + len, size - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		len += (size_t)got;
	}
	if (len == size)
		return 0;
	errno = EAGAIN;
	return -1;
}

int workdir_read(enum standing *standing, struct text *bytes, struct stat *status, const struct workdir *workdir,
                 struct text path, size_t max, struct arena *arena, struct failure *failure)
{
	char name[NAME_ROOM];
	int folder;

	if (open_folder(standing, &folder, workdir, text_cut(path, 0, split(name, path)), false, failure) < 0)
		return -1;
	if (folder < 0)
		return 0;
	int found = fstatat(folder, name, status, AT_SYMLINK_NOFOLLOW);
	int fd = -1;
	if (found != 0 && errno == ENOENT)
		*standing = STANDS_NOTHING;
	else if (found == 0 && (!S_ISREG(status->st_mode) || (size_t)status->st_size > max))
		*standing = STANDS_OTHER;
	else if (found == 0)
		fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*standing != STANDS_FILE || fd < 0) {
		int error = errno;
		close(folder);
		errno = error;
		return *standing == STANDS_FILE ? fail(failure, "read", path) : 0;
	}
	close(folder);
	char *data = NULL;
	int result = fstat(fd, status);
	if (result == 0) {
		data = arena_alloc(arena, (size_t)status->st_size + 1);
		result = read_all(data, (size_t)status->st_size, fd);
	}
	int error = errno;
	close(fd);
	errno = error;
	if (result < 0)
		return fail(failure, "read", path);
	*bytes = (struct text){data, (size_t)status->st_size};
	return 0;
}

static int write_all(int fd, struct text bytes)
{
	for (size_t done = 0; done < bytes.len;) {
		ssize_t put = write(fd, bytes.at + done, bytes.len - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		done += (size_t)put;
	}
	return fsync(fd);
}

/* A new file with the bytes, safely on disk, in a folder of the caller's; its name. */
static int make_temporary(char name[NAME_ROOM], struct stat *status, struct workdir *workdir, int folder, struct text bytes,
                          mode_t mode, bool exact)
{
	int fd = -1;

	for (int i = 0; fd < 0 && i < TEMPORARY_TRIES; i++) {
		snprintf(name, NAME_ROOM, ".galley-%ld-%u.tmp", (long)getpid(), workdir->made++);
		fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	if (fd < 0)
		return -1;
	int result = exact ? fchmod(fd, mode) : 0;
	if (result == 0)
		result = write_all(fd, bytes);
	if (result == 0)
		result = fstat(fd, status);
	int error = errno;
	if (close(fd) != 0 && result == 0) {
		result = -1;
		error = errno;
	}
	if (result != 0)
		unlinkat(folder, name, 0);
	errno = error;
	return result;
}

/* rename() keeps the file, but its change time moves. */
static int put_in_place(struct stat *status, struct workdir *workdir, int from, int folder, const char *name,
                        struct text bytes, mode_t mode, bool exact)
{
	char temporary[NAME_ROOM];

	if (make_temporary(temporary, status, workdir, from, bytes, mode, exact) != 0)
		return -1;
	if (renameat(from, temporary, folder, name) == 0)
		return fstatat(folder, name, status, AT_SYMLINK_NOFOLLOW);
	int error = errno;
	unlinkat(from, temporary, 0);
	errno = error;
	return -1;
}

int workdir_write(struct stat *status, struct workdir *workdir, struct text path, struct text bytes, mode_t mode,
                  struct failure *failure)
{
	char name[NAME_ROOM];
	enum standing standing;
	struct stat old;
	int folder;

	if (open_folder(&standing, &folder, workdir, text_cut(path, 0, split(name, path)), true, failure) < 0)
		return -1;
	if (folder < 0) {
		errno = ENOTDIR;
		return fail(failure, "write", path);
	}
	bool exact = fstatat(folder, name, &old, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(old.st_mode);
	if (exact)
		mode = old.st_mode & 0777;
	int from = workdir->spare >= 0 ? workdir->spare : folder;
	int result = put_in_place(status, workdir, from, folder, name, bytes, mode, exact);
	/* The temporary file's folder may lie on another file system, or not be ours to write to. */
	if (result != 0 && from != folder && (errno == EXDEV || errno == EACCES || errno == EROFS || errno == EPERM))
		result = put_in_place(status, workdir, folder, folder, name, bytes, mode, exact);
	int error = errno;
	close(folder);
	errno = error;
	return result ? fail(failure, "write", path) : 0;
}

int workdir_remove(const struct workdir *workdir, struct text path, struct failure *failure)
{
	char name[NAME_ROOM];
	enum standing standing;
	int folder, flags = 0;

	for (;;) {
		size_t rest = split(name, path);
		if (open_folder(&standing, &folder, workdir, text_cut(path, 0, rest), false, failure) < 0)
			return -1;
		if (folder < 0)
			return 0;
		int result = unlinkat(folder, name, flags);
		int error = errno;
		close(folder);
		errno = error;
		if (result != 0)
			return flags == 0 && error != ENOENT ? fail(failure, "remove", path) : 0;
		if (rest == 0)
			return 0;
		path.len = rest;
		flags = AT_REMOVEDIR;
	}
}

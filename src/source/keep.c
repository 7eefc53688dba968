#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "handle.h"

/* The folder galley/ of the common git directory, -1 where it is not there or is no folder of its own. */
static int open_folder(struct source *source, bool make, struct arena *arena)
{
	if (!source->repository)
		return -1;
	const char *common = git_repository_commondir(source->repository);
	if (!common)
		return -1;
	const char *path = arena_format(arena, "%s%sgalley", common, text_ends(text_of(common), "/") ? "" : "/");
	if (make && mkdir(path, 0777) != 0 && errno != EEXIST)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static struct text read_all(int fd, size_t size, struct arena *arena)
{
	char *bytes = arena_alloc(arena, size);
	size_t done = 0;

	while (done < size) {
		ssize_t got = read(fd, bytes + done, size - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return (struct text){bytes, done};
}

struct text source_memory_read(struct source *source, const char *name, size_t max, struct arena *arena)
{
	int folder = open_folder(source, false, arena);
	struct text bytes = TEXT("");
	struct stat status;

	if (folder < 0)
		return bytes;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && (uintmax_t)status.st_size <= max)
		bytes = read_all(fd, (size_t)status.st_size, arena);
	if (fd >= 0)
		close(fd);
	close(folder);
	return bytes;
}

static bool write_all(int fd, struct text bytes)
{
	for (size_t done = 0; done < bytes.len;) {
		ssize_t put = write(fd, bytes.at + done, bytes.len - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		done += (size_t)put;
	}
	return true;
}

void source_memory_write(struct source *source, const char *name, struct text bytes)
{
	struct arena arena;

	arena_init(&arena);
	int folder = open_folder(source, true, &arena);
	const char *beside = arena_format(&arena, "%s.%ld.tmp", name, (long)getpid());
	int fd = folder < 0 ? -1 : openat(folder, beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd >= 0) {
		bool written = write_all(fd, bytes);
		written = close(fd) == 0 && written;
		if (!written || renameat(folder, beside, folder, name) != 0)
			unlinkat(folder, beside, 0);
	}
	if (folder >= 0)
		close(folder);
	arena_release(&arena);
}

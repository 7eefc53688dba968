#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "handle.h"
#include "noted.h"

int keep_open(struct source *source, const char *inside, bool make)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

	if (!source->repository || source->no_cache)
		return -1;
	const char *common = git_repository_commondir(source->repository);
	if (!common)
		return -1;
	struct arena arena;
	arena_init(&arena);
	const char *path = arena_format(&arena, "%s%sgalley", common, text_ends(text_of(common), "/") ? "" : "/");
	int folder = make && mkdir(path, 0777) != 0 && errno != EEXIST ? -1 : open(path, flags);
	arena_release(&arena);
	if (folder < 0 || !inside)
		return folder;
	int below = make && mkdirat(folder, inside, 0777) != 0 && errno != EEXIST ? -1 : openat(folder, inside, flags);
	close(folder);
	return below;
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

enum { DAY = 24 * 60 * 60 };

struct text keep_read(int folder, const char *name, size_t max, bool touch, struct arena *arena)
{
	struct text bytes = TEXT("");
	struct stat status;
	struct timespec now;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return bytes;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && (uintmax_t)status.st_size <= max)
		bytes = read_all(fd, (size_t)status.st_size, arena);
	/* That it cannot be marked as used costs no more than that it goes earlier. */
	if (touch && bytes.len && clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec - status.st_mtim.tv_sec > DAY)
		futimens(fd, NULL);
	close(fd);
	return bytes;
}

struct text source_memory_read(struct source *source, const char *name, size_t max, struct arena *arena)
{
	int folder = keep_open(source, NULL, false);

	/* What is remembered there is of commits. */
	seen_history(source);
	if (folder < 0)
		return TEXT("");
	struct text bytes = keep_read(folder, name, max, false, arena);
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

bool keep_write(int folder, const char *name, struct text bytes)
{
	char beside[256];
	int len = snprintf(beside, sizeof beside, "%s.%ld.tmp", name, (long)getpid());

	if (len < 0 || (size_t)len >= sizeof beside)
		return false;
	int fd = openat(folder, beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return false;
	bool written = write_all(fd, bytes);
	written = close(fd) == 0 && written;
	written = written && renameat(folder, beside, folder, name) == 0;
	if (!written)
		unlinkat(folder, beside, 0);
	return written;
}

void source_memory_write(struct source *source, const char *name, struct text bytes)
{
	int folder = keep_open(source, NULL, true);

	if (folder < 0)
		return;
	keep_write(folder, name, bytes);
	close(folder);
}

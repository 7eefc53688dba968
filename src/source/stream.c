#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "blob.h"
#include "handle.h"
#include "noted.h"
#include "repository.h"

enum { BLOCK = 256 * 1024 };

/* A regular file, read from at on without moving its own offset, or an object of git. */
struct stream {
	int fd;
	git_odb_object *object;
	off_t start, at;
	char *name;
};

struct stream *stream_new(struct text name, int fd, off_t at, git_odb_object *object)
{
	struct stream *stream = memory_get(sizeof *stream);

	*stream = (struct stream){.fd = fd, .object = object, .start = at, .at = at, .name = memory_get(name.len + 1)};
	memcpy(stream->name, name.at, name.len);
	stream->name[name.len] = '\0';
	return stream;
}

void stream_close(struct stream *stream)
{
	if (!stream)
		return;
	if (stream->fd >= 0)
		close(stream->fd);
	git_odb_object_free(stream->object);
	free(stream->name);
	free(stream);
}

static int read_from(size_t *got, const struct stream *stream, char *buffer, size_t size, off_t at, struct failure *failure)
{
	if (stream->object) {
		size_t whole = git_odb_object_size(stream->object), left = (size_t)at < whole ? whole - (size_t)at : 0;
		*got = size < left ? size : left;
		if (*got)
			memcpy(buffer, (const char *)git_odb_object_data(stream->object) + at, *got);
		return 0;
	}
	ssize_t len;
	do
		len = pread(stream->fd, buffer, size, at);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return failure_set(failure, EXIT_UNABLE, "cannot read '%s': %s", stream->name, strerror(errno));
	*got = (size_t)len;
	return 0;
}

int stream_read(size_t *got, struct stream *stream, char *buffer, size_t size, struct failure *failure)
{
	int status = read_from(got, stream, buffer, size, stream->at, failure);

	stream->at += status == 0 ? (off_t)*got : 0;
	return status;
}

int stream_read_at(size_t *got, const struct stream *stream, char *buffer, size_t size, uint64_t offset, struct failure *failure)
{
	return read_from(got, stream, buffer, size, stream->start + (off_t)offset, failure);
}

void stream_rewind(struct stream *stream)
{
	stream->at = stream->start;
}

uint64_t stream_size(const struct stream *stream)
{
	struct stat status;

	if (stream->object)
		return git_odb_object_size(stream->object);
	if (fstat(stream->fd, &status) != 0 || status.st_size < stream->start)
		return 0;
	return (uint64_t)(status.st_size - stream->start);
}

/* --- In a source --- */

/* What git would store, read through filters: the whole file at once, as they need it. "" where it is too large for that. */
static int converted_blob(char blob[41], struct stream *stream, size_t size, struct source *source, struct text path,
                          struct failure *failure)
{
	blob[0] = '\0';
	if (size > source->limits.blob_bytes)
		return 0;
	char *bytes = memory_get(size);
	size_t len = 0, got = 1;
	int status = 0;
	while (status == 0 && got && len < size) {
		status = stream_read(&got, stream, bytes + len, size - len, failure);
		len += status == 0 ? got : 0;
	}
	if (status == 0)
		status = repository_blob_id(blob, source->repository, path, (struct text){bytes, len}, failure);
	free(bytes);
	return status;
}

/* Hashes the file in blocks and leaves the stream at its start. may_convert: there is in it what git may convert. */
static int hash_stream(char blob[41], bool *may_convert, struct stream *stream, size_t size, struct source *source, struct text path,
                       struct failure *failure)
{
	struct blob_hash hash;
	size_t got, total = 0;
	char *block = memory_get(BLOCK);
	int status;

	blob_hash_init(&hash, size);
	while ((status = stream_read(&got, stream, block, BLOCK, failure)) == 0 && got) {
		blob_hash_add(&hash, block, got);
		total += got;
		*may_convert = *may_convert || memchr(block, '\r', got) || memchr(block, '$', got);
	}
	free(block);
	blob_hash_end(blob, &hash);
	stream->at = 0;
	if (status == 0 && total != size)
		return failure_set(failure, EXIT_UNABLE, "cannot read '%s': it changed meanwhile", stream->name);
	if (status == 0 && *may_convert && source->repository) {
		bool converts;
		status = blob_converts(&converts, source->repository, path, failure);
		if (status == 0 && converts)
			status = converted_blob(blob, stream, size, source, path, failure);
		stream->at = 0;
	}
	return status;
}

int source_stream(struct stream **out, enum read_result *result, char blob[41], struct source *source, struct text path,
                  struct arena *arena, struct failure *failure)
{
	(void)arena;
	*out = NULL;
	*result = READ_MISSING;
	if (blob)
		blob[0] = '\0';
	if (!path_is_plain(path) || path_depth(path) > source->limits.walk_depth)
		return 0;
	if (source->top < 0) {
		git_odb_object *object = NULL;
		if (objects_read(&object, result, source, path, source->limits.blob_bytes, failure) < 0)
			return -1;
		seen_read(source, path, *result, "", false);
		if (*result != READ_OK)
			return 0;
		if (blob)
			git_oid_tostr(blob, 41, git_odb_object_id(object));
		*out = stream_new(path, -1, 0, object);
		return 0;
	}
	bool may_convert = false;
	size_t size;
	int fd;
	if (files_open(&fd, &size, result, source, path, failure) < 0)
		return -1;
	if (*result != READ_OK) {
		seen_read(source, path, *result, "", false);
		return 0;
	}
	struct stream *stream = stream_new(path, fd, 0, NULL);
	if (blob && hash_stream(blob, &may_convert, stream, size, source, path, failure) < 0) {
		stream_close(stream);
		return -1;
	}
	seen_read(source, path, *result, blob ? blob : "", may_convert);
	*out = stream;
	return 0;
}

/* --- From the command line --- */

static int temporary_file(void)
{
	char roomy[] = "/var/tmp/galley-XXXXXX", other[] = "/tmp/galley-XXXXXX";
	char *path = roomy;
	int fd = mkstemp(path);

	if (fd < 0) {
		path = other;
		fd = mkstemp(path);
	}
	if (fd >= 0) {
		unlink(path);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	return fd;
}

/* 1: there is more than most bytes. */
static int copy_all(int to, int from, uint64_t most)
{
	char *block = memory_get(BLOCK);
	ssize_t got = 0, put = 0;
	uint64_t left = most;
	bool more = false;

	while (!more) {
		got = read(from, block, BLOCK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		more = (uint64_t)got > left;
		left -= more ? 0 : (uint64_t)got;
		for (ssize_t done = 0; !more && done < got; done += put) {
			put = write(to, block + done, (size_t)(got - done));
			if (put < 0 && errno == EINTR)
				put = 0;
			if (put < 0)
				break;
		}
		if (put < 0)
			break;
	}
	int error = errno;
	free(block);
	errno = error;
	return got < 0 || put < 0 ? -1 : more;
}

int stream_temporary(struct stream **out, const char *name, struct failure *failure)
{
	int fd = temporary_file();

	*out = NULL;
	if (fd < 0)
		return failure_set(failure, EXIT_UNABLE, "cannot make a temporary file for '%s': %s", name, strerror(errno));
	*out = stream_new(text_of(name), fd, 0, NULL);
	return 0;
}

int stream_append(struct stream *stream, const char *bytes, size_t len, struct failure *failure)
{
	for (size_t done = 0; done < len;) {
		ssize_t put = write(stream->fd, bytes + done, len - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return failure_set(failure, EXIT_UNABLE, "cannot write the temporary file for '%s': %s", stream->name, strerror(errno));
		done += (size_t)put;
	}
	return 0;
}

/* Puts a temporary file with the rest of what descriptor gives in its place, so that it can be read again.
 * 1: there is more than most bytes. */
static int make_seekable(int descriptor, uint64_t most)
{
	struct stat status;
	int flags = fcntl(descriptor, F_GETFD);

	if (flags < 0 || fstat(descriptor, &status) != 0)
		return -1;
	/* What the caller gave came through exec(): this one is our own, of the other file, and took a number that was closed. */
	if (flags & FD_CLOEXEC) {
		errno = EBADF;
		return -1;
	}
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	if (S_ISREG(status.st_mode))
		return 0;
	int copy = temporary_file();
	if (copy < 0)
		return -1;
	int result = copy_all(copy, descriptor, most);
	if (result == 0 && lseek(copy, 0, SEEK_SET) == 0)
		result = dup2(copy, descriptor) < 0 ? -1 : 0;
	int error = errno;
	close(copy);
	errno = error;
	return result;
}

/* The number in /dev/fd/N, which is what <(command) in a shell comes as; 0 for standard input; -1 for other paths. */
static int descriptor_of(const char *path)
{
	struct text rest = text_of(path);
	int number = 0;

	if (text_is(rest, "-") || text_is(rest, "/dev/stdin"))
		return 0;
	if (text_starts(rest, "/dev/fd/"))
		rest = text_cut(rest, strlen("/dev/fd/"), rest.len);
	else if (text_starts(rest, "/proc/self/fd/"))
		rest = text_cut(rest, strlen("/proc/self/fd/"), rest.len);
	else
		return -1;
	if (rest.len == 0 || rest.len > 6)
		return -1;
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.at[i] < '0' || rest.at[i] > '9')
			return -1;
		number = 10 * number + (rest.at[i] - '0');
	}
	return number;
}

static int open_descriptor(struct stream **out, enum read_result *result, int descriptor, const char *path, uint64_t most, struct failure *failure)
{
	const char *name = descriptor ? path : "standard input";

	int status = make_seekable(descriptor, most);
	if (status < 0)
		return failure_set(failure, EXIT_UNABLE, "cannot read '%s': %s", name, strerror(errno));
	if (status > 0) {
		*result = READ_TOO_LARGE;
		return 0;
	}
	off_t at = lseek(descriptor, 0, SEEK_CUR);
	int fd = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
	if (at < 0 || fd < 0) {
		if (fd >= 0)
			close(fd);
		return failure_set(failure, EXIT_UNABLE, "cannot read '%s': %s", name, strerror(errno));
	}
	*out = stream_new(text_of(name), fd, at, NULL);
	return 0;
}

int stream_open(struct stream **out, enum read_result *result, const char *path, uint64_t most, struct failure *failure)
{
	int descriptor = descriptor_of(path);
	struct stat status;

	*out = NULL;
	*result = READ_OK;
	if (descriptor >= 0)
		return open_descriptor(out, result, descriptor, path, most, failure);
	/* Asked before it is opened: a pipe could only be read once. */
	if (stat(path, &status) != 0)
		return failure_set(failure, EXIT_UNABLE, "cannot open '%s': %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return failure_set(failure, EXIT_UNABLE, "cannot open '%s': %s", path,
		                   S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file; use '-' and standard input");
	int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return failure_set(failure, EXIT_UNABLE, "cannot open '%s': %s", path, strerror(errno));
	*out = stream_new(text_of(path), fd, 0, NULL);
	return 0;
}

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "blob.h"
#include "handle.h"
#include "noted.h"
#include "repository.h"

/* git's index remembers what a file was like when git last read it; while it is still like that, so is its content. */

static void open_index(struct source *source)
{
	struct arena arena;
	struct failure failure;
	struct stat status;

	source->asked_index = true;
	arena_init(&arena);
	const char *path = arena_format(&arena, "%sindex", git_repository_path(source->repository));
	if (stat(path, &status) == 0 && repository_index(&source->stats, source->repository, path, &arena, &failure) == 0) {
		source->stats_time = status.st_mtim.tv_sec;
		source->stats_part = status.st_mtim.tv_nsec;
	}
	arena_release(&arena);
}

static bool same_time(const git_index_time *told, const struct timespec *now)
{
	return told->seconds == (int32_t)now->tv_sec && told->nanoseconds == (uint32_t)now->tv_nsec;
}

/* What was written when the index was, or later, may have changed again without looking different. */
static bool is_settled(const struct source *source, const struct stat *status)
{
	if (status->st_mtim.tv_sec != source->stats_time)
		return status->st_mtim.tv_sec < source->stats_time;
	return status->st_mtim.tv_nsec < source->stats_part;
}

/* The index's entry of a file that is as it says; NULL. */
static const git_index_entry *known_entry(struct source *source, struct text path)
{
	const uint16_t untold = GIT_INDEX_ENTRY_VALID;
	struct stat status;
	char name[4096];

	if (source->info.kind != SOURCE_WORKTREE || !source->repository || path.len >= sizeof name)
		return NULL;
	if (!source->asked_index)
		open_index(source);
	memcpy(name, path.at, path.len);
	name[path.len] = '\0';
	const git_index_entry *entry = source->stats ? git_index_get_bypath(source->stats, name, 0) : NULL;
	if (!entry || (entry->flags & untold) || (entry->flags_extended & (GIT_INDEX_ENTRY_SKIP_WORKTREE | GIT_INDEX_ENTRY_INTENT_TO_ADD)) ||
	    (entry->mode != GIT_FILEMODE_BLOB && entry->mode != GIT_FILEMODE_BLOB_EXECUTABLE))
		return NULL;
	if (fstatat(source->top, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
		return NULL;
	bool same = same_time(&entry->mtime, &status.st_mtim) && same_time(&entry->ctime, &status.st_ctim) &&
	            entry->file_size == (uint32_t)status.st_size && entry->ino == (uint32_t)status.st_ino && is_settled(source, &status);
	return same ? entry : NULL;
}

/* What git itself converts on the way into a blob, line ends and $Id$, becomes shorter; the same length is the same bytes. */
static bool is_whole(struct source *source, const git_index_entry *entry)
{
	git_object_t type;
	size_t size;

	watch_start(source->patience);
	int error = git_odb_read_header(&size, &type, source->odb, &entry->id);
	watch_stop();
	return !error && type == GIT_OBJECT_BLOB && (uint32_t)size == entry->file_size;
}

void source_known_blob(char blob[41], struct source *source, struct text path)
{
	const git_index_entry *entry = known_entry(source, path);

	blob[0] = '\0';
	/* The index may have another one tomorrow of a file that is converted. */
	if (source->seen && entry && !is_whole(source, entry))
		seen_spoil(source);
	if (entry)
		git_oid_tostr(blob, 41, &entry->id);
}

/* --- Content --- */

enum { BLOCK = 256 * 1024 };

/* Hashes the file as it stands; "" where it is none or changes meanwhile. odd: there is in it what git may convert. */
static int hash_bytes(char blob[41], bool *odd, struct source *source, struct text path, struct failure *failure)
{
	struct blob_hash hash;
	enum read_result result;
	struct stream *stream;
	uint64_t total = 0;
	size_t got = 1, size;
	int fd;

	blob[0] = '\0';
	*odd = false;
	if (files_open(&fd, &size, &result, source, path, failure) < 0)
		return -1;
	if (result != READ_OK)
		return 0;
	stream = stream_new(path, fd, 0, NULL);
	char *block = memory_get(BLOCK);
	int status = 0;
	blob_hash_init(&hash, size);
	while ((status = stream_read(&got, stream, block, BLOCK, failure)) == 0 && got) {
		blob_hash_add(&hash, block, got);
		total += got;
		*odd = *odd || memchr(block, '\r', got) || memchr(block, '$', got);
	}
	free(block);
	stream_close(stream);
	blob_hash_end(blob, &hash);
	if (status || total != size)
		blob[0] = '\0';
	return status;
}

/* The same; "" also where git would store other bytes. */
static int hash_file(char blob[41], bool *odd, struct source *source, struct text path, struct failure *failure)
{
	bool converts = false;

	int status = hash_bytes(blob, odd, source, path, failure);
	if (status == 0 && *odd)
		status = blob_converts(&converts, source->repository, path, failure);
	if (status || converts)
		blob[0] = '\0';
	return status;
}

bool known_bytes(unsigned char id[20], struct source *source, struct text path)
{
	const git_index_entry *entry = known_entry(source, path);
	struct failure failure;
	char blob[41];
	git_oid oid;
	bool odd;

	if (entry && is_whole(source, entry))
		oid = entry->id;
	else if (hash_bytes(blob, &odd, source, path, &failure) < 0 || git_oid_fromstr(&oid, blob) != 0)
		return false;
	memcpy(id, oid.id, 20);
	return true;
}

void source_content(char blob[41], struct source *source, struct text path)
{
	struct failure failure;
	enum entry_kind kind;
	bool found, odd;

	blob[0] = '\0';
	if (!source->repository || source->no_cache)
		return;
	if (source->top < 0) {
		seen_read(source, path, READ_OK, "", false);
		objects_blob(blob, source, path);
		return;
	}
	/* The index does not tell what stands behind a link. */
	if (!path_is_plain(path) || path_depth(path) > source->limits.walk_depth || files_look(&found, &kind, source, path, &failure) < 0)
		return;
	if (!found || kind != ENTRY_FILE) {
		seen_looked(source, path, found, kind);
		return;
	}
	if (!blob_is_verbatim(source->repository, path))
		return;
	const git_index_entry *entry = known_entry(source, path);
	if (entry) {
		if (is_whole(source, entry))
			git_oid_tostr(blob, 41, &entry->id);
		seen_read(source, path, READ_OK, blob, !blob[0]);
		return;
	}
	/* Whoever reads the file meets the failure again, and says it. */
	if (hash_file(blob, &odd, source, path, &failure) < 0)
		blob[0] = '\0';
	seen_read(source, path, READ_OK, blob, odd);
}

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "handle.h"
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

void source_known_blob(char blob[41], struct source *source, struct text path)
{
	const uint16_t untold = GIT_INDEX_ENTRY_VALID;
	struct stat status;
	char name[4096];

	blob[0] = '\0';
	if (source->info.kind != SOURCE_WORKTREE || !source->repository || path.len >= sizeof name)
		return;
	if (!source->asked_index)
		open_index(source);
	memcpy(name, path.at, path.len);
	name[path.len] = '\0';
	const git_index_entry *entry = source->stats ? git_index_get_bypath(source->stats, name, 0) : NULL;
	if (!entry || (entry->flags & untold) || (entry->flags_extended & (GIT_INDEX_ENTRY_SKIP_WORKTREE | GIT_INDEX_ENTRY_INTENT_TO_ADD)) ||
	    (entry->mode != GIT_FILEMODE_BLOB && entry->mode != GIT_FILEMODE_BLOB_EXECUTABLE))
		return;
	if (fstatat(source->top, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
		return;
	if (same_time(&entry->mtime, &status.st_mtim) && same_time(&entry->ctime, &status.st_ctim) &&
	    entry->file_size == (uint32_t)status.st_size && entry->ino == (uint32_t)status.st_ino && is_settled(source, &status))
		git_oid_tostr(blob, 41, &entry->id);
}

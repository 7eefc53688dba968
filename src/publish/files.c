#include <string.h>

#include "arena.h"
#include "limits.h"
#include "publish.h"
#include "repository.h"
#include "workdir.h"

/* Whether the file has to be written or removed; a failure where something else stands in its place. */
static int is_due(bool *due, const struct workdir *workdir, const struct publish_file *file, struct failure *failure)
{
	enum standing standing;
	struct text bytes;
	struct stat status;
	struct arena arena;

	if (!path_is_plain(file->path))
		return failure_set(failure, EXIT_UNABLE, "cannot write '%.*s': not a path below the top", TEXT_ARGS(file->path));
	if (path_is_gits(file->path))
		return failure_set(failure, EXIT_UNABLE, "cannot write '%.*s': git keeps such names to itself", TEXT_ARGS(file->path));
	arena_init(&arena);
	int result = workdir_read(&standing, &bytes, &status, workdir, file->path, limits_default.blob_bytes, &arena, failure);
	/* What is no file is no page of ours: there is nothing to remove. */
	if (result == 0 && standing == STANDS_OTHER && !file->remove)
		result = failure_set(failure, EXIT_UNABLE, "cannot write '%.*s': a folder, symbolic link, submodule or special file stands in its way",
		                     TEXT_ARGS(file->path));
	if (result == 0 && file->fresh && standing != STANDS_NOTHING)
		result = failure_set(failure, EXIT_FINDINGS, "'%.*s' is there already, and is not overwritten", TEXT_ARGS(file->path));
	if (result == 0 && file->was.at && (standing != STANDS_FILE || !text_equal(bytes, file->was)))
		result = failure_set(failure, EXIT_LOST_RACE, "'%.*s' has changed meanwhile: run this again", TEXT_ARGS(file->path));
	if (result == 0 && file->remove)
		*due = standing == STANDS_FILE;
	else if (result == 0)
		*due = standing != STANDS_FILE || !text_equal(bytes, file->bytes);
	arena_release(&arena);
	return result;
}

static int write_file(size_t *changed, size_t *removed, struct workdir *workdir, const struct publish_file *file,
                      struct failure *failure)
{
	struct stat status;
	bool due;

	if (is_due(&due, workdir, file, failure) < 0)
		return -1;
	if (!due)
		return 0;
	if (file->remove) {
		++*removed;
		return workdir_remove(workdir, file->path, failure);
	}
	++*changed;
	return workdir_write(&status, workdir, file->path, file->bytes, 0666, failure);
}

bool publish_is_plain(struct text path)
{
	size_t start = 0;

	if (path.len > 512)
		return false;
	for (size_t i = 0; i <= path.len; i++) {
		char c = i < path.len ? path.at[i] : '/';
		if (c == '/' && (i == start || path.at[start] == '.'))
			return false;
		if (c == '/')
			start = i + 1;
		else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'))
			return false;
	}
	return true;
}

int publish_files(size_t *changed, size_t *removed, const char *top, const struct publish_file *files, size_t count,
                  struct failure *failure)
{
	struct workdir workdir;
	struct arena arena;
	int result = 0;

	*changed = *removed = 0;
	if (workdir_open(&workdir, top, NULL, failure) < 0)
		return -1;
	arena_init(&arena);
	bool *due = arena_array(&arena, count, sizeof *due);
	/* All are looked at before the first is touched. */
	for (size_t i = 0; result == 0 && i < count; i++)
		result = is_due(&due[i], &workdir, &files[i], failure);
	for (size_t i = 0; result == 0 && i < count; i++)
		if (due[i])
			result = write_file(changed, removed, &workdir, &files[i], failure);
	workdir_close(&workdir);
	arena_release(&arena);
	return result;
}

#include <string.h>

#include "arena.h"
#include "limits.h"
#include "target.h"
#include "workdir.h"

struct looking {
	const struct target *target;
	struct workdir workdir;
	git_index *index; /* NULL: the repository has none yet */
	git_tree *base;
	struct arena *arena;
};

static int refuse(struct text *path, struct text found, const char *where, const char *remedy, const struct looking *looking,
                  struct failure *failure)
{
	*path = found;
	return failure_set(failure, EXIT_FINDINGS, "'%.*s' has %s that are not committed, and would be lost from view: commit them first, or drop them with: %s %s", TEXT_ARGS(found), where, remedy, shell_word(found, looking->arena));
}

static const git_index_entry *find_entry(const struct looking *looking, struct text path)
{
	return looking->index ? git_index_get_bypath(looking->index, arena_copy(looking->arena, path.at, path.len), 0) : NULL;
}

static int look_at_file(struct text *path, struct looking *looking, const struct publish_file *file, const struct item *base,
                        struct failure *failure)
{
	enum standing standing;
	struct text bytes;
	struct stat status;
	git_oid id = {{0}};
	char hex[41];

	if (workdir_read(&standing, &bytes, &status, &looking->workdir, file->path, limits_default.blob_bytes, looking->arena, failure) < 0)
		return -1;
	if (standing == STANDS_FILE) {
		if (repository_blob_id(hex, looking->target->repository, file->path, bytes, failure) < 0)
			return -1;
		git_oid_fromstr(&id, hex);
	}
	/* A sparse checkout has left it out. */
	const git_index_entry *entry = find_entry(looking, file->path);
	if (standing == STANDS_NOTHING && entry && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0)
		return 0;
	if (standing == STANDS_OTHER || !git_oid_equal(&id, &base->id))
		return base->mode ? refuse(path, file->path, "edits", "git checkout HEAD --", looking, failure)
		                  : refuse(path, file->path, "edits", "rm --", looking, failure);
	return 0;
}

static int look_at_entry(struct text *path, struct looking *looking, const struct publish_file *file, const struct item *base,
                         struct failure *failure)
{
	const git_index_entry *entry = find_entry(looking, file->path);
	bool same = entry ? git_oid_equal(&entry->id, &base->id) && (entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) == 0 : !base->mode;

	return same ? 0 : refuse(path, file->path, "staged edits", "git reset -q HEAD --", looking, failure);
}

static int look(struct text *path, struct looking *looking, const struct publish_request *request, struct failure *failure)
{
	git_oid base;
	int result = 0;

	if (git_oid_fromstr(&base, request->base) != 0)
		return failure_set(failure, EXIT_UNABLE, "'%.40s' is not the id of a commit to build on", request->base);
	if (target_tree(&looking->base, looking->target, &base, failure) < 0 ||
	    repository_index(&looking->index, looking->target->repository, NULL, looking->arena, failure) < 0 ||
	    workdir_open(&looking->workdir, looking->target->location.top, git_repository_path(looking->target->repository), failure) < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < request->count; i++) {
		struct item item;
		result = target_item(&item, looking->target, looking->base, request->files[i].path, failure);
		if (result == 0)
			result = look_at_file(path, looking, &request->files[i], &item, failure);
		if (result == 0)
			result = look_at_entry(path, looking, &request->files[i], &item, failure);
	}
	return result;
}

int publish_refuse_edits(struct text *path, const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	struct target target;
	struct looking looking = {.target = &target, .workdir = {.top = -1, .spare = -1}, .arena = arena};

	*path = TEXT("");
	int result = target_open(&target, request, arena, failure);
	if (result == 0 && target.checked_out)
		result = look(path, &looking, request, failure);
	workdir_close(&looking.workdir);
	git_index_free(looking.index);
	git_tree_free(looking.base);
	target_close(&target);
	return result;
}

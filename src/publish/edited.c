#include <string.h>

#include "arena.h"
#include "limits.h"
#include "target.h"
#include "workdir.h"

/* A commit and the files that follow it are moments apart; one that others made is waited for so long, and looked for so far back. */
enum { FOLLOW_SECONDS = 2, FOLLOW_COMMITS = 8 };

/* Of files and index entries. */
enum place_of_edits { BOTH, FILES, ENTRIES };

struct looking {
	const struct target *target;
	enum place_of_edits what;
	struct workdir workdir;
	git_index *index; /* NULL: the repository has none yet */
	git_tree *base;
	struct arena *arena;
};

static int refuse(struct text *path, struct text found, const char *where, const char *remedy, const struct looking *looking,
                  struct failure *failure)
{
	*path = found;
	return failure_set(failure, EXIT_FINDINGS,
	                   "'%.*s' has %s that are not committed, and would be lost from view: commit them first, or drop them with: %s %s",
	                   TEXT_ARGS(found), where, remedy, shell_word(found, looking->arena));
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
		if (result == 0 && looking->what != ENTRIES)
			result = look_at_file(path, looking, &request->files[i], &item, failure);
		if (result == 0 && looking->what != FILES)
			result = look_at_entry(path, looking, &request->files[i], &item, failure);
	}
	return result;
}

static int look_once(struct text *path, enum place_of_edits what, const struct target *target, const struct publish_request *request, struct arena *arena,
                     struct failure *failure)
{
	struct looking looking = {.target = target, .what = what, .workdir = {.top = -1, .spare = -1}, .arena = arena};

	*path = TEXT("");
	int result = look(path, &looking, request, failure);
	workdir_close(&looking.workdir);
	git_index_free(looking.index);
	git_tree_free(looking.base);
	return result;
}

/* --- Edits that are none: what others have just committed --- */

static bool has_moved(const struct target *target, const struct publish_request *request)
{
	struct failure unheard;
	git_oid base, tip;
	bool exists;

	return git_oid_fromstr(&base, request->base) == 0 && target_tip(&tip, &exists, target, &unheard) == 0 && exists && !git_oid_equal(&tip, &base);
}

/* Whether the working directory holds, or the index, what one of the last commits has: then they may be about to follow. */
static bool is_behind(enum place_of_edits what, const struct target *target, const struct publish_request *request, struct arena *arena)
{
	struct publish_request earlier = *request;
	struct failure unheard;
	struct text path;
	git_commit *commit;
	git_oid id;

	for (int i = 0; i < FOLLOW_COMMITS; i++) {
		if (look_once(&path, what, target, &earlier, arena, &unheard) == 0)
			return true;
		if (git_oid_fromstr(&id, earlier.base) != 0 || target_commit(&commit, target, &id, &unheard) < 0)
			return false;
		bool has_parent = git_commit_parentcount(commit) > 0;
		if (has_parent)
			git_oid_tostr(earlier.base, sizeof earlier.base, git_commit_parent_id(commit, 0));
		git_commit_free(commit);
		if (!has_parent)
			return false;
	}
	return false;
}

/* What looks like an edit may be another's commit that is newer than what was read, or that the files do not follow yet. */
static int tell_apart(struct text *path, const struct target *target, const struct publish_request *request, struct arena *arena,
                      struct failure *failure)
{
	struct patience patience = patience_for(FOLLOW_SECONDS);
	int result = -1;

	if (!has_moved(target, request)) {
		if (!is_behind(FILES, target, request, arena) || !is_behind(ENTRIES, target, request, arena))
			return -1;
		while (result < 0 && failure->code == EXIT_FINDINGS && !has_moved(target, request) && patience_wait(&patience))
			result = look_once(path, BOTH, target, request, arena, failure);
		if (result < 0 && (failure->code != EXIT_FINDINGS || !has_moved(target, request)))
			return -1;
	}
	*path = TEXT("");
	return failure_set(failure, EXIT_LOST_RACE, "branch '%s' moved meanwhile: run this again", target->branch);
}

int publish_refuse_edits(struct text *path, const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	struct target target;

	*path = TEXT("");
	int result = target_open(&target, request, arena, failure);
	if (result == 0 && target.checked_out)
		result = look_once(path, BOTH, &target, request, arena, failure);
	if (result < 0 && path->len)
		result = tell_apart(path, &target, request, arena, failure);
	target_close(&target);
	return result;
}

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "follow.h"
#include "target.h"
#include "tree.h"

enum { FRESH_COMMITS = 1000, SAME_TIP_TRIES = 5 };

/* One try: what it builds on, and what came of it. */
struct attempt {
	git_oid tip, parent, commit;
	bool exists; /* the branch does */
	struct change *changes;
	size_t count;
};

static int find_base(git_oid *base, const struct target *target, bool named, struct failure *failure)
{
	bool exists;

	if (target_tip(base, &exists, target, failure) < 0)
		return -1;
	if (exists)
		return 0;
	if (!named)
		return failure_set(failure, EXIT_UNABLE, "branch '%s' has no commit yet: there is nothing to read, commit something first",
		                   target->branch);
	git_reference *head = NULL;
	int error = git_repository_head(&head, target->repository);
	if (error == 0)
		*base = *git_reference_target(head);
	git_reference_free(head);
	if (error == GIT_EUNBORNBRANCH || error == GIT_ENOTFOUND)
		return failure_set(failure, EXIT_UNABLE, "branch '%s' is not there, and HEAD has no commit yet that it could begin at",
		                   target->branch);
	return error ? repository_fail(failure, error, "cannot read HEAD") : 0;
}

int publish_prepare(char base[41], struct text *branch, const struct publish_request *request, struct arena *arena,
                    struct failure *failure)
{
	struct target target;
	git_oid id;
	int result = target_open(&target, request, arena, failure);

	if (result == 0)
		result = find_base(&id, &target, request->branch != NULL, failure);
	if (result == 0) {
		git_oid_tostr(base, 41, &id);
		*branch = text_of(target.branch);
	}
	target_close(&target);
	return result;
}

int publish_identity(const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	struct target target;
	int result = target_open(&target, request, arena, failure);

	if (result == 0)
		result = target_identify(&target, request, arena, failure);
	target_close(&target);
	return result;
}

/* --- Steps 4 to 6 of the sequence --- */

/* Somebody moved the branch: what was read must be the same there. */
static int check_watched(const struct target *target, const git_oid *base, const git_oid *parent,
                         const struct publish_request *request, struct failure *failure)
{
	git_tree *before = NULL, *after = NULL;
	struct item then = {.mode = 0}, now = {.mode = 0};
	int result = target_tree(&before, target, base, failure);

	if (result == 0)
		result = target_tree(&after, target, parent, failure);
	for (size_t i = 0; result == 0 && i < request->watched_count; i++) {
		result = target_item(&then, target, before, request->watched[i], failure);
		if (result == 0)
			result = target_item(&now, target, after, request->watched[i], failure);
		if (result == 0 && (then.mode != now.mode || !git_oid_equal(&then.id, &now.id)))
			result = failure_set(failure, EXIT_LOST_RACE, "branch '%s' moved meanwhile, and '%.*s' is not what was read: run this again",
			                     target->branch, TEXT_ARGS(request->watched[i]));
	}
	git_tree_free(before);
	git_tree_free(after);
	return result;
}

int target_write_commit(git_oid *commit, const struct target *target, const git_oid *tree_id, const git_oid *parent_id, struct text text,
                        int64_t time, struct arena *arena, struct failure *failure)
{
	const char *message = arena_format(arena, "%.*s%s", TEXT_ARGS(text), text_ends(text, "\n") ? "" : "\n");
	git_signature *who = NULL;
	git_commit *parent = NULL;
	git_tree *tree = NULL;
	git_buf bytes = GIT_BUF_INIT;
	git_object_t type;
	size_t size;
	int error = git_signature_new(&who, target->name, target->email, time, 0);

	if (error == 0)
		error = git_commit_lookup(&parent, target->repository, parent_id);
	if (error == 0)
		error = git_tree_lookup(&tree, target->repository, tree_id);
	const git_commit *parents[] = {parent};
	if (error == 0)
		error = git_commit_create_buffer(&bytes, target->repository, who, who, NULL, message, tree, 1, parents);
	if (error == 0)
		error = git_odb_write(commit, target->odb, bytes.ptr, bytes.size, GIT_OBJECT_COMMIT);
	/* Some failures inside libgit2 come back as success. */
	if (error == 0)
		error = git_odb_read_header(&size, &type, target->odb, commit);
	if (error == 0 && type != GIT_OBJECT_COMMIT)
		error = GIT_ERROR;
	git_buf_dispose(&bytes);
	git_tree_free(tree);
	git_commit_free(parent);
	git_signature_free(who);
	return error ? repository_fail(failure, error, "cannot write the commit") : 0;
}

static int write_objects(struct attempt *attempt, const struct target *target, const git_tree *tree,
                         const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	git_oid id;

	if (changes_write(&id, target, tree, attempt->changes, attempt->count, failure) < 0)
		return -1;
	return target_write_commit(&attempt->commit, target, &id, &attempt->parent, request->message, request->time, arena, failure);
}

/* Builds the commit; attempt->count is 0 where nothing would change. */
static int build(struct attempt *attempt, const struct target *target, const git_oid *base,
                 const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	git_tree *tree = NULL;

	if (target_tip(&attempt->tip, &attempt->exists, target, failure) < 0)
		return -1;
	if (!attempt->exists && !request->branch)
		return failure_set(failure, EXIT_LOST_RACE, "branch '%s' is gone: somebody removed it meanwhile", target->branch);
	attempt->parent = attempt->exists ? attempt->tip : *base;
	if (!git_oid_equal(&attempt->parent, base) && check_watched(target, base, &attempt->parent, request, failure) < 0)
		return -1;
	if (target_tree(&tree, target, &attempt->parent, failure) < 0)
		return -1;
	int result = changes_find(&attempt->changes, &attempt->count, target, tree, request, arena, failure);
	if (result == 0 && attempt->count)
		result = write_objects(attempt, target, tree, request, arena, failure);
	git_tree_free(tree);
	return result;
}

static int move_branch(const struct attempt *attempt, const struct target *target, const struct publish_request *request,
                       struct arena *arena)
{
	git_reference *reference = NULL;
	struct text subject = text_cut(request->message, 0, text_find(request->message, '\n'));
	const char *log = arena_format(arena, "commit: %.*s", TEXT_ARGS(subject));
	git_oid expected = {{0}};

	if (attempt->exists)
		expected = attempt->tip;
	int error = git_reference_create_matching(&reference, target->repository, target->ref, &attempt->commit, 1, &expected, log);
	git_reference_free(reference);
	return error;
}

/* --- Steps 7 and 8 --- */

static int still_locked(const struct target *target, struct arena *arena, struct failure *failure)
{
	const char *common = git_repository_commondir(target->repository);
	const char *locks[] = {arena_format(arena, "%s%s.lock", common, target->ref), arena_format(arena, "%spacked-refs.lock", common),
	                       arena_format(arena, "%sHEAD.lock", git_repository_path(target->repository))};
	struct stat status;

	for (size_t i = 0; i < sizeof locks / sizeof locks[0]; i++)
		if (lstat(locks[i], &status) == 0)
			return lock_fail(failure, EXIT_LOST_RACE, locks[i], arena);
	return failure_set(failure, EXIT_LOST_RACE, "branch '%s' was kept busy by others for %d seconds: run this again", target->branch,
	                   PATIENCE_SECONDS);
}

/* Success is only what can be read back: the branch at our commit, or moved on from it. */
static int check_landed(const struct target *target, const struct attempt *attempt, struct failure *failure)
{
	struct failure first;
	git_oid at;
	bool exists;

	if (target_tip(&at, &exists, target, &first) < 0 && target_tip(&at, &exists, target, &first) < 0)
		return failure_set(failure, first.code, "%s; commit %s may stand there all the same", first.message,
		                   git_oid_tostr_s(&attempt->commit));
	if (!exists || git_oid_equal(&at, &attempt->parent))
		return failure_set(failure, EXIT_UNABLE, "branch '%s' did not move, though no error was reported", target->branch);
	for (unsigned i = 0; i < FRESH_COMMITS; i++) {
		git_commit *commit;
		if (git_oid_equal(&at, &attempt->commit))
			return 0;
		if (target_commit(&commit, target, &at, failure) < 0)
			return -1;
		bool more = git_commit_parentcount(commit) > 0;
		if (more)
			at = *git_commit_parent_id(commit, 0);
		git_commit_free(commit);
		if (!more || git_oid_equal(&at, &attempt->parent))
			break;
	}
	return failure_set(failure, EXIT_LOST_RACE, "branch '%s' was moved away from our commit right after it: run this again",
	                   target->branch);
}

static bool is_at(const struct target *target, const git_oid *commit)
{
	struct failure unread;
	git_oid at;
	bool exists;

	return target_tip(&at, &exists, target, &unread) == 0 && exists && git_oid_equal(&at, commit);
}

static int land(struct attempt *attempt, const struct target *target, const git_oid *base,
                const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	struct patience patience = patience_for(PATIENCE_SECONDS);
	git_oid before = {{0}};

	for (unsigned same = 0;;) {
		watch_start(WATCH_SECONDS);
		if (build(attempt, target, base, request, arena, failure) < 0)
			return -1;
		if (attempt->count == 0)
			return 0;
		int error = move_branch(attempt, target, request, arena);
		/* Said here, as the next call of libgit2 forgets the reason. */
		if (error)
			repository_fail(failure, error, "cannot move branch '%s'", target->branch);
		/* A failure that comes after the rename, such as syncing the folder, has moved the branch all the same. */
		if (error == 0 || is_at(target, &attempt->commit))
			return check_landed(target, attempt, failure);
		/* A branch that did not move is in nobody's hands: the name collides, or the disk is full. */
		same = git_oid_equal(&before, &attempt->tip) ? same + 1 : 0;
		before = attempt->tip;
		bool busy = error == GIT_ELOCKED || ((error == GIT_EMODIFIED || error == GIT_EEXISTS) && same < SAME_TIP_TRIES);
		if (!busy)
			return -1;
		if (!patience_wait(&patience))
			return still_locked(target, arena, failure);
	}
}

/* --- Around it --- */

void warnings_of_hooks(struct warnings *warnings, const struct target *target, struct arena *arena)
{
	static const char *const names[] = {"pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction"};
	const char *folder = arena_format(arena, "%shooks", git_repository_commondir(target->repository)), *configured, *list = "";
	git_config *config = NULL;
	struct stat status;

	if (git_repository_config_snapshot(&config, target->repository) == 0 &&
	    git_config_get_string(&configured, config, "core.hooksPath") == 0 && configured[0] != '\0')
		folder = configured[0] == '/' ? arena_format(arena, "%s", configured)
		                              : arena_format(arena, "%s/%s", target->location.top, configured);
	git_config_free(config);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *path = arena_format(arena, "%s/%s", folder, names[i]);
		if (stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0)
			list = arena_format(arena, "%s%s%s", list, list[0] ? ", " : "", names[i]);
	}
	if (list[0])
		warnings_add(warnings, text_format(arena, "hooks were not run: %s", list), arena);
	if (repository_setting(target->repository, "commit.gpgsign", arena))
		warnings_add(warnings,
		             text_format(arena, "commit.gpgsign is set, but the commit is not signed%s",
		                         target->checked_out ? "; to sign it: git commit --amend --no-edit -S" : ""),
		             arena);
}

static int check_request(git_oid *base, const struct publish_request *request, struct failure *failure)
{
	if (git_oid_fromstr(base, request->base) != 0 || request->base[GIT_OID_HEXSZ] != '\0')
		return failure_set(failure, EXIT_UNABLE, "'%.40s' is not the id of a commit to build on", request->base);
	if (request->message.len == 0 || memchr(request->message.at, '\0', request->message.len))
		return failure_set(failure, EXIT_UNABLE, "a commit message is empty or holds a NUL");
	return 0;
}

static int commit_to(struct publish_outcome *outcome, const struct target *target, const git_oid *base,
                     const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	struct attempt attempt = {.count = 0};
	struct warnings warnings = {NULL, 0};

	int result = land(&attempt, target, base, request, arena, failure);
	watch_stop();
	if (result < 0 || attempt.count == 0)
		return result;
	outcome->committed = true;
	git_oid_tostr(outcome->commit, sizeof outcome->commit, &attempt.commit);
	if (target->checked_out)
		follow_commit(&warnings, target, base, &attempt.parent, attempt.changes, attempt.count, arena);
	warnings_of_hooks(&warnings, target, arena);
	outcome->warnings = warnings.items;
	outcome->warning_count = warnings.count;
	return 0;
}

int publish_commit(struct publish_outcome *outcome, const struct publish_request *request, struct arena *arena,
                   struct failure *failure)
{
	struct target target = {.repository = NULL};
	git_oid base;
	sigset_t stop, saved;

	*outcome = (struct publish_outcome){.committed = false};
	if (check_request(&base, request, failure) < 0)
		return -1;
	/* A signal in the middle would leave a lock; it takes effect at the end. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	int result = target_open(&target, request, arena, failure);
	if (result == 0)
		result = target_identify(&target, request, arena, failure);
	if (result == 0)
		git_repository_set_ident(target.repository, target.name, target.email);
	pthread_sigmask(SIG_BLOCK, &stop, &saved);
	if (result == 0) {
		outcome->branch = text_of(target.branch);
		result = commit_to(outcome, &target, &base, request, arena, failure);
	}
	target_close(&target);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	return result;
}

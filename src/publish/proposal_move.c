#include <signal.h>
#include <string.h>

#include "arena.h"
#include "follow.h"
#include "proposal.h"
#include "seal.h"

enum { SAME_TIP_TRIES = 5 };

/* The signals that would leave a lock behind in the middle; they take effect at the end. */
static void hold_signals(sigset_t *saved)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &stop, saved);
}

/* The branch, and what stands against moving it: *in_use, with words. */
static int open_branch(struct target *target, bool *in_use, struct text *where, const struct proposal_request *request, struct text branch,
                       struct arena *arena, struct failure *failure)
{
	struct failure elsewhere;

	if (target_reach(target, request->directory, request->git_dir, arena, failure) < 0 ||
	    target_choose(target, arena_copy(arena, branch.at, branch.len), arena, failure) < 0)
		return -1;
	*in_use = target->checked_out;
	*where = target->checked_out ? text_format(arena, "branch '%s' is checked out here: switch to another one first", target->branch) : TEXT("");
	if (!*in_use && target_elsewhere(target, arena, &elsewhere) < 0) {
		*in_use = true;
		*where = text_format(arena, "%s", elsewhere.message);
	}
	return 0;
}

static bool is_expected(const git_oid *tip, bool exists, const char *expected)
{
	char id[41];

	if (!exists || !expected[0])
		return !exists && !expected[0];
	return strcmp(git_oid_tostr(id, sizeof id, tip), expected) == 0;
}

/* --- Putting --- */

static int build(git_oid *commit, const struct target *target, const struct proposal_request *request, const struct proposal_wish *wish,
                 struct arena *arena, struct failure *failure)
{
	const struct publish_request files = {.files = wish->file, .count = 1};
	git_tree *base = NULL;
	struct change *changes;
	git_oid parent, tree;
	size_t count;

	if (git_oid_fromstr(&parent, request->base) != 0)
		return failure_set(failure, EXIT_UNABLE, "'%.40s' is not the id of a commit to build on", request->base);
	if (wish->message.len == 0 || memchr(wish->message.at, '\0', wish->message.len))
		return failure_set(failure, EXIT_UNABLE, "a commit message is empty or holds a NUL");
	int result = target_tree(&base, target, &parent, failure);
	if (result == 0)
		result = changes_find(&changes, &count, target, base, &files, arena, failure);
	if (result == 0 && count == 0)
		result = failure_set(failure, EXIT_UNABLE, "'%.*s' is so already: there is nothing to propose", TEXT_ARGS(wish->file->path));
	if (result == 0)
		result = changes_write(&tree, target, base, changes, count, failure);
	git_tree_free(base);
	if (result < 0)
		return -1;
	struct text message = seal_message(wish->message, target, &tree, &parent, request->time, arena);
	return target_write_commit(commit, target, &tree, &parent, message, request->time, arena, failure);
}

/* Whether the error says that others are at it: then the branch is looked at again. */
static bool is_busy(int error)
{
	return error == GIT_ELOCKED || error == GIT_EMODIFIED || error == GIT_EEXISTS;
}

static int still_locked(const struct target *target, struct failure *failure)
{
	return failure_set(failure, EXIT_LOST_RACE, "branch '%s' was kept busy by others for %d seconds: run this again", target->branch, PATIENCE_SECONDS);
}

static int move_to(enum proposal_move *move, const struct target *target, const git_oid *commit, const char *expected, struct failure *failure)
{
	struct patience patience = patience_for(PATIENCE_SECONDS);
	git_oid old = {{0}}, tip;
	bool exists;

	if (expected[0])
		git_oid_fromstr(&old, expected);
	for (unsigned same = 0;;) {
		git_reference *reference = NULL;
		watch_start(WATCH_SECONDS);
		int error = git_reference_create_matching(&reference, target->repository, target->ref, commit, 1, &old, "galley propose");
		git_reference_free(reference);
		if (error)
			repository_fail(failure, error, "cannot move branch '%s'", target->branch);
		struct failure unread;
		bool read = target_tip(&tip, &exists, target, error ? &unread : failure) == 0;
		if (read && exists && git_oid_equal(&tip, commit))
			return 0;
		if (read && !is_expected(&tip, exists, expected)) {
			*move = PROPOSAL_OVERTAKEN;
			return 0;
		}
		if (!error && read)
			return failure_set(failure, EXIT_UNABLE, "branch '%s' did not move, though no error was reported", target->branch);
		/* A branch that did not move is in nobody's hands: the name collides with another one's. */
		if (!is_busy(error) || (error != GIT_ELOCKED && ++same == SAME_TIP_TRIES))
			return -1;
		if (!patience_wait(&patience))
			return still_locked(target, failure);
	}
}

static struct publish_request who(const struct proposal_request *request)
{
	return (struct publish_request){.name = request->name, .email = request->email};
}

int proposal_put(enum proposal_move *move, char commit[41], struct text *where, const struct proposal_request *request,
                 const struct proposal_wish *wish, const char *expected, struct arena *arena, struct failure *failure)
{
	const struct publish_request person = who(request);
	struct target target = {.repository = NULL};
	bool in_use = false;
	sigset_t saved;
	git_oid id;

	*move = PROPOSAL_MOVED;
	commit[0] = '\0';
	int result = open_branch(&target, &in_use, where, request,
	                         text_format(arena, "galley/%.*s/%.*s", TEXT_ARGS(wish->model), TEXT_ARGS(wish->action)), arena, failure);
	if (result == 0 && in_use)
		*move = PROPOSAL_IN_USE;
	if (result == 0 && !in_use)
		result = target_identify(&target, &person, arena, failure);
	if (result == 0 && !in_use) {
		git_repository_set_ident(target.repository, target.name, target.email);
		hold_signals(&saved);
		watch_start(WATCH_SECONDS);
		result = build(&id, &target, request, wish, arena, failure);
		if (result == 0)
			result = move_to(move, &target, &id, expected, failure);
		if (result == 0 && *move == PROPOSAL_MOVED)
			git_oid_tostr(commit, 41, &id);
		watch_stop();
		pthread_sigmask(SIG_SETMASK, &saved, NULL);
	}
	target_close(&target);
	return result;
}

/* --- Withdrawing --- */

/* libgit2 deletes what was looked up, and fails where that has moved since. */
static int delete_at(enum proposal_move *move, const struct target *target, const char *expected, struct failure *failure)
{
	struct patience patience = patience_for(PATIENCE_SECONDS);

	for (;;) {
		git_reference *reference = NULL;
		watch_start(WATCH_SECONDS);
		int error = git_reference_lookup(&reference, target->repository, target->ref);
		/* Somebody else has withdrawn it. */
		if (error == GIT_ENOTFOUND)
			return 0;
		const git_oid *tip = error ? NULL : git_reference_target(reference);
		if (!error && (!tip || !is_expected(tip, true, expected))) {
			git_reference_free(reference);
			*move = PROPOSAL_OVERTAKEN;
			return 0;
		}
		if (!error)
			error = git_reference_delete(reference);
		if (error)
			repository_fail(failure, error, "cannot delete branch '%s'", target->branch);
		git_reference_free(reference);
		if (!error)
			return 0;
		if (!is_busy(error))
			return -1;
		if (!patience_wait(&patience))
			return still_locked(target, failure);
	}
}

int proposal_withdraw(enum proposal_move *move, struct text *where, const struct proposal_request *request, struct text branch, const char *expected,
                      struct arena *arena, struct failure *failure)
{
	struct target target = {.repository = NULL};
	bool in_use = false;
	sigset_t saved;

	*move = PROPOSAL_MOVED;
	int result = open_branch(&target, &in_use, where, request, branch, arena, failure);
	if (result == 0 && in_use)
		*move = PROPOSAL_IN_USE;
	if (result == 0 && !in_use) {
		hold_signals(&saved);
		result = delete_at(move, &target, expected, failure);
		watch_stop();
		pthread_sigmask(SIG_SETMASK, &saved, NULL);
	}
	target_close(&target);
	return result;
}

int proposal_prepare(struct text **items, size_t *count, const struct proposal_request *request, struct arena *arena, struct failure *failure)
{
	const struct publish_request person = who(request);
	struct warnings warnings = {NULL, 0};
	struct target target;
	int result = target_reach(&target, request->directory, request->git_dir, arena, failure);

	if (result == 0)
		result = target_identify(&target, &person, arena, failure);
	if (result == 0)
		warnings_of_hooks(&warnings, &target, arena);
	*items = warnings.items;
	*count = warnings.count;
	target_close(&target);
	return result;
}

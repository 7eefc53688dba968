/* The branch that a commit goes to, and what could stand against it. */
#ifndef GALLEY_PUBLISH_TARGET_H
#define GALLEY_PUBLISH_TARGET_H

#include <git2.h>
#include <time.h>

#include "publish.h"
#include "repository.h"

enum { PATIENCE_SECONDS = 10, LOCK_SECONDS = 3, WATCH_SECONDS = 30 };

struct target {
	struct location location;
	git_repository *repository;
	git_odb *odb;
	const char *ref;    /* refs/heads/main */
	const char *branch; /* main */
	bool checked_out;   /* in this working directory, which then follows */
	const char *name, *email;
};

/* Everything that publish_prepare() promises to refuse is refused here. */
int target_open(struct target *target, const struct publish_request *request, struct arena *arena, struct failure *failure);
/* The same in steps, for what touches no working directory: the repository, then a branch by its short name (NULL: the current one), then
 * refusing one that is checked out in another working directory than this. */
int target_reach(struct target *target, const char *directory, const char *git_dir, struct arena *arena, struct failure *failure);
int target_choose(struct target *target, const char *branch, struct arena *arena, struct failure *failure);
int target_elsewhere(const struct target *target, struct arena *arena, struct failure *failure);
/* Sets who commits: the request's name and email, else git's configuration. */
int target_identify(struct target *target, const struct publish_request *request, struct arena *arena, struct failure *failure);
void target_close(struct target *target);

/* The commit the branch points to; *exists is false where there is no such branch. */
int target_tip(git_oid *tip, bool *exists, const struct target *target, struct failure *failure);
int target_commit(git_commit **commit, const struct target *target, const git_oid *id, struct failure *failure);
/* The tree of a commit. */
int target_tree(git_tree **tree, const struct target *target, const git_oid *commit, struct failure *failure);

/* A commit of that tree on that parent, written, checked and read back; no ref moves. */
int target_write_commit(git_oid *commit, const struct target *target, const git_oid *tree, const git_oid *parent, struct text message, int64_t time,
                        struct arena *arena, struct failure *failure);

/* What stands at path in tree: mode 0 and a zero id where nothing does. path may be a folder, "" or end in '/'. */
struct item {
	git_oid id;
	unsigned mode;
};
int target_item(struct item *item, const struct target *target, const git_tree *tree, struct text path,
                struct failure *failure);

/* Older than any that is worth waiting for. */
bool lock_is_old(const char *path);
/* Names the lock file, its age and the command that removes it. */
int lock_fail(struct failure *failure, enum exit_code code, const char *path, struct arena *arena);

/* --- Waiting for others --- */

struct patience {
	struct timespec until;
	unsigned turn;
};

struct patience patience_for(unsigned seconds);
/* Sleeps a moment, 1 to 30 ms and never in step with others; false when the time is over or the user asked to stop. */
bool patience_wait(struct patience *patience);

/* path as a word of a shell command. */
const char *shell_word(struct text path, struct arena *arena);

#endif

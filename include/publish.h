/* Publish: the only stage that changes anything outside memory, and the last one.
 *
 * Either pages are written into the working directory (temporary file, fsync, rename, never through a symbolic link), or they
 * become one commit by the sequence that survives races, full disks and kills: tree from the parent's tree plus our paths, never
 * from the index; object written and checked; the ref moved by compare-and-swap; read back before success is claimed; then the
 * working copy and the index entries of our paths alone, where they are not the user's.
 * Ownership: requests are the caller's; outcomes' texts are in the arena.
 * Failure: -1 with EXIT_UNABLE, or EXIT_LOST_RACE when somebody else moved the ref and what was read has changed, or the ref stayed
 * locked for 10 s. After a failure the ref, the index and the user's files are as they were. */
#ifndef GALLEY_PUBLISH_H
#define GALLEY_PUBLISH_H

#include <stdint.h>

#include "failure.h"
#include "text.h"

struct arena;

/* One path below one of our folders: new content, or removal. */
struct publish_file {
	struct text path; /* from the top */
	struct text bytes;
	bool remove;
	bool fresh;       /* a new file: whatever stands there already is a failure */
	struct text was;  /* at not NULL: what the bytes were made from; a working file that is not this any more is a lost race */
};

/* Writes into the working directory top. Files whose bytes are the same already are left alone.
 * changed, removed: counts. A path that leads through a symbolic link, or a directory or special file in a page's place, is a failure. */
int publish_files(size_t *changed, size_t *removed, const char *top, const struct publish_file *files, size_t count,
                  struct failure *failure);

/* A path that a list of somebody else's may name for removal: letters, digits, '_', '-', '.' and '/' alone, no part empty or with a dot first. */
bool publish_is_plain(struct text path);

struct publish_request {
	const char *git_dir;     /* as for source_open */
	const char *directory;
	const char *branch;      /* NULL: the current one; short name. Created from base where it does not exist */
	char base[41];           /* the commit whose content the pages were made from */
	const struct publish_file *files;
	size_t count;
	const struct text *watched; /* paths that were read: when the branch has moved but none of these differs, the commit is rebuilt on the new tip */
	size_t watched_count;
	struct text message;     /* subject, blank line, body; no NUL */
	struct text name, email; /* who commits; empty: identity from git's configuration */
	int64_t time;            /* of the commit, seconds since 1970 UTC; offset +0000 */
};

struct publish_outcome {
	bool committed;      /* false: the tree would be the same as the parent's, nothing was done */
	char commit[41];
	struct text branch;
	struct text *warnings; /* the commit is safe, but: files left alone because they are the user's, hooks or signing not run, with the exact remedy */
	size_t warning_count;
};

/* Resolves what `report --commit` builds on: *base is the tip of branch (or the current one). Refuses a detached HEAD without a branch, an
 * unborn branch, a repository in the middle of a merge, rebase, cherry-pick, revert or bisect, an index.lock (with file, age and the
 * command that removes it), and a branch that is checked out in another worktree (named): all before any work. */
int publish_prepare(char base[41], struct text *branch, const struct publish_request *request, struct arena *arena, struct failure *failure);

/* Refuses when it is not known who commits (no name and email in the request, none in git's configuration). Apart from
 * publish_prepare(), as the name may come from the galley.yaml of the base. */
int publish_identity(const struct publish_request *request, struct arena *arena, struct failure *failure);

/* Refuses when the person has something else in one of the request's files than base has, in the working directory or staged: a commit
 * of the file from base would leave their edits behind, and nobody could say which of the two is meant. Nothing to refuse where the branch
 * is not the one that is checked out. *path: of the file, where that is the reason; else empty. */
int publish_refuse_edits(struct text *path, const struct publish_request *request, struct arena *arena, struct failure *failure);

int publish_commit(struct publish_outcome *outcome, const struct publish_request *request, struct arena *arena, struct failure *failure);

/* Writes an executable hook script of that name ("pre-commit") where git looks for hooks; *path says where. *there: the same script
 * stood there already. Never replaces one that differs, and refuses where core.hooksPath sends git to a folder that others may share:
 * both with the line to add by hand. */
int publish_hook(struct text *path, bool *there, const char *directory, const char *git_dir, const char *name, struct text script,
                 struct arena *arena, struct failure *failure);

#endif

/* Proposal: a change that waits for a person, as one commit of ours on a branch of its own, galley/MODEL/ACTION. Merging the branch is the
 * approval; the branches are the queue, and nothing else is kept.
 *
 * A commit of ours ends in trailers. The last is a seal over the commit's tree, parent, committer, time and message: what a person has
 * amended, rebased or added to has none that fits, and such a branch is theirs from then on. It is no signature, only a way to tell.
 * Ownership: texts are in the arena. Failure: -1 with EXIT_UNABLE, or EXIT_LOST_RACE when a ref stayed locked for 10 s; nothing
 * has changed then. No function touches a working directory, an index, HEAD or a branch that is checked out anywhere. */
#ifndef GALLEY_PROPOSAL_H
#define GALLEY_PROPOSAL_H

#include <stdint.h>

#include "publish.h"

struct proposal_change {
	struct text path;
	bool is_new, is_gone;
	struct text before, after; /* empty where the file is large or no file */
};

struct proposal {
	struct text branch;        /* "galley/model_a/rollback", of a remote one "origin/galley/model_a/rollback" */
	struct text remote;        /* "origin"; empty: a branch of this repository */
	struct text model, action; /* as the branch is called */
	char tip[41];
	char commit[41];           /* ours: the tip, or what a person built on; "": there is none, and what follows is empty */
	char parent[41];           /* what was read */
	struct text subject, workspace, state, since, cause, run;
	struct text *reasons;
	size_t reason_count;
	struct text author, email;
	bool has_as_of;
	int64_t as_of;
	bool touched;              /* the tip is a person's, or there is no commit of ours */
	bool merged;               /* the base has all of it */
	bool applies;              /* it can be merged into the base without a conflict */
	struct proposal_change *changes; /* from the parent to the tip, the first few */
	size_t change_count, changed;    /* how many are told, and how many there are */
};

struct proposal_request {
	const char *git_dir, *directory; /* as for source_open */
	char base[41];                   /* the commit that was read */
	struct text name, email;         /* who commits; empty: identity from git's configuration */
	int64_t time;                    /* of the commit */
};

/* All of them, by model, action and remote, those of this repository first. */
int proposals_read(struct proposal **items, size_t *count, const struct proposal_request *request, struct arena *arena, struct failure *failure);

/* What is to stand on a branch. */
struct proposal_wish {
	struct text model, action;
	const struct publish_file *file;
	struct text message;             /* up to the seal: it ends in trailers */
};

enum proposal_move {
	PROPOSAL_MOVED,
	PROPOSAL_OVERTAKEN, /* the branch is not at expected any more: read again */
	PROPOSAL_IN_USE,    /* it is checked out; *where says so in words */
};

/* Puts the branch from expected ("": there is none) to a commit of the wish on the base. commit: its id. */
int proposal_put(enum proposal_move *move, char commit[41], struct text *where, const struct proposal_request *request,
                 const struct proposal_wish *wish, const char *expected, struct arena *arena, struct failure *failure);
/* Deletes the branch where it is still at expected. */
int proposal_withdraw(enum proposal_move *move, struct text *where, const struct proposal_request *request, struct text branch, const char *expected,
                      struct arena *arena, struct failure *failure);
/* What git would have done and this does not: hooks, signatures. Refuses where it is not known who commits. */
int proposal_prepare(struct text **warnings, size_t *count, const struct proposal_request *request, struct arena *arena, struct failure *failure);

/* --- What came of a model's action, for those who print it --- */

enum proposal_outcome {
	PROPOSAL_MADE,
	PROPOSAL_REBUILT,   /* the cause, or what it would be merged into, is another one now */
	PROPOSAL_STANDS,
	PROPOSAL_WITHDRAWN,
	PROPOSAL_LEFT,      /* it would have been moved or withdrawn, but is a person's, or checked out */
	PROPOSAL_NONE,      /* nothing is proposed, though something is due */
};
const char *proposal_outcome_name(enum proposal_outcome outcome); /* "proposed", "rebuilt", ... */

struct proposed {
	struct text model, action, branch; /* branch empty: none */
	enum proposal_outcome outcome;
	char commit[41];                   /* where the branch is now; "": nowhere, or it would only be made */
	struct text subject, why;
	bool in_use;                       /* left, as it is checked out */
	struct proposal_change change;     /* of what was made; path empty: none */
};

#endif

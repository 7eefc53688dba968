/* Propose: from decisions to branches. What is due and changes files stands on a branch of its own for a person to merge; what is not due any
 * more is withdrawn.
 *
 * A branch is one cause (see author_cause()): while the cause stays, nothing is made anew, whatever the base or the numbers become, unless the
 * change no longer merges. Another cause rebuilds it. What a person has added to is never touched, nor what is checked out anywhere, and a
 * cause that history has a commit for has been decided: it is not proposed again.
 * Ownership: everything is in the workspace's arena. Failure: -1 with EXIT_UNABLE, or EXIT_LOST_RACE when others kept moving a branch. */
#ifndef GALLEY_PROPOSE_H
#define GALLEY_PROPOSE_H

#include "pipeline.h"
#include "proposal.h"

struct propose_request {
	const struct workspace_request *workspace; /* what it was opened with, at a commit */
	struct proposal_request branches;
	bool dry_run;                              /* say what would be done */
};

/* After workspace_measure(). items: what came of each action that is due, and of each branch, by model. */
int propose(struct proposed **items, size_t *count, struct workspace *workspace, const struct propose_request *request, struct failure *failure);

#endif

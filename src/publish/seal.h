/* The seal at the end of a proposal's message, see proposal.h. */
#ifndef GALLEY_PUBLISH_SEAL_H
#define GALLEY_PUBLISH_SEAL_H

#include "target.h"

/* The message with its seal, for a commit of this tree on this parent by target's identity. */
struct text seal_message(struct text message, const struct target *target, const git_oid *tree, const git_oid *parent, int64_t time,
                         struct arena *arena);
/* Whether a commit is as it was sealed. */
bool seal_fits(const git_commit *commit, struct arena *arena);

#endif

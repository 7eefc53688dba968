/* The working directory and the index follow a commit, on our paths alone. */
#ifndef GALLEY_PUBLISH_FOLLOW_H
#define GALLEY_PUBLISH_FOLLOW_H

#include "tree.h"

struct warnings {
	struct text *items;
	size_t count;
};

void warnings_add(struct warnings *warnings, struct text warning, struct arena *arena);

/* Hooks that were not run, and a signature that was not made. */
void warnings_of_hooks(struct warnings *warnings, const struct target *target, struct arena *arena);

/* Brings the paths of changes from what they were in base or parent to what the branch's tip holds, all under the index lock, so
 * that the last of several committers leaves the newest. What is neither is the user's: left, with a warning. */
void follow_commit(struct warnings *warnings, const struct target *target, const git_oid *base, const git_oid *parent,
                   const struct change *changes, size_t count, struct arena *arena);

#endif

/* A new tree from a parent's tree and our paths; everything else in it stays as it is. */
#ifndef GALLEY_PUBLISH_TREE_H
#define GALLEY_PUBLISH_TREE_H

#include "target.h"

struct change {
	const struct publish_file *file;
	struct item old; /* in the parent's tree */
	struct item new; /* zero where it is removed */
};

/* The requested files that differ from tree, sorted, with the ids of their new blobs; nothing is written. */
int changes_find(struct change **changes, size_t *count, const struct target *target, const git_tree *tree,
                 const struct publish_request *request, struct arena *arena, struct failure *failure);

/* Writes blobs and trees; *id is the new root. */
int changes_write(git_oid *id, const struct target *target, const git_tree *tree, const struct change *changes, size_t count,
                  struct failure *failure);

#endif

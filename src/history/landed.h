/* Landed: the files of a workspace that a commit changed, wherever the workspace stood then. */
#ifndef GALLEY_HISTORY_LANDED_H
#define GALLEY_HISTORY_LANDED_H

#include "arena.h"
#include "history.h"

/* Runs, recipes and packs of each place that it was in, by the names that the folders have now. */
struct grounds {
	const struct history *history;
	struct text *folders;
	size_t count;
};

int grounds_find(struct grounds *out, struct source *source, const struct catalog *settings, const struct limits *limits, struct arena *arena,
                 struct failure *failure);
/* What lies in one of the folders: KIND_RUN is also models. */
enum kind grounds_kind(size_t which);

struct landed {
	struct walked_file file; /* which: of the folders */
	struct text inner;       /* its path as seen from the folder */
	bool left;               /* another one stands for it now */
};

/* Those of the workspace; where it moved, what a file was is what it was in the old place. */
struct landed *grounds_land(size_t *count, const struct grounds *grounds, const struct walked_commit *commit, struct arena *arena);

#endif

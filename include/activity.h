/* Activity: who decided what, and when, as commits tell it: proposals with their reasons, the merges that approved them, approvals and
 * promotions, and every other change of a record's status, version, production run or hold.
 *
 * What a proposal's commit says of itself is its claim, as any message is. A branch that was deleted unmerged has left nothing.
 * Ownership: texts are in the arena. Failure: -1 where history cannot be read, or beyond limits.walk_commits and walk_files. */
#ifndef GALLEY_ACTIVITY_H
#define GALLEY_ACTIVITY_H

#include "catalog.h"
#include "source.h"

enum activity_kind {
	ACTIVITY_WAITING,  /* a proposal on a branch */
	ACTIVITY_PROPOSED, /* one that history has */
	ACTIVITY_APPROVED, /* a proposal was merged; a recipe or pack became approved */
	ACTIVITY_PROMOTED, /* a model went to another status, or is served by another run */
	ACTIVITY_HELD,
	ACTIVITY_NEW,
	ACTIVITY_CHANGED,
	ACTIVITY_REMOVED,
};
const char *activity_kind_name(enum activity_kind kind);

struct activity {
	enum activity_kind kind;
	struct text id;      /* of the model, recipe or pack; of a run "model/run" */
	struct text what;    /* "metadata.status draft -> approved"; of a proposal its subject */
	struct text why;     /* a proposal's state and reasons, else the commit's first line */
	struct text who;     /* empty: git does not tell */
	char commit[41];
	char proposal[41];   /* of a proposal that was merged: its commit; "" */
	int64_t time;
	size_t order;        /* later commits have a higher one */
};

/* Everything that the source's commit reaches, newest first, of one id (and a model's runs) where id is not empty. settings: whose galley.yaml
 * says where records are. cut: the clone does not hold all of it. */
int activity_read(struct activity **items, size_t *count, bool *cut, struct source *source, const struct catalog *settings, struct text id,
                  const struct limits *limits, struct arena *arena, struct failure *failure);
/* Newest first. */
void activity_sort(struct activity *items, size_t count);
/* "failed since 2026-09-21: REASON; REASON" of a proposal's message. */
struct text activity_reasons(struct text message, struct arena *arena);

#endif

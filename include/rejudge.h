/* Rejudge: runs judged by the limits of two states of a workspace, so that a change of limits shows what it does to models that serve.
 *
 * Ownership: everything lives in the arena, or in the catalogs and effective recipes, which must outlive it. Failure: none; a run that
 * cannot be judged on a side is inconclusive there, as in gates.h. */
#ifndef GALLEY_REJUDGE_H
#define GALLEY_REJUDGE_H

#include "difference.h"
#include "gates.h"

enum run_role { ROLE_PRODUCTION, ROLE_NEWEST, ROLE_OLDER }; /* the run that serves; else the newest that succeeded */
const char *run_role_name(enum run_role role);

enum verdict_move { VERDICT_WORSE, VERDICT_BETTER, VERDICT_KEPT };
const char *verdict_move_name(enum verdict_move move); /* "worse", "better", "same" */

/* A metric of a pack whose verdict is another. */
struct metric_move {
	struct text pack;
	const struct metric *metric;
	bool has_before, has_after;  /* there is such a gate on this side */
	enum verdict before, after;
	struct text value, reason;   /* of the later side, where it has one */
	bool gate_moved;             /* by the earlier limits the same value would be worse than it is now */
};

struct run_move {
	const struct model *model;   /* of the later state, as the run */
	const struct run *run;
	enum run_role role;
	bool has_before;             /* there is something to compare with */
	/* Before: what the run was. Of the run that serves, what served; of a run that is new, what it would be by the earlier limits. */
	enum verdict before, after;
	struct text served;          /* the run that served before, where that was another; empty */
	bool is_new;
	enum verdict_move move;
	bool gate_moved;             /* as above, of the run */
	struct text reason;          /* why it is not a pass where no metric says so */
	struct metric_move *metrics; /* worst first */
	size_t metric_count;
};

struct run_moves {
	struct run_move *items;      /* those of which anything moved: what serves first, then the newest; in each worse first; then by model */
	size_t count;
	size_t judged;               /* succeeded runs of the later state */
	size_t kept;                 /* of which the verdict is what it was */
	size_t fresh;                /* that are new, and neither serve nor are better by limits that moved */
	size_t worse[ROLE_OLDER + 1], better[ROLE_OLDER + 1]; /* runs */
	size_t gate_moved;           /* runs that are better only because of that */
	size_t worst_served;         /* runs that serve, got worse, and fail or are inconclusive now */
};

void runs_rejudge(struct run_moves *out, const struct state *before, const struct state *now, struct arena *arena);

#endif

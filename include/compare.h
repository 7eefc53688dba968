/* Compare: runs side by side: every metric's values, how each differs from the first run's, which is best, and what else the runs differ
 * in, so that nobody compares like with unlike and is not told.
 *
 * Better and worse go by the direction of the gates that judge a metric, exactly in decimal on the numbers as written.
 * Ownership: in the arena; the runs' results and records must outlive it. Failure: none: a value that cannot be compared says why. */
#ifndef GALLEY_COMPARE_H
#define GALLEY_COMPARE_H

#include "gates.h"

enum compared_change { CHANGE_NONE, CHANGE_SAME, CHANGE_BETTER, CHANGE_WORSE, CHANGE_OTHER };
const char *compared_change_name(enum compared_change change); /* NULL, "same", "better", "worse", "different" */

struct compared_value {
	bool has_value;
	bool is_text;          /* text, null, a list or a mapping, where a number is needed */
	struct text value;     /* as written */
	bool has_status;       /* a gate of the run's packs or recipe judges it; never of a segment */
	enum verdict status;   /* the worst of them */
	struct text reason;    /* why it is not compared: missing, no finite number, inconclusive, a run that did not succeed; empty: it is */
	bool best;             /* of those that are compared, unless they are all the same */
	bool has_difference;   /* from the first run's value */
	double difference;
	enum compared_change change;
};

struct compared_row {
	struct text key;       /* dotted */
	struct text by, segment; /* of a segment; else empty */
	const struct metric *metric; /* of the first run that has a gate for it; NULL: none has */
	bool disputed;         /* gates of the runs have other directions or targets: nothing is better or worse */
	struct compared_value *values; /* one a run */
};

/* What a run was made from or by, where the runs do not agree. */
struct compared_fact {
	struct text field;     /* "recipe", "params.max_depth" */
	bool weighs;           /* their metrics are then not of the same thing */
	struct text *values;   /* one a run; empty: not recorded */
};

struct compared_tally {
	size_t better, worse, same; /* metrics with a direction, against the first run; segments are not counted */
	size_t not_compared;        /* those that the first run has a value of, and this run none that counts */
	size_t best;
};

struct comparison {
	const struct run_result *const *runs;
	size_t count;
	struct compared_row *rows; /* gated ones in the order of the first run's packs, then those that only others have, then the rest */
	size_t row_count;
	struct compared_row *segments; /* by file order of the first run that has them */
	size_t segment_count;
	struct compared_fact *facts; /* those that weigh first */
	size_t fact_count;
	struct compared_tally *tallies; /* one a run */
};

/* references: the content of each run's reference data, as its id in git; NULL or empty where nobody knows, and then its path counts. */
void runs_compare(struct comparison *out, const struct run_result *const *runs, const struct text *references, size_t count,
                  struct arena *arena);

/* A row that a gate of one of the runs judges, in one direction. */
bool compared_row_is_judged(const struct compared_row *row);
/* Whether the run's recipe has changed in effect since it was made; false where it was not recorded. */
bool run_recipe_moved(const struct run_result *run);

#endif

/* Drift facts: what the scores of one column are computed from: counts, moments, ranks, cells. Never the values themselves, so that it does
 * not matter how, and in how much memory, they were gone through.
 *
 * Ownership: everything lives in the arena. Failure: none. */
#ifndef GALLEY_DRIFT_FACTS_H
#define GALLEY_DRIFT_FACTS_H

#include "drift_columns.h"
#include "ranks.h"
#include "statistics.h"

enum { CUTS_MAX = 9 };

/* At least and at most; exact where high is not above low. */
struct value_bound { double low, high; };

struct number_facts {
	struct rank_results ranks;      /* of what was wanted; sizes, ends always */
	bool counted;                   /* distinct values are known */
	struct moments moments[2];      /* of a side with values */
	double quantiles[2][9];         /* at drift_quantile_points, of a side with values */
	double cuts[CUTS_MAX];          /* the reference's nine inner deciles, equal ones merged */
	size_t cut_count;
	size_t cells[2][CUTS_MAX + 1];  /* values in (-inf, cuts[0]], (cuts[0], cuts[1]], ..., (last, inf) */
	bool by_profiles;               /* without all values: no statistic of ranks but KS, and */
	bool no_ranks;                  /* not even that */
	bool no_cuts, no_quantiles[2];
	struct value_bound bounds[METHOD_COUNT]; /* where a method's value is known no better than that */
	double rank_errors[2];          /* of a side that is sketched: its ranks are known within that share of its values */
	const struct drift_shape *shape; /* NULL without values on both sides, and where there is no scale */
};

struct group_facts {
	struct text *labels;            /* of both sides, in byte order */
	size_t *counts[2];
	size_t count;
};

struct column_facts {
	struct text name;
	enum column_kind kind;
	const struct drift_feature *feature; /* settings, or NULL */
	bool there[2];
	struct drift_counts counts[2];
	const struct number_facts *numbers;  /* of a number column that is there on both sides, else NULL */
	const struct group_facts *groups;    /* of such a category column */
};

/* More values than so many on both sides together are only walked one by one where a method needs them all. */
enum { WALKED_MOST = 1 << 20 };

enum { EDGES_MOST = HISTOGRAM_MAX + ECDF_POINTS };

/* What is known of a number column of the reference before anything is compared with it. */
struct number_base {
	double quantiles[9];
	double cuts[CUTS_MAX];
	size_t cut_count;
	struct drift_shape *shape;      /* its scale alone; NULL where there is none, or none is wanted */
	double bins[HISTOGRAM_MAX];     /* the largest doubles of its bins but the last */
	double grid[ECDF_POINTS];
};

/* One a number of the reference. */
int bases_of(struct number_base **bases, struct side *reference, const struct drift_request *request, struct arena *arena,
             struct failure *failure);

/* One a pair, in their order. */
int facts_of_pairs(struct column_facts **facts, const struct choice *choice, struct side *reference, struct side *current,
                   const struct number_base *bases, const struct drift_request *request, struct arena *arena, struct failure *failure);

void facts_begin(struct column_facts *out, const struct pair *pair, const struct side_column *const columns[2], struct arena *arena);

/* The same from values that are all there: of the reference alone, and of both sides. Without shapes. */
void base_of_ties(struct number_base *base, const struct tie *ties, size_t count, uint64_t size, struct arena *arena);
void facts_of_ties(struct number_facts *out, const struct number_base *base, const struct exact_sum *const sums[2], const struct tie *ties, size_t count,
                   const struct pair *pair, const struct drift_request *request, struct arena *arena);

/* The scale of a shape between two quantiles, and where its bins end and its grid lies; false where no scale can be found, such as for
 * magnitudes at the end of the range. */
bool shape_begin(struct number_base *base, double low, double high, struct arena *arena);
/* How many values are at most each of these ends and points. */
void shape_end(struct drift_shape *out, const struct number_base *base, const uint64_t *const bins[2], const uint64_t *const grid[2],
               const struct rank_results *ranks);

#endif

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

struct number_facts {
	struct rank_results ranks;      /* with what facts_wanted() says */
	struct moments moments[2];      /* of a side with values */
	double quantiles[2][9];         /* at drift_quantile_points, of a side with values */
	double cuts[CUTS_MAX];          /* the reference's nine inner deciles, equal ones merged */
	size_t cut_count;
	size_t cells[2][CUTS_MAX + 1];  /* values in (-inf, cuts[0]], (cuts[0], cuts[1]], ..., (last, inf) */
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

/* What ranks.h has to compute for the methods that a column needs: enum rank_wanted. Where KS lies is always drawn. */
unsigned facts_wanted(const struct drift_request *request, const struct drift_feature *feature);

/* From the sorted values or categories of both sides. */
void facts_of_pair(struct column_facts *out, const struct pair *pair, const struct drift_request *request, struct arena *arena);

/* NULL where no scale can be found, such as for magnitudes at the end of the range. Both arrays sorted, neither empty. */
const struct drift_shape *shape_of(const double *reference, size_t n, const double *current, size_t m, const struct rank_results *ranks,
                                   struct arena *arena);

#endif

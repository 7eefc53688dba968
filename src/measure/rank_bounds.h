/* Rank bounds: how many values of a column are below a value, or at most it, as far as a profile tells: exactly from its values, at the
 * borders of its cells and wherever a cell tells, and within a bound from a sketch. What follows for Kolmogorov-Smirnov.
 *
 * Ownership: the arena's. Failure: none. */
#ifndef GALLEY_RANK_BOUNDS_H
#define GALLEY_RANK_BOUNDS_H

#include "profile.h"

/* At least and at most. */
struct span { uint64_t low, high; };

/* Between a point and the next: from upto.low of the one to below.high of the other. Neither end of either span ever falls. */
struct rank_point { double value; struct span below, upto; };

struct rank_bounds {
	struct rank_point *points; /* ascending; the first is the least value, the last the largest */
	size_t count;
	uint64_t n;
	uint64_t error;            /* from a sketch: how far ranks may be from what it tells; else 0 */
};

/* False where the profile tells nothing of a column that has values. */
bool rank_bounds_of(struct rank_bounds *out, const struct profile_column *column, struct arena *arena);

struct span ranks_upto(const struct rank_bounds *bounds, double value);
/* Between which values the quantile at a share surely lies, by Hyndman and Fan's type 7; the column has values. */
struct value_range { double low, high; };
struct value_range rank_quantile(const struct rank_bounds *bounds, double share);

/* The largest difference of the two distribution functions, either way: at least plus, minus, d, and at most `most`. Both sides have values. */
struct ks_bounds { double d, plus, minus, most; };
void ks_bounds(struct ks_bounds *out, const struct rank_bounds *reference, const struct rank_bounds *current);

#endif

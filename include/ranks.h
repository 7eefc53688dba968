/* Ranks: every statistic of two samples of numbers that depends on their order alone, from one walk over their distinct values.
 *
 * The walk: each distinct value of both samples once, ascending, with how often it occurs on either side. -0 is 0; nothing is NaN or
 * infinite. The sizes n and m must be known before. Batches may be of any length: as the walk is the same however it was produced, so
 * is every digit of the results. Whole numbers stay whole (differences of the distribution functions times n * m in 128 bits, sums of
 * their squares in 320), exact for n + m < 2^62; the other sums are compensated. Magnitudes near the ends of the double range neither
 * overflow nor vanish.
 * Ownership: ranks_begin() before, ranks_end() after, exactly once each; the caller's arrays. Failure: none; what is not defined says so. */
#ifndef GALLEY_RANKS_H
#define GALLEY_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ordered.h"

/* What to compute; sizes, ends and the number of distinct values always are. */
enum rank_wanted {
	RANKS_KS = 1,                 /* Kolmogorov-Smirnov and Kuiper */
	RANKS_KS_EXACT = 2,           /* and the exact p, where n * m is at most KS_EXACT_MAX */
	RANKS_DISTANCES = 4,          /* Wasserstein and energy */
	RANKS_CVM = 8,
	RANKS_ANDERSON_DARLING = 16,
	RANKS_MANN_WHITNEY = 32,
	RANKS_ALL = 63,
};

/* value * 2^scale; scale is 0 where that is an ordinary number. */
struct scaled { double value; int scale; };

/* An unsigned number of 320 bits, lowest limb first. */
struct wide { uint64_t limbs[5]; };

/* A sum and its rounding errors, kept apart. */
struct sum { double total, rest; };

/* Sums in units of 2^scale; scale follows the largest term. */
struct scaled_sums { struct sum first, second; int scale; bool any; };

/* Inside: read only by ranks.c. Gaps are (F - G) * n * m, with F and G the shares of values at most the last one walked over. */
struct ranks {
	unsigned wanted;
	uint64_t n, m, seen[2], unique[2], pooled;
	double first[2], last[2];
	struct tie tie;                      /* the last one walked over */
	uint64_t above[2], below[2], at[2];  /* largest gaps either way, and the larger: high and low half */
	double at_value;
	uint64_t at_seen[2];
	bool at_known;
	bool *ends;                          /* ends[k]: the k smallest values end where a run of equal values does */
	struct scaled_sums distances;        /* Wasserstein, energy */
	struct wide squares, cubes;          /* sum of t * gap^2, of t^3, over ties of t values */
	uint64_t pairs[2];                   /* twice the pairs with the reference value above, half ones for ties: high and low */
	struct sum darling;
};

struct rank_results {
	uint64_t n, m;
	bool defined;                /* neither side is empty: all the rest but unique, min and max, which need their own side alone */
	uint64_t unique[2], pooled;  /* distinct values of reference, current, both */
	double min[2], max[2];
	struct tie largest;          /* the largest value */
	/* RANKS_KS: max |F - G|, max (F - G), max (G - F); where the gap is largest (the first such value), F and G there */
	double d, d_plus, d_minus, at, at_reference, at_current;
	bool has_exact;              /* RANKS_KS_EXACT: the exact p, given the pattern of ties */
	double d_exact_p;
	/* RANKS_DISTANCES: integral of |F - G|; twice the integral of (F - G)^2 */
	struct scaled wasserstein, energy;
	/* RANKS_CVM: nm / N^2 times the sum of (F - G)^2 over all pooled values, ties counted each time */
	double cvm;
	/* RANKS_ANDERSON_DARLING: Scholz and Stephens' A^2 for two samples, midrank version */
	bool has_darling;            /* false where all values are equal */
	double darling;
	/* RANKS_MANN_WHITNEY: u_ref counts the pairs with the reference value above, half of one where equal; tie_sum is the sum of
	 * t^3 - t. ranks_z is their standardised distance from nm / 2, before and after the continuity correction. */
	double u_ref, u_cur, tie_sum;
	bool has_z;                  /* false where all values are equal */
	double z_plain, z;
};

void ranks_begin(struct ranks *ranks, uint64_t n, uint64_t m, unsigned wanted);
void ranks_add(struct ranks *ranks, const struct tie *ties, size_t count);
/* Passes over so many values between two ties. Of the results then only KS and Kuiper are what they should be, and only where the gap is
 * nowhere larger, either way, than at some tie that was added. */
void ranks_skip(struct ranks *ranks, uint64_t reference, uint64_t current);
void ranks_end(struct rank_results *out, struct ranks *ranks);

/* Values of one side by their place in its order: places ascending from 0, under the side's size. values[i] gets that of places[i]. */
struct rank_picks { const uint64_t *places; double *values; size_t count, at; uint64_t seen; };
void picks_add(struct rank_picks *picks, bool current, const struct tie *ties, size_t count);
/* Passes over so many values, at none of the places. */
void picks_skip(struct rank_picks *picks, uint64_t count);

/* How many values of either side are at most each edge: edges ascending, both arrays as long and all 0 before. After the last tie
 * edges_end() fills what lies behind it. */
struct rank_edges { const double *edges; uint64_t *reference, *current; size_t count, at; uint64_t seen[2]; };
void edges_add(struct rank_edges *edges, const struct tie *ties, size_t count);
void edges_end(struct rank_edges *edges);
/* Passes over so many values, none below from, and no edge from there on below any of them. */
void edges_skip(struct rank_edges *edges, double from, uint64_t reference, uint64_t current);

/* The walk over two sorted samples: fills up to room ties from where at[] stands (0, 0 at first) and returns how many; 0 at the end. */
size_t ties_of(struct tie *out, size_t room, size_t at[static 2], const double *reference, size_t n, const double *current, size_t m);

#endif

/* Statistics: pure functions on arrays of finite doubles and of counts. Samples are "reference" (n values) and "current" (m values).
 *
 * "Sorted" arrays are ascending and hold 0 but no -0. Every function gives finite results or says that there is none; magnitudes near
 * the ends of the double range neither overflow nor become NaN.
 * Ownership: the caller's arrays; scratch memory is freed. Failure: by return value: false means the statistic is not defined. */
#ifndef GALLEY_STATISTICS_H
#define GALLEY_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void values_sort(double *values, size_t count);
/* Distinct values. */
size_t values_unique(const double *sorted, size_t count);
/* How many are at most limit. */
size_t values_up_to(const double *sorted, size_t count, double limit);

/* Arithmetic mean; count at least 1. */
double values_mean(const double *values, size_t count);
/* Standard deviation with count - 1 in the denominator, in two passes; false for fewer than two values and
 * where it is beyond the largest double. */
bool values_std(double *std, const double *values, size_t count);
/* Hyndman and Fan's type 7 (The American Statistician 50, 1996), rounded as numpy does; count at least 1, 0 <= share <= 1. */
double values_quantile(const double *sorted, size_t count, double share);
/* The reference's nine inner deciles, equal ones merged, as bin borders; returns how many. */
size_t quantile_cuts(double cuts[static 9], const double *sorted, size_t count);

/* Population stability index, sum of (c - r) ln(c / r) over the shares of both sides in each cell; a share of exactly 0 becomes
 * PSI_FLOOR, nothing is renormalised. parts may be NULL. False where a side is empty. */
#define PSI_FLOOR 1e-4
bool psi(double *value, double *parts, const size_t *reference, const size_t *current, size_t cells);

/* Kolmogorov-Smirnov, two samples. F and G are the shares of values at most t. */
struct ks {
	double statistic, d_plus, d_minus; /* max |F - G|, max (F - G), max (G - F) */
	uint64_t scaled;                   /* statistic * n * m, a whole number */
	double at, reference, current;     /* the first value where the gap is largest, F and G there */
};
bool ks_test(struct ks *out, const double *reference, size_t n, const double *current, size_t m); /* both sorted */
/* Kolmogorov's limiting distribution: P(K > z). */
double kolmogorov_p(double z);
double ks_p_limit(const struct ks *ks, size_t n, size_t m);
/* Exact given the pattern of ties (Schroeer and Trenkler, Computational Statistics & Data Analysis 20, 1995): the share of all orders
 * whose statistic is at least as large. Sums only positive terms, so small p keep their digits. For n * m up to KS_EXACT_MAX. */
enum { KS_EXACT_MAX = 250000 };
double ks_p_exact(const struct ks *ks, const double *reference, size_t n, const double *current, size_t m);

/* Pearson's chi-square of homogeneity for the 2 x k table; cells that are empty on both sides are left out. */
struct homogeneity {
	double statistic, p;
	size_t dof;
	bool has_v;          /* false for a single cell */
	double cramers_v;    /* sqrt(statistic / N) */
	size_t small, cells; /* expected counts under 5, and expected counts in all: twice k */
};
bool chi_square_test(struct homogeneity *out, const size_t *reference, const size_t *current, size_t cells);
double chi_square_p(double statistic, size_t dof);

/* Two-sided p of a standard normal value. */
double normal_p(double z);

/* Two proportions, pooled variance: z = (p2 - p1) / sqrt(P (1 - P) (1/n + 1/m)). has_z is false where that variance is 0. */
struct proportions { double reference, current, difference; bool has_z; double z, p; };
bool proportion_test(struct proportions *out, size_t reference_hits, size_t n, size_t current_hits, size_t m);

/* Benjamini and Hochberg's step-up adjustment (Journal of the Royal Statistical Society B 57, 1995) of p-values in any order: at most as
 * many false discoveries, as a share, as the limit that they are compared with. */
void benjamini_hochberg(double *adjusted, const double *p, size_t count);

/* Mann-Kendall trend test (Mann, Econometrica 13, 1945; Kendall 1975): two-sided p by the normal approximation with continuity correction
 * and the variance corrected for ties; s is the sum of signs; slope is Theil and Sen's median of the slopes of all pairs, a step.
 * False for fewer than two values. */
bool trend_test(double *p, double *slope, double *s, const double *values, size_t count);

#endif

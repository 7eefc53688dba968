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

/* Hyndman and Fan's type 7 (The American Statistician 50, 1996), rounded as numpy does; count at least 1, 0 <= share <= 1. */
double values_quantile(const double *sorted, size_t count, double share);
/* The same in two steps: the place of the lower neighbour (the upper one is the next, or the last itself) and how far it lies between. */
uint64_t quantile_place(double *between, uint64_t count, double share);
double quantile_between(double low, double high, double between);
/* The reference's nine inner deciles, equal ones merged, as bin borders; returns how many. */
size_t quantile_cuts(double cuts[static 9], const double *sorted, size_t count);

/* Population stability index, sum of (c - r) ln(c / r) over the shares of both sides in each cell; a share of exactly 0 becomes
 * PSI_FLOOR, nothing is renormalised. parts may be NULL. False where a side is empty. */
#define PSI_FLOOR 1e-4
bool psi(double *value, double *parts, const size_t *reference, const size_t *current, size_t cells);

/* Kolmogorov's limiting distribution: P(K > z). */
double kolmogorov_p(double z);
double ks_p_limit(double d, double n, double m);
/* Exact given the pattern of ties (Schroeer and Trenkler, Computational Statistics & Data Analysis 20, 1995): the share of all orders
 * whose statistic is at least as large. scaled is d * n * m, a whole number; ends[k], for k up to n + m, says whether the k smallest of
 * the pooled values end where a run of equal values does. Sums only positive terms, so small p keep their digits. For n * m up to
 * KS_EXACT_MAX. */
enum { KS_EXACT_MAX = 250000 };
double ks_p_exact(uint64_t scaled, const bool *ends, size_t n, size_t m);
/* Kuiper's V = d_plus + d_minus by Stephens' approximation (Journal of the Royal Statistical Society B 32, 1970). */
double kuiper_p(double v, double n, double m);
/* The limiting distribution of Cramer and von Mises: P(W > x); and the p of the two-sample statistic, its mean and variance adjusted
 * to the limit's (Anderson, Annals of Mathematical Statistics 33, 1962). */
double cramer_mises_p(double x);
double cvm_p(double statistic, double n, double m);
/* Scholz and Stephens (Journal of the American Statistical Association 82, 1987): A^2 of two samples with N values in all, less its mean and
 * over its standard deviation; false where N is under 4. And p by interpolation in their table, cut to 0.001 .. 0.25: bound is -1 where
 * p is at most that, 1 where it is at least that, else 0. */
bool darling_standardise(double *out, double *variance, double a2, double n, double m);
double darling_p(int *bound, double standardised);

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

/* The likelihood ratio test of homogeneity, G = 2 sum of O ln(O / E); the rest as for chi-square. */
bool g_test(struct homogeneity *out, const size_t *reference, const size_t *current, size_t cells);

/* Distances between the shares r and c in each cell; 0 log 0 is 0. False where a side is empty. Shares that are equal give exactly 0. */
struct distances {
	double js_divergence, js_distance;   /* Jensen and Shannon in bits, 0 to 1; its square root */
	double hellinger;                    /* sqrt(1/2 sum (sqrt r - sqrt c)^2), 0 to 1 */
	double tvd, largest;                 /* 1/2 sum |r - c|; the largest |r - c| */
	double kl_current, kl_reference;     /* sum c ln(c / r), sum r ln(r / c); a share of exactly 0 becomes PSI_FLOOR */
};
bool share_distances(struct distances *out, const size_t *reference, const size_t *current, size_t cells);

/* Mean (with what the double leaves off, so that differences of means keep their digits) and standard deviation with count - 1, in units
 * of 2^scale; scale is 0 unless the values lie near an end of the range. */
struct moments { double mean, mean_rest, std; bool has_std; int scale; };
struct exact_sum;
/* Of at least one value; depends neither on their order nor on how they were split. */
void sum_moments(struct moments *out, const struct exact_sum *sum);
/* count at least 1 */
void values_moments(struct moments *out, const double *values, size_t count);
double moments_mean(const struct moments *moments);
/* False where there is none, or where it is beyond the largest double. */
bool moments_std(double *std, const struct moments *moments);

/* Welch's t, reference less current, with Welch and Satterthwaite's degrees of freedom; two-sided p. False for fewer than two values on a
 * side, and where neither varies. */
struct welch { double statistic, df, p; };
bool welch_test(struct welch *out, const struct moments *reference, double n, const struct moments *current, double m);

/* Two-sided p of a standard normal value. */
double normal_p(double z);

/* a m - b n for counts a of n and b of m, exact before it is rounded once. */
double cross_difference(size_t a, size_t n, size_t b, size_t m);

/* Two proportions, pooled variance: z = (p2 - p1) / sqrt(P (1 - P) (1/n + 1/m)). has_z is false where that variance is 0.
 * unpooled has p1 (1 - p1)/n + p2 (1 - p2)/m in its place. */
struct proportions { double reference, current, difference; bool has_z; double z, p; bool has_unpooled; double unpooled; };
bool proportion_test(struct proportions *out, size_t reference_hits, size_t n, size_t current_hits, size_t m);

/* Benjamini and Hochberg's step-up adjustment (Journal of the Royal Statistical Society B 57, 1995) of p-values in any order: at most as
 * many false discoveries, as a share, as the limit that they are compared with. */
void benjamini_hochberg(double *adjusted, const double *p, size_t count);

/* Mann-Kendall trend test (Mann, Econometrica 13, 1945; Kendall 1975): two-sided p by the normal approximation with continuity correction
 * and the variance corrected for ties; s is the sum of signs; slope is Theil and Sen's median of the slopes of all pairs, a step.
 * False for fewer than two values. */
bool trend_test(double *p, double *slope, double *s, const double *values, size_t count);

/* Change points by Page's two-sided CUSUM (Biometrika 41, 1954; tabular form: Montgomery, Introduction to Statistical Quality Control, ch. 9):
 * mean and standard deviation (count - 1) of the first CUSUM_REFERENCE values; from then on the sums of z - k above and of -z - k below,
 * never under 0; an alarm where one exceeds h. The change is held to have begun where that sum left 0; the next reference begins
 * with the alarm. *judged is false where there are too few values, or where the first reference does not vary. */
enum { CUSUM_REFERENCE = 12 };
#define CUSUM_K 0.5
#define CUSUM_H 5.0
struct cusum_change {
	size_t reference;    /* first value of the reference */
	double mean, std;    /* of the reference */
	size_t alarm, start; /* indexes of values */
	bool up;
	double after;        /* mean from the alarm to the next change's start, or the end */
};
size_t cusum_changes(struct cusum_change *out, size_t most, bool *judged, const double *values, size_t count);

#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "statistics.h"

static void near(double found, double expected, double tolerance)
{
	if (!(fabs(found - expected) <= tolerance * fmax(fabs(expected), 1e-300)))
		fail_msg("expected %.17g, found %.17g", expected, found);
}

static double mean_of(const double *values, size_t count)
{
	struct moments moments;

	values_moments(&moments, values, count);
	return moments_mean(&moments);
}

static bool std_of(double *std, const double *values, size_t count)
{
	struct moments moments;

	values_moments(&moments, values, count);
	return moments_std(std, &moments);
}

static void moments(void **state)
{
	const double offset[] = {1000000004, 1000000007, 1000000013, 1000000016};
	const double huge[] = {1.7e308, 1.7e308, 1.7e308}, spread[] = {-1.7e308, 1.7e308}, cancel[] = {1e300, 1, -1e300, 2};
	const double tiny[] = {5e-324, 1.5e-323, 1e-323}, thirds[] = {1, 1, 2};
	struct moments exact;
	double std;

	(void)state;
	near(mean_of(offset, 4), 1000000010, 1e-15);
	assert_true(std_of(&std, offset, 4));
	near(std, sqrt(30), 1e-14);
	near(mean_of(huge, 3), 1.7e308, 1e-15);
	assert_true(std_of(&std, huge, 3));
	assert_true(std < 1e292);
	assert_true(mean_of(spread, 2) == 0);
	assert_false(std_of(&std, spread, 2));
	near(mean_of(cancel, 4), 0.75, 1e-15);
	assert_false(std_of(&std, offset, 1));
	/* In its own units the spread of the smallest doubles keeps its digits. */
	values_moments(&exact, tiny, 3);
	near(ldexp(exact.std, exact.scale + 1074), 1, 1e-14);
	values_moments(&exact, thirds, 3);
	near(exact.mean_rest, 4.0 / 3 - exact.mean + 7.401486830834377e-17, 1e-10);
	assert_int_equal(values_unique((const double[]){1, 1, 2, 3, 3}, 5), 3);
	assert_int_equal(values_unique(NULL, 0), 0);
}

static void quantiles(void **state)
{
	const double ten[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, zeros[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 7}, far[] = {-1.7e308, 1.7e308};
	double cuts[9];

	(void)state;
	near(values_quantile(ten, 10, 0.25), 3.25, 0);
	near(values_quantile(ten, 10, 0.5), 5.5, 0);
	near(values_quantile(ten, 10, 1), 10, 0);
	near(values_quantile(ten, 1, 0.99), 1, 0);
	near(values_quantile(far, 2, 0.75), 0.85e308, 1e-15);
	assert_int_equal(quantile_cuts(cuts, ten, 10), 9);
	near(cuts[0], 1.9, 1e-15);
	assert_int_equal(quantile_cuts(cuts, zeros, 10), 2);
	assert_true(cuts[0] == 0 && cuts[1] > 0);
	assert_int_equal(values_up_to(ten, 10, 3), 3);
	assert_int_equal(values_up_to(ten, 10, 0.5), 0);
	assert_int_equal(values_up_to(ten, 10, 10), 10);
}

static void stability_index(void **state)
{
	const size_t even[] = {50, 50}, uneven[] = {30, 20}, none[] = {0, 0}, one[] = {100, 0};
	double value, parts[2];

	(void)state;
	assert_true(psi(&value, parts, even, uneven, 2));
	near(value, 0.1 * log(0.6 / 0.5) - 0.1 * log(0.4 / 0.5), 1e-14);
	near(parts[0] + parts[1], value, 1e-14);
	/* An empty share counts as 0.0001 and nothing is renormalised. */
	assert_true(psi(&value, NULL, even, one, 2));
	near(value, 0.5 * log(2) + (1e-4 - 0.5) * log(1e-4 / 0.5), 1e-14);
	assert_true(psi(&value, NULL, even, even, 2));
	assert_true(value == 0);
	assert_false(psi(&value, NULL, even, none, 2));
	assert_false(psi(&value, NULL, NULL, NULL, 0));
}

static void smirnov(void **state)
{
	(void)state;
	near(kolmogorov_p(1), 0.26999967167735456, 1e-13);
	near(kolmogorov_p(0.9999), 0.2701068819688554, 1e-13);
	near(kolmogorov_p(0.5), 0.9639452436648751, 1e-13);
	near(kolmogorov_p(2.5), 7.453306344157342e-06, 1e-13);
	assert_true(kolmogorov_p(0) == 1 && kolmogorov_p(1e-3) == 1 && kolmogorov_p(100) == 0);
	assert_true(ks_p_limit(0, 3, 3) == 1);
}

static void chi_square(void **state)
{
	const size_t a[] = {10, 20, 0}, b[] = {20, 10, 0}, same[] = {20, 40, 0}, single[] = {9, 0, 0}, none[] = {0, 0, 0};
	struct homogeneity test;

	(void)state;
	assert_true(chi_square_test(&test, a, b, 3));
	near(test.statistic, 20.0 / 3, 1e-14);
	assert_int_equal(test.dof, 1);
	near(test.p, erfc(sqrt(10.0 / 3)), 1e-12);
	near(test.cramers_v, 1.0 / 3, 1e-14);
	assert_int_equal(test.cells, 4);
	assert_int_equal(test.small, 0);
	assert_true(chi_square_test(&test, a, same, 3));
	assert_true(test.statistic == 0 && test.p == 1);
	assert_true(chi_square_test(&test, single, single, 3));
	assert_true(test.statistic == 0 && test.dof == 0 && test.p == 1 && !test.has_v);
	assert_false(chi_square_test(&test, a, none, 3));
	near(chi_square_p(3.841458820694124, 1), 0.05, 1e-12);
	near(chi_square_p(1000, 2), exp(-500), 1e-12);
	assert_true(chi_square_p(1e6, 3) == 0 && chi_square_p(0, 3) == 1);
}

static void likelihood(void **state)
{
	const size_t a[] = {10, 20, 0}, b[] = {20, 10, 0}, same[] = {20, 40, 0}, new[] = {0, 5, 0};
	struct homogeneity test;

	(void)state;
	assert_true(g_test(&test, a, b, 3));
	near(test.statistic, 2 * (20 * log(10 / 15.0) + 40 * log(20 / 15.0)), 1e-14);
	assert_int_equal(test.dof, 1);
	near(test.p, chi_square_p(test.statistic, 1), 0);
	assert_true(g_test(&test, a, same, 3));
	assert_true(test.statistic == 0 && test.p == 1);
	assert_true(g_test(&test, a, new, 3));
	near(test.statistic, 2 * (10 * log(10 / (10 * 30 / 35.0)) + 20 * log(20 / (25 * 30 / 35.0)) + 5 * log(5 / (25 * 5 / 35.0))), 1e-13);
}

static void share_distance(void **state)
{
	const size_t thirds[] = {3, 6, 0}, same[] = {50, 100, 0}, other[] = {6, 2, 1}, none[] = {0, 0, 0};
	struct distances out;

	(void)state;
	assert_true(share_distances(&out, thirds, same, 3));
	assert_true(out.js_distance == 0 && out.hellinger == 0 && out.tvd == 0 && out.largest == 0 && out.kl_current == 0 && out.kl_reference == 0);
	assert_true(share_distances(&out, thirds, other, 3));
	near(out.tvd, 4.0 / 9, 1e-15);
	near(out.largest, 4.0 / 9, 1e-15);
	near(out.hellinger, sqrt((pow(sqrt(6) - sqrt(3), 2) + pow(sqrt(2) - sqrt(6), 2) + 1) / 18), 1e-14);
	near(out.kl_current, 6 * log(2) / 9 + 2 * log(2 / 6.0) / 9 + log(1 / 9.0 / PSI_FLOOR) / 9, 1e-14);
	near(out.kl_reference, 3 * log(0.5) / 9 + 6 * log(3) / 9 + PSI_FLOOR * log(PSI_FLOOR * 9), 1e-14);
	near(out.js_divergence, (3 * log2(6 / 9.0) + 6 * log2(12 / 9.0) + 6 * log2(12 / 8.0) + 2 * log2(4 / 8.0) + 1) / 18, 1e-13);
	near(out.js_distance, sqrt(out.js_divergence), 1e-15);
	/* Wholly apart: each distance is at its end. */
	assert_true(share_distances(&out, (const size_t[]){7, 0}, (const size_t[]){0, 3}, 2));
	assert_true(out.js_distance == 1 && out.hellinger == 1 && out.tvd == 1);
	assert_false(share_distances(&out, thirds, none, 3));
	assert_false(share_distances(&out, NULL, NULL, 0));
}

static void cramer_mises(void **state)
{
	(void)state;
	/* The upper points of the limit as they are tabulated, to their digits. */
	near(cramer_mises_p(0.34730), 0.1, 1e-4);
	near(cramer_mises_p(0.46136), 0.05, 1e-4);
	near(cramer_mises_p(0.74346), 0.01, 1e-4);
	near(cramer_mises_p(1.16786), 0.001, 1e-4);
	/* Both series, where one takes over from the other. */
	near(cramer_mises_p(0.2 - 1e-15), cramer_mises_p(0.2), 1e-12);
	assert_true(cramer_mises_p(0.002) == 1 && cramer_mises_p(0.02) > 0.99);
	assert_true(cramer_mises_p(14) > 0 && cramer_mises_p(14) < 1e-30 && cramer_mises_p(400) == 0);
	for (double x = 0.01; x < 3; x += 0.01)
		assert_true(cramer_mises_p(x) >= cramer_mises_p(x + 0.01));
}

/* g of Scholz and Stephens as they write it, for N values in all. */
static double double_sum(int all)
{
	double sum = 0;

	for (int i = 1; i <= all - 2; i++)
		for (int j = i + 1; j <= all - 1; j++)
			sum += 1.0 / (all - i) / j;
	return sum;
}

static void darling(void **state)
{
	static const int sizes[][2] = {{2, 2}, {30, 20}, {400, 599}, {400, 600}, {900, 700}};
	double value, variance;
	int bound;

	(void)state;
	assert_false(darling_standardise(&value, &variance, 1, 1, 2));
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		double n = sizes[s][0], m = sizes[s][1], all = n + m, sums = 1 / n + 1 / m, h = 0, g = double_sum((int)all);
		for (int i = 1; i < (int)all; i++)
			h += 1.0 / i;
		double a = (4 * g - 6) + (10 - 6 * g) * sums, b = (2 * g - 4) * 4 + 8 * h * 2 + (2 * g - 14 * h - 4) * sums - 8 * h + 4 * g - 6;
		double c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * sums + 4 * h, d = (2 * h + 6) * 4 - 4 * h * 2;
		double expected = (a * all * all * all + b * all * all + c * all + d) / ((all - 1) * (all - 2) * (all - 3));
		assert_true(darling_standardise(&value, &variance, 3, n, m));
		near(variance, expected, 1e-11);
		near(value, 2 / sqrt(expected), 1e-11);
	}
	near(darling_p(&bound, 1.961), 0.05, 0.02);
	assert_int_equal(bound, 0);
	assert_true(darling_p(&bound, 0.3249) == 0.25 && bound == 1);
	assert_true(darling_p(&bound, 6.547) == 0.001 && bound == -1);
}

static void kuiper(void **state)
{
	double root = sqrt(50);

	(void)state;
	/* The critical value of Stephens' table for 5 %: 1.747. */
	near(kuiper_p(1.747 / (root + 0.155 + 0.24 / root), 100, 100), 0.05, 2e-3);
	assert_true(kuiper_p(0, 5, 5) == 1 && kuiper_p(1, 1e9, 1e9) == 0);
}

static void welch(void **state)
{
	const double a[] = {1e15 + 1, 1e15 + 2, 1e15 + 4}, b[] = {1e15 + 3, 1e15 + 5, 1e15 + 6, 1e15 + 8}, equal[] = {4, 4, 4};
	struct moments first, second;
	struct welch test;

	(void)state;
	values_moments(&first, a, 3);
	values_moments(&second, b, 4);
	assert_true(welch_test(&test, &first, 3, &second, 4));
	/* means 7/3 and 5.5, variances 7/3 and 13/3 over 3 and 4: far smaller than the last digit of the means */
	double x = 7.0 / 9, y = 13.0 / 12;
	near(test.statistic, (7 / 3.0 - 5.5) / sqrt(x + y), 1e-14);
	near(test.df, (x + y) * (x + y) / (x * x / 2 + y * y / 3), 1e-14);
	assert_true(test.p > 0.067 && test.p < 0.069);
	values_moments(&first, equal, 3);
	assert_false(welch_test(&test, &first, 3, &first, 3));
	assert_true(welch_test(&test, &first, 3, &second, 4));
	values_moments(&second, equal, 1);
	assert_false(welch_test(&test, &first, 3, &second, 1));
}

static void proportions(void **state)
{
	struct proportions test;

	(void)state;
	assert_true(proportion_test(&test, 10, 100, 30, 100));
	near(test.difference, 0.2, 1e-15);
	near(test.z, 0.2 / sqrt(0.2 * 0.8 * 0.02), 1e-14);
	near(test.p, normal_p(test.z), 0);
	near(test.unpooled, 0.2 / sqrt(0.1 * 0.9 / 100 + 0.3 * 0.7 / 100), 1e-14);
	assert_true(proportion_test(&test, 0, 10, 0, 20));
	assert_true(!test.has_z && !test.has_unpooled && test.difference == 0);
	assert_true(proportion_test(&test, 0, 10, 20, 20));
	assert_true(test.has_z && !test.has_unpooled && test.difference == 1);
	assert_true(cross_difference(3, 9, 50, 150) == 0 && cross_difference(0, 5, 1, 7) == -5);
	assert_true(cross_difference((size_t)1 << 62, (size_t)1 << 62, 1, (size_t)1 << 61) == 0x1p123 - 0x1p62);
	/* The difference of the two shares as doubles would be beyond 0.1. */
	assert_true(proportion_test(&test, 30, 100, 40, 100));
	assert_true(test.difference == 0.1);
	assert_false(proportion_test(&test, 0, 0, 1, 2));
	near(normal_p(1), 0.31731050786291415, 1e-14);
	near(normal_p(-1.959963984540054), 0.05, 1e-14);
}

static void adjusted_p(void **state)
{
	/* R: p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.9), "BH") */
	static const double p[] = {0.01, 0.04, 0.03, 0.005, 0.9}, expected[] = {0.025, 0.05, 0.05, 0.025, 0.9};
	double adjusted[5];

	(void)state;
	benjamini_hochberg(adjusted, p, 5);
	for (size_t i = 0; i < 5; i++)
		near(adjusted[i], expected[i], 1e-15);
	benjamini_hochberg(adjusted, p, 0);
}

struct trend { double values[12]; size_t count; double s, p, slope; };

static void trend(void **state)
{
	static const struct trend cases[] = {
		{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 10, 45, 8.303070332644999e-05, 1},
		{{1, 2, 2, 3, 1}, 5, 2, 0.794002680192762, 0.25},
		{{4, 3, 2, 1}, 4, -6, 0.08942935902899359, -1},
		{{0.109, 0.104, 0.101, 0.108, 0.107, 0.109, 0.118, 0.116, 0.124, 0.129, 0.129, 0.098}, 12, 28, 0.06285347185444093,
		 0.0025833333333333333},
		{{5, 5, 5}, 3, 0, 1, 0},
		{{-1.7e308, 1.7e308}, 2, 1, 1, DBL_MAX},
	};
	double p, slope, s;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(trend_test(&p, &slope, &s, cases[i].values, cases[i].count));
		assert_true(s == cases[i].s);
		near(p, cases[i].p, 1e-12);
		near(slope, cases[i].slope, 1e-12);
	}
	assert_false(trend_test(&p, &slope, &s, cases[0].values, 1));
}

/* --- change points --- */

/* Noise round a level; over each twelve its standard deviation is sqrt(12 / 11). */
static double noisy(double level, size_t i)
{
	return level + (i % 2 ? -1 : 1);
}

static void test_cusum(void **state)
{
	struct cusum_change changes[8];
	double values[120];
	bool judged;

	(void)state;
	for (size_t i = 0; i < 120; i++)
		values[i] = noisy(i < 40 ? 10 : i < 80 ? 14 : 8, i);
	assert_int_equal(cusum_changes(changes, 8, &judged, values, 120), 2);
	assert_true(judged);
	/* z of 15 is 4.79, of 13 2.87: the sum is 4.29 after the first, and 6.66 after the second. */
	assert_int_equal(changes[0].reference, 0);
	assert_int_equal(changes[0].start, 40);
	assert_int_equal(changes[0].alarm, 41);
	assert_true(changes[0].up);
	assert_true(fabs(changes[0].mean - 10) < 1e-12 && fabs(changes[0].std - sqrt(12.0 / 11)) < 1e-12);
	assert_true(fabs(changes[0].after - 14) < 1e-12);
	/* The noise of -1 before the fall is held to be its beginning. */
	assert_int_equal(changes[1].reference, 41);
	assert_int_equal(changes[1].start, 79);
	assert_int_equal(changes[1].alarm, 81);
	assert_false(changes[1].up);
	assert_true(fabs(changes[1].mean - 14) < 1e-12);
	assert_true(fabs(changes[1].after - (8 - 1.0 / 39)) < 1e-12);
	/* A past state gives the same answer: what came later plays no part. */
	assert_int_equal(cusum_changes(changes, 8, &judged, values, 41), 0);
	assert_int_equal(cusum_changes(changes, 8, &judged, values, 42), 1);
	assert_int_equal(changes[0].start, 40);
	assert_int_equal(cusum_changes(changes, 1, &judged, values, 120), 1);
}

static void test_cusum_none(void **state)
{
	struct cusum_change changes[8];
	double values[60];
	bool judged;

	(void)state;
	for (size_t i = 0; i < 60; i++)
		values[i] = noisy(10, i);
	assert_int_equal(cusum_changes(changes, 8, &judged, values, 60), 0);
	assert_true(judged);
	assert_int_equal(cusum_changes(changes, 8, &judged, values, 13), 0);
	assert_true(judged);
	/* Too few values, and a reference without any spread, say nothing. */
	assert_int_equal(cusum_changes(changes, 8, &judged, values, 12), 0);
	assert_false(judged);
	assert_int_equal(cusum_changes(changes, 8, &judged, values, 0), 0);
	assert_false(judged);
	for (size_t i = 0; i < 60; i++)
		values[i] = i < 30 ? 1 : 2;
	assert_int_equal(cusum_changes(changes, 8, &judged, values, 60), 0);
	assert_false(judged);
	for (size_t i = 0; i < 60; i++)
		values[i] = i % 2 ? 1.7e308 : -1.7e308;
	cusum_changes(changes, 8, &judged, values, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cusum), cmocka_unit_test(test_cusum_none),
		cmocka_unit_test(moments), cmocka_unit_test(quantiles), cmocka_unit_test(stability_index), cmocka_unit_test(smirnov),
		cmocka_unit_test(likelihood), cmocka_unit_test(share_distance), cmocka_unit_test(cramer_mises), cmocka_unit_test(darling),
		cmocka_unit_test(kuiper), cmocka_unit_test(welch), cmocka_unit_test(chi_square), cmocka_unit_test(proportions), cmocka_unit_test(adjusted_p), cmocka_unit_test(trend),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ranks.h"
#include "statistics.h"

enum { SAMPLES = 60, MOST = 40 };

static void near(double found, double expected, double tolerance)
{
	if (!(fabs(found - expected) <= tolerance * fmax(fabs(expected), 1e-300)))
		fail_msg("expected %.17g, found %.17g", expected, found);
}

static double plain(struct scaled value)
{
	return ldexp(value.value, value.scale);
}

/* The walk in batches of a given length. */
static struct rank_results walk(const double *reference, size_t n, const double *current, size_t m, size_t batch)
{
	struct rank_results out;
	struct tie ties[2 * MOST];
	size_t at[2] = {0, 0}, count;
	struct ranks ranks;

	ranks_begin(&ranks, n, m, RANKS_ALL);
	while ((count = ties_of(ties, batch, at, reference, n, current, m)) > 0)
		ranks_add(&ranks, ties, count);
	ranks_end(&out, &ranks);
	return out;
}

static bool same(const struct rank_results *a, const struct rank_results *b)
{
	return a->d == b->d && a->d_plus == b->d_plus && a->d_minus == b->d_minus && a->at == b->at && a->d_exact_p == b->d_exact_p &&
	       plain(a->wasserstein) == plain(b->wasserstein) && plain(a->energy) == plain(b->energy) && a->cvm == b->cvm &&
	       a->darling == b->darling && a->u_ref == b->u_ref && a->u_cur == b->u_cur && a->tie_sum == b->tie_sum && a->z == b->z &&
	       a->unique[0] == b->unique[0] && a->unique[1] == b->unique[1] && a->pooled == b->pooled && a->min[0] == b->min[0] &&
	       a->max[1] == b->max[1] && a->largest.value == b->largest.value;
}

/* --- against the definitions, value by value --- */

static double share_up_to(const double *values, size_t count, double limit)
{
	size_t below = 0;

	for (size_t i = 0; i < count; i++)
		below += values[i] <= limit;
	return (double)below / (double)count;
}

static void check_definitions(const double *x, size_t n, const double *y, size_t m, const struct rank_results *found)
{
	double pooled[2 * MOST], plus = 0, minus = 0, raw = 0, energy = 0, squares = 0, u = 0, between = 0, within = 0;
	size_t all = n + m;

	memcpy(pooled, x, n * sizeof *x);
	memcpy(pooled + n, y, m * sizeof *y);
	values_sort(pooled, all);
	for (size_t i = 0; i < all; i++) {
		double gap = share_up_to(x, n, pooled[i]) - share_up_to(y, m, pooled[i]);
		plus = fmax(plus, gap);
		minus = fmax(minus, -gap);
		squares += gap * gap;
		raw += i + 1 < all ? fabs(gap) * (pooled[i + 1] - pooled[i]) : 0;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++) {
			u += x[i] > y[j] ? 1 : x[i] == y[j] ? 0.5 : 0;
			between += fabs(x[i] - y[j]) / ((double)n * (double)m);
		}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			within += fabs(x[i] - x[j]) / ((double)n * (double)n);
	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < m; j++)
			within += fabs(y[i] - y[j]) / ((double)m * (double)m);
	energy = 2 * between - within;
	assert_true(fabs(found->d_plus - plus) < 1e-14 && fabs(found->d_minus - minus) < 1e-14);
	assert_true(found->d == fmax(found->d_plus, found->d_minus));
	assert_true(fabs(plain(found->wasserstein) - raw) < 1e-12);
	assert_true(fabs(plain(found->energy) - energy) < 1e-12);
	assert_true(fabs(found->cvm - (double)n * (double)m / ((double)all * (double)all) * squares) < 1e-12);
	assert_true(found->u_ref == u && found->u_ref + found->u_cur == (double)n * (double)m);
}

static void flip(double *out, const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = 0.0 - values[count - 1 - i];
}

static void twice(double *out, const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = 2 * values[i];
}

/* What must hold for any samples: symmetry of the sides, of the sign, of the unit; and any batches give the same bits. */
static void check_properties(const double *x, size_t n, const double *y, size_t m)
{
	double a[MOST], b[MOST];
	struct rank_results straight = walk(x, n, y, m, 2 * MOST), other = walk(x, n, y, m, 1);

	assert_true(same(&straight, &other));
	other = walk(x, n, y, m, 3);
	assert_true(same(&straight, &other));
	check_definitions(x, n, y, m, &straight);
	other = walk(y, m, x, n, 7);
	assert_true(other.d == straight.d && other.d_plus == straight.d_minus && other.u_ref == straight.u_cur && other.cvm == straight.cvm);
	assert_true(other.darling == straight.darling && other.z == straight.z && other.tie_sum == straight.tie_sum);
	assert_true(plain(other.wasserstein) == plain(straight.wasserstein) && plain(other.energy) == plain(straight.energy));
	near(other.d_exact_p, straight.d_exact_p, 1e-12);
	twice(a, x, n);
	twice(b, y, m);
	other = walk(a, n, b, m, 5);
	assert_true(plain(other.wasserstein) == 2 * plain(straight.wasserstein) && plain(other.energy) == 2 * plain(straight.energy));
	assert_true(other.d == straight.d && other.cvm == straight.cvm && other.darling == straight.darling && other.d_exact_p == straight.d_exact_p);
	flip(a, x, n);
	flip(b, y, m);
	other = walk(a, n, b, m, 2 * MOST);
	assert_true(other.d == straight.d && other.d_plus == straight.d_minus && other.u_ref == straight.u_cur);
	near(other.d_exact_p, straight.d_exact_p, 1e-12);
	assert_true(fabs(other.darling - straight.darling) < 1e-12 && fabs(plain(other.wasserstein) - plain(straight.wasserstein)) < 1e-12);
	other = walk(x, n, x, n, 4);
	assert_true(other.d == 0 && other.d_exact_p == 1 && other.cvm == 0 && plain(other.wasserstein) == 0 && plain(other.energy) == 0);
	assert_true(other.darling == 0 && other.u_ref == other.u_cur);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static void properties(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < SAMPLES; i++) {
		double x[MOST], y[MOST];
		size_t n = 1 + next_random(&seed) % MOST, m = 1 + next_random(&seed) % MOST, span = 1 + next_random(&seed) % 50;
		for (size_t k = 0; k < n; k++)
			x[k] = (double)(next_random(&seed) % span) / 8;
		for (size_t k = 0; k < m; k++)
			y[k] = (double)(next_random(&seed) % span) / 8 + (i % 3 == 0 ? 1 : 0);
		values_sort(x, n);
		values_sort(y, m);
		check_properties(x, n, y, m);
	}
}

static void exact_p(void **state)
{
	const double low[] = {1, 2, 3}, high[] = {4, 5, 6}, tied[] = {1, 1, 2};
	struct rank_results out = walk(low, 3, high, 3, 2);

	(void)state;
	assert_true(out.d == 1 && out.d_plus == 1 && out.d_minus == 0 && out.at == 3 && out.at_reference == 1 && out.at_current == 0);
	/* Two of the C(6,3) orders part the samples wholly. */
	near(out.d_exact_p, 0.1, 1e-15);
	out = walk(tied, 3, tied, 3, 2);
	assert_true(out.d == 0 && out.d_exact_p == 1 && ks_p_limit(out.d, 3, 3) == 1);
}

/* 1 in C(1000, 500) = 2.7028824094543656e299, twice: far below where 1 - P has any digits. */
static void exact_tail(void **state)
{
	struct rank_results out;
	struct ranks ranks;

	(void)state;
	ranks_begin(&ranks, 500, 500, RANKS_KS | RANKS_KS_EXACT);
	for (int i = 0; i < 1000; i++)
		ranks_add(&ranks, &(struct tie){i, i < 500, i >= 500}, 1);
	ranks_end(&out, &ranks);
	near(out.d_exact_p, 2 / 2.7028824094543656e299, 1e-10);
	ranks_begin(&ranks, 501, 500, RANKS_KS | RANKS_KS_EXACT);
	ranks_add(&ranks, &(struct tie){0, 501, 500}, 1);
	ranks_end(&out, &ranks);
	assert_true(!out.has_exact && out.d == 0);
}

static void one_side(void **state)
{
	const double some[] = {1, 1, 2};
	struct rank_results out = walk(some, 3, NULL, 0, 2);

	(void)state;
	assert_true(!out.defined && out.unique[0] == 2 && out.unique[1] == 0 && out.min[0] == 1 && out.max[0] == 2 && out.pooled == 2);
	out = walk(NULL, 0, NULL, 0, 2);
	assert_true(!out.defined && !out.has_exact && out.pooled == 0);
	out = walk(some, 2, some, 2, 2);
	assert_true(out.defined && !out.has_darling && !out.has_z && out.u_ref == 2);
}

/* Sides of 2^k values in two ties: gaps, their squares and the pairs leave 64 and 128 bits; everything is known in closed form. */
static void many(void **state)
{
	(void)state;
	for (int k = 20; k <= 60; k += 10) {
		uint64_t n = (uint64_t)1 << k;
		double size = (double)n;
		const struct tie ties[] = {{1, n / 4 * 3, n / 4}, {3, n / 4, n / 4 * 3}};
		struct rank_results out;
		struct ranks ranks;
		ranks_begin(&ranks, n, n, RANKS_ALL);
		ranks_add(&ranks, ties, 2);
		ranks_end(&out, &ranks);
		assert_true(out.d == 0.5 && out.d_plus == 0.5 && out.d_minus == 0 && out.at == 1);
		assert_true(plain(out.wasserstein) == 1 && plain(out.energy) == 1);
		/* n m / N^2 = 1/4 times n values with a squared gap of 1/4 */
		near(out.cvm, size / 16, 1e-15);
		near(out.u_ref, size * size / 4, 1e-15);
		near(out.u_cur, size * size * 3 / 4, 1e-15);
		near(out.tie_sum, 2 * size * size * size - 2 * size, 1e-15);
		near(out.z, (size * size / 4 - 0.5) / sqrt(size * size / 12 * (8 * size * size * size - 2 * size * size * size) / (2 * size * (2 * size - 1))), 1e-13);
		/* (N - 1) / (N n m) times twice n (n^2 / 2)^2 / (n (2N - n) - N n) */
		near(out.darling, (2 * size - 1) / (2 * size * size * size) * 2 * size * size * size * size * size / 4 / (size * 3 * size - 2 * size * size), 1e-13);
	}
}

/* Distances keep their digits at both ends of the range, and say by their scale what a double cannot hold. */
static void magnitudes(void **state)
{
	static const double units[] = {0x1p-1074, 0x1p-1000, 0x1p-500, 1, 0x1p500, 0x1p1000, 0x1p1021};
	const double x[] = {0, 1, 2, 3}, y[] = {1, 3, 3, 4};
	struct rank_results expected = walk(x, 4, y, 4, 8);

	(void)state;
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		double a[4], b[4];
		int exponent;
		for (int i = 0; i < 4; i++) {
			a[i] = x[i] * units[u];
			b[i] = y[i] * units[u];
		}
		struct rank_results out = walk(a, 4, b, 4, 8);
		frexp(units[u], &exponent);
		assert_true(ldexp(out.wasserstein.value, out.wasserstein.scale - exponent + 1) == plain(expected.wasserstein));
		assert_true(ldexp(out.energy.value, out.energy.scale - exponent + 1) == plain(expected.energy));
	}
	const double far[] = {-DBL_MAX}, beyond[] = {DBL_MAX};
	struct rank_results out = walk(far, 1, beyond, 1, 8);
	assert_true(isinf(plain(out.wasserstein)) && isfinite(out.wasserstein.value));
	assert_true(ldexp(out.wasserstein.value, out.wasserstein.scale - 1) == DBL_MAX);
	/* A tiny width first, and then one that makes it vanish. */
	const double mixed[] = {0, 1e-300}, other[] = {0, 1};
	out = walk(mixed, 2, other, 2, 1);
	near(plain(out.wasserstein), 0.5, 1e-15);
}

static void picks_and_edges(void **state)
{
	const double x[] = {1, 1, 2, 5, 5, 5}, y[] = {0, 2, 2, 7};
	const uint64_t places[] = {0, 1, 2, 4, 5};
	const double edges[] = {-1, 0, 1.5, 5, 9};
	double values[5];
	uint64_t up_to[2][5] = {{0}};
	struct tie ties[16];
	size_t at[2] = {0, 0}, count;
	struct rank_picks picks = {places, values, 5, 0, 0};
	struct rank_edges counts = {.edges = edges, .reference = up_to[0], .current = up_to[1], .count = 5};

	(void)state;
	while ((count = ties_of(ties, 2, at, x, 6, y, 4)) > 0) {
		picks_add(&picks, false, ties, count);
		edges_add(&counts, ties, count);
	}
	edges_end(&counts);
	assert_true(values[0] == 1 && values[1] == 1 && values[2] == 2 && values[3] == 5 && values[4] == 5);
	assert_memory_equal(up_to[0], ((uint64_t[]){0, 0, 2, 6, 6}), sizeof up_to[0]);
	assert_memory_equal(up_to[1], ((uint64_t[]){0, 1, 1, 3, 4}), sizeof up_to[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(properties), cmocka_unit_test(exact_p),    cmocka_unit_test(exact_tail),      cmocka_unit_test(one_side),
		cmocka_unit_test(many),       cmocka_unit_test(magnitudes), cmocka_unit_test(picks_and_edges),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

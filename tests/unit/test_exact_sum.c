/* Sums that do not round, against known answers and against the same values in another order and split. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exact_sum.h"

struct moments { bool has_mean, has_std; double mean, std, variance; };

static struct moments moments_of(const double *values, size_t count)
{
	struct exact_batch *batch = exact_batch_new();
	struct exact_sum sum;
	struct moments out;

	exact_sum_init(&sum);
	exact_sum_add(&sum, values, count, batch);
	out.has_mean = exact_mean(&out.mean, &sum);
	out.has_std = exact_std(&out.std, &sum, 1);
	if (!exact_variance(&out.variance, &sum, 1))
		out.variance = NAN;
	exact_batch_free(batch);
	return out;
}

static void exactly(double found, double expected)
{
	if (found != expected)
		fail_msg("expected %.17g, found %.17g", expected, found);
}

static void known(void **state)
{
	const double four[] = {1, 2, 3, 4}, offset[] = {1000000004, 1000000007, 1000000013, 1000000016};
	const double cancel[] = {1e300, 1, -1e300, 2}, tenth[] = {0.1, 0.1, 0.1}, huge[] = {DBL_MAX, DBL_MAX, DBL_MAX, DBL_MAX};
	const double spread[] = {-DBL_MAX, DBL_MAX}, tiny[] = {5e-324, 5e-324, 1e-323}, half[] = {5e-324, 0}, zeros[] = {0, 0};

	(void)state;
	struct moments m = moments_of(four, 4);
	exactly(m.mean, 2.5);
	exactly(m.std, sqrt(5.0 / 3));
	exactly(m.variance, 5.0 / 3);
	m = moments_of(offset, 4);
	exactly(m.mean, 1000000010);
	exactly(m.variance, 30);
	exactly(m.std, sqrt(30));
	exactly(moments_of(cancel, 4).mean, 0.75);
	m = moments_of(tenth, 3);
	exactly(m.mean, 0.1);
	exactly(m.std, 0);
	m = moments_of(huge, 4);
	exactly(m.mean, DBL_MAX);
	exactly(m.std, 0);
	m = moments_of(spread, 2);
	exactly(m.mean, 0);
	assert_false(m.has_std);
	exactly(moments_of(tiny, 3).mean, 5e-324);  /* 4/3 units */
	exactly(moments_of(half, 2).mean, 0);       /* half a unit goes to even */
	exactly(moments_of(tiny + 1, 2).mean, 1e-323); /* as does one and a half */
	m = moments_of(zeros, 2);
	exactly(m.mean, 0);
	exactly(m.std, 0);
	assert_false(signbit(m.mean));
	assert_false(moments_of(four, 0).has_mean);
	assert_true(moments_of(four, 1).has_mean);
	assert_false(moments_of(four, 1).has_std);
}

static void rests(void **state)
{
	const double thirds[] = {1, 0, 0}, far[] = {1e300, 1, 1}, small[] = {5e-324, 0, 0}, minus[] = {-1, 0, 0};
	struct exact_batch *batch = exact_batch_new();
	struct exact_sum sum;
	double mean, rest, std;

	(void)state;
	exact_sum_init(&sum);
	exact_sum_add(&sum, thirds, 3, batch);
	assert_true(exact_mean_scaled(&mean, &rest, &sum, 0));
	exactly(mean, 1.0 / 3);
	assert_true(fabs(rest - 0x1p-54 / 3) < 1e-19 * rest || fabs(rest - 0x1p-54 / 3) < 1e-32);
	exact_sum_init(&sum);
	exact_sum_add(&sum, minus, 3, batch);
	assert_true(exact_mean_scaled(&mean, &rest, &sum, 0));
	exactly(mean, -1.0 / 3);
	assert_true(rest < 0);
	exact_sum_init(&sum);
	exact_sum_add(&sum, far, 3, batch);
	assert_true(exact_mean_scaled(&mean, &rest, &sum, 900));
	exactly(mean, ldexp(1e300 / 3, -900));
	assert_true(exact_std_scaled(&std, &sum, 1, 900));
	assert_true(fabs(std - ldexp(1e300 / sqrt(3), -900)) < 1e-15 * std);
	exact_sum_init(&sum);
	exact_sum_add(&sum, small, 3, batch);
	assert_true(exact_mean_scaled(&mean, &rest, &sum, -1000));
	assert_true(fabs(mean - 0x1p-74 / 3) < 1e-15 * mean);
	exact_batch_free(batch);
}

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Any finite double, or one of a narrow range. */
static double any_double(uint64_t *state, bool wide)
{
	double value;

	if (!wide)
		return (double)(int64_t)(next(state) % 2000001) / 1000 - 1000;
	do {
		uint64_t bits = next(state);
		memcpy(&value, &bits, sizeof value);
	} while (!isfinite(value));
	return value;
}

static void any_order(void **state)
{
	enum { COUNT = 5000 };
	double *values = malloc(COUNT * sizeof *values);
	struct exact_batch *batch = exact_batch_new();
	uint64_t random = 7;

	(void)state;
	for (int round = 0; round < 8; round++) {
		struct exact_sum whole, joined, parts[3];
		for (size_t i = 0; i < COUNT; i++)
			values[i] = any_double(&random, round & 1);
		exact_sum_init(&whole);
		exact_sum_add(&whole, values, COUNT, batch);
		for (size_t i = COUNT; i > 1; i--) {
			size_t k = (size_t)(next(&random) % i);
			double swap = values[i - 1];
			values[i - 1] = values[k];
			values[k] = swap;
		}
		exact_sum_init(&joined);
		for (size_t p = 0, at = 0; p < 3; p++) {
			size_t count = p == 2 ? COUNT - at : (size_t)(next(&random) % 2000);
			exact_sum_init(&parts[p]);
			exact_sum_add(&parts[p], values + at, count, batch);
			at += count;
		}
		for (size_t p = 3; p-- > 0;)
			exact_sum_join(&joined, &parts[p]);
		assert_int_equal(joined.count, whole.count);
		exactly(joined.min, whole.min);
		exactly(joined.max, whole.max);
		assert_memory_equal(joined.sum, whole.sum, sizeof whole.sum);
		assert_memory_equal(joined.squares, whole.squares, sizeof whole.squares);
	}
	exact_batch_free(batch);
	free(values);
}

/* Long doubles have 11 bits more: with few values of one size they decide the rounding nearly always. */
static void near_long_double(void **state)
{
	uint64_t random = 11;
	double values[64];

	(void)state;
	for (int round = 0; round < 200; round++) {
		long double sum = 0, squares = 0;
		size_t count = 2 + (size_t)(next(&random) % 62);
		for (size_t i = 0; i < count; i++) {
			values[i] = any_double(&random, false);
			sum += (long double)values[i];
		}
		for (size_t i = 0; i < count; i++) {
			long double off = (long double)values[i] - sum / (long double)count;
			squares += off * off;
		}
		struct moments m = moments_of(values, count);
		exactly(m.mean, (double)(sum / (long double)count));
		assert_true(fabs(m.variance - (double)(squares / (long double)(count - 1))) <= 2 * DBL_EPSILON * m.variance);
		assert_true(fabs(m.std - sqrt(m.variance)) <= DBL_EPSILON * m.std);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(rests),
		cmocka_unit_test(any_order),
		cmocka_unit_test(near_long_double),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

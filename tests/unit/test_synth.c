#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/measure/random.h"
#include "buffer.h"
#include "digest.h"
#include "reading.h"
#include "synth.h"

static const char yaml[] = "requirements: {schema: {columns: {at: {type: timestamp}, id: {type: string, unique: true}, floor: {type: number, min: 20}}}}\n"
                           "synthetic_example:\n"
                           "  columns:\n"
                           "    n: {distribution: normal, mean: 5, sd: 2}\n"
                           "    l: {distribution: lognormal, mean: 1, sd: 0.5, max: 100}\n"
                           "    u: {distribution: uniform, min: -1, max: 3}\n"
                           "    e: {distribution: exponential, mean: 4}\n"
                           "    p: {distribution: poisson, mean: 40}\n"
                           "    c: {weights: {a: 5, 'b,\"': 3, c: 2}}\n";

struct made {
	struct reading reading;
	struct recipe recipe;
	struct effective effective;
	struct buffer bytes;
};

static int add(void *context, struct text bytes)
{
	buffer_add(context, bytes);
	return 0;
}

static struct text make(struct made *made, uint64_t seed, uint64_t rows, const struct text *drifts, size_t drift_count)
{
	struct text why = TEXT("");
	struct synth_request request = {.recipe = &made->effective, .seed = seed, .drifts = drifts, .drift_count = drift_count};
	const struct synth *synth = synth_read(&why, &request, &made->reading.arena);

	if (!synth)
		fail_msg("%.*s", TEXT_ARGS(why));
	buffer_clear(&made->bytes);
	assert_int_equal(synth_write(synth, rows, add, &made->bytes), 0);
	return buffer_text(&made->bytes);
}

static int set_up(void **state)
{
	struct made *made = calloc(1, sizeof *made);

	reading_init(&made->reading, "recipe.yaml", text_of(yaml), DOCUMENT_MANIFEST, &limits_default);
	made->effective = (struct effective){.recipe = &made->recipe, .root = made->reading.root};
	buffer_init(&made->bytes);
	*state = made;
	return 0;
}

static int tear_down(void **state)
{
	struct made *made = *state;

	buffer_release(&made->bytes);
	reading_release(&made->reading);
	free(made);
	return 0;
}

/* The nth field of the row; the columns looked at hold no quotes. */
static double field(struct text bytes, size_t row, size_t nth)
{
	for (; row; row--)
		bytes = text_cut(bytes, text_find(bytes, '\n') + 1, bytes.len);
	for (; nth; nth--)
		bytes = text_cut(bytes, text_find(bytes, ',') + 1, bytes.len);
	return strtod(bytes.at, NULL);
}

static void moments(double *mean, double *sd, struct text bytes, size_t rows, size_t nth)
{
	double sum = 0, squares = 0;

	bytes = text_cut(bytes, text_find(bytes, '\n') + 1, bytes.len);
	for (size_t i = 0; i < rows; i++) {
		double value = field(bytes, 0, nth);
		sum += value;
		squares += value * value;
		bytes = text_cut(bytes, text_find(bytes, '\n') + 1, bytes.len);
	}
	*mean = sum / (double)rows;
	*sd = sqrt(squares / (double)rows - *mean * *mean);
}

static void test_moments(void **state)
{
	enum { ROWS = 20000 };
	static const struct { double mean, sd; } wanted[] = {{5, 2}, {3.0802, 1.6416}, {1, 1.1547}, {4, 4}, {40, 6.3246}};
	struct text bytes = make(*state, 3, ROWS, NULL, 0);

	for (size_t i = 0; i < 5; i++) {
		double mean, sd;
		moments(&mean, &sd, bytes, ROWS, i);
		assert_true(fabs(mean - wanted[i].mean) < 5 * wanted[i].sd / sqrt(ROWS));
		assert_true(fabs(sd / wanted[i].sd - 1) < 0.06);
	}
}

static void test_drift(void **state)
{
	enum { ROWS = 20000 };
	static const struct text drifts[] = {{"n=+0.5sd", 8}, {"e=*2", 4}, {"p=-3", 4}};
	struct made *made = *state;
	double mean, sd;
	struct text plain = make(made, 3, ROWS, NULL, 0);
	double u = field(plain, 77, 2), n = field(plain, 77, 0);
	struct text moved = make(made, 3, ROWS, drifts, 3);

	assert_true(fabs(field(moved, 77, 0) - n - 1) < 1e-4); /* half of 2 */
	assert_true(field(moved, 77, 2) == u);
	moments(&mean, &sd, moved, ROWS, 3);
	assert_true(fabs(mean - 8) < 0.3);
	moments(&mean, &sd, moved, ROWS, 4);
	assert_true(fabs(mean - 37) < 0.3);
}

static size_t count_of(struct text bytes, const char *what)
{
	size_t count = 0, len = strlen(what);

	for (size_t i = 0; i + len <= bytes.len; i++)
		count += memcmp(bytes.at + i, what, len) == 0;
	return count;
}

static void test_categories(void **state)
{
	static const struct text drifts[] = {{"c=a:0.1", 7}, {"n=missing:1", 11}};
	struct made *made = *state;
	struct text bytes = make(made, 1, 10000, NULL, 0);

	assert_in_range(count_of(bytes, ",\"b,\"\"\","), 2800, 3200);
	assert_in_range(count_of(bytes, ",a,"), 4800, 5200);
	bytes = make(made, 1, 10000, drifts, 2);
	assert_in_range(count_of(bytes, ",a,"), 900, 1100);
	assert_in_range(count_of(bytes, ",\"b,\"\"\","), 5200, 5600); /* 0.9 * 3 / 5 */
	assert_int_equal(count_of(bytes, "\n,"), 10000);
}

/* The bytes themselves: whatever the machine, the compiler and the C library. */
static void test_same_bytes(void **state)
{
	char digest[65];
	struct text bytes = make(*state, 42, 1000, NULL, 0);

	assert_true(text_starts(bytes, "n,l,u,e,p,c,at,id,floor\n"));
	digest_sha256(digest, bytes);
	assert_string_equal(digest, "975f739bc7c2d6239b4b58f0c088f11a76174c13b06f80eb08bc6b69416305e7");
	make(*state, 43, 1000, NULL, 0);
	char other[65];
	digest_sha256(other, buffer_text(&((struct made *)*state)->bytes));
	assert_string_not_equal(digest, other);
}

static void test_refusals(void **state)
{
	static const char *const bad[] = {"n", "n=", "n=1", "n=+", "n=+xsd", "n=*2sd", "q=+1", "c=z:0.1", "c=a:1.1", "c=+1sd", "at=+1", "n=missing:2"};
	struct made *made = *state;
	struct text why = TEXT("");

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct text drift = text_of(bad[i]);
		struct synth_request request = {.recipe = &made->effective, .drifts = &drift, .drift_count = 1};
		if (synth_read(&why, &request, &made->reading.arena))
			fail_msg("'%s' was taken", bad[i]);
		assert_true(text_starts(why, "drift '"));
	}
}

static void test_functions(void **state)
{
	(void)state;
	for (double x = 1e-300; x < 1e300; x *= 1.37) {
		assert_true(fabs(exact_log(x) - log(x)) <= 4e-16 * (fabs(log(x)) + 1));
		if (fabs(log(x)) < 700)
			assert_true(fabs(exact_exp(log(x)) / exp(log(x)) - 1) < 1e-15);
	}
	assert_true(exact_exp(800) == INFINITY && exact_exp(-800) == 0 && exact_exp(0) == 1 && exact_log(1) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_moments, set_up, tear_down),    cmocka_unit_test_setup_teardown(test_drift, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_categories, set_up, tear_down), cmocka_unit_test_setup_teardown(test_same_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refusals, set_up, tear_down),   cmocka_unit_test(test_functions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

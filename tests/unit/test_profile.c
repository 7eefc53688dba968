#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "buffer.h"
#include "packed.h"
#include "profile.h"

enum { HEAD = sizeof "galley profile 2\n" - 1 + 8 };

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 2685821657736338717u;
}

static int order_values(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* Counts a column's values between borders. */
static void set_cells(struct profile_column *column, const double *borders, size_t count, struct arena *arena)
{
	column->has_cells = true;
	column->borders = arena_array(arena, count, sizeof *borders);
	memcpy(column->borders, borders, count * sizeof *borders);
	column->border_count = count;
	column->cells = arena_array(arena, count + 1, sizeof *column->cells);
	for (size_t i = 0, k = 0; i < column->run_count; i++) {
		double value = column->run[i].value;
		while (k < count && borders[k] < value)
			k++;
		struct profile_cell *cell = &column->cells[k];
		if (k < count && borders[k] == value) {
			cell->at += column->run[i].count;
			continue;
		}
		cell->min = cell->open ? cell->min : value;
		cell->max = value;
		cell->open += column->run[i].count;
	}
}

/* A sketch with runs of 2^level values, as of data that is much larger. */
static const struct sketch *coarse_sketch(const struct profile_column *column, unsigned level, struct arena *arena)
{
	struct sketch *sketch = arena_alloc(arena, sizeof *sketch);
	uint64_t half = ((uint64_t)1 << level) / 2, left = column->sum.count, seen = 0, next = half;
	struct sketch_level *items = &sketch->levels[level], *rest = &sketch->levels[0];

	items->items = arena_array(arena, (size_t)(left >> level), sizeof(double));
	rest->items = arena_array(arena, (size_t)1 << level, sizeof(double));
	for (size_t i = 0; i < column->run_count; i++)
		for (uint64_t k = 0; k < column->run[i].count; k++, seen++) {
			if (seen >= left >> level << level)
				rest->items[rest->count++] = column->run[i].value;
			else if (seen == next) {
				items->items[items->count++] = column->run[i].value;
				next += 2 * half;
			}
		}
	sketch->over = half - 1;
	sketch->under = half;
	return sketch;
}

/* A number column of random values, a category column, and one without values. Cells at these borders where there are some. */
static struct profile sample(uint64_t seed, size_t rows, unsigned distinct, const double *borders, size_t border_count, struct arena *arena)
{
	struct profile profile = {.files = 1, .rows = rows, .column_count = 3};
	struct profile_column *columns = profile.columns = arena_array(arena, 3, sizeof *columns);
	double *values = arena_array(arena, rows, sizeof *values);
	struct exact_batch *batch = exact_batch_new();

	for (size_t i = 0; i < rows; i++)
		values[i] = (double)(next_random(&seed) % distinct) / 8 - 3;
	columns[0] = (struct profile_column){.name = TEXT("x"), .kind = COLUMN_NUMBER, .counts = {.rows = rows, .n = rows}, .has_run = true};
	exact_sum_init(&columns[0].sum);
	exact_sum_add(&columns[0].sum, values, rows, batch);
	exact_batch_free(batch);
	qsort(values, rows, sizeof *values, order_values);
	columns[0].run = arena_array(arena, rows, sizeof *columns[0].run);
	for (size_t i = 0; i < rows; i++) {
		if (!i || values[i] != values[i - 1])
			columns[0].run[columns[0].run_count++].value = values[i];
		columns[0].run[columns[0].run_count - 1].count++;
	}
	columns[1] = (struct profile_column){.name = TEXT("c"), .kind = COLUMN_CATEGORY, .counts = {.rows = rows, .missing = 1, .n = rows - 1}, .category_count = 2};
	columns[1].categories = arena_array(arena, 2, sizeof *columns[1].categories);
	columns[1].categories[0] = (struct profile_count){seed % 2 ? TEXT("a") : TEXT("b"), rows - 2};
	columns[1].categories[1] = (struct profile_count){TEXT("z"), 1};
	exact_sum_init(&columns[1].sum);
	columns[2] = (struct profile_column){.name = TEXT("none"), .kind = COLUMN_AUTO, .counts = {.rows = rows, .missing = rows}};
	exact_sum_init(&columns[2].sum);
	if (!borders)
		return profile;
	set_cells(&columns[0], borders, border_count, arena);
	return profile;
}

static const double sample_borders[] = {-2.5, -1, 0, 0.125, 4};

static struct text bytes_of(const struct profile *profile, struct arena *arena)
{
	struct buffer out;

	buffer_init(&out);
	profile_write(&out, profile);
	struct text bytes = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return bytes;
}

static struct profile merged(const struct profile *a, const struct profile *b, struct arena *arena)
{
	const struct profile parts[] = {*a, *b};
	struct profile out;
	struct text why;

	assert_true(profile_merge(&out, &why, parts, 2, arena));
	return out;
}

static void test_merge(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (int cells = 0; cells < 2; cells++) {
		const double *borders = cells ? sample_borders : NULL;
		struct profile a = sample(1, 50, 90, borders, 5, &arena), b = sample(2, 70, 40, borders, 5, &arena), c = sample(3, 30, 200, borders, 5, &arena);
		struct profile ab = merged(&a, &b, &arena), bc = merged(&b, &c, &arena), ca = merged(&c, &a, &arena);
		struct profile first = merged(&ab, &c, &arena), second = merged(&a, &bc, &arena), third = merged(&ca, &b, &arena);
		struct text bytes = bytes_of(&first, &arena);
		assert_true(text_equal(bytes, bytes_of(&second, &arena)));
		assert_true(text_equal(bytes, bytes_of(&third, &arena)));
		assert_int_equal(first.columns[0].sum.count, 150);
		assert_int_equal(first.columns[0].has_cells, cells);
		assert_true(first.columns[0].has_run);
	}
	arena_release(&arena);
}

/* What has no cells in common is sketched, of values where they are all there; a part that has neither leaves nothing. The bytes are the same
 * in any order of one merge. */
static void test_sketches(void **state)
{
	struct arena arena;
	struct text why;

	(void)state;
	arena_init(&arena);
	struct profile parts[3] = {sample(1, 50, 90, NULL, 0, &arena), sample(2, 70, 40, NULL, 0, &arena), sample(3, 30, 200, sample_borders, 5, &arena)}, out, again;
	for (size_t p = 0; p < 2; p++) {
		parts[p].columns[0].sketch = coarse_sketch(&parts[p].columns[0], 2, &arena);
		parts[p].columns[0].has_run = false;
	}
	assert_true(profile_merge(&out, &why, parts, 3, &arena));
	const struct profile_column *x = &out.columns[0];
	assert_true(x->sketch && !x->has_run && !x->has_cells && x->sum.count == 150);
	assert_int_equal(x->sketch->over, 2);
	assert_int_equal(x->sketch->under, 4);
	const struct profile turned[3] = {parts[2], parts[0], parts[1]};
	assert_true(profile_merge(&again, &why, turned, 3, &arena));
	assert_true(text_equal(bytes_of(&out, &arena), bytes_of(&again, &arena)));
	parts[2].columns[0].has_run = false;
	assert_true(profile_merge(&out, &why, parts, 3, &arena));
	assert_true(!out.columns[0].sketch && !out.columns[0].has_run && !out.columns[0].has_cells);
	arena_release(&arena);
}

/* Parts with other columns: what one lacks is missing in its rows; the order is then that of names. */
static void test_columns(void **state)
{
	struct arena arena;
	struct text why;

	(void)state;
	arena_init(&arena);
	struct profile a = sample(1, 50, 90, NULL, 0, &arena), b = sample(2, 70, 40, NULL, 0, &arena), out;
	b.column_count = 1;
	out = merged(&a, &b, &arena);
	assert_true(text_is(out.columns[0].name, "c") && text_is(out.columns[2].name, "x"));
	assert_int_equal(out.columns[0].counts.missing, 71);
	assert_int_equal(out.columns[1].counts.rows, 120);
	assert_true(text_equal(bytes_of(&out, &arena), bytes_of(&(struct profile){0}, &arena)) == false);
	b.columns[0].kind = COLUMN_CATEGORY;
	b.columns[0].sum.count = 0;
	const struct profile parts[] = {a, b};
	assert_false(profile_merge(&out, &why, parts, 2, &arena));
	assert_true(text_starts(why, "column 'x' is number in one part and category in another"));
	arena_release(&arena);
}

/* The number column told by all its values, by cells with every step-th value as border, or by a sketch of runs of 2^step values. */
enum telling { ALL_VALUES, CELLS, SKETCH, TELLINGS };

static struct profile told_by(const struct profile *profile, enum telling telling, unsigned step, struct arena *arena)
{
	struct profile out = *profile;

	out.columns = arena_array(arena, 3, sizeof *out.columns);
	memcpy(out.columns, profile->columns, 3 * sizeof *out.columns);
	struct profile_column *x = out.columns;
	x->has_run = telling == ALL_VALUES;
	if (telling == CELLS) {
		double *borders = arena_array(arena, x->run_count, sizeof *borders);
		size_t count = 0;
		for (size_t i = 0; i < x->run_count; i += step)
			borders[count++] = x->run[i].value;
		set_cells(x, borders, count, arena);
	}
	if (telling == SKETCH)
		x->sketch = coarse_sketch(x, step, arena);
	return out;
}

static void must_be_within(const struct drift_score *score, const struct drift_score *whole, bool exact)
{
	bool of_cells = score->method <= METHOD_KL, of_moments = score->method == METHOD_WELCH_T || score->method == METHOD_MISSING;

	assert_int_equal(score->method, whole->method);
	if (of_moments) {
		assert_true(score->value == whole->value && score->has_p == whole->has_p && score->p == whole->p);
	} else if (score->method != METHOD_KS && !of_cells) {
		assert_true(!score->has_value && score->reason.len);
	} else if (!score->has_value) {
		/* Deciles that cannot be told apart; never where all is known. */
		assert_true(of_cells && score->reason.len && !exact);
	} else if (!score->bounded) {
		assert_true(fabs(score->value - whole->value) < 1e-12);
	} else {
		assert_true(!exact && score->low < score->high && score->low <= score->value && score->value <= score->high);
		assert_true(score->low <= whole->value + 1e-12 && whole->value <= score->high + 1e-12);
		/* A verdict is that of all values, or none. */
		assert_true(score->status == whole->status || score->status == DRIFT_INCONCLUSIVE);
		if (score->method == METHOD_KS)
			assert_true(score->value == score->low && score->p >= whole->p * (1 - 1e-12));
	}
}

/* What is told by less than all values must be what all values tell, or bounds of it. */
static void test_compare(void **state)
{
	static const unsigned steps[] = {1, 2, 9};
	struct drift_request request = {.decide = METHOD_NONE};
	size_t values = 0, bounded = 0, exact = 0, undecided = 0;
	struct arena arena;
	struct text why;

	(void)state;
	for (size_t i = 0; i < METHOD_COUNT; i++)
		request.show[i] = true;
	for (uint64_t seed = 1; seed < 120; seed++) {
		struct drift_result with, without;
		arena_init(&arena);
		/* From nearly all distinct to a handful of values. */
		unsigned distinct = seed % 3 ? 30 + (unsigned)seed * 40 : 2 + (unsigned)seed % 20;
		struct profile a = sample(seed, 400, distinct, NULL, 0, &arena), b = sample(seed + 1000, 500, distinct + (unsigned)seed, NULL, 0, &arena);
		assert_true(profile_compare(&with, &why, &a, &b, &request, &arena));
		for (unsigned way = 1; way < TELLINGS * TELLINGS * 3; way++) {
			enum telling first = way % TELLINGS, second = way / TELLINGS % TELLINGS;
			unsigned step = steps[way / TELLINGS / TELLINGS];
			if (first == ALL_VALUES && second == ALL_VALUES)
				continue;
			struct profile r = told_by(&a, first, step, &arena), c = told_by(&b, second, step, &arena);
			assert_true(profile_compare(&without, &why, &r, &c, &request, &arena));
			bool all_known = step == 1 && first != SKETCH && second != SKETCH;
			for (size_t i = 0; i < without.columns[0].score_count; i++) {
				const struct drift_score *score = &without.columns[0].scores[i];
				/* The z test of two values is the last but one, and needs to know that there are two. */
				assert_true(score->method <= METHOD_WELCH_T || score->method == METHOD_MISSING);
				const struct drift_score *whole = &with.columns[0].scores[score->method == METHOD_MISSING ? with.columns[0].score_count - 1 : i];
				must_be_within(score, whole, all_known);
				values += score->has_value;
				bounded += score->bounded;
				undecided += score->bounded && score->status == DRIFT_INCONCLUSIVE;
				exact += all_known && score->method == METHOD_KS && score->value == whole->value;
			}
		}
		arena_release(&arena);
	}
	assert_true(undecided > 10 && bounded > 1000 && values - bounded > 1000 && exact == 119 * 3);
}

static void test_codec(void **state)
{
	struct profile back;
	struct arena arena;
	struct text why;

	(void)state;
	arena_init(&arena);
	struct profile profile = sample(5, 60, 300, sample_borders, 5, &arena);
	profile.columns[0].sketch = coarse_sketch(&profile.columns[0], 2, &arena);
	struct text bytes = bytes_of(&profile, &arena);
	assert_true(profile_read(&back, &why, bytes, &limits_default, &arena));
	assert_true(text_equal(bytes, bytes_of(&back, &arena)));
	assert_true(exact_mean(&(double){0}, &back.columns[0].sum));
	assert_false(profile_read(&back, &why, TEXT("a,b\n1,2\n"), &limits_default, &arena));
	assert_true(text_starts(why, "is not a profile"));
	assert_false(profile_read(&back, &why, TEXT("galley profile 1\nxxxxxxxxxxxx"), &limits_default, &arena));
	assert_true(text_starts(why, "is a profile of another version"));
	arena_release(&arena);
}

static bool is_sane(const struct drift_result *result)
{
	for (size_t i = 0; i < result->column_count; i++)
		for (size_t k = 0; k < result->columns[i].score_count; k++) {
			const struct drift_score *score = &result->columns[i].scores[k];
			if ((score->has_value && !isfinite(score->value)) || (score->has_p && !isfinite(score->p)))
				return false;
		}
	return true;
}

/* Cut short, with bits flipped, and with bits flipped and a checksum that fits: refused, or used without harm. */
static void test_hostile(void **state)
{
	struct drift_request request = {.decide = METHOD_NONE};
	struct profile back, twice;
	struct arena arena, scratch;
	struct drift_result result;
	struct text why;
	uint64_t seed = 9;
	size_t used = 0;

	(void)state;
	for (size_t i = 0; i < METHOD_COUNT; i++)
		request.show[i] = true;
	arena_init(&arena);
	arena_init(&scratch);
	struct profile profile = sample(5, 40, 60, sample_borders, 5, &arena);
	profile.columns[0].sketch = coarse_sketch(&profile.columns[0], 2, &arena);
	struct text bytes = bytes_of(&profile, &arena);
	char *copy = arena_copy(&arena, bytes.at, bytes.len);
	for (size_t len = 0; len < bytes.len; len++) {
		assert_false(profile_read(&back, &why, (struct text){copy, len}, &limits_default, &scratch));
		assert_true(why.len > 0);
	}
	for (size_t i = 0; i < 20000; i++) {
		size_t at = HEAD + (size_t)(next_random(&seed) % (bytes.len - HEAD)), cut = i % 3 ? bytes.len : HEAD + (size_t)(next_random(&seed) % (bytes.len - HEAD));
		char before = copy[at];
		copy[at] = (char)(copy[at] ^ 1 << next_random(&seed) % 8);
		assert_false(profile_read(&back, &why, (struct text){copy, bytes.len}, &limits_default, &scratch));
		uint64_t sum = packed_checksum((struct text){copy + HEAD, cut - HEAD});
		for (unsigned k = 0; k < 8; k++)
			copy[HEAD - 8 + k] = (char)(unsigned char)(sum >> (8 * k));
		if (profile_read(&back, &why, (struct text){copy, cut}, &limits_default, &scratch)) {
			const struct profile parts[] = {back, profile, back};
			used++;
			if (profile_merge(&twice, &why, parts, 3, &scratch))
				bytes_of(&twice, &scratch);
			if (profile_compare(&result, &why, &profile, &back, &request, &scratch))
				assert_true(is_sane(&result));
			if (profile_compare(&result, &why, &back, &profile, &request, &scratch))
				assert_true(is_sane(&result));
		}
		memcpy(copy, bytes.at, HEAD);
		copy[at] = before;
		arena_reset(&scratch);
	}
	assert_true(used > 0);
	arena_release(&scratch);
	arena_release(&arena);
}

static bool is_read(const struct profile *profile, struct arena *arena)
{
	struct profile back;
	struct text why;

	return profile_read(&back, &why, bytes_of(profile, arena), &limits_default, arena);
}

/* Of somebody who knows the form: what no data could be told by. */
static void test_invented(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	struct profile profile = sample(5, 60, 300, NULL, 0, &arena), far = sample(6, 60, 300, NULL, 0, &arena);
	struct profile_column *x = profile.columns, whole = *x;
	assert_true(is_read(&profile, &arena));
	/* Sums of other values: more than the largest on the average, spread wider than the ends, less than none. */
	memcpy(x->sum.sum, far.columns[0].sum.sum, sizeof x->sum.sum);
	x->sum.sum[EXACT_WORDS - 2] = 1;
	assert_false(is_read(&profile, &arena));
	*x = whole;
	x->sum.squares[EXACT_SQUARE_WORDS - 3] = 1;
	assert_false(is_read(&profile, &arena));
	*x = whole;
	memset(x->sum.squares, 0, sizeof x->sum.squares);
	assert_false(is_read(&profile, &arena));
	*x = whole;
	/* One value that is two. */
	profile = sample(5, 1, 300, NULL, 0, &arena);
	profile.column_count = 1;
	profile.columns[0].has_run = false;
	assert_true(is_read(&profile, &arena));
	profile.columns[0].sum.max += 1;
	assert_false(is_read(&profile, &arena));
	/* Names. */
	profile = sample(5, 60, 300, NULL, 0, &arena);
	profile.columns[2].name = TEXT("x");
	assert_false(is_read(&profile, &arena));
	profile.columns[2].name = TEXT("x\xff");
	assert_false(is_read(&profile, &arena));
	profile.columns[2].name = TEXT("y");
	assert_true(is_read(&profile, &arena));
	profile.columns[1].categories[1].label = TEXT("z\xc0\x80");
	assert_false(is_read(&profile, &arena));
	/* More columns than may be: told before there is room for them. */
	profile = sample(5, 60, 300, NULL, 0, &arena);
	struct limits limits = limits_default;
	struct profile back;
	struct text why;
	limits.csv_columns = 3;
	assert_true(profile_read(&back, &why, bytes_of(&profile, &arena), &limits, &arena));
	limits.csv_columns = 2;
	assert_false(profile_read(&back, &why, bytes_of(&profile, &arena), &limits, &arena));
	assert_true(text_starts(why, "has 3 columns, more than 2 (limit 'csv_columns'; raise it with --limit csv_columns="));
	arena_release(&arena);
}

/* More rows than can be counted, and ranks of which nothing is known: the first is refused, the second stays so. */
static void test_extremes(void **state)
{
	struct arena arena;
	struct text why;
	struct profile out;

	(void)state;
	arena_init(&arena);
	struct profile parts[2] = {sample(1, 50, 90, NULL, 0, &arena), sample(2, 70, 40, NULL, 0, &arena)};
	for (size_t p = 0; p < 2; p++) {
		struct sketch *sketch = arena_alloc(&arena, sizeof *sketch);
		*sketch = *coarse_sketch(&parts[p].columns[0], 2, &arena);
		sketch->over = sketch->under = parts[p].columns[0].sum.count;
		parts[p].columns[0].sketch = sketch;
		parts[p].columns[0].has_run = false;
	}
	assert_true(profile_merge(&out, &why, parts, 2, &arena));
	assert_int_equal(out.columns[0].sketch->over, 120);
	assert_true(is_read(&out, &arena));
	parts[0].rows = PROFILE_ROWS_MOST - 70;
	assert_true(profile_merge(&out, &why, parts, 2, &arena));
	parts[0].rows++;
	assert_false(profile_merge(&out, &why, parts, 2, &arena));
	assert_true(text_starts(why, "they have more rows together"));
	arena_release(&arena);
}

/* Where all values would give the exact p, cells and sketches do not tell that it is less than 1. */
static void test_few_pairs(void **state)
{
	struct drift_request request = {.decide = METHOD_KS, .min_rows = 1};
	struct drift_result with, without;
	struct arena arena;
	struct text why;

	(void)state;
	arena_init(&arena);
	struct profile few = sample(3, 2, 40, NULL, 0, &arena), many = sample(4, 400, 900, NULL, 0, &arena);
	assert_true(profile_compare(&with, &why, &few, &many, &request, &arena));
	for (unsigned step = 1; step < 4; step++) {
		struct profile r = told_by(&few, CELLS, step, &arena);
		assert_true(profile_compare(&without, &why, &r, &many, &request, &arena));
		assert_true(with.columns[0].scores[0].has_p && without.columns[0].scores[0].p == 1 && without.columns[0].scores[0].p_bound == -1);
	}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge), cmocka_unit_test(test_sketches), cmocka_unit_test(test_columns), cmocka_unit_test(test_compare),
		cmocka_unit_test(test_codec), cmocka_unit_test(test_hostile), cmocka_unit_test(test_invented), cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_few_pairs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}

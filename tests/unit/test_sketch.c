#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "sketch.h"

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

struct data { double *values; size_t count; };

/* shape 0: nearly all distinct; 1: few distinct; 2: one value in half of them; 3: each part in its own range. */
static struct data data_of(size_t count, int shape, unsigned part, uint64_t *seed, struct arena *arena)
{
	struct data data = {arena_array(arena, count, sizeof(double)), count};

	for (size_t i = 0; i < count; i++) {
		uint64_t random = next_random(seed) >> 20;
		data.values[i] = shape == 1 ? (double)(random % 50) : shape == 2 && random % 2 ? 7 : (double)random / 1e9 + (shape == 3 ? part * 1e6 : 0);
	}
	qsort(data.values, count, sizeof *data.values, order_values);
	return data;
}

static const struct sketch *sketch_of(const struct data *data, struct arena *arena)
{
	struct sketch *sketch = arena_alloc(arena, sizeof *sketch);
	uint64_t *places = arena_array(arena, SKETCH_PLACES, sizeof *places);
	size_t count = sketch_places(places, data->count);
	double *values = arena_array(arena, count, sizeof *values);

	for (size_t i = 0; i < count; i++) {
		assert_true(places[i] < data->count && (!i || places[i] > places[i - 1]));
		values[i] = data->values[places[i]];
	}
	sketch_make(sketch, values, data->count, arena);
	return sketch;
}

static uint64_t weight_of(const struct sketch *sketch)
{
	uint64_t weight = 0;

	for (unsigned h = 0; h < SKETCH_LEVELS; h++)
		weight += (uint64_t)sketch->levels[h].count << h;
	return weight;
}

struct weighed { double value; int64_t weight, truth; };

static int order_weighed(const void *left, const void *right)
{
	const struct weighed *a = left, *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/* Items and values together, so that the error is seen at every x; and at most so much of it is allowed beside over and under. */
static void must_hold(const struct sketch *sketch, const struct data *parts, size_t count, double most, struct arena *arena)
{
	size_t all = 0, items = 0, k = 0;
	int64_t told = 0, truth = 0;

	for (size_t p = 0; p < count; p++)
		all += parts[p].count;
	for (unsigned h = 0; h < SKETCH_LEVELS; h++) {
		assert_true(sketch->levels[h].count <= SKETCH_ITEMS);
		items += sketch->levels[h].count;
	}
	assert_int_equal(weight_of(sketch), all);
	struct weighed *line = arena_array(arena, all + items, sizeof *line);
	for (size_t p = 0; p < count; p++)
		for (size_t i = 0; i < parts[p].count; i++)
			line[k++] = (struct weighed){parts[p].values[i], 0, 1};
	for (unsigned h = 0; h < SKETCH_LEVELS; h++)
		for (size_t i = 0; i < sketch->levels[h].count; i++) {
			assert_true(!i || sketch->levels[h].items[i] >= sketch->levels[h].items[i - 1]);
			line[k++] = (struct weighed){sketch->levels[h].items[i], (int64_t)1 << h, 0};
		}
	qsort(line, k, sizeof *line, order_weighed);
	for (size_t i = 0; i < k; i++) {
		told += line[i].weight;
		truth += line[i].truth;
		if (i + 1 < k && line[i + 1].value == line[i].value)
			continue;
		assert_true(told - truth <= (int64_t)sketch->over);
		assert_true(truth - told <= (int64_t)sketch->under);
	}
	assert_true((double)sketch->over <= most && (double)sketch->under <= most);
}

static void test_one(void **state)
{
	static const size_t sizes[] = {1, 2, 1000, SKETCH_ITEMS, SKETCH_ITEMS + 1, 70001, 262143};
	uint64_t seed = 3;
	struct arena arena;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int shape = 0; shape < 3; shape++) {
			arena_init(&arena);
			struct data data = data_of(sizes[i], shape, 0, &seed, &arena);
			const struct sketch *sketch = sketch_of(&data, &arena);
			must_hold(sketch, &data, 1, sizes[i] <= SKETCH_ITEMS ? 0 : (double)sizes[i] / SKETCH_ITEMS, &arena);
			arena_release(&arena);
		}
}

/* Sizes that no test can hold: places stay below n, and items stand for n values. */
static void test_large(void **state)
{
	static uint64_t places[SKETCH_PLACES];
	static double values[SKETCH_PLACES];
	uint64_t seed = 5;
	struct arena arena;

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct sketch sketch;
		uint64_t n = (next_random(&seed) >> (2 + i % 60)) + 1;
		arena_init(&arena);
		size_t count = sketch_places(places, n);
		assert_true(count <= SKETCH_PLACES && places[count - 1] < n);
		for (size_t k = 1; k < count; k++)
			assert_true(places[k] > places[k - 1]);
		sketch_make(&sketch, values, n, &arena);
		assert_true(weight_of(&sketch) == n);
		assert_true(n <= SKETCH_ITEMS ? sketch.under == 0 : sketch.under <= n / SKETCH_ITEMS);
		arena_release(&arena);
	}
}

static bool same(const struct sketch *a, const struct sketch *b)
{
	bool equal = a->over == b->over && a->under == b->under;

	for (unsigned h = 0; h < SKETCH_LEVELS && equal; h++)
		equal = a->levels[h].count == b->levels[h].count &&
		        (!a->levels[h].count || !memcmp(a->levels[h].items, b->levels[h].items, a->levels[h].count * sizeof(double)));
	return equal;
}

enum { PARTS = 12 };

/* All at once in any order, and one after the other: both hold; the first to the byte. */
static void test_join(void **state)
{
	uint64_t seed = 11;
	struct arena arena;

	(void)state;
	for (int shape = 0; shape < 4; shape++) {
		const struct sketch *parts[PARTS], *turned[PARTS];
		struct data data[PARTS];
		struct sketch all, again, chain[2];
		double n = 0;
		arena_init(&arena);
		for (unsigned p = 0; p < PARTS; p++) {
			data[p] = data_of(1 + (size_t)(next_random(&seed) % (p % 3 ? 3000 : 60000)), shape, p, &seed, &arena);
			turned[(p * 5 + 3) % PARTS] = parts[p] = sketch_of(&data[p], &arena);
			n += (double)data[p].count;
		}
		sketch_join(&all, parts, PARTS, &arena);
		must_hold(&all, data, PARTS, 2 * n / SKETCH_ITEMS, &arena);
		sketch_join(&again, turned, PARTS, &arena);
		assert_true(same(&all, &again));
		chain[0] = *parts[0];
		for (unsigned p = 1; p < PARTS; p++) {
			const struct sketch *const two[2] = {&chain[(p + 1) % 2], parts[p]};
			sketch_join(&chain[p % 2], two, 2, &arena);
		}
		must_hold(&chain[(PARTS - 1) % 2], data, PARTS, 4 * n / SKETCH_ITEMS, &arena);
		arena_release(&arena);
	}
}

/* 64 equal parts in a tree of pairs: the error grows with its depth, not with the number of joins; chained too, it stays small. */
static void test_depth(void **state)
{
	enum { LEAVES = 64, EACH = 20000 };
	static struct data data[LEAVES];
	static struct sketch nodes[LEAVES];
	uint64_t seed = 17;
	struct arena arena;
	double n = (double)LEAVES * EACH;

	(void)state;
	arena_init(&arena);
	for (unsigned p = 0; p < LEAVES; p++) {
		data[p] = data_of(EACH, 0, p, &seed, &arena);
		nodes[p] = *sketch_of(&data[p], &arena);
	}
	for (unsigned step = 1; step < LEAVES; step *= 2)
		for (unsigned p = 0; p < LEAVES; p += 2 * step) {
			struct sketch joined;
			const struct sketch *const two[2] = {&nodes[p], &nodes[p + step]};
			sketch_join(&joined, two, 2, &arena);
			nodes[p] = joined;
		}
	must_hold(&nodes[0], data, LEAVES, 7 * n / (2 * SKETCH_ITEMS), &arena);
	struct sketch chain = *sketch_of(&data[0], &arena);
	for (unsigned p = 1; p < LEAVES; p++) {
		struct sketch joined;
		const struct sketch *leaf = sketch_of(&data[p], &arena), *const two[2] = {&chain, leaf};
		sketch_join(&joined, two, 2, &arena);
		chain = joined;
	}
	must_hold(&chain, data, LEAVES, 7 * n / (2 * SKETCH_ITEMS), &arena);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one), cmocka_unit_test(test_large), cmocka_unit_test(test_join), cmocka_unit_test(test_depth),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sketch", tests, NULL, NULL);
}

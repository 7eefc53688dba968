#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/measure/cell_bounds.h"

enum { CELLS = 3 };

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 2685821657736338717u;
}

static void values_of(double values[METHOD_COUNT], const size_t *reference, const size_t *current)
{
	struct distances distances;

	assert_true(psi(&values[METHOD_PSI], NULL, reference, current, CELLS));
	assert_true(share_distances(&distances, reference, current, CELLS));
	values[METHOD_JS] = distances.js_distance;
	values[METHOD_HELLINGER] = distances.hellinger;
	values[METHOD_TVD] = distances.tvd;
	values[METHOD_KL] = distances.kl_current;
}

/* Steps through all counts within the spans that add up to all; false at the end. */
static bool next_counts(size_t counts[CELLS], const struct span spans[CELLS], uint64_t all)
{
	do {
		size_t i = 0;
		while (i < CELLS && counts[i] == spans[i].high) {
			counts[i] = (size_t)spans[i].low;
			i++;
		}
		if (i == CELLS)
			return false;
		counts[i]++;
	} while (counts[0] + counts[1] + counts[2] != all);
	return true;
}

/* Whatever the counts are, the value is within the bounds; where they are known, the bounds are the value. */
static void test_bounds(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct value_bound bounds[METHOD_COUNT];
		struct cell_spans spans[CELLS];
		struct span sides[2][CELLS];
		size_t truth[2][CELLS];
		uint64_t sizes[2] = {0, 0}, width = (uint64_t)round % 3;
		for (int s = 0; s < 2; s++)
			for (int i = 0; i < CELLS; i++) {
				truth[s][i] = next_random(&seed) % 4 ? (size_t)(next_random(&seed) % (round % 2 ? 9 : 30000)) : 0;
				truth[s][i] += i == 0;
				sizes[s] += truth[s][i];
				uint64_t below = next_random(&seed) % (width + 1), above = next_random(&seed) % (width + 1);
				sides[s][i] = (struct span){truth[s][i] > below ? truth[s][i] - below : 0, truth[s][i] + above};
			}
		for (int i = 0; i < CELLS; i++)
			spans[i] = (struct cell_spans){sides[0][i], sides[1][i]};
		cell_bounds(bounds, spans, CELLS, sizes[0], sizes[1]);
		size_t reference[CELLS] = {(size_t)sides[0][0].low, (size_t)sides[0][1].low, (size_t)sides[0][2].low}, met = 0;
		bool more = reference[0] + reference[1] + reference[2] == sizes[0] || next_counts(reference, sides[0], sizes[0]);
		for (; more; more = next_counts(reference, sides[0], sizes[0])) {
			size_t current[CELLS] = {(size_t)sides[1][0].low, (size_t)sides[1][1].low, (size_t)sides[1][2].low};
			bool inner = current[0] + current[1] + current[2] == sizes[1] || next_counts(current, sides[1], sizes[1]);
			for (; inner; inner = next_counts(current, sides[1], sizes[1])) {
				double values[METHOD_COUNT];
				values_of(values, reference, current);
				met++;
				for (enum drift_method m = METHOD_PSI; m <= METHOD_KL; m++) {
					/* Roots make much of what rounding leaves. */
					assert_true(bounds[m].low <= values[m] + 1e-7 && values[m] <= bounds[m].high + 1e-7);
					assert_true(width || bounds[m].high - bounds[m].low < 1e-6);
				}
			}
		}
		assert_true(met > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_bounds)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cell_bounds", tests, NULL, NULL);
}

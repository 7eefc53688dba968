/* Walks in every mode against sorting everything: the same ties in the same order where all is wanted, and else the same largest gaps,
 * places and counts at edges, for data that is meant to be awkward. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/table/cells.h"
#include "doubles.h"
#include "ordered.h"
#include "work.h"

enum { PLACES = 7, EDGES = 6, KINDS = 14 };

struct sample { double *values; size_t count; };

static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static double unit(uint64_t *state)
{
	return (double)(next(state) >> 11) * 0x1p-53;
}

static double bits_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return isfinite(value) ? value : 1;
}

/* One value of a kind of data. */
static double value_of(int kind, size_t i, uint64_t *state)
{
	double u = unit(state);

	switch (kind) {
	case 0: return u;
	case 1: return exp(20 * u - 10);
	case 2: return floor(100 * u);
	case 3: return 42;
	case 4: return u < 0.5 ? 0 : u;
	case 5: return bits_double(next(state));
	case 6: return (double)(i % 3) * DBL_MAX / 2 - DBL_MAX / 2;
	case 7: return 5e-324 * floor(50 * u) + (i % 4 ? 0 : 1e-300);
	case 8: return 1 + DBL_EPSILON * floor(3000 * u);               /* all in one cell beside what follows */
	case 9: return i == 0 ? 1e300 : i == 1 ? -1e300 : 1 + DBL_EPSILON * floor(100000 * u);
	case 10: return (double)i;
	case 11: return i % 10 ? 7 : -u;
	case 12: return (u - 0.5) * (u < 0.3 ? 1e-200 : 1e200);
	default: return round(1000 * u * u) / 100;
	}
}

static struct sample make(int kind, size_t count, double shift, uint64_t seed)
{
	struct sample out = {malloc((count + 1) * sizeof(double)), count};

	for (size_t i = 0; i < count; i++) {
		out.values[i] = value_of(kind, i, &seed) * (kind == 6 ? 1 : 1 + shift) + 0.0;
		if (!isfinite(out.values[i]))
			out.values[i] = DBL_MAX;
	}
	return out;
}

static int order(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* --- what a walk gives --- */

struct answer {
	struct tie *ties;      /* only where all was wanted */
	size_t count, room;
	uint64_t seen[2], skips;
	double last;
	int64_t best, least;   /* gaps times n m */
	double best_at, least_at;
	double at_place[2][PLACES];
	uint64_t up_to[2][EDGES];
	/* given */
	bool all;
	size_t n, m;
	const uint64_t *places[2];
	size_t place_count[2];
	const double *edges;
	size_t edge_count, edge, place[2];
};

static void see(struct answer *answer, const struct tie *tie)
{
	const uint64_t counts[2] = {tie->reference, tie->current};

	assert_true(tie->reference || tie->current);
	assert_true(tie->value > answer->last);
	answer->last = tie->value;
	for (; answer->edge < answer->edge_count && answer->edges[answer->edge] < tie->value; answer->edge++)
		for (int s = 0; s < 2; s++)
			answer->up_to[s][answer->edge] = answer->seen[s];
	for (int s = 0; s < 2; s++) {
		answer->seen[s] += counts[s];
		for (; answer->place[s] < answer->place_count[s] && answer->places[s][answer->place[s]] < answer->seen[s]; answer->place[s]++)
			answer->at_place[s][answer->place[s]] = tie->value;
	}
	int64_t gap = (int64_t)(answer->seen[0] * answer->m) - (int64_t)(answer->seen[1] * answer->n);
	if (gap > answer->best) {
		answer->best = gap;
		answer->best_at = tie->value;
	}
	if (gap < answer->least) {
		answer->least = gap;
		answer->least_at = tie->value;
	}
	if (answer->all) {
		if (answer->count == answer->room)
			answer->ties = realloc(answer->ties, (answer->room = 2 * answer->room + 64) * sizeof *answer->ties);
		answer->ties[answer->count++] = *tie;
	}
}

static void ties(void *context, size_t column, const struct tie *given, size_t count)
{
	struct answer *answers = context;

	for (size_t i = 0; i < count; i++)
		see(&answers[column], &given[i]);
}

static void pass_over(void *context, size_t column, double from, uint64_t reference, uint64_t current)
{
	struct answer *answer = (struct answer *)context + column;

	assert_false(answer->all);
	assert_true(from > answer->last || isinf(from));
	for (; answer->edge < answer->edge_count && answer->edges[answer->edge] < from; answer->edge++)
		for (int s = 0; s < 2; s++)
			answer->up_to[s][answer->edge] = answer->seen[s];
	answer->seen[0] += reference;
	answer->seen[1] += current;
	answer->skips++;
	for (int s = 0; s < 2; s++)
		if (answer->place[s] < answer->place_count[s])
			assert_true(answer->places[s][answer->place[s]] >= answer->seen[s]);
}

static void end(struct answer *answer)
{
	for (; answer->edge < answer->edge_count; answer->edge++)
		for (int s = 0; s < 2; s++)
			answer->up_to[s][answer->edge] = answer->seen[s];
	assert_int_equal(answer->seen[0], answer->n);
	assert_int_equal(answer->seen[1], answer->m);
	for (int s = 0; s < 2; s++)
		assert_int_equal(answer->place[s], answer->place_count[s]);
}

/* The definition. */
static void sort_and_see(struct answer *answer, const struct sample *a, const struct sample *b)
{
	double *x = malloc((a->count + 1) * sizeof *x), *y = malloc((b->count + 1) * sizeof *y);
	size_t i = 0, k = 0;

	memcpy(x, a->values, a->count * sizeof *x);
	memcpy(y, b->values, b->count * sizeof *y);
	qsort(x, a->count, sizeof *x, order);
	qsort(y, b->count, sizeof *y, order);
	while (i < a->count || k < b->count) {
		struct tie tie = {.value = k == b->count || (i < a->count && x[i] <= y[k]) ? x[i] : y[k]};
		for (; i < a->count && x[i] == tie.value; i++)
			tie.reference++;
		for (; k < b->count && y[k] == tie.value; k++)
			tie.current++;
		see(answer, &tie);
	}
	end(answer);
	free(x);
	free(y);
}

/* --- a side --- */

enum { PIECE = 300 };

struct feed { const struct sample *columns; const struct ordered_sink *sink; const size_t *list; size_t pieces, place; };

static void feed_piece(void *context, size_t i, unsigned worker)
{
	const struct feed *feed = context;
	const struct sample *sample = &feed->columns[feed->list[feed->place]];
	size_t at = i * PIECE, count = sample->count - at < PIECE ? sample->count - at : PIECE;

	feed->sink->take(feed->sink->context, worker, feed->place, sample->values + at, count);
}

struct again { const struct sample *columns; unsigned jobs; size_t reads; };

static int read_again(void *context, const size_t *columns, size_t count, const struct ordered_sink *sink, struct failure *failure)
{
	struct again *again = context;

	(void)failure;
	again->reads++;
	for (size_t i = 0; i < count; i++) {
		struct feed feed = {again->columns, sink, columns, 0, i};
		work_each((again->columns[columns[i]].count + PIECE - 1) / PIECE, again->jobs, feed_piece, &feed);
	}
	return 0;
}

static void take(void *context, unsigned worker, size_t place, const double *values, size_t count)
{
	ordered_take(context, worker, place, values, count);
}

static struct ordered *fill(struct again *again, size_t columns, size_t memory, bool keep, bool sampled, struct ordered *like)
{
	struct ordered_options options = {columns, again->jobs, memory, keep, {read_again, again}};
	struct ordered *side = ordered_open(&options, like);
	const struct ordered_sink sink = {take, side};
	struct failure failure;
	size_t list[KINDS];

	for (size_t i = 0; i < columns; i++) {
		list[i] = i;
		/* A bad sample costs time and nothing else. */
		if (!keep && !like && sampled)
			ordered_sample(side, i, again->columns[i].values, again->columns[i].count);
	}
	ordered_start(side);
	read_again(again, list, columns, &sink, &failure);
	assert_true(ordered_finish(side));
	assert_true(ordered_is_kept(side) == keep);
	return side;
}

/* --- comparison --- */

struct data { struct sample a[KINDS], b[KINDS]; struct answer truth[KINDS]; uint64_t places[2][KINDS][PLACES]; double edges[KINDS][EDGES]; };

static void prepare(struct answer *answer, struct data *data, int kind, bool all)
{
	*answer = (struct answer){.last = -INFINITY, .all = all, .n = data->a[kind].count, .m = data->b[kind].count};
	for (int s = 0; s < 2; s++) {
		size_t count = s ? answer->m : answer->n;
		answer->places[s] = data->places[s][kind];
		answer->place_count[s] = count ? PLACES : 0;
		for (size_t i = 0; i < PLACES && count; i++)
			data->places[s][kind][i] = i * (count - 1) / (PLACES - 1);
	}
	/* On values, beside them, and far off. */
	answer->edges = data->edges[kind];
	answer->edge_count = EDGES;
	double *edges = data->edges[kind];
	double some = data->a[kind].count ? data->a[kind].values[data->a[kind].count / 2] : 0;
	double other = data->b[kind].count ? data->b[kind].values[data->b[kind].count / 3] : 0;
	const double chosen[EDGES] = {-DBL_MAX, some, nextafter(some, INFINITY), other, nextafter(other, -INFINITY), DBL_MAX};
	memcpy(edges, chosen, sizeof chosen);
	for (size_t i = 0; i < EDGES; i++)
		if (!isfinite(edges[i]))
			edges[i] = 0;
	qsort(edges, EDGES, sizeof *edges, order);
}

static void same(const struct answer *found, const struct answer *truth)
{
	assert_int_equal(found->best, truth->best);
	assert_int_equal(found->least, truth->least);
	assert_true(found->best_at == truth->best_at);
	assert_true(found->least_at == truth->least_at);
	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < truth->place_count[s]; i++)
			assert_true(found->at_place[s][i] == truth->at_place[s][i]);
		for (size_t i = 0; i < EDGES; i++)
			assert_int_equal(found->up_to[s][i], truth->up_to[s][i]);
	}
	if (found->all) {
		assert_int_equal(found->count, truth->count);
		if (truth->count)
			assert_memory_equal(found->ties, truth->ties, truth->count * sizeof *truth->ties);
	}
}

static void compare(struct data *data, unsigned jobs, size_t memory, bool keep_a, bool keep_b, bool sampled, bool all)
{
	struct again a = {.columns = data->a, .jobs = jobs}, b = {.columns = data->b, .jobs = jobs};
	struct ordered *reference = fill(&a, KINDS, keep_a ? (size_t)1 << 30 : memory, keep_a, sampled, NULL);
	struct ordered *current = fill(&b, KINDS, keep_b ? (size_t)1 << 30 : memory, keep_b, sampled, reference);
	struct ordered_want wants[KINDS];
	struct answer answers[KINDS];
	const struct ordered_visitor visitor = {ties, pass_over, answers};
	struct failure failure;

	for (int kind = 0; kind < KINDS; kind++) {
		struct answer *answer = &answers[kind];
		/* Where both are kept nothing is skipped, whatever was wanted. */
		prepare(answer, data, kind, all);
		wants[kind] = (struct ordered_want){
			.all = all,
			.gaps = true,
			.places = {answer->places[0], answer->places[1]},
			.place_count = {answer->place_count[0], answer->place_count[1]},
			.edges = answer->edges,
			.edge_count = answer->edge_count,
		};
		assert_int_equal(ordered_sum(reference, (size_t)kind)->count, data->a[kind].count);
	}
	assert_int_equal(ordered_walk(reference, current, wants, &visitor, &failure), 0);
	for (int kind = 0; kind < KINDS; kind++) {
		end(&answers[kind]);
		same(&answers[kind], &data->truth[kind]);
		free(answers[kind].ties);
	}
	ordered_close(current);
	ordered_close(reference);
}

static void fill_data(struct data *data, size_t n, size_t m, double shift)
{
	for (int kind = 0; kind < KINDS; kind++) {
		data->a[kind] = make(kind, n, 0, 1);
		data->b[kind] = make(kind, m, shift, shift == 0 ? 1 : 2);
		prepare(&data->truth[kind], data, kind, true);
		sort_and_see(&data->truth[kind], &data->a[kind], &data->b[kind]);
	}
}

static void free_data(struct data *data)
{
	for (int kind = 0; kind < KINDS; kind++) {
		free(data->a[kind].values);
		free(data->b[kind].values);
		free(data->truth[kind].ties);
	}
}

static void every_mode(size_t n, size_t m, double shift, size_t memory)
{
	struct data *data = calloc(1, sizeof *data);

	fill_data(data, n, m, shift);
	for (unsigned mode = 0; mode < 16; mode++)
		for (unsigned jobs = 1; jobs <= 3; jobs += 2)
			compare(data, jobs, memory, mode & 1, mode & 2, mode & 4, mode & 8);
	free_data(data);
	free(data);
}

static void tiny(void **state)
{
	(void)state;
	every_mode(1, 1, 0.1, 1 << 20);
	every_mode(2, 5, 0.1, 1 << 12);
	every_mode(0, 3, 0.1, 1 << 20);
	every_mode(3, 0, 0.1, 1 << 20);
	every_mode(0, 0, 0.1, 1 << 20);
}

static void drifted(void **state)
{
	(void)state;
	every_mode(5000, 9000, 0.05, 1 << 24);
	every_mode(9000, 4000, 0.01, 1 << 14); /* many passes, and cells that are too large for one */
}

static void equal(void **state)
{
	(void)state;
	every_mode(6000, 6000, 0, 1 << 16);
}

/* Of evenly spread data little is looked into. */
static void little_is_read(void **state)
{
	enum { COUNT = 200000 };
	struct sample a = make(0, COUNT, 0, 3), b = make(0, COUNT, 0.1, 4);
	struct again again_a = {.columns = &a, .jobs = 2}, again_b = {.columns = &b, .jobs = 2};
	struct ordered *reference = fill(&again_a, 1, 1 << 24, false, true, NULL);
	struct ordered *current = fill(&again_b, 1, 1 << 24, false, true, reference);
	const struct ordered_want want = {.gaps = true};
	struct answer answer = {.last = -INFINITY, .n = COUNT, .m = COUNT};
	const struct ordered_visitor visitor = {ties, pass_over, &answer};
	struct failure failure;
	uint64_t none[2] = {0, 0};

	(void)state;
	answer.places[0] = answer.places[1] = none;
	assert_int_equal(ordered_walk(reference, current, &want, &visitor, &failure), 0);
	end(&answer);
	assert_int_equal(again_a.reads, 2);
	assert_int_equal(again_b.reads, 2);
	assert_true(answer.skips > 0);
	ordered_close(current);
	ordered_close(reference);
	free(a.values);
	free(b.values);
}

static void too_much(void **state)
{
	struct sample a = make(0, 5000, 0, 3);
	struct again again = {.columns = &a, .jobs = 3};
	struct ordered_options options = {1, 3, 20000, true, {read_again, &again}};
	struct ordered *side = ordered_open(&options, NULL);
	const struct ordered_sink sink = {take, side};
	const size_t list = 0;
	struct failure failure;

	(void)state;
	ordered_start(side);
	read_again(&again, &list, 1, &sink, &failure);
	assert_false(ordered_finish(side));
	ordered_close(side);
	free(a.values);
}

/* Other values than before, the second time. */
static void changed(void **state)
{
	struct sample a = make(0, 5000, 0, 3);
	struct again again = {.columns = &a, .jobs = 2};
	struct ordered *side = fill(&again, 1, 1 << 20, false, true, NULL);
	const struct ordered_want want = {.all = true};
	struct answer answer = {.last = -INFINITY, .all = true};
	const struct ordered_visitor visitor = {ties, pass_over, &answer};
	struct failure failure;

	(void)state;
	a.count--;
	assert_int_equal(ordered_walk(side, NULL, &want, &visitor, &failure), -1);
	free(answer.ties);
	ordered_close(side);
	free(a.values);
}

static void sorting(void **state)
{
	uint64_t random = 5;

	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		for (size_t count = 0; count < 3000; count = count * 3 + 1) {
			struct sample a = make(kind, count, 0, next(&random));
			double *copy = malloc((count + 1) * sizeof *copy), *scratch = malloc((count + 1) * sizeof *scratch);
			memcpy(copy, a.values, count * sizeof *copy);
			qsort(copy, count, sizeof *copy, order);
			doubles_sort(a.values, scratch, count);
			assert_memory_equal(copy, a.values, count * sizeof *copy);
			free(copy);
			free(scratch);
			free(a.values);
		}
	}
}

/* Many at once as one by one, and never falling. */
static void cells(void **state)
{
	enum { COUNT = 4000 };
	double *scratch = malloc(COUNT * sizeof *scratch);
	uint16_t *found = malloc(COUNT * sizeof *found);

	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		for (int sampled = 0; sampled < 2; sampled++) {
			struct sample a = make(kind, COUNT, 0, 3), fit = make(kind, sampled ? COUNT : 0, 0.1, 4);
			struct cells map;
			cells_fit(&map, CELLS_MAX, fit.values, fit.count);
			cells_find(found, &map, a.values, COUNT);
			for (size_t i = 0; i < COUNT; i++) {
				assert_int_equal(found[i], cells_find_one(&map, a.values[i]));
				assert_true(found[i] < map.count);
			}
			doubles_sort(a.values, scratch, COUNT);
			cells_find(found, &map, a.values, COUNT);
			for (size_t i = 1; i < COUNT; i++)
				assert_true(found[i - 1] <= found[i]);
			for (size_t i = 0; i < COUNT; i += 97) {
				double start = cells_start(&map, found[i]);
				assert_true(start <= a.values[i]);
				assert_true(start == -DBL_MAX || cells_find_one(&map, nextafter(start, -INFINITY)) < found[i]);
			}
			cells_release(&map);
			free(a.values);
			free(fit.values);
		}
	}
	free(scratch);
	free(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorting),
		cmocka_unit_test(cells),
		cmocka_unit_test(tiny),
		cmocka_unit_test(drifted),
		cmocka_unit_test(equal),
		cmocka_unit_test(little_is_read),
		cmocka_unit_test(too_much),
		cmocka_unit_test(changed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "rank_bounds.h"

#include <stdlib.h>

#include "arena.h"
#include "statistics.h"

/* --- from values, from cells --- */

static struct span exactly(uint64_t count)
{
	return (struct span){count, count};
}

static void add_point(struct rank_bounds *bounds, double value, struct span below, struct span upto)
{
	bounds->points[bounds->count++] = (struct rank_point){value, below, upto};
}

static void of_run(struct rank_bounds *out, const struct profile_column *column, struct arena *arena)
{
	uint64_t seen = 0;

	out->points = arena_array(arena, column->run_count, sizeof *out->points);
	for (size_t i = 0; i < column->run_count; i++) {
		uint64_t upto = seen + column->run[i].count;
		add_point(out, column->run[i].value, exactly(seen), exactly(upto));
		seen = upto;
	}
}

/* Of a cell one value is its least and one its largest. */
static void add_open(struct rank_bounds *out, const struct profile_cell *cell, uint64_t seen)
{
	uint64_t end = seen + cell->open;
	struct span between = {seen + 1, end - 1};

	if (!cell->open)
		return;
	if (cell->min == cell->max) {
		add_point(out, cell->min, exactly(seen), exactly(end));
		return;
	}
	add_point(out, cell->min, exactly(seen), between);
	add_point(out, cell->max, between, exactly(end));
}

static void of_cells(struct rank_bounds *out, const struct profile_column *column, struct arena *arena)
{
	uint64_t seen = 0;

	out->points = arena_array(arena, 3 * column->border_count + 2, sizeof *out->points);
	for (size_t i = 0; i <= column->border_count; i++) {
		const struct profile_cell *cell = &column->cells[i];
		add_open(out, cell, seen);
		seen += cell->open;
		if (cell->at)
			add_point(out, column->borders[i], exactly(seen), exactly(seen + cell->at));
		seen += cell->at;
	}
}

/* --- from a sketch --- */

struct weighed { double value; uint64_t weight; };

static int order_weighed(const void *left, const void *right)
{
	const struct weighed *a = left, *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/* All items, and the least and largest value, of which there is at least one. */
static struct weighed *weighed_of(size_t *count, const struct profile_column *column, struct arena *arena)
{
	const struct sketch *sketch = column->sketch;
	size_t all = 2;

	for (unsigned h = 0; h < SKETCH_LEVELS; h++)
		all += sketch->levels[h].count;
	struct weighed *out = arena_array(arena, all, sizeof *out);
	out[0].value = column->sum.min;
	out[1].value = column->sum.max;
	*count = 2;
	for (unsigned h = 0; h < SKETCH_LEVELS; h++)
		for (size_t i = 0; i < sketch->levels[h].count; i++)
			out[(*count)++] = (struct weighed){sketch->levels[h].items[i], (uint64_t)1 << h};
	qsort(out, *count, sizeof *out, order_weighed);
	return out;
}

static uint64_t between(uint64_t value, uint64_t low, uint64_t high)
{
	return value < low ? low : value > high ? high : value;
}

static struct span widened(uint64_t told, const struct sketch *sketch, uint64_t low, uint64_t high)
{
	return (struct span){between(told < sketch->over ? 0 : told - sketch->over, low, high),
	                     between(high - told < sketch->under ? high : told + sketch->under, low, high)};
}

static void of_sketch(struct rank_bounds *out, const struct profile_column *column, struct arena *arena)
{
	const struct exact_sum *sum = &column->sum;
	size_t count, i = 0;
	struct weighed *items = weighed_of(&count, column, arena);
	uint64_t told = 0;

	out->error = column->sketch->over > column->sketch->under ? column->sketch->over : column->sketch->under;
	out->points = arena_array(arena, count, sizeof *out->points);
	while (i < count) {
		double value = items[i].value;
		uint64_t before = told;
		for (; i < count && items[i].value == value; i++)
			told += items[i].weight;
		bool first = value == sum->min, last = value == sum->max;
		/* Below the least there is nothing, and at most the largest is everything. */
		struct span below = first ? exactly(0) : widened(before, column->sketch, 1, sum->count - 1);
		struct span upto = last ? exactly(sum->count) : widened(told, column->sketch, 1, sum->count - 1);
		add_point(out, value, below, upto);
	}
}

bool rank_bounds_of(struct rank_bounds *out, const struct profile_column *column, struct arena *arena)
{
	*out = (struct rank_bounds){.n = column->sum.count};
	if (column->has_run)
		of_run(out, column, arena);
	else if (column->has_cells)
		of_cells(out, column, arena);
	else if (column->sketch)
		of_sketch(out, column, arena);
	return out->count || !out->n;
}

/* --- asking --- */

/* How many points are at most value. */
static size_t points_upto(const struct rank_bounds *bounds, double value)
{
	size_t low = 0, high = bounds->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (bounds->points[middle].value <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Behind so many points. */
static struct span gap_behind(const struct rank_bounds *bounds, size_t points)
{
	return (struct span){points ? bounds->points[points - 1].upto.low : 0, points < bounds->count ? bounds->points[points].below.high : bounds->n};
}

struct span ranks_upto(const struct rank_bounds *bounds, double value)
{
	size_t points = points_upto(bounds, value);

	return points && bounds->points[points - 1].value == value ? bounds->points[points - 1].upto : gap_behind(bounds, points);
}

/* The last point that the value at this place of the order, from 0, is surely not less than. */
static size_t point_below(const struct rank_bounds *bounds, uint64_t place)
{
	size_t low = 0, high = bounds->count;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;
		if (bounds->points[middle].below.high <= place)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The first that it is surely not more than. */
static size_t point_above(const struct rank_bounds *bounds, uint64_t place)
{
	size_t low = 0, high = bounds->count - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (bounds->points[middle].upto.low > place)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct value_range rank_quantile(const struct rank_bounds *bounds, double share)
{
	const struct rank_point *points = bounds->points;
	double between;
	uint64_t place = quantile_place(&between, bounds->n, share), next = place + 1 < bounds->n ? place + 1 : place;

	return (struct value_range){quantile_between(points[point_below(bounds, place)].value, points[point_below(bounds, next)].value, between),
	                            quantile_between(points[point_above(bounds, place)].value, points[point_above(bounds, next)].value, between)};
}

/* --- Kolmogorov-Smirnov --- */

/* What both distribution functions may be at a value, or anywhere between two. */
static void look(struct ks_bounds *most, const struct span at[2], uint64_t n, uint64_t m)
{
	double plus = cross_difference(at[0].low, n, at[1].high, m), minus = -cross_difference(at[0].high, n, at[1].low, m);
	double high_plus = cross_difference(at[0].high, n, at[1].low, m), high_minus = -cross_difference(at[0].low, n, at[1].high, m);

	most->plus = plus > most->plus ? plus : most->plus;
	most->minus = minus > most->minus ? minus : most->minus;
	most->most = high_plus > most->most ? high_plus : most->most;
	most->most = high_minus > most->most ? high_minus : most->most;
}

void ks_bounds(struct ks_bounds *out, const struct rank_bounds *reference, const struct rank_bounds *current)
{
	const struct rank_bounds *const sides[2] = {reference, current};
	double whole = (double)reference->n * (double)current->n;
	size_t next[2] = {0, 0};

	*out = (struct ks_bounds){0};
	while (next[0] < reference->count || next[1] < current->count) {
		struct span at[2], behind[2];
		double value = next[0] == reference->count || (next[1] < current->count && current->points[next[1]].value < reference->points[next[0]].value)
		                   ? current->points[next[1]].value
		                   : reference->points[next[0]].value;
		for (int s = 0; s < 2; s++) {
			bool here = next[s] < sides[s]->count && sides[s]->points[next[s]].value == value;
			at[s] = here ? sides[s]->points[next[s]].upto : gap_behind(sides[s], next[s]);
			next[s] += here;
			behind[s] = gap_behind(sides[s], next[s]);
		}
		look(out, at, reference->n, current->n);
		look(out, behind, reference->n, current->n);
	}
	out->plus /= whole;
	out->minus /= whole;
	out->most = out->most < whole ? out->most / whole : 1;
	out->d = out->plus > out->minus ? out->plus : out->minus;
}

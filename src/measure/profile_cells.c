#include "profile_cells.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

void counting_add(struct counting *counting, double value, uint64_t count)
{
	while (counting->at < counting->border_count && counting->borders[counting->at] < value)
		counting->at++;
	struct profile_cell *cell = &counting->cells[counting->at];
	if (counting->at < counting->border_count && counting->borders[counting->at] == value) {
		cell->at += count;
		return;
	}
	if (!cell->open)
		cell->min = value;
	cell->max = value;
	cell->open += count;
}

void borders_begin(struct borders *borders, uint64_t n)
{
	size_t count = n < PROFILE_BORDERS ? (size_t)n : PROFILE_BORDERS;

	borders->count = count;
	/* Whole parts and rests apart, as the product may not fit. */
	for (size_t i = 0; i < count; i++)
		borders->places[i] = count < 2 ? 0 : i * ((n - 1) / (count - 1)) + i * ((n - 1) % (count - 1)) / (count - 1);
}

static int order_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static void set_borders(struct profile_column *column, const double *values, size_t count, struct arena *arena)
{
	column->borders = arena_array(arena, count + column->cut_count, sizeof *column->borders);
	if (count)
		memcpy(column->borders, values, count * sizeof *values);
	for (size_t i = 0; i < column->cut_count; i++)
		column->borders[count + i] = column->cuts[i];
	count += column->cut_count;
	if (count)
		qsort(column->borders, count, sizeof *column->borders, order_doubles);
	column->border_count = 0;
	for (size_t i = 0; i < count; i++)
		if (!column->border_count || column->borders[i] != column->borders[column->border_count - 1])
			column->borders[column->border_count++] = column->borders[i];
}

void borders_end(struct profile_column *column, const struct borders *borders, struct arena *arena)
{
	set_borders(column, borders->values, borders->count, arena);
}

/* The run as a walk of one side. */
static struct tie *ties_of_run(const struct profile_column *column, struct arena *arena)
{
	struct tie *ties = arena_array(arena, column->run_count, sizeof *ties);

	for (size_t i = 0; i < column->run_count; i++)
		ties[i] = (struct tie){column->run[i].value, column->run[i].count, 0};
	return ties;
}

void profile_base(struct number_base *base, const struct profile_column *column, struct arena *arena)
{
	base_of_ties(base, ties_of_run(column, arena), column->run_count, column->sum.count, arena);
}

void profile_borders(struct profile_column *column, struct arena *arena)
{
	struct borders *borders = arena_alloc(arena, sizeof *borders);
	struct number_base base;

	profile_base(&base, column, arena);
	column->own = true;
	column->cut_count = base.cut_count;
	memcpy(column->cuts, base.cuts, sizeof column->cuts);
	memcpy(column->quantiles, base.quantiles, sizeof column->quantiles);
	if (column->run_count <= PROFILE_BORDERS) {
		double *values = arena_array(arena, column->run_count, sizeof *values);
		for (size_t i = 0; i < column->run_count; i++)
			values[i] = column->run[i].value;
		set_borders(column, values, column->run_count, arena);
		return;
	}
	borders_begin(borders, column->sum.count);
	struct rank_picks picks = {.places = borders->places, .values = borders->values, .count = borders->count};
	picks_add(&picks, false, ties_of_run(column, arena), column->run_count);
	borders_end(column, borders, arena);
}

const struct profile_cell *profile_cells_at(const struct profile_column *column, const double *borders, size_t count, struct arena *arena)
{
	if (column->has_cells && column->border_count == count &&
	    (count == 0 || memcmp(column->borders, borders, count * sizeof *borders) == 0))
		return column->cells;
	if (!column->has_run)
		return NULL;
	struct counting counting = {borders, count, 0, arena_array(arena, count + 1, sizeof(struct profile_cell))};
	for (size_t i = 0; i < column->run_count; i++)
		counting_add(&counting, column->run[i].value, column->run[i].count);
	return counting.cells;
}

/* --- comparing --- */

static size_t merge_runs(struct tie **out, const struct profile_column *reference, const struct profile_column *current, struct arena *arena)
{
	struct tie *ties = arena_array(arena, reference->run_count + current->run_count, sizeof *ties);
	size_t i = 0, j = 0, k = 0;

	for (; i < reference->run_count || j < current->run_count; k++) {
		const struct profile_value *r = i < reference->run_count ? &reference->run[i] : NULL, *c = j < current->run_count ? &current->run[j] : NULL;
		bool first = r && (!c || r->value <= c->value), second = c && (!r || c->value <= r->value);
		ties[k] = (struct tie){first ? r->value : c->value, first ? r->count : 0, second ? c->count : 0};
		i += first;
		j += second;
	}
	*out = ties;
	return k;
}

/* A walk over cells: in one where the sides' values lie apart, or all are the same, it is as if over the values. */
struct cell_walk {
	struct ranks ranks;
	uint64_t n, m, seen[2];
	double most; /* the largest difference that there may be inside a cell */
};

static void step(struct cell_walk *walk, double value, uint64_t reference, uint64_t current)
{
	struct tie tie = {value, reference, current};

	if (reference || current)
		ranks_add(&walk->ranks, &tie, 1);
	walk->seen[0] += reference;
	walk->seen[1] += current;
}

static void step_open(struct cell_walk *walk, const struct profile_cell *r, const struct profile_cell *c)
{
	bool same = r->min == r->max && c->min == c->max && r->min == c->min;

	if (!r->open || !c->open || r->max < c->min || same) {
		step(walk, r->open ? r->max : 0, r->open, same && r->open ? c->open : 0);
		if (!(same && r->open))
			step(walk, c->open ? c->max : 0, 0, c->open);
	} else if (c->max < r->min) {
		step(walk, c->max, 0, c->open);
		step(walk, r->max, r->open, 0);
	} else {
		double low[2] = {(double)walk->seen[0] / (double)walk->n, (double)walk->seen[1] / (double)walk->m};
		double high[2] = {(double)(walk->seen[0] + r->open) / (double)walk->n, (double)(walk->seen[1] + c->open) / (double)walk->m};
		double above = high[0] - low[1], below = high[1] - low[0];
		walk->most = above > walk->most ? above : walk->most;
		walk->most = below > walk->most ? below : walk->most;
		step(walk, r->max > c->max ? r->max : c->max, r->open, c->open);
	}
}

static void walk_cells(struct number_facts *out, const double *borders, size_t count, const struct profile_cell *reference,
                       const struct profile_cell *current, uint64_t n, uint64_t m)
{
	struct cell_walk walk = {.n = n, .m = m};

	ranks_begin(&walk.ranks, n, m, RANKS_KS);
	for (size_t i = 0; i <= count; i++) {
		step_open(&walk, &reference[i], &current[i]);
		if (i < count)
			step(&walk, borders[i], reference[i].at, current[i].at);
	}
	ranks_end(&out->ranks, &walk.ranks);
	out->ranks.pooled = 0;
	out->most = walk.most;
}

/* Cuts are borders. */
static void count_cuts(struct number_facts *out, int side, const double *borders, size_t count, const struct profile_cell *cells)
{
	size_t cut = 0;

	for (size_t i = 0; i <= count; i++) {
		out->cells[side][cut] += (size_t)cells[i].open;
		if (i < count)
			out->cells[side][cut] += (size_t)cells[i].at;
		if (i < count && cut < out->cut_count && borders[i] == out->cuts[cut])
			cut++;
	}
}

static void end_sides(struct number_facts *out, const struct profile_column *const columns[2])
{
	for (int s = REFERENCE; s <= CURRENT; s++) {
		if (!columns[s]->sum.count)
			continue;
		out->ranks.min[s] = columns[s]->sum.min;
		out->ranks.max[s] = columns[s]->sum.max;
		sum_moments(&out->moments[s], &columns[s]->sum);
	}
}

/* Where a side's values are not there, what cells tell; without those, moments alone. */
static void by_cells(struct number_facts *out, const struct profile_column *reference, const struct profile_column *current, struct arena *arena)
{
	const struct profile_column *const columns[2] = {reference, current};
	struct profile_column with_borders = *reference;

	out->by_cells = out->no_gaps = true;
	out->no_cuts = !reference->own && !reference->has_run;
	out->no_quantiles[REFERENCE] = out->no_cuts;
	out->no_quantiles[CURRENT] = true;
	out->ranks = (struct rank_results){.n = reference->sum.count, .m = current->sum.count};
	if (!reference->has_cells && reference->has_run)
		profile_borders(&with_borders, arena);
	const struct profile_cell *r = with_borders.borders ? profile_cells_at(reference, with_borders.borders, with_borders.border_count, arena) : NULL;
	const struct profile_cell *c = with_borders.borders ? profile_cells_at(current, with_borders.borders, with_borders.border_count, arena) : NULL;
	if (r && c) {
		walk_cells(out, with_borders.borders, with_borders.border_count, r, c, reference->sum.count, current->sum.count);
		out->no_gaps = false;
	} else {
		out->no_cuts = true;
	}
	if (with_borders.own) {
		out->cut_count = with_borders.cut_count;
		memcpy(out->cuts, with_borders.cuts, sizeof out->cuts);
		memcpy(out->quantiles[REFERENCE], with_borders.quantiles, sizeof with_borders.quantiles);
	} else {
		out->no_cuts = true;
	}
	if (!out->no_cuts) {
		count_cuts(out, REFERENCE, with_borders.borders, with_borders.border_count, r);
		count_cuts(out, CURRENT, with_borders.borders, with_borders.border_count, c);
	}
	end_sides(out, columns);
}

void profile_numbers(struct number_facts *out, const struct profile_column *reference, const struct profile_column *current,
                     const struct pair *pair, const struct drift_request *request, struct arena *arena)
{
	bool runs = (reference->has_run || !reference->sum.count) && (current->has_run || !current->sum.count);

	*out = (struct number_facts){0};
	if (!runs) {
		by_cells(out, reference, current, arena);
		return;
	}
	const struct exact_sum *const sums[2] = {&reference->sum, &current->sum};
	struct number_base base = {.shape = NULL};
	struct tie *ties;
	size_t count = merge_runs(&ties, reference, current, arena);
	if (reference->sum.count)
		profile_base(&base, reference, arena);
	facts_of_ties(out, &base, sums, ties, count, pair, request, arena);
}

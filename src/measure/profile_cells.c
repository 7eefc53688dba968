#include "profile_cells.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "rank_bounds.h"

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

bool profile_base(struct number_base *base, const struct profile_column *column, struct arena *arena)
{
	*base = (struct number_base){.cut_count = column->cut_count};
	if (column->has_run) {
		base_of_ties(base, ties_of_run(column, arena), column->run_count, column->sum.count, arena);
		return true;
	}
	memcpy(base->cuts, column->cuts, sizeof base->cuts);
	memcpy(base->quantiles, column->quantiles, sizeof base->quantiles);
	return column->has_cells && column->own;
}

/* Places in the sketch's order, and around the deciles, so that these are no less known on the other side than on this. */
static void borders_of_ranks(struct profile_column *column, struct arena *arena)
{
	double *values = arena_array(arena, PROFILE_BORDERS + 2 * CUTS_MAX, sizeof *values);
	struct rank_bounds ranks;
	size_t count = 0;

	if (!rank_bounds_of(&ranks, column, arena) || !ranks.count)
		return;
	for (size_t i = 0; i < PROFILE_BORDERS; i++)
		values[count++] = ranks.points[i * (ranks.count - 1) / (PROFILE_BORDERS - 1)].value;
	for (int i = 1; i <= CUTS_MAX; i++) {
		struct value_range range = rank_quantile(&ranks, i * 0.1);
		values[count++] = range.low;
		values[count++] = range.high;
	}
	set_borders(column, values, count, arena);
}

void profile_borders(struct profile_column *column, struct arena *arena)
{
	struct borders *borders = arena_alloc(arena, sizeof *borders);
	struct number_base base;

	if (!column->has_run) {
		borders_of_ranks(column, arena);
		return;
	}
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

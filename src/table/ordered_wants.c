#include <stdlib.h>

#include "arena.h"
#include "ordered_walk.h"

static uint64_t count_in(const struct ordered_column *column, size_t cell)
{
	return column ? column->counts[cell] : 0;
}

/* The cell of a place in the order, from 0. */
static void want_places(uint8_t *wanted, const struct ordered_column *column, const uint64_t *places, size_t count)
{
	uint64_t below = 0;
	size_t at = 0;

	for (size_t cell = 0; cell < column->cells->count && at < count; cell++) {
		below += column->counts[cell];
		if (places[at] < below)
			wanted[cell] = CELL_WANTED;
		while (at < count && places[at] < below)
			at++;
	}
}

__extension__ struct gap { __int128 value; };

/* (F - G) * n * m, with so many values of each side behind. */
static struct gap gap_of(uint64_t reference, uint64_t n, uint64_t current, uint64_t m)
{
	return (struct gap){__extension__ (__int128)reference * m - __extension__ (__int128)current * n};
}

/* Of a cell the distribution functions are known at its borders. Between them their difference, either way, is at most as large as if one
 * side's values all came first. Where that is less than the best difference at any border, the best of all is not inside. */
static void want_gaps(uint8_t *wanted, const struct ordered_column *reference, const struct ordered_column *current)
{
	uint64_t n = reference->sum.count, m = current->sum.count, f = 0, g = 0;
	struct gap best = {0}, least = {0};

	if (!n || !m)
		return;
	for (size_t cell = 0; cell < reference->cells->count; cell++) {
		struct gap gap = gap_of(f += reference->counts[cell], n, g += current->counts[cell], m);
		best = gap.value > best.value ? gap : best;
		least = gap.value < least.value ? gap : least;
	}
	f = g = 0;
	for (size_t cell = 0; cell < reference->cells->count; cell++) {
		uint64_t a = reference->counts[cell], b = current->counts[cell];
		if ((a || b) && (gap_of(f + a, n, g, m).value >= best.value || gap_of(f, n, g + b, m).value <= least.value))
			wanted[cell] = CELL_WANTED;
		f += a;
		g += b;
	}
}

uint8_t *cells_wanted(const struct ordered_column *reference, const struct ordered_column *current, const struct ordered_want *want)
{
	const struct cells *cells = reference->cells;
	uint8_t *wanted = memory_get(cells->count);

	memset(wanted, want->all ? CELL_WANTED : 0, cells->count);
	want_places(wanted, reference, want->places[0], want->place_count[0]);
	if (current) {
		want_places(wanted, current, want->places[1], want->place_count[1]);
		if (want->gaps)
			want_gaps(wanted, reference, current);
	}
	for (size_t i = 0; i < want->edge_count; i++)
		wanted[cells_find_one(cells, want->edges[i])] = CELL_WANTED;
	/* An empty cell and a point hold nothing to look into. */
	for (size_t cell = 0; cell < cells->count; cell++) {
		bool empty = !count_in(reference, cell) && !count_in(current, cell);
		if (empty || cells_is_point(cells, cell))
			wanted[cell] = wanted[cell] && !want->all ? CELL_ENDS : 0;
	}
	return wanted;
}

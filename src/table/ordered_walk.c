#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "ordered_inner.h"
#include "ordered_walk.h"
#include "work.h"

/* What a pass holds at once is sorted with as much again beside it for half of it: 12 bytes a value, and some for blocks that are not full. */
enum { BYTES_A_VALUE = 14, RANGES_A_COLUMN = 15, LOCAL = 64, TIES = 256, STEP = 512 };

/* A run of cells of one column whose wanted values are taken in one pass. */
struct range {
	size_t column, first, last;
	uint64_t total[2], taken[2];
	double *values[2];
};

struct walk {
	struct ordered *sides[2];
	const struct ordered_want *wants;
	const struct ordered_visitor *visitor;
	size_t columns;
	uint8_t **wanted;      /* [column][cell] */
	size_t *next;          /* [column]: the first cell that is still to be walked */
	uint64_t budget;       /* values a pass may hold */
	struct range *ranges;  /* of this pass, by column and in order */
	size_t range_count;
	uint8_t **range_of;    /* [column][cell]: 0, or 1 + place among the column's ranges; NULL: none in this pass */
	size_t *first_range;   /* [column] */
	size_t *listed;        /* columns of this pass */
	size_t listed_count;
};

/* --- ties --- */

struct ties { const struct ordered_visitor *visitor; size_t column, count; struct tie items[TIES]; };

static void give_ties(struct ties *ties)
{
	if (ties->count)
		ties->visitor->ties(ties->visitor->context, ties->column, ties->items, ties->count);
	ties->count = 0;
}

static void add_tie(struct ties *ties, double value, uint64_t reference, uint64_t current)
{
	if (ties->count == TIES)
		give_ties(ties);
	ties->items[ties->count++] = (struct tie){value, reference, current};
}

static void merge(struct ties *ties, const double *a, uint64_t n, const double *b, uint64_t m)
{
	uint64_t i = 0, k = 0;

	while (i < n || k < m) {
		double value = k == m || (i < n && a[i] <= b[k]) ? a[i] : b[k];
		uint64_t i0 = i, k0 = k;
		while (i < n && a[i] == value)
			i++;
		while (k < m && b[k] == value)
			k++;
		add_tie(ties, value, i - i0, k - k0);
	}
}

/* --- what is kept on all sides --- */

static void walk_kept(void *context, size_t i, unsigned worker)
{
	const struct walk *walk = context;
	const struct ordered_column *a = &walk->sides[0]->columns[i], *b = walk->sides[1] ? &walk->sides[1]->columns[i] : NULL;
	struct ties ties = {.visitor = walk->visitor, .column = i};

	(void)worker;
	if (walk->wants[i].none)
		return;
	merge(&ties, a->values, a->sum.count, b ? b->values : NULL, b ? b->sum.count : 0);
	give_ties(&ties);
}

/* --- which ranges --- */

static const struct ordered_column *column_of(const struct walk *walk, int side, size_t column)
{
	return walk->sides[side] ? &walk->sides[side]->columns[column] : NULL;
}

static uint64_t count_in(const struct walk *walk, int side, size_t column, size_t cell)
{
	const struct ordered_column *known = column_of(walk, side, column);

	return known ? known->counts[cell] : 0;
}

static size_t cell_count(const struct walk *walk, size_t column)
{
	return walk->sides[0]->columns[column].cells->count;
}

static uint64_t to_take(const struct walk *walk, size_t column, size_t cell)
{
	if (!(walk->wanted[column][cell] & CELL_WANTED))
		return 0;
	return count_in(walk, 0, column, cell) + count_in(walk, 1, column, cell);
}

/* The longest range from the column's next cell on that takes at most so many values, but at least one cell. False where the cell
 * alone takes more. */
static bool extend(struct range *range, const struct walk *walk, size_t column, uint64_t most, uint64_t limit)
{
	size_t cells = cell_count(walk, column), cell = walk->next[column];
	uint64_t total = 0;

	*range = (struct range){.column = column, .first = cell};
	for (; cell < cells; cell++) {
		uint64_t more = to_take(walk, column, cell);
		if (more && total + more > (total ? most : limit))
			break;
		total += more;
		range->total[0] += more ? count_in(walk, 0, column, cell) : 0;
		range->total[1] += more ? count_in(walk, 1, column, cell) : 0;
	}
	range->last = cell;
	return cell > range->first;
}

static void list_range(struct walk *walk, const struct range *range)
{
	size_t column = range->column;

	if (!walk->range_of[column]) {
		size_t cells = cell_count(walk, column);
		walk->range_of[column] = memory_get(cells);
		memset(walk->range_of[column], 0, cells);
		walk->first_range[column] = walk->range_count;
		walk->listed[walk->listed_count++] = column;
	}
	size_t number = walk->range_count - walk->first_range[column] + 1;
	for (size_t cell = range->first; cell < range->last; cell++)
		if (walk->wanted[column][cell] & CELL_WANTED)
			walk->range_of[column][cell] = (uint8_t)number;
	walk->next[column] = range->last;
	walk->ranges[walk->range_count++] = *range;
}

/* Fills a pass. *large is a column whose next cell no pass can hold, else walk->columns. */
static void plan(struct walk *walk, size_t *large)
{
	uint64_t left = walk->budget, most = walk->budget / (2 * walk->sides[0]->options.jobs) + 1;
	struct range range;

	*large = walk->columns;
	for (size_t i = 0; i < walk->columns; i++) {
		for (size_t k = 0; k < RANGES_A_COLUMN && walk->wanted[i] && walk->next[i] < cell_count(walk, i); k++) {
			uint64_t limit = left < walk->budget / 2 ? left : walk->budget / 2;
			if (!extend(&range, walk, i, most < limit ? most : limit, limit)) {
				if (limit == walk->budget / 2 && k == 0)
					*large = i;
				break;
			}
			list_range(walk, &range);
			left -= range.total[0] + range.total[1];
		}
		if (*large < walk->columns)
			return;
	}
}

/* --- a pass --- */

struct taking { struct walk *walk; int side; };

static void put(struct range *range, int side, const double *values, size_t count)
{
	uint64_t at = __atomic_fetch_add(&range->taken[side], count, __ATOMIC_RELAXED);

	/* More than were counted can only be values of another file; found out by taken. */
	if (at + count <= range->total[side])
		memcpy(range->values[side] + at, values, count * sizeof *values);
}

static void take(void *context, unsigned worker, size_t place, const double *values, size_t count)
{
	const struct taking *taking = context;
	struct walk *walk = taking->walk;
	size_t column = walk->listed[place], used[RANGES_A_COLUMN + 1] = {0};
	struct range *ranges = walk->ranges + walk->first_range[column];
	const struct cells *map = walk->sides[0]->columns[column].cells;
	const uint8_t *range_of = walk->range_of[column];
	double local[RANGES_A_COLUMN][LOCAL];
	uint16_t cells[STEP];

	(void)worker;
	for (size_t at = 0; at < count; at += STEP) {
		size_t some = count - at < STEP ? count - at : STEP;
		cells_find(cells, map, values + at, some);
		for (size_t k = 0; k < some; k++) {
			size_t r = range_of[cells[k]];
			if (!r--)
				continue;
			local[r][used[r]++] = values[at + k];
			if (used[r] == LOCAL) {
				put(&ranges[r], taking->side, local[r], LOCAL);
				used[r] = 0;
			}
		}
	}
	for (size_t r = 0; r < RANGES_A_COLUMN; r++)
		if (used[r])
			put(&ranges[r], taking->side, local[r], used[r]);
}

static int read_sides(struct walk *walk, struct failure *failure)
{
	for (size_t r = 0; r < walk->range_count; r++)
		for (int s = 0; s < 2; s++)
			walk->ranges[r].values[s] = memory_get((size_t)walk->ranges[r].total[s] * sizeof(double));
	for (int s = 0; s < 2; s++) {
		struct taking taking = {walk, s};
		struct ordered_sink sink = {take, &taking};
		bool any = false;
		for (size_t r = 0; r < walk->range_count; r++)
			any = any || walk->ranges[r].total[s];
		if (any && ordered_read(walk->sides[s], walk->listed, walk->listed_count, &sink, failure))
			return -1;
	}
	for (size_t r = 0; r < walk->range_count; r++)
		if (walk->ranges[r].taken[0] != walk->ranges[r].total[0] || walk->ranges[r].taken[1] != walk->ranges[r].total[1])
			return failure_set(failure, EXIT_UNABLE, "the data changed while it was read");
	return 0;
}

static void sort_range(void *context, size_t i, unsigned worker)
{
	const struct walk *walk = context;
	const struct range *range = &walk->ranges[i / 2];
	size_t count = (size_t)range->total[i % 2];

	(void)worker;
	if (count < 2)
		return;
	double *scratch = memory_get(count * sizeof *scratch);
	doubles_sort(range->values[i % 2], scratch, count);
	free(scratch);
}

/* As many at a time as leave room for the scratch of the largest. */
static void sort_ranges(struct walk *walk)
{
	uint64_t most = 1;
	unsigned jobs = walk->sides[0]->options.jobs;

	for (size_t r = 0; r < walk->range_count; r++)
		for (int s = 0; s < 2; s++)
			most = walk->ranges[r].total[s] > most ? walk->ranges[r].total[s] : most;
	uint64_t fit = walk->budget / 2 / most;
	work_each(2 * walk->range_count, fit < 1 ? 1 : fit < jobs ? (unsigned)fit : jobs, sort_range, walk);
}

struct skipped { size_t cell; uint64_t count[2]; };

static void give_skipped(struct skipped *skipped, struct ties *ties, const struct walk *walk)
{
	if (skipped->count[0] || skipped->count[1]) {
		bool edges = walk->wants[ties->column].edge_count;
		double from = edges ? cells_start(walk->sides[0]->columns[ties->column].cells, skipped->cell) : -INFINITY;
		give_ties(ties);
		ties->visitor->skip(ties->visitor->context, ties->column, from, skipped->count[0], skipped->count[1]);
	}
	*skipped = (struct skipped){0};
}

static void walk_range(const struct walk *walk, const struct range *range)
{
	const struct cells *cells = walk->sides[0]->columns[range->column].cells;
	const uint8_t *wanted = walk->wanted[range->column];
	struct ties ties = {.visitor = walk->visitor, .column = range->column};
	struct skipped skipped = {0};
	uint64_t at[2] = {0, 0};

	for (size_t cell = range->first; cell < range->last; cell++) {
		uint64_t n = count_in(walk, 0, range->column, cell), m = count_in(walk, 1, range->column, cell);
		bool point = cells_is_point(cells, cell) && (n || m);
		if (wanted[cell] || point)
			give_skipped(&skipped, &ties, walk);
		if (point) {
			add_tie(&ties, cells->points[cell / 3], n, m);
		} else if (wanted[cell] & CELL_WANTED) {
			merge(&ties, range->values[0] + at[0], n, range->values[1] + at[1], m);
			at[0] += n;
			at[1] += m;
		} else if (n || m) {
			if (!skipped.count[0] && !skipped.count[1])
				skipped.cell = cell;
			skipped.count[0] += n;
			skipped.count[1] += m;
		}
	}
	give_skipped(&skipped, &ties, walk);
	give_ties(&ties);
}

static void walk_ranges(void *context, size_t i, unsigned worker)
{
	struct walk *walk = context;
	size_t column = walk->listed[i];

	(void)worker;
	for (size_t r = walk->first_range[column]; r < walk->range_count && walk->ranges[r].column == column; r++) {
		walk_range(walk, &walk->ranges[r]);
		free(walk->ranges[r].values[0]);
		free(walk->ranges[r].values[1]);
		walk->ranges[r].values[0] = walk->ranges[r].values[1] = NULL;
	}
}

static int pass(struct walk *walk, struct failure *failure)
{
	int result = read_sides(walk, failure);

	if (!result) {
		sort_ranges(walk);
		work_each(walk->listed_count, walk->sides[0]->options.jobs, walk_ranges, walk);
	}
	for (size_t r = 0; r < walk->range_count; r++) {
		free(walk->ranges[r].values[0]);
		free(walk->ranges[r].values[1]);
	}
	for (size_t i = 0; i < walk->listed_count; i++) {
		free(walk->range_of[walk->listed[i]]);
		walk->range_of[walk->listed[i]] = NULL;
	}
	walk->range_count = walk->listed_count = 0;
	return result;
}

/* --- a cell that no pass can hold is walked as a column of its own --- */

struct within { struct ordered *side; size_t column, cell; const struct ordered_sink *sink; };

static void take_within(void *context, unsigned worker, size_t place, const double *values, size_t count)
{
	const struct within *within = context;
	const struct ordered_column *column = &within->side->columns[within->column];
	uint16_t cells[STEP];
	double some[STEP];

	(void)place;
	for (size_t at = 0; at < count; at += STEP) {
		size_t found = 0, step = count - at < STEP ? count - at : STEP;
		cells_find(cells, column->cells, values + at, step);
		for (size_t k = 0; k < step; k++) {
			some[found] = values[at + k];
			found += cells[k] == within->cell;
		}
		within->sink->take(within->sink->context, worker, 0, some, found);
	}
}

static int read_within(void *context, const size_t *columns, size_t count, const struct ordered_sink *sink, struct failure *failure)
{
	struct within within = *(const struct within *)context;
	struct ordered_sink filter = {take_within, &within};

	(void)columns;
	(void)count;
	within.sink = sink;
	return ordered_read(within.side, &within.column, 1, &filter, failure);
}

static void take_again(void *context, unsigned worker, size_t place, const double *values, size_t count)
{
	ordered_take(context, worker, place, values, count);
}

/* The visitor of the inner walk. */
static void outer_ties(void *context, size_t column, const struct tie *ties, size_t count)
{
	const struct ties *outer = context;

	(void)column;
	outer->visitor->ties(outer->visitor->context, outer->column, ties, count);
}

static struct ordered *open_within(struct within *within, double low, double high, struct ordered *like)
{
	struct ordered_options options = within->side->options;

	options.columns = 1;
	options.keep = false;
	options.source = (struct ordered_source){read_within, within};
	struct ordered *inner = ordered_open(&options, like);
	if (!like)
		ordered_start_between(inner, low, high);
	else
		ordered_start(inner);
	return inner;
}

static int walk_inside(struct walk *walk, size_t column, double low, double high, struct failure *failure)
{
	struct within within[2];
	struct ordered *inner[2] = {NULL, NULL};
	struct ties outer = {.visitor = walk->visitor, .column = column};
	const struct ordered_visitor visitor = {outer_ties, NULL, &outer};
	const struct ordered_want want = {.all = true};
	const size_t first = 0;
	int result = 0;

	for (int s = 0; s < 2 && walk->sides[s] && !result; s++) {
		within[s] = (struct within){.side = walk->sides[s], .column = column, .cell = walk->next[column]};
		inner[s] = open_within(&within[s], low, high, inner[0]);
		const struct ordered_sink sink = {take_again, inner[s]};
		if (count_in(walk, s, column, walk->next[column]))
			result = ordered_read(inner[s], &first, 1, &sink, failure);
		ordered_finish(inner[s]);
		if (!result && inner[s]->columns[0].sum.count != count_in(walk, s, column, walk->next[column]))
			result = failure_set(failure, EXIT_UNABLE, "the data changed while it was read");
	}
	if (!result)
		result = ordered_walk(inner[0], inner[1], &want, &visitor, failure);
	ordered_close(inner[1]);
	ordered_close(inner[0]);
	return result;
}

static int walk_large(struct walk *walk, size_t column, struct failure *failure)
{
	const struct cells *cells = walk->sides[0]->columns[column].cells;
	size_t cell = walk->next[column];
	double low = cells_start(cells, cell), above = cells_start(cells, cell + 1), high = nextafter(above, -INFINITY) + 0.0;
	int result = 0;

	if (low < high) {
		result = walk_inside(walk, column, low, high, failure);
	} else {
		struct ties ties = {.visitor = walk->visitor, .column = column};
		add_tie(&ties, low, count_in(walk, 0, column, cell), count_in(walk, 1, column, cell));
		give_ties(&ties);
	}
	walk->next[column]++;
	return result;
}

/* --- all --- */

static int walk_cells(struct walk *walk, struct failure *failure)
{
	int result = 0;

	for (bool more = true; more && !result;) {
		size_t large;
		plan(walk, &large);
		more = walk->range_count || large < walk->columns;
		if (walk->range_count)
			result = pass(walk, failure);
		if (!result && large < walk->columns)
			result = walk_large(walk, large, failure);
	}
	return result;
}

static void want_column(void *context, size_t i, unsigned worker)
{
	struct walk *walk = context;

	(void)worker;
	if (!walk->wants[i].none)
		walk->wanted[i] = cells_wanted(column_of(walk, 0, i), column_of(walk, 1, i), &walk->wants[i]);
}

/* What a side that keeps its values was given is taken. */
static size_t free_memory(const struct ordered *reference, const struct ordered *current)
{
	size_t first = reference->options.keep ? 0 : reference->options.memory;

	return first + (current && !current->options.keep ? current->options.memory : 0);
}

int ordered_walk(struct ordered *reference, struct ordered *current, const struct ordered_want *wants,
                 const struct ordered_visitor *visitor, struct failure *failure)
{
	size_t columns = reference->options.columns;
	struct walk walk = {.sides = {reference, current}, .wants = wants, .visitor = visitor, .columns = columns};
	int result;

	if (reference->options.keep && (!current || current->options.keep)) {
		work_each(columns, reference->options.jobs, walk_kept, &walk);
		return 0;
	}
	if (current)
		ordered_borrow(current, reference);
	walk.budget = free_memory(reference, current) / BYTES_A_VALUE;
	walk.budget = walk.budget < 1024 ? 1024 : walk.budget;
	walk.wanted = memory_get(columns * sizeof *walk.wanted);
	walk.range_of = memory_get(columns * sizeof *walk.range_of);
	walk.next = memory_get(columns * sizeof *walk.next);
	walk.first_range = memory_get(columns * sizeof *walk.first_range);
	walk.listed = memory_get(columns * sizeof *walk.listed);
	walk.ranges = memory_get(columns * RANGES_A_COLUMN * sizeof *walk.ranges);
	for (size_t i = 0; i < columns; i++) {
		walk.wanted[i] = walk.range_of[i] = NULL;
		walk.next[i] = 0;
	}
	work_each(columns, reference->options.jobs, want_column, &walk);
	result = walk_cells(&walk, failure);
	for (size_t i = 0; i < columns; i++)
		free(walk.wanted[i]);
	free(walk.wanted);
	free(walk.range_of);
	free(walk.next);
	free(walk.first_range);
	free(walk.listed);
	free(walk.ranges);
	return result;
}

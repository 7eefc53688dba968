#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "drift_columns.h"
#include "names.h"
#include "profile.h"
#include "ranks.h"

/* Nothing here may depend on the order of parts, nor, but for sketches, on which of them were merged before: what is too much for one part is
 * too much for the whole, and borders stay only while all values lie in the same ones. */

static bool same_names(const struct profile *a, const struct profile *b)
{
	if (a->column_count != b->column_count)
		return false;
	for (size_t i = 0; i < a->column_count; i++)
		if (!text_equal(a->columns[i].name, b->columns[i].name))
			return false;
	return true;
}

static int order_texts(const void *left, const void *right)
{
	return text_compare(*(const struct text *)left, *(const struct text *)right);
}

/* In the order that all parts have, else by name. */
static size_t names_of(struct text **out, const struct profile *parts, size_t count, struct arena *arena)
{
	struct text *names = NULL;
	size_t all = 0, kept = 0;
	bool same = true;

	for (size_t p = 1; p < count; p++)
		same = same && same_names(&parts[0], &parts[p]);
	for (size_t p = 0; p < (same && count ? 1 : count); p++)
		all += parts[p].column_count;
	names = arena_array(arena, all, sizeof *names);
	all = 0;
	for (size_t p = 0; p < (same && count ? 1 : count); p++)
		for (size_t i = 0; i < parts[p].column_count; i++)
			names[all++] = parts[p].columns[i].name;
	*out = names;
	if (same)
		return all;
	qsort(names, all, sizeof *names, order_texts);
	for (size_t i = 0; i < all; i++)
		if (!kept || !text_equal(names[i], names[kept - 1]))
			names[kept++] = names[i];
	return kept;
}

static void merge_categories(struct profile_column *into, const struct profile_column *from, struct arena *arena)
{
	size_t i = 0, j = 0, k = 0;

	into->too_many = into->too_many || from->too_many;
	if (into->too_many) {
		into->category_count = 0;
		return;
	}
	struct profile_count *out = arena_array(arena, into->category_count + from->category_count, sizeof *out);
	for (; i < into->category_count || j < from->category_count; k++) {
		int order = i == into->category_count ? 1 : j == from->category_count ? -1 : text_compare(into->categories[i].label, from->categories[j].label);
		out[k].label = order <= 0 ? into->categories[i].label : from->categories[j].label;
		out[k].count = (order <= 0 ? into->categories[i].count : 0) + (order >= 0 ? from->categories[j].count : 0);
		i += order <= 0;
		j += order >= 0;
	}
	into->categories = out;
	into->category_count = k;
	if (!into->given && k > CATEGORIES_MOST) {
		into->too_many = true;
		into->category_count = 0;
	}
}

/* Both ascend; returns how many distinct values there are. */
static size_t join_two(struct profile_value *out, const struct profile_value *a, size_t a_count, const struct profile_value *b, size_t b_count)
{
	size_t i = 0, j = 0, kept = 0;

	while (i < a_count && j < b_count) {
		bool first = a[i].value <= b[j].value, second = b[j].value <= a[i].value;
		out[kept++] = (struct profile_value){first ? a[i].value : b[j].value, (first ? a[i].count : 0) + (second ? b[j].count : 0)};
		i += first;
		j += second;
	}
	while (i < a_count)
		out[kept++] = a[i++];
	while (j < b_count)
		out[kept++] = b[j++];
	return kept;
}

struct run { const struct profile_value *at; size_t count; };

/* All values of those parts that have them, ascending; to be freed. Neighbours are joined until one is left, to and fro between two halves. */
static struct profile_value *join_runs(struct run *out, const struct profile_column *const *parts, size_t count)
{
	struct run *runs = memory_get((count + 1) * sizeof *runs);
	size_t all = 0, left = 0;

	for (size_t p = 0; p < count; p++) {
		if (!parts[p]->has_run)
			continue;
		runs[left++] = (struct run){parts[p]->run, parts[p]->run_count};
		all += parts[p]->run_count;
	}
	struct profile_value *values = memory_get((2 * all + 1) * sizeof *values);
	for (size_t half = 0; left > 1; half = all - half) {
		struct profile_value *to = values + half;
		size_t made = 0;
		for (size_t i = 0; i < left; i += 2) {
			struct run none = {NULL, 0}, *next = i + 1 < left ? &runs[i + 1] : &none;
			size_t kept = join_two(to, runs[i].at, runs[i].count, next->at, next->count);
			runs[made++] = (struct run){to, kept};
			to += kept;
		}
		left = made;
	}
	*out = left ? runs[0] : (struct run){NULL, 0};
	free(runs);
	return values;
}

static bool same_borders(const struct profile_column *a, const struct profile_column *b)
{
	return a->has_cells && b->has_cells && !a->own && !b->own && a->border_count == b->border_count &&
	       (a->border_count == 0 || memcmp(a->borders, b->borders, a->border_count * sizeof *a->borders) == 0);
}

static void add_cells(struct profile_cell *into, const struct profile_cell *from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct profile_cell *a = &into[i];
		const struct profile_cell *b = &from[i];
		a->min = !a->open || (b->open && b->min < a->min) ? b->min : a->min;
		a->max = !a->open || (b->open && b->max > a->max) ? b->max : a->max;
		a->open += b->open;
		a->at += b->at;
	}
}

static void join_cells(struct profile_column *into, const struct profile_column *const *parts, size_t count, struct arena *arena)
{
	for (size_t p = 1; p < count; p++)
		if (!same_borders(parts[0], parts[p]))
			return;
	into->has_cells = true;
	into->borders = parts[0]->borders;
	into->border_count = parts[0]->border_count;
	into->cells = arena_array(arena, into->border_count + 1, sizeof *into->cells);
	for (size_t p = 0; p < count; p++)
		add_cells(into->cells, parts[p]->cells, into->border_count + 1);
}

static const struct sketch *sketch_of_run(struct run run, struct arena *arena)
{
	struct sketch *sketch = arena_alloc(arena, sizeof *sketch);
	uint64_t *places = arena_array(arena, SKETCH_PLACES, sizeof *places), n = 0;

	for (size_t i = 0; i < run.count; i++)
		n += run.at[i].count;
	struct rank_picks picks = {.places = places, .count = sketch_places(places, n)};
	picks.values = arena_array(arena, picks.count, sizeof *picks.values);
	for (size_t i = 0; i < run.count; i++)
		picks_add(&picks, false, &(struct tie){run.at[i].value, run.at[i].count, 0}, 1);
	sketch_make(sketch, picks.values, n, arena);
	return sketch;
}

/* Of sketches, and of the values that are there; none where of some part neither is. */
static void join_sketches(struct profile_column *into, const struct profile_column *const *parts, size_t count, struct run run, struct arena *arena)
{
	const struct sketch **sketches = arena_array(arena, count + 1, sizeof(struct sketch *));
	struct sketch *sketch = arena_alloc(arena, sizeof *sketch);
	size_t used = 0;

	for (size_t p = 0; p < count; p++) {
		if (!parts[p]->has_run && !parts[p]->sketch)
			return;
		if (!parts[p]->has_run)
			sketches[used++] = parts[p]->sketch;
	}
	if (run.count)
		sketches[used++] = sketch_of_run(run, arena);
	sketch_join(sketch, sketches, used, arena);
	/* No rank is off by more than all. */
	sketch->over = sketch->over < into->sum.count ? sketch->over : into->sum.count;
	sketch->under = sketch->under < into->sum.count ? sketch->under : into->sum.count;
	into->sketch = sketch;
}

/* The numbers of those parts that have any. */
static void join_numbers(struct profile_column *into, const struct profile_column *const *parts, size_t count, struct arena *arena)
{
	struct run run;
	bool runs = true;

	for (size_t p = 0; p < count; p++) {
		exact_sum_join(&into->sum, &parts[p]->sum);
		runs = runs && parts[p]->has_run;
	}
	if (count == 1) {
		struct profile_column before = *into;
		*into = *parts[0];
		into->name = before.name;
		into->kind = before.kind;
		into->given = before.given;
		into->counts = before.counts;
		return;
	}
	struct profile_value *values = join_runs(&run, parts, count);
	into->has_run = count && runs && run.count <= PROFILE_RUN_MOST;
	if (into->has_run) {
		into->run = arena_array(arena, run.count, sizeof *into->run);
		into->run_count = run.count;
		if (run.count)
			memcpy(into->run, run.at, run.count * sizeof *into->run);
	}
	if (count)
		join_cells(into, parts, count, arena);
	if (count && !into->has_run && !into->has_cells)
		join_sketches(into, parts, count, run, arena);
	free(values);
}

static bool merge_column(struct profile_column *into, struct text *why, const struct profile_column *from, struct arena *arena)
{
	if (into->kind == COLUMN_AUTO) {
		into->kind = from->kind;
		into->given = from->given;
	}
	if (from->kind != COLUMN_AUTO && (from->kind != into->kind || from->given != into->given)) {
		*why = text_format(arena, "column '%.*s' is %s%s in one part and %s%s in another: make all parts with the same --kind %.*s=..., or with "
		                          "--reference-profile", TEXT_ARGS(into->name), column_kind_name(into->kind), into->given ? " (given)" : "",
		                   column_kind_name(from->kind), from->given ? " (given)" : "", TEXT_ARGS(into->name));
		return false;
	}
	into->counts.missing += from->counts.missing;
	into->counts.invalid += from->counts.invalid;
	into->counts.infinite += from->counts.infinite;
	into->counts.n += from->counts.n;
	if (into->kind == COLUMN_CATEGORY || into->kind == COLUMN_CATEGORY_NUM)
		merge_categories(into, from, arena);
	return true;
}

/* One column of all parts; columns[p] is NULL where a part lacks it. */
static bool join_column(struct profile_column *out, struct text *why, const struct profile_column *const *columns, const struct profile *parts, size_t count,
                        struct arena *arena)
{
	const struct profile_column **numbers = arena_array(arena, count, sizeof(struct profile_column *));
	size_t number_count = 0;

	for (size_t p = 0; p < count; p++) {
		out->counts.rows += parts[p].rows;
		if (!columns[p])
			out->counts.missing += parts[p].rows;
		else if (!merge_column(out, why, columns[p], arena))
			return false;
		else if (columns[p]->sum.count)
			numbers[number_count++] = columns[p];
	}
	join_numbers(out, numbers, number_count, arena);
	return true;
}

bool profile_merge(struct profile *out, struct text *why, const struct profile *parts, size_t count, struct arena *arena)
{
	struct names *indexes = arena_array(arena, count, sizeof *indexes);
	const struct profile_column **columns = arena_array(arena, count, sizeof(struct profile_column *));
	struct text *names;

	*out = (struct profile){0};
	out->column_count = names_of(&names, parts, count, arena);
	out->columns = arena_array(arena, out->column_count, sizeof *out->columns);
	for (size_t p = 0; p < count; p++) {
		if (parts[p].rows > PROFILE_ROWS_MOST - out->rows) {
			*why = TEXT("they have more rows together than can be counted");
			return false;
		}
		struct text *there = arena_array(arena, parts[p].column_count, sizeof *there);
		for (size_t i = 0; i < parts[p].column_count; i++)
			there[i] = parts[p].columns[i].name;
		names_index(&indexes[p], there, parts[p].column_count, arena);
		out->files += parts[p].files;
		out->rows += parts[p].rows;
		out->bad_rows += parts[p].bad_rows;
	}
	for (size_t i = 0; i < out->column_count; i++) {
		out->columns[i] = (struct profile_column){.name = names[i]};
		exact_sum_init(&out->columns[i].sum);
		for (size_t p = 0; p < count; p++) {
			size_t at = names_find(&indexes[p], names[i]);
			columns[p] = at == indexes[p].count ? NULL : &parts[p].columns[at];
		}
		if (!join_column(&out->columns[i], why, columns, parts, count, arena))
			return false;
	}
	return true;
}

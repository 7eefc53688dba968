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

static int order_values(const void *left, const void *right)
{
	const struct profile_value *a = left, *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/* All values of those parts that have them; returns how many distinct ones. */
static size_t join_runs(struct profile_value **out, const struct profile_column *const *parts, size_t count, struct arena *arena)
{
	size_t all = 0, kept = 0;

	for (size_t p = 0; p < count; p++)
		all += parts[p]->has_run ? parts[p]->run_count : 0;
	struct profile_value *values = arena_array(arena, all, sizeof *values);
	all = 0;
	for (size_t p = 0; p < count; p++)
		for (size_t i = 0; parts[p]->has_run && i < parts[p]->run_count; i++)
			values[all++] = parts[p]->run[i];
	qsort(values, all, sizeof *values, order_values);
	for (size_t i = 0; i < all; i++)
		if (kept && values[i].value == values[kept - 1].value)
			values[kept - 1].count += values[i].count;
		else
			values[kept++] = values[i];
	*out = values;
	return kept;
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

static const struct sketch *sketch_of_run(const struct profile_value *run, size_t run_count, struct arena *arena)
{
	struct sketch *sketch = arena_alloc(arena, sizeof *sketch);
	uint64_t *places = arena_array(arena, SKETCH_PLACES, sizeof *places), n = 0;
	struct tie *ties = arena_array(arena, run_count, sizeof *ties);

	for (size_t i = 0; i < run_count; i++) {
		ties[i] = (struct tie){run[i].value, run[i].count, 0};
		n += run[i].count;
	}
	struct rank_picks picks = {.places = places, .count = sketch_places(places, n)};
	picks.values = arena_array(arena, picks.count, sizeof *picks.values);
	picks_add(&picks, false, ties, run_count);
	sketch_make(sketch, picks.values, n, arena);
	return sketch;
}

/* Of sketches, and of the values that are there; none where of some part neither is. */
static void join_sketches(struct profile_column *into, const struct profile_column *const *parts, size_t count, const struct profile_value *run,
                          size_t run_count, struct arena *arena)
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
	if (run_count)
		sketches[used++] = sketch_of_run(run, run_count, arena);
	sketch_join(sketch, sketches, used, arena);
	/* No rank is off by more than all. */
	sketch->over = sketch->over < into->sum.count ? sketch->over : into->sum.count;
	sketch->under = sketch->under < into->sum.count ? sketch->under : into->sum.count;
	into->sketch = sketch;
}

/* The numbers of those parts that have any. */
static void join_numbers(struct profile_column *into, const struct profile_column *const *parts, size_t count, struct arena *arena)
{
	struct profile_value *run;
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
	size_t run_count = join_runs(&run, parts, count, arena);
	into->has_run = count && runs && run_count <= PROFILE_RUN_MOST;
	if (into->has_run) {
		into->run = run;
		into->run_count = run_count;
	}
	if (count)
		join_cells(into, parts, count, arena);
	if (count && !into->has_run && !into->has_cells)
		join_sketches(into, parts, count, run, run_count, arena);
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

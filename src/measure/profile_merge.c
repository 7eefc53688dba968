#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "drift_columns.h"
#include "names.h"
#include "profile.h"

/* Nothing here may depend on the order of parts, or on which of them were merged before: what is too much for one part is too much for the
 * whole, and borders stay only while all values lie in the same ones. */

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

static void merge_runs(struct profile_column *into, const struct profile_column *from, struct arena *arena)
{
	size_t i = 0, j = 0, k = 0;

	into->has_run = into->has_run && from->has_run;
	if (!into->has_run)
		return;
	struct profile_value *out = arena_array(arena, into->run_count + from->run_count, sizeof *out);
	for (; i < into->run_count || j < from->run_count; k++) {
		bool first = i < into->run_count && (j == from->run_count || into->run[i].value <= from->run[j].value);
		bool second = j < from->run_count && (i == into->run_count || from->run[j].value <= into->run[i].value);
		out[k].value = first ? into->run[i].value : from->run[j].value;
		out[k].count = (first ? into->run[i].count : 0) + (second ? from->run[j].count : 0);
		i += first;
		j += second;
	}
	into->run = out;
	into->run_count = k;
	into->has_run = k <= PROFILE_RUN_MOST;
}

static bool same_borders(const struct profile_column *a, const struct profile_column *b)
{
	return a->has_cells && b->has_cells && !a->own && !b->own && a->border_count == b->border_count &&
	       (a->border_count == 0 || memcmp(a->borders, b->borders, a->border_count * sizeof *a->borders) == 0);
}

static void merge_cells(struct profile_column *into, const struct profile_column *from, struct arena *arena)
{
	bool same = same_borders(into, from);

	if (!same) {
		into->has_cells = into->own = false;
		into->borders = NULL;
		into->border_count = into->cut_count = 0;
		return;
	}
	struct profile_cell *out = arena_array(arena, into->border_count + 1, sizeof *out);
	for (size_t i = 0; i <= into->border_count; i++) {
		const struct profile_cell *a = &into->cells[i], *b = &from->cells[i];
		out[i] = (struct profile_cell){.open = a->open + b->open, .at = a->at + b->at};
		out[i].min = !a->open || (b->open && b->min < a->min) ? b->min : a->min;
		out[i].max = !a->open || (b->open && b->max > a->max) ? b->max : a->max;
	}
	into->cells = out;
}

static void merge_numbers(struct profile_column *into, const struct profile_column *from, struct arena *arena)
{
	if (!from->sum.count)
		return;
	if (!into->sum.count) {
		struct profile_column before = *into;
		*into = *from;
		into->counts = before.counts;
		into->name = before.name;
		into->kind = before.kind;
		into->given = before.given;
		return;
	}
	exact_sum_join(&into->sum, &from->sum);
	merge_runs(into, from, arena);
	merge_cells(into, from, arena);
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
	merge_numbers(into, from, arena);
	return true;
}

bool profile_merge(struct profile *out, struct text *why, const struct profile *parts, size_t count, struct arena *arena)
{
	struct text *names;

	*out = (struct profile){0};
	out->column_count = names_of(&names, parts, count, arena);
	out->columns = arena_array(arena, out->column_count, sizeof *out->columns);
	for (size_t i = 0; i < out->column_count; i++) {
		out->columns[i] = (struct profile_column){.name = names[i]};
		exact_sum_init(&out->columns[i].sum);
	}
	for (size_t p = 0; p < count; p++) {
		struct names index;
		struct text *there = arena_array(arena, parts[p].column_count, sizeof *there);
		for (size_t i = 0; i < parts[p].column_count; i++)
			there[i] = parts[p].columns[i].name;
		names_index(&index, there, parts[p].column_count, arena);
		out->files += parts[p].files;
		out->rows += parts[p].rows;
		out->bad_rows += parts[p].bad_rows;
		for (size_t i = 0; i < out->column_count; i++) {
			size_t at = names_find(&index, out->columns[i].name);
			out->columns[i].counts.rows += parts[p].rows;
			if (at == index.count)
				out->columns[i].counts.missing += parts[p].rows;
			else if (!merge_column(&out->columns[i], why, &parts[p].columns[at], arena))
				return false;
		}
	}
	return true;
}

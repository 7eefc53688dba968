#include "diff_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- Groups --- */

static int order_causes(const struct cause *a, const struct cause *b)
{
	int order = text_compare(a->place.file ? a->place.file->path : TEXT(""), b->place.file ? b->place.file->path : TEXT(""));

	if (!order)
		order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
	return order ? order : (a->gone > b->gone) - (a->gone < b->gone);
}

static int order_fields(const struct field_change *a, const struct field_change *b)
{
	int order = text_compare(a->field, b->field);

	if (!order)
		order = text_compare(a->before_text, b->before_text);
	if (!order)
		order = text_compare(a->after_text, b->after_text);
	if (!order)
		order = (int)a->move - (int)b->move;
	return order ? order : order_causes(&a->cause, &b->cause);
}

static int order_field_groups(const void *left, const void *right)
{
	const struct field_group *a = left, *b = right;
	int order = order_fields(a->field, b->field);

	return order ? order : text_compare(a->first->id, b->first->id);
}

static int order_by_reach(const void *left, const void *right)
{
	const struct field_group *a = left, *b = right;

	if (a->records != b->records)
		return a->records > b->records ? -1 : 1;
	return order_field_groups(left, right);
}

struct field_group *diff_fields(size_t *count, const struct differences *differences, struct arena *arena)
{
	struct field_group *groups = NULL;
	size_t all = 0, kept = 0;

	for (size_t i = 0; i < differences->count; i++) {
		const struct record_change *change = &differences->items[i];
		for (size_t k = 0; change->kind == KIND_RECIPE && k < change->field_count; k++) {
			groups = arena_grow(arena, groups, all, sizeof *groups);
			groups[all++] = (struct field_group){&change->fields[k], change, 1};
		}
	}
	if (all)
		qsort(groups, all, sizeof *groups, order_field_groups);
	for (size_t i = 0; i < all; i++) {
		if (kept && order_fields(groups[kept - 1].field, groups[i].field) == 0)
			groups[kept - 1].records++;
		else
			groups[kept++] = groups[i];
	}
	if (kept)
		qsort(groups, kept, sizeof *groups, order_by_reach);
	*count = kept;
	return groups;
}

static int order_gates(const struct gate_group *a, const struct gate_group *b)
{
	int order = (int)a->gate->word - (int)b->gate->word;

	if (!order)
		order = (int)b->first->kind - (int)a->first->kind;
	if (!order && a->first->kind != KIND_RECIPE)
		order = text_compare(a->first->id, b->first->id);
	if (!order)
		order = text_compare(a->gate->field, b->gate->field);
	if (!order)
		order = text_compare(a->gate->before, b->gate->before);
	if (!order)
		order = text_compare(a->gate->after, b->gate->after);
	if (!order)
		order = (a->gate->waiver != NULL) - (b->gate->waiver != NULL);
	return order ? order : order_causes(&a->gate->cause, &b->gate->cause);
}

static int order_gate_groups(const void *left, const void *right)
{
	int order = order_gates(left, right);

	return order ? order : text_compare(((const struct gate_group *)left)->first->id, ((const struct gate_group *)right)->first->id);
}

struct gate_group *diff_gates(size_t *count, const struct differences *differences, struct arena *arena)
{
	struct gate_group *groups = NULL;
	size_t all = 0, kept = 0;

	for (size_t i = 0; i < differences->count; i++) {
		const struct record_change *change = &differences->items[i];
		for (size_t k = 0; k < change->gate_count; k++) {
			groups = arena_grow(arena, groups, all, sizeof *groups);
			groups[all++] = (struct gate_group){&change->gates[k], change, 1};
		}
	}
	if (all)
		qsort(groups, all, sizeof *groups, order_gate_groups);
	for (size_t i = 0; i < all; i++) {
		if (kept && order_gates(&groups[kept - 1], &groups[i]) == 0)
			groups[kept - 1].records++;
		else
			groups[kept++] = groups[i];
	}
	*count = kept;
	return groups;
}

/* --- Counts --- */

void diff_count(struct diff_counts *counts, const struct differences *differences, struct arena *arena)
{
	size_t group_count;
	const struct gate_group *groups = diff_gates(&group_count, differences, arena);

	*counts = (struct diff_counts){.waived = 0};
	for (size_t i = 0; i < differences->count; i++)
		counts->records[differences->items[i].kind]++;
	for (size_t i = 0; i < group_count; i++) {
		counts->gates[groups[i].gate->word]++;
		counts->waived += groups[i].gate->waiver && groups[i].gate->word < GATE_IS_WAIVED;
	}
}

static void add_count(struct buffer *out, size_t *before, size_t parts, size_t count, const char *one)
{
	if (!count)
		return;
	buffer_string(out, *before == 0 ? "" : *before + 1 == parts ? " and " : ", ");
	buffer_format(out, "%zu %s%s", count, one, count == 1 ? "" : "s");
	++*before;
}

void diff_headline(struct buffer *out, const struct diff_counts *counts)
{
	static const enum kind kinds[] = {KIND_RECIPE, KIND_PACK, KIND_MODEL, KIND_RUN};
	size_t parts = 0, told = 0, records = 0, gates = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		parts += counts->records[kinds[i]] > 0;
		records += counts->records[kinds[i]];
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		add_count(out, &told, parts + (counts->records[KIND_CONFIG] > 0), counts->records[kinds[i]], kind_name(kinds[i]));
	if (counts->records[KIND_CONFIG])
		buffer_format(out, "%sgalley.yaml", told ? " and " : "");
	records += counts->records[KIND_CONFIG];
	buffer_string(out, !records ? "nothing changes in effect" : records == 1 ? " changes" : " change");
	for (int word = GATE_IS_LOOSER; word <= GATE_IS_TIGHTER; word++) {
		size_t count = counts->gates[word];
		if (!count)
			continue;
		buffer_format(out, "%s%zu gate%s %s", gates++ ? ", " : "; ", count, count == 1 ? "" : "s", gate_word_name((enum gate_word)word));
	}
	if (counts->waived)
		buffer_format(out, " (%zu by a waiver)", counts->waived);
}

/* --- Words --- */

struct text diff_name(const struct record_change *change, struct arena *arena)
{
	if (change->model.len)
		return text_format(arena, "%.*s/%.*s", TEXT_ARGS(change->model), TEXT_ARGS(change->id));
	return change->id;
}

struct text cause_words(const struct cause *cause, struct text folder, struct arena *arena)
{
	if (!cause->record || !cause->place.file)
		return TEXT("");
	struct text path = cause->place.file->path;
	if (folder.len && path.len > folder.len && path.at[folder.len] == '/' && text_equal(text_cut(path, 0, folder.len), folder))
		path = text_cut(path, folder.len + 1, path.len);
	return text_format(arena, "%s%.*s:%u", cause->gone ? "line removed, " : "", TEXT_ARGS(path), cause->place.line);
}

struct text shown_value(const struct value *value, struct text brief)
{
	if (!value && !brief.len)
		return TEXT("none");
	if (value && value->kind == VALUE_LIST && value->count && brief.len > 2 && brief.at[0] == '[' && brief.at[brief.len - 1] == ']')
		return text_cut(brief, 1, brief.len - 1);
	return brief.len ? brief : TEXT("\"\"");
}

static void add_pair(struct buffer *out, struct text before, struct text after, const char *arrow, bool *any)
{
	if (text_equal(before, after))
		return;
	buffer_string(out, *any ? ", " : "");
	buffer_add(out, before.len ? before : TEXT("none"));
	buffer_string(out, arrow);
	buffer_add(out, after.len ? after : TEXT("none"));
	*any = true;
}

void add_declared(struct buffer *out, const struct record_change *change, const char *arrow)
{
	bool any = false;

	if (change->move != MOVE_CHANGED)
		return;
	add_pair(out, change->version_before, change->version_after, arrow, &any);
	add_pair(out, change->status_before, change->status_after, arrow, &any);
}

void add_chain_words(struct buffer *out, const struct chain *chain, const char *sign, void (*add)(struct buffer *out, struct text id))
{
	for (size_t i = 1; i < chain->count; i++) {
		buffer_string(out, i > 1 ? sign : "");
		add(out, chain->steps[i].id);
	}
	if (chain->end != MOVE_CHANGED)
		buffer_format(out, " (%s)", record_move_name(chain->end));
}

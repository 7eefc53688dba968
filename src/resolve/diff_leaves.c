#include <stdlib.h>
#include <string.h>

#include "diff_parts.h"

static void walk(struct leaves *out, struct row row, const struct trail *trail, const struct value *value, struct arena *arena);

static void add_leaf(struct leaves *out, struct row row, const struct trail *trail, const struct value *value, struct arena *arena)
{
	out->items = arena_grow(arena, out->items, out->count, sizeof *out->items);
	out->items[out->count] = (struct leaf){.field = trail_text(trail, arena), .row = row, .value = value, .at = out->count};
	out->count++;
}

/* The versions and states of recipes and packs are told apart from their fields. */
static bool is_left_out(struct row row, struct text name)
{
	if (text_starts(name, "x-"))
		return true;
	return (row.kind == KIND_RECIPE || row.kind == KIND_PACK) && field_is(row.field, "metadata") &&
	       (text_is(name, "version") || text_is(name, "status"));
}

/* The key that the items of a list go by; NULL where it has no such key. */
static const char *key_of(struct row row)
{
	if (!row.field || row.free)
		return NULL;
	if (row.field->merge == MERGE_KEYED)
		return row.field->merge_key;
	return row.kind == KIND_RECIPE && field_is(row.field, "waivers") ? "gate"
	       : row.kind == KIND_PACK && field_is(row.field, "slices")  ? "by"
	                                                                 : NULL;
}

static struct text name_of(const char *key, const struct value *item)
{
	const struct value *name = item->kind == VALUE_MAP ? value_get(item, key) : item;

	if (!name || name->kind != VALUE_SCALAR)
		return TEXT("");
	return strcmp(key, "id") == 0 ? text_cut(name->text, 0, text_find(name->text, '@')) : name->text;
}

static bool all_named(const char *key, const struct value *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!name_of(key, list->items[i]).len)
			return false;
	return true;
}

static bool all_maps(const struct value *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind != VALUE_MAP)
			return false;
	return true;
}

/* The name says which item it is; it is a value of its own where there is no other, or where a pin is part of it. */
static void walk_item(struct leaves *out, struct row row, const struct trail *trail, const char *key, const struct value *item,
                      struct arena *arena)
{
	if (item->kind != VALUE_MAP) {
		add_leaf(out, row, trail, item, arena);
		return;
	}
	for (size_t i = 0; i < item->count; i++) {
		struct trail step = {trail, item->members[i].name};
		if (!text_is(step.name, key))
			walk(out, row_below(row, step.name), &step, item->members[i].value, arena);
		else if (item->count == 1 || strcmp(key, "id") == 0)
			add_leaf(out, row, trail, item->members[i].value, arena);
	}
}

static void walk_list(struct leaves *out, struct row row, const struct trail *trail, const struct value *list, struct arena *arena)
{
	const char *key = key_of(row);
	struct row item = row_item(row);

	if (list->count && key && all_named(key, list)) {
		for (size_t i = 0; i < list->count; i++) {
			struct trail step = {trail, name_of(key, list->items[i])};
			walk_item(out, item, &step, key, list->items[i], arena);
		}
	} else if (list->count && !row.free && all_maps(list)) {
		for (size_t i = 0; i < list->count; i++) {
			struct trail step = {trail, text_format(arena, "%zu", i + 1)};
			walk(out, item, &step, list->items[i], arena);
		}
	} else {
		add_leaf(out, row, trail, list, arena);
	}
}

/* The reader bounds the depth of what is walked here. */
static void walk(struct leaves *out, struct row row, const struct trail *trail, const struct value *value, struct arena *arena)
{
	if (value->kind == VALUE_MAP && value->count) {
		for (size_t i = 0; i < value->count; i++) {
			struct trail step = {trail, value->members[i].name};
			if (!is_left_out(row, step.name))
				walk(out, row_below(row, step.name), &step, value->members[i].value, arena);
		}
	} else if (value->kind == VALUE_LIST) {
		walk_list(out, row, trail, value, arena);
	} else if (trail) {
		add_leaf(out, row, trail, value, arena);
	}
}

void leaves_find(struct leaves *out, enum kind kind, const struct value *root, struct arena *arena)
{
	*out = (struct leaves){NULL, 0};
	if (root)
		walk(out, (struct row){kind, NULL, false}, NULL, root, arena);
}

void leaves_add(struct leaves *out, const char *prefix, const struct value *value, struct arena *arena)
{
	struct trail trail = {NULL, text_of(prefix)};

	if (value)
		walk(out, (struct row){KIND_SNAPSHOT, NULL, true}, &trail, value, arena);
}

static int order_leaves(const void *left, const void *right)
{
	const struct leaf *a = left, *b = right;
	int order = text_compare(a->field, b->field);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

void leaves_sort(struct leaves *leaves)
{
	if (leaves->count)
		qsort(leaves->items, leaves->count, sizeof *leaves->items, order_leaves);
}

bool row_is_set(struct row row)
{
	return row.field && !row.free &&
	       (row.field->merge == MERGE_SET || row.field->looser == LOOSER_SUBSET || row.field->looser == LOOSER_SUPERSET);
}

/* --- Comparing --- */

/* Texts are looked up by name; what else could stand in a set that the schema has refused is compared one by one. */
static bool same_set(struct row row, const struct value *a, const struct value *b, struct arena *arena)
{
	struct name_set names = {0}, others = {0};
	bool plain = true;

	for (size_t i = 0; i < a->count; i++)
		plain = plain && a->items[i]->kind == VALUE_SCALAR;
	for (size_t i = 0; i < b->count; i++)
		plain = plain && b->items[i]->kind == VALUE_SCALAR;
	if (!plain) {
		bool same = a->count == b->count;
		for (size_t i = 0; same && i < a->count; i++)
			same = content_same(row_item(row), a->items[i], b->items[i]);
		return same;
	}
	for (size_t i = 0; i < a->count; i++)
		name_set_add(&names, a->items[i]->text, arena);
	for (size_t i = 0; i < b->count; i++) {
		name_set_add(&others, b->items[i]->text, arena);
		if (name_set_find(&names, b->items[i]->text) == NO_NAME)
			return false;
	}
	for (size_t i = 0; i < a->count; i++)
		if (name_set_find(&others, a->items[i]->text) == NO_NAME)
			return false;
	return true;
}

static bool same_leaf(const struct leaf *a, const struct leaf *b, struct arena *arena)
{
	if (a->value == b->value)
		return true;
	if (a->value->kind != b->value->kind)
		return false;
	if (a->value->kind == VALUE_LIST && row_is_set(a->row))
		return same_set(a->row, a->value, b->value, arena);
	return content_same(a->row, a->value, b->value);
}

/* Whether something stands below the field: then that the field is there says nothing more. */
static bool has_below(const struct leaves *leaves, struct text field)
{
	size_t low = 0, high = leaves->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(leaves->items[middle].field, field) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < leaves->count && text_equal(text_cut(leaves->items[low].field, 0, field.len), field); low++) {
		if (field_within(leaves->items[low].field, field))
			return true;
		if ((unsigned char)leaves->items[low].field.at[field.len] > '.')
			return false;
	}
	return false;
}

/* Long texts that begin alike are shown from shortly before where they differ. */
static struct text brief_from(const struct value *value, size_t from, struct arena *arena)
{
	struct value tail = *value;

	while (from && ((unsigned char)value->text.at[from] & 0xc0) == 0x80)
		from--;
	tail.text = text_cut(value->text, from, value->text.len);
	return text_format(arena, "...%.*s", TEXT_ARGS(value_brief(&tail, arena)));
}

static void tell_values(struct field_change *field, struct arena *arena)
{
	enum { BEFORE_IT = 16 };
	const struct value *a = field->before, *b = field->after;
	size_t same = 0;

	if (a)
		field->before_text = value_brief(a, arena);
	if (b)
		field->after_text = value_brief(b, arena);
	if (!a || !b || a->kind != VALUE_SCALAR || b->kind != VALUE_SCALAR || !text_equal(field->before_text, field->after_text))
		return;
	while (same < a->text.len && same < b->text.len && a->text.at[same] == b->text.at[same])
		same++;
	if (same <= BEFORE_IT || text_equal(a->text, b->text))
		return;
	field->before_text = brief_from(a, same - BEFORE_IT, arena);
	field->after_text = brief_from(b, same - BEFORE_IT, arena);
}

static void add_change(struct record_change *change, const struct leaf *before, const struct leaf *now, struct arena *arena)
{
	const struct leaf *leaf = now ? now : before;
	struct field_change field = {
		.field = leaf->field,
		.row = leaf->row.free ? NULL : leaf->row.field,
		.move = !before ? MOVE_ADDED : !now ? MOVE_REMOVED : MOVE_CHANGED,
	};

	field.before = before ? before->value : NULL;
	field.after = now ? now->value : NULL;
	tell_values(&field, arena);
	change->fields = arena_grow(arena, change->fields, change->field_count, sizeof *change->fields);
	change->fields[change->field_count++] = field;
}

void leaves_compare(struct record_change *change, const struct leaves *before, const struct leaves *now, struct arena *arena)
{
	size_t i = 0, k = 0;

	while (i < before->count || k < now->count) {
		const struct leaf *old = i < before->count ? &before->items[i] : NULL, *new = k < now->count ? &now->items[k] : NULL;
		int order = !old ? 1 : !new ? -1 : text_compare(old->field, new->field);
		i += order <= 0;
		k += order >= 0;
		if (order == 0 && !same_leaf(old, new, arena))
			add_change(change, old, new, arena);
		else if (order < 0 && !has_below(now, old->field))
			add_change(change, old, NULL, arena);
		else if (order > 0 && !has_below(before, new->field))
			add_change(change, NULL, new, arena);
	}
}

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "change_parts.h"
#include "digest.h"
#include "number.h"

struct row row_below(struct row row, struct text key)
{
	if (row.free || text_starts(key, "x-") || (row.field && schema_is_free(row.field)))
		return (struct row){row.kind, NULL, true};
	const struct field *field = schema_child(row.kind, row.field, key);
	return (struct row){row.kind, field, !field};
}

struct row row_item(struct row row)
{
	const struct field *field = row.free || !row.field || schema_is_free(row.field) ? NULL : schema_item(row.kind, row.field);

	return (struct row){row.kind, field, !field};
}

static bool is_status(struct row row, struct text key)
{
	return (row.kind == KIND_RECIPE || row.kind == KIND_PACK) && field_is(row.field, "metadata") && text_is(key, "status");
}

static int order_members(const void *left, const void *right)
{
	return text_compare((*(struct member *const *)left)->name, (*(struct member *const *)right)->name);
}

static void add_number(struct buffer *out, struct text text, struct arena *scratch)
{
	struct decimal decimal;

	if (!decimal_parse(&decimal, text, scratch)) {
		buffer_add(out, text);
		return;
	}
	buffer_format(out, "%s%.*s", decimal.sign < 0 ? "-" : "", TEXT_ARGS(decimal.digits));
	buffer_format(out, "e%ld", decimal.sign ? decimal.exponent : 0L);
}

/* A plain item that stands for a map of one field is written as that map. */
static void add_scalar(struct buffer *out, struct row row, const struct value *value, struct arena *scratch)
{
	enum scalar_class class = field_class(row.field, value);
	const char *key = row.field && row.field->type == FIELD_FEATURE ? "{\"name\":" : row.field && row.field->type == FIELD_PACK_ITEM ? "{\"id\":" : NULL;

	if (key) {
		buffer_string(out, key);
		buffer_json(out, value->text);
		buffer_char(out, '}');
	} else if (class == SCALAR_NUMBER) {
		add_number(out, value->text, scratch);
	} else if (class == SCALAR_BOOL) {
		buffer_add(out, value->text);
	} else {
		buffer_json(out, value->text);
	}
}

static void add_value(struct buffer *out, struct row row, const struct value *value, struct arena *scratch);

static void add_map(struct buffer *out, struct row row, const struct value *map, struct arena *scratch)
{
	struct member **sorted = arena_array(scratch, map->count, sizeof(struct member *));
	size_t count = 0;

	for (size_t i = 0; i < map->count; i++)
		if (!is_status(row, map->members[i].name))
			sorted[count++] = &map->members[i];
	if (count)
		qsort(sorted, count, sizeof(struct member *), order_members);
	buffer_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_char(out, ',');
		buffer_json(out, sorted[i]->name);
		buffer_char(out, ':');
		add_value(out, row_below(row, sorted[i]->name), sorted[i]->value, scratch);
	}
	buffer_char(out, '}');
}

/* The reader bounds the depth of what is walked here. */
static void add_value(struct buffer *out, struct row row, const struct value *value, struct arena *scratch)
{
	switch (value->kind) {
	case VALUE_NULL:
		buffer_string(out, "null");
		break;
	case VALUE_SCALAR:
		add_scalar(out, row, value, scratch);
		break;
	case VALUE_MAP:
		add_map(out, row, value, scratch);
		break;
	case VALUE_LIST:
		buffer_char(out, '[');
		for (size_t i = 0; i < value->count; i++) {
			if (i)
				buffer_char(out, ',');
			add_value(out, row_item(row), value->items[i], scratch);
		}
		buffer_char(out, ']');
	}
}

static void content_text(struct buffer *out, struct row row, const struct value *value)
{
	struct arena scratch;

	arena_init(&scratch);
	buffer_init(out);
	add_value(out, row, value, &scratch);
	arena_release(&scratch);
}

void content_digest(char out[static 65], enum kind kind, const struct value *root)
{
	struct buffer text;

	content_text(&text, (struct row){kind, NULL, false}, root);
	digest_sha256(out, buffer_text(&text));
	buffer_release(&text);
}

bool content_same(struct row row, const struct value *a, const struct value *b)
{
	struct buffer left, right;

	if (a->kind == VALUE_SCALAR && b->kind == VALUE_SCALAR && a->quoted == b->quoted && text_equal(a->text, b->text))
		return true;
	content_text(&left, row, a);
	content_text(&right, row, b);
	bool same = text_equal(buffer_text(&left), buffer_text(&right));
	buffer_release(&left);
	buffer_release(&right);
	return same;
}

/* --- The first difference --- */

static bool find_value(struct difference *out, struct row row, const struct trail *trail, const struct value *before,
                       const struct value *now, struct arena *arena);

static void tell(struct difference *out, struct place place, const struct trail *trail, const struct value *before,
                 const struct value *now, struct arena *arena)
{
	struct text field = trail_text(trail, arena);

	out->place = place;
	out->removed = !now;
	if (!before)
		out->told = text_format(arena, "'%.*s' is new", TEXT_ARGS(field));
	else if (!now)
		out->told = text_format(arena, "'%.*s' is gone, was %.*s", TEXT_ARGS(field), TEXT_ARGS(value_brief(before, arena)));
	else
		out->told = text_format(arena, "'%.*s' is %.*s, was %.*s", TEXT_ARGS(field), TEXT_ARGS(value_brief(now, arena)),
		                        TEXT_ARGS(value_brief(before, arena)));
}

static bool find_map(struct difference *out, struct row row, const struct trail *trail, const struct value *before,
                     const struct value *now, struct arena *arena)
{
	for (size_t i = 0; i < now->count; i++) {
		const struct member *member = &now->members[i], *old = value_member(before, member->name);
		struct trail step = {trail, member->name};
		if (is_status(row, member->name))
			continue;
		if (old && find_value(out, row_below(row, member->name), &step, old->value, member->value, arena))
			return true;
		if (!old) {
			tell(out, member->place, &step, NULL, member->value, arena);
			return true;
		}
	}
	for (size_t i = 0; i < before->count; i++) {
		struct trail step = {trail, before->members[i].name};
		if (is_status(row, step.name) || value_member(now, step.name))
			continue;
		tell(out, now->place, &step, before->members[i].value, NULL, arena);
		return true;
	}
	return false;
}

/* What an item goes by, else its number. */
static struct text item_name(const struct value *item, size_t i, struct arena *arena)
{
	static const char *const keys[] = {"name", "key", "id", "gate", "by"};

	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		const struct value *name = value_get(item, keys[k]);
		if (name && name->kind == VALUE_SCALAR && name->text.len)
			return name->text;
	}
	return text_format(arena, "%zu", i + 1);
}

static bool find_list(struct difference *out, struct row row, const struct trail *trail, const struct value *before,
                      const struct value *now, struct arena *arena)
{
	for (size_t i = 0; i < now->count && i < before->count; i++) {
		struct trail step = {trail, item_name(now->items[i], i, arena)};
		if (find_value(out, row_item(row), &step, before->items[i], now->items[i], arena))
			return true;
	}
	if (now->count == before->count)
		return false;
	if (now->count > before->count) {
		struct trail step = {trail, item_name(now->items[before->count], before->count, arena)};
		tell(out, now->items[before->count]->place, &step, NULL, now->items[before->count], arena);
	} else {
		struct trail step = {trail, item_name(before->items[now->count], now->count, arena)};
		tell(out, now->place, &step, before->items[now->count], NULL, arena);
	}
	return true;
}

static bool find_value(struct difference *out, struct row row, const struct trail *trail, const struct value *before,
                       const struct value *now, struct arena *arena)
{
	if (content_same(row, before, now))
		return false;
	if (before->kind == VALUE_MAP && now->kind == VALUE_MAP && find_map(out, row, trail, before, now, arena))
		return true;
	if (before->kind == VALUE_LIST && now->kind == VALUE_LIST && find_list(out, row, trail, before, now, arena))
		return true;
	tell(out, now->place, trail, before, now, arena);
	return true;
}

struct difference content_difference(enum kind kind, const struct value *before, const struct value *now, struct arena *arena)
{
	struct difference difference = {.told = TEXT("")};

	if (before && now)
		find_value(&difference, (struct row){kind, NULL, false}, NULL, before, now, arena);
	return difference;
}

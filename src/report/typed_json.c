#include "typed_json.h"

#include <math.h>

#include "arena.h"
#include "number.h"

/* Where a value goes: into an object under a key, or at the end of an array. */
struct slot {
	struct json *into;
	const char *key; /* NULL: array */
	enum kind kind;
	struct arena *arena;
};

static void put_value(const struct slot *slot, const struct field *field, const struct value *value);

static bool is_by_looks(const struct field *field)
{
	if (!field)
		return true;
	switch (field->type) {
	case FIELD_MAP:
	case FIELD_LIST:
	case FIELD_FREE:
	case FIELD_NUMBER:
	case FIELD_COUNT:
	case FIELD_BOOL:
	case FIELD_ALLOWANCE:
	case FIELD_SIZE:
	case FIELD_SPAN: return true;
	default: return false;
	}
}

/* 3.0 and +3 are numbers and no counts; JSON could not tell them from 3. */
static bool is_odd_count(const struct field *field, struct text text, double number)
{
	uint64_t count;

	return field && (field->type == FIELD_COUNT || field->type == FIELD_SIZE) && !number_parse_count(&count, text, UINT64_MAX) &&
	       floor(number) == number;
}

static void put_scalar(const struct slot *slot, const struct field *field, const struct value *value)
{
	enum scalar_class class = is_by_looks(field) ? value_class(value) : SCALAR_TEXT;
	bool flag = text_is(value->text, "true");
	double number = 0;

	if (class == SCALAR_NUMBER && number_parse(&number, value->text) == NUMBER_FINITE && is_odd_count(field, value->text, number))
		class = SCALAR_TEXT;
	if (class == SCALAR_TEXT && slot->key)
		json_add_text(slot->into, slot->key, value->text);
	else if (class == SCALAR_TEXT)
		json_push_text(slot->into, value->text);
	else if (class == SCALAR_BOOL && slot->key)
		json_add_bool(slot->into, slot->key, flag);
	else if (class == SCALAR_BOOL)
		json_push_bool(slot->into, flag);
	else if (slot->key)
		json_add_number(slot->into, slot->key, number);
	else
		json_push_number(slot->into, number);
}

/* Operators and x- keys are no fields. */
static const struct field *row_below(enum kind kind, const struct field *field, bool root, struct text name)
{
	bool has_rows = root || (field && field->type != FIELD_FREE && field->type != FIELD_METRICS);

	return !has_rows || text_starts(name, "$") || text_starts(name, "x-") ? NULL : schema_child(kind, field, name);
}

/* The reader has bounded the depth. */
static struct json *map_json(enum kind kind, const struct field *field, bool root, const struct value *map, struct arena *arena)
{
	struct json *object = json_object();

	for (size_t i = 0; i < map->count; i++) {
		const struct member *member = &map->members[i];
		struct slot slot = {object, arena_copy(arena, member->name.at, member->name.len), kind, arena};
		put_value(&slot, row_below(kind, field, root, member->name), member->value);
	}
	return object;
}

static void put_value(const struct slot *slot, const struct field *field, const struct value *value)
{
	struct json *nested;

	if (value->kind == VALUE_SCALAR) {
		put_scalar(slot, field, value);
		return;
	}
	if (value->kind == VALUE_NULL) {
		if (slot->key)
			json_add_null(slot->into, slot->key);
		else
			json_push_null(slot->into);
		return;
	}
	if (value->kind == VALUE_MAP) {
		nested = map_json(slot->kind, field, false, value, slot->arena);
	} else {
		const struct field *item = field && field->type == FIELD_LIST ? schema_item(slot->kind, field) : NULL;
		nested = json_array();
		for (size_t i = 0; i < value->count; i++)
			put_value(&(struct slot){nested, NULL, slot->kind, slot->arena}, item, value->items[i]);
	}
	if (slot->key)
		json_add(slot->into, slot->key, nested);
	else
		json_push(slot->into, nested);
}

struct json *typed_json(enum kind kind, const struct value *root, struct arena *arena)
{
	return map_json(kind, NULL, true, root, arena);
}

void typed_json_push(struct json *array, const struct field *field, const struct value *value, struct arena *arena)
{
	put_value(&(struct slot){array, NULL, field->kind, arena}, field, value);
}

void typed_json_add(struct json *object, const char *key, enum kind kind, const struct field *field, const struct value *value,
                    struct arena *arena)
{
	put_value(&(struct slot){object, key, kind, arena}, field, value);
}

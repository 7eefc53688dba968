#include <string.h>

#include "inside.h"
#include "number.h"

static const struct field free_field = {.kind = KIND_RECIPE, .path = "", .type = FIELD_FREE, .merge = MERGE_KEYS, .doc = ""};

const struct field *field_below(const struct field *parent, struct text key)
{
	if (text_starts(key, "x-") || parent == &free_field || (parent && schema_is_free(parent)))
		return &free_field;
	const struct field *field = schema_child(KIND_RECIPE, parent, key);
	return field ? field : &free_field;
}

const struct field *field_item(const struct field *list)
{
	if (!list || list == &free_field || schema_is_free(list))
		return &free_field;
	const struct field *field = schema_item(KIND_RECIPE, list);
	return field ? field : &free_field;
}

bool field_is(const struct field *field, const char *path)
{
	return field && strcmp(field->path, path) == 0;
}

enum scalar_class field_class(const struct field *field, const struct value *scalar)
{
	double number;

	if (scalar->kind != VALUE_SCALAR)
		return SCALAR_TEXT;
	switch (field ? field->type : FIELD_FREE) {
	case FIELD_MAP:
	case FIELD_LIST:
	case FIELD_FREE:
	case FIELD_ALLOWANCE:
	case FIELD_SPAN:
		return value_class(scalar);
	case FIELD_NUMBER:
	case FIELD_COUNT:
		return !scalar->quoted && number_parse(&number, scalar->text) == NUMBER_FINITE ? SCALAR_NUMBER : SCALAR_TEXT;
	case FIELD_BOOL:
		return !scalar->quoted && (text_is(scalar->text, "true") || text_is(scalar->text, "false")) ? SCALAR_BOOL : SCALAR_TEXT;
	default:
		return SCALAR_TEXT;
	}
}

struct text field_item_name(const struct field *list, const struct value *item)
{
	const struct value *name = item;

	if (!list || list->merge != MERGE_KEYED || !list->merge_key)
		return TEXT("");
	if (item->kind == VALUE_MAP)
		name = value_get(item, list->merge_key);
	if (!name || name->kind != VALUE_SCALAR)
		return TEXT("");
	if (strcmp(list->merge_key, "id") == 0)
		return text_cut(name->text, 0, text_find(name->text, '@'));
	return name->text;
}

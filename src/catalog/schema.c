#include "schema.h"

#include <string.h>

/* What follows parent in a row's path: ".name", "[]" and so on, or a whole path where parent is NULL. NULL: the row stands elsewhere. */
static const char *rest_below(const struct field *row, const struct field *parent)
{
	size_t prefix = parent ? parent->length : 0;
	const char *rest = row->path + prefix;

	if (!parent)
		return rest;
	if (row->length <= prefix || (*rest != '.' && *rest != '[') || memcmp(row->path, parent->path, prefix) != 0)
		return NULL;
	return rest;
}

const char *kind_name(enum kind kind)
{
	static const char *const names[KIND_COUNT] = {"recipe", "pack", "model", "run", "snapshot", "galley.yaml"};

	return kind < KIND_COUNT ? names[kind] : NULL;
}

const struct field *schema_find(enum kind kind, struct text path)
{
	for (size_t i = 0; i < schema_field_count; i++)
		if (schema_fields[i].kind == kind && text_is(path, schema_fields[i].path))
			return &schema_fields[i];
	return NULL;
}

static const struct field *first_of(enum kind kind)
{
	for (size_t i = 0; i < schema_field_count; i++)
		if (schema_fields[i].kind == kind)
			return &schema_fields[i];
	return NULL;
}

/* The row behind a row and all below it; beyond the last row of its parent it may be any, or the end. */
static const struct field *skip_below(const struct field *row)
{
	const struct field *end = schema_fields + schema_field_count, *next = row + 1;

	while (next < end && next->length > row->length && (next->path[row->length] == '.' || next->path[row->length] == '['))
		next++;
	return next;
}

const struct field *schema_next_child(enum kind kind, const struct field *parent, const struct field *after)
{
	const struct field *row = after ? skip_below(after) : parent ? parent + 1 : first_of(kind);

	if (!row || row == schema_fields + schema_field_count || row->kind != kind)
		return NULL;
	const char *rest = rest_below(row, parent);
	return rest && *rest != '[' ? row : NULL;
}

const char *schema_own_name(const struct field *field)
{
	const char *dot = strrchr(field->path, '.');

	return dot ? dot + 1 : field->path;
}

const struct field *schema_child(enum kind kind, const struct field *parent, struct text key)
{
	const struct field *any = NULL, *end = schema_fields + schema_field_count;
	size_t dot = parent ? parent->length + 1 : 0;

	if (parent && parent->kind != kind)
		return NULL;
	for (const struct field *row = parent ? parent + 1 : first_of(kind); row && row < end && row->kind == kind; row = skip_below(row)) {
		if (parent && (row->length <= parent->length || row->path[parent->length] != '.'))
			break;
		const char *name = row->path + dot;
		size_t length = row->length - dot;
		bool is_key = length == key.len && length && *name == *key.at && memcmp(name, key.at, length) == 0;
		if (is_key)
			return rest_below(row, parent) ? row : NULL;
		if (length == 1 && *name == '*' && rest_below(row, parent))
			any = row;
	}
	return any;
}

const struct field *schema_item(enum kind kind, const struct field *list)
{
	const struct field *row = list ? list + 1 : NULL;

	if (!row || list->kind != kind || row == schema_fields + schema_field_count || row->kind != kind)
		return NULL;
	return row->length == list->length + 2 && rest_below(row, list) && row->path[list->length] == '[' ? row : NULL;
}

bool schema_is_free(const struct field *field)
{
	return field && field->type == FIELD_FREE;
}

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

const struct field *schema_next_child(enum kind kind, const struct field *parent, const struct field *after)
{
	const struct field *end = schema_fields + schema_field_count;
	const struct field *row = after ? after + 1 : parent ? parent + 1 : first_of(kind);

	for (; row && row < end && row->kind == kind; row++) {
		const char *rest = rest_below(row, parent);
		if (!rest)
			return NULL;
		const char *name = rest + (*rest == '.');
		size_t length = row->length - (size_t)(name - row->path);
		if (*name != '[' && !memchr(name, '.', length) && row->path[row->length - 1] != ']' && !memchr(name, '[', length))
			return row;
	}
	return NULL;
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

	/* Such a key would spell a longer path. */
	if (!key.len || text_find(key, '.') < key.len || text_find(key, '[') < key.len)
		key = TEXT("*");
	if (parent && parent->kind != kind)
		return NULL;
	for (const struct field *row = parent ? parent + 1 : first_of(kind); row && row < end && row->kind == kind; row++) {
		const char *name = row->path + dot;
		if (parent && (row->length <= parent->length || (name[-1] != '.' && name[-1] != '[')))
			break;
		size_t length = row->length - dot;
		bool is_key = length == key.len && *name == *key.at && memcmp(name, key.at, length) == 0;
		if ((!is_key && !(length == 1 && *name == '*')) || !rest_below(row, parent) || (parent && name[-1] != '.'))
			continue;
		if (is_key)
			return row;
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

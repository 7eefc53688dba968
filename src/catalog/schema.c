#include "schema.h"

#include <string.h>

/* What stands in a row's path right below parent's: its own name, or NULL where the row stands elsewhere or deeper. */
static const char *name_below(const struct field *row, const struct field *parent, size_t prefix)
{
	const char *name = row->path + prefix;

	if (parent && *name++ != '.')
		return NULL;
	for (const char *c = name; *c; c++)
		if (*c == '.' || *c == '[')
			return NULL;
	return name;
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
	size_t prefix = parent ? strlen(parent->path) : 0;
	const struct field *end = schema_fields + schema_field_count;
	const struct field *row = after ? after + 1 : parent ? parent + 1 : first_of(kind);

	for (; row && row < end && row->kind == kind; row++) {
		if (prefix && strncmp(row->path, parent->path, prefix) != 0)
			return NULL;
		if (name_below(row, parent, prefix))
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
	size_t prefix = parent ? strlen(parent->path) : 0;

	/* Such a key would spell a longer path. */
	if (!key.len || text_find(key, '.') < key.len || text_find(key, '[') < key.len)
		key = TEXT("*");
	if (parent && parent->kind != kind)
		return NULL;
	for (const struct field *row = parent ? parent + 1 : first_of(kind); row && row < end && row->kind == kind; row++) {
		if (prefix && strncmp(row->path, parent->path, prefix) != 0)
			break;
		const char *name = row->path + prefix;
		if (parent && *name++ != '.')
			continue;
		if (strcmp(name, "*") == 0)
			any = row;
		else if (*name == *key.at && strncmp(name, key.at, key.len) == 0 && !name[key.len])
			return row;
	}
	return any;
}

const struct field *schema_item(enum kind kind, const struct field *list)
{
	const struct field *row = list ? list + 1 : NULL;

	if (!row || list->kind != kind || row == schema_fields + schema_field_count || row->kind != kind)
		return NULL;
	size_t prefix = strlen(list->path);
	return strncmp(row->path, list->path, prefix) == 0 && strcmp(row->path + prefix, "[]") == 0 ? row : NULL;
}

bool schema_is_free(const struct field *field)
{
	return field && field->type == FIELD_FREE;
}

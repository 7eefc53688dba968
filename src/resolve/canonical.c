#include <stdlib.h>

#include "buffer.h"
#include "digest.h"
#include "inside.h"
#include "number.h"

/* RFC 8785 escapes what JSON demands and nothing else, the short way where there is one. */
static void add_string(struct buffer *out, struct text text)
{
	static const char shorts[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

	buffer_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];
		if (c == '"' || c == '\\')
			buffer_format(out, "\\%c", c);
		else if (c < sizeof shorts && shorts[c])
			buffer_format(out, "\\%c", shorts[c]);
		else if (c < 0x20)
			buffer_format(out, "\\u%04x", c);
		else
			buffer_char(out, (char)c);
	}
	buffer_char(out, '"');
}

/* The first UTF-16 code unit of a code point. */
static unsigned first_unit(unsigned point)
{
	return point < 0x10000 ? point : 0xd800 + ((point - 0x10000) >> 10);
}

static int order_utf16(struct text a, struct text b)
{
	size_t i = 0, j = 0;

	while (i < a.len && j < b.len) {
		unsigned x = utf8_next(a, &i), y = utf8_next(b, &j);
		if (x == y)
			continue;
		if (first_unit(x) != first_unit(y))
			return first_unit(x) < first_unit(y) ? -1 : 1;
		return x < y ? -1 : 1;
	}
	return (i < a.len) - (j < b.len);
}

static int order_members(const void *left, const void *right)
{
	return order_utf16((*(struct member *const *)left)->name, (*(struct member *const *)right)->name);
}

static void add_value(struct buffer *out, const struct field *field, const struct value *value, struct arena *scratch);

static void add_scalar(struct buffer *out, const struct field *field, const struct value *value)
{
	enum scalar_class class = field_class(field, value);
	double number = 0;

	if (field && field->type == FIELD_FEATURE) {
		buffer_string(out, "{\"name\":");
		add_string(out, value->text);
		buffer_char(out, '}');
	} else if (class == SCALAR_NUMBER && number_parse(&number, value->text) == NUMBER_FINITE) {
		buffer_number(out, number);
	} else if (class == SCALAR_BOOL) {
		buffer_add(out, value->text);
	} else {
		add_string(out, value->text);
	}
}

static bool is_left_out(const struct field *map, struct text name)
{
	return text_starts(name, "x-") || (field_is(map, "metadata") && (text_is(name, "version") || text_is(name, "status")));
}

static void add_map(struct buffer *out, const struct field *field, const struct value *map, struct arena *scratch)
{
	struct member **sorted = arena_array(scratch, map->count, sizeof(struct member *));
	size_t count = 0;

	for (size_t i = 0; i < map->count; i++)
		if (!is_left_out(field, map->members[i].name))
			sorted[count++] = &map->members[i];
	if (count)
		qsort(sorted, count, sizeof(struct member *), order_members);
	buffer_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_char(out, ',');
		add_string(out, sorted[i]->name);
		buffer_char(out, ':');
		add_value(out, field_below(field, sorted[i]->name), sorted[i]->value, scratch);
	}
	buffer_char(out, '}');
}

/* The reader bounds the depth of what is walked here. */
static void add_value(struct buffer *out, const struct field *field, const struct value *value, struct arena *scratch)
{
	switch (value->kind) {
	case VALUE_NULL:
		buffer_string(out, "null");
		break;
	case VALUE_SCALAR:
		add_scalar(out, field, value);
		break;
	case VALUE_MAP:
		add_map(out, field, value, scratch);
		break;
	case VALUE_LIST:
		buffer_char(out, '[');
		for (size_t i = 0; i < value->count; i++) {
			if (i)
				buffer_char(out, ',');
			add_value(out, field_item(field), value->items[i], scratch);
		}
		buffer_char(out, ']');
	}
}

struct text canonical_text(const struct field *field, const struct value *value, struct arena *arena)
{
	struct buffer out;
	struct arena scratch;

	arena_init(&scratch);
	buffer_init(&out);
	add_value(&out, field, value, &scratch);
	struct text text = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	arena_release(&scratch);
	return text;
}

struct text canonical_recipe(const struct value *root, struct arena *arena)
{
	return canonical_text(NULL, root, arena);
}

bool canonical_same(const struct field *field, const struct value *a, const struct value *b, struct arena *arena)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_SCALAR && a->quoted == b->quoted && text_equal(a->text, b->text))
		return true;
	return text_equal(canonical_text(field, a, arena), canonical_text(field, b, arena));
}

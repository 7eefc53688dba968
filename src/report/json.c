#include "json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "number.h"

/* cJSON holds the tree; printing is ours, because cJSON's own prints 0.1+0.2 as 0.3 and NaN as null. Numbers are cJSON "raw" items. */

enum { INLINE_ITEMS = 16, INLINE_WIDTH = 100 };

static cJSON *inside(struct json *json)
{
	return (cJSON *)(void *)json;
}

static struct json *outside(cJSON *item)
{
	if (!item)
		memory_exhausted();
	return (struct json *)(void *)item;
}

struct json *json_object(void)
{
	return outside(cJSON_CreateObject());
}

struct json *json_array(void)
{
	return outside(cJSON_CreateArray());
}

void json_release(struct json *json)
{
	cJSON_Delete(inside(json));
}

void json_add(struct json *object, const char *key, struct json *child)
{
	cJSON_AddItemToObject(inside(object), key, inside(child));
}

void json_push(struct json *array, struct json *child)
{
	cJSON_AddItemToArray(inside(array), inside(child));
}

static struct json *string_item(struct text text)
{
	char *copy = memory_get(text.len + 1);

	if (text.len)
		memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	cJSON *item = cJSON_CreateString(copy);
	free(copy);
	return outside(item);
}

static struct json *number_item(double value)
{
	char out[32];

	number_print(out, value);
	return outside(isfinite(value) ? cJSON_CreateRaw(out) : cJSON_CreateString(out));
}

static struct json *count_item(uint64_t value)
{
	char out[24];
	size_t at = sizeof out - 1;

	out[at] = '\0';
	do {
		out[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return outside(cJSON_CreateRaw(out + at));
}

void json_add_text(struct json *object, const char *key, struct text text)
{
	json_add(object, key, string_item(text));
}

void json_add_string(struct json *object, const char *key, const char *string)
{
	json_add(object, key, string ? string_item(text_of(string)) : outside(cJSON_CreateNull()));
}

void json_add_number(struct json *object, const char *key, double value)
{
	json_add(object, key, number_item(value));
}

void json_add_count(struct json *object, const char *key, uint64_t value)
{
	json_add(object, key, count_item(value));
}

void json_add_bool(struct json *object, const char *key, bool value)
{
	json_add(object, key, outside(cJSON_CreateBool(value)));
}

void json_add_null(struct json *object, const char *key)
{
	json_add(object, key, outside(cJSON_CreateNull()));
}

void json_add_raw(struct json *object, const char *key, struct text number)
{
	struct json *item = string_item(number);

	inside(item)->type = cJSON_Raw;
	json_add(object, key, item);
}

void json_push_text(struct json *array, struct text text)
{
	json_push(array, string_item(text));
}

void json_push_number(struct json *array, double value)
{
	json_push(array, number_item(value));
}

void json_push_count(struct json *array, uint64_t value)
{
	json_push(array, count_item(value));
}

void json_push_bool(struct json *array, bool value)
{
	json_push(array, outside(cJSON_CreateBool(value)));
}

void json_push_null(struct json *array)
{
	json_push(array, outside(cJSON_CreateNull()));
}

static bool is_nested(const cJSON *item)
{
	return (cJSON_IsArray(item) || cJSON_IsObject(item)) && item->child;
}

/* A few scalars are easier to read, and to diff, on one line. */
static bool fits_inline(const cJSON *item)
{
	size_t count = 0, width = 0;

	for (const cJSON *child = item->child; child; child = child->next) {
		if (is_nested(child) || ++count > INLINE_ITEMS)
			return false;
		width += 4 + (child->string ? strlen(child->string) + 4 : 0) + (child->valuestring ? strlen(child->valuestring) : 4);
	}
	return width <= INLINE_WIDTH;
}

/* The tree is ours and shallow: recursion is bounded by how reports nest. */
static void print_item(struct buffer *out, const cJSON *item, bool pretty, size_t level)
{
	bool object = cJSON_IsObject(item);

	if (cJSON_IsString(item)) {
		buffer_json_safe(out, text_of(item->valuestring));
		return;
	}
	if (!object && !cJSON_IsArray(item)) {
		buffer_string(out, cJSON_IsRaw(item) ? item->valuestring : cJSON_IsNull(item) ? "null" : cJSON_IsTrue(item) ? "true" : "false");
		return;
	}
	bool lines = pretty && item->child && !(level > 0 && fits_inline(item));
	buffer_char(out, object ? '{' : '[');
	for (const cJSON *child = item->child; child; child = child->next) {
		if (lines) {
			buffer_char(out, '\n');
			buffer_repeat(out, ' ', 2 * (level + 1));
		}
		if (object) {
			buffer_json_safe(out, text_of(child->string));
			buffer_string(out, pretty ? ": " : ":");
		}
		print_item(out, child, pretty, level + 1);
		if (child->next)
			buffer_string(out, pretty && !lines ? ", " : ",");
	}
	if (lines) {
		buffer_char(out, '\n');
		buffer_repeat(out, ' ', 2 * level);
	}
	buffer_char(out, object ? '}' : ']');
}

void json_print(struct buffer *out, const struct json *json, bool pretty)
{
	print_item(out, (const cJSON *)(const void *)json, pretty, 0);
	buffer_char(out, '\n');
}

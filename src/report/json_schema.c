#include "json_schema.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "document.h"
#include "field_facts.h"
#include "limits.h"
#include "number.h"
#include "schema_types.h"
#include "typed_json.h"

#define DRAFT "https://json-schema.org/draft/2020-12/schema"

/* What is needed while a schema is made: the definitions that were referred to are added at its end. */
struct writer {
	enum kind kind;
	bool used[FIELD_RULE + 1];
	bool measures;
	struct arena *arena;
};

static struct json *field_schema(struct writer *writer, const struct field *field);

static void add_all(struct json *into, const char *key, struct json *child)
{
	if (into)
		json_add(into, key, child);
	else
		json_release(child);
}

/* --- what every field has: its words, default and example --- */

static struct text description(const struct field *field, struct arena *arena)
{
	struct buffer out;
	struct text range = range_words(field, arena), looser = looser_words(field, arena);

	buffer_init(&out);
	buffer_string(&out, field->doc);
	if (range.len && field->type == FIELD_LIST)
		buffer_format(&out, "; %.*s", TEXT_ARGS(range));
	if (field->requirement == REQUIRED_EFFECTIVE)
		buffer_string(&out, "; required here or in a parent");
	if (field->fallback && !fallback_is_value(field))
		buffer_format(&out, "; default: %s", field->fallback);
	if (field->kind == KIND_RECIPE && field->merge == MERGE_KEYED)
		buffer_format(&out, "; inherited items are merged by their %s", field->merge_key);
	if (looser.len && field->looser != LOOSER_NONE)
		buffer_format(&out, "; looser: %.*s", TEXT_ARGS(looser));
	struct text text = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return text;
}

/* The value of a line of YAML, typed, as the only item of an array. */
static struct json *value_list(const struct field *field, const char *yaml, struct arena *arena)
{
	struct text bytes = text_format(arena, "value: %s\n", yaml);
	struct input file = {.path = TEXT("example"), .bytes = bytes};
	struct diags diags;
	struct json *list = json_array();

	diags_init(&diags, arena);
	struct value *root = document_read(&file, DOCUMENT_MANIFEST, &limits_default, arena, &diags);
	if (root)
		typed_json_push(list, field, value_get(root, "value"), arena);
	return list;
}

static void add_default(struct json *schema, const struct field *field)
{
	struct text words = text_of(field->fallback);
	double number;

	if (field->type == FIELD_BOOL)
		json_add_bool(schema, "default", text_is(words, "true"));
	else if ((field->type == FIELD_NUMBER || field->type == FIELD_COUNT || field->type == FIELD_SIZE) &&
	         number_parse(&number, words) == NUMBER_FINITE)
		json_add_number(schema, "default", number);
	else
		json_add_text(schema, "default", words);
}

static void add_words(struct writer *writer, struct json *schema, const struct field *field)
{
	json_add_text(schema, "description", description(field, writer->arena));
	if (field->fallback && fallback_is_value(field))
		add_default(schema, field);
	if (field->example)
		json_add(schema, "examples", value_list(field, field->example, writer->arena));
}

/* --- maps --- */

static void add_map(struct writer *writer, struct json *schema, const struct field *map, bool keyed_item)
{
	struct json *properties = json_object(), *key_patterns = json_object(), *required = json_array(), *others = NULL;
	bool any_required = false;

	for (const struct field *row = schema_next_child(writer->kind, map, NULL); row; row = schema_next_child(writer->kind, map, row)) {
		const char *name = schema_own_name(row);
		if (strcmp(name, "*") == 0) {
			others = field_schema(writer, row);
			continue;
		}
		json_add(properties, name, field_schema(writer, row));
		any_required = any_required || row->requirement == REQUIRED;
		if (row->requirement == REQUIRED)
			json_push_text(required, text_of(name));
	}
	add_operators(properties, key_patterns, writer->kind == KIND_RECIPE, keyed_item);
	json_add_string(schema, "type", "object");
	add_all(any_required ? schema : NULL, "required", required);
	json_add(schema, "properties", properties);
	json_add(schema, "patternProperties", key_patterns);
	if (others)
		json_add(schema, "additionalProperties", others);
	else
		json_add_bool(schema, "additionalProperties", false);
}

/* --- lists --- */

static bool is_keyed(const struct field *list)
{
	return list->kind == KIND_RECIPE && list->merge == MERGE_KEYED;
}

/* In a recipe the first item may be {$patch: replace} instead. */
static struct json *item_schema(struct writer *writer, const struct field *list)
{
	const struct field *item = schema_item(list->kind, list);
	struct json *schema = field_schema(writer, item), *choice;

	if (writer->kind != KIND_RECIPE)
		return schema;
	choice = json_object();
	json_add(choice, "if", schema_ref("drop"));
	json_add(choice, "else", schema);
	return choice;
}

static void add_list(struct writer *writer, struct json *schema, const struct field *list)
{
	bool stages = list->kind == KIND_RECIPE && strcmp(list->path, "pipeline.stages") == 0;

	json_add_string(schema, "type", "array");
	if (list->min != list->max && list->min > 0)
		json_add_number(schema, "minItems", list->min);
	if (stages)
		json_add_count(schema, "maxItems", limits_default.stages);
	else if (list->min != list->max && isfinite(list->max))
		json_add_number(schema, "maxItems", list->max);
	json_add(schema, "items", item_schema(writer, list));
	if (writer->kind == KIND_RECIPE) {
		json_add(schema, "contains", schema_ref("drop"));
		json_add_count(schema, "minContains", 0);
		json_add_count(schema, "maxContains", 1);
	}
}

/* --- single values --- */

static void add_choices(struct json *schema, const struct field *field)
{
	struct text rest = text_of(field->allowed);
	struct json *words = json_array();
	double number;

	while (rest.len) {
		struct text word = text_cut(rest, 0, text_find(rest, '|'));
		json_push_text(words, word);
		if (number_parse(&number, word) == NUMBER_FINITE)
			json_push_number(words, number);
		rest = text_cut(rest, word.len + 1, rest.len);
	}
	json_add(schema, "enum", words);
}

static void add_number(struct json *schema, const struct field *field)
{
	bool count = field->type == FIELD_COUNT, range = field->min != field->max;

	json_add_string(schema, "type", count ? "integer" : "number");
	if (range || count)
		json_add_number(schema, "minimum", range ? field->min : 0);
	if (range && isfinite(field->max))
		json_add_number(schema, "maximum", field->max);
	else if (count)
		json_add_count(schema, "maximum", 9007199254740991);
}

static void refer(struct writer *writer, struct json *schema, enum field_type type)
{
	struct buffer path;

	buffer_init(&path);
	buffer_format(&path, "#/$defs/%s", shared_type_name(type));
	json_add_string(schema, "$ref", path.data);
	buffer_release(&path);
	writer->used[type] = true;
}

/* A plain value or a map with more to say. */
static void add_either(struct writer *writer, struct json *schema, const struct field *field, enum field_type plain)
{
	struct json *ways = json_array(), *value = json_object(), *map = json_object();
	const struct field *list = list_of(field);

	refer(writer, value, plain);
	json_push(ways, value);
	if (field->type == FIELD_METRICS) {
		json_add_string(map, "$ref", "#/$defs/measures");
		writer->measures = true;
	} else {
		add_map(writer, map, field, list && is_keyed(list));
	}
	json_push(ways, map);
	json_add(schema, "anyOf", ways);
}

static void add_free(struct writer *writer, struct json *schema)
{
	if (writer->kind == KIND_RECIPE) {
		json_add_string(schema, "$ref", "#/$defs/free");
	} else if (writer->kind == KIND_SNAPSHOT) {
		json_add_string(schema, "$ref", "#/$defs/measure");
		writer->measures = true;
	}
}

static struct json *field_schema(struct writer *writer, const struct field *field)
{
	struct json *schema = json_object();
	const struct field *list = list_of(field);

	add_words(writer, schema, field);
	switch (field->type) {
	case FIELD_MAP: add_map(writer, schema, field, list && is_keyed(list)); break;
	case FIELD_LIST: add_list(writer, schema, field); break;
	case FIELD_FREE: add_free(writer, schema); break;
	case FIELD_NUMBER:
	case FIELD_COUNT: add_number(schema, field); break;
	case FIELD_BOOL: json_add_string(schema, "type", "boolean"); break;
	case FIELD_CHOICE:
	case FIELD_RULE: add_choices(schema, field); break;
	case FIELD_METRICS: add_either(writer, schema, field, FIELD_PATH); break;
	case FIELD_FEATURE: add_either(writer, schema, field, FIELD_TEXT); break;
	case FIELD_PACK_ITEM: add_either(writer, schema, field, FIELD_REFERENCE); break;
	default: refer(writer, schema, field->type);
	}
	return schema;
}

/* --- the whole --- */

static struct json *definitions(const struct writer *writer)
{
	struct json *definitions = json_object();

	for (enum field_type type = FIELD_MAP; type <= FIELD_RULE; type++) {
		if (!writer->used[type])
			continue;
		struct json *schema = shared_type(type);
		json_add_string(schema, "description", type_words(type));
		json_add(definitions, shared_type_name(type), schema);
	}
	if (writer->measures) {
		json_add(definitions, "measure", measure_type());
		json_add(definitions, "measures", measures_type());
	}
	if (writer->kind == KIND_RECIPE) {
		json_add(definitions, "free", free_type());
		json_add(definitions, "unset", unset_type());
		json_add(definitions, "drop", drop_type());
	}
	return definitions;
}

static const char about[] =
    "Made by 'galley schema' from the one table of fields. It judges what stands in this file alone; what refers to other files, is "
    "inherited or must fit together is for 'galley check'. galley takes types from the fields and not from how a value looks, so text may "
    "look like a number or boolean here. A plain YAML 1.2 reader differs from galley in that it takes 007, 0x1f and .inf for numbers, does "
    "not tell 3.0, 1e3 and +3 from whole numbers or a quoted NaN from a plain one, and sees neither byte limits, 29 February, nor ranges in "
    "a schedule that end before they begin; a reader of YAML 1.1 also takes off, no, 1_000 and dates for other types: quote those. That "
    "{$patch: replace} counts as the first item of a list only is not checked.";

void json_schema_print(struct buffer *out, enum kind kind, struct arena *arena)
{
	struct writer writer = {.kind = kind, .arena = arena};
	struct json *root = json_object();
	const char *word = kind == KIND_CONFIG ? "config" : kind_name(kind);

	json_add_string(root, "$schema", DRAFT);
	json_add_text(root, "$id", text_format(arena, "urn:galley:schema:1:%s", word));
	json_add_text(root, "title", kind == KIND_CONFIG ? TEXT("galley.yaml") : text_format(arena, "galley %s", kind_name(kind)));
	json_add_string(root, "description", about);
	add_map(&writer, root, NULL, false);
	json_add(root, "$defs", definitions(&writer));
	json_print(out, root, true);
	json_release(root);
}

#include "json.h"
#include "number.h"
#include "text_report.h"

static struct json *tree_json(const struct field *field, const struct value *value);

/* An object wants keys that end in NUL, which slices of a file do not. */
static const char *key_of(struct buffer *key, struct text name)
{
	buffer_clear(key);
	buffer_add(key, name);
	buffer_char(key, '\0');
	return key->data;
}

static void add_member(struct json *object, const struct field *field, const char *key, const struct value *value)
{
	double number;

	if (value->kind == VALUE_NULL)
		json_add_null(object, key);
	else if (value->kind != VALUE_SCALAR)
		json_add(object, key, tree_json(field, value));
	else if (field_class(field, value) == SCALAR_NUMBER && number_parse(&number, value->text) == NUMBER_FINITE)
		json_add_number(object, key, number);
	else if (field_class(field, value) == SCALAR_BOOL)
		json_add_bool(object, key, text_is(value->text, "true"));
	else
		json_add_text(object, key, value->text);
}

static void push_item(struct json *array, const struct field *field, const struct value *value)
{
	double number;

	if (value->kind == VALUE_NULL)
		json_push_null(array);
	else if (value->kind != VALUE_SCALAR)
		json_push(array, tree_json(field, value));
	else if (field_class(field, value) == SCALAR_NUMBER && number_parse(&number, value->text) == NUMBER_FINITE)
		json_push_number(array, number);
	else if (field_class(field, value) == SCALAR_BOOL)
		json_push_bool(array, text_is(value->text, "true"));
	else
		json_push_text(array, value->text);
}

/* The reader bounds the depth of what is walked here. */
static struct json *tree_json(const struct field *field, const struct value *value)
{
	struct json *json = value->kind == VALUE_MAP ? json_object() : json_array();
	struct buffer key;

	buffer_init(&key);
	for (size_t i = 0; i < value->count; i++)
		if (value->kind == VALUE_MAP)
			add_member(json, field_below(field, value->members[i].name), key_of(&key, value->members[i].name),
			           value->members[i].value);
		else
			push_item(json, field_item(field), value->items[i]);
	buffer_release(&key);
	return json;
}

static void add_place(struct json *object, struct place place)
{
	json_add_text(object, "path", place.file ? place.file->path : TEXT(""));
	json_add_count(object, "line", place.line);
}

static void add_level(struct json *json, const struct recipe *recipe)
{
	json_add_text(json, "recipe", recipe->record.id);
	json_add_text(json, "version", recipe->version);
	json_add_string(json, "level", level_name(recipe->level));
}

static struct json *origin_json(const struct effective *effective, const struct origin *origin)
{
	struct json *json = json_object(), *shadowed = json_array();

	json_add_text(json, "field", origin->field);
	add_place(json, origin->place);
	if (!origin->value)
		json_add_bool(json, "removed", true);
	add_level(json, origin->recipe);
	json_add_string(json, "operation", operation_name(origin->operation));
	for (size_t i = 0; i < origin->shadow_count; i++) {
		struct json *shadow = json_object();
		add_place(shadow, origin->shadowed[i].value->place);
		add_member(shadow, origin->row, "value", origin->shadowed[i].value);
		add_level(shadow, origin->shadowed[i].recipe);
		json_push(shadowed, shadow);
	}
	json_add(json, "shadowed", shadowed);
	const struct effective *of;
	const struct waiver *waiver = effective_waiver(&of, effective, origin->recipe, origin->field);
	if (waiver) {
		struct json *waived = json_object();
		json_add_text(waived, "recipe", of->recipe->record.id);
		json_add_text(waived, "expires", waiver->expires);
		json_add_bool(waived, "in_force", waiver->in_force);
		json_add_text(waived, "approved_by", waiver->approved_by);
		json_add_text(waived, "reason", waiver->reason);
		json_add(json, "waiver", waived);
	}
	return json;
}

void resolve_json(struct buffer *out, const struct effective *effective, bool why, struct text field)
{
	struct json *json = json_object();

	json_add_string(json, "schema", "galley.resolve/1");
	json_add_text(json, "id", effective->recipe->record.id);
	json_add_text(json, "version", effective->recipe->version);
	json_add_string(json, "digest", effective->root ? effective->digest : NULL);
	if (effective->root)
		json_add(json, "recipe", tree_json(NULL, effective->root));
	else
		json_add_null(json, "recipe");
	if (why) {
		struct json *origins = json_array();
		for (size_t i = 0; i < effective->origin_count; i++)
			if (!field.len || field_within(effective->origins[i].field, field))
				json_push(origins, origin_json(effective, &effective->origins[i]));
		json_add(json, "origins", origins);
	}
	json_print(out, json, true);
	json_release(json);
}

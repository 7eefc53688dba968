#include "explain.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "drift.h"
#include "explain_parts.h"
#include "field_facts.h"
#include "json.h"
#include "number.h"

static struct text allowed_words(const struct field *field, struct arena *arena)
{
	struct buffer words;

	buffer_init(&words);
	for (const char *c = field->allowed ? field->allowed : ""; *c; c++)
		buffer_string(&words, *c == '|' ? ", " : (char[]){*c, '\0'});
	for (size_t i = 0; field->type == FIELD_METHOD && i < schema_method_count; i++)
		buffer_format(&words, "%s, ", schema_methods[i].key);
	if (field->type == FIELD_METHOD)
		buffer_string(&words, "auto");
	struct text out = text_copy(arena, buffer_text(&words));
	buffer_release(&words);
	return out;
}

static struct text children_words(const struct field *field, struct arena *arena)
{
	const struct field *of = field->type == FIELD_LIST ? schema_item(field->kind, field) : field;
	struct buffer words;

	buffer_init(&words);
	for (const struct field *row = schema_next_child(of->kind, of, NULL); row; row = schema_next_child(of->kind, of, row))
		buffer_format(&words, "%s%s", words.len ? ", " : "", strcmp(schema_own_name(row), "*") == 0 ? "any name" : schema_own_name(row));
	struct text out = text_copy(arena, buffer_text(&words));
	buffer_release(&words);
	return out;
}

static void field_text(struct buffer *out, const struct field *field, const struct explanation *of, struct arena *arena)
{
	buffer_format(out, "%s (%s%s)\n  %s\n\n", field->path, field->kind == KIND_CONFIG ? "" : "in a ", kind_name(field->kind), field->doc);
	explain_line(out, "type", text_format(arena, "%s: %s", type_name(field->type), type_words(field->type)));
	explain_line(out, "allowed", allowed_words(field, arena));
	explain_line(out, "range", range_words(field, arena));
	if (field->type == FIELD_REFERENCE || field->type == FIELD_PACK_ITEM)
		explain_line(out, "refers to", text_format(arena, "a %s", kind_name(field->target)));
	explain_line(out, "below it", children_words(field, arena));
	explain_line(out, "required", text_of(requirement_words(field)));
	explain_line(out, "default", text_of(field->fallback ? field->fallback : ""));
	if (field->kind == KIND_RECIPE) {
		explain_line(out, "inherited", is_inherited(field) ? TEXT("from metadata.parent and its parents; 'galley resolve ID --why' says which file set it")
		                                           : TEXT("no"));
		if (is_inherited(field))
			explain_line(out, "merged", merge_words(field, arena));
	}
	explain_line(out, "looser", looser_words(field, arena));
	explain_line(out, "since", text_format(arena, "format version %s", field->since));
	buffer_string(out, "\n  example\n");
	struct buffer yaml;
	buffer_init(&yaml);
	example_yaml(&yaml, field, of->names, of->name_count);
	explain_block(out, "    ", buffer_text(&yaml));
	buffer_release(&yaml);
}

static const char *method_columns(const struct drift_method_info *info)
{
	if (info->two_valued)
		return "numbers and categories, where both sides together have two values";
	return info->any ? "of every kind" : !info->categories ? "numbers" : info->numbers ? "numbers and categories" : "categories";
}

static void method_text(struct buffer *out, const struct schema_method *method, struct arena *arena)
{
	const struct drift_method_info *info = &drift_methods[drift_method_of(text_of(method->key))];
	char warn[32], drift[32];

	buffer_format(out, "%s (drift method)\n  %s\n\n", method->key, info->what);
	explain_line(out, "shown as", text_of(info->label));
	explain_line(out, "columns", text_of(method_columns(info)));
	number_print(warn, info->warn);
	number_print(drift, info->drift);
	explain_line(out, "default", info->unlimited        ? TEXT("none: it decides only where a 'threshold' is written")
	                             : info->threshold_on_p ? text_format(arena, "warns where p is under %s, drifts where it is under %s", warn, drift)
	                                                    : text_format(arena, "warns beyond %s, drifts beyond %s", warn, drift));
	explain_line(out, "limits", text_of(method->takes_threshold ? method->takes_p ? "'threshold' of the effect size, or 'p'" : "'threshold' of the effect size"
	                                                    : "'p' alone"));
	explain_line(out, "set in", TEXT("monitoring.drift.method, or methods.default and methods.thresholds of galley.yaml"));
}

static const char auto_what[] = "the PSI, and beside it the change of the missing rate: the worse of the two decides";

static void auto_text(struct buffer *out)
{
	buffer_format(out, "auto (drift methods)\n  %s\n\n", auto_what);
	explain_line(out, "columns", TEXT("numbers and categories"));
	explain_line(out, "default", TEXT("the limits of psi and of missing"));
	explain_line(out, "limits", TEXT("'threshold' of the PSI"));
	explain_line(out, "decides", TEXT("between two files without --method, and wherever the method for all columns does not apply"));
	explain_line(out, "set in", TEXT("monitoring.drift.method, or methods.default of galley.yaml; a recipe that says nothing means PSI alone"));
}

static void field_list(struct buffer *out, const struct explanation *explanation)
{
	size_t kinds = 0, widest = 0;

	for (size_t i = 0; i < explanation->field_count; i++) {
		size_t width = strlen(kind_name(explanation->fields[i]->kind));
		kinds = width > kinds ? width : kinds;
		width = strlen(explanation->fields[i]->path);
		widest = width > widest ? width : widest;
	}
	buffer_format(out, "%zu fields are called '", explanation->field_count);
	buffer_safe(out, explanation->asked);
	buffer_string(out, "'; ask for one by its path, or with --kind:\n\n");
	for (size_t i = 0; i < explanation->field_count; i++) {
		const struct field *field = explanation->fields[i];
		buffer_format(out, "  %-*s  %-*s  %s\n", (int)kinds, kind_name(field->kind), (int)widest, field->path, field->doc);
	}
}

void explain_text(struct buffer *out, const struct explanation *explanation, struct arena *arena)
{
	if (explanation->field_count == 1)
		field_text(out, explanation->fields[0], explanation, arena);
	else if (explanation->field_count)
		field_list(out, explanation);
	if (explanation->has_code)
		code_text(out, explanation->code);
	if (explanation->method)
		method_text(out, explanation->method, arena);
	if (explanation->automatic)
		auto_text(out);
}

/* --- JSON --- */

static void add_words(struct json *object, const char *key, struct text words)
{
	if (words.len)
		json_add_text(object, key, words);
}

static void add_allowed(struct json *object, const struct field *field)
{
	struct text rest = text_of(field->allowed ? field->allowed : "");

	if (!rest.len && field->type != FIELD_METHOD)
		return;
	struct json *list = json_array();
	while (rest.len) {
		size_t end = text_find(rest, '|');
		json_push_text(list, text_cut(rest, 0, end));
		rest = text_cut(rest, end + 1, rest.len);
	}
	for (size_t i = 0; field->type == FIELD_METHOD && i < schema_method_count; i++)
		json_push_text(list, text_of(schema_methods[i].key));
	if (field->type == FIELD_METHOD)
		json_push_text(list, TEXT("auto"));
	json_add(object, "allowed", list);
}

static void add_children(struct json *object, const struct field *field)
{
	const struct field *of = field->type == FIELD_LIST ? schema_item(field->kind, field) : field;
	struct json *list = json_array();

	for (const struct field *row = schema_next_child(of->kind, of, NULL); row; row = schema_next_child(of->kind, of, row))
		json_push_text(list, text_of(schema_own_name(row)));
	json_add(object, "fields", list);
}

static struct json *field_json(const struct field *field, const struct explanation *of, struct arena *arena)
{
	static const char *const requirements[] = {[OPTIONAL] = "no", [REQUIRED] = "file", [REQUIRED_EFFECTIVE] = "effective"};
	static const char *const merges[] = {[MERGE_REPLACE] = "replace", [MERGE_KEYS] = "keys", [MERGE_KEYED] = "keyed",
	                                     [MERGE_SET] = "set", [MERGE_NEVER] = "never"};
	struct json *object = json_object();
	struct buffer yaml;

	json_add_string(object, "kind", kind_name(field->kind));
	json_add_string(object, "path", field->path);
	json_add_string(object, "doc", field->doc);
	json_add_string(object, "type", type_name(field->type));
	json_add_string(object, "form", type_words(field->type));
	add_allowed(object, field);
	if (field->min != field->max) {
		json_add_number(object, "min", field->min);
		if (isfinite(field->max))
			json_add_number(object, "max", field->max);
	}
	if (field->type == FIELD_REFERENCE || field->type == FIELD_PACK_ITEM)
		json_add_string(object, "target", kind_name(field->target));
	add_children(object, field);
	json_add_string(object, "required", requirements[field->requirement]);
	if (field->fallback)
		json_add_string(object, "default", field->fallback);
	if (field->kind == KIND_RECIPE) {
		json_add_bool(object, "inherited", is_inherited(field));
		json_add_string(object, "merge", merges[field->merge]);
		if (field->merge_key)
			json_add_string(object, "merge_key", field->merge_key);
		add_words(object, "merged", merge_words(field, arena));
	}
	add_words(object, "looser", looser_words(field, arena));
	json_add_string(object, "since", field->since);
	buffer_init(&yaml);
	example_yaml(&yaml, field, of->names, of->name_count);
	json_add_text(object, "example", buffer_text(&yaml));
	buffer_release(&yaml);
	return object;
}

static struct json *method_json(const struct schema_method *method)
{
	const struct drift_method_info *info = &drift_methods[drift_method_of(text_of(method->key))];
	struct json *object = json_object();

	json_add_string(object, "method", method->key);
	json_add_bool(object, "computed", true);
	json_add_bool(object, "takes_threshold", method->takes_threshold);
	json_add_bool(object, "takes_p", method->takes_p);
	json_add_string(object, "label", info->label);
	json_add_string(object, "value", info->what);
	json_add_string(object, "columns", method_columns(info));
	json_add_string(object, "of", info->threshold_on_p ? "p" : "effect size");
	if (!info->unlimited) {
		json_add_number(object, "warn", info->warn);
		json_add_number(object, "drift", info->drift);
	}
	return object;
}

static struct json *auto_json(void)
{
	struct json *object = json_object();

	json_add_string(object, "method", "auto");
	json_add_bool(object, "computed", true);
	json_add_bool(object, "takes_threshold", true);
	json_add_bool(object, "takes_p", false);
	json_add_string(object, "value", auto_what);
	json_add_string(object, "columns", "numbers and categories");
	return object;
}

void explain_json(struct buffer *out, const struct explanation *explanation, struct arena *arena)
{
	struct json *root = json_object(), *fields = json_array(), *methods = json_array();

	json_add_string(root, "schema", "galley.explain/1");
	json_add_text(root, "asked", explanation->asked);
	for (size_t i = 0; i < explanation->field_count; i++)
		json_push(fields, field_json(explanation->fields[i], explanation, arena));
	json_add(root, "fields", fields);
	struct json *codes = json_array();
	if (explanation->has_code)
		json_push(codes, code_json(explanation->code));
	json_add(root, "codes", codes);
	if (explanation->method)
		json_push(methods, method_json(explanation->method));
	if (explanation->automatic)
		json_push(methods, auto_json());
	json_add(root, "methods", methods);
	json_print(out, root, true);
	json_release(root);
}

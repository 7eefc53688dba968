#include "checker.h"
#include "number.h"
#include "parts.h"

static void check_map(struct checker *checker, const struct field *field, const struct value *map,
                      const struct spot *spot);

/* The field is there, or what was meant to be it. */
static bool has_field(const struct checker *checker, const struct field *field, const struct value *map,
                      const char *name)
{
	return value_get(map, name) || is_misspelt(checker->kind, field, map, text_of(name), checker->diags->arena);
}

static void missing_field(struct checker *checker, const struct field *row, const struct value *map,
                          const struct spot *spot)
{
	struct text path = spot_text(spot, checker->diags->arena);

	diag_add(checker->diags, CODE_SCHEMA_MISSING_FIELD, map->place, "missing field '%s' in '%.*s'",
	         schema_own_name(row), TEXT_ARGS(path));
	if (row->example)
		diag_help(checker->diags, "write it here or in a parent, for example %s: %s", schema_own_name(row),
		          row->example);
}

static void check_below(struct checker *checker, const struct field *field, const struct value *value,
                        const struct spot *spot)
{
	if (spot->depth >= CHECK_DEPTH_MAX || schema_is_free(field))
		return;
	if (value->kind == VALUE_MAP) {
		check_map(checker, field, value, spot);
		return;
	}
	const struct field *item = schema_item(checker->kind, field);
	for (size_t i = 0; item && value->kind == VALUE_LIST && i < value->count; i++) {
		/* Merged lists have other positions than what was written. */
		struct text name = field->merge == MERGE_KEYED ? value_text(value->items[i], field->merge_key) : (struct text){0};
		struct spot here = {spot, name, i, spot->depth + 1};
		/* What has no name was told as such. */
		if (value->items[i]->kind == VALUE_MAP && !(field->merge == MERGE_KEYED && !name.len))
			check_map(checker, item, value->items[i], &here);
	}
}

static void check_map(struct checker *checker, const struct field *field, const struct value *map,
                      const struct spot *spot)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct member *member = &map->members[i];
		/* A value of its own was checked where it was written. */
		if (member->value->kind == VALUE_SCALAR)
			continue;
		const struct field *row = schema_child(checker->kind, field, member->name);
		struct spot here = {spot, member->name, 0, spot ? spot->depth + 1 : 1};
		if (!row || schema_is_free(row) || text_starts(member->name, "x-") || text_starts(member->name, "$"))
			continue;
		/* Of a recipe without a parent schema_check() has said so already, and the two findings are equal. */
		if (member->value->kind == VALUE_NULL && row->merge != MERGE_NEVER) {
			diag_add(checker->diags, CODE_SCHEMA_NULL, member->place, "'%.*s' has no value",
			         TEXT_ARGS(spot_text(&here, checker->diags->arena)));
			diag_help(checker->diags, "give it a value or remove the line");
		}
		check_below(checker, row, member->value, &here);
	}
	for (const struct field *row = schema_next_child(checker->kind, field, NULL); row;
	     row = schema_next_child(checker->kind, field, row))
		if (row->requirement == REQUIRED_EFFECTIVE && !has_field(checker, field, map, schema_own_name(row)))
			missing_field(checker, row, map, spot);
}

/* Whether a list or map two levels down has anything in it. What has another type than it should is there; the schema has said so. */
static bool has_any(const struct checker *checker, const struct value *root, const char *block, const char *name)
{
	const struct value *map = value_get(root, block), *value = value_get(map, name);

	if (!map || map->kind != VALUE_MAP)
		return map ? map->kind == VALUE_SCALAR : has_field(checker, NULL, root, block);
	if (value)
		return value->kind == VALUE_SCALAR || (value->kind != VALUE_NULL && value->count);
	return has_field(checker, schema_find(KIND_RECIPE, text_of(block)), map, name);
}

static void check_complete(const struct checker *checker, const struct value *root, struct place place)
{
	struct diags *diags = checker->diags;

	if (!has_field(checker, NULL, root, "requirements")) {
		diag_add(diags, CODE_RECIPE_INCOMPLETE, place, "recipe has no 'requirements'");
		diag_help(diags, "write them here or in a parent");
	}
	if (!has_any(checker, root, "pipeline", "stages")) {
		diag_add(diags, CODE_RECIPE_INCOMPLETE, place, "recipe has no stage in 'pipeline.stages'");
		diag_help(diags, "write one here or in a parent, such as {name: train, type: training}");
	}
	if (!has_any(checker, root, "evaluation", "metrics") && !has_any(checker, root, "evaluation", "packs")) {
		diag_add(diags, CODE_RECIPE_INCOMPLETE, place, "recipe has neither a metric nor a pack in 'evaluation'");
		diag_help(diags, "write evaluation.metrics or evaluation.packs here or in a parent");
	}
}

bool schema_fits_limits(const struct value *feature, struct text name)
{
	bool threshold = value_get(feature, "threshold"), p = value_get(feature, "p");
	const struct schema_method *method = threshold || p ? schema_method_of(name) : NULL;

	if (!method && !text_is_nocase(name, "auto"))
		return true;
	return !(threshold && p) && !(threshold && method && !method->takes_threshold) && !(p && !(method && method->takes_p));
}

/* The limits written in a drift block or feature, against the method that judges with them. */
static void check_limits(const struct value *map, struct text method_name, struct diags *diags)
{
	const struct value *threshold = value_get(map, "threshold"), *p = value_get(map, "p");
	const struct schema_method *method = schema_method_of(method_name);

	if (schema_fits_limits(map, method_name))
		return;
	bool takes_threshold = !method || method->takes_threshold, takes_p = method && method->takes_p;
	if (threshold && !takes_threshold) {
		diag_add(diags, CODE_GATE_METHOD, threshold->place, "method '%.*s' takes no 'threshold'",
		         TEXT_ARGS(method_name));
		diag_help(diags, "its limit is a p-value: write p: 0.01");
	} else if (p && !takes_p) {
		diag_add(diags, CODE_GATE_METHOD, p->place, "method '%.*s' takes no 'p'", TEXT_ARGS(method_name));
		diag_help(diags, "its limit is an effect size: write threshold: 0.2");
	} else {
		diag_add(diags, CODE_GATE_METHOD, p->place, "both 'threshold' and 'p' for method '%.*s'",
		         TEXT_ARGS(method_name));
		diag_relate(diags, threshold->place, "threshold %.*s", TEXT_ARGS(threshold->text));
		diag_help(diags, "one of them decides: remove the other");
	}
}

static void check_drift(const struct value *drift, struct diags *diags)
{
	const struct value *features = value_get(drift, "features");
	struct text method = value_text(drift, "method");

	if (!method.len)
		method = TEXT("PSI");
	check_limits(drift, method, diags);
	for (size_t i = 0; features && features->kind == VALUE_LIST && i < features->count; i++) {
		const struct value *feature = features->items[i];
		struct text own = value_text(feature, "method");
		if (feature->kind == VALUE_MAP)
			check_limits(feature, own.len ? own : method, diags);
	}
}

/* A smallest value above the largest does not. */
bool schema_fits_column(const struct value *column)
{
	double min, max;

	return !value_number(&min, column, "min") || !value_number(&max, column, "max") || min <= max;
}

static void check_columns(const struct value *columns, struct diags *diags)
{
	for (size_t i = 0; columns && columns->kind == VALUE_MAP && i < columns->count; i++) {
		const struct value *column = columns->members[i].value;
		if (schema_fits_column(column))
			continue;
		diag_add(diags, CODE_SCHEMA_RANGE, value_place(column, "max"),
		         "'max' %.*s of column '%.*s' is below 'min' %.*s", TEXT_ARGS(value_text(column, "max")),
		         TEXT_ARGS(excerpt(columns->members[i].name, diags->arena)), TEXT_ARGS(value_text(column, "min")));
		diag_relate(diags, value_place(column, "min"), "min %.*s", TEXT_ARGS(value_text(column, "min")));
	}
}

void schema_check_effective(const struct value *root, struct place place, struct diags *diags)
{
	struct checker checker = {KIND_RECIPE, NULL, diags, false};

	if (!root || root->kind != VALUE_MAP)
		return;
	check_map(&checker, NULL, root, NULL);
	check_complete(&checker, root, place);
	check_drift(value_at(root, "monitoring.drift"), diags);
	check_columns(value_at(root, "requirements.schema.columns"), diags);
	features_check(root, diags);
}

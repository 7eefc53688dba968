/* A glance at a recipe that adds to its parent: most do so in ways that nothing can be said about, and need no effective tree to know it.
 * Whatever overrides, removes, or touches what is judged across fields is not for a glance, and the recipe is resolved. What resolving
 * finds beyond the file's own schema must be known here: tests/unit/test_resolve_findings.c holds both ways together. */
#include <stdlib.h>

#include "inside.h"
#include "number.h"

struct backdrop {
	const struct value *root, *columns;
	const struct value *method;      /* monitoring.drift.method; NULL */
	struct uses limited, metrics, names; /* with limits; with those monitored; columns: sorted */
	bool upper;                      /* some of these have capital letters: names may differ in case */
	bool whole;                      /* all packs are there */
	bool has_inputs;
	struct name_set stages, features, known, watched; /* known: inputs, outputs and labels; watched: for freshness */
	const struct field *metadata, *requirements, *columns_row, *stages_row, *metrics_row, *monitored_row, *drift_row, *features_row;
};

struct glance {
	const struct backdrop *over;
	const struct field *asked; /* the last row whose children were asked what the effective recipe needs, */
	bool needs;                /* and the answer */
	struct uses metrics, names; /* own */
	struct arena *scratch;
};

enum { NAMES_MOST = 64 };

/* --- what is inherited --- */

static void add_names(struct name_set *names, const struct value *list, struct arena *arena)
{
	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++) {
		const struct value *item = list->items[i]->kind == VALUE_MAP ? value_get(list->items[i], "name") : list->items[i];
		if (item && item->kind == VALUE_SCALAR)
			name_set_add(names, item->text, arena);
	}
}

/* Sorted names; two that differ in case only are told of whoever spells one of them. */
static bool has_spellings(const struct uses *uses)
{
	for (size_t i = 1; i < uses->count; i++)
		if (!text_equal(uses->items[i - 1].name, uses->items[i].name) &&
		    names_compare_nocase(uses->items[i - 1].name, uses->items[i].name) == 0)
			return true;
	return false;
}

static bool has_upper(const struct uses *uses)
{
	for (size_t i = 0; i < uses->count; i++)
		for (size_t k = 0; k < uses->items[i].name.len; k++)
			if (uses->items[i].name.at[k] >= 'A' && uses->items[i].name.at[k] <= 'Z')
				return true;
	return false;
}

static bool is_limited(const struct backdrop *over, const struct value *metrics)
{
	for (size_t i = 0; over->whole && metrics && metrics->kind == VALUE_LIST && i < metrics->count; i++)
		if (!uses_find_nocase(&over->limited, metrics->items[i]->text))
			return false;
	return true;
}

static void find_rows(struct backdrop *out)
{
	const struct field *monitoring = field_below(NULL, TEXT("monitoring"));

	out->metadata = field_below(NULL, TEXT("metadata"));
	out->requirements = field_below(NULL, TEXT("requirements"));
	out->columns_row = field_below(field_below(out->requirements, TEXT("schema")), TEXT("columns"));
	out->stages_row = field_below(field_below(NULL, TEXT("pipeline")), TEXT("stages"));
	out->metrics_row = field_below(field_below(NULL, TEXT("evaluation")), TEXT("metrics"));
	out->monitored_row = field_below(monitoring, TEXT("metrics"));
	out->drift_row = field_below(monitoring, TEXT("drift"));
	out->features_row = field_below(out->drift_row, TEXT("features"));
}

static void find_names(struct backdrop *out, const struct effective *parent, const struct catalog *catalog, struct arena *arena)
{
	const struct value *root = parent->root, *inputs = value_at(root, "lineage.input_features"), *monitored = value_at(root, "monitoring.metrics");

	uses_limited(&out->limited, &out->whole, parent, catalog, arena);
	uses_limited(&out->metrics, &out->whole, parent, catalog, arena);
	for (size_t i = 0; monitored && monitored->kind == VALUE_LIST && i < monitored->count; i++) {
		out->metrics.items = arena_grow(arena, out->metrics.items, out->metrics.count, sizeof *out->metrics.items);
		out->metrics.items[out->metrics.count++] = (struct use){monitored->items[i]->text, monitored->items[i]->place};
	}
	uses_sort(&out->metrics);
	uses_columns(&out->names, root, arena);
	uses_sort(&out->names);
	out->upper = has_upper(&out->metrics) || has_upper(&out->names);
	out->has_inputs = inputs && inputs->kind == VALUE_LIST && inputs->count;
	add_names(&out->stages, value_at(root, "pipeline.stages"), arena);
	add_names(&out->features, value_at(root, "monitoring.drift.features"), arena);
	add_names(&out->watched, value_at(root, "monitoring.freshness.features"), arena);
	add_names(&out->known, inputs, arena);
	add_names(&out->known, value_at(root, "lineage.output_features"), arena);
	add_names(&out->known, value_at(root, "requirements.labels"), arena);
	name_set_sort(&out->stages);
	name_set_sort(&out->features);
	name_set_sort(&out->watched);
	name_set_sort(&out->known);
}

struct backdrop *backdrop_make(const struct effective *parent, const struct name_set *told, const struct catalog *catalog, struct arena *arena)
{
	const struct value *root = parent->root;

	if (!parent->usable || told->count || value_get(root, "waivers") || value_at(root, "metadata.policy"))
		return NULL;
	struct backdrop *out = arena_alloc(arena, sizeof *out);
	out->root = root;
	out->columns = value_at(root, "requirements.schema.columns");
	out->method = value_at(root, "monitoring.drift.method");
	find_rows(out);
	find_names(out, parent, catalog, arena);
	if (!out->columns || out->columns->kind != VALUE_MAP || !out->columns->count || has_spellings(&out->metrics) ||
	    has_spellings(&out->names) || !is_limited(out, value_at(root, "monitoring.metrics")))
		return NULL;
	return out;
}

bool backdrop_same(const struct backdrop *a, const struct backdrop *b)
{
	/* All else is made of these. */
	bool same = a->whole == b->whole && a->limited.count == b->limited.count && tree_same(a->root, b->root);

	for (size_t i = 0; same && i < a->limited.count; i++)
		same = text_equal(a->limited.items[i].name, b->limited.items[i].name);
	return same;
}

/* --- one field --- */

static bool is_operator(struct text name)
{
	return name.len && *name.at == '$';
}

static bool needs_any(struct glance *glance, const struct field *field)
{
	if (glance->asked != field) {
		glance->asked = field;
		glance->needs = false;
		for (const struct field *row = schema_next_child(KIND_RECIPE, field, NULL); row; row = schema_next_child(KIND_RECIPE, field, row))
			glance->needs = glance->needs || row->requirement == REQUIRED_EFFECTIVE;
	}
	return glance->needs;
}

static bool has_needed(const struct field *field, const struct value *map)
{
	for (const struct field *row = schema_next_child(KIND_RECIPE, field, NULL); row; row = schema_next_child(KIND_RECIPE, field, row))
		if (row->requirement == REQUIRED_EFFECTIVE && !value_get(map, schema_own_name(row)))
			return false;
	return true;
}

/* A gate where there was none is tighter, unless leaving it out meant something. */
static bool is_tight(const struct field *field, const struct value *value, struct arena *scratch)
{
	struct value fallback;

	return field->looser == LOOSER_NONE || field->looser == LOOSER_METRIC || !gate_fallback(&fallback, field) ||
	       gate_order_values(field, &fallback, value, scratch) != GATE_LAXER;
}

static bool is_new_clear(struct glance *glance, const struct field *field, const struct value *value);

/* Items that have a name, each another. */
static bool are_named(const struct field *list, const struct value *value)
{
	struct text names[NAMES_MOST];

	if (value->count > NAMES_MOST)
		return false;
	for (size_t i = 0; i < value->count; i++) {
		names[i] = field_item_name(list, value->items[i]);
		for (size_t k = 0; k < i; k++)
			if (text_equal(names[k], names[i]))
				return false;
		if (!names[i].len)
			return false;
	}
	return true;
}

static bool is_new_list_clear(struct glance *glance, const struct field *field, const struct value *list)
{
	const struct field *item = field_item(field);

	if (field->merge == MERGE_KEYED && !are_named(field, list))
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (!is_new_clear(glance, item, list->items[i]))
			return false;
	return true;
}

/* Something that the parent does not have. */
static bool is_new_clear(struct glance *glance, const struct field *field, const struct value *value)
{
	if (value->kind == VALUE_NULL || !is_tight(field, value, glance->scratch))
		return false;
	if (value->kind == VALUE_LIST)
		return is_new_list_clear(glance, field, value);
	if (value->kind == VALUE_SCALAR)
		return true;
	for (size_t i = 0; i < value->count; i++) {
		const struct member *member = &value->members[i];
		if (is_operator(member->name) || !is_new_clear(glance, field_below(field, member->name), member->value))
			return false;
	}
	return schema_is_free(field) || !needs_any(glance, field) || has_needed(field, value);
}

/* Shorter than their canonical forms. */
static bool are_other_numbers(const struct field *field, const struct value *a, const struct value *b)
{
	double x, y;

	return (field->type == FIELD_NUMBER || field->type == FIELD_COUNT) && number_parse(&x, a->text) == NUMBER_FINITE &&
	       number_parse(&y, b->text) == NUMBER_FINITE && (x < y || x > y);
}

/* A value over another: of the same class, no repetition, and where it is a gate no laxer. */
static bool is_scalar_clear(struct glance *glance, const struct field *field, const struct value *inherited, const struct value *own)
{
	if (!merge_takes_both(field) && field_class(field, own) != field_class(field, inherited))
		return false;
	if (merge_tells_restated(field) && !are_other_numbers(field, inherited, own) && canonical_same(field, inherited, own, glance->scratch))
		return false;
	return field->looser == LOOSER_NONE || gate_order_values(field, inherited, own, glance->scratch) != GATE_LAXER;
}

/* Names added to a list that keeps what it has. */
static bool is_set_clear(const struct field *field, const struct value *inherited, const struct value *own)
{
	bool adds = !merge_tells_restated(field);

	/* More names are no laxer where fewer are. */
	if (field->merge != MERGE_SET || (field->looser != LOOSER_NONE && field->looser != LOOSER_SUBSET))
		return false;
	for (size_t i = 0; i < own->count; i++) {
		bool known = false;
		if (own->items[i]->kind != VALUE_SCALAR)
			return false;
		for (size_t k = 0; k < inherited->count && !known; k++)
			known = text_equal(inherited->items[k]->text, own->items[i]->text);
		adds = adds || !known;
	}
	return adds;
}

/* Where nothing but the value itself is judged. inherited may be NULL. */
static bool is_clear(struct glance *glance, const struct field *field, const struct value *inherited, const struct value *own)
{
	if (!inherited || field->merge == MERGE_NEVER)
		return is_new_clear(glance, field, own);
	if (own->kind == VALUE_NULL || own->kind != inherited->kind)
		return false;
	if (own->kind == VALUE_SCALAR)
		return is_scalar_clear(glance, field, inherited, own);
	if (own->kind == VALUE_LIST)
		return is_set_clear(field, inherited, own);
	for (size_t i = 0; i < own->count; i++) {
		const struct member *member = &own->members[i], *before = value_member(inherited, member->name);
		if (is_operator(member->name) ||
		    !is_clear(glance, field_below(field, member->name), before ? before->value : NULL, member->value))
			return false;
	}
	return true;
}

/* --- fields that are judged with others --- */

static void add_use(struct uses *uses, struct text name, struct arena *arena)
{
	uses->items = arena_grow(arena, uses->items, uses->count, sizeof *uses->items);
	uses->items[uses->count++] = (struct use){.name = name};
}

static bool has_name(const struct name_set *names, struct text name)
{
	return name_set_find((struct name_set *)names, name) != NO_NAME;
}

static bool are_columns_clear(struct glance *glance, const struct value *own)
{
	const struct backdrop *over = glance->over;

	if (own->kind != VALUE_MAP)
		return false;
	for (size_t i = 0; i < own->count; i++) {
		const struct member *member = &own->members[i];
		/* A column that features had to do without changes what is said of them. */
		if (is_operator(member->name) || value_member(over->columns, member->name) || has_name(&over->features, member->name) ||
		    has_name(&over->watched, member->name) ||
		    !is_new_clear(glance, field_below(over->columns_row, member->name), member->value) || !schema_fits_column(member->value))
			return false;
		add_use(&glance->names, member->name, glance->scratch);
	}
	return true;
}

/* A section of the recipe whose members are known here one by one. */
static bool is_requirements_clear(struct glance *glance, const struct value *own)
{
	const struct value *inherited = value_get(glance->over->root, "requirements");

	for (size_t i = 0; i < own->count; i++) {
		const struct member *member = &own->members[i];
		const struct field *field = field_below(glance->over->requirements, member->name);
		const struct value *before = value_get(inherited, "schema");
		if (!text_is(member->name, "schema")) {
			const struct member *same = value_member(inherited, member->name);
			if (is_operator(member->name) || text_is(member->name, "labels") ||
			    !is_clear(glance, field, same ? same->value : NULL, member->value))
				return false;
			continue;
		}
		if (member->value->kind != VALUE_MAP)
			return false;
		for (size_t k = 0; k < member->value->count; k++) {
			const struct member *inner = &member->value->members[k], *same = value_member(before, inner->name);
			bool clear = text_is(inner->name, "columns") ? are_columns_clear(glance, inner->value)
			             : text_is(inner->name, "min_rows") && is_clear(glance, field_below(field, inner->name), same ? same->value : NULL, inner->value);
			if (!clear)
				return false;
		}
	}
	return true;
}

static bool is_pipeline_clear(struct glance *glance, const struct value *own)
{
	const struct backdrop *over = glance->over;

	for (size_t i = 0; i < own->count; i++) {
		const struct value *list = own->members[i].value;
		if (!text_is(own->members[i].name, "stages") || list->kind != VALUE_LIST || !is_new_list_clear(glance, over->stages_row, list))
			return false;
		for (size_t k = 0; k < list->count; k++)
			if (has_name(&over->stages, field_item_name(over->stages_row, list->items[k])))
				return false;
	}
	return true;
}

static bool is_metric_clear(struct glance *glance, const struct member *member)
{
	struct diags found;

	diags_init(&found, glance->scratch);
	metric_of_recipe(member->name, member->value, member->value->place, glance->scratch, &found);
	return !found.count;
}

static bool is_evaluation_clear(struct glance *glance, const struct value *own)
{
	const struct value *inherited = value_at(glance->over->root, "evaluation.metrics");

	for (size_t i = 0; i < own->count; i++) {
		const struct value *metrics = own->members[i].value;
		if (!text_is(own->members[i].name, "metrics") || metrics->kind != VALUE_MAP)
			return false;
		for (size_t k = 0; k < metrics->count; k++) {
			const struct member *member = &metrics->members[k];
			if (is_operator(member->name) || member->value->kind != VALUE_MAP || value_member(inherited, member->name) ||
			    !is_new_clear(glance, field_below(glance->over->metrics_row, member->name), member->value) || !is_metric_clear(glance, member))
				return false;
			add_use(&glance->metrics, member->name, glance->scratch);
		}
	}
	return true;
}

/* A feature that is new, of a column that there is. */
static bool is_feature_clear(struct glance *glance, const struct value *item, const struct value *own_columns)
{
	const struct backdrop *over = glance->over;
	struct text name = field_item_name(over->features_row, item);
	const struct value *method = value_get(item, "method");
	const struct member *column = value_member(own_columns, name);
	struct text inherited = over->method && over->method->kind == VALUE_SCALAR && over->method->text.len ? over->method->text : TEXT("PSI");

	if (!column)
		column = value_member(over->columns, name);
	if (!column || has_name(&over->features, name) || (over->has_inputs && !has_name(&over->known, name)) ||
	    (method && method->kind != VALUE_SCALAR) || !schema_fits_limits(item, method ? method->text : inherited))
		return false;
	bool limited = value_get(item, "threshold") || value_get(item, "p");
	add_use(&glance->names, name, glance->scratch);
	return schema_fits_method(column->value, method ? method : limited ? over->method : NULL);
}

static bool are_features_clear(struct glance *glance, const struct value *drift, const struct value *own)
{
	const struct value *columns = value_at(own, "requirements.schema.columns");

	for (size_t i = 0; i < drift->count; i++) {
		const struct value *list = drift->members[i].value;
		if (!text_is(drift->members[i].name, "features") || list->kind != VALUE_LIST || !is_new_list_clear(glance, glance->over->features_row, list))
			return false;
		for (size_t k = 0; k < list->count; k++)
			if (!is_feature_clear(glance, list->items[k], columns))
				return false;
	}
	return true;
}

static bool is_monitoring_clear(struct glance *glance, const struct value *monitoring, const struct value *own)
{
	const struct value *inherited = value_at(glance->over->root, "monitoring.metrics");
	const struct value *limited = value_at(own, "evaluation.metrics"), *over_metrics = value_at(glance->over->root, "evaluation.metrics");

	for (size_t i = 0; i < monitoring->count; i++) {
		const struct member *member = &monitoring->members[i];
		const struct value *value = member->value;
		if (text_is(member->name, "drift")) {
			if (value->kind != VALUE_MAP || !are_features_clear(glance, value, own))
				return false;
			continue;
		}
		if (!text_is(member->name, "metrics") || value->kind != VALUE_LIST || !is_clear(glance, glance->over->monitored_row, inherited, value))
			return false;
		for (size_t k = 0; k < value->count; k++) {
			struct text name = value->items[k]->text;
			if (glance->over->whole && !value_member(limited, name) &&
			    !value_member(over_metrics, name) && !uses_find_nocase(&glance->over->limited, name))
				return false;
			add_use(&glance->metrics, name, glance->scratch);
		}
	}
	return true;
}

/* Own names against each other and those inherited: no two that differ in case only. */
static bool are_spelled_alike(const struct uses *own, const struct uses *inherited)
{
	for (size_t i = 0; i < own->count; i++) {
		struct text name = own->items[i].name;
		const struct use *same = uses_find_nocase(inherited, name);
		if (same && !text_equal(same->name, name))
			return false;
		for (size_t k = 0; k < i; k++)
			if (!text_equal(own->items[k].name, name) && names_compare_nocase(own->items[k].name, name) == 0)
				return false;
	}
	return true;
}

static bool is_section_clear(struct glance *glance, const struct member *section, const struct value *own)
{
	const struct value *value = section->value;

	if (value->kind != VALUE_MAP)
		return false;
	if (text_is(section->name, "metadata"))
		return !value_get(value, "policy") && is_clear(glance, glance->over->metadata, value_get(glance->over->root, "metadata"), value);
	if (text_is(section->name, "requirements"))
		return is_requirements_clear(glance, value);
	if (text_is(section->name, "pipeline"))
		return is_pipeline_clear(glance, value);
	if (text_is(section->name, "evaluation"))
		return is_evaluation_clear(glance, value);
	return text_is(section->name, "monitoring") && is_monitoring_clear(glance, value, own);
}

bool glance_is_clear(const struct backdrop *backdrop, const struct value *own, struct arena *scratch)
{
	struct glance glance = {.over = backdrop, .scratch = scratch};

	for (size_t i = 0; i < own->count; i++)
		if (!is_section_clear(&glance, &own->members[i], own))
			return false;
	if (!backdrop->upper && !has_upper(&glance.metrics) && !has_upper(&glance.names))
		return true;
	return glance.metrics.count + glance.names.count <= 4 * NAMES_MOST && are_spelled_alike(&glance.metrics, &backdrop->metrics) &&
	       are_spelled_alike(&glance.names, &backdrop->names);
}

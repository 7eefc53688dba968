/* Features: what a recipe watches and requires, against the columns and features that it says there are. */
#include <stdlib.h>

#include "arena.h"
#include "checker.h"
#include "parts.h"

struct features {
	const struct value *columns;  /* requirements.schema.columns; NULL where it names none */
	const struct value *inputs;   /* lineage.input_features; NULL where it names none */
	bool closed;                  /* a snapshot has no other columns than those */
	struct text *known;           /* input and output features and labels, sorted */
	size_t known_count;
	size_t suggestions;
	struct arena scratch;
	struct diags *diags;
};

static const struct value *filled(const struct value *value, enum value_kind kind)
{
	return value && value->kind == kind && value->count ? value : NULL;
}

static int compare(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static void add_known(struct features *features, const struct value *list)
{
	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++)
		if (list->items[i]->kind == VALUE_SCALAR) {
			features->known = arena_grow(&features->scratch, features->known, features->known_count, sizeof *features->known);
			features->known[features->known_count++] = list->items[i]->text;
		}
}

static bool is_known(const struct features *features, struct text name)
{
	return features->known_count && bsearch(&name, features->known, features->known_count, sizeof name, compare);
}

static const struct value *column_of(const struct features *features, struct text name)
{
	const struct member *member = features->columns ? value_member(features->columns, name) : NULL;

	return member ? member->value : NULL;
}

/* Whether a near one was found among the columns and features. */
static bool suggest_column(struct features *features, struct text name)
{
	size_t count = features->columns ? features->columns->count : 0;

	if (features->suggestions++ >= SUGGESTIONS_MAX)
		return false;
	struct text *names = arena_array(features->diags->arena, count + features->known_count, sizeof *names);
	for (size_t i = 0; i < count; i++)
		names[i] = features->columns->members[i].name;
	for (size_t i = 0; i < features->known_count; i++)
		names[count++] = features->known[i];
	return suggest(features->diags, name, names, count);
}

/* The contradiction's other side, so that it can be told where it arises when one of the two is inherited. */
static void relate_columns(struct features *features)
{
	diag_relate(features->diags, features->columns->place, "the columns of the schema%s",
	            features->closed ? ", with 'allow_extra_columns: false'" : "");
}

static void relate_inputs(struct features *features)
{
	diag_relate(features->diags, features->inputs->place, "the input features");
}

/* A name that should be a column; what: "drift feature". False when it was told. */
static bool check_there(struct features *features, const struct value *name, const char *what)
{
	struct diags *diags = features->diags;
	struct text shown = excerpt(name->text, diags->arena);

	if (column_of(features, name->text))
		return true;
	if (features->closed) {
		diag_add(diags, CODE_RECIPE_FEATURE, name->place, "%s '%.*s' is no column of the schema, which allows no others", what,
		         TEXT_ARGS(shown));
		relate_columns(features);
	} else if (is_known(features, name->text) || !(features->columns || features->inputs)) {
		return true;
	} else {
		diag_add(diags, CODE_RECIPE_FEATURE, name->place, "%s '%.*s' is no %s%s%s", what, TEXT_ARGS(shown),
		         features->inputs ? "input feature" : "", features->inputs && features->columns ? " and no " : "",
		         features->columns ? "column of the schema" : "");
		if (features->inputs)
			relate_inputs(features);
		if (features->columns)
			relate_columns(features);
	}
	if (!suggest_column(features, name->text))
		diag_help(diags, "name it in %s, or remove it here", features->columns ? "'requirements.schema.columns'" : "'lineage.input_features'");
	return false;
}

static bool is_one_of(struct text word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_is_nocase(word, words[i]))
			return true;
	return false;
}

/* What keeps the method from comparing the column, in words; NULL: nothing. */
static const char *method_clash(const struct value *type, struct text method)
{
	static const char *const of_numbers[] = {"ks", "kuiper", "wasserstein", "energy", "cvm", "anderson_darling", "mann_whitney", "welch_t"};
	static const char *const of_categories[] = {"chi_square", "g_test"};

	if (!type || type->kind != VALUE_SCALAR)
		return NULL;
	bool number = text_is(type->text, "number");
	if (text_is(type->text, "timestamp") || text_is(type->text, "ignore"))
		return "which has no drift";
	if (number && is_one_of(method, of_categories, sizeof of_categories / sizeof *of_categories))
		return "and its method compares categories";
	if (!number && is_one_of(method, of_numbers, sizeof of_numbers / sizeof *of_numbers))
		return "and its method compares numbers";
	return NULL;
}

static struct text method_text(const struct value *method)
{
	return method && method->kind == VALUE_SCALAR ? method->text : TEXT("");
}

bool schema_fits_method(const struct value *column, const struct value *method)
{
	return !method_clash(value_get(column, "type"), method_text(method));
}

/* False where the column is of a type that the method cannot compare, which is told. */
static bool check_comparable(struct features *features, const struct value *name, const struct value *column,
                             const struct value *method_value)
{
	const struct value *type = value_get(column, "type");
	struct text method = method_text(method_value);
	const char *what = method_clash(type, method);
	struct diags *diags = features->diags;

	if (!what)
		return true;
	bool number = text_is(type->text, "number");
	diag_add(diags, CODE_RECIPE_FEATURE, name->place, "drift feature '%.*s' is of the type '%.*s', %s",
	         TEXT_ARGS(excerpt(name->text, diags->arena)), TEXT_ARGS(type->text), what);
	if (method.len)
		diag_relate(diags, method_value->place, "method %.*s", TEXT_ARGS(method));
	diag_relate(diags, type->place, "type %.*s", TEXT_ARGS(type->text));
	if (text_starts(text_of(what), "and"))
		diag_help(diags, "give the feature a method of its own: %s", number ? "PSI or KS" : "PSI or chi_square");
	else
		diag_help(diags, "remove it, or give the column the type number, category or category_num");
	return false;
}

static void check_drift(struct features *features, const struct value *drift)
{
	const struct value *list = filled(value_get(drift, "features"), VALUE_LIST);
	const struct value *method = value_get(drift, "method");

	for (size_t i = 0; list && i < list->count; i++) {
		const struct value *item = list->items[i], *name = item->kind == VALUE_MAP ? value_get(item, "name") : item;
		/* Where neither method nor limit is the feature's own, a method that does not fit gives way to PSI. */
		const struct value *own = value_get(item, "method");
		bool limited = value_get(item, "threshold") || value_get(item, "p");
		if (!name || name->kind != VALUE_SCALAR || !name->text.len || !check_there(features, name, "drift feature"))
			continue;
		const struct value *column = column_of(features, name->text);
		/* Columns beyond the inputs may be watched on purpose. */
		if (column && check_comparable(features, name, column, own ? own : limited ? method : NULL) && features->inputs && !is_known(features, name->text)) {
			diag_add(features->diags, CODE_RECIPE_FEATURE, name->place, "drift feature '%.*s' is a column of the schema and no input feature",
			         TEXT_ARGS(excerpt(name->text, features->diags->arena)))
				->severity = SEVERITY_NOTE;
			relate_inputs(features);
			diag_help(features->diags, "add it to 'lineage.input_features' if the model reads it");
		}
	}
}

static void check_fresh(struct features *features, const struct value *list)
{
	struct diags *diags = features->diags;

	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++) {
		const struct value *name = list->items[i];
		if (name->kind != VALUE_SCALAR || !name->text.len)
			continue;
		const struct value *column = column_of(features, name->text), *type = value_get(column, "type");
		/* A time may well be no input, so inputs alone prove nothing. */
		if (!column && features->columns)
			check_there(features, name, "freshness feature");
		if (!type || type->kind != VALUE_SCALAR || text_is(type->text, "timestamp"))
			continue;
		diag_add(diags, CODE_RECIPE_FEATURE, name->place, "freshness feature '%.*s' is of the type '%.*s', not 'timestamp'",
		         TEXT_ARGS(excerpt(name->text, diags->arena)), TEXT_ARGS(type->text));
		diag_relate(diags, type->place, "type %.*s", TEXT_ARGS(type->text));
		diag_help(diags, "name a column of times in ISO 8601, with the type timestamp");
	}
}

/* Names that a closed schema would have to have. */
static void check_closed(struct features *features, const struct value *list, const char *what)
{
	for (size_t i = 0; features->closed && list && list->kind == VALUE_LIST && i < list->count; i++)
		if (list->items[i]->kind == VALUE_SCALAR && list->items[i]->text.len)
			check_there(features, list->items[i], what);
}

void features_check(const struct value *root, struct diags *diags)
{
	struct features features = {
		.columns = filled(value_at(root, "requirements.schema.columns"), VALUE_MAP),
		.inputs = filled(value_at(root, "lineage.input_features"), VALUE_LIST),
		.diags = diags,
	};

	if (!features.columns && !features.inputs)
		return;
	arena_init(&features.scratch);
	features.closed = features.columns && !value_flag(root, "requirements.schema.allow_extra_columns", true);
	add_known(&features, features.inputs);
	add_known(&features, value_at(root, "lineage.output_features"));
	add_known(&features, value_at(root, "requirements.labels"));
	if (features.known_count)
		qsort(features.known, features.known_count, sizeof *features.known, compare);
	check_drift(&features, value_at(root, "monitoring.drift"));
	check_fresh(&features, value_at(root, "monitoring.freshness.features"));
	check_closed(&features, value_at(root, "requirements.schema.key"), "key column");
	check_closed(&features, features.inputs, "input feature");
	arena_release(&features.scratch);
}

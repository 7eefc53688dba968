#include "monitor_inner.h"

#include "arena.h"

/* What conditions of alerts name, held against what the recipe knows. */

struct names {
	struct text *items;
	size_t count;
};

static void add_name(struct names *names, struct text name, struct arena *arena)
{
	names->items = arena_grow(arena, names->items, names->count, sizeof *names->items);
	names->items[names->count++] = name;
}

static bool has_name(const struct names *names, struct text name)
{
	for (size_t i = 0; i < names->count; i++)
		if (text_equal(names->items[i], name))
			return true;
	return false;
}

/* What the conditions of one recipe may name. */
struct vocabulary {
	struct names metrics, columns, methods;
};

static void read_vocabulary(struct vocabulary *out, const struct catalog *catalog, const struct effective *recipe, struct arena *arena)
{
	const struct value *features = value_at(recipe->root, "monitoring.drift.features");
	const struct value *columns = value_at(recipe->root, "requirements.schema.columns");
	struct text *monitored;
	size_t count = watch_texts(&monitored, recipe->root, "monitoring.metrics", arena);

	*out = (struct vocabulary){0};
	for (size_t i = 0; i < count; i++)
		add_name(&out->metrics, monitored[i], arena);
	for (size_t i = 0; i < recipe->metric_count; i++)
		add_name(&out->metrics, recipe->metrics[i].key, arena);
	for (size_t i = 0; i < recipe->pack_count; i++) {
		const struct pack *pack = catalog_pack_best(catalog, &recipe->packs[i]);
		for (size_t k = 0; pack && k < pack->metric_count; k++)
			add_name(&out->metrics, pack->metrics[k].key, arena);
	}
	for (size_t i = 0; features && features->kind == VALUE_LIST && i < features->count; i++)
		add_name(&out->columns, features->items[i]->kind == VALUE_SCALAR ? features->items[i]->text : value_text(features->items[i], "name"),
		         arena);
	for (size_t i = 0; columns && columns->kind == VALUE_MAP && i < columns->count; i++)
		add_name(&out->columns, columns->members[i].name, arena);
	for (size_t i = 0; i < METHOD_COUNT; i++)
		add_name(&out->methods, text_of(drift_methods[i].key), arena);
}

struct checker {
	const struct vocabulary *vocabulary;
	const struct value *condition;
	const struct limits *limits;
	struct arena *arena;
	struct diags *diags;
};

/* A name where it is written; len: of its source, which is longer where parts stand in backticks or apart. */
struct mention {
	struct text name;
	size_t offset, len;
};

static struct place place_of(const struct checker *checker, const struct mention *mention, size_t from, size_t to)
{
	bool plain = mention->len == mention->name.len;

	return value_place_inside(checker->condition, mention->offset + (plain ? from : 0), plain ? to - from : mention->len);
}

/* A metric or column may be measured without being declared, so one that resembles nothing is only doubtful; a method or a name of
 * galley's own is plainly wrong. */
static void report(const struct checker *checker, const struct mention *mention, size_t from, size_t to, const struct names *known,
                   const char *what, bool doubtful)
{
	struct text part = text_cut(mention->name, from, to);
	struct text near = text_nearest(part, known->items, known->count);
	struct diag *diag = diag_add(checker->diags, CODE_SCHEMA_EXPRESSION, place_of(checker, mention, from, to),
	                             "unknown %s '%.*s' in an alert condition", what, TEXT_ARGS(part));

	if (doubtful && !near.len)
		diag->severity = SEVERITY_WARNING;
	if (near.len)
		diag_help(checker->diags, "did you mean '%.*s%.*s'?", (int)from, mention->name.at, TEXT_ARGS(near));
	else if (doubtful)
		diag_help(checker->diags, "a metric is known by the recipe's metrics, its packs and monitoring.metrics, a column by "
		                          "monitoring.drift.features and requirements.schema.columns");
	else
		diag_help(checker->diags, "a condition knows performance.METRIC, drift.COLUMN.METHOD, drift.max, drift.share, drift.worst, drift.features, "
		                          "drift.values, freshness.age_hours, data.rows, data.stamp and model.status");
}

static void check_drift(const struct checker *checker, const struct mention *mention)
{
	const struct vocabulary *vocabulary = checker->vocabulary;
	enum drift_method method;
	struct text column;

	drift_name_parts(&column, &method, mention->name);
	size_t end = 6 + column.len + 1;
	if (method == METHOD_NONE) {
		report(checker, mention, end, mention->name.len, &vocabulary->methods, "drift method", false);
	} else if (vocabulary->columns.count && !has_name(&vocabulary->columns, column)) {
		report(checker, mention, 6, end - 1, &vocabulary->columns, "column", true);
	}
}

static void check_name(void *context, struct text name, size_t offset, size_t len)
{
	const struct checker *checker = context;
	struct mention mention = {name, offset, len};
	struct names known = {0};

	for (size_t i = 0; i < expression_fixed_count; i++) {
		if (text_is(name, expression_fixed_names[i].name))
			return;
		add_name(&known, text_of(expression_fixed_names[i].name), checker->arena);
	}
	if (text_starts(name, "performance.")) {
		if (!has_name(&checker->vocabulary->metrics, text_cut(name, 12, name.len)))
			report(checker, &mention, 12, name.len, &checker->vocabulary->metrics, "metric", true);
		return;
	}
	if (text_starts(name, "drift.") && text_find(text_cut(name, 6, name.len), '.') < name.len - 6) {
		check_drift(checker, &mention);
		return;
	}
	for (size_t i = 0; i < checker->vocabulary->metrics.count; i++)
		add_name(&known, text_format(checker->arena, "performance.%.*s", TEXT_ARGS(checker->vocabulary->metrics.items[i])), checker->arena);
	report(checker, &mention, 0, name.len, &known, "name", false);
}

static const struct expression *read_condition(const struct value *condition, bool any, const struct limits *limits, struct arena *arena,
                                               struct diags *diags)
{
	struct expression_error error;
	const struct expression *expression = expression_parse(&error, condition->text, any, limits, arena);

	if (expression)
		return expression;
	diag_add(diags, CODE_SCHEMA_EXPRESSION, value_place_inside(condition, error.offset, error.len), "not %s: %.*s",
	         any ? "an expression" : "a condition", TEXT_ARGS(error.why));
	if (error.help.len)
		diag_help(diags, "%.*s", TEXT_ARGS(error.help));
	else
		diag_help(diags, "for example: performance.MAPE > 0.25 && drift.max > 0.2");
	return NULL;
}

const struct expression *condition_check(const struct value *condition, bool any, const struct catalog *catalog, const struct effective *recipe,
                                         struct arena *arena, struct diags *diags)
{
	const struct limits *limits = &catalog->config.limits;
	struct vocabulary vocabulary;
	struct checker checker = {&vocabulary, condition, limits, arena, diags};
	const struct expression *expression = read_condition(condition, any, limits, arena, diags);

	if (expression) {
		read_vocabulary(&vocabulary, catalog, recipe, arena);
		expression_names(expression, check_name, &checker);
	}
	return expression;
}

/* Only what this very recipe sets: what it inherits was said where it stands. What names mean is known of a usable recipe alone. */
void conditions_check(const struct catalog *catalog, const struct effective *recipe, struct arena *arena, struct diags *diags)
{
	const struct record *record = &recipe->recipe->record;
	const struct value *alerts = value_at(recipe->usable ? recipe->root : record->root, "monitoring.alerts");

	if (!alerts || alerts->kind != VALUE_MAP)
		return;
	for (size_t i = 0; i < alerts->count; i++) {
		const struct value *condition = value_get(alerts->members[i].value, "condition");
		if (!condition || condition->kind != VALUE_SCALAR || !condition->text.len || condition->place.file != record->file)
			continue;
		if (recipe->usable)
			condition_check(condition, false, catalog, recipe, arena, diags);
		else
			read_condition(condition, false, &catalog->config.limits, arena, diags);
	}
}

#include "monitor_inner.h"

#include "arena.h"
#include "instant.h"

/* --- where in the file --- */

/* The bytes of a file from a place on. */
static struct text bytes_from(struct place place)
{
	struct text bytes = place.file->bytes;
	size_t at = 0;

	for (unsigned line = 1; line < place.line && at < bytes.len; line++)
		at += text_find(text_cut(bytes, at, bytes.len), '\n') + 1;
	for (unsigned column = 1; column < place.column && at < bytes.len; column++)
		utf8_next(bytes, &at);
	return text_cut(bytes, at, bytes.len);
}

/* The place of a part of a scalar; the whole scalar's where it is not written on one line without escapes. */
static struct place place_inside(const struct value *scalar, size_t offset, size_t len)
{
	struct place place = scalar->place;

	if (!place.file || !place.line)
		return place;
	struct text rest = bytes_from(place);
	unsigned quote = rest.len && (rest.at[0] == '"' || rest.at[0] == '\'');
	if (!text_equal(text_cut(rest, quote, quote + scalar->text.len), scalar->text) || text_find(scalar->text, '\n') < scalar->text.len)
		return place;
	place.column += quote + (unsigned)utf8_count(text_cut(scalar->text, 0, offset));
	place.width = len ? (unsigned)utf8_count(text_cut(scalar->text, offset, offset + len)) : 1;
	return place;
}

/* --- names --- */

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

/* A metric or column may be measured without being declared, so one that resembles nothing is only doubtful; a method or a name of
 * galley's own is plainly wrong. */
static void report(const struct checker *checker, struct text whole, size_t offset, size_t skip, const struct names *known,
                   const char *what, bool doubtful)
{
	struct text part = text_cut(whole, skip, whole.len);
	struct text near = text_nearest(part, known->items, known->count);
	struct diag *diag = diag_add(checker->diags, CODE_SCHEMA_EXPRESSION, place_inside(checker->condition, offset + skip, part.len),
	                             "unknown %s '%.*s' in an alert condition", what, TEXT_ARGS(part));

	if (doubtful && !near.len)
		diag->severity = SEVERITY_WARNING;
	if (near.len)
		diag_help(checker->diags, "did you mean '%.*s%.*s'?", (int)skip, whole.at, TEXT_ARGS(near));
	else if (doubtful)
		diag_help(checker->diags, "a metric is known by the recipe's metrics, its packs and monitoring.metrics, a column by "
		                          "monitoring.drift.features and requirements.schema.columns");
	else
		diag_help(checker->diags, "a condition knows performance.METRIC, drift.max, drift.share, drift.COLUMN.METHOD, "
		                          "freshness.age_hours and data.rows");
}

static void check_drift(const struct checker *checker, struct text name, size_t offset)
{
	const struct vocabulary *vocabulary = checker->vocabulary;
	size_t end = name.len;

	while (name.at[end - 1] != '.')
		end--;
	struct text method = text_cut(name, end, name.len), column = text_cut(name, 6, end - 1);
	if (drift_method_of(method) == METHOD_NONE) {
		report(checker, name, offset, end, &vocabulary->methods, "drift method", false);
		return;
	}
	if (!vocabulary->columns.count || has_name(&vocabulary->columns, column))
		return;
	struct text until = text_cut(name, 0, end - 1);
	report(checker, until, offset, 6, &vocabulary->columns, "column", true);
}

static void check_name(void *context, struct text name, size_t offset)
{
	static const char *const fixed[] = {"drift.max", "drift.share", "freshness.age_hours", "data.rows"};
	const struct checker *checker = context;
	struct names known = {0};

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		if (text_is(name, fixed[i]))
			return;
		add_name(&known, text_of(fixed[i]), checker->arena);
	}
	if (text_starts(name, "performance.")) {
		if (!has_name(&checker->vocabulary->metrics, text_cut(name, 12, name.len)))
			report(checker, name, offset, 12, &checker->vocabulary->metrics, "metric", true);
		return;
	}
	if (text_starts(name, "drift.") && text_find(text_cut(name, 6, name.len), '.') < name.len - 6) {
		check_drift(checker, name, offset);
		return;
	}
	for (size_t i = 0; i < checker->vocabulary->metrics.count; i++)
		add_name(&known, text_format(checker->arena, "performance.%.*s", TEXT_ARGS(checker->vocabulary->metrics.items[i])), checker->arena);
	report(checker, name, offset, 0, &known, "name", false);
}

static void check_condition(const struct checker *checker)
{
	const struct value *condition = checker->condition;
	struct text why;
	size_t offset;
	const struct expression *expression = expression_parse(&why, &offset, condition->text, checker->limits, checker->arena);

	if (expression) {
		expression_names(expression, check_name, (void *)(uintptr_t)checker);
		return;
	}
	diag_add(checker->diags, CODE_SCHEMA_EXPRESSION, place_inside(condition, offset, 0), "not a condition: %.*s", TEXT_ARGS(why));
	diag_help(checker->diags, "for example: performance.MAPE > 0.25 && drift.max > 0.2");
}

/* Only what this very recipe sets: what it inherits was said where it stands. */
static void check_recipe(const struct catalog *catalog, const struct effective *recipe, struct arena *arena, struct diags *diags)
{
	const struct value *alerts = value_at(recipe->root, "monitoring.alerts");
	struct vocabulary vocabulary;

	if (!alerts || alerts->kind != VALUE_MAP)
		return;
	read_vocabulary(&vocabulary, catalog, recipe, arena);
	for (size_t i = 0; i < alerts->count; i++) {
		const struct value *condition = value_get(alerts->members[i].value, "condition");
		struct checker checker = {&vocabulary, condition, &catalog->config.limits, arena, diags};
		if (condition && condition->kind == VALUE_SCALAR && condition->place.file == recipe->recipe->record.file)
			check_condition(&checker);
	}
}

/* --- models and runs --- */

/* A run whose recipe means something else by now. A version that is not to be had was told as such. */
static void check_digest(const struct run *run, const struct effective *recipe, struct arena *arena, struct diags *diags)
{
	const struct value *written = value_get(run->record.root, "recipe_digest");
	char now[65];

	if (!run->recipe_digest.len)
		return;
	effective_digest(now, recipe, arena);
	if (text_equal(text_cut(text_of(now), 0, run->recipe_digest.len), run->recipe_digest))
		return;
	diag_add(diags, CODE_RUN_DIGEST, written->place, "effective recipe '%.*s' has another digest now: %.12s...",
	         TEXT_ARGS(recipe->recipe->record.id), now);
	diag_relate(diags, recipe->recipe->record.place, "the recipe");
	diag_help(diags, "it, or a recipe it inherits from, has changed since the run");
}

static void check_reference(const struct model *model, const struct effective *recipe, struct diags *diags)
{
	const struct value *features = value_at(recipe->root, "monitoring.drift.features");
	const struct value *root = model->record.root;
	const struct value *drift = value_at(recipe->root, "monitoring.drift");
	bool watched = model->status == MODEL_STAGING || model->status == MODEL_PRODUCTION;

	if (watched && !model->reference.len && !value_get(root, "reference") && features && features->kind == VALUE_LIST && features->count) {
		diag_add(diags, CODE_MODEL_REFERENCE, root ? root->place : model->record.place, "model '%.*s' has no 'reference', and its recipe names %zu drift feature%s",
		         TEXT_ARGS(model->record.id), features->count, features->count == 1 ? "" : "s");
		diag_relate(diags, features->place, "the features");
		diag_help(diags, "add 'reference: snapshots/reference.csv' with a sample of the data the model was trained on");
	} else if (model->status == MODEL_PRODUCTION && !model->reference.len && root && !value_get(root, "reference") && drift &&
	           drift->kind == VALUE_MAP && drift->count) {
		struct diag *diag = diag_add(diags, CODE_MODEL_REFERENCE, root->place, "model '%.*s' is in production without a 'reference' to compare drift with",
		                             TEXT_ARGS(model->record.id));
		diag->severity = SEVERITY_WARNING;
		diag_relate(diags, drift->place, "how its recipe watches drift");
		diag_help(diags, "add 'reference: snapshots/reference.csv' with a sample of the data the model was trained on");
	}
}

void monitor_check_stamps(const struct catalog *catalog, int64_t as_of, bool as_of_given, struct arena *arena, struct diags *diags)
{
	char at[32];
	const char *shown = "";

	/* The clock stands in no output. */
	if (as_of_given) {
		instant_print(at, as_of);
		shown = text_format(arena, ", %s", at).at;
	}
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct model *model = &catalog->models[i];
		size_t later = model->snapshot_count;
		while (later && model->snapshots[later - 1].time > as_of)
			later--;
		if (later == model->snapshot_count)
			continue;
		const struct snapshot *first = &model->snapshots[later];
		struct place place = {.file = first->metrics_file};
		if (first->csv.len) {
			struct input *input = arena_alloc(arena, sizeof *input);
			input->path = first->csv;
			place.file = input;
		}
		size_t more = model->snapshot_count - later - 1;
		struct diag *diag = diag_add(diags, CODE_DATA_FUTURE, place, "snapshot '%.*s' is stamped after the present%s", TEXT_ARGS(first->stamp), shown);
		if (as_of_given)
			diag->severity = SEVERITY_NOTE;
		if (more)
			diag->message = text_format(arena, "%.*s; %zu more of model '%.*s' %s too", TEXT_ARGS(diag->message), more, TEXT_ARGS(model->record.id),
			                            more == 1 ? "is" : "are");
		diag_help(diags, as_of_given ? "it does not exist yet in what is shown as of then"
		                             : "it is left out until then: check the year, and that the stamp is UTC");
	}
}

/* Where the version that is asked for is not to be had, the one that is here. */
static const struct effective *best_recipe(const struct resolved *resolved, const struct reference *reference)
{
	const struct effective *recipe = resolved_at(resolved, reference);

	return recipe ? recipe : resolved_recipe(resolved, reference->id);
}

void monitor_check_alerts(const struct catalog *catalog, const struct resolved *resolved, struct arena *arena, struct diags *diags)
{
	for (size_t i = 0; i < resolved->count; i++)
		if (resolved->recipes[i].usable)
			check_recipe(catalog, &resolved->recipes[i], arena, diags);
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct model *model = &catalog->models[i];
		const struct effective *recipe = model->recipe.id.len ? best_recipe(resolved, &model->recipe) : NULL;
		if (recipe && recipe->usable)
			check_reference(model, recipe, diags);
		for (size_t j = 0; j < model->run_count; j++) {
			const struct run *run = &model->runs[j];
			const struct effective *used = run->recipe_digest.len ? resolved_at(resolved, &run->recipe) : NULL;
			if (used && used->usable)
				check_digest(run, used, arena, diags);
		}
	}
}

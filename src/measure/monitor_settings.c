#include "monitor_inner.h"

#include <string.h>

#include "arena.h"
#include "number.h"

static const double p_warn = 0.05; /* the warn line of every method whose default is a p */

size_t watch_texts(struct text **out, const struct value *root, const char *path, struct arena *arena)
{
	const struct value *list = value_at(root, path);
	size_t count = 0;

	*out = NULL;
	if (!list || list->kind != VALUE_LIST)
		return 0;
	*out = arena_array(arena, list->count, sizeof **out);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind == VALUE_SCALAR)
			(*out)[count++] = list->items[i]->text;
	return count;
}

/* The limits of a method where the recipe sets none: galley.yaml's, else its own. */
static struct drift_limit default_limit(const struct config *config, enum drift_method method)
{
	const struct drift_method_info *info = &drift_methods[method];
	struct drift_limit limit = {!info->unlimited, info->threshold_on_p, info->warn, info->drift};

	for (size_t i = 0; i < config->method_threshold_count; i++) {
		if (drift_method_of(config->method_thresholds[i].method) != method)
			continue;
		limit.given = true;
		number_parse(&limit.warn, config->method_thresholds[i].warn);
		number_parse(&limit.drift, config->method_thresholds[i].drift);
		if (!limit.on_p && limit.warn > limit.drift)
			limit.warn = limit.drift;
	}
	return limit;
}

/* The limit that threshold or p of a mapping sets for a method; not given where neither is there. */
static struct drift_limit read_limit(const struct value *map, const struct config *config, enum drift_method method)
{
	struct drift_limit limit = {0};

	if (method == METHOD_NONE)
		return limit;
	if (value_number(&limit.drift, map, "p"))
		return (struct drift_limit){true, true, limit.drift > p_warn ? limit.drift : p_warn, limit.drift};
	if (!value_number(&limit.drift, map, "threshold"))
		return limit;
	struct drift_limit usual = default_limit(config, method);
	return (struct drift_limit){true, false, !usual.given || limit.drift < usual.warn ? limit.drift : usual.warn, limit.drift};
}

static void read_method(struct watch *out, const struct value *drift)
{
	struct text name = value_text(drift, "method");

	if (!name.len)
		name = out->config->default_method;
	out->automatic = text_is_nocase(name, "auto");
	if (!name.len || out->automatic)
		name = TEXT("PSI");
	out->method_name = name;
	out->method = drift_method_of(name);
	if (out->method == METHOD_NONE)
		return;
	out->limit = read_limit(drift, out->config, out->method);
	if (!out->limit.given)
		out->limit = default_limit(out->config, out->method);
}

/* The kind the recipe's schema gives a column. Text columns are categories only where they are named as features: elsewhere the data
 * decides, so that an identifier is not compared value by value. */
static enum column_kind kind_of(const struct watch *watch, struct text column, bool named)
{
	const struct value *columns = value_at(watch->recipe->root, "requirements.schema.columns");
	const struct member *member = columns && columns->kind == VALUE_MAP ? value_member(columns, column) : NULL;
	struct text type = member ? value_text(member->value, "type") : TEXT("");

	if (!text_is(type, "string"))
		return type.len ? column_kind_of(type) : COLUMN_AUTO;
	if (named)
		return COLUMN_CATEGORY;
	return value_flag(member->value, "unique", false) ? COLUMN_IDENTIFIER : COLUMN_AUTO;
}

static void read_feature(struct watch *out, size_t at, const struct value *item)
{
	struct drift_feature *feature = &out->features[at];
	bool plain = item->kind == VALUE_SCALAR;
	struct text method = plain ? TEXT("") : value_text(item, "method");

	*feature = (struct drift_feature){.name = plain ? item->text : value_text(item, "name"), .method = METHOD_NONE};
	feature->kind = kind_of(out, feature->name, true);
	feature->automatic = text_is_nocase(method, "auto");
	if (method.len && !feature->automatic) {
		feature->method = drift_method_of(method);
		if (feature->method == METHOD_NONE)
			out->unknown[at] = method;
		else
			feature->limit = default_limit(out->config, feature->method);
		if (feature->method == out->method)
			feature->limit = out->limit;
	} else if (out->method == METHOD_NONE && !feature->automatic) {
		out->unknown[at] = out->method_name;
	}
	enum drift_method judged_by = feature->automatic ? METHOD_PSI : feature->method != METHOD_NONE ? feature->method : out->method;
	struct drift_limit own = plain ? (struct drift_limit){0} : read_limit(item, out->config, judged_by);
	if (own.given)
		feature->limit = own;
}

static void read_features(struct watch *out, const struct value *drift)
{
	const struct value *named = value_get(drift, "features");
	const struct value *columns = value_at(out->recipe->root, "requirements.schema.columns");

	out->named = named && named->kind == VALUE_LIST && named->count;
	const struct value *from = out->named ? named : columns && columns->kind == VALUE_MAP ? columns : NULL;
	if (!from)
		return;
	for (size_t i = 0; i < from->count; i++) {
		if (out->named) {
			read_feature(out, out->feature_count++, from->items[i]);
			continue;
		}
		struct drift_feature *feature = &out->features[out->feature_count];
		*feature = (struct drift_feature){.name = from->members[i].name, .method = METHOD_NONE};
		feature->kind = kind_of(out, feature->name, false);
		out->unknown[out->feature_count++] = out->method == METHOD_NONE ? out->method_name : TEXT("");
	}
}

static size_t count_features(const struct value *root)
{
	const struct value *named = value_at(root, "monitoring.drift.features");
	const struct value *columns = value_at(root, "requirements.schema.columns");
	size_t most = named ? named->count : 0;

	return columns && columns->count > most ? columns->count : most;
}

static void read_drift(struct watch *out, const struct value *drift, struct arena *arena)
{
	double number;

	for (enum drift_method method = 0; method < METHOD_COUNT; method++)
		out->defaults[method] = default_limit(out->config, method);
	read_method(out, drift);
	size_t most = count_features(out->recipe->root);
	out->features = arena_array(arena, most, sizeof *out->features);
	out->unknown = arena_array(arena, most, sizeof *out->unknown);
	read_features(out, drift);
	out->window = value_number(&number, drift, "window") && number >= 1 && number <= 10000 ? (size_t)number : 1;
	out->share_text = value_text(drift, "share");
	if (!value_number(&out->share, drift, "share")) {
		out->share = 0.5;
		out->share_text = TEXT("0.5");
	}
	/* Beside the deciding method: what pages show of every column. */
	out->show[METHOD_PSI] = out->show[METHOD_KS] = out->show[METHOD_MISSING] = true;
}

static void show_method(void *context, struct text name, size_t offset, size_t len)
{
	struct watch *watch = context;
	enum drift_method method;
	struct text column;

	(void)offset;
	(void)len;
	if (drift_name_parts(&column, &method, name) && method != METHOD_NONE)
		watch->show[method] = true;
}

static void read_alerts(struct watch *out, const struct value *alerts, const struct limits *limits, struct arena *arena)
{
	size_t count = alerts && alerts->kind == VALUE_MAP ? alerts->count : 0;

	out->alerts = arena_array(arena, count + 1, sizeof *out->alerts);
	for (size_t i = 0; i < count; i++) {
		const struct value *condition = value_get(alerts->members[i].value, "condition");
		struct alert_rule *rule = &out->alerts[out->alert_count++];
		*rule = (struct alert_rule){.name = alerts->members[i].name, .place = alerts->members[i].place};
		rule->critical = text_is(value_text(alerts->members[i].value, "severity"), "critical");
		rule->error.why = TEXT("it has no condition");
		if (!condition || condition->kind != VALUE_SCALAR)
			continue;
		rule->condition = condition->text;
		rule->place = condition->place;
		rule->expression = expression_parse(&rule->error, condition->text, false, limits, arena);
		if (rule->expression)
			expression_names(rule->expression, show_method, out);
	}
	out->rule_count = out->alert_count;
}

void watch_try(struct watch *out, const struct expression *expression)
{
	out->alerts[out->rule_count++] = (struct alert_rule){.expression = expression};
	expression_names(expression, show_method, out);
}

static enum action read_action(const struct value *actions, const char *key, enum action fallback)
{
	struct text text = value_text(actions, key);

	for (enum action action = ACTION_NONE; action <= ACTION_ROLLBACK; action++)
		if (text_is(text, action_name(action)))
			return action;
	return fallback;
}

void watch_read(struct watch *out, const struct effective *recipe, const struct config *config, struct arena *arena)
{
	const struct value *root = recipe->root, *monitoring = value_get(root, "monitoring"), *actions = value_get(monitoring, "actions");

	*out = (struct watch){.recipe = recipe, .config = config};
	read_drift(out, value_get(monitoring, "drift"), arena);
	out->has_max_age = value_number(&out->max_age, monitoring, "freshness.max_age_hours");
	out->max_age_text = value_text(monitoring, "freshness.max_age_hours");
	out->fresh_count = watch_texts(&out->fresh, monitoring, "freshness.features", arena);
	out->metric_count = watch_texts(&out->metrics, monitoring, "metrics", arena);
	read_alerts(out, value_get(monitoring, "alerts"), &config->limits, arena);
	out->on_stale = read_action(actions, "on_stale", ACTION_ALERT);
	out->on_drift = read_action(actions, "on_drift", ACTION_ALERT);
	out->on_degraded = read_action(actions, "on_degraded", ACTION_RETRAIN);
	out->on_failed = read_action(actions, "on_failed_gate", ACTION_ROLLBACK);
	struct text delimiter = value_text(root, "requirements.schema.delimiter");
	out->delimiter = delimiter.len == 1 ? delimiter.at[0] : '\0';
	out->na_count = watch_texts(&out->na, root, "requirements.schema.na", arena);
}

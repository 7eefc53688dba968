#include "text_report.h"

#include "instant.h"
#include "json.h"
#include "number.h"
#include "words.h"

static const char *const alert_names[] = {"ok", "firing", "inconclusive"};

static void add_time(struct json *object, const char *key, bool has, int64_t time)
{
	char text[32];

	if (has)
		json_add_text(object, key, (struct text){text, instant_print(text, time)});
	else
		json_add_null(object, key);
}

static void add_number(struct json *object, const char *key, bool has, double value)
{
	if (has)
		json_add_number(object, key, value);
	else
		json_add_null(object, key);
}

static void add_text_or_null(struct json *object, const char *key, struct text text)
{
	if (text.len)
		json_add_text(object, key, text);
	else
		json_add_null(object, key);
}

static struct json *trend_json(const struct trend *trend)
{
	struct json *json = json_object();

	json_add_string(json, "status", trend_status_name(trend->status));
	json_add_count(json, "points", trend->points);
	add_number(json, "p", trend->has_p, trend->p);
	add_number(json, "slope", trend->has_p, trend->slope);
	return json;
}

struct json *json_of_change_points(const struct trend *trend)
{
	struct json *list = json_array();

	for (size_t i = 0; i < trend->change_count; i++) {
		const struct change_point *change = &trend->changes[i];
		struct json *json = json_object();
		json_add_text(json, "start", change->start->stamp);
		json_add_text(json, "alarm", change->alarm->stamp);
		json_add_string(json, "direction", change->up ? "up" : "down");
		json_add_bool(json, "worse", change->worse);
		json_add_number(json, "before", number_round10(change->before));
		json_add_number(json, "std", number_round10(change->std));
		json_add_number(json, "after", number_round10(change->after));
		json_add_count(json, "alarm_index", change->at);
		json_push(list, json);
	}
	return list;
}

static struct json *alerts_json(const struct model_result *model)
{
	struct json *list = json_array();

	for (size_t i = 0; i < model->alert_count; i++) {
		const struct alert_result *alert = &model->alerts[i];
		struct json *json = json_object();
		json_add_text(json, "name", alert->name);
		json_add_string(json, "severity", alert->critical ? "critical" : "warning");
		json_add_string(json, "status", alert_names[alert->status]);
		json_add_text(json, "condition", alert->condition);
		add_time(json, "since", alert->has_since && alert->status == ALERT_FIRING, alert->since);
		add_text_or_null(json, "reason", alert->reason);
		json_push(list, json);
	}
	return list;
}

static struct json *metrics_json(const struct model_result *model)
{
	const struct snapshot_result *snapshot = model->latest_performance;
	struct json *list = json_array();

	for (size_t i = 0; i < model->trend_count; i++) {
		const struct trend *trend = &model->trends[i];
		const struct performance *now = NULL;
		struct json *json = json_object();
		for (size_t k = 0; snapshot && k < snapshot->performance_count; k++)
			if (text_equal(snapshot->performance[k].key, trend->key))
				now = &snapshot->performance[k];
		json_add_text(json, "key", trend->key);
		json_add_value(json, "value", now && now->has_value, now ? now->value : TEXT(""));
		json_add_string(json, "status", verdict_name(now ? now->status : VERDICT_INCONCLUSIVE));
		json_add(json, "trend", trend_json(trend));
		json_add_bool(json, "watched", trend->watched);
		json_add(json, "changes", json_of_change_points(trend));
		json_push(list, json);
	}
	return list;
}

static struct json *features_json(const struct model_result *model)
{
	struct json *list = json_array();

	for (size_t i = 0; i < model->feature_trend_count; i++) {
		const struct trend *trend = &model->feature_trends[i];
		const struct drift_result *drift = &model->latest_drift->drift;
		const struct drift_column *column = NULL;
		struct json *json = json_object();
		for (size_t k = 0; k < drift->column_count && !column; k++)
			column = text_equal(drift->columns[k].name, trend->key) ? &drift->columns[k] : NULL;
		const struct drift_score *score = column ? column->deciding : NULL;
		json_add_text(json, "name", trend->key);
		json_add_string(json, "method", score ? drift_methods[score->method].key : NULL);
		add_number(json, "value", score && score->has_value, score ? score->effect : 0);
		json_add_string(json, "status", column ? drift_status_name(column->status) : NULL);
		json_add(json, "trend", trend_json(trend));
		json_add_bool(json, "watched", trend->watched);
		json_add(json, "changes", json_of_change_points(trend));
		json_push(list, json);
	}
	return list;
}

struct json *json_of_reasons(const struct reason *reasons, size_t count)
{
	struct json *list = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct reason *reason = &reasons[i];
		struct json *json = json_object();
		json_add_string(json, "state", model_state_name(reason->state));
		json_add_text(json, "reason", reason->words);
		if (reason->until.len)
			json_add_text(json, "until", reason->until);
		if (reason->name.len) {
			json_add_text(json, "name", reason->name);
			json_add_computed(json, "value", reason->has_value, reason->value);
			json_add_string(json, "must_be", reason->sign);
			json_add_computed(json, "limit", reason->sign, reason->limit);
		}
		json_push(list, json);
	}
	return list;
}

static struct json *data_json(const struct model_result *model)
{
	const struct timeline *times = &model->timeline;
	struct json *json = json_object(), *gaps = json_array();

	add_time(json, "newest", model->has_data_time, model->data_time);
	json_add_bool(json, "stale", model->stale);
	json_add_count(json, "snapshots", model->snapshot_count);
	add_text_or_null(json, "metrics_of", model->latest_performance ? model->latest_performance->snapshot->stamp : TEXT(""));
	json_add_count(json, "without_metrics_since", times->unlabelled);
	add_number(json, "interval_hours", times->has_interval, (double)times->interval / 3600);
	add_time(json, "expected", times->has_interval, times->expected);
	json_add_bool(json, "overdue", times->overdue);
	for (size_t i = 0; i < times->gap_count; i++) {
		struct json *gap = json_object();
		json_add_text(gap, "from", times->gaps[i].before->stamp);
		json_add_text(gap, "to", times->gaps[i].after->stamp);
		json_add_count(gap, "missing", times->gaps[i].missing);
		json_push(gaps, gap);
	}
	json_add(json, "gaps", gaps);
	json_add_count(json, "future", times->future);
	json_add_count(json, "twins", times->twins);
	return json;
}

static struct json *history_json(const struct model_result *model)
{
	struct json *list = json_array();

	for (size_t i = 0; i < model->snapshot_count; i++) {
		const struct snapshot_result *snapshot = &model->snapshots[i];
		struct json *json = json_object();
		json_add_text(json, "snapshot", snapshot->snapshot->stamp);
		json_add_string(json, "state", model_state_name(snapshot->state));
		add_text_or_null(json, "reason", snapshot->reason);
		add_number(json, "share", snapshot->has_drift, snapshot->share);
		add_number(json, "max", snapshot->has_max, snapshot->max);
		json_push(list, json);
	}
	return list;
}

static struct json *model_json(const struct model_result *model)
{
	const struct snapshot_result *drift = model->latest_drift;
	struct json *json = json_object(), *drift_json = json_object();

	json_add_text(json, "model", model->model->record.id);
	json_add_string(json, "state", model_state_name(model->state));
	json_add_string(json, "action", action_name(model->action));
	add_text_or_null(json, "run", model->rollback_run);
	add_number(drift_json, "share", drift, drift ? drift->share : 0);
	add_number(drift_json, "max", drift && drift->has_max, drift ? drift->max : 0);
	add_text_or_null(drift_json, "snapshot", drift ? drift->snapshot->stamp : TEXT(""));
	json_add(json, "drift", drift_json);
	json_add(json, "alerts", alerts_json(model));
	json_add(json, "metrics", metrics_json(model));
	json_add(json, "features", features_json(model));
	json_add_string(json, "status", model_status_name(model->model->status));
	add_time(json, "since", model->has_since, model->since);
	json_add(json, "reasons", json_of_reasons(model->reasons, model->reason_count));
	json_add(json, "passed", json_of_reasons(model->passed, model->passed_count));
	json_add_count(json, "better_needed", model->better_needed);
	json_add_bool(json, "due", model->due);
	add_text_or_null(json, "action_reason", model->action_words);
	json_add(json, "data", data_json(model));
	json_add(json, "history", history_json(model));
	return json;
}

void monitor_json(struct buffer *out, const struct results *results)
{
	struct json *root = json_object(), *models = json_array();

	json_add_string(root, "schema", "galley.monitor/1");
	add_time(root, "as_of", true, results->as_of);
	for (size_t i = 0; i < results->model_count; i++)
		json_push(models, model_json(&results->models[i]));
	json_add(root, "models", models);
	json_print(out, root, true);
	json_release(root);
}

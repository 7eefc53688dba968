#include <stdlib.h>

#include "instant.h"
#include "words.h"

/* history.jsonl: what each snapshot came to when it was the newest, a line a model and snapshot, oldest first, so that a new
 * snapshot adds lines at the end and, the rules being the same, changes none. */

struct line {
	const struct model_result *model;
	const struct snapshot_result *snapshot;
};

static int order_lines(const void *left, const void *right)
{
	const struct line *a = left, *b = right;
	int64_t before = a->snapshot->snapshot->time, after = b->snapshot->snapshot->time;

	if (before != after)
		return before < after ? -1 : 1;
	if (a->model != b->model)
		return text_compare(a->model->model->record.id, b->model->model->record.id);
	return text_compare(a->snapshot->snapshot->stamp, b->snapshot->snapshot->stamp);
}

static struct json *features_json(const struct snapshot_result *snapshot)
{
	struct json *features = json_array();

	for (size_t i = 0; i < snapshot->drift.column_count; i++) {
		const struct drift_column *column = &snapshot->drift.columns[i];
		struct json *feature = json_object();
		if (column->status == DRIFT_UNJUDGED) {
			json_release(feature);
			continue;
		}
		json_add_text(feature, "name", column->name);
		json_add_string(feature, "method", column->deciding ? drift_methods[column->deciding->method].key : NULL);
		json_add_computed(feature, "value", column->deciding && column->deciding->has_value, column->deciding ? column->deciding->value : 0);
		json_add_string(feature, "status", drift_status_name(column->status));
		json_push(features, feature);
	}
	return features;
}

static struct json *drift_json(const struct snapshot_result *snapshot)
{
	struct json *drift = json_object();

	json_add_string(drift, "status", drift_status_name(snapshot->drift.status));
	json_add_computed(drift, "share", snapshot->drift.judged > 0, snapshot->share);
	json_add_computed(drift, "max", snapshot->has_max, snapshot->max);
	json_add(drift, "features", features_json(snapshot));
	return drift;
}

static void add_line(struct buffer *out, const struct line *line)
{
	static const char *const alert_names[] = {"ok", "firing", "inconclusive"};
	const struct snapshot_result *snapshot = line->snapshot;
	struct json *json = json_object(), *metrics = json_array(), *alerts = json_array();
	char time[32];

	json_add_string(json, "schema", "galley.history/1");
	json_add_text(json, "at", (struct text){time, instant_print(time, snapshot->snapshot->time)});
	json_add_text(json, "model", line->model->model->record.id);
	json_add_text(json, "snapshot", snapshot->snapshot->stamp);
	json_add_string(json, "state", model_state_name(snapshot->state));
	json_add_text(json, "reason", snapshot->reason);
	if (snapshot->has_drift)
		json_add(json, "drift", drift_json(snapshot));
	else
		json_add_null(json, "drift");
	for (size_t i = 0; i < snapshot->performance_count; i++) {
		struct json *metric = json_object();
		json_add_text(metric, "key", snapshot->performance[i].key);
		json_add_value(metric, "value", snapshot->performance[i].has_value, snapshot->performance[i].value);
		json_add_string(metric, "status", verdict_name(snapshot->performance[i].status));
		json_push(metrics, metric);
	}
	json_add(json, "metrics", metrics);
	for (size_t i = 0; i < snapshot->alert_count; i++) {
		struct json *alert = json_object();
		json_add_text(alert, "name", snapshot->alerts[i].name);
		json_add_string(alert, "severity", snapshot->alerts[i].critical ? "critical" : "warning");
		json_add_string(alert, "status", alert_names[snapshot->alerts[i].status]);
		json_push(alerts, alert);
	}
	json_add(json, "alerts", alerts);
	json_print(out, json, false);
	json_release(json);
}

void page_history(struct pages *set)
{
	const struct results *results = set->results;
	struct line *lines;
	struct buffer out;
	size_t count = 0;

	for (size_t i = 0; i < results->model_count; i++)
		count += results->models[i].snapshot_count;
	lines = arena_array(set->arena, count + 1, sizeof *lines);
	count = 0;
	for (size_t i = 0; i < results->model_count; i++)
		for (size_t k = 0; results->models[i].state != STATE_NONE && k < results->models[i].snapshot_count; k++)
			lines[count++] = (struct line){&results->models[i], &results->models[i].snapshots[k]};
	qsort(lines, count, sizeof *lines, order_lines);
	buffer_init(&out);
	for (size_t i = 0; i < count; i++)
		add_line(&out, &lines[i]);
	page_add_file(set, TEXT("history.jsonl"), buffer_text(&out));
	buffer_release(&out);
}

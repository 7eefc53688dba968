#include "rows.h"

#include <math.h>

static struct json *gate_json(const struct gate_result *gate)
{
	struct json *json = json_object();

	json_add_text(json, "key", gate->metric->key);
	json_add_value(json, "value", gate->has_value, gate->value);
	json_add_string(json, "status", verdict_name(gate->status));
	json_add_bool(json, "promotable", gate->promotable);
	json_add_string(json, "direction", direction_name(gate->metric->direction));
	if (gate->metric->target.len)
		json_add_value(json, "target", true, gate->metric->target);
	json_add_value(json, "promote", gate->metric->promote.len > 0, gate->metric->promote);
	json_add_value(json, "warn", gate->metric->warn.len > 0, gate->metric->warn);
	json_add_value(json, "fail", gate->metric->fail.len > 0, gate->metric->fail);
	json_add_value(json, "production", gate->has_baseline, gate->baseline);
	json_add_value(json, "room", gate->has_room, gate->room);
	if (gate->reason.len)
		json_add_text(json, "reason", gate->reason);
	return json;
}

static struct json *pack_json(const struct pack_result *pack)
{
	struct json *json = json_object(), *gates = json_array(), *slices = json_array();

	json_add_text(json, "pack", pack->pack);
	if (pack->version.len)
		json_add_text(json, "version", pack->version);
	json_add_string(json, "status", verdict_name(pack->status));
	json_add_bool(json, "promotable", pack->promotable);
	json_add_text(json, "summary", pack->summary);
	if (pack->reason.len)
		json_add_text(json, "reason", pack->reason);
	for (size_t i = 0; i < pack->gate_count; i++)
		json_push(gates, gate_json(&pack->gates[i]));
	json_add(json, "metrics", gates);
	for (size_t i = 0; i < pack->slice_count; i++) {
		struct json *slice = json_object();
		json_add_text(slice, "by", pack->slices[i].by);
		json_add_text(slice, "segment", pack->slices[i].segment);
		json_add_text(slice, "key", pack->slices[i].metric);
		json_add_value(slice, "value", pack->slices[i].value.len > 0, pack->slices[i].value);
		json_add_string(slice, "status", verdict_name(pack->slices[i].status));
		json_push(slices, slice);
	}
	json_add(json, "slices", slices);
	return json;
}

struct json *json_of_run(const struct run_result *run)
{
	struct json *json = json_object(), *packs = json_array();

	json_add_text(json, "run", run->run->record.id);
	json_add_string(json, "type", run_type_name(run->run->type));
	json_add_string(json, "run_status", run_status_name(run->run->status));
	json_add_date(json, "started", run->run->has_started, run->run->started);
	json_add_date(json, "finished", run->run->has_finished, run->run->finished);
	json_add_text(json, "recipe", run->run->recipe.id);
	json_add_text(json, "recipe_version", run->run->recipe.pin);
	json_add_string(json, "status", run->judged ? verdict_name(run->status) : NULL);
	json_add_bool(json, "promotable", run->judged && run->promotable);
	json_add_text(json, "summary", run->summary);
	if (run->reason.len)
		json_add_text(json, "reason", run->reason);
	if (run->run->error.len)
		json_add_text(json, "error", run->run->error);
	for (size_t i = 0; i < run->pack_count; i++)
		json_push(packs, pack_json(&run->packs[i]));
	json_add(json, "packs", packs);
	return json;
}

struct json *json_of_state(const struct model_result *result)
{
	struct json *json = json_object(), *reasons = json_array();
	const struct snapshot_result *latest = latest_drift(result);
	const struct run_result *run = shown_run(result);

	json_add_text(json, "model", result->model->record.id);
	json_add_text(json, "name", result->model->record.name);
	if (result->recipe)
		json_add_text(json, "family", result->recipe->recipe->family);
	json_add_string(json, "status", model_status_name(result->model->status));
	json_add_text(json, "version", result->model->version);
	json_add_string(json, "state", model_state_name(result->state));
	json_add_date(json, "since", result->has_since, result->since);
	for (size_t i = 0; i < result->reason_count; i++) {
		struct json *reason = json_object();
		json_add_string(reason, "state", model_state_name(result->reasons[i].state));
		json_add_text(reason, "words", result->reasons[i].words);
		json_push(reasons, reason);
	}
	json_add(json, "reasons", reasons);
	json_add_string(json, "gates", run && run->judged ? verdict_name(run->status) : NULL);
	json_add_computed(json, "drift_max", latest && latest->has_max, latest ? latest->max : 0);
	json_add_computed(json, "drift_share", latest != NULL, latest ? latest->share : 0);
	json_add_string(json, "action", action_name(result->action));
	json_add_bool(json, "due", result->due && result->action != ACTION_NONE);
	if (result->due_reason.len)
		json_add_text(json, "due_reason", result->due_reason);
	if (result->rollback_run.len)
		json_add_text(json, "rollback_run", result->rollback_run);
	json_add_date(json, "newest_data", result->has_data_time, result->data_time);
	return json;
}

struct json *json_of_metric_limits(const struct metric *metric)
{
	struct json *json = json_object();

	json_add_text(json, "key", metric->key);
	json_add_text(json, "name", metric->name);
	json_add_string(json, "direction", direction_name(metric->direction));
	if (metric->target.len)
		json_add_value(json, "target", true, metric->target);
	json_add_value(json, "promote", metric->promote.len > 0, metric->promote);
	json_add_value(json, "warn", metric->warn.len > 0, metric->warn);
	json_add_value(json, "fail", metric->fail.len > 0, metric->fail);
	json_add_bool(json, "required", metric->required);
	if (metric->min_samples)
		json_add_count(json, "min_samples", metric->min_samples);
	if (metric->max_regression.len)
		json_add_text(json, "max_regression", metric->max_regression);
	return json;
}

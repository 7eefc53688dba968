#include "text_report.h"

#include "compare_parts.h"
#include "json.h"

static struct json *run_json(const struct comparison *comparison, size_t at, struct arena *arena)
{
	const struct run_result *run = comparison->runs[at];
	const struct compared_tally *tally = &comparison->tallies[at];
	struct json *json = json_object(), *packs = json_array();

	json_add_text(json, "model", run->model->record.id);
	json_add_text(json, "run", run->run->record.id);
	json_add_string(json, "type", run_type_name(run->run->type));
	json_add_string(json, "run_status", run_status_name(run->run->status));
	json_add_bool(json, "production", compared_is_production(run));
	json_add_string(json, "status", verdict_name(run->status));
	json_add_bool(json, "promotable", run->promotable);
	json_add_text(json, "summary", run->summary);
	if (run->reason.len)
		json_add_text(json, "reason", run->reason);
	json_add_text(json, "recipe", compared_recipe(run, arena));
	if (run->run->recipe_digest.len)
		json_add_text(json, "recipe_digest", run->run->recipe_digest);
	if (run->run->recipe_digest.len && run->recipe)
		json_add_bool(json, "recipe_moved", run_recipe_moved(run));
	for (size_t i = 0; i < run->pack_count; i++) {
		struct json *pack = json_object();
		json_add_text(pack, "pack", run->packs[i].pack);
		if (run->packs[i].version.len)
			json_add_text(pack, "version", run->packs[i].version);
		json_add_string(pack, "status", verdict_name(run->packs[i].status));
		json_push(packs, pack);
	}
	json_add(json, "packs", packs);
	if (at) {
		json_add_count(json, "better", tally->better);
		json_add_count(json, "worse", tally->worse);
		json_add_count(json, "same", tally->same);
		json_add_count(json, "not_compared", tally->not_compared);
	}
	json_add_count(json, "best", tally->best);
	return json;
}

static struct json *value_json(const struct compared_row *row, const struct compared_value *value, bool first)
{
	struct json *json = json_object();

	json_add_measured(json, "value", value->has_value, value->is_text, value->value);
	if (row->metric && !row->by.len)
		json_add_string(json, "status", value->has_status ? verdict_name(value->status) : NULL);
	if (!first && value->has_difference)
		json_add_number(json, "difference", value->difference);
	else if (!first)
		json_add_null(json, "difference");
	if (!first)
		json_add_string(json, "change", compared_change_name(value->change));
	json_add_bool(json, "best", value->best);
	if (value->reason.len)
		json_add_text(json, "reason", value->reason);
	return json;
}

static struct json *row_json(const struct comparison *comparison, const struct compared_row *row)
{
	struct json *json = json_object(), *values = json_array();
	bool judged = compared_row_is_judged(row);

	if (row->by.len || row->segment.len) {
		json_add_text(json, "by", row->by);
		json_add_text(json, "segment", row->segment);
	}
	json_add_text(json, "key", row->key);
	json_add_bool(json, "gate", row->metric != NULL);
	json_add_string(json, "direction", judged ? direction_name(row->metric->direction) : NULL);
	if (judged && row->metric->direction == DIRECTION_TARGET)
		json_add_measured(json, "target", true, false, row->metric->target);
	if (row->disputed)
		json_add_bool(json, "disputed", true);
	for (size_t i = 0; i < comparison->count; i++)
		json_push(values, value_json(row, &row->values[i], i == 0));
	json_add(json, "values", values);
	return json;
}

static struct json *facts_json(const struct comparison *comparison)
{
	struct json *list = json_array();

	for (size_t i = 0; i < comparison->fact_count; i++) {
		const struct compared_fact *fact = &comparison->facts[i];
		struct json *json = json_object(), *values = json_array();
		json_add_text(json, "field", fact->field);
		json_add_bool(json, "weighs", fact->weighs);
		for (size_t k = 0; k < comparison->count; k++) {
			if (fact->values[k].len)
				json_push_text(values, fact->values[k]);
			else
				json_push_null(values);
		}
		json_add(json, "values", values);
		json_push(list, json);
	}
	return list;
}

void compare_json(struct buffer *out, const struct comparison *comparison)
{
	struct json *top = json_object(), *runs = json_array(), *metrics = json_array(), *slices = json_array();
	struct arena arena;

	arena_init(&arena);
	json_add_string(top, "schema", "galley.compare/1");
	for (size_t i = 0; i < comparison->count; i++)
		json_push(runs, run_json(comparison, i, &arena));
	for (size_t i = 0; i < comparison->row_count; i++)
		json_push(metrics, row_json(comparison, &comparison->rows[i]));
	for (size_t i = 0; i < comparison->segment_count; i++)
		json_push(slices, row_json(comparison, &comparison->segments[i]));
	json_add(top, "runs", runs);
	json_add(top, "differences", facts_json(comparison));
	json_add(top, "metrics", metrics);
	json_add(top, "slices", slices);
	json_print(out, top, true);
	json_release(top);
	arena_release(&arena);
}

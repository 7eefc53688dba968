#include "review_parts.h"

#include "findings_parts.h"
#include "words.h"

static void add_verdict(struct json *json, const char *key, bool has, enum verdict verdict)
{
	json_add_string(json, key, has ? verdict_name(verdict) : NULL);
}

static struct json *metric_json(const struct metric_move *metric)
{
	struct json *json = json_object();

	json_add_text(json, "pack", metric->pack);
	json_add_text(json, "key", metric->metric->key);
	json_add_value(json, "value", metric->value.len > 0, metric->value);
	add_verdict(json, "before", metric->has_before, metric->before);
	add_verdict(json, "after", metric->has_after, metric->after);
	json_add_bool(json, "gate_moved", metric->gate_moved);
	if (metric->reason.len)
		json_add_text(json, "reason", metric->reason);
	return json;
}

static struct json *run_json(const struct run_move *move)
{
	struct json *json = json_object(), *metrics = json_array(), *status = json_object();

	json_add_text(json, "model", move->model->record.id);
	json_add_text(json, "run", move->run->record.id);
	json_add_string(json, "role", run_role_name(move->role));
	json_add_string(json, "change", verdict_move_name(move->move));
	json_add_bool(json, "gate_moved", move->gate_moved);
	json_add_bool(json, "new", move->is_new);
	add_verdict(status, "before", move->has_before, move->before);
	add_verdict(status, "after", true, move->after);
	json_add(json, "status", status);
	if (move->served.len)
		json_add_text(json, "served_before", move->served);
	if (move->reason.len)
		json_add_text(json, "reason", move->reason);
	for (size_t i = 0; i < move->metric_count; i++)
		json_push(metrics, metric_json(&move->metrics[i]));
	json_add(json, "metrics", metrics);
	return json;
}

static struct json *runs_json(const struct run_moves *runs)
{
	struct json *list = json_array();

	for (size_t i = 0; i < runs->count; i++)
		json_push(list, run_json(&runs->items[i]));
	return list;
}

static struct json *gates_json(const struct diff_tables *tables)
{
	struct json *list = json_array();

	for (size_t i = 0; i < tables->gate_count; i++) {
		const struct gate_group *group = &tables->gates[i];
		struct json *json = json_object();
		json_add_text(json, "id", group->first->id);
		json_add_text(json, "field", group->gate->field);
		json_add_string(json, "change", gate_word_name(group->gate->word));
		json_add_bool(json, "waived", group->gate->waiver != NULL);
		if (group->gate->before.len)
			json_add_text(json, "before", group->gate->before);
		else
			json_add_null(json, "before");
		if (group->gate->after.len)
			json_add_text(json, "after", group->gate->after);
		else
			json_add_null(json, "after");
		json_add_count(json, "recipes", gate_reach(tables, group));
		json_push(list, json);
	}
	return list;
}

static struct json *summary_json(const struct review *review)
{
	struct json *json = json_object();
	const struct run_moves *runs = review->runs;

	json_add_count(json, "files_edited", review->files_edited);
	json_add_count(json, "recipes", review->counts.records[KIND_RECIPE]);
	json_add_count(json, "packs", review->counts.records[KIND_PACK]);
	json_add_count(json, "models", review->counts.records[KIND_MODEL]);
	json_add_count(json, "runs_judged", runs->judged);
	json_add_count(json, "runs_kept", runs->kept);
	json_add_count(json, "runs_new", runs->fresh);
	json_add_count(json, "runs_worse", runs->worse[ROLE_PRODUCTION] + runs->worse[ROLE_NEWEST] + runs->worse[ROLE_OLDER]);
	json_add_count(json, "production_runs_worse", runs->worse[ROLE_PRODUCTION]);
	json_add_count(json, "production_runs_failing", runs->worst_served);
	json_add_count(json, "runs_better_by_gate", runs->gate_moved);
	json_add_count(json, "gates_looser", review->counts.gates[GATE_IS_LOOSER] + review->counts.gates[GATE_IS_REMOVED]);
	json_add_count(json, "gates_tighter", review->counts.gates[GATE_IS_TIGHTER]);
	json_add_count(json, "gates_waived", review->counts.waived + review->counts.gates[GATE_IS_WAIVED]);
	json_add_count(json, "fields", review->field_count);
	json_add_count(json, "errors", review->findings->counts[SEVERITY_ERROR]);
	json_add_count(json, "warnings", review->findings->counts[SEVERITY_WARNING]);
	json_add_count(json, "notes", review->findings->counts[SEVERITY_NOTE]);
	return json;
}

void review_json(struct buffer *out, const struct review *review)
{
	struct json *top = json_object(), *findings = json_array();
	struct diff_tables tables;
	struct buffer headline;
	struct arena arena;
	enum severity sign = review_sign(review);

	arena_init(&arena);
	diff_tables_init(&tables, &review->view, &arena);
	buffer_init(&headline);
	review_headline(&headline, review);
	json_add_string(top, "schema", "galley.review/1");
	json_add_sides(top, &review->view);
	json_add_string(top, "verdict", sign == SEVERITY_ERROR ? "fail" : sign == SEVERITY_WARNING ? "warn" : "pass");
	json_add_text(top, "headline", buffer_text(&headline));
	json_add(top, "summary", summary_json(review));
	json_add(top, "gates", gates_json(&tables));
	json_add(top, "runs", runs_json(review->runs));
	json_add(top, "changes", json_of_changes(review->view.differences, &arena));
	for (size_t i = 0; i < review->findings->count; i++) {
		struct json *finding = finding_json(&review->findings->items[i]);
		json_add_bool(finding, "new", review->is_new[i]);
		json_push(findings, finding);
	}
	json_add(top, "findings", findings);
	json_print(out, top, true);
	json_release(top);
	buffer_release(&headline);
	arena_release(&arena);
}

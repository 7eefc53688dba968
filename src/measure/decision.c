#include "monitor_inner.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "instant.h"
#include "number.h"

const char *model_state_name(enum model_state state)
{
	static const char *const names[] = {NULL, "healthy", "unknown", "stale", "drifting", "degraded", "failed"};

	return names[state];
}

const char *action_name(enum action action)
{
	static const char *const names[] = {"none", "alert", "retrain", "rollback"};

	return names[action];
}

/* Settings of monitoring.hold: a state gets better only when so many snapshots in a row say so, that is, it is the worst of them. */
static enum model_state held_state(const struct monitored *monitored, size_t i)
{
	size_t hold = monitored->request->catalog->config.hold;
	enum model_state worst = STATE_NONE;

	for (size_t k = 0; k < (hold ? hold : 1) && k + monitored->first <= i; k++)
		if (monitored->raw[i - k] > worst)
			worst = monitored->raw[i - k];
	return worst;
}

static void find_since(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	size_t i = out->snapshot_count;

	if (!i)
		return;
	if (out->state == STATE_STALE) {
		out->has_since = true;
		out->since = out->data_time + max_age_seconds(&monitored->watch);
		return;
	}
	while (i > monitored->first && out->snapshots[i - 1].state == out->state)
		i--;
	/* What only the as-of shows, such as an alert on age, began after the newest snapshot; when, is not known. */
	out->has_since = i < out->snapshot_count && (i > monitored->first || !monitored->first);
	out->since = out->has_since ? out->snapshots[i].snapshot->time : 0;
}

/* How many snapshots in a row must still be better until monitoring.hold lets the state go. */
static size_t better_needed(const struct monitored *monitored)
{
	const struct model_result *out = monitored->out;
	size_t hold = monitored->request->catalog->config.hold, better = 0;

	if (hold <= 1 || out->state <= STATE_HEALTHY || !out->snapshot_count)
		return 0;
	for (size_t i = out->snapshot_count; i > monitored->first && monitored->raw[i - 1] < out->state; i--)
		better++;
	return better < hold ? hold - better : 0;
}

void state_settle(struct monitored *monitored, struct reasons *reasons)
{
	struct model_result *out = monitored->out;

	for (size_t i = monitored->first; i < out->snapshot_count; i++) {
		enum model_state held = held_state(monitored, i);
		if (held != monitored->raw[i])
			out->snapshots[i].reason = text_format(monitored->arena, "%s until %zu snapshots in a row are better", model_state_name(held),
			                                       monitored->request->catalog->config.hold);
		out->snapshots[i].state = held;
	}
	out->state = reasons->worst;
	if (out->snapshot_count && out->snapshots[out->snapshot_count - 1].state > out->state) {
		out->state = out->snapshots[out->snapshot_count - 1].state;
		reason_add(reasons, monitored->arena, (struct reason){.state = out->state, .words = out->snapshots[out->snapshot_count - 1].reason});
		reasons_sort(reasons);
	}
	out->reasons = reasons->items;
	out->reason_count = reasons->count;
	out->passed = reasons->passed;
	out->passed_count = reasons->passed_count;
	out->better_needed = better_needed(monitored);
	find_since(monitored);
}

/* --- what to do --- */

static const struct run_result *find_result(const struct model_result *out, struct text id)
{
	for (size_t i = 0; i < out->model->run_count; i++)
		if (text_equal(out->runs[i].run->record.id, id))
			return &out->runs[i];
	return NULL;
}

/* The newest deployment of the production run; deployment_count where there is none. */
static size_t find_serving(const struct model *model)
{
	for (size_t i = model->deployment_count; i > 0; i--)
		if (text_equal(model->deployments[i - 1].run, model->production_run))
			return i - 1;
	return model->deployment_count;
}

/* An earlier run, from where the production run serves: one that was deployed elsewhere was no production run, and what was deployed
 * later has been rolled back already. */
static struct text rollback_target(const struct model_result *out)
{
	const struct model *model = out->model;
	size_t serving = find_serving(model);
	struct text environment = serving < model->deployment_count ? model->deployments[serving].environment : TEXT("");

	for (size_t i = serving; i > 0; i--) {
		const struct deployment *deployment = &model->deployments[i - 1];
		const struct run_result *result = find_result(out, deployment->run);
		bool elsewhere = environment.len && deployment->environment.len && !text_equal(deployment->environment, environment);
		if (!text_equal(deployment->run, model->production_run) && !elsewhere && result && result->judged &&
		    result->status == VERDICT_PASS)
			return deployment->run;
	}
	return TEXT("");
}

static enum action wanted_action(const char **rule, const struct model_result *out, const struct watch *watch)
{
	switch (out->state) {
	case STATE_STALE:
		*rule = "on_stale";
		return watch->on_stale;
	case STATE_DRIFTING:
		*rule = "on_drift";
		return watch->on_drift;
	case STATE_DEGRADED:
		*rule = "on_degraded";
		return watch->on_degraded;
	case STATE_FAILED:
		*rule = "on_failed_gate";
		return watch->on_failed;
	default:
		*rule = NULL;
		return ACTION_NONE;
	}
}

/* Which rule asks for what, where it is set, and what came of it. */
static struct text rule_words(const struct monitored *monitored, const char *rule, enum action wanted)
{
	const struct model_result *out = monitored->out;
	struct arena *arena = monitored->arena;
	struct value *set = value_get(value_at(out->recipe->root, "monitoring.actions"), rule);
	struct text from = set && set->place.file ? text_format(arena, "%s (%.*s:%u) asks for %s", rule, TEXT_ARGS(set->place.file->path), set->place.line,
	                                                        action_name(wanted))
	                                          : text_format(arena, "%s asks for %s by default", rule, action_name(wanted));

	if (wanted == ACTION_ROLLBACK && out->action == ACTION_RETRAIN)
		from = text_format(arena, "%.*s, and no earlier production run passes its packs, so retrain", TEXT_ARGS(from));
	else if (out->action == ACTION_ROLLBACK)
		from = text_format(arena, "%.*s, and run %.*s served before and passes its packs", TEXT_ARGS(from), TEXT_ARGS(out->rollback_run));
	if (out->action == ACTION_NONE)
		return from;
	return out->due ? text_format(arena, "%.*s; due, as no hold and no newer run covers it", TEXT_ARGS(from))
	                : text_format(arena, "%.*s; not due: %.*s", TEXT_ARGS(from), TEXT_ARGS(out->due_reason));
}

bool run_is_open(struct period *holds, const struct run *run, int64_t as_of)
{
	if (run->has_started && !period_reached(holds, as_of, run->started))
		return false;
	return run->status == RUN_QUEUED || run->status == RUN_RUNNING ||
	       (run->has_started && run->has_finished && !period_reached(holds, as_of, run->finished));
}

/* A run that has not started is held to be newer than anything. */
static const struct run *newer_run(struct model_result *out, int64_t as_of)
{
	for (size_t i = out->model->run_count; i > 0; i--) {
		const struct run *run = &out->model->runs[i - 1];
		if (run_is_open(&out->holds, run, as_of) && (!run->has_started || !out->has_since || run->started > out->since))
			return run;
	}
	return NULL;
}

static void judge_due(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	const struct hold *hold = &out->model->hold;
	struct arena *arena = monitored->arena;
	char date[32];
	const struct run *run = newer_run(out, monitored->request->as_of);
	if (text_is(hold->action, action_name(out->action)) && !period_reached(&out->holds, monitored->request->as_of, hold->until)) {
		instant_print_date(date, hold->until);
		out->due_reason = text_format(arena, "held until %s%s%.*s", date, hold->reason.len ? ": " : "", TEXT_ARGS(hold->reason));
	} else if (run) {
		out->due_reason = text_format(arena, "run %.*s is %s", TEXT_ARGS(run->record.id),
		                              run_status_name(run->status == RUN_QUEUED ? RUN_QUEUED : RUN_RUNNING));
	} else {
		out->due = true;
	}
}

void action_decide(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	const char *rule;
	enum action wanted = wanted_action(&rule, out, &monitored->watch);

	out->action = wanted;
	if (wanted == ACTION_ROLLBACK) {
		out->rollback_run = rollback_target(out);
		if (!out->rollback_run.len)
			out->action = ACTION_RETRAIN;
	}
	if (out->action != ACTION_NONE)
		judge_due(monitored);
	if (rule)
		out->action_words = rule_words(monitored, rule, wanted);
}

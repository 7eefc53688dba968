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

static void add_reason(struct reasons *reasons, struct arena *arena, enum model_state state, struct text words)
{
	reasons->items = arena_grow(arena, reasons->items, reasons->count, sizeof *reasons->items);
	reasons->items[reasons->count++] = (struct reason){state, words};
	if (state > reasons->worst)
		reasons->worst = state;
}

static void judge_metrics(struct reasons *out, const struct monitored *monitored, size_t i)
{
	static const enum model_state states[] = {STATE_HEALTHY, STATE_DEGRADED, STATE_UNKNOWN, STATE_FAILED};
	size_t at = newest_metrics(monitored, i);
	struct arena *arena = monitored->arena;

	if (!monitored->watch.metric_count)
		return;
	if (at == monitored->out->snapshot_count) {
		add_reason(out, arena, STATE_UNKNOWN, TEXT("no snapshot carries the monitored metrics"));
		return;
	}
	const struct snapshot_result *snapshot = &monitored->out->snapshots[at];
	for (size_t k = 0; k < snapshot->performance_count; k++) {
		const struct performance *performance = &snapshot->performance[k];
		bool number = performance->reason.len && (performance->reason.at[0] == '-' || (performance->reason.at[0] >= '0' &&
		                                                                               performance->reason.at[0] <= '9'));
		if (performance->status != VERDICT_PASS)
			add_reason(out, arena, states[performance->status],
			           text_format(arena, "%.*s%s %.*s", TEXT_ARGS(performance->key), number ? "" : ":", TEXT_ARGS(performance->reason)));
	}
}

static void judge_alerts(struct reasons *out, const struct monitored *monitored, size_t i, int64_t now, const struct alert_result *alerts)
{
	for (size_t k = 0; k < monitored->watch.alert_count; k++) {
		enum model_state state = alerts[k].status == ALERT_OK             ? STATE_HEALTHY
		                         : alerts[k].status == ALERT_INCONCLUSIVE ? STATE_UNKNOWN
		                         : alerts[k].critical                     ? STATE_FAILED
		                                                                  : STATE_DEGRADED;
		if (state != STATE_HEALTHY)
			add_reason(out, monitored->arena, state, alert_words(monitored, i, now, &alerts[k]));
	}
}

/* A number with as many places as it takes to stand on the right side of its limit. */
static struct text agreeing(double value, double limit, struct arena *arena)
{
	char out[512];
	double shown;

	for (int places = 3; places < 10; places++) {
		number_print_fixed(out, value, places);
		number_parse(&shown, text_of(out));
		if ((shown >= limit) == (value >= limit))
			break;
	}
	return text_format(arena, "%s", out);
}

static void judge_trends(struct reasons *out, const struct monitored *monitored, const struct trend *trends)
{
	for (size_t k = 0; k < monitored->watch.metric_count; k++) {
		const struct trend *trend = &trends[k];
		struct arena *arena = monitored->arena;
		if (trend->status != TREND_DEGRADING)
			continue;
		struct text p = trend->p < 0.001 ? TEXT("< 0.001") : agreeing(trend->p, TREND_P, arena);
		add_reason(out, arena, STATE_DEGRADED,
		           text_format(arena, "%.*s worsens over the last %zu snapshots (Mann-Kendall p %.*s)", TEXT_ARGS(trend->key),
		                       trend->points, TEXT_ARGS(p)));
	}
}

static void judge_drift(struct reasons *out, const struct monitored *monitored, size_t i)
{
	const struct watch *watch = &monitored->watch;
	size_t at = newest_csv(monitored, i);
	struct arena *arena = monitored->arena;

	if (!monitored->out->model->reference.len) {
		if (watch->named)
			add_reason(out, arena, STATE_UNKNOWN, TEXT("the model has no reference for its drift features"));
		return;
	}
	if (at == monitored->out->snapshot_count) {
		add_reason(out, arena, STATE_UNKNOWN, TEXT("no snapshot has data to compare with the reference"));
		return;
	}
	const struct snapshot_result *snapshot = &monitored->out->snapshots[at];
	if (snapshot->drifting)
		add_reason(out, arena, STATE_DRIFTING,
		           text_format(arena, "share of drifting features %zu/%zu = %.*s, limit %.*s", snapshot->drift.drifting,
		                       snapshot->drift.judged, TEXT_ARGS(agreeing(snapshot->share, watch->share, arena)),
		                       TEXT_ARGS(watch->share_text)));
	if (snapshot->undecided)
		add_reason(out, arena, STATE_UNKNOWN, snapshot->undecided_reason);
}

static int64_t max_age_seconds(const struct watch *watch)
{
	return watch->max_age < 1e12 ? (int64_t)(watch->max_age * 3600) : INT64_MAX / 4;
}

static void judge_age(struct reasons *out, const struct monitored *monitored, size_t i, int64_t as_of)
{
	const struct watch *watch = &monitored->watch;
	const struct data_age *age = &monitored->ages[i];
	char time[32];

	if (!watch->has_max_age)
		return;
	if (age->lacking.len)
		add_reason(out, monitored->arena, STATE_UNKNOWN,
		           text_format(monitored->arena, "freshness feature %.*s has no time in the newest data", TEXT_ARGS(age->lacking)));
	if (as_of - age->time <= max_age_seconds(watch))
		return;
	if (age->by.len) {
		instant_print(time, age->time);
		add_reason(out, monitored->arena, STATE_STALE,
		           text_format(monitored->arena, "newest value of %.*s is %s, older than %.*s hours", TEXT_ARGS(age->by), time,
		                       TEXT_ARGS(watch->max_age_text)));
		return;
	}
	add_reason(out, monitored->arena, STATE_STALE,
	           text_format(monitored->arena, "newest snapshot %.*s is older than %.*s hours",
	                       TEXT_ARGS(monitored->out->snapshots[i].snapshot->stamp), TEXT_ARGS(watch->max_age_text)));
}

/* Worst first, else as they were found. */
static void sort_reasons(struct reasons *reasons)
{
	for (size_t i = 1; i < reasons->count; i++)
		for (size_t k = i; k > 0 && reasons->items[k - 1].state < reasons->items[k].state; k--) {
			struct reason swap = reasons->items[k];
			reasons->items[k] = reasons->items[k - 1];
			reasons->items[k - 1] = swap;
		}
}

void state_judge(struct reasons *out, const struct monitored *monitored, size_t i, const struct alert_result *alerts,
                 const struct trend *trends, const int64_t *as_of)
{
	*out = (struct reasons){.worst = STATE_HEALTHY};
	if (i >= monitored->out->snapshot_count) {
		add_reason(out, monitored->arena, STATE_UNKNOWN, TEXT("no snapshot yet"));
		return;
	}
	int64_t now = as_of ? *as_of : monitored->out->snapshots[i].snapshot->time;
	judge_metrics(out, monitored, i);
	judge_alerts(out, monitored, i, now, alerts);
	judge_trends(out, monitored, trends);
	judge_drift(out, monitored, i);
	if (as_of)
		judge_age(out, monitored, i, *as_of);
	sort_reasons(out);
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
		add_reason(reasons, monitored->arena, out->state, out->snapshots[out->snapshot_count - 1].reason);
		sort_reasons(reasons);
	}
	out->reasons = reasons->items;
	out->reason_count = reasons->count;
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

static enum action wanted_action(const struct model_result *out, const struct watch *watch)
{
	switch (out->state) {
	case STATE_STALE:
		return watch->on_stale;
	case STATE_DRIFTING:
		return watch->on_drift;
	case STATE_DEGRADED:
		return watch->on_degraded;
	case STATE_FAILED:
		return watch->on_failed;
	default:
		return ACTION_NONE;
	}
}

/* A run that has not started is held to be newer than anything. */
static const struct run *newer_run(const struct model_result *out)
{
	for (size_t i = out->model->run_count; i > 0; i--) {
		const struct run *run = &out->model->runs[i - 1];
		bool open = run->status == RUN_QUEUED || run->status == RUN_RUNNING;
		if (open && (!run->has_started || !out->has_since || run->started > out->since))
			return run;
	}
	return NULL;
}

void action_decide(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	const struct hold *hold = &out->model->hold;
	struct arena *arena = monitored->arena;
	char date[32];

	out->action = wanted_action(out, &monitored->watch);
	if (out->action == ACTION_ROLLBACK) {
		out->rollback_run = rollback_target(out);
		if (!out->rollback_run.len)
			out->action = ACTION_RETRAIN;
	}
	if (out->action == ACTION_NONE)
		return;
	const struct run *run = newer_run(out);
	if (text_is(hold->action, action_name(out->action)) && monitored->request->as_of < hold->until) {
		instant_print_date(date, hold->until);
		out->due_reason = text_format(arena, "held until %s%s%.*s", date, hold->reason.len ? ": " : "", TEXT_ARGS(hold->reason));
	} else if (run) {
		out->due_reason = text_format(arena, "run %.*s is %s", TEXT_ARGS(run->record.id), run_status_name(run->status));
	} else {
		out->due = true;
	}
}

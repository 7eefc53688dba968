#include "monitor_inner.h"

#include "arena.h"

/* Order: metrics need nothing, drift needs the files, ages too; alerts need all three of the same snapshot; states need alerts and
 * trends; the model's state needs those of its snapshots. */

static void judge_runs(struct model_result *out, const struct monitor_request *request, struct arena *arena)
{
	const struct model *model = out->model;

	out->runs = arena_array(arena, model->run_count, sizeof *out->runs);
	for (size_t i = 0; i < model->run_count; i++) {
		gates_judge_run(&out->runs[i], request->catalog, request->resolved, model, &model->runs[i], arena);
		if (model->runs[i].status == RUN_SUCCEEDED)
			out->newest = &out->runs[i];
		if (model->production_run.len && text_equal(model->runs[i].record.id, model->production_run))
			out->production = &out->runs[i];
	}
}

static void list_snapshots(struct model_result *out, int64_t as_of, struct arena *arena)
{
	const struct model *model = out->model;

	out->snapshots = arena_array(arena, model->snapshot_count, sizeof *out->snapshots);
	for (size_t i = 0; i < model->snapshot_count; i++)
		if (model->snapshots[i].time <= as_of)
			out->snapshots[out->snapshot_count++].snapshot = &model->snapshots[i];
	for (size_t i = 0; i < out->snapshot_count; i++) {
		out->latest = &out->snapshots[i];
		if (out->latest->snapshot->metrics)
			out->latest_performance = out->latest;
	}
}

static void show_settings(struct model_result *out, const struct watch *watch)
{
	out->method = watch->method;
	out->limit = watch->limit;
	out->share_limit = watch->share;
	out->has_max_age = watch->has_max_age;
	out->max_age_hours = watch->max_age;
}

/* Whether an alert asks for the age of the data, which takes reading the freshness features. */
static void note_age(void *context, struct text name, size_t offset)
{
	(void)offset;
	if (text_is(name, "freshness.age_hours"))
		*(bool *)context = true;
}

static int measure_data(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	const struct watch *watch = &monitored->watch;
	bool ages = false;

	for (size_t k = 0; k < watch->alert_count; k++)
		if (watch->alerts[k].expression)
			expression_names(watch->alerts[k].expression, note_age, &ages);
	for (size_t i = 0; i < out->snapshot_count; i++) {
		/* Before the first there may be one that the first depends on. */
		bool needed = i >= monitored->first || i == newest_csv(monitored, monitored->first);
		if (needed && drift_judge(monitored, i) != 0)
			return -1;
		if ((i + 1 == out->snapshot_count || (ages && i >= monitored->first)) && age_find(monitored, i) != 0)
			return -1;
		if (out->snapshots[i].has_drift)
			out->latest_drift = &out->snapshots[i];
	}
	return 0;
}

static void judge_snapshots(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	struct reasons reasons;

	for (size_t i = 0; i < out->snapshot_count; i++)
		performance_judge(monitored, i);
	for (size_t i = monitored->first; i < out->snapshot_count; i++) {
		struct snapshot_result *snapshot = &out->snapshots[i];
		snapshot->alert_count = monitored->watch.alert_count;
		snapshot->alerts = alerts_judge(monitored, i, snapshot->snapshot->time);
		state_judge(&reasons, monitored, i, snapshot->alerts, trends_find(monitored, i), NULL);
		monitored->raw[i] = reasons.worst;
		if (reasons.count)
			snapshot->reason = reasons.items[0].words;
	}
	alerts_date(monitored);
}

/* The alerts now: as at the newest snapshot, but for the time that has gone by. */
static void judge_present(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	size_t last = out->snapshot_count ? out->snapshot_count - 1 : 0;
	int64_t as_of = monitored->request->as_of;
	struct reasons reasons;

	out->alerts = alerts_judge(monitored, last, as_of);
	out->alert_count = monitored->watch.alert_count;
	for (size_t k = 0; k < out->alert_count && out->snapshot_count; k++) {
		const struct alert_result *newest = &out->snapshots[last].alerts[k];
		if (out->alerts[k].status == ALERT_FIRING && newest->status == ALERT_FIRING) {
			out->alerts[k].has_since = newest->has_since;
			out->alerts[k].since = newest->since;
		}
	}
	out->trends = trends_find(monitored, last);
	out->trend_count = monitored->watch.metric_count;
	if (out->snapshot_count) {
		out->has_data_time = true;
		out->data_time = monitored->ages[last].time;
	}
	state_judge(&reasons, monitored, last, out->alerts, out->trends, &as_of);
	for (size_t i = 0; i < reasons.count; i++)
		out->stale = out->stale || reasons.items[i].state == STATE_STALE;
	state_settle(monitored, &reasons);
	action_decide(monitored);
}

/* No recipe, no rules: what is there is listed, and nothing is known. */
static void give_up(struct model_result *out, struct arena *arena)
{
	for (size_t i = 0; i < out->snapshot_count; i++)
		out->snapshots[i].state = STATE_UNKNOWN;
	if (out->latest) {
		out->has_data_time = true;
		out->data_time = out->latest->snapshot->time;
	}
	out->state = STATE_UNKNOWN;
	out->reasons = arena_array(arena, 1, sizeof *out->reasons);
	out->reasons[out->reason_count++] = (struct reason){STATE_UNKNOWN, out->recipe_reason};
}

static bool is_watched(const struct model *model)
{
	return model->status == MODEL_STAGING || model->status == MODEL_PRODUCTION;
}

static int judge_model(struct model_result *out, const struct monitor_request *request, const struct model *model, bool latest_only,
                       struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct monitored monitored = {.out = out, .request = request, .arena = arena, .diags = diags, .failure = failure};
	size_t hold = request->catalog->config.hold ? request->catalog->config.hold : 1;

	*out = (struct model_result){.model = model, .method = METHOD_NONE};
	judge_runs(out, request, arena);
	list_snapshots(out, request->as_of, arena);
	out->recipe = gates_recipe(&out->recipe_reason, request->resolved, &model->recipe, arena);
	if (!out->recipe) {
		if (is_watched(model))
			give_up(out, arena);
		return 0;
	}
	watch_read(&monitored.watch, out->recipe, &request->catalog->config, arena);
	show_settings(out, &monitored.watch);
	monitored.ages = arena_array(arena, out->snapshot_count + 1, sizeof *monitored.ages);
	monitored.raw = arena_array(arena, out->snapshot_count + 1, sizeof *monitored.raw);
	if (latest_only && out->snapshot_count > hold)
		monitored.first = out->snapshot_count - hold;
	if (!is_watched(model))
		return 0;
	if (measure_data(&monitored) != 0)
		return -1;
	judge_snapshots(&monitored);
	judge_present(&monitored);
	return 0;
}

static bool has_open_run(const struct model *model)
{
	for (size_t i = 0; i < model->run_count; i++)
		if (model->runs[i].status == RUN_QUEUED || model->runs[i].status == RUN_RUNNING)
			return true;
	return false;
}

int monitor_model(struct model_result *out, const struct monitor_request *request, const struct model *model, struct arena *arena,
                  struct diags *diags, struct failure *failure)
{
	if (judge_model(out, request, model, request->latest_only, arena, diags, failure) != 0)
		return -1;
	/* Whether an open run covers an action depends on when the state began, which only the whole history tells. */
	if (!request->latest_only || out->action == ACTION_NONE || out->has_since || !has_open_run(model))
		return 0;
	return judge_model(out, request, model, false, arena, diags, failure);
}

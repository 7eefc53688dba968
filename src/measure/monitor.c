#include "monitor_inner.h"

#include "arena.h"
#include "buffer.h"

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

/* One instant in two spellings is one snapshot: the first one's files, and of the other what it lacks. */
static const struct snapshot *joined(const struct snapshot *first, const struct snapshot *second, struct arena *arena)
{
	struct snapshot *out = arena_alloc(arena, sizeof *out);

	*out = *first;
	if (!out->csv.len)
		out->csv = second->csv;
	if (!out->metrics_file) {
		out->metrics = second->metrics;
		out->metrics_file = second->metrics_file;
	}
	return out;
}

static void list_snapshots(struct model_result *out, int64_t as_of, struct arena *arena)
{
	const struct model *model = out->model;

	out->snapshots = arena_array(arena, model->snapshot_count, sizeof *out->snapshots);
	for (size_t i = 0; i < model->snapshot_count; i++) {
		const struct snapshot *snapshot = &model->snapshots[i];
		struct snapshot_result *last = out->snapshot_count ? &out->snapshots[out->snapshot_count - 1] : NULL;
		if (!period_reached(&out->holds, as_of, snapshot->time)) {
			out->timeline.future++;
		} else if (last && last->snapshot->time == snapshot->time) {
			last->snapshot = joined(last->snapshot, snapshot, arena);
			out->timeline.twins++;
		} else {
			out->snapshots[out->snapshot_count++].snapshot = snapshot;
		}
	}
	for (size_t i = 0; i < out->snapshot_count; i++) {
		out->latest = &out->snapshots[i];
		if (out->latest->snapshot->metrics)
			out->latest_performance = out->latest;
	}
}

static void show_settings(struct model_result *out, const struct watch *watch)
{
	out->method = watch->method;
	out->automatic = watch->automatic;
	out->limit = watch->limit;
	out->share_limit = watch->share;
	out->has_max_age = watch->has_max_age;
	out->max_age_hours = watch->max_age;
}

/* Whether an alert asks for the age of the data, which takes reading the freshness features. */
static void note_age(void *context, struct text name, size_t offset, size_t len)
{
	(void)offset;
	(void)len;
	if (text_is(name, "freshness.age_hours"))
		*(bool *)context = true;
}

/* Before the first snapshot that is judged: the one with data that it depends on, and those that conditions look back to, which for an age
 * are all, for drift those with data. */
static size_t first_needed(const struct monitored *monitored)
{
	const struct watch *watch = &monitored->watch;
	size_t needed = monitored->first, back = 0;

	for (size_t k = 0; k < watch->rule_count; k++)
		if (watch->alerts[k].expression && expression_history(watch->alerts[k].expression) > back)
			back = expression_history(watch->alerts[k].expression);
	size_t least = back < needed ? needed - back : 0;
	for (size_t at = needed; needed; at = needed - 1) {
		size_t earlier = newest_csv(monitored, at);
		if (earlier == monitored->out->snapshot_count)
			break;
		needed = earlier;
		if (!back--)
			break;
	}
	return needed < least ? needed : least;
}

static int measure_snapshots(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	const struct watch *watch = &monitored->watch;
	size_t from = first_needed(monitored);
	bool ages = false;

	for (size_t k = 0; k < watch->rule_count; k++)
		if (watch->alerts[k].expression)
			expression_names(watch->alerts[k].expression, note_age, &ages);
	for (size_t i = 0; i < out->snapshot_count; i++) {
		if (i >= from && drift_judge(monitored, i) != 0)
			return -1;
		if ((i + 1 == out->snapshot_count || (ages && i >= from)) && age_find(monitored, i) != 0)
			return -1;
		if (out->snapshots[i].has_drift)
			out->latest_drift = &out->snapshots[i];
	}
	return 0;
}

static int measure_data(struct monitored *monitored)
{
	int result = measure_snapshots(monitored);

	drift_forget(monitored);
	return result;
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
	change_points_find(monitored);
	timeline_find(monitored);
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
	out->reasons[out->reason_count++] = (struct reason){.state = STATE_UNKNOWN, .words = out->recipe_reason, .until = TEXT("a recipe that can be used")};
}

static bool is_watched(const struct model *model)
{
	return model->status == MODEL_STAGING || model->status == MODEL_PRODUCTION;
}

/* Everything up to the settings; false where there is no recipe to take them from. */
static bool prepare(struct monitored *monitored, const struct model *model)
{
	const struct monitor_request *request = monitored->request;
	struct model_result *out = monitored->out;
	struct arena *arena = monitored->arena;

	*out = (struct model_result){.model = model, .method = METHOD_NONE};
	judge_runs(out, request, arena);
	list_snapshots(out, request->as_of, arena);
	carriers_find(monitored);
	out->recipe = gates_recipe(&out->recipe_reason, request->resolved, &model->recipe, arena);
	if (!out->recipe)
		return false;
	watch_read(&monitored->watch, out->recipe, &request->catalog->config, arena);
	show_settings(out, &monitored->watch);
	monitored->ages = arena_array(arena, out->snapshot_count + 1, sizeof *monitored->ages);
	monitored->contents = arena_array(arena, out->snapshot_count + 1, sizeof *monitored->contents);
	monitored->raw = arena_array(arena, out->snapshot_count + 1, sizeof *monitored->raw);
	return true;
}

static int judge_model(struct model_result *out, const struct monitor_request *request, const struct model *model, bool latest_only,
                       struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct monitored monitored = {.out = out, .request = request, .arena = arena, .diags = diags, .failure = failure};
	size_t hold = request->catalog->config.hold ? request->catalog->config.hold : 1;

	if (!prepare(&monitored, model)) {
		if (is_watched(model))
			give_up(out, arena);
		return 0;
	}
	if (latest_only && out->snapshot_count > hold)
		monitored.first = out->snapshot_count - hold;
	if (!is_watched(model))
		return 0;
	if (measure_data(&monitored) != 0 || checks_run(&monitored) != 0)
		return -1;
	judge_snapshots(&monitored);
	judge_present(&monitored);
	return 0;
}

static bool has_open_run(struct period *holds, const struct model *model, int64_t as_of)
{
	for (size_t i = 0; i < model->run_count; i++)
		if (run_is_open(holds, &model->runs[i], as_of))
			return true;
	return false;
}

int monitor_model(struct model_result *out, const struct monitor_request *request, const struct model *model, struct arena *arena,
                  struct diags *diags, struct failure *failure)
{
	if (judge_model(out, request, model, request->latest_only, arena, diags, failure) != 0)
		return -1;
	/* Whether an open run covers an action depends on when the state began, which only the whole history tells. */
	if (!request->latest_only || out->action == ACTION_NONE || out->has_since || !has_open_run(&out->holds, model, request->as_of))
		return 0;
	struct period holds = out->holds;
	int status = judge_model(out, request, model, false, arena, diags, failure);
	period_meet(&out->holds, &holds);
	return status;
}

/* --- trying an expression --- */

struct parts {
	struct trial *trial;
	const struct monitored *monitored;
	struct arena *arena;
};

static struct text stamp_of(const struct monitored *monitored, struct text name)
{
	size_t count = monitored->out->snapshot_count, i = count;

	if (count && text_starts(name, "performance."))
		i = newest_metrics(monitored, count - 1);
	else if (count && (text_starts(name, "drift.") || text_starts(name, "data.")))
		i = newest_csv(monitored, count - 1);
	return i < count ? monitored->out->snapshots[i].snapshot->stamp : TEXT("");
}

static void add_part(void *context, struct text source, const struct expression_value *value)
{
	struct parts *parts = context;
	struct trial *trial = parts->trial;

	trial->parts = arena_grow(parts->arena, trial->parts, trial->part_count, sizeof *trial->parts);
	trial->parts[trial->part_count++] = (struct trial_part){
		.source = source, .value = *value, .words = expression_words(value, parts->arena), .snapshot = stamp_of(parts->monitored, source)};
}

static void evaluate(struct trial *out, const struct monitored *monitored, const struct expression *expression)
{
	struct arena *arena = monitored->arena;
	size_t count = monitored->out->snapshot_count;
	struct parts parts = {out, monitored, arena};
	struct names_view view;
	struct buffer printed;

	names_view_init(&view, monitored, count ? count - 1 : 0, monitored->request->as_of);
	buffer_init(&printed);
	expression_print(&printed, expression);
	out->read_as = text_copy(arena, buffer_text(&printed));
	buffer_release(&printed);
	out->cost = expression_cost(expression);
	out->value = expression_evaluate(expression, &view.view, arena);
	out->words = expression_words(&out->value, arena);
	expression_parts(expression, &view.view, arena, add_part, &parts);
	out->ok = true;
}

int monitor_try(struct trial *out, const struct monitor_request *request, const struct model *model, struct text source, struct arena *arena,
                struct diags *diags, struct failure *failure)
{
	struct model_result *result = arena_alloc(arena, sizeof *result);
	struct monitored monitored = {.out = result, .request = request, .arena = arena, .diags = diags, .failure = failure};
	struct input *input = arena_alloc(arena, sizeof *input);
	struct value *written = arena_alloc(arena, sizeof *written);

	*input = (struct input){.path = TEXT("EXPR"), .bytes = source};
	*written = (struct value){.kind = VALUE_SCALAR, .text = source, .place = {.file = input, .line = 1, .column = 1, .width = 1}};
	*out = (struct trial){.model = model, .source = source};
	if (!prepare(&monitored, model)) {
		out->failed_reason = result->recipe_reason;
		return 0;
	}
	const struct expression *expression = condition_check(written, true, request->catalog, result->recipe, arena, diags);
	if (!expression)
		return 0;
	watch_try(&monitored.watch, expression);
	monitored.first = result->snapshot_count ? result->snapshot_count - 1 : 0;
	if (measure_data(&monitored) != 0)
		return -1;
	evaluate(out, &monitored, expression);
	return 0;
}

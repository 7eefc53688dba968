#include "text_report.h"

#include <string.h>

#include "arena.h"
#include "instant.h"
#include "number.h"
#include "statistics.h"
#include "words.h"

/* For whoever is called at three in the morning: which model, what is wrong, what to do, what ends it; then the numbers. */

enum { LABEL = 9, LISTED = 5 };

static const char *paint(enum model_state state, bool color)
{
	if (!color)
		return "";
	return state == STATE_FAILED ? "\x1b[1;31m" : state == STATE_HEALTHY ? "\x1b[32m" : state > STATE_UNKNOWN ? "\x1b[1;33m" : "\x1b[1m";
}

static void label(struct buffer *out, const char *name)
{
	buffer_string(out, "  ");
	buffer_string(out, name);
	buffer_repeat(out, ' ', LABEL - strlen(name));
}

/* One line under a label; the label stands before the first alone. */
static void line(struct buffer *out, const char **name, struct text text)
{
	label(out, *name);
	buffer_safe(out, text);
	buffer_char(out, '\n');
	*name = "";
}

static struct text date(int64_t time, struct arena *arena)
{
	char text[32];

	instant_print_date(text, time);
	return text_format(arena, "%s", text);
}

/* "7 days", "12 hours" */
static struct text span(int64_t seconds, struct arena *arena)
{
	int64_t days = seconds / 86400, hours = seconds / 3600;

	if (days && seconds % 86400 < 3600)
		return text_format(arena, "%lld day%s", (long long)days, days == 1 ? "" : "s");
	if (hours)
		return text_format(arena, "%lld hour%s", (long long)hours, hours == 1 ? "" : "s");
	return text_format(arena, "%lld second%s", (long long)seconds, seconds == 1 ? "" : "s");
}

static void headline(struct buffer *out, const struct model_result *model, bool color)
{
	const char *state = model_state_name(model->state);

	buffer_string(out, paint(model->state, color));
	buffer_format(out, "%c%s", state[0] - 'a' + 'A', state + 1);
	buffer_string(out, color ? "\x1b[0m" : "");
	buffer_string(out, "  ");
	buffer_safe(out, model->model->record.id);
	buffer_format(out, ", %s", model_status_name(model->model->status));
	if (model->has_since) {
		char since[32];
		instant_print_date(since, model->since);
		buffer_format(out, ", since %s", since);
	}
	buffer_char(out, '\n');
}

static void reasons(struct buffer *out, const struct model_result *model, struct arena *arena)
{
	const char *name = "why";

	for (size_t i = 0; i < model->reason_count; i++)
		line(out, &name, model->reasons[i].state == model->state
		                     ? model->reasons[i].words
		                     : text_format(arena, "%.*s (by itself %s)", TEXT_ARGS(model->reasons[i].words), model_state_name(model->reasons[i].state)));
}

static void action(struct buffer *out, const struct model_result *model, struct arena *arena)
{
	const char *name = "do";
	struct text what;

	if (model->state <= STATE_HEALTHY)
		return;
	if (model->action == ACTION_NONE)
		what = TEXT("nothing is asked for");
	else if (model->action == ACTION_ROLLBACK)
		what = text_format(arena, "rollback to run %.*s%s", TEXT_ARGS(model->rollback_run), model->due ? ", due" : ", not due");
	else
		what = text_format(arena, "%s%s", action_name(model->action), model->due ? ", due" : ", not due");
	line(out, &name, what);
	if (model->action_words.len)
		line(out, &name, model->action_words);
}

static void until(struct buffer *out, const struct model_result *model, struct arena *arena)
{
	const char *name = "until";

	for (size_t i = 0; i < model->reason_count; i++)
		if (model->reasons[i].until.len)
			line(out, &name, model->reasons[i].until);
	if (model->better_needed)
		line(out, &name, model->better_needed == 1
		                     ? TEXT("the next snapshot better too (monitoring.hold)")
		                     : text_format(arena, "the next %zu snapshots all better (monitoring.hold)", model->better_needed));
}

static void data(struct buffer *out, const struct model_result *model, struct arena *arena)
{
	const struct timeline *times = &model->timeline;
	const char *name = "data";
	struct text words = TEXT("");

	if (!model->snapshot_count) {
		line(out, &name, TEXT("no snapshot yet"));
		return;
	}
	words = text_format(arena, "newest %.*s%s; %zu snapshot%s", TEXT_ARGS(date(model->data_time, arena)), model->stale ? ", stale" : "",
	                    model->snapshot_count, model->snapshot_count == 1 ? "" : "s");
	if (times->has_interval)
		words = text_format(arena, "%.*s, one in %.*s; %s %.*s", TEXT_ARGS(words), TEXT_ARGS(span(times->interval, arena)),
		                    times->overdue ? "overdue since" : "next expected", TEXT_ARGS(date(times->expected, arena)));
	line(out, &name, words);
	for (size_t i = 0; i < times->gap_count && i < LISTED; i++) {
		const struct gap *gap = &times->gaps[times->gap_count - 1 - i];
		line(out, &name, text_format(arena, "gap: %zu missing between %.*s and %.*s", gap->missing, TEXT_ARGS(gap->before->stamp),
		                             TEXT_ARGS(gap->after->stamp)));
	}
	if (times->gap_count > LISTED)
		line(out, &name, text_format(arena, "and %zu earlier gaps", times->gap_count - LISTED));
	if (model->trend_count && model->latest_performance && times->unlabelled)
		line(out, &name, text_format(arena, "metrics of %.*s: %zu snapshot%s since without", TEXT_ARGS(model->latest_performance->snapshot->stamp),
		                             times->unlabelled, times->unlabelled == 1 ? "" : "s"));
	if (times->twins)
		line(out, &name, text_format(arena, "%zu snapshot%s of an instant that another stamp names too, joined", times->twins,
		                             times->twins == 1 ? "" : "s"));
	if (times->future)
		line(out, &name, text_format(arena, "%zu snapshot%s stamped after the as-of left out", times->future, times->future == 1 ? "" : "s"));
}

static void history(struct buffer *out, const struct model_result *model, struct arena *arena)
{
	const char *name = "history";
	struct text words = TEXT("");
	size_t moves = 0;

	/* The last changes of state, newest last. */
	for (size_t i = model->snapshot_count; i > 0; i--) {
		const struct snapshot_result *snapshot = &model->snapshots[i - 1];
		if (i > 1 && model->snapshots[i - 2].state == snapshot->state)
			continue;
		if (moves++ == LISTED) {
			words = text_format(arena, "..., %.*s", TEXT_ARGS(words));
			break;
		}
		words = text_format(arena, "%s from %.*s%s%.*s", model_state_name(snapshot->state), TEXT_ARGS(snapshot->snapshot->stamp), words.len ? ", " : "",
		                    TEXT_ARGS(words));
	}
	if (words.len)
		line(out, &name, words);
}

/* --- tables --- */

static struct text trend_cell(const struct trend *trend, struct arena *arena)
{
	char p[512];

	if (!trend->has_p)
		return text_format(arena, "too few: %zu", trend->points);
	number_print_fixed(p, trend->p, trend->p < 0.1 && trend->p >= 0.001 ? 3 : 2);
	return text_format(arena, "%s, p %s", trend_status_name(trend->status), trend->p < 0.001 ? "< 0.001" : p);
}

static struct text level(double value, struct arena *arena)
{
	return text_format(arena, "%.3g", value);
}

static struct text change_cell(const struct trend *trend, struct arena *arena)
{
	const struct change_point *last = trend->change_count ? &trend->changes[trend->change_count - 1] : NULL;

	if (!last)
		return trend->watched                     ? TEXT("none")
		       : trend->values > CUSUM_REFERENCE ? text_format(arena, "the first %d do not vary", CUSUM_REFERENCE)
		                                         : TEXT("too few values");
	return text_format(arena, "%s from %.*s, seen %.*s: %.*s to %.*s", last->up ? "up" : "down", TEXT_ARGS(last->start->stamp),
	                   TEXT_ARGS(last->alarm->stamp), TEXT_ARGS(level(last->before, arena)), TEXT_ARGS(level(last->after, arena)));
}

static const struct performance *performance_of(const struct model_result *model, struct text key)
{
	const struct snapshot_result *snapshot = model->latest_performance;

	for (size_t i = 0; snapshot && i < snapshot->performance_count; i++)
		if (text_equal(snapshot->performance[i].key, key))
			return &snapshot->performance[i];
	return NULL;
}

static void metrics_table(struct buffer *out, const struct model_result *model, struct arena *arena)
{
	static const char *const header[] = {"  METRIC", "VALUE", "VERDICT", "TREND", "LAST CHANGE"};
	struct table_text table = {.header = header, .columns = 5, .rows = model->trend_count};

	if (!model->trend_count)
		return;
	table.cells = arena_array(arena, model->trend_count * 5, sizeof *table.cells);
	for (size_t i = 0; i < model->trend_count; i++) {
		const struct trend *trend = &model->trends[i];
		const struct performance *now = performance_of(model, trend->key);
		struct text *cells = &table.cells[5 * i];
		cells[0] = text_format(arena, "  %.*s", TEXT_ARGS(trend->key));
		cells[1] = !now || !now->has_value ? TEXT("-") : now->metric ? metric_show(now->metric, now->value, arena) : now->value;
		cells[2] = now ? text_of(verdict_name(now->status)) : TEXT("-");
		cells[3] = trend_cell(trend, arena);
		cells[4] = change_cell(trend, arena);
	}
	buffer_char(out, '\n');
	table_print(out, &table);
}

static const struct drift_column *column_of(const struct model_result *model, struct text name)
{
	const struct drift_result *drift = &model->latest_drift->drift;

	for (size_t i = 0; i < drift->column_count; i++)
		if (text_equal(drift->columns[i].name, name))
			return &drift->columns[i];
	return NULL;
}

static struct text drift_cell(const struct drift_column *column, struct arena *arena)
{
	char value[512];

	if (!column->deciding || !column->deciding->has_value)
		return TEXT("-");
	number_print_fixed(value, column->deciding->effect, 3);
	return text_format(arena, "%s %s", drift_methods[column->deciding->method].label, value);
}

/* Features at rest are counted, not listed; a change that stays below the warn limit says little. */
static bool at_rest(const struct drift_column *column, const struct trend *trend)
{
	return column->status == DRIFT_STABLE && trend->status != TREND_DEGRADING;
}

static void features_table(struct buffer *out, const struct model_result *model, struct arena *arena)
{
	static const char *const header[] = {"  FEATURE", "DRIFT", "VERDICT", "TREND", "LAST CHANGE"};
	struct table_text table = {.header = header, .columns = 5};
	size_t resting = 0;

	if (!model->feature_trend_count)
		return;
	table.cells = arena_array(arena, model->feature_trend_count * 5, sizeof *table.cells);
	/* Worst first, else in the order of the file. */
	for (int status = DRIFT_DRIFT; status > DRIFT_UNJUDGED; status--)
		for (size_t i = 0; i < model->feature_trend_count; i++) {
			const struct trend *trend = &model->feature_trends[i];
			const struct drift_column *column = column_of(model, trend->key);
			if (!column || (int)column->status != status)
				continue;
			if (at_rest(column, trend)) {
				resting++;
				continue;
			}
			struct text *cells = &table.cells[5 * table.rows++];
			cells[0] = text_format(arena, "  %.*s", TEXT_ARGS(trend->key));
			cells[1] = drift_cell(column, arena);
			cells[2] = text_of(drift_status_name(column->status));
			cells[3] = trend_cell(trend, arena);
			cells[4] = change_cell(trend, arena);
		}
	buffer_char(out, '\n');
	if (table.rows)
		table_print(out, &table);
	if (resting)
		buffer_format(out, "  %zu%s feature%s stable, without a worsening trend\n", resting, table.rows ? " more" : "",
		              resting == 1 ? " is" : "s are");
}

static void alerts_table(struct buffer *out, const struct model_result *model, struct arena *arena)
{
	static const char *const header[] = {"  ALERT", "SEVERITY", "STATUS", "SINCE", "CONDITION"};
	static const char *const names[] = {"ok", "firing", "inconclusive"};
	struct table_text table = {.header = header, .columns = 5, .rows = model->alert_count};

	if (!model->alert_count)
		return;
	table.cells = arena_array(arena, model->alert_count * 5, sizeof *table.cells);
	for (size_t i = 0; i < model->alert_count; i++) {
		const struct alert_result *alert = &model->alerts[i];
		struct text *cells = &table.cells[5 * i];
		cells[0] = text_format(arena, "  %.*s", TEXT_ARGS(alert->name));
		cells[1] = alert->critical ? TEXT("critical") : TEXT("warning");
		cells[2] = text_of(names[alert->status]);
		cells[3] = alert->has_since && alert->status == ALERT_FIRING ? date(alert->since, arena) : TEXT("-");
		cells[4] = alert->condition;
	}
	buffer_char(out, '\n');
	table_print(out, &table);
}

static void one_model(struct buffer *out, const struct model_result *model, bool whole, bool color, struct arena *arena)
{
	const char *name = "checked";

	headline(out, model, color);
	if (model->state != STATE_HEALTHY)
		reasons(out, model, arena);
	action(out, model, arena);
	until(out, model, arena);
	for (size_t i = 0; whole && i < model->passed_count; i++)
		line(out, &name, model->passed[i].words);
	data(out, model, arena);
	if (model->state == STATE_HEALTHY && !whole)
		return;
	history(out, model, arena);
	metrics_table(out, model, arena);
	features_table(out, model, arena);
	alerts_table(out, model, arena);
}

static void summary(struct buffer *out, const struct results *results)
{
	size_t watched = 0, well = 0, due = 0;
	char time[32];

	for (size_t i = 0; i < results->model_count; i++) {
		watched += results->models[i].state != STATE_NONE;
		well += results->models[i].state == STATE_HEALTHY;
		due += results->models[i].due;
	}
	instant_print(time, results->as_of);
	buffer_format(out, "%zu watched model%s, %zu healthy; %zu action%s due; as of %s\n", watched, watched == 1 ? "" : "s", well, due,
	              due == 1 ? "" : "s", time);
}

void monitor_text(struct buffer *out, const struct results *results, bool whole, bool color)
{
	struct arena arena;
	size_t unwatched = 0;

	arena_init(&arena);
	summary(out, results);
	const struct model_result **models = models_by_state(results, &arena);
	for (size_t i = 0; i < results->model_count; i++) {
		if (models[i]->state == STATE_NONE)
			continue;
		buffer_char(out, '\n');
		one_model(out, models[i], whole, color, &arena);
	}
	for (size_t i = 0; i < results->model_count; i++)
		if (models[i]->state == STATE_NONE) {
			buffer_string(out, unwatched++ ? ", " : "\nNot watched: ");
			buffer_safe(out, models[i]->model->record.id);
		}
	buffer_string(out, unwatched ? "\n" : "");
	arena_release(&arena);
}

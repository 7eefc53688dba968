#include "text_report.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "arena.h"
#include "instant.h"
#include "json.h"
#include "number.h"
#include "words.h"

enum { COLUMNS = 8 };

static const char *paint(enum model_state state)
{
	switch (state) {
	case STATE_FAILED:
		return "\x1b[1;31m";
	case STATE_DEGRADED:
	case STATE_DRIFTING:
	case STATE_STALE:
		return "\x1b[1;33m";
	case STATE_HEALTHY:
		return "\x1b[32m";
	default:
		return "";
	}
}

static struct text count_gates(const struct run_result *run, struct arena *arena)
{
	if (!run)
		return TEXT("no run");
	if (!run->pack_count)
		return TEXT("inconclusive");
	return text_format(arena, "%s %zu/%zu", verdict_name(run->status), run->passed,
	                   run->passed + run->warned + run->inconclusive + run->failed);
}

/* How far a column is towards its limit, for the worst of equal verdicts. */
static double reach(const struct drift_column *column)
{
	const struct drift_score *score = column->deciding;

	if (!score || !score->has_value || !score->limit.given || score->limit.drift <= 0)
		return -1;
	if (score->limit.on_p)
		return score->has_p ? score->limit.drift / fmax(score->p, DBL_MIN) : -1;
	return score->effect / score->limit.drift;
}

static const struct drift_column *worst_column(const struct snapshot_result *snapshot)
{
	const struct drift_column *worst = NULL;

	if (!snapshot)
		return NULL;
	for (size_t i = 0; i < snapshot->drift.column_count; i++) {
		const struct drift_column *column = &snapshot->drift.columns[i];
		if (column->status == DRIFT_UNJUDGED)
			continue;
		if (!worst || column->status > worst->status || (column->status == worst->status && reach(column) > reach(worst)))
			worst = column;
	}
	return worst;
}

static struct text drift_cell(const struct snapshot_result *snapshot, struct arena *arena)
{
	const struct drift_column *column = worst_column(snapshot);
	char value[512];

	if (!column)
		return TEXT("-");
	if (!column->deciding || !column->deciding->has_value || column->status == DRIFT_INCONCLUSIVE)
		return text_format(arena, "%.*s %s", TEXT_ARGS(column->name), drift_status_name(column->status));
	number_print_fixed(value, column->deciding->effect, 3);
	return text_format(arena, "%.*s %s %s", TEXT_ARGS(column->name), drift_methods[column->deciding->method].label, value);
}

static struct text date_of(int64_t time, struct arena *arena)
{
	char date[32];
	size_t len = instant_print_date(date, time);

	return text_copy(arena, (struct text){date, len});
}

static struct text action_cell(const struct model_result *result, struct arena *arena)
{
	if (result->action == ACTION_NONE)
		return TEXT("-");
	if (!result->due)
		return text_format(arena, "%s, not due: %.*s", action_name(result->action), TEXT_ARGS(result->due_reason));
	if (result->action == ACTION_ROLLBACK)
		return text_format(arena, "rollback due, to %.*s", TEXT_ARGS(result->rollback_run));
	return text_format(arena, "%s due", action_name(result->action));
}

static void fill_row(struct text *cells, const struct model_result *result, struct arena *arena)
{
	cells[0] = result->state == STATE_NONE ? TEXT("-") : text_of(model_state_name(result->state));
	cells[1] = result->model->record.id;
	cells[2] = result->model->status == MODEL_NONE ? TEXT("-") : text_of(model_status_name(result->model->status));
	cells[3] = count_gates(shown_run(result), arena);
	cells[4] = drift_cell(result->latest_drift, arena);
	cells[5] = !result->has_data_time ? TEXT("-")
	                                  : text_format(arena, "%.*s%s", TEXT_ARGS(date_of(result->data_time, arena)), result->stale ? " stale" : "");
	cells[6] = action_cell(result, arena);
	cells[7] = result->state != STATE_NONE && result->state != STATE_HEALTHY && result->reason_count ? result->reasons[0].words : TEXT("");
}

static void add_counts(struct buffer *out, const struct results *results)
{
	size_t counts[STATE_FAILED + 1] = {0}, due = 0;
	bool any = false;

	for (size_t i = 0; i < results->model_count; i++) {
		counts[results->models[i].state]++;
		due += results->models[i].due;
	}
	buffer_format(out, "%zu model%s", results->model_count, results->model_count == 1 ? "" : "s");
	for (size_t state = STATE_FAILED; state > STATE_NONE; state--)
		if (counts[state]) {
			buffer_format(out, "%s%zu %s", any ? ", " : ": ", counts[state], model_state_name((enum model_state)state));
			any = true;
		}
	if (counts[STATE_NONE])
		buffer_format(out, "%s%zu not watched", any ? ", " : ": ", counts[STATE_NONE]);
	buffer_format(out, "; %zu action%s due\n", due, due == 1 ? "" : "s");
}

/* The state opens each row, so that colour can be put around it after the columns were laid out. */
static void add_colored(struct buffer *out, struct text table, const struct model_result *const *order)
{
	for (size_t row = 0; table.len; row++) {
		size_t end = text_find(table, '\n');
		struct text line = text_cut(table, 0, end);
		const char *code = row ? paint(order[row - 1]->state) : "";
		size_t word = text_find(line, ' ');
		buffer_string(out, code);
		buffer_add(out, text_cut(line, 0, word));
		buffer_string(out, *code ? "\x1b[0m" : "");
		buffer_add(out, text_cut(line, word, line.len));
		buffer_char(out, '\n');
		table = text_cut(table, end + 1, table.len);
	}
}

void status_text(struct buffer *out, const struct results *results, bool color)
{
	static const char *const header[COLUMNS] = {"STATE", "MODEL", "STATUS", "GATES", "WORST DRIFT", "NEWEST DATA", "ACTION", "WHY"};
	struct table_text table = {.header = header, .columns = COLUMNS, .rows = results->model_count};
	struct arena arena;
	struct buffer plain;

	add_counts(out, results);
	if (!results->model_count)
		return;
	arena_init(&arena);
	buffer_init(&plain);
	const struct model_result **order = models_by_state(results, &arena);
	table.cells = arena_array(&arena, results->model_count * COLUMNS, sizeof *table.cells);
	for (size_t i = 0; i < results->model_count; i++)
		fill_row(&table.cells[i * COLUMNS], order[i], &arena);
	table_print(&plain, &table);
	buffer_char(out, '\n');
	if (color)
		add_colored(out, buffer_text(&plain), order);
	else
		buffer_add(out, buffer_text(&plain));
	buffer_release(&plain);
	arena_release(&arena);
}

static void json_add_time(struct json *object, const char *key, bool has, int64_t time)
{
	char out[32];

	if (has)
		json_add_text(object, key, (struct text){out, instant_print(out, time)});
	else
		json_add_null(object, key);
}

static struct json *gates_json(const struct run_result *run)
{
	struct json *out = json_object();

	json_add_text(out, "run", run->run->record.id);
	json_add_string(out, "status", verdict_name(run->status));
	json_add_bool(out, "promotable", run->promotable);
	json_add_text(out, "summary", run->summary);
	return out;
}

static struct json *drift_json(const struct snapshot_result *snapshot)
{
	const struct drift_column *worst = worst_column(snapshot);
	struct json *out = json_object();

	json_add_text(out, "snapshot", snapshot->snapshot->stamp);
	json_add_string(out, "status", drift_status_name(snapshot->drift.status));
	json_add_count(out, "judged", snapshot->drift.judged);
	json_add_count(out, "drifting", snapshot->drift.drifting);
	json_add_number(out, "share", snapshot->share);
	if (snapshot->has_max)
		json_add_number(out, "max", snapshot->max);
	else
		json_add_null(out, "max");
	if (worst)
		json_add_text(out, "worst", worst->name);
	else
		json_add_null(out, "worst");
	return out;
}

static struct json *model_json(const struct model_result *result)
{
	struct json *out = json_object(), *reasons = json_array();

	json_add_text(out, "model", result->model->record.id);
	json_add_string(out, "state", model_state_name(result->state));
	json_add_time(out, "since", result->has_since, result->since);
	json_add_string(out, "status", result->model->status == MODEL_NONE ? NULL : model_status_name(result->model->status));
	for (size_t i = 0; i < result->reason_count; i++)
		json_push_text(reasons, result->reasons[i].words);
	json_add(out, "reasons", reasons);
	if (shown_run(result))
		json_add(out, "gates", gates_json(shown_run(result)));
	else
		json_add_null(out, "gates");
	if (result->latest_drift)
		json_add(out, "drift", drift_json(result->latest_drift));
	else
		json_add_null(out, "drift");
	json_add_time(out, "newest_data", result->has_data_time, result->data_time);
	json_add_bool(out, "stale", result->stale);
	json_add_string(out, "action", action_name(result->action));
	json_add_bool(out, "due", result->due);
	if (result->rollback_run.len)
		json_add_text(out, "run", result->rollback_run);
	else
		json_add_null(out, "run");
	return out;
}

void status_json(struct buffer *out, const struct results *results)
{
	struct json *top = json_object(), *models = json_array();

	json_add_string(top, "schema", "galley.status/1");
	json_add_time(top, "as_of", true, results->as_of);
	for (size_t i = 0; i < results->model_count; i++)
		json_push(models, model_json(&results->models[i]));
	json_add(top, "models", models);
	json_print(out, top, true);
	json_release(top);
}

#include <math.h>
#include <stdlib.h>

#include "words.h"

const char *method_label(enum drift_method method)
{
	return drift_methods[method == METHOD_NONE ? METHOD_PSI : method].label;
}

double column_effect(const struct drift_column *column, enum drift_method method)
{
	const struct drift_score *score = column ? drift_score_of(column, method) : NULL;

	return score && score->has_value ? score->effect : (double)NAN;
}

static int column_rank(const struct drift_column *column)
{
	return -(int)column->status;
}

static int order_columns(const void *left, const void *right)
{
	const struct drift_column *a = *(const struct drift_column *const *)left, *b = *(const struct drift_column *const *)right;
	int order = column_rank(a) - column_rank(b);

	if (!order && (a->status == DRIFT_DRIFT || a->status == DRIFT_WARN))
		order = drift_order(a->deciding, b->deciding);
	return order ? order : text_compare(a->name, b->name);
}

const struct drift_column **columns_by_verdict(size_t *count, const struct drift_result *drift, struct arena *arena)
{
	const struct drift_column **out = arena_array(arena, drift->column_count + 1, sizeof *out);

	*count = 0;
	for (size_t i = 0; i < drift->column_count; i++)
		if (drift->columns[i].deciding || drift->columns[i].status == DRIFT_INCONCLUSIVE)
			out[(*count)++] = &drift->columns[i];
	qsort(out, *count, sizeof(*out), order_columns);
	return out;
}

const struct drift_column *column_named(const struct drift_result *drift, struct text name, size_t *hint)
{
	if (*hint < drift->column_count && text_equal(drift->columns[*hint].name, name))
		return &drift->columns[*hint];
	for (size_t i = 0; i < drift->column_count; i++)
		if (text_equal(drift->columns[i].name, name)) {
			*hint = i;
			return &drift->columns[i];
		}
	return NULL;
}

const struct snapshot_result *snapshots_window(size_t *count, const struct pages *set, const struct model_result *result)
{
	size_t keep = set->config->keep_snapshots;

	*count = keep && result->snapshot_count > keep ? keep : result->snapshot_count;
	return *count ? result->snapshots + (result->snapshot_count - *count) : NULL;
}

const struct snapshot_result *latest_drift(const struct model_result *result)
{
	for (size_t i = result->snapshot_count; i > 0; i--)
		if (result->snapshots[i - 1].has_drift)
			return &result->snapshots[i - 1];
	return NULL;
}

/* What a feature showed in a snapshot, by the method that decides now, or where none does by that of the snapshot. */
static double effect_then(const struct snapshot_result *snapshot, const struct drift_column *feature, size_t *hint)
{
	const struct drift_column *column = snapshot->has_drift ? column_named(&snapshot->drift, feature->name, hint) : NULL;

	return column ? column_effect(column, feature->deciding ? feature->deciding->method : drift_followed(column)) : (double)NAN;
}

void bars_of_drift(struct buffer *out, const struct pages *set, const struct model_result *result, const struct drift_column *feature)
{
	const struct drift_limit *limit = feature && feature->deciding ? &feature->deciding->limit : &result->limit;
	double values[BARS], high = 0;
	size_t count, hint = 0;
	const struct snapshot_result *window = snapshots_window(&count, set, result);
	size_t first = count > BARS ? count - BARS : 0;

	for (size_t i = first; i < count; i++) {
		double value = feature ? effect_then(&window[i], feature, &hint) : window[i].has_drift && window[i].has_max ? window[i].max : (double)NAN;
		values[i - first] = value;
		if (isfinite(value) && value > high)
			high = value;
	}
	if (limit->given && !limit->on_p)
		high = limit->drift;
	buffer_char(out, '`');
	for (size_t i = 0; i < count - first; i++)
		markdown_bar(out, values[i], 0, high);
	buffer_string(out, count ? "`" : "·`");
}

const struct gate_result *gate_of(const struct run_result *run, struct text pack, struct text key)
{
	const struct gate_result *other = NULL;

	for (size_t i = 0; run && i < run->pack_count; i++)
		for (size_t k = 0; k < run->packs[i].gate_count; k++) {
			const struct gate_result *gate = &run->packs[i].gates[k];
			if (!text_equal(gate->metric->key, key))
				continue;
			if (text_equal(run->packs[i].pack, pack))
				return gate;
			if (!other)
				other = gate;
		}
	return other;
}

const struct run_result *shown_run(const struct model_result *result)
{
	return result->production ? result->production : result->newest;
}

const struct run_result **judged_runs(size_t *count, const struct model_result *result, struct arena *arena)
{
	const struct run_result **out = arena_array(arena, result->model->run_count + 1, sizeof *out);

	*count = 0;
	for (size_t i = 0; i < result->model->run_count; i++)
		if (result->runs[i].judged)
			out[(*count)++] = &result->runs[i];
	return out;
}

const struct gate_result **gates_by_verdict(const struct pack_result *pack, struct arena *arena)
{
	const struct gate_result **out = arena_array(arena, pack->gate_count + 1, sizeof *out);
	size_t count = 0;

	for (int verdict = VERDICT_FAIL; verdict >= VERDICT_PASS; verdict--)
		for (size_t i = 0; i < pack->gate_count; i++)
			if ((int)pack->gates[i].status == verdict)
				out[count++] = &pack->gates[i];
	return out;
}

static int order_models(const void *left, const void *right)
{
	const struct model_result *a = *(const struct model_result *const *)left, *b = *(const struct model_result *const *)right;
	int order = (int)b->state - (int)a->state;

	if (!order)
		order = text_compare(a->model->record.id, b->model->record.id);
	return order ? order : (a->model > b->model) - (a->model < b->model);
}

const struct model_result **models_by_state(const struct results *results, struct arena *arena)
{
	size_t count = results->model_count;
	const struct model_result **out = arena_array(arena, count + 1, sizeof *out);

	for (size_t i = 0; i < count; i++)
		out[i] = &results->models[i];
	qsort(out, count, sizeof(*out), order_models);
	return out;
}

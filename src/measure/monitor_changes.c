#include "monitor_inner.h"

#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "number.h"
#include "statistics.h"

enum { CHANGES_MOST = 100 };

/* The values of one metric or feature, oldest first. */
struct series {
	double *values;
	const struct snapshot **snapshots;
	size_t count;
};

static void series_init(struct series *out, const struct monitored *monitored)
{
	out->values = memory_get((monitored->out->snapshot_count + 1) * sizeof *out->values);
	out->snapshots = memory_get((monitored->out->snapshot_count + 1) * sizeof *out->snapshots);
	out->count = 0;
}

static void series_release(struct series *series)
{
	free(series->values);
	free(series->snapshots);
}

static void add_value(struct series *series, double value, const struct snapshot *snapshot)
{
	series->values[series->count] = value;
	series->snapshots[series->count++] = snapshot;
}

static struct text written(double value, struct arena *arena)
{
	char text[32];

	number_print(text, value);
	return text_format(arena, "%s", text);
}

/* metric: NULL for a feature, whose distance from the reference is worse the larger it is. */
static void find_changes(struct trend *out, const struct series *series, const struct metric *metric, struct arena *arena)
{
	struct cusum_change found[CHANGES_MOST];
	size_t count = cusum_changes(found, CHANGES_MOST, &out->watched, series->values, series->count);

	out->values = series->count;
	out->changes = arena_array(arena, count, sizeof *out->changes);
	out->change_count = count;
	for (size_t i = 0; i < count; i++) {
		struct change_point *change = &out->changes[i];
		*change = (struct change_point){.start = series->snapshots[found[i].start], .alarm = series->snapshots[found[i].alarm],
		                                .at = found[i].alarm, .up = found[i].up, .before = found[i].mean,
		                                .std = found[i].std, .after = found[i].after};
		change->worse = !metric ? change->up
		                : metric->direction == DIRECTION_NONE
		                    ? false
		                    : metric_badness(metric, change->after, written(change->after, arena), arena) >
		                          metric_badness(metric, change->before, written(change->before, arena), arena);
	}
}

static void find_metric_changes(struct trend *out, const struct monitored *monitored)
{
	struct series series;
	struct text spare;
	double value;

	series_init(&series, monitored);
	for (size_t i = 0; i < monitored->out->snapshot_count; i++) {
		const struct snapshot *snapshot = monitored->out->snapshots[i].snapshot;
		if (metric_number(&value, &spare, snapshot->metrics, out->key))
			add_value(&series, value, snapshot);
	}
	find_changes(out, &series, metric_find(&monitored->watch, monitored->request->catalog, out->key), monitored->arena);
	series_release(&series);
}

/* A file's columns mostly keep their places. */
static const struct drift_column *column_named(const struct drift_result *drift, struct text name, size_t hint)
{
	if (hint < drift->column_count && text_equal(drift->columns[hint].name, name))
		return &drift->columns[hint];
	for (size_t i = 0; i < drift->column_count; i++)
		if (text_equal(drift->columns[i].name, name))
			return &drift->columns[i];
	return NULL;
}

static void find_feature_trend(struct trend *out, const struct monitored *monitored, const struct drift_column *now, size_t hint)
{
	struct series series;
	double s;

	*out = (struct trend){.key = now->name};
	series_init(&series, monitored);
	for (size_t i = 0; i < monitored->out->snapshot_count; i++) {
		const struct snapshot_result *snapshot = &monitored->out->snapshots[i];
		const struct drift_column *column = snapshot->has_drift ? column_named(&snapshot->drift, now->name, hint) : NULL;
		const struct drift_score *score = column && now->deciding ? drift_score_of(column, now->deciding->method) : NULL;
		if (score && score->has_value && score->status != DRIFT_INCONCLUSIVE)
			add_value(&series, score->effect, snapshot->snapshot);
	}
	find_changes(out, &series, NULL, monitored->arena);
	out->points = series.count < TREND_SNAPSHOTS ? series.count : TREND_SNAPSHOTS;
	if (out->points >= TREND_LEAST)
		out->has_p = trend_test(&out->p, &out->slope, &s, series.values + (series.count - out->points), out->points);
	series_release(&series);
	if (out->has_p)
		out->status = !(out->p < TREND_P) ? TREND_STABLE : s > 0 ? TREND_DEGRADING : TREND_IMPROVING;
}

void change_points_find(struct monitored *monitored)
{
	struct model_result *out = monitored->out;
	const struct drift_result *drift = out->latest_drift ? &out->latest_drift->drift : NULL;

	for (size_t k = 0; k < out->trend_count; k++)
		find_metric_changes(&out->trends[k], monitored);
	if (!drift || monitored->first)
		return;
	out->feature_trends = arena_array(monitored->arena, drift->column_count, sizeof *out->feature_trends);
	for (size_t i = 0; i < drift->column_count; i++)
		if (drift->columns[i].status != DRIFT_UNJUDGED)
			find_feature_trend(&out->feature_trends[out->feature_trend_count++], monitored, &drift->columns[i], i);
}

/* --- how snapshots follow each other --- */

static int order_steps(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

void timeline_find(struct monitored *monitored)
{
	enum { STEPS_LEAST = 3 };
	struct model_result *out = monitored->out;
	struct timeline *line = &out->timeline;
	size_t count = out->snapshot_count, steps = count ? count - 1 : 0;
	int64_t *lengths = arena_array(monitored->arena, steps, sizeof *lengths);

	for (size_t i = count; i > 0 && !out->snapshots[i - 1].snapshot->metrics; i--)
		line->unlabelled++;
	for (size_t i = 0; i < steps; i++)
		lengths[i] = out->snapshots[i + 1].snapshot->time - out->snapshots[i].snapshot->time;
	if (steps < STEPS_LEAST)
		return;
	qsort(lengths, steps, sizeof *lengths, order_steps);
	line->interval = lengths[(steps - 1) / 2];
	line->has_interval = line->interval > 0;
	if (!line->has_interval)
		return;
	int64_t most = line->interval + line->interval / 2;
	line->gaps = arena_array(monitored->arena, steps, sizeof *line->gaps);
	for (size_t i = 0; i < steps; i++) {
		const struct snapshot *before = out->snapshots[i].snapshot, *after = out->snapshots[i + 1].snapshot;
		int64_t step = after->time - before->time;
		if (step > most)
			line->gaps[line->gap_count++] = (struct gap){before, after, (size_t)((step + line->interval / 2) / line->interval) - 1};
	}
	line->expected = out->latest->snapshot->time + line->interval;
	line->overdue = period_passed(&out->holds, monitored->request->as_of, out->latest->snapshot->time + most);
}

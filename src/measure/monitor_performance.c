#include "monitor_inner.h"

#include "arena.h"
#include "number.h"
#include "statistics.h"

const char *trend_status_name(enum trend_status status)
{
	static const char *const names[] = {"inconclusive", "stable", "improving", "degrading"};

	return names[status];
}

size_t newest_metrics(const struct monitored *monitored, size_t i)
{
	const struct carriers *carriers = &monitored->carriers[EXPRESSION_METRICS];

	return carriers->among[i + 1] ? carriers->items[carriers->among[i + 1] - 1] : monitored->out->snapshot_count;
}

/* The metric's limits, where it was not measured: the recipe's own go first, as they are written for this model. */
const struct metric *metric_find(const struct watch *watch, const struct catalog *catalog, struct text key)
{
	for (size_t i = 0; i < watch->recipe->metric_count; i++)
		if (text_equal(watch->recipe->metrics[i].key, key))
			return &watch->recipe->metrics[i];
	for (size_t i = 0; i < watch->recipe->pack_count; i++) {
		const struct pack *pack = catalog_pack_best(catalog, &watch->recipe->packs[i]);
		for (size_t k = 0; pack && k < pack->metric_count; k++)
			if (text_equal(pack->metrics[k].key, key))
				return &pack->metrics[k];
	}
	return NULL;
}

static void add_pack(struct performance *out, const struct pack_result *pack)
{
	/* A pack that could not be used might have judged this metric. */
	if (!pack->gates && out->status < VERDICT_INCONCLUSIVE) {
		out->status = VERDICT_INCONCLUSIVE;
		out->reason = pack->reason;
	}
	for (size_t i = 0; i < pack->gate_count; i++) {
		const struct gate_result *gate = &pack->gates[i];
		if (!text_equal(gate->metric->key, out->key) || (out->metric && gate->status <= out->status))
			continue;
		out->metric = gate->metric;
		if (gate->status >= out->status) {
			out->status = gate->status;
			out->reason = gate->reason;
		}
	}
}

void performance_judge(struct monitored *monitored, size_t i)
{
	const struct watch *watch = &monitored->watch;
	struct snapshot_result *out = &monitored->out->snapshots[i];
	const struct value *metrics = out->snapshot->metrics;
	struct pack_result *packs;
	size_t pack_count;

	if (!metrics || !watch->metric_count)
		return;
	gates_judge_metrics(&packs, &pack_count, monitored->request->catalog, watch->recipe, metrics, monitored->arena);
	out->performance = arena_array(monitored->arena, watch->metric_count, sizeof *out->performance);
	for (size_t k = 0; k < watch->metric_count; k++) {
		struct performance *performance = &out->performance[out->performance_count++];
		const struct value *value = metrics_value(metrics, watch->metrics[k]);
		*performance = (struct performance){.key = watch->metrics[k]};
		for (size_t p = 0; p < pack_count; p++)
			add_pack(performance, &packs[p]);
		performance->has_value = value && value->kind == VALUE_SCALAR;
		performance->value = performance->has_value ? value->text : TEXT("");
		if (performance->metric)
			continue;
		performance->metric = metric_find(watch, monitored->request->catalog, performance->key);
		performance->status = VERDICT_INCONCLUSIVE;
		if (!performance->reason.len)
			performance->reason =
			    performance->metric ? TEXT("not in the snapshot's metrics") : TEXT("neither the recipe nor a pack has limits for it");
	}
}

bool metric_number(double *out, struct text *written, const struct value *metrics, struct text key)
{
	const struct value *value = metrics_value(metrics, key);

	*written = value ? value->text : TEXT("");
	return value && value->kind == VALUE_SCALAR && !value->quoted && number_parse(out, value->text) == NUMBER_FINITE;
}

/* On a scale where larger is worse. Distances are taken in decimal: 0.78 and 0.82 are equally far from 0.80. */
double metric_badness(const struct metric *metric, double value, struct text written, struct arena *arena)
{
	struct decimal number, target;

	if (metric->direction == DIRECTION_HIGHER)
		return -value;
	if (metric->direction == DIRECTION_TARGET && decimal_parse(&target, metric->target, arena) && decimal_parse(&number, written, arena))
		return decimal_value(decimal_absolute(decimal_subtract(number, target, arena)), arena);
	return value;
}

static void find_trend(struct trend *out, const struct monitored *monitored, size_t i)
{
	const struct metric *metric = metric_find(&monitored->watch, monitored->request->catalog, out->key);
	double values[TREND_SNAPSHOTS], bad[TREND_SNAPSHOTS], spare, s;
	struct text written[TREND_SNAPSHOTS];

	for (size_t j = i + 1; j > 0 && out->points < TREND_SNAPSHOTS; j--) {
		size_t at = TREND_SNAPSHOTS - 1 - out->points;
		if (metric_number(&values[at], &written[at], monitored->out->snapshots[j - 1].snapshot->metrics, out->key))
			out->points++;
	}
	size_t first = TREND_SNAPSHOTS - out->points;
	const double *used = values + first;
	if (!metric || metric->direction == DIRECTION_NONE || out->points < TREND_LEAST)
		return;
	for (size_t k = 0; k < out->points; k++)
		bad[k] = metric_badness(metric, used[k], written[first + k], monitored->arena);
	/* Of a metric with a target the distance is what moves, p is its; the slope shown is the distance's too. */
	const double *shown = metric->direction == DIRECTION_TARGET ? bad : used;
	out->has_p = trend_test(&out->p, &spare, &s, bad, out->points) && trend_test(&spare, &out->slope, &spare, shown, out->points);
	if (!out->has_p)
		return;
	out->status = !(out->p < TREND_P) ? TREND_STABLE : s > 0 ? TREND_DEGRADING : TREND_IMPROVING;
}

struct trend *trends_find(const struct monitored *monitored, size_t i)
{
	struct trend *trends = arena_array(monitored->arena, monitored->watch.metric_count, sizeof *trends);

	for (size_t k = 0; k < monitored->watch.metric_count; k++) {
		trends[k].key = monitored->watch.metrics[k];
		if (i < monitored->out->snapshot_count)
			find_trend(&trends[k], monitored, i);
	}
	return trends;
}

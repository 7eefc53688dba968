#include "monitor_inner.h"

#include "arena.h"
#include "instant.h"
#include "number.h"

/* What speaks for which state, in the order of section 8 of the manifest reference turned round: metrics, alerts, trends, drift, age. Each
 * reason says what would take it away; what was looked at and found well is kept beside them, so that a decision can be followed. */

struct reason *reason_add(struct reasons *reasons, struct arena *arena, struct reason reason)
{
	reasons->items = arena_grow(arena, reasons->items, reasons->count, sizeof *reasons->items);
	reasons->items[reasons->count] = reason;
	if (reason.state > reasons->worst)
		reasons->worst = reason.state;
	return &reasons->items[reasons->count++];
}

static void add_passed(struct reasons *reasons, struct arena *arena, struct text words)
{
	if (!reasons->tells_passed)
		return;
	reasons->passed = arena_grow(arena, reasons->passed, reasons->passed_count, sizeof *reasons->passed);
	reasons->passed[reasons->passed_count++] = (struct reason){.state = STATE_HEALTHY, .words = words};
}

/* --- metrics --- */

/* The limit that a value must keep to pass; *below where it may not even equal it. */
static struct text passing_limit(bool *below, const struct metric *metric)
{
	*below = !metric->warn.len && !metric->promote.len;
	return metric->warn.len ? metric->warn : metric->promote.len ? metric->promote : metric->fail;
}

static void until_metric(struct reason *reason, const struct performance *performance, struct arena *arena)
{
	const struct metric *metric = performance->metric;
	bool below;

	if (!metric || metric->direction == DIRECTION_NONE || performance->status == VERDICT_INCONCLUSIVE) {
		reason->until = text_format(arena, "a value of %.*s that can be judged", TEXT_ARGS(performance->key));
		return;
	}
	struct text limit = passing_limit(&below, metric), shown = metric_show_limit(metric, limit, arena);
	bool higher = metric->direction == DIRECTION_HIGHER;
	reason->name = text_format(arena, "performance.%.*s", TEXT_ARGS(performance->key));
	reason->has_value = performance->has_value && number_parse(&reason->value, performance->value) == NUMBER_FINITE;
	if (metric->direction == DIRECTION_TARGET) {
		reason->until = text_format(arena, "%.*s %s %.*s of its target %.*s", TEXT_ARGS(performance->key), below ? "nearer than" : "within",
		                            TEXT_ARGS(shown), TEXT_ARGS(metric_show_limit(metric, metric->target, arena)));
		return;
	}
	reason->sign = below ? (higher ? ">" : "<") : higher ? ">=" : "<=";
	if (number_parse(&reason->limit, limit) != NUMBER_FINITE)
		reason->sign = NULL;
	reason->until = text_format(arena, "%.*s %s %.*s", TEXT_ARGS(performance->key),
	                            below ? (higher ? "above" : "below") : higher ? "at least" : "at most", TEXT_ARGS(shown));
}

static void judge_metrics(struct reasons *out, const struct monitored *monitored, size_t i)
{
	static const enum model_state states[] = {STATE_HEALTHY, STATE_DEGRADED, STATE_UNKNOWN, STATE_FAILED};
	size_t at = newest_metrics(monitored, i);
	struct arena *arena = monitored->arena;

	if (!monitored->watch.metric_count)
		return;
	if (at == monitored->out->snapshot_count) {
		reason_add(out, arena, (struct reason){.state = STATE_UNKNOWN, .words = TEXT("no snapshot carries the monitored metrics"),
		                                       .until = TEXT("a metric file beside a snapshot")});
		return;
	}
	const struct snapshot_result *snapshot = &monitored->out->snapshots[at];
	for (size_t k = 0; k < snapshot->performance_count; k++) {
		const struct performance *performance = &snapshot->performance[k];
		bool number = performance->reason.len && (performance->reason.at[0] == '-' || (performance->reason.at[0] >= '0' &&
		                                                                               performance->reason.at[0] <= '9'));
		if (performance->status == VERDICT_PASS) {
			add_passed(out, arena, text_format(arena, "%.*s %.*s of %.*s is within its limits", TEXT_ARGS(performance->key),
			                                   TEXT_ARGS(metric_show(performance->metric, performance->value, arena)),
			                                   TEXT_ARGS(snapshot->snapshot->stamp)));
			continue;
		}
		struct reason *reason = reason_add(out, arena, (struct reason){.state = states[performance->status]});
		reason->words = text_format(arena, "%.*s%s %.*s", TEXT_ARGS(performance->key), number ? "" : ":", TEXT_ARGS(performance->reason));
		until_metric(reason, performance, arena);
	}
}

/* --- alerts --- */

static void judge_alerts(struct reasons *out, const struct monitored *monitored, size_t i, int64_t now, const struct alert_result *alerts)
{
	struct arena *arena = monitored->arena;
	size_t ok = 0;

	for (size_t k = 0; k < monitored->watch.alert_count; k++) {
		const struct alert_rule *rule = &monitored->watch.alerts[k];
		if (alerts[k].status == ALERT_OK) {
			ok++;
			continue;
		}
		struct reason *reason = reason_add(out, arena, (struct reason){.state = alerts[k].status == ALERT_INCONCLUSIVE ? STATE_UNKNOWN
		                                                                        : alerts[k].critical                   ? STATE_FAILED
		                                                                                                               : STATE_DEGRADED});
		reason->words = alert_words(monitored, i, now, &alerts[k]);
		if (alerts[k].status == ALERT_INCONCLUSIVE) {
			reason->until = text_format(arena, "what alert %.*s needs", TEXT_ARGS(alerts[k].name));
			continue;
		}
		reason->until = alert_until(monitored, i, now, rule);
		if (expression_limit(&reason->name, &reason->sign, &reason->limit, rule->expression))
			reason->has_value = alert_value(&reason->value, monitored, i, now, reason->name);
		else
			reason->sign = NULL;
	}
	if (ok)
		add_passed(out, arena, text_format(arena, "%zu alert%s not firing", ok, ok == 1 ? " is" : "s are"));
}

/* --- trends --- */

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
		struct text p = !trend->has_p ? TEXT("") : trend->p < 0.001 ? TEXT("< 0.001") : agreeing(trend->p, TREND_P, arena);
		if (trend->status == TREND_INCONCLUSIVE) {
			add_passed(out, arena, text_format(arena, "%.*s has too few points for a trend: %zu", TEXT_ARGS(trend->key), trend->points));
			continue;
		}
		if (trend->status != TREND_DEGRADING) {
			add_passed(out, arena, text_format(arena, "%.*s shows no worsening trend over %zu points (Mann-Kendall p %.*s)", TEXT_ARGS(trend->key),
			                                   trend->points, TEXT_ARGS(p)));
			continue;
		}
		struct reason *reason = reason_add(out, arena, (struct reason){.state = STATE_DEGRADED});
		reason->words = text_format(arena, "%.*s worsens over the last %zu snapshots (Mann-Kendall p %.*s)", TEXT_ARGS(trend->key),
		                            trend->points, TEXT_ARGS(p));
		reason->until = text_format(arena, "no worsening trend of %.*s: p at least 0.05", TEXT_ARGS(trend->key));
	}
}

/* --- drift --- */

/* The features that drift, with what they have to come back to. */
static struct text drifting_words(const struct snapshot_result *snapshot, struct arena *arena)
{
	enum { NAMED = 3 };
	struct text words = TEXT("");
	size_t count = 0;

	for (size_t i = 0; i < snapshot->drift.column_count; i++) {
		const struct drift_column *column = &snapshot->drift.columns[i];
		const struct drift_score *score = column->deciding;
		char limit[32];
		if (column->status != DRIFT_DRIFT || !score || count++ >= NAMED)
			continue;
		number_print(limit, score->limit.drift);
		struct text now = agreeing(score->limit.on_p ? score->p : score->effect, score->limit.drift, arena);
		words = text_format(arena, "%.*s%s%.*s %s %s %s (is %.*s)", TEXT_ARGS(words), words.len ? ", " : "", TEXT_ARGS(column->name),
		                    score->limit.on_p ? "p" : drift_methods[score->method].label, score->limit.on_p ? "at least" : "at most", limit,
		                    TEXT_ARGS(now));
	}
	return count > NAMED ? text_format(arena, "%.*s and %zu more", TEXT_ARGS(words), count - NAMED) : words;
}

static void add_drift(struct reasons *out, const struct watch *watch, const struct snapshot_result *snapshot, struct arena *arena)
{
	struct reason *reason = reason_add(out, arena, (struct reason){.state = STATE_DRIFTING, .name = TEXT("drift.share"), .has_value = true,
	                                                               .value = snapshot->share, .sign = "<", .limit = watch->share});
	size_t most = 0;

	reason->words = text_format(arena, "share of drifting features %zu/%zu = %.*s, limit %.*s", snapshot->drift.drifting, snapshot->drift.judged,
	                            TEXT_ARGS(agreeing(snapshot->share, watch->share, arena)), TEXT_ARGS(watch->share_text));
	while (most < snapshot->drift.drifting && (double)(most + 1) / (double)snapshot->drift.judged < watch->share)
		most++;
	reason->until = most ? text_format(arena, "at most %zu drifting feature%s; now %.*s", most, most == 1 ? "" : "s",
	                                   TEXT_ARGS(drifting_words(snapshot, arena)))
	                     : drifting_words(snapshot, arena);
}

static void judge_drift(struct reasons *out, const struct monitored *monitored, size_t i)
{
	const struct watch *watch = &monitored->watch;
	size_t at = newest_csv(monitored, i);
	struct arena *arena = monitored->arena;

	if (!monitored->out->model->reference.len) {
		if (watch->named)
			reason_add(out, arena, (struct reason){.state = STATE_UNKNOWN, .words = TEXT("the model has no reference for its drift features"),
			                                       .until = TEXT("a reference in model.yaml")});
		return;
	}
	if (at == monitored->out->snapshot_count) {
		reason_add(out, arena, (struct reason){.state = STATE_UNKNOWN, .words = TEXT("no snapshot has data to compare with the reference"),
		                                       .until = TEXT("a snapshot with data")});
		return;
	}
	const struct snapshot_result *snapshot = &monitored->out->snapshots[at];
	if (snapshot->drifting)
		add_drift(out, watch, snapshot, arena);
	else if (snapshot->has_drift)
		add_passed(out, arena, text_format(arena, "share of drifting features %zu/%zu = %.*s of %.*s, limit %.*s", snapshot->drift.drifting,
		                                   snapshot->drift.judged, TEXT_ARGS(agreeing(snapshot->share, watch->share, arena)),
		                                   TEXT_ARGS(snapshot->snapshot->stamp), TEXT_ARGS(watch->share_text)));
	if (snapshot->undecided)
		reason_add(out, arena, (struct reason){.state = STATE_UNKNOWN, .words = snapshot->undecided_reason,
		                                       .until = snapshot->has_drift ? TEXT("a snapshot in which every feature can be judged")
		                                                                    : TEXT("files that can be compared")});
}

/* --- age --- */

int64_t max_age_seconds(const struct watch *watch)
{
	return watch->max_age < 1e12 ? (int64_t)(watch->max_age * 3600) : INT64_MAX / 4;
}

static void judge_age(struct reasons *out, const struct monitored *monitored, size_t i, int64_t as_of)
{
	const struct watch *watch = &monitored->watch;
	const struct data_age *age = &monitored->ages[i];
	struct arena *arena = monitored->arena;
	char time[32];

	if (!watch->has_max_age)
		return;
	instant_print(time, age->time);
	if (age->lacking.len)
		reason_add(out, arena, (struct reason){.state = STATE_UNKNOWN, .until = text_format(arena, "times of %.*s", TEXT_ARGS(age->lacking)),
		                                       .words = text_format(arena, "freshness feature %.*s has no time in the newest data",
		                                                            TEXT_ARGS(age->lacking))});
	if (!period_passed(&monitored->out->holds, as_of, age->time + max_age_seconds(watch))) {
		add_passed(out, arena, text_format(arena, "newest data of %s is not older than %.*s hours", time, TEXT_ARGS(watch->max_age_text)));
		return;
	}
	/* No age in it: pages must not change with every hour that nothing comes. */
	struct reason *reason = reason_add(out, arena, (struct reason){.state = STATE_STALE, .name = TEXT("freshness.age_hours"), .sign = "<=",
	                                                               .limit = watch->max_age});
	if (age->by.len) {
		reason->words = text_format(arena, "newest value of %.*s is %s, older than %.*s hours", TEXT_ARGS(age->by), time, TEXT_ARGS(watch->max_age_text));
		reason->until = text_format(arena, "a value of %.*s that is not older than %.*s hours", TEXT_ARGS(age->by), TEXT_ARGS(watch->max_age_text));
		return;
	}
	reason->words = text_format(arena, "newest snapshot %.*s is older than %.*s hours", TEXT_ARGS(age->stamp),
	                            TEXT_ARGS(watch->max_age_text));
	reason->until = text_format(arena, "a snapshot that is not older than %.*s hours", TEXT_ARGS(watch->max_age_text));
}

/* Worst first, else as they were found. */
void reasons_sort(struct reasons *reasons)
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
	*out = (struct reasons){.worst = STATE_HEALTHY, .tells_passed = as_of != NULL};
	if (i >= monitored->out->snapshot_count) {
		reason_add(out, monitored->arena, (struct reason){.state = STATE_UNKNOWN, .words = TEXT("no snapshot yet"), .until = TEXT("a first snapshot")});
		return;
	}
	int64_t now = as_of ? *as_of : monitored->out->snapshots[i].snapshot->time;
	judge_metrics(out, monitored, i);
	judge_alerts(out, monitored, i, now, alerts);
	judge_trends(out, monitored, trends);
	judge_drift(out, monitored, i);
	if (as_of)
		judge_age(out, monitored, i, *as_of);
	reasons_sort(out);
}

#include "monitor_inner.h"

#include <math.h>

#include "arena.h"
#include "buffer.h"
#include "number.h"

/* Where a condition's names get their values. */
struct view {
	const struct monitored *monitored;
	const struct snapshot_result *drift;  /* NULL: none */
	const struct value *metrics;          /* NULL: none */
	const struct data_age *age;
	int64_t now;
};

static struct view view_at(const struct monitored *monitored, size_t i, int64_t now)
{
	const struct model_result *out = monitored->out;
	size_t count = out->snapshot_count, with_csv = i < count ? newest_csv(monitored, i) : count;
	size_t with_metrics = i < count ? newest_metrics(monitored, i) : count;

	return (struct view){
		.monitored = monitored,
		.drift = with_csv < count && out->snapshots[with_csv].has_drift ? &out->snapshots[with_csv] : NULL,
		.metrics = with_metrics < count ? out->snapshots[with_metrics].snapshot->metrics : NULL,
		.age = i < count && monitored->ages[i].known ? &monitored->ages[i] : NULL,
		.now = now,
	};
}

/* Where no feature could be judged, nothing is known about their share. */
static bool has_verdict(const struct drift_result *drift)
{
	for (size_t i = 0; i < drift->column_count; i++)
		if (drift->columns[i].status != DRIFT_UNJUDGED && drift->columns[i].status != DRIFT_INCONCLUSIVE)
			return true;
	return false;
}

static bool look_drift(const struct view *view, struct text name, double *value)
{
	const struct snapshot_result *snapshot = view->drift;
	size_t end = name.len;

	if (!snapshot)
		return false;
	if (text_is(name, "share")) {
		*value = snapshot->share;
		return has_verdict(&snapshot->drift);
	}
	if (text_is(name, "max")) {
		*value = snapshot->max;
		return snapshot->has_max;
	}
	while (end > 0 && name.at[end - 1] != '.')
		end--;
	if (!end)
		return false;
	enum drift_method method = drift_method_of(text_cut(name, end, name.len));
	for (size_t i = 0; i < snapshot->drift.column_count; i++) {
		const struct drift_column *column = &snapshot->drift.columns[i];
		if (!text_equal(column->name, text_cut(name, 0, end - 1)))
			continue;
		for (size_t k = 0; k < column->score_count; k++)
			if (column->scores[k].method == method && column->scores[k].has_value &&
			    column->scores[k].status != DRIFT_INCONCLUSIVE) {
				*value = column->scores[k].effect;
				return true;
			}
	}
	return false;
}

static bool look_rows(const struct view *view, double *value)
{
	const struct drift_result *drift = view->drift ? &view->drift->drift : NULL;

	if (!drift || !drift->current_count)
		return false;
	*value = (double)drift->currents[drift->current_count - 1].rows;
	return true;
}

static bool look(void *context, struct text name, double *value)
{
	const struct view *view = context;
	const struct value *found;

	if (text_starts(name, "drift."))
		return look_drift(view, text_cut(name, 6, name.len), value);
	if (text_is(name, "data.rows"))
		return look_rows(view, value);
	if (text_is(name, "freshness.age_hours")) {
		if (!view->age || !view->age->has || view->age->lacking.len)
			return false;
		*value = (double)(view->now - view->age->time) / 3600;
		return true;
	}
	if (!text_starts(name, "performance.") || !view->metrics)
		return false;
	found = metrics_value(view->metrics, text_cut(name, 12, name.len));
	return found && found->kind == VALUE_SCALAR && !found->quoted && number_parse(value, found->text) == NUMBER_FINITE;
}

struct alert_result *alerts_judge(const struct monitored *monitored, size_t i, int64_t now)
{
	const struct watch *watch = &monitored->watch;
	struct alert_result *alerts = arena_array(monitored->arena, watch->alert_count, sizeof *alerts);
	struct view view = view_at(monitored, i, now);

	for (size_t k = 0; k < watch->alert_count; k++) {
		const struct alert_rule *rule = &watch->alerts[k];
		struct alert_result *alert = &alerts[k];
		struct text missing;
		*alert = (struct alert_result){.name = rule->name, .condition = rule->condition, .critical = rule->critical,
		                               .status = ALERT_INCONCLUSIVE, .place = rule->place, .reason = rule->why};
		if (!rule->expression)
			continue;
		enum truth truth = expression_test(&missing, rule->expression, look, &view);
		alert->status = truth == TRUTH_TRUE ? ALERT_FIRING : truth == TRUTH_FALSE ? ALERT_OK : ALERT_INCONCLUSIVE;
		alert->reason = truth != TRUTH_UNKNOWN ? TEXT("")
		                : missing.len          ? text_format(monitored->arena, "%.*s has no value", TEXT_ARGS(missing))
		                                       : TEXT("a division by zero, or a number too large");
	}
	return alerts;
}

void alerts_date(struct monitored *monitored)
{
	struct model_result *out = monitored->out;

	for (size_t i = monitored->first; i < out->snapshot_count; i++)
		for (size_t k = 0; k < out->snapshots[i].alert_count; k++) {
			struct alert_result *alert = &out->snapshots[i].alerts[k];
			const struct alert_result *before = i > monitored->first ? &out->snapshots[i - 1].alerts[k] : NULL;
			if (alert->status != ALERT_FIRING)
				continue;
			/* Where the first snapshots were left out, nobody knows when it began. */
			bool goes_on = before && before->status == ALERT_FIRING;
			alert->has_since = goes_on ? before->has_since : i > monitored->first || !monitored->first;
			alert->since = goes_on ? before->since : out->snapshots[i].snapshot->time;
		}
}

struct listing {
	struct view view;
	struct buffer buffer;
	struct text seen[8];
	size_t count;
};

static void list_value(void *context, struct text name, size_t offset)
{
	struct listing *listing = context;
	char number[32];
	double value;

	(void)offset;
	if (listing->count == sizeof listing->seen / sizeof *listing->seen || !look(&listing->view, name, &value))
		return;
	for (size_t i = 0; i < listing->count; i++)
		if (text_equal(listing->seen[i], name))
			return;
	buffer_string(&listing->buffer, listing->count ? ", " : "");
	listing->seen[listing->count++] = name;
	/* Six digits are enough to see by how much; the condition itself used all of them. */
	if (fabs(value) < 1e6)
		number_parse(&value, text_format(listing->view.monitored->arena, "%.5e", value));
	number_print(number, value);
	buffer_format(&listing->buffer, "%.*s %s", TEXT_ARGS(name), number);
}

struct text alert_words(const struct monitored *monitored, size_t i, int64_t now, const struct alert_result *alert)
{
	struct arena *arena = monitored->arena;
	struct listing listing = {.view = view_at(monitored, i, now)};
	struct text words;

	if (alert->status == ALERT_INCONCLUSIVE)
		return text_format(arena, "alert %.*s could not be judged: %.*s", TEXT_ARGS(alert->name), TEXT_ARGS(alert->reason));
	buffer_init(&listing.buffer);
	for (size_t k = 0; k < monitored->watch.alert_count; k++)
		if (text_equal(monitored->watch.alerts[k].name, alert->name) && monitored->watch.alerts[k].expression)
			expression_names(monitored->watch.alerts[k].expression, list_value, &listing);
	words = text_format(arena, "%s alert %.*s: %.*s%s%.*s%s", alert->critical ? "critical" : "warning", TEXT_ARGS(alert->name),
	                    TEXT_ARGS(alert->condition), listing.count ? " (" : "", TEXT_ARGS(buffer_text(&listing.buffer)),
	                    listing.count ? ")" : "");
	buffer_release(&listing.buffer);
	return words;
}

#include "text_report.h"

#include <math.h>

#include "arena.h"
#include "number.h"
#include "words.h"

/* Nothing here depends on the present but through a state, so that reports/metrics.prom stands still while nothing happens.
 * OpenMetrics text that the older Prometheus text parser takes as well: gauges alone, no timestamps (a node exporter's textfile
 * collector refuses them), and what is not known has no sample rather than a 0. */

struct label {
	const char *name;
	struct text value;
};

/* Label values must be UTF-8. */
static void add_label_value(struct buffer *out, struct text value)
{
	buffer_char(out, '"');
	for (size_t i = 0; i < value.len;) {
		size_t start = i;
		unsigned point = utf8_next(value, &i);
		if (point == '\\' || point == '"')
			buffer_format(out, "\\%c", (char)point);
		else if (point == '\n')
			buffer_string(out, "\\n");
		else if (point < 0x20 || point == 0x7f || (point == 0xfffd && i - start == 1))
			buffer_string(out, "\xef\xbf\xbd");
		else
			buffer_add(out, text_cut(value, start, i));
	}
	buffer_char(out, '"');
}

static void sample(struct buffer *out, const char *family, const struct label *labels, size_t count, double value)
{
	buffer_string(out, family);
	for (size_t i = 0; i < count; i++) {
		buffer_string(out, i ? "," : "{");
		buffer_string(out, labels[i].name);
		buffer_char(out, '=');
		add_label_value(out, labels[i].value);
	}
	buffer_string(out, count ? "} " : " ");
	buffer_number(out, number_round10(value));
	buffer_char(out, '\n');
}

/* Of models with the same id, the first: a series may be there once only. */
static bool is_first(const struct results *results, const struct model_result *result)
{
	return catalog_model(results->catalog, result->model->record.id) == result->model;
}

struct family {
	const char *name, *help;
	void (*samples)(struct buffer *out, const char *name, const struct model_result *result);
};

static void model_info(struct buffer *out, const char *name, const struct model_result *result)
{
	const struct model *model = result->model;
	struct label labels[] = {{"model", model->record.id},
	                         {"name", model->record.name},
	                         {"family", result->recipe ? result->recipe->recipe->family : TEXT("")},
	                         {"owner", model->owner},
	                         {"status", model->status == MODEL_NONE ? TEXT("") : text_of(model_status_name(model->status))},
	                         {"version", model->version},
	                         {"recipe", model->recipe.id},
	                         {"run", model->production_run}};

	sample(out, name, labels, sizeof labels / sizeof *labels, 1);
}

static void model_state(struct buffer *out, const char *name, const struct model_result *result)
{
	for (enum model_state state = STATE_HEALTHY; result->state != STATE_NONE && state <= STATE_FAILED; state++) {
		struct label labels[] = {{"model", result->model->record.id}, {"state", text_of(model_state_name(state))}};
		sample(out, name, labels, 2, result->state == state);
	}
}

static void model_since(struct buffer *out, const char *name, const struct model_result *result)
{
	struct label label = {"model", result->model->record.id};

	if (result->state != STATE_NONE && result->has_since)
		sample(out, name, &label, 1, (double)result->since);
}

static void model_due(struct buffer *out, const char *name, const struct model_result *result)
{
	for (enum action action = ACTION_ALERT; result->state != STATE_NONE && action <= ACTION_ROLLBACK; action++) {
		struct label labels[] = {{"model", result->model->record.id}, {"action", text_of(action_name(action))}};
		sample(out, name, labels, 2, result->due && result->action == action);
	}
}

static void model_data(struct buffer *out, const char *name, const struct model_result *result)
{
	struct label label = {"model", result->model->record.id};

	if (result->has_data_time)
		sample(out, name, &label, 1, (double)result->data_time);
}

static void model_max_age(struct buffer *out, const char *name, const struct model_result *result)
{
	struct label label = {"model", result->model->record.id};

	if (result->has_max_age)
		sample(out, name, &label, 1, result->max_age_hours * 3600);
}

static void drift_share(struct buffer *out, const char *name, const struct model_result *result)
{
	struct label label = {"model", result->model->record.id};
	const struct snapshot_result *latest = result->latest_drift;

	if (latest && latest->drift.judged)
		sample(out, name, &label, 1, latest->share);
}

static void drift_share_limit(struct buffer *out, const char *name, const struct model_result *result)
{
	struct label label = {"model", result->model->record.id};

	if (result->latest_drift)
		sample(out, name, &label, 1, result->share_limit);
}

static void each_feature(struct buffer *out, const char *name, const struct model_result *result, bool limit)
{
	const struct snapshot_result *latest = result->latest_drift;

	for (size_t i = 0; latest && i < latest->drift.column_count; i++) {
		const struct drift_column *column = &latest->drift.columns[i];
		const struct drift_score *score = column->deciding;
		bool known = score && (limit ? score->limit.given : score->limit.on_p ? score->has_p : score->has_value);
		if (!known)
			continue;
		struct label labels[] = {{"model", result->model->record.id}, {"feature", column->name},
		                         {"method", text_of(drift_methods[score->method].key)}, {"judged_by", score->limit.on_p ? TEXT("p") : TEXT("value")}};
		sample(out, name, labels, 4, limit ? score->limit.drift : score->limit.on_p ? score->p : score->effect);
	}
}

static void feature_drift(struct buffer *out, const char *name, const struct model_result *result)
{
	each_feature(out, name, result, false);
}

static void feature_limit(struct buffer *out, const char *name, const struct model_result *result)
{
	each_feature(out, name, result, true);
}

static void feature_status(struct buffer *out, const char *name, const struct model_result *result)
{
	const struct snapshot_result *latest = result->latest_drift;

	for (size_t i = 0; latest && i < latest->drift.column_count; i++)
		for (enum drift_status status = DRIFT_STABLE; latest->drift.columns[i].status != DRIFT_UNJUDGED && status <= DRIFT_DRIFT; status++) {
			struct label labels[] = {{"model", result->model->record.id}, {"feature", latest->drift.columns[i].name},
			                         {"status", text_of(drift_status_name(status))}};
			sample(out, name, labels, 3, latest->drift.columns[i].status == status);
		}
}

static void metric_value(struct buffer *out, const char *name, const struct model_result *result)
{
	const struct snapshot_result *latest = result->latest_performance;
	double value;

	for (size_t i = 0; latest && i < latest->performance_count; i++) {
		const struct performance *performance = &latest->performance[i];
		struct label labels[] = {{"model", result->model->record.id}, {"metric", performance->key}};
		if (performance->has_value && number_parse(&value, performance->value) == NUMBER_FINITE)
			sample(out, name, labels, 2, value);
	}
}

static void metric_status(struct buffer *out, const char *name, const struct model_result *result)
{
	const struct snapshot_result *latest = result->latest_performance;

	for (size_t i = 0; latest && i < latest->performance_count; i++)
		for (enum verdict verdict = VERDICT_PASS; verdict <= VERDICT_FAIL; verdict++) {
			struct label labels[] = {{"model", result->model->record.id}, {"metric", latest->performance[i].key},
			                         {"status", text_of(verdict_name(verdict))}};
			sample(out, name, labels, 3, latest->performance[i].status == verdict);
		}
}

static void alert_status(struct buffer *out, const char *name, const struct model_result *result)
{
	static const char *const names[] = {"ok", "firing", "inconclusive"};

	for (size_t i = 0; i < result->alert_count; i++)
		for (enum alert_status status = ALERT_OK; status <= ALERT_INCONCLUSIVE; status++) {
			struct label labels[] = {{"model", result->model->record.id}, {"alert", result->alerts[i].name},
			                         {"severity", result->alerts[i].critical ? TEXT("critical") : TEXT("warning")}, {"status", text_of(names[status])}};
			sample(out, name, labels, 4, result->alerts[i].status == status);
		}
}

static void run_status(struct buffer *out, const char *name, const struct model_result *result)
{
	const struct run_result *run = shown_run(result);

	for (enum verdict verdict = VERDICT_PASS; run && run->judged && verdict <= VERDICT_FAIL; verdict++) {
		struct label labels[] = {{"model", result->model->record.id}, {"run", run->run->record.id}, {"status", text_of(verdict_name(verdict))}};
		sample(out, name, labels, 3, run->status == verdict);
	}
}

static const struct family families[] = {
    {"galley_model_info", "What the model is; the value is always 1.", model_info},
    {"galley_model_state", "State of a watched model: 1 for the one it is in.", model_state},
    {"galley_model_state_since_timestamp_seconds", "First snapshot of the present state.", model_since},
    {"galley_model_action_due", "1 for the action that is due.", model_due},
    {"galley_model_newest_data_timestamp_seconds", "Newest data that was seen.", model_data},
    {"galley_model_max_age_seconds", "Age of the newest data from which the model is stale.", model_max_age},
    {"galley_model_drift_share_ratio", "Of the judged features, those that drift.", drift_share},
    {"galley_model_drift_share_limit_ratio", "Share of drifting features from which the model drifts.", drift_share_limit},
    {"galley_feature_drift", "What the deciding method gives for a feature in the newest window.", feature_drift},
    {"galley_feature_drift_limit", "Limit beyond which the feature drifts; a p-value drifts below it.", feature_limit},
    {"galley_feature_status", "Verdict on a feature: 1 for the one that holds.", feature_status},
    {"galley_metric_value", "Monitored metric of the newest snapshot that carries any.", metric_value},
    {"galley_metric_status", "Verdict on a monitored metric: 1 for the one that holds.", metric_status},
    {"galley_alert_status", "Alert of the recipe: 1 for the status that holds.", alert_status},
    {"galley_run_status", "Verdict on the run that serves, else the newest: 1 for the one that holds.", run_status},
};

void status_openmetrics(struct buffer *out, const struct results *results)
{
	struct buffer samples;

	buffer_init(&samples);
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		buffer_clear(&samples);
		for (size_t k = 0; k < results->model_count; k++)
			if (is_first(results, &results->models[k]))
				families[i].samples(&samples, families[i].name, &results->models[k]);
		if (!samples.len)
			continue;
		buffer_format(out, "# HELP %s %s\n# TYPE %s gauge\n", families[i].name, families[i].help, families[i].name);
		buffer_add(out, buffer_text(&samples));
	}
	buffer_string(out, "# EOF\n");
	buffer_release(&samples);
}

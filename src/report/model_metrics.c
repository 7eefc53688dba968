#include "charts.h"
#include "page_model.h"

#include <math.h>

#include "number.h"

static void chart(struct page *page, const struct model_result *result)
{
	struct buffer svg, alt;

	if (!page->set->config->charts)
		return;
	buffer_init(&svg);
	buffer_init(&alt);
	if (chart_metric_trend(&svg, &alt, page->set, result)) {
		page_chart(page, TEXT("metric-trend"), &svg, &alt);
		buffer_char(&page->out, '\n');
	}
	buffer_release(&svg);
	buffer_release(&alt);
}

static const struct performance *performance_named(const struct snapshot_result *snapshot, struct text key)
{
	for (size_t i = 0; i < snapshot->performance_count; i++)
		if (text_equal(snapshot->performance[i].key, key))
			return &snapshot->performance[i];
	return NULL;
}

static const struct trend *trend_named(const struct model_result *result, struct text key)
{
	for (size_t i = 0; i < result->trend_count; i++)
		if (text_equal(result->trends[i].key, key))
			return &result->trends[i];
	return NULL;
}

static void bars(struct page *page, const struct model_result *result, struct text key)
{
	size_t count;
	const struct snapshot_result *window = snapshots_window(&count, page->set, result);
	size_t first = count > BARS ? count - BARS : 0;
	double values[BARS], low = INFINITY, high = -INFINITY;

	for (size_t i = first; i < count; i++) {
		const struct performance *performance = performance_named(&window[i], key);
		double value;
		if (!performance || !performance->has_value || number_parse(&value, performance->value) != NUMBER_FINITE)
			value = (double)NAN;
		values[i - first] = value;
		if (isfinite(value)) {
			low = value < low ? value : low;
			high = value > high ? value : high;
		}
	}
	buffer_char(&page->out, '`');
	for (size_t i = 0; i < count - first; i++)
		markdown_bar(&page->out, values[i], low, high);
	buffer_char(&page->out, '`');
}

static void performance_row(struct page *page, const struct model_result *result, const struct performance *performance)
{
	struct buffer *out = &page->out;
	const struct trend *trend = trend_named(result, performance->key);

	cell(out);
	word_verdict(out, page->set, performance->status);
	cell(out);
	markdown_text_cut(out, performance->key, 60);
	cell(out);
	buffer_string(out, "**");
	show_value(out, performance->metric, performance->has_value ? performance->value : TEXT(""), page->set->arena);
	buffer_string(out, "**");
	cell(out);
	bars(page, result, performance->key);
	cell(out);
	buffer_string(out, trend ? trend_status_name(trend->status) : "n/a");
	if (performance->metric) {
		cells_of_limits(out, performance->metric, page->set->arena);
	} else {
		for (int i = 0; i < 3; i++) {
			cell(out);
			buffer_string(out, "not set");
		}
	}
	row_end(out);
}

static void performance(struct page *page, const struct model_result *result)
{
	static const struct column columns[] = {{"Verdict", 6, false}, {"Live metric", 0, false}, {"Value", 0, true}, {"Last 12", 0, false},
	                                        {"Trend", 0, false}, {"Promote", 4, false}, {"Warn", 5, false}, {"Fail", 6, false}};
	const struct snapshot_result *snapshot = result->latest_performance;

	if (!snapshot || !snapshot->performance_count)
		return;
	buffer_string(&page->out, "\nMeasured on live data with snapshot ");
	markdown_text(&page->out, snapshot->snapshot->stamp);
	buffer_string(&page->out, ":\n\n");
	table_head(&page->out, columns, 8);
	for (int verdict = VERDICT_FAIL; verdict >= VERDICT_PASS; verdict--)
		for (size_t i = 0; i < snapshot->performance_count && i < ROWS_MAX; i++)
			if ((int)snapshot->performance[i].status == verdict)
				performance_row(page, result, &snapshot->performance[i]);
	buffer_string(&page->out, "\n<sub>Bars run from the row's lowest to its highest value; `·` means no value.</sub>\n");
}

void model_metrics(struct page *page, const struct model_result *result)
{
	const struct run_result *newest = result->newest ? result->newest : result->production;

	page_section(page, "Metrics");
	if (!newest) {
		buffer_string(&page->out, "No run has succeeded yet.\n");
	} else {
		chart(page, result);
		rows_gates(page, newest, result->production);
		rows_waived(page, newest->pack_count ? newest->recipe : NULL);
		buffer_string(&page->out, "\nNewest is run ");
		link_run(page, result->model, newest->run);
		if (result->production && result->production != newest) {
			buffer_string(&page->out, ", production is ");
			link_run(page, result->model, result->production->run);
		} else if (result->production) {
			buffer_string(&page->out, ", which is in production");
		}
		buffer_string(&page->out, ".\n");
	}
	performance(page, result);
}

struct json *model_performance_json(const struct model_result *result)
{
	struct json *json = json_object(), *list = json_array();
	const struct snapshot_result *snapshot = result->latest_performance;

	if (snapshot)
		json_add_text(json, "snapshot", snapshot->snapshot->stamp);
	else
		json_add_null(json, "snapshot");
	for (size_t i = 0; snapshot && i < snapshot->performance_count; i++) {
		const struct performance *item = &snapshot->performance[i];
		const struct trend *trend = trend_named(result, item->key);
		struct json *metric = json_object();
		json_add_text(metric, "key", item->key);
		json_add_value(metric, "value", item->has_value, item->value);
		json_add_string(metric, "status", verdict_name(item->status));
		if (item->reason.len)
			json_add_text(metric, "reason", item->reason);
		if (trend) {
			struct json *trend_json = json_object();
			json_add_string(trend_json, "status", trend_status_name(trend->status));
			json_add_count(trend_json, "points", trend->points);
			json_add_computed(trend_json, "p", trend->has_p, trend->p);
			json_add_computed(trend_json, "slope", trend->has_p, trend->slope);
			json_add(metric, "trend", trend_json);
		}
		json_push(list, metric);
	}
	json_add(json, "metrics", list);
	return json;
}

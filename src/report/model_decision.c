#include "page_model.h"

#include "statistics.h"

/* The decision, what would bring the model back, and what it was made from. */

static void verdict_table(struct page *page, const struct model_result *result)
{
	static const struct column columns[] = {{"State", 12, false}, {"Since", 11, false}, {"Why", 0, false}, {"Action", 0, false}};
	struct buffer *out = &page->out;

	table_head(out, columns, 4);
	cell(out);
	word_state(out, page->set, result->state);
	cell(out);
	show_date_or(out, result->has_since, result->since, "n/a");
	cell(out);
	for (size_t i = 0; i < result->reason_count && i < 10; i++) {
		buffer_string(out, i ? "<br>" : "");
		markdown_text(out, result->reasons[i].words);
	}
	if (!result->reason_count)
		buffer_string(out, result->state == STATE_HEALTHY ? "drift, freshness and metrics within their limits" : "not watched in this status");
	cell(out);
	buffer_string(out, result->action == ACTION_NONE ? "none" : result->action == ACTION_ROLLBACK ? "roll back" : action_name(result->action));
	if (result->action == ACTION_ROLLBACK && result->rollback_run.len) {
		buffer_string(out, " to run ");
		markdown_text(out, result->rollback_run);
	}
	if (result->action != ACTION_NONE)
		buffer_string(out, result->due ? ", due" : ", not due: ");
	if (result->action != ACTION_NONE && !result->due)
		markdown_text(out, result->due_reason);
	row_end(out);
}

static void until(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;
	bool any = result->better_needed > 0;

	for (size_t i = 0; i < result->reason_count; i++)
		any |= result->reasons[i].until.len > 0;
	if (!any)
		return;
	buffer_string(out, "\nBack to healthy with:\n\n");
	for (size_t i = 0; i < result->reason_count && i < 10; i++) {
		if (!result->reasons[i].until.len)
			continue;
		buffer_string(out, "- ");
		markdown_text(out, result->reasons[i].until);
		buffer_char(out, '\n');
	}
	if (result->better_needed)
		buffer_format(out, "- %zu more snapshot%s in a row, better (`monitoring.hold`)\n", result->better_needed, result->better_needed == 1 ? "" : "s");
}

static void chain(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;

	if (!result->passed_count && !result->action_words.len)
		return;
	page_details(page, "How it was decided");
	for (size_t i = 0; i < result->reason_count && i < ROWS_MAX; i++) {
		buffer_format(out, "- %s: ", model_state_name(result->reasons[i].state));
		markdown_text(out, result->reasons[i].words);
		buffer_char(out, '\n');
	}
	for (size_t i = 0; i < result->passed_count && i < ROWS_MAX; i++) {
		buffer_string(out, "- in order: ");
		markdown_text(out, result->passed[i].words);
		buffer_char(out, '\n');
	}
	if (result->action_words.len) {
		buffer_string(out, "- action: ");
		markdown_text(out, result->action_words);
		buffer_char(out, '\n');
	}
	page_details_end(page);
}

/* --- trends --- */

static void trend_row(struct page *page, const struct trend *trend)
{
	struct buffer *out = &page->out;
	const struct change_point *last = trend->change_count ? &trend->changes[trend->change_count - 1] : NULL;

	cell(out);
	markdown_text_cut(out, trend->key, 60);
	cell(out);
	buffer_string(out, trend_status_name(trend->status));
	cell(out);
	if (trend->has_p && trend->p < 0.001)
		buffer_string(out, "&lt; 0.001");
	else if (trend->has_p)
		show_beside(out, trend->p, 3, (double[]){0.05}, 1);
	else
		buffer_string(out, "n/a");
	cell(out);
	buffer_format(out, "%zu", trend->points);
	cell(out);
	if (!last) {
		buffer_string(out, trend->watched ? "none" : "too few values");
		cell(out);
		buffer_string(out, "n/a");
	} else {
		buffer_format(out, "%s from ", last->up ? "up" : "down");
		markdown_text(out, last->start->stamp);
		buffer_string(out, ", seen ");
		markdown_text(out, last->alarm->stamp);
		cell(out);
		show_figure(out, last->before);
		buffer_string(out, " → ");
		show_figure(out, last->after);
		buffer_string(out, last->worse ? ", worse" : "");
	}
	row_end(out);
}

static void trends(struct page *page, const struct model_result *result)
{
	static const struct column columns[] = {{"Value", 0, false}, {"Trend", 0, false}, {"p", 0, true}, {"Points", 0, true},
	                                        {"Last change", 0, false}, {"Level", 0, false}};
	size_t count = result->trend_count + result->feature_trend_count, shown = 0;

	if (!count)
		return;
	page_details(page, "Trends and change points of %zu metric%s and %zu feature%s", result->trend_count, result->trend_count == 1 ? "" : "s",
	             result->feature_trend_count, result->feature_trend_count == 1 ? "" : "s");
	table_head(&page->out, columns, 6);
	for (size_t i = 0; i < result->trend_count && shown < ROWS_MAX; i++, shown++)
		trend_row(page, &result->trends[i]);
	for (size_t i = 0; i < result->feature_trend_count && shown < ROWS_MAX; i++, shown++)
		trend_row(page, &result->feature_trends[i]);
	table_left_out(&page->out, count - shown, "values are");
	buffer_format(&page->out,
	              "\nTrend: Mann-Kendall over the last 12 snapshots that carry the value, degrading or improving below p 0.05; of a feature, how far it "
	              "lies from its reference. Change: two-sided CUSUM, mean and standard deviation of the first %d values since the last change, "
	              "k %g and h %g standard deviations.\n", CUSUM_REFERENCE, CUSUM_K, CUSUM_H);
	page_details_end(page);
}

void model_decision(struct page *page, const struct model_result *result)
{
	page_section(page, "Decision");
	verdict_table(page, result);
	until(page, result);
	chain(page, result);
	trends(page, result);
}

/* --- as data --- */

static struct json *trends_json(const struct trend *trends, size_t count)
{
	struct json *list = json_array();

	for (size_t i = 0; i < count; i++) {
		struct json *json = json_object();
		json_add_text(json, "key", trends[i].key);
		json_add_string(json, "status", trend_status_name(trends[i].status));
		json_add_count(json, "points", trends[i].points);
		json_add_computed(json, "p", trends[i].has_p, trends[i].p);
		json_add_computed(json, "slope", trends[i].has_p, trends[i].slope);
		json_add_bool(json, "watched", trends[i].watched);
		json_add(json, "changes", json_of_change_points(&trends[i]));
		json_push(list, json);
	}
	return list;
}

struct json *model_decision_json(const struct model_result *result)
{
	struct json *json = json_object();

	json_add(json, "reasons", json_of_reasons(result->reasons, result->reason_count));
	json_add(json, "passed", json_of_reasons(result->passed, result->passed_count));
	json_add_count(json, "better_needed", result->better_needed);
	if (result->action_words.len)
		json_add_text(json, "action_reason", result->action_words);
	else
		json_add_null(json, "action_reason");
	json_add(json, "metric_trends", trends_json(result->trends, result->trend_count));
	json_add(json, "feature_trends", trends_json(result->feature_trends, result->feature_trend_count));
	return json;
}

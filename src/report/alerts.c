#include "rows.h"

static const char *alert_status_name(enum alert_status status)
{
	return status == ALERT_FIRING ? "firing" : status == ALERT_INCONCLUSIVE ? "inconclusive" : "ok";
}

static void alert_row(struct page *page, const struct model_result *result, const struct alert_result *alert, bool with_model)
{
	struct buffer *out = &page->out;

	cell(out);
	if (alert->status == ALERT_FIRING)
		word_mark(out, page->set, alert->critical ? "❌" : "⚠️");
	else
		word_mark(out, page->set, alert->status == ALERT_OK ? "✅" : "❔");
	buffer_string(out, alert->status == ALERT_FIRING ? "open" : alert_status_name(alert->status));
	if (with_model) {
		cell(out);
		link_model(page, result->model);
	}
	cell(out);
	markdown_text(out, alert->name);
	cell(out);
	buffer_string(out, alert->critical ? "critical" : "warning");
	cell(out);
	markdown_code(out, alert->condition);
	if (alert->reason.len) {
		buffer_string(out, "<br>");
		markdown_text(out, alert->reason);
	}
	cell(out);
	show_date_or(out, alert->has_since && alert->status == ALERT_FIRING, alert->since, "n/a");
	row_end(out);
}

void rows_alerts(struct page *page, const struct model_result *result, bool with_model)
{
	/* Firing critical ones first, then firing, then what could not be decided, then the rest; names are in the recipe's order. */
	for (int round = 0; round < 4 && result->latest; round++)
		for (size_t i = 0; i < result->latest->alert_count && i < ROWS_MAX; i++) {
			const struct alert_result *alert = &result->latest->alerts[i];
			int rank = alert->status == ALERT_FIRING ? (alert->critical ? 0 : 1) : alert->status == ALERT_INCONCLUSIVE ? 2 : 3;
			if (rank == round && (rank < 3 || !with_model))
				alert_row(page, result, alert, with_model);
		}
}

struct json *json_of_alerts(const struct snapshot_result *snapshot)
{
	struct json *list = json_array();

	for (size_t i = 0; snapshot && i < snapshot->alert_count; i++) {
		const struct alert_result *alert = &snapshot->alerts[i];
		struct json *json = json_object();
		json_add_text(json, "name", alert->name);
		json_add_string(json, "severity", alert->critical ? "critical" : "warning");
		json_add_string(json, "status", alert_status_name(alert->status));
		json_add_text(json, "condition", alert->condition);
		if (alert->reason.len)
			json_add_text(json, "reason", alert->reason);
		json_add_date(json, "since", alert->has_since, alert->since);
		json_push(list, json);
	}
	return list;
}

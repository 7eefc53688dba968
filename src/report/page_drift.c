#include "rows.h"

#include <math.h>
#include <stdlib.h>

enum { FEATURES_MAX = 100 };

struct moved {
	const struct model_result *result;
	const struct snapshot_result *snapshot;
	const struct drift_column *column;
};

static int order_moved(const void *left, const void *right)
{
	const struct moved *a = left, *b = right;
	int order = (int)b->column->status - (int)a->column->status;

	if (!order)
		order = drift_order(a->column->deciding, b->column->deciding);
	if (!order)
		order = text_compare(a->result->model->record.id, b->result->model->record.id);
	return order ? order : text_compare(a->column->name, b->column->name);
}

/* Every feature of the fleet that is not stable in its model's newest compared snapshot. */
static size_t moved_features(struct moved **moved, const struct pages *set)
{
	size_t count = 0;

	*moved = NULL;
	for (size_t i = 0; i < set->results->model_count; i++) {
		const struct model_result *result = &set->results->models[i];
		const struct snapshot_result *snapshot = latest_drift(result);
		for (size_t k = 0; snapshot && k < snapshot->drift.column_count; k++) {
			const struct drift_column *column = &snapshot->drift.columns[k];
			if (column->status != DRIFT_DRIFT && column->status != DRIFT_WARN && column->status != DRIFT_INCONCLUSIVE)
				continue;
			*moved = arena_grow(set->arena, *moved, count, sizeof **moved);
			(*moved)[count++] = (struct moved){result, snapshot, column};
		}
	}
	if (count)
		qsort(*moved, count, sizeof **moved, order_moved);
	return count;
}

static size_t count_status(const struct moved *moved, size_t count, enum drift_status status)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += moved[i].column->status == status;
	return found;
}

static size_t open_alerts(const struct pages *set, size_t *undecided)
{
	size_t count = 0;

	*undecided = 0;
	for (size_t i = 0; i < set->results->model_count; i++) {
		const struct snapshot_result *latest = set->results->models[i].latest;
		for (size_t k = 0; latest && k < latest->alert_count; k++) {
			count += latest->alerts[k].status == ALERT_FIRING;
			*undecided += latest->alerts[k].status == ALERT_INCONCLUSIVE;
		}
	}
	return count;
}

static void verdict_line(struct page *page, const struct moved *moved, size_t count)
{
	struct buffer *out = &page->out;
	size_t drifting = 0, compared = 0, undecided, alerts = open_alerts(page->set, &undecided);
	size_t drift = count_status(moved, count, DRIFT_DRIFT), warn = count_status(moved, count, DRIFT_WARN);
	size_t inconclusive = count_status(moved, count, DRIFT_INCONCLUSIVE);

	for (size_t i = 0; i < page->set->results->model_count; i++) {
		const struct snapshot_result *snapshot = latest_drift(&page->set->results->models[i]);
		compared += snapshot != NULL;
		drifting += snapshot && snapshot->drifting;
	}
	word_mark(out, page->set, drift ? "❌" : warn || inconclusive ? "⚠️" : "✅");
	buffer_format(out, "**%zu of %zu compared model%s drift%s** · %zu feature%s in drift · %zu warn", drifting, compared, compared == 1 ? "" : "s",
	              drifting == 1 ? "s" : "", drift, drift == 1 ? "" : "s", warn);
	if (inconclusive)
		buffer_format(out, " · %zu inconclusive", inconclusive);
	buffer_string(out, " · ");
	show_counted(out, alerts, "open alert");
	buffer_char(out, '\n');
}

static void matrix(struct page *page, const struct model_result *const *models)
{
	static const struct column columns[] = {{"State", 12, false}, {"Model", 14, false}, {"Snapshot", 8, false}, {"Drifting", 0, true},
	                                        {"Worst feature", 0, false}, {"Value", 12, false}};
	struct buffer *out = &page->out;
	size_t count = page->set->results->model_count, shown = count < ROWS_MAX ? count : ROWS_MAX;

	page_section(page, "Models");
	if (!count) {
		buffer_string(out, "No models yet.\n");
		return;
	}
	table_head(out, columns, 6);
	for (size_t i = 0; i < shown; i++) {
		const struct model_result *result = models[i];
		const struct snapshot_result *snapshot = latest_drift(result);
		cell(out);
		word_state(out, page->set, result->state);
		cell(out);
		link_model(page, result->model);
		cell(out);
		if (!snapshot) {
			buffer_string(out, "none compared | n/a | n/a | n/a |\n");
			continue;
		}
		show_date(out, snapshot->snapshot->time);
		buffer_format(out, " | %zu/%zu | ", snapshot->drift.drifting, snapshot->drift.judged);
		markdown_text_cut(out, snapshot->has_max ? snapshot->max_feature : TEXT("n/a"), 60);
		cell(out);
		if (snapshot->has_max) {
			buffer_format(out, "%s ", method_label(result->method));
			show_effect(out, snapshot->max, &result->limit);
		} else {
			buffer_string(out, "n/a");
		}
		buffer_string(out, "<br>");
		bars_of_drift(out, page->set, result, NULL);
		row_end(out);
	}
	table_left_out(out, count - shown, "models are");
	buffer_string(out, "\n<sub>Bars: last 12 snapshots, from 0 to the model's drift limit and above; `·` means no value.</sub>\n");
}

static void features(struct page *page, const struct moved *moved, size_t count)
{
	static const struct column columns[] = {{"Verdict", 8, false}, {"Feature", 0, false}, {"Model", 14, false}, {"Method", 0, false},
	                                        {"Value", 0, true}, {"Last 12", 0, false}, {"Snapshot", 8, false}};
	struct buffer *out = &page->out;
	size_t shown = count < FEATURES_MAX ? count : FEATURES_MAX;

	page_section(page, "Features");
	if (!count) {
		buffer_string(out, "Every compared feature is stable.\n");
		return;
	}
	table_head(out, columns, 7);
	for (size_t i = 0; i < shown; i++) {
		const struct drift_column *column = moved[i].column;
		cell(out);
		word_drift(out, page->set, column->status);
		cell(out);
		markdown_text_cut(out, column->name, 60);
		cell(out);
		link_model(page, moved[i].result->model);
		cell(out);
		buffer_string(out, method_label(column->deciding ? column->deciding->method : moved[i].result->method));
		cell(out);
		if (column->deciding) {
			show_score(out, column->deciding);
			show_adjusted(out, column->deciding);
		} else {
			buffer_string(out, "n/a");
		}
		cell(out);
		bars_of_drift(out, page->set, moved[i].result, column);
		cell(out);
		show_date(out, moved[i].snapshot->snapshot->time);
		row_end(out);
	}
	table_left_out(out, count - shown, "features are");
}

static void alerts(struct page *page, const struct model_result *const *models)
{
	static const struct column columns[] = {{"State", 8, false}, {"Model", 0, false}, {"Rule", 0, false},
	                                        {"Severity", 0, false}, {"Condition", 0, false}, {"Opened", 8, false}};
	size_t undecided, firing = open_alerts(page->set, &undecided);

	page_section(page, "Open alerts");
	if (!firing && !undecided) {
		buffer_string(&page->out, "None.\n");
		return;
	}
	table_head(&page->out, columns, 6);
	for (size_t i = 0; i < page->set->results->model_count; i++)
		rows_alerts(page, models[i], true);
}

static void policies(struct page *page, const struct model_result *const *models)
{
	static const struct column columns[] = {{"Model", 0, false}, {"Method", 0, false}, {"Warn", 0, true}, {"Drift", 0, true},
	                                        {"Share", 0, true}, {"Stale after", 4, true}, {"Recipe", 0, false}};
	struct buffer *out = &page->out;
	size_t rows = 0;

	page_section(page, "Policies");
	for (size_t i = 0; i < page->set->results->model_count && rows < ROWS_MAX; i++) {
		const struct model_result *result = models[i];
		if (!result->recipe)
			continue;
		if (!rows++)
			table_head(out, columns, 7);
		cell(out);
		link_model(page, result->model);
		buffer_format(out, " | %s%s | ", method_label(result->method), result->limit.given && result->limit.on_p ? ", by p" : "");
		if (result->limit.given) {
			show_limit(out, result->limit.warn);
			cell(out);
			show_limit(out, result->limit.drift);
		} else {
			buffer_string(out, "default | default");
		}
		cell(out);
		show_limit(out, result->share_limit);
		cell(out);
		if (result->has_max_age) {
			show_plain(out, result->max_age_hours);
			buffer_string(out, " hours");
		} else {
			buffer_string(out, "never");
		}
		cell(out);
		link_recipe(page, result->recipe->recipe->record.id, result->recipe->recipe->record.id);
		row_end(out);
	}
	if (!rows)
		buffer_string(out, "No model has a recipe that could be resolved.\n");
}

void page_drift(struct pages *set)
{
	struct page page;
	struct moved *moved;
	const struct model_result **models = models_by_state(set->results, set->arena);
	size_t count = moved_features(&moved, set);
	struct json *json = json_object(), *list = json_array();

	page_open(&page, set, TEXT("drift/README.md"));
	page.grouped = true;
	page.check = TEXT("galley status");
	buffer_string(&page.out, "# Drift\n\n");
	verdict_line(&page, moved, count);
	buffer_string(&page.out, "\n[Overview](../README.md) › **Drift** · [Models](../models/README.md) · [Recipes](../recipes/README.md) · "
	                         "[Packs](../packs/README.md)\n");
	matrix(&page, models);
	features(&page, moved, count);
	alerts(&page, models);
	policies(&page, models);
	json_add_string(json, "schema", "galley.page.drift/1");
	for (size_t i = 0; i < set->results->model_count; i++) {
		const struct snapshot_result *snapshot = latest_drift(models[i]);
		struct json *item = json_object(), *columns = json_array();
		add_model_inputs(&page, models[i]);
		json_add_text(item, "model", models[i]->model->record.id);
		json_add_string(item, "state", model_state_name(models[i]->state));
		if (snapshot)
			json_add_text(item, "snapshot", snapshot->snapshot->stamp);
		json_add_computed(item, "share", snapshot != NULL, snapshot ? snapshot->share : 0);
		json_add_computed(item, "max", snapshot && snapshot->has_max, snapshot ? snapshot->max : 0);
		for (size_t k = 0; k < count; k++)
			if (moved[k].result == models[i]) {
				struct json *column = json_object();
				json_add_text(column, "name", moved[k].column->name);
				json_add_string(column, "status", drift_status_name(moved[k].column->status));
				const struct drift_score *score = moved[k].column->deciding;
				json_add_computed(column, "value", score && score->has_value, score && score->has_value ? score->effect : 0);
				json_push(columns, column);
			}
		json_add(item, "features", columns);
		json_add(item, "alerts", json_of_alerts(models[i]->latest));
		json_push(list, item);
	}
	json_add(json, "models", list);
	page_close(&page, json);
}

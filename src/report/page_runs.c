#include "compare_parts.h"
#include "rows.h"

enum { COMPARED = 6, METRICS_MAX = 200 };

static void verdict_line(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;
	size_t verdicts[VERDICT_FAIL + 1] = {0}, judged = 0;

	for (size_t i = 0; i < result->model->run_count; i++)
		if (result->runs[i].judged) {
			verdicts[result->runs[i].status]++;
			judged++;
		}
	buffer_string(out, "**");
	show_counted(out, result->model->run_count, "run");
	buffer_string(out, "**");
	for (int verdict = VERDICT_FAIL; verdict >= VERDICT_PASS; verdict--)
		if (verdicts[verdict]) {
			buffer_string(out, " · ");
			mark_verdict(out, page->set, (enum verdict)verdict);
			buffer_format(out, "%zu %s", verdicts[verdict], verdict_name((enum verdict)verdict));
		}
	if (judged < result->model->run_count)
		buffer_format(out, " · %zu not judged: only runs that succeeded are", result->model->run_count - judged);
	buffer_char(out, '\n');
}

static void compare_row(struct page *page, const struct compared_row *row, size_t count)
{
	cell(&page->out);
	markdown_text_cut(&page->out, row->key, 60);
	for (size_t i = 0; i < count; i++) {
		cell(&page->out);
		compared_value_markdown(&page->out, row, &row->values[i], page->set->arena);
	}
	row_end(&page->out);
}

static void compare(struct page *page, const struct model_result *result)
{
	struct column columns[COMPARED + 1] = {{"Metric", 0, false}};
	struct comparison comparison;
	size_t judged;
	const struct run_result **runs = judged_runs(&judged, result, page->set->arena);
	const struct run_result *shown[COMPARED];
	size_t count = judged < COMPARED ? judged : COMPARED;

	if (judged < 2)
		return;
	page_section(page, "Side by side");
	for (size_t i = 0; i < count; i++) {
		shown[i] = runs[judged - 1 - i];
		columns[i + 1] = (struct column){arena_copy(page->set->arena, shown[i]->run->record.id.at, shown[i]->run->record.id.len), 0, true};
	}
	table_head(&page->out, columns, count + 1);
	runs_compare(&comparison, shown, NULL, count, page->set->arena);
	for (size_t i = 0; i < comparison.row_count && comparison.rows[i].metric && i < METRICS_MAX; i++)
		compare_row(page, &comparison.rows[i], count);
	buffer_string(&page->out, "\nBest of the row in bold.");
	if (judged > count)
		buffer_format(&page->out, " The newest %zu of %zu judged runs.", count, judged);
	buffer_char(&page->out, '\n');
}

void page_runs(struct pages *set, const struct model_result *result)
{
	struct page page;
	struct json *json = json_object(), *runs = json_array();

	page_open(&page, set, path_of_runs(set, result->model->record.id));
	page.check = text_format(set->arena, "galley eval %.*s", TEXT_ARGS(result->model->record.id));
	buffer_string(&page.out, "# Runs of ");
	markdown_text(&page.out, result->model->record.name);
	buffer_string(&page.out, "\n\n");
	verdict_line(&page, result);
	buffer_string(&page.out, "\n[Overview](../../README.md) › [Models](../../models/README.md) › ");
	page_link(&page, result->model->record.id, path_of_model(set, result->model->record.id), NULL);
	buffer_string(&page.out, " › **Runs**\n");
	page_section(&page, "Runs");
	rows_runs(&page, result, ROWS_MAX);
	compare(&page, result);
	page_add_input(&page, result->model->record.file);
	for (size_t i = 0; i < result->model->run_count; i++) {
		add_run_inputs(&page, &result->runs[i]);
		json_push(runs, json_of_run(&result->runs[i]));
	}
	json_add_string(json, "schema", "galley.page.runs/1");
	json_add_text(json, "model", result->model->record.id);
	json_add_text(json, "production_run", result->model->production_run);
	json_add(json, "runs", runs);
	page_close(&page, json);
}

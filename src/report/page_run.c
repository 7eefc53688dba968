#include "charts.h"
#include "page_run.h"

static void verdict_line(struct page *page, const struct run_result *run)
{
	struct buffer *out = &page->out;
	size_t reasons = 0;

	if (!run->judged) {
		word_mark(out, page->set, run->run->status == RUN_FAILED ? "❌" : "❔");
		buffer_format(out, "**Run %s**", run_status_name(run->run->status));
		if (run->run->error.len) {
			buffer_string(out, ": ");
			markdown_text(out, run->run->error);
		}
		buffer_string(out, " · not judged: only runs that succeeded are");
	} else {
		mark_verdict(out, page->set, run->status);
		buffer_string(out, "**");
		markdown_text(out, run->summary);
		buffer_string(out, "**");
		for (int verdict = VERDICT_FAIL; verdict > VERDICT_PASS; verdict--)
			for (size_t i = 0; i < run->pack_count; i++)
				for (size_t k = 0; k < run->packs[i].gate_count; k++)
					if ((int)run->packs[i].gates[k].status == verdict && run->packs[i].gates[k].reason.len && reasons++ < 2) {
						buffer_string(out, " · ");
						markdown_code(out, run->packs[i].gates[k].metric->key);
						buffer_char(out, ' ');
						markdown_text(out, run->packs[i].gates[k].reason);
					}
		buffer_string(out, run->promotable ? " · promotable" : " · not promotable");
	}
	if (run->run->has_finished) {
		buffer_string(out, " · finished ");
		show_date(out, run->run->finished);
	} else if (run->run->has_started) {
		buffer_string(out, " · started ");
		show_date(out, run->run->started);
	}
	buffer_char(out, '\n');
}

static void navigation(struct page *page, const struct model_result *result, const struct run_result *run)
{
	struct buffer *out = &page->out;

	buffer_string(out, "\n[Overview](../../README.md) › ");
	page_link(page, result->model->record.id, path_of_model(page->set, result->model->record.id), NULL);
	buffer_string(out, " › ");
	page_link(page, TEXT("Runs"), path_of_runs(page->set, result->model->record.id), NULL);
	buffer_string(out, " › **");
	markdown_text(out, run->run->record.id);
	buffer_string(out, "**");
	if (run->judged)
		buffer_string(out, " · [Gates](#gates) · [Metrics](#metrics)");
	buffer_string(out, " · [Settings](#settings) · [Artifacts](#artifacts)\n");
}

static void gate_row(struct page *page, const struct gate_result *gate)
{
	struct buffer *out = &page->out;
	struct arena *arena = page->set->arena;

	cell(out);
	word_verdict(out, page->set, gate->status);
	cell(out);
	markdown_text_cut(out, gate->metric->key, 60);
	cell(out);
	buffer_string(out, gate->status == VERDICT_PASS ? "" : "**");
	show_value(out, gate->metric, gate->has_value ? gate->value : TEXT(""), arena);
	buffer_string(out, gate->status == VERDICT_PASS ? "" : "**");
	cells_of_limits(out, gate->metric, arena);
	cell(out);
	show_value(out, gate->metric, gate->has_room ? gate->room : TEXT(""), arena);
	cell(out);
	if (gate->metric->place.file && gate->metric->place.line)
		page_link_place(page, text_format(arena, "%u", gate->metric->place.line), gate->metric->place);
	else
		buffer_string(out, "n/a");
	row_end(out);
}

static void pack_name(struct page *page, const struct run_result *run, const struct pack_result *pack)
{
	struct buffer *out = &page->out;

	if (pack->record) {
		link_pack(page, pack->pack, pack->pack);
		buffer_char(out, ' ');
		markdown_text(out, pack->version);
	} else if (text_is(pack->pack, "recipe") && run->recipe) {
		buffer_string(out, "the metrics of ");
		link_recipe(page, run->recipe->recipe->record.id, run->recipe->recipe->record.id);
	} else {
		markdown_text(out, pack->pack);
	}
}

static void reasons_list(struct page *page, const struct pack_result *pack, const struct gate_result *const *gates)
{
	size_t shown = 0;

	for (size_t i = 0; i < pack->gate_count && shown < 20; i++)
		if (gates[i]->reason.len) {
			buffer_string(&page->out, shown++ ? "- " : "\n- ");
			markdown_code(&page->out, gates[i]->metric->key);
			buffer_string(&page->out, ": ");
			markdown_text(&page->out, gates[i]->reason);
			buffer_char(&page->out, '\n');
		}
}

static void pack_gates(struct page *page, const struct run_result *run, const struct pack_result *pack)
{
	static const struct column columns[] = {{"Verdict", 6, false}, {"Metric", 0, false}, {"Value", 0, true}, {"Promote", 4, false},
	                                        {"Warn", 5, false}, {"Fail", 6, false}, {"Room", 0, true}, {"Line", 0, true}};
	const struct gate_result **gates = gates_by_verdict(pack, page->set->arena);

	buffer_string(&page->out, "By ");
	pack_name(page, run, pack);
	buffer_string(&page->out, ": ");
	mark_verdict(&page->out, page->set, pack->status);
	markdown_text(&page->out, pack->reason.len ? pack->reason : pack->summary);
	buffer_string(&page->out, ".\n\n");
	if (!pack->gate_count)
		return;
	table_head(&page->out, columns, 8);
	for (size_t i = 0; i < pack->gate_count && i < ROWS_MAX; i++)
		gate_row(page, gates[i]);
	table_left_out(&page->out, pack->gate_count > ROWS_MAX ? pack->gate_count - ROWS_MAX : 0, "metrics are");
	reasons_list(page, pack, gates);
}

static void chart(struct page *page, const struct model_result *result, const struct run_result *run)
{
	struct buffer svg, alt;

	if (!page->set->config->charts)
		return;
	buffer_init(&svg);
	buffer_init(&alt);
	if (chart_run_gates(&svg, &alt, page->set, run, result->production)) {
		page_chart(page, text_format(page->set->arena, "%.*s-gates", TEXT_ARGS(run->run->record.id)), &svg, &alt);
		buffer_char(&page->out, '\n');
	}
	buffer_release(&svg);
	buffer_release(&alt);
}

static void gates(struct page *page, const struct model_result *result, const struct run_result *run)
{
	page_section(page, "Gates");
	if (run->reason.len) {
		markdown_text(&page->out, run->reason);
		buffer_string(&page->out, ".\n\n");
	}
	chart(page, result, run);
	for (size_t i = 0; i < run->pack_count; i++) {
		buffer_string(&page->out, i ? "\n" : "");
		pack_gates(page, run, &run->packs[i]);
	}
	rows_waived(page, run->pack_count ? run->recipe : NULL);
	buffer_string(&page->out, "\nRoom is the distance to the next worse verdict. A run is promotable when every required metric is within promote.\n");
}

static struct json *run_json(const struct model_result *result, const struct run_result *run)
{
	struct json *json = json_object();

	json_add_string(json, "schema", "galley.page.run/1");
	json_add_text(json, "model", result->model->record.id);
	json_add_bool(json, "production", result->production == run);
	json_add(json, "result", json_of_run(run));
	json_add(json, "other_metrics", run_other_metrics_json(run));
	return json;
}

void page_run(struct pages *set, const struct model_result *result, const struct run_result *run)
{
	struct page page;

	page_open(&page, set, path_of_run(set, result->model->record.id, run->run->record.id));
	page.check = text_format(set->arena, "galley eval %.*s/%.*s", TEXT_ARGS(result->model->record.id), TEXT_ARGS(run->run->record.id));
	buffer_string(&page.out, "# Run ");
	markdown_text(&page.out, run->run->record.id);
	buffer_string(&page.out, " of ");
	markdown_text(&page.out, result->model->record.name);
	buffer_string(&page.out, "\n\n");
	verdict_line(&page, run);
	navigation(&page, result, run);
	if (run->judged) {
		gates(&page, result, run);
		run_metrics(&page, result, run);
		run_slices(&page, run);
	}
	run_settings(&page, result, run);
	run_artifacts(&page, run);
	page_add_input(&page, result->model->record.file);
	add_run_inputs(&page, run);
	if (result->production && result->production != run)
		add_run_inputs(&page, result->production);
	page_close(&page, run_json(result, run));
}

#include "page_pack.h"

#include <math.h>
#include <stdlib.h>

#include "number.h"

enum { NEAR_MAX = 20 };

/* A run is near a limit when its room is at most this part of the distance from 0 to the fail limit. */
static const double near_share = 0.1;

bool pack_judges(const struct effective *effective, const struct pack *pack)
{
	for (size_t i = 0; effective && i < effective->pack_count; i++)
		if (text_equal(effective->packs[i].id, pack->record.id))
			return true;
	return false;
}

size_t pack_recipes(const struct pages *set, const struct pack *pack)
{
	size_t count = 0;

	for (size_t i = 0; i < set->resolved->count; i++)
		count += pack_judges(&set->resolved->recipes[i], pack);
	return count;
}

size_t pack_models(const struct pages *set, const struct pack *pack)
{
	size_t count = 0;

	for (size_t i = 0; i < set->results->model_count; i++)
		count += pack_judges(set->results->models[i].recipe, pack);
	return count;
}

static void verdict_line(struct page *page, const struct pack *pack)
{
	struct buffer *out = &page->out;
	size_t count, errors, warnings;
	const struct diag *diags = findings_of(&count, page->set, pack->record.file->path);

	count_findings(&errors, &warnings, diags, count);
	word_mark(out, page->set, errors ? "❌" : "✅");
	if (errors)
		buffer_format(out, "**%zu error%s**", errors, errors == 1 ? "" : "s");
	else
		buffer_string(out, "**Valid**");
	buffer_string(out, " · ");
	markdown_text(out, pack->record.id);
	buffer_char(out, ' ');
	markdown_text(out, pack->version);
	buffer_format(out, ", %s · ", record_status_name(pack->status));
	markdown_text(out, pack->family);
	buffer_string(out, " · ");
	show_counted(out, pack->metric_count, "gate");
	buffer_string(out, " · reaches ");
	show_counted(out, pack_recipes(page->set, pack), "recipe");
	buffer_string(out, " and ");
	show_counted(out, pack_models(page->set, pack), "model");
	buffer_char(out, '\n');
}

static void limits(struct page *page, const struct pack *pack)
{
	static const struct column columns[] = {{"Metric", 0, false}, {"Name", 0, false}, {"Promote", 4, false}, {"Warn", 5, false},
	                                        {"Fail", 6, false}, {"Needs", 0, false}, {"Line", 0, true}};
	struct buffer *out = &page->out;
	size_t shown = pack->metric_count < ROWS_MAX ? pack->metric_count : ROWS_MAX;

	page_section(page, "Limits");
	if (!shown) {
		buffer_string(out, "No metric.\n");
		return;
	}
	table_head(out, columns, 7);
	for (size_t i = 0; i < shown; i++) {
		const struct metric *metric = &pack->metrics[i];
		cell(out);
		markdown_text_cut(out, metric->key, 60);
		cell(out);
		markdown_text_cut(out, metric->name.len ? metric->name : metric->key, 80);
		cells_of_limits(out, metric, page->set->arena);
		cell(out);
		buffer_string(out, metric->required ? "required" : "optional");
		if (metric->min_samples)
			buffer_format(out, ", %llu samples", (unsigned long long)metric->min_samples);
		if (metric->max_regression.len) {
			buffer_string(out, ", regression up to ");
			markdown_text_cut(out, metric->max_regression, 20);
		}
		cell(out);
		page_link_place(page, text_format(page->set->arena, "%u", metric->place.line), metric->place);
		row_end(out);
	}
	table_left_out(out, pack->metric_count - shown, "metrics are");
	for (size_t i = 0; i < pack->slice_count && i < ROWS_MAX; i++) {
		const struct slice_rule *rule = &pack->slices[i];
		buffer_string(out, i ? "- By " : "\nSegments:\n\n- By ");
		markdown_code(out, rule->by);
		buffer_string(out, ": ");
		for (size_t k = 0; k < rule->metric_count && k < 20; k++) {
			buffer_string(out, k ? ", " : "");
			markdown_text_cut(out, rule->metrics[k], 60);
		}
		buffer_format(out, "; one segment makes the result at worst %s\n",
		              rule->worst == SLICE_PASS ? "pass" : rule->worst == SLICE_WARN ? "warn" : "fail");
	}
}

static void reaches(struct page *page, const struct pack *pack)
{
	const struct pages *set = page->set;
	struct buffer *out = &page->out;
	size_t recipes = 0, models = 0;

	page_section(page, "Who is judged by it");
	for (size_t i = 0; i < set->results->model_count; i++) {
		const struct model_result *result = &set->results->models[i];
		if (!pack_judges(result->recipe, pack) || models >= ROWS_MAX)
			continue;
		if (!models++)
			table_head(out, (struct column[]){{"Model", 0, false}, {"State", 12, false}, {"Newest run", 0, false}, {"Production run", 0, false}}, 4);
		cell(out);
		link_model(page, result->model);
		cell(out);
		word_state(out, set, result->state);
		for (int k = 0; k < 2; k++) {
			const struct run_result *run = k ? result->production : result->newest;
			cell(out);
			if (!run) {
				buffer_string(out, "none");
				continue;
			}
			link_run(page, result->model, run->run);
			buffer_char(out, ' ');
			word_run(out, set, run);
		}
		row_end(out);
	}
	for (size_t i = 0; i < set->resolved->count && recipes < ROWS_MAX; i++) {
		const struct effective *effective = &set->resolved->recipes[i];
		if (!pack_judges(effective, pack))
			continue;
		buffer_string(out, recipes++ ? ", " : models ? "\nIn recipes " : "In recipes ");
		link_recipe(page, effective->recipe->record.id, effective->recipe->record.id);
	}
	buffer_string(out, recipes ? ".\n" : models ? "" : "Nobody.\n");
}

struct near_gate {
	const struct model_result *result;
	const struct run_result *run;
	const struct gate_result *gate;
	double share; /* of the way to the fail limit that is left */
};

static int order_near(const void *left, const void *right)
{
	const struct near_gate *a = left, *b = right;
	int order = (a->share > b->share) - (a->share < b->share);

	if (!order)
		order = text_compare(a->result->model->record.id, b->result->model->record.id);
	if (!order)
		order = text_compare(a->run->run->record.id, b->run->run->record.id);
	return order ? order : text_compare(a->gate->metric->key, b->gate->metric->key);
}

static size_t collect(struct near_gate **near, const struct pages *set, const struct pack *pack)
{
	size_t count = 0;
	double room, fail;

	*near = NULL;
	for (size_t i = 0; i < set->results->model_count; i++)
		for (size_t r = 0; r < set->results->models[i].model->run_count; r++) {
			const struct model_result *result = &set->results->models[i];
			const struct run_result *run = &result->runs[r];
			for (size_t p = 0; p < run->pack_count; p++)
				for (size_t g = 0; run->packs[p].record == pack && g < run->packs[p].gate_count; g++) {
					const struct gate_result *gate = &run->packs[p].gates[g];
					if (!gate->has_room || gate->status == VERDICT_FAIL || number_parse(&room, gate->room) != NUMBER_FINITE ||
					    number_parse(&fail, gate->metric->fail) != NUMBER_FINITE || fail == 0 || room / fabs(fail) > near_share)
						continue;
					*near = arena_grow(set->arena, *near, count, sizeof **near);
					(*near)[count++] = (struct near_gate){result, run, gate, room / fabs(fail)};
				}
		}
	if (count)
		qsort(*near, count, sizeof **near, order_near);
	return count;
}

static void near_limits(struct page *page, const struct pack *pack)
{
	struct buffer *out = &page->out;
	struct near_gate *near;
	size_t count = collect(&near, page->set, pack), shown = count < NEAR_MAX ? count : NEAR_MAX;

	page_section(page, "Runs near a limit");
	buffer_string(out, count ? "The next worse verdict is within a tenth of the fail limit.\n\n"
	                         : "None: no run is within a tenth of the fail limit from a worse verdict.\n");
	if (!count)
		return;
	table_head(out, (struct column[]){{"Verdict", 6, false}, {"Model", 0, false}, {"Run", 0, false}, {"Metric", 0, false}, {"Value", 0, true}, {"Room", 0, true}}, 6);
	for (size_t i = 0; i < shown; i++) {
		const struct gate_result *gate = near[i].gate;
		cell(out);
		word_verdict(out, page->set, gate->status);
		cell(out);
		link_model(page, near[i].result->model);
		cell(out);
		link_run(page, near[i].result->model, near[i].run->run);
		cell(out);
		markdown_text_cut(out, gate->metric->key, 60);
		cell(out);
		show_value(out, gate->metric, gate->value, page->set->arena);
		cell(out);
		show_value(out, gate->metric, gate->room, page->set->arena);
		row_end(out);
	}
	table_left_out(out, count - shown, "are");
}

void page_pack(struct pages *set, const struct pack *pack)
{
	struct page page;
	struct json *json = json_object(), *metrics = json_array(), *recipes = json_array(), *models = json_array();
	size_t count;
	const struct diag *diags = findings_of(&count, set, pack->record.file->path);

	page_open(&page, set, path_of_pack(set, pack->record.id));
	page.check = TEXT("galley check");
	buffer_string(&page.out, "# Pack: ");
	markdown_text(&page.out, pack->record.name);
	buffer_string(&page.out, "\n\n");
	verdict_line(&page, pack);
	buffer_string(&page.out, "\n[Overview](../README.md) › [Packs](README.md) › **");
	markdown_text(&page.out, pack->record.id);
	buffer_string(&page.out, "**\n");
	if (count) {
		page_section(&page, "Findings");
		page_findings(&page, diags, count, SEVERITY_NOTE, SEVERITY_ERROR);
	}
	limits(&page, pack);
	reaches(&page, pack);
	near_limits(&page, pack);
	page_add_input(&page, pack->record.file);
	json_add_string(json, "schema", "galley.page.pack/1");
	json_add_text(json, "id", pack->record.id);
	json_add_text(json, "name", pack->record.name);
	json_add_text(json, "family", pack->family);
	json_add_text(json, "version", pack->version);
	json_add_string(json, "status", record_status_name(pack->status));
	for (size_t i = 0; i < pack->metric_count; i++)
		json_push(metrics, json_of_metric_limits(&pack->metrics[i]));
	json_add(json, "metrics", metrics);
	for (size_t i = 0; i < set->resolved->count; i++)
		if (pack_judges(&set->resolved->recipes[i], pack))
			json_push_text(recipes, set->resolved->recipes[i].recipe->record.id);
	json_add(json, "recipes", recipes);
	for (size_t i = 0; i < set->results->model_count; i++)
		if (pack_judges(set->results->models[i].recipe, pack)) {
			add_model_inputs(&page, &set->results->models[i]);
			json_push_text(models, set->results->models[i].model->record.id);
		}
	json_add(json, "models", models);
	json_add_findings(json, diags, count);
	page_close(&page, json);
}

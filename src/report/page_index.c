#include "charts.h"
#include "instant.h"
#include "rows.h"

enum { ATTENTION_MAX = 10, INDEX_MODELS = 50 };

static size_t models_in(const struct pages *set, enum model_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < set->results->model_count; i++)
		count += set->results->models[i].state == state;
	return count;
}

static size_t actions_due(const struct pages *set)
{
	size_t count = 0;

	for (size_t i = 0; i < set->results->model_count; i++)
		count += set->results->models[i].due && set->results->models[i].action != ACTION_NONE;
	return count;
}

static bool newest_data(int64_t *time, const struct pages *set)
{
	bool found = false;

	for (size_t i = 0; i < set->results->model_count; i++) {
		const struct model_result *result = &set->results->models[i];
		if (!result->snapshot_count)
			continue;
		int64_t at = result->snapshots[result->snapshot_count - 1].snapshot->time;
		if (!found || at > *time)
			*time = at;
		found = true;
	}
	return found;
}

static size_t errors_in(const struct pages *set)
{
	return set->results->diags ? diags_count(set->results->diags, SEVERITY_ERROR) : 0;
}

static void add_part(struct buffer *out, bool *any)
{
	buffer_string(out, *any ? " · " : "");
	*any = true;
}

static void verdict_line(struct page *page)
{
	struct pages *set = page->set;
	struct buffer *out = &page->out;
	size_t failed = models_in(set, STATE_FAILED), watch = models_in(set, STATE_DEGRADED) + models_in(set, STATE_DRIFTING);
	size_t stale = models_in(set, STATE_STALE), unknown = models_in(set, STATE_UNKNOWN), healthy = models_in(set, STATE_HEALTHY);
	size_t idle = models_in(set, STATE_NONE), due = actions_due(set), errors = errors_in(set);
	bool any = false;
	int64_t time;

	if (errors) {
		add_part(out, &any);
		word_mark(out, set, "❌");
		buffer_format(out, "**%zu error%s in the files**", errors, errors == 1 ? "" : "s");
	}
	if (failed) {
		add_part(out, &any);
		word_mark(out, set, "❌");
		buffer_format(out, "**%zu model%s failed**", failed, failed == 1 ? "" : "s");
	}
	const struct { size_t count; const char *emoji, *words; } parts[] = {
	    {watch, "⚠️", "to watch"}, {stale, "🕒", "stale"}, {unknown, "❔", "unknown"}, {healthy, "✅", "healthy"}};
	for (size_t i = 0; i < 4; i++) {
		if (!parts[i].count)
			continue;
		add_part(out, &any);
		word_mark(out, set, parts[i].emoji);
		buffer_format(out, "%zu %s", parts[i].count, parts[i].words);
	}
	if (idle) {
		add_part(out, &any);
		buffer_format(out, "%zu not watched", idle);
	}
	if (!set->results->model_count) {
		add_part(out, &any);
		buffer_string(out, "no models");
	}
	add_part(out, &any);
	buffer_format(out, "%zu action%s due", due, due == 1 ? "" : "s");
	if (newest_data(&time, set)) {
		buffer_string(out, " · newest data **");
		show_date(out, time);
		buffer_string(out, "**");
	}
	buffer_char(out, '\n');
}

static void navigation(struct page *page)
{
	buffer_string(&page->out, "\n**Overview** · [Models](models/README.md) · [Drift](drift/README.md) · [Recipes](recipes/README.md) · "
	                          "[Packs](packs/README.md) · [Actions](#actions-due)\n");
}

/* The feature behind a drift: "`price` PSI **0.318**, limit 0.20; " */
static void worst_feature(struct buffer *out, const struct model_result *result)
{
	const struct snapshot_result *snapshot = latest_drift(result);

	if (result->state != STATE_DRIFTING || !snapshot || !snapshot->has_max)
		return;
	markdown_code(out, snapshot->max_feature);
	buffer_format(out, " %s **", method_label(result->method));
	show_effect(out, snapshot->max, &result->limit);
	buffer_string(out, "**");
	if (result->limit.given && !result->limit.on_p) {
		buffer_string(out, ", limit ");
		show_limit(out, result->limit.drift);
	}
	buffer_string(out, "; ");
}

static void reasons_cell(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;

	cell(out);
	worst_feature(out, result);
	if (!result->reason_count)
		buffer_string(out, "no reason given");
	for (size_t i = 0; i < result->reason_count && i < 2; i++) {
		buffer_string(out, i ? "; " : "");
		markdown_text(out, result->reasons[i].words);
	}
	if (result->reason_count > 2)
		buffer_format(out, "; %zu more", result->reason_count - 2);
}

static void owner_cell(struct page *page, const struct model_result *result)
{
	cell(&page->out);
	if (result->model->owner.len)
		markdown_text(&page->out, result->model->owner);
	else if (result->recipe && result->recipe->owner.len)
		markdown_text(&page->out, result->recipe->owner);
	else
		buffer_string(&page->out, "nobody");
}

static void attention_model(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;

	cell(out);
	word_state(out, page->set, result->state);
	cell(out);
	link_model(page, result->model);
	reasons_cell(page, result);
	cell(out);
	show_date_or(out, result->has_since, result->since, "unknown");
	owner_cell(page, result);
	row_end(out);
}

static bool needs_attention(const struct model_result *result)
{
	return result->state > STATE_HEALTHY;
}

/* The newest run of a watched model that is no pass, where it is not the one in production: what waits for a decision. */
static bool run_needs_attention(const struct model_result *result)
{
	return result->newest && result->newest->judged && result->newest->status != VERDICT_PASS;
}

static void attention_run(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;
	const struct run_result *run = result->newest;

	cell(out);
	word_verdict(out, page->set, run->status);
	cell(out);
	markdown_text(out, result->model->record.name);
	buffer_string(out, ", run ");
	link_run(page, result->model, run->run);
	cell(out);
	markdown_text(out, run->summary);
	if (!run->promotable)
		buffer_string(out, "; not promotable");
	cell(out);
	show_date_or(out, run->run->has_finished, run->run->finished, "unknown");
	owner_cell(page, result);
	row_end(out);
}

static void attention(struct page *page, const struct model_result *const *models)
{
	static const struct column columns[] = {
	    {"State", 12, false}, {"Where", 24, false}, {"What", 0, false}, {"Since", 11, false}, {"Owner", 8, false}};
	size_t rows = 0, left = 0, count = page->set->results->model_count, errors = errors_in(page->set);

	page_section(page, "Needs attention");
	for (size_t i = 0; i < count; i++)
		rows += (size_t)needs_attention(models[i]) + (size_t)run_needs_attention(models[i]);
	if (errors) {
		word_mark(&page->out, page->set, "❌");
		buffer_format(&page->out, "[%zu error%s in recipes, packs, models or runs](#findings): what they touch is not judged.\n\n", errors,
		              errors == 1 ? "" : "s");
	}
	if (!rows) {
		buffer_string(&page->out, count ? "Nothing: every watched model is healthy and every newest run passes.\n" : "Nothing yet.\n");
		return;
	}
	table_head(&page->out, columns, 5);
	rows = 0;
	for (size_t i = 0; i < count; i++)
		if (needs_attention(models[i]) && rows++ < ATTENTION_MAX)
			attention_model(page, models[i]);
	for (int verdict = VERDICT_FAIL; verdict > VERDICT_PASS; verdict--)
		for (size_t i = 0; i < count; i++)
			if (run_needs_attention(models[i]) && (int)models[i]->newest->status == verdict && rows++ < ATTENTION_MAX)
				attention_run(page, models[i]);
	left = rows > ATTENTION_MAX ? rows - ATTENTION_MAX : 0;
	if (left)
		buffer_format(&page->out, "\n%zu more in [Models](models/README.md).\n", left);
}

static void fleet_chart(struct page *page)
{
	struct buffer svg, alt;

	if (!page->set->config->charts)
		return;
	buffer_init(&svg);
	buffer_init(&alt);
	const char *unit = chart_fleet_status(&svg, &alt, page->set);
	if (unit) {
		buffer_format(&page->out, "\n## State by %s\n\n", unit);
		page_chart(page, TEXT("fleet-status"), &svg, &alt);
	}
	buffer_release(&svg);
	buffer_release(&alt);
}

static void actions(struct page *page, const struct model_result *const *models)
{
	static const struct column columns[] = {{"Because", 8, false}, {"Model", 0, false}, {"Action", 0, false}, {"Since", 10, false}};
	struct buffer *out = &page->out;
	size_t held = 0, count = page->set->results->model_count;

	page_section(page, "Actions due");
	if (actions_due(page->set))
		table_head(out, columns, 4);
	else
		buffer_string(out, "None.\n");
	for (size_t i = 0; i < count; i++) {
		const struct model_result *result = models[i];
		held += result->action != ACTION_NONE && !result->due;
		if (result->action == ACTION_NONE || !result->due)
			continue;
		cell(out);
		word_state(out, page->set, result->state);
		cell(out);
		link_model(page, result->model);
		cell(out);
		buffer_string(out, result->action == ACTION_ROLLBACK ? "roll back" : action_name(result->action));
		if (result->action == ACTION_ROLLBACK && result->rollback_run.len) {
			buffer_string(out, " to run ");
			markdown_text(out, result->rollback_run);
		}
		cell(out);
		show_date_or(out, result->has_since, result->since, "unknown");
		row_end(out);
	}
	if (!held)
		return;
	buffer_string(out, "\nNot due, though the state asks for it:\n\n");
	for (size_t i = 0; i < count; i++) {
		if (models[i]->action == ACTION_NONE || models[i]->due)
			continue;
		buffer_string(out, "- ");
		link_model(page, models[i]->model);
		buffer_format(out, ", %s: ", action_name(models[i]->action));
		markdown_text(out, models[i]->due_reason);
		buffer_char(out, '\n');
	}
}

struct tally { size_t total, valid, warnings, errors, waivers, unused; };

static void tally_file(struct tally *tally, const struct pages *set, const struct record *record)
{
	size_t count, errors, warnings;
	const struct diag *diags = findings_of(&count, set, record->file->path);

	count_findings(&errors, &warnings, diags, count);
	tally->total++;
	tally->valid += !errors;
	tally->errors += errors;
	tally->warnings += warnings;
}

static struct tally tally_recipes(const struct pages *set)
{
	struct tally tally = {0};

	for (size_t i = 0; i < set->catalog->recipe_count; i++) {
		size_t children;
		tally_file(&tally, set, &set->catalog->recipes[i].record);
		size_t users = count_users(&children, set, &set->catalog->recipes[i]);
		tally.unused += !users && !children;
	}
	tally.waivers = count_waivers(set);
	return tally;
}

static struct tally tally_packs(const struct pages *set)
{
	struct tally tally = {0};

	for (size_t i = 0; i < set->catalog->pack_count; i++) {
		const struct pack *pack = &set->catalog->packs[i];
		bool used = false;
		tally_file(&tally, set, &pack->record);
		for (size_t k = 0; k < set->resolved->count && !used; k++)
			for (size_t j = 0; j < set->resolved->recipes[k].pack_count && !used; j++)
				used = text_equal(set->resolved->recipes[k].packs[j].id, pack->record.id);
		tally.unused += !used;
	}
	return tally;
}

static void tally_row(struct page *page, const char *name, const char *target, struct tally tally)
{
	buffer_format(&page->out, "| [%s](%s) | %zu | %zu | %zu | %zu | %zu | %zu |\n", name, target, tally.total, tally.valid, tally.warnings,
	              tally.errors, tally.waivers, tally.unused);
}

static size_t count_family(const struct pages *set, struct text family, enum model_state from, enum model_state to, bool all)
{
	size_t count = 0;

	for (size_t i = 0; i < set->results->model_count; i++) {
		const struct model_result *result = &set->results->models[i];
		if (!result->recipe || !text_equal(result->recipe->recipe->family, family))
			continue;
		count += all || (result->state >= from && result->state <= to);
	}
	return count;
}

static bool family_row(struct page *page, struct text family)
{
	const struct pages *set = page->set;
	struct buffer *out = &page->out;
	size_t recipes = 0, packs = 0;

	for (size_t i = 0; i < set->catalog->recipe_count; i++)
		recipes += text_equal(set->catalog->recipes[i].family, family);
	for (size_t i = 0; i < set->catalog->pack_count; i++)
		packs += text_equal(set->catalog->packs[i].family, family);
	size_t models = count_family(set, family, STATE_NONE, STATE_NONE, true);
	if (!recipes && !packs && !models)
		return false;
	cell(out);
	markdown_text(out, family);
	buffer_format(out, " | %zu | %zu | %zu | %zu | %zu | %zu | %zu |\n", models,
	              count_family(set, family, STATE_HEALTHY, STATE_HEALTHY, false), count_family(set, family, STATE_UNKNOWN, STATE_STALE, false),
	              count_family(set, family, STATE_DRIFTING, STATE_DEGRADED, false),
	              count_family(set, family, STATE_FAILED, STATE_FAILED, false), recipes, packs);
	return true;
}

static void families(struct page *page)
{
	const struct config *config = page->set->config;
	struct column columns[] = {{"Family", 0, false}, {"Models", 0, true}, {"✅ healthy", 0, true}, {"🕒 stale or unknown", 0, true},
	                           {"⚠️ drifting or degraded", 0, true}, {"❌ failed", 0, true}, {"Recipes", 0, true}, {"Packs", 0, true}};
	static const char *const words[] = {"healthy", "stale or unknown", "drifting or degraded", "failed"};

	for (size_t i = 0; i < 4 && !config->emoji; i++)
		columns[2 + i].name = words[i];
	page_details(page, "By family: %zu models, %zu recipes, %zu packs", page->set->results->model_count, page->set->catalog->recipe_count,
	             page->set->catalog->pack_count);
	table_head(&page->out, columns, 8);
	for (size_t i = 0; i < config->family_count; i++)
		family_row(page, config->families[i]);
	page_details_end(page);
}

static void findings(struct page *page)
{
	const struct diags *diags = page->set->results->diags;
	size_t count = diags ? diags->count : 0, errors = 0, warnings = 0;

	count_findings(&errors, &warnings, diags ? diags->items : NULL, count);
	if (errors) {
		page_section(page, "Findings");
		page_findings(page, diags->items, count, SEVERITY_ERROR, SEVERITY_ERROR);
	}
	if (warnings) {
		page_details(page, "Warnings in the files: %zu", warnings);
		page_findings(page, diags->items, count, SEVERITY_WARNING, SEVERITY_WARNING);
		page_details_end(page);
	}
}

static void recipes_and_packs(struct page *page)
{
	static const struct column columns[] = {{"Kind", 0, false}, {"Total", 0, true}, {"Valid", 0, true}, {"Warnings", 0, true},
	                                        {"Errors", 0, true}, {"Waivers", 0, true}, {"Not used", 0, true}};

	page_section(page, "Recipes and packs");
	table_head(&page->out, columns, 7);
	tally_row(page, "Recipes", "recipes/README.md", tally_recipes(page->set));
	tally_row(page, "Packs", "packs/README.md", tally_packs(page->set));
	if (count_waivers(page->set)) {
		buffer_char(&page->out, '\n');
		rows_waivers(page, NULL);
	}
	families(page);
}

static void add_inputs(struct page *page)
{
	page_add_input(page, page->set->config->file);
	for (size_t i = 0; i < page->set->catalog->input_count; i++)
		page_add_input(page, page->set->catalog->inputs[i]);
	for (size_t i = 0; i < page->set->results->model_count; i++)
		add_model_inputs(page, &page->set->results->models[i]);
}

static struct json *tally_json(struct tally tally)
{
	struct json *json = json_object();

	json_add_count(json, "total", tally.total);
	json_add_count(json, "valid", tally.valid);
	json_add_count(json, "warnings", tally.warnings);
	json_add_count(json, "errors", tally.errors);
	json_add_count(json, "waivers", tally.waivers);
	json_add_count(json, "unused", tally.unused);
	return json;
}

static struct json *index_json(const struct pages *set, const struct model_result *const *models)
{
	struct json *json = json_object(), *states = json_object(), *list = json_array();
	int64_t time = 0;
	bool has = newest_data(&time, set);

	json_add_string(json, "schema", "galley.page.overview/1");
	json_add_date(json, "newest_data", has, time);
	for (int state = STATE_FAILED; state > STATE_NONE; state--)
		json_add_count(states, model_state_name((enum model_state)state), models_in(set, (enum model_state)state));
	json_add_count(states, "not_watched", models_in(set, STATE_NONE));
	json_add(json, "states", states);
	json_add_count(json, "actions_due", actions_due(set));
	for (size_t i = 0; i < set->results->model_count; i++)
		json_push(list, json_of_state(models[i]));
	json_add(json, "models", list);
	json_add(json, "recipes", tally_json(tally_recipes(set)));
	json_add(json, "packs", tally_json(tally_packs(set)));
	json_add(json, "waivers", json_of_waivers(set, NULL));
	json_add_findings(json, set->results->diags ? set->results->diags->items : NULL, set->results->diags ? set->results->diags->count : 0);
	return json;
}

void page_index(struct pages *set)
{
	struct page page;
	const struct model_result **models = models_by_state(set->results, set->arena);

	page_open(&page, set, TEXT("README.md"));
	page.grouped = true;
	buffer_string(&page.out, "# Model operations\n\n");
	verdict_line(&page);
	navigation(&page);
	attention(&page, models);
	if (set->results->model_count) {
		page_section(&page, "Models");
		rows_models(&page, models, set->results->model_count, INDEX_MODELS);
	}
	fleet_chart(&page);
	actions(&page, models);
	recipes_and_packs(&page);
	findings(&page);
	add_inputs(&page);
	page_close(&page, index_json(set, models));
}

#include "page_model.h"

enum { OPEN_RUNS = 5 };

static void verdict_line(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;
	const char *state = model_state_name(result->state);

	mark_state(out, page->set, result->state);
	if (state)
		buffer_format(out, "**%c%s", state[0] - 'a' + 'A', state + 1);
	else
		buffer_string(out, "**Not watched");
	if (result->has_since) {
		buffer_string(out, " since ");
		show_date(out, result->since);
	}
	buffer_format(out, "** · %s", model_status_name(result->model->status));
	if (result->model->version.len) {
		buffer_char(out, ' ');
		markdown_text(out, result->model->version);
	}
	if (result->production) {
		buffer_string(out, " (");
		markdown_text(out, result->production->summary);
		buffer_char(out, ')');
	}
	if (result->newest && result->newest != result->production) {
		buffer_string(out, " · newest run ");
		markdown_text(out, result->newest->summary);
	}
	if (result->action != ACTION_NONE)
		buffer_format(out, " · %s %s", result->action == ACTION_ROLLBACK ? "rollback" : action_name(result->action),
		              result->due ? "due" : "held");
	if (result->has_data_time) {
		buffer_string(out, " · newest data ");
		show_date(out, result->data_time);
	}
	buffer_char(out, '\n');
}

static void navigation(struct page *page, const struct model_result *result)
{
	buffer_string(&page->out, "\n[Overview](../../README.md) › [Models](../README.md) › **");
	markdown_text(&page->out, result->model->record.id);
	buffer_string(&page->out, "** · [Metrics](#metrics) · [Drift](#drift) · [Alerts](#alerts) · [Deployments](#deployments) · [Runs](#runs) · "
	                          "[Decision](#decision)\n");
}

static void alert_box(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;

	if (result->state <= STATE_HEALTHY || !result->reason_count)
		return;
	buffer_format(out, "\n> [!%s]\n> ", result->state == STATE_FAILED ? "CAUTION" : "WARNING");
	const struct snapshot_result *snapshot = latest_drift(result);
	if (snapshot && snapshot->drifting && snapshot->has_max) {
		markdown_code(out, snapshot->max_feature);
		buffer_format(out, " has %s **", method_label(result->method));
		show_effect(out, snapshot->max, &result->limit);
		buffer_string(out, "**");
		if (result->limit.given && !result->limit.on_p) {
			buffer_string(out, ", drift limit ");
			show_limit(out, result->limit.drift);
		}
		buffer_string(out, ". ");
	}
	for (size_t i = 0; i < result->reason_count && i < 3; i++) {
		buffer_string(out, i ? ". " : "");
		markdown_text(out, result->reasons[i].words);
	}
	buffer_string(out, ".\n");
}

static void fact(struct page *page, const char *name)
{
	buffer_format(&page->out, "- **%s** ", name);
}

static void recipe_fact(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;
	const struct reference *reference = &result->model->recipe;

	fact(page, "Recipe");
	link_recipe(page, reference->id, reference->id);
	if (reference->pin.len) {
		buffer_char(out, ' ');
		markdown_text(out, reference->pin);
	}
	if (result->recipe && !text_equal(result->recipe->recipe->version, reference->pin)) {
		buffer_string(out, ", now ");
		markdown_text(out, result->recipe->recipe->version);
	}
	if (result->recipe_reason.len) {
		buffer_string(out, ": ");
		markdown_text(out, result->recipe_reason);
	}
	buffer_char(out, '\n');
	if (!result->recipe || !result->recipe->pack_count)
		return;
	fact(page, "Packs");
	for (size_t i = 0; i < result->recipe->pack_count; i++) {
		const struct pack *pack = catalog_pack_best(page->set->catalog, &result->recipe->packs[i]);
		buffer_string(out, i ? ", " : "");
		link_pack(page, result->recipe->packs[i].id, result->recipe->packs[i].id);
		if (pack) {
			buffer_char(out, ' ');
			markdown_text(out, pack->version);
		}
	}
	buffer_char(out, '\n');
}

static void monitoring_fact(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;

	fact(page, "Monitoring");
	buffer_string(out, method_label(result->method));
	if (result->limit.given) {
		buffer_format(out, ", %swarn ", result->limit.on_p ? "p, " : "");
		show_limit(out, result->limit.warn);
		buffer_string(out, ", drift ");
		show_limit(out, result->limit.drift);
	}
	buffer_string(out, "; the model drifts from a share of ");
	show_limit(out, result->share_limit);
	buffer_string(out, " of its features");
	if (result->has_max_age) {
		buffer_string(out, "; data stale after ");
		show_plain(out, result->max_age_hours);
		buffer_string(out, " hours");
	}
	buffer_char(out, '\n');
}

static void facts(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;
	const struct snapshot_result *latest = latest_drift(result);
	struct text owner = result->model->owner.len || !result->recipe ? result->model->owner : result->recipe->owner;

	buffer_char(out, '\n');
	if (result->recipe) {
		fact(page, "Family");
		markdown_text(out, result->recipe->recipe->family);
		buffer_char(out, '\n');
	}
	recipe_fact(page, result);
	if (owner.len) {
		fact(page, "Owner");
		markdown_text(out, owner);
		buffer_char(out, '\n');
	}
	if (result->model->reference.len) {
		fact(page, "Reference");
		markdown_code(out, result->model->reference);
		if (latest && latest->drift.reference_count) {
			buffer_string(out, ", ");
			show_counted(out, latest->drift.references[0].rows, "row");
		}
		buffer_char(out, '\n');
	}
	if (result->recipe)
		monitoring_fact(page, result);
	fact(page, "Record");
	page_link_place(page, result->model->record.file->path, (struct place){.file = result->model->record.file});
	buffer_char(out, '\n');
}

static void alerts(struct page *page, const struct model_result *result)
{
	static const struct column columns[] = {
	    {"State", 8, false}, {"Rule", 0, false}, {"Severity", 0, false}, {"Condition", 0, false}, {"Opened", 8, false}};

	page_section(page, "Alerts");
	if (!result->latest || !result->latest->alert_count) {
		buffer_string(&page->out, result->latest ? "The recipe sets no alert.\n" : "No snapshot to judge.\n");
		return;
	}
	table_head(&page->out, columns, 5);
	rows_alerts(page, result, false);
}

/* An endpoint serves until the next deployment of its environment. */
static const struct deployment *replaced_by(const struct model *model, size_t at)
{
	for (size_t i = at + 1; i < model->deployment_count; i++)
		if (text_equal(model->deployments[i].environment, model->deployments[at].environment))
			return &model->deployments[i];
	return NULL;
}

static void deployments(struct page *page, const struct model_result *result)
{
	static const struct column columns[] = {
	    {"Environment", 0, false}, {"Run", 0, false}, {"Endpoint", 0, false}, {"From", 12, false}, {"Until", 11, false}};
	struct buffer *out = &page->out;
	const struct model *model = result->model;

	page_section(page, "Deployments");
	if (!model->deployment_count) {
		buffer_string(out, "None recorded.\n");
		return;
	}
	table_head(out, columns, 5);
	for (size_t i = model->deployment_count; i > 0 && model->deployment_count - i < ROWS_MAX; i--) {
		const struct deployment *deployment = &model->deployments[i - 1], *next = replaced_by(model, i - 1);
		const struct run *run = deployment->run.len ? model_run(model, deployment->run) : NULL;
		cell(out);
		markdown_text(out, deployment->environment.len ? deployment->environment : TEXT("n/a"));
		cell(out);
		if (run)
			link_run(page, model, run);
		else
			markdown_text(out, deployment->run.len ? deployment->run : TEXT("n/a"));
		cell(out);
		if (deployment->endpoint.len)
			markdown_code(out, deployment->endpoint);
		else
			buffer_string(out, "n/a");
		cell(out);
		show_date_or(out, deployment->has_since, deployment->since, "unknown");
		cell(out);
		show_date_or(out, next && next->has_since, next ? next->since : 0, next ? "unknown" : "now");
		row_end(out);
	}
}

static struct json *model_json(const struct pages *set, const struct model_result *result)
{
	struct json *json = json_object(), *runs = json_array(), *list = json_array();

	json_add_string(json, "schema", "galley.page.model/1");
	json_add(json, "state", json_of_state(result));
	json_add_text(json, "recipe", result->model->recipe.id);
	json_add_text(json, "owner", result->model->owner);
	json_add_text(json, "reference", result->model->reference);
	for (size_t i = 0; i < result->model->run_count; i++)
		json_push(runs, json_of_run(&result->runs[i]));
	json_add(json, "runs", runs);
	json_add(json, "performance", model_performance_json(result));
	json_add(json, "drift", model_drift_json(set, result));
	json_add(json, "data_checks", model_checks_json(result));
	json_add(json, "alerts", json_of_alerts(result->latest));
	for (size_t i = 0; i < result->model->deployment_count; i++) {
		const struct deployment *deployment = &result->model->deployments[i];
		struct json *item = json_object();
		json_add_text(item, "environment", deployment->environment);
		json_add_text(item, "endpoint", deployment->endpoint);
		json_add_text(item, "run", deployment->run);
		json_add_date(item, "since", deployment->has_since, deployment->since);
		json_push(list, item);
	}
	json_add(json, "deployments", list);
	json_add(json, "decision", model_decision_json(result));
	return json;
}

void page_model(struct pages *set, const struct model_result *result)
{
	struct page page;

	page_open(&page, set, path_of_model(set, result->model->record.id));
	page.check = text_format(set->arena, "galley status %.*s", TEXT_ARGS(result->model->record.id));
	buffer_string(&page.out, "# ");
	markdown_text(&page.out, result->model->record.name);
	buffer_string(&page.out, "\n\n");
	verdict_line(&page, result);
	navigation(&page, result);
	alert_box(&page, result);
	facts(&page, result);
	model_metrics(&page, result);
	model_drift(&page, result);
	model_checks(&page, result);
	alerts(&page, result);
	deployments(&page, result);
	page_section(&page, "Runs");
	rows_runs(&page, result, OPEN_RUNS);
	if (result->model->run_count) {
		buffer_char(&page.out, '\n');
		page_link(&page, TEXT("All runs side by side"), path_of_runs(set, result->model->record.id), NULL);
		buffer_string(&page.out, ".\n");
	}
	model_decision(&page, result);
	add_model_inputs(&page, result);
	page_close(&page, model_json(set, result));
}

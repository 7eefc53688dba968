#include "arena.h"
#include "html_text.h"
#include "report.h"
#include "site_parts.h"

/* One row; what may be filtered by is empty where it does not apply. */
struct row {
	const char *kind;
	struct text name, id, page; /* page: below the reports folder */
	struct text family, state, owner, level, tags;
};

static void add_attribute(struct buffer *out, const char *name, struct text value)
{
	if (!value.len)
		return;
	buffer_format(out, " data-%s=\"", name);
	html_text(out, value);
	buffer_char(out, '"');
}

static void add_cell(struct buffer *out, struct text value)
{
	buffer_string(out, "<td>");
	html_text(out, value);
	buffer_string(out, "</td>");
}

static void add_row(struct buffer *out, const struct site *site, const struct row *row)
{
	if (!site_page(site, row->page))
		return;
	buffer_format(out, "<tr data-kind=\"%s\"", row->kind);
	add_attribute(out, "family", row->family);
	add_attribute(out, "state", row->state);
	add_attribute(out, "owner", row->owner);
	add_attribute(out, "level", row->level);
	buffer_format(out, "><td>%s</td><td><a href=\"%.*s\">", row->kind, TEXT_ARGS(site_link(TEXT("all.html"), site_path(site, row->page), site->arena)));
	html_text(out, row->name);
	buffer_string(out, "</a>");
	if (!text_equal(row->name, row->id)) {
		buffer_string(out, "<br><small>");
		html_text(out, row->id);
		buffer_string(out, "</small>");
	}
	buffer_string(out, "</td>");
	add_cell(out, row->state);
	add_cell(out, row->family);
	add_cell(out, row->level);
	add_cell(out, row->owner);
	add_cell(out, row->tags);
	buffer_string(out, "</tr>\n");
}

static struct text tags_of(const struct record *record, struct arena *arena)
{
	const struct value *list = value_at(record->root, "metadata.tags");
	struct buffer out;

	buffer_init(&out);
	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++) {
		buffer_string(&out, i ? ", " : "");
		buffer_add(&out, list->items[i]->text);
	}
	struct text tags = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return tags;
}

static void add_runs(struct buffer *out, const struct site *site, const struct model_result *result, struct text family)
{
	for (size_t i = 0; i < result->model->run_count; i++) {
		const struct run_result *run = &result->runs[i];
		struct text id = text_format(site->arena, "%.*s/%.*s", TEXT_ARGS(result->model->record.id), TEXT_ARGS(run->run->record.id));
		struct row row = {.kind = "run", .name = id, .id = id, .family = family, .owner = result->model->owner};
		row.page = text_format(site->arena, "runs/%.*s%s", TEXT_ARGS(id), report_page_suffix(run->run->record.id));
		row.state = text_of(run->judged ? verdict_name(run->status) : run_status_name(run->run->status));
		add_row(out, site, &row);
	}
}

static void add_models(struct buffer *out, const struct site *site)
{
	const struct results *results = site->request->results;

	for (size_t i = 0; i < results->model_count; i++) {
		const struct model_result *result = &results->models[i];
		const struct model *model = result->model;
		const char *state = model_state_name(result->state);
		struct row row = {.kind = "model", .name = model->record.name, .id = model->record.id, .owner = model->owner};
		row.page = text_format(site->arena, "models/%.*s/README.md", TEXT_ARGS(model->record.id));
		row.state = state ? text_of(state) : TEXT("not watched");
		row.family = result->recipe ? result->recipe->recipe->family : TEXT("");
		row.level = text_of(model_status_name(model->status));
		row.tags = tags_of(&model->record, site->arena);
		add_row(out, site, &row);
		add_runs(out, site, result, row.family);
	}
}

static void add_recipes(struct buffer *out, const struct site *site)
{
	const struct catalog *catalog = site->request->results->catalog;

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *recipe = &catalog->recipes[i];
		struct row row = {.kind = "recipe", .name = recipe->record.name, .id = recipe->record.id, .family = recipe->family};
		row.page = text_format(site->arena, "recipes/%.*s%s", TEXT_ARGS(recipe->record.id), report_page_suffix(recipe->record.id));
		row.state = text_of(record_status_name(recipe->status));
		row.level = text_of(level_name(recipe->level));
		row.owner = value_text(recipe->record.root, "metadata.owner");
		row.tags = tags_of(&recipe->record, site->arena);
		add_row(out, site, &row);
	}
}

static void add_packs(struct buffer *out, const struct site *site)
{
	const struct catalog *catalog = site->request->results->catalog;

	for (size_t i = 0; i < catalog->pack_count; i++) {
		const struct pack *pack = &catalog->packs[i];
		struct row row = {.kind = "pack", .name = pack->record.name, .id = pack->record.id, .family = pack->family};
		row.page = text_format(site->arena, "packs/%.*s%s", TEXT_ARGS(pack->record.id), report_page_suffix(pack->record.id));
		row.state = text_of(record_status_name(pack->status));
		row.tags = tags_of(&pack->record, site->arena);
		add_row(out, site, &row);
	}
}

/* Complete without a script, which only hides rows. */
void site_list(struct site *site)
{
	struct buffer out;

	buffer_init(&out);
	site_head(&out, site, TEXT("all.html"), TEXT("Everything"));
	buffer_string(&out, "<h1>Everything</h1>\n<form id=\"filters\" hidden></form>\n<p id=\"count\" aria-live=\"polite\"></p>\n"
	                    "<table id=\"all\">\n<thead><tr><th>Kind</th><th>Name</th><th>State</th><th>Family</th><th>Level or stage</th><th>Owner</th><th>Tags</th></tr></thead>\n"
	                    "<tbody>\n");
	add_models(&out, site);
	add_recipes(&out, site);
	add_packs(&out, site);
	buffer_string(&out, "</tbody>\n</table>\n<script src=\"site.js\"></script>\n");
	site_foot(&out, site);
	site_add(site, TEXT("all.html"), text_copy(site->arena, buffer_text(&out)));
	buffer_release(&out);
}

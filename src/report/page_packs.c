#include "page_pack.h"

static void verdict_line(struct page *page)
{
	struct buffer *out = &page->out;
	const struct catalog *catalog = page->set->catalog;
	size_t invalid = 0, metrics = 0;

	if (!catalog->pack_count) {
		buffer_string(out, "No packs yet.\n");
		return;
	}
	for (size_t i = 0; i < catalog->pack_count; i++) {
		size_t count, errors, warnings;
		const struct diag *diags = findings_of(&count, page->set, catalog->packs[i].record.file->path);
		count_findings(&errors, &warnings, diags, count);
		invalid += errors > 0;
		metrics += catalog->packs[i].metric_count;
	}
	word_mark(out, page->set, invalid ? "❌" : "✅");
	buffer_format(out, "**%zu of %zu pack%s valid** · ", catalog->pack_count - invalid, catalog->pack_count, catalog->pack_count == 1 ? "" : "s");
	show_counted(out, metrics, "gate");
	buffer_char(out, '\n');
}

static void pack_row(struct page *page, const struct pack *pack)
{
	struct buffer *out = &page->out;
	size_t count, errors, warnings;
	const struct diag *diags = findings_of(&count, page->set, pack->record.file->path);

	count_findings(&errors, &warnings, diags, count);
	cell(out);
	word_mark(out, page->set, errors ? "❌" : warnings ? "⚠️" : "✅");
	if (errors || warnings)
		show_counted(out, errors ? errors : warnings, errors ? "error" : "warning");
	else
		buffer_string(out, "valid");
	cell(out);
	if (pack->record.id.len)
		link_pack(page, pack->record.id, pack->record.id);
	else
		page_link_place(page, pack->record.file->path, pack->record.place);
	cell(out);
	markdown_text(out, pack->family.len ? pack->family : TEXT("n/a"));
	cell(out);
	markdown_text(out, pack->version.len ? pack->version : TEXT("n/a"));
	cell(out);
	buffer_string(out, record_status_name(pack->status));
	cell(out);
	for (size_t i = 0; i < pack->metric_count && i < 12; i++) {
		buffer_string(out, i ? ", " : "");
		markdown_text_cut(out, pack->metrics[i].key, 40);
	}
	if (!pack->metric_count)
		buffer_string(out, "none");
	else if (pack->metric_count > 12)
		buffer_format(out, " and %zu more", pack->metric_count - 12);
	buffer_format(out, " | %zu | %zu |\n", pack_recipes(page->set, pack), pack_models(page->set, pack));
}

void page_packs(struct pages *set)
{
	static const struct column columns[] = {{"Result", 8, false}, {"Pack", 0, false}, {"Family", 0, false}, {"Version", 0, false},
	                                        {"Status", 0, false}, {"Metrics", 0, false}, {"Recipes", 0, true}, {"Models", 0, true}};
	const struct catalog *catalog = set->catalog;
	size_t shown = catalog->pack_count < ROWS_MAX ? catalog->pack_count : ROWS_MAX;
	struct page page;
	struct json *json = json_object(), *list = json_array();

	page_open(&page, set, TEXT("packs/README.md"));
	page.check = TEXT("galley check");
	buffer_string(&page.out, "# Evaluation packs\n\n");
	verdict_line(&page);
	buffer_string(&page.out, "\n[Overview](../README.md) › **Packs** · [Models](../models/README.md) · [Drift](../drift/README.md) · "
	                         "[Recipes](../recipes/README.md)\n");
	if (shown) {
		buffer_char(&page.out, '\n');
		table_head(&page.out, columns, 8);
	}
	for (size_t i = 0; i < shown; i++)
		pack_row(&page, &catalog->packs[i]);
	table_left_out(&page.out, catalog->pack_count - shown, "packs are");
	json_add_string(json, "schema", "galley.page.packs/1");
	for (size_t i = 0; i < catalog->pack_count; i++) {
		struct json *item = json_object();
		page_add_input(&page, catalog->packs[i].record.file);
		json_add_text(item, "id", catalog->packs[i].record.id);
		json_add_text(item, "name", catalog->packs[i].record.name);
		json_add_text(item, "family", catalog->packs[i].family);
		json_add_text(item, "version", catalog->packs[i].version);
		json_add_string(item, "status", record_status_name(catalog->packs[i].status));
		json_add_count(item, "metrics", catalog->packs[i].metric_count);
		json_add_count(item, "recipes", pack_recipes(set, &catalog->packs[i]));
		json_add_count(item, "models", pack_models(set, &catalog->packs[i]));
		json_push(list, item);
	}
	json_add(json, "packs", list);
	page_close(&page, json);
}

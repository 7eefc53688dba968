#include "page_recipe.h"

struct totals { size_t errors, warnings, invalid; };

static struct totals totals_of(const struct pages *set)
{
	struct totals totals = {0};

	for (size_t i = 0; i < set->catalog->recipe_count; i++) {
		size_t count, errors, warnings;
		const struct diag *diags = findings_of(&count, set, set->catalog->recipes[i].record.file->path);
		count_findings(&errors, &warnings, diags, count);
		totals.errors += errors;
		totals.warnings += warnings;
		totals.invalid += errors > 0;
	}
	return totals;
}

static void verdict_line(struct page *page)
{
	struct buffer *out = &page->out;
	struct totals totals = totals_of(page->set);
	size_t count = page->set->catalog->recipe_count;

	if (!count) {
		buffer_string(out, "No recipes yet.\n");
		return;
	}
	word_mark(out, page->set, totals.invalid ? "❌" : totals.warnings ? "⚠️" : "✅");
	buffer_format(out, "**%zu of %zu recipe%s valid** · ", count - totals.invalid, count, count == 1 ? "" : "s");
	show_counted(out, totals.errors, "error");
	buffer_string(out, " · ");
	show_counted(out, totals.warnings, "warning");
	buffer_string(out, " · ");
	show_counted(out, count_waivers(page->set), "waiver");
	buffer_char(out, '\n');
}

static void recipe_row(struct page *page, const struct recipe *recipe)
{
	struct buffer *out = &page->out;
	size_t count, errors, warnings, children, users = count_users(&children, page->set, recipe);
	const struct diag *diags = findings_of(&count, page->set, recipe->record.file->path);

	count_findings(&errors, &warnings, diags, count);
	cell(out);
	word_mark(out, page->set, errors ? "❌" : warnings ? "⚠️" : "✅");
	if (errors)
		show_counted(out, errors, "error");
	else if (warnings)
		show_counted(out, warnings, "warning");
	else
		buffer_string(out, "valid");
	cell(out);
	if (recipe->record.id.len)
		link_recipe(page, recipe->record.id, recipe->record.id);
	else
		page_link_place(page, recipe->record.file->path, recipe->record.place);
	cell(out);
	buffer_string(out, level_name(recipe->level));
	cell(out);
	markdown_text(out, recipe->version.len ? recipe->version : TEXT("n/a"));
	buffer_format(out, ", %s", record_status_name(recipe->status));
	cell(out);
	if (recipe->parent.id.len)
		link_recipe(page, recipe->parent.id, recipe->parent.id);
	else
		buffer_string(out, "none");
	buffer_format(out, " | %zu |\n", users);
}

static size_t family_rows(struct page *page, struct text family, size_t room)
{
	static const struct column columns[] = {{"Result", 8, false}, {"Recipe", 0, false}, {"Level", 0, false},
	                                        {"Version", 10, false}, {"Parent", 0, false}, {"Models", 0, true}};
	const struct catalog *catalog = page->set->catalog;
	size_t rows = 0, left = 0;

	for (enum level level = LEVEL_NONE; level <= LEVEL_CLIENT; level++)
		for (size_t i = 0; i < catalog->recipe_count; i++) {
			if (!text_equal(catalog->recipes[i].family, family) || catalog->recipes[i].level != level)
				continue;
			if (rows >= room) {
				left++;
				continue;
			}
			if (!rows++)
				table_head(&page->out, columns, 6);
			recipe_row(page, &catalog->recipes[i]);
		}
	table_left_out(&page->out, left, "recipes are");
	return rows;
}

static bool has_recipes(const struct pages *set, struct text family)
{
	for (size_t i = 0; i < set->catalog->recipe_count; i++)
		if (text_equal(set->catalog->recipes[i].family, family))
			return true;
	return false;
}

static bool is_configured(const struct config *config, struct text family)
{
	for (size_t i = 0; i < config->family_count; i++)
		if (text_equal(config->families[i], family))
			return true;
	return false;
}

static void families(struct page *page)
{
	const struct pages *set = page->set;
	size_t room = ROWS_MAX;

	for (size_t i = 0; i < set->config->family_count; i++) {
		if (!has_recipes(set, set->config->families[i]))
			continue;
		buffer_string(&page->out, "\n## ");
		markdown_text(&page->out, set->config->families[i]);
		buffer_string(&page->out, "\n\n");
		family_graph(page, set->config->families[i]);
		room -= family_rows(page, set->config->families[i], room);
	}
	bool others = false;
	for (size_t i = 0; i < set->catalog->recipe_count; i++) {
		if (is_configured(set->config, set->catalog->recipes[i].family))
			continue;
		if (!others)
			page_section(page, "Without a known family");
		others = true;
		buffer_string(&page->out, "- ");
		page_link_place(page, set->catalog->recipes[i].record.file->path, (struct place){.file = set->catalog->recipes[i].record.file});
		buffer_char(&page->out, '\n');
	}
}

static void findings(struct page *page)
{
	const struct pages *set = page->set;
	struct totals totals = totals_of(set);

	if (totals.errors) {
		page_section(page, "Errors");
		for (size_t i = 0; i < set->catalog->recipe_count; i++) {
			size_t count;
			const struct diag *diags = findings_of(&count, set, set->catalog->recipes[i].record.file->path);
			page_findings(page, diags, count, SEVERITY_ERROR, SEVERITY_ERROR);
		}
	}
	if (totals.warnings) {
		page_details(page, "Warnings: %zu", totals.warnings);
		for (size_t i = 0; i < set->catalog->recipe_count; i++) {
			size_t count;
			const struct diag *diags = findings_of(&count, set, set->catalog->recipes[i].record.file->path);
			page_findings(page, diags, count, SEVERITY_WARNING, SEVERITY_WARNING);
		}
		page_details_end(page);
	}
}

static struct json *recipe_item(const struct pages *set, const struct recipe *recipe)
{
	struct json *item = json_object();
	size_t count, errors, warnings, children, users = count_users(&children, set, recipe);
	const struct diag *diags = findings_of(&count, set, recipe->record.file->path);

	count_findings(&errors, &warnings, diags, count);
	json_add_text(item, "id", recipe->record.id);
	json_add_text(item, "name", recipe->record.name);
	json_add_text(item, "path", recipe->record.file->path);
	json_add_text(item, "family", recipe->family);
	json_add_string(item, "level", level_name(recipe->level));
	json_add_text(item, "version", recipe->version);
	json_add_string(item, "status", record_status_name(recipe->status));
	json_add_text(item, "parent", recipe->parent.id);
	json_add_count(item, "errors", errors);
	json_add_count(item, "warnings", warnings);
	json_add_count(item, "models", users);
	json_add_count(item, "children", children);
	return item;
}

void page_recipes(struct pages *set)
{
	struct page page;
	struct json *json = json_object(), *list = json_array();

	page_open(&page, set, TEXT("recipes/README.md"));
	page.check = TEXT("galley check");
	buffer_string(&page.out, "# Recipes\n\n");
	verdict_line(&page);
	buffer_string(&page.out, "\n[Overview](../README.md) › **Recipes** · [Models](../models/README.md) · [Drift](../drift/README.md) · "
	                         "[Packs](../packs/README.md)\n");
	families(&page);
	if (count_waivers(set)) {
		page_section(&page, "Waivers");
		rows_waivers(&page, NULL);
	}
	findings(&page);
	json_add_string(json, "schema", "galley.page.recipes/1");
	for (size_t i = 0; i < set->catalog->recipe_count; i++) {
		page_add_input(&page, set->catalog->recipes[i].record.file);
		json_push(list, recipe_item(set, &set->catalog->recipes[i]));
	}
	json_add(json, "recipes", list);
	json_add(json, "waivers", json_of_waivers(set, NULL));
	page_close(&page, json);
}

#include "rows.h"

enum { GROUP_FROM = 50 };

static void verdict_line(struct page *page)
{
	struct buffer *out = &page->out;
	size_t count = page->set->results->model_count, bad = 0, failed = 0;

	for (size_t i = 0; i < count; i++) {
		failed += page->set->results->models[i].state == STATE_FAILED;
		bad += page->set->results->models[i].state > STATE_HEALTHY;
	}
	if (!count) {
		buffer_string(out, "No models yet.\n");
		return;
	}
	word_mark(out, page->set, failed ? "❌" : bad ? "⚠️" : "✅");
	buffer_string(out, "**");
	show_counted(out, count, "model");
	buffer_format(out, "** · %zu failed · %zu need%s attention\n", failed, bad, bad == 1 ? "s" : "");
}

/* One table for each family, in the order of the configuration. */
static void by_family(struct page *page, const struct model_result *const *models)
{
	const struct pages *set = page->set;
	size_t count = set->results->model_count;
	const struct model_result **group = arena_array(set->arena, count + 1, sizeof *group);

	for (size_t f = 0; f <= set->config->family_count; f++) {
		size_t found = 0;
		for (size_t i = 0; i < count; i++) {
			size_t at = 0;
			while (at < set->config->family_count &&
			       !(models[i]->recipe && text_equal(models[i]->recipe->recipe->family, set->config->families[at])))
				at++;
			if (at == f)
				group[found++] = models[i];
		}
		if (!found)
			continue;
		buffer_string(&page->out, "\n## ");
		markdown_text(&page->out, f < set->config->family_count ? set->config->families[f] : TEXT("without a family"));
		buffer_string(&page->out, "\n\n");
		rows_models(page, group, found, ROWS_MAX);
	}
}

void page_models(struct pages *set)
{
	struct page page;
	const struct model_result **models = models_by_state(set->results, set->arena);
	struct json *json = json_object(), *list = json_array();

	page_open(&page, set, TEXT("models/README.md"));
	page.grouped = true;
	page.check = TEXT("galley status");
	buffer_string(&page.out, "# Models\n\n");
	verdict_line(&page);
	buffer_string(&page.out, "\n[Overview](../README.md) › **Models** · [Drift](../drift/README.md) · [Recipes](../recipes/README.md) · "
	                         "[Packs](../packs/README.md)\n\n");
	if (set->results->model_count > GROUP_FROM)
		by_family(&page, models);
	else if (set->results->model_count)
		rows_models(&page, models, set->results->model_count, ROWS_MAX);
	for (size_t i = 0; i < set->results->model_count; i++) {
		add_model_inputs(&page, models[i]);
		json_push(list, json_of_state(models[i]));
	}
	json_add_string(json, "schema", "galley.page.models/1");
	json_add(json, "models", list);
	page_close(&page, json);
}

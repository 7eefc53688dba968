#include "report.h"

#include <stdlib.h>

#include "rows.h"
#include "text_report.h"

static int order_files(const void *left, const void *right)
{
	const struct made_file *a = left, *b = right;

	return text_compare(a->path, b->path);
}

static void make_metrics(struct pages *set)
{
	struct buffer out;

	buffer_init(&out);
	status_openmetrics(&out, set->results);
	page_add_file(set, TEXT("metrics.prom"), buffer_text(&out));
	buffer_release(&out);
}

static void make_pages(struct pages *set)
{
	const struct results *results = set->results;

	count_uses(set);
	page_index(set);
	page_models(set);
	for (size_t i = 0; i < results->model_count; i++) {
		const struct model_result *result = &results->models[i];
		if (!page_for_model(set, result->model))
			continue;
		page_model(set, result);
		page_runs(set, result);
		for (size_t k = 0; k < result->model->run_count; k++)
			if (page_for_run(set, result->model, result->runs[k].run))
				page_run(set, result, &result->runs[k]);
	}
	page_recipes(set);
	for (size_t i = 0; i < set->catalog->recipe_count; i++)
		if (page_for_recipe(set, &set->catalog->recipes[i]))
			page_recipe(set, &set->catalog->recipes[i]);
	page_packs(set);
	for (size_t i = 0; i < set->catalog->pack_count; i++)
		if (page_for_pack(set, &set->catalog->packs[i]))
			page_pack(set, &set->catalog->packs[i]);
	page_drift(set);
	page_history(set);
	make_metrics(set);
	qsort(set->files, set->count, sizeof *set->files, order_files);
}

/* The manifest keeps the present it was made in as long as nothing else in it would change. */
static struct text manifest_of(const struct pages *set, struct text previous)
{
	int64_t as_of;
	char source[41];

	if (!set->results->renew && report_manifest_read(&as_of, source, previous, set->arena) && text_equal(manifest_bytes(set, as_of, source), previous))
		return previous;
	return manifest_bytes(set, set->results->as_of, set->results->source);
}

static bool is_made(const struct pages *set, struct text path)
{
	struct made_file wanted = {.path = path};

	return bsearch(&wanted, set->files, set->count, sizeof *set->files, order_files) != NULL;
}

struct list {
	struct publish_file *items;
	size_t count;
};

static void add(struct list *list, const struct pages *set, struct text path, struct text bytes, bool remove)
{
	struct text folder = set->config->reports;

	if (folder.len)
		path = text_format(set->arena, "%.*s/%.*s", TEXT_ARGS(folder), TEXT_ARGS(path));
	list->items = arena_grow(set->arena, list->items, list->count, sizeof *list->items);
	list->items[list->count++] = (struct publish_file){.path = path, .bytes = bytes, .remove = remove};
}

static int order_list(const void *left, const void *right)
{
	const struct publish_file *a = left, *b = right;

	return text_compare(a->path, b->path);
}

void report_pages(struct publish_file **files, size_t *count, const struct results *results, struct text previous, struct arena *arena,
                  struct diags *diags)
{
	struct pages set = {.results = results, .catalog = results->catalog, .resolved = results->resolved,
	                    .config = &results->catalog->config, .arena = arena};
	struct list list = {0};
	struct text *old;

	(void)diags; /* everything that could be said about the files has been said before */
	make_pages(&set);
	for (size_t i = 0; i < set.count; i++)
		add(&list, &set, set.files[i].path, set.files[i].bytes, false);
	size_t old_count = manifest_pages(&old, previous, arena);
	for (size_t i = 0; i < old_count; i++)
		if (!is_made(&set, old[i]) && !text_is(old[i], "manifest.json"))
			add(&list, &set, old[i], TEXT(""), true);
	qsort(list.items, list.count, sizeof *list.items, order_list);
	size_t kept = 0;
	for (size_t i = 0; i < list.count; i++)
		if (!kept || !text_equal(list.items[kept - 1].path, list.items[i].path))
			list.items[kept++] = list.items[i];
	list.count = kept;
	add(&list, &set, TEXT("manifest.json"), manifest_of(&set, previous), false);
	*files = list.items;
	*count = list.count;
}

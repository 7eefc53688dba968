#include "rows.h"

void add_recipe_inputs(struct page *page, const struct effective *effective)
{
	const struct catalog *catalog = page->set->catalog;

	if (!effective)
		return;
	for (size_t i = 0; i < effective->chain_count; i++)
		page_add_input(page, effective->chain[i]->record.file);
	page_add_input(page, effective->recipe->record.file);
	for (size_t i = 0; i < effective->pack_count; i++) {
		const struct pack *pack = catalog_pack_best(catalog, &effective->packs[i]);
		if (pack)
			page_add_input(page, pack->record.file);
	}
}

void add_run_inputs(struct page *page, const struct run_result *run)
{
	page_add_input(page, run->run->record.file);
	page_add_input(page, run->run->metrics_file);
	add_recipe_inputs(page, run->recipe);
	for (size_t i = 0; i < run->pack_count; i++)
		if (run->packs[i].record)
			page_add_input(page, run->packs[i].record->record.file);
}

static void add_sides(struct page *page, const struct drift_side *sides, size_t count)
{
	for (size_t i = 0; i < count; i++)
		page_add_blob(page, sides[i].path, text_of(sides[i].blob));
}

void add_model_inputs(struct page *page, const struct model_result *result)
{
	page_add_input(page, result->model->record.file);
	add_recipe_inputs(page, result->recipe);
	for (size_t i = 0; i < result->model->run_count; i++)
		add_run_inputs(page, &result->runs[i]);
	for (size_t i = 0; i < result->snapshot_count; i++) {
		const struct snapshot_result *snapshot = &result->snapshots[i];
		page_add_input(page, snapshot->snapshot->metrics_file);
		if (snapshot->has_drift) {
			add_sides(page, snapshot->drift.references, snapshot->drift.reference_count);
			add_sides(page, snapshot->drift.currents, snapshot->drift.current_count);
		} else if (snapshot->snapshot->csv.len) {
			page_add_blob(page, snapshot->snapshot->csv, TEXT(""));
		}
	}
}

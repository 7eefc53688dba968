/* Rows: tables that more than one page shows.
 *
 * Ownership: the caller's page. Failure: none. */
#ifndef GALLEY_ROWS_H
#define GALLEY_ROWS_H

#include "words.h"

/* State, model, production, gates, worst drift, main metric; at most max rows. */
void rows_models(struct page *page, const struct model_result *const *models, size_t count, size_t max);
/* A run's gates of one pack: verdict, metric, newest, production, change and the three limits. */
void rows_gates(struct page *page, const struct run_result *newest, const struct run_result *production);
/* Runs with their main metrics, newest first. `first` runs are open, the rest folded. */
void rows_runs(struct page *page, const struct model_result *result, size_t first);
/* Open alerts of the newest snapshot. */
void rows_alerts(struct page *page, const struct model_result *result, bool with_model);
/* Waivers of every recipe, or of one. */
size_t rows_waivers(struct page *page, const struct effective *only);
size_t count_waivers(const struct pages *set);
/* A line for each waiver by which a gate of this recipe, or of one above it, is looser. NULL: none. */
void rows_waived(struct page *page, const struct effective *effective);

struct json *json_of_run(const struct run_result *run);
struct json *json_of_state(const struct model_result *result);
struct json *json_of_waivers(const struct pages *set, const struct effective *only);
struct json *json_of_metric_limits(const struct metric *metric);
struct json *json_of_alerts(const struct snapshot_result *snapshot);

/* Fills in set->uses. */
void count_uses(struct pages *set);
/* Models, and recipes, that use this recipe directly. */
size_t count_users(size_t *children, const struct pages *set, const struct recipe *recipe);
/* Inputs of a model: its record, its runs and snapshots, its recipe's chain and packs. */
void add_model_inputs(struct page *page, const struct model_result *result);
void add_recipe_inputs(struct page *page, const struct effective *effective);
void add_run_inputs(struct page *page, const struct run_result *run);

#endif

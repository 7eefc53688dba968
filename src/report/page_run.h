/* The sections of a run's page that read its own files. Ownership, failure: as in page.h. */
#ifndef GALLEY_PAGE_RUN_H
#define GALLEY_PAGE_RUN_H

#include "rows.h"

void run_metrics(struct page *page, const struct model_result *result, const struct run_result *run);
void run_slices(struct page *page, const struct run_result *run);
void run_settings(struct page *page, const struct model_result *result, const struct run_result *run);
void run_artifacts(struct page *page, const struct run_result *run);
/* Metrics of the file that no gate looks at, by dotted key. */
struct json *run_other_metrics_json(const struct run_result *run);

#endif

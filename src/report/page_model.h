/* The sections of a model's page, split over files by what they show. Ownership, failure: as in page.h. */
#ifndef GALLEY_PAGE_MODEL_H
#define GALLEY_PAGE_MODEL_H

#include "rows.h"

void model_metrics(struct page *page, const struct model_result *result);
void model_drift(struct page *page, const struct model_result *result);
struct json *model_drift_json(const struct pages *set, const struct model_result *result);
/* The newest snapshots against the recipe's schema; nothing where none was checked. */
void model_checks(struct page *page, const struct model_result *result);
struct json *model_checks_json(const struct model_result *result);
struct json *model_performance_json(const struct model_result *result);

void model_decision(struct page *page, const struct model_result *result);
struct json *model_decision_json(const struct model_result *result);

#endif

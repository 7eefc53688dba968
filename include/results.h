/* Results: everything a renderer may know. Stages fill it in, renderers only read it.
 *
 * Ownership: one arena a run of the program. Failure: none. */
#ifndef GALLEY_RESULTS_H
#define GALLEY_RESULTS_H

#include "catalog.h"
#include "drift.h"
#include "gates.h"
#include "monitor.h"
#include "resolve.h"

struct results {
	const struct catalog *catalog;
	const struct resolved *resolved;
	struct model_result *models; /* in the catalog's order */
	size_t model_count;
	int64_t as_of;
	char source[41];             /* newest commit that changed an input; "" without history */
	bool renew;                  /* the source of the manifest that is there is none: it may not stand, even where nothing else changed */
	const struct diags *diags;   /* sorted, severities applied */
};

#endif

/* Stages: what the files of the pipeline share. Ownership, failure: as in pipeline.h. */
#ifndef GALLEY_PIPELINE_STAGES_H
#define GALLEY_PIPELINE_STAGES_H

#include "change.h"
#include "pipeline.h"

/* --- pipeline.c --- */

/* The catalog with the versions that its pins ask for, from history where this revision has others. */
int load_settled(struct catalog *catalog, bool brief, struct source *source, const struct limits *limits, const struct limits *of_history,
                 unsigned jobs, struct arena *arena, struct diags *diags, struct failure *failure);
bool holds_files(const struct catalog *catalog);
/* Severities as configured, and the final order. */
void settle_findings(struct workspace *workspace);

/* --- before.c --- */

/* The state that is compared with, and versions in history. */
struct before {
	struct workspace_base *base;
	const struct limits *limits; /* for history: those of the command line alone, so that no change hides versions by its own */
	struct versions reached, ahead;
	char revision[41];
};

/* versions.c: fills in reached and ahead. */
int read_past(struct before *before, struct workspace *workspace, struct failure *failure);

int before_load(struct before *before, struct workspace *workspace, const struct workspace_request *request, struct failure *failure);
/* What the change may not do. */
int compare_with_base(struct workspace *workspace, struct before *before, struct failure *failure);
void resolve_base(struct workspace *workspace, struct workspace_base *base);

#endif

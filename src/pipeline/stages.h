/* Stages: what the files of the pipeline share. Ownership, failure: as in pipeline.h. */
#ifndef GALLEY_PIPELINE_STAGES_H
#define GALLEY_PIPELINE_STAGES_H

#include "change.h"
#include "pipeline.h"

/* --- pipeline.c --- */

/* The catalog with the versions that its pins ask for, from history where this revision has others. */
int load_settled(struct catalog *catalog, const struct brief *brief, struct source *source, const struct limits *limits, const struct limits *of_history,
                 unsigned jobs, struct arena *arena, struct diags *diags, struct failure *failure);
/* How much of recipes is kept; NULL: all. */
const struct brief *brief_for(const struct workspace_request *request);
/* Resolves as the request wants it, and adds what is wrong. */
void resolve_as_asked(struct resolved *out, const struct catalog *catalog, const struct workspace_request *request, int64_t as_of, struct arena *arena,
                      struct diags *diags);
/* The present where galley.yaml has no say. */
int64_t present_without_settings(const struct source_info *info, const struct workspace_request *request);
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
int read_past(struct before *before, struct workspace *workspace, const struct workspace_request *request, struct failure *failure);

int before_load(struct before *before, struct workspace *workspace, const struct workspace_request *request, struct failure *failure);
/* What the change may not do. */
int compare_with_base(struct workspace *workspace, struct before *before, const struct workspace_request *request, struct failure *failure);
void resolve_base(struct workspace *workspace, struct workspace_base *base, const struct workspace_request *request);

/* --- wanted.c --- */

/* The ids whose versions in history matter to a change: of records that are not what they were, and all that its own commits have. */
struct wanted;
struct wanted *wanted_find(const struct catalog *before, const struct catalog *now, const struct versions *ahead, struct arena *arena);
/* False where the file is known to be that of another id, without reading it; false where none of them can stand in the bytes. */
bool wanted_file(const struct wanted *wanted, const char *blob);
bool wanted_bytes(const struct wanted *wanted, struct text bytes);

#endif

/* What the files of importing share. Ownership and failure: as in the public header. */
#ifndef GALLEY_AUTHOR_IMPORT_PARTS_H
#define GALLEY_AUTHOR_IMPORT_PARTS_H

#include "import.h"
#include "record.h"

struct importing {
	const struct authoring *authoring;
	const struct import_request *request;
	const struct tracked *tracked;
	const struct model *model;
	const struct effective *recipe;
	struct text recipe_name; /* with its version */
	char digest[65];
};

/* One run as it is to be written. */
struct import_draft {
	struct imported *out;
	const struct tracked_run *from;
	struct tracked_metric *metrics; /* by galley's keys */
	size_t metric_count;
	struct text started_at, finished_at, error;
	struct text manifest, measures; /* the two files; measures empty: none */
};

struct refusal *draft_refusal(struct import_draft *draft, const struct importing *importing, struct place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The metrics by galley's names. */
void draft_metrics(struct import_draft *draft, const struct importing *importing);
/* The bytes of both files. */
void draft_write(struct import_draft *draft, const struct importing *importing);
/* The place in galley's files is the existing run's. What differs in meaning from a run that is there, but for what is not the run's: its
 * recipe as it is now, and names. NULL: nothing; else a field of it. */
const char *draft_differs(struct text *before, struct text *now, struct place *place, const struct import_draft *draft, const struct run *run,
                          const struct importing *importing);

#endif

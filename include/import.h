/* Import: runs of another tracker as galley's own run manifests and metric files, as `galley new run` would begin them and `galley run set`
 * end them; the tracker's id is kept in x-import, by which a run is known again.
 *
 * Ownership: everything lives in the arena. Failure: -1 with a refusal where nothing can be imported at all; what stands against single
 * runs is told with each. Nothing is written here. */
#ifndef GALLEY_IMPORT_H
#define GALLEY_IMPORT_H

#include "author.h"
#include "tracker.h"

/* "MAPE=val/mape": galley's key, and the tracker's name for it. */
struct metric_name {
	struct text ours, theirs;
};
bool metric_name_parse(struct metric_name *out, struct text word);

struct import_request {
	struct text model;
	struct text recipe;     /* empty: the model's */
	enum run_type type;
	struct text as;         /* the id of the run, where there is one; empty: of day, type and the tracker's id */
	enum run_status status; /* where the tracker does not say; RUN_NONE: not given */
	struct text started_at, finished_at, error; /* the same; empty: not given */
	const struct metric_name *metrics;
	size_t metric_count;
};

enum import_fate {
	IMPORT_NEW,
	IMPORT_ON,      /* it was queued or running when it was imported, and has gone on */
	IMPORT_SAME,    /* it is there, with these values */
	IMPORT_REFUSED, /* see refusals */
};
const char *import_fate_name(enum import_fate fate); /* "new", "updated", "same", "refused" */

struct imported {
	const struct tracked_run *from;
	struct text run;          /* its id here; empty where there is none */
	enum run_status status;
	enum import_fate fate;
	size_t metrics;
	struct text *lacking;     /* metrics that a pack or the recipe requires, and a run that succeeded does not have */
	size_t lacking_count;
	struct refusal *refusals; /* beside the tracker's own troubles, which are told with from */
	size_t refusal_count;
	bool incomplete;          /* refused for what it is, not for what is there */
};

struct import_plan {
	struct imported *runs;    /* in the tracker's order */
	size_t count;
	size_t fates[IMPORT_REFUSED + 1];
	size_t incomplete;        /* of those that are refused */
	struct authored *files;   /* a metric file before its manifest */
	size_t file_count;
	struct text subject;      /* for a commit */
};

int author_import(struct import_plan *out, const struct authoring *authoring, const struct import_request *request,
                  const struct tracked *tracked);

#endif

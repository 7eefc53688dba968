/* Tracker: what other trackers have left in a folder, as runs: MLflow's file store, W&B's run folders, DVC's metric files. The folder is
 * only read; nothing in it is followed, and all of it may be hostile.
 *
 * A value is as the tracker has it now: no series, no zero in the place of what is not there. What cannot be told of a run is a trouble
 * of that run, with its place and a remedy, and then the run is no whole one.
 * Ownership: everything lives in the arena. Failure: -1 with EXIT_UNABLE where the folder cannot be read, EXIT_FINDINGS where it is
 * not what the tracker makes, or has no such run, EXIT_USAGE where it must be said which of several experiments is meant. */
#ifndef GALLEY_TRACKER_H
#define GALLEY_TRACKER_H

#include "catalog.h"
#include "refusal.h"

enum tracker { TRACKER_MLFLOW, TRACKER_WANDB, TRACKER_DVC };
const char *tracker_name(enum tracker tracker);  /* "mlflow", "wandb", "dvc", as commands write it */
const char *tracker_title(enum tracker tracker); /* "MLflow", "W&B", "DVC" */

struct tracked_metric {
	struct text name;  /* theirs; names of nested mappings joined by dots */
	struct text value; /* a JSON number, or NaN, Infinity, -Infinity */
	struct place place;
};

/* A parameter, or an input by name and digest. */
struct tracked_pair {
	struct text name, value;
	bool quoted; /* text, whatever it looks like */
};

struct tracked_run {
	struct text id;          /* theirs; empty: DVC has none */
	struct text name;        /* for people; empty */
	struct text experiment;  /* its name; empty */
	struct place place;      /* of its record */
	enum run_status status;  /* RUN_NONE: the tracker does not say */
	bool has_started, has_finished;
	int64_t started, finished;
	struct text code;        /* the commit of the code; empty */
	struct text artifacts;   /* where they lie, when that is no folder of the machine; empty */
	struct tracked_metric *metrics; /* by name */
	size_t metric_count;
	const struct value *slices;     /* metrics by segment, as galley has them; NULL */
	struct tracked_pair *params;
	size_t param_count;
	struct tracked_pair *data;      /* what it was made from: MLflow's datasets, or what no stage of DVC's made; by name and digest */
	size_t data_count;
	size_t not_numbers;      /* values beside the metrics that are none, and left out */
	struct refusal *troubles;
	size_t trouble_count;
};

struct tracked {
	enum tracker tracker;
	struct text experiment;  /* that was read; empty */
	struct tracked_run *runs; /* oldest first, then by id */
	size_t count;
	size_t deleted;          /* left out: deleted in the tracker */
	size_t unfinished;       /* left out: queued or running */
};

struct tracker_request {
	enum tracker tracker;
	const char *folder;      /* as the command line names it; paths in messages begin with it */
	struct text experiment;  /* MLflow: id or name; empty: the only one that has runs */
	const struct text *runs; /* ids or names of those that are meant; none: all */
	size_t run_count;
	const struct text *files; /* DVC: of the metric files these alone; none: all that are declared */
	size_t file_count;
	bool unfinished;         /* queued and running ones too */
	const struct limits *limits;
};

/* A number as JSON writes it, from what Python and YAML write, NaN and the infinities too; empty where it is none. */
struct text tracked_number(struct text text, struct arena *arena);

int tracker_read(struct tracked *out, const struct tracker_request *request, struct arena *arena, struct failure *failure);

#endif

/* What the readers of the trackers share. Ownership and failure: as in tracker.h. */
#ifndef GALLEY_TRACKER_INNER_H
#define GALLEY_TRACKER_INNER_H

#include "buffer.h"
#include "document.h"
#include "source.h"
#include "tracker.h"

struct reader {
	const struct tracker_request *request;
	struct source *source;
	struct text prefix; /* of paths in messages: the folder as it was named, with a slash; empty for "." */
	struct arena *arena;
	struct failure *failure;
	bool *found;        /* of the request's runs */
	struct text *known; /* ids and names that were met */
	size_t known_count;
};

/* The path as messages have it; the file as a whole. */
struct text shown_path(const struct reader *reader, struct text path);
struct place place_of_path(const struct reader *reader, struct text path);

/* A trouble of the run, which may also be none that a person could mend; refusal_help() follows. */
struct refusal *run_trouble(struct tracked_run *run, struct place place, struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* For what stands in the place of a folder. */
void refuse_link(struct tracked_run *run, const struct reader *reader, struct text path);

/* A small file whole. *input is NULL where it is not there; where it is something else, or larger than max, that is a trouble and *input
 * NULL too. limit: the member of the request's limits that max is. */
int read_small(const struct input **input, struct tracked_run *run, const struct reader *reader, struct text path, const size_t *limit);
/* The same read as a document; *root is NULL where it is not there or there is trouble. An empty file is incomplete. */
int read_tree(const struct value **root, bool *found, struct tracked_run *run, const struct reader *reader, struct text path,
              enum document_form form);
/* Only whether it is there, as a file. */
int has_file(bool *found, const struct reader *reader, struct text path);
/* Folders directly in a folder; links and the like in the place of what wanted() takes for one of ours are troubles told by the caller. */
int read_children(struct entry **entries, size_t *count, const struct reader *reader, struct text folder);

void add_metric(struct tracked_run *run, struct text name, struct text value, struct place place, struct arena *arena);
void add_param(struct tracked_run *run, struct text name, struct text value, bool quoted, struct arena *arena);
void add_data(struct tracked_run *run, struct text name, struct text digest, struct arena *arena);
/* The scalars of a tree as parameters, lists as text. */
void add_params_below(struct tracked_run *run, const struct value *map, struct text prefix, struct arena *arena);
/* Numbers of a tree as metrics; a mapping "slices" at its top is kept as it is. What has a "_type" is a thing of W&B's, not a metric.
 * Counts what is no number. housekeeping: W&B's own values at the top are left out. */
void add_metrics_below(struct tracked_run *run, const struct value *map, bool housekeeping, struct arena *arena);

/* A whole number with a sign. */
bool parse_whole(int64_t *out, struct text text);
/* The last name of a path. */
struct text last_name(struct text path);
struct text joined(const struct reader *reader, struct text folder, const char *name);

/* Whether a run of this id and name is meant; remembers that it is there. */
bool reader_wants(struct reader *reader, struct text id, struct text name);
/* Whether the run is named by its id: then it is taken whatever its state. Several may share a name. */
bool reader_names(const struct reader *reader, struct text id);
/* Fails with the nearest where a run that is named was not found. */
int reader_missing(struct reader *reader);
struct tracked_run *add_run(struct tracked *tracked, struct arena *arena);

int mlflow_read(struct tracked *out, struct reader *reader);
/* *kept is false where the run is not meant, or left out and counted. */
int mlflow_run(struct tracked_run *run, bool *kept, struct tracked *out, struct reader *reader, struct text folder, struct text experiment_id);
int wandb_read(struct tracked *out, struct reader *reader);
int dvc_read(struct tracked *out, struct reader *reader);

/* What dvc.lock says of the stages: parameters, inputs, and whether the metric files are those that the stages made. */
struct dvc_file {
	struct text path;       /* below the folder */
	const struct input *input;
	const struct value *root;
};
int dvc_lock(struct tracked_run *run, const struct reader *reader, const struct dvc_file *files, size_t count);

#endif

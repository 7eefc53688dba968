/* Author: what the commands that write manifests may do, and the bytes that they ask for. Each function checks its rules on the records
 * as they were read, and gives one file as it would become; nobody is asked and nothing is written here. Whether the workspace is right
 * afterwards is then checked over the bytes, as if they had been written.
 *
 * Ownership: everything lives in the arena. Failure: -1 with a refusal that names the rule, the place and the remedy. */
#ifndef GALLEY_AUTHOR_H
#define GALLEY_AUTHOR_H

#include "edit.h"
#include "gates.h"
#include "monitor.h"

struct authored {
	struct text path;    /* from the top */
	bool is_new;
	struct text before, after;
	struct text subject; /* what is done, from ids alone: "Approve recipe_pricing_grocery 1.2.0" */
	struct text details; /* each field that changes, a line: "metadata.status: draft -> approved"; empty for a new file */
};

struct authoring {
	const struct catalog *catalog;
	const struct resolved *resolved;
	struct arena *arena;
	struct refusal *refusal;
};

/* --- One field of a file that is there --- */

/* A recipe or pack: from draft to approved. */
int author_approve(struct authored *out, const struct authoring *authoring, struct text id);

enum version_part { PART_MAJOR, PART_MINOR, PART_PATCH };

/* A recipe or pack at its next version, as node-semver's inc counts. draft: the status becomes draft, which every approved child must
 * be able to live with by a pin. */
int author_bump(struct authored *out, const struct authoring *authoring, struct text id, enum version_part part, bool draft);
/* The next version; false beyond what a version can hold. */
bool version_next(struct text *out, struct text version, enum version_part part, struct arena *arena);

struct promotion {
	struct text model, run; /* run: empty where none is named */
	enum model_status to;
	struct text version;    /* of the artifact; empty: as it is */
};

/* A model to another status, served by a run. Into production the run has to be promotable by all its packs. */
int author_promote(struct authored *out, const struct authoring *authoring, const struct promotion *promotion);

struct run_settings {
	struct text model, run;
	enum run_status status;
	struct text started_at, finished_at, metrics, error; /* empty: as they are */
};

/* A run that goes on: queued, running, then succeeded, failed or cancelled, and no more after that. */
int author_run_set(struct authored *out, const struct authoring *authoring, const struct run_settings *settings);
/* The field that the status needs and neither the run nor the settings have, as a flag's name; NULL. */
const char *run_set_lacks(const struct run *run, const struct run_settings *settings);

/* --- New files --- */

struct metric_line {
	struct text key, promote, warn, fail; /* numbers as written */
};
/* "MAPE=0.10,0.15,0.25": false where it is not a key and three numbers. */
bool metric_line_parse(struct metric_line *out, struct text word);

struct new_record {
	struct text id, name;     /* name empty: made from the id */
	struct text family, parent, recipe, owner; /* empty: left out */
	enum level level;
	struct text *packs;
	size_t pack_count;
	struct metric_line *metrics;
	size_t metric_count;
};

int author_new_recipe(struct authored *out, const struct authoring *authoring, const struct new_record *record);
int author_new_pack(struct authored *out, const struct authoring *authoring, const struct new_record *record);
int author_new_model(struct authored *out, const struct authoring *authoring, const struct new_record *record);
/* A child of the recipe id: parent, level, version and status are its own, all else is inherited. */
int author_clone(struct authored *out, const struct authoring *authoring, struct text id, const struct new_record *record);

struct new_run {
	struct text model, run;
	enum run_type type;
	enum run_status status; /* queued or running */
	struct text recipe, of, started_at; /* recipe empty: the model's */
	struct text params; /* a YAML flow mapping; empty: none */
};
int author_new_run(struct authored *out, const struct authoring *authoring, const struct new_run *run);

/* --- What a decision asks for --- */

/* Whether an action is a change of files at all. */
bool author_is_change(enum action action);
/* A workspace's folder as trailers have it; empty for the repository's top. */
struct text author_workspace_name(struct text workspace, struct arena *arena);
/* Names the cause of an action in 20 digits: model, action, state, since when, what it would do, and the newest attempt that has failed. It stays
 * while a state lasts, whatever its numbers become. workspace: prefix of its paths. */
struct text author_cause(const struct model_result *result, struct text workspace, struct arena *arena);
/* Rollback: production_run becomes the decision's; version: of the artifact when that run served, empty where nobody knows. Retrain: a queued run. */
int author_proposal(struct authored *out, const struct authoring *authoring, const struct model_result *result, struct text version, int64_t as_of);
/* The commit's message up to its seal, see proposal.h: every text of the workspace is on one line of ours, and harmless there. */
struct text author_proposal_message(const struct authored *authored, const struct model_result *result, struct text cause, struct text workspace,
                                    int64_t as_of, struct arena *arena);

/* "recipe_pricing_grocery": "Pricing grocery" */
struct text author_name_of(struct text id, struct arena *arena);
bool author_is_id(struct text id, bool run);
bool author_is_version(struct text version);

/* --- A new workspace --- */

struct template_file {
	const char *path, *bytes;
};
extern const struct template_file author_templates[];
extern const size_t author_template_count;

#endif

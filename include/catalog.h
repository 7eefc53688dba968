/* Catalog: every manifest of a workspace as typed records, checked against the schema and against each other.
 *
 * Records keep pointers into the value trees, so that whatever is said about a field later still knows its place.
 * Ownership: all of it lives in the arena given to catalog_load(). Arrays are sorted by id in byte order (runs and snapshots: by time,
 * then id, oldest first).
 * Failure: -1 only where the source cannot be read; everything wrong in files becomes diags and the record is kept as far as it goes
 * (record.broken says that its own file has errors; its id is empty where the file has no valid one, and root NULL where it cannot be
 * parsed or, for a model, is not there). Threads: `jobs` of them read files, then parse and check them. */
#ifndef GALLEY_CATALOG_H
#define GALLEY_CATALOG_H

#include <stdint.h>

#include "diag.h"
#include "failure.h"
#include "limits.h"
#include "schema.h"

struct source;
struct backdrop; /* of resolve */

enum level { LEVEL_NONE, LEVEL_BASELINE, LEVEL_INDUSTRY, LEVEL_CLIENT };
enum record_status { STATUS_NONE, STATUS_DRAFT, STATUS_APPROVED, STATUS_ARCHIVED };
enum model_status { MODEL_NONE, MODEL_DRAFT, MODEL_STAGING, MODEL_PRODUCTION, MODEL_RETIRED };
enum run_type { RUN_TYPE_NONE, RUN_TRAIN, RUN_EVAL, RUN_BACKTEST };
enum run_status { RUN_NONE, RUN_QUEUED, RUN_RUNNING, RUN_SUCCEEDED, RUN_FAILED, RUN_CANCELLED };
enum direction { DIRECTION_NONE, DIRECTION_LOWER, DIRECTION_HIGHER, DIRECTION_TARGET };

/* As files write them; "" for the NONE of each. */
const char *level_name(enum level level);
const char *record_status_name(enum record_status status);
const char *model_status_name(enum model_status status);
const char *run_type_name(enum run_type type);
const char *run_status_name(enum run_status status);
const char *direction_name(enum direction direction);

struct record {
	enum kind kind;
	struct text id;
	struct text name;          /* metadata.name; the id where there is none */
	struct place place;        /* of the id's value, else of the file */
	const struct input *file;
	const struct value *root;  /* NULL when the file could not be parsed */
	bool broken;
	bool brief;                /* root holds but a part of it, see catalog_load_brief() */
};

struct reference {
	struct text id;    /* empty: not given */
	struct text pin;   /* version or range after '@'; empty: none */
	struct place place;
};

struct recipe {
	struct record record;
	struct text family;
	enum level level;
	struct reference parent;
	struct text version;
	enum record_status status;
	const struct backdrop *over; /* what brief.judge() looked at it over; NULL: not looked at */
	bool clear;                  /* nothing was found over that */
};

/* A metric with limits: of a pack, or of a recipe's evaluation.metrics. Numbers are kept as written (exact decimals); empty: not given. */
struct metric {
	struct text key;
	struct text name;          /* display; the key where there is none */
	struct text unit;
	int decimals;              /* -1: from the thresholds */
	enum direction direction;  /* written or derived; DIRECTION_NONE: could not be derived (a diag says so) */
	struct text target;        /* direction target only */
	struct text promote, warn, fail;
	bool required;
	uint64_t min_samples;      /* 0: none */
	struct text max_regression; /* "5%" or a number; empty: none */
	struct place place;        /* of the item */
	struct place promote_place, warn_place, fail_place; /* file NULL where not given */
};

struct slice_rule {
	struct text by;
	struct text *metrics;
	size_t metric_count;
	enum { SLICE_PASS, SLICE_WARN, SLICE_FAIL } worst; /* how bad one segment may at most make the result; default fail */
	struct place place;
};

struct pack {
	struct record record;
	struct text family;
	struct text version;
	enum record_status status;
	struct metric *metrics;
	size_t metric_count;
	struct slice_rule *slices;
	size_t slice_count;
};

struct run {
	struct record record;      /* id: the folder's name */
	enum run_type type;
	enum run_status status;
	struct reference recipe;
	struct text of;            /* run that is judged; empty */
	bool has_started, has_finished;
	int64_t started, finished;
	struct text error;
	struct text recipe_digest;
	const struct value *metrics; /* map; NULL where there are none or they could not be read */
	const struct input *metrics_file; /* run.yaml itself for an inline mapping; NULL */
};

struct snapshot {
	struct text stamp;
	int64_t time;
	struct text csv;           /* path from the top; empty: none */
	const struct value *metrics;      /* map; NULL */
	const struct input *metrics_file;
};

struct deployment {
	struct text environment, endpoint, run;
	bool has_since;
	int64_t since;
	struct place place;
	struct place run_place; /* file NULL: no run */
};

struct hold {
	struct text action; /* empty: no hold */
	int64_t until;
	struct text reason;
};

struct model {
	struct record record;
	struct text owner;
	struct reference recipe;
	enum model_status status;
	struct text version;
	struct text production_run; /* empty */
	struct place production_run_place;
	struct text reference;      /* path of the reference CSV from the top; empty */
	struct place reference_place;
	struct deployment *deployments;
	size_t deployment_count;
	struct hold hold;
	struct run *runs;
	size_t run_count;
	struct snapshot *snapshots;
	size_t snapshot_count;
};

struct config {
	const struct input *file;  /* NULL: no galley.yaml */
	const struct value *root;
	bool has_as_of;
	int64_t as_of;
	struct text workspace;     /* "" or "ml/", from the top */
	struct text recipes, packs, runs, reports; /* folders from the top, without a slash at the end */
	bool misplaced;            /* galley.yaml could not be read, or its folders are wrong: nothing may be written to reports */
	struct text *families;     /* built in, then configured */
	size_t family_count;
	struct text default_method;      /* methods.default; "PSI" */
	struct { struct text method, warn, drift; } *method_thresholds;
	size_t method_threshold_count;
	bool charts, emoji, history;
	size_t keep_snapshots;
	struct text message;       /* commit message of reports */
	size_t hold;               /* monitoring.hold */
	struct text committer_name, committer_email;
	struct { struct text code; enum severity severity; } *rules;
	size_t rule_count;
	struct limits limits;      /* the smaller of the command line's and the repository's */
	struct limits own_limits;  /* the repository's alone */
};

/* One code of a comment `# galley: allow CODE[, CODE...] -- reason`. */
struct suppression {
	enum code code;
	struct text reason;
	struct place place;   /* of the code */
	struct place comment;
	unsigned line;        /* that it covers, of the same file */
};

/* What became of a pin that the records of this revision do not answer, see history.h. */
enum past { PAST_FOUND, PAST_NOBODY, PAST_SHALLOW, PAST_NO_HISTORY };

/* A version that history has. Its files' paths are as git shows them, "1a2b3c4d5e6f:recipes/a.yaml", and no file that is there has one. */
struct older {
	enum kind kind;          /* KIND_RECIPE or KIND_PACK */
	struct text id, pin;     /* of the references that it answers */
	enum past past;
	bool present;            /* PAST_NOBODY for a range: no approved version, but this revision's satisfies it all the same */
	const struct recipe *recipe; /* PAST_FOUND */
	const struct pack *pack;
	struct catalog *world;   /* a recipe with its parents as they stood in that commit; no packs, models or runs */
	char commit[41];         /* the newest that it stood in */
	struct text newest;      /* PAST_NOBODY: the newest versions that there are, "1.2.0, 1.1.0"; empty: none */
};

struct catalog {
	struct config config;
	struct recipe *recipes;
	size_t recipe_count;
	struct pack *packs;
	size_t pack_count;
	struct model *models;
	size_t model_count;
	/* A file of this kind could not be read so far as to know its id: no reference to one is called unknown. */
	bool unread[KIND_COUNT];
	struct suppression *suppressions; /* by path of the file, line, code */
	size_t suppression_count;
	const struct input **inputs; /* every manifest and metric file that was read, by path */
	size_t input_count;
	struct older *older; /* by kind, id, pin: filled in by history_settle() for the pins that need it */
	size_t older_count;
	struct loader *loader; /* between catalog_read() and catalog_check() */
};

/* Reads galley.yaml, then everything below its folders. Adds diags for file, yaml, json, schema, ref (but not parent), run, pack, model,
 * data and config findings, with the configured severities not yet applied (see catalog_apply_rules). */
int catalog_load(struct catalog *out, struct source *source, const struct limits *limits, unsigned jobs, struct arena *arena,
                 struct diags *diags, struct failure *failure);

/* What may be known about a recipe while its whole tree is at hand, so that it need not be read again; see resolve_brief. Both NULL: nothing. */
struct brief {
	/* likely: the recipes that others seem to inherit from, and all packs. What it returns is for judge(). */
	const void *(*prepare)(const struct catalog *likely, struct arena *arena);
	/* root: the tree of a file without errors. *over and what is returned become recipe.over and recipe.clear: that the recipe stands over
	 * this is a guess, which must be proven. */
	bool (*judge)(const struct backdrop **over, const void *prepared, const struct value *root, struct arena *scratch);
};

/* The same findings in less memory, for those who want findings alone: of a recipe's tree only what catalogs ask for stays: of
 * metadata all but what people alone read, evaluation.packs and monitoring.alerts (record.brief). recipe_tree() reads the rest again. */
int catalog_load_brief(struct catalog *out, const struct brief *brief, struct source *source, const struct limits *limits, unsigned jobs, struct arena *arena,
                       struct diags *diags, struct failure *failure);
/* The whole tree as the file has it; NULL where it cannot be parsed. In the arena where the recipe is brief. */
const struct value *recipe_tree(const struct recipe *recipe, const struct catalog *catalog, struct arena *arena);
/* Puts the whole trees of recipes back whose files are not the same in both: what a comparison looks into. */
void catalog_restore(struct catalog *a, struct catalog *b, struct arena *arena);

/* The same in two steps, between which history may answer pins: the second says what records say about each other. brief NULL: whole trees. */
int catalog_read(struct catalog *out, const struct brief *brief, struct source *source, const struct limits *limits, unsigned jobs, struct arena *arena,
                 struct diags *diags, struct failure *failure);
void catalog_check(struct catalog *catalog);
/* galley.yaml alone. */
int catalog_read_config(struct catalog *out, struct source *source, const struct limits *limits, struct arena *arena, struct diags *diags,
                        struct failure *failure);
/* A catalog of recipes and packs that somebody else has read, under the settings of another. Their paths must differ. */
void catalog_of_inputs(struct catalog *out, const struct catalog *settings, struct input *const *inputs, const enum kind *kinds, size_t count,
                       const struct limits *limits, struct arena *arena, struct diags *diags);

/* Sets severities by galley.yaml's rules (codes of the families gate, waiver, version, run, config and suppress cannot be switched off), and
 * marks what comments suppress; a comment that suppresses nothing is a finding (suppress/unused). May be called again when there are more
 * findings. Call before diags_sort(), which limits how many are kept. */
void catalog_apply_rules(const struct catalog *catalog, struct diags *diags);

/* A change cannot relax what judges it: now's rules become the stricter of both sides', and what it relaxed, its as_of and its
 * directories where they changed, are reported as looser gates (gate/loosened). commit: of base, for messages. The limits are those
 * that now was loaded with. */
void config_tighten(struct config *now, const struct config *base, struct text commit, struct arena *arena, struct diags *diags);

/* A path as seen from the catalog's workspace, so that it is the same wherever that stands; as it is where it lies elsewhere. */
struct text catalog_inner(const struct catalog *catalog, struct text path);

const struct recipe *catalog_recipe(const struct catalog *catalog, struct text id);
const struct pack *catalog_pack(const struct catalog *catalog, struct text id);
/* What history answered to a reference; NULL where it was not asked. */
const struct older *catalog_older(const struct catalog *catalog, enum kind kind, const struct reference *reference);
/* The record of the version that a reference asks for, of this revision or of an older one; NULL where there is none. */
const struct recipe *catalog_recipe_at(const struct catalog *catalog, const struct reference *reference);
const struct pack *catalog_pack_at(const struct catalog *catalog, const struct reference *reference);
/* The same, else the pack of this revision, for what concerns the pack whatever its version. */
const struct pack *catalog_pack_best(const struct catalog *catalog, const struct reference *reference);
/* Whether a reference cannot be answered by a record of this version and status alone: an exact version is another, a range takes the
 * highest approved one. */
bool reference_needs_past(const struct reference *reference, struct text version, enum record_status status);
const struct model *catalog_model(const struct catalog *catalog, struct text id);
const struct run *model_run(const struct model *model, struct text id);

/* A metric from a mapping in a recipe (target, threshold_warning, threshold_critical) or pack (thresholds: promote, warn, fail), its
 * direction derived and its thresholds checked against each other (gate/thresholds, gate/direction) when diags is not NULL. */
struct metric metric_of_recipe(struct text key, const struct value *map, struct place place, struct arena *arena, struct diags *diags);
struct metric metric_of_pack(const struct value *map, struct arena *arena, struct diags *diags);

/* "id@pin" taken apart; the place is the value's. */
struct reference reference_of(const struct value *scalar);
/* Whether a record of this version satisfies the reference's pin (always without a pin). */
bool reference_matches(const struct reference *reference, struct text version);

/* Short readers of typed fields; what has the wrong type is left out, the schema has said so. */
struct text value_text(const struct value *map, const char *path);
bool value_number(double *out, const struct value *map, const char *path);
bool value_flag(const struct value *map, const char *path, bool fallback);
bool value_time(int64_t *out, const struct value *map, const char *path);
/* Hours of a duration such as 104w (a month counts 730.5 hours, a year 8766). */
bool duration_hours(double *out, struct text text);

/* Whether a code is one that settings may not switch off, and one that no comment may suppress. */
bool is_fixed_code(struct text code);
bool is_unsuppressible_code(struct text code);

#endif

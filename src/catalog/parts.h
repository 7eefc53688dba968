/* Parts: what the files of this folder share and nobody else needs. */
#ifndef GALLEY_CATALOG_PARTS_H
#define GALLEY_CATALOG_PARTS_H

#include "catalog.h"
#include "source.h"

/* ^[a-z][a-z0-9_-]{0,63}$; run: the first may be a digit, and it is not "snapshots". */
bool is_id(struct text text, bool run);
/* Relative, names separated by single '/', none of them '.', '..' or '.git', no backslash or control character. */
bool is_inner_path(struct text path);
/* A finite decimal without needless leading zeros. */
bool is_plain_number(double *number, struct text text);
/* "a|b|c" taken apart. */
size_t choices_split(struct text **words, const char *allowed, struct arena *arena);

enum level level_of(struct text name);
enum record_status record_status_of(struct text name);
enum model_status model_status_of(struct text name);
enum run_type run_type_of(struct text name);
enum run_status run_status_of(struct text name);
enum direction direction_of(struct text name);

/* A whole number below a map; fallback where there is none. */
size_t value_count(const struct value *map, const char *path, size_t fallback);
/* Where the value stands; file NULL where there is none. */
struct place value_place(const struct value *map, const char *path);

struct metric_range {
	double low, high;
};

/* The range that a metric has by its name, where that is one that everybody defines alike. */
bool metric_range_of(struct metric_range *out, struct text key);
/* metric/range at a limit that is out of it; value NULL or no number: nothing. distance: from a target, not below 0. */
void metric_range_check(const struct metric_range *range, struct text key, const char *name, const struct value *value, bool distance,
                        struct diags *diags);

/* recipe/feature: what an effective recipe watches and requires, against its lineage and schema. */
void features_check(const struct value *root, struct diags *diags);

/* --- loading --- */

struct loader {
	struct catalog *catalog;
	const struct brief *brief; /* see catalog_load_brief(); NULL: whole trees */
	struct source *source;
	const struct limits *limits;
	struct schema_context context;
	struct arena *arena;
	struct diags *diags;
	struct failure *failure;
	/* Files that were read and parsed before they are asked for, by path. */
	struct ahead *ahead;
	size_t ahead_count;
	/* Those that begin with SUPPRESS_MARK. */
	struct comment *comments;
	size_t comment_count;
	/* The ids of all records of a kind, made when first needed for a suggestion, and how many were looked for among them. */
	struct text *ids[KIND_COUNT];
	size_t suggestions;
};

#define SUPPRESS_MARK "galley:"

/* A file that was read; root NULL where it is not there or could not be parsed. */
struct loaded {
	const struct input *file;
	const struct value *root;
	bool there;
	bool broken; /* it has errors */
	bool brief;  /* root is outline_make()'s */
	const struct backdrop *over; /* see struct recipe */
	bool clear;
};

/* Of a recipe's tree what catalogs need, as a tree of its own: it outlives the one it was made of. */
const struct value *outline_make(const struct value *root, const struct input *file, struct arena *arena);

/* Marks the files that others seem to inherit from, and returns how many; 0 where there are too many to be told. Only bytes are looked at:
 * an answer may be wrong. */
size_t likely_parents(bool *likely, const struct text *files, size_t count, struct arena *arena);

/* Files are best announced first, then read and parsed all at once by `jobs` threads. What is never asked for leaves no trace. */
void ahead_add(struct loader *loader, struct text path, enum kind kind);
int ahead_read(struct loader *loader, unsigned jobs);
/* Files that somebody else has read, parsed at once; count of them in all. */
void ahead_take(struct loader *loader, struct input *const *inputs, const enum kind *kinds, size_t count);

/* Reads, parses and checks one file by the schema of its kind (KIND_SNAPSHOT: any metric file). */
int load_document(struct loaded *out, struct loader *loader, struct text path, enum kind kind);
/* Fills in what all records have. Takes id where it is not empty, else metadata.id. */
void record_fill(struct record *record, struct loader *loader, enum kind kind, const struct loaded *loaded,
                 struct text id);

/* The family, or nothing where there is none of that name, which the schema has said. */
struct text known_family(const struct loader *loader, struct text name);

/* A place that is a path as a whole. */
struct place path_place(struct loader *loader, struct text path);
bool is_manifest_name(struct text name);
/* Names that people put anywhere: README, .gitkeep, *.md, *.txt, LICENSE. */
bool is_quiet_name(struct text name);
struct text base_name(struct text path);
/* "a directory", "a symbolic link, which is not followed", ... */
const char *entry_word(enum entry_kind kind);
/* file/kind where an entry is no regular file; true when it was said. */
bool entry_refuse(struct loader *loader, const struct entry *entry);
/* file/kind where a folder above the entry, below `top` bytes of its path, has a manifest's name; true when there is one. */
bool folder_refuse(struct loader *loader, const struct entry *entry, size_t top);
/* model.yaml, .yml or .json for "model". */
bool is_manifest_of(struct text name, const char *kind);
/* The manifest of a model or run among the entries of its folder (a path with a slash at its end); a second one is a finding.
 * *refused: something else stands in its place. */
const struct entry *manifest_find(bool *refused, struct loader *loader, const char *kind, struct text folder, const struct entry *entries,
                                  size_t count);
/* Entries of a workspace folder, which galley.yaml may set as directories.NAME; none where it is not there. */
int folder_list(struct entry **entries, size_t *count, struct loader *loader, struct text folder, const char *name,
                enum kind kind);
/* The entries from `at` on that share the name after `prefix` bytes of the path; *below: it is a folder's name. Returns their end. */
size_t entries_group(struct text *name, bool *below, const struct entry *entries, size_t count, size_t at,
                     size_t prefix);

/* Bounds on lists that are compared item by item; the schema table says the same. */
enum { METRICS_MAX = 1000, SLICES_MAX = 100, FAMILIES_MAX = 1000 };
/* Looking for a near name among many costs; beyond so many findings nobody reads the suggestions. */
enum { SUGGESTIONS_MAX = 100 };

/* Whether a text is a diagnostic code. */
bool is_known_code(struct text code);

int config_load(struct loader *loader);
int recipe_load(struct loader *loader, struct text path);
int pack_load(struct loader *loader, struct text path);
int models_load(struct loader *loader, const struct entry *entries, size_t count);
/* One run, from its folder's entries: path is the folder's, with '/' at the end. */
int run_load(struct run *out, bool *found, struct loader *loader, struct text folder, struct text id,
             const struct entry *entries, size_t count);
/* The snapshots of a model from the entries of its folder "snapshots/". */
int snapshots_load(struct model *model, struct loader *loader, struct text folder, const struct entry *entries,
                   size_t count);

/* run/metrics at whatever is no number in a nest of numbers. */
void metrics_check(const struct value *map, struct diags *diags);

/* Makes suppressions of the comments that were read; what is wrong with them becomes findings. */
void suppressions_read(struct loader *loader);

/* name/near and name/case: ids, display names and paths that are easily mixed up. */
void names_check(struct loader *loader);

/* What records say about each other. */
void references_check(struct loader *loader);

#endif

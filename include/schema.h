/* Schema: the one table of every field of every kind of file. The checker, the merge, the comparison of gates, and whatever documents
 * fields read it; adding a field is adding a row.
 *
 * Ownership: the table is constant. Failure: none; schema_check() adds diags (schema/..., config/...) and goes on.
 *
 * Paths: names joined by '.', "*" is any key of a map, "[]" an item of a list: "evaluation.metrics.*.target", "pipeline.stages[].name". */
#ifndef GALLEY_SCHEMA_H
#define GALLEY_SCHEMA_H

#include "diag.h"
#include "document.h"

enum kind { KIND_RECIPE, KIND_PACK, KIND_MODEL, KIND_RUN, KIND_SNAPSHOT, KIND_CONFIG, KIND_COUNT };
const char *kind_name(enum kind kind); /* "recipe", "pack", "model", "run", "snapshot", "galley.yaml" */

enum field_type {
	FIELD_MAP,        /* of the fields below it in the table, or of any keys where the table has ".*" */
	FIELD_LIST,       /* of "[]" */
	FIELD_FREE,       /* anything at all; nothing below is checked but x- keys and limits */
	FIELD_TEXT,       /* not empty */
	FIELD_NUMBER,     /* finite decimal, unquoted */
	FIELD_COUNT,      /* whole number from 0 */
	FIELD_BOOL,
	FIELD_ID,
	FIELD_RUN_ID,     /* an id that may begin with a digit */
	FIELD_FAMILY,     /* one of the built-in or configured families */
	FIELD_CHOICE,     /* one of field.allowed */
	FIELD_VERSION,    /* SemVer 2.0.0 */
	FIELD_REFERENCE,  /* ID, ID@VERSION or ID@RANGE, of field.target's kind */
	FIELD_TIME,
	FIELD_DATE,
	FIELD_DURATION,
	FIELD_CRON,
	FIELD_PATH,       /* relative, inside its folder */
	FIELD_METHOD,     /* drift method, any case */
	FIELD_EXPRESSION, /* alert condition */
	FIELD_ALLOWANCE,  /* a number, or a percentage such as 5% */
	FIELD_SIZE,       /* bytes: a whole number, optionally with KiB, MiB or GiB */
	FIELD_METRICS,    /* a path, or a map of metrics */
	FIELD_FEATURE,    /* text, or a map of the fields below it */
	FIELD_PACK_ITEM,  /* a reference, or a map {id, $patch} */
	FIELD_SPAN,       /* a duration, or a share from 0 to 1 */
	FIELD_CHARACTER,  /* one ASCII character that is no quote, letter, digit or line end */
	FIELD_RULE,       /* a severity or off, for the code that is its key */
};

enum merge_strategy {
	MERGE_REPLACE, /* scalars and other lists: the child's value whole */
	MERGE_KEYS,    /* maps: key by key */
	MERGE_KEYED,   /* lists keyed by field.merge_key */
	MERGE_SET,     /* lists: union, the parent's order first */
	MERGE_NEVER,   /* not inherited */
};

/* When a child's value is looser than the parent's; removal always is. */
enum looser {
	LOOSER_NONE,     /* no gate */
	LOOSER_GREATER,  /* a larger value */
	LOOSER_LESS,     /* a smaller value (numbers, counts, durations) */
	LOOSER_TRUE,     /* true over false */
	LOOSER_FALSE,    /* false over true */
	LOOSER_SUPERSET, /* a list with more values (allowed) */
	LOOSER_SUBSET,   /* a list with fewer values (required features, policy) */
	LOOSER_LOWER_RANK, /* a choice that stands earlier in field.allowed (severity: warning|critical) */
	LOOSER_CHANGED,  /* any change: it cannot be compared */
	LOOSER_METRIC,   /* a metric with thresholds: compared whole, by its direction */
	LOOSER_PIN,      /* a pack reference: a laxer pin, or removal */
};

enum requirement {
	OPTIONAL,
	REQUIRED,           /* in the file */
	REQUIRED_EFFECTIVE, /* in the effective recipe */
};

struct field {
	enum kind kind;
	const char *path;
	size_t length;           /* of path */
	enum field_type type;
	enum requirement requirement;
	const char *allowed;     /* FIELD_CHOICE: "draft|approved|archived"; else NULL */
	enum kind target;        /* FIELD_REFERENCE, FIELD_PACK_ITEM */
	double min, max;         /* numbers, counts and numbers of items; min == max: no range */
	enum merge_strategy merge;
	const char *merge_key;   /* MERGE_KEYED: "name", "key" or "id" */
	enum looser looser;
	const char *since;       /* format version that introduced it: "1" */
	const char *fallback;    /* what holds where it is left out, in words or as a value; NULL */
	const char *doc;         /* one line */
	const char *example;     /* YAML of the value */
};

extern const struct field schema_fields[];
extern const size_t schema_field_count;

/* The row of a schema path, or NULL. */
const struct field *schema_find(enum kind kind, struct text path);
/* The row of a key below a row (NULL: the root of kind), through "*" where the table has no such key; NULL: unknown or free. */
const struct field *schema_child(enum kind kind, const struct field *parent, struct text key);
/* The rows right below parent (NULL: the root of kind) in the order of the table: the first, or the one after `after`; NULL at the end. */
const struct field *schema_next_child(enum kind kind, const struct field *parent, const struct field *after);
/* The last name of a row's path: "target", "*". */
const char *schema_own_name(const struct field *field);
/* The row of the items of a list. */
const struct field *schema_item(enum kind kind, const struct field *list);
/* Whether anything may stand below this row (config, params, ...) */
bool schema_is_free(const struct field *field);

struct schema_context {
	const struct text *families; /* built in and configured */
	size_t family_count;
	const struct limits *limits;
};

/* Checks a file's tree against the table: unknown and missing fields (with the nearest known name), types, values, ranges, nulls,
 * misplaced $ operators. Keys that start with "x-" are free everywhere. Diags are added for all of it.
 * Left to schema_check_effective(): fields that are REQUIRED_EFFECTIVE, and in a recipe with a parent nulls that stand where a value could
 * be inherited. */
void schema_check(enum kind kind, const struct value *root, const struct schema_context *context, struct diags *diags);

/* Checks the effective tree of a recipe for what only the whole can have: what it lacks (recipe/incomplete, schema/missing-field where
 * the mapping that lacks it stands), values that are still null, and limits that the drift method does not take (gate/method).
 * place: where a finding about the whole stands, best the id of the recipe. What the files were told already is not repeated. */
void schema_check_effective(const struct value *root, struct place place, struct diags *diags);

/* Parts of that for one field alone: whether nothing would be found there. src/resolve/glance.c relies on all that is checked being asked here
 * or known to it. */
bool schema_fits_limits(const struct value *feature, struct text method);
bool schema_fits_column(const struct value *column);
/* method NULL: that of a feature without method and limit of its own. */
bool schema_fits_method(const struct value *column, const struct value *method);

/* The drift methods that a manifest may name: 17 keys, in any case, and auto. */
struct schema_method {
	const char *key;     /* "psi" */
	bool takes_threshold; /* of the effect size */
	bool takes_p;
};
extern const struct schema_method schema_methods[];
extern const size_t schema_method_count;
const struct schema_method *schema_method_of(struct text name);

#endif

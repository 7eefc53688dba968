/* Inside of resolve: what its files share and nobody else sees. */
#ifndef GALLEY_RESOLVE_INSIDE_H
#define GALLEY_RESOLVE_INSIDE_H

#include "arena.h"
#include "resolve.h"

/* --- name_set.c: paths and look-up of names in time that hostile sizes cannot make quadratic --- */

/* The way from the root to a field, on the stack of whoever walks. */
struct trail {
	const struct trail *up;
	struct text name;
};

struct text trail_text(const struct trail *trail, struct arena *arena);

struct name_set_item {
	struct text name;
	size_t at;
};

struct name_set {
	struct name_set_item *items;
	size_t count;
	bool sorted;
};

enum { NO_NAME = -1 };

void name_set_add(struct name_set *names, struct text name, struct arena *arena);
/* Looking up sorts: done before, several threads may look. */
void name_set_sort(struct name_set *names);
/* Position (in the order of adding) of the first of this name, or NO_NAME. */
long name_set_find(struct name_set *names, struct text name);
/* Whether there is this name, or one below it. */
bool name_set_within(struct name_set *names, struct text prefix);
/* Position of this name or of one that it stands below, the longest; or NO_NAME. */
long name_set_covering(struct name_set *names, struct text name);

/* --- rows.c: see resolve.h --- */

bool field_is(const struct field *field, const char *path);

/* --- said.c: errors that stages before have reported, so that one cause stays one finding --- */

struct said {
	struct place *places;
	size_t count;
};

void said_collect(struct said *said, const struct diags *diags, struct arena *arena);
bool said_at(const struct said *said, struct place place);

/* --- parents.c --- */

struct link {
	const struct recipe *parent; /* NULL: none, or broken */
	size_t parent_index;
	const struct effective *older; /* the parent is a version that history has: its effective form, and no parent_index */
	size_t depth;                /* 0 for a recipe without a parent */
	bool usable;                 /* the chain's rules hold so far that an effective recipe is defined */
	bool whole;                  /* every parent up to the top is there: merging is possible */
};

/* Fills one link a recipe, and order with their indices, parents first. */
void parents_link(struct link *links, size_t *order, const struct catalog *catalog, const struct resolved *resolved, struct arena *arena,
                  struct diags *diags);

/* --- merge.c, merge_list.c --- */

struct removal {
	struct text field;
	struct place place;        /* of what removed it */
	const struct value *value; /* what was inherited */
};

struct merge {
	struct arena *arena;
	struct diags *diags;
	const struct said *said;
	bool findings_only;        /* see resolve_findings() */
	bool failed;               /* an error was found: the result is a best effort */
	struct removal *removals;
	size_t removal_count;
	size_t suggested;
};

/* The effective tree of a recipe's own tree over its parent's effective tree (NULL: none). */
struct value *merge_tree(struct merge *merge, struct value *inherited, const struct value *own);

struct value *merge_value(struct merge *merge, const struct field *field, const struct trail *trail, struct value *inherited,
                          const struct member *own);
struct value *merge_map(struct merge *merge, const struct field *field, const struct trail *trail, const struct value *inherited,
                        const struct value *own, const char *identity);
struct value *merge_adopt(struct merge *merge, const struct field *field, const struct trail *trail, struct value *own);
struct value *merge_list(struct merge *merge, const struct field *field, const struct trail *trail, struct value *inherited,
                         struct value *own);
void merge_removed(struct merge *merge, const struct trail *trail, struct text name, struct place place, const struct value *value);
void merge_restated(struct merge *merge, const struct field *field, const struct trail *trail, const struct value *inherited,
                    const struct value *own);
/* Room for the names to suggest from; NULL when enough was suggested. */
struct text *merge_names(struct merge *merge, size_t count);
/* "nothing to remove", with the nearest of the names that are there (NULL: none is looked for). */
void merge_complain_unset(struct merge *merge, struct place place, struct text name, const struct text *known, size_t count);
bool merge_is_policy(const struct field *field);
/* 5% and 0.05, 13w and 0.2: two ways to write one kind of thing. */
bool merge_takes_both(const struct field *field);
/* Whether it is worth saying that this field repeats what is inherited. */
bool merge_tells_restated(const struct field *field);

/* --- origin.c --- */

void origins_make(struct effective *out, const struct effective *parent, const struct merge *merge, struct arena *arena);

/* --- canonical.c --- */

/* The RFC 8785 text of a value; field is its row. */
struct text canonical_text(const struct field *field, const struct value *value, struct arena *arena);
struct text canonical_recipe(const struct value *root, struct arena *arena);
bool canonical_same(const struct field *field, const struct value *a, const struct value *b, struct arena *arena);

/* --- loosen.c, loosen_metric.c --- */

struct loosening {
	struct arena *arena;
	const struct merge *merge;
	bool looser_only;
	struct gate_change *changes;
	size_t count;
};

/* The field's fallback where it is a value and no explanation. */
bool gate_fallback(struct value *out, const struct field *field);
/* The gates of out against parent's, as out->changes. */
void gates_compare(struct effective *out, const struct effective *parent, const struct merge *merge, struct arena *arena);
/* The same of two effective trees that do not come of each other; places of what was removed are of the earlier. */
void gates_between(struct gate_change **changes, size_t *count, const struct value *before, const struct value *after, struct arena *arena);
/* before, after: NULL where there is none. */
void gate_note(struct loosening *work, struct text field, enum gate_move move, const struct value *before, const struct value *after);
void gates_compare_metric(struct loosening *work, const struct trail *trail, const struct value *before, const struct value *after);

enum gate_order { GATE_SAME, GATE_STRICTER, GATE_LAXER };

/* --- gate_order.c --- */

/* How a scalar or list compares under a rule; before may be the field's fallback. */
enum gate_order gate_order_values(const struct field *field, const struct value *before, const struct value *after,
                                  struct arena *arena);
enum gate_order gate_order_pins(struct text before, struct text after);

/* A value in a few words for messages: "0.2", "[a, b]". */
struct text value_brief(const struct value *value, struct arena *arena);

/* --- policy.c --- */

/* Findings on what out loosens or changes of what it inherits: gate/loosened, gate/policy, gate/waived; marks waivers used. */
void policy_judge(struct effective *out, const struct effective *parent, const struct said *said, struct arena *arena,
                  struct diags *diags);

/* --- patterns.c: names joined by '.'; '*' is any one name, and all below is covered --- */

struct pattern_run {
	size_t from, to; /* of the sorted patterns */
	size_t skip;     /* bytes of the names that they share, with the dot */
};

struct patterns {
	const struct value **items;
	size_t count;
	struct pattern_run *now, *next;
};

/* list: of texts, or NULL for none. */
void patterns_make(struct patterns *patterns, const struct value *list, struct arena *arena);
/* A pattern that covers the field, or NULL. */
const struct value *patterns_find(struct patterns *patterns, struct text field);

/* --- waiver.c --- */

void waivers_read(struct effective *out, int64_t as_of, struct arena *arena);
/* Waivers by their gates. */
struct waiver_index {
	struct waiver *waivers;
	struct name_set in_force, others;
	size_t *in_force_at, *others_at;
};

void waivers_index(struct waiver_index *index, struct effective *effective, struct arena *arena);
/* The waiver whose gate is this field or stands above it: one in force before one that is not; NULL. */
struct waiver *waiver_for(struct waiver_index *index, struct text field);
void waivers_judge(const struct effective *effective, struct arena *arena, struct diags *diags);

/* --- complete.c --- */

/* What only the whole recipe can have wrong; told holds the messages of the recipe's own, above those of its parent's (NULL: none). */
void effective_check(const struct effective *out, struct name_set *told, struct name_set *above, struct diags *diags);
void effective_metrics(struct effective *out, const struct effective *parent, struct arena *arena, struct diags *diags);
void effective_packs(struct effective *out, struct arena *arena);

/* --- glance.c: recipes about which nothing is to be found --- */

/* What is known of an effective recipe for all that inherit from it. NULL: every child is to be resolved. told: what was found wrong with it
 * as a whole. */
struct backdrop *backdrop_make(const struct effective *parent, const struct name_set *told, const struct catalog *catalog, struct arena *arena);
/* Whether resolving this tree over it, as a recipe that nobody inherits from, can find nothing. False: it may. */
/* Whether a glance over one says what it says over the other. */
bool backdrop_same(const struct backdrop *a, const struct backdrop *b);
/* early.c: kind by kind and byte by byte, members in their order; places may differ. */
bool tree_same(const struct value *a, const struct value *b);
bool glance_is_clear(const struct backdrop *backdrop, const struct value *own, struct arena *scratch);

/* --- monitored.c --- */

/* A name that a recipe uses for a metric, a column or an alert. */
struct use {
	struct text name;
	struct place place;
};

struct uses {
	struct use *items;
	size_t count;
	struct arena *arena;
};

/* Ignoring case, then by case, then by place. */
void uses_sort(struct uses *uses);
/* What limits metrics: the recipe and its packs, sorted. *whole: no pack is out of reach. */
void uses_limited(struct uses *out, bool *whole, const struct effective *effective, const struct catalog *catalog, struct arena *arena);
/* All that is meant as a column, not sorted. */
void uses_columns(struct uses *out, const struct value *root, struct arena *arena);
/* One of sorted uses with this name, ASCII letters of either case alike; NULL. */
const struct use *uses_find_nocase(const struct uses *uses, struct text name);
int names_compare_nocase(struct text a, struct text b);

/* metric/no-limits and name/case: of one recipe, is_last: that none inherits from, or a model uses. */
void monitored_check_one(const struct effective *effective, const struct catalog *catalog, bool is_last, struct arena *scratch,
                         struct diags *diags);
/* Of all recipes, in the catalog's order; found holds by recipe what was found before. */
void monitored_check(const struct effective *recipes, const struct diags *found, const struct catalog *catalog, struct arena *arena,
                     struct diags *diags);

#endif

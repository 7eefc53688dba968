/* What the files of the difference share. */
#ifndef GALLEY_RESOLVE_DIFF_PARTS_H
#define GALLEY_RESOLVE_DIFF_PARTS_H

#include "change_parts.h"
#include "difference.h"
#include "inside.h"

struct work;

/* --- diff_leaves.c --- */

/* A scalar, a list whose items have no names, or an empty map or list. */
struct leaf {
	struct text field;
	struct row row;
	const struct value *value;
	size_t at;           /* in the order of the tree */
};

struct leaves {
	struct leaf *items;  /* by field */
	size_t count;
};

/* root may be NULL. What has no meaning is left out: keys that start with "x-", and what a record_change tells on its own. */
void leaves_find(struct leaves *out, enum kind kind, const struct value *root, struct arena *arena);
/* Adds values below a prefix, such as what a run measured. */
void leaves_add(struct leaves *out, const char *prefix, const struct value *value, struct arena *arena);
void leaves_sort(struct leaves *leaves);
/* The fields that differ; causes are left empty. */
void leaves_compare(struct record_change *change, const struct leaves *before, const struct leaves *now, struct arena *arena);
/* Whether the list says the same in any order of its items. */
bool row_is_set(struct row row);

/* --- diff_cause.c --- */

/* Where a recipe's field got another value; before, now: the effective recipe on each side. */
struct cause cause_of_field(const struct work *work, const struct effective *before, const struct effective *now,
                            const struct field_change *change);

/* --- diff_gates.c --- */

/* resolved: of what is now. */
void gates_of_recipe(struct record_change *change, const struct effective *before, const struct effective *now,
                     const struct resolved *resolved, struct arena *arena);
void gates_of_pack(struct record_change *change, const struct pack *before, const struct pack *now, struct arena *arena);

/* --- diff_impact.c --- */

struct work {
	const struct state *before, *now;
	struct arena *arena;
	/* What was found so far; each by id. */
	struct record_change *packs, *recipes, *others;
	size_t pack_count, recipe_count, other_count;
	struct alike *alike;
	bool measures_differently; /* galley.yaml says another way to measure drift */
};

/* The effective recipe that a reference leads to; NULL: none can be had. */
const struct effective *reference_follow(const struct state *state, const struct reference *reference);
/* Whether a pack judges other than it did. */
bool pack_judges_anew(const struct record_change *pack);
/* Chains of a recipe to what moves it: the causes of its fields, its packs, and what it cannot do without. */
void impact_on_recipe(struct record_change *change, struct work *work, const struct effective *before, const struct effective *now);
/* Digests and chains of a model or run, by the recipe that it names on each side; NULL: it is not there. */
void impact_by_reference(struct record_change *change, struct work *work, const struct reference *before, const struct reference *now);

/* A run that is judged by how far it falls behind the run that serves, of a model where that is another now. */
void impact_of_baseline(struct record_change *change, struct work *work, const struct model *model, const struct reference *recipe);

/* --- difference.c --- */

const struct record_change *change_of(const struct record_change *items, size_t count, struct text id);

#endif

/* Checker: what checker.c (maps and lists), scalar.c (single values) and operators.c ($unset, $patch) share; private to this folder.
 *
 * Ownership: spots live on the stack of the walk. Failure: none; findings go to diags. */
#ifndef GALLEY_CATALOG_CHECKER_H
#define GALLEY_CATALOG_CHECKER_H

#include "schema.h"

struct checker {
	enum kind kind;
	const struct schema_context *context;
	struct diags *diags;
	bool inherits; /* a recipe with a parent: what is not there may be inherited */
};

/* Where the walk is: names from the innermost outwards, so that a path is only spelled out for a finding. */
struct spot {
	const struct spot *up;
	struct text name; /* of a map's member */
	size_t index;     /* of a list's item, where name.at is NULL */
	unsigned depth;
};

/* No walk goes deeper, whatever the limits say: they can be raised. */
enum { CHECK_DEPTH_MAX = 512 };

/* "evaluation.metrics.MAPE.target", "pipeline.stages[0].type". */
struct text spot_text(const struct spot *spot, struct arena *arena);
/* At most 120 characters of a text for a message, "..." where it was cut. */
struct text excerpt(struct text text, struct arena *arena);
/* "a, b or c" from "a|b|c". */
struct text choices_text(const char *allowed, struct arena *arena);
/* Sets "did you mean" for the last finding when a name is near; true when it did. */
bool suggest(struct diags *diags, struct text wanted, const struct text *names, size_t count);
/* The help for a name that is no drift method: the nearest, else all. */
void suggest_method(struct diags *diags, struct text wanted);

/* Whether an unknown key of the map is what is left of this name: the one cause needs no second finding. */
bool is_misspelt(enum kind kind, const struct field *field, const struct value *map, struct text name,
                 struct arena *arena);

/* A scalar against its row; value is a scalar. */
void scalar_check(struct checker *checker, const struct field *field, const struct value *value,
                  const struct spot *spot);
/* schema/type at a value of another kind than wanted. */
void type_finding(struct checker *checker, const struct value *value, const struct spot *spot, const char *wanted);

/* A member or item that is an operator of the merge: true when it is one (a $ key) and was dealt with. */
bool operator_check(struct checker *checker, const struct member *member, bool keyed_item);
/* Whether a list's item is {$patch: replace}. */
bool is_replace_item(const struct value *item);
bool has_patch_delete(const struct value *map);
/* Below what is free: only the operators of recipes are looked at. */
void free_check(struct checker *checker, const struct value *value, unsigned depth);

#endif

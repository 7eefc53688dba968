/* Resolve: effective recipes, from baseline over industry to client, with the origin of every field.
 *
 * The merge follows the schema table's strategies. Effective trees are new maps and lists whose leaves are the very nodes that were
 * read, so an inherited field still knows its file, line and column.
 * Ownership: in the arena. Failure: none; what is wrong becomes diags (parent, merge, gate, waiver, recipe), each at the child's line
 * with the inherited value's place related. A recipe whose chain is broken has usable false and no root. */
#ifndef GALLEY_RESOLVE_H
#define GALLEY_RESOLVE_H

#include "catalog.h"
#include "instant.h"

struct shadow {
	const struct recipe *recipe;
	const struct value *value;
};

/* How a field came to be what it is, seen from the effective recipe: kept as inherited, or what the recipe itself did. */
enum operation { OPERATION_SET, OPERATION_KEPT, OPERATION_REPLACED, OPERATION_MERGED, OPERATION_APPENDED, OPERATION_REMOVED };
const char *operation_name(enum operation operation); /* "set", "kept", "replaced", "merged", "appended", "removed" */

/* One leaf of the effective recipe: a scalar, a list that is no keyed list, an empty map; or a field that was removed. */
struct origin {
	struct text field;           /* "pipeline.stages.train.config.lags": keyed items by their key */
	const struct field *row;     /* of the schema, or a free one; that of a removed field is free */
	const struct recipe *recipe; /* who set it; for sets: the last that added to it; for a removed field: who removed it */
	const struct value *value;   /* NULL: removed */
	enum operation operation;
	struct place place;          /* of the value, or of what removed it */
	struct shadow *shadowed;     /* what it replaces, nearest first */
	size_t shadow_count;
};

enum gate_move { GATE_TIGHTER, GATE_LOOSER };

struct gate_change {
	struct text field;        /* "evaluation.metrics.MAPE.threshold_critical" */
	enum gate_move move;
	struct place place;       /* in the child */
	struct place parent_place;
	struct text before, after; /* as written; empty for removed or new */
	bool waived;              /* by a waiver in force */
};

struct waiver {
	struct text gate, reason, approved_by;
	struct text expires;      /* as written; empty: never given (an error) */
	bool in_force, expired, used; /* used: it covers a gate that is looser or a lock that is changed */
	struct place place, gate_place, expires_place;
};

struct effective {
	const struct recipe *recipe;
	const struct effective *above; /* its parent's; NULL */
	bool usable;
	struct value *root;             /* metadata is the recipe's own, with what it inherits */
	const struct recipe **chain;    /* baseline first, itself last */
	size_t chain_count;
	struct origin *origins;         /* in the order of the tree */
	size_t origin_count;
	const struct origin **by_field; /* the same, sorted by field */
	struct gate_change *changes;    /* against the parent */
	size_t change_count;
	struct waiver *waivers;
	size_t waiver_count;
	char digest[65];                /* SHA-256 of the canonical form */
	struct text canonical;          /* RFC 8785, without metadata.version, metadata.status and x- keys */
	struct metric *metrics;         /* evaluation.metrics */
	size_t metric_count;
	struct reference *packs;        /* evaluation.packs */
	size_t pack_count;
	struct text owner;              /* metadata.owner in effect */
	struct period holds;            /* as of any other instant of it the same would come out */
};

struct resolved {
	struct effective *recipes;      /* in the catalog's order */
	size_t count;
	struct asked *asked;            /* resolve_by_need()'s; NULL: all are there */
	const struct effective **older; /* of catalog->older, in its order; NULL where that is no recipe that was found */
	const struct catalog *catalog;
	struct period holds;            /* what holds of all of it; after resolve_all() */
};

/* Resolves every recipe. as_of decides which waivers are in force. */
void resolve_all(struct resolved *out, const struct catalog *catalog, int64_t as_of, struct arena *arena, struct diags *diags);
/* The same findings in a fraction of the time and memory, without what only pages show: digest and canonical are empty, and origins are
 * only there where a finding needed them. Of a brief catalog, recipes that no other recipe inherits from and no model or run names have
 * nothing but their recipe (usable false), unless they have alerts of their own. */
void resolve_findings(struct resolved *out, const struct catalog *catalog, int64_t as_of, unsigned jobs, struct arena *arena,
                      struct diags *diags);
/* Findings aside, every recipe is as resolve_all() has it, but only once it was asked for by one of the functions below: until then there is
 * its recipe and its chain alone. For those who want a few of many, of brief catalogs too. diags: what was found so far, which stays as
 * it is. The arena is used whenever one is asked for, by one thread at a time. */
void resolve_by_need(struct resolved *out, const struct catalog *catalog, int64_t as_of, struct arena *arena, const struct diags *diags);
/* For brief catalogs: looks at recipes while they are read, over their parents as far as these can be told by then. resolve_findings()
 * takes an answer where the parents turn out to be just these. */
extern const struct brief resolve_brief;
/* The digest, also where resolve_findings() left it out. */
void effective_digest(char digest[65], const struct effective *effective, struct arena *arena);

/* Rows of the schema while walking an effective tree; parent NULL is the root. Never NULL: below free and unknown fields, and for keys that
 * start with "x-", it is a row of type FIELD_FREE. */
const struct field *field_below(const struct field *parent, struct text key);
const struct field *field_item(const struct field *list);
/* The class of a scalar: by its row, and where that leaves it free by how it is written. */
enum scalar_class field_class(const struct field *field, const struct value *scalar);
/* What an item of a keyed list goes by (a pack without its pin); empty where the list has no key. */
struct text field_item_name(const struct field *list, const struct value *item);

const struct effective *resolved_recipe(const struct resolved *resolved, struct text id);
/* That of catalog->recipes[i]. */
const struct effective *resolved_item(const struct resolved *resolved, size_t i);
/* The version that a reference asks for, of this revision or of an older one (see history.h); NULL where there is none. It may not be usable. */
const struct effective *resolved_at(const struct resolved *resolved, const struct reference *reference);
/* The waiver that covers a field, by the recipe that set it or one above; NULL. *of: that recipe's effective form. */
const struct waiver *effective_waiver(const struct effective **of, const struct effective *effective, const struct recipe *setter,
                                      struct text field);
/* Whether a field is this one or stands below it. */
bool field_within(struct text field, struct text prefix);
const struct origin *effective_origin(const struct effective *effective, struct text field);

#endif

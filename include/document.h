/* Document: YAML and JSON files as trees of values that know where they stand.
 *
 * Scalars are kept as the text that was written, with a flag for quotes: what type they have is the schema's business, never YAML's.
 * Anchors and aliases are expanded; a value reached through an alias keeps the place of its anchor's value.
 * Ownership: values point into the arena and into input->bytes; both must outlive the tree.
 * Failure: what is wrong in the file becomes diags (codes file/..., yaml/..., json/...) and document_read() returns NULL; every
 * walk is bounded by struct limits, so hostile input costs time linear in its size. */
#ifndef GALLEY_DOCUMENT_H
#define GALLEY_DOCUMENT_H

#include <stdint.h>

#include "diag.h"
#include "input.h"
#include "limits.h"

enum value_kind { VALUE_NULL, VALUE_SCALAR, VALUE_LIST, VALUE_MAP };

struct member;
struct value_index;

struct value {
	enum value_kind kind;
	unsigned char room; /* list or map, kept by value_add_...(): as many items or members as fit, as a power of two, plus 1; 0: none yet */
	bool quoted;        /* scalar: written in quotes or as a block scalar (JSON: a string), so never a number or boolean */
	struct place place; /* of the value as written; a map or list in block style: its first key or dash, width of that line's rest */
	struct text text;   /* scalar: unescaped, without NUL */
	union {
		struct value **items;    /* list */
		struct member *members;  /* map, in the order of the file */
	};
	size_t count;
	struct value_index *index; /* of a large map's keys, kept by value_add_member() */
};

struct member {
	struct text name;
	struct place place; /* of the key */
	struct value *value;
};

enum document_form {
	DOCUMENT_MANIFEST, /* limits.manifest_bytes */
	DOCUMENT_METRICS,  /* limits.metrics_bytes; JSON may hold the bare words NaN, Infinity and -Infinity, kept as unquoted text */
};

/* Reads YAML, or JSON where the path ends in ".json". The root of a manifest or metric file is always a map; anything else is a
 * diag (file/empty for nothing at all, schema/type for another root). NULL when a diag with severity error was
 * added; only where nothing is wrong in a manifest but keys that stand twice it is returned all the same, with the first of them,
 * so that all that is wrong is told at once.
 * Refused with the fitting code: encodings but UTF-8 (a BOM is skipped), binary data, Git LFS pointers, conflict markers, NUL (also
 * escaped), U+0085, U+2028 and U+2029 outside quotes, duplicate keys (the first place is related), the merge key, tags but the core
 * schema's, %YAML but 1.x, several documents, unknown or cyclic aliases (with their name), anything beyond limits. JSON: RFC 8259
 * strictly; numbers stay as written, one that overflows a double is json/number. */
struct value *document_read(const struct input *file, enum document_form form, const struct limits *limits, struct arena *arena,
                            struct diags *diags);

/* A comment of a YAML file, for those that say something to the program. */
struct comment {
	struct place place;  /* from its '#' to the end of the line */
	struct text text;    /* what follows the mark, blanks at both ends trimmed */
	size_t offset;       /* of text, in code points from the '#' */
	unsigned line;       /* that it speaks of: its own, or where it has a line for itself the next that is no comment */
};

/* The comments that begin with mark ("galley:"), in order; what looks like one inside quotes or a block scalar is none. For
 * files that document_read() has taken: hostile ones cost what they like here. None in JSON. */
void document_comments(struct comment **comments, size_t *count, const struct input *file, const char *mark, struct arena *arena);

/* The member of a key, or its value, or NULL; also NULL when map is NULL or no map. */
struct member *value_member(const struct value *map, struct text name);
static inline struct value *value_get(const struct value *map, const char *name)
{
	struct member *member = value_member(map, text_of(name));

	return member ? member->value : NULL;
}
/* Follows names through maps: value_at(root, "metadata.id"). Names with dots cannot be reached so. */
struct value *value_at(const struct value *map, const char *path);

/* The scalars below a map by the names on the way to them, joined by dots, in the order of the file; lists and nulls are left out. At most
 * most of them. */
struct value_leaf {
	struct text name;
	const struct value *value;
};
size_t value_leaves(struct value_leaf **leaves, const struct value *map, size_t most, struct arena *arena);

/* The place of bytes offset to offset + len of a scalar's text in the file, whatever its quotes, escapes, folds and indentation; it ends
 * with the line. The scalar's own place where the file does not hold the text as it is (an alias, a value without a file). */
struct place value_place_inside(const struct value *scalar, size_t offset, size_t len);

/* New values made by the program (merging): place says where they are held to stand. Members are only added by these functions. */
struct value *value_new_map(struct arena *arena, struct place place);
struct value *value_new_list(struct arena *arena, struct place place);
/* Room for count items or members in a list or map that has none yet, so that adding them does not move it. */
void value_reserve(struct value *value, size_t count, struct arena *arena);
void value_add_member(struct value *map, struct member member, struct arena *arena);
/* All members at once, of a map that has none. */
void value_take_members(struct value *map, const struct member *members, size_t count, struct arena *arena);
void value_add_item(struct value *list, struct value *item, struct arena *arena);

/* The class of a scalar where no schema says it: quoted is text, plain true and false booleans, a plain finite decimal without needless
 * leading zeros a number, the rest text. */
enum scalar_class { SCALAR_TEXT, SCALAR_NUMBER, SCALAR_BOOL };
enum scalar_class value_class(const struct value *scalar);

/* Same kind, and scalars of the same class and meaning (1.0 and 1 are the same number), lists item by item, maps by key in any order. */
bool value_same(const struct value *a, const struct value *b);

#endif

/* Explain: what a field, a finding or a drift method is, from the schema table, the list of codes and the table of methods.
 *
 * Ownership: answers point at constant tables and into the arena. Failure: none; an unknown name gives an answer without matches and
 * with the nearest names. */
#ifndef GALLEY_EXPLAIN_H
#define GALLEY_EXPLAIN_H

#include "buffer.h"
#include "diag.h"
#include "schema.h"

enum { EXPLAIN_NEAR = 3 };

struct explanation {
	struct text asked;
	const struct field **fields; /* in the order of the table */
	size_t field_count;
	const struct text *names; /* what stood for "*" and items in asked, where one field was found */
	size_t name_count;
	bool has_code;
	enum code code;
	const struct schema_method *method;
	bool automatic; /* "auto", the choice of methods */
	struct text near[EXPLAIN_NEAR]; /* where nothing was found, the nearest first */
	size_t near_count;
};

/* The word that asks for a kind on the command line: "recipe", ..., "config". */
const char *explain_kind_word(enum kind kind);
/* The kind of such a word, or of a kind's name; KIND_COUNT for another. */
enum kind explain_kind_of(struct text word);

/* asked: a path with "*" or names for it ("evaluation.metrics.MAPE.target"), the end of one ("drift.threshold"), a code or the end of
 * one, or a drift method. kind: where fields are looked for, KIND_COUNT for all. */
void explain_find(struct explanation *out, struct text asked, enum kind kind, struct arena *arena);

/* The page docs/codes.md: every code with its examples. */
void explain_codes_markdown(struct buffer *out);
/* Every code in a line. */
void explain_codes_text(struct buffer *out);
void explain_codes_json(struct buffer *out);

void explain_text(struct buffer *out, const struct explanation *explanation, struct arena *arena);
void explain_json(struct buffer *out, const struct explanation *explanation, struct arena *arena);

#endif

/* What the formats of a difference share.
 *
 * Ownership: the caller's buffers; groups in the arena. Failure: none. */
#ifndef GALLEY_REPORT_DIFF_PARTS_H
#define GALLEY_REPORT_DIFF_PARTS_H

#include "arena.h"
#include "diff_view.h"
#include "json.h"

enum { DIFF_COMMIT_DIGITS = 12 };

/* The same change of a field or gate, by the same line, in several recipes; or one of any other record. */
struct field_group {
	const struct field_change *field;
	const struct record_change *first;
	size_t records;
};

struct gate_group {
	const struct gate_shift *gate;
	const struct record_change *first;
	size_t records;
};

/* Of recipes' effective fields: those that reach most first. */
struct field_group *diff_fields(size_t *count, const struct differences *differences, struct arena *arena);
/* Of packs and recipes: the loosest first. */
struct gate_group *diff_gates(size_t *count, const struct differences *differences, struct arena *arena);

void diff_count(struct diff_counts *counts, const struct differences *differences, struct arena *arena);
/* "4 recipes, 1 pack and 2 models change in effect; 1 gate looser, 2 tighter" */
void diff_headline(struct buffer *out, const struct diff_counts *counts);

/* "recipe", "galley.yaml"; of a run its model before the id. */
struct text diff_name(const struct record_change *change, struct arena *arena);
/* "client/x.yaml:11" or "line removed, client/x.yaml:11", without the folder before it; empty where it is not known. */
struct text cause_words(const struct cause *cause, struct text folder, struct arena *arena);
/* Lists without their brackets, texts as they are; "none" where there is none. */
struct text shown_value(const struct value *value, struct text brief);
/* "1.0.0", "1.0.0 -> 1.1.0", "draft -> approved": what a record declares; arrow between. Empty where nothing moved. */
void add_declared(struct buffer *out, const struct record_change *change, const char *arrow);
/* "y <- z (removed)" with the sign between; the record that is reached, which is first, is left out. */
void add_chain_words(struct buffer *out, const struct chain *chain, const char *sign, void (*add)(struct buffer *out, struct text id));

/* --- diff_json.c --- */

/* The list of changes, as `diff` and `review` print it. */
struct json *json_of_changes(const struct differences *differences, struct arena *arena);
void json_add_sides(struct json *top, const struct diff_view *view);

#endif

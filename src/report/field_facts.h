/* Field facts: what the schema table says of a field, in words and as YAML; explain, the JSON Schemas and the reference page are made
 * of these.
 *
 * Ownership: texts in the arena. Failure: none. */
#ifndef GALLEY_FIELD_FACTS_H
#define GALLEY_FIELD_FACTS_H

#include "buffer.h"
#include "schema.h"

/* "number", "duration" */
const char *type_name(enum field_type type);
/* "a number with h, d, w, mo or y, such as 104w" */
const char *type_words(enum field_type type);
/* The row above, or NULL at the top. */
const struct field *field_above(const struct field *field);
/* The list of which this row is the item, or NULL. */
const struct field *list_of(const struct field *field);
/* "from 0 to 1", "0 or more", "1 to 1000 items"; empty without a range. */
struct text range_words(const struct field *field, struct arena *arena);
const char *requirement_words(const struct field *field);
/* How a child's value meets the parent's; NULL outside recipes. */
struct text merge_words(const struct field *field, struct arena *arena);
bool is_inherited(const struct field *field);
/* When a child's value is looser; empty where nothing is gated. */
struct text looser_words(const struct field *field, struct arena *arena);
/* Whether fallback is a value of the field, as the file would have it, and not words. */
bool fallback_is_value(const struct field *field);

/* A whole YAML snippet from the root of the file down to the field, which holds its example, or for maps and lists without one those
 * of what is required below. names: keys for "*" and items in the order of the path; NULL and what is missing become NAME. */
void example_yaml(struct buffer *out, const struct field *field, const struct text *names, size_t name_count);

#endif

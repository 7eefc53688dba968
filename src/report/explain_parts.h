/* Explain parts: what the files of explain share.
 *
 * Ownership: the caller's buffer; as in json.h. Failure: none. */
#ifndef GALLEY_EXPLAIN_PARTS_H
#define GALLEY_EXPLAIN_PARTS_H

#include "diag.h"
#include "json.h"

/* "  label       text", the text broken at blanks; nothing where text is empty. */
void explain_line(struct buffer *out, const char *label, struct text text);
/* Each line of text behind indent, control characters made visible. */
void explain_block(struct buffer *out, const char *indent, struct text text);

void code_text(struct buffer *out, enum code code);
struct json *code_json(enum code code);

#endif

/* Reference: docs/reference.md, every field of every kind of file as Markdown, from the schema table.
 *
 * Ownership: the caller's buffer. Failure: none. */
#ifndef GALLEY_REFERENCE_H
#define GALLEY_REFERENCE_H

#include "buffer.h"
#include "schema.h"

/* kind: KIND_COUNT for the whole page. */
void reference_print(struct buffer *out, enum kind kind, struct arena *arena);

#endif

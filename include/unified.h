/* Unified: the difference of two texts by lines, as `diff -u` and git print it, with three lines around each change.
 *
 * Ownership: the caller's buffer. Failure: none. Lines are made safe for a terminal and a CI log. */
#ifndef GALLEY_UNIFIED_H
#define GALLEY_UNIFIED_H

#include "buffer.h"

/* Nothing where they are the same. is_new: there is no file before. */
void unified_diff(struct buffer *out, struct text path, struct text before, struct text after, bool is_new, bool color);

#endif

/* Schema suggest: the requirements.schema block of a recipe as data would have it, as YAML for a person to edit.
 *
 * Ownership: the buffer is the caller's. Failure: none. */
#ifndef GALLEY_SCHEMA_SUGGEST_H
#define GALLEY_SCHEMA_SUGGEST_H

#include "profile.h"

void schema_suggest(struct buffer *out, const struct profile *profile);

#endif

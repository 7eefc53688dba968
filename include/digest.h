/* Digest: SHA-256 (FIPS 180-4), for effective recipes, pages and names of charts. Git's own ids come from the source stage.
 *
 * Ownership: none. Failure: none. */
#ifndef GALLEY_DIGEST_H
#define GALLEY_DIGEST_H

#include "text.h"

/* Lower-case hexadecimal digits and a NUL. */
void digest_sha256(char out[static 65], struct text bytes);

#endif

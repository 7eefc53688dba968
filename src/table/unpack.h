/* Unpack: gzip (RFC 1952) and zstd (RFC 8878), several members or frames behind each other included.
 *
 * Ownership: none. Failure: -1 where bytes cannot be read or written. */
#ifndef GALLEY_UNPACK_H
#define GALLEY_UNPACK_H

#include "source.h"

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };
enum unpacked { UNPACKED_WHOLE, UNPACKED_CUT, UNPACKED_DAMAGED, UNPACKED_TOO_LARGE };

/* By the first bytes. */
enum packing packing_of(struct text start);
/* Appends to out what packed holds, at most max bytes. */
int unpack(enum unpacked *end, struct stream *out, struct stream *packed, enum packing packing, size_t max, struct failure *failure);

#endif

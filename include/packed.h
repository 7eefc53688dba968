/* Packed: numbers and texts as bytes that are the same on every machine: little-endian, counts in as few bytes as they need, doubles bit by
 * bit. For what is kept or handed on between runs; the reader trusts no byte.
 *
 * Ownership: the buffer and the bytes are the caller's; texts point into the bytes. Failure: a reader that meets what cannot be sets bad, and
 * gives zeros and empty texts from then on. */
#ifndef GALLEY_PACKED_H
#define GALLEY_PACKED_H

#include <stdint.h>

#include "buffer.h"

/* 7 bits a byte, the lowest first. */
void pack_count(struct buffer *out, uint64_t value);
void pack_word(struct buffer *out, uint64_t value); /* 8 bytes */
void pack_double(struct buffer *out, double value);
void pack_flag(struct buffer *out, bool value);
void pack_text(struct buffer *out, struct text text);

struct unpack {
	struct text bytes;
	size_t at;
	bool bad;
};

uint64_t unpack_count(struct unpack *from);
/* At most `most`, else it is bad. */
uint64_t unpack_most(struct unpack *from, uint64_t most);
/* How many there are of what takes at least so many bytes each: no more than the bytes that are left can hold. */
size_t unpack_length(struct unpack *from, size_t bytes);
uint64_t unpack_word(struct unpack *from);
double unpack_double(struct unpack *from);
bool unpack_flag(struct unpack *from);
struct text unpack_text(struct unpack *from);
/* Whether all was read, and nothing of it was bad. */
bool unpack_whole(const struct unpack *from);

/* Tells damage, not malice. */
uint64_t packed_checksum(struct text bytes);

#endif

/* Wide: the whole numbers of ranks.c. Products of two 64-bit numbers have 128 bits, which both compilers know on every machine of 64
 * bits, and sums of such products times a count need up to 320.
 *
 * Ownership, failure: none. */
#ifndef GALLEY_WIDE_H
#define GALLEY_WIDE_H

#include "ranks.h"

/* sum += size^2 * times, size = high * 2^64 + low */
void wide_add_square(struct wide *sum, uint64_t high, uint64_t low, uint64_t times);
/* left - right, not negative */
struct wide wide_minus(const struct wide *left, const struct wide *right);
bool wide_is_zero(const struct wide *wide);
double wide_double(const struct wide *wide);

#endif

/* Wide: the whole numbers of ranks.c. Products of two 64-bit numbers have 128 bits, which both compilers know on every machine of 64
 * bits, and sums of such products times a count need up to 320.
 *
 * Ownership, failure: none. */
#ifndef GALLEY_WIDE_H
#define GALLEY_WIDE_H

#include "ranks.h"

/* sum += size^2 * times, size = high * 2^64 + low */
void wide_add_large(struct wide *sum, uint64_t high, uint64_t low, uint64_t times);

/* The same, in one go where size has 64 bits. */
static inline void wide_add_square(struct wide *sum, uint64_t high, uint64_t low, uint64_t times)
{
	__extension__ unsigned __int128 square = low, first, second;

	if (high) {
		wide_add_large(sum, high, low, times);
		return;
	}
	square *= low;
	first = square & UINT64_MAX;
	first *= times;
	second = square >> 64;
	second = second * times + (first >> 64);
	first = (first & UINT64_MAX) + sum->limbs[0];
	sum->limbs[0] = (uint64_t)first;
	first = (first >> 64) + (second & UINT64_MAX) + sum->limbs[1];
	sum->limbs[1] = (uint64_t)first;
	first = (first >> 64) + (second >> 64) + sum->limbs[2];
	sum->limbs[2] = (uint64_t)first;
	first = (first >> 64) + sum->limbs[3];
	sum->limbs[3] = (uint64_t)first;
	sum->limbs[4] += (uint64_t)(first >> 64);
}

/* left - right, not negative */
struct wide wide_minus(const struct wide *left, const struct wide *right);
bool wide_is_zero(const struct wide *wide);
double wide_double(const struct wide *wide);

#endif

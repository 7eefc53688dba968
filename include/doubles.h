/* Doubles: an order of finite doubles as whole numbers, and sorting by it.
 *
 * Ownership: the caller's arrays. Failure: none. */
#ifndef GALLEY_DOUBLES_H
#define GALLEY_DOUBLES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Ascending where the doubles are; -0 lies below 0. */
static inline uint64_t double_key(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits ^ ((0 - (bits >> 63)) | UINT64_C(1) << 63);
}

static inline double key_double(uint64_t key)
{
	uint64_t bits = key ^ (((key >> 63) - 1) | UINT64_C(1) << 63);
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

/* Ascending; no NaN. scratch has room for count values and holds nothing of use afterwards. The cost grows with the count alone. */
void doubles_sort(double *values, double *scratch, size_t count);

#endif

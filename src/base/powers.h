/* Powers of five from 5^-342 to 5^308, beyond which every double is 0 or infinite: the first 128 bits of each, the rest cut off, the
 * highest bit 1. Those from 5^0 to 5^55 are whole.
 *
 * Each is what Python's integers give: 5^q, or for a negative q 2^n // 5^-q, shifted to 128 bits; test_decimal makes them anew. */
#ifndef GALLEY_POWERS_H
#define GALLEY_POWERS_H

#include <stdint.h>

enum { POWERS_FIRST = -342, POWERS_LAST = 308, POWERS_WHOLE = 55 };

struct power_of_five { uint64_t high, low; };
extern const struct power_of_five powers_of_five[POWERS_LAST - POWERS_FIRST + 1];

/* Those that a double holds, and how many digits of a whole number it holds in any case. */
enum { POWER_EXACT = 22, DIGITS_EXACT = 15 };
extern const double powers_of_ten[POWER_EXACT + 1];

#endif

/* Decimals that are hard to read, beside the C library's answer: for test_decimal and, in greater numbers, tests/fuzz/decimals. */
#ifndef GALLEY_DECIMALS_H
#define GALLEY_DECIMALS_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

/* xorshift64*; the same numbers in each run. */
static inline uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 2685821657736338717u;
}

static inline double any_double(uint64_t *seed)
{
	double value;

	do {
		uint64_t bits = next_random(seed);
		memcpy(&value, &bits, sizeof value);
	} while (!isfinite(value));
	return value;
}

static inline double middling_double(uint64_t *seed)
{
	return ldexp((double)(next_random(seed) >> 11), (int)(next_random(seed) % 80) - 100);
}

static inline int random_digits(char *out, int count, uint64_t *seed)
{
	for (int i = 0; i < count; i++)
		out[i] = (char)('0' + next_random(seed) % 10);
	return count;
}

/* The decimal of the middle between a double and the next, all its digits, and perhaps one more that breaks the tie. */
static inline int halfway(char *out, size_t room, uint64_t *seed)
{
	double low = middling_double(seed), high = nextafter(low, INFINITY);
	int len = snprintf(out, room, "%.*Lf", (int)(next_random(seed) % 40) + 100, ((long double)low + high) / 2);

	if (next_random(seed) % 3 == 0) {
		out[len - 1] = (char)('0' + next_random(seed) % 10);
	} else if (next_random(seed) % 2) {
		while (len > 1 && out[len - 1] == '0')
			len--;
		if (next_random(seed) % 2)
			len += snprintf(out + len, room - (size_t)len, "%.*s1", (int)(next_random(seed) % 30), "000000000000000000000000000000");
	}
	return len;
}

/* Halfway between whole numbers of 54 bits, as digits with an exponent. */
static inline int halfway_whole(char *out, size_t room, uint64_t *seed)
{
	uint64_t whole = ((uint64_t)1 << 53) | (next_random(seed) >> 11) | 1;
	int zeros = (int)(next_random(seed) % 5);

	if (next_random(seed) % 2)
		return snprintf(out, room, "%llu.%.*s%s", (unsigned long long)whole, zeros, "00000", next_random(seed) % 2 ? "1" : "");
	return snprintf(out, room, "%llu%.*se-%d", (unsigned long long)whole, zeros, "00000", zeros);
}

static inline int hard_decimal(char *out, size_t room, uint64_t *seed)
{
	int len = 0;

	switch (next_random(seed) % 14) {
	case 0: return snprintf(out, room, "%.*g", (int)(next_random(seed) % 20) + 1, any_double(seed));
	case 1: return snprintf(out, room, "%.17g", any_double(seed));
	case 2: return snprintf(out, room, "%.*f", (int)(next_random(seed) % 12), middling_double(seed));
	case 3: return snprintf(out, room, "%.17g", middling_double(seed));
	case 4: return halfway(out, room, seed);
	case 5: return halfway_whole(out, room, seed);
	case 6: /* 17 to 20 digits and more, with an exponent */
		len = random_digits(out, 15 + (int)(next_random(seed) % 12), seed);
		return len + snprintf(out + len, room - (size_t)len, "e%d", (int)(next_random(seed) % 700) - 360);
	case 7: /* few digits, any exponent: the ends of the range */
		return snprintf(out, room, "%u%s%d", (unsigned)(next_random(seed) % 10000), next_random(seed) % 2 ? "E" : "e-", (int)(next_random(seed) % 360));
	case 8: /* denormal */
		return snprintf(out, room, "%.*g", (int)(next_random(seed) % 25) + 1, ldexp((double)(next_random(seed) >> 12), -1074));
	case 9: /* a point somewhere in many digits */
		len = random_digits(out, (int)(next_random(seed) % 25), seed);
		out[len++] = '.';
		return len + random_digits(out + len, (int)(next_random(seed) % 40), seed);
	case 10: /* zeros before and after */
		len = snprintf(out, room, "%.*s.%.*s", (int)(next_random(seed) % 30), "000000000000000000000000000000", (int)(next_random(seed) % 40),
		               "0000000000000000000000000000000000000000");
		len += random_digits(out + len, (int)(next_random(seed) % 22), seed);
		return len + snprintf(out + len, room - (size_t)len, "e%+d", (int)(next_random(seed) % 400) - 200);
	case 11: /* exponents out of all bounds */
		return snprintf(out, room, "%u.%ue%s%llu", (unsigned)(next_random(seed) % 100), (unsigned)(next_random(seed) % 100), next_random(seed) % 2 ? "-" : "",
		                (unsigned long long)(next_random(seed) >> (next_random(seed) % 64)));
	case 12: /* short: most of what there is in data */
		return snprintf(out, room, "%.*f", (int)(next_random(seed) % 9), (double)(int64_t)next_random(seed) / (double)((uint64_t)1 << (40 + next_random(seed) % 20)));
	default: { /* hardly a number */
		static const char bytes[] = "0123456789.+-eE 0123456789infatyNx";
		len = (int)(next_random(seed) % 24);
		for (int i = 0; i < len; i++)
			out[i] = bytes[next_random(seed) % (sizeof bytes - 1)];
		return len;
	}
	}
}

/* One decimal, perhaps with a sign; false with the text in out where the answers differ. */
static inline bool decimal_agrees(char out[static 512], int *len, uint64_t *seed)
{
	double ours = 0, theirs = 0;
	int sign = next_random(seed) % 3 == 0;

	out[0] = '-';
	*len = sign + hard_decimal(out + sign, 500, seed);
	struct text text = {out, (size_t)*len};
	enum number_class class = decimal_read(&ours, text);
	return class == number_parse(&theirs, text) && (class == NUMBER_NONE || memcmp(&ours, &theirs, sizeof ours) == 0);
}

#endif

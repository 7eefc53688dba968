/* Instants: ISO 8601 times and dates in UTC, as seconds since 1970-01-01T00:00:00Z on the proleptic Gregorian calendar; and periods, how long what
 * was judged as of one instant stays as it is.
 *
 * Ownership: none. Failure: by return value. The clock is not read here. */
#ifndef GALLEY_INSTANT_H
#define GALLEY_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* YYYY-MM-DD, or with T or a blank HH:MM[:SS[.fraction]] and Z, +HH:MM, +HHMM or nothing (UTC). Years 0001 to 9999; a leap second
 * counts as the second before. The fraction is dropped. */
bool instant_parse(int64_t *seconds, struct text text);
/* A snapshot's stamp: YYYY-MM-DD or YYYY-MM-DDTHHMMSSZ. */
bool instant_parse_stamp(int64_t *seconds, struct text text);
/* YYYY-MM-DD alone. */
bool instant_parse_date(int64_t *seconds, struct text text);

/* 2026-09-22T06:00:00Z; returns the length. */
size_t instant_print(char out[static 32], int64_t seconds);
/* 2026-09-22 */
size_t instant_print_date(char out[static 32], int64_t seconds);

/* From an instant on, and before another; where neither is there, always. */
struct period {
	bool begins, ends;
	int64_t from, until;
};

/* Whether the present has reached an instant. The period becomes one in which that is answered as it is now. */
bool period_reached(struct period *period, int64_t present, int64_t instant);
/* Whether it lies behind it. */
bool period_passed(struct period *period, int64_t present, int64_t instant);
/* The present itself went into a result. */
void period_only(struct period *period, int64_t present);
/* What lies in both. */
void period_meet(struct period *period, const struct period *other);
bool period_holds(const struct period *period, int64_t present);

#endif

/* Decimal: a number in text to the nearest double, fast, and what a field of a number column is.
 *
 * Ownership: a struct missing points at the spellings it was made from. Failure: by return value. No locale is asked. */
#ifndef GALLEY_DECIMAL_H
#define GALLEY_DECIMAL_H

#include "number.h"

/* number_parse()'s grammar and answer to the last bit, several times as fast. */
enum number_class decimal_read(double *value, struct text text);

/* The spellings of a missing value: empty, NA, NaN, null and others; case, and blanks and tabs at both ends, do not count. */
struct missing {
	const struct text *more;
	size_t more_count;
	size_t longest;          /* spelling, in bytes */
	bool first[256];         /* bytes that a field that is missing can begin with, blanks included */
	bool numeric;            /* one of them could be read as a number */
};

void missing_init(struct missing *missing, const struct text *more, size_t count);
bool missing_is(const struct missing *missing, struct text field);

enum decimal_class { DECIMAL_FINITE, DECIMAL_MISSING, DECIMAL_INVALID, DECIMAL_POS_INF, DECIMAL_NEG_INF };

/* A field of a number column as it stands, blanks included: missing comes before everything else. *value is set where finite; never -0. */
enum decimal_class decimal_field(double *value, struct text field, const struct missing *missing);

#endif

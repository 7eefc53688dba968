/* Numbers: strict reading, one way of printing, and exact decimal comparison.
 *
 * Ownership: decimals live in the arena they were made in. Failure: by return value; nothing is printed, no locale is asked. */
#ifndef GALLEY_NUMBER_H
#define GALLEY_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

struct arena;

enum number_class {
	NUMBER_NONE,     /* not a number */
	NUMBER_FINITE,
	NUMBER_INFINITE, /* inf, infinity in any case with a sign, or decimal overflow */
};

/* Reads [+-]?(digits[.digits*]|.digits)([eE][+-]?digits)? to the nearest double, ties to even, and the infinities.
 * Neither blanks nor hexadecimal nor nan are numbers. */
enum number_class number_parse(double *value, struct text text);

/* Whether a number is written as JSON's grammar has it. */
bool number_is_json(struct text text);

/* A whole number in decimal without sign, at most max. */
bool number_parse_count(uint64_t *value, struct text text, uint64_t max);

/* The shortest digits that read back to the same double, laid out as ECMAScript's Number::toString does (so that RFC 8785 can use
 * it): 100, 0.1, 1e+21, 1e-7, and 0 for -0; "NaN", "Infinity", "-Infinity" for the rest. Returns its length; out is NUL-terminated. */
size_t number_print(char out[static 32], double value);

/* value with decimals places after the point, rounded half away from zero from its shortest decimal; no "-0". */
size_t number_print_fixed(char out[static 512], double value, int decimals);

/* value rounded to 10 significant decimal digits: what reports print as JSON, so that one bit of libm does not show. */
double number_round10(double value);
/* The same with so many significant digits, 1 to 17. */
double number_round(double value, int digits);

/* An exact decimal: sign * digits * 10^exponent. */
struct decimal {
	int sign;           /* -1, 0, 1 */
	struct text digits; /* without leading or trailing zeros; empty for 0 */
	long exponent;      /* of the last digit */
};

/* False when text is not a finite number by number_parse()'s grammar, or its exponent is beyond +-100000. */
bool decimal_parse(struct decimal *out, struct text text, struct arena *arena);
/* The decimal of a double's shortest text. value must be finite. */
struct decimal decimal_of(double value, struct arena *arena);
int decimal_compare(struct decimal a, struct decimal b);
struct decimal decimal_subtract(struct decimal a, struct decimal b, struct arena *arena);
struct decimal decimal_multiply(struct decimal a, struct decimal b, struct arena *arena);
struct decimal decimal_absolute(struct decimal a);
/* The nearest double. */
double decimal_value(struct decimal a, struct arena *arena);

#endif

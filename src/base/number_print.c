#include "number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "powers.h"

/* value, above 0, as a whole number of 15 digits and the exponent of the first, where that is all of it; false where it is not, or where
 * it is not certain. The product is less than a quarter from the whole number, if there is one, and one exact division tells. */
static bool fifteen_digits(uint64_t *digits, int *exponent, double value)
{
	int binary;

	frexp(value, &binary);
	/* log10(2), from below: the exponent or one less. */
	int first = (int)floor((binary - 1) * 0.30102999566398);
	for (int tries = 0; tries < 2; tries++, first++) {
		int shift = DIGITS_EXACT - 1 - first;
		if (shift < 0 || shift > POWER_EXACT)
			return false;
		uint64_t whole = (uint64_t)(value * powers_of_ten[shift] + 0.5);
		if (whole >= 1000000000000000)
			continue;
		*digits = whole;
		*exponent = first;
		return whole >= 100000000000000 && (double)whole / powers_of_ten[shift] == value;
	}
	return false;
}

static size_t put_digits(char out[static 32], uint64_t value)
{
	char reversed[32];
	size_t count = 0;

	do
		reversed[count++] = (char)('0' + value % 10);
	while (value /= 10);
	for (size_t i = 0; i < count; i++)
		out[i] = reversed[count - 1 - i];
	out[count] = '\0';
	return count;
}

/* The shortest digits of a finite value that read back to it, without trailing zeros, and the exponent of the first digit. */
static size_t shortest_digits(char digits[static 32], int *exponent, double value)
{
	char out[40];
	size_t count = 0;
	uint64_t whole;

	if (value >= 1e-8 && fifteen_digits(&whole, exponent, value)) {
		while (whole % 10 == 0)
			whole /= 10;
		return put_digits(digits, whole);
	}
	/* 15 digits hold every shorter text that reads back to a normal double, 17 hold them all. */
	for (int precision = fabs(value) < DBL_MIN ? 0 : 14; precision <= 16; precision++) {
		snprintf(out, sizeof out, "%.*e", precision, value);
		if (precision == 16 || strtod(out, NULL) == value)
			break;
	}
	const char *e = strchr(out, 'e');
	*exponent = (int)strtol(e + 1, NULL, 10);
	for (const char *p = out; p < e; p++)
		if (*p >= '0' && *p <= '9')
			digits[count++] = *p;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	digits[count] = '\0';
	return count;
}

static char *put(char *at, const char *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

static char *put_zeros(char *at, int count)
{
	while (count-- > 0)
		*at++ = '0';
	return at;
}

size_t number_print(char out[static 32], double value)
{
	char digits[32], *at = out;
	int exponent;

	if (isnan(value))
		return (size_t)snprintf(out, 32, "NaN");
	if (isinf(value))
		return (size_t)snprintf(out, 32, "%sInfinity", value < 0 ? "-" : "");
	if (value == 0)
		return (size_t)snprintf(out, 32, "0");
	size_t count = shortest_digits(digits, &exponent, fabs(value));
	if (value < 0)
		*at++ = '-';
	if (exponent < -6 || exponent >= 21) {
		*at++ = digits[0];
		if (count > 1)
			*at++ = '.';
		at = put(at, digits + 1, count - 1);
		return (size_t)(at - out) + (size_t)snprintf(at, 32 - (size_t)(at - out), "e%+d", exponent);
	}
	size_t whole = exponent < 0 ? 0 : (size_t)exponent + 1;
	if (exponent < 0)
		at = put_zeros(put(at, "0.", 2), -exponent - 1);
	at = put(at, digits, whole && whole < count ? whole : count);
	if (whole > count)
		at = put_zeros(at, (int)(whole - count));
	if (whole && whole < count) {
		*at++ = '.';
		at = put(at, digits + whole, count - whole);
	}
	*at = '\0';
	return (size_t)(at - out);
}

/* Adds one to a run of decimal digits; true when it carries out of the first. */
static bool increment(char *digits, size_t count)
{
	for (size_t i = count; i > 0; i--) {
		if (digits[i - 1] != '9') {
			digits[i - 1]++;
			return false;
		}
		digits[i - 1] = '0';
	}
	return true;
}

/* The value in units of the last decimal place, where that is a small number and it is certain which: the shortest decimal of the value
 * is nearer to it than half a unit in the last place of the product, as the product is. */
static bool round_fixed(uint64_t *units, double value, int decimals)
{
	if (decimals > 15 || !(value < 1e15))
		return false;
	double product = value * powers_of_ten[decimals];
	if (!(product < 1e15))
		return false;
	*units = (uint64_t)product;
	double part = product - (double)*units, doubt = product * 0x1p-50;
	if (fabs(part - 0.5) <= doubt)
		return false;
	*units += part > 0.5;
	return true;
}

static size_t print_units(char out[static 512], uint64_t units, bool negative, size_t decimals)
{
	char digits[32], *at = out;
	size_t count = put_digits(digits, units);

	if (negative && units)
		*at++ = '-';
	if (count <= decimals)
		*at++ = '0';
	else
		at = put(at, digits, count - decimals);
	if (decimals) {
		*at++ = '.';
		at = put_zeros(at, (int)decimals - (int)count);
		at = put(at, digits + (count > decimals ? count - decimals : 0), count < decimals ? count : decimals);
	}
	*at = '\0';
	return (size_t)(at - out);
}

size_t number_print_fixed(char out[static 512], double value, int decimals)
{
	char digits[32], whole[400];
	int exponent;
	uint64_t units;

	if (!isfinite(value))
		return number_print(out, value);
	if (decimals < 0)
		decimals = 0;
	if (decimals > 60)
		decimals = 60;
	if (round_fixed(&units, fabs(value), decimals))
		return print_units(out, units, value < 0, (size_t)decimals);
	size_t count = shortest_digits(digits, &exponent, fabs(value));
	/* whole: one spare zero, the digits before the point, then the decimals; the digit after them decides the rounding. */
	int before = exponent >= 0 ? exponent + 1 : 1;
	size_t len = (size_t)(1 + before + decimals);
	for (size_t i = 0; i <= len; i++) {
		int place = (int)i - 1 - (before - 1 - exponent);
		whole[i] = place >= 0 && place < (int)count && value != 0 ? digits[place] : '0';
	}
	if (whole[len] >= '5')
		increment(whole, len);
	const char *start = whole + (whole[0] == '0');
	int start_len = before + (whole[0] != '0');
	bool zero = strspn(whole, "0") >= len;
	const char *sign = value < 0 && !zero ? "-" : "";
	if (!decimals)
		return (size_t)snprintf(out, 512, "%s%.*s", sign, start_len, start);
	return (size_t)snprintf(out, 512, "%s%.*s.%.*s", sign, start_len, start, decimals, start + start_len);
}

double number_round10(double value)
{
	return number_round(value, 10);
}

/* As the general way, where the product leaves no doubt; one exact division then rounds as strtod() does. */
static bool round_short(double *rounded, double value, int digits)
{
	double size = fabs(value);
	int binary;
	uint64_t units;

	if (digits < 1 || digits > 14 || !(size >= 1e-7 && size < 1e14))
		return false;
	frexp(size, &binary);
	int first = (int)floor((binary - 1) * 0.30102999566398);
	first += size >= (first + 1 >= 0 ? powers_of_ten[first + 1] : 1 / powers_of_ten[-first - 1]);
	int shift = digits - 1 - first;
	/* A power below 1 is not exact, and near one the exponent is not certain. */
	if (shift < 0 || shift > 15 || (first < 0 && size * powers_of_ten[-first] < 1.0000001) || !round_fixed(&units, size, shift))
		return false;
	*rounded = copysign((double)units / powers_of_ten[shift], value);
	return true;
}

double number_round(double value, int digits)
{
	char out[40];
	double near;

	if (!isfinite(value))
		return value;
	if (round_short(&near, value, digits))
		return near;
	snprintf(out, sizeof out, "%.*e", digits < 1 ? 0 : digits > 17 ? 16 : digits - 1, value);
	double rounded = strtod(out, NULL);
	return isfinite(rounded) ? rounded : value;
}

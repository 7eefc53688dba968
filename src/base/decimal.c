#include "decimal.h"

#include <string.h>

#include "powers.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool equal_nocase(struct text a, struct text b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

static const struct text usual[] = {{"na", 2}, {"nan", 3}, {"null", 4}};
enum { USUAL_COUNT = sizeof usual / sizeof *usual };

static void add_spelling(struct missing *missing, struct text spelling)
{
	double value;
	unsigned char first = (unsigned char)lower(spelling.len ? spelling.at[0] : ' ');

	missing->first[first] = true;
	if (first >= 'a' && first <= 'z')
		missing->first[first - 'a' + 'A'] = true;
	if (spelling.len > missing->longest)
		missing->longest = spelling.len;
	if (number_parse(&value, spelling) != NUMBER_NONE)
		missing->numeric = true;
}

void missing_init(struct missing *missing, const struct text *more, size_t count)
{
	*missing = (struct missing){.more = more, .more_count = count};
	missing->first[' '] = missing->first['\t'] = true;
	for (size_t i = 0; i < USUAL_COUNT; i++)
		add_spelling(missing, usual[i]);
	for (size_t i = 0; i < count; i++)
		add_spelling(missing, text_trim(more[i]));
}

bool missing_is(const struct missing *missing, struct text field)
{
	if (!field.len)
		return true;
	if (!missing->first[(unsigned char)field.at[0]])
		return false;
	field = text_trim(field);
	if (!field.len)
		return true;
	if (field.len > missing->longest)
		return false;
	for (size_t i = 0; i < USUAL_COUNT; i++)
		if (equal_nocase(field, usual[i]))
			return true;
	for (size_t i = 0; i < missing->more_count; i++)
		if (equal_nocase(field, text_trim(missing->more[i])))
			return true;
	return false;
}

/* --- reading --- */

enum { DIGITS_MOST = 19 /* that always fit */ };
#define EXACT_WHOLE ((uint64_t)1 << 53)
#define EXPONENT_MOST ((int64_t)1 << 40)

/* whole * 10^exponent, or a little more where digits were cut off. */
struct scientific { uint64_t whole; int64_t exponent; bool negative, cut; };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Eight digits at once, where there are eight. */
static bool take_eight(uint64_t *whole, const char *at)
{
	uint64_t eight;

	memcpy(&eight, at, sizeof eight);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (((eight & 0xf0f0f0f0f0f0f0f0u) | ((eight + 0x0606060606060606u) & 0xf0f0f0f0f0f0f0f0u) >> 4) != 0x3333333333333333u)
		return false;
	eight -= 0x3030303030303030u;
	eight = eight * 10 + (eight >> 8);
	eight = ((eight & 0x000000ff000000ffu) * 0x000f424000000064u + (eight >> 16 & 0x000000ff000000ffu) * 0x0000271000000001u) >> 32;
	*whole = *whole * 100000000 + (uint32_t)eight;
	return true;
#else
	(void)whole;
	(void)at;
	return false;
#endif
}

/* Takes a run of digits; those beyond the room are counted in *over, and *cut tells that one of them was not 0. */
static const char *take_digits(uint64_t *whole, size_t *held, size_t *over, bool *cut, const char *at, const char *end)
{
	while (end - at >= 8 && (*held == 0 ? *whole == 0 : *held + 8 <= DIGITS_MOST) && take_eight(whole, at)) {
		at += 8;
		*held += *whole ? 8 : 0;
	}
	for (; at < end && is_digit(*at); at++) {
		if (*held == DIGITS_MOST) {
			++*over;
			*cut = *cut || *at != '0';
			continue;
		}
		*whole = *whole * 10 + (uint64_t)(*at - '0');
		*held += *whole != 0;
	}
	return at;
}

static bool read_scientific(struct scientific *out, struct text text)
{
	const char *at = text.at, *end = text.at + text.len, *start;
	size_t held = 0, over = 0, over_whole, digits;

	*out = (struct scientific){0};
	if (at < end && (*at == '-' || *at == '+'))
		out->negative = *at++ == '-';
	start = at;
	at = take_digits(&out->whole, &held, &over, &out->cut, at, end);
	digits = (size_t)(at - start);
	over_whole = over;
	if (at < end && *at == '.') {
		start = ++at;
		at = take_digits(&out->whole, &held, &over, &out->cut, at, end);
		digits += (size_t)(at - start);
		out->exponent = -(int64_t)((size_t)(at - start) - (over - over_whole));
	}
	out->exponent += (int64_t)over_whole;
	if (!digits || at == end)
		return digits;
	if (*at != 'e' && *at != 'E')
		return false;
	int64_t exponent = 0;
	bool down = ++at < end && *at == '-';
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	if (at == end)
		return false;
	for (; at < end && is_digit(*at); at++)
		if (exponent < EXPONENT_MOST)
			exponent = exponent * 10 + (*at - '0');
	out->exponent += down ? -exponent : exponent;
	return at == end;
}

/* The nearest double of whole * 10^exponent from the first 128 bits of the power, as Eisel and Lemire do; false where those bits cannot
 * tell (a tie between two doubles, or too near one) or where the double is not normal. */
static bool nearest(double *value, uint64_t whole, int exponent)
{
#ifdef __SIZEOF_INT128__
	const struct power_of_five *power = &powers_of_five[exponent - POWERS_FIRST];
	int zeros = __builtin_clzll(whole);
	bool exact = exponent >= 0 && exponent <= POWERS_WHOLE;

	whole <<= zeros;
	__extension__ unsigned __int128 low = (unsigned __int128)whole * power->low;
	__extension__ unsigned __int128 product = (unsigned __int128)whole * power->high + (uint64_t)(low >> 64);
	uint64_t high = (uint64_t)(product >> 64), middle = (uint64_t)product;
	int first = (int)(high >> 63), below = 9 + first;
	uint64_t rest = high & (((uint64_t)1 << below) - 1), mantissa = high >> below;
	/* What was cut off the power is less than one in the last place of middle, and so is what low holds. */
	if (!exact && ((rest == 0 && middle <= 1) || (rest == ((uint64_t)1 << below) - 1 && middle >= UINT64_MAX - 1)))
		return false;
	bool more = rest || middle || (uint64_t)low;
	mantissa = (mantissa >> 1) + ((mantissa & 1) && (more || (mantissa & 2)));
	/* 10^exponent is at least 2^((217706 * exponent) >> 16), and less than twice that. */
	int64_t biased = ((217706 * (int64_t)exponent) >> 16) + 63 + first - zeros + 1023;
	if (biased <= 0 || biased >= 2046)
		return false;
	uint64_t bits = ((uint64_t)biased << 52) + (mantissa - ((uint64_t)1 << 52));
	memcpy(value, &bits, sizeof *value);
	return true;
#else
	(void)value;
	(void)whole;
	(void)exponent;
	return false;
#endif
}

static bool read_fast(double *value, const struct scientific *read)
{
	double above;

	if (read->whole == 0 && !read->cut) {
		*value = 0;
		return true;
	}
	if (!read->cut && read->whole <= EXACT_WHOLE && read->exponent >= -POWER_EXACT && read->exponent <= POWER_EXACT) {
		/* Both are exact, so that one rounding is the only one. */
		double whole = (double)read->whole;
		*value = read->exponent < 0 ? whole / powers_of_ten[-read->exponent] : whole * powers_of_ten[read->exponent];
		return true;
	}
	if (read->exponent < POWERS_FIRST || read->exponent > POWERS_LAST || !nearest(value, read->whole, (int)read->exponent))
		return false;
	return !read->cut || (nearest(&above, read->whole + 1, (int)read->exponent) && above == *value);
}

enum number_class decimal_read(double *value, struct text text)
{
	struct scientific read;

	if (!read_scientific(&read, text) || !read_fast(value, &read))
		return number_parse(value, text);
	if (read.negative)
		*value = -*value;
	return NUMBER_FINITE;
}

enum decimal_class decimal_field(double *value, struct text field, const struct missing *missing)
{
	double read;

	if (missing_is(missing, field))
		return DECIMAL_MISSING;
	switch (decimal_read(&read, text_trim(field))) {
	case NUMBER_NONE:
		return DECIMAL_INVALID;
	case NUMBER_INFINITE:
		return read > 0 ? DECIMAL_POS_INF : DECIMAL_NEG_INF;
	case NUMBER_FINITE:
		break;
	}
	*value = read + 0.0;
	return DECIMAL_FINITE;
}

#include "number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "powers.h"

/* No locale is ever set, so that the C library reads and prints numbers in the C locale. */

struct shape {
	bool ok;
	bool negative;
	size_t whole_start, whole_len, part_start, part_len;
	struct text exponent; /* with its sign; empty for none */
};

static size_t run_of_digits(struct text text, size_t from)
{
	size_t i = from;

	while (i < text.len && text.at[i] >= '0' && text.at[i] <= '9')
		i++;
	return i - from;
}

static struct shape read_shape(struct text text)
{
	struct shape shape = {0};
	size_t i = 0;

	if (i < text.len && (text.at[i] == '+' || text.at[i] == '-'))
		shape.negative = text.at[i++] == '-';
	shape.whole_start = i;
	shape.whole_len = run_of_digits(text, i);
	i += shape.whole_len;
	if (i < text.len && text.at[i] == '.') {
		shape.part_start = ++i;
		shape.part_len = run_of_digits(text, i);
		i += shape.part_len;
	}
	if (!shape.whole_len && !shape.part_len)
		return shape;
	if (i < text.len && (text.at[i] == 'e' || text.at[i] == 'E')) {
		size_t start = ++i;
		if (i < text.len && (text.at[i] == '+' || text.at[i] == '-'))
			i++;
		size_t digits = run_of_digits(text, i);
		if (!digits)
			return shape;
		i += digits;
		shape.exponent = text_cut(text, start, i);
	}
	shape.ok = i == text.len;
	return shape;
}

/* A short decimal without exponent: a whole number over a power of ten, both exact, so that one division rounds as strtod() does. */
static bool parse_short(double *value, struct text text, const struct shape *shape)
{
	uint64_t digits = 0;

	if (shape->exponent.len || shape->whole_len + shape->part_len > DIGITS_EXACT)
		return false;
	for (size_t i = 0; i < shape->whole_len; i++)
		digits = digits * 10 + (uint64_t)(text.at[shape->whole_start + i] - '0');
	for (size_t i = 0; i < shape->part_len; i++)
		digits = digits * 10 + (uint64_t)(text.at[shape->part_start + i] - '0');
	*value = (double)digits / powers_of_ten[shape->part_len];
	if (shape->negative)
		*value = -*value;
	return true;
}

enum number_class number_parse(double *value, struct text text)
{
	struct text bare = text;
	struct shape shape = read_shape(text);
	char small[64];

	if (shape.ok && parse_short(value, text, &shape))
		return NUMBER_FINITE;
	if (!shape.ok) {
		double sign = 1;
		if (bare.len && (bare.at[0] == '+' || bare.at[0] == '-')) {
			sign = bare.at[0] == '-' ? -1 : 1;
			bare = text_cut(bare, 1, bare.len);
		}
		if (!text_is_nocase(bare, "inf") && !text_is_nocase(bare, "infinity"))
			return NUMBER_NONE;
		*value = sign * INFINITY;
		return NUMBER_INFINITE;
	}
	char *copy = text.len < sizeof small ? small : memory_get(text.len + 1);
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	*value = strtod(copy, NULL);
	if (copy != small)
		free(copy);
	return isfinite(*value) ? NUMBER_FINITE : NUMBER_INFINITE;
}

bool number_parse_count(uint64_t *value, struct text text, uint64_t max)
{
	uint64_t sum = 0;

	if (!text.len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(text.at[i] - '0');
		if (sum > (UINT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*value = sum;
	return sum <= max;
}

enum { EXPONENT_LIMIT = 100000 };

static struct decimal normal(int sign, struct text digits, long exponent)
{
	while (digits.len && digits.at[0] == '0')
		digits = text_cut(digits, 1, digits.len);
	while (digits.len && digits.at[digits.len - 1] == '0') {
		digits.len--;
		exponent++;
	}
	if (!digits.len)
		return (struct decimal){0};
	return (struct decimal){sign, digits, exponent};
}

bool decimal_parse(struct decimal *out, struct text text, struct arena *arena)
{
	struct shape shape = read_shape(text);
	long exponent = 0;

	if (!shape.ok)
		return false;
	for (size_t i = 0; i < shape.exponent.len; i++) {
		char c = shape.exponent.at[i];
		if (c >= '0' && c <= '9')
			exponent = exponent > EXPONENT_LIMIT ? exponent : exponent * 10 + (c - '0');
	}
	if (shape.exponent.len && shape.exponent.at[0] == '-')
		exponent = -exponent;
	char *digits = arena_alloc(arena, shape.whole_len + shape.part_len + 1);
	memcpy(digits, text.at + shape.whole_start, shape.whole_len);
	memcpy(digits + shape.whole_len, text.at + shape.part_start, shape.part_len);
	*out = normal(shape.negative ? -1 : 1, (struct text){digits, shape.whole_len + shape.part_len},
	              exponent - (long)shape.part_len);
	return out->sign == 0 || (exponent <= EXPONENT_LIMIT && exponent >= -EXPONENT_LIMIT);
}

struct decimal decimal_of(double value, struct arena *arena)
{
	struct decimal out = {0};
	char text[32];
	size_t len = number_print(text, value);

	decimal_parse(&out, (struct text){text, len}, arena);
	return out;
}

/* The exponent of the first digit. */
static long leading(struct decimal a)
{
	return a.exponent + (long)a.digits.len - 1;
}

static int compare_sizes(struct decimal a, struct decimal b)
{
	if (!a.sign || !b.sign)
		return (a.sign != 0) - (b.sign != 0);
	if (leading(a) != leading(b))
		return leading(a) > leading(b) ? 1 : -1;
	return text_compare(a.digits, b.digits);
}

int decimal_compare(struct decimal a, struct decimal b)
{
	if (a.sign != b.sign)
		return a.sign > b.sign ? 1 : -1;
	int order = compare_sizes(a, b);
	return a.sign < 0 ? (order < 0) - (order > 0) : (order > 0) - (order < 0);
}

/* The digit of a that stands for 10^place. */
static int digit_at(struct decimal a, long place)
{
	long index = (long)a.digits.len - 1 - (place - a.exponent);

	return index >= 0 && index < (long)a.digits.len ? a.digits.at[index] - '0' : 0;
}

/* |a| + |b| where add, else |a| - |b| with |a| >= |b|, as digits. */
static struct decimal combine(struct decimal a, struct decimal b, bool add, int sign, struct arena *arena)
{
	long low = a.exponent < b.exponent ? a.exponent : b.exponent;
	long high = (leading(a) > leading(b) ? leading(a) : leading(b)) + 1;
	size_t len = (size_t)(high - low + 1);
	char *digits = arena_alloc(arena, len + 1);
	int carry = 0;

	for (long place = low; place <= high; place++) {
		int sum = digit_at(a, place) + (add ? digit_at(b, place) : -digit_at(b, place)) + carry;
		carry = sum > 9 ? 1 : sum < 0 ? -1 : 0;
		digits[len - 1 - (size_t)(place - low)] = (char)('0' + sum - 10 * carry);
	}
	return normal(sign, (struct text){digits, len}, low);
}

struct decimal decimal_subtract(struct decimal a, struct decimal b, struct arena *arena)
{
	if (!b.sign)
		return a;
	if (!a.sign)
		return (struct decimal){-b.sign, b.digits, b.exponent};
	if (a.sign != b.sign)
		return combine(a, b, true, a.sign, arena);
	int order = compare_sizes(a, b);
	if (!order)
		return (struct decimal){0};
	return order > 0 ? combine(a, b, false, a.sign, arena) : combine(b, a, false, -a.sign, arena);
}

struct decimal decimal_multiply(struct decimal a, struct decimal b, struct arena *arena)
{
	if (!a.sign || !b.sign)
		return (struct decimal){0};
	size_t len = a.digits.len + b.digits.len;
	char *digits = arena_alloc(arena, len + 1);
	memset(digits, '0', len);
	for (size_t i = a.digits.len; i > 0; i--) {
		int carry = 0;
		for (size_t j = b.digits.len; j > 0; j--) {
			char *to = &digits[i + j - 1];
			int sum = (*to - '0') + (a.digits.at[i - 1] - '0') * (b.digits.at[j - 1] - '0') + carry;
			*to = (char)('0' + sum % 10);
			carry = sum / 10;
		}
		digits[i - 1] = (char)('0' + carry);
	}
	return normal(a.sign * b.sign, (struct text){digits, len}, a.exponent + b.exponent);
}

struct decimal decimal_absolute(struct decimal a)
{
	a.sign = a.sign < 0 ? -a.sign : a.sign;
	return a;
}

double decimal_value(struct decimal a, struct arena *arena)
{
	if (!a.sign)
		return 0;
	return strtod(arena_format(arena, "%s%.*se%ld", a.sign < 0 ? "-" : "", TEXT_ARGS(a.digits), a.exponent), NULL);
}

bool number_is_json(struct text text)
{
	size_t i = 0, start;

	if (i < text.len && text.at[i] == '-')
		i++;
	for (start = i; i < text.len && text.at[i] >= '0' && text.at[i] <= '9';)
		i++;
	if (i == start || (text.at[start] == '0' && i > start + 1))
		return false;
	if (i < text.len && text.at[i] == '.') {
		for (start = ++i; i < text.len && text.at[i] >= '0' && text.at[i] <= '9';)
			i++;
		if (i == start)
			return false;
	}
	if (i < text.len && (text.at[i] == 'e' || text.at[i] == 'E')) {
		i++;
		if (i < text.len && (text.at[i] == '+' || text.at[i] == '-'))
			i++;
		for (start = i; i < text.len && text.at[i] >= '0' && text.at[i] <= '9';)
			i++;
		if (i == start)
			return false;
	}
	return i == text.len;
}

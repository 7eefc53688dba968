#include "exact_sum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

/* Most values of a block have exponents near the largest one: they are summed as whole numbers of 63 bits. The others are first summed by
 * their exponent: a mantissa has 53 bits and its square 106, so that 2^20 of them fit into 128. */
enum { EXPONENTS = 2047, BATCH = 1 << 20, BLOCK = 512, NEAR = 10, WORK_WORDS = 78, SPARE_WORDS = 4 };

#define MANTISSA ((UINT64_C(1) << 52) - 1)

__extension__ struct exponent_sum {
	__int128 sum;
	unsigned __int128 squares;
};

struct exact_batch {
	struct exponent_sum sums[EXPONENTS];
	size_t first, last; /* those in use; first > last: none */
};

struct exact_batch *exact_batch_new(void)
{
	struct exact_batch *batch = memory_get(sizeof *batch);

	memset(batch, 0, sizeof *batch);
	batch->first = EXPONENTS;
	return batch;
}

void exact_batch_free(struct exact_batch *batch)
{
	free(batch);
}

void exact_sum_init(struct exact_sum *sum)
{
	*sum = (struct exact_sum){0};
}

/* --- words --- */

/* The product's low word; its high one in *high. */
static uint64_t multiply(uint64_t *high, uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	*high = (uint64_t)(product >> 64);
	return (uint64_t)product;
}

static void add_words(uint64_t *into, const uint64_t *from, size_t count)
{
	uint64_t carry = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t sum = into[i] + carry;
		carry = sum < carry;
		into[i] = sum + from[i];
		carry += into[i] < sum;
	}
}

/* Adds three words at a bit's place, sign running on above them. */
static void add_shifted(uint64_t *words, size_t count, uint64_t low, uint64_t high, uint64_t sign, unsigned place)
{
	unsigned bits = place & 63;
	size_t at = place >> 6;
	uint64_t parts[3] = {low << bits, bits ? high << bits | low >> (64 - bits) : high, bits ? sign << bits | high >> (64 - bits) : sign};
	uint64_t carry = 0;

	for (size_t i = at; i < count; i++) {
		uint64_t part = i - at < 3 ? parts[i - at] : sign;
		uint64_t sum = words[i] + carry;
		carry = sum < carry;
		words[i] = sum + part;
		carry += words[i] < sum;
		if (i - at >= 2 && carry == (sign & 1))
			break; /* what follows would change nothing */
	}
}

static size_t top_bit(const uint64_t *words, size_t count)
{
	while (count && !words[count - 1])
		count--;
	return count ? 64 * count - (size_t)__builtin_clzll(words[count - 1]) : 0;
}

/* 64 bits from bit place on. */
static uint64_t bits_at(const uint64_t *words, size_t place)
{
	size_t at = place >> 6, bits = place & 63;

	return bits ? words[at] >> bits | words[at + 1] << (64 - bits) : words[at];
}

static bool any_below(const uint64_t *words, size_t place)
{
	for (size_t i = 0; i < place >> 6; i++)
		if (words[i])
			return true;
	return place & 63 && words[place >> 6] << (64 - (place & 63));
}

/* words * 2^exponent, and a little more where sticky, rounded to nearest, ties to even. A word of 0 follows the count words. */
static double round_words(const uint64_t *words, size_t count, bool sticky, int exponent)
{
	size_t top = top_bit(words, count);
	int keep = 53, highest = (int)top - 1 + exponent;

	if (!top)
		return 0;
	if (highest < -1022)
		keep = highest + 1075;
	if (keep < 0)
		return 0;
	size_t drop = top > (size_t)keep ? top - (size_t)keep : 0;
	uint64_t mantissa = keep ? bits_at(words, drop) : 0;
	if (drop) {
		bool half = bits_at(words, drop - 1) & 1;
		bool more = sticky || any_below(words, drop - 1);
		mantissa += half && (more || (mantissa & 1));
	}
	return ldexp((double)mantissa, exponent + (int)drop);
}

/* words /= divisor; whether something remains. */
static bool divide_words(uint64_t *words, size_t count, uint64_t divisor)
{
	__extension__ unsigned __int128 rest = 0;

	for (size_t i = count; i-- > 0;) {
		rest = rest << 64 | words[i];
		words[i] = (uint64_t)(rest / divisor);
		rest %= divisor;
	}
	return rest != 0;
}

/* --- adding --- */

static void flush(struct exact_sum *sum, struct exact_batch *batch)
{
	for (size_t e = batch->first; e <= batch->last; e++) {
		unsigned place = e ? (unsigned)e - 1 : 0;
		struct exponent_sum *part = &batch->sums[e];
		if (!part->squares)
			continue;
		add_shifted(sum->sum, EXACT_WORDS, (uint64_t)part->sum, (uint64_t)(part->sum >> 64), part->sum < 0 ? UINT64_MAX : 0, place);
		add_shifted(sum->squares, EXACT_SQUARE_WORDS, (uint64_t)part->squares, (uint64_t)(part->squares >> 64), 0, 2 * place);
		*part = (struct exponent_sum){0};
	}
	batch->first = EXPONENTS;
	batch->last = 0;
}

static void add_far(struct exact_batch *batch, uint64_t bits)
{
	size_t e = bits >> 52 & 2047;
	uint64_t mantissa = (bits & MANTISSA) | (uint64_t)(e != 0) << 52, sign = 0 - (bits >> 63);
	struct exponent_sum *part = &batch->sums[e];

	part->sum += (int64_t)((mantissa ^ sign) - sign);
	part->squares += __extension__ (unsigned __int128)mantissa * mantissa;
	batch->first = e < batch->first ? e : batch->first;
	batch->last = e > batch->last ? e : batch->last;
}

/* Those with exponents from base on, at most NEAR above it, base not 0. */
static void add_near(struct exact_sum *sum, const double *values, size_t count, size_t base, struct exact_batch *batch)
{
	__extension__ __int128 total = 0;
	__extension__ unsigned __int128 squares = 0;
	uint64_t carries = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t bits;
		memcpy(&bits, &values[i], sizeof bits);
		size_t e = bits >> 52 & 2047;
		if (e < base) {
			if (bits << 1)
				add_far(batch, bits);
			continue;
		}
		uint64_t whole = ((bits & MANTISSA) | UINT64_C(1) << 52) << (e - base), sign = 0 - (bits >> 63);
		total += (int64_t)((whole ^ sign) - sign);
		__extension__ unsigned __int128 square = (unsigned __int128)whole * whole;
		squares += square;
		carries += squares < square;
	}
	unsigned place = (unsigned)base - 1;
	add_shifted(sum->sum, EXACT_WORDS, (uint64_t)total, (uint64_t)(total >> 64), total < 0 ? UINT64_MAX : 0, place);
	add_shifted(sum->squares, EXACT_SQUARE_WORDS, (uint64_t)squares, (uint64_t)(squares >> 64), 0, 2 * place);
	if (carries)
		add_shifted(sum->squares, EXACT_SQUARE_WORDS, carries, 0, 0, 2 * place + 128);
}

static inline double smaller(double a, double b)
{
	return a < b ? a : b;
}

static inline double larger(double a, double b)
{
	return a > b ? a : b;
}

/* Two at a time, as each comparison has to wait for the one before. */
static void find_ends(double *min, double *max, const double *values, size_t count)
{
	double least = values[0], other_least = least, most = least, other_most = least;

	for (size_t i = 1; i + 1 < count; i += 2) {
		least = smaller(values[i], least);
		most = larger(values[i], most);
		other_least = smaller(values[i + 1], other_least);
		other_most = larger(values[i + 1], other_most);
	}
	*min = smaller(smaller(least, other_least), values[count - 1]);
	*max = larger(larger(most, other_most), values[count - 1]);
}

static void add_block(struct exact_sum *sum, const double *values, size_t count, struct exact_batch *batch)
{
	double min, max;
	uint64_t bits;

	find_ends(&min, &max, values, count);
	double largest = larger(fabs(min), fabs(max));
	min = sum->count ? smaller(min, sum->min) : min;
	max = sum->count ? larger(max, sum->max) : max;
	sum->min = min + 0.0;
	sum->max = max + 0.0;
	sum->count += count;
	memcpy(&bits, &largest, sizeof bits);
	size_t top = bits >> 52;
	if (top > NEAR) {
		add_near(sum, values, count, top - NEAR, batch);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		memcpy(&bits, &values[i], sizeof bits);
		add_far(batch, bits);
	}
}

static void add_batch(struct exact_sum *sum, const double *values, size_t count, struct exact_batch *batch)
{
	for (size_t at = 0; at < count; at += BLOCK)
		add_block(sum, values + at, count - at < BLOCK ? count - at : BLOCK, batch);
	flush(sum, batch);
}

void exact_sum_add(struct exact_sum *sum, const double *values, size_t count, struct exact_batch *batch)
{
	for (size_t at = 0; at < count; at += BATCH)
		add_batch(sum, values + at, count - at < BATCH ? count - at : BATCH, batch);
}

void exact_sum_join(struct exact_sum *into, const struct exact_sum *from)
{
	if (!from->count)
		return;
	into->min = !into->count || from->min < into->min ? from->min : into->min;
	into->max = !into->count || from->max > into->max ? from->max : into->max;
	into->count += from->count;
	add_words(into->sum, from->sum, EXACT_WORDS);
	add_words(into->squares, from->squares, EXACT_SQUARE_WORDS);
}

/* --- what follows --- */

static bool absolute(uint64_t *out, const uint64_t *words, size_t count)
{
	bool negative = words[count - 1] >> 63;
	uint64_t carry = negative;

	for (size_t i = 0; i < count; i++) {
		out[i] = (negative ? ~words[i] : words[i]) + carry;
		carry = carry && !out[i];
	}
	return negative;
}

/* value is words * 2^exponent, rounded: the difference, words being larger or not. */
static double rounded_off(uint64_t *words, size_t count, double value, int exponent)
{
	int binary;
	uint64_t mantissa = (uint64_t)ldexp(frexp(value, &binary), 53), taken[EXACT_WORDS + 2] = {0}, borrow = 0;
	int place = binary - 53 - exponent;

	if (!mantissa)
		return round_words(words, count, false, exponent);
	/* Below the first bit there can only be zeros. */
	mantissa >>= place < 0 ? -place : 0;
	place = place < 0 ? 0 : place;
	add_shifted(taken, count, mantissa, 0, 0, (unsigned)place);
	for (size_t i = 0; i < count; i++) {
		uint64_t word = words[i] - borrow;
		borrow = words[i] < borrow;
		borrow += word < taken[i];
		words[i] = word - taken[i];
	}
	for (size_t i = 0, carry = 1; borrow && i < count; i++) {
		words[i] = ~words[i] + carry;
		carry = carry && !words[i];
	}
	double off = round_words(words, count, false, exponent);
	return borrow ? -off : off;
}

bool exact_mean_scaled(double *mean, double *rest, const struct exact_sum *sum, int scale)
{
	uint64_t words[EXACT_WORDS + 2] = {0};
	int exponent = -1074 - 64 - scale;

	if (!sum->count)
		return false;
	/* A word more below, so that there is something to round by. */
	bool negative = absolute(words + 1, sum->sum, EXACT_WORDS);
	bool more = divide_words(words, EXACT_WORDS + 1, sum->count);
	double value = round_words(words, EXACT_WORDS + 1, more, exponent);
	*mean = (negative ? -value : value) + 0.0;
	if (rest) {
		double off = rounded_off(words, EXACT_WORDS + 1, value, exponent);
		*rest = (negative ? -off : off) + 0.0;
	}
	return true;
}

bool exact_mean(double *mean, const struct exact_sum *sum)
{
	return exact_mean_scaled(mean, NULL, sum, 0);
}

/* count * squares - sum^2, never negative. */
static void scatter(uint64_t *out, const struct exact_sum *sum)
{
	uint64_t first[EXACT_WORDS], high, carry = 0;

	memset(out, 0, WORK_WORDS * sizeof *out);
	for (size_t i = 0; i < EXACT_SQUARE_WORDS; i++) {
		uint64_t low = multiply(&high, sum->squares[i], sum->count);
		out[i] = low + carry;
		carry = high + (out[i] < low);
	}
	out[EXACT_SQUARE_WORDS] = carry;
	absolute(first, sum->sum, EXACT_WORDS);
	for (size_t i = 0; i < EXACT_WORDS; i++) {
		carry = 0;
		for (size_t k = 0; first[i] && (k < EXACT_WORDS || carry) && i + k < WORK_WORDS; k++) {
			uint64_t low = multiply(&high, first[i], k < EXACT_WORDS ? first[k] : 0);
			low += carry;
			high += low < carry;
			carry = high + (out[i + k] < low);
			out[i + k] -= low;
		}
	}
}

/* The variance in units of 2^-(2148 + 64 * SPARE_WORDS), rounded down; *rest where it is more. words has a word of 0 at its end. */
static bool divided(uint64_t *words, bool *rest, const struct exact_sum *sum, unsigned less)
{
	if (sum->count <= less)
		return false;
	memset(words, 0, SPARE_WORDS * sizeof *words);
	scatter(words + SPARE_WORDS, sum);
	words[SPARE_WORDS + WORK_WORDS] = 0;
	*rest = divide_words(words, SPARE_WORDS + WORK_WORDS, sum->count);
	*rest = divide_words(words, SPARE_WORDS + WORK_WORDS, sum->count - less) || *rest;
	return true;
}

bool exact_variance(double *variance, const struct exact_sum *sum, unsigned less)
{
	uint64_t words[SPARE_WORDS + WORK_WORDS + 1];
	bool rest;

	if (!divided(words, &rest, sum, less))
		return false;
	*variance = round_words(words, SPARE_WORDS + WORK_WORDS, rest, -2148 - 64 * SPARE_WORDS);
	return isfinite(*variance);
}

/* The square root of a number of at most 126 bits, rounded down. */
__extension__ static uint64_t square_root(unsigned __int128 square)
{
	unsigned __int128 root = (unsigned __int128)sqrt((double)square);

	for (int i = 0; i < 3 && root; i++)
		root = (root + square / root) / 2;
	while (root * root > square)
		root--;
	while ((root + 1) * (root + 1) <= square)
		root++;
	return (uint64_t)root;
}

bool exact_std_scaled(double *std, const struct exact_sum *sum, unsigned less, int scale)
{
	uint64_t words[SPARE_WORDS + WORK_WORDS + 1];
	bool rest;

	if (!divided(words, &rest, sum, less))
		return false;
	size_t top = top_bit(words, SPARE_WORDS + WORK_WORDS), drop = top > 126 ? (top - 125) & ~(size_t)1 : 0;
	__extension__ unsigned __int128 square = (unsigned __int128)bits_at(words, drop + 64) << 64 | bits_at(words, drop);
	uint64_t root[2] = {square_root(square), 0};
	rest = rest || any_below(words, drop) || __extension__ (unsigned __int128)root[0] * root[0] != square;
	*std = round_words(root, 1, rest, (int)(drop / 2) - 1074 - 32 * SPARE_WORDS - scale);
	return isfinite(*std);
}

bool exact_std(double *std, const struct exact_sum *sum, unsigned less)
{
	return exact_std_scaled(std, sum, less, 0);
}

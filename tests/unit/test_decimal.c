#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fuzz/decimals.h"
#include "../../src/base/powers.h"

enum { WORDS = 80, DECIMALS = 300000 };

/* A whole number of 32-bit words, the lowest first. */
struct big { uint32_t words[WORDS]; };

static int highest_bit(const struct big *big)
{
	for (int i = WORDS - 1; i >= 0; i--)
		if (big->words[i])
			return 32 * i + 31 - __builtin_clz(big->words[i]);
	return -1;
}

static uint64_t bits_below(const struct big *big, int top)
{
	uint64_t out = 0;

	for (int i = top; i > top - 64; i--)
		out = out << 1 | (i >= 0 ? big->words[i / 32] >> (i % 32) & 1 : 0);
	return out;
}

static void check_power(const struct big *big, int exponent)
{
	const struct power_of_five *power = &powers_of_five[exponent - POWERS_FIRST];
	int top = highest_bit(big);

	if (power->high != bits_below(big, top) || power->low != bits_below(big, top - 64))
		fail_msg("5^%d", exponent);
}

static void powers(void **state)
{
	struct big big = {{1}};

	(void)state;
	for (int q = 0; q <= POWERS_LAST; q++) {
		uint64_t carry = 0;
		check_power(&big, q);
		for (int i = 0; i < WORDS; i++) {
			carry += (uint64_t)big.words[i] * 5;
			big.words[i] = (uint32_t)carry;
			carry >>= 32;
		}
	}
	/* 2^2528 / 5^k, rounded down each time, is rounded down as a whole. */
	big = (struct big){{0}};
	big.words[WORDS - 1] = 1;
	for (int q = -1; q >= POWERS_FIRST; q--) {
		uint64_t rest = 0;
		for (int i = WORDS - 1; i >= 0; i--) {
			rest = rest << 32 | big.words[i];
			big.words[i] = (uint32_t)(rest / 5);
			rest %= 5;
		}
		check_power(&big, q);
	}
}

static void hard_decimals(void **state)
{
	uint64_t seed = 0x5851f42d4c957f2du;
	char text[512];
	int len;

	(void)state;
	for (int i = 0; i < DECIMALS; i++)
		if (!decimal_agrees(text, &len, &seed))
			fail_msg("'%.*s'", len, text);
}

static void fields(void **state)
{
	static const struct text na[] = {{" N/A", 4}, {"-1", 2}};
	static const struct {
		const char *field;
		enum decimal_class class;
		double value;
	} cases[] = {
		{"1.5", DECIMAL_FINITE, 1.5}, {" \t1.5 ", DECIMAL_FINITE, 1.5}, {"-0", DECIMAL_FINITE, 0}, {"", DECIMAL_MISSING, 0},
		{"  ", DECIMAL_MISSING, 0}, {"nA", DECIMAL_MISSING, 0}, {" NULL\t", DECIMAL_MISSING, 0}, {"NaN", DECIMAL_MISSING, 0},
		{"n/a", DECIMAL_MISSING, 0}, {"-1", DECIMAL_MISSING, 0}, {"-1.0", DECIMAL_FINITE, -1}, {"none", DECIMAL_INVALID, 0},
		{"1 2", DECIMAL_INVALID, 0}, {"-", DECIMAL_INVALID, 0}, {"inf", DECIMAL_POS_INF, 0}, {"-Infinity", DECIMAL_NEG_INF, 0},
		{"1e999", DECIMAL_POS_INF, 0}, {"-1e999", DECIMAL_NEG_INF, 0}, {"nul", DECIMAL_INVALID, 0},
	};
	struct missing missing;

	(void)state;
	missing_init(&missing, na, 2);
	assert_true(missing.numeric);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double value = 0;
		enum decimal_class class = decimal_field(&value, text_of(cases[i].field), &missing);
		if (class != cases[i].class || memcmp(&value, &cases[i].value, sizeof value) != 0)
			fail_msg("'%s'", cases[i].field);
	}
	missing_init(&missing, NULL, 0);
	assert_false(missing.numeric);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(powers), cmocka_unit_test(hard_decimals), cmocka_unit_test(fields)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "number.h"

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

static bool same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

/* xorshift64*; the same numbers in each run. */
static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 2685821657736338717u;
}

static double random_double(uint64_t *seed)
{
	double value;

	do {
		uint64_t bits = next_random(seed);
		memcpy(&value, &bits, sizeof value);
	} while (!isfinite(value));
	return value;
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		enum number_class class;
		double value;
	} cases[] = {
		{"0", NUMBER_FINITE, 0},          {"-0", NUMBER_FINITE, -0.0},      {"+5", NUMBER_FINITE, 5},
		{"007", NUMBER_FINITE, 7},        {".5", NUMBER_FINITE, 0.5},       {"5.", NUMBER_FINITE, 5},
		{"-1.25e2", NUMBER_FINITE, -125}, {"1E+2", NUMBER_FINITE, 100},     {"1e-400", NUMBER_FINITE, 0},
		{"0.1", NUMBER_FINITE, 0.1},      {"1e400", NUMBER_INFINITE, INFINITY}, {"-1e400", NUMBER_INFINITE, -INFINITY},
		{"inf", NUMBER_INFINITE, INFINITY}, {"-Infinity", NUMBER_INFINITE, -INFINITY}, {"+INF", NUMBER_INFINITE, INFINITY},
		{"", NUMBER_NONE, 0},  {".", NUMBER_NONE, 0},    {"-", NUMBER_NONE, 0},     {"e5", NUMBER_NONE, 0},   {"1e", NUMBER_NONE, 0},
		{"1e+", NUMBER_NONE, 0}, {" 1", NUMBER_NONE, 0}, {"1 ", NUMBER_NONE, 0},    {"0x10", NUMBER_NONE, 0}, {"nan", NUMBER_NONE, 0},
		{"1_000", NUMBER_NONE, 0}, {"1,5", NUMBER_NONE, 0}, {"--1", NUMBER_NONE, 0}, {"1.2.3", NUMBER_NONE, 0}, {"in", NUMBER_NONE, 0},
		{"infinit", NUMBER_NONE, 0}, {"+-inf", NUMBER_NONE, 0}, {"1f", NUMBER_NONE, 0},
	};
	double value;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum number_class class = number_parse(&value, text_of(cases[i].text));
		if (class != cases[i].class || (class != NUMBER_NONE && !same_bits(value, cases[i].value)))
			fail_msg("'%s'", cases[i].text);
	}
	assert_int_equal(number_parse(&value, (struct text){"1\0", 2}), NUMBER_NONE);
	/* A slice must not be read past its end, and a long one not be cut. */
	assert_int_equal(number_parse(&value, (struct text){"1234", 2}), NUMBER_FINITE);
	assert_true(same_bits(value, 12));
	char many[400];
	memset(many, '0', sizeof many);
	many[1] = '.';
	many[399] = '1';
	assert_int_equal(number_parse(&value, (struct text){many, 400}), NUMBER_FINITE);
	assert_true(value == 0);
	many[0] = '1';
	assert_int_equal(number_parse(&value, (struct text){many, 400}), NUMBER_FINITE);
	assert_true(same_bits(value, 1));
}

static void test_count(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_true(number_parse_count(&value, TEXT("0"), 10) && value == 0);
	assert_true(number_parse_count(&value, TEXT("10"), 10) && value == 10);
	assert_false(number_parse_count(&value, TEXT("11"), 10));
	assert_true(number_parse_count(&value, TEXT("18446744073709551615"), UINT64_MAX) && value == UINT64_MAX);
	assert_false(number_parse_count(&value, TEXT("18446744073709551616"), UINT64_MAX));
	assert_false(number_parse_count(&value, TEXT("99999999999999999999999"), UINT64_MAX));
	assert_false(number_parse_count(&value, TEXT(""), 10));
	assert_false(number_parse_count(&value, TEXT("-1"), 10));
	assert_false(number_parse_count(&value, TEXT("+1"), 10));
	assert_false(number_parse_count(&value, TEXT("1.0"), 10));
}

static void check_print(double value, const char *wanted)
{
	char out[32];

	size_t len = number_print(out, value);
	assert_string_equal(out, wanted);
	assert_int_equal(len, strlen(out));
}

/* RFC 8785, appendix B, and the corners of ECMAScript's layout. */
static void test_print(void **state)
{
	(void)state;
	check_print(0, "0");
	check_print(-0.0, "0");
	check_print(1, "1");
	check_print(-1, "-1");
	check_print(100, "100");
	check_print(0.1, "0.1");
	check_print(0.1 + 0.2, "0.30000000000000004");
	check_print(1.0 / 3, "0.3333333333333333");
	check_print(123456.789, "123456.789");
	check_print(1e20, "100000000000000000000");
	check_print(123456789012345680000.0, "123456789012345680000");
	check_print(1e21, "1e+21");
	check_print(1.5e21, "1.5e+21");
	check_print(1e-6, "0.000001");
	check_print(1.25e-6, "0.00000125");
	check_print(1e-7, "1e-7");
	check_print(-1.5e-7, "-1.5e-7");
	check_print(9007199254740992.0, "9007199254740992");
	check_print(9007199254740994.0, "9007199254740994");
	check_print(4.9e-324, "5e-324");
	check_print(-4.9e-324, "-5e-324");
	check_print(1.7976931348623157e308, "1.7976931348623157e+308");
	check_print(2.2250738585072014e-308, "2.2250738585072014e-308");
	check_print(295147905179352830000.0, "295147905179352830000");
	check_print(9.999999999999997e22, "9.999999999999997e+22");
	check_print(1e23, "1e+23");
	check_print(1.0000000000000001e23, "1.0000000000000001e+23");
	check_print(333333333.3333332, "333333333.3333332");
	check_print(333333333.3333333, "333333333.3333333");
	check_print(-0.0000033333333333333333, "-0.0000033333333333333333");
	check_print(1424953923781206.2, "1424953923781206.2");
	check_print(NAN, "NaN");
	check_print(INFINITY, "Infinity");
	check_print(-INFINITY, "-Infinity");
}

/* What is printed reads back to the same bits, and no text of fewer digits does. */
static void test_round_trip(void **state)
{
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		double value = random_double(&seed), back;
		if (i % 2)
			value = (double)(int64_t)(next_random(&seed) % 2000000000) / 1000 - 1e6;
		char out[32], shorter[40];
		size_t len = number_print(out, value);
		assert_true(len < sizeof out);
		assert_true(same_bits(strtod(out, NULL), value) || value == 0);
		assert_int_equal(number_parse(&back, (struct text){out, len}), NUMBER_FINITE);
		assert_true(same_bits(back, strtod(out, NULL)));
		int digits = 0, zeros = 0;
		for (const char *p = out; *p && *p != 'e'; p++)
			if (*p >= '0' && *p <= '9' && (digits || *p != '0')) {
				digits++;
				zeros = *p == '0' ? zeros + 1 : 0;
			}
		digits -= strchr(out, '.') ? 0 : zeros;
		if (digits < 2)
			continue;
		snprintf(shorter, sizeof shorter, "%.*e", digits - 2, value);
		if (same_bits(strtod(shorter, NULL), value))
			fail_msg("%s is not the shortest, %s is", out, shorter);
	}
}

static void check_fixed(double value, int decimals, const char *wanted)
{
	char out[512];

	size_t len = number_print_fixed(out, value, decimals);
	assert_string_equal(out, wanted);
	assert_int_equal(len, strlen(out));
}

static void test_print_fixed(void **state)
{
	(void)state;
	check_fixed(0, 0, "0");
	check_fixed(0, 3, "0.000");
	check_fixed(-0.0, 1, "0.0");
	check_fixed(1.005, 2, "1.01"); /* its binary value is below 1.005, its shortest decimal is not */
	check_fixed(-1.005, 2, "-1.01");
	check_fixed(2.5, 0, "3");
	check_fixed(-2.5, 0, "-3");
	check_fixed(0.5, 0, "1");
	check_fixed(0.4999, 0, "0");
	check_fixed(0.05, 1, "0.1");
	check_fixed(0.049, 1, "0.0");
	check_fixed(-0.049, 1, "0.0");
	check_fixed(-0.05, 1, "-0.1");
	check_fixed(0.005, 1, "0.0");
	check_fixed(0.0095, 2, "0.01");
	check_fixed(9.995, 2, "10.00");
	check_fixed(99.95, 1, "100.0");
	check_fixed(0.995, 2, "1.00");
	check_fixed(999.5, 0, "1000");
	check_fixed(0.1, 4, "0.1000");
	check_fixed(123456.789, 1, "123456.8");
	check_fixed(1e-20, 3, "0.000");
	check_fixed(1e21, 1, "1000000000000000000000.0");
	check_fixed(0.142, -3, "0");
	check_fixed(1e-7, 7, "0.0000001");
	check_fixed(NAN, 2, "NaN");
	check_fixed(-INFINITY, 2, "-Infinity");
	char out[512];
	assert_int_equal(number_print_fixed(out, -1.7976931348623157e308, 100), 1 + 309 + 1 + 60);
	assert_int_equal(strncmp(out, "-17976931348623157000", 21), 0);
	check_fixed(4.9e-324, 60, "0.000000000000000000000000000000000000000000000000000000000000");
}

/* printf rounds the binary value: up to 15 digits and away from its halves both agree. */
static void test_fixed_against_printf(void **state)
{
	uint64_t seed = 1234567;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		double value = ((double)(next_random(&seed) >> 11) / 9007199254740992.0 - 0.5) * pow(10, (double)(next_random(&seed) % 12));
		int decimals = (int)(next_random(&seed) % 8);
		char ours[512], theirs[512];
		number_print_fixed(ours, value, decimals);
		snprintf(theirs, sizeof theirs, "%.*f", decimals, value);
		if (theirs[0] == '-' && strspn(theirs + 1, "0.") == strlen(theirs + 1))
			memmove(theirs, theirs + 1, strlen(theirs));
		double scaled = fabs(value) * pow(10, decimals);
		if (strcmp(ours, theirs) != 0 && fabs(scaled - floor(scaled) - 0.5) > 1e-4 + scaled * 4e-16)
			fail_msg("%.17g with %d decimals: %s, printf %s", value, decimals, ours, theirs);
	}
}

static void test_round10(void **state)
{
	(void)state;
	assert_true(same_bits(number_round10(0.1 + 0.2), 0.3));
	assert_true(same_bits(number_round10(1.0 / 3), 0.3333333333));
	assert_true(same_bits(number_round10(-2.0 / 3), -0.6666666667));
	assert_true(same_bits(number_round10(12345678901234.0), 12345678900000.0));
	assert_true(same_bits(number_round10(0), 0));
	assert_true(same_bits(number_round10(1234567890), 1234567890));
	assert_true(same_bits(number_round10(9.99999999999e-5), 1e-4));
	assert_true(isnan(number_round10(NAN)) && isinf(number_round10(-INFINITY)));
	/* What overflows by rounding must not become infinite in a report. */
	assert_true(isfinite(number_round10(1.7976931348623157e308)));
}

/* --- decimals --- */

static struct decimal decimal_from(const char *text, struct arena *arena)
{
	struct decimal out;

	assert_true(decimal_parse(&out, text_of(text), arena));
	return out;
}

/* --- The ways that are short, beside those that hold for every double --- */

/* The value's shortest digits by trying, as a whole number and a power of ten. */
static void slow_digits(char digits[static 32], int *exponent, double value)
{
	char out[40];
	int precision = fabs(value) < 2.3e-308 ? 0 : 14;

	do
		snprintf(out, sizeof out, "%.*e", precision, fabs(value));
	while (strtod(out, NULL) != fabs(value) && ++precision <= 16);
	size_t count = 0;
	for (const char *p = out; *p != 'e'; p++)
		if (*p != '.')
			digits[count++] = *p;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	digits[count] = '\0';
	*exponent = atoi(strchr(out, 'e') + 1) - (int)count + 1;
}

/* By hand from these digits: the digit after the last place decides. */
static void slow_fixed(char out[static 512], double value, int decimals)
{
	char digits[32], all[600] = "";
	int exponent;

	slow_digits(digits, &exponent, value);
	/* Digits from 10^320 down to the place behind the last that is printed. */
	for (int place = 320; place >= -decimals - 1; place--) {
		int at = (int)strlen(digits) - 1 - (place - exponent);
		all[320 - place] = at >= 0 && at < (int)strlen(digits) ? digits[at] : '0';
	}
	int last = 320 + decimals;
	bool up = all[last + 1] >= '5';
	for (int i = last; up; i--) {
		up = all[i] == '9';
		all[i] = up ? '0' : (char)(all[i] + 1);
	}
	all[last + 1] = '\0';
	size_t zeros = strspn(all, "0");
	bool zero = all[zeros] == '\0';
	const char *whole = all + (zeros < 320 ? zeros : 320);
	int whole_len = (int)(all + 321 - whole);
	snprintf(out, 512, "%s%.*s%s%s", value < 0 && !zero ? "-" : "", whole_len, whole, decimals ? "." : "", whole + whole_len);
}

static double hard_double(uint64_t *seed)
{
	uint64_t kind = next_random(seed) % 6, digits = next_random(seed) % 1000000000000000u;
	int shift = (int)(next_random(seed) % 26) - 4;
	char text[64];

	/* Decimals of few digits and of fifteen; ties and what lies next to them; any double at all. */
	for (uint64_t drop = next_random(seed) % 15; drop; drop--)
		digits /= 10;
	if (kind < 3)
		snprintf(text, sizeof text, "%llu%se-%d", (unsigned long long)digits, kind == 2 ? "5" : "", shift);
	else
		snprintf(text, sizeof text, "%llu.5e-%d", (unsigned long long)digits, shift);
	double value = strtod(text, NULL);
	if (kind == 3)
		value = nextafter(value, INFINITY);
	if (kind == 4)
		value = nextafter(value, 0);
	if (kind == 5)
		value = random_double(seed);
	return next_random(seed) % 2 ? value : -value;
}

static void test_short_ways(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		double value = i < 1000 ? ldexp(1, i / 2 - 250) * (i % 2 ? 1 : -1) : hard_double(&seed);
		char digits[32], out[512], wanted[512];
		int exponent, decimals = (int)(next_random(&seed) % 18), places = 1 + (int)(next_random(&seed) % 17);
		struct decimal decimal;
		struct arena arena;
		number_print(out, value);
		slow_digits(digits, &exponent, value);
		arena_init(&arena);
		assert_true(decimal_parse(&decimal, text_of(out), &arena));
		if (value != 0 && (!text_is(decimal.digits, digits) || decimal.exponent != exponent || (decimal.sign < 0) != (value < 0)))
			fail_msg("%.17g is printed as %s", value, out);
		arena_release(&arena);
		number_print_fixed(out, value, decimals);
		slow_fixed(wanted, value, decimals);
		if (strcmp(out, wanted) != 0)
			fail_msg("%.17g with %d places is %s, not %s", value, decimals, out, wanted);
		snprintf(wanted, sizeof wanted, "%.*e", places - 1, value);
		double rounded = number_round(value, places), slow = strtod(wanted, NULL);
		if (isfinite(slow) && !same_bits(rounded, slow))
			fail_msg("%.17g to %d digits is %.17g, not %.17g", value, places, rounded, slow);
	}
}

static void test_decimal_parse(void **state)
{
	struct arena arena;
	struct decimal d;

	(void)state;
	arena_init(&arena);
	d = decimal_from("-0012.3400e2", &arena);
	assert_int_equal(d.sign, -1);
	assert_true(text_is(d.digits, "1234"));
	assert_int_equal(d.exponent, 0);
	d = decimal_from("1e100000", &arena);
	assert_int_equal(d.exponent, 100000);
	d = decimal_from("-0.000e5", &arena);
	assert_int_equal(d.sign, 0);
	assert_int_equal(d.digits.len, 0);
	assert_false(decimal_parse(&d, TEXT("1e100001"), &arena));
	assert_false(decimal_parse(&d, TEXT("1e-100001"), &arena));
	assert_false(decimal_parse(&d, TEXT("1e99999999999999999999999999"), &arena));
	assert_false(decimal_parse(&d, TEXT("inf"), &arena));
	assert_false(decimal_parse(&d, TEXT(""), &arena));
	assert_false(decimal_parse(&d, TEXT("1x"), &arena));
	assert_true(decimal_parse(&d, TEXT("0e99999999999"), &arena));
	d = decimal_of(0.1, &arena);
	assert_true(text_is(d.digits, "1") && d.exponent == -1);
	d = decimal_of(-1.5e300, &arena);
	assert_true(d.sign == -1 && text_is(d.digits, "15") && d.exponent == 299);
	arena_release(&arena);
}

static void test_decimal_compare(void **state)
{
	static const char *const ascending[] = {"-1e5", "-100.1", "-100", "-99.99", "-1", "-0.1", "-1e-9", "0", "1e-9", "0.1",
	                                        "0.10000000000000000000000001", "0.2", "1", "1.5", "9", "10", "99.99", "100", "1e5"};
	static const char *const same[][2] = {{"1", "1.000"}, {"-0", "0"}, {"1e2", "100"}, {"0.5", ".50"}, {"-12e-1", "-1.2"}};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < COUNT(ascending); i++)
		for (size_t j = 0; j < COUNT(ascending); j++) {
			int order = decimal_compare(decimal_from(ascending[i], &arena), decimal_from(ascending[j], &arena));
			if (order != (i > j) - (i < j))
				fail_msg("%s and %s: %d", ascending[i], ascending[j], order);
		}
	for (size_t i = 0; i < COUNT(same); i++)
		assert_int_equal(decimal_compare(decimal_from(same[i][0], &arena), decimal_from(same[i][1], &arena)), 0);
	arena_release(&arena);
}

static void test_decimal_arithmetic(void **state)
{
	static const struct {
		const char *a, *b, *difference, *product;
	} cases[] = {
		{"0.3", "0.1", "0.2", "0.03"},     {"1", "0.9", "0.1", "0.9"},        {"1", "1", "0", "1"},
		{"0", "5", "-5", "0"},             {"5", "0", "5", "0"},              {"-1", "2", "-3", "-2"},
		{"2", "-1", "3", "-2"},            {"-2", "-5", "3", "10"},           {"-5", "-2", "-3", "10"},
		{"100", "0.001", "99.999", "0.1"}, {"1e20", "1", "99999999999999999999", "1e20"},
		{"999", "-1", "1000", "-999"},     {"99", "99", "0", "9801"},         {"0.142", "1.05", "-0.908", "0.1491"},
		{"123456789012345678901234567890", "1", "123456789012345678901234567889", "123456789012345678901234567890"},
		{"999999999999", "999999999999", "0", "999999999998000000000001"},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct decimal a = decimal_from(cases[i].a, &arena), b = decimal_from(cases[i].b, &arena);
		if (decimal_compare(decimal_subtract(a, b, &arena), decimal_from(cases[i].difference, &arena)) != 0)
			fail_msg("%s - %s", cases[i].a, cases[i].b);
		if (decimal_compare(decimal_multiply(a, b, &arena), decimal_from(cases[i].product, &arena)) != 0)
			fail_msg("%s * %s", cases[i].a, cases[i].b);
	}
	assert_int_equal(decimal_absolute(decimal_from("-3", &arena)).sign, 1);
	assert_int_equal(decimal_absolute(decimal_from("0", &arena)).sign, 0);
	assert_true(same_bits(decimal_value(decimal_from("-0.1", &arena), &arena), -0.1));
	assert_true(same_bits(decimal_value(decimal_from("0", &arena), &arena), 0));
	arena_release(&arena);
}

/* Whole numbers below 2^31 in units of 10^-k: C's integers are exact there. */
static void test_decimal_random(void **state)
{
	uint64_t seed = 42;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (int i = 0; i < 5000; i++) {
		int64_t x = (int64_t)(next_random(&seed) >> 33) - (1 << 30), y = (int64_t)(next_random(&seed) >> 33) - (1 << 30);
		char text[4][40];
		snprintf(text[0], 40, "%llde-4", (long long)x);
		snprintf(text[1], 40, "%llde-4", (long long)y);
		snprintf(text[2], 40, "%llde-4", (long long)(x - y));
		snprintf(text[3], 40, "%llde-8", (long long)(x * y));
		struct decimal a = decimal_from(text[0], &arena), b = decimal_from(text[1], &arena);
		assert_int_equal(decimal_compare(a, b), (x > y) - (x < y));
		assert_int_equal(decimal_compare(decimal_subtract(a, b, &arena), decimal_from(text[2], &arena)), 0);
		assert_int_equal(decimal_compare(decimal_multiply(a, b, &arena), decimal_from(text[3], &arena)), 0);
		double value = random_double(&seed);
		assert_true(decimal_value(decimal_of(value, &arena), &arena) == value);
	}
	arena_release(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),         cmocka_unit_test(test_count),       cmocka_unit_test(test_print),
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_print_fixed), cmocka_unit_test(test_fixed_against_printf),
		cmocka_unit_test(test_round10),       cmocka_unit_test(test_short_ways), cmocka_unit_test(test_decimal_parse), cmocka_unit_test(test_decimal_compare),
		cmocka_unit_test(test_decimal_arithmetic), cmocka_unit_test(test_decimal_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

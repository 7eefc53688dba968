#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "instant.h"

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{"1970-01-01", 0},
		{"1970-01-01T00:00:00Z", 0},
		{"2026-09-22T06:00:00Z", 1790056800},
		{"2026-09-22T06:00Z", 1790056800},
		{"2026-09-22 06:00", 1790056800},
		{"2026-09-22t06:00:00z", 1790056800},
		{"2026-09-22T08:00:00+02:00", 1790056800},
		{"2026-09-22T08:00:00+0200", 1790056800},
		{"2026-09-22T00:30:00-05:30", 1790056800},
		{"2026-09-22T06:00:00.999999999999Z", 1790056800},
		{"2026-09-21T24:00:00Z", INT64_MIN},
		{"2000-02-29", 951782400},
		{"2024-02-29T23:59:59Z", 1709251199},
		{"1969-12-31T23:59:59Z", -1},
		{"2016-12-31T23:59:60Z", 1483228799},
		{"0001-01-01", -62135596800},
		{"9999-12-31T23:59:59Z", 253402300799},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int64_t seconds = INT64_MIN;
		bool ok = instant_parse(&seconds, text_of(cases[i].text));
		if (ok != (cases[i].seconds != INT64_MIN) || (ok && seconds != cases[i].seconds))
			fail_msg("%s gives %lld", cases[i].text, (long long)seconds);
	}
}

static void test_refused(void **state)
{
	static const char *const cases[] = {
		"", "2026", "2026-09", "2026-9-22", "26-09-22", "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "2026-02-29",
		"1900-02-29", "2026-04-31", "0000-01-01", "2026-09-22T", "2026-09-22T6:00", "2026-09-22T06", "2026-09-22T06:60",
		"2026-09-22T06:00:61Z", "2026-09-22T06:00:00.Z", "2026-09-22T06:00:00+2", "2026-09-22T06:00:00+24:00",
		"2026-09-22T06:00:00+02:60", "2026-09-22T06:00:00ZZ", " 2026-09-22", "2026-09-22 ", "2026/09/22", "2026-09-22T06:00:00+",
		"+2026-09-22", "2026-09-22Z", "2026-09-22  06:00", "2026-09-22T060000Z", "2026-W38-2", "1790056800",
	};
	int64_t seconds;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (instant_parse(&seconds, text_of(cases[i])))
			fail_msg("'%s' is taken", cases[i]);
	assert_false(instant_parse(&seconds, (struct text){"2026-09-22\0", 11}));
}

static void test_dates_and_stamps(void **state)
{
	int64_t seconds;

	(void)state;
	assert_true(instant_parse_date(&seconds, TEXT("2026-09-22")) && seconds == 1790035200);
	assert_false(instant_parse_date(&seconds, TEXT("2026-09-22T06:00:00Z")));
	assert_true(instant_parse_stamp(&seconds, TEXT("2026-09-22")) && seconds == 1790035200);
	assert_true(instant_parse_stamp(&seconds, TEXT("2026-09-22T060000Z")) && seconds == 1790056800);
	assert_false(instant_parse_stamp(&seconds, TEXT("2026-09-22T06:00:00Z")));
	assert_false(instant_parse_stamp(&seconds, TEXT("2026-09-22T060000")));
	assert_false(instant_parse_stamp(&seconds, TEXT("2026-09-22T060060Z")));
	assert_false(instant_parse_stamp(&seconds, TEXT("2026-09-22T240000Z")));
	assert_false(instant_parse_stamp(&seconds, TEXT("2026-09-22T060000Zx")));
	assert_false(instant_parse_stamp(&seconds, TEXT("")));
}

static void test_print(void **state)
{
	char out[32];

	(void)state;
	assert_int_equal(instant_print(out, 1790056800), 20);
	assert_string_equal(out, "2026-09-22T06:00:00Z");
	instant_print(out, -1);
	assert_string_equal(out, "1969-12-31T23:59:59Z");
	instant_print(out, -86400);
	assert_string_equal(out, "1969-12-31T00:00:00Z");
	instant_print(out, -62135596800);
	assert_string_equal(out, "0001-01-01T00:00:00Z");
	assert_int_equal(instant_print_date(out, 253402300799), 10);
	assert_string_equal(out, "9999-12-31");
}

/* Every day from 0001 to 9999, counted one by one. */
static void test_every_day(void **state)
{
	static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t wanted = -62135596800, seconds;

	(void)state;
	for (unsigned year = 1; year <= 9999; year++)
		for (unsigned month = 1; month <= 12; month++) {
			bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
			unsigned last = lengths[month - 1] + (month == 2 && leap);
			for (unsigned day = 1; day <= last; day++, wanted += 86400) {
				char text[48], out[32];
				snprintf(text, sizeof text, "%04u-%02u-%02u", year, month, day);
				assert_true(instant_parse_date(&seconds, text_of(text)));
				if (seconds != wanted)
					fail_msg("%s", text);
				instant_print_date(out, wanted + 86399);
				assert_string_equal(out, text);
			}
		}
	assert_int_equal(wanted, 253402300800);
}

static void test_periods(void **state)
{
	struct period period = {.begins = false}, other = {.begins = false};

	(void)state;
	assert_true(period_holds(&period, INT64_MIN) && period_holds(&period, INT64_MAX));
	assert_true(period_reached(&period, 100, 100));
	assert_true(period_reached(&period, 100, 40));
	assert_false(period_reached(&period, 100, 200));
	assert_false(period_reached(&period, 100, 150));
	assert_false(period_reached(&period, 100, 170));
	assert_true(period.begins && period.ends);
	assert_int_equal(period.from, 100);
	assert_int_equal(period.until, 150);
	assert_false(period_passed(&period, 100, 100));
	assert_int_equal(period.until, 101);
	assert_true(period_passed(&other, 100, 99));
	assert_int_equal(other.from, 100);
	assert_false(other.ends);
	assert_false(period_passed(&other, 100, INT64_MAX));
	assert_false(other.ends);
	period_meet(&other, &period);
	assert_true(period_holds(&other, 100));
	assert_false(period_holds(&other, 99) || period_holds(&other, 101));
	other = (struct period){.begins = false};
	period_only(&other, -7);
	assert_true(period_holds(&other, -7));
	assert_false(period_holds(&other, -8) || period_holds(&other, -6));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times), cmocka_unit_test(test_refused),   cmocka_unit_test(test_dates_and_stamps),
		cmocka_unit_test(test_print), cmocka_unit_test(test_every_day), cmocka_unit_test(test_periods),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

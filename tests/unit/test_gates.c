#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "gates.h"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct metric limits(enum direction direction, const char *target, const char *promote, const char *warn, const char *fail)
{
	return (struct metric){.key = TEXT("m"), .decimals = -1, .direction = direction, .required = true, .target = text_of(target),
	                       .promote = text_of(promote), .warn = text_of(warn), .fail = text_of(fail)};
}

/* "pass+" is pass and promotable. */
static void judged(struct metric metric, const char *value, const char *expected)
{
	bool promotable;
	enum verdict verdict = metric_judge(&promotable, &metric, text_of(value), &arena);
	char found[40];

	snprintf(found, sizeof found, "%s%s", verdict_name(verdict), promotable ? "+" : "");
	if (strcmp(found, expected) != 0)
		fail_msg("%s is %s, not %s", value, found, expected);
}

static void test_lower(void **state)
{
	struct metric metric = limits(DIRECTION_LOWER, "", "0.15", "0.25", "0.40");

	(void)state;
	judged(metric, "0.1", "pass+");
	judged(metric, "0.15", "pass+");
	judged(metric, "0.150000000000000000000001", "pass");
	judged(metric, "0.25", "pass");
	judged(metric, "0.2500", "pass");
	judged(metric, "25e-2", "pass");
	judged(metric, "0.25000000000000001", "warn");
	judged(metric, "0.39999999999999999999", "warn");
	judged(metric, "0.40", "fail");
	judged(metric, "4e-1", "fail");
	judged(metric, "1", "fail");
	judged(metric, "-5", "pass+");
}

static void test_higher(void **state)
{
	struct metric metric = limits(DIRECTION_HIGHER, "", "0.8", "0.7", "0.6");

	(void)state;
	judged(metric, "0.8", "pass+");
	judged(metric, "0.79", "pass");
	judged(metric, "0.7", "pass");
	judged(metric, "0.69", "warn");
	judged(metric, "0.6", "fail");
	judged(metric, "-1", "fail");
}

static void test_target(void **state)
{
	struct metric metric = limits(DIRECTION_TARGET, "0.80", "0.01", "0.02", "0.05");

	(void)state;
	judged(metric, "0.80", "pass+");
	judged(metric, "0.79", "pass+");
	judged(metric, "0.78", "pass"); /* in doubles |0.78 - 0.80| is greater than 0.02 */
	judged(metric, "0.82", "pass");
	judged(metric, "0.7799", "warn");
	judged(metric, "0.85", "fail");
	judged(metric, "0.75", "fail");
}

static void test_left_out(void **state)
{
	(void)state;
	judged(limits(DIRECTION_LOWER, "", "", "2", "3"), "2", "pass+");
	judged(limits(DIRECTION_LOWER, "", "", "2", "3"), "2.1", "warn");
	judged(limits(DIRECTION_LOWER, "", "2", "", "3"), "2", "pass+");
	judged(limits(DIRECTION_LOWER, "", "2", "", "3"), "2.1", "warn");
	judged(limits(DIRECTION_LOWER, "", "", "", "3"), "2.9", "pass+");
	judged(limits(DIRECTION_LOWER, "", "", "", "3"), "3", "fail");
	judged(limits(DIRECTION_LOWER, "", "2", "2.5", ""), "9", "warn");
	/* fail is looked at first, also where limits contradict each other */
	judged(limits(DIRECTION_LOWER, "", "2", "3", "2"), "2", "fail");
	judged(limits(DIRECTION_LOWER, "", "", "", ""), "2", "inconclusive");
	judged(limits(DIRECTION_NONE, "", "1", "2", "3"), "1", "inconclusive");
	judged(limits(DIRECTION_TARGET, "", "1", "2", "3"), "1", "inconclusive");
}

static void shown(struct metric metric, const char *value, const char *expected)
{
	struct text found = metric_show(&metric, text_of(value), &arena);

	if (!text_is(found, expected))
		fail_msg("%s is shown as '%.*s', not '%s'", value, TEXT_ARGS(found), expected);
}

static void test_show(void **state)
{
	struct metric ratio = limits(DIRECTION_LOWER, "", "0.10", "0.12", "0.15");
	struct metric errors = limits(DIRECTION_LOWER, "", "38", "45.5", "55");
	struct metric counts = limits(DIRECTION_LOWER, "", "0", "5", "20");

	(void)state;
	shown(ratio, "0.098", "0.098");
	shown(ratio, "0.1", "0.100");
	shown(ratio, "0.09849", "0.098");
	shown(ratio, "0.14996", "0.14996");
	shown(ratio, "0.1499999999999", "0.1499999999999");
	shown(ratio, "0.1200001", "0.1200001");
	shown(ratio, "0.10004", "0.10004");
	shown(ratio, "0.1504", "0.150");
	shown(ratio, "-0.0001", "0.000");
	shown(ratio, "NaN", "NaN");
	shown(ratio, "1e-30", "0.000");
	shown(ratio, "9.9995", "10.000");
	shown(errors, "36.94", "36.9");
	shown(errors, "80752", "80,752.0");
	shown(errors, "1234567.25", "1,234,567.3");
	shown(errors, "1e40", "1e40");
	shown(counts, "3", "3");
	shown(counts, "30e2", "3,000");
	shown(counts, "999", "999");
	shown(counts, "2.5", "2.5");
	ratio.unit = TEXT("%");
	shown(ratio, "0.098", "9.8%");
	shown(ratio, "0.1496", "14.96%");
	shown(ratio, "0.14996", "14.996%");
	ratio.decimals = 0;
	shown(ratio, "0.09", "9%");
	errors.unit = TEXT("EUR");
	shown(errors, "-36.96", "-37.0 EUR");
}

static void test_show_limits(void **state)
{
	struct metric ratio = limits(DIRECTION_TARGET, "0", "0.02", "0.03", "0.0505");
	struct metric counts = limits(DIRECTION_LOWER, "", "0", "5", "20");

	(void)state;
	assert_true(text_is(metric_show_limit(&ratio, TEXT("0.02"), &arena), "0.0200"));
	assert_true(text_is(metric_show_limit(&ratio, TEXT("0"), &arena), "0"));
	assert_true(text_is(metric_show_limit(&counts, TEXT("20"), &arena), "20"));
	assert_true(text_is(metric_show_size(&counts, TEXT("0.04"), &arena), "0.04"));
	ratio = limits(DIRECTION_LOWER, "", "0.1", "0.2", "0.3");
	assert_true(text_is(metric_show_limit(&ratio, TEXT("0.1"), &arena), "0.100"));
	ratio.unit = TEXT("%");
	assert_true(text_is(metric_show_limit(&ratio, TEXT("0.1"), &arena), "10.0%"));
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lower),    cmocka_unit_test(test_higher), cmocka_unit_test(test_target),
		cmocka_unit_test(test_left_out), cmocka_unit_test(test_show),   cmocka_unit_test(test_show_limits),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

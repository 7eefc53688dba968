#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "expression.h"

static bool look(void *context, struct text name, double *value)
{
	static const struct { const char *name; double value; } known[] = {
		{"drift.max", 0.3}, {"drift.share", 0.5}, {"performance.margin", -0.03}, {"performance.hit.rate_10", 0.75}, {"zero", 0},
		{"nan", NAN}, {"infinite", INFINITY},
	};

	(void)context;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (text_is(name, known[i].name)) {
			*value = known[i].value;
			return true;
		}
	return false;
}

static const char *const truths[] = {"false", "true", "unknown"};

static void check(const char *source, const char *expected)
{
	struct arena arena;
	struct text why = TEXT(""), missing;
	size_t offset = 0;

	arena_init(&arena);
	const struct expression *expression = expression_parse(&why, &offset, text_of(source), &limits_default, &arena);
	if (!expression)
		fail_msg("'%s': %.*s at %zu", source, TEXT_ARGS(why), offset);
	const char *truth = truths[expression_test(&missing, expression, look, NULL)];
	if (strcmp(truth, expected) != 0)
		fail_msg("'%s' is %s, not %s", source, truth, expected);
	arena_release(&arena);
}

static void refused(const char *source, size_t offset, const char *part)
{
	struct arena arena;
	struct text why = TEXT("");
	size_t found = 0;

	arena_init(&arena);
	if (expression_parse(&why, &found, text_of(source), &limits_default, &arena))
		fail_msg("'%s' was taken", source);
	const char *said = arena_format(&arena, "%.*s", TEXT_ARGS(why));
	if (!strstr(said, part) || found != offset)
		fail_msg("'%s': '%s' at %zu, not '%s' at %zu", source, said, found, part, offset);
	arena_release(&arena);
}

static void test_truth(void **state)
{
	(void)state;
	check("performance.margin < -0.02 && drift.max > 0.2", "true");
	check("performance.margin<-0.02&&drift.max>0.3", "false");
	check("drift.max >= 0.3", "true");
	check("drift.max == 0.3 == true", "true");
	check("!(drift.max > 0.2) || drift.share >= 0.5", "true");
	check("performance.hit.rate_10 != 0.75", "false");
	check("true", "true");
	check(" \t\n!false\r\n", "true");
}

static void test_binding(void **state)
{
	(void)state;
	check("1 + 2 * 3 == 7", "true");
	check("10 - 3 - 2 == 5", "true");
	check("16 / 4 / 2 == 2", "true");
	check("(1 + 2) * 3 == 9", "true");
	check("-2 * -3 == 6", "true");
	check("- -2 == 2", "true");
	check("1e1 == 10 && .5 == 0.5 && 1.e0 == 1", "true");
	check("1e-1-0.1 == 0", "true");
	check("true || false && false", "true");
	check("!true || true", "true");
}

static void test_unknown(void **state)
{
	(void)state;
	check("missing > 1", "unknown");
	check("!(missing > 1)", "unknown");
	check("missing > 1 && drift.max > 1", "false");
	check("drift.max > 1 && missing > 1", "false");
	check("missing > 1 || drift.max > 0", "true");
	check("missing > 1 || drift.max > 1", "unknown");
	check("missing == missing", "unknown");
	check("nan == 1", "unknown");
	check("nan != nan", "unknown");
	check("infinite > 1", "unknown");
	check("1 / zero > 1", "unknown");
	check("zero / zero == 0", "unknown");
	check("1e308 * 10 > 1", "unknown");
}

static void test_missing_name(void **state)
{
	struct arena arena;
	struct text why, missing;
	size_t offset;

	(void)state;
	arena_init(&arena);
	const struct expression *expression = expression_parse(&why, &offset, TEXT("drift.max > 1 || b.x + a.y > 0"), &limits_default, &arena);
	assert_non_null(expression);
	assert_int_equal(expression_test(&missing, expression, look, NULL), TRUTH_UNKNOWN);
	assert_true(text_is(missing, "b.x"));
	expression = expression_parse(&why, &offset, TEXT("drift.max > 0"), &limits_default, &arena);
	assert_int_equal(expression_test(&missing, expression, look, NULL), TRUTH_TRUE);
	assert_int_equal(missing.len, 0);
	arena_release(&arena);
}

static void collect(void *context, struct text name, size_t offset)
{
	char *out = context;

	snprintf(out + strlen(out), 200 - strlen(out), "%.*s@%zu ", TEXT_ARGS(name), offset);
}

static void test_names(void **state)
{
	struct arena arena;
	struct text why;
	size_t offset;
	char out[200] = "";

	(void)state;
	arena_init(&arena);
	const struct expression *expression = expression_parse(&why, &offset, TEXT("a.b < 1 && (c + a.b) > d"), &limits_default, &arena);
	assert_non_null(expression);
	expression_names(expression, collect, out);
	assert_string_equal(out, "a.b@0 c@12 a.b@16 d@23 ");
	arena_release(&arena);
}

static void test_refused(void **state)
{
	(void)state;
	refused("", 0, "ends where a value is expected");
	refused("a >", 3, "ends where a value is expected");
	refused("a > > 1", 4, "'>' where a value");
	refused("a > 1 b", 6, "operator is expected");
	refused("a = 1", 2, "'==' compares");
	refused("a > 1 & b > 1", 6, "'&&' joins");
	refused("(a > 1", 0, "never closed");
	refused("a > 1)", 5, "closes nothing");
	refused("a", 0, "a number where a condition");
	refused("1 + 1", 0, "a number where a condition");
	refused("a && b > 1", 2, "needs conditions");
	refused("a < b < c", 6, "needs numbers");
	refused("true + 1 > 0", 5, "needs numbers");
	refused("true == 1", 5, "between a number and a condition");
	refused("!a", 0, "needs a condition");
	refused("-true", 0, "needs a number");
	refused("0x10 > 1", 0, "no finite number");
	refused("1e999 > 1", 0, "no finite number");
	refused("exec(1) > 0", 0, "no functions");
	refused("\"a\" == \"a\"", 0, "'\"' where a value");
	refused("\xc3\xa9 > 1", 0, "'\xc3\xa9' where a value");
	refused("\x1b > 1", 0, "control character 0x1b");
	refused("a..b > 1", 1, "operator is expected");
}

static void test_bounds(void **state)
{
	char text[6000];
	struct arena arena;
	struct text why;
	size_t offset;

	(void)state;
	arena_init(&arena);
	memset(text, '(', 5000);
	assert_null(expression_parse(&why, &offset, (struct text){text, 5000}, &limits_default, &arena));
	assert_null(expression_parse(&why, &offset, (struct text){text, 4000}, &limits_default, &arena));
	assert_int_equal(offset, 64);
	memset(text, '!', 4000);
	assert_null(expression_parse(&why, &offset, (struct text){text, 4000}, &limits_default, &arena));
	/* n numbers and n - 1 additions, then > 0: 2 n + 1 parts. */
	memset(text, ' ', sizeof text);
	for (size_t i = 0; i < 127; i++)
		memcpy(text + 2 * i, i ? "+1" : " 1", 2);
	memcpy(text + 254, ">0", 2);
	assert_non_null(expression_parse(&why, &offset, (struct text){text, 256}, &limits_default, &arena));
	memcpy(text + 254, "+1>0", 4);
	assert_null(expression_parse(&why, &offset, (struct text){text, 258}, &limits_default, &arena));
	arena_release(&arena);
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truth),        cmocka_unit_test(test_binding), cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_missing_name), cmocka_unit_test(test_names),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

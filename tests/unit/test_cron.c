#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "cron.h"

static void test_good(void **state)
{
	static const char *const lines[] = {"0 6 * * 1", "*/15 * * * *", "0 0 1,15 * *", "0 0 29 2 *", "5-50/5 0-23 1-31 1-12 0-7",
	                                    "0 6 * jan-MAR mon-Fri", "0 6\t* * sun", "0 0 31 2 1", "0 0 31 2,3 *"};
	struct arena arena;
	struct text why;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (!cron_check(&why, text_of(lines[i]), &arena))
			fail_msg("'%s': %.*s", lines[i], TEXT_ARGS(why));
	arena_release(&arena);
}

static void test_bad(void **state)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
	    {"", "0 fields where five are needed: minute, hour, day of month, month, day of week"},
	    {"0 6 * *", "4 fields where"},
	    {"0 6 * * 1 2", "6 fields where"},
	    {"60 * * * *", "minute '60' is not from 0 to 59"},
	    {"* 24 * * *", "hour '24' is not from 0 to 23"},
	    {"* * 0 * *", "day of month '0' is not from 1 to 31"},
	    {"* * * 13 *", "month '13' is not from 1 to 12"},
	    {"* * * * 8", "day of week '8' is not from 0 to 7"},
	    {"*/0 * * * *", "minute '*/0' has a step"},
	    {"*/99999999999999999999 * * * *", "minute '*/99999999999999999999' has a step"},
	    {"5/10 * * * *", "minute '5/10' has a step without a range"},
	    {"30-10 * * * *", "minute '30-10' is a range that ends before it begins"},
	    {"1, * * * *", "minute '' is empty"},
	    {"-1 * * * *", "minute '' is not from 0 to 59"},
	    {"* * * * monday", "day of week 'monday' is not from 0 to 7"},
	    {"0 0 31 2 *", "it never fires: no month '2' has a day '31'"},
	    {"0 0 31 4,6,9,11 *", "it never fires"},
	    {"0 0 1 1 *\n", "day of week '*\n'"},
	    {"@daily", "1 field where"},
	};
	struct arena arena;
	struct text why;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		why = (struct text){0};
		if (cron_check(&why, text_of(cases[i].line), &arena))
			fail_msg("'%s' is taken", cases[i].line);
		if (!text_starts(why, cases[i].why))
			fail_msg("'%s': %.*s", cases[i].line, TEXT_ARGS(why));
	}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

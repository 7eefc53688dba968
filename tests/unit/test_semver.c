#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "semver.h"

static void test_versions(void **state)
{
	static const char *const good[] = {"0.0.0", "1.2.3", "1.0.0-alpha.1", "1.0.0-0A.is.legal", "1.0.0+001", "1.2.3----R-S.12.9.1--.12+meta",
	                                   "9007199254740991.0.0", "1.0.0-x-y-z.--"};
	static const char *const bad[] = {"", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "v1.2.3", " 1.2.3", "1.2.3 ",
	                                  "1.2.-3", "1.2.3-a..b", "1.2.3-\xc3\xa9", "9007199254740992.0.0", "1.2.3-a.", "a.b.c", "1.2.x"};
	struct semver version;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!semver_parse(&version, text_of(good[i])))
			fail_msg("'%s' is a version", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (semver_parse(&version, text_of(bad[i])))
			fail_msg("'%s' is no version", bad[i]);
	assert_true(semver_parse(&version, text_of("1.2.3-rc.1+b.7")));
	assert_int_equal(version.patch, 3);
	assert_true(text_is(version.prerelease, "rc.1"));
	assert_true(text_is(version.build, "b.7"));
}

/* The order of SemVer 2.0.0, section 11. */
static void test_order(void **state)
{
	static const char *const sorted[] = {"0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
	                                     "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"};
	struct semver a, b;

	(void)state;
	for (size_t i = 0; i < sizeof sorted / sizeof *sorted; i++)
		for (size_t j = 0; j < sizeof sorted / sizeof *sorted; j++) {
			assert_true(semver_parse(&a, text_of(sorted[i])));
			assert_true(semver_parse(&b, text_of(sorted[j])));
			int order = semver_compare(&a, &b);
			if ((order > 0) - (order < 0) != (i > j) - (i < j))
				fail_msg("%s and %s", sorted[i], sorted[j]);
		}
	assert_true(semver_parse(&a, text_of("1.0.0+a")));
	assert_true(semver_parse(&b, text_of("1.0.0+b")));
	assert_int_equal(semver_compare(&a, &b), 0);
}

/* As node-semver answers. */
static void test_ranges(void **state)
{
	static const struct {
		const char *range, *yes, *no;
	} cases[] = {
	    {"1.2.3", "1.2.3 1.2.3+b", "1.2.4 1.2.3-a"},
	    {"=1.2.3", "1.2.3", "1.2.2"},
	    {"^1.2", "1.2.0 1.9.9", "1.1.9 2.0.0 2.0.0-alpha 1.3.0-alpha"},
	    {"^1.2.3", "1.2.3 1.3.0", "1.2.2 2.0.0"},
	    {"^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2"},
	    {"^0.0.3", "0.0.3", "0.0.4 0.0.2"},
	    {"^0.0", "0.0.0 0.0.9", "0.1.0"},
	    {"^0", "0.0.1 0.9.0", "1.0.0"},
	    {"^1.2.3-beta.2", "1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.9.0", "1.2.3-beta.1 1.2.4-beta.2 2.0.0"},
	    {"~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2"},
	    {"~1.2", "1.2.0 1.2.9", "1.3.0"},
	    {"~1", "1.0.0 1.9.0", "2.0.0"},
	    {"~>1.2", "1.2.4", "1.3.0"},
	    {">=1.2.0 <2.0.0", "1.2.0 1.9.9", "2.0.0 1.1.0"},
	    {">= 1.2.0  <2", "1.2.0", "2.0.0"},
	    {">1.2", "1.3.0", "1.2.9 1.2.0"},
	    {"<=1.2", "1.2.9 0.1.0", "1.3.0"},
	    {"<1.2", "1.1.9", "1.2.0"},
	    {"1.x", "1.0.0 1.9.9", "2.0.0 0.9.0"},
	    {"1.2.*", "1.2.9", "1.3.0"},
	    {"*", "0.0.0 9.9.9", "1.0.0-a"},
	    {"", "1.2.3", "1.0.0-a"},
	    {"1.2 - 2", "1.2.0 2.9.9", "1.1.9 3.0.0"},
	    {"1.2.3 - 2.0.0", "1.2.3 2.0.0", "2.0.1"},
	    {"1.0.0 || >=2.1 <2.2", "1.0.0 2.1.5", "1.0.1 2.2.0"},
	    {">*", "", "1.0.0"},
	};
	static const char *const bad[] = {"^", "1.2.3.4", "a", ">=", "1 | 2", "^1.2.x.3", "01.2", "1..2", "latest", "^^1", "1.2.3 -"};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int wanted = 0; wanted < 2; wanted++) {
			struct text list = text_of(wanted ? cases[i].yes : cases[i].no);
			if (!semver_range_valid(text_of(cases[i].range)))
				fail_msg("'%s' is a range", cases[i].range);
			while (list.len) {
				struct semver version;
				struct text word = text_cut(list, 0, text_find(list, ' '));
				list = text_cut(list, word.len + 1, list.len);
				assert_true(semver_parse(&version, word));
				if (semver_satisfies(&version, text_of(cases[i].range)) != wanted)
					fail_msg("'%s' and %.*s: not %s", cases[i].range, TEXT_ARGS(word), wanted ? "satisfied" : "refused");
			}
		}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (semver_range_valid(text_of(bad[i])))
			fail_msg("'%s' is no range", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_ranges),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

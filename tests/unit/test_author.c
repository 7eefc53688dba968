#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "author.h"
#include "unified.h"

static void test_next_version(void **state)
{
	static const struct {
		const char *version, *major, *minor, *patch; /* as node-semver's inc has them */
	} cases[] = {
		{"1.2.3", "2.0.0", "1.3.0", "1.2.4"},
		{"0.0.0", "1.0.0", "0.1.0", "0.0.1"},
		{"1.2.3-rc.1", "2.0.0", "1.3.0", "1.2.3"},
		{"1.2.0-rc.1", "2.0.0", "1.2.0", "1.2.0"},
		{"1.0.0-rc.1+build", "1.0.0", "1.0.0", "1.0.0"},
		{"1.2.3+build", "2.0.0", "1.3.0", "1.2.4"},
	};
	struct arena arena;
	struct text next;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(version_next(&next, text_of(cases[i].version), PART_MAJOR, &arena) && text_is(next, cases[i].major));
		assert_true(version_next(&next, text_of(cases[i].version), PART_MINOR, &arena) && text_is(next, cases[i].minor));
		assert_true(version_next(&next, text_of(cases[i].version), PART_PATCH, &arena) && text_is(next, cases[i].patch));
	}
	assert_false(version_next(&next, TEXT("1.2"), PART_MAJOR, &arena));
	assert_false(version_next(&next, TEXT("18446744073709551615.0.0"), PART_MAJOR, &arena));
	arena_release(&arena);
}

static void test_words(void **state)
{
	static const char *const wrong[] = {"", "a", "a=", "=1,2,3", "a=1,2", "a=1,2,3,4", "a=1,,3", "a=1,2,x", "a=1,2,nan", "a=01,2,3", "a=1,2,3,"};
	struct metric_line line;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_true(metric_line_parse(&line, TEXT("MAPE=0.10, 0.15,-2e3")));
	assert_true(text_is(line.key, "MAPE") && text_is(line.promote, "0.10") && text_is(line.warn, "0.15") && text_is(line.fail, "-2e3"));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (metric_line_parse(&line, text_of(wrong[i])))
			fail_msg("taken: %s", wrong[i]);
	assert_true(text_is(author_name_of(TEXT("recipe_pricing_base"), &arena), "Pricing base"));
	assert_true(text_is(author_name_of(TEXT("pack_"), &arena), "Pack "));
	assert_true(text_is(author_name_of(TEXT("x"), &arena), "X"));
	assert_true(author_is_id(TEXT("a-b_9"), false));
	assert_true(author_is_id(TEXT("2026-02-01-train"), true));
	assert_false(author_is_id(TEXT("2026"), false));
	assert_false(author_is_id(TEXT("snapshots"), true));
	assert_false(author_is_id(TEXT(""), false));
	assert_false(author_is_id(TEXT("a/b"), false));
	assert_false(author_is_id(TEXT("-a"), true));
	assert_false(author_is_id((struct text){"a\0b", 3}, false));
	arena_release(&arena);
}

static void check_unified(const char *before, const char *after, bool is_new, const char *wanted)
{
	struct buffer out;

	buffer_init(&out);
	unified_diff(&out, TEXT("x.yaml"), text_of(before), text_of(after), is_new, false);
	assert_string_equal(out.len ? out.data : "", wanted);
	buffer_release(&out);
}

#define HEAD "--- a/x.yaml\n+++ b/x.yaml\n"

static void test_unified(void **state)
{
	(void)state;
	check_unified("a\n", "a\n", false, "");
	check_unified("a\nb\nc\n", "a\nB\nc\n", false, HEAD "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
	check_unified("", "a\nb\n", true, "--- /dev/null\n+++ b/x.yaml\n@@ -0,0 +1,2 @@\n+a\n+b\n");
	check_unified("a", "b", false, HEAD "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n");
	check_unified("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n5\n6\n7\n8\n9\n", false, HEAD "@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n");
	/* Two changes six lines apart share a hunk, seven lines apart they do not. */
	check_unified("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n", false,
	              HEAD "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
	check_unified("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n", false,
	              HEAD "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
	check_unified("a\r\nb\r\n", "a\r\nc\r\n", false, HEAD "@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
	check_unified("a\n", "\x1b[31m\n", false, HEAD "@@ -1 +1 @@\n-a\n+\\x1b[31m\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_next_version), cmocka_unit_test(test_words), cmocka_unit_test(test_unified)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

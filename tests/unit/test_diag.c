#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "diag.h"

static const struct input file_a = {.path = {"a.yaml", 6}}, file_b = {.path = {"b.yaml", 6}};

static struct place at(const struct input *file, unsigned line, unsigned column)
{
	return (struct place){.file = file, .line = line, .column = column, .width = 1};
}

static void test_adding(void **state)
{
	struct arena arena;
	struct diags diags;

	(void)state;
	arena_init(&arena);
	diags_init(&diags, &arena);
	struct diag *diag = diag_add(&diags, CODE_SCHEMA_TYPE, at(&file_a, 1, 2), "value '%s' is %d", "x", 7);
	assert_int_equal(diag->severity, SEVERITY_ERROR);
	diag_help(&diags, "write %d", 8);
	diag_relate(&diags, at(&file_b, 3, 4), "set %s", "here");
	diag_relate(&diags, at(&file_b, 5, 6), "and here");
	diag_add(&diags, CODE_MERGE_RESTATED, at(&file_a, 2, 1), "second");
	assert_int_equal(diags.count, 2);
	diag = &diags.items[0];
	assert_true(text_is(diag->message, "value 'x' is 7"));
	assert_true(text_is(diag->help, "write 8"));
	assert_int_equal(diag->related_count, 2);
	assert_true(text_is(diag->related[0].message, "set here"));
	assert_int_equal(diag->related[1].place.line, 5);
	assert_int_equal(diags.items[1].severity, SEVERITY_NOTE);
	assert_int_equal(diags.items[1].help.len, 0);
	assert_int_equal(diags_count(&diags, SEVERITY_NOTE), 2);
	assert_int_equal(diags_count(&diags, SEVERITY_ERROR), 1);
	diags.items[0].severity = SEVERITY_OFF;
	assert_int_equal(diags_count(&diags, SEVERITY_OFF), 1);
	arena_release(&arena);
}

static void test_order(void **state)
{
	static const char *const wanted[] = {"none", "whole", "one", "two", "three", "code", "earlier", "later", "b"};
	struct arena arena;
	struct diags diags, more;

	(void)state;
	arena_init(&arena);
	diags_init(&diags, &arena);
	diags_init(&more, &arena);
	diag_add(&diags, CODE_SCHEMA_TYPE, at(&file_b, 1, 1), "b");
	diag_add(&diags, CODE_SCHEMA_TYPE, at(&file_a, 2, 1), "later");
	diag_add(&diags, CODE_SCHEMA_TYPE, at(&file_a, 2, 1), "earlier");
	diag_add(&diags, CODE_FILE_EMPTY, at(&file_a, 2, 1), "code");
	diag_add(&diags, CODE_SCHEMA_TYPE, at(&file_a, 1, 10), "three");
	diag_add(&more, CODE_SCHEMA_TYPE, at(&file_a, 1, 9), "two");
	diag_add(&more, CODE_YAML_SYNTAX, at(&file_a, 1, 2), "one");
	diag_add(&more, CODE_SCHEMA_TYPE, at(&file_a, 0, 0), "whole");
	diag_add(&more, CODE_SCHEMA_TYPE, (struct place){0}, "none");
	diag_add(&more, CODE_SCHEMA_TYPE, at(&file_a, 2, 1), "later");
	diags_append(&diags, &more);
	assert_int_equal(diags.count, 10);
	diags_sort(&diags);
	assert_int_equal(diags.count, sizeof wanted / sizeof *wanted);
	for (size_t i = 0; i < diags.count; i++)
		assert_true(text_is(diags.items[i].message, wanted[i]));
	/* Sorting leaves room to go on. */
	for (int i = 0; i < 20; i++)
		diag_add(&diags, CODE_SCHEMA_TYPE, at(&file_b, 9, 1), "more");
	assert_int_equal(diags.count, 29);
	diags_sort(&diags);
	assert_int_equal(diags.count, 10);
	arena_release(&arena);
}

static void test_flood(void **state)
{
	struct arena arena;
	struct diags diags;

	(void)state;
	arena_init(&arena);
	diags_init(&diags, &arena);
	for (unsigned i = 0; i < DIAGS_PER_FILE; i++)
		diag_add(&diags, CODE_SCHEMA_VALUE, at(&file_b, i + 1, 1), "just enough");
	for (unsigned i = 0; i < DIAGS_PER_FILE + 5; i++) {
		diag_add(&diags, CODE_SCHEMA_TYPE, at(&file_a, i + 1, 1), "one of many");
		diag_add(&diags, CODE_SCHEMA_TYPE, at(&file_a, i + 1, 1), "one of many");
	}
	diag_add(&diags, CODE_SCHEMA_ID, at(&file_a, 100, 1), "another");
	diags_sort(&diags);
	assert_int_equal(diags.count, 2 * DIAGS_PER_FILE + 1);
	assert_true(text_is(diags.items[DIAGS_PER_FILE - 2].message, "one of many"));
	assert_true(text_is(diags.items[DIAGS_PER_FILE - 1].message, "one of many (and 5 more of this kind in this file, beyond 20; --limit findings=25 shows all)"));
	assert_true(text_is(diags.items[DIAGS_PER_FILE].message, "another"));
	assert_true(text_is(diags.items[2 * DIAGS_PER_FILE].message, "just enough"));
	arena_release(&arena);
}

static void test_none(void **state)
{
	struct arena arena;
	struct diags diags, more;

	(void)state;
	arena_init(&arena);
	diags_init(&diags, &arena);
	diags_init(&more, &arena);
	diags_append(&diags, &more);
	diags_sort(&diags);
	assert_int_equal(diags.count, 0);
	assert_int_equal(diags_count(&diags, SEVERITY_NOTE), 0);
	arena_release(&arena);
}

static void test_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CODE_COUNT; i++) {
		const char *slash = strchr(code_list[i].id, '/');
		assert_non_null(slash);
		assert_int_equal(strspn(code_list[i].id, "abcdefghijklmnopqrstuvwxyz-/"), strlen(code_list[i].id));
		assert_true(strlen(code_list[i].doc) > 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(code_list[i].id, code_list[j].id);
	}
	assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
	assert_string_equal(severity_name(SEVERITY_OFF), "off");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adding), cmocka_unit_test(test_order), cmocka_unit_test(test_flood),
		cmocka_unit_test(test_none),   cmocka_unit_test(test_codes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The table of limits against what is said of it elsewhere, and its settings. What each limit does is in tests/cli/limits.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "limits.h"
#include "schema.h"

static void every_limit_has_its_row(void **state)
{
	size_t rows = 0;

	(void)state;
	for (size_t i = 0; i < LIMIT_LIST_COUNT; i++) {
		const struct limit_row *limit = &limit_list[i];
		char path[64];
		snprintf(path, sizeof path, "limits.%s", limit->name);
		const struct field *field = schema_find(KIND_CONFIG, text_of(path));
		assert_non_null(field);
		assert_int_equal(field->type, FIELD_SIZE);
		assert_string_equal(field->doc, limit->doc);
		assert_string_equal(field->fallback, limit_value(limit, limit_get(&limits_default, limit)).text);
		assert_string_equal(field->example, field->fallback);
	}
	for (size_t i = 0; i < schema_field_count; i++)
		rows += schema_fields[i].kind == KIND_CONFIG && text_starts(text_of(schema_fields[i].path), "limits.");
	assert_int_equal(rows, LIMIT_LIST_COUNT);
	/* Every member but the last is in the table. */
	assert_int_equal(LIMIT_LIST_COUNT, offsetof(struct limits, given) / sizeof(size_t));
}

static void every_limit_is_documented(void **state)
{
	static char page[16384];
	FILE *file = fopen("docs/limits.md", "rb");

	(void)state;
	assert_non_null(file);
	page[fread(page, 1, sizeof page - 1, file)] = '\0';
	fclose(file);
	for (size_t i = 0; i < LIMIT_LIST_COUNT; i++) {
		const struct limit_row *limit = &limit_list[i];
		char line[256];
		snprintf(line, sizeof line, "| `%s` | %s | %s |\n", limit->name, limit_value(limit, limit_get(&limits_default, limit)).text,
		         limit->doc);
		if (!strstr(page, line))
			fail_msg("docs/limits.md lacks: %s", line);
	}
}

static void check_setting(const char *setting, const char *wanted, struct arena *arena)
{
	struct limits limits = limits_default;
	struct text why = TEXT("");

	if (limit_set(&limits, &why, text_of(setting), arena) || !text_starts(why, wanted))
		fail_msg("%s: '%.*s' does not begin with '%s'", setting, TEXT_ARGS(why), wanted);
	assert_memory_equal(&limits, &limits_default, sizeof limits);
}

static void settings_are_read(void **state)
{
	struct limits limits = limits_default;
	struct arena arena;
	struct text why;

	(void)state;
	arena_init(&arena);
	assert_true(limit_set(&limits, &why, TEXT("depth=128"), &arena));
	assert_true(limit_set(&limits, &why, TEXT("manifest_bytes=4MiB"), &arena));
	assert_true(limit_set(&limits, &why, TEXT("csv_columns=3"), &arena));
	assert_int_equal(limits.depth, 128);
	assert_int_equal(limits.manifest_bytes, 4194304);
	assert_int_equal(limits.csv_columns, 3);
	check_setting("depth", "'depth' is not NAME=VALUE", &arena);
	check_setting("", "'' is not NAME=VALUE", &arena);
	check_setting("dept=1", "there is no limit 'dept'; did you mean 'depth'?", &arena);
	check_setting("weight=1", "there is no limit 'weight'; limits are manifest_bytes, ", &arena);
	check_setting("depth=0", "'depth' is '0', must be a whole number from 1", &arena);
	check_setting("depth=-1", "'depth' is '-1', must be", &arena);
	check_setting("depth=", "'depth' is '', must be", &arena);
	check_setting("depth=513", "'depth' is 513, cannot be more than 512", &arena);
	check_setting("manifest_bytes=99999999999GiB", "'manifest_bytes' is '99999999999GiB', must be a whole number from 1, optionally",
	              &arena);
	arena_release(&arena);
}

static void repository_only_lowers(void **state)
{
	const struct limit_row *depth = limit_find(TEXT("depth"));
	struct limits limits = limits_default;
	struct arena arena;
	struct text why;

	(void)state;
	arena_init(&arena);
	assert_false(limit_lower(&limits, depth, 65));
	assert_int_equal(limits.depth, 64);
	assert_true(limit_lower(&limits, depth, 64));
	assert_true(limit_lower(&limits, depth, 10));
	assert_true(limit_lower(&limits, depth, 20));
	assert_int_equal(limits.depth, 10);
	/* What the command line gives is what holds. */
	assert_true(limit_set(&limits, &why, TEXT("depth=30"), &arena));
	assert_true(limit_lower(&limits, depth, 5));
	assert_int_equal(limits.depth, 30);
	arena_release(&arena);
}

static void notes_name_the_flag(void **state)
{
	struct limits limits = limits_default;

	(void)state;
	assert_string_equal(limit_note(&limits, &limits.depth).text, "limit 'depth'; raise it with --limit depth=128");
	assert_string_equal(limit_note(&limits, &limits.manifest_bytes).text,
	                    "limit 'manifest_bytes'; raise it with --limit manifest_bytes=2MiB");
	limits.depth = 300;
	assert_string_equal(limit_note(&limits, &limits.depth).text, "limit 'depth'; raise it with --limit depth=512");
	limits.depth = 512;
	assert_string_equal(limit_note(&limits, &limits.depth).text, "limit 'depth', which no flag raises");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_limit_has_its_row), cmocka_unit_test(every_limit_is_documented), cmocka_unit_test(settings_are_read),
	    cmocka_unit_test(repository_only_lowers),  cmocka_unit_test(notes_name_the_flag),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "text_report.h"

static const char source[] = "a: 1\n\tb: \xc3\xa9::x # tail\nlong\r\n";
static const struct input parent = {.path = {"recipes/base.yaml", 17}};

static struct input file_of(const char *bytes)
{
	return (struct input){.path = TEXT("recipes/r.yaml"), .bytes = text_of(bytes)};
}

static void assert_text(const struct buffer *out, const char *want)
{
	assert_string_equal(out->data ? out->data : "", want);
}

static void test_none(void **state)
{
	struct diags diags = {0};
	struct buffer out;

	(void)state;
	buffer_init(&out);
	diags_text(&out, &diags, SEVERITY_NOTE, 23, false);
	assert_text(&out, "23 files, no findings\n");
	buffer_release(&out);
}

static void test_finding(void **state)
{
	struct arena arena;
	struct diags diags;
	struct buffer out;
	struct input file = file_of(source);

	(void)state;
	arena_init(&arena);
	diags_init(&diags, &arena);
	buffer_init(&out);
	diag_add(&diags, CODE_GATE_LOOSENED, (struct place){&file, 2, 5, 4}, "looser than '%s'", "0.1");
	diag_relate(&diags, (struct place){&parent, 31, 9, 1}, "sets 0.020");
	diag_help(&diags, "add a waiver");
	diag_add(&diags, CODE_FILE_EMPTY, (struct place){&file, 0, 0, 0}, "the file is empty");
	diag_relate(&diags, (struct place){&parent, 2, 1, 1}, "first");
	diags_text(&out, &diags, SEVERITY_NOTE, 1, false);
	assert_text(&out, "recipes/r.yaml:2:5: warning: looser than '0.1' [gate/loosened]\n"
	                  "  |\n"
	                  "2 | \tb: \xc3\xa9:\\:x # tail\n"
	                  "  | \t   ^~~~~ recipes/base.yaml:31 sets 0.020\n"
	                  "  = help: add a waiver\n"
	                  "\n"
	                  "recipes/r.yaml: error: the file is empty [file/empty]\n"
	                  "   = note: recipes/base.yaml:2 first\n"
	                  "\n"
	                  "1 error, 1 warning in 1 file\n");
	buffer_clear(&out);
	diags_text(&out, &diags, SEVERITY_ERROR, 2, true);
	assert_non_null(strstr(out.data, "\x1b[1;31merror:\x1b[0m the file"));
	assert_null(strstr(out.data, "looser"));
	assert_non_null(strstr(out.data, "\n1 error in 2 files\n"));
	buffer_release(&out);
	arena_release(&arena);
}

static void test_hostile(void **state)
{
	struct arena arena;
	struct diags diags;
	struct buffer out;
	char line[600];
	struct input file;

	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	memcpy(line + 300, "\x1b[31m", 5);
	file = file_of(line);
	file.path = TEXT("a\n::error::b");
	arena_init(&arena);
	diags_init(&diags, &arena);
	buffer_init(&out);
	diag_add(&diags, CODE_YAML_SYNTAX, (struct place){&file, 1, 301, 400}, "bad \x1b byte");
	diag_add(&diags, CODE_YAML_SYNTAX, (struct place){&file, 9, 7, 3}, "beyond the end");
	diags_text(&out, &diags, SEVERITY_NOTE, 1, false);
	assert_null(strchr(out.data, '\x1b'));
	assert_null(strstr(out.data, "::"));
	assert_int_equal(strncmp(out.data, "a\\x0a:\\:error:\\:b:1:301: error: bad \\x1b byte", 45), 0);
	for (char *at = out.data, *end; (end = strchr(at, '\n')) != NULL; at = end + 1)
		assert_true(end - at < 150);
	assert_non_null(strstr(out.data, "x\\x1b[31mx"));
	buffer_release(&out);
	arena_release(&arena);
}

static void test_json(void **state)
{
	struct arena arena;
	struct diags diags;
	struct buffer out;
	struct input file = file_of(source);

	(void)state;
	arena_init(&arena);
	diags_init(&diags, &arena);
	buffer_init(&out);
	diags_json(&out, &diags);
	assert_text(&out, "{\n  \"schema\": \"galley.check/1\",\n  \"findings\": []\n}\n");
	diag_add(&diags, CODE_REF_UNKNOWN, (struct place){&file, 1, 4, 1}, "no recipe '1'");
	diag_help(&diags, "did you mean '2'?");
	buffer_clear(&out);
	diags_json(&out, &diags);
	assert_non_null(strstr(out.data, "\"path\": \"recipes/r.yaml\""));
	assert_non_null(strstr(out.data, "\"rule\": \"ref/unknown\""));
	assert_non_null(strstr(out.data, "\"help\": \"did you mean '2'?\""));
	buffer_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_finding),
	    cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_json),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "findings.h"

static const char source[] = "a: 1\n\tb: \xc3\xa9::x # tail\nlong\r\n";
static const struct input parent = {.path = {"recipes/base.yaml", 17}};

static struct input file_of(const char *bytes)
{
	return (struct input){.path = TEXT("recipes/r.yaml"), .bytes = text_of(bytes)};
}

struct fixture {
	struct arena arena;
	struct diags diags;
	struct findings findings;
	struct buffer out;
};

static void fixture_init(struct fixture *fixture)
{
	arena_init(&fixture->arena);
	diags_init(&fixture->diags, &fixture->arena);
	buffer_init(&fixture->out);
}

static void fixture_release(struct fixture *fixture)
{
	buffer_release(&fixture->out);
	arena_release(&fixture->arena);
}

static void sum_up(struct fixture *fixture)
{
	diags_sort(&fixture->diags);
	findings_init(&fixture->findings, &fixture->diags, NULL, 0, &fixture->arena);
}

static const char *show(struct fixture *fixture, const char *format)
{
	buffer_clear(&fixture->out);
	findings_format(text_of(format))->render(&fixture->out, &fixture->findings);
	return fixture->out.data ? fixture->out.data : "";
}

static size_t count(const char *in, const char *what)
{
	size_t times = 0;

	for (const char *at = strstr(in, what); at; at = strstr(at + 1, what))
		times++;
	return times;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("missing: %s\nin: %s", part, text);
}

static void test_text_none(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	sum_up(&fixture);
	fixture.findings.files_read = 23;
	assert_string_equal(show(&fixture, "text"), "23 files, no findings\n");
	fixture.findings.suppressed = 2;
	assert_string_equal(show(&fixture, "text"), "23 files, no findings, 2 suppressed\n");
	fixture_release(&fixture);
}

static void test_text(void **state)
{
	struct fixture fixture;
	struct input file = file_of(source);

	(void)state;
	fixture_init(&fixture);
	diag_add(&fixture.diags, CODE_GATE_LOOSENED, (struct place){&file, 2, 5, 4}, "looser than '%s'", "0.1");
	diag_relate(&fixture.diags, (struct place){&parent, 31, 9, 1}, "sets 0.020");
	diag_help(&fixture.diags, "add a waiver");
	diag_add(&fixture.diags, CODE_FILE_EMPTY, (struct place){&file, 0, 0, 0}, "the file is empty");
	diag_relate(&fixture.diags, (struct place){&parent, 2, 1, 1}, "first");
	sum_up(&fixture);
	assert_string_equal(show(&fixture, "text"), "recipes/r.yaml: error: the file is empty [file/empty]\n"
	                                            "   = note: recipes/base.yaml:2 first\n"
	                                            "\n"
	                                            "recipes/r.yaml:2:5: warning: looser than '0.1' [gate/loosened]\n"
	                                            "  |\n"
	                                            "2 | \tb: \xc3\xa9:\\:x # tail\n"
	                                            "  | \t   ^~~~~ recipes/base.yaml:31 sets 0.020\n"
	                                            "  = help: add a waiver\n"
	                                            "\n"
	                                            "1 error, 1 warning in 1 file\n");
	fixture.findings.at_least = SEVERITY_ERROR;
	fixture.findings.color = true;
	fixture.findings.files_read = 2;
	assert_has(show(&fixture, "text"), "\x1b[1;31merror:\x1b[0m the file");
	assert_null(strstr(fixture.out.data, "looser"));
	assert_has(fixture.out.data, "\n1 error in 2 files\n");
	fixture_release(&fixture);
}

static void test_text_hostile(void **state)
{
	struct fixture fixture;
	char line[600];
	struct input file;

	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	memcpy(line + 300, "\x1b[31m", 5);
	file = file_of(line);
	file.path = TEXT("a\n::error::b");
	fixture_init(&fixture);
	diag_add(&fixture.diags, CODE_YAML_SYNTAX, (struct place){&file, 1, 301, 400}, "bad \x1b byte");
	diag_add(&fixture.diags, CODE_YAML_SYNTAX, (struct place){&file, 9, 7, 3}, "beyond the end");
	sum_up(&fixture);
	const char *out = show(&fixture, "text");
	assert_null(strchr(out, '\x1b'));
	assert_null(strstr(out, "::"));
	assert_int_equal(strncmp(out, "a\\x0a:\\:error:\\:b:1:301: error: bad \\x1b byte", 45), 0);
	for (const char *at = out, *end; (end = strchr(at, '\n')) != NULL; at = end + 1)
		assert_true(end - at < 150);
	assert_has(out, "x\\x1b[31mx");
	fixture_release(&fixture);
}

static void test_json(void **state)
{
	struct fixture fixture;
	struct input file = file_of(source);

	(void)state;
	fixture_init(&fixture);
	sum_up(&fixture);
	assert_string_equal(show(&fixture, "json"), "{\n  \"schema\": \"galley.check/1\",\n  \"findings\": []\n}\n");
	assert_string_equal(show(&fixture, "jsonl"), "");
	diag_add(&fixture.diags, CODE_REF_UNKNOWN, (struct place){&file, 1, 4, 1}, "no recipe '##[x]'");
	diag_help(&fixture.diags, "did you mean '2'?");
	sum_up(&fixture);
	assert_has(show(&fixture, "json"), "\"path\": \"recipes/r.yaml\"");
	assert_has(fixture.out.data, "\"rule\": \"ref/unknown\"");
	assert_has(fixture.out.data, "\"help\": \"did you mean '2'?\"");
	assert_string_equal(show(&fixture, "jsonl"),
	                    "{\"path\":\"recipes/r.yaml\",\"line\":1,\"column\":4,\"severity\":\"error\",\"rule\":\"ref/unknown\","
	                    "\"message\":\"no recipe '#\\u0023[x]'\",\"related\":[],\"help\":\"did you mean '2'?\"}\n");
	fixture_release(&fixture);
}

/* Errors on odd lines, warnings on even ones. */
static void add_many(struct fixture *fixture, const struct input *file, unsigned lines)
{
	for (unsigned i = 1; i <= lines; i++)
		diag_add(&fixture->diags, i % 2 ? CODE_SCHEMA_TYPE : CODE_GATE_LOOSENED, (struct place){file, i, 1, 1}, "finding %u", i);
}

static void test_most(void **state)
{
	struct fixture fixture;
	struct input file = file_of("a: 1\n");

	(void)state;
	fixture_init(&fixture);
	add_many(&fixture, &file, 8);
	sum_up(&fixture);
	assert_int_equal(fixture.findings.ranked[3]->diag->place.line, 7);
	assert_int_equal(fixture.findings.ranked[4]->diag->place.line, 2);
	assert_int_equal(fixture.findings.items[1].rank, 4);
	fixture.findings.most = 5;
	assert_int_equal(findings_left_out(&fixture.findings), 3);
	assert_has(show(&fixture, "text"), "\n4 errors, 4 warnings in 1 file, 3 not shown\n");
	assert_int_equal(count(fixture.out.data, "finding "), 5);
	assert_has(fixture.out.data, "finding 2 [");
	assert_null(strstr(fixture.out.data, "finding 4"));
	assert_has(show(&fixture, "json"), "\"left_out\": 3");
	assert_int_equal(count(show(&fixture, "jsonl"), "\n"), 5);
	assert_has(show(&fixture, "github"), "::notice title=galley::3 more findings not annotated (3 warnings)");
	assert_int_equal(count(show(&fixture, "gitlab"), "check_name"), 5);
	assert_int_equal(count(show(&fixture, "rdjson"), "\"message\""), 5);
	assert_int_equal(count(show(&fixture, "sarif"), "\"ruleId\""), 5);
	assert_has(fixture.out.data, "3 more findings left out");
	assert_has(show(&fixture, "junit"), "tests=\"6\" failures=\"4\" errors=\"0\"");
	assert_int_equal(count(fixture.out.data, "<testcase"), 6);
	fixture.findings.most = 0;
	assert_has(show(&fixture, "tap"), "\nnot ok 1 - recipes/r.yaml\n# 8 more findings in this file\n");
	assert_has(show(&fixture, "junit"), "tests=\"1\" failures=\"1\" errors=\"0\"");
	fixture_release(&fixture);
}

static void mark(char out[static 65], const char *bytes, enum code code, unsigned line)
{
	struct fixture fixture;
	struct input file = file_of(bytes);

	fixture_init(&fixture);
	diag_add(&fixture.diags, code, (struct place){&file, line, 1, 1}, "line %u", line);
	sum_up(&fixture);
	memcpy(out, fixture.findings.items[0].fingerprint, 65);
	fixture_release(&fixture);
}

static void test_fingerprints(void **state)
{
	static const char before[] = "metrics:\n- name: a\n  warn: 1\n- name: b\n  warn: 1\nother:\n  warn: 1\n";
	static const char after[] = "# 1\n# 2\nfirst: {}\n\nmore:\n  warn: 7\nmetrics:\n- name: 0\n  warn: 1\n- name: a\n  warn: 2\n- name: b\n  warn: 1\n"
	                            "other:\n  warn: 1\n";
	char a[65], b[65];

	(void)state;
	mark(a, before, CODE_SCHEMA_TYPE, 3);
	mark(b, after, CODE_SCHEMA_TYPE, 11);
	assert_string_equal(a, b);
	mark(b, before, CODE_SCHEMA_TYPE, 5);
	assert_string_not_equal(a, b);
	mark(a, after, CODE_SCHEMA_TYPE, 13);
	assert_string_equal(a, b);
	mark(a, before, CODE_SCHEMA_TYPE, 7);
	assert_string_not_equal(a, b);
	mark(b, after, CODE_SCHEMA_TYPE, 15);
	assert_string_equal(a, b);
	mark(b, after, CODE_SCHEMA_RANGE, 15);
	assert_string_not_equal(a, b);
	/* Beyond the file's end, and without one. */
	mark(a, "", CODE_SCHEMA_TYPE, 40);
	mark(b, "a: 1", CODE_SCHEMA_TYPE, 0);
	assert_int_equal(strlen(a), 64);
}

static void test_fingerprints_are_unique(void **state)
{
	struct fixture fixture;
	struct input file = file_of("a: [x, x, x]\n");

	(void)state;
	fixture_init(&fixture);
	for (unsigned i = 0; i < 3; i++)
		diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){&file, 1, 5 + 3 * i, 1}, "unknown 'x'");
	diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){&parent, 0, 0, 0}, "unknown 'x'");
	diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){0}, "unknown 'x'");
	sum_up(&fixture);
	assert_int_equal(fixture.findings.count, 5);
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(fixture.findings.items[i].fingerprint, fixture.findings.items[k].fingerprint);
	fixture_release(&fixture);
}

static void test_columns(void **state)
{
	struct fixture fixture;
	struct input file = file_of("\xc3\xa9: \xf0\x9f\x98\x80x\n");

	(void)state;
	fixture_init(&fixture);
	diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){&file, 1, 4, 2}, "odd");
	sum_up(&fixture);
	assert_has(show(&fixture, "rdjson"), "\"start\": {\"line\": 1, \"column\": 5},\n          \"end\": {\"line\": 1, \"column\": 10}");
	assert_has(show(&fixture, "sarif"), "\"region\": {\"startLine\": 1, \"startColumn\": 4, \"endLine\": 1, \"endColumn\": 6}");
	assert_has(fixture.out.data, "\"columnKind\": \"unicodeCodePoints\"");
	assert_has(show(&fixture, "github"), "line=1,col=4,endColumn=6,");
	fixture_release(&fixture);
}

static void test_sarif_links(void **state)
{
	struct fixture fixture;
	struct input file = file_of("");

	(void)state;
	file.path = TEXT("a b/\xff%.yaml");
	fixture_init(&fixture);
	diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){&file, 0, 0, 0}, "[click](http://x)");
	sum_up(&fixture);
	assert_has(show(&fixture, "sarif"), "[click\\\\](http");
	assert_has(fixture.out.data, "\"uri\": \"a%20b/%FF%25.yaml\"");
	assert_has(fixture.out.data, "\"startLine\": 1, \"startColumn\": 1, \"endLine\": 1, \"endColumn\": 1");
	fixture_release(&fixture);
}

static void test_github(void **state)
{
	struct fixture fixture;
	struct input file = file_of("a\n");
	char long_message[9000];

	(void)state;
	memset(long_message, '%', sizeof long_message - 1);
	long_message[sizeof long_message - 1] = '\0';
	memcpy(long_message + 4091, "\xc3\xa9\xc3\xa9", 4);
	file.path = TEXT("a,b:c%\n##[error]\x1b.yaml");
	fixture_init(&fixture);
	diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){&file, 1, 1, 1}, "%s", "50%\r\n::error::x, y");
	sum_up(&fixture);
	assert_string_equal(show(&fixture, "github"),
	                    "::error file=a%2Cb%3Ac%25%0A#\\#[error]\\x1b.yaml,line=1,col=1,endColumn=2,title=schema/value::"
	                    "50%25\\x0d\\x0a:\\:error:\\:x, y\n");
	diag_add(&fixture.diags, CODE_FILE_EMPTY, (struct place){0}, "%s", long_message);
	sum_up(&fixture);
	const char *from = strstr(show(&fixture, "github"), "title=file/empty::") + strlen("title=file/empty::");
	size_t decoded = 0;
	for (; *from != '\n'; from += *from == '%' ? 3 : 1)
		decoded++;
	assert_true(decoded <= 4096 && decoded > 4090);
	fixture_release(&fixture);
}

static void test_github_limit(void **state)
{
	struct fixture fixture;
	struct input files[15];
	char paths[15][8];

	(void)state;
	fixture_init(&fixture);
	for (int i = 0; i < 15; i++) {
		memcpy(paths[i], "f00", 4);
		paths[i][1] = (char)('0' + i / 10);
		paths[i][2] = (char)('0' + i % 10);
		files[i] = file_of("a: 1\n");
		files[i].path = text_of(paths[i]);
		diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){&files[i], 1, 1, 1}, "error");
		if (i < 10)
			diag_add(&fixture.diags, CODE_MERGE_RESTATED, (struct place){&files[i], 1, 1, 1}, "note");
	}
	sum_up(&fixture);
	assert_int_equal(count(show(&fixture, "github"), "::error "), 10);
	assert_int_equal(count(fixture.out.data, "::notice "), 10);
	assert_has(fixture.out.data, "\n::notice title=galley::6 more findings not annotated (5 errors, 1 note); 'galley check' prints all of them\n");
	fixture_release(&fixture);
}

static void test_junit(void **state)
{
	struct fixture fixture;
	struct input file = file_of("a: 1\n"), clean = file_of(""), broken = file_of("[");
	const struct input *files[] = {&clean, &file};

	(void)state;
	clean.path = TEXT("a.yaml");
	file.path = TEXT("b<\"&'\x01\xef\xbf\xbf.yaml");
	broken.path = TEXT("c.yaml");
	fixture_init(&fixture);
	diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){&file, 1, 1, 1}, "]]> <x>");
	diag_add(&fixture.diags, CODE_SCHEMA_VALUE, (struct place){&file, 2, 1, 1}, "]]> <x>");
	diag_add(&fixture.diags, CODE_GATE_LOOSENED, (struct place){&file, 3, 1, 1}, "warned");
	diag_add(&fixture.diags, CODE_YAML_SYNTAX, (struct place){&broken, 1, 1, 1}, "open");
	diags_sort(&fixture.diags);
	findings_init(&fixture.findings, &fixture.diags, files, 2, &fixture.arena);
	assert_has(show(&fixture, "junit"), "<testsuites name=\"galley check\" tests=\"5\" failures=\"2\" errors=\"1\" time=\"0\">");
	assert_has(fixture.out.data, "<testsuite name=\"b&lt;&quot;&amp;'\\x01\\uffff.yaml\" tests=\"3\" failures=\"2\" errors=\"0\" time=\"0\">");
	assert_has(fixture.out.data, "name=\"schema/value: ]]&gt; &lt;x&gt; (2)\"");
	assert_has(fixture.out.data, "<testcase classname=\"a.yaml\" name=\"no findings\" time=\"0\"/>");
	assert_int_equal(count(fixture.out.data, "<system-out>"), 1);
	assert_int_equal(count(fixture.out.data, "<error "), 1);
	fixture.findings.fail_on = SEVERITY_WARNING;
	assert_has(show(&fixture, "junit"), "tests=\"5\" failures=\"3\" errors=\"1\"");
	fixture_release(&fixture);
}

static void test_tap(void **state)
{
	struct fixture fixture;
	struct input file = file_of("a: 1\n");

	(void)state;
	file.path = TEXT("x # TO" "DO later\nok 7.yaml");
	fixture_init(&fixture);
	sum_up(&fixture);
	assert_string_equal(show(&fixture, "tap"), "TAP version 13\n1..0 # SKIP no files\n");
	diag_add(&fixture.diags, CODE_GATE_LOOSENED, (struct place){&file, 1, 2, 1}, "a \"b\"");
	sum_up(&fixture);
	assert_string_equal(show(&fixture, "tap"), "TAP version 13\n1..1\nok 1 - x \\# TO" "DO later\\\\x0aok 7.yaml\n  ---\n  findings:\n"
	                                           "    - line: 1\n      column: 2\n      severity: warning\n      rule: gate/loosened\n"
	                                           "      message: \"a \\\"b\\\"\"\n  ...\n");
	fixture.findings.fail_on = SEVERITY_WARNING;
	assert_has(show(&fixture, "tap"), "\nnot ok 1 - x");
	fixture_release(&fixture);
}

static void test_summary(void **state)
{
	struct fixture fixture;
	enum { FILES = 500 };
	struct input *files;
	size_t rows;

	(void)state;
	fixture_init(&fixture);
	sum_up(&fixture);
	findings_summary(&fixture.out, &fixture.findings, FINDINGS_SUMMARY_MAX);
	assert_string_equal(fixture.out.data, "## galley check: 0 files, no findings\n");
	files = arena_array(&fixture.arena, FILES, sizeof *files);
	for (unsigned i = 0; i < FILES; i++) {
		files[i] = file_of("a: 1\n");
		files[i].path = text_format(&fixture.arena, "recipes/%03u|x.yaml", i);
		add_many(&fixture, &files[i], 2);
	}
	sum_up(&fixture);
	buffer_clear(&fixture.out);
	findings_summary(&fixture.out, &fixture.findings, FINDINGS_SUMMARY_MAX);
	assert_int_equal(count(fixture.out.data, "\n| error |"), FILES);
	assert_int_equal(count(fixture.out.data, "\n| warning |"), FILES);
	assert_null(strstr(fixture.out.data, "more finding"));
	for (size_t max = 400; max < 60000; max += 7777) {
		buffer_clear(&fixture.out);
		findings_summary(&fixture.out, &fixture.findings, max);
		assert_true(fixture.out.len <= max);
		rows = count(fixture.out.data, "\n| error |") + count(fixture.out.data, "\n| warning |");
		assert_has(fixture.out.data, arena_format(&fixture.arena, "|\n\n%zu more findings are not in this table", 2 * FILES - rows));
		assert_int_equal(count(fixture.out.data, " |\n"), rows + 2);
		assert_true(rows <= FILES || count(fixture.out.data, "\n| error |") == FILES);
	}
	fixture_release(&fixture);
}

static void test_formats(void **state)
{
	(void)state;
	assert_null(findings_format(TEXT("yaml")));
	assert_null(findings_format(TEXT("")));
	assert_true(findings_format(TEXT("github"))->is_log);
	assert_false(findings_format(TEXT("sarif"))->is_log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text_none),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_text_hostile),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_most),
	    cmocka_unit_test(test_fingerprints),
	    cmocka_unit_test(test_fingerprints_are_unique),
	    cmocka_unit_test(test_columns),
	    cmocka_unit_test(test_sarif_links),
	    cmocka_unit_test(test_github),
	    cmocka_unit_test(test_github_limit),
	    cmocka_unit_test(test_junit),
	    cmocka_unit_test(test_tap),
	    cmocka_unit_test(test_summary),
	    cmocka_unit_test(test_formats),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "buffer.h"
#include "data_check.h"
#include "document.h"

struct fixture {
	char path[48];
	struct table_file file;
	struct arena arena;
	struct diags diags;
	struct failure failure;
	struct recipe recipe;
	struct effective effective;
	struct data_check_request request;
	struct data_check check;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	int fd;

	snprintf(fixture->path, sizeof fixture->path, "/tmp/galley-check-XXXXXX");
	fd = mkstemp(fixture->path);
	if (fd < 0)
		return -1;
	close(fd);
	arena_init(&fixture->arena);
	fixture->file = (struct table_file){NULL, text_of(fixture->path)};
	fixture->effective.recipe = &fixture->recipe;
	fixture->request = (struct data_check_request){.file = &fixture->file, .recipe = &fixture->effective, .jobs = 1, .limits = &limits_default};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	unlink(fixture->path);
	arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static void recipe_is(struct fixture *fixture, const char *yaml)
{
	struct input *input = arena_alloc(&fixture->arena, sizeof *input);

	*input = (struct input){.path = TEXT("recipe.yaml"), .bytes = text_of(yaml)};
	diags_init(&fixture->diags, &fixture->arena);
	fixture->effective.root = document_read(input, DOCUMENT_MANIFEST, &limits_default, &fixture->arena, &fixture->diags);
	assert_non_null(fixture->effective.root);
}

static void write_csv(struct fixture *fixture, struct text bytes)
{
	FILE *file = fopen(fixture->path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static void check(struct fixture *fixture)
{
	diags_init(&fixture->diags, &fixture->arena);
	assert_int_equal(data_check(&fixture->check, &fixture->request, &fixture->arena, &fixture->diags, &fixture->failure), 0);
}

static void status_is(const struct fixture *fixture, enum check_kind kind, enum check_status status)
{
	if (fixture->check.checks[kind].status != status)
		print_message("%s is %s: %.*s\n", check_kind_name(kind), check_status_name(fixture->check.checks[kind].status),
		              TEXT_ARGS(fixture->check.checks[kind].words));
	assert_int_equal(fixture->check.checks[kind].status, status);
}

static const struct check_finding *finding_of(const struct fixture *fixture, enum check_kind kind, size_t nth)
{
	for (size_t i = 0; i < fixture->check.finding_count; i++)
		if (fixture->check.findings[i].kind == kind && nth-- == 0)
			return &fixture->check.findings[i];
	fail_msg("no such finding of %s", check_kind_name(kind));
	return NULL;
}

static const char schema[] = "requirements:\n"
                             "  schema:\n"
                             "    columns:\n"
                             "      id: {type: string, required: true, unique: true}\n"
                             "      price: {type: number, required: true, min: 0, max: 100, max_missing: 0.25}\n"
                             "      segment: {type: category, allowed: [a, b, 'no']}\n"
                             "      code: {type: category_num, allowed: [1, 2, x]}\n"
                             "      at: {type: timestamp}\n"
                             "    key: [segment, at]\n"
                             "    min_rows: 4\n"
                             "    allow_extra_columns: false\n"
                             "    max_duplicate_rows: 0.2\n"
                             "    na: ['-']\n"
                             "monitoring:\n"
                             "  freshness: {max_age_hours: 24, features: [at]}\n";

enum { NOON = 1700000000 / 86400 * 86400 + 43200 }; /* 2023-11-14T12:00:00Z */

static void test_all_pass(void **state)
{
	struct fixture *fixture = *state;

	recipe_is(fixture, schema);
	write_csv(fixture, TEXT("id,price,segment,code,at\n"
	                        "1,0,a,1,2023-11-14T00:00:00Z\n"
	                        "2,100.0,b,2.0,2023-11-14T01:00:00Z\n"
	                        "3,-,no,01,2023-11-14T02:00:00Z\n"
	                        "4,1e1,a,x,2023-11-13T12:00:00Z\n"));
	fixture->request.as_of = NOON;
	check(fixture);
	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++)
		status_is(fixture, kind, CHECK_PASS);
	assert_int_equal(fixture->check.status, CHECK_PASS);
	assert_int_equal(fixture->check.rows, 4);
	assert_int_equal(fixture->check.finding_count, 0);
}

static void test_nothing_asked(void **state)
{
	struct fixture *fixture = *state;

	recipe_is(fixture, "metadata: {id: x}\n");
	write_csv(fixture, TEXT("a\n1\n"));
	check(fixture);
	for (enum check_kind kind = 0; kind < CHECK_COUNT; kind++)
		status_is(fixture, kind, kind == CHECK_INTEGRITY ? CHECK_PASS : CHECK_SKIPPED);
}

static void test_breaches(void **state)
{
	struct fixture *fixture = *state;

	recipe_is(fixture, schema);
	write_csv(fixture, TEXT("price,segment,code,at,more\n"
	                        "-1,a,1,2023-11-12T00:00:00Z,1\n"
	                        "101,A,3,yesterday,2\n"
	                        "inf, a,y,2023-11-12T00:00:00Z,3\n"
	                        "ten,a,1,2023-11-12T00:00:00Z,4\n"
	                        "NA,,,,\n"
	                        "-,,,,\n"
	                        "\"1\n0\",,,,\n"));
	fixture->request.as_of = NOON;
	check(fixture);
	status_is(fixture, CHECK_SCHEMA, CHECK_FAIL);
	assert_true(text_is(finding_of(fixture, CHECK_SCHEMA, 0)->column, "id"));
	assert_true(text_is(finding_of(fixture, CHECK_SCHEMA, 1)->column, "more"));
	status_is(fixture, CHECK_MISSINGNESS, CHECK_FAIL);
	assert_int_equal(finding_of(fixture, CHECK_MISSINGNESS, 0)->count, 2);
	assert_int_equal(finding_of(fixture, CHECK_MISSINGNESS, 0)->of, 7);
	assert_int_equal(finding_of(fixture, CHECK_MISSINGNESS, 0)->rows[0].row, 6);
	const struct { const char *column; uint64_t count, row; const char *value; } wanted[] = {
	    {"price", 2, 5, "ten"}, {"price", 1, 4, "inf"}, {"price", 1, 2, "-1"}, {"price", 1, 3, "101"},
	    {"segment", 2, 3, "A"}, {"code", 1, 4, "y"}, {"code", 1, 3, "3"}, {"at", 1, 3, "yesterday"},
	};
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		const struct check_finding *finding = finding_of(fixture, CHECK_VALIDITY, i);
		assert_true(text_is(finding->column, wanted[i].column));
		assert_int_equal(finding->count, wanted[i].count);
		assert_int_equal(finding->rows[0].row, wanted[i].row);
		assert_true(text_is(finding->rows[0].value, wanted[i].value));
	}
	status_is(fixture, CHECK_VOLUME, CHECK_PASS);
	status_is(fixture, CHECK_FRESHNESS, CHECK_FAIL);
	assert_int_equal(finding_of(fixture, CHECK_UNIQUENESS, 0)->count, 1); /* the key; missing ones do not count */
	assert_int_equal(finding_of(fixture, CHECK_UNIQUENESS, 0)->rows[0].row, 5);
	assert_int_equal(finding_of(fixture, CHECK_UNIQUENESS, 0)->rows[0].same_as, 2);
}

static void test_limits_are_inclusive(void **state)
{
	struct fixture *fixture = *state;

	recipe_is(fixture, schema);
	write_csv(fixture, TEXT("id,price,segment,code,at\n1,,a,1,2023-11-13T12:00:00Z\n2,1,a,1,2023-11-13T11:00:00Z\n"
	                        "3,1,a,1,2023-11-13T10:00:00Z\n4,1,a,1,2023-11-13T09:00:00Z\n"));
	fixture->request.as_of = NOON;
	check(fixture);
	assert_int_equal(fixture->check.status, CHECK_PASS); /* a quarter is missing, a day old */
	fixture->request.as_of = NOON + 1;
	check(fixture);
	status_is(fixture, CHECK_FRESHNESS, CHECK_FAIL);
}

static void test_cannot_compute(void **state)
{
	struct fixture *fixture = *state;

	recipe_is(fixture, schema);
	write_csv(fixture, TEXT("id,price,segment,code,at\n"));
	check(fixture);
	status_is(fixture, CHECK_MISSINGNESS, CHECK_INCONCLUSIVE);
	status_is(fixture, CHECK_FRESHNESS, CHECK_INCONCLUSIVE);
	status_is(fixture, CHECK_VOLUME, CHECK_FAIL);
	write_csv(fixture, TEXT("id,price,segment,code,at\n1,2\n"));
	check(fixture);
	status_is(fixture, CHECK_INTEGRITY, CHECK_FAIL);
	for (enum check_kind kind = CHECK_MISSINGNESS; kind < CHECK_INTEGRITY; kind++)
		status_is(fixture, kind, CHECK_INCONCLUSIVE);
	fixture->request.max_bad_rows = 1;
	check(fixture);
	status_is(fixture, CHECK_INTEGRITY, CHECK_PASS);
	assert_int_equal(fixture->check.bad_rows, 1);
	fixture->file.path = TEXT("/tmp/galley-there-is-no-such-file.csv");
	assert_int_equal(data_check(&fixture->check, &fixture->request, &fixture->arena, &fixture->diags, &fixture->failure) == 0 &&
	                     fixture->check.status != CHECK_FAIL,
	                 0);
}

/* A file of many batches, counted by the plain way beside it. */
static void test_exact_counts(void **state)
{
	enum { ROWS = 20000, KEYS = 15000 };
	struct fixture *fixture = *state;
	struct buffer bytes;
	static bool seen[KEYS];
	unsigned random = 12345;
	size_t missing = 0, low = 0, again = 0, first_low = 0;

	memset(seen, 0, sizeof seen);
	recipe_is(fixture, "requirements: {schema: {columns: {id: {type: string, unique: true}, v: {type: number, min: 10, max_missing: 0}}, key: [id]}}\n");
	buffer_init(&bytes);
	buffer_string(&bytes, "id,v,pad\n");
	for (size_t i = 0; i < ROWS; i++) {
		random = random * 1103515245 + 12345;
		unsigned id = (random >> 8) % KEYS, v = (random >> 4) % 1000;
		again += seen[id];
		seen[id] = true;
		if (v >= 990) {
			missing++;
			buffer_format(&bytes, "%u,NA,\"x\n%zu\"\n", id, i);
			continue;
		}
		if (v < 10 && low++ == 0)
			first_low = i + 2;
		buffer_format(&bytes, "%u,%u,some more text so that there are many batches %zu\n", id, v, i);
	}
	write_csv(fixture, buffer_text(&bytes));
	buffer_release(&bytes);
	for (unsigned jobs = 1; jobs <= 3; jobs += 2)
		for (uint64_t memory = 0; memory <= 200000; memory += 200000) {
			fixture->request.jobs = jobs;
			fixture->request.memory = memory;
			check(fixture);
			assert_int_equal(fixture->check.rows, ROWS);
			assert_int_equal(finding_of(fixture, CHECK_MISSINGNESS, 0)->count, missing);
			assert_int_equal(finding_of(fixture, CHECK_VALIDITY, 0)->count, low);
			assert_int_equal(finding_of(fixture, CHECK_VALIDITY, 0)->rows[0].row, first_low);
			assert_int_equal(finding_of(fixture, CHECK_UNIQUENESS, 0)->count, again);
			assert_int_equal(finding_of(fixture, CHECK_UNIQUENESS, 1)->count, again);
			assert_true(finding_of(fixture, CHECK_UNIQUENESS, 0)->rows[0].same_as < finding_of(fixture, CHECK_UNIQUENESS, 0)->rows[0].row);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_pass, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_breaches, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limits_are_inclusive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_compute, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exact_counts, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

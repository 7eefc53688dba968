#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "../fuzz/compare.h"

struct fixture { char path[64]; struct buffer bytes; };

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	snprintf(fixture->path, sizeof fixture->path, "/tmp/galley-scan-XXXXXX");
	int file = mkstemp(fixture->path);
	if (file < 0)
		return -1;
	close(file);
	buffer_init(&fixture->bytes);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	unlink(fixture->path);
	buffer_release(&fixture->bytes);
	free(fixture);
	return 0;
}

static void put(struct fixture *fixture, struct text bytes)
{
	FILE *out = fopen(fixture->path, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, out), bytes.len);
	assert_int_equal(fclose(out), 0);
}

/* With every code, on one thread and three. */
static struct compared same_with(struct fixture *fixture, struct text bytes, struct scan_options options)
{
	struct table_file file = {NULL, text_of(fixture->path)};
	struct compared compared = {0};

	put(fixture, bytes);
	for (enum scan_code code = SCAN_BEST; code <= SCAN_AVX2; code++) {
		for (unsigned jobs = 1; jobs <= 3; jobs += 2) {
			options.code = code;
			compare_scan(&compared, &file, &options, jobs);
			if (compared.difference[0])
				fail_msg("code %d, %u jobs: %s in:\n%.*s", (int)code, jobs, compared.difference, (int)(bytes.len < 500 ? bytes.len : 500), bytes.at);
		}
	}
	return compared;
}

static struct compared same(struct fixture *fixture, struct text bytes, size_t max_bad_rows)
{
	return same_with(fixture, bytes, (struct scan_options){.max_bad_rows = max_bad_rows, .limits = &limits_default});
}

static const struct text small[] = {
	{"", 0},
#define T(literal) {(literal), sizeof(literal) - 1}
	T("\n\n"), T("a,b"), T("a,b\n"), T("a,b\n1,2\n3,4\n"), T("a,b\r\n1,2\r\n3,4"), T("a,b\r1,2\r3,\r"), T("\xef\xbb\xbf" "a,b\n1,2\n"), T("a,b\n,\n"),
	T("a,\"b c\"\n\"1,5\",\"say \"\"yes\"\"\"\n\"line\nbreak\",\"\"\n"), T("a,b\n 1 ,\t2\t\n\" 3 \",4 \n"), T("a,b\r\n\"x\r\ny\",2\r\n"),
	T("\n\na,b\n\n1,2\n\n\n3,4\n\n\n"), T("a\n1\n\n2\n\n\n3\n\n"), T("a\n\n\n"), T("a\r\n1\r\n\r\n2\r\n"), T("a\n1\n\n"), T("a\n1\n\r\n"), T("a\n\n1,2\n3\n"),
	T("a;b;c\n1,5;2;3\n"), T("a\tb\n1\t2\n"), T("a|b\n1|2\n"), T("\"x;y;z\",b\n1,2\n"), T("sep=;\na;b,c,d\n1;2\n"),
	T("a,,b, \n1,2,3,4\n"), T("a,b,a\n1,2,3\n"), T("a,b\"c\n1,2\n"), T("a,\"b\n1,2\n"), T("a,b\n1\n2,3\n4,\xc3\xa4,6,7\n"),
	T("a,b\n\"x\ny\",2\n1,2,3\n"), T("a,b\n1,\"x\n2,3\n"), T("a,b\n1,\"x\"y\n2,3\n"), T("a,b\n1,x\"y\n2,3\n"), T("a,b\n1,\"x\n2,\"y\"\n3,4\n"),
	T("a,b\n1,\"x\n2,3\n4,5\n"), T("a,b\n1,\xff\n"), T("a,b\n1,\0x\n"), T("a,b\n1,\xff\n2,3\n"), T("a,b\n1,\"\"\n\"\",\"\"\"\"\n"),
	T("a,b\r\r\n1,2\r\r\n\r3,4\n\r"), T("a\n\"\"\n\"\"\n"), T("a\n\"x\"\n"), T("a,b\n1,\"2\"\r\n3,\"4\"\r"), T("a,b\n\"1\" ,2\n3,4\n"), T("a,b\n\n\"\n\",\"\n\n\"\n"),
	T("a,b\n1e5,-0\n+.5,5.\n.,1e\ninf,-Infinity\n1e999,-1e999\n NA , nan\nNULL,x\n0x1,1_0\n"), T("a\n-\n+\n\n-.\n1.2.3\n--1\n1-\n"),
#undef T
};

static void small_files(void **state)
{
	for (size_t i = 0; i < sizeof small / sizeof *small; i++)
		for (size_t bad = 0; bad <= 3; bad++)
			same(*state, small[i], bad);
}

static void spellings(void **state)
{
	const struct text na[] = {{"?", 1}, {" N/A ", 5}, {"-999", 4}, {"-1e3", 4}};
	struct scan_options options = {.limits = &limits_default, .na = na, .na_count = 4};

	same_with(*state, TEXT("a,b\n-999,?\n-999.0, n/A\n -999 ,-1E3\n-1000,-1e03\n999,N/A\nNA,/\n"), options);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {CASE(small_files), CASE(spellings)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

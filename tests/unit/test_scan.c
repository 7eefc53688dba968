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

/* Blocks of several threads end anywhere: in a field, a quote, a pair of CR and LF. */
static void long_files(void **state)
{
	static const char *const rows[] = {"%d,\"x \"\"%d\"\"\r\n\"\r\n", "%d,%d.5\n", "-%d,%de-3\r", "%d,\"%d\n\n\"\n", "%d,%d\r\n\r\n"};
	struct fixture *fixture = *state;
	struct buffer *bytes = &fixture->bytes;

	for (size_t kind = 0; kind <= sizeof rows / sizeof *rows; kind++) {
		buffer_clear(bytes);
		buffer_string(bytes, kind == 2 ? "a,b\r" : "a,b\n");
		for (int i = 0; i < 24000; i++) {
			const char *row = rows[kind < sizeof rows / sizeof *rows ? kind : (size_t)i / 333 % (sizeof rows / sizeof *rows)];
			char line[64];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(line, sizeof line, row, i, i % 1000);
#pragma GCC diagnostic pop
			buffer_string(bytes, line);
		}
		struct compared compared = same(fixture, buffer_text(bytes), 0);
		assert_true(compared.ok && compared.rows == 24000);
		/* Bad rows among them: left out, or too many. */
		for (size_t i = 0; i < 20; i++)
			bytes->data[bytes->len / 20 * i + 7] = i % 4 == 0 ? '"' : i % 4 == 1 ? ',' : i % 4 == 2 ? '\xff' : '\0';
		same(fixture, buffer_text(bytes), 100000);
		same(fixture, buffer_text(bytes), 3);
	}
}

/* Records that are longer than a block, up to their limit and beyond it. */
static void long_records(void **state)
{
	struct fixture *fixture = *state;
	struct buffer *bytes = &fixture->bytes;
	struct limits limits = limits_default;
	struct scan_options options = {.max_bad_rows = 5, .limits = &limits};

	limits.csv_line = 400000;
	for (size_t fields = 6; fields <= 8; fields += 2) {
		buffer_clear(bytes);
		for (size_t i = 0; i < fields; i++)
			buffer_format(bytes, "%sc%zu", i ? "," : "", i);
		buffer_char(bytes, '\n');
		for (size_t row = 0; row < 3; row++) {
			for (size_t i = 0; i < fields; i++) {
				buffer_string(bytes, i ? ",\"" : "\"");
				for (size_t k = 0; k < 500; k++)
					buffer_string(bytes, k % 7 ? "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012345678901234567890\n" : "\"\",\r\n");
				buffer_char(bytes, '"');
			}
			buffer_string(bytes, "\n1,2,3,4,5");
			for (size_t i = 5; i < fields; i++)
				buffer_string(bytes, ",");
			buffer_char(bytes, '\n');
		}
		same_with(fixture, buffer_text(bytes), options);
		options.block_bytes = 1000;
		same_with(fixture, buffer_text(bytes), options);
		options.block_bytes = 0;
	}
}

struct counted { size_t batches, rows, stop_at; double sum; };

static int count(void *context, unsigned worker, const struct scan_batch *batch)
{
	struct counted *counted = context;

	assert_int_equal(worker, 0);
	counted->batches++;
	counted->rows += batch->rows;
	for (size_t i = 0; i < batch->values[0].count; i++)
		counted->sum += batch->values[0].numbers[i];
	return counted->batches == counted->stop_at ? 7 : 0;
}

static void open_with(struct scan **scan, struct fixture *fixture, struct arena *arena, struct diags *diags)
{
	struct scan_options options = {.limits = &limits_default};
	struct failure failure;

	diags_init(diags, arena);
	assert_int_equal(scan_open(scan, &(struct table_file){NULL, text_of(fixture->path)}, &options, arena, diags, &failure), 0);
	assert_non_null(*scan);
}

static void samples_and_stops(void **state)
{
	struct fixture *fixture = *state;
	struct scan_column column = {1, SCAN_NUMBERS};
	struct failure failure;
	struct arena arena;
	struct diags diags;
	struct scan *scan;

	arena_init(&arena);
	buffer_string(&fixture->bytes, "text,number\n");
	for (int i = 0; i < 300000; i++)
		buffer_format(&fixture->bytes, "\"a \"\"b\"\",\n%d\",%d\n", i % 10, i);
	put(fixture, buffer_text(&fixture->bytes));
	open_with(&scan, fixture, &arena, &diags);
	struct counted first = {0}, again = {0}, all = {0}, stopped = {.stop_at = 2};
	assert_int_equal(scan_sample(scan, &column, 1, 1 << 20, &(struct scan_consumer){count, &first}, &failure), 0);
	assert_int_equal(scan_sample(scan, &column, 1, 1 << 20, &(struct scan_consumer){count, &again}, &failure), 0);
	/* About a megabyte's worth, the same each time, from everywhere: the mean is near that of all. */
	assert_in_range(first.rows, 40000, 80000);
	assert_memory_equal(&first, &again, sizeof first);
	assert_true(fabs(first.sum / (double)first.rows - 150000) < 15000);
	assert_int_equal(scan_run(scan, &column, 1, 1, &(struct scan_consumer){count, &stopped}, &failure), 7);
	assert_int_equal(stopped.batches, 2);
	assert_int_equal(scan_run(scan, &column, 1, 1, &(struct scan_consumer){count, &all}, &failure), 0);
	assert_int_equal(all.rows, 300000);
	assert_true(all.sum == 299999.0 * 150000);
	assert_true(scan_size(scan) == fixture->bytes.len);
	/* Another file under the same name. */
	FILE *file = fopen(fixture->path, "ab");
	assert_non_null(file);
	fputs("more,1\n", file);
	fclose(file);
	assert_int_equal(scan_run(scan, &column, 1, 1, &(struct scan_consumer){count, &all}, &failure), -1);
	assert_non_null(strstr(failure.message, "changed"));
	scan_close(scan);
	/* Cut while it is open. */
	open_with(&scan, fixture, &arena, &diags);
	assert_int_equal(truncate(fixture->path, 100000), 0);
	assert_int_equal(scan_run(scan, &column, 1, 1, &(struct scan_consumer){count, &all}, &failure), -1);
	assert_non_null(strstr(failure.message, "changed"));
	scan_close(scan);
	/* A file of less than one place is sampled whole. */
	put(fixture, TEXT("text,number\nx,1\ny,2"));
	open_with(&scan, fixture, &arena, &diags);
	first = (struct counted){0};
	assert_int_equal(scan_sample(scan, &column, 1, 1 << 20, &(struct scan_consumer){count, &first}, &failure), 0);
	assert_int_equal(first.rows, 2);
	scan_close(scan);
	arena_release(&arena);
}

/* The real data sets, where they are. */
static void real_files(void **state)
{
	static const char *const files[] = {"bank_marketing/bank-full.csv", "bike_hour/hour.csv", "california_housing/housing.csv",
	                                    "king_county/kc_house_data.csv", "uci_heart/cleveland.csv"};
	struct scan_options options = {.limits = &limits_default, .max_bad_rows = 1000};
	struct compared compared;
	char path[4096];

	(void)state;
	if (access("../shared/data/README.md", R_OK) != 0)
		skip();
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "../shared/data/%s", files[i]);
		compare_scan(&compared, &(struct table_file){NULL, text_of(path)}, &options, 2);
		if (compared.difference[0])
			fail_msg("%s: %s", path, compared.difference);
		assert_true(compared.opened);
	}
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(small_files), CASE(spellings), CASE(long_files), CASE(long_records), CASE(samples_and_stops), CASE(real_files),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

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
#include "categories.h"
#include "names.h"
#include "table.h"

struct fixture {
	char path[64];
	struct arena arena;
	struct diags diags;
	struct buffer rows; /* header and rows, fields in [], rows ended by a newline */
	bool opened, ok;
	size_t bad_rows;
	char delimiter;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	snprintf(fixture->path, sizeof fixture->path, "/tmp/galley-table-XXXXXX");
	int file = mkstemp(fixture->path);
	if (file < 0)
		return -1;
	close(file);
	arena_init(&fixture->arena);
	buffer_init(&fixture->rows);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	unlink(fixture->path);
	arena_release(&fixture->arena);
	buffer_release(&fixture->rows);
	free(fixture);
	return 0;
}

static void add_row(struct fixture *fixture, const struct text *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buffer_char(&fixture->rows, '[');
		buffer_add(&fixture->rows, fields[i]);
		buffer_char(&fixture->rows, ']');
	}
	buffer_char(&fixture->rows, '\n');
}

static void read_with(struct fixture *fixture, const struct table_options *options, const char *bytes, size_t len)
{
	struct table_file file = {NULL, text_of(fixture->path)};
	struct failure failure = {0};
	const struct text *fields;
	struct table *table;

	FILE *out = fopen(fixture->path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
	buffer_clear(&fixture->rows);
	diags_init(&fixture->diags, &fixture->arena);
	fixture->opened = fixture->ok = false;
	if (table_open(&table, &file, options, &fixture->arena, &fixture->diags, &failure))
		fail_msg("%s", failure.message);
	if (!table)
		return;
	const struct table_info *info = table_get_info(table);
	fixture->opened = true;
	add_row(fixture, info->names, info->columns);
	do {
		if (table_next(&fields, table, &failure))
			fail_msg("%s", failure.message);
		if (fields)
			add_row(fixture, fields, info->columns);
	} while (fields);
	fixture->ok = info->ok;
	fixture->bad_rows = info->bad_rows;
	fixture->delimiter = info->delimiter;
	table_close(table);
}

static void read_bytes(struct fixture *fixture, size_t max_bad_rows, const char *bytes, size_t len)
{
	struct table_options options = {0, max_bad_rows, &limits_default};

	read_with(fixture, &options, bytes, len);
}

static const char *rows(struct fixture *fixture)
{
	return fixture->rows.data ? fixture->rows.data : "";
}

#define READ(literal) read_bytes(fixture, 0, (literal), sizeof(literal) - 1)

#define READ_WITH(options, literal) read_with(fixture, (options), (literal), sizeof(literal) - 1)
#define READ_BAD(literal) read_bytes(fixture, 1, (literal), sizeof(literal) - 1)

static void expect_rows(struct fixture *fixture, const char *expected)
{
	for (size_t i = 0; i < fixture->diags.count; i++)
		print_error("%.*s\n", TEXT_ARGS(fixture->diags.items[i].message));
	assert_true(fixture->ok);
	assert_string_equal(rows(fixture), expected);
}

static void expect_diag(struct fixture *fixture, size_t i, enum code code, unsigned line, unsigned column)
{
	assert_false(fixture->ok);
	assert_true(fixture->diags.count > i);
	const struct diag *diag = &fixture->diags.items[i];
	assert_string_equal(code_list[diag->code].id, code_list[code].id);
	assert_int_equal(diag->place.line, line);
	assert_int_equal(diag->place.column, column);
	assert_true(diag->message.len > 0);
}

static void plain(void **state)
{
	struct fixture *fixture = *state;

	READ("a,b\n1,2\n3,4\n");
	expect_rows(fixture, "[a][b]\n[1][2]\n[3][4]\n");
	READ("a,b\r\n1,2\r\n3,4");
	expect_rows(fixture, "[a][b]\n[1][2]\n[3][4]\n");
	READ("a,b\r1,2\r3,\r");
	expect_rows(fixture, "[a][b]\n[1][2]\n[3][]\n");
	READ("\xef\xbb\xbf" "a,b\n1,2\n");
	expect_rows(fixture, "[a][b]\n[1][2]\n");
	READ("a,b");
	expect_rows(fixture, "[a][b]\n");
	READ("a,b\n,\n");
	expect_rows(fixture, "[a][b]\n[][]\n");
}

static void quoting(void **state)
{
	struct fixture *fixture = *state;

	READ("a,\"b c\"\n\"1,5\",\"say \"\"yes\"\"\"\n\"line\nbreak\",\"\"\n");
	expect_rows(fixture, "[a][b c]\n[1,5][say \"yes\"]\n[line\nbreak][]\n");
	READ("a,b\n 1 ,\t2\t\n\" 3 \",4 \n");
	expect_rows(fixture, "[a][b]\n[ 1 ][\t2\t]\n[ 3 ][4 ]\n");
	READ("a,b\r\n\"x\r\ny\",2\r\n");
	expect_rows(fixture, "[a][b]\n[x\r\ny][2]\n");
}

static void empty_lines(void **state)
{
	struct fixture *fixture = *state;

	READ("\n\na,b\n\n1,2\n\n\n3,4\n\n\n");
	expect_rows(fixture, "[a][b]\n[1][2]\n[3][4]\n");
	/* Below a single name an empty line is a missing value, save one at the end. */
	READ("a\n1\n\n2\n\n\n3\n\n");
	expect_rows(fixture, "[a]\n[1]\n[]\n[2]\n[]\n[]\n[3]\n");
	READ("a\n\n\n");
	expect_rows(fixture, "[a]\n[]\n");
	READ("a\r\n1\r\n\r\n2\r\n");
	expect_rows(fixture, "[a]\n[1]\n[]\n[2]\n");
}

static void delimiters(void **state)
{
	struct fixture *fixture = *state;
	struct table_options semicolon = {';', 0, &limits_default};

	READ("a;b;c\n1,5;2;3\n");
	expect_rows(fixture, "[a][b][c]\n[1,5][2][3]\n");
	READ("a\tb\n1\t2\n");
	expect_rows(fixture, "[a][b]\n[1][2]\n");
	READ("a|b\n1|2\n");
	expect_rows(fixture, "[a][b]\n[1][2]\n");
	READ("\"x;y;z\",b\n1,2\n");
	expect_rows(fixture, "[x;y;z][b]\n[1][2]\n");
	READ("a,b;c\n1,2;3\n");
	expect_rows(fixture, "[a][b;c]\n[1][2;3]\n");
	READ("sep=;\na;b,c,d\n1;2\n");
	expect_rows(fixture, "[a][b,c,d]\n[1][2]\n");
	READ_WITH(&semicolon, "a,b,c;d\n1;2\n");
	expect_rows(fixture, "[a,b,c][d]\n[1][2]\n");
}

static void headers(void **state)
{
	struct fixture *fixture = *state;

	READ("");
	expect_diag(fixture, 0, CODE_CSV_HEADER, 0, 0);
	READ("\n\n");
	expect_diag(fixture, 0, CODE_CSV_HEADER, 0, 0);
	READ("a,,b, \n1,2,3,4\n");
	expect_diag(fixture, 0, CODE_CSV_HEADER, 1, 3);
	expect_diag(fixture, 1, CODE_CSV_HEADER, 1, 6);
	READ("a,b,a\n1,2,3\n");
	expect_diag(fixture, 0, CODE_CSV_HEADER, 1, 5);
	assert_int_equal(fixture->diags.items[0].related[0].place.column, 1);
	READ("a,b\"c\n1,2\n");
	expect_diag(fixture, 0, CODE_CSV_SYNTAX, 1, 4);
	READ("a,\"b\n1,2\n");
	expect_diag(fixture, 0, CODE_CSV_SYNTAX, 1, 3);
	assert_false(fixture->opened);
}

static void ragged(void **state)
{
	struct fixture *fixture = *state;

	READ("a,b\n1\n2,3\n4,\xc3\xa4,6,7\n");
	expect_diag(fixture, 0, CODE_CSV_RAGGED, 2, 2);
	expect_diag(fixture, 1, CODE_CSV_RAGGED, 4, 5);
	/* The line itself goes with the place, so that it can be shown. */
	assert_true(text_is(fixture->diags.items[0].place.file->bytes, "1") && fixture->diags.items[0].place.file->first_line == 2);
	assert_int_equal(fixture->diags.count, 2);
	assert_non_null(strstr(fixture->diags.items[1].message.at, "4 fields in a row under a header of 2"));
	/* The true line behind a line break in quotes. */
	READ("a,b\n\"x\ny\",2\n1,2,3\n");
	expect_diag(fixture, 0, CODE_CSV_RAGGED, 4, 5);
	READ_BAD("a,b\n1\n2,3\n");
	expect_rows(fixture, "[a][b]\n[2][3]\n");
	assert_int_equal(fixture->bad_rows, 1);
	READ_BAD("a,b\n1\n2,3\n4\n");
	expect_diag(fixture, 0, CODE_CSV_RAGGED, 2, 2);
	/* A bad row after a held empty line does not lose it. */
	READ_BAD("a\n\n1,2\n3\n");
	expect_rows(fixture, "[a]\n[]\n[3]\n");
}

static void broken_quotes(void **state)
{
	struct fixture *fixture = *state;

	READ("a,b\n1,\"x\n2,3\n");
	expect_diag(fixture, 0, CODE_CSV_SYNTAX, 2, 3);
	assert_int_equal(fixture->diags.count, 1);
	READ("a,b\n1,\"x\"y\n2,3\n");
	expect_diag(fixture, 0, CODE_CSV_SYNTAX, 2, 6);
	READ("a,b\n1,x\"y\n2,3\n");
	expect_diag(fixture, 0, CODE_CSV_SYNTAX, 2, 4);
	READ("a,b\n1,\"x\n2,\"y\"\n3,4\n");
	expect_diag(fixture, 0, CODE_CSV_SYNTAX, 3, 4);
	assert_int_equal(fixture->diags.items[0].related[0].place.line, 2);
	assert_int_equal(fixture->diags.items[0].related[0].place.column, 3);
	/* One broken quote costs one row, not the rest of the file. */
	READ_BAD("a,b\n1,\"x\n2,3\n4,5\n");
	expect_rows(fixture, "[a][b]\n[2][3]\n[4][5]\n");
	READ_BAD("a,b\n1,\"x\n2,\"y\"\n3,4\n");
	expect_rows(fixture, "[a][b]\n[2][y]\n[3][4]\n");
}

static void encodings(void **state)
{
	struct fixture *fixture = *state;

	READ("a,b\n1,\xff\n");
	expect_diag(fixture, 0, CODE_CSV_ENCODING, 2, 3);
	READ("a,b\n1,\0x\n");
	expect_diag(fixture, 0, CODE_CSV_ENCODING, 2, 3);
	READ_BAD("a,b\n1,\xff\n2,3\n");
	expect_rows(fixture, "[a][b]\n[2][3]\n");
	READ("\xff\xfe" "a\0,\0b\0\n\0");
	expect_diag(fixture, 0, CODE_CSV_ENCODING, 0, 0);
	READ("a\0,\0b\0\n\0");
	assert_non_null(strstr(fixture->diags.items[0].message.at, "UTF-16"));
	READ("\x1f\x8b\x08\0\0\0");
	assert_non_null(strstr(fixture->diags.items[0].message.at, "gzip"));
	READ("PAR1\x15\x04\x15");
	assert_non_null(strstr(fixture->diags.items[0].message.at, "Parquet"));
	READ("\n <!DOCTYPE html>\n<html>\n");
	assert_non_null(strstr(fixture->diags.items[0].message.at, "HTML"));
	READ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
	expect_diag(fixture, 0, CODE_FILE_LFS, 0, 0);
	READ("PAR1,b\n1,2\n");
	expect_rows(fixture, "[PAR1][b]\n[1][2]\n");
}

static void caps(void **state)
{
	struct fixture *fixture = *state;
	struct limits limits = limits_default;
	struct table_options options = {0, 0, &limits};
	struct buffer bytes;

	limits.csv_field = 10;
	limits.csv_line = 60;
	limits.csv_columns = 3;
	READ_WITH(&options, "a,b\n1,0123456789\n");
	expect_rows(fixture, "[a][b]\n[1][0123456789]\n");
	READ_WITH(&options, "a,b\n1,0123456789x\n");
	expect_diag(fixture, 0, CODE_CSV_LIMIT, 2, 3);
	READ_WITH(&options, "a,b\n1,\"2\n3,4\n5,6\n7,8\n9,0\n");
	expect_diag(fixture, 0, CODE_CSV_LIMIT, 2, 3);
	READ_WITH(&options, "a,b,c,d\n1,2,3,4\n");
	expect_diag(fixture, 0, CODE_CSV_LIMIT, 1, 1);
	buffer_init(&bytes);
	buffer_string(&bytes, "a,b\n");
	buffer_repeat(&bytes, ',', 61);
	read_with(fixture, &options, bytes.data, bytes.len);
	expect_diag(fixture, 0, CODE_CSV_LIMIT, 2, 1);
	buffer_release(&bytes);
}

/* Blocks of the stream end anywhere: in a field, a quote, a CRLF. */
static void long_files(void **state)
{
	struct fixture *fixture = *state;
	struct buffer bytes;
	size_t count = 0;

	buffer_init(&bytes);
	buffer_string(&bytes, "a,b\r\n");
	for (int i = 0; i < 30000; i++)
		buffer_format(&bytes, "%d,\"x \"\"%d\"\"\r\n\"\r\n", i, i % 7);
	read_bytes(fixture, 0, bytes.data, bytes.len);
	assert_true(fixture->ok);
	for (size_t i = 0; i < fixture->rows.len; i++)
		count += fixture->rows.data[i] == '[';
	assert_int_equal(count, 60002);
	assert_non_null(strstr(fixture->rows.data, "[29999][x \"4\"\r\n]\n"));
	/* Many bad rows are counted, the first ones shown. */
	buffer_clear(&bytes);
	buffer_string(&bytes, "a,b\n");
	for (int i = 0; i < 5000; i++)
		buffer_string(&bytes, "1\n");
	read_bytes(fixture, 0, bytes.data, bytes.len);
	assert_false(fixture->ok);
	assert_int_equal(fixture->bad_rows, 5000);
	assert_int_equal(fixture->diags.count, DIAGS_PER_FILE);
	buffer_release(&bytes);
}

static void missing_fields(void **state)
{
	const struct text na[] = {{"?", 1}, {" N/A ", 5}};

	(void)state;
	assert_true(field_is_missing(TEXT(""), NULL, 0));
	assert_true(field_is_missing(TEXT(" \t"), NULL, 0));
	assert_true(field_is_missing(TEXT(" nAn "), NULL, 0));
	assert_true(field_is_missing(TEXT("NULL"), NULL, 0));
	assert_false(field_is_missing(TEXT("None"), NULL, 0));
	assert_false(field_is_missing(TEXT("?"), NULL, 0));
	assert_true(field_is_missing(TEXT("?"), na, 2));
	assert_true(field_is_missing(TEXT("n/a"), na, 2));
	assert_false(field_is_missing(TEXT("-"), na, 2));
}

static void names_and_categories(void **state)
{
	struct fixture *fixture = *state;
	const struct text items[] = {{"b", 1}, {"a", 1}, {"b", 1}, {"", 0}};
	struct categories categories;
	struct names names;

	names_index(&names, items, 4, &fixture->arena);
	assert_int_equal(names_find(&names, TEXT("b")), 0);
	assert_int_equal(names_find(&names, TEXT("a")), 1);
	assert_int_equal(names_find(&names, TEXT("")), 3);
	assert_int_equal(names_find(&names, TEXT("c")), 4);
	categories_init(&categories);
	for (size_t i = 0; i < 4; i++)
		categories_add(&categories, items[i]);
	categories_sort(&categories);
	assert_int_equal(categories.count, 3);
	assert_int_equal(categories.items[0]->label.len, 0);
	assert_true(text_is(categories.items[2]->label, "b"));
	assert_int_equal(categories.items[2]->count, 2);
	categories_release(&categories);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(plain), CASE(quoting), CASE(empty_lines), CASE(delimiters), CASE(headers), CASE(ragged), CASE(broken_quotes),
		CASE(encodings), CASE(caps), CASE(long_files), CASE(missing_fields), CASE(names_and_categories),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "reading.h"

#define BYTES(literal) {(literal), sizeof(literal) - 1}

/* --- what document_read() looks for in any file --- */

static void test_strangers(void **state)
{
	static const struct {
		struct text bytes;
		const char *wanted;
	} cases[] = {
		{BYTES(""), "file/empty 0:0 the file holds nothing"},
		{BYTES("\xef\xbb\xbf"), "file/empty 0:0 "},
		{BYTES(" \n\t\n"), "file/empty 0:0 "},
		{BYTES("a: \0"), "file/binary 1:4 binary data: byte 0x00 at offset 3"},
		{BYTES("\xef\xbb\xbf\n\0"), "file/binary 2:1 binary data: byte 0x00 at offset 4"},
		{BYTES("\x89PNG\r\n\x1a\n\0\0"), "file/binary 3:1 binary data: byte 0x00 at offset 8"},
		{BYTES("\xff\xfe{\0"), "file/binary 0:0 the file is UTF-16"},
		{BYTES("\xfe\xff\0{"), "file/binary 0:0 the file is UTF-16"},
		{BYTES("a: 1\nb: \x1b[31m"), "file/binary 2:4 binary data: byte 0x1b at offset 8"},
		{BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:1\n"), "file/lfs-pointer 0:0 "},
		{BYTES("a: 1\n<<<<<<< HEAD\nb: 2\n=======\n"), "file/conflict-markers 2:1 "},
		{BYTES("a: 1\nb: 2\n>>>>>>> theirs\n"), "file/conflict-markers 3:1 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		check_refusal("x.yaml", DOCUMENT_MANIFEST, cases[i].bytes, cases[i].wanted);
		check_refusal("x.json", DOCUMENT_MANIFEST, cases[i].bytes, cases[i].wanted);
	}
}

static void test_encodings(void **state)
{
	(void)state;
	check_refusal("x.yaml", DOCUMENT_MANIFEST, TEXT("a: 1\n\xc3\xa9: \xe9x\n"),
	              "yaml/encoding 2:4 byte 0xe9 at offset 9 is not UTF-8");
	check_refusal("x.json", DOCUMENT_MANIFEST, TEXT("{\"\xc3\xa9\": \"\xe9\"}"),
	              "json/encoding 1:8 byte 0xe9 at offset 8 is not UTF-8");
	check_refusal("x.yaml", DOCUMENT_MANIFEST, TEXT("a: \xed\xa0\x80"), "yaml/encoding 1:4 byte 0xed at offset 3 ");
}

static void test_sizes(void **state)
{
	struct limits limits = limits_default;
	struct reading reading;

	(void)state;
	limits.manifest_bytes = 4;
	limits.metrics_bytes = 3;
	reading_init(&reading, "x.yaml", TEXT("a: 1"), DOCUMENT_MANIFEST, &limits);
	assert_non_null(reading.root);
	reading_release(&reading);
	reading_init(&reading, "x.yaml", TEXT("a: 12"), DOCUMENT_MANIFEST, &limits);
	assert_null(reading.root);
	assert_int_equal(reading.diags.items[0].code, CODE_FILE_LIMIT);
	assert_true(text_is(reading.diags.items[0].message, "the file is 5 bytes, more than 4 (limit 'manifest_bytes'; raise it with --limit manifest_bytes=8)"));
	reading_release(&reading);
	reading_init(&reading, "x.yaml", TEXT("a: 1"), DOCUMENT_METRICS, &limits);
	assert_null(reading.root);
	assert_true(text_is(reading.diags.items[0].message, "the file is 4 bytes, more than 3 (limit 'metrics_bytes'; raise it with --limit metrics_bytes=6)"));
	reading_release(&reading);
}

/* --- the tree --- */

static void test_lookup(void **state)
{
	struct reading reading;

	(void)state;
	reading_init(&reading, "x.yaml", TEXT("metadata: {id: demand, tags: [a]}\nn:\n"), DOCUMENT_MANIFEST, &limits_default);
	const struct value *root = reading.root;
	assert_non_null(root);
	assert_true(text_is(value_at(root, "metadata.id")->text, "demand"));
	assert_ptr_equal(value_at(root, "metadata"), value_get(root, "metadata"));
	assert_null(value_at(root, "metadata.name"));
	assert_null(value_at(root, "metadata.id.x"));
	assert_null(value_at(root, "n.x"));
	assert_null(value_at(root, ""));
	assert_null(value_at(NULL, "a"));
	assert_null(value_get(NULL, "a"));
	assert_null(value_get(value_at(root, "metadata.tags"), "a"));
	assert_int_equal(value_get(root, "n")->kind, VALUE_NULL);
	assert_int_equal(value_member(root, TEXT("n"))->place.line, 2);
	reading_release(&reading);
}

static void test_building(void **state)
{
	struct arena arena;
	struct place place = {.line = 3, .column = 2, .width = 1};

	(void)state;
	arena_init(&arena);
	struct value *map = value_new_map(&arena, place), *list = value_new_list(&arena, place);
	for (size_t i = 0; i < 100; i++) {
		struct text name = text_format(&arena, "k%zu", i);
		value_add_member(map, (struct member){.name = name, .value = list}, &arena);
		value_add_item(list, map, &arena);
	}
	assert_int_equal(map->count, 100);
	assert_int_equal(list->count, 100);
	for (size_t i = 0; i < 100; i++)
		assert_ptr_equal(value_member(map, text_format(&arena, "k%zu", i)), &map->members[i]);
	assert_null(value_get(map, "k100"));
	value_add_member(map, (struct member){.name = TEXT("k7")}, &arena);
	assert_ptr_equal(value_get(map, "k7"), list); /* the first of one name */
	assert_ptr_equal(list->items[99], map);
	assert_int_equal(map->place.line, 3);
	arena_release(&arena);
}

static enum scalar_class class_of(const char *text, bool quoted)
{
	struct value value = {.kind = VALUE_SCALAR, .quoted = quoted, .text = text_of(text)};

	return value_class(&value);
}

static void test_class(void **state)
{
	static const char *const numbers[] = {"0", "1", "-1", "0.5", ".5", "5.", "1e3", "1E-3", "-0", "+5", "0e1", "1234567890123456789"};
	static const char *const texts[] = {"", "no", "yes", "True", "007", "-01", "00", "01.5", "1_000", "0x1f", "0o17", "1:30",
	                                    ".nan", ".inf", "nan", "inf", "1e400", "2026-01-01", "1.2.3", "e5", "."};

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		assert_int_equal(class_of(numbers[i], false), SCALAR_NUMBER);
		assert_int_equal(class_of(numbers[i], true), SCALAR_TEXT);
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (class_of(texts[i], false) != SCALAR_TEXT)
			fail_msg("%s is no text", texts[i]);
	assert_int_equal(class_of("true", false), SCALAR_BOOL);
	assert_int_equal(class_of("false", false), SCALAR_BOOL);
	assert_int_equal(class_of("true", true), SCALAR_TEXT);
}

static void test_same(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{"1.0", "1", true},       {"1e2", "100", true},      {"-0", "0.0", true},
		{"0.1", "0.10", true},    {"1", "2", false},         {"0.1", "0.10000000000000000001", false},
		{"1", "'1'", false},      {"a", "'a'", true},        {"true", "'true'", false},
		{"true", "true", true},   {"true", "false", false},  {"~", "", true},
		{"~", "'~'", false},      {"007", "'007'", true},    {"007", "7", false},
		{"[1, 2]", "[1.0, 2]", true}, {"[1, 2]", "[2, 1]", false}, {"[1]", "[1, 2]", false}, {"[1]", "1", false},
		{"{a: 1, b: 2}", "{b: 2, a: 1}", true}, {"{a: 1, b: 2}", "{a: 1, c: 2}", false},
		{"{a: 1}", "{a: 1, b: 2}", false}, {"{a: {b: [~]}}", "{a: {b: [~]}}", true}, {"{}", "[]", false}, {"{}", "{}", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reading reading;
		char bytes[200];
		snprintf(bytes, sizeof bytes, "a: %s\nb: %s\n", cases[i].a, cases[i].b);
		reading_init(&reading, "x.yaml", text_of(bytes), DOCUMENT_MANIFEST, &limits_default);
		assert_non_null(reading.root);
		const struct value *a = value_get(reading.root, "a"), *b = value_get(reading.root, "b");
		if (value_same(a, b) != cases[i].same || value_same(b, a) != cases[i].same || !value_same(a, a))
			fail_msg("%s and %s", cases[i].a, cases[i].b);
		reading_release(&reading);
	}
}

/* With a scan for each key this would take seconds, and a map of 50 000 keys is within the limits. */
static void test_many_keys(void **state)
{
	enum { KEYS = 49000 };
	struct buffer out;
	struct reading reading;
	char name[16];

	(void)state;
	buffer_init(&out);
	for (int i = 0; i < KEYS; i++)
		buffer_format(&out, "k%d: 1\n", i);
	reading_init(&reading, "x.yaml", buffer_text(&out), DOCUMENT_MANIFEST, &limits_default);
	assert_non_null(reading.root);
	for (int i = 0; i < KEYS; i++) {
		snprintf(name, sizeof name, "k%d", i);
		assert_ptr_equal(value_get(reading.root, name), reading.root->members[i].value);
	}
	reading_release(&reading);
	buffer_release(&out);
}

/* --- places inside a scalar --- */

/* Where the 'X' of value a stands, as line, column and width. */
static void check_inside(const char *path, const char *bytes, size_t len, unsigned line, unsigned column, unsigned width)
{
	struct reading reading;

	reading_init(&reading, path, text_of(bytes), DOCUMENT_MANIFEST, &limits_default);
	assert_non_null(reading.root);
	const struct value *scalar = value_get(reading.root, "a");
	size_t at = text_find(scalar->text, 'X');
	struct place place = value_place_inside(scalar, at, len);
	if (place.line != line || place.column != column || place.width != width)
		fail_msg("%s: %u:%u+%u, not %u:%u+%u", bytes, place.line, place.column, place.width, line, column, width);
	reading_release(&reading);
}

static void test_inside(void **state)
{
	(void)state;
	check_inside("x.yaml", "a: b XYZ c\n", 3, 1, 6, 3);
	check_inside("x.yaml", "a: \xc3\xa9 XY\n", 2, 1, 6, 2);
	check_inside("x.yaml", "a: b\n  X c\n", 1, 2, 3, 1);
	check_inside("x.yaml", "{a: \"b \\\"q\\\" XY\"}\n", 2, 1, 14, 2);
	check_inside("x.yaml", "a: \"\\u00e9\\x41\\n X\"\n", 1, 1, 18, 1);
	check_inside("x.yaml", "a: \"b \\\n   c X\"\n", 1, 2, 6, 1);
	check_inside("x.yaml", "a: 'it''s XY'\n", 2, 1, 11, 2);
	check_inside("x.yaml", "a: 'b\n\n    c XYZ'\n", 3, 3, 7, 3);
	check_inside("x.yaml", "a: >- # XX\n    b\n    XY c\n", 2, 3, 5, 2);
	check_inside("x.yaml", "a: |2\n    b\n      X c\n", 1, 3, 7, 1);
	check_inside("x.json", "{\"b\": 1,\n \"a\": \"\\u00e9 \\/ X\"}", 1, 2, 18, 1);
	/* The width ends with the line, and an end of the text has a place too. */
	check_inside("x.yaml", "a: b X\n  Y Z\n", 5, 1, 6, 1);
	check_inside("x.yaml", "a: b c\n", 0, 1, 7, 1);
	check_inside("x.yaml", "a: \"b c\"\n", 0, 1, 8, 1);
	/* An alias stands where its anchor does. */
	check_inside("x.yaml", "b: &x c X\na: *x\n", 1, 1, 9, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strangers), cmocka_unit_test(test_encodings), cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_lookup),    cmocka_unit_test(test_building),  cmocka_unit_test(test_class),
		cmocka_unit_test(test_same),      cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_inside),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "text.h"

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

static void test_cutting(void **state)
{
	struct text none = {NULL, 0};

	(void)state;
	assert_true(text_is(text_cut(TEXT("abc"), 1, 2), "b"));
	assert_true(text_is(text_cut(TEXT("abc"), 1, 99), "bc"));
	assert_true(text_is(text_cut(TEXT("abc"), 9, 99), ""));
	assert_true(text_is(text_cut(TEXT("abc"), 2, 1), ""));
	assert_int_equal(text_cut(none, 0, 5).len, 0);
	assert_true(text_is(text_trim(TEXT(" \ta b\t ")), "a b"));
	assert_true(text_is(text_trim(TEXT(" \t ")), ""));
	assert_true(text_is(text_trim(TEXT("\na\n")), "\na\n"));
	assert_int_equal(text_of(NULL).len, 0);
}

static void test_comparing(void **state)
{
	struct text none = {NULL, 0};

	(void)state;
	assert_true(text_equal(none, TEXT("")));
	assert_true(text_equal(TEXT("a\0b"), ((struct text){"a\0b", 3})));
	assert_false(text_equal(TEXT("a\0b"), TEXT("a\0c")));
	assert_false(text_is(TEXT("a\0"), "a"));
	assert_true(text_is_nocase(TEXT("NaN"), "nan"));
	assert_false(text_is_nocase(TEXT("na"), "nan"));
	assert_false(text_is_nocase(TEXT("["), "{"));
	assert_true(text_compare(TEXT("a"), TEXT("b")) < 0);
	assert_true(text_compare(TEXT("ab"), TEXT("a")) > 0);
	assert_true(text_compare(TEXT("a"), TEXT("ab")) < 0);
	assert_true(text_compare(TEXT("\xc3"), TEXT("z")) > 0);
	assert_int_equal(text_compare(none, TEXT("")), 0);
	assert_true(text_starts(TEXT("abc"), "ab") && text_starts(TEXT(""), "") && !text_starts(TEXT("a"), "ab"));
	assert_true(text_ends(TEXT("a.json"), ".json") && !text_ends(TEXT("json"), ".json"));
	assert_int_equal(text_find(TEXT("abc"), 'c'), 2);
	assert_int_equal(text_find(TEXT("abc"), 'x'), 3);
	assert_int_equal(text_find(none, 'x'), 0);
}

static void test_copies(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	struct text copy = text_copy(&arena, TEXT("a\0b"));
	assert_int_equal(copy.len, 3);
	assert_memory_equal(copy.at, "a\0b", 4);
	assert_true(text_is(text_format(&arena, "%s-%d", "x", 7), "x-7"));
	arena_release(&arena);
}

static void check_nearest(const char *wanted, const char *found)
{
	static const struct text names[] = {
		{"threshold", 9}, {"target", 6}, {"metadata", 8}, {"id", 2}, {"name", 4}, {"names", 5},
	};
	struct text near = text_nearest(text_of(wanted), names, COUNT(names));

	if (found ? !near.at || !text_is(near, found) : near.at != NULL)
		fail_msg("%s gives %.*s", wanted, TEXT_ARGS(near));
}

static void test_nearest(void **state)
{
	(void)state;
	check_nearest("treshold", "threshold");
	check_nearest("thersholf", "threshold");
	check_nearest("metdaata", "metadata");
	check_nearest("targte", "target");
	check_nearest("nme", "name");
	check_nearest("namez", "name"); /* the first of two at the same distance */
	check_nearest("di", "id");
	check_nearest("name", "names"); /* what is there already is no suggestion for itself */
	check_nearest("xy", NULL);
	check_nearest("", NULL);
	check_nearest("algorithm", NULL);
	check_nearest("thresholdthresholdthresholdthresholdthresholdthresholdthresholdth", NULL);
}

static void test_utf8_bad(void **state)
{
	static const struct {
		struct text text;
		size_t bad;
	} cases[] = {
		{{"", 0}, 0},                   {{"a\0b", 3}, 3},           {{"\xc3\xa9", 2}, 2},
		{{"\xe2\x82\xac", 3}, 3},       {{"\xf0\x9f\x98\x80", 4}, 4}, {{"\xf4\x8f\xbf\xbf", 4}, 4},
		{{"\xed\x9f\xbf", 3}, 3},       {{"\xee\x80\x80", 3}, 3},   {{"a\x80", 2}, 1},
		{{"a\xc3", 2}, 1},              {{"a\xc3z", 3}, 1},         {{"\xc0\x80", 2}, 0},
		{{"\xc1\xbf", 2}, 0},           {{"\xe0\x9f\xbf", 3}, 0},   {{"\xed\xa0\x80", 3}, 0},
		{{"\xf0\x8f\xbf\xbf", 4}, 0},   {{"\xf4\x90\x80\x80", 4}, 0}, {{"\xf5\x80\x80\x80", 4}, 0},
		{{"\xff", 1}, 0},               {{"ab\xe2\x82", 4}, 2},     {{"ab\xf0\x9f\x98z", 6}, 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(utf8_bad(cases[i].text), cases[i].bad);
}

/* Every code point there and back. */
static void test_utf8_next(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 0x110000; c++) {
		unsigned char b[4];
		size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, at = 0;
		for (size_t i = len; i > 1; i--)
			b[i - 1] = (unsigned char)(0x80 | (c >> (6 * (len - i)) & 0x3f));
		b[0] = (unsigned char)(len == 1 ? c : (0xf00u >> len & 0xff) | c >> (6 * (len - 1)));
		struct text text = {(char *)b, len};
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		unsigned got = utf8_next(text, &at);
		if (got != (surrogate ? 0xfffd : c) || at != (surrogate ? 1 : len))
			fail_msg("U+%04X gives U+%04X and %zu", c, got, at);
		if (!surrogate)
			assert_int_equal(utf8_count(text), 1);
	}
	size_t at = 0;
	assert_int_equal(utf8_next(TEXT("\xff" "a"), &at), 0xfffd);
	assert_int_equal(at, 1);
	assert_int_equal(utf8_next(TEXT("\xff" "a"), &at), 'a');
	assert_int_equal(utf8_count(TEXT("a\xc3\xa9\xf0\x9f\x98\x80")), 3);
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(utf8_columns(TEXT("")), 0);
	assert_int_equal(utf8_columns(TEXT("caf\xc3\xa9")), 4);
	/* e with a combining acute; a zero-width joiner and a variation selector. */
	assert_int_equal(utf8_columns(TEXT("cafe\xcc\x81")), 4);
	assert_int_equal(utf8_columns(TEXT("\xe2\x80\x8d\xef\xb8\x8f")), 0);
	/* An ideograph, a syllable of Hangul, a full-width letter, an emoji; a half-width katakana. */
	assert_int_equal(utf8_columns(TEXT("\xe6\x97\xa5\xea\xb0\x80\xef\xbc\xa1\xf0\x9f\x98\x80")), 8);
	assert_int_equal(utf8_columns(TEXT("\xef\xbd\xb1")), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cutting), cmocka_unit_test(test_comparing), cmocka_unit_test(test_copies),
		cmocka_unit_test(test_nearest), cmocka_unit_test(test_utf8_bad),  cmocka_unit_test(test_utf8_next),
		cmocka_unit_test(test_columns),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

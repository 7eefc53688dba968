#include "reading.h"

#include <cJSON.h>

#include "number.h"

struct case_ {
	struct text bytes;
	const char *wanted;
};

#define CASE(literal, wanted) {{(literal), sizeof(literal) - 1}, (wanted)}
#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

static void check_refusals(const struct case_ *cases, size_t count, enum document_form form)
{
	for (size_t i = 0; i < count; i++)
		check_refusal("runs/m/r/metrics.json", form, cases[i].bytes, cases[i].wanted);
}

static void test_trees(void **state)
{
	static const struct case_ cases[] = {
		CASE("{}", "{}"),
		CASE("{\"a\": 1, \"b\": \"x\", \"c\": true, \"d\": null}", "{a: 1, b: \"x\", c: true, d: ~}"),
		CASE("\xef\xbb\xbf{\"a\":[]}\r\n", "{a: []}"),
		CASE("{\"a\": [1, [2, {\"b\": {}}], \"\"]}", "{a: [1, [2, {b: {}}], \"\"]}"),
		CASE("{\"a\": [0, -0, 0.10, -1.5e-3, 1E+2, 12345678901234567890]}", "{a: [0, -0, 0.10, -1.5e-3, 1E+2, 12345678901234567890]}"),
		CASE("{\"a\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "{a: \"\"\\/\b\f\n\r\t\"}"),
		CASE("{\"a\": \"\\u00e9\\u20AC\\ud83d\\ude00\\u001b\"}", "{a: \"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x1b\"}"),
		CASE("{\"\": 1, \"a.b\": 2, \"A\": 3, \"a\": 4}", "{: 1, a.b: 2, A: 3, a: 4}"),
		CASE("{\"a\": \"\xe2\x80\xa8\xc2\x85\x7f\"}", "{a: \"\xe2\x80\xa8\xc2\x85\x7f\"}"),
		CASE("{\"<<\": 1}", "{<<: 1}"),
		CASE("{\"a\": 1e-400}", "{a: 1e-400}"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_drawing("x.json", DOCUMENT_MANIFEST, cases[i].bytes, false, cases[i].wanted);
}

static void test_places(void **state)
{
	(void)state;
	check_drawing("x.json", DOCUMENT_MANIFEST, TEXT("{\"\xc3\xa9\": \"\xf0\x9f\x98\x80\", \"b\": [1,\r\n  -2.5], \"c\": {}}"), true,
	              "1:1+19 {1:2+3 \xc3\xa9: 1:7+3 \"\xf0\x9f\x98\x80\", 1:12+3 b: 1:17+3 [1:18+1 1, 2:3+4 -2.5], 2:10+3 c: 2:15+2 {}}");
	check_drawing("x.json", DOCUMENT_MANIFEST, TEXT("\xef\xbb\xbf\n {\"a\": null}"), true, "2:2+11 {2:3+3 a: 2:8+4 ~}");
}

static void test_syntax(void **state)
{
	static const struct case_ cases[] = {
		CASE("{", "json/syntax 1:2 found the end of the file where a key in double quotes is needed"),
		CASE("{\"a\"", "json/syntax 1:5 found the end of the file where ':' is needed"),
		CASE("{\"a\":\n", "json/syntax 1:6 found the end of the file where a value is needed"),
		CASE("{\"a\":1", "json/syntax 1:7 found the end of the file where ',' or '}' is needed"),
		CASE("{\"a\":[1", "json/syntax 1:8 found the end of the file where ',' or ']' is needed"),
		CASE("{\"a\":[1,", "json/syntax 1:9 "),
		CASE("{\"a\":1,}", "json/syntax 1:7 a comma after the last member"),
		CASE("{\"a\":[1,]}", "json/syntax 1:8 a comma after the last item"),
		CASE("{\"a\":[,1]}", "json/syntax 1:7 found ',' where a value is needed"),
		CASE("{,}", "json/syntax 1:2 "),
		CASE("{\"a\" 1}", "json/syntax 1:6 found '1' where ':' is needed"),
		CASE("{\"a\":1 \"b\":2}", "json/syntax 1:8 found '\"' where ',' or '}' is needed"),
		CASE("{\"a\":[1}", "json/syntax 1:8 found '}' where ',' or ']' is needed"),
		CASE("{a:1}", "json/syntax 1:2 found 'a' where a key in double quotes is needed"),
		CASE("{'a':1}", "json/syntax 1:2 "),
		CASE("{\"a\":1} x", "json/syntax 1:9 text after the end of the JSON value"),
		CASE("{\"a\":1}{}", "json/syntax 1:8 text after the end of the JSON value"),
		CASE("// c\n{}", "json/syntax 1:1 found '/' where a value is needed"),
		CASE("{\"a\": /* c */ 1}", "json/syntax 1:7 "),
		CASE("{\"a\": tru}", "json/syntax 1:7 'tru' is no JSON value"),
		CASE("{\"a\": True}", "json/syntax 1:7 "),
		CASE("{\"a\": nullx}", "json/syntax 1:7 "),
		CASE("{\"a\": 01}", "json/syntax 1:7 '01' is no JSON value"),
		CASE("{\"a\": -01}", "json/syntax 1:7 "),
		CASE("{\"a\": 1.}", "json/syntax 1:7 "),
		CASE("{\"a\": .5}", "json/syntax 1:7 "),
		CASE("{\"a\": +1}", "json/syntax 1:7 "),
		CASE("{\"a\": -}", "json/syntax 1:7 "),
		CASE("{\"a\": 1e}", "json/syntax 1:7 "),
		CASE("{\"a\": 1e+}", "json/syntax 1:7 "),
		CASE("{\"a\": 0x10}", "json/syntax 1:7 "),
		CASE("{\"a\": 1_000}", "json/syntax 1:7 "),
		CASE("{\"a\": --1}", "json/syntax 1:7 "),
		CASE("{\"a\": \"x}", "json/syntax 1:7 a string is not closed"),
		CASE("{\"a\": \"x\\\"}", "json/syntax 1:7 a string is not closed"),
		CASE("{\"a\": \"\\", "json/syntax 1:7 a string is not closed"),
		CASE("{\"a\": \"x\n\"}", "json/syntax 1:9 a line end or tab stands in a string as it is"),
		CASE("{\"a\": \"x\ty\"}", "json/syntax 1:9 "),
		CASE("{\"a\": \"\\x41\"}", "json/syntax 1:8 an escape that JSON does not have"),
		CASE("{\"a\": \"\\u00g0\"}", "json/syntax 1:8 '\\u' without four hexadecimal digits"),
		CASE("{\"a\": \"\\u12\"}", "json/syntax 1:8 "),
		CASE("{\"a\": \xc2\xa0" "1}", "json/syntax 1:7 "),
		CASE("{\"a\": 1}\xe2\x80\xa8", "json/syntax 1:9 "),
	};

	(void)state;
	check_refusals(cases, COUNT(cases), DOCUMENT_MANIFEST);
	check_refusals(cases, COUNT(cases), DOCUMENT_METRICS);
}

static void test_texts_refused(void **state)
{
	static const struct case_ cases[] = {
		CASE("{\"a\": \"x\\u0000\"}", "json/encoding 1:9 an escaped NUL"),
		CASE("{\"mape\\u0000x\": 1}", "json/encoding 1:7 an escaped NUL"),
		CASE("{\"a\": \"\\ud83d\"}", "json/encoding 1:8 half of a surrogate pair is no character"),
		CASE("{\"a\": \"\\ud83dx\"}", "json/encoding 1:8 "),
		CASE("{\"a\": \"\\ud83d\\u0041\"}", "json/encoding 1:8 "),
		CASE("{\"a\": \"\\ud83d\\ud83d\"}", "json/encoding 1:8 "),
		CASE("{\"a\": \"\\ude00\"}", "json/encoding 1:8 "),
	};

	(void)state;
	check_refusals(cases, COUNT(cases), DOCUMENT_MANIFEST);
}

static void test_numbers(void **state)
{
	static const struct case_ overflows[] = {
		CASE("{\"a\": 1e400}", "json/number 1:7 1e400 is beyond what a number can hold"),
		CASE("{\"a\": -1e309}", "json/number 1:7 "),
		CASE("{\"a\": [1, 1E+999999999999]}", "json/number 1:11 "),
	};
	static const struct case_ words[] = {
		CASE("{\"a\": NaN}", "json/syntax 1:7 'NaN' is no JSON value"),
		CASE("{\"a\": Infinity}", "json/syntax 1:7 "),
		CASE("{\"a\": -Infinity}", "json/syntax 1:7 "),
	};
	static const struct case_ others[] = {
		CASE("{\"a\": nan}", "json/syntax 1:7 "),         CASE("{\"a\": -NaN}", "json/syntax 1:7 "),
		CASE("{\"a\": inf}", "json/syntax 1:7 "),         CASE("{\"a\": +Infinity}", "json/syntax 1:7 "),
		CASE("{\"a\": Infinityx}", "json/syntax 1:7 "),
	};

	(void)state;
	check_refusals(overflows, COUNT(overflows), DOCUMENT_MANIFEST);
	check_refusals(overflows, COUNT(overflows), DOCUMENT_METRICS);
	check_refusals(words, COUNT(words), DOCUMENT_MANIFEST);
	check_refusals(others, COUNT(others), DOCUMENT_METRICS);
	check_drawing("m.json", DOCUMENT_METRICS, TEXT("{\"a\": NaN, \"b\": [Infinity, -Infinity], \"c\": \"NaN\"}"), false,
	              "{a: NaN, b: [Infinity, -Infinity], c: \"NaN\"}");
}

static void test_roots(void **state)
{
	static const struct case_ cases[] = {
		CASE("[1]", "schema/type 1:1 the file holds a list"),
		CASE(" \"x\"", "schema/type 1:2 the file holds text"),
		CASE("1", "schema/type 1:1 "),
		CASE("null", "schema/type 1:1 the file holds null"),
		CASE("\n", "file/empty 0:0 "),
	};

	(void)state;
	check_refusals(cases, COUNT(cases), DOCUMENT_MANIFEST);
}

static void test_duplicates(void **state)
{
	struct reading reading;

	(void)state;
	reading_init(&reading, "x.json", TEXT("{\"a\": 1,\n \"b\": {\"c\": 1, \"\\u0063\": 2},\n \"a\": 2}"), DOCUMENT_MANIFEST,
	             &limits_default);
	assert_int_equal(reading.root->count, 2);
	assert_true(text_is(value_get(reading.root, "a")->text, "1"));
	diags_sort(&reading.diags);
	assert_int_equal(reading.diags.count, 2);
	const struct diag *inner = &reading.diags.items[0], *outer = &reading.diags.items[1];
	assert_int_equal(inner->code, CODE_JSON_DUPLICATE_KEY);
	assert_int_equal(inner->place.line, 2);
	assert_int_equal(inner->place.column, 16);
	assert_int_equal(inner->related[0].place.column, 8);
	assert_int_equal(outer->place.line, 3);
	assert_int_equal(outer->related[0].place.line, 1);
	assert_true(text_is(outer->message, "key 'a' stands twice in one object"));
	reading_release(&reading);
}

static void check_limit(const char *before, const char *part, size_t times, const char *after, const char *wanted)
{
	struct buffer out;
	struct reading reading;

	buffer_init(&out);
	buffer_string(&out, before);
	for (size_t i = 0; i < times; i++)
		buffer_string(&out, part);
	buffer_string(&out, after);
	reading_init(&reading, "x.json", buffer_text(&out), DOCUMENT_MANIFEST, &limits_default);
	buffer_clear(&out);
	if (!wanted) {
		assert_non_null(reading.root);
	} else {
		assert_null(reading.root);
		reading_result(&out, &reading, false);
		if (strncmp(out.data, wanted, strlen(wanted)) != 0)
			fail_msg("%s is not %s", out.data, wanted);
	}
	reading_release(&reading);
	buffer_release(&out);
}

static void test_limits(void **state)
{
	(void)state;
	check_limit("{\"a\":", "[", 63, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", NULL);
	check_limit("{\"a\":", "[", 10000, "", "json/limit 1:69 nesting is deeper than 64 (limit 'depth'; raise it with --limit depth=128)");
	check_limit("", "{\"a\":", 10000, "", "json/limit 1:321 ");
	check_limit("{\"a\":[", "1,", 99996, "1]}", NULL);
	check_limit("{\"a\":[", "1,", 99997, "1]}", "json/limit 1:200001 more than 100000 values");
	check_limit("{\"a\":\"", "x", 65536, "\"}", NULL);
	check_limit("{\"a\":\"", "x", 65537, "\"}", "json/limit 1:6 a text of 65537 bytes");
	check_limit("{\"a\":", "1", 65537, "}", "json/limit 1:6 a text of 65537 bytes");
	check_limit("{\"", "k", 1024, "\":1}", NULL);
	check_limit("{\"", "k", 1025, "\":1}", "json/limit 1:2 a key of 1025 bytes, more than 1024 (limit 'key_bytes'; raise it with --limit key_bytes=2KiB)");
	check_limit("{\"a\":[", "{\"\xc3\xa9\":[]},", 25000, "1]}", NULL);
}

/* --- cJSON as an oracle: whatever we accept it reads to the same values; it accepts more than RFC 8259 --- */

static void compare_value(const struct value *ours, const cJSON *theirs);

static void compare_children(const struct value *ours, const cJSON *theirs)
{
	const cJSON *child = theirs->child;

	for (size_t i = 0; i < ours->count; i++, child = child->next) {
		assert_non_null(child);
		if (ours->kind == VALUE_MAP)
			assert_true(text_is(ours->members[i].name, child->string));
		compare_value(ours->kind == VALUE_MAP ? ours->members[i].value : ours->items[i], child);
	}
	assert_null(child);
}

static void compare_value(const struct value *ours, const cJSON *theirs)
{
	double number;

	if (ours->kind == VALUE_MAP || ours->kind == VALUE_LIST) {
		assert_true(ours->kind == VALUE_MAP ? cJSON_IsObject(theirs) : cJSON_IsArray(theirs));
		compare_children(ours, theirs);
	} else if (ours->kind == VALUE_NULL) {
		assert_true(cJSON_IsNull(theirs));
	} else if (ours->quoted) {
		assert_true(cJSON_IsString(theirs));
		assert_true(text_is(ours->text, theirs->valuestring));
	} else if (value_class(ours) == SCALAR_BOOL) {
		assert_true(text_is(ours->text, "true") ? cJSON_IsTrue(theirs) : cJSON_IsFalse(theirs));
	} else {
		assert_true(cJSON_IsNumber(theirs));
		assert_int_equal(number_parse(&number, ours->text), NUMBER_FINITE);
		assert_memory_equal(&number, &theirs->valuedouble, sizeof number);
	}
}

static void test_oracle(void **state)
{
	static const struct {
		const char *text;
		int ours, theirs;
	} cases[] = {
		{"{\"MAPE\": 0.142, \"samples\": 1200, \"slices\": {\"region\": {\"north\": {\"MAPE\": 0.2}}}}", 1, 1},
		{"{\"a\":[0.1,1e-5,-2.5E3,9007199254740993,4.9e-324,1.7976931348623157e308]}", 1, 1},
		{"{\"a\":[true,false,null,\"\",[],{},[[]],[{}]]}", 1, 1},
		{" \t\r\n{ \"a\" :\t[ 1 , 2 ]\n} ", 1, 1},
		{"{\"\\u00e9\\ud834\\udd1e\\n\\/\": \"\\\\\\\"\"}", 1, 1},
		{"{\"a\":1", 0, 0}, {"{\"a\" 1}", 0, 0}, {"{a:1}", 0, 0}, {"{\"a\":[1,]}", 0, 0}, {"{\"a\":tru}", 0, 0},
		{"{\"a\":'x'}", 0, 0}, {"{\"a\":\"\\x\"}", 0, 0}, {"{\"a\":\"\\ud800\"}", 0, 0}, {"{\"a\":1}}", 0, 0},
		{"{\"a\":01}", 0, 1}, {"{\"a\":1.}", 0, 1}, {"{\"a\":1e400}", 0, 1}, {"{\"a\":1,\"a\":2}", 0, 1},
		{"{\"a\":\"\t\"}", 0, 1}, {"{\"a\":\"\xff\"}", 0, 1}, {"{\"a\":\x01" "1}", 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct reading reading;
		reading_init(&reading, "x.json", text_of(cases[i].text), DOCUMENT_METRICS, &limits_default);
		cJSON *theirs = cJSON_ParseWithOpts(cases[i].text, NULL, true);
		if (!!reading.root != cases[i].ours || !!theirs != cases[i].theirs)
			fail_msg("%s: we %s, cJSON %s", cases[i].text, reading.root ? "accept" : "refuse", theirs ? "accepts" : "refuses");
		if (reading.root)
			compare_value(reading.root, theirs);
		cJSON_Delete(theirs);
		reading_release(&reading);
	}
}

/* Whatever is cut or changed in a good text: we accept nothing that cJSON refuses. */
static void test_mutations(void **state)
{
	static const char good[] = "{\"a\":[1,-2.5e3,\"x\\u00e9\\n\"],\"b\":{\"c\":null,\"d\":true}}";
	static const char bytes[] = "{}[],:\"\\0eE.-+ntu1 ";

	(void)state;
	for (size_t at = 0; at < sizeof good - 1; at++)
		for (size_t with = 0; with < sizeof bytes; with++) {
			char text[sizeof good];
			memcpy(text, good, sizeof good);
			if (bytes[with])
				text[at] = bytes[with];
			else
				memmove(text + at, text + at + 1, sizeof good - at - 1);
			struct reading reading;
			reading_init(&reading, "x.json", text_of(text), DOCUMENT_MANIFEST, &limits_default);
			cJSON *theirs = cJSON_ParseWithOpts(text, NULL, true);
			if (reading.root && !theirs)
				fail_msg("cJSON refuses %s", text);
			if (reading.root)
				compare_value(reading.root, theirs);
			cJSON_Delete(theirs);
			reading_release(&reading);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),   cmocka_unit_test(test_places), cmocka_unit_test(test_syntax), cmocka_unit_test(test_texts_refused),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_roots),  cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_limits),  cmocka_unit_test(test_oracle), cmocka_unit_test(test_mutations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

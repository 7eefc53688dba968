#include "reading.h"

struct case_ {
	struct text bytes;
	const char *wanted;
};

#define CASE(literal, wanted) {{(literal), sizeof(literal) - 1}, (wanted)}

static void check_trees(const struct case_ *cases, size_t count, bool places)
{
	for (size_t i = 0; i < count; i++)
		check_drawing("recipes/x.yaml", DOCUMENT_MANIFEST, cases[i].bytes, places, cases[i].wanted);
}

static void check_refusals(const struct case_ *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_refusal("recipes/x.yaml", DOCUMENT_MANIFEST, cases[i].bytes, cases[i].wanted);
}

#define COUNT(cases) (sizeof(cases) / sizeof(cases)[0])

static void test_trees(void **state)
{
	static const struct case_ cases[] = {
		CASE("a: 1\n", "{a: 1}"),
		CASE("a: 'it''s'\nb: \"x\\ty\"\nc: no\nd: 007\ne: 1e400\n", "{a: \"it's\", b: \"x\ty\", c: no, d: 007, e: 1e400}"),
		CASE("a:\nb: ~\nc: null\nd: Null\ne: NULL\nf: nULL\n", "{a: ~, b: ~, c: ~, d: ~, e: ~, f: nULL}"),
		CASE("a: ''\nb: '~'\nc: \"null\"\n", "{a: \"\", b: \"~\", c: \"null\"}"),
		CASE("a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a: \"x\ny\n\", b: \"x y\"}"),
		CASE("a:\n- 1\n- [2, {b: 3}]\n", "{a: [1, [2, {b: 3}]]}"),
		CASE("{a: [], b: {}}\n", "{a: [], b: {}}"),
		CASE("{a, b: , 'c': }\n", "{a: ~, b: ~, c: ~}"),
		CASE("? a\n: 1\n? b\n", "{a: 1, b: ~}"),
		CASE("null: 1\nyes: 2\n1: 3\n", "{null: 1, yes: 2, 1: 3}"),
		CASE("--- # first\na: 1\n...\n# last\n", "{a: 1}"),
		CASE("%YAML 1.1\n---\na: 1\n", "{a: 1}"),
		CASE("%YAML 1.2\n---\na: 1\n", "{a: 1}"),
		CASE("\xef\xbb\xbf" "a: 1\n", "{a: 1}"),
		CASE("a: 1\r\nb: \"x\r\n  y\"\r\nc: |\r\n  x\r\n", "{a: 1, b: \"x y\", c: \"x\n\"}"),
		CASE("a: x", "{a: x}"),
		CASE("a: b\n  c\n", "{a: b c}"),
		CASE("a: '%x'\nb: \"@\"\nc: x#y # z\n", "{a: \"%x\", b: \"@\", c: x#y}"),
		CASE("a: \"\\x1b\\u2028\"\n", "{a: \"\x1b\xe2\x80\xa8\"}"),
		CASE("'<<': 1\n", "{<<: 1}"),
		CASE("$unset: [a]\nx-note: 1\n", "{$unset: [a], x-note: 1}"),
	};

	(void)state;
	check_trees(cases, COUNT(cases), false);
}

static void test_tags(void **state)
{
	static const struct case_ trees[] = {
		CASE("a: !!str 5\nb: !!str\nc: ! 5\nd: ! ~\n", "{a: \"5\", b: \"\", c: \"5\", d: \"~\"}"),
		CASE("a: !!int 5\nb: !!float '1.5'\nc: !!bool true\nd: !!null ''\ne: !!null\n", "{a: 5, b: 1.5, c: true, d: ~, e: ~}"),
		CASE("a: !!map {b: !!seq [1]}\n", "{a: {b: [1]}}"),
		CASE("!!map\na: !<tag:yaml.org,2002:str> 1\n", "{a: \"1\"}"),
		CASE("!!str a: 1\n", "{a: 1}"),
	};
	static const struct case_ refusals[] = {
		CASE("a: !foo 1\n", "yaml/tag 1:4 tag '!foo' is not supported"),
		CASE("a: !!python/object:os.system {}\n", "yaml/tag 1:4 tag '!!python/object:os.system' is not supported"),
		CASE("a: !!set {}\n", "yaml/tag 1:4 tag '!!set' is not supported"),
		CASE("a: !!merge x\n", "yaml/tag 1:4 tag '!!merge' is not supported"),
		CASE("a: !!map x\n", "yaml/tag 1:4 tag '!!map' is not supported on a single value"),
		CASE("a: !!str [x]\n", "yaml/tag 1:4 tag '!!str' is not supported on a list"),
		CASE("a: !!seq {}\n", "yaml/tag 1:4 tag '!!seq' is not supported on a mapping"),
		CASE("a: !e!x 1\n", "yaml/tag 1:4 an unknown tag"),
		CASE("a: !!int x\n", "yaml/tag 1:10 'x' does not fit its tag '!!int'"),
		CASE("a: !!int 1.5\n", "yaml/tag 1:10 "),
		CASE("a: !!float .nan\n", "yaml/tag 1:12 "),
		CASE("a: !!bool yes\n", "yaml/tag 1:11 "),
		CASE("a: !!null x\n", "yaml/tag 1:11 "),
		CASE("%YAML 2.0\n---\na: 1\n", "yaml/tag 1:1 a YAML version that is not supported"),
		CASE("%TAG ! tag:x\n---\na: 1\n", "yaml/tag 1:1 the directive '%TAG' is not supported"),
		CASE("%FOO bar\n---\na: 1\n", "yaml/tag 1:5 an unknown directive"),
	};

	(void)state;
	check_trees(trees, COUNT(trees), false);
	check_refusals(refusals, COUNT(refusals));
}

static void test_places(void **state)
{
	static const struct case_ cases[] = {
		CASE("a: 1\n", "1:1+4 {1:1+1 a: 1:4+1 1}"),
		CASE("\xef\xbb\xbf" "ab: 12\n", "1:1+6 {1:1+2 ab: 1:5+2 12}"),
		CASE("# c\n\"q\": 'x y' # z\n", "2:1+14 {2:1+3 q: 2:6+5 \"x y\"}"),
		CASE("a:\n  b:\n  - c\n  - d: 1\n", "1:1+2 {1:1+1 a: 2:3+2 {2:3+1 b: 3:3+3 [3:5+1 c, 4:5+4 {4:5+1 d: 4:8+1 1}]}}"),
		CASE("a: [1, {b: 2}]\n", "1:1+14 {1:1+1 a: 1:4+11 [1:5+1 1, 1:8+6 {1:9+1 b: 1:12+1 2}]}"),
		CASE("a: [1,\n 2]\n", "1:1+6 {1:1+1 a: 1:4+3 [1:5+1 1, 2:2+1 2]}"),
		CASE("\xc3\xa9: \xe2\x82\xac\xf0\x9f\x98\x80 # x\nb: \"\xc3\xa9\"\n", "1:1+9 {1:1+1 \xc3\xa9: 1:4+2 \xe2\x82\xac\xf0\x9f\x98\x80, 2:1+1 b: 2:4+3 \"\xc3\xa9\"}"),
		CASE("a:\nb:  # c\nc:\n- \n", "1:1+2 {1:1+1 a: 1:2+1 ~, 2:1+1 b: 2:2+1 ~, 3:1+1 c: 4:1+2 [4:1+1 ~]}"),
		CASE("a: |\n  x\n  y\nb: x\n  y\n", "1:1+4 {1:1+1 a: 1:4+1 \"x\ny\n\", 4:1+1 b: 4:4+1 x y}"),
		CASE("a: 1\r\nb: x\r\n  y\r\nc: >\r\n  p\r\n  q\r\nd: 'x\r\n\r\n  y'\r\ne: 2\r\n",
		     "1:1+4 {1:1+1 a: 1:4+1 1, 2:1+1 b: 2:4+1 x y, 4:1+1 c: 4:4+1 \"p q\n\", 7:1+1 d: 7:4+2 \"x\ny\", 10:1+1 e: 10:4+1 2}"),
		CASE("a: &x\n  b: 1\nc: &y 'v'\nd: !!str v\ne: *x\n",
		     "1:1+5 {1:1+1 a: 2:3+4 {2:3+1 b: 2:6+1 1}, 3:1+1 c: 3:7+3 \"v\", 4:1+1 d: 4:10+1 \"v\", 5:1+1 e: 2:3+4 {2:3+1 b: 2:6+1 1}}"),
		CASE("a: &x # note\n  - 1\nb: &y [ 2 ]\n", "1:1+12 {1:1+1 a: 2:3+3 [2:5+1 1], 3:1+1 b: 3:7+5 [3:9+1 2]}"),
		CASE("a: \"x\xe2\x80\xa8y\"\nb: 'x\xc2\x85z' \nc: 1\n",
		     "1:1+8 {1:1+1 a: 1:4+5 \"x\xe2\x80\xa8y\", 2:1+1 b: 2:4+5 \"x z\", 3:1+1 c: 3:4+1 1}"),
	};

	(void)state;
	check_trees(cases, COUNT(cases), true);
}

static void test_syntax(void **state)
{
	static const struct case_ cases[] = {
		CASE("a: \"b\n", "yaml/syntax 1:6 the end of the file inside quotes"),
		CASE("a: b: c\n", "yaml/syntax 1:5 a ':' where no key can stand"),
		CASE("a:\n\t- b\n", "yaml/syntax 2:1 a character that no value can begin with"),
		CASE("a: @x\n", "yaml/syntax 1:4 a character that no value can begin with"),
		CASE("a: [1, 2\nb: 3\n", "yaml/syntax 2:2 no ',' or ']' where one is needed"),
		CASE("a: {b: 1\n", "yaml/syntax 1:9 no ',' or '}' where one is needed"),
		CASE("a: 1\n b: 2\n", "yaml/syntax 2:3 a ':' where no key can stand"),
		CASE("a:\n  - 1\n b: 2\n", "yaml/syntax 3:2 "),
		CASE("a: b\nc d\ne: f\n", "yaml/syntax 3:1 no ':' after a key"),
		CASE("{a:, b: 1}\n", "yaml/syntax 1:3 a ':' inside a plain value"),
		CASE("a: 'x'y\n", "yaml/syntax 1:7 no key where one is needed"),
		CASE("a: \"\\q\"\n", "yaml/syntax 1:5 an escape that YAML does not have"),
		CASE("a: \"\\ud83d\\ude00\"\n", "yaml/syntax 1:7 an escape that is no character"),
		CASE("a: -\n- b\n", "yaml/syntax 1:4 a list item where none can stand"),
		CASE("%YAML 1.2\na: 1\n", "yaml/syntax 2:1 no '---' after a directive"),
		CASE("a: 1\n---\nb: 2\n", "yaml/documents 2:1 a second document begins in the file"),
		CASE("a: 1\n---\n", "yaml/documents 2:1 "),
		CASE("a: 1\n...\nb: 2\n", "yaml/documents 3:1 text after the end of the document"),
		CASE("a: 1\n...\n---\n", "yaml/documents 3:1 "),
		CASE("{a: 1} b\n", "yaml/documents 1:8 text after the end of the document"),
	};

	(void)state;
	check_refusals(cases, COUNT(cases));
}

static void test_roots(void **state)
{
	static const struct case_ cases[] = {
		CASE("# only a comment\n", "file/empty 0:0 "),
		CASE("---\n", "file/empty 0:0 "),
		CASE("--- # c\n...\n", "file/empty 0:0 "),
		CASE("~\n", "schema/type 1:1 the file holds null where a mapping of fields is needed"),
		CASE("- a\n", "schema/type 1:1 the file holds a list"),
		CASE("\n[]\n", "schema/type 2:1 the file holds a list"),
		CASE("hello\n", "schema/type 1:1 the file holds text"),
		CASE("<html>\n", "schema/type 1:1 the file holds text"),
		CASE("''\n", "schema/type 1:1 the file holds text"),
	};

	(void)state;
	check_refusals(cases, COUNT(cases));
}

static void test_keys(void **state)
{
	static const struct case_ cases[] = {
		CASE("? [a]\n: 1\n", "yaml/key 1:3 a list where a key is needed"),
		CASE("? {a: 1}\n: 1\n", "yaml/key 1:3 a mapping where a key is needed"),
		CASE("a: &x b\n*x : 1\n", "yaml/key 2:1 an alias where a key is needed"),
		CASE("~: 1\n", "yaml/key 1:1 an empty value where a key is needed"),
		CASE("? \n: 1\n", "yaml/key 1:1 an empty value where a key is needed"),
		CASE("!!null '': 1\n", "yaml/key 1:8 an empty value where a key is needed"),
		CASE("a: {{ x }}\n", "yaml/key 1:5 template braces '{{' where a key is needed"),
		CASE("<<: 1\n", "yaml/merge-key 1:1 "),
		CASE("a: &x {b: 1}\nc:\n  <<: *x\n", "yaml/merge-key 3:3 the merge key '<<' is not supported"),
	};

	(void)state;
	check_refusals(cases, COUNT(cases));
}

static void test_duplicates(void **state)
{
	struct reading reading;

	(void)state;
	reading_init(&reading, "x.yaml", TEXT("a: 1\nb: {c: 1, \"\\x63\": 2}\na: 2\nd: 1\na: 3\n"), DOCUMENT_MANIFEST, &limits_default);
	/* The first of each stays. */
	assert_int_equal(reading.root->count, 3);
	assert_true(text_is(value_get(reading.root, "a")->text, "1"));
	diags_sort(&reading.diags);
	assert_int_equal(reading.diags.count, 3);
	const struct diag *inner = &reading.diags.items[0], *second = &reading.diags.items[1], *third = &reading.diags.items[2];
	assert_int_equal(inner->code, CODE_YAML_DUPLICATE_KEY);
	assert_int_equal(inner->place.line, 2);
	assert_int_equal(inner->place.column, 11);
	assert_true(text_is(inner->message, "key 'c' stands twice in one mapping"));
	assert_int_equal(inner->related[0].place.column, 5);
	assert_int_equal(second->place.line, 3);
	assert_int_equal(second->related_count, 1);
	assert_int_equal(second->related[0].place.line, 1);
	assert_int_equal(third->place.line, 5);
	assert_int_equal(third->related[0].place.line, 1);
	reading_release(&reading);
}

static void test_aliases(void **state)
{
	static const struct case_ trees[] = {
		CASE("a: &x [1]\nb: *x\nc: [*x, *x]\n", "{a: [1], b: [1], c: [[1], [1]]}"),
		CASE("a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}"),
		CASE("a: &x [&x 1, *x]\n", "{a: [1, 1]}"),
		CASE("&k a: 1\nb: *k\n", "{a: 1, b: a}"),
		CASE("a: &x\nb: *x\n", "{a: ~, b: ~}"),
	};
	static const struct case_ refusals[] = {
		CASE("a: *x\n", "yaml/alias 1:4 unknown alias '*x'"),
		CASE("a: *x\nb: &x 1\n", "yaml/alias 1:4 unknown alias '*x'"),
		CASE("a: &x [*x]\n", "yaml/alias 1:8 alias '*x' stands inside the value of its own anchor"),
		CASE("a: &x\n  b: {c: *x}\n", "yaml/alias 2:10 "),
		CASE("&r\na: *r\n", "yaml/alias 2:4 "),
	};
	struct reading reading;

	(void)state;
	check_trees(trees, COUNT(trees), false);
	check_refusals(refusals, COUNT(refusals));
	reading_init(&reading, "x.yaml", TEXT("a: &base [1]\nb: *bsae\n"), DOCUMENT_MANIFEST, &limits_default);
	assert_true(text_is(reading.diags.items[0].help, "did you mean '*base'?"));
	reading_release(&reading);
	reading_init(&reading, "x.yaml", TEXT("a: &x {k: 1}\nb: *x\n"), DOCUMENT_MANIFEST, &limits_default);
	assert_ptr_equal(value_get(reading.root, "a"), value_get(reading.root, "b"));
	reading_release(&reading);
}

/* The line ends that only YAML 1.1 has: whatever stands behind one would be live, though it looks like comment or text. */
static void test_line_breaks(void **state)
{
	static const struct case_ refusals[] = {
		CASE("a: 1 # reviewed \xe2\x80\xa8" "b: 99\n", "yaml/line-break 1:17 U+2028 "),
		CASE("a: 1 # reviewed \xe2\x80\xa9" "b: 99\n", "yaml/line-break 1:17 U+2029 "),
		CASE("a: 1 # reviewed \xc2\x85" "b: 99\n", "yaml/line-break 1:17 U+0085 "),
		CASE("a: 1 # reviewed \r" "b: 99\n", "yaml/line-break 1:17 U+000D "),
		CASE("# x \xc2\x85\n", "yaml/line-break 1:5 "),
		CASE("\xe2\x80\xa8" "a: 1\n", "yaml/line-break 1:1 "),
		CASE("a: x\xe2\x80\xa8y\n", "yaml/line-break 1:5 "),
		CASE("a: |\n  x\xe2\x80\xa8" "b: 1\n", "yaml/line-break 2:4 "),
		CASE("a: &q # \xe2\x80\xa8\n  \"b\"\n", "yaml/line-break 1:9 "),
		CASE("a: !!str # \xe2\x80\xa8\n  \"b\"\n", "yaml/line-break 1:12 "),
		CASE("a: 'x' # \xc2\x85\n", "yaml/line-break 1:10 "),
		CASE("a: 1\nb: x\xe2\x80\xa8y: z: w\n", "yaml/line-break 2:5 "),
		CASE("a: '\xc2\x85'\nb: \xc2\x85\n", "yaml/line-break 2:4 "),
		CASE("a: 1\n\xe2\x80\xa8", "yaml/line-break 2:1 "),
	};
	static const struct case_ trees[] = {
		CASE("a: '\xe2\x80\xa8'\nb: \"\xe2\x80\xa9\"\nc: 1\n", "{a: \"\xe2\x80\xa8\", b: \"\xe2\x80\xa9\", c: 1}"),
		CASE("a: \"\\N\\L\\P\"\n", "{a: \"\xc2\x85\xe2\x80\xa8\xe2\x80\xa9\"}"),
		CASE("a: &q '\xe2\x80\xa8'\nb: !!str \"\xe2\x80\xa8\"\n", "{a: \"\xe2\x80\xa8\", b: \"\xe2\x80\xa8\"}"),
	};

	(void)state;
	check_refusals(refusals, COUNT(refusals));
	check_trees(trees, COUNT(trees), false);
}

static void test_characters(void **state)
{
	static const struct case_ cases[] = {
		CASE("a: \x7f\n", "yaml/encoding 1:4 the character U+007F is not allowed in YAML"),
		CASE("a: \xc2\x9b\n", "yaml/encoding 1:4 the character U+009B "),
		CASE("a: \xef\xbf\xbf\n", "yaml/encoding 1:4 the character U+FFFF "),
		CASE("a: 1\n\xef\xbb\xbf" "b: 2\n", "yaml/encoding 2:1 the character U+FEFF "),
		CASE("a: \"x\\0y\"\n", "yaml/encoding 1:4 an escaped NUL is not allowed in a text"),
		CASE("\"a\\x00\": 1\n", "yaml/encoding 1:1 "),
		CASE("a: \"\\u0000\"\n", "yaml/encoding 1:4 "),
	};

	(void)state;
	check_refusals(cases, COUNT(cases));
}

static struct text repeat(struct buffer *out, const char *before, const char *part, size_t times, const char *after)
{
	buffer_init(out);
	buffer_string(out, before);
	for (size_t i = 0; i < times; i++)
		buffer_string(out, part);
	buffer_string(out, after);
	return buffer_text(out);
}

static void check_limit(const char *before, const char *part, size_t times, const char *after, const char *wanted)
{
	struct buffer out;
	struct text bytes = repeat(&out, before, part, times, after);

	check_refusal("x.yaml", DOCUMENT_MANIFEST, bytes, wanted);
	buffer_release(&out);
}

static void check_fits(const char *before, const char *part, size_t times, const char *after)
{
	struct buffer out;
	struct reading reading;

	reading_init(&reading, "x.yaml", repeat(&out, before, part, times, after), DOCUMENT_MANIFEST, &limits_default);
	assert_non_null(reading.root);
	reading_release(&reading);
	buffer_release(&out);
}

static void test_depth(void **state)
{
	(void)state;
	check_fits("a: ", "[", 63, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	check_limit("a: ", "[", 64, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
	            "yaml/limit 1:67 nesting is deeper than 64 (limit 'depth'; raise it with --limit depth=128)");
	check_limit("a: ", "[", 10000, "", "yaml/limit 1:67 nesting is deeper than 64 (limit 'depth'; raise it with --limit depth=128)");
	check_limit("", "{a: ", 10000, "", "yaml/limit 1:257 ");
	check_limit("a:\n  ", "- ", 10000, "", "yaml/limit 2:129 ");
	check_limit("", "? ", 10000, "", "yaml/key 1:3 ");
}

static void test_bombs(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out);
	buffer_string(&out, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 20; i++)
		buffer_format(&out, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1,
		              i - 1, i - 1, i - 1, i - 1, i - 1);
	check_refusal("x.yaml", DOCUMENT_MANIFEST, buffer_text(&out),
	              "yaml/limit 6:10 more than 100000 values, aliases expanded (limit 'yaml_nodes'; raise it with --limit yaml_nodes=200000)");
	buffer_clear(&out);
	buffer_string(&out, "a: &a [");
	for (int i = 0; i < 3000; i++)
		buffer_string(&out, "x, ");
	buffer_string(&out, "]\nb: [");
	for (int i = 0; i < 900; i++)
		buffer_string(&out, "*a, ");
	buffer_string(&out, "]\n");
	check_refusal("x.yaml", DOCUMENT_MANIFEST, buffer_text(&out), "yaml/limit 2:");
	buffer_clear(&out);
	buffer_string(&out, "a0: &a0 [x]\n");
	for (int i = 1; i < 100; i++)
		buffer_format(&out, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	check_refusal("x.yaml", DOCUMENT_MANIFEST, buffer_text(&out), "yaml/limit 64:12 nesting is deeper than 64");
	buffer_release(&out);
	check_limit("a: &x 1\nb: [", "*x, ", 1001, "]\n", "yaml/limit 2:4005 more than 1000 aliases (limit 'yaml_aliases'; raise it with --limit yaml_aliases=2000)");
	check_fits("a: &x 1\nb: [", "*x, ", 1000, "]\n");
	check_limit("a: [", "&x 1, ", 1001, "]\n", "yaml/limit 1:6008 more than 1000 anchors");
	check_limit("a: [", "x, ", 100001, "]\n", "yaml/limit 1:");
	check_limit("", "%TAG !a! b\n", 65, "---\na: 1\n", "yaml/tag 0:0 more than 64 lines that begin with '%'");
}

static void test_long_texts(void **state)
{
	(void)state;
	check_fits("a: ", "x", 65536, "\n");
	check_limit("a: ", "x", 65537, "\n", "yaml/limit 1:4 a text of 65537 bytes, more than 65536 (limit 'scalar_bytes'; raise it with --limit scalar_bytes=128KiB)");
	check_fits("", "k", 1024, ": 1\n");
	check_limit("", "k", 1025, ": 1\n", "yaml/limit 1:1026 a key of more than 1024 characters before this ':'");
	check_limit("a: 1\n", "k", 1025, ": 1\n", "yaml/limit 2:1026 ");
	check_limit("a: 1\n\"", "k", 1025, "\": 1\n", "yaml/limit 2:1028 ");
	check_limit("a: 1\n", "\xc3\xa9", 600, ": 1\n", "yaml/limit 2:1 a key of 1200 bytes, more than 1024 (limit 'key_bytes'; raise it with --limit key_bytes=2KiB)");
	check_limit("? ", "k", 1025, "\n: 1\n", "yaml/limit 1:3 a key of 1025 bytes");
	check_limit("a: x: ", "y", 2000, ": 1\n", "yaml/syntax 1:5 ");
}

/* One long line must not cost quadratic time: with 20 000 values a scan of the line for each would take seconds. */
static void test_one_line(void **state)
{
	(void)state;
	check_fits("a: [", "[\xc3\xa9, \"x\"], ", 20000, "]\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),      cmocka_unit_test(test_tags),       cmocka_unit_test(test_places),
		cmocka_unit_test(test_syntax),     cmocka_unit_test(test_roots),      cmocka_unit_test(test_keys),
		cmocka_unit_test(test_duplicates), cmocka_unit_test(test_aliases),    cmocka_unit_test(test_line_breaks),
		cmocka_unit_test(test_characters), cmocka_unit_test(test_depth),      cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_long_texts), cmocka_unit_test(test_one_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

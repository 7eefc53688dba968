#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "../../src/report/markdown.h"

static void expect(void (*write)(struct buffer *, struct text), const char *in, size_t len, const char *want)
{
	struct buffer out;

	buffer_init(&out);
	write(&out, (struct text){in, len});
	assert_string_equal(out.data ? out.data : "", want);
	buffer_release(&out);
}

static void expect_text(const char *in, const char *want)
{
	expect(markdown_text, in, strlen(in), want);
}

static void test_text(void **state)
{
	(void)state;
	expect_text("", "");
	expect_text("recipe_forecasting_base", "recipe_forecasting_base");
	expect_text("Café 0.5", "Café 0.5");
	expect_text("a|b `c` *d* _e_", "a\\|b \\`c\\` \\*d\\* \\_e\\_");
	expect_text("[x](javascript:1)", "\\[x\\](javascript:1)");
	expect_text("![i](u) ~s~ $m$ \\n", "\\!\\[i\\](u) \\~s\\~ \\$m\\$ \\\\n");
	expect_text("<b>&amp;</b><!-- c -->", "&lt;b&gt;&amp;amp;&lt;/b&gt;&lt;\\!-- c --&gt;");
	expect_text("@bob see #12, # h", "@\xe2\x80\x8b" "bob see #\xe2\x80\x8b" "12, \\# h");
	expect_text("http://x www.y.z", "http:\xe2\x80\x8b//x www\xe2\x80\x8b.y.z");
	expect_text("{{ site }} {% x %} {a}", "&#123;&#123; site }} &#123;% x %} {a}");
	expect_text("a\nb\r\tc", "a b  c");
}

static void test_controls(void **state)
{
	(void)state;
	expect_text("\x1b[31m", "\\\\x1b\\[31m");
	expect_text("a\xe2\x80\xae" "b", "a\\\\u202eb");
	expect_text("\xff", "\\\\xff");
	expect(markdown_text, "a\0b", 3, "a\\\\x00b");
	expect(markdown_code, "a##[error]b", 11, "<code>a\\#\\#\\[error\\]b</code>");
	expect(markdown_code, "x\ny", 3, "<code>x y</code>");
}

static void test_length(void **state)
{
	char text[1000];
	struct buffer out;

	(void)state;
	memset(text, 'x', sizeof text);
	buffer_init(&out);
	markdown_text(&out, (struct text){text, sizeof text});
	assert_int_equal(out.len, MARKDOWN_MAX + strlen("…"));
	buffer_clear(&out);
	markdown_text(&out, (struct text){text, MARKDOWN_MAX});
	assert_int_equal(out.len, MARKDOWN_MAX);
	buffer_release(&out);
}

static void test_code(void **state)
{
	(void)state;
	expect(markdown_code, "drift.max > 0.2", 15, "`drift.max > 0.2`");
	expect(markdown_code, "a || b", 6, "<code>a \\|\\| b</code>");
	expect(markdown_code, "`", 1, "<code>\\`</code>");
	expect(markdown_code, "", 0, "<code></code>");
}

static void test_url(void **state)
{
	(void)state;
	expect(markdown_url, "a b/(c).md", 10, "a%20b/%28c%29.md");
	expect(markdown_url, "x\"\n", 3, "x%22%0A");
}

static void test_mermaid(void **state)
{
	(void)state;
	expect(markdown_mermaid, "a\"]; click x", 12, "a___ click x");
	expect(markdown_mermaid, "Café 1.0", 9, "Café 1.0");
}

static void test_fenced(void **state)
{
	(void)state;
	expect(markdown_fenced, "```\n\x1b", 5, "′′′\\x0a\\x1b");
}

static void test_bar(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out);
	for (int i = 0; i <= 8; i++)
		markdown_bar(&out, i, 0, 8);
	markdown_bar(&out, NAN, 0, 8);
	markdown_bar(&out, -3, 0, 8);
	markdown_bar(&out, 5, 5, 5);
	assert_string_equal(out.data, "▁▂▃▄▅▆▇██·▁▁");
	buffer_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),    cmocka_unit_test(test_controls), cmocka_unit_test(test_length), cmocka_unit_test(test_code),
	    cmocka_unit_test(test_url),     cmocka_unit_test(test_mermaid),  cmocka_unit_test(test_fenced), cmocka_unit_test(test_bar),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

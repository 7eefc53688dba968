#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "../../src/report/svg.h"

static void expect_number(double value, const char *want)
{
	struct buffer out;

	buffer_init(&out);
	svg_number(&out, value);
	assert_string_equal(out.data, want);
	buffer_release(&out);
}

static void test_number(void **state)
{
	(void)state;
	expect_number(12, "12");
	expect_number(0.05, "0.1");
	expect_number(-0.04, "0");
	expect_number(-3.25, "-3.3");
	expect_number(100.04, "100");
	expect_number(NAN, "0");
}

static void expect_ticks(double low, double high, int want, double first, double step, int count, int decimals)
{
	struct ticks ticks = ticks_of(low, high, want);

	assert_true(fabs(ticks.first - first) < 1e-9 && fabs(ticks.step - step) < 1e-9);
	assert_int_equal(ticks.count, count);
	assert_int_equal(ticks.decimals, decimals);
}

static void test_ticks(void **state)
{
	(void)state;
	expect_ticks(0, 0.35, 5, 0, 0.1, 5, 1);
	expect_ticks(0, 1, 4, 0, 0.25, 5, 2);
	expect_ticks(0.7, 1.4, 7, 0.7, 0.1, 8, 1);
	expect_ticks(0, 5000, 5, 0, 1000, 6, 0);
	expect_ticks(0, 24, 5, 0, 5, 6, 0);
	expect_ticks(0, 0.0125, 5, 0, 0.0025, 6, 4);
	expect_ticks(3, 3, 5, 3, 1, 1, 0);
}

static void expect_body(struct svg *svg, const char *part)
{
	if (!strstr(svg->body.data, part))
		fail_msg("no %s in %s", part, svg->body.data);
}

static void test_text(void **state)
{
	struct svg svg;
	struct buffer out;

	(void)state;
	svg_init(&svg, 100, 50);
	svg_text(&svg, 1, 2, TEXT("<b>&\"x\"\n\x1b\xe2\x80\xae é"), "tx", (struct svg_style){0});
	expect_body(&svg, ">&lt;b&gt;&amp;&quot;x&quot;___ é</text>");
	svg_text(&svg, 1, 2, TEXT("abcdefghij"), "mu", (struct svg_style){.max = 5, .anchor = 'e', .size = 11, .bold = true, .halo = true});
	expect_body(&svg, "<text x=\"1\" y=\"2\" class=\"mu ha\" text-anchor=\"end\" font-size=\"11\" font-weight=\"600\">ab…ij</text>");
	buffer_init(&out);
	svg_write(&out, &svg, TEXT("slug"), TEXT("t<"), TEXT("d"));
	assert_non_null(strstr(out.data, "<title id=\"slug-t\">t&lt;</title>"));
	assert_non_null(strstr(out.data, ".ha{stroke:#ffffff;stroke-width:3px"));
	assert_non_null(strstr(out.data, "prefers-color-scheme:dark"));
	assert_null(strstr(out.data, ".ff{"));
	assert_non_null(strstr(out.data, "</svg>\n"));
	buffer_release(&out);
}

static void test_gaps(void **state)
{
	const struct point points[] = {{0, 0}, {1, 1}, {2, NAN}, {3, 3}, {4, NAN}, {5, 5}, {6, 6}};
	struct svg svg;

	(void)state;
	svg_init(&svg, 100, 50);
	svg_path(&svg, points, 7, "cs", 2, NULL);
	/* A point alone is no line. */
	expect_body(&svg, "<path d=\"M0 0L1 1M5 5L6 6\" class=\"cs\" fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\"/>");
	size_t before = svg.body.len;
	svg_path(&svg, points + 2, 3, "cs", 2, NULL);
	assert_int_equal(svg.body.len, before);
	svg_drop(&svg);
}

static void test_scale(void **state)
{
	const struct scale scale = {0, 10, 100, 0}, point = {5, 5, 0, 10};

	(void)state;
	assert_true(scale_at(&scale, 5) == 50 && scale_at(&scale, 10) == 0 && scale_at(&point, 5) == 5);
	assert_true(round_up(0.31, 0.05) > 0.349 && round_up(0.31, 0.05) < 0.351);
}

static size_t labels_of(double first, double last, const char *part)
{
	const struct scale scale = {first, last, 50, 600};
	struct svg svg;
	size_t count = 0;

	svg_init(&svg, 760, 100);
	svg_date_axis(&svg, &scale, first, last, 50);
	for (const char *at = svg.body.data; (at = strstr(at, part)) != NULL; at++)
		count++;
	svg_drop(&svg);
	return count;
}

static void test_dates(void **state)
{
	int year, month, day;

	(void)state;
	civil_of(&year, &month, &day, 0);
	assert_true(year == 1970 && month == 1 && day == 1);
	civil_of(&year, &month, &day, 20512);
	assert_true(year == 2026 && month == 2 && day == 28);
	assert_int_equal(labels_of(20512, 20515, ">Mar "), 3);    /* days: Feb 28 to Mar 3 */
	assert_int_equal(labels_of(20512, 20540, ">Mar "), 4);    /* Mondays: Mar 2, 9, 16 and 23 */
	assert_int_equal(labels_of(20512, 20512 + 200, "<text"), 8); /* months Mar to Sep, the year once */
	assert_int_equal(labels_of(20512, 20512 + 3650, ">20"), 10); /* 2027 to 2036 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_number), cmocka_unit_test(test_ticks), cmocka_unit_test(test_text),
	    cmocka_unit_test(test_gaps),   cmocka_unit_test(test_scale), cmocka_unit_test(test_dates),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

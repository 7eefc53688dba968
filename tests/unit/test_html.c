#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/site/flowchart.h"
#include "../../src/site/html.h"
#include "arena.h"

/* Relative targets lead to "there"; the rest nowhere. */
static struct text map(void *context, struct text url, bool image)
{
	(void)context;
	(void)image;
	return text_find(url, ':') < url.len ? TEXT("") : TEXT("there");
}

static struct text body_of(const char *markdown, struct arena *arena)
{
	const struct html_links links = {map, NULL};
	struct html_page page;

	html_of_markdown(&page, text_of(markdown), &links, arena);
	return page.body;
}

static bool has(struct text text, const char *part)
{
	for (size_t i = 0; i < text.len; i++)
		if (text_starts(text_cut(text, i, text.len), part))
			return true;
	return false;
}

static void test_page(void **state)
{
	const struct html_links links = {map, NULL};
	struct html_page page;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	html_of_markdown(&page, TEXT("# Model: A `b` & c\n\n[x](a.md) ![y](b.svg)\n\n## Actions due\n\n| a | b |\n| :-- | --: |\n| 1 | 2 |\n\n"
	                             "> [!CAUTION]\n> careful\n\n<details>\n<summary>More: 2</summary>\n\ninside<br>there\n\n</details>\n"),
	                 &links, &arena);
	assert_true(text_is(page.title, "Model: A b & c"));
	assert_true(has(page.body, "<h2><a id=\"actions-due\"></a>Actions due</h2>"));
	assert_true(has(page.body, "<a href=\"there\">x</a>") && has(page.body, "<img src=\"there\" alt=\"y\" />"));
	assert_true(has(page.body, "<td align=\"right\">2</td>"));
	assert_true(has(page.body, "<strong>Caution</strong>"));
	assert_true(has(page.body, "<details>\n<summary>More: 2</summary>") && has(page.body, "inside<br>there"));
	arena_release(&arena);
}

/* What galley's pages do not hold is shown, never read. */
static void test_tamed(void **state)
{
	static const char *const hostile[] = {
		"<script>alert(1)</script>\n", "<img src=x onerror=alert(1)>\n", "a <b onclick=x>b</b> c\n", "<details ontoggle=alert(1) open>\n\nx\n\n</details>\n",
		"<summary><img src=x></summary>\n", "<!-- --><script>x</script>\n", "<sub\nonclick=x>\n", "<svg><style>x</style></svg>\n", "<br><iframe src=a>\n", "<a href=\"x\">y</a>\n",
		"<?php x ?>\n", "<![CDATA[<script>]]>\n", "<br/ onload=x>\n", "<DETAILS><SCRIPT>\n", "<details><script\n>x</details>\n",
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		struct text body = body_of(hostile[i], &arena);
		for (size_t k = 0; k < body.len; k++) {
			struct text rest = text_cut(body, k, body.len);
			if (body.at[k] != '<')
				continue;
			assert_true(text_starts(rest, "<p>") || text_starts(rest, "</p>") || text_starts(rest, "<details>") || text_starts(rest, "</details>") ||
			            text_starts(rest, "<br>"));
		}
	}
	assert_true(text_is(body_of("[x](javascript:alert(1)) ![y](data:text/html,z) <http:x>\n", &arena), "<p>x y http:x</p>\n"));
	assert_true(text_is(body_of("## \"><script>\n", &arena), "<h2><a id=\"script\"></a>&quot;&gt;&lt;script&gt;</h2>\n"));
	arena_release(&arena);
}

static struct text picture(const char *mermaid, struct arena *arena)
{
	struct buffer out;

	buffer_init(&out);
	bool drawn = flowchart_svg(&out, text_of(mermaid), arena);
	struct text text = drawn ? text_copy(arena, buffer_text(&out)) : TEXT("");
	buffer_release(&out);
	return text;
}

static void test_flowchart(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	struct text drawn = picture("flowchart LR\n  n0[\"base 1.0.0<br/>baseline\"]\n  n1[\"shop\"]\n  n0 --> n1\n  n1 --> n2[\"3 more\"]\n"
	                            "  classDef here stroke-width:3px\n  class n1 here\n", &arena);
	assert_true(has(drawn, ">base 1.0.0</text>") && has(drawn, ">baseline</text>") && has(drawn, ">3 more</text>"));
	assert_true(has(drawn, "class=\"node subject\" x=\"143\""));
	size_t edges = 0;
	for (size_t i = 0; i < drawn.len; i++)
		edges += text_starts(text_cut(drawn, i, drawn.len), "class=\"edge\"");
	assert_int_equal(edges, 2);
	assert_true(has(picture("flowchart LR\nn0[\"<b> & \x01\"]\n", &arena), ">&lt;b&gt; &amp; \xef\xbf\xbd</text>"));
	/* Round in a circle, to itself, something unknown, cut off: left as text. */
	assert_int_equal(picture("flowchart LR\nn0 --> n1\nn1 --> n0\n", &arena).len, 0);
	assert_int_equal(picture("flowchart LR\nn0 --> n0\n", &arena).len, 0);
	assert_int_equal(picture("flowchart TD\nn0\n", &arena).len, 0);
	assert_int_equal(picture("flowchart LR\nn0[\"a\n", &arena).len, 0);
	assert_int_equal(picture("flowchart LR\nclick n0 \"javascript:x\"\n", &arena).len, 0);
	assert_int_equal(picture("", &arena).len, 0);
	assert_true(has(body_of("```mermaid\nflowchart LR\na --> b\n```\n", &arena), "<svg class=\"graph\""));
	assert_true(has(body_of("```mermaid\npie\n```\n", &arena), "<code class=\"language-mermaid\">pie"));
	arena_release(&arena);
}

/* Pieces of Markdown, HTML and Mermaid in any order: nothing but tags that are known comes out. */
static void test_garbage(void **state)
{
	static const char *const pieces[] = {"<", ">", "<details>", "</details>", "\n", "\n\n", "[", "](", ")", "![", "`", "```mermaid\nflowchart LR\n", "```\n", "a --> b", "| ", "\n| :-- |\n",
	                                     "> ", "> [!NOTE]\n", "# ", "&", "\"", "<script>", "<!--", "-->", "javascript:", "*", "_", "- ", "    ", "<a b=\"", "\\", "<br>", "x", "\xff", "[\""};
	uint64_t seed = 99;
	struct arena arena;

	(void)state;
	for (int round = 0; round < 4000; round++) {
		char markdown[512] = "";
		arena_init(&arena);
		while (strlen(markdown) < 300) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			const char *piece = pieces[(seed >> 33) % (sizeof pieces / sizeof *pieces)];
			memcpy(markdown + strlen(markdown), piece, strlen(piece) + 1);
		}
		struct text body = body_of(markdown, &arena);
		assert_false(has(body, "<script") || has(body, "<!--") || has(body, "href=\"javascript") || has(body, "<a b="));
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_page), cmocka_unit_test(test_tamed), cmocka_unit_test(test_flowchart), cmocka_unit_test(test_garbage)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}

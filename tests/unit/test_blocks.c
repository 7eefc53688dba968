/* Pages that must fit a size: whole rows go, those that matter least first, with their number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/report/blocks.h"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct block *add(struct blocks *blocks, int rank, const char *one, const char *name, size_t rows, size_t width)
{
	struct block *block = block_add(blocks, rank, one);

	buffer_format(&block->head, "<%s>\n", name);
	for (size_t i = 0; i < rows; i++) {
		buffer_format(&block->rows, "%s%zu", name, i);
		buffer_repeat(&block->rows, '.', width);
		buffer_char(&block->rows, '\n');
		block_row(block, blocks);
	}
	buffer_format(&block->tail, "</%s>\n", name);
	return block;
}

static size_t count(struct text text, const char *what)
{
	size_t found = 0;

	for (size_t i = 0; i < text.len; i++)
		found += text_starts(text_cut(text, i, text.len), what);
	return found;
}

static void test_whole(void **state)
{
	struct blocks blocks;
	struct buffer out;

	(void)state;
	buffer_init(&out);
	buffer_string(&out, "top\n");
	blocks_init(&blocks, &arena);
	add(&blocks, 1, "cat", "c", 2, 1);
	add(&blocks, 0, NULL, "frame", 0, 0);
	add(&blocks, 2, "dog", "d", 0, 0);
	blocks_print(&out, &blocks, SIZE_MAX, TEXT("See all."));
	assert_string_equal(out.data, "top\n<c>\nc0.\nc1.\n</c>\n<frame>\n</frame>\n");
	blocks_release(&blocks);
	buffer_release(&out);
}

/* For every size from the least on: never longer, every frame whole, every row whole, and nothing gone without a word. */
static void test_every_size(void **state)
{
	(void)state;
	for (size_t max = 400; max < 4000; max += 7) {
		struct blocks blocks;
		struct buffer out;
		buffer_init(&out);
		buffer_string(&out, "top\n");
		blocks_init(&blocks, &arena);
		struct block *cats = add(&blocks, 3, "cat", "c", 30, 20), *dogs = add(&blocks, 1, "dog", "d", 30, 50);
		struct block *one = add(&blocks, 2, "whale", "w", 1, 900);
		add(&blocks, 0, NULL, "frame", 0, 0);
		blocks_print(&out, &blocks, max, TEXT("See all."));
		struct text page = buffer_text(&out);
		if (page.len > max)
			fail_msg("%zu bytes where %zu are room", page.len, max);
		assert_int_equal(count(page, "<c>"), count(page, "</c>"));
		assert_int_equal(count(page, "<d>"), count(page, "</d>"));
		assert_int_equal(count(page, "<w>"), count(page, "</w>"));
		assert_int_equal(count(page, "<frame>"), 1);
		assert_int_equal(count(page, "\nc"), cats->shown);
		assert_int_equal(count(page, "\nd"), dogs->shown);
		assert_int_equal(count(page, "\nw"), one->shown);
		if (cats->shown < 30)
			assert_int_equal(count(page, cats->shown ? "more cat" : "30 cats"), 1);
		if (dogs->shown < 30)
			assert_int_equal(count(page, dogs->shown ? "more dog" : "30 dogs"), 1);
		if (!one->shown)
			assert_int_equal(count(page, "1 whale"), 1);
		/* What matters most is never shorter for what matters less. */
		if (cats->shown == 30)
			assert_int_equal(dogs->shown, 30);
		blocks_release(&blocks);
		buffer_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_size, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}

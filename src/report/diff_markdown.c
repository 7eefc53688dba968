#include "diff_tables.h"

#include <stdint.h>

static void add_reordered(struct blocks *blocks, const struct differences *differences)
{
	if (!differences->reordered_count)
		return;
	struct block *block = block_add(blocks, 0, NULL);
	buffer_format(&block->head, "\nOnly the order of named items moved in %zu recipe%s; the digest sees it.\n", differences->reordered_count,
	              differences->reordered_count == 1 ? "" : "s");
}

void diff_markdown(struct buffer *out, const struct diff_view *view)
{
	static const enum kind kinds[] = {KIND_RECIPE, KIND_PACK, KIND_MODEL, KIND_RUN, KIND_CONFIG};
	struct arena arena;
	struct diff_tables tables;
	struct blocks blocks;

	arena_init(&arena);
	diff_tables_init(&tables, view, &arena);
	blocks_init(&blocks, &arena);
	buffer_string(out, "### ");
	diff_headline(out, &tables.counts);
	buffer_format(out, "\n\nFrom `%.*s` to ", DIFF_COMMIT_DIGITS, view->base);
	add_head(out, view);
	buffer_char(out, '.');
	add_moved(out, view);
	buffer_char(out, '\n');
	block_of_gates(&blocks, &tables, 0);
	block_of_fields(&blocks, &tables, 0);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		block_of_records(&blocks, &tables, kinds[i], 0);
	add_reordered(&blocks, view->differences);
	blocks_print(out, &blocks, SIZE_MAX, TEXT(""));
	blocks_release(&blocks);
	arena_release(&arena);
}

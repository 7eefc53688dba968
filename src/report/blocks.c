#include "blocks.h"

/* Room for "12 more findings are left out for size." and its blank lines. */
enum { MORE_BYTES = 100 };

void blocks_init(struct blocks *blocks, struct arena *arena)
{
	*blocks = (struct blocks){.arena = arena};
}

void blocks_release(struct blocks *blocks)
{
	for (size_t i = 0; i < blocks->count; i++) {
		buffer_release(&blocks->items[i]->head);
		buffer_release(&blocks->items[i]->rows);
		buffer_release(&blocks->items[i]->tail);
	}
	blocks->count = 0;
}

struct block *block_add(struct blocks *blocks, int rank, const char *one)
{
	struct block *block = arena_alloc(blocks->arena, sizeof *block);

	*block = (struct block){.rank = rank, .one = one};
	buffer_init(&block->head);
	buffer_init(&block->rows);
	buffer_init(&block->tail);
	if (blocks->count < sizeof blocks->items / sizeof *blocks->items)
		blocks->items[blocks->count++] = block;
	return block;
}

void block_row(struct block *block, struct blocks *blocks)
{
	block->ends = arena_grow(blocks->arena, block->ends, block->count, sizeof *block->ends);
	block->ends[block->count++] = block->rows.len;
}

static bool has_content(const struct block *block)
{
	return block->count || !block->one;
}

static size_t row_start(const struct block *block, size_t row)
{
	return row ? block->ends[row - 1] : 0;
}

/* As many rows as fit into share, the first ones; a block without any is left out with its head. Returns what it takes. */
static size_t take_rows(struct block *block, size_t share)
{
	size_t frame = block->head.len + block->tail.len, used = frame + MORE_BYTES;

	block->shown = 0;
	block->taken = false;
	if (!has_content(block))
		return 0;
	/* Where all of it fits, no room is needed to say how much was left out. */
	if (frame + block->rows.len <= share) {
		block->shown = block->count;
		block->taken = true;
		return frame + block->rows.len;
	}
	while (block->shown < block->count && used + block->ends[block->shown] - row_start(block, block->shown) <= share) {
		used += block->ends[block->shown] - row_start(block, block->shown);
		block->shown++;
	}
	block->taken = block->shown > 0;
	return block->taken ? used : 0;
}

/* Each in the order of ranks takes at most half of what is left, so that one long list does not push all others out; then what is still
 * left goes to them in the same order. */
static void share_room(struct blocks *blocks, size_t room)
{
	enum { RANKS = 16 };
	size_t used[sizeof blocks->items / sizeof *blocks->items] = {0};

	for (int round = 0; round < 2; round++)
		for (int rank = 0; rank < RANKS; rank++)
			for (size_t i = 0; i < blocks->count; i++) {
				struct block *block = blocks->items[i];
				if (block->rank != rank || (round && block->taken && block->shown == block->count))
					continue;
				room += used[i];
				used[i] = take_rows(block, round || rank == 0 ? room : room / 2);
				room -= used[i];
			}
}

static void add_block(struct buffer *out, const struct block *block)
{
	size_t left = block->count - block->shown;

	if (!block->taken)
		return;
	buffer_add(out, buffer_text(&block->head));
	buffer_add(out, text_cut(buffer_text(&block->rows), 0, row_start(block, block->shown)));
	buffer_add(out, buffer_text(&block->tail));
	if (left)
		buffer_format(out, "\n%zu more %s%s left out for size.\n", left, block->one, left == 1 ? " is" : "s are");
}

static void add_left_out(struct buffer *out, const struct blocks *blocks, struct text whole)
{
	bool any = false;

	for (size_t i = 0; i < blocks->count; i++) {
		const struct block *block = blocks->items[i];
		if (block->taken || !block->count)
			continue;
		buffer_format(out, "%s%zu %s%s", any ? ", " : "\nLeft out for size: ", block->count, block->one, block->count == 1 ? "" : "s");
		any = true;
	}
	if (any) {
		buffer_string(out, ". ");
		buffer_add(out, whole);
		buffer_char(out, '\n');
	}
}

void blocks_print(struct buffer *out, struct blocks *blocks, size_t max, struct text whole)
{
	enum { NAME_BYTES = 40 };
	/* The line about whole blocks, at its longest. */
	size_t needed = out->len + whole.len + 40 + blocks->count * NAME_BYTES, all = out->len, room = max > out->len ? max - out->len : 0;

	for (size_t i = 0; i < blocks->count; i++)
		if (has_content(blocks->items[i]))
			all += blocks->items[i]->head.len + blocks->items[i]->rows.len + blocks->items[i]->tail.len;
	if (all > max)
		room = max > needed ? max - needed : 0;
	share_room(blocks, room);
	for (size_t i = 0; i < blocks->count; i++)
		add_block(out, blocks->items[i]);
	add_left_out(out, blocks, whole);
}

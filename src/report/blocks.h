/* Blocks: a page in parts of whole rows, so that it fits a host's limit. What matters least is left out first, always whole rows, with
 * their number; no table, fence or character is ever cut.
 *
 * Ownership: blocks_init() is undone by blocks_release(). Failure: none; what stands before the first block is never left out. */
#ifndef GALLEY_REPORT_BLOCKS_H
#define GALLEY_REPORT_BLOCKS_H

#include "arena.h"
#include "buffer.h"

struct block {
	int rank;            /* 0 is left out last */
	const char *one;     /* "run": what a row is, for the number of those left out; plural by an s */
	struct buffer head, rows, tail; /* heading and head of the table; the rows; what closes it */
	size_t *ends;        /* of each row in rows */
	size_t count;
	size_t shown;
	bool taken;          /* there was room for at least its head and a row */
};

struct blocks {
	struct arena *arena;
	struct block *items[16];
	size_t count;
};

void blocks_init(struct blocks *blocks, struct arena *arena);
void blocks_release(struct blocks *blocks);
/* A block is shown in the order in which they were added, where it has rows or a head alone (one NULL). */
struct block *block_add(struct blocks *blocks, int rank, const char *one);
/* Ends the row that was written to rows since the last. */
void block_row(struct block *block, struct blocks *blocks);
/* Adds the blocks to out, which is at most max bytes long then, as far as what stands in it leaves room. whole: a line for people where
 * something was left out, that says where to see all. */
void blocks_print(struct buffer *out, struct blocks *blocks, size_t max, struct text whole);

#endif

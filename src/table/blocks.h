/* Blocks: a file in pieces of whole records, made block by block and in order, whatever thread reads which.
 *
 * A block's bytes are read by any thread; where records begin is then found in the order of the file, which needs a look at the quotes
 * alone: what stands behind the block's last whole record is handed on to the next. A record that looks irregular is judged by libcsv
 * there and then, since a broken quote decides where the next record begins.
 * Ownership: blocks_open() before, blocks_close() after; a block is its thread's until the next. Failure: -1 where the file cannot be
 * read. */
#ifndef GALLEY_BLOCKS_H
#define GALLEY_BLOCKS_H

#include "rows.h"
#include "scan_inner.h"

struct blocks;

enum { BLOCK_PIECES = 16 /* at first */, BLOCK_BYTES = 256 * 1024 };

/* What a thread got. */
struct block {
	char *room;
	size_t room_size;
	struct piece *pieces;
	size_t count, piece_room;
	size_t number;       /* of its first piece */
};

enum blocks_end {
	BLOCKS_GO_ON,    /* to the end of the file, if nothing else happens */
	BLOCKS_REFUSED,  /* something makes the whole file unusable */
	BLOCKS_FAILED,   /* it cannot be read */
	BLOCKS_STOPPED,  /* by the consumer */
};

struct blocks *blocks_open(struct scan *scan, const struct kernel *kernel);
void blocks_close(struct blocks *blocks);

void block_init(struct block *block, const struct blocks *blocks);
void block_release(struct block *block);
/* The next block, for any thread; false where there is none. */
bool blocks_next(struct block *block, struct blocks *blocks);

/* Ends the pass. */
void blocks_stop(struct blocks *blocks, enum blocks_end why);
/* Counts bad rows; BLOCKS_REFUSED beyond those that may be left out. */
void blocks_count_bad(struct blocks *blocks, size_t count);

/* When all threads are done. */
enum blocks_end blocks_get_end(const struct blocks *blocks);
size_t blocks_get_bad(const struct blocks *blocks);
uint64_t blocks_get_bytes(const struct blocks *blocks);
const struct failure *blocks_get_failure(const struct blocks *blocks);

#endif

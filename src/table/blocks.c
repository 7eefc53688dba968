#include "blocks.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "judge.h"
#include "work.h"

enum {
	HEAD_BYTES = 64 * 1024, /* most room for a tail before a block */
};

/* The bytes behind the last whole record, and what is known of them. */
struct tail {
	char *room;
	size_t room_size, at, len;
	size_t surveyed;     /* so many of them; the survey counts from the first */
	bool quotes, returns;
};

struct blocks {
	struct scan *scan;
	const struct kernel *kernel;
	size_t block_bytes, head_bytes, room_bytes;
	atomic_size_t next, bad;
	atomic_int end;      /* enum blocks_end */
	struct work_turns *turns;

	/* Whose turn it is has these. */
	struct tail tail;
	struct survey survey;
	size_t pieces;
	uint64_t bytes;
	bool finished;
	struct failure failure;
};

/* --- opening --- */

static void begin_survey(struct survey *survey, size_t at)
{
	survey->inside = survey->closed = false;
	survey->may_open = true;
	survey->record = survey->field = at;
}

static void room_init(char **room, size_t *size, const struct blocks *blocks)
{
	*size = blocks->room_bytes;
	*room = memory_get(*size);
	memset(*room, 0, KERNEL_BEFORE);
}

struct blocks *blocks_open(struct scan *scan, const struct kernel *kernel)
{
	struct blocks *blocks = memory_get(sizeof *blocks);

	memset(blocks, 0, sizeof *blocks);
	blocks->scan = scan;
	blocks->kernel = kernel;
	atomic_init(&blocks->next, 0);
	atomic_init(&blocks->bad, 0);
	atomic_init(&blocks->end, BLOCKS_GO_ON);
	blocks->turns = work_turns_open();
	blocks->survey.delimiter = scan->info.delimiter;
	blocks->survey.field_most = scan->options.limits->csv_field;
	begin_survey(&blocks->survey, 0);
	blocks->block_bytes = scan->options.block_bytes ? scan->options.block_bytes : BLOCK_BYTES;
	blocks->head_bytes = blocks->block_bytes < HEAD_BYTES ? blocks->block_bytes : HEAD_BYTES;
	blocks->room_bytes = KERNEL_BEFORE + blocks->head_bytes + blocks->block_bytes + KERNEL_AFTER + 1;
	room_init(&blocks->tail.room, &blocks->tail.room_size, blocks);
	blocks->tail.at = KERNEL_BEFORE;
	return blocks;
}

void blocks_close(struct blocks *blocks)
{
	work_turns_close(blocks->turns);
	free(blocks->tail.room);
	free(blocks);
}

void block_init(struct block *block, const struct blocks *blocks)
{
	*block = (struct block){.piece_room = BLOCK_PIECES};
	block->pieces = memory_get(block->piece_room * sizeof *block->pieces);
	room_init(&block->room, &block->room_size, blocks);
}

void block_release(struct block *block)
{
	free(block->room);
	free(block->pieces);
}

void blocks_stop(struct blocks *blocks, enum blocks_end why)
{
	int going = BLOCKS_GO_ON;

	atomic_compare_exchange_strong(&blocks->end, &going, (int)why);
}

void blocks_count_bad(struct blocks *blocks, size_t count)
{
	if (count && atomic_fetch_add(&blocks->bad, count) + count > blocks->scan->options.max_bad_rows)
		blocks_stop(blocks, BLOCKS_REFUSED);
}

/* --- bytes --- */

static void swap_rooms(struct block *block, struct tail *tail)
{
	char *room = block->room;
	size_t size = block->room_size;

	block->room = tail->room;
	block->room_size = tail->room_size;
	tail->room = room;
	tail->room_size = size;
}

/* Puts the tail before the len bytes of the block; returns where it then begins in the block's room. */
static size_t put_together(struct block *block, struct blocks *blocks, size_t len)
{
	struct tail *tail = &blocks->tail;
	size_t at = KERNEL_BEFORE + blocks->head_bytes;

	if (tail->len <= blocks->head_bytes) {
		memcpy(block->room + at - tail->len, tail->room + tail->at, tail->len);
		return at - tail->len;
	}
	size_t wanted = tail->at + tail->len + len + KERNEL_AFTER + 1;
	if (wanted > tail->room_size) {
		tail->room_size = 2 * wanted;
		tail->room = memory_resize(tail->room, tail->room_size);
	}
	memcpy(tail->room + tail->at + tail->len, block->room + at, len);
	swap_rooms(block, tail);
	return tail->at;
}

/* What follows done of the len bytes at `at` in the block's room becomes the tail. */
static void keep_tail(struct blocks *blocks, struct block *block, size_t at, size_t len, size_t done)
{
	struct tail *tail = &blocks->tail;

	tail->len = len - done;
	if (!block->count && tail->len > blocks->head_bytes) {
		tail->at = at + done;
		swap_rooms(block, tail);
		return;
	}
	tail->at = KERNEL_BEFORE;
	size_t wanted = KERNEL_BEFORE + tail->len + KERNEL_AFTER + 1;
	if (wanted > tail->room_size) {
		tail->room_size = 2 * wanted;
		tail->room = memory_resize(tail->room, tail->room_size);
	}
	memcpy(tail->room + tail->at, block->room + at + done, tail->len);
}

/* --- pieces --- */

static void add_piece(struct block *block, const char *bytes, size_t start, size_t end, struct piece piece)
{
	if (start >= end)
		return;
	if (block->count == block->piece_room) {
		block->piece_room *= 2;
		block->pieces = memory_resize(block->pieces, block->piece_room * sizeof *block->pieces);
	}
	piece.bytes = bytes + start;
	piece.len = end - start;
	block->pieces[block->count++] = piece;
}

/* Where the last line of bytes that are free of quotes ends, or 0. */
static size_t last_line_end(const char *bytes, size_t len, bool returns)
{
	while (len && bytes[len - 1] != '\n' && !(returns && bytes[len - 1] == '\r'))
		len--;
	return len;
}

/* Without an empty line at the end of whole records: whether it is a row, below a header of one name, depends on what follows. */
static size_t without_empty_line(const char *bytes, size_t start, size_t end)
{
	size_t line = end;

	if (line > start)
		line -= bytes[line - 1] == '\n' && line - 1 > start && bytes[line - 2] == '\r' ? 2 : 1;
	return line == start || bytes[line - 1] == '\n' || bytes[line - 1] == '\r' ? line : end;
}

/* Bytes that begin with a record, of which the first `surveyed` are known, all but a CR at their end that may be half a line end. */
struct region { const char *bytes; size_t len, to, surveyed; bool at_end; };

/* Goes through quotes. *start is where the piece in progress begins, the result where its last whole record ends. *whole: the survey went
 * to the end. */
static size_t look_at_quotes(size_t *start, bool *whole, struct block *block, struct blocks *blocks, const struct region *region, struct piece piece)
{
	struct survey *survey = &blocks->survey;
	size_t from = region->surveyed, to = region->to, len = 0;

	*start = 0;
	*whole = true;
	while (from <= to && atomic_load(&blocks->end) == BLOCKS_GO_ON) {
		size_t stop = blocks->kernel->survey(survey, region->bytes, from, to);
		if (stop == to && to - survey->field <= survey->field_most && !(region->at_end && survey->inside))
			return survey->record;
		size_t record = survey->record;
		enum verdict verdict = judge_record(&len, blocks->scan, (struct text){region->bytes + record, region->len - record}, region->at_end);
		if (verdict == VERDICT_MORE) {
			*whole = false;
			return record;
		}
		if (verdict == VERDICT_STOP)
			blocks_stop(blocks, BLOCKS_REFUSED);
		if (verdict == VERDICT_BAD) {
			add_piece(block, region->bytes, *start, record, piece);
			blocks_count_bad(blocks, 1);
			*start = record + len;
		}
		from = record + len;
		begin_survey(survey, from);
	}
	return from;
}

/* Cuts what is in the block's room from `at` on into pieces, and leaves the rest as the tail. */
static void cut_pieces(struct block *block, struct blocks *blocks, size_t at, size_t len, bool at_end)
{
	struct tail *tail = &blocks->tail;
	struct survey *survey = &blocks->survey;
	struct piece piece = {.quotes = tail->quotes, .returns = tail->returns};
	char *bytes = block->room + at;
	size_t half_pair = !at_end && len && bytes[len - 1] == '\r', start = 0, done;
	struct region region = {bytes, len, len - half_pair, tail->surveyed, at_end};
	bool whole = true;

	if (tail->quotes)
		done = look_at_quotes(&start, &whole, block, blocks, &region, piece);
	else
		done = last_line_end(bytes, region.to, tail->returns);
	if (at_end && done < len) {
		/* The last line lacks its end. */
		bytes[len++] = '\n';
		done = len;
	}
	if (!at_end && blocks->scan->info.columns == 1)
		done = without_empty_line(bytes, start, done);
	piece.last = at_end;
	add_piece(block, bytes, start, done, piece);
	keep_tail(blocks, block, at, len, done);
	if (whole && tail->len - half_pair > blocks->scan->options.limits->csv_line)
		blocks_stop(blocks, BLOCKS_REFUSED);
	const char *kept = tail->room + tail->at;
	tail->returns = tail->len && piece.returns && memchr(kept, '\r', tail->len);
	tail->quotes = tail->len && piece.quotes && memchr(kept, '"', tail->len);
	if (tail->quotes && whole && survey->record == done) {
		tail->surveyed = region.to - done;
		survey->record = 0;
		survey->field -= done;
	} else {
		tail->surveyed = 0;
		begin_survey(survey, 0);
	}
}

bool blocks_next(struct block *block, struct blocks *blocks)
{
	size_t number = atomic_fetch_add(&blocks->next, 1), len = 0;
	char *bytes = block->room + KERNEL_BEFORE + blocks->head_bytes;
	struct failure failure;
	int status = 0;

	block->count = 0;
	if (atomic_load(&blocks->end) == BLOCKS_GO_ON)
		status = data_fill(&len, blocks->scan->stream, bytes, blocks->block_bytes, blocks->scan->start + (uint64_t)number * blocks->block_bytes, &failure);
	bool quotes = len && memchr(bytes, '"', len), returns = len && memchr(bytes, '\r', len);
	work_turns_wait(blocks->turns, number);
	bool given = !blocks->finished && atomic_load(&blocks->end) == BLOCKS_GO_ON;
	if (given && status) {
		blocks->failure = failure;
		blocks_stop(blocks, BLOCKS_FAILED);
	} else if (given) {
		struct tail *tail = &blocks->tail;
		blocks->finished = len < blocks->block_bytes;
		blocks->bytes += len;
		progress_tell(blocks->scan->options.progress, PROGRESS_BYTES, blocks->scan->input->path, blocks->scan->start + blocks->bytes, blocks->scan->size);
		tail->quotes = tail->quotes || quotes;
		tail->returns = tail->returns || returns;
		size_t whole = tail->len + len, at = put_together(block, blocks, len);
		cut_pieces(block, blocks, at, whole, blocks->finished);
		block->number = blocks->pieces;
		blocks->pieces += block->count;
	}
	work_turns_pass(blocks->turns);
	return given && !status;
}

/* --- afterwards --- */

enum blocks_end blocks_get_end(const struct blocks *blocks)
{
	return (enum blocks_end)atomic_load(&blocks->end);
}

size_t blocks_get_bad(const struct blocks *blocks)
{
	return atomic_load(&blocks->bad);
}

uint64_t blocks_get_bytes(const struct blocks *blocks)
{
	return blocks->bytes;
}

const struct failure *blocks_get_failure(const struct blocks *blocks)
{
	return &blocks->failure;
}

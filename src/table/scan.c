#include <stdatomic.h>
#include <stdlib.h>

#include "arena.h"
#include "blocks.h"
#include "record.h"
#include "rows.h"
#include "scan_inner.h"
#include "work.h"

/* Limits that the fast way can do: below, libcsv's own way of counting shows; above, offsets of 32 bits would not do. */
enum { FIELD_LEAST = 128, LINE_MOST = 1 << 30 };

int scan_changed(const struct scan *scan, struct failure *failure)
{
	return failure_set(failure, EXIT_UNABLE, "'%.*s' changed while it was read", TEXT_ARGS(scan->input->path));
}

static bool same_names(const struct table_info *a, const struct table_info *b)
{
	if (a->columns != b->columns || a->delimiter != b->delimiter)
		return false;
	for (size_t i = 0; i < a->columns; i++)
		if (!text_equal(a->names[i], b->names[i]))
			return false;
	return true;
}

static struct table_options table_options_of(const struct scan_options *options)
{
	return (struct table_options){options->delimiter, options->max_bad_rows, options->limits};
}

int scan_table_open(struct table **out, struct scan *scan, struct diags *diags, struct failure *failure)
{
	struct table_options options = table_options_of(&scan->options);

	stream_rewind(scan->stream);
	if (table_open_stream(out, scan->stream, scan->input, &options, scan->arena, diags, failure))
		return -1;
	if (*out && same_names(table_get_info(*out), &scan->info))
		return 0;
	if (*out)
		table_close(*out);
	return scan_changed(scan, failure);
}

static bool can_be_fast(const struct scan *scan)
{
	const struct limits *limits = scan->options.limits;
	char delimiter = scan->info.delimiter;

	return scan->options.code != SCAN_TABLE && limits->csv_field >= FIELD_LEAST && limits->csv_line <= LINE_MOST &&
	       delimiter != '"' && delimiter != '\n' && delimiter != '\r';
}

int scan_open(struct scan **out, const struct table_file *file, const struct scan_options *options, struct arena *arena,
              struct diags *diags, struct failure *failure)
{
	struct table_options wanted = table_options_of(options);
	struct input *input = arena_alloc(arena, sizeof *input);
	struct stream *stream;
	struct table *table;

	*out = NULL;
	if (data_open(&stream, input, file, options->limits, arena, diags, failure))
		return -1;
	if (!stream)
		return 0;
	int result = table_open_stream(&table, stream, input, &wanted, arena, diags, failure);
	if (!table) {
		stream_close(stream);
		return result;
	}
	struct scan *scan = memory_get(sizeof *scan);
	*scan = (struct scan){.info = *table_get_info(table), .input = input, .stream = stream, .options = *options, .arena = arena, .diags = diags};
	scan->start = table->window.base + table->window.next;
	scan->size = stream_size(stream);
	scan->fast = can_be_fast(scan);
	missing_init(&scan->missing, options->na, options->na_count);
	table_close(table);
	*out = scan;
	return 0;
}

void scan_close(struct scan *scan)
{
	if (!scan)
		return;
	stream_close(scan->stream);
	free(scan);
}

const struct table_info *scan_get_info(const struct scan *scan)
{
	return &scan->info;
}

uint64_t scan_size(const struct scan *scan)
{
	return stream_size(scan->stream);
}

/* --- a pass --- */

struct crew {
	struct scan *scan;
	const struct scan_pass *pass;
	const struct kernel *kernel;
	struct blocks *blocks;
	atomic_size_t rows;
	atomic_int stopped; /* what the consumer returned */
};

static void take_piece(struct crew *crew, struct rows *rows, const struct piece *piece, size_t number, unsigned worker)
{
	rows_take(rows, piece);
	if (rows->too_long) {
		blocks_stop(crew->blocks, BLOCKS_REFUSED);
		return;
	}
	blocks_count_bad(crew->blocks, rows->bad);
	atomic_fetch_add(&crew->rows, rows->grid.rows);
	int result = crew->pass->consumer ? rows_give(rows, number, worker, crew->pass->consumer) : 0;
	if (result) {
		int none = 0;
		atomic_compare_exchange_strong(&crew->stopped, &none, result);
		blocks_stop(crew->blocks, BLOCKS_STOPPED);
	}
}

static void work_on(void *context, size_t i, unsigned worker)
{
	struct crew *crew = context;
	struct scan *scan = crew->scan;
	struct block block;
	struct rows rows;

	(void)i;
	block_init(&block, crew->blocks);
	rows_init(&rows, crew->kernel, &scan->info, scan->options.limits, crew->pass->columns, crew->pass->count, &scan->missing);
	while (blocks_next(&block, crew->blocks))
		for (size_t k = 0; k < block.count && blocks_get_end(crew->blocks) == BLOCKS_GO_ON; k++)
			take_piece(crew, &rows, &block.pieces[k], block.number + k, worker);
	rows_release(&rows);
	block_release(&block);
}

static int fast_pass(bool *refused, struct table_info *info, uint64_t *bytes, struct scan *scan, const struct scan_pass *pass, struct failure *failure)
{
	struct crew crew = {.scan = scan, .pass = pass, .kernel = kernel_get(scan->options.code)};
	int result = 0;

	atomic_init(&crew.rows, 0);
	atomic_init(&crew.stopped, 0);
	crew.blocks = blocks_open(scan, crew.kernel);
	work_each(pass->jobs, pass->jobs, work_on, &crew);
	enum blocks_end end = blocks_get_end(crew.blocks);
	info->rows = atomic_load(&crew.rows);
	info->bad_rows = blocks_get_bad(crew.blocks);
	info->ok = end == BLOCKS_GO_ON;
	*refused = end == BLOCKS_REFUSED;
	*bytes = *refused ? 0 : blocks_get_bytes(crew.blocks);
	if (end == BLOCKS_FAILED) {
		*failure = *blocks_get_failure(crew.blocks);
		result = -1;
	} else if (end == BLOCKS_STOPPED) {
		result = atomic_load(&crew.stopped);
	}
	blocks_close(crew.blocks);
	return result;
}

/* More threads than blocks would wait in vain. */
static unsigned useful_jobs(const struct scan *scan, unsigned jobs)
{
	size_t block_bytes = scan->options.block_bytes ? scan->options.block_bytes : BLOCK_BYTES;
	uint64_t blocks = stream_size(scan->stream) / block_bytes + 1;

	if (jobs > SCAN_JOBS_MAX)
		jobs = SCAN_JOBS_MAX;
	if (stream_size(scan->stream) && jobs > blocks)
		jobs = (unsigned)blocks;
	return jobs ? jobs : 1;
}

int scan_run(struct scan *scan, const struct scan_column *columns, size_t count, unsigned jobs, const struct scan_consumer *consumer,
             struct failure *failure)
{
	struct scan_pass pass = {columns, count, useful_jobs(scan, jobs), consumer}, nothing = {.jobs = 1};
	struct table_info info = {0};
	struct diags diags;
	uint64_t bytes = 0;
	bool refused = false;
	int result = 0;

	diags_init(&diags, scan->arena);
	if (scan->fast)
		result = fast_pass(&refused, &info, &bytes, scan, &pass, failure);
	else
		result = scan_by_table(&info, scan, &pass, 0, &diags, failure);
	/* What is wrong, and how much of it, is for the definition to say. */
	if (!result && refused) {
		result = scan_by_table(&info, scan, &nothing, 0, &diags, failure);
		if (!result && info.ok)
			return scan_changed(scan, failure);
	}
	if (result)
		return result;
	/* A file may grow, as a log does, but what was there when it was opened must be there. */
	if (stream_size(scan->stream) < scan->size || (scan->fast && !refused && scan->start + bytes < scan->size))
		return scan_changed(scan, failure);
	if (scan->ran && (info.rows != scan->info.rows || info.bad_rows != scan->info.bad_rows || info.ok != scan->info.ok || bytes != scan->bytes))
		return scan_changed(scan, failure);
	if (!scan->ran)
		diags_append(scan->diags, &diags);
	scan->ran = true;
	scan->info.rows = info.rows;
	scan->info.bad_rows = info.bad_rows;
	scan->info.ok = info.ok;
	scan->bytes = bytes;
	return 0;
}

int scan_sample(struct scan *scan, const struct scan_column *columns, size_t count, size_t bytes, const struct scan_consumer *consumer,
                struct failure *failure)
{
	struct scan_pass pass = {columns, count, 1, consumer};
	struct table_info info;
	struct diags diags;

	if (scan->fast)
		return scan_places(scan, &pass, bytes, failure);
	diags_init(&diags, scan->arena);
	return scan_by_table(&info, scan, &pass, bytes, &diags, failure);
}

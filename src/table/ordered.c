#include <stdlib.h>

#include "arena.h"
#include "ordered_walk.h"
#include "work.h"

enum { SAMPLE_MOST = 32768, SAMPLE_LEAST = 1024, BLOCK_LEAST = 128, BLOCK_MOST = 8192, STEP = 512 };

/* Cells take a quarter of the memory at most: on either side 8 bytes each, and one on each thread. */
static size_t cells_size(const struct ordered_options *options)
{
	size_t size = CELLS_MAX, columns = options->columns ? options->columns : 1;

	while (size > CELLS_LEAST && size * columns * (16 + options->jobs) > options->memory / 4)
		size /= 2;
	return size;
}

/* Samples take a quarter of the memory at most, too, before there are counts. */
static size_t sample_most(const struct ordered_options *options)
{
	size_t most = SAMPLE_MOST, columns = options->columns ? options->columns : 1;

	while (most > SAMPLE_LEAST && most * columns * sizeof(double) > options->memory / 4)
		most /= 2;
	return most;
}

static void borrow_cells(struct ordered *ordered, const struct ordered *like)
{
	for (size_t i = 0; i < ordered->options.columns; i++)
		ordered->columns[i].cells = &like->cells[i];
}

struct ordered *ordered_open(const struct ordered_options *options, struct ordered *like)
{
	struct ordered *ordered = memory_get(sizeof *ordered);
	size_t columns = options->columns;

	*ordered = (struct ordered){.options = *options, .cells_size = cells_size(options)};
	ordered->columns = memory_get(columns * sizeof *ordered->columns);
	ordered->sample_most = sample_most(options);
	for (size_t i = 0; i < columns; i++)
		ordered->columns[i] = (struct ordered_column){0};
	/* Sorting needs room beside what it sorts: for one column a thread. */
	ordered->room = columns ? options->memory / 8 * columns / (columns + (options->jobs < columns ? options->jobs : columns)) : 0;
	if (like && !options->keep) {
		ordered_count_kept(like);
		borrow_cells(ordered, like);
	}
	return ordered;
}

static void free_blocks(struct block *block)
{
	while (block) {
		struct block *next = block->next;
		free(block);
		block = next;
	}
}

static void free_workers(struct ordered *ordered)
{
	for (size_t w = 0; w < ORDERED_JOBS_MAX; w++) {
		struct worker_shares *worker = &ordered->workers[w];
		for (size_t i = 0; worker->columns && i < ordered->options.columns; i++) {
			free(worker->columns[i].counts);
			free_blocks(worker->columns[i].blocks);
		}
		free(worker->columns);
		exact_batch_free(worker->batch);
		*worker = (struct worker_shares){0};
	}
}

void ordered_close(struct ordered *ordered)
{
	if (!ordered)
		return;
	free_workers(ordered);
	for (size_t i = 0; i < ordered->options.columns; i++) {
		if (ordered->cells)
			cells_release(&ordered->cells[i]);
		free(ordered->columns[i].counts);
		free(ordered->columns[i].values);
		free(ordered->columns[i].sample);
	}
	free(ordered->cells);
	free(ordered->columns);
	free(ordered);
}

const struct exact_sum *ordered_sum(const struct ordered *ordered, size_t column)
{
	return &ordered->columns[column].sum;
}

bool ordered_is_kept(const struct ordered *ordered)
{
	return ordered->options.keep;
}

/* --- cells --- */

void ordered_sample(struct ordered *ordered, size_t column, const double *values, size_t count)
{
	struct ordered_column *to = &ordered->columns[column];

	if (!to->sample)
		to->sample = memory_get(ordered->sample_most * sizeof *to->sample);
	/* What comes late counts as much as what comes early. */
	for (size_t i = 0; i < count; i++) {
		if (to->sample_count == ordered->sample_most) {
			to->sample_count /= 2;
			for (size_t k = 0; k < to->sample_count; k++)
				to->sample[k] = to->sample[2 * k];
		}
		to->sample[to->sample_count++] = values[i];
	}
}

static void fit_column(void *context, size_t i, unsigned worker)
{
	struct ordered *ordered = context;
	struct ordered_column *column = &ordered->columns[i];

	(void)worker;
	/* Kept values are a sample of themselves. */
	for (size_t at = 0; column->values && at < column->sum.count; at += column->sum.count / ordered->sample_most + 1)
		ordered_sample(ordered, i, &column->values[at], 1);
	cells_fit(&ordered->cells[i], ordered->cells_size, column->sample, column->sample_count);
	column->cells = &ordered->cells[i];
	free(column->sample);
	column->sample = NULL;
}

static void fit(struct ordered *ordered)
{
	ordered->cells = memory_get(ordered->options.columns * sizeof *ordered->cells);
	work_each(ordered->options.columns, ordered->options.jobs, fit_column, ordered);
}

static uint64_t *no_counts(const struct cells *cells)
{
	uint64_t *counts = memory_get(cells->count * sizeof *counts);

	memset(counts, 0, cells->count * sizeof *counts);
	return counts;
}

static void count_column(void *context, size_t i, unsigned worker)
{
	struct ordered *ordered = context;
	struct ordered_column *column = &ordered->columns[i];
	uint16_t cells[STEP];

	(void)worker;
	column->counts = no_counts(column->cells);
	for (size_t at = 0; at < column->sum.count; at += STEP) {
		size_t count = column->sum.count - at < STEP ? (size_t)(column->sum.count - at) : STEP;
		cells_find(cells, column->cells, column->values + at, count);
		for (size_t k = 0; k < count; k++)
			column->counts[cells[k]]++;
	}
}

void ordered_count_kept(struct ordered *reference)
{
	if (reference->cells)
		return;
	fit(reference);
	if (reference->options.keep)
		work_each(reference->options.columns, reference->options.jobs, count_column, reference);
}

void ordered_borrow(struct ordered *current, const struct ordered *reference)
{
	if (!current->options.keep || (current->options.columns && current->columns[0].counts))
		return;
	borrow_cells(current, reference);
	work_each(current->options.columns, current->options.jobs, count_column, current);
}

/* --- taking --- */

static struct share *share_of(struct ordered *ordered, unsigned worker, size_t column)
{
	struct worker_shares *shares = &ordered->workers[worker];
	size_t columns = ordered->options.columns;

	if (!shares->columns) {
		shares->columns = memory_get(columns * sizeof *shares->columns);
		for (size_t i = 0; i < columns; i++)
			shares->columns[i] = (struct share){0};
		shares->batch = exact_batch_new();
	}
	return &shares->columns[column];
}

static void keep(struct ordered *ordered, struct share *share, const double *values, size_t count)
{
	if (__atomic_add_fetch(&ordered->held, count, __ATOMIC_RELAXED) > ordered->room) {
		__atomic_store_n(&ordered->overflown, true, __ATOMIC_RELAXED);
		return;
	}
	while (count) {
		struct block *block = share->blocks;
		if (!block || block->used == block->room) {
			size_t room = !block ? BLOCK_LEAST : block->room < BLOCK_MOST ? 2 * block->room : BLOCK_MOST;
			block = memory_get(sizeof *block + room * sizeof *block->values);
			*block = (struct block){.next = share->blocks, .room = room};
			share->blocks = block;
		}
		size_t fit_in = block->room - block->used < count ? block->room - block->used : count;
		memcpy(block->values + block->used, values, fit_in * sizeof *values);
		block->used += fit_in;
		values += fit_in;
		count -= fit_in;
	}
}

/* Several threads may do so for one column at once. */
static void hand_over(struct ordered_column *column, struct share *share)
{
	for (size_t i = 0; share->counts && i < column->cells->count; i++)
		if (share->counts[i])
			__atomic_fetch_add(&column->counts[i], share->counts[i], __ATOMIC_RELAXED);
}

/* A byte a cell and thread, so that the processor's nearest memory holds many columns. */
static void count(struct ordered_column *column, struct share *share, const double *values, size_t number)
{
	uint16_t cells[STEP];

	if (!share->counts) {
		share->counts = memory_get(column->cells->count);
		memset(share->counts, 0, column->cells->count);
	}
	for (size_t at = 0; at < number; at += STEP) {
		size_t some = number - at < STEP ? number - at : STEP;
		cells_find(cells, column->cells, values + at, some);
		for (size_t k = 0; k < some; k++)
			if (!++share->counts[cells[k]])
				__atomic_fetch_add(&column->counts[cells[k]], 256, __ATOMIC_RELAXED);
	}
}

void ordered_start(struct ordered *ordered)
{
	if (ordered->options.keep)
		return;
	if (ordered->options.columns && !ordered->columns[0].cells)
		fit(ordered);
	for (size_t i = 0; i < ordered->options.columns; i++)
		ordered->columns[i].counts = no_counts(ordered->columns[i].cells);
}

void ordered_start_between(struct ordered *ordered, double low, double high)
{
	ordered->cells = memory_get(sizeof *ordered->cells);
	cells_between(ordered->cells, ordered->cells_size, low, high);
	ordered->columns[0].cells = ordered->cells;
	ordered_start(ordered);
}

void ordered_take(struct ordered *ordered, unsigned worker, size_t column, const double *values, size_t number)
{
	struct share *share = share_of(ordered, worker, column);

	if (!number || __atomic_load_n(&ordered->overflown, __ATOMIC_RELAXED))
		return;
	exact_sum_add(&share->sum, values, number, ordered->workers[worker].batch);
	if (ordered->options.keep)
		keep(ordered, share, values, number);
	else
		count(&ordered->columns[column], share, values, number);
}

/* --- at the end --- */

static void gather(struct ordered *ordered, struct ordered_column *column, size_t i)
{
	size_t at = 0;

	column->values = memory_get((size_t)column->sum.count * sizeof *column->values);
	for (size_t w = 0; w < ORDERED_JOBS_MAX; w++) {
		struct share *share = ordered->workers[w].columns ? &ordered->workers[w].columns[i] : NULL;
		while (share && share->blocks) {
			struct block *block = share->blocks;
			memcpy(column->values + at, block->values, block->used * sizeof *block->values);
			at += block->used;
			share->blocks = block->next;
			free(block);
		}
	}
}

static void finish_column(void *context, size_t i, unsigned worker)
{
	struct ordered *ordered = context;
	struct ordered_column *column = &ordered->columns[i];

	(void)worker;
	for (size_t w = 0; w < ORDERED_JOBS_MAX; w++)
		if (ordered->workers[w].columns) {
			exact_sum_join(&column->sum, &ordered->workers[w].columns[i].sum);
			hand_over(column, &ordered->workers[w].columns[i]);
		}
	if (!ordered->options.keep)
		return;
	gather(ordered, column, i);
	double *scratch = memory_get((size_t)column->sum.count * sizeof *scratch);
	doubles_sort(column->values, scratch, (size_t)column->sum.count);
	free(scratch);
}

bool ordered_finish(struct ordered *ordered)
{
	if (!ordered->overflown)
		work_each(ordered->options.columns, ordered->options.jobs, finish_column, ordered);
	free_workers(ordered);
	return !ordered->overflown;
}

/* --- again --- */

struct kept_read {
	struct ordered *ordered;
	const size_t *columns;
	const struct ordered_sink *sink;
};

static void read_column(void *context, size_t place, unsigned worker)
{
	const struct kept_read *read = context;
	const struct ordered_column *column = &read->ordered->columns[read->columns[place]];

	read->sink->take(read->sink->context, worker, place, column->values, (size_t)column->sum.count);
}

int ordered_read(struct ordered *ordered, const size_t *columns, size_t number, const struct ordered_sink *sink, struct failure *failure)
{
	struct kept_read read = {ordered, columns, sink};

	if (!ordered->options.keep)
		return ordered->options.source.read(ordered->options.source.context, columns, number, sink, failure);
	work_each(number, ordered->options.jobs, read_column, &read);
	return 0;
}

/* Shared by the files of ordered: what is known of each column of a side. */
#ifndef GALLEY_ORDERED_INNER_H
#define GALLEY_ORDERED_INNER_H

#include "cells.h"
#include "ordered.h"

/* Kept values as they came, newest block first. */
struct block {
	struct block *next;
	size_t used, room;
	double values[];
};

/* What one thread holds of one column. */
struct share {
	uint8_t *counts;       /* by cell, modulo 256: the rest is handed over at once; NULL before the first value */
	struct block *blocks;
	struct exact_sum sum;
};

struct worker_shares {
	struct exact_batch *batch;
	struct share *columns;
};

struct ordered_column {
	struct exact_sum sum;
	struct cells *cells;   /* the reference's; NULL where all is kept */
	uint64_t *counts;      /* by cell */
	double *values;        /* kept: sum.count of them, sorted */
	double *sample;
	size_t sample_count;
};

struct ordered {
	struct ordered_options options;
	struct ordered_column *columns;
	struct cells *cells;   /* its own, one a column; NULL: borrowed, or none yet */
	size_t cells_size, sample_most;
	struct worker_shares workers[ORDERED_JOBS_MAX];
	uint64_t room, held;   /* values that may be kept, that are: a thread that finds too many gives up for all */
	bool overflown;
};

/* Makes sure that a reference has cells, and counts by them. */
void ordered_count_kept(struct ordered *reference);
/* Counts what is kept by a reference's cells. */
void ordered_borrow(struct ordered *current, const struct ordered *reference);
/* All values of some columns, kept or read again. */
int ordered_read(struct ordered *ordered, const size_t *columns, size_t count, const struct ordered_sink *sink, struct failure *failure);

#endif

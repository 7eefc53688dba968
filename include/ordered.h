/* Ordered: number columns of one side or two, walked in the order of their values, in bounded memory.
 *
 * Values come in batches, on several threads, in any order. They are either kept (8 bytes each, sorted at the end), or only counted by
 * the cells of a map that never falls (src/table/cells.h); then the walk reads them again as often as it must, each time taking the
 * values of as many cells as memory holds. Which of the two it was, how many threads there were and in which order values came changes
 * nothing in a walk but how much of it is skipped, and only what was not wanted is skipped.
 * Ownership: ordered_close() frees; columns of a current side share the cells of their reference, which is closed last.
 * Failure: -1 from reading again, or where it gave other values than before. */
#ifndef GALLEY_ORDERED_H
#define GALLEY_ORDERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exact_sum.h"
#include "failure.h"

/* One distinct value, with how often it occurs on either side. */
struct tie {
	double value;
	uint64_t reference, current; /* not both 0 */
};

enum { ORDERED_JOBS_MAX = 64 };

/* Where values go to, by worker (below jobs; one thread each) and by place in the list of columns that was asked for. */
struct ordered_sink {
	void (*take)(void *context, unsigned worker, size_t place, const double *values, size_t count);
	void *context;
};

/* Gives all values of some columns again, to the sink. */
struct ordered_source {
	int (*read)(void *context, const size_t *columns, size_t count, const struct ordered_sink *sink, struct failure *failure);
	void *context;
};

struct ordered_options {
	size_t columns;
	unsigned jobs;                /* 1 to ORDERED_JOBS_MAX */
	size_t memory;                /* bytes, for values and for counts of this side; the walk has those of the sides that keep nothing */
	bool keep;
	struct ordered_source source; /* of the columns again; unused where values are kept */
};

struct ordered;

/* like: the reference that the side will be walked beside; NULL for a reference. */
struct ordered *ordered_open(const struct ordered_options *options, struct ordered *like);
void ordered_close(struct ordered *ordered);

/* Before ordered_start(), for a reference that is not kept: some values from all over the column, for its cells. One thread. */
void ordered_sample(struct ordered *ordered, size_t column, const double *values, size_t count);
/* Once before the first of many ordered_take(). */
void ordered_start(struct ordered *ordered);
/* Finite values; -0 is 0. */
void ordered_take(struct ordered *ordered, unsigned worker, size_t column, const double *values, size_t count);
/* All was taken. False where that was too much to be kept: then nothing is known, and it has to be taken again by a side that keeps
 * nothing. */
bool ordered_finish(struct ordered *ordered);

/* After ordered_finish(). */
const struct exact_sum *ordered_sum(const struct ordered *ordered, size_t column);
bool ordered_is_kept(const struct ordered *ordered);

/* What a walk must not skip in a column. */
struct ordered_want {
	bool none;                  /* the column is not walked at all */
	bool all;
	bool gaps;                  /* every value where the two distribution functions may differ most, either way */
	const uint64_t *places[2];  /* values of the reference, of the current side, by their place in its order, from 0 */
	size_t place_count[2];
	const double *edges;        /* so that what is at most each can be counted on either side */
	size_t edge_count;
};

/* Called on several threads, for different columns. Ties ascend over all calls of a column. skip: so many values follow that were not
 * wanted, none of them less than from, and all wanted edges are either less than from or not less than any of them. */
struct ordered_visitor {
	void (*ties)(void *context, size_t column, const struct tie *ties, size_t count);
	void (*skip)(void *context, size_t column, double from, uint64_t reference, uint64_t current);
	void *context;
};

/* current may be NULL, else it has as many columns. One want a column. */
int ordered_walk(struct ordered *reference, struct ordered *current, const struct ordered_want *wants,
                 const struct ordered_visitor *visitor, struct failure *failure);

#endif

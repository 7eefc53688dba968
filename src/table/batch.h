/* Batch: the values of some rows, as they are gathered column by column.
 *
 * Ownership: batch_init() before, batch_release() after. Failure: none. */
#ifndef GALLEY_BATCH_H
#define GALLEY_BATCH_H

#include "decimal.h"
#include "scan.h"

struct column_room {
	double *numbers;
	struct text *fields;
	bool *is_missing;
	size_t room;
};

struct batch {
	const struct scan_column *columns;
	size_t count;
	const struct missing *missing;
	struct scan_values *values;
	struct column_room *rooms;
};

void batch_init(struct batch *batch, const struct scan_column *columns, size_t count, const struct missing *missing);
void batch_release(struct batch *batch);
void batch_clear(struct batch *batch);
/* Room for so many more rows in column i. */
void batch_reserve(struct batch *batch, size_t i, size_t rows);
/* One field of column i, which has room; its bytes stay the caller's. */
void batch_add(struct batch *batch, size_t i, struct text field);
/* Hands the rows over. */
int batch_give(const struct batch *batch, size_t number, size_t rows, unsigned worker, const struct scan_consumer *consumer);

#endif

/* Rows: whole records of a file, split into fields, those that cannot be used left out, and their values gathered.
 *
 * Ownership: rows_init() before, rows_release() after. Failure: none. */
#ifndef GALLEY_ROWS_H
#define GALLEY_ROWS_H

#include "kernel.h"

/* Bytes that hold whole records and end with a line end. */
struct piece {
	const char *bytes;
	size_t len;
	bool quotes, returns; /* there may be some */
	bool last;            /* the file ends here */
};

struct rows {
	const struct kernel *kernel;
	const struct table_info *info;
	const struct limits *limits;
	struct batch batch;
	uint32_t *ends, *kept; /* ends[0] stands before the first field */
	size_t ends_room, kept_room;

	/* of the piece that was taken last */
	struct grid grid;
	size_t bad;
	bool too_long;        /* a record is beyond its limit, so that the file cannot be used */
};

void rows_init(struct rows *rows, const struct kernel *kernel, const struct table_info *info, const struct limits *limits,
               const struct scan_column *columns, size_t count, const struct missing *missing);
void rows_release(struct rows *rows);

/* Splits the piece: grid, bad and too_long. */
void rows_take(struct rows *rows, const struct piece *piece);
/* Hands the rows over that were taken. */
int rows_give(struct rows *rows, size_t number, unsigned worker, const struct scan_consumer *consumer);

#endif

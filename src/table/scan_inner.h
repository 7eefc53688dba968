/* Scan, inside: one file and how it is read.
 *
 * Ownership and failure: as in scan.h. */
#ifndef GALLEY_SCAN_INNER_H
#define GALLEY_SCAN_INNER_H

#include "batch.h"
#include "data.h"

struct scan {
	struct table_info info;
	struct input *input;
	struct stream *stream;
	uint64_t start;      /* of what follows the header, in the stream */
	struct scan_options options;
	struct missing missing;
	struct arena *arena;
	struct diags *diags;
	bool fast;           /* not by libcsv alone */
	bool ran;            /* a pass was made to the end */
	uint64_t bytes;      /* behind the header, as the last pass met them */
	uint64_t size;       /* of the stream when it was opened */
};

struct scan_pass {
	const struct scan_column *columns;
	size_t count;
	unsigned jobs;
	const struct scan_consumer *consumer;
};

/* Opens the file as a table once more; its diags are lost unless kept. */
int scan_table_open(struct table **out, struct scan *scan, struct diags *diags, struct failure *failure);
int scan_changed(const struct scan *scan, struct failure *failure);

/* The whole file row by row through libcsv, at most max_bytes of fields where that is not 0. *info is the table's at the end. The pass may
 * have no consumer. */
int scan_by_table(struct table_info *info, struct scan *scan, const struct scan_pass *pass, size_t max_bytes, struct diags *diags,
                  struct failure *failure);

/* Rows from places spread over the file, about so many bytes of them. */
int scan_places(struct scan *scan, const struct scan_pass *pass, size_t bytes, struct failure *failure);

#endif

/* Scan: the columns of a CSV file in batches, at the speed of the machine and on several threads.
 *
 * What a file, a row and a field is, what is refused and what is said about it is table.h's, to the letter; this is the way to read a
 * lot of it. Batches are handed to a consumer on whatever thread made them, in any order, each row in exactly one; what a consumer
 * computes must not depend on which rows share a batch, nor on the order.
 * Ownership: names and diags live in the arena; na and limits of the options must outlive the scan; what a batch points at is valid until
 * the consumer returns; scan_close() releases the rest. Failure: -1 where the file cannot be read at all; what is wrong inside it becomes diags (csv/..., file/...). */
#ifndef GALLEY_SCAN_H
#define GALLEY_SCAN_H

#include "progress.h"
#include "table.h"

struct scan;

/* The machine code to use; all give the same answers. What the processor lacks becomes the next lesser one. */
enum scan_code { SCAN_BEST, SCAN_TABLE /* libcsv, the definition */, SCAN_PORTABLE, SCAN_SSE2, SCAN_AVX2 };

struct scan_options {
	char delimiter;       /* 0: as in table.h */
	size_t max_bad_rows;  /* more than so many make the file unusable */
	const struct text *na; /* spellings of missing beside the usual ones */
	size_t na_count;
	const struct limits *limits;
	const struct progress *progress; /* NULL; hears of each pass */
	enum scan_code code;
	size_t block_bytes;   /* that a thread takes at once; 0: as is good for speed. For tests */
};

enum scan_kind {
	SCAN_NUMBERS, /* decimal.h's grammar, blanks and tabs at both ends removed */
	SCAN_FIELDS,  /* the fields themselves, unquoted, blanks kept */
};

struct scan_column {
	size_t at; /* in the header; the same column may be wanted more than once */
	enum scan_kind kind;
};

/* One wanted column of a batch: rows = count + missing + invalid + pos_inf + neg_inf for numbers, rows = count for fields. */
struct scan_values {
	size_t count;
	size_t missing;
	size_t invalid, pos_inf, neg_inf; /* numbers */
	const double *numbers;            /* numbers: the finite ones in the rows' order without gaps; -0 is 0 */
	const struct text *fields;        /* fields: one a row, at is never NULL; may be changed neither in place nor in length */
	const bool *is_missing;           /* fields: one a row */
};

struct scan_batch {
	size_t number;                    /* grows along the file, from 0, with gaps; the rows of a batch follow each other in the file */
	size_t rows;
	const struct scan_values *values; /* in the order of the wanted columns */
};

/* Called on several threads at once, each with its own worker number below jobs. Other than 0 ends the run. */
enum { SCAN_JOBS_MAX = 64 };
struct scan_consumer {
	int (*consume)(void *context, unsigned worker, const struct scan_batch *batch);
	void *context;
};

/* *out is NULL where the file cannot be used as a table. */
int scan_open(struct scan **out, const struct table_file *file, const struct scan_options *options, struct arena *arena,
              struct diags *diags, struct failure *failure);
/* names, columns, delimiter and blob from the start; rows, bad_rows and ok after a run. */
const struct table_info *scan_get_info(const struct scan *scan);
/* Bytes of the file, or of what it unpacks to where that is known; 0 where it is not. A hint for memory, no more. */
uint64_t scan_size(const struct scan *scan);

/* One pass over the file, as often as wanted. Returns -1 with a failure, also where the file is another one than in the last pass, or what
 * the consumer returned. Where info->ok is false afterwards, the diags say why (once), the pass may have ended early, and what was
 * consumed is void. */
int scan_run(struct scan *scan, const struct scan_column *columns, size_t count, unsigned jobs, const struct scan_consumer *consumer,
             struct failure *failure);

/* Some of the rows, about so many bytes of them from places spread over the file, on this thread as worker 0. For guesses: rows that look
 * irregular from where they were met are left out, no counts of the info change, no diags are added, and the same bytes give the same
 * sample. A file without a row in the first 64 KiB may give none. */
int scan_sample(struct scan *scan, const struct scan_column *columns, size_t count, size_t bytes, const struct scan_consumer *consumer,
                struct failure *failure);

void scan_close(struct scan *scan);

#endif

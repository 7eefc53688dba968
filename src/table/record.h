/* Record: the records of a table one by one, through libcsv, and what is wrong with those that cannot be read.
 *
 * libcsv splits a record into fields and says what is no RFC 4180. Lines, places, limits and bad rows are ours: it knows no line
 * numbers and cannot go on after an error. It is fed a line at a time, so that a record ends where a line does.
 * Ownership: as in table.h. Failure: -1 where the stream cannot be read. */
#ifndef GALLEY_RECORD_H
#define GALLEY_RECORD_H

#include <csv.h>

#include "table.h"
#include "window.h"

struct table {
	struct table_info info;
	struct input *input;
	struct stream *own_stream; /* closed with the table; NULL where it is somebody else's */
	struct window window;
	struct csv_parser parser;
	bool parser_ready;
	const struct limits *limits;
	size_t max_bad_rows;
	struct arena *arena;
	struct diags *diags;
	struct diags bad;    /* what is wrong with rows that may be left out */

	char *bytes;         /* of the fields of the record */
	size_t bytes_used, bytes_room;
	size_t *ends;        /* in bytes, of the first ends_room fields */
	size_t ends_room;
	size_t fields_seen;
	struct text *fields;
	bool row_ended, field_too_long;

	bool open;           /* a record has begun whose row has not ended */
	bool spoilt;         /* the record has bad bytes */
	bool blank_held;     /* an empty line that is a row if another line follows */
	bool row_held;       /* the row in fields comes after it */
	bool finished;
	bool stopped;        /* the rest of the file cannot be read */
};

/* Of the bad rows of a file so many are shown, and a count of all. */
enum { BAD_ROWS_SHOWN = DIAGS_PER_FILE - 1 };

/* table_open() over a stream at its start, which the caller closes after the table. */
int table_open_stream(struct table **out, struct stream *stream, struct input *input, const struct table_options *options, struct arena *arena,
                    struct diags *diags, struct failure *failure);

enum record { RECORD_END, RECORD_GOOD, RECORD_BAD, RECORD_EMPTY };

/* A fresh parser, with the table's delimiter. */
void record_start(struct table *table);
/* The next record; its fields are in bytes and ends. RECORD_BAD was counted, and is among the bad rows, or for a header among the
 * diags. RECORD_EMPTY is an empty line. */
int record_next(enum record *out, struct table *table, bool header, struct failure *failure);
/* Counts the record that was read as a bad row, because it has not as many fields as the header. */
void record_refuse_ragged(struct table *table);

/* The place of a byte of the record. */
struct place record_place(const struct table *table, size_t offset);
/* Where field number index of the record begins, which is where its quote stands if it has one; past the record's last field where
 * it has no such field. end is where the record ends. */
size_t record_field(const struct table *table, size_t index, size_t end);

#endif

/* Table: CSV files read as streams of rows, and what a field of one is.
 *
 * Form: a header row, RFC 4180 quoting, UTF-8 with or without BOM, lines ended by LF, CRLF or CR. Fields are kept as they stand,
 * blanks included. Empty lines are skipped, but below a header of one name each is a row with an empty field, save one at the end
 * of the file. A first line "sep=X" names the delimiter. A row that cannot be read (ragged, open quote, text beside a quoted field,
 * bad bytes, a field beyond its limit) is one bad row; after a broken quote reading goes on with the line below the row's first.
 * A file whose name ends in .gz or .zst is unpacked first, one that ends in .dvc stands for what DVC keeps, and so does a Git LFS pointer for
 * what LFS keeps; blob is then the id of what git keeps, which names the content by its digest.
 * Ownership: names and diags live in the arena; fields belong to the table until the next row; table_close() releases the rest.
 * Failure: -1 where the file cannot be read at all; what is wrong inside it becomes diags (csv/..., file/...). */
#ifndef GALLEY_TABLE_H
#define GALLEY_TABLE_H

#include "diag.h"
#include "failure.h"
#include "limits.h"

struct source;
struct table;

/* One CSV file: from the source, or from the command line where source is NULL ("-" is standard input). */
struct table_file {
	struct source *source;
	struct text path;
};

struct table_options {
	char delimiter;      /* 0: the one of , ; tab | that is most frequent outside quotes in the header line */
	size_t max_bad_rows; /* more than so many make the file unusable */
	const struct limits *limits;
};

struct table_info {
	const struct text *names; /* unique, none empty */
	size_t columns;
	char delimiter;
	char blob[41];            /* "" where unknown */
	size_t rows, bad_rows;    /* so far */
	bool ok;                  /* at the end: the rows that were given may be used; diags say why not */
};

/* *out is NULL where the file cannot be used as a table. */
int table_open(struct table **out, const struct table_file *file, const struct table_options *options, struct arena *arena,
               struct diags *diags, struct failure *failure);
/* The fields of the next row, as many as there are columns; NULL at the end. */
int table_next(const struct text **fields, struct table *table, struct failure *failure);
const struct table_info *table_get_info(const struct table *table);
void table_close(struct table *table);

/* Whether a field, blanks and tabs at both ends removed and case ignored, is empty, NA, NaN, null or one of na. */
bool field_is_missing(struct text field, const struct text *na, size_t na_count);

#endif

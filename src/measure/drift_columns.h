/* Drift columns: the columns of both sides of a comparison, read from their files.
 *
 * Two passes: the first tells the kinds of the columns from the fields of the reference (of the current data where the reference has
 * no values), the second keeps what the kinds need. Files of one side are pooled in their order; a column that one of them lacks is
 * missing in all its rows.
 * Ownership: columns_init() before, columns_release() after; names live in the arena. Failure: as in drift.h. */
#ifndef GALLEY_DRIFT_COLUMNS_H
#define GALLEY_DRIFT_COLUMNS_H

#include "categories.h"
#include "drift.h"

/* What the fields of a column look like, missing ones left out. */
struct sniff { size_t values, numbers, instants; };

/* One column of one side. */
struct side_column {
	bool there;
	struct drift_counts counts;
	double *values; /* number: the finite ones, counts.n of them, sorted after reading */
	struct categories categories; /* category, category_num: in byte order after reading */
};

struct side {
	const struct table_file *files;
	size_t file_count;
	struct drift_side *shown; /* one a file */
	struct text *names;       /* of all files, in the order in which they occur */
	size_t name_count;
	size_t **places;          /* [file][column of the file] is the place in names */
	struct sniff *sniffs;     /* by name; NULL before sniffing */
	size_t rows;
	bool read;                /* whole, so that what is wrong in it was said */
};

struct pair {
	struct text name;
	size_t at[2];             /* place in the names of reference and current; name_count where it is not there */
	const struct drift_feature *feature; /* settings, or NULL */
	enum column_kind kind;
	struct side_column sides[2];
};

struct columns {
	const struct drift_request *request;
	const struct limits *limits;
	struct side sides[2];
	struct pair *pairs;       /* those that are judged or shown */
	size_t pair_count;
	struct text *only[2];     /* the rest, on one side alone */
	size_t only_count[2];
};

enum { REFERENCE, CURRENT };

void columns_init(struct columns *columns, const struct drift_request *request, const struct limits *limits);
void columns_release(struct columns *columns);
int columns_read(struct columns *columns, bool *ok, struct arena *arena, struct diags *diags, struct failure *failure);

#endif

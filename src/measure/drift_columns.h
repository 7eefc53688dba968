/* Drift columns: the columns of one side of a comparison, or of both, read from their files.
 *
 * A side is read once; kinds are guessed from a sample and proven by reading all, and a column whose guess was wrong is read once more.
 * Files of one side are pooled in their order; a column that one of them lacks is missing in all its rows. The numbers of a side are
 * walked over in their order by ordered.h, whatever memory they fit into.
 * Ownership: side_open() before, side_close() after, the reference last; names live in the arena. Failure: as in drift.h. */
#ifndef GALLEY_DRIFT_COLUMNS_H
#define GALLEY_DRIFT_COLUMNS_H

#include "categories.h"
#include "drift.h"
#include "ordered.h"
#include "scan.h"

enum { REFERENCE, CURRENT };

/* More distinct values than so many tell rows apart, they do not group them. */
enum { CATEGORIES_MOST = 100000 };

#define NO_NUMBER SIZE_MAX

/* One column of one side. */
struct side_column {
	bool wanted;
	bool declared;            /* its kind is given, not to be found */
	bool unlimited;           /* categories are counted however many there are, as somebody said that it has them */
	enum column_kind kind;    /* COLUMN_AUTO: it has no values that would tell */
	size_t number;            /* its place among the side's numbers, or NO_NUMBER */
	struct drift_counts counts;
	struct categories categories; /* category, category_num: in byte order */
	bool too_many;            /* of them, so that they were given up */
};

struct side {
	const struct table_file *files;
	size_t file_count;
	struct scan **scans;
	struct drift_side *shown; /* one a file */
	struct text *names;       /* of all files, in the order in which they occur */
	size_t name_count;
	size_t **places;          /* [file][column of the file] is the place in names */
	struct side_column *columns; /* by name */
	struct ordered *numbers;  /* NULL before reading */
	size_t *number_names;     /* [number] is the place in names */
	size_t number_count;
	size_t rows;
	unsigned jobs;
};

/* Opens the files of a side and reads their headers; *ok false where one cannot be used. */
int side_open(struct side *side, bool *ok, const struct table_file *files, size_t count, const struct drift_request *request,
              const struct limits *limits, struct arena *arena, struct diags *diags, struct failure *failure);
void side_close(struct side *side);

/* Reads the columns that are wanted. reference is NULL for a reference; else its numbers have been read, and like[name] is the place of a
 * current column among the reference's numbers, or NO_NUMBER. *ok false where a file cannot be used. */
int side_read(struct side *side, bool *ok, struct side *reference, const size_t *like, size_t memory, struct arena *arena,
              struct failure *failure);
/* Reads for nothing but to say what is wrong. */
int side_look(struct side *side, bool *ok, struct failure *failure);

/* A column by its name. */
struct pair {
	struct text name;
	size_t at[2];             /* place in the names of reference and current; name_count where it is not there */
	bool there[2];
	const struct drift_feature *feature; /* settings, or NULL */
	enum column_kind kind;
};

/* Columns that are judged or shown, and those on one side alone. */
struct choice {
	struct pair *pairs;
	size_t pair_count;
	struct text *only[2];
	size_t only_count[2];
};

/* Which columns of two sides whose headers were read are paired. */
void choose_columns(struct choice *choice, const struct side sides[2], const struct drift_request *request, struct arena *arena);
/* What may be wanted of a reference, whatever it will be compared with. */
void want_all(struct side *side, const struct drift_request *request, struct arena *arena);
/* What pairs want of a side; kinds of the current one follow what was found in the reference, which is NULL for a reference. */
void want_pairs(struct side *side, int which, const struct choice *choice, const struct side *reference);
/* Marks the identifiers of a reference that was read. */
void settle_identifiers(struct side *reference);
/* The kinds of pairs once both sides were read. */
void settle_kinds(struct choice *choice, const struct side sides[2]);

#endif

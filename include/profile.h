/* Profile: what a comparison needs of data, small, and mergeable: the map and the reduce for data that is spread over machines.
 *
 * Of each column: counts, exact sums (so that means and standard deviations of the merged are those of one machine), categories with
 * their counts, and the values themselves with their counts where few are distinct. Where many are, the profile of a reference has borders
 * between its values, and the profile of data that is made with it has the counts between those: PSI and its kin, chi-square, missing and
 * moments are then exact, and Kolmogorov-Smirnov is, or its bound is told. Parts that were made without a reference have sketches beside
 * (sketch.h), and merging keeps those where it cannot keep the values: PSI and its kin then have bounds too.
 * Whatever the order of profiles in a merge, the bytes are the same; where no sketch had to be made, also whatever the merges before it.
 * Ownership: the arena's. Failure: -1 as in drift.h; what a file of somebody else has wrong is told by *why. */
#ifndef GALLEY_PROFILE_H
#define GALLEY_PROFILE_H

#include "drift.h"
#include "exact_sum.h"
#include "sketch.h"

enum { PROFILE_RUN_MOST = 65536, PROFILE_BORDERS = 4096 };

#define PROFILE_ROWS_MOST ((uint64_t)1 << 60)

struct buffer;

struct profile_count { struct text label; uint64_t count; };

/* A distinct value and how often it is there. */
struct profile_value { double value; uint64_t count; };

/* What lies below a border and above the one before, and at the border itself. */
struct profile_cell { uint64_t open, at; double min, max; /* of open, where it is not 0 */ };

struct profile_column {
	struct text name;
	enum column_kind kind;        /* COLUMN_AUTO: no values that would tell */
	bool given;                   /* somebody said so */
	struct drift_counts counts;
	/* category, category_num: in byte order */
	struct profile_count *categories;
	size_t category_count;
	bool too_many;                /* of them, so that they were given up */
	/* number */
	struct exact_sum sum;
	bool has_run;                 /* all values */
	struct profile_value *run;    /* ascending */
	size_t run_count;
	bool has_cells;
	bool own;                     /* the borders come from this data: so do quantiles and cuts */
	double *borders;              /* ascending */
	size_t border_count;
	struct profile_cell *cells;   /* one more than borders */
	double quantiles[9], cuts[9];
	size_t cut_count;
	const struct sketch *sketch;  /* of all values, where they are not there and no reference gave the borders; NULL else */
};

struct profile {
	struct text path;             /* of the file it was read from */
	size_t files, rows, bad_rows;
	struct profile_column *columns; /* in the order of the first file; by name where parts have another */
	size_t column_count;
};

/* Of request->reference, with its settings; like: the reference that it will be compared with, or NULL. */
int profile_make(struct profile *out, bool *ok, const struct drift_request *request, const struct profile *like, const struct limits *limits,
                 struct arena *arena, struct diags *diags, struct failure *failure);

/* False, and *why, where parts do not fit together: a column of two kinds, or more rows than can be counted. */
bool profile_merge(struct profile *out, struct text *why, const struct profile *parts, size_t count, struct arena *arena);

/* As drift_compare() would of the files; request has the methods and features. False, and *why, where they do not fit together. */
bool profile_compare(struct drift_result *out, struct text *why, const struct profile *reference, const struct profile *current,
                     const struct drift_request *request, struct arena *arena);

void profile_write(struct buffer *out, const struct profile *profile);
/* No more columns than a CSV may have. */
bool profile_read(struct profile *out, struct text *why, struct text bytes, const struct limits *limits, struct arena *arena);

#endif

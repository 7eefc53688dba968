/* Data checks: what a recipe's schema asks of a CSV, and whether it is so: schema, missingness, validity, uniqueness, volume, freshness,
 * integrity. Counts are exact, whatever the size; the first offending rows are named.
 *
 * Rows are counted as a spreadsheet does: the header is row 1. Ownership: results live in the arena. Failure: -1 with a failure where
 * the file cannot be read at all; what is wrong inside it becomes diags (csv/..., file/...), and what could then not be looked at is
 * CHECK_INCONCLUSIVE with a reason, never a pass. */
#ifndef GALLEY_DATA_CHECK_H
#define GALLEY_DATA_CHECK_H

#include <stdint.h>

#include "resolve.h"
#include "table.h"

enum check_kind {
	CHECK_SCHEMA,      /* required columns are there, others only where they may be */
	CHECK_MISSINGNESS, /* columns.*.max_missing, as a share of rows */
	CHECK_VALIDITY,    /* type, min, max and allowed of values that are not missing */
	CHECK_UNIQUENESS,  /* columns.*.unique, key, max_duplicate_rows */
	CHECK_VOLUME,      /* min_rows */
	CHECK_FRESHNESS,   /* newest value of each monitoring.freshness.features within max_age_hours of the present */
	CHECK_INTEGRITY,   /* rows that cannot be read */
	CHECK_COUNT
};

/* In rank order. Skipped: the recipe does not ask for it. */
enum check_status { CHECK_SKIPPED, CHECK_PASS, CHECK_INCONCLUSIVE, CHECK_FAIL };

const char *check_kind_name(enum check_kind kind);       /* "schema", ... */
const char *check_status_name(enum check_status status); /* "skipped", "pass", "inconclusive", "fail" */

enum { OFFENCES_SHOWN = 5 };

struct offence {
	uint64_t row;
	uint64_t same_as;  /* duplicates: the row that has it first; else 0 */
	struct text value; /* as it stands, cut short; empty for whole rows */
};

/* One rule that is broken, or could not be looked at. */
struct check_finding {
	enum check_kind kind;
	enum check_status status;
	struct text column;    /* empty: of the whole file */
	struct text words;     /* "12 of 1,000 values are below the minimum 0" */
	uint64_t count, of;    /* offending rows or values, of how many */
	struct offence *rows;  /* the first of them, in the file's order */
	size_t row_count;
};

struct data_check {
	enum check_status status; /* the worst */
	struct check_summary { enum check_status status; struct text words; } checks[CHECK_COUNT];
	struct check_finding *findings; /* by kind, then in the schema's order */
	size_t finding_count;
	uint64_t rows, bad_rows;
	char blob[41]; /* "" where unknown */
};

struct data_check_request {
	const struct table_file *file;
	const struct effective *recipe;
	char delimiter;        /* 0: the recipe's, else found in the header */
	const struct text *na; /* beside the usual ones and the recipe's */
	size_t na_count;
	size_t max_bad_rows;   /* more than so many fail integrity */
	int64_t as_of;         /* the present, seconds since 1970 */
	unsigned jobs;
	uint64_t memory;       /* bytes for finding duplicates; more rows take more passes. 0: 256 MiB */
	const struct limits *limits;
	const struct progress *progress; /* NULL */
};

int data_check(struct data_check *out, const struct data_check_request *request, struct arena *arena, struct diags *diags,
               struct failure *failure);

#endif

/* Data checks inside: the rules of a recipe for a file's columns, and who breaks them. */
#ifndef GALLEY_DATA_CHECK_INNER_H
#define GALLEY_DATA_CHECK_INNER_H

#include "data_check.h"
#include "decimal.h"
#include "scan.h"

/* What can be wrong with one value. */
enum { BREACH_MISSING, BREACH_TYPE, BREACH_INFINITE, BREACH_MIN, BREACH_MAX, BREACH_ALLOWED, BREACH_COUNT };

/* A row that is known by where its batch stands, until all batches are. */
struct sighting {
	size_t batch, row;
	struct text value; /* in the worker's arena */
};

struct tally {
	uint64_t count;
	struct sighting first[OFFENCES_SHOWN]; /* the earliest, sorted */
	size_t kept;
};

/* A column of the schema that the file has. */
struct rule {
	struct text name;
	size_t at; /* in the header */
	enum { TYPE_TEXT, TYPE_NUMBER, TYPE_CATEGORY_NUM, TYPE_TIME } type;
	const struct value *spec;
	bool has_min, has_max, has_max_missing, unique, fresh;
	double min, max, max_missing;
	const struct text *allowed;
	const double *allowed_numbers; /* where type is a number */
	size_t allowed_count;
};

/* Where batches begin, so that rows get their numbers. */
struct batch_place { size_t number, rows; };

struct worker {
	struct arena *arena;
	struct tally *tallies; /* by rule and breach */
	int64_t *newest;       /* by rule: of timestamps */
	bool *has_newest;
	struct batch_place *places;
	size_t place_count;
};

struct checking {
	const struct data_check_request *request;
	struct data_check *out;
	struct rule *rules;
	size_t rule_count;
	struct scan *scan;
	struct missing missing;
	struct batch_place *places; /* sorted */
	uint64_t *starts;           /* row number of each batch's first row */
	size_t place_count;
	struct tally *tallies;      /* of all workers */
	int64_t *newest;
	bool *has_newest;
	struct arena *arena;
	struct failure *failure;
};

/* data_check_values.c: one pass over the values. Returns -1 or 0. */
int check_values(struct checking *checking);
/* data_check_unique.c: columns, keys and whole rows that come twice. */
int check_unique(struct checking *checking);

void tally_add(struct tally *tally, size_t batch, size_t row, struct text value, struct arena *arena);
/* The row's number, the header being row 1. */
uint64_t row_number(const struct checking *checking, size_t batch, size_t row);
/* A finding of the check; the check's own status becomes at least as bad. */
struct check_finding *checking_find(struct checking *checking, enum check_kind kind, enum check_status status, struct text column,
                                    struct text words);

#endif

/* Synth: made-up snapshots from a recipe, the same bytes on every machine, with drift put in where it is asked for.
 *
 * Columns are those of the recipe's synthetic_example, then those that only its schema names. A value depends on the seed, the
 * column's name and the row alone: drift in one column, or another column more, changes no other. Numbers have at most 6 significant
 * digits, and are made with + - * / and square roots only, which IEEE 754 rounds in one way.
 * Ownership: in the arena. Failure: synth_read() says why by a text; synth_write() returns what the writer returned. */
#ifndef GALLEY_SYNTH_H
#define GALLEY_SYNTH_H

#include <stdint.h>

#include "resolve.h"

struct synth;

struct synth_request {
	const struct effective *recipe;
	uint64_t seed;
	const struct text *drifts; /* "price=+0.5sd", "price=*1.2", "price=+3", "segment=a:0.2", "price=missing:0.1" */
	size_t drift_count;
	bool has_until;
	int64_t until; /* time columns: the rows are spread over the day before it; without: the day from 2000-01-01 */
};

/* NULL with *why where there is nothing to make, or a drift names what is not there. */
const struct synth *synth_read(struct text *why, const struct synth_request *request, struct arena *arena);
/* Rows of the recipe's example, 100 where it says nothing. */
uint64_t synth_rows(const struct synth *synth);
/* The header and so many rows, as CSV, in pieces. Other than 0 from write ends it. */
int synth_write(const struct synth *synth, uint64_t rows, int (*write)(void *context, struct text bytes), void *context);

#endif

/* Profile cells: values of a column counted between the borders of a reference.
 *
 * Ownership: the arena's. Failure: none. */
#ifndef GALLEY_PROFILE_CELLS_H
#define GALLEY_PROFILE_CELLS_H

#include "drift_facts.h"
#include "profile.h"

/* Counting: values ascend. */
struct counting { const double *borders; size_t border_count, at; struct profile_cell *cells; };
void counting_add(struct counting *counting, double value, uint64_t count);

/* Borders of n values: at so many places of their order, and at the cuts. */
struct borders { uint64_t places[PROFILE_BORDERS]; double values[PROFILE_BORDERS]; size_t count; };
void borders_begin(struct borders *borders, uint64_t n);
/* The values at the places are there. */
void borders_end(struct profile_column *column, const struct borders *borders, struct arena *arena);

/* Quantiles and cuts of a column that has values; false where the profile does not tell them exactly. */
bool profile_base(struct number_base *base, const struct profile_column *column, struct arena *arena);
/* Gives a column without borders those that a reference has, without cells; none where the profile tells nothing of its ranks. */
void profile_borders(struct profile_column *column, struct arena *arena);

/* profile_numbers.c: the facts of a number column on both sides. */
void profile_numbers(struct number_facts *out, const struct profile_column *reference, const struct profile_column *current,
                     const struct pair *pair, const struct drift_request *request, struct arena *arena);

#endif

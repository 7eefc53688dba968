/* Cell bounds: between what the methods of cells (PSI and its kin) lie where counts are known only within spans.
 *
 * Ownership: the caller's arrays. Failure: none. */
#ifndef GALLEY_CELL_BOUNDS_H
#define GALLEY_CELL_BOUNDS_H

#include "drift_facts.h"
#include "rank_bounds.h"

/* How many values of either side lie in a cell. */
struct cell_spans { struct span reference, current; };

/* Sets the bounds of psi, js, hellinger, tvd and kl; n and m are the sizes of the sides, neither 0. */
void cell_bounds(struct value_bound bounds[METHOD_COUNT], const struct cell_spans *cells, size_t count, uint64_t n, uint64_t m);

#endif

/* Ordered walk, inside: which cells of a column must be looked into. */
#ifndef GALLEY_ORDERED_WALK_H
#define GALLEY_ORDERED_WALK_H

#include "ordered_inner.h"

enum {
	CELL_WANTED = 1, /* holds values, which must be walked one by one */
	CELL_ENDS = 2,   /* holds none, but an edge: what is skipped must not run over it */
};

/* A flag a cell, to be freed. current may be NULL. */
uint8_t *cells_wanted(const struct ordered_column *reference, const struct ordered_column *current, const struct ordered_want *want);

/* As ordered_start(), for one column whose values lie from low to high. */
void ordered_start_between(struct ordered *ordered, double low, double high);

#endif

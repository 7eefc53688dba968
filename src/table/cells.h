/* Cells: a map from doubles to whole numbers that never falls where they rise. How many values lie in each cell gives both distribution
 * functions exactly at the borders, whatever the cells are; good ones come from a sample of the data.
 *
 * Most cells are of one width between the sample's ends (as numbers, or as their bit patterns where those spread better); beyond, on
 * either side, there are as many for each doubling of the distance. Where values repeat, most cells have a point: a value of the sample
 * with a cell of its own, between those for what lies below and above it.
 * Ownership: cells_release() frees the points. Failure: none. */
#ifndef GALLEY_CELLS_H
#define GALLEY_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "doubles.h"

enum { CELLS_MAX = 65536, CELLS_LEAST = 1024 };

struct cells {
	size_t count;        /* all below that */
	double low, scale;
	double middle;       /* cells of one width */
	unsigned tail;       /* cells on either side of those */
	unsigned shift;      /* of the bits of a distance beyond */
	bool by_key;
	uint64_t origin;     /* of keys */
	double *points;      /* NULL, or one for each three cells; infinite where there is none */
};

/* size: a power of two from CELLS_LEAST to CELLS_MAX, at least as large as count will be. sample is sorted here. */
void cells_fit(struct cells *cells, size_t size, double *sample, size_t count);
/* All in use for the values from low to high, which differ: those two have not the same cell. */
void cells_between(struct cells *cells, size_t size, double low, double high);
void cells_release(struct cells *cells);

/* The cells of values. */
void cells_find(uint16_t *out, const struct cells *cells, const double *values, size_t count);
size_t cells_find_one(const struct cells *cells, double value);
/* Whether only one value can lie in the cell. */
bool cells_is_point(const struct cells *cells, size_t cell);
/* The smallest double whose cell is at least that one; infinity where there is none. */
double cells_start(const struct cells *cells, size_t cell);

#endif

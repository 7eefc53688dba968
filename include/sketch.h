/* Sketch: what is kept of more numbers than can be kept, so that ranks are known within a bound, for parts that nobody sees together.
 *
 * The compactors of Karnin, Lang and Liberty (Optimal Quantile Approximation in Streams, FOCS 2016): an item of level h stands for 2^h
 * values; a level that is too full is sorted, and of each two neighbours one moves up. Two things differ, for the sake of the bound: a
 * part is sketched from its values in their order, not as they come, and which neighbour moves up is no coin's choice but whichever
 * balances the error so far. The bound therefore holds always, not with some probability, and the bytes depend on nothing but the values and
 * on which sketches were joined at once (not on their order). For n values it is at most about (1 + log2 of the number of joins one
 * after the other) * n / (2 * SKETCH_ITEMS); over and under say what it is.
 * Ownership: the arena's. Failure: none. */
#ifndef GALLEY_SKETCH_H
#define GALLEY_SKETCH_H

#include <stddef.h>
#include <stdint.h>

struct arena;

enum { SKETCH_ITEMS = 16384, SKETCH_LEVELS = 64, SKETCH_PLACES = SKETCH_ITEMS + SKETCH_LEVELS };

struct sketch_level { double *items; size_t count; /* at most SKETCH_ITEMS, ascending */ };

/* For any x the items that are at most x, or less than x, stand for no more than `over` values too many, and `under` too few. */
struct sketch {
	struct sketch_level levels[SKETCH_LEVELS];
	uint64_t over, under;
};

/* Which of n values in ascending order a sketch of them is made of, by their places from 0, ascending; returns how many. n below 2^62. */
size_t sketch_places(uint64_t places[static SKETCH_PLACES], uint64_t n);
/* values: those at the places. */
void sketch_make(struct sketch *out, const double *values, uint64_t n, struct arena *arena);
/* Of all values of the parts. */
void sketch_join(struct sketch *out, const struct sketch *const *parts, size_t count, struct arena *arena);

#endif

/* Names: finding one of many names, such as a column's, by binary search.
 *
 * Ownership: the index lives in the arena and points at the names it was made from. Failure: none. */
#ifndef GALLEY_NAMES_H
#define GALLEY_NAMES_H

#include "text.h"

struct names {
	const struct text *items;
	size_t *order; /* places in items, by name in byte order, equal ones by place */
	size_t count;
};

void names_index(struct names *names, const struct text *items, size_t count, struct arena *arena);
/* The place of the first item of that name, or count. */
size_t names_find(const struct names *names, struct text name);

#endif

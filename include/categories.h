/* Categories: how often each text occurs.
 *
 * Ownership: categories_init() before, categories_release() after; labels belong to the categories. Failure: none. The cost of an
 * addition grows with the logarithm of the number of labels, whatever the labels are; it is small where few labels occur often. */
#ifndef GALLEY_CATEGORIES_H
#define GALLEY_CATEGORIES_H

#include "arena.h"
#include "text.h"

struct category {
	struct text label;
	size_t count;
};

struct categories {
	struct arena arena;
	struct category **items; /* in the order of their first occurrence; in byte order after categories_sort() */
	size_t count;
	void *tree;
	struct category **recent; /* by what of a label can be read at a glance; NULL before the first */
};

void categories_init(struct categories *categories);
void categories_release(struct categories *categories);
void categories_add(struct categories *categories, struct text label);
/* As if everything in from had been added to into. */
void categories_join(struct categories *into, const struct categories *from);
/* Byte order of labels. */
void categories_sort(struct categories *categories);

#endif

/* Categories: how often each text occurs.
 *
 * Ownership: categories_init() before, categories_release() after; labels belong to the categories. Failure: none. The cost of an
 * addition grows with the logarithm of the number of labels, whatever the labels are. */
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
};

void categories_init(struct categories *categories);
void categories_release(struct categories *categories);
void categories_add(struct categories *categories, struct text label);
/* Byte order of labels. */
void categories_sort(struct categories *categories);

#endif

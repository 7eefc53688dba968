/* The sections of a recipe's page, split over files by what they show. Ownership, failure: as in page.h. */
#ifndef GALLEY_PAGE_RECIPE_H
#define GALLEY_PAGE_RECIPE_H

#include "rows.h"

/* A Mermaid graph of the recipe's chain and what stands below it, and the counts of fields by level. */
void recipe_inheritance(struct page *page, const struct effective *effective);
/* The effective recipe as YAML, each line with its origin. */
void recipe_manifest(struct page *page, const struct effective *effective);
/* "B", "I", "C" for the recipe's level. */
char level_mark(const struct recipe *recipe);
/* A value on one line: a scalar, a list's scalars, or what kind of thing it is. */
struct text value_line(const struct value *value, struct arena *arena);

/* A flowchart of every recipe of a family where it keeps within what hosts draw; false when it does not. */
bool family_graph(struct page *page, struct text family);

#endif

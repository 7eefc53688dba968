#include "categories.h"

#include <search.h>
#include <stdlib.h>

/* A tree and no hash table, because whoever writes the data could make all hashes equal. */

static int order_labels(const void *left, const void *right)
{
	const struct category *a = left, *b = right;

	return text_compare(a->label, b->label);
}

static int order_items(const void *left, const void *right)
{
	return order_labels(*(struct category *const *)left, *(struct category *const *)right);
}

void categories_init(struct categories *categories)
{
	*categories = (struct categories){0};
	arena_init(&categories->arena);
}

void categories_release(struct categories *categories)
{
	for (size_t i = 0; i < categories->count; i++)
		tdelete(categories->items[i], &categories->tree, order_labels);
	arena_release(&categories->arena);
	*categories = (struct categories){0};
}

void categories_add(struct categories *categories, struct text label)
{
	struct category wanted = {.label = label};
	struct category *const *found = tfind(&wanted, &categories->tree, order_labels);

	if (found) {
		(*found)->count++;
		return;
	}
	struct category *added = arena_alloc(&categories->arena, sizeof *added);
	*added = (struct category){text_copy(&categories->arena, label), 1};
	if (!tsearch(added, &categories->tree, order_labels))
		memory_exhausted();
	categories->items = arena_grow(&categories->arena, categories->items, categories->count, sizeof *categories->items);
	categories->items[categories->count++] = added;
}

void categories_sort(struct categories *categories)
{
	if (categories->count)
		qsort(categories->items, categories->count, sizeof *categories->items, order_items);
}

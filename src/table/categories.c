#include "categories.h"

#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

enum { RECENT = 256 };

/* Its ends and its length, mixed. Nothing but speed depends on how well they tell labels apart. */
static size_t glance(struct text label)
{
	uint64_t first = 0, last = 0;

	if (label.len >= 8) {
		memcpy(&first, label.at, 8);
		memcpy(&last, label.at + label.len - 8, 8);
	} else {
		for (size_t i = 0; i < label.len; i++)
			first = first << 8 | (unsigned char)label.at[i];
	}
	return (size_t)(((first ^ label.len) * UINT64_C(0x9e3779b97f4a7c15) + last * UINT64_C(0xc2b2ae3d27d4eb4f)) >> 32) % RECENT;
}

static void add(struct categories *categories, struct text label, size_t count)
{
	struct category wanted = {.label = label};

	if (!categories->recent)
		categories->recent = arena_array(&categories->arena, RECENT, sizeof *categories->recent);
	struct category **recent = &categories->recent[glance(label)];
	if (*recent && text_equal((*recent)->label, label)) {
		(*recent)->count += count;
		return;
	}
	struct category *const *found = tfind(&wanted, &categories->tree, order_labels);
	if (found) {
		*recent = *found;
		(*found)->count += count;
		return;
	}
	struct category *added = arena_alloc(&categories->arena, sizeof *added);
	*added = (struct category){text_copy(&categories->arena, label), count};
	if (!tsearch(added, &categories->tree, order_labels))
		memory_exhausted();
	categories->items = arena_grow(&categories->arena, categories->items, categories->count, sizeof *categories->items);
	categories->items[categories->count++] = added;
	*recent = added;
}

void categories_add(struct categories *categories, struct text label)
{
	add(categories, label, 1);
}

void categories_join(struct categories *into, const struct categories *from)
{
	for (size_t i = 0; i < from->count; i++)
		add(into, from->items[i]->label, from->items[i]->count);
}

void categories_sort(struct categories *categories)
{
	if (categories->count)
		qsort(categories->items, categories->count, sizeof *categories->items, order_items);
}

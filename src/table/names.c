#include "names.h"

#include <stdlib.h>

#include "arena.h"

struct named { struct text name; size_t at; };

static int order_named(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	int order = text_compare(a->name, b->name);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

void names_index(struct names *names, const struct text *items, size_t count, struct arena *arena)
{
	struct named *sorted = arena_array(arena, count, sizeof *sorted);

	*names = (struct names){items, arena_array(arena, count, sizeof *names->order), count};
	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct named){items[i], i};
	qsort(sorted, count, sizeof *sorted, order_named);
	for (size_t i = 0; i < count; i++)
		names->order[i] = sorted[i].at;
}

size_t names_find(const struct names *names, struct text name)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(names->items[names->order[middle]], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == names->count || !text_equal(names->items[names->order[low]], name))
		return names->count;
	return names->order[low];
}

#include "sketch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

static unsigned level_for(uint64_t n)
{
	unsigned level = 0;

	while (n >> level > SKETCH_ITEMS)
		level++;
	return level;
}

/* --- from values in their order --- */

/* Runs of 2^level neighbours each, and of what is left shorter ones, all by their middle value: at most half a run is misjudged at any x. */
size_t sketch_places(uint64_t places[static SKETCH_PLACES], uint64_t n)
{
	unsigned level = level_for(n);
	uint64_t runs = n >> level, at = runs << level;
	size_t count = 0;

	for (uint64_t i = 0; i < runs; i++)
		places[count++] = (i << level) + ((uint64_t)1 << level) / 2;
	for (unsigned bit = level; bit-- > 0;)
		if (n >> bit & 1) {
			places[count++] = at + ((uint64_t)1 << bit) / 2;
			at += (uint64_t)1 << bit;
		}
	return count;
}

static void set_level(struct sketch_level *level, const double *items, size_t count, struct arena *arena)
{
	level->items = arena_array(arena, count, sizeof *items);
	level->count = count;
	if (count)
		memcpy(level->items, items, count * sizeof *items);
}

void sketch_make(struct sketch *out, const double *values, uint64_t n, struct arena *arena)
{
	unsigned level = level_for(n);
	size_t at = (size_t)(n >> level);
	uint64_t half = ((uint64_t)1 << level) / 2;

	*out = (struct sketch){.over = half ? half - 1 : 0, .under = half};
	set_level(&out->levels[level], values, at, arena);
	for (unsigned bit = level; bit-- > 0;)
		if (n >> bit & 1)
			set_level(&out->levels[bit], &values[at++], 1, arena);
}

/* --- joining --- */

static int order_items(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* One of each two neighbours moves up, and stands for both: the lower one before its time, the higher one after it. Of an odd number
 * the last stays. Returns what moved. */
static size_t compact(struct sketch *sketch, unsigned h, double *items, size_t count)
{
	bool low = sketch->over <= sketch->under;
	size_t pairs = count / 2;
	double last = items[count - 1];

	*(low ? &sketch->over : &sketch->under) += (uint64_t)1 << h;
	for (size_t i = 0; i < pairs; i++)
		items[i] = items[2 * i + !low];
	sketch->levels[h].count = count % 2;
	if (count % 2)
		sketch->levels[h].items[0] = last;
	return pairs;
}

void sketch_join(struct sketch *out, const struct sketch *const *parts, size_t count, struct arena *arena)
{
	double *items = NULL, *moved = NULL;
	size_t moved_count = 0;

	*out = (struct sketch){.over = 0};
	for (size_t p = 0; p < count; p++) {
		out->over += parts[p]->over;
		out->under += parts[p]->under;
	}
	for (unsigned h = 0; h < SKETCH_LEVELS; h++) {
		struct sketch_level *level = &out->levels[h];
		size_t all = moved_count;
		for (size_t p = 0; p < count; p++)
			all += parts[p]->levels[h].count;
		items = memory_get((all + 1) * sizeof *items);
		if (moved_count)
			memcpy(items, moved, moved_count * sizeof *items);
		free(moved);
		for (size_t p = 0, at = moved_count; p < count; p++) {
			const struct sketch_level *from = &parts[p]->levels[h];
			if (from->count)
				memcpy(&items[at], from->items, from->count * sizeof *items);
			at += from->count;
		}
		qsort(items, all, sizeof *items, order_items);
		bool full = all > SKETCH_ITEMS && h + 1 < SKETCH_LEVELS;
		set_level(level, items, full ? 1 : all, arena);
		moved_count = full ? compact(out, h, items, all) : 0;
		moved = items;
	}
	free(moved);
}

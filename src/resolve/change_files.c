#include "change_parts.h"

/* path: as seen from the workspace, which may have moved. */
static const struct input *find_input(const struct catalog *catalog, struct text path)
{
	size_t low = 0, high = catalog->input_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(catalog_inner(catalog, catalog->inputs[middle]->path), path);
		if (order == 0)
			return catalog->inputs[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void file_pairs_make(struct file_pairs *pairs, const struct catalog *base, const struct catalog *now, struct arena *arena)
{
	*pairs = (struct file_pairs){.arena = arena, .items = arena_array(arena, now->input_count, sizeof *pairs->items)};
	for (size_t i = 0; i < now->input_count; i++)
		pairs->items[pairs->count++] = (struct file_pair){.now = now->inputs[i], .base = find_input(base, catalog_inner(now, now->inputs[i]->path))};
}

static struct file_pair *find_pair(struct file_pairs *pairs, const struct input *file)
{
	size_t low = 0, high = pairs->count;

	while (file && low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(pairs->items[middle].now->path, file->path);
		if (order == 0)
			return &pairs->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Lines are compared when first asked for. */
static const struct line_changes *lines_of(struct file_pairs *pairs, struct file_pair *pair)
{
	if (!pair->compared)
		pair->lines = lines_compare(pair->base->bytes, pair->now->bytes, pairs->arena);
	pair->compared = true;
	return &pair->lines;
}

enum place_state file_pairs_look(struct file_pairs *pairs, struct place place)
{
	struct file_pair *pair = find_pair(pairs, place.file);

	if (!pair)
		return PLACE_UNKNOWN;
	if (!pair->base)
		return PLACE_CHANGED;
	if (same_input(pair->base, pair->now))
		return PLACE_SAME;
	if (!place.line)
		return PLACE_CHANGED;
	const struct line_changes *lines = lines_of(pairs, pair);
	return place.line <= lines->count && lines->added[place.line - 1] ? PLACE_CHANGED : PLACE_SAME;
}

struct place file_pairs_first(struct file_pairs *pairs, const struct input *file)
{
	struct file_pair *pair = find_pair(pairs, file);
	size_t at = 0;

	if (!pair || (pair->base && same_input(pair->base, pair->now)))
		return (struct place){.file = NULL};
	if (!pair->base)
		return (struct place){.file = pair->now};
	const struct line_changes *lines = lines_of(pairs, pair);
	/* What is only taken away has no line of its own to show it. */
	while (at < lines->count && !(lines->removed[at] && !lines->added[at]))
		at++;
	if (!lines->removed[at])
		for (at = 0; at < lines->count && !lines->added[at];)
			at++;
	if (at == lines->count && at)
		at--;
	return (struct place){.file = pair->now, .line = (unsigned)at + 1, .column = 1, .width = 1};
}

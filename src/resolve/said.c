#include <stdlib.h>

#include "inside.h"

static int order_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->file != b->file)
		return (size_t)a->file > (size_t)b->file ? 1 : -1;
	if (a->line != b->line)
		return a->line > b->line ? 1 : -1;
	return (a->column > b->column) - (a->column < b->column);
}

void said_collect(struct said *said, const struct diags *diags, struct arena *arena)
{
	*said = (struct said){.places = arena_array(arena, diags->count, sizeof *said->places)};
	for (size_t i = 0; i < diags->count; i++)
		if (diags->items[i].severity == SEVERITY_ERROR && diags->items[i].place.file)
			said->places[said->count++] = diags->items[i].place;
	if (said->count)
		qsort(said->places, said->count, sizeof *said->places, order_places);
}

bool said_at(const struct said *said, struct place place)
{
	return said->count && bsearch(&place, said->places, said->count, sizeof *said->places, order_places);
}

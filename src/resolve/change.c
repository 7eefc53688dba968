#include <string.h>

#include "change_parts.h"

bool same_input(const struct input *a, const struct input *b)
{
	if (a->blob[0] && b->blob[0])
		return strcmp(a->blob, b->blob) == 0;
	return text_equal(a->bytes, b->bytes);
}

struct place place_gone(struct text path, struct arena *arena)
{
	struct input *input = arena_alloc(arena, sizeof *input);

	input->path = path;
	return (struct place){.file = input};
}

void change_check(const struct change_request *request, struct arena *arena, struct diags *diags)
{
	struct change change = {request, arena, diags};

	change_records(&change);
	change_earlier(&change);
	change_runs(&change);
}

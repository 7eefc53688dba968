#include <string.h>

#include "change_parts.h"

bool same_input(const struct input *a, const struct input *b)
{
	if (a->blob[0] && b->blob[0])
		return strcmp(a->blob, b->blob) == 0;
	return text_equal(a->bytes, b->bytes);
}

void change_check(const struct change_request *request, struct arena *arena, struct diags *diags)
{
	struct change change = {request, arena, diags};

	change_records(&change);
	change_runs(&change);
}

#include "arena.h"
#include "document.h"

struct step {
	const struct value *map;
	size_t at;
	struct text name;
};

size_t value_leaves(struct value_leaf **leaves, const struct value *map, size_t most, struct arena *arena)
{
	struct step *steps = NULL;
	size_t depth = 0, room = 0, count = 0;

	*leaves = NULL;
	if (map && map->kind == VALUE_MAP) {
		steps = arena_grow(arena, steps, room++, sizeof *steps);
		steps[depth++] = (struct step){map, 0, TEXT("")};
	}
	while (depth && count < most) {
		struct step *step = &steps[depth - 1];
		if (step->at == step->map->count) {
			depth--;
			continue;
		}
		const struct member *member = &step->map->members[step->at++];
		struct text name = step->name.len ? text_format(arena, "%.*s.%.*s", TEXT_ARGS(step->name), TEXT_ARGS(member->name)) : member->name;
		if (member->value->kind == VALUE_MAP) {
			if (depth == room)
				steps = arena_grow(arena, steps, room++, sizeof *steps);
			steps[depth++] = (struct step){member->value, 0, name};
		} else if (member->value->kind == VALUE_SCALAR) {
			*leaves = arena_grow(arena, *leaves, count, sizeof **leaves);
			(*leaves)[count++] = (struct value_leaf){name, member->value};
		}
	}
	return count;
}

/* Recipes are judged while they are read: what they stand over is a guess then, which resolve.c holds against what it was in the end. */
#include "inside.h"

struct early {
	struct resolved resolved;
	const struct backdrop **backdrops; /* by recipe */
};

static const void *prepare(const struct catalog *likely, struct arena *arena)
{
	struct early *early = arena_alloc(arena, sizeof *early);
	const struct name_set none = {0};
	struct diags unheard;

	diags_init(&unheard, arena);
	resolve_findings(&early->resolved, likely, 0, 1, arena, &unheard);
	early->backdrops = arena_array(arena, early->resolved.count, sizeof *early->backdrops);
	for (size_t i = 0; i < early->resolved.count; i++)
		early->backdrops[i] = backdrop_make(&early->resolved.recipes[i], &none, likely, arena);
	return early;
}

static bool judge(const struct backdrop **over, const void *prepared, const struct value *root, struct arena *scratch)
{
	const struct early *early = prepared;
	const struct effective *parent = resolved_recipe(&early->resolved, reference_of(value_at(root, "metadata.parent")).id);

	*over = parent ? early->backdrops[parent - early->resolved.recipes] : NULL;
	return *over && glance_is_clear(*over, root, scratch);
}

const struct brief resolve_brief = {prepare, judge};

bool tree_same(const struct value *a, const struct value *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->quoted != b->quoted || a->count != b->count || !text_equal(a->text, b->text))
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->kind == VALUE_MAP ? !text_equal(a->members[i].name, b->members[i].name) || !tree_same(a->members[i].value, b->members[i].value)
		                         : !tree_same(a->items[i], b->items[i]))
			return false;
	return true;
}

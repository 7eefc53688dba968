/* What is alike on both sides costs nothing more than to see that it is: most of a workspace, with most changes. */
#include <string.h>

#include "arena.h"
#include "difference.h"

enum mark { UNKNOWN, ON_THE_WAY, ALIKE, OTHER };

struct alike {
	const struct state *before, *now;
	enum mark *marks; /* by recipe of now */
};

struct alike *alike_make(const struct state *before, const struct state *now, struct arena *arena)
{
	struct alike *alike = arena_alloc(arena, sizeof *alike);

	*alike = (struct alike){before, now, arena_array(arena, now->catalog->recipe_count, sizeof *alike->marks)};
	return alike;
}

/* Neither names nor bytes alone are enough: git may store other bytes than a working file has. */
static bool are_files_alike(const struct input *before, const struct input *now)
{
	if (!before || !now)
		return before == now;
	return strcmp(before->blob, now->blob) == 0 && text_equal(before->bytes, now->bytes);
}

bool alike_records(const struct record *before, const struct record *now)
{
	if (!before || !now)
		return before == now;
	return before->broken == now->broken && !before->root == !now->root && are_files_alike(before->file, now->file);
}

bool alike_runs(const struct run *before, const struct run *now)
{
	return alike_records(&before->record, &now->record) && !before->metrics == !now->metrics &&
	       are_files_alike(before->metrics_file, now->metrics_file);
}

/* What history has may be another answer in another commit. */
static bool has_older(const struct alike *alike, enum kind kind, const struct reference *reference)
{
	return catalog_older(alike->before->catalog, kind, reference) || catalog_older(alike->now->catalog, kind, reference);
}

static bool are_packs_alike(const struct alike *alike, const struct value *packs)
{
	for (size_t i = 0; packs && packs->kind == VALUE_LIST && i < packs->count; i++) {
		const struct value *item = packs->items[i]->kind == VALUE_MAP ? value_get(packs->items[i], "id") : packs->items[i];
		if (!item || item->kind != VALUE_SCALAR)
			continue;
		struct reference reference = reference_of(item);
		const struct pack *was = catalog_pack(alike->before->catalog, reference.id), *is = catalog_pack(alike->now->catalog, reference.id);
		if (has_older(alike, KIND_PACK, &reference) || !alike_records(was ? &was->record : NULL, is ? &is->record : NULL))
			return false;
	}
	return true;
}

/* Apart from what it inherits. */
static bool is_own_alike(const struct alike *alike, const struct recipe *was, const struct recipe *is)
{
	/* A family counts where the settings have it. */
	return alike_records(&was->record, &is->record) && text_equal(was->family, is->family) &&
	       !has_older(alike, KIND_RECIPE, &is->parent) && are_packs_alike(alike, value_at(is->record.root, "evaluation.packs"));
}

/* Whether a recipe differs for a reason of its own, or of what stands above it no more; else *above is what it inherits from. */
static enum mark look(const struct alike *alike, const struct recipe *is, const struct recipe **above)
{
	const struct recipe *was = catalog_recipe(alike->before->catalog, is->record.id);

	*above = NULL;
	if (!was || !is_own_alike(alike, was, is))
		return OTHER;
	if (!is->parent.id.len)
		return ALIKE;
	*above = catalog_recipe(alike->now->catalog, is->parent.id);
	if (*above)
		return UNKNOWN;
	return catalog_recipe(alike->before->catalog, is->parent.id) ? OTHER : ALIKE;
}

static bool is_alike(struct alike *alike, const struct recipe *recipe)
{
	const struct recipe *recipes = alike->now->catalog->recipes, *at = recipe, *above;
	enum mark mark;

	while ((mark = alike->marks[at - recipes]) == UNKNOWN && (mark = look(alike, at, &above)) == UNKNOWN) {
		alike->marks[at - recipes] = ON_THE_WAY;
		at = above;
	}
	/* Nothing comes of a circle. */
	mark = mark == ON_THE_WAY ? OTHER : mark;
	alike->marks[at - recipes] = mark;
	/* What holds at the end of the way holds for all on it. */
	for (at = recipe; alike->marks[at - recipes] == ON_THE_WAY; at = catalog_recipe(alike->now->catalog, at->parent.id))
		alike->marks[at - recipes] = mark;
	return mark == ALIKE;
}

bool alike_recipes(struct alike *alike, const struct reference *before, const struct reference *now)
{
	const struct recipe *is = catalog_recipe(alike->now->catalog, now->id);

	/* Where all are resolved anyway, all are compared. */
	if (!alike->before->resolved->asked || !alike->now->resolved->asked || !text_equal(before->id, now->id) ||
	    !text_equal(before->pin, now->pin) || has_older(alike, KIND_RECIPE, now))
		return false;
	return is ? is_alike(alike, is) : !catalog_recipe(alike->before->catalog, now->id);
}

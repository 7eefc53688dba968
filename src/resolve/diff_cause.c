#include "diff_parts.h"

/* The recipe of a chain whose file a place is in, and how far from the baseline it is; NULL: none of them. */
static const struct recipe *recipe_at(size_t *depth, const struct effective *effective, struct place place)
{
	for (size_t i = effective->chain_count; i > 0; i--)
		if (effective->chain[i - 1]->record.file == place.file) {
			*depth = i - 1;
			return effective->chain[i - 1];
		}
	return NULL;
}

static bool in_chain(const struct effective *effective, const struct recipe *recipe)
{
	for (size_t i = 0; i < effective->chain_count; i++)
		if (text_equal(effective->chain[i]->record.id, recipe->record.id))
			return true;
	return false;
}

static const struct recipe *same_recipe(const struct effective *effective, const struct recipe *recipe)
{
	for (size_t i = 0; i < effective->chain_count; i++)
		if (text_equal(effective->chain[i]->record.id, recipe->record.id))
			return effective->chain[i];
	return NULL;
}

/* The recipe nearest to the end of the chain that inherits from another parent, or another version of it, than it did. */
static struct cause other_parent(const struct effective *before, const struct effective *now)
{
	for (size_t i = now->chain_count; i > 0; i--) {
		const struct recipe *recipe = now->chain[i - 1], *was = same_recipe(before, recipe);
		if (!was || (text_equal(was->parent.id, recipe->parent.id) && text_equal(was->parent.pin, recipe->parent.pin)))
			continue;
		if (recipe->parent.place.file)
			return (struct cause){&recipe->record, recipe->parent.place, false};
		return (struct cause){&was->record, was->parent.place, true};
	}
	return (struct cause){.record = NULL};
}

static bool holds(const struct value *list, const struct value *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind == item->kind && text_equal(list->items[i]->text, item->text))
			return true;
	return false;
}

/* Items of a set come from several files: that of the first that is new, else gone, is what matters. */
static struct place place_of(const struct value *list, const struct value *other, const struct field *row)
{
	struct row set = {KIND_RECIPE, row, !row};

	if (!list)
		return (struct place){.file = NULL};
	if (list->kind != VALUE_LIST || !other || other->kind != VALUE_LIST || !row_is_set(set))
		return list->place;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind == VALUE_SCALAR && !holds(other, list->items[i]))
			return list->items[i]->place;
	return (struct place){.file = NULL};
}

/* What took the field away further down; file NULL: nothing did, it is set no more. */
static struct place removal_of(const struct effective *now, struct text field, const struct recipe **recipe)
{
	for (size_t len = field.len; len > 0; len--) {
		if (len < field.len && field.at[len] != '.')
			continue;
		const struct origin *origin = effective_origin(now, text_cut(field, 0, len));
		if (origin && !origin->value) {
			*recipe = origin->recipe;
			return origin->place;
		}
	}
	return (struct place){.file = NULL};
}

/* Whether the recipe is what it was in both states, whichever version of it is inherited from. */
static bool is_untouched(const struct work *work, const struct recipe *recipe)
{
	const struct recipe *was = catalog_recipe(work->before->catalog, recipe->record.id), *is = catalog_recipe(work->now->catalog, recipe->record.id);

	return was && is && same_input(was->record.file, is->record.file);
}

struct cause cause_of_field(const struct work *work, const struct effective *before, const struct effective *now,
                            const struct field_change *change)
{
	struct place new = place_of(change->after, change->before, change->row), old = place_of(change->before, change->after, change->row);
	size_t depth = 0, old_depth = 0;
	const struct recipe *setter = new.file ? recipe_at(&depth, now, new) : NULL;
	const struct recipe *was = old.file ? recipe_at(&old_depth, before, old) : NULL;
	const struct recipe *remover = NULL;

	if ((setter && !in_chain(before, setter)) || (was && !in_chain(now, was))) {
		struct cause cause = other_parent(before, now);
		if (cause.record)
			return cause;
	}
	if (!change->after) {
		struct place place = removal_of(now, change->field, &remover);
		if (place.file && remover)
			return (struct cause){&remover->record, place, false};
	}
	/* Set by a recipe that stands nearer than the one that set it: added. Else the nearer one let go of it. */
	if (setter && (!was || text_equal(was->record.id, setter->record.id) || depth > old_depth)) {
		struct cause cause = is_untouched(work, setter) ? other_parent(before, now) : (struct cause){.record = NULL};
		if (cause.record)
			return cause;
		return (struct cause){&setter->record, new, false};
	}
	if (was) {
		struct cause cause = is_untouched(work, was) ? other_parent(before, now) : (struct cause){.record = NULL};
		return cause.record ? cause : (struct cause){&was->record, old, true};
	}
	return (struct cause){.record = NULL};
}

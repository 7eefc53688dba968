#include <stdlib.h>

#include "inside.h"

/* The leaves of an effective tree in its order. */
struct leaves {
	struct origin *items;
	struct text *keyed;         /* of each the innermost item of a keyed list that it stands in; empty: none */
	size_t count;
	const struct trail *inside; /* the item that the walk is in */
	struct arena *arena, *scratch; /* of what stays, and of what goes */
};

static void walk(struct leaves *leaves, const struct field *field, const struct trail *trail, const struct value *value);

static void add_leaf(struct leaves *leaves, const struct field *field, const struct trail *trail, const struct value *value)
{
	leaves->items = arena_grow(leaves->scratch, leaves->items, leaves->count, sizeof *leaves->items);
	leaves->keyed = arena_grow(leaves->scratch, leaves->keyed, leaves->count, sizeof *leaves->keyed);
	leaves->keyed[leaves->count] = leaves->inside ? trail_text(leaves->inside, leaves->scratch) : TEXT("");
	leaves->items[leaves->count++] =
	    (struct origin){.field = trail_text(trail, leaves->arena), .row = field, .value = value, .place = value->place};
}

static void walk_item(struct leaves *leaves, const struct field *list, const struct trail *trail, const struct value *item)
{
	const struct field *field = field_item(list);

	if (item->kind != VALUE_MAP) {
		add_leaf(leaves, field, trail, item);
		return;
	}
	for (size_t i = 0; i < item->count; i++) {
		const struct member *member = &item->members[i];
		struct trail step = {trail, member->name};
		/* The name says which item it is; it is no setting of its own unless the item has no other. */
		if (!text_is(member->name, list->merge_key))
			walk(leaves, field_below(field, member->name), &step, member->value);
		else if (item->count == 1)
			add_leaf(leaves, field, trail, member->value);
	}
	if (!item->count)
		add_leaf(leaves, field, trail, item);
}

static void walk(struct leaves *leaves, const struct field *field, const struct trail *trail, const struct value *value)
{
	if (value->kind == VALUE_MAP && value->count) {
		for (size_t i = 0; i < value->count; i++) {
			struct trail step = {trail, value->members[i].name};
			walk(leaves, field_below(field, value->members[i].name), &step, value->members[i].value);
		}
	} else if (value->kind == VALUE_LIST && value->count && field && field->merge == MERGE_KEYED && field->merge_key) {
		for (size_t i = 0; i < value->count; i++) {
			struct trail step = {trail, field_item_name(field, value->items[i])};
			const struct trail *outside = leaves->inside;
			leaves->inside = &step;
			walk_item(leaves, field, &step, value->items[i]);
			leaves->inside = outside;
		}
	} else {
		add_leaf(leaves, field, trail, value);
	}
}

static const struct recipe *recipe_of(const struct effective *effective, struct place place)
{
	for (size_t i = effective->chain_count; i > 0; i--)
		if (effective->chain[i - 1]->record.file == place.file)
			return effective->chain[i - 1];
	return effective->recipe;
}

/* What a new value shadows: what is inherited of that field, and what that shadowed. */
static void add_shadows(struct origin *origin, const struct recipe *recipe, const struct value *value, const struct origin *inherited,
                        struct arena *arena)
{
	size_t older = inherited ? inherited->shadow_count : 0;

	origin->shadowed = arena_array(arena, older + 1, sizeof *origin->shadowed);
	if (value)
		origin->shadowed[origin->shadow_count++] = (struct shadow){recipe, value};
	for (size_t i = 0; i < older; i++)
		origin->shadowed[origin->shadow_count++] = inherited->shadowed[i];
}

/* Whether the effective recipe has this field or one below it. */
static bool has_within(const struct effective *effective, struct text field)
{
	size_t low = 0, high = effective->origin_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(effective->by_field[middle]->field, field) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* Between a field and those below it there may be others: '.' is not the lowest of bytes. */
	for (; low < effective->origin_count && text_equal(text_cut(effective->by_field[low]->field, 0, field.len), field); low++)
		if (effective->by_field[low]->value && field_within(effective->by_field[low]->field, field))
			return true;
	return false;
}

static enum operation operation_of(const struct effective *parent, const struct origin *leaf, struct text keyed, const struct origin *inherited)
{
	if (inherited && inherited->value && leaf->row->merge != MERGE_NEVER)
		return leaf->row->merge == MERGE_SET ? OPERATION_MERGED : OPERATION_REPLACED;
	return parent && keyed.len && !has_within(parent, keyed) ? OPERATION_APPENDED : OPERATION_SET;
}

static void settle_leaf(struct effective *out, struct origin *leaf, const struct effective *parent, struct text keyed, struct arena *arena)
{
	const struct origin *inherited = parent ? effective_origin(parent, leaf->field) : NULL;

	if (inherited && inherited->value == leaf->value) {
		struct origin kept = *inherited;
		kept.row = leaf->row;
		kept.operation = OPERATION_KEPT;
		*leaf = kept;
		return;
	}
	leaf->recipe = recipe_of(out, leaf->place);
	leaf->operation = operation_of(parent, leaf, keyed, inherited);
	if (inherited && leaf->row->merge != MERGE_NEVER)
		add_shadows(leaf, inherited->recipe, inherited->value, inherited, arena);
}

static struct origin removed_origin(struct effective *out, const struct removal *removal, const struct origin *inherited,
                                    struct arena *arena)
{
	struct origin origin = {.field = removal->field, .row = field_item(NULL), .recipe = out->recipe, .operation = OPERATION_REMOVED,
	                        .place = removal->place};
	const struct recipe *setter =
	    inherited && inherited->value ? inherited->recipe : recipe_of(out, removal->value->place);

	add_shadows(&origin, setter, removal->value, inherited, arena);
	return origin;
}

/* Leaves and removed fields as a linked list, so that a removed field can follow what it stood behind. */
struct strand {
	struct origin *items;
	size_t *next;
	size_t count;
};

static size_t insert_after(struct strand *strand, size_t at, struct origin origin)
{
	size_t new = strand->count++;

	strand->items[new] = origin;
	strand->next[new] = strand->next[at];
	strand->next[at] = new;
	return new;
}

static void insert_removed(struct strand *strand, struct effective *out, const struct effective *parent, const struct merge *merge,
                           struct name_set *leaves, struct arena *arena, struct arena *scratch)
{
	struct name_set removed = {0};
	bool *done = arena_array(scratch, merge->removal_count, sizeof *done);
	size_t last = 0;

	for (size_t i = 0; i < merge->removal_count; i++)
		name_set_add(&removed, merge->removals[i].field, scratch);
	for (size_t i = 0; i < parent->origin_count; i++) {
		const struct origin *origin = &parent->origins[i];
		long leaf = name_set_find(leaves, origin->field), gone = name_set_covering(&removed, origin->field);
		if (leaf != NO_NAME) {
			last = (size_t)leaf + 1;
		} else if (gone != NO_NAME && !done[gone]) {
			const struct removal *removal = &merge->removals[gone];
			const struct origin *inherited = effective_origin(parent, removal->field);
			done[gone] = true;
			last = insert_after(strand, last, removed_origin(out, removal, inherited, arena));
		} else if (gone == NO_NAME && !origin->value && !name_set_within(leaves, origin->field)) {
			last = insert_after(strand, last, *origin);
		}
	}
}

static int order_origins(const void *left, const void *right)
{
	const struct origin *a = *(const struct origin *const *)left, *b = *(const struct origin *const *)right;
	int order = text_compare(a->field, b->field);

	return order ? order : (a > b) - (a < b);
}

static void index_origins(struct effective *out, struct arena *arena)
{
	out->by_field = arena_array(arena, out->origin_count, sizeof *out->by_field);
	for (size_t i = 0; i < out->origin_count; i++)
		out->by_field[i] = &out->origins[i];
	if (out->origin_count)
		qsort(out->by_field, out->origin_count, sizeof *out->by_field, order_origins);
}

void origins_make(struct effective *out, const struct effective *parent, const struct merge *merge, struct arena *arena)
{
	struct arena scratch;
	struct leaves leaves = {.arena = arena, .scratch = &scratch};
	struct name_set names = {0};
	struct strand strand = {0};

	arena_init(&scratch);
	walk(&leaves, NULL, NULL, out->root);
	size_t room = leaves.count + 1 + (parent ? parent->origin_count : 0);
	strand.items = arena_array(&scratch, room, sizeof *strand.items);
	strand.next = arena_array(&scratch, room, sizeof *strand.next);
	strand.count = leaves.count + 1; /* 0 stands before the first */
	for (size_t i = 0; i < leaves.count; i++) {
		struct origin *leaf = &leaves.items[i];
		settle_leaf(out, leaf, parent, leaves.keyed[i], arena);
		name_set_add(&names, leaf->field, &scratch);
		strand.items[i + 1] = *leaf;
		strand.next[i] = i + 1;
	}
	strand.next[leaves.count] = 0;
	if (parent)
		insert_removed(&strand, out, parent, merge, &names, arena, &scratch);
	out->origins = arena_array(arena, strand.count, sizeof *out->origins);
	for (size_t at = strand.next[0]; at; at = strand.next[at])
		out->origins[out->origin_count++] = strand.items[at];
	index_origins(out, arena);
	arena_release(&scratch);
}

const struct origin *effective_origin(const struct effective *effective, struct text field)
{
	size_t low = 0, high = effective->origin_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(effective->by_field[middle]->field, field) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < effective->origin_count && text_equal(effective->by_field[low]->field, field) ? effective->by_field[low] : NULL;
}

const char *operation_name(enum operation operation)
{
	static const char *const names[] = {
		[OPERATION_SET] = "set",
		[OPERATION_KEPT] = "kept",
		[OPERATION_REPLACED] = "replaced",
		[OPERATION_MERGED] = "merged",
		[OPERATION_APPENDED] = "appended",
		[OPERATION_REMOVED] = "removed",
	};

	return names[operation];
}

#include "inside.h"

/* One list over another, while it is merged. */
struct pile {
	struct merge *merge;
	const struct field *field, *item_field;
	const struct trail *trail;
	struct value *inherited; /* NULL: nothing, or dropped */
	struct value *own;
	size_t start;            /* of own, behind {$patch: replace} */
	struct value *out;
};

static const struct member *only_replace(const struct value *item)
{
	if (item->kind != VALUE_MAP || item->count != 1 || !text_is(item->members[0].name, "$patch"))
		return NULL;
	const struct value *value = item->members[0].value;
	return value->kind == VALUE_SCALAR && text_is(value->text, "replace") ? &item->members[0] : NULL;
}

/* {$patch: replace} as the first item drops all that is inherited. */
static void drop_inherited(struct pile *pile)
{
	const struct member *patch = pile->own->count ? only_replace(pile->own->items[0]) : NULL;
	struct merge *merge = pile->merge;

	if (!patch)
		return;
	pile->start = 1;
	if (!pile->inherited) {
		diag_add(merge->diags, CODE_MERGE_UNSET, patch->place, "nothing to replace: '%.*s' is not inherited",
		         TEXT_ARGS(trail_text(pile->trail, merge->arena)));
		merge->failed = true;
	} else if (merge_is_policy(pile->field)) {
		diag_add(merge->diags, CODE_MERGE_UNSET, patch->place, "policy cannot be taken out: '%.*s' holds for all below it",
		         TEXT_ARGS(trail_text(pile->trail, merge->arena)));
		merge->failed = true;
	} else {
		struct name_set own = {0};
		for (size_t i = 1; i < pile->own->count; i++)
			name_set_add(&own, field_item_name(pile->field, pile->own->items[i]), merge->arena);
		for (size_t i = 0; pile->field->merge == MERGE_KEYED && i < pile->inherited->count; i++) {
			struct text name = field_item_name(pile->field, pile->inherited->items[i]);
			if (name.len && name_set_find(&own, name) == NO_NAME)
				merge_removed(merge, pile->trail, name, patch->place, pile->inherited->items[i]);
		}
		pile->inherited = NULL;
	}
}

static bool is_delete(const struct value *item)
{
	const struct value *patch = value_get(item, "$patch");

	return patch && patch->kind == VALUE_SCALAR && text_is(patch->text, "delete");
}

/* A plain text stands for a mapping with that name alone; {id: x} of a reference list for the text x. */
static struct value *item_shape(struct pile *pile, struct value *item, bool as_map)
{
	const char *key = pile->field->merge_key;

	if (pile->item_field->type == FIELD_PACK_ITEM) {
		struct value *id = item->kind == VALUE_MAP ? value_get(item, key) : NULL;
		return id && id->kind == VALUE_SCALAR ? id : item;
	}
	if (!as_map || item->kind != VALUE_SCALAR)
		return item;
	struct value *map = value_new_map(pile->merge->arena, item->place);
	value_add_member(map, (struct member){text_of(key), item->place, item}, pile->merge->arena);
	return map;
}

static struct value *adopt_item(struct pile *pile, const struct trail *trail, struct value *item)
{
	struct value *shaped = item_shape(pile, item, false);

	return merge_adopt(pile->merge, pile->item_field, trail, shaped);
}

static struct value *merge_item(struct pile *pile, const struct trail *trail, struct value *inherited, struct value *item)
{
	struct merge *merge = pile->merge;
	struct value *own = item_shape(pile, item, false);

	if (own->kind == VALUE_SCALAR) {
		bool feature = pile->item_field->type == FIELD_FEATURE;
		if (feature || (inherited->kind == VALUE_SCALAR && text_equal(inherited->text, own->text))) {
			merge_restated(merge, pile->item_field, trail, inherited, own);
			return inherited;
		}
		return own;
	}
	return merge_map(merge, pile->item_field, trail, item_shape(pile, inherited, true), item_shape(pile, own, true),
	                 pile->field->merge_key);
}

static struct place item_place(const struct pile *pile, const struct value *item)
{
	const struct value *name = item->kind == VALUE_MAP ? value_get(item, pile->field->merge_key) : item;

	return name ? name->place : item->place;
}

/* True when the item is a second one of its name. */
static bool is_repeated(struct pile *pile, struct name_set *own, size_t i)
{
	const struct value *item = pile->own->items[i];
	struct text name = field_item_name(pile->field, item);
	long first = name_set_find(own, name);

	if (!name.len || first == NO_NAME || (size_t)first + pile->start == i)
		return false;
	diag_add(pile->merge->diags, CODE_MERGE_DUPLICATE_ITEM, item_place(pile, item), "two items named '%.*s' in '%.*s'",
	         TEXT_ARGS(name), TEXT_ARGS(trail_text(pile->trail, pile->merge->arena)));
	diag_relate(pile->merge->diags, item_place(pile, pile->own->items[(size_t)first + pile->start]), "the first is here");
	pile->merge->failed = true;
	return true;
}

static void complain_not_inherited(struct pile *pile, const struct value *item, struct text name)
{
	size_t count = pile->inherited ? pile->inherited->count : 0;
	struct text *names = merge_names(pile->merge, count);

	for (size_t i = 0; names && i < count; i++)
		names[i] = field_item_name(pile->field, pile->inherited->items[i]);
	merge_complain_unset(pile->merge, item_place(pile, item), name, names, count);
}

static void check_delete(struct pile *pile, const struct value *item, struct text name)
{
	for (size_t i = 0; i < item->count; i++) {
		const struct member *member = &item->members[i];
		if (text_is(member->name, "$patch") || text_is(member->name, pile->field->merge_key))
			continue;
		diag_add(pile->merge->diags, CODE_MERGE_UNSET, value_member(item, TEXT("$patch"))->value->place,
		         "'%.*s' is removed and set in the same item", TEXT_ARGS(name));
		diag_relate(pile->merge->diags, member->place, "set here");
		pile->merge->failed = true;
		return;
	}
}

static void put(struct pile *pile, struct value *item)
{
	value_add_item(pile->out, item, pile->merge->arena);
}

/* An inherited item with what the recipe's own list says of it (NULL: nothing). */
static void put_inherited(struct pile *pile, struct text name, struct value *inherited, struct value *own)
{
	struct trail step = {pile->trail, name};

	if (!own) {
		put(pile, inherited);
	} else if (is_delete(own)) {
		check_delete(pile, own, name);
		merge_removed(pile->merge, pile->trail, name, own->place, inherited);
	} else {
		put(pile, merge_item(pile, &step, inherited, own));
	}
}

static void put_new(struct pile *pile, struct value *item)
{
	struct text name = field_item_name(pile->field, item);
	struct trail step = {pile->trail, name};

	if (is_delete(item))
		complain_not_inherited(pile, item, name);
	else
		put(pile, adopt_item(pile, &step, item));
}

static struct value *merge_keyed(struct pile *pile)
{
	struct name_set own = {0}, inherited = {0};
	struct arena *arena = pile->merge->arena;

	for (size_t i = pile->start; i < pile->own->count; i++)
		name_set_add(&own, field_item_name(pile->field, pile->own->items[i]), arena);
	for (size_t i = 0; pile->inherited && i < pile->inherited->count; i++) {
		struct text name = field_item_name(pile->field, pile->inherited->items[i]);
		long at = name.len ? name_set_find(&own, name) : NO_NAME;
		name_set_add(&inherited, name, arena);
		put_inherited(pile, name, pile->inherited->items[i],
		              at == NO_NAME ? NULL : pile->own->items[(size_t)at + pile->start]);
	}
	for (size_t i = pile->start; i < pile->own->count; i++) {
		struct text name = field_item_name(pile->field, pile->own->items[i]);
		if (!is_repeated(pile, &own, i) && !(name.len && name_set_find(&inherited, name) != NO_NAME))
			put_new(pile, pile->own->items[i]);
	}
	return pile->out;
}

static struct text set_name(const struct value *item)
{
	return item->kind == VALUE_SCALAR ? item->text : TEXT("");
}

static struct value *merge_set(struct pile *pile)
{
	struct name_set seen = {0};
	struct arena *arena = pile->merge->arena;
	size_t before = pile->inherited ? pile->inherited->count : 0;

	if (!pile->inherited && !pile->start)
		return pile->own;
	for (size_t i = 0; i < before; i++) {
		name_set_add(&seen, set_name(pile->inherited->items[i]), arena);
		put(pile, pile->inherited->items[i]);
	}
	/* Looked up among the inherited alone: the sorted index stays as it is. */
	for (size_t i = pile->start; i < pile->own->count; i++)
		if (name_set_find(&seen, set_name(pile->own->items[i])) == NO_NAME)
			put(pile, pile->own->items[i]);
	if (pile->out->count > before)
		return pile->out;
	merge_restated(pile->merge, pile->field, pile->trail, pile->inherited, pile->own);
	return pile->inherited;
}

static bool has_operator(const struct value *value)
{
	for (size_t i = 0; i < value->count && value->kind == VALUE_MAP; i++)
		if (text_starts(value->members[i].name, "$") || has_operator(value->members[i].value))
			return true;
	for (size_t i = 0; i < value->count && value->kind == VALUE_LIST; i++)
		if (has_operator(value->items[i]))
			return true;
	return false;
}

/* Whole; the list itself where nothing in it is an operator, so that it stays the node that was read. */
static struct value *merge_whole(struct pile *pile, const struct value *replaced)
{
	struct value *out = pile->own;

	if (has_operator(pile->own)) {
		out = pile->out;
		for (size_t i = pile->start; i < pile->own->count; i++)
			put(pile, merge_adopt(pile->merge, pile->item_field, pile->trail, pile->own->items[i]));
	}
	if (replaced && canonical_same(pile->field, replaced, out, pile->merge->arena))
		merge_restated(pile->merge, pile->field, pile->trail, replaced, out);
	return out;
}

struct value *merge_list(struct merge *merge, const struct field *field, const struct trail *trail, struct value *inherited,
                         struct value *own)
{
	struct pile pile = {.merge = merge, .field = field, .item_field = field_item(field), .trail = trail, .inherited = inherited,
	                    .own = own, .out = value_new_list(merge->arena, own->place)};

	drop_inherited(&pile);
	if (field->merge == MERGE_KEYED && field->merge_key)
		return merge_keyed(&pile);
	if (field->merge == MERGE_SET)
		return merge_set(&pile);
	return merge_whole(&pile, inherited);
}

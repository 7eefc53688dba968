#include "document.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "number.h"
#include "reader.h"

/* Where the keys of a large map are, so that looking up each of them costs linear time: open addressing, half empty. */
struct value_index {
	size_t room;     /* a power of two */
	size_t *members; /* index + 1, or 0 */
};

enum { INDEX_FROM = 16 };

/* FNV-1a, 64 bits. */
static size_t hash(struct text name)
{
	uint64_t sum = 0xcbf29ce484222325u;

	for (size_t i = 0; i < name.len; i++)
		sum = (sum ^ (unsigned char)name.at[i]) * 0x100000001b3u;
	return (size_t)(sum ^ sum >> 32);
}

/* The slot of the first member of this name, or the free one where it would be. */
static size_t *find_slot(const struct value *map, struct text name)
{
	const struct value_index *index = map->index;

	for (size_t slot = hash(name) & (index->room - 1);; slot = (slot + 1) & (index->room - 1)) {
		size_t *member = &index->members[slot];
		if (!*member || text_equal(map->members[*member - 1].name, name))
			return member;
	}
}

static void index_member(struct value *map, size_t i)
{
	size_t *slot = find_slot(map, map->members[i].name);

	if (!*slot)
		*slot = i + 1;
}

/* Called before the member at map->count - 1 is asked for. */
static void keep_index(struct value *map, struct arena *arena)
{
	if (map->count < INDEX_FROM)
		return;
	if (map->index && map->count * 2 <= map->index->room) {
		index_member(map, map->count - 1);
		return;
	}
	map->index = arena_alloc(arena, sizeof *map->index);
	for (map->index->room = INDEX_FROM; map->index->room < map->count * 4;)
		map->index->room *= 2;
	map->index->members = arena_array(arena, map->index->room, sizeof *map->index->members);
	for (size_t i = 0; i < map->count; i++)
		index_member(map, i);
}

/* Names that are numbered differ in the last byte. */
static bool is_name(const struct member *member, struct text name)
{
	struct text own = member->name;

	return own.len == name.len && (!name.len || (own.at[name.len - 1] == name.at[name.len - 1] && text_equal(own, name)));
}

bool value_has_twins(const struct value *map)
{
	for (size_t i = 1; i < map->count; i++) {
		struct text name = map->members[i].name;
		if (map->index && *find_slot(map, name) != i + 1)
			return true;
		for (size_t j = 0; !map->index && j < i; j++)
			if (is_name(&map->members[j], name))
				return true;
	}
	return false;
}

struct member *value_member(const struct value *map, struct text name)
{
	if (!map || map->kind != VALUE_MAP)
		return NULL;
	if (map->index) {
		size_t *slot = find_slot(map, name);
		return *slot ? &map->members[*slot - 1] : NULL;
	}
	for (size_t i = 0; i < map->count; i++) {
		if (is_name(&map->members[i], name))
			return &map->members[i];
	}
	return NULL;
}

struct value *value_at(const struct value *map, const char *path)
{
	struct text rest = text_of(path);

	for (;;) {
		size_t dot = text_find(rest, '.');
		struct member *member = value_member(map, text_cut(rest, 0, dot));
		if (!member)
			return NULL;
		if (dot == rest.len)
			return member->value;
		map = member->value;
		rest = text_cut(rest, dot + 1, rest.len);
	}
}

static struct value *new_value(enum value_kind kind, struct arena *arena, struct place place)
{
	struct value *value = arena_alloc(arena, sizeof *value);

	*value = (struct value){.kind = kind, .place = place};
	return value;
}

struct value *value_new_map(struct arena *arena, struct place place)
{
	return new_value(VALUE_MAP, arena, place);
}

struct value *value_new_list(struct arena *arena, struct place place)
{
	return new_value(VALUE_LIST, arena, place);
}

static size_t item_size(const struct value *value)
{
	return value->kind == VALUE_MAP ? sizeof *value->members : sizeof(struct value *);
}

/* members and items share their place. */
static void move_to(struct value *value, void *memory)
{
	if (value->kind == VALUE_MAP)
		value->members = memory;
	else
		value->items = memory;
}

void value_reserve(struct value *value, size_t count, struct arena *arena)
{
	if (!count || value->room || value->count)
		return;
	for (value->room = 1; (size_t)1 << (value->room - 1) < count;)
		value->room++;
	move_to(value, arena_array(arena, (size_t)1 << (value->room - 1), item_size(value)));
}

static void make_room(struct value *value, struct arena *arena)
{
	size_t size = item_size(value);

	if (value->room && value->count < (size_t)1 << (value->room - 1))
		return;
	void *more = arena_array(arena, (size_t)1 << value->room, size);
	if (value->count)
		memcpy(more, value->kind == VALUE_MAP ? (void *)value->members : (void *)value->items, value->count * size);
	move_to(value, more);
	value->room++;
}

void value_add_member(struct value *map, struct member member, struct arena *arena)
{
	make_room(map, arena);
	map->members[map->count++] = member;
	keep_index(map, arena);
}

void value_take_members(struct value *map, const struct member *members, size_t count, struct arena *arena)
{
	value_reserve(map, count, arena);
	if (count)
		memcpy(map->members, members, count * sizeof *members);
	map->count = count;
	keep_index(map, arena);
}

void value_add_item(struct value *list, struct value *item, struct arena *arena)
{
	make_room(list, arena);
	list->items[list->count++] = item;
}

/* 007 and -01 are texts that a number would change; 0, 0.5 and 0e1 are numbers. */
static bool has_needless_zero(struct text text)
{
	if (text.len && (text.at[0] == '-' || text.at[0] == '+'))
		text = text_cut(text, 1, text.len);
	return text.len > 1 && text.at[0] == '0' && text.at[1] >= '0' && text.at[1] <= '9';
}

enum scalar_class value_class(const struct value *scalar)
{
	double number;

	if (scalar->kind != VALUE_SCALAR || scalar->quoted)
		return SCALAR_TEXT;
	if (text_is(scalar->text, "true") || text_is(scalar->text, "false"))
		return SCALAR_BOOL;
	if (number_parse(&number, scalar->text) == NUMBER_FINITE && !has_needless_zero(scalar->text))
		return SCALAR_NUMBER;
	return SCALAR_TEXT;
}

static bool same_number(struct text a, struct text b)
{
	double x, y;
	struct decimal exact_a, exact_b;
	struct arena arena;

	if (number_parse(&x, a) != NUMBER_FINITE || number_parse(&y, b) != NUMBER_FINITE || x < y || x > y)
		return false;
	arena_init(&arena);
	bool same = decimal_parse(&exact_a, a, &arena) && decimal_parse(&exact_b, b, &arena) &&
	            decimal_compare(exact_a, exact_b) == 0;
	arena_release(&arena);
	return same;
}

static bool same_scalar(const struct value *a, const struct value *b)
{
	enum scalar_class class = value_class(a);

	if (class != value_class(b))
		return false;
	return text_equal(a->text, b->text) || (class == SCALAR_NUMBER && same_number(a->text, b->text));
}

static int order_members(const void *left, const void *right)
{
	const struct member *a = *(struct member *const *)left, *b = *(struct member *const *)right;
	int order = text_compare(a->name, b->name);

	return order ? order : (a > b) - (a < b);
}

struct member **value_sorted_members(const struct value *map, struct arena *arena)
{
	struct member **sorted = arena_array(arena, map->count, sizeof(struct member *));

	for (size_t i = 0; i < map->count; i++)
		sorted[i] = &map->members[i];
	qsort(sorted, map->count, sizeof(struct member *), order_members);
	return sorted;
}

static bool same_map(const struct value *a, const struct value *b)
{
	struct arena arena;
	bool same = true;

	arena_init(&arena);
	struct member **left = value_sorted_members(a, &arena), **right = value_sorted_members(b, &arena);
	for (size_t i = 0; same && i < a->count; i++)
		same = text_equal(left[i]->name, right[i]->name) && value_same(left[i]->value, right[i]->value);
	arena_release(&arena);
	return same;
}

/* Recursion ends because no tree is deeper than limits->depth. */
bool value_same(const struct value *a, const struct value *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_NULL)
		return true;
	if (a->kind == VALUE_SCALAR)
		return same_scalar(a, b);
	if (a->count != b->count)
		return false;
	if (a->kind == VALUE_MAP)
		return same_map(a, b);
	for (size_t i = 0; i < a->count; i++)
		if (!value_same(a->items[i], b->items[i]))
			return false;
	return true;
}

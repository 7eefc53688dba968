#include <stdlib.h>
#include <string.h>

#include "inside.h"

struct text trail_text(const struct trail *trail, struct arena *arena)
{
	size_t len = 0;

	if (!trail)
		return TEXT("");
	for (const struct trail *step = trail; step; step = step->up)
		len += step->name.len + 1;
	char *out = arena_alloc(arena, len);
	size_t at = len - 1;
	for (const struct trail *step = trail; step; step = step->up) {
		at -= step->name.len;
		if (step->name.len)
			memcpy(out + at, step->name.at, step->name.len);
		if (step->up)
			out[--at] = '.';
	}
	return (struct text){out, len - 1};
}

bool field_within(struct text field, struct text prefix)
{
	if (!text_equal(text_cut(field, 0, prefix.len), prefix))
		return false;
	return field.len == prefix.len || field.at[prefix.len] == '.' || !prefix.len;
}

void name_set_add(struct name_set *names, struct text name, struct arena *arena)
{
	names->items = arena_grow(arena, names->items, names->count, sizeof *names->items);
	names->items[names->count] = (struct name_set_item){name, names->count};
	names->count++;
	names->sorted = false;
}

static int order_names(const void *left, const void *right)
{
	const struct name_set_item *a = left, *b = right;
	int order = text_compare(a->name, b->name);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

void name_set_sort(struct name_set *names)
{
	if (!names->sorted && names->count)
		qsort(names->items, names->count, sizeof *names->items, order_names);
	names->sorted = true;
}

/* The first position of a name that is not below wanted. */
static size_t lower_bound(struct name_set *names, struct text wanted)
{
	size_t low = 0, high = names->count;

	if (!names->sorted)
		name_set_sort(names);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(names->items[middle].name, wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

long name_set_find(struct name_set *names, struct text name)
{
	size_t at = lower_bound(names, name);

	return at < names->count && text_equal(names->items[at].name, name) ? (long)names->items[at].at : NO_NAME;
}

bool name_set_within(struct name_set *names, struct text prefix)
{
	size_t at = lower_bound(names, prefix);

	/* Names such as "a-b" sort between "a" and "a.b". */
	while (at < names->count && text_equal(text_cut(names->items[at].name, 0, prefix.len), prefix)) {
		if (field_within(names->items[at].name, prefix))
			return true;
		if ((unsigned char)names->items[at].name.at[prefix.len] > '.')
			return false;
		at++;
	}
	return false;
}

long name_set_covering(struct name_set *names, struct text name)
{
	for (size_t len = name.len; len > 0; len--)
		if (len == name.len || name.at[len] == '.') {
			long at = name_set_find(names, text_cut(name, 0, len));
			if (at != NO_NAME)
				return at;
		}
	return NO_NAME;
}

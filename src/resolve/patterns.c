#include <stdlib.h>

#include "inside.h"

/* Patterns sorted name by name, so that those which share their first names stand together; a field then narrows down runs of them, one name
 * at a time, whatever their number. */

static int order_names(struct text a, struct text b)
{
	size_t i = 0;

	while (i < a.len && i < b.len && a.at[i] == b.at[i])
		i++;
	if (i == a.len || i == b.len)
		return (i < a.len) - (i < b.len);
	/* The dot ends a name: it sorts before whatever a longer name has there. */
	if (a.at[i] == '.' || b.at[i] == '.')
		return a.at[i] == '.' ? -1 : 1;
	return (unsigned char)a.at[i] < (unsigned char)b.at[i] ? -1 : 1;
}

static int order_patterns(const void *left, const void *right)
{
	const struct value *a = *(const struct value *const *)left, *b = *(const struct value *const *)right;
	int order = order_names(a->text, b->text);

	return order ? order : (a > b) - (a < b);
}

void patterns_make(struct patterns *patterns, const struct value *list, struct arena *arena)
{
	*patterns = (struct patterns){0};
	if (!list || list->kind != VALUE_LIST)
		return;
	patterns->items = arena_array(arena, list->count, sizeof *patterns->items);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind == VALUE_SCALAR && list->items[i]->text.len)
			patterns->items[patterns->count++] = list->items[i];
	if (patterns->count)
		qsort(patterns->items, patterns->count, sizeof *patterns->items, order_patterns);
	patterns->now = arena_array(arena, patterns->count + 1, sizeof *patterns->now);
	patterns->next = arena_array(arena, patterns->count + 1, sizeof *patterns->next);
}

static struct text name_at(const struct value *pattern, size_t skip)
{
	struct text rest = text_cut(pattern->text, skip, pattern->text.len);

	return text_cut(rest, 0, text_find(rest, '.'));
}

/* The first pattern of a run whose name at skip is not below wanted, or is above it. */
static size_t bound(const struct patterns *patterns, struct pattern_run run, struct text wanted, bool above)
{
	while (run.from < run.to) {
		size_t middle = run.from + (run.to - run.from) / 2;
		int order = text_compare(name_at(patterns->items[middle], run.skip), wanted);
		if (order < 0 || (above && order == 0))
			run.from = middle + 1;
		else
			run.to = middle;
	}
	return run.from;
}

/* The patterns of a run that go on with this name become a run of their own; true when the first of them ends there. */
static bool narrow(struct patterns *patterns, size_t *count, struct pattern_run run, struct text name)
{
	struct pattern_run inner = {bound(patterns, run, name, false), bound(patterns, run, name, true), run.skip + name.len + 1};

	if (inner.from == inner.to)
		return false;
	patterns->next[(*count)++] = inner;
	return patterns->items[inner.from]->text.len < inner.skip;
}

const struct value *patterns_find(struct patterns *patterns, struct text field)
{
	size_t count = patterns->count > 0;

	if (count)
		patterns->now[0] = (struct pattern_run){0, patterns->count, 0};
	while (count && field.len) {
		struct text name = text_cut(field, 0, text_find(field, '.'));
		size_t more = 0;
		for (size_t i = 0; i < count; i++)
			if (narrow(patterns, &more, patterns->now[i], name) ||
			    (!text_is(name, "*") && narrow(patterns, &more, patterns->now[i], TEXT("*"))))
				return patterns->items[patterns->next[more - 1].from];
		struct pattern_run *swap = patterns->now;
		patterns->now = patterns->next;
		patterns->next = swap;
		count = more;
		field = text_cut(field, name.len + 1, field.len);
	}
	return NULL;
}

#include <stdlib.h>

#include "change_parts.h"

/* A file in both states; lines are compared when first asked for. */
struct pair {
	const struct input *now, *base; /* base NULL: new */
	bool compared;
	bool *changed;
	size_t lines;
};

struct anchor {
	struct diags *diags;
	struct pair *pairs; /* by path */
	size_t pair_count;
	/* indices of findings that moved */
	size_t *moved;
	struct text *from; /* the file where each stood */
	size_t moved_count;
};

static const struct input *find_input(const struct catalog *catalog, struct text path)
{
	size_t low = 0, high = catalog->input_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(catalog->inputs[middle]->path, path);
		if (order == 0)
			return catalog->inputs[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void make_pairs(struct anchor *anchor, const struct catalog *base, const struct catalog *now)
{
	anchor->pairs = arena_array(anchor->diags->arena, now->input_count, sizeof *anchor->pairs);
	for (size_t i = 0; i < now->input_count; i++)
		anchor->pairs[anchor->pair_count++] =
		    (struct pair){.now = now->inputs[i], .base = find_input(base, now->inputs[i]->path)};
}

static struct pair *find_pair(struct anchor *anchor, const struct input *file)
{
	size_t low = 0, high = anchor->pair_count;

	while (file && low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(anchor->pairs[middle].now->path, file->path);
		if (order == 0)
			return &anchor->pairs[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Files that are not manifests have no pair: nothing is known of them. */
static enum { KNOWN_NOT, SAME, CHANGED } look(struct anchor *anchor, struct place place)
{
	struct pair *pair = find_pair(anchor, place.file);

	if (!pair)
		return KNOWN_NOT;
	if (!pair->base)
		return CHANGED;
	if (same_input(pair->base, pair->now))
		return SAME;
	if (!place.line)
		return CHANGED;
	if (!pair->compared) {
		pair->changed = lines_changed(&pair->lines, pair->base->bytes, pair->now->bytes, anchor->diags->arena);
		pair->compared = true;
	}
	return place.line <= pair->lines && pair->changed[place.line - 1] ? CHANGED : SAME;
}

static void move(struct anchor *anchor, size_t at)
{
	struct diag *diag = &anchor->diags->items[at];
	struct arena *arena = anchor->diags->arena;

	if (diag->suppressed || look(anchor, diag->place) != SAME)
		return;
	for (size_t i = 0; i < diag->related_count; i++) {
		if (look(anchor, diag->related[i].place) != CHANGED)
			continue;
		struct diag_related *related = arena_array(arena, diag->related_count, sizeof *related);
		for (size_t j = 0; j < diag->related_count; j++)
			related[j] = diag->related[j];
		struct place here = related[i].place;
		related[i] = related[0];
		related[0] = (struct diag_related){diag->place, TEXT("found here")};
		anchor->moved[anchor->moved_count] = at;
		anchor->from[anchor->moved_count++] = diag->place.file->path;
		diag->place = here;
		diag->related = related;
		return;
	}
}

static int order_places(const struct diag *a, const struct diag *b)
{
	int order = text_compare(a->place.file->path, b->place.file->path);

	if (!order)
		order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
	if (!order)
		order = (a->place.column > b->place.column) - (a->place.column < b->place.column);
	return order ? order : (int)a->code - (int)b->code;
}

/* A finding that moved, while they are put together. */
struct moved {
	struct diag diag;
	struct text from;
};

static int order_moved(const void *left, const void *right)
{
	const struct moved *a = left, *b = right;
	int order = order_places(&a->diag, &b->diag);

	if (!order)
		order = text_compare(a->from, b->from);
	if (!order)
		order = (a->diag.related[0].place.line > b->diag.related[0].place.line) -
		        (a->diag.related[0].place.line < b->diag.related[0].place.line);
	return order ? order : text_compare(a->diag.message, b->diag.message);
}

/* What one line causes with one code: the first says how many there are, and where. */
static void add_group(struct diags *diags, const struct moved *group, size_t count)
{
	struct diag *diag = diag_add(diags, group->diag.code, group->diag.place, "%s", "");

	*diag = group->diag;
	if (count == 1) {
		diag->message = text_format(diags->arena, "%.*s, in '%.*s'", TEXT_ARGS(diag->message), TEXT_ARGS(group->from));
		return;
	}
	diag->message = text_format(diags->arena, "%.*s, in '%.*s'; and %zu more such finding%s", TEXT_ARGS(diag->message),
	                            TEXT_ARGS(group->from), count - 1, count == 2 ? "" : "s");
	diag->related_count = 0;
	diag->related = NULL;
	for (size_t i = 0; i < count && i < DIAGS_PER_FILE; i++)
		diag_relate(diags, group[i].diag.related[0].place, "%.*s", TEXT_ARGS(group[i].diag.message));
}

static void put_together(struct anchor *anchor)
{
	struct diags *diags = anchor->diags;
	struct moved *moved = arena_array(diags->arena, anchor->moved_count, sizeof *moved);
	size_t kept = 0, next = 0;

	for (size_t i = 0; i < diags->count; i++) {
		if (next < anchor->moved_count && anchor->moved[next] == i) {
			moved[next] = (struct moved){diags->items[i], anchor->from[next]};
			next++;
		} else {
			diags->items[kept++] = diags->items[i];
		}
	}
	diags->count = kept;
	qsort(moved, anchor->moved_count, sizeof *moved, order_moved);
	for (size_t start = 0, end; start < anchor->moved_count; start = end) {
		for (end = start + 1; end < anchor->moved_count && order_places(&moved[start].diag, &moved[end].diag) == 0;)
			end++;
		add_group(diags, &moved[start], end - start);
	}
}

void change_anchor(struct diags *diags, const struct catalog *base, const struct catalog *now)
{
	struct anchor anchor = {.diags = diags};

	anchor.moved = arena_array(diags->arena, diags->count, sizeof *anchor.moved);
	anchor.from = arena_array(diags->arena, diags->count, sizeof *anchor.from);
	make_pairs(&anchor, base, now);
	for (size_t i = 0; i < diags->count; i++)
		move(&anchor, i);
	if (anchor.moved_count)
		put_together(&anchor);
}

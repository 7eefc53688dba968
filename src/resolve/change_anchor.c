#include <stdlib.h>

#include "change_parts.h"

struct anchor {
	struct diags *diags;
	struct causes *causes;
	/* indices of findings that moved */
	size_t *moved;
	struct text *from; /* the file where each stood */
	size_t moved_count;
};

static void move(struct anchor *anchor, size_t at)
{
	struct diag *diag = &anchor->diags->items[at];
	size_t which;

	if (diag->suppressed)
		return;
	struct place cause = causes_find(&which, anchor->causes, diag);
	if (!cause.file)
		return;
	struct diag_related *related = arena_array(anchor->diags->arena, diag->related_count + 1, sizeof *related);
	size_t count = 0;
	related[count++] = (struct diag_related){diag->place, TEXT("found here")};
	for (size_t i = 0; i < diag->related_count; i++)
		if (i != which)
			related[count++] = diag->related[i];
	anchor->moved[anchor->moved_count] = at;
	anchor->from[anchor->moved_count++] = diag->place.file->path;
	diag->place = cause;
	diag->related = related;
	diag->related_count = count;
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

void change_anchor(struct diags *diags, const struct catalog *base, const struct diags *before, const struct catalog *now)
{
	struct anchor anchor = {.diags = diags};
	struct file_pairs pairs;

	anchor.moved = arena_array(diags->arena, diags->count, sizeof *anchor.moved);
	anchor.from = arena_array(diags->arena, diags->count, sizeof *anchor.from);
	file_pairs_make(&pairs, base, now, diags->arena);
	anchor.causes = causes_make(&pairs, base, before, now);
	for (size_t i = 0; i < diags->count; i++)
		move(&anchor, i);
	if (anchor.moved_count)
		put_together(&anchor);
}

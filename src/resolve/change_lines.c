#include <string.h>

#include "change_parts.h"

/* Lines that must be added or removed; files that differ by more are different files. */
enum { EDITS_MAX = 500 };

struct lines {
	struct text *items;
	size_t count;
};

static struct lines split(struct text text, struct arena *arena)
{
	struct lines lines = {NULL, 0};

	while (text.len) {
		size_t end = text_find(text, '\n');
		lines.items = arena_grow(arena, lines.items, lines.count, sizeof *lines.items);
		lines.items[lines.count++] = text_cut(text, 0, end);
		text = text_cut(text, end + 1, text.len);
	}
	return lines;
}

/* The furthest place in a on each diagonal after so many edits: E. Myers, An O(ND) Difference Algorithm, 1986. */
struct reach {
	long *at; /* diagonals -edits..edits, the middle first */
};

static long *diagonal(const struct reach *reach, long edits, long k)
{
	return &reach->at[k + edits];
}

/* The step that leads furthest to diagonal k: down (an added line) or right (a removed one). */
static bool goes_down(const struct reach *before, long edits, long k)
{
	if (k == -edits)
		return true;
	return k != edits && *diagonal(before, edits - 1, k - 1) < *diagonal(before, edits - 1, k + 1);
}

static long follow(const struct lines *a, const struct lines *b, long x, long k)
{
	while (x < (long)a->count && x - k < (long)b->count && text_equal(a->items[x], b->items[x - k]))
		x++;
	return x;
}

/* Number of edits from a to b with what each number of them reaches, or -1 beyond EDITS_MAX. */
static long find_edits(struct reach *reaches, const struct lines *a, const struct lines *b, struct arena *arena)
{
	for (long edits = 0; edits <= EDITS_MAX; edits++) {
		reaches[edits].at = arena_array(arena, (size_t)(2 * edits + 1), sizeof(long));
		for (long k = -edits; k <= edits; k += 2) {
			long x = 0;
			if (edits)
				x = goes_down(&reaches[edits - 1], edits, k) ? *diagonal(&reaches[edits - 1], edits - 1, k + 1)
				                                             : *diagonal(&reaches[edits - 1], edits - 1, k - 1) + 1;
			/* Off the edge: a diagonal that no further step can use. */
			if (x > (long)a->count || x - k > (long)b->count) {
				*diagonal(&reaches[edits], edits, k) = x;
				continue;
			}
			x = follow(a, b, x, k);
			*diagonal(&reaches[edits], edits, k) = x;
			if (x >= (long)a->count && x - k >= (long)b->count)
				return edits;
		}
	}
	return -1;
}

static void mark(struct line_changes *out, size_t first, const struct reach *reaches, long edits, long x, long y)
{
	for (; edits > 0; edits--) {
		long k = x - y;
		bool down = goes_down(&reaches[edits - 1], edits, k);
		k += down ? 1 : -1;
		x = *diagonal(&reaches[edits - 1], edits - 1, k);
		y = x - k;
		if (down)
			out->added[first + (size_t)y] = true;
		else
			out->removed[first + (size_t)y] = true;
	}
}

struct line_changes lines_compare(struct text before, struct text now, struct arena *arena)
{
	struct arena scratch;
	size_t first = 0;

	arena_init(&scratch);
	struct lines a = split(before, &scratch), b = split(now, &scratch);
	struct line_changes out = {.count = b.count};
	out.added = arena_array(arena, b.count + 1, sizeof *out.added);
	out.removed = arena_array(arena, b.count + 1, sizeof *out.removed);
	for (; a.count && b.count && text_equal(a.items[0], b.items[0]); first++) {
		a = (struct lines){a.items + 1, a.count - 1};
		b = (struct lines){b.items + 1, b.count - 1};
	}
	while (a.count && b.count && text_equal(a.items[a.count - 1], b.items[b.count - 1])) {
		a.count--;
		b.count--;
	}
	struct reach *reaches = arena_array(&scratch, EDITS_MAX + 1, sizeof *reaches);
	long edits = find_edits(reaches, &a, &b, &scratch);
	if (edits < 0)
		memset(out.added + first, true, b.count * sizeof *out.added);
	else
		mark(&out, first, reaches, edits, (long)a.count, (long)b.count);
	arena_release(&scratch);
	return out;
}

struct place lines_show(const struct difference *difference, const struct input *before, const struct input *now, struct arena *arena)
{
	if (difference->told.len && !difference->removed)
		return difference->place;
	struct line_changes lines = lines_compare(before->bytes, now->bytes, arena);
	size_t from = difference->removed ? difference->place.line : 1;
	const bool *wanted = difference->removed ? lines.removed : lines.added;
	for (size_t i = from ? from - 1 : 0; i < lines.count; i++)
		if (wanted[i])
			return (struct place){.file = now, .line = (unsigned)i + 1, .column = 1, .width = 1};
	return difference->removed ? difference->place : (struct place){.file = now};
}

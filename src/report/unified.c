#include "unified.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"

/* Beyond this many pairs of lines in between, all of one side goes and all of the other comes. */
enum { AROUND = 3, PAIRS_MAX = 1000000 };

struct lines {
	struct text *items;
	size_t count;
};

/* One line of the output: ' ', '-' or '+'. */
struct step {
	char kind;
	struct text line;
};

struct steps {
	struct step *items;
	size_t count;
};

static struct lines split(struct text text, struct arena *arena)
{
	struct lines lines = {NULL, 0};

	while (text.len) {
		size_t end = text_find(text, '\n');
		size_t len = end < text.len ? end + 1 : end;
		lines.items = arena_grow(arena, lines.items, lines.count, sizeof *lines.items);
		lines.items[lines.count++] = text_cut(text, 0, len);
		text = text_cut(text, len, text.len);
	}
	return lines;
}

static void add_step(struct steps *steps, char kind, struct text line, struct arena *arena)
{
	steps->items = arena_grow(arena, steps->items, steps->count, sizeof *steps->items);
	steps->items[steps->count++] = (struct step){kind, line};
}

/* The longest common subsequence of what the two do not share at their ends. */
static void compare_middle(struct steps *steps, const struct text *a, size_t m, const struct text *b, size_t n, struct arena *arena)
{
	bool small = m == 0 || n <= PAIRS_MAX / m;
	size_t width = n + 1, i = 0, j = 0;
	uint32_t *longest = arena_array(arena, small ? (m + 1) * width : 1, sizeof *longest);

	for (size_t x = small ? m : 0; x-- > 0;)
		for (size_t y = n; y-- > 0;) {
			uint32_t down = longest[(x + 1) * width + y], right = longest[x * width + y + 1];
			longest[x * width + y] = text_equal(a[x], b[y]) ? longest[(x + 1) * width + y + 1] + 1 : down > right ? down : right;
		}
	while (small && i < m && j < n) {
		if (text_equal(a[i], b[j])) {
			add_step(steps, ' ', a[i++], arena);
			j++;
		} else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
			add_step(steps, '-', a[i++], arena);
		} else {
			add_step(steps, '+', b[j++], arena);
		}
	}
	while (i < m)
		add_step(steps, '-', a[i++], arena);
	while (j < n)
		add_step(steps, '+', b[j++], arena);
}

static struct steps compare(struct lines a, struct lines b, struct arena *arena)
{
	struct steps steps = {NULL, 0};
	size_t head = 0, tail = 0;

	while (head < a.count && head < b.count && text_equal(a.items[head], b.items[head]))
		add_step(&steps, ' ', a.items[head++], arena);
	while (tail < a.count - head && tail < b.count - head && text_equal(a.items[a.count - 1 - tail], b.items[b.count - 1 - tail]))
		tail++;
	compare_middle(&steps, a.items + head, a.count - head - tail, b.items + head, b.count - head - tail, arena);
	for (size_t i = a.count - tail; i < a.count; i++)
		add_step(&steps, ' ', a.items[i], arena);
	return steps;
}

static void add_line(struct buffer *out, const struct step *step, bool color)
{
	bool whole = text_ends(step->line, "\n");
	struct text shown = text_cut(step->line, 0, step->line.len - whole);

	/* Files with CR LF are shown as others are. */
	if (whole && text_ends(shown, "\r"))
		shown.len--;
	buffer_string(out, !color || step->kind == ' ' ? "" : step->kind == '-' ? "\x1b[31m" : "\x1b[32m");
	buffer_char(out, step->kind);
	buffer_safe(out, shown);
	buffer_string(out, color && step->kind != ' ' ? "\x1b[0m\n" : "\n");
	if (!whole)
		buffer_string(out, "\\ No newline at end of file\n");
}

/* Where the hunk that begins at from ends: no change within twice the lines around, but those at its end. */
static size_t hunk_end(const struct steps *steps, size_t from)
{
	size_t last = from;

	for (size_t i = from; i < steps->count && i <= last + 2 * AROUND + 1; i++)
		if (steps->items[i].kind != ' ')
			last = i;
	return last + 1 + AROUND < steps->count ? last + 1 + AROUND : steps->count;
}

static void add_range(struct buffer *out, char sign, size_t before, size_t count)
{
	buffer_format(out, " %c%zu", sign, count ? before + 1 : before);
	if (count != 1)
		buffer_format(out, ",%zu", count);
}

static void add_hunk(struct buffer *out, const struct steps *steps, size_t from, size_t to, bool color)
{
	size_t old_before = 0, new_before = 0, old_count = 0, new_count = 0;

	for (size_t i = 0; i < to; i++) {
		bool is_old = steps->items[i].kind != '+', is_added = steps->items[i].kind != '-';
		*(i < from ? &old_before : &old_count) += is_old;
		*(i < from ? &new_before : &new_count) += is_added;
	}
	buffer_string(out, color ? "\x1b[36m@@" : "@@");
	add_range(out, '-', old_before, old_count);
	add_range(out, '+', new_before, new_count);
	buffer_string(out, color ? " @@\x1b[0m\n" : " @@\n");
	for (size_t i = from; i < to; i++)
		add_line(out, &steps->items[i], color);
}

void unified_diff(struct buffer *out, struct text path, struct text before, struct text after, bool is_new, bool color)
{
	struct arena arena;

	if (!is_new && text_equal(before, after))
		return;
	arena_init(&arena);
	struct steps steps = compare(split(before, &arena), split(after, &arena), &arena);
	buffer_string(out, is_new ? "--- /dev/null" : "--- a/");
	if (!is_new)
		buffer_safe(out, path);
	buffer_string(out, "\n+++ b/");
	buffer_safe(out, path);
	buffer_char(out, '\n');
	for (size_t i = 0; i < steps.count;) {
		if (steps.items[i].kind == ' ') {
			i++;
			continue;
		}
		size_t end = hunk_end(&steps, i);
		add_hunk(out, &steps, i > AROUND ? i - AROUND : 0, end, color);
		i = end;
	}
	arena_release(&arena);
}

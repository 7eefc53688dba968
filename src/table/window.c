#include "window.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

enum { BLOCK = 64 * 1024 };

void window_init(struct window *window, struct stream *stream, size_t max)
{
	*window = (struct window){.stream = stream, .max = max, .record_line = 1, .line = 1};
}

void window_release(struct window *window)
{
	if (window->stream)
		free(window->data);
	*window = (struct window){0};
}

static int fill(struct window *window, struct failure *failure)
{
	size_t got = 0;

	if (!window->stream) {
		window->at_end = true;
		return 0;
	}
	if (window->record) {
		window->base += window->record;
		memmove(window->data, window->data + window->record, window->used - window->record);
		window->used -= window->record;
		window->next -= window->record;
		window->record = 0;
	}
	if (window->room - window->used < BLOCK) {
		window->room = window->room * 2 + 2 * BLOCK;
		window->data = memory_resize(window->data, window->room);
	}
	if (stream_read(&got, window->stream, window->data + window->used, BLOCK, failure))
		return -1;
	window->used += got;
	window->at_end = got == 0;
	return 0;
}

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

int window_line(struct line *line, struct window *window, struct failure *failure)
{
	size_t len = 0;

	for (;;) {
		size_t left = window->used - window->next;
		const char *bytes = window->data + window->next;
		while (len < left && !is_break(bytes[len]))
			len++;
		bool broken = len < left;
		/* A CR at the end of what was read may be half a CRLF. */
		bool whole = broken && (bytes[len] == '\n' || len + 1 < left);
		bool too_long = window->next - window->record + len > window->max;
		if (whole || too_long || window->at_end) {
			size_t ending = !broken ? 0 : len + 1 < left && bytes[len] == '\r' && bytes[len + 1] == '\n' ? 2 : 1;
			*line = (struct line){window->next, len, len + ending, too_long};
			return 0;
		}
		if (fill(window, failure))
			return -1;
	}
}

void window_pass(struct window *window, const struct line *line)
{
	window->next += line->total;
	window->line++;
}

void window_drop(struct window *window)
{
	window->record = window->next;
	window->record_line = window->line;
}

static size_t line_after(const struct window *window, size_t at)
{
	while (at < window->used && !is_break(window->data[at]))
		at++;
	if (at < window->used && window->data[at] == '\r' && at + 1 < window->used && window->data[at + 1] == '\n')
		at++;
	return at < window->used ? at + 1 : at;
}

void window_retry(struct window *window)
{
	window->next = line_after(window, window->record);
	window->line = window->record_line + 1;
	window_drop(window);
}

void window_spot(size_t *line, size_t *column, const struct window *window, size_t offset)
{
	size_t start = window->record;

	*line = window->record_line;
	for (size_t after = line_after(window, start); after <= offset && after > start; after = line_after(window, start)) {
		start = after;
		++*line;
		if (after >= window->used)
			break;
	}
	struct text before = {window->data + start, offset - start};
	*column = 1;
	for (size_t at = 0; at < before.len; ++*column)
		utf8_next(before, &at);
}

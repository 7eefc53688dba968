#include "buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "number.h"

void buffer_init(struct buffer *buffer)
{
	*buffer = (struct buffer){0};
}

void buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
	buffer->len = 0;
	if (buffer->data)
		buffer->data[0] = '\0';
}

enum { FORMAT_ROOM = 120 };

static void reserve(struct buffer *buffer, size_t more)
{
	if (buffer->room > buffer->len && buffer->room - buffer->len > more)
		return;
	size_t room = buffer->room ? buffer->room : 256;
	while (room - buffer->len <= more && room < SIZE_MAX / 2)
		room *= 2;
	buffer->data = memory_resize(buffer->data, room);
	buffer->room = room;
}

void buffer_add(struct buffer *buffer, struct text text)
{
	reserve(buffer, text.len);
	if (text.len)
		memcpy(buffer->data + buffer->len, text.at, text.len);
	buffer->len += text.len;
	buffer->data[buffer->len] = '\0';
}

void buffer_string(struct buffer *buffer, const char *string)
{
	buffer_add(buffer, text_of(string));
}

void buffer_char(struct buffer *buffer, char c)
{
	reserve(buffer, 1);
	buffer->data[buffer->len++] = c;
	buffer->data[buffer->len] = '\0';
}

void buffer_repeat(struct buffer *buffer, char c, size_t count)
{
	reserve(buffer, count);
	memset(buffer->data + buffer->len, c, count);
	buffer->len += count;
	buffer->data[buffer->len] = '\0';
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	size_t room;
	int len;

	/* Mostly there is room at once. */
	reserve(buffer, FORMAT_ROOM);
	for (;;) {
		room = buffer->room - buffer->len;
		va_start(arguments, format);
		len = vsnprintf(buffer->data + buffer->len, room, format, arguments);
		va_end(arguments);
		if (len < 0 || (size_t)len < room)
			break;
		reserve(buffer, (size_t)len);
	}
	if (len < 0)
		buffer->data[buffer->len] = '\0';
	else
		buffer->len += (size_t)len;
}

void buffer_number(struct buffer *buffer, double value)
{
	char out[32];

	buffer_add(buffer, (struct text){out, number_print(out, value)});
}

static bool is_unsafe(unsigned point)
{
	return (point < 0x20 && point != '\t') || (point >= 0x7f && point <= 0x9f) || point == 0x061c ||
	       (point >= 0x200e && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0xfeff || (point >= 0xe0000 && point <= 0xe0fff);
}

void buffer_safe(struct buffer *buffer, struct text text)
{
	size_t i = 0;

	while (i < text.len) {
		size_t start = i;
		unsigned point = utf8_next(text, &i);
		bool bad = point == 0xfffd && i - start == 1;
		if (bad)
			buffer_format(buffer, "\\x%02x", (unsigned)(unsigned char)text.at[start]);
		else if (is_unsafe(point))
			buffer_format(buffer, point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
		else if ((point == ':' || point == '#') && buffer->len && buffer->data[buffer->len - 1] == text.at[start])
			buffer_format(buffer, "\\%c", text.at[start]);
		else
			buffer_add(buffer, text_cut(text, start, i));
	}
}

/* How many bytes from a place on stand in JSON as they are, and in what is safe: ASCII without quotes, controls, and what could be doubled. */
static size_t plain_run(struct text text, size_t from)
{
	size_t i = from;

	while (i < text.len && text.at[i] >= 0x20 && text.at[i] < 0x7f && text.at[i] != '"' && text.at[i] != '\\' && text.at[i] != ':' && text.at[i] != '#')
		i++;
	return i - from;
}

static void add_json(struct buffer *buffer, struct text text, bool safe)
{
	size_t i = 0;
	unsigned before = 0;

	buffer_char(buffer, '"');
	while (i < text.len) {
		size_t run = plain_run(text, i);
		if (run) {
			buffer_add(buffer, text_cut(text, i, i + run));
			i += run;
			before = 0;
			continue;
		}
		size_t start = i;
		unsigned point = utf8_next(text, &i);
		bool command = safe && (point == ':' || point == '#') && point == before;
		if (point == '"' || point == '\\')
			buffer_format(buffer, "\\%c", (int)point);
		else if (point == '\n')
			buffer_string(buffer, "\\n");
		else if (point == '\t')
			buffer_string(buffer, "\\t");
		else if (point < 0x20 || point == 0x7f || point == 0x2028 || point == 0x2029 || command || (safe && point < 0x10000 && is_unsafe(point)))
			buffer_format(buffer, "\\u%04x", point);
		else if (safe && is_unsafe(point))
			buffer_format(buffer, "\\u%04x\\u%04x", 0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
		else if (point == 0xfffd)
			buffer_string(buffer, "\xef\xbf\xbd");
		else
			buffer_add(buffer, text_cut(text, start, i));
		before = point;
	}
	buffer_char(buffer, '"');
}

void buffer_json(struct buffer *buffer, struct text text)
{
	add_json(buffer, text, false);
}

void buffer_json_safe(struct buffer *buffer, struct text text)
{
	add_json(buffer, text, true);
}

struct text buffer_text(const struct buffer *buffer)
{
	return (struct text){buffer->data ? buffer->data : "", buffer->len};
}

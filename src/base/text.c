#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"

struct text text_copy(struct arena *arena, struct text text)
{
	return (struct text){arena_copy(arena, text.at, text.len), text.len};
}

struct text text_format_list(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;

	va_copy(again, arguments);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return TEXT("");
	char *out = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(out, (size_t)len + 1, format, arguments);
	return (struct text){out, (size_t)len};
}

struct text text_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct text out = text_format_list(arena, format, arguments);
	va_end(arguments);
	return out;
}

struct text text_trim(struct text text)
{
	while (text.len && (text.at[0] == ' ' || text.at[0] == '\t')) {
		text.at++;
		text.len--;
	}
	while (text.len && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
		text.len--;
	return text;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_is_nocase(struct text text, const char *string)
{
	if (text.len != strlen(string))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (lower(text.at[i]) != lower(string[i]))
			return false;
	return true;
}

int text_compare(struct text a, struct text b)
{
	size_t shared = a.len < b.len ? a.len : b.len;
	int order = shared ? memcmp(a.at, b.at, shared) : 0;

	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

size_t text_find(struct text text, char byte)
{
	const char *found = text.len ? memchr(text.at, byte, text.len) : NULL;

	return found ? (size_t)(found - text.at) : text.len;
}

enum { NEAR_BYTES = 64 };

static unsigned smallest(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Damerau-Levenshtein distance (optimal string alignment) in bytes; both at most NEAR_BYTES long. */
static unsigned distance(struct text a, struct text b)
{
	unsigned rows[3][NEAR_BYTES + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	memset(rows, 0, sizeof rows);
	for (unsigned j = 0; j <= b.len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned differs = a.at[i - 1] != b.at[j - 1];
			row[j] = smallest(smallest(last[j] + 1, row[j - 1] + 1), last[j - 1] + differs);
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
				row[j] = smallest(row[j], before[j - 2] + 1);
		}
		unsigned *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.len];
}

struct text text_nearest(struct text wanted, const struct text *names, size_t count)
{
	struct text best = {NULL, 0};
	unsigned limit = wanted.len / 3 > 3 ? 3 : wanted.len / 3 < 1 ? 1 : (unsigned)(wanted.len / 3);

	if (wanted.len > NEAR_BYTES)
		return best;
	for (size_t i = 0; i < count; i++) {
		if (names[i].len > NEAR_BYTES || text_equal(names[i], wanted))
			continue;
		unsigned d = distance(wanted, names[i]);
		if (d <= limit && !(best.at && d == limit)) {
			best = names[i];
			limit = d;
		}
	}
	return best;
}

/* Length of the well-formed sequence at the start of bytes, 0 when there is none (Unicode 15, table 3-7). */
static size_t utf8_sequence(const unsigned char *b, size_t len)
{
	if (b[0] < 0x80)
		return 1;
	if (b[0] < 0xc2 || b[0] > 0xf4)
		return 0;
	size_t need = b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
	if (len < need)
		return 0;
	unsigned char low = b[0] == 0xe0 ? 0xa0 : b[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char high = b[0] == 0xed ? 0x9f : b[0] == 0xf4 ? 0x8f : 0xbf;
	if (b[1] < low || b[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((b[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

size_t utf8_bad(struct text text)
{
	size_t i = 0;

	while (i < text.len) {
		if ((signed char)text.at[i] > 0) {
			i++;
			continue;
		}
		size_t step = utf8_sequence((const unsigned char *)text.at + i, text.len - i);
		if (!step)
			return i;
		i += step;
	}
	return text.len;
}

size_t utf8_count(struct text text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
	return count;
}

unsigned utf8_next(struct text text, size_t *offset)
{
	const unsigned char *b = (const unsigned char *)text.at + *offset;
	size_t step = utf8_sequence(b, text.len - *offset);

	if (step <= 1) {
		*offset += 1;
		return step ? b[0] : 0xfffd;
	}
	unsigned point = b[0] & (0xffu >> (step + 1));
	for (size_t i = 1; i < step; i++)
		point = point << 6 | (b[i] & 0x3fu);
	*offset += step;
	return point;
}

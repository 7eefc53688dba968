/* Text: a slice of bytes with its length. NUL is never its end; bytes are UTF-8 unless said otherwise.
 *
 * Ownership: a slice owns nothing; the bytes belong to the arena, file or literal it was cut from.
 * Failure: none. */
#ifndef GALLEY_TEXT_H
#define GALLEY_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct arena;

struct text {
	const char *at;
	size_t len;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
/* What every look at a name does is small enough to stand in its caller. */

static inline struct text text_of(const char *string)
{
	return (struct text){string, string ? strlen(string) : 0};
}

/* Bytes from..to of text, both cut to its length. */
static inline struct text text_cut(struct text text, size_t from, size_t to)
{
	if (to > text.len)
		to = text.len;
	if (from > to)
		from = to;
	return (struct text){text.at ? text.at + from : text.at, to - from};
}

static inline bool text_equal(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool text_is(struct text text, const char *string)
{
	return text_equal(text, text_of(string));
}

static inline bool text_starts(struct text text, const char *prefix)
{
	size_t len = strlen(prefix);

	return text.len >= len && (len == 0 || memcmp(text.at, prefix, len) == 0);
}

static inline bool text_ends(struct text text, const char *suffix)
{
	size_t len = strlen(suffix);

	return text.len >= len && (len == 0 || memcmp(text.at + text.len - len, suffix, len) == 0);
}

/* For printf's "%.*s". */
#define TEXT_ARGS(t) (int)(t).len, (t).at

struct text text_copy(struct arena *arena, struct text text);
struct text text_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct text text_format_list(struct arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
/* Without blanks and tabs at both ends. */
struct text text_trim(struct text text);

/* As text_is, ASCII letters of either case alike. */
bool text_is_nocase(struct text text, const char *string);
/* Byte order: below, at or above 0. */
int text_compare(struct text a, struct text b);
/* Offset of the byte in text, or text.len. */
size_t text_find(struct text text, char byte);

/* The name nearest to wanted by Damerau-Levenshtein distance (at most a third of its length, at least 1, at most 3), the first
 * of several; {NULL, 0} when none is near. */
struct text text_nearest(struct text wanted, const struct text *names, size_t count);

/* --- UTF-8 --- */

/* Offset of the first byte that is not well-formed UTF-8 (surrogates and overlong forms are not), or text.len. */
size_t utf8_bad(struct text text);
/* Code points in well-formed text. */
size_t utf8_count(struct text text);
/* Columns of a terminal that well-formed text takes: none for combining marks, two for ideographs and emoji. */
size_t utf8_columns(struct text text);
/* The code point at *offset, which moves past it; a bad byte gives U+FFFD and moves by one. */
unsigned utf8_next(struct text text, size_t *offset);

#endif

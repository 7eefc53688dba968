/* Buffer: text that grows at its end.
 *
 * Ownership: whoever calls buffer_init() calls buffer_release().
 * Failure: as in arena.h, running out of memory ends the process. */
#ifndef GALLEY_BUFFER_H
#define GALLEY_BUFFER_H

#include "text.h"

struct buffer {
	char *data; /* NUL-terminated once something was added */
	size_t len;
	size_t room;
};

void buffer_init(struct buffer *buffer);
void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);

void buffer_add(struct buffer *buffer, struct text text);
void buffer_string(struct buffer *buffer, const char *string);
void buffer_char(struct buffer *buffer, char c);
void buffer_repeat(struct buffer *buffer, char c, size_t count);
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The shortest decimal that reads back to the same double, see number_print(). */
void buffer_number(struct buffer *buffer, double value);
/* Text made safe for a terminal and a CI log: C0 but tab, C1, DEL, bidirectional controls, the tag block, line and paragraph
 * separators and bad bytes as \x1b or \u202e. "::" and "##" are broken, also where the first half ends what stands before, so that
 * no input is read as a runner's command ("::error::", "##[error]", "##vso[", "##teamcity["). */
void buffer_safe(struct buffer *buffer, struct text text);
/* Text as a JSON string with its quotes; bad bytes become U+FFFD. */
void buffer_json(struct buffer *buffer, struct text text);
/* The same value in characters that buffer_safe() would let through: the others, and what would make "::" or "##", as \u escapes. */
void buffer_json_safe(struct buffer *buffer, struct text text);

struct text buffer_text(const struct buffer *buffer);

#endif

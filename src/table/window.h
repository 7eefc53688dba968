/* Window: the physical lines of a stream, with the bytes of the record they belong to kept so that it can be looked at again.
 *
 * Ownership: window_release() frees the bytes; the stream is the caller's. Failure: -1 where the stream cannot be read. */
#ifndef GALLEY_WINDOW_H
#define GALLEY_WINDOW_H

#include "failure.h"
#include "data.h"

struct window {
	struct stream *stream;   /* NULL: all there is of it is in data, which is the caller's */
	char *data;
	size_t room, used;
	uint64_t base;       /* of data in the stream */
	size_t record;       /* offset of the first byte that is still needed */
	size_t next;         /* offset of the line that comes next */
	size_t max;          /* bytes from record to the end of a line */
	size_t record_line;  /* line numbers of these two, from 1 */
	size_t line;
	bool at_end;         /* the stream has no more bytes */
};

struct line {
	size_t at, len;      /* in window.data, without its end */
	size_t total;        /* with its end: LF, CRLF or CR; 0 at the end of the file */
	bool too_long;       /* from record on more than max bytes; the rest of the line is not held */
};

void window_init(struct window *window, struct stream *stream, size_t max);
void window_release(struct window *window);

/* The line at next; the window stays where it is. Offsets got before are valid no more. */
int window_line(struct line *line, struct window *window, struct failure *failure);
/* Moves past a line. */
void window_pass(struct window *window, const struct line *line);
/* Everything before next is done with. */
void window_drop(struct window *window);
/* Goes back to the line below the record's first one, which begins the next record. */
void window_retry(struct window *window);

/* Line and column (in code points, from 1) of the byte at offset, which is at or after the record's first. */
void window_spot(size_t *line, size_t *column, const struct window *window, size_t offset);

#endif

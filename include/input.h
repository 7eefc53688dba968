/* Input: one file that was read, and places in it.
 *
 * Ownership: an input and its bytes belong to the arena it was read into, and outlive every value and diag that points at it.
 * Failure: none. */
#ifndef GALLEY_INPUT_H
#define GALLEY_INPUT_H

#include <stdbool.h>

#include "text.h"

struct input {
	struct text path;  /* from the repository's top, '/' between names */
	struct text bytes;
	unsigned first_line; /* of bytes, where they are an excerpt; 0 is as 1 */
	bool past;         /* of a commit that is not the one that is read: path is "COMMIT:path", and no file to lead to */
	char blob[41];     /* what git stores these bytes as, hexadecimal; "" where unknown */
};

/* Where something stands. Lines and columns count from 1, columns in code points; width is at least 1 and stays in the line.
 * line 0: the file as a whole. */
struct place {
	const struct input *file; /* NULL: no file at all, such as a command-line argument */
	unsigned line;
	unsigned column;
	unsigned width;
};

#endif

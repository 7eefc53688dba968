/* Kernel: the loops that touch every byte, for each kind of processor. All give the same answers.
 *
 * A quote opens a field after a separator and closes it before one; two in a row inside a field are one that closes and one that opens,
 * which changes nothing for what is inside. So whether a byte is inside a quoted field is the parity of the quotes before it.
 * Bytes from KERNEL_BEFORE before to KERNEL_AFTER after what is given can be read, and do not matter.
 * Ownership: none. Failure: none. */
#ifndef GALLEY_KERNEL_H
#define GALLEY_KERNEL_H

#include <stdint.h>

#include "batch.h"

enum { KERNEL_BEFORE = 64, KERNEL_AFTER = 64 };

/* --- what is irregular, in the order of bytes --- */

struct survey {
	char delimiter;
	size_t field_most;   /* a field with its quotes that is longer is irregular; at least 64 */
	bool inside;         /* a quoted field is open */
	bool may_open;       /* the byte before is a separator or a closing quote, or there is none */
	bool closed;         /* the byte before is a closing quote */
	size_t record;       /* the record in progress begins here */
	size_t field;        /* and so does its field in progress */
};

/* --- the fields of whole records --- */

struct splits {
	uint32_t *ends;      /* where each field ends: at a delimiter, or the LF or lone CR that ends its row; room for len + 64 */
	size_t count, rows;
	bool high, nul;      /* there are bytes from 0x80 on, or NUL */
};

/* Row r has its fields, in what ends points at, between ends[r * stride + i] + 1 and ends[r * stride + i + 1]. */
struct grid {
	const char *bytes;
	const uint32_t *ends;
	size_t stride, rows;
};

struct kernel {
	/* Goes on from byte `from`. The first place up to `to` where a quote or a long field is irregular, or to; survey->record is then where
	 * that record begins. */
	size_t (*survey)(struct survey *survey, const char *bytes, size_t from, size_t to);
	/* quotes: there may be some; returns: there may be CRs. */
	void (*split)(struct splits *out, const char *bytes, size_t len, char delimiter, bool quotes, bool returns);
	/* Adds column i of the grid to column c of the batch, which has room and is one of numbers. */
	void (*numbers)(struct batch *batch, size_t c, const struct grid *grid, size_t i);
};

/* What fits the processor. */
const struct kernel *kernel_get(enum scan_code code);

extern const struct kernel kernel_portable;
#ifdef __x86_64__
extern const struct kernel kernel_sse2, kernel_avx2;
#endif

/* A field of the grid, without its quotes; one with quotes inside is copied to bytes from the arena. */
struct text grid_field(const struct grid *grid, size_t row, size_t i, struct arena *arena);
/* The same as a number. */
void grid_number(struct batch *batch, size_t c, const struct grid *grid, size_t row, size_t i);

#endif

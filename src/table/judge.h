/* Judge: what libcsv says to one record that looks irregular.
 *
 * Ownership: none. Failure: none. */
#ifndef GALLEY_JUDGE_H
#define GALLEY_JUDGE_H

#include "scan_inner.h"

enum verdict {
	VERDICT_GOOD,
	VERDICT_BAD,  /* reading goes on below its first line */
	VERDICT_MORE, /* these bytes do not tell */
	VERDICT_STOP, /* nothing below it can be read */
};

/* The record at the start of bytes, with all that is there of the file behind it; *len is where the next one begins. */
enum verdict judge_record(size_t *len, const struct scan *scan, struct text bytes, bool at_end);

#endif

/* Refusal: somebody asked for a change that a rule, or the layout of the file, does not allow. The third thing that can come of a command,
 * beside a failure (the tool could not) and findings (files are wrong): nothing was changed, and it is said what to do instead.
 *
 * Ownership: texts live in the arena that was passed. Failure: none. */
#ifndef GALLEY_REFUSAL_H
#define GALLEY_REFUSAL_H

#include "input.h"

struct arena;

struct refusal {
	struct place place;   /* file NULL: nowhere in a file */
	struct text message;  /* lower case, no full stop, the failure first, the subject in single quotes; empty: nothing was refused */
	struct text help;     /* the remedy; empty for none */
	struct place because; /* the other place that the message is about; file NULL: none */
	struct text reason;   /* what stands there */
};

/* Sets the message and returns -1. */
int refusal_set(struct refusal *refusal, struct place place, struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Both return -1 too, so that a refusal is one expression after another. */
int refusal_help(struct refusal *refusal, struct arena *arena, const char *format, ...) __attribute__((format(printf, 3, 4)));
int refusal_because(struct refusal *refusal, struct place place, struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif

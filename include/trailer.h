/* Trailer: a line "Galley-KEY: VALUE" in a commit's message, in which a proposal says what it is.
 *
 * Ownership: slices of the message. Failure: none; messages are anybody's, so that what is read is a claim. */
#ifndef GALLEY_TRAILER_H
#define GALLEY_TRAILER_H

#include "text.h"

/* The value of the at-th line of that key ("Cause"); empty where there is none. */
struct text trailer_get(struct text message, const char *key, size_t at);

#endif

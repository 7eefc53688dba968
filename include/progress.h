/* Progress: how far long work has come, told to whoever wants to show it.
 *
 * Ownership: the listener's. Failure: none; nothing that is computed depends on it. Threads: tell() may be called from any of them. */
#ifndef GALLEY_PROGRESS_H
#define GALLEY_PROGRESS_H

#include <stdint.h>

#include "text.h"

enum progress_kind {
	PROGRESS_MODELS, /* name: the model that comes next; done: how many before it */
	PROGRESS_BYTES,  /* name: a file; all is 0 where its size is not known */
};

struct progress {
	void (*tell)(void *context, enum progress_kind kind, struct text name, uint64_t done, uint64_t all);
	void *context;
};

/* progress NULL: nobody listens. */
void progress_tell(const struct progress *progress, enum progress_kind kind, struct text name, uint64_t done, uint64_t all);

#endif

/* Work: the same job for many items on several threads, with results in the items' order.
 *
 * Ownership: the caller's. Each item must write only to its own slot. Failure: jobs report through their slot; when no thread
 * can be started the calling thread does everything. */
#ifndef GALLEY_WORK_H
#define GALLEY_WORK_H

#include <stddef.h>

/* No call uses more. */
enum { WORK_THREADS_MAX = 64 };

/* Calls job(context, i, worker) once for every i below count; at most jobs threads, worker below jobs names the thread. */
void work_each(size_t count, unsigned jobs, void (*job)(void *context, size_t i, unsigned worker), void *context);

#endif

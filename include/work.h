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

/* Turns: some part of each of many pieces of work is done in their order, by whatever thread has the piece. Threads must take pieces in
 * order, and each number from 0 on must be waited for and passed exactly once. */
struct work_turns;
struct work_turns *work_turns_open(void);
void work_turns_close(struct work_turns *turns);
void work_turns_wait(struct work_turns *turns, size_t number);
void work_turns_pass(struct work_turns *turns);

#endif

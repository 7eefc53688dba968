#include "work.h"

#include <pthread.h>
#include <stdatomic.h>

struct shared {
	size_t count;
	atomic_size_t next;
	void (*job)(void *context, size_t i, unsigned worker);
	void *context;
};

struct worker {
	struct shared *shared;
	unsigned number;
};

static void *run(void *argument)
{
	const struct worker *worker = argument;
	struct shared *shared = worker->shared;

	for (;;) {
		size_t i = atomic_fetch_add(&shared->next, 1);
		if (i >= shared->count)
			return NULL;
		shared->job(shared->context, i, worker->number);
	}
}

void work_each(size_t count, unsigned jobs, void (*job)(void *context, size_t i, unsigned worker), void *context)
{
	struct shared shared = {.count = count, .job = job, .context = context};
	struct worker workers[WORK_THREADS_MAX];
	pthread_t threads[WORK_THREADS_MAX];
	unsigned started = 0;

	if (jobs > WORK_THREADS_MAX)
		jobs = WORK_THREADS_MAX;
	if (jobs > count)
		jobs = (unsigned)count;
	for (unsigned i = 1; i < jobs; i++) {
		workers[i] = (struct worker){&shared, i};
		if (pthread_create(&threads[started], NULL, run, &workers[i]) != 0)
			break;
		started++;
	}
	workers[0] = (struct worker){&shared, 0};
	run(&workers[0]);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

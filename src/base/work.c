#include "work.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "arena.h"

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

struct work_turns {
	pthread_mutex_t lock;
	pthread_cond_t passed;
	size_t number;
};

struct work_turns *work_turns_open(void)
{
	struct work_turns *turns = memory_get(sizeof *turns);

	/* Neither fails on Linux, where both are plain memory. */
	turns->number = 0;
	if (pthread_mutex_init(&turns->lock, NULL) != 0 || pthread_cond_init(&turns->passed, NULL) != 0)
		memory_exhausted();
	return turns;
}

void work_turns_close(struct work_turns *turns)
{
	pthread_cond_destroy(&turns->passed);
	pthread_mutex_destroy(&turns->lock);
	free(turns);
}

void work_turns_wait(struct work_turns *turns, size_t number)
{
	pthread_mutex_lock(&turns->lock);
	while (turns->number != number)
		pthread_cond_wait(&turns->passed, &turns->lock);
	pthread_mutex_unlock(&turns->lock);
}

void work_turns_pass(struct work_turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	turns->number++;
	pthread_cond_broadcast(&turns->passed);
	pthread_mutex_unlock(&turns->lock);
}

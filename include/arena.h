/* Arena: memory that lives exactly as long as one piece of work.
 *
 * Ownership: everything allocated from an arena is released by arena_release() and by nothing else.
 * Failure: when memory runs out the process ends with status 3 and one line on stderr; nothing outside
 * memory has changed by then, because publishing is the last step and a single guarded one.
 * Threads: an arena belongs to one thread at a time. */
#ifndef GALLEY_ARENA_H
#define GALLEY_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks;
	struct arena_block *spare; /* see arena_reset() */
	char *next;
	size_t left;
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);
/* Lets go of everything in it, and keeps some of the memory to hand it out again: for the same work on one thing after another. */
void arena_reset(struct arena *arena);
/* Hands everything in from over to into, as if it had been allocated there; from is empty afterwards. */
void arena_join(struct arena *into, struct arena *from);

/* size zeroed bytes, aligned for any type; never NULL, also for size 0. */
void *arena_alloc(struct arena *arena, size_t size);
/* count * size zeroed bytes, the product checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* A copy of len bytes with a NUL after them. */
char *arena_copy(struct arena *arena, const char *bytes, size_t len);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for one more item in a growing array: returns the array, moved when count is 0 or a power of two, so that
 * items[count] may be written. Use: items = arena_grow(a, items, count, sizeof *items); items[count++] = x; */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t size);

/* malloc and realloc that end the process as above; for what must be free()d before its arena goes. */
void *memory_get(size_t size);
void *memory_resize(void *old, size_t size);
/* Once at the start of a process: blocks of a megabyte and more go back to the system when they are freed, so that what is held at most is
 * what is in use at most. */
void memory_begin(void);
/* What both do when there is none left: one line on stderr, exit status 3. For libraries that report it in their own way. */
_Noreturn void memory_exhausted(void);

#endif

#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "failure.h"

struct arena_block {
	struct arena_block *older;
	size_t size;
	_Alignas(max_align_t) char bytes[];
};

enum { BLOCK_BYTES = 64 * 1024, SPARE_MOST = 16, ALIGN = _Alignof(max_align_t) };

void memory_begin(void)
{
#ifdef __GLIBC__
	/* Setting it keeps glibc from raising it to the largest block that it has seen freed. */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

_Noreturn void memory_exhausted(void)
{
	static const char message[] = "galley: out of memory\n";

	/* Nothing can be done about a failing write here. */
	if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
		_exit(EXIT_UNABLE);
	_exit(EXIT_UNABLE);
}

void *memory_get(size_t size)
{
	void *memory = malloc(size ? size : 1);

	if (!memory)
		memory_exhausted();
	return memory;
}

void *memory_resize(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory)
		memory_exhausted();
	return memory;
}

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *older = block->older;
		free(block);
		block = older;
	}
}

void arena_release(struct arena *arena)
{
	free_blocks(arena->blocks);
	free_blocks(arena->spare);
	*arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
	struct arena_block *spare = arena->spare, *gone = NULL;
	size_t count = 0;

	for (struct arena_block *block = spare; block; block = block->older)
		count++;
	for (struct arena_block *block = arena->blocks, *older; block; block = older) {
		struct arena_block **list = block->size == BLOCK_BYTES && count++ < SPARE_MOST ? &spare : &gone;
		older = block->older;
		block->older = *list;
		*list = block;
	}
	free_blocks(gone);
	*arena = (struct arena){.spare = spare};
}

void arena_join(struct arena *into, struct arena *from)
{
	struct arena_block *oldest = from->blocks;

	free_blocks(from->spare);
	from->spare = NULL;
	if (!oldest)
		return;
	while (oldest->older)
		oldest = oldest->older;
	/* The block that into still fills stays known by its next and left alone. */
	oldest->older = into->blocks;
	into->blocks = from->blocks;
	*from = (struct arena){0};
}

static struct arena_block *add_block(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->spare;

	if (size > SIZE_MAX - sizeof(struct arena_block))
		memory_exhausted();
	if (block && size == BLOCK_BYTES)
		arena->spare = block->older;
	else
		block = memory_get(sizeof *block + size);
	block->size = size;
	block->older = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX - ALIGN)
		memory_exhausted();
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	if (size == 0)
		size = ALIGN;
#ifdef GALLEY_SANITIZE
	/* One block an item, so that the sanitizer sees every overrun. */
	return memset(add_block(arena, size)->bytes, 0, size);
#else
	if (size > BLOCK_BYTES / 4)
		return memset(add_block(arena, size)->bytes, 0, size);
	if (size > arena->left) {
		arena->next = add_block(arena, BLOCK_BYTES)->bytes;
		arena->left = BLOCK_BYTES;
	}
	void *memory = memset(arena->next, 0, size);
	arena->next += size;
	arena->left -= size;
	return memory;
#endif
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		memory_exhausted();
	return arena_alloc(arena, count * size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
	if (len == SIZE_MAX)
		memory_exhausted();
	char *copy = arena_alloc(arena, len + 1);
	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (len < 0)
		return arena_copy(arena, "", 0);
	char *out = arena_alloc(arena, (size_t)len + 1);
	va_start(arguments, format);
	vsnprintf(out, (size_t)len + 1, format, arguments);
	va_end(arguments);
	return out;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t size)
{
	if (count & (count - 1))
		return items;
	if (count > SIZE_MAX / 2)
		memory_exhausted();
	void *grown = arena_array(arena, count ? 2 * count : 1, size);
	if (count)
		memcpy(grown, items, count * size);
	return grown;
}

#include "git.h"

#include <git2/sys/alloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

/* libgit2 crashes on some allocations that fail; ours end the process in good order instead. */

static size_t product(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		memory_exhausted();
	return count * size;
}

static void *get(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return memory_get(size);
}

static void *get_cleared(size_t count, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	void *memory = calloc(count ? count : 1, size ? size : 1);
	if (!memory)
		memory_exhausted();
	return memory;
}

static char *copy_bytes(const char *string, size_t len, const char *file, int line)
{
	(void)file;
	(void)line;
	char *copy = memory_get(len + 1);
	memcpy(copy, string, len);
	copy[len] = '\0';
	return copy;
}

static char *copy_string(const char *string, const char *file, int line)
{
	return copy_bytes(string, strlen(string), file, line);
}

static char *copy_start(const char *string, size_t len, const char *file, int line)
{
	return copy_bytes(string, strnlen(string, len), file, line);
}

static void *resize(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return memory_resize(old, size);
}

static void *resize_array(void *old, size_t count, size_t size, const char *file, int line)
{
	return resize(old, product(count, size), file, line);
}

static void *get_array(size_t count, size_t size, const char *file, int line)
{
	return get(product(count, size), file, line);
}

void git_use_memory(void)
{
	git_allocator allocator = {
		.gmalloc = get,
		.gcalloc = get_cleared,
		.gstrdup = copy_string,
		.gstrndup = copy_start,
		.gsubstrdup = copy_bytes,
		.grealloc = resize,
		.greallocarray = resize_array,
		.gmallocarray = get_array,
		.gfree = free,
	};

	git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}

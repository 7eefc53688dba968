#include "kernel.h"

#include <string.h>

#include "arena.h"

const struct kernel *kernel_get(enum scan_code code)
{
#ifdef __x86_64__
	bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
	            __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
	if ((code == SCAN_BEST || code == SCAN_AVX2) && avx2)
		return &kernel_avx2;
	if (code != SCAN_PORTABLE)
		return &kernel_sse2;
#else
	(void)code;
#endif
	return &kernel_portable;
}

static struct text field_at(const struct grid *grid, size_t row, size_t i)
{
	const uint32_t *ends = grid->ends + row * grid->stride + i;
	size_t start = (uint32_t)(ends[0] + 1);

	return (struct text){grid->bytes + start, ends[1] - start};
}

struct text grid_field(const struct grid *grid, size_t row, size_t i, struct arena *arena)
{
	struct text field = field_at(grid, row, i);

	if (!field.len || field.at[0] != '"')
		return field;
	field = text_cut(field, 1, field.len - 1);
	const char *quote = memchr(field.at, '"', field.len);
	if (!quote)
		return field;
	/* Quotes inside come in pairs, of which one stays. */
	char *bytes = arena_alloc(arena, field.len);
	size_t len = 0;
	for (size_t from = 0; from < field.len;) {
		size_t to = quote ? (size_t)(quote - field.at) + 1 : field.len;
		memcpy(bytes + len, field.at + from, to - from);
		len += to - from;
		from = quote ? to + 1 : to;
		quote = from < field.len ? memchr(field.at + from, '"', field.len - from) : NULL;
	}
	return (struct text){bytes, len};
}

void grid_number(struct batch *batch, size_t c, const struct grid *grid, size_t row, size_t i)
{
	struct text field = field_at(grid, row, i);
	struct arena arena;

	if (!field.len || field.at[0] != '"') {
		batch_add(batch, c, field);
		return;
	}
	arena_init(&arena);
	batch_add(batch, c, grid_field(grid, row, i, &arena));
	arena_release(&arena);
}

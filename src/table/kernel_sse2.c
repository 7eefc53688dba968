#include "kernel.h"

#ifdef __x86_64__

#include <emmintrin.h>
#include <string.h>

#define TARGET
#define KERNEL kernel_sse2

static void numbers_of(struct batch *batch, size_t c, const struct grid *grid, size_t i)
{
	for (size_t row = 0; row < grid->rows; row++)
		grid_number(batch, c, grid, row, i);
}

#include "kernel_body.h"

static inline uint64_t equal_bytes(const __m128i block[4], char byte)
{
	__m128i wanted = _mm_set1_epi8(byte);
	uint64_t out = 0;

	for (int i = 0; i < 4; i++)
		out |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block[i], wanted)) << (16 * i);
	return out;
}

static inline __m128i load(const char *bytes)
{
	return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static void marks_of(struct marks *out, const char *bytes, char delimiter)
{
	__m128i block[4] = {load(bytes), load(bytes + 16), load(bytes + 32), load(bytes + 48)};

	out->quote = equal_bytes(block, '"');
	out->delimiter = equal_bytes(block, delimiter);
	out->line_feed = equal_bytes(block, '\n');
	out->carriage_return = equal_bytes(block, '\r');
}

static uint64_t parity_of(uint64_t bits)
{
	for (unsigned by = 1; by < 64; by *= 2)
		bits ^= bits << by;
	return bits;
}

static void look_for_bad(bool *high, bool *nul, const char *bytes, size_t len)
{
	__m128i all = _mm_setzero_si128(), least = _mm_set1_epi8(-1);
	unsigned char any = 0;
	bool zero = false;
	size_t at = 0;

	for (; len - at >= 16; at += 16) {
		all = _mm_or_si128(all, load(bytes + at));
		least = _mm_min_epu8(least, load(bytes + at));
	}
	for (; at < len; at++) {
		any |= (unsigned char)bytes[at];
		zero = zero || !bytes[at];
	}
	*high = any >= 0x80 || _mm_movemask_epi8(all);
	*nul = zero || _mm_movemask_epi8(_mm_cmpeq_epi8(least, _mm_setzero_si128()));
}

#endif

#include <string.h>

#include "kernel.h"

#define TARGET
#define KERNEL kernel_portable
#define EACH(byte) (0x0101010101010101u * (uint64_t)(unsigned char)(byte))

/* The highest bit of each byte, gathered: bit i is byte i's. */
static inline uint64_t gather_bits(uint64_t highest)
{
	return (highest >> 7) * 0x0102040810204080u >> 56;
}

static inline uint64_t equal_bytes(uint64_t word, char byte)
{
	uint64_t difference = word ^ EACH(byte);

	return gather_bits(~(((difference & EACH(0x7f)) + EACH(0x7f)) | difference | EACH(0x7f)));
}

static inline uint64_t load_word(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

static void numbers_of(struct batch *batch, size_t c, const struct grid *grid, size_t i)
{
	for (size_t row = 0; row < grid->rows; row++)
		grid_number(batch, c, grid, row, i);
}

#include "kernel_body.h"

static void marks_of(struct marks *out, const char *bytes, char delimiter)
{
	*out = (struct marks){0};
	for (size_t i = 0; i < 64; i += 8) {
		uint64_t word = load_word(bytes + i);
		out->quote |= equal_bytes(word, '"') << i;
		out->delimiter |= equal_bytes(word, delimiter) << i;
		out->line_feed |= equal_bytes(word, '\n') << i;
		out->carriage_return |= equal_bytes(word, '\r') << i;
	}
}

static uint64_t parity_of(uint64_t bits)
{
	for (unsigned by = 1; by < 64; by *= 2)
		bits ^= bits << by;
	return bits;
}

static void look_for_bad(bool *high, bool *nul, const char *bytes, size_t len)
{
	uint64_t all = 0;
	size_t at = 0;

	for (; len - at >= 8; at += 8)
		all |= load_word(bytes + at);
	for (; at < len; at++)
		all |= (unsigned char)bytes[at];
	*high = (all & EACH(0x80)) != 0;
	*nul = memchr(bytes, '\0', len) != NULL;
}

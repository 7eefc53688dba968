#include "kernel.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul")))
#define KERNEL kernel_avx2

static TARGET void numbers_of(struct batch *batch, size_t c, const struct grid *grid, size_t i);

#include "kernel_body.h"

static TARGET inline __m256i load(const char *bytes)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

static TARGET inline uint64_t equal_bytes(__m256i low, __m256i high, char byte)
{
	__m256i wanted = _mm256_set1_epi8(byte);
	uint64_t first = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
	uint64_t second = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));

	return second << 32 | first;
}

static TARGET inline void marks_of(struct marks *out, const char *bytes, char delimiter)
{
	__m256i low = load(bytes), high = load(bytes + 32);

	out->quote = equal_bytes(low, high, '"');
	out->delimiter = equal_bytes(low, high, delimiter);
	out->line_feed = equal_bytes(low, high, '\n');
	out->carriage_return = equal_bytes(low, high, '\r');
}

/* Multiplying by all ones without carries adds, in place i, bits 0 to i. */
static TARGET inline uint64_t parity_of(uint64_t bits)
{
	__m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8(-1), 0);

	return (uint64_t)_mm_cvtsi128_si64(product);
}

static TARGET void look_for_bad(bool *high, bool *nul, const char *bytes, size_t len)
{
	__m256i all = _mm256_setzero_si256(), least = _mm256_set1_epi8(-1);
	unsigned char any = 0;
	bool zero = false;
	size_t at = 0;

	for (; len - at >= 32; at += 32) {
		all = _mm256_or_si256(all, load(bytes + at));
		least = _mm256_min_epu8(least, load(bytes + at));
	}
	for (; at < len; at++) {
		any |= (unsigned char)bytes[at];
		zero = zero || !bytes[at];
	}
	*high = any >= 0x80 || _mm256_movemask_epi8(all);
	*nul = zero || _mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256()));
}

/* --- numbers of up to 16 characters --- */

enum { WIDTH = 16, NO_POINT = 16 };

/* Moves what stands before a point at index p over it; nothing where there is none. */
struct close_up { unsigned char from[NO_POINT + 1][WIDTH]; };
#define UP(p, i) ((unsigned char)((i) <= (p) && (p) < WIDTH ? ((i) ? (i) - 1 : 0x80) : (i)))
#define UP16(p) {UP(p, 0), UP(p, 1), UP(p, 2), UP(p, 3), UP(p, 4), UP(p, 5), UP(p, 6), UP(p, 7), \
	UP(p, 8), UP(p, 9), UP(p, 10), UP(p, 11), UP(p, 12), UP(p, 13), UP(p, 14), UP(p, 15)}
static const struct close_up close_up = {{UP16(0), UP16(1), UP16(2), UP16(3), UP16(4), UP16(5), UP16(6), UP16(7), UP16(8), UP16(9),
	UP16(10), UP16(11), UP16(12), UP16(13), UP16(14), UP16(15), UP16(16)}};

static const double scale[NO_POINT + 1] = {1e15, 1e14, 1e13, 1e12, 1e11, 1e10, 1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1, 1};

/* From len on: the last len bytes of 16. */
static const unsigned char tail_of[2 * WIDTH] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

static TARGET inline __m128i load_half(const void *bytes)
{
	return _mm_loadu_si128(bytes);
}

/* Digits with at most one point and perhaps a minus before them, of at most 16 characters without it and a value of at most 2^53 with
 * the point left out: that whole number and the power of ten below it are exact, so the division's rounding is the only one. */
static TARGET inline bool short_number(double *value, const char *start, const char *end)
{
	bool minus = *start == '-';
	size_t len = (size_t)(end - start) - minus;

	if (len - 1 >= WIDTH)
		return false;
	__m128i characters = load_half(end - WIDTH);
	__m128i mask = load_half(tail_of + len);
	__m128i points = _mm_and_si128(_mm_cmpeq_epi8(characters, _mm_set1_epi8('.')), mask);
	unsigned point_bits = (unsigned)_mm_movemask_epi8(points);
	__m128i digits = _mm_andnot_si128(points, _mm_and_si128(_mm_sub_epi8(characters, _mm_set1_epi8('0')), mask));
	__m128i beyond = _mm_subs_epu8(digits, _mm_set1_epi8(9));
	if (!_mm_testz_si128(beyond, beyond) || (point_bits & (point_bits - 1)) || (point_bits && len == 1))
		return false;
	unsigned point = (unsigned)__builtin_ctz(point_bits | 1u << NO_POINT);
	digits = _mm_shuffle_epi8(digits, load_half(close_up.from[point]));
	__m128i pairs = _mm_maddubs_epi16(digits, _mm_set1_epi16(10 | 1 << 8));
	__m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(100 | 1 << 16));
	__m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(10000 | 1 << 16));
	uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
	uint64_t whole = (both & 0xffffffffu) * 100000000 + (both >> 32);
	if (whole > (uint64_t)1 << 53)
		return false;
	double read = (double)(int64_t)whole / scale[point];
	uint64_t bits, sign = (uint64_t)(minus && whole) << 63;
	memcpy(&bits, &read, sizeof bits);
	bits |= sign;
	memcpy(value, &bits, sizeof *value);
	return true;
}

static TARGET inline __m256i join(__m128i low, __m128i high)
{
	return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

/* Two such numbers side by side. They are compared with 2^53 after their halves are put together, where what is above may have been rounded
 * to 2^53, but not below. */
static TARGET inline bool short_pair(double *values, const char *start, const char *end, const char *next_start, const char *next_end)
{
	bool minus = *start == '-', next_minus = *next_start == '-';
	size_t len = (size_t)(end - start) - minus, next_len = (size_t)(next_end - next_start) - next_minus;

	if (((len - 1) | (next_len - 1)) >= WIDTH)
		return false;
	__m256i characters = join(load_half(end - WIDTH), load_half(next_end - WIDTH));
	__m256i mask = join(load_half(tail_of + len), load_half(tail_of + next_len));
	__m256i points = _mm256_and_si256(_mm256_cmpeq_epi8(characters, _mm256_set1_epi8('.')), mask);
	unsigned both = (unsigned)_mm256_movemask_epi8(points), bits = both & 0xffff, next_bits = both >> WIDTH;
	__m256i digits = _mm256_andnot_si256(points, _mm256_and_si256(_mm256_sub_epi8(characters, _mm256_set1_epi8('0')), mask));
	__m256i beyond = _mm256_subs_epu8(digits, _mm256_set1_epi8(9));
	if (!_mm256_testz_si256(beyond, beyond) || (bits & (bits - 1)) || (next_bits & (next_bits - 1)) || (bits && len == 1) ||
	    (next_bits && next_len == 1))
		return false;
	unsigned point = (unsigned)__builtin_ctz(bits | 1u << NO_POINT), next_point = (unsigned)__builtin_ctz(next_bits | 1u << NO_POINT);
	digits = _mm256_shuffle_epi8(digits, join(load_half(close_up.from[point]), load_half(close_up.from[next_point])));
	__m256i pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 | 1 << 8));
	__m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(100 | 1 << 16));
	__m256i eights = _mm256_madd_epi16(_mm256_packus_epi32(fours, fours), _mm256_set1_epi32(10000 | 1 << 16));
	__m128i halves = _mm256_castsi256_si128(_mm256_permute4x64_epi64(eights, 8));
	__m256d scaled = _mm256_mul_pd(_mm256_cvtepi32_pd(halves), _mm256_set_pd(1, 1e8, 1, 1e8));
	__m256d sums = _mm256_add_pd(scaled, _mm256_permute_pd(scaled, 5));
	__m128d whole = _mm256_castpd256_pd128(_mm256_permute4x64_pd(sums, 8));
	if (_mm_movemask_pd(_mm_cmpge_pd(whole, _mm_set1_pd(0x1p53))))
		return false;
	__m128d read = _mm_div_pd(whole, _mm_set_pd(scale[next_point], scale[point]));
	__m128i signs = _mm_set_epi64x((long long)((uint64_t)next_minus << 63), (long long)((uint64_t)minus << 63));
	/* -0 + 0 is 0. */
	_mm_storeu_pd(values, _mm_add_pd(_mm_or_pd(read, _mm_castsi128_pd(signs)), _mm_setzero_pd()));
	return true;
}

static TARGET inline size_t one_number(struct batch *batch, size_t c, const struct grid *grid, size_t row, size_t i, double *out)
{
	const uint32_t *ends = grid->ends + row * grid->stride + i;
	const char *start = grid->bytes + (uint32_t)(ends[0] + 1), *end = grid->bytes + ends[1];
	struct scan_values *values = &batch->values[c];

	if (start == end) {
		values->missing++;
		return 0;
	}
	if (!batch->missing->numeric && short_number(out, start, end))
		return 1;
	size_t before = values->count;
	grid_number(batch, c, grid, row, i);
	size_t added = values->count - before;
	values->count = before;
	return added;
}

static TARGET void numbers_of(struct batch *batch, size_t c, const struct grid *grid, size_t i)
{
	double *out = batch->rooms[c].numbers;
	size_t count = batch->values[c].count, stride = grid->stride, row = 0;

	for (; row + 1 < grid->rows && !batch->missing->numeric; row += 2) {
		const uint32_t *ends = grid->ends + row * stride + i;
		if (short_pair(out + count, grid->bytes + (uint32_t)(ends[0] + 1), grid->bytes + ends[1],
		               grid->bytes + (uint32_t)(ends[stride] + 1), grid->bytes + ends[stride + 1])) {
			count += 2;
			continue;
		}
		batch->values[c].count = count;
		count += one_number(batch, c, grid, row, i, out + count);
		batch->values[c].count = count;
		count += one_number(batch, c, grid, row + 1, i, out + count);
	}
	for (; row < grid->rows; row++) {
		batch->values[c].count = count;
		count += one_number(batch, c, grid, row, i, out + count);
	}
	batch->values[c].count = count;
}

#endif

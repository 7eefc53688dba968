#include "cells.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "arena.h"

/* Bit patterns cost more steps: they must spread that much better. */
enum { OCTAVES = 32, TRIAL = 1024, WORTH = 4 };

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

/* As a double, so that both kinds of cells are found by the same steps; rounded, but never out of order. */
static inline double key_place(uint64_t key, uint64_t origin)
{
	uint64_t up = key - origin, down = origin - key;

	if (key >= origin)
		return (double)(int64_t)(up < INT64_MAX ? up : INT64_MAX);
	return -(double)(int64_t)(down < INT64_MAX ? down : INT64_MAX);
}

static inline double place_of(const struct cells *cells, double value)
{
	return cells->by_key ? key_place(double_key(value), cells->origin) : value;
}

static inline unsigned beyond(const struct cells *cells, double place)
{
	uint64_t far = (bits_of(place) - bits_of(cells->middle)) >> cells->shift;

	return far < cells->tail ? (unsigned)far : cells->tail - 1;
}

static inline unsigned base_cell(const struct cells *cells, double value)
{
	double place = (place_of(cells, value) - cells->low) * cells->scale;

	if (place >= 0 && place < cells->middle)
		return cells->tail + (unsigned)place;
	if (place >= 0)
		return cells->tail + (unsigned)cells->middle + beyond(cells, place);
	return cells->tail - 1 - beyond(cells, cells->middle - place);
}

static inline unsigned point_cell(const struct cells *cells, double value)
{
	unsigned base = base_cell(cells, value);
	double point = cells->points[base];

	return 3 * base + (value >= point) + (value > point);
}

size_t cells_find_one(const struct cells *cells, double value)
{
	return cells->points ? point_cell(cells, value) : base_cell(cells, value);
}

static void find_each(uint16_t *out, const struct cells *cells, const double *values, size_t count)
{
	const struct cells local = *cells;

	if (local.points)
		for (size_t i = 0; i < count; i++)
			out[i] = (uint16_t)point_cell(&local, values[i]);
	else
		for (size_t i = 0; i < count; i++)
			out[i] = (uint16_t)base_cell(&local, values[i]);
}

#ifdef __x86_64__
#define TARGET __attribute__((target("avx2")))

/* Keys from the one of 0 on as doubles: both halves are exact, so that adding them rounds once, as converting does. */
TARGET static inline __m256d key_places(__m256d values)
{
	const __m256i bits = _mm256_castpd_si256(values), negative = _mm256_cmpgt_epi64(_mm256_setzero_si256(), bits);
	const __m256i key = _mm256_xor_si256(bits, _mm256_and_si256(negative, _mm256_set1_epi64x(INT64_MAX)));
	const __m256i odd = _mm256_permutevar8x32_epi32(key, _mm256_setr_epi32(1, 3, 5, 7, 1, 3, 5, 7));
	const __m256d high = _mm256_cvtepi32_pd(_mm256_castsi256_si128(odd)), whole = _mm256_set1_pd(0x1p52);
	const __m256i low = _mm256_or_si256(_mm256_and_si256(key, _mm256_set1_epi64x(UINT32_MAX)), _mm256_castpd_si256(whole));

	return _mm256_add_pd(_mm256_mul_pd(high, _mm256_set1_pd(0x1p32)), _mm256_sub_pd(_mm256_castsi256_pd(low), whole));
}

TARGET static inline __m128i beside_points(__m128i base, const double *points, __m256d values)
{
	const __m256d point = _mm256_i32gather_pd(points, base, 8), one = _mm256_set1_pd(1);
	const __m256d from = _mm256_and_pd(_mm256_cmp_pd(values, point, _CMP_GE_OQ), one);
	const __m256d above = _mm256_and_pd(_mm256_cmp_pd(values, point, _CMP_GT_OQ), one);

	return _mm_add_epi32(_mm_mullo_epi32(base, _mm_set1_epi32(3)), _mm256_cvttpd_epi32(_mm256_add_pd(from, above)));
}

/* Eight at a time, by the same steps; those beyond the middle one by one. */
TARGET static size_t find_avx2(uint16_t *out, const struct cells *cells, const double *values, size_t count)
{
	const struct cells local = *cells;
	const __m256d low = _mm256_set1_pd(local.low), scale = _mm256_set1_pd(local.scale);
	const __m256d middle = _mm256_set1_pd(local.middle), zero = _mm256_setzero_pd();
	const __m128i tail = _mm_set1_epi32((int)local.tail);
	size_t i = 0;

	for (; i + 8 <= count; i += 8) {
		const __m256d x = _mm256_loadu_pd(values + i), y = _mm256_loadu_pd(values + i + 4);
		__m256d a = _mm256_mul_pd(_mm256_sub_pd(local.by_key ? key_places(x) : x, low), scale);
		__m256d b = _mm256_mul_pd(_mm256_sub_pd(local.by_key ? key_places(y) : y, low), scale);
		__m256d a_in = _mm256_and_pd(_mm256_cmp_pd(a, zero, _CMP_GE_OQ), _mm256_cmp_pd(a, middle, _CMP_LT_OQ));
		__m256d b_in = _mm256_and_pd(_mm256_cmp_pd(b, zero, _CMP_GE_OQ), _mm256_cmp_pd(b, middle, _CMP_LT_OQ));
		if (_mm256_movemask_pd(_mm256_and_pd(a_in, b_in)) != 15) {
			find_each(out + i, cells, values + i, 8);
			continue;
		}
		__m128i first = _mm_add_epi32(_mm256_cvttpd_epi32(a), tail), second = _mm_add_epi32(_mm256_cvttpd_epi32(b), tail);
		if (local.points) {
			first = beside_points(first, local.points, x);
			second = beside_points(second, local.points, y);
		}
		_mm_storeu_si128((__m128i *)(void *)(out + i), _mm_packus_epi32(first, second));
	}
	return i;
}
#endif

void cells_find(uint16_t *out, const struct cells *cells, const double *values, size_t count)
{
	size_t done = 0;

#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2") && (!cells->by_key || cells->origin == double_key(0)))
		done = find_avx2(out, cells, values, count);
#endif
	find_each(out + done, cells, values + done, count - done);
}

bool cells_is_point(const struct cells *cells, size_t cell)
{
	return cells->points && cell % 3 == 1;
}

double cells_start(const struct cells *cells, size_t cell)
{
	uint64_t low = double_key(-DBL_MAX), high = double_key(DBL_MAX) + 1;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (cells_find_one(cells, key_double(middle)) >= cell)
			high = middle;
		else
			low = middle + 1;
	}
	return key_double(low) + 0.0;
}

/* --- fitting --- */

static void shape(struct cells *cells, size_t size, double low, double high)
{
	unsigned a_octave = (unsigned)(size / 16 / OCTAVES), bits = 0;

	while (a_octave >> bits > 1)
		bits++;
	cells->count = size;
	cells->tail = (unsigned)(size / 16);
	cells->middle = (double)(size - 2 * cells->tail);
	cells->shift = 52 - bits;
	double span = high - low;
	/* One value alone: anything that tells its neighbours from those far away. */
	if (!(span > 0))
		span = fmax(fabs(low) * 0x1p-20, DBL_MIN);
	cells->low = low;
	cells->scale = fmin(fmax(cells->middle / span, DBL_MIN), DBL_MAX);
}

static void set_scale(struct cells *cells, size_t size, const double *sample, size_t count, bool by_key)
{
	size_t cut = count / 1000;
	double low = count ? sample[cut] : 0, high = count ? sample[count - 1 - cut] : 0;

	cells->by_key = by_key;
	cells->origin = double_key(0);
	shape(cells, size, place_of(cells, low), place_of(cells, high));
}

/* How unevenly a sample falls into coarse cells: the sum of squared counts. */
static double unevenness(const double *sample, size_t count, bool by_key)
{
	struct cells trial = {0};
	double sum = 0;
	size_t run = 0;

	set_scale(&trial, TRIAL, sample, count, by_key);
	for (size_t i = 0; i < count; i++) {
		run++;
		if (i + 1 == count || cells_find_one(&trial, sample[i]) != cells_find_one(&trial, sample[i + 1])) {
			sum += (double)run * (double)run;
			run = 0;
		}
	}
	return sum;
}

static size_t run_length(const double *sample, size_t count, size_t at)
{
	size_t end = at + 1;

	while (end < count && sample[end] == sample[at])
		end++;
	return end - at;
}

/* Whether points are worth their cost. */
static bool repeats(const double *sample, size_t count)
{
	size_t repeated = 0, longest = 0;

	for (size_t i = 0, run; i < count; i += run) {
		run = run_length(sample, count, i);
		repeated += run > 1 ? run : 0;
		longest = run > longest ? run : longest;
	}
	return repeated > count / 10 || (longest > 2 && longest > count / 256);
}

/* The most frequent value of the sample in each cell becomes its point. */
static void set_points(struct cells *cells, const double *sample, size_t count)
{
	size_t best = 0, cell = SIZE_MAX;

	cells->points = memory_get(cells->count * sizeof *cells->points);
	for (size_t i = 0; i < cells->count; i++)
		cells->points[i] = INFINITY;
	for (size_t i = 0, run; i < count; i += run) {
		run = run_length(sample, count, i);
		size_t here = base_cell(cells, sample[i]);
		if (here != cell)
			best = 1;
		if (run > best) {
			cells->points[here] = sample[i];
			best = run;
		}
		cell = here;
	}
	cells->count *= 3;
}

static int order_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

void cells_fit(struct cells *cells, size_t size, double *sample, size_t count)
{
	*cells = (struct cells){0};
	if (count)
		qsort(sample, count, sizeof *sample, order_doubles);
	bool by_key = count && (!isfinite(sample[count - 1] - sample[0]) || unevenness(sample, count, true) < unevenness(sample, count, false) / WORTH);
	bool points = repeats(sample, count);
	set_scale(cells, points ? size / 4 : size, sample, count, by_key);
	if (points)
		set_points(cells, sample, count);
}

void cells_between(struct cells *cells, size_t size, double low, double high)
{
	/* Keys less the lowest one: whatever the two ends are, they are told apart. */
	*cells = (struct cells){.by_key = true, .origin = double_key(low)};
	shape(cells, size, 0, (double)(double_key(high) - cells->origin));
}

void cells_release(struct cells *cells)
{
	free(cells->points);
	*cells = (struct cells){0};
}

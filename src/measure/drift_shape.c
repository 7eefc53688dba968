#include <float.h>
#include <math.h>
#include <stdio.h>

#include "arena.h"
#include "doubles.h"
#include "drift_facts.h"
#include "number.h"

enum { BINS_MIN = 24, BINS_WANTED = 40 };

/* Bins of that width which hold low and high, their borders at multiples of it; 0 where there is no such scale. */
static double bins_for(double *start, double width, double low, double high)
{
	*start = floor(low / width) * width;
	double bins = floor((high - *start) / width) + 1;
	bool usable = isfinite(*start) && isfinite(*start + width * HISTOGRAM_MAX) && width > 0 && bins >= 1 && bins <= HISTOGRAM_MAX;
	return usable ? bins : 0;
}

/* Widths from 1, 2, 5 x 10^k: the first that gives a good number of bins, else the first that gives no more than can be held. */
static bool set_scale(struct drift_shape *shape, double low, double high)
{
	static const int steps[] = {1, 2, 5, 10, 20, 50};
	double span = high - low, start, width;
	char out[16];

	if (span == 0) {
		width = fmax(1, fabs(low) * 0x1p-20);
		*shape = (struct drift_shape){.start = low - width / 2, .width = width, .bins = 1};
		return isfinite(shape->start) && isfinite(shape->start + width);
	}
	if (!isfinite(span))
		return false;
	int power = (int)floor(log10(span / HISTOGRAM_MAX));
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int len = snprintf(out, sizeof out, "%de%d", steps[i], power);
		if (number_parse(&width, (struct text){out, (size_t)len}) != NUMBER_FINITE)
			break;
		double bins = bins_for(&start, width, low, high);
		bool good = bins >= BINS_MIN && bins <= BINS_WANTED;
		if (bins > 0 && (good || !shape->bins))
			*shape = (struct drift_shape){.start = start, .width = width, .bins = (size_t)bins};
		if (good)
			break;
	}
	return shape->bins > 0;
}

/* The bin that a value falls into, ends aside. */
static double bin_of(const struct drift_shape *shape, double value)
{
	return floor((value - shape->start) / shape->width);
}

/* The largest double in bins up to that one: bins never fall where values rise. */
static double end_of_bin(const struct drift_shape *shape, double bin)
{
	uint64_t low = double_key(-DBL_MAX), high = double_key(DBL_MAX);

	while (low < high) {
		uint64_t middle = high - (high - low) / 2;
		if (bin_of(shape, key_double(middle)) <= bin)
			low = middle;
		else
			high = middle - 1;
	}
	return key_double(low) + 0.0;
}

bool shape_begin(struct number_base *base, double low, double high, struct arena *arena)
{
	struct drift_shape *shape = arena_alloc(arena, sizeof *shape);

	if (!set_scale(shape, low, high))
		return false;
	shape->grid_start = shape->start;
	shape->grid_step = shape->width * (double)shape->bins / (ECDF_POINTS - 1);
	for (size_t i = 0; i + 1 < shape->bins; i++)
		base->bins[i] = end_of_bin(shape, (double)i);
	for (size_t i = 0; i < ECDF_POINTS; i++)
		base->grid[i] = shape->grid_start + shape->grid_step * (double)i;
	base->shape = shape;
	return true;
}

void shape_end(struct drift_shape *out, const struct number_base *base, const uint64_t *const bins[2], const uint64_t *const grid[2],
               const struct rank_results *ranks)
{
	const uint64_t sizes[2] = {ranks->n, ranks->m};
	size_t *const counts[2] = {out->reference, out->current};
	double *const cdfs[2] = {out->reference_cdf, out->current_cdf};

	/* Out's arrays are set anew; its scale is the base's. */
	*out = *base->shape;
	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < out->bins; i++)
			counts[s][i] = (size_t)((i + 1 < out->bins ? bins[s][i] : sizes[s]) - (i ? bins[s][i - 1] : 0));
		for (size_t i = 0; i < ECDF_POINTS; i++)
			cdfs[s][i] = (double)grid[s][i] / (double)sizes[s];
	}
	out->ks_at = ranks->at;
	out->ks_reference = ranks->at_reference;
	out->ks_current = ranks->at_current;
}

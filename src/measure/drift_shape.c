#include <math.h>
#include <stdio.h>

#include "arena.h"
#include "drift_facts.h"
#include "number.h"
#include "statistics.h"

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

static void count_bins(size_t *bins, const struct drift_shape *shape, const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double place = (values[i] - shape->start) / shape->width;
		double last = (double)shape->bins - 1;
		bins[(size_t)fmin(fmax(floor(place), 0), last)]++;
	}
}

static void fill_cdf(double *cdf, const struct drift_shape *shape, const double *sorted, size_t count)
{
	for (size_t i = 0; i < ECDF_POINTS; i++) {
		double at = shape->grid_start + shape->grid_step * (double)i;
		cdf[i] = (double)values_up_to(sorted, count, at) / (double)count;
	}
}

const struct drift_shape *shape_of(const double *reference, size_t n, const double *current, size_t m, const struct rank_results *ranks,
                                   struct arena *arena)
{
	struct drift_shape *shape = arena_alloc(arena, sizeof *shape);

	if (!set_scale(shape, values_quantile(reference, n, 0.001), values_quantile(reference, n, 0.999)))
		return NULL;
	count_bins(shape->reference, shape, reference, n);
	count_bins(shape->current, shape, current, m);
	shape->grid_start = shape->start;
	shape->grid_step = shape->width * (double)shape->bins / (ECDF_POINTS - 1);
	fill_cdf(shape->reference_cdf, shape, reference, n);
	fill_cdf(shape->current_cdf, shape, current, m);
	shape->ks_at = ranks->at;
	shape->ks_reference = ranks->at_reference;
	shape->ks_current = ranks->at_current;
	return shape;
}

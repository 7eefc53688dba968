#include <math.h>

#include "arena.h"
#include "drift_score.h"
#include "statistics.h"

enum { BINS_MIN = 24, BINS_WANTED = 40 };

/* The smallest width from 1, 2, 5 x 10^k that needs few enough bins. */
static double nice_width(double span)
{
	static const double steps[] = {1, 2, 5, 10, 20, 50};
	double power = pow(10, floor(log10(span / HISTOGRAM_MAX)));

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		double width = steps[i] * power, bins = ceil(span / width) + 1;
		double next = i + 1 < sizeof steps / sizeof *steps ? ceil(span / (steps[i + 1] * power)) : 0;
		if (bins <= BINS_WANTED || (bins <= HISTOGRAM_MAX && next < BINS_MIN))
			return width;
	}
	return 0;
}

static bool set_scale(struct drift_shape *shape, double low, double high)
{
	double span = high - low;

	if (span == 0) {
		double width = fmax(1, fabs(low) * 0x1p-20);
		*shape = (struct drift_shape){.start = low - width / 2, .width = width, .bins = 1};
		return isfinite(shape->start) && isfinite(shape->start + width);
	}
	double width = isfinite(span) ? nice_width(span) : 0;
	if (!(width > 0) || !isfinite(width) || span / width > HISTOGRAM_MAX)
		return false;
	double start = floor(low / width) * width, bins = floor((high - start) / width) + 1;
	if (!isfinite(start) || !isfinite(start + width * HISTOGRAM_MAX) || !(bins >= 1) || bins > HISTOGRAM_MAX)
		return false;
	*shape = (struct drift_shape){.start = start, .width = width, .bins = (size_t)bins};
	return true;
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

const struct drift_shape *shape_of(const double *reference, size_t n, const double *current, size_t m, const struct ks *ks,
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
	shape->ks_at = ks->at;
	shape->ks_reference = ks->reference;
	shape->ks_current = ks->current;
	return shape;
}

#include "statistics.h"

#include <math.h>
#include <stdlib.h>

#include "arena.h"

static int order_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

void values_sort(double *values, size_t count)
{
	if (count)
		qsort(values, count, sizeof *values, order_doubles);
}

size_t values_unique(const double *sorted, size_t count)
{
	size_t unique = count > 0;

	for (size_t i = 1; i < count; i++)
		unique += sorted[i] != sorted[i - 1];
	return unique;
}

size_t values_up_to(const double *sorted, size_t count, double limit)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sorted[middle] <= limit)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* --- quantiles --- */

uint64_t quantile_place(double *between, uint64_t count, double share)
{
	double place = share * (double)(count - 1), whole = floor(place);
	uint64_t low = (uint64_t)whole;

	*between = place - whole;
	if (low + 1 < count)
		return low;
	*between = 0;
	return count - 1;
}

double quantile_between(double low, double high, double between)
{
	double difference = high - low;

	if (between == 0)
		return low;
	if (!isfinite(difference))
		return low * (1 - between) + high * between;
	return (between < 0.5 ? low + difference * between : high - difference * (1 - between)) + 0.0;
}

double values_quantile(const double *sorted, size_t count, double share)
{
	double between;
	size_t low = (size_t)quantile_place(&between, count, share);

	return quantile_between(sorted[low], sorted[low + 1 < count ? low + 1 : low], between);
}

size_t quantile_cuts(double cuts[static 9], const double *sorted, size_t count)
{
	size_t kept = 0;

	for (int i = 1; i <= 9; i++) {
		double cut = values_quantile(sorted, count, i * 0.1);
		if (kept == 0 || cut != cuts[kept - 1])
			cuts[kept++] = cut;
	}
	return kept;
}

/* --- proportions and many p --- */

double cross_difference(size_t a, size_t n, size_t b, size_t m)
{
	__extension__ unsigned __int128 left = a, right = b;

	left *= m;
	right *= n;
	bool negative = left < right;
	left = negative ? right - left : left - right;
	double size = (double)(uint64_t)(left >> 64) * 0x1p64 + (double)(uint64_t)left;
	return negative ? -size : size;
}

double normal_p(double z)
{
	return erfc(fabs(z) / sqrt(2));
}

bool proportion_test(struct proportions *out, size_t reference_hits, size_t n, size_t current_hits, size_t m)
{
	*out = (struct proportions){0};
	if (!n || !m)
		return false;
	double first = (double)n, second = (double)m, pooled = ((double)reference_hits + (double)current_hits) / (first + second);
	double variance = pooled * (1 - pooled) * (1 / first + 1 / second);
	out->reference = (double)reference_hits / first;
	out->current = (double)current_hits / second;
	/* Whole numbers first, one rounding last: 40 % against 30 % is 0.1 and nothing beyond it. */
	out->difference = -cross_difference(reference_hits, n, current_hits, m) / (first * second);
	out->has_z = variance > 0;
	if (out->has_z) {
		out->z = out->difference / sqrt(variance);
		out->p = normal_p(out->z);
	}
	double unpooled = out->reference * (1 - out->reference) / first + out->current * (1 - out->current) / second;
	out->has_unpooled = unpooled > 0;
	out->unpooled = out->has_unpooled ? out->difference / sqrt(unpooled) : 0;
	return true;
}

struct ranked { double p; size_t at; };

static int order_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	return a->p != b->p ? (a->p > b->p) - (a->p < b->p) : (a->at > b->at) - (a->at < b->at);
}

void benjamini_hochberg(double *adjusted, const double *p, size_t count)
{
	struct ranked *ranked = memory_get(count * sizeof *ranked);
	double least = 1;

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){p[i], i};
	if (count)
		qsort(ranked, count, sizeof *ranked, order_ranked);
	for (size_t i = count; i > 0; i--) {
		least = fmin(least, ranked[i - 1].p * (double)count / (double)i);
		adjusted[ranked[i - 1].at] = least;
	}
	free(ranked);
}

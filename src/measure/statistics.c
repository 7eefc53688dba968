#include "statistics.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
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

/* --- moments --- */

/* A power of two that brings sums of the values and of their squares into the middle of the range; usually 2^0. */
static int scale_of(const double *values, size_t count)
{
	double largest = 0;
	int exponent = 0;

	for (size_t i = 0; i < count; i++)
		largest = fmax(largest, fabs(values[i]));
	frexp(largest, &exponent);
	return largest == 0 || (exponent > -400 && exponent < 400) ? 0 : exponent;
}

/* Neumaier's compensated sum: the error of each addition is carried along. */
struct sum { double total, rest; };

static void sum_add(struct sum *sum, double value)
{
	double total = sum->total + value;

	if (fabs(sum->total) >= fabs(value))
		sum->rest += sum->total - total + value;
	else
		sum->rest += value - total + sum->total;
	sum->total = total;
}

static double scaled_mean(const double *values, size_t count, int scale)
{
	struct sum sum = {0};

	for (size_t i = 0; i < count; i++)
		sum_add(&sum, scale ? ldexp(values[i], -scale) : values[i]);
	return (sum.total + sum.rest) / (double)count;
}

double values_mean(const double *values, size_t count)
{
	int scale = scale_of(values, count);

	return ldexp(scaled_mean(values, count, scale), scale);
}

bool values_std(double *std, const double *values, size_t count)
{
	struct sum squares = {0}, differences = {0};

	if (count < 2)
		return false;
	int scale = scale_of(values, count);
	double mean = scaled_mean(values, count, scale), n = (double)count;
	for (size_t i = 0; i < count; i++) {
		double difference = (scale ? ldexp(values[i], -scale) : values[i]) - mean;
		sum_add(&differences, difference);
		sum_add(&squares, difference * difference);
	}
	/* What the rounding of the mean added is taken off again. */
	double off = differences.total + differences.rest;
	double variance = (squares.total + squares.rest - off * off / n) / (n - 1);
	*std = ldexp(sqrt(fmax(variance, 0)), scale);
	return isfinite(*std);
}

/* --- quantiles --- */

double values_quantile(const double *sorted, size_t count, double share)
{
	double place = share * (double)(count - 1), whole = floor(place), t = place - whole;
	size_t low = (size_t)whole;

	if (low + 1 >= count)
		return sorted[count - 1];
	double a = sorted[low], b = sorted[low + 1], difference = b - a;
	if (!isfinite(difference))
		return a * (1 - t) + b * t;
	return (t < 0.5 ? a + difference * t : b - difference * (1 - t)) + 0.0;
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

/* --- cells --- */

static void count_cells(size_t *n, size_t *m, const size_t *reference, const size_t *current, size_t cells)
{
	*n = *m = 0;
	for (size_t i = 0; i < cells; i++) {
		*n += reference[i];
		*m += current[i];
	}
}

bool psi(double *value, double *parts, const size_t *reference, const size_t *current, size_t cells)
{
	struct sum sum = {0};
	size_t n, m;

	count_cells(&n, &m, reference, current, cells);
	if (!n || !m)
		return false;
	for (size_t i = 0; i < cells; i++) {
		double r = reference[i] ? (double)reference[i] / (double)n : PSI_FLOOR;
		double c = current[i] ? (double)current[i] / (double)m : PSI_FLOOR;
		double part = (c - r) * log(c / r);
		sum_add(&sum, part);
		if (parts)
			parts[i] = part;
	}
	*value = sum.total + sum.rest;
	return true;
}

bool chi_square_test(struct homogeneity *out, const size_t *reference, const size_t *current, size_t cells)
{
	struct sum sum = {0};
	size_t n, m, used = 0;

	*out = (struct homogeneity){0};
	count_cells(&n, &m, reference, current, cells);
	if (!n || !m)
		return false;
	double total = (double)n + (double)m;
	for (size_t i = 0; i < cells; i++) {
		double both = (double)reference[i] + (double)current[i];
		if (both == 0)
			continue;
		used++;
		/* Whole numbers, so that equal shares give exactly 0. */
		double difference = (double)reference[i] * (double)m - (double)current[i] * (double)n;
		sum_add(&sum, difference * difference / both);
		out->small += both * (double)n < 5 * total;
		out->small += both * (double)m < 5 * total;
	}
	out->cells = 2 * used;
	out->dof = used - 1;
	out->statistic = used > 1 ? (sum.total + sum.rest) / ((double)n * (double)m) : 0;
	out->p = chi_square_p(out->statistic, out->dof);
	out->has_v = used > 1;
	out->cramers_v = used > 1 ? sqrt(out->statistic / total) : 0;
	return true;
}

double chi_square_p(double statistic, size_t dof)
{
	if (!dof || statistic <= 0)
		return 1;
	/* By default GSL ends the process where a tail underflows; 0 is the right answer then. */
	gsl_set_error_handler_off();
	double p = gsl_cdf_chisq_Q(statistic, (double)dof);
	return isfinite(p) ? fmin(fmax(p, 0), 1) : 0;
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
	out->difference = ((double)current_hits * first - (double)reference_hits * second) / (first * second);
	out->has_z = variance > 0;
	if (out->has_z) {
		out->z = out->difference / sqrt(variance);
		out->p = normal_p(out->z);
	}
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

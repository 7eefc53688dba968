#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "exact_sum.h"
#include "statistics.h"
#include "sum.h"

/* A power of two that brings sums of the values and of their squares into the middle of the range; usually 2^0. */
static int scale_for(double largest)
{
	int exponent = 0;

	frexp(largest, &exponent);
	return largest == 0 || (exponent > -400 && exponent < 400) ? 0 : exponent;
}

static int scale_of(const double *values, size_t count)
{
	double largest = 0;

	for (size_t i = 0; i < count; i++)
		largest = fmax(largest, fabs(values[i]));
	return scale_for(largest);
}

void sum_moments(struct moments *out, const struct exact_sum *sum)
{
	*out = (struct moments){.scale = scale_for(fmax(fabs(sum->min), fabs(sum->max)))};
	exact_mean_scaled(&out->mean, &out->mean_rest, sum, out->scale);
	out->has_std = exact_std_scaled(&out->std, sum, 1, out->scale);
}

static double scaled(double value, int scale)
{
	return scale ? ldexp(value, -scale) : value;
}

static void find_mean(struct moments *out, const double *values, size_t count)
{
	struct sum sum = {0};
	double n = (double)count;

	for (size_t i = 0; i < count; i++)
		sum_add(&sum, scaled(values[i], out->scale));
	double whole = sum_value(&sum), off = sum.total - whole + sum.rest;
	out->mean = whole / n;
	out->mean_rest = (fma(-out->mean, n, whole) + off) / n;
}

void values_moments(struct moments *out, const double *values, size_t count)
{
	struct sum squares = {0}, differences = {0};
	double n = (double)count;

	*out = (struct moments){.scale = scale_of(values, count)};
	find_mean(out, values, count);
	if (count < 2)
		return;
	for (size_t i = 0; i < count; i++) {
		double difference = scaled(values[i], out->scale) - out->mean;
		sum_add(&differences, difference);
		sum_add(&squares, difference * difference);
	}
	/* What the rounding of the mean added is taken off again. */
	double off = sum_value(&differences);
	double variance = (sum_value(&squares) - off * off / n) / (n - 1);
	out->has_std = true;
	out->std = sqrt(fmax(variance, 0));
}

double moments_mean(const struct moments *moments)
{
	return ldexp(moments->mean, moments->scale);
}

bool moments_std(double *std, const struct moments *moments)
{
	*std = moments->has_std ? ldexp(moments->std, moments->scale) : 0;
	return moments->has_std && isfinite(*std);
}

bool welch_test(struct welch *out, const struct moments *reference, double n, const struct moments *current, double m)
{
	int scale = reference->scale > current->scale ? reference->scale : current->scale;
	double down = ldexp(1, reference->scale - scale), other = ldexp(1, current->scale - scale);
	double first = reference->std * down / sqrt(n), second = current->std * other / sqrt(m);

	*out = (struct welch){0};
	if (!reference->has_std || !current->has_std || (first == 0 && second == 0))
		return false;
	double error = hypot(first, second), share = (first / error) * (first / error), rest = (second / error) * (second / error);
	double difference = reference->mean * down - current->mean * other + (reference->mean_rest * down - current->mean_rest * other);
	out->statistic = difference / error;
	out->df = 1 / (share * share / (n - 1) + rest * rest / (m - 1));
	/* By default GSL ends the process where a tail underflows; 0 is the right answer then. */
	gsl_set_error_handler_off();
	double p = 2 * gsl_cdf_tdist_Q(fabs(out->statistic), out->df);
	out->p = isfinite(p) ? fmin(fmax(p, 0), 1) : 0;
	return isfinite(out->statistic);
}

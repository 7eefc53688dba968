#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "statistics.h"

static double slope_between(const double *values, size_t i, size_t j)
{
	double steps = (double)(j - i), slope = (values[j] - values[i]) / steps;

	if (!isfinite(slope))
		slope = values[j] / steps - values[i] / steps;
	return fmin(fmax(slope, -DBL_MAX), DBL_MAX);
}

static double middle(const double *sorted, size_t count)
{
	double low = sorted[(count - 1) / 2], high = sorted[count / 2], sum = low + high;

	return isfinite(sum) ? sum / 2 : low / 2 + high / 2;
}

/* Sum over the runs of equal values of t (t - 1) (2t + 5). */
static double tie_term(const double *sorted, size_t count)
{
	double sum = 0;

	for (size_t i = 0, j; i < count; i = j) {
		for (j = i; j < count && sorted[j] == sorted[i]; j++)
			;
		double t = (double)(j - i);
		sum += t * (t - 1) * (2 * t + 5);
	}
	return sum;
}

bool trend_test(double *p, double *slope, double *s, const double *values, size_t count)
{
	double sum = 0, n = (double)count;
	size_t pairs = 0;

	if (count < 2)
		return false;
	double *work = memory_get(count * (count - 1) / 2 * sizeof *work + count * sizeof *work);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			sum += (double)((values[j] > values[i]) - (values[j] < values[i]));
			work[pairs++] = slope_between(values, i, j);
		}
	}
	values_sort(work, pairs);
	*slope = middle(work, pairs) + 0.0;
	for (size_t i = 0; i < count; i++)
		work[i] = values[i];
	values_sort(work, count);
	double variance = (n * (n - 1) * (2 * n + 5) - tie_term(work, count)) / 18;
	free(work);
	*s = sum;
	*p = sum == 0 || variance <= 0 ? 1 : normal_p((fabs(sum) - 1) / sqrt(variance));
	return true;
}

#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "statistics.h"

/* Differences of the distribution functions are compared as whole numbers, times n * m: equal means equal. */

/* Moves past all values equal to t. */
static size_t pass(const double *sorted, size_t count, size_t at, double t)
{
	while (at < count && sorted[at] == t)
		at++;
	return at;
}

bool ks_test(struct ks *out, const double *reference, size_t n, const double *current, size_t m)
{
	size_t i = 0, j = 0;
	int64_t above = 0, below = 0, largest = -1;

	*out = (struct ks){0};
	if (!n || !m)
		return false;
	while (i < n || j < m) {
		double t = j == m || (i < n && reference[i] <= current[j]) ? reference[i] : current[j];
		i = pass(reference, n, i, t);
		j = pass(current, m, j, t);
		int64_t gap = (int64_t)i * (int64_t)m - (int64_t)j * (int64_t)n;
		above = gap > above ? gap : above;
		below = -gap > below ? -gap : below;
		int64_t size = gap < 0 ? -gap : gap;
		if (size > largest) {
			largest = size;
			out->at = t;
			out->reference = (double)i / (double)n;
			out->current = (double)j / (double)m;
		}
	}
	double whole = (double)n * (double)m;
	out->d_plus = (double)above / whole;
	out->d_minus = (double)below / whole;
	out->statistic = (double)largest / whole;
	out->scaled = (uint64_t)largest;
	return true;
}

double kolmogorov_p(double z)
{
	static const double pi = 3.14159265358979323846;
	double sum = 0;

	if (z <= 0)
		return 1;
	if (z < 1) {
		/* The same by Jacobi's transformation, which converges where the series below does not. */
		for (int k = 1; k <= 19; k += 2)
			sum += exp(-k * k * pi * pi / (8 * z * z));
		return fmin(fmax(1 - sqrt(2 * pi) / z * sum, 0), 1);
	}
	for (int k = 10; k >= 1; k--)
		sum = exp(-2.0 * k * k * z * z) - sum;
	return fmin(fmax(2 * sum, 0), 1);
}

double ks_p_limit(const struct ks *ks, size_t n, size_t m)
{
	double first = (double)n, second = (double)m;

	return kolmogorov_p(sqrt(first * second / (first + second)) * ks->statistic);
}

/* ends[k] says whether the k smallest of the pooled values end where a run of equal values does. */
static bool *tie_ends(const double *reference, size_t n, const double *current, size_t m)
{
	bool *ends = memory_get((n + m + 1) * sizeof *ends);
	size_t i = 0, j = 0;

	for (size_t k = 0; k <= n + m; k++)
		ends[k] = false;
	while (i < n || j < m) {
		double t = j == m || (i < n && reference[i] <= current[j]) ? reference[i] : current[j];
		i = pass(reference, n, i, t);
		j = pass(current, m, j, t);
		ends[i + j] = true;
	}
	return ends;
}

double ks_p_exact(const struct ks *ks, const double *reference, size_t n, const double *current, size_t m)
{
	if (!ks->scaled)
		return 1;
	bool *ends = tie_ends(reference, n, current, m);
	/* reached[j]: among all orders of i reference and j current values, the share that has met the gap by then. The last of them is a
	 * reference value in the share i / (i + j). */
	double *reached = memory_get((m + 1) * sizeof *reached);
	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			int64_t gap = (int64_t)(i * m) - (int64_t)(j * n);
			if (ends[i + j] && (uint64_t)(gap < 0 ? -gap : gap) >= ks->scaled)
				reached[j] = 1;
			else if (i + j == 0)
				reached[j] = 0;
			else
				reached[j] = ((i ? (double)i * reached[j] : 0) + (j ? (double)j * reached[j - 1] : 0)) / (double)(i + j);
		}
	}
	double p = reached[m];
	free(reached);
	free(ends);
	return fmin(p, 1);
}

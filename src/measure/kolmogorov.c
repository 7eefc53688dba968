#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "statistics.h"

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

double ks_p_limit(double d, double n, double m)
{
	return kolmogorov_p(sqrt(n * m / (n + m)) * d);
}

double ks_p_exact(uint64_t scaled, const bool *ends, size_t n, size_t m)
{
	if (!scaled)
		return 1;
	/* reached[j]: among all orders of i reference and j current values, the share that has met the gap by then. The last of them is a
	 * reference value in the share i / (i + j). */
	double *reached = memory_get((m + 1) * sizeof *reached);
	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			int64_t gap = (int64_t)(i * m) - (int64_t)(j * n);
			if (ends[i + j] && (uint64_t)(gap < 0 ? -gap : gap) >= scaled)
				reached[j] = 1;
			else if (i + j == 0)
				reached[j] = 0;
			else
				reached[j] = ((i ? (double)i * reached[j] : 0) + (j ? (double)j * reached[j - 1] : 0)) / (double)(i + j);
		}
	}
	double p = reached[m];
	free(reached);
	return fmin(p, 1);
}

double kuiper_p(double v, double n, double m)
{
	double root = sqrt(n * m / (n + m)), l = (root + 0.155 + 0.24 / root) * v, sum = 0;

	if (l < 0.4)
		return 1;
	/* The smallest terms first. */
	for (int k = 20; k >= 1; k--) {
		double square = 2.0 * k * k * l * l;
		sum += (2 * square - 1) * exp(-square);
	}
	return fmin(fmax(2 * sum, 0), 1);
}

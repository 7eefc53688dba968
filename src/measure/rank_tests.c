#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_bessel.h>
#include <math.h>

#include "statistics.h"

static const double pi = 3.14159265358979323846;

/* --- Cramer and von Mises --- */

/* Anderson and Darling's series for P(W <= x) (Annals of Mathematical Statistics 23, 1952, equation 4.35); for small x. */
static double cramer_mises_below(double x)
{
	double sum = 0, ratio = sqrt(pi); /* Gamma(k + 1/2) / Gamma(k + 1) */

	gsl_set_error_handler_off();
	for (int k = 0; k < 8; k++) {
		double y = 4 * k + 1, q = y * y / (16 * x), bessel = gsl_sf_bessel_Knu_scaled(0.25, q);
		sum += ratio * sqrt(y) * exp(-2 * q) * bessel;
		ratio *= (k + 0.5) / (k + 1);
	}
	return sum / (pow(pi, 1.5) * sqrt(x));
}

/* Smirnov's integrals for P(W > x), (2 / pi) sum (-1)^(j + 1) of the integral of sqrt(s / |sin s|) exp(-x s^2 / 2) / s from (2j - 1) pi to
 * 2j pi. Both ends are singular like a square root's inverse: Gauss and Chebyshev's rule takes that in. Only small terms are taken off
 * a large one, so small p keep their digits. */
static double cramer_mises_above(double x)
{
	enum { NODES = 64 };
	double sum = 0;

	for (int j = 4; j >= 1; j--) {
		double part = 0;
		for (int k = 0; k < NODES; k++) {
			double from_start = pi / 2 * (1 - cos((k + 0.5) * pi / NODES)), to_end = pi - from_start, s = (2 * j - 1) * pi + from_start;
			part += sqrt(s * from_start * to_end / sin(from_start)) / s * exp(-x * s * s / 2);
		}
		sum = part - sum;
	}
	return sum * 2 / NODES;
}

double cramer_mises_p(double x)
{
	if (x < 0.003)
		return 1;
	return fmin(fmax(x < 0.2 ? 1 - cramer_mises_below(x) : cramer_mises_above(x), 0), 1);
}

double cvm_p(double statistic, double n, double m)
{
	double all = n + m, mean = (1 + 1 / all) / 6;
	double variance = (all + 1) * (4 * n * m * all - 3 * (n * n + m * m) - 2 * n * m) / (180 * all * all * n * m);

	return cramer_mises_p(1.0 / 6 + (statistic - mean) / sqrt(45 * variance));
}

/* --- Anderson and Darling --- */

/* Sums of 1 / i and of 1 / i^2 for i up to count; from their asymptotic series where that has all digits. */
static void harmonic(double *first, double *second, double count)
{
	static const double euler = 0.57721566490153286061;

	*first = *second = 0;
	if (count >= 1000) {
		double square = count * count;
		*first = log(count) + euler + 1 / (2 * count) - 1 / (12 * square) + 1 / (120 * square * square);
		*second = pi * pi / 6 - 1 / count + 1 / (2 * square) - 1 / (6 * square * count) + 1 / (30 * square * square * count);
		return;
	}
	for (double i = count; i >= 1; i--) {
		*first += 1 / i;
		*second += 1 / (i * i);
	}
}

bool darling_standardise(double *out, double *variance, double a2, double n, double m)
{
	double all = n + m, sums = 1 / n + 1 / m, whole, squares;

	*out = *variance = 0;
	if (all < 4)
		return false;
	harmonic(&whole, &squares, all);
	/* h is the sum of 1 / i up to N - 1. The double sum g of 1 / ((N - i) j), i < j < N, is the sum of 1 / i^2 up to N less 2 h / N and
	 * 1 / N^2, because the convolution of 1 / i with the harmonic numbers is their square less the squares' sum. */
	double h = whole - 1 / all, g = squares - 2 * whole / all + 1 / (all * all);
	double a = 4 * g - 6 + (10 - 6 * g) * sums;
	double b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * sums - 8 * h + 4 * g - 6;
	double c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * sums + 4 * h;
	double d = 4 * (2 * h + 6) - 8 * h;
	*variance = (((a * all + b) * all + c) * all + d) / ((all - 1) * (all - 2) * (all - 3));
	*out = (a2 - 1) / sqrt(*variance);
	return *variance > 0;
}

double darling_p(int *bound, double standardised)
{
	/* Their table for two samples: at its ends the p are 0.25 and 0.001; between them ln p is the least squares parabola through its
	 * seven points (0.325, 0.25), (1.226, 0.1), (1.961, 0.05), (2.718, 0.025), (3.752, 0.01), (4.592, 0.005), (6.546, 0.001). */
	double x = standardised;

	*bound = x < 0.325 ? 1 : x > 6.546 ? -1 : 0;
	if (*bound)
		return *bound > 0 ? 0.25 : 0.001;
	return exp((0.018198094574111277 * x - 1.0082265644652506) * x - 1.0777702798204871);
}

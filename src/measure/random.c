#include "random.h"

#include <math.h>

/* Steele, Lea and Flood, Fast splittable pseudorandom number generators (OOPSLA 2014): SplitMix64. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t next(struct random *random)
{
	random->state += UINT64_C(0x9e3779b97f4a7c15);
	return mix(random->state);
}

struct random random_at(uint64_t seed, uint64_t stream, uint64_t place)
{
	return (struct random){mix(mix(mix(seed) ^ stream) + place * UINT64_C(0xd1342543de82ef95))};
}

double random_unit(struct random *random)
{
	return (double)(next(random) >> 11) * 0x1p-53;
}

/* x = m * 2^e with m near 1: log x = e log 2 + 2 artanh((m - 1) / (m + 1)). */
double exact_log(double x)
{
	int exponent;
	double m = frexp(x, &exponent), sum = 0;

	if (m < 0.70710678118654752) {
		m *= 2;
		exponent--;
	}
	double s = (m - 1) / (m + 1), square = s * s;
	for (int k = 25; k > 0; k -= 2)
		sum = sum * square + 1.0 / k;
	return exponent * 0.69314718055994531 + 2 * s * sum;
}

double exact_exp(double x)
{
	if (x > 709)
		return INFINITY;
	if (x < -745)
		return 0;
	double k = floor(x / 0.69314718055994531 + 0.5), sum = 1;
	/* The logarithm of 2 in two parts, so that the remainder keeps its digits. */
	double rest = x - k * 0.693147180369123816490 - k * 1.90821492927058770002e-10;
	for (int i = 18; i > 0; i--)
		sum = sum * rest / i + 1;
	return ldexp(sum, (int)k);
}

/* Marsaglia's polar method (Marsaglia and Bray, SIAM Review 6, 1964). */
double random_normal(struct random *random)
{
	for (;;) {
		double u = 2 * random_unit(random) - 1, v = 2 * random_unit(random) - 1, s = u * u + v * v;
		if (s > 0 && s < 1)
			return u * sqrt(-2 * exact_log(s) / s);
	}
}

double random_exponential(struct random *random)
{
	return -exact_log(1 - random_unit(random));
}

/* Knuth's product of uniform numbers, in parts, as a Poisson number is the sum of others whose means add up. */
static double poisson_part(struct random *random, double mean)
{
	double limit = exact_exp(-mean), product = random_unit(random), count = 0;

	while (product > limit) {
		product *= random_unit(random);
		count++;
	}
	return count;
}

double random_poisson(struct random *random, double mean)
{
	enum { PART = 16, NORMAL_FROM = 10000 };
	double count = 0;

	if (mean >= NORMAL_FROM) {
		count = floor(mean + sqrt(mean) * random_normal(random) + 0.5);
		return count < 0 ? 0 : count;
	}
	for (; mean > PART; mean -= PART)
		count += poisson_part(random, PART);
	return count + poisson_part(random, mean);
}

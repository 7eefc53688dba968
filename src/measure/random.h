/* Random: reproducible random numbers, the same bits on every machine. */
#ifndef GALLEY_RANDOM_H
#define GALLEY_RANDOM_H

#include <stdint.h>

/* A stream of its own for each place: take as many numbers as needed. */
struct random { uint64_t state; };

struct random random_at(uint64_t seed, uint64_t stream, uint64_t place);
/* In [0, 1), 53 bits. */
double random_unit(struct random *random);
/* Standard normal, exponential with mean 1, Poisson with a mean from 0 to 1e6. */
double random_normal(struct random *random);
double random_exponential(struct random *random);
double random_poisson(struct random *random, double mean);

/* Natural logarithm and exponential function from operations that are rounded in one way everywhere; good to a few units in the last place. */
double exact_log(double x);
double exact_exp(double x);

#endif

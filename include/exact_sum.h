/* Exact sum: the sums of finite doubles and of their squares, without any rounding, so that neither the order of the values nor how they
 * were split over threads, files or machines changes a bit of what follows from them. Also their least and largest.
 *
 * Form: fixed point in two's complement over the whole range of doubles. Mean, variance and standard deviation are computed from it in
 * whole numbers and rounded once, to nearest.
 * Ownership: plain data, the caller's; scratch is freed with exact_batch_free(). Failure: none; what is not defined is told by
 * the result. */
#ifndef GALLEY_EXACT_SUM_H
#define GALLEY_EXACT_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXACT_WORDS = 36, EXACT_SQUARE_WORDS = 70 };

struct exact_sum {
	uint64_t count;
	double min, max;                       /* valid where count > 0; 0 is never -0 */
	uint64_t sum[EXACT_WORDS];             /* units of 2^-1074, least word first */
	uint64_t squares[EXACT_SQUARE_WORDS];  /* units of 2^-2148 */
};

void exact_sum_init(struct exact_sum *sum);
/* As if the values of from had been added to into. */
void exact_sum_join(struct exact_sum *into, const struct exact_sum *from);

/* Scratch for adding many values quickly, one a thread. */
struct exact_batch;
struct exact_batch *exact_batch_new(void);
void exact_batch_free(struct exact_batch *batch);
/* All values finite. */
void exact_sum_add(struct exact_sum *sum, const double *values, size_t count, struct exact_batch *batch);

/* False for no values. */
bool exact_mean(double *mean, const struct exact_sum *sum);
/* With count - less in the denominator (less 0 or 1); false where that is 0 or less, or the result is beyond the largest double. */
bool exact_variance(double *variance, const struct exact_sum *sum, unsigned less);
bool exact_std(double *std, const struct exact_sum *sum, unsigned less);
/* The same for values times 2^-scale, for where those would leave the range; rest is what the mean's rounding took away. */
bool exact_mean_scaled(double *mean, double *rest, const struct exact_sum *sum, int scale);
bool exact_std_scaled(double *std, const struct exact_sum *sum, unsigned less, int scale);

#endif

/* Sum: Neumaier's compensated sum (Zeitschrift fuer angewandte Mathematik und Mechanik 54, 1974): the error of each addition is carried
 * along. As in every sum of doubles, the result depends on the order.
 *
 * Ownership, failure: none. */
#ifndef GALLEY_SUM_H
#define GALLEY_SUM_H

#include <math.h>

#include "ranks.h"

static inline void sum_add(struct sum *sum, double value)
{
	double total = sum->total + value;

	if (fabs(sum->total) >= fabs(value))
		sum->rest += sum->total - total + value;
	else
		sum->rest += value - total + sum->total;
	sum->total = total;
}

static inline double sum_value(const struct sum *sum)
{
	return sum->total + sum->rest;
}

#endif

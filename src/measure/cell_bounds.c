#include "cell_bounds.h"

#include <math.h>

/* Each method is a sum of terms g(r, c) over the cells' shares that are 0 where both are equal and convex in both. On a box of shares such a
 * term is largest in one of the two corners away from the diagonal, and least where the box comes nearest to it. */

static double psi_term(double r, double c)
{
	return (c - r) * log(c / r);
}

static double js_term(double r, double c)
{
	double middle = (r + c) / 2;

	return (r > 0 ? r * log2(r / middle) : 0) / 2 + (c > 0 ? c * log2(c / middle) : 0) / 2;
}

static double hellinger_term(double r, double c)
{
	double difference = sqrt(r) - sqrt(c);

	return difference * difference / 2;
}

static double tvd_term(double r, double c)
{
	return fabs(r - c) / 2;
}

/* With c - r taken away, so that it is never less than 0; all shares together that makes no difference but for floors. */
static double kl_term(double r, double c)
{
	return c * log(c / r) - c + r;
}

/* At least and at most. */
struct share { double low, high; };

static struct share share_of(struct span count, uint64_t all, bool floor)
{
	struct share share = {(double)count.low / (double)all, (double)count.high / (double)all};

	if (!floor || count.low)
		return share;
	/* None at all counts as the floor, one as what it is. */
	share.low = count.high && 1 / (double)all < PSI_FLOOR ? 1 / (double)all : PSI_FLOOR;
	share.high = share.high > PSI_FLOOR ? share.high : PSI_FLOOR;
	return share;
}

static void add_term(struct value_bound *sum, double (*term)(double r, double c), struct share r, struct share c)
{
	if (c.low > r.high)
		sum->low += term(r.high, c.low);
	if (r.low > c.high)
		sum->low += term(r.low, c.high);
	sum->high += fmax(term(r.low, c.high), term(r.high, c.low));
}

/* Sums of a few terms, each rounded. */
#define ROUNDING 1e-13

static struct value_bound ended(struct value_bound sum, bool root, double most)
{
	double low = fmax(sum.low * (1 - ROUNDING) - ROUNDING, 0), high = sum.high * (1 + ROUNDING) + ROUNDING;

	return (struct value_bound){root ? sqrt(low) : low, fmin(root ? sqrt(high) : high, most)};
}

void cell_bounds(struct value_bound bounds[METHOD_COUNT], const struct cell_spans *cells, size_t count, uint64_t n, uint64_t m)
{
	struct value_bound psi = {0}, js = {0}, hellinger = {0}, tvd = {0}, kl = {0};

	for (size_t i = 0; i < count; i++) {
		struct share r = share_of(cells[i].reference, n, false), c = share_of(cells[i].current, m, false);
		add_term(&js, js_term, r, c);
		add_term(&hellinger, hellinger_term, r, c);
		add_term(&tvd, tvd_term, r, c);
		r = share_of(cells[i].reference, n, true);
		c = share_of(cells[i].current, m, true);
		add_term(&psi, psi_term, r, c);
		add_term(&kl, kl_term, r, c);
		/* What floors add to the shares of a side, which are 1 together without them. */
		kl.low += (cells[i].current.high ? 0 : PSI_FLOOR) - (cells[i].reference.low ? 0 : PSI_FLOOR);
		kl.high += (cells[i].current.low ? 0 : PSI_FLOOR) - (cells[i].reference.high ? 0 : PSI_FLOOR);
	}
	bounds[METHOD_PSI] = ended(psi, false, INFINITY);
	bounds[METHOD_JS] = ended(js, true, 1);
	bounds[METHOD_HELLINGER] = ended(hellinger, true, 1);
	bounds[METHOD_TVD] = ended(tvd, false, 1);
	bounds[METHOD_KL] = (struct value_bound){kl.low - ROUNDING, kl.high * (1 + ROUNDING) + ROUNDING};
}

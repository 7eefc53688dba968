#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "statistics.h"
#include "sum.h"

static void count_cells(size_t *n, size_t *m, const size_t *reference, const size_t *current, size_t cells)
{
	*n = *m = 0;
	for (size_t i = 0; i < cells; i++) {
		*n += reference[i];
		*m += current[i];
	}
}

bool psi(double *value, double *parts, const size_t *reference, const size_t *current, size_t cells)
{
	struct sum sum = {0};
	size_t n, m;

	count_cells(&n, &m, reference, current, cells);
	if (!n || !m)
		return false;
	for (size_t i = 0; i < cells; i++) {
		double r = reference[i] ? (double)reference[i] / (double)n : PSI_FLOOR;
		double c = current[i] ? (double)current[i] / (double)m : PSI_FLOOR;
		bool both = reference[i] && current[i];
		/* Whole numbers where they are, so that equal shares give exactly 0. */
		double change = both ? -cross_difference(reference[i], n, current[i], m) / ((double)n * (double)m) : c - r;
		double part = change * log(c / r);
		sum_add(&sum, part);
		if (parts)
			parts[i] = part;
	}
	*value = sum_value(&sum);
	return true;
}

/* 2 O ln(O / E) of both counts a of n and b of m in a cell; difference = a m - b n says how far O / E is from 1. */
static double likelihood_part(double difference, double a, double n, double b, double m)
{
	double both = a + b;
	double first = a > 0 ? a * log1p(difference / both / n) : 0, second = b > 0 ? b * log1p(-difference / both / m) : 0;

	return 2 * (first + second);
}

static bool test_homogeneity(struct homogeneity *out, const size_t *reference, const size_t *current, size_t cells, bool likelihood)
{
	struct sum sum = {0};
	size_t n, m, used = 0;

	*out = (struct homogeneity){0};
	count_cells(&n, &m, reference, current, cells);
	if (!n || !m)
		return false;
	double total = (double)n + (double)m;
	for (size_t i = 0; i < cells; i++) {
		double both = (double)reference[i] + (double)current[i];
		if (both == 0)
			continue;
		used++;
		double difference = cross_difference(reference[i], n, current[i], m);
		sum_add(&sum, likelihood ? likelihood_part(difference, (double)reference[i], (double)n, (double)current[i], (double)m)
		                         : difference / both * (difference / ((double)n * (double)m)));
		out->small += both * (double)n < 5 * total;
		out->small += both * (double)m < 5 * total;
	}
	out->cells = 2 * used;
	out->dof = used - 1;
	out->statistic = used > 1 ? fmax(sum_value(&sum), 0) : 0;
	out->p = chi_square_p(out->statistic, out->dof);
	out->has_v = used > 1;
	out->cramers_v = used > 1 ? sqrt(out->statistic / total) : 0;
	return true;
}

bool chi_square_test(struct homogeneity *out, const size_t *reference, const size_t *current, size_t cells)
{
	return test_homogeneity(out, reference, current, cells, false);
}

bool g_test(struct homogeneity *out, const size_t *reference, const size_t *current, size_t cells)
{
	return test_homogeneity(out, reference, current, cells, true);
}

double chi_square_p(double statistic, size_t dof)
{
	if (!dof || statistic <= 0)
		return 1;
	/* By default GSL ends the process where a tail underflows; 0 is the right answer then. */
	gsl_set_error_handler_off();
	double p = gsl_cdf_chisq_Q(statistic, (double)dof);
	return isfinite(p) ? fmin(fmax(p, 0), 1) : 0;
}

/* --- distances --- */

/* Jensen and Shannon's term of a cell with shares r and c, from their mean q and e = (r - c) / (r + c): q / 2 ((1 + e) log2(1 + e) +
 * (1 - e) log2(1 - e)), arranged so that it is accurate where e is small. */
static double js_part(double q, double e)
{
	static const double bit = 1.44269504088896340736; /* 1 / ln 2 */

	if (fabs(e) >= 1)
		return q;
	return q / 2 * bit * (log1p(-e * e) + 2 * e * atanh(e));
}

/* share ln(share / other), where whole is both shares' denominators times the first one's count, and difference what it exceeds the other
 * count's by; whole 0: a side has none. */
static double kl_part(double share, double other, double difference, double whole)
{
	return share * (whole > 0 ? -log1p(-difference / whole) : log(share / other));
}

struct distance_sums { struct sum js, hellinger, tvd, kl_current, kl_reference; };

bool share_distances(struct distances *out, const size_t *reference, const size_t *current, size_t cells)
{
	struct distance_sums sums = {0};
	size_t n, m;

	*out = (struct distances){0};
	count_cells(&n, &m, reference, current, cells);
	if (!n || !m)
		return false;
	for (size_t i = 0; i < cells; i++) {
		double r = (double)reference[i] / (double)n, c = (double)current[i] / (double)m;
		if (!reference[i] && !current[i])
			continue;
		double whole = (double)n * (double)m, cross = cross_difference(reference[i], n, current[i], m), change = cross / whole;
		double both = (double)reference[i] * (double)m + (double)current[i] * (double)n, roots = sqrt(r) + sqrt(c);
		sum_add(&sums.js, js_part((r + c) / 2, cross / both));
		sum_add(&sums.hellinger, change / roots * (change / roots));
		sum_add(&sums.tvd, fabs(change));
		out->largest = fmax(out->largest, fabs(change));
		double r_floor = reference[i] ? r : PSI_FLOOR, c_floor = current[i] ? c : PSI_FLOOR;
		bool paired = reference[i] && current[i];
		sum_add(&sums.kl_current, kl_part(c_floor, r_floor, -cross, paired ? (double)current[i] * (double)n : 0));
		sum_add(&sums.kl_reference, kl_part(r_floor, c_floor, cross, paired ? (double)reference[i] * (double)m : 0));
	}
	/* What rounding takes below 0 or beyond 1 is put back. */
	out->js_divergence = fmin(fmax(sum_value(&sums.js), 0), 1);
	out->js_distance = sqrt(out->js_divergence);
	out->hellinger = fmin(sqrt((sum_value(&sums.hellinger)) / 2), 1);
	out->tvd = fmin((sum_value(&sums.tvd)) / 2, 1);
	out->kl_current = sum_value(&sums.kl_current);
	out->kl_reference = sum_value(&sums.kl_reference);
	return true;
}

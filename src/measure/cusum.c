#include "statistics.h"

#include <math.h>

static double mean_of(const double *values, size_t count)
{
	struct moments moments;

	values_moments(&moments, values, count);
	return moments_mean(&moments);
}

/* One side of the chart: how far the values have run away from the mean, and since when. */
struct side {
	double sum;
	size_t start;
};

static bool run_away(struct side *side, double distance, size_t at)
{
	if (side->sum == 0)
		side->start = at;
	side->sum = fmax(0, side->sum + distance - CUSUM_K);
	return side->sum > CUSUM_H;
}

/* Watches from the reference on; false where nothing is found. */
static bool find_change(struct cusum_change *out, const double *values, size_t from, size_t count)
{
	struct side up = {0, 0}, down = {0, 0};

	for (size_t i = from + CUSUM_REFERENCE; i < count; i++) {
		double z = (values[i] - out->mean) / out->std;
		bool rises = run_away(&up, z, i), falls = run_away(&down, -z, i);
		if (!rises && !falls)
			continue;
		out->alarm = i;
		out->up = rises;
		out->start = rises ? up.start : down.start;
		return true;
	}
	return false;
}

size_t cusum_changes(struct cusum_change *out, size_t most, bool *judged, const double *values, size_t count)
{
	size_t found = 0, from = 0;

	*judged = false;
	while (count - from > CUSUM_REFERENCE) {
		struct cusum_change change = {.reference = from, .mean = mean_of(values + from, CUSUM_REFERENCE)};
		struct moments moments;
		values_moments(&moments, values + from, CUSUM_REFERENCE);
		if (!moments_std(&change.std, &moments) || !(change.std > 0))
			break;
		*judged = true;
		if (found == most || !find_change(&change, values, from, count))
			break;
		out[found++] = change;
		from = change.alarm;
	}
	for (size_t i = 0; i < found; i++) {
		size_t end = i + 1 < found ? out[i + 1].start : count;
		out[i].after = mean_of(values + out[i].alarm, end - out[i].alarm);
	}
	return found;
}

#include "chart.h"

enum svg_mark mark_of_verdict(enum verdict verdict)
{
	static const enum svg_mark marks[] = {MARK_PASS, MARK_WARN, MARK_INCONCLUSIVE, MARK_FAIL};

	return marks[verdict];
}

enum svg_mark mark_of_drift(enum drift_status status)
{
	static const enum svg_mark marks[] = {MARK_PASS, MARK_PASS, MARK_WARN, MARK_INCONCLUSIVE, MARK_FAIL};

	return marks[status];
}

double day_of(int64_t time)
{
	return (double)(time / 86400);
}

bool run_day(double *day, const struct run *run)
{
	if (!run->has_finished && !run->has_started)
		return false;
	*day = day_of(run->has_finished ? run->finished : run->started);
	return true;
}

void chart_finish(struct buffer *out, struct svg *svg, struct text slug, struct text title, const struct buffer *alt)
{
	svg_write(out, svg, slug, title, buffer_text(alt));
}

enum drift_status drift_verdict(struct buffer *out, const struct drift_result *drift)
{
	static const enum drift_status order[] = {DRIFT_DRIFT, DRIFT_INCONCLUSIVE, DRIFT_WARN, DRIFT_STABLE};
	enum drift_status worst = DRIFT_UNJUDGED;
	size_t all = 0;
	bool any = false;

	for (size_t k = 0; k < 4; k++) {
		size_t count = 0;
		for (size_t i = 0; i < drift->column_count; i++)
			count += drift->columns[i].status == order[k];
		all += count;
		if (!count)
			continue;
		if (worst == DRIFT_UNJUDGED)
			worst = order[k];
		if (order[k] == DRIFT_STABLE && any)
			continue;
		buffer_format(out, "%s%zu %s", any ? ", " : "", count, drift_status_name(order[k]));
		any = true;
	}
	buffer_format(out, " of %zu", all);
	return worst;
}

void spread_labels(double *positions, size_t count, double gap, double low, double high)
{
	for (size_t i = 0; i < count; i++)
		if (positions[i] < low + (double)i * gap)
			positions[i] = low + (double)i * gap;
	for (size_t i = 1; i < count; i++)
		if (positions[i] < positions[i - 1] + gap)
			positions[i] = positions[i - 1] + gap;
	for (size_t i = count; i > 0; i--) {
		double most = i == count ? high : positions[i] - gap;
		if (positions[i - 1] > most)
			positions[i - 1] = most;
	}
}

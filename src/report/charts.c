#include "charts.h"

/* No chart is drawn yet: pages leave them and their links out, as with config.charts false. */

const char *chart_fleet_status(struct buffer *svg, struct buffer *alt, const struct pages *set)
{
	(void)svg, (void)alt, (void)set;
	return NULL;
}

bool chart_metric_trend(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result)
{
	(void)svg, (void)alt, (void)set, (void)result;
	return false;
}

bool chart_psi_timeseries(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result)
{
	(void)svg, (void)alt, (void)set, (void)result;
	return false;
}

bool chart_drift_heatmap(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result)
{
	(void)svg, (void)alt, (void)set, (void)result;
	return false;
}

bool chart_feature(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result,
                   const struct snapshot_result *snapshot, const struct drift_column *column)
{
	(void)svg, (void)alt, (void)set, (void)result, (void)snapshot, (void)column;
	return false;
}

bool chart_feature_ecdf(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result,
                        const struct snapshot_result *snapshot, const struct drift_column *column)
{
	(void)svg, (void)alt, (void)set, (void)result, (void)snapshot, (void)column;
	return false;
}

bool chart_run_gates(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct run_result *run,
                     const struct run_result *production)
{
	(void)svg, (void)alt, (void)set, (void)run, (void)production;
	return false;
}

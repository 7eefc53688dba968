/* Charts: one SVG each, for light and dark pages, with an alt text that states the finding in numbers.
 *
 * svg gets the file, alt the finding; false or NULL where there is nothing to draw, and then both are empty.
 * Ownership: the caller's buffers. Failure: none. */
#ifndef GALLEY_CHARTS_H
#define GALLEY_CHARTS_H

#include "page.h"

/* Returns the unit of a column: "week", "day" or "month". */
const char *chart_fleet_status(struct buffer *svg, struct buffer *alt, const struct pages *set);
bool chart_metric_trend(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result);
bool chart_psi_timeseries(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result);
bool chart_drift_heatmap(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result);
/* Histogram or paired bars, by the column's kind. */
bool chart_feature(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result,
                   const struct snapshot_result *snapshot, const struct drift_column *column);
bool chart_feature_ecdf(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result,
                        const struct snapshot_result *snapshot, const struct drift_column *column);
bool chart_run_gates(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct run_result *run,
                     const struct run_result *production);

#endif

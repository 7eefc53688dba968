/* What charts share: verdicts as marks, days, names. Ownership, failure: as in charts.h. */
#ifndef GALLEY_CHART_H
#define GALLEY_CHART_H

#include "charts.h"
#include "svg.h"
#include "words.h"

enum svg_mark mark_of_verdict(enum verdict verdict);
enum svg_mark mark_of_drift(enum drift_status status);
/* Days since 1970. */
double day_of(int64_t time);
/* Of a run: when it finished, else started; false where neither is known. */
bool run_day(double *day, const struct run *run);
/* Writes the file and takes the alt text for its description. */
void chart_finish(struct buffer *out, struct svg *svg, struct text slug, struct text title, const struct buffer *alt);
/* "1 drift, 1 warn of 8" over a snapshot's judged columns, and the worst status. */
enum drift_status drift_verdict(struct buffer *out, const struct drift_result *drift);
/* Pushes the positions apart to at least gap, in their order, within low..high. */
void spread_labels(double *positions, size_t count, double gap, double low, double high);

#endif

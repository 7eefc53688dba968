#include <math.h>
#include <stdlib.h>

#include "chart.h"

enum { PERIODS = 12, MODELS_MAX = 40, NAMED_MAX = 6 };

enum unit { UNIT_DAY, UNIT_WEEK, UNIT_MONTH };
static const char *const unit_names[] = {"day", "week", "month"};

static int order_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* The unit that fits how often snapshots come: by the median gap between two of one model. */
static enum unit unit_of(const struct pages *set, double *newest)
{
	size_t count = 0;
	double *gaps = NULL;

	*newest = -INFINITY;
	for (size_t i = 0; i < set->results->model_count; i++) {
		const struct model_result *result = &set->results->models[i];
		for (size_t k = 0; k < result->snapshot_count; k++) {
			double day = day_of(result->snapshots[k].snapshot->time);
			*newest = day > *newest ? day : *newest;
			if (!k)
				continue;
			gaps = arena_grow(set->arena, gaps, count, sizeof *gaps);
			gaps[count++] = day - day_of(result->snapshots[k - 1].snapshot->time);
		}
	}
	if (!count)
		return UNIT_WEEK;
	qsort(gaps, count, sizeof *gaps, order_doubles);
	double median = gaps[count / 2];
	return median < 4 ? UNIT_DAY : median < 17 ? UNIT_WEEK : UNIT_MONTH;
}

/* The period a day falls in, counted back from the newest: 0 is the last, below 0 before the picture. */
static int period_of(enum unit unit, double day, double newest)
{
	int year, month, in_month, last_year, last_month;

	if (unit != UNIT_MONTH)
		return PERIODS - 1 - (int)((newest - day) / (unit == UNIT_DAY ? 1 : 7));
	civil_of(&year, &month, &in_month, day);
	civil_of(&last_year, &last_month, &in_month, newest);
	return PERIODS - 1 - ((last_year - year) * 12 + last_month - month);
}

static void states_of(enum model_state states[PERIODS], const struct model_result *result, enum unit unit, double newest)
{
	for (int i = 0; i < PERIODS; i++)
		states[i] = STATE_NONE;
	for (size_t i = 0; i < result->snapshot_count; i++) {
		int period = period_of(unit, day_of(result->snapshots[i].snapshot->time), newest);
		if (period >= 0 && period < PERIODS)
			states[period] = result->snapshots[i].state;
	}
}

static void draw_cell(struct svg *svg, double x, double y, double w, double h, enum model_state state)
{
	double cx = x + w / 2, cy = y + h / 2;

	if (state == STATE_NONE) {
		svg_rect(svg, x + 1.5, y + 1.5, w - 3, h - 3, "bg bd", 3, NULL);
		svg_line(svg, x + 8, y + h - 7, x + w - 8, y + 7, "bd", 1, NULL);
		return;
	}
	const char *classes = state == STATE_FAILED ? "ff" : state >= STATE_DRIFTING ? "wf" : state == STATE_HEALTHY ? "h1" : "h0";
	svg_rect(svg, x + 1, y + 1, w - 2, h - 2, classes, 3, NULL);
	if (state == STATE_DRIFTING || state == STATE_DEGRADED)
		svg_triangle(svg, cx, cy - 5, 5, 8.5, "bg");
	else if (state == STATE_FAILED)
		svg_rect(svg, cx - 4, cy - 4, 8, 8, "bg", 0, NULL);
	else if (state != STATE_HEALTHY)
		svg_text(svg, cx, cy + 4, state == STATE_STALE ? TEXT("s") : TEXT("?"), "mu", (struct svg_style){.anchor = 'm', .size = 11});
}

static void legend(struct svg *svg, enum unit unit)
{
	static const struct { enum model_state state; const char *words; } items[] = {
	    {STATE_HEALTHY, "healthy"}, {STATE_DRIFTING, "drifting or degraded"}, {STATE_FAILED, "failed"}, {STATE_UNKNOWN, "unknown"}};
	double x = 16, y = svg->height - 16;

	for (size_t i = 0; i < 4; i++) {
		draw_cell(svg, x - 1, y - 12, 17, 16, items[i].state);
		svg_label(svg, x + 22, y, "mu", (struct svg_style){.size = 11}, "%s", items[i].words);
		x += 22 + svg_width(text_of(items[i].words), 11) + 14;
	}
	svg_rect(svg, x + .5, y - 9.5, 13, 11, "bg bd", 2, NULL);
	svg_line(svg, x + 3, y - 1, x + 11, y - 7, "bd", 1, NULL);
	svg_label(svg, x + 20, y, "mu", (struct svg_style){.size = 11}, "no snapshot in the %s", unit_names[unit]);
}

static void period_axis(struct svg *svg, enum unit unit, double newest, double x0, double w, double y)
{
	int last_month = 0, last_year = 0, year, month, day;
	double end = -99;

	for (int i = 0; i < PERIODS; i++) {
		double x = x0 + (i + .5) * w, at = newest - (PERIODS - 1 - i) * (unit == UNIT_DAY ? 1 : 7);
		civil_of(&year, &month, &day, unit == UNIT_MONTH ? newest : at);
		if (unit == UNIT_MONTH) {
			month -= PERIODS - 1 - i;
			while (month < 1) {
				month += 12;
				year--;
			}
		}
		bool new_month = month != last_month || unit == UNIT_DAY;
		last_month = month;
		if (!new_month)
			continue;
		svg_line(svg, x, y, x, y + 5, "ax", 1, NULL);
		double half = svg_width(text_of(month_names[month - 1]), 12) / 2;
		if (x - half <= end + 6)
			continue;
		if (unit == UNIT_MONTH)
			svg_text(svg, x, y + 18, text_of(month_names[month - 1]), "mu", (struct svg_style){.anchor = 'm'});
		else
			svg_label(svg, x, y + 18, "mu", (struct svg_style){.anchor = 'm'}, "%s %d", month_names[month - 1], day);
		end = x + (unit == UNIT_MONTH ? half : half + 10);
		if (year != last_year)
			svg_label(svg, x, y + 32, "mu", (struct svg_style){.anchor = 'm', .size = 11}, "%d", year);
		last_year = year;
	}
}

/* "model_x failed for 2 weeks" */
static void add_finding(struct buffer *alt, const struct model_result *result, const enum model_state states[PERIODS], enum unit unit)
{
	int run = 0;

	for (int i = PERIODS - 1; i >= 0 && states[i] == states[PERIODS - 1]; i--)
		run++;
	buffer_add(alt, result->model->record.id);
	buffer_format(alt, " %s", model_state_name(result->state));
	if (states[PERIODS - 1] == STATE_NONE)
		buffer_format(alt, ", no snapshot in the last %d %s%s", run, unit_names[unit], run == 1 ? "" : "s");
	else if (states[PERIODS - 1] == result->state)
		buffer_format(alt, " for %d %s%s", run, unit_names[unit], run == 1 ? "" : "s");
	buffer_string(alt, "; ");
}

static size_t counts_of(size_t counts[STATE_FAILED + 1], const struct model_result *const *models, size_t count)
{
	size_t watched = 0;

	for (size_t i = 0; i < count; i++) {
		counts[models[i]->state]++;
		watched += models[i]->state != STATE_NONE;
	}
	return watched;
}

const char *chart_fleet_status(struct buffer *out, struct buffer *alt, const struct pages *set)
{
	const struct model_result **models = models_by_state(set->results, set->arena);
	size_t counts[STATE_FAILED + 1] = {0}, watched = counts_of(counts, models, set->results->model_count);
	size_t shown = watched < MODELS_MAX ? watched : MODELS_MAX, named = 0;
	double newest, cw = 27, ch = 24, x0 = 210, y0 = 78;
	enum unit unit = unit_of(set, &newest);
	enum model_state states[PERIODS];
	struct svg svg;

	if (!watched || !isfinite(newest))
		return NULL;
	svg_init(&svg, 760, y0 + ch * (double)shown + 74);
	struct buffer words;
	buffer_init(&words);
	if (counts[STATE_FAILED])
		buffer_format(&words, "%zu failed, ", counts[STATE_FAILED]);
	buffer_format(&words, "%zu to watch of %zu", counts[STATE_DRIFTING] + counts[STATE_DEGRADED] + counts[STATE_STALE] + counts[STATE_UNKNOWN], watched);
	struct text title = text_format(set->arena, "State by model and %s", unit_names[unit]);
	svg_head(&svg, title, shown < watched ? text_format(set->arena, "the worst %zu of %zu models", shown, watched) : TEXT("rows by latest state, then id"),
	         counts[STATE_FAILED] ? MARK_FAIL : counts[STATE_HEALTHY] < watched ? MARK_WARN : MARK_PASS, buffer_text(&words));
	buffer_release(&words);
	buffer_format(alt, "State of %zu model%s over %d %ss: ", watched, watched == 1 ? "" : "s", PERIODS, unit_names[unit]);
	for (size_t j = 0; j < shown; j++) {
		double y = y0 + (double)j * ch;
		states_of(states, models[j], unit, newest);
		svg_text(&svg, x0 - 10, y + 16, models[j]->model->record.id, "tx", (struct svg_style){.anchor = 'e', .max = 28});
		for (int i = 0; i < PERIODS; i++)
			draw_cell(&svg, x0 + i * cw, y, cw, ch, states[i]);
		svg_label(&svg, x0 + PERIODS * cw + 12, y + 16, models[j]->state == STATE_FAILED ? "ff" : models[j]->state >= STATE_DRIFTING ? "wt" : "mu",
		          (struct svg_style){.bold = models[j]->state >= STATE_DRIFTING}, "%s", model_state_name(models[j]->state));
		if (models[j]->recipe)
			svg_text(&svg, 744, y + 16, models[j]->recipe->recipe->family, "mu", (struct svg_style){.anchor = 'e', .max = 20, .size = 11});
		if (models[j]->state != STATE_HEALTHY && named++ < NAMED_MAX)
			add_finding(alt, models[j], states, unit);
	}
	if (named > NAMED_MAX)
		buffer_format(alt, "%zu more not healthy; ", named - NAMED_MAX);
	buffer_format(alt, "%zu healthy", counts[STATE_HEALTHY]);
	period_axis(&svg, unit, newest, x0, cw, y0 + ch * (double)shown + 2);
	legend(&svg, unit);
	chart_finish(out, &svg, TEXT("fleet-status"), title, alt);
	return unit_names[unit];
}

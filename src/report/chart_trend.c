#include <math.h>

#include "chart.h"
#include "number.h"

enum { METRICS = 10, RUNS = 60 };

static const double row_height = 62, left = 152, right = 632, top_edge = 66;

struct row {
	const struct metric *metric;
	struct text pack;
	double values[RUNS];
	const struct gate_result *gates[RUNS];
	double low, high;
};

static double number_or(struct text text, double other)
{
	double value;

	return text.len && number_parse(&value, text) == NUMBER_FINITE ? value : other;
}

/* The limits that a value should not pass: one, or two beside a target. */
static int limits_of(double limits[2], const struct metric *metric)
{
	double warn = number_or(metric->warn.len ? metric->warn : metric->promote.len ? metric->promote : metric->fail, NAN);

	if (!isfinite(warn))
		return 0;
	limits[0] = warn;
	if (metric->direction != DIRECTION_TARGET)
		return 1;
	double target = number_or(metric->target, 0);
	limits[0] = target + warn;
	limits[1] = target - warn;
	return 2;
}

/* The row's own scale: its values, and the limit where it is not so far that the values would become a line. */
static void scale_row(struct row *row, size_t runs)
{
	double limits[2], low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < runs; i++)
		if (isfinite(row->values[i])) {
			low = fmin(low, row->values[i]);
			high = fmax(high, row->values[i]);
		}
	double span = high > low ? high - low : fabs(high) > 0 ? fabs(high) * .1 : 1;
	int count = limits_of(limits, row->metric);
	double wide_low = low, wide_high = high;
	for (int i = 0; i < count; i++)
		if (limits[i] > low - 1.5 * span && limits[i] < high + 1.5 * span) {
			wide_low = fmin(wide_low, limits[i]);
			wide_high = fmax(wide_high, limits[i]);
		}
	double room = (wide_high > wide_low ? wide_high - wide_low : span) * .15;
	row->low = wide_low - room;
	row->high = wide_high + room;
}

static size_t make_rows(struct row *rows, const struct run_result *newest, const struct run_result *const *runs, size_t run_count)
{
	size_t count = 0;

	for (size_t i = 0; i < newest->pack_count; i++)
		for (size_t k = 0; k < newest->packs[i].gate_count && count < METRICS; k++) {
			struct row *row = &rows[count];
			size_t there = 0;
			row->metric = newest->packs[i].gates[k].metric;
			row->pack = newest->packs[i].pack;
			bool twice = gate_of(newest, TEXT(""), row->metric->key) != &newest->packs[i].gates[k];
			for (size_t r = 0; r < run_count; r++) {
				row->gates[r] = gate_of(runs[r], row->pack, row->metric->key);
				row->values[r] = row->gates[r] && row->gates[r]->has_value ? number_or(row->gates[r]->value, NAN) : (double)NAN;
				there += isfinite(row->values[r]) ? 1 : 0;
			}
			if (twice || !there)
				continue;
			scale_row(row, run_count);
			count++;
		}
	return count;
}

static void shade(struct svg *svg, const struct row *row, const struct scale *scale, double a, double b)
{
	double limits[2];
	int count = limits_of(limits, row->metric);

	for (int i = 0; i < count; i++) {
		bool up = row->metric->direction == DIRECTION_TARGET ? i == 0 : row->metric->direction == DIRECTION_LOWER;
		if (!(limits[i] > row->low && limits[i] < row->high))
			continue;
		double y = scale_at(scale, limits[i]);
		svg_rect(svg, left, up ? a : y, right - left, up ? y - a : b - y, "wf", 0, ".13");
		svg_line(svg, left, y, right, y, "ws", 1, "4 3");
	}
}

static void row_words(struct svg *svg, const struct pages *set, const struct row *row, double a, const struct gate_result *newest,
                      const struct gate_result *production)
{
	const struct metric *metric = row->metric;
	struct text limit = metric->warn.len ? metric->warn : metric->promote.len ? metric->promote : metric->fail;
	struct text shown = metric_show_limit(metric, limit, set->arena);
	const char *word = metric->warn.len ? "warn" : metric->promote.len ? "promote" : "fail";
	struct buffer change;

	svg_text(svg, 16, a + 18, metric->key, "tx", (struct svg_style){.bold = true, .size = metric->key.len > 16 ? 11 : 12, .max = 20});
	if (metric->direction == DIRECTION_TARGET)
		svg_text(svg, 16, a + 34, text_format(set->arena, "%.*s ± %.*s", TEXT_ARGS(metric->target), TEXT_ARGS(shown)), "mu",
		         (struct svg_style){.size = 11, .max = 20});
	else
		svg_text(svg, 16, a + 34, text_format(set->arena, "%s %s %.*s", word, metric->direction == DIRECTION_HIGHER ? "<" : ">", TEXT_ARGS(shown)),
		         "mu", (struct svg_style){.size = 11, .max = 20});
	if (!newest || !newest->has_value)
		return;
	svg_text(svg, right + 14, a + 18, metric_show(metric, newest->value, set->arena), "tx", (struct svg_style){.size = 15, .bold = true, .max = 11});
	if (!production || !production->has_value || production == newest)
		return;
	buffer_init(&change);
	show_change(&change, metric, newest->value, production->value, set->arena);
	svg_text(svg, right + 14, a + 34, buffer_text(&change), "mu", (struct svg_style){.size = 11, .max = 20});
	buffer_release(&change);
}

static void draw_row(struct svg *svg, const struct row *row, const double *days, size_t runs, const struct scale *x_scale, double a, double b)
{
	struct scale scale = {row->low, row->high, b, a};
	struct point points[RUNS];

	svg_line(svg, left, b, right, b, "gr", 1, NULL);
	shade(svg, row, &scale, a, b);
	for (size_t i = 0; i < runs; i++)
		points[i] = (struct point){scale_at(x_scale, days[i]), isfinite(row->values[i]) ? scale_at(&scale, row->values[i]) : (double)NAN};
	svg_path(svg, points, runs, "cs", 2, NULL);
	for (size_t i = 0; i < runs; i++)
		if (isfinite(points[i].y))
			svg_mark(svg, points[i].x, points[i].y, mark_of_verdict(row->gates[i]->status), 3.6, true);
}

static void add_finding(struct buffer *alt, const struct pages *set, const struct row *row, size_t runs, bool first)
{
	size_t from = 0, to = runs;

	while (from < runs && !isfinite(row->values[from]))
		from++;
	while (to > from && !isfinite(row->values[to - 1]))
		to--;
	if (to == from)
		return;
	const struct gate_result *a = row->gates[from], *b = row->gates[to - 1];
	double limits[] = {row->values[from], row->values[to - 1]};
	buffer_string(alt, first ? "" : "; ");
	buffer_add(alt, row->metric->key);
	buffer_string(alt, limits[1] > limits[0] ? " rose from " : limits[1] < limits[0] ? " fell from " : " stayed at ");
	if (limits[0] != limits[1]) {
		buffer_add(alt, metric_show(row->metric, a->value, set->arena));
		buffer_string(alt, " to ");
	}
	buffer_add(alt, metric_show(row->metric, b->value, set->arena));
	if (b->status != VERDICT_PASS)
		buffer_format(alt, ", %s", verdict_name(b->status));
}

/* By date where every run has one, else in order. */
static bool days_of(double *days, const struct run_result *const *runs, size_t count)
{
	bool dated = true;

	for (size_t i = 0; i < count; i++)
		dated &= run_day(&days[i], runs[i]->run);
	for (size_t i = 0; i < count && !dated; i++)
		days[i] = (double)i;
	return dated;
}

bool chart_metric_trend(struct buffer *out, struct buffer *alt, const struct pages *set, const struct model_result *result)
{
	size_t all, count, listed = 0;
	const struct run_result **runs = judged_runs(&all, result, set->arena);
	struct row *rows = arena_array(set->arena, METRICS, sizeof *rows);
	double days[RUNS], first = INFINITY, last = -INFINITY;
	struct svg svg;

	if (all > RUNS) {
		runs += all - RUNS;
		all = RUNS;
	}
	if (all < 2 || !(count = make_rows(rows, runs[all - 1], runs, all)))
		return false;
	bool dated = days_of(days, runs, all);
	for (size_t i = 0; i < all; i++) {
		first = fmin(first, days[i]);
		last = fmax(last, days[i]);
	}
	double end = top_edge + row_height * (double)count;
	struct scale x_scale = {first, last, left + 10, right - 14};
	svg_init(&svg, 760, end + 46);
	svg_head(&svg, TEXT("Evaluation metrics by run"), TEXT("shaded: past the limit · glyph: verdict of the run · small number: change against production"),
	         mark_of_verdict(runs[all - 1]->status), runs[all - 1]->summary);
	for (size_t i = 0; i < count; i++) {
		double a = top_edge + (double)i * row_height + 8, b = top_edge + (double)(i + 1) * row_height - 6;
		draw_row(&svg, &rows[i], days, all, &x_scale, a, b);
		row_words(&svg, set, &rows[i], a, rows[i].gates[all - 1], gate_of(result->production, rows[i].pack, rows[i].metric->key));
		if (listed < 5)
			add_finding(alt, set, &rows[i], all, listed++ == 0);
	}
	buffer_format(alt, ". %zu runs", all);
	if (dated)
		svg_date_axis(&svg, &x_scale, first, last, end - 2);
	chart_finish(out, &svg, TEXT("metric-trend"),
	             text_format(set->arena, "Evaluation metrics of %.*s over %zu runs", TEXT_ARGS(result->model->record.id), all), alt);
	return true;
}

#include <math.h>
#include <stdlib.h>

#include "chart.h"
#include "number.h"

enum { TOP_VALUES = 12 };

static struct text subtitle(const struct pages *set, const struct snapshot_result *snapshot, const struct drift_column *column)
{
	struct buffer words;

	buffer_init(&words);
	buffer_string(&words, "reference (");
	show_counted(&words, column->reference.rows, "row");
	buffer_string(&words, ") · current ");
	buffer_add(&words, snapshot->snapshot->stamp);
	buffer_string(&words, " (");
	show_counted(&words, column->current.rows, "row");
	buffer_char(&words, ')');
	struct text text = text_copy(set->arena, buffer_text(&words));
	buffer_release(&words);
	return text;
}

/* "PSI 0.318 > 0.2" */
static void verdict_words(struct buffer *out, const struct drift_column *column)
{
	const struct drift_score *score = column->deciding;

	if (!score || !score->has_value)
		return;
	buffer_format(out, "%s ", method_label(score->method));
	show_score(out, score);
	if (!score->limit.given || score->limit.on_p)
		return;
	buffer_string(out, column->status == DRIFT_DRIFT || column->status == DRIFT_WARN ? " > " : " ≤ ");
	show_limit(out, column->status == DRIFT_DRIFT ? score->limit.drift : score->limit.warn);
}

static void head(struct svg *svg, const struct pages *set, const struct snapshot_result *snapshot, const struct drift_column *column,
                 struct text title)
{
	struct buffer words;

	buffer_init(&words);
	verdict_words(&words, column);
	svg_head(svg, title, subtitle(set, snapshot, column), mark_of_drift(column->status), buffer_text(&words));
	buffer_release(&words);
}

static struct text slug_of(const struct pages *set, const struct drift_column *column, const char *suffix)
{
	return text_format(set->arena, "feature-%.*s%s", TEXT_ARGS(path_of_column(set, column->name)), suffix);
}

static size_t sum_of(const size_t *counts, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += counts[i];
	return sum;
}

static void number_axis(struct svg *svg, const struct scale *x, double low, double high, double y)
{
	struct ticks ticks = ticks_of(low, high, 7);
	struct buffer label;
	double end = -99;

	buffer_init(&label);
	for (int i = 0; i < ticks.count && i < 50; i++) {
		double value = ticks.first + i * ticks.step;
		if (value < low - ticks.step * 1e-9 || value > high + ticks.step * 1e-9)
			continue;
		double at = scale_at(x, value);
		buffer_clear(&label);
		svg_figure(&label, value, ticks.decimals);
		double half = svg_width(buffer_text(&label), 12) / 2;
		svg_line(svg, at, y, at, y + 5, "ax", 1, NULL);
		if (at - half <= end + 6)
			continue;
		svg_text(svg, at, y + 19, buffer_text(&label), "mu", (struct svg_style){.anchor = 'm'});
		end = at + half;
	}
	buffer_release(&label);
}

/* --- numbers --- */

static void histogram_bars(struct svg *svg, const struct drift_shape *shape, const struct scale *x, const struct scale *y, double bottom)
{
	struct point points[2 * HISTOGRAM_MAX + 2];
	size_t reference = sum_of(shape->reference, shape->bins), current = sum_of(shape->current, shape->bins), count = 0;

	points[count++] = (struct point){scale_at(x, shape->start), bottom};
	for (size_t i = 0; i < shape->bins; i++) {
		double from = scale_at(x, shape->start + shape->width * (double)i), to = scale_at(x, shape->start + shape->width * (double)(i + 1));
		double top = scale_at(y, reference ? (double)shape->reference[i] / (double)reference : 0);
		if (shape->reference[i])
			svg_rect(svg, from + .5, top, to - from - 1, bottom - top, "rf", 0, ".45");
		top = scale_at(y, current ? (double)shape->current[i] / (double)current : 0);
		points[count++] = (struct point){from, top};
		points[count++] = (struct point){to, top};
	}
	points[count++] = (struct point){scale_at(x, shape->start + shape->width * (double)shape->bins), bottom};
	svg_area(svg, points, count, "cf", ".10");
	svg_path(svg, points, count, "cs", 2, NULL);
}

static void histogram_legend(struct svg *svg, const struct drift_shape *shape, double x0, double x1)
{
	double x = x0 + 20 + svg_width(TEXT("reference (filled)"), 12) + 18;
	struct point points[] = {{x, 74}, {x, 65}, {x + 7, 65}, {x + 7, 69}, {x + 14, 69}, {x + 14, 74}};
	struct buffer words;

	svg_rect(svg, x0, 64, 14, 10, "rf", 0, ".45");
	svg_label(svg, x0 + 20, 73, "mu", (struct svg_style){0}, "reference (filled)");
	svg_path(svg, points, 6, "cs", 2, NULL);
	svg_label(svg, x + 20, 73, "mu", (struct svg_style){0}, "current (outline)");
	buffer_init(&words);
	show_plain(&words, shape->width);
	if (shape->width >= 0.0001)
		svg_label(svg, x1, 73, "mu", (struct svg_style){.anchor = 'e'}, "share of rows per %s", words.data);
	buffer_release(&words);
}

/* The three largest parts are labelled. */
static bool is_large(const struct drift_column *column, size_t at)
{
	size_t larger = 0;

	for (size_t i = 0; i < column->cell_count; i++)
		larger += column->cells[i].part > column->cells[at].part || (column->cells[i].part == column->cells[at].part && i < at);
	return larger < 3;
}

static void psi_parts(struct svg *svg, const struct drift_column *column, const struct scale *x, double x0, double x1)
{
	double top = 274, bottom = 330, largest = 0, sum = 0, low = x->d0, high = x->d1;
	size_t reference = 0, current = 0;

	for (size_t i = 0; i < column->cell_count; i++) {
		reference += column->cells[i].reference;
		current += column->cells[i].current;
		largest = fmax(largest, column->cells[i].part);
		sum += column->cells[i].part;
	}
	double unit = ticks_of(0, largest > 0 ? largest * 1.25 : .01, 2).step, most = round_up(largest > 0 ? largest * 1.25 : .01, unit);
	struct scale y = {0, most, bottom, top};
	char text[512];
	number_print_fixed(text, sum, 3);
	svg_label(svg, x0, top - 12, "tx", (struct svg_style){.bold = true}, "PSI parts by reference quantile");
	svg_label(svg, x1, top - 12, "mu", (struct svg_style){.anchor = 'e'}, "sum = %s", text);
	svg_value_axis(svg, &y, 0, most, x0, x1, 2, false);
	for (size_t i = 0; i < column->cell_count; i++) {
		const struct drift_cell *item = &column->cells[i];
		double from = scale_at(x, fmin(fmax(item->low, low), high)), to = scale_at(x, fmax(fmin(item->high, high), low));
		double width = fmin(16, fmax(to - from - 3, 2)), middle = (from + to) / 2, up = fmin(scale_at(&y, item->part), bottom - 1.5);
		bool more = (double)item->current * (double)reference > (double)item->reference * (double)current;
		svg_rect(svg, middle - width / 2, up, width, bottom - up, more ? "cf" : "rf", 0, NULL);
		if (i)
			svg_line(svg, from, bottom - 4, from, bottom, "ax", 1, NULL);
		if (is_large(column, i)) {
			number_print_fixed(text, item->part, 3);
			svg_label(svg, middle, up - 5, "tx", (struct svg_style){.anchor = 'm', .size = 11, .halo = true}, "%s%s", more ? "↑" : "↓", text);
		}
	}
	number_axis(svg, x, low, high, bottom);
	svg_label(svg, x0, 371, "mu", (struct svg_style){.size = 11}, "↑ blue: more rows than the reference · ↓ grey: fewer · small ticks: bin edges");
}

static void number_finding(struct buffer *alt, const struct drift_column *column)
{
	size_t best = 0;
	size_t reference = 0, current = 0;

	for (size_t i = 0; i < column->cell_count; i++) {
		reference += column->cells[i].reference;
		current += column->cells[i].current;
		if (column->cells[i].part > column->cells[best].part)
			best = i;
	}
	buffer_add(alt, column->name);
	buffer_string(alt, ": median ");
	show_figure(alt, column->reference_summary.quantiles[4]);
	buffer_string(alt, " in the reference, ");
	show_figure(alt, column->current_summary.quantiles[4]);
	buffer_string(alt, " now");
	if (!column->cell_count)
		return;
	const struct drift_cell *item = &column->cells[best];
	char part[512];
	number_print_fixed(part, item->part, 3);
	buffer_string(alt, isfinite(item->high) ? "; values up to " : "; values above ");
	show_figure(alt, isfinite(item->high) ? item->high : item->low);
	if (isfinite(item->high) && isfinite(item->low)) {
		buffer_string(alt, " and above ");
		show_figure(alt, item->low);
	}
	buffer_string(alt, " hold ");
	show_share(alt, item->current, current);
	buffer_string(alt, " of current rows, ");
	show_share(alt, item->reference, reference);
	buffer_format(alt, " of the reference, and add %s to the PSI", part);
}

static bool histogram(struct buffer *out, struct buffer *alt, const struct pages *set, const struct snapshot_result *snapshot,
                      const struct drift_column *column)
{
	const struct drift_shape *shape = column->shape;
	double x0 = 52, x1 = 742, top = 84, bottom = 232, most = 0;
	struct svg svg;

	if (!shape || !shape->bins || shape->bins > HISTOGRAM_MAX || !(shape->width > 0) || !isfinite(shape->start))
		return false;
	size_t reference = sum_of(shape->reference, shape->bins), current = sum_of(shape->current, shape->bins);
	if (!reference || !current)
		return false;
	for (size_t i = 0; i < shape->bins; i++)
		most = fmax(most, fmax((double)shape->reference[i] / (double)reference, (double)shape->current[i] / (double)current));
	double unit = ticks_of(0, most * 1.02, 4).step;
	most = round_up(most * 1.02, unit / 5);
	struct scale x = {shape->start, shape->start + shape->width * (double)shape->bins, x0, x1}, y = {0, most, bottom, top};
	svg_init(&svg, 760, column->cell_count ? 384 : 270);
	head(&svg, set, snapshot, column, column->name);
	svg_value_axis(&svg, &y, 0, most, x0, x1, 4, true);
	histogram_bars(&svg, shape, &x, &y, bottom);
	histogram_legend(&svg, shape, x0, x1);
	if (column->cell_count)
		psi_parts(&svg, column, &x, x0, x1);
	else
		number_axis(&svg, &x, x.d0, x.d1, bottom);
	number_finding(alt, column);
	chart_finish(out, &svg, slug_of(set, column, ""), text_format(set->arena, "%.*s: reference and current distribution", TEXT_ARGS(column->name)), alt);
	return true;
}

/* --- categories --- */

struct bar {
	struct text label;
	double reference, current, part;
	size_t index;
	const char *note;
};

static int order_bars(const void *left, const void *right)
{
	const struct bar *a = left, *b = right;
	double x = fmax(a->reference, a->current), y = fmax(b->reference, b->current);

	return x != y ? (x < y) - (x > y) : (a->index > b->index) - (a->index < b->index);
}

static size_t make_bars(struct bar **bars, const struct drift_column *column, struct arena *arena)
{
	size_t reference = 0, current = 0;

	*bars = arena_array(arena, column->cell_count + 1, sizeof **bars);
	for (size_t i = 0; i < column->cell_count; i++) {
		reference += column->cells[i].reference;
		current += column->cells[i].current;
	}
	for (size_t i = 0; i < column->cell_count; i++) {
		const struct drift_cell *item = &column->cells[i];
		(*bars)[i] = (struct bar){item->label, reference ? (double)item->reference / (double)reference : 0,
		                          current ? (double)item->current / (double)current : 0, item->part, i,
		                          !item->reference ? "(new) " : !item->current ? "(gone) " : ""};
	}
	qsort(*bars, column->cell_count, sizeof **bars, order_bars);
	if (column->cell_count <= TOP_VALUES)
		return column->cell_count;
	struct bar *rest = &(*bars)[TOP_VALUES];
	for (size_t i = TOP_VALUES + 1; i < column->cell_count; i++) {
		rest->reference += (*bars)[i].reference;
		rest->current += (*bars)[i].current;
		rest->part += (*bars)[i].part;
	}
	rest->label = text_format(arena, "(other, %zu values)", column->cell_count - TOP_VALUES);
	rest->note = "";
	return TOP_VALUES + 1;
}

static void add_percent(struct buffer *out, double share)
{
	char text[512];

	number_print_fixed(text, share * 100, 1);
	buffer_format(out, "%s%%", text);
}

static void bar_row(struct svg *svg, const struct pages *set, const struct bar *bar, const struct scale *x, double x0, double y)
{
	struct buffer words;
	char text[512];
	double change = bar->current - bar->reference;

	buffer_init(&words);
	svg_text(svg, x0 - 10, y + 18, text_format(set->arena, "%s%.*s", bar->note, TEXT_ARGS(bar->label)), "tx",
	         (struct svg_style){.anchor = 'e', .max = 20});
	svg_rect(svg, x0, y, scale_at(x, bar->reference) - x0, 13, "rf", 0, ".55");
	svg_rect(svg, x0, y + 15, scale_at(x, bar->current) - x0, 13, "cf", 0, NULL);
	add_percent(&words, bar->reference);
	svg_text(svg, scale_at(x, bar->reference) + 6, y + 10.5, buffer_text(&words), "mu", (struct svg_style){.size = 11});
	buffer_clear(&words);
	add_percent(&words, bar->current);
	svg_text(svg, scale_at(x, bar->current) + 6, y + 25.5, buffer_text(&words), "tx", (struct svg_style){.size = 11});
	number_print_fixed(text, fabs(change) * 100, 1);
	svg_label(svg, 660, y + 18, "tx", (struct svg_style){.anchor = 'e'}, "%s%s pp", change > 0 ? "+" : change < 0 ? "−" : "", text);
	number_print_fixed(text, bar->part, 3);
	svg_label(svg, 736, y + 18, "tx", (struct svg_style){.anchor = 'e', .bold = bar->part >= .05}, "%s", text);
	buffer_release(&words);
}

static void category_finding(struct buffer *alt, const struct drift_column *column, const struct bar *bars, size_t count)
{
	size_t shown = count < 3 ? count : 3;

	buffer_add(alt, column->name);
	buffer_string(alt, ": ");
	for (size_t i = 0; i < shown; i++) {
		buffer_string(alt, i ? "; " : "");
		buffer_add(alt, text_cut(bars[i].label, 0, 60));
		buffer_string(alt, " ");
		add_percent(alt, bars[i].reference);
		buffer_string(alt, " to ");
		add_percent(alt, bars[i].current);
	}
	if (column->new_count)
		buffer_format(alt, "; %zu new value%s", column->new_count, column->new_count == 1 ? "" : "s");
	if (column->vanished_count)
		buffer_format(alt, "; %zu gone", column->vanished_count);
}

static bool categorical(struct buffer *out, struct buffer *alt, const struct pages *set, const struct snapshot_result *snapshot,
                        const struct drift_column *column)
{
	double rh = 40, x0 = 150, x1 = 560, yt = 72, most = 0;
	struct bar *bars;
	struct svg svg;
	size_t count = make_bars(&bars, column, set->arena);

	if (!count)
		return false;
	for (size_t i = 0; i < count; i++)
		most = fmax(most, fmax(bars[i].reference, bars[i].current));
	struct ticks ticks = ticks_of(0, most > 0 ? most : 1, 4);
	struct scale x = {0, (most > 0 ? most : 1) * 1.12, x0, x1 - 10};
	double end = yt + rh * (double)count;
	svg_init(&svg, 760, end + 34);
	head(&svg, set, snapshot, column, column->name);
	for (int i = 0; i < ticks.count && i < 10; i++) {
		double value = ticks.first + i * ticks.step, at = scale_at(&x, value);
		char text[512];
		if (at > x1)
			continue;
		number_print_fixed(text, value * 100, ticks.decimals > 2 ? ticks.decimals - 2 : 0);
		svg_line(&svg, at, yt, at, end, i ? "gr" : "ax", 1, NULL);
		svg_label(&svg, at, end + 18, "mu", (struct svg_style){.anchor = 'm'}, "%s%%", text);
	}
	svg_label(&svg, 660, yt - 4, "mu", (struct svg_style){.anchor = 'e', .size = 11}, "change");
	svg_label(&svg, 736, yt - 4, "mu", (struct svg_style){.anchor = 'e', .size = 11}, "PSI part");
	for (size_t i = 0; i < count; i++)
		bar_row(&svg, set, &bars[i], &x, x0, yt + rh * (double)i + 6);
	svg_label(&svg, 16, yt - 4, "mu", (struct svg_style){.size = 11}, "grey: reference · blue: current");
	category_finding(alt, column, bars, count);
	chart_finish(out, &svg, slug_of(set, column, ""), text_format(set->arena, "%.*s: share of rows by value", TEXT_ARGS(column->name)), alt);
	return true;
}

bool chart_feature(struct buffer *svg, struct buffer *alt, const struct pages *set, const struct model_result *result,
                   const struct snapshot_result *snapshot, const struct drift_column *column)
{
	(void)result;
	if (column->kind == COLUMN_NUMBER)
		return histogram(svg, alt, set, snapshot, column);
	return (column->kind == COLUMN_CATEGORY || column->kind == COLUMN_CATEGORY_NUM) && categorical(svg, alt, set, snapshot, column);
}

/* --- distribution functions --- */

static void ecdf_curve(struct svg *svg, const double *values, const struct drift_shape *shape, const struct scale *x, const struct scale *y,
                       const char *classes, double width)
{
	struct point points[ECDF_POINTS];

	for (size_t i = 0; i < ECDF_POINTS; i++)
		points[i] = (struct point){scale_at(x, shape->grid_start + shape->grid_step * (double)i), scale_at(y, values[i])};
	svg_path(svg, points, ECDF_POINTS, classes, width, NULL);
}

static void ks_gap(struct svg *svg, const struct drift_shape *shape, const struct scale *x, const struct scale *y)
{
	double at = scale_at(x, fmin(fmax(shape->ks_at, x->d0), x->d1)), a = scale_at(y, shape->ks_reference), b = scale_at(y, shape->ks_current);
	double low = fmax(a, b);
	bool right_side = at + 10 + 350 > x->r1 && at > 360;
	struct svg_style style = {.halo = true, .anchor = right_side ? 'e' : 's'};
	struct buffer words;

	svg_line(svg, at, a, at, b, "fs", 2.5, NULL);
	svg_line(svg, at - 5, a, at + 5, a, "fs", 2.5, NULL);
	svg_line(svg, at - 5, b, at + 5, b, "fs", 2.5, NULL);
	svg_line(svg, at, low + 6, at, y->r0, "ax", 1, "2 3");
	if (low > y->r0 - 44)
		low = y->r0 - 44;
	double tx = right_side ? at - 10 : at + 10;
	buffer_init(&words);
	buffer_string(&words, "D = ");
	show_effect(&words, fabs(shape->ks_reference - shape->ks_current), &(struct drift_limit){0});
	buffer_string(&words, " at ");
	show_figure(&words, shape->ks_at);
	svg_text(svg, tx, low + 20, buffer_text(&words), "ff", (struct svg_style){.halo = true, .bold = true, .size = 13, .anchor = style.anchor});
	buffer_clear(&words);
	add_percent(&words, shape->ks_reference);
	buffer_string(&words, " of reference rows at or below, ");
	add_percent(&words, shape->ks_current);
	buffer_string(&words, " of current");
	svg_text(svg, tx, low + 36, buffer_text(&words), "mu", style);
	buffer_release(&words);
}

static void ecdf_finding(struct buffer *alt, const struct drift_column *column)
{
	const struct drift_shape *shape = column->shape;

	buffer_add(alt, column->name);
	buffer_string(alt, ": at ");
	show_figure(alt, shape->ks_at);
	buffer_string(alt, " the reference has ");
	add_percent(alt, shape->ks_reference);
	buffer_string(alt, " of its rows at or below, the current data ");
	add_percent(alt, shape->ks_current);
	buffer_string(alt, "; the gap is D ");
	show_effect(alt, fabs(shape->ks_reference - shape->ks_current), &(struct drift_limit){0});
}

bool chart_feature_ecdf(struct buffer *out, struct buffer *alt, const struct pages *set, const struct model_result *result,
                        const struct snapshot_result *snapshot, const struct drift_column *column)
{
	const struct drift_shape *shape = column->shape;
	double x0 = 56, x1 = 742, y0 = 64, y1 = 276;
	struct svg svg;
	struct buffer words;

	(void)result;
	if (!shape || column->kind != COLUMN_NUMBER || !(shape->grid_step > 0) || !isfinite(shape->grid_start))
		return false;
	struct scale x = {shape->grid_start, shape->grid_start + shape->grid_step * (ECDF_POINTS - 1), x0, x1}, y = {0, 1, y1, y0};
	svg_init(&svg, 760, 332);
	head(&svg, set, snapshot, column, text_format(set->arena, "%.*s, cumulative share of rows", TEXT_ARGS(column->name)));
	for (int i = 0; i <= 4; i++) {
		double at = scale_at(&y, i * .25);
		svg_line(&svg, x0, at, x1, at, i ? "gr" : "ax", 1, NULL);
		svg_label(&svg, x0 - 8, at + 4, "mu", (struct svg_style){.anchor = 'e'}, "%d%%", i * 25);
	}
	number_axis(&svg, &x, x.d0, x.d1, y1);
	ecdf_curve(&svg, shape->reference_cdf, shape, &x, &y, "rs", 3.2);
	ecdf_curve(&svg, shape->current_cdf, shape, &x, &y, "cs", 2.2);
	ks_gap(&svg, shape, &x, &y);
	for (int side = 0; side < 2; side++) {
		const struct drift_summary *summary = side ? &column->current_summary : &column->reference_summary;
		double median = summary->quantiles[4];
		if (median >= x.d0 && median <= x.d1)
			svg_circle(&svg, scale_at(&x, median), scale_at(&y, .5), 4, side ? "cf bs" : "rf bs", " stroke-width=\"1.5\"");
	}
	svg_rect(&svg, 16, 311, 14, 4, "rf", 0, NULL);
	svg_label(&svg, 36, 319, "mu", (struct svg_style){.size = 11}, "reference");
	svg_rect(&svg, 106, 311, 14, 4, "cf", 0, NULL);
	svg_label(&svg, 126, 319, "mu", (struct svg_style){.size = 11}, "current");
	buffer_init(&words);
	buffer_string(&words, "dots: medians ");
	show_figure(&words, column->reference_summary.quantiles[4]);
	buffer_string(&words, " → ");
	show_figure(&words, column->current_summary.quantiles[4]);
	svg_text(&svg, x1, 319, buffer_text(&words), "mu", (struct svg_style){.anchor = 'e', .size = 11});
	buffer_release(&words);
	ecdf_finding(alt, column);
	chart_finish(out, &svg, slug_of(set, column, "-ecdf"), text_format(set->arena, "%.*s: cumulative distributions", TEXT_ARGS(column->name)), alt);
	return true;
}

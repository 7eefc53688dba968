#include <math.h>

#include "chart.h"
#include "number.h"

enum { COLUMNS = 26, HEAT_ROWS = 40, GREY_MAX = 40, WINDOW = 520 };

/* A model's features over its last snapshots, worst first, by its default method. */
struct history {
	enum drift_method method;
	const struct snapshot_result *window;
	size_t snapshots;
	const struct drift_column **columns; /* of the newest compared snapshot */
	size_t count;
};

static bool history_of(struct history *history, const struct pages *set, const struct model_result *result, size_t most, bool by_value)
{
	const struct snapshot_result *latest = latest_drift(result);
	size_t all, kept = 0;

	if (!latest)
		return false;
	history->method = result->method == METHOD_NONE ? METHOD_PSI : result->method;
	history->window = snapshots_window(&history->snapshots, set, result);
	if (history->snapshots > most) {
		history->window += history->snapshots - most;
		history->snapshots = most;
	}
	const struct drift_column **columns = columns_by_verdict(&all, &latest->drift, set->arena);
	for (size_t i = 0; i < all; i++)
		if (drift_followed(columns[i]) == history->method && drift_score_of(columns[i], history->method))
			columns[kept++] = columns[i];
	/* Stable features are in the order of their names; the largest of them is worth a line of its own. */
	size_t named = 0;
	while (named < kept && columns[named]->status != DRIFT_STABLE)
		named++;
	for (size_t to = named; by_value && to < kept && to < 2; to++) {
		size_t largest = to;
		for (size_t i = to + 1; i < kept; i++)
			if (column_effect(columns[i], history->method) > column_effect(columns[largest], history->method))
				largest = i;
		const struct drift_column *swap = columns[to];
		columns[to] = columns[largest];
		columns[largest] = swap;
	}
	history->columns = columns;
	history->count = kept;
	return kept > 0;
}

static const struct drift_score *score_at(const struct history *history, size_t snapshot, struct text name, size_t *hint)
{
	const struct drift_column *column = history->window[snapshot].has_drift ? column_named(&history->window[snapshot].drift, name, hint) : NULL;

	return column ? drift_score_of(column, history->method) : NULL;
}

static double effect_of(const struct drift_score *score)
{
	return score && score->has_value ? score->effect : (double)NAN;
}

static double value_at_snapshot(const struct history *history, size_t snapshot, struct text name, size_t *hint)
{
	return effect_of(score_at(history, snapshot, name, hint));
}

/* Of a feature in the newest snapshot: there, as it is listed for it. */
static const struct drift_score *score_now(const struct history *history, size_t c)
{
	return drift_score_of(history->columns[c], history->method);
}

/* "0.318 drift" */
static void score_words(struct buffer *out, const struct drift_score *score)
{
	const char *status = drift_status_name(score->status);

	show_effect(out, effect_of(score), &score->limit);
	buffer_format(out, " %s", status ? status : "not judged");
}

static struct text reference_words(const struct pages *set, const struct model_result *result, const struct snapshot_result *latest)
{
	struct buffer words;

	buffer_init(&words);
	buffer_add(&words, result->model->record.id);
	buffer_string(&words, " · snapshots against a reference of ");
	show_counted(&words, latest->drift.reference_count ? latest->drift.references[0].rows : 0, "row");
	struct text text = text_copy(set->arena, buffer_text(&words));
	buffer_release(&words);
	return text;
}

/* --- values over time --- */

struct plot { struct scale x, y; double x0, x1, y0, y1, top; };

static void limits_bands(struct svg *svg, const struct plot *plot, const struct drift_limit *limit)
{
	struct buffer words;

	if (!limit->given || limit->on_p)
		return;
	double warn = scale_at(&plot->y, limit->warn), drift = scale_at(&plot->y, limit->drift);
	svg_rect(svg, plot->x0, drift, plot->x1 - plot->x0, warn - drift, "wf", 0, ".10");
	svg_rect(svg, plot->x0, plot->y0, plot->x1 - plot->x0, drift - plot->y0, "ff", 0, ".09");
	svg_value_axis(svg, &plot->y, 0, plot->top, plot->x0, plot->x1, 5, false);
	buffer_init(&words);
	svg_line(svg, plot->x0, warn, plot->x1, warn, "ws", 1.2, "5 3");
	svg_line(svg, plot->x0, drift, plot->x1, drift, "fs", 1.2, "5 3");
	show_limit(&words, limit->drift);
	svg_label(svg, plot->x0 + 6, drift - 6, "ff", (struct svg_style){.size = 11}, "drift > %s", words.data);
	buffer_clear(&words);
	show_limit(&words, limit->warn);
	if (warn - drift > 16)
		svg_label(svg, plot->x0 + 6, warn - 6, "wt", (struct svg_style){.size = 11}, "warn > %s", words.data);
	buffer_release(&words);
}

static void deployments(struct svg *svg, const struct plot *plot, const struct model *model)
{
	double labelled = -INFINITY;

	for (size_t i = 0; i < model->deployment_count && i < 100; i++) {
		const struct deployment *deployment = &model->deployments[i];
		double day = day_of(deployment->since);
		if (!deployment->has_since || day < plot->x.d0 || day > plot->x.d1)
			continue;
		double x = scale_at(&plot->x, day);
		svg_line(svg, x, plot->y0, x, plot->y1, "ax", 1, "2 3");
		if (x - labelled > 90 && plot->x1 - x > 90)
			svg_label(svg, x + 5, plot->y0 + 13, "mu", (struct svg_style){.size = 11, .halo = true}, "deployed");
		labelled = x;
	}
}

static void series_points(struct point *points, const struct history *history, const struct plot *plot, struct text name)
{
	size_t hint = 0;

	for (size_t i = 0; i < history->snapshots; i++) {
		double value = value_at_snapshot(history, i, name, &hint);
		points[i].x = scale_at(&plot->x, day_of(history->window[i].snapshot->time));
		points[i].y = isfinite(value) ? scale_at(&plot->y, value) : (double)NAN;
	}
}

/* A glyph where the status changes, and at the last point. */
static void series_marks(struct svg *svg, const struct point *points, const struct history *history, struct text name)
{
	enum drift_status before = DRIFT_STABLE;
	size_t hint = 0, last = history->snapshots;

	for (size_t i = 0; i < history->snapshots; i++)
		if (isfinite(points[i].y))
			last = i;
	for (size_t i = 0; i < history->snapshots; i++) {
		const struct drift_score *score = score_at(history, i, name, &hint);
		if (!score || !isfinite(points[i].y))
			continue;
		if (score->status != before || i == last)
			svg_mark(svg, points[i].x, points[i].y, mark_of_drift(score->status), 4.2, true);
		before = score->status;
	}
}

static double last_y(const struct point *points, size_t count, double fallback)
{
	for (size_t i = count; i > 0; i--)
		if (isfinite(points[i - 1].y))
			return points[i - 1].y;
	return fallback;
}

static double highest(const struct history *history)
{
	double high = 0;

	for (size_t c = 0; c < history->count && c < GREY_MAX + 2; c++) {
		size_t hint = 0;
		for (size_t i = 0; i < history->snapshots; i++) {
			double value = value_at_snapshot(history, i, history->columns[c]->name, &hint);
			if (isfinite(value) && value > high)
				high = value;
		}
	}
	return high;
}

static void end_labels(struct svg *svg, const struct pages *set, const struct history *history, const struct plot *plot, double *ys, size_t named)
{
	static const char *const classes[] = {"cf", "df"};
	double positions[3];
	size_t order[3] = {0, 1, 2}, count = named + (history->count > named);

	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			if (ys[order[k]] < ys[order[i]]) {
				size_t swap = order[i];
				order[i] = order[k];
				order[k] = swap;
			}
	for (size_t i = 0; i < count; i++)
		positions[i] = ys[order[i]];
	spread_labels(positions, count, 32, plot->y0 + 8, plot->y1 - 8);
	for (size_t i = 0; i < count; i++) {
		if (order[i] >= named) {
			svg_label(svg, plot->x1 + 8, positions[i] + 4, "mu", (struct svg_style){0}, "%zu other%s", history->count - named,
			          history->count - named == 1 ? "" : "s");
			continue;
		}
		struct buffer words;
		buffer_init(&words);
		score_words(&words, score_now(history, order[i]));
		svg_text(svg, plot->x1 + 8, positions[i], history->columns[order[i]]->name, classes[order[i]], (struct svg_style){.bold = true, .max = 21});
		svg_text(svg, plot->x1 + 8, positions[i] + 14, buffer_text(&words), "tx", (struct svg_style){0});
		buffer_release(&words);
	}
	(void)set;
}

static void timeseries_finding(struct buffer *alt, const struct history *history, const char *method)
{
	size_t shown = history->count < 2 ? history->count : 2;

	buffer_format(alt, "%s of %zu feature%s over %zu snapshots: ", method, history->count, history->count == 1 ? "" : "s", history->snapshots);
	for (size_t c = 0; c < shown; c++) {
		const struct drift_score *now = score_now(history, c);
		struct text name = history->columns[c]->name;
		const char *status = drift_status_name(now->status);
		size_t hint = 0;
		double first = NAN;
		for (size_t i = 0; i < history->snapshots && !isfinite(first); i++)
			first = value_at_snapshot(history, i, name, &hint);
		buffer_string(alt, c ? ", " : "");
		buffer_add(alt, name);
		buffer_string(alt, " from ");
		show_effect(alt, first, &now->limit);
		buffer_string(alt, " to ");
		show_effect(alt, effect_of(now), &now->limit);
		buffer_format(alt, ", %s", status ? status : "not judged");
	}
}

bool chart_psi_timeseries(struct buffer *out, struct buffer *alt, const struct pages *set, const struct model_result *result)
{
	static const char *const lines[] = {"cs", "ds"}, *const dashes[] = {NULL, "6 3"};
	static const double widths[] = {2.4, 2};
	struct history history;
	struct buffer verdict;
	struct svg svg;
	double ys[3];

	if (!history_of(&history, set, result, WINDOW, true) || history.snapshots < 2)
		return false;
	const struct snapshot_result *latest = latest_drift(result);
	const char *method = method_label(result->method);
	bool limits = result->limit.given && !result->limit.on_p;
	double high = highest(&history) * 1.04, floor_of_top = limits ? result->limit.drift * 1.2 : 0.05;
	high = high > floor_of_top ? high : floor_of_top;
	struct plot plot = {.x0 = 52, .x1 = 596, .y0 = 64, .y1 = 262};
	struct ticks ticks = ticks_of(0, high, 5);
	plot.top = round_up(high, ticks.step / 2);
	plot.x = (struct scale){day_of(history.window[0].snapshot->time), day_of(history.window[history.snapshots - 1].snapshot->time), plot.x0 + 8, plot.x1 - 8};
	plot.y = (struct scale){0, plot.top, plot.y1, plot.y0};
	struct point *points = arena_array(set->arena, history.snapshots, sizeof *points);
	size_t named = history.count < 2 ? history.count : 2, others = 0;
	double sum = 0;

	svg_init(&svg, 760, 312);
	buffer_init(&verdict);
	enum drift_status worst = drift_verdict(&verdict, &latest->drift);
	struct text title = text_format(set->arena, "%s by feature", result->method == METHOD_NONE || result->method == METHOD_PSI ? "Population stability index" : method);
	svg_head(&svg, title, reference_words(set, result, latest), mark_of_drift(worst), buffer_text(&verdict));
	if (limits)
		limits_bands(&svg, &plot, &result->limit);
	else
		svg_value_axis(&svg, &plot.y, 0, plot.top, plot.x0, plot.x1, 5, false);
	deployments(&svg, &plot, result->model);
	svg_date_axis(&svg, &plot.x, plot.x.d0, plot.x.d1, plot.y1);
	for (size_t c = named; c < history.count; c++) {
		double value = effect_of(score_now(&history, c));
		if (isfinite(value)) {
			sum += value;
			others++;
		}
		if (c >= named + GREY_MAX)
			continue;
		series_points(points, &history, &plot, history.columns[c]->name);
		svg_path(&svg, points, history.snapshots, "xs", 1.3, NULL);
	}
	ys[named] = scale_at(&plot.y, others ? sum / (double)others : 0);
	for (size_t c = named; c > 0; c--) {
		struct text name = history.columns[c - 1]->name;
		series_points(points, &history, &plot, name);
		svg_path(&svg, points, history.snapshots, lines[c - 1], widths[c - 1], dashes[c - 1]);
		series_marks(&svg, points, &history, name);
		ys[c - 1] = last_y(points, history.snapshots, plot.y1);
	}
	end_labels(&svg, set, &history, &plot, ys, named);
	timeseries_finding(alt, &history, method);
	chart_finish(out, &svg, TEXT("psi-timeseries"), text_format(set->arena, "%s by feature, %zu snapshots", method, history.snapshots), alt);
	buffer_release(&verdict);
	return true;
}

/* --- features by snapshot --- */

static void heat_cell(struct svg *svg, double x, double y, double w, double h, const struct drift_score *score)
{
	double value = effect_of(score), cx = x + w / 2, cy = y + h / 2;

	if (!isfinite(value)) {
		svg_rect(svg, x + 1.5, y + 1.5, w - 3, h - 3, "bg bd", 2, NULL);
		svg_line(svg, x + 4, y + h - 4, x + w - 4, y + 4, "bd", 1, NULL);
		return;
	}
	const struct drift_limit *limit = &score->limit;
	double share = limit->given && !limit->on_p && limit->warn > 0 ? value / limit->warn : 0;
	const char *classes = score->status == DRIFT_DRIFT ? "ff" : score->status == DRIFT_WARN ? "wf" : share < .3 ? "h0" : share < .6 ? "h1" : "h2";
	svg_rect(svg, x + 1, y + 1, w - 2, h - 2, classes, 2, NULL);
	if (score->status == DRIFT_WARN)
		svg_triangle(svg, cx, cy - 4, 4, 7, "bg");
	else if (score->status == DRIFT_DRIFT)
		svg_rect(svg, cx - 3.5, cy - 3.5, 7, 7, "bg", 0, NULL);
	else if (score->status == DRIFT_INCONCLUSIVE)
		svg_text(svg, cx, cy + 4, TEXT("?"), "mu", (struct svg_style){.anchor = 'm', .size = 11});
}

static void heat_legend(struct svg *svg, const struct drift_limit *limit)
{
	static const char *const classes[] = {"h0", "h1", "h2", "wf", "ff"};
	double x = 16, y = svg->height - 16;
	struct buffer words;

	buffer_init(&words);
	for (int i = 0; i < 5; i++) {
		buffer_clear(&words);
		if (i >= 3) {
			buffer_string(&words, i == 3 ? "warn" : "drift");
		} else if (limit->given && !limit->on_p) {
			buffer_string(&words, "< ");
			show_limit(&words, limit->warn * (i == 0 ? .3 : i == 1 ? .6 : 1));
		} else if (i) {
			continue;
		} else {
			buffer_string(&words, "stable");
		}
		svg_rect(svg, x, y - 10, 14, 12, classes[i], 2, NULL);
		if (i == 3)
			svg_triangle(svg, x + 7, y - 7.5, 3.5, 6, "bg");
		else if (i == 4)
			svg_rect(svg, x + 4, y - 7, 6, 6, "bg", 0, NULL);
		svg_text(svg, x + 20, y, buffer_text(&words), "mu", (struct svg_style){.size = 11});
		x += 20 + svg_width(buffer_text(&words), 11) + 14;
	}
	buffer_release(&words);
	svg_rect(svg, x + .5, y - 9.5, 13, 11, "bg bd", 2, NULL);
	svg_line(svg, x + 3, y - 1, x + 11, y - 7, "bd", 1, NULL);
	svg_label(svg, x + 20, y, "mu", (struct svg_style){.size = 11}, "no value");
}

/* Columns are snapshots, not days: a tick where the month changes. */
static void heat_axis(struct svg *svg, const struct history *history, double x0, double w, double y)
{
	int last_month = 0, last_year = 0, year, month, day;
	double end = -99;

	for (size_t i = 0; i < history->snapshots; i++) {
		double x = x0 + ((double)i + .5) * w;
		civil_of(&year, &month, &day, day_of(history->window[i].snapshot->time));
		if (month == last_month && year == last_year)
			continue;
		svg_line(svg, x, y, x, y + 5, "ax", 1, NULL);
		last_month = month;
		double half = svg_width(text_of(month_names[month - 1]), 12) / 2;
		if (x - half > end + 6) {
			svg_text(svg, x, y + 18, text_of(month_names[month - 1]), "mu", (struct svg_style){.anchor = 'm'});
			end = x + half;
			if (year != last_year)
				svg_label(svg, x, y + 32, "mu", (struct svg_style){.anchor = 'm', .size = 11}, "%d", year);
		}
		last_year = year;
	}
}

bool chart_drift_heatmap(struct buffer *out, struct buffer *alt, const struct pages *set, const struct model_result *result)
{
	struct history history;
	struct buffer verdict, words;
	struct svg svg;
	double x0 = 172, y0 = 74, ch = 22;

	if (!history_of(&history, set, result, COLUMNS, false) || history.snapshots < 2)
		return false;
	const struct snapshot_result *latest = latest_drift(result);
	size_t rows = history.count < HEAT_ROWS ? history.count : HEAT_ROWS;
	double cw = 468.0 / (double)history.snapshots, end = y0 + ch * (double)rows;
	cw = floor(cw > 40 ? 40 : cw);
	svg_init(&svg, 760, end + 74);
	buffer_init(&verdict);
	buffer_init(&words);
	enum drift_status worst = drift_verdict(&verdict, &latest->drift);
	struct text title = TEXT("Drift by feature and snapshot");
	svg_head(&svg, title, text_format(set->arena, "%s · rows by latest verdict, then name%s", method_label(result->method),
	                                  rows < history.count ? " · the worst 40" : ""),
	         mark_of_drift(worst), buffer_text(&verdict));
	double x1 = x0 + cw * (double)history.snapshots;
	svg_label(&svg, x1 + 12, y0 - 8, "mu", (struct svg_style){0}, "latest");
	buffer_format(alt, "Heatmap of %s, %zu feature%s by %zu snapshots: ", method_label(result->method), history.count, history.count == 1 ? "" : "s",
	              history.snapshots);
	buffer_add(alt, buffer_text(&verdict));
	for (size_t r = 0; r < rows; r++) {
		const struct drift_column *column = history.columns[r];
		double y = y0 + ch * (double)r;
		size_t hint = 0;
		svg_text(&svg, x0 - 10, y + 15, column->name, "tx", (struct svg_style){.anchor = 'e', .max = 22});
		for (size_t i = 0; i < history.snapshots; i++)
			heat_cell(&svg, x0 + cw * (double)i, y, cw, ch, score_at(&history, i, column->name, &hint));
		const struct drift_score *now = score_now(&history, r);
		buffer_clear(&words);
		score_words(&words, now);
		svg_text(&svg, x1 + 12, y + 15, buffer_text(&words), now->status == DRIFT_STABLE ? "mu" : svg_mark_class(mark_of_drift(now->status)),
		         (struct svg_style){.bold = now->status != DRIFT_STABLE});
	}
	heat_axis(&svg, &history, x0, cw, end + 2);
	heat_legend(&svg, &result->limit);
	chart_finish(out, &svg, TEXT("drift-heatmap"), title, alt);
	buffer_release(&verdict);
	buffer_release(&words);
	return true;
}

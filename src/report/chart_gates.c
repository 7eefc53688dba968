#include <math.h>

#include "chart.h"
#include "number.h"

/* Where the three limits stand in every row, whatever their values. */
static const double promote_at = .36, warn_at = .60, fail_at = .82;

enum { ROWS = 40 };

struct row {
	const struct gate_result *gate;
	struct text pack; /* empty where all gates are of one */
	double value, other; /* NAN where there is none */
	struct text other_text;
	double promote, warn, fail; /* as distances, growing: from the target, or mirrored for higher-is-better */
	double base;
};

static double number_or(struct text text, double other)
{
	double value;

	return text.len && number_parse(&value, text) == NUMBER_FINITE ? value : other;
}

static double distance(const struct metric *metric, double value)
{
	if (metric->direction == DIRECTION_TARGET)
		return fabs(value - number_or(metric->target, 0));
	return metric->direction == DIRECTION_HIGHER ? -value : value;
}

static bool make_row(struct row *row, const struct pack_result *pack, const struct gate_result *gate, const struct run_result *production)
{
	const struct metric *metric = gate->metric;
	const struct gate_result *other = gate_of(production, pack->pack, metric->key);
	double sign = metric->direction == DIRECTION_HIGHER ? -1 : 1;
	double fail = number_or(metric->fail, NAN), warn, promote;

	if (!isfinite(fail) || metric->direction == DIRECTION_NONE)
		return false;
	fail *= sign;
	warn = metric->warn.len ? sign * number_or(metric->warn, NAN) : (double)NAN;
	promote = metric->promote.len ? sign * number_or(metric->promote, NAN) : (double)NAN;
	if (!isfinite(warn))
		warn = isfinite(promote) ? promote : fail;
	if (!isfinite(promote))
		promote = warn;
	double step = fail - warn > 0 ? fail - warn : fabs(fail) > 0 ? fabs(fail) * .2 : 1;
	*row = (struct row){.gate = gate, .promote = promote, .warn = warn, .fail = fail};
	row->base = metric->direction == DIRECTION_TARGET ? 0 : promote - 2 * step;
	row->value = gate->has_value ? number_or(gate->value, NAN) : (double)NAN;
	row->other_text = other && other->has_value ? other->value : TEXT("");
	row->other = number_or(row->other_text, NAN);
	return true;
}

/* The place of a value on the common scale, 0..1. */
static double place_of(const struct row *row, double value)
{
	double step = row->fail > row->warn ? row->fail - row->warn : fabs(row->fail) > 0 ? fabs(row->fail) * .2 : 1;
	const double at[5] = {row->base, row->promote, row->warn, row->fail, row->fail + step};
	const double to[5] = {0, promote_at, warn_at, fail_at, 1};
	double d = distance(row->gate->metric, value);

	if (d <= at[0])
		return 0;
	for (int i = 0; i < 4; i++)
		if (d <= at[i + 1])
			return at[i + 1] > at[i] ? to[i] + (d - at[i]) / (at[i + 1] - at[i]) * (to[i + 1] - to[i]) : to[i + 1];
	return 1;
}

static void draw_limit(struct svg *svg, const struct pages *set, const struct row *row, double x, double y, struct text limit)
{
	if (!limit.len)
		return;
	struct text shown = metric_show_limit(row->gate->metric, limit, set->arena);
	if (row->gate->metric->direction == DIRECTION_TARGET)
		shown = text_format(set->arena, "±%.*s", TEXT_ARGS(shown));
	svg_text(svg, x, y, shown, "mu", (struct svg_style){.anchor = 'm', .size = 11, .max = 12});
}

static void draw_row(struct svg *svg, const struct pages *set, const struct row *row, double x0, double x1, double y)
{
	static const char *const bands[] = {"pf", "pf", "wf", "ff"}, *const opacities[] = {".26", ".13", ".24", ".20"};
	static const char *const lines[] = {"ps", "ws", "fs"};
	const struct metric *metric = row->gate->metric;
	double w = x1 - x0;
	const double xs[5] = {x0, x0 + w * promote_at, x0 + w * warn_at, x0 + w * fail_at, x1};
	const struct text limits[3] = {metric->promote, metric->warn, metric->fail};

	for (int i = 0; i < 4; i++)
		svg_rect(svg, xs[i], y, xs[i + 1] - xs[i], 16, bands[i], 0, opacities[i]);
	for (int i = 0; i < 3; i++) {
		svg_line(svg, xs[i + 1], y - 2, xs[i + 1], y + 18, lines[i], 1.5, NULL);
		draw_limit(svg, set, row, xs[i + 1], y + 30, limits[i]);
	}
	svg_text(svg, 16, y + 12, metric->key, "tx", (struct svg_style){.bold = true, .size = metric->key.len > 16 ? 11 : 12, .max = 20});
	if (row->pack.len)
		svg_text(svg, 16, y + 27, row->pack, "mu", (struct svg_style){.size = 10, .max = 24});
	if (metric->direction == DIRECTION_TARGET)
		svg_text(svg, x0, y + 30, metric->target, "mu", (struct svg_style){.size = 11, .max = 10});
	else
		svg_label(svg, x0, y + 30, "mu", (struct svg_style){.size = 11}, "%s is better", direction_name(metric->direction));
	if (isfinite(row->other))
		svg_circle(svg, x0 + w * place_of(row, row->other), y + 8, 5, "rs", " fill=\"none\" stroke-width=\"1.6\"");
	if (isfinite(row->value)) {
		svg_mark(svg, x0 + w * place_of(row, row->value), y + 8, mark_of_verdict(row->gate->status), 6, true);
		svg_text(svg, x1 + 16, y + 13, metric_show(metric, row->gate->value, set->arena), "tx", (struct svg_style){.size = 14, .bold = true, .max = 10});
	} else {
		svg_label(svg, x1 + 16, y + 13, "mu", (struct svg_style){.bold = true}, "no value");
	}
	svg_label(svg, x1 + 84, y + 13, svg_mark_class(mark_of_verdict(row->gate->status)), (struct svg_style){.bold = true}, "%s",
	          row->gate->status == VERDICT_INCONCLUSIVE ? "unsure" : verdict_name(row->gate->status));
	if (isfinite(row->other))
		svg_text(svg, 744, y + 30, text_format(set->arena, "was %.*s", TEXT_ARGS(metric_show(metric, row->other_text, set->arena))), "mu",
		         (struct svg_style){.anchor = 'e', .size = 11, .max = 24});
}

static void add_finding(struct buffer *alt, const struct pages *set, const struct row *row)
{
	const struct metric *metric = row->gate->metric;

	buffer_add(alt, metric->key);
	buffer_char(alt, ' ');
	if (row->gate->has_value)
		buffer_add(alt, isfinite(row->value) ? metric_show(metric, row->gate->value, set->arena) : row->gate->value);
	else
		buffer_string(alt, "without a value");
	buffer_format(alt, " %s", verdict_name(row->gate->status));
}

bool chart_run_gates(struct buffer *out, struct buffer *alt, const struct pages *set, const struct run_result *run,
                     const struct run_result *production)
{
	struct row rows[ROWS];
	size_t count = 0, listed = 0;
	double rh = 46, x0 = 164, x1 = 560, yt = 82, w = x1 - x0;
	struct svg svg;

	for (size_t i = 0; i < run->pack_count; i++) {
		const struct gate_result **gates = gates_by_verdict(&run->packs[i], set->arena);
		for (size_t k = 0; k < run->packs[i].gate_count && count < ROWS; k++)
			if (make_row(&rows[count], &run->packs[i], gates[k], production != run ? production : NULL))
				rows[count++].pack = run->pack_count > 1 ? run->packs[i].pack : TEXT("");
	}
	if (!count)
		return false;
	svg_init(&svg, 760, yt + rh * (double)count + 12);
	struct text subtitle = TEXT("lines: promote, warn and fail limit, at the same place in every row");
	if (production && production != run)
		subtitle = text_format(set->arena, "lines: promote, warn and fail limit · ring: production run %.*s", TEXT_ARGS(production->run->record.id));
	svg_head(&svg, TEXT("Gates, common scale"), subtitle, mark_of_verdict(run->status), run->summary);
	const double xs[5] = {x0, x0 + w * promote_at, x0 + w * warn_at, x0 + w * fail_at, x1};
	static const char *const labels[] = {"promote", "pass", "warn", "fail"}, *const classes[] = {"pf", "pf", "wt", "ff"};
	for (int i = 0; i < 4; i++)
		svg_label(&svg, (xs[i] + xs[i + 1]) / 2, yt - 10, classes[i], (struct svg_style){.anchor = 'm', .size = 11, .bold = true}, "%s", labels[i]);
	buffer_format(alt, "%zu gate%s on a common scale: ", count, count == 1 ? "" : "s");
	for (size_t i = 0; i < count; i++) {
		draw_row(&svg, set, &rows[i], x0, x1, yt + rh * (double)i + 4);
		if (listed++ < 8) {
			buffer_string(alt, i ? ", " : "");
			add_finding(alt, set, &rows[i]);
		}
	}
	chart_finish(out, &svg, TEXT("run-gates"), text_format(set->arena, "Gates of run %.*s", TEXT_ARGS(run->run->record.id)), alt);
	return true;
}

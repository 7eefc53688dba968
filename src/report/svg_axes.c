#include <math.h>
#include <stdio.h>

#include "instant.h"
#include "number.h"
#include "svg.h"

const char *const month_names[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Helvetica's widths of ASCII in thousandths. */
static const short advances[95] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
};

double svg_width(struct text text, double size)
{
	double sum = 0;

	for (size_t i = 0; i < text.len;) {
		unsigned point = utf8_next(text, &i);
		sum += point >= 32 && point < 127 ? advances[point - 32] : 584;
	}
	return sum * size / 1000 * 1.18; /* DejaVu Sans, the widest likely fallback, is 18 % wider */
}

double scale_at(const struct scale *scale, double value)
{
	if (!(scale->d1 > scale->d0))
		return (scale->r0 + scale->r1) / 2;
	return scale->r0 + (value - scale->d0) / (scale->d1 - scale->d0) * (scale->r1 - scale->r0);
}

double round_up(double value, double unit)
{
	return ceil(value / unit - 1e-9) * unit;
}

/* The largest power of ten that is not above value, without log10(), whose last bit differs between C libraries. */
static double power_below(double value, int *exponent)
{
	double power = 1;

	*exponent = 0;
	while (power * 10 <= value && *exponent < 300) {
		power *= 10;
		++*exponent;
	}
	while (power > value && *exponent > -300) {
		--*exponent;
		power = 1;
		for (int i = 0; i > *exponent; i--)
			power *= 10;
		power = 1 / power;
	}
	return power;
}

struct ticks ticks_of(double low, double high, int want)
{
	static const double factors[] = {1, 2, 2.5, 5, 10};
	double raw = (high - low) / want, step;
	struct ticks ticks = {0};
	int exponent;

	if (!(raw > 0) || !isfinite(raw))
		return (struct ticks){low, 1, 1, 0};
	double power = power_below(raw, &exponent);
	int k = 0;
	while (k < 4 && factors[k] * power < raw * (1 - 1e-12))
		k++;
	step = factors[k] * power;
	exponent += k == 4;
	ticks.decimals = (exponent < 0 ? -exponent : 0) + (k == 2 && exponent <= 0);
	ticks.step = step;
	ticks.first = floor(low / step + 1e-9) * step;
	ticks.count = (int)(ceil(high / step - 1e-9) - floor(low / step + 1e-9)) + 1;
	return ticks;
}

void svg_figure(struct buffer *out, double value, int decimals)
{
	char text[512];

	number_print_fixed(text, fabs(value), decimals);
	bool zero = true;
	for (const char *at = text; *at; at++)
		zero &= *at == '0' || *at == '.';
	buffer_string(out, value < 0 && !zero ? "−" : "");
	buffer_string(out, text);
}

void svg_value_axis(struct svg *svg, const struct scale *scale, double low, double high, double x0, double x1, int want, bool percent)
{
	struct ticks ticks = ticks_of(low, high, want);
	struct buffer label;

	buffer_init(&label);
	for (int i = 0; i < ticks.count && i < 50; i++) {
		double value = ticks.first + i * ticks.step;
		if (value > high + ticks.step * 1e-9 || value < low - ticks.step * 1e-9)
			continue;
		double y = scale_at(scale, value);
		svg_line(svg, x0, y, x1, y, i == 0 ? "ax" : "gr", 1, NULL);
		buffer_clear(&label);
		svg_figure(&label, percent ? value * 100 : value, percent ? (ticks.decimals > 2 ? ticks.decimals - 2 : 0) : ticks.decimals);
		buffer_string(&label, percent ? "%" : "");
		svg_text(svg, x0 - 8, y + 4, buffer_text(&label), "mu", (struct svg_style){.anchor = 'e'});
	}
	buffer_release(&label);
}

void civil_of(int *year, int *month, int *day, double days)
{
	char date[32];

	instant_print_date(date, (int64_t)floor(days) * 86400);
	*year = (date[0] - '0') * 1000 + (date[1] - '0') * 100 + (date[2] - '0') * 10 + (date[3] - '0');
	*month = (date[5] - '0') * 10 + (date[6] - '0');
	*day = (date[8] - '0') * 10 + (date[9] - '0');
}

static bool is_tick(double span, double day, int month, int in_month)
{
	if (span <= 14)
		return true;
	if (span <= 92)
		return (((long long)day + 3) % 7 + 7) % 7 == 0; /* 1970-01-01 was a Thursday */
	if (in_month != 1)
		return false;
	return span <= 400 || (span <= 1500 && month % 3 == 1) || month == 1;
}

void svg_date_axis(struct svg *svg, const struct scale *scale, double first, double last, double y)
{
	double span = last - first, end_of_label = -99;
	bool first_label = true;
	int shown_year = 0;

	if (span > 366 * 400)
		return;
	for (double day = floor(first); day <= last + 0.5; day++) {
		int year, month, in_month;
		char label[32];
		civil_of(&year, &month, &in_month, day);
		if (day < first - 0.5 || !is_tick(span, day, month, in_month))
			continue;
		double x = scale_at(scale, day);
		svg_line(svg, x, y, x, y + 5, "ax", 1, NULL);
		if (span > 1500)
			snprintf(label, sizeof label, "%d", year);
		else if (span <= 92)
			snprintf(label, sizeof label, "%s %d", month_names[month - 1], in_month);
		else
			snprintf(label, sizeof label, "%s", month_names[month - 1]);
		double half = svg_width(text_of(label), 12) / 2;
		if (x - half <= end_of_label + 8)
			continue;
		svg_text(svg, x, y + 18, text_of(label), "mu", (struct svg_style){.anchor = 'm'});
		end_of_label = x + half;
		if (span <= 1500 && (first_label || year != shown_year))
			svg_label(svg, x, y + 32, "mu", (struct svg_style){.anchor = 'm', .size = 11}, "%d", year);
		shown_year = year;
		first_label = false;
	}
}

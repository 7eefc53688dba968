#include "svg.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

struct rule {
	const char *name, *property, *light, *dark;
};

static const struct rule rules[] = {
    {"bg", "fill", "#ffffff", "#0d1117"}, {"bd", "stroke", "#d0d7de", "#30363d"}, {"tx", "fill", "#1f2328", "#e6edf3"},
    {"mu", "fill", "#59636e", "#9198a1"}, {"gr", "stroke", "#e4e8ec", "#21262d"}, {"ax", "stroke", "#8c959f", "#6e7681"},
    {"rf", "fill", "#8c959f", "#768390"}, {"rs", "stroke", "#6e7781", "#909dab"}, {"cf", "fill", "#0969da", "#58a6ff"},
    {"cs", "stroke", "#0969da", "#58a6ff"}, {"ds", "stroke", "#b3409d", "#f59ad0"}, {"df", "fill", "#b3409d", "#f59ad0"},
    {"xs", "stroke", "#b6bec8", "#484f58"}, {"pf", "fill", "#0f7b6c", "#56d4b0"}, {"wf", "fill", "#bf8700", "#e3b341"},
    {"ff", "fill", "#a40e26", "#ff6a6a"}, {"ps", "stroke", "#0f7b6c", "#56d4b0"}, {"ws", "stroke", "#bf8700", "#e3b341"},
    {"fs", "stroke", "#a40e26", "#ff6a6a"}, {"wt", "fill", "#7d5400", "#e3b341"}, {"h0", "fill", "#eef3f8", "#18222d"},
    {"h1", "fill", "#cfe0f2", "#1f3a56"}, {"h2", "fill", "#9dc1e6", "#2c5f93"}, {"bs", "stroke", "#ffffff", "#0d1117"},
    {"ha", "stroke", "#ffffff", "#0d1117"},
};
enum { RULES = sizeof rules / sizeof *rules };

void svg_init(struct svg *svg, double width, double height)
{
	*svg = (struct svg){.width = width, .height = height};
	buffer_init(&svg->body);
	svg_rect(svg, .5, .5, width - 1, height - 1, "bg bd", 6, NULL);
}

void svg_drop(struct svg *svg)
{
	buffer_release(&svg->body);
}

void svg_number(struct buffer *out, double value)
{
	char text[512];
	size_t len = number_print_fixed(text, isfinite(value) ? value : 0, 1);

	if (len > 2 && text[len - 1] == '0' && text[len - 2] == '.')
		len -= 2;
	buffer_add(out, (struct text){text, len});
}

static void attribute(struct svg *svg, const char *name, double value)
{
	buffer_char(&svg->body, ' ');
	buffer_string(&svg->body, name);
	buffer_string(&svg->body, "=\"");
	svg_number(&svg->body, value);
	buffer_char(&svg->body, '"');
}

static void use_classes(struct svg *svg, const char *classes)
{
	for (const char *at = classes; *at; at += strcspn(at, " "), at += strspn(at, " "))
		for (size_t i = 0; i < RULES; i++)
			if (at[0] == rules[i].name[0] && at[1] == rules[i].name[1] && (at[2] == '\0' || at[2] == ' '))
				svg->used |= 1ul << i;
	buffer_string(&svg->body, " class=\"");
	buffer_string(&svg->body, classes);
	buffer_char(&svg->body, '"');
}

static void add_opacity(struct svg *svg, const char *opacity)
{
	if (opacity)
		buffer_format(&svg->body, " fill-opacity=\"%s\"", opacity);
}

static void add_stroke(struct svg *svg, double width, const char *dash)
{
	if (width != 1)
		attribute(svg, "stroke-width", width);
	if (dash)
		buffer_format(&svg->body, " stroke-dasharray=\"%s\"", dash);
}

void svg_rect(struct svg *svg, double x, double y, double w, double h, const char *classes, double radius, const char *opacity)
{
	buffer_string(&svg->body, "<rect");
	attribute(svg, "x", x);
	attribute(svg, "y", y);
	attribute(svg, "width", w);
	attribute(svg, "height", h);
	if (radius > 0)
		attribute(svg, "rx", radius);
	use_classes(svg, classes);
	add_opacity(svg, opacity);
	buffer_string(&svg->body, "/>\n");
}

static void add_point(struct svg *svg, char command, double x, double y)
{
	buffer_char(&svg->body, command);
	svg_number(&svg->body, x);
	buffer_char(&svg->body, ' ');
	svg_number(&svg->body, y);
}

void svg_line(struct svg *svg, double x1, double y1, double x2, double y2, const char *classes, double width, const char *dash)
{
	buffer_string(&svg->body, "<path d=\"");
	add_point(svg, 'M', x1, y1);
	add_point(svg, 'L', x2, y2);
	buffer_char(&svg->body, '"');
	use_classes(svg, classes);
	buffer_string(&svg->body, " fill=\"none\"");
	add_stroke(svg, width, dash);
	buffer_string(&svg->body, "/>\n");
}

void svg_path(struct svg *svg, const struct point *points, size_t count, const char *classes, double width, const char *dash)
{
	size_t drawn = 0, start = svg->body.len;
	bool down = false;

	buffer_string(&svg->body, "<path d=\"");
	for (size_t i = 0; i < count; i++) {
		bool is = isfinite(points[i].x) && isfinite(points[i].y);
		bool alone = is && !down && !(i + 1 < count && isfinite(points[i + 1].x) && isfinite(points[i + 1].y));
		if (is && !alone) {
			add_point(svg, down ? 'L' : 'M', points[i].x, points[i].y);
			drawn++;
		}
		down = is && !alone;
	}
	if (!drawn) {
		svg->body.len = start;
		svg->body.data[start] = '\0';
		return;
	}
	buffer_char(&svg->body, '"');
	use_classes(svg, classes);
	buffer_string(&svg->body, " fill=\"none\"");
	add_stroke(svg, width, dash);
	buffer_string(&svg->body, " stroke-linejoin=\"round\"/>\n");
}

void svg_area(struct svg *svg, const struct point *points, size_t count, const char *classes, const char *opacity)
{
	buffer_string(&svg->body, "<path d=\"");
	for (size_t i = 0; i < count; i++)
		add_point(svg, i ? 'L' : 'M', points[i].x, points[i].y);
	buffer_string(&svg->body, "Z\"");
	use_classes(svg, classes);
	add_opacity(svg, opacity);
	buffer_string(&svg->body, "/>\n");
}

void svg_circle(struct svg *svg, double x, double y, double r, const char *classes, const char *more)
{
	buffer_string(&svg->body, "<circle");
	attribute(svg, "cx", x);
	attribute(svg, "cy", y);
	attribute(svg, "r", r);
	use_classes(svg, classes);
	buffer_format(&svg->body, "%s/>\n", more ? more : "");
}

void svg_triangle(struct svg *svg, double x, double y, double half, double height, const char *classes)
{
	buffer_string(&svg->body, "<path d=\"");
	add_point(svg, 'M', x, y);
	add_point(svg, 'L', x + half, y + height);
	add_point(svg, 'L', x - half, y + height);
	buffer_string(&svg->body, "Z\"");
	use_classes(svg, classes);
	buffer_string(&svg->body, "/>\n");
}

/* --- text --- */

/* Printable ASCII and what is written in the world's scripts; controls, format characters, private use and non-characters are not. */
static bool is_label(unsigned point)
{
	if (point < 0xa1)
		return point >= 0x20 && point < 0x7f;
	return point != 0xad && point != 0x61c && !(point >= 0x200b && point <= 0x200f) && !(point >= 0x2028 && point <= 0x202e) &&
	       !(point >= 0x2060 && point <= 0x206f) && point < 0xe000;
}

static void add_escaped(struct buffer *out, unsigned point, struct text bytes)
{
	if (point == '&')
		buffer_string(out, "&amp;");
	else if (point == '<')
		buffer_string(out, "&lt;");
	else if (point == '>')
		buffer_string(out, "&gt;");
	else if (point == '"')
		buffer_string(out, "&quot;");
	else if (is_label(point))
		buffer_add(out, bytes);
	else
		buffer_char(out, '_');
}

static void add_label(struct buffer *out, struct text text, size_t max)
{
	size_t count = 0, at = 0;

	for (size_t i = 0; i < text.len; count++)
		utf8_next(text, &i);
	size_t head = max && count > max ? max / 2 : count, tail = max && count > max ? count - (max - max / 2 - 1) : count;
	for (size_t i = 0; i < text.len; at++) {
		size_t start = i;
		unsigned point = utf8_next(text, &i);
		if (at < head || at >= tail)
			add_escaped(out, point, text_cut(text, start, i));
		else if (at == head)
			buffer_string(out, "…");
	}
}

void svg_text(struct svg *svg, double x, double y, struct text text, const char *classes, struct svg_style style)
{
	char both[32];

	snprintf(both, sizeof both, "%s%s", classes, style.halo ? " ha" : "");
	buffer_string(&svg->body, "<text");
	attribute(svg, "x", x);
	attribute(svg, "y", y);
	use_classes(svg, both);
	if (style.anchor == 'm' || style.anchor == 'e')
		buffer_format(&svg->body, " text-anchor=\"%s\"", style.anchor == 'm' ? "middle" : "end");
	if (style.size > 0 && style.size != 12)
		attribute(svg, "font-size", style.size);
	if (style.bold)
		buffer_string(&svg->body, " font-weight=\"600\"");
	buffer_char(&svg->body, '>');
	add_label(&svg->body, text, style.max);
	buffer_string(&svg->body, "</text>\n");
}

void svg_label(struct svg *svg, double x, double y, const char *classes, struct svg_style style, const char *format, ...)
{
	char label[256];
	va_list arguments;

	va_start(arguments, format);
	int len = vsnprintf(label, sizeof label, format, arguments);
	va_end(arguments);
	if (len > 0)
		svg_text(svg, x, y, text_of(label), classes, style);
}

const char *svg_mark_class(enum svg_mark mark)
{
	static const char *const classes[] = {"pf", "wt", "mu", "ff"};

	return classes[mark];
}

void svg_mark(struct svg *svg, double x, double y, enum svg_mark mark, double r, bool ring)
{
	static const char *const plain[] = {"pf", "wf", "rf", "ff"}, *const ringed[] = {"pf bs", "wf bs", "rf bs", "ff bs"};
	const char *classes = ring ? ringed[mark] : plain[mark];
	double k = mark == MARK_WARN ? r * 1.25 : mark == MARK_FAIL ? r * .95 : r * 1.2;

	if (mark == MARK_PASS) {
		svg_circle(svg, x, y, r, classes, ring ? " stroke-width=\"1.5\"" : NULL);
		return;
	}
	buffer_string(&svg->body, "<path d=\"");
	if (mark == MARK_WARN) {
		add_point(svg, 'M', x, y - k);
		add_point(svg, 'L', x + k, y + k * .8);
		add_point(svg, 'L', x - k, y + k * .8);
	} else if (mark == MARK_FAIL) {
		add_point(svg, 'M', x - k, y - k);
		add_point(svg, 'L', x + k, y - k);
		add_point(svg, 'L', x + k, y + k);
		add_point(svg, 'L', x - k, y + k);
	} else {
		add_point(svg, 'M', x, y - k);
		add_point(svg, 'L', x + k, y);
		add_point(svg, 'L', x, y + k);
		add_point(svg, 'L', x - k, y);
	}
	buffer_string(&svg->body, "Z\"");
	use_classes(svg, classes);
	buffer_string(&svg->body, ring ? " stroke-width=\"1.5\"/>\n" : "/>\n");
}

void svg_head(struct svg *svg, struct text title, struct text subtitle, enum svg_mark mark, struct text verdict)
{
	svg_text(svg, 16, 26, title, "tx", (struct svg_style){.size = 15, .bold = true, .max = 60});
	svg_text(svg, 16, 45, subtitle, "mu", (struct svg_style){.max = 120});
	if (!verdict.len)
		return;
	svg_mark(svg, svg->width - 22, 21.5, mark, 5, false);
	svg_text(svg, svg->width - 34, 26, verdict, svg_mark_class(mark), (struct svg_style){.anchor = 'e', .size = 13, .bold = true, .max = 50});
}

/* --- the file --- */

static void add_css(struct buffer *out, const struct svg *svg, bool dark)
{
	for (size_t i = 0; i < RULES; i++) {
		const struct rule *rule = &rules[i];
		if (!(svg->used & (1ul << i)))
			continue;
		buffer_format(out, ".%s{%s:%s", rule->name, rule->property, dark ? rule->dark : rule->light);
		if (strcmp(rule->name, "ha") == 0)
			buffer_string(out, ";stroke-width:3px;paint-order:stroke;stroke-linejoin:round");
		buffer_char(out, '}');
	}
}

void svg_write(struct buffer *out, struct svg *svg, struct text slug, struct text title, struct text desc)
{
	buffer_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
	              "aria-labelledby=\"%.*s-t %.*s-d\" font-size=\"12\" "
	              "font-family=\"system-ui,-apple-system,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif\">\n",
	              (int)svg->width, (int)svg->height, (int)svg->width, (int)svg->height, TEXT_ARGS(slug), TEXT_ARGS(slug));
	buffer_format(out, "<title id=\"%.*s-t\">", TEXT_ARGS(slug));
	add_label(out, title, 0);
	buffer_format(out, "</title>\n<desc id=\"%.*s-d\">", TEXT_ARGS(slug));
	add_label(out, desc, 0);
	buffer_string(out, "</desc>\n<style>\nsvg{font-variant-numeric:tabular-nums}");
	add_css(out, svg, false);
	buffer_string(out, "\n@media(prefers-color-scheme:dark){");
	add_css(out, svg, true);
	buffer_string(out, "}\n</style>\n");
	buffer_add(out, buffer_text(&svg->body));
	buffer_string(out, "</svg>\n");
	buffer_release(&svg->body);
}

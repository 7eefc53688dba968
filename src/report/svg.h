/* SVG: the few primitives that charts are drawn with. One file serves light and dark pages: colours stand in classes alone, of which
 * only those in use are written; one element a line, coordinates with at most one decimal.
 *
 * Ownership: svg_init() to svg_write(), which releases. Failure: none. Names from files go through svg_text() and the title, where
 * characters beyond a whitelist become '_'. */
#ifndef GALLEY_SVG_H
#define GALLEY_SVG_H

#include "buffer.h"

struct svg {
	struct buffer body;
	unsigned long used; /* a bit for each class */
	double width, height;
};

enum svg_mark { MARK_PASS, MARK_WARN, MARK_INCONCLUSIVE, MARK_FAIL };

struct point { double x, y; };

void svg_init(struct svg *svg, double width, double height);
/* The whole file. slug: the file's name, which ids begin with. */
void svg_write(struct buffer *out, struct svg *svg, struct text slug, struct text title, struct text desc);
void svg_drop(struct svg *svg);

/* A number as a coordinate: "12", "0.5", never "-0". */
void svg_number(struct buffer *out, double value);

void svg_rect(struct svg *svg, double x, double y, double w, double h, const char *classes, double radius, const char *opacity);
void svg_line(struct svg *svg, double x1, double y1, double x2, double y2, const char *classes, double width, const char *dash);
/* Points that are not finite break the line: a gap is never bridged. */
void svg_path(struct svg *svg, const struct point *points, size_t count, const char *classes, double width, const char *dash);
void svg_area(struct svg *svg, const struct point *points, size_t count, const char *classes, const char *opacity);
void svg_circle(struct svg *svg, double x, double y, double r, const char *classes, const char *more);
void svg_triangle(struct svg *svg, double x, double y, double half, double height, const char *classes);

struct svg_style {
	char anchor;  /* 's', 'm' or 'e'; 0 is 's' */
	double size;  /* 0 is 12 */
	bool bold, halo;
	size_t max;   /* more code points than this are cut in the middle; 0: not */
};

void svg_text(struct svg *svg, double x, double y, struct text text, const char *classes, struct svg_style style);
void svg_label(struct svg *svg, double x, double y, const char *classes, struct svg_style style, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Shape carries the status, colour only helps: circle, triangle, diamond, square. */
void svg_mark(struct svg *svg, double x, double y, enum svg_mark mark, double r, bool ring);
const char *svg_mark_class(enum svg_mark mark);
/* Title, subtitle, and at the right the verdict with its glyph; verdict empty for none. */
void svg_head(struct svg *svg, struct text title, struct text subtitle, enum svg_mark mark, struct text verdict);

/* Estimated, for dropping tick labels that would touch and for legend gaps only. */
double svg_width(struct text text, double size);

/* --- scales --- */

struct scale { double d0, d1, r0, r1; };
double scale_at(const struct scale *scale, double value);

struct ticks { double first, step; int count, decimals; };
/* Steps of 1, 2, 2.5 or 5 times a power of ten, the smallest that gives at most want intervals. */
struct ticks ticks_of(double low, double high, int want);
/* value rounded up to a multiple of unit. */
double round_up(double value, double unit);

/* Number with decimals, minus as U+2212. */
void svg_figure(struct buffer *out, double value, int decimals);
void svg_value_axis(struct svg *svg, const struct scale *scale, double low, double high, double x0, double x1, int want, bool percent);
/* Days since 1970; ticks by day, Monday, month, quarter or year, whichever the span asks for. */
void svg_date_axis(struct svg *svg, const struct scale *scale, double first, double last, double y);
void civil_of(int *year, int *month, int *day, double days);
extern const char *const month_names[12];

#endif

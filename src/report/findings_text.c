#include "findings_parts.h"

enum { EXCERPT = 120, NOTES = 3 };

static const char *paint(enum severity severity, bool color)
{
	if (!color)
		return "";
	return severity == SEVERITY_ERROR ? "\x1b[1;31m" : severity == SEVERITY_WARNING ? "\x1b[1;33m" : "\x1b[1;36m";
}

static const char *unpaint(bool color)
{
	return color ? "\x1b[0m" : "";
}

static size_t count_points(struct text text)
{
	size_t count = 0;

	for (size_t offset = 0; offset < text.len; count++)
		utf8_next(text, &offset);
	return count;
}

static size_t digits_of(unsigned line)
{
	size_t count = 1;

	while (line /= 10)
		count++;
	return count;
}

/* As many blanks as the printed prefix is wide, its tabs kept so that the caret stands below what it means on any terminal. */
static void add_blanks(struct buffer *out, struct text printed)
{
	while (printed.len) {
		size_t tab = text_find(printed, '\t');
		buffer_repeat(out, ' ', utf8_columns(text_cut(printed, 0, tab)));
		buffer_repeat(out, '\t', tab < printed.len);
		printed = text_cut(printed, tab + 1, printed.len);
	}
}

/* What is cut from a long line: at most EXCERPT code points, the caret among them. */
static struct text window(bool *cut_before, bool *cut_after, size_t *caret, struct text line, unsigned column)
{
	size_t points = count_points(line), at = column ? column - 1 : 0, first = 0;

	if (at > points)
		at = points;
	if (points > EXCERPT && at > EXCERPT / 2)
		first = at - EXCERPT / 2;
	if (points > EXCERPT && first + EXCERPT > points)
		first = points - EXCERPT;
	size_t start = skip_points(line, 0, first), end = skip_points(line, start, EXCERPT);
	*cut_before = first > 0;
	*cut_after = end < line.len;
	*caret = skip_points(line, 0, at) - start;
	return text_cut(line, start, end);
}

static void add_related(struct buffer *out, const struct diag_related *related)
{
	if (related->place.file) {
		buffer_safe(out, related->place.file->path);
		if (related->place.line)
			buffer_format(out, ":%u", related->place.line);
		if (related->message.len)
			buffer_char(out, ' ');
	}
	buffer_safe(out, related->message);
}

static void add_excerpt(struct buffer *out, const struct diag *diag, bool color)
{
	bool before, after;
	size_t caret, gutter = digits_of(diag->place.line) + 1;
	struct text shown = window(&before, &after, &caret, place_line(diag->place), diag->place.column);
	struct buffer whole, rest, mark;

	buffer_init(&whole);
	buffer_init(&rest);
	buffer_init(&mark);
	buffer_safe(&whole, shown);
	/* Escaping only looks ahead: what follows the caret prints alike alone, so what precedes it is the difference. */
	buffer_safe(&rest, text_cut(shown, caret, shown.len));
	buffer_safe(&mark, text_cut(shown, caret, skip_points(shown, caret, diag->place.width)));
	size_t width = utf8_columns(buffer_text(&mark));

	buffer_repeat(out, ' ', gutter);
	buffer_format(out, "|\n%u | %s", diag->place.line, before ? "..." : "");
	buffer_add(out, buffer_text(&whole));
	buffer_format(out, "%s\n", after ? "..." : "");
	buffer_repeat(out, ' ', gutter);
	buffer_format(out, "| %s", before ? "   " : "");
	add_blanks(out, text_cut(buffer_text(&whole), 0, whole.len - rest.len));
	buffer_format(out, "%s^", paint(diag->severity, color));
	buffer_repeat(out, '~', width > 1 ? width - 1 : 0);
	buffer_string(out, unpaint(color));
	if (diag->related_count) {
		buffer_char(out, ' ');
		add_related(out, &diag->related[0]);
	}
	buffer_char(out, '\n');
	buffer_release(&whole);
	buffer_release(&rest);
	buffer_release(&mark);
}

void finding_text(struct buffer *out, const struct diag *diag, bool color)
{
	const struct place *place = &diag->place;
	bool excerpt = place->file && place->line && place->file->bytes.len;
	size_t gutter = excerpt ? digits_of(place->line) + 1 : 3;

	if (place->file) {
		buffer_safe(out, place->file->path);
		if (place->line)
			buffer_format(out, ":%u:%u", place->line, place->column);
		buffer_string(out, ": ");
	}
	buffer_format(out, "%s%s:%s ", paint(diag->severity, color), severity_name(diag->severity), unpaint(color));
	buffer_safe(out, diag->message);
	if (diag->code < CODE_COUNT)
		buffer_format(out, " [%s]", code_list[diag->code].id);
	buffer_char(out, '\n');
	if (excerpt)
		add_excerpt(out, diag, color);
	for (size_t i = excerpt ? 1 : 0; i < diag->related_count && i < NOTES; i++) {
		buffer_repeat(out, ' ', gutter);
		buffer_string(out, "= note: ");
		add_related(out, &diag->related[i]);
		buffer_char(out, '\n');
	}
	if (diag->help.len) {
		buffer_repeat(out, ' ', gutter);
		buffer_string(out, "= help: ");
		buffer_safe(out, diag->help);
		buffer_char(out, '\n');
	}
}

void findings_refusal(struct buffer *out, const struct refusal *refusal, enum severity severity, bool color)
{
	struct diag_related because = {refusal->because, refusal->reason};
	struct diag diag = {.code = CODE_COUNT,
	                    .severity = severity,
	                    .place = refusal->place,
	                    .message = refusal->message,
	                    .help = refusal->help,
	                    .related = &because,
	                    .related_count = refusal->because.file != NULL};

	finding_text(out, &diag, color);
}

void findings_text(struct buffer *out, const struct findings *findings)
{
	size_t counts[SEVERITY_ERROR + 1] = {0}, left_out = 0;

	for (size_t i = 0; i < findings->count; i++) {
		const struct diag *diag = findings->items[i].diag;
		if (diag->severity < findings->at_least)
			continue;
		counts[diag->severity]++;
		if (!finding_shown(findings, &findings->items[i])) {
			left_out++;
			continue;
		}
		finding_text(out, diag, findings->color);
		buffer_char(out, '\n');
	}
	bool any = add_counts(out, counts);
	buffer_format(out, "%s%zu file%s", any ? " in " : "", findings->files_read, findings->files_read == 1 ? "" : "s");
	buffer_string(out, any ? "" : findings->at_least > SEVERITY_NOTE ? ", no errors" : ", no findings");
	if (findings->suppressed)
		buffer_format(out, ", %zu suppressed", findings->suppressed);
	if (left_out)
		buffer_format(out, ", %zu not shown", left_out);
	buffer_char(out, '\n');
}

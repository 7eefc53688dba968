#include "markdown.h"

#include <math.h>
#include <string.h>

static const char zero_width_space[] = "\xe2\x80\x8b";

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static char at_or_zero(struct text text, size_t i)
{
	return i < text.len ? text.at[i] : '\0';
}

/* A code point that a terminal or a reader's eye would take for something else, in the visible form that buffer_safe() gives it;
 * false when it is printed as it stands. One code point alone has nothing that a CI log could read. */
static bool add_visible(struct buffer *out, struct text point, bool escape)
{
	struct buffer safe;

	buffer_init(&safe);
	buffer_safe(&safe, point);
	bool changed = !text_equal(buffer_text(&safe), point);
	if (changed) {
		buffer_string(out, escape ? "\\" : "");
		buffer_add(out, buffer_text(&safe));
	}
	buffer_release(&safe);
	return changed;
}

/* The ASCII character at i, escaped where Markdown or a host would see more than a character in it. */
static void add_ascii(struct buffer *out, struct text text, size_t i)
{
	char c = text.at[i], before = i ? text.at[i - 1] : '\0', after = at_or_zero(text, i + 1);

	if (c == '\n' || c == '\r' || c == '\t') {
		buffer_char(out, ' ');
	} else if (c == '&') {
		buffer_string(out, "&amp;");
	} else if (c == '<') {
		buffer_string(out, "&lt;");
	} else if (c == '>') {
		buffer_string(out, "&gt;");
	} else if (c == '{' && (after == '{' || after == '%' || before == '{')) {
		buffer_string(out, "&#123;");
	} else if (c == '@' || (c == '#' && after >= '0' && after <= '9')) {
		buffer_char(out, c);
		buffer_string(out, zero_width_space);
	} else if (c == ':' && after == '/') {
		buffer_char(out, c);
		buffer_string(out, zero_width_space);
	} else if (c == '.' && i >= 3 && text_is_nocase(text_cut(text, i - 3, i), "www")) {
		buffer_string(out, zero_width_space);
		buffer_char(out, c);
	} else if (strchr("\\`*[]|~$#!", c) || (c == '_' && !(is_word(before) && is_word(after)))) {
		buffer_char(out, '\\');
		buffer_char(out, c);
	} else {
		buffer_char(out, c);
	}
}

void markdown_text_cut(struct buffer *out, struct text text, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len;) {
		size_t start = i;
		if (count++ == max) {
			buffer_string(out, "…");
			return;
		}
		unsigned point = utf8_next(text, &i);
		if (point < 0x80 && (point >= 0x20 || point == '\n' || point == '\r' || point == '\t') && point != 0x7f)
			add_ascii(out, text, start);
		else if (!add_visible(out, text_cut(text, start, i), true))
			buffer_add(out, text_cut(text, start, i));
	}
}

void markdown_text(struct buffer *out, struct text text)
{
	markdown_text_cut(out, text, MARKDOWN_MAX);
}

/* Plain enough for backticks: printable ASCII and letters, without what tables or the fence itself would end at. */
static bool is_plain_code(struct text text)
{
	if (!text.len || text.len > MARKDOWN_MAX || text.at[0] == ' ' || text.at[text.len - 1] == ' ')
		return false;
	for (size_t i = 0; i < text.len;) {
		unsigned point = utf8_next(text, &i);
		if (point < 0x20 || (point >= 0x7f && point < 0xa1) || point > 0x24f || point == '`' || point == '|')
			return false;
		/* A runner reads "##[error]" wherever it stands in a log that a page is printed to. */
		if (point == '#' && i < text.len && text.at[i] == '#')
			return false;
	}
	return true;
}

void markdown_code(struct buffer *out, struct text text)
{
	bool plain = is_plain_code(text);

	buffer_string(out, plain ? "`" : "<code>");
	if (plain)
		buffer_add(out, text);
	else
		markdown_text(out, text);
	buffer_string(out, plain ? "`" : "</code>");
}

void markdown_url(struct buffer *out, struct text path)
{
	for (size_t i = 0; i < path.len; i++) {
		char c = path.at[i];
		if (is_word(c) || (c && strchr("-._~/", c)))
			buffer_char(out, c);
		else
			buffer_format(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void markdown_mermaid(struct buffer *out, struct text text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len;) {
		size_t start = i;
		unsigned point = utf8_next(text, &i);
		if (count++ == 64) {
			buffer_string(out, "…");
			return;
		}
		if (point < 0x80 ? is_word((char)point) || (point && strchr(" _-.,/+", (int)point)) : point >= 0xc0 && point <= 0x24f)
			buffer_add(out, text_cut(text, start, i));
		else
			buffer_char(out, '_');
	}
}

void markdown_fenced(struct buffer *out, struct text text)
{
	for (size_t i = 0; i < text.len;) {
		size_t start = i;
		unsigned point = utf8_next(text, &i);
		if (point == '\t')
			buffer_char(out, ' ');
		else if (point == '`')
			buffer_string(out, "′");
		else if (!add_visible(out, text_cut(text, start, i), false))
			buffer_add(out, text_cut(text, start, i));
	}
}

void markdown_bar(struct buffer *out, double value, double low, double high)
{
	static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

	if (!isfinite(value)) {
		buffer_string(out, "·");
		return;
	}
	double at = high > low ? (value - low) / (high - low) * 8 : 0;
	buffer_string(out, bars[at <= 0 ? 0 : at >= 8 ? 7 : (int)at]);
}

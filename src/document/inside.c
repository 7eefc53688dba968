#include "document.h"

/* However a scalar is quoted, folded or indented: its characters that are not blanks are, escapes read, those of the file from its place
 * on, in the same order. So a byte of the text is found by counting them, and what lies between needs no rules of YAML. */

struct walk {
	struct text bytes; /* of the file */
	size_t at;
	char quote;        /* of the scalar; NUL: none */
	unsigned line, column;
};

static bool is_blank(unsigned c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static unsigned take(struct walk *walk)
{
	unsigned c = utf8_next(walk->bytes, &walk->at);

	walk->column++;
	if (c == '\n') {
		walk->line++;
		walk->column = 1;
	}
	return c;
}

static unsigned read_hex(struct walk *walk, size_t digits)
{
	unsigned value = 0;

	while (digits-- && walk->at < walk->bytes.len) {
		unsigned c = take(walk), low = c | 0x20;
		value = value * 16 + (c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : 0);
	}
	return value;
}

/* Behind a backslash: the character it stands for, a blank for those that are one or nothing. */
static unsigned read_escape(struct walk *walk)
{
	unsigned c = walk->at < walk->bytes.len ? take(walk) : ' ';

	switch (c) {
	case 'n':
	case 't':
	case 'r':
		return ' ';
	case 'x':
		return read_hex(walk, 2);
	case 'u':
		return read_hex(walk, 4);
	case 'U':
		return read_hex(walk, 8);
	default:
		return c;
	}
}

static unsigned next_point(struct walk *walk)
{
	unsigned c = take(walk);

	if (walk->quote == '"' && c == '\\')
		return read_escape(walk);
	if (walk->quote == '\'' && c == '\'' && walk->at < walk->bytes.len && walk->bytes.at[walk->at] == '\'')
		take(walk);
	return c;
}

static bool open_walk(struct walk *walk, const struct value *scalar)
{
	const struct input *file = scalar->place.file;
	unsigned first = file && file->first_line ? file->first_line : 1;

	if (scalar->kind != VALUE_SCALAR || !file || scalar->place.line < first)
		return false;
	*walk = (struct walk){.bytes = file->bytes, .line = first, .column = 1};
	if (text_starts(walk->bytes, "\xef\xbb\xbf"))
		walk->at = 3;
	while (walk->line < scalar->place.line && walk->at < walk->bytes.len) {
		walk->at += text_find(text_cut(walk->bytes, walk->at, walk->bytes.len), '\n') + 1;
		walk->line++;
	}
	while (walk->column < scalar->place.column && walk->at < walk->bytes.len)
		take(walk);
	if (walk->at >= walk->bytes.len)
		return false;
	char c = walk->bytes.at[walk->at];
	if (scalar->quoted && (c == '"' || c == '\'')) {
		walk->quote = c;
		take(walk);
	} else if (scalar->quoted) {
		/* A block scalar begins below its header. */
		while (walk->at < walk->bytes.len && take(walk) != '\n')
			;
	}
	return true;
}

struct place value_place_inside(const struct value *scalar, size_t offset, size_t len)
{
	struct place place = scalar->place;
	struct text text = scalar->text;
	struct walk walk, before;
	bool found = false;

	if (!open_walk(&walk, scalar))
		return place;
	for (size_t at = 0; at < text.len && (!found || at < offset + len);) {
		bool here = at >= offset;
		unsigned wanted = utf8_next(text, &at), c = ' ';
		if (is_blank(wanted))
			continue;
		do {
			if (walk.at >= walk.bytes.len)
				return scalar->place;
			before = walk;
			c = next_point(&walk);
		} while (is_blank(c));
		if (c != wanted)
			return scalar->place;
		if (here && !found) {
			place.line = before.line;
			place.column = before.column;
			place.width = 1;
			found = true;
		}
		if (found && walk.line == place.line)
			place.width = walk.column - place.column;
	}
	if (!found) {
		place.line = walk.line;
		place.column = walk.column;
	}
	if (!found || !len)
		place.width = 1;
	return place;
}

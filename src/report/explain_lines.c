#include "explain_parts.h"

enum { LABEL_COLUMN = 14, LINE_COLUMNS = 110 };

void explain_line(struct buffer *out, const char *label, struct text text)
{
	size_t column = LABEL_COLUMN;

	if (!text.len)
		return;
	buffer_format(out, "  %-*s", LABEL_COLUMN - 2, label);
	while (text.len) {
		struct text word = text_cut(text, 0, text_find(text, ' '));
		if (column > LABEL_COLUMN && column + 1 + word.len > LINE_COLUMNS) {
			buffer_char(out, '\n');
			buffer_repeat(out, ' ', LABEL_COLUMN);
			column = LABEL_COLUMN;
		} else if (column > LABEL_COLUMN) {
			buffer_char(out, ' ');
			column++;
		}
		buffer_add(out, word);
		column += word.len;
		text = text_cut(text, word.len + 1, text.len);
	}
	buffer_char(out, '\n');
}

void explain_block(struct buffer *out, const char *indent, struct text text)
{
	while (text.len) {
		size_t end = text_find(text, '\n');
		buffer_string(out, end ? indent : "");
		buffer_safe(out, text_cut(text, 0, end));
		buffer_char(out, '\n');
		text = text_cut(text, end + 1, text.len);
	}
}

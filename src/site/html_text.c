#include "html_text.h"

static bool turns_writing(unsigned point)
{
	return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0x200e || point == 0x200f || point == 0x061c;
}

void html_text(struct buffer *out, struct text text)
{
	for (size_t i = 0; i < text.len;) {
		size_t from = i;
		unsigned point = utf8_next(text, &i);
		if (point == '&')
			buffer_string(out, "&amp;");
		else if (point == '<')
			buffer_string(out, "&lt;");
		else if (point == '>')
			buffer_string(out, "&gt;");
		else if (point == '"')
			buffer_string(out, "&quot;");
		else if ((point < 0x20 && point != '\t' && point != '\n') || (point >= 0x7f && point < 0xa0) || turns_writing(point) || point == 0xfffd)
			buffer_string(out, "\xef\xbf\xbd");
		else
			buffer_add(out, text_cut(text, from, i));
	}
}

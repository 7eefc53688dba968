/* Which texts YAML may hold without quotes. */
#include <string.h>

#include "edit.h"

static bool is_word_of_yaml(struct text text)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "nan", "inf"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_is_nocase(text, words[i]))
			return true;
	return false;
}

static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Cautious: what might be anything else to some reader of YAML is quoted. */
static bool is_plain(struct text text, bool flow)
{
	struct value value = {.kind = VALUE_SCALAR, .text = text};

	if (!text.len || is_word_of_yaml(text) || value_class(&value) != SCALAR_TEXT)
		return false;
	if (!is_letter_or_digit(text.at[0]) && !((unsigned char)text.at[0] >= 0xc3 && utf8_bad(text) == text.len))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i], next = i + 1 < text.len ? text.at[i + 1] : ' ';
		bool other = (unsigned char)c >= 0xc3 || ((unsigned char)c >= 0x80 && i && (unsigned char)text.at[i - 1] >= 0x80);
		if (!is_letter_or_digit(c) && !other && !strchr(" _-+./@^~<>=%()';:,!?*", c))
			return false;
		if ((c == ':' && (next == ' ' || flow)) || (c == ' ' && next == ' ') || (flow && (c == ',' || c == '?')))
			return false;
	}
	/* Control characters, marks and line ends beyond ASCII. */
	for (size_t at = 0; at < text.len;) {
		unsigned c = utf8_next(text, &at);
		if ((c >= 0x7f && c < 0xa1) || (c >= 0x2000 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xffff) || c >= 0xe0000)
			return false;
	}
	return true;
}

void edit_write_text(struct buffer *out, struct text text, bool flow)
{
	if (is_plain(text, flow))
		buffer_add(out, text);
	else
		buffer_json(out, text);
}

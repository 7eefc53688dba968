#include "expression_inner.h"

#include <string.h>

#include "arena.h"
#include "buffer.h"
#include "number.h"

/* Longer signs stand before those they begin with. */
static const char *const signs[] = {"||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "!", "?", ":", "(", ")", "[", "]", ",", "."};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The byte at an offset; NUL past the end, which no token holds. */
static char byte_at(const struct lexer *lexer, size_t at)
{
	return at < lexer->source.len ? lexer->source.at[at] : '\0';
}

bool lexer_is_reserved(struct text word)
{
	/* CEL's own, so that no condition is one here and none there. */
	static const char *const words[] = {"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
	                                    "import", "let", "loop", "package", "namespace", "return", "var", "void", "while"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_is(word, words[i]))
			return true;
	return false;
}

static struct token make(struct lexer *lexer, enum token_kind kind, size_t from, struct text text)
{
	return (struct token){.kind = kind, .offset = from, .len = lexer->at - from, .text = text};
}

static struct token bad(struct lexer *lexer, size_t from, struct text why)
{
	return make(lexer, TOKEN_BAD, from, why);
}

static struct token lex_number(struct lexer *lexer)
{
	size_t from = lexer->at, at = from;
	char c;

	while ((c = byte_at(lexer, at)), is_digit(c) || is_letter(c) || c == '.' || ((c == '+' || c == '-') && (byte_at(lexer, at - 1) | 0x20) == 'e'))
		at++;
	lexer->at = at;
	struct text text = text_cut(lexer->source, from, at);
	struct token token = make(lexer, TOKEN_NUMBER, from, text);
	size_t dot = text_find(text, '.');
	if (number_parse(&token.number, text) != NUMBER_FINITE)
		return bad(lexer, from, text_format(lexer->arena, "'%.*s' is no finite number", TEXT_ARGS(text)));
	if (dot < text.len && (dot + 1 == text.len || !is_digit(text.at[dot + 1])))
		return bad(lexer, from, text_format(lexer->arena, "'%.*s' has no digit behind its point", TEXT_ARGS(text)));
	return token;
}

/* \uXXXX, at the 'u'; 0 where it is none, or NUL or a surrogate, which no text holds. */
static unsigned read_point(const struct lexer *lexer, size_t at)
{
	unsigned point = 0;

	for (size_t i = 1; i <= 4; i++) {
		char c = byte_at(lexer, at + i);
		unsigned digit = is_digit(c) ? (unsigned)(c - '0') : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a' + 10) : 16;
		if (digit == 16)
			return 0;
		point = point * 16 + digit;
	}
	return point >= 0xd800 && point < 0xe000 ? 0 : point;
}

static void add_point(struct buffer *out, unsigned point)
{
	if (point < 0x80) {
		buffer_char(out, (char)point);
	} else if (point < 0x800) {
		buffer_char(out, (char)(0xc0 | point >> 6));
		buffer_char(out, (char)(0x80 | (point & 0x3f)));
	} else {
		buffer_char(out, (char)(0xe0 | point >> 12));
		buffer_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
		buffer_char(out, (char)(0x80 | (point & 0x3f)));
	}
}

/* At the byte behind a backslash; false where it escapes nothing. */
static bool read_escape(struct buffer *out, struct lexer *lexer)
{
	static const char from[] = "\\\"'`?nrt", to[] = "\\\"'`?\n\r\t";
	char c = byte_at(lexer, lexer->at);
	const char *found = c ? strchr(from, c) : NULL;
	unsigned point = c == 'u' ? read_point(lexer, lexer->at) : 0;

	if (!found && !point)
		return false;
	if (found)
		buffer_char(out, to[found - from]);
	else
		add_point(out, point);
	lexer->at += found ? 1 : 5;
	return true;
}

static struct token lex_text(struct lexer *lexer, char quote)
{
	size_t from = lexer->at++;
	struct buffer buffer;
	struct token token;

	buffer_init(&buffer);
	for (;;) {
		size_t at = lexer->at;
		char c = byte_at(lexer, at);
		if (at >= lexer->source.len || c == '\n') {
			token = bad(lexer, from, TEXT("the text is never closed"));
			token.len = 1;
			break;
		}
		lexer->at++;
		if (c == quote) {
			token = make(lexer, TOKEN_TEXT, from, text_copy(lexer->arena, buffer_text(&buffer)));
			break;
		}
		if (c != '\\') {
			buffer_char(&buffer, c);
		} else if (!read_escape(&buffer, lexer)) {
			token = bad(lexer, at, TEXT("a backslash that escapes nothing; a condition knows \\\\ \\\" \\' \\n \\r \\t and \\uXXXX"));
			break;
		}
	}
	buffer_release(&buffer);
	return token;
}

/* Behind a dot: a part of a name may begin with a digit, and in backticks be anything. */
static struct token lex_part(struct lexer *lexer)
{
	size_t from = lexer->at;

	if (byte_at(lexer, from) != '`') {
		while (is_letter(byte_at(lexer, lexer->at)) || is_digit(byte_at(lexer, lexer->at)))
			lexer->at++;
		return make(lexer, TOKEN_NAME, from, text_cut(lexer->source, from, lexer->at));
	}
	size_t len = text_find(text_cut(lexer->source, from + 1, lexer->source.len), '`');
	lexer->at = from + len + 2;
	if (lexer->at > lexer->source.len || !len) {
		lexer->at = from + 1;
		return bad(lexer, from, len ? TEXT("'`' is never closed") : TEXT("nothing between '`' and '`'"));
	}
	struct token token = make(lexer, TOKEN_NAME, from, text_cut(lexer->source, from + 1, from + 1 + len));
	token.escaped = true;
	return token;
}

static struct token lex_other(struct lexer *lexer)
{
	size_t from = lexer->at, next = from;
	struct text rest = text_cut(lexer->source, from, lexer->source.len);

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (text_starts(rest, signs[i])) {
			lexer->at += strlen(signs[i]);
			return make(lexer, TOKEN_SIGN, from, text_cut(lexer->source, from, lexer->at));
		}
	unsigned point = utf8_next(lexer->source, &next);
	lexer->at = next;
	if (*rest.at == '=')
		return bad(lexer, from, TEXT("'=' sets nothing here; '==' compares"));
	if (*rest.at == '&' || *rest.at == '|')
		return bad(lexer, from, text_format(lexer->arena, "single '%c'; '%c%c' joins conditions", *rest.at, *rest.at, *rest.at));
	if (point < 0x20 || point == 0x7f)
		return bad(lexer, from, text_format(lexer->arena, "control character 0x%02x", point));
	return bad(lexer, from, text_format(lexer->arena, "'%.*s' means nothing here", (int)(next - from), rest.at));
}

static struct token read_token(struct lexer *lexer)
{
	char c;

	while ((c = byte_at(lexer, lexer->at)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		lexer->at++;
	if (lexer->at >= lexer->source.len)
		return make(lexer, TOKEN_END, lexer->at, TEXT(""));
	const struct token *last = &lexer->last;
	bool behind_dot = last->kind == TOKEN_SIGN && text_is(last->text, ".");
	bool behind_value = last->kind == TOKEN_NAME || last->kind == TOKEN_TEXT ||
	                    (last->kind == TOKEN_SIGN && (text_is(last->text, ")") || text_is(last->text, "]")));
	if (behind_dot && (is_letter(c) || is_digit(c) || c == '`'))
		return lex_part(lexer);
	if (is_digit(c) || (c == '.' && is_digit(byte_at(lexer, lexer->at + 1)) && !behind_value))
		return lex_number(lexer);
	if (is_letter(c))
		return lex_part(lexer);
	return c == '"' || c == '\'' ? lex_text(lexer, c) : lex_other(lexer);
}

struct token lexer_next(struct lexer *lexer)
{
	lexer->last = read_token(lexer);
	return lexer->last;
}

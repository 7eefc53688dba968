/* JSON by RFC 8259, strictly: no comments, no trailing commas, no other number than its grammar's. */
#include "reader.h"

#include <string.h>

#include "arena.h"
#include "number.h"

struct json_reader {
	struct reader *reader;
	struct text bytes;
	size_t at;
	size_t depth;
	bool unsure; /* a key stood twice */
};

static struct value *read_value(struct json_reader *json);

static struct place place_of(struct json_reader *json, size_t from, size_t to)
{
	return reader_place_bytes(json->reader, from, to);
}

static struct diags *diags_of(struct json_reader *json)
{
	return json->reader->diags;
}

static char peek(const struct json_reader *json)
{
	return json->at < json->bytes.len ? json->bytes.at[json->at] : '\0';
}

static void skip_blanks(struct json_reader *json)
{
	while (peek(json) == ' ' || peek(json) == '\t' || peek(json) == '\n' || peek(json) == '\r')
		json->at++;
}

/* The character at the reader's place in quotes, or the end. */
static struct text found(struct json_reader *json)
{
	size_t to = json->at;

	if (to >= json->bytes.len)
		return TEXT("the end of the file");
	utf8_next(json->bytes, &to);
	return text_format(json->reader->arena, "'%.*s'", TEXT_ARGS(text_cut(json->bytes, json->at, to)));
}

static void refuse_syntax(struct json_reader *json, const char *wanted)
{
	struct text what = found(json);

	diag_add(diags_of(json), CODE_JSON_SYNTAX, place_of(json, json->at, json->at + 1), "found %.*s where %s is needed",
	         TEXT_ARGS(what), wanted);
	if (peek(json) == '/' || peek(json) == '#')
		diag_help(diags_of(json), "JSON has no comments; delete it");
	else if (peek(json) == '\'')
		diag_help(diags_of(json), "JSON takes double quotes only");
}

/* --- strings --- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits at from, or -1. */
static long read_hex(struct text bytes, size_t from)
{
	long value = 0;

	for (size_t i = from; i < from + 4; i++) {
		int digit = i < bytes.len ? hex_digit(bytes.at[i]) : -1;
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

static size_t put_utf8(char *out, unsigned long c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* \uXXXX at *at, with its second half where it is a surrogate; -1 after a diag. */
static long read_unicode(struct json_reader *json, size_t *at)
{
	size_t start = *at;
	long c = read_hex(json->bytes, start + 2);

	if (c < 0) {
		diag_add(diags_of(json), CODE_JSON_SYNTAX, place_of(json, start, start + 2),
		         "'\\u' without four hexadecimal digits");
		return -1;
	}
	*at += 6;
	if (c == 0) {
		diag_add(diags_of(json), CODE_JSON_ENCODING, place_of(json, start, *at), "an escaped NUL is not allowed in a text");
		diag_help(diags_of(json), "delete '\\u0000'");
		return -1;
	}
	if (c < 0xd800 || c > 0xdfff)
		return c;
	long low = text_starts(text_cut(json->bytes, *at, json->bytes.len), "\\u") ? read_hex(json->bytes, *at + 2) : -1;
	if (c >= 0xdc00 || low < 0xdc00 || low > 0xdfff) {
		diag_add(diags_of(json), CODE_JSON_ENCODING, place_of(json, start, *at),
		         "half of a surrogate pair is no character");
		diag_help(diags_of(json), "write both halves, or the character itself in UTF-8");
		return -1;
	}
	*at += 6;
	return 0x10000 + (c - 0xd800) * 0x400 + (low - 0xdc00);
}

/* The escape at *at into out; its length, 0 after a diag. */
static size_t read_escape(struct json_reader *json, char *out, size_t *at)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	char c = json->bytes.at[*at + 1];
	const char *name = strchr(names, c);

	if (c == 'u') {
		long point = read_unicode(json, at);
		return point < 0 ? 0 : put_utf8(out, (unsigned long)point);
	}
	if (!name || !c) {
		diag_add(diags_of(json), CODE_JSON_SYNTAX, place_of(json, *at, *at + 2), "an escape that JSON does not have");
		diag_help(diags_of(json), "write a backslash as '\\\\'");
		return 0;
	}
	*out = values[name - names];
	*at += 2;
	return 1;
}

static bool unescape(struct json_reader *json, struct text *text, size_t from, size_t to)
{
	char *out = arena_alloc(json->reader->arena, to - from + 1);
	size_t len = 0;

	for (size_t at = from; at < to;) {
		if (json->bytes.at[at] != '\\') {
			out[len++] = json->bytes.at[at++];
			continue;
		}
		size_t added = read_escape(json, out + len, &at);
		if (!added)
			return false;
		len += added;
	}
	*text = (struct text){out, len};
	return true;
}

static bool read_string(struct json_reader *json, struct text *text, struct place *place, bool key)
{
	size_t start = json->at, at = start + 1;
	bool escapes = false;

	while (at < json->bytes.len && json->bytes.at[at] != '"') {
		if ((unsigned char)json->bytes.at[at] < 0x20) {
			diag_add(diags_of(json), CODE_JSON_SYNTAX, place_of(json, at, at + 1),
			         "a line end or tab stands in a string as it is");
			diag_help(diags_of(json), "close the string, or write '\\n' or '\\t'");
			return false;
		}
		escapes |= json->bytes.at[at] == '\\';
		at += json->bytes.at[at] == '\\' && at + 1 < json->bytes.len ? 2 : 1;
	}
	if (at >= json->bytes.len) {
		diag_add(diags_of(json), CODE_JSON_SYNTAX, place_of(json, start, start + 1), "a string is not closed");
		return false;
	}
	*place = place_of(json, start, at + 1);
	json->at = at + 1;
	*text = text_cut(json->bytes, start + 1, at);
	if (escapes && !unescape(json, text, start + 1, at))
		return false;
	return reader_check_size(json->reader, text->len, key, *place, CODE_JSON_LIMIT);
}

/* --- words and numbers --- */

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '+' ||
	       c == '-';
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool is_number(struct text word)
{
	size_t i = text_starts(word, "-") ? 1 : 0, start = i;

	while (i < word.len && word.at[i] >= '0' && word.at[i] <= '9')
		i++;
	if (i == start || (word.at[start] == '0' && i > start + 1))
		return false;
	if (i < word.len && word.at[i] == '.') {
		start = ++i;
		while (i < word.len && word.at[i] >= '0' && word.at[i] <= '9')
			i++;
		if (i == start)
			return false;
	}
	if (i < word.len && (word.at[i] == 'e' || word.at[i] == 'E')) {
		i++;
		if (i < word.len && (word.at[i] == '+' || word.at[i] == '-'))
			i++;
		start = i;
		while (i < word.len && word.at[i] >= '0' && word.at[i] <= '9')
			i++;
		if (i == start)
			return false;
	}
	return i == word.len;
}

static bool is_not_finite(struct text word)
{
	return text_is(word, "NaN") || text_is(word, "Infinity") || text_is(word, "-Infinity");
}

static void refuse_word(struct json_reader *json, struct text word, struct place place)
{
	double value;
	struct text shown = reader_excerpt(json->reader, word);

	diag_add(diags_of(json), CODE_JSON_SYNTAX, place, "'%.*s' is no JSON value", TEXT_ARGS(shown));
	if (is_not_finite(word))
		diag_help(diags_of(json), "only metric files may hold NaN, Infinity and -Infinity");
	else if (text_is_nocase(word, "true") || text_is_nocase(word, "false"))
		diag_help(diags_of(json), "JSON has 'true' and 'false' in lower case");
	else if (text_is_nocase(word, "null") || text_is(word, "None"))
		diag_help(diags_of(json), "JSON has 'null' in lower case");
	else if (number_parse(&value, word) == NUMBER_FINITE)
		diag_help(diags_of(json), "a JSON number has no leading '+' or zeros, and digits on both sides of its point");
	else
		diag_help(diags_of(json), "put text in double quotes");
}

static struct value *read_word(struct json_reader *json)
{
	size_t start = json->at;
	double number;

	while (is_word(peek(json)))
		json->at++;
	struct text word = text_cut(json->bytes, start, json->at);
	if (!word.len) {
		refuse_syntax(json, "a value");
		return NULL;
	}
	struct place place = place_of(json, start, json->at);
	struct value scalar = {.kind = VALUE_SCALAR, .place = place, .text = word};
	if (!reader_check_size(json->reader, word.len, false, place, CODE_JSON_LIMIT))
		return NULL;
	if (text_is(word, "null")) {
		scalar = (struct value){.kind = VALUE_NULL, .place = place};
	} else if (is_number(word)) {
		if (number_parse(&number, word) != NUMBER_FINITE) {
			struct text shown = reader_excerpt(json->reader, word);
			diag_add(diags_of(json), CODE_JSON_NUMBER, place, "%.*s is beyond what a number can hold", TEXT_ARGS(shown));
			diag_help(diags_of(json), "the largest is about 1.8e308");
			return NULL;
		}
	} else if (!text_is(word, "true") && !text_is(word, "false") &&
	           !(json->reader->form == DOCUMENT_METRICS && is_not_finite(word))) {
		refuse_word(json, word, place);
		return NULL;
	}
	struct value *value = arena_alloc(json->reader->arena, sizeof *value);
	*value = scalar;
	return value;
}

/* --- lists and objects --- */

/* Goes over the comma or the closing character; false at the end, and with *ok false after a diag. */
static bool read_separator(struct json_reader *json, char close, bool *ok)
{
	skip_blanks(json);
	if (peek(json) == close) {
		json->at++;
		return false;
	}
	if (peek(json) != ',') {
		refuse_syntax(json, close == ']' ? "',' or ']'" : "',' or '}'");
		return *ok = false;
	}
	size_t comma = json->at++;
	skip_blanks(json);
	if (peek(json) == close) {
		diag_add(diags_of(json), CODE_JSON_SYNTAX, place_of(json, comma, comma + 1), "a comma after the last %s",
		         close == ']' ? "item" : "member");
		diag_help(diags_of(json), "delete the comma");
		return *ok = false;
	}
	return true;
}

static bool read_member(struct json_reader *json, struct value *map)
{
	struct member member = {0};

	if (peek(json) != '"') {
		refuse_syntax(json, "a key in double quotes");
		return false;
	}
	if (!read_string(json, &member.name, &member.place, true) ||
	    !reader_count(json->reader, 1, member.place, CODE_JSON_LIMIT))
		return false;
	skip_blanks(json);
	if (peek(json) != ':') {
		refuse_syntax(json, "':'");
		return false;
	}
	json->at++;
	member.value = read_value(json);
	if (!member.value)
		return false;
	value_add_member(map, member, json->reader->arena);
	return true;
}

static bool read_item(struct json_reader *json, struct value *list)
{
	struct value *item = read_value(json);

	if (!item)
		return false;
	value_add_item(list, item, json->reader->arena);
	return true;
}

static struct value *read_container(struct json_reader *json)
{
	bool map = peek(json) == '{', ok = true;
	char close = map ? '}' : ']';
	struct place place = place_of(json, json->at, json->at + 1);
	size_t start = reader_at_byte(json->reader, json->at++).point;
	struct value *value = map ? value_new_map(json->reader->arena, place) : value_new_list(json->reader->arena, place);

	if (!reader_check_depth(json->reader, ++json->depth, place, CODE_JSON_LIMIT))
		return NULL;
	skip_blanks(json);
	if (peek(json) == close)
		json->at++;
	else
		do
			ok = map ? read_member(json, value) : read_item(json, value);
		while (ok && read_separator(json, close, &ok));
	json->depth--;
	if (map && !reader_check_keys(json->reader, value, CODE_JSON_DUPLICATE_KEY))
		json->unsure = true;
	if (!ok)
		return NULL;
	value->place = reader_place_points(json->reader, start, reader_at_byte(json->reader, json->at).point);
	return value;
}

/* Recursion ends at limits->depth, which read_container() checks. */
static struct value *read_value(struct json_reader *json)
{
	skip_blanks(json);
	if (!reader_count(json->reader, 1, place_of(json, json->at, json->at + 1), CODE_JSON_LIMIT))
		return NULL;
	if (peek(json) == '{' || peek(json) == '[')
		return read_container(json);
	if (peek(json) != '"')
		return read_word(json);
	struct value *value = arena_alloc(json->reader->arena, sizeof *value);
	*value = (struct value){.kind = VALUE_SCALAR, .quoted = true};
	return read_string(json, &value->text, &value->place, false) ? value : NULL;
}

static const char *describe(const struct value *value)
{
	if (value->kind == VALUE_NULL)
		return "null";
	if (value->kind == VALUE_LIST)
		return "a list";
	return value->quoted ? "text" : "a single value";
}

struct value *reader_json(struct reader *reader)
{
	struct json_reader json = {.reader = reader, .bytes = reader->bytes};

	struct value *root = read_value(&json);
	if (!root)
		return NULL;
	skip_blanks(&json);
	if (json.at < json.bytes.len) {
		diag_add(reader->diags, CODE_JSON_SYNTAX, reader_place_bytes(reader, json.at, json.at + 1),
		         "text after the end of the JSON value");
		diag_help(reader->diags, "keep one value a file");
		return NULL;
	}
	if (root->kind != VALUE_MAP) {
		reader_refuse_root(reader, describe(root), root->place);
		return NULL;
	}
	return json.unsure && reader->form == DOCUMENT_METRICS ? NULL : root;
}

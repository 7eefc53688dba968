#include "events.h"

#include <string.h>

#include "arena.h"
#include "number.h"

/* --- scalars and tags --- */

static const char core_prefix[] = "tag:yaml.org,2002:";

static bool is_core(const yaml_char_t *tag, const char *name)
{
	struct text text = text_of((const char *)tag);

	return text_starts(text, core_prefix) && text_is(text_cut(text, sizeof core_prefix - 1, text.len), name);
}

static bool is_null_text(struct text text)
{
	return !text.len || text_is(text, "~") || text_is(text, "null") || text_is(text, "Null") || text_is(text, "NULL");
}

/* A tag as people write it. */
static struct text written_tag(struct reader *reader, const yaml_char_t *tag)
{
	struct text text = reader_excerpt(reader, text_of((const char *)tag));

	if (text_starts(text, core_prefix))
		return text_format(reader->arena, "!!%s", text.at + sizeof core_prefix - 1);
	return text;
}

static bool refuse_tag(struct reader *reader, const yaml_char_t *tag, const char *what, struct place place)
{
	struct text shown = written_tag(reader, tag);

	diag_add(reader->diags, CODE_YAML_TAG, place, "tag '%.*s' is not supported%s", TEXT_ARGS(shown), what);
	diag_help(reader->diags, "delete the tag; put text that begins with '!' in quotes");
	return false;
}

static bool check_tagged_text(struct reader *reader, const struct value *value, const yaml_char_t *tag)
{
	double number;
	bool fits = true;

	if (is_core(tag, "bool"))
		fits = text_is(value->text, "true") || text_is(value->text, "false");
	else if (is_core(tag, "null"))
		fits = is_null_text(value->text);
	else
		fits = number_parse(&number, value->text) == NUMBER_FINITE &&
		       (is_core(tag, "float") || text_find(value->text, '.') == value->text.len);
	if (fits)
		return true;
	struct text shown = written_tag(reader, tag), text = reader_excerpt(reader, value->text);
	diag_add(reader->diags, CODE_YAML_TAG, value->place, "'%.*s' does not fit its tag '%.*s'", TEXT_ARGS(text), TEXT_ARGS(shown));
	diag_help(reader->diags, "delete the tag, or mend the value");
	return false;
}

static bool check_nul(struct reader *reader, const struct value *value)
{
	if (text_find(value->text, '\0') == value->text.len)
		return true;
	diag_add(reader->diags, CODE_YAML_ENCODING, value->place, "an escaped NUL is not allowed in a text");
	diag_help(reader->diags, "delete the escape");
	return false;
}

bool event_type_scalar(struct reader *reader, struct value *value, const yaml_event_t *event, bool key, struct place tag_place)
{
	const yaml_char_t *tag = event->data.scalar.tag;

	if (!check_nul(reader, value))
		return false;
	value->kind = VALUE_SCALAR;
	if (!tag) {
		value->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		if (!value->quoted && !key && is_null_text(value->text))
			value->kind = VALUE_NULL;
		return true;
	}
	if (text_is(text_of((const char *)tag), "!") || is_core(tag, "str")) {
		value->quoted = true;
		return true;
	}
	if (is_core(tag, "map") || is_core(tag, "seq"))
		return refuse_tag(reader, tag, " on a single value", tag_place);
	if (!is_core(tag, "int") && !is_core(tag, "float") && !is_core(tag, "bool") && !is_core(tag, "null"))
		return refuse_tag(reader, tag, "", tag_place);
	if (!check_tagged_text(reader, value, tag))
		return false;
	if (is_core(tag, "null"))
		value->kind = VALUE_NULL;
	return true;
}

bool event_check_tag(struct reader *reader, const yaml_char_t *tag, bool list, struct place place)
{
	if (!tag || text_is(text_of((const char *)tag), "!") || is_core(tag, list ? "seq" : "map"))
		return true;
	bool core = is_core(tag, "str") || is_core(tag, "int") || is_core(tag, "float") || is_core(tag, "bool") ||
	            is_core(tag, "null") || is_core(tag, "seq") || is_core(tag, "map");
	return refuse_tag(reader, tag, !core ? "" : list ? " on a list" : " on a mapping", place);
}

/* --- errors of the parser --- */

struct explanation {
	const char *problem; /* libyaml's */
	enum code code;
	const char *message;
	const char *help;
};

static const char help_indent[] = "check the indentation against the lines above";

static const struct explanation explanations[] = {
	{"mapping values are not allowed in this context", CODE_YAML_SYNTAX, "a ':' where no key can stand",
	 "put text that holds ': ' in quotes, or check the indentation against the lines above"},
	{"did not find expected key", CODE_YAML_SYNTAX, "no key where one is needed", help_indent},
	{"did not find expected '-' indicator", CODE_YAML_SYNTAX, "no '- ' where the next item is needed", help_indent},
	{"could not find expected ':'", CODE_YAML_SYNTAX, "no ':' after a key",
	 "write 'key: value', with the key on one line"},
	{"found character that cannot start any token", CODE_YAML_SYNTAX, "a character that no value can begin with",
	 "put the value in quotes"},
	{"block sequence entries are not allowed in this context", CODE_YAML_SYNTAX, "a list item where none can stand",
	 "begin the list on a line of its own below its key"},
	{"block mapping entries are not allowed in this context", CODE_YAML_SYNTAX, "a mapping where none can stand", help_indent},
	{"found unexpected end of stream", CODE_YAML_SYNTAX, "the end of the file inside quotes", "close the quotes"},
	{"found unexpected document indicator", CODE_YAML_SYNTAX, "a document marker inside quotes", "close the quotes"},
	{"did not find expected ',' or '}'", CODE_YAML_SYNTAX, "no ',' or '}' where one is needed",
	 "close '{', or put text that holds '{', '}' or ',' in quotes"},
	{"did not find expected ',' or ']'", CODE_YAML_SYNTAX, "no ',' or ']' where one is needed",
	 "close '[', or put text that holds '[', ']' or ',' in quotes"},
	{"found unexpected ':'", CODE_YAML_SYNTAX, "a ':' inside a plain value",
	 "write a blank behind the ':' of a key, or put the value in quotes"},
	{"found invalid Unicode character escape code", CODE_YAML_SYNTAX, "an escape that is no character",
	 "write the character itself, in UTF-8"},
	{"did not find expected hexdecimal number", CODE_YAML_SYNTAX, "an escape without its hexadecimal digits",
	 "write a backslash as '\\\\', or use single quotes"},
	{"found unknown escape character", CODE_YAML_SYNTAX, "an escape that YAML does not have",
	 "write a backslash as '\\\\', or use single quotes"},
	{"found a tab character that violates indentation", CODE_YAML_SYNTAX, "a tab used for indentation", "indent with blanks"},
	{"found a tab character where an indentation space is expected", CODE_YAML_SYNTAX, "a tab used for indentation",
	 "indent with blanks"},
	{"did not find expected <document start>", CODE_YAML_SYNTAX, "no '---' after a directive", "write '---' on the next line"},
	{"did not find expected node content", CODE_YAML_SYNTAX, "no value where one is needed",
	 "put text that begins with a special character in quotes"},
	{"found incompatible YAML document", CODE_YAML_TAG, "a YAML version that is not supported",
	 "delete the line, or write '%YAML 1.2'"},
	{"found unknown directive name", CODE_YAML_TAG, "an unknown directive", "delete the line; put text that begins with '%' in quotes"},
	{"found undefined tag handle", CODE_YAML_TAG, "an unknown tag", "delete the tag; put text that begins with '!' in quotes"},
};

static const struct explanation *find_explanation(const char *problem)
{
	for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++)
		if (strcmp(explanations[i].problem, problem) == 0)
			return &explanations[i];
	return NULL;
}

/* Where libyaml names a context without a place, the mark is left at 0. */
static bool has_context(const yaml_parser_t *parser)
{
	return parser->context && parser->context_mark.index < parser->problem_mark.index;
}

size_t event_error_start(const yaml_parser_t *parser)
{
	return has_context(parser) ? parser->context_mark.index : parser->problem_mark.index;
}

/* libyaml gives up on a key of more than 1024 characters and then complains of its colon. */
static bool is_long_key(struct reader *reader, size_t point)
{
	enum { KEY_POINTS = 1024 };
	struct place place = reader_place_points(reader, point, point);
	size_t colon = reader_at_point(reader, point).byte;
	struct text bytes = reader->bytes;

	if (place.column <= KEY_POINTS || colon >= bytes.len || bytes.at[colon] != ':')
		return false;
	size_t start = reader->lines[place.line - 1].byte;
	for (size_t i = start; i + 1 < colon; i++)
		if (bytes.at[i] == ':' && bytes.at[i + 1] == ' ')
			start = i + 1;
	return colon - start > KEY_POINTS && start == reader->lines[place.line - 1].byte;
}

static void refuse_long_key(struct reader *reader, struct place place)
{
	diag_add(reader->diags, CODE_YAML_LIMIT, place, "a key of more than 1024 characters before this ':'");
	diag_help(reader->diags, "shorten the key; where it is text, put it in quotes");
}

bool event_refuse_root(struct reader *reader, const struct value *value, size_t end)
{
	const char *what = value->kind == VALUE_LIST ? "a list" : value->kind == VALUE_NULL ? "null" : "text";

	if (value->kind == VALUE_NULL && !value->text.len)
		reader_refuse_empty(reader);
	else if (value->kind == VALUE_SCALAR && is_long_key(reader, end))
		refuse_long_key(reader, reader_place_points(reader, end, end + 1));
	else
		reader_refuse_root(reader, what, value->place);
	return false;
}

static void refuse_reader_error(struct reader *reader, const yaml_parser_t *parser)
{
	size_t at = parser->problem_offset;

	diag_add(reader->diags, CODE_YAML_ENCODING, reader_place_bytes(reader, at, at + 1), "%s at offset %zu", parser->problem, at);
}

static void help_character(struct reader *reader, size_t point)
{
	size_t at = reader_at_point(reader, point).byte;
	struct text bytes = reader->bytes;

	if (at >= bytes.len)
		return;
	if (bytes.at[at] == '\t')
		diag_help(reader->diags, "a tab cannot indent; use blanks");
	else
		diag_help(reader->diags, "put the value that begins with '%c' in quotes", bytes.at[at]);
}

/* "while parsing a block mapping" and the like. */
static void relate_context(struct reader *reader, const yaml_parser_t *parser)
{
	static const char *const prefixes[] = {"while parsing ", "while scanning ", "while scanning for "};
	size_t point = parser->context_mark.index;
	struct text what = text_of(parser->context);

	for (size_t i = sizeof prefixes / sizeof *prefixes; i > 0; i--)
		if (text_starts(what, prefixes[i - 1])) {
			what = text_cut(what, strlen(prefixes[i - 1]), what.len);
			break;
		}
	diag_relate(reader->diags, reader_place_points(reader, point, point + 1), "%.*s begins here", TEXT_ARGS(what));
}

static bool is_behind_quotes(struct reader *reader, size_t point)
{
	size_t at = reader_at_point(reader, point).byte;

	return at && (reader->bytes.at[at - 1] == '"' || reader->bytes.at[at - 1] == '\'');
}

void event_refuse_error(struct reader *reader, const yaml_parser_t *parser, bool in_document)
{
	if (parser->error == YAML_MEMORY_ERROR)
		memory_exhausted();
	if (parser->error == YAML_READER_ERROR) {
		refuse_reader_error(reader, parser);
		return;
	}
	const char *problem = parser->problem ? parser->problem : "not well-formed";
	const struct explanation *known = find_explanation(problem);
	bool key_missing = strcmp(problem, "did not find expected key") == 0;
	size_t point = parser->problem_mark.index;
	struct place place = reader_place_points(reader, point, point + 1);

	if (is_long_key(reader, point)) {
		refuse_long_key(reader, place);
		return;
	}
	if (in_document && strcmp(problem, "did not find expected <document start>") == 0) {
		diag_add(reader->diags, CODE_YAML_DOCUMENTS, place, "text after the end of the document");
		diag_help(reader->diags, "keep one document a file");
		return;
	}
	diag_add(reader->diags, known ? known->code : CODE_YAML_SYNTAX, place, "%s", known ? known->message : problem);
	if (has_context(parser))
		relate_context(reader, parser);
	if (known && strcmp(problem, "found character that cannot start any token") == 0)
		help_character(reader, point);
	else if (key_missing && is_behind_quotes(reader, point))
		diag_help(reader->diags, "put all of the value in quotes, or none of it");
	else if (known)
		diag_help(reader->diags, "%s", known->help);
}

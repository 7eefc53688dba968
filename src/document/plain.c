/* Plain YAML, read without libyaml: block mappings and lists, flow ones, plain and quoted scalars on one line, '|' and '>' texts. It says
 * nothing and refuses nothing: where a file holds anything else, or anything that is wrong or beyond a limit, it gives up, and libyaml
 * reads the file from its start. What it takes must have the tree and the places that libyaml's events give; tests/unit/test_plain.c
 * holds the two against each other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "reader.h"

enum { DEPTH_MOST = 64, KEY_MOST = 256 };

/* What a byte may be, one bit each. */
enum {
	KEY = 1,         /* in a key without quotes */
	FIRST = 2,       /* at the start of a plain scalar, or of such a key */
	FLOW = 4,        /* in a plain scalar between brackets */
	SPECIAL = 8,     /* ends a plain scalar, or may: ':', '#' and LF */
};

/* The cursor stands at the first byte of what is read next: on a line of its own behind the blanks that indent it. */
struct plain {
	struct reader *reader;
	const char *bytes, *end;
	const char *at;
	const char *line_start;
	unsigned line;
	bool wide;      /* not all characters are one byte */
	size_t depth;
	struct member *held; /* members, and items without a name, of what has not ended */
	size_t held_count, held_room;
};

static unsigned class_of(char byte)
{
	enum { WORD = KEY | FIRST | FLOW, WIDE = FIRST };
	static const unsigned char classes[256] = {
		['0'] = WORD, ['1'] = WORD, ['2'] = WORD, ['3'] = WORD, ['4'] = WORD, ['5'] = WORD, ['6'] = WORD, ['7'] = WORD, ['8'] = WORD,
		['9'] = WORD, ['a'] = WORD, ['b'] = WORD, ['c'] = WORD, ['d'] = WORD, ['e'] = WORD, ['f'] = WORD, ['g'] = WORD, ['h'] = WORD,
		['i'] = WORD, ['j'] = WORD, ['k'] = WORD, ['l'] = WORD, ['m'] = WORD, ['n'] = WORD, ['o'] = WORD, ['p'] = WORD, ['q'] = WORD,
		['r'] = WORD, ['s'] = WORD, ['t'] = WORD, ['u'] = WORD, ['v'] = WORD, ['w'] = WORD, ['x'] = WORD, ['y'] = WORD, ['z'] = WORD,
		['A'] = WORD, ['B'] = WORD, ['C'] = WORD, ['D'] = WORD, ['E'] = WORD, ['F'] = WORD, ['G'] = WORD, ['H'] = WORD, ['I'] = WORD,
		['J'] = WORD, ['K'] = WORD, ['L'] = WORD, ['M'] = WORD, ['N'] = WORD, ['O'] = WORD, ['P'] = WORD, ['Q'] = WORD, ['R'] = WORD,
		['S'] = WORD, ['T'] = WORD, ['U'] = WORD, ['V'] = WORD, ['W'] = WORD, ['X'] = WORD, ['Y'] = WORD, ['Z'] = WORD,
		['_'] = WORD, ['$'] = WORD, ['.'] = WORD, ['/'] = WORD, ['+'] = WORD, ['('] = FIRST | FLOW, [')'] = FLOW,
		['-'] = KEY | FLOW, ['@'] = KEY | FLOW, ['*'] = FLOW, ['%'] = FLOW, ['='] = FLOW, ['^'] = FLOW, ['~'] = FLOW, [' '] = FLOW,
		['<'] = FLOW, ['>'] = FLOW,
		[':'] = SPECIAL, ['#'] = SPECIAL, ['\n'] = SPECIAL,
	};

	return (unsigned char)byte & 0x80 ? WIDE : classes[(unsigned char)byte];
}

/* --- bytes --- */

/* Whether there is nothing but printable characters and LF; sets wide. */
static bool is_clean(struct plain *p)
{
	enum { STEP = 64 }; /* without a branch, so that compilers take many at once */
	const char *at = p->bytes;
	unsigned char bad = 0, any = 0;

	for (; p->end - at >= STEP; at += STEP)
		for (size_t i = 0; i < STEP; i++) {
			unsigned char c = (unsigned char)at[i];
			bad |= (unsigned char)((c < 0x20) & (c != '\n')) | (unsigned char)(c == 0x7f);
			any |= c;
		}
	for (; at < p->end; at++) {
		unsigned char c = (unsigned char)*at;
		bad |= (unsigned char)((c < 0x20) & (c != '\n')) | (unsigned char)(c == 0x7f);
		any |= c;
	}
	if (bad)
		return false;
	p->wide = (any & 0x80) != 0;
	return !p->wide || reader_is_plain((struct text){p->bytes, (size_t)(p->end - p->bytes)});
}

static unsigned count(const struct plain *p, const char *from, const char *to)
{
	return (unsigned)(p->wide ? utf8_count((struct text){from, (size_t)(to - from)}) : (size_t)(to - from));
}

static const char *line_end(const struct plain *p, const char *at)
{
	const char *end = memchr(at, '\n', (size_t)(p->end - at));

	return end ? end : p->end;
}

/* from..to stand on the line of the cursor. */
static struct place place_of(const struct plain *p, const char *from, const char *to)
{
	return (struct place){.file = p->reader->file, .line = p->line, .column = count(p, p->line_start, from) + 1, .width = count(p, from, to)};
}

static int column(const struct plain *p)
{
	return (int)(p->at - p->line_start);
}

static bool is_at_end(const struct plain *p)
{
	return p->at == p->end;
}

static bool is_dash(const struct plain *p)
{
	return *p->at == '-' && p->at + 1 < p->end && (p->at[1] == ' ' || p->at[1] == '\n');
}

static void skip_blanks(struct plain *p)
{
	while (p->at < p->end && *p->at == ' ')
		p->at++;
}

/* Behind a line end, to the first line that holds more than blanks and a comment. False at the markers of a document. */
static bool find_line(struct plain *p)
{
	for (;;) {
		p->line_start = p->at;
		skip_blanks(p);
		if (is_at_end(p))
			return true;
		if (*p->at == '#')
			p->at = line_end(p, p->at);
		else if (*p->at != '\n')
			return p->at > p->line_start || p->end - p->at < 3 || (memcmp(p->at, "---", 3) != 0 && memcmp(p->at, "...", 3) != 0);
		if (is_at_end(p))
			return true;
		p->at++;
		p->line++;
	}
}

/* Behind a value: nothing but a comment may stand on the rest of the line. */
static bool end_line(struct plain *p)
{
	const char *from = p->at;

	skip_blanks(p);
	if (!is_at_end(p) && *p->at == '#' && p->at > from)
		p->at = line_end(p, p->at);
	if (is_at_end(p)) {
		p->line_start = p->at;
		return true;
	}
	if (*p->at != '\n')
		return false;
	p->at++;
	p->line++;
	return find_line(p);
}

/* --- the tree --- */

static bool count_node(struct plain *p)
{
	return ++p->reader->nodes <= p->reader->limits->yaml_nodes;
}

static void hold(struct plain *p, struct text name, struct place place, struct value *value)
{
	if (p->held_count == p->held_room) {
		p->held_room = p->held_room ? 2 * p->held_room : 64;
		p->held = memory_resize(p->held, p->held_room * sizeof *p->held);
	}
	p->held[p->held_count++] = (struct member){name, place, value};
}

/* A map or list that ends: what was held from first on. False where a key stands twice. */
static bool fill(struct plain *p, struct value *value, size_t first)
{
	struct arena *arena = p->reader->arena;
	size_t count = p->held_count - first;

	if (value->kind == VALUE_MAP) {
		value_take_members(value, p->held + first, count, arena);
	} else {
		value_reserve(value, count, arena);
		for (size_t i = first; i < p->held_count; i++)
			value_add_item(value, p->held[i].value, arena);
	}
	p->held_count = first;
	p->depth--;
	return value->kind != VALUE_MAP || !value_has_twins(value);
}

static bool begin(struct plain *p)
{
	size_t most = p->reader->limits->depth < DEPTH_MOST ? p->reader->limits->depth : DEPTH_MOST;

	return count_node(p) && ++p->depth <= most;
}

static struct value *new_scalar(struct plain *p, struct text text, bool quoted, struct place place)
{
	if (!count_node(p) || text.len > p->reader->limits->scalar_bytes)
		return NULL;
	struct value *value = arena_alloc(p->reader->arena, sizeof *value);
	*value = (struct value){.kind = VALUE_SCALAR, .quoted = quoted, .place = place, .text = text};
	return value;
}

/* --- scalars --- */

/* Between quotes, all on one line and without escapes; the cursor moves behind the closing quote. */
static bool read_quotes(struct text *text, struct plain *p)
{
	char quote = *p->at;
	const char *from = p->at + 1, *at = from;

	while (at < p->end && *at != quote && *at != '\n' && !(quote == '"' && *at == '\\'))
		at++;
	if (at == p->end || *at != quote || (quote == '\'' && at + 1 < p->end && at[1] == quote))
		return false;
	*text = (struct text){from, (size_t)(at - from)};
	p->at = at + 1;
	return true;
}

/* A key and the colon behind it; the cursor moves behind the colon. */
static bool find_key(struct text *name, struct plain *p)
{
	const char *from = p->at, *at = from;

	if (*from == '"' || *from == '\'') {
		if (!read_quotes(name, p))
			return false;
		at = p->at;
	} else if (class_of(*from) & KEY && class_of(*from) & FIRST) {
		while (at < p->end && class_of(*at) & KEY)
			at++;
		*name = (struct text){from, (size_t)(at - from)};
	} else {
		return false;
	}
	if (!name->len || name->len > KEY_MOST || name->len > p->reader->limits->key_bytes || at == p->end || *at != ':' ||
	    (at + 1 < p->end && at[1] != ' ' && at[1] != '\n'))
		return false;
	p->at = at + 1;
	return true;
}

static bool read_key(struct text *name, struct place *place, struct plain *p)
{
	const char *from = p->at;

	if (!count_node(p) || !find_key(name, p))
		return false;
	*place = place_of(p, from, p->at - 1);
	return true;
}

static bool is_null_text(struct text text)
{
	return text_is(text, "null") || text_is(text, "Null") || text_is(text, "NULL");
}

static bool can_begin(const struct plain *p)
{
	if (*p->at == '-')
		return p->at + 1 < p->end && p->at[1] != '-' && class_of(p->at[1]) & FIRST;
	return (class_of(*p->at) & FIRST) != 0;
}

/* The cursor moves to its end: behind the last character that is not blank. */
static struct value *plain_scalar(struct plain *p, const char *from, const char *to)
{
	while (to[-1] == ' ')
		to--;
	p->at = to;
	struct text text = {from, (size_t)(to - from)};
	return is_null_text(text) ? NULL : new_scalar(p, text, false, place_of(p, from, to));
}

/* Up to the end of the line or a comment. */
static struct value *read_plain(struct plain *p)
{
	const char *from = p->at, *at = from;

	if (!can_begin(p))
		return NULL;
	for (;; at++) {
		while (at < p->end && !(class_of(*at) & SPECIAL))
			at++;
		if (at == p->end || *at == '\n' || (*at == '#' && at[-1] == ' '))
			break;
		if (*at == ':' && (at + 1 == p->end || at[1] == ' ' || at[1] == '\n'))
			return NULL;
	}
	return plain_scalar(p, from, at);
}

static struct value *read_quoted(struct plain *p)
{
	const char *from = p->at;
	struct text text;

	return read_quotes(&text, p) ? new_scalar(p, text, true, place_of(p, from, p->at)) : NULL;
}

/* The end of a block scalar's lines, indented by at least indent: *last is the end of the last that is not blank, the cursor moves to the
 * start of the line behind them all. False where blanks alone are content, or text ends with the file. */
static bool find_block(const char **last, struct plain *p, int indent, bool folded)
{
	const char *line = p->at;
	bool gap = false;

	*last = NULL;
	while (line < p->end) {
		const char *at = line, *end = line_end(p, line);
		while (at < end && *at == ' ')
			at++;
		if (at == end) {
			if (end - line > indent)
				return false;
			gap = true;
		} else if (at - line < indent) {
			break;
		} else {
			/* Lines that are folded stand close together and alike. */
			if (end == p->end || (folded && (gap || at - line > indent)))
				return false;
			*last = end;
		}
		line = end == p->end ? end : end + 1;
		p->line++;
	}
	p->at = line;
	return true;
}

/* The lines from..last without what indents them; kept: with the last line end. */
static struct text block_text(struct plain *p, const char *from, const char *last, int indent, char joint, bool kept)
{
	char *out = arena_alloc(p->reader->arena, (size_t)(last - from) + 1);
	size_t len = 0;

	for (const char *line = from, *end; line <= last; line = end + 1) {
		end = memchr(line, '\n', (size_t)(last - line) + 1);
		if (end - line > indent) {
			memcpy(out + len, line + indent, (size_t)(end - line) - (size_t)indent);
			len += (size_t)(end - line) - (size_t)indent;
		}
		if (end < last)
			out[len++] = joint;
		else if (kept)
			out[len++] = '\n';
	}
	return (struct text){out, len};
}

/* '|' or '>', with '-' at most behind it; its lines are indented by more than above. The cursor ends at the line behind them. */
static struct value *read_block(struct plain *p, int above)
{
	const char *header = p->at, *end = line_end(p, header), *last;
	bool folded = *header == '>', strip = header + 1 < end && header[1] == '-';
	struct place place = place_of(p, header, end);

	for (const char *at = header + 1 + strip; at < end; at++)
		if (*at != ' ')
			return NULL;
	if (end == p->end)
		return NULL;
	p->at = end + 1;
	const char *from = p->at;
	p->line++;
	skip_blanks(p);
	int indent = (int)(p->at - from);
	if (is_at_end(p) || *p->at == '\n' || indent <= above || indent < 1)
		return NULL;
	p->at = from;
	if (!find_block(&last, p, indent, folded) || !find_line(p))
		return NULL;
	return new_scalar(p, block_text(p, from, last, indent, folded ? ' ' : '\n', !strip), true, place);
}

/* --- flow --- */

static struct value *read_flow(struct plain *p);

/* Blanks, line ends and comments between brackets. */
static bool skip_flow(struct plain *p)
{
	for (;;) {
		const char *from = p->at;
		skip_blanks(p);
		if (is_at_end(p))
			return false;
		if (*p->at == '#' && (p->at > from || p->at == p->line_start)) {
			p->at = line_end(p, p->at);
			if (is_at_end(p))
				return false;
		}
		if (*p->at != '\n')
			return true;
		p->at++;
		p->line++;
		p->line_start = p->at;
		if (p->end - p->at >= 3 && (memcmp(p->at, "---", 3) == 0 || memcmp(p->at, "...", 3) == 0))
			return false;
	}
}

static struct value *read_flow_value(struct plain *p)
{
	const char *from = p->at, *at = from;

	if (*from == '{' || *from == '[')
		return read_flow(p);
	if (*from == '"' || *from == '\'')
		return read_quoted(p);
	if (!can_begin(p))
		return NULL;
	while (at < p->end && (class_of(*at) & FLOW || (unsigned char)*at >= 0x80))
		at++;
	return plain_scalar(p, from, at);
}

/* One member or item; then ',' or the closing bracket. */
static bool read_flow_item(struct plain *p, bool map)
{
	struct text name = {0};
	struct place place = {0};

	if (map) {
		if (!read_key(&name, &place, p) || is_at_end(p) || *p->at != ' ' || !skip_flow(p))
			return false;
	}
	struct value *value = read_flow_value(p);
	if (!value)
		return false;
	hold(p, name, place, value);
	return skip_flow(p);
}

static struct value *read_flow(struct plain *p)
{
	const char *from = p->at;
	bool map = *from == '{';
	unsigned line = p->line;
	size_t first = p->held_count;

	if (!begin(p))
		return NULL;
	struct place place = place_of(p, from, line_end(p, from));
	struct value *value = map ? value_new_map(p->reader->arena, place) : value_new_list(p->reader->arena, place);
	char close = map ? '}' : ']';
	p->at++;
	if (!skip_flow(p))
		return NULL;
	while (*p->at != close) {
		if (!read_flow_item(p, map))
			return NULL;
		if (*p->at == close)
			break;
		if (*p->at != ',')
			return NULL;
		p->at++;
		/* A comma before the closing bracket is libyaml's. */
		if (!skip_flow(p) || *p->at == close)
			return NULL;
	}
	p->at++;
	if (p->line == line)
		value->place.width = count(p, from, p->at);
	return fill(p, value, first) ? value : NULL;
}

/* --- blocks --- */

static struct value *read_map(struct plain *p, int indent);

/* A value that begins on the line of its key or dash; above: what its lines must be indented beyond. The cursor ends at the next line. */
static struct value *read_inline(struct plain *p, int above)
{
	struct value *value;

	if (*p->at == '|' || *p->at == '>')
		return read_block(p, above);
	if (*p->at == '"' || *p->at == '\'')
		value = read_quoted(p);
	else if (*p->at == '{' || *p->at == '[')
		value = read_flow(p);
	else
		value = read_plain(p);
	return value && end_line(p) ? value : NULL;
}

/* Whether a key stands here, and no text. */
static bool is_key(const struct plain *p)
{
	struct plain look = *p;
	struct text name;

	return find_key(&name, &look);
}

static struct value *read_list(struct plain *p, int indent, bool in_map)
{
	size_t first = p->held_count;

	if (!begin(p))
		return NULL;
	struct value *list = value_new_list(p->reader->arena, place_of(p, p->at, line_end(p, p->at)));
	while (!is_at_end(p) && column(p) == indent) {
		if (!is_dash(p)) {
			if (in_map)
				break;
			return NULL;
		}
		p->at++;
		skip_blanks(p);
		if (is_at_end(p) || *p->at == '\n' || *p->at == '#')
			return NULL;
		struct value *item = is_key(p) ? read_map(p, column(p)) : read_inline(p, indent);
		if (!item || (!is_at_end(p) && column(p) > indent))
			return NULL;
		hold(p, (struct text){0}, (struct place){0}, item);
	}
	return fill(p, list, first) ? list : NULL;
}

/* What stands behind a key of a mapping with this indent. */
static struct value *read_member(struct plain *p, int indent)
{
	const char *colon = p->at;

	skip_blanks(p);
	if (!is_at_end(p) && *p->at != '\n' && *p->at != '#')
		return read_inline(p, indent);
	p->at = colon;
	if (!end_line(p) || is_at_end(p) || column(p) < indent)
		return NULL;
	if (is_dash(p))
		return read_list(p, column(p), column(p) == indent);
	return column(p) > indent ? read_map(p, column(p)) : NULL;
}

static struct value *read_map(struct plain *p, int indent)
{
	size_t first = p->held_count;

	if (!begin(p))
		return NULL;
	struct value *map = value_new_map(p->reader->arena, place_of(p, p->at, line_end(p, p->at)));
	while (!is_at_end(p) && column(p) == indent) {
		struct text name;
		struct place place;
		if (!read_key(&name, &place, p))
			return NULL;
		struct value *value = read_member(p, indent);
		if (!value || (!is_at_end(p) && column(p) > indent))
			return NULL;
		hold(p, name, place, value);
	}
	return fill(p, map, first) ? map : NULL;
}

struct value *reader_plain(struct reader *reader)
{
	struct plain p = {.reader = reader, .bytes = reader->bytes.at, .end = reader->bytes.at + reader->bytes.len, .line = 1};
	struct value *root = NULL;

	p.at = p.bytes;
	if (is_clean(&p)) {
		if (p.end - p.at >= 4 && memcmp(p.at, "---\n", 4) == 0) {
			p.at += 4;
			p.line++;
		}
		if (find_line(&p) && !is_at_end(&p) && p.at == p.line_start)
			root = read_map(&p, 0);
		if (root && !is_at_end(&p))
			root = NULL;
	}
	free(p.held);
	if (!root)
		reader->nodes = 0;
	return root;
}

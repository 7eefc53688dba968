#include "reader.h"

#include <stdlib.h>

#include "arena.h"

void reader_init(struct reader *reader, const struct input *file, enum document_form form, const struct limits *limits,
                 struct arena *arena, struct diags *diags)
{
	*reader = (struct reader){
		.file = file, .bytes = file->bytes, .form = form, .limits = limits, .arena = arena, .diags = diags};
	if (text_starts(reader->bytes, "\xef\xbb\xbf"))
		reader->bytes = text_cut(reader->bytes, 3, reader->bytes.len);
}

void reader_release(struct reader *reader)
{
	free(reader->lines);
}

static size_t count_lines(struct text bytes)
{
	size_t count = 1, end;

	while ((end = text_find(bytes, '\n')) < bytes.len) {
		bytes = text_cut(bytes, end + 1, bytes.len);
		count++;
	}
	return count;
}

static void add_line(struct reader *reader, size_t byte, size_t point)
{
	reader->lines[reader->line_count++] = (struct spot){byte, point};
}

/* What is at the start of a line of any kind. */
static void scan_line_start(struct scan *scan, struct text bytes, size_t at)
{
	struct text rest = text_cut(bytes, at, bytes.len);

	if (!rest.len || (*rest.at != '%' && *rest.at != '<' && *rest.at != '>'))
		return;
	if (text_starts(rest, "%"))
		scan->percent_lines++;
	if (scan->conflict == bytes.len && (text_starts(rest, "<<<<<<< ") || text_starts(rest, ">>>>>>> ")))
		scan->conflict = at;
}

static void note(size_t *offset, struct text bytes, size_t at)
{
	if (*offset == bytes.len)
		*offset = at;
}

/* YAML 1.2, section 5.1; a byte order mark within the text is refused too, as libyaml does. */
static bool is_forbidden(unsigned c)
{
	return (c >= 0x7f && c <= 0x9f && c != 0x85) || c == 0xfeff || (c >= 0xfffe && c <= 0xffff);
}

bool reader_is_plain(struct text text)
{
	if (utf8_bad(text) < text.len)
		return false;
	for (size_t at = 0; at < text.len;) {
		unsigned c = utf8_next(text, &at);
		if (is_forbidden(c) || c == 0x85 || c == 0x2028 || c == 0x2029)
			return false;
	}
	return true;
}

void reader_scan(struct reader *reader, struct scan *scan)
{
	struct text bytes = reader->bytes;
	size_t at = 0, point = 0;

	*scan = (struct scan){.bad_utf8 = utf8_bad(bytes), .nul = text_find(bytes, '\0'), .control = bytes.len,
	                      .forbidden = bytes.len, .conflict = bytes.len};
	reader->lines = memory_get(count_lines(bytes) * sizeof *reader->lines);
	add_line(reader, 0, 0);
	scan_line_start(scan, bytes, 0);
	while (at < bytes.len) {
		/* Nearly every byte of nearly every file. */
		size_t run = at;
		while (run < bytes.len && bytes.at[run] >= ' ' && bytes.at[run] < 0x7f)
			run++;
		point += run - at;
		at = run;
		if (at == bytes.len)
			break;
		size_t start = at;
		unsigned c = utf8_next(bytes, &at);
		bool lone = c == '\r' && !(at < bytes.len && bytes.at[at] == '\n');
		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			note(&scan->control, bytes, start);
		else if (is_forbidden(c))
			note(&scan->forbidden, bytes, start);
		if (lone || c == 0x85 || c == 0x2028 || c == 0x2029) {
			scan->breaks = arena_grow(reader->arena, scan->breaks, scan->break_count, sizeof *scan->breaks);
			scan->breaks[scan->break_count++] = point;
			scan_line_start(scan, bytes, at);
		}
		point++;
		if (c == '\n') {
			add_line(reader, at, point);
			scan_line_start(scan, bytes, at);
		}
	}
	reader->points = point;
}

static void step_on(struct reader *reader)
{
	utf8_next(reader->bytes, &reader->cursor.byte);
	reader->cursor.point++;
}

/* Only asked for in well-formed UTF-8: the place of a bad byte is looked up once, forwards. */
static void step_back(struct reader *reader)
{
	do
		reader->cursor.byte--;
	while (reader->cursor.byte && ((unsigned char)reader->bytes.at[reader->cursor.byte] & 0xc0) == 0x80);
	reader->cursor.point--;
}

struct spot reader_at_point(struct reader *reader, size_t point)
{
	if (point > reader->points)
		point = reader->points;
	while (reader->cursor.point > point)
		step_back(reader);
	while (reader->cursor.point < point)
		step_on(reader);
	return reader->cursor;
}

struct spot reader_at_byte(struct reader *reader, size_t byte)
{
	if (byte > reader->bytes.len)
		byte = reader->bytes.len;
	while (reader->cursor.byte > byte)
		step_back(reader);
	while (reader->cursor.byte < byte)
		step_on(reader);
	return reader->cursor;
}

/* The code point after the last of a line, its line end not counted. */
static size_t line_end(const struct reader *reader, size_t line)
{
	if (line + 1 == reader->line_count)
		return reader->points;
	struct spot next = reader->lines[line + 1];
	bool crlf = next.byte - reader->lines[line].byte >= 2 && reader->bytes.at[next.byte - 2] == '\r';
	return next.point - (crlf ? 2 : 1);
}

struct place reader_place_points(struct reader *reader, size_t from, size_t to)
{
	size_t low = 0, high = reader->line_count, near = reader->line;

	/* Events come in the order of the file: mostly it is the line of the last look-up, or the next. */
	if (near < high && reader->lines[near].point <= from) {
		low = near;
		if (near + 2 < high && reader->lines[near + 2].point > from)
			high = near + 2;
	}
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (reader->lines[middle].point <= from)
			low = middle;
		else
			high = middle;
	}
	reader->line = low;
	if (low && reader->lines[low].point == reader->points) {
		low--;
		from = line_end(reader, low);
	}
	size_t end = line_end(reader, low);
	if (to > end)
		to = end;
	return (struct place){.file = reader->file, .line = (unsigned)low + 1,
	                      .column = (unsigned)(from - reader->lines[low].point) + 1,
	                      .width = to > from ? (unsigned)(to - from) : 1};
}

struct place reader_place_bytes(struct reader *reader, size_t from, size_t to)
{
	size_t start = reader_at_byte(reader, from).point;

	return reader_place_points(reader, start, reader_at_byte(reader, to).point);
}

struct place reader_place_file(const struct reader *reader)
{
	return (struct place){.file = reader->file, .width = 1};
}

struct text reader_excerpt(const struct reader *reader, struct text text)
{
	enum { EXCERPT_POINTS = 120 };
	size_t at = 0;

	for (size_t points = 0; at < text.len && points < EXCERPT_POINTS; points++)
		utf8_next(text, &at);
	if (at >= text.len)
		return text;
	return text_format(reader->arena, "%.*s...", TEXT_ARGS(text_cut(text, 0, at)));
}

bool reader_count(struct reader *reader, size_t nodes, struct place place, enum code code)
{
	size_t limit = reader->limits->yaml_nodes;

	if (reader->nodes <= limit && nodes <= limit - reader->nodes) {
		reader->nodes += nodes;
		return true;
	}
	diag_add(reader->diags, code, place, "more than %zu values, aliases expanded (%s)", limit,
	         limit_note(reader->limits, &reader->limits->yaml_nodes).text);
	diag_help(reader->diags, "split the file, or remove aliases of aliases");
	return false;
}

bool reader_check_size(struct reader *reader, size_t size, bool key, struct place place, enum code code)
{
	const size_t *limit = key ? &reader->limits->key_bytes : &reader->limits->scalar_bytes;

	if (size <= *limit)
		return true;
	diag_add(reader->diags, code, place, "a %s of %zu bytes, more than %zu (%s)", key ? "key" : "text", size, *limit,
	         limit_note(reader->limits, limit).text);
	diag_help(reader->diags, "%s", key ? "shorten the key" : "keep long text in a file of its own");
	return false;
}

bool reader_check_depth(struct reader *reader, size_t depth, struct place place, enum code code)
{
	if (depth <= reader->limits->depth)
		return true;
	diag_add(reader->diags, code, place, "nesting is deeper than %zu (%s)", reader->limits->depth,
	         limit_note(reader->limits, &reader->limits->depth).text);
	diag_help(reader->diags, "flatten the structure");
	return false;
}

/* The first of each name stays, so that what is read on has one meaning. */
static void drop_twins(struct reader *reader, struct value *map)
{
	struct value *kept = value_new_map(reader->arena, map->place);

	for (size_t i = 0; i < map->count; i++)
		if (map->members[i].value)
			value_add_member(kept, map->members[i], reader->arena);
	*map = *kept;
}

bool reader_check_keys(struct reader *reader, struct value *map, enum code code)
{
	bool ok = true;

	if (!value_has_twins(map))
		return true;
	struct member **sorted = value_sorted_members(map, reader->arena);
	for (size_t i = 1, first = 0; i < map->count; i++) {
		if (!text_equal(sorted[i]->name, sorted[first]->name)) {
			first = i;
			continue;
		}
		struct text name = reader_excerpt(reader, sorted[i]->name);
		diag_add(reader->diags, code, sorted[i]->place, "key '%.*s' stands twice in one %s", TEXT_ARGS(name),
		         code == CODE_YAML_DUPLICATE_KEY ? "mapping" : "object");
		diag_relate(reader->diags, sorted[first]->place, "first here");
		diag_help(reader->diags, "remove one of the two");
		sorted[i]->value = NULL;
		ok = false;
	}
	if (!ok)
		drop_twins(reader, map);
	return ok;
}

void reader_refuse_root(struct reader *reader, const char *what, struct place place)
{
	diag_add(reader->diags, CODE_SCHEMA_TYPE, place, "the file holds %s where a mapping of fields is needed", what);
	diag_help(reader->diags, "write fields as 'key: value'");
}

void reader_refuse_empty(struct reader *reader)
{
	diag_add(reader->diags, CODE_FILE_EMPTY, reader_place_file(reader), "the file holds nothing");
	diag_help(reader->diags, "fill the file or delete it");
}

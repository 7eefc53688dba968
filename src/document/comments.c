/* Comments: libyaml drops them, so they are found in the bytes, and what its events call a scalar is taken away again. */
#include <string.h>
#include <yaml.h>

#include "arena.h"
#include "document.h"

/* A '#' that may begin a comment. */
struct candidate {
	size_t byte, point;
	size_t line_point; /* where its line begins */
	unsigned line, column;
	bool whole_line;
	bool in_scalar;
};

struct candidates {
	struct candidate *items;
	size_t count;
	size_t next; /* the first that the events have not passed */
};

/* A comment on top of so many others need not know what it speaks of. */
enum { STACK_MAX = 100 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_blanks(struct text bytes, size_t at)
{
	while (at < bytes.len && is_blank(bytes.at[at]))
		at++;
	return at;
}

/* Whether the line that begins here holds nothing but a comment. */
static bool is_comment_line(struct text bytes, size_t start)
{
	size_t at = skip_blanks(bytes, start);

	return at < bytes.len && bytes.at[at] == '#';
}

static size_t next_line(struct text bytes, size_t at)
{
	return at + text_find(text_cut(bytes, at, bytes.len), '\n') + 1;
}

/* Of a line that is one comment, only its first '#' begins it. */
static void scan_line(struct candidates *out, struct text bytes, struct candidate at, const char *mark, struct arena *arena)
{
	bool whole_line = is_comment_line(bytes, at.byte);
	size_t start = at.byte;

	for (at.line_point = at.point, at.whole_line = whole_line; at.byte < bytes.len && bytes.at[at.byte] != '\n'; at.point++, at.column++) {
		bool begins = bytes.at[at.byte] == '#' && (at.byte == start || is_blank(bytes.at[at.byte - 1]));
		if (begins && text_starts(text_cut(bytes, skip_blanks(bytes, at.byte + 1), bytes.len), mark)) {
			out->items = arena_grow(arena, out->items, out->count, sizeof *out->items);
			out->items[out->count++] = at;
		}
		if (begins && whole_line)
			return;
		utf8_next(bytes, &at.byte);
	}
}

/* Most files have none, and a byte is found faster than a line is walked. */
static bool is_there(struct text bytes, const char *mark)
{
	for (size_t at = 0; (at += text_find(text_cut(bytes, at, bytes.len), '#')) < bytes.len;)
		if (text_starts(text_cut(bytes, skip_blanks(bytes, ++at), bytes.len), mark))
			return true;
	return false;
}

static void scan(struct candidates *out, struct text bytes, const char *mark, struct arena *arena)
{
	struct candidate at = {.line = 1, .column = 1};

	while (at.byte < bytes.len) {
		size_t end = next_line(bytes, at.byte);
		struct text line = text_cut(bytes, at.byte, end);
		scan_line(out, bytes, at, mark, arena);
		at.point += utf8_count(line);
		at.byte = end;
		at.line++;
	}
}

/* A scalar from..to in code points; a block scalar's content begins on the line after its '|'. */
static void pass_scalar(struct candidates *candidates, size_t from, size_t to, bool block)
{
	while (candidates->next < candidates->count && candidates->items[candidates->next].point < from)
		candidates->next++;
	for (size_t i = candidates->next; i < candidates->count && candidates->items[i].point < to; i++) {
		bool header = block && candidates->items[i].line_point <= from;
		candidates->items[i].in_scalar = !header;
	}
}

/* False where the bytes are no YAML. */
static bool pass_scalars(struct candidates *candidates, struct text bytes)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool last = false, ok = true;

	if (!yaml_parser_initialize(&parser))
		memory_exhausted();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.at, bytes.len);
	while (!last && ok) {
		ok = yaml_parser_parse(&parser, &event);
		if (!ok)
			break;
		if (event.type == YAML_SCALAR_EVENT)
			pass_scalar(candidates, event.start_mark.index, event.end_mark.index,
			            event.data.scalar.style == YAML_LITERAL_SCALAR_STYLE || event.data.scalar.style == YAML_FOLDED_SCALAR_STYLE);
		last = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return ok;
}

static struct comment comment_at(const struct candidate *candidate, struct text bytes, const struct input *file, const char *mark)
{
	size_t line_end = next_line(bytes, candidate->byte) - 1, text_start;
	struct text whole = text_cut(bytes, candidate->byte, line_end);
	struct comment comment = {.line = candidate->line};

	while (whole.len && (is_blank(whole.at[whole.len - 1]) || whole.at[whole.len - 1] == '\r'))
		whole.len--;
	text_start = skip_blanks(whole, skip_blanks(whole, 1) + strlen(mark));
	comment.text = text_cut(whole, text_start, whole.len);
	comment.offset = text_start;
	comment.place = (struct place){file, candidate->line, candidate->column, (unsigned)utf8_count(whole)};
	if (!candidate->whole_line)
		return comment;
	size_t below = line_end + 1;
	for (comment.line++; below < bytes.len && comment.line - candidate->line < STACK_MAX && is_comment_line(bytes, below); comment.line++)
		below = next_line(bytes, below);
	return comment;
}

void document_comments(struct comment **comments, size_t *count, const struct input *file, const char *mark, struct arena *arena)
{
	struct text bytes = file->bytes;
	struct candidates candidates = {0};

	*comments = NULL;
	*count = 0;
	if (text_ends(file->path, ".json") || !is_there(bytes, mark))
		return;
	if (text_starts(bytes, "\xef\xbb\xbf"))
		bytes = text_cut(bytes, 3, bytes.len);
	scan(&candidates, bytes, mark, arena);
	if (!candidates.count || !pass_scalars(&candidates, bytes))
		return;
	for (size_t i = 0; i < candidates.count; i++) {
		if (candidates.items[i].in_scalar || (*count && (*comments)[*count - 1].place.line == candidates.items[i].line))
			continue;
		*comments = arena_grow(arena, *comments, *count, sizeof **comments);
		(*comments)[(*count)++] = comment_at(&candidates.items[i], bytes, file, mark);
	}
}

/* YAML through libyaml's events: the composer above them has no limit on depth, and takes duplicate keys and cycles. */
#include "events.h"

#include <stdlib.h>

#include "arena.h"

/* Directives are checked for repetition in quadratic time before the first event. */
enum { MAX_DIRECTIVES = 64 };

struct anchor {
	struct text name;
	struct value *value;
	bool open;     /* its value has begun and not ended */
	size_t nodes;  /* of the value, aliases expanded */
	size_t height; /* levels of nesting in the value */
};

/* A list or map that has begun. */
struct frame {
	struct value *value;
	struct member member; /* the key that waits for its value */
	bool has_key;
	bool refused;        /* that key: its value is read and left out */
	bool flow;
	size_t start;        /* code point */
	size_t height;
	size_t nodes_before;
	size_t anchor;       /* its index + 1, or 0 */
	size_t first;        /* of its members or items in builder.held */
};

struct builder {
	struct reader *reader;
	yaml_parser_t *parser;
	const struct scan *scan;
	size_t next_break; /* the first of scan->breaks that is not known to stand in quotes */
	struct frame *frames;
	size_t depth;
	struct member *held; /* members, and items without a name, of what has not ended */
	size_t held_count, held_room;
	struct anchor *anchors;
	size_t anchor_count;
	size_t aliases;
	size_t documents;
	bool unsure;  /* a key stood twice */
	bool refused; /* '<<' was a key: read on for more of what is wrong, but give no tree */
	struct value *root;
};

static struct diags *diags_of(struct builder *b)
{
	return b->reader->diags;
}

static struct place place_of(struct builder *b, size_t from, size_t to)
{
	return reader_place_points(b->reader, from, to);
}

static struct frame *top_of(struct builder *b)
{
	return b->depth ? &b->frames[b->depth - 1] : NULL;
}

static bool wants_key(struct builder *b)
{
	struct frame *top = top_of(b);

	return top && top->value->kind == VALUE_MAP && !top->has_key;
}

/* --- where a node begins --- */

static bool is_anchor_char(unsigned c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static bool is_break(unsigned c)
{
	return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* The end of a token that begins with '&', '!' or '#'. */
static size_t skip_token(struct text bytes, size_t at)
{
	char first = bytes.at[at];
	bool whole = text_starts(text_cut(bytes, at, at + 2), "!<");

	for (at++; at < bytes.len;) {
		size_t next = at;
		unsigned c = utf8_next(bytes, &next);
		if (is_break(c))
			break;
		if (first == '&' && !is_anchor_char(c))
			break;
		if (first == '!' && !whole && (c == ' ' || c == '\t' || c == ','))
			break;
		at = next;
		if (whole && c == '>')
			break;
	}
	return at;
}

/* Events of a node with an anchor or tag begin with these; the value as written begins behind them. */
static size_t skip_properties(struct builder *b, size_t start, size_t end)
{
	struct text bytes = b->reader->bytes;
	size_t at = reader_at_point(b->reader, start).byte;

	while (at < bytes.len) {
		size_t next = at;
		unsigned c = utf8_next(bytes, &next);
		if (c == '&' || c == '!' || c == '#')
			at = skip_token(bytes, at);
		else if (c == ' ' || c == '\t' || is_break(c))
			at = next;
		else
			break;
	}
	size_t point = reader_at_byte(b->reader, at).point;
	return point > end ? start : point;
}

/* The anchor and tag before a node that begins at start. */
static struct place place_of_tag(struct builder *b, const yaml_event_t *event, size_t start)
{
	size_t from = event->start_mark.index;

	return place_of(b, from, start > from ? start - 1 : event->end_mark.index);
}

/* An empty value is written nowhere: it stands at what comes before it, its colon or dash. */
static size_t step_to_written(struct builder *b, size_t point)
{
	struct spot spot = reader_at_point(b->reader, point);
	const char *bytes = b->reader->bytes.at;
	size_t byte = spot.byte;

	while (byte && (bytes[byte - 1] == ' ' || bytes[byte - 1] == '\t'))
		byte--;
	if (!byte || bytes[byte - 1] == '\n')
		return point;
	return reader_at_byte(b->reader, byte).point - 1;
}

/* --- line ends that reviewers cannot see --- */

static bool refuse_break(struct builder *b)
{
	size_t point = b->scan->breaks[b->next_break];
	size_t at = reader_at_point(b->reader, point).byte;
	unsigned c = utf8_next(b->reader->bytes, &at);

	diag_add(diags_of(b), CODE_YAML_LINE_BREAK, place_of(b, point, point + 1),
	         "U+%04X outside quotes ends a line in YAML, which reviewers cannot see", c);
	if (c == '\r')
		diag_help(diags_of(b), "end lines with LF or CR LF");
	else
		diag_help(diags_of(b), "delete it, or write it in double quotes as '%s'",
		          c == 0x85 ? "\\N" : c == 0x2028 ? "\\L" : "\\P");
	return false;
}

/* False when such a line end stands before the code point end. */
static bool check_breaks(struct builder *b, size_t end)
{
	if (b->next_break < b->scan->break_count && b->scan->breaks[b->next_break] < end)
		return refuse_break(b);
	return true;
}

static void pass_breaks(struct builder *b, size_t end)
{
	while (b->next_break < b->scan->break_count && b->scan->breaks[b->next_break] < end)
		b->next_break++;
}

/* --- anchors --- */

static struct anchor *find_anchor(struct builder *b, struct text name)
{
	for (size_t i = b->anchor_count; i > 0; i--)
		if (text_equal(b->anchors[i - 1].name, name))
			return &b->anchors[i - 1];
	return NULL;
}

/* Its index + 1, or 0 after a diag. */
static size_t add_anchor(struct builder *b, const yaml_char_t *name, struct value *value, struct place place)
{
	size_t limit = b->reader->limits->yaml_aliases;

	if (b->anchor_count >= limit) {
		diag_add(diags_of(b), CODE_YAML_LIMIT, place, "more than %zu anchors (%s)", limit,
		         limit_note(b->reader->limits, &b->reader->limits->yaml_aliases).text);
		diag_help(diags_of(b), "remove anchors that nothing refers to");
		return 0;
	}
	b->anchors = arena_grow(b->reader->arena, b->anchors, b->anchor_count, sizeof *b->anchors);
	b->anchors[b->anchor_count] = (struct anchor){
		.name = text_copy(b->reader->arena, text_of((const char *)name)), .value = value, .open = true, .nodes = 1};
	return ++b->anchor_count;
}

static void help_unknown_alias(struct builder *b, struct text name)
{
	struct text *names = arena_array(b->reader->arena, b->anchor_count, sizeof *names);

	for (size_t i = 0; i < b->anchor_count; i++)
		names[i] = b->anchors[i].name;
	struct text near = text_nearest(name, names, b->anchor_count);
	if (near.at)
		diag_help(diags_of(b), "did you mean '*%.*s'?", TEXT_ARGS(near));
	else
		diag_help(diags_of(b), "an anchor '&%.*s' must stand before it in this file; text that begins with '*' needs quotes",
		          TEXT_ARGS(name));
}

/* --- putting the tree together --- */

static void hold(struct builder *b, struct member member)
{
	if (b->held_count == b->held_room) {
		b->held_room = b->held_room ? 2 * b->held_room : 64;
		b->held = memory_resize(b->held, b->held_room * sizeof *b->held);
	}
	b->held[b->held_count++] = member;
}

static void attach(struct builder *b, struct value *value, size_t height)
{
	struct frame *top = top_of(b);

	if (!top) {
		b->root = value;
		return;
	}
	if (top->height < height + 1)
		top->height = height + 1;
	top->member.value = value;
	if (!top->refused)
		hold(b, top->member);
	top->has_key = top->refused = false;
}

/* All at once, in memory of the right size. */
static void fill(struct builder *b, const struct frame *frame)
{
	struct value *value = frame->value;

	value_reserve(value, b->held_count - frame->first, b->reader->arena);
	for (size_t i = frame->first; i < b->held_count; i++)
		if (value->kind == VALUE_MAP)
			value_add_member(value, b->held[i], b->reader->arena);
		else
			value_add_item(value, b->held[i].value, b->reader->arena);
	b->held_count = frame->first;
}

static bool refuse_key(struct builder *b, const char *what, struct place place)
{
	struct text bytes = b->reader->bytes;
	size_t at = reader_at_point(b->reader, place.column - 1 + b->reader->lines[place.line - 1].point).byte;
	bool braces = text_starts(text_cut(bytes, at - (at > 0), bytes.len), "{{");

	diag_add(diags_of(b), CODE_YAML_KEY, place, "%s where a key is needed", braces ? "template braces '{{'" : what);
	if (braces)
		diag_help(diags_of(b), "fill templates in before committing; put text that begins with '{' in quotes");
	else
		diag_help(diags_of(b), "keys are plain names; put text that begins with '[', '{', '?' or '*' in quotes");
	return false;
}

static bool take_alias(struct builder *b, const yaml_event_t *event)
{
	struct text name = text_of((const char *)event->data.alias.anchor);
	struct place place = place_of(b, event->start_mark.index, event->end_mark.index);
	struct anchor *anchor = find_anchor(b, name);
	struct text shown = reader_excerpt(b->reader, name);

	if (wants_key(b))
		return refuse_key(b, "an alias", place);
	if (!anchor || anchor->open) {
		diag_add(diags_of(b), CODE_YAML_ALIAS, place,
		         anchor ? "alias '*%.*s' stands inside the value of its own anchor" : "unknown alias '*%.*s'",
		         TEXT_ARGS(shown));
		if (!anchor)
			help_unknown_alias(b, shown);
		else
			diag_relate(diags_of(b), anchor->value->place, "the value of '&%.*s' begins here", TEXT_ARGS(shown));
		return false;
	}
	if (++b->aliases > b->reader->limits->yaml_aliases) {
		diag_add(diags_of(b), CODE_YAML_LIMIT, place, "more than %zu aliases (%s)", b->reader->limits->yaml_aliases,
		         limit_note(b->reader->limits, &b->reader->limits->yaml_aliases).text);
		diag_help(diags_of(b), "write the values out, or move them to a parent recipe");
		return false;
	}
	if (!reader_count(b->reader, anchor->nodes, place, CODE_YAML_LIMIT) ||
	    !reader_check_depth(b->reader, b->depth + anchor->height, place, CODE_YAML_LIMIT))
		return false;
	attach(b, anchor->value, anchor->height);
	return true;
}

static bool take_key(struct builder *b, const yaml_event_t *event, struct value *key)
{
	struct frame *top = top_of(b);
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;

	if (key->kind == VALUE_NULL || (plain && !key->quoted && !key->text.len) || (plain && text_is(key->text, "~")))
		return refuse_key(b, "an empty value", key->place);
	if (plain && text_is(key->text, "<<")) {
		diag_add(diags_of(b), CODE_YAML_MERGE_KEY, key->place, "the merge key '<<' is not supported");
		diag_help(diags_of(b), "inherit through 'metadata.parent', or write the fields out");
		b->refused = top->refused = true;
	}
	top->member = (struct member){.name = key->text, .place = key->place};
	top->has_key = true;
	return true;
}

/* What stands in the file as it is meant needs no copy. Only where every character is one byte is its place known without a search. */
static struct text keep_text(struct builder *b, struct text text, size_t start)
{
	struct reader *reader = b->reader;
	bool quote = start < reader->bytes.len && (reader->bytes.at[start] == '"' || reader->bytes.at[start] == '\'');
	struct text written = text_cut(reader->bytes, start + quote, start + quote + text.len);

	return reader->points == reader->bytes.len && text_equal(written, text) ? written : text_copy(reader->arena, text);
}

static bool take_scalar(struct builder *b, const yaml_event_t *event)
{
	size_t start = event->start_mark.index, end = event->end_mark.index;
	bool properties = event->data.scalar.anchor || event->data.scalar.tag, key = wants_key(b);
	struct value name = {0}, *value = key ? &name : arena_alloc(b->reader->arena, sizeof *value);

	if (properties)
		start = skip_properties(b, start, end);
	if (!check_breaks(b, start))
		return false;
	if (event->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
	    event->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
		pass_breaks(b, end);
	else if (start == end && !properties)
		end = 1 + (start = step_to_written(b, start));
	value->place = place_of(b, start, end);
	value->text = (struct text){(const char *)event->data.scalar.value, event->data.scalar.length};
	if (!reader_count(b->reader, 1, value->place, CODE_YAML_LIMIT) ||
	    !reader_check_size(b->reader, value->text.len, key, value->place, CODE_YAML_LIMIT) ||
	    !event_type_scalar(b->reader, value, event, key, place_of_tag(b, event, start)))
		return false;
	value->text = keep_text(b, value->text, start);
	if (event->data.scalar.anchor) {
		if (key) {
			value = arena_alloc(b->reader->arena, sizeof *value);
			*value = name;
		}
		size_t anchor = add_anchor(b, event->data.scalar.anchor, value, value->place);
		if (!anchor)
			return false;
		b->anchors[anchor - 1].open = false;
	}
	if (key)
		return take_key(b, event, value);
	if (!b->depth)
		return event_refuse_root(b->reader, value, end);
	attach(b, value, 0);
	return true;
}

static bool begin(struct builder *b, const yaml_event_t *event, enum value_kind kind)
{
	bool list = kind == VALUE_LIST;
	const yaml_char_t *anchor = list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor;
	const yaml_char_t *tag = list ? event->data.sequence_start.tag : event->data.mapping_start.tag;
	struct frame frame = {.start = event->start_mark.index, .height = 1, .nodes_before = b->reader->nodes};

	frame.flow = list ? event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
	                  : event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	if (anchor || tag)
		frame.start = skip_properties(b, frame.start, event->end_mark.index);
	struct place place = place_of(b, frame.start, frame.flow ? frame.start + 1 : SIZE_MAX);
	if (wants_key(b))
		return refuse_key(b, list ? "a list" : "a mapping", place);
	if (!reader_count(b->reader, 1, place, CODE_YAML_LIMIT) ||
	    !reader_check_depth(b->reader, b->depth + 1, place, CODE_YAML_LIMIT) ||
	    !event_check_tag(b->reader, tag, list, place_of_tag(b, event, frame.start)))
		return false;
	frame.value = list ? value_new_list(b->reader->arena, place) : value_new_map(b->reader->arena, place);
	if (!b->depth && list)
		return event_refuse_root(b->reader, frame.value, event->end_mark.index);
	if (anchor) {
		frame.anchor = add_anchor(b, anchor, frame.value, place);
		if (!frame.anchor)
			return false;
	}
	frame.first = b->held_count;
	b->frames[b->depth++] = frame;
	return true;
}

static bool end(struct builder *b, const yaml_event_t *event)
{
	struct frame frame = b->frames[--b->depth];

	fill(b, &frame);
	if (frame.flow)
		frame.value->place = place_of(b, frame.start, event->end_mark.index);
	if (frame.anchor) {
		struct anchor *anchor = &b->anchors[frame.anchor - 1];
		anchor->open = false;
		anchor->nodes = b->reader->nodes - frame.nodes_before;
		anchor->height = frame.height;
	}
	if (frame.value->kind == VALUE_MAP && !reader_check_keys(b->reader, frame.value, CODE_YAML_DUPLICATE_KEY))
		b->unsure = true;
	attach(b, frame.value, frame.height);
	return true;
}

static bool begin_document(struct builder *b, const yaml_event_t *event)
{
	struct place place = place_of(b, event->start_mark.index, event->end_mark.index);

	if (b->documents++) {
		diag_add(diags_of(b), CODE_YAML_DOCUMENTS, place, "a second document begins in the file");
		diag_help(diags_of(b), "keep one document a file");
		return false;
	}
	if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end) {
		diag_add(diags_of(b), CODE_YAML_TAG, place, "the directive '%%TAG' is not supported");
		diag_help(diags_of(b), "delete it, and the tags that use it");
		return false;
	}
	return true;
}

static bool take_event(struct builder *b, const yaml_event_t *event)
{
	if (!check_breaks(b, event->start_mark.index))
		return false;
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return begin_document(b, event);
	case YAML_ALIAS_EVENT:
		return take_alias(b, event);
	case YAML_SCALAR_EVENT:
		return take_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return begin(b, event, VALUE_LIST);
	case YAML_MAPPING_START_EVENT:
		return begin(b, event, VALUE_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return end(b, event);
	default:
		return true;
	}
}

/* True at the end of a stream without error. */
static bool build(struct builder *b)
{
	for (;;) {
		yaml_event_t event;
		if (!yaml_parser_parse(b->parser, &event)) {
			if (check_breaks(b, event_error_start(b->parser)))
				event_refuse_error(b->reader, b->parser, b->documents > 0);
			return false;
		}
		bool ok = take_event(b, &event), last = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		if (!ok || last)
			return ok;
	}
}

struct value *reader_yaml(struct reader *reader, const struct scan *scan)
{
	yaml_parser_t parser;
	struct builder b = {.reader = reader, .parser = &parser, .scan = scan};

	if (scan->forbidden < reader->bytes.len) {
		size_t at = scan->forbidden;
		struct place place = reader_place_bytes(reader, at, at + 1);
		diag_add(reader->diags, CODE_YAML_ENCODING, place, "the character U+%04X is not allowed in YAML",
		         utf8_next(reader->bytes, &at));
		diag_help(reader->diags, "delete it, or write it as an escape in double quotes");
		return NULL;
	}
	if (scan->percent_lines > MAX_DIRECTIVES) {
		diag_add(reader->diags, CODE_YAML_TAG, reader_place_file(reader), "more than %d lines that begin with '%%', as directives do",
		         MAX_DIRECTIVES);
		return NULL;
	}
	if (!yaml_parser_initialize(&parser))
		memory_exhausted();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)reader->bytes.at, reader->bytes.len);
	b.frames = memory_get((reader->limits->depth + 1) * sizeof *b.frames);
	bool ok = build(&b);
	yaml_parser_delete(&parser);
	free(b.held);
	free(b.frames);
	if (ok && !b.root)
		reader_refuse_empty(reader);
	return ok && !b.refused && !(b.unsure && reader->form == DOCUMENT_METRICS) ? b.root : NULL;
}

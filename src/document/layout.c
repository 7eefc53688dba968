#include "layout.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "arena.h"

/* A list or mapping that has begun. */
struct level {
	bool map, flow;
	bool has_key; /* its value comes next */
	bool wanted;  /* that key is the next name of the path */
	size_t from;
};

struct finder {
	struct layout *layout;
	const struct text *names;
	size_t count;
	size_t chain; /* as many of the open levels are on the path; the target is the one at names' end */
	struct level *levels;
	size_t depth, room;
	size_t last; /* where the last scalar, alias or brace ended */
	struct arena *arena;
};

static struct level *top_of(struct finder *f)
{
	return f->depth ? &f->levels[f->depth - 1] : NULL;
}

static bool in_target(const struct finder *f)
{
	return f->depth == f->count + 1 && f->chain == f->depth;
}

static void take_key(struct finder *f, struct text name, struct span span)
{
	struct level *top = top_of(f);

	top->has_key = true;
	top->wanted = f->chain == f->depth && f->depth <= f->count && text_equal(name, f->names[f->depth - 1]);
	if (top->wanted)
		f->layout->reached = f->depth;
	if (!in_target(f))
		return;
	f->layout->slots = arena_grow(f->arena, f->layout->slots, f->layout->count, sizeof *f->layout->slots);
	f->layout->slots[f->layout->count++] = (struct slot){.key = span, .name = text_copy(f->arena, name)};
}

/* A value is whole: of the level that is open now. */
static void take_value(struct finder *f, enum form form, struct span span)
{
	struct level *top = top_of(f);

	if (!top || !top->map)
		return;
	if (top->wanted)
		f->layout->met = form;
	if (in_target(f)) {
		f->layout->slots[f->layout->count - 1].value = span;
		f->layout->slots[f->layout->count - 1].form = form;
	}
	top->has_key = top->wanted = false;
}

static void take_scalar(struct finder *f, enum form form, struct text text, struct span span)
{
	struct level *top = top_of(f);

	f->last = span.to;
	if (top && top->map && !top->has_key)
		take_key(f, text, span);
	else
		take_value(f, form, span);
}

static void begin(struct finder *f, bool map, bool flow, size_t from)
{
	struct level *top = top_of(f);
	bool on_path = map && f->chain == f->depth && (!top || top->wanted);

	if (f->depth == f->room) {
		f->room = f->room ? 2 * f->room : 16;
		f->levels = memory_resize(f->levels, f->room * sizeof *f->levels);
	}
	f->levels[f->depth++] = (struct level){.map = map, .flow = flow, .from = from};
	f->chain += on_path;
}

static void end(struct finder *f, size_t to)
{
	struct level level = *top_of(f);

	if (level.flow)
		f->last = to;
	if (in_target(f)) {
		f->layout->flow = level.flow;
		f->layout->whole = (struct span){level.from, f->last};
	}
	if (f->chain == f->depth)
		f->chain--;
	f->depth--;
	take_value(f, level.map ? FORM_MAP : FORM_LIST, (struct span){level.from, f->last});
}

/* --- YAML --- */

/* Marks count code points; events come in order, so that each byte is passed once. */
struct ruler {
	struct text bytes;
	size_t byte, point;
};

static size_t byte_of(struct ruler *ruler, size_t point)
{
	if (point < ruler->point)
		ruler->byte = ruler->point = 0;
	for (; ruler->point < point && ruler->byte < ruler->bytes.len; ruler->point++)
		utf8_next(ruler->bytes, &ruler->byte);
	return ruler->byte;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Anchor and tag stand before the scalar, and stay. */
static size_t skip_properties(struct text bytes, size_t at, size_t end)
{
	while (at < end && (bytes.at[at] == '&' || bytes.at[at] == '!')) {
		while (at < end && !is_blank(bytes.at[at]))
			at++;
		while (at < end && is_blank(bytes.at[at]))
			at++;
	}
	return at;
}

static void take_yaml_scalar(struct finder *f, struct ruler *ruler, const yaml_event_t *event)
{
	static const enum form forms[] = {
		[YAML_PLAIN_SCALAR_STYLE] = FORM_PLAIN,   [YAML_SINGLE_QUOTED_SCALAR_STYLE] = FORM_SINGLE,
		[YAML_DOUBLE_QUOTED_SCALAR_STYLE] = FORM_DOUBLE, [YAML_LITERAL_SCALAR_STYLE] = FORM_BLOCK,
		[YAML_FOLDED_SCALAR_STYLE] = FORM_BLOCK,
	};
	struct text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
	struct span span = {.from = byte_of(ruler, event->start_mark.index)};
	enum form form = forms[event->data.scalar.style];

	span.to = byte_of(ruler, event->end_mark.index);
	if (event->data.scalar.anchor || event->data.scalar.tag)
		span.from = skip_properties(ruler->bytes, span.from, span.to);
	if (form == FORM_PLAIN && span.from == span.to) {
		/* The event stands at the next token; the value would stand behind the colon. */
		size_t colon = f->last + text_find(text_cut(ruler->bytes, f->last, span.to), ':');
		span.from = span.to = colon < span.to ? colon + 1 : span.to;
		form = FORM_EMPTY;
	}
	take_scalar(f, form, text, span);
}

static void take_event(struct finder *f, struct ruler *ruler, const yaml_event_t *event)
{
	size_t from = byte_of(ruler, event->start_mark.index);

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		take_yaml_scalar(f, ruler, event);
		break;
	case YAML_ALIAS_EVENT:
		take_scalar(f, FORM_ALIAS, TEXT(""), (struct span){from, byte_of(ruler, event->end_mark.index)});
		break;
	case YAML_MAPPING_START_EVENT:
		begin(f, true, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
		      skip_properties(ruler->bytes, from, ruler->bytes.len));
		break;
	case YAML_SEQUENCE_START_EVENT:
		begin(f, false, event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE, from);
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		end(f, byte_of(ruler, event->end_mark.index));
		break;
	default:
		break;
	}
}

static void find_yaml(struct finder *f, struct text bytes)
{
	struct ruler ruler = {.bytes = bytes};
	yaml_parser_t parser;
	yaml_event_t event;
	bool last = false;

	if (!yaml_parser_initialize(&parser))
		memory_exhausted();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.at, bytes.len);
	while (!last && yaml_parser_parse(&parser, &event)) {
		last = event.type == YAML_STREAM_END_EVENT;
		take_event(f, &ruler, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

/* --- JSON, which was found to be well-formed --- */

static size_t string_end(struct text bytes, size_t at)
{
	for (at++; at < bytes.len && bytes.at[at] != '"'; at++)
		at += bytes.at[at] == '\\';
	return at + 1 < bytes.len ? at + 1 : bytes.len;
}

static void find_json(struct finder *f, struct text bytes)
{
	for (size_t at = 0; at < bytes.len;) {
		char c = bytes.at[at];
		size_t from = at++;
		if (c == '{' || c == '[') {
			begin(f, c == '{', true, from);
		} else if ((c == '}' || c == ']') && f->depth) {
			end(f, at);
		} else if (c == '"') {
			at = string_end(bytes, from);
			take_scalar(f, FORM_DOUBLE, text_cut(bytes, from + 1, at - 1), (struct span){from, at});
		} else if (!is_blank(c) && c != ',' && c != ':') {
			while (at < bytes.len && !is_blank(bytes.at[at]) && !strchr(",:]}", bytes.at[at]))
				at++;
			take_scalar(f, FORM_PLAIN, text_cut(bytes, from, at), (struct span){from, at});
		}
	}
}

bool layout_find(struct layout *layout, struct text bytes, bool json, const struct text *names, size_t count,
                 struct arena *arena)
{
	struct finder f = {.layout = layout, .names = names, .count = count, .arena = arena};

	*layout = (struct layout){.met = FORM_EMPTY};
	if (json)
		find_json(&f, bytes);
	else
		find_yaml(&f, bytes);
	free(f.levels);
	return layout->whole.to > layout->whole.from;
}

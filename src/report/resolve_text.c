#include "arena.h"
#include "text_report.h"

/* Effective recipes as YAML. Every line is kept with its comment until all are known, so that the comments can stand in one column. A
 * comment says where the value was set; with why also what became of it on the way, and what it replaces. */

enum { INDENT = 2, FLOW_WIDTH = 100, COMMENT_COLUMN_MAX = 72, BRIEF_BYTES = 60 };

struct yaml_line {
	size_t start, end;      /* of the line's text */
	size_t comment, finish; /* of the comment, in the same buffer; comment == finish: none */
};

struct yaml_text {
	struct buffer text; /* lines and comments one after the other */
	struct yaml_line *lines;
	size_t count;
	struct arena arena;
	const struct effective *effective;
	size_t next; /* origin that has not been told yet */
	bool why;
};

/* --- scalars --- */

static bool is_unseen(unsigned point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0xa0) || point == 0xad || point == 0x061c ||
	       (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202f) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
	       (point >= 0xd800 && point <= 0xdfff) || (point >= 0xfff0 && point <= 0xffff) || point >= 0xe0000;
}

static bool has_unseen(struct text text)
{
	for (size_t i = 0; i < text.len;)
		if (is_unseen(utf8_next(text, &i)))
			return true;
	return false;
}

/* Whether text written bare reads back as this text: no indicator at its start, nothing in it that ends a plain scalar. */
static bool is_plain(struct text text)
{
	static const struct text reserved[] = {{"null", 4}, {"~", 1}, {"Null", 4}, {"NULL", 4}};

	if (!text.len || has_unseen(text) || text.at[0] == ' ' || text.at[text.len - 1] == ' ' || text.at[text.len - 1] == ':')
		return false;
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (text_equal(text, reserved[i]))
			return false;
	if (text_find(TEXT("!&*?|>@`\"'%#:=<"), text.at[0]) < 15 || text_starts(text, "---") || text_starts(text, "..."))
		return false;
	if (text.at[0] == '-' && (text.len == 1 || text.at[1] == ' ' || text.at[1] == '-'))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i], after = i + 1 < text.len ? text.at[i + 1] : ' ';
		/* '##[' in a log and '::' at its line starts are commands to build services. */
		if (text_find(TEXT(",[]{}"), c) < 5 || (c == ':' && (after == ' ' || after == ':')) ||
		    (c == '#' && (text.at[i - 1] == ' ' || after == '#')))
			return false;
	}
	return true;
}

static void add_quoted(struct buffer *out, struct text text)
{
	buffer_char(out, '"');
	for (size_t i = 0; i < text.len;) {
		size_t start = i;
		unsigned point = utf8_next(text, &i);
		if (point == '"' || point == '\\')
			buffer_format(out, "\\%c", (int)point);
		else if (point == '\n')
			buffer_string(out, "\\n");
		else if (point == '\t')
			buffer_string(out, "\\t");
		else if (point == '#' && i < text.len && text.at[i] == '#')
			buffer_string(out, "\\x23");
		else if (point == ':' && i < text.len && text.at[i] == ':')
			buffer_string(out, "\\x3a");
		else if (is_unseen(point))
			buffer_format(out, point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
		else
			buffer_add(out, text_cut(text, start, i));
	}
	buffer_char(out, '"');
}

static void add_scalar(struct buffer *out, const struct value *value)
{
	if (value->kind == VALUE_NULL)
		buffer_string(out, "null");
	else if (!value->quoted && is_plain(value->text))
		buffer_add(out, value->text);
	else
		add_quoted(out, value->text);
}

static void add_key(struct buffer *out, struct text name)
{
	if (is_plain(name))
		buffer_add(out, name);
	else
		add_quoted(out, name);
}

static bool is_flat(const struct value *value)
{
	return value->kind == VALUE_SCALAR || value->kind == VALUE_NULL || !value->count;
}

/* A value in one line; what is nested deeper than depth is left out. */
static void add_flow(struct buffer *out, const struct value *value, size_t depth)
{
	if (value->kind == VALUE_SCALAR || value->kind == VALUE_NULL) {
		add_scalar(out, value);
		return;
	}
	bool map = value->kind == VALUE_MAP;
	buffer_char(out, map ? '{' : '[');
	for (size_t i = 0; i < value->count; i++) {
		if (i)
			buffer_string(out, ", ");
		if (!depth) {
			buffer_string(out, "...");
			break;
		}
		if (map) {
			add_key(out, value->members[i].name);
			buffer_string(out, ": ");
		}
		add_flow(out, map ? value->members[i].value : value->items[i], depth - 1);
	}
	buffer_char(out, map ? '}' : ']');
}

/* --- lines --- */

static void line_begin(struct yaml_text *yaml)
{
	yaml->lines = arena_grow(&yaml->arena, yaml->lines, yaml->count, sizeof *yaml->lines);
	yaml->lines[yaml->count++] = (struct yaml_line){.start = yaml->text.len};
}

static void line_end(struct yaml_text *yaml)
{
	struct yaml_line *line = &yaml->lines[yaml->count - 1];

	line->end = line->comment = line->finish = yaml->text.len;
}

static void add_place(struct buffer *out, struct place place)
{
	if (place.file)
		buffer_safe(out, place.file->path);
	buffer_format(out, ":%u", place.line);
}

static void add_level(struct buffer *out, const struct recipe *recipe)
{
	if (recipe && recipe->level != LEVEL_NONE)
		buffer_format(out, " (%s)", level_name(recipe->level));
}

static void add_brief(struct buffer *out, const struct value *value)
{
	struct buffer brief;

	buffer_init(&brief);
	add_flow(&brief, value, 2);
	struct text text = buffer_text(&brief);
	size_t cut = text.len > BRIEF_BYTES ? BRIEF_BYTES : text.len;
	while (cut < text.len && cut && ((unsigned char)text.at[cut] & 0xc0) == 0x80)
		cut--;
	buffer_safe(out, text_cut(text, 0, cut));
	buffer_string(out, cut < text.len ? "..." : "");
	buffer_release(&brief);
}

static void add_shadows(struct buffer *out, const struct origin *origin)
{
	for (size_t i = 0; i < origin->shadow_count; i++) {
		buffer_string(out, i ? ", " : "  was ");
		add_brief(out, origin->shadowed[i].value);
		buffer_char(out, ' ');
		add_place(out, origin->shadowed[i].value->place);
		add_level(out, origin->shadowed[i].recipe);
	}
}

/* A gate that is looser only because of a waiver is never shown without it. */
static bool add_waiver(struct buffer *out, const struct effective *effective, const struct origin *origin, const char *before)
{
	const struct effective *of;
	const struct waiver *waiver = effective_waiver(&of, effective, origin->recipe, origin->field);

	if (!waiver)
		return false;
	buffer_format(out, "%swaived to ", before);
	buffer_safe(out, waiver->expires);
	buffer_string(out, waiver->in_force ? "" : ", which is over");
	return true;
}

/* "# recipes/x.yaml:12 (client), replaced  was ..." */
static void add_origin(struct yaml_text *yaml, const struct origin *origin)
{
	buffer_string(&yaml->text, "# ");
	add_place(&yaml->text, origin->place);
	add_level(&yaml->text, origin->recipe);
	if (yaml->why && origin->value)
		buffer_format(&yaml->text, ", %s", operation_name(origin->operation));
	add_waiver(&yaml->text, yaml->effective, origin, ", ");
	if (yaml->why)
		add_shadows(&yaml->text, origin);
	yaml->lines[yaml->count - 1].finish = yaml->text.len;
}

/* --- removed fields --- */

/* The way from the root to what is being printed. */
struct path {
	const struct path *up;
	struct text name;
};

static struct text path_text(const struct path *path, struct arena *arena)
{
	if (!path)
		return TEXT("");
	if (!path->up)
		return path->name;
	return text_format(arena, "%.*s.%.*s", TEXT_ARGS(path_text(path->up, arena)), TEXT_ARGS(path->name));
}

/* What of field stands below path; empty where nothing does. */
static struct text below(struct text field, struct text path)
{
	if (!path.len)
		return field;
	bool inside = field.len > path.len && field.at[path.len] == '.' && text_equal(text_cut(field, 0, path.len), path);
	return inside ? text_cut(field, path.len + 1, field.len) : TEXT("");
}

/* The origin that comes next, where it is of a field that was removed; NULL. They are only told with why. */
static const struct origin *next_removed(struct yaml_text *yaml)
{
	while (!yaml->why && yaml->next < yaml->effective->origin_count && !yaml->effective->origins[yaml->next].value)
		yaml->next++;
	if (!yaml->why || yaml->next == yaml->effective->origin_count)
		return NULL;
	const struct origin *origin = &yaml->effective->origins[yaml->next];
	return origin->value ? NULL : origin;
}

static void tell_removed(struct yaml_text *yaml, const struct origin *origin, size_t indent)
{
	line_begin(yaml);
	buffer_repeat(&yaml->text, ' ', indent);
	buffer_string(&yaml->text, "# removed: ");
	buffer_safe(&yaml->text, origin->field);
	line_end(yaml);
	add_origin(yaml, origin);
	yaml->next++;
}

/* Fields that were removed from this mapping or list itself: those of its members are told inside of them. */
static void tell_removed_here(struct yaml_text *yaml, const struct path *path, const struct field *list, const struct value *value, size_t indent)
{
	for (const struct origin *origin; (origin = next_removed(yaml)) != NULL;) {
		struct text rest = below(origin->field, path_text(path, &yaml->arena));
		bool here = rest.len > 0;
		for (size_t i = 0; here && i < value->count; i++) {
			struct text name = value->kind == VALUE_MAP ? value->members[i].name : field_item_name(list, value->items[i]);
			here = !(name.len && below(rest, name).len);
		}
		if (!here)
			return;
		tell_removed(yaml, origin, indent);
	}
}

/* The line ends with this value, whose origin is told beside it when it is a field's. */
static void line_tell(struct yaml_text *yaml, const struct value *value, size_t indent)
{
	line_end(yaml);
	/* What was removed and found no place of its own comes before it. */
	for (const struct origin *origin; (origin = next_removed(yaml)) != NULL;) {
		tell_removed(yaml, origin, indent);
		struct yaml_line told = yaml->lines[yaml->count - 1];
		yaml->lines[yaml->count - 1] = yaml->lines[yaml->count - 2];
		yaml->lines[yaml->count - 2] = told;
	}
	if (yaml->next == yaml->effective->origin_count)
		return;
	const struct origin *origin = &yaml->effective->origins[yaml->next];
	if (origin->value != value)
		return;
	yaml->next++;
	yaml->lines[yaml->count - 1].comment = yaml->text.len;
	add_origin(yaml, origin);
}

/* --- the tree --- */

static void add_map(struct yaml_text *yaml, const struct field *field, const struct path *path, const struct value *map, size_t indent,
                    bool begun);

static bool is_keyed(const struct field *field)
{
	return field && field->merge == MERGE_KEYED && field->merge_key;
}

/* A few scalars stand on one line; an item of a keyed list has its own, for its own comment. */
static bool fits_line(const struct field *field, const struct value *list, size_t column)
{
	struct buffer flow;
	bool fits = !is_keyed(field);

	for (size_t i = 0; fits && i < list->count; i++)
		fits = is_flat(list->items[i]);
	if (!fits)
		return false;
	buffer_init(&flow);
	add_flow(&flow, list, 1);
	fits = column + utf8_count(buffer_text(&flow)) <= FLOW_WIDTH;
	buffer_release(&flow);
	return fits;
}

static void add_list(struct yaml_text *yaml, const struct field *field, const struct path *path, const struct value *list, size_t indent)
{
	const struct field *item = field_item(field);

	for (size_t i = 0; i < list->count; i++) {
		const struct value *value = list->items[i];
		struct path here = {path, field_item_name(field, value)};
		tell_removed_here(yaml, path, field, list, indent);
		line_begin(yaml);
		buffer_repeat(&yaml->text, ' ', indent);
		buffer_string(&yaml->text, "- ");
		if (value->kind == VALUE_MAP && value->count) {
			add_map(yaml, item, &here, value, indent + INDENT, true);
		} else if (is_flat(value) || fits_line(item, value, indent)) {
			add_flow(&yaml->text, value, 1);
			line_tell(yaml, value, indent);
		} else {
			/* A list in a list begins on the next line. */
			yaml->text.len--;
			line_end(yaml);
			add_list(yaml, item, &here, value, indent + INDENT);
		}
	}
	tell_removed_here(yaml, path, field, list, indent);
}

static void add_member(struct yaml_text *yaml, const struct field *field, const struct path *path, const struct member *member, size_t indent)
{
	const struct value *value = member->value;
	size_t start = yaml->text.len;

	add_key(&yaml->text, member->name);
	buffer_char(&yaml->text, ':');
	if (value->kind == VALUE_MAP && value->count) {
		line_end(yaml);
		add_map(yaml, field, path, value, indent + INDENT, false);
	} else if (is_flat(value) || fits_line(field, value, indent + yaml->text.len - start)) {
		buffer_char(&yaml->text, ' ');
		add_flow(&yaml->text, value, 1);
		line_tell(yaml, value, indent);
	} else {
		/* The list as a whole is one field unless its items are. */
		if (is_keyed(field))
			line_end(yaml);
		else
			line_tell(yaml, value, indent + INDENT);
		add_list(yaml, field, path, value, indent + INDENT);
	}
}

/* begun: the first member stands on a line that is open. */
static void add_map(struct yaml_text *yaml, const struct field *field, const struct path *path, const struct value *map, size_t indent,
                    bool begun)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct member *member = &map->members[i];
		struct path here = {path, member->name};
		if (!(begun && i == 0)) {
			tell_removed_here(yaml, path, NULL, map, indent);
			line_begin(yaml);
			buffer_repeat(&yaml->text, ' ', indent);
		}
		add_member(yaml, field_below(field, member->name), &here, member, indent);
	}
	tell_removed_here(yaml, path, NULL, map, indent);
}

static struct text line_text(const struct yaml_text *yaml, const struct yaml_line *line)
{
	return text_cut(buffer_text(&yaml->text), line->start, line->end);
}

static void print_lines(struct buffer *out, const struct yaml_text *yaml)
{
	size_t column = 0;

	for (size_t i = 0; i < yaml->count; i++) {
		size_t width = utf8_count(line_text(yaml, &yaml->lines[i]));
		if (yaml->lines[i].comment < yaml->lines[i].finish && width <= COMMENT_COLUMN_MAX && width > column)
			column = width;
	}
	for (size_t i = 0; i < yaml->count; i++) {
		const struct yaml_line *line = &yaml->lines[i];
		buffer_add(out, line_text(yaml, line));
		if (line->comment < line->finish) {
			size_t width = utf8_count(line_text(yaml, line));
			buffer_repeat(out, ' ', width < column ? column - width + 2 : 2);
			buffer_add(out, text_cut(buffer_text(&yaml->text), line->comment, line->finish));
		}
		buffer_char(out, '\n');
	}
}

/* What was read, in the order in which it was merged. */
static void add_head(struct buffer *out, const struct effective *effective)
{
	buffer_string(out, "# in effect:");
	for (size_t i = 0; i < effective->chain_count; i++) {
		const struct recipe *recipe = effective->chain[i];
		buffer_string(out, i ? " <- " : " ");
		buffer_safe(out, recipe->record.id);
		buffer_char(out, ' ');
		buffer_safe(out, recipe->version);
	}
	buffer_string(out, "\n# comments of these files are not carried over; those below name the line that set each value\n");
}

void resolve_yaml(struct buffer *out, const struct effective *effective, bool why)
{
	struct yaml_text yaml = {.effective = effective, .why = why};

	if (!effective->root)
		return;
	add_head(out, effective);
	arena_init(&yaml.arena);
	buffer_init(&yaml.text);
	add_map(&yaml, NULL, NULL, effective->root, 0, false);
	for (const struct origin *origin; (origin = next_removed(&yaml)) != NULL;)
		tell_removed(&yaml, origin, 0);
	print_lines(out, &yaml);
	buffer_release(&yaml.text);
	arena_release(&yaml.arena);
}

/* --- one field --- */

static void add_setter(struct buffer *out, const struct recipe *recipe)
{
	add_level(out, recipe);
	buffer_string(out, " of ");
	buffer_safe(out, recipe->record.id);
	buffer_char(out, ' ');
	buffer_safe(out, recipe->version);
}

static void add_field(struct buffer *out, const struct effective *effective, const struct origin *origin)
{
	add_key(out, origin->field);
	buffer_string(out, ": ");
	if (origin->value)
		add_flow(out, origin->value, SIZE_MAX);
	else
		buffer_string(out, "null");
	buffer_format(out, "\n  # %s: ", origin->operation == OPERATION_KEPT ? "kept as set" : operation_name(origin->operation));
	add_place(out, origin->place);
	add_setter(out, origin->recipe);
	buffer_char(out, '\n');
	for (size_t i = 0; i < origin->shadow_count; i++) {
		buffer_string(out, "  # was ");
		add_brief(out, origin->shadowed[i].value);
		buffer_string(out, ": ");
		add_place(out, origin->shadowed[i].value->place);
		add_setter(out, origin->shadowed[i].recipe);
		buffer_char(out, '\n');
	}
	const struct effective *of;
	const struct waiver *waiver = effective_waiver(&of, effective, origin->recipe, origin->field);
	if (!waiver)
		return;
	add_waiver(out, effective, origin, "  # ");
	buffer_string(out, " by ");
	buffer_safe(out, waiver->approved_by);
	buffer_string(out, ": ");
	buffer_safe(out, waiver->reason);
	buffer_char(out, '\n');
}

size_t resolve_field_yaml(struct buffer *out, const struct effective *effective, struct text field)
{
	size_t told = 0;

	for (size_t i = 0; i < effective->origin_count; i++)
		if (field_within(effective->origins[i].field, field) && ++told)
			add_field(out, effective, &effective->origins[i]);
	return told;
}

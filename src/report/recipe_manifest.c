#include "page_recipe.h"

#include "document.h"
#include "schema.h"

enum { COMMENT_COLUMN = 52, DEPTH_MAX = 64, LINES_MAX = 1500, FLOW_WIDTH = 60 };

/* --- values on one line --- */

static bool is_plain(struct text text)
{
	if (!text.len || text.at[0] == ' ' || text.at[text.len - 1] == ' ' || text_is(text, "~") || text_is_nocase(text, "null"))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '/' ||
		            (unsigned char)c >= 0xc2;
		if (!word && !(i && (c == '-' || c == '+' || c == ' ' || c == '@' || c == '^' || c == '~' || c == '>' || c == '<' || c == '%' ||
		                     c == '=' || (unsigned char)c >= 0x80)))
			return (c == '-' || c == '+') && i == 0 && text.len > 1 && text.at[1] >= '0' && text.at[1] <= '9' ? is_plain(text_cut(text, 1, text.len)) : false;
	}
	return true;
}

static void add_scalar(struct buffer *out, const struct value *value)
{
	struct text text = value->text;
	bool cut = text.len > 200;

	if (cut)
		text.len = 200;
	while (cut && text.len && ((unsigned char)text.at[text.len - 1] & 0x80))
		text.len--;
	if (value->kind == VALUE_NULL)
		buffer_string(out, "null");
	else if (!value->quoted && !cut && is_plain(text))
		buffer_add(out, text);
	else
		buffer_json(out, cut ? text : value->text);
	if (cut)
		buffer_string(out, " …");
}

/* One line of flow style; false when it is no list or map of scalars, or too long for one. */
static bool add_flow(struct buffer *out, const struct value *value)
{
	bool map = value->kind == VALUE_MAP;

	if (value->kind == VALUE_SCALAR || value->kind == VALUE_NULL) {
		add_scalar(out, value);
		return true;
	}
	size_t start = out->len;
	buffer_char(out, map ? '{' : '[');
	for (size_t i = 0; i < value->count; i++) {
		const struct value *item = map ? value->members[i].value : value->items[i];
		if ((item->kind == VALUE_MAP || item->kind == VALUE_LIST) && item->count)
			return false;
		buffer_string(out, i ? ", " : "");
		if (map) {
			buffer_add(out, value->members[i].name);
			buffer_string(out, ": ");
		}
		if (item->kind == VALUE_MAP || item->kind == VALUE_LIST)
			buffer_string(out, item->kind == VALUE_MAP ? "{}" : "[]");
		else
			add_scalar(out, item);
		if (out->len - start > FLOW_WIDTH * 4)
			return false;
	}
	buffer_char(out, map ? '}' : ']');
	return true;
}

struct text value_line(const struct value *value, struct arena *arena)
{
	struct buffer out;
	struct text line;

	if (!value)
		return TEXT("removed");
	if (value->kind == VALUE_LIST && value->count) {
		buffer_init(&out);
		bool flat = add_flow(&out, value);
		line = flat ? text_copy(arena, text_cut(buffer_text(&out), 1, out.len - 1)) : text_format(arena, "%zu items", value->count);
		buffer_release(&out);
		return line;
	}
	if (value->kind == VALUE_MAP && value->count)
		return text_format(arena, "%zu fields", value->count);
	if (value->kind == VALUE_SCALAR)
		return value->text.len ? value->text : TEXT("\"\"");
	return value->kind == VALUE_MAP ? TEXT("{}") : value->kind == VALUE_LIST ? TEXT("[]") : TEXT("null");
}

/* --- the tree --- */

struct printer {
	struct page *page;
	const struct effective *effective;
	size_t next;   /* origins are in the order of the tree: the one that is likely next */
	size_t lines;
	struct buffer line;
};

static const struct origin *origin_at(struct printer *printer, struct text field)
{
	const struct effective *effective = printer->effective;

	for (size_t i = printer->next, tries = 0; i < effective->origin_count && tries < 16; i++, tries++)
		if (text_equal(effective->origins[i].field, field)) {
			printer->next = i + 1;
			return &effective->origins[i];
		}
	return effective_origin(effective, field);
}

/* Width in code points. */
static size_t width_of(const struct buffer *line)
{
	size_t width = 0;

	for (size_t i = 0; i < line->len; i++)
		width += ((unsigned char)line->data[i] & 0xc0) != 0x80;
	return width;
}

static void add_mark(struct buffer *out, const struct recipe *recipe, const struct place *place)
{
	buffer_format(out, "%c %u", level_mark(recipe), place->line);
}

/* Ends the line in the making with the origin as a comment. */
static void end_line(struct printer *printer, const struct origin *origin)
{
	struct buffer *out = &printer->page->out, comment;

	printer->lines++;
	if (printer->lines > LINES_MAX) {
		buffer_clear(&printer->line);
		return;
	}
	markdown_fenced(out, buffer_text(&printer->line));
	if (origin && origin->recipe) {
		size_t width = width_of(&printer->line);
		buffer_repeat(out, ' ', width < COMMENT_COLUMN ? COMMENT_COLUMN - width : 1);
		buffer_init(&comment);
		buffer_string(&comment, "# ");
		add_mark(&comment, origin->recipe, &origin->place);
		size_t said = 0;
		for (size_t i = 0; i < origin->shadow_count && said < 3; i++) {
			if (origin->value && origin->shadowed[i].value && value_same(origin->value, origin->shadowed[i].value))
				continue;
			struct text was = value_line(origin->shadowed[i].value, printer->page->set->arena);
			buffer_string(&comment, said++ ? ", " : "  was ");
			buffer_add(&comment, text_cut(was, 0, 40));
			buffer_char(&comment, ' ');
			if (origin->shadowed[i].value)
				add_mark(&comment, origin->shadowed[i].recipe, &origin->shadowed[i].value->place);
		}
		markdown_fenced(out, buffer_text(&comment));
		buffer_release(&comment);
	}
	buffer_char(out, '\n');
	buffer_clear(&printer->line);
}

static struct text below(struct printer *printer, struct text path, struct text name)
{
	return path.len ? text_format(printer->page->set->arena, "%.*s.%.*s", TEXT_ARGS(path), TEXT_ARGS(name)) : name;
}

static void print_map(struct printer *printer, const struct value *map, struct text path, const struct field *field, size_t indent,
                      bool first_inline);

/* The name by which an item of a keyed list is found. */
static struct text item_key(const struct value *item, const struct field *field)
{
	if (item->kind == VALUE_SCALAR)
		return text_cut(item->text, 0, text_find(item->text, '@'));
	return value_text(item, field->merge_key);
}

static void print_list(struct printer *printer, const struct value *list, struct text path, const struct field *field, size_t indent)
{
	bool keyed = field && field->merge == MERGE_KEYED && field->merge_key;
	const struct field *item_field = field ? schema_item(KIND_RECIPE, field) : NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct value *item = list->items[i];
		struct text below_path = keyed ? below(printer, path, item_key(item, field)) : path;
		buffer_repeat(&printer->line, ' ', indent);
		buffer_string(&printer->line, "- ");
		if (item->kind == VALUE_MAP && item->count && indent < 2 * DEPTH_MAX) {
			print_map(printer, item, below_path, item_field, indent + 2, true);
			continue;
		}
		if (!add_flow(&printer->line, item))
			buffer_string(&printer->line, " …");
		end_line(printer, keyed ? origin_at(printer, below_path) : NULL);
	}
}

static bool flow_fits(const struct value *value)
{
	struct buffer out;

	buffer_init(&out);
	bool fits = add_flow(&out, value) && out.len <= FLOW_WIDTH;
	buffer_release(&out);
	return fits;
}

static void print_member(struct printer *printer, const struct member *member, struct text path, const struct field *field, size_t indent)
{
	const struct value *value = member->value;
	bool keyed = field && field->merge == MERGE_KEYED;
	bool nested = (value->kind == VALUE_MAP || (value->kind == VALUE_LIST && (keyed || !flow_fits(value)))) && value->count;

	if (is_plain(member->name))
		buffer_add(&printer->line, member->name);
	else
		buffer_json(&printer->line, member->name);
	buffer_char(&printer->line, ':');
	if (!nested || indent >= 2 * DEPTH_MAX) {
		buffer_char(&printer->line, ' ');
		if (!add_flow(&printer->line, value))
			buffer_string(&printer->line, " …");
		end_line(printer, origin_at(printer, path));
		return;
	}
	end_line(printer, value->kind == VALUE_LIST && !keyed ? origin_at(printer, path) : NULL);
	if (value->kind == VALUE_MAP)
		print_map(printer, value, path, field, indent + 2, false);
	else
		print_list(printer, value, path, field, indent + 2);
}

/* Recursion is bounded by DEPTH_MAX, which is the readers' own limit. */
static void print_map(struct printer *printer, const struct value *map, struct text path, const struct field *field, size_t indent,
                      bool first_inline)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct member *member = &map->members[i];
		if (i || !first_inline)
			buffer_repeat(&printer->line, ' ', indent);
		print_member(printer, member, below(printer, path, member->name), schema_child(KIND_RECIPE, field, member->name), indent);
	}
}

static void removed_fields(struct page *page, const struct effective *effective)
{
	size_t rows = 0;

	for (size_t i = 0; i < effective->origin_count && rows < ROWS_MAX; i++) {
		const struct origin *origin = &effective->origins[i];
		if (origin->value || !origin->recipe)
			continue;
		buffer_string(&page->out, rows++ ? "- " : "\nRemoved on the way here:\n\n- ");
		markdown_code(&page->out, origin->field);
		buffer_string(&page->out, " by ");
		page_link_place(page, text_format(page->set->arena, "%.*s:%u", TEXT_ARGS(origin->recipe->record.file->path), origin->place.line), origin->place);
		buffer_char(&page->out, '\n');
	}
}

void recipe_manifest(struct page *page, const struct effective *effective)
{
	struct printer printer = {.page = page, .effective = effective};

	page_section(page, "Effective recipe");
	buffer_string(&page->out, "Every line names its origin: **B** baseline, **I** industry, **C** client, with the line in that file.\n\n```yaml\n");
	buffer_init(&printer.line);
	print_map(&printer, effective->root, TEXT(""), NULL, 0, false);
	buffer_release(&printer.line);
	if (printer.lines > LINES_MAX)
		buffer_format(&page->out, "# %zu more lines are left out here\n", printer.lines - LINES_MAX);
	buffer_string(&page->out, "```\n");
	removed_fields(page, effective);
}

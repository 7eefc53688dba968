#include "field_facts.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "number.h"

static const struct {
	const char *name, *words;
} types[] = {
	[FIELD_MAP] = {"map", "a mapping"},
	[FIELD_LIST] = {"list", "a list"},
	[FIELD_FREE] = {"free", "anything"},
	[FIELD_TEXT] = {"text", "text that is not empty; what is not in quotes is text too, whatever it looks like"},
	[FIELD_NUMBER] = {"number", "a finite decimal such as 0.25, not in quotes"},
	[FIELD_COUNT] = {"count", "a whole number from 0, not in quotes"},
	[FIELD_BOOL] = {"bool", "true or false, not in quotes"},
	[FIELD_ID] = {"id", "a lower-case letter, then lower-case letters, digits, _ and -, at most 64"},
	[FIELD_RUN_ID] = {"run id", "lower-case letters, digits, _ and -, a letter or digit first, at most 64; not 'snapshots'"},
	[FIELD_FAMILY] = {"family", "forecasting, pricing, next_best_action, location_scoring, or one that galley.yaml adds under 'families'"},
	[FIELD_CHOICE] = {"choice", "one of the allowed values"},
	[FIELD_VERSION] = {"version", "SemVer 2.0.0, such as 1.2.0"},
	[FIELD_REFERENCE] = {"reference", "ID, ID@VERSION or ID@RANGE, where a range is one of node-semver (^1.2, ~1.2.3, >=1 <2)"},
	[FIELD_TIME] = {"time", "a date, or ISO 8601 such as 2026-02-01T02:00:00Z; UTC where no zone is given"},
	[FIELD_DATE] = {"date", "YYYY-MM-DD"},
	[FIELD_DURATION] = {"duration", "a number with h, d, w, mo or y, such as 104w"},
	[FIELD_CRON] = {"schedule", "five fields: minute, hour, day of month, month, day of week"},
	[FIELD_PATH] = {"path", "relative, with '/' between names, without '.' and '..'"},
	[FIELD_METHOD] = {"drift method", "a drift method in any case, or auto"},
	[FIELD_EXPRESSION] = {"condition", "comparisons of drift.* and performance.* with numbers, joined by && and ||"},
	[FIELD_ALLOWANCE] = {"allowance", "a number from 0, or a percentage such as 5%"},
	[FIELD_SIZE] = {"size", "a whole number from 1, with KiB, MiB or GiB where it counts bytes"},
	[FIELD_METRICS] = {"metrics", "a path, or a mapping of metrics"},
	[FIELD_FEATURE] = {"feature", "a column's name, or a mapping with settings of its own"},
	[FIELD_PACK_ITEM] = {"pack", "ID, ID@VERSION or ID@RANGE of a pack, or a mapping"},
	[FIELD_SPAN] = {"span", "a duration such as 13w, or a share from 0 to 1"},
	[FIELD_CHARACTER] = {"character", "one ASCII character, or a tab; no quote, letter or digit"},
	[FIELD_RULE] = {"severity", "one of the allowed values"},
};

const char *type_name(enum field_type type)
{
	return types[type].name;
}

const char *type_words(enum field_type type)
{
	return types[type].words;
}

static struct text path_above(struct text path)
{
	if (text_ends(path, "[]"))
		return text_cut(path, 0, path.len - 2);
	while (path.len && path.at[path.len - 1] != '.')
		path.len--;
	return text_cut(path, 0, path.len ? path.len - 1 : 0);
}

const struct field *field_above(const struct field *field)
{
	return schema_find(field->kind, path_above(text_of(field->path)));
}

const struct field *list_of(const struct field *field)
{
	return text_ends(text_of(field->path), "[]") ? field_above(field) : NULL;
}

struct text range_words(const struct field *field, struct arena *arena)
{
	char low[32], high[32];
	const char *items = field->type == FIELD_LIST ? " items" : "";

	if (field->min == field->max)
		return (struct text){NULL, 0};
	number_print(low, field->min);
	number_print(high, field->max);
	if (isinf(field->max))
		return text_format(arena, "%s or more%s", low, *items && field->min == 1 ? " item" : items);
	if (field->type == FIELD_LIST && field->min == 0)
		return text_format(arena, "at most %s items", high);
	return text_format(arena, "from %s to %s%s", low, high, items);
}

const char *requirement_words(const struct field *field)
{
	switch (field->requirement) {
	case REQUIRED: return "yes";
	case REQUIRED_EFFECTIVE: return "yes, here or in a parent";
	case OPTIONAL: break;
	}
	return "no";
}

/* The row whose strategy decides: a list decides for its plain items. */
static const struct field *merging_row(const struct field *field)
{
	const struct field *list = list_of(field);

	return list && field->merge == MERGE_REPLACE ? list : field;
}

bool is_inherited(const struct field *field)
{
	if (field->kind != KIND_RECIPE)
		return false;
	for (const struct field *row = field; row; row = field_above(row))
		if (row->merge == MERGE_NEVER)
			return false;
	return true;
}

struct text merge_words(const struct field *field, struct arena *arena)
{
	const struct field *row = merging_row(field);

	if (field->kind != KIND_RECIPE)
		return (struct text){NULL, 0};
	if (!is_inherited(field))
		return TEXT("not inherited");
	switch (row->merge) {
	case MERGE_KEYS: return TEXT("key by key with the parent's; $unset: [key] removes, $patch: replace drops all that is inherited");
	case MERGE_KEYED:
		return text_format(arena, "items by their %s: a match merges in the parent's place, new ones follow; {%s: x, $patch: delete} removes",
		                   row->merge_key, row->merge_key);
	case MERGE_SET: return TEXT("union with the parent's, whose items come first");
	case MERGE_NEVER: return TEXT("not inherited");
	case MERGE_REPLACE: break;
	}
	return row->type == FIELD_LIST ? TEXT("a child's list replaces the parent's whole") : TEXT("a child's value replaces the parent's");
}

static struct text own_looser_words(const struct field *field, struct arena *arena)
{
	switch (field->looser) {
	case LOOSER_NONE: break;
	case LOOSER_GREATER: return TEXT("a larger value, or removal");
	case LOOSER_LESS: return TEXT("a smaller value, or removal");
	case LOOSER_TRUE: return TEXT("true over false, or removal");
	case LOOSER_FALSE: return TEXT("false over true, or removal");
	case LOOSER_SUPERSET: return TEXT("a list with further values, or removal");
	case LOOSER_SUBSET: return TEXT("a list that lacks an item, or removal");
	case LOOSER_LOWER_RANK: {
		struct text order = text_copy(arena, text_of(field->allowed));
		struct buffer words;
		buffer_init(&words);
		for (size_t i = 0; i < order.len; i++)
			buffer_string(&words, order.at[i] == '|' ? " before " : (char[]){order.at[i], '\0'});
		struct text out = text_format(arena, "a value that stands earlier (%.*s), or removal", TEXT_ARGS(buffer_text(&words)));
		buffer_release(&words);
		return out;
	}
	case LOOSER_CHANGED: return TEXT("any change (it cannot be compared), or removal");
	case LOOSER_METRIC: return TEXT("a limit that is reached later, by the metric's direction, a limit that is dropped, or removal");
	case LOOSER_PIN: return TEXT("a pin that lets in more or older versions, or removal");
	}
	return (struct text){NULL, 0};
}

struct text looser_words(const struct field *field, struct arena *arena)
{
	if (field->looser != LOOSER_NONE)
		return own_looser_words(field, arena);
	for (const struct field *row = field_above(field); row; row = field_above(row))
		if (row->looser == LOOSER_METRIC || row->looser == LOOSER_PIN)
			return text_format(arena, "compared with all of '%s': %.*s", row->path, TEXT_ARGS(own_looser_words(row, arena)));
	return (struct text){NULL, 0};
}

static bool is_choice(struct text word, const char *allowed)
{
	while (allowed && *allowed) {
		size_t len = strcspn(allowed, "|");
		if (text_equal(word, (struct text){allowed, len}))
			return true;
		allowed += len + (allowed[len] == '|');
	}
	return false;
}

bool fallback_is_value(const struct field *field)
{
	struct text words = text_of(field->fallback ? field->fallback : "");
	double number;

	switch (field->type) {
	case FIELD_NUMBER:
	case FIELD_COUNT: return number_parse(&number, words) == NUMBER_FINITE;
	case FIELD_BOOL: return text_is(words, "true") || text_is(words, "false");
	case FIELD_CHOICE:
	case FIELD_RULE: return is_choice(words, field->allowed);
	case FIELD_METHOD: return schema_method_of(words) != NULL;
	case FIELD_SIZE: return words.len && words.at[0] >= '1' && words.at[0] <= '9';
	case FIELD_PATH: return words.len && text_find(words, ' ') == words.len;
	case FIELD_TEXT: return field->example && text_is(words, field->example);
	default: return false;
	}
}

/* --- examples --- */

enum { EXAMPLE_DEPTH = 16, CHILDREN_SHOWN = 3 };

static void write_below(struct buffer *out, const struct field *field, size_t indent, unsigned depth);

/* "key: value" at the cursor; what spans lines is indented below it. */
static void write_pair(struct buffer *out, const struct field *field, size_t indent, unsigned depth)
{
	const char *name = schema_own_name(field);

	buffer_format(out, "%s:", strcmp(name, "*") == 0 ? "NAME" : name);
	write_below(out, field, indent + 2, depth);
}

static void write_children(struct buffer *out, const struct field *map, size_t indent, unsigned depth)
{
	bool any_required = false;
	size_t shown = 0;

	for (const struct field *row = schema_next_child(map->kind, map, NULL); row; row = schema_next_child(map->kind, map, row))
		any_required = any_required || row->requirement != OPTIONAL;
	for (const struct field *row = schema_next_child(map->kind, map, NULL); row; row = schema_next_child(map->kind, map, row)) {
		if (any_required ? row->requirement == OPTIONAL : shown == CHILDREN_SHOWN)
			continue;
		if (shown++)
			buffer_repeat(out, ' ', indent);
		write_pair(out, row, indent, depth + 1);
	}
}

/* The value after "key:" or "-", with its line end. */
static void write_below(struct buffer *out, const struct field *field, size_t indent, unsigned depth)
{
	const struct field *item = field->type == FIELD_LIST ? schema_item(field->kind, field) : NULL;

	if (field->example || depth >= EXAMPLE_DEPTH || (!item && field->type != FIELD_MAP)) {
		buffer_format(out, " %s\n", field->example ? field->example : "{}");
	} else if (item) {
		buffer_char(out, '\n');
		buffer_repeat(out, ' ', indent);
		buffer_char(out, '-');
		if (item->example || item->type != FIELD_MAP) {
			write_below(out, item, indent + 2, depth + 1);
		} else {
			buffer_char(out, ' ');
			write_children(out, item, indent + 2, depth + 1);
		}
	} else {
		buffer_char(out, '\n');
		buffer_repeat(out, ' ', indent);
		write_children(out, field, indent, depth);
	}
}

/* The row of the list's merge key below the item, which every item of a keyed list has to have. */
static const struct field *key_row(const struct field *item, const struct field *field)
{
	const struct field *list = list_of(item);
	const struct field *row = list && list->merge_key ? schema_child(item->kind, item, text_of(list->merge_key)) : NULL;

	return row == field ? NULL : row;
}

void example_yaml(struct buffer *out, const struct field *field, const struct text *names, size_t name_count)
{
	const struct field *rows[EXAMPLE_DEPTH];
	size_t count = 0, used = 0, indent = 0;
	bool inline_item = false;

	for (const struct field *row = field; row && count < EXAMPLE_DEPTH; row = field_above(row))
		rows[count++] = row;
	while (count--) {
		const struct field *row = rows[count], *list = list_of(row);
		const char *name = schema_own_name(row);
		bool wild = strcmp(name, "*") == 0;
		struct text given = (wild || list) && used < name_count ? names[used++] : (struct text){NULL, 0};
		if (!inline_item)
			buffer_repeat(out, ' ', indent);
		inline_item = false;
		if (list) {
			buffer_char(out, '-');
			if (row == field) {
				if (row->example || row->type != FIELD_MAP) {
					write_below(out, row, indent + 2, 0);
				} else {
					buffer_char(out, ' ');
					write_children(out, row, indent + 2, 0);
				}
				return;
			}
			const struct field *key = key_row(row, rows[count - 1]);
			buffer_char(out, ' ');
			inline_item = true;
			if (key) {
				buffer_format(out, "%s: ", schema_own_name(key));
				if (given.len)
					buffer_add(out, given);
				else
					buffer_string(out, key->example);
				buffer_char(out, '\n');
				inline_item = false;
			}
			indent += 2;
			continue;
		}
		buffer_add(out, given.len ? given : wild ? TEXT("NAME") : text_of(name));
		buffer_char(out, ':');
		if (row == field) {
			write_below(out, row, indent + 2, 0);
			return;
		}
		buffer_char(out, '\n');
		indent += 2;
	}
}

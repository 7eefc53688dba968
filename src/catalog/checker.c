#include "checker.h"

#include <math.h>
#include <stdint.h>

#include "arena.h"
#include "buffer.h"

static void check_value(struct checker *checker, const struct field *field, const struct value *value,
                        const struct spot *spot);

struct text spot_text(const struct spot *spot, struct arena *arena)
{
	const struct spot *path[CHECK_DEPTH_MAX];
	struct buffer buffer;
	size_t count = 0;

	for (; spot && count < CHECK_DEPTH_MAX; spot = spot->up)
		path[count++] = spot;
	buffer_init(&buffer);
	while (count--) {
		if (!path[count]->name.at) {
			buffer_format(&buffer, "[%zu]", path[count]->index);
			continue;
		}
		if (buffer.len)
			buffer_char(&buffer, '.');
		buffer_add(&buffer, excerpt(path[count]->name, arena));
	}
	struct text text = text_copy(arena, buffer_text(&buffer));
	buffer_release(&buffer);
	return text;
}

struct text excerpt(struct text text, struct arena *arena)
{
	enum { EXCERPT_CHARACTERS = 120 };
	size_t offset = 0;

	for (size_t i = 0; i < EXCERPT_CHARACTERS && offset < text.len; i++)
		utf8_next(text, &offset);
	return offset == text.len ? text : text_format(arena, "%.*s...", (int)offset, text.at);
}

bool suggest(struct diags *diags, struct text wanted, const struct text *names, size_t count)
{
	struct text nearest = text_nearest(wanted, names, count);

	if (nearest.at)
		diag_help(diags, "did you mean '%.*s'?", TEXT_ARGS(nearest));
	return nearest.at != NULL;
}

void type_finding(struct checker *checker, const struct value *value, const struct spot *spot, const char *wanted)
{
	struct arena *arena = checker->diags->arena;
	struct text path = spot_text(spot, arena);
	const char *found = value->kind == VALUE_MAP ? "a mapping" : value->kind == VALUE_LIST ? "a list" : NULL;

	if (found)
		diag_add(checker->diags, CODE_SCHEMA_TYPE, value->place, "'%.*s' must be %s, found %s", TEXT_ARGS(path), wanted,
		         found);
	else
		diag_add(checker->diags, CODE_SCHEMA_TYPE, value->place, "'%.*s' must be %s, found '%.*s'", TEXT_ARGS(path),
		         wanted, TEXT_ARGS(excerpt(value->text, arena)));
}

static size_t collect_names(struct text **names, enum kind kind, const struct field *field, struct arena *arena)
{
	size_t count = 0;

	*names = NULL;
	for (const struct field *row = schema_next_child(kind, field, NULL); row;
	     row = schema_next_child(kind, field, row)) {
		*names = arena_grow(arena, *names, count, sizeof **names);
		(*names)[count++] = text_of(schema_own_name(row));
	}
	return count;
}

static void unknown_field(struct checker *checker, const struct field *field, const struct member *member,
                          const struct spot *spot)
{
	enum { NAMES_SHOWN = 12 };
	struct arena *arena = checker->diags->arena;
	struct text *names, name = excerpt(member->name, arena), parent = spot_text(spot, arena);
	size_t count = collect_names(&names, checker->kind, field, arena);

	if (parent.len)
		diag_add(checker->diags, CODE_SCHEMA_UNKNOWN_FIELD, member->place, "unknown field '%.*s' in '%.*s'",
		         TEXT_ARGS(name), TEXT_ARGS(parent));
	else
		diag_add(checker->diags, CODE_SCHEMA_UNKNOWN_FIELD, member->place, "unknown field '%.*s' in %s%s",
		         TEXT_ARGS(name), checker->kind == KIND_CONFIG ? "" : "a ", kind_name(checker->kind));
	if (suggest(checker->diags, member->name, names, count))
		return;
	struct buffer list;
	buffer_init(&list);
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
		buffer_format(&list, "%s%.*s", i ? ", " : "", TEXT_ARGS(names[i]));
	diag_help(checker->diags, "known here: %.*s%s", TEXT_ARGS(buffer_text(&list)), count > NAMES_SHOWN ? ", ..." : "");
	buffer_release(&list);
}

/* A key without a value. Over something that may be inherited only the resolve stage can tell; what the file itself must have, such as the
 * name of an item, is not inherited. */
static void check_null(struct checker *checker, const struct field *field, struct place place, const struct spot *spot)
{
	if (schema_is_free(field) || (checker->inherits && field->merge != MERGE_NEVER && field->requirement != REQUIRED))
		return;
	diag_add(checker->diags, CODE_SCHEMA_NULL, place, "'%.*s' has no value",
	         TEXT_ARGS(spot_text(spot, checker->diags->arena)));
	diag_help(checker->diags, "give it a value or remove the line");
}

bool is_misspelt(enum kind kind, const struct field *field, const struct value *map, struct text name,
                 struct arena *arena)
{
	enum { MEMBERS_MAX = 256 }; /* so that a hostile map costs no more than its length */
	struct text *names;
	size_t count = 0;

	for (size_t i = 0; i < map->count && i < MEMBERS_MAX; i++) {
		struct text written = map->members[i].name;
		if (schema_child(kind, field, written) || text_starts(written, "x-") || text_starts(written, "$"))
			continue;
		if (!count)
			count = collect_names(&names, kind, field, arena);
		if (text_equal(text_nearest(written, names, count), name))
			return true;
	}
	return false;
}

static void check_missing(struct checker *checker, const struct field *field, const struct value *map,
                          const struct spot *spot)
{
	struct text path = {0};

	for (const struct field *row = schema_next_child(checker->kind, field, NULL); row;
	     row = schema_next_child(checker->kind, field, row)) {
		if (row->requirement != REQUIRED)
			continue;
		struct text name = text_of(schema_own_name(row));
		if (value_member(map, name) ||
		    is_misspelt(checker->kind, field, map, name, checker->diags->arena))
			continue;
		path = spot_text(spot, checker->diags->arena);
		if (path.len)
			diag_add(checker->diags, CODE_SCHEMA_MISSING_FIELD, map->place, "missing field '%.*s' in '%.*s'",
			         TEXT_ARGS(name), TEXT_ARGS(path));
		else
			diag_add(checker->diags, CODE_SCHEMA_MISSING_FIELD, map->place, "missing field '%.*s' in a %s",
			         TEXT_ARGS(name), kind_name(checker->kind));
		if (row->example)
			diag_help(checker->diags, "for example %.*s: %s", TEXT_ARGS(name), row->example);
		else if (row->doc)
			diag_help(checker->diags, "%.*s: %s", TEXT_ARGS(name), row->doc);
	}
}

static void check_map(struct checker *checker, const struct field *field, const struct value *map,
                      const struct spot *spot, bool keyed_item)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct member *member = &map->members[i];
		struct spot here = {spot, member->name, 0, spot ? spot->depth + 1 : 1};
		if (text_starts(member->name, "x-")) {
			free_check(checker, member->value, here.depth);
			continue;
		}
		if (operator_check(checker, member, keyed_item))
			continue;
		const struct field *row = schema_child(checker->kind, field, member->name);
		if (!row)
			unknown_field(checker, field, member, spot);
		else if (member->value->kind == VALUE_NULL)
			check_null(checker, row, member->place, &here);
		else
			check_value(checker, row, member->value, &here);
	}
	check_missing(checker, field, map, spot);
}

/* The first scalar item of the same text before item i; NULL. */
static const struct value *same_before(const struct value *list, size_t i)
{
	enum { SET_MAX = 256 }; /* so that hostile lists cost no more than their length */

	for (size_t j = 0; j < i && i < SET_MAX; j++)
		if (list->items[j]->kind == VALUE_SCALAR && text_equal(list->items[j]->text, list->items[i]->text))
			return list->items[j];
	return NULL;
}

static void check_item(struct checker *checker, const struct field *list_field, const struct value *list, size_t i,
                       const struct spot *spot)
{
	const struct field *field = schema_item(checker->kind, list_field);
	const struct value *item = list->items[i];

	if (checker->kind == KIND_RECIPE && i == 0 && is_replace_item(item))
		return;
	if (item->kind == VALUE_NULL) {
		diag_add(checker->diags, CODE_SCHEMA_NULL, item->place, "'%.*s' has no value",
		         TEXT_ARGS(spot_text(spot, checker->diags->arena)));
		return;
	}
	if (item->kind == VALUE_MAP && list_field->merge == MERGE_KEYED &&
	    (field->type == FIELD_MAP || field->type == FIELD_FEATURE || field->type == FIELD_PACK_ITEM))
		check_map(checker, field, item, spot, true);
	else
		check_value(checker, field, item, spot);
	const struct value *first =
		list_field->merge == MERGE_SET && item->kind == VALUE_SCALAR ? same_before(list, i) : NULL;
	if (first) {
		diag_add(checker->diags, CODE_SCHEMA_DUPLICATE_ITEM, item->place, "'%.*s' stands twice in the list",
		         TEXT_ARGS(excerpt(item->text, checker->diags->arena)));
		diag_relate(checker->diags, first->place, "first here");
	}
}

/* Most items of a list. */
static size_t list_most(const struct field *field)
{
	return field->min == field->max || isinf(field->max) ? SIZE_MAX : (size_t)field->max;
}

static void check_list(struct checker *checker, const struct field *field, const struct value *list,
                       const struct spot *spot)
{
	struct arena *arena = checker->diags->arena;
	const struct limits *limits = checker->context->limits;
	bool stages = field->kind == KIND_RECIPE && text_is(text_of(field->path), "pipeline.stages");
	size_t most = stages ? limits->stages : list_most(field);
	unsigned depth = spot ? spot->depth + 1 : 1;

	if (field->min != field->max && (double)list->count < field->min) {
		diag_add(checker->diags, CODE_SCHEMA_RANGE, list->place, "'%.*s' is empty", TEXT_ARGS(spot_text(spot, arena)));
		diag_help(checker->diags, "write at least one item%s", field->requirement == REQUIRED ? "" : ", or remove the line");
	}
	if (list->count > most) {
		diag_add(checker->diags, CODE_SCHEMA_RANGE, list->place, "'%.*s' has %zu items, more than %zu%s%s%s",
		         TEXT_ARGS(spot_text(spot, arena)), list->count, most, stages ? " (" : "",
		         stages ? limit_note(limits, &limits->stages).text : "", stages ? ")" : "");
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		struct spot here = {spot, {0}, i, depth};
		check_item(checker, field, list, i, &here);
	}
}

static void check_value(struct checker *checker, const struct field *field, const struct value *value,
                        const struct spot *spot)
{
	bool map_too = field->type == FIELD_FEATURE || field->type == FIELD_PACK_ITEM;

	if (spot && spot->depth >= CHECK_DEPTH_MAX)
		return;
	switch (field->type) {
	case FIELD_FREE:
		free_check(checker, value, spot ? spot->depth : 0);
		return;
	case FIELD_MAP:
		if (value->kind == VALUE_MAP)
			check_map(checker, field, value, spot, false);
		else
			type_finding(checker, value, spot, "a mapping");
		return;
	case FIELD_LIST:
		if (value->kind == VALUE_LIST)
			check_list(checker, field, value, spot);
		else
			type_finding(checker, value, spot, "a list");
		return;
	case FIELD_METRICS:
		if (value->kind == VALUE_MAP)
			return;
		break;
	default:
		break;
	}
	if (map_too && value->kind == VALUE_MAP)
		check_map(checker, field, value, spot, false);
	else
		scalar_check(checker, field, value, spot);
}

void schema_check(enum kind kind, const struct value *root, const struct schema_context *context, struct diags *diags)
{
	const struct value *parent = kind == KIND_RECIPE ? value_at(root, "metadata.parent") : NULL;
	struct checker checker = {kind, context, diags, parent && parent->kind != VALUE_NULL};

	if (root && root->kind == VALUE_MAP)
		check_map(&checker, NULL, root, NULL, false);
}

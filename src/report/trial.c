#include "text_report.h"

#include "arena.h"
#include "instant.h"
#include "json.h"

static struct text answer(const struct trial *trial, struct arena *arena)
{
	if (!trial->value.known)
		return text_format(arena, "inconclusive: %.*s", TEXT_ARGS(trial->value.why));
	return trial->words;
}

/* The reason without the name that it opens with. */
static struct text value_cell(const struct trial_part *part, struct arena *arena)
{
	struct text why = part->value.why, source = part->source;

	if (part->value.known)
		return part->words;
	if (why.len > source.len && text_equal(text_cut(why, 0, source.len), source) && why.at[source.len] == ' ')
		why = text_cut(why, source.len + 1, why.len);
	return text_format(arena, "unknown: %.*s", TEXT_ARGS(why));
}

void trial_text(struct buffer *out, const struct trial *trial, int64_t as_of)
{
	static const char *const header[] = {"NAME", "VALUE", "SNAPSHOT"};
	static const bool right[] = {false, false, false};
	char time[32];
	struct arena arena;

	arena_init(&arena);
	instant_print(time, as_of);
	buffer_safe(out, answer(trial, &arena));
	buffer_format(out, "\n\n%.*s, as of %s:\n  ", TEXT_ARGS(trial->model->record.id), time);
	buffer_safe(out, trial->source);
	if (!text_equal(trial->read_as, trial->source)) {
		buffer_string(out, "\nread as\n  ");
		buffer_safe(out, trial->read_as);
	}
	buffer_char(out, '\n');
	if (trial->part_count) {
		struct table_text table = {header, right, 3, arena_array(&arena, trial->part_count * 3, sizeof *table.cells), trial->part_count};
		for (size_t i = 0; i < trial->part_count; i++) {
			const struct trial_part *part = &trial->parts[i];
			table.cells[3 * i] = part->source;
			table.cells[3 * i + 1] = value_cell(part, &arena);
			table.cells[3 * i + 2] = part->snapshot.len ? part->snapshot : TEXT("-");
		}
		buffer_char(out, '\n');
		table_print(out, &table);
	}
	arena_release(&arena);
}

static void push_plain(struct json *array, const struct expression_value *value)
{
	if (!value->known)
		json_push_null(array);
	else if (value->type.base == EXPRESSION_TEXT)
		json_push_text(array, value->text);
	else if (value->type.base == EXPRESSION_TRUTH)
		json_push_bool(array, value->number != 0);
	else
		json_push_number(array, value->number);
}

/* A value, or null and why it is unknown. */
static void add_value(struct json *object, const struct expression_value *value)
{
	struct json *list;

	if (!value->known) {
		json_add_null(object, "value");
		json_add_text(object, "reason", value->why);
	} else if (value->type.list) {
		list = json_array();
		for (size_t i = 0; i < value->count; i++)
			push_plain(list, &value->items[i]);
		json_add(object, "value", list);
	} else if (value->type.base == EXPRESSION_TEXT) {
		json_add_text(object, "value", value->text);
	} else if (value->type.base == EXPRESSION_TRUTH) {
		json_add_bool(object, "value", value->number != 0);
	} else {
		json_add_number(object, "value", value->number);
	}
}

void trial_json(struct buffer *out, const struct trial *trial, int64_t as_of)
{
	struct json *root = json_object(), *names = json_array();
	char time[32];

	json_add_string(root, "schema", "galley.explain/1");
	json_add_text(root, "asked", trial->source);
	json_add_text(root, "model", trial->model->record.id);
	json_add_text(root, "as_of", (struct text){time, instant_print(time, as_of)});
	json_add_text(root, "read_as", trial->read_as);
	json_add_string(root, "type", expression_type_name(trial->value.type));
	json_add_string(root, "status", trial->value.known ? "known" : "inconclusive");
	add_value(root, &trial->value);
	for (size_t i = 0; i < trial->part_count; i++) {
		struct json *name = json_object();
		json_add_text(name, "name", trial->parts[i].source);
		add_value(name, &trial->parts[i].value);
		if (trial->parts[i].snapshot.len)
			json_add_text(name, "snapshot", trial->parts[i].snapshot);
		json_push(names, name);
	}
	json_add(root, "names", names);
	json_add_count(root, "most_steps", trial->cost);
	json_print(out, root, true);
	json_release(root);
}

#include "diff_parts.h"
#include "typed_json.h"

static void add_text_or_null(struct json *json, const char *key, struct text text)
{
	if (text.len)
		json_add_text(json, key, text);
	else
		json_add_null(json, key);
}

static void add_pair(struct json *json, const char *key, struct text before, struct text after)
{
	struct json *pair = json_object();

	add_text_or_null(pair, "before", before);
	add_text_or_null(pair, "after", after);
	json_add(json, key, pair);
}

static struct json *cause_json(const struct cause *cause)
{
	struct json *json = json_object();

	json_add_text(json, "id", cause->record->id);
	json_add_text(json, "path", cause->place.file->path);
	json_add_count(json, "line", cause->place.line);
	json_add_bool(json, "removed", cause->gone);
	return json;
}

static void add_cause(struct json *json, const struct cause *cause)
{
	if (cause->record && cause->place.file)
		json_add(json, "cause", cause_json(cause));
	else
		json_add_null(json, "cause");
}

static void add_value(struct json *json, const char *key, enum kind kind, const struct field *row, const struct value *value,
                      struct arena *arena)
{
	if (value)
		typed_json_add(json, key, kind, row, value, arena);
	else
		json_add_null(json, key);
}

static struct json *fields_json(const struct record_change *change, struct arena *arena)
{
	struct json *list = json_array();

	for (size_t i = 0; i < change->field_count; i++) {
		const struct field_change *field = &change->fields[i];
		struct json *item = json_object();
		json_add_text(item, "field", field->field);
		json_add_string(item, "change", record_move_name(field->move));
		add_value(item, "before", change->kind, field->row, field->before, arena);
		add_value(item, "after", change->kind, field->row, field->after, arena);
		add_cause(item, &field->cause);
		json_push(list, item);
	}
	return list;
}

static struct json *waiver_json(const struct waiver *waiver)
{
	struct json *json = json_object();

	json_add_text(json, "reason", waiver->reason);
	add_text_or_null(json, "approved_by", waiver->approved_by);
	json_add_text(json, "expires", waiver->expires);
	return json;
}

static struct json *gates_json(const struct record_change *change)
{
	struct json *list = json_array();

	for (size_t i = 0; i < change->gate_count; i++) {
		const struct gate_shift *gate = &change->gates[i];
		struct json *item = json_object();
		json_add_text(item, "field", gate->field);
		json_add_string(item, "change", gate_word_name(gate->word));
		add_text_or_null(item, "before", gate->before);
		add_text_or_null(item, "after", gate->after);
		json_add_bool(item, "waived", gate->waiver != NULL);
		if (gate->waiver)
			json_add(item, "waiver", waiver_json(gate->waiver));
		add_cause(item, &gate->cause);
		json_push(list, item);
	}
	return list;
}

static struct json *reasons_json(const struct record_change *change)
{
	struct json *list = json_array();

	for (size_t i = 0; i < change->chain_count; i++) {
		struct json *chain = json_object(), *steps = json_array();
		for (size_t k = 0; k < change->chains[i].count; k++)
			json_push_text(steps, change->chains[i].steps[k].id);
		json_add(chain, "chain", steps);
		json_add_string(chain, "kind", kind_name(change->chains[i].steps[change->chains[i].count - 1].kind));
		json_add_string(chain, "change", record_move_name(change->chains[i].end));
		json_push(list, chain);
	}
	return list;
}

static void add_paths(struct json *json, const struct record_change *change)
{
	const struct record *record = change->after ? change->after : change->before;

	json_add_text(json, "path", record->file->path);
	if (change->before && change->after && !text_equal(change->before->file->path, change->after->file->path))
		json_add_text(json, "path_before", change->before->file->path);
}

static struct json *change_json(const struct record_change *change, struct arena *arena)
{
	struct json *json = json_object();

	json_add_text(json, "id", change->id);
	json_add_string(json, "change", record_move_name(change->move));
	json_add_string(json, "kind", change->kind == KIND_CONFIG ? "config" : kind_name(change->kind));
	if (change->model.len)
		json_add_text(json, "model", change->model);
	add_paths(json, change);
	json_add_bool(json, "edited", change->edited);
	if (change->version_before.len || change->version_after.len)
		add_pair(json, "version", change->version_before, change->version_after);
	if (change->status_before.len || change->status_after.len)
		add_pair(json, "status", change->status_before, change->status_after);
	if (change->kind == KIND_RECIPE || change->kind == KIND_MODEL || change->kind == KIND_RUN)
		add_pair(json, "digest", text_of(change->digest_before), text_of(change->digest_after));
	json_add(json, "fields", fields_json(change, arena));
	if (change->kind == KIND_RECIPE || change->kind == KIND_PACK)
		json_add(json, "gates", gates_json(change));
	json_add(json, "reasons", reasons_json(change));
	return json;
}

struct json *json_of_changes(const struct differences *differences, struct arena *arena)
{
	struct json *list = json_array();

	for (size_t i = 0; i < differences->count; i++)
		json_push(list, change_json(&differences->items[i], arena));
	return list;
}

void json_add_sides(struct json *top, const struct diff_view *view)
{
	json_add_string(top, "base", view->base);
	json_add_string(top, "head", view->head);
	if (!view->head)
		json_add_string(top, "head_source", view->head_place);
	if (view->moved) {
		struct json *pair = json_object();
		json_add_text(pair, "before", view->moved_from);
		json_add_text(pair, "after", view->moved_to);
		json_add(top, "workspace", pair);
	}
}

void diff_json(struct buffer *out, const struct diff_view *view)
{
	struct json *top = json_object(), *reordered = json_array();
	struct arena arena;

	arena_init(&arena);
	json_add_string(top, "schema", "galley.diff/1");
	json_add_sides(top, view);
	json_add(top, "changes", json_of_changes(view->differences, &arena));
	for (size_t i = 0; i < view->differences->reordered_count; i++)
		json_push_text(reordered, view->differences->reordered[i]);
	json_add(top, "reordered", reordered);
	json_print(out, top, true);
	json_release(top);
	arena_release(&arena);
}

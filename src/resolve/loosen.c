#include "buffer.h"
#include "inside.h"

enum { BRIEF_BYTES = 60 };

static void add_brief(struct buffer *out, const struct value *value, size_t depth)
{
	if (value->kind == VALUE_SCALAR)
		buffer_add(out, value->text);
	else if (value->kind == VALUE_NULL)
		buffer_string(out, "null");
	else if (depth == 0 && value->count)
		buffer_string(out, value->kind == VALUE_MAP ? "{...}" : "[...]");
	else {
		buffer_char(out, value->kind == VALUE_MAP ? '{' : '[');
		for (size_t i = 0; i < value->count && out->len <= BRIEF_BYTES; i++) {
			if (i)
				buffer_string(out, ", ");
			if (value->kind == VALUE_MAP) {
				buffer_add(out, value->members[i].name);
				buffer_string(out, ": ");
			}
			add_brief(out, value->kind == VALUE_MAP ? value->members[i].value : value->items[i], depth - 1);
		}
		buffer_char(out, value->kind == VALUE_MAP ? '}' : ']');
	}
}

struct text value_brief(const struct value *value, struct arena *arena)
{
	struct buffer out;

	buffer_init(&out);
	add_brief(&out, value, 2);
	struct text text = buffer_text(&out);
	if (text.len > BRIEF_BYTES) {
		size_t cut = BRIEF_BYTES - 3;
		while (cut && ((unsigned char)text.at[cut] & 0xc0) == 0x80)
			cut--;
		text = text_format(arena, "%.*s...", (int)cut, text.at);
	} else {
		text = text_copy(arena, text);
	}
	buffer_release(&out);
	return text;
}

/* Where that stands which removed a field: its own removal, or that of something it stood in. */
static struct place removal_place(const struct merge *merge, struct text field, struct place fallback)
{
	for (size_t i = 0; i < merge->removal_count; i++)
		if (field_within(field, merge->removals[i].field))
			return merge->removals[i].place;
	return fallback;
}

void gate_note(struct loosening *work, struct text field, enum gate_move move, const struct value *before, const struct value *after)
{
	struct gate_change change = {.field = field, .move = move};

	/* No finding comes of a gate that got tighter. */
	if (work->looser_only && move == GATE_TIGHTER)
		return;
	if (before) {
		change.before = value_brief(before, work->arena);
		change.parent_place = before->place;
	}
	if (after) {
		change.after = value_brief(after, work->arena);
		change.place = after->place;
	} else {
		change.place = removal_place(work->merge, field, before ? before->place : (struct place){0});
	}
	work->changes = arena_grow(work->arena, work->changes, work->count, sizeof *work->changes);
	work->changes[work->count++] = change;
}

/* Whether a gate stands at this field or below it. */
static bool gate_within(const struct field *field, const struct value *value)
{
	if (field && field->looser != LOOSER_NONE)
		return true;
	for (size_t i = 0; value->kind == VALUE_MAP && i < value->count; i++)
		if (gate_within(field_below(field, value->members[i].name), value->members[i].value))
			return true;
	for (size_t i = 0; value->kind == VALUE_LIST && field && field->merge == MERGE_KEYED && i < value->count; i++)
		if (gate_within(field_item(field), value->items[i]))
			return true;
	return false;
}

static void compare(struct loosening *work, const struct field *field, const struct trail *trail, const struct value *before,
                    const struct value *after);

bool gate_fallback(struct value *out, const struct field *field)
{
	if (!field->fallback || field->type == FIELD_LIST || text_find(text_of(field->fallback), ' ') < text_of(field->fallback).len)
		return false;
	*out = (struct value){.kind = VALUE_SCALAR, .text = text_of(field->fallback)};
	return true;
}

static void compare_gate(struct loosening *work, const struct field *field, const struct trail *trail, const struct value *before,
                         const struct value *after)
{
	struct text name = trail_text(trail, work->arena);
	struct value fallback;

	if (!after) {
		gate_note(work, name, GATE_LOOSER, before, NULL);
		return;
	}
	if (!before) {
		if (!gate_fallback(&fallback, field)) {
			/* A list where all was meant before is neither stricter nor laxer as far as anybody can say. */
			if (!(field->looser == LOOSER_SUBSET && field->fallback))
				gate_note(work, name, GATE_TIGHTER, NULL, after);
			return;
		}
		before = &fallback;
	}
	enum gate_order order = gate_order_values(field, before, after, work->arena);
	if (order != GATE_SAME)
		gate_note(work, name, order == GATE_LAXER ? GATE_LOOSER : GATE_TIGHTER, before, after);
}

static void compare_maps(struct loosening *work, const struct field *field, const struct trail *trail, const struct value *before,
                         const struct value *after)
{
	for (size_t i = 0; before && i < before->count; i++) {
		struct trail step = {trail, before->members[i].name};
		const struct member *other = value_member(after, step.name);
		if (other && other->value == before->members[i].value)
			continue;
		compare(work, field_below(field, step.name), &step, before->members[i].value, other ? other->value : NULL);
	}
	for (size_t i = 0; after && i < after->count; i++) {
		struct trail step = {trail, after->members[i].name};
		if (!value_member(before, step.name))
			compare(work, field_below(field, step.name), &step, NULL, after->members[i].value);
	}
}

static void compare_keyed(struct loosening *work, const struct field *field, const struct trail *trail, const struct value *before,
                          const struct value *after)
{
	const struct field *item = field_item(field);
	const struct value empty = {.kind = VALUE_LIST};
	struct name_set names = {0}, old = {0};
	bool counted = field->looser == LOOSER_SUBSET;

	before = before ? before : &empty;
	after = after ? after : &empty;
	for (size_t i = 0; i < after->count; i++)
		name_set_add(&names, field_item_name(field, after->items[i]), work->arena);
	for (size_t i = 0; i < before->count; i++) {
		struct trail step = {trail, field_item_name(field, before->items[i])};
		long at = name_set_find(&names, step.name);
		name_set_add(&old, step.name, work->arena);
		if (at == NO_NAME && counted)
			gate_note(work, trail_text(&step, work->arena), GATE_LOOSER, before->items[i], NULL);
		else
			compare(work, item, &step, before->items[i], at == NO_NAME ? NULL : after->items[at]);
	}
	for (size_t i = 0; i < after->count; i++) {
		struct trail step = {trail, field_item_name(field, after->items[i])};
		if (name_set_find(&old, step.name) != NO_NAME)
			continue;
		if (counted && before->count)
			gate_note(work, trail_text(&step, work->arena), GATE_TIGHTER, NULL, after->items[i]);
		else
			compare(work, item, &step, NULL, after->items[i]);
	}
}

static bool is_kind(const struct value *value, enum value_kind kind)
{
	return !value || value->kind == kind;
}

/* before or after may be NULL, not both. What is one and the same node was inherited as it is. */
static void compare(struct loosening *work, const struct field *field, const struct trail *trail, const struct value *before,
                    const struct value *after)
{
	if (before == after)
		return;
	bool keyed = field && field->merge == MERGE_KEYED && is_kind(before, VALUE_LIST) && is_kind(after, VALUE_LIST);
	if (field && field->looser == LOOSER_METRIC) {
		gates_compare_metric(work, trail, before, after);
	} else if (field && field->looser != LOOSER_NONE && !(keyed && after)) {
		compare_gate(work, field, trail, before, after);
	} else if (!after) {
		if (gate_within(field, before))
			gate_note(work, trail_text(trail, work->arena), GATE_LOOSER, before, NULL);
	} else if (keyed) {
		compare_keyed(work, field, trail, before, after);
	} else if (is_kind(before, VALUE_MAP) && after->kind == VALUE_MAP) {
		compare_maps(work, field, trail, before, after);
	} else if (after->kind == VALUE_MAP) {
		/* A plain feature became a map of settings. */
		compare_maps(work, field, trail, NULL, after);
	}
}

void gates_compare(struct effective *out, const struct effective *parent, const struct merge *merge, struct arena *arena)
{
	struct loosening work = {.arena = arena, .merge = merge, .looser_only = merge->findings_only};

	compare(&work, NULL, NULL, parent->root, out->root);
	out->changes = work.changes;
	out->change_count = work.count;
}

void gates_between(struct gate_change **changes, size_t *count, const struct value *before, const struct value *after, struct arena *arena)
{
	struct merge merge = {.arena = arena};
	struct loosening work = {.arena = arena, .merge = &merge};

	compare(&work, NULL, NULL, before, after);
	*changes = work.changes;
	*count = work.count;
}

/* The files of an imported run. */
#include "import_parts.h"

#include <stdint.h>

#include "arena.h"
#include "document.h"

static void add_line(struct buffer *out, const char *indent, struct text key, struct text value)
{
	if (!value.len)
		return;
	buffer_string(out, indent);
	edit_write_text(out, key, false);
	buffer_string(out, ": ");
	edit_write_text(out, value, false);
	buffer_char(out, '\n');
}

/* A parameter that is written as a number or a truth stays one. */
static void add_param(struct buffer *out, const struct tracked_pair *pair)
{
	const struct value value = {.kind = VALUE_SCALAR, .text = pair->value, .quoted = pair->quoted};

	buffer_string(out, "  ");
	edit_write_text(out, pair->name, false);
	buffer_string(out, ": ");
	if (value_class(&value) == SCALAR_TEXT)
		edit_write_text(out, pair->value, false);
	else
		buffer_add(out, pair->value);
	buffer_char(out, '\n');
}

static void add_origin(struct buffer *out, const struct import_draft *draft, const struct importing *importing)
{
	const struct tracked_run *from = draft->from;

	buffer_string(out, "x-import:\n");
	add_line(out, "  ", TEXT("from"), text_of(tracker_name(importing->tracked->tracker)));
	add_line(out, "  ", TEXT("run"), from->id);
	add_line(out, "  ", TEXT("name"), from->name);
	add_line(out, "  ", TEXT("experiment"), from->experiment);
	if (from->data_count)
		buffer_format(out, "  %s:\n", importing->tracked->tracker == TRACKER_DVC ? "deps" : "data");
	for (size_t i = 0; i < from->data_count; i++)
		add_line(out, "    ", from->data[i].name, from->data[i].value);
}

static void write_manifest(struct buffer *out, const struct import_draft *draft, const struct importing *importing)
{
	const struct tracked_run *from = draft->from;

	add_line(out, "", TEXT("type"), text_of(run_type_name(importing->request->type)));
	add_line(out, "", TEXT("recipe_digest"), text_of(importing->digest));
	add_line(out, "", TEXT("status"), text_of(run_status_name(draft->out->status)));
	add_line(out, "", TEXT("recipe"), importing->recipe_name);
	add_line(out, "", TEXT("started_at"), draft->started_at);
	add_line(out, "", TEXT("finished_at"), draft->finished_at);
	if (draft->measures.len)
		buffer_string(out, "metrics: metrics.json\n");
	if (from->artifacts.len) {
		buffer_string(out, "artifacts:\n");
		add_line(out, "  ", text_of(tracker_name(importing->tracked->tracker)), from->artifacts);
	}
	add_line(out, "", TEXT("error"), draft->error);
	add_line(out, "", TEXT("code"), from->code);
	if (from->param_count)
		buffer_string(out, "params:\n");
	for (size_t i = 0; i < from->param_count; i++)
		add_param(out, &from->params[i]);
	add_origin(out, draft, importing);
}

/* --- The metric file --- */

static void add_slices(struct buffer *out, const struct value *value, struct arena *arena)
{
	if (value->kind == VALUE_MAP) {
		buffer_char(out, '{');
		for (size_t i = 0; i < value->count; i++) {
			buffer_string(out, i ? ", " : "");
			buffer_json(out, value->members[i].name);
			buffer_string(out, ": ");
			add_slices(out, value->members[i].value, arena);
		}
		buffer_char(out, '}');
		return;
	}
	struct text number = value->kind == VALUE_SCALAR && !value->quoted ? tracked_number(value->text, arena) : TEXT("");
	if (number.len)
		buffer_add(out, number);
	else if (value->kind == VALUE_SCALAR)
		buffer_json(out, value->text);
	else
		buffer_string(out, value->kind == VALUE_LIST ? "[]" : "null");
}

static void write_metrics(struct buffer *out, const struct import_draft *draft, const struct importing *importing)
{
	buffer_string(out, "{");
	for (size_t i = 0; i < draft->metric_count; i++) {
		buffer_string(out, i ? ",\n  " : "\n  ");
		buffer_json(out, draft->metrics[i].name);
		buffer_string(out, ": ");
		buffer_add(out, draft->metrics[i].value);
	}
	if (draft->from->slices) {
		buffer_string(out, draft->metric_count ? ",\n  \"slices\": " : "\n  \"slices\": ");
		add_slices(out, draft->from->slices, importing->authoring->arena);
	}
	buffer_string(out, "\n}\n");
}

void draft_write(struct import_draft *draft, const struct importing *importing)
{
	struct buffer bytes;

	buffer_init(&bytes);
	if (draft->metric_count || draft->from->slices) {
		write_metrics(&bytes, draft, importing);
		draft->measures = text_copy(importing->authoring->arena, buffer_text(&bytes));
		buffer_clear(&bytes);
	}
	write_manifest(&bytes, draft, importing);
	draft->manifest = text_copy(importing->authoring->arena, buffer_text(&bytes));
	buffer_release(&bytes);
}

/* --- Against a run that is there --- */

static const struct value *parse(struct text bytes, const char *path, enum document_form form, struct arena *arena)
{
	struct limits limits = limits_default;
	struct input *file = arena_alloc(arena, sizeof *file);
	struct diags diags;

	/* Whether they are within the limits, the check of the whole says. */
	limits.manifest_bytes = limits.metrics_bytes = limits.yaml_nodes = limits.scalar_bytes = limits.key_bytes = SIZE_MAX;
	*file = (struct input){.path = text_of(path), .bytes = bytes};
	diags_init(&diags, arena);
	return document_read(file, form, &limits, arena, &diags);
}

static struct text words_of(const struct value *value)
{
	return !value ? TEXT("nothing") : value->kind == VALUE_SCALAR ? value->text : TEXT("other values");
}

/* A member of one that the other has not, or has another value of. */
static const struct member *first_difference(const struct value **other, const struct value *now, const struct value *before)
{
	for (size_t i = 0; now && i < now->count; i++) {
		const struct member *member = value_member(before, now->members[i].name);
		*other = member ? member->value : NULL;
		if (!member || !value_same(member->value, now->members[i].value))
			return &now->members[i];
	}
	return NULL;
}

static const char *say(struct text *before, struct text *now, struct place *place, const struct value *old, const struct value *new,
                       struct text name, struct place fallback, struct arena *arena)
{
	*before = words_of(old);
	*now = words_of(new);
	*place = old ? old->place : fallback;
	return arena_copy(arena, name.at, name.len);
}

static const char *metrics_differ(struct text *before, struct text *now, struct place *place, const struct import_draft *draft, const struct run *run,
                                  struct arena *arena)
{
	const struct value *new = draft->measures.len ? parse(draft->measures, "metrics.json", DOCUMENT_METRICS, arena) : NULL, *other;
	const struct member *member = first_difference(&other, new, run->metrics);
	struct place file = {.file = run->metrics_file ? run->metrics_file : run->record.file};

	if (member)
		return say(before, now, place, other, member->value, member->name, file, arena);
	for (size_t i = 0; run->metrics && i < run->metrics->count; i++)
		if (!new || !value_member(new, run->metrics->members[i].name))
			return say(before, now, place, run->metrics->members[i].value, NULL, run->metrics->members[i].name, file, arena);
	return NULL;
}

const char *draft_differs(struct text *before, struct text *now, struct place *place, const struct import_draft *draft, const struct run *run,
                          const struct importing *importing)
{
	static const char *const fields[] = {"type", "status", "started_at", "finished_at", "artifacts", "error", "code", "params"};
	struct arena *arena = importing->authoring->arena;
	const struct value *root = parse(draft->manifest, "run.yaml", DOCUMENT_MANIFEST, arena), *old_root = run->record.root;

	if (!root)
		return say(before, now, place, NULL, NULL, TEXT("run.yaml"), run->record.place, arena);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const struct value *new = value_get(root, fields[i]), *old = value_get(old_root, fields[i]);
		if (new && (!old || !value_same(old, new)))
			return say(before, now, place, old, new, text_of(fields[i]), run->record.place, arena);
	}
	const char *inputs = importing->tracked->tracker == TRACKER_DVC ? "x-import.deps" : "x-import.data";
	const struct value *new = value_at(root, inputs), *old = value_at(old_root, inputs);
	if ((new || old) && (!new || !old || !value_same(old, new)))
		return say(before, now, place, old, new, text_of(inputs), run->record.place, arena);
	return metrics_differ(before, now, place, draft, run, arena);
}

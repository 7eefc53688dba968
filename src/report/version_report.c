#include "version_report.h"

#include "instant.h"
#include "json.h"
#include "typed_json.h"

enum { NOTE_BYTES = 100, CHANGES_SHOWN = 6, COMMIT_DIGITS = 12 };

struct text note_line(const struct commit_note *note, size_t most)
{
	struct text line = text_trim(text_cut(note->message, 0, text_find(note->message, '\n')));
	size_t cut = line.len > most ? most : line.len;

	while (cut < line.len && cut && ((unsigned char)line.at[cut] & 0xc0) == 0x80)
		cut--;
	return text_cut(line, 0, cut);
}

static void add_date(struct buffer *out, int64_t time)
{
	char date[32];

	buffer_add(out, (struct text){date, instant_print_date(date, time)});
}

static void add_commit(struct buffer *out, const char *commit)
{
	buffer_format(out, "%.*s", COMMIT_DIGITS, commit);
}

static void add_note(struct buffer *out, const struct commit_note *note)
{
	struct text line = note_line(note, NOTE_BYTES), whole = text_trim(text_cut(note->message, 0, text_find(note->message, '\n')));

	buffer_safe(out, line);
	if (line.len < whole.len)
		buffer_string(out, "...");
}

/* --- log as text --- */

static const char *gate_note(const struct record_change *change, struct text field)
{
	for (size_t i = 0; i < change->gate_count; i++)
		if (text_equal(change->gates[i].field, field))
			return gate_word_name(change->gates[i].word);
	return NULL;
}

static void add_change(struct buffer *out, const struct record_change *change, const struct field_change *field)
{
	const char *gate = gate_note(change, field->field);

	buffer_safe(out, field->field);
	if (!field->before)
		buffer_string(out, " new: ");
	else if (!field->after)
		buffer_string(out, " gone, was ");
	else
		buffer_char(out, ' ');
	if (field->before)
		buffer_safe(out, field->before_text);
	if (field->before && field->after)
		buffer_string(out, " -> ");
	if (field->after)
		buffer_safe(out, field->after_text);
	if (gate)
		buffer_format(out, " (%s)", gate);
}

static void add_changes(struct buffer *out, const struct version_item *item)
{
	const struct record_change *change = item->change;

	if (!item->against.len)
		return;
	buffer_string(out, "  against ");
	buffer_safe(out, item->against);
	buffer_string(out, ": ");
	if (!item->compared)
		buffer_string(out, item->usable ? "cannot be compared, that version has no effective form\n" : "this version has no effective form: it has errors\n");
	else if (!change || !change->field_count)
		buffer_string(out, "no change in effect\n");
	else if (change->field_count > 1)
		buffer_format(out, "%zu changes in effect\n", change->field_count);
	if (!item->compared || !change || !change->field_count)
		return;
	for (size_t i = 0; i < change->field_count && i < CHANGES_SHOWN; i++) {
		if (change->field_count > 1)
			buffer_string(out, "    ");
		add_change(out, change, &change->fields[i]);
		buffer_char(out, '\n');
	}
	if (change->field_count > CHANGES_SHOWN)
		buffer_format(out, "    and %zu more; --format json has all\n", change->field_count - CHANGES_SHOWN);
}

static void add_approval(struct buffer *out, const struct version_item *item)
{
	const struct history_version *version = item->version;

	if (!version->approved[0])
		return;
	if (text_equal(text_of(version->approved), text_of(version->made))) {
		buffer_string(out, "  approved in the same commit\n");
		return;
	}
	buffer_string(out, "  approved ");
	add_date(out, item->approved.time);
	buffer_string(out, " by ");
	buffer_safe(out, item->approved.author);
	buffer_string(out, " in ");
	add_commit(out, version->approved);
	buffer_string(out, ": ");
	add_note(out, &item->approved);
	buffer_char(out, '\n');
}

static const char *status_word(const struct history_version *version)
{
	const char *name = record_status_name(version->status);

	return *name ? name : "no status";
}

static void add_item(struct buffer *out, const struct version_item *item, bool color)
{
	const struct history_version *version = item->version;

	buffer_string(out, color ? "\n\x1b[1m" : "\n");
	buffer_safe(out, version->version);
	buffer_string(out, color ? "\x1b[0m" : "");
	buffer_format(out, "  %s  ", status_word(version));
	if (!version->made[0]) {
		buffer_string(out, "not committed\n");
	} else {
		add_date(out, item->made.time);
		buffer_string(out, "  ");
		add_commit(out, version->made);
		buffer_string(out, "  ");
		buffer_safe(out, item->made.author);
		buffer_string(out, "\n  ");
		add_note(out, &item->made);
		buffer_char(out, '\n');
	}
	add_approval(out, item);
	add_changes(out, item);
}

void log_text(struct buffer *out, const struct version_log *log, bool color)
{
	const struct history_version *newest = log->count ? log->items[0].version : NULL;

	buffer_format(out, "%s ", kind_name(log->kind));
	buffer_safe(out, log->id);
	buffer_format(out, ": %zu version%s", log->all, log->all == 1 ? "" : "s");
	if (newest) {
		buffer_string(out, ", newest ");
		buffer_safe(out, newest->version);
		buffer_format(out, " (%s)", status_word(newest));
	}
	buffer_char(out, '\n');
	for (size_t i = 0; i < log->count; i++)
		add_item(out, &log->items[i], color);
	if (log->count < log->all)
		buffer_format(out, "\n%zu older versions are not shown\n", log->all - log->count);
}

/* --- JSON --- */

static void add_instant(struct json *json, const char *key, int64_t time)
{
	char date[32];

	json_add_text(json, key, (struct text){date, instant_print(date, time)});
}

static void add_writer(struct json *json, const char *commit, const struct commit_note *note)
{
	json_add_string(json, "commit", commit[0] ? commit : NULL);
	if (!commit[0]) {
		json_add_null(json, "author");
		json_add_null(json, "date");
		return;
	}
	json_add_text(json, "author", note->author);
	add_instant(json, "date", note->time);
}

static struct text whole_note(const struct commit_note *note)
{
	struct text text = note->message;

	while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == ' '))
		text.len--;
	return text;
}

static void add_told(struct json *json, const struct version_item *item)
{
	const struct history_version *version = item->version;

	json_add_text(json, "version", version->version);
	json_add_string(json, "status", record_status_name(version->status));
	add_writer(json, version->made, &item->made);
	if (version->made[0])
		json_add_text(json, "note", whole_note(&item->made));
	else
		json_add_null(json, "note");
	if (version->approved[0]) {
		struct json *approval = json_object();
		add_writer(approval, version->approved, &item->approved);
		json_add(json, "approval", approval);
	} else {
		json_add_null(json, "approval");
	}
	json_add_text(json, "path", version->path);
	json_add_string(json, "stood_in", version->stood[0] ? version->stood : NULL);
	json_add_bool(json, "present", version->present);
}

static struct json *changes_json(const struct record_change *change)
{
	struct json *changes = json_array();

	for (size_t i = 0; change && i < change->field_count; i++) {
		const struct field_change *field = &change->fields[i];
		struct json *json = json_object();
		const char *gate = gate_note(change, field->field);
		json_add_text(json, "field", field->field);
		json_add_string(json, "change", record_move_name(field->move));
		if (field->before)
			json_add_text(json, "before", field->before_text);
		if (field->after)
			json_add_text(json, "after", field->after_text);
		if (gate)
			json_add_string(json, "gate", gate);
		json_push(changes, json);
	}
	return changes;
}

void log_json(struct buffer *out, const struct version_log *log)
{
	struct json *json = json_object(), *versions = json_array();

	json_add_string(json, "schema", "galley.log/1");
	json_add_string(json, "kind", kind_name(log->kind));
	json_add_text(json, "id", log->id);
	for (size_t i = 0; i < log->count; i++) {
		const struct version_item *item = &log->items[i];
		struct json *version = json_object();
		add_told(version, item);
		if (item->against.len)
			json_add_text(version, "against", item->against);
		else
			json_add_null(version, "against");
		if (item->compared)
			json_add(version, "changes", changes_json(item->change));
		else
			json_add_null(version, "changes");
		json_push(versions, version);
	}
	json_add(json, "versions", versions);
	json_print(out, json, true);
	json_release(json);
}

/* --- show --- */

static void add_lines(struct buffer *out, struct text bytes)
{
	for (size_t at = 0; at < bytes.len;) {
		struct text rest = text_cut(bytes, at, bytes.len);
		size_t end = text_find(rest, '\n');
		struct text line = text_cut(rest, 0, end);
		if (line.len && line.at[line.len - 1] == '\r')
			line.len--;
		buffer_safe(out, line);
		buffer_char(out, '\n');
		at += end + 1;
	}
}

static void add_head(struct buffer *out, const struct version_item *item)
{
	const struct history_version *version = item->version;

	buffer_char(out, ' ');
	buffer_safe(out, version->version);
	buffer_format(out, ", %s%s\n", status_word(version), version->present ? "" : ", not the version of this revision");
	if (!version->made[0]) {
		buffer_string(out, version->before ? "# by whom and when lies before what this shallow clone holds: git fetch --unshallow\n" : "# not committed\n");
	} else {
		buffer_string(out, "# commit ");
		add_commit(out, version->made);
		buffer_string(out, ", ");
		add_date(out, item->made.time);
		buffer_string(out, ", ");
		buffer_safe(out, item->made.author);
		buffer_string(out, ": ");
		add_note(out, &item->made);
		buffer_char(out, '\n');
	}
	if (!version->approved[0] || text_equal(text_of(version->approved), text_of(version->made)))
		return;
	buffer_string(out, "# approved in ");
	add_commit(out, version->approved);
	buffer_string(out, ", ");
	add_date(out, item->approved.time);
	buffer_string(out, ", ");
	buffer_safe(out, item->approved.author);
	buffer_char(out, '\n');
}

void show_text(struct buffer *out, const struct shown_record *record)
{
	buffer_format(out, "# %s ", kind_name(record->kind));
	buffer_safe(out, record->id);
	if (record->item)
		add_head(out, record->item);
	else
		buffer_char(out, '\n');
	buffer_string(out, "# ");
	buffer_safe(out, record->file->path);
	buffer_string(out, "\n\n");
	add_lines(out, record->file->bytes);
}

void show_json(struct buffer *out, const struct shown_record *record, struct arena *arena)
{
	struct json *json = json_object();

	json_add_string(json, "schema", "galley.show/1");
	json_add_string(json, "kind", kind_name(record->kind));
	json_add_text(json, "id", record->id);
	if (record->item)
		add_told(json, record->item);
	else
		json_add_text(json, "path", record->file->path);
	if (record->root)
		json_add(json, "record", typed_json(record->kind, record->root, arena));
	else
		json_add_null(json, "record");
	json_print(out, json, true);
	json_release(json);
}

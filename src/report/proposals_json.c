#include "text_report.h"

#include "instant.h"
#include "json.h"
#include "unified.h"

static void add_instant(struct json *json, const char *key, bool has, int64_t time)
{
	char date[32];

	if (!has) {
		json_add_null(json, key);
		return;
	}
	json_add_text(json, key, (struct text){date, instant_print(date, time)});
}

/* An empty one is null. */
static void add_text(struct json *json, const char *key, struct text text)
{
	if (text.len)
		json_add_text(json, key, text);
	else
		json_add_null(json, key);
}

static void add_commit(struct json *json, const char *key, const char *commit)
{
	json_add_string(json, key, commit[0] ? commit : NULL);
}

static struct json *change_json(const struct proposal_change *change, bool patch)
{
	struct json *json = json_object();
	struct buffer out;

	buffer_init(&out);
	json_add_text(json, "path", change->path);
	json_add_string(json, "kind", change->is_new ? "added" : change->is_gone ? "removed" : "changed");
	change_line(&out, change);
	json_add_text(json, "summary", buffer_text(&out));
	if (patch) {
		buffer_clear(&out);
		unified_diff(&out, change->path, change->before, change->after, change->is_new, false);
		json_add_text(json, "patch", buffer_text(&out));
	}
	buffer_release(&out);
	return json;
}

static const char *outcome_key(enum proposal_outcome outcome)
{
	return outcome == PROPOSAL_LEFT ? "left" : outcome == PROPOSAL_NONE ? "none" : proposal_outcome_name(outcome);
}

static void print(struct buffer *out, struct json *json, struct json *list)
{
	json_add(json, "proposals", list);
	json_print(out, json, true);
	json_release(json);
}

void proposed_json(struct buffer *out, const struct proposed *items, size_t count, bool dry_run, int64_t as_of, const char *source)
{
	struct json *json = json_object(), *list = json_array();

	json_add_string(json, "schema", "galley.propose/1");
	add_instant(json, "as_of", true, as_of);
	json_add_string(json, "source", source);
	json_add_bool(json, "dry_run", dry_run);
	for (size_t i = 0; i < count; i++) {
		struct json *item = json_object();
		json_add_text(item, "model", items[i].model);
		json_add_text(item, "action", items[i].action);
		add_text(item, "branch", items[i].branch);
		json_add_string(item, "outcome", outcome_key(items[i].outcome));
		add_commit(item, "commit", items[i].commit);
		add_text(item, "subject", items[i].subject);
		add_text(item, "reason", items[i].why);
		if (items[i].change.path.len)
			json_add(item, "change", change_json(&items[i].change, dry_run));
		else
			json_add_null(item, "change");
		json_push(list, item);
	}
	print(out, json, list);
}

static struct json *proposal_json(const struct proposal *proposal, bool patches, int64_t as_of)
{
	struct json *item = json_object(), *reasons = json_array(), *changes = json_array();
	int64_t age = as_of > proposal->as_of ? as_of - proposal->as_of : 0;

	json_add_text(item, "model", proposal->model);
	json_add_text(item, "action", proposal->action);
	json_add_text(item, "branch", proposal->branch);
	add_text(item, "remote", proposal->remote);
	json_add_string(item, "tip", proposal->tip);
	add_commit(item, "commit", proposal->commit);
	add_commit(item, "base", proposal->parent);
	add_text(item, "subject", proposal->subject);
	add_text(item, "state", proposal->state);
	add_text(item, "since", proposal->since);
	for (size_t i = 0; i < proposal->reason_count; i++)
		json_push_text(reasons, proposal->reasons[i]);
	json_add(item, "reasons", reasons);
	add_text(item, "run", proposal->run);
	add_text(item, "cause", proposal->cause);
	add_text(item, "author", proposal->author);
	add_instant(item, "proposed_as_of", proposal->has_as_of, proposal->as_of);
	if (proposal->has_as_of)
		json_add_number(item, "age_hours", (double)age / 3600);
	else
		json_add_null(item, "age_hours");
	json_add_bool(item, "touched", proposal->touched);
	json_add_bool(item, "merged", proposal->merged);
	json_add_bool(item, "applies", proposal->applies);
	for (size_t i = 0; i < proposal->change_count; i++)
		json_push(changes, change_json(&proposal->changes[i], patches));
	json_add(item, "changes", changes);
	json_add_count(item, "files_changed", proposal->changed);
	return item;
}

void queue_json(struct buffer *out, const struct proposal *items, size_t count, bool patches, int64_t as_of)
{
	struct json *json = json_object(), *list = json_array();

	json_add_string(json, "schema", "galley.proposals/1");
	add_instant(json, "as_of", true, as_of);
	for (size_t i = 0; i < count; i++)
		json_push(list, proposal_json(&items[i], patches, as_of));
	print(out, json, list);
}

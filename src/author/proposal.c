#include <string.h>

#include "arena.h"
#include "digest.h"
#include "instant.h"
#include "record.h"

enum { CAUSE_DIGITS = 20, RUNS_A_DAY = 100, REASONS_TOLD = 8, REASON_BYTES = 300 };

bool author_is_change(enum action action)
{
	return action == ACTION_RETRAIN || action == ACTION_ROLLBACK;
}

struct text author_workspace_name(struct text workspace, struct arena *arena)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/";
	struct text folder = text_ends(workspace, "/") ? text_cut(workspace, 0, workspace.len - 1) : workspace;
	bool is_plain = folder.len < REASON_BYTES && !text_starts(folder, "/");
	char digest[65];

	for (size_t i = 0; i < folder.len; i++)
		is_plain = is_plain && folder.at[i] && strchr(plain, folder.at[i]) && !(i && folder.at[i] == '/' && folder.at[i - 1] == '/');
	if (is_plain)
		return folder;
	digest_sha256(digest, folder);
	return text_format(arena, "sha256:%s", digest);
}

/* --- The cause --- */

static void add_part(struct buffer *out, const char *name, struct text value)
{
	buffer_format(out, "%s=%zu:", name, value.len);
	buffer_add(out, value);
	buffer_char(out, '\n');
}

/* Where it is not known when the state began, that was after the newest snapshot. */
static struct text since_of(const struct model_result *result, struct arena *arena)
{
	char time[32];

	if (!result->has_since)
		return result->latest ? result->latest->snapshot->stamp : TEXT("");
	size_t len = instant_print(time, result->since);
	return text_copy(arena, (struct text){time, len});
}

static struct text newest_failure(const struct model *model)
{
	for (size_t i = model->run_count; i > 0; i--)
		if (model->runs[i - 1].status == RUN_FAILED || model->runs[i - 1].status == RUN_CANCELLED)
			return model->runs[i - 1].record.id;
	return TEXT("");
}

struct text author_cause(const struct model_result *result, struct text workspace, struct arena *arena)
{
	const struct model *model = result->model;
	char digest[65], recipe[65] = "";
	struct buffer parts;

	buffer_init(&parts);
	buffer_string(&parts, "galley.cause/1\n");
	add_part(&parts, "workspace", workspace);
	add_part(&parts, "model", model->record.id);
	add_part(&parts, "action", text_of(action_name(result->action)));
	add_part(&parts, "state", text_of(model_state_name(result->state)));
	add_part(&parts, "since", since_of(result, arena));
	if (result->action == ACTION_ROLLBACK) {
		add_part(&parts, "from", model->production_run);
		add_part(&parts, "to", result->rollback_run);
	} else {
		if (result->recipe)
			effective_digest(recipe, result->recipe, arena);
		add_part(&parts, "recipe", text_of(recipe));
		add_part(&parts, "failed", newest_failure(model));
	}
	digest_sha256(digest, buffer_text(&parts));
	buffer_release(&parts);
	return text_copy(arena, (struct text){digest, CAUSE_DIGITS});
}

/* --- The change --- */

static int refuse_name(const struct authoring *authoring, const char *what, struct text id)
{
	refusal_set(authoring->refusal, (struct place){0}, authoring->arena, "'%.*s' is no id of a %s", TEXT_ARGS(id), what);
	return refusal_help(authoring->refusal, authoring->arena, "galley check says what one is");
}

static int roll_back(struct authored *out, const struct authoring *authoring, const struct model *model, struct text to, struct text version)
{
	struct arena *arena = authoring->arena;
	const struct run *run;
	struct edit edits[2];
	size_t count = 0;

	if (!author_is_id(to, true))
		return refuse_name(authoring, "run", to);
	if (find_run(&run, authoring, model, to) < 0 || refuse_broken(authoring, &run->record) < 0 || refuse_unfinished(authoring, model, run) < 0)
		return -1;
	edits[count++] = (struct edit){EDIT_TEXT, TEXT("production_run"), to, "version|status"};
	if (version.len && !text_equal(version, model->version))
		edits[count++] = (struct edit){EDIT_TEXT, TEXT("version"), version, "status"};
	out->subject = text_format(arena, "Roll back %.*s to %.*s", TEXT_ARGS(model->record.id), TEXT_ARGS(to));
	if (authored_edit(out, authoring, &model->record, edits, count) < 0)
		return -1;
	if (!version.len && model->version.len)
		out->details = text_format(arena, "%.*sversion: stays %.*s, as history does not tell the one of that run\n", TEXT_ARGS(out->details),
		                           TEXT_ARGS(author_is_version(model->version) ? model->version : TEXT("as it is")));
	return 0;
}

static void add_stamp(struct buffer *out, const char *key, const struct snapshot *snapshot)
{
	buffer_format(out, "%s%s: ", out->len > 1 ? ", " : "", key);
	edit_write_text(out, snapshot->stamp, true);
}

/* All the live data that there is. */
static struct text data_window(const struct model_result *result, struct arena *arena)
{
	struct buffer out;

	if (!result->snapshot_count)
		return TEXT("");
	buffer_init(&out);
	buffer_char(&out, '{');
	add_stamp(&out, "data_from", result->snapshots[0].snapshot);
	add_stamp(&out, "data_until", result->snapshots[result->snapshot_count - 1].snapshot);
	buffer_format(&out, ", snapshots: %zu}", result->snapshot_count);
	struct text window = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return window;
}

static struct text free_run_id(const struct model *model, int64_t as_of, struct arena *arena)
{
	char date[32];

	instant_print_date(date, as_of);
	struct text id = text_format(arena, "%s-retrain", date);
	for (unsigned i = 2; i < RUNS_A_DAY && model_run(model, id); i++)
		id = text_format(arena, "%s-retrain-%u", date, i);
	return id;
}

static int retrain(struct authored *out, const struct authoring *authoring, const struct model_result *result, int64_t as_of)
{
	struct arena *arena = authoring->arena;
	const struct model *model = result->model;
	const struct recipe *recipe = result->recipe ? result->recipe->recipe : NULL;
	struct new_run run = {
		.model = model->record.id,
		.run = free_run_id(model, as_of, arena),
		.type = RUN_TRAIN,
		.status = RUN_QUEUED,
		.params = data_window(result, arena),
	};

	if (recipe)
		run.recipe = text_format(arena, "%.*s@%.*s", TEXT_ARGS(recipe->record.id), TEXT_ARGS(recipe->version));
	if (author_new_run(out, authoring, &run) < 0)
		return -1;
	out->subject = text_format(arena, "Retrain %.*s", TEXT_ARGS(model->record.id));
	out->details = text_format(arena, "run %.*s: queued, with %.*s\n", TEXT_ARGS(run.run),
	                           TEXT_ARGS(recipe && author_is_id(recipe->record.id, false) && author_is_version(recipe->version) ? run.recipe : TEXT("the model's recipe")));
	return 0;
}

int author_proposal(struct authored *out, const struct authoring *authoring, const struct model_result *result, struct text version, int64_t as_of)
{
	const struct model *model = result->model;

	*out = (struct authored){.is_new = false};
	if (!author_is_id(model->record.id, false))
		return refuse_name(authoring, "model", model->record.id);
	if (refuse_broken(authoring, &model->record) < 0)
		return -1;
	return result->action == ACTION_ROLLBACK ? roll_back(out, authoring, model, result->rollback_run, version)
	                                         : retrain(out, authoring, result, as_of);
}

/* --- The message --- */

static bool says_nocase(struct text text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= text.len; i++)
		if (text_is_nocase(text_cut(text, i, i + len), word))
			return true;
	return false;
}

/* What a host reads in commit messages: "[skip ci]" and "***NO_CI***" keep checks from running, "fixes #1" closes, "@name" calls. */
static void add_tamed(struct buffer *out, struct text safe)
{
	bool skips = says_nocase(safe, "skip") || says_nocase(safe, "no ci") || says_nocase(safe, "no_ci") || says_nocase(safe, "no-ci");

	for (size_t i = 0; i < safe.len; i++) {
		char c = safe.at[i];
		if (skips && (c == '[' || c == ']'))
			buffer_char(out, c == '[' ? '(' : ')');
		else if (skips && c == '*')
			buffer_char(out, '.');
		else if (c == '@')
			buffer_string(out, "(at)");
		else if (c == '#')
			buffer_string(out, "(no.)");
		else if (c == '/' && i + 1 < safe.len && safe.at[i + 1] == '/')
			buffer_string(out, "/ ");
		else
			buffer_char(out, c == '\t' ? ' ' : c);
	}
}

/* On one line, without what a terminal obeys. */
static void add_words(struct buffer *out, struct text words)
{
	struct buffer safe;
	size_t end = words.len < REASON_BYTES ? words.len : REASON_BYTES;

	while (end < words.len && end && ((unsigned char)words.at[end] & 0xc0) == 0x80)
		end--;
	buffer_init(&safe);
	buffer_safe(&safe, text_cut(words, 0, end));
	add_tamed(out, text_trim(buffer_text(&safe)));
	if (end < words.len)
		buffer_string(out, "...");
	buffer_release(&safe);
}

static void add_trailer(struct buffer *out, const char *key, struct text value)
{
	if (!value.len)
		return;
	buffer_format(out, "Galley-%s: ", key);
	add_words(out, value);
	buffer_char(out, '\n');
}

static struct text since_words(const struct model_result *result, struct arena *arena)
{
	char date[32];

	if (!result->has_since)
		return TEXT("");
	instant_print_date(date, result->since);
	return text_format(arena, " since %s", date);
}

static void add_why(struct buffer *out, const struct model_result *result, struct arena *arena)
{
	struct text id = result->model->record.id, since = since_words(result, arena);

	buffer_format(out, "%.*s is %s%.*s", TEXT_ARGS(id), model_state_name(result->state), TEXT_ARGS(since));
	if (result->reason_count) {
		buffer_string(out, ": ");
		add_words(out, result->reasons[0].words);
	}
	buffer_string(out, ".\n");
}

struct text author_proposal_message(const struct authored *authored, const struct model_result *result, struct text cause, struct text workspace,
                                    int64_t as_of, struct arena *arena)
{
	struct buffer out;
	char time[32];

	buffer_init(&out);
	buffer_format(&out, "%.*s\n\n", TEXT_ARGS(authored->subject));
	add_why(&out, result, arena);
	buffer_string(&out, "\nMerging this approves it:\n\n");
	for (struct text rest = authored->details; rest.len;) {
		size_t end = text_find(rest, '\n');
		buffer_format(&out, "    %.*s\n", TEXT_ARGS(text_cut(rest, 0, end)));
		rest = text_cut(rest, end + 1, rest.len);
	}
	buffer_char(&out, '\n');
	add_trailer(&out, "Model", result->model->record.id);
	add_trailer(&out, "Action", text_of(action_name(result->action)));
	add_trailer(&out, "Workspace", author_workspace_name(workspace, arena));
	add_trailer(&out, "Run", result->action == ACTION_ROLLBACK ? result->rollback_run : TEXT(""));
	add_trailer(&out, "State", text_of(model_state_name(result->state)));
	add_trailer(&out, "Since", result->has_since ? since_of(result, arena) : TEXT(""));
	for (size_t i = 0; i < result->reason_count && i < REASONS_TOLD; i++)
		add_trailer(&out, "Reason", result->reasons[i].words);
	if (result->reason_count > REASONS_TOLD)
		add_trailer(&out, "Reason", text_format(arena, "and %zu more", result->reason_count - REASONS_TOLD));
	instant_print(time, as_of);
	add_trailer(&out, "As-Of", text_of(time));
	add_trailer(&out, "Cause", cause);
	struct text message = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return message;
}

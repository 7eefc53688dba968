#include "propose.h"

#include <stdlib.h>
#include <string.h>

#include "id_table.h"
#include "trailer.h"

enum { TRIES = 20 };

/* A proposal that history has, or had. */
struct decided {
	struct text cause;
	char commit[41];
};

struct proposing {
	struct workspace *workspace;
	const struct propose_request *request;
	struct text folder; /* the workspace's, as trailers have it */
	struct proposal *list;
	size_t list_count;
	bool has_decided;
	struct decided *decided;
	size_t decided_count;
	struct proposed *items;
	size_t count;
	struct arena *arena;
	struct failure *failure;
};

static struct text words(struct proposing *at, struct text message, struct text help)
{
	return text_format(at->arena, "%.*s%s%.*s", TEXT_ARGS(message), help.len ? "; " : "", TEXT_ARGS(help));
}

static int read_list(struct proposing *at)
{
	return proposals_read(&at->list, &at->list_count, &at->request->branches, at->arena, at->failure);
}

static const struct proposal *find_local(const struct proposing *at, struct text model, struct text action)
{
	for (size_t i = 0; i < at->list_count; i++)
		if (!at->list[i].remote.len && text_equal(at->list[i].model, model) && text_equal(at->list[i].action, action))
			return &at->list[i];
	return NULL;
}

static const struct proposal *find_remote(const struct proposing *at, struct text model, struct text action, struct text cause)
{
	for (size_t i = 0; i < at->list_count; i++)
		if (at->list[i].remote.len && text_equal(at->list[i].model, model) && text_equal(at->list[i].action, action) &&
		    text_equal(at->list[i].cause, cause) && !at->list[i].merged)
			return &at->list[i];
	return NULL;
}

/* --- What history has decided --- */

struct looking {
	struct proposing *at;
	int status;
};

static bool is_known(void *context, const unsigned char id[20])
{
	(void)id;
	return ((struct looking *)context)->status < 0;
}

static void look_at(void *context, const struct walked_commit *commit)
{
	struct looking *looking = context;
	struct proposing *at = looking->at;
	struct commit_note note;
	struct arena scratch;
	char id[41];

	id_print(id, commit->id);
	arena_init(&scratch);
	if (looking->status == 0)
		looking->status = source_commit_note(&note, at->workspace->source, id, &scratch, at->failure);
	struct text cause = looking->status == 0 ? trailer_get(note.message, "Cause", 0) : TEXT("");
	if (cause.len) {
		at->decided = arena_grow(at->arena, at->decided, at->decided_count, sizeof *at->decided);
		struct decided *decided = &at->decided[at->decided_count++];
		decided->cause = text_copy(at->arena, cause);
		memcpy(decided->commit, id, sizeof id);
	}
	arena_release(&scratch);
}

static int find_decided(const struct decided **out, struct proposing *at, struct text cause)
{
	struct looking looking = {at, 0};
	const struct walker walker = {&looking, is_known, look_at};

	*out = NULL;
	if (!at->has_decided) {
		if (source_walk(at->workspace->source, at->request->branches.base, NULL, 0, &walker, &at->workspace->limits, at->failure) < 0 ||
		    looking.status < 0)
			return -1;
		at->has_decided = true;
	}
	for (size_t i = 0; i < at->decided_count && !*out; i++)
		if (text_equal(at->decided[i].cause, cause))
			*out = &at->decided[i];
	return 0;
}

/* The version that the model had when this run served last; empty where nobody knows. */
static int version_served(struct text *version, struct proposing *at, const struct model *model, struct text run)
{
	struct workspace *workspace = at->workspace;
	struct text path = model->record.file->path;
	struct history_file *files;
	int64_t newest = INT64_MIN;
	size_t count;

	*version = TEXT("");
	if (source_get_info(workspace->source)->shallow)
		return 0;
	if (source_history(&files, &count, workspace->source, at->request->branches.base, NULL, &path, 1, &workspace->limits, at->arena,
	                   at->failure) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		enum read_result result;
		struct input input;
		struct diags unheard;
		if (files[i].commit->time < newest)
			continue;
		if (source_read_blob(&input, &result, workspace->source, files[i].blob, path, workspace->limits.manifest_bytes, at->arena, at->failure) < 0)
			return -1;
		diags_init(&unheard, at->arena);
		const struct value *root =
		    result == READ_OK ? document_read(&input, DOCUMENT_MANIFEST, &workspace->limits, at->arena, &unheard) : NULL;
		if (!root || !text_equal(value_text(root, "production_run"), run) || !author_is_version(value_text(root, "version")))
			continue;
		*version = value_text(root, "version");
		newest = files[i].commit->time;
	}
	return 0;
}

/* --- What is due --- */

static struct proposed *add(struct proposing *at, struct text model, struct text action)
{
	at->items = arena_grow(at->arena, at->items, at->count, sizeof *at->items);
	at->items[at->count] = (struct proposed){.model = model, .action = action, .outcome = PROPOSAL_NONE};
	return &at->items[at->count++];
}

static void say(struct proposed *item, enum proposal_outcome outcome, const struct proposal *standing, struct text why)
{
	item->outcome = outcome;
	item->why = why;
	if (!standing)
		return;
	item->branch = standing->branch;
	item->subject = standing->subject;
	memcpy(item->commit, standing->tip, sizeof item->commit);
}

/* The change; false where a rule stands against it, which is then said. */
static int make_change(struct authored *change, bool *made, struct proposed *item, struct proposing *at, const struct model_result *result)
{
	struct workspace *workspace = at->workspace;
	struct refusal refusal = {.message = TEXT("")};
	const struct authoring authoring = {&workspace->catalog, &workspace->resolved, at->arena, &refusal};
	struct text version = TEXT("");
	struct workspace after;
	struct diags fresh;

	*made = false;
	if (result->action == ACTION_ROLLBACK && version_served(&version, at, result->model, result->rollback_run) < 0)
		return -1;
	if (author_proposal(change, &authoring, result, version, workspace->results.as_of) < 0) {
		item->why = words(at, refusal.message, refusal.help);
		return 0;
	}
	int status = workspace_would_be(&after, &fresh, workspace, at->request->workspace, change, 1, false, at->failure);
	*made = status == 0 && fresh.count == 0;
	if (status == 0 && fresh.count) {
		struct text message = fresh.items[0].message;
		item->why = text_format(at->arena, "'%.*s' would not pass galley check: %.*s", TEXT_ARGS(change->path), TEXT_ARGS(message));
	}
	workspace_close(&after);
	return status;
}

/* Makes the branch, or moves it from old. */
static int put(bool *overtaken, struct proposed *item, struct proposing *at, const struct model_result *result, struct text cause,
               const struct proposal *old, struct text why)
{
	struct text folder = source_get_info(at->workspace->source)->workspace;
	struct authored change;
	enum proposal_move move = PROPOSAL_MOVED;
	struct text where;
	bool made;

	if (make_change(&change, &made, item, at, result) < 0)
		return -1;
	if (!made)
		return 0;
	const struct publish_file file = {.path = change.path, .bytes = change.after, .fresh = change.is_new};
	const struct proposal_wish wish = {
		.model = item->model,
		.action = item->action,
		.file = &file,
		.message = author_proposal_message(&change, result, cause, folder, at->workspace->results.as_of, at->arena),
	};
	if (!at->request->dry_run && proposal_put(&move, item->commit, &where, &at->request->branches, &wish, old ? old->tip : "", at->arena, at->failure) < 0)
		return -1;
	*overtaken = move == PROPOSAL_OVERTAKEN;
	if (move == PROPOSAL_IN_USE) {
		say(item, PROPOSAL_LEFT, old, where);
		item->in_use = true;
		return 0;
	}
	item->outcome = old ? PROPOSAL_REBUILT : PROPOSAL_MADE;
	item->branch = text_format(at->arena, "galley/%.*s/%.*s", TEXT_ARGS(item->model), TEXT_ARGS(item->action));
	item->subject = change.subject;
	item->why = why;
	item->change = (struct proposal_change){.path = change.path, .is_new = change.is_new, .before = change.before, .after = change.after};
	return 0;
}

static int withdraw(bool *overtaken, struct proposed *item, struct proposing *at, const struct proposal *standing, struct text why)
{
	enum proposal_move move = PROPOSAL_MOVED;
	struct text where;

	say(item, PROPOSAL_WITHDRAWN, standing, why);
	if (!at->request->dry_run &&
	    proposal_withdraw(&move, &where, &at->request->branches, standing->branch, standing->tip, at->arena, at->failure) < 0)
		return -1;
	*overtaken = move == PROPOSAL_OVERTAKEN;
	if (move == PROPOSAL_IN_USE) {
		say(item, PROPOSAL_LEFT, standing, where);
		item->in_use = true;
	}
	return 0;
}

/* A person's part in a branch that is due: it stays as they have left it. */
static void leave(struct proposed *item, struct proposing *at, const struct proposal *standing, struct text cause)
{
	bool same = text_equal(standing->cause, cause);

	if (!standing->commit[0])
		say(item, PROPOSAL_LEFT, standing, TEXT("the branch is none of galley's: delete or rename it"));
	else if (!text_equal(standing->workspace, at->folder))
		say(item, PROPOSAL_LEFT, standing, text_format(at->arena, "the branch is of the workspace in '%.*s/'", TEXT_ARGS(standing->workspace)));
	else if (same)
		say(item, PROPOSAL_STANDS, standing,
		    standing->applies ? TEXT("a person has added to it") : TEXT("a person has added to it; it no longer merges: rebase it"));
	else
		say(item, PROPOSAL_LEFT, standing, TEXT("a person has added to it, and what is due has another cause by now: merge it, or delete it"));
}

static int settle_due(bool *overtaken, struct proposed *item, struct proposing *at, const struct model_result *result)
{
	struct text cause = author_cause(result, source_get_info(at->workspace->source)->workspace, at->arena);
	const struct proposal *standing = find_local(at, item->model, item->action);
	const struct proposal *remote = find_remote(at, item->model, item->action, cause);
	const struct decided *decided;
	bool same = standing && text_equal(standing->cause, cause);

	if (standing && (standing->touched || !text_equal(standing->workspace, at->folder))) {
		leave(item, at, standing, cause);
		return 0;
	}
	if (same && standing->applies && !standing->merged) {
		say(item, PROPOSAL_STANDS, standing, TEXT(""));
		return 0;
	}
	if (!standing && remote) {
		say(item, PROPOSAL_STANDS, remote, TEXT(""));
		return 0;
	}
	if (find_decided(&decided, at, cause) < 0)
		return -1;
	if (decided) {
		struct text why = text_format(at->arena, "was merged in %.10s for the same cause; what it did has not helped, or was undone", decided->commit);
		if (standing)
			return withdraw(overtaken, item, at, standing, why);
		item->why = why;
		return 0;
	}
	return put(overtaken, item, at, result, cause, standing,
	           !standing ? TEXT("") : same ? TEXT("it no longer merged") : TEXT("the cause is another one now"));
}

/* --- What is not due --- */

static const struct model_result *find_result(const struct proposing *at, struct text model)
{
	for (size_t i = 0; i < at->workspace->results.model_count; i++)
		if (text_equal(at->workspace->results.models[i].model->record.id, model))
			return &at->workspace->results.models[i];
	return NULL;
}

static bool is_due(const struct model_result *result)
{
	return result->due && author_is_change(result->action);
}

/* Why nothing asks for it any more; empty where that cannot be told. */
static struct text why_gone(const struct proposing *at, const struct proposal *standing)
{
	const struct model_result *result = find_result(at, standing->model);

	if (standing->merged)
		return TEXT("merged");
	if (!result)
		return at->workspace->catalog.unread[KIND_MODEL] ? TEXT("") : TEXT("the model is gone");
	if (!result->model->record.root || result->model->record.broken || result->state == STATE_UNKNOWN)
		return TEXT("");
	if (result->state == STATE_NONE)
		return TEXT("the model is not watched any more");
	if (text_is(standing->action, action_name(result->action)) && !result->due)
		return result->due_reason;
	if (result->action != ACTION_NONE)
		return text_format(at->arena, "the model is %s, which asks for: %s", model_state_name(result->state), action_name(result->action));
	return text_format(at->arena, "the model is %s", model_state_name(result->state));
}

static int settle_gone(bool *overtaken, struct proposed *item, struct proposing *at)
{
	const struct proposal *standing = find_local(at, item->model, item->action);

	if (!standing) {
		at->count--;
		return 0;
	}
	struct text why = why_gone(at, standing);
	if (!why.len)
		say(item, PROPOSAL_LEFT, standing, TEXT("the model's state is unknown: whether the cause is gone cannot be told"));
	else if (standing->touched)
		say(item, PROPOSAL_LEFT, standing, text_format(at->arena, "a person has added to it, but %.*s: delete it", TEXT_ARGS(why)));
	else
		return withdraw(overtaken, item, at, standing, why);
	return 0;
}

/* --- All --- */

static int settle(struct proposing *at, struct text model, struct text action, const struct model_result *due)
{
	for (unsigned i = 0; i < TRIES; i++) {
		struct proposed *item = add(at, model, action);
		bool overtaken = false;
		if ((due ? settle_due(&overtaken, item, at, due) : settle_gone(&overtaken, item, at)) < 0)
			return -1;
		if (!overtaken)
			return 0;
		at->count--;
		if (read_list(at) < 0)
			return -1;
	}
	return failure_set(at->failure, EXIT_LOST_RACE, "branch 'galley/%.*s/%.*s' moved %d times: run this again", TEXT_ARGS(model),
	                   TEXT_ARGS(action), TRIES);
}

static int settle_model(struct proposing *at, const struct model_result *result)
{
	struct text model = result->model->record.id;

	if (!result->due || result->action == ACTION_NONE)
		return 0;
	if (author_is_change(result->action))
		return settle(at, model, text_of(action_name(result->action)), result);
	struct proposed *item = add(at, model, text_of(action_name(result->action)));
	item->why = TEXT("an alert changes no file: tell the people, galley status has the reasons");
	return 0;
}

/* Of this workspace, ours or begun by us, and not what is due. */
static bool is_over(const struct proposing *at, const struct proposal *standing)
{
	const struct model_result *result = find_result(at, standing->model);

	if (standing->remote.len || !standing->commit[0] || !text_equal(standing->workspace, at->folder))
		return false;
	return !result || !is_due(result) || !text_is(standing->action, action_name(result->action));
}

static int order(const void *left, const void *right)
{
	const struct proposed *a = left, *b = right;
	int result = text_compare(a->model, b->model);

	return result ? result : text_compare(a->action, b->action);
}

int propose(struct proposed **items, size_t *count, struct workspace *workspace, const struct propose_request *request, struct failure *failure)
{
	struct proposing at = {.workspace = workspace, .request = request, .arena = &workspace->arena, .failure = failure};
	struct proposal *before;
	size_t before_count;

	at.folder = author_workspace_name(source_get_info(workspace->source)->workspace, at.arena);
	if (read_list(&at) < 0)
		return -1;
	before = at.list;
	before_count = at.list_count;
	for (size_t i = 0; i < before_count; i++)
		if (is_over(&at, &before[i]) && settle(&at, before[i].model, before[i].action, NULL) < 0)
			return -1;
	for (size_t i = 0; i < workspace->results.model_count; i++)
		if (settle_model(&at, &workspace->results.models[i]) < 0)
			return -1;
	if (at.count)
		qsort(at.items, at.count, sizeof *at.items, order);
	*items = at.items;
	*count = at.count;
	return 0;
}

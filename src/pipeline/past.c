#include "stages.h"

#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "repository.h"

static int open_history(struct workspace *workspace, struct failure *failure)
{
	if (workspace->history)
		return 0;
	return history_open(&workspace->history, workspace->source, &workspace->catalog, &workspace->limits, true, &workspace->arena, failure);
}

static const enum kind versioned[] = {KIND_RECIPE, KIND_PACK};

int workspace_log(struct version_log *log, struct workspace *workspace, struct text id, size_t most, struct failure *failure)
{
	*log = (struct version_log){.id = id};
	if (open_history(workspace, failure) < 0)
		return -1;
	if (history_extent(workspace->history) != PAST_FOUND)
		return history_fail(failure, workspace->history, "no versions to tell");
	for (size_t i = 0; i < sizeof versioned / sizeof *versioned && !log->all; i++)
		if (history_log(log, workspace->history, &workspace->catalog, versioned[i], id, most, true, workspace->results.as_of,
		                &workspace->arena, failure) < 0)
			return -1;
	return 0;
}

int workspace_versions(struct version_log **logs, size_t *count, struct workspace *workspace, struct failure *failure)
{
	*logs = NULL;
	*count = 0;
	if (open_history(workspace, failure) < 0)
		return -1;
	if (history_extent(workspace->history) != PAST_FOUND)
		return history_fail(failure, workspace->history, "no versions to tell");
	for (size_t k = 0; k < sizeof versioned / sizeof *versioned; k++) {
		struct text *ids;
		size_t id_count;
		history_ids(&ids, &id_count, workspace->history, versioned[k], &workspace->arena);
		for (size_t i = 0; i < id_count; i++) {
			*logs = arena_grow(&workspace->arena, *logs, *count, sizeof **logs);
			if (history_log(&(*logs)[(*count)++], workspace->history, &workspace->catalog, versioned[k], ids[i], SIZE_MAX, false,
			                workspace->results.as_of, &workspace->arena, failure) < 0)
				return -1;
		}
	}
	return 0;
}

static struct activity waiting(const struct proposal *proposal, struct arena *arena)
{
	struct activity item = {.kind = ACTIVITY_WAITING, .id = proposal->model, .what = proposal->subject, .who = proposal->author, .time = proposal->as_of, .order = SIZE_MAX};

	item.why = text_format(arena, "on %.*s: %.*s since %.*s", TEXT_ARGS(proposal->branch), TEXT_ARGS(proposal->state),
	                       TEXT_ARGS(text_cut(proposal->since, 0, 10)));
	for (size_t i = 0; i < proposal->reason_count; i++)
		item.why = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(item.why), i ? "; " : ": ", TEXT_ARGS(proposal->reasons[i]));
	memcpy(item.commit, proposal->commit, sizeof item.commit);
	return item;
}

int workspace_activity(struct activity **items, size_t *count, bool *cut, struct workspace *workspace, struct text id,
                       const struct proposal_request *branches, struct failure *failure)
{
	struct text folder = author_workspace_name(source_get_info(workspace->source)->workspace, &workspace->arena);
	struct proposal *proposals;
	size_t proposal_count;

	if (activity_read(items, count, cut, workspace->source, &workspace->catalog, id, &workspace->limits, &workspace->arena, failure) < 0 ||
	    proposals_read(&proposals, &proposal_count, branches, &workspace->arena, failure) < 0)
		return -1;
	for (size_t i = 0; i < proposal_count; i++) {
		const struct proposal *proposal = &proposals[i];
		bool twice = i && proposal->remote.len && strcmp(proposal->commit, proposals[i - 1].commit) == 0;
		if (!proposal->commit[0] || proposal->merged || twice || !text_equal(proposal->workspace, folder) ||
		    (id.len && !text_equal(id, proposal->model)))
			continue;
		*items = arena_grow(&workspace->arena, *items, *count, sizeof **items);
		(*items)[(*count)++] = waiting(proposal, &workspace->arena);
	}
	activity_sort(*items, *count);
	return 0;
}

void workspace_names(struct text **names, size_t *count, struct workspace *workspace)
{
	struct text *recipes, *packs;
	size_t recipe_count, pack_count;

	*names = NULL;
	*count = 0;
	if (!workspace->history)
		return;
	history_ids(&recipes, &recipe_count, workspace->history, KIND_RECIPE, &workspace->arena);
	history_ids(&packs, &pack_count, workspace->history, KIND_PACK, &workspace->arena);
	*names = arena_array(&workspace->arena, recipe_count + pack_count, sizeof **names);
	for (size_t i = 0; i < recipe_count; i++)
		(*names)[(*count)++] = recipes[i];
	for (size_t i = 0; i < pack_count; i++)
		(*names)[(*count)++] = packs[i];
}

static void parse_record(struct shown_record *record, struct workspace *workspace)
{
	struct diags unheard;

	diags_init(&unheard, &workspace->arena);
	record->root = document_read(record->file, DOCUMENT_MANIFEST, &workspace->limits, &workspace->arena, &unheard);
}

static int show_version(struct shown_record *record, bool *found, struct workspace *workspace, const struct history_version *version,
                        struct failure *failure)
{
	struct version_log log;
	struct input *file;

	if (history_log(&log, workspace->history, &workspace->catalog, version->kind, version->id, SIZE_MAX, false, 0, &workspace->arena, failure) < 0 ||
	    history_read(&file, found, workspace->history, version, &workspace->arena, failure) < 0)
		return -1;
	for (size_t i = 0; i < log.count; i++)
		if (text_equal(log.items[i].version->version, version->version))
			record->item = &log.items[i];
	record->kind = version->kind;
	record->id = version->id;
	record->file = file;
	if (*found)
		parse_record(record, workspace);
	return 0;
}

/* A model's or run's manifest by its folder. */
static int show_manifest(struct shown_record *record, bool *found, struct workspace *workspace, struct text id, struct failure *failure)
{
	static const char *const endings[] = {"yaml", "yml", "json"};
	bool is_run = text_find(id, '/') < id.len;
	struct arena *arena = &workspace->arena;

	for (size_t i = 0; i < sizeof endings / sizeof *endings && !*found; i++) {
		struct input *input = arena_alloc(arena, sizeof *input);
		enum read_result result = READ_MISSING;
		struct text path = text_format(arena, "%.*s/%.*s/%s.%s", TEXT_ARGS(workspace->catalog.config.runs), TEXT_ARGS(id),
		                               is_run ? "run" : "model", endings[i]);
		if (!id.len || text_find(id, '\0') < id.len || !path_is_plain(path))
			return 0;
		if (source_read(input, &result, workspace->source, path, workspace->limits.manifest_bytes, arena, failure) < 0)
			return -1;
		*found = result == READ_OK;
		input->path = path;
		*record = (struct shown_record){.kind = is_run ? KIND_RUN : KIND_MODEL, .id = id, .file = input};
	}
	if (*found)
		parse_record(record, workspace);
	return 0;
}

int workspace_show(struct shown_record *record, bool *found, struct text *newest, struct workspace *workspace, struct text wanted,
                   struct failure *failure)
{
	size_t at = text_find(wanted, '@');
	struct text id = text_cut(wanted, 0, at), pin = text_cut(wanted, at + 1, wanted.len);

	*found = false;
	*record = (struct shown_record){.id = id};
	*newest = TEXT("");
	if (open_history(workspace, failure) < 0)
		return -1;
	for (size_t i = 0; i < sizeof versioned / sizeof *versioned && !newest->len; i++) {
		const struct history_version *version;
		if (history_find(&version, newest, workspace->history, versioned[i], id, pin, &workspace->arena, failure) < 0)
			return -1;
		if (version)
			return show_version(record, found, workspace, version, failure);
	}
	return newest->len || pin.len ? 0 : show_manifest(record, found, workspace, id, failure);
}

int workspace_resolve(const struct effective **out, struct text *newest, struct workspace *workspace, const struct reference *reference,
                      struct failure *failure)
{
	const struct effective *here = resolved_recipe(&workspace->resolved, reference->id);
	const struct history_version *version;
	struct catalog *world;
	struct diags unheard;

	*newest = TEXT("");
	*out = here;
	if (!reference->pin.len || (here && reference_matches(reference, here->recipe->version) &&
	                            !reference_needs_past(reference, here->recipe->version, here->recipe->status)))
		return 0;
	*out = NULL;
	if (open_history(workspace, failure) < 0 || history_find(&version, newest, workspace->history, KIND_RECIPE, reference->id, reference->pin,
	                                                         &workspace->arena, failure) < 0)
		return -1;
	/* A range that only a draft of this revision satisfies means that one. */
	if (here && (!version ? reference_matches(reference, here->recipe->version) : version->present))
		*out = here;
	if (*out || !version)
		return 0;
	if (history_world(&world, workspace->history, version, &workspace->catalog, &workspace->arena, failure) < 0)
		return -1;
	struct resolved *resolved = arena_alloc(&workspace->arena, sizeof *resolved);
	diags_init(&unheard, &workspace->arena);
	resolve_all(resolved, world, workspace->results.as_of, &workspace->arena, &unheard);
	*out = resolved_recipe(resolved, reference->id);
	return 0;
}

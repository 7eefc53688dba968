#include "stages.h"

#include <string.h>

#include "history.h"

int64_t present_without_settings(const struct source_info *info, const struct workspace_request *request)
{
	if (request->has_as_of)
		return request->as_of;
	return request->source.at && !request->live ? info->commit_time : request->now;
}

static int64_t present(const struct workspace *workspace, const struct workspace_request *request)
{
	if (!request->has_as_of && workspace->catalog.config.has_as_of)
		return workspace->catalog.config.as_of;
	return present_without_settings(source_get_info(workspace->source), request);
}

void settle_findings(struct workspace *workspace)
{
	catalog_apply_rules(&workspace->catalog, &workspace->diags);
	diags_sort(&workspace->diags);
}

bool holds_files(const struct catalog *catalog)
{
	return catalog->config.file || catalog->input_count;
}

/* Neither files nor folders of a workspace: a wrong folder must not look like one without findings. */
static int holds_nothing(bool *nothing, const struct workspace *workspace, struct failure *failure)
{
	const struct config *config = &workspace->catalog.config;
	const struct text folders[] = {config->recipes, config->packs, config->runs};
	bool found = holds_files(&workspace->catalog);
	enum entry_kind kind;

	for (size_t i = 0; !found && i < sizeof folders / sizeof *folders; i++)
		if (source_look(&found, &kind, workspace->source, folders[i], failure) < 0)
			return -1;
	*nothing = !found;
	return 0;
}

static int refuse_nothing(const struct workspace *workspace, struct failure *failure)
{
	const struct config *config = &workspace->catalog.config;

	return failure_set(failure, EXIT_UNABLE, "no workspace in '%.*s': there is no galley.yaml, %.*s/, %.*s/ or %.*s/; name its folder with -C",
	                   TEXT_ARGS(source_get_info(workspace->source)->top), TEXT_ARGS(config->recipes), TEXT_ARGS(config->packs),
	                   TEXT_ARGS(config->runs));
}

const struct brief *brief_for(const struct workspace_request *request)
{
	static const struct brief outlines = {NULL, NULL};

	if (request->differences_only && !request->base)
		return &outlines;
	return request->findings_only || request->differences_only ? &resolve_brief : NULL;
}

int load_settled(struct catalog *catalog, const struct brief *brief, struct source *source, const struct limits *limits, const struct limits *of_history,
                        unsigned jobs, struct arena *arena, struct diags *diags, struct failure *failure)
{
	if (catalog_read(catalog, brief, source, limits, jobs, arena, diags, failure) < 0 ||
	    history_settle(catalog, source, of_history, arena, failure) < 0)
		return -1;
	catalog_check(catalog);
	return 0;
}

void resolve_as_asked(struct resolved *out, const struct catalog *catalog, const struct workspace_request *request, int64_t as_of,
                      struct arena *arena, struct diags *diags)
{
	struct resolved own, *found = request->differences_only ? &own : out;

	if (request->differences_only)
		resolve_by_need(out, catalog, as_of, arena, diags);
	if (request->differences_only && !request->base)
		return;
	if (brief_for(request))
		resolve_findings(found, catalog, as_of, request->jobs, arena, diags);
	else
		resolve_all(found, catalog, as_of, arena, diags);
	monitor_check_alerts(catalog, found, arena, diags);
}

static int open_settings(struct workspace *workspace, const struct workspace_request *request, struct failure *failure)
{
	if (catalog_read_config(&workspace->catalog, workspace->source, &workspace->limits, &workspace->arena, &workspace->diags, failure) < 0)
		return -1;
	workspace->results = (struct results){.catalog = &workspace->catalog, .as_of = present(workspace, request), .diags = &workspace->diags};
	return 0;
}

/* A commit may have the workspace of the start folder in another one: where that has no galley.yaml there, it is looked for by what the working
 * tree has. */
static int follow_start(struct workspace *workspace, const struct workspace_request *request, const struct limits *limits, struct failure *failure)
{
	const struct source_info *info = source_get_info(workspace->source);
	struct source_options options = request->source;
	struct failure unheard;
	struct source *here;
	struct text place;
	bool found = false;

	options.at = NULL;
	if (info->kind != SOURCE_COMMIT || info->bare || !request->source.at || source_open(&here, &options, &workspace->arena, &unheard) < 0)
		return 0;
	struct text there = info->workspace, now = source_get_info(here)->workspace;
	int status = there.len > now.len ? 0 : history_place(&place, &found, here, info->commit, limits, &workspace->arena, failure);
	if (found)
		source_enter(workspace->source, place);
	source_close(here);
	return status;
}

int workspace_open(struct workspace *workspace, const struct workspace_request *request, struct failure *failure)
{
	const struct limits *limits = request->limits ? request->limits : &limits_default;
	struct before before = {.limits = limits};

	*workspace = (struct workspace){.jobs = request->jobs, .progress = request->progress, .memory = request->memory};
	arena_init(&workspace->arena);
	diags_init(&workspace->diags, &workspace->arena);
	workspace->limits = *limits;
	if (source_open(&workspace->source, &request->source, &workspace->arena, failure) < 0)
		return -1;
	if (follow_start(workspace, request, limits, failure) < 0)
		return -1;
	source_lay_over(workspace->source, request->overlay, request->overlay_count);
	if (request->settings_only)
		return open_settings(workspace, request, failure);
	bool has_base = request->base != NULL;
	if (has_base && request->base_if_any &&
	    source_has_base(&has_base, &workspace->no_base, workspace->source, request->base, failure) < 0)
		return -1;
	if ((has_base || request->against) && before_load(&before, workspace, request, failure) < 0)
		return -1;
	if (before.base)
		source_share(workspace->source, before.base->catalog.inputs, before.base->catalog.input_count);
	if (has_base)
		limits = &before.base->catalog.config.limits;
	if (load_settled(&workspace->catalog, brief_for(request), workspace->source, limits, before.limits, request->jobs, &workspace->arena, &workspace->diags,
	                 failure) < 0)
		return -1;
	workspace->base_none = !has_base || !holds_files(&before.base->catalog);
	if (holds_nothing(&workspace->none, workspace, failure) < 0)
		return -1;
	/* That there is none any more is a difference too. */
	bool was_there = request->against && holds_files(&before.base->catalog);
	if (workspace->none && !was_there)
		return request->may_be_none ? 0 : refuse_nothing(workspace, failure);
	workspace->files = workspace->catalog.input_count;
	workspace->diags.most = workspace->catalog.config.limits.findings;
	workspace->results = (struct results){
		.catalog = &workspace->catalog,
		.resolved = &workspace->resolved,
		.as_of = present(workspace, request),
		.diags = &workspace->diags,
	};
	resolve_as_asked(&workspace->resolved, &workspace->catalog, request, workspace->results.as_of, &workspace->arena, &workspace->diags);
	workspace->holds = workspace->resolved.holds;
	monitor_check_stamps(&workspace->holds, &workspace->catalog, workspace->results.as_of, request->has_as_of || workspace->catalog.config.has_as_of,
	                     &workspace->arena, &workspace->diags);
	if (before.base)
		catalog_restore(&before.base->catalog, &workspace->catalog, &workspace->arena);
	if (has_base && compare_with_base(workspace, &before, request, failure) < 0)
		return -1;
	settle_findings(workspace);
	if (before.base)
		resolve_base(workspace, before.base, request);
	/* After the rules were applied, as a comment that suppresses stands where the finding was made. */
	if (has_base) {
		change_anchor(&workspace->diags, &before.base->catalog, &before.base->diags, &workspace->catalog);
		diags_sort(&workspace->diags);
	}
	return 0;
}

int workspace_has(bool *found, struct workspace *workspace, struct text path, struct failure *failure)
{
	enum entry_kind kind;

	return source_look(found, &kind, workspace->source, path, failure);
}

void workspace_close(struct workspace *workspace)
{
	source_close(workspace->source);
	arena_release(&workspace->arena);
}

#include "stages.h"

#include <string.h>

#include "history.h"

static int refuse_no_commits(const struct workspace *workspace, const char *revision, struct failure *failure)
{
	const struct source_info *info = source_get_info(workspace->source);

	if (info->kind == SOURCE_FOLDER)
		return failure_set(failure, EXIT_UNABLE, "'%.*s' is not in a git repository: there is no '%s' to compare with",
		                   TEXT_ARGS(info->top), revision);
	return 0;
}

/* Where the start folder leads to in the base is another workspace than the one that is read, or none, where that has moved. One that it leads
 * to there and no more here is the one that is gone, whatever else is known. */
static int find_workspace(struct workspace_base *base, struct source *source, struct workspace *workspace, const struct limits *limits,
                          struct failure *failure)
{
	struct text here = source_get_info(workspace->source)->workspace, there = source_get_info(source)->workspace, place;
	bool found;

	if (history_place(&place, &found, workspace->source, base->commit, limits, &workspace->arena, failure) < 0)
		return -1;
	if (found && there.len <= here.len)
		source_enter(source, place);
	base->moved = found && !text_equal(place, here) && text_equal(place, source_get_info(source)->workspace);
	return 0;
}

int before_load(struct before *before, struct workspace *workspace, const struct workspace_request *request,
                       struct failure *failure)
{
	const char *revision = request->base ? request->base : request->against;
	bool exactly = request->base ? request->base_exactly : !request->since_fork;
	struct workspace_base *base = before->base = arena_alloc(&workspace->arena, sizeof *base);
	struct source *source;

	if (refuse_no_commits(workspace, revision, failure) < 0)
		return -1;
	if (exactly) {
		if (source_revision(before->revision, workspace->source, revision, failure) < 0)
			return -1;
		memcpy(base->commit, before->revision, sizeof base->commit);
	} else if (source_merge_base(base->commit, before->revision, workspace->source, revision, failure) < 0) {
		return -1;
	}
	if (source_open_commit(&source, workspace->source, base->commit, &workspace->arena, failure) < 0)
		return -1;
	diags_init(&base->diags, &workspace->arena);
	if (find_workspace(base, source, workspace, before->limits, failure) < 0) {
		source_close(source);
		return -1;
	}
	int status = load_settled(&base->catalog, brief_for(request), source, before->limits, before->limits, request->jobs, &workspace->arena, &base->diags,
	                          failure);
	source_close(source);
	workspace->base = base;
	return status;
}

int workspace_moved_to(struct text *place, bool *found, struct workspace *workspace, struct failure *failure)
{
	const struct workspace_base *base = workspace->base;

	*found = false;
	return base ? history_moved_to(place, found, workspace->source, base->commit, base->catalog.config.workspace, &workspace->limits,
	                               &workspace->arena, failure)
	            : 0;
}

struct ancestry {
	struct source *source;
	struct failure *failure;
	int status;
};

static bool descends(void *context, const char *commit, const char *ancestor)
{
	struct ancestry *ancestry = context;
	bool found = false;

	if (ancestry->status == 0)
		ancestry->status = source_descends(&found, ancestry->source, commit, ancestor, ancestry->failure);
	return found;
}

int compare_with_base(struct workspace *workspace, struct before *before, const struct workspace_request *request, struct failure *failure)
{
	const struct source_info *info = source_get_info(workspace->source);
	struct ancestry ancestry = {workspace->source, failure, 0};
	struct change_request change = {
		.base = &before->base->catalog,
		.now = &workspace->catalog,
		.base_commit = before->base->commit,
		.reached = &before->reached,
		.ahead = &before->ahead,
		.now_commit = info->kind == SOURCE_COMMIT ? info->commit : NULL,
		.now_place = info->kind == SOURCE_INDEX ? "the index" : "the working tree",
		.descends = descends,
		.context = &ancestry,
	};

	if (read_past(before, workspace, request, failure) < 0)
		return -1;
	config_tighten(&workspace->catalog.config, &before->base->catalog.config, text_cut(text_of(before->base->commit), 0, 12), &workspace->arena,
	               &workspace->diags);
	change_check(&change, &workspace->arena, &workspace->diags);
	return ancestry.status;
}

void resolve_base(struct workspace *workspace, struct workspace_base *base, const struct workspace_request *request)
{
	resolve_as_asked(&base->resolved, &base->catalog, request, workspace->results.as_of, &workspace->arena, &base->diags);
}

void workspace_differences(struct differences *out, struct workspace *workspace)
{
	const struct workspace_base *base = workspace->base;
	const struct state before = {&base->catalog, &base->resolved}, now = {&workspace->catalog, &workspace->resolved};

	differences_find(out, &before, &now, &workspace->arena);
}

void workspace_rejudge(struct run_moves *out, struct workspace *workspace)
{
	const struct workspace_base *base = workspace->base;
	const struct state before = {&base->catalog, &base->resolved}, now = {&workspace->catalog, &workspace->resolved};

	runs_rejudge(out, &before, &now, &workspace->arena);
}

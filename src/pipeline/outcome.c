#include "stages.h"

#include <string.h>

#include "report.h"
#include "seen.h"

enum { REPORT_BYTES = 64 * 1024 * 1024 };

static bool is_wanted(const struct model *model, const struct model *const *only, size_t only_count)
{
	for (size_t i = 0; i < only_count; i++)
		if (only[i] == model)
			return true;
	return only_count == 0;
}

int workspace_measure(struct workspace *workspace, bool latest_only, const struct model *const *only, size_t only_count,
                      struct failure *failure)
{
	const struct catalog *catalog = &workspace->catalog;
	struct results *results = &workspace->results;
	struct monitor_request request = {
		.catalog = catalog,
		.resolved = &workspace->resolved,
		.source = workspace->source,
		.as_of = results->as_of,
		.jobs = workspace->jobs,
		.memory = workspace->memory,
		.progress = workspace->progress,
		.latest_only = latest_only,
		.data_checks = workspace->data_checks ? catalog->config.keep_snapshots : 0,
	};

	size_t wanted = only_count ? only_count : catalog->model_count;
	results->models = arena_array(&workspace->arena, catalog->model_count, sizeof *results->models);
	for (size_t i = 0; i < catalog->model_count; i++) {
		if (!is_wanted(&catalog->models[i], only, only_count))
			continue;
		progress_tell(request.progress, PROGRESS_MODELS, catalog->models[i].record.id, results->model_count, wanted);
		struct model_result *model = &results->models[results->model_count++];
		if (monitor_model(model, &request, &catalog->models[i], &workspace->arena, &workspace->diags, failure) < 0)
			return -1;
		period_meet(&workspace->holds, &model->holds);
	}
	settle_findings(workspace);
	return 0;
}

/* The id that git has or would have for a file; empty where it cannot be told. */
static struct text content_of(struct workspace *workspace, struct text path)
{
	struct stream *stream = NULL;
	enum read_result result;
	struct failure failure;
	char blob[41] = "";

	source_content(blob, workspace->source, path);
	if (!blob[0] && source_stream(&stream, &result, blob, workspace->source, path, &workspace->arena, &failure) < 0)
		blob[0] = '\0';
	stream_close(stream);
	return text_format(&workspace->arena, "%s", blob);
}

void workspace_compare(struct comparison *out, struct workspace *workspace, const struct model *const *models, const struct run *const *runs,
                       size_t count)
{
	struct arena *arena = &workspace->arena;
	const struct run_result **results = arena_array(arena, count, sizeof *results);
	struct text *references = arena_array(arena, count, sizeof *references);
	bool one_model = true;

	for (size_t i = 1; i < count; i++)
		one_model &= models[i] == models[0];
	for (size_t i = 0; i < count; i++) {
		struct run_result *result = arena_alloc(arena, sizeof *result);
		gates_judge_run(result, &workspace->catalog, &workspace->resolved, models[i], runs[i], arena);
		results[i] = result;
		references[i] = models[i]->reference.len && !one_model ? content_of(workspace, models[i]->reference) : TEXT("");
	}
	runs_compare(out, results, references, count, arena);
}

int workspace_try(struct trial *trial, struct workspace *workspace, const struct model *model, struct text source, struct failure *failure)
{
	struct monitor_request request = {
		.catalog = &workspace->catalog,
		.resolved = &workspace->resolved,
		.source = workspace->source,
		.as_of = workspace->results.as_of,
		.jobs = workspace->jobs,
		.memory = workspace->memory,
	};

	if (monitor_try(trial, &request, model, source, &workspace->arena, &workspace->diags, failure) < 0)
		return -1;
	settle_findings(workspace);
	return 0;
}

/* The paths that results depend on; reports/ is not among them. */
static size_t input_paths(struct text paths[static 5], struct workspace *workspace)
{
	const struct config *config = &workspace->catalog.config;
	const struct source_info *info = source_get_info(workspace->source);

	paths[0] = config->recipes;
	paths[1] = config->packs;
	paths[2] = config->runs;
	paths[3] = text_format(&workspace->arena, "%.*sgalley.yaml", TEXT_ARGS(info->workspace));
	paths[4] = text_format(&workspace->arena, "%.*sgalley.yml", TEXT_ARGS(info->workspace));
	return 5;
}

static int read_whole(struct text *bytes, struct workspace *workspace, struct text path, struct failure *failure)
{
	struct input input;
	enum read_result result;

	*bytes = TEXT("");
	if (source_read(&input, &result, workspace->source, path, REPORT_BYTES, &workspace->arena, failure) < 0)
		return -1;
	if (result == READ_OK)
		*bytes = input.bytes;
	return 0;
}

/* The source of the pages: the newest change, or when rechecking what the manifest says, if that is a commit of this history. */
static int find_source(struct workspace *workspace, struct text manifest, bool recheck, struct failure *failure)
{
	struct results *results = &workspace->results;
	struct text paths[5];
	enum reach reach = REACH_NO;
	char source[41] = "";
	int64_t as_of;

	bool known = report_manifest_read(&as_of, source, manifest, &workspace->arena);
	if (source[0] && source_reaches(&reach, workspace->source, source, failure) < 0)
		return -1;
	if (recheck && known && source[0] && reach == REACH_UNKNOWN)
		return failure_set(failure, EXIT_UNABLE,
		                   "commit %s, which the reports were made from, is not in this %s; %s, or 'reports: {history: false}' in galley.yaml",
		                   source, source_get_info(workspace->source)->shallow ? "shallow clone" : "folder",
		                   source_get_info(workspace->source)->shallow ? "git fetch --unshallow, in a workflow fetch-depth: 0"
		                                                               : "check in a clone");
	if (recheck && reach == REACH_YES) {
		memcpy(results->source, source, sizeof source);
		return 0;
	}
	size_t path_count = input_paths(paths, workspace);
	if (source_newest_change(results->source, workspace->source, paths, path_count, &workspace->catalog.config.limits, failure) < 0)
		return -1;
	results->renew = known && reach == REACH_NO && strcmp(source, results->source) != 0;
	return 0;
}

int workspace_pages(struct publish_file **files, size_t *count, struct workspace *workspace, bool recheck, struct failure *failure)
{
	struct results *results = &workspace->results;
	const struct config *config = &workspace->catalog.config;
	struct text *manifest = &workspace->manifest;

	seen_whole(workspace->source, config->reports);
	if (read_whole(manifest, workspace, text_format(&workspace->arena, "%.*s/manifest.json", TEXT_ARGS(config->reports)), failure) < 0)
		return -1;
	if (config->history && find_source(workspace, *manifest, recheck, failure) < 0)
		return -1;
	report_pages(files, count, results, *manifest, &workspace->arena, &workspace->diags);
	return 0;
}

int workspace_site(struct publish_file **files, size_t *count, struct workspace *workspace, struct text previous, struct failure *failure)
{
	struct site_request request = {.results = &workspace->results, .source = workspace->source, .previous = previous};
	struct publish_file *pages;

	if (workspace_pages(&pages, &request.page_count, workspace, false, failure) < 0)
		return -1;
	request.pages = pages;
	return site_files(files, count, &request, &workspace->arena, failure);
}

int workspace_stale(struct publish_file **stale, size_t *stale_count, struct workspace *workspace, const struct publish_file *files,
                    size_t count, struct failure *failure)
{
	*stale = NULL;
	*stale_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct input input;
		enum read_result result;
		if (source_read(&input, &result, workspace->source, files[i].path, REPORT_BYTES, &workspace->arena, failure) < 0)
			return -1;
		bool same = files[i].remove ? result == READ_MISSING : result == READ_OK && text_equal(input.bytes, files[i].bytes);
		if (same)
			continue;
		*stale = arena_grow(&workspace->arena, *stale, *stale_count, sizeof **stale);
		(*stale)[(*stale_count)++] = files[i];
	}
	return 0;
}

/* DVC: metric files that dvc.yaml declares, and what DVCLive writes; one state of a project is one run. */
#include "inner.h"

#include <string.h>

#include "arena.h"

struct declared {
	struct dvc_file *items;
	size_t count;
};

struct project {
	struct reader *reader;
	struct tracked_run *run;
	struct declared files;
};

/* --- Paths --- */

/* A path in a file of a folder, without "." and ".."; false where it leads out of the project. */
static bool inner_path(struct text *out, struct text folder, struct text path, struct arena *arena)
{
	struct text rest = folder.len ? text_format(arena, "%.*s/%.*s", TEXT_ARGS(folder), TEXT_ARGS(path)) : path;
	char *made = arena_alloc(arena, rest.len + 1);
	size_t len = 0;

	if (!path.len || path.at[0] == '/' || text_find(path, '\\') < path.len || text_find(path, '\0') < path.len)
		return false;
	while (rest.len) {
		struct text name = text_cut(rest, 0, text_find(rest, '/'));
		rest = text_cut(rest, name.len + 1, rest.len);
		if (text_is(name, "..")) {
			if (!len)
				return false;
			while (len && made[len - 1] != '/')
				len--;
			len -= len > 0;
		} else if (name.len && !text_is(name, ".")) {
			if (len)
				made[len++] = '/';
			memcpy(made + len, name.at, name.len);
			len += name.len;
		}
	}
	*out = (struct text){made, len};
	return len > 0;
}

static bool is_asked_for(const struct tracker_request *request, struct text path)
{
	for (size_t i = 0; i < request->file_count; i++)
		if (text_equal(request->files[i], path))
			return true;
	return request->file_count == 0;
}

/* --- What is declared --- */

static void add_declared(struct project *project, struct text folder, struct text written, struct place place)
{
	struct arena *arena = project->reader->arena;
	struct text path;

	if (!inner_path(&path, folder, written, arena)) {
		refusal_help(run_trouble(project->run, place, arena, "'%.*s' is no path below the project", TEXT_ARGS(text_cut(written, 0, 100))), arena,
		             "name the folder that holds it as well, or other metric files with --file");
		return;
	}
	if (!is_asked_for(project->reader->request, path))
		return;
	for (size_t i = 0; i + 1 < written.len; i++)
		if (written.at[i] == '$' && written.at[i + 1] == '{') {
			refusal_help(run_trouble(project->run, place, arena, "'%.*s' is a template, which DVC alone fills in", TEXT_ARGS(text_cut(written, 0, 100))), arena,
			             "name the metric files that are meant with --file");
			return;
		}
	for (size_t i = 0; i < project->files.count; i++)
		if (text_equal(project->files.items[i].path, path))
			return;
	project->files.items = arena_grow(arena, project->files.items, project->files.count, sizeof *project->files.items);
	project->files.items[project->files.count++] = (struct dvc_file){.path = path};
}

/* A list of paths, each alone or with its settings: "- metrics.json" or "- metrics.json: {cache: false}". */
static void add_list(struct project *project, struct text folder, const struct value *list)
{
	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++) {
		const struct value *item = list->items[i];
		if (item->kind == VALUE_SCALAR)
			add_declared(project, folder, item->text, item->place);
		else if (item->kind == VALUE_MAP && item->count == 1)
			add_declared(project, folder, item->members[0].name, item->members[0].place);
	}
	for (size_t i = 0; list && list->kind == VALUE_MAP && i < list->count; i++)
		add_declared(project, folder, list->members[i].name, list->members[i].place);
}

static struct text stage_folder(const struct project *project, struct text folder, const struct value *stage)
{
	struct text wdir = value_text(stage, "wdir"), path = folder;

	if (wdir.len && !text_is(wdir, ".") && inner_path(&path, folder, wdir, project->reader->arena))
		return path;
	return folder;
}

static int read_declared(struct project *project, bool *found, struct text folder)
{
	struct reader *reader = project->reader;
	const struct value *root;

	if (read_tree(&root, found, project->run, reader, joined(reader, folder, "dvc.yaml"), DOCUMENT_MANIFEST) < 0)
		return -1;
	add_list(project, folder, root ? value_get(root, "metrics") : NULL);
	const struct value *stages = root ? value_get(root, "stages") : NULL;
	for (size_t i = 0; stages && stages->kind == VALUE_MAP && i < stages->count; i++) {
		const struct value *stage = stages->members[i].value, *each = value_get(stage, "do");
		add_list(project, stage_folder(project, folder, stage), value_get(stage, "metrics"));
		if (each)
			add_list(project, stage_folder(project, folder, each), value_get(each, "metrics"));
	}
	return 0;
}

/* DVCLive's own files, where nothing declares them. */
static int add_live(struct project *project, struct text folder)
{
	struct reader *reader = project->reader;
	struct text path = joined(reader, folder, "metrics.json");
	bool found;

	if (project->files.count || has_file(&found, reader, path) < 0)
		return project->files.count ? 0 : -1;
	if (found)
		add_declared(project, TEXT(""), path, place_of_path(reader, path));
	return 0;
}

static int find_files(struct project *project)
{
	struct reader *reader = project->reader;
	const struct tracker_request *request = reader->request;
	bool found, live;

	if (read_declared(project, &found, TEXT("")) < 0 || read_declared(project, &live, TEXT("dvclive")) < 0 || add_live(project, TEXT("")) < 0 ||
	    add_live(project, TEXT("dvclive")) < 0)
		return -1;
	/* What is asked for need not be declared. */
	for (size_t i = 0; i < request->file_count; i++)
		add_declared(project, TEXT(""), request->files[i], place_of_path(reader, request->files[i]));
	if (project->files.count || project->run->trouble_count)
		return 0;
	if (found || live)
		return failure_set(reader->failure, EXIT_FINDINGS, "dvc.yaml in '%s' declares no metrics; name the metric files with --file", request->folder);
	return failure_set(reader->failure, EXIT_FINDINGS,
	                   "neither dvc.yaml nor DVCLive's metrics.json in '%s'; name the project's folder, or metric files with --file", request->folder);
}

/* --- Metrics --- */

static void refuse_suffix(struct project *project, struct text path)
{
	struct arena *arena = project->reader->arena;
	bool toml = text_ends(path, ".toml");
	struct text shown = shown_path(project->reader, path);

	refusal_help(run_trouble(project->run, place_of_path(project->reader, path), arena, "'%.*s' is %s", TEXT_ARGS(shown),
	                         toml ? "TOML, which galley does not read" : "Python code, which galley does not run"),
	             arena, "write the metrics as JSON or YAML, or name other metric files with --file");
}

static void take_metrics(struct project *project, struct dvc_file *file)
{
	struct tracked_run *run = project->run;
	struct arena *arena = project->reader->arena;
	size_t before = run->metric_count;
	const struct value *slices = run->slices;

	add_metrics_below(run, file->root, false, arena);
	for (size_t i = before; i < run->metric_count; i++)
		for (size_t k = 0; k < before; k++) {
			if (!text_equal(run->metrics[i].name, run->metrics[k].name) || text_equal(run->metrics[i].value, run->metrics[k].value))
				continue;
			struct refusal *trouble = run_trouble(run, run->metrics[i].place, arena, "metric '%.*s' stands in two files, with other values",
			                                      TEXT_ARGS(run->metrics[i].name));
			refusal_because(trouble, run->metrics[k].place, arena, "%.*s here, %.*s there", TEXT_ARGS(run->metrics[k].value), TEXT_ARGS(run->metrics[i].value));
			refusal_help(trouble, arena, "say which file is meant with --file");
		}
	if (slices && run->slices != slices)
		refusal_help(run_trouble(run, run->slices->place, arena, "two metric files have 'slices'"), arena, "say which file is meant with --file");
}

static int read_metrics(struct project *project)
{
	struct reader *reader = project->reader;

	for (size_t i = 0; i < project->files.count; i++) {
		struct dvc_file *file = &project->files.items[i];
		bool found;
		if (text_ends(file->path, ".toml") || text_ends(file->path, ".py")) {
			refuse_suffix(project, file->path);
			continue;
		}
		if (read_tree(&file->root, &found, project->run, reader, file->path, DOCUMENT_METRICS) < 0)
			return -1;
		if (!found)
			refusal_help(run_trouble(project->run, place_of_path(reader, file->path), reader->arena, "metric file '%.*s' is not there",
			                         TEXT_ARGS(shown_path(reader, file->path))),
			             reader->arena, "dvc checkout or dvc pull fetches it, dvc repro makes it; --file names others");
		if (!file->root)
			continue;
		file->input = file->root->place.file;
		take_metrics(project, file);
	}
	return 0;
}

/* What stands twice with one value is one metric. */
static void drop_twins(struct tracked_run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->metric_count; i++) {
		bool again = false;
		for (size_t k = 0; k < count && !again; k++)
			again = text_equal(run->metrics[k].name, run->metrics[i].name);
		if (!again)
			run->metrics[count++] = run->metrics[i];
	}
	run->metric_count = count;
}

static int read_live_params(struct project *project)
{
	static const char *const folders[] = {"", "dvclive"};
	struct reader *reader = project->reader;
	const struct value *root;
	bool found = false;

	for (size_t i = 0; i < 2 && !found && !project->run->param_count; i++) {
		if (read_tree(&root, &found, project->run, reader, joined(reader, text_of(folders[i]), "params.yaml"), DOCUMENT_MANIFEST) < 0)
			return -1;
		if (root)
			add_params_below(project->run, root, TEXT(""), reader->arena);
	}
	return 0;
}

int dvc_read(struct tracked *out, struct reader *reader)
{
	struct tracked_run run = {.place = place_of_path(reader, TEXT("dvc.yaml"))};
	struct project project = {.reader = reader, .run = &run};

	if (find_files(&project) < 0 || read_metrics(&project) < 0 || dvc_lock(&run, reader, project.files.items, project.files.count) < 0 ||
	    read_live_params(&project) < 0)
		return -1;
	drop_twins(&run);
	*add_run(out, reader->arena) = run;
	return 0;
}

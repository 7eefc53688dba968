#include "stages.h"

#include <stdlib.h>
#include <string.h>

static int refuse_no_commits(const struct workspace *workspace, const char *revision, struct failure *failure)
{
	const struct source_info *info = source_get_info(workspace->source);

	if (info->kind == SOURCE_FOLDER)
		return failure_set(failure, EXIT_UNABLE, "'%.*s' is not in a git repository: there is no '%s' to compare with",
		                   TEXT_ARGS(info->top), revision);
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
	int status = load_settled(&base->catalog, false, source, before->limits, before->limits, request->jobs, &workspace->arena, &base->diags,
	                          failure);
	source_close(source);
	workspace->base = base;
	return status;
}

struct folders {
	struct text *items;
	enum kind *kinds;
	size_t count;
};

static void add_folder(struct folders *folders, enum kind kind, struct text path, struct arena *arena)
{
	for (size_t i = 0; i < folders->count; i++)
		if (folders->kinds[i] == kind && text_equal(folders->items[i], path))
			return;
	folders->items = arena_grow(arena, folders->items, folders->count, sizeof *folders->items);
	folders->kinds = arena_grow(arena, folders->kinds, folders->count, sizeof *folders->kinds);
	folders->items[folders->count] = text_format(arena, "%.*s", TEXT_ARGS(path));
	folders->kinds[folders->count++] = kind;
}

/* Folders that a galley.yaml of the past names. */
static int add_folders_of(struct folders *folders, struct workspace *workspace, const struct history_file *file,
                          const struct limits *limits, struct failure *failure)
{
	struct text top = source_get_info(workspace->source)->workspace;
	struct arena *arena = &workspace->arena;
	enum read_result result;
	struct input input;
	struct diags diags;

	if (source_read_blob(&input, &result, workspace->source, file->blob, file->path, limits->manifest_bytes, arena, failure) < 0)
		return -1;
	diags_init(&diags, arena);
	const struct value *root = result == READ_OK ? document_read(&input, DOCUMENT_MANIFEST, limits, arena, &diags) : NULL;
	struct text recipes = value_text(root, "directories.recipes"), packs = value_text(root, "directories.packs");
	add_folder(folders, KIND_RECIPE, text_format(arena, "%.*s%.*s", TEXT_ARGS(top), TEXT_ARGS(recipes.len ? recipes : TEXT("recipes"))),
	           arena);
	add_folder(folders, KIND_PACK, text_format(arena, "%.*s%.*s", TEXT_ARGS(top), TEXT_ARGS(packs.len ? packs : TEXT("packs"))), arena);
	return 0;
}

/* All recipes and packs that the revision reaches, wherever galley.yaml said that they are. */
static int walk_reached(struct history_file **files, size_t *count, struct folders *folders, struct workspace *workspace,
                        const struct before *before, struct failure *failure)
{
	const struct config *now = &workspace->catalog.config, *then = &before->base->catalog.config;
	struct arena *arena = &workspace->arena;
	size_t walked;

	add_folder(folders, KIND_CONFIG, text_format(arena, "%.*sgalley.yaml", TEXT_ARGS(source_get_info(workspace->source)->workspace)), arena);
	add_folder(folders, KIND_RECIPE, now->recipes, arena);
	add_folder(folders, KIND_PACK, now->packs, arena);
	add_folder(folders, KIND_RECIPE, then->recipes, arena);
	add_folder(folders, KIND_PACK, then->packs, arena);
	do {
		walked = folders->count;
		if (source_history(files, count, workspace->source, before->revision, NULL, folders->items, folders->count, before->limits, arena,
		                   failure) < 0)
			return -1;
		for (size_t i = 0; i < *count; i++)
			if (folders->kinds[(*files)[i].which] == KIND_CONFIG &&
			    add_folders_of(folders, workspace, &(*files)[i], before->limits, failure) < 0)
				return -1;
	} while (folders->count > walked);
	return 0;
}

static bool is_manifest(struct text path)
{
	size_t name = path.len;

	while (name && path.at[name - 1] != '/')
		name--;
	return !text_starts(text_cut(path, name, path.len), ".") &&
	       (text_ends(path, ".yaml") || text_ends(path, ".yml") || text_ends(path, ".json"));
}

/* By content, so that each is parsed once. */
static int order_blobs(const void *left, const void *right)
{
	const struct history_file *a = left, *b = right;
	int order = strcmp(a->blob, b->blob);

	if (!order)
		order = (a->which > b->which) - (a->which < b->which);
	return order ? order : text_compare(a->path, b->path);
}

static int read_version(struct version *version, bool *found, struct workspace *workspace, const struct history_file *file,
                        enum kind kind, const struct limits *limits, struct failure *failure)
{
	struct arena scratch;
	struct input input;
	enum read_result result;

	arena_init(&scratch);
	int status = source_read_blob(&input, &result, workspace->source, file->blob, file->path, limits->manifest_bytes, &scratch, failure);
	*found = status == 0 && result == READ_OK && version_read(version, kind, &input, limits, &workspace->arena);
	arena_release(&scratch);
	return status;
}

static int read_versions(struct versions *out, struct workspace *workspace, struct history_file *files, size_t count,
                         const struct folders *folders, const struct limits *limits, struct failure *failure)
{
	struct version version;
	bool found = false;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (folders->kinds[files[i].which] != KIND_CONFIG && is_manifest(files[i].path))
			files[kept++] = files[i];
	if (kept)
		qsort(files, kept, sizeof *files, order_blobs);
	for (size_t i = 0; i < kept; i++) {
		const struct history_file *file = &files[i];
		bool known = i && file->which == files[i - 1].which && strcmp(file->blob, files[i - 1].blob) == 0;
		if (!known && read_version(&version, &found, workspace, file, folders->kinds[file->which], limits, failure) < 0)
			return -1;
		if (!found)
			continue;
		version.path = file->path;
		version.commit = file->commit->id;
		version.time = file->commit->time;
		version.mainline = file->commit->mainline;
		version.merged = file->merged;
		out->items = arena_grow(&workspace->arena, out->items, out->count, sizeof *out->items);
		out->items[out->count++] = version;
	}
	versions_sort(out);
	return 0;
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

int compare_with_base(struct workspace *workspace, struct before *before, struct failure *failure)
{
	const struct source_info *info = source_get_info(workspace->source);
	struct folders folders = {NULL, NULL, 0};
	struct history_file *reached, *ahead;
	size_t reached_count, ahead_count;
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

	if (walk_reached(&reached, &reached_count, &folders, workspace, before, failure) < 0 ||
	    source_history(&ahead, &ahead_count, workspace->source, info->commit, before->revision, folders.items, folders.count,
	                   before->limits, &workspace->arena, failure) < 0 ||
	    read_versions(&before->reached, workspace, reached, reached_count, &folders, before->limits, failure) < 0 ||
	    read_versions(&before->ahead, workspace, ahead, ahead_count, &folders, before->limits, failure) < 0)
		return -1;
	config_tighten(&workspace->catalog.config, &before->base->catalog.config, text_cut(text_of(before->base->commit), 0, 12), &workspace->arena,
	               &workspace->diags);
	change_check(&change, &workspace->arena, &workspace->diags);
	return ancestry.status;
}

void resolve_base(struct workspace *workspace, struct workspace_base *base)
{
	resolve_all(&base->resolved, &base->catalog, workspace->results.as_of, &workspace->arena, &base->diags);
	monitor_check_alerts(&base->catalog, &base->resolved, &workspace->arena, &base->diags);
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

#include "stages.h"

#include <stdlib.h>
#include <string.h>

#include "history.h"

/* The versions that history has: before a change, and in its own commits. */

struct folders {
	struct text *items;
	enum kind *kinds;
	size_t count;
	struct history *history; /* where the workspace moved: it says what was in its folders when; else NULL */
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
	struct text top = workspace->catalog.config.workspace;
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

struct files {
	struct history_file *items;
	size_t count;
};

/* All recipes and packs that the revision reaches, and those of the change's own commits, wherever galley.yaml said that they are. */
static int walk(struct files *reached, struct files *ahead, struct folders *folders, struct workspace *workspace, const struct before *before,
                struct failure *failure)
{
	struct arena *arena = &workspace->arena;
	size_t walked;

	do {
		walked = folders->count;
		if (source_history(&reached->items, &reached->count, workspace->source, before->revision, NULL, folders->items, folders->count,
		                   before->limits, arena, failure) < 0)
			return -1;
		for (size_t i = 0; !folders->history && i < reached->count; i++)
			if (folders->kinds[reached->items[i].which] == KIND_CONFIG &&
			    add_folders_of(folders, workspace, &reached->items[i], before->limits, failure) < 0)
				return -1;
	} while (folders->count > walked);
	return source_history(&ahead->items, &ahead->count, workspace->source, source_get_info(workspace->source)->commit, before->revision,
	                      folders->items, folders->count, before->limits, arena, failure);
}

/* --- Where it moved --- */

/* Where its folders or galley.yaml came to be, it may have come from elsewhere. */
static int may_have_moved(bool *moved, const struct files *files, struct workspace *workspace, const struct before *before, struct failure *failure)
{
	const struct history_commit **asked = NULL;
	size_t asked_count = 0;

	for (size_t i = 0; !*moved && i < files->count; i++) {
		const struct history_commit *commit = files->items[i].commit;
		bool known = !files->items[i].is_new;
		for (size_t k = 0; !known && k < asked_count; k++)
			known = asked[k] == commit;
		if (known)
			continue;
		asked = arena_grow(&workspace->arena, asked, asked_count, sizeof *asked);
		asked[asked_count++] = commit;
		if (history_may_move(moved, workspace->source, workspace->catalog.config.workspace, commit->id, before->limits, failure) < 0)
			return -1;
	}
	return 0;
}

static int find_sides(struct history_side sides[2], size_t *count, bool *moved, struct workspace *workspace, const struct before *before,
                      struct failure *failure)
{
	const struct config *now = &workspace->catalog.config, *then = &before->base->catalog.config;
	bool found = false;

	sides[0] = (struct history_side){before->base->commit, then->workspace};
	sides[1].commit = before->revision;
	if (history_place(&sides[1].place, &found, workspace->source, before->revision, before->limits, &workspace->arena, failure) < 0)
		return -1;
	*count = found ? 2 : 1;
	*moved = !text_equal(now->workspace, then->workspace) || (found && !text_equal(now->workspace, sides[1].place));
	return 0;
}

static void add_own_folders(struct folders *folders, struct workspace *workspace, const struct before *before)
{
	const struct config *now = &workspace->catalog.config, *then = &before->base->catalog.config;
	struct arena *arena = &workspace->arena;

	add_folder(folders, KIND_CONFIG, text_format(arena, "%.*sgalley.yaml", TEXT_ARGS(now->workspace)), arena);
	add_folder(folders, KIND_CONFIG, text_format(arena, "%.*sgalley.yml", TEXT_ARGS(now->workspace)), arena);
	add_folder(folders, KIND_RECIPE, now->recipes, arena);
	add_folder(folders, KIND_PACK, now->packs, arena);
	add_folder(folders, KIND_RECIPE, then->recipes, arena);
	add_folder(folders, KIND_PACK, then->packs, arena);
}

static int follow(struct folders *folders, struct workspace *workspace, const struct before *before, const struct history_side *sides,
                  size_t count, struct failure *failure)
{
	*folders = (struct folders){.count = 0};
	if (history_open_sides(&folders->history, workspace->source, &workspace->catalog, before->limits, sides, count, &workspace->arena, failure) < 0)
		return -1;
	for (size_t i = 0; i < history_folder_count(folders->history); i++) {
		enum kind kind;
		struct text path = history_folder(&kind, folders->history, i);
		add_folder(folders, kind, path, &workspace->arena);
	}
	return 0;
}

/* --- What the files say --- */

static bool is_manifest(struct text path)
{
	size_t name = path.len;

	while (name && path.at[name - 1] != '/')
		name--;
	return !text_starts(text_cut(path, name, path.len), ".") &&
	       (text_ends(path, ".yaml") || text_ends(path, ".yml") || text_ends(path, ".json"));
}

static bool is_version(const struct history_file *file, const struct folders *folders)
{
	enum kind kind = folders->kinds[file->which];

	return kind != KIND_CONFIG && is_manifest(file->path) &&
	       (!folders->history || history_had(folders->history, file->commit->id, kind, file->path));
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

/* wanted NULL: all are. */
static int read_version(struct version *version, bool *found, struct workspace *workspace, const struct history_file *file,
                        enum kind kind, const struct wanted *wanted, const struct limits *limits, struct failure *failure)
{
	struct arena scratch;
	struct input input;
	enum read_result result;

	*found = false;
	if (wanted && !wanted_file(wanted, file->blob))
		return 0;
	arena_init(&scratch);
	int status = source_read_blob(&input, &result, workspace->source, file->blob, file->path, limits->manifest_bytes, &scratch, failure);
	*found = status == 0 && result == READ_OK && (!wanted || wanted_bytes(wanted, input.bytes)) &&
	         version_read(version, kind, &input, limits, &workspace->arena);
	arena_release(&scratch);
	return status;
}

static int read_versions(struct versions *out, struct workspace *workspace, struct history_file *files, size_t count,
                         const struct folders *folders, const struct wanted *wanted, const struct limits *limits, struct failure *failure)
{
	struct version version;
	bool found = false;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (is_version(&files[i], folders))
			files[kept++] = files[i];
	if (kept)
		qsort(files, kept, sizeof *files, order_blobs);
	for (size_t i = 0; i < kept; i++) {
		const struct history_file *file = &files[i];
		bool known = i && file->which == files[i - 1].which && strcmp(file->blob, files[i - 1].blob) == 0;
		if (!known && read_version(&version, &found, workspace, file, folders->kinds[file->which], wanted, limits, failure) < 0)
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

int read_past(struct before *before, struct workspace *workspace, const struct workspace_request *request, struct failure *failure)
{
	struct folders folders = {.count = 0};
	struct files reached = {NULL, 0}, ahead = {NULL, 0};
	struct history_side sides[2];
	size_t side_count;
	bool moved;

	if (find_sides(sides, &side_count, &moved, workspace, before, failure) < 0)
		return -1;
	add_own_folders(&folders, workspace, before);
	if (!moved && (walk(&reached, &ahead, &folders, workspace, before, failure) < 0 ||
	               may_have_moved(&moved, &reached, workspace, before, failure) < 0 ||
	               may_have_moved(&moved, &ahead, workspace, before, failure) < 0))
		return -1;
	if (moved && (follow(&folders, workspace, before, sides, side_count, failure) < 0 ||
	              walk(&reached, &ahead, &folders, workspace, before, failure) < 0))
		return -1;
	if (read_versions(&before->ahead, workspace, ahead.items, ahead.count, &folders, NULL, before->limits, failure) < 0)
		return -1;
	const struct wanted *wanted =
		brief_for(request) ? wanted_find(&before->base->catalog, &workspace->catalog, &before->ahead, &workspace->arena) : NULL;
	return read_versions(&before->reached, workspace, reached.items, reached.count, &folders, wanted, before->limits, failure);
}

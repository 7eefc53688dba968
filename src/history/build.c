#include <string.h>

#include "buffer.h"
#include "change.h"
#include "document.h"
#include "index.h"

enum { INDEX_BYTES = 128 * 1024 * 1024, FOLDERS_MOST = 256, SPARE_COMMITS = 4096 };
#define INDEX_NAME "versions"

bool is_manifest_path(struct text path)
{
	size_t name = path.len;

	while (name && path.at[name - 1] != '/')
		name--;
	return !text_starts(text_cut(path, name, path.len), ".") &&
	       (text_ends(path, ".yaml") || text_ends(path, ".yml") || text_ends(path, ".json"));
}

/* --- The walk --- */

struct build {
	struct index *index;
	struct arena *arena;
	struct text *blob_paths; /* of the blobs that were added, for messages */
	size_t first_blob;
};

static bool is_known(void *context, const unsigned char id[20])
{
	const struct build *build = context;

	return id_table_find(&build->index->by_commit, id) != ID_NONE;
}

static uint32_t add_blob(struct build *build, const unsigned char id[20], enum kind kind, struct text path)
{
	struct index *index = build->index;
	size_t at = id_table_find(&index->by_blob[kind], id);

	if (at != ID_NONE)
		return (uint32_t)at;
	index->blobs = arena_grow(build->arena, index->blobs, index->blob_count, sizeof *index->blobs);
	index->blobs[index->blob_count] = (struct blob){.kind = kind};
	memcpy(index->blobs[index->blob_count].id_in_git, id, ID_BYTES);
	size_t added = index->blob_count - build->first_blob;
	build->blob_paths = arena_grow(build->arena, build->blob_paths, added, sizeof *build->blob_paths);
	build->blob_paths[added] = text_copy(build->arena, path);
	id_table_put(&index->by_blob[kind], id, index->blob_count, build->arena);
	return (uint32_t)index->blob_count++;
}

static void add_commit(void *context, const struct walked_commit *walked)
{
	static const unsigned char gone[ID_BYTES];
	struct build *build = context;
	struct index *index = build->index;
	struct commit commit = {.time = walked->time, .parents = (uint32_t)index->parent_count, .changes = (uint32_t)index->change_count,
	                        .files = (uint32_t)walked->file_count, .cut = walked->cut};

	memcpy(commit.id, walked->id, ID_BYTES);
	for (size_t i = 0; i < walked->parent_count; i++) {
		size_t at = id_table_find(&index->by_commit, walked->parents + i * ID_BYTES);
		index->parents = arena_grow(build->arena, index->parents, index->parent_count, sizeof *index->parents);
		index->parents[index->parent_count++] = (uint32_t)at;
	}
	commit.parent_count = (uint32_t)(index->parent_count - commit.parents);
	for (size_t i = 0; i < walked->file_count; i++) {
		const struct walked_file *file = &walked->files[i];
		enum kind kind = index->folders[file->which].kind;
		if (kind != KIND_CONFIG && !is_manifest_path(file->path))
			continue;
		struct change change = {index_add_path(index, kind, file->path, build->arena), GONE, memcmp(file->was, gone, ID_BYTES) == 0};
		if (memcmp(file->blob, gone, ID_BYTES) != 0)
			change.blob = add_blob(build, file->blob, kind, file->path);
		index->changes = arena_grow(build->arena, index->changes, index->change_count, sizeof *index->changes);
		index->changes[index->change_count++] = change;
	}
	commit.change_count = (uint32_t)(index->change_count - commit.changes);
	id_table_put(&index->by_commit, commit.id, index->commit_count, build->arena);
	index->commits = arena_grow(build->arena, index->commits, index->commit_count, sizeof *index->commits);
	index->commits[index->commit_count++] = commit;
}

/* --- What files say --- */

static void read_config(struct blob *blob, const struct input *input, const struct limits *limits, struct arena *scratch, struct arena *arena)
{
	struct diags diags;

	diags_init(&diags, scratch);
	const struct value *root = document_read(input, DOCUMENT_MANIFEST, limits, scratch, &diags);
	struct text recipes = value_text(root, "directories.recipes"), packs = value_text(root, "directories.packs");
	blob->id = recipes.len ? text_copy(arena, recipes) : TEXT("recipes");
	blob->version = packs.len ? text_copy(arena, packs) : TEXT("packs");
}

static void read_manifest(struct blob *blob, const struct input *input, const struct limits *limits, struct arena *arena)
{
	struct version version;

	if (!version_read(&version, blob->kind, input, limits, arena))
		return;
	blob->id = version.id;
	blob->version = version.version;
	blob->family = version.family;
	blob->status = version.status;
	memcpy(blob->digest, version.digest, sizeof blob->digest);
}

int index_read_blobs(struct index *index, size_t from, struct source *source, const struct text *paths, const struct limits *limits,
                     struct arena *arena, struct failure *failure)
{
	int status = 0;

	for (size_t i = from; i < index->blob_count && status == 0; i++) {
		struct blob *blob = &index->blobs[i];
		struct arena scratch;
		struct input input;
		enum read_result result;
		char id[41];
		id_print(id, blob->id_in_git);
		arena_init(&scratch);
		status = source_read_blob(&input, &result, source, id, paths[i - from], limits->manifest_bytes, &scratch, failure);
		if (status == 0 && result == READ_OK && blob->kind == KIND_CONFIG)
			read_config(blob, &input, limits, &scratch, arena);
		else if (status == 0 && result == READ_OK)
			read_manifest(blob, &input, limits, arena);
		arena_release(&scratch);
	}
	return status;
}

static void start_index(struct index *index, const struct index *wanted, struct text shape, struct arena *arena)
{
	*index = (struct index){.shape = shape};
	for (size_t i = 0; i < wanted->folder_count; i++)
		index_add_folder(index, wanted->folders[i].kind, wanted->folders[i].path, arena);
}

static int walk_new(struct history *history, struct failure *failure)
{
	struct index *index = &history->index;
	struct build build = {.index = index, .arena = history->arena, .first_blob = index->blob_count};
	struct walker walker = {&build, is_known, add_commit};
	struct text *paths = arena_array(history->arena, index->folder_count, sizeof *paths);
	char from[41];

	for (size_t i = 0; i < index->folder_count; i++)
		paths[i] = index->folders[i].path;
	for (size_t i = 0; i < history->seed_count; i++) {
		id_print(from, history->seeds[i].commit);
		if (source_walk(history->source, from, paths, index->folder_count, &walker, &history->limits, failure) < 0)
			return -1;
	}
	return index_read_blobs(index, build.first_blob, history->source, build.blob_paths, &history->limits, history->arena, failure);
}

/* What a parsed manifest depends on beside its bytes. */
static struct text make_shape(const struct limits *limits, struct arena *arena)
{
	return text_format(arena, "%zu %zu %zu %zu %zu %zu", limits->manifest_bytes, limits->depth, limits->yaml_nodes, limits->yaml_aliases,
	                   limits->scalar_bytes, limits->key_bytes);
}

/* --- Opening --- */

static int count_reached(struct history *history, struct failure *failure)
{
	const struct index *index = &history->index;
	size_t commits = 0, files = 0;

	for (size_t i = 0; i < index->commit_count; i++) {
		commits += history->reached[i];
		files += history->reached[i] ? index->commits[i].files : 0;
	}
	if (commits > history->limits.walk_commits)
		return failure_set(failure, EXIT_UNABLE, "history has more than %zu commits (%s)", history->limits.walk_commits,
		                   limit_note(&history->limits, &history->limits.walk_commits).text);
	if (files > history->limits.walk_files)
		return failure_set(failure, EXIT_UNABLE, "more than %zu versions of files in history (%s)", history->limits.walk_files,
		                   limit_note(&history->limits, &history->limits.walk_files).text);
	return 0;
}

void history_reach(struct history *history, size_t from)
{
	const struct index *index = &history->index;

	if (history->reached && history->reached_from == from)
		return;
	history->reached = arena_array(history->arena, index->commit_count + 1, sizeof *history->reached);
	history->reached_from = from;
	if (from < index->commit_count)
		history->reached[from] = true;
	for (size_t i = index->commit_count; i-- > 0;)
		for (uint32_t k = 0; history->reached[i] && k < index->commits[i].parent_count; k++)
			history->reached[index->parents[index->commits[i].parents + k]] = true;
}

/* Branches that were rebased away leave commits that nothing reaches. */
static bool is_stale(const struct history *history)
{
	size_t reached = 0;

	for (size_t i = 0; i < history->index.commit_count; i++)
		reached += history->reached[i];
	return history->index.commit_count > 4 * reached + SPARE_COMMITS;
}

static void save(const struct history *history)
{
	struct buffer out;

	buffer_init(&out);
	index_encode(&out, &history->index);
	if (out.len <= INDEX_BYTES)
		source_memory_write(history->source, INDEX_NAME, buffer_text(&out));
	buffer_release(&out);
}

static int find_tip(struct history *history)
{
	unsigned char id[ID_BYTES];

	if (id_parse(id, source_get_info(history->source)->commit) < 0)
		return -1;
	history->tip = id_table_find(&history->index.by_commit, id);
	return history->tip == ID_NONE ? -1 : 0;
}

/* Again, with the folders that it lacked. Those of other branches and workspaces stay, so that they need not make it again in their turn; what is
 * known of moves stays true, and of blobs too unless most of them are none of this history's. */
static void start_again(struct index *index, const struct index *wanted, bool keep_blobs, struct arena *arena)
{
	struct index all = {.shape = index->shape}, old = *index;

	for (size_t i = 0; i < index->folder_count && wanted->folder_count + index->folder_count <= FOLDERS_MOST; i++)
		index_add_folder(&all, index->folders[i].kind, index->folders[i].path, arena);
	for (size_t i = 0; i < wanted->folder_count; i++)
		index_add_folder(&all, wanted->folders[i].kind, wanted->folders[i].path, arena);
	start_index(index, &all, index->shape, arena);
	index->moves = old.moves;
	index->move_count = old.move_count;
	if (!keep_blobs)
		return;
	index->blobs = old.blobs;
	index->blob_count = old.blob_count;
	memcpy(index->by_blob, old.by_blob, sizeof index->by_blob);
}

static void add_wanted(struct index *wanted, struct history *history, const struct catalog *settings)
{
	history_wanted(wanted, history);
	index_add_folder(wanted, KIND_RECIPE, settings->config.recipes, history->arena);
	index_add_folder(wanted, KIND_PACK, settings->config.packs, history->arena);
}

static int build(struct history *history, const struct catalog *settings, struct failure *failure)
{
	const struct source_info *info = source_get_info(history->source);
	struct text shape = make_shape(&history->limits, history->arena), bytes = TEXT("");
	struct index *index = &history->index, wanted = {.shape = shape};
	bool whole = false;

	add_wanted(&wanted, history, settings);
	/* What a shallow clone lacks may be there later. */
	if (!info->shallow)
		bytes = source_memory_read(history->source, INDEX_NAME, INDEX_BYTES, history->arena);
	if (!index_decode(index, bytes, shape, wanted.folders, wanted.folder_count, history->arena))
		start_index(index, &wanted, shape, history->arena);
	size_t known = index->commit_count, known_moves = index->move_count;
	for (;;) {
		if (walk_new(history, failure) < 0)
			return -1;
		if (find_tip(history) < 0)
			return failure_set(failure, EXIT_UNABLE, "cannot find commit %s in its own history", info->commit);
		history->reached = NULL;
		history_reach(history, history->tip);
		if (history_follow(history, &whole, settings, failure) < 0)
			return -1;
		bool stale = is_stale(history);
		if (whole && !stale)
			break;
		wanted = (struct index){.shape = shape};
		add_wanted(&wanted, history, settings);
		if (wanted.folder_count > FOLDERS_MOST)
			return failure_set(failure, EXIT_UNABLE, "history names more than %d folders of recipes and packs", FOLDERS_MOST);
		start_again(index, &wanted, !stale, history->arena);
		known = 0;
	}
	if (!info->shallow && (index->commit_count > known || index->move_count > known_moves))
		save(history);
	return count_reached(history, failure);
}

/* Only what is read can have versions. */
static void start_without(struct history *history, const struct catalog *settings)
{
	bool whole;
	struct failure none;

	history->tip = ID_NONE;
	history_follow(history, &whole, settings, &none);
}

static int open(struct history *history, const struct catalog *settings, bool present, struct failure *failure)
{
	const struct source_info *info = source_get_info(history->source);

	history->extent = info->commit[0] ? info->shallow ? PAST_SHALLOW : PAST_FOUND : PAST_NO_HISTORY;
	if (info->commit[0] && build(history, settings, failure) < 0)
		return -1;
	history->real_count = history->index.commit_count;
	if (!info->commit[0])
		start_without(history, settings);
	if (present && info->kind != SOURCE_COMMIT && history_add_present(history, settings, failure) < 0)
		return -1;
	index_names(&history->index, history->folders, history->folder_count, history->arena);
	return 0;
}

static struct history *start(struct source *source, const struct limits *limits, struct arena *arena)
{
	const struct source_info *info = source_get_info(source);
	struct history *history = arena_alloc(arena, sizeof *history);

	*history = (struct history){.source = source, .limits = *limits, .arena = arena, .reached_from = SIZE_MAX};
	history->places[history->place_count++] = info->workspace;
	if (info->commit[0])
		history_seed(history, info->commit, info->workspace);
	return history;
}

int history_open(struct history **out, struct source *source, const struct catalog *settings, const struct limits *limits, bool present,
                 struct arena *arena, struct failure *failure)
{
	*out = start(source, limits, arena);
	return open(*out, settings, present, failure);
}

int history_open_sides(struct history **out, struct source *source, const struct catalog *settings, const struct limits *limits,
                       const struct history_side *sides, size_t count, struct arena *arena, struct failure *failure)
{
	*out = start(source, limits, arena);
	for (size_t i = 0; i < count; i++)
		history_seed(*out, sides[i].commit, sides[i].place);
	return open(*out, settings, false, failure);
}

enum past history_extent(const struct history *history)
{
	return history->extent;
}

int history_fail(struct failure *failure, const struct history *history, const char *what)
{
	const struct source_info *info = source_get_info(history->source);

	if (history->extent == PAST_SHALLOW)
		return failure_set(failure, EXIT_UNABLE,
		                   "%s: history not available, as it may lie before what this shallow clone holds; git fetch --unshallow, in a workflow "
		                   "fetch-depth: 0",
		                   what);
	return failure_set(failure, EXIT_UNABLE, "%s: versions are commits, and '%.*s' %s", what, TEXT_ARGS(info->top),
	                   info->kind == SOURCE_FOLDER ? "is not in a git repository" : "has no commit yet");
}

#include <string.h>

#include "change.h"
#include "index.h"

/* What stands at each path in the commit that is read; GONE where nothing does. */
static uint32_t *paths_at(const struct history *history, struct arena *arena)
{
	const struct index *index = &history->index;
	uint32_t *at = arena_array(arena, index->path_count, sizeof *at);
	bool *seen = arena_array(arena, index->path_count, sizeof *seen);

	for (size_t i = 0; i < index->path_count; i++)
		at[i] = GONE;
	for (size_t c = history->tip; c != ID_NONE; c = index->commits[c].parent_count ? index->parents[index->commits[c].parents] : ID_NONE)
		for (uint32_t k = 0; k < index->commits[c].change_count; k++) {
			const struct change *change = &index->changes[index->commits[c].changes + k];
			if (!seen[change->path])
				at[change->path] = change->blob;
			seen[change->path] = true;
		}
	return at;
}

struct present {
	struct history *history;
	uint32_t *before;
	size_t before_count;
	bool *there;
	struct arena scratch;
	struct failure *failure;
};

static void add_change(struct index *index, uint32_t path, uint32_t blob, struct arena *arena)
{
	index->changes = arena_grow(arena, index->changes, index->change_count, sizeof *index->changes);
	index->changes[index->change_count++] = (struct change){.path = path, .blob = blob};
}

/* Files of the same bytes are one blob, whatever their names. */
static uint32_t blob_of(struct index *index, const struct input *input, enum kind kind, const struct limits *limits, struct arena *arena)
{
	unsigned char id[ID_BYTES];
	struct version version;

	bool known = id_parse(id, input->blob) == 0;
	size_t at = known ? id_table_find(&index->by_blob[kind], id) : ID_NONE;
	if (at != ID_NONE)
		return (uint32_t)at;
	index->blobs = arena_grow(arena, index->blobs, index->blob_count, sizeof *index->blobs);
	struct blob *blob = &index->blobs[index->blob_count];
	*blob = (struct blob){.kind = kind};
	if (known) {
		memcpy(blob->id_in_git, id, ID_BYTES);
		id_table_put(&index->by_blob[kind], id, index->blob_count, arena);
	}
	if (version_read(&version, kind, input, limits, arena)) {
		blob->id = version.id;
		blob->version = version.version;
		blob->family = version.family;
		blob->status = version.status;
		memcpy(blob->digest, version.digest, sizeof blob->digest);
	}
	return (uint32_t)index->blob_count++;
}

static void take_blob(struct present *present, enum kind kind, struct text path, uint32_t blob)
{
	struct history *history = present->history;
	uint32_t at = index_add_path(&history->index, kind, path, history->arena);
	bool old = at < present->before_count;

	if (!old || present->before[at] != blob)
		add_change(&history->index, at, blob, history->arena);
	if (old)
		present->there[at] = true;
}

/* Without reading it, where git and the index both know it. */
static bool add_known(struct present *present, enum kind kind, struct text path)
{
	unsigned char id[ID_BYTES];
	char blob[41];

	source_known_blob(blob, present->history->source, path);
	if (!blob[0] || id_parse(id, blob) < 0)
		return false;
	size_t at = id_table_find(&present->history->index.by_blob[kind], id);
	if (at != ID_NONE)
		take_blob(present, kind, path, (uint32_t)at);
	return at != ID_NONE;
}

static int add_file(struct present *present, enum kind kind, struct text path)
{
	struct history *history = present->history;
	struct arena scratch;
	struct input input;
	enum read_result result;

	if (add_known(present, kind, path))
		return 0;
	arena_init(&scratch);
	int status = source_read(&input, &result, history->source, path, history->limits.manifest_bytes, &scratch, present->failure);
	if (status == 0 && result == READ_OK) {
		input.path = path;
		take_blob(present, kind, path, blob_of(&history->index, &input, kind, &history->limits, history->arena));
	}
	arena_release(&scratch);
	return status;
}

static int add_folder(struct present *present, enum kind kind, struct text folder)
{
	struct history *history = present->history;
	struct entry *entries;
	size_t count;

	if (source_list(&entries, &count, history->source, folder, &history->limits, &present->scratch, present->failure) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (entries[i].kind == ENTRY_FILE && is_manifest_path(entries[i].path) && add_file(present, kind, entries[i].path) < 0)
			return -1;
	return 0;
}

int history_add_present(struct history *history, const struct catalog *settings, struct failure *failure)
{
	struct index *index = &history->index;
	struct present present = {.history = history, .before_count = index->path_count, .failure = failure};
	struct commit commit = {.time = INT64_MAX, .parents = (uint32_t)index->parent_count, .changes = (uint32_t)index->change_count};

	arena_init(&present.scratch);
	present.before = paths_at(history, &present.scratch);
	present.there = arena_array(&present.scratch, present.before_count, sizeof *present.there);
	int status = add_folder(&present, KIND_RECIPE, settings->config.recipes);
	if (status == 0)
		status = add_folder(&present, KIND_PACK, settings->config.packs);
	for (size_t i = 0; i < present.before_count && status == 0; i++)
		if (present.before[i] != GONE && !present.there[i] && index->paths[i].kind != KIND_CONFIG)
			add_change(index, (uint32_t)i, GONE, history->arena);
	arena_release(&present.scratch);
	if (status < 0)
		return -1;
	if (history->tip != ID_NONE) {
		index->parents = arena_grow(history->arena, index->parents, index->parent_count, sizeof *index->parents);
		index->parents[index->parent_count++] = (uint32_t)history->tip;
		commit.parent_count = 1;
	}
	commit.change_count = (uint32_t)index->change_count - commit.changes;
	index->commits = arena_grow(history->arena, index->commits, index->commit_count, sizeof *index->commits);
	index->commits[index->commit_count] = commit;
	history->place_at[index->commit_count] = 1;
	history->tip = index->commit_count++;
	return 0;
}

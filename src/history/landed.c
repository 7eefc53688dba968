#include "landed.h"

#include <stdlib.h>
#include <string.h>

#include "index.h"

enum { FOLDERS = 3 };
static const enum kind kinds[FOLDERS] = {KIND_RUN, KIND_RECIPE, KIND_PACK};

enum kind grounds_kind(size_t which)
{
	return kinds[which % FOLDERS];
}

int grounds_find(struct grounds *out, struct source *source, const struct catalog *settings, const struct limits *limits, struct arena *arena,
                 struct failure *failure)
{
	const struct config *config = &settings->config;
	const struct text now[FOLDERS] = {config->runs, config->recipes, config->packs};
	struct history *history;

	if (history_open(&history, source, settings, limits, false, arena, failure) < 0)
		return -1;
	*out = (struct grounds){.history = history, .folders = arena_array(arena, FOLDERS * history->place_count, sizeof *out->folders)};
	for (size_t i = 0; i < history->place_count; i++)
		for (size_t k = 0; k < FOLDERS; k++)
			out->folders[out->count++] = text_format(arena, "%.*s%.*s", TEXT_ARGS(history->places[i]),
			                                         TEXT_ARGS(text_cut(now[k], config->workspace.len, now[k].len)));
	return 0;
}

static bool is_nothing(const unsigned char id[20])
{
	static const unsigned char nothing[20];

	return memcmp(id, nothing, sizeof nothing) == 0;
}

/* Where the workspace is in a commit. */
static uint64_t places_at(const struct history *history, const unsigned char id[20])
{
	size_t at = id_table_find(&history->index.by_commit, id);

	return at == ID_NONE ? 1 : history->place_at[at];
}

static bool is_at(uint64_t places, size_t which)
{
	return places >> (which / FOLDERS) & 1;
}

static int order_landed(const void *left, const void *right)
{
	const struct landed *a = left, *b = right;
	size_t kind = a->file.which % FOLDERS, other = b->file.which % FOLDERS;
	int order = (kind > other) - (kind < other);

	if (!order)
		order = text_compare(a->inner, b->inner);
	return order ? order : text_compare(a->file.path, b->file.path);
}

struct landed *grounds_land(size_t *count, const struct grounds *grounds, const struct walked_commit *commit, struct arena *arena)
{
	uint64_t here = places_at(grounds->history, commit->id);
	uint64_t before = commit->parent_count ? places_at(grounds->history, commit->parents) : here;
	struct landed *files = arena_array(arena, commit->file_count, sizeof *files);

	*count = 0;
	for (size_t i = 0; i < commit->file_count; i++) {
		const struct walked_file *file = &commit->files[i];
		if (is_at(here | before, file->which))
			files[(*count)++] = (struct landed){*file, text_cut(file->path, grounds->folders[file->which].len, file->path.len), false};
	}
	if (here == before || !*count)
		return files;
	qsort(files, *count, sizeof *files, order_landed);
	for (size_t i = 0; i + 1 < *count; i++) {
		struct landed *a = &files[i], *b = &files[i + 1];
		if (a->file.which % FOLDERS != b->file.which % FOLDERS || !text_equal(a->inner, b->inner) || is_nothing(a->file.blob) == is_nothing(b->file.blob))
			continue;
		struct landed *gone = is_nothing(a->file.blob) ? a : b, *now = gone == a ? b : a;
		memcpy(now->file.was, gone->file.was, sizeof now->file.was);
		gone->left = true;
	}
	return files;
}

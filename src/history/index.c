#include "index.h"

#include <stdlib.h>
#include <string.h>

struct path_slot {
	uint64_t hash;
	uint32_t path; /* + 1; 0: empty */
};

static uint64_t hash_path(enum kind kind, struct text path)
{
	uint64_t hash = 14695981039346656037u + (uint64_t)kind;

	for (size_t i = 0; i < path.len; i++)
		hash = (hash ^ (unsigned char)path.at[i]) * 1099511628211u;
	return hash;
}

static void put_path(struct index *index, uint64_t hash, uint32_t path)
{
	size_t at = (size_t)hash & (index->path_room - 1);

	while (index->path_slots[at].path)
		at = (at + 1) & (index->path_room - 1);
	index->path_slots[at] = (struct path_slot){hash, path + 1};
}

static void grow_slots(struct index *index, struct arena *arena)
{
	if (2 * (index->path_count + 1) <= index->path_room)
		return;
	index->path_room = 64;
	while (index->path_room < 4 * (index->path_count + 1))
		index->path_room *= 2;
	index->path_slots = arena_array(arena, index->path_room, sizeof *index->path_slots);
	for (size_t i = 0; i < index->path_count; i++)
		put_path(index, hash_path(index->paths[i].kind, index->paths[i].text), (uint32_t)i);
}

uint32_t index_add_path(struct index *index, enum kind kind, struct text path, struct arena *arena)
{
	uint64_t hash = hash_path(kind, path);

	grow_slots(index, arena);
	for (size_t at = (size_t)hash & (index->path_room - 1); index->path_slots[at].path; at = (at + 1) & (index->path_room - 1)) {
		const struct path *known = &index->paths[index->path_slots[at].path - 1];
		if (index->path_slots[at].hash == hash && known->kind == kind && text_equal(known->text, path))
			return index->path_slots[at].path - 1;
	}
	index->paths = arena_grow(arena, index->paths, index->path_count, sizeof *index->paths);
	index->paths[index->path_count] = (struct path){kind, text_copy(arena, path)};
	put_path(index, hash, (uint32_t)index->path_count);
	return (uint32_t)index->path_count++;
}

bool index_has_folder(const struct index *index, const struct folder *folder)
{
	for (size_t i = 0; i < index->folder_count; i++)
		if (index->folders[i].kind == folder->kind && text_equal(index->folders[i].path, folder->path))
			return true;
	return false;
}

void index_add_folder(struct index *index, enum kind kind, struct text path, struct arena *arena)
{
	if (index_has_folder(index, &(struct folder){.kind = kind, .path = path}))
		return;
	index->folders = arena_grow(arena, index->folders, index->folder_count, sizeof *index->folders);
	index->folders[index->folder_count++] = (struct folder){.kind = kind, .path = text_format(arena, "%.*s", TEXT_ARGS(path))};
}

/* --- Names --- */

static int order_names(enum kind kind, struct text id, const struct name *name)
{
	return kind != name->kind ? (kind > name->kind) - (kind < name->kind) : text_compare(id, name->id);
}

static int order_blobs(const void *left, const void *right)
{
	const struct blob *a = *(const struct blob *const *)left, *b = *(const struct blob *const *)right;

	return a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind) : text_compare(a->id, b->id);
}

static void find_names(struct index *index, struct arena *arena)
{
	struct blob **sorted = arena_array(arena, index->blob_count, sizeof(struct blob *));
	size_t count = 0;

	index->names = NULL;
	index->name_count = 0;
	for (size_t i = 0; i < index->blob_count; i++) {
		index->blobs[i].name = GONE;
		if (index->blobs[i].id.len && index->blobs[i].kind != KIND_CONFIG)
			sorted[count++] = &index->blobs[i];
	}
	if (count)
		qsort(sorted, count, sizeof(struct blob *), order_blobs);
	for (size_t i = 0; i < count; i++) {
		if (!i || order_blobs(&sorted[i - 1], &sorted[i]) != 0) {
			index->names = arena_grow(arena, index->names, index->name_count, sizeof *index->names);
			index->names[index->name_count++] = (struct name){.kind = sorted[i]->kind, .id = sorted[i]->id};
		}
		sorted[i]->name = (uint32_t)(index->name_count - 1);
	}
}

static void add_name_path(struct name *name, uint32_t path, struct arena *arena)
{
	if (name->path_count && name->paths[name->path_count - 1] == path)
		return;
	name->paths = arena_grow(arena, name->paths, name->path_count, sizeof *name->paths);
	name->paths[name->path_count++] = path;
}

static bool is_below(const struct path *path, const struct folder *folder)
{
	return path->kind == folder->kind && path->text.len > folder->path.len && path->text.at[folder->path.len] == '/' &&
	       text_equal(text_cut(path->text, 0, folder->path.len), folder->path);
}

uint64_t index_places(const struct path *path, const struct folder *folders, size_t count)
{
	uint64_t places = 0;

	for (size_t i = 0; i < count; i++)
		if (is_below(path, &folders[i]))
			places |= folders[i].places;
	return places;
}

void index_names(struct index *index, const struct folder *folders, size_t folder_count, struct arena *arena)
{
	size_t *room = arena_array(arena, index->path_count, sizeof *room);

	find_names(index, arena);
	index->by_path = arena_array(arena, index->path_count, sizeof(struct occurrence *));
	index->by_path_count = arena_array(arena, index->path_count, sizeof *index->by_path_count);
	for (size_t i = 0; i < index->change_count; i++)
		room[index->changes[i].path]++;
	index->path_places = arena_array(arena, index->path_count, sizeof *index->path_places);
	for (size_t i = 0; i < index->path_count; i++) {
		index->by_path[i] = arena_array(arena, room[i], sizeof **index->by_path);
		index->path_places[i] = index_places(&index->paths[i], folders, folder_count);
	}
	for (size_t c = 0; c < index->commit_count; c++) {
		const struct commit *commit = &index->commits[c];
		for (uint32_t k = 0; k < commit->change_count; k++) {
			const struct change *change = &index->changes[commit->changes + k];
			index->by_path[change->path][index->by_path_count[change->path]++] = (struct occurrence){(uint32_t)c, change->blob};
		}
	}
	for (size_t path = 0; path < index->path_count; path++)
		for (size_t i = 0; index->path_places[path] && i < index->by_path_count[path]; i++) {
			uint32_t blob = index->by_path[path][i].blob;
			if (blob != GONE && index->blobs[blob].name != GONE)
				add_name_path(&index->names[index->blobs[blob].name], (uint32_t)path, arena);
		}
}

const struct name *index_name(const struct index *index, enum kind kind, struct text id)
{
	size_t low = 0, high = index->name_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = order_names(kind, id, &index->names[middle]);
		if (order == 0)
			return &index->names[middle];
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

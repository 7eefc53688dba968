/* Of all versions that history has, a change asks for those of few ids. */
#include "stages.h"

#include <stdlib.h>
#include <string.h>

struct wanted {
	bool all;
	struct text *ids; /* sorted */
	size_t count;
	const struct record **known; /* of the base, by what git calls their files */
	size_t known_count;
	struct arena *arena;
};

static int order_texts(const void *left, const void *right)
{
	return text_compare(*(const struct text *)left, *(const struct text *)right);
}

static int order_files(const void *left, const void *right)
{
	return strcmp((*(const struct record *const *)left)->file->blob, (*(const struct record *const *)right)->file->blob);
}

static bool is_id_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void want(struct wanted *wanted, struct text id)
{
	for (size_t i = 0; i < id.len; i++)
		wanted->all = wanted->all || !is_id_byte(id.at[i]);
	wanted->ids = arena_grow(wanted->arena, wanted->ids, wanted->count, sizeof *wanted->ids);
	wanted->ids[wanted->count++] = id;
}

static void know(struct wanted *wanted, const struct record *record)
{
	if (record->root && record->id.len && record->file->blob[0])
		wanted->known[wanted->known_count++] = record;
}

struct wanted *wanted_find(const struct catalog *before, const struct catalog *now, const struct versions *ahead, struct arena *arena)
{
	struct wanted *wanted = arena_alloc(arena, sizeof *wanted);

	*wanted = (struct wanted){.known = arena_array(arena, before->recipe_count + before->pack_count, sizeof(const struct record *)), .arena = arena};
	for (size_t i = 0; i < now->recipe_count; i++) {
		const struct recipe *was = catalog_recipe(before, now->recipes[i].record.id);
		if (!alike_records(was ? &was->record : NULL, &now->recipes[i].record))
			want(wanted, now->recipes[i].record.id);
	}
	for (size_t i = 0; i < now->pack_count; i++) {
		const struct pack *was = catalog_pack(before, now->packs[i].record.id);
		if (!alike_records(was ? &was->record : NULL, &now->packs[i].record))
			want(wanted, now->packs[i].record.id);
	}
	for (size_t i = 0; i < ahead->count; i++)
		want(wanted, ahead->items[i].id);
	for (size_t i = 0; i < before->recipe_count; i++)
		know(wanted, &before->recipes[i].record);
	for (size_t i = 0; i < before->pack_count; i++)
		know(wanted, &before->packs[i].record);
	if (wanted->count)
		qsort(wanted->ids, wanted->count, sizeof *wanted->ids, order_texts);
	if (wanted->known_count)
		qsort(wanted->known, wanted->known_count, sizeof(const struct record *), order_files);
	return wanted;
}

static bool is_wanted(const struct wanted *wanted, struct text id)
{
	return wanted->count && bsearch(&id, wanted->ids, wanted->count, sizeof id, order_texts);
}

bool wanted_file(const struct wanted *wanted, const char *blob)
{
	struct input input = {.path = TEXT("")};
	const struct record record = {.file = &input}, *key = &record, *const *found;

	memcpy(input.blob, blob, sizeof input.blob);
	found = wanted->known_count ? bsearch(&key, wanted->known, wanted->known_count, sizeof key, order_files) : NULL;
	return !found || is_wanted(wanted, (*found)->id);
}

bool wanted_bytes(const struct wanted *wanted, struct text bytes)
{
	if (wanted->all)
		return true;
	/* Escapes, or another encoding. */
	if (bytes.len && (memchr(bytes.at, '\\', bytes.len) || memchr(bytes.at, '\0', bytes.len)))
		return true;
	for (size_t at = 0, end; at < bytes.len; at = end + 1) {
		for (end = at; end < bytes.len && is_id_byte(bytes.at[end]);)
			end++;
		if (end > at && is_wanted(wanted, text_cut(bytes, at, end)))
			return true;
	}
	return false;
}

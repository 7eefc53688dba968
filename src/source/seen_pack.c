#include <string.h>

#include "noted.h"
#include "repository.h"

/* Paths in their order begin as the one before does. */
static void put_path(struct buffer *out, struct text path, struct text *last)
{
	size_t shared = 0;

	while (shared < path.len && shared < last->len && path.at[shared] == last->at[shared])
		shared++;
	pack_count(out, shared);
	pack_text(out, text_cut(path, shared, path.len));
	*last = path;
}

static bool get_path(struct text *path, struct unpack *from, struct text last, struct arena *arena)
{
	size_t shared = (size_t)unpack_most(from, last.len);
	struct text rest = unpack_text(from);
	char *bytes = arena_alloc(arena, shared + rest.len + 1);

	if (shared)
		memcpy(bytes, last.at, shared);
	if (rest.len)
		memcpy(bytes + shared, rest.at, rest.len);
	*path = (struct text){bytes, shared + rest.len};
	from->bad = from->bad || (path->len && !path_is_plain(*path));
	return !from->bad;
}

static void put_time(struct buffer *out, struct timespec time)
{
	pack_word(out, (uint64_t)time.tv_sec);
	pack_count(out, (uint64_t)time.tv_nsec);
}

static struct timespec get_time(struct unpack *from)
{
	struct timespec time = {.tv_sec = (time_t)unpack_word(from)};

	time.tv_nsec = (long)unpack_most(from, 999999999);
	return time;
}

enum { SETTLED = 1, WITH_ID = 2, CONVERTS = 4, STANDS = 8, FLAGS_MOST = 15 };

static void put_stamp(struct buffer *out, const struct stamp *stamp)
{
	if (!stamp->settled)
		return;
	pack_count(out, stamp->inode);
	pack_count(out, stamp->size);
	put_time(out, stamp->content);
	put_time(out, stamp->entry);
}

static void get_stamp(struct stamp *stamp, bool settled, struct unpack *from)
{
	*stamp = (struct stamp){.settled = settled};
	if (!settled)
		return;
	stamp->inode = unpack_count(from);
	stamp->size = unpack_count(from);
	stamp->content = get_time(from);
	stamp->entry = get_time(from);
}

static void put_files(struct buffer *out, const struct seen *seen)
{
	struct text last = TEXT("");

	pack_count(out, seen->file_count);
	for (size_t i = 0; i < seen->file_count; i++) {
		const struct seen_file *file = &seen->files[i];
		put_path(out, file->path, &last);
		pack_count(out, (file->stamp.settled ? SETTLED : 0) | (file->has_id ? WITH_ID : 0) | (file->converts ? CONVERTS : 0) | (file->stands ? STANDS : 0));
		put_stamp(out, &file->stamp);
		if (file->has_id)
			buffer_add(out, (struct text){(const char *)file->id, sizeof file->id});
	}
}

static void get_id(unsigned char id[20], struct unpack *from)
{
	if (from->bad || from->bytes.len - from->at < 20) {
		from->bad = true;
		return;
	}
	memcpy(id, from->bytes.at + from->at, 20);
	from->at += 20;
}

static void get_files(struct seen *seen, struct unpack *from)
{
	struct text last = TEXT("");

	seen->file_count = unpack_length(from, 4);
	seen->files = arena_array(&seen->arena, seen->file_count, sizeof *seen->files);
	for (size_t i = 0; i < seen->file_count; i++) {
		struct seen_file *file = &seen->files[i];
		if (!get_path(&file->path, from, last, &seen->arena))
			return;
		last = file->path;
		uint64_t flags = unpack_most(from, FLAGS_MOST);
		file->has_id = flags & WITH_ID;
		file->converts = flags & CONVERTS;
		file->stands = flags & STANDS;
		get_stamp(&file->stamp, flags & SETTLED, from);
		if (file->has_id)
			get_id(file->id, from);
	}
}

static void put_folders(struct buffer *out, const struct seen *seen)
{
	struct text last = TEXT("");

	pack_count(out, seen->list_count);
	for (size_t i = 0; i < seen->list_count; i++) {
		pack_text(out, seen->lists[i].folder);
		pack_text(out, text_of(seen->lists[i].digest));
		pack_count(out, seen->lists[i].depth);
		pack_count(out, seen->lists[i].files);
	}
	pack_count(out, seen->folder_count);
	for (size_t i = 0; i < seen->folder_count; i++) {
		const struct seen_folder *folder = &seen->folders[i];
		put_path(out, folder->path, &last);
		pack_count(out, (uint64_t)(folder->list + 1));
		pack_flag(out, folder->stamp.settled);
		put_stamp(out, &folder->stamp);
	}
}

static void get_folders(struct seen *seen, struct unpack *from)
{
	struct text last = TEXT("");

	seen->list_count = unpack_length(from, 4);
	seen->lists = arena_array(&seen->arena, seen->list_count, sizeof *seen->lists);
	for (size_t i = 0; i < seen->list_count; i++) {
		struct seen_list *list = &seen->lists[i];
		list->folder = unpack_text(from);
		struct text digest = unpack_text(from);
		from->bad = from->bad || digest.len != sizeof list->digest - 1 || (list->folder.len && !path_is_plain(list->folder));
		if (!from->bad)
			memcpy(list->digest, digest.at, digest.len);
		list->depth = (size_t)unpack_count(from);
		list->files = (size_t)unpack_count(from);
	}
	seen->folder_count = unpack_length(from, 4);
	seen->folders = arena_array(&seen->arena, seen->folder_count, sizeof *seen->folders);
	for (size_t i = 0; i < seen->folder_count; i++) {
		struct seen_folder *folder = &seen->folders[i];
		if (!get_path(&folder->path, from, last, &seen->arena))
			return;
		last = folder->path;
		folder->list = (int)unpack_most(from, seen->list_count) - 1;
		get_stamp(&folder->stamp, unpack_flag(from), from);
	}
}

static void put_rest(struct buffer *out, const struct seen *seen)
{
	pack_flag(out, seen->index.settled);
	put_stamp(out, &seen->index);
	pack_count(out, seen->look_count);
	for (size_t i = 0; i < seen->look_count; i++) {
		pack_text(out, seen->looks[i].path);
		pack_flag(out, seen->looks[i].found);
		pack_count(out, (uint64_t)seen->looks[i].kind);
	}
	pack_count(out, seen->store_count);
	for (size_t i = 0; i < seen->store_count; i++) {
		const struct seen_store *store = &seen->stores[i];
		pack_text(out, store->path);
		pack_text(out, store->id);
		pack_count(out, (uint64_t)store->store);
		pack_flag(out, store->found);
		pack_flag(out, store->stamp.settled);
		put_stamp(out, &store->stamp);
	}
	pack_count(out, seen->id_count);
	for (size_t i = 0; i < seen->id_count; i++) {
		pack_text(out, seen->ids[i].path);
		pack_text(out, seen->ids[i].id);
	}
}

static void get_rest(struct seen *seen, struct unpack *from)
{
	get_stamp(&seen->index, unpack_flag(from), from);
	seen->look_count = unpack_length(from, 3);
	seen->looks = arena_array(&seen->arena, seen->look_count, sizeof *seen->looks);
	for (size_t i = 0; i < seen->look_count; i++) {
		seen->looks[i].path = unpack_text(from);
		seen->looks[i].found = unpack_flag(from);
		seen->looks[i].kind = (enum entry_kind)unpack_most(from, ENTRY_OTHER);
	}
	seen->store_count = unpack_length(from, 5);
	seen->stores = arena_array(&seen->arena, seen->store_count, sizeof *seen->stores);
	for (size_t i = 0; i < seen->store_count; i++) {
		struct seen_store *store = &seen->stores[i];
		store->path = unpack_text(from);
		struct text id = unpack_text(from);
		store->id = text_copy(&seen->arena, id);
		store->store = (enum store)unpack_most(from, STORE_DVC);
		store->found = unpack_flag(from);
		get_stamp(&store->stamp, unpack_flag(from), from);
	}
	seen->id_count = unpack_length(from, 2);
	seen->ids = arena_array(&seen->arena, seen->id_count, sizeof *seen->ids);
	for (size_t i = 0; i < seen->id_count; i++) {
		seen->ids[i].path = unpack_text(from);
		seen->ids[i].id = unpack_text(from);
	}
}

void seen_put(struct buffer *out, const struct seen *seen)
{
	put_files(out, seen);
	put_folders(out, seen);
	put_rest(out, seen);
}

bool seen_get(struct seen *seen, struct unpack *from)
{
	get_files(seen, from);
	get_folders(seen, from);
	get_rest(seen, from);
	return unpack_whole(from);
}

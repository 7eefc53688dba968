#include "noted.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "repository.h"

void seen_begin(struct source *source)
{
	struct mark mark;

	mark_take(&mark, source);
	if (!mark.known)
		return;
	source->seen = memory_get(sizeof *source->seen);
	*source->seen = (struct seen){.began = mark};
	arena_init(&source->seen->arena);
}

void seen_end(struct source *source)
{
	if (!source->seen)
		return;
	arena_release(&source->seen->arena);
	free(source->seen);
	source->seen = NULL;
}

void seen_spoil(struct source *source)
{
	if (source->seen)
		source->seen->spoiled = true;
}

void seen_history(struct source *source)
{
	if (source->seen)
		source->seen->history = true;
}

/* What a shallow clone says of history changes when the rest is fetched. */
static bool depends_on_depth(const struct source *source)
{
	return source->seen->history && source->info.shallow;
}

/* --- Notes --- */

static struct seen_file *add_file(struct seen *seen, struct text path, const char *id, bool converts)
{
	git_oid oid;

	seen->files = arena_grow(&seen->arena, seen->files, seen->file_count, sizeof *seen->files);
	struct seen_file *file = &seen->files[seen->file_count++];
	*file = (struct seen_file){.path = text_copy(&seen->arena, path), .converts = converts};
	file->has_id = id[0] && git_oid_fromstr(&oid, id) == 0;
	if (file->has_id)
		memcpy(file->id, oid.id, sizeof file->id);
	return file;
}

static void add_look(struct seen *seen, struct text path, bool found, enum entry_kind kind)
{
	seen->looks = arena_grow(&seen->arena, seen->looks, seen->look_count, sizeof *seen->looks);
	seen->looks[seen->look_count++] = (struct seen_look){text_copy(&seen->arena, path), found, kind};
}

static void add_id(struct seen *seen, struct text path, bool whole)
{
	seen->ids = arena_grow(&seen->arena, seen->ids, seen->id_count, sizeof *seen->ids);
	seen->ids[seen->id_count++] = (struct seen_id){.path = text_copy(&seen->arena, path), .whole = whole};
}

static void look_now(struct source *source, struct text path, bool expected)
{
	struct failure failure;
	enum entry_kind kind = ENTRY_OTHER;
	bool found;

	if (files_look(&found, &kind, source, path, &failure) < 0 || found != expected)
		seen_spoil(source);
	else
		add_look(source->seen, path, found, kind);
}

void seen_read(struct source *source, struct text path, enum read_result result, const char *id, bool converts)
{
	if (!source->seen)
		return;
	if (source->top < 0)
		add_id(source->seen, path, false);
	else if (result == READ_OK || result == READ_TOO_LARGE)
		add_file(source->seen, path, result == READ_OK ? id : "", converts);
	else
		look_now(source, path, result == READ_NOT_A_FILE);
}

void seen_looked(struct source *source, struct text path, bool found, enum entry_kind kind)
{
	if (!source->seen)
		return;
	if (source->top < 0)
		add_id(source->seen, path, false);
	else if (found && kind == ENTRY_FILE)
		add_file(source->seen, path, "", false)->stands = true;
	else
		add_look(source->seen, path, found, kind);
}

void seen_wrote(struct source *source, struct text path, struct text bytes)
{
	struct failure failure;
	char id[41];

	if (!source->seen)
		return;
	if (source->top < 0 || repository_blob_id(id, NULL, path, bytes, &failure) < 0)
		seen_spoil(source);
	else
		add_file(source->seen, path, id, false)->written = true;
}

void seen_whole(struct source *source, struct text folder)
{
	if (source->seen && source->top < 0)
		add_id(source->seen, folder, true);
}

void seen_digest(char digest[65], const struct entry *entries, size_t count)
{
	struct digest sum;

	digest_init(&sum, DIGEST_SHA256);
	for (size_t i = 0; i < count; i++) {
		char kind[2] = {'\0', (char)('0' + (int)entries[i].kind)};
		digest_add(&sum, entries[i].path);
		digest_add(&sum, (struct text){kind, sizeof kind});
	}
	digest_end(digest, &sum);
}

static bool is_below(struct text path, struct text folder)
{
	return folder.len == 0 ? path.len > 0
	                       : path.len > folder.len && path.at[folder.len] == '/' && memcmp(path.at, folder.at, folder.len) == 0;
}

static void add_inside(struct seen_list *list, struct text folder, struct arena *arena)
{
	list->inside = arena_grow(arena, list->inside, list->inside_count, sizeof *list->inside);
	list->inside[list->inside_count++] = text_copy(arena, folder);
}

/* The folders that were entered. In the order of paths, those of one entry begin as those of the entry before do. */
static void find_inside(struct seen_list *list, const struct entry *entries, size_t count, struct arena *arena)
{
	struct text last = TEXT("");

	add_inside(list, list->folder, arena);
	for (size_t i = 0; i < count; i++) {
		struct text path = entries[i].path;
		for (size_t at = list->folder.len ? list->folder.len + 1 : 0; at < path.len; at++) {
			struct text folder = text_cut(path, 0, at);
			bool known = path.at[at] != '/' || text_equal(folder, last) || is_below(last, folder);
			if (!known)
				add_inside(list, folder, arena);
		}
		last = path_folder(path);
		if (entries[i].kind == ENTRY_FOLDER)
			add_inside(list, path, arena);
	}
}

void seen_listed(struct source *source, struct text folder, const struct entry *entries, size_t count, const struct limits *limits)
{
	struct seen *seen = source->seen;
	struct failure failure;
	enum entry_kind kind = ENTRY_OTHER;
	bool found = folder.len == 0;

	if (!seen)
		return;
	if (source->top < 0) {
		add_id(seen, folder, true);
		return;
	}
	if (!found && files_look(&found, &kind, source, folder, &failure) < 0)
		seen->spoiled = true;
	if (folder.len && (!found || kind != ENTRY_FOLDER)) {
		seen->spoiled = seen->spoiled || count;
		add_look(seen, folder, found, kind);
		return;
	}
	seen->lists = arena_grow(&seen->arena, seen->lists, seen->list_count, sizeof *seen->lists);
	struct seen_list *list = &seen->lists[seen->list_count++];
	*list = (struct seen_list){.folder = text_copy(&seen->arena, folder), .depth = limits->walk_depth, .files = limits->walk_files};
	seen_digest(list->digest, entries, count);
	find_inside(list, entries, count, &seen->arena);
	/* These depend on what stands in them, or in the index. */
	for (size_t i = 0; i < count; i++)
		if (entries[i].kind == ENTRY_SUBMODULE || entries[i].kind == ENTRY_FOLDER)
			add_look(seen, entries[i].path, true, entries[i].kind);
}

void seen_stored(struct source *source, struct text path, enum store store, const char *id, int fd)
{
	struct seen *seen = source->seen;
	struct stat status;

	if (!seen)
		return;
	seen->stores = arena_grow(&seen->arena, seen->stores, seen->store_count, sizeof *seen->stores);
	struct seen_store *stored = &seen->stores[seen->store_count++];
	*stored = (struct seen_store){.path = text_copy(&seen->arena, path), .id = text_copy(&seen->arena, text_of(id)), .store = store, .found = fd >= 0};
	if (fd >= 0 && (fstat(fd, &status) != 0 || !stamp_take(&stored->stamp, &status, &seen->began)))
		seen->spoiled = true;
}

/* --- Putting them in order --- */

static int order_files(const void *left, const void *right)
{
	const struct seen_file *a = left, *b = right;
	int order = text_compare(a->path, b->path);

	/* What was written last counts, then what has an id. */
	if (!order)
		order = b->written - a->written;
	if (!order)
		order = b->has_id - a->has_id;
	return order ? order : a->stands - b->stands;
}

/* A file that was read twice and was not the same is none that can be told. */
static void merge_files(struct seen *seen)
{
	size_t kept = 0;

	if (seen->file_count)
		qsort(seen->files, seen->file_count, sizeof *seen->files, order_files);
	for (size_t i = 0; i < seen->file_count; i++) {
		const struct seen_file *file = &seen->files[i];
		struct seen_file *last = kept ? &seen->files[kept - 1] : NULL;
		if (!last || !text_equal(last->path, file->path)) {
			seen->files[kept++] = *file;
			continue;
		}
		if (last->written)
			continue;
		last->converts = last->converts || file->converts;
		if (last->has_id && file->has_id && memcmp(last->id, file->id, sizeof file->id) != 0)
			seen->spoiled = true;
	}
	seen->file_count = kept;
}

static int order_folders(const void *left, const void *right)
{
	const struct seen_folder *a = left, *b = right;
	int order = text_compare(a->path, b->path);

	return order ? order : a->list - b->list;
}

static void add_folder(struct seen *seen, struct text path, int list)
{
	seen->folders = arena_grow(&seen->arena, seen->folders, seen->folder_count, sizeof *seen->folders);
	seen->folders[seen->folder_count++] = (struct seen_folder){.path = path, .list = list};
}

static void add_ways(struct seen *seen, struct text path, struct text *last)
{
	for (size_t at = path.len; at > 0; at--) {
		struct text folder = text_cut(path, 0, at - 1);
		if (path.at[at - 1] != '/')
			continue;
		if (text_equal(folder, *last) || is_below(*last, folder))
			break;
		add_folder(seen, text_copy(&seen->arena, folder), SEEN_NONE);
	}
	*last = path_folder(path);
}

/* Those of lists, and those on the way to files and lists, each once. */
static void collect_folders(struct seen *seen)
{
	struct text last = TEXT("");
	size_t kept = 0;

	for (size_t i = 0; i < seen->list_count; i++) {
		for (size_t k = 0; k < seen->lists[i].inside_count; k++)
			add_folder(seen, seen->lists[i].inside[k], (int)i);
		add_ways(seen, seen->lists[i].folder, &last);
		last = TEXT("");
	}
	for (size_t i = 0; i < seen->file_count; i++)
		add_ways(seen, seen->files[i].path, &last);
	if (seen->folder_count)
		qsort(seen->folders, seen->folder_count, sizeof *seen->folders, order_folders);
	/* A way comes before the same folder of a list, which tells more. */
	for (size_t i = 0; i < seen->folder_count; i++) {
		const struct seen_folder *next = i + 1 < seen->folder_count ? &seen->folders[i + 1] : NULL;
		bool again = next && text_equal(next->path, seen->folders[i].path) && (seen->folders[i].list == SEEN_NONE || next->list == seen->folders[i].list);
		if (!again)
			seen->folders[kept++] = seen->folders[i];
	}
	seen->folder_count = kept;
}

static bool is_listed(const struct seen *seen, struct text path)
{
	for (size_t i = 0; i < seen->list_count; i++)
		if (is_below(path, seen->lists[i].folder))
			return true;
	return false;
}

static int order_path(const void *path, const void *file)
{
	return text_compare(*(const struct text *)path, ((const struct seen_file *)file)->path);
}

static bool was_written(const struct seen *seen, struct text path)
{
	const struct seen_file *file = seen->file_count ? bsearch(&path, seen->files, seen->file_count, sizeof *seen->files, order_path) : NULL;

	return file && file->written;
}

/* Where a folder lists the same, what was not there is not there; and what was not there before it was written is told by what was written. */
static void drop_looks(struct seen *seen)
{
	size_t kept = 0;

	for (size_t i = 0; i < seen->look_count; i++) {
		const struct seen_look *look = &seen->looks[i];
		if ((look->found || !is_listed(seen, look->path)) && !was_written(seen, look->path))
			seen->looks[kept++] = *look;
	}
	seen->look_count = kept;
}

static int order_ids(const void *left, const void *right)
{
	const struct seen_id *a = left, *b = right;
	int order = text_compare(a->path, b->path);

	return order ? order : b->whole - a->whole;
}

static void merge_ids(struct seen *seen)
{
	const struct seen_id *whole = NULL;
	size_t kept = 0;

	if (seen->id_count)
		qsort(seen->ids, seen->id_count, sizeof *seen->ids, order_ids);
	for (size_t i = 0; i < seen->id_count; i++) {
		const struct seen_id *id = &seen->ids[i];
		if ((whole && is_below(id->path, whole->path)) || (kept && text_equal(seen->ids[kept - 1].path, id->path)))
			continue;
		seen->ids[kept] = *id;
		if (id->whole)
			whole = &seen->ids[kept];
		kept++;
	}
	seen->id_count = kept;
}

static bool find_ids(struct seen *seen, struct source *source)
{
	struct failure failure;
	char id[80];

	merge_ids(seen);
	for (size_t i = 0; i < seen->id_count; i++) {
		if (objects_state(id, source, seen->ids[i].path, &failure) < 0)
			return false;
		seen->ids[i].id = text_copy(&seen->arena, text_of(id));
	}
	return true;
}

static bool ids_same(const struct seen *seen, struct source *source)
{
	struct failure failure;
	char id[80];

	for (size_t i = 0; i < seen->id_count; i++)
		if (objects_state(id, source, seen->ids[i].path, &failure) < 0 || !text_is(seen->ids[i].id, id))
			return false;
	return true;
}

static bool stores_same(const struct seen *seen, struct source *source)
{
	bool same = true;

	for (size_t i = 0; i < seen->store_count && same; i++) {
		const struct seen_store *store = &seen->stores[i];
		struct stat status;
		int fd = store_open(source, store->path, store->store, store->id.at);
		same = (fd >= 0) == store->found && (fd < 0 || (fstat(fd, &status) == 0 && stamp_same(&store->stamp, &status)));
		if (fd >= 0)
			close(fd);
	}
	return same;
}

/* --- The whole --- */

void seen_place(struct buffer *out, const struct source *source)
{
	pack_count(out, (uint64_t)source->info.kind);
	pack_text(out, source->repository ? text_of(git_repository_path(source->repository)) : TEXT(""));
	pack_text(out, source->info.top);
	pack_text(out, source->info.workspace);
}

bool seen_pack(struct buffer *out, struct source *source, unsigned jobs)
{
	struct seen *seen = source->seen;
	bool renewed;

	if (!seen || seen->spoiled || depends_on_depth(source) || source->overlay_count)
		return false;
	if (source->top < 0) {
		if (!find_ids(seen, source))
			return false;
	} else {
		merge_files(seen);
		collect_folders(seen);
		drop_looks(seen);
		if (seen->spoiled || !seen_files_same(&renewed, seen, source, true, jobs))
			return false;
	}
	pack_text(out, seen->history ? text_of(source->info.commit) : TEXT(""));
	seen_put(out, seen);
	return true;
}

bool seen_again(struct buffer *fresh, bool *renewed, struct source *source, struct text packed, unsigned jobs)
{
	struct seen seen = {.spoiled = false};
	struct unpack from = {.bytes = packed};
	bool same;

	*renewed = false;
	arena_init(&seen.arena);
	struct text commit = unpack_text(&from);
	same = seen_get(&seen, &from) && (!commit.len || (text_is(commit, source->info.commit) && !source->info.shallow)) && stores_same(&seen, source);
	if (same && source->top < 0)
		same = ids_same(&seen, source);
	else if (same)
		same = seen_files_same(renewed, &seen, source, false, jobs);
	if (same && *renewed) {
		pack_text(fresh, commit);
		seen_put(fresh, &seen);
	}
	arena_release(&seen.arena);
	return same;
}

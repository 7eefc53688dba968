#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "handle.h"
#include "repository.h"

/* Asks for type and size before anything is loaded: a small packed object can unfold to gigabytes. */
static int read_header(size_t *size, struct source *source, const git_oid *id, git_object_t wanted, const char *what,
                       struct failure *failure)
{
	git_object_t type;

	int error = git_odb_read_header(size, &type, source->odb, id);
	if (error)
		repository_fail(failure, error, "cannot read '%s' (object %s)", what, git_oid_tostr_s(id));
	/* Asked last, as it makes libgit2 forget its reason. */
	if (error == GIT_ENOTFOUND && source->repository && repository_partial(source->repository))
		failure_set(failure, EXIT_UNABLE,
		            "cannot read '%s': object %s is not in this partial clone; git fetch --refetch --no-filter, or clone without --filter", what,
		            git_oid_tostr_s(id));
	if (error)
		return -1;
	if (type != wanted)
		return failure_set(failure, EXIT_UNABLE, "cannot read '%s': object %s is a %s; the repository is damaged, run git fsck",
		                   what, git_oid_tostr_s(id), git_object_type2string(type));
	return 0;
}

static int check_header(size_t *size, struct source *source, const git_oid *id, git_object_t wanted, const char *what,
                        struct failure *failure)
{
	watch_start(source->patience);
	int status = read_header(size, source, id, wanted, what, failure);
	watch_stop();
	return status;
}

int objects_tree_bytes(git_odb_object **object, struct source *source, const git_oid *id, const char *what, struct failure *failure)
{
	size_t size;

	if (check_header(&size, source, id, GIT_OBJECT_TREE, what, failure) < 0)
		return -1;
	if (size > source->limits.blob_bytes)
		return failure_set(failure, EXIT_UNABLE, "cannot read folder '%s': it is larger than %zu bytes (%s)", what,
		                   source->limits.blob_bytes, limit_note(&source->limits, &source->limits.blob_bytes).text);
	watch_start(source->patience);
	int error = git_odb_read(object, source->odb, id);
	watch_stop();
	return error ? repository_fail(failure, error, "cannot read folder '%s'", what) : 0;
}

int objects_tree(git_tree **tree, struct source *source, const git_oid *id, const char *what, struct failure *failure)
{
	size_t size;

	if (check_header(&size, source, id, GIT_OBJECT_TREE, what, failure) < 0)
		return -1;
	if (size > source->limits.blob_bytes)
		return failure_set(failure, EXIT_UNABLE, "cannot read folder '%s': it is larger than %zu bytes (%s)", what,
		                   source->limits.blob_bytes, limit_note(&source->limits, &source->limits.blob_bytes).text);
	watch_start(source->patience);
	int error = git_tree_lookup(tree, source->repository, id);
	watch_stop();
	return error ? repository_fail(failure, error, "cannot read folder '%s'", what) : 0;
}

static enum entry_kind kind_of(git_filemode_t mode)
{
	switch (mode) {
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		return ENTRY_FILE;
	case GIT_FILEMODE_TREE:
		return ENTRY_FOLDER;
	case GIT_FILEMODE_LINK:
		return ENTRY_LINK;
	case GIT_FILEMODE_COMMIT:
		return ENTRY_SUBMODULE;
	default:
		return ENTRY_OTHER;
	}
}

static bool name_string(char out[256], struct text name)
{
	if (name.len > 255)
		return false;
	memcpy(out, name.at, name.len);
	out[name.len] = '\0';
	return true;
}

/* *tree is the folder's, owned by the handle, NULL where it is absent. */
static int enter(git_tree **tree, struct source *source, struct text folder, struct failure *failure)
{
	git_tree *at = NULL;
	char name[256];

	*tree = NULL;
	if (handle_is_last(source, folder)) {
		*tree = source->last.tree;
		return 0;
	}
	if (git_tree_dup(&at, source->tree) != 0)
		return failure_set(failure, EXIT_UNABLE, "cannot read folder '%.*s'", TEXT_ARGS(folder));
	for (size_t done = 0; done < folder.len;) {
		struct text rest = text_cut(folder, done, folder.len);
		struct text part = text_cut(rest, 0, text_find(rest, '/'));
		const git_tree_entry *entry = name_string(name, part) ? git_tree_entry_byname(at, name) : NULL;
		git_tree *next = NULL;
		if (entry && git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE &&
		    objects_tree(&next, source, git_tree_entry_id(entry), name, failure) < 0) {
			git_tree_free(at);
			return -1;
		}
		git_tree_free(at);
		at = next;
		if (!at)
			return 0;
		done += part.len + 1;
	}
	*tree = at;
	handle_remember(source, folder, -1, at);
	return 0;
}

/* --- The index: a list of paths in byte order --- */

/* Where path, or path and tail, stands or would stand in the index. */
static size_t index_bound(git_index *index, struct text path, const char *tail)
{
	size_t low = 0, high = git_index_entrycount(index);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct text entry = text_of(git_index_get_byindex(index, middle)->path);
		int order = text_compare(text_cut(entry, 0, path.len), path);
		if (order == 0)
			order = text_compare(text_cut(entry, path.len, entry.len), text_of(tail));
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A path that was only announced with git add --intent-to-add is not in the index yet. */
static bool is_there(const git_index_entry *entry)
{
	return (entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) == 0;
}

static const git_index_entry *index_find(struct source *source, struct text path)
{
	const git_index_entry *entry = git_index_get_byindex(source->index, index_bound(source->index, path, ""));

	return entry && is_there(entry) && text_equal(text_of(entry->path), path) ? entry : NULL;
}

/* The first entry below folder from *at on, or NULL; *at moves to it. */
static const git_index_entry *index_below(struct source *source, size_t *at, struct text folder)
{
	for (; *at < git_index_entrycount(source->index); ++*at) {
		const git_index_entry *entry = git_index_get_byindex(source->index, *at);
		struct text path = text_of(entry->path);
		if (folder.len && (path.len <= folder.len || path.at[folder.len] != '/' ||
		                   !text_equal(text_cut(path, 0, folder.len), folder)))
			return NULL;
		if (is_there(entry))
			return entry;
	}
	return NULL;
}

static int bad_name(struct failure *failure, struct text path)
{
	return failure_set(failure, EXIT_UNABLE, "'%.*s' is a name that git does not allow; the repository is damaged, run git fsck",
	                   TEXT_ARGS(path));
}

static int index_list(struct entry_list *list, struct source *source, struct text folder, const struct limits *limits,
                      struct arena *arena, struct failure *failure)
{
	size_t at = folder.len ? index_bound(source->index, folder, "/") : 0;
	const git_index_entry *entry;

	for (; (entry = index_below(source, &at, folder)) != NULL; at++) {
		struct text path = text_copy(arena, text_of(entry->path));
		if (!path_is_plain(path))
			return bad_name(failure, path);
		if (entry_list_add(list, path, kind_of((git_filemode_t)entry->mode), limits, arena, failure) < 0)
			return -1;
	}
	return 0;
}

/* --- Trees --- */

struct level {
	git_tree *tree;
	size_t next;
	struct text path;
};

static struct text below(struct arena *arena, struct text folder, const char *name)
{
	return folder.len ? text_format(arena, "%.*s/%s", TEXT_ARGS(folder), name) : text_format(arena, "%s", name);
}

/* One entry of the deepest level: listed, or entered as a new level. */
static int tree_entry(struct entry_list *list, struct level *levels, size_t *depth, struct source *source,
                      const struct limits *limits, struct arena *arena, struct failure *failure)
{
	struct level *level = &levels[*depth - 1];
	const git_tree_entry *entry = git_tree_entry_byindex(level->tree, level->next++);
	struct text path = below(arena, level->path, git_tree_entry_name(entry));
	enum entry_kind kind = kind_of(git_tree_entry_filemode(entry));

	if (!path_is_plain(text_of(git_tree_entry_name(entry))) || strchr(git_tree_entry_name(entry), '/'))
		return bad_name(failure, path);
	if (kind != ENTRY_FOLDER || *depth == limits->walk_depth)
		return entry_list_add(list, path, kind, limits, arena, failure);
	struct level *inner = &levels[*depth];
	if (objects_tree(&inner->tree, source, git_tree_entry_id(entry), path.at, failure) < 0)
		return -1;
	inner->next = 0;
	inner->path = path;
	++*depth;
	return 0;
}

static int tree_list(struct entry_list *list, struct source *source, struct text folder, const struct limits *limits,
                     struct arena *arena, struct failure *failure)
{
	struct level *levels = arena_array(arena, limits->walk_depth, sizeof *levels);
	size_t depth = 1, start = path_depth(folder), folders = 0;
	git_tree *top;
	int status = 0;

	if (enter(&top, source, folder, failure) < 0)
		return -1;
	if (!top || start >= limits->walk_depth || git_tree_dup(&levels[0].tree, top) != 0)
		return 0;
	levels[0].path = folder;
	while (depth > 0 && status == 0) {
		if (levels[depth - 1].next < git_tree_entrycount(levels[depth - 1].tree)) {
			size_t before = depth;
			status = tree_entry(list, levels, &depth, source, limits, arena, failure);
			folders += depth > before;
			/* One tree may stand in many places: a small repository can hold millions of folders. */
			if (status == 0 && folders > limits->walk_files)
				status = failure_set(failure, EXIT_UNABLE, "more than %zu folders (%s)", limits->walk_files,
			                     limit_note(limits, &limits->walk_files).text);
			continue;
		}
		git_tree_free(levels[--depth].tree);
	}
	while (depth > 0)
		git_tree_free(levels[--depth].tree);
	return status;
}

/* --- Both --- */

int objects_list(struct entry_list *list, struct source *source, struct text folder, const struct limits *limits,
                 struct arena *arena, struct failure *failure)
{
	if (source->index)
		return index_list(list, source, folder, limits, arena, failure);
	return tree_list(list, source, folder, limits, arena, failure);
}

/* A folder of the index has no id; a file always has. */
static int find(bool *found, enum entry_kind *kind, git_oid *id, struct source *source, struct text path,
                struct failure *failure)
{
	char name[256];
	git_tree *tree;

	*found = false;
	if (source->index) {
		const git_index_entry *entry = index_find(source, path);
		size_t at = index_bound(source->index, path, "/");
		*found = entry != NULL || index_below(source, &at, path) != NULL;
		*kind = entry ? kind_of((git_filemode_t)entry->mode) : ENTRY_FOLDER;
		if (entry)
			*id = entry->id;
		return 0;
	}
	if (enter(&tree, source, path_folder(path), failure) < 0)
		return -1;
	const git_tree_entry *entry = tree && name_string(name, path_name(path)) ? git_tree_entry_byname(tree, name) : NULL;
	if (entry) {
		*found = true;
		*kind = kind_of(git_tree_entry_filemode(entry));
		*id = *git_tree_entry_id(entry);
	}
	return 0;
}

/* Of a folder of the index: what all below it are. */
static void state_below(char out[80], struct source *source, struct text folder)
{
	size_t at = folder.len ? index_bound(source->index, folder, "/") : 0;
	const git_index_entry *entry;
	struct digest sum;

	digest_init(&sum, DIGEST_SHA256);
	for (; (entry = index_below(source, &at, folder)) != NULL; at++) {
		digest_add(&sum, (struct text){entry->path, strlen(entry->path) + 1});
		digest_add(&sum, (struct text){(const char *)&entry->mode, sizeof entry->mode});
		digest_add(&sum, (struct text){(const char *)entry->id.id, sizeof entry->id.id});
	}
	memcpy(out, "below ", 6);
	digest_end(out + 6, &sum);
}

int objects_state(char out[80], struct source *source, struct text path, struct failure *failure)
{
	enum entry_kind kind = ENTRY_FOLDER;
	bool found = true;
	git_oid id;

	if (path.len && find(&found, &kind, &id, source, path, failure) < 0)
		return -1;
	if (found && source->index && kind == ENTRY_FOLDER) {
		state_below(out, source, path);
		return 0;
	}
	if (!path.len)
		id = *git_tree_id(source->tree);
	if (found)
		snprintf(out, 80, "%d %s", (int)kind, git_oid_tostr_s(&id));
	else
		snprintf(out, 80, "nothing");
	return 0;
}

int objects_look(bool *found, enum entry_kind *kind, struct source *source, struct text path, struct failure *failure)
{
	git_oid id;

	return find(found, kind, &id, source, path, failure);
}

int objects_read_id(git_odb_object **object, enum read_result *result, struct source *source, const git_oid *id, const char *what,
                    size_t max, struct failure *failure)
{
	size_t size;

	/* One watch over both: there are many of these. */
	watch_start(source->patience);
	int error = 0, status = read_header(&size, source, id, GIT_OBJECT_BLOB, what, failure);
	if (status == 0 && size <= max)
		error = git_odb_read(object, source->odb, id);
	/* Without patience somebody else is on watch, see many.c. */
	if (source->patience)
		watch_stop();
	*result = READ_TOO_LARGE;
	if (status < 0 || size > max)
		return status;
	if (error)
		return repository_fail(failure, error, "cannot read '%s' (object %s)", what, git_oid_tostr_s(id));
	*result = READ_OK;
	return 0;
}

bool objects_file(git_oid *id, struct source *source, struct text path)
{
	struct failure failure;
	enum entry_kind kind;
	bool found;

	return path_is_plain(path) && find(&found, &kind, id, source, path, &failure) == 0 && found && kind == ENTRY_FILE;
}

void objects_blob(char blob[41], struct source *source, struct text path)
{
	git_oid id;

	blob[0] = '\0';
	if (objects_file(&id, source, path))
		git_oid_tostr(blob, 41, &id);
}

int objects_read(git_odb_object **object, enum read_result *result, struct source *source, struct text path, size_t max,
                 struct failure *failure)
{
	enum entry_kind kind;
	bool found;
	git_oid id;

	if (find(&found, &kind, &id, source, path, failure) < 0)
		return -1;
	*result = !found ? READ_MISSING : READ_NOT_A_FILE;
	if (!found || kind != ENTRY_FILE)
		return 0;
	char what[1024];
	size_t len = path.len < sizeof what ? path.len : sizeof what - 1;
	memcpy(what, path.at, len);
	what[len] = '\0';
	size_t most = max < source->limits.blob_bytes ? max : source->limits.blob_bytes;
	return objects_read_id(object, result, source, &id, what, most, failure);
}

void objects_take(struct input *input, git_odb_object *object, struct arena *arena)
{
	input->bytes = text_copy(arena, (struct text){git_odb_object_data(object), git_odb_object_size(object)});
	git_oid_tostr(input->blob, sizeof input->blob, git_odb_object_id(object));
	git_odb_object_free(object);
}

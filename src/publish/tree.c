#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "workdir.h"

enum { MAX_DEPTH = 64 };

/* Byte order, but '/' before all others: what shares a folder stands together, after a file of the folder's name. */
static int compare_paths(struct text a, struct text b)
{
	size_t i = 0;

	while (i < a.len && i < b.len && a.at[i] == b.at[i])
		i++;
	int left = i == a.len ? -1 : a.at[i] == '/' ? 0 : (unsigned char)a.at[i];
	int right = i == b.len ? -1 : b.at[i] == '/' ? 0 : (unsigned char)b.at[i];
	return left - right;
}

static int compare_changes(const void *a, const void *b)
{
	return compare_paths(((const struct change *)a)->file->path, ((const struct change *)b)->file->path);
}

static size_t path_depth(struct text path)
{
	size_t depth = 1;

	for (size_t i = 0; i < path.len; i++)
		depth += path.at[i] == '/';
	return depth;
}

static bool is_file_mode(unsigned mode)
{
	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

/* No folder of path may be a file, link or submodule in the tree. */
static int check_folders(const struct target *target, const git_tree *tree, struct text path, struct failure *failure)
{
	for (size_t i = 0; i < path.len; i++) {
		struct item item;
		if (path.at[i] != '/')
			continue;
		if (target_item(&item, target, tree, text_cut(path, 0, i), failure) < 0)
			return -1;
		if (item.mode && item.mode != GIT_FILEMODE_TREE)
			return failure_set(failure, EXIT_UNABLE, "cannot commit '%.*s': '%.*s' is not a folder", TEXT_ARGS(path), (int)i, path.at);
		if (!item.mode)
			return 0;
	}
	return 0;
}

static int find_change(struct change *change, const struct target *target, const git_tree *tree, struct failure *failure)
{
	const struct publish_file *file = change->file;

	if (!path_is_plain(file->path) || path_depth(file->path) > MAX_DEPTH)
		return failure_set(failure, EXIT_UNABLE, "cannot commit '%.*s': not a path below the top", TEXT_ARGS(file->path));
	if (path_is_gits(file->path))
		return failure_set(failure, EXIT_UNABLE, "cannot commit '%.*s': git keeps such names to itself", TEXT_ARGS(file->path));
	memset(&change->new, 0, sizeof change->new);
	if (target_item(&change->old, target, tree, file->path, failure) < 0)
		return -1;
	/* What is no file is no page of ours: there is nothing to remove. */
	if (file->remove) {
		if (!is_file_mode(change->old.mode))
			change->old = change->new;
		return 0;
	}
	if (check_folders(target, tree, file->path, failure) < 0)
		return -1;
	if (file->fresh && change->old.mode)
		return failure_set(failure, EXIT_FINDINGS, "'%.*s' is there already, and is not overwritten", TEXT_ARGS(file->path));
	if (change->old.mode && !is_file_mode(change->old.mode))
		return failure_set(failure, EXIT_UNABLE, "cannot commit '%.*s': a folder, symbolic link or submodule stands in its way",
		                   TEXT_ARGS(file->path));
	int error = git_odb_hash(&change->new.id, file->bytes.at ? file->bytes.at : "", file->bytes.len, GIT_OBJECT_BLOB);
	if (error)
		return repository_fail(failure, error, "cannot hash '%.*s'", TEXT_ARGS(file->path));
	change->new.mode = change->old.mode ? change->old.mode : GIT_FILEMODE_BLOB;
	return 0;
}

int changes_find(struct change **changes, size_t *count, const struct target *target, const git_tree *tree,
                 const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	struct change *all = arena_array(arena, request->count + 1, sizeof *all);

	for (size_t i = 0; i < request->count; i++)
		all[i].file = &request->files[i];
	if (request->count)
		qsort(all, request->count, sizeof *all, compare_changes);
	*changes = all;
	*count = 0;
	for (size_t i = 0; i < request->count; i++) {
		struct change change = all[i];
		struct text path = change.file->path, next = i + 1 < request->count ? all[i + 1].file->path : TEXT("");
		if (text_equal(path, next) || (next.len > path.len && next.at[path.len] == '/' && text_equal(text_cut(next, 0, path.len), path)))
			return failure_set(failure, EXIT_UNABLE, "cannot commit '%.*s' and '%.*s' together", TEXT_ARGS(path), TEXT_ARGS(next));
		if (find_change(&change, target, tree, failure) < 0)
			return -1;
		if (change.old.mode != change.new.mode || !git_oid_equal(&change.old.id, &change.new.id))
			all[(*count)++] = change;
	}
	return 0;
}

/* The name at offset in path, as a string, and whether it is the last one. */
static bool name_at(char name[256], struct text path, size_t offset)
{
	struct text rest = text_cut(path, offset, path.len);
	size_t len = text_find(rest, '/');

	memcpy(name, rest.at, len);
	name[len] = '\0';
	return len == rest.len;
}

static int write_level(git_oid *id, bool *empty, const struct target *target, const git_tree *old,
                       const struct change *changes, size_t count, size_t offset, struct failure *failure);

/* The changes below one folder of builder's. */
static int write_folder(git_treebuilder *builder, const char *name, const struct target *target, const struct change *changes,
                        size_t count, size_t offset, struct failure *failure)
{
	const git_tree_entry *entry = git_treebuilder_get(builder, name);
	git_tree *old = NULL;
	git_oid id;
	bool empty;
	int error = 0;

	if (entry && git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE)
		error = git_tree_lookup(&old, target->repository, git_tree_entry_id(entry));
	if (error)
		return repository_fail(failure, error, "cannot read folder '%s' in git", name);
	int result = write_level(&id, &empty, target, old, changes, count, offset, failure);
	git_tree_free(old);
	if (result < 0)
		return -1;
	/* git knows no empty folders. */
	if (!empty)
		error = git_treebuilder_insert(NULL, builder, name, &id, GIT_FILEMODE_TREE);
	else if (entry)
		error = git_treebuilder_remove(builder, name);
	return error ? repository_fail(failure, error, "cannot write folder '%s' in git", name) : 0;
}

static int write_leaf(git_treebuilder *builder, const char *name, const struct target *target, const struct change *change,
                      struct failure *failure)
{
	struct text bytes = change->file->bytes;
	git_oid id;
	int error;

	if (!change->new.mode) {
		error = git_treebuilder_remove(builder, name);
	} else {
		error = git_odb_write(&id, target->odb, bytes.at ? bytes.at : "", bytes.len, GIT_OBJECT_BLOB);
		if (error == 0)
			error = git_treebuilder_insert(NULL, builder, name, &id, (git_filemode_t)change->new.mode);
	}
	return error ? repository_fail(failure, error, "cannot write '%.*s' in git", TEXT_ARGS(change->file->path)) : 0;
}

static int write_level(git_oid *id, bool *empty, const struct target *target, const git_tree *old,
                       const struct change *changes, size_t count, size_t offset, struct failure *failure)
{
	git_treebuilder *builder = NULL;
	int error = git_treebuilder_new(&builder, target->repository, old), result = 0;

	if (error)
		return repository_fail(failure, error, "cannot write a tree in git");
	for (size_t i = 0, end; result == 0 && i < count; i = end) {
		struct text path = changes[i].file->path;
		char name[256];
		bool leaf = name_at(name, path, offset);
		size_t below = offset + strlen(name) + 1;
		end = i + 1;
		while (!leaf && end < count && text_equal(text_cut(changes[end].file->path, 0, below), text_cut(path, 0, below)))
			end++;
		result = leaf ? write_leaf(builder, name, target, &changes[i], failure)
		              : write_folder(builder, name, target, changes + i, end - i, below, failure);
	}
	*empty = git_treebuilder_entrycount(builder) == 0;
	if (result == 0 && (!*empty || offset == 0)) {
		error = git_treebuilder_write(id, builder);
		if (error)
			result = repository_fail(failure, error, "cannot write a tree in git");
	}
	git_treebuilder_free(builder);
	return result;
}

int changes_write(git_oid *id, const struct target *target, const git_tree *tree, const struct change *changes, size_t count,
                  struct failure *failure)
{
	bool empty;

	return write_level(id, &empty, target, tree, changes, count, 0, failure);
}

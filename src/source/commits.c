#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "handle.h"
#include "id_table.h"
#include "noted.h"
#include "repository.h"

enum { TREES_KEPT = 64, PARENTS_MOST = 1024 };

/* A commit on the way to being visited. */
struct found {
	git_oid id, tree;
	int64_t time;
	size_t parents; /* the first in struct commits */
	size_t parent_count, next;
	bool cut;
};

struct commits {
	struct source *source;
	const struct walker *walker;
	const struct limits *limits;
	const struct text *paths;
	size_t path_count;
	struct failure *failure;
	struct arena arena, scratch; /* of the walk, and of one commit */
	struct found *found;
	size_t count;
	struct parent_id { unsigned char bytes[20]; } *parents;
	size_t parent_count;
	struct id_table by_id;
	/* Trees that were just read: mostly the next commit's parent has them. */
	git_odb_object *trees[TREES_KEPT];
	/* of the commit that is visited */
	struct walked_file *files;
	size_t file_count, told;
};

static int too_many_commits(struct commits *commits)
{
	return failure_set(commits->failure, EXIT_UNABLE, "history has more than %zu commits (%s)", commits->limits->walk_commits,
	                   limit_note(commits->limits, &commits->limits->walk_commits).text);
}

static void take_parents(struct commits *commits, struct found *found, const git_commit *commit)
{
	found->parents = commits->parent_count;
	for (unsigned i = 0; i < git_commit_parentcount(commit) && i < PARENTS_MOST; i++) {
		const git_oid *id = git_commit_parent_id(commit, i);
		if (commits->source->info.shallow && !git_odb_exists(commits->source->odb, id)) {
			found->cut = true;
			continue;
		}
		commits->parents = arena_grow(&commits->arena, commits->parents, commits->parent_count, sizeof *commits->parents);
		memcpy(commits->parents[commits->parent_count++].bytes, id->id, 20);
	}
	found->parent_count = commits->parent_count - found->parents;
	/* Of the parents of a merge the first may be the one that is missing: then none can be told apart. */
	if (found->cut)
		found->parent_count = 0;
}

static int find_commit(struct commits *commits, const git_oid *id)
{
	git_commit *commit;

	if (commits->count >= commits->limits->walk_commits)
		return too_many_commits(commits);
	if (history_commit_read(&commit, commits->source, id, commits->failure) < 0)
		return -1;
	commits->found = arena_grow(&commits->arena, commits->found, commits->count, sizeof *commits->found);
	struct found *found = &commits->found[commits->count];
	*found = (struct found){.id = *id, .tree = *git_commit_tree_id(commit), .time = git_commit_time(commit)};
	take_parents(commits, found, commit);
	git_commit_free(commit);
	id_table_put(&commits->by_id, id->id, commits->count++, &commits->arena);
	return 0;
}

/* --- Trees as git stores them: mode, name, NUL, id --- */

struct tree {
	git_odb_object *object; /* NULL: empty */
	const char *at, *end;
};

struct tree_entry {
	struct text name;
	bool folder, file; /* neither: a link or a submodule, which is none to us */
	git_oid id;
};

static const git_oid no_id;

static int open_tree(struct tree *tree, struct commits *commits, const git_oid *id, struct text path)
{
	git_odb_object **kept = &commits->trees[id->id[0] % TREES_KEPT];

	*tree = (struct tree){NULL, NULL, NULL};
	if (git_oid_is_zero(id))
		return 0;
	if (!*kept || !git_oid_equal(git_odb_object_id(*kept), id)) {
		git_odb_object_free(*kept);
		*kept = NULL;
		if (objects_tree_bytes(kept, commits->source, id, path.len ? path.at : "", commits->failure) < 0)
			return -1;
	}
	if (git_odb_object_dup(&tree->object, *kept) != 0)
		return failure_set(commits->failure, EXIT_UNABLE, "cannot read folder '%.*s'", TEXT_ARGS(path));
	tree->at = git_odb_object_data(tree->object);
	tree->end = tree->at + git_odb_object_size(tree->object);
	return 0;
}

/* 1 with an entry, 0 at the end, -1 where the tree is damaged. */
static int next_entry(struct tree_entry *entry, struct tree *tree, struct commits *commits)
{
	size_t left = (size_t)(tree->end - tree->at);
	const char *blank = left ? memchr(tree->at, ' ', left) : NULL;
	const char *end = blank ? memchr(blank, '\0', (size_t)(tree->end - blank)) : NULL;

	if (!left)
		return 0;
	if (!end || tree->end - end < 21)
		return failure_set(commits->failure, EXIT_UNABLE, "tree %s cannot be read; the repository is damaged, run git fsck",
		                   git_oid_tostr_s(git_odb_object_id(tree->object)));
	struct text mode = {tree->at, (size_t)(blank - tree->at)};
	entry->name = (struct text){blank + 1, (size_t)(end - blank - 1)};
	entry->folder = text_is(mode, "40000") || text_is(mode, "040000");
	entry->file = mode.len == 6 && text_starts(mode, "100");
	git_oid_fromraw(&entry->id, (const unsigned char *)end + 1);
	tree->at = end + 21;
	return 1;
}

/* git's order: a folder stands where its name with a slash would. */
static int order_entries(const struct tree_entry *a, const struct tree_entry *b)
{
	size_t shared = a->name.len < b->name.len ? a->name.len : b->name.len;
	int order = shared ? memcmp(a->name.at, b->name.at, shared) : 0;

	if (order)
		return order;
	unsigned char x = a->name.len > shared ? (unsigned char)a->name.at[shared] : a->folder ? '/' : 0;
	unsigned char y = b->name.len > shared ? (unsigned char)b->name.at[shared] : b->folder ? '/' : 0;
	return x < y ? -1 : x > y;
}

static int compare_trees(struct commits *commits, const git_oid *before, const git_oid *now, struct text path, size_t which, size_t depth);

static int tell_file(struct commits *commits, struct text path, const git_oid *was, const git_oid *id, size_t which)
{
	struct walked_file file = {.which = which, .path = path};

	if (commits->told++ >= commits->limits->walk_files)
		return failure_set(commits->failure, EXIT_UNABLE, "more than %zu versions of files in history (%s)", commits->limits->walk_files,
		                   limit_note(commits->limits, &commits->limits->walk_files).text);
	memcpy(file.blob, id->id, sizeof file.blob);
	memcpy(file.was, was->id, sizeof file.was);
	commits->files = arena_grow(&commits->scratch, commits->files, commits->file_count, sizeof *commits->files);
	commits->files[commits->file_count++] = file;
	return 0;
}

/* before and now: the entry of one name, NULL where it is not there. */
static int compare_entry(struct commits *commits, const struct tree_entry *before, const struct tree_entry *now, struct text folder,
                         size_t which, size_t depth)
{
	const struct tree_entry *either = now ? now : before;
	bool was_file = before && before->file, is_file = now && now->file;
	bool was_folder = before && before->folder, is_folder = now && now->folder;

	if (!was_file && !is_file && !was_folder && !is_folder)
		return 0;
	struct text path = text_format(&commits->scratch, "%.*s/%.*s", TEXT_ARGS(folder), TEXT_ARGS(either->name));
	if (was_folder || is_folder)
		return compare_trees(commits, was_folder ? &before->id : &no_id, is_folder ? &now->id : &no_id, path, which, depth + 1);
	return tell_file(commits, path, was_file ? &before->id : &no_id, is_file ? &now->id : &no_id, which);
}

/* Entries that are byte for byte alike, which nearly all are. */
static void skip_alike(struct tree *a, struct tree *b)
{
	for (;;) {
		size_t left = (size_t)(a->end - a->at);
		const char *end = left ? memchr(a->at, '\0', left) : NULL;
		size_t len = end ? (size_t)(end - a->at) + 21 : 0;
		if (!len || len > left || len > (size_t)(b->end - b->at) || memcmp(a->at, b->at, len) != 0)
			return;
		a->at += len;
		b->at += len;
	}
}

static int compare_opened(struct commits *commits, struct tree *before, struct tree *now, struct text path, size_t which, size_t depth)
{
	struct tree_entry old, new;

	skip_alike(before, now);
	int more_old = next_entry(&old, before, commits), more_new = next_entry(&new, now, commits), status = 0;

	while (status == 0 && more_old >= 0 && more_new >= 0 && (more_old || more_new)) {
		int order = !more_old ? 1 : !more_new ? -1 : order_entries(&old, &new);
		bool same = order == 0 && old.file == new.file && old.folder == new.folder && git_oid_equal(&old.id, &new.id);
		if (!same)
			status = compare_entry(commits, order <= 0 ? &old : NULL, order >= 0 ? &new : NULL, path, which, depth);
		if (order == 0)
			skip_alike(before, now);
		if (order <= 0)
			more_old = next_entry(&old, before, commits);
		if (order >= 0)
			more_new = next_entry(&new, now, commits);
	}
	return status < 0 || more_old < 0 || more_new < 0 ? -1 : 0;
}

static int compare_trees(struct commits *commits, const git_oid *before, const git_oid *now, struct text path, size_t which, size_t depth)
{
	struct tree old, new = {NULL, NULL, NULL};

	if (git_oid_equal(before, now) || depth > commits->limits->walk_depth)
		return 0;
	int status = open_tree(&old, commits, before, path);
	if (status == 0)
		status = open_tree(&new, commits, now, path);
	if (status == 0)
		status = compare_opened(commits, &old, &new, path, which, depth);
	git_odb_object_free(old.object);
	git_odb_object_free(new.object);
	return status;
}

/* What stands at a path below a tree; neither file nor folder where nothing does. */
static int entry_at(struct tree_entry *out, struct commits *commits, const git_oid *root, struct text path)
{
	struct tree_entry at = {.folder = true, .id = *root};

	for (struct text rest = path; rest.len && at.folder;) {
		size_t end = text_find(rest, '/');
		struct text name = text_cut(rest, 0, end);
		struct tree_entry entry = {.id = no_id};
		struct tree tree;
		int more = 0;
		if (open_tree(&tree, commits, &at.id, path) < 0)
			return -1;
		at = (struct tree_entry){.id = no_id};
		while ((more = next_entry(&entry, &tree, commits)) > 0 && !text_equal(entry.name, name))
			continue;
		if (more > 0)
			at = entry;
		git_odb_object_free(tree.object);
		if (more < 0)
			return -1;
		rest = text_cut(rest, end + 1, rest.len);
		if (rest.len && !at.folder)
			at = (struct tree_entry){.id = no_id};
	}
	*out = at;
	return 0;
}

static int compare_path(struct commits *commits, const git_oid *before, const git_oid *now, size_t which)
{
	struct text path = commits->paths[which];
	struct tree_entry old, new;

	if (entry_at(&old, commits, before, path) < 0 || entry_at(&new, commits, now, path) < 0)
		return -1;
	if (git_oid_equal(&old.id, &new.id) && old.file == new.file && old.folder == new.folder)
		return 0;
	if (old.folder || new.folder)
		return compare_trees(commits, old.folder ? &old.id : &no_id, new.folder ? &new.id : &no_id, path, which, path_depth(path));
	return old.file || new.file ? tell_file(commits, path, old.file ? &old.id : &no_id, new.file ? &new.id : &no_id, which) : 0;
}

/* The tree of a commit that may have been known all along. */
static int tree_of(git_oid *tree, struct commits *commits, const unsigned char id[20])
{
	size_t at = id_table_find(&commits->by_id, id);
	git_commit *commit;
	git_oid oid;

	if (at != ID_NONE) {
		*tree = commits->found[at].tree;
		return 0;
	}
	git_oid_fromraw(&oid, id);
	if (history_commit_read(&commit, commits->source, &oid, commits->failure) < 0)
		return -1;
	*tree = *git_commit_tree_id(commit);
	git_commit_free(commit);
	return 0;
}

static int visit(struct commits *commits, const struct found *found)
{
	struct walked_commit commit = {.time = found->time, .parents = found->parent_count ? commits->parents[found->parents].bytes : NULL,
	                               .parent_count = found->parent_count, .cut = found->cut};
	git_oid before = no_id;
	int status = 0;

	arena_init(&commits->scratch);
	commits->files = NULL;
	commits->file_count = 0;
	if (found->parent_count)
		status = tree_of(&before, commits, commit.parents);
	for (size_t i = 0; status == 0 && !git_oid_equal(&before, &found->tree) && i < commits->path_count; i++)
		status = compare_path(commits, &before, &found->tree, i);
	memcpy(commit.id, found->id.id, sizeof commit.id);
	commit.files = commits->files;
	commit.file_count = commits->file_count;
	if (status == 0)
		commits->walker->visit(commits->walker->context, &commit);
	arena_release(&commits->scratch);
	return status;
}

static bool is_new(struct commits *commits, const unsigned char id[20])
{
	return id_table_find(&commits->by_id, id) == ID_NONE && !commits->walker->is_known(commits->walker->context, id);
}

/* Depth first, a commit after all its parents. */
static int walk(struct commits *commits, const git_oid *from)
{
	size_t *way = NULL, depth = 0;

	if (!is_new(commits, from->id))
		return 0;
	if (find_commit(commits, from) < 0)
		return -1;
	way = arena_grow(&commits->arena, way, depth, sizeof *way);
	way[depth++] = 0;
	while (depth) {
		size_t at = way[depth - 1];
		if (commits->found[at].next == commits->found[at].parent_count) {
			depth--;
			if (visit(commits, &commits->found[at]) < 0)
				return -1;
			continue;
		}
		git_oid parent;
		git_oid_fromraw(&parent, commits->parents[commits->found[at].parents + commits->found[at].next++].bytes);
		if (!is_new(commits, parent.id))
			continue;
		if (find_commit(commits, &parent) < 0)
			return -1;
		way = arena_grow(&commits->arena, way, depth, sizeof *way);
		way[depth++] = commits->count - 1;
	}
	return 0;
}

int source_walk(struct source *source, const char *from, const struct text *paths, size_t path_count, const struct walker *walker,
                const struct limits *limits, struct failure *failure)
{
	struct commits commits = {.source = source, .walker = walker, .limits = limits, .paths = paths, .path_count = path_count, .failure = failure};
	git_oid start;

	seen_history(source);
	if (!source->repository || git_oid_fromstr(&start, from) != 0)
		return 0;
	arena_init(&commits.arena);
	int status = walk(&commits, &start);
	for (size_t i = 0; i < TREES_KEPT; i++)
		git_odb_object_free(commits.trees[i]);
	arena_release(&commits.arena);
	return status;
}

int source_commit_note(struct commit_note *out, struct source *source, const char *commit, struct arena *arena, struct failure *failure)
{
	git_commit *object;
	git_oid id;

	*out = (struct commit_note){.author = TEXT(""), .email = TEXT(""), .message = TEXT(""), .committer = TEXT("")};
	if (!source->repository || git_oid_fromstr(&id, commit) != 0)
		return failure_set(failure, EXIT_UNABLE, "cannot read commit '%s'", commit);
	if (history_commit_read(&object, source, &id, failure) < 0)
		return -1;
	const git_signature *author = git_commit_author(object), *committer = git_commit_committer(object);
	const char *message = git_commit_message(object);
	if (author) {
		out->author = text_copy(arena, text_of(author->name ? author->name : ""));
		out->email = text_copy(arena, text_of(author->email ? author->email : ""));
		out->time = author->when.time;
	}
	if (committer)
		out->committer = text_copy(arena, text_of(committer->name ? committer->name : ""));
	out->message = text_copy(arena, text_of(message ? message : ""));
	out->committed = git_commit_time(object);
	git_commit_free(object);
	return 0;
}

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "handle.h"
#include "noted.h"
#include "repository.h"

/* More parents than git itself merges are looked at as if they were not there: files of theirs count as the merge's own. */
enum { PARENTS_MAX = 16 };

/* What stands at one path in a commit and in its parents. */
struct node {
	git_oid id;
	git_object_t type;
};

struct walk {
	struct source *source;
	const struct limits *limits;
	struct arena *arena;
	struct failure *failure;
	git_oid *mainline; /* sorted */
	size_t mainline_count;
	/* the commit that is looked at */
	git_commit *commit;
	git_commit *parents[PARENTS_MAX];
	size_t parent_count;
	bool on_mainline;
	const struct history_commit *told; /* made when its first file is found */
	size_t which;
	bool is_new; /* the path of which: a parent has nothing there */
	struct history_file *files;
	size_t count;
};

static int compare_ids(const void *a, const void *b)
{
	return git_oid_cmp(a, b);
}

/* The chain of first parents of a commit. */
static int find_mainline(struct walk *walk, const git_oid *from)
{
	git_oid id = *from;

	for (;;) {
		git_commit *commit;
		if (walk->mainline_count >= walk->limits->walk_commits)
			break;
		walk->mainline = arena_grow(walk->arena, walk->mainline, walk->mainline_count, sizeof id);
		walk->mainline[walk->mainline_count++] = id;
		if (history_commit_read(&commit, walk->source, &id, walk->failure) < 0)
			return -1;
		bool root = git_commit_parentcount(commit) == 0;
		if (!root)
			id = *git_commit_parent_id(commit, 0);
		git_commit_free(commit);
		if (root)
			break;
	}
	qsort(walk->mainline, walk->mainline_count, sizeof id, compare_ids);
	return 0;
}

static int add_file(struct walk *walk, const struct node *node, struct text path, bool merged)
{
	struct history_file file = {.which = walk->which, .path = path, .merged = merged, .is_new = walk->is_new};

	if (walk->count >= walk->limits->walk_files)
		return failure_set(walk->failure, EXIT_UNABLE, "more than %zu versions of files in history (%s)", walk->limits->walk_files,
		                   limit_note(walk->limits, &walk->limits->walk_files).text);
	if (!walk->told) {
		struct history_commit *commit = arena_alloc(walk->arena, sizeof *commit);
		git_oid_tostr(commit->id, sizeof commit->id, git_commit_id(walk->commit));
		commit->time = git_commit_time(walk->commit);
		commit->mainline = walk->on_mainline;
		walk->told = commit;
	}
	git_oid_tostr(file.blob, sizeof file.blob, &node->id);
	file.commit = walk->told;
	walk->files = arena_grow(walk->arena, walk->files, walk->count, sizeof *walk->files);
	walk->files[walk->count++] = file;
	return 0;
}

static bool same_node(const struct node *a, const struct node *b)
{
	return a->type == b->type && git_oid_equal(&a->id, &b->id);
}

static int compare_folder(struct walk *walk, const struct node *now, const struct node *old, struct text path, size_t depth);

/* What is as in a parent is no change; on the mainline only the first parent counts. */
static int compare_node(struct walk *walk, const struct node *now, const struct node *old, struct text path, size_t depth)
{
	bool inherited = false;

	for (size_t i = 0; i < walk->parent_count; i++)
		inherited = inherited || same_node(now, &old[i]);
	if (walk->parent_count && same_node(now, &old[0]))
		return 0;
	if (inherited && !walk->on_mainline)
		return 0;
	if (now->type == GIT_OBJECT_BLOB)
		return add_file(walk, now, path, inherited);
	return now->type == GIT_OBJECT_TREE && depth < walk->limits->walk_depth ? compare_folder(walk, now, old, path, depth) : 0;
}

static int read_tree(git_tree **tree, struct walk *walk, const struct node *node, struct text path)
{
	*tree = NULL;
	if (node->type != GIT_OBJECT_TREE || git_oid_is_zero(&node->id))
		return 0;
	return objects_tree(tree, walk->source, &node->id, path.len ? path.at : "", walk->failure);
}

static int compare_entries(struct walk *walk, git_tree *now, git_tree *const *old, struct text path, size_t depth)
{
	for (size_t i = 0; i < git_tree_entrycount(now); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(now, i);
		const char *name = git_tree_entry_name(entry);
		struct node node = {*git_tree_entry_id(entry), git_tree_entry_type(entry)}, before[PARENTS_MAX] = {{{{0}}, 0}};
		/* A link's target is a blob too, and never read as a file. */
		if (git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK)
			continue;
		for (size_t p = 0; p < walk->parent_count; p++) {
			const git_tree_entry *other = old[p] ? git_tree_entry_byname(old[p], name) : NULL;
			if (other && git_tree_entry_filemode(other) != GIT_FILEMODE_LINK)
				before[p] = (struct node){*git_tree_entry_id(other), git_tree_entry_type(other)};
		}
		if (walk->parent_count && same_node(&node, &before[0]))
			continue;
		struct text inner = text_format(walk->arena, "%.*s/%s", TEXT_ARGS(path), name);
		if (compare_node(walk, &node, before, inner, depth + 1) < 0)
			return -1;
	}
	return 0;
}

static int compare_folder(struct walk *walk, const struct node *now, const struct node *old, struct text path, size_t depth)
{
	git_tree *tree = NULL, *before[PARENTS_MAX] = {NULL};
	int status = read_tree(&tree, walk, now, path);

	for (size_t i = 0; status == 0 && i < walk->parent_count; i++)
		status = read_tree(&before[i], walk, &old[i], path);
	if (status == 0 && tree)
		status = compare_entries(walk, tree, before, path, depth);
	for (size_t i = 0; i < walk->parent_count; i++)
		git_tree_free(before[i]);
	git_tree_free(tree);
	return status;
}

static int node_at(struct node *node, struct walk *walk, git_tree *root, struct text path)
{
	return history_entry(&node->id, &node->type, walk->source, root, path, walk->failure);
}

static int compare_paths(struct walk *walk, git_tree *root, git_tree *const *parents, const struct text *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct node now, old[PARENTS_MAX];
		walk->which = i;
		walk->is_new = false;
		if (node_at(&now, walk, root, paths[i]) < 0)
			return -1;
		for (size_t p = 0; p < walk->parent_count; p++) {
			if (node_at(&old[p], walk, parents[p], paths[i]) < 0)
				return -1;
			walk->is_new = walk->is_new || git_oid_is_zero(&old[p].id);
		}
		if (!git_oid_is_zero(&now.id) && compare_node(walk, &now, old, paths[i], path_depth(paths[i])) < 0)
			return -1;
	}
	return 0;
}

/* The trees of the commit and its parents; a parent of the very same tree means that nothing changed. */
static int compare_commit(struct walk *walk, const struct text *paths, size_t count)
{
	git_tree *root = NULL, *parents[PARENTS_MAX] = {NULL};
	int status = 0;

	for (size_t i = 0; i < walk->parent_count && (i == 0 || !walk->on_mainline); i++)
		if (git_oid_equal(git_commit_tree_id(walk->commit), git_commit_tree_id(walk->parents[i])))
			return 0;
	status = objects_tree(&root, walk->source, git_commit_tree_id(walk->commit), "", walk->failure);
	for (size_t i = 0; status == 0 && i < walk->parent_count; i++)
		status = objects_tree(&parents[i], walk->source, git_commit_tree_id(walk->parents[i]), "", walk->failure);
	if (status == 0)
		status = compare_paths(walk, root, parents, paths, count);
	for (size_t i = 0; i < walk->parent_count; i++)
		git_tree_free(parents[i]);
	git_tree_free(root);
	return status;
}

static int visit(struct walk *walk, const git_oid *id, const struct text *paths, size_t count)
{
	int status = history_commit_read(&walk->commit, walk->source, id, walk->failure);

	if (status < 0)
		return -1;
	walk->told = NULL;
	walk->on_mainline = walk->mainline_count && bsearch(id, walk->mainline, walk->mainline_count, sizeof *id, compare_ids);
	walk->parent_count = 0;
	for (unsigned i = 0; status == 0 && i < git_commit_parentcount(walk->commit) && i < PARENTS_MAX; i++) {
		status = history_commit_read(&walk->parents[i], walk->source, git_commit_parent_id(walk->commit, i), walk->failure);
		walk->parent_count += status == 0;
	}
	if (status == 0)
		status = compare_commit(walk, paths, count);
	for (size_t i = 0; i < walk->parent_count; i++)
		git_commit_free(walk->parents[i]);
	git_commit_free(walk->commit);
	return status;
}

static int visit_all(struct walk *walk, git_revwalk *commits, const struct text *paths, size_t count)
{
	size_t seen = 0;
	git_oid id;

	for (;;) {
		watch_start(walk->source->patience);
		int error = git_revwalk_next(&id, commits);
		watch_stop();
		if (error == GIT_ITEROVER)
			return 0;
		if (error)
			return repository_fail(walk->failure, error, "cannot walk through history");
		if (seen++ >= walk->limits->walk_commits)
			return failure_set(walk->failure, EXIT_UNABLE, "history has more than %zu commits (%s)", walk->limits->walk_commits,
			                   limit_note(walk->limits, &walk->limits->walk_commits).text);
		if (visit(walk, &id, paths, count) < 0)
			return -1;
	}
}

static int order_files(const void *left, const void *right)
{
	const struct history_file *a = left, *b = right;
	int order = text_compare(a->path, b->path);

	if (!order)
		order = (a->commit->time > b->commit->time) - (a->commit->time < b->commit->time);
	if (!order)
		order = strcmp(a->commit->id, b->commit->id);
	return order ? order : (a->which > b->which) - (a->which < b->which);
}

int source_history(struct history_file **files, size_t *count, struct source *source, const char *from, const char *except,
                   const struct text *paths, size_t path_count, const struct limits *limits, struct arena *arena,
                   struct failure *failure)
{
	struct walk walk = {.source = source, .limits = limits, .arena = arena, .failure = failure};
	git_revwalk *commits = NULL;
	git_oid start, end;
	int status = 0;

	seen_history(source);
	*files = NULL;
	*count = 0;
	if (!source->repository || git_oid_fromstr(&start, from) != 0)
		return 0;
	if (find_mainline(&walk, &start) < 0)
		return -1;
	int error = git_revwalk_new(&commits, source->repository);
	if (!error)
		error = git_revwalk_push(commits, &start);
	if (!error && except && git_oid_fromstr(&end, except) == 0)
		error = git_revwalk_hide(commits, &end);
	status = error ? repository_fail(failure, error, "cannot walk through history") : visit_all(&walk, commits, paths, path_count);
	git_revwalk_free(commits);
	if (status < 0)
		return -1;
	if (walk.count)
		qsort(walk.files, walk.count, sizeof *walk.files, order_files);
	*files = walk.files;
	*count = walk.count;
	return 0;
}

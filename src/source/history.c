#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "handle.h"
#include "noted.h"
#include "repository.h"

/* What stands at each path in one commit; zero where nothing does. */
struct view {
	git_oid tree;
	git_oid *ids;
};

static const git_oid nothing;

int history_shallow(struct failure *failure, size_t depth)
{
	return failure_set(failure, EXIT_UNABLE,
	                   "history not available (depth %zu): what is asked for may lie before what this shallow clone holds; git fetch "
	                   "--unshallow, in a workflow fetch-depth: 0",
	                   depth);
}

/* The id at path below tree: files by id alone, as a change of mode alone is none to us. */
int history_entry(git_oid *id, git_object_t *type, struct source *source, git_tree *root, struct text path, struct failure *failure)
{
	git_object_t spare;
	git_tree *at = NULL;

	type = type ? type : &spare;
	*id = nothing;
	*type = GIT_OBJECT_TREE;
	if (path.len && path.at[path.len - 1] == '/')
		path.len--;
	if (path.len == 0) {
		*id = *git_tree_id(root);
		return 0;
	}
	if (!path_is_plain(path) || git_tree_dup(&at, root) != 0)
		return 0;
	while (at) {
		char name[256] = "";
		size_t end = text_find(path, '/');
		memcpy(name, path.at, end);
		const git_tree_entry *entry = git_tree_entry_byname(at, name);
		git_tree *next = NULL;
		if (entry && end == path.len) {
			*id = *git_tree_entry_id(entry);
			*type = git_tree_entry_type(entry);
		} else if (entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE &&
		           objects_tree(&next, source, git_tree_entry_id(entry), name, failure) < 0) {
			git_tree_free(at);
			return -1;
		}
		path = text_cut(path, end + 1, path.len);
		git_tree_free(at);
		at = next;
	}
	return 0;
}

static int view_fill(struct view *view, struct source *source, const git_commit *commit, const struct text *paths, size_t count,
                     struct failure *failure)
{
	git_tree *root = NULL;
	int status = 0;

	view->tree = *git_commit_tree_id(commit);
	if (objects_tree(&root, source, &view->tree, "", failure) < 0)
		return -1;
	for (size_t i = 0; status == 0 && i < count; i++)
		status = history_entry(&view->ids[i], NULL, source, root, paths[i], failure);
	git_tree_free(root);
	return status;
}

int history_commit_read(git_commit **commit, struct source *source, const git_oid *id, struct failure *failure)
{
	watch_start(source->patience);
	int error = git_commit_lookup(commit, source->repository, id);
	watch_stop();
	return error ? repository_fail(failure, error, "cannot read commit %s", git_oid_tostr_s(id)) : 0;
}

/* *parent is NULL at a root. */
static int parent_read(git_commit **parent, struct source *source, const git_commit *commit, size_t depth,
                       struct failure *failure)
{
	*parent = NULL;
	if (git_commit_parentcount(commit) == 0)
		return 0;
	const git_oid *id = git_commit_parent_id(commit, 0);
	if (source->info.shallow && !git_odb_exists(source->odb, id))
		return history_shallow(failure, depth);
	return history_commit_read(parent, source, id, failure);
}

static bool is_change(const struct view *newer, const struct view *older, size_t count)
{
	return memcmp(newer->ids, older->ids, count * sizeof newer->ids[0]) != 0;
}

/* Walks from commit, which it releases, along first parents; views[0] is filled for it. */
static int walk(char out[41], git_commit *commit, struct view views[2], struct source *source, const struct text *paths,
                size_t count, const struct limits *limits, struct failure *failure)
{
	struct view *newer = &views[0], *older = &views[1];

	for (size_t depth = 1; commit; depth++) {
		git_commit *parent;
		int status = parent_read(&parent, source, commit, depth, failure);
		if (status == 0 && !parent)
			memset(older->ids, 0, count * sizeof older->ids[0]);
		else if (status == 0 && git_oid_equal(git_commit_tree_id(parent), &newer->tree))
			memcpy(older->ids, newer->ids, count * sizeof older->ids[0]);
		else if (status == 0)
			status = view_fill(older, source, parent, paths, count, failure);
		if (parent)
			older->tree = *git_commit_tree_id(parent);
		bool done = status == 0 && is_change(newer, older, count);
		if (done)
			git_oid_tostr(out, 41, git_commit_id(commit));
		git_commit_free(commit);
		commit = parent;
		if (status == 0 && !done && commit && depth >= limits->walk_commits)
			status = failure_set(failure, EXIT_UNABLE, "no change among the newest %zu commits (%s)", limits->walk_commits,
			                     limit_note(limits, &limits->walk_commits).text);
		if (status || done) {
			git_commit_free(commit);
			return status;
		}
		struct view *spare = newer;
		newer = older;
		older = spare;
	}
	return 0;
}

int source_newest_change(char commit[41], struct source *source, const struct text *paths, size_t count,
                         const struct limits *limits, struct failure *failure)
{
	git_oid id;
	git_commit *first;

	commit[0] = '\0';
	if (source->info.commit[0] == '\0' || count == 0)
		return 0;
	if (git_oid_fromstr(&id, source->info.commit) != 0 || history_commit_read(&first, source, &id, failure) < 0)
		return -1;
	git_oid *ids = memory_get(2 * count * sizeof *ids);
	struct view views[2] = {{.ids = ids}, {.ids = ids + count}};
	int status = view_fill(&views[0], source, first, paths, count, failure);
	if (status == 0)
		status = walk(commit, first, views, source, paths, count, limits, failure);
	else
		git_commit_free(first);
	free(ids);
	return status;
}

int source_reaches(enum reach *reach, struct source *source, const char commit[41], struct failure *failure)
{
	git_oid wanted, tip;
	git_object_t type;
	size_t size;

	*reach = REACH_UNKNOWN;
	if (!source->repository)
		return 0;
	*reach = strcmp(commit, source->info.commit) == 0 ? REACH_YES : REACH_NO;
	if (*reach == REACH_YES || source->info.commit[0] == '\0')
		return 0;
	if (git_oid_fromstr(&wanted, commit) != 0 || git_oid_fromstr(&tip, source->info.commit) != 0)
		return 0;
	if (!git_odb_exists(source->odb, &wanted)) {
		*reach = source->info.shallow ? REACH_UNKNOWN : REACH_NO;
		return 0;
	}
	watch_start(source->patience);
	int error = git_odb_read_header(&size, &type, source->odb, &wanted);
	bool is_commit = error == 0 && type == GIT_OBJECT_COMMIT;
	/* In a shallow clone the way between the two may be missing; that the commit is there has to do. */
	int behind = is_commit && !source->info.shallow ? git_graph_descendant_of(source->repository, &tip, &wanted) : is_commit;
	watch_stop();
	if (error || behind < 0)
		return repository_fail(failure, error ? error : behind, "cannot read commit %s", commit);
	*reach = behind ? REACH_YES : REACH_NO;
	return 0;
}

int source_descends(bool *descends, struct source *source, const char *commit, const char *ancestor, struct failure *failure)
{
	git_oid at, behind;

	seen_history(source);
	*descends = false;
	if (!source->repository || git_oid_fromstr(&at, commit) != 0 || git_oid_fromstr(&behind, ancestor) != 0)
		return 0;
	watch_start(source->patience);
	int found = git_graph_descendant_of(source->repository, &at, &behind);
	watch_stop();
	if (found < 0)
		return repository_fail(failure, found, "cannot read commit %s", commit);
	*descends = found > 0;
	return 0;
}

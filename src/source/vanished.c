#include <string.h>

#include "arena.h"
#include "handle.h"
#include "noted.h"
#include "repository.h"

/* Folders with a galley.yaml in one commit that are without in another. */

static const char *const config_names[] = {"galley.yaml", "galley.yml"};

struct vanishing {
	struct source *source;
	const struct limits *limits;
	struct text *places;
	size_t count, folders;
	struct arena *arena;
	struct failure *failure;
};

static bool holds_config(git_tree *tree)
{
	bool found = false;

	for (size_t i = 0; tree && i < sizeof config_names / sizeof *config_names; i++)
		found = found || git_tree_entry_byname(tree, config_names[i]);
	return found;
}

static void add_place(struct vanishing *vanishing, struct text folder)
{
	vanishing->places = arena_grow(vanishing->arena, vanishing->places, vanishing->count, sizeof *vanishing->places);
	vanishing->places[vanishing->count++] = folder;
}

static int compare(struct vanishing *vanishing, git_tree *before, git_tree *after, struct text folder, size_t depth);

/* What stands below a folder of before; what is the same in after has lost nothing. */
static int compare_inner(struct vanishing *vanishing, const git_tree_entry *entry, git_tree *after, struct text folder, size_t depth)
{
	const char *name = git_tree_entry_name(entry);
	const git_tree_entry *other = after ? git_tree_entry_byname(after, name) : NULL;
	git_tree *inner = NULL, *same = NULL;

	if (other && git_oid_equal(git_tree_entry_id(entry), git_tree_entry_id(other)))
		return 0;
	struct text path = text_format(vanishing->arena, "%.*s%s/", TEXT_ARGS(folder), name);
	if (!path_is_plain(text_cut(path, 0, path.len - 1)))
		return 0;
	/* One tree may stand in many places. */
	if (++vanishing->folders > vanishing->limits->walk_files)
		return failure_set(vanishing->failure, EXIT_UNABLE, "more than %zu folders (%s)", vanishing->limits->walk_files,
		                   limit_note(vanishing->limits, &vanishing->limits->walk_files).text);
	int status = objects_tree(&inner, vanishing->source, git_tree_entry_id(entry), name, vanishing->failure);
	if (status == 0 && other && git_tree_entry_type(other) == GIT_OBJECT_TREE)
		status = objects_tree(&same, vanishing->source, git_tree_entry_id(other), name, vanishing->failure);
	if (status == 0)
		status = compare(vanishing, inner, same, path, depth + 1);
	git_tree_free(inner);
	git_tree_free(same);
	return status;
}

static int compare(struct vanishing *vanishing, git_tree *before, git_tree *after, struct text folder, size_t depth)
{
	int status = 0;

	if (depth > vanishing->limits->walk_depth)
		return 0;
	if (holds_config(before) && !holds_config(after))
		add_place(vanishing, folder);
	for (size_t i = 0; status == 0 && i < git_tree_entrycount(before); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(before, i);
		if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
			status = compare_inner(vanishing, entry, after, folder, depth);
	}
	return status;
}

static int tree_of(git_tree **tree, struct source *source, const char *commit, struct failure *failure)
{
	git_commit *read;
	git_oid id;

	if (git_oid_fromstr(&id, commit) != 0)
		return failure_set(failure, EXIT_UNABLE, "cannot read commit '%s'", commit);
	if (history_commit_read(&read, source, &id, failure) < 0)
		return -1;
	int status = objects_tree(tree, source, git_commit_tree_id(read), "", failure);
	git_commit_free(read);
	return status;
}

/* Files or an index have no trees to compare with. */
static int keep_absent(struct vanishing *vanishing)
{
	size_t kept = 0;

	for (size_t i = 0; i < vanishing->count; i++) {
		bool found = false;
		for (size_t k = 0; !found && k < sizeof config_names / sizeof *config_names; k++) {
			struct text path = text_format(vanishing->arena, "%.*s%s", TEXT_ARGS(vanishing->places[i]), config_names[k]);
			enum entry_kind kind;
			if (source_look(&found, &kind, vanishing->source, path, vanishing->failure) < 0)
				return -1;
		}
		if (!found)
			vanishing->places[kept++] = vanishing->places[i];
	}
	vanishing->count = kept;
	return 0;
}

int source_vanished(struct text **places, size_t *count, struct source *source, const char *commit, const char *later,
                    const struct limits *limits, struct arena *arena, struct failure *failure)
{
	struct vanishing vanishing = {.source = source, .limits = limits, .arena = arena, .failure = failure};
	git_tree *before = NULL, *after = NULL;
	int status = 0;

	seen_history(source);
	*places = NULL;
	*count = 0;
	if (!source->repository)
		return 0;
	if (!later && source->info.kind == SOURCE_COMMIT)
		later = source->info.commit;
	status = tree_of(&before, source, commit, failure);
	if (status == 0 && later)
		status = tree_of(&after, source, later, failure);
	if (status == 0)
		status = compare(&vanishing, before, after, TEXT(""), 0);
	if (status == 0 && !later)
		status = keep_absent(&vanishing);
	git_tree_free(before);
	git_tree_free(after);
	*places = vanishing.places;
	*count = vanishing.count;
	return status;
}

int source_parents(char (**parents)[41], size_t *count, struct source *source, const char *commit, struct arena *arena, struct failure *failure)
{
	git_commit *read;
	git_oid id;

	seen_history(source);
	*parents = NULL;
	*count = 0;
	if (!source->repository || git_oid_fromstr(&id, commit) != 0)
		return 0;
	if (history_commit_read(&read, source, &id, failure) < 0)
		return -1;
	*parents = arena_array(arena, git_commit_parentcount(read), sizeof **parents);
	for (unsigned i = 0; i < git_commit_parentcount(read); i++)
		if (!source->info.shallow || git_odb_exists(source->odb, git_commit_parent_id(read, i)))
			git_oid_tostr((*parents)[(*count)++], 41, git_commit_parent_id(read, i));
	git_commit_free(read);
	return 0;
}

void source_enter(struct source *source, struct text workspace)
{
	source->info.workspace = workspace;
}

#include <string.h>

#include "arena.h"
#include "handle.h"
#include "noted.h"
#include "repository.h"

/* Folders with a galley.yaml in one commit that are not as they were in another. */

static const char *const config_names[] = {"galley.yaml", "galley.yml"};

struct leaving {
	struct source *source;
	const struct limits *limits;
	struct source_place *places;
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

static void add_place(struct leaving *leaving, struct text folder, bool gone)
{
	leaving->places = arena_grow(leaving->arena, leaving->places, leaving->count, sizeof *leaving->places);
	leaving->places[leaving->count++] = (struct source_place){folder, gone};
}

static int compare(struct leaving *leaving, git_tree *before, git_tree *after, struct text folder, size_t depth);

/* What stands below a folder of before; what is the same in after has lost nothing. */
static int compare_inner(struct leaving *leaving, const git_tree_entry *entry, git_tree *after, struct text folder, size_t depth)
{
	const char *name = git_tree_entry_name(entry);
	const git_tree_entry *other = after ? git_tree_entry_byname(after, name) : NULL;
	git_tree *inner = NULL, *same = NULL;

	if (other && git_oid_equal(git_tree_entry_id(entry), git_tree_entry_id(other)))
		return 0;
	struct text path = text_format(leaving->arena, "%.*s%s/", TEXT_ARGS(folder), name);
	if (!path_is_plain(text_cut(path, 0, path.len - 1)))
		return 0;
	/* One tree may stand in many places. */
	if (++leaving->folders > leaving->limits->walk_files)
		return failure_set(leaving->failure, EXIT_UNABLE, "more than %zu folders (%s)", leaving->limits->walk_files,
		                   limit_note(leaving->limits, &leaving->limits->walk_files).text);
	int status = objects_tree(&inner, leaving->source, git_tree_entry_id(entry), name, leaving->failure);
	if (status == 0 && other && git_tree_entry_type(other) == GIT_OBJECT_TREE)
		status = objects_tree(&same, leaving->source, git_tree_entry_id(other), name, leaving->failure);
	if (status == 0)
		status = compare(leaving, inner, same, path, depth + 1);
	git_tree_free(inner);
	git_tree_free(same);
	return status;
}

static int compare(struct leaving *leaving, git_tree *before, git_tree *after, struct text folder, size_t depth)
{
	int status = 0;

	if (depth > leaving->limits->walk_depth)
		return 0;
	if (holds_config(before))
		add_place(leaving, folder, !holds_config(after));
	for (size_t i = 0; status == 0 && i < git_tree_entrycount(before); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(before, i);
		if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
			status = compare_inner(leaving, entry, after, folder, depth);
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
static int look_again(struct leaving *leaving)
{
	for (size_t i = 0; i < leaving->count; i++) {
		bool found = false;
		for (size_t k = 0; !found && k < sizeof config_names / sizeof *config_names; k++) {
			struct text path = text_format(leaving->arena, "%.*s%s", TEXT_ARGS(leaving->places[i].path), config_names[k]);
			enum entry_kind kind;
			if (source_look(&found, &kind, leaving->source, path, leaving->failure) < 0)
				return -1;
		}
		leaving->places[i].gone = !found;
	}
	return 0;
}

int source_left(struct source_place **places, size_t *count, struct source *source, const char *commit, const char *later,
                const struct limits *limits, struct arena *arena, struct failure *failure)
{
	struct leaving leaving = {.source = source, .limits = limits, .arena = arena, .failure = failure};
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
		status = compare(&leaving, before, after, TEXT(""), 0);
	if (status == 0 && !later)
		status = look_again(&leaving);
	git_tree_free(before);
	git_tree_free(after);
	*places = leaving.places;
	*count = leaving.count;
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

#include "proposal.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "instant.h"
#include "seal.h"
#include "trailer.h"

enum { LOOK_BACK = 100, CHANGES_TOLD = 20, CHANGE_BYTES = 1024 * 1024 };

struct reading {
	const struct proposal_request *request;
	struct target target;
	git_oid base;
	git_tree *base_tree;
	struct proposal *items;
	size_t count;
	struct arena *arena;
	struct failure *failure;
};

const char *proposal_outcome_name(enum proposal_outcome outcome)
{
	static const char *const names[] = {"proposed", "rebuilt", "stands", "withdrawn", "left alone", "not proposed"};

	return names[outcome];
}

static bool is_name(struct text name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return false;
	}
	return name.len > 0 && name.len <= 64;
}

/* "refs/heads/galley/M/A" and "refs/remotes/R/galley/M/A"; false where it is another one. */
static bool parse_name(struct proposal *out, const char *ref)
{
	static const char heads[] = "refs/heads/", remotes[] = "refs/remotes/";
	bool local = strncmp(ref, heads, strlen(heads)) == 0;
	struct text name = text_of(ref + (local ? strlen(heads) : strlen(remotes))), rest = name;

	*out = (struct proposal){.branch = name};
	if (!local) {
		out->remote = text_cut(name, 0, text_find(name, '/'));
		rest = text_cut(name, out->remote.len + 1, name.len);
	}
	if (!text_starts(rest, "galley/"))
		return false;
	rest = text_cut(rest, strlen("galley/"), rest.len);
	out->model = text_cut(rest, 0, text_find(rest, '/'));
	out->action = text_cut(rest, out->model.len + 1, rest.len);
	return is_name(out->model) && is_name(out->action);
}

/* --- Our commit, at the tip or below what people have added --- */

static void take_message(struct proposal *out, struct text whole, struct arena *arena)
{
	struct text message = text_copy(arena, whole), reason;

	out->subject = text_cut(message, 0, text_find(message, '\n'));
	out->workspace = trailer_get(message, "Workspace", 0);
	out->state = trailer_get(message, "State", 0);
	out->since = trailer_get(message, "Since", 0);
	out->cause = trailer_get(message, "Cause", 0);
	out->run = trailer_get(message, "Run", 0);
	out->has_as_of = instant_parse(&out->as_of, trailer_get(message, "As-Of", 0));
	while ((reason = trailer_get(message, "Reason", out->reason_count)).len) {
		out->reasons = arena_grow(arena, out->reasons, out->reason_count, sizeof *out->reasons);
		out->reasons[out->reason_count++] = reason;
	}
}

/* Sealed for this very branch. */
static bool is_ours(const struct proposal *proposal, const git_commit *commit, struct arena *arena)
{
	struct text message = text_of(git_commit_message(commit));

	return text_equal(trailer_get(message, "Model", 0), proposal->model) &&
	       text_equal(trailer_get(message, "Action", 0), proposal->action) && seal_fits(commit, arena);
}

static int find_ours(struct proposal *out, struct reading *reading, const git_oid *tip)
{
	struct arena *arena = reading->arena;
	git_oid at = *tip;

	out->touched = true;
	for (unsigned i = 0; i < LOOK_BACK && !out->commit[0] && git_odb_exists(reading->target.odb, &at); i++) {
		git_commit *commit;
		watch_start(WATCH_SECONDS);
		if (target_commit(&commit, &reading->target, &at, reading->failure) < 0)
			return -1;
		if (is_ours(out, commit, arena)) {
			const git_signature *who = git_commit_author(commit);
			git_oid_tostr(out->commit, sizeof out->commit, &at);
			git_oid_tostr(out->parent, sizeof out->parent, git_commit_parent_id(commit, 0));
			out->touched = i > 0;
			out->author = text_copy(arena, text_of(who->name));
			out->email = text_copy(arena, text_of(who->email));
			take_message(out, text_of(git_commit_message(commit)), arena);
		}
		bool more = git_commit_parentcount(commit) > 0;
		if (more)
			at = *git_commit_parent_id(commit, 0);
		git_commit_free(commit);
		if (!more)
			break;
	}
	return 0;
}

/* --- What it changes --- */

static struct text blob_text(const struct reading *reading, const git_diff_file *file)
{
	git_odb_object *object = NULL;
	git_object_t type;
	size_t size;

	if (git_oid_is_zero(&file->id) || (file->mode != GIT_FILEMODE_BLOB && file->mode != GIT_FILEMODE_BLOB_EXECUTABLE) ||
	    git_odb_read_header(&size, &type, reading->target.odb, &file->id) != 0 || type != GIT_OBJECT_BLOB || size > CHANGE_BYTES ||
	    git_odb_read(&object, reading->target.odb, &file->id) != 0)
		return TEXT("");
	struct text bytes = text_copy(reading->arena, (struct text){git_odb_object_data(object), git_odb_object_size(object)});
	git_odb_object_free(object);
	return bytes;
}

static void take_changes(struct proposal *out, const struct reading *reading, git_diff *diff)
{
	out->changed = git_diff_num_deltas(diff);
	out->changes = arena_array(reading->arena, CHANGES_TOLD, sizeof *out->changes);
	for (size_t i = 0; i < out->changed && i < CHANGES_TOLD; i++) {
		const git_diff_delta *delta = git_diff_get_delta(diff, i);
		const char *path = delta->new_file.path ? delta->new_file.path : delta->old_file.path;
		out->changes[out->change_count++] = (struct proposal_change){
			.path = text_copy(reading->arena, text_of(path)),
			.is_new = delta->status == GIT_DELTA_ADDED,
			.is_gone = delta->status == GIT_DELTA_DELETED,
			.before = blob_text(reading, &delta->old_file),
			.after = blob_text(reading, &delta->new_file),
		};
	}
}

/* As a merge of it into the base would go; what was read is what both have in common. */
static bool merges(const struct reading *reading, git_tree *parent, git_tree *tip)
{
	git_merge_options options;
	git_index *index = NULL;

	git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
	options.flags = 0;
	bool clean = git_merge_trees(&index, reading->target.repository, parent, reading->base_tree, tip, &options) == 0 &&
	             !git_index_has_conflicts(index);
	git_index_free(index);
	return clean;
}

static int compare(struct proposal *out, struct reading *reading, const git_oid *tip)
{
	git_oid parent_id;
	git_tree *parent = NULL, *tree = NULL;
	git_diff *diff = NULL;

	git_oid_fromstr(&parent_id, out->parent);
	/* A clone may not reach that far back. */
	if (!git_odb_exists(reading->target.odb, &parent_id))
		return 0;
	int result = target_tree(&parent, &reading->target, &parent_id, reading->failure);
	if (result == 0)
		result = target_tree(&tree, &reading->target, tip, reading->failure);
	if (result == 0) {
		int error = git_diff_tree_to_tree(&diff, reading->target.repository, parent, tree, NULL);
		if (error)
			result = repository_fail(reading->failure, error, "cannot compare branch '%.*s'", TEXT_ARGS(out->branch));
	}
	if (result == 0) {
		take_changes(out, reading, diff);
		out->applies = git_oid_equal(&parent_id, &reading->base) || merges(reading, parent, tree);
		out->merged = git_oid_equal(tip, &reading->base) || git_graph_descendant_of(reading->target.repository, &reading->base, tip) == 1;
	}
	git_diff_free(diff);
	git_tree_free(tree);
	git_tree_free(parent);
	return result;
}

/* --- All of them --- */

static int add(struct reading *reading, const char *ref, const git_oid *tip)
{
	struct proposal found;

	if (!parse_name(&found, arena_format(reading->arena, "%s", ref)))
		return 0;
	git_oid_tostr(found.tip, sizeof found.tip, tip);
	if (find_ours(&found, reading, tip) < 0 || (found.commit[0] && compare(&found, reading, tip) < 0))
		return -1;
	reading->items = arena_grow(reading->arena, reading->items, reading->count, sizeof *reading->items);
	reading->items[reading->count++] = found;
	return 0;
}

static int read_refs(struct reading *reading, const char *glob)
{
	git_reference_iterator *refs = NULL;
	git_reference *ref;
	int error = git_reference_iterator_glob_new(&refs, reading->target.repository, glob), result = 0;

	while (result == 0 && error == 0) {
		error = git_reference_next(&ref, refs);
		if (error)
			break;
		if (git_reference_type(ref) == GIT_REFERENCE_DIRECT)
			result = add(reading, git_reference_name(ref), git_reference_target(ref));
		git_reference_free(ref);
	}
	git_reference_iterator_free(refs);
	if (result == 0 && error != GIT_ITEROVER)
		return repository_fail(reading->failure, error, "cannot list the branches");
	return result;
}

static int order(const void *left, const void *right)
{
	const struct proposal *a = left, *b = right;
	int result = text_compare(a->model, b->model);

	if (!result)
		result = text_compare(a->action, b->action);
	return result ? result : text_compare(a->remote, b->remote);
}

int proposals_read(struct proposal **items, size_t *count, const struct proposal_request *request, struct arena *arena, struct failure *failure)
{
	struct reading reading = {.request = request, .arena = arena, .failure = failure};
	int result = target_reach(&reading.target, request->directory, request->git_dir, arena, failure);

	watch_start(WATCH_SECONDS);
	if (result == 0 && git_oid_fromstr(&reading.base, request->base) != 0)
		result = failure_set(failure, EXIT_UNABLE, "'%.40s' is not the id of a commit to build on", request->base);
	if (result == 0)
		result = target_tree(&reading.base_tree, &reading.target, &reading.base, failure);
	if (result == 0)
		result = read_refs(&reading, "refs/heads/galley/*");
	if (result == 0)
		result = read_refs(&reading, "refs/remotes/*/galley/*");
	watch_stop();
	if (reading.count)
		qsort(reading.items, reading.count, sizeof *reading.items, order);
	*items = reading.items;
	*count = reading.count;
	git_tree_free(reading.base_tree);
	target_close(&reading.target);
	return result;
}

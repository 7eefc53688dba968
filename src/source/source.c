#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "blob.h"
#include "handle.h"
#include "noted.h"
#include "repository.h"

enum { PATIENCE_SECONDS = 30 };

void source_close(struct source *source)
{
	if (!source)
		return;
	handle_forget(source);
	seen_end(source);
	kept_close(source);
	if (source->top >= 0)
		close(source->top);
	git_tree_free(source->tree);
	git_index_free(source->index);
	git_index_free(source->stats);
	git_odb_free(source->odb);
	if (source->repository && !source->borrowed)
		repository_close(source->repository);
	free(source);
}

const struct source_info *source_get_info(const struct source *source)
{
	return &source->info;
}

void source_limit(struct source *source, const struct limits *limits)
{
	source->limits = *limits;
}

/* --- Opening --- */

static const char *shallow_hint(const struct source *source)
{
	return source->info.shallow ? "this clone is shallow: git fetch --unshallow, in a workflow fetch-depth: 0"
	                            : "a branch of a remote has to be fetched first: git fetch";
}

/* The commit that is read, and its tree where a tree is what is read. */
static int take_commit(struct source *source, git_object *object, const char *name, struct failure *failure)
{
	git_object *peeled = NULL;

	watch_start(source->patience);
	int error = git_object_peel(&peeled, object, GIT_OBJECT_COMMIT);
	watch_stop();
	if (error == GIT_EPEEL || error == GIT_EINVALIDSPEC)
		return failure_set(failure, EXIT_UNABLE, "revision '%s' is a %s, not a commit", name,
		                   git_object_type2string(git_object_type(object)));
	if (error)
		return repository_fail(failure, error, "cannot read commit '%s'", name);
	const git_commit *commit = (const git_commit *)peeled;
	git_oid_tostr(source->info.commit, sizeof source->info.commit, git_object_id(peeled));
	source->info.commit_time = git_commit_time(commit);
	int status = 0;
	if (source->info.kind == SOURCE_COMMIT)
		status = objects_tree(&source->tree, source, git_commit_tree_id(commit), name, failure);
	git_object_free(peeled);
	return status;
}

static int take_revision(struct source *source, const char *revision, struct failure *failure)
{
	git_object *object = NULL;

	if (strcmp(revision, "HEAD") == 0 && git_repository_head_unborn(source->repository) == 1)
		return failure_set(failure, EXIT_UNABLE, "revision 'HEAD' is not there: the repository has no commit yet");
	/* Of a path, in the index or in a commit: libgit2 has no answer to the first. */
	if (revision[0] == ':')
		return failure_set(failure, EXIT_UNABLE, "'%s' is not a revision: a branch, tag or commit id is wanted", revision);
	watch_start(source->patience);
	int error = git_revparse_single(&object, source->repository, revision);
	watch_stop();
	if (error == GIT_EAMBIGUOUS)
		return failure_set(failure, EXIT_UNABLE, "revision '%s' is ambiguous: several objects begin like this", revision);
	if (error == GIT_EINVALIDSPEC)
		return failure_set(failure, EXIT_UNABLE, "'%s' is not a revision: a branch, tag or commit id is wanted", revision);
	if (error == GIT_ENOTFOUND)
		return failure_set(failure, EXIT_UNABLE, "revision '%s' is not there; %s", revision, shallow_hint(source));
	if (error)
		return repository_fail(failure, error, "cannot read revision '%s'", revision);
	int status = take_commit(source, object, revision, failure);
	git_object_free(object);
	return status;
}

static int take_head(struct source *source, struct failure *failure)
{
	git_reference *head = NULL;
	git_object *object = NULL;

	watch_start(source->patience);
	int error = git_repository_head(&head, source->repository);
	if (error == 0)
		error = git_reference_peel(&object, head, GIT_OBJECT_COMMIT);
	watch_stop();
	int status = 0;
	if (error == 0)
		status = take_commit(source, object, "HEAD", failure);
	else if (error != GIT_EUNBORNBRANCH)
		status = repository_fail(failure, error, "cannot read HEAD");
	git_object_free(object);
	git_reference_free(head);
	return status;
}

static int open_index(git_index **out, struct source *source, const char *file, struct arena *arena, struct failure *failure)
{
	if (repository_index(out, source->repository, file, arena, failure) < 0)
		return -1;
	if (!git_index_has_conflicts(*out))
		return 0;
	git_index_conflict_iterator *conflicts = NULL;
	const git_index_entry *sides[3] = {NULL, NULL, NULL};
	const char *path = "";
	if (git_index_conflict_iterator_new(&conflicts, *out) == 0 &&
	    git_index_conflict_next(&sides[0], &sides[1], &sides[2], conflicts) == 0)
		path = arena_format(arena, "%s", (sides[1] ? sides[1] : sides[2] ? sides[2] : sides[0])->path);
	git_index_conflict_iterator_free(conflicts);
	return failure_set(failure, EXIT_UNABLE, "the index holds conflicts, the first in '%s': resolve them, then git add", path);
}

/* In a sparse checkout files are missing that nobody removed. */
static int check_sparse(struct source *source, struct arena *arena, struct failure *failure)
{
	git_index *index = NULL;
	int status = 0;

	if (!repository_setting(source->repository, "core.sparseCheckout", arena))
		return 0;
	if (open_index(&index, source, NULL, arena, failure) < 0) {
		git_index_free(index);
		return -1;
	}
	for (size_t i = 0; status == 0 && i < git_index_entrycount(index); i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);
		struct text path = text_of(entry->path);
		bool found = true;
		enum entry_kind kind;
		if ((entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) == 0 ||
		    !text_equal(text_cut(path, 0, source->info.workspace.len), source->info.workspace))
			continue;
		status = files_look(&found, &kind, source, path, failure);
		if (status == 0 && !found)
			status = failure_set(failure, EXIT_UNABLE,
			                     "sparse checkout: '%s' is not in the working tree; read the index with --staged or a commit with --at "
			                     "HEAD, or git sparse-checkout disable",
			                     entry->path);
	}
	git_index_free(index);
	return status;
}

/* The folder of the nearest galley.yaml, from where the walk started up to the top. */
static int find_workspace(struct source *source, struct text prefix, struct arena *arena, struct failure *failure)
{
	static const char *const names[] = {"galley.yaml", "galley.yml"};

	for (;; prefix = path_folder(prefix)) {
		struct text folder = prefix.len ? text_format(arena, "%.*s/", TEXT_ARGS(prefix)) : TEXT("");
		bool found = false;
		for (size_t i = 0; !found && i < sizeof names / sizeof names[0]; i++) {
			struct text path = text_format(arena, "%.*s%s", TEXT_ARGS(folder), names[i]);
			enum entry_kind kind;
			if (source_look(&found, &kind, source, path, failure) < 0)
				return -1;
		}
		if (found || prefix.len == 0) {
			source->info.workspace = folder;
			return 0;
		}
	}
}

static int open_repository(struct source *source, const struct location *location, const struct source_options *options,
                           struct arena *arena, struct failure *failure)
{
	const char *revision = options->at;

	if (repository_open(&source->repository, location, arena, failure) < 0)
		return -1;
	int error = git_repository_odb(&source->odb, source->repository);
	if (error)
		return repository_fail(failure, error, "cannot open the objects of '%s'", location->top);
	source->objects = options->objects ? arena_format(arena, "%s", options->objects) : NULL;
	error = options->objects ? git_odb_add_disk_alternate(source->odb, options->objects) : 0;
	if (error)
		return repository_fail(failure, error, "cannot open the objects in '%s'", options->objects);
	source->info.bare = git_repository_is_bare(source->repository) == 1;
	source->info.shallow = git_repository_is_shallow(source->repository) == 1;
	if (source->info.bare) {
		source->info.top = text_format(arena, "%s", location->kind == LOCATION_BARE ? location->top
		                                                                           : git_repository_path(source->repository));
		if (options->staged && !options->index_file)
			return failure_set(failure, EXIT_UNABLE, "a bare repository has no index to read: name a commit with --at");
		if (!revision && !options->staged)
			revision = "HEAD";
	}
	source->info.kind = options->staged ? SOURCE_INDEX : revision ? SOURCE_COMMIT : SOURCE_WORKTREE;
	if (options->staged && open_index(&source->index, source, options->index_file, arena, failure) < 0)
		return -1;
	return revision ? take_revision(source, revision, failure) : take_head(source, failure);
}

static int open_located(struct source *source, const struct location *location, const struct source_options *options,
                        struct arena *arena, struct failure *failure)
{
	source->info.top = text_of(location->top);
	source->prefix = options->below.len ? options->below : location->prefix;
	if (location->kind == LOCATION_FOLDER && (options->staged || options->at))
		return failure_set(failure, EXIT_UNABLE, "'%s' is not in a git repository: there is no %s to read", location->top,
		                   options->staged ? "index" : "commit");
	if (location->kind != LOCATION_FOLDER && open_repository(source, location, options, arena, failure) < 0)
		return -1;
	if (source->info.kind == SOURCE_FOLDER || source->info.kind == SOURCE_WORKTREE) {
		source->top = open(location->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (source->top < 0)
			return failure_set(failure, EXIT_UNABLE, "cannot open folder '%s': %s", location->top, strerror(errno));
	}
	if (find_workspace(source, source->prefix, arena, failure) < 0)
		return -1;
	return source->info.kind == SOURCE_WORKTREE ? check_sparse(source, arena, failure) : 0;
}

int source_open(struct source **out, const struct source_options *options, struct arena *arena, struct failure *failure)
{
	struct location location;

	if (options->staged && options->at)
		return failure_set(failure, EXIT_USAGE, "--at and --staged exclude each other");
	if (repository_locate(&location, options->directory, options->git_dir, arena, failure) < 0)
		return -1;
	struct source *source = memory_get(sizeof *source);
	memset(source, 0, sizeof *source);
	source->top = -1;
	source->kept = KEPT_UNASKED;
	source->no_cache = options->no_cache;
	source->limits = options->limits ? *options->limits : limits_default;
	source->patience = options->patience ? options->patience : PATIENCE_SECONDS;
	watch_install();
	if (open_located(source, &location, options, arena, failure) < 0) {
		source_close(source);
		return -1;
	}
	if (options->seen)
		seen_begin(source);
	*out = source;
	return 0;
}

int source_open_folder(struct source **out, const char *folder, const struct limits *limits, struct failure *failure)
{
	int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (top < 0)
		return failure_set(failure, EXIT_UNABLE, "cannot open folder '%s': %s", folder, strerror(errno));
	struct source *source = memory_get(sizeof *source);
	memset(source, 0, sizeof *source);
	source->info = (struct source_info){.kind = SOURCE_FOLDER, .workspace = TEXT(""), .top = text_of(folder)};
	source->kept = KEPT_NONE;
	source->no_cache = true;
	source->limits = *limits;
	source->top = top;
	*out = source;
	return 0;
}

int source_open_commit(struct source **out, struct source *from, const char *commit, struct arena *arena, struct failure *failure)
{
	struct source *source = memory_get(sizeof *source);

	memset(source, 0, sizeof *source);
	seen_history(from);
	source->info = from->info;
	source->info.kind = SOURCE_COMMIT;
	source->patience = from->patience;
	source->limits = from->limits;
	source->repository = from->repository;
	source->borrowed = true;
	source->objects = from->objects;
	source->kept = KEPT_UNASKED;
	source->no_cache = from->no_cache;
	source->prefix = from->prefix;
	source->top = -1;
	int error = git_repository_odb(&source->odb, source->repository);
	if (error)
		repository_fail(failure, error, "cannot open the repository's objects");
	if (error || take_revision(source, commit, failure) < 0 || find_workspace(source, source->prefix, arena, failure) < 0) {
		source_close(source);
		return -1;
	}
	*out = source;
	return 0;
}

/* A shallow clone knows how many commits it holds, but not what lies before them. */
static int refuse_shallow(struct source *source, struct failure *failure)
{
	git_commit *commit = NULL;
	size_t depth = 0;
	git_oid id;

	if (git_oid_fromstr(&id, source->info.commit) != 0 || history_commit_read(&commit, source, &id, failure) < 0)
		return -1;
	for (bool more = true; more && depth < source->limits.walk_commits; depth++) {
		git_commit *parent = NULL;
		const git_oid *above = git_commit_parentcount(commit) ? git_commit_parent_id(commit, 0) : NULL;
		more = above && git_odb_exists(source->odb, above);
		if (more && history_commit_read(&parent, source, above, failure) < 0) {
			git_commit_free(commit);
			return -1;
		}
		if (!more)
			continue;
		git_commit_free(commit);
		commit = parent;
	}
	git_commit_free(commit);
	return history_shallow(failure, depth);
}

int source_revision(char commit[41], struct source *source, const char *revision, struct failure *failure)
{
	struct source *other;
	struct arena scratch;

	arena_init(&scratch);
	int status = source_open_commit(&other, source, revision, &scratch, failure);
	if (status == 0) {
		memcpy(commit, other->info.commit, sizeof other->info.commit);
		source_close(other);
	}
	arena_release(&scratch);
	return status;
}

int source_has_base(bool *has, const char **why, struct source *source, const char *revision, struct failure *failure)
{
	git_object *object = NULL;
	git_oid ours, shared;

	seen_spoil(source);
	*has = false;
	*why = !source->repository          ? "there is no repository"
	       : !source->info.commit[0]    ? "there is no commit yet"
	       : source->info.shallow       ? "the clone is shallow"
	                                    : NULL;
	if (*why)
		return 0;
	watch_start(source->patience);
	int error = git_revparse_single(&object, source->repository, revision);
	if (!error) {
		git_oid_fromstr(&ours, source->info.commit);
		error = git_merge_base(&shared, source->repository, &ours, git_object_id(object));
		*why = error == GIT_ENOTFOUND ? "they have no commit in common" : NULL;
	} else if (error == GIT_ENOTFOUND || error == GIT_EUNBORNBRANCH) {
		*why = "it does not exist yet";
	}
	watch_stop();
	git_object_free(object);
	if (error && !*why)
		return repository_fail(failure, error, "cannot find the common ancestor with '%s'", revision);
	*has = !error;
	return 0;
}

int source_merge_base(char base[41], char commit[41], struct source *source, const char *revision, struct failure *failure)
{
	git_oid ours, theirs, shared;

	seen_spoil(source);
	if (!source->repository)
		return failure_set(failure, EXIT_UNABLE, "'%.*s' is not in a git repository: there is no '%s' to compare with",
		                   TEXT_ARGS(source->info.top), revision);
	if (!source->info.commit[0])
		return failure_set(failure, EXIT_UNABLE, "cannot compare with '%s': HEAD has no commit yet", revision);
	if (source_revision(commit, source, revision, failure) < 0)
		return -1;
	if (source->info.shallow)
		return refuse_shallow(source, failure);
	git_oid_fromstr(&ours, source->info.commit);
	git_oid_fromstr(&theirs, commit);
	watch_start(source->patience);
	int error = git_merge_base(&shared, source->repository, &ours, &theirs);
	watch_stop();
	if (error == GIT_ENOTFOUND)
		return failure_set(failure, EXIT_UNABLE, "cannot compare with '%s': it and %s have no commit in common", revision,
		                   source->info.kind == SOURCE_COMMIT ? source->info.commit : "HEAD");
	if (error)
		return repository_fail(failure, error, "cannot find the common ancestor with '%s'", revision);
	git_oid_tostr(base, 41, &shared);
	return 0;
}

/* --- Reading --- */

static bool reads_files(const struct source *source)
{
	return source->info.kind == SOURCE_FOLDER || source->info.kind == SOURCE_WORKTREE;
}

static int compare_entries(const void *a, const void *b)
{
	return text_compare(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

int source_list(struct entry **entries, size_t *count, struct source *source, struct text folder, const struct limits *limits,
                struct arena *arena, struct failure *failure)
{
	struct entry_list list = {NULL, 0};

	*entries = NULL;
	*count = 0;
	if (folder.len && folder.at[folder.len - 1] == '/')
		folder.len--;
	if (folder.len && !path_is_plain(folder))
		return 0;
	int status = reads_files(source) ? files_list(&list, source, folder, limits, arena, failure)
	                                 : objects_list(&list, source, folder, limits, arena, failure);
	if (status < 0 || overlay_list(&list, source, folder, limits, arena, failure) < 0)
		return -1;
	if (list.count)
		qsort(list.items, list.count, sizeof *list.items, compare_entries);
	for (size_t i = 1; i < list.count; i++)
		if (text_equal(list.items[i - 1].path, list.items[i].path))
			return failure_set(failure, EXIT_UNABLE, "'%.*s' stands twice in its folder; the repository is damaged, run git fsck",
			                   TEXT_ARGS(list.items[i].path));
	seen_listed(source, folder, list.items, list.count, limits);
	*entries = list.items;
	*count = list.count;
	return 0;
}

int source_children(struct entry **entries, size_t *count, struct source *source, struct text folder, const struct limits *limits,
                    struct arena *arena, struct failure *failure)
{
	struct entry_list list = {NULL, 0};

	*entries = NULL;
	*count = 0;
	if (folder.len && !path_is_plain(folder))
		return 0;
	if (files_children(&list, source, folder, limits, arena, failure) < 0)
		return -1;
	if (list.count)
		qsort(list.items, list.count, sizeof *list.items, compare_entries);
	*entries = list.items;
	*count = list.count;
	return 0;
}

int source_look(bool *found, enum entry_kind *kind, struct source *source, struct text path, struct failure *failure)
{
	*found = false;
	if (!path_is_plain(path) || path_depth(path) > source->limits.walk_depth)
		return 0;
	if (overlay_find(source, path) || overlay_has_folder(source, path)) {
		*found = true;
		*kind = overlay_find(source, path) ? ENTRY_FILE : ENTRY_FOLDER;
		return 0;
	}
	int status = reads_files(source) ? files_look(found, kind, source, path, failure) : objects_look(found, kind, source, path, failure);
	if (status == 0)
		seen_looked(source, path, *found, *found ? *kind : ENTRY_OTHER);
	return status;
}

int source_read_blob(struct input *input, enum read_result *result, struct source *source, const char *blob, struct text path,
                     size_t max, struct arena *arena, struct failure *failure)
{
	git_odb_object *object = NULL;
	git_oid id;

	seen_history(source);
	*input = (struct input){.path = text_copy(arena, path), .bytes = TEXT("")};
	*result = READ_MISSING;
	if (!source->odb || git_oid_fromstr(&id, blob) != 0)
		return 0;
	if (objects_read_id(&object, result, source, &id, input->path.at, max, failure) < 0)
		return -1;
	if (*result == READ_OK)
		objects_take(input, object, arena);
	return 0;
}

static int read_object(struct input *input, enum read_result *result, struct source *source, struct text path, size_t max,
                       struct arena *arena, struct failure *failure)
{
	git_odb_object *object = NULL;

	if (objects_read(&object, result, source, path, max, failure) < 0)
		return -1;
	if (*result == READ_OK)
		objects_take(input, object, arena);
	return 0;
}

static int read_file(struct input *input, enum read_result *result, struct source *source, struct text path, size_t max,
                     struct arena *arena, struct failure *failure)
{
	size_t size;
	int fd;

	if (files_open(&fd, &size, result, source, path, failure) < 0)
		return -1;
	if (*result != READ_OK)
		return 0;
	int status = files_read(&input->bytes, result, fd, size, path, max, arena, failure);
	close(fd);
	if (status < 0 || *result != READ_OK)
		return status;
	return repository_blob_id(input->blob, source->repository, path, input->bytes, failure);
}

int source_read(struct input *input, enum read_result *result, struct source *source, struct text path, size_t max,
                struct arena *arena, struct failure *failure)
{
	*input = (struct input){.path = text_copy(arena, path), .bytes = TEXT("")};
	*result = READ_MISSING;
	if (!path_is_plain(path) || path_depth(path) > source->limits.walk_depth)
		return 0;
	const struct source_overlay *over = overlay_find(source, path);
	if (over)
		return overlay_read(input, result, source, over, max, failure);
	int status = reads_files(source) ? read_file(input, result, source, path, max, arena, failure)
	                                 : read_object(input, result, source, path, max, arena, failure);
	if (status == 0 && source->seen)
		seen_read(source, path, *result, input->blob, *result == READ_OK && blob_may_convert(input->bytes));
	return status;
}

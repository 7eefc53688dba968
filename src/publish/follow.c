#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "limits.h"
#include "workdir.h"

enum { NAMED_PATHS = 10 };

void warnings_add(struct warnings *warnings, struct text warning, struct arena *arena)
{
	warnings->items = arena_grow(arena, warnings->items, warnings->count, sizeof *warnings->items);
	warnings->items[warnings->count++] = warning;
}

/* What follow_commit() works with. */
struct follow {
	const struct target *target;
	struct workdir workdir;
	git_index *index; /* read from the lock file, a copy of the index; NULL where the repository has none */
	git_tree *base, *parent, *tip;
	struct warnings *warnings;
	size_t kept; /* paths left to the user */
	struct arena *arena;
};

/* One path: what it was, what it becomes. */
struct step {
	struct text path;
	const char *name; /* as a string */
	struct item base, parent, tip;
	struct text bytes; /* of tip */
	struct stat status;
	bool written; /* status is that of a file that holds bytes */
};

static bool same(const struct item *a, const struct item *b)
{
	return a->mode == b->mode && git_oid_equal(&a->id, &b->id);
}

/* --- The lock --- */

struct lock {
	const char *path, *index;
	struct timespec time; /* of the index, kept: git takes a file that changed after it as possibly modified */
	bool held;
};

static int write_whole(int to, const char *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t put = write(to, bytes + done, len - done);
		if (put < 0 && errno != EINTR)
			return -1;
		done += put > 0 ? (size_t)put : 0;
	}
	return 0;
}

static int copy_file(int to, const char *from, struct timespec *time, bool *found)
{
	char block[16384];
	struct stat status;
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0;

	*found = fd >= 0;
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	int result = fstat(fd, &status);
	*time = status.st_mtim;
	while (result == 0 && (got = read(fd, block, sizeof block)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		result = got < 0 ? -1 : write_whole(to, block, (size_t)got);
	}
	int error = errno;
	close(fd);
	errno = error;
	return result;
}

static void lock_release(struct lock *lock)
{
	if (lock->held)
		unlink(lock->path);
	lock->held = false;
}

/* Takes git's lock on the index and reads the index under it. The lock file becomes its copy, and later the new index. */
static int lock_take(struct lock *lock, struct follow *follow, struct failure *failure)
{
	git_repository *repository = follow->target->repository;
	struct patience patience = patience_for(PATIENCE_SECONDS);
	bool found;
	int fd;

	lock->index = arena_format(follow->arena, "%sindex", git_repository_path(repository));
	lock->path = arena_format(follow->arena, "%s.lock", lock->index);
	while ((fd = open(lock->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0) {
		if (errno != EEXIST)
			return failure_set(failure, EXIT_UNABLE, "cannot lock the index: %s", strerror(errno));
		if (!patience_wait(&patience))
			return lock_fail(failure, EXIT_UNABLE, lock->path, follow->arena);
	}
	lock->held = true;
	int result = copy_file(fd, lock->index, &lock->time, &found);
	int error = errno;
	if (close(fd) != 0 && result == 0) {
		result = -1;
		error = errno;
	}
	if (result != 0)
		return failure_set(failure, EXIT_UNABLE, "cannot copy the index: %s", strerror(error));
	return found ? repository_index(&follow->index, repository, lock->path, follow->arena, failure) : 0;
}

static int lock_commit(struct lock *lock, struct follow *follow, struct failure *failure)
{
	struct timespec times[2] = {lock->time, lock->time};

	if (!follow->index)
		return 0;
	int error = git_index_write(follow->index);
	if (error)
		return repository_fail(failure, error, "cannot write the index");
	if (utimensat(AT_FDCWD, lock->path, times, 0) != 0 || rename(lock->path, lock->index) != 0)
		return failure_set(failure, EXIT_UNABLE, "cannot write the index: %s", strerror(errno));
	lock->held = false;
	return 0;
}

/* --- One path --- */

static void keep(struct follow *follow, const char *what, const struct step *step, const char *remedy)
{
	if (follow->kept++ >= NAMED_PATHS)
		return;
	warnings_add(follow->warnings,
	             text_format(follow->arena, "%s '%s' was changed by you and is left as it is; to take what was committed: %s %s", what,
	                         step->name, remedy, shell_word(step->path, follow->arena)),
	             follow->arena);
}

static int load_tip(struct follow *follow, struct step *step, struct failure *failure)
{
	git_odb_object *object = NULL;
	int error = git_odb_read(&object, follow->target->odb, &step->tip.id);

	if (error)
		return repository_fail(failure, error, "cannot read '%s' in git", step->name);
	step->bytes = text_copy(follow->arena, (struct text){git_odb_object_data(object), git_odb_object_size(object)});
	git_odb_object_free(object);
	return 0;
}

static bool is_sparse(const struct follow *follow, const struct step *step)
{
	const git_index_entry *entry = follow->index ? git_index_get_bypath(follow->index, step->name, 0) : NULL;

	return entry && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
}

static int follow_file(struct follow *follow, struct step *step, struct failure *failure)
{
	enum standing standing;
	struct text bytes;
	git_oid id = {{0}};
	char hex[41];

	if (workdir_read(&standing, &bytes, &step->status, &follow->workdir, step->path, limits_default.blob_bytes, follow->arena,
	                 failure) < 0)
		return -1;
	if (standing == STANDS_FILE) {
		if (repository_blob_id(hex, follow->target->repository, step->path, bytes, failure) < 0)
			return -1;
		git_oid_fromstr(&id, hex);
	}
	bool is_tip = standing != STANDS_OTHER && git_oid_equal(&id, &step->tip.id);
	bool is_old = standing != STANDS_OTHER && (git_oid_equal(&id, &step->base.id) || git_oid_equal(&id, &step->parent.id));
	step->written = is_tip && standing == STANDS_FILE;
	if (is_tip || (standing == STANDS_NOTHING && is_sparse(follow, step)))
		return 0;
	if (!is_old) {
		keep(follow, "the file", step, step->tip.mode ? "git checkout HEAD --" : "rm --");
		return 0;
	}
	if (!step->tip.mode)
		return workdir_remove(&follow->workdir, step->path, failure);
	if (load_tip(follow, step, failure) < 0)
		return -1;
	mode_t mode = step->tip.mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0777 : 0666;
	if (workdir_write(&step->status, &follow->workdir, step->path, step->bytes, mode, failure) < 0)
		return -1;
	step->written = true;
	return 0;
}

static void fill_entry(git_index_entry *entry, const struct step *step)
{
	const struct stat *status = &step->status;

	entry->id = step->tip.id;
	entry->mode = step->tip.mode;
	entry->path = step->name;
	entry->ctime = entry->mtime = (git_index_time){0, 0};
	entry->dev = entry->ino = entry->uid = entry->gid = entry->file_size = 0;
	/* Where the file is not the committed one, an empty stamp makes git compare the two. */
	if (!step->written)
		return;
	entry->ctime = (git_index_time){(int32_t)status->st_ctim.tv_sec, (uint32_t)status->st_ctim.tv_nsec};
	entry->mtime = (git_index_time){(int32_t)status->st_mtim.tv_sec, (uint32_t)status->st_mtim.tv_nsec};
	entry->dev = (uint32_t)status->st_dev;
	entry->ino = (uint32_t)status->st_ino;
	entry->uid = status->st_uid;
	entry->gid = status->st_gid;
	entry->file_size = (uint32_t)status->st_size;
}

static int follow_entry(struct follow *follow, const struct step *step, struct failure *failure)
{
	const git_index_entry *found = git_index_get_bypath(follow->index, step->name, 0);
	git_index_entry entry = {.mode = 0};
	struct item item = {.mode = 0};
	size_t position;
	int error = 0;

	if (found) {
		entry = *found;
		item = (struct item){found->id, found->mode};
	}
	/* Conflicts are never ours, nor what is only announced. */
	bool users = (!found && git_index_find(&position, follow->index, step->name) == 0) ||
	             (found && (found->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD));
	if (users || (!same(&item, &step->base) && !same(&item, &step->parent) && !same(&item, &step->tip))) {
		keep(follow, "the index entry of", step, step->tip.mode ? "git reset -q HEAD --" : "git rm --cached --");
		return 0;
	}
	fill_entry(&entry, step);
	if (step->tip.mode)
		error = git_index_add(follow->index, &entry);
	else if (found)
		error = git_index_remove(follow->index, step->name, 0);
	return error ? repository_fail(failure, error, "cannot update the index entry of '%s'", step->name) : 0;
}

static int follow_path(struct follow *follow, struct text path, struct failure *failure)
{
	struct step step = {.path = path, .name = arena_copy(follow->arena, path.at, path.len)};

	if (target_item(&step.base, follow->target, follow->base, path, failure) < 0 ||
	    target_item(&step.parent, follow->target, follow->parent, path, failure) < 0 ||
	    target_item(&step.tip, follow->target, follow->tip, path, failure) < 0)
		return -1;
	if (step.tip.mode && step.tip.mode != GIT_FILEMODE_BLOB && step.tip.mode != GIT_FILEMODE_BLOB_EXECUTABLE)
		return 0;
	if (follow_file(follow, &step, failure) < 0)
		return -1;
	return follow->index ? follow_entry(follow, &step, failure) : 0;
}

/* --- All of them --- */

static int load_trees(struct follow *follow, const git_oid *base, const git_oid *parent, struct failure *failure)
{
	git_oid tip;
	bool exists;

	if (target_tip(&tip, &exists, follow->target, failure) < 0)
		return -1;
	if (!exists)
		return failure_set(failure, EXIT_UNABLE, "branch '%s' is gone", follow->target->branch);
	if (target_tree(&follow->base, follow->target, base, failure) < 0 ||
	    target_tree(&follow->parent, follow->target, parent, failure) < 0)
		return -1;
	return target_tree(&follow->tip, follow->target, &tip, failure);
}

/* Somebody may have switched branches meanwhile: then the working directory is none of ours. */
static int is_still_there(bool *here, const struct target *target, struct failure *failure)
{
	git_reference *head = NULL;
	int error = git_reference_lookup(&head, target->repository, "HEAD");

	if (error)
		return repository_fail(failure, error, "cannot read HEAD");
	*here = git_reference_type(head) == GIT_REFERENCE_SYMBOLIC && strcmp(git_reference_symbolic_target(head), target->ref) == 0;
	git_reference_free(head);
	return 0;
}

/* One path that cannot be written does not keep the others from following: the first failure is told at the end. */
static int follow_paths(struct follow *follow, const struct change *changes, size_t count, struct failure *failure)
{
	struct failure other;
	int result = 0;

	for (size_t i = 0; i < count; i++)
		if (follow_path(follow, changes[i].file->path, result ? &other : failure) < 0)
			result = -1;
	return result;
}

static int follow_all(struct follow *follow, const git_oid *base, const git_oid *parent, const struct change *changes,
                      size_t count, struct failure *failure)
{
	const char *spare = git_repository_path(follow->target->repository);
	struct lock lock = {.held = false};
	struct failure other;
	bool here = false;
	int result = lock_take(&lock, follow, failure);

	if (result == 0)
		result = is_still_there(&here, follow->target, failure);
	if (result == 0 && here) {
		result = load_trees(follow, base, parent, failure);
		if (result == 0)
			result = workdir_open(&follow->workdir, follow->target->location.top, spare, failure);
		if (result == 0) {
			result = follow_paths(follow, changes, count, failure);
			if (lock_commit(&lock, follow, result ? &other : failure) < 0)
				result = -1;
		}
	}
	lock_release(&lock);
	return result;
}

/* The arguments of a command that can be run as it is: many paths are named by the folder that they share. */
static const char *paths_to_take(const struct change *changes, size_t count, struct arena *arena)
{
	struct text shared = changes[0].file->path;
	const char *paths = "";

	for (size_t i = 0; i < count && count <= NAMED_PATHS; i++)
		if (!changes[i].file->remove)
			paths = arena_format(arena, "%s %s", paths, shell_word(changes[i].file->path, arena));
	if (paths[0])
		return paths;
	for (size_t i = 0; i < count; i++) {
		struct text path = changes[i].file->path;
		size_t same = 0;
		while (same < shared.len && same < path.len && shared.at[same] == path.at[same])
			same++;
		while (same > 0 && shared.at[same - 1] != '/')
			same--;
		shared.len = same;
	}
	return arena_format(arena, " %s", shared.len ? shell_word(text_cut(shared, 0, shared.len - 1), arena) : ".");
}

void follow_commit(struct warnings *warnings, const struct target *target, const git_oid *base, const git_oid *parent,
                   const struct change *changes, size_t count, struct arena *arena)
{
	struct follow follow = {.target = target, .workdir = {.top = -1, .spare = -1}, .warnings = warnings, .arena = arena};
	struct failure failure;

	int result = follow_all(&follow, base, parent, changes, count, &failure);
	if (follow.kept > NAMED_PATHS)
		warnings_add(warnings, text_format(arena, "and %zu more files or index entries of yours are left as they are; see git status",
		                                   follow.kept - NAMED_PATHS),
		             arena);
	if (result < 0)
		warnings_add(warnings,
		             text_format(arena, "committed, but the working directory did not follow: %s; see git status; to take what was "
		                                "committed: git checkout HEAD --%s",
		                         failure.message, paths_to_take(changes, count, arena)),
		             arena);
	workdir_close(&follow.workdir);
	git_index_free(follow.index);
	git_tree_free(follow.base);
	git_tree_free(follow.parent);
	git_tree_free(follow.tip);
}

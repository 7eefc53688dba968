#include "target.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"

void target_close(struct target *target)
{
	git_odb_free(target->odb);
	if (target->repository)
		repository_close(target->repository);
}

/* --- The branch --- */

/* The branch HEAD is on, in target->ref; NULL where it is detached. */
static int read_head(const char **ref, const struct target *target, struct arena *arena, struct failure *failure)
{
	git_reference *head = NULL;
	int error = git_reference_lookup(&head, target->repository, "HEAD");

	*ref = NULL;
	if (error)
		return repository_fail(failure, error, "cannot read HEAD");
	const char *name = git_reference_type(head) == GIT_REFERENCE_SYMBOLIC ? git_reference_symbolic_target(head) : "";
	if (strncmp(name, "refs/heads/", strlen("refs/heads/")) == 0)
		*ref = arena_format(arena, "%s", name);
	git_reference_free(head);
	return 0;
}

int target_choose(struct target *target, const char *wanted, struct arena *arena, struct failure *failure)
{
	const char *head;
	int valid = 0;

	if (read_head(&head, target, arena, failure) < 0)
		return -1;
	if (wanted && (git_branch_name_is_valid(&valid, wanted) != 0 || !valid))
		return failure_set(failure, EXIT_UNABLE, "'%s' is not a name that a branch can have", wanted);
	if (wanted && strncmp(wanted, "refs/", strlen("refs/")) == 0)
		return failure_set(failure, EXIT_UNABLE, "'%s' is the full name of a reference: --branch takes the short one", wanted);
	if (!wanted && !head)
		return failure_set(failure, EXIT_UNABLE, "HEAD is detached: there is no branch to commit to; name one with --branch, or git "
		                                         "switch to one");
	target->ref = wanted ? arena_format(arena, "refs/heads/%s", wanted) : head;
	target->branch = target->ref + strlen("refs/heads/");
	target->checked_out = head && strcmp(head, target->ref) == 0 && git_repository_is_bare(target->repository) != 1;
	return 0;
}

int target_tip(git_oid *tip, bool *exists, const struct target *target, struct failure *failure)
{
	git_reference *reference = NULL;
	int error = git_reference_lookup(&reference, target->repository, target->ref);

	*exists = error == 0;
	memset(tip, 0, sizeof *tip);
	if (error == GIT_ENOTFOUND)
		return 0;
	if (error)
		return repository_fail(failure, error, "cannot read branch '%s'", target->branch);
	const git_oid *id = git_reference_target(reference);
	if (id)
		*tip = *id;
	git_reference_free(reference);
	if (!id)
		return failure_set(failure, EXIT_UNABLE, "branch '%s' is only a name for another one: commit to that", target->branch);
	return 0;
}

/* --- Objects --- */

int target_commit(git_commit **commit, const struct target *target, const git_oid *id, struct failure *failure)
{
	int error = git_commit_lookup(commit, target->repository, id);

	return error ? repository_fail(failure, error, "cannot read commit %s", git_oid_tostr_s(id)) : 0;
}

int target_tree(git_tree **tree, const struct target *target, const git_oid *id, struct failure *failure)
{
	git_commit *commit;

	if (target_commit(&commit, target, id, failure) < 0)
		return -1;
	int error = git_commit_tree(tree, commit);
	git_commit_free(commit);
	return error ? repository_fail(failure, error, "cannot read the tree of commit %s", git_oid_tostr_s(id)) : 0;
}

int target_item(struct item *item, const struct target *target, const git_tree *tree, struct text path,
                struct failure *failure)
{
	git_tree_entry *entry = NULL;
	char name[4096];

	(void)target;
	memset(item, 0, sizeof *item);
	if (path.len && path.at[path.len - 1] == '/')
		path.len--;
	if (path.len == 0) {
		item->id = *git_tree_id(tree);
		item->mode = GIT_FILEMODE_TREE;
		return 0;
	}
	if (!path_is_plain(path) || path.len >= sizeof name)
		return 0;
	memcpy(name, path.at, path.len);
	name[path.len] = '\0';
	int error = git_tree_entry_bypath(&entry, tree, name);
	if (error && error != GIT_ENOTFOUND)
		return repository_fail(failure, error, "cannot read '%s' in git", name);
	if (entry) {
		item->id = *git_tree_entry_id(entry);
		item->mode = git_tree_entry_filemode(entry);
	}
	git_tree_entry_free(entry);
	return 0;
}

/* --- What stands against it --- */

static int check_state(const struct target *target, struct failure *failure)
{
	static const struct {
		int state;
		const char *name, *end;
	} states[] = {
		{GIT_REPOSITORY_STATE_MERGE, "merge", "git merge --abort"},
		{GIT_REPOSITORY_STATE_REVERT, "revert", "git revert --abort"},
		{GIT_REPOSITORY_STATE_REVERT_SEQUENCE, "revert", "git revert --abort"},
		{GIT_REPOSITORY_STATE_CHERRYPICK, "cherry-pick", "git cherry-pick --abort"},
		{GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE, "cherry-pick", "git cherry-pick --abort"},
		{GIT_REPOSITORY_STATE_BISECT, "bisect", "git bisect reset"},
		{GIT_REPOSITORY_STATE_REBASE, "rebase", "git rebase --abort"},
		{GIT_REPOSITORY_STATE_REBASE_INTERACTIVE, "rebase", "git rebase --abort"},
		{GIT_REPOSITORY_STATE_REBASE_MERGE, "rebase", "git rebase --abort"},
		{GIT_REPOSITORY_STATE_APPLY_MAILBOX, "git am", "git am --abort"},
		{GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE, "git am or rebase", "git am --abort"},
	};
	int state = git_repository_state(target->repository);

	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (states[i].state == state)
			return failure_set(failure, EXIT_UNABLE, "the repository is in the middle of a %s: finish it, or %s", states[i].name,
			                   states[i].end);
	if (state == GIT_REPOSITORY_STATE_NONE)
		return 0;
	return failure_set(failure, EXIT_UNABLE, "the repository is in the middle of another operation: see git status");
}

/* Others hold it for moments; what stays is stale, or a long operation. */
static int check_index(const struct target *target, struct arena *arena, struct failure *failure)
{
	const char *lock = arena_format(arena, "%sindex.lock", git_repository_path(target->repository));
	struct patience patience = patience_for(LOCK_SECONDS);
	git_index *index = NULL;
	struct stat status;

	while (lstat(lock, &status) == 0)
		if (lock_is_old(lock) || !patience_wait(&patience))
			return lock_fail(failure, EXIT_UNABLE, lock, arena);
	if (!target->checked_out)
		return 0;
	int result = repository_index(&index, target->repository, NULL, arena, failure);
	git_index_free(index);
	return result;
}

/* The first line of a small file of git's; "" where there is none. */
static const char *read_line(const char *path, struct arena *arena)
{
	char *line = arena_alloc(arena, 4097);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return "";
	ssize_t got = read(fd, line, 4096);
	close(fd);
	line[got > 0 ? got : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static bool is_on(const char *head_file, const char *ref, struct arena *arena)
{
	const char *line = read_line(head_file, arena);

	return strncmp(line, "ref: ", 5) == 0 && strcmp(line + 5, ref) == 0;
}

static int in_use(const struct target *target, const char *where, struct failure *failure)
{
	return failure_set(failure, EXIT_UNABLE,
	                   "branch '%s' is checked out in '%s': commit there, for that working directory would not follow from here",
	                   target->branch, where);
}

/* The working directory whose .git this is, or itself. */
static const char *folder_of(const char *git_dir, struct arena *arena)
{
	struct text path = text_of(git_dir);

	if (!text_ends(path, "/.git/"))
		return git_dir;
	return path.len > strlen("/.git/") ? arena_copy(arena, path.at, path.len - strlen("/.git/")) : "/";
}

static int check_linked(const struct target *target, const char *name, struct arena *arena, struct failure *failure)
{
	const char *common = git_repository_commondir(target->repository);
	const char *folder = arena_format(arena, "%sworktrees/%s/", common, name);
	struct stat status;

	if (strcmp(folder, git_repository_path(target->repository)) == 0 ||
	    !is_on(arena_format(arena, "%sHEAD", folder), target->ref, arena))
		return 0;
	const char *link = read_line(arena_format(arena, "%sgitdir", folder), arena);
	/* A worktree whose folder was removed has nothing that could follow. */
	if (link[0] != '\0' && stat(link, &status) != 0)
		return 0;
	size_t len = strlen(link);
	return in_use(target, len > 5 ? arena_copy(arena, link, len - strlen("/.git")) : folder, failure);
}

int target_elsewhere(const struct target *target, struct arena *arena, struct failure *failure)
{
	const char *common = git_repository_commondir(target->repository);
	git_strarray names = {NULL, 0};
	int result = 0;

	/* The main one, where this is a linked one, or a repository that was opened without its working directory. */
	bool other = git_repository_is_worktree(target->repository) == 1 || target->location.kind == LOCATION_BARE;
	if (other && !repository_setting(target->repository, "core.bare", arena) &&
	    is_on(arena_format(arena, "%sHEAD", common), target->ref, arena))
		return in_use(target, folder_of(common, arena), failure);
	if (git_worktree_list(&names, target->repository) != 0)
		return repository_fail(failure, -1, "cannot list the worktrees");
	for (size_t i = 0; result == 0 && i < names.count; i++)
		result = check_linked(target, names.strings[i], arena, failure);
	git_strarray_dispose(&names);
	return result;
}

static bool is_name(const char *text)
{
	bool some = false;

	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f || *text == '<' || *text == '>')
			return false;
		some = some || *text != ' ';
	}
	return some;
}

int target_identify(struct target *target, const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	git_config *config = NULL;
	const char *name = NULL, *email = NULL;
	int error = git_repository_config_snapshot(&config, target->repository);

	if (error)
		return repository_fail(failure, error, "cannot read git's configuration");
	git_config_get_string(&name, config, "user.name");
	git_config_get_string(&email, config, "user.email");
	target->name = request->name.len ? arena_copy(arena, request->name.at, request->name.len) : arena_format(arena, "%s", name ? name : "");
	target->email =
	    request->email.len ? arena_copy(arena, request->email.at, request->email.len) : arena_format(arena, "%s", email ? email : "");
	git_config_free(config);
	if (target->name[0] == '\0' || target->email[0] == '\0')
		return failure_set(failure, EXIT_UNABLE,
		                   "who commits is not known: git config user.name 'Your Name' and git config user.email you@example.org");
	if (!is_name(target->name) || !is_name(target->email))
		return failure_set(failure, EXIT_UNABLE, "'%s <%s>' cannot stand in a commit: a blank name, '<', '>' or a control character",
		                   target->name, target->email);
	return 0;
}

int target_reach(struct target *target, const char *directory, const char *git_dir, struct arena *arena, struct failure *failure)
{
	*target = (struct target){.repository = NULL};
	if (repository_locate(&target->location, directory, git_dir, arena, failure) < 0)
		return -1;
	if (target->location.kind == LOCATION_FOLDER)
		return failure_set(failure, EXIT_UNABLE, "'%s' is not in a git repository: there is nothing to commit to",
		                   target->location.top);
	watch_install();
	if (repository_open(&target->repository, &target->location, arena, failure) < 0)
		return -1;
	int error = git_repository_odb(&target->odb, target->repository);
	return error ? repository_fail(failure, error, "cannot open the objects of '%s'", target->location.top) : 0;
}

int target_open(struct target *target, const struct publish_request *request, struct arena *arena, struct failure *failure)
{
	if (target_reach(target, request->directory, request->git_dir, arena, failure) < 0 ||
	    target_choose(target, request->branch, arena, failure) < 0)
		return -1;
	if (git_repository_is_bare(target->repository) != 1 &&
	    (check_state(target, failure) < 0 || check_index(target, arena, failure) < 0))
		return -1;
	return target_elsewhere(target, arena, failure);
}

/* realpath() */
#define _XOPEN_SOURCE 700

#include "repository.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "git.h"

static void set_up(void)
{
	/* Both change nothing of what we read: config.worktree is looked at by check_worktree_settings(). */
	const char *extensions[] = {"worktreeconfig", "preciousobjects"};

	git_use_memory();
	if (git_libgit2_init() != 1)
		return;
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, sizeof extensions / sizeof extensions[0]);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
}

void repository_close(struct git_repository *repository)
{
	git_repository_free(repository);
	git_libgit2_shutdown();
}

static const char *reason(void)
{
	const git_error *error = git_error_last();

	return error && error->message ? error->message : "no reason was given";
}

static bool is_damage(int error)
{
	const git_error *last = git_error_last();

	if (!last || error == GIT_EUNBORNBRANCH || error == GIT_EAMBIGUOUS || error == GIT_EINVALIDSPEC || error == GIT_ELOCKED)
		return false;
	return last->klass == GIT_ERROR_ODB || last->klass == GIT_ERROR_ZLIB || last->klass == GIT_ERROR_OBJECT ||
	       last->klass == GIT_ERROR_TREE || last->klass == GIT_ERROR_INDEX ||
	       strstr(last->message, "corrupt") != NULL;
}

int repository_fail(struct failure *failure, int error, const char *format, ...)
{
	char what[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof what, format, arguments);
	va_end(arguments);
	return failure_set(failure, EXIT_UNABLE, "%s: %s%s", what, reason(),
	                   is_damage(error) ? "; the repository is damaged, run git fsck" : "");
}

static int open_failed(int error, const char *top, struct failure *failure)
{
	if (error == GIT_EOWNER || (error == GIT_ENOTFOUND && strstr(reason(), "safe.directory")))
		return failure_set(failure, EXIT_UNABLE,
		                   "repository '%s' belongs to another user; to trust it: git config --global --add safe.directory '%s'", top,
		                   top);
	if (strstr(reason(), "objectformat"))
		return failure_set(failure, EXIT_UNABLE,
		                   "repository '%s' names its objects by SHA-256, which this libgit2 cannot read; galley needs SHA-1, git's default", top);
	if (strstr(reason(), "extension") || strstr(reason(), "version"))
		return failure_set(failure, EXIT_UNABLE,
		                   "repository '%s' is of a kind that this libgit2 cannot read: %s; it needs a libgit2 that was built for it",
		                   top, reason());
	if (error == GIT_ENOTFOUND)
		return failure_set(failure, EXIT_UNABLE, "cannot open repository '%s': its .git holds no valid repository: %s", top,
		                   reason());
	return repository_fail(failure, error, "cannot open repository '%s'", top);
}

static bool same_place(const char *a, const char *b)
{
	char *first = realpath(a, NULL), *second = realpath(b, NULL);
	bool same = first && second && strcmp(first, second) == 0;

	free(first);
	free(second);
	return same;
}

/* libgit2 must have taken exactly the repository that our walk found, and no working directory but the folder that holds it. */
static int check_place(git_repository *repository, const struct location *location, struct arena *arena,
                       struct failure *failure)
{
	const char *folder = git_repository_workdir(repository);

	if (location->kind == LOCATION_BARE)
		return 0;
	if (folder && same_place(folder, location->top))
		return 0;
	if (!folder && same_place(git_repository_path(repository), arena_format(arena, "%s/.git", location->top)))
		return 0;
	if (git_repository_is_worktree(repository) == 1)
		return failure_set(failure, EXIT_UNABLE, "the worktree '%s' was moved or copied, git still has it in '%s': git worktree repair",
		                   location->top, folder ? folder : git_repository_path(repository));
	return failure_set(failure, EXIT_UNABLE,
	                   "the .git of '%s' names another working directory, '%s': core.worktree is not followed; start there, or unset it",
	                   location->top, folder ? folder : git_repository_path(repository));
}

/* config.worktree, which libgit2 does not read; NULL where there is none. */
static git_config *worktree_settings(git_repository *repository, struct arena *arena)
{
	const char *path = arena_format(arena, "%sconfig.worktree", git_repository_path(repository));
	struct stat status;
	git_config *config = NULL;

	if (stat(path, &status) != 0 || git_config_open_ondisk(&config, path) != 0)
		return NULL;
	return config;
}

bool repository_setting(struct git_repository *repository, const char *key, struct arena *arena)
{
	git_config *own = worktree_settings(repository, arena), *config = NULL;
	int value = 0;
	bool found = own && git_config_get_bool(&value, own, key) == 0;

	git_config_free(own);
	if (found)
		return value != 0;
	if (git_repository_config_snapshot(&config, repository) != 0 || git_config_get_bool(&value, config, key) != 0)
		value = 0;
	git_config_free(config);
	return value != 0;
}

bool repository_partial(struct git_repository *repository)
{
	git_config *config = NULL;
	git_config_iterator *settings = NULL;
	git_config_entry *entry;
	bool partial = false;

	if (git_repository_config_snapshot(&config, repository) == 0 && git_config_iterator_new(&settings, config) == 0)
		while (!partial && git_config_next(&entry, settings) == 0)
			partial = strcmp(entry->name, "extensions.partialclone") == 0 ||
			          (text_starts(text_of(entry->name), "remote.") && text_ends(text_of(entry->name), ".promisor"));
	git_config_iterator_free(settings);
	git_config_free(config);
	return partial;
}

static int check_worktree_settings(git_repository *repository, const char *top, struct arena *arena, struct failure *failure)
{
	git_config *own = worktree_settings(repository, arena);
	git_config_entry *entry = NULL;
	int bare = 0;
	bool elsewhere = own && git_config_get_entry(&entry, own, "core.worktree") == 0;
	bool differs = own && git_config_get_bool(&bare, own, "core.bare") == 0 && bare != git_repository_is_bare(repository);

	git_config_entry_free(entry);
	git_config_free(own);
	if (!elsewhere && !differs)
		return 0;
	return failure_set(failure, EXIT_UNABLE, "repository '%s': %s in config.worktree is not followed", top,
	                   elsewhere ? "core.worktree" : "core.bare");
}

int repository_open(struct git_repository **out, const struct location *location, struct arena *arena,
                    struct failure *failure)
{
	unsigned flags = GIT_REPOSITORY_OPEN_NO_SEARCH;
	git_repository *repository = NULL;

	/* What was named, or only looks bare, gets no working directory, whatever its configuration says. */
	if (location->kind == LOCATION_BARE)
		flags |= GIT_REPOSITORY_OPEN_NO_DOTGIT | GIT_REPOSITORY_OPEN_BARE;
	set_up();
	int error = git_repository_open_ext(&repository, location->top, flags, NULL);
	int status = error ? open_failed(error, location->top, failure) : check_place(repository, location, arena, failure);
	if (status == 0 && location->kind == LOCATION_WORKTREE)
		status = check_worktree_settings(repository, location->top, arena, failure);
	if (status) {
		repository_close(repository);
		return -1;
	}
	*out = repository;
	return 0;
}

static int index_failed(int error, struct failure *failure)
{
	if (strstr(reason(), "'link'"))
		return failure_set(failure, EXIT_UNABLE, "a split index cannot be read: git update-index --no-split-index");
	if (strstr(reason(), "'sdir'"))
		return failure_set(failure, EXIT_UNABLE, "a sparse index cannot be read: git sparse-checkout reapply --no-sparse-index");
	return repository_fail(failure, error, "cannot read the index");
}

int repository_index(struct git_index **out, struct git_repository *repository, const char *file, struct arena *arena,
                     struct failure *failure)
{
	if (!file)
		file = arena_format(arena, "%sindex", git_repository_path(repository));
	int error = git_index_open(out, file);
	return error ? index_failed(error, failure) : 0;
}

#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "publish.h"
#include "repository.h"

enum { SCRIPT_MAX = 64 * 1024 };

/* Where git looks for hooks; NULL with a failure where that is a folder which may serve other repositories too. */
static const char *hooks_folder(git_repository *repository, const char *name, struct arena *arena, struct failure *failure)
{
	git_config *config = NULL;
	git_buf elsewhere = GIT_BUF_INIT;
	const char *folder = NULL;
	int error = git_repository_config_snapshot(&config, repository);

	if (!error)
		error = git_config_get_path(&elsewhere, config, "core.hooksPath");
	if (error == GIT_ENOTFOUND)
		folder = arena_format(arena, "%shooks", git_repository_commondir(repository));
	else if (error)
		repository_fail(failure, error, "cannot read the repository's configuration");
	else
		failure_set(failure, EXIT_UNABLE, "core.hooksPath sends git to '%s' for hooks: add the line 'galley hook %s' to '%s' there by hand",
		            elsewhere.ptr, name, name);
	git_buf_dispose(&elsewhere);
	git_config_free(config);
	return folder;
}

static bool holds(const char *path, struct text script)
{
	char bytes[SCRIPT_MAX];
	FILE *file = fopen(path, "rb");
	size_t got = file ? fread(bytes, 1, sizeof bytes, file) : 0;

	if (file)
		fclose(file);
	return file && text_equal((struct text){bytes, got}, script);
}

static int write_script(const char *path, struct text script, struct failure *failure)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777);

	if (fd < 0)
		return failure_set(failure, EXIT_UNABLE, "cannot create '%s': %s", path, strerror(errno));
	ssize_t written = write(fd, script.at, script.len);
	int error = written < 0 ? errno : (size_t)written < script.len ? ENOSPC : 0;
	if (close(fd) != 0 && !error)
		error = errno;
	if (!error)
		return 0;
	unlink(path);
	return failure_set(failure, EXIT_UNABLE, "cannot write '%s': %s", path, strerror(error));
}

int publish_hook(struct text *path, bool *there, const char *directory, const char *git_dir, const char *name, struct text script,
                 struct arena *arena, struct failure *failure)
{
	struct location location;
	struct git_repository *repository;
	struct stat status;
	int result = -1;

	if (repository_locate(&location, directory, git_dir, arena, failure) < 0)
		return -1;
	if (location.kind == LOCATION_FOLDER)
		return failure_set(failure, EXIT_UNABLE, "'%s' is not in a git repository: there is nothing to hook into", location.top);
	if (repository_open(&repository, &location, arena, failure) < 0)
		return -1;
	const char *folder = hooks_folder(repository, name, arena, failure);
	if (folder) {
		const char *file = arena_format(arena, "%s/%s", folder, name);
		*path = text_of(file);
		*there = lstat(file, &status) == 0;
		if (*there && !holds(file, script))
			result = failure_set(failure, EXIT_UNABLE, "there is a hook in '%s' already: add the line 'galley hook %s || exit' to it by hand", file,
			                     name);
		else if (*there)
			result = 0;
		else if (mkdir(folder, 0777) != 0 && errno != EEXIST)
			result = failure_set(failure, EXIT_UNABLE, "cannot create folder '%s': %s", folder, strerror(errno));
		else
			result = write_script(file, script, failure);
	}
	repository_close(repository);
	return result;
}

/* A folder of its own for each test, with git in it, for the tests of source and publish. git runs through fork and exec. */
#ifndef GALLEY_TEST_SANDBOX_H
#define GALLEY_TEST_SANDBOX_H

#include <fcntl.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "failure.h"
#include "text.h"

struct sandbox {
	char path[64];
	char output[65536]; /* of the last command */
	struct arena arena;
	struct failure failure;
};

/* Runs a command in folder below the sandbox, with its output in sandbox->output; its status. */
static inline int sandbox_run(struct sandbox *sandbox, const char *folder, const char *const arguments[])
{
	int ends[2];
	size_t len = 0;
	ssize_t got;
	int status;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (chdir(sandbox->path) != 0 || chdir(folder) != 0 || dup2(ends[1], 1) < 0 || dup2(ends[1], 2) < 0)
			_exit(126);
		close(ends[0]);
		close(ends[1]);
		execvp(arguments[0], (char *const *)arguments);
		_exit(127);
	}
	close(ends[1]);
	while ((got = read(ends[0], sandbox->output + len, sizeof sandbox->output - 1 - len)) > 0)
		len += (size_t)got;
	sandbox->output[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* git with up to ten arguments, which must succeed. */
#define GIT(sandbox, folder, ...)                                                            \
	do {                                                                                     \
		const char *arguments_[] = {"git", __VA_ARGS__, NULL};                                     \
		if (sandbox_run((sandbox), (folder), arguments_) != 0)                               \
			fail_msg("git %s: %s", arguments_[1], (sandbox)->output);                        \
	} while (0)

static inline const char *sandbox_path(struct sandbox *sandbox, const char *name)
{
	return arena_format(&sandbox->arena, "%s/%s", sandbox->path, name);
}

static inline void sandbox_write(struct sandbox *sandbox, const char *name, const char *bytes)
{
	char *path = arena_format(&sandbox->arena, "%s/%s", sandbox->path, name);

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
	close(fd);
}

/* The whole of a file as a string, or NULL. */
static inline const char *sandbox_read(struct sandbox *sandbox, const char *name)
{
	char *bytes = arena_alloc(&sandbox->arena, 65536);
	int fd = open(sandbox_path(sandbox, name), O_RDONLY);

	if (fd < 0)
		return NULL;
	ssize_t got = read(fd, bytes, 65535);
	close(fd);
	return got < 0 ? NULL : bytes;
}

static inline int sandbox_open(void **state)
{
	struct sandbox *sandbox = calloc(1, sizeof *sandbox);

	strncpy(sandbox->path, "/tmp/galley-test-XXXXXX", sizeof sandbox->path - 1);
	assert_non_null(mkdtemp(sandbox->path));
	arena_init(&sandbox->arena);
	*state = sandbox;
	return 0;
}

static inline int sandbox_close(void **state)
{
	struct sandbox *sandbox = *state;
	const char *arguments[] = {"rm", "-rf", sandbox->path, NULL};

	sandbox_run(sandbox, ".", arguments);
	arena_release(&sandbox->arena);
	free(sandbox);
	return 0;
}

/* git and libgit2 see no configuration but the repository's own. */
static inline void sandbox_environment(void)
{
	setenv("HOME", "/nonexistent", 1);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("LC_ALL", "C", 1);
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_INDEX_FILE");
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_CEILING_DIRECTORIES");
	setenv("GIT_AUTHOR_NAME", "A", 1);
	setenv("GIT_AUTHOR_EMAIL", "a@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "A", 1);
	setenv("GIT_COMMITTER_EMAIL", "a@example.org", 1);
}

#endif

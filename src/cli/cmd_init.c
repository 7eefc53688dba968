#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"

/* What would make the new files part of something else, or something else part of them. */
static int refuse_workspace(struct invocation *invocation, const char *directory)
{
	static const char *const taken[] = {"galley.yaml", "galley.yml", "recipes", "packs", "runs"};
	struct failure failure;
	struct stat status;

	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		const char *path = arena_format(&invocation->arena, "%s/%s", directory, taken[i]);
		if (lstat(path, &status) != 0)
			continue;
		failure_set(&failure, EXIT_FINDINGS, "'%s' is there already: a new workspace needs a folder without one; galley check looks at what is there",
		            path);
		return session_fail(&failure);
	}
	return EXIT_OK;
}

static int make_folder(const char *directory)
{
	struct failure failure;
	struct stat status;

	if (mkdir(directory, 0777) == 0 || (errno == EEXIST && stat(directory, &status) == 0 && S_ISDIR(status.st_mode)))
		return EXIT_OK;
	failure_set(&failure, EXIT_UNABLE, "cannot make folder '%s': %s", directory, strerror(errno));
	return session_fail(&failure);
}

static int run_init(struct invocation *invocation)
{
	const char *directory = invocation->directory ? invocation->directory : ".";
	struct failure failure;
	struct text left_out;
	size_t written;

	if (invocation->at || invocation->staged || invocation->git_dir)
		return session_usage(invocation, "'init' writes into a folder; '--at', '--staged' and '--git-dir' do not go with it");
	if (invocation->operands.count) {
		struct text word = invocation->operands.items[0];
		directory = word.len && word.at[0] == '/' ? arena_copy(&invocation->arena, word.at, word.len)
		                                          : arena_format(&invocation->arena, "%s/%.*s", directory, TEXT_ARGS(word));
	}
	int code = make_folder(directory);
	if (code == EXIT_OK)
		code = refuse_workspace(invocation, directory);
	if (code != EXIT_OK)
		return code;
	if (workspace_create(&written, &left_out, directory, &invocation->arena, &failure) < 0)
		return session_fail(&failure);
	session_note(invocation, "wrote %zu files: galley.yaml, a draft recipe and pack for each model family, and what CI needs; next: galley check", written);
	if (left_out.len)
		session_note(invocation, "left out: %.*s, which belong at the top of the repository", TEXT_ARGS(left_out));
	return EXIT_OK;
}

const struct command command_init = {
	.name = "init",
	.operands = "[DIR]",
	.most = 1,
	.summary = "a new workspace: configuration, a recipe and pack per family, CI",
	.details = "Makes DIR where it is not there, and writes galley.yaml, folders, a baseline recipe and an evaluation pack for each model family as\n"
	           "drafts, a workflow for GitHub and a configuration for pre-commit. Nothing is overwritten: where a workspace is, none is made.",
	.examples = {"galley init", "galley init models"},
	.run = run_init,
};

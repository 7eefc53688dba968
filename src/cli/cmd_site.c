#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "csv_options.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option site_options[] = {
	{"out", 0, OPTION_WORD, AT(out), "DIR", NULL, "the folder to write into; made where it is not there"},
	CSV_MEMORY_OPTION,
};

static int unable(const char *what, const char *path)
{
	struct failure failure;

	failure_set(&failure, EXIT_UNABLE, "cannot %s '%s': %s", what, path, strerror(errno));
	return session_fail(&failure);
}

/* The folder that a path names or, where nothing is there yet, the one that it would be in. */
static const char *nearest_folder(const char *path, struct arena *arena)
{
	size_t len = strlen(path);
	struct stat status;

	if (stat(path, &status) == 0)
		return path;
	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len && path[len - 1] != '/')
		len--;
	return len ? arena_copy(arena, path, len) : ".";
}

/* Upwards from there, whatever links lead to it. */
static bool leads_into(const char *path, const char *folder, struct arena *arena)
{
	const char *at = nearest_folder(path, arena);
	struct stat wanted, here, before = {.st_ino = 0};

	if (stat(folder, &wanted) < 0)
		return false;
	for (bool first = true; stat(at, &here) == 0; first = false, before = here, at = arena_format(arena, "%s/..", at)) {
		if (here.st_dev == wanted.st_dev && here.st_ino == wanted.st_ino)
			return true;
		if (!first && here.st_dev == before.st_dev && here.st_ino == before.st_ino)
			return false;
	}
	return false;
}

/* What is written among the files that galley reads would be read as theirs. */
static int refuse_read(const char *path, const struct workspace *workspace, struct arena *arena)
{
	const struct config *config = &workspace->catalog.config;
	const struct text folders[] = {config->recipes, config->packs, config->runs}, top = source_get_info(workspace->source)->top;
	struct failure failure;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		if (!leads_into(path, arena_format(arena, "%.*s/%.*s", TEXT_ARGS(top), TEXT_ARGS(folders[i])), arena))
			continue;
		failure_set(&failure, EXIT_FINDINGS, "'%s' is in '%.*s', where galley reads: nothing is written there; name a folder elsewhere", path,
		            TEXT_ARGS(folders[i]));
		return session_fail(&failure);
	}
	return EXIT_OK;
}

/* A folder of its own: a new one, an empty one, or one that a site was written to. previous: that site's list of files. */
static int open_folder(struct text *previous, const char *path, const struct limits *limits, struct arena *arena)
{
	const char *manifest = arena_format(arena, "%s/" SITE_MANIFEST, path);
	struct failure failure;
	struct stat status;
	bool empty = true;

	*previous = TEXT("");
	if (mkdir(path, 0777) == 0)
		return EXIT_OK;
	DIR *folder = errno == EEXIST ? opendir(path) : NULL;
	if (!folder)
		return unable("write into folder", path);
	for (struct dirent *entry; empty && (entry = readdir(folder));)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(folder);
	if (empty)
		return EXIT_OK;
	if (lstat(manifest, &status) == 0 && S_ISREG(status.st_mode)) {
		if (session_read(previous, manifest, limits, arena, &failure) < 0)
			return session_fail(&failure);
		if (site_is_manifest(*previous))
			return EXIT_OK;
	}
	failure_set(&failure, EXIT_FINDINGS, "'%s' holds other files than a site: nothing is written there; name a new or empty folder", path);
	return session_fail(&failure);
}

static int write_site(struct invocation *invocation, struct workspace *workspace)
{
	struct publish_file *files;
	struct failure failure;
	struct text previous;
	size_t count, changed, removed;

	int code = refuse_read(invocation->out, workspace, &invocation->arena);
	if (code == EXIT_OK)
		code = open_folder(&previous, invocation->out, &workspace->limits, &invocation->arena);
	if (code != EXIT_OK)
		return code;
	if (workspace_site(&files, &count, workspace, previous, &failure) < 0 ||
	    publish_files(&changed, &removed, invocation->out, files, count, &failure) < 0)
		return session_fail(&failure);
	session_note(invocation, "wrote %zu files (%zu changed, %zu removed); open %s/index.html in a browser", count - removed, changed, removed,
	             invocation->out);
	return EXIT_OK;
}

static int run_site(struct invocation *invocation)
{
	struct workspace workspace;

	if (!invocation->out)
		return session_usage(invocation, "'site' needs '--out DIR', the folder to write into");
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK) {
		workspace.data_checks = true;
		code = session_measure(&workspace, false, NULL, 0);
	}
	if (code == EXIT_OK) {
		int errors = session_errors(&workspace, invocation);
		code = write_site(invocation, &workspace);
		code = code ? code : errors;
	}
	workspace_close(&workspace);
	return code;
}

const struct command command_site = {
	.name = "site",
	.operands = "",
	.summary = "the reports as a static web site",
	.details = "The pages that galley report makes, as HTML: one stylesheet, the manifests that pages link to, and a list of everything to search and\n"
	           "filter. Nothing is loaded from elsewhere, so it works from a folder, from any web server and as a build artifact. Written again, only\n"
	           "what changed is touched, and what is no longer made is removed; a folder with other files is refused. What is wrong in the\n"
	           "workspace is shown on the pages and makes the exit code 1, as for report.",
	.examples = {"galley site --out site", "galley site --at main --out public"},
	.options = site_options,
	.option_count = sizeof site_options / sizeof *site_options,
	.run = run_site,
};

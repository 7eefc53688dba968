#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "csv_options.h"
#include "instant.h"
#include "report.h"

#define AT(field) offsetof(struct invocation, field)

/* All that pages show. */
static int measure(struct workspace *workspace)
{
	workspace->data_checks = true;
	return session_measure(workspace, false, NULL, 0);
}

static const struct option report_options[] = {
	{"commit", 0, OPTION_FLAG, AT(commit), NULL, NULL, "make one commit of reports/ from the commit it builds on; none when no byte changed"},
	{"branch", 0, OPTION_WORD, AT(branch), "B", NULL, "commit to branch B instead of the current one (with --commit)"},
	{"check", 0, OPTION_FLAG, AT(check), NULL, NULL, "write nothing; exit 1 when reports/ is not what would be generated"},
	CSV_MEMORY_OPTION,
};

enum { STALE_SHOWN = 20 };

static struct text first_line_that_differs(struct text have, struct text want, size_t *line)
{
	*line = 1;
	while (have.len && want.len) {
		size_t have_end = text_find(have, '\n'), want_end = text_find(want, '\n');
		if (!text_equal(text_cut(have, 0, have_end), text_cut(want, 0, want_end)))
			break;
		have = text_cut(have, have_end + 1, have.len);
		want = text_cut(want, want_end + 1, want.len);
		++*line;
	}
	return text_cut(want, 0, text_find(want, '\n'));
}

static int tell_stale(struct run_answer *answer, struct workspace *workspace, const struct publish_file *stale, size_t count)
{
	struct buffer out;
	struct failure failure;

	buffer_init(&out);
	for (size_t i = 0; i < count && i < STALE_SHOWN; i++) {
		struct input now;
		enum read_result result;
		size_t line;
		if (source_read(&now, &result, workspace->source, stale[i].path, workspace->catalog.config.limits.blob_bytes, &workspace->arena,
		                &failure) < 0) {
			buffer_release(&out);
			return session_fail(&failure);
		}
		buffer_string(&out, stale[i].remove ? "no longer made: " : result == READ_OK ? "stale: " : "missing: ");
		buffer_safe(&out, stale[i].path);
		if (!stale[i].remove && result == READ_OK) {
			struct text want = first_line_that_differs(now.bytes, stale[i].bytes, &line);
			buffer_format(&out, ":%zu\n    would be: ", line);
			buffer_safe(&out, text_cut(want, 0, 160));
		}
		buffer_char(&out, '\n');
	}
	if (count > STALE_SHOWN)
		buffer_format(&out, "and %zu more\n", count - STALE_SHOWN);
	if (count)
		buffer_format(&out, "%zu page%s not what would be generated; run: galley report\n", count, count == 1 ? " is" : "s are");
	else
		buffer_string(&out, "reports are what would be generated\n");
	answer->out = text_copy(&workspace->arena, buffer_text(&out));
	answer->out_code = count ? EXIT_FINDINGS : EXIT_OK;
	buffer_release(&out);
	return EXIT_OK;
}

static int print_checked(const struct run_answer *answer, const struct invocation *invocation)
{
	struct buffer out;

	buffer_init(&out);
	buffer_add(&out, answer->out);
	int code = session_write(invocation, &out, answer->out_code);
	buffer_release(&out);
	return code ? code : answer->code;
}

/* What manifest.json says it was made for, so that --check judges content and not age. */
static int find_manifest_time(bool *has, int64_t *as_of, struct invocation *invocation)
{
	const bool verbose = invocation->verbose, seen = invocation->seen;
	struct workspace workspace;
	struct failure failure;
	struct input manifest;
	enum read_result result;
	char source[41];

	*has = false;
	invocation->settings_only = true;
	invocation->verbose = invocation->seen = false;
	int code = session_open(&workspace, invocation);
	invocation->settings_only = false;
	invocation->verbose = verbose;
	invocation->seen = seen;
	if (code == EXIT_OK) {
		const struct config *config = &workspace.catalog.config;
		struct text path = text_format(&workspace.arena, "%.*s/manifest.json", TEXT_ARGS(config->reports));
		if (source_read(&manifest, &result, workspace.source, path, config->limits.blob_bytes, &workspace.arena, &failure) < 0)
			code = session_fail(&failure);
		else if (result == READ_OK)
			*has = report_manifest_read(as_of, source, manifest.bytes, &workspace.arena);
	}
	workspace_close(&workspace);
	return code;
}

static int check_workspace(struct run_answer *answer, struct workspace *workspace, struct invocation *invocation)
{
	struct publish_file *files, *stale;
	struct failure failure;
	size_t count, stale_count;

	int code = session_open(workspace, invocation);
	if (code == EXIT_OK)
		code = measure(workspace);
	if (code != EXIT_OK)
		return code;
	session_answer(answer, workspace, invocation);
	session_say(answer);
	if (workspace_pages(&files, &count, workspace, true, &failure) < 0 || workspace_stale(&stale, &stale_count, workspace, files, count, &failure) < 0)
		return session_fail(&failure);
	return tell_stale(answer, workspace, stale, stale_count);
}

static int check_reports(struct invocation *invocation)
{
	struct workspace workspace = {0};
	struct run_answer answer;
	char as_of_text[32];
	int64_t as_of;
	bool again, has = false;

	int code = session_again(&again, &answer, invocation, RUN_CHECK);
	if (code == EXIT_OK && again) {
		session_say(&answer);
		return print_checked(&answer, invocation);
	}
	if (code == EXIT_OK && !invocation->as_of)
		code = find_manifest_time(&has, &as_of, invocation);
	if (code != EXIT_OK)
		return code;
	if (has) {
		instant_print(as_of_text, as_of);
		invocation->as_of = as_of_text;
	}
	code = check_workspace(&answer, &workspace, invocation);
	if (has)
		invocation->as_of = NULL;
	if (code == EXIT_OK) {
		answer.fixed = answer.fixed || has;
		code = print_checked(&answer, invocation);
		session_keep(&workspace, &answer, invocation, RUN_CHECK, NULL, 0);
	}
	workspace_close(&workspace);
	return code;
}

/* Pages would go where people keep other files, or to where nobody looks. */
static int check_place(const struct workspace *workspace)
{
	struct failure failure;

	if (!workspace->catalog.config.misplaced)
		return EXIT_OK;
	failure_set(&failure, EXIT_FINDINGS, "nothing is written: which folder is for reports is not certain until galley.yaml is right");
	return session_fail(&failure);
}

static void note_written(const struct invocation *invocation, size_t pages, size_t changed, size_t removed, struct text reports)
{
	session_note(invocation, "wrote %zu pages (%zu changed, %zu removed) to %.*s/; start at %.*s/README.md, commit with: galley report --commit", pages,
	             changed, removed, TEXT_ARGS(reports), TEXT_ARGS(reports));
}

static int write_workspace(struct workspace *workspace, struct invocation *invocation)
{
	struct publish_file *files;
	struct run_answer answer;
	struct failure failure;
	size_t count, changed, removed;

	int code = measure(workspace);
	if (code != EXIT_OK)
		return code;
	session_answer(&answer, workspace, invocation);
	session_say(&answer);
	code = check_place(workspace);
	if (code != EXIT_OK)
		return code;
	if (workspace_pages(&files, &count, workspace, false, &failure) < 0 ||
	    publish_files(&changed, &removed, source_get_info(workspace->source)->top.at, files, count, &failure) < 0)
		return session_fail(&failure);
	note_written(invocation, count - removed, changed, removed, answer.reports);
	session_keep(workspace, &answer, invocation, RUN_WRITE, files, count);
	return answer.code;
}

static int write_reports(struct invocation *invocation)
{
	struct workspace workspace = {0};
	struct run_answer answer;
	bool again;

	int code = session_again(&again, &answer, invocation, RUN_WRITE);
	if (code == EXIT_OK && again) {
		session_say(&answer);
		note_written(invocation, answer.pages, 0, 0, answer.reports);
		return answer.code;
	}
	if (code == EXIT_OK)
		code = session_open(&workspace, invocation);
	if (code == EXIT_OK && source_get_info(workspace.source)->bare)
		code = session_usage(invocation, "a bare repository has no folder to write into; use '--commit' or '--check'");
	if (code == EXIT_OK)
		code = write_workspace(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

/* Who commits: galley.yaml's committer, else git's own variables, each by itself as git takes them, else (empty) git's configuration. */
static int set_identity(struct publish_request *request, struct text name, struct text email, struct arena *arena)
{
	struct failure failure;

	if (name.len && email.len) {
		request->name = name;
		request->email = email;
	} else {
		session_person(request);
	}
	return publish_identity(request, arena, &failure) < 0 ? session_fail(&failure) : EXIT_OK;
}

static int print_outcome(const struct invocation *invocation, const struct publish_outcome *outcome)
{
	struct buffer out;

	for (size_t i = 0; i < outcome->warning_count; i++)
		session_note(invocation, "warning: %.*s", TEXT_ARGS(outcome->warnings[i]));
	buffer_init(&out);
	if (outcome->committed) {
		buffer_format(&out, "committed %.10s on ", outcome->commit);
		buffer_safe(&out, outcome->branch);
	} else {
		buffer_string(&out, "unchanged: no page differs, no commit on ");
		buffer_safe(&out, outcome->branch);
	}
	buffer_char(&out, '\n');
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

static int publish_pages(bool *committed, struct invocation *invocation, struct publish_request *request, struct arena *arena)
{
	struct publish_outcome outcome;
	struct failure failure;

	if (publish_commit(&outcome, request, arena, &failure) < 0)
		return session_fail(&failure);
	*committed = outcome.committed;
	return print_outcome(invocation, &outcome);
}

static int publish_workspace(struct workspace *workspace, struct invocation *invocation, struct publish_request *request)
{
	const struct config *config = &workspace->catalog.config;
	struct publish_file *files;
	struct run_answer answer;
	struct failure failure;
	struct text watched[SESSION_WATCHED];
	size_t count;
	bool committed;

	int code = set_identity(request, config->committer_name, config->committer_email, &workspace->arena);
	if (code == EXIT_OK)
		code = measure(workspace);
	if (code != EXIT_OK)
		return code;
	session_answer(&answer, workspace, invocation);
	session_say(&answer);
	if (check_place(workspace) != EXIT_OK)
		return EXIT_FINDINGS;
	if (workspace_pages(&files, &count, workspace, false, &failure) < 0)
		return session_fail(&failure);
	request->files = files;
	request->count = count;
	request->watched = watched;
	request->watched_count = session_watched(watched, workspace);
	request->message = text_format(&workspace->arena, "%.*s\n", TEXT_ARGS(config->message));
	code = publish_pages(&committed, invocation, request, &workspace->arena);
	/* Once there is nothing to commit, the commit that was read holds the pages. */
	if (code == EXIT_OK && !committed)
		session_keep(workspace, &answer, invocation, RUN_COMMIT, files, count);
	return code ? code : answer.code;
}

/* Nothing to commit, but for what stands against committing at all. */
static int commit_nothing(const struct run_answer *answer, struct invocation *invocation, struct publish_request *request)
{
	bool committed;

	int code = set_identity(request, answer->committer_name, answer->committer_email, &invocation->arena);
	if (code != EXIT_OK)
		return code;
	session_say(answer);
	request->message = TEXT("none\n");
	code = publish_pages(&committed, invocation, request, &invocation->arena);
	return code ? code : answer->code;
}

static int commit_reports(struct invocation *invocation)
{
	struct workspace workspace = {0};
	struct run_answer answer;
	struct failure failure;
	struct text branch;
	bool again;
	struct publish_request request = {
		.git_dir = invocation->git_dir,
		.directory = invocation->directory,
		.branch = invocation->branch,
		.time = session_commit_time(),
	};

	if (publish_prepare(request.base, &branch, &request, &invocation->arena, &failure) < 0)
		return session_fail(&failure);
	invocation->at = request.base;
	int code = session_again(&again, &answer, invocation, RUN_COMMIT);
	if (code == EXIT_OK && again)
		return commit_nothing(&answer, invocation, &request);
	if (code == EXIT_OK)
		code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = publish_workspace(&workspace, invocation, &request);
	workspace_close(&workspace);
	return code;
}

static int run_report(struct invocation *invocation)
{
	if (invocation->commit && invocation->check)
		return session_usage(invocation, "'--commit' and '--check' exclude each other");
	if (invocation->branch && !invocation->commit)
		return session_usage(invocation, "'--branch' goes with '--commit'");
	if (invocation->commit && (invocation->at || invocation->staged))
		return session_usage(invocation, "'--commit' reads the commit it builds on; '--at' and '--staged' do not go with it");
	invocation->seen = true;
	if (invocation->commit)
		return commit_reports(invocation);
	return invocation->check ? check_reports(invocation) : write_reports(invocation);
}

const struct command command_report = {
	.name = "report",
	.operands = "",
	.summary = "regenerate reports/: an overview, and a page per model, run, recipe and pack",
	.details = "Without an option the pages are written into the working tree. With --commit they are made from the commit that is built on,\n"
	           "never from the working tree, and become one commit that holds reports/ alone; staged and edited files stay as they are, and\n"
	           "the branch moves only if nobody else moved it (else exit 4). With --check nothing is written.",
	.examples = {"galley report", "galley report --commit", "galley report --check"},
	.options = report_options,
	.option_count = sizeof report_options / sizeof *report_options,
	.run = run_report,
};

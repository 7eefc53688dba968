#include "authoring.h"

#include "findings.h"
#include "instant.h"
#include "unified.h"

struct text word_of(const char *word)
{
	return text_of(word ? word : "");
}

void split_run(struct text *model, struct text *run, struct text word)
{
	size_t slash = text_find(word, '/');

	*model = text_cut(word, 0, slash);
	*run = text_cut(word, slash + 1, word.len);
}

int read_time(struct text *out, struct authoring_session *session, const char *flag, const char *word)
{
	int64_t seconds;
	char now[32];

	*out = word_of(word);
	if (!word)
		return EXIT_OK;
	if (text_is(*out, "now")) {
		instant_print(now, session_now());
		*out = text_copy(&session->invocation->arena, text_of(now));
		return EXIT_OK;
	}
	if (instant_parse(&seconds, *out))
		return EXIT_OK;
	return session_usage(session->invocation, "'%s' is '%s', must be 'now' or a time such as 2026-02-01T02:00:00Z", flag, word);
}

/* --- Refusing --- */

static int show_refusal(const struct authoring_session *session)
{
	struct buffer out;

	buffer_init(&out);
	if (session->refusal.place.file) {
		findings_refusal(&out, &session->refusal, SEVERITY_ERROR, session_color(session->invocation, stderr));
	} else {
		buffer_string(&out, "galley: ");
		buffer_safe(&out, session->refusal.message);
		buffer_string(&out, session->refusal.help.len ? "; " : "");
		buffer_safe(&out, session->refusal.help);
		buffer_char(&out, '\n');
		if (session->invocation->commit)
			buffer_format(&out, "what was read is commit %.10s, not the working tree\n", session->invocation->at);
	}
	fwrite(out.data, 1, out.len, stderr);
	buffer_release(&out);
	return EXIT_FINDINGS;
}

static int check_options(const struct invocation *invocation)
{
	if (invocation->at || invocation->staged)
		return session_usage(invocation, "'%s' changes the working tree, or with '--commit' a branch; '--at' and '--staged' do not go with it",
		                     invocation->command->name);
	if (!invocation->commit && (invocation->branch || invocation->message))
		return session_usage(invocation, "'--%s' goes with '--commit'", invocation->branch ? "branch" : "message");
	return EXIT_OK;
}

/* The workspace as it would be: what is wrong in it that is not wrong now stands against the change. */
static int check_after(struct authoring_session *session, bool versioned)
{
	struct workspace_request request;
	struct workspace after;
	struct failure failure;
	struct limits limits;
	struct diags fresh;

	int code = session_request(&request, &limits, session->invocation);
	if (code != EXIT_OK)
		return code;
	request.findings_only = true;
	int status = workspace_would_be(&after, &fresh, &session->workspace, &request, session->files, session->file_count, versioned, &failure);
	if (status < 0) {
		code = session_fail(&failure);
	} else if (fresh.count) {
		diags_sort(&fresh);
		session_findings(&fresh, SEVERITY_ERROR, after.files, session->invocation);
		if (session->file_count == 1)
			failure_set(&failure, EXIT_FINDINGS, "refused: '%.*s' would not pass galley check; nothing was changed", TEXT_ARGS(session->files->path));
		else
			failure_set(&failure, EXIT_FINDINGS, "refused: the workspace would not pass galley check; nothing was changed");
		code = session_fail(&failure);
	}
	workspace_close(&after);
	return code;
}

/* --- Writing --- */

static int show_difference(const struct authoring_session *session)
{
	struct buffer out;

	buffer_init(&out);
	if (session->show)
		session->show(&out, session);
	for (size_t i = 0; (!session->show || session->invocation->dry_run) && i < session->file_count; i++) {
		const struct authored *authored = &session->files[i];
		unified_diff(&out, authored->path, authored->before, authored->after, authored->is_new,
		             !session->invocation->output && session_color(session->invocation, stdout));
	}
	int code = session_write(session->invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

/* All as they are to be, or as they were. */
static struct publish_file *files_of(const struct authoring_session *session)
{
	struct publish_file *files = arena_array(&session->invocation->arena, session->file_count, sizeof *files);

	for (size_t i = 0; i < session->file_count; i++) {
		const struct authored *authored = &session->files[i];
		files[i] = (struct publish_file){.path = authored->path, .bytes = authored->after, .fresh = authored->is_new};
		if (!authored->is_new)
			files[i].was = authored->before;
	}
	return files;
}

/* Where one of several could not be written, those before it do not stay. */
static void take_back(struct authoring_session *session, size_t count)
{
	struct publish_file *files = files_of(session);
	struct failure failure;
	size_t changed, removed;

	for (size_t i = 0; i < count; i++) {
		files[i].fresh = false;
		files[i].remove = session->files[i].is_new;
		files[i].was = files[i].bytes;
		files[i].bytes = session->files[i].before;
	}
	if (count && publish_files(&changed, &removed, source_get_info(session->workspace.source)->top.at, files, count, &failure) < 0)
		session_fail(&failure);
}

static int write_files(struct authoring_session *session)
{
	struct publish_file *files = files_of(session);
	struct failure failure;
	size_t changed, removed;

	if (publish_files(&changed, &removed, source_get_info(session->workspace.source)->top.at, files, session->file_count, &failure) < 0) {
		/* The last of them was not written. */
		take_back(session, changed ? changed - 1 : 0);
		return session_fail(&failure);
	}
	if (session->file_count == 1)
		session_note(session->invocation, "wrote %.*s; not committed", TEXT_ARGS(files->path));
	else
		session_note(session->invocation, "wrote %zu files; not committed", session->file_count);
	return EXIT_OK;
}

/* What in the first line, why below it, then each field. */
static struct text commit_message(const struct authoring_session *session)
{
	const struct authored *authored = &session->authored;
	struct text note = word_of(session->invocation->message);

	return text_format(&session->invocation->arena, "%.*s\n%s%.*s%s%s%.*s", TEXT_ARGS(authored->subject), note.len ? "\n" : "", TEXT_ARGS(note),
	                   note.len ? "\n" : "", authored->details.len ? "\n" : "", TEXT_ARGS(authored->details));
}

static int make_commit(struct authoring_session *session, struct publish_request *request)
{
	struct publish_outcome outcome;
	struct failure failure;

	if (publish_commit(&outcome, request, &session->workspace.arena, &failure) < 0)
		return session_fail(&failure);
	for (size_t i = 0; i < outcome.warning_count; i++)
		session_note(session->invocation, "warning: %.*s", TEXT_ARGS(outcome.warnings[i]));
	if (outcome.committed)
		session_note(session->invocation, "committed %.10s on %.*s: %.*s", outcome.commit, TEXT_ARGS(outcome.branch),
		             TEXT_ARGS(session->authored.subject));
	return EXIT_OK;
}

static bool is_so_already(const struct authoring_session *session)
{
	for (size_t i = 0; i < session->file_count; i++)
		if (session->files[i].is_new || !text_equal(session->files[i].before, session->files[i].after))
			return false;
	return true;
}

/* Everything that can be refused is, before the difference is shown. */
static int finish(struct authoring_session *session, struct publish_request *request, bool versioned)
{
	struct text watched[SESSION_WATCHED], edited;
	struct failure failure;

	if (is_so_already(session)) {
		session_note(session->invocation, "nothing to change: %.*s is so already", TEXT_ARGS(session->files->path));
		return EXIT_OK;
	}
	int code = check_after(session, versioned);
	if (code != EXIT_OK)
		return code;
	if (session->invocation->commit) {
		struct publish_file *files = files_of(session);
		for (size_t i = 0; i < session->file_count; i++)
			files[i].was = (struct text){NULL, 0};
		request->files = files;
		request->count = session->file_count;
		request->watched = watched;
		request->watched_count = session_watched(watched, &session->workspace);
		request->message = commit_message(session);
		session_person(request);
		if (publish_identity(request, &session->workspace.arena, &failure) < 0 ||
		    publish_refuse_edits(&edited, request, &session->workspace.arena, &failure) < 0)
			return session_fail(&failure);
	}
	code = show_difference(session);
	if (code != EXIT_OK || session->invocation->dry_run)
		return code;
	return session->invocation->commit ? make_commit(session, request) : write_files(session);
}

static int check_new(struct authoring_session *session)
{
	struct failure failure;
	bool found = false;
	size_t i = 0;

	for (; i < session->file_count && !found; i++)
		if (session->files[i].is_new && workspace_has(&found, &session->workspace, session->files[i].path, &failure) < 0)
			return session_fail(&failure);
	if (!found)
		return EXIT_OK;
	refusal_set(&session->refusal, (struct place){0}, &session->workspace.arena, "'%.*s' is there already, and is not overwritten",
	            TEXT_ARGS(session->files[i - 1].path));
	refusal_help(&session->refusal, &session->workspace.arena, "give the new one another id, or remove that file");
	return show_refusal(session);
}

static int author(struct authoring_session *session, struct publish_request *request, int (*make)(struct authoring_session *session),
                  bool versioned)
{
	int code = session_open(&session->workspace, session->invocation);

	if (code != EXIT_OK)
		return code;
	if (source_get_info(session->workspace.source)->bare && !session->invocation->commit && !session->invocation->dry_run)
		return session_usage(session->invocation, "a bare repository has no file to write; use '--commit', or '--dry-run' to look");
	session->authoring = (struct authoring){&session->workspace.catalog, &session->workspace.resolved, &session->workspace.arena,
	                                        &session->refusal};
	session->files = &session->authored;
	session->file_count = 1;
	code = make(session);
	if (code < 0)
		return show_refusal(session);
	if (code == EXIT_OK && !session->file_count)
		return EXIT_OK;
	if (code == EXIT_OK)
		code = check_new(session);
	return code == EXIT_OK ? finish(session, request, versioned) : code;
}

int authoring_run(struct invocation *invocation, int (*make)(struct authoring_session *session), bool versioned)
{
	struct authoring_session session = {.invocation = invocation};
	struct publish_request request = {
		.git_dir = invocation->git_dir,
		.directory = invocation->directory,
		.branch = invocation->branch,
		.time = session_commit_time(),
	};
	struct failure failure;
	struct text branch;

	int code = check_options(invocation);
	if (code != EXIT_OK)
		return code;
	if (invocation->commit) {
		if (publish_prepare(request.base, &branch, &request, &invocation->arena, &failure) < 0)
			return session_fail(&failure);
		invocation->at = request.base;
	}
	code = author(&session, &request, make, versioned);
	workspace_close(&session.workspace);
	return code;
}

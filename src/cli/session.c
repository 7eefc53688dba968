#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "findings.h"
#include "instant.h"
#include "number.h"

int64_t session_now(void)
{
	return (int64_t)time(NULL);
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

bool session_color(const struct invocation *invocation, FILE *stream)
{
	const char *terminal = getenv("TERM");

	if (invocation->color && strcmp(invocation->color, "auto") != 0)
		return strcmp(invocation->color, "always") == 0;
	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE") && strcmp(getenv("CLICOLOR_FORCE"), "0") != 0)
		return true;
	return isatty(fileno(stream)) && terminal && strcmp(terminal, "dumb") != 0;
}

const struct progress *session_progress(struct invocation *invocation)
{
	return invocation->line.progress.tell ? &invocation->line.progress : NULL;
}

bool session_is(const struct invocation *invocation, const char *format)
{
	return invocation->format && strcmp(invocation->format, format) == 0;
}

enum severity session_fail_on(const struct invocation *invocation, enum severity fallback)
{
	const char *word = invocation->fail_on;

	if (!word)
		return fallback;
	if (strcmp(word, "note") == 0)
		return SEVERITY_NOTE;
	return word[0] == 'w' ? SEVERITY_WARNING : SEVERITY_ERROR;
}

int session_fail(const struct failure *failure)
{
	struct buffer message;

	buffer_init(&message);
	buffer_string(&message, "galley: ");
	/* One line: a line break in it comes from a name, and what stands behind it would read as a line of ours. */
	buffer_safe(&message, text_of(failure->message));
	buffer_char(&message, '\n');
	fwrite(message.data, 1, message.len, stderr);
	buffer_release(&message);
	return (int)failure->code;
}

void session_note(const struct invocation *invocation, const char *format, ...)
{
	struct buffer safe;
	char line[1024];
	va_list arguments;

	if (invocation->quiet)
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	buffer_init(&safe);
	buffer_safe(&safe, text_of(line));
	fprintf(stderr, "%s\n", buffer_text(&safe).at);
	buffer_release(&safe);
}

/* 0, or what went wrong. */
static int write_stream(FILE *file, const struct buffer *out)
{
	bool written = out->len == 0 || fwrite(out->data, 1, out->len, file) == out->len;
	int error = written ? 0 : errno;

	if (fclose(file) != 0 && written)
		error = errno;
	return error;
}

/* A file beside path that takes its place when it is whole; NULL where path is to be written as it is: a pipe, a device, a link, or
 * in a folder that takes no new files. */
static FILE *open_beside(const char **name, const char *path, struct arena *arena)
{
	struct stat status;
	bool there = lstat(path, &status) == 0;

	*name = arena_format(arena, "%s.galley-%ld.tmp", path, (long)getpid());
	if (there && (!S_ISREG(status.st_mode) || status.st_nlink > 1 || access(path, W_OK) != 0))
		return NULL;
	int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return NULL;
	bool kept = !there || (fchmod(fd, status.st_mode & 07777) == 0 && fchown(fd, status.st_uid, status.st_gid) == 0);
	FILE *file = kept ? fdopen(fd, "wb") : NULL;
	if (!file) {
		close(fd);
		unlink(*name);
	}
	return file;
}

static int write_file(const char *path, const struct buffer *out)
{
	const char *name;
	struct failure failure;
	struct arena arena;

	arena_init(&arena);
	FILE *beside = open_beside(&name, path, &arena);
	FILE *file = beside ? beside : fopen(path, "wb");

	int error = file ? write_stream(file, out) : errno;
	if (beside && !error && rename(name, path) != 0)
		error = errno;
	if (beside && error)
		unlink(name);
	arena_release(&arena);
	if (!error)
		return EXIT_OK;
	failure_set(&failure, EXIT_UNABLE, "cannot write '%s': %s", path, strerror(error));
	return session_fail(&failure);
}

int session_write_file(const char *path, const struct buffer *out, int code)
{
	if (strcmp(path, "-") != 0) {
		int written = write_file(path, out);
		return written == EXIT_OK ? code : written;
	}
	/* main() looks at the stream's state before it ends. */
	if (out->len)
		fwrite(out->data, 1, out->len, stdout);
	return code;
}

int session_write(const struct invocation *invocation, const struct buffer *out, int code)
{
	return session_write_file(invocation->output ? invocation->output : "-", out, code);
}

static unsigned processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > 64 ? 64 : (unsigned)count;
}

unsigned session_jobs(const struct invocation *invocation)
{
	return invocation->jobs ? (unsigned)invocation->jobs : processors();
}

static int unknown_recipe(const struct workspace *workspace, struct text id, struct arena *arena)
{
	struct text *names = arena_array(arena, workspace->catalog.recipe_count, sizeof *names);

	for (size_t i = 0; i < workspace->catalog.recipe_count; i++)
		names[i] = workspace->catalog.recipes[i].record.id;
	return session_unknown("recipe", id, names, workspace->catalog.recipe_count);
}

int session_recipe(const struct effective **out, struct workspace *workspace, struct text name, struct invocation *invocation)
{
	const struct value operand = {.kind = VALUE_SCALAR, .text = name};
	struct reference wanted = reference_of(&operand);
	struct failure failure;

	*out = resolved_recipe(&workspace->resolved, wanted.id);
	if (!*out)
		return unknown_recipe(workspace, wanted.id, &invocation->arena);
	if (!reference_matches(&wanted, (*out)->recipe->version))
		failure_set(&failure, EXIT_FINDINGS, "no version '%.*s' of '%.*s' in what was read, which has %.*s; read another commit with --at",
		            TEXT_ARGS(wanted.pin), TEXT_ARGS(wanted.id), TEXT_ARGS((*out)->recipe->version));
	else if (!(*out)->usable)
		failure_set(&failure, EXIT_FINDINGS, "recipe '%.*s' has no effective form until its errors are mended: galley check",
		            TEXT_ARGS(wanted.id));
	else
		return EXIT_OK;
	return session_fail(&failure);
}

int session_limits(struct limits *limits, struct invocation *invocation)
{
	struct text why;

	*limits = limits_default;
	for (size_t i = 0; i < invocation->limit_settings.count; i++)
		if (!limit_set(limits, &why, invocation->limit_settings.items[i], &invocation->arena))
			return session_usage(invocation, "'--limit': %.*s", TEXT_ARGS(why));
	return EXIT_OK;
}

int session_request(struct workspace_request *request, struct limits *limits, struct invocation *invocation)
{
	const char *index_file = getenv("GIT_INDEX_FILE");

	*request = (struct workspace_request){
		.source = {
			.directory = invocation->directory,
			.git_dir = invocation->git_dir,
			.at = invocation->at,
			.below = invocation->below,
			.staged = invocation->staged,
			.objects = invocation->objects,
			.no_cache = invocation->no_cache,
			.seen = invocation->seen,
			.index_file = invocation->staged && index_file && *index_file ? index_file : NULL,
		},
		.jobs = session_jobs(invocation),
		.progress = session_progress(invocation),
		.memory = invocation->memory,
		.live = invocation->commit || invocation->live,
		.base = invocation->base,
		.base_if_any = invocation->base_if_any,
		.base_exactly = invocation->base_exactly,
		.may_be_none = invocation->may_be_none,
		.against = invocation->against,
		.since_fork = invocation->since_fork,
		.now = session_now(),
	};
	int code = session_limits(limits, invocation);
	if (code != EXIT_OK)
		return code;
	request->limits = request->source.limits = limits;
	request->findings_only = invocation->findings_only;
	request->differences_only = invocation->differences_only;
	request->settings_only = invocation->settings_only;
	if (invocation->as_of) {
		request->has_as_of = true;
		if (strcmp(invocation->as_of, "now") == 0)
			request->as_of = request->now;
		else if (!instant_parse(&request->as_of, text_of(invocation->as_of)))
			return session_usage(invocation, "'--as-of' is '%s', must be 'now' or a time such as 2026-09-22T06:00:00Z", invocation->as_of);
	}
	return EXIT_OK;
}

int session_open(struct workspace *workspace, struct invocation *invocation)
{
	struct workspace_request request;
	struct failure failure;
	struct limits limits;

	*workspace = (struct workspace){0};
	int code = session_request(&request, &limits, invocation);
	if (code != EXIT_OK)
		return code;
	if (workspace_open(workspace, &request, &failure) < 0)
		return session_fail(&failure);
	if (invocation->verbose) {
		static const char *const kinds[] = {"plain folder", "working tree", "index", "commit"};
		const struct source_info *info = source_get_info(workspace->source);
		char as_of[32];
		instant_print(as_of, workspace->results.as_of);
		session_note(invocation, "reading %zu files of the %s%s%s, as of %s", workspace->files, kinds[info->kind],
		             info->kind == SOURCE_COMMIT ? " " : "", info->kind == SOURCE_COMMIT ? info->commit : "", as_of);
	}
	return EXIT_OK;
}

int session_measure(struct workspace *workspace, bool latest_only, const struct model *const *only, size_t only_count)
{
	struct failure failure;

	int status = workspace_measure(workspace, latest_only, only, only_count, &failure);
	if (workspace->progress)
		progress_line_end(workspace->progress->context);
	return status < 0 ? session_fail(&failure) : EXIT_OK;
}

/* A model that is not healthy is an error, as its drift and its failed gates are; what only warns is a warning. The worst reason counts,
 * as a degraded model may drift too. */
enum severity session_weigh(const struct model_result *model)
{
	enum severity worst = SEVERITY_OFF;

	for (size_t i = 0; i < model->reason_count; i++) {
		enum model_state state = model->reasons[i].state;
		enum severity weight = state == STATE_HEALTHY ? SEVERITY_OFF : state == STATE_DEGRADED ? SEVERITY_WARNING : SEVERITY_ERROR;
		worst = weight > worst ? weight : worst;
	}
	return worst;
}

int session_model(const struct model **model, const struct workspace *workspace, struct text id, struct arena *arena)
{
	const struct catalog *catalog = &workspace->catalog;
	struct text *names = arena_array(arena, catalog->model_count, sizeof *names);

	*model = catalog_model(catalog, id);
	if (*model)
		return EXIT_OK;
	for (size_t i = 0; i < catalog->model_count; i++)
		names[i] = catalog->models[i].record.id;
	return session_unknown("model", id, names, catalog->model_count);
}

int session_run(const struct model **model, const struct run **run, const struct workspace *workspace, struct text word)
{
	size_t slash = text_find(word, '/');
	struct text id = text_cut(word, slash + 1, word.len);
	struct arena arena;

	arena_init(&arena);
	int code = session_model(model, workspace, text_cut(word, 0, slash), &arena);
	*run = code == EXIT_OK ? model_run(*model, id) : NULL;
	if (code == EXIT_OK && !*run) {
		struct text *names = arena_array(&arena, (*model)->run_count, sizeof *names);
		for (size_t i = 0; i < (*model)->run_count; i++)
			names[i] = (*model)->runs[i].record.id;
		code = session_unknown("run", id, names, (*model)->run_count);
	}
	arena_release(&arena);
	return code;
}

static void add_findings(struct buffer *out, const struct diags *diags, enum severity at_least, size_t files, const struct invocation *invocation)
{
	struct findings findings;
	struct arena arena;

	arena_init(&arena);
	findings_init(&findings, diags, NULL, 0, &arena);
	findings.at_least = at_least;
	findings.files_read = files;
	findings.color = session_color(invocation, stderr);
	findings_format(TEXT("text"))->render(out, &findings);
	arena_release(&arena);
}

void session_findings(const struct diags *diags, enum severity at_least, size_t files, const struct invocation *invocation)
{
	struct buffer out;

	buffer_init(&out);
	add_findings(&out, diags, at_least, files, invocation);
	fwrite(out.data, 1, out.len, stderr);
	buffer_release(&out);
}

int session_errors(const struct workspace *workspace, const struct invocation *invocation)
{
	if (!diags_count(&workspace->diags, SEVERITY_ERROR))
		return EXIT_OK;
	session_findings(&workspace->diags, SEVERITY_ERROR, workspace->files, invocation);
	return EXIT_FINDINGS;
}

/* --- a run that may come again --- */

void session_say(const struct run_answer *answer)
{
	if (answer->said.len)
		fwrite(answer->said.at, 1, answer->said.len, stderr);
}

void session_answer(struct run_answer *answer, struct workspace *workspace, const struct invocation *invocation)
{
	const struct config *config = &workspace->catalog.config;
	struct buffer out;

	*answer = (struct run_answer){.reports = config->reports, .committer_name = config->committer_name, .committer_email = config->committer_email,
	                              .fixed = config->has_as_of && !invocation->as_of, .said = TEXT(""), .out = TEXT("")};
	if (!diags_count(&workspace->diags, SEVERITY_ERROR))
		return;
	buffer_init(&out);
	add_findings(&out, &workspace->diags, SEVERITY_ERROR, workspace->files, invocation);
	answer->said = text_copy(&workspace->arena, buffer_text(&out));
	answer->code = EXIT_FINDINGS;
	buffer_release(&out);
}

int session_again(bool *again, struct run_answer *answer, struct invocation *invocation, enum run_kind kind)
{
	struct workspace_request request;
	struct limits limits;

	*again = false;
	int code = session_request(&request, &limits, invocation);
	/* -v tells what is being read. */
	if (code == EXIT_OK && !invocation->verbose)
		*again = workspace_again(answer, &request, kind, session_color(invocation, stderr), &invocation->arena);
	return code;
}

void session_keep(struct workspace *workspace, struct run_answer *answer, struct invocation *invocation, enum run_kind kind,
                  const struct publish_file *files, size_t count)
{
	struct workspace_request request;
	struct limits limits;

	if (session_request(&request, &limits, invocation) == EXIT_OK)
		workspace_keep(workspace, answer, &request, kind, session_color(invocation, stderr), files, count);
}

/* --- for what commits --- */

static struct text environment_text(const char *name, const char *other)
{
	const char *value = getenv(name);

	if (!value || !*value)
		value = getenv(other);
	return text_of(value ? value : "");
}

void session_person(struct publish_request *request)
{
	request->name = environment_text("GIT_COMMITTER_NAME", "GIT_AUTHOR_NAME");
	request->email = environment_text("GIT_COMMITTER_EMAIL", "GIT_AUTHOR_EMAIL");
}

/* Git's own format of GIT_COMMITTER_DATE ("@1700000000 +0000", "1700000000 +0000"), or an ISO 8601 time. */
int64_t session_commit_time(void)
{
	const char *word = getenv("GIT_COMMITTER_DATE");
	uint64_t seconds;
	int64_t iso;

	if (!word || !*word)
		return session_now();
	struct text text = text_of(word + (*word == '@'));
	if (number_parse_count(&seconds, text_cut(text, 0, text_find(text, ' ')), INT64_MAX))
		return (int64_t)seconds;
	return instant_parse(&iso, text) ? iso : session_now();
}

size_t session_watched(struct text paths[static SESSION_WATCHED], struct workspace *workspace)
{
	const struct config *config = &workspace->catalog.config;
	struct text prefix = source_get_info(workspace->source)->workspace;

	paths[0] = config->recipes;
	paths[1] = config->packs;
	paths[2] = config->runs;
	paths[3] = text_format(&workspace->arena, "%.*sgalley.yaml", TEXT_ARGS(prefix));
	paths[4] = text_format(&workspace->arena, "%.*sgalley.yml", TEXT_ARGS(prefix));
	paths[5] = config->reports;
	return SESSION_WATCHED;
}

int session_read(struct text *bytes, const char *path, const struct limits *limits, struct arena *arena, struct failure *failure)
{
	enum read_result result;
	struct stream *stream;
	size_t got = 1, len = 0;
	int status = 0;

	if (stream_open(&stream, &result, path, limits->blob_bytes, failure) < 0)
		return -1;
	uint64_t size = stream ? stream_size(stream) : 0;
	if (!stream || size > limits->blob_bytes) {
		stream_close(stream);
		return failure_set(failure, EXIT_UNABLE, "'%s' is larger than %zu bytes (%s)", path, limits->blob_bytes,
		                   limit_note(limits, &limits->blob_bytes).text);
	}
	char *at = arena_alloc(arena, (size_t)size);
	while (got && len < size && (status = stream_read(&got, stream, at + len, (size_t)size - len, failure)) == 0)
		len += got;
	stream_close(stream);
	*bytes = (struct text){at, len};
	return status;
}

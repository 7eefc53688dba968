#include "command.h"
#include "json.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option cache_options[] = {
	{"show", 0, OPTION_FLAG, AT(show), NULL, NULL, "what is kept, and how much it is (the default)"},
	{"clear", 0, OPTION_FLAG, AT(clear), NULL, NULL, "remove all of it"},
};

static void add_size(struct buffer *out, uint64_t bytes)
{
	if (bytes < 1024)
		buffer_format(out, "%u byte%s", (unsigned)bytes, bytes == 1 ? "" : "s");
	else if (bytes < 1024 * 1024)
		buffer_format(out, "%.1f KiB", (double)bytes / 1024);
	else
		buffer_format(out, "%.1f MiB", (double)bytes / (1024 * 1024));
}

static void add_text(struct buffer *out, const struct kept_sizes *sizes, bool clear)
{
	if (!sizes->has_repository) {
		buffer_string(out, "nothing is kept: this is not in a git repository\n");
		return;
	}
	buffer_string(out, clear ? "removed " : "");
	buffer_format(out, "%llu result%s of drift, data checks, freshness and whole reports, ", (unsigned long long)sizes->results, sizes->results == 1 ? "" : "s");
	add_size(out, sizes->result_bytes);
	buffer_string(out, clear ? "; the index of versions, " : "\nindex of versions, ");
	add_size(out, sizes->index_bytes);
	buffer_char(out, '\n');
}

static struct json *as_json(const struct kept_sizes *sizes, bool clear)
{
	struct json *json = json_object();

	json_add_string(json, "schema", "galley.cache/1");
	json_add_bool(json, "repository", sizes->has_repository);
	json_add_bool(json, "cleared", clear && sizes->has_repository);
	json_add_count(json, "results", sizes->results);
	json_add_count(json, "result_bytes", sizes->result_bytes);
	json_add_count(json, "index_bytes", sizes->index_bytes);
	return json;
}

static int run_cache(struct invocation *invocation)
{
	struct source_options options = {.directory = invocation->directory, .git_dir = invocation->git_dir};
	struct kept_sizes sizes;
	struct failure failure;
	struct source *source;
	struct limits limits;
	struct buffer out;

	if (invocation->show && invocation->clear)
		return session_usage(invocation, "'--show' and '--clear' exclude each other");
	int code = session_limits(&limits, invocation);
	if (code != EXIT_OK)
		return code;
	options.limits = &limits;
	if (source_open(&source, &options, &invocation->arena, &failure) < 0)
		return session_fail(&failure);
	int status = invocation->clear ? source_kept_clear(&sizes, source, &failure) : source_kept_sizes(&sizes, source, &failure);
	source_close(source);
	if (status < 0)
		return session_fail(&failure);
	buffer_init(&out);
	if (session_is(invocation, "json")) {
		struct json *json = as_json(&sizes, invocation->clear);
		json_print(&out, json, true);
		json_release(json);
	} else {
		add_text(&out, &sizes, invocation->clear);
	}
	code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

const struct command command_cache = {
	.name = "cache",
	.operands = "",
	.summary = "what is kept of work that was done before, and its size",
	.details = "Comparisons with references, data checks and ages of data are kept by the content that they were computed from, in galley/ of the\n"
	           "repository's git directory, so that a snapshot is looked at once, and runs of 'report' by all that they read and wrote, so that one\n"
	           "with nothing changed ends at once; beside them stands an index of versions in history. Nothing of it changes an answer: what\n"
	           "is damaged, or was made by another version of galley, is computed again. The oldest goes beyond --limit cache_bytes (256MiB).\n"
	           "With --no-cache a command does without it, and so does a plain folder.",
	.examples = {"galley cache", "galley cache --clear", "galley report --no-cache"},
	.formats = "text|json",
	.options = cache_options,
	.option_count = sizeof cache_options / sizeof *cache_options,
	.run = run_cache,
};

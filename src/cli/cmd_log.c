#include <stdint.h>

#include "command.h"
#include "version_report.h"

static const struct option log_options[] = {
	{"limit", 0, OPTION_NUMBER, offsetof(struct invocation, limit), "N", NULL, "at most N versions, the newest"},
};

static int print_log(struct workspace *workspace, struct invocation *invocation)
{
	struct text id = invocation->operands.items[0], *names;
	struct version_log log;
	struct failure failure;
	struct buffer out;
	size_t count;

	if (workspace_log(&log, workspace, id, invocation->limit ? invocation->limit : SIZE_MAX, &failure) < 0)
		return session_fail(&failure);
	if (!log.all) {
		workspace_names(&names, &count, workspace);
		return session_unknown("recipe or pack", id, names, count);
	}
	buffer_init(&out);
	if (session_is(invocation, "json"))
		log_json(&out, &log);
	else
		log_text(&out, &log, session_color(invocation, stdout));
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

static int run_log(struct invocation *invocation)
{
	struct workspace workspace;

	invocation->settings_only = true;
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = print_log(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

const struct command command_log = {
	.name = "log",
	.operands = "ID",
	.least = 1,
	.most = 1,
	.summary = "the versions of a recipe or pack, from git's history",
	.details = "Newest first: who made each version, when and why, who approved it, and what it changed in effect against the version\n"
	           "below it, parents included. A version is the file as it stood in the newest commit that has it.",
	.examples = {"galley log recipe_pricing_grocery", "galley log pack_pricing_standard --limit 3", "galley log recipe_pricing_grocery --format json"},
	.formats = "text|json",
	.options = log_options,
	.option_count = sizeof log_options / sizeof *log_options,
	.run = run_log,
};

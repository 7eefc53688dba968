#include <stdint.h>
#include <string.h>

#include "command.h"
#include "version_report.h"

static const struct option log_options[] = {
	{"activity", 0, OPTION_FLAG, offsetof(struct invocation, activity), NULL, NULL, "who decided what: proposals, approvals, promotions, changes of status; ID may be a model, run, recipe or pack"},
	{"limit", 0, OPTION_NUMBER, offsetof(struct invocation, limit), "N", "1..", "at most N, the newest"},
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

static int print_activity(struct workspace *workspace, struct invocation *invocation)
{
	struct proposal_request branches = {.git_dir = invocation->git_dir, .directory = invocation->directory};
	struct text id = invocation->operands.count ? invocation->operands.items[0] : TEXT("");
	const struct source_info *info = source_get_info(workspace->source);
	struct activity *items;
	struct failure failure;
	struct buffer out;
	size_t count;
	bool cut;

	if (!info->commit[0]) {
		failure_set(&failure, EXIT_UNABLE, "no activity to tell: '%.*s' has no commit", TEXT_ARGS(info->top));
		return session_fail(&failure);
	}
	memcpy(branches.base, info->commit, sizeof branches.base);
	if (workspace_activity(&items, &count, &cut, workspace, id, &branches, &failure) < 0)
		return session_fail(&failure);
	if (id.len && !count && !cut)
		return session_unknown("model, run, recipe or pack", id, NULL, 0);
	size_t shown = invocation->limit && invocation->limit < count ? invocation->limit : count;
	buffer_init(&out);
	if (session_is(invocation, "json"))
		activity_json(&out, items, shown, count, cut);
	else
		activity_text(&out, items, shown, count, cut, &workspace->arena);
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

static int run_log(struct invocation *invocation)
{
	struct workspace workspace;

	if (!invocation->activity && !invocation->operands.count)
		return session_usage(invocation, "'log' needs the id of a recipe or pack, or '--activity'");
	invocation->settings_only = true;
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = invocation->activity ? print_activity(&workspace, invocation) : print_log(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

const struct command command_log = {
	.name = "log",
	.operands = "[ID|MODEL]",
	.most = 1,
	.summary = "the versions of a recipe or pack, from git's history",
	.details = "Newest first: who made each version, when and why, who approved it, and what it changed in effect against the version\n"
	           "below it, parents included. A version is the file as it stood in the newest commit that has it. With --activity the audit log:\n"
	           "what was proposed and why, who approved it by merging, and each change of a status, a production run, a version or a hold.",
	.examples = {"galley log recipe_pricing_harbor", "galley log pack_pricing_standard --limit 3", "galley log --activity model_room_rate --format json"},
	.formats = "text|json",
	.options = log_options,
	.option_count = sizeof log_options / sizeof *log_options,
	.run = run_log,
};

#include "command.h"
#include "version_report.h"

static int print_record(struct workspace *workspace, struct invocation *invocation)
{
	struct text wanted = invocation->operands.items[0], id = text_cut(wanted, 0, text_find(wanted, '@')), *names, newest;
	struct shown_record record;
	struct failure failure;
	struct buffer out;
	size_t count;
	bool found;

	if (workspace_show(&record, &found, &newest, workspace, wanted, &failure) < 0)
		return session_fail(&failure);
	if (!found && newest.len && id.len == wanted.len) {
		failure_set(&failure, EXIT_FINDINGS, "'%.*s' is not in this revision; its newest versions were %.*s; see: galley log %.*s", TEXT_ARGS(id),
		            TEXT_ARGS(newest), TEXT_ARGS(id));
		return session_fail(&failure);
	}
	if (!found && newest.len) {
		failure_set(&failure, EXIT_FINDINGS, "no version '%.*s' of '%.*s'; newest first there are %.*s; see: galley log %.*s",
		            TEXT_ARGS(text_cut(wanted, id.len + 1, wanted.len)), TEXT_ARGS(id), TEXT_ARGS(newest), TEXT_ARGS(id));
		return session_fail(&failure);
	}
	if (!found) {
		workspace_names(&names, &count, workspace);
		return session_unknown("record", id, names, count);
	}
	buffer_init(&out);
	if (session_is(invocation, "json"))
		show_json(&out, &record, &invocation->arena);
	else
		show_text(&out, &record);
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

static int run_show(struct invocation *invocation)
{
	struct workspace workspace;

	invocation->settings_only = true;
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = print_record(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

const struct command command_show = {
	.name = "show",
	.operands = "ID[@VERSION]|MODEL[/RUN]",
	.least = 1,
	.most = 1,
	.summary = "one record whole, as it is or as a version of it was",
	.details = "ID is a recipe, a pack, a model or MODEL/RUN. VERSION, of a recipe or pack, may be a range such as ^1.2, which takes the highest\n"
	           "approved version; it comes from git's history. What is inherited is shown by: galley resolve.",
	.examples = {"galley show recipe_pricing_harbor", "galley show recipe_pricing_harbor@2.0.0", "galley show pack_pricing_standard --format json"},
	.formats = "text|json",
	.run = run_show,
};

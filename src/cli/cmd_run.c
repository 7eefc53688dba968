#include "authoring.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option run_options[] = {
	{"status", 0, OPTION_WORD, AT(status), "STATUS", "queued|running|succeeded|failed|cancelled", "how far the run is"},
	{"started-at", 0, OPTION_WORD, AT(started_at), "TIME", NULL, "when it began: an ISO 8601 time, or 'now'"},
	{"finished-at", 0, OPTION_WORD, AT(finished_at), "TIME", NULL, "when it ended"},
	{"metrics", 0, OPTION_WORD, AT(metrics_path), "FILE", NULL, "its metric file, a path in the folder of the run; needed when it succeeded"},
	{"error", 0, OPTION_WORD, AT(error), "TEXT", NULL, "what went wrong; needed when it failed"},
	AUTHORING_OPTIONS,
};

static enum run_status status_of(struct text word)
{
	enum run_status status = RUN_CANCELLED;

	while (status > RUN_NONE && !text_is(word, run_status_name(status)))
		status--;
	return status;
}

static int make_set(struct authoring_session *session)
{
	struct invocation *invocation = session->invocation;
	struct run_settings settings = {.metrics = word_of(invocation->metrics_path), .error = word_of(invocation->error)};

	split_run(&settings.model, &settings.run, invocation->operands.items[1]);
	int code = read_time(&settings.started_at, session, "--started-at", invocation->started_at);
	if (code == EXIT_OK)
		code = read_time(&settings.finished_at, session, "--finished-at", invocation->finished_at);
	if (code != EXIT_OK)
		return code;
	const struct model *model = catalog_model(&session->workspace.catalog, settings.model);
	const struct run *run = model ? model_run(model, settings.run) : NULL;
	settings.status = invocation->status ? status_of(text_of(invocation->status)) : run ? run->status : RUN_QUEUED;
	const char *flag = run && run->record.root && run->status < RUN_SUCCEEDED ? run_set_lacks(run, &settings) : NULL;
	if (flag)
		return session_usage(invocation, "a run that is %s needs %s", run_status_name(settings.status), flag);
	return author_run_set(&session->authored, &session->authoring, &settings);
}

static int run_run(struct invocation *invocation)
{
	struct text word = invocation->operands.items[1];

	if (!text_is(invocation->operands.items[0], "set"))
		return session_usage(invocation, "'run' knows set, not '%.*s'", TEXT_ARGS(invocation->operands.items[0]));
	if (text_find(word, '/') == word.len)
		return session_usage(invocation, "'%.*s' names no run: MODEL/RUN is needed", TEXT_ARGS(word));
	if (!invocation->status && !invocation->started_at && !invocation->finished_at && !invocation->metrics_path && !invocation->error)
		return session_usage(invocation, "'run set' needs something to set: give --status STATUS");
	return authoring_run(invocation, make_set, false);
}

const struct command command_run = {
	.name = "run",
	.operands = "set MODEL/RUN",
	.least = 2,
	.most = 2,
	.summary = "a run's record follows the run, in place",
	.details = "A run goes from queued to running to succeeded, failed or cancelled, never back. Once it has finished, its record is evidence\n"
	           "and is not changed any more.",
	.examples = {"galley run set model_store_demand/2026-10-01-train --status running --started-at now",
                 "galley run set model_store_demand/2026-10-01-train --status succeeded --finished-at now --metrics metrics.json",
                 "galley run set model_store_demand/2026-10-01-train --status failed --finished-at now --error 'out of memory'"},
	.options = run_options,
	.option_count = sizeof run_options / sizeof *run_options,
	.run = run_run,
};

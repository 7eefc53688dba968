#include "command.h"
#include "text_report.h"

/* Only when asked: looking around does not fail. */
static int status_code(const struct workspace *workspace, const struct invocation *invocation)
{
	enum severity fail_on = session_fail_on(invocation, SEVERITY_OFF);

	for (size_t i = 0; fail_on && i < workspace->results.model_count; i++) {
		enum model_state state = workspace->results.models[i].state;
		if (state == STATE_NONE || state == STATE_HEALTHY)
			continue;
		if ((state == STATE_FAILED ? SEVERITY_ERROR : SEVERITY_WARNING) >= fail_on)
			return EXIT_FINDINGS;
	}
	return EXIT_OK;
}

static int run_status(struct invocation *invocation)
{
	struct workspace workspace;
	struct buffer out;
	int code = session_open(&workspace, invocation);

	if (code == EXIT_OK)
		code = session_measure(&workspace, false, NULL, 0);
	if (code == EXIT_OK) {
		session_errors(&workspace, invocation);
		buffer_init(&out);
		if (session_is(invocation, "json"))
			status_json(&out, &workspace.results);
		else
			status_text(&out, &workspace.results, !invocation->output && session_color(invocation, stdout));
		code = session_write(invocation, &out, status_code(&workspace, invocation));
		buffer_release(&out);
	}
	workspace_close(&workspace);
	return code;
}

const struct command command_status = {
	.name = "status",
	.operands = "",
	.summary = "one line a model: state, gates, drift, freshness, what is due",
	.details = "Worst first. Exits with 0 unless --fail-on is given (a failed model weighs as error, other unhealthy states as warning).",
	.examples = {"galley status", "galley status --as-of 2026-09-22T06:00:00Z", "galley status --format json --fail-on error"},
	.formats = "text|json",
	.run = run_status,
};

#include <stddef.h>

#include "command.h"
#include "csv_options.h"
#include "text_report.h"

/* Only when asked: looking around does not fail. */
static int status_code(const struct workspace *workspace, const struct invocation *invocation)
{
	enum severity fail_on = session_fail_on(invocation, SEVERITY_OFF);

	for (size_t i = 0; fail_on && i < workspace->results.model_count; i++) {
		const struct model_result *model = &workspace->results.models[i];
		if (model->state != STATE_NONE && session_weigh(model) >= fail_on)
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
		else if (session_is(invocation, "openmetrics"))
			status_openmetrics(&out, &workspace.results);
		else if (session_is(invocation, "slack"))
			status_slack(&out, &workspace.results);
		else if (session_is(invocation, "github"))
			status_github(&out, &workspace.results);
		else
			status_text(&out, &workspace.results, !invocation->output && session_color(invocation, stdout));
		code = session_write(invocation, &out, status_code(&workspace, invocation));
		buffer_release(&out);
	}
	workspace_close(&workspace);
	return code;
}

#define AT(field) offsetof(struct invocation, field)

static const struct option status_options[] = {
	CSV_MEMORY_OPTION,
};

const struct command command_status = {
	.name = "status",
	.operands = "",
	.summary = "one line a model: state, gates, drift, freshness, what is due",
	.details = "Worst first; gates are those of the run that serves, else of the newest. Exits with 0 unless --fail-on is given: then a model that\n"
	           "is not healthy is an error, one that is only degraded a warning. openmetrics is for Prometheus and a node exporter's textfile folder,\n"
	           "slack a message in Block Kit, github annotations of a workflow run.",
	.examples = {"galley status", "galley status --as-of 2026-09-22T06:00:00Z", "galley status --format json --fail-on error"},
	.formats = "text|json|openmetrics|slack|github",
	.options = status_options,
	.option_count = sizeof status_options / sizeof *status_options,
	.run = run_status,
};

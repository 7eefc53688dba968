#include <stddef.h>

#include "command.h"
#include "csv_options.h"
#include "text_report.h"

static int monitor_code(const struct workspace *workspace, const struct invocation *invocation)
{
	enum severity fail_on = session_fail_on(invocation, SEVERITY_ERROR);

	for (size_t i = 0; i < workspace->results.model_count; i++) {
		const struct model_result *model = &workspace->results.models[i];
		if (model->state != STATE_NONE && session_weigh(model) >= fail_on)
			return EXIT_FINDINGS;
	}
	return EXIT_OK;
}

static int print_monitor(struct workspace *workspace, struct invocation *invocation)
{
	size_t count = invocation->operands.count;
	const struct model **only = arena_array(&workspace->arena, count, sizeof *only);
	struct buffer out;
	int code = EXIT_OK;

	for (size_t i = 0; i < count && code == EXIT_OK; i++)
		code = session_model(&only[i], workspace, invocation->operands.items[i], &workspace->arena);
	if (code == EXIT_OK)
		code = session_measure(workspace, false, only, count);
	if (code != EXIT_OK)
		return code;
	int errors = session_errors(workspace, invocation);
	buffer_init(&out);
	if (session_is(invocation, "json"))
		monitor_json(&out, &workspace->results);
	else
		monitor_text(&out, &workspace->results, count > 0, !invocation->output && session_color(invocation, stdout));
	code = monitor_code(workspace, invocation);
	code = session_write(invocation, &out, code ? code : errors);
	buffer_release(&out);
	return code;
}

static int run_monitor(struct invocation *invocation)
{
	struct workspace workspace;
	int code = session_open(&workspace, invocation);

	if (code == EXIT_OK)
		code = print_monitor(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

#define AT(field) offsetof(struct invocation, field)

static const struct option monitor_options[] = {
	CSV_MEMORY_OPTION,
};

const struct command command_monitor = {
	.name = "monitor",
	.operands = "[MODEL...]",
	.most = SIZE_MAX,
	.summary = "snapshots over time: performance, drift, freshness, alerts, trend, decision",
	.details = "Worst first: why a model is in its state, what is due, and what would bring it back. A model that is named is shown whole, with\n"
	           "all that was looked at. Exits with 1 when a watched model is not healthy; one that is only degraded is a warning.",
	.examples = {"galley monitor", "galley monitor model_store_demand --as-of 2026-09-01", "galley monitor --format json --fail-on warning"},
	.formats = "text|json",
	.options = monitor_options,
	.option_count = sizeof monitor_options / sizeof *monitor_options,
	.run = run_monitor,
};

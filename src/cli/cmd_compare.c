#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "text_report.h"

static int find_runs(const struct model **models, const struct run **runs, const struct workspace *workspace, const struct invocation *invocation)
{
	const struct words *operands = &invocation->operands;
	int code = EXIT_OK;

	for (size_t i = 0; i < operands->count && code == EXIT_OK; i++)
		code = session_run(&models[i], &runs[i], workspace, operands->items[i]);
	for (size_t i = 0; i < operands->count && code == EXIT_OK; i++)
		for (size_t k = 0; k < i && code == EXIT_OK; k++)
			if (runs[k] == runs[i])
				code = session_usage(invocation, "'%.*s' is named twice: a run is compared with others", TEXT_ARGS(operands->items[i]));
	return code;
}

/* A run that is worse than the first in anything, or of which that could not be found out. */
static bool is_worse(const struct comparison *comparison)
{
	for (size_t i = 1; i < comparison->count; i++) {
		const struct compared_tally *tally = &comparison->tallies[i];
		if (tally->worse || tally->not_compared || !(tally->better + tally->same))
			return true;
	}
	return false;
}

static int print_comparison(struct workspace *workspace, struct invocation *invocation)
{
	size_t count = invocation->operands.count;
	const struct model **models = arena_array(&workspace->arena, count, sizeof *models);
	const struct run **runs = arena_array(&workspace->arena, count, sizeof *runs);
	struct comparison comparison;
	struct buffer out;

	int code = find_runs(models, runs, workspace, invocation);
	if (code != EXIT_OK)
		return code;
	int errors = session_errors(workspace, invocation);
	workspace_compare(&comparison, workspace, models, runs, count);
	buffer_init(&out);
	if (session_is(invocation, "json"))
		compare_json(&out, &comparison);
	else if (session_is(invocation, "markdown"))
		compare_markdown(&out, &comparison, workspace->catalog.config.emoji);
	else
		compare_text(&out, &comparison, !invocation->output && session_color(invocation, stdout));
	code = session_write(invocation, &out, invocation->exit_code && is_worse(&comparison) ? EXIT_FINDINGS : errors);
	buffer_release(&out);
	return code;
}

static int run_compare(struct invocation *invocation)
{
	struct workspace workspace;

	for (size_t i = 0; i < invocation->operands.count; i++) {
		struct text word = invocation->operands.items[i];
		if (text_find(word, '/') == word.len)
			return session_usage(invocation, "'%.*s' names no run: MODEL/RUN is needed; galley list runs shows them", TEXT_ARGS(word));
	}
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = print_comparison(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

static const struct option compare_options[] = {
	{"exit-code", 0, OPTION_FLAG, offsetof(struct invocation, exit_code), NULL, NULL,
	 "exit with 1 where a run is worse than the first in a metric, or could not be compared with it"},
};

const struct command command_compare = {
	.name = "compare",
	.operands = "MODEL/RUN MODEL/RUN...",
	.least = 2,
	.most = SIZE_MAX,
	.summary = "runs side by side: how each metric differs from the first run's, and which is best",
	.details = "Every metric of any of the runs, with its difference from the first run's value, better or worse by the direction of the gate\n"
	           "that judges it, and the best marked; verdicts are those of the packs as they are now. Values that are missing, inconclusive or\n"
	           "no finite numbers, and all of a run that did not succeed, are shown and never best. What makes the runs unlike is told first:\n"
	           "another recipe or version of it, other packs, other reference data; then what else they differ in. The runs may be of several\n"
	           "models.",
	.examples = {"galley compare model_room_rate/2026-06-10-train model_room_rate/2026-07-30-train",
                 "galley compare model_cafe_site_score/2026-06-20-train model_cafe_site_score/2026-03-21-train --format markdown",
                 "galley compare model_nba_retention/2026-08-02-train model_nba_retention/2026-08-30-train --exit-code"},
	.formats = "text|markdown|json",
	.options = compare_options,
	.option_count = sizeof compare_options / sizeof *compare_options,
	.run = run_compare,
};

#include <stdint.h>

#include "command.h"
#include "text_report.h"

struct selection {
	struct run_result *runs;
	size_t count;
	struct eval_left_out left_out;
};

static void add_run(struct selection *selection, const struct run_result *run, struct arena *arena)
{
	selection->runs = arena_grow(arena, selection->runs, selection->count, sizeof *selection->runs);
	selection->runs[selection->count++] = *run;
}

static void add_model(struct selection *selection, const struct run_result *runs, size_t count, struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		switch (runs[i].run->status) {
		case RUN_QUEUED: selection->left_out.queued++; break;
		case RUN_RUNNING: selection->left_out.running++; break;
		case RUN_FAILED: selection->left_out.failed++; break;
		case RUN_CANCELLED: selection->left_out.cancelled++; break;
		/* A run whose record is broken could not be judged, and must not vanish. */
		case RUN_NONE:
		case RUN_SUCCEEDED: add_run(selection, &runs[i], arena); break;
		}
	}
}

static const struct run_result *judge_model(size_t *count, struct workspace *workspace, const struct model *model)
{
	struct run_result *runs = arena_array(&workspace->arena, model->run_count, sizeof *runs);

	for (size_t i = 0; i < model->run_count; i++)
		gates_judge_run(&runs[i], &workspace->catalog, &workspace->resolved, model, &model->runs[i], &workspace->arena);
	*count = model->run_count;
	return runs;
}

/* MODEL or MODEL/RUN. */
static int select_operand(struct selection *selection, struct workspace *workspace, struct text operand)
{
	size_t slash = text_find(operand, '/'), count;
	const struct model *model;
	const struct run *run = NULL;

	int code = slash < operand.len ? session_run(&model, &run, workspace, operand) : session_model(&model, workspace, operand, &workspace->arena);
	if (code != EXIT_OK)
		return code;
	const struct run_result *runs = judge_model(&count, workspace, model);
	if (!run)
		add_model(selection, runs, count, &workspace->arena);
	for (size_t i = 0; run && i < count; i++)
		if (runs[i].run == run)
			add_run(selection, &runs[i], &workspace->arena);
	return EXIT_OK;
}

static int select_all(struct selection *selection, struct workspace *workspace)
{
	for (size_t i = 0; i < workspace->catalog.model_count; i++) {
		size_t count;
		const struct run_result *runs = judge_model(&count, workspace, &workspace->catalog.models[i]);
		add_model(selection, runs, count, &workspace->arena);
	}
	return EXIT_OK;
}

static int eval_code(const struct selection *selection, const struct invocation *invocation)
{
	enum severity fail_on = session_fail_on(invocation, SEVERITY_ERROR);

	for (size_t i = 0; i < selection->count; i++) {
		enum verdict status = selection->runs[i].status;
		enum severity weight = status == VERDICT_PASS ? SEVERITY_OFF : status == VERDICT_WARN ? SEVERITY_WARNING : SEVERITY_ERROR;
		if (weight >= fail_on)
			return EXIT_FINDINGS;
	}
	return EXIT_OK;
}

static int print_eval(struct workspace *workspace, struct invocation *invocation)
{
	struct selection selection = {0};
	struct buffer out;
	int code = EXIT_OK;

	for (size_t i = 0; i < invocation->operands.count && code == EXIT_OK; i++)
		code = select_operand(&selection, workspace, invocation->operands.items[i]);
	if (!invocation->operands.count)
		code = select_all(&selection, workspace);
	if (code != EXIT_OK)
		return code;
	int errors = session_errors(workspace, invocation);
	buffer_init(&out);
	if (session_is(invocation, "json"))
		eval_json(&out, selection.runs, selection.count, &selection.left_out);
	else
		eval_text(&out, selection.runs, selection.count, &selection.left_out, !invocation->output && session_color(invocation, stdout));
	code = eval_code(&selection, invocation);
	code = session_write(invocation, &out, code ? code : errors);
	buffer_release(&out);
	return code;
}

static int run_eval(struct invocation *invocation)
{
	struct workspace workspace;
	int code = session_open(&workspace, invocation);

	if (code == EXIT_OK)
		code = print_eval(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

const struct command command_eval = {
	.name = "eval",
	.operands = "[MODEL[/RUN]...]",
	.most = SIZE_MAX,
	.summary = "do runs pass their gates: pass, warn, fail or inconclusive, and may they be promoted?",
	.details = "Judges the metrics of succeeded runs by the packs of their recipe and by the recipe's own limits. Runs that did not succeed\n"
	           "are left out with a count; one that is named is inconclusive. Exit 1 when a run fails or could not be judged.",
	.examples = {"galley eval", "galley eval model_room_rate/2026-06-10-train", "galley eval --format json --fail-on warning"},
	.formats = "text|json",
	.run = run_eval,
};

#include "command.h"
#include "explain.h"
#include "text_report.h"

/* Two messages in one: what is unknown, and every name that is near. */
static int unknown(const struct explanation *explanation)
{
	struct failure failure;
	struct buffer near;

	buffer_init(&near);
	for (size_t i = 0; i < explanation->near_count; i++)
		buffer_format(&near, "%s'%.*s'", !i ? "; did you mean " : i + 1 < explanation->near_count ? ", " : " or ",
		              TEXT_ARGS(explanation->near[i]));
	failure_set(&failure, EXIT_FINDINGS, "unknown field, finding or drift method '%.*s'%s%s", TEXT_ARGS(explanation->asked),
	            near.len ? near.data : "", near.len ? "?" : "; galley explain lists all findings, galley schema --format markdown all fields and methods");
	buffer_release(&near);
	return session_fail(&failure);
}

static void print_all(struct buffer *out, const struct invocation *invocation)
{
	if (session_is(invocation, "markdown"))
		explain_codes_markdown(out);
	else if (session_is(invocation, "json"))
		explain_codes_json(out);
	else
		explain_codes_text(out);
}

static int print_trial(struct workspace *workspace, struct invocation *invocation)
{
	const struct model *model;
	struct failure failure;
	struct trial trial;
	struct buffer out;
	int code = session_model(&model, workspace, invocation->operands.items[0], &workspace->arena);

	if (code != EXIT_OK)
		return code;
	if (workspace_try(&trial, workspace, model, invocation->operands.items[1], &failure) < 0)
		return session_fail(&failure);
	code = session_errors(workspace, invocation);
	if (!trial.ok && trial.failed_reason.len) {
		failure_set(&failure, EXIT_FINDINGS, "model '%.*s' has no state: %.*s", TEXT_ARGS(model->record.id), TEXT_ARGS(trial.failed_reason));
		return session_fail(&failure);
	}
	if (!trial.ok)
		return code;
	buffer_init(&out);
	(session_is(invocation, "json") ? trial_json : trial_text)(&out, &trial, workspace->results.as_of);
	code = session_write(invocation, &out, code);
	buffer_release(&out);
	return code;
}

static int run_eval_expression(struct invocation *invocation)
{
	struct workspace workspace;

	if (session_is(invocation, "markdown"))
		return session_usage(invocation, "'--eval' prints text or json, not markdown");
	if (invocation->operands.count != 2)
		return session_usage(invocation, "'--eval' needs a model and an expression, such as: galley explain --eval model_a 'drift.max > 0.2'");
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = print_trial(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

static int run_explain(struct invocation *invocation)
{
	bool all = invocation->operands.count == 0;
	struct explanation explanation;
	struct buffer out;
	enum kind kind = invocation->kind ? explain_kind_of(text_of(invocation->kind)) : KIND_COUNT;

	if (invocation->eval)
		return run_eval_expression(invocation);
	if (invocation->operands.count > 1)
		return session_usage(invocation, "'explain' takes one operand, or with --eval a model and an expression");
	if (session_is(invocation, "markdown") && !all)
		return session_usage(invocation, "'--format markdown' is for the page of all findings and takes no operand");
	if (!all) {
		explain_find(&explanation, invocation->operands.items[0], kind, &invocation->arena);
		if (!explanation.field_count && !explanation.has_code && !explanation.method && !explanation.automatic)
			return unknown(&explanation);
	}
	buffer_init(&out);
	if (all)
		print_all(&out, invocation);
	else if (session_is(invocation, "json"))
		explain_json(&out, &explanation, &invocation->arena);
	else
		explain_text(&out, &explanation, &invocation->arena);
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

static const struct option options[] = {
	{"kind", 0, OPTION_WORD, offsetof(struct invocation, kind), "KIND", "recipe|pack|model|run|snapshot|config|galley.yaml",
     "the kind of file the field stands in: recipe, pack, model, run, snapshot or config (galley.yaml)"},
	{"eval", 0, OPTION_FLAG, offsetof(struct invocation, eval), NULL, NULL,
     "try the expression EXPR of an alert condition on the model's present state"},
};

const struct command command_explain = {
	.name = "explain",
	.operands = "[FIELD|CODE|METHOD] | --eval MODEL EXPR",
	.most = 2,
	.summary = "what a field, a finding or a drift method is, with examples",
	.details = "FIELD is a path such as evaluation.metrics.*.target, with '*' or a name in its place, or the end of one; several fields of\n"
	           "one name are listed. CODE stands in brackets behind a finding, METHOD is a drift method. Without operand: all codes.\n"
	           "With --eval: what an expression is for a model at the present, the value of each name in it, and why it is inconclusive;\n"
	           "docs/conditions.md is the language.",
	.examples = {"galley explain evaluation.metrics.MAPE.target", "galley explain gate/loosened", "galley explain --eval model_store_demand 'drift.max > 0.2'"},
	.formats = "text|json|markdown",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.run = run_explain,
};

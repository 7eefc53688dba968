#include "command.h"
#include "text_report.h"

static const struct option resolve_options[] = {
	{"why", 0, OPTION_FLAG, offsetof(struct invocation, why), NULL, NULL, "with the origin of every field and the values it replaces"},
};

static int unknown_recipe(const struct workspace *workspace, struct text id, struct arena *arena)
{
	struct text *names = arena_array(arena, workspace->catalog.recipe_count, sizeof *names);

	for (size_t i = 0; i < workspace->catalog.recipe_count; i++)
		names[i] = workspace->catalog.recipes[i].record.id;
	return session_unknown("recipe", id, names, workspace->catalog.recipe_count);
}

static bool concerns(const struct diag *diag, const struct effective *effective, const struct config *config)
{
	bool found = diag->place.file && diag->place.file == config->file;

	for (size_t i = 0; i < effective->chain_count && !found; i++)
		found = diag->place.file == effective->chain[i]->record.file;
	return found;
}

/* The errors that touch the recipe: all of them while it has no effective form, as any may be the cause. The rest are for `check`. */
static int recipe_errors(const struct workspace *workspace, const struct effective *effective, const struct invocation *invocation)
{
	struct diags own = {.arena = workspace->diags.arena};
	size_t others = 0;

	if (!effective->usable)
		return session_errors(workspace, invocation);
	for (size_t i = 0; i < workspace->diags.count; i++) {
		struct diag *diag = &workspace->diags.items[i];
		if (concerns(diag, effective, &workspace->catalog.config))
			diags_append(&own, &(struct diags){.items = diag, .count = 1});
		else
			others += diag->severity == SEVERITY_ERROR;
	}
	if (others)
		session_note(invocation, "note: %zu %s elsewhere in the workspace; see: galley check", others, others == 1 ? "error" : "errors");
	if (!diags_count(&own, SEVERITY_ERROR))
		return EXIT_OK;
	session_findings(&own, SEVERITY_ERROR, workspace->files, invocation);
	return EXIT_FINDINGS;
}

static int print_recipe(struct workspace *workspace, struct invocation *invocation)
{
	const struct value operand = {.kind = VALUE_SCALAR, .text = invocation->operands.items[0]};
	struct reference wanted = reference_of(&operand);
	const struct effective *effective;
	struct text newest;
	struct failure failure;
	struct buffer out;

	if (workspace_resolve(&effective, &newest, workspace, &wanted, &failure) < 0)
		return session_fail(&failure);
	if (!effective && newest.len) {
		failure_set(&failure, EXIT_FINDINGS, "no version '%.*s' of '%.*s'; newest first there are %.*s; see: galley log %.*s", TEXT_ARGS(wanted.pin),
		            TEXT_ARGS(wanted.id), TEXT_ARGS(newest), TEXT_ARGS(wanted.id));
		return session_fail(&failure);
	}
	if (!effective)
		return unknown_recipe(workspace, wanted.id, &invocation->arena);
	int code = recipe_errors(workspace, effective, invocation);
	if (!effective->usable) {
		failure_set(&failure, EXIT_FINDINGS, "recipe '%.*s' has no effective form until its errors are mended", TEXT_ARGS(wanted.id));
		return session_fail(&failure);
	}
	buffer_init(&out);
	if (session_is(invocation, "json"))
		resolve_json(&out, effective, invocation->why);
	else
		resolve_yaml(&out, effective, invocation->why);
	code = session_write(invocation, &out, code);
	buffer_release(&out);
	return code;
}

static int run_resolve(struct invocation *invocation)
{
	struct workspace workspace;
	int code = session_open(&workspace, invocation);

	if (code == EXIT_OK)
		code = print_recipe(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

const struct command command_resolve = {
	.name = "resolve",
	.operands = "ID[@VERSION]",
	.least = 1,
	.most = 1,
	.summary = "a recipe as it is in effect, with all that it inherits",
	.details = "Prints the effective recipe (baseline, then industry, then client). With --why every line names the file and line that set it,\n"
	           "and what it replaces; fields that were removed are listed too. The digest in JSON moves only when the meaning does.",
	.examples = {"galley resolve recipe_pricing_grocery", "galley resolve recipe_pricing_grocery --why", "galley resolve recipe_pricing_grocery --format json"},
	.formats = "yaml|json",
	.options = resolve_options,
	.option_count = sizeof resolve_options / sizeof *resolve_options,
	.run = run_resolve,
};

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

static struct text last_name(struct text field)
{
	size_t at = field.len;

	while (at && field.at[at - 1] != '.')
		at--;
	return text_cut(field, at, field.len);
}

/* Every field and every mapping above one. */
static size_t all_fields(struct text **names, const struct effective *effective, struct arena *arena)
{
	size_t count = 0;

	for (size_t i = 0; i < effective->origin_count; i++) {
		struct text field = effective->origins[i].field;
		for (size_t end = 1; end <= field.len; end++) {
			struct text name = text_cut(field, 0, end);
			if ((end < field.len && field.at[end] != '.') || (i && field_within(effective->origins[i - 1].field, name)))
				continue;
			*names = arena_grow(arena, *names, count, sizeof **names);
			(*names)[count++] = name;
		}
	}
	return count;
}

/* People write 'threshold' for monitoring.drift.threshold: where no whole name is near, the last part is what is compared. */
static int unknown_field(const struct effective *effective, struct text field, struct arena *arena)
{
	struct text *names = NULL, near = TEXT("");
	size_t count = all_fields(&names, effective, arena), told = 0;
	struct text *lasts = arena_array(arena, count, sizeof *lasts);
	struct failure failure;

	for (size_t i = 0; i < count; i++)
		lasts[i] = last_name(names[i]);
	struct text nearest = text_nearest(field, names, count), last = text_nearest(last_name(field), lasts, count);
	for (size_t i = 0; i < count && told < 3; i++)
		if (nearest.len ? text_equal(names[i], nearest) : last.len && text_equal(lasts[i], last))
			near = text_format(arena, "%.*s%s'%.*s'", TEXT_ARGS(near), told++ ? " or " : "", TEXT_ARGS(names[i]));
	failure_set(&failure, EXIT_FINDINGS, "recipe '%.*s' has no field '%.*s'%s%.*s%s", TEXT_ARGS(effective->recipe->record.id), TEXT_ARGS(field),
	            told ? "; did you mean " : "; galley resolve without a field shows all", TEXT_ARGS(near), told ? "?" : "");
	return session_fail(&failure);
}

static bool has_field(const struct effective *effective, struct text field)
{
	for (size_t i = 0; i < effective->origin_count; i++)
		if (field_within(effective->origins[i].field, field))
			return true;
	return false;
}

static int print_recipe(struct workspace *workspace, struct invocation *invocation)
{
	struct text field = invocation->operands.count > 1 ? invocation->operands.items[1] : TEXT("");
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
	if (field.len && !has_field(effective, field))
		return unknown_field(effective, field, &invocation->arena);
	buffer_init(&out);
	if (session_is(invocation, "json"))
		resolve_json(&out, effective, invocation->why, field);
	else if (field.len)
		resolve_field_yaml(&out, effective, field);
	else
		resolve_yaml(&out, effective, invocation->why);
	code = session_write(invocation, &out, code);
	buffer_release(&out);
	return code;
}

static int run_resolve(struct invocation *invocation)
{
	struct words *operands = &invocation->operands;
	struct workspace workspace;

	if (operands->count > 1 && !invocation->why)
		return session_usage(invocation, "'resolve' takes a field only with '--why'");
	/* `--why FIELD ID` says the same: no id has a dot before its '@'. */
	if (operands->count > 1 && text_find(operands->items[0], '.') < text_find(operands->items[0], '@') &&
	    text_find(operands->items[1], '.') >= text_find(operands->items[1], '@')) {
		struct text id = operands->items[1];
		operands->items[1] = operands->items[0];
		operands->items[0] = id;
	}
	int code = session_open(&workspace, invocation);

	if (code == EXIT_OK)
		code = print_recipe(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

const struct command command_resolve = {
	.name = "resolve",
	.operands = "ID[@VERSION] [FIELD]",
	.least = 1,
	.most = 2,
	.summary = "a recipe as it is in effect, with all that it inherits",
	.details = "Prints the effective recipe (baseline, then industry, then client); a comment names the file and line that set each value. With --why\n"
	           "also what became of it: kept, replaced, merged, appended or removed, and what it replaces. --why FIELD tells that of one field, or of\n"
	           "all below it. Another VERSION, or range, comes from git's history. The digest in JSON moves only when the meaning does.",
	.examples = {"galley resolve recipe_pricing_harbor@2.0.0", "galley resolve recipe_pricing_harbor --why", "galley resolve recipe_pricing_harbor --why monitoring.drift"},
	.formats = "yaml|json",
	.options = resolve_options,
	.option_count = sizeof resolve_options / sizeof *resolve_options,
	.run = run_resolve,
};

#include <stddef.h>
#include <string.h>

#include "command.h"
#include "csv_options.h"
#include "data_check_json.h"
#include "data_check_text.h"

static int validate_file(struct workspace *workspace, struct invocation *invocation)
{
	struct table_file file = {NULL, invocation->operands.items[0]};
	struct data_check_request request = {
		.file = &file,
		.na = invocation->na.items,
		.na_count = invocation->na.count,
		.max_bad_rows = invocation->max_bad_rows,
		.as_of = workspace->results.as_of,
		.jobs = session_jobs(invocation),
		.memory = invocation->memory,
		.progress = session_progress(invocation),
		.limits = &workspace->catalog.config.limits,
	};
	struct data_check check;
	struct diags diags;
	struct failure failure;
	struct buffer out;

	int code = csv_delimiter(&request.delimiter, invocation);
	if (code == EXIT_OK)
		code = session_recipe(&request.recipe, workspace, text_of(invocation->recipe), invocation);
	if (code != EXIT_OK)
		return code;
	csv_await(invocation, file.path);
	diags_init(&diags, &workspace->arena);
	int status = data_check(&check, &request, &workspace->arena, &diags, &failure);
	progress_line_end(&invocation->line);
	if (status < 0)
		return session_fail(&failure);
	diags_sort(&diags);
	if (diags.count)
		session_findings(&diags, SEVERITY_NOTE, 1, invocation);
	buffer_init(&out);
	if (session_is(invocation, "json"))
		data_check_print_json(&out, &check, file.path, request.recipe->recipe);
	else
		data_check_text(&out, &check, file.path, request.recipe->recipe);
	code = session_write(invocation, &out, check.status >= CHECK_INCONCLUSIVE ? EXIT_FINDINGS : EXIT_OK);
	buffer_release(&out);
	return code;
}

static int run_validate(struct invocation *invocation)
{
	struct workspace workspace;

	if (!invocation->recipe)
		return session_usage(invocation, "'--recipe ID' is needed: the recipe whose schema the file must meet");
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = validate_file(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

#define AT(field) offsetof(struct invocation, field)

static const struct option validate_options[] = {
	{"recipe", 0, OPTION_WORD, AT(recipe), "ID", NULL, "the recipe whose requirements.schema the file must meet"},
	CSV_READING_OPTIONS(" and the recipe's", "the recipe's, else "),
	CSV_MEMORY_OPTION,
};

const struct command command_validate = {
	.name = "validate",
	.operands = "FILE.csv",
	.least = 1,
	.most = 1,
	.summary = "does a CSV meet the schema of a recipe?",
	.details = "Seven checks: schema (columns), missingness, validity (types, ranges, allowed values), uniqueness, volume, freshness and\n"
	           "integrity (rows that cannot be read). Counts are exact; the first offending rows are named, the header being row 1. What the\n"
	           "recipe does not ask for is skipped. Exit 1 when a check fails or cannot be made. '-' is standard input.",
	.examples = {"galley validate new.csv --recipe recipe_pricing_harbor", "galley validate - --recipe recipe_pricing_harbor --format json <new.csv"},
	.formats = "text|json",
	.options = validate_options,
	.option_count = sizeof validate_options / sizeof *validate_options,
	.run = run_validate,
};

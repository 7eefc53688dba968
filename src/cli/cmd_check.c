#include <stdint.h>
#include <string.h>

#include "command.h"
#include "text_report.h"

/* Whether a finding's file is one of the paths, or below one. */
static bool is_below(const struct diag *diag, const struct words *paths)
{
	struct text path = diag->place.file ? diag->place.file->path : TEXT("");

	for (size_t i = 0; i < paths->count; i++) {
		struct text wanted = paths->items[i];
		if (text_starts(wanted, "./"))
			wanted = text_cut(wanted, 2, wanted.len);
		while (wanted.len && wanted.at[wanted.len - 1] == '/')
			wanted.len--;
		if (!wanted.len || text_is(wanted, ".") || text_equal(path, wanted))
			return true;
		if (path.len > wanted.len && path.at[wanted.len] == '/' && text_equal(text_cut(path, 0, wanted.len), wanted))
			return true;
	}
	return paths->count == 0;
}

static int run_check(struct invocation *invocation)
{
	struct workspace workspace;
	struct diags shown;
	struct buffer out;
	int code = session_open(&workspace, invocation);

	if (code == EXIT_OK) {
		diags_init(&shown, &workspace.arena);
		for (size_t i = 0; i < workspace.diags.count; i++)
			if (is_below(&workspace.diags.items[i], &invocation->operands))
				diags_append(&shown, &(struct diags){NULL, &workspace.diags.items[i], 1});
		buffer_init(&out);
		if (session_is(invocation, "json"))
			diags_json(&out, &shown);
		else
			diags_text(&out, &shown, invocation->quiet ? SEVERITY_ERROR : SEVERITY_NOTE, workspace.files,
			           !invocation->output && session_color(invocation, stdout));
		if (diags_count(&shown, session_fail_on(invocation, SEVERITY_ERROR)))
			code = EXIT_FINDINGS;
		code = session_write(invocation, &out, code);
		buffer_release(&out);
	}
	workspace_close(&workspace);
	return code;
}

const struct command command_check = {
	.name = "check",
	.operands = "[PATH...]",
	.most = SIZE_MAX,
	.summary = "is every manifest right: fields, values, references, inheritance, limits?",
	.details = "Reads every recipe, pack, model, run, metric file and galley.yaml, and reports all that is wrong, each with its place and\n"
	           "the remedy. PATH (from the repository's top) narrows what is reported, not what is read.",
	.examples = {"galley check", "galley check --staged recipes/client", "galley check --at main --format json"},
	.formats = "text|json",
	.run = run_check,
};

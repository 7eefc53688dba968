#include <stddef.h>
#include <string.h>

#include "command.h"
#include "diff_view.h"

/* "A..B", "A...B" and "A" taken apart. What is left out is HEAD. */
struct range {
	const char *from, *to; /* to NULL: what the options say is read */
	bool since_fork;
};

static const char *part(struct invocation *invocation, struct text text)
{
	return text.len ? arena_copy(&invocation->arena, text.at, text.len) : "HEAD";
}

static struct range range_of(struct invocation *invocation)
{
	struct text word = invocation->operands.count ? invocation->operands.items[0] : TEXT("");

	for (size_t i = 0; i + 1 < word.len; i++) {
		if (word.at[i] != '.' || word.at[i + 1] != '.')
			continue;
		bool three = i + 2 < word.len && word.at[i + 2] == '.';
		return (struct range){part(invocation, text_cut(word, 0, i)), part(invocation, text_cut(word, i + (three ? 3 : 2), word.len)), three};
	}
	return (struct range){part(invocation, word), NULL, false};
}

static int render(struct workspace *workspace, const struct invocation *invocation)
{
	const struct source_info *info = source_get_info(workspace->source);
	struct differences differences;
	struct buffer out;
	struct diff_view view = {
		.differences = &differences,
		.base = workspace->base->commit,
		.head = info->kind == SOURCE_COMMIT ? info->commit : NULL,
		.head_place = info->kind == SOURCE_INDEX ? "the index" : "the working tree",
		.emoji = workspace->catalog.config.emoji,
		.folder = workspace->catalog.config.recipes,
		.moved = workspace->base->moved,
		.moved_from = workspace->base->catalog.config.workspace,
		.moved_to = workspace->catalog.config.workspace,
	};

	workspace_differences(&differences, workspace);
	buffer_init(&out);
	if (session_is(invocation, "json"))
		diff_json(&out, &view);
	else if (session_is(invocation, "markdown"))
		diff_markdown(&out, &view);
	else
		diff_text(&out, &view, !invocation->output && session_color(invocation, stdout));
	int code = session_write(invocation, &out, invocation->exit_code && differences.count ? EXIT_FINDINGS : EXIT_OK);
	buffer_release(&out);
	if (differences.broken_before || differences.broken_after)
		session_note(invocation, "note: compared as far as it can be read: %zu file%s with errors before, %zu after; see: galley check",
		             differences.broken_before, differences.broken_before == 1 ? "" : "s", differences.broken_after);
	return code;
}

static int run_diff(struct invocation *invocation)
{
	struct workspace workspace;
	struct range range = range_of(invocation);

	if (range.to && (invocation->at || invocation->staged))
		return session_usage(invocation, "'%.*s' says both sides; '--%s' would be a third", TEXT_ARGS(invocation->operands.items[0]),
		                     invocation->at ? "at" : "staged");
	invocation->against = range.from;
	invocation->since_fork = range.since_fork;
	invocation->differences_only = true;
	if (range.to)
		invocation->at = range.to;
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK && !range.to && !invocation->at && !invocation->operands.count && source_get_info(workspace.source)->bare)
		code = session_usage(invocation, "a bare repository has no working tree; name both sides: galley diff A..B");
	if (code == EXIT_OK)
		code = render(&workspace, invocation);
	workspace_close(&workspace);
	return code;
}

static const struct option diff_options[] = {
	{"exit-code", 0, OPTION_FLAG, offsetof(struct invocation, exit_code), NULL, NULL, "exit with 1 where anything differs in effect"},
};

const struct command command_diff = {
	.name = "diff",
	.operands = "[A..B | A...B | BASE]",
	.most = 1,
	.summary = "what changed in meaning: effective fields, gates, and every record that it reaches",
	.details = "Compares two states of the workspace by meaning, each resolved as a whole: effective fields by name, gates that got tighter,\n"
	           "looser, removed or waived, and every recipe, pack, model and run that is other than it was or judged by other limits, with the\n"
	           "chain of reasons. Moved files, style, comments and the order of keys and named items are no difference.\n"
	           "\n"
	           "A..B compares two commits, A...B the commit where B left A with B. BASE is compared with the working tree, with --staged the\n"
	           "index, with --at another commit; alone BASE is HEAD. Nothing is checked out, and a bare repository will do.",
	.examples = {"galley diff", "galley diff main...HEAD --format markdown", "galley diff v1.0..v2.0 --exit-code"},
	.formats = "text|markdown|json",
	.options = diff_options,
	.option_count = sizeof diff_options / sizeof *diff_options,
	.run = run_diff,
};

#include <stddef.h>
#include <string.h>

#include "command.h"
#include "review.h"

static bool is_key(const char *key)
{
	size_t len = strlen(key);

	return len && len <= 64 && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len && !strstr(key, "--");
}

static int check_options(struct invocation *invocation)
{
	size_t to_main = 0;

	if (!invocation->base)
		return session_usage(invocation, "'review' needs '--base REV': what the change is for, such as origin/main");
	if (!invocation->key)
		invocation->key = "default";
	if (!is_key(invocation->key))
		return session_usage(invocation, "'--key' is '%s', must be 1 to 64 of a-z, 0-9, _ and single -", invocation->key);
	if (invocation->max_bytes == SIZE_MAX)
		invocation->max_bytes = REVIEW_BYTES;
	for (size_t i = 0; i < invocation->output_count; i++)
		to_main += !invocation->outputs[i].file;
	if (to_main > 1)
		return session_usage(invocation, "two formats go to the same place; give one a file of its own: --format json=review.json");
	return EXIT_OK;
}

static void render(struct buffer *out, const struct review *review, struct text format, const struct invocation *invocation, bool color)
{
	if (text_is(format, "json"))
		review_json(out, review);
	else if (text_is(format, "text"))
		review_text(out, review, color);
	else
		review_markdown(out, review, invocation->max_bytes);
}

static int write_all(const struct review *review, const struct invocation *invocation, int code)
{
	struct text main_format = TEXT("");
	struct buffer out;

	buffer_init(&out);
	for (size_t i = 0; i < invocation->output_count; i++)
		if (!invocation->outputs[i].file)
			main_format = invocation->outputs[i].format;
	/* Where every format has a file, nothing else is printed. */
	if (main_format.len || !invocation->output_count) {
		render(&out, review, main_format, invocation, !invocation->output && session_color(invocation, stdout));
		code = session_write(invocation, &out, code);
	}
	for (size_t i = 0; i < invocation->output_count; i++) {
		if (!invocation->outputs[i].file)
			continue;
		buffer_clear(&out);
		render(&out, review, invocation->outputs[i].format, invocation, false);
		code = session_write_file(invocation->outputs[i].file, &out, code);
	}
	if (invocation->summary) {
		buffer_clear(&out);
		review_markdown(&out, review, FINDINGS_SUMMARY_MAX);
		code = session_write_file(invocation->summary, &out, code);
	}
	buffer_release(&out);
	return code;
}

static int judge(const struct review *review, const struct invocation *invocation)
{
	enum severity fail_on = session_fail_on(invocation, SEVERITY_ERROR);

	for (size_t i = 0; i < review->findings->count; i++)
		if (review->findings->items[i].diag->severity >= fail_on)
			return EXIT_FINDINGS;
	return review_weight(review) >= fail_on ? EXIT_FINDINGS : EXIT_OK;
}

static int run_review(struct invocation *invocation)
{
	struct workspace workspace;
	struct differences differences;
	struct run_moves runs;
	struct findings findings;
	int code = check_options(invocation);

	if (code != EXIT_OK)
		return code;
	invocation->differences_only = true;
	code = session_open(&workspace, invocation);
	if (code == EXIT_OK) {
		const struct source_info *info = source_get_info(workspace.source);
		const struct state before = {&workspace.base->catalog, &workspace.base->resolved}, now = {&workspace.catalog, &workspace.resolved};
		struct text paths[SESSION_WATCHED];
		session_watched(paths, &workspace);
		bool at_commit = source_is_head(workspace.source, paths, SESSION_READ, &workspace.catalog.config.limits, &workspace.arena);
		struct review review = {
			.view = {.differences = &differences, .base = workspace.base->commit, .head = at_commit ? info->commit : NULL,
			         .head_place = info->kind == SOURCE_INDEX ? "the index" : "the working tree", .emoji = workspace.catalog.config.emoji,
			         .folder = workspace.catalog.config.recipes, .moved = workspace.base->moved,
			         .moved_from = workspace.base->catalog.config.workspace, .moved_to = workspace.catalog.config.workspace},
			.before = &before,
			.now = &now,
			.runs = &runs,
			.findings = &findings,
			.base_name = invocation->base,
			.key = invocation->key,
			.checked_out = info->kind != SOURCE_COMMIT,
		};
		workspace_differences(&differences, &workspace);
		workspace_rejudge(&runs, &workspace);
		findings_init(&findings, &workspace.diags, workspace.catalog.inputs, workspace.catalog.input_count, &workspace.arena);
		findings.files_read = workspace.files;
		review_init(&review, &workspace.base->diags, &workspace.arena);
		code = write_all(&review, invocation, judge(&review, invocation));
	}
	workspace_close(&workspace);
	return code;
}

#define AT(field) offsetof(struct invocation, field)

static const struct option review_options[] = {
	{"base", 0, OPTION_WORD, AT(base), "REV", NULL, "what the change is for, such as origin/main: counted from where it left REV"},
	{"max-bytes", 0, OPTION_NUMBER, AT(max_bytes), "N", "500..", "size of the page at most (default 65536, GitHub's for a comment); whole rows go"},
	{"key", 0, OPTION_WORD, AT(key), "NAME", NULL, "of the hidden marker, where several comments are kept on one change"},
	{"summary", 0, OPTION_WORD, AT(summary), "FILE", NULL, "write the page once more, of at most 1 MiB, for a job summary"},
};

const struct command command_review = {
	.name = "review",
	.operands = "--base REV",
	.most = 0,
	.summary = "the page of a pull request: gates, runs judged again, what changes in effect, findings",
	.details = "Judges a change as a whole: findings as `check --base` has them; gates that move; every run that succeeded judged by the limits of\n"
	           "both sides, also what is better only because a gate moved; effective changes by the line that causes them; the recipes and models\n"
	           "that are reached, as a graph. Nothing is checked out. The page begins with a hidden marker, so that a comment can be updated.\n"
	           "\n"
	           "Exit code 1: a finding at --fail-on; a production run, or what serves in its place, that is worse and fails or is inconclusive now.\n"
	           "With --fail-on warning also any other verdict that gets worse, or better only because a gate moved, and a gate that is looser or\n"
	           "removed without a waiver. Tighter gates and changed fields never fail by themselves.",
	.examples = {"galley review --base origin/main", "galley review --base origin/main --format markdown=comment.md --format json=review.json",
	             "galley review --base main --at feature --format text"},
	.formats = "markdown|text|json",
	.many_formats = true,
	.options = review_options,
	.option_count = sizeof review_options / sizeof *review_options,
	.run = run_review,
};

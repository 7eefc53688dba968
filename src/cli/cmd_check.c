#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "command.h"
#include "findings.h"

/* An operand as paths in findings are written; empty: the top. */
static struct text path_of(struct text operand)
{
	if (text_starts(operand, "./"))
		operand = text_cut(operand, 2, operand.len);
	while (operand.len && operand.at[operand.len - 1] == '/')
		operand.len--;
	return text_is(operand, ".") ? TEXT("") : operand;
}

/* A path that is not there would pass any check. */
static int find_paths(struct workspace *workspace, const struct words *paths)
{
	struct failure failure;
	bool found;

	for (size_t i = 0; i < paths->count; i++) {
		struct text path = path_of(paths->items[i]);
		if (!path.len)
			continue;
		if (workspace_has(&found, workspace, path, &failure) < 0)
			return session_fail(&failure);
		if (!found) {
			failure_set(&failure, EXIT_FINDINGS, "no '%.*s' in what was read; paths are from the repository's top",
			            TEXT_ARGS(paths->items[i]));
			return session_fail(&failure);
		}
	}
	return EXIT_OK;
}

/* Whether a file is one of the paths, or below one. */
static bool is_below(struct text path, const struct words *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		struct text wanted = path_of(paths->items[i]);
		if (!wanted.len || text_equal(path, wanted))
			return true;
		if (path.len > wanted.len && path.at[wanted.len] == '/' && text_equal(text_cut(path, 0, wanted.len), wanted))
			return true;
	}
	return paths->count == 0;
}

/* The part of the workspace that the operands name, as findings. */
static void select_findings(struct findings *findings, struct workspace *workspace, const struct invocation *invocation)
{
	const struct catalog *catalog = &workspace->catalog;
	const struct input **files = arena_array(&workspace->arena, catalog->input_count, sizeof *files);
	struct diags *shown = arena_alloc(&workspace->arena, sizeof *shown);
	size_t file_count = 0;

	diags_init(shown, &workspace->arena);
	for (size_t i = 0; i < workspace->diags.count; i++) {
		const struct input *file = workspace->diags.items[i].place.file;
		if (is_below(file ? file->path : TEXT(""), &invocation->operands))
			diags_append(shown, &(struct diags){.items = &workspace->diags.items[i], .count = 1});
	}
	for (size_t i = 0; i < catalog->input_count; i++)
		if (is_below(catalog->inputs[i]->path, &invocation->operands))
			files[file_count++] = catalog->inputs[i];
	findings_init(findings, shown, files, file_count, &workspace->arena);
	findings->files_read = workspace->files;
	findings->fail_on = session_fail_on(invocation, SEVERITY_ERROR);
	findings->at_least = invocation->quiet ? SEVERITY_ERROR : SEVERITY_NOTE;
	findings->most = invocation->max_findings;
}

/* One stream takes one format, or lines of a log; a file takes one. */
static int check_targets(const struct invocation *invocation)
{
	for (size_t i = 0; i < invocation->output_count; i++)
		for (size_t k = 0; k < i; k++) {
			const struct output *a = &invocation->outputs[k], *b = &invocation->outputs[i];
			bool same = a->file && b->file ? strcmp(a->file, b->file) == 0 : !a->file && !b->file;
			if (same && (a->file || !findings_format(a->format)->is_log || !findings_format(b->format)->is_log))
				return session_usage(invocation, "'--format %.*s' and '--format %.*s' go to the same place; give one a file of its own: --format %.*s=FILE",
				                     TEXT_ARGS(a->format), TEXT_ARGS(b->format), TEXT_ARGS(b->format));
		}
	return EXIT_OK;
}

static void render(struct buffer *out, const struct findings *findings, struct text format, bool color)
{
	struct findings colored = *findings;

	colored.color = color;
	findings_format(format)->render(out, &colored);
}

/* What goes to --output or stdout: the formats without a file, or text. Returns code, or why it could not be written. */
static int write_main(const struct findings *findings, const struct invocation *invocation, int code)
{
	bool color = !invocation->output && session_color(invocation, stdout), any = false;
	struct buffer out;

	buffer_init(&out);
	for (size_t i = 0; i < invocation->output_count; i++) {
		if (invocation->outputs[i].file)
			continue;
		render(&out, findings, invocation->outputs[i].format, color);
		any = true;
	}
	if (!any)
		render(&out, findings, TEXT("text"), color);
	code = session_write(invocation, &out, code);
	buffer_release(&out);
	return code;
}

static int write_files(const struct findings *findings, const struct invocation *invocation, int code)
{
	struct buffer out;

	buffer_init(&out);
	for (size_t i = 0; i < invocation->output_count; i++) {
		if (!invocation->outputs[i].file)
			continue;
		buffer_clear(&out);
		render(&out, findings, invocation->outputs[i].format, false);
		code = session_write_file(invocation->outputs[i].file, &out, code);
	}
	if (invocation->summary) {
		buffer_clear(&out);
		findings_summary(&out, findings, FINDINGS_SUMMARY_MAX);
		code = session_write_file(invocation->summary, &out, code);
	}
	buffer_release(&out);
	return code;
}

static int run_check(struct invocation *invocation)
{
	struct workspace workspace;
	struct findings findings;
	int code = check_targets(invocation);

	if (code != EXIT_OK)
		return code;
	invocation->findings_only = true;
	code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = find_paths(&workspace, &invocation->operands);
	if (code == EXIT_OK) {
		select_findings(&findings, &workspace, invocation);
		for (size_t i = 0; i < findings.count; i++)
			if (findings.items[i].diag->severity >= findings.fail_on)
				code = EXIT_FINDINGS;
		code = write_main(&findings, invocation, code);
		code = write_files(&findings, invocation, code);
		if (findings_left_out(&findings))
			session_note(invocation, "%zu of %zu findings left out by --max-findings", findings_left_out(&findings), findings.count);
	}
	workspace_close(&workspace);
	return code;
}

#define AT(field) offsetof(struct invocation, field)

static const struct option check_options[] = {
	{"base", 0, OPTION_WORD, AT(base), "REV", NULL, "also what the change since REV may not do"},
	{"max-findings", 0, OPTION_NUMBER, AT(max_findings), "N", NULL, "show the worst N and count the rest; the exit code is that of all"},
	{"summary", 0, OPTION_WORD, AT(summary), "FILE", NULL, "write a job summary in Markdown, of at most 1 MiB, to FILE"},
};

#define FIRST(name, is_log) #name
#define NEXT(name, is_log) "|" #name

const struct command command_check = {
	.name = "check",
	.operands = "[PATH...]",
	.most = SIZE_MAX,
	.summary = "is every manifest right: fields, values, references, inheritance, limits?",
	.details = "Reads every recipe, pack, model, run, metric file and galley.yaml, and reports all that is wrong, each with its place and\n"
	           "the remedy. PATH (from the repository's top) narrows what is reported, not what is read.\n"
	           "\n"
	           "With --base, what changed since the merge base of REV and what is read is compared too: approved versions are immutable,\n"
	           "versions go up only, states (draft, approved, archived; queued, running, finished) only forward, records and metric files\n"
	           "of finished runs stay as they are. Versions are compared with all that REV reaches, so the whole history is needed: in a\n"
	           "workflow fetch-depth: 0. The stricter of both sides' rules and limits holds, and what the change relaxes in galley.yaml is\n"
	           "reported. What a parent's edit breaks in its children is shown at the edited line.",
	.examples = {"galley check", "galley check --base origin/main", "galley check --format github --format sarif=galley.sarif"},
	.formats = FINDINGS_FORMATS(FIRST, NEXT),
	.many_formats = true,
	.options = check_options,
	.option_count = sizeof check_options / sizeof *check_options,
	.run = run_check,
};

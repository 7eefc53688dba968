#include "findings_parts.h"

/* TAP 13: a test a file, its findings as a YAML block. */

/* "#" would begin a directive, and the one for unfinished tests makes a failure pass. */
static void add_description(struct buffer *out, struct text path)
{
	struct buffer safe;

	buffer_init(&safe);
	buffer_safe(&safe, path);
	for (size_t i = 0; i < safe.len; i++) {
		if (safe.data[i] == '\\' || safe.data[i] == '#')
			buffer_char(out, '\\');
		buffer_char(out, safe.data[i]);
	}
	buffer_release(&safe);
}

/* Readers of TAP know few escapes: what is safe in a log has nothing left but quotes and backslashes. */
static void add_quoted(struct buffer *out, const char *key, struct text text)
{
	struct buffer safe;

	buffer_init(&safe);
	buffer_safe(&safe, text);
	buffer_format(out, "      %s: \"", key);
	for (size_t i = 0; i < safe.len; i++) {
		if (safe.data[i] == '\\' || safe.data[i] == '"')
			buffer_char(out, '\\');
		buffer_char(out, safe.data[i]);
	}
	buffer_string(out, "\"\n");
	buffer_release(&safe);
}

static void add_test(struct buffer *out, const struct findings *findings, const struct findings_file *file, size_t number)
{
	size_t left_out = 0;
	bool fails = false, block = false;

	for (size_t i = file->first; i < file->first + file->count; i++) {
		fails = fails || finding_fails(findings, &findings->items[i]);
		left_out += !finding_shown(findings, &findings->items[i]);
	}
	buffer_format(out, "%s %zu - ", fails ? "not ok" : "ok", number);
	add_description(out, file->path.len ? file->path : TEXT("workspace"));
	buffer_char(out, '\n');
	for (size_t i = file->first; i < file->first + file->count; i++) {
		const struct finding *finding = &findings->items[i];
		if (!finding_shown(findings, finding))
			continue;
		if (!block)
			buffer_string(out, "  ---\n  findings:\n");
		block = true;
		buffer_format(out, "    - line: %u\n      column: %u\n      severity: %s\n      rule: %s\n", finding->diag->place.line,
		              finding->diag->place.line ? finding->diag->place.column : 0, severity_name(finding->diag->severity),
		              finding_rule(finding));
		add_quoted(out, "message", finding->diag->message);
		if (finding->diag->help.len)
			add_quoted(out, "help", finding->diag->help);
	}
	if (block)
		buffer_string(out, "  ...\n");
	if (left_out)
		buffer_format(out, "# %zu more finding%s in this file\n", left_out, left_out == 1 ? "" : "s");
}

void findings_tap(struct buffer *out, const struct findings *findings)
{
	buffer_format(out, "TAP version 13\n1..%zu%s\n", findings->file_count, findings->file_count ? "" : " # SKIP no files");
	for (size_t i = 0; i < findings->file_count; i++)
		add_test(out, findings, &findings->files[i], i + 1);
}

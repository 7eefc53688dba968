#include "findings_parts.h"

#include "markdown.h"

enum { CELL = 1000, TAIL = 200 };

static void add_row(struct buffer *out, const struct finding *finding)
{
	const struct diag *diag = finding->diag;
	struct buffer place;

	buffer_init(&place);
	if (diag->place.file)
		buffer_add(&place, diag->place.file->path);
	if (diag->place.file && diag->place.line)
		buffer_format(&place, ":%u:%u", diag->place.line, diag->place.column);
	buffer_format(out, "| %s | ", severity_name(diag->severity));
	markdown_code(out, place.len ? buffer_text(&place) : TEXT("workspace"));
	buffer_release(&place);
	buffer_string(out, " | ");
	markdown_text_cut(out, diag->message, CELL);
	if (diag->help.len) {
		buffer_string(out, "<br>");
		markdown_text_cut(out, diag->help, CELL);
	}
	buffer_format(out, " | `%s` |\n", finding_rule(finding));
}

void findings_summary(struct buffer *out, const struct findings *findings, size_t max)
{
	size_t start = out->len, shown = 0;
	struct buffer row;

	buffer_string(out, "## galley check: ");
	bool any = add_counts(out, findings->counts);
	buffer_format(out, "%s%zu file%s%s\n", any ? " in " : "", findings->files_read, findings->files_read == 1 ? "" : "s",
	              any ? "" : ", no findings");
	if (!any)
		return;
	buffer_string(out, "\n| Severity | Place | Finding | Rule |\n| --- | --- | --- | --- |\n");
	buffer_init(&row);
	for (; shown < findings->count && shown < findings->most; shown++) {
		buffer_clear(&row);
		add_row(&row, findings->ranked[shown]);
		if (out->len - start + row.len + TAIL > max)
			break;
		buffer_add(out, buffer_text(&row));
	}
	buffer_release(&row);
	if (shown < findings->count)
		buffer_format(out, "\n%zu more finding%s not in this table; `galley check` prints all of them.\n", findings->count - shown,
		              findings->count - shown == 1 ? " is" : "s are");
}

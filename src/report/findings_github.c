#include "findings_parts.h"

/* Workflow commands, as the runner reads them: it keeps PER_LEVEL of each level and MESSAGE characters of a message, and decodes
 * %25 %0D %0A everywhere, %3A %2C in properties. */

enum { PER_LEVEL = 10, MESSAGE = 4096 };

void workflow_encode(struct buffer *out, struct text text, bool property)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buffer_format(out, "%%%02X", (unsigned)(unsigned char)c);
		else
			buffer_char(out, c);
	}
}

/* Line ends stay what they are, so that the runner finds the file; no other control character reaches its log, nor "##". */
void workflow_path(struct buffer *out, struct text path)
{
	struct buffer safe;

	buffer_init(&safe);
	for (size_t i = 0; i < path.len;) {
		size_t start = i;
		unsigned point = utf8_next(path, &i);
		buffer_clear(&safe);
		if (point == '#' && start && path.at[start - 1] == '#')
			buffer_string(&safe, "\\#");
		else if (point == '\n' || point == '\r')
			buffer_char(&safe, (char)point);
		else
			buffer_safe(&safe, text_cut(path, start, i));
		workflow_encode(out, buffer_text(&safe), true);
	}
	buffer_release(&safe);
}

void workflow_message(struct buffer *out, struct text message)
{
	size_t end = MESSAGE - 3;

	if (message.len <= MESSAGE) {
		workflow_encode(out, message, false);
		return;
	}
	while (((unsigned char)message.at[end] & 0xc0) == 0x80)
		end--;
	workflow_encode(out, text_cut(message, 0, end), false);
	buffer_string(out, "...");
}

static void add_message(struct buffer *out, const struct diag *diag)
{
	struct buffer message;

	buffer_init(&message);
	buffer_safe(&message, diag->message);
	for (size_t i = 0; i < diag->related_count; i++) {
		buffer_string(&message, "\n");
		add_place(&message, diag->related[i].place);
		buffer_string(&message, diag->related[i].place.file && diag->related[i].message.len ? " " : "");
		buffer_safe(&message, diag->related[i].message);
	}
	if (diag->help.len) {
		buffer_string(&message, "\nhelp: ");
		buffer_safe(&message, diag->help);
	}
	workflow_message(out, buffer_text(&message));
	buffer_release(&message);
}

static void add_annotation(struct buffer *out, const struct finding *finding)
{
	static const char *const levels[] = {"debug", "notice", "warning", "error"};
	const struct diag *diag = finding->diag;
	const struct place *place = &diag->place;

	buffer_format(out, "::%s ", levels[diag->severity]);
	if (place->file) {
		buffer_string(out, "file=");
		workflow_path(out, place->file->path);
		if (place->line)
			buffer_format(out, ",line=%u,col=%u,endColumn=%u", place->line, place->column, place->column + place->width);
		buffer_char(out, ',');
	}
	buffer_format(out, "title=%s::", finding_rule(finding));
	add_message(out, diag);
	buffer_char(out, '\n');
}

void findings_github(struct buffer *out, const struct findings *findings)
{
	size_t shown[SEVERITY_ERROR + 1] = {0}, left[SEVERITY_ERROR + 1] = {0}, most[SEVERITY_ERROR + 1], left_out = 0;

	for (enum severity severity = SEVERITY_OFF; severity <= SEVERITY_ERROR; severity++)
		most[severity] = PER_LEVEL;
	/* The notice with the count is a notice too: the runner would drop an eleventh. */
	if (findings->counts[SEVERITY_ERROR] > PER_LEVEL || findings->counts[SEVERITY_WARNING] > PER_LEVEL ||
	    findings->counts[SEVERITY_NOTE] > PER_LEVEL || findings_left_out(findings))
		most[SEVERITY_NOTE] = PER_LEVEL - 1;
	for (size_t i = 0; i < findings->count; i++) {
		enum severity severity = findings->ranked[i]->diag->severity;
		if (finding_shown(findings, findings->ranked[i]) && shown[severity] < most[severity]) {
			shown[severity]++;
			add_annotation(out, findings->ranked[i]);
		} else {
			left[severity]++;
			left_out++;
		}
	}
	if (!left_out)
		return;
	buffer_format(out, "::notice title=galley::%zu more finding%s not annotated (", left_out, left_out == 1 ? "" : "s");
	add_counts(out, left);
	buffer_string(out, "); 'galley check' prints all of them\n");
}

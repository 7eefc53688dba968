#include "findings_parts.h"

/* A suite a file, a case a finding; a file without findings is one case that passes. Times are 0, for the same bytes each time. */

struct tally {
	size_t tests, failures, errors;
};

/* Text for a log made fit for XML 1.0, which has no word for U+FFFE and U+FFFF. */
static void add_xml(struct buffer *out, struct text text)
{
	for (size_t i = 0; i < text.len;) {
		size_t start = i;
		unsigned point = utf8_next(text, &i);
		if (point == '&')
			buffer_string(out, "&amp;");
		else if (point == '<')
			buffer_string(out, "&lt;");
		else if (point == '>')
			buffer_string(out, "&gt;");
		else if (point == '"')
			buffer_string(out, "&quot;");
		else if (point == '\t')
			buffer_string(out, "&#9;");
		else if (point == 0xfffe || point == 0xffff)
			buffer_format(out, "\\u%04x", point);
		else
			buffer_add(out, text_cut(text, start, i));
	}
}

static void add_safe_xml(struct buffer *out, struct text text)
{
	struct buffer safe;

	buffer_init(&safe);
	buffer_safe(&safe, text);
	add_xml(out, buffer_text(&safe));
	buffer_release(&safe);
}

/* What is wrong with a file's form hides whatever else is to be said of it: nothing in it was judged. */
static bool is_error(const struct finding *finding)
{
	static const char *const families[] = {"file/", "yaml/", "json/", "csv/"};

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (text_starts(text_of(finding_rule(finding)), families[i]))
			return finding->diag->severity == SEVERITY_ERROR;
	return false;
}

static bool is_bad(const struct findings *findings, const struct finding *finding)
{
	return is_error(finding) || finding_fails(findings, finding);
}

/* What is left out of a file becomes one case, that fails as it would have. */
static size_t count_left_out(bool *bad, const struct findings *findings, const struct findings_file *file)
{
	size_t count = 0;

	*bad = false;
	for (size_t i = file->first; i < file->first + file->count; i++) {
		if (finding_shown(findings, &findings->items[i]))
			continue;
		count++;
		*bad = *bad || is_bad(findings, &findings->items[i]);
	}
	return count;
}

static struct tally count_cases(const struct findings *findings, const struct findings_file *file)
{
	struct tally tally = {0};
	bool bad;

	for (size_t i = file->first; i < file->first + file->count; i++) {
		const struct finding *finding = &findings->items[i];
		if (!finding_shown(findings, finding))
			continue;
		tally.tests++;
		tally.errors += is_error(finding);
		tally.failures += !is_error(finding) && finding_fails(findings, finding);
	}
	tally.tests += count_left_out(&bad, findings, file) || !file->count;
	tally.failures += bad;
	return tally;
}

/* Hosts compare runs by the names of cases: no line number, and no two alike in a file. */
static void add_name(struct buffer *out, const struct findings *findings, const struct findings_file *file, size_t item)
{
	const struct diag *diag = findings->items[item].diag;
	size_t occurrence = 1;

	buffer_format(out, "%s: ", finding_rule(&findings->items[item]));
	add_safe_xml(out, diag->message);
	for (size_t i = file->first; i < item; i++)
		occurrence += findings->items[i].diag->code == diag->code && text_equal(findings->items[i].diag->message, diag->message);
	if (occurrence > 1)
		buffer_format(out, " (%zu)", occurrence);
}

static void add_said(struct buffer *out, const struct finding *finding)
{
	struct buffer place;

	buffer_init(&place);
	add_place(&place, finding->diag->place);
	add_xml(out, buffer_text(&place));
	buffer_release(&place);
	buffer_format(out, "%s%s: ", finding->diag->place.file ? ": " : "", severity_name(finding->diag->severity));
	add_safe_xml(out, finding->diag->message);
	buffer_format(out, " [%s]", finding_rule(finding));
	if (finding->diag->help.len) {
		buffer_string(out, "\nhelp: ");
		add_safe_xml(out, finding->diag->help);
	}
}

static void add_case(struct buffer *out, const struct findings *findings, const struct findings_file *file, size_t item)
{
	const struct finding *finding = &findings->items[item];
	bool fails = is_bad(findings, finding);
	const char *element = is_error(finding) ? "error" : fails ? "failure" : "system-out";

	buffer_string(out, "    <testcase classname=\"");
	add_safe_xml(out, file->path);
	buffer_string(out, "\" name=\"");
	add_name(out, findings, file, item);
	buffer_format(out, "\" time=\"0\">\n      <%s", element);
	if (fails) {
		buffer_format(out, " type=\"%s\" message=\"", finding_rule(finding));
		add_safe_xml(out, finding->diag->message);
		buffer_char(out, '"');
	}
	buffer_char(out, '>');
	add_said(out, finding);
	buffer_format(out, "</%s>\n    </testcase>\n", element);
}

/* The case of a file that has none of its own, or has more. */
static void add_plain_case(struct buffer *out, const struct findings_file *file, size_t left_out, bool bad)
{
	buffer_string(out, "    <testcase classname=\"");
	add_safe_xml(out, file->path);
	if (!left_out)
		buffer_string(out, "\" name=\"no findings\" time=\"0\"/>\n");
	else
		buffer_format(out, "\" name=\"findings left out\" time=\"0\">\n      <%s>%zu more in this file</%s>\n    </testcase>\n",
		              bad ? "failure" : "system-out", left_out, bad ? "failure" : "system-out");
}

static void add_suite(struct buffer *out, const struct findings *findings, const struct findings_file *file)
{
	struct tally tally = count_cases(findings, file);

	buffer_string(out, "  <testsuite name=\"");
	add_safe_xml(out, file->path.len ? file->path : TEXT("workspace"));
	buffer_format(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"0\">\n", tally.tests, tally.failures, tally.errors);
	for (size_t i = file->first; i < file->first + file->count; i++)
		if (finding_shown(findings, &findings->items[i]))
			add_case(out, findings, file, i);
	bool bad;
	size_t left_out = count_left_out(&bad, findings, file);
	if (left_out || !file->count)
		add_plain_case(out, file, left_out, bad);
	buffer_string(out, "  </testsuite>\n");
}

void findings_junit(struct buffer *out, const struct findings *findings)
{
	struct tally all = {0};

	for (size_t i = 0; i < findings->file_count; i++) {
		struct tally tally = count_cases(findings, &findings->files[i]);
		all.tests += tally.tests;
		all.failures += tally.failures;
		all.errors += tally.errors;
	}
	buffer_format(out,
	              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	              "<testsuites name=\"galley check\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"0\">\n",
	              all.tests, all.failures, all.errors);
	for (size_t i = 0; i < findings->file_count; i++)
		add_suite(out, findings, &findings->files[i]);
	buffer_string(out, "</testsuites>\n");
}

#include "findings_parts.h"

static struct json *entry_json(const struct finding *finding)
{
	enum severity severity = finding->diag->severity;
	struct json *entry = json_object(), *location = json_object(), *lines = json_object();

	json_add_text(entry, "description", finding->diag->message);
	json_add_string(entry, "check_name", finding_rule(finding));
	json_add_string(entry, "fingerprint", finding->fingerprint);
	json_add_string(entry, "severity", severity == SEVERITY_ERROR ? "critical" : severity == SEVERITY_WARNING ? "minor" : "info");
	json_add_text(location, "path", finding_host_path(finding));
	json_add_count(lines, "begin", finding->diag->place.line ? finding->diag->place.line : 1);
	json_add(location, "lines", lines);
	json_add(entry, "location", location);
	return entry;
}

void findings_gitlab(struct buffer *out, const struct findings *findings)
{
	struct json *top = json_array();

	for (size_t i = 0; i < findings->count; i++)
		if (finding_shown(findings, &findings->items[i]))
			json_push(top, entry_json(&findings->items[i]));
	json_print(out, top, true);
	json_release(top);
}

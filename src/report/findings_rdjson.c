#include "findings_parts.h"

/* reviewdog counts columns in bytes, from 1; the end is exclusive. */

static struct json *position_json(unsigned line, size_t offset)
{
	struct json *position = json_object();

	json_add_count(position, "line", line);
	json_add_count(position, "column", offset + 1);
	return position;
}

static struct json *location_json(struct text path, struct place place)
{
	struct json *location = json_object(), *range;

	json_add_text(location, "path", path);
	if (!place.line)
		return location;
	struct text line = place_line(place);
	size_t start = skip_points(line, 0, place.column - 1);
	range = json_object();
	json_add(range, "start", position_json(place.line, start));
	json_add(range, "end", position_json(place.line, skip_points(line, start, place.width)));
	json_add(location, "range", range);
	return location;
}

static struct json *diagnostic_json(const struct finding *finding)
{
	const struct diag *diag = finding->diag;
	struct json *diagnostic = json_object(), *code = json_object(), *related = json_array();
	struct buffer message;

	buffer_init(&message);
	buffer_add(&message, diag->message);
	if (diag->help.len) {
		buffer_string(&message, "\nhelp: ");
		buffer_add(&message, diag->help);
	}
	json_add_text(diagnostic, "message", buffer_text(&message));
	buffer_release(&message);
	json_add(diagnostic, "location", location_json(finding_host_path(finding), diag->place));
	json_add_string(diagnostic, "severity",
	                diag->severity == SEVERITY_ERROR ? "ERROR" : diag->severity == SEVERITY_WARNING ? "WARNING" : "INFO");
	json_add_string(code, "value", finding_rule(finding));
	json_add(diagnostic, "code", code);
	for (size_t i = 0; i < diag->related_count; i++) {
		const struct diag_related *other = &diag->related[i];
		if (!other->place.file)
			continue;
		struct json *item = json_object();
		json_add_text(item, "message", other->message);
		json_add(item, "location", location_json(other->place.file->path, other->place));
		json_push(related, item);
	}
	json_add(diagnostic, "related_locations", related);
	return diagnostic;
}

void findings_rdjson(struct buffer *out, const struct findings *findings)
{
	struct json *top = json_object(), *source = json_object(), *diagnostics = json_array();

	json_add_string(source, "name", "galley");
	json_add(top, "source", source);
	for (size_t i = 0; i < findings->count; i++)
		if (finding_shown(findings, &findings->items[i]))
			json_push(diagnostics, diagnostic_json(&findings->items[i]));
	json_add(top, "diagnostics", diagnostics);
	json_print(out, top, true);
	json_release(top);
}

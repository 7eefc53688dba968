#include "findings_parts.h"

static void json_add_place(struct json *object, struct place place)
{
	if (place.file)
		json_add_text(object, "path", place.file->path);
	else
		json_add_null(object, "path");
	json_add_count(object, "line", place.line);
	json_add_count(object, "column", place.line ? place.column : 0);
}

struct json *finding_json(const struct finding *item)
{
	const struct diag *diag = item->diag;
	struct json *finding = json_object(), *related = json_array();

	json_add_place(finding, diag->place);
	json_add_string(finding, "severity", severity_name(diag->severity));
	json_add_string(finding, "rule", finding_rule(item));
	json_add_text(finding, "message", diag->message);
	for (size_t i = 0; i < diag->related_count; i++) {
		struct json *other = json_object();
		json_add_place(other, diag->related[i].place);
		json_add_text(other, "message", diag->related[i].message);
		json_push(related, other);
	}
	json_add(finding, "related", related);
	if (diag->help.len)
		json_add_text(finding, "help", diag->help);
	return finding;
}

void findings_json(struct buffer *out, const struct findings *findings)
{
	struct json *top = json_object(), *list = json_array();

	json_add_string(top, "schema", "galley.check/1");
	for (size_t i = 0; i < findings->count; i++)
		if (finding_shown(findings, &findings->items[i]))
			json_push(list, finding_json(&findings->items[i]));
	json_add(top, "findings", list);
	if (findings_left_out(findings))
		json_add_count(top, "left_out", findings_left_out(findings));
	json_print(out, top, true);
	json_release(top);
}

void findings_jsonl(struct buffer *out, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (!finding_shown(findings, &findings->items[i]))
			continue;
		struct json *finding = finding_json(&findings->items[i]);
		json_print(out, finding, false);
		json_release(finding);
	}
}

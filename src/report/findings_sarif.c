#include "findings_parts.h"

#include "markdown.h"

/* GitHub refuses a run of more results, and reads no more locations of one. */
enum { RESULTS = 25000, LOCATIONS = 100 };

static const char *level_name(enum severity severity)
{
	return severity == SEVERITY_OFF ? "none" : severity_name(severity);
}

static struct json *text_json(struct text text)
{
	struct json *object = json_object();

	json_add_text(object, "text", text);
	return object;
}

/* SARIF reads "[label](target)" in a plain message as a link; nothing that comes from a file becomes one. */
static void add_plain(struct buffer *out, struct text text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == ']' && i + 1 < text.len && text.at[i + 1] == '(')
			buffer_char(out, '\\');
		buffer_char(out, text.at[i]);
	}
}

static struct json *message_json(struct text text, struct text help)
{
	struct buffer message;

	buffer_init(&message);
	add_plain(&message, text);
	if (help.len) {
		buffer_string(&message, "\nhelp: ");
		add_plain(&message, help);
	}
	struct json *json = text_json(buffer_text(&message));
	buffer_release(&message);
	return json;
}

static struct json *rule_json(enum code code)
{
	const struct code_info *info = &code_list[code];
	struct json *rule = json_object(), *level = json_object();
	struct buffer help;

	buffer_init(&help);
	buffer_format(&help, "%s: %s. 'galley explain %s' says more.", info->id, info->doc, info->id);
	json_add_string(rule, "id", info->id);
	json_add(rule, "shortDescription", text_json(text_of(info->doc)));
	json_add(rule, "fullDescription", text_json(text_of(info->doc)));
	json_add(rule, "help", text_json(buffer_text(&help)));
	json_add_string(level, "level", level_name(info->severity));
	json_add(rule, "defaultConfiguration", level);
	buffer_release(&help);
	return rule;
}

/* Columns in code points, the end exclusive; a finding about a whole file stands before its first character. */
static struct json *location_json(struct text path, struct place place)
{
	struct json *location = json_object(), *physical = json_object(), *artifact = json_object(), *region = json_object();
	struct buffer uri;

	buffer_init(&uri);
	markdown_url(&uri, path);
	json_add_text(artifact, "uri", buffer_text(&uri));
	buffer_release(&uri);
	json_add_count(region, "startLine", place.line ? place.line : 1);
	json_add_count(region, "startColumn", place.line ? place.column : 1);
	json_add_count(region, "endLine", place.line ? place.line : 1);
	json_add_count(region, "endColumn", place.line ? place.column + place.width : 1);
	json_add(physical, "artifactLocation", artifact);
	json_add(physical, "region", region);
	json_add(location, "physicalLocation", physical);
	return location;
}

static struct json *related_json(const struct diag *diag)
{
	struct json *list = json_array();

	for (size_t i = 0; i < diag->related_count && i < LOCATIONS; i++) {
		const struct diag_related *other = &diag->related[i];
		if (!other->place.file)
			continue;
		struct json *location = location_json(other->place.file->path, other->place);
		json_add(location, "message", message_json(other->message, TEXT("")));
		json_push(list, location);
	}
	return list;
}

static struct json *result_json(const struct finding *finding, size_t rule)
{
	const struct diag *diag = finding->diag;
	struct json *result = json_object(), *locations = json_array(), *prints = json_object();

	json_add_string(result, "ruleId", finding_rule(finding));
	json_add_count(result, "ruleIndex", rule);
	json_add_string(result, "level", level_name(diag->severity));
	json_add(result, "message", message_json(diag->message, diag->help));
	json_push(locations, location_json(finding_host_path(finding), diag->place));
	json_add(result, "locations", locations);
	if (diag->related_count)
		json_add(result, "relatedLocations", related_json(diag));
	json_add_string(prints, "primaryLocationLineHash", finding->fingerprint);
	json_add(result, "partialFingerprints", prints);
	return result;
}

static bool is_result(const struct findings *findings, const struct finding *finding)
{
	return finding_shown(findings, finding) && finding->rank < RESULTS;
}

/* The rules that the results have, in the order of codes.h; index: of each in that list. */
static struct json *rules_json(size_t index[static CODE_COUNT], const struct findings *findings)
{
	bool used[CODE_COUNT] = {false};
	struct json *rules = json_array();
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (is_result(findings, &findings->items[i]))
			used[findings->items[i].diag->code] = true;
	for (size_t code = 0; code < CODE_COUNT; code++) {
		if (!used[code])
			continue;
		index[code] = count++;
		json_push(rules, rule_json((enum code)code));
	}
	return rules;
}

static struct json *invocation_json(size_t left_out)
{
	struct json *invocation = json_object();

	json_add_bool(invocation, "executionSuccessful", true);
	if (left_out) {
		struct json *list = json_array(), *notice = json_object();
		struct buffer message;
		buffer_init(&message);
		buffer_format(&message, "%zu more finding%s left out", left_out, left_out == 1 ? "" : "s");
		json_add_string(notice, "level", "note");
		json_add(notice, "message", text_json(buffer_text(&message)));
		json_push(list, notice);
		json_add(invocation, "toolExecutionNotifications", list);
		buffer_release(&message);
	}
	return invocation;
}

static struct json *run_json(const struct findings *findings)
{
	struct json *run = json_object(), *tool = json_object(), *driver = json_object(), *automation = json_object();
	struct json *invocations = json_array(), *results = json_array();
	size_t index[CODE_COUNT] = {0}, left_out = 0;

	json_add_string(driver, "name", "galley");
	json_add(driver, "rules", rules_json(index, findings));
	json_add(tool, "driver", driver);
	json_add(run, "tool", tool);
	json_add_string(automation, "id", "galley/");
	json_add(run, "automationDetails", automation);
	json_add_string(run, "columnKind", "unicodeCodePoints");
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		if (is_result(findings, finding))
			json_push(results, result_json(finding, index[finding->diag->code]));
		else
			left_out++;
	}
	json_push(invocations, invocation_json(left_out));
	json_add(run, "invocations", invocations);
	json_add(run, "results", results);
	return run;
}

void findings_sarif(struct buffer *out, const struct findings *findings)
{
	struct json *top = json_object(), *runs = json_array();

	json_add_string(top, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_add_string(top, "version", "2.1.0");
	json_push(runs, run_json(findings));
	json_add(top, "runs", runs);
	json_print(out, top, true);
	json_release(top);
}

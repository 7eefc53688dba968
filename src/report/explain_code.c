#include <string.h>

#include "catalog.h"
#include "code_examples.h"
#include "explain.h"
#include "explain_parts.h"
#include "markdown.h"

static const char *severity_word(enum severity severity)
{
	return severity == SEVERITY_OFF ? "off" : severity_name(severity);
}

/* NULL: none yet. */
static const struct code_example *example_of(enum code code)
{
	for (size_t i = 0; i < file_example_count; i++)
		if (file_examples[i].code == code)
			return &file_examples[i];
	for (size_t i = 0; i < rule_example_count; i++)
		if (rule_examples[i].code == code)
			return &rule_examples[i];
	return NULL;
}

static const char *command_of(const struct code_example *example)
{
	return example->command ? example->command : "check";
}

/* How a finding is set aside where it is right. */
static const char *silence_words(enum code code)
{
	struct text id = text_of(code_list[code].id);

	if (code == CODE_GATE_LOOSENED || code == CODE_GATE_POLICY)
		return "it cannot be suppressed; a waiver in the recipe, with reason, approved_by and expires, turns it into gate/waived";
	if (is_unsuppressible_code(id))
		return is_fixed_code(id) ? "it can be neither suppressed nor switched off: mend what it says"
		                         : "it cannot be suppressed where it stands: mend what it says";
	return "a comment on the line or the one above: # galley: allow CODE -- why it is right here";
}

static void add_silence(struct buffer *out, enum code code)
{
	const char *words = silence_words(code), *at = strstr(words, "CODE");

	buffer_add(out, (struct text){words, at ? (size_t)(at - words) : strlen(words)});
	if (at)
		buffer_format(out, "%s%s", code_list[code].id, at + strlen("CODE"));
}

static void add_severity(struct buffer *out, enum code code)
{
	const struct code_info *info = &code_list[code];
	bool off = info->severity == SEVERITY_OFF;

	buffer_format(out, "%s; galley.yaml sets another under 'rules'%s", severity_word(info->severity),
	              off ? "" : is_fixed_code(text_of(info->id)) ? ", but not off" : ", or off");
}

static bool is_same_file(const struct example_file *file, const struct example_file *files)
{
	for (size_t i = 0; i < EXAMPLE_FILES && files[i].path; i++)
		if (strcmp(files[i].path, file->path) == 0 && strcmp(files[i].content, file->content) == 0)
			return true;
	return false;
}

/* Files but those that are the same in except. */
static void files_text(struct buffer *out, const struct example_file *files, const struct example_file *except)
{
	for (size_t i = 0; i < EXAMPLE_FILES && files[i].path; i++) {
		if (except && is_same_file(&files[i], except))
			continue;
		buffer_format(out, "    %s\n", files[i].path);
		explain_block(out, "      ", text_of(files[i].content));
	}
}

void code_text(struct buffer *out, enum code code)
{
	const struct code_info *info = &code_list[code];
	const struct code_example *example = example_of(code);
	struct buffer words;

	buffer_format(out, "%s\n  %s\n\n", info->id, info->doc);
	buffer_init(&words);
	add_severity(&words, code);
	if (example)
		explain_line(out, "why", text_of(example->why));
	explain_line(out, "severity", buffer_text(&words));
	buffer_clear(&words);
	add_silence(&words, code);
	explain_line(out, "set aside", buffer_text(&words));
	buffer_release(&words);
	if (!example)
		return;
	if (example->command)
		buffer_format(out, "  %-12sgalley %s\n", "shown by", example->command);
	if (example->before[0].path) {
		buffer_string(out, "\n  before\n");
		files_text(out, example->before, NULL);
	}
	buffer_string(out, "\n  fails\n");
	files_text(out, example->failing, NULL);
	buffer_string(out, "\n  mended\n");
	files_text(out, example->mended, example->failing);
	if (strcmp(example->mended[0].path, example->failing[0].path) == 0 && is_same_file(&example->mended[0], example->failing) &&
	    !example->mended[1].path)
		buffer_format(out, "    without %s\n", example->failing[1].path);
}

/* --- JSON --- */

static struct json *files_json(const struct example_file *files)
{
	struct json *list = json_array();

	for (size_t i = 0; i < EXAMPLE_FILES && files[i].path; i++) {
		struct json *file = json_object();
		json_add_string(file, "path", files[i].path);
		json_add_string(file, "content", files[i].content);
		json_push(list, file);
	}
	return list;
}

static struct json *info_json(enum code code)
{
	const struct code_info *info = &code_list[code];
	struct json *object = json_object();

	json_add_string(object, "code", info->id);
	json_add_string(object, "severity", severity_word(info->severity));
	json_add_string(object, "doc", info->doc);
	return object;
}

struct json *code_json(enum code code)
{
	const struct code_example *example = example_of(code);
	struct text id = text_of(code_list[code].id);
	struct json *object = info_json(code);
	struct buffer words;

	buffer_init(&words);
	add_silence(&words, code);
	json_add_bool(object, "may_be_off", !is_fixed_code(id));
	json_add_bool(object, "may_be_suppressed", !is_unsuppressible_code(id));
	json_add_text(object, "set_aside", buffer_text(&words));
	buffer_release(&words);
	if (!example)
		return object;
	json_add_string(object, "why", example->why);
	json_add_string(object, "command", command_of(example));
	if (example->before[0].path)
		json_add(object, "before", files_json(example->before));
	json_add(object, "failing", files_json(example->failing));
	json_add(object, "mended", files_json(example->mended));
	return object;
}

/* --- all of them --- */

void explain_codes_text(struct buffer *out)
{
	for (int code = 0; code < CODE_COUNT; code++)
		buffer_format(out, "%-24s %-8s %s\n", code_list[code].id, severity_word(code_list[code].severity), code_list[code].doc);
}

void explain_codes_json(struct buffer *out)
{
	struct json *root = json_object(), *list = json_array();

	json_add_string(root, "schema", "galley.codes/1");
	for (int code = 0; code < CODE_COUNT; code++)
		json_push(list, info_json((enum code)code));
	json_add(root, "codes", list);
	json_print(out, root, true);
	json_release(root);
}

static void add_fenced(struct buffer *out, struct text text)
{
	while (text.len) {
		size_t end = text_find(text, '\n');
		markdown_fenced(out, text_cut(text, 0, end));
		buffer_char(out, '\n');
		text = text_cut(text, end + 1, text.len);
	}
}

static void files_markdown(struct buffer *out, const char *title, const struct example_file *files, const struct example_file *except)
{
	buffer_format(out, "%s:\n\n", title);
	for (size_t i = 0; i < EXAMPLE_FILES && files[i].path; i++) {
		const char *dot = strrchr(files[i].path, '.');
		if (except && is_same_file(&files[i], except))
			continue;
		buffer_format(out, "`%s`\n```%s\n", files[i].path,
		              strcmp(dot, ".json") == 0 ? "json" : strcmp(dot, ".csv") == 0 ? "csv" : strcmp(dot, ".yaml") == 0 ? "yaml" : "text");
		add_fenced(out, text_of(files[i].content));
		buffer_string(out, "```\n\n");
	}
}

static void code_markdown(struct buffer *out, enum code code)
{
	const struct code_info *info = &code_list[code];
	const struct code_example *example = example_of(code);
	struct buffer words;

	buffer_format(out, "## %s\n\n", info->id);
	buffer_init(&words);
	buffer_format(&words, "%s. %s", info->doc, example ? example->why : "");
	markdown_text_cut(out, buffer_text(&words), words.len + 1);
	buffer_string(out, "\n\n- Severity: ");
	buffer_clear(&words);
	add_severity(&words, code);
	markdown_text_cut(out, buffer_text(&words), words.len + 1);
	buffer_string(out, ".\n- Where it is right: ");
	buffer_clear(&words);
	add_silence(&words, code);
	markdown_text_cut(out, buffer_text(&words), words.len + 1);
	buffer_string(out, ".\n");
	if (example && example->command)
		buffer_format(out, "- Shown by `galley %s`.\n", example->command);
	buffer_char(out, '\n');
	buffer_release(&words);
	if (!example)
		return;
	if (example->before[0].path)
		files_markdown(out, "Before", example->before, NULL);
	files_markdown(out, "Fails", example->failing, NULL);
	files_markdown(out, "Mended", example->mended, example->failing);
}

void explain_codes_markdown(struct buffer *out)
{
	buffer_string(out, "# Findings\n\nMade by `make docs` (`galley explain --format markdown`). `galley explain CODE` says the same of one. The files of an "
	                   "example lie over the small workspace in [tests/cases/base/small](../tests/cases/base/small); the tests run both, and the first "
	                   "must give the finding and the second must not.\n\n| code | severity | what it means |\n|---|---|---|\n");
	for (int code = 0; code < CODE_COUNT; code++) {
		struct text id = text_of(code_list[code].id);
		size_t slash = text_find(id, '/');
		buffer_format(out, "| [%s](#%.*s%s) | %s | ", id.at, (int)slash, id.at, id.at + slash + 1, severity_word(code_list[code].severity));
		markdown_text(out, text_of(code_list[code].doc));
		buffer_string(out, " |\n");
	}
	buffer_char(out, '\n');
	for (int code = 0; code < CODE_COUNT; code++)
		code_markdown(out, (enum code)code);
}

#include "command.h"
#include "explain.h"
#include "json_schema.h"
#include "reference.h"

static int unknown_kind(struct text word)
{
	struct text words[KIND_COUNT];

	for (enum kind known = KIND_RECIPE; known < KIND_COUNT; known++)
		words[known] = text_of(explain_kind_word(known));
	session_unknown("kind of file", word, words, KIND_COUNT);
	return EXIT_USAGE;
}

static int run_schema(struct invocation *invocation)
{
	bool given = invocation->operands.count > 0, markdown = session_is(invocation, "markdown");
	enum kind kind = given ? explain_kind_of(invocation->operands.items[0]) : KIND_COUNT;
	struct buffer out;

	if (given && kind == KIND_COUNT)
		return unknown_kind(invocation->operands.items[0]);
	if (!given && !markdown)
		return session_usage(invocation, "'schema' needs KIND: recipe, pack, model, run, snapshot or config");
	buffer_init(&out);
	if (markdown)
		reference_print(&out, kind, &invocation->arena);
	else
		json_schema_print(&out, kind, &invocation->arena);
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

const struct command command_schema = {
	.name = "schema",
	.operands = "[KIND]",
	.most = 1,
	.summary = "what a kind of file may hold, as JSON Schema (draft 2020-12)",
	.details = "KIND is recipe, pack, model, run, snapshot or config (galley.yaml). For editors with a YAML language server, write\n"
	           "'# yaml-language-server: $schema=FILE' at the top of a manifest. What concerns several files is for `galley check`.\n"
	           "As Markdown it is the reference of all fields, of all kinds where KIND is left out.",
	.examples = {"galley schema recipe", "galley schema config --output galley.schema.json", "galley schema --format markdown"},
	.formats = "json|markdown",
	.run = run_schema,
};

#include "command.h"
#include "explain.h"
#include "json_schema.h"

static int run_schema(struct invocation *invocation)
{
	struct text word = invocation->operands.items[0];
	enum kind kind = explain_kind_of(word);
	struct buffer out;

	if (kind == KIND_COUNT) {
		struct text words[KIND_COUNT];
		for (enum kind known = KIND_RECIPE; known < KIND_COUNT; known++)
			words[known] = text_of(explain_kind_word(known));
		session_unknown("kind of file", word, words, KIND_COUNT);
		return EXIT_USAGE;
	}
	buffer_init(&out);
	json_schema_print(&out, kind, &invocation->arena);
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

const struct command command_schema = {
	.name = "schema",
	.operands = "KIND",
	.least = 1,
	.most = 1,
	.summary = "what a kind of file may hold, as JSON Schema (draft 2020-12)",
	.details = "KIND is recipe, pack, model, run, snapshot or config (galley.yaml). For editors with a YAML language server, write\n"
	           "'# yaml-language-server: $schema=FILE' at the top of a manifest. What concerns several files is for `galley check`.",
	.examples = {"galley schema recipe", "galley schema config --output galley.schema.json"},
	.formats = "json",
	.run = run_schema,
};

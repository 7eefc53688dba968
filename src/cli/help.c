#include <string.h>

#include "command.h"

enum { DOC_COLUMN = 30 };

static void print_option(struct buffer *out, const struct option *option)
{
	size_t start = out->len;

	buffer_string(out, "  ");
	if (option->letter)
		buffer_format(out, "-%c, ", option->letter);
	buffer_format(out, "--%s", option->name);
	if (option->argument)
		buffer_format(out, " %s", option->argument);
	size_t width = out->len - start;
	buffer_repeat(out, ' ', width + 2 < DOC_COLUMN ? DOC_COLUMN - width : 2);
	buffer_format(out, "%s%s\n", option->doc, option->kind == OPTION_WORDS ? " (repeatable)" : "");
}

static void print_program(struct buffer *out)
{
	buffer_string(out, "galley: a governed workspace for machine-learning models in a Git repository\n\n"
	                   "Examples:\n"
	                   "  galley check                  is every manifest right?\n"
	                   "  galley report --commit        regenerate reports/ and commit what changed\n\n"
	                   "Usage: galley [OPTION...] COMMAND [OPERAND...]\n\nCommands:\n");
	for (size_t i = 0; i < command_count; i++)
		buffer_format(out, "  %-12s%s\n", commands[i]->name, commands[i]->summary);
	buffer_string(out, "\nOptions of every command:\n");
	for (size_t i = 0; i < global_option_count; i++)
		print_option(out, &global_options[i]);
	buffer_string(out, "\nExit codes: 0 nothing to report, 1 findings, 2 usage, 3 could not do the work, 4 lost a race (safe to retry).\n"
	                   "More: galley help COMMAND\n");
}

void help_print(struct buffer *out, const struct command *command)
{
	if (!command) {
		print_program(out);
		return;
	}
	buffer_format(out, "galley %s: %s\n\nExamples:\n", command->name, command->summary);
	for (size_t i = 0; i < sizeof command->examples / sizeof *command->examples && command->examples[i]; i++)
		buffer_format(out, "  %s\n", command->examples[i]);
	buffer_format(out, "\nUsage: galley %s [OPTION...]%s%s\n", command->name, *command->operands ? " " : "", command->operands);
	if (command->details)
		buffer_format(out, "\n%s\n", command->details);
	if (command->option_count)
		buffer_string(out, "\nOptions:\n");
	for (size_t i = 0; i < command->option_count; i++)
		print_option(out, &command->options[i]);
	buffer_string(out, "\nOptions of every command:\n");
	for (size_t i = 0; i < global_option_count; i++)
		print_option(out, &global_options[i]);
	if (command->formats)
		buffer_format(out, "\nFormats: %s\n%s", command->formats,
		              command->many_formats ? "Several at once: --format F=FILE writes one to FILE and may be repeated.\n" : "");
}

static int run_help(struct invocation *invocation)
{
	struct buffer out;
	const struct command *command = NULL;

	if (invocation->operands.count) {
		struct text *names = arena_array(&invocation->arena, command_count, sizeof *names);
		command = command_find(invocation->operands.items[0]);
		for (size_t i = 0; i < command_count; i++)
			names[i] = text_of(commands[i]->name);
		if (!command) {
			session_unknown("command", invocation->operands.items[0], names, command_count);
			return EXIT_USAGE;
		}
	}
	buffer_init(&out);
	if (session_is(invocation, "man"))
		man_print(&out, command);
	else
		help_print(&out, command);
	int code = session_write(invocation, &out, EXIT_OK);
	buffer_release(&out);
	return code;
}

const struct command command_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.most = 1,
	.summary = "what the program or a command does",
	.examples = {"galley help", "galley help report", "galley help report --format man | man -l -"},
	.formats = "text|man",
	.run = run_help,
};

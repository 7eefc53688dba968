#include "command.h"

/* Text as roff reads it: nothing of it is a request or an escape, and a hyphen can be searched for and copied. */
static void add_roff(struct buffer *out, const char *text)
{
	for (bool line_start = true; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			buffer_string(out, "\\&");
		if (*text == '\\')
			buffer_string(out, "\\e");
		else if (*text == '-')
			buffer_string(out, "\\-");
		else
			buffer_char(out, *text);
		line_start = *text == '\n';
	}
}

static void add_words(struct buffer *out, const char *macro, const char *text)
{
	buffer_format(out, ".%s\n", macro);
	add_roff(out, text);
	buffer_char(out, '\n');
}

static void add_head(struct buffer *out, const struct command *command, const char *summary)
{
	buffer_string(out, ".TH \"GALLEY");
	if (command) {
		buffer_char(out, '-');
		for (const char *c = command->name; *c; c++)
			buffer_char(out, (char)(*c - 'a' + 'A'));
	}
	buffer_format(out, "\" 1 \"\" \"galley %s\" \"galley\"\n.SH NAME\ngalley%s%s \\- ", GALLEY_VERSION, command ? "\\-" : "", command ? command->name : "");
	add_roff(out, summary);
	buffer_string(out, "\n.SH SYNOPSIS\n");
}

static void add_option(struct buffer *out, const struct option *option)
{
	buffer_string(out, ".TP\n.B ");
	if (option->letter)
		buffer_format(out, "\\-%c, ", option->letter);
	buffer_string(out, "\\-\\-");
	add_roff(out, option->name);
	if (option->argument) {
		buffer_char(out, ' ');
		add_roff(out, option->argument);
	}
	buffer_char(out, '\n');
	add_roff(out, option->doc);
	buffer_string(out, option->kind == OPTION_WORDS ? " (repeatable)\n" : "\n");
}

static void add_options(struct buffer *out, const char *title, const struct option *options, size_t count)
{
	if (!count)
		return;
	buffer_format(out, ".SH \"%s\"\n", title);
	for (size_t i = 0; i < count; i++)
		add_option(out, &options[i]);
}

static void add_exit_status(struct buffer *out)
{
	buffer_string(out, ".SH \"EXIT STATUS\"\n"
	                   ".TP\n.B 0\nnothing at or above the level of \\-\\-fail\\-on\n"
	                   ".TP\n.B 1\nfindings\n"
	                   ".TP\n.B 2\nthe command line is not understood\n"
	                   ".TP\n.B 3\nthe work could not be done: something cannot be read or written, history is out of reach\n"
	                   ".TP\n.B 4\nsomebody else was faster; safe to try again\n");
}

static void man_program(struct buffer *out)
{
	add_head(out, NULL, "a governed workspace for machine-learning models in a Git repository");
	buffer_string(out, ".B galley\n[\\fIOPTION\\fR...] \\fICOMMAND\\fR [\\fIOPERAND\\fR...]\n.SH DESCRIPTION\n"
	                   "Model recipes and evaluation packs are YAML in a Git repository, run results are metric files, live data arrives as CSV snapshots. "
	                   "galley validates them, resolves inheritance, judges runs, measures drift, says what is due, and commits reports.\n.SH COMMANDS\n");
	for (size_t i = 0; i < command_count; i++) {
		buffer_format(out, ".TP\n.BR galley\\-%s (1)\n", commands[i]->name);
		add_roff(out, commands[i]->summary);
		buffer_char(out, '\n');
	}
	add_options(out, "OPTIONS OF EVERY COMMAND", global_options, global_option_count);
	add_exit_status(out);
	buffer_string(out, ".SH ENVIRONMENT\n.TP\n.BR NO_COLOR \", \" CLICOLOR_FORCE\nno colours, or colours also where the output is no terminal; \\-\\-color decides over both\n"
	                   ".SH FILES\n.TP\n.I galley.yaml\nwhat holds for the whole workspace; 'galley schema config' says what it may hold\n"
	                   ".SH EXAMPLES\n.EX\ngalley check\ngalley report \\-\\-commit\n.EE\n");
}

static void man_command(struct buffer *out, const struct command *command)
{
	add_head(out, command, command->summary);
	buffer_format(out, ".B galley %s\n[\\fIOPTION\\fR...]", command->name);
	if (*command->operands) {
		buffer_char(out, ' ');
		add_roff(out, command->operands);
	}
	buffer_char(out, '\n');
	if (command->details)
		add_words(out, "SH DESCRIPTION", command->details);
	add_options(out, "OPTIONS", command->options, command->option_count);
	if (command->formats) {
		add_words(out, "SH FORMATS", command->formats);
		buffer_string(out, command->many_formats ? ".br\nSeveral at once: \\-\\-format F=FILE writes one to FILE and may be repeated.\n" : "");
	}
	add_options(out, "OPTIONS OF EVERY COMMAND", global_options, global_option_count);
	add_exit_status(out);
	buffer_string(out, ".SH EXAMPLES\n.EX\n");
	for (size_t i = 0; i < sizeof command->examples / sizeof *command->examples && command->examples[i]; i++) {
		add_roff(out, command->examples[i]);
		buffer_char(out, '\n');
	}
	buffer_string(out, ".EE\n.SH \"SEE ALSO\"\n.BR galley (1)\n");
}

void man_print(struct buffer *out, const struct command *command)
{
	if (command)
		man_command(out, command);
	else
		man_program(out);
}

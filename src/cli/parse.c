#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "number.h"

#define AT(field) offsetof(struct invocation, field)

const struct option global_options[] = {
	{"directory", 'C', OPTION_WORD, AT(directory), "DIR", NULL, "start in DIR instead of the current folder"},
	{"git-dir", 0, OPTION_WORD, AT(git_dir), "DIR", NULL, "the repository, where it is not found from the folder (a bare one)"},
	{"at", 0, OPTION_WORD, AT(at), "REV", NULL, "read this commit instead of the working tree"},
	{"staged", 0, OPTION_FLAG, AT(staged), NULL, NULL, "read the index instead of the working tree"},
	{"as-of", 0, OPTION_WORD, AT(as_of), "TIME", NULL, "the present: an ISO 8601 time, or 'now'"},
	{"format", 'f', OPTION_FORMAT, AT(format), "F", NULL, "how to print the result"},
	{"json", 0, OPTION_FLAG, AT(json), NULL, NULL, "short for --format json"},
	{"output", 'o', OPTION_WORD, AT(output), "FILE", NULL, "write the result to FILE instead of standard output"},
	{"color", 0, OPTION_WORD, AT(color), "WHEN", "auto|always|never", "colours: auto, always or never (also NO_COLOR)"},
	{"fail-on", 0, OPTION_WORD, AT(fail_on), "LEVEL", "error|fail|warning|warn|note", "exit with 1 from this severity on: error (default), warning, note"},
	{"jobs", 'j', OPTION_NUMBER, AT(jobs), "N", "1..1024", "at most N threads (default: all processors)"},
	{"limit", 0, OPTION_WORDS, AT(limit_settings), "NAME=VALUE", NULL, "a cap on input other than its default, such as depth=128"},
	{"no-cache", 0, OPTION_FLAG, AT(no_cache), NULL, NULL, "neither use nor keep what was computed before (see galley help cache)"},
	{"quiet", 'q', OPTION_FLAG, AT(quiet), NULL, NULL, "errors only on standard error"},
	{"verbose", 'v', OPTION_FLAG, AT(verbose), NULL, NULL, "say what is read, and as of when"},
	{"version", 0, OPTION_FLAG, AT(version), NULL, NULL, "print the version"},
	{"help", 'h', OPTION_FLAG, AT(help), NULL, NULL, "print help"},
};
const size_t global_option_count = sizeof global_options / sizeof *global_options;

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "commands.h"
#undef COMMAND
};
const size_t command_count = sizeof commands / sizeof *commands;

const struct command *command_find(struct text name)
{
	for (size_t i = 0; i < command_count; i++)
		if (text_is(name, commands[i]->name))
			return commands[i];
	return text_is(name, command_complete.name) ? &command_complete : NULL;
}

static void print_safe(FILE *stream, struct text text)
{
	struct buffer safe;

	buffer_init(&safe);
	buffer_safe(&safe, text);
	fwrite(buffer_text(&safe).at, 1, safe.len, stream);
	buffer_release(&safe);
}

int session_usage(const struct invocation *invocation, const char *format, ...)
{
	struct buffer message;
	char line[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	buffer_init(&message);
	buffer_string(&message, "galley: ");
	buffer_safe(&message, text_of(line));
	if (invocation->command)
		buffer_format(&message, "\nsee: galley help %s\n", invocation->command->name);
	else
		buffer_string(&message, "\nsee: galley --help\n");
	fwrite(message.data, 1, message.len, stderr);
	buffer_release(&message);
	return EXIT_USAGE;
}

/* Whether word is one of "a|b|c". */
static bool is_among(struct text word, const char *choices)
{
	while (*choices) {
		size_t len = strcspn(choices, "|");
		if (text_equal(word, (struct text){choices, len}))
			return true;
		choices += len + (choices[len] == '|');
	}
	return false;
}

static bool match_option(const struct option *option, struct text name, bool is_letter)
{
	return is_letter ? name.len == 1 && option->letter == name.at[0] : text_is(name, option->name);
}

const struct option *command_option(const struct command *command, struct text name, bool is_letter)
{
	for (size_t i = 0; command && i < command->option_count; i++)
		if (match_option(&command->options[i], name, is_letter))
			return &command->options[i];
	for (size_t i = 0; i < global_option_count; i++)
		if (match_option(&global_options[i], name, is_letter))
			return &global_options[i];
	return NULL;
}

static struct text nearest_option(struct invocation *invocation, struct text name)
{
	struct text names[64];
	size_t count = 0;

	for (size_t i = 0; i < global_option_count; i++)
		names[count++] = text_of(global_options[i].name);
	for (size_t i = 0; invocation->command && i < invocation->command->option_count; i++)
		names[count++] = text_of(invocation->command->options[i].name);
	return text_nearest(name, names, count);
}

static void add_word(struct invocation *invocation, struct words *words, struct text word)
{
	words->items = arena_grow(&invocation->arena, words->items, words->count, sizeof *words->items);
	words->items[words->count++] = word;
}

static void add_output(struct invocation *invocation, const char *word)
{
	const char *equals = strchr(word, '=');

	invocation->outputs = arena_grow(&invocation->arena, invocation->outputs, invocation->output_count, sizeof *invocation->outputs);
	invocation->outputs[invocation->output_count++] =
	    (struct output){{word, equals ? (size_t)(equals - word) : strlen(word)}, equals ? equals + 1 : NULL};
}

enum { NUMBER_MOST = 1000000000 };

/* Within the ends of "1..1024", where those are written. */
static int set_number(size_t *out, struct invocation *invocation, const struct option *option, const char *value)
{
	struct text range = text_of(option->allowed ? option->allowed : "..");
	size_t dots = text_find(range, '.');
	struct text ends[2] = {text_cut(range, 0, dots), text_cut(range, dots + 2, range.len)};
	uint64_t least = 0, most = NUMBER_MOST, number;

	if (ends[0].len)
		number_parse_count(&least, ends[0], NUMBER_MOST);
	if (ends[1].len)
		number_parse_count(&most, ends[1], NUMBER_MOST);
	if (!number_parse_count(&number, text_of(value), most) || number < least) {
		if (!least)
			return session_usage(invocation, "'--%s' is '%s', must be a whole number up to %ju", option->name, value, (uintmax_t)most);
		return session_usage(invocation, "'--%s' is '%s', must be a whole number from %ju to %ju", option->name, value, (uintmax_t)least,
		                     (uintmax_t)most);
	}
	*out = (size_t)number;
	return EXIT_OK;
}

static int set_size(size_t *out, struct invocation *invocation, const struct option *option, const char *value)
{
	size_t least, size;

	if (!limit_parse(&least, text_of(option->allowed)))
		least = 1;
	if (!limit_parse(&size, text_of(value)))
		return session_usage(invocation, "'--%s' is '%s', must be a size such as 256MiB (bytes, KiB, MiB or GiB)", option->name, value);
	if (size < least)
		return session_usage(invocation, "'--%s' is '%s', must be at least %s", option->name, value, option->allowed);
	*out = size;
	return EXIT_OK;
}

static int set_option(struct invocation *invocation, const struct option *option, const char *value)
{
	void *field = (char *)invocation + option->offset;

	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return EXIT_OK;
	case OPTION_WORD:
		if (option->allowed && !is_among(text_of(value), option->allowed))
			return session_usage(invocation, "'--%s' is '%s', must be one of %s", option->name, value, option->allowed);
		*(const char **)field = value;
		return EXIT_OK;
	case OPTION_NUMBER: return set_number(field, invocation, option, value);
	case OPTION_SIZE: return set_size(field, invocation, option, value);
	case OPTION_FORMAT:
		add_output(invocation, value);
		*(const char **)field = value;
		return EXIT_OK;
	case OPTION_WORDS:
		add_word(invocation, field, text_of(value));
		return EXIT_OK;
	}
	return EXIT_OK;
}

/* Takes the option at argv[*i] (and its value); name is without dashes, inline_value what followed '=' or the letter. */
static int take_option(struct invocation *invocation, struct text name, bool is_letter, const char *inline_value, int *i, int argc,
                       char **argv)
{
	const struct option *option = command_option(invocation->command, name, is_letter);
	const char *given = inline_value || *i + 1 >= argc ? inline_value : argv[*i + 1];

	/* `list --limit 5` counts rows, `list --limit depth=128` is the option of every command. */
	if (option && option->kind == OPTION_NUMBER && given && strchr(given, '=')) {
		const struct option *global = command_option(NULL, name, is_letter);
		option = global ? global : option;
	}
	if (!option) {
		struct text near = is_letter ? (struct text){NULL, 0} : nearest_option(invocation, name);
		if (near.at)
			return session_usage(invocation, "unknown option '--%.*s'; did you mean '--%.*s'?", TEXT_ARGS(name), TEXT_ARGS(near));
		return session_usage(invocation, "unknown option '%s%.*s'", is_letter ? "-" : "--", TEXT_ARGS(name));
	}
	if (option->kind == OPTION_FLAG) {
		if (inline_value)
			return session_usage(invocation, "option '--%s' takes no value", option->name);
		return set_option(invocation, option, NULL);
	}
	if (!inline_value) {
		if (*i + 1 >= argc)
			return session_usage(invocation, "option '--%s' needs a value: %s", option->name, option->argument);
		inline_value = argv[++*i];
	}
	return set_option(invocation, option, inline_value);
}

static int take_letters(struct invocation *invocation, const char *letters, int *i, int argc, char **argv)
{
	for (; *letters; letters++) {
		const struct option *option = command_option(invocation->command, (struct text){letters, 1}, true);
		bool takes_value = option && option->kind != OPTION_FLAG;
		int code = take_option(invocation, (struct text){letters, 1}, true, takes_value && letters[1] ? letters + 1 : NULL, i, argc,
		                       argv);
		if (code || takes_value)
			return code;
	}
	return EXIT_OK;
}

static int take_command(struct invocation *invocation, struct text name)
{
	struct text names[64];

	invocation->command = command_find(name);
	if (invocation->command)
		return EXIT_OK;
	for (size_t i = 0; i < command_count; i++)
		names[i] = text_of(commands[i]->name);
	struct text near = text_nearest(name, names, command_count);
	if (near.at)
		return session_usage(invocation, "unknown command '%.*s'; did you mean '%.*s'?", TEXT_ARGS(name), TEXT_ARGS(near));
	return session_usage(invocation, "unknown command '%.*s'", TEXT_ARGS(name));
}

/* The first operand is the command; before it only the options of every command are known. */
static int take_word(struct invocation *invocation, const char *word)
{
	if (!invocation->command)
		return take_command(invocation, text_of(word));
	add_word(invocation, &invocation->operands, text_of(word));
	return EXIT_OK;
}

static int take_argument(struct invocation *invocation, int *i, int argc, char **argv)
{
	const char *word = argv[*i];

	if (word[0] == '-' && word[1] == '-') {
		const char *equals = strchr(word, '=');
		struct text name = {word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word) - 2};
		return take_option(invocation, name, false, equals ? equals + 1 : NULL, i, argc, argv);
	}
	if (word[0] == '-' && word[1])
		return take_letters(invocation, word + 1, i, argc, argv);
	return take_word(invocation, word);
}

static int check_format(const struct invocation *invocation)
{
	const char *formats = invocation->command->formats;

	if (invocation->format && !formats && strcmp(invocation->format, "text") != 0)
		return session_usage(invocation, "'%s' prints in one way; '--format' and '--json' do not go with it", invocation->command->name);
	if (invocation->format && formats && !is_among(text_of(invocation->format), formats))
		return session_usage(invocation, "'--format' is '%s', must be one of %s", invocation->format, formats);
	return EXIT_OK;
}

static int check_outputs(const struct invocation *invocation)
{
	const char *formats = invocation->command->formats;

	for (size_t i = 0; i < invocation->output_count; i++) {
		const struct output *output = &invocation->outputs[i];
		if (!is_among(output->format, formats))
			return session_usage(invocation, "'--format' is '%.*s', must be one of %s", TEXT_ARGS(output->format), formats);
		if (output->file && !*output->file)
			return session_usage(invocation, "'--format %.*s=' needs the name of a file", TEXT_ARGS(output->format));
	}
	return EXIT_OK;
}

static int check_operands(const struct invocation *invocation)
{
	const struct command *command = invocation->command;

	if (invocation->operands.count < command->least)
		return session_usage(invocation, "'%s' needs %s", command->name, command->operands);
	if (invocation->operands.count > command->most)
		return session_usage(invocation, "'%s' takes %s, not also '%.*s'", command->name, command->most ? command->operands : "no operands",
		                     TEXT_ARGS(invocation->operands.items[command->most]));
	if (invocation->at && invocation->staged)
		return session_usage(invocation, "'--at' and '--staged' exclude each other");
	return command->many_formats ? check_outputs(invocation) : check_format(invocation);
}

int command_parse(struct invocation *invocation, int argc, char **argv)
{
	bool options_over = false;

	for (int i = 1; i < argc; i++) {
		int code;
		if (options_over)
			code = take_word(invocation, argv[i]);
		else if (strcmp(argv[i], "--") == 0)
			options_over = true, code = EXIT_OK;
		else
			code = take_argument(invocation, &i, argc, argv);
		if (code != EXIT_OK)
			return code;
	}
	if (invocation->json && invocation->format && strcmp(invocation->format, "json") != 0)
		return session_usage(invocation, "'--json' and '--format %s' exclude each other", invocation->format);
	if (invocation->json && !invocation->format) {
		add_output(invocation, "json");
		invocation->format = "json";
	}
	if (invocation->help || invocation->version)
		return EXIT_OK;
	return invocation->command ? check_operands(invocation) : session_usage(invocation, "a command is needed");
}

enum { NAMES_SHOWN = 8 };

static void print_names(const struct text *names, size_t count)
{
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
		fputs(i ? ", " : "; there is ", stderr);
		print_safe(stderr, names[i]);
	}
	if (count > NAMES_SHOWN)
		fprintf(stderr, " and %zu more", count - NAMES_SHOWN);
}

int session_unknown(const char *what, struct text id, const struct text *names, size_t count)
{
	struct text near = text_nearest(id, names, count);

	fprintf(stderr, "galley: unknown %s '", what);
	print_safe(stderr, id);
	fputs("'", stderr);
	if (near.at) {
		fputs("; did you mean '", stderr);
		print_safe(stderr, near);
		fputs("'?", stderr);
	} else {
		print_names(names, count);
	}
	fputs("\n", stderr);
	return EXIT_FINDINGS;
}

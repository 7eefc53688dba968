/* The hidden command behind shell completion: `galley __complete -- WORD...` prints what may stand in place of the last word, a candidate
 * a line with its description after a tab; ":files" and ":dirs" leave it to the shell. Words come from the option tables, the schema
 * table, the list of codes, and the workspace. */
#include <stdint.h>
#include <string.h>

#include "command.h"
#include "explain.h"

struct completion {
	struct invocation *invocation;
	const struct command *command; /* NULL: not yet said */
	const struct option *awaiting; /* the option whose value the last word is */
	size_t operands;               /* before the last word */
	bool options_over;
	struct text word;   /* what is typed so far, of the value where an option stands before it */
	struct text prefix; /* "--format=", where the value stands in the same word */
	struct buffer out;
};

static void offer(struct completion *completion, struct text candidate, const char *doc)
{
	if (!candidate.len || !text_equal(text_cut(candidate, 0, completion->word.len), completion->word))
		return;
	for (size_t i = 0; i < candidate.len; i++)
		if ((unsigned char)candidate.at[i] <= ' ' || (unsigned char)candidate.at[i] >= 127)
			return;
	buffer_add(&completion->out, completion->prefix);
	buffer_add(&completion->out, candidate);
	if (doc)
		buffer_format(&completion->out, "\t%s", doc);
	buffer_char(&completion->out, '\n');
}

static void offer_choices(struct completion *completion, const char *choices)
{
	struct text rest = text_of(choices);

	while (rest.len) {
		struct text word = text_cut(rest, 0, text_find(rest, '|'));
		offer(completion, word, NULL);
		rest = text_cut(rest, word.len + 1, rest.len);
	}
}

/* --- from tables --- */

static void offer_fields(struct completion *completion)
{
	for (size_t i = 0; i < schema_field_count; i++) {
		const struct field *field = &schema_fields[i];
		bool again = false;
		for (size_t j = 0; j < i && !again; j++)
			again = strcmp(schema_fields[j].path, field->path) == 0;
		if (!again)
			offer(completion, text_of(field->path), field->doc);
	}
}

static void offer_codes(struct completion *completion)
{
	for (int code = 0; code < CODE_COUNT; code++)
		offer(completion, text_of(code_list[code].id), code_list[code].doc);
}

static void offer_methods(struct completion *completion)
{
	for (size_t i = 0; i < schema_method_count; i++)
		offer(completion, text_of(schema_methods[i].key), "drift method");
	offer(completion, TEXT("auto"), "PSI and missing values");
}

static void offer_shown_methods(struct completion *completion)
{
	offer_methods(completion);
	offer(completion, TEXT("all"), "every method that applies");
}

static void offer_kinds(struct completion *completion)
{
	for (enum kind kind = KIND_RECIPE; kind < KIND_COUNT; kind++)
		offer(completion, text_of(explain_kind_word(kind)), NULL);
}

static void offer_commands(struct completion *completion)
{
	for (size_t i = 0; i < command_count; i++)
		offer(completion, text_of(commands[i]->name), commands[i]->summary);
}

static void offer_limits(struct completion *completion)
{
	const struct field *limits = schema_find(KIND_CONFIG, TEXT("limits"));

	for (const struct field *row = schema_next_child(KIND_CONFIG, limits, NULL); row; row = schema_next_child(KIND_CONFIG, limits, row))
		offer(completion, text_format(&completion->invocation->arena, "%s=", schema_own_name(row)), row->doc);
}

static void offer_option(struct completion *completion, const struct option *option)
{
	offer(completion, text_format(&completion->invocation->arena, "--%s", option->name), option->doc);
}

static void offer_options(struct completion *completion)
{
	const struct command *command = completion->command;

	for (size_t i = 0; command && i < command->option_count; i++)
		offer_option(completion, &command->options[i]);
	for (size_t i = 0; i < global_option_count; i++)
		if (!command || command_option(command, text_of(global_options[i].name), false) == &global_options[i])
			offer_option(completion, &global_options[i]);
}

/* --- from the workspace --- */

static void offer_runs(struct completion *completion, const struct model *model)
{
	for (size_t i = 0; i < model->run_count; i++)
		offer(completion, text_format(&completion->invocation->arena, "%.*s/%.*s", TEXT_ARGS(model->record.id), TEXT_ARGS(model->runs[i].record.id)),
		      NULL);
}

/* what: the word that the operands' text has for it, such as MODEL. */
static void offer_records(struct completion *completion, struct text what)
{
	struct workspace workspace;

	if (session_open(&workspace, completion->invocation) == EXIT_OK) {
		const struct catalog *catalog = &workspace.catalog;
		bool runs = text_find(completion->word, '/') < completion->word.len;
		bool both = text_is(what, "ID");
		for (size_t i = 0; (both || text_is(what, "RECIPE")) && i < catalog->recipe_count; i++)
			offer(completion, catalog->recipes[i].record.id, "recipe");
		for (size_t i = 0; (both || text_is(what, "PACK")) && i < catalog->pack_count; i++)
			offer(completion, catalog->packs[i].record.id, "pack");
		for (size_t i = 0; text_is(what, "MODEL") && !runs && i < catalog->model_count; i++)
			offer(completion, catalog->models[i].record.id, "model");
		for (size_t i = 0; text_is(what, "RUN") && runs && i < catalog->model_count; i++)
			offer_runs(completion, &catalog->models[i]);
		for (size_t i = 0; text_is(what, "FAMILY") && i < catalog->config.family_count; i++)
			offer(completion, catalog->config.families[i], NULL);
	}
	workspace_close(&workspace);
}

/* --- what stands where --- */

static void offer_placeholder(struct completion *completion, struct text what)
{
	static const struct {
		const char *what;
		void (*offer)(struct completion *completion);
	} tables[] = {
		{"FIELD", offer_fields}, {"CODE", offer_codes}, {"METHOD", offer_methods}, {"KIND", offer_kinds}, {"COMMAND", offer_commands},
	};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (text_is(what, tables[i].what))
			tables[i].offer(completion);
	if (text_is(what, "PATH"))
		buffer_string(&completion->out, ":files\n");
	if (text_is(what, "DIR"))
		buffer_string(&completion->out, ":dirs\n");
	/* These two know recipes alone. */
	if (text_is(what, "ID") && (completion->command == &command_resolve || completion->command == &command_clone))
		what = TEXT("RECIPE");
	if (text_is(what, "ID") || text_is(what, "RECIPE") || text_is(what, "MODEL") || text_is(what, "RUN"))
		offer_records(completion, what);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* What stands for the next operand in "ID major|minor|patch"; the last stands for all that follow. Whole where forms are told apart by a
 * bar with blanks. */
static struct text operand_part(const struct completion *completion)
{
	struct text rest = text_of(completion->command->operands);

	if (strstr(completion->command->operands, " | "))
		return rest;
	for (size_t i = 0; i < completion->operands && text_find(rest, ' ') < rest.len; i++)
		rest = text_cut(rest, text_find(rest, ' ') + 1, rest.len);
	return text_cut(rest, 0, text_find(rest, ' '));
}

/* Words in small letters are what may be typed, the others stand for something. */
static void offer_operands(struct completion *completion)
{
	struct text part = operand_part(completion);

	if (completion->operands >= completion->command->most)
		return;
	for (size_t at = 0, len; at < part.len; at += len ? len : 1) {
		for (len = 0; at + len < part.len && is_letter(part.at[at + len]);)
			len++;
		struct text word = text_cut(part, at, at + len);
		if (len && word.at[0] >= 'a')
			offer(completion, word, NULL);
		else if (len)
			offer_placeholder(completion, word);
	}
}

static void offer_value(struct completion *completion)
{
	const struct option *option = completion->awaiting;
	struct text argument = text_of(option->argument);

	if (option->allowed && option->kind == OPTION_WORD)
		offer_choices(completion, option->allowed);
	else if (option->kind == OPTION_FORMAT)
		offer_choices(completion, completion->command && completion->command->formats ? completion->command->formats : "text|json");
	else if (text_is(argument, "DIR"))
		buffer_string(&completion->out, ":dirs\n");
	else if (text_is(argument, "FILE") || text_ends(argument, ".csv"))
		buffer_string(&completion->out, ":files\n");
	else if (text_is(argument, "NAME=VALUE"))
		offer_limits(completion);
	else if (text_is(argument, "KEY,..."))
		offer_shown_methods(completion);
	else if (strcmp(option->name, "family") == 0)
		offer_records(completion, TEXT("FAMILY"));
	else if (strcmp(option->name, "pack") == 0)
		offer_records(completion, TEXT("PACK"));
	else if (text_is(argument, "ID"))
		offer_records(completion, TEXT("RECIPE"));
	else if (text_is(argument, "MODEL"))
		offer_records(completion, TEXT("MODEL"));
}

/* --- what was typed before --- */

/* Where the workspace is has to be known; other options do not change what may follow. */
static void note_option(struct invocation *invocation, const struct option *option, struct text value)
{
	static const char *const names[] = {"directory", "git-dir", "at"};

	if (strcmp(option->name, "staged") == 0)
		invocation->staged = true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (value.at && strcmp(option->name, names[i]) == 0)
			*(const char **)(void *)((char *)invocation + option->offset) = arena_copy(&invocation->arena, value.at, value.len);
}

static void read_long(struct completion *completion, struct text word)
{
	size_t equals = text_find(word, '=');
	const struct option *option = command_option(completion->command, text_cut(word, 2, equals), false);
	bool has_value = equals < word.len;

	if (!option)
		return;
	note_option(completion->invocation, option, has_value ? text_cut(word, equals + 1, word.len) : (struct text){NULL, 0});
	if (option->kind != OPTION_FLAG && !has_value)
		completion->awaiting = option;
}

static void read_letters(struct completion *completion, struct text word)
{
	for (size_t i = 1; i < word.len; i++) {
		const struct option *option = command_option(completion->command, text_cut(word, i, i + 1), true);
		struct text rest = text_cut(word, i + 1, word.len);
		if (!option)
			return;
		note_option(completion->invocation, option, rest.len ? rest : (struct text){NULL, 0});
		if (option->kind == OPTION_FLAG)
			continue;
		if (!rest.len)
			completion->awaiting = option;
		return;
	}
}

static void read_word(struct completion *completion, struct text word)
{
	if (completion->awaiting) {
		note_option(completion->invocation, completion->awaiting, word);
		completion->awaiting = NULL;
	} else if (!completion->options_over && text_is(word, "--")) {
		completion->options_over = true;
	} else if (!completion->options_over && text_starts(word, "--")) {
		read_long(completion, word);
	} else if (!completion->options_over && text_starts(word, "-") && word.len > 1) {
		read_letters(completion, word);
	} else if (!completion->command) {
		completion->command = command_find(word);
	} else {
		completion->operands++;
	}
}

static void complete(struct completion *completion)
{
	struct text word = completion->word;
	size_t equals = text_find(word, '=');

	if (!completion->awaiting && !completion->options_over && text_starts(word, "--") && equals < word.len) {
		completion->awaiting = command_option(completion->command, text_cut(word, 2, equals), false);
		completion->prefix = text_cut(word, 0, equals + 1);
		completion->word = text_cut(word, equals + 1, word.len);
		if (!completion->awaiting || completion->awaiting->kind == OPTION_FLAG)
			return;
	}
	if (completion->awaiting)
		offer_value(completion);
	else if (!completion->options_over && text_starts(word, "-"))
		offer_options(completion);
	else if (completion->command)
		offer_operands(completion);
	else
		offer_commands(completion);
}

static int run_complete(struct invocation *invocation)
{
	const struct words *words = &invocation->operands;
	struct invocation typed = {.arena = invocation->arena, .quiet = true};
	struct completion completion = {.invocation = &typed, .word = words->items[words->count - 1]};

	for (size_t i = 0; i + 1 < words->count; i++)
		read_word(&completion, words->items[i]);
	buffer_init(&completion.out);
	complete(&completion);
	invocation->arena = typed.arena;
	int code = session_write(invocation, &completion.out, EXIT_OK);
	buffer_release(&completion.out);
	return code;
}

const struct command command_complete = {
	.name = "__complete",
	.operands = "WORD...",
	.least = 1,
	.most = SIZE_MAX,
	.summary = "what may stand in place of the last word, for shell completion",
	.examples = {"galley __complete -- explain monitoring."},
	.run = run_complete,
};

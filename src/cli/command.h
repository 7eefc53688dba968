/* Commands and their options, as tables: parsing, usage and help are all read from them.
 *
 * Ownership: tables are constant; an invocation points into argv and its own arena. Failure: usage errors are printed by
 * command_parse() and give EXIT_USAGE; a command returns its exit code. */
#ifndef GALLEY_COMMAND_H
#define GALLEY_COMMAND_H

#include <stdio.h>

#include "arena.h"
#include "buffer.h"
#include "diag.h"
#include "failure.h"
#include "pipeline.h"
#include "progress_line.h"

struct words {
	struct text *items;
	size_t count;
};

/* --format F or F=FILE. */
struct output {
	struct text format;
	const char *file; /* NULL: --output or standard output */
};

#ifndef GALLEY_VERSION
#define GALLEY_VERSION "0.1.0"
#endif

/* Everything that can be said on a command line. */
struct invocation {
	struct arena arena;
	const struct command *command;
	struct words operands;
	/* for every command */
	const char *directory, *git_dir, *at, *as_of, *format, *output, *color, *fail_on;
	bool staged, json, no_cache, quiet, verbose, help, version;
	size_t jobs;
	struct words limit_settings;
	/* Set by a command before session_open(), as in struct workspace_request. */
	bool findings_only, differences_only, settings_only, live, base_if_any, base_exactly, may_be_none, since_fork, seen;
	const char *objects, *against;
	struct text below;
	/* for some */
	bool why, commit, check, show, clear, merge, suggest, waivers, server, exit_code;
	struct words workspaces;
	const char *branch, *author, *base, *out;
	struct output *outputs; /* every --format, for commands of many formats */
	size_t output_count;
	const char *summary;
	size_t max_findings; /* SIZE_MAX: all */
	size_t max_bytes;    /* SIZE_MAX: not given */
	const char *key;
	const char *reference_profile, *current_profile;
	const char *reference, *current, *delimiter, *recipe;
	struct words drifts;
	size_t rows, seed;
	struct words na, columns, kinds, methods;
	size_t max_bad_rows;
	size_t memory; /* 0: not given */
	const char *family, *level, *status, *tag, *owner, *sort;
	const char *kind;
	bool eval;
	size_t limit;
	bool dry_run, draft, list, activity;
	const char *message, *to, *run, *model_version, *name, *parent, *type, *of, *started_at, *finished_at, *metrics_path, *error;
	struct words packs, metrics;
	const char *model, *experiment, *as;
	struct words runs, files;
	bool unfinished, skip_incomplete;
	struct progress_line line; /* begun by cli_run() */
};

enum option_kind { OPTION_FLAG, OPTION_WORD, OPTION_NUMBER, OPTION_SIZE, OPTION_WORDS, OPTION_FORMAT };

struct option {
	const char *name; /* without "--" */
	char letter;      /* 0: none */
	enum option_kind kind;
	size_t offset;        /* of the field in struct invocation */
	const char *argument; /* "DIR"; NULL for flags */
	const char *allowed;  /* "text|json"; of a number "1..1024", where an end may be left out; of a size the least, "1MiB"; NULL */
	const char *doc;
};

struct command {
	const char *name;
	const char *operands; /* "[MODEL[/RUN]...]" */
	size_t least, most;   /* number of operands */
	const char *summary;
	const char *details;
	const char *examples[3];
	const char *formats; /* "text|json"; the first is the default */
	bool many_formats;   /* --format may be given again, each with a file */
	const struct option *options;
	size_t option_count;
	int (*run)(struct invocation *invocation);
};

extern const struct command *const commands[];
extern const size_t command_count;
extern const struct option global_options[];
extern const size_t global_option_count;

/* EXIT_OK with invocation filled in, or EXIT_USAGE after a message on stderr. */
int command_parse(struct invocation *invocation, int argc, char **argv);
/* Also the hidden one, which is not in commands. */
const struct command *command_find(struct text name);
/* The option of a command (NULL: none yet) or of all, by name or letter; NULL. */
const struct option *command_option(const struct command *command, struct text name, bool is_letter);

/* Help for one command, or for the program where command is NULL. */
void help_print(struct buffer *out, const struct command *command);
/* The same as a manual page, section 1. */
void man_print(struct buffer *out, const struct command *command);

/* --- what the commands share (session.c) --- */

/* Opens the workspace that the global options name. Prints the failure and returns its exit code, or EXIT_OK. */
int session_open(struct workspace *workspace, struct invocation *invocation);
/* What session_open() opens; limits must live as long as the request. */
int session_request(struct workspace_request *request, struct limits *limits, struct invocation *invocation);
int session_measure(struct workspace *workspace, bool latest_only, const struct model *const *only, size_t only_count);
/* Prints a failure and returns its code. */
/* Who hears of long work: NULL where nobody looks. */
const struct progress *session_progress(struct invocation *invocation);

int session_fail(const struct failure *failure);
/* A usage error of a command's own: prints it with where to look, returns EXIT_USAGE. */
int session_usage(const struct invocation *invocation, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The whole of a small file that the command line names. */
int session_read(struct text *bytes, const char *path, const struct limits *limits, struct arena *arena, struct failure *failure);
/* Writes what a command made to --output or stdout; returns code, or EXIT_UNABLE when it could not be written. */
int session_write(const struct invocation *invocation, const struct buffer *out, int code);
/* The same to a file, "-" for stdout. */
int session_write_file(const char *path, const struct buffer *out, int code);
bool session_is(const struct invocation *invocation, const char *format);
bool session_color(const struct invocation *invocation, FILE *stream);
/* The severity from which findings give exit code 1; fallback where --fail-on is not given. */
enum severity session_fail_on(const struct invocation *invocation, enum severity fallback);
/* Prints findings of this severity and above to stderr; files: how many were read. */
void session_findings(const struct diags *diags, enum severity at_least, size_t files, const struct invocation *invocation);
/* Prints the findings of a workspace that are errors to stderr; EXIT_FINDINGS when there are any, else EXIT_OK. */
int session_errors(const struct workspace *workspace, const struct invocation *invocation);
/* Findings that are errors, said or kept for it, and what else a run of `report` comes to before its pages. */
void session_answer(struct run_answer *answer, struct workspace *workspace, const struct invocation *invocation);
void session_say(const struct run_answer *answer);
/* See workspace_again() and workspace_keep(). */
int session_again(bool *again, struct run_answer *answer, struct invocation *invocation, enum run_kind kind);
void session_keep(struct workspace *workspace, struct run_answer *answer, struct invocation *invocation, enum run_kind kind,
                  const struct publish_file *files, size_t count);
/* Says on stderr that there is no such id, with the nearest, or with what there is; returns EXIT_FINDINGS. */
int session_unknown(const char *what, struct text id, const struct text *names, size_t count);
/* How much a watched model's state weighs: a warning where it is only degraded, else an error unless it is healthy. */
enum severity session_weigh(const struct model_result *model);
/* The model of this id, or a message with the nearest and EXIT_FINDINGS. */
int session_model(const struct model **model, const struct workspace *workspace, struct text id, struct arena *arena);
/* The run that MODEL/RUN names, and its model; else the same. */
int session_run(const struct model **model, const struct run **run, const struct workspace *workspace, struct text word);
/* A line on stderr, unless -q. */
void session_note(const struct invocation *invocation, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* limits_default with each --limit; a usage error where one cannot be read. */
int session_limits(struct limits *limits, struct invocation *invocation);

/* The effective recipe of an operand ID[@VERSION], which must be the version that was read; says why there is none. */
int session_recipe(const struct effective **out, struct workspace *workspace, struct text name, struct invocation *invocation);
/* --jobs, else the processors. */
unsigned session_jobs(const struct invocation *invocation);
/* A profile from a file of the command line; says what is wrong with it. */
int session_profile(struct profile *out, const char *path, const struct limits *limits, struct invocation *invocation);

int64_t session_now(void);

/* --- for what commits --- */

/* Who commits by git's own variables, each by itself as git takes them; empty: git's configuration. */
void session_person(struct publish_request *request);
int64_t session_commit_time(void);
/* The paths that were read, and behind them that of the reports. */
enum { SESSION_READ = 5, SESSION_WATCHED = 6 };
size_t session_watched(struct text paths[static SESSION_WATCHED], struct workspace *workspace);

#define COMMAND(name) extern const struct command command_##name;
#include "commands.h"
#undef COMMAND
extern const struct command command_complete;

#endif

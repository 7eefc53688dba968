/* Authoring: what the commands share that write a manifest: read, let the rules speak, check the workspace as it would be, show the
 * difference, and write the file or one commit.
 *
 * Ownership: a session's memory is its workspace's and invocation's. Failure: exit codes, after a message on stderr. */
#ifndef GALLEY_CLI_AUTHORING_H
#define GALLEY_CLI_AUTHORING_H

#include "command.h"

#define AUTHORING_OPTIONS \
	{"commit", 0, OPTION_FLAG, offsetof(struct invocation, commit), NULL, NULL, "make one commit that holds this change alone, from the branch's own content"}, \
	{"branch", 0, OPTION_WORD, offsetof(struct invocation, branch), "B", NULL, "commit to branch B instead of the current one (with --commit)"}, \
	{"message", 'm', OPTION_WORD, offsetof(struct invocation, message), "NOTE", NULL, "the change note: why, in the commit's message (with --commit)"}, \
	{"dry-run", 'n', OPTION_FLAG, offsetof(struct invocation, dry_run), NULL, NULL, "show the difference and change nothing"}

struct authoring_session {
	struct invocation *invocation;
	struct workspace workspace;
	struct authoring authoring;
	struct refusal refusal;
	struct authored authored;
	struct authored *files; /* authored alone, unless make says otherwise: all or none are written, none of them: nothing is to be done */
	size_t file_count;
	/* What is printed in the place of the difference, and with --dry-run above it; NULL: the difference alone. */
	void (*show)(struct buffer *out, const struct authoring_session *session);
	void *with;             /* make's own */
};

/* make fills session->authored in, of several files its subject and details, and those in files: EXIT_OK, -1 with session->refusal set, or the exit code of what it has said itself.
 * versioned: the version is held against history. */
int authoring_run(struct invocation *invocation, int (*make)(struct authoring_session *session), bool versioned);

struct text word_of(const char *word);
/* "MODEL/RUN" taken apart; run is empty where there is no slash. */
void split_run(struct text *model, struct text *run, struct text word);
/* A time as flags give it: ISO 8601, or "now". */
int read_time(struct text *out, struct authoring_session *session, const char *flag, const char *word);

/* --- Asking (ask.c) --- */

struct question {
	const char *flag;           /* "--family FAMILY", what to give where nobody can be asked */
	const char *what;           /* "model family" */
	const struct text *choices; /* to suggest */
	size_t count;
	struct text fallback;       /* where nothing is answered; empty: an answer is needed, unless it is optional */
	bool closed;                /* only choices are answers */
	bool optional;
};

/* Leaves an answer that is there. On a terminal asks on stderr and reads from standard input; else takes the fallback, or is a usage
 * error that names the flag and the choices. */
int ask(struct text *answer, struct invocation *invocation, const struct question *question);
bool can_ask(void);

struct choices {
	struct text *items;
	size_t count;
};
void choices_add(struct choices *choices, struct text choice, struct arena *arena);

#endif

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "findings.h"

/* Refs of one push, and bytes of their list. */
enum { PUSH_BYTES = 16 << 20, OPTIONS_MAX = 100, FINDINGS_SHOWN = 50 };

static const char ZERO[] = "0000000000000000000000000000000000000000";

struct push {
	char before[41], after[41];
	struct text ref;
};

/* A finding that the pusher asks to be let through: "CODE: reason". */
struct plea {
	struct text code, reason;
	bool used;
};

struct receiver {
	struct push *pushes;
	size_t count;
	struct plea *pleas;
	size_t plea_count;
	enum severity fail_on;
};

/* --- Judging what one ref, or the index, would become --- */

/* What the pusher gave a reason for is shown as a warning with that reason. */
static void hear_pleas(struct receiver *receiver, struct workspace *workspace)
{
	for (size_t i = 0; i < workspace->diags.count; i++) {
		struct diag *diag = &workspace->diags.items[i];
		for (size_t k = 0; k < receiver->plea_count && diag->severity == SEVERITY_ERROR; k++) {
			struct plea *plea = &receiver->pleas[k];
			if (!text_is(plea->code, code_list[diag->code].id))
				continue;
			plea->used = true;
			diag->severity = SEVERITY_WARNING;
			diag->help = text_format(&workspace->arena, "let through by a push option: %.*s", TEXT_ARGS(plea->reason));
		}
	}
}

static int judge(const struct workspace *workspace, enum severity fail_on, const struct invocation *invocation)
{
	struct findings findings;
	struct arena arena;
	struct buffer out;
	int code = EXIT_OK;

	arena_init(&arena);
	buffer_init(&out);
	findings_init(&findings, &workspace->diags, NULL, 0, &arena);
	findings.files_read = workspace->files;
	findings.fail_on = fail_on;
	findings.at_least = invocation->quiet ? SEVERITY_ERROR : SEVERITY_WARNING;
	findings.most = invocation->max_findings == SIZE_MAX ? FINDINGS_SHOWN : invocation->max_findings;
	findings.color = session_color(invocation, stderr);
	for (size_t i = 0; i < findings.count; i++)
		if (findings.items[i].diag->severity >= fail_on)
			code = EXIT_FINDINGS;
	/* A good commit or push is made without a word. */
	if (code != EXIT_OK) {
		findings_format(TEXT("text"))->render(&out, &findings);
		fwrite(out.data, 1, out.len, stderr);
		if (findings_left_out(&findings))
			session_note(invocation, "%zu more findings are not shown", findings_left_out(&findings));
	}
	buffer_release(&out);
	arena_release(&arena);
	return code;
}

/* Each workspace that the hook was installed for, or the one that is found from where it runs; the worst counts. */
static int in_each(int (*judge_one)(struct receiver *receiver, const struct push *push, const struct invocation *from), struct receiver *receiver,
                   const struct push *push, const struct invocation *from)
{
	struct invocation invocation = *from;
	size_t i = 0;
	int worst = EXIT_OK;

	do {
		if (from->workspaces.count)
			invocation.below = from->workspaces.items[i];
		int code = judge_one(receiver, push, &invocation);
		worst = code > worst ? code : worst;
	} while (++i < from->workspaces.count);
	return worst;
}

static bool is_named(const struct invocation *invocation, struct text place)
{
	for (size_t i = 0; i < invocation->workspaces.count; i++)
		if (text_equal(invocation->workspaces.items[i], place))
			return true;
	return false;
}

/* Whether the start folder leads to the workspace of the base no more, but to none, or to one further up that was there already. */
static bool is_lost(const struct workspace *workspace)
{
	const struct workspace_base *base = workspace->base;

	if (workspace->none)
		return !workspace->base_none;
	return base && !base->moved && base->catalog.config.workspace.len > workspace->catalog.config.workspace.len;
}

/* Of one that is lost: *judge is false where there is nothing to judge here, as it moved to a folder that the hook names too, or is refused;
 * what: "the commit". */
static int judge_loss(bool *judge, struct workspace *workspace, const char *what, const struct invocation *invocation)
{
	struct failure failure;
	struct text to;
	bool moved;

	*judge = false;
	if (workspace_moved_to(&to, &moved, workspace, &failure) < 0)
		return session_fail(&failure);
	struct text from = workspace->base->catalog.config.workspace, folder = text_cut(to, 0, to.len ? to.len - 1 : 0);
	if (moved && is_named(invocation, folder))
		return EXIT_OK;
	if (moved) {
		session_note(invocation, "galley: %s would move the workspace from %.*s to '%.*s', which this hook does not judge: add --workspace '%.*s' to its script",
		             what, TEXT_ARGS(from.len ? from : TEXT("the top")), TEXT_ARGS(to), TEXT_ARGS(folder));
		return EXIT_FINDINGS;
	}
	*judge = !workspace->none;
	if (workspace->none)
		session_note(invocation, "galley: %s would remove the whole workspace", what);
	return workspace->none ? EXIT_FINDINGS : EXIT_OK;
}

static int judge_index(struct receiver *receiver, const struct push *push, const struct invocation *from)
{
	struct invocation invocation = *from;
	struct workspace workspace;

	(void)receiver;
	(void)push;
	invocation.staged = true;
	invocation.base = "HEAD";
	invocation.base_if_any = invocation.findings_only = invocation.live = invocation.may_be_none = true;
	int code = session_open(&workspace, &invocation);
	bool judged = !workspace.none;
	if (code == EXIT_OK && is_lost(&workspace))
		code = judge_loss(&judged, &workspace, "the commit", &invocation);
	if (code == EXIT_OK && judged)
		code = judge(&workspace, session_fail_on(from, SEVERITY_ERROR), from);
	if (code == EXIT_FINDINGS && from->below.len)
		session_note(from, "galley: not committed; the same again, in '%.*s': galley check --staged --base HEAD", TEXT_ARGS(from->below));
	else if (code == EXIT_FINDINGS)
		session_note(from, "galley: not committed; the same again: galley check --staged --base HEAD");
	workspace_close(&workspace);
	return code;
}

static int judge_branch(struct receiver *receiver, const struct push *push, const struct invocation *from)
{
	struct invocation invocation = *from;
	struct workspace workspace;
	bool creates = strcmp(push->before, ZERO) == 0;

	invocation.at = push->after;
	invocation.base = creates ? "HEAD" : push->before;
	invocation.base_if_any = creates;
	invocation.base_exactly = !creates;
	invocation.findings_only = invocation.live = invocation.may_be_none = true;
	int code = session_open(&workspace, &invocation);
	bool judged = !workspace.none;
	if (code == EXIT_OK && is_lost(&workspace))
		code = judge_loss(&judged, &workspace, "the push", &invocation);
	if (code == EXIT_OK && judged) {
		hear_pleas(receiver, &workspace);
		code = judge(&workspace, receiver->fail_on, &invocation);
	}
	workspace_close(&workspace);
	if (code != EXIT_OK)
		session_note(&invocation, "galley: refused: %.*s", TEXT_ARGS(push->ref));
	return code;
}

/* --- What git tells a pre-receive hook --- */

static bool is_id(struct text word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!strchr("0123456789abcdef", word.at[i]))
			return false;
	return word.len == 40;
}

static bool read_push(struct push *push, struct text line)
{
	struct text before = text_cut(line, 0, text_find(line, ' ')), rest = text_cut(line, before.len + 1, line.len);
	struct text after = text_cut(rest, 0, text_find(rest, ' '));

	if (!is_id(before) || !is_id(after) || rest.len <= after.len + 1)
		return false;
	memcpy(push->before, before.at, 41);
	memcpy(push->after, after.at, 41);
	push->before[40] = push->after[40] = '\0';
	push->ref = text_cut(rest, after.len + 1, rest.len);
	return true;
}

/* "old new ref" a line. */
static int read_pushes(struct receiver *receiver, struct invocation *invocation)
{
	struct failure failure;
	char *bytes = arena_array(&invocation->arena, PUSH_BYTES + 1, 1);
	size_t got = fread(bytes, 1, PUSH_BYTES + 1, stdin);

	if (ferror(stdin) || got > PUSH_BYTES) {
		failure_set(&failure, EXIT_UNABLE, "cannot read the list of refs: %s", ferror(stdin) ? strerror(errno) : "it is longer than 16 MiB");
		return session_fail(&failure);
	}
	for (struct text rest = {bytes, got}; rest.len;) {
		struct text line = text_cut(rest, 0, text_find(rest, '\n'));
		struct push push;
		if (!read_push(&push, line)) {
			failure_set(&failure, EXIT_UNABLE, "standard input is no list of refs as git gives it to pre-receive: '%.*s'", (int)(line.len < 200 ? line.len : 200),
			            line.at);
			return session_fail(&failure);
		}
		receiver->pushes = arena_grow(&invocation->arena, receiver->pushes, receiver->count, sizeof *receiver->pushes);
		receiver->pushes[receiver->count++] = push;
		rest = text_cut(rest, line.len + 1, rest.len);
	}
	return EXIT_OK;
}

static bool code_known(struct text id)
{
	for (size_t i = 0; i < CODE_COUNT; i++)
		if (text_is(id, code_list[i].id))
			return true;
	return false;
}

static int refuse_option(struct text option, const char *why)
{
	struct failure failure;

	failure_set(&failure, EXIT_FINDINGS, "push option '%.*s': %s", (int)(option.len < 200 ? option.len : 200), option.at, why);
	return session_fail(&failure);
}

static int take_plea(struct receiver *receiver, struct text option, struct text value, struct invocation *invocation)
{
	struct plea plea = {.code = text_cut(value, 0, text_find(value, ':'))};

	plea.reason = text_trim(text_cut(value, plea.code.len + 1, value.len));
	if (!invocation->waivers)
		return refuse_option(option, "this repository takes no such options (its hook runs without --allow-waivers)");
	if (!plea.reason.len)
		return refuse_option(option, "a reason is needed: galley.allow=CODE: REASON");
	if (!code_known(plea.code))
		return refuse_option(option, "there is no such code; 'galley explain' lists them");
	if (is_unsuppressible_code(plea.code))
		return refuse_option(option, "findings of this code cannot be let through; a gate is waived in the recipe");
	receiver->pleas = arena_grow(&invocation->arena, receiver->pleas, receiver->plea_count, sizeof *receiver->pleas);
	receiver->pleas[receiver->plea_count++] = plea;
	return EXIT_OK;
}

/* Options for us begin with "galley."; a mistyped one must not be taken for none. */
static int take_option(struct receiver *receiver, struct text option, struct invocation *invocation)
{
	struct text name = text_cut(option, 0, text_find(option, '=')), value = text_cut(option, name.len + 1, option.len);

	if (!text_starts(option, "galley."))
		return EXIT_OK;
	if (text_is(name, "galley.allow"))
		return take_plea(receiver, option, value, invocation);
	if (!text_is(name, "galley.fail-on"))
		return refuse_option(option, "is none of galley.allow, galley.fail-on");
	enum severity asked = text_is(value, "note") ? SEVERITY_NOTE : text_is(value, "warning") ? SEVERITY_WARNING : SEVERITY_ERROR;
	if (asked == SEVERITY_ERROR && !text_is(value, "error"))
		return refuse_option(option, "must be error, warning or note");
	receiver->fail_on = asked < receiver->fail_on ? asked : receiver->fail_on; /* stricter only */
	return EXIT_OK;
}

static int read_options(struct receiver *receiver, struct invocation *invocation)
{
	const char *count = getenv("GIT_PUSH_OPTION_COUNT");
	long options = count ? strtol(count, NULL, 10) : 0;
	int code = EXIT_OK;

	if (options > OPTIONS_MAX)
		return refuse_option(text_of(count), "more than 100 are not taken");
	for (long i = 0; i < options && code == EXIT_OK; i++) {
		const char *option = getenv(arena_format(&invocation->arena, "GIT_PUSH_OPTION_%ld", i));
		if (option)
			code = take_option(receiver, text_of(option), invocation);
	}
	return code;
}

static int run_pre_receive(struct invocation *invocation)
{
	struct receiver receiver = {.fail_on = session_fail_on(invocation, SEVERITY_ERROR)};

	if (!invocation->git_dir && !invocation->directory)
		invocation->git_dir = getenv("GIT_DIR");
	invocation->objects = getenv("GIT_QUARANTINE_PATH");
	int worst = read_options(&receiver, invocation);
	if (worst == EXIT_OK)
		worst = read_pushes(&receiver, invocation);
	for (size_t i = 0; i < receiver.count; i++) {
		const struct push *push = &receiver.pushes[i];
		/* Tags and notes change no branch, and what a deleted branch held is history. */
		if (!text_starts(push->ref, "refs/heads/") || strcmp(push->after, ZERO) == 0)
			continue;
		int code = in_each(judge_branch, &receiver, push, invocation);
		worst = code > worst ? code : worst;
	}
	for (size_t i = 0; i < receiver.plea_count; i++)
		if (!receiver.pleas[i].used)
			session_note(invocation, "galley: push option galley.allow=%.*s: nothing of that code was found", TEXT_ARGS(receiver.pleas[i].code));
	if (worst != EXIT_OK)
		session_note(invocation, "galley: nothing of the push was taken");
	return worst;
}

/* --- Installing --- */

static const char script[] = "#!/bin/sh\n"
                             "# written by 'galley hook install'\n"
                             "command -v galley >/dev/null 2>&1 || { echo 'galley is not on the PATH of this hook' >&2; exit 1; }\n"
                             "exec galley hook %s";

/* Git runs hooks at the top of the repository: a workspace in a folder is named. */
static int find_workspaces(struct invocation *invocation)
{
	struct invocation looking = *invocation;
	struct workspace workspace;

	looking.findings_only = looking.may_be_none = true;
	int code = session_open(&workspace, &looking);
	if (code == EXIT_OK && workspace.none)
		session_note(invocation, "there is no workspace here, so nothing is judged until there is; for one in a folder, install from there");
	struct text folder = code == EXIT_OK ? source_get_info(workspace.source)->workspace : TEXT("");
	if (folder.len) {
		invocation->workspaces.items = arena_grow(&invocation->arena, NULL, 0, sizeof *invocation->workspaces.items);
		invocation->workspaces.items[invocation->workspaces.count++] = text_copy(&invocation->arena, text_cut(folder, 0, folder.len - 1));
	}
	workspace_close(&workspace);
	return code;
}

static void add_word(struct buffer *out, struct text word)
{
	buffer_char(out, '\'');
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '\'')
			buffer_string(out, "'\\'");
		buffer_char(out, word.at[i]);
	}
	buffer_char(out, '\'');
}

static int run_install(struct invocation *invocation)
{
	struct failure failure;
	struct buffer line;
	struct text path;
	bool there;
	const char *name = invocation->server ? "pre-receive" : "pre-commit";

	if (!invocation->server && !invocation->workspaces.count) {
		int code = find_workspaces(invocation);
		if (code != EXIT_OK)
			return code;
	}
	buffer_init(&line);
	buffer_format(&line, script, name);
	for (size_t i = 0; i < invocation->workspaces.count; i++) {
		buffer_string(&line, " --workspace ");
		add_word(&line, invocation->workspaces.items[i]);
	}
	buffer_char(&line, '\n');
	struct text bytes = text_copy(&invocation->arena, buffer_text(&line));
	buffer_release(&line);
	if (publish_hook(&path, &there, invocation->directory, invocation->git_dir, name, bytes, &invocation->arena, &failure) < 0)
		return session_fail(&failure);
	session_note(invocation, there ? "%.*s is there already" : "wrote %.*s", TEXT_ARGS(path));
	return EXIT_OK;
}

/* A path from the top that git could hold. */
static bool is_folder_name(struct text path)
{
	for (bool more = true; more;) {
		struct text part = text_cut(path, 0, text_find(path, '/'));
		if (!part.len || text_is(part, ".") || text_is(part, "..") || text_find(part, '\n') < part.len)
			return false;
		more = part.len < path.len;
		path = text_cut(path, part.len + 1, path.len);
	}
	return true;
}

static int run_hook(struct invocation *invocation)
{
	struct text what = invocation->operands.items[0];

	for (size_t i = 0; i < invocation->workspaces.count; i++) {
		struct text *folder = &invocation->workspaces.items[i];
		if (text_ends(*folder, "/"))
			folder->len--;
		if (!is_folder_name(*folder))
			return session_usage(invocation, "'--workspace' is '%.*s', must be a folder as seen from the top of the repository", TEXT_ARGS(*folder));
	}
	if (text_is(what, "pre-commit"))
		return in_each(judge_index, NULL, NULL, invocation);
	if (text_is(what, "pre-receive"))
		return run_pre_receive(invocation);
	if (text_is(what, "install"))
		return run_install(invocation);
	return session_usage(invocation, "unknown hook '%.*s'; it is one of: pre-commit, pre-receive, install", TEXT_ARGS(what));
}

#define AT(field) offsetof(struct invocation, field)

static const struct option hook_options[] = {
	{"server", 0, OPTION_FLAG, AT(server), NULL, NULL, "install pre-receive, for the repository that others push to"},
	{"workspace", 0, OPTION_WORDS, AT(workspaces), "DIR", NULL, "a workspace in a folder of the repository, as seen from its top"},
	{"allow-waivers", 0, OPTION_FLAG, AT(waivers), NULL, NULL, "pre-receive: let pushers give reasons with -o galley.allow=CODE:REASON"},
	{"max-findings", 0, OPTION_NUMBER, AT(max_findings), "N", NULL, "show the worst N of a branch; 50 unless given"},
};

const struct command command_hook = {
	.name = "hook",
	.operands = "pre-commit|pre-receive|install",
	.least = 1,
	.most = 1,
	.summary = "enforcement by git itself: on a workstation, or where others push to",
	.details = "pre-commit judges the index as 'galley check --staged --base HEAD' does. pre-receive reads 'old new ref' lines as git gives them\n"
	           "and judges each branch that is pushed, before git takes it: its newest commit, and all that it changes against the branch as it\n"
	           "stood; what a rewritten branch leaves out counts as removed. A new branch is compared with HEAD. Tags and deleted branches pass.\n"
	           "Pushers may ask for more with -o galley.fail-on=warning.\n"
	           "\n"
	           "install writes the script that calls it: .git/hooks/pre-commit, with --server hooks/pre-receive. A hook that is there is kept.\n"
	           "Git runs hooks at the top of the repository: a workspace in a folder is found when pre-commit is installed from there, and named\n"
	           "with --workspace where others push to.",
	.examples = {"galley hook install", "galley --git-dir /srv/models.git hook install --server", "galley hook pre-commit"},
	.formats = "text",
	.options = hook_options,
	.option_count = sizeof hook_options / sizeof *hook_options,
	.run = run_hook,
};

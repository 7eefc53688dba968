#include "command.h"
#include "propose.h"
#include "text_report.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option propose_options[] = {
	{"list", 0, OPTION_FLAG, AT(list), NULL, NULL, "show the proposals that stand, also those of remotes, and what each would do"},
	{"dry-run", 'n', OPTION_FLAG, AT(dry_run), NULL, NULL, "change nothing; show the patches, with --list those of each branch"},
};

/* Who commits: galley.yaml's committer, else git's own variables, each by itself as git takes them, else (empty) git's configuration. */
static void set_identity(struct proposal_request *request, const struct config *config)
{
	struct publish_request person = {.name = config->committer_name, .email = config->committer_email};

	if (!config->committer_name.len || !config->committer_email.len) {
		person = (struct publish_request){.time = 0};
		session_person(&person);
	}
	request->name = person.name;
	request->email = person.email;
}

static struct proposal_request branches_of(const struct workspace *workspace, const struct invocation *invocation)
{
	struct proposal_request request = {.git_dir = invocation->git_dir, .directory = invocation->directory};
	int64_t as_of = workspace->results.as_of;

	memcpy(request.base, source_get_info(workspace->source)->commit, sizeof request.base);
	/* git knows no time before 1970. */
	request.time = as_of > 0 ? as_of : 0;
	return request;
}

/* --- propose --- */

static int print_proposed(const struct workspace *workspace, const struct invocation *invocation, const struct proposed *items, size_t count)
{
	struct buffer out;
	int busy = EXIT_OK;

	buffer_init(&out);
	if (session_is(invocation, "json"))
		proposed_json(&out, items, count, invocation->dry_run, workspace->results.as_of, source_get_info(workspace->source)->commit);
	else
		proposed_text(&out, items, count, invocation->dry_run, !invocation->output && session_color(invocation, stdout));
	for (size_t i = 0; i < count; i++)
		if (items[i].in_use)
			busy = EXIT_UNABLE;
	int code = session_write(invocation, &out, busy);
	buffer_release(&out);
	return code;
}

static int check_place(const struct workspace *workspace)
{
	struct failure failure;

	if (!workspace->catalog.config.misplaced)
		return EXIT_OK;
	failure_set(&failure, EXIT_FINDINGS, "nothing is proposed: which folder is for runs is not certain until galley.yaml is right");
	return session_fail(&failure);
}

static int prepare(struct workspace *workspace, const struct invocation *invocation, struct propose_request *request)
{
	struct failure failure;
	struct text *warnings;
	size_t count;

	request->branches = branches_of(workspace, invocation);
	set_identity(&request->branches, &workspace->catalog.config);
	if (invocation->dry_run)
		return EXIT_OK;
	if (proposal_prepare(&warnings, &count, &request->branches, &workspace->arena, &failure) < 0)
		return session_fail(&failure);
	for (size_t i = 0; i < count; i++)
		session_note(invocation, "warning: %.*s", TEXT_ARGS(warnings[i]));
	return EXIT_OK;
}

static int make_proposals(struct invocation *invocation)
{
	struct workspace_request wanted;
	struct workspace workspace;
	struct proposed *items;
	struct failure failure;
	struct limits limits;
	size_t count;

	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK)
		code = check_place(&workspace);
	if (code == EXIT_OK)
		code = session_measure(&workspace, false, NULL, 0);
	if (code == EXIT_OK)
		code = session_request(&wanted, &limits, invocation);
	wanted.findings_only = true;
	struct propose_request request = {.workspace = &wanted, .dry_run = invocation->dry_run};
	if (code == EXIT_OK)
		code = prepare(&workspace, invocation, &request);
	if (code == EXIT_OK) {
		/* Said, but what is due does not wait for another model's mistake. */
		session_errors(&workspace, invocation);
		code = propose(&items, &count, &workspace, &request, &failure) < 0 ? session_fail(&failure)
		                                                                 : print_proposed(&workspace, invocation, items, count);
	}
	workspace_close(&workspace);
	return code;
}

/* --- propose --list --- */

static int list_proposals(struct invocation *invocation)
{
	struct workspace workspace;
	struct proposal *items;
	struct failure failure;
	struct buffer out;
	size_t count;

	invocation->settings_only = true;
	int code = session_open(&workspace, invocation);
	if (code == EXIT_OK) {
		const struct proposal_request request = branches_of(&workspace, invocation);
		if (proposals_read(&items, &count, &request, &workspace.arena, &failure) < 0)
			code = session_fail(&failure);
	}
	if (code == EXIT_OK) {
		buffer_init(&out);
		if (session_is(invocation, "json"))
			queue_json(&out, items, count, invocation->dry_run, workspace.results.as_of);
		else
			queue_text(&out, items, count, invocation->dry_run, workspace.results.as_of, !invocation->output && session_color(invocation, stdout));
		code = session_write(invocation, &out, EXIT_OK);
		buffer_release(&out);
	}
	workspace_close(&workspace);
	return code;
}

static int run_propose(struct invocation *invocation)
{
	if (invocation->staged)
		return session_usage(invocation, "'propose' reads a commit, which its branches begin at; '--staged' does not go with it");
	/* The present is now, though a commit is read: a feed goes stale without one. */
	invocation->live = !invocation->at;
	if (!invocation->at)
		invocation->at = "HEAD";
	return invocation->list ? list_proposals(invocation) : make_proposals(invocation);
}

const struct command command_propose = {
	.name = "propose",
	.operands = "",
	.summary = "each action due that changes files, as a branch for a person to merge",
	.details = "A rollback sets the model's production_run back, a retraining is a queued run: one commit on galley/MODEL/ACTION, made from the\n"
	           "commit that is read (HEAD, or --at), never from the working tree. Merging approves it. The same cause is proposed once; it is\n"
	           "withdrawn when the cause is gone, merged, or covered by a hold or a queued run. What a person has added to stays as it is.",
	.examples = {"galley propose", "galley propose --dry-run", "galley propose --list --format json"},
	.formats = "text|json",
	.options = propose_options,
	.option_count = sizeof propose_options / sizeof *propose_options,
	.run = run_propose,
};

#include "authoring.h"

static const struct option approve_options[] = {AUTHORING_OPTIONS};

static int make_approved(struct authoring_session *session)
{
	return author_approve(&session->authored, &session->authoring, session->invocation->operands.items[0]);
}

static int run_approve(struct invocation *invocation)
{
	return authoring_run(invocation, make_approved, true);
}

const struct command command_approve = {
	.name = "approve",
	.operands = "ID",
	.least = 1,
	.most = 1,
	.summary = "a draft recipe or pack becomes approved, in place",
	.details = "Sets metadata.status, and nothing else in the file: from draft only, with a parent that is approved, where the workspace is right\n"
	           "afterwards. Shows the difference; with --commit it becomes one commit of that file under your own name.",
	.examples = {"galley approve recipe_pricing_kiosk", "galley approve recipe_pricing_kiosk --commit -m 'Reviewed with the pricing team'",
                 "galley approve pack_demand_strict --dry-run"},
	.options = approve_options,
	.option_count = sizeof approve_options / sizeof *approve_options,
	.run = run_approve,
};

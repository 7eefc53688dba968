#include "authoring.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option promote_options[] = {
	{"run", 0, OPTION_WORD, AT(run), "RUN", NULL, "the succeeded run that serves; needed for production"},
	{"to", 0, OPTION_WORD, AT(to), "STATUS", "staging|production|retired", "the model's new status"},
	{"version", 0, OPTION_WORD, AT(model_version), "VERSION", NULL, "the new version of the model artifact"},
	AUTHORING_OPTIONS,
};

static enum model_status status_of(struct text word)
{
	enum model_status status = MODEL_RETIRED;

	while (status > MODEL_NONE && !text_is(word, model_status_name(status)))
		status--;
	return status;
}

static bool lacks_version(const struct authoring_session *session, const struct promotion *promotion)
{
	const struct model *model = catalog_model(&session->workspace.catalog, promotion->model);

	return model && model->record.root && !promotion->version.len && !model->version.len && promotion->to != MODEL_RETIRED;
}

static int make_promoted(struct authoring_session *session)
{
	const struct invocation *invocation = session->invocation;
	struct promotion promotion = {.to = status_of(text_of(invocation->to)), .version = word_of(invocation->model_version)};
	struct text model;

	split_run(&promotion.model, &promotion.run, invocation->operands.items[0]);
	if (invocation->run) {
		/* Also as other commands name a run. */
		split_run(&model, &promotion.run, text_of(invocation->run));
		if (!promotion.run.len)
			promotion.run = model;
		else if (!text_equal(model, promotion.model))
			return session_usage(invocation, "run '%s' is of another model than '%.*s'", invocation->run, TEXT_ARGS(promotion.model));
	}
	if (!promotion.run.len && promotion.to == MODEL_PRODUCTION)
		return session_usage(invocation, "production needs the run that serves: give --run RUN");
	if (lacks_version(session, &promotion))
		return session_usage(invocation, "model '%.*s' has no version yet: give --version, such as --version 1.0.0", TEXT_ARGS(promotion.model));
	int code = author_promote(&session->authored, &session->authoring, &promotion);
	const struct model *served = catalog_model(&session->workspace.catalog, promotion.model);
	bool other = served && promotion.run.len && served->production_run.len && !text_equal(served->production_run, promotion.run);
	if (code == 0 && other && promotion.to == MODEL_PRODUCTION && !promotion.version.len)
		session_note(invocation, "note: the version stays %.*s; give --version where the artifact is a new one", TEXT_ARGS(served->version));
	return code;
}

static int run_promote(struct invocation *invocation)
{
	if (!invocation->to)
		return session_usage(invocation, "'promote' needs the new status: give --to staging|production|retired");
	if (invocation->model_version && !author_is_version(text_of(invocation->model_version)))
		return session_usage(invocation, "'--version' is '%s', must be a version such as 1.2.0", invocation->model_version);
	return authoring_run(invocation, make_promoted, false);
}

const struct command command_promote = {
	.name = "promote",
	.operands = "MODEL",
	.least = 1,
	.most = 1,
	.summary = "a model goes to staging, production or retirement, in place",
	.details = "Sets the status, with --version the version, and for production the production_run. A model only goes on, from draft to staging,\n"
	           "production and retired; in production another run may take over. Into production the run must be promotable by all its packs,\n"
	           "which is judged here again; no option passes a gate.",
	.examples = {"galley promote model_nba_retention --run 2026-08-30-train --to production --version 2.1.0",
                 "galley promote model_nba_retention --run 2026-08-30-train --to production --commit -m 'Better on promotions'",
                 "galley promote model_kiosk_site_score --to retired"},
	.options = promote_options,
	.option_count = sizeof promote_options / sizeof *promote_options,
	.run = run_promote,
};

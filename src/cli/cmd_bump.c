#include "authoring.h"

static const struct option bump_options[] = {
	{"draft", 0, OPTION_FLAG, offsetof(struct invocation, draft), NULL, NULL, "the new version starts as a draft"},
	AUTHORING_OPTIONS,
};

static const char *const parts[] = {"major", "minor", "patch"};

static int make_bumped(struct authoring_session *session)
{
	const struct words *operands = &session->invocation->operands;
	enum version_part part = PART_MAJOR;

	while (!text_is(operands->items[1], parts[part]))
		part++;
	return author_bump(&session->authored, &session->authoring, operands->items[0], part, session->invocation->draft);
}

static int run_bump(struct invocation *invocation)
{
	struct text word = invocation->operands.items[1];

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (text_is(word, parts[i]))
			return authoring_run(invocation, make_bumped, true);
	return session_usage(invocation, "'%.*s' is no part of a version, must be one of major|minor|patch", TEXT_ARGS(word));
}

const struct command command_bump = {
	.name = "bump",
	.operands = "ID major|minor|patch",
	.least = 2,
	.most = 2,
	.summary = "a recipe or pack gets its next version, in place",
	.details = "Raises metadata.version by SemVer and keeps the status, unless --draft is given: then every approved child must pin an approved\n"
	           "version, as it would rest on a draft otherwise. The content that belongs to the new version goes into the same commit.",
	.examples = {"galley bump recipe_pricing_harbor minor", "galley bump recipe_pricing_harbor minor --draft --commit -m 'Wider price range'"},
	.options = bump_options,
	.option_count = sizeof bump_options / sizeof *bump_options,
	.run = run_bump,
};

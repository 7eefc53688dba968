#include "authoring.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option clone_options[] = {
	{"name", 0, OPTION_WORD, AT(name), "NAME", NULL, "the name that people read; made from the id where it is left out"},
	{"level", 0, OPTION_WORD, AT(level), "LEVEL", "industry|client", "its level; the next below its parent's where it is left out"},
	{"owner", 0, OPTION_WORD, AT(owner), "OWNER", NULL, "who answers for it; its parent's owner where it is left out"},
	AUTHORING_OPTIONS,
};

static const struct text levels[] = {{"industry", 8}, {"client", 6}};

/* A child of an industry recipe is a client's: there is nothing to choose. */
static int take_level(struct new_record *record, const struct authoring_session *session, const struct recipe *parent)
{
	struct text word = word_of(session->invocation->level);
	struct question question = {.flag = "--level LEVEL", .what = "level", .choices = levels, .count = 2, .fallback = levels[0], .closed = true};
	int code = parent && parent->level == LEVEL_BASELINE ? ask(&word, session->invocation, &question) : EXIT_OK;

	record->level = text_is(word, "industry") ? LEVEL_INDUSTRY : text_is(word, "client") ? LEVEL_CLIENT : LEVEL_NONE;
	return code;
}

static int take_parent(struct text *id, const struct authoring_session *session)
{
	const struct catalog *catalog = &session->workspace.catalog;
	struct choices choices = {NULL, 0};

	for (size_t i = 0; i < catalog->recipe_count; i++)
		if (catalog->recipes[i].level != LEVEL_CLIENT && catalog->recipes[i].status != STATUS_ARCHIVED)
			choices_add(&choices, catalog->recipes[i].record.id, &session->invocation->arena);
	return ask(id, session->invocation,
	           &(struct question){.flag = "ID NEW_ID", .what = "recipe to inherit from", .choices = choices.items, .count = choices.count});
}

static int make_clone(struct authoring_session *session)
{
	struct invocation *invocation = session->invocation;
	struct text id = invocation->operands.count ? invocation->operands.items[0] : TEXT("");
	struct new_record record = {.id = invocation->operands.count > 1 ? invocation->operands.items[1] : TEXT(""),
	                            .name = word_of(invocation->name), .owner = word_of(invocation->owner)};
	int code;

	if ((code = take_parent(&id, session)) != EXIT_OK ||
	    (code = ask(&record.id, invocation, &(struct question){.flag = "NEW_ID behind the ID", .what = "id of the new recipe"})) != EXIT_OK ||
	    (code = take_level(&record, session, catalog_recipe(&session->workspace.catalog, id))) != EXIT_OK ||
	    (code = ask(&record.name, invocation,
	                &(struct question){.flag = "--name NAME", .what = "name", .fallback = author_name_of(record.id, &invocation->arena)})) != EXIT_OK)
		return code;
	return author_clone(&session->authored, &session->authoring, id, &record);
}

static int run_clone(struct invocation *invocation)
{
	return authoring_run(invocation, make_clone, false);
}

const struct command command_clone = {
	.name = "clone",
	.operands = "[ID] [NEW_ID]",
	.most = 2,
	.summary = "write a recipe that inherits from another",
	.details = "The child has its parent, level, version 0.1.0 and status draft of its own; nothing is copied, as everything is inherited. What it\n"
	           "should have differently is then written into it. On a terminal what is missing is asked for.",
	.examples = {"galley clone recipe_pricing_hospitality recipe_pricing_kiosk", "galley clone recipe_pricing_base recipe_pricing_grocery --level industry --name 'Grocery pricing'"},
	.options = clone_options,
	.option_count = sizeof clone_options / sizeof *clone_options,
	.run = run_clone,
};

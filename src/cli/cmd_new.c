#include "authoring.h"
#include "instant.h"

#define AT(field) offsetof(struct invocation, field)

static const struct option new_options[] = {
	{"name", 0, OPTION_WORD, AT(name), "NAME", NULL, "the name that people read; made from the id where it is left out"},
	{"family", 0, OPTION_WORD, AT(family), "FAMILY", NULL, "recipe, pack: the model family"},
	{"level", 0, OPTION_WORD, AT(level), "LEVEL", "baseline|industry|client", "recipe: its level"},
	{"parent", 0, OPTION_WORD, AT(parent), "ID", NULL, "recipe: what it inherits from; may pin, ID@VERSION"},
	{"pack", 0, OPTION_WORDS, AT(packs), "ID", NULL, "recipe: an evaluation pack that it attaches"},
	{"metric", 0, OPTION_WORDS, AT(metrics), "KEY=A,B,C", NULL, "recipe, pack: a metric with the values to promote, to warn and to fail at"},
	{"recipe", 0, OPTION_WORD, AT(recipe), "ID", NULL, "model, run: its recipe; a run has its model's where it is left out"},
	{"owner", 0, OPTION_WORD, AT(owner), "OWNER", NULL, "recipe, model: who answers for it"},
	{"type", 0, OPTION_WORD, AT(type), "TYPE", "train|eval|backtest", "run: what it does"},
	{"of", 0, OPTION_WORD, AT(of), "RUN", NULL, "run: the training run that is judged"},
	{"status", 0, OPTION_WORD, AT(status), "STATUS", "queued|running", "run: queued (default) or running"},
	{"started-at", 0, OPTION_WORD, AT(started_at), "TIME", NULL, "run: when it began: an ISO 8601 time, or 'now'"},
	AUTHORING_OPTIONS,
};

static const struct text levels[] = {{"baseline", 8}, {"industry", 8}, {"client", 6}};
static const struct text types[] = {{"train", 5}, {"eval", 4}, {"backtest", 8}};

static const struct catalog *catalog_of(const struct authoring_session *session)
{
	return &session->workspace.catalog;
}

static enum level level_of(struct text word)
{
	enum level level = LEVEL_CLIENT;

	while (level > LEVEL_NONE && !text_is(word, level_name(level)))
		level--;
	return level;
}

/* --- Metrics --- */

static struct text metric_word(const struct metric *metric, struct arena *arena)
{
	return text_format(arena, "%.*s=%.*s,%.*s,%.*s", TEXT_ARGS(metric->key), TEXT_ARGS(metric->promote), TEXT_ARGS(metric->warn),
	                   TEXT_ARGS(metric->fail));
}

static void add_known(struct choices *choices, const struct authoring_session *session, const struct metric *metrics, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (metrics[i].promote.len && metrics[i].warn.len && metrics[i].fail.len && metrics[i].direction != DIRECTION_TARGET)
			choices_add(choices, metric_word(&metrics[i], &session->invocation->arena), &session->invocation->arena);
}

/* Those of the family's packs and recipes that three numbers say all about. */
static void known_metrics(struct choices *choices, const struct authoring_session *session, struct text family)
{
	const struct catalog *catalog = catalog_of(session);

	for (size_t i = 0; i < catalog->pack_count; i++)
		if (text_equal(catalog->packs[i].family, family))
			add_known(choices, session, catalog->packs[i].metrics, catalog->packs[i].metric_count);
	for (size_t i = 0; i < session->workspace.resolved.count; i++)
		if (text_equal(session->workspace.resolved.recipes[i].recipe->family, family))
			add_known(choices, session, session->workspace.resolved.recipes[i].metrics, session->workspace.resolved.recipes[i].metric_count);
}

static int add_metric(struct new_record *record, const struct authoring_session *session, struct text word)
{
	struct arena *arena = &session->invocation->arena;
	struct metric_line line;

	if (!metric_line_parse(&line, word))
		return session_usage(session->invocation, "'--metric' is '%.*s', must be KEY=PROMOTE,WARN,FAIL such as MAPE=0.10,0.15,0.25", TEXT_ARGS(word));
	record->metrics = arena_grow(arena, record->metrics, record->metric_count, sizeof *record->metrics);
	record->metrics[record->metric_count++] = line;
	return EXIT_OK;
}

static int take_metrics(struct new_record *record, const struct authoring_session *session, bool needed)
{
	const struct words *words = &session->invocation->metrics;
	struct choices known = {NULL, 0};
	int code = EXIT_OK;

	for (size_t i = 0; code == EXIT_OK && i < words->count; i++)
		code = add_metric(record, session, words->items[i]);
	known_metrics(&known, session, record->family);
	while (code == EXIT_OK && !words->count && (needed || can_ask())) {
		struct text answer = {NULL, 0};
		struct question question = {.flag = "--metric KEY=PROMOTE,WARN,FAIL", .what = needed ? "metric" : "another metric", .choices = known.items,
		                            .count = known.count, .optional = !needed};
		code = ask(&answer, session->invocation, &question);
		if (code != EXIT_OK || !answer.len)
			return code;
		code = add_metric(record, session, answer);
		needed = false;
	}
	return code;
}

/* --- What a record needs --- */

static int take_family(struct new_record *record, const struct authoring_session *session)
{
	const struct config *config = &catalog_of(session)->config;
	const struct value written = {.kind = VALUE_SCALAR, .text = record->parent};
	const struct recipe *parent = record->parent.len ? catalog_recipe(catalog_of(session), reference_of(&written).id) : NULL;

	record->family = session->invocation->family ? text_of(session->invocation->family) : parent ? parent->family : record->family;
	/* Of a family that there is none of, nothing that is asked next could be right. */
	bool known = !record->family.len;
	for (size_t i = 0; i < config->family_count && !known; i++)
		known = text_equal(config->families[i], record->family);
	if (!known)
		return session_unknown("model family", record->family, config->families, config->family_count);
	return ask(&record->family, session->invocation,
	           &(struct question){.flag = "--family FAMILY", .what = "model family", .choices = config->families, .count = config->family_count, .closed = true});
}

static int take_level(struct new_record *record, const struct authoring_session *session)
{
	const struct value written = {.kind = VALUE_SCALAR, .text = record->parent};
	const struct recipe *parent = record->parent.len ? catalog_recipe(catalog_of(session), reference_of(&written).id) : NULL;
	struct text word = word_of(session->invocation->level);
	struct question question = {.flag = "--level LEVEL", .what = "level", .choices = levels, .count = 3, .closed = true};

	if (parent && parent->level)
		question.fallback = text_of(level_name(parent->level == LEVEL_BASELINE ? LEVEL_INDUSTRY : LEVEL_CLIENT));
	int code = ask(&word, session->invocation, &question);
	record->level = level_of(word);
	return code;
}

static int take_parent(struct new_record *record, const struct authoring_session *session)
{
	const struct catalog *catalog = catalog_of(session);
	struct choices choices = {NULL, 0};

	if (record->level == LEVEL_BASELINE)
		return record->parent.len ? session_usage(session->invocation, "a baseline has no parent: leave '--parent' out, or give another --level") : EXIT_OK;
	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *recipe = &catalog->recipes[i];
		if (text_equal(recipe->family, record->family) && recipe->level && recipe->level < record->level && recipe->status != STATUS_ARCHIVED)
			choices_add(&choices, recipe->record.id, &session->invocation->arena);
	}
	return ask(&record->parent, session->invocation,
	           &(struct question){.flag = "--parent ID", .what = "parent", .choices = choices.items, .count = choices.count});
}

static int take_packs(struct new_record *record, const struct authoring_session *session)
{
	const struct catalog *catalog = catalog_of(session);
	const struct words *given = &session->invocation->packs;
	struct choices choices = {NULL, 0};
	struct text answer = {NULL, 0};

	record->packs = given->items;
	record->pack_count = given->count;
	if (given->count || record->level != LEVEL_BASELINE || session->invocation->metrics.count)
		return EXIT_OK;
	for (size_t i = 0; i < catalog->pack_count; i++)
		if (text_equal(catalog->packs[i].family, record->family))
			choices_add(&choices, catalog->packs[i].record.id, &session->invocation->arena);
	int code = ask(&answer, session->invocation,
	               &(struct question){.flag = "--pack ID, or --metric KEY=PROMOTE,WARN,FAIL", .what = "evaluation pack", .choices = choices.items,
	                                  .count = choices.count, .optional = can_ask()});
	if (answer.len) {
		record->packs = arena_alloc(&session->invocation->arena, sizeof *record->packs);
		record->packs[0] = answer;
		record->pack_count = 1;
	}
	return code;
}

static int take_id(struct new_record *record, const struct authoring_session *session, const char *prefix)
{
	struct text example = text_format(&session->invocation->arena, "id, such as %s_%s", prefix, "north");

	return ask(&record->id, session->invocation, &(struct question){.flag = "NEW_ID behind the kind", .what = example.at});
}

static int take_name(struct new_record *record, const struct authoring_session *session)
{
	record->name = word_of(session->invocation->name);
	return ask(&record->name, session->invocation,
	           &(struct question){.flag = "--name NAME", .what = "name", .fallback = author_name_of(record->id, &session->invocation->arena)});
}

static int take_owner(struct new_record *record, const struct authoring_session *session)
{
	const struct catalog *catalog = catalog_of(session);
	struct choices choices = {NULL, 0};

	for (size_t i = 0; i < catalog->model_count; i++)
		if (catalog->models[i].owner.len)
			choices_add(&choices, catalog->models[i].owner, &session->invocation->arena);
	record->owner = word_of(session->invocation->owner);
	return ask(&record->owner, session->invocation,
	           &(struct question){.flag = "--owner OWNER", .what = "owner", .choices = choices.items, .count = choices.count, .optional = true});
}

/* --- The four kinds --- */

static struct new_record begin(const struct authoring_session *session)
{
	const struct words *operands = &session->invocation->operands;

	return (struct new_record){.id = operands->count > 1 ? operands->items[1] : TEXT("")};
}

static int make_recipe(struct authoring_session *session)
{
	struct new_record record = begin(session);
	int code;

	record.parent = word_of(session->invocation->parent);
	if ((code = take_family(&record, session)) != EXIT_OK || (code = take_level(&record, session)) != EXIT_OK ||
	    (code = take_parent(&record, session)) != EXIT_OK || (code = take_id(&record, session, "recipe")) != EXIT_OK ||
	    (code = take_name(&record, session)) != EXIT_OK || (code = take_owner(&record, session)) != EXIT_OK ||
	    (code = take_packs(&record, session)) != EXIT_OK)
		return code;
	bool lacking = record.level == LEVEL_BASELINE && !record.pack_count;
	if ((code = take_metrics(&record, session, lacking)) != EXIT_OK)
		return code;
	return author_new_recipe(&session->authored, &session->authoring, &record);
}

static int make_pack(struct authoring_session *session)
{
	struct new_record record = begin(session);
	int code;

	if ((code = take_family(&record, session)) != EXIT_OK || (code = take_id(&record, session, "pack")) != EXIT_OK ||
	    (code = take_name(&record, session)) != EXIT_OK || (code = take_metrics(&record, session, true)) != EXIT_OK)
		return code;
	return author_new_pack(&session->authored, &session->authoring, &record);
}

static int make_model(struct authoring_session *session)
{
	const struct catalog *catalog = catalog_of(session);
	struct new_record record = begin(session);
	struct choices choices = {NULL, 0};
	int code;

	for (size_t i = 0; i < catalog->recipe_count; i++)
		if (catalog->recipes[i].status == STATUS_APPROVED)
			choices_add(&choices, catalog->recipes[i].record.id, &session->invocation->arena);
	record.recipe = word_of(session->invocation->recipe);
	code = ask(&record.recipe, session->invocation,
	           &(struct question){.flag = "--recipe ID", .what = "recipe", .choices = choices.items, .count = choices.count});
	if (code != EXIT_OK || (code = take_id(&record, session, "model")) != EXIT_OK || (code = take_name(&record, session)) != EXIT_OK ||
	    (code = take_owner(&record, session)) != EXIT_OK)
		return code;
	return author_new_model(&session->authored, &session->authoring, &record);
}

/* The day and the type, as runs are mostly called. */
static struct text run_id(const struct authoring_session *session, struct text type)
{
	char day[32];

	instant_print_date(day, session_now());
	return text_format(&session->invocation->arena, "%s-%.*s", day, TEXT_ARGS(type));
}

static int make_run(struct authoring_session *session)
{
	const struct catalog *catalog = catalog_of(session);
	struct invocation *invocation = session->invocation;
	struct new_run run = {.status = RUN_QUEUED, .recipe = word_of(invocation->recipe), .of = word_of(invocation->of)};
	struct text *models = arena_array(&invocation->arena, catalog->model_count, sizeof *models);
	struct text word = begin(session).id, type = word_of(invocation->type);
	int code;

	for (size_t i = 0; i < catalog->model_count; i++)
		models[i] = catalog->models[i].record.id;
	if ((code = ask(&word, invocation, &(struct question){.flag = "MODEL/RUN behind the kind", .what = "model", .choices = models,
	                                                      .count = catalog->model_count})) != EXIT_OK ||
	    (code = ask(&type, invocation, &(struct question){.flag = "--type TYPE", .what = "type", .choices = types, .count = 3, .closed = true})) != EXIT_OK ||
	    (code = read_time(&run.started_at, session, "--started-at", invocation->started_at)) != EXIT_OK)
		return code;
	split_run(&run.model, &run.run, word);
	while (run.type < RUN_BACKTEST && !text_is(type, run_type_name(run.type)))
		run.type++;
	if (invocation->status && text_is(text_of(invocation->status), "running"))
		run.status = RUN_RUNNING;
	if (run.status == RUN_RUNNING && !run.started_at.len)
		return session_usage(invocation, "a run that is running needs --started-at, such as --started-at now");
	if ((code = ask(&run.run, invocation, &(struct question){.flag = "MODEL/RUN", .what = "id", .fallback = run_id(session, type)})) != EXIT_OK)
		return code;
	return author_new_run(&session->authored, &session->authoring, &run);
}

static int run_new(struct invocation *invocation)
{
	static const struct {
		const char *name;
		int (*make)(struct authoring_session *session);
	} kinds[] = {{"recipe", make_recipe}, {"pack", make_pack}, {"model", make_model}, {"run", make_run}};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_is(invocation->operands.items[0], kinds[i].name))
			return authoring_run(invocation, kinds[i].make, false);
	return session_usage(invocation, "'%.*s' is no kind of file to write, must be one of recipe|pack|model|run", TEXT_ARGS(invocation->operands.items[0]));
}

const struct command command_new = {
	.name = "new",
	.operands = "recipe|pack|model|run [NEW_ID]",
	.least = 1,
	.most = 2,
	.summary = "write a new recipe, pack, model or run",
	.details = "Writes the least that is right: a recipe or pack as draft 0.1.0, a model as a draft, a run as queued, with the digest of its recipe.\n"
	           "The id of a run is MODEL/RUN. On a terminal what is missing is asked for, with what fits; without one it is a usage error that\n"
	           "names the option. Nothing is ever overwritten.",
	.examples = {"galley new recipe recipe_pricing_kiosk --family pricing --level client --parent recipe_pricing_hospitality",
                 "galley new pack pack_demand_strict --family forecasting --metric MAPE=0.10,0.15,0.25",
                 "galley new run model_store_demand/2026-10-01-train --type train"},
	.options = new_options,
	.option_count = sizeof new_options / sizeof *new_options,
	.run = run_new,
};

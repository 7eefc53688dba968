#include "arena.h"
#include "record.h"
#include "semver.h"

enum { GATES_NAMED = 5 };

static int refuse_move(const struct authoring *authoring, const struct model *model, enum model_status to)
{
	refusal_set(authoring->refusal, place_at(&model->record, "status"), authoring->arena, "model '%.*s' is %s: it cannot become %s",
	            TEXT_ARGS(model->record.id), model_status_name(model->status), model_status_name(to));
	return refusal_help(authoring->refusal, authoring->arena,
	                    model->status == MODEL_RETIRED
	                        ? "nothing leaves retired; give its successor an id of its own: galley new model"
	                        : "a model goes on from draft to staging, production and retired; retire it, or edit the file by hand");
}

static int check_move(const struct authoring *authoring, const struct model *model, const struct promotion *promotion)
{
	bool again = model->status == MODEL_PRODUCTION && promotion->to == MODEL_PRODUCTION;

	if (model->status == MODEL_NONE || promotion->to > model->status || again)
		return 0;
	return refuse_move(authoring, model, promotion->to);
}

static int check_recipe(const struct authoring *authoring, const struct model *model)
{
	const struct recipe *recipe = catalog_recipe(authoring->catalog, model->recipe.id);

	if (!recipe || recipe->status == STATUS_APPROVED || recipe->status == STATUS_NONE ||
	    !reference_matches(&model->recipe, recipe->version))
		return 0;
	refusal_set(authoring->refusal, model->recipe.place, authoring->arena, "model '%.*s' rests on recipe '%.*s' %.*s, which is %s",
	            TEXT_ARGS(model->record.id), TEXT_ARGS(recipe->record.id), TEXT_ARGS(recipe->version),
	            record_status_name(recipe->status));
	refusal_because(authoring->refusal, place_at(&recipe->record, "metadata.status"), authoring->arena, "status %s",
	                record_status_name(recipe->status));
	return refusal_help(authoring->refusal, authoring->arena, recipe->status == STATUS_DRAFT ? "approve it first: galley approve %.*s"
	                                                                                          : "name an approved recipe instead of %.*s",
	                    TEXT_ARGS(recipe->record.id));
}

int refuse_unfinished(const struct authoring *authoring, const struct model *model, const struct run *run)
{
	if (run->status == RUN_SUCCEEDED)
		return 0;
	refusal_set(authoring->refusal, place_at(&run->record, "status"), authoring->arena, "run '%.*s/%.*s' is %s: a succeeded one is needed",
	            TEXT_ARGS(model->record.id), TEXT_ARGS(run->record.id), run_status_name(run->status));
	return refusal_help(authoring->refusal, authoring->arena, "name a succeeded one; galley eval %.*s shows them", TEXT_ARGS(model->record.id));
}

/* --- Gates --- */

struct telling {
	struct text told;
	size_t count;
	struct arena *arena;
};

static void tell(struct telling *telling, struct text one)
{
	if (telling->count++ < GATES_NAMED)
		telling->told =
		    text_format(telling->arena, "%.*s%s%.*s", TEXT_ARGS(telling->told), telling->told.len ? "; " : "", TEXT_ARGS(one));
}

static void tell_gate(struct telling *telling, const struct gate_result *gate, const struct pack_result *pack)
{
	if (gate->reason.len)
		tell(telling, text_format(telling->arena, "%.*s of %.*s %s: %.*s", TEXT_ARGS(gate->metric->key), TEXT_ARGS(pack->pack),
		                          verdict_name(gate->status), TEXT_ARGS(gate->reason)));
	else
		tell(telling, text_format(telling->arena, "%.*s of %.*s %.*s is short of its promote line %.*s", TEXT_ARGS(gate->metric->key),
		                          TEXT_ARGS(pack->pack), TEXT_ARGS(gate->value), TEXT_ARGS(gate->metric->promote)));
}

static void tell_pack(struct telling *telling, const struct pack_result *pack, enum verdict verdict)
{
	if (pack->reason.len && !pack->promotable && pack->status == verdict)
		tell(telling, text_format(telling->arena, "%.*s: %.*s", TEXT_ARGS(pack->pack), TEXT_ARGS(pack->reason)));
	for (size_t i = 0; i < pack->gate_count; i++)
		if (!pack->gates[i].promotable && pack->gates[i].status == verdict && (pack->gates[i].metric->required || verdict != VERDICT_PASS))
			tell_gate(telling, &pack->gates[i], pack);
	for (size_t i = 0; i < pack->slice_count; i++)
		if (pack->slices[i].status == verdict)
			tell(telling, text_format(telling->arena, "%.*s %s where %.*s is %.*s", TEXT_ARGS(pack->slices[i].metric), verdict_name(verdict),
			                          TEXT_ARGS(pack->slices[i].by), TEXT_ARGS(pack->slices[i].segment)));
}

/* The worst first. */
static struct text tell_gates(const struct run_result *result, struct arena *arena)
{
	struct telling telling = {.told = result->reason, .arena = arena};

	for (int verdict = VERDICT_FAIL; verdict >= VERDICT_PASS; verdict--)
		for (size_t i = 0; i < result->pack_count; i++)
			tell_pack(&telling, &result->packs[i], (enum verdict)verdict);
	if (telling.count > GATES_NAMED)
		return text_format(arena, "%.*s; and %zu more", TEXT_ARGS(telling.told), telling.count - GATES_NAMED);
	return telling.told;
}

static int check_gates(const struct authoring *authoring, const struct model *model, const struct run *run)
{
	struct run_result result;

	gates_judge_run(&result, authoring->catalog, authoring->resolved, model, run, authoring->arena);
	if (result.promotable && result.pack_count)
		return 0;
	struct text told = result.pack_count || result.reason.len ? tell_gates(&result, authoring->arena) : TEXT("it has no pack that judges it");
	refusal_set(authoring->refusal, run->record.place, authoring->arena, "run '%.*s/%.*s' is not promotable: %.*s",
	            TEXT_ARGS(model->record.id), TEXT_ARGS(run->record.id), TEXT_ARGS(told));
	return refusal_help(authoring->refusal, authoring->arena,
	                    "galley eval %.*s/%.*s shows all gates; no option passes one: measure another run, or change the pack in review",
	                    TEXT_ARGS(model->record.id), TEXT_ARGS(run->record.id));
}

/* --- Version --- */

static bool was_deployed(const struct model *model, struct text run)
{
	for (size_t i = 0; i < model->deployment_count; i++)
		if (text_equal(model->deployments[i].run, run))
			return true;
	return false;
}

static int check_version(const struct authoring *authoring, const struct model *model, const struct promotion *promotion)
{
	struct semver now, next;

	if (!promotion->version.len || !semver_parse(&next, promotion->version) || !semver_parse(&now, model->version) ||
	    semver_compare(&next, &now) >= 0 || was_deployed(model, promotion->run))
		return 0;
	refusal_set(authoring->refusal, place_at(&model->record, "version"), authoring->arena, "version %.*s is below %.*s, which model '%.*s' has",
	            TEXT_ARGS(promotion->version), TEXT_ARGS(model->version), TEXT_ARGS(model->record.id));
	return refusal_help(authoring->refusal, authoring->arena, "versions only go up, except back to a run among the deployments");
}

int author_promote(struct authored *out, const struct authoring *authoring, const struct promotion *promotion)
{
	const struct model *model;
	const struct run *run = NULL;
	struct edit edits[3];
	size_t count = 0;

	*out = (struct authored){.is_new = false};
	if (find_model(&model, authoring, promotion->model) < 0 || refuse_broken(authoring, &model->record) < 0 ||
	    (promotion->run.len && find_run(&run, authoring, model, promotion->run) < 0) || check_move(authoring, model, promotion) < 0)
		return -1;
	bool serves = promotion->to == MODEL_PRODUCTION, leaves = promotion->to == MODEL_RETIRED;
	if (!leaves && check_recipe(authoring, model) < 0)
		return -1;
	if (run && (refuse_broken(authoring, &run->record) < 0 || refuse_unfinished(authoring, model, run) < 0 ||
	            (serves && check_gates(authoring, model, run) < 0)))
		return -1;
	if (check_version(authoring, model, promotion) < 0)
		return -1;
	edits[count++] = (struct edit){EDIT_TEXT, TEXT("status"), text_of(model_status_name(promotion->to)), "recipe"};
	if (promotion->version.len)
		edits[count++] = (struct edit){EDIT_TEXT, TEXT("version"), promotion->version, "status"};
	if (serves && run)
		edits[count++] = (struct edit){EDIT_TEXT, TEXT("production_run"), promotion->run, "status|version"};
	out->subject = text_format(authoring->arena, "Promote %.*s to %s%s%.*s", TEXT_ARGS(model->record.id), model_status_name(promotion->to),
	                           run ? " with run " : "", TEXT_ARGS(promotion->run));
	return authored_edit(out, authoring, &model->record, edits, count);
}

#include "monitor_inner.h"

#include "arena.h"
#include "instant.h"

/* --- models and runs --- */

/* A run whose recipe means something else by now. A version that is not to be had was told as such. */
static void check_digest(const struct run *run, const struct effective *recipe, struct arena *arena, struct diags *diags)
{
	const struct value *written = value_get(run->record.root, "recipe_digest");
	char now[65];

	if (!run->recipe_digest.len)
		return;
	effective_digest(now, recipe, arena);
	if (text_equal(text_cut(text_of(now), 0, run->recipe_digest.len), run->recipe_digest))
		return;
	diag_add(diags, CODE_RUN_DIGEST, written->place, "effective recipe '%.*s' has another digest now: %.12s...",
	         TEXT_ARGS(recipe->recipe->record.id), now);
	diag_relate(diags, recipe->recipe->record.place, "the recipe");
	diag_help(diags, "it, or a recipe it inherits from, has changed since the run");
}

static void check_reference(const struct model *model, const struct effective *recipe, struct diags *diags)
{
	const struct value *features = value_at(recipe->root, "monitoring.drift.features");
	const struct value *root = model->record.root;
	const struct value *drift = value_at(recipe->root, "monitoring.drift");
	bool watched = model->status == MODEL_STAGING || model->status == MODEL_PRODUCTION;

	if (watched && !model->reference.len && !value_get(root, "reference") && features && features->kind == VALUE_LIST && features->count) {
		diag_add(diags, CODE_MODEL_REFERENCE, root ? root->place : model->record.place, "model '%.*s' has no 'reference', and its recipe names %zu drift feature%s",
		         TEXT_ARGS(model->record.id), features->count, features->count == 1 ? "" : "s");
		diag_relate(diags, features->place, "the features");
		diag_help(diags, "add 'reference: snapshots/reference.csv' with a sample of the data the model was trained on");
	} else if (model->status == MODEL_PRODUCTION && !model->reference.len && root && !value_get(root, "reference") && drift &&
	           drift->kind == VALUE_MAP && drift->count) {
		struct diag *diag = diag_add(diags, CODE_MODEL_REFERENCE, root->place, "model '%.*s' is in production without a 'reference' to compare drift with",
		                             TEXT_ARGS(model->record.id));
		diag->severity = SEVERITY_WARNING;
		diag_relate(diags, drift->place, "how its recipe watches drift");
		diag_help(diags, "add 'reference: snapshots/reference.csv' with a sample of the data the model was trained on");
	}
}

void monitor_check_stamps(struct period *holds, const struct catalog *catalog, int64_t as_of, bool as_of_given, struct arena *arena,
                          struct diags *diags)
{
	char at[32];
	const char *shown = "";

	/* The clock stands in no output. */
	if (as_of_given) {
		instant_print(at, as_of);
		shown = text_format(arena, ", %s", at).at;
	}
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct model *model = &catalog->models[i];
		size_t later = model->snapshot_count;
		while (later && !period_reached(holds, as_of, model->snapshots[later - 1].time))
			later--;
		if (later == model->snapshot_count)
			continue;
		const struct snapshot *first = &model->snapshots[later];
		struct place place = {.file = first->metrics_file};
		if (first->csv.len) {
			struct input *input = arena_alloc(arena, sizeof *input);
			input->path = first->csv;
			place.file = input;
		}
		size_t more = model->snapshot_count - later - 1;
		struct diag *diag = diag_add(diags, CODE_DATA_FUTURE, place, "snapshot '%.*s' is stamped after the present%s", TEXT_ARGS(first->stamp), shown);
		if (as_of_given) {
			diag->severity = SEVERITY_NOTE;
			period_only(holds, as_of);
		}
		if (more)
			diag->message = text_format(arena, "%.*s; %zu more of model '%.*s' %s too", TEXT_ARGS(diag->message), more, TEXT_ARGS(model->record.id),
			                            more == 1 ? "is" : "are");
		diag_help(diags, as_of_given ? "it does not exist yet in what is shown as of then"
		                             : "it is left out until then: check the year, and that the stamp is UTC");
	}
}

/* Where the version that is asked for is not to be had, the one that is here. */
static const struct effective *best_recipe(const struct resolved *resolved, const struct reference *reference)
{
	const struct effective *recipe = resolved_at(resolved, reference);

	return recipe ? recipe : resolved_recipe(resolved, reference->id);
}

void monitor_check_alerts(const struct catalog *catalog, const struct resolved *resolved, struct arena *arena, struct diags *diags)
{
	for (size_t i = 0; i < resolved->count; i++)
		if (resolved->recipes[i].recipe)
			conditions_check(catalog, &resolved->recipes[i], arena, diags);
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct model *model = &catalog->models[i];
		const struct effective *recipe = model->recipe.id.len ? best_recipe(resolved, &model->recipe) : NULL;
		if (recipe && recipe->usable)
			check_reference(model, recipe, diags);
		for (size_t j = 0; j < model->run_count; j++) {
			const struct run *run = &model->runs[j];
			const struct effective *used = run->recipe_digest.len ? resolved_at(resolved, &run->recipe) : NULL;
			if (used && used->usable)
				check_digest(run, used, arena, diags);
		}
	}
}

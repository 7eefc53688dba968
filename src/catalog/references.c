#include "arena.h"
#include "checker.h"
#include "parts.h"
#include "semver.h"

/* The ids of all records of a kind. */
static size_t all_ids(struct text **ids, struct loader *loader, enum kind kind)
{
	const struct catalog *catalog = loader->catalog;
	size_t count = kind == KIND_PACK ? catalog->pack_count : catalog->recipe_count;

	if (!loader->ids[kind]) {
		loader->ids[kind] = arena_array(loader->arena, count, sizeof **ids);
		for (size_t i = 0; i < count; i++)
			loader->ids[kind][i] = kind == KIND_PACK ? catalog->packs[i].record.id : catalog->recipes[i].record.id;
	}
	*ids = loader->ids[kind];
	return count;
}

static void unknown_reference(struct loader *loader, enum kind kind, const struct reference *reference)
{
	struct text *ids;

	diag_add(loader->diags, CODE_REF_UNKNOWN, reference->place, "no %s has the id '%.*s'", kind_name(kind),
	         TEXT_ARGS(reference->id));
	size_t count = loader->suggestions++ < SUGGESTIONS_MAX ? all_ids(&ids, loader, kind) : 0;
	if (!count || !suggest(loader->diags, reference->id, ids, count))
		diag_help(loader->diags, "galley list %ss shows all ids", kind_name(kind));
}

/* What to do where neither this revision nor its history has the version. */
static void help_pin(struct loader *loader, const struct reference *reference, enum past past, struct text version, struct text newest)
{
	if (past == PAST_SHALLOW)
		diag_help(loader->diags, "fetch the full history: git fetch --unshallow, in a workflow fetch-depth: 0");
	else if (past == PAST_NO_HISTORY && !version.len)
		diag_help(loader->diags, "older versions are in git's history, and there is none here");
	else if (newest.len)
		diag_help(loader->diags, "pin a version that is there: %.*s; galley log %.*s shows all", TEXT_ARGS(newest), TEXT_ARGS(reference->id));
	else
		diag_help(loader->diags, "pin a version that is there, such as %.*s@%.*s", TEXT_ARGS(reference->id), TEXT_ARGS(version));
}

/* A record of this revision that is not the version that is asked for, and no older one is. Without history an older one may well be
 * somewhere: what needs it is inconclusive, and that is no error of whoever wrote the pin. */
static void wrong_version(struct loader *loader, enum kind kind, const struct reference *reference, struct text version, struct place target)
{
	const struct older *older = catalog_older(loader->catalog, kind, reference);
	enum past past = older ? older->past : PAST_NO_HISTORY;
	struct semver pinned, present;

	/* What cannot be read has been told. */
	if (!reference->pin.len || !semver_range_valid(reference->pin) || !semver_parse(&present, version))
		return;
	bool before = semver_parse(&pinned, reference->pin) && semver_compare(&pinned, &present) < 0;
	if (past == PAST_SHALLOW) {
		diag_add(loader->diags, CODE_REF_VERSION, reference->place,
		         "version '%.*s' of '%.*s' is not in this revision, which has %.*s, nor in what this shallow clone holds of its history",
		         TEXT_ARGS(reference->pin), TEXT_ARGS(reference->id), TEXT_ARGS(version));
	} else {
		diag_add(loader->diags, CODE_REF_VERSION, reference->place,
		         past == PAST_NOBODY ? "nothing satisfies '%.*s' of '%.*s': this revision has %.*s, and its history has none"
		                             : "version '%.*s' of '%.*s' is not in this revision, which has %.*s",
		         TEXT_ARGS(reference->pin), TEXT_ARGS(reference->id), TEXT_ARGS(version));
		if (past == PAST_NO_HISTORY && before)
			loader->diags->items[loader->diags->count - 1].severity = SEVERITY_WARNING;
	}
	diag_relate(loader->diags, target, "version %.*s", TEXT_ARGS(version));
	if (past == PAST_NO_HISTORY && before)
		diag_help(loader->diags, "older versions are in git's history, and there is none here: what needs this one is inconclusive");
	else
		help_pin(loader, reference, past, version, older ? older->newest : TEXT(""));
}

static void check_family(struct loader *loader, const struct reference *reference, struct text family,
                         struct text wanted, struct place target)
{
	if (!family.len || !wanted.len || text_equal(family, wanted))
		return;
	diag_add(loader->diags, CODE_REF_FAMILY, reference->place, "'%.*s' is of the family '%.*s', not '%.*s'",
	         TEXT_ARGS(reference->id), TEXT_ARGS(family), TEXT_ARGS(wanted));
	if (target.file)
		diag_relate(loader->diags, target, "model_family %.*s", TEXT_ARGS(family));
}

static void check_pack(struct loader *loader, const struct recipe *recipe, const struct value *item)
{
	struct reference reference = reference_of(item);

	if (!is_id(reference.id, false) || has_patch_delete(item))
		return;
	const struct pack *pack = catalog_pack_at(loader->catalog, &reference), *here = catalog_pack(loader->catalog, reference.id);
	if (!pack && !here) {
		if (!loader->catalog->unread[KIND_PACK])
			unknown_reference(loader, KIND_PACK, &reference);
		return;
	}
	if (!pack)
		wrong_version(loader, KIND_PACK, &reference, here->version, value_place(here->record.root, "metadata.version"));
	pack = pack ? pack : here;
	check_family(loader, &reference, pack->family, recipe->family,
	             value_place(pack->record.root, "metadata.model_family"));
	if (recipe->status == STATUS_APPROVED && (pack->status == STATUS_DRAFT || pack->status == STATUS_ARCHIVED)) {
		diag_add(loader->diags, CODE_REF_STATUS, reference.place, "pack '%.*s' of an approved recipe is %s",
		         TEXT_ARGS(reference.id), record_status_name(pack->status));
		diag_relate(loader->diags, value_place(pack->record.root, "metadata.status"), "status %s",
		            record_status_name(pack->status));
		diag_help(loader->diags, "only the content of an approved version never changes");
	}
}

/* The owner is inherited: said once, at the top of the chain. */
static void check_owner(struct loader *loader, const struct recipe *recipe)
{
	const struct value *metadata = value_get(recipe->record.root, "metadata");

	if (!metadata || recipe->parent.id.len || value_get(metadata, "owner"))
		return;
	diag_add(loader->diags, CODE_RECIPE_NO_OWNER, metadata->place, "recipe '%.*s' and what inherits from it have no owner",
	         TEXT_ARGS(recipe->record.id));
	diag_help(loader->diags, "write owner: in 'metadata'");
}

static void check_recipes(struct loader *loader)
{
	const struct catalog *catalog = loader->catalog;

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *recipe = &catalog->recipes[i];
		const struct value *packs = value_at(recipe->record.root, "evaluation.packs");
		for (size_t j = 0; packs && packs->kind == VALUE_LIST && j < packs->count; j++)
			check_pack(loader, recipe, packs->items[j]);
		if (recipe->record.root)
			check_owner(loader, recipe);
	}
}

static const struct recipe *check_recipe_of(struct loader *loader, const struct reference *reference)
{
	const struct recipe *recipe = catalog_recipe_at(loader->catalog, reference), *here = catalog_recipe(loader->catalog, reference->id);

	if (!is_id(reference->id, false))
		return NULL;
	if (recipe)
		return recipe;
	if (here)
		wrong_version(loader, KIND_RECIPE, reference, here->version, value_place(here->record.root, "metadata.version"));
	else if (!loader->catalog->unread[KIND_RECIPE])
		unknown_reference(loader, KIND_RECIPE, reference);
	return here;
}

static void unknown_run(struct loader *loader, enum code code, struct place place, const struct model *model,
                        struct text id)
{
	diag_add(loader->diags, code, place, "model '%.*s' has no run '%.*s'", TEXT_ARGS(model->record.id), TEXT_ARGS(id));
	if (loader->suggestions++ >= SUGGESTIONS_MAX)
		return;
	struct text *ids = arena_array(loader->arena, model->run_count, sizeof *ids);
	for (size_t i = 0; i < model->run_count; i++)
		ids[i] = model->runs[i].record.id;
	suggest(loader->diags, id, ids, model->run_count);
}

/* A run that is referred to and must have succeeded. */
static void check_succeeded(struct loader *loader, enum code code, struct place place, const struct run *run)
{
	if (run->status == RUN_NONE || run->status == RUN_SUCCEEDED)
		return;
	diag_add(loader->diags, code, place, "run '%.*s' is %s, not succeeded", TEXT_ARGS(run->record.id),
	         run_status_name(run->status));
	diag_relate(loader->diags, value_place(run->record.root, "status"), "status %s", run_status_name(run->status));
}

static void check_run(struct loader *loader, const struct model *model, const struct run *run, struct text family)
{
	const struct recipe *recipe = check_recipe_of(loader, &run->recipe);
	struct place place = value_place(run->record.root, "of");

	if (recipe)
		check_family(loader, &run->recipe, recipe->family, family,
		             value_place(recipe->record.root, "metadata.model_family"));
	if (!is_id(run->of, true))
		return;
	const struct run *judged = model_run(model, run->of);
	if (judged == run)
		diag_add(loader->diags, CODE_RUN_REFERENCE, place, "run '%.*s' refers to itself", TEXT_ARGS(run->of));
	else if (!judged)
		unknown_run(loader, CODE_RUN_REFERENCE, place, model, run->of);
	else
		check_succeeded(loader, CODE_RUN_REFERENCE, place, judged);
}

static void check_production(struct loader *loader, const struct model *model)
{
	const struct run *run = model_run(model, model->production_run);

	if (model->status == MODEL_PRODUCTION && !value_get(model->record.root, "production_run")) {
		diag_add(loader->diags, CODE_MODEL_PRODUCTION, model->record.root->place,
		         "status 'production' without 'production_run'");
		diag_help(loader->diags, "name the succeeded run whose artifact serves");
	}
	if (!is_id(model->production_run, true))
		return;
	if (run)
		check_succeeded(loader, CODE_MODEL_PRODUCTION, model->production_run_place, run);
	else
		unknown_run(loader, CODE_MODEL_PRODUCTION, model->production_run_place, model, model->production_run);
}

static void check_model(struct loader *loader, const struct model *model)
{
	const struct recipe *recipe = check_recipe_of(loader, &model->recipe);

	if (!model->record.root)
		return;
	if (model->status > MODEL_DRAFT && !value_get(model->record.root, "version")) {
		diag_add(loader->diags, CODE_MODEL_VERSION, model->record.root->place, "status '%s' without 'version'",
		         model_status_name(model->status));
		diag_help(loader->diags, "write the version of the model artifact, such as version: 1.0.0");
	}
	if (recipe && model->status != MODEL_RETIRED &&
	    (recipe->status == STATUS_DRAFT || recipe->status == STATUS_ARCHIVED)) {
		diag_add(loader->diags, CODE_RECIPE_DEPRECATED, model->recipe.place, "recipe '%.*s' is %s, not approved",
		         TEXT_ARGS(recipe->record.id), record_status_name(recipe->status));
		diag_relate(loader->diags, value_place(recipe->record.root, "metadata.status"), "status %s",
		            record_status_name(recipe->status));
		diag_help(loader->diags, recipe->status == STATUS_DRAFT ? "approve the recipe, or name an approved one"
		                                                        : "name an approved recipe");
	}
	check_production(loader, model);
	for (size_t i = 0; i < model->deployment_count; i++) {
		const struct deployment *deployment = &model->deployments[i];
		if (is_id(deployment->run, true) && !model_run(model, deployment->run))
			unknown_run(loader, CODE_REF_UNKNOWN, deployment->run_place, model, deployment->run);
	}
}

/* Recipes that nothing leads to: neither a model, nor a run, nor a child. */
static void check_unused(struct loader *loader)
{
	const struct catalog *catalog = loader->catalog;
	bool *used = arena_array(loader->arena, catalog->recipe_count, sizeof *used);

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *parent = catalog_recipe(catalog, catalog->recipes[i].parent.id);
		if (parent)
			used[parent - catalog->recipes] = true;
	}
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct model *model = &catalog->models[i];
		const struct recipe *recipe = catalog_recipe(catalog, model->recipe.id);
		if (recipe)
			used[recipe - catalog->recipes] = true;
		for (size_t j = 0; j < model->run_count; j++)
			if ((recipe = catalog_recipe(catalog, model->runs[j].recipe.id)))
				used[recipe - catalog->recipes] = true;
	}
	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *recipe = &catalog->recipes[i];
		if (used[i] || recipe->status != STATUS_APPROVED)
			continue;
		diag_add(loader->diags, CODE_RECIPE_UNUSED, recipe->record.place, "no model and no other recipe uses '%.*s'",
		         TEXT_ARGS(recipe->record.id));
		diag_help(loader->diags, "name it in a model, or archive it");
	}
}

static void check_unused_packs(struct loader *loader)
{
	const struct catalog *catalog = loader->catalog;
	bool *used = arena_array(loader->arena, catalog->pack_count, sizeof *used);

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct value *packs = value_at(catalog->recipes[i].record.root, "evaluation.packs");
		for (size_t j = 0; packs && packs->kind == VALUE_LIST && j < packs->count; j++) {
			struct reference reference = reference_of(packs->items[j]);
			const struct pack *pack = catalog_pack(catalog, reference.id);
			if (!pack && catalog_pack_at(catalog, &reference))
				continue;
			/* What is misspelt was meant to be one of them. */
			if (!pack)
				return;
			if (!has_patch_delete(packs->items[j]))
				used[pack - catalog->packs] = true;
		}
	}
	for (size_t i = 0; i < catalog->pack_count; i++) {
		const struct pack *pack = &catalog->packs[i];
		if (used[i] || pack->status != STATUS_APPROVED)
			continue;
		diag_add(loader->diags, CODE_PACK_UNUSED, pack->record.place, "no recipe uses '%.*s'", TEXT_ARGS(pack->record.id));
		diag_help(loader->diags, "name it in the 'evaluation.packs' of a recipe, or archive it");
	}
}

void references_check(struct loader *loader)
{
	const struct catalog *catalog = loader->catalog;
	bool unread = false;

	check_recipes(loader);
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct model *model = &catalog->models[i];
		const struct recipe *recipe = catalog_recipe(catalog, model->recipe.id);
		check_model(loader, model);
		for (size_t j = 0; j < model->run_count; j++)
			check_run(loader, model, &model->runs[j], recipe ? recipe->family : (struct text){0});
		unread = unread || !model->record.root;
	}
	/* Where a manifest is unreadable, what it uses is not known. */
	if (catalog->model_count && !unread && !catalog->unread[KIND_RECIPE])
		check_unused(loader);
	if (catalog->recipe_count && !catalog->unread[KIND_RECIPE])
		check_unused_packs(loader);
}

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

/* A pin against the version in this revision. An older one may well stand in history, which is not looked into yet. */
static void check_pin(struct loader *loader, const struct reference *reference, struct text version,
                      struct place target)
{
	struct semver pinned, present;

	if (!reference->pin.len || !semver_range_valid(reference->pin) || !semver_parse(&present, version) ||
	    reference_matches(reference, version))
		return;
	diag_add(loader->diags, CODE_REF_VERSION, reference->place,
	         "version '%.*s' of '%.*s' is not in this revision, which has %.*s", TEXT_ARGS(reference->pin),
	         TEXT_ARGS(reference->id), TEXT_ARGS(version));
	bool older = semver_parse(&pinned, reference->pin) && semver_compare(&pinned, &present) < 0;
	if (older)
		loader->diags->items[loader->diags->count - 1].severity = SEVERITY_WARNING;
	diag_relate(loader->diags, target, "version %.*s", TEXT_ARGS(version));
	if (older)
		diag_help(loader->diags, "versions in git's history are not looked up yet: what needs this one is inconclusive");
	else
		diag_help(loader->diags, "pin a version that is there, such as %.*s@%.*s", TEXT_ARGS(reference->id),
		          TEXT_ARGS(version));
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
	const struct pack *pack = catalog_pack(loader->catalog, reference.id);
	if (!pack) {
		if (!loader->catalog->unread[KIND_PACK])
			unknown_reference(loader, KIND_PACK, &reference);
		return;
	}
	check_pin(loader, &reference, pack->version, value_place(pack->record.root, "metadata.version"));
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
	const struct recipe *recipe = catalog_recipe(loader->catalog, reference->id);

	if (!is_id(reference->id, false))
		return NULL;
	if (!recipe && !loader->catalog->unread[KIND_RECIPE])
		unknown_reference(loader, KIND_RECIPE, reference);
	if (recipe)
		check_pin(loader, reference, recipe->version, value_place(recipe->record.root, "metadata.version"));
	return recipe;
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
			const struct pack *pack = catalog_pack(catalog, reference_of(packs->items[j]).id);
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

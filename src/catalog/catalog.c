#include "catalog.h"

#include <stdlib.h>

#include "arena.h"
#include "checker.h"
#include "parts.h"

/* What stands in the workspace's folders. */
struct listing {
	struct entry *entries;
	size_t count;
};

/* Every manifest below a folder goes to load; the rest is named or passed over. */
static int load_folder(struct loader *loader, struct text folder, const struct listing *listing, enum kind kind,
                       int (*load)(struct loader *loader, struct text path))
{
	struct text refused = {0};

	for (size_t i = 0; i < listing->count; i++) {
		const struct entry *entry = &listing->entries[i];
		struct text path = entry->path, name = base_name(path);
		if (refused.len && text_equal(refused, text_cut(path, 0, refused.len)))
			continue;
		if (folder_refuse(loader, entry, folder.len + 1)) {
			struct text said = loader->diags->items[loader->diags->count - 1].place.file->path;
			refused = text_format(loader->arena, "%.*s/", TEXT_ARGS(said));
			loader->catalog->unread[kind] = true;
		} else if (entry_refuse(loader, entry)) {
			loader->catalog->unread[kind] = loader->catalog->unread[kind] || is_manifest_name(name);
		} else if (is_quiet_name(name)) {
			continue;
		} else if (is_manifest_name(name)) {
			if (load(loader, path) < 0)
				return -1;
		} else {
			diag_add(loader->diags, CODE_FILE_NAME, path_place(loader, path), "'%.*s' is not read", TEXT_ARGS(name));
			diag_help(loader->diags, "manifests end in .yaml, .yml or .json");
		}
	}
	return 0;
}

/* By id, then by path. */
static int compare_records(const struct record *a, const struct record *b)
{
	int order = text_compare(a->id, b->id);

	return order ? order : text_compare(a->file->path, b->file->path);
}

static int compare_recipes(const void *a, const void *b)
{
	return compare_records(&((const struct recipe *)a)->record, &((const struct recipe *)b)->record);
}

static int compare_packs(const void *a, const void *b)
{
	return compare_records(&((const struct pack *)a)->record, &((const struct pack *)b)->record);
}

static int compare_models(const void *a, const void *b)
{
	return compare_records(&((const struct model *)a)->record, &((const struct model *)b)->record);
}

static int compare_inputs(const void *a, const void *b)
{
	return text_compare((*(const struct input *const *)a)->path, (*(const struct input *const *)b)->path);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *a, const void *b))
{
	if (count)
		qsort(items, count, size, compare);
}

/* Whether the later of two sorted records has the first's id; says so. */
static bool is_double(struct loader *loader, const struct record *first, const struct record *later)
{
	if (!later->id.len || !text_equal(first->id, later->id))
		return false;
	diag_add(loader->diags, CODE_REF_DUPLICATE_ID, later->place, "a second %s with the id '%.*s'",
	         kind_name(later->kind), TEXT_ARGS(later->id));
	diag_relate(loader->diags, first->place, "first here");
	diag_help(loader->diags, "give one of them another id; until then '%.*s' counts", TEXT_ARGS(first->file->path));
	return true;
}

static void drop_doubles(struct loader *loader)
{
	struct catalog *catalog = loader->catalog;
	size_t kept = 0;

	for (size_t i = 0; i < catalog->recipe_count; i++)
		if (!kept || !is_double(loader, &catalog->recipes[kept - 1].record, &catalog->recipes[i].record))
			catalog->recipes[kept++] = catalog->recipes[i];
	catalog->recipe_count = kept;
	kept = 0;
	for (size_t i = 0; i < catalog->pack_count; i++)
		if (!kept || !is_double(loader, &catalog->packs[kept - 1].record, &catalog->packs[i].record))
			catalog->packs[kept++] = catalog->packs[i];
	catalog->pack_count = kept;
}

/* A family that a recipe leaves to its parents. */
static void inherit_families(struct catalog *catalog)
{
	enum { PARENTS_MAX = 100 };

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *above = &catalog->recipes[i];
		for (size_t steps = 0; above && !above->family.len && steps < PARENTS_MAX; steps++)
			above = catalog_recipe(catalog, above->parent.id);
		if (above)
			catalog->recipes[i].family = above->family;
	}
}

static void announce(struct loader *loader, const struct listing *listing, enum kind kind)
{
	for (size_t i = 0; i < listing->count; i++) {
		struct text path = listing->entries[i].path, name = base_name(path);
		if (listing->entries[i].kind != ENTRY_FILE || !is_manifest_name(name))
			continue;
		if (kind != KIND_RUN)
			ahead_add(loader, path, kind);
		else if (text_starts(name, "run."))
			ahead_add(loader, path, KIND_RUN);
		else if (text_starts(name, "model."))
			ahead_add(loader, path, KIND_MODEL);
		else if (text_starts(name, "metrics.") || text_find(name, '-') == 4)
			ahead_add(loader, path, KIND_SNAPSHOT);
	}
}

static void sort_records(struct catalog *out)
{
	sort(out->recipes, out->recipe_count, sizeof *out->recipes, compare_recipes);
	sort(out->packs, out->pack_count, sizeof *out->packs, compare_packs);
	sort(out->models, out->model_count, sizeof *out->models, compare_models);
	sort(out->inputs, out->input_count, sizeof *out->inputs, compare_inputs);
}

static struct loader *make_loader(struct catalog *out, struct source *source, const struct limits *limits, struct arena *arena,
                                  struct diags *diags, struct failure *failure)
{
	struct loader *loader = arena_alloc(arena, sizeof *loader);

	*out = (struct catalog){.loader = loader};
	*loader = (struct loader){
		.catalog = out, .source = source, .limits = limits, .arena = arena, .diags = diags, .failure = failure};
	loader->context.limits = limits;
	return loader;
}

int catalog_read_config(struct catalog *out, struct source *source, const struct limits *limits, struct arena *arena, struct diags *diags,
                        struct failure *failure)
{
	struct loader *loader = make_loader(out, source, limits, arena, diags, failure);

	if (config_load(loader) < 0)
		return -1;
	loader->context = (struct schema_context){out->config.families, out->config.family_count, loader->limits};
	return 0;
}

int catalog_read(struct catalog *out, const struct brief *brief, struct source *source, const struct limits *limits, unsigned jobs, struct arena *arena,
                 struct diags *diags, struct failure *failure)
{
	struct listing recipes, packs, runs;

	if (catalog_read_config(out, source, limits, arena, diags, failure) < 0)
		return -1;
	struct loader *loader = out->loader;
	loader->brief = brief;
	if (folder_list(&recipes.entries, &recipes.count, loader, out->config.recipes, "recipes", KIND_RECIPE) < 0 ||
	    folder_list(&packs.entries, &packs.count, loader, out->config.packs, "packs", KIND_PACK) < 0 ||
	    folder_list(&runs.entries, &runs.count, loader, out->config.runs, "runs", KIND_RUN) < 0)
		return -1;
	announce(loader, &recipes, KIND_RECIPE);
	announce(loader, &packs, KIND_PACK);
	announce(loader, &runs, KIND_RUN);
	if (ahead_read(loader, jobs) < 0 ||
	    load_folder(loader, out->config.recipes, &recipes, KIND_RECIPE, recipe_load) < 0 ||
	    load_folder(loader, out->config.packs, &packs, KIND_PACK, pack_load) < 0 ||
	    models_load(loader, runs.entries, runs.count) < 0)
		return -1;
	sort_records(out);
	drop_doubles(loader);
	inherit_families(out);
	return 0;
}

void catalog_check(struct catalog *catalog)
{
	references_check(catalog->loader);
	names_check(catalog->loader);
	suppressions_read(catalog->loader);
	catalog->loader = NULL;
}

static int load(struct catalog *out, const struct brief *brief, struct source *source, const struct limits *limits, unsigned jobs,
                struct arena *arena, struct diags *diags, struct failure *failure)
{
	if (catalog_read(out, brief, source, limits, jobs, arena, diags, failure) < 0)
		return -1;
	catalog_check(out);
	return 0;
}

int catalog_load(struct catalog *out, struct source *source, const struct limits *limits, unsigned jobs,
                 struct arena *arena, struct diags *diags, struct failure *failure)
{
	return load(out, NULL, source, limits, jobs, arena, diags, failure);
}

int catalog_load_brief(struct catalog *out, const struct brief *brief, struct source *source, const struct limits *limits, unsigned jobs,
                       struct arena *arena, struct diags *diags, struct failure *failure)
{
	return load(out, brief, source, limits, jobs, arena, diags, failure);
}

void catalog_of_inputs(struct catalog *out, const struct catalog *settings, struct input *const *inputs, const enum kind *kinds, size_t count,
                       const struct limits *limits, struct arena *arena, struct diags *diags)
{
	struct loader *loader = make_loader(out, NULL, limits, arena, diags, NULL);

	out->config = settings->config;
	loader->context = (struct schema_context){out->config.families, out->config.family_count, loader->limits};
	ahead_take(loader, inputs, kinds, count);
	/* All of them were read: loading them asks no source and cannot fail. */
	for (size_t i = 0; i < count; i++)
		if ((kinds[i] == KIND_PACK ? pack_load : recipe_load)(loader, inputs[i]->path) < 0)
			break;
	sort_records(out);
	drop_doubles(loader);
	inherit_families(out);
	out->loader = NULL;
}

static const void *find(const void *items, size_t count, size_t size, struct text id,
                        int (*compare)(const void *key, const void *item))
{
	return id.len && count ? bsearch(&id, items, count, size, compare) : NULL;
}

static int compare_recipe_id(const void *key, const void *item)
{
	return text_compare(*(const struct text *)key, ((const struct recipe *)item)->record.id);
}

static int compare_pack_id(const void *key, const void *item)
{
	return text_compare(*(const struct text *)key, ((const struct pack *)item)->record.id);
}

static int compare_model_id(const void *key, const void *item)
{
	return text_compare(*(const struct text *)key, ((const struct model *)item)->record.id);
}

struct text catalog_inner(const struct catalog *catalog, struct text path)
{
	struct text workspace = catalog->config.workspace;

	return text_equal(text_cut(path, 0, workspace.len), workspace) ? text_cut(path, workspace.len, path.len) : path;
}

const struct recipe *catalog_recipe(const struct catalog *catalog, struct text id)
{
	return find(catalog->recipes, catalog->recipe_count, sizeof *catalog->recipes, id, compare_recipe_id);
}

const struct pack *catalog_pack(const struct catalog *catalog, struct text id)
{
	return find(catalog->packs, catalog->pack_count, sizeof *catalog->packs, id, compare_pack_id);
}

const struct model *catalog_model(const struct catalog *catalog, struct text id)
{
	return find(catalog->models, catalog->model_count, sizeof *catalog->models, id, compare_model_id);
}

const struct run *model_run(const struct model *model, struct text id)
{
	for (size_t i = 0; id.len && i < model->run_count; i++)
		if (text_equal(model->runs[i].record.id, id))
			return &model->runs[i];
	return NULL;
}

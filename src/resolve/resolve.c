#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "inside.h"
#include "work.h"

/* What resolving one recipe knows beyond what it hands out. */
struct progress {
	const struct catalog *catalog;
	const struct link *links;
	struct effective *recipes;
	struct name_set *told; /* by recipe: what was found wrong with it as a whole, which its children need not hear again */
	bool *is_parent; /* by recipe */
	bool whole;
	int64_t as_of;
	struct said said;
};

/* The memory and the findings of whoever resolves a recipe. */
struct bench {
	struct arena *arena;
	struct diags *diags;
};

static void make_chain(struct effective *out, const struct effective *parent, struct arena *arena)
{
	size_t above = parent ? parent->chain_count : 0;

	out->chain = arena_array(arena, above + 1, sizeof *out->chain);
	for (size_t i = 0; i < above; i++)
		out->chain[i] = parent->chain[i];
	out->chain[above] = out->recipe;
	out->chain_count = above + 1;
}

static void make_digest(struct effective *out, struct arena *arena)
{
	out->canonical = canonical_recipe(out->root, arena);
	digest_sha256(out->digest, out->canonical);
}

void effective_digest(char digest[65], const struct effective *effective, struct arena *arena)
{
	if (effective->digest[0])
		memcpy(digest, effective->digest, sizeof effective->digest);
	else
		digest_sha256(digest, canonical_recipe(effective->root, arena));
}

/* Findings need origins where fields are compared one by one: for children, under locks and for waivers. */
static bool needs_origins(const struct progress *progress, size_t i, const struct effective *parent)
{
	const struct effective *out = &progress->recipes[i];

	return progress->whole || progress->is_parent[i] || out->waiver_count ||
	       (parent && value_at(parent->root, "metadata.policy.locked"));
}

/* How gates moved is shown by pages; findings have their own words. */
static void judge_gates(const struct progress *progress, struct effective *out, const struct effective *parent, const struct merge *merge,
                        const struct bench *bench)
{
	struct arena scratch, *arena = progress->whole ? bench->arena : &scratch;

	arena_init(&scratch);
	gates_compare(out, parent, merge, arena);
	policy_judge(out, parent, &progress->said, arena, bench->diags);
	if (!progress->whole) {
		out->changes = NULL;
		out->change_count = 0;
	}
	arena_release(&scratch);
}

/* own: the recipe's own tree. */
static void resolve_one(const struct progress *progress, size_t i, const struct value *own, const struct bench *bench)
{
	const struct recipe *recipe = &progress->catalog->recipes[i];
	const struct link *link = &progress->links[i];
	struct effective *out = &progress->recipes[i];
	const struct effective *parent = link->older ? link->older : link->parent ? &progress->recipes[link->parent_index] : NULL;
	struct arena *arena = bench->arena;
	struct merge merge = {.arena = arena, .diags = bench->diags, .said = &progress->said, .findings_only = !progress->whole};

	out->recipe = recipe;
	out->above = parent;
	make_chain(out, parent, arena);
	if (!link->whole)
		return;
	out->root = merge_tree(&merge, parent ? (struct value *)parent->root : NULL, own);
	out->usable = link->usable && !recipe->record.broken && !merge.failed && (!parent || parent->usable);
	out->owner = value_text(out->root, "metadata.owner");
	waivers_read(out, progress->as_of, arena);
	if (needs_origins(progress, i, parent))
		origins_make(out, parent, &merge, arena);
	if (parent)
		judge_gates(progress, out, parent, &merge, bench);
	waivers_judge(out, arena, bench->diags);
	effective_metrics(out, parent, arena, bench->diags);
	effective_packs(out, arena);
	if (out->root)
		effective_check(out, &progress->told[i], parent && !link->older ? &progress->told[link->parent_index] : NULL, bench->diags);
	if (progress->whole)
		make_digest(out, arena);
}

/* Children were resolved over its best effort; nobody else may take that for an effective recipe. */
static void withdraw(struct effective *effective)
{
	*effective = (struct effective){.recipe = effective->recipe, .chain = effective->chain, .chain_count = effective->chain_count,
	                                .waivers = effective->waivers, .waiver_count = effective->waiver_count, .holds = effective->holds};
}

/* --- recipes that nobody inherits from: each is checked to its end and let go, by whichever thread comes to it --- */

/* A backdrop that a child was judged over, held against its parent's once, as there may be many children. */
struct proof {
	const struct backdrop *then;
	bool same;
};

struct leaves {
	const struct progress *progress;
	const size_t *items;   /* indices of recipes */
	struct diags *found;   /* by recipe: while it was resolved, and what monitored_check_one() found then */
	struct diags *monitored;
	const struct backdrop **backdrops; /* by recipe: of those that others inherit from */
	struct proof *proofs;              /* by recipe: of those that others inherit from */
	bool *unclear;                     /* by recipe: a glance was cast at it already */
	struct arena trees[WORK_THREADS_MAX], findings[WORK_THREADS_MAX];
};

/* What a glance at this recipe would be over; NULL where one is not enough. */
static const struct backdrop *find_backdrop(const struct leaves *leaves, size_t i)
{
	const struct link *link = &leaves->progress->links[i];

	if (!link->usable || !link->whole || leaves->progress->catalog->recipes[i].record.broken || !link->parent || link->older)
		return NULL;
	return leaves->backdrops[link->parent_index];
}

/* Whether what a recipe was looked at over when it was read, a guess, is what it stands over. */
static bool guess_holds(const struct leaves *leaves, size_t i)
{
	const struct backdrop *then = leaves->progress->catalog->recipes[i].over, *now = then ? find_backdrop(leaves, i) : NULL;

	if (!now)
		return false;
	struct proof *proof = &leaves->proofs[leaves->progress->links[i].parent_index];
	if (proof->then != then)
		*proof = (struct proof){then, backdrop_same(then, now)};
	return proof->same;
}

static void check_leaf(void *context, size_t at, unsigned worker)
{
	struct leaves *leaves = context;
	const struct progress *progress = leaves->progress;
	struct arena *arena = &leaves->trees[worker];
	size_t i = leaves->items[at];
	const struct bench bench = {arena, &leaves->found[i]};
	struct effective *out = &progress->recipes[i];
	const struct recipe *recipe = &progress->catalog->recipes[i];
	const struct value *own = recipe_tree(recipe, progress->catalog, arena);

	diags_init(&leaves->found[i], &leaves->findings[worker]);
	diags_init(&leaves->monitored[i], &leaves->findings[worker]);
	const struct backdrop *backdrop = leaves->unclear[i] ? NULL : find_backdrop(leaves, i);
	if (!backdrop || !glance_is_clear(backdrop, own, arena))
		resolve_one(progress, i, own, &bench);
	if (out->usable)
		monitored_check_one(out, progress->catalog, true, arena, &leaves->monitored[i]);
	*out = (struct effective){.recipe = recipe};
	arena_reset(arena);
}

/* What others refer to, or look at when all is resolved. */
static bool *find_kept(const struct progress *progress, struct arena *arena)
{
	const struct catalog *catalog = progress->catalog;
	bool *kept = arena_array(arena, catalog->recipe_count, sizeof *kept);

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *recipe = &catalog->recipes[i], *named = progress->links[i].parent;
		if (!named || progress->links[i].older)
			named = catalog_recipe(catalog, recipe->parent.id);
		if (progress->whole || progress->is_parent[i] || !recipe->record.brief || value_at(recipe->record.root, "monitoring.alerts"))
			kept[i] = true;
		/* Also where nothing comes of it. */
		if (named)
			kept[named - catalog->recipes] = true;
	}
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct model *model = &catalog->models[i];
		const struct recipe *used = catalog_recipe(catalog, model->recipe.id);
		if (used)
			kept[used - catalog->recipes] = true;
		for (size_t k = 0; k < model->run_count; k++)
			if ((used = catalog_recipe(catalog, model->runs[k].recipe.id)))
				kept[used - catalog->recipes] = true;
	}
	return kept;
}

/* Findings come in one order, whatever thread made them. */
static void resolve_in_order(struct progress *progress, const size_t *order, unsigned jobs, struct arena *arena, struct diags *diags)
{
	size_t count = progress->catalog->recipe_count, leaf_count = 0;
	bool *kept = find_kept(progress, arena);
	size_t *items = arena_array(arena, count, sizeof *items);
	struct leaves *leaves = arena_alloc(arena, sizeof *leaves);

	leaves->progress = progress;
	leaves->items = items;
	leaves->found = arena_array(arena, count, sizeof *leaves->found);
	leaves->monitored = arena_array(arena, count, sizeof *leaves->monitored);
	leaves->backdrops = arena_array(arena, count, sizeof *leaves->backdrops);
	leaves->unclear = arena_array(arena, count, sizeof *leaves->unclear);
	leaves->proofs = arena_array(arena, count, sizeof *leaves->proofs);
	for (size_t at = 0; at < count; at++) {
		size_t i = order[at];
		const struct bench bench = {arena, &leaves->found[i]};
		if (!kept[i]) {
			bool holds = guess_holds(leaves, i), clear = holds && progress->catalog->recipes[i].clear;
			leaves->unclear[i] = holds && !clear;
			if (clear)
				progress->recipes[i].recipe = &progress->catalog->recipes[i];
			else
				items[leaf_count++] = i;
			continue;
		}
		diags_init(&leaves->found[i], arena);
		resolve_one(progress, i, recipe_tree(&progress->catalog->recipes[i], progress->catalog, arena), &bench);
		name_set_sort(&progress->told[i]);
		if (!progress->whole && progress->is_parent[i])
			leaves->backdrops[i] = backdrop_make(&progress->recipes[i], &progress->told[i], progress->catalog, arena);
	}
	work_each(leaf_count, jobs, check_leaf, leaves);
	for (size_t worker = 0; worker < WORK_THREADS_MAX; worker++) {
		arena_release(&leaves->trees[worker]);
		arena_join(arena, &leaves->findings[worker]);
	}
	for (size_t at = 0; at < count; at++)
		diags_append(diags, &leaves->found[order[at]]);
	for (size_t i = 0; i < count; i++)
		if (!progress->recipes[i].usable)
			withdraw(&progress->recipes[i]);
	monitored_check(progress->recipes, leaves->monitored, progress->catalog, arena, diags);
}

static void resolve(struct resolved *out, const struct catalog *catalog, int64_t as_of, bool whole, unsigned jobs, struct arena *arena, struct diags *diags);

/* Older versions are whole workspaces of a few recipes; what is wrong in them was told when they were new. */
static void resolve_older(struct resolved *out, const struct catalog *catalog, int64_t as_of, struct arena *arena)
{
	out->older = arena_array(arena, catalog->older_count, sizeof(struct effective *));
	for (size_t i = 0; i < catalog->older_count; i++) {
		const struct older *older = &catalog->older[i];
		struct resolved *world = arena_alloc(arena, sizeof *world);
		struct diags unheard;
		if (older->past != PAST_FOUND || older->kind != KIND_RECIPE)
			continue;
		diags_init(&unheard, arena);
		resolve(world, older->world, as_of, true, 1, arena, &unheard);
		period_meet(&out->holds, &world->holds);
		out->older[i] = resolved_recipe(world, older->id);
	}
}

/* What every recipe needs before it can be resolved; order: parents first. */
static void begin(struct progress *progress, size_t **order, struct resolved *out, const struct catalog *catalog, struct arena *arena,
                  struct diags *diags)
{
	size_t count = catalog->recipe_count;
	struct link *links = arena_array(arena, count, sizeof *links);

	*order = arena_array(arena, count, sizeof **order);
	*out = (struct resolved){.recipes = arena_array(arena, count, sizeof *out->recipes), .count = count, .catalog = catalog};
	resolve_older(out, catalog, progress->as_of, arena);
	progress->catalog = catalog;
	progress->links = links;
	progress->recipes = out->recipes;
	progress->told = arena_array(arena, count, sizeof *progress->told);
	said_collect(&progress->said, diags, arena);
	parents_link(links, *order, catalog, out, arena, diags);
	progress->is_parent = arena_array(arena, count, sizeof *progress->is_parent);
	for (size_t i = 0; i < count; i++)
		if (links[i].parent && !links[i].older)
			progress->is_parent[links[i].parent_index] = true;
}

static void resolve(struct resolved *out, const struct catalog *catalog, int64_t as_of, bool whole, unsigned jobs, struct arena *arena,
                    struct diags *diags)
{
	struct progress progress = {.whole = whole, .as_of = as_of};
	size_t *order;

	begin(&progress, &order, out, catalog, arena, diags);
	resolve_in_order(&progress, order, jobs, arena, diags);
	for (size_t i = 0; whole && i < out->count; i++)
		period_meet(&out->holds, &out->recipes[i].holds);
}

void resolve_all(struct resolved *out, const struct catalog *catalog, int64_t as_of, struct arena *arena, struct diags *diags)
{
	resolve(out, catalog, as_of, true, 1, arena, diags);
}

void resolve_findings(struct resolved *out, const struct catalog *catalog, int64_t as_of, unsigned jobs, struct arena *arena,
                      struct diags *diags)
{
	resolve(out, catalog, as_of, false, jobs, arena, diags);
}

/* --- one by one --- */

/* Recipes as they are while others are made of them; what is handed out of them is a copy. */
struct asked {
	struct progress progress;
	bool *done; /* by recipe */
	struct arena *arena;
};

void resolve_by_need(struct resolved *out, const struct catalog *catalog, int64_t as_of, struct arena *arena, const struct diags *diags)
{
	struct asked *asked = arena_alloc(arena, sizeof *asked);
	struct diags unheard;
	size_t *order;

	diags_init(&unheard, arena);
	diags_append(&unheard, diags);
	*asked = (struct asked){.progress = {.whole = true, .as_of = as_of}, .done = arena_array(arena, catalog->recipe_count, sizeof *asked->done), .arena = arena};
	begin(&asked->progress, &order, out, catalog, arena, &unheard);
	asked->progress.recipes = arena_array(arena, out->count, sizeof *asked->progress.recipes);
	for (size_t at = 0; at < out->count; at++) {
		const struct link *link = &asked->progress.links[order[at]];
		struct effective *effective = &out->recipes[order[at]];
		effective->recipe = &catalog->recipes[order[at]];
		make_chain(effective, link->older ? link->older : link->parent ? &out->recipes[link->parent_index] : NULL, arena);
	}
	out->asked = asked;
}

static void ask(struct asked *asked, struct effective *recipes, size_t i)
{
	const struct progress *progress = &asked->progress;
	struct diags unheard;
	const struct bench bench = {asked->arena, &unheard};

	diags_init(&unheard, asked->arena);
	resolve_one(progress, i, recipe_tree(&progress->catalog->recipes[i], progress->catalog, asked->arena), &bench);
	asked->done[i] = true;
	recipes[i] = progress->recipes[i];
	if (!recipes[i].usable)
		withdraw(&recipes[i]);
}

const struct effective *resolved_item(const struct resolved *resolved, size_t i)
{
	struct asked *asked = resolved->asked;

	/* Those above it first, from the top. */
	while (asked && !asked->done[i]) {
		const struct link *links = asked->progress.links;
		size_t top = i;
		while (links[top].parent && !links[top].older && !asked->done[links[top].parent_index])
			top = links[top].parent_index;
		ask(asked, resolved->recipes, top);
	}
	return &resolved->recipes[i];
}

static int compare_id(const void *key, const void *item)
{
	return text_compare(*(const struct text *)key, ((const struct effective *)item)->recipe->record.id);
}

const struct effective *resolved_recipe(const struct resolved *resolved, struct text id)
{
	const struct effective *found =
		resolved->count ? bsearch(&id, resolved->recipes, resolved->count, sizeof *resolved->recipes, compare_id) : NULL;

	return found ? resolved_item(resolved, (size_t)(found - resolved->recipes)) : NULL;
}

const struct effective *resolved_at(const struct resolved *resolved, const struct reference *reference)
{
	const struct older *older = resolved->catalog ? catalog_older(resolved->catalog, KIND_RECIPE, reference) : NULL;

	if (older && older->past == PAST_FOUND)
		return resolved->older[older - resolved->catalog->older];
	const struct effective *here = resolved_recipe(resolved, reference->id);
	return here && reference_matches(reference, here->recipe->version) ? here : NULL;
}

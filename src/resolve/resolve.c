#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "inside.h"

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
static void judge_gates(struct progress *progress, struct effective *out, const struct effective *parent, const struct merge *merge)
{
	struct arena scratch, *arena = progress->whole ? progress->arena : &scratch;

	arena_init(&scratch);
	gates_compare(out, parent, merge, arena);
	policy_judge(out, parent, &progress->said, arena, progress->diags);
	if (!progress->whole) {
		out->changes = NULL;
		out->change_count = 0;
	}
	arena_release(&scratch);
}

static void resolve_one(struct progress *progress, size_t i)
{
	const struct recipe *recipe = &progress->catalog->recipes[i];
	const struct link *link = &progress->links[i];
	struct effective *out = &progress->recipes[i];
	struct effective *parent = link->parent ? &progress->recipes[link->parent_index] : NULL;
	struct arena *arena = progress->arena;
	struct merge merge = {.arena = arena, .diags = progress->diags, .said = &progress->said, .findings_only = !progress->whole};

	out->recipe = recipe;
	make_chain(out, parent, arena);
	if (!link->whole)
		return;
	out->root = merge_tree(&merge, parent ? (struct value *)parent->root : NULL, recipe->record.root);
	out->usable = link->usable && !recipe->record.broken && !merge.failed && (!parent || parent->usable);
	out->owner = value_text(out->root, "metadata.owner");
	waivers_read(out, progress->as_of, arena);
	if (needs_origins(progress, i, parent))
		origins_make(out, parent, &merge, arena);
	if (parent)
		judge_gates(progress, out, parent, &merge);
	waivers_judge(out, arena, progress->diags);
	effective_metrics(out, parent, arena, progress->diags);
	effective_packs(out, arena);
	if (out->root)
		effective_check(out, &progress->told[i], parent ? &progress->told[link->parent_index] : NULL, progress->diags);
	if (progress->whole)
		make_digest(out, arena);
}

/* Children were resolved over its best effort; nobody else may take that for an effective recipe. */
static void withdraw(struct effective *effective)
{
	*effective = (struct effective){.recipe = effective->recipe, .chain = effective->chain, .chain_count = effective->chain_count,
	                                .waivers = effective->waivers, .waiver_count = effective->waiver_count};
}

static void resolve(struct resolved *out, const struct catalog *catalog, int64_t as_of, bool whole, struct arena *arena,
                    struct diags *diags)
{
	size_t count = catalog->recipe_count;
	struct link *links = arena_array(arena, count, sizeof *links);
	size_t *order = arena_array(arena, count, sizeof *order);
	struct progress progress = {.catalog = catalog, .links = links, .whole = whole, .as_of = as_of, .arena = arena, .diags = diags};

	*out = (struct resolved){.recipes = arena_array(arena, count, sizeof *out->recipes), .count = count};
	progress.recipes = out->recipes;
	progress.told = arena_array(arena, count, sizeof *progress.told);
	said_collect(&progress.said, diags, arena);
	parents_link(links, order, catalog, arena, diags);
	progress.is_parent = arena_array(arena, count, sizeof *progress.is_parent);
	for (size_t i = 0; i < count; i++)
		if (links[i].parent)
			progress.is_parent[links[i].parent_index] = true;
	for (size_t i = 0; i < count; i++)
		resolve_one(&progress, order[i]);
	for (size_t i = 0; i < count; i++)
		if (!out->recipes[i].usable)
			withdraw(&out->recipes[i]);
	monitored_check(out, catalog, arena, diags);
}

void resolve_all(struct resolved *out, const struct catalog *catalog, int64_t as_of, struct arena *arena, struct diags *diags)
{
	resolve(out, catalog, as_of, true, arena, diags);
}

void resolve_findings(struct resolved *out, const struct catalog *catalog, int64_t as_of, struct arena *arena, struct diags *diags)
{
	resolve(out, catalog, as_of, false, arena, diags);
}

static int compare_id(const void *key, const void *item)
{
	return text_compare(*(const struct text *)key, ((const struct effective *)item)->recipe->record.id);
}

const struct effective *resolved_recipe(const struct resolved *resolved, struct text id)
{
	return resolved->count ? bsearch(&id, resolved->recipes, resolved->count, sizeof *resolved->recipes, compare_id) : NULL;
}

#include <string.h>

#include "digest.h"
#include "inside.h"

/* What resolving one recipe knows beyond what it hands out. */
struct progress {
	const struct catalog *catalog;
	const struct link *links;
	struct effective *recipes;
	struct name_set *told; /* by recipe: what was found wrong with it as a whole, which its children need not hear again */
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

static void resolve_one(struct progress *progress, size_t i)
{
	const struct recipe *recipe = &progress->catalog->recipes[i];
	const struct link *link = &progress->links[i];
	struct effective *out = &progress->recipes[i];
	struct effective *parent = link->parent ? &progress->recipes[link->parent_index] : NULL;
	struct arena *arena = progress->arena;
	struct merge merge = {.arena = arena, .diags = progress->diags, .said = &progress->said};

	out->recipe = recipe;
	make_chain(out, parent, arena);
	if (!link->whole)
		return;
	out->root = merge_tree(&merge, parent ? (struct value *)parent->root : NULL, recipe->record.root);
	out->usable = link->usable && !recipe->record.broken && !merge.failed && (!parent || parent->usable);
	origins_make(out, parent, &merge, arena);
	out->owner = value_text(out->root, "metadata.owner");
	waivers_read(out, progress->as_of, arena);
	if (parent) {
		gates_compare(out, parent, &merge, arena);
		policy_judge(out, parent, &progress->said, arena, progress->diags);
	}
	waivers_judge(out, arena, progress->diags);
	effective_metrics(out, parent, arena, progress->diags);
	effective_packs(out, arena);
	if (out->root)
		effective_check(out, &progress->told[i], parent ? &progress->told[link->parent_index] : NULL, progress->diags);
	make_digest(out, arena);
}

/* Children were resolved over its best effort; nobody else may take that for an effective recipe. */
static void withdraw(struct effective *effective)
{
	*effective = (struct effective){.recipe = effective->recipe, .chain = effective->chain, .chain_count = effective->chain_count,
	                                .waivers = effective->waivers, .waiver_count = effective->waiver_count};
}

void resolve_all(struct resolved *out, const struct catalog *catalog, int64_t as_of, struct arena *arena, struct diags *diags)
{
	size_t count = catalog->recipe_count;
	struct link *links = arena_array(arena, count, sizeof *links);
	size_t *order = arena_array(arena, count, sizeof *order);
	struct progress progress = {.catalog = catalog, .links = links, .as_of = as_of, .arena = arena, .diags = diags};

	*out = (struct resolved){.recipes = arena_array(arena, count, sizeof *out->recipes), .count = count};
	progress.recipes = out->recipes;
	progress.told = arena_array(arena, count, sizeof *progress.told);
	said_collect(&progress.said, diags, arena);
	parents_link(links, order, catalog, arena, diags);
	for (size_t i = 0; i < count; i++)
		resolve_one(&progress, order[i]);
	for (size_t i = 0; i < count; i++)
		if (!out->recipes[i].usable)
			withdraw(&out->recipes[i]);
}

const struct effective *resolved_recipe(const struct resolved *resolved, struct text id)
{
	for (size_t i = 0; i < resolved->count; i++)
		if (text_equal(resolved->recipes[i].recipe->record.id, id))
			return &resolved->recipes[i];
	return NULL;
}

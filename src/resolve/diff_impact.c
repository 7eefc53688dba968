#include <string.h>

#include "diff_parts.h"

const struct effective *reference_follow(const struct state *state, const struct reference *reference)
{
	const struct effective *effective = reference && reference->id.len ? resolved_at(state->resolved, reference) : NULL;

	return effective && effective->usable ? effective : NULL;
}

static bool same_steps(const struct chain *a, const struct chain *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = a->steps[i].kind == b->steps[i].kind && text_equal(a->steps[i].id, b->steps[i].id);
	return same;
}

static void add_chain(struct record_change *change, struct chain chain, struct arena *arena)
{
	for (size_t i = 0; i < change->chain_count; i++)
		if (same_steps(&change->chains[i], &chain))
			return;
	change->chains = arena_grow(arena, change->chains, change->chain_count, sizeof *change->chains);
	change->chains[change->chain_count++] = chain;
	change->reached = true;
}

/* From the end of an effective recipe's chain up to the recipe with this id, and on to more where that is not NULL. */
static struct chain climb(const struct effective *effective, struct text up_to, const struct step *more, enum record_move end,
                          struct arena *arena)
{
	struct chain chain = {.steps = arena_array(arena, effective->chain_count + 1, sizeof *chain.steps), .end = end};

	for (size_t i = effective->chain_count; i > 0; i--) {
		chain.steps[chain.count++] = (struct step){KIND_RECIPE, effective->chain[i - 1]->record.id};
		if (text_equal(effective->chain[i - 1]->record.id, up_to))
			break;
	}
	if (more)
		chain.steps[chain.count++] = *more;
	return chain;
}

/* --- Packs --- */

static bool is_display(struct text field)
{
	return text_starts(field, "metadata.") || text_ends(field, ".name") || text_ends(field, ".unit") || text_ends(field, ".decimals");
}

bool pack_judges_anew(const struct record_change *pack)
{
	bool judges = pack->move != MOVE_CHANGED || pack->gate_count || pack->unresolved_before != pack->unresolved_after;

	for (size_t i = 0; i < pack->field_count && !judges; i++)
		judges = !is_display(pack->fields[i].field);
	return judges;
}

static const struct reference *pack_named(const struct effective *effective, struct text id)
{
	for (size_t i = 0; effective && i < effective->pack_count; i++)
		if (text_equal(effective->packs[i].id, id))
			return &effective->packs[i];
	return NULL;
}

static const struct pack *judging_pack(const struct state *state, const struct reference *reference)
{
	const struct pack *pack = catalog_pack_at(state->catalog, reference);

	return pack && !pack->record.broken ? pack : NULL;
}

/* Whether two packs, one of which is an older version that a pin asks for, say the same but for what they are called. */
static bool same_limits(const struct pack *a, const struct pack *b, struct arena *arena)
{
	struct record_change change = {.kind = KIND_PACK, .move = MOVE_CHANGED};
	struct leaves old, new;

	if (same_input(a->record.file, b->record.file))
		return true;
	leaves_find(&old, KIND_PACK, a->record.root, arena);
	leaves_find(&new, KIND_PACK, b->record.root, arena);
	leaves_sort(&old);
	leaves_sort(&new);
	leaves_compare(&change, &old, &new, arena);
	return !pack_judges_anew(&change);
}

/* A recipe that attaches the pack in both states is judged anew where the pack is another one, or can be used no more. */
static void look_at_pack(struct record_change *change, struct work *work, const struct effective *before, const struct effective *now,
                         const struct reference *reference)
{
	const struct reference *was = pack_named(before, reference->id);
	const struct record_change *pack = change_of(work->packs, work->pack_count, reference->id);
	struct step step = {KIND_PACK, reference->id};

	if (!was)
		return;
	const struct pack *old = judging_pack(work->before, was), *new = judging_pack(work->now, reference);
	if (!old && !new)
		return;
	if (old && new && same_limits(old, new, work->arena))
		return;
	const struct origin *origin = effective_origin(now, text_format(work->arena, "evaluation.packs.%.*s", TEXT_ARGS(reference->id)));
	struct text up_to = origin && origin->recipe ? origin->recipe->record.id : now->recipe->record.id;
	add_chain(change, climb(now, up_to, &step, pack ? pack->move : MOVE_CHANGED, work->arena), work->arena);
}

/* --- Recipes --- */

static const struct recipe *recipe_of(const struct catalog *catalog, struct text id)
{
	return id.len ? catalog_recipe(catalog, id) : NULL;
}

static bool is_edited(const struct recipe *before, const struct recipe *now)
{
	return !before || !now || !same_input(before->record.file, now->record.file);
}

/* The nearest recipe from this one up that is not what it was: why an effective form came or went. */
static void blame_chain(struct record_change *change, struct work *work)
{
	enum { CHAIN_MAX = 1000 };
	const struct catalog *before = work->before->catalog, *now = work->now->catalog;
	struct chain chain = {.end = MOVE_CHANGED};
	struct text id = change->id;

	while (id.len && chain.count < CHAIN_MAX) {
		const struct recipe *was = recipe_of(before, id), *is = recipe_of(now, id);
		chain.steps = arena_grow(work->arena, chain.steps, chain.count, sizeof *chain.steps);
		chain.steps[chain.count++] = (struct step){KIND_RECIPE, id};
		if ((was || is) && is_edited(was, is)) {
			chain.end = !was ? MOVE_ADDED : !is ? MOVE_REMOVED : MOVE_CHANGED;
			if (chain.count > 1)
				add_chain(change, chain, work->arena);
			return;
		}
		id = is ? is->parent.id : TEXT("");
	}
}

static enum record_move end_of(struct work *work, struct text id)
{
	bool was = recipe_of(work->before->catalog, id), is = recipe_of(work->now->catalog, id);

	return !was ? MOVE_ADDED : !is ? MOVE_REMOVED : MOVE_CHANGED;
}

/* A parent that is there in one state alone, though a pin finds it in history: that no file has it any more is worth a word. */
static void impact_of_parents(struct record_change *change, struct work *work, const struct effective *now)
{
	for (size_t i = 0; i + 1 < now->chain_count; i++) {
		struct text id = now->chain[i]->record.id;
		enum record_move end = end_of(work, id);
		if (end != MOVE_CHANGED)
			add_chain(change, climb(now, id, NULL, end, work->arena), work->arena);
	}
}

void impact_on_recipe(struct record_change *change, struct work *work, const struct effective *before, const struct effective *now)
{
	if (change->unresolved_before != change->unresolved_after)
		blame_chain(change, work);
	if (change->unresolved_before || change->unresolved_after)
		return;
	impact_of_parents(change, work, now);
	for (size_t i = 0; i < change->field_count; i++) {
		const struct record *record = change->fields[i].cause.record;
		if (!record || text_equal(record->id, change->id))
			continue;
		/* What is gone may stand in the old chain alone. */
		const struct effective *side = change->fields[i].cause.gone ? before : now;
		add_chain(change, climb(side, record->id, NULL, end_of(work, record->id), work->arena), work->arena);
	}
	for (size_t i = 0; i < now->pack_count; i++)
		look_at_pack(change, work, before, now, &now->packs[i]);
	change->reached = change->reached || change->field_count;
}

/* --- Models and runs --- */

static bool is_own_cause(const struct record_change *recipe)
{
	if (recipe->move != MOVE_CHANGED || !recipe->chain_count)
		return true;
	for (size_t i = 0; i < recipe->field_count; i++)
		if (recipe->fields[i].cause.record && text_equal(recipe->fields[i].cause.record->id, recipe->id))
			return true;
	return false;
}

static void add_chain_over(struct record_change *change, const struct step *first, const struct chain *rest, struct arena *arena)
{
	struct chain chain = {.steps = arena_array(arena, rest->count + 1, sizeof *chain.steps), .count = rest->count + 1, .end = rest->end};

	chain.steps[0] = *first;
	for (size_t i = 0; i < rest->count; i++)
		chain.steps[i + 1] = rest->steps[i];
	add_chain(change, chain, arena);
}

/* Whether what the recipe is in effect, or what judges by it, is other than it was; a new version alone is not. */
static bool recipe_moves(const struct record_change *recipe)
{
	return recipe && (recipe->reached || recipe->move != MOVE_CHANGED || recipe->unresolved_before != recipe->unresolved_after);
}

static bool is_current(const struct state *state, const struct effective *effective)
{
	return resolved_recipe(state->resolved, effective->recipe->record.id) == effective;
}

/* A pin asks for an older version on at least one side: what became of the recipe since does not matter, its packs do. */
static void impact_of_versions(struct record_change *change, struct work *work, const struct effective *was, const struct effective *is)
{
	struct record_change pinned = {.kind = KIND_RECIPE, .move = MOVE_CHANGED, .id = is->recipe->record.id};
	const struct step self = {change->kind, change->id};
	struct step steps[] = {{KIND_RECIPE, is->recipe->record.id}};

	if (strcmp(was->digest, is->digest) != 0)
		add_chain_over(change, &self, &(struct chain){steps, 1, MOVE_CHANGED}, work->arena);
	for (size_t i = 0; i < is->pack_count; i++)
		look_at_pack(&pinned, work, was, is, &is->packs[i]);
	for (size_t i = 0; i < pinned.chain_count; i++)
		add_chain_over(change, &self, &pinned.chains[i], work->arena);
}

void impact_by_reference(struct record_change *change, struct work *work, const struct reference *before, const struct reference *now)
{
	const struct effective *was = reference_follow(work->before, before), *is = reference_follow(work->now, now);
	const struct step self = {change->kind, change->id};

	if (was)
		memcpy(change->digest_before, was->digest, sizeof change->digest_before);
	if (is)
		memcpy(change->digest_after, is->digest, sizeof change->digest_after);
	change->unresolved_before = before && before->id.len && !was;
	change->unresolved_after = now && now->id.len && !is;
	if (work->measures_differently && change->kind == KIND_MODEL && before && now) {
		struct step steps[] = {{KIND_CONFIG, TEXT("galley.yaml")}};
		add_chain_over(change, &self, &(struct chain){steps, 1, MOVE_CHANGED}, work->arena);
	}
	if (!before || !now || !text_equal(before->id, now->id))
		return;
	const struct record_change *recipe = change_of(work->recipes, work->recipe_count, now->id);
	if (was && is && !(is_current(work->before, was) && is_current(work->now, is))) {
		impact_of_versions(change, work, was, is);
		if (recipe && recipe->move != MOVE_CHANGED)
			add_chain_over(change, &self, &(struct chain){(struct step[]){{KIND_RECIPE, now->id}}, 1, recipe->move}, work->arena);
		return;
	}
	if (!recipe_moves(recipe) && change->unresolved_before == change->unresolved_after)
		return;
	if (!recipe || (!was && !is))
		return;
	struct step steps[] = {{KIND_RECIPE, now->id}};
	if (is_own_cause(recipe) || (change->unresolved_before != change->unresolved_after && !recipe->chain_count))
		add_chain_over(change, &self, &(struct chain){steps, 1, recipe->move}, work->arena);
	for (size_t i = 0; i < recipe->chain_count; i++)
		add_chain_over(change, &self, &recipe->chains[i], work->arena);
}

static bool has_regression(const struct pack *pack)
{
	for (size_t i = 0; pack && i < pack->metric_count; i++)
		if (pack->metrics[i].max_regression.len)
			return true;
	return false;
}

void impact_of_baseline(struct record_change *change, struct work *work, const struct model *model, const struct reference *recipe)
{
	const struct effective *effective = reference_follow(work->now, recipe);
	const struct step self = {change->kind, change->id};
	struct step steps[] = {{KIND_MODEL, model->record.id}};
	bool judged = false;

	for (size_t i = 0; effective && i < effective->pack_count; i++)
		judged = judged || has_regression(judging_pack(work->now, &effective->packs[i]));
	if (judged)
		add_chain_over(change, &self, &(struct chain){steps, 1, MOVE_CHANGED}, work->arena);
}

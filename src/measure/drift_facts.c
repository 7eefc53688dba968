#include "drift_facts.h"

#include "arena.h"

enum { BATCH = 256 };

unsigned facts_wanted(const struct drift_request *request, const struct drift_feature *feature)
{
	static const unsigned needs[METHOD_COUNT] = {
		[METHOD_KS] = RANKS_KS | RANKS_KS_EXACT,
		[METHOD_WASSERSTEIN] = RANKS_DISTANCES,
		[METHOD_ENERGY] = RANKS_DISTANCES,
		[METHOD_CVM] = RANKS_CVM,
		[METHOD_ANDERSON_DARLING] = RANKS_ANDERSON_DARLING,
		[METHOD_MANN_WHITNEY] = RANKS_MANN_WHITNEY,
	};
	unsigned wanted = RANKS_KS;

	for (enum drift_method m = 0; m < METHOD_COUNT; m++)
		if (request->show[m] || request->decide == m || (feature && feature->method == m))
			wanted |= needs[m];
	return wanted;
}

static void walk(struct rank_results *out, const struct side_column *reference, const struct side_column *current, unsigned wanted)
{
	struct tie ties[BATCH];
	struct ranks ranks;
	size_t at[2] = {0, 0}, count;

	ranks_begin(&ranks, reference->counts.n, current->counts.n, wanted);
	while ((count = ties_of(ties, BATCH, at, reference->values, reference->counts.n, current->values, current->counts.n)) > 0)
		ranks_add(&ranks, ties, count);
	ranks_end(out, &ranks);
}

static void count_cells(struct number_facts *facts, int s, const struct side_column *side)
{
	size_t below = 0;

	for (size_t i = 0; i <= facts->cut_count; i++) {
		size_t up_to = i == facts->cut_count ? side->counts.n : values_up_to(side->values, side->counts.n, facts->cuts[i]);
		facts->cells[s][i] = up_to - below;
		below = up_to;
	}
}

static const struct number_facts *number_facts(const struct side_column sides[2], unsigned wanted, struct arena *arena)
{
	struct number_facts *facts = arena_alloc(arena, sizeof *facts);
	size_t n = sides[REFERENCE].counts.n, m = sides[CURRENT].counts.n;

	*facts = (struct number_facts){0};
	walk(&facts->ranks, &sides[REFERENCE], &sides[CURRENT], wanted);
	for (int s = REFERENCE; s <= CURRENT; s++) {
		if (!sides[s].counts.n)
			continue;
		values_moments(&facts->moments[s], sides[s].values, sides[s].counts.n);
		for (size_t i = 0; i < 9; i++)
			facts->quantiles[s][i] = values_quantile(sides[s].values, sides[s].counts.n, drift_quantile_points[i]);
	}
	if (n) {
		facts->cut_count = quantile_cuts(facts->cuts, sides[REFERENCE].values, n);
		count_cells(facts, REFERENCE, &sides[REFERENCE]);
		count_cells(facts, CURRENT, &sides[CURRENT]);
	}
	if (n && m)
		facts->shape = shape_of(sides[REFERENCE].values, n, sides[CURRENT].values, m, &facts->ranks, arena);
	return facts;
}

/* Both sides are in byte order and are merged. */
static const struct group_facts *group_facts(const struct side_column sides[2], struct arena *arena)
{
	const struct categories *reference = &sides[REFERENCE].categories, *current = &sides[CURRENT].categories;
	struct group_facts *facts = arena_alloc(arena, sizeof *facts);
	size_t room = reference->count + current->count, i = 0, j = 0, k = 0;

	facts->labels = arena_array(arena, room, sizeof *facts->labels);
	for (int s = REFERENCE; s <= CURRENT; s++)
		facts->counts[s] = arena_array(arena, room, sizeof(size_t));
	for (; i < reference->count || j < current->count; k++) {
		const struct category *r = i < reference->count ? reference->items[i] : NULL, *c = j < current->count ? current->items[j] : NULL;
		int order = !r ? 1 : !c ? -1 : text_compare(r->label, c->label);
		facts->labels[k] = text_copy(arena, order <= 0 ? r->label : c->label);
		facts->counts[REFERENCE][k] = order <= 0 ? r->count : 0;
		facts->counts[CURRENT][k] = order >= 0 ? c->count : 0;
		i += order <= 0;
		j += order >= 0;
	}
	facts->count = k;
	return facts;
}

void facts_of_pair(struct column_facts *out, const struct pair *pair, const struct drift_request *request, struct arena *arena)
{
	*out = (struct column_facts){.name = pair->name, .kind = pair->kind, .feature = pair->feature};
	for (int s = REFERENCE; s <= CURRENT; s++) {
		out->there[s] = pair->sides[s].there;
		out->counts[s] = pair->sides[s].counts;
	}
	if (!out->there[REFERENCE] || !out->there[CURRENT])
		return;
	if (out->kind == COLUMN_NUMBER)
		out->numbers = number_facts(pair->sides, facts_wanted(request, pair->feature), arena);
	else if (out->kind == COLUMN_CATEGORY || out->kind == COLUMN_CATEGORY_NUM)
		out->groups = group_facts(pair->sides, arena);
}

#include "drift_facts.h"

#include <stdlib.h>

#include "arena.h"

/* --- values by their place in the order --- */

enum { POINTS = 9, DECILES = 9, SHARES_MOST = POINTS + DECILES + 2 };

/* Both neighbours of each share. */
struct quantiles {
	uint64_t places[2 * SHARES_MOST];
	double values[2 * SHARES_MOST];
	struct rank_picks picks;
	uint64_t size;
};

static int order_places(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void quantiles_init(struct quantiles *quantiles, uint64_t size, const double *shares, size_t count)
{
	double between;

	*quantiles = (struct quantiles){.size = size};
	quantiles->picks = (struct rank_picks){.places = quantiles->places, .values = quantiles->values, .count = size ? 2 * count : 0};
	for (size_t i = 0; i < count && size; i++) {
		uint64_t place = quantile_place(&between, size, shares[i]);
		quantiles->places[2 * i] = place;
		quantiles->places[2 * i + 1] = place + 1 < size ? place + 1 : place;
	}
	qsort(quantiles->places, quantiles->picks.count, sizeof *quantiles->places, order_places);
}

static double value_at(const struct quantiles *quantiles, uint64_t place)
{
	size_t i = 0;

	while (quantiles->places[i] != place)
		i++;
	return quantiles->values[i];
}

static double quantile_of(const struct quantiles *quantiles, double share)
{
	double between;
	uint64_t low = quantile_place(&between, quantiles->size, share);

	return quantile_between(value_at(quantiles, low), value_at(quantiles, low + 1 < quantiles->size ? low + 1 : low), between);
}

/* --- the reference alone --- */

#define LOW_SHARE 0.001
#define HIGH_SHARE 0.999

static void pick_ties(void *context, size_t column, const struct tie *ties, size_t count)
{
	struct quantiles *quantiles = context;

	picks_add(&quantiles[column].picks, false, ties, count);
}

static void pick_skip(void *context, size_t column, double from, uint64_t reference, uint64_t current)
{
	struct quantiles *quantiles = context;

	(void)from;
	(void)current;
	picks_skip(&quantiles[column].picks, reference);
}

static void set_base(struct number_base *base, const struct quantiles *quantiles, bool shape, struct arena *arena)
{
	*base = (struct number_base){.shape = NULL};
	if (!quantiles->size)
		return;
	for (size_t i = 0; i < POINTS; i++)
		base->quantiles[i] = quantile_of(quantiles, drift_quantile_points[i]);
	for (int i = 1; i <= DECILES; i++) {
		double cut = quantile_of(quantiles, i * 0.1);
		if (base->cut_count == 0 || cut != base->cuts[base->cut_count - 1])
			base->cuts[base->cut_count++] = cut;
	}
	if (shape)
		shape_begin(base, quantile_of(quantiles, LOW_SHARE), quantile_of(quantiles, HIGH_SHARE), arena);
}

static void base_shares(double shares[static SHARES_MOST])
{
	for (size_t i = 0; i < POINTS; i++)
		shares[i] = drift_quantile_points[i];
	for (int i = 1; i <= DECILES; i++)
		shares[POINTS + i - 1] = i * 0.1;
	shares[POINTS + DECILES] = LOW_SHARE;
	shares[POINTS + DECILES + 1] = HIGH_SHARE;
}

void base_of_ties(struct number_base *base, const struct tie *ties, size_t count, uint64_t size, struct arena *arena)
{
	struct quantiles quantiles;
	double shares[SHARES_MOST];

	base_shares(shares);
	quantiles_init(&quantiles, size, shares, SHARES_MOST);
	picks_add(&quantiles.picks, false, ties, count);
	set_base(base, &quantiles, false, arena);
}

int bases_of(struct number_base **bases, struct side *reference, const struct drift_request *request, struct arena *arena,
             struct failure *failure)
{
	size_t count = reference->number_count;
	struct quantiles *quantiles = memory_get(count * sizeof *quantiles);
	struct ordered_want *wants = memory_get(count * sizeof *wants);
	const struct ordered_visitor visitor = {pick_ties, pick_skip, quantiles};
	double shares[SHARES_MOST];

	base_shares(shares);
	for (size_t i = 0; i < count; i++) {
		bool unused = reference->columns[reference->number_names[i]].kind != COLUMN_NUMBER;
		quantiles_init(&quantiles[i], ordered_sum(reference->numbers, i)->count, shares, SHARES_MOST);
		wants[i] = (struct ordered_want){
			.none = unused, .places = {quantiles[i].places, NULL}, .place_count = {quantiles[i].picks.count, 0}};
	}
	*bases = arena_array(arena, count, sizeof **bases);
	int result = ordered_walk(reference->numbers, NULL, wants, &visitor, failure);
	for (size_t i = 0; i < count && !result; i++)
		if (!wants[i].none)
			set_base(&(*bases)[i], &quantiles[i], request->shapes, arena);
	free(quantiles);
	free(wants);
	return result;
}

/* --- both sides' numbers --- */

/* A number column while it is walked over. */
struct walked {
	const struct number_base *base;
	struct number_facts *facts;
	struct ranks ranks;
	struct quantiles quantiles; /* of the current side */
	struct rank_edges cuts, bins, grid;
	uint64_t cut_counts[2][CUTS_MAX], bin_counts[2][HISTOGRAM_MAX], grid_counts[2][ECDF_POINTS];
	double edges[CUTS_MAX + EDGES_MOST];
	size_t edge_count;
};

static void walk_ties(void *context, size_t column, const struct tie *ties, size_t count)
{
	struct walked *walked = ((struct walked *const *)context)[column];

	ranks_add(&walked->ranks, ties, count);
	picks_add(&walked->quantiles.picks, true, ties, count);
	edges_add(&walked->cuts, ties, count);
	edges_add(&walked->bins, ties, count);
	edges_add(&walked->grid, ties, count);
}

static void walk_skip(void *context, size_t column, double from, uint64_t reference, uint64_t current)
{
	struct walked *walked = ((struct walked *const *)context)[column];

	ranks_skip(&walked->ranks, reference, current);
	picks_skip(&walked->quantiles.picks, current);
	edges_skip(&walked->cuts, from, reference, current);
	edges_skip(&walked->bins, from, reference, current);
	edges_skip(&walked->grid, from, reference, current);
}

/* What the methods that may be computed for a column need of its ranks. */
static unsigned ranks_for(const struct pair *pair, const struct drift_request *request)
{
	static const unsigned needs[METHOD_COUNT] = {
		[METHOD_KS] = RANKS_KS | RANKS_KS_EXACT,
		[METHOD_KUIPER] = RANKS_KS,
		[METHOD_WASSERSTEIN] = RANKS_DISTANCES,
		[METHOD_ENERGY] = RANKS_DISTANCES,
		[METHOD_CVM] = RANKS_CVM,
		[METHOD_ANDERSON_DARLING] = RANKS_ANDERSON_DARLING,
		[METHOD_MANN_WHITNEY] = RANKS_MANN_WHITNEY,
	};
	unsigned wanted = request->shapes ? RANKS_KS : 0;

	for (enum drift_method m = 0; m < METHOD_COUNT; m++)
		if (request->show[m] || request->decide == m || (pair->feature && pair->feature->method == m))
			wanted |= needs[m];
	return wanted;
}

static bool asks(const struct pair *pair, const struct drift_request *request, enum drift_method method)
{
	return request->show[method] || request->decide == method || (pair->feature && pair->feature->method == method);
}

static void add_edges(struct walked *walked, struct rank_edges *edges, const double *ends, size_t count, uint64_t *reference,
                      uint64_t *current)
{
	*edges = (struct rank_edges){.edges = ends, .reference = reference, .current = current, .count = count};
	for (size_t i = 0; i < count; i++)
		walked->edges[walked->edge_count++] = ends[i];
}

static void begin(struct ordered_want *want, struct walked *walked, const struct pair *pair, const struct exact_sum *reference,
                  const struct exact_sum *current, const struct drift_request *request)
{
	unsigned ranks = ranks_for(pair, request);
	const struct number_base *base = walked->base;
	bool all = ranks & ~(unsigned)(RANKS_KS | RANKS_KS_EXACT) || asks(pair, request, METHOD_Z_TEST) ||
	           reference->count + current->count <= WALKED_MOST;

	walked->facts->counted = all;
	ranks_begin(&walked->ranks, reference->count, current->count, ranks);
	quantiles_init(&walked->quantiles, current->count, drift_quantile_points, POINTS);
	add_edges(walked, &walked->cuts, base->cuts, base->cut_count, walked->cut_counts[0], walked->cut_counts[1]);
	if (base->shape) {
		add_edges(walked, &walked->bins, base->bins, base->shape->bins - 1, walked->bin_counts[0], walked->bin_counts[1]);
		add_edges(walked, &walked->grid, base->grid, ECDF_POINTS, walked->grid_counts[0], walked->grid_counts[1]);
	}
	*want = (struct ordered_want){
		.all = all,
		.gaps = ranks & RANKS_KS,
		.places = {NULL, walked->quantiles.places},
		.place_count = {0, walked->quantiles.picks.count},
		.edges = walked->edges,
		.edge_count = walked->edge_count,
	};
}

static void end_side(struct number_facts *facts, int s, const struct exact_sum *sum)
{
	facts->ranks.min[s] = sum->min;
	facts->ranks.max[s] = sum->max;
	sum_moments(&facts->moments[s], sum);
}

static void end(struct walked *walked, const struct exact_sum *reference, const struct exact_sum *current, struct arena *arena)
{
	struct number_facts *facts = walked->facts;
	const struct number_base *base = walked->base;
	const uint64_t sizes[2] = {reference->count, current->count};

	ranks_end(&facts->ranks, &walked->ranks);
	edges_end(&walked->cuts);
	edges_end(&walked->bins);
	edges_end(&walked->grid);
	if (reference->count)
		end_side(facts, REFERENCE, reference);
	if (current->count)
		end_side(facts, CURRENT, current);
	facts->cut_count = base->cut_count;
	for (size_t i = 0; i < CUTS_MAX; i++)
		facts->cuts[i] = base->cuts[i];
	for (int s = REFERENCE; s <= CURRENT && reference->count; s++)
		for (size_t i = 0; i <= base->cut_count; i++)
			facts->cells[s][i] =
			    (size_t)((i < base->cut_count ? walked->cut_counts[s][i] : sizes[s]) - (i ? walked->cut_counts[s][i - 1] : 0));
	for (size_t i = 0; i < POINTS; i++) {
		facts->quantiles[REFERENCE][i] = base->quantiles[i];
		facts->quantiles[CURRENT][i] = current->count ? quantile_of(&walked->quantiles, drift_quantile_points[i]) : 0;
	}
	if (!base->shape || !current->count)
		return;
	struct drift_shape *shape = arena_alloc(arena, sizeof *shape);
	shape_end(shape, base, (const uint64_t *const[2]){walked->bin_counts[0], walked->bin_counts[1]},
	          (const uint64_t *const[2]){walked->grid_counts[0], walked->grid_counts[1]}, &facts->ranks);
	facts->shape = shape;
}

/* The walked of each number of the reference; NULL for those that no pair is about. */
static int walk_numbers(struct walked **walked, const struct pair *const *pairs, struct side *reference, struct side *current,
                        const struct drift_request *request, struct arena *arena, struct failure *failure)
{
	size_t count = reference->number_count;
	struct ordered_want *wants = memory_get(count * sizeof *wants);
	const struct ordered_visitor visitor = {walk_ties, walk_skip, walked};

	for (size_t i = 0; i < count; i++) {
		wants[i] = (struct ordered_want){.none = true};
		if (walked[i])
			begin(&wants[i], walked[i], pairs[i], ordered_sum(reference->numbers, i), ordered_sum(current->numbers, i), request);
	}
	int result = ordered_walk(reference->numbers, current->numbers, wants, &visitor, failure);
	for (size_t i = 0; i < count; i++)
		if (walked[i])
			end(walked[i], ordered_sum(reference->numbers, i), ordered_sum(current->numbers, i), arena);
	free(wants);
	return result;
}

void facts_of_ties(struct number_facts *out, const struct number_base *base, const struct exact_sum *const sums[2], const struct tie *ties, size_t count,
                   const struct pair *pair, const struct drift_request *request, struct arena *arena)
{
	struct walked *walked = memory_get(sizeof *walked);
	struct ordered_want want;

	*walked = (struct walked){.base = base, .facts = out};
	begin(&want, walked, pair, sums[REFERENCE], sums[CURRENT], request);
	walk_ties(&walked, 0, ties, count);
	end(walked, sums[REFERENCE], sums[CURRENT], arena);
	free(walked);
}

/* --- categories --- */

/* Both sides are in byte order and are merged. */
static const struct group_facts *group_facts(const struct categories *reference, const struct categories *current, struct arena *arena)
{
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

/* --- pairs --- */

void facts_begin(struct column_facts *out, const struct pair *pair, const struct side_column *const columns[2], struct arena *arena)
{
	*out = (struct column_facts){.name = pair->name, .kind = pair->kind, .feature = pair->feature};
	for (int s = REFERENCE; s <= CURRENT; s++) {
		out->there[s] = pair->there[s];
		if (columns[s])
			out->counts[s] = columns[s]->counts;
	}
	if (columns[REFERENCE] && columns[CURRENT] && (out->kind == COLUMN_CATEGORY || out->kind == COLUMN_CATEGORY_NUM))
		out->groups = group_facts(&columns[REFERENCE]->categories, &columns[CURRENT]->categories, arena);
}

int facts_of_pairs(struct column_facts **facts, const struct choice *choice, struct side *reference, struct side *current,
                   const struct number_base *bases, const struct drift_request *request, struct arena *arena, struct failure *failure)
{
	struct walked **walked = arena_array(arena, reference->number_count, sizeof *walked);
	const struct pair **pairs = arena_array(arena, reference->number_count, sizeof *pairs);

	*facts = arena_array(arena, choice->pair_count, sizeof **facts);
	for (size_t i = 0; i < choice->pair_count; i++) {
		const struct pair *pair = &choice->pairs[i];
		const struct side_column *columns[2] = {pair->there[REFERENCE] ? &reference->columns[pair->at[REFERENCE]] : NULL,
		                                        pair->there[CURRENT] ? &current->columns[pair->at[CURRENT]] : NULL};
		facts_begin(&(*facts)[i], pair, columns, arena);
		if (!columns[REFERENCE] || !columns[CURRENT] || pair->kind != COLUMN_NUMBER)
			continue;
		size_t number = columns[REFERENCE]->number;
		struct number_facts *numbers = arena_alloc(arena, sizeof *numbers);
		(*facts)[i].numbers = numbers;
		pairs[number] = pair;
		walked[number] = memory_get(sizeof **walked);
		*walked[number] = (struct walked){.base = &bases[number], .facts = numbers};
	}
	int result = walk_numbers(walked, pairs, reference, current, request, arena, failure);
	for (size_t i = 0; i < reference->number_count; i++)
		free(walked[i]);
	return result;
}

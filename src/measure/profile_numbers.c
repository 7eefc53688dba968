#include <string.h>

#include "arena.h"
#include "cell_bounds.h"
#include "profile_cells.h"

/* --- from all values --- */

static size_t merge_runs(struct tie **out, const struct profile_column *reference, const struct profile_column *current, struct arena *arena)
{
	struct tie *ties = arena_array(arena, reference->run_count + current->run_count, sizeof *ties);
	size_t i = 0, j = 0, k = 0;

	for (; i < reference->run_count || j < current->run_count; k++) {
		const struct profile_value *r = i < reference->run_count ? &reference->run[i] : NULL, *c = j < current->run_count ? &current->run[j] : NULL;
		bool first = r && (!c || r->value <= c->value), second = c && (!r || c->value <= r->value);
		ties[k] = (struct tie){first ? r->value : c->value, first ? r->count : 0, second ? c->count : 0};
		i += first;
		j += second;
	}
	*out = ties;
	return k;
}

/* --- from ranks that are known within spans --- */

static void end_sides(struct number_facts *out, const struct profile_column *const columns[2])
{
	for (int s = REFERENCE; s <= CURRENT; s++) {
		if (!columns[s]->sum.count)
			continue;
		out->ranks.min[s] = columns[s]->sum.min;
		out->ranks.max[s] = columns[s]->sum.max;
		sum_moments(&out->moments[s], &columns[s]->sum);
	}
}

/* A decile of the reference, and how many values of either side are at most it: surely, and as an estimate. */
struct cut { double value; struct span at_most[2]; uint64_t told[2]; };

static uint64_t middle(struct span span)
{
	return span.low + (span.high - span.low) / 2;
}

static struct cut cut_at(double value, const struct rank_bounds *const ranks[2])
{
	struct cut cut = {.value = value};

	for (int s = REFERENCE; s <= CURRENT; s++) {
		cut.at_most[s] = ranks_upto(ranks[s], value);
		cut.told[s] = middle(cut.at_most[s]);
	}
	return cut;
}

/* Somewhere in a range, and at least at this place of the reference's order. */
static struct cut cut_within(struct value_range range, uint64_t place, const struct rank_bounds *const ranks[2])
{
	struct cut cut = cut_at(quantile_between(range.low, range.high, 0.5), ranks);

	for (int s = REFERENCE; s <= CURRENT; s++)
		cut.at_most[s] = (struct span){ranks_upto(ranks[s], range.low).low, ranks_upto(ranks[s], range.high).high};
	struct span *own = &cut.at_most[REFERENCE];
	own->low = own->low > place ? own->low : place + 1;
	cut.told[REFERENCE] = cut.told[REFERENCE] > own->low ? cut.told[REFERENCE] : own->low;
	return cut;
}

/* False where it cannot be told whether two deciles are the same. */
static bool find_cuts(struct cut cuts[CUTS_MAX], size_t *count, const struct rank_bounds *const ranks[2])
{
	struct value_range before = {0};
	double between;

	*count = 0;
	for (int i = 1; i <= CUTS_MAX; i++) {
		struct value_range range = rank_quantile(ranks[REFERENCE], i * 0.1);
		bool apart = !*count || range.low > before.high, same = before.low == before.high && range.low == before.low && range.high == before.high;
		if (!apart && !same)
			return false;
		if (apart)
			cuts[(*count)++] = cut_within(range, quantile_place(&between, ranks[REFERENCE]->n, i * 0.1), ranks);
		before = range;
	}
	return true;
}

static struct span span_between(struct span from, struct span to)
{
	return (struct span){to.low > from.high ? to.low - from.high : 0, to.high - from.low};
}

/* Counts between the cuts, and where those are not exact, bounds of what follows from them. */
static void set_cells(struct number_facts *out, const struct cut *cuts, size_t count, const struct rank_bounds *const ranks[2])
{
	const uint64_t n = ranks[REFERENCE]->n, m = ranks[CURRENT]->n;
	const struct cut last = {.at_most = {{n, n}, {m, m}}, .told = {n, m}};
	struct cell_spans spans[CUTS_MAX + 1];
	struct cut before = {.value = 0};
	bool exact = true;

	out->cut_count = count;
	for (size_t i = 0; i <= count; i++) {
		const struct cut *cut = i < count ? &cuts[i] : &last;
		if (i < count)
			out->cuts[i] = cut->value;
		for (int s = REFERENCE; s <= CURRENT; s++)
			out->cells[s][i] = (size_t)(cut->told[s] - before.told[s]);
		spans[i].reference = span_between(before.at_most[REFERENCE], cut->at_most[REFERENCE]);
		spans[i].current = span_between(before.at_most[CURRENT], cut->at_most[CURRENT]);
		exact = exact && spans[i].reference.low == spans[i].reference.high && spans[i].current.low == spans[i].current.high;
		before = *cut;
	}
	if (!exact)
		cell_bounds(out->bounds, spans, count + 1, n, m);
}

static void set_ranks(struct number_facts *out, const struct rank_bounds *const ranks[2])
{
	struct ks_bounds ks;

	ks_bounds(&ks, ranks[REFERENCE], ranks[CURRENT]);
	for (int s = REFERENCE; s <= CURRENT; s++)
		out->rank_errors[s] = (double)ranks[s]->error / (double)ranks[s]->n;
	out->ranks.defined = true;
	out->ranks.d = ks.d;
	out->ranks.d_plus = ks.plus;
	out->ranks.d_minus = ks.minus;
	out->bounds[METHOD_KS] = (struct value_bound){ks.d, ks.most};
}

/* Where a side's values are not all there, what is known of their ranks; where nothing is, moments alone. */
static void by_ranks(struct number_facts *out, const struct profile_column *reference, const struct profile_column *current, struct arena *arena)
{
	const struct profile_column *const columns[2] = {reference, current};
	struct rank_bounds bounds[2];
	const struct rank_bounds *const ranks[2] = {&bounds[REFERENCE], &bounds[CURRENT]};
	struct number_base base;
	struct cut cuts[CUTS_MAX];
	size_t count = 0;

	*out = (struct number_facts){.by_profiles = true, .no_cuts = true, .no_quantiles = {true, true}};
	out->ranks.n = reference->sum.count;
	out->ranks.m = current->sum.count;
	end_sides(out, columns);
	bool known = profile_base(&base, reference, arena);
	if (known) {
		out->no_quantiles[REFERENCE] = false;
		memcpy(out->quantiles[REFERENCE], base.quantiles, sizeof base.quantiles);
	}
	out->no_ranks = !rank_bounds_of(&bounds[REFERENCE], reference, arena) || !rank_bounds_of(&bounds[CURRENT], current, arena);
	if (out->no_ranks || !out->ranks.n || !out->ranks.m)
		return;
	set_ranks(out, ranks);
	for (; known && count < base.cut_count; count++)
		cuts[count] = cut_at(base.cuts[count], ranks);
	out->no_cuts = !known && !find_cuts(cuts, &count, ranks);
	if (!out->no_cuts)
		set_cells(out, cuts, count, ranks);
}

void profile_numbers(struct number_facts *out, const struct profile_column *reference, const struct profile_column *current,
                     const struct pair *pair, const struct drift_request *request, struct arena *arena)
{
	bool runs = (reference->has_run || !reference->sum.count) && (current->has_run || !current->sum.count);

	*out = (struct number_facts){0};
	if (!runs) {
		by_ranks(out, reference, current, arena);
		return;
	}
	const struct exact_sum *const sums[2] = {&reference->sum, &current->sum};
	struct number_base base = {.shape = NULL};
	struct tie *ties;
	size_t count = merge_runs(&ties, reference, current, arena);
	profile_base(&base, reference, arena);
	facts_of_ties(out, &base, sums, ties, count, pair, request, arena);
}

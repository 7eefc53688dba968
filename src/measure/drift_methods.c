#include "drift_score.h"

#include <float.h>
#include <math.h>

#include "arena.h"
#include "number.h"

/* --- what every score says about itself --- */

static void define(struct scorer *scorer, struct drift_score *score, const char *key, struct text value, bool number)
{
	score->definition = arena_grow(scorer->arena, score->definition, score->definition_count, sizeof *score->definition);
	score->definition[score->definition_count++] = (struct drift_definition){key, value, number};
}

void define_words(struct scorer *scorer, struct drift_score *score, const char *key, const char *words)
{
	define(scorer, score, key, text_of(words), false);
}

void define_number(struct scorer *scorer, struct drift_score *score, const char *key, double value)
{
	char out[32];
	size_t len = number_print(out, value);

	define(scorer, score, key, text_copy(scorer->arena, (struct text){out, len}), true);
}

void define_sizes(struct scorer *scorer, struct drift_score *score)
{
	define_number(scorer, score, "reference_values", (double)scorer->n);
	define_number(scorer, score, "current_values", (double)scorer->m);
}

void add_side(struct drift_score *score, const char *key, bool has, double value)
{
	bool shown = has && isfinite(value);

	score->sides[score->side_count++] = (struct drift_side_value){key, shown, shown ? value : 0};
}

void give_reason(struct drift_score *score, struct text reason)
{
	if (!score->reason.len)
		score->reason = reason;
}

void set_value(struct drift_score *score, bool has, double value)
{
	if (has && !isfinite(value))
		give_reason(score, TEXT("it is beyond the largest number that can be held"));
	score->has_value = has && isfinite(value);
	score->value = score->effect = score->has_value ? value : 0;
}

void set_p(struct drift_score *score, bool has, double p)
{
	score->with_p = true;
	score->has_p = has;
	score->p = has ? p : 0;
}

/* --- cells --- */

static void define_cells(struct scorer *scorer, struct drift_score *score, bool floor, const char *logarithm)
{
	define_words(scorer, score, "cells", scorer->facts->numbers
	                                         ? "right-closed bins between the nine inner deciles of the reference (Hyndman-Fan type 7), equal ones merged"
	                                         : "categories of both sides");
	define_number(scorer, score, "cell_count", (double)scorer->cells);
	if (floor)
		define_number(scorer, score, "zero_share", PSI_FLOOR);
	if (logarithm)
		define_words(scorer, score, "logarithm", logarithm);
	define_sizes(scorer, score);
}

static void compute_psi(struct scorer *scorer, struct drift_score *score)
{
	struct drift_column *column = scorer->column;
	double *parts = arena_array(scorer->arena, scorer->cells, sizeof *parts), value = 0;
	bool has = psi(&value, parts, scorer->reference, scorer->current, scorer->cells);

	set_value(score, has, value);
	for (size_t i = 0; has && i < scorer->cells; i++) {
		column->cells[i].reference = scorer->reference[i];
		column->cells[i].current = scorer->current[i];
		column->cells[i].part = parts[i];
	}
	define_words(scorer, score, "formula", "sum of (c - r) ln(c / r) over the cells' shares r of the reference and c of the current values");
	define_cells(scorer, score, true, "natural");
}

/* Of an estimate only the value is told, with its bounds. */
static bool cells_are_exact(const struct scorer *scorer)
{
	const struct number_facts *numbers = scorer->facts->numbers;

	return !numbers || !(numbers->bounds[METHOD_PSI].high > numbers->bounds[METHOD_PSI].low);
}

static void compute_js(struct scorer *scorer, struct drift_score *score)
{
	set_value(score, scorer->has_distances, scorer->distances.js_distance);
	add_side(score, "js_divergence", scorer->has_distances && cells_are_exact(scorer), scorer->distances.js_divergence);
	define_words(scorer, score, "formula", "square root of the sum of r/2 log(r / q) + c/2 log(c / q), q = (r + c) / 2, over the cells' shares r of the "
	                                       "reference and c of the current values");
	define_cells(scorer, score, false, "base 2");
}

static void compute_hellinger(struct scorer *scorer, struct drift_score *score)
{
	set_value(score, scorer->has_distances, scorer->distances.hellinger);
	define_words(scorer, score, "formula", "square root of half the sum of (sqrt r - sqrt c)^2 over the cells' shares r of the reference and c of the "
	                                       "current values");
	define_cells(scorer, score, false, NULL);
}

static void compute_tvd(struct scorer *scorer, struct drift_score *score)
{
	set_value(score, scorer->has_distances, scorer->distances.tvd);
	add_side(score, "linf", scorer->has_distances && cells_are_exact(scorer), scorer->distances.largest);
	define_words(scorer, score, "formula", "half the sum of |r - c| over the cells' shares r of the reference and c of the current values");
	define_cells(scorer, score, false, NULL);
}

static void compute_kl(struct scorer *scorer, struct drift_score *score)
{
	set_value(score, scorer->has_distances, scorer->distances.kl_current);
	add_side(score, "kl_ref_cur", scorer->has_distances && cells_are_exact(scorer), scorer->distances.kl_reference);
	define_words(scorer, score, "formula", "sum of c ln(c / r) over the cells' shares r of the reference and c of the current values");
	define_cells(scorer, score, true, "natural");
}

/* --- distribution functions --- */

static void compute_ks(struct scorer *scorer, struct drift_score *score)
{
	const struct number_facts *numbers = scorer->facts->numbers;
	const struct rank_results *ranks = &numbers->ranks;
	/* So few pairs that the exact p is wanted, which profiles without all values do not tell: then nothing is known of it. */
	bool lost = numbers->by_profiles && scorer->n && scorer->m && scorer->n <= KS_EXACT_MAX / scorer->m;

	set_value(score, ranks->defined, ranks->d);
	set_p(score, ranks->defined, ranks->has_exact ? ranks->d_exact_p : lost ? 1 : ranks->defined ? ks_p_limit(ranks->d, (double)ranks->n, (double)ranks->m) : 0);
	add_side(score, "d_plus", ranks->defined, ranks->d_plus);
	add_side(score, "d_minus", ranks->defined, ranks->d_minus);
	define_words(scorer, score, "formula", "largest difference of the two distribution functions");
	if (ranks->defined && (lost || numbers->bounds[METHOD_KS].high > ranks->d))
		score->p_bound = -1;
	define_words(scorer, score, "p_from", ranks->has_exact ? "all orders of the values, given their ties"
	                                      : lost           ? "all orders of the values, which the profiles do not hold"
	                                                       : "Kolmogorov's limiting distribution");
	define_sizes(scorer, score);
}

static double plain(struct scaled value)
{
	return ldexp(value.value, value.scale);
}

static void compute_wasserstein(struct scorer *scorer, struct drift_score *score)
{
	const struct rank_results *ranks = &scorer->facts->numbers->ranks;
	const struct moments *moments = &scorer->facts->numbers->moments[REFERENCE];
	bool has = ranks->defined && moments->has_std && moments->std > 0;

	if (ranks->defined && !has)
		give_reason(score, moments->has_std ? TEXT("all values of the reference are equal, so it has no scale to compare with")
		                                    : TEXT("the reference has one value, so no standard deviation"));
	set_value(score, has, has ? ldexp(ranks->wasserstein.value / moments->std, ranks->wasserstein.scale - moments->scale) : 0);
	add_side(score, "raw", ranks->defined, plain(ranks->wasserstein));
	define_words(scorer, score, "formula", "integral of the size of the difference of the two distribution functions, over the reference's standard deviation");
	define_words(scorer, score, "std", "of the reference, n - 1 in the denominator");
	define_words(scorer, score, "raw", "the integral alone, in the column's unit");
	define_sizes(scorer, score);
}

static void compute_energy(struct scorer *scorer, struct drift_score *score)
{
	const struct rank_results *ranks = &scorer->facts->numbers->ranks;
	struct scaled squared = ranks->energy;

	/* The root of 2^scale is a power of two for even scales. */
	if (squared.scale % 2) {
		squared.value *= 2;
		squared.scale--;
	}
	set_value(score, ranks->defined, ldexp(sqrt(squared.value), squared.scale / 2));
	add_side(score, "squared", ranks->defined, plain(ranks->energy));
	define_words(scorer, score, "formula", "square root of twice the integral of the squared difference of the two distribution functions");
	define_words(scorer, score, "squared", "2 E|X - Y| - E|X - X'| - E|Y - Y'|, in the column's unit");
	define_sizes(scorer, score);
}

/* From profiles that do not tell a value exactly. A limit between its bounds leaves open on which side it lies. */
static void bound_value(struct scorer *scorer, struct drift_score *score)
{
	static const char *const errors[2] = {"reference_sketch_rank_error", "current_sketch_rank_error"};
	const struct drift_limit *limit = &score->limit;
	const struct number_facts *numbers = scorer->facts->numbers;
	const struct value_bound *bound = numbers ? &numbers->bounds[score->method] : NULL;

	if (!bound || !score->has_value || !(bound->high > bound->low))
		return;
	score->bounded = true;
	score->low = fmin(bound->low, score->value);
	score->high = fmax(bound->high, score->value);
	define_words(scorer, score, "bound", score->p_bound ? "from the ranks that both profiles tell: it lies between value and at_most, and p is at most p"
	                                                    : "from the ranks that both profiles tell: it lies between at_least and at_most; value is an estimate");
	for (int s = REFERENCE; s <= CURRENT; s++)
		if (numbers->rank_errors[s] > 0)
			define_number(scorer, score, errors[s], numbers->rank_errors[s]);
	if (!limit->given || limit->on_p || ((score->low > limit->warn) == (score->high > limit->warn) && (score->low > limit->drift) == (score->high > limit->drift)))
		return;
	score->status = DRIFT_INCONCLUSIVE;
	give_reason(score, text_format(scorer->arena, "it lies between %g and %g, with a limit between them", score->low, score->high));
}

void score_compute(struct scorer *scorer, struct drift_score *score)
{
	static void (*const functions[METHOD_COUNT])(struct scorer *, struct drift_score *) = {
		[METHOD_PSI] = compute_psi,
		[METHOD_JS] = compute_js,
		[METHOD_HELLINGER] = compute_hellinger,
		[METHOD_TVD] = compute_tvd,
		[METHOD_KL] = compute_kl,
		[METHOD_KS] = compute_ks,
		[METHOD_KUIPER] = compute_kuiper,
		[METHOD_WASSERSTEIN] = compute_wasserstein,
		[METHOD_ENERGY] = compute_energy,
		[METHOD_CVM] = compute_cvm,
		[METHOD_ANDERSON_DARLING] = compute_darling,
		[METHOD_MANN_WHITNEY] = compute_mann_whitney,
		[METHOD_WELCH_T] = compute_welch,
		[METHOD_CHI_SQUARE] = compute_chi_square,
		[METHOD_G_TEST] = compute_g_test,
		[METHOD_Z_TEST] = compute_z_test,
		[METHOD_MISSING] = compute_missing,
	};

	functions[score->method](scorer, score);
	bound_value(scorer, score);
}

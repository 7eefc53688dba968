#include "drift_score.h"

#include <math.h>

/* --- of ranks --- */

void compute_kuiper(struct scorer *scorer, struct drift_score *score)
{
	const struct rank_results *ranks = &scorer->facts->numbers->ranks;
	double v = ranks->d_plus + ranks->d_minus;

	set_value(score, ranks->defined, v);
	set_p(score, ranks->defined, ranks->defined ? kuiper_p(v, (double)ranks->n, (double)ranks->m) : 0);
	define_words(scorer, score, "formula", "largest difference of the two distribution functions above, and that below, added");
	define_words(scorer, score, "p_from", "Kuiper's limiting distribution by Stephens' approximation");
	define_sizes(scorer, score);
}

void compute_cvm(struct scorer *scorer, struct drift_score *score)
{
	const struct rank_results *ranks = &scorer->facts->numbers->ranks;
	bool has = ranks->n >= 2 && ranks->m >= 2;

	if (ranks->defined && !has)
		give_reason(score, TEXT("fewer than two values on a side"));
	set_value(score, has, ranks->cvm);
	set_p(score, has, has ? cvm_p(ranks->cvm, (double)ranks->n, (double)ranks->m) : 0);
	define_words(scorer, score, "formula", "n m / N^2 times the sum over all N values of the squared difference of the two distribution functions");
	define_words(scorer, score, "p_from", "limiting Cramer-von Mises distribution, mean and variance adjusted to n and m");
	define_sizes(scorer, score);
}

void compute_darling(struct scorer *scorer, struct drift_score *score)
{
	const struct rank_results *ranks = &scorer->facts->numbers->ranks;
	double value = 0, variance = 0;
	bool any = ranks->has_darling, has = any && darling_standardise(&value, &variance, ranks->darling, (double)ranks->n, (double)ranks->m);

	if (ranks->defined && !has)
		give_reason(score, any ? TEXT("fewer than four values in all") : TEXT("all values are equal"));
	set_value(score, has, value);
	set_p(score, has, has ? darling_p(&score->p_bound, value) : 0);
	add_side(score, "a2", any, ranks->darling);
	add_side(score, "sigma2", has, variance);
	define_words(scorer, score, "formula", "(a2 - 1) / sqrt(sigma2), a2 the midrank statistic of Scholz and Stephens for two samples and sigma2 its variance");
	define_words(scorer, score, "p_from", "interpolation in the table of Scholz and Stephens, which ends at 0.25 and 0.001");
	define_sizes(scorer, score);
}

void compute_mann_whitney(struct scorer *scorer, struct drift_score *score)
{
	const struct rank_results *ranks = &scorer->facts->numbers->ranks;

	if (ranks->defined && !ranks->has_z)
		give_reason(score, TEXT("all values are equal, so the ranks do not vary"));
	double shift = ranks->defined ? (ranks->u_cur - ranks->u_ref) / ((double)ranks->n * (double)ranks->m) : 0;
	set_value(score, ranks->defined, ranks->u_ref);
	score->effect = fabs(shift);
	set_p(score, ranks->has_z, fmin(erfc(ranks->z / sqrt(2)), 1));
	add_side(score, "rank_biserial", ranks->defined, shift);
	add_side(score, "u_cur", ranks->defined, ranks->u_cur);
	add_side(score, "tie_sum", ranks->defined, ranks->tie_sum);
	add_side(score, "z", ranks->has_z, ranks->z);
	add_side(score, "p_without_continuity", ranks->has_z, fmin(erfc(ranks->z_plain / sqrt(2)), 1));
	define_words(scorer, score, "formula", "pairs in which the reference value is the larger, half of one where they are equal");
	define_words(scorer, score, "effect", "size of the rank-biserial correlation, (u_cur - value) / (n m)");
	define_words(scorer, score, "p_from", "normal approximation with continuity correction, variance corrected for ties, two-sided");
	define_sizes(scorer, score);
}

/* --- of moments --- */

void compute_welch(struct scorer *scorer, struct drift_score *score)
{
	const struct number_facts *numbers = scorer->facts->numbers;
	bool sized = scorer->n >= 2 && scorer->m >= 2;
	struct welch test = {0};
	bool has = sized && welch_test(&test, &numbers->moments[REFERENCE], (double)scorer->n, &numbers->moments[CURRENT], (double)scorer->m);

	if (scorer->n && scorer->m && !has)
		give_reason(score, sized ? TEXT("neither side varies") : TEXT("fewer than two values on a side"));
	set_value(score, has, test.statistic);
	score->effect = fabs(score->value);
	set_p(score, has, test.p);
	add_side(score, "df", has, test.df);
	define_words(scorer, score, "formula", "mean of the reference less mean of the current values, over the root of the sum of their variances over n and over m");
	define_words(scorer, score, "p_from", "Student's t distribution with Welch and Satterthwaite's degrees of freedom, two-sided");
	define_sizes(scorer, score);
}

/* --- of counts --- */

static void judge_cells(struct scorer *scorer, struct drift_score *score, const struct homogeneity *test)
{
	if (!score->has_value || 5 * test->small <= test->cells)
		return;
	score->status = DRIFT_INCONCLUSIVE;
	give_reason(score, text_format(scorer->arena, "expected counts under 5 in %zu of %zu cells", test->small, test->cells));
}

void compute_chi_square(struct scorer *scorer, struct drift_score *score)
{
	struct homogeneity test;
	bool has = chi_square_test(&test, scorer->reference, scorer->current, scorer->cells);

	set_value(score, has, test.statistic);
	set_p(score, has, test.p);
	score->effect = test.cramers_v;
	add_side(score, "cramers_v", test.has_v, test.cramers_v);
	add_side(score, "dof", has, (double)test.dof);
	add_side(score, "cells_expected_below_5", has, (double)test.small);
	if (has && !test.has_v && !score->limit.on_p) {
		score->status = DRIFT_INCONCLUSIVE;
		give_reason(score, TEXT("one category in all, so Cramer's V is not defined"));
	}
	judge_cells(scorer, score, &test);
	define_words(scorer, score, "formula", "Pearson's chi-square of the 2 x k table of counts, cells empty on both sides left out, no continuity correction");
	define_words(scorer, score, "effect", "Cramer's V, the square root of chi-square over all values");
	define_words(scorer, score, "p_from", "chi-square distribution with k - 1 degrees of freedom");
	define_number(scorer, score, "cell_count", (double)test.cells);
	define_sizes(scorer, score);
}

void compute_g_test(struct scorer *scorer, struct drift_score *score)
{
	struct homogeneity test;
	bool has = g_test(&test, scorer->reference, scorer->current, scorer->cells);

	set_value(score, has, test.statistic);
	set_p(score, has, test.p);
	add_side(score, "dof", has, (double)test.dof);
	add_side(score, "cells_expected_below_5", has, (double)test.small);
	judge_cells(scorer, score, &test);
	define_words(scorer, score, "formula", "2 sum of O ln(O / E) over the 2 x k table of counts O and expected counts E, cells empty on both sides left out");
	define_words(scorer, score, "p_from", "chi-square distribution with k - 1 degrees of freedom");
	define_number(scorer, score, "cell_count", (double)test.cells);
	define_sizes(scorer, score);
}

/* --- of shares --- */

static void add_proportions(struct drift_score *score, const struct proportions *test, bool has)
{
	add_side(score, "p_ref", has, test->reference);
	add_side(score, "p_cur", has, test->current);
}

void compute_z_test(struct scorer *scorer, struct drift_score *score)
{
	const struct column_facts *facts = scorer->facts;
	struct proportions test = {0};
	size_t hits[2] = {0, 0};
	bool two = facts->numbers ? facts->numbers->ranks.pooled == 2 : facts->groups->count == 2;

	if (two && facts->numbers) {
		hits[REFERENCE] = (size_t)facts->numbers->ranks.largest.reference;
		hits[CURRENT] = (size_t)facts->numbers->ranks.largest.current;
	} else if (two) {
		hits[REFERENCE] = facts->groups->counts[REFERENCE][1];
		hits[CURRENT] = facts->groups->counts[CURRENT][1];
	}
	bool has = two && proportion_test(&test, hits[REFERENCE], scorer->n, hits[CURRENT], scorer->m);
	set_value(score, has && test.has_z, test.z);
	score->effect = fabs(score->value);
	set_p(score, has && test.has_z, test.p);
	add_proportions(score, &test, has);
	add_side(score, "diff", has, test.difference);
	add_side(score, "z_unpooled", test.has_unpooled, test.unpooled);
	define_words(scorer, score, "formula", "share of the later of the two values in the current data less that in the reference, over its standard error");
	define_words(scorer, score, "variance", "pooled, no continuity correction");
	define_words(scorer, score, "p_from", "normal distribution, two-sided");
	define_sizes(scorer, score);
}

void compute_missing(struct scorer *scorer, struct drift_score *score)
{
	const struct drift_counts *reference = &scorer->facts->counts[REFERENCE], *current = &scorer->facts->counts[CURRENT];
	struct proportions test;
	bool has = proportion_test(&test, reference->missing, reference->rows, current->missing, current->rows);

	set_value(score, has, test.difference);
	score->effect = fabs(score->value);
	set_p(score, test.has_z, test.p);
	add_proportions(score, &test, has);
	add_side(score, "z_pooled", test.has_z, test.z);
	add_side(score, "z_unpooled", test.has_unpooled, test.unpooled);
	define_words(scorer, score, "formula", "share of missing fields in the current rows minus that in the reference");
	define_words(scorer, score, "p_from", test.has_z ? "two-proportion z test, pooled variance, two-sided"
	                                                 : "not available: all rows are missing, or none, so their variance is 0");
	define_number(scorer, score, "reference_rows", (double)reference->rows);
	define_number(scorer, score, "current_rows", (double)current->rows);
}

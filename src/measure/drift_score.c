#include "drift_score.h"

#include <math.h>

#include "number.h"
#include "statistics.h"

enum { MIN_ROWS = 30 };

/* Counts of both sides by bin or category. */
struct cells { size_t *reference, *current; size_t count; };

struct scorer {
	const struct pair *pair;
	const struct side_column *reference, *current;
	size_t min_rows;
	struct cells cells;
	struct drift_column *column;
	struct arena *arena;
};

static bool numeric(enum column_kind kind)
{
	return kind == COLUMN_NUMBER;
}

static bool grouped(enum column_kind kind)
{
	return kind == COLUMN_CATEGORY || kind == COLUMN_CATEGORY_NUM;
}

static bool applies(enum drift_method method, enum column_kind kind)
{
	const struct drift_method_info *info = &drift_methods[method];

	if (kind == COLUMN_IDENTIFIER || kind == COLUMN_IGNORE || kind == COLUMN_AUTO)
		return false;
	return info->any || (info->numbers && numeric(kind)) || (info->categories && grouped(kind));
}

/* --- what every score says about itself --- */

static void define(struct scorer *scorer, struct drift_score *score, const char *key, struct text value, bool number)
{
	score->definition = arena_grow(scorer->arena, score->definition, score->definition_count, sizeof *score->definition);
	score->definition[score->definition_count++] = (struct drift_definition){key, value, number};
}

static void define_words(struct scorer *scorer, struct drift_score *score, const char *key, const char *words)
{
	define(scorer, score, key, text_of(words), false);
}

static void define_number(struct scorer *scorer, struct drift_score *score, const char *key, double value)
{
	char out[32];
	size_t len = number_print(out, value);

	define(scorer, score, key, text_copy(scorer->arena, (struct text){out, len}), true);
}

static void define_sizes(struct scorer *scorer, struct drift_score *score)
{
	define_number(scorer, score, "reference_values", (double)scorer->reference->counts.n);
	define_number(scorer, score, "current_values", (double)scorer->current->counts.n);
}

static void add_side(struct drift_score *score, const char *key, bool has, double value)
{
	score->sides[score->side_count++] = (struct drift_side_value){key, has, has ? value : 0};
}

static void inconclusive(struct drift_score *score, struct text reason)
{
	score->status = DRIFT_INCONCLUSIVE;
	if (!score->reason.len)
		score->reason = reason;
}

/* --- cells --- */

static void bin_numbers(struct scorer *scorer)
{
	const struct side_column *reference = scorer->reference, *current = scorer->current;
	double cuts[9];
	size_t count = quantile_cuts(cuts, reference->values, reference->counts.n), cells = count + 1;
	size_t below[2] = {0, 0};

	scorer->cells = (struct cells){arena_array(scorer->arena, cells, sizeof(size_t)), arena_array(scorer->arena, cells, sizeof(size_t)), cells};
	scorer->column->cells = arena_array(scorer->arena, cells, sizeof *scorer->column->cells);
	scorer->column->cell_count = cells;
	for (size_t i = 0; i < cells; i++) {
		bool last = i == count;
		size_t r = last ? reference->counts.n : values_up_to(reference->values, reference->counts.n, cuts[i]);
		size_t c = last ? current->counts.n : values_up_to(current->values, current->counts.n, cuts[i]);
		scorer->cells.reference[i] = r - below[0];
		scorer->cells.current[i] = c - below[1];
		below[0] = r;
		below[1] = c;
		scorer->column->cells[i].low = i ? cuts[i - 1] : -INFINITY;
		scorer->column->cells[i].high = last ? INFINITY : cuts[i];
	}
}

static void add_name(struct text **names, size_t *count, struct text name, struct arena *arena)
{
	*names = arena_grow(arena, *names, *count, sizeof **names);
	(*names)[(*count)++] = name;
}

/* Both sides are in byte order: they are merged, and what is on one side alone is listed. */
static void bin_categories(struct scorer *scorer)
{
	const struct categories *sides[2] = {&scorer->reference->categories, &scorer->current->categories};
	struct drift_column *column = scorer->column;
	size_t room = sides[0]->count + sides[1]->count, i = 0, j = 0, k = 0;

	scorer->cells = (struct cells){arena_array(scorer->arena, room, sizeof(size_t)), arena_array(scorer->arena, room, sizeof(size_t)), 0};
	column->cells = arena_array(scorer->arena, room, sizeof *column->cells);
	for (; i < sides[0]->count || j < sides[1]->count; k++) {
		const struct category *r = i < sides[0]->count ? sides[0]->items[i] : NULL;
		const struct category *c = j < sides[1]->count ? sides[1]->items[j] : NULL;
		int order = !r ? 1 : !c ? -1 : text_compare(r->label, c->label);
		struct text label = text_copy(scorer->arena, order <= 0 ? r->label : c->label);
		column->cells[k].label = label;
		scorer->cells.reference[k] = order <= 0 ? r->count : 0;
		scorer->cells.current[k] = order >= 0 ? c->count : 0;
		if (order < 0)
			add_name(&column->vanished_categories, &column->vanished_count, label, scorer->arena);
		if (order > 0)
			add_name(&column->new_categories, &column->new_count, label, scorer->arena);
		i += order <= 0;
		j += order >= 0;
	}
	scorer->cells.count = column->cell_count = k;
}

/* --- methods --- */

static void score_psi(struct scorer *scorer, struct drift_score *score)
{
	struct cells *cells = &scorer->cells;
	struct drift_column *column = scorer->column;
	double *parts = arena_array(scorer->arena, cells->count, sizeof *parts);

	score->has_value = psi(&score->value, parts, cells->reference, cells->current, cells->count);
	score->effect = score->value;
	for (size_t i = 0; score->has_value && i < cells->count; i++) {
		column->cells[i].reference = cells->reference[i];
		column->cells[i].current = cells->current[i];
		column->cells[i].part = parts[i];
	}
	if (!score->has_value)
		column->cell_count = 0;
	define_words(scorer, score, "formula", "sum of (c - r) ln(c / r) over the cells' shares r of the reference and c of the current values");
	define_words(scorer, score, "cells", numeric(column->kind)
	                                         ? "right-closed bins between the nine inner deciles of the reference (Hyndman-Fan type 7), equal ones merged"
	                                         : "categories of both sides");
	define_number(scorer, score, "cell_count", (double)cells->count);
	define_number(scorer, score, "zero_share", PSI_FLOOR);
	define_words(scorer, score, "logarithm", "natural");
	define_sizes(scorer, score);
}

static void score_ks(struct scorer *scorer, struct drift_score *score)
{
	const struct side_column *reference = scorer->reference, *current = scorer->current;
	size_t n = reference->counts.n, m = current->counts.n;
	bool exact = n && m && n <= KS_EXACT_MAX / m;
	struct ks ks;

	score->with_p = true;
	score->has_value = score->has_p = ks_test(&ks, reference->values, n, current->values, m);
	if (score->has_value) {
		score->value = score->effect = ks.statistic;
		score->p = exact ? ks_p_exact(&ks, reference->values, n, current->values, m) : ks_p_limit(&ks, n, m);
	}
	add_side(score, "d_plus", score->has_value, ks.d_plus);
	add_side(score, "d_minus", score->has_value, ks.d_minus);
	define_words(scorer, score, "formula", "largest difference of the two distribution functions");
	define_words(scorer, score, "p_from", exact ? "all orders of the values, given their ties" : "Kolmogorov's limiting distribution");
	define_sizes(scorer, score);
}

static void score_chi_square(struct scorer *scorer, struct drift_score *score)
{
	struct cells *cells = &scorer->cells;
	struct homogeneity test;

	score->with_p = true;
	score->has_value = score->has_p = chi_square_test(&test, cells->reference, cells->current, cells->count);
	score->value = test.statistic;
	score->p = test.p;
	score->effect = test.cramers_v;
	add_side(score, "cramers_v", test.has_v, test.cramers_v);
	add_side(score, "dof", score->has_value, (double)test.dof);
	add_side(score, "cells_expected_below_5", score->has_value, (double)test.small);
	if (score->has_value && !test.has_v)
		inconclusive(score, TEXT("one category in all, so Cramer's V is not defined"));
	if (score->has_value && 5 * test.small > test.cells)
		inconclusive(score, text_format(scorer->arena, "expected counts under 5 in %zu of %zu cells", test.small, test.cells));
	define_words(scorer, score, "formula", "Pearson's chi-square of the 2 x k table of counts, cells empty on both sides left out, no continuity correction");
	define_words(scorer, score, "effect", "Cramer's V, the square root of chi-square over all values");
	define_words(scorer, score, "p_from", "chi-square distribution with k - 1 degrees of freedom");
	define_number(scorer, score, "cell_count", (double)test.cells);
	define_sizes(scorer, score);
}

static void score_missing(struct scorer *scorer, struct drift_score *score)
{
	const struct drift_counts *reference = &scorer->reference->counts, *current = &scorer->current->counts;
	struct proportions test;

	score->with_p = true;
	score->has_value = proportion_test(&test, reference->missing, reference->rows, current->missing, current->rows);
	score->has_p = test.has_z;
	score->value = test.difference;
	score->p = test.p;
	score->effect = fabs(test.difference);
	add_side(score, "p_ref", score->has_value, test.reference);
	add_side(score, "p_cur", score->has_value, test.current);
	add_side(score, "z_pooled", test.has_z, test.z);
	define_words(scorer, score, "formula", "share of missing fields in the current rows minus that in the reference");
	define_words(scorer, score, "p_from", test.has_z ? "two-proportion z test, pooled variance, two-sided"
	                                                 : "not available: all rows are missing, or none, so their variance is 0");
	define_number(scorer, score, "reference_rows", (double)reference->rows);
	define_number(scorer, score, "current_rows", (double)current->rows);
}

/* --- verdicts --- */

static bool beyond(const struct drift_score *score, double limit)
{
	return score->limit.on_p ? score->p < limit : score->effect > limit;
}

/* Too little on a side, in words; empty where there is enough. */
static struct text too_little(const struct scorer *scorer, enum drift_method method)
{
	bool rows = method == METHOD_MISSING;
	size_t n = rows ? scorer->reference->counts.rows : scorer->reference->counts.n;
	size_t m = rows ? scorer->current->counts.rows : scorer->current->counts.n;
	const char *what = rows ? "row" : "value";

	if (!n || !m)
		return text_format(scorer->arena, "no %ss %s", what, n ? "in the current data" : m ? "in the reference" : "on either side");
	if (n >= scorer->min_rows && m >= scorer->min_rows)
		return TEXT("");
	size_t few = n < scorer->min_rows ? n : m;
	return text_format(scorer->arena, "only %zu %s%s in the %s, under %zu", few, what, few == 1 ? "" : "s",
	                   n < scorer->min_rows ? "reference" : "current data", scorer->min_rows);
}

static void judge(struct scorer *scorer, struct drift_score *score)
{
	struct text little = too_little(scorer, score->method);

	if (!score->limit.given) {
		score->status = DRIFT_UNJUDGED;
		return;
	}
	if (little.len) {
		score->reason = TEXT("");
		inconclusive(score, little);
	}
	if (!score->has_value || (score->limit.on_p && !score->has_p))
		inconclusive(score, score->has_value ? TEXT("its p-value is not defined here") : TEXT("not defined here"));
	if (score->status != DRIFT_INCONCLUSIVE)
		score->status = beyond(score, score->limit.drift) ? DRIFT_DRIFT : beyond(score, score->limit.warn) ? DRIFT_WARN : DRIFT_STABLE;
}

static struct drift_limit default_limit(const struct drift_request *request, enum drift_method method)
{
	const struct drift_method_info *info = &drift_methods[method];

	if (request->defaults)
		return request->defaults[method];
	return (struct drift_limit){true, info->threshold_on_p, info->warn, info->drift};
}

static void score_method(struct scorer *scorer, struct drift_score *score, enum drift_method method, struct drift_limit limit)
{
	static void (*const functions[METHOD_COUNT])(struct scorer *, struct drift_score *) = {
		[METHOD_PSI] = score_psi,
		[METHOD_KS] = score_ks,
		[METHOD_CHI_SQUARE] = score_chi_square,
		[METHOD_MISSING] = score_missing,
	};

	*score = (struct drift_score){.method = method, .limit = limit};
	functions[method](scorer, score);
	judge(scorer, score);
}

/* The method that decides a column, and its limit. A method that was asked for but does not fit the kind stays: the column is then
 * inconclusive. A default method that does not fit gives way to the usual one. */
static enum drift_method deciding_method(struct drift_limit *limit, const struct pair *pair, const struct drift_request *request)
{
	const struct drift_feature *feature = pair->feature;
	bool own = feature && (feature->method != METHOD_NONE || feature->limit.given);
	enum drift_method method = feature && feature->method != METHOD_NONE ? feature->method : request->decide;
	enum drift_method usual = numeric(pair->kind) || grouped(pair->kind) ? METHOD_PSI : METHOD_NONE;

	*limit = (struct drift_limit){0};
	if (pair->kind == COLUMN_IDENTIFIER)
		return METHOD_NONE;
	if (method == METHOD_NONE || (!own && !applies(method, pair->kind))) {
		method = usual;
		if (feature && feature->limit.given)
			*limit = feature->limit;
	} else if (feature && feature->limit.given) {
		*limit = feature->limit;
	} else if (!feature || feature->method == METHOD_NONE || feature->method == request->decide) {
		*limit = request->limit;
	}
	if (method != METHOD_NONE && !limit->given)
		*limit = default_limit(request, method);
	return method;
}

static void decide(struct scorer *scorer, const struct drift_request *request)
{
	struct drift_column *column = scorer->column;
	struct drift_limit limit;
	enum drift_method method = deciding_method(&limit, scorer->pair, request);
	bool automatic = request->decide == METHOD_NONE && !(scorer->pair->feature && scorer->pair->feature->method != METHOD_NONE);

	column->scores = arena_array(scorer->arena, METHOD_COUNT, sizeof *column->scores);
	for (enum drift_method m = 0; m < METHOD_COUNT; m++) {
		bool wanted = m == method || request->show[m] || (automatic && m == METHOD_MISSING);
		if (!wanted || !applies(m, column->kind))
			continue;
		struct drift_score *score = &column->scores[column->score_count++];
		score_method(scorer, score, m, m == method ? limit : default_limit(request, m));
		if (m == method)
			column->deciding = score;
	}
	if (column->deciding) {
		column->status = column->deciding->status;
	} else if (method != METHOD_NONE) {
		column->status = DRIFT_INCONCLUSIVE;
		column->reason = text_format(scorer->arena, "%s does not apply to a %s column", drift_methods[method].key, column_kind_name(column->kind));
	}
}

/* --- columns --- */

static void summarise(struct drift_summary *out, const struct side_column *side)
{
	size_t count = side->counts.n;

	if (!count)
		return;
	out->mean = values_mean(side->values, count);
	out->has_std = values_std(&out->std, side->values, count);
	out->min = side->values[0];
	out->max = side->values[count - 1];
	out->unique = values_unique(side->values, count);
	for (size_t i = 0; i < sizeof drift_quantile_points / sizeof *drift_quantile_points; i++)
		out->quantiles[i] = values_quantile(side->values, count, drift_quantile_points[i]);
}

static void describe_numbers(struct scorer *scorer)
{
	const struct side_column *reference = scorer->reference, *current = scorer->current;
	struct ks ks;

	summarise(&scorer->column->reference_summary, reference);
	summarise(&scorer->column->current_summary, current);
	if (reference->counts.n)
		bin_numbers(scorer);
	if (ks_test(&ks, reference->values, reference->counts.n, current->values, current->counts.n))
		scorer->column->shape = shape_of(reference->values, reference->counts.n, current->values, current->counts.n, &ks, scorer->arena);
}

void score_column(struct drift_column *out, const struct pair *pair, const struct drift_request *request, struct arena *arena)
{
	const struct side_column *reference = &pair->sides[REFERENCE], *current = &pair->sides[CURRENT];
	struct scorer scorer = {
		.pair = pair,
		.reference = reference,
		.current = current,
		.min_rows = request->min_rows ? request->min_rows : MIN_ROWS,
		.column = out,
		.arena = arena,
	};

	*out = (struct drift_column){.name = pair->name, .kind = pair->kind, .reference = reference->counts, .current = current->counts};
	if (!reference->there || !current->there) {
		out->status = DRIFT_INCONCLUSIVE;
		out->reason = reference->there ? TEXT("no such column in the current data")
		              : current->there ? TEXT("no such column in the reference")
		                               : TEXT("no such column on either side");
		return;
	}
	if (numeric(out->kind))
		describe_numbers(&scorer);
	else if (grouped(out->kind))
		bin_categories(&scorer);
	decide(&scorer, request);
	/* Cells are the PSI's. */
	bool has_psi = out->score_count && out->scores[0].method == METHOD_PSI && out->scores[0].has_value;
	if (!has_psi)
		out->cell_count = 0;
}

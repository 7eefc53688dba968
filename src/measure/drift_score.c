#include "drift_score.h"

#include <math.h>

#include "arena.h"

enum { MIN_ROWS = 30 };

static bool applies(enum drift_method method, const struct column_facts *facts)
{
	const struct drift_method_info *info = &drift_methods[method];

	if (facts->kind == COLUMN_IDENTIFIER || facts->kind == COLUMN_IGNORE || facts->kind == COLUMN_AUTO)
		return false;
	if (info->two_valued && !(facts->numbers ? facts->numbers->ranks.pooled == 2 : facts->groups && facts->groups->count == 2))
		return false;
	return info->any || (info->numbers && facts->numbers) || (info->categories && facts->groups);
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
	size_t n = rows ? scorer->facts->counts[REFERENCE].rows : scorer->n, m = rows ? scorer->facts->counts[CURRENT].rows : scorer->m;
	const char *what = rows ? "row" : "value";

	if (!n || !m)
		return text_format(scorer->arena, "no %ss %s", what, n ? "in the current data" : m ? "in the reference" : "on either side");
	if (n >= scorer->min_rows && m >= scorer->min_rows)
		return TEXT("");
	size_t few = n < scorer->min_rows ? n : m;
	return text_format(scorer->arena, "only %zu %s%s in the %s, under %zu", few, what, few == 1 ? "" : "s",
	                   n < scorer->min_rows ? "reference" : "current data", scorer->min_rows);
}

/* Where only a bound of p is known, a limit beyond it leaves open on which side p lies. */
static bool undecided(const struct drift_score *score)
{
	const struct drift_limit *limit = &score->limit;

	if (!limit->on_p || !score->p_bound)
		return false;
	return score->p_bound < 0 ? score->p >= limit->drift : limit->drift > score->p || limit->warn > score->p;
}

static void judge(struct scorer *scorer, struct drift_score *score)
{
	struct text little = too_little(scorer, score->method);

	if (!score->has_value)
		give_reason(score, little.len ? little : TEXT("not defined here"));
	if (!score->limit.given) {
		score->status = DRIFT_UNJUDGED;
		return;
	}
	if (little.len)
		score->reason = little;
	else if (score->has_value && score->limit.on_p && !score->has_p)
		give_reason(score, TEXT("its p-value is not defined here"));
	else if (undecided(score))
		give_reason(score, text_format(scorer->arena, "of p it is only known that it is at %s %g", score->p_bound < 0 ? "most" : "least", score->p));
	if (little.len || !score->has_value || (score->limit.on_p && !score->has_p) || undecided(score))
		score->status = DRIFT_INCONCLUSIVE;
	if (score->status != DRIFT_INCONCLUSIVE)
		score->status = beyond(score, score->limit.drift) ? DRIFT_DRIFT : beyond(score, score->limit.warn) ? DRIFT_WARN : DRIFT_STABLE;
}

static struct drift_limit default_limit(const struct drift_request *request, enum drift_method method)
{
	const struct drift_method_info *info = &drift_methods[method];

	if (request->defaults)
		return request->defaults[method];
	return (struct drift_limit){!info->unlimited, info->threshold_on_p, info->warn, info->drift};
}

/* What decides a column: its method, of auto the psi, and the limit of that. */
struct decision {
	enum drift_method method; /* METHOD_NONE: nothing does */
	struct drift_limit limit;
	bool automatic;
	const struct drift_method_info *asked;
};

/* A method that was asked for the column itself but does not fit its kind stays: the column is then inconclusive. One that was asked for
 * all gives way to auto. */
static struct decision decision_of(const struct column_facts *facts, const struct drift_request *request)
{
	const struct drift_feature *feature = facts->feature;
	bool own = feature && (feature->method != METHOD_NONE || feature->limit.given);
	struct decision out = {.method = request->decide};

	if (facts->kind == COLUMN_IDENTIFIER)
		return (struct decision){.method = METHOD_NONE};
	if (feature && feature->automatic)
		out.method = METHOD_NONE;
	else if (feature && feature->method != METHOD_NONE)
		out.method = feature->method;
	if (feature && feature->limit.given)
		out.limit = feature->limit;
	else if (out.method == request->decide)
		out.limit = request->limit;
	bool fits = out.method == METHOD_NONE || own || applies(out.method, facts);
	out.automatic = out.method == METHOD_NONE || !fits;
	if (out.automatic) {
		enum drift_method usual = facts->numbers || facts->groups ? METHOD_PSI : METHOD_NONE;
		if (!fits && usual != METHOD_NONE)
			out.asked = &drift_methods[out.method];
		if (!fits)
			out.limit = (struct drift_limit){0};
		out.method = usual;
	}
	if (out.method != METHOD_NONE && !out.limit.given)
		out.limit = default_limit(request, out.method);
	return out;
}

/* A method that was asked for and gives no score. */
static struct text misfit(enum drift_method method, const struct column_facts *facts, struct arena *arena)
{
	const struct drift_method_info *info = &drift_methods[method];
	size_t values = facts->numbers ? (size_t)facts->numbers->ranks.pooled : facts->groups ? facts->groups->count : 0;

	if (info->two_valued && (facts->numbers || facts->groups))
		return text_format(arena, "%s needs two distinct values, this column has %zu", info->key, values);
	return text_format(arena, "%s does not apply to a %s column", info->key, column_kind_name(facts->kind));
}

/* Whether profiles do not tell what a method needs. */
static bool is_lost(const struct scorer *scorer, enum drift_method method)
{
	const struct number_facts *numbers = scorer->facts->numbers;

	if (!numbers || !numbers->by_profiles || !scorer->n || !scorer->m)
		return false;
	switch (method) {
	case METHOD_PSI:
	case METHOD_JS:
	case METHOD_HELLINGER:
	case METHOD_TVD:
	case METHOD_KL: return numbers->no_cuts;
	case METHOD_KS: return numbers->no_ranks;
	case METHOD_WELCH_T:
	case METHOD_MISSING: return false;
	default: return true;
	}
}

static struct text lost_reason(const struct number_facts *numbers, enum drift_method method)
{
	if (numbers->no_ranks)
		return TEXT("the profiles were merged from parts with other cells: make all parts of a side with the same --reference-profile, or all without");
	if (method == METHOD_PSI || method == METHOD_JS || method == METHOD_HELLINGER || method == METHOD_TVD || method == METHOD_KL)
		return TEXT("deciles of the reference lie so close to a value that is often there that the profile cannot tell them apart");
	return TEXT("the profiles hold no values to compute it from, as too many are distinct");
}

static void score(struct scorer *scorer, enum drift_method method, const struct drift_limit *limit)
{
	struct drift_score *score = &scorer->column->scores[scorer->column->score_count++];

	*score = (struct drift_score){.method = method, .limit = *limit};
	if (is_lost(scorer, method))
		give_reason(score, lost_reason(scorer->facts->numbers, method));
	else
		score_compute(scorer, score);
	judge(scorer, score);
}

/* The score that decides; of auto the worse one. */
static struct drift_score *deciding_score(const struct drift_column *column, const struct decision *decision)
{
	struct drift_score *main = drift_score_of(column, decision->method);
	struct drift_score *missing = decision->automatic ? drift_score_of(column, METHOD_MISSING) : NULL;

	return main && missing && missing->status > main->status ? missing : main;
}

static void decide(struct scorer *scorer, const struct drift_request *request)
{
	struct drift_column *column = scorer->column;
	struct decision decision = decision_of(scorer->facts, request);

	column->scores = arena_array(scorer->arena, METHOD_COUNT, sizeof *column->scores);
	for (enum drift_method m = 0; m < METHOD_COUNT; m++) {
		bool wanted = m == decision.method || request->show[m] || (decision.automatic && m == METHOD_MISSING);
		struct drift_limit limit = m == decision.method ? decision.limit : default_limit(request, m);
		if (wanted && applies(m, scorer->facts))
			score(scorer, m, &limit);
	}
	column->automatic = decision.automatic;
	column->asked = decision.asked;
	column->deciding = deciding_score(column, &decision);
	if (column->deciding && column->deciding->status != DRIFT_UNJUDGED) {
		column->status = column->deciding->status;
	} else if (column->deciding) {
		/* Asked to decide, and nothing to decide by: never a pass. */
		column->deciding->status = column->status = DRIFT_INCONCLUSIVE;
		give_reason(column->deciding,
		            text_format(scorer->arena, "%s has no default limit, so it needs a 'threshold'", drift_methods[decision.method].key));
	} else if (decision.method != METHOD_NONE) {
		column->status = DRIFT_INCONCLUSIVE;
		column->reason = misfit(decision.method, scorer->facts, scorer->arena);
	}
}

/* --- columns --- */

static void summarise(struct drift_summary *out, const struct number_facts *facts, int s, size_t count)
{
	if (!count)
		return;
	out->mean = moments_mean(&facts->moments[s]);
	out->has_std = moments_std(&out->std, &facts->moments[s]);
	out->min = facts->ranks.min[s];
	out->max = facts->ranks.max[s];
	out->has_unique = facts->counted;
	out->unique = facts->counted ? (size_t)facts->ranks.unique[s] : 0;
	out->no_quantiles = facts->no_quantiles[s];
	for (size_t i = 0; i < sizeof drift_quantile_points / sizeof *drift_quantile_points; i++)
		out->quantiles[i] = facts->quantiles[s][i];
}

static void describe_numbers(struct scorer *scorer, const struct number_facts *facts)
{
	struct drift_column *column = scorer->column;

	summarise(&column->reference_summary, facts, REFERENCE, scorer->n);
	summarise(&column->current_summary, facts, CURRENT, scorer->m);
	column->shape = facts->shape;
	if (!scorer->n || facts->no_cuts)
		return;
	scorer->reference = facts->cells[REFERENCE];
	scorer->current = facts->cells[CURRENT];
	scorer->cells = column->cell_count = facts->cut_count + 1;
	column->cells = arena_array(scorer->arena, scorer->cells, sizeof *column->cells);
	for (size_t i = 0; i < scorer->cells; i++) {
		column->cells[i].low = i ? facts->cuts[i - 1] : -INFINITY;
		column->cells[i].high = i < facts->cut_count ? facts->cuts[i] : INFINITY;
	}
}

static void add_name(struct text **names, size_t *count, struct text name, struct arena *arena)
{
	*names = arena_grow(arena, *names, *count, sizeof **names);
	(*names)[(*count)++] = name;
}

/* What is on one side alone is listed. */
static void describe_groups(struct scorer *scorer, const struct group_facts *facts)
{
	struct drift_column *column = scorer->column;

	scorer->reference = facts->counts[REFERENCE];
	scorer->current = facts->counts[CURRENT];
	scorer->cells = column->cell_count = facts->count;
	column->cells = arena_array(scorer->arena, facts->count, sizeof *column->cells);
	for (size_t i = 0; i < facts->count; i++) {
		column->cells[i].label = facts->labels[i];
		if (!scorer->current[i])
			add_name(&column->vanished_categories, &column->vanished_count, facts->labels[i], scorer->arena);
		if (!scorer->reference[i])
			add_name(&column->new_categories, &column->new_count, facts->labels[i], scorer->arena);
	}
}

void score_column(struct drift_column *out, const struct column_facts *facts, const struct drift_request *request, struct arena *arena)
{
	struct scorer scorer = {
		.facts = facts,
		.n = facts->counts[REFERENCE].n,
		.m = facts->counts[CURRENT].n,
		.min_rows = request->min_rows ? request->min_rows : MIN_ROWS,
		.column = out,
		.arena = arena,
	};

	*out = (struct drift_column){
		.name = facts->name, .kind = facts->kind, .reference = facts->counts[REFERENCE], .current = facts->counts[CURRENT]};
	if (!facts->there[REFERENCE] || !facts->there[CURRENT]) {
		out->status = DRIFT_INCONCLUSIVE;
		out->reason = facts->there[REFERENCE] ? TEXT("no such column in the current data")
		              : facts->there[CURRENT] ? TEXT("no such column in the reference")
		                                      : TEXT("no such column on either side");
		return;
	}
	if (facts->numbers)
		describe_numbers(&scorer, facts->numbers);
	else if (facts->groups)
		describe_groups(&scorer, facts->groups);
	scorer.has_distances = share_distances(&scorer.distances, scorer.reference, scorer.current, scorer.cells);
	decide(&scorer, request);
	/* Cells are the PSI's. */
	bool has_psi = out->score_count && out->scores[0].method == METHOD_PSI && out->scores[0].has_value;
	if (!has_psi)
		out->cell_count = 0;
}

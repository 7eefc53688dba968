#include "drift.h"

#include <stdlib.h>

#include "arena.h"
#include "drift_columns.h"
#include "drift_facts.h"
#include "drift_score.h"
#include "statistics.h"

static const char *const kind_names[] = {
	[COLUMN_AUTO] = "auto",
	[COLUMN_NUMBER] = "number",
	[COLUMN_CATEGORY] = "category",
	[COLUMN_CATEGORY_NUM] = "category_num",
	[COLUMN_TIMESTAMP] = "timestamp",
	[COLUMN_IDENTIFIER] = "identifier",
	[COLUMN_IGNORE] = "ignore",
};

const char *column_kind_name(enum column_kind kind)
{
	return kind_names[kind];
}

enum column_kind column_kind_of(struct text name)
{
	for (enum column_kind kind = COLUMN_AUTO; kind <= COLUMN_IGNORE; kind++)
		if (text_is(name, kind_names[kind]))
			return kind;
	return COLUMN_AUTO;
}

const struct drift_method_info drift_methods[METHOD_COUNT] = {
	[METHOD_PSI] = {.key = "psi", .label = "PSI", .numbers = true, .categories = true, .warn = 0.1, .drift = 0.2,
	                .what = "population stability index over deciles of the reference, or over categories"},
	[METHOD_JS] = {.key = "js", .label = "JS distance", .numbers = true, .categories = true, .warn = 0.1, .drift = 0.2,
	               .what = "Jensen-Shannon distance in base 2, 0 to 1, over the cells of the PSI"},
	[METHOD_HELLINGER] = {.key = "hellinger", .label = "Hellinger", .numbers = true, .categories = true, .warn = 0.1, .drift = 0.2,
	                      .what = "Hellinger distance, 0 to 1, over the cells of the PSI"},
	[METHOD_TVD] = {.key = "tvd", .label = "TVD", .numbers = true, .categories = true, .warn = 0.1, .drift = 0.2,
	                .what = "total variation distance: the share of values that would have to move to another cell of the PSI"},
	[METHOD_KL] = {.key = "kl", .label = "KL", .numbers = true, .categories = true, .warn = 0.1, .drift = 0.2,
	               .what = "Kullback-Leibler divergence of the current data from the reference in nats, over the cells of the PSI"},
	[METHOD_KS] = {.key = "ks", .label = "KS D", .numbers = true, .warn = 0.1, .drift = 0.2,
	               .what = "Kolmogorov-Smirnov: largest difference of the two distribution functions"},
	[METHOD_KUIPER] = {.key = "kuiper", .label = "Kuiper V", .numbers = true, .warn = 0.1, .drift = 0.2,
	                   .what = "Kuiper: largest difference of the two distribution functions above and below, added"},
	[METHOD_WASSERSTEIN] = {.key = "wasserstein", .label = "Wasserstein/SD", .numbers = true, .warn = 0.1, .drift = 0.2,
	                        .what = "Wasserstein distance over the standard deviation of the reference"},
	[METHOD_ENERGY] = {.key = "energy", .label = "energy distance", .numbers = true, .unlimited = true,
	                   .what = "energy distance, in the square root of the column's unit"},
	[METHOD_CVM] = {.key = "cvm", .label = "CvM T", .numbers = true, .threshold_on_p = true, .warn = 0.05, .drift = 0.01,
	                .what = "Cramer-von Mises: squared difference of the two distribution functions over all values"},
	[METHOD_ANDERSON_DARLING] = {.key = "anderson_darling", .label = "AD", .numbers = true, .threshold_on_p = true, .warn = 0.05, .drift = 0.01,
	                             .what = "Anderson-Darling: squared difference of the two distribution functions, the tails weighing more"},
	[METHOD_MANN_WHITNEY] = {.key = "mann_whitney", .label = "Mann-Whitney r", .numbers = true, .threshold_on_p = true, .warn = 0.05, .drift = 0.01,
	                         .what = "Mann-Whitney U; its effect size r, 0 to 1, says how far one side's values lie above the other's"},
	[METHOD_WELCH_T] = {.key = "welch_t", .label = "Welch t", .numbers = true, .threshold_on_p = true, .warn = 0.05, .drift = 0.01,
	                    .what = "Welch's t: difference of the means, reference less current, over its standard error"},
	[METHOD_CHI_SQUARE] = {.key = "chi_square", .label = "Cramer's V", .categories = true, .warn = 0.1, .drift = 0.2,
	                       .what = "Pearson's chi-square of the two sides' counts; its effect size is Cramer's V"},
	[METHOD_G_TEST] = {.key = "g_test", .label = "G", .categories = true, .threshold_on_p = true, .warn = 0.05, .drift = 0.01,
	                   .what = "likelihood ratio of the two sides' counts"},
	[METHOD_Z_TEST] = {.key = "z_test", .label = "z", .numbers = true, .categories = true, .two_valued = true, .threshold_on_p = true, .warn = 0.05,
	                   .drift = 0.01, .what = "two-proportion z of a column with two values: current less reference share of the later one"},
	[METHOD_MISSING] = {.key = "missing", .label = "missing rate change", .any = true, .warn = 0.05, .drift = 0.1,
	                    .what = "share of missing fields in the current rows less that in the reference"},
};

const double drift_quantile_points[9] = {0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};

enum drift_method drift_method_of(struct text key)
{
	for (enum drift_method method = 0; method < METHOD_COUNT; method++)
		if (text_is_nocase(key, drift_methods[method].key))
			return method;
	return METHOD_NONE;
}

const char *drift_status_name(enum drift_status status)
{
	switch (status) {
	case DRIFT_STABLE: return "stable";
	case DRIFT_WARN: return "warn";
	case DRIFT_INCONCLUSIVE: return "inconclusive";
	case DRIFT_DRIFT: return "drift";
	case DRIFT_UNJUDGED: break;
	}
	return NULL;
}

struct drift_score *drift_score_of(const struct drift_column *column, enum drift_method method)
{
	for (size_t i = 0; i < column->score_count; i++)
		if (column->scores[i].method == method)
			return &column->scores[i];
	return NULL;
}

enum drift_method drift_followed(const struct drift_column *column)
{
	return !column->deciding ? METHOD_NONE : column->automatic ? METHOD_PSI : column->deciding->method;
}

const char *drift_method_for(const struct drift_method_info *method)
{
	return method->two_valued ? "columns with two values" : method->numbers ? "numbers" : "categories";
}

int drift_order(const struct drift_score *a, const struct drift_score *b)
{
	bool first = a && a->has_value, second = b && b->has_value;

	if (!first || !second)
		return second - first;
	if (a->limit.on_p != b->limit.on_p)
		return a->limit.on_p - b->limit.on_p;
	if (a->limit.on_p && a->p != b->p)
		return a->p > b->p ? 1 : -1;
	return (a->effect < b->effect) - (a->effect > b->effect);
}

static void sum_up(struct drift_result *out)
{
	for (size_t i = 0; i < out->column_count; i++) {
		const struct drift_column *column = &out->columns[i];
		out->judged += column->status != DRIFT_UNJUDGED;
		out->drifting += column->deciding && column->status == DRIFT_DRIFT;
		if (column->status > out->status)
			out->status = column->status;
	}
	if (out->status == DRIFT_UNJUDGED)
		out->status = DRIFT_INCONCLUSIVE;
}

/* With many columns some p is small by chance. */
static void adjust(struct drift_result *out, struct arena *arena)
{
	double *p = arena_array(arena, out->column_count, sizeof *p), *adjusted = arena_array(arena, out->column_count, sizeof *adjusted);
	struct drift_score **scores = arena_array(arena, out->column_count, sizeof *scores);
	size_t count = 0;

	for (size_t i = 0; i < out->column_count; i++) {
		struct drift_score *score = out->columns[i].deciding;
		if (!score || !score->limit.on_p || !score->has_p || score->status == DRIFT_INCONCLUSIVE)
			continue;
		p[count] = score->p;
		scores[count++] = score;
	}
	benjamini_hochberg(adjusted, p, count);
	for (size_t i = 0; i < count; i++) {
		scores[i]->has_adjusted = true;
		scores[i]->adjusted = adjusted[i];
	}
}

enum { MEMORY = 256 << 20 };

/* Some is left to what is not counted: the program itself, what is being read, categories. */
size_t drift_memory(const struct drift_request *request)
{
	size_t memory = request->memory ? request->memory : MEMORY, aside = memory / 8 + ((size_t)16 << 20);

	return memory > 2 * aside ? memory - aside : memory / 2;
}

struct drift_reference {
	struct side side;
	struct number_base *bases;
};

/* Half of the memory, so that whatever comes beside it finds room. */
static int read_reference(struct drift_reference *reference, bool *ok, const struct drift_request *request, struct arena *arena,
                          struct failure *failure)
{
	if (side_read(&reference->side, ok, NULL, NULL, drift_memory(request) / 2, arena, failure))
		return -1;
	if (!*ok)
		return 0;
	settle_identifiers(&reference->side);
	return bases_of(&reference->bases, &reference->side, request, arena, failure);
}

int drift_reference_open(struct drift_reference **out, bool *ok, const struct drift_request *request, const struct limits *limits,
                         struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct drift_reference *reference = memory_get(sizeof *reference);

	*out = NULL;
	*ok = true;
	*reference = (struct drift_reference){.bases = NULL};
	int result = side_open(&reference->side, ok, request->reference, request->reference_count, request, limits, arena, diags, failure);
	if (!result && *ok) {
		want_all(&reference->side, request, arena);
		result = read_reference(reference, ok, request, arena, failure);
	}
	if (!result && *ok)
		*out = reference;
	else
		drift_reference_close(reference);
	return result;
}

void drift_reference_close(struct drift_reference *reference)
{
	if (!reference)
		return;
	side_close(&reference->side);
	free(reference);
}

static void show_sides(struct drift_result *out, const struct side *reference, const struct side *current, const struct choice *choice)
{
	out->references = reference->shown;
	out->reference_count = reference->file_count;
	out->currents = current->shown;
	out->current_count = current->file_count;
	out->only_in_reference = choice->only[REFERENCE];
	out->only_in_reference_count = choice->only_count[REFERENCE];
	out->only_in_current = choice->only[CURRENT];
	out->only_in_current_count = choice->only_count[CURRENT];
}

void drift_finish(struct drift_result *out, const struct side *reference, const struct side *current, const struct choice *choice,
                  const struct column_facts *facts, const struct drift_request *request, struct arena *arena)
{
	*out = (struct drift_result){0};
	show_sides(out, reference, current, choice);
	out->columns = arena_array(arena, choice->pair_count, sizeof *out->columns);
	out->column_count = choice->pair_count;
	for (size_t i = 0; i < choice->pair_count; i++)
		score_column(&out->columns[i], &facts[i], request, arena);
	adjust(out, arena);
	sum_up(out);
}

/* The current side is open, the reference read. */
static int compare(struct drift_result *out, bool *ok, struct drift_reference *reference, struct side *current, struct choice *choice,
                   const struct drift_request *request, struct arena *arena, struct failure *failure)
{
	size_t *like = arena_array(arena, current->name_count, sizeof *like), memory = drift_memory(request);
	bool kept = reference->side.numbers && ordered_is_kept(reference->side.numbers);
	size_t held = kept ? 8 * reference->side.rows * reference->side.number_count : memory / 2;
	struct column_facts *facts;

	for (size_t i = 0; i < current->name_count; i++)
		like[i] = NO_NUMBER;
	for (size_t i = 0; i < choice->pair_count; i++)
		if (choice->pairs[i].there[REFERENCE] && choice->pairs[i].there[CURRENT])
			like[choice->pairs[i].at[CURRENT]] = reference->side.columns[choice->pairs[i].at[REFERENCE]].number;
	want_pairs(current, CURRENT, choice, &reference->side);
	if (side_read(current, ok, &reference->side, like, memory - held, arena, failure))
		return -1;
	if (!*ok)
		return 0;
	const struct side sides[2] = {reference->side, *current};
	settle_kinds(choice, sides);
	if (facts_of_pairs(&facts, choice, &reference->side, current, reference->bases, request, arena, failure))
		return -1;
	drift_finish(out, &reference->side, current, choice, facts, request, arena);
	return 0;
}

int drift_compare_with(struct drift_result *out, bool *ok, struct drift_reference *reference, const struct drift_request *request,
                       const struct limits *limits, struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct side sides[2] = {reference->side, {0}};
	struct choice choice;

	*out = (struct drift_result){0};
	*ok = true;
	int result = side_open(&sides[CURRENT], ok, request->current, request->current_count, request, limits, arena, diags, failure);
	if (!result && *ok) {
		choose_columns(&choice, sides, request, arena);
		result = compare(out, ok, reference, &sides[CURRENT], &choice, request, arena, failure);
	}
	side_close(&sides[CURRENT]);
	return result;
}

/* Both headers first: only what both have is read of the reference. */
static int compare_both(struct drift_result *out, bool *ok, struct drift_reference *reference, struct side *current,
                        const struct drift_request *request, const struct limits *limits, struct arena *arena, struct diags *diags,
                        struct failure *failure)
{
	struct choice choice;

	if (side_open(&reference->side, ok, request->reference, request->reference_count, request, limits, arena, diags, failure) ||
	    side_open(current, ok, request->current, request->current_count, request, limits, arena, diags, failure))
		return -1;
	if (!*ok)
		return 0;
	const struct side sides[2] = {reference->side, *current};
	choose_columns(&choice, sides, request, arena);
	want_pairs(&reference->side, REFERENCE, &choice, NULL);
	if (read_reference(reference, ok, request, arena, failure))
		return -1;
	/* Where the reference is wrong, all that is wrong with the current data is said too. */
	if (!*ok)
		return side_look(current, ok, failure);
	return compare(out, ok, reference, current, &choice, request, arena, failure);
}

int drift_compare(struct drift_result *out, bool *ok, const struct drift_request *request, const struct limits *limits,
                  struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct drift_reference reference = {.bases = NULL};
	struct side current = {0};

	*out = (struct drift_result){0};
	*ok = true;
	int result = compare_both(out, ok, &reference, &current, request, limits, arena, diags, failure);
	side_close(&current);
	side_close(&reference.side);
	return result;
}

/* Every number of the drift stage against expected values that were computed elsewhere: 59 edge vectors, and, where ../shared is
 * there, sixteen pairs cut from real data. Tolerances: counts equal; statistics 1e-9 relative or 1e-12 absolute; p-values 1e-6
 * absolute, and relative where they exceed 1e-12; null must be "not available". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "buffer.h"
#include "digest.h"
#include "drift.h"

static const char goldens[] = "../shared/goldens/drift";
static const char data[] = "../shared/data";

struct check {
	const char *golden, *column;
	bool overflow_ok;
	const cJSON *skip;
	size_t compared, wrong;
};

/* --- files --- */

static char *read_file(const char *path, struct arena *arena)
{
	FILE *file = fopen(path, "rb");
	struct buffer all;
	char block[4096];
	size_t got;

	if (!file)
		return NULL;
	buffer_init(&all);
	while ((got = fread(block, 1, sizeof block, file)) > 0)
		buffer_add(&all, (struct text){block, got});
	fclose(file);
	char *copy = arena_copy(arena, all.data ? all.data : "", all.len);
	buffer_release(&all);
	return copy;
}

static void write_file(const char *path, struct text bytes)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static const cJSON *get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* --- comparison --- */

static void complain(struct check *check, const char *path, const char *what, double expected, double found)
{
	check->wrong++;
	print_error("%s / %s / %s: %s, expected %.17g, found %.17g\n", check->golden, check->column, path, what, expected, found);
}

static bool skipped(const struct check *check, const char *path)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, check->skip)
		if (strncmp(path, item->valuestring, strlen(item->valuestring)) == 0)
			return true;
	return false;
}

static double expected_number(const cJSON *item)
{
	if (cJSON_IsString(item))
		return strcmp(item->valuestring, "inf") == 0 ? INFINITY : -INFINITY;
	return item->valuedouble;
}

static bool close_enough(double expected, double found, bool p)
{
	double error = fabs(found - expected);

	if (expected == found)
		return true;
	if (p)
		return error <= 1e-6 && (expected <= 1e-12 || error <= 1e-6 * expected);
	return error <= 1e-9 * fabs(expected) || error <= 1e-12;
}

static void compare(struct check *check, const char *path, const cJSON *expected, bool has, double found, bool p)
{
	if (skipped(check, path))
		return;
	check->compared++;
	if (strstr(path, ".p_") && !strstr(path, ".p_ref") && !strstr(path, ".p_cur"))
		p = true;
	if (!expected || cJSON_IsNull(expected)) {
		if (has)
			complain(check, path, "should not be available", NAN, found);
		return;
	}
	double number = expected_number(expected);
	if (!has && !check->overflow_ok)
		complain(check, path, "is not available", number, NAN);
	else if (has && (isnan(found) || !close_enough(number, found, p)))
		complain(check, path, "differs", number, found);
}

static void compare_count(struct check *check, const char *path, const cJSON *expected, size_t found)
{
	check->compared++;
	if (expected_number(expected) != (double)found)
		complain(check, path, "differs", expected_number(expected), (double)found);
}

/* --- one column --- */

static const struct drift_score *score_of(const struct drift_column *column, enum drift_method method)
{
	for (size_t i = 0; i < column->score_count; i++)
		if (column->scores[i].method == method)
			return &column->scores[i];
	return NULL;
}

static void compare_side(struct check *check, const struct drift_score *score, const char *path, const char *key, const cJSON *expected)
{
	for (size_t i = 0; i < score->side_count; i++) {
		if (strcmp(score->sides[i].key, key) == 0) {
			compare(check, path, expected, score->sides[i].has, score->sides[i].value, false);
			return;
		}
	}
	complain(check, path, "has no such value beside it", NAN, NAN);
}

static void check_summary(struct check *check, const cJSON *expect, const struct drift_counts *counts, const struct drift_summary *summary)
{
	static const char *const points[] = {"0.01", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.99"};
	bool has = counts->n > 0;
	char path[64];

	compare_count(check, "rows", get(expect, "rows"), counts->rows);
	compare_count(check, "missing", get(expect, "missing"), counts->missing);
	compare_count(check, "n", get(expect, "n"), counts->n);
	if (!get(expect, "pos_inf"))
		return;
	compare_count(check, "invalid", get(expect, "invalid"), counts->invalid);
	check->compared++;
	if (expected_number(get(expect, "pos_inf")) + expected_number(get(expect, "neg_inf")) != (double)counts->infinite)
		complain(check, "infinite", "differs", NAN, (double)counts->infinite);
	if (!has)
		return;
	compare_count(check, "unique", get(expect, "unique"), summary->unique);
	compare(check, "mean", get(expect, "mean"), has, summary->mean, false);
	compare(check, "std", get(expect, "std"), summary->has_std, summary->std, false);
	compare(check, "min", get(expect, "min"), has, summary->min, false);
	compare(check, "max", get(expect, "max"), has, summary->max, false);
	for (size_t i = 0; i < 9; i++) {
		snprintf(path, sizeof path, "quantiles.%s", points[i]);
		compare(check, path, get(get(expect, "quantiles"), points[i]), has, summary->quantiles[i], false);
	}
}

static void check_missing(struct check *check, const cJSON *expect, const struct drift_column *column)
{
	const struct drift_score *score = score_of(column, METHOD_MISSING);
	const cJSON *missing = get(expect, "missing_z");

	compare(check, "missing_z.diff", get(missing, "diff"), score->has_value, score->value, false);
	compare(check, "missing_z.p_value", get(missing, "p_value"), score->has_p, score->p, true);
	compare_side(check, score, "missing_z.p_ref", "p_ref", get(missing, "p_ref"));
	compare_side(check, score, "missing_z.p_cur", "p_cur", get(missing, "p_cur"));
	compare_side(check, score, "missing_z.z_pooled", "z_pooled", get(missing, "z_pooled"));
	compare_side(check, score, "missing_z.z_unpooled", "z_unpooled", get(missing, "z_unpooled"));
}

/* One number of a score, as the golden has it: its value, its p, or what stands beside. A key that the golden lacks or has as null must
 * not be available. */
enum part { PART_VALUE, PART_P, PART_SIDE };
struct key { enum drift_method method; enum part part; const char *side, *path; };

static const struct key number_keys[] = {
	{METHOD_JS, PART_VALUE, NULL, "bins.quantile_cuts.js_distance"},
	{METHOD_JS, PART_SIDE, "js_divergence", "bins.quantile_cuts.js_divergence"},
	{METHOD_HELLINGER, PART_VALUE, NULL, "bins.quantile_cuts.hellinger"},
	{METHOD_TVD, PART_VALUE, NULL, "bins.quantile_cuts.tvd"},
	{METHOD_TVD, PART_SIDE, "linf", "bins.quantile_cuts.linf"},
	{METHOD_KL, PART_VALUE, NULL, "bins.quantile_cuts.kl_cur_ref"},
	{METHOD_KL, PART_SIDE, "kl_ref_cur", "bins.quantile_cuts.kl_ref_cur"},
	{METHOD_KS, PART_VALUE, NULL, "ks.statistic"},
	{METHOD_KS, PART_SIDE, "d_plus", "ks.d_plus"},
	{METHOD_KS, PART_SIDE, "d_minus", "ks.d_minus"},
	{METHOD_KUIPER, PART_VALUE, NULL, "kuiper.statistic"},
	{METHOD_KUIPER, PART_P, NULL, "kuiper.p_asymp"},
	{METHOD_WASSERSTEIN, PART_VALUE, NULL, "wasserstein.over_ref_std"},
	{METHOD_WASSERSTEIN, PART_SIDE, "raw", "wasserstein.raw"},
	{METHOD_ENERGY, PART_VALUE, NULL, "energy.distance"},
	{METHOD_ENERGY, PART_SIDE, "squared", "energy.squared"},
	{METHOD_CVM, PART_VALUE, NULL, "cvm.statistic"},
	{METHOD_CVM, PART_P, NULL, "cvm.p_asymp"},
	{METHOD_ANDERSON_DARLING, PART_VALUE, NULL, "anderson_darling.statistic"},
	{METHOD_ANDERSON_DARLING, PART_P, NULL, "anderson_darling.p_interpolated"},
	{METHOD_ANDERSON_DARLING, PART_SIDE, "a2", "anderson_darling.a2"},
	{METHOD_ANDERSON_DARLING, PART_SIDE, "sigma2", "anderson_darling.sigma2"},
	{METHOD_MANN_WHITNEY, PART_VALUE, NULL, "mann_whitney.u_ref"},
	{METHOD_MANN_WHITNEY, PART_P, NULL, "mann_whitney.p_asymp"},
	{METHOD_MANN_WHITNEY, PART_SIDE, "u_cur", "mann_whitney.u_cur"},
	{METHOD_MANN_WHITNEY, PART_SIDE, "tie_sum", "mann_whitney.tie_sum"},
	{METHOD_MANN_WHITNEY, PART_SIDE, "z", "mann_whitney.z"},
	{METHOD_MANN_WHITNEY, PART_SIDE, "p_without_continuity", "mann_whitney.p_asymp_no_continuity"},
	{METHOD_WELCH_T, PART_VALUE, NULL, "welch.statistic"},
	{METHOD_WELCH_T, PART_P, NULL, "welch.p_value"},
	{METHOD_WELCH_T, PART_SIDE, "df", "welch.df"},
};

static const struct key category_keys[] = {
	{METHOD_JS, PART_VALUE, NULL, "distances.js_distance"},
	{METHOD_JS, PART_SIDE, "js_divergence", "distances.js_divergence"},
	{METHOD_HELLINGER, PART_VALUE, NULL, "distances.hellinger"},
	{METHOD_TVD, PART_VALUE, NULL, "distances.tvd"},
	{METHOD_TVD, PART_SIDE, "linf", "distances.linf"},
	{METHOD_KL, PART_VALUE, NULL, "distances.kl_cur_ref"},
	{METHOD_KL, PART_SIDE, "kl_ref_cur", "distances.kl_ref_cur"},
	{METHOD_CHI_SQUARE, PART_VALUE, NULL, "distances.chi2.statistic"},
	{METHOD_CHI_SQUARE, PART_P, NULL, "distances.chi2.p_value"},
	{METHOD_CHI_SQUARE, PART_SIDE, "dof", "distances.chi2.dof"},
	{METHOD_CHI_SQUARE, PART_SIDE, "cramers_v", "distances.cramers_v"},
	{METHOD_G_TEST, PART_VALUE, NULL, "distances.g_test.statistic"},
	{METHOD_G_TEST, PART_P, NULL, "distances.g_test.p_value"},
	{METHOD_G_TEST, PART_SIDE, "dof", "distances.g_test.dof"},
};

static const struct key two_valued_keys[] = {
	{METHOD_Z_TEST, PART_VALUE, NULL, "two_proportion.z_pooled"},
	{METHOD_Z_TEST, PART_P, NULL, "two_proportion.p_value"},
	{METHOD_Z_TEST, PART_SIDE, "p_ref", "two_proportion.p_ref"},
	{METHOD_Z_TEST, PART_SIDE, "p_cur", "two_proportion.p_cur"},
	{METHOD_Z_TEST, PART_SIDE, "diff", "two_proportion.diff"},
	{METHOD_Z_TEST, PART_SIDE, "z_unpooled", "two_proportion.z_unpooled"},
};

static const cJSON *get_path(const cJSON *object, const char *path)
{
	char step[64];

	while (object && *path) {
		size_t len = strcspn(path, ".");
		snprintf(step, sizeof step, "%.*s", (int)len, path);
		object = cJSON_IsObject(object) ? get(object, step) : NULL;
		path += len + (path[len] == '.');
	}
	return object;
}

static void check_keys(struct check *check, const cJSON *expect, const struct drift_column *column, const struct key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct drift_score *score = score_of(column, keys[i].method);
		const cJSON *expected = get_path(expect, keys[i].path);
		if (!score)
			complain(check, keys[i].path, "has no score", NAN, NAN);
		else if (keys[i].part == PART_SIDE)
			compare_side(check, score, keys[i].path, keys[i].side, expected);
		else if (keys[i].part == PART_P)
			compare(check, keys[i].path, expected, score->has_p, score->p, true);
		else
			compare(check, keys[i].path, expected, score->has_value, score->value, false);
	}
}

#define CHECK_KEYS(check, expect, column, keys) check_keys(check, expect, column, keys, sizeof(keys) / sizeof *(keys))

static void check_two_valued(struct check *check, const cJSON *expect, const struct drift_column *column)
{
	const struct drift_score *score = score_of(column, METHOD_Z_TEST);

	if (score)
		CHECK_KEYS(check, expect, column, two_valued_keys);
	else if (get(expect, "two_proportion") && !cJSON_IsNull(get(expect, "two_proportion")))
		complain(check, "two_proportion", "is not available", NAN, NAN);
}

static void check_ks_p(struct check *check, const cJSON *expect, const struct drift_column *column)
{
	const struct drift_score *score = score_of(column, METHOD_KS);
	bool exact = (double)column->reference.n * (double)column->current.n <= 250000;
	const char *path = exact ? "ks.p_exact_ties" : "ks.p_limit";

	compare(check, path, get_path(expect, path), score->has_p, score->p, true);
}

/* A p beyond the ends of the table is a bound. */
static void check_bound(struct check *check, const cJSON *expect, const struct drift_column *column)
{
	const struct drift_score *score = score_of(column, METHOD_ANDERSON_DARLING);
	const cJSON *p = get_path(expect, "anderson_darling.p_interpolated");
	int bound = !cJSON_IsNumber(p) ? 0 : p->valuedouble == 0.25 ? 1 : p->valuedouble == 0.001 ? -1 : 0;

	check->compared++;
	if (score->p_bound != bound)
		complain(check, "anderson_darling", "differs in its bound", bound, score->p_bound);
}

static void check_cells(struct check *check, const cJSON *reference, const cJSON *current, const struct drift_column *column)
{
	double sum = 0;

	if (!cJSON_IsArray(reference))
		return;
	if ((size_t)cJSON_GetArraySize(reference) != column->cell_count)
		complain(check, "cells", "differ in number", cJSON_GetArraySize(reference), (double)column->cell_count);
	for (size_t i = 0; i < column->cell_count && i < (size_t)cJSON_GetArraySize(reference); i++) {
		compare_count(check, "ref_counts", cJSON_GetArrayItem(reference, (int)i), column->cells[i].reference);
		compare_count(check, "cur_counts", cJSON_GetArrayItem(current, (int)i), column->cells[i].current);
		sum += column->cells[i].part;
	}
	if (!close_enough(score_of(column, METHOD_PSI)->value, sum, false))
		complain(check, "parts", "do not sum up", score_of(column, METHOD_PSI)->value, sum);
}

static void check_numbers(struct check *check, const cJSON *expect, const struct drift_column *column)
{
	const cJSON *cuts = get(get(expect, "bins"), "quantile_cuts"), *edges = get(cuts, "edges");
	const struct drift_score *score = score_of(column, METHOD_PSI);

	check_ks_p(check, expect, column);
	check_bound(check, expect, column);
	check_two_valued(check, expect, column);
	CHECK_KEYS(check, expect, column, number_keys);
	if (skipped(check, "bins.quantile_cuts"))
		return;
	compare(check, "bins.quantile_cuts.psi", get(cuts, "psi"), score->has_value, score->value, false);
	if (!score->has_value)
		return;
	check_cells(check, get(cuts, "ref_counts"), get(cuts, "cur_counts"), column);
	for (size_t i = 0; i < column->cell_count; i++) {
		compare(check, "edges", cJSON_GetArrayItem(edges, (int)i), true, column->cells[i].low, false);
		compare(check, "edges", cJSON_GetArrayItem(edges, (int)i + 1), true, column->cells[i].high, false);
	}
	if (column->shape) {
		double gap = fabs(column->shape->ks_reference - column->shape->ks_current);
		compare(check, "ks.statistic", get(get(expect, "ks"), "statistic"), true, gap, false);
	}
}

static void check_categories(struct check *check, const cJSON *expect, const struct drift_column *column)
{
	const struct drift_score *score = score_of(column, METHOD_PSI), *chi = score_of(column, METHOD_CHI_SQUARE);
	const cJSON *distances = get(expect, "distances"), *labels = get(expect, "categories");

	compare(check, "psi", get(distances, "psi"), score->has_value, score->value, false);
	CHECK_KEYS(check, expect, column, category_keys);
	check_two_valued(check, expect, column);
	if (get(distances, "cells_expected_below_5"))
		compare_side(check, chi, "cells_expected_below_5", "cells_expected_below_5", get(distances, "cells_expected_below_5"));
	compare_count(check, "new_categories", get(expect, "new_categories"), column->new_count);
	compare_count(check, "vanished_categories", get(expect, "vanished_categories"), column->vanished_count);
	if (!score->has_value)
		return;
	compare_count(check, "n_categories", get(expect, "n_categories"), column->cell_count);
	check_cells(check, get(expect, "ref_counts"), get(expect, "cur_counts"), column);
	for (size_t i = 0; cJSON_IsArray(labels) && i < column->cell_count; i++)
		if (!text_is(column->cells[i].label, cJSON_GetArrayItem(labels, (int)i)->valuestring))
			complain(check, "categories", "label differs", (double)i, (double)i);
}

static void check_column(struct check *check, const cJSON *expect, const struct drift_column *column)
{
	bool numbers = column->kind == COLUMN_NUMBER;

	check_summary(check, get(expect, "reference"), &column->reference, &column->reference_summary);
	check_summary(check, get(expect, "current"), &column->current, &column->current_summary);
	check_missing(check, expect, column);
	if (numbers)
		check_numbers(check, expect, column);
	else
		check_categories(check, expect, column);
	for (size_t i = 0; i < column->score_count; i++) {
		const struct drift_score *score = &column->scores[i];
		if ((score->has_value && !isfinite(score->value)) || (score->has_p && !(score->p >= 0 && score->p <= 1)))
			complain(check, drift_methods[score->method].key, "is not finite", NAN, score->value);
		if (score->status == DRIFT_INCONCLUSIVE && !score->reason.len)
			complain(check, drift_methods[score->method].key, "is inconclusive without a reason", NAN, NAN);
		if (!score->has_value && !score->reason.len)
			complain(check, drift_methods[score->method].key, "has neither value nor reason", NAN, NAN);
		if (!score->definition_count)
			complain(check, drift_methods[score->method].key, "has no definition", NAN, NAN);
	}
}

static enum column_kind kind_named(const char *name)
{
	return strcmp(name, "numeric") == 0 ? COLUMN_NUMBER : strcmp(name, "categorical") == 0 ? COLUMN_CATEGORY : COLUMN_CATEGORY_NUM;
}

static struct text *texts_of(size_t *count, const cJSON *array, struct arena *arena)
{
	struct text *texts = arena_array(arena, (size_t)cJSON_GetArraySize(array), sizeof *texts);
	const cJSON *item;

	*count = 0;
	cJSON_ArrayForEach(item, array)
		texts[(*count)++] = text_of(item->valuestring);
	return texts;
}

static void run(struct drift_result *result, struct drift_request *request, const char *reference, const char *current, struct arena *arena)
{
	struct table_file files[2] = {{NULL, text_of(reference)}, {NULL, text_of(current)}};
	struct failure failure = {0};
	struct diags diags;
	bool ok = false;

	diags_init(&diags, arena);
	request->reference = &files[0];
	request->current = &files[1];
	request->reference_count = request->current_count = 1;
	request->features_only = true;
	request->decide = METHOD_NONE;
	for (enum drift_method m = 0; m < METHOD_COUNT; m++)
		request->show[m] = true;
	if (drift_compare(result, &ok, request, &limits_default, arena, &diags, &failure))
		fail_msg("%s", failure.message);
	for (size_t i = 0; i < diags.count; i++)
		print_error("%.*s:%u: %.*s\n", TEXT_ARGS(diags.items[i].place.file->path), diags.items[i].place.line,
		            TEXT_ARGS(diags.items[i].message));
	assert_true(ok);
}

/* --- edge vectors --- */

static void add_field(struct buffer *out, const char *field, size_t row)
{
	buffer_format(out, "%zu,\"", row);
	for (const char *c = field; *c; c++) {
		if (*c == '"')
			buffer_char(out, '"');
		buffer_char(out, *c);
	}
	buffer_string(out, "\"\n");
}

static void write_vector(const char *path, const cJSON *values)
{
	const cJSON *item, *repeat = get(values, "repeat"), *list = repeat ? repeat : values;
	struct buffer out;
	size_t row = 0;

	buffer_init(&out);
	buffer_string(&out, "row,v\n");
	cJSON_ArrayForEach(item, list) {
		int times = repeat ? cJSON_GetArrayItem(item, 1)->valueint : 1;
		while (times-- > 0)
			add_field(&out, repeat ? cJSON_GetArrayItem(item, 0)->valuestring : item->valuestring, ++row);
	}
	write_file(path, buffer_text(&out));
	buffer_release(&out);
}

static void edge_vectors(void **state)
{
	const char *const *paths = *state;
	struct check check = {0};
	struct arena arena;
	const cJSON *item;
	size_t cases = 0;

	arena_init(&arena);
	cJSON *all = cJSON_Parse(read_file("tests/data/drift-edge-cases.json", &arena));
	assert_non_null(all);
	cJSON_ArrayForEach(item, get(all, "cases")) {
		struct drift_feature feature = {.name = TEXT("v"), .kind = kind_named(get(item, "kind")->valuestring), .method = METHOD_NONE};
		struct drift_request request = {.features = &feature, .feature_count = 1};
		struct drift_result result;
		request.na = texts_of(&request.na_count, get(item, "na_tokens"), &arena);
		write_vector(paths[0], get(item, "reference"));
		write_vector(paths[1], get(item, "current"));
		run(&result, &request, paths[0], paths[1], &arena);
		assert_int_equal(result.column_count, 1);
		check.golden = get(item, "name")->valuestring;
		check.column = "v";
		check.overflow_ok = cJSON_IsTrue(get(item, "overflow_ok"));
		check.skip = get(item, "skip");
		check_column(&check, get(item, "expect"), &result.columns[0]);
		cases++;
	}
	assert_int_equal(cases, 59);
	assert_true(check.compared > 2000);
	assert_int_equal(check.wrong, 0);
	cJSON_Delete(all);
	arena_release(&arena);
}

/* --- real data --- */

/* The field of a line, quotes taken off. The data files break no line inside quotes. */
static struct text field_of(struct text line, size_t index, char delimiter, struct arena *arena)
{
	char *field = arena_alloc(arena, line.len + 1);
	size_t at = 0, len = 0;

	for (size_t i = 0;; i++, at++, len = 0) {
		bool quoted = at < line.len && line.at[at] == '"';
		at += quoted;
		while (at < line.len && (quoted || line.at[at] != delimiter)) {
			if (quoted && line.at[at] == '"') {
				quoted = at + 1 < line.len && line.at[at + 1] == '"';
				at++;
				if (!quoted)
					continue;
			}
			field[len++] = line.at[at++];
		}
		if (i == index)
			return (struct text){field, len};
		assert_true(at < line.len);
	}
}

static bool keep(struct text line, const cJSON *where, size_t column, char delimiter)
{
	struct arena scratch;
	bool kept = true;

	if (!where)
		return true;
	arena_init(&scratch);
	struct text field = field_of(line, column, delimiter, &scratch);
	const char *op = get(where, "op")->valuestring;
	if (strcmp(op, "eq") == 0)
		kept = text_is(field, get(where, "value")->valuestring);
	else if (strcmp(op, "ne") == 0)
		kept = !text_is(field, get(where, "value")->valuestring);
	else if (strcmp(op, "prefix") == 0)
		kept = text_starts(field, get(where, "value")->valuestring);
	else if (strcmp(op, "between") == 0)
		kept = text_compare(field, text_of(get(where, "low")->valuestring)) >= 0 &&
		       text_compare(field, text_of(get(where, "high")->valuestring)) <= 0;
	else
		fail_msg("unknown rule %s", op);
	arena_release(&scratch);
	return kept;
}

static struct text next_line(struct text *rest)
{
	size_t end = text_find(*rest, '\n');
	struct text line = text_cut(*rest, 0, end);

	*rest = text_cut(*rest, end + 1, rest->len);
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

static void write_slice(const char *path, const cJSON *slice, char delimiter, struct arena *arena)
{
	char *name = arena_format(arena, "%s/%s", data, get(slice, "file")->valuestring), digest[65];
	struct text rest = text_of(read_file(name, arena)), header = next_line(&rest);
	const cJSON *where = get(slice, "where"), *rows = get(slice, "rows");
	size_t column = 0, seen = 0;
	struct buffer out;

	while (where && !text_is(field_of(header, column, delimiter, arena), get(where, "column")->valuestring))
		column++;
	buffer_init(&out);
	buffer_add(&out, header);
	buffer_char(&out, '\n');
	while (rest.len) {
		struct text line = next_line(&rest);
		if (!keep(line, where, column, delimiter))
			continue;
		size_t at = seen++;
		if (rows && (at < (size_t)cJSON_GetArrayItem(rows, 0)->valueint || at >= (size_t)cJSON_GetArrayItem(rows, 1)->valueint))
			continue;
		buffer_add(&out, line);
		buffer_char(&out, '\n');
	}
	digest_sha256(digest, buffer_text(&out));
	assert_string_equal(digest, get(slice, "slice_sha256")->valuestring);
	write_file(path, buffer_text(&out));
	buffer_release(&out);
}

static void check_pair(struct check *check, const char *name, const char *const *paths)
{
	struct drift_result result;
	struct arena arena;
	size_t count = 0;
	const cJSON *item;

	arena_init(&arena);
	cJSON *golden = cJSON_Parse(read_file(arena_format(&arena, "%s/%s.json", goldens, name), &arena));
	assert_non_null(golden);
	char delimiter = get(golden, "delimiter")->valuestring[0];
	const cJSON *columns = get(golden, "columns");
	struct drift_feature *features = arena_array(&arena, (size_t)cJSON_GetArraySize(columns), sizeof *features);
	cJSON_ArrayForEach(item, columns)
		features[count++] = (struct drift_feature){
			.name = text_of(item->string), .kind = kind_named(get(item, "kind")->valuestring), .method = METHOD_NONE};
	struct drift_request request = {.features = features, .feature_count = count};
	request.na = texts_of(&request.na_count, get(golden, "na_tokens"), &arena);
	write_slice(paths[0], get(golden, "reference"), delimiter, &arena);
	write_slice(paths[1], get(golden, "current"), delimiter, &arena);
	run(&result, &request, paths[0], paths[1], &arena);
	assert_int_equal(result.column_count, count);
	assert_int_equal(result.references[0].rows, get(get(golden, "reference"), "n_rows")->valueint);
	assert_int_equal(result.currents[0].rows, get(get(golden, "current"), "n_rows")->valueint);
	for (size_t i = 0; i < count; i++) {
		check->golden = name;
		check->column = arena_copy(&arena, result.columns[i].name.at, result.columns[i].name.len);
		check_column(check, get(columns, check->column), &result.columns[i]);
	}
	cJSON_Delete(golden);
	arena_release(&arena);
}

static void real_pairs(void **state)
{
	static const char *const names[] = {
		"bank_first_vs_last_1000", "bank_first_vs_second_half", "bank_no_vs_yes", "bike_2011_vs_2012", "bike_january_vs_february_2011",
		"bike_january_vs_july_2011", "california_first_vs_second_half", "california_inland_vs_near_ocean",
		"employment_2006_2008_vs_2009_2011", "employment_2014_vs_2015", "heart_cleveland_first_vs_second_half",
		"heart_cleveland_vs_hungarian", "heart_cleveland_vs_switzerland", "heart_cleveland_vs_va", "king_county_2014_vs_2015",
		"king_county_rows_no_drift",
	};
	struct check check = {0};

	if (access(goldens, R_OK) || access(data, R_OK)) {
		print_message("# SKIP real pairs: '../shared' is not there\n");
		return;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		check_pair(&check, names[i], *state);
	assert_true(check.compared > 10000);
	assert_int_equal(check.wrong, 0);
}

int main(void)
{
	static const char *paths[2];
	char folder[] = "/tmp/galley-goldens-XXXXXX", reference[64], current[64];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(edge_vectors, paths),
		cmocka_unit_test_prestate(real_pairs, paths),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (!mkdtemp(folder))
		return 1;
	snprintf(reference, sizeof reference, "%s/reference.csv", folder);
	snprintf(current, sizeof current, "%s/current.csv", folder);
	paths[0] = reference;
	paths[1] = current;
	int result = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(reference);
	unlink(current);
	rmdir(folder);
	return result;
}

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
#include "drift.h"
#include "drift_json.h"
#include "drift_text.h"
#include "json.h"
#include "source.h"

enum { FILES = 4 };

struct fixture {
	char folder[48];
	char *paths[FILES];
	struct table_file files[FILES];
	struct arena arena;
	struct diags diags;
	struct failure failure;
	struct buffer bytes[FILES];
	struct drift_request request;
	struct drift_result result;
	bool ok;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	snprintf(fixture->folder, sizeof fixture->folder, "/tmp/galley-drift-XXXXXX");
	if (!mkdtemp(fixture->folder))
		return -1;
	arena_init(&fixture->arena);
	for (int i = 0; i < FILES; i++) {
		fixture->paths[i] = arena_format(&fixture->arena, "%s/%d.csv", fixture->folder, i);
		fixture->files[i] = (struct table_file){NULL, text_of(fixture->paths[i])};
		buffer_init(&fixture->bytes[i]);
	}
	fixture->request = (struct drift_request){
		.reference = &fixture->files[0],
		.current = &fixture->files[1],
		.reference_count = 1,
		.current_count = 1,
		.decide = METHOD_NONE,
	};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < FILES; i++) {
		unlink(fixture->paths[i]);
		buffer_release(&fixture->bytes[i]);
	}
	rmdir(fixture->folder);
	arena_release(&fixture->arena);
	free(fixture);
	return 0;
}

static void compare(struct fixture *fixture)
{
	for (int i = 0; i < FILES; i++) {
		FILE *file = fopen(fixture->paths[i], "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(fixture->bytes[i].data ? fixture->bytes[i].data : "", 1, fixture->bytes[i].len, file), fixture->bytes[i].len);
		assert_int_equal(fclose(file), 0);
	}
	diags_init(&fixture->diags, &fixture->arena);
	if (drift_compare(&fixture->result, &fixture->ok, &fixture->request, &limits_default, &fixture->arena, &fixture->diags,
	                  &fixture->failure))
		fail_msg("%s", fixture->failure.message);
}

static void fill(struct fixture *fixture, int file, const char *text)
{
	buffer_clear(&fixture->bytes[file]);
	buffer_string(&fixture->bytes[file], text);
}

/* Both sides are the same text. */
static void compare_same(struct fixture *fixture, const char *text)
{
	fill(fixture, 0, text);
	fill(fixture, 1, text);
	compare(fixture);
}

static const struct drift_column *column(struct fixture *fixture, const char *name)
{
	assert_true(fixture->ok);
	for (size_t i = 0; i < fixture->result.column_count; i++)
		if (text_is(fixture->result.columns[i].name, name))
			return &fixture->result.columns[i];
	fail_msg("no column %s", name);
	return NULL;
}

static const struct drift_score *score(const struct drift_column *column, enum drift_method method)
{
	for (size_t i = 0; i < column->score_count; i++)
		if (column->scores[i].method == method)
			return &column->scores[i];
	return NULL;
}

/* --- */

static void kinds(void **state)
{
	struct fixture *fixture = *state;

	compare_same(fixture, "n,inf,t,c,mixed,none,day\n1,inf,2026-01-01,x,1,,2026-01-01T10:00:00Z\n.5,-2,2026-02-01,1,2026-01-01,NA,2026-01-02\n");
	assert_int_equal(column(fixture, "n")->kind, COLUMN_NUMBER);
	assert_int_equal(column(fixture, "inf")->kind, COLUMN_NUMBER);
	assert_int_equal(column(fixture, "inf")->reference.infinite, 1);
	assert_int_equal(column(fixture, "t")->kind, COLUMN_TIMESTAMP);
	assert_int_equal(column(fixture, "day")->kind, COLUMN_TIMESTAMP);
	assert_int_equal(column(fixture, "c")->kind, COLUMN_CATEGORY);
	assert_int_equal(column(fixture, "mixed")->kind, COLUMN_CATEGORY);
	assert_null(column(fixture, "t")->deciding);
	assert_int_equal(column(fixture, "t")->status, DRIFT_UNJUDGED);
	/* A reference without values takes the current data's kind. */
	fill(fixture, 0, "a,b\nNA,\n,\n");
	fill(fixture, 1, "a,b\nx,1\ny,2\n");
	compare(fixture);
	assert_int_equal(column(fixture, "a")->kind, COLUMN_CATEGORY);
	assert_int_equal(column(fixture, "b")->kind, COLUMN_NUMBER);
	/* What does not fit the reference's kind is counted. */
	fill(fixture, 0, "a,t\n1,2026-01-01\n2,2026-01-02\n");
	fill(fixture, 1, "a,t\nx,soon\n2,2026-01-02\n");
	compare(fixture);
	assert_int_equal(column(fixture, "a")->current.invalid, 1);
	assert_int_equal(column(fixture, "t")->current.invalid, 1);
	assert_int_equal(column(fixture, "t")->current.n, 1);
}

static void identifiers(void **state)
{
	struct fixture *fixture = *state;
	const struct drift_feature declared = {.name = TEXT("id"), .kind = COLUMN_CATEGORY, .method = METHOD_NONE};

	for (int side = 0; side < 2; side++) {
		buffer_string(&fixture->bytes[side], "id,nearly,n\n");
		for (int i = 0; i < 100; i++)
			buffer_format(&fixture->bytes[side], "u%d,v%d,%d\n", i, i < 89 ? i : 89, i);
	}
	compare(fixture);
	assert_int_equal(column(fixture, "id")->kind, COLUMN_IDENTIFIER);
	assert_int_equal(column(fixture, "id")->score_count, 0);
	/* 90 of 100 are not over 90 %. */
	assert_int_equal(column(fixture, "nearly")->kind, COLUMN_CATEGORY);
	assert_int_equal(column(fixture, "n")->kind, COLUMN_NUMBER);
	fixture->request.features = &declared;
	fixture->request.feature_count = 1;
	compare(fixture);
	assert_int_equal(column(fixture, "id")->kind, COLUMN_CATEGORY);
	assert_int_equal(fixture->result.column_count, 3);
}

/* 100 values, `high` of them 1, the others 0. */
static void fill_shares(struct fixture *fixture, int side, int high)
{
	buffer_clear(&fixture->bytes[side]);
	buffer_string(&fixture->bytes[side], "v,c\n");
	for (int i = 0; i < 100; i++)
		buffer_format(&fixture->bytes[side], "%d,%s\n", i < high, i < high ? "yes" : "no");
}

static void verdicts(void **state)
{
	struct fixture *fixture = *state;
	struct drift_feature feature = {.name = TEXT("v"), .method = METHOD_KS};

	fill_shares(fixture, 0, 50);
	fill_shares(fixture, 1, 60);
	fixture->request.show[METHOD_KS] = fixture->request.show[METHOD_CHI_SQUARE] = true;
	compare(fixture);
	assert_int_equal(column(fixture, "v")->deciding->method, METHOD_PSI);
	assert_int_equal(column(fixture, "v")->status, DRIFT_STABLE);
	/* A gap of exactly 0.1 is at the limit, not beyond it. */
	assert_true(score(column(fixture, "v"), METHOD_KS)->value == 0.1);
	assert_int_equal(score(column(fixture, "v"), METHOD_KS)->status, DRIFT_STABLE);
	assert_null(score(column(fixture, "c"), METHOD_KS));
	assert_non_null(score(column(fixture, "c"), METHOD_CHI_SQUARE));
	assert_null(score(column(fixture, "v"), METHOD_CHI_SQUARE));
	assert_non_null(score(column(fixture, "v"), METHOD_MISSING));
	assert_int_equal(fixture->result.judged, 2);
	assert_int_equal(fixture->result.status, DRIFT_STABLE);
	fixture->request.features = &feature;
	fixture->request.feature_count = 1;
	feature.limit = (struct drift_limit){true, false, 0.05, 0.1};
	compare(fixture);
	assert_int_equal(column(fixture, "v")->deciding->method, METHOD_KS);
	assert_int_equal(column(fixture, "v")->status, DRIFT_WARN);
	feature.limit = (struct drift_limit){true, true, 0.5, 0.2};
	compare(fixture);
	assert_int_equal(column(fixture, "v")->status, column(fixture, "v")->deciding->p < 0.2 ? DRIFT_DRIFT : DRIFT_WARN);
	feature.limit = (struct drift_limit){true, false, 0.05, 0.09};
	compare(fixture);
	assert_int_equal(column(fixture, "v")->status, DRIFT_DRIFT);
	assert_int_equal(fixture->result.status, DRIFT_DRIFT);
	assert_int_equal(fixture->result.drifting, 1);
}

static void deciding(void **state)
{
	struct fixture *fixture = *state;
	struct drift_feature feature = {.name = TEXT("c"), .method = METHOD_KS};

	/* A default that does not fit gives way, what was asked for does not. */
	fill_shares(fixture, 0, 50);
	fill_shares(fixture, 1, 50);
	fixture->request.decide = METHOD_KS;
	fixture->request.limit = (struct drift_limit){true, false, 0.01, 0.02};
	compare(fixture);
	assert_int_equal(column(fixture, "v")->deciding->method, METHOD_KS);
	assert_true(column(fixture, "v")->deciding->limit.drift == 0.02);
	assert_int_equal(column(fixture, "c")->deciding->method, METHOD_PSI);
	assert_true(column(fixture, "c")->deciding->limit.drift == 0.2);
	assert_null(score(column(fixture, "v"), METHOD_MISSING));
	fixture->request.features = &feature;
	fixture->request.feature_count = 1;
	compare(fixture);
	assert_null(column(fixture, "c")->deciding);
	assert_int_equal(column(fixture, "c")->status, DRIFT_INCONCLUSIVE);
	assert_true(column(fixture, "c")->reason.len > 0);
}

/* v: of 100 rows some are missing, the others evenly spread; c: always the same two. */
static void fill_missing(struct fixture *fixture, int side, int missing)
{
	buffer_clear(&fixture->bytes[side]);
	buffer_string(&fixture->bytes[side], "v,c,t\n");
	for (int i = 0; i < 100; i++) {
		if (i * 37 % 100 >= missing)
			buffer_format(&fixture->bytes[side], "%d", i % 10);
		buffer_format(&fixture->bytes[side], ",%s,2026-01-%02d\n", i % 20 / 10 ? "no" : "yes", i % 28 + 1);
	}
}

/* Under auto what is missing decides where it is worse: data of which half is gone is not stable because the rest looks alike. */
static void automatic(void **state)
{
	struct fixture *fixture = *state;
	struct drift_feature feature = {.name = TEXT("v"), .method = METHOD_NONE};
	static const struct { int before, after; enum drift_status status; enum drift_method by; } cases[] = {
		{1, 60, DRIFT_DRIFT, METHOD_MISSING}, {60, 1, DRIFT_DRIFT, METHOD_MISSING}, {0, 10, DRIFT_WARN, METHOD_MISSING},
		{0, 5, DRIFT_STABLE, METHOD_PSI},     {0, 100, DRIFT_DRIFT, METHOD_MISSING}, {80, 80, DRIFT_INCONCLUSIVE, METHOD_PSI},
		{75, 82, DRIFT_INCONCLUSIVE, METHOD_PSI},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fill_missing(fixture, 0, cases[i].before);
		fill_missing(fixture, 1, cases[i].after);
		fixture->request.show[METHOD_KS] = i % 2;
		compare(fixture);
		assert_true(column(fixture, "v")->automatic);
		assert_int_equal(column(fixture, "v")->status, cases[i].status);
		assert_int_equal(column(fixture, "v")->deciding->method, cases[i].by);
		assert_int_equal(drift_followed(column(fixture, "v")), METHOD_PSI);
		assert_int_equal(column(fixture, "c")->status, DRIFT_STABLE);
		assert_int_equal(column(fixture, "t")->status, DRIFT_UNJUDGED);
		assert_int_equal(fixture->result.drifting, cases[i].status == DRIFT_DRIFT);
		assert_int_equal(fixture->result.status, cases[i].status);
	}
	fill_missing(fixture, 0, 1);
	fill_missing(fixture, 1, 60);
	/* The PSI by itself, from the request or of the column: what is missing is shown at most. */
	fixture->request.decide = METHOD_PSI;
	fixture->request.show[METHOD_MISSING] = true;
	compare(fixture);
	assert_int_equal(column(fixture, "v")->status, DRIFT_STABLE);
	assert_int_equal(score(column(fixture, "v"), METHOD_MISSING)->status, DRIFT_DRIFT);
	assert_false(column(fixture, "v")->automatic);
	/* auto for one column, whatever holds for the others; its limit is the PSI's. */
	fixture->request.features = &feature;
	fixture->request.feature_count = 1;
	feature.automatic = true;
	fixture->request.decide = METHOD_KS;
	fixture->request.limit = (struct drift_limit){true, false, 0.001, 0.002};
	compare(fixture);
	assert_int_equal(column(fixture, "v")->deciding->method, METHOD_MISSING);
	assert_null(column(fixture, "v")->asked);
	assert_true(score(column(fixture, "v"), METHOD_PSI)->limit.drift == 0.2);
	feature.limit = (struct drift_limit){true, false, 0.3, 0.4};
	compare(fixture);
	assert_true(score(column(fixture, "v"), METHOD_PSI)->limit.drift == 0.4);
	assert_true(column(fixture, "v")->deciding->limit.drift == 0.1);
	fixture->request.feature_count = 0;
	fixture->request.decide = METHOD_NONE;
	compare(fixture);
	assert_true(score(column(fixture, "v"), METHOD_PSI)->limit.drift == 0.002);
}

/* A method for all gives way to auto where it does not apply, and that is said. */
static void gives_way(void **state)
{
	struct fixture *fixture = *state;
	struct drift_shown { enum drift_method method; const char *line; } cases[] = {
		{METHOD_CHI_SQUARE, "\nchi_square is for categories: v is judged by auto (PSI and missing values)\n"},
		{METHOD_KS, "\nks is for numbers: c is judged by auto (PSI and missing values)\n"},
		{METHOD_Z_TEST, "\nz_test is for columns with two values: v is judged by auto (PSI and missing values)\n"},
	};
	struct buffer out;

	buffer_init(&out);
	fill_missing(fixture, 0, 1);
	fill_missing(fixture, 1, 60);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct drift_method_info *info = &drift_methods[cases[i].method];
		fixture->request.decide = cases[i].method;
		compare(fixture);
		const struct drift_column *left = column(fixture, i == 1 ? "c" : "v"), *other = column(fixture, i == 1 ? "v" : "c");
		assert_ptr_equal(left->asked, info);
		assert_true(left->automatic);
		assert_int_equal(left->status, i == 1 ? DRIFT_STABLE : DRIFT_DRIFT);
		assert_int_equal(left->deciding->method, i == 1 ? METHOD_PSI : METHOD_MISSING);
		assert_null(other->asked);
		assert_int_equal(other->deciding->method, cases[i].method);
		assert_null(column(fixture, "t")->asked);
		buffer_clear(&out);
		drift_text(&out, &fixture->result);
		assert_non_null(strstr(buffer_text(&out).at, cases[i].line));
		struct json *json = drift_json(&fixture->result, false);
		buffer_clear(&out);
		json_print(&out, json, false);
		json_release(json);
		const char *found = strstr(buffer_text(&out).at, "\"instead_of\"");
		assert_non_null(found);
		assert_null(strstr(found + 1, "\"instead_of\""));
		char *expected = arena_format(&fixture->arena, "{\"method\":\"%s\",\"reason\":\"%s is for %s\"}", info->key, info->key, drift_method_for(info));
		assert_non_null(strstr(found, expected));
	}
	/* Where several methods are shown, auto decides by itself. */
	fixture->request.decide = METHOD_NONE;
	fixture->request.show[METHOD_CHI_SQUARE] = fixture->request.show[METHOD_KS] = true;
	compare(fixture);
	buffer_clear(&out);
	drift_text(&out, &fixture->result);
	assert_null(strstr(buffer_text(&out).at, " is for "));
	buffer_release(&out);
}

static bool reason_is(const struct drift_column *found, const char *words)
{
	struct text reason = found->deciding ? found->deciding->reason : found->reason;

	return found->status == DRIFT_INCONCLUSIVE && text_is(reason, words);
}

/* Of Anderson and Darling's p only a bound is known at the ends of their table: a limit beyond it cannot be judged. */
static void bounds(void **state)
{
	struct fixture *fixture = *state;

	fill_shares(fixture, 0, 50);
	fill_shares(fixture, 1, 90);
	fixture->request.decide = METHOD_ANDERSON_DARLING;
	compare(fixture);
	const struct drift_score *darling = score(column(fixture, "v"), METHOD_ANDERSON_DARLING);
	assert_true(darling->p == 0.001 && darling->p_bound == -1 && darling->has_adjusted);
	assert_int_equal(darling->status, DRIFT_DRIFT);
	fixture->request.limit = (struct drift_limit){true, true, 0.05, 0.001};
	compare(fixture);
	assert_true(reason_is(column(fixture, "v"), "of p it is only known that it is at most 0.001"));
	assert_false(column(fixture, "v")->deciding->has_adjusted);
	fill_shares(fixture, 1, 50);
	compare(fixture);
	assert_true(column(fixture, "v")->deciding->p == 0.25 && column(fixture, "v")->deciding->p_bound == 1);
	assert_int_equal(column(fixture, "v")->status, DRIFT_STABLE);
	fixture->request.limit = (struct drift_limit){true, true, 0.3, 0.05};
	compare(fixture);
	assert_true(reason_is(column(fixture, "v"), "of p it is only known that it is at least 0.25"));
}

static void reasons(void **state)
{
	struct fixture *fixture = *state;
	struct drift_feature feature = {.name = TEXT("v"), .method = METHOD_Z_TEST};
	enum drift_method nothing[] = {METHOD_WASSERSTEIN, METHOD_ANDERSON_DARLING, METHOD_MANN_WHITNEY, METHOD_WELCH_T};
	static const char *const words[] = {
		"all values of the reference are equal, so it has no scale to compare with", "all values are equal",
		"all values are equal, so the ranks do not vary", "neither side varies",
	};

	fill_shares(fixture, 0, 100);
	fill_shares(fixture, 1, 100);
	fixture->request.features = &feature;
	fixture->request.feature_count = 1;
	compare(fixture);
	assert_true(reason_is(column(fixture, "v"), "z_test needs two distinct values, this column has 1"));
	for (enum drift_method m = 0; m < METHOD_COUNT; m++)
		fixture->request.show[m] = true;
	fill(fixture, 0, "v\n");
	for (int i = 0; i < 40; i++)
		buffer_string(&fixture->bytes[0], "5\n");
	fill(fixture, 1, fixture->bytes[0].data);
	for (size_t i = 0; i < 4; i++) {
		feature.method = nothing[i];
		compare(fixture);
		assert_true(reason_is(column(fixture, "v"), words[i]));
	}
	feature.method = METHOD_ENERGY;
	compare(fixture);
	assert_true(reason_is(column(fixture, "v"), "energy has no default limit, so it needs a 'threshold'"));
	feature.limit = (struct drift_limit){true, false, 0.1, 0.2};
	compare(fixture);
	assert_int_equal(column(fixture, "v")->status, DRIFT_STABLE);
	assert_null(score(column(fixture, "v"), METHOD_Z_TEST));
	/* Two values in all: the later one's share is compared, of numbers and of texts. */
	fill(fixture, 0, "v,c\n");
	fill(fixture, 1, "v,c\n");
	for (int i = 0; i < 100; i++) {
		buffer_format(&fixture->bytes[0], "%d,%s\n", i < 30, i < 30 ? "yes" : "no");
		buffer_format(&fixture->bytes[1], "%d,%s\n", i < 40, i < 40 ? "yes" : "no");
	}
	feature = (struct drift_feature){.name = TEXT("v"), .method = METHOD_Z_TEST};
	compare(fixture);
	const struct drift_score *numbers = score(column(fixture, "v"), METHOD_Z_TEST), *texts = score(column(fixture, "c"), METHOD_Z_TEST);
	assert_true(numbers->value > 0 && numbers->value == texts->value && numbers->p == texts->p);
	assert_true(fabs(numbers->p - score(column(fixture, "c"), METHOD_CHI_SQUARE)->p) < 1e-12);
	assert_int_equal(numbers->status, DRIFT_STABLE);
}

/* A column's rows in another order give the same bits, and each side told twice the same distances. */
static void invariant(void **state)
{
	struct fixture *fixture = *state;
	struct drift_score before[METHOD_COUNT];

	for (enum drift_method m = 0; m < METHOD_COUNT; m++)
		fixture->request.show[m] = true;
	for (int round = 0; round < 3; round++) {
		for (int side = 0; side < 2; side++) {
			fill(fixture, side, "v\n");
			for (int i = 0; i < (round == 2 ? 2 : 1) * 97; i++)
				buffer_format(&fixture->bytes[side], "%.3f\n", (double)((round == 1 ? 96 - i : i) * 37 % 97 * (side ? 3 : 2)) / 7);
		}
		compare(fixture);
		const struct drift_column *found = column(fixture, "v");
		assert_true(found->score_count > 12);
		for (size_t i = 0; i < found->score_count; i++) {
			const struct drift_score *now = &found->scores[i];
			bool distance = now->method <= METHOD_KUIPER || now->method == METHOD_ENERGY;
			if (round == 1)
				assert_true(now->value == before[i].value && now->p == before[i].p);
			/* The deciles between the same values twice lie elsewhere; distribution functions do not. */
			if (round == 2 && distance && now->method >= METHOD_KS)
				assert_true(fabs(now->value - before[i].value) < 1e-12);
			before[i] = *now;
		}
	}
}

static void too_little(void **state)
{
	struct fixture *fixture = *state;

	fixture->request.show[METHOD_KS] = fixture->request.show[METHOD_CHI_SQUARE] = true;
	compare_same(fixture, "v,c\n1,a\n2,b\n3,a\n");
	const struct drift_score *psi = score(column(fixture, "v"), METHOD_PSI);
	assert_int_equal(psi->status, DRIFT_INCONCLUSIVE);
	assert_true(psi->has_value && psi->value == 0 && psi->reason.len);
	assert_true(score(column(fixture, "v"), METHOD_KS)->has_p);
	fixture->request.min_rows = 3;
	compare(fixture);
	assert_int_equal(column(fixture, "v")->status, DRIFT_STABLE);
	/* Expected counts under 5 in all cells. */
	assert_int_equal(score(column(fixture, "c"), METHOD_CHI_SQUARE)->status, DRIFT_INCONCLUSIVE);
	/* A header alone is no error. */
	compare_same(fixture, "v,c\n");
	assert_true(fixture->ok);
	assert_int_equal(fixture->result.status, DRIFT_INCONCLUSIVE);
	assert_false(column(fixture, "v")->deciding->has_value);
	assert_true(column(fixture, "v")->deciding->reason.len > 0);
	assert_false(score(column(fixture, "v"), METHOD_MISSING)->has_value);
}

static void pairing(void **state)
{
	struct fixture *fixture = *state;
	const struct drift_feature features[] = {
		{.name = TEXT("nowhere"), .method = METHOD_NONE},
		{.name = TEXT("new"), .method = METHOD_NONE},
		{.name = TEXT("both"), .method = METHOD_NONE},
		{.name = TEXT("old"), .method = METHOD_NONE},
	};
	const struct text only = TEXT("old");

	fill(fixture, 0, "old,both,other,left\n1,2,3,4\n");
	fill(fixture, 1, "both,new,other\n1,2,3\n");
	compare(fixture);
	assert_int_equal(fixture->result.column_count, 2);
	assert_int_equal(fixture->result.only_in_reference_count, 2);
	assert_true(text_is(fixture->result.only_in_reference[1], "left"));
	assert_int_equal(fixture->result.only_in_current_count, 1);
	fixture->request.features = features;
	fixture->request.feature_count = 4;
	fixture->request.features_only = true;
	compare(fixture);
	assert_int_equal(fixture->result.column_count, 4);
	assert_true(text_is(fixture->result.columns[0].name, "old"));
	assert_true(text_is(fixture->result.columns[1].name, "both"));
	assert_true(text_is(fixture->result.columns[2].name, "new"));
	assert_true(text_is(fixture->result.columns[3].name, "nowhere"));
	assert_int_equal(fixture->result.columns[0].status, DRIFT_INCONCLUSIVE);
	assert_true(fixture->result.columns[3].reason.len > 0);
	assert_int_equal(fixture->result.only_in_reference_count, 1);
	assert_int_equal(fixture->result.only_in_current_count, 0);
	fixture->request.feature_count = 0;
	fixture->request.features_only = false;
	fixture->request.only = &only;
	fixture->request.only_count = 1;
	compare(fixture);
	assert_int_equal(fixture->result.column_count, 1);
	assert_int_equal(fixture->result.status, DRIFT_INCONCLUSIVE);
	/* Nothing in common is not "no drift". */
	fixture->request.only_count = 0;
	fill(fixture, 0, "old\n1\n");
	fill(fixture, 1, "new\n1\n");
	compare(fixture);
	assert_int_equal(fixture->result.column_count, 0);
	assert_int_equal(fixture->result.status, DRIFT_INCONCLUSIVE);
}

static void pooling(void **state)
{
	struct fixture *fixture = *state;

	fill(fixture, 0, "a,b\n1,x\n2,y\n");
	fill(fixture, 1, "b,a\nx,1\n");
	fill(fixture, 2, "a,c\n5,1\n6,1\n");
	fixture->request.current_count = 2;
	fixture->request.max_bad_rows = 1;
	buffer_string(&fixture->bytes[2], "7\n");
	compare(fixture);
	assert_int_equal(fixture->result.current_count, 2);
	assert_int_equal(fixture->result.currents[1].rows, 2);
	assert_int_equal(fixture->result.currents[1].bad_rows, 1);
	assert_int_equal(column(fixture, "a")->current.n, 3);
	assert_true(column(fixture, "a")->current_summary.max == 6);
	/* A file without the column has it missing in every row. */
	assert_int_equal(column(fixture, "b")->current.rows, 3);
	assert_int_equal(column(fixture, "b")->current.missing, 2);
	assert_int_equal(fixture->result.only_in_current_count, 1);
}

static void bad_files(void **state)
{
	struct fixture *fixture = *state;

	/* What is wrong on both sides is said at once. */
	fill(fixture, 0, "a,b\n1\n");
	fill(fixture, 1, "a,b\n1,2,3\n");
	compare(fixture);
	assert_false(fixture->ok);
	assert_int_equal(fixture->diags.count, 2);
	fill(fixture, 0, "a,b\n1,2\n");
	compare(fixture);
	assert_false(fixture->ok);
	assert_int_equal(fixture->diags.count, 1);
	fill(fixture, 1, "a,a\n1,2\n");
	compare(fixture);
	assert_false(fixture->ok);
	assert_int_equal(fixture->result.column_count, 0);
	unlink(fixture->paths[1]);
	assert_int_equal(drift_compare(&fixture->result, &fixture->ok, &fixture->request, &limits_default, &fixture->arena, &fixture->diags,
	                               &fixture->failure), -1);
	assert_non_null(strstr(fixture->failure.message, fixture->paths[1]));
}

/* Files of a source, with their blob ids; one that is not there is a finding. */
static void from_source(void **state)
{
	struct fixture *fixture = *state;
	struct source_options options = {.directory = fixture->folder};
	struct table_file files[2] = {{NULL, TEXT("0.csv")}, {NULL, TEXT("1.csv")}};
	struct source *source;

	compare_same(fixture, "a\n1\n");
	assert_int_equal(source_open(&source, &options, &fixture->arena, &fixture->failure), 0);
	files[0].source = files[1].source = source;
	fixture->request.reference = &files[0];
	fixture->request.current = &files[1];
	compare(fixture);
	assert_true(fixture->ok);
	assert_true(text_is(fixture->result.references[0].path, "0.csv"));
	/* As git hash-object says for "a\n1\n". */
	assert_string_equal(fixture->result.references[0].blob, "38c94da49473ad9ff172c45d5caff133fb8ca53f");
	files[1].path = TEXT("absent.csv");
	compare(fixture);
	assert_false(fixture->ok);
	assert_int_equal(fixture->diags.items[0].code, CODE_REF_FILE);
	source_close(source);
}

static void shapes(void **state)
{
	struct fixture *fixture = *state;
	size_t reference = 0, current = 0;

	for (int side = 0; side < 2; side++) {
		buffer_string(&fixture->bytes[side], "v,constant,whole\n");
		for (int i = 0; i < 1000; i++)
			buffer_format(&fixture->bytes[side], "%.3f,7,%d\n", i * 0.001 + side * 0.25, i % 24);
	}
	fixture->request.shapes = true;
	compare(fixture);
	const struct drift_shape *shape = column(fixture, "v")->shape;
	assert_non_null(shape);
	assert_in_range(shape->bins, 19, HISTOGRAM_MAX);
	for (size_t i = 0; i < shape->bins; i++) {
		reference += shape->reference[i];
		current += shape->current[i];
	}
	assert_int_equal(reference, 1000);
	assert_int_equal(current, 1000);
	assert_true(fabs(shape->ks_reference - shape->ks_current - 0.25) < 1e-12);
	assert_true(shape->reference_cdf[0] <= shape->reference_cdf[120] && shape->reference_cdf[ECDF_POINTS - 1] == 1);
	assert_int_equal(column(fixture, "constant")->shape->bins, 1);
	assert_int_equal(column(fixture, "whole")->shape->bins, 24);
	/* The range of a double and its smallest values. */
	compare_same(fixture, "v,w\n-1.7e308,5e-324\n1.7e308,1e-323\n0,0\n");
	assert_null(column(fixture, "v")->shape);
}

static void print_json(struct fixture *fixture, struct buffer *out, bool rounded)
{
	struct json *json = drift_json(&fixture->result, rounded);

	buffer_clear(out);
	json_print(out, json, true);
	json_release(json);
}

static void renderers(void **state)
{
	struct fixture *fixture = *state;
	struct buffer out;

	buffer_init(&out);
	for (enum drift_method m = 0; m < METHOD_COUNT; m++)
		fixture->request.show[m] = true;
	fill(fixture, 0, "v,c,one,gone,e\n1e308,a,3,1,\n-1e308,b,3,1,\n5e-324,\x1b[2J,3,1,\n");
	fill(fixture, 1, "v,c,one,e\ninf,a,3,\nx,new,3,\n");
	compare(fixture);
	print_json(fixture, &out, true);
	assert_null(strstr(out.data, "NaN"));
	cJSON *json = cJSON_Parse(out.data);
	assert_non_null(json);
	assert_string_equal(json->child->string, "schema");
	assert_string_equal(json->child->valuestring, "galley.drift/1");
	assert_int_equal(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, "reference"), "rows")->valueint, 3);
	cJSON *columns = cJSON_GetObjectItemCaseSensitive(json, "columns");
	assert_int_equal(cJSON_GetArraySize(columns), 4);
	cJSON *second = cJSON_GetArrayItem(columns, 1), *methods = cJSON_GetObjectItemCaseSensitive(second, "methods");
	assert_string_equal(cJSON_GetObjectItemCaseSensitive(second, "new_categories")->child->valuestring, "new");
	assert_true(cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(methods, "chi_square"), "cramers_v")));
	assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "status")->valuestring, "inconclusive");
	cJSON_Delete(json);
	buffer_clear(&out);
	drift_text(&out, &fixture->result);
	assert_true(strncmp(out.data, "inconclusive: ", 14) == 0);
	assert_null(strchr(out.data, '\x1b'));
	assert_null(strstr(out.data, "nan"));
	assert_non_null(strstr(out.data, "only in reference: gone\n"));
	assert_null(strstr(out.data, " \n"));
	buffer_release(&out);
}

static void time_range(void **state)
{
	struct fixture *fixture = *state;
	int64_t oldest, newest;
	bool found;

	compare_same(fixture, "at,x\n2026-01-02T00:00:00Z,1\nNA,1\nsoon,1\n1970-01-01 00:01,1\n");
	assert_int_equal(table_time_range(&oldest, &newest, &found, &fixture->files[0], TEXT("at"), 0, NULL, 0, &limits_default, &fixture->arena,
	                                  &fixture->diags, &fixture->failure), 0);
	assert_true(found);
	assert_int_equal(oldest, 60);
	assert_int_equal(newest, 1767312000);
	assert_int_equal(table_time_range(&oldest, &newest, &found, &fixture->files[0], TEXT("x"), 0, NULL, 0, &limits_default, &fixture->arena,
	                                  &fixture->diags, &fixture->failure), 0);
	assert_false(found);
	assert_int_equal(table_time_range(&oldest, &newest, &found, &fixture->files[0], TEXT("y"), 0, NULL, 0, &limits_default, &fixture->arena,
	                                  &fixture->diags, &fixture->failure), 0);
	assert_false(found);
	assert_int_equal(fixture->diags.count, 0);
}

static void words(void **state)
{
	(void)state;
	assert_int_equal(column_kind_of(TEXT("category_num")), COLUMN_CATEGORY_NUM);
	assert_int_equal(column_kind_of(TEXT("text")), COLUMN_AUTO);
	assert_int_equal(drift_method_of(TEXT("PSI")), METHOD_PSI);
	assert_int_equal(drift_method_of(TEXT("Chi_Square")), METHOD_CHI_SQUARE);
	assert_int_equal(drift_method_of(TEXT("magic")), METHOD_NONE);
	assert_null(drift_status_name(DRIFT_UNJUDGED));
	assert_string_equal(drift_status_name(DRIFT_DRIFT), "drift");
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* --- modes --- */

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Numbers of all kinds, gaps, late surprises: a column that is no number after all, one that is no time. */
static void add_row(struct buffer *out, size_t i, size_t count, uint64_t random)
{
	double u = (double)(random >> 11) * 0x1p-53;

	buffer_format(out, "%.6f,%.17g,%d,%s,%s,", u, exp(300 * (u - 0.5)), (int)(u * u * 30), random % 7 ? "0" : "1.5", random % 11 ? "42" : "");
	buffer_format(out, "%s%d\",%s,%s,", random % 3 ? "\"a" : "\"b,c", (int)(random % 20), i + 3 < count ? "17" : "x", i + 2 < count ? "2026-01-02" : "?");
	buffer_format(out, "%s,%zu\n", random % 5 ? "1e-320" : "-1.7e308", i * 7919 % count);
}

static void fill_rows(struct buffer *out, size_t count, uint64_t seed, size_t first)
{
	uint64_t *rows = malloc(count * sizeof *rows);

	for (size_t i = 0; i < count; i++)
		rows[i] = next_random(&seed);
	buffer_clear(out);
	buffer_string(out, "u,wide,whole,flag,constant,group,late,time,ends,id\n");
	for (size_t k = 0; k < count; k++) {
		size_t i = (k + first) % count;
		add_row(out, i, count, rows[i]);
	}
	free(rows);
}

static char *answer(struct fixture *fixture)
{
	struct buffer out;

	compare(fixture);
	assert_true(fixture->ok);
	buffer_init(&out);
	struct json *json = drift_json(&fixture->result, false);
	json_print(&out, json, true);
	json_release(json);
	char *copy = arena_copy(&fixture->arena, out.data, out.len);
	buffer_release(&out);
	return copy;
}

/* Memory, threads and the order of rows change not one byte. */
static void modes(void **state)
{
	static const size_t memories[] = {0, 1, (size_t)33 << 20};
	struct fixture *fixture = *state;

	fixture->request.shapes = true;
	for (int methods = 0; methods < 2; methods++) {
		char *expected = NULL;
		for (size_t m = 0; m < METHOD_COUNT; m++)
			fixture->request.show[m] = methods || m == METHOD_KS;
		for (size_t i = 0; i < sizeof memories / sizeof *memories; i++) {
			for (unsigned jobs = 1; jobs <= 4; jobs += 3) {
				fill_rows(&fixture->bytes[0], 3000, 1, 1000 * jobs * i);
				fill_rows(&fixture->bytes[1], 4000, 2, 777 * jobs * i);
				fixture->request.memory = memories[i];
				fixture->request.jobs = jobs;
				char *found = answer(fixture);
				if (!expected)
					expected = found;
				assert_string_equal(found, expected);
			}
		}
	}
	assert_int_equal(column(fixture, "late")->kind, COLUMN_CATEGORY);
	assert_int_equal(column(fixture, "time")->kind, COLUMN_CATEGORY);
	assert_int_equal(column(fixture, "u")->kind, COLUMN_NUMBER);
}

/* A reference that was read once answers as one that is read each time. */
static void held_reference(void **state)
{
	struct fixture *fixture = *state;
	struct drift_reference *reference;
	struct buffer out[2];

	for (size_t m = 0; m < METHOD_COUNT; m++)
		fixture->request.show[m] = true;
	fill_rows(&fixture->bytes[0], 2000, 1, 0);
	fill_rows(&fixture->bytes[1], 3000, 2, 0);
	for (int k = 0; k < 2; k++) {
		char *expected = answer(fixture);
		fixture->request.memory = (size_t)k;
		assert_int_equal(drift_reference_open(&reference, &fixture->ok, &fixture->request, &limits_default, &fixture->arena, &fixture->diags,
		                                      &fixture->failure), 0);
		assert_true(fixture->ok);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(drift_compare_with(&fixture->result, &fixture->ok, reference, &fixture->request, &limits_default,
			                                    &fixture->arena, &fixture->diags, &fixture->failure), 0);
			buffer_init(&out[again]);
			struct json *json = drift_json(&fixture->result, false);
			json_print(&out[again], json, true);
			json_release(json);
			assert_int_equal(out[again].len, strlen(expected));
			assert_memory_equal(out[again].data, expected, out[again].len);
			buffer_release(&out[again]);
		}
		drift_reference_close(reference);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(kinds), CASE(identifiers), CASE(verdicts), CASE(deciding), CASE(automatic), CASE(gives_way), CASE(bounds), CASE(reasons), CASE(invariant), CASE(too_little), CASE(pairing), CASE(pooling),
		CASE(bad_files), CASE(from_source), CASE(shapes), CASE(renderers), CASE(time_range), CASE(modes), CASE(held_reference),
		cmocka_unit_test(words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

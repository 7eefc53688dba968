#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "compare.h"
#include "document.h"

/* Runs made by hand: a metric file, a status, and gates of one pack with these metrics. */
static struct arena arena;
static struct diags diags;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	diags_init(&diags, &arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static const struct value *tree(const char *json)
{
	struct input *file = arena_alloc(&arena, sizeof *file);

	*file = (struct input){.path = TEXT("metrics.json"), .bytes = text_of(json)};
	const struct value *root = document_read(file, DOCUMENT_METRICS, &limits_default, &arena, &diags);
	assert_non_null(root);
	return root;
}

static const struct metric metrics[] = {
	{.key = {"low", 3}, .decimals = -1, .direction = DIRECTION_LOWER, .required = true, .fail = {"10", 2}},
	{.key = {"high", 4}, .decimals = -1, .direction = DIRECTION_HIGHER, .fail = {"-10", 3}},
	{.key = {"at", 2}, .decimals = -1, .direction = DIRECTION_TARGET, .target = {"0.8", 3}, .fail = {"10", 2}},
};

static const struct run_result *run_made(const char *json, enum run_status status)
{
	struct model *model = arena_alloc(&arena, sizeof *model);
	struct run *run = arena_alloc(&arena, sizeof *run);
	struct run_result *result = arena_alloc(&arena, sizeof *result);
	struct pack_result *pack = arena_alloc(&arena, sizeof *pack);
	const size_t count = sizeof metrics / sizeof *metrics;

	run->status = status;
	run->metrics = tree(json);
	pack->pack = TEXT("pack");
	pack->gates = arena_array(&arena, count, sizeof *pack->gates);
	for (size_t i = 0; status == RUN_SUCCEEDED && i < count; i++)
		pack->gates[pack->gate_count++] = (struct gate_result){.metric = &metrics[i], .status = VERDICT_PASS};
	*result = (struct run_result){.model = model, .run = run, .judged = status == RUN_SUCCEEDED, .packs = pack, .pack_count = 1};
	return result;
}

static const struct run_result *run_of(const char *json)
{
	return run_made(json, RUN_SUCCEEDED);
}

static const struct compared_row *row(const struct comparison *comparison, const char *key)
{
	for (size_t i = 0; i < comparison->row_count; i++)
		if (text_is(comparison->rows[i].key, key))
			return &comparison->rows[i];
	fail_msg("no row '%s'", key);
	return NULL;
}

/* Of each run: "better -0.1 best" or the reason. */
static void check(const struct comparison *comparison, const char *key, const char *wanted)
{
	const struct compared_row *found = row(comparison, key);
	char all[512] = "";

	for (size_t i = 0; i < comparison->count; i++) {
		const struct compared_value *value = &found->values[i];
		const char *change = compared_change_name(value->change);
		size_t len = strlen(all);
		snprintf(all + len, sizeof all - len, "%s%.*s%s", i ? "; " : "", TEXT_ARGS(value->reason), change ? change : "");
		len = strlen(all);
		if (value->has_difference)
			snprintf(all + len, sizeof all - len, " %g", value->difference);
		len = strlen(all);
		snprintf(all + len, sizeof all - len, "%s", value->best ? " best" : "");
	}
	if (strcmp(all, wanted) != 0)
		fail_msg("%s is '%s', not '%s'", key, all, wanted);
}

static void test_directions(void **state)
{
	const struct run_result *runs[] = {run_of("{\"low\": 1, \"high\": 1, \"at\": 0.78}"), run_of("{\"low\": 0.5, \"high\": 0.5, \"at\": 0.82}"),
	                                   run_of("{\"low\": 2, \"high\": 2, \"at\": 0.8}")};
	struct comparison comparison;

	(void)state;
	runs_compare(&comparison, runs, NULL, 3, &arena);
	check(&comparison, "low", "; better -0.5 best; worse 1");
	check(&comparison, "high", "; worse -0.5; better 1 best");
	check(&comparison, "at", "; same 0.04; better 0.02 best");
	assert_int_equal(comparison.tallies[1].better, 1);
	assert_int_equal(comparison.tallies[1].worse, 1);
	assert_int_equal(comparison.tallies[1].same, 1);
	assert_int_equal(comparison.tallies[2].best, 2);
}

/* Values that one double cannot tell apart, and others that are the same number in other words. */
static void test_exact(void **state)
{
	const struct run_result *runs[] = {run_of("{\"low\": 0.1, \"high\": 1.0}"), run_of("{\"low\": 0.1000000000000000000001, \"high\": 10e-1}")};
	struct comparison comparison;

	(void)state;
	runs_compare(&comparison, runs, NULL, 2, &arena);
	check(&comparison, "low", " best; worse 1e-22");
	check(&comparison, "high", "; same 0");
}

static void test_not_compared(void **state)
{
	const struct run_result *runs[] = {run_of("{\"low\": 5, \"high\": NaN, \"at\": 1}"), run_of("{\"low\": \"1\", \"high\": 3, \"at\": -Infinity}"),
	                                   run_made("{\"low\": 1, \"high\": 9, \"at\": 0.8}", RUN_RUNNING), run_of("{\"low\": 6, \"at\": {\"x\": 1}}")};
	struct comparison comparison;

	(void)state;
	runs_compare(&comparison, runs, NULL, 4, &arena);
	check(&comparison, "low", " best; not a number; the run is running; worse 1");
	check(&comparison, "high", "not a finite number; ; the run is running; missing");
	check(&comparison, "at", "; not a finite number; the run is running; not a number");
	assert_int_equal(comparison.tallies[1].not_compared, 2);
	assert_int_equal(comparison.tallies[2].not_compared, 2);
}

static void test_inconclusive_is_never_best(void **state)
{
	const struct run_result *runs[] = {run_of("{\"low\": 5}"), run_of("{\"low\": 1}"), run_of("{\"low\": 4}")};
	struct comparison comparison;

	(void)state;
	runs[1]->packs[0].gates[0].status = VERDICT_INCONCLUSIVE;
	runs[1]->packs[0].gates[0].reason = TEXT("too few");
	runs_compare(&comparison, runs, NULL, 3, &arena);
	check(&comparison, "low", "; too few; better -1 best");
}

static void test_no_direction(void **state)
{
	const struct run_result *runs[] = {run_of("{\"low\": 5, \"samples\": 10, \"nest\": {\"x\": 1}, \"x-note\": 1}"),
	                                   run_of("{\"low\": 5, \"nest.x\": 2, \"samples\": 10}")};
	struct comparison comparison;

	(void)state;
	runs_compare(&comparison, runs, NULL, 2, &arena);
	check(&comparison, "low", "; same 0");
	check(&comparison, "samples", "; same 0");
	/* A key with dots and one that is nested are the same to a gate, and here. */
	check(&comparison, "nest.x", "; different 1");
	assert_int_equal(comparison.row_count, 5);
}

static void test_disputed(void **state)
{
	static const struct metric other = {.key = {"low", 3}, .decimals = -1, .direction = DIRECTION_HIGHER, .fail = {"0", 1}};
	const struct run_result *runs[] = {run_of("{\"low\": 5}"), run_of("{\"low\": 4}")};
	struct comparison comparison;

	(void)state;
	runs[1]->packs[0].gates[0].metric = &other;
	runs_compare(&comparison, runs, NULL, 2, &arena);
	assert_true(row(&comparison, "low")->disputed);
	assert_false(compared_row_is_judged(row(&comparison, "low")));
	check(&comparison, "low", "; different -1");
}

static void test_segments(void **state)
{
	const struct run_result *runs[] = {run_of("{\"low\": 1, \"slices\": {\"a\": {\"b c\": {\"low\": 1}}, \"a b\": {\"c\": {\"low\": 3}}, \"flat\": 2}}"),
	                                   run_of("{\"low\": 1, \"slices\": {\"a\": {\"b c\": {\"low\": 2}}}}")};
	struct comparison comparison;

	(void)state;
	runs_compare(&comparison, runs, NULL, 2, &arena);
	assert_int_equal(comparison.segment_count, 2);
	assert_true(text_is(comparison.segments[0].segment, "b c"));
	assert_int_equal(comparison.segments[0].values[1].change, CHANGE_WORSE);
	assert_true(comparison.segments[0].values[0].best);
	assert_true(text_is(comparison.segments[1].values[1].reason, "missing"));
}

static void test_leaves(void **state)
{
	const struct value *root = tree("{\"a\": {\"b\": {\"c\": 1}, \"d\": [2, {\"e\": 3}]}, \"f\": null, \"g\": 4}");
	struct value_leaf *leaves;

	(void)state;
	assert_int_equal(value_leaves(&leaves, root, SIZE_MAX, &arena), 2);
	assert_true(text_is(leaves[0].name, "a.b.c"));
	assert_true(text_is(leaves[1].name, "g"));
	assert_int_equal(value_leaves(&leaves, root, 1, &arena), 1);
	assert_int_equal(value_leaves(&leaves, NULL, 1, &arena), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_directions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exact, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_compared, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_inconclusive_is_never_best, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_direction, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_disputed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_segments, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leaves, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

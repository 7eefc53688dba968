#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "document.h"
#include "gates.h"

static struct arena arena;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct metric limits(enum direction direction, const char *target, const char *promote, const char *warn, const char *fail)
{
	return (struct metric){.key = TEXT("m"), .decimals = -1, .direction = direction, .required = true, .target = text_of(target),
	                       .promote = text_of(promote), .warn = text_of(warn), .fail = text_of(fail)};
}

/* "pass+" is pass and promotable. */
static void judged(struct metric metric, const char *value, const char *expected)
{
	bool promotable;
	enum verdict verdict = metric_judge(&promotable, &metric, text_of(value), &arena);
	char found[40];

	snprintf(found, sizeof found, "%s%s", verdict_name(verdict), promotable ? "+" : "");
	if (strcmp(found, expected) != 0)
		fail_msg("%s is %s, not %s", value, found, expected);
}

static void test_lower(void **state)
{
	struct metric metric = limits(DIRECTION_LOWER, "", "0.15", "0.25", "0.40");

	(void)state;
	judged(metric, "0.1", "pass+");
	judged(metric, "0.15", "pass+");
	judged(metric, "0.150000000000000000000001", "pass");
	judged(metric, "0.25", "pass");
	judged(metric, "0.2500", "pass");
	judged(metric, "25e-2", "pass");
	judged(metric, "0.25000000000000001", "warn");
	judged(metric, "0.39999999999999999999", "warn");
	judged(metric, "0.40", "fail");
	judged(metric, "4e-1", "fail");
	judged(metric, "1", "fail");
	judged(metric, "-5", "pass+");
}

static void test_higher(void **state)
{
	struct metric metric = limits(DIRECTION_HIGHER, "", "0.8", "0.7", "0.6");

	(void)state;
	judged(metric, "0.8", "pass+");
	judged(metric, "0.79", "pass");
	judged(metric, "0.7", "pass");
	judged(metric, "0.69", "warn");
	judged(metric, "0.6", "fail");
	judged(metric, "-1", "fail");
}

static void test_target(void **state)
{
	struct metric metric = limits(DIRECTION_TARGET, "0.80", "0.01", "0.02", "0.05");

	(void)state;
	judged(metric, "0.80", "pass+");
	judged(metric, "0.79", "pass+");
	judged(metric, "0.78", "pass"); /* in doubles |0.78 - 0.80| is greater than 0.02 */
	judged(metric, "0.82", "pass");
	judged(metric, "0.7799", "warn");
	judged(metric, "0.85", "fail");
	judged(metric, "0.75", "fail");
}

static void test_left_out(void **state)
{
	(void)state;
	judged(limits(DIRECTION_LOWER, "", "", "2", "3"), "2", "pass+");
	judged(limits(DIRECTION_LOWER, "", "", "2", "3"), "2.1", "warn");
	judged(limits(DIRECTION_LOWER, "", "2", "", "3"), "2", "pass+");
	judged(limits(DIRECTION_LOWER, "", "2", "", "3"), "2.1", "warn");
	judged(limits(DIRECTION_LOWER, "", "", "", "3"), "2.9", "pass+");
	judged(limits(DIRECTION_LOWER, "", "", "", "3"), "3", "fail");
	judged(limits(DIRECTION_LOWER, "", "2", "2.5", ""), "9", "warn");
	/* fail is looked at first, also where limits contradict each other */
	judged(limits(DIRECTION_LOWER, "", "2", "3", "2"), "2", "fail");
	judged(limits(DIRECTION_LOWER, "", "", "", ""), "2", "inconclusive");
	judged(limits(DIRECTION_NONE, "", "1", "2", "3"), "1", "inconclusive");
	judged(limits(DIRECTION_TARGET, "", "1", "2", "3"), "1", "inconclusive");
}

static void shown(struct metric metric, const char *value, const char *expected)
{
	struct text found = metric_show(&metric, text_of(value), &arena);

	if (!text_is(found, expected))
		fail_msg("%s is shown as '%.*s', not '%s'", value, TEXT_ARGS(found), expected);
}

static void test_show(void **state)
{
	struct metric ratio = limits(DIRECTION_LOWER, "", "0.10", "0.12", "0.15");
	struct metric errors = limits(DIRECTION_LOWER, "", "38", "45.5", "55");
	struct metric counts = limits(DIRECTION_LOWER, "", "0", "5", "20");

	(void)state;
	shown(ratio, "0.098", "0.098");
	shown(ratio, "0.1", "0.100");
	shown(ratio, "0.09849", "0.098");
	shown(ratio, "0.14996", "0.14996");
	shown(ratio, "0.1499999999999", "0.1499999999999");
	shown(ratio, "0.1200001", "0.1200001");
	shown(ratio, "0.10004", "0.10004");
	shown(ratio, "0.1504", "0.150");
	shown(ratio, "-0.0001", "0.000");
	shown(ratio, "NaN", "NaN");
	shown(ratio, "1e-30", "0.000");
	shown(ratio, "9.9995", "10.000");
	shown(errors, "36.94", "36.9");
	shown(errors, "80752", "80,752.0");
	shown(errors, "1234567.25", "1,234,567.3");
	shown(errors, "1e40", "1e40");
	shown(counts, "3", "3");
	shown(counts, "30e2", "3,000");
	shown(counts, "999", "999");
	shown(counts, "2.5", "2.5");
	/* Thousands of digits have no place in a message. */
	shown(ratio, "0.51111111111111111111111111111111111111111111111111111111111111111", "5.11111111...e-1");
	shown(ratio, "-0.005e-99", "-0.005e-99");
	ratio.unit = TEXT("%");
	shown(ratio, "0.005e-99", "5e-100%");
	shown(ratio, "0.098", "9.8%");
	shown(ratio, "0.1496", "14.96%");
	shown(ratio, "0.14996", "14.996%");
	ratio.decimals = 0;
	shown(ratio, "0.09", "9%");
	errors.unit = TEXT("EUR");
	shown(errors, "-36.96", "-37.0 EUR");
}

static void test_show_limits(void **state)
{
	struct metric ratio = limits(DIRECTION_TARGET, "0", "0.02", "0.03", "0.0505");
	struct metric counts = limits(DIRECTION_LOWER, "", "0", "5", "20");

	(void)state;
	assert_true(text_is(metric_show_limit(&ratio, TEXT("0.02"), &arena), "0.0200"));
	assert_true(text_is(metric_show_limit(&ratio, TEXT("0"), &arena), "0"));
	assert_true(text_is(metric_show_limit(&counts, TEXT("20"), &arena), "20"));
	assert_true(text_is(metric_show_size(&counts, TEXT("0.04"), &arena), "0.04"));
	ratio = limits(DIRECTION_LOWER, "", "0.1", "0.2", "0.3");
	assert_true(text_is(metric_show_limit(&ratio, TEXT("0.1"), &arena), "0.100"));
	ratio.unit = TEXT("%");
	assert_true(text_is(metric_show_limit(&ratio, TEXT("0.1"), &arena), "10.0%"));
}

/* --- whole runs --- */

static const struct value *read_metrics(const char *text)
{
	struct input *input = arena_alloc(&arena, sizeof *input);
	struct diags diags;

	*input = (struct input){.path = TEXT("metrics.json"), .bytes = text_of(text)};
	diags_init(&diags, &arena);
	const struct value *value = document_read(input, DOCUMENT_METRICS, &limits_default, &arena, &diags);
	if (!value)
		fail_msg("%.*s", TEXT_ARGS(diags.items[0].message));
	return value;
}

struct world {
	struct catalog catalog;
	struct resolved resolved;
	struct recipe recipe;
	struct effective effective;
	struct pack pack;
	struct reference reference;
	struct metric metrics[4];
	struct model model;
	struct run runs[3];
};

/* A model with a production run p and runs a and b, and one pack of two metrics, bias optional. */
static void build(struct world *w)
{
	*w = (struct world){.metrics = {limits(DIRECTION_LOWER, "", "0.10", "0.12", "0.15"), limits(DIRECTION_TARGET, "0", "0.02", "0.03", "0.05")}};
	w->metrics[0].key = TEXT("MAPE");
	w->metrics[1].key = TEXT("bias");
	w->metrics[1].required = false;
	w->pack = (struct pack){.record = {.id = TEXT("pack_a")}, .version = TEXT("1.2.0"), .metrics = w->metrics, .metric_count = 2};
	w->reference = (struct reference){.id = TEXT("pack_a")};
	w->recipe = (struct recipe){.record = {.id = TEXT("recipe_a")}, .version = TEXT("1.0.0")};
	w->effective = (struct effective){.recipe = &w->recipe, .usable = true, .packs = &w->reference, .pack_count = 1};
	w->resolved = (struct resolved){.recipes = &w->effective, .count = 1};
	w->catalog.packs = &w->pack;
	w->catalog.pack_count = 1;
	const char *const names[] = {"a", "b", "p"};
	for (size_t i = 0; i < 3; i++) {
		w->runs[i].record.id = text_of(names[i]);
		w->runs[i].status = RUN_SUCCEEDED;
		w->runs[i].recipe.id = TEXT("recipe_a");
	}
	w->model = (struct model){.record = {.id = TEXT("model_a")}, .production_run = TEXT("p"), .runs = w->runs, .run_count = 3};
}

static const char *said(struct world *w, const char *metrics)
{
	struct run_result out;

	w->runs[0].metrics = metrics ? read_metrics(metrics) : NULL;
	gates_judge_run(&out, &w->catalog, &w->resolved, &w->model, &w->runs[0], &arena);
	return arena_format(&arena, "%s%s: %.*s%s%.*s", verdict_name(out.status), out.promotable ? "+" : "", TEXT_ARGS(out.summary),
	                    out.reason.len ? "; " : "", TEXT_ARGS(out.reason));
}

static const char *reason(struct world *w, const char *metrics, size_t gate)
{
	struct run_result out;

	w->runs[0].metrics = read_metrics(metrics);
	gates_judge_run(&out, &w->catalog, &w->resolved, &w->model, &w->runs[0], &arena);
	assert_true(out.pack_count && gate < out.packs[0].gate_count);
	const struct gate_result *found = &out.packs[0].gates[gate];
	return arena_format(&arena, "%s: %.*s", verdict_name(found->status), TEXT_ARGS(found->reason));
}

static void test_run(void **state)
{
	struct world w;

	(void)state;
	build(&w);
	assert_string_equal(said(&w, "{\"MAPE\": 0.1, \"bias\": 0.01}"), "pass+: 2/2 metrics passed");
	assert_string_equal(said(&w, "{\"MAPE\": 0.11, \"bias\": -0.04}"), "warn: 1/2 metrics passed, 1 warning");
	assert_string_equal(said(&w, "{\"MAPE\": 0.13, \"bias\": -0.04}"), "warn: 0/2 metrics passed, 2 warnings");
	assert_string_equal(said(&w, "{\"MAPE\": 0.1}"), "pass+: 1/1 metrics passed");
	/* promotable is decided by what is required */
	assert_string_equal(said(&w, "{\"MAPE\": 0.1, \"bias\": 0.04}"), "warn+: 1/2 metrics passed, 1 warning");
	assert_string_equal(said(&w, "{\"bias\": 0}"), "fail: 1/2 metrics passed, 1 failed");
	assert_string_equal(said(&w, "{\"MAPE\": NaN, \"bias\": 0}"), "fail: 1/2 metrics passed, 1 failed");
	assert_string_equal(reason(&w, "{\"MAPE\": NaN}", 0), "fail: not a finite number: NaN");
	assert_string_equal(reason(&w, "{\"MAPE\": -Infinity}", 0), "fail: not a finite number: -Infinity");
	assert_string_equal(reason(&w, "{\"MAPE\": \"0.1\"}", 0), "fail: text where a number is needed: 0.1");
	assert_string_equal(reason(&w, "{\"MAPE\": null}", 0), "fail: not a finite number: null");
	assert_string_equal(reason(&w, "{\"MAPE\": true}", 0), "fail: not a finite number: true");
	assert_string_equal(reason(&w, "{\"MAPE\": {\"a\": 1}}", 0), "fail: not a finite number: a mapping");
	assert_string_equal(reason(&w, "{\"MAPe\": 0.1}", 0), "fail: required, and not in the metric file, which has 'MAPe'");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.1, \"bias\": 0.033}", 1), "warn: 0.033 is past its warn limit 0.030");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.1, \"bias\": -0.033}", 1),
	                    "warn: -0.033 is 0.033 from its target 0, which is past the warn limit 0.030");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.15}", 0), "fail: 0.150 equals its fail limit 0.150");
}

static void test_unusable(void **state)
{
	struct world w;

	(void)state;
	build(&w);
	assert_string_equal(said(&w, NULL), "inconclusive: not judged; its metrics are missing or cannot be read");
	w.runs[0].status = RUN_FAILED;
	w.runs[0].error = TEXT("out of memory");
	assert_string_equal(said(&w, "{\"MAPE\": 0.1}"), "inconclusive: not judged; the run is failed: out of memory");
	build(&w);
	w.runs[0].recipe.id = TEXT("recipe_b");
	assert_string_equal(said(&w, "{\"MAPE\": 0.1}"), "inconclusive: not judged; recipe 'recipe_b' is not there");
	build(&w);
	w.runs[0].recipe.pin = TEXT("2.0.0");
	assert_string_equal(said(&w, "{\"MAPE\": 0.1}"), "inconclusive: not judged; recipe 'recipe_a' is 1.0.0 here, not 2.0.0");
	build(&w);
	w.effective.usable = false;
	assert_string_equal(said(&w, "{\"MAPE\": 0.1}"), "inconclusive: not judged; recipe 'recipe_a' cannot be resolved");
	build(&w);
	w.reference.id = TEXT("pack_b");
	assert_string_equal(said(&w, "{\"MAPE\": 0.1}"), "inconclusive: 0/0 metrics passed; pack 'pack_b' is not there");
	build(&w);
	w.reference.pin = TEXT("^2");
	assert_string_equal(said(&w, "{\"MAPE\": 0.1}"), "inconclusive: 0/0 metrics passed; pack 'pack_a' is 1.2.0 here, the recipe asks for ^2");
	build(&w);
	w.metrics[0].required = false;
	assert_string_equal(said(&w, "{\"other\": 0.1}"), "inconclusive: 0/0 metrics passed; none of its metrics is in the metric file");
}

static void test_samples(void **state)
{
	struct world w;

	(void)state;
	build(&w);
	w.metrics[0].min_samples = 100;
	assert_string_equal(said(&w, "{\"MAPE\": 0.1, \"samples\": 100}"), "pass+: 1/1 metrics passed");
	assert_string_equal(said(&w, "{\"MAPE\": 0.1, \"samples\": 99}"), "inconclusive: 0/1 metrics passed, 1 inconclusive");
	assert_string_equal(said(&w, "{\"MAPE\": 9, \"samples\": 99}"), "inconclusive: 0/1 metrics passed, 1 inconclusive");
	assert_string_equal(said(&w, "{\"MAPE\": NaN, \"samples\": 99}"), "fail: 0/1 metrics passed, 1 failed");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.1}", 0), "inconclusive: the metric file has no 'samples', 100 are needed");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.1, \"samples\": \"many\"}", 0), "inconclusive: 'samples' is no count: many");
}

static void test_regression(void **state)
{
	struct world w;

	(void)state;
	build(&w);
	w.metrics[0].max_regression = TEXT("5%");
	w.runs[2].metrics = read_metrics("{\"MAPE\": 0.08, \"bias\": 0.01}");
	assert_string_equal(said(&w, "{\"MAPE\": 0.084}"), "pass+: 1/1 metrics passed");
	assert_string_equal(said(&w, "{\"MAPE\": 0.07}"), "pass+: 1/1 metrics passed");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.0841}", 0),
	                    "fail: 0.084 is 0.0041 worse than 0.080 of production run 'p', 5% is allowed");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.08400000000000000000001}", 0),
	                    "fail: 0.084 is 0.00400000000000000000001 worse than 0.080 of production run 'p', 5% is allowed");
	w.metrics[0].max_regression = TEXT("0.01");
	assert_string_equal(said(&w, "{\"MAPE\": 0.09}"), "pass+: 1/1 metrics passed");
	assert_string_equal(said(&w, "{\"MAPE\": 0.0900001}"), "fail: 0/1 metrics passed, 1 failed");
	/* distance from the target counts, not the value */
	w.metrics[1].max_regression = TEXT("0.005");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.08, \"bias\": -0.012}", 1), "pass: ");
	assert_string_equal(said(&w, "{\"MAPE\": 0.08, \"bias\": -0.016}"), "fail+: 1/2 metrics passed, 1 failed");
	w.runs[2].metrics = read_metrics("{\"bias\": 0.01}");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.09}", 0), "inconclusive: production run 'p' has no value to regress from");
	w.model.production_run = TEXT("gone");
	assert_string_equal(reason(&w, "{\"MAPE\": 0.09}", 0), "inconclusive: production run 'gone' has no value to regress from");
	w.model.production_run = TEXT("");
	assert_string_equal(said(&w, "{\"MAPE\": 0.09}"), "pass+: 1/1 metrics passed");
	w.model.production_run = TEXT("a");
	assert_string_equal(said(&w, "{\"MAPE\": 0.09}"), "pass+: 1/1 metrics passed");
	/* higher is better: only lower is worse */
	w.metrics[0] = limits(DIRECTION_HIGHER, "", "0.8", "0.7", "0.6");
	w.metrics[0].key = TEXT("auc");
	w.metrics[0].max_regression = TEXT("10%");
	w.model.production_run = TEXT("p");
	w.runs[2].metrics = read_metrics("{\"auc\": 0.9}");
	assert_string_equal(said(&w, "{\"auc\": 0.81}"), "pass+: 1/1 metrics passed");
	assert_string_equal(said(&w, "{\"auc\": 0.99}"), "pass+: 1/1 metrics passed");
	assert_string_equal(said(&w, "{\"auc\": 0.809}"), "fail: 0/1 metrics passed, 1 failed");
}

static void test_slices(void **state)
{
	struct world w;
	struct text keys[] = {TEXT("MAPE")};
	struct slice_rule rule = {.by = TEXT("region"), .metrics = keys, .metric_count = 1, .worst = SLICE_FAIL};
	const char *metrics = "{\"MAPE\": 0.1, \"slices\": {\"region\": {\"north\": {\"MAPE\": 0.2}, \"south\": {\"MAPE\": 0.13}, \"west\": {\"MAPE\": 0.1}}}}";

	(void)state;
	build(&w);
	w.pack.slices = &rule;
	w.pack.slice_count = 1;
	assert_string_equal(reason(&w, metrics, 0), "fail: in region = north: 0.200 is past its fail limit 0.150");
	rule.worst = SLICE_WARN;
	assert_string_equal(said(&w, metrics), "warn: 0/1 metrics passed, 1 warning");
	rule.worst = SLICE_PASS;
	assert_string_equal(said(&w, metrics), "pass+: 1/1 metrics passed");
	rule.worst = SLICE_FAIL;
	assert_string_equal(reason(&w, "{\"MAPE\": 0.1}", 0), "inconclusive: the metric file has no segments by 'region'");
	assert_string_equal(said(&w, "{\"MAPE\": 0.1, \"slices\": {\"region\": {\"north\": {\"x\": 1}}}}"), "fail: 0/1 metrics passed, 1 failed");
}

static void test_recipe_metrics(void **state)
{
	struct world w;
	struct run_result out;

	(void)state;
	build(&w);
	w.effective.metrics = &w.metrics[2];
	w.effective.metric_count = 1;
	w.metrics[2] = limits(DIRECTION_HIGHER, "", "0.8", "0.7", "0.6");
	w.metrics[2].key = TEXT("a.b");
	w.runs[0].metrics = read_metrics("{\"MAPE\": 0.1, \"a\": {\"b\": 0.65}}");
	gates_judge_run(&out, &w.catalog, &w.resolved, &w.model, &w.runs[0], &arena);
	assert_int_equal(out.pack_count, 2);
	assert_true(text_is(out.packs[1].pack, "recipe"));
	assert_int_equal(out.packs[1].status, VERDICT_WARN);
	assert_int_equal(out.status, VERDICT_WARN);
	assert_false(out.promotable);
	assert_true(text_is(out.summary, "1/2 metrics passed, 1 warning"));
	assert_true(out.packs[1].gates[0].has_room);
	assert_true(text_is(out.packs[1].gates[0].room, "0.05"));
	assert_true(text_is(out.packs[0].gates[0].room, "0.02"));
	/* what pack and recipe both judge is one metric */
	w.metrics[2] = limits(DIRECTION_LOWER, "", "0.01", "0.02", "0.9");
	w.metrics[2].key = TEXT("MAPE");
	gates_judge_run(&out, &w.catalog, &w.resolved, &w.model, &w.runs[0], &arena);
	assert_true(text_is(out.summary, "0/1 metrics passed, 1 warning"));
	assert_true(text_is(out.packs[0].summary, "1/1 metrics passed"));
}

static void test_snapshot_metrics(void **state)
{
	struct world w;
	struct pack_result *packs;
	size_t count;

	(void)state;
	build(&w);
	w.metrics[0].max_regression = TEXT("0");
	gates_judge_metrics(&packs, &count, &w.catalog, &w.effective, read_metrics("{\"bias\": 0.04}"), &arena);
	assert_int_equal(count, 1);
	assert_int_equal(packs[0].gate_count, 1);
	assert_int_equal(packs[0].status, VERDICT_WARN);
}

static void test_metrics_value(void **state)
{
	const struct value *metrics = read_metrics("{\"a.b\": 1, \"a\": {\"b\": 2, \"c\": {\"d\": 3}}, \"x\": 4}");

	(void)state;
	assert_true(text_is(metrics_value(metrics, TEXT("a.b"))->text, "1"));
	assert_true(text_is(metrics_value(metrics, TEXT("a.c.d"))->text, "3"));
	assert_true(text_is(metrics_value(metrics, TEXT("x"))->text, "4"));
	assert_null(metrics_value(metrics, TEXT("x.y")));
	assert_null(metrics_value(metrics, TEXT("a.c.e")));
	assert_null(metrics_value(metrics, TEXT("")));
	assert_null(metrics_value(NULL, TEXT("a")));
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lower),    cmocka_unit_test(test_higher), cmocka_unit_test(test_target),
		cmocka_unit_test(test_left_out), cmocka_unit_test(test_show),   cmocka_unit_test(test_show_limits),
		cmocka_unit_test(test_run), cmocka_unit_test(test_unusable), cmocka_unit_test(test_samples), cmocka_unit_test(test_regression),
		cmocka_unit_test(test_slices), cmocka_unit_test(test_recipe_metrics), cmocka_unit_test(test_snapshot_metrics), cmocka_unit_test(test_metrics_value),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "document.h"
#include "instant.h"
#include "monitor.h"
#include "source.h"

static struct arena arena;
static char folder[] = "/tmp/galley-monitor-XXXXXX";
static struct source *source;

static const char *const files[] = {"reference.csv", "same.csv", "moved.csv", "few.csv", "broken.csv", "gone.csv"};

/* 200 prices, evenly spread, in two segments, all captured at one time. */
static void write_csv(const char *name, int rows, double shift, const char *captured)
{
	char path[100];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "price,segment,captured_at\n");
	for (int i = 0; i < rows; i++)
		fprintf(file, "%.1f,%s,%s\n", (i * 37 % 200) / 10.0 + shift, i % 3 ? "a" : "b", captured);
	fclose(file);
}

static int set_up(void **state)
{
	struct failure failure;

	(void)state;
	arena_init(&arena);
	assert_non_null(mkdtemp(folder));
	write_csv("reference.csv", 200, 0, "2026-01-01");
	write_csv("same.csv", 200, 0, "2026-02-01");
	write_csv("moved.csv", 200, 12, "2026-02-01");
	write_csv("few.csv", 5, 0, "2026-02-01");
	char path[100];
	snprintf(path, sizeof path, "%s/broken.csv", folder);
	FILE *file = fopen(path, "w");
	fprintf(file, "price,segment,captured_at\n1,a\n");
	fclose(file);
	/* Half of the prices are missing, the others as they were. */
	snprintf(path, sizeof path, "%s/gone.csv", folder);
	file = fopen(path, "w");
	fprintf(file, "price,segment,captured_at\n");
	for (int i = 0; i < 200; i++)
		fprintf(file, "%.1f,%s,\n,%s,\n", (i * 37 % 200) / 10.0, i % 3 ? "a" : "b", i % 3 ? "a" : "b");
	fclose(file);
	struct source_options options = {.directory = folder};
	if (source_open(&source, &options, &arena, &failure) != 0)
		fail_msg("%s", failure.message);
	return 0;
}

static int tear_down(void **state)
{
	char path[100];

	(void)state;
	source_close(source);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
	arena_release(&arena);
	return 0;
}

struct world {
	struct catalog catalog;
	struct resolved resolved;
	struct recipe recipe;
	struct effective effective;
	struct metric metric;
	struct model model;
	struct snapshot snapshots[16];
	struct run runs[4];
	struct deployment deployments[4];
	struct monitor_request request;
	struct model_result out;
	struct diags diags;
};

static int64_t day(int number)
{
	int64_t start;

	instant_parse(&start, TEXT("2026-02-01"));
	return start + (int64_t)(number - 1) * 86400;
}

static const struct value *read_value(const char *path, const char *text, const struct input **file)
{
	struct input *input = arena_alloc(&arena, sizeof *input);
	struct diags diags;

	*input = (struct input){.path = text_of(path), .bytes = text_of(text)};
	diags_init(&diags, &arena);
	const struct value *value = document_read(input, DOCUMENT_MANIFEST, &limits_default, &arena, &diags);
	if (!value)
		fail_msg("%.*s", TEXT_ARGS(diags.items[0].message));
	if (file)
		*file = input;
	return value;
}

/* A production model whose recipe has this monitoring block and one metric, MAPE: warn 0.2, fail 0.3. */
static struct world *build(const char *monitoring)
{
	struct world *w = arena_alloc(&arena, sizeof *w);
	const char *yaml = arena_format(&arena, "monitoring: %s\n", monitoring);

	w->catalog.config = (struct config){.default_method = TEXT("PSI"), .limits = limits_default, .hold = 1};
	w->metric = (struct metric){.key = TEXT("MAPE"), .decimals = -1, .direction = DIRECTION_LOWER, .required = true,
	                            .promote = TEXT("0.1"), .warn = TEXT("0.2"), .fail = TEXT("0.3")};
	w->recipe = (struct recipe){.record = {.id = TEXT("recipe_a")}, .version = TEXT("1.0.0"), .status = STATUS_APPROVED};
	w->effective = (struct effective){.recipe = &w->recipe, .usable = true, .metrics = &w->metric, .metric_count = 1};
	union { const struct value *read; struct value *write; } root = {read_value("recipes/a.yaml", yaml, &w->recipe.record.file)};
	w->effective.root = root.write;
	w->resolved = (struct resolved){.recipes = &w->effective, .count = 1};
	w->model = (struct model){.record = {.id = TEXT("model_a")}, .recipe = {.id = TEXT("recipe_a")}, .status = MODEL_PRODUCTION,
	                          .reference = TEXT("reference.csv"), .snapshots = w->snapshots, .runs = w->runs,
	                          .deployments = w->deployments};
	w->catalog.models = &w->model;
	w->catalog.model_count = 1;
	return w;
}

static void add(struct world *w, int on, const char *csv, const char *metrics)
{
	struct snapshot *snapshot = &w->snapshots[w->model.snapshot_count++];
	char date[32];
	size_t len = instant_print_date(date, day(on));

	*snapshot = (struct snapshot){.stamp = text_copy(&arena, (struct text){date, len}), .time = day(on), .csv = text_of(csv)};
	if (metrics)
		snapshot->metrics = read_value("metrics.yaml", metrics, NULL);
}

static void add_run(struct world *w, const char *id, enum run_status status, int started, const char *metrics)
{
	struct run *run = &w->runs[w->model.run_count++];

	*run = (struct run){.record = {.id = text_of(id)}, .status = status, .recipe = {.id = TEXT("recipe_a")}};
	run->has_started = started != 0;
	run->started = day(started);
	if (metrics)
		run->metrics = read_value("metrics.yaml", metrics, NULL);
}

static struct model_result *judge_with(struct world *w, int on, bool latest_only)
{
	struct failure failure;

	diags_init(&w->diags, &arena);
	w->request = (struct monitor_request){
		.catalog = &w->catalog, .resolved = &w->resolved, .source = source, .as_of = day(on), .latest_only = latest_only};
	if (monitor_model(&w->out, &w->request, &w->model, &arena, &w->diags, &failure) != 0)
		fail_msg("%s", failure.message);
	return &w->out;
}

static struct model_result *judge(struct world *w, int on)
{
	return judge_with(w, on, false);
}

/* "state since day: first reason; action" */
static void says(const struct model_result *out, const char *expected)
{
	const char *state = model_state_name(out->state), *since = "";

	if (out->has_since)
		since = arena_format(&arena, " since %d", (int)((out->since - day(1)) / 86400 + 1));
	const char *found = arena_format(&arena, "%s%s: %.*s; %s%s%.*s", state ? state : "none", since,
	                                 out->reason_count ? (int)out->reasons[0].words.len : 0,
	                                 out->reason_count ? out->reasons[0].words.at : "", action_name(out->action),
	                                 out->due ? " due" : out->due_reason.len ? ", " : "", TEXT_ARGS(out->due_reason));
	assert_string_equal(found, expected);
}

static void test_healthy(void **state)
{
	struct world *w = build("{metrics: [MAPE], drift: {features: [price, segment]}}");

	(void)state;
	add(w, 1, "same.csv", "MAPE: 0.15");
	add(w, 2, "same.csv", NULL);
	says(judge(w, 3), "healthy since 1: ; none");
	assert_int_equal(w->out.snapshot_count, 2);
	assert_true(w->out.snapshots[1].has_drift);
	assert_int_equal(w->out.snapshots[1].drift.judged, 2);
	assert_ptr_equal(w->out.latest_performance, &w->out.snapshots[0]);
	assert_true(w->out.data_time == day(2));
	w->model.status = MODEL_DRAFT;
	says(judge(w, 3), "none: ; none");
}

static void test_drifting(void **state)
{
	struct world *w = build("{drift: {threshold: 0.2, features: [price, segment], share: 0.5}}");

	(void)state;
	add(w, 1, "same.csv", NULL);
	add(w, 2, "moved.csv", NULL);
	add(w, 3, "moved.csv", NULL);
	add(w, 9, "same.csv", NULL);
	says(judge(w, 4), "drifting since 2: share of drifting features 1/2 = 0.500, limit 0.5; alert due");
	assert_int_equal(w->out.snapshot_count, 3);
	assert_int_equal(w->out.snapshots[0].state, STATE_HEALTHY);
	assert_true(w->out.snapshots[2].has_max);
	assert_true(w->out.snapshots[2].max > 0.2);
	assert_true(text_is(w->out.snapshots[2].max_feature, "price"));
	says(judge_with(w, 4, true), "drifting: share of drifting features 1/2 = 0.500, limit 0.5; alert due");
	says(judge(w, 9), "healthy since 9: ; none");
	says(judge_with(w, 9, true), "healthy: ; none");
}

static void test_share_and_limits(void **state)
{
	struct world *w = build("{drift: {features: [price, segment], share: 0.6}}");

	(void)state;
	add(w, 1, "moved.csv", NULL);
	says(judge(w, 1), "healthy since 1: ; none");
	w = build("{drift: {features: [{name: price, threshold: 1000}]}}");
	add(w, 1, "moved.csv", NULL);
	says(judge(w, 1), "healthy since 1: ; none");
	/* the warn line is the default's, or the threshold where that is stricter */
	assert_true(w->out.snapshots[0].drift.columns[0].deciding->limit.warn == 0.1);
	w = build("{drift: {method: ks, threshold: 0.05, features: [price]}}");
	add(w, 1, "same.csv", NULL);
	says(judge(w, 1), "healthy since 1: ; none");
	assert_true(w->out.snapshots[0].drift.columns[0].deciding->limit.warn == 0.05);
	assert_int_equal(w->out.method, METHOD_KS);
	/* where the method does not fit the column, the usual one decides, by the limits of galley.yaml */
	w = build("{drift: {method: ks, features: [segment]}}");
	w->catalog.config.method_threshold_count = 1;
	w->catalog.config.method_thresholds = arena_alloc(&arena, sizeof *w->catalog.config.method_thresholds);
	w->catalog.config.method_thresholds[0].method = TEXT("PSI");
	w->catalog.config.method_thresholds[0].warn = TEXT("0.3");
	w->catalog.config.method_thresholds[0].drift = TEXT("0.4");
	add(w, 1, "same.csv", NULL);
	judge(w, 1);
	assert_int_equal(w->out.snapshots[0].drift.columns[0].deciding->method, METHOD_PSI);
	assert_true(w->out.snapshots[0].drift.columns[0].deciding->limit.warn == 0.3);
	assert_true(w->out.snapshots[0].drift.columns[0].deciding->limit.drift == 0.4);
	w = build("{drift: {features: [{name: segment, method: chi_square, p: 0.01}]}}");
	add(w, 1, "same.csv", NULL);
	judge(w, 1);
	assert_true(w->out.snapshots[0].drift.columns[0].deciding->limit.on_p);
	assert_true(w->out.snapshots[0].drift.columns[0].deciding->limit.warn == 0.05);
}

/* The share of missing values decides where the recipe says auto, of the model or of a feature, or has no say as its method does not apply. */
static void test_missing(void **state)
{
	static const struct { const char *monitoring; enum drift_status status; enum drift_method by; } cases[] = {
		{"{drift: {features: [price, segment]}}", DRIFT_STABLE, METHOD_PSI},
		{"{drift: {method: psi, features: [price, segment]}}", DRIFT_STABLE, METHOD_PSI},
		{"{drift: {method: Auto, features: [price, segment]}}", DRIFT_DRIFT, METHOD_MISSING},
		{"{drift: {method: auto, threshold: 0.3, features: [price, segment]}}", DRIFT_DRIFT, METHOD_MISSING},
		{"{drift: {method: ks, features: [{name: price, method: auto}, segment]}}", DRIFT_DRIFT, METHOD_MISSING},
		{"{drift: {method: auto, features: [{name: price, method: psi}, segment]}}", DRIFT_STABLE, METHOD_PSI},
		{"{drift: {method: chi_square, features: [price, segment]}}", DRIFT_DRIFT, METHOD_MISSING},
		{"{drift: {method: no_such, features: [{name: price, method: auto}, segment]}}", DRIFT_DRIFT, METHOD_MISSING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = build(cases[i].monitoring);
		add(w, 1, "same.csv", NULL);
		add(w, 2, "gone.csv", NULL);
		judge(w, 2);
		const struct drift_column *price = &w->out.snapshots[1].drift.columns[0];
		assert_true(text_is(price->name, "price"));
		assert_int_equal(price->status, cases[i].status);
		assert_int_equal(price->deciding->method, cases[i].by);
		assert_int_equal(w->out.snapshots[1].drift.drifting, cases[i].status == DRIFT_DRIFT);
	}
	/* What is compared over time, and by drift.max, stays the PSI. */
	struct world *w = build("{drift: {method: auto, threshold: 0.3, features: [price, segment]}}");
	add(w, 1, "same.csv", NULL);
	add(w, 2, "gone.csv", NULL);
	says(judge(w, 2), "drifting since 2: share of drifting features 1/2 = 0.500, limit 0.5; alert due");
	assert_true(w->out.automatic);
	assert_int_equal(w->out.method, METHOD_PSI);
	assert_true(w->out.limit.drift == 0.3);
	assert_true(w->out.snapshots[1].has_max && w->out.snapshots[1].max < 0.01);
	assert_true(drift_score_of(&w->out.snapshots[1].drift.columns[0], METHOD_PSI)->limit.drift == 0.3);
	assert_true(w->out.snapshots[1].drift.columns[0].deciding->limit.drift == 0.1);
}

static void test_window(void **state)
{
	struct world *w = build("{drift: {features: [price], window: 2}}");

	(void)state;
	add(w, 1, "same.csv", NULL);
	add(w, 2, "", "MAPE: 0.1");
	add(w, 3, "same.csv", NULL);
	judge(w, 3);
	assert_int_equal(w->out.snapshots[0].drift.current_count, 1);
	assert_false(w->out.snapshots[1].has_drift);
	assert_int_equal(w->out.snapshots[2].drift.current_count, 2); /* two with data, not two in all */
	w = build("{drift: {features: [price], window: 3}}");
	add(w, 1, "same.csv", NULL);
	add(w, 2, "moved.csv", NULL);
	judge(w, 3);
	assert_int_equal(w->out.snapshots[1].drift.current_count, 2);
	assert_int_equal(w->out.snapshots[1].drift.columns[0].current.rows, 400);
}

static void test_unknown(void **state)
{
	struct world *w = build("{drift: {features: [price]}}");

	(void)state;
	says(judge(w, 1), "unknown: no snapshot yet; none");
	add(w, 1, "same.csv", NULL);
	w->model.reference = TEXT("");
	says(judge(w, 1), "unknown since 1: the model has no reference for its drift features; none");
	w->model.reference = TEXT("reference.csv");
	w->snapshots[0].csv = TEXT("broken.csv");
	judge(w, 1);
	assert_int_equal(w->out.state, STATE_UNKNOWN);
	assert_true(text_starts(w->out.reasons[0].words, "broken.csv cannot be used: "));
	assert_true(w->diags.count > 0);
	w->snapshots[0].csv = TEXT("few.csv");
	judge(w, 1);
	assert_int_equal(w->out.state, STATE_UNKNOWN);
	assert_true(text_starts(w->out.reasons[0].words, "feature price could not be judged: "));
	w = build("{drift: {features: [gone]}, alerts: {calm: {condition: drift.share < 0.5, severity: warning}}}");
	add(w, 1, "same.csv", NULL);
	judge(w, 1);
	assert_int_equal(w->out.state, STATE_UNKNOWN);
	/* of features that could not be judged no share is known */
	assert_int_equal(w->out.alerts[0].status, ALERT_INCONCLUSIVE);
	w = build("{drift: {features: [price]}, metrics: [MAPE, other]}");
	add(w, 1, "same.csv", NULL);
	says(judge(w, 1), "unknown since 1: no snapshot carries the monitored metrics; none");
	w->snapshots[0].metrics = read_value("m.yaml", "{MAPE: 0.1}", NULL);
	says(judge(w, 1), "unknown since 1: other: neither the recipe nor a pack has limits for it; none");
	w->effective.usable = false;
	says(judge(w, 1), "unknown: recipe 'recipe_a' cannot be resolved; none");
}

static void test_unknown_method(void **state)
{
	struct world *w = build("{drift: {method: magic, features: [price]}}");

	(void)state;
	add(w, 1, "moved.csv", NULL);
	says(judge(w, 1), "unknown since 1: feature price could not be judged: 'magic' is not a drift method; none");
	w = build("{drift: {features: [price, {name: segment, method: g_tset}]}}");
	add(w, 1, "moved.csv", NULL);
	/* the other feature drifts; the share is of all features, whether they could be judged or not */
	says(judge(w, 1), "drifting since 1: share of drifting features 1/2 = 0.500, limit 0.5; alert due");
	assert_int_equal(w->out.reason_count, 2);
	assert_true(text_is(w->out.reasons[1].words, "feature segment could not be judged: 'g_tset' is not a drift method"));
	w = build("{drift: {method: wassersteen}}");
	add(w, 1, "moved.csv", NULL);
	says(judge(w, 1), "unknown since 1: feature price could not be judged: 'wassersteen' is not a drift method; none");
}

static void test_stale(void **state)
{
	struct world *w = build("{freshness: {max_age_hours: 48}}");

	(void)state;
	add(w, 1, "same.csv", NULL);
	says(judge(w, 3), "healthy since 1: ; none");
	says(judge(w, 4), "stale since 3: newest snapshot 2026-02-01 is older than 48 hours; alert due");
	assert_true(w->out.stale);
	w = build("{freshness: {max_age_hours: 48, features: [captured_at]}}");
	add(w, 1, "same.csv", NULL);
	add(w, 9, "same.csv", NULL);
	says(judge(w, 9), "stale since 3: newest value of captured_at is 2026-02-01T00:00:00Z, older than 48 hours; alert due");
	w = build("{freshness: {max_age_hours: 48, features: [gone]}}");
	add(w, 1, "same.csv", NULL);
	says(judge(w, 1), "unknown: freshness feature gone has no time in the newest data; none");
}

static void test_metrics(void **state)
{
	struct world *w = build("{metrics: [MAPE]}");

	(void)state;
	add(w, 1, "same.csv", "MAPE: 0.15");
	add(w, 2, "same.csv", "MAPE: 0.25");
	add(w, 3, "same.csv", NULL);
	says(judge(w, 3), "degraded since 2: MAPE 0.250 is past its warn limit 0.200; retrain due");
	add(w, 4, "same.csv", "MAPE: 0.3");
	says(judge(w, 4), "failed since 4: MAPE 0.300 equals its fail limit 0.300; retrain due");
	add(w, 5, "same.csv", "MAPE: .nan");
	says(judge(w, 5), "failed since 4: MAPE: not a finite number: .nan; retrain due");
	add(w, 6, "same.csv", "other: 1");
	says(judge(w, 6), "unknown since 6: MAPE: not in the snapshot's metrics; none");
}

static void test_trend(void **state)
{
	struct world *w = build("{metrics: [MAPE]}");

	(void)state;
	for (int i = 1; i <= 4; i++)
		add(w, i, "same.csv", arena_format(&arena, "MAPE: 0.1%d", i));
	says(judge(w, 4), "healthy since 1: ; none");
	assert_int_equal(w->out.trends[0].status, TREND_STABLE);
	for (int i = 5; i <= 6; i++)
		add(w, i, "same.csv", arena_format(&arena, "MAPE: 0.1%d", i));
	says(judge(w, 6), "degraded since 5: MAPE worsens over the last 6 snapshots (Mann-Kendall p 0.009); retrain due");
	w->metric.direction = DIRECTION_HIGHER;
	w->metric.promote = w->metric.warn = TEXT("0.1");
	w->metric.fail = TEXT("0.05");
	says(judge(w, 6), "healthy since 1: ; none");
	assert_int_equal(w->out.trends[0].status, TREND_IMPROVING);
	w->model.snapshot_count = 3;
	judge(w, 6);
	assert_int_equal(w->out.trends[0].status, TREND_INCONCLUSIVE);
	/* 0.82 and 0.78 are equally far from 0.80, though not as doubles. */
	w = build("{metrics: [MAPE]}");
	w->metric.direction = DIRECTION_TARGET;
	w->metric.target = TEXT("0.80");
	for (int i = 1; i <= 10; i++)
		add(w, i, "same.csv", i <= 5 ? "MAPE: 0.82" : "MAPE: 0.78");
	judge(w, 10);
	assert_int_equal(w->out.trends[0].status, TREND_STABLE);
	assert_true(w->out.trends[0].has_p && w->out.trends[0].p == 1);
}

static void test_alerts(void **state)
{
	struct world *w = build("{alerts: {far: {condition: \"performance.x > 1 && drift.max > 0.2\", severity: critical}, "
	                        "rows: {condition: data.rows < 100}}}");

	(void)state;
	add(w, 1, "same.csv", "x: 2");
	add(w, 2, "moved.csv", "x: 2");
	add(w, 3, "moved.csv", NULL);
	judge(w, 3);
	assert_int_equal(w->out.state, STATE_FAILED);
	assert_true(w->out.since == day(2));
	assert_true(text_starts(w->out.reasons[0].words, "critical alert far: performance.x > 1 && drift.max > 0.2 (performance.x 2, drift.max "));
	assert_int_equal(w->out.alert_count, 2);
	assert_int_equal(w->out.alerts[0].status, ALERT_FIRING);
	assert_true(w->out.alerts[0].has_since && w->out.alerts[0].since == day(2));
	assert_int_equal(w->out.alerts[1].status, ALERT_OK);
	assert_int_equal(w->out.snapshots[0].alerts[0].status, ALERT_OK);
	w = build("{alerts: {a: {condition: performance.gone > 1}}}");
	add(w, 1, "same.csv", NULL);
	says(judge(w, 1), "unknown since 1: alert a could not be judged: performance.gone has no value: no snapshot carries metrics; none");
	w = build("{alerts: {a: {condition: drift.price.ks > 0.3}}}");
	add(w, 1, "moved.csv", NULL);
	judge(w, 1);
	assert_int_equal(w->out.state, STATE_DEGRADED);
	assert_int_equal(w->out.alerts[0].status, ALERT_FIRING);
	w = build("{alerts: {old: {condition: freshness.age_hours >= 48}}}");
	add(w, 1, "same.csv", NULL);
	says(judge(w, 2), "healthy since 1: ; none");
	says(judge(w, 3), "degraded: warning alert old: freshness.age_hours >= 48 (freshness.age_hours 48); retrain due");
	w = build("{alerts: {bad: {condition: 1 +}}}");
	add(w, 1, "same.csv", NULL);
	judge(w, 1);
	assert_int_equal(w->out.state, STATE_UNKNOWN);
}

static void test_hold_of_states(void **state)
{
	struct world *w = build("{drift: {features: [price]}}");

	(void)state;
	w->catalog.config.hold = 2;
	add(w, 1, "moved.csv", NULL);
	add(w, 2, "same.csv", NULL);
	says(judge(w, 2), "drifting since 1: drifting until 2 snapshots in a row are better; alert due");
	assert_int_equal(judge_with(w, 2, true)->state, STATE_DRIFTING);
	add(w, 3, "same.csv", NULL);
	says(judge(w, 3), "healthy since 3: ; none");
	assert_int_equal(judge_with(w, 3, true)->state, STATE_HEALTHY);
}

static struct world *failing(void)
{
	struct world *w = build("{metrics: [MAPE]}");

	add(w, 5, "same.csv", "MAPE: 0.4");
	add_run(w, "old", RUN_SUCCEEDED, 1, "MAPE: 0.1");
	add_run(w, "mid", RUN_SUCCEEDED, 2, "MAPE: 0.25");
	add_run(w, "now", RUN_SUCCEEDED, 3, "MAPE: 0.1");
	w->model.production_run = TEXT("now");
	const char *const deployed[] = {"old", "mid", "now"};
	for (size_t i = 0; i < 3; i++)
		w->deployments[i] = (struct deployment){.environment = TEXT("production"), .run = text_of(deployed[i])};
	w->model.deployment_count = 3;
	return w;
}

static void test_rollback(void **state)
{
	struct world *w = failing();

	(void)state;
	says(judge(w, 6), "failed since 5: MAPE 0.400 is past its fail limit 0.300; rollback due");
	assert_true(text_is(w->out.rollback_run, "old")); /* mid has a warning */
	assert_true(text_is(w->out.newest->run->record.id, "now"));
	assert_true(text_is(w->out.production->run->record.id, "now"));
	/* What was deployed after the run that serves now is no way back. */
	w->model.production_run = TEXT("old");
	assert_int_equal(judge(w, 6)->action, ACTION_RETRAIN);
	w->model.production_run = TEXT("now");
	w->deployments[0].environment = TEXT("staging");
	says(judge(w, 6), "failed since 5: MAPE 0.400 is past its fail limit 0.300; retrain due");
	w->deployments[0].environment = TEXT("production");
	w->runs[0].metrics = read_value("m.yaml", "MAPE: 0.5", NULL);
	assert_int_equal(judge(w, 6)->action, ACTION_RETRAIN);
	assert_int_equal(w->out.rollback_run.len, 0);
}

static void test_due(void **state)
{
	struct world *w = failing();

	(void)state;
	w->model.hold = (struct hold){TEXT("rollback"), day(8), TEXT("season ends")};
	says(judge(w, 7), "failed since 5: MAPE 0.400 is past its fail limit 0.300; rollback, held until 2026-02-08: season ends");
	assert_true(judge(w, 8)->due);
	w->model.hold.action = TEXT("retrain");
	assert_true(judge(w, 7)->due);
	w->model.hold.action = TEXT("");
	add_run(w, "next", RUN_RUNNING, 5, NULL);
	assert_true(judge(w, 7)->due); /* not newer than since */
	assert_true(judge_with(w, 7, true)->due);
	w->runs[3].started = day(6);
	says(judge(w, 7), "failed since 5: MAPE 0.400 is past its fail limit 0.300; rollback, run next is running");
	assert_false(judge_with(w, 7, true)->due);
	w->runs[3].status = RUN_QUEUED;
	w->runs[3].has_started = false;
	assert_false(judge(w, 7)->due);
	w->runs[3].status = RUN_CANCELLED;
	assert_true(judge(w, 7)->due);
	assert_false(judge(w, 4)->due);
}

static void test_actions(void **state)
{
	struct world *w = build("{metrics: [MAPE], actions: {on_degraded: none, on_failed_gate: alert}}");

	(void)state;
	add(w, 1, "same.csv", "MAPE: 0.25");
	says(judge(w, 1), "degraded since 1: MAPE 0.250 is past its warn limit 0.200; none");
	add(w, 2, "same.csv", "MAPE: 0.35");
	says(judge(w, 2), "failed since 2: MAPE 0.350 is past its fail limit 0.300; alert due");
}

static void found(struct world *w, const char *expected)
{
	const char *said = "";

	diags_init(&w->diags, &arena);
	monitor_check_alerts(&w->catalog, &w->resolved, &arena, &w->diags);
	for (size_t i = 0; i < w->diags.count; i++) {
		const struct diag *diag = &w->diags.items[i];
		said = arena_format(&arena, "%s%u:%u+%u %s %.*s; %.*s\n", said, diag->place.line, diag->place.column, diag->place.width,
		                    severity_name(diag->severity), TEXT_ARGS(diag->message), TEXT_ARGS(diag->help));
	}
	assert_string_equal(said, expected);
}

static void test_check(void **state)
{
	struct world *w = build("{alerts: {a: {condition: \"performance.MAPE > 1 && drift.max > drift.share\"}}}");

	(void)state;
	found(w, "");
	w = build("{alerts: {a: {condition: performance.MAPPE > 1}}}");
	found(w, "1:50+5 error unknown metric 'MAPPE' in an alert condition; did you mean 'performance.MAPE'?\n");
	w = build("{alerts: {a: {condition: 'drift.max > 1 && drift.price.pssi > 1'}}}");
	found(w, "1:68+4 error unknown drift method 'pssi' in an alert condition; did you mean 'drift.price.psi'?\n");
	w = build("{drift: {features: [price]}, alerts: {a: {condition: \"\xc3\xa9\" }, b: {condition: \"drift.prise.psi > 1\"}}}");
	found(w, "1:67+1 error not a condition: '\xc3\xa9' means nothing here; for example: performance.MAPE > 0.25 && drift.max > 0.2\n"
	         "1:95+5 error unknown column 'prise' in an alert condition; did you mean 'drift.price'?\n");
	w = build("{alerts: {a: {condition: drift.mox > 1}}}");
	found(w, "1:38+9 error unknown name 'drift.mox' in an alert condition; did you mean 'drift.max'?\n");
	w = build("{alerts: {a: {condition: performance.completely_else > 1}}}");
	w->diags.arena = &arena;
	monitor_check_alerts(&w->catalog, &w->resolved, &arena, &w->diags);
	assert_int_equal(w->diags.count, 1);
	assert_int_equal(w->diags.items[0].severity, SEVERITY_WARNING);
	w = build("{drift: {features: [price]}}");
	w->model.reference = TEXT("");
	diags_init(&w->diags, &arena);
	monitor_check_alerts(&w->catalog, &w->resolved, &arena, &w->diags);
	assert_int_equal(w->diags.count, 1);
	assert_int_equal(w->diags.items[0].code, CODE_MODEL_REFERENCE);
	w->model.status = MODEL_DRAFT;
	found(w, "");
	w = build("{alerts: {a: {condition: drift.price.anderson_darling > 1}}}");
	found(w, "");
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),  cmocka_unit_test(test_drifting),       cmocka_unit_test(test_share_and_limits),
		cmocka_unit_test(test_missing), cmocka_unit_test(test_window),   cmocka_unit_test(test_unknown),        cmocka_unit_test(test_unknown_method),
		cmocka_unit_test(test_stale),    cmocka_unit_test(test_metrics),        cmocka_unit_test(test_trend),
		cmocka_unit_test(test_alerts),   cmocka_unit_test(test_hold_of_states), cmocka_unit_test(test_rollback),
		cmocka_unit_test(test_due),      cmocka_unit_test(test_actions),        cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

#include "sandbox.h"

#include "buffer.h"
#include "catalog.h"
#include "source.h"

#define RECIPE(id, level, more) "metadata: {id: " id ", name: N, model_family: pricing, level: " level ", version: 1.2.0, status: approved" more "}\n"
#define PACK(id, family) "metadata: {id: " id ", name: N, model_family: " family ", version: 1.0.0, status: approved}\nmetrics:\n" \
	"  - {key: MAPE, thresholds: {promote: 0.1, warn: 0.2, fail: 0.3}}\n"
#define RUN(status, more) "type: train\nstatus: " status "\nrecipe: r\n" more
#define TIMES "started_at: 2026-02-01T02:00:00Z\nfinished_at: 2026-02-01T03:10:00Z\n"

struct workspace {
	struct sandbox *sandbox;
	struct source *source;
	struct catalog catalog;
	struct diags diags;
};

static void load(struct workspace *workspace)
{
	struct sandbox *sandbox = workspace->sandbox;
	struct source_options options = {.directory = sandbox->path};

	diags_init(&workspace->diags, &sandbox->arena);
	if (source_open(&workspace->source, &options, &sandbox->arena, &sandbox->failure) != 0 ||
	    catalog_load(&workspace->catalog, workspace->source, &limits_default, 2, &sandbox->arena, &workspace->diags, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	catalog_apply_rules(&workspace->catalog, &workspace->diags);
	diags_sort(&workspace->diags);
	source_close(workspace->source);
}

static const char *findings(struct workspace *workspace)
{
	struct arena *arena = &workspace->sandbox->arena;
	const char *all = "";

	for (size_t i = 0; i < workspace->diags.count; i++) {
		const struct diag *diag = &workspace->diags.items[i];
		all = arena_format(arena, "%s%.*s:%u:%u %s%s %.*s\n", all, TEXT_ARGS(diag->place.file->path), diag->place.line, diag->place.column,
		                   diag->severity == SEVERITY_ERROR ? "" : arena_format(arena, "(%s) ", severity_name(diag->severity)),
		                   code_list[diag->code].id, TEXT_ARGS(diag->message));
	}
	return all;
}

static void expect(struct workspace *workspace, const char *wanted)
{
	const char *found = findings(workspace);

	while (*found && *wanted) {
		int len = (int)strcspn(found, "\n") + 1;
		if (strncmp(found, wanted, (size_t)len) != 0)
			break;
		found += len;
		wanted += len;
	}
	if (*found || *wanted)
		fail_msg("gives\n%.*s--- wanted\n%.*s", (int)strcspn(found, "\n") + 1, found, (int)strcspn(wanted, "\n") + 1, wanted);
}

static void write_good(struct sandbox *sandbox)
{
	sandbox_write(sandbox, "galley.yaml", "version: 1\nas_of: 2026-09-22T06:00:00Z\nfamilies: [classification]\nreports: {charts: false}\n"
	                                      "limits: {depth: 32}\nmethods: {default: KS, thresholds: {PSI: {warn: 0.05, drift: 0.1}}}\n");
	sandbox_write(sandbox, "recipes/base/r.yaml", RECIPE("r", "baseline", "") "evaluation: {packs: [p@^1.0]}\n");
	sandbox_write(sandbox, "recipes/c.json", "{\"metadata\": {\"id\": \"c\", \"name\": \"N\", \"level\": \"client\", \"parent\": \"r\","
	                                         "\"version\": \"1.0.0\", \"status\": \"draft\"}}");
	sandbox_write(sandbox, "recipes/README.md", "words\n");
	sandbox_write(sandbox, "packs/p.yml", PACK("p", "pricing"));
	sandbox_write(sandbox, "runs/m/model.yaml",
	              "metadata: {id: m, name: M}\nrecipe: r@1.2.0\nstatus: production\nversion: 1.0.0\nproduction_run: b\n"
	              "reference: snapshots/reference.csv\ndeployments: [{environment: x, since: 2026-02-03, run: b}]\n"
	              "hold: {action: retrain, until: 2026-03-01}\n");
	sandbox_write(sandbox, "runs/m/b/run.yaml", RUN("succeeded", TIMES "metrics: out/metrics.json\n"));
	sandbox_write(sandbox, "runs/m/b/out/metrics.json", "{\"MAPE\": 0.1, \"auc\": NaN, \"slices\": {\"region\": {\"north\": {\"MAPE\": 1e-3}}}}");
	sandbox_write(sandbox, "runs/m/a/run.yaml", RUN("succeeded", "started_at: 2026-02-02\nfinished_at: 2026-02-02\nof: b\nmetrics: {MAPE: 0.2}\n"));
	sandbox_write(sandbox, "runs/m/2026-q/run.yaml", RUN("queued", ""));
	sandbox_write(sandbox, "runs/m/snapshots/reference.csv", "a\n1\n");
	sandbox_write(sandbox, "runs/m/snapshots/2026-03-08.csv", "a\n1\n");
	sandbox_write(sandbox, "runs/m/snapshots/2026-03-08.json", "{\"MAPE\": 0.3}");
	sandbox_write(sandbox, "runs/m/snapshots/2026-03-01T120000Z.csv", "a\n1\n");
	sandbox_write(sandbox, "runs/.gitkeep", "");
}

static void test_good(void **state)
{
	struct workspace workspace = {.sandbox = *state};
	const struct catalog *catalog = &workspace.catalog;

	write_good(workspace.sandbox);
	load(&workspace);
	expect(&workspace, "");
	assert_int_equal(catalog->recipe_count, 2);
	assert_true(text_is(catalog->recipes[0].record.id, "c"));
	assert_true(text_is(catalog->recipes[0].family, "pricing"));
	assert_int_equal(catalog->recipes[0].level, LEVEL_CLIENT);
	assert_true(text_is(catalog->recipes[0].parent.id, "r"));
	assert_ptr_equal(catalog_recipe(catalog, TEXT("r")), &catalog->recipes[1]);
	assert_null(catalog_recipe(catalog, TEXT("")));
	assert_int_equal(catalog_pack(catalog, TEXT("p"))->metrics[0].direction, DIRECTION_LOWER);
	const struct model *model = catalog_model(catalog, TEXT("m"));
	assert_int_equal(model->status, MODEL_PRODUCTION);
	assert_true(text_is(model->reference, "runs/m/snapshots/reference.csv"));
	assert_int_equal(model->deployments[0].since, 1770076800);
	assert_true(text_is(model->hold.action, "retrain"));
	/* Oldest first, what never started last. */
	assert_int_equal(model->run_count, 3);
	assert_true(text_is(model->runs[0].record.id, "b"));
	assert_true(text_is(model->runs[1].record.id, "a"));
	assert_int_equal(model->runs[2].status, RUN_QUEUED);
	assert_true(text_is(model_run(model, TEXT("b"))->metrics_file->path, "runs/m/b/out/metrics.json"));
	assert_true(text_is(value_text(model->runs[1].metrics, "MAPE"), "0.2"));
	assert_int_equal(model->snapshot_count, 2);
	assert_true(text_is(model->snapshots[0].stamp, "2026-03-01T120000Z"));
	assert_true(text_is(model->snapshots[1].csv, "runs/m/snapshots/2026-03-08.csv"));
	assert_true(text_is(value_text(model->snapshots[1].metrics, "MAPE"), "0.3"));
	assert_int_equal(catalog->input_count, 10);
	assert_true(text_is(catalog->inputs[0]->path, "galley.yaml"));
	assert_true(text_is(catalog->inputs[9]->path, "runs/m/snapshots/2026-03-08.json"));
	assert_int_equal(catalog->config.limits.depth, 32);
	assert_int_equal(catalog->config.family_count, 5);
	assert_false(catalog->config.charts);
	assert_true(catalog->config.has_as_of);
	assert_true(text_is(catalog->config.default_method, "KS"));
	assert_true(text_is(catalog->config.method_thresholds[0].warn, "0.05"));
}

static void test_empty(void **state)
{
	struct workspace workspace = {.sandbox = *state};

	load(&workspace);
	expect(&workspace, "");
	assert_null(workspace.catalog.config.file);
	assert_true(text_is(workspace.catalog.config.reports, "reports"));
	assert_int_equal(workspace.catalog.config.keep_snapshots, 52);
}

static void test_references(void **state)
{
	struct workspace workspace = {.sandbox = *state};
	struct sandbox *sandbox = workspace.sandbox;

	sandbox_write(sandbox, "recipes/a.yaml", RECIPE("r", "baseline", "") "evaluation: {packs: [pp, q, pack_pricing_standrd, p@2.x]}\n");
	sandbox_write(sandbox, "recipes/b.yaml", RECIPE("r", "baseline", ""));
	sandbox_write(sandbox, "recipes/unparsed.yaml", "metadata: {id: hidden, name: [}\n");
	sandbox_write(sandbox, "packs/p.yaml", PACK("p", "pricing"));
	sandbox_write(sandbox, "packs/q.yaml", PACK("q", "forecasting"));
	sandbox_write(sandbox, "packs/s.yaml", PACK("pack_pricing_standard", "pricing"));
	sandbox_write(sandbox, "runs/m/model.yaml", "metadata: {id: n, name: M}\nrecipe: hidden\nstatus: production\nproduction_run: bb\n");
	sandbox_write(sandbox, "runs/m/bad/run.yaml", "type: eval\nstatus: failed\nrecipe: rr\nof: gone\n");
	sandbox_write(sandbox, "runs/m/old/run.yaml", "type: eval\nstatus: running\nrecipe: r@1.1.0\nof: bad\nfinished_at: 2026-01-01\n"
	                                              "started_at: 2026-01-02\n");
	sandbox_write(sandbox, "runs/m/done/run.yaml", "type: train\nstatus: succeeded\nrecipe: r@1.1.0\nmetrics: m.json\n" TIMES);
	sandbox_write(sandbox, "runs/m/none/notes.log", "x");
	sandbox_write(sandbox, "runs/m/none/.gitkeep", "");
	sandbox_write(sandbox, "runs/x/one/run.yaml", RUN("queued", ""));
	load(&workspace);
	expect(&workspace,
	       "recipes/a.yaml:2:22 ref/unknown no pack has the id 'pp'\n"
	       "recipes/a.yaml:2:26 ref/family 'q' is of the family 'forecasting', not 'pricing'\n"
	       "recipes/a.yaml:2:29 ref/unknown no pack has the id 'pack_pricing_standrd'\n"
	       "recipes/a.yaml:2:51 ref/version version '2.x' of 'p' is not in this revision, which has 1.0.0\n"
	       "recipes/b.yaml:1:16 ref/duplicate-id a second recipe with the id 'r'\n"
	       "recipes/unparsed.yaml:1:31 yaml/syntax no value where one is needed\n"
	       "runs/m/bad/run.yaml:1:1 run/state status 'failed' without 'error'\n"
	       "runs/m/bad/run.yaml:1:1 run/state status 'failed' without 'finished_at'\n"
	       "runs/m/bad/run.yaml:1:1 run/state status 'failed' without 'started_at'\n"
	       "runs/m/bad/run.yaml:3:9 ref/unknown no recipe has the id 'rr'\n"
	       "runs/m/bad/run.yaml:4:5 run/reference model 'm' has no run 'gone'\n"
	       "runs/m/done/run.yaml:3:9 (warning) ref/version version '1.1.0' of 'r' is not in this revision, which has 1.2.0\n"
	       "runs/m/done/run.yaml:4:10 ref/file no file 'runs/m/done/m.json'\n"
	       "runs/m/model.yaml:1:1 model/version status 'production' without 'version'\n"
	       "runs/m/model.yaml:1:16 ref/folder id 'n' is not the name of its folder 'm'\n"
	       "runs/m/model.yaml:4:17 model/production model 'm' has no run 'bb'\n"
	       "runs/m/none:0:0 ref/folder folder of a run without its run.yaml\n"
	       "runs/m/old/run.yaml:3:9 (warning) ref/version version '1.1.0' of 'r' is not in this revision, which has 1.2.0\n"
	       "runs/m/old/run.yaml:4:5 run/reference run 'bad' is failed, not succeeded\n"
	       "runs/m/old/run.yaml:5:14 run/state 'finished_at' 2026-01-01 is before 'started_at' 2026-01-02\n"
	       "runs/m/old/run.yaml:5:14 run/state status 'running' with 'finished_at'\n"
	       "runs/x:0:0 ref/folder folder of a model without its model.yaml\n");
	assert_true(text_is(catalog_recipe(&workspace.catalog, TEXT("r"))->record.file->path, "recipes/a.yaml"));
	assert_true(catalog_recipe(&workspace.catalog, TEXT("hidden"))->record.broken);
}

static void test_files(void **state)
{
	struct workspace workspace = {.sandbox = *state};
	struct sandbox *sandbox = workspace.sandbox;

	sandbox_write(sandbox, "recipes/empty.yaml", "");
	sandbox_write(sandbox, "recipes/dir.yaml/a.txt", "x");
	sandbox_write(sandbox, "recipes/dir.yaml/b.yaml", "x");
	sandbox_write(sandbox, "recipes/x.bak", "x");
	assert_int_equal(symlink("/etc/passwd", sandbox_path(sandbox, "recipes/link.yaml")), 0);
	assert_int_equal(mkfifo(sandbox_path(sandbox, "recipes/pipe.yaml"), 0600), 0);
	sandbox_write(sandbox, "packs", "a file");
	sandbox_write(sandbox, "galley.yaml/x", "x");
	sandbox_write(sandbox, "runs/Bad Name/model.yaml", "metadata: {id: m, name: M}\nrecipe: r\nstatus: draft\n");
	sandbox_write(sandbox, "runs/stray.csv", "x");
	sandbox_write(sandbox, "runs/m/modle.yaml", "x");
	sandbox_write(sandbox, "runs/m/model.yaml/x", "x");
	sandbox_write(sandbox, "runs/m/a/run.yaml", RUN("succeeded", TIMES "metrics: metrics.json\n"));
	sandbox_write(sandbox, "runs/m/a/metrics.json/x", "x");
	sandbox_write(sandbox, "runs/m/b/run.yaml", RUN("succeeded", TIMES "metrics: metrics.yaml\n"));
	sandbox_write(sandbox, "runs/m/b/metrics.yaml", "a: 1\nb: \"2\"\nc: {d: true, e: [1], f: , g: .inf, h: -Infinity, i: 0x1}\nx-note: free\n");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-30.csv", "x");
	sandbox_write(sandbox, "runs/m/snapshots/monday.json", "{}");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-28.csv.gz", "x");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-28.csv.zst", "x");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-27.csv", "x");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-27.csv.dvc", "x");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-26T120000Z.csv.gz.dvc", "x");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-26.csv/x", "x");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-25.json", "{}");
	sandbox_write(sandbox, "runs/m/snapshots/2026-02-25.yaml", "a: 1");
	sandbox_write(sandbox, "runs/m/snapshots/plot.png", "x");
	load(&workspace);
	expect(&workspace,
	       "galley.yaml:0:0 file/kind 'galley.yaml' is no regular file\n"
	       "packs:0:0 file/kind 'packs' is a file where a folder is expected\n"
	       "recipes/dir.yaml:0:0 file/kind 'recipes/dir.yaml' is a directory\n"
	       "recipes/empty.yaml:0:0 file/empty the file holds nothing\n"
	       "recipes/link.yaml:0:0 file/kind 'recipes/link.yaml' is a symbolic link, which is not followed\n"
	       "recipes/pipe.yaml:0:0 file/kind 'recipes/pipe.yaml' is no regular file\n"
	       "recipes/x.bak:0:0 (warning) file/name 'x.bak' is not read\n"
	       "runs/Bad Name:0:0 schema/id the folder's name 'Bad Name' is no id of a model\n"
	       "runs/m/a/metrics.json:0:0 file/kind 'runs/m/a/metrics.json' is no regular file\n"
	       "runs/m/b/metrics.yaml:2:4 run/metrics metric 'b' must be a number, found '2' in quotes\n"
	       "runs/m/b/metrics.yaml:3:8 run/metrics metric 'c.d' must be a number, found 'true'\n"
	       "runs/m/b/metrics.yaml:3:17 run/metrics metric 'c.e' must be a number, found a list\n"
	       "runs/m/b/metrics.yaml:3:23 run/metrics metric 'c.f' must be a number, found nothing\n"
	       "runs/m/b/metrics.yaml:3:53 run/metrics metric 'c.i' must be a number, found '0x1'\n"
	       "runs/m/model.yaml:0:0 file/kind 'runs/m/model.yaml' is a directory\n"
	       "runs/m/modle.yaml:0:0 (warning) file/name 'modle.yaml' is not read\n"
	       "runs/m/snapshots/2026-02-25.json:0:0 (note) data/orphan metrics of '2026-02-25' without '2026-02-25.csv': drift and freshness do "
	       "not see that snapshot\n"
	       "runs/m/snapshots/2026-02-25.yaml:0:0 ref/duplicate-id a second metric file of snapshot '2026-02-25'\n"
	       "runs/m/snapshots/2026-02-26.csv:0:0 file/kind 'runs/m/snapshots/2026-02-26.csv' is a directory\n"
	       "runs/m/snapshots/2026-02-28.csv.zst:0:0 ref/duplicate-id a second data file of snapshot '2026-02-28'\n"
	       "runs/m/snapshots/2026-02-30.csv:0:0 data/stamp '2026-02-30' is no stamp of a snapshot\n"
	       "runs/m/snapshots/monday.json:0:0 data/stamp 'monday' is no stamp of a snapshot\n"
	       "runs/m/snapshots/plot.png:0:0 (warning) file/name 'plot.png' is no snapshot\n"
	       "runs/stray.csv:0:0 (warning) file/name 'stray.csv' is not read\n");
}

static void test_config(void **state)
{
	struct workspace workspace = {.sandbox = *state};
	struct sandbox *sandbox = workspace.sandbox;

	sandbox_write(sandbox, "galley.yaml",
	              "directories: {recipes: models, packs: models/packs}\n"
	              "rules:\n  gate/loosened: off\n  recipe/no-ownr: note\n  recipe/no-owner: warning\n  schema/missing-field: note\n"
	              "limits: {depth: 65, csv_line: 1KiB}\n"
	              "methods: {thresholds: {psy: {warn: 1}, KS: {warn: 0.3, drift: 0.2}, cvm: {warn: 0.05, drift: 0.01}}}\n");
	sandbox_write(sandbox, "models/a.yaml", "metadata: {id: a, name: A, model_family: pricing, level: baseline, version: 1.0.0}\n");
	load(&workspace);
	expect(&workspace,
	       "galley.yaml:1:39 config/value folders of recipes and packs overlap: 'models' and 'models/packs'\n"
	       "galley.yaml:3:18 config/value rule 'gate/loosened' cannot be switched off\n"
	       "galley.yaml:4:3 config/value unknown rule 'recipe/no-ownr'\n"
	       "galley.yaml:7:17 config/value limit 'depth' 65 is above 64\n"
	       "galley.yaml:8:24 config/value unknown drift method 'psy'\n"
	       "galley.yaml:8:63 config/value limit 'drift' of 'KS' is reached before 'warn'\n"
	       "models/a.yaml:1:11 (warning) recipe/no-owner recipe 'a' and what inherits from it have no owner\n"
	       "models/a.yaml:1:11 (note) schema/missing-field missing field 'status' in 'metadata'\n");
	assert_int_equal(workspace.catalog.config.limits.csv_line, 1024);
	assert_int_equal(workspace.catalog.config.limits.depth, 64);
}

static void test_policy(void **state)
{
	struct workspace workspace = {.sandbox = *state};

	sandbox_write(workspace.sandbox, "recipes/a.yaml",
	              RECIPE("a", "baseline",
	                     ", policy: {locked: [monitorin.drift, pipeline.stages.train.config.lags, \"*.drift\", evaluation.metrics.a.b.target],\n"
	                     "  tighten_only: [monitoring.drift.thresold, x-own.y, pipeline.stages.train.tpye]}"));
	load(&workspace);
	expect(&workspace,
	       "recipes/a.yaml:1:120 schema/value policy for a field that no recipe has: 'monitorin.drift'\n"
	       "recipes/a.yaml:2:18 schema/value policy for a field that no recipe has: 'monitoring.drift.thresold'\n"
	       "recipes/a.yaml:2:54 schema/value policy for a field that no recipe has: 'pipeline.stages.train.tpye'\n");
}

static void test_pack(void **state)
{
	struct workspace workspace = {.sandbox = *state};

	sandbox_write(workspace.sandbox, "packs/a.yaml",
	              "metadata: {id: a, name: A, model_family: pricing, version: 1.0.0, status: draft}\nmetrics:\n"
	              "  - {key: a, thresholds: {promote: 0.3, warn: 0.2, fail: 0.4}}\n"
	              "  - {key: b, direction: higher, thresholds: {warn: 0.2, fail: 0.4}}\n"
	              "  - {key: c, thresholds: {fail: 0.4}}\n"
	              "  - {key: d, direction: target, thresholds: {warn: -1, fail: 0.4}}\n"
	              "  - {key: e, target: 1, thresholds: {warn: 0.1, fail: 0.4}}\n"
	              "  - {key: f, direction: lower, thresholds: {promote: 0.10, warn: 0.1, fail: 0.1}}\n"
	              "  - {key: f, direction: lower, thresholds: {promote: 0.3, warn: 0.1, fail: 0.4}}\n"
	              "slices:\n  - {by: region, metrics: [a, g]}\n");
	load(&workspace);
	expect(&workspace,
	       "packs/a.yaml:3:58 gate/thresholds thresholds of 'a' neither rise nor fall from good to bad\n"
	       "packs/a.yaml:4:25 gate/thresholds direction 'higher' of 'b' contradicts its thresholds, which rise from good to bad\n"
	       "packs/a.yaml:5:5 gate/direction direction of 'c' is not written and does not follow from one threshold\n"
	       "packs/a.yaml:6:25 gate/thresholds 'd' has direction target and no 'target' to hit\n"
	       "packs/a.yaml:6:52 gate/thresholds 'warn' -1 of 'd' is a distance and below 0\n"
	       "packs/a.yaml:7:22 gate/thresholds 'target' of 'e' without direction target\n"
	       "packs/a.yaml:9:11 pack/metric metric 'f' stands twice in the pack\n"
	       "packs/a.yaml:9:65 gate/thresholds 'warn' 0.1 of 'f' is below 'promote' 0.3; lower is better\n"
	       "packs/a.yaml:11:31 pack/metric slice of a metric that the pack does not have: 'g'\n");
	assert_int_equal(workspace.catalog.packs[0].metric_count, 6);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		double hours;
	} good[] = {{"104w", 17472}, {"1h", 1}, {"0.5d", 12}, {"1mo", 730.5}, {"2y", 17532}};
	static const char *const bad[] = {"", "w", "1", "1m", "-1d", "+1d", "1 d", "1e400h", "0x1d", "infd", "01d"};
	double hours;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(duration_hours(&hours, text_of(good[i].text)));
		assert_true(hours == good[i].hours);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (duration_hours(&hours, text_of(bad[i])))
			fail_msg("'%s' is no duration", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_good, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_empty, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_references, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_files, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_config, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_policy, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_pack, sandbox_open, sandbox_close),
	    cmocka_unit_test(test_durations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	sandbox_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "reading.h"
#include "schema.h"

static const struct text families[] = {{"forecasting", 11}, {"pricing", 7}};
static const struct schema_context context = {families, 2, &limits_default};

/* The findings on a file, sorted, as "line:column code message", one a line. */
static void findings(struct buffer *out, const struct diags *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];
		buffer_format(out, "%u:%u %s %.*s", diag->place.line, diag->place.column, code_list[diag->code].id, TEXT_ARGS(diag->message));
		if (diag->help.len && text_starts(diag->help, "did you"))
			buffer_format(out, " (%.*s)", TEXT_ARGS(diag->help));
		buffer_char(out, '\n');
	}
}

static void check(enum kind kind, const char *yaml, bool effective, const char *wanted)
{
	struct reading reading;
	struct buffer out;

	reading_init(&reading, "recipes/r.yaml", text_of(yaml), DOCUMENT_MANIFEST, &limits_default);
	if (!reading.root)
		fail_msg("does not parse: %s", yaml);
	buffer_init(&out);
	if (effective)
		schema_check_effective(reading.root, (struct place){&reading.file, 1, 1, 1}, &reading.diags);
	else
		schema_check(kind, reading.root, &context, &reading.diags);
	diags_sort(&reading.diags);
	findings(&out, &reading.diags);
	if (strcmp(out.data ? out.data : "", wanted) != 0)
		fail_msg("%s\n--- gives\n%s--- wanted\n%s", yaml, out.data ? out.data : "", wanted);
	buffer_release(&out);
	reading_release(&reading);
}

#define HEAD "metadata: {id: r, name: R, model_family: pricing, level: client, parent: p, version: 1.0.0, status: draft}\n"
#define BASE "metadata: {id: r, name: R, model_family: pricing, level: baseline, version: 1.0.0, status: draft}\n"

/* The example of the manifest reference. */
static const char example[] =
    "metadata:\n  id: recipe_pricing_grocery\n  name: Grocery pricing\n  description: >-\n    Weekly prices\n  model_family: pricing\n"
    "  level: industry\n  parent: recipe_pricing_base\n  version: 1.2.0\n  status: approved\n  tags: [retail, dynamic-pricing]\n"
    "  owner: pricing-team\n  policy:\n    locked: [monitoring.drift.method]\n"
    "    tighten_only: [evaluation.metrics.*, monitoring.drift.threshold]\n"
    "requirements:\n  feature_sets: {required: [prices], optional: [promotions]}\n  grain: store-sku-day\n  labels: [units_sold]\n"
    "  min_history: 104w\n  schema:\n    columns:\n      price: {type: number, required: true, min: 0, max: 10000, max_missing: 0.01}\n"
    "      segment: {type: category, allowed: [a, b, c], max_missing: 0}\n      sku: {type: string, unique: false}\n"
    "      captured_at: {type: timestamp}\n    na: [\"?\"]\n    delimiter: \";\"\n    key: [sku, captured_at]\n    min_rows: 500\n"
    "    allow_extra_columns: true\n    max_duplicate_rows: 0.01\n"
    "pipeline:\n  stages:\n    - {name: quality, type: quality, config: {}}\n"
    "evaluation:\n  metrics:\n    MAPE: {target: 0.10, threshold_warning: 0.15, threshold_critical: 0.25, direction: lower}\n"
    "  validation: {method: rolling_origin, test_size: 13w}\n  packs: [pack_pricing_standard]\n"
    "lineage: {input_features: [price, segment], output_features: [price_recommendation]}\n"
    "deployment: {mode: batch, schedule: \"0 6 * * 1\", endpoint_spec: {}}\n"
    "monitoring:\n  metrics: [MAPE, revenue_lift]\n  drift:\n    method: PSI\n    threshold: 0.2\n"
    "    features: [price, {name: segment, method: chi_square, p: 0.01}]\n    window: 1\n    share: 0.5\n"
    "  freshness: {max_age_hours: 168, features: [captured_at]}\n  alerts:\n"
    "    margin_risk: {condition: \"performance.margin_impact < -0.02 && drift.max > 0.2\", severity: critical}\n"
    "  actions:\n    on_stale: alert\n    on_drift: alert\n    on_degraded: retrain\n    on_failed_gate: rollback\n"
    "synthetic_example:\n  rows: 20\n  columns:\n    price: {distribution: lognormal, mean: 2.0, sd: 0.4}\n"
    "    segment: {weights: {a: 5, b: 3, c: 2}}\n  expected_output: {price_recommendation: number}\n  example_metrics: {MAPE: 0.12}\n"
    "waivers:\n  - {gate: evaluation.metrics.MAPE.threshold_critical, reason: \"...\", approved_by: risk-team, expires: 2026-06-30}\n"
    "x-note: {anything: [1, null]}\n";

static void test_examples(void **state)
{
	(void)state;
	check(KIND_RECIPE, example, false, "");
	check(KIND_RECIPE, example, true, "");
	check(KIND_PACK,
	      "metadata: {id: p, name: P, model_family: forecasting, version: 1.0.0, status: approved, tags: []}\nmetrics:\n"
	      "  - key: MAPE\n    name: Mean\n    unit: \"%\"\n    decimals: 3\n    direction: lower\n"
	      "    thresholds: {promote: 0.15, warn: 0.25, fail: 0.40}\n    required: true\n    min_samples: 100\n    max_regression: 5%\n"
	      "  - key: forecast_bias\n    direction: target\n    target: 0\n    thresholds: {promote: 0.02, warn: 0.05, fail: 0.10}\n"
	      "slices:\n  - {by: region, metrics: [MAPE], worst: warn}\n", false, "");
	check(KIND_MODEL,
	      "metadata: {id: m, name: M, owner: t, tags: []}\nrecipe: r@1.2.0\nstatus: production\nversion: 2.1.0\n"
	      "production_run: 2026-02-01-train\nreference: snapshots/reference.csv\ndeployments:\n"
	      "  - {environment: production, endpoint: \"s3://...\", since: 2026-02-03, run: 2026-02-01-train}\n"
	      "hold: {action: retrain, until: 2026-03-01, reason: \"...\"}\n", false, "");
	check(KIND_RUN,
	      "type: train\nof: 2026-02-01-train\nrecipe_digest: 9f2c\nstatus: succeeded\nrecipe: r@1.2.0\n"
	      "started_at: 2026-02-01T02:00:00Z\nfinished_at: 2026-02-01T03:10:00Z\nmetrics: metrics.json\npredictions: predictions.csv\n"
	      "artifacts: {model_path: \"s3://bucket/models/model.pkl\", \"$x\": null}\nlogs: train.log\nerror: out of memory\ncode: 4f2a9c1\n"
	      "params: {max_depth: 6}\n", false, "");
	check(KIND_CONFIG,
	      "version: 1\nas_of: 2026-09-22T06:00:00Z\ndirectories: {recipes: recipes, packs: packs, runs: runs, reports: reports}\n"
	      "families: [classification]\nmethods: {default: PSI, thresholds: {PSI: {warn: 0.1, drift: 0.2}}}\n"
	      "reports: {charts: true, emoji: true, history: true, keep_snapshots: 52, message: \"Update model reports\"}\n"
	      "monitoring: {hold: 1}\ncommitter: {name: galley, email: galley@example.invalid}\n"
	      "rules: {recipe/no-owner: warning, run/evidence-changed: off}\n"
	      "limits: {manifest_bytes: 1MiB, yaml_nodes: 100000, depth: 64, csv_columns: 10000, csv_line: 16MiB, csv_field: 64KiB}\n", false, "");
}

static void test_fields(void **state)
{
	(void)state;
	check(KIND_RECIPE, BASE "evaluatoin: {}\nevaluation: {metriks: {}, zzz: 1}\n", false,
	      "2:1 schema/unknown-field unknown field 'evaluatoin' in a recipe (did you mean 'evaluation'?)\n"
	      "3:14 schema/unknown-field unknown field 'metriks' in 'evaluation' (did you mean 'metrics'?)\n"
	      "3:27 schema/unknown-field unknown field 'zzz' in 'evaluation'\n");
	check(KIND_RECIPE, "metadata: {id: r, vesion: 1.0.0}\n", false,
	      "1:11 schema/missing-field missing field 'level' in 'metadata'\n"
	      "1:11 schema/missing-field missing field 'name' in 'metadata'\n"
	      "1:11 schema/missing-field missing field 'status' in 'metadata'\n"
	      "1:19 schema/unknown-field unknown field 'vesion' in 'metadata' (did you mean 'version'?)\n");
	check(KIND_MODEL, "status: draft\n", false,
	      "1:1 schema/missing-field missing field 'metadata' in a model\n"
	      "1:1 schema/missing-field missing field 'recipe' in a model\n");
	check(KIND_RECIPE, BASE "pipeline:\n  stages:\n    - {type: training}\n", false,
	      "4:7 schema/missing-field missing field 'name' in 'pipeline.stages[0]'\n");
	check(KIND_PACK, "metadata: {id: p, name: P, model_family: pricing, version: 1.0.0, status: draft}\nmetrics: []\n", false,
	      "2:10 schema/range 'metrics' is empty\n");
	check(KIND_PACK, "metadata: {id: p, name: P, model_family: pricing, version: 1.0.0, status: draft}\nmetrics: [{key: a, thresholds: {warn: 1}}]\n",
	      false, "2:32 schema/missing-field missing field 'fail' in 'metrics[0].thresholds'\n");
}

static void test_types(void **state)
{
	(void)state;
	check(KIND_RECIPE, BASE "requirements: []\npipeline: {stages: {}}\nevaluation: x\n", false,
	      "2:15 schema/type 'requirements' must be a mapping, found a list\n"
	      "3:20 schema/type 'pipeline.stages' must be a list, found a mapping\n"
	      "4:13 schema/type 'evaluation' must be a mapping, found 'x'\n");
	/* Numbers are finite decimals without quotes. */
	check(KIND_RECIPE,
	      BASE "evaluation:\n  metrics:\n    a: {target: \"0.1\", threshold_warning: 0x10, threshold_critical: 1_000}\n"
	           "    b: {target: .inf, threshold_warning: .nan, threshold_critical: 1e400}\n"
	           "    c: {target: 010, threshold_warning: one, threshold_critical: []}\n"
	           "    d: {target: -1, threshold_warning: +.5, threshold_critical: 1.5e-3}\n",
	      false,
	      "4:17 schema/type 'evaluation.metrics.a.target' must be a number, found '0.1' in quotes\n"
	      "4:43 schema/type 'evaluation.metrics.a.threshold_warning' must be a number, found '0x10'\n"
	      "4:69 schema/type 'evaluation.metrics.a.threshold_critical' must be a number, found '1_000'\n"
	      "5:17 schema/type 'evaluation.metrics.b.target' must be a number, found '.inf'\n"
	      "5:42 schema/type 'evaluation.metrics.b.threshold_warning' must be a number, found '.nan'\n"
	      "5:68 schema/type 'evaluation.metrics.b.threshold_critical' must be a number, found '1e400'\n"
	      "6:17 schema/type 'evaluation.metrics.c.target' must be a number, found '010'\n"
	      "6:41 schema/type 'evaluation.metrics.c.threshold_warning' must be a number, found 'one'\n"
	      "6:66 schema/type 'evaluation.metrics.c.threshold_critical' must be a number, found a list\n");
	check(KIND_RECIPE,
	      BASE "requirements:\n  schema: {min_rows: 1.5, allow_extra_columns: yes, max_duplicate_rows: 2, delimiter: ab, key: []}\n", false,
	      "3:22 schema/type 'requirements.schema.min_rows' must be a whole number from 0, found '1.5'\n"
	      "3:48 schema/type 'requirements.schema.allow_extra_columns' must be true or false, found 'yes' (did you mean 'true'?)\n"
	      "3:73 schema/range 'requirements.schema.max_duplicate_rows' must be from 0 to 1, found '2'\n"
	      "3:87 schema/value 'requirements.schema.delimiter' must be one character such as ';' or a tab, no quote, letter or digit, found 'ab'\n"
	      "3:96 schema/range 'requirements.schema.key' is empty\n");
	/* Text stays text. */
	check(KIND_RECIPE, BASE "requirements: {grain: 1e3, labels: [no, 007, true]}\n", false, "");
	check(KIND_RECIPE, BASE "requirements: {grain: \"\", labels: [{a: 1}]}\n", false,
	      "2:23 schema/value 'requirements.grain' is empty text\n"
	      "2:36 schema/type 'requirements.labels[0]' must be a single value, found a mapping\n");
}

static void test_values(void **state)
{
	(void)state;
	check(KIND_RECIPE, "metadata:\n  id: 1Recipe\n  name: N\n  model_family: pricin\n  level: basline\n  version: 1.2\n  status: done\n"
	                   "  parent: \"p@\"\n",
	      false,
	      "2:7 schema/id 'metadata.id' must be an id (a lower-case letter, then lower-case letters, digits, _ and -, at most 64), found '1Recipe'\n"
	      "4:17 schema/value 'metadata.model_family' must be forecasting or pricing, found 'pricin' (did you mean 'pricing'?)\n"
	      "5:10 schema/value 'metadata.level' must be baseline, industry or client, found 'basline' (did you mean 'baseline'?)\n"
	      "6:12 schema/version 'metadata.version' must be a version such as 1.2.0, found '1.2' (did you mean '1.2.0'?)\n"
	      "7:11 schema/value 'metadata.status' must be draft, approved or archived, found 'done'\n"
	      "8:11 schema/version 'metadata.parent' must be a reference with a version or range after '@', found 'p@'\n");
	check(KIND_RECIPE,
	      HEAD "requirements: {min_history: 104}\nevaluation: {validation: {test_size: 1.5}, packs: [A, p@zz]}\n"
	           "deployment: {schedule: \"0 0 31 2 *\"}\nmonitoring: {drift: {method: chi-square}}\n",
	      false,
	      "2:29 schema/duration 'requirements.min_history' must be a number with h, d, w, mo or y, such as 104w, found '104'\n"
	      "3:38 schema/range 'evaluation.validation.test_size' must be a share from 0 to 1, found '1.5'\n"
	      "3:52 schema/reference 'evaluation.packs[0]' must be ID, ID@VERSION or ID@RANGE, found 'A'\n"
	      "3:55 schema/version 'evaluation.packs[1]' must be a reference with a version or range after '@', found 'p@zz'\n"
	      "4:24 schema/cron 'deployment.schedule' is no schedule: it never fires: no month '2' has a day '31'\n"
	      "5:30 schema/value 'monitoring.drift.method' must be a drift method or auto, found 'chi-square' (did you mean 'chi_square'?)\n");
	check(KIND_RUN, "type: train\nstatus: running\nrecipe: r\nstarted_at: 2026-02-30\nmetrics: ../m.json\nof: snapshots\n", false,
	      "4:13 schema/time 'started_at' must be a time such as 2026-02-01T02:00:00Z, found '2026-02-30'\n"
	      "5:10 schema/path 'metrics' must be a relative path with '/' between names, without '.' and '..', found '../m.json'\n"
	      "6:5 schema/id 'of' must be the id of a run (lower-case letters, digits, _ and -, at most 64; not 'snapshots'), found 'snapshots'\n");
	check(KIND_CONFIG, "version: 2\nlimits: {depth: 0, csv_line: 16MB}\nrules: {a/b: of}\nas_of: soon\n", false,
	      "1:10 schema/value 'version' must be 1, found '2' (did you mean '1'?)\n"
	      "2:17 schema/range 'limits.depth' must be 1 or more, found '0'\n"
	      "2:30 schema/type 'limits.csv_line' must be a whole number, with KiB, MiB or GiB where it counts bytes, found '16MB'\n"
	      "3:14 schema/value 'rules.a/b' must be error, warning, note or off, found 'of' (did you mean 'off'?)\n"
	      "4:8 schema/time 'as_of' must be a time such as 2026-02-01T02:00:00Z, found 'soon'\n");
	check(KIND_RECIPE, BASE "lineage: {input_features: [a, b, a]}\n", false,
	      "2:34 schema/duplicate-item 'a' stands twice in the list\n");
}

static void test_operators(void **state)
{
	(void)state;
	check(KIND_RECIPE,
	      HEAD "pipeline:\n  stages:\n    - {$patch: replace}\n    - {name: x, $patch: delete}\n    - {name: y, config: {$unset: [a], o: {$patch: replace}}}\n"
	           "evaluation: {metrics: {$unset: [MAPE]}, packs: [{id: p, $patch: delete}]}\nlineage: {input_features: [{$patch: replace}, a]}\n",
	      false, "");
	check(KIND_RECIPE, HEAD "pipeline: {stages: [{name: y, config: {$merge: 1, $unset: a}}, {name: z, $patch: remove}]}\n"
	                        "evaluation: {$patch: delete, $unst: [a]}\n",
	      false,
	      "2:40 merge/operator unknown operator '$merge'\n"
	      "2:59 merge/operator '$unset' must be a list of the keys to remove\n"
	      "2:82 merge/operator '$patch' must be delete or replace, found 'remove'\n"
	      "3:22 merge/operator '$patch: delete' stands outside an item of a list that is merged by name\n"
	      "3:30 merge/operator unknown operator '$unst' (did you mean '$unset'?)\n");
	check(KIND_CONFIG, "$unset: [a]\n", false, "1:1 merge/operator '$unset' stands in a galley.yaml, where nothing is inherited\n");
}

static void test_null(void **state)
{
	(void)state;
	check(KIND_RECIPE, BASE "evaluation:\npipeline: {stages: [{name: a, type: training, config: {b: null}}, null]}\n", false,
	      "2:1 schema/null 'evaluation' has no value\n3:67 schema/null 'pipeline.stages[1]' has no value\n");
	/* With a parent only the merge knows whether something is inherited. */
	check(KIND_RECIPE, "metadata: {id: r, name: R, description: , level: client, parent: p, version: 1.0.0, status: draft}\nevaluation:\n", false,
	      "1:28 schema/null 'metadata.description' has no value\n");
}

static void test_effective(void **state)
{
	(void)state;
	check(KIND_RECIPE, "metadata: {id: r}\n", true,
	      "1:1 recipe/incomplete recipe has neither a metric nor a pack in 'evaluation'\n"
	      "1:1 recipe/incomplete recipe has no 'requirements'\n"
	      "1:1 recipe/incomplete recipe has no stage in 'pipeline.stages'\n"
	      "1:11 schema/missing-field missing field 'model_family' in 'metadata'\n");
	/* What is misspelt is not also missing. */
	check(KIND_RECIPE, HEAD "requirement: {}\npipeline: {stage: [{name: a, type: training}]}\nevaluation: {metrics: {m: {threshold_critcal: 1}}}\n",
	      true, "");
	check(KIND_RECIPE, HEAD "requirements: {}\npipelines: {}\nevaluation: x\n", true, "");
	check(KIND_RECIPE, HEAD "requirements: {}\npipeline: {stages: []}\nevaluation: {metrics: {}, packs: []}\n", true,
	      "1:1 recipe/incomplete recipe has neither a metric nor a pack in 'evaluation'\n"
	      "1:1 recipe/incomplete recipe has no stage in 'pipeline.stages'\n");
	check(KIND_RECIPE,
	      HEAD "requirements:\n  schema: {columns: {a: {min: 2, max: 1}}}\npipeline: {stages: [{name: a}]}\nevaluation:\n  metrics: {m: {target: 1}}\n"
	           "monitoring:\n  drift: {p: 0.1, features: [{name: a, method: CVM, threshold: 1}, {name: b, method: ks, threshold: 1, p: 0.1}]}\n"
	           "  alerts: {a: {severity: critical}}\n  freshness:\n",
	      true,
	      "3:39 schema/range 'max' 1 of column 'a' is below 'min' 2\n"
	      "4:21 schema/missing-field missing field 'type' in 'pipeline.stages.a'\n"
	      "6:16 schema/missing-field missing field 'threshold_critical' in 'evaluation.metrics.m'\n"
	      "8:14 gate/method method 'PSI' takes no 'p'\n"
	      "8:64 gate/method method 'CVM' takes no 'threshold'\n"
	      "8:75 recipe/feature drift feature 'b' is no column of the schema (did you mean 'a'?)\n"
	      "8:107 gate/method both 'threshold' and 'p' for method 'ks'\n"
	      "9:15 schema/missing-field missing field 'condition' in 'monitoring.alerts.a'\n"
	      "10:3 schema/null 'monitoring.freshness' has no value\n");
}

/* The table's own promises: parents stand before children, choices and ranges are there where the type needs them. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_field_count; i++) {
		const struct field *field = &schema_fields[i];
		struct text path = text_of(field->path);
		size_t cut = path.len;
		assert_ptr_equal(schema_find(field->kind, path), field);
		assert_non_null(field->doc);
		assert_int_equal(field->type == FIELD_CHOICE || field->type == FIELD_RULE, field->allowed != NULL);
		assert_int_equal(field->merge == MERGE_KEYED, field->merge_key != NULL);
		assert_true(field->min <= field->max);
		if (field->type == FIELD_LIST)
			assert_non_null(schema_item(field->kind, field));
		while (cut && path.at[cut - 1] != '.')
			cut--;
		struct text name = text_cut(path, cut, path.len);
		bool item = text_ends(name, "[]");
		const struct field *parent = item ? schema_find(field->kind, text_cut(path, 0, path.len - 2))
		                             : cut ? schema_find(field->kind, text_cut(path, 0, cut - 1)) : NULL;
		if (item)
			assert_ptr_equal(schema_item(field->kind, parent), field);
		else
			assert_ptr_equal(schema_child(field->kind, parent, name), field);
	}
	assert_null(schema_find(KIND_RECIPE, TEXT("metadata.nothing")));
	assert_null(schema_child(KIND_RECIPE, NULL, TEXT("nothing")));
	const struct field *metrics = schema_find(KIND_RECIPE, TEXT("evaluation.metrics"));
	assert_string_equal(schema_child(KIND_RECIPE, metrics, TEXT("MAPE"))->path, "evaluation.metrics.*");
	assert_true(schema_is_free(schema_find(KIND_RECIPE, TEXT("pipeline.stages[].config"))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),     cmocka_unit_test(test_examples),  cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_types),     cmocka_unit_test(test_values),    cmocka_unit_test(test_operators),
	    cmocka_unit_test(test_null),      cmocka_unit_test(test_effective),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

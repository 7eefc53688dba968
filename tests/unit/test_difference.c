/* What two states of a workspace differ in by meaning: the small workspace of the cases, and edits of it. */
#include "buffer.h"
#include "difference.h"
#include "sandbox.h"
#include "source.h"

struct side {
	struct catalog catalog;
	struct resolved resolved;
	struct diags diags;
};

static void load(struct side *side, const char *folder, struct arena *arena)
{
	struct source_options options = {.directory = folder};
	struct source *source;
	struct failure failure;

	diags_init(&side->diags, arena);
	if (source_open(&source, &options, arena, &failure) < 0 ||
	    catalog_load(&side->catalog, source, &limits_default, 1, arena, &side->diags, &failure) < 0)
		fail_msg("%s: %s", folder, failure.message);
	source_close(source);
	resolve_all(&side->resolved, &side->catalog, 1767225600, arena, &side->diags);
}

static void draw_cause(struct buffer *out, const struct cause *cause)
{
	if (cause->record && cause->place.file)
		buffer_format(out, " @%s%.*s:%u", cause->gone ? "-" : "", TEXT_ARGS(cause->place.file->path), cause->place.line);
}

static void draw_change(struct buffer *out, const struct record_change *change)
{
	buffer_format(out, "%s%s%.*s%s%.*s%s%s%s\n", kind_name(change->kind), " ", TEXT_ARGS(change->model), change->model.len ? "/" : "",
	              TEXT_ARGS(change->id), change->move == MOVE_ADDED ? " +" : change->move == MOVE_REMOVED ? " -" : "",
	              change->edited ? " edited" : "", change->unresolved_after ? " unresolved" : "");
	for (size_t i = 0; i < change->field_count; i++) {
		const struct field_change *field = &change->fields[i];
		buffer_format(out, "  %.*s: %.*s -> %.*s", TEXT_ARGS(field->field), TEXT_ARGS(field->before_text), TEXT_ARGS(field->after_text));
		draw_cause(out, &field->cause);
		buffer_char(out, '\n');
	}
	for (size_t i = 0; i < change->gate_count; i++) {
		const struct gate_shift *gate = &change->gates[i];
		buffer_format(out, "  %s %.*s: %.*s -> %.*s%s\n", gate_word_name(gate->word), TEXT_ARGS(gate->field), TEXT_ARGS(gate->before),
		              TEXT_ARGS(gate->after), gate->waiver ? " waived" : "");
	}
	for (size_t i = 0; i < change->chain_count; i++) {
		buffer_string(out, "  <");
		for (size_t k = 1; k < change->chains[i].count; k++)
			buffer_format(out, " %.*s", TEXT_ARGS(change->chains[i].steps[k].id));
		buffer_format(out, "%s\n", change->chains[i].end == MOVE_REMOVED ? " (removed)" : change->chains[i].end == MOVE_ADDED ? " (added)" : "");
	}
}

static struct text draw(const struct differences *differences, struct arena *arena)
{
	struct buffer out;

	buffer_init(&out);
	for (size_t i = 0; i < differences->count; i++)
		draw_change(&out, &differences->items[i]);
	for (size_t i = 0; i < differences->reordered_count; i++)
		buffer_format(&out, "reordered %.*s\n", TEXT_ARGS(differences->reordered[i]));
	struct text text = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return text;
}

/* Two copies of a workspace in a and b of the sandbox, the second edited by a shell script. */
static void lay_out(struct sandbox *sandbox, const char *workspace, const char *script)
{
	char top[4096];
	const char *arguments[] = {"sh", "-ec",
	                           "rm -rf a b; mkdir a b; for side in a b; do for part in recipes packs runs galley.yaml; do "
	                           "[ ! -e \"$1/$part\" ] || cp -R \"$1/$part\" $side; done; done; cd b; eval \"$2\"",
	                           "sh", NULL, script, NULL};

	assert_non_null(getcwd(top, sizeof top));
	arguments[4] = arena_format(&sandbox->arena, "%s/%s", top, workspace);
	if (sandbox_run(sandbox, ".", arguments) != 0)
		fail_msg("%s: %s", script, sandbox->output);
}

static bool same_but_turned(const struct record_change *a, const struct record_change *b)
{
	enum record_move turned = a->move == MOVE_ADDED ? MOVE_REMOVED : a->move == MOVE_REMOVED ? MOVE_ADDED : MOVE_CHANGED;

	if (a->kind != b->kind || !text_equal(a->id, b->id) || b->move != turned || a->edited != b->edited || a->field_count != b->field_count ||
	    strcmp(a->digest_before, b->digest_after) != 0 || strcmp(a->digest_after, b->digest_before) != 0)
		return false;
	for (size_t i = 0; i < a->field_count; i++)
		if (!text_equal(a->fields[i].field, b->fields[i].field) || !text_equal(a->fields[i].before_text, b->fields[i].after_text) ||
		    !text_equal(a->fields[i].after_text, b->fields[i].before_text) ||
		    a->fields[i].cause.place.line != b->fields[i].cause.place.line || a->fields[i].cause.gone == b->fields[i].cause.gone)
			if (!a->fields[i].before || !a->fields[i].after || a->fields[i].cause.record->kind != b->fields[i].cause.record->kind)
				if (a->fields[i].before && a->fields[i].after)
					return false;
	return true;
}

/* What is found, both ways round: B to A must be A to B mirrored, and both to themselves nothing. */
static struct text find(struct sandbox *sandbox, struct differences *differences)
{
	struct side a, b;
	struct differences back, none;
	struct arena *arena = &sandbox->arena;

	load(&a, sandbox_path(sandbox, "a"), arena);
	load(&b, sandbox_path(sandbox, "b"), arena);
	const struct state before = {&a.catalog, &a.resolved}, now = {&b.catalog, &b.resolved};
	differences_find(differences, &before, &now, arena);
	differences_find(&back, &now, &before, arena);
	assert_int_equal(differences->count, back.count);
	assert_int_equal(differences->reordered_count, back.reordered_count);
	for (size_t i = 0; i < back.count; i++)
		if (!same_but_turned(&differences->items[i], &back.items[i]))
			fail_msg("not mirrored:\n%.*s---\n%.*s", TEXT_ARGS(draw(differences, arena)), TEXT_ARGS(draw(&back, arena)));
	differences_find(&none, &before, &before, arena);
	assert_int_equal(none.count + none.reordered_count, 0);
	differences_find(&none, &now, &now, arena);
	assert_int_equal(none.count + none.reordered_count, 0);
	return draw(differences, arena);
}

static void check(struct sandbox *sandbox, const char *script, const char *expected)
{
	struct differences differences;

	lay_out(sandbox, "tests/cases/base/small", script);
	struct text found = find(sandbox, &differences);
	if (!text_is(found, expected))
		fail_msg("%s\nfound:\n%.*swanted:\n%s", script, TEXT_ARGS(found), expected);
}

/* --- No difference --- */

static void test_style(void **state)
{
	static const char *const scripts[] = {
		"true",
		"mkdir recipes/deep packs/deep; mv recipes/base.yaml recipes/deep/x.yml; mv packs/standard.yaml packs/deep/y.yaml",
		"for f in recipes/*.yaml packs/*.yaml; do sed 's/$/  # a comment/; s/^/\\n/' $f >x; mv x $f; done",
		"sed -i 's/threshold_warning: 0.20, threshold_critical: 0.40/threshold_critical: 0.4, threshold_warning: 2e-1/' recipes/base.yaml",
		"sed -i 's/features: .units, region./features: [{name: units}, region]/; s/packs: .pack_standard./packs:\\n  - id: pack_standard/' recipes/base.yaml",
		"printf '%s' '{\"pipeline\": {\"stages\": [{\"config\": {\"lr\": 0.05}, \"name\": \"train\"}]}, \"metadata\": {\"status\": \"approved\", "
		"\"version\": \"1.0.0\", \"parent\": \"demand_shops@^1.0\", \"level\": \"client\", \"model_family\": \"forecasting\", "
		"\"name\": \"Demand of the corner shop\", \"id\": \"demand_corner\"}}' >recipes/corner.json; rm recipes/corner.yaml",
		"printf 'x-note: {by: a person}\\n' >>recipes/shops.yaml",
		"printf 'requirements: {grain: store-day}\\n' >>recipes/corner.yaml",
	};

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		check(*state, scripts[i], "");
}

static void test_order(void **state)
{
	check(*state, "sed -i 's/drift: {method: PSI, threshold: 0.2, features: .units, region.}/drift: {features: [region, units], threshold: 0.2, method: PSI}/' recipes/base.yaml",
	      "reordered demand_base\nreordered demand_corner\nreordered demand_shops\n");
	check(*state, "sed -i '/key: MAPE/,/thresholds/d' packs/standard.yaml; printf '  - key: MAPE\\n    unit: \"%%\"\\n    thresholds: {fail: 0.40, warn: 0.25, promote: 0.15}\\n' >>packs/standard.yaml",
	      "");
}

static void test_example(void **state)
{
	struct sandbox *sandbox = *state;
	struct differences differences;

	lay_out(sandbox, ".", "mkdir recipes/all; mv recipes/*/*.yaml recipes/all; for f in recipes/all/* packs/*; do sed -i '1i# moved' $f; done");
	assert_int_equal(find(sandbox, &differences).len, 0);
}

/* --- Fields and their causes --- */

static void test_fields(void **state)
{
	/* What the corner shop says itself keeps its value. */
	check(*state, "sed -i 's/lr: 0.1/lr: 0.2/; s/layers: .64, 32./layers: [64]/' recipes/base.yaml",
	      "recipe demand_base edited\n"
	      "  pipeline.stages.train.config.layers: [64, 32] -> [64] @recipes/base.yaml:23\n"
	      "  pipeline.stages.train.config.lr: 0.1 -> 0.2 @recipes/base.yaml:23\n"
	      "recipe demand_corner\n"
	      "  pipeline.stages.train.config.layers: [64, 32] -> [64] @recipes/base.yaml:23\n"
	      "  < demand_shops demand_base\n"
	      "recipe demand_shops\n"
	      "  pipeline.stages.train.config.layers: [64, 32] -> [64] @recipes/base.yaml:23\n"
	      "  pipeline.stages.train.config.lr: 0.1 -> 0.2 @recipes/base.yaml:23\n"
	      "  < demand_base\n"
	      "model model_demand\n"
	      "  < demand_corner demand_shops demand_base\n"
	      "run model_demand/2026-01-05-train\n"
	      "  < demand_corner demand_shops demand_base\n"
	      "run model_demand/2026-02-02-eval\n"
	      "  < demand_corner demand_shops demand_base\n");
	/* A line that is gone: what was hidden below it shows. */
	check(*state, "sed -i '/^pipeline/,$d' recipes/corner.yaml",
	      "recipe demand_corner edited\n"
	      "  pipeline.stages.train.config.lr: 0.05 -> 0.1 @-recipes/corner.yaml:11\n"
	      "model model_demand\n  < demand_corner\n"
	      "run model_demand/2026-01-05-train\n  < demand_corner\n"
	      "run model_demand/2026-02-02-eval\n  < demand_corner\n");
	/* A removal further down. */
	check(*state, "printf '    - {name: quality, $patch: delete}\\n' >>recipes/corner.yaml",
	      "recipe demand_corner edited\n"
	      "  pipeline.stages.quality.type: quality ->  @recipes/corner.yaml:12\n"
	      "model model_demand\n  < demand_corner\n"
	      "run model_demand/2026-01-05-train\n  < demand_corner\n"
	      "run model_demand/2026-02-02-eval\n  < demand_corner\n");
	/* Another parent: what it says is caused by the line that names it. */
	check(*state, "sed -i 's/parent: demand_shops@^1.0/parent: demand_base/' recipes/corner.yaml",
	      "recipe demand_corner edited\n"
	      "  evaluation.metrics.MAPE.threshold_critical: 0.30 -> 0.40 @recipes/corner.yaml:6\n"
	      "  metadata.parent: demand_shops@^1.0 -> demand_base @recipes/corner.yaml:6\n"
	      "  requirements.min_history: 52w ->  @recipes/corner.yaml:6\n"
	      "  looser evaluation.metrics.MAPE.threshold_critical: 0.30 -> 0.40\n"
	      "  removed requirements.min_history: 52w -> \n"
	      "model model_demand\n  < demand_corner\n"
	      "run model_demand/2026-01-05-train\n  < demand_corner\n"
	      "run model_demand/2026-02-02-eval\n  < demand_corner\n");
	/* A new item of a set. */
	check(*state, "sed -i 's/tags: .demand./tags: [new, demand]/' recipes/base.yaml; printf 'metrics: 1\\n' >/dev/null",
	      "recipe demand_base edited\n"
	      "  metadata.tags: [demand] -> [new, demand] @recipes/base.yaml:9\n"
	      "recipe demand_corner\n"
	      "  metadata.tags: [demand] -> [new, demand] @recipes/base.yaml:9\n"
	      "  < demand_shops demand_base\n"
	      "recipe demand_shops\n"
	      "  metadata.tags: [demand] -> [new, demand] @recipes/base.yaml:9\n"
	      "  < demand_base\n"
	      "model model_demand\n  < demand_corner demand_shops demand_base\n"
	      "run model_demand/2026-01-05-train\n  < demand_corner demand_shops demand_base\n"
	      "run model_demand/2026-02-02-eval\n  < demand_corner demand_shops demand_base\n");
}

/* A new version or state alone moves nothing below. */
static void test_declared(void **state)
{
	struct differences differences;

	check(*state, "sed -i 's/^  version: .*/  version: 1.1.0/' recipes/shops.yaml", "recipe demand_shops edited\n");
	lay_out(*state, "tests/cases/base/small", "sed -i 's/^  version: .*/  version: 1.1.0/; s/approved/archived/' recipes/corner.yaml");
	find(*state, &differences);
	assert_true(text_is(differences.items[0].version_before, "1.0.0") && text_is(differences.items[0].version_after, "1.1.0"));
	assert_true(text_is(differences.items[0].status_before, "approved") && text_is(differences.items[0].status_after, "archived"));
	assert_false(differences.items[0].reached);
}

/* --- Gates --- */

static void check_gates(struct sandbox *sandbox, const char *script, const char *id, const char *expected)
{
	struct differences differences;
	struct buffer out;
	const struct record_change *change = NULL;

	lay_out(sandbox, "tests/cases/base/small", script);
	struct text all = find(sandbox, &differences);
	for (size_t i = 0; i < differences.count && !change; i++)
		if (text_is(differences.items[i].id, id))
			change = &differences.items[i];
	if (!change)
		fail_msg("%s: nothing of %s:\n%.*s", script, id, TEXT_ARGS(all));
	buffer_init(&out);
	for (size_t i = 0; i < change->gate_count; i++)
		buffer_format(&out, "%s%s %.*s %.*s>%.*s%s", i ? "; " : "", gate_word_name(change->gates[i].word), TEXT_ARGS(change->gates[i].field),
		              TEXT_ARGS(change->gates[i].before), TEXT_ARGS(change->gates[i].after), change->gates[i].waiver ? " waived" : "");
	if (!text_is(buffer_text(&out), expected))
		fail_msg("%s: '%.*s', wanted '%s'", script, TEXT_ARGS(buffer_text(&out)), expected);
	buffer_release(&out);
}

static void test_pack_gates(void **state)
{
	static const struct {
		const char *script, *gates;
	} cases[] = {
		{"s/warn: 0.25/warn: 0.30/", "looser MAPE.warn 0.25>0.30"},
		{"s/warn: 0.25/warn: 0.20/", "tighter MAPE.warn 0.25>0.20"},
		{"s/warn: 0.25, //", "tighter MAPE.warn 0.25>"},
		{"s/promote: 0.15, //", "removed MAPE.promote 0.15>"},
		{"s/warn: 0.05/warn: 0.04/", "tighter bias.warn 0.05>0.04"},
		{"s/target: 0/target: 0.01/", "looser bias.fail 0.10>0.10; looser bias.warn 0.05>0.05"},
		{"s/target: 0$/target: 0.01/; s/warn: 0.05, fail: 0.10/warn: 0.03, fail: 0.09/", "tighter bias.fail 0.10>0.09; tighter bias.warn 0.05>0.03"},
		{"s/    target: 0/    target: 0\\n    required: false/", "looser bias.required true>false"},
		{"s/    target: 0/    target: 0\\n    min_samples: 5/", "tighter bias.min_samples >5"},
		{"s/    target: 0/    target: 0\\n    max_regression: 5%/", "tighter bias.max_regression >5%"},
		{"/key: bias/,$d", "removed bias fail 0.10>"},
		{"$a\\  - {key: new, thresholds: {warn: 1, fail: 2}}", "tighter new >fail 2"},
		{"$aslices: [{by: region, worst: warn}]", "tighter slices.region >2 metrics, worst warn"},
		{"s/direction: target/direction: lower/; s/    target: 0//", "looser bias.direction target>lower"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_gates(*state, arena_format(&((struct sandbox *)*state)->arena, "sed -i '%s' packs/standard.yaml", cases[i].script),
		            "pack_standard", cases[i].gates);
}

static void test_recipe_gates(void **state)
{
	const char *waiver = "waivers:\\n  - {gate: evaluation.metrics.MAPE.threshold_critical, reason: a test, approved_by: me, expires: 2026-12-31}\\n";
	struct sandbox *sandbox = *state;

	check_gates(sandbox, "sed -i 's/threshold: 0.2/threshold: 0.3/' recipes/base.yaml", "demand_corner", "looser monitoring.drift.threshold 0.2>0.3");
	check_gates(sandbox, "sed -i 's/severity: critical/severity: warning/' recipes/base.yaml", "demand_base",
	            "looser monitoring.alerts.far_off.severity critical>warning");
	check_gates(sandbox, "sed -i 's/max_age_hours: 1000/max_age_hours: 24/' recipes/base.yaml", "demand_shops",
	            "tighter monitoring.freshness.max_age_hours 1000>24");
	check_gates(sandbox, arena_format(&sandbox->arena, "sed -i 's/threshold_critical: 0.30/threshold_critical: 0.50/' recipes/shops.yaml; printf '%s' >>recipes/shops.yaml", waiver),
	            "demand_shops", "looser evaluation.metrics.MAPE.threshold_critical 0.30>0.50 waived");
	check_gates(sandbox, arena_format(&sandbox->arena, "printf '%s' >>recipes/shops.yaml", waiver), "demand_shops",
	            "waived evaluation.metrics.MAPE.threshold_critical > waived");
}

/* --- What is reached --- */

static void test_impact(void **state)
{
	check(*state, "sed -i 's/fail: 0.40/fail: 0.35/' packs/standard.yaml",
	      "recipe demand_base\n  < pack_standard\n"
	      "recipe demand_corner\n  < demand_shops demand_base pack_standard\n"
	      "recipe demand_shops\n  < demand_base pack_standard\n"
	      "pack pack_standard edited\n"
	      "  metrics.MAPE.thresholds.fail: 0.40 -> 0.35 @packs/standard.yaml:10\n"
	      "  tighter MAPE.fail: 0.40 -> 0.35\n"
	      "model model_demand\n  < demand_corner demand_shops demand_base pack_standard\n"
	      "run model_demand/2026-01-05-train\n  < demand_corner demand_shops demand_base pack_standard\n"
	      "run model_demand/2026-02-02-eval\n  < demand_corner demand_shops demand_base pack_standard\n");
	/* How a metric is shown judges nobody. */
	check(*state, "sed -i 's/unit: .*/unit: points/' packs/standard.yaml",
	      "pack pack_standard edited\n  metrics.MAPE.unit: % -> points @packs/standard.yaml:9\n");
	/* Below what is gone. */
	check(*state, "rm recipes/shops.yaml",
	      "recipe demand_corner unresolved\n  < demand_shops (removed)\n"
	      "recipe demand_shops -\n"
	      "model model_demand unresolved\n  < demand_corner demand_shops (removed)\n"
	      "run model_demand/2026-01-05-train unresolved\n  < demand_corner demand_shops (removed)\n"
	      "run model_demand/2026-02-02-eval unresolved\n  < demand_corner demand_shops (removed)\n");
	check(*state, "rm recipes/base.yaml",
	      "recipe demand_base -\n"
	      "recipe demand_corner unresolved\n  < demand_shops demand_base (removed)\n"
	      "recipe demand_shops unresolved\n  < demand_base (removed)\n"
	      "model model_demand unresolved\n  < demand_corner demand_shops demand_base (removed)\n"
	      "run model_demand/2026-01-05-train unresolved\n  < demand_corner demand_shops demand_base (removed)\n"
	      "run model_demand/2026-02-02-eval unresolved\n  < demand_corner demand_shops demand_base (removed)\n");
	check(*state, "rm packs/standard.yaml",
	      "recipe demand_base\n  < pack_standard (removed)\n"
	      "recipe demand_corner\n  < demand_shops demand_base pack_standard (removed)\n"
	      "recipe demand_shops\n  < demand_base pack_standard (removed)\n"
	      "pack pack_standard -\n"
	      "model model_demand\n  < demand_corner demand_shops demand_base pack_standard (removed)\n"
	      "run model_demand/2026-01-05-train\n  < demand_corner demand_shops demand_base pack_standard (removed)\n"
	      "run model_demand/2026-02-02-eval\n  < demand_corner demand_shops demand_base pack_standard (removed)\n");
	check(*state, "rm -r runs/model_demand",
	      "model model_demand -\nrun model_demand/2026-01-05-train -\nrun model_demand/2026-02-02-eval -\n");
}

/* Runs that are held against the one that serves are judged anew where another does. */
static void test_baseline(void **state)
{
	const char *serve = "sed -i 's/production_run: .*/production_run: 2026-02-02-eval/' runs/model_demand/model.yaml";
	struct sandbox *sandbox = *state;

	check(sandbox, serve, "model model_demand edited\n  production_run: 2026-01-05-train -> 2026-02-02-eval @runs/model_demand/model.yaml:8\n");
	check(sandbox, arena_format(&sandbox->arena, "for side in ../a .; do sed -i 's/    target: 0/    target: 0\\n    max_regression: 5%%/' $side/packs/standard.yaml; done; %s", serve),
	      "model model_demand edited\n  production_run: 2026-01-05-train -> 2026-02-02-eval @runs/model_demand/model.yaml:8\n"
	      "run model_demand/2026-01-05-train\n  < model_demand\n"
	      "run model_demand/2026-02-02-eval\n  < model_demand\n");
	check(sandbox, "for side in ../a .; do sed -i 's/    target: 0/    target: 0\\n    max_regression: 5%/' $side/packs/standard.yaml; done; sed -i 's/0.01/0.02/' runs/model_demand/2026-01-05-train/metrics.json",
	      "run model_demand/2026-01-05-train edited\n  metrics.bias: 0.01 -> 0.02 @runs/model_demand/2026-01-05-train/metrics.json:1\n"
	      "run model_demand/2026-02-02-eval\n  < model_demand\n");
}

static void test_broken(void **state)
{
	struct differences differences;

	check(*state, "printf 'pipeline: [\\n' >>recipes/corner.yaml",
	      "recipe demand_corner edited unresolved\n"
	      "model model_demand unresolved\n  < demand_corner\n"
	      "run model_demand/2026-01-05-train unresolved\n  < demand_corner\n"
	      "run model_demand/2026-02-02-eval unresolved\n  < demand_corner\n");
	lay_out(*state, "tests/cases/base/small", "printf 'pipeline: [\\n' >recipes/corner.yaml; sed -i 's/lr: 0.1/lr: 0.2/' recipes/base.yaml");
	find(*state, &differences);
	assert_int_equal(differences.broken_before, 0);
	assert_int_equal(differences.broken_after, 1);
	assert_true(differences.count > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_style, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_order, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_example, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_fields, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_declared, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_pack_gates, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_recipe_gates, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_impact, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_baseline, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_broken, sandbox_open, sandbox_close),
	};

	sandbox_environment();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("difference", tests, NULL, NULL);
}

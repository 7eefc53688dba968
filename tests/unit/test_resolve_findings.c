/* The short way that `galley check` resolves by, held against the full one: the same findings for every workspace at hand. */
#include <dirent.h>

#include "catalog.h"
#include "diag.h"
#include "resolve.h"
#include "sandbox.h"
#include "source.h"

static const int64_t presents[] = {1767225600 /* 2026-01-01 */, 1798761600 /* 2027-01-01 */};

static const void *prepare_nothing(const struct catalog *likely, struct arena *arena)
{
	(void)likely;
	(void)arena;
	return NULL;
}

static bool judge_nothing(const struct backdrop **over, const void *prepared, const struct value *root, struct arena *scratch)
{
	(void)over;
	(void)prepared;
	(void)root;
	(void)scratch;
	fail_msg("nothing was prepared to judge by");
	return false;
}

/* No recipe is judged when it is read, as where there are too many parents. */
static const struct brief unguessed = {prepare_nothing, judge_nothing};

/* brief NULL: whole trees. */
static void load(struct catalog *catalog, struct source **source, const char *folder, const struct brief *brief, unsigned jobs, struct arena *arena,
                 struct diags *diags)
{
	struct source_options options = {.directory = folder};
	struct failure failure;

	if (source_open(source, &options, arena, &failure) < 0 ||
	    (brief ? catalog_load_brief(catalog, brief, *source, &limits_default, jobs, arena, diags, &failure)
	           : catalog_load(catalog, *source, &limits_default, jobs, arena, diags, &failure)) < 0)
		fail_msg("%s: %s", folder, failure.message);
}

static void find(struct diags *diags, const char *folder, int64_t present, const struct brief *brief, unsigned jobs, struct arena *arena)
{
	struct catalog catalog;
	struct resolved resolved;
	struct source *source;

	diags_init(diags, arena);
	load(&catalog, &source, folder, brief, jobs, arena, diags);
	if (brief)
		resolve_findings(&resolved, &catalog, present, jobs, arena, diags);
	else
		resolve_all(&resolved, &catalog, present, arena, diags);
	catalog_apply_rules(&catalog, diags);
	diags_sort(diags);
	source_close(source);
}

static size_t same_with(const char *folder, int64_t present, const struct brief *brief, unsigned jobs)
{
	struct arena arena;
	struct diags full, quick;

	arena_init(&arena);
	find(&full, folder, present, NULL, jobs, &arena);
	find(&quick, folder, present, brief, jobs, &arena);
	for (size_t i = 0; i < full.count && i < quick.count; i++) {
		const struct diag *a = &full.items[i], *b = &quick.items[i];
		bool related = a->related_count == b->related_count;
		for (size_t k = 0; related && k < a->related_count; k++)
			related = text_equal(a->related[k].message, b->related[k].message) && a->related[k].place.line == b->related[k].place.line &&
			          text_equal(a->related[k].place.file->path, b->related[k].place.file->path);
		if (!related || !text_equal(a->help, b->help) || a->code != b->code || a->severity != b->severity || !text_equal(a->message, b->message) || a->place.line != b->place.line ||
		    a->place.column != b->place.column || !text_equal(a->place.file->path, b->place.file->path))
			fail_msg("%s: finding %zu is '%.*s', the short way says '%.*s'", folder, i, TEXT_ARGS(a->message), TEXT_ARGS(b->message));
	}
	if (full.count != quick.count)
		fail_msg("%s: %zu findings, %zu by the short way", folder, full.count, quick.count);
	size_t count = full.count;
	arena_release(&arena);
	return count;
}

/* The number of findings that were compared. */
static size_t same_findings(const char *folder, int64_t present)
{
	size_t count = same_with(folder, present, &resolve_brief, 1);

	assert_int_equal(same_with(folder, present, &resolve_brief, 3), count);
	assert_int_equal(same_with(folder, present, &unguessed, 2), count);
	return count;
}

static void test_example(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof presents / sizeof *presents; i++)
		assert_true(same_findings(".", presents[i]) > 0);
}

/* Lays a case's files over its base, in w of the sandbox; false where it has none of its own. */
static bool lay_out(struct sandbox *sandbox, const char *top, const char *stage, const char *name)
{
	const char *at = arena_format(&sandbox->arena, "%s/tests/cases/%s/%s", top, stage, name);
	const char *bases = arena_format(&sandbox->arena, "%s/tests/cases", top);
	const char *const arguments[] = {"sh",
	                                 "-c",
	                                 "rm -rf w && mkdir w && [ -d \"$1/input\" ] && { [ ! -f \"$1/base\" ] || cp -R \"$2/$(cat \"$1/base\")/.\" w; } && "
	                                 "cp -R \"$1/input/.\" w && [ -d w/recipes ]",
	                                 "sh",
	                                 at,
	                                 bases,
	                                 NULL};

	return sandbox_run(sandbox, ".", arguments) == 0;
}

/* The findings of all its cases. */
static size_t same_for_stage(struct sandbox *sandbox, const char *top, const char *stage)
{
	DIR *cases = opendir(arena_format(&sandbox->arena, "%s/tests/cases/%s", top, stage));
	size_t count = 0;

	assert_non_null(cases);
	for (struct dirent *entry = readdir(cases); entry; entry = readdir(cases)) {
		if (entry->d_name[0] == '.' || !lay_out(sandbox, top, stage, entry->d_name))
			continue;
		count += same_findings(sandbox_path(sandbox, "w"), presents[0]);
	}
	closedir(cases);
	return count;
}

static void test_cases(void **state)
{
	struct sandbox *sandbox = *state;
	char top[4096];

	assert_non_null(getcwd(top, sizeof top));
	assert_true(same_for_stage(sandbox, top, "resolve") >= 5);
	assert_true(same_for_stage(sandbox, top, "check") >= 100);
}

/* --- recipes that nobody inherits from --- */

/* Options in the place of the first of each list: of all lists together the one at `only`, or any at random. */
struct chooser {
	size_t only;
	size_t passed; /* options of the lists so far */
	bool random;
	uint64_t seed;
};

static size_t roll(struct chooser *chooser, size_t below)
{
	chooser->seed = chooser->seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(chooser->seed >> 33) % below;
}

static const char *pick(struct chooser *chooser, const char *const *options, size_t count)
{
	size_t passed = chooser->passed;

	chooser->passed += count;
	if (chooser->random)
		return options[roll(chooser, 6) ? 0 : roll(chooser, count)];
	return options[chooser->only >= passed && chooser->only < passed + count ? chooser->only - passed : 0];
}

#define PICK(chooser, options) pick(chooser, options, sizeof(options) / sizeof *(options))

/* What baselines have that decides what may be said of their children. */
static const char *baseline(struct arena *arena, struct chooser *chooser, size_t number)
{
	static const char *const policies[] = {"", "  policy: {locked: [monitoring.drift.method]}\n", "  policy: {tighten_only: [evaluation.metrics]}\n",
	                                       "  policy: {locked: [pipeline.stages]}\n", "  policy: {locked: [requirements]}\n"};
	static const char *const lineages[] = {"", "lineage: {input_features: [price, stock, later], output_features: [demand]}\n",
	                                       "lineage: {input_features: [price, extra]}\n", "lineage: {input_features: [price]}\n"};
	static const char *const extras[] = {"", "    allow_extra_columns: false\n", "    key: [price]\n"};
	static const char *const columns[] = {"    columns: {price: {type: number}, stock: {type: category}, at: {type: timestamp}}\n", "", "    columns: {Price: {type: number}, price: {type: number}}\n",
	                                      "    columns: {price: {type: number, min: 5}, stock: {}}\n"};
	static const char *const metrics[] = {"    MAPE: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}\n", "    mape: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}\n    bias: {direction: target, target: 0, threshold_warning: 1, threshold_critical: 2}\n"};
	static const char *const monitorings[] = {"  drift: {method: PSI, threshold: 0.2, features: [price]}\n  metrics: [MAPE]\n", "", "  drift: {method: KS, p: 0.01, features: [{name: price}]}\n",
	                                          "  drift: {features: [price]}\n  metrics: [nobody]\n", "  drift: {features: [gone]}\n",
	                                          "  drift: {features: [later]}\nlineage: {input_features: [price, later, extra]}\n",
	                                          "  freshness: {features: [later]}\nlineage: {input_features: [price, later, extra]}\n", "  drift: {features: [price]}\n  freshness: {features: [at]}\n",
	                                          "  metrics: [mape]\n  alerts: {A: {condition: drift.max > 0.2}}\n"};

	return arena_format(arena,
	                    "metadata:\n  id: base_%zu\n  name: Base %zu\n  model_family: forecasting\n  level: baseline\n  version: 1.0.0\n  status: approved\n  owner: a\n  tags: [x, y]\n%s"
	                    "%srequirements:\n  min_history: 52w\n  labels: [demand]\n  schema:\n    min_rows: 100\n%s%s"
	                    "pipeline:\n  stages:\n    - {name: train, type: training}\n    - {name: load, type: quality}\nevaluation:\n  metrics:\n%smonitoring:\n  actions: {on_drift: alert}\n%s",
	                    number, number, PICK(chooser, policies), PICK(chooser, lineages), PICK(chooser, extras), PICK(chooser, columns), PICK(chooser, metrics), PICK(chooser, monitorings));
}

static const char *client(struct arena *arena, struct chooser *chooser, size_t number, size_t parent)
{
	static const char *const owners[] = {"", "  owner: b\n", "  owner: a\n", "  tags: [x]\n", "  tags: [z]\n", "  tags: [z, z]\n", "  policy: {locked: [a]}\n", "  x-note: {a: [1]}\n", "  $unset: [owner]\n", "  owner:\n"};
	static const char *const requirements[] = {"", "  min_history: 104w\n", "  min_history: 26w\n", "  min_history: 52w\n", "  labels: [units]\n", "  grain: day\n", "  grain: [a]\n", "  feature_sets: {required: [a]}\n"};
	static const char *const schemas[] = {"", "    min_rows: 200\n", "    min_rows: 50\n", "    min_rows: 100\n", "    allow_extra_columns: false\n", "    key: [other]\n", "    $patch: replace\n", "    max_rows: 900\n"};
	static const char *const columns[] = {"      extra: {type: number}\n", "", "      extra: {type: number, min: 5, max: 1}\n", "      price: {type: number, max: 3}\n", "      Price: {type: number}\n",
	                                      "      extra: {type: category}\n      EXTRA: {type: number}\n", "      extra: {type: number}\n      later: {type: timestamp}\n", "      extra: {type: number}\n      later: {type: number}\n", "      extra: {type: category}\n", "      extra:\n", "      extra: {required: true, max: 4}\n",
	                                      "      price: {required: false}\n", "      at: {type: number}\n", "      extra: {type: timestamp}\n", "      extra: {x-a: {$unset: [b]}}\n"};
	static const char *const stages[] = {"", "    - {name: more, type: training}\n", "    - {name: train, config: {depth: 3}}\n", "    - {name: more}\n", "    - {name: train, type: training}\n", "    - {name: more, type: training}\n    - {name: more, type: training}\n",
	                                     "    - {name: train, $patch: delete}\n", "    - {name: more, type: training, config: {a: null}}\n", "    - {type: training}\n"};
	static const char *const metrics[] = {"", "    RMSE: {target: 1, threshold_warning: 2, threshold_critical: 3}\n", "    RMSE: {target: 1, threshold_warning: 3, threshold_critical: 2}\n", "    RMSE: {threshold_critical: 2}\n",
	                                      "    MAPE: {threshold_critical: 0.4}\n", "    MAPE: {threshold_critical: 0.25}\n", "    MAPE: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.4}\n", "    mApe: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}\n",
	                                      "    MAPE: {direction: higher}\n", "    RMSE: {target: 1, threshold_warning: 2}\n", "    R2: {target: 3, threshold_warning: 0.2, threshold_critical: 0.1}\n"};
	static const char *const monitored[] = {"", "  metrics: [RMSE]\n", "  metrics: [MAPE]\n", "  metrics: [rmse]\n", "  metrics: [unknown]\n", "  actions: {on_drift: none}\n", "  actions: {on_drift: retrain}\n", "  alerts: {b: {condition: drift.max > 0.1}}\n",
	                                        "  freshness: {features: [extra]}\n"};
	static const char *const drifts[] = {"    features: [{name: extra, method: PSI, threshold: 0.1}]\n", "", "    features: [extra]\n", "    features: [{name: extra, threshold: 0.1}]\n", "    features: [{name: extra, method: KS, p: 0.1}]\n",
	                                     "    features: [{name: extra, method: KS, threshold: 0.1}]\n", "    features: [{name: extra, method: chi_square, p: 0.1}]\n", "    features: [price]\n", "    features: [gone]\n",
	                                     "    method: KS\n", "    threshold: 0.3\n", "    threshold: 0.1\n", "    features: [extra, extra]\n", "    features: [Extra]\n", "    features: [Price]\n", "    features: [stock]\n", "    features: [{name: extra, p: 0.1, threshold: 0.1}]\n",
	                                     "    features: [{name: extra, method: auto}]\n", "    features: [{name: extra, method: auto, p: 0.1}]\n", "    min_samples: 3\n"};
	static const char *const rest[] = {"", "waivers: [{gate: requirements.min_history, reason: r, approved_by: a, expires: 2027-01-01}]\n", "deployment: {mode: batch}\n", "x-a: {b: 1}\n", "lineage: {input_features: [extra]}\n",
	                                   "$unset: [pipeline]\n", "unknown: 1\n"};
	static const char *const pins[] = {"", "@^1.0", "@2.0.0", "@~1.0"};

	return arena_format(arena,
	                    "metadata:\n  id: client_%zu\n  name: Client %zu\n  model_family: forecasting\n  level: client\n  parent: base_%zu%s\n  version: 1.0.0\n  status: approved\n%s"
	                    "requirements:\n%s  schema:\n%s    columns:\n%spipeline:\n  stages:\n    - {name: own, type: training}\n%sevaluation:\n  metrics:\n    own: {target: 1, threshold_warning: 2, threshold_critical: 3}\n%s"
	                    "monitoring:\n%s  drift:\n%s%s",
	                    number, number, parent, PICK(chooser, pins), PICK(chooser, owners), PICK(chooser, requirements), PICK(chooser, schemas), PICK(chooser, columns), PICK(chooser, stages), PICK(chooser, metrics), PICK(chooser, monitored), PICK(chooser, drifts), PICK(chooser, rest));
}

/* A baseline with as many clients as there are options, each with one of them, or at random. */
static size_t same_leaves(struct sandbox *sandbox, struct chooser chooser, size_t clients, int64_t present)
{
	struct chooser below = {.random = chooser.random, .seed = chooser.seed + 1};

	sandbox_write(sandbox, "w/recipes/base_0.yaml", baseline(&sandbox->arena, &chooser, 0));
	for (size_t i = 0; i < clients; i++) {
		below.passed = 0;
		below.only = i;
		sandbox_write(sandbox, arena_format(&sandbox->arena, "w/recipes/client_%zu.yaml", i), client(&sandbox->arena, &below, i, 0));
	}
	return same_findings(sandbox_path(sandbox, "w"), present);
}

static void test_leaves(void **state)
{
	struct sandbox *sandbox = *state;
	struct chooser above = {.only = SIZE_MAX}, below = {.only = SIZE_MAX};
	size_t found = 0;

	/* How many options there are. */
	baseline(&sandbox->arena, &above, 0);
	client(&sandbox->arena, &below, 0, 0);
	for (size_t i = 0; i < above.passed; i++)
		found += same_leaves(sandbox, (struct chooser){.only = i}, below.passed, presents[0]);
	for (size_t i = 0; i < 10; i++)
		found += same_leaves(sandbox, (struct chooser){.random = true, .seed = i}, below.passed, presents[i % 2]);
	assert_true(found > above.passed * below.passed / 2);
}

/* --- recipes judged when they are read --- */

/* How many recipes were found to be clear then, and how many findings name this word in the end. */
static size_t judged(const char *folder, const char *word, size_t *said)
{
	struct arena arena;
	struct catalog catalog;
	struct resolved resolved;
	struct source *source;
	struct diags diags;
	size_t count = 0;

	arena_init(&arena);
	diags_init(&diags, &arena);
	load(&catalog, &source, folder, &resolve_brief, 2, &arena, &diags);
	for (size_t i = 0; i < catalog.recipe_count; i++)
		count += catalog.recipes[i].clear;
	resolve_findings(&resolved, &catalog, presents[0], 1, &arena, &diags);
	*said = 0;
	for (size_t i = 0; i < diags.count; i++)
		*said += strstr(arena_format(&arena, "%.*s", TEXT_ARGS(diags.items[i].message)), word) != NULL;
	source_close(source);
	arena_release(&arena);
	return count;
}

/* The guess at what stands above fails in each way that it can; what is said is the same. */
static void test_wrong_guesses(void **state)
{
	struct sandbox *sandbox = *state;
	struct chooser first = {.only = 0};
	const char *base = baseline(&sandbox->arena, &first, 0), *folder = sandbox_path(sandbox, "w");
	const char *children = "metadata:\n  name: C\n  model_family: forecasting\n  level: client\n  parent: base_0\n  version: 1.0.0\n  status: approved\n";
	size_t said;

	sandbox_write(sandbox, "w/recipes/base_0.yaml", base);
	for (size_t i = 0; i < 3; i++)
		sandbox_write(sandbox, arena_format(&sandbox->arena, "w/recipes/client_%zu.yaml", i),
		              arena_format(&sandbox->arena, "%s  id: client_%zu\nrequirements: {schema: {columns: {other: {type: number}}}}\n", children, i));
	assert_int_equal(judged(folder, "price", &said), 3);
	same_findings(folder, presents[0]);

	/* Another of that id, seen by the parser alone, comes first: over it there is something to say. */
	const char *hidden = "metadata: {'id': base_0, name: B, model_family: forecasting, level: baseline, version: 1.0.0, status: approved, owner: a}\n"
	                     "requirements: {min_history: 52w, schema: {columns: {OTHER: {type: number}}}}\npipeline: {stages: [{name: a, type: training}]}\n"
	                     "evaluation: {metrics: {MAPE: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}}}\n";
	sandbox_write(sandbox, "w/recipes/a.yaml", hidden);
	assert_int_equal(judged(folder, "OTHER", &said), 3);
	assert_int_equal(said, 3);
	assert_true(same_findings(folder, presents[0]) >= 4);

	/* It is the only one. */
	sandbox_write(sandbox, "w/recipes/base_0.yaml", "# id: base_0\n{}\n");
	assert_int_equal(judged(folder, "OTHER", &said), 0);
	assert_int_equal(said, 3);
	same_findings(folder, presents[0]);

	/* What looks like an id and a parent stands in texts. */
	sandbox_write(sandbox, "w/recipes/base_0.yaml", arena_format(&sandbox->arena, "x-note: |\n  id: base_7\n  parent: client_1\n%s", base));
	sandbox_write(sandbox, "w/recipes/a.yaml", arena_format(&sandbox->arena, "x-note: |\n  id: base_0\n%s  id: client_9\n", children));
	judged(folder, "OTHER", &said);
	assert_int_equal(said, 0);
	same_findings(folder, presents[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test_setup_teardown(test_cases, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_leaves, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_wrong_guesses, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("resolve_findings", tests, NULL, NULL);
}

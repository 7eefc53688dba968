#include "sandbox.h"

#include "../../src/resolve/change_parts.h"
#include "source.h"

/* --- Content as parsed --- */

#define HEAD "metadata: {id: r, version: 1.0.0, status: draft}\n"

static struct version read_version(struct sandbox *sandbox, enum kind kind, const char *text)
{
	struct input *file = arena_alloc(&sandbox->arena, sizeof *file);
	struct version version;

	*file = (struct input){.path = TEXT("r.yaml"), .bytes = text_of(text)};
	if (!version_read(&version, kind, file, &limits_default, &sandbox->arena))
		fail_msg("no version in: %s", text);
	return version;
}

static void check_content(struct sandbox *sandbox, enum kind kind, const char *a, const char *b, bool same)
{
	struct version left = read_version(sandbox, kind, a), right = read_version(sandbox, kind, b);

	if ((strcmp(left.digest, right.digest) == 0) != same)
		fail_msg("%s:\n%s---\n%s", same ? "differ" : "are the same", a, b);
}

static void test_content(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{HEAD, "# why\n'metadata':\n  version: \"1.0.0\"\n  status: archived # not content\n  id: r\n", true},
		{HEAD, "metadata: {id: r, version: 1.0.1, status: draft}\n", false},
		{HEAD, HEAD "x-note: a\n", false},
		{HEAD "x-note: 1\n", HEAD "x-note: 1.0\n", true},
		{HEAD "x-note: 1\n", HEAD "x-note: \"1\"\n", false},
		{HEAD "x-note: 1.00000000000000000001\n", HEAD "x-note: 1\n", false},
		{HEAD "x-note: -0.0\n", HEAD "x-note: 0\n", true},
		{HEAD "x-note: 100e-3\n", HEAD "x-note: 0.1\n", true},
		{HEAD "x-status: a\n", HEAD "x-status: b\n", false},
		{HEAD "requirements: {grain: 1}\n", HEAD "requirements: {grain: \"1\"}\n", true},
		{HEAD "requirements: {grain: 1}\n", HEAD "requirements: {grain: 1.0}\n", false},
		{HEAD "monitoring: {drift: {features: [a]}}\n", HEAD "monitoring: {drift: {features: [{name: a}]}}\n", true},
		{HEAD "evaluation: {packs: [p@1.0.0]}\n", HEAD "evaluation: {packs: [{id: p@1.0.0}]}\n", true},
		{HEAD "evaluation: {packs: [p@1.0.0]}\n", HEAD "evaluation: {packs: [p]}\n", false},
		{HEAD "lineage: {input_features: [a, b]}\n", HEAD "lineage: {input_features: [b, a]}\n", false},
		{HEAD "a: &x {b: 1}\nc: *x\n", HEAD "c: {b: 1}\na: {b: 1}\n", true},
		{HEAD "evaluation:\n", HEAD, false},
		{HEAD "evaluation: {metrics: {status: 1}}\n", HEAD "evaluation: {metrics: {status: 2}}\n", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_content(*state, KIND_RECIPE, cases[i].a, cases[i].b, cases[i].same);
	check_content(*state, KIND_PACK, HEAD "metrics: [{key: a, thresholds: {fail: 1}}]\n",
	              "metadata: {id: r, version: 1.0.0, status: approved}\nmetrics:\n  - thresholds: {fail: 1.0}\n    key: a\n", true);
}

static void test_no_version(void **state)
{
	static const char *const texts[] = {"", "metadata: {id: r}\n", "metadata: {version: 1.0.0}\n", "metadata: {id: r, version: 1.0}\n", "a: [\n",
	                                    "metadata: [id, version]\n"};
	struct sandbox *sandbox = *state;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct input file = {.path = TEXT("r.yaml"), .bytes = text_of(texts[i])};
		struct version version;
		if (version_read(&version, KIND_RECIPE, &file, &limits_default, &sandbox->arena))
			fail_msg("a version in: %s", texts[i]);
	}
}

static const struct value *parse(struct sandbox *sandbox, const char *text)
{
	struct input *file = arena_alloc(&sandbox->arena, sizeof *file);
	struct diags diags;

	diags_init(&diags, &sandbox->arena);
	*file = (struct input){.path = TEXT("r.yaml"), .bytes = text_of(text)};
	return document_read(file, DOCUMENT_MANIFEST, &limits_default, &sandbox->arena, &diags);
}

static void test_difference(void **state)
{
	static const struct {
		const char *before, *now, *told;
		unsigned line, column;
		bool removed;
	} cases[] = {
		{"a: 1\n", "a: 1.0 # same\n", "", 0, 0, false},
		{"a: 1\nb: {c: 2}\n", "b: {c: 3}\na: 1\n", "'b.c' is 3, was 2", 1, 8, false},
		{"a: 1\n", "a: 1\nnew: {x: 1}\n", "'new' is new", 2, 1, false},
		{"a: 1\nold: 7\n", "a: 1\n", "'old' is gone, was 7", 1, 1, true},
		{"old: 7\na: 1\n", "a: 2\n", "'a' is 2, was 1", 1, 4, false},
		{"l: [1, 2]\n", "l: [1, 2, 3]\n", "'l.3' is new", 1, 11, false},
		{"l: [1, 2]\n", "l: [1]\n", "'l.2' is gone, was 2", 1, 4, true},
		{"l: [{name: x, v: 1}, {name: y, v: 1}]\n", "l: [{name: x, v: 1}, {name: y, v: 2}]\n", "'l.y.v' is 2, was 1", 1, 35, false},
		{"a: {b: 1}\n", "a: [1]\n", "'a' is [1], was {b: 1}", 1, 4, false},
		{"metadata: {status: draft}\n", "metadata: {status: approved}\n", "", 0, 0, false},
	};
	struct sandbox *sandbox = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct difference difference =
		    content_difference(KIND_RECIPE, parse(sandbox, cases[i].before), parse(sandbox, cases[i].now), &sandbox->arena);
		if (!text_is(difference.told, cases[i].told) || difference.place.line != cases[i].line ||
		    difference.place.column != cases[i].column || difference.removed != cases[i].removed)
			fail_msg("%s---\n%sgives %u:%u %.*s", cases[i].before, cases[i].now, difference.place.line, difference.place.column,
			         TEXT_ARGS(difference.told));
	}
}

/* --- Lines --- */

/* Length of the longest common subsequence, the slow way. */
static size_t common(const char *a, const char *b)
{
	size_t table[16][16] = {{0}}, n = strlen(a), m = strlen(b);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++)
			table[i + 1][j + 1] = a[i] == b[j]                  ? table[i][j] + 1
			                    : table[i][j + 1] > table[i + 1][j] ? table[i][j + 1]
			                                                        : table[i + 1][j];
	return table[n][m];
}

static struct text one_a_line(struct sandbox *sandbox, const char *letters)
{
	char *text = arena_alloc(&sandbox->arena, 2 * strlen(letters) + 1);

	for (size_t i = 0; letters[i]; i++) {
		text[2 * i] = letters[i];
		text[2 * i + 1] = '\n';
	}
	return text_of(text);
}

/* What is left of both sides must be one common subsequence, and the longest. */
static void test_lines_against_table(void **state)
{
	struct sandbox *sandbox = *state;
	uint32_t seed = 12345;

	for (int round = 0; round < 3000; round++) {
		char a[16] = "", b[16] = "", left[16] = "";
		for (int side = 0; side < 2; side++) {
			char *out = side ? b : a;
			seed = seed * 1664525 + 1013904223;
			size_t len = (seed >> 20) % 13;
			for (size_t i = 0; i < len; i++) {
				seed = seed * 1664525 + 1013904223;
				out[i] = (char)('a' + (seed >> 24) % 3);
			}
		}
		struct line_changes lines = lines_compare(one_a_line(sandbox, a), one_a_line(sandbox, b), &sandbox->arena);
		assert_int_equal(lines.count, strlen(b));
		size_t kept = 0, removals = 0;
		for (size_t i = 0; i < lines.count; i++)
			if (!lines.added[i])
				left[kept++] = b[i];
		for (size_t i = 0; i <= lines.count; i++)
			removals += lines.removed[i];
		size_t longest = common(a, b);
		if (kept != longest || common(a, left) != longest || (removals > 0) != (longest < strlen(a)))
			fail_msg("'%s' to '%s' keeps '%s'", a, b, left);
	}
}

static void test_lines(void **state)
{
	struct sandbox *sandbox = *state;
	struct line_changes lines = lines_compare(TEXT("a\nb\nc\n"), TEXT("a\nB\nc\nd"), &sandbox->arena);

	assert_int_equal(lines.count, 4);
	assert_true(!lines.added[0] && lines.added[1] && !lines.added[2] && lines.added[3]);
	lines = lines_compare(TEXT("a\nb\nc\n"), TEXT("a\nc\n"), &sandbox->arena);
	assert_true(!lines.added[0] && !lines.added[1] && lines.removed[1] && !lines.removed[0] && !lines.removed[2]);
	lines = lines_compare(TEXT("a\n"), TEXT(""), &sandbox->arena);
	assert_true(lines.count == 0 && lines.removed[0]);
	/* Files that have nothing in common cost no more than EDITS_MAX steps a line. */
	char *before = arena_alloc(&sandbox->arena, 200001), *now = arena_alloc(&sandbox->arena, 200001);
	for (size_t i = 0; i < 200000; i++) {
		before[i] = i % 2 ? '\n' : 'a';
		now[i] = i % 2 ? '\n' : (char)('b' + i % 5);
	}
	lines = lines_compare(text_of(before), text_of(now), &sandbox->arena);
	assert_int_equal(lines.count, 100000);
	assert_true(lines.added[0] && lines.added[99999]);
}

/* --- Two states --- */

struct states {
	struct catalog base, now;
	struct diags before, diags;
	struct versions reached;
};

#define RECIPE(version, status, more) \
	"metadata: {id: r, name: R, model_family: pricing, level: baseline, version: " version ", status: " status "}\n" more

static void load(struct sandbox *sandbox, struct catalog *catalog, struct diags *diags, const char *folder)
{
	struct source_options options = {.directory = sandbox_path(sandbox, folder)};
	struct source *source;

	diags_init(diags, &sandbox->arena);
	if (source_open(&source, &options, &sandbox->arena, &sandbox->failure) != 0 ||
	    catalog_load(catalog, source, &limits_default, 1, &sandbox->arena, diags, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	source_close(source);
}

/* History has what is given: "1.0.0 approved TEXT" as commits c1, c2, ... of the branch itself. */
static void add_version(struct sandbox *sandbox, struct states *states, const char *text)
{
	struct version version = read_version(sandbox, KIND_RECIPE, text);

	version.path = TEXT("recipes/r.yaml");
	version.commit = arena_format(&sandbox->arena, "c%zu", states->reached.count + 1);
	version.time = (int64_t)states->reached.count;
	version.mainline = true;
	states->reached.items = arena_grow(&sandbox->arena, states->reached.items, states->reached.count, sizeof version);
	states->reached.items[states->reached.count++] = version;
}

static void compare(struct sandbox *sandbox, struct states *states)
{
	struct versions none = {NULL, 0};
	struct change_request request = {&states->base, &states->now, "base", &states->reached, &none, NULL, "the working tree", NULL, NULL};

	versions_sort(&states->reached);
	change_check(&request, &sandbox->arena, &states->diags);
}

static void expect(struct sandbox *sandbox, const struct diags *diags, size_t at, const char *wanted)
{
	const char *all = "";

	for (size_t i = 0; i < diags->count; i++) {
		const char *id = code_list[diags->items[i].code].id;
		if (strncmp(id, "version/", 8) == 0 || strcmp(id, "run/backwards") == 0 || strcmp(id, "run/evidence-changed") == 0)
			all = arena_format(&sandbox->arena, "%s%s%s", all, *all ? " " : "", id);
	}
	if (strcmp(all, wanted) != 0)
		fail_msg("case %zu gives '%s', wanted '%s'", at, all, wanted);
}

static void test_versions(void **state)
{
	static const struct {
		const char *history[3]; /* the last one is base's; NULL before it: none */
		const char *now, *wanted;
		bool gone; /* base has no recipe */
	} cases[] = {
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0", "approved", "# comment\n"), "", false},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0", "approved", "x-a: 1\n"), "version/changed", false},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.1", "draft", "x-a: 1\n"), "", false},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0+b", "approved", "x-a: 1\n"), "version/lower", false},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0", "draft", "x-a: 1\n"), "version/changed version/status", false},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0", "archived", ""), "", false},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0", "archived", "x-a: 1\n"), "version/changed", false},
		{{NULL, NULL, RECIPE("1.0.0", "archived", "")}, RECIPE("1.0.0", "approved", ""), "version/status", false},
		{{NULL, NULL, RECIPE("1.0.0", "archived", "")}, RECIPE("1.0.0", "draft", ""), "version/status", false},
		{{NULL, NULL, RECIPE("1.0.0", "draft", "")}, RECIPE("1.0.0", "draft", "x-a: 1\n"), "", false},
		{{NULL, NULL, RECIPE("1.0.0", "draft", "")}, RECIPE("1.0.0", "approved", "x-a: 1\n"), "", false},
		{{NULL, NULL, RECIPE("1.1.0", "draft", "")}, RECIPE("1.0.0", "draft", ""), "version/lower", false},
		{{NULL, RECIPE("1.0.0", "approved", ""), RECIPE("1.1.0", "draft", "")}, RECIPE("1.0.0", "approved", ""), "version/lower", false},
		{{NULL, RECIPE("1.0.0", "approved", ""), RECIPE("1.0.0", "approved", "x-a: 1\n")}, RECIPE("1.0.0", "approved", ""), "", false},
		{{NULL, RECIPE("1.0.0", "approved", ""), RECIPE("1.0.0", "approved", "x-a: 1\n")}, RECIPE("1.0.0", "approved", "x-a: 1\n"), "", false},
		{{NULL, RECIPE("1.0.0", "approved", ""), RECIPE("1.0.0", "approved", "x-a: 1\n")}, RECIPE("1.0.0", "approved", "x-a: 2\n"),
		 "version/changed", false},
		{{RECIPE("1.0.0", "approved", ""), RECIPE("2.0.0", "approved", ""), RECIPE("1.0.0", "approved", "")},
		 RECIPE("1.5.0", "approved", ""), "version/lower", false},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0", "approved", ""), "", true},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0", "draft", ""), "version/status", true},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("1.0.0", "approved", "x-a: 1\n"), "version/changed", true},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, RECIPE("0.1.0", "draft", "x-a: 1\n"), "version/lower", true},
		{{NULL, NULL, RECIPE("1.0.0", "approved", "")}, "metadata: [", "", false},
	};
	struct sandbox *sandbox = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct states states = {.reached = {NULL, 0}};
		const char *base = arena_format(&sandbox->arena, "b%zu", i), *now = arena_format(&sandbox->arena, "n%zu", i);
		sandbox_write(sandbox, arena_format(&sandbox->arena, "%s/galley.yaml", base), "version: 1\n");
		if (!cases[i].gone)
			sandbox_write(sandbox, arena_format(&sandbox->arena, "%s/recipes/r.yaml", base), cases[i].history[2]);
		sandbox_write(sandbox, arena_format(&sandbox->arena, "%s/recipes/other.yaml", now), cases[i].now);
		load(sandbox, &states.base, &states.before, base);
		load(sandbox, &states.now, &states.diags, now);
		for (size_t v = 0; v < 3; v++)
			if (cases[i].history[v])
				add_version(sandbox, &states, cases[i].history[v]);
		compare(sandbox, &states);
		expect(sandbox, &states.diags, i, cases[i].wanted);
	}
}

#define TIMES "started_at: 2026-02-01T02:00:00Z\nfinished_at: 2026-02-01T03:10:00Z\n"
#define RUN(status, more) "type: train\nstatus: " status "\nrecipe: r@1.0.0\n" more
#define DONE RUN("succeeded", TIMES "metrics: metrics.json\n")

static void test_runs(void **state)
{
	static const struct {
		const char *before, *before_metrics, *now, *now_metrics, *wanted;
	} cases[] = {
		{RUN("queued", ""), NULL, RUN("running", "started_at: 2026-02-01\n"), NULL, ""},
		{RUN("queued", ""), NULL, RUN("cancelled", TIMES), NULL, ""},
		{RUN("running", "started_at: 2026-02-01\n"), NULL, RUN("queued", ""), NULL, "run/backwards"},
		{RUN("running", "started_at: 2026-02-01\n"), NULL, NULL, NULL, ""},
		{DONE, "{\"a\": 1}", DONE, "{\"a\": 1}", ""},
		{DONE, "{\"a\": 1}", DONE, "{\"a\": 2}", "run/evidence-changed"},
		{DONE, "{\"a\": 1}", DONE, "{\"a\":  1}", "run/evidence-changed"},
		{DONE, "{\"a\": 1}", DONE, NULL, "run/evidence-changed"},
		{DONE, "{\"a\": 1}", DONE, "{", "run/evidence-changed"},
		{DONE, "{\"a\": 1}", NULL, "{\"a\": 1}", "run/evidence-changed"},
		{DONE, "{\"a\": 1}", DONE "# more\n", "{\"a\": 1}", "run/evidence-changed"},
		{DONE, "{\"a\": 1}", RUN("failed", TIMES "error: e\n"), "{\"a\": 1}", "run/evidence-changed"},
		{DONE, "{\"a\": 1}", RUN("running", "started_at: 2026-02-01\n"), NULL, "run/backwards run/evidence-changed"},
		{DONE, "{\"a\": 1}", "type: [", "{\"a\": 1}", "run/evidence-changed"},
		{RUN("succeeded", TIMES "metrics: {a: 1}\n"), NULL, RUN("succeeded", TIMES "metrics: {a: 2}\n"), NULL, "run/evidence-changed"},
		{RUN("failed", TIMES "error: e\n"), NULL, RUN("failed", TIMES "error: f\n"), NULL, "run/evidence-changed"},
	};
	struct sandbox *sandbox = *state;
	struct arena *arena = &sandbox->arena;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct states states = {.reached = {NULL, 0}};
		for (int side = 0; side < 2; side++) {
			const char *run = side ? cases[i].now : cases[i].before, *metrics = side ? cases[i].now_metrics : cases[i].before_metrics;
			const char *top = arena_format(arena, "%s%zu", side ? "now" : "base", i);
			sandbox_write(sandbox, arena_format(arena, "%s/runs/m/model.yaml", top), "metadata: {id: m, name: M}\nrecipe: r\nstatus: draft\n");
			if (run)
				sandbox_write(sandbox, arena_format(arena, "%s/runs/m/a/run.yaml", top), run);
			if (metrics)
				sandbox_write(sandbox, arena_format(arena, "%s/runs/m/a/metrics.json", top), metrics);
			load(sandbox, side ? &states.now : &states.base, side ? &states.diags : &states.before, top);
		}
		compare(sandbox, &states);
		expect(sandbox, &states.diags, i, cases[i].wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_content, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_no_version, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_difference, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_lines_against_table, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_lines, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_versions, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_runs, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	sandbox_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Two states of a workspace compared by need, as `galley diff`, `review` and `check --base` do, held against resolving both as a whole: the same
 * pages and findings for histories of random edits. */
#include <inttypes.h>

#include "pipeline.h"
#include "review.h"
#include "sandbox.h"

enum { EDITS_MOST = 3 };

static uint64_t seed;

static size_t roll(size_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(seed >> 33) % below;
}

/* --- What both ways say --- */

static void draw_diff(struct buffer *out, struct workspace *workspace, const struct differences *differences)
{
	const struct diff_view view = {.differences = differences, .base = workspace->base->commit, .head_place = "here", .folder = workspace->catalog.config.recipes};

	diff_text(out, &view, false);
	diff_markdown(out, &view);
	diff_json(out, &view);
	buffer_format(out, "broken %zu %zu\n", differences->broken_before, differences->broken_after);
}

static void draw_findings(struct buffer *out, struct workspace *workspace)
{
	struct findings findings;

	findings_init(&findings, &workspace->diags, workspace->catalog.inputs, workspace->catalog.input_count, &workspace->arena);
	findings_format(TEXT("json"))->render(out, &findings);
}

static void draw_review(struct buffer *out, struct workspace *workspace, const struct differences *differences)
{
	const struct state before = {&workspace->base->catalog, &workspace->base->resolved}, now = {&workspace->catalog, &workspace->resolved};
	struct run_moves runs;
	struct findings findings;
	struct review review = {
		.view = {.differences = differences, .base = workspace->base->commit, .head_place = "here", .folder = workspace->catalog.config.recipes},
		.before = &before,
		.now = &now,
		.runs = &runs,
		.findings = &findings,
		.base_name = "main",
		.key = "default",
	};

	workspace_rejudge(&runs, workspace);
	findings_init(&findings, &workspace->diags, workspace->catalog.inputs, workspace->catalog.input_count, &workspace->arena);
	findings.files_read = workspace->files;
	review_init(&review, &workspace->base->diags, &workspace->arena);
	review_markdown(out, &review, REVIEW_BYTES);
	review_text(out, &review, false);
	review_json(out, &review);
	buffer_format(out, "kept %zu, judged %zu, keepers %zu\n", runs.kept, runs.judged, review.keepers);
}

struct counts {
	size_t differences, findings, recipes, resolved;
};

static struct text look(struct sandbox *sandbox, const struct workspace_request *request, struct counts *counts)
{
	struct workspace workspace;
	struct differences differences;
	struct failure failure;
	struct buffer out;

	buffer_init(&out);
	if (workspace_open(&workspace, request, &failure) < 0) {
		buffer_format(&out, "failed: %s\n", failure.message);
	} else if (!request->findings_only) {
		workspace_differences(&differences, &workspace);
		draw_diff(&out, &workspace, &differences);
		if (request->base)
			draw_review(&out, &workspace, &differences);
		counts->differences += differences.count;
		for (size_t i = 0; i < workspace.resolved.count; i++)
			counts->resolved += workspace.resolved.recipes[i].root != NULL;
		counts->recipes += workspace.resolved.count;
	}
	if (workspace.base && request->base) {
		draw_findings(&out, &workspace);
		counts->findings += workspace.diags.count;
	}
	struct text text = text_copy(&sandbox->arena, buffer_text(&out));
	buffer_release(&out);
	workspace_close(&workspace);
	return text;
}

static void must_equal(struct sandbox *sandbox, const char *what, struct text whole, struct text other)
{
	if (text_equal(whole, other))
		return;
	size_t at = 0;
	while (at < whole.len && at < other.len && whole.at[at] == other.at[at])
		at++;
	size_t from = at > 300 ? at - 300 : 0;
	fail_msg("%s, in %s:\n%.*s\n--- by need:\n%.*s", what, sandbox->path, (int)(whole.len - from < 600 ? whole.len - from : 600), whole.at + from,
	         (int)(other.len - from < 600 ? other.len - from : 600), other.at + from);
}

/* at NULL: the working tree. */
static void compare(struct sandbox *sandbox, const char *from, const char *at, struct counts *whole, struct counts *need)
{
	struct workspace_request request = {
		.source = {.directory = sandbox_path(sandbox, "r"), .at = at, .no_cache = true}, .jobs = 2, .against = from, .now = 1790000000};
	const char *what = arena_format(&sandbox->arena, "%s to %s", from, at ? at : "the working tree");
	struct counts unheard = {0};

	struct text diff = look(sandbox, &request, whole);
	request.differences_only = true;
	must_equal(sandbox, what, diff, look(sandbox, &request, need));
	request.differences_only = false;
	request.against = NULL;
	request.base = from;
	struct text review = look(sandbox, &request, whole);
	request.differences_only = true;
	must_equal(sandbox, what, review, look(sandbox, &request, need));
	request.jobs = 1;
	must_equal(sandbox, what, review, look(sandbox, &request, &unheard));
	/* The last part of a review is what check says. */
	request.differences_only = false;
	request.findings_only = true;
	struct text check = look(sandbox, &request, &unheard);
	must_equal(sandbox, what, review.len >= check.len ? text_cut(review, review.len - check.len, review.len) : review, check);
}

/* --- Histories --- */

struct file {
	const char *path;
	char *bytes;
};

struct files {
	struct file items[400];
	size_t count;
};

/* With the first `old` in it as `new`; the same where it has none. */
static const char *replaced(struct sandbox *sandbox, const char *bytes, const char *old, const char *new)
{
	const char *at = strstr(bytes, old);

	return at ? arena_format(&sandbox->arena, "%.*s%s%s", (int)(at - bytes), bytes, new, at + strlen(old)) : bytes;
}

static const char baseline[] = "metadata: {\"id\": base_other, name: A, model_family: forecasting, level: baseline, version: 1.0.0, status: approved, owner: o}\n"
							   "x-value: 1\nrequirements: {min_history: 52w, schema: {columns: {a: {type: number}}}}\npipeline: {stages: [{name: a, type: training}]}\n"
							   "evaluation: {metrics: {MAPE: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}}}\n";

/* The example workspace's manifests, and clients that keep or override what they inherit. */
static void make_workspace(struct sandbox *sandbox)
{
	static const char *const own[] = {"pipeline: {stages: [{name: train, config: {max_iter: 900}}]}\n",
	                                  "evaluation: {metrics: {MAPE: {threshold_critical: 0.14}}}\n",
	                                  "monitoring: {drift: {share: 0.5}}\n",
	                                  "requirements: {schema: {columns: {extra: {type: number}}}}\n",
	                                  "evaluation: {packs: [pack_pricing_standard]}\n",
	                                  "pipeline: {stages: [{name: features, config: {$unset: [lags]}}]}\n",
	                                  "evaluation: {metrics: {MAPE: {threshold_critical: 0.9}}}\n",
	                                  "evaluation: {metrics: {MAPE: {threshold_critical: 0.8}}}\nwaivers: [{gate: evaluation.metrics.MAPE, reason: r, approved_by: a, expires: 2027-01-01}]\n"};
	static const char *const parents[] = {"recipe_forecasting_grocery", "recipe_pricing_hospitality", "recipe_forecasting_grocery@^2.0"};
	char top[4096];
	const char *copy[] = {"sh", "-ec", "mkdir r; cp -R \"$1/recipes\" \"$1/packs\" \"$1/runs\" \"$1/galley.yaml\" r; find r -name '*.csv' -delete", "sh", NULL, NULL};

	assert_non_null(getcwd(top, sizeof top));
	copy[4] = top;
	assert_int_equal(sandbox_run(sandbox, ".", copy), 0);
	for (size_t i = 0; i < 24; i++)
		sandbox_write(sandbox, arena_format(&sandbox->arena, "r/recipes/more/client_%zu.yaml", i),
		              arena_format(&sandbox->arena,
		                           "metadata:\n  id: client_%zu\n  name: Client %zu\n  model_family: %s\n  level: client\n  parent: %s\n  version: 1.%zu.0\n  status: %s\n%s", i,
		                           i, i % 3 == 1 ? "pricing" : "forecasting", parents[i % 3], i % 4, i % 5 ? "approved" : "draft", own[i % 8]));
	/* Of a family that the settings do not have yet. */
	sandbox_write(sandbox, "r/recipes/more/base_other.yaml", replaced(sandbox, baseline, "forecasting", "other"));
	GIT(sandbox, ".", "init", "-q", "-b", "main", "r");
	GIT(sandbox, "r", "add", "-A");
	GIT(sandbox, "r", "commit", "-qm", "first");
}

static void list_files(struct sandbox *sandbox, struct files *files)
{
	const char *list[] = {"sh", "-c", "find recipes packs runs galley.yaml -type f | sort", NULL};

	files->count = 0;
	assert_int_equal(sandbox_run(sandbox, "r", list), 0);
	for (char *line = strtok(sandbox->output, "\n"); line && files->count < sizeof files->items / sizeof *files->items; line = strtok(NULL, "\n"))
		files->items[files->count++].path = arena_format(&sandbox->arena, "r/%s", line);
	for (size_t i = 0; i < files->count; i++)
		files->items[i].bytes = (char *)(uintptr_t)sandbox_read(sandbox, files->items[i].path);
}

/* Some line, from its start to behind its end. */
static void pick_line(const char *bytes, size_t *from, size_t *to)
{
	size_t len = strlen(bytes);

	*from = len ? roll(len) : 0;
	while (*from && bytes[*from - 1] != '\n')
		--*from;
	*to = *from + strcspn(bytes + *from, "\n");
	*to += *to < len;
}

static const char *edit_number(char *bytes)
{
	size_t len = strlen(bytes), start = len ? roll(len) : 0;

	for (size_t i = 0; i < len; i++) {
		char *c = &bytes[(start + i) % len];
		if (*c >= '0' && *c <= '9') {
			*c = (char)('0' + (*c - '0' + 1 + (int)roll(9)) % 10);
			break;
		}
	}
	return bytes;
}

static const char *edit_line(struct sandbox *sandbox, const char *bytes, bool twice)
{
	size_t from, to;

	pick_line(bytes, &from, &to);
	return arena_format(&sandbox->arena, "%.*s%s", (int)(twice ? to : from), bytes, bytes + (twice ? from : to));
}

static const char *const swaps[][2] = {
	{"approved", "draft"}, {"version: 1.", "version: 2."}, {"version: 2.", "version: 1."}, {"parent: recipe_forecasting_grocery", "parent: recipe_pricing_hospitality"},
	{"status: draft", "status: approved"}, {"level: client", "level: industry"}, {"grocery\n", "grocery@^1.0\n"}, {"grocery\n", "grocery@2.4.0\n"},
	{"packs: [", "packs: [pack_location_standard, "}, {"pipeline:", "x-note: 1\npipeline:"}, {"\n", "\r\n"}, {"id: client_1", "id: client_2"},
	{"model_family: forecasting", "model_family: other"}, {"family: other", "family: forecasting"}, {"expires: 2027", "expires: 2025"}, {"production_run: ", "production_run: x"},
	{"version: 1\n", "version: 1\nfamilies: [other]\n"}, {"version: 1\n", "version: 1\nrules: {merge/restated: off}\n"}, {"hold: 1", "hold: 2"}, {"version: 1\n", "version: 1\nmethods: {default: KS}\n"},
	{"monitoring:\n", "limits: {depth: 5}\nmonitoring:\n"}, {"monitoring:\n", "directories: {packs: other}\nmonitoring:\n"}, {"$unset", "x-unset"}, {"id: recipe_", "id: other_"},
};

static void edit(struct sandbox *sandbox, const struct files *files)
{
	const struct file *file = &files->items[roll(files->count)], *other = &files->items[roll(files->count)];
	const char *path = file->path, *bytes = file->bytes;
	const char *const *swap = swaps[roll(sizeof swaps / sizeof *swaps)];

	switch (roll(12)) {
	case 0:
		bytes = edit_line(sandbox, bytes, false);
		break;
	case 1:
		bytes = edit_line(sandbox, bytes, true);
		break;
	case 2:
		unlink(sandbox_path(sandbox, path));
		return;
	case 3:
		unlink(sandbox_path(sandbox, path));
		path = arena_format(&sandbox->arena, "r/recipes/moved_%zu.yaml", roll(3));
		break;
	case 4:
		path = other->path;
		break;
	case 5:
	case 6:
	case 7:
		bytes = edit_number(file->bytes);
		break;
	default:
		/* The first file from here on that has it. */
		for (size_t i = 0; i < files->count && bytes == file->bytes; i++) {
			other = &files->items[((size_t)(file - files->items) + i) % files->count];
			const char *changed = replaced(sandbox, other->bytes, swap[0], swap[1]);
			if (changed == other->bytes)
				continue;
			path = other->path;
			bytes = changed;
		}
	}
	sandbox_write(sandbox, path, bytes);
}

static void commit(struct sandbox *sandbox)
{
	GIT(sandbox, "r", "add", "-A");
	GIT(sandbox, "r", "commit", "-q", "--allow-empty", "-m", "edit");
}

/* Ways of a few commits, each edited at random; every pair of neighbours, and some that lie further apart. */
static void test_random(void **state)
{
	struct sandbox *sandbox = *state;
	struct counts whole = {0}, need = {0};
	struct files *files = arena_alloc(&sandbox->arena, sizeof *files);
	const char *rounds = getenv("BY_NEED_ROUNDS");
	size_t count = rounds ? strtoul(rounds, NULL, 10) : 12;

	seed = rounds ? (uint64_t)getpid() : 7;
	print_message("# seed %" PRIu64 "\n", seed);
	make_workspace(sandbox);
	for (size_t i = 0; i < count; i++) {
		if (i % 8 == 7)
			GIT(sandbox, "r", "reset", "-q", "--hard", "HEAD~4");
		for (size_t edits = 1 + roll(EDITS_MOST); edits; edits--) {
			list_files(sandbox, files);
			edit(sandbox, files);
		}
		if (i % 3 == 0)
			compare(sandbox, "HEAD", NULL, &whole, &need);
		commit(sandbox);
		compare(sandbox, "HEAD~1", "HEAD", &whole, &need);
		if (i % 4 == 3)
			compare(sandbox, "HEAD~3", "HEAD", &whole, &need);
	}
	assert_int_equal(whole.differences, need.differences);
	assert_true(whole.differences > 2 * count && whole.findings > count);
	/* Most of it was not needed. */
	assert_true(need.resolved < whole.resolved && need.resolved > 0);
	print_message("# %zu differences, %zu of %zu recipes resolved, of %zu that can be\n", whole.differences, need.resolved, need.recipes, whole.resolved);
}

/* One thing at a time, each on top of those before. */
static void test_single(void **state)
{
	static const char *const scripts[] = {
		"sed -i 's/forecasting$/other/' recipes/more/client_0.yaml recipes/more/client_2.yaml",
		/* No recipe is another file, and two are no more wrong. */
		"echo 'families: [other]' >>galley.yaml",
		"sed -i '/^families/d' galley.yaml",
		"echo 'rules: {merge/restated: error}' >>galley.yaml",
		"echo 'methods: {default: KS}' >>galley.yaml",
		"echo 'limits: {depth: 4}' >>galley.yaml",
		"sed -i '/^limits/d' galley.yaml",
		"sed -i 's/promote: 0.12, warn: 0.15/promote: 0.02, warn: 0.03/' packs/forecasting_standard.yaml",
		"git rm -q packs/pricing_standard.yaml",
		"git checkout -q HEAD~1 -- packs/pricing_standard.yaml; mv packs/pricing_standard.yaml packs/moved.yaml",
		"sed -i 's/MAPE: {target: 0.10, threshold_warning: 0.12/MAPE: {target: 0.09, threshold_warning: 0.11/' recipes/client/forecasting_northfield.yaml",
		"sed -i 's/^production_run: .*/production_run: 2026-09-15-backtest/' runs/model_store_demand/model.yaml",
		"git rm -qr runs/model_store_demand/2026-08-24-eval",
		"sed -i 's/status: succeeded/status: failed/' runs/model_room_rate/2026-06-10-train/run.yaml",
		"sed -i 's/0\\.0/0.1/' runs/model_room_rate/*/metrics.*",
		"git rm -q recipes/industry/forecasting_grocery.yaml",
		"git checkout -q HEAD~1 -- recipes/industry/forecasting_grocery.yaml; sed -i 's/version: 2/version: 3/' recipes/industry/forecasting_grocery.yaml",
		"sed -i 's/lags: .*/lags: [1, 2]/' recipes/industry/forecasting_grocery.yaml recipes/baseline/forecasting.yaml",
		/* A key that a child takes away no more has its value from a recipe that is as it was. */
		"sed -i '/unset/d' recipes/more/client_5.yaml",
		"cp recipes/baseline/forecasting.yaml recipes/a.yaml; echo 'x-note: 1' >>recipes/a.yaml",
		"rm recipes/a.yaml; echo 'level: [' >>recipes/baseline/pricing.yaml",
		"sed -i 's/parent: .*/parent: client_3/' recipes/more/client_0.yaml; sed -i 's/parent: .*/parent: client_0/' recipes/more/client_3.yaml",
		"git rm -qr packs runs",
		"git rm -qr recipes/more",
		"git rm -qr recipes",
		"git rm -q galley.yaml; echo x >note",
		"git checkout -q HEAD~9 -- .",
	};
	struct sandbox *sandbox = *state;
	struct counts whole = {0}, need = {0};

	make_workspace(sandbox);
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		const char *arguments[] = {"sh", "-ec", scripts[i], NULL};
		if (sandbox_run(sandbox, "r", arguments) != 0)
			fail_msg("%s: %s", scripts[i], sandbox->output);
		GIT(sandbox, "r", "add", "-A");
		GIT(sandbox, "r", "commit", "-qm", "edit");
		compare(sandbox, "HEAD~1", "HEAD", &whole, &need);
	}
	/* Working files that git would store as it has them, with other bytes. */
	const char *crlf[] = {"sh", "-ec", "printf '* text=auto\n' >.gitattributes; sed -i 's/$/\r/' recipes/more/*.yaml packs/*.yaml runs/*/*/run.yaml", NULL};
	assert_int_equal(sandbox_run(sandbox, "r", crlf), 0);
	compare(sandbox, "HEAD", NULL, &whole, &need);
	compare(sandbox, "HEAD~3", NULL, &whole, &need);
	compare(sandbox, "HEAD~9", "HEAD", &whole, &need);
	compare(sandbox, "HEAD", "HEAD~12", &whole, &need);
	assert_true(need.resolved < whole.resolved);
}

/* --- Which versions of history are looked at --- */

static void put_recipe(struct sandbox *sandbox, const char *path, const char *id, const char *version, const char *value)
{
	const char *bytes = replaced(sandbox, baseline, "base_other", arena_format(&sandbox->arena, "\"%s\"", id));

	bytes = replaced(sandbox, bytes, "version: 1.0.0", arena_format(&sandbox->arena, "version: %s", version));
	sandbox_write(sandbox, path, replaced(sandbox, bytes, "x-value: 1", arena_format(&sandbox->arena, "x-value: %s", value)));
}

/* An approved version that only an old commit has is found again, however its id was written there. */
static void test_hidden_ids(void **state)
{
	static const char *const written[] = {"hidden", "h\\u0069dden", "\\x68idden"};
	struct sandbox *sandbox = *state;

	for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
		const char *clean[] = {"rm", "-rf", "r", NULL};
		struct counts whole = {0}, need = {0};
		sandbox_run(sandbox, ".", clean);
		GIT(sandbox, ".", "init", "-q", "-b", "main", "r");
		put_recipe(sandbox, "r/recipes/other.yaml", "other", "1.0.0", "1");
		put_recipe(sandbox, "r/recipes/a.yaml", written[i], "1.0.0", "1");
		commit(sandbox);
		GIT(sandbox, "r", "rm", "-q", "recipes/a.yaml");
		commit(sandbox);
		put_recipe(sandbox, "r/recipes/b.yaml", "hidden", "1.0.0", "2");
		commit(sandbox);
		compare(sandbox, "HEAD~1", "HEAD", &whole, &need);
		/* In a commit of the change, and gone again. */
		GIT(sandbox, "r", "reset", "-q", "--hard", "HEAD~2");
		put_recipe(sandbox, "r/recipes/a.yaml", written[i], "1.0.0", "2");
		commit(sandbox);
		put_recipe(sandbox, "r/recipes/a.yaml", "hidden", "1.1.0", "2");
		commit(sandbox);
		compare(sandbox, "HEAD~2", "HEAD", &whole, &need);
		assert_int_equal(whole.findings, need.findings);
		assert_true(whole.findings >= 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_single, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_random, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_hidden_ids, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("by_need", tests, NULL, NULL);
}

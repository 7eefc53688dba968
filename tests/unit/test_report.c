#include "sandbox.h"

#include "document.h"
#include "pipeline.h"
#include "report.h"

/* A workspace with everything that has a page, names that try to get out of their place, and a feature that drifts. */

static const char hostile[] = "A|b <script>alert(1)</script> [x](javascript:1) @bob `c` ${{ x }}";

#define RECIPE_BASE(more)                                                                                                                   \
	"metadata: {id: recipe_base, name: Base, model_family: pricing, level: baseline, version: 1.0.0, status: approved, owner: guild" more "}\n"  \
	"requirements: {grain: row}\n"                                                                                                           \
	"pipeline: {stages: [{name: train, type: training, config: {depth: 6}}]}\n"                                                              \
	"evaluation:\n  metrics: {MAPE: {target: 0.1, threshold_warning: 0.2, threshold_critical: 0.3}}\n  packs: [pack_std]\n"                   \
	"monitoring:\n  metrics: [MAPE]\n  drift: {method: PSI, threshold: 0.2, share: 0.3}\n"                                                   \
	"  alerts: {shift: {condition: \"drift.max > 0.2 || performance.MAPE > 0.9\", severity: critical}}\n"

static const char recipe_client[] =
    "metadata: {id: recipe_client, name: \"A|b <script>alert(1)</script> [x](javascript:1) @bob `c` ${{ x }}\", model_family: pricing, level: client,"
    " parent: recipe_base, version: 1.1.0, status: approved}\n"
    "pipeline: {stages: [{name: train, type: training, config: {depth: 8, note: \"``` <i>\"}}]}\n"
    "evaluation: {metrics: {MAPE: {threshold_critical: 0.4}}}\n"
    "waivers: [{gate: evaluation.metrics.MAPE.threshold_critical, reason: \"first season | </td>\", approved_by: risk, expires: 2026-12-31}]\n";

static const char pack[] =
    "metadata: {id: pack_std, name: Standard, model_family: pricing, version: 1.0.0, status: approved}\n"
    "metrics:\n  - {key: MAPE, unit: \"%\", thresholds: {promote: 0.1, warn: 0.2, fail: 0.3}}\n"
    "  - {key: cover, direction: target, target: 0.8, thresholds: {promote: 0.02, warn: 0.05, fail: 0.1}}\n";

static const char model[] =
    "metadata: {id: model_x, name: \"A|b <script>alert(1)</script> [x](javascript:1) @bob `c` ${{ x }}\", owner: team}\n"
    "recipe: recipe_client@1.1.0\nstatus: production\nversion: 1.0.0\nproduction_run: 2026-01-01-train\nreference: snapshots/reference.csv\n"
    "deployments: [{environment: production, endpoint: \"s3://b/`x`\", since: 2026-01-02, run: 2026-01-01-train}]\n";

static void write_csv(struct sandbox *sandbox, const char *name, int shift)
{
	char *text = arena_alloc(&sandbox->arena, 65536);
	size_t len = (size_t)snprintf(text, 65536, "price|\"we|ird\"|Café <b>\n");

	for (int i = 0; i < 200; i++)
		len += (size_t)snprintf(text + len, 65536 - len, "%d.5|%d|v%d\n", 100 + i % 50 + shift, i % 7, i % 3 + shift / 50);
	sandbox_write(sandbox, name, text);
}

static void write_workspace(struct sandbox *sandbox)
{
	sandbox_write(sandbox, "galley.yaml", "version: 1\nas_of: 2026-03-01T00:00:00Z\n");
	sandbox_write(sandbox, "recipes/base.yaml", RECIPE_BASE(""));
	sandbox_write(sandbox, "recipes/client.yaml", recipe_client);
	sandbox_write(sandbox, "packs/std.yaml", pack);
	sandbox_write(sandbox, "runs/model_x/model.yaml", model);
	for (int i = 1; i <= 3; i++) {
		char name[100], text[400];
		snprintf(name, sizeof name, "runs/model_x/2026-0%d-01-train/run.yaml", i);
		snprintf(text, sizeof text, "type: train\nstatus: %s\nrecipe: recipe_client@1.1.0\nstarted_at: 2026-0%d-01T00:00:00Z\n"
		         "finished_at: 2026-0%d-01T01:00:00Z\n%s", i == 3 ? "failed" : "succeeded", i, i,
		         i == 3 ? "error: \"out of <memory> | \\e[31m\"\n" : "metrics: metrics.json\nparams: {a: 1}\n");
		sandbox_write(sandbox, name, text);
		if (i == 3)
			continue;
		snprintf(name, sizeof name, "runs/model_x/2026-0%d-01-train/metrics.json", i);
		snprintf(text, sizeof text, "{\"MAPE\": 0.0%d, \"cover\": 0.8%d, \"samples\": 120}\n", i, i * 3);
		sandbox_write(sandbox, name, text);
	}
	write_csv(sandbox, "runs/model_x/snapshots/reference.csv", 0);
	write_csv(sandbox, "runs/model_x/snapshots/2026-02-01.csv", 1);
	write_csv(sandbox, "runs/model_x/snapshots/2026-02-08.csv", 60);
	sandbox_write(sandbox, "runs/model_x/snapshots/2026-02-08.json", "{\"MAPE\": 0.12}\n");
}

struct made {
	struct workspace workspace;
	struct publish_file *files;
	size_t count;
};

static void make_request(struct made *made, struct sandbox *sandbox, const struct workspace_request *asked, struct text previous)
{
	struct workspace_request request = *asked;

	request.source.directory = sandbox->path;
	request.jobs = 1;
	assert_int_equal(workspace_open(&made->workspace, &request, &sandbox->failure), 0);
	assert_int_equal(workspace_measure(&made->workspace, false, NULL, 0, &sandbox->failure), 0);
	report_pages(&made->files, &made->count, &made->workspace.results, previous, &made->workspace.arena, &made->workspace.diags);
}

static void make(struct made *made, struct sandbox *sandbox, struct text previous)
{
	make_request(made, sandbox, &(struct workspace_request){.jobs = 1}, previous);
}

static const struct publish_file *file_named(const struct made *made, const char *path)
{
	for (size_t i = 0; i < made->count; i++)
		if (text_is(made->files[i].path, path))
			return &made->files[i];
	return NULL;
}

static bool has(const struct publish_file *file, const char *part)
{
	return file && strstr(file->bytes.at, part) != NULL;
}

/* A page without its fenced blocks, where nothing is read as Markdown. */
static struct publish_file outside_fences(const struct publish_file *file, struct arena *arena)
{
	char *out = arena_alloc(arena, file->bytes.len + 1);
	struct text bytes = file->bytes;
	size_t len = 0;
	bool fenced = false;

	while (bytes.len) {
		struct text line = text_cut(bytes, 0, text_find(bytes, '\n') + 1);
		bytes = text_cut(bytes, line.len, bytes.len);
		bool fence = text_starts(line, "```");
		fenced ^= fence;
		if (fenced || fence)
			continue;
		memcpy(out + len, line.at, line.len);
		len += line.len;
	}
	return (struct publish_file){.path = file->path, .bytes = {out, len}};
}

static size_t count_of(struct text bytes, const char *part)
{
	size_t count = 0, len = strlen(part);

	for (size_t i = 0; i + len <= bytes.len; i++)
		count += strncmp(bytes.at + i, part, len) == 0;
	return count;
}

static void test_tree(void **state)
{
	struct sandbox *sandbox = *state;
	struct made made;
	static const char *const paths[] = {
	    "reports/README.md", "reports/index.json", "reports/charts/fleet-status.svg", "reports/models/README.md", "reports/models/model_x/README.md",
	    "reports/models/model_x/index.json", "reports/models/model_x/charts/metric-trend.svg", "reports/models/model_x/charts/psi-timeseries.svg",
	    "reports/models/model_x/charts/drift-heatmap.svg", "reports/models/model_x/charts/feature-price.svg",
	    "reports/models/model_x/charts/feature-price-ecdf.svg", "reports/runs/model_x/README.md", "reports/runs/model_x/2026-01-01-train.md",
	    "reports/runs/model_x/2026-03-01-train.json", "reports/runs/model_x/charts/2026-02-01-train-gates.svg", "reports/drift/README.md",
	    "reports/recipes/README.md", "reports/recipes/recipe_client.md", "reports/packs/README.md", "reports/packs/pack_std.md"};

	write_workspace(sandbox);
	make(&made, sandbox, TEXT(""));
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (!file_named(&made, paths[i]))
			fail_msg("no %s", paths[i]);
	assert_true(text_is(made.files[made.count - 1].path, "reports/manifest.json"));
	for (size_t i = 1; i + 1 < made.count; i++)
		assert_true(text_compare(made.files[i - 1].path, made.files[i].path) < 0);
	for (size_t i = 0; i < made.count; i++) {
		assert_false(made.files[i].remove);
		assert_int_equal(made.files[i].bytes.at[made.files[i].bytes.len - 1], '\n');
	}
	workspace_close(&made.workspace);
}

static void test_escapes(void **state)
{
	struct sandbox *sandbox = *state;
	struct made made;

	write_workspace(sandbox);
	make(&made, sandbox, TEXT(""));
	assert_non_null(strstr(recipe_client, hostile));
	for (size_t i = 0; i < made.count; i++) {
		const struct publish_file *file = &made.files[i];
		bool page = text_ends(file->path, ".md") || text_ends(file->path, ".svg");
		assert_false(has(file, "\x1b"));
		assert_int_equal(utf8_bad(file->bytes), file->bytes.len);
		if (!page)
			continue;
		struct publish_file prose = text_ends(file->path, ".md") ? outside_fences(file, &sandbox->arena) : *file;
		file = &prose;
		assert_false(has(file, "<script"));
		if (text_ends(file->path, ".md"))
			assert_int_equal(count_of(file->bytes, "](javascript"), count_of(file->bytes, "\\](javascript"));
		assert_false(has(file, "<b>"));
		assert_false(has(file, "</td>"));
		assert_false(has(file, "@bob"));
		assert_false(has(file, "{{ x"));
	}
	const struct publish_file *page = file_named(&made, "reports/recipes/recipe_client.md");
	assert_false(has(page, "``` <"));
	assert_true(has(page, "looser, waived"));
	assert_true(has(page, "first season \\| &lt;/td&gt;"));
	workspace_close(&made.workspace);
}

/* Cells of each row of a table are as many as its head's. */
static size_t cells_of(struct text line)
{
	size_t cells = 0;

	for (size_t i = 0; i < line.len; i++)
		cells += line.at[i] == '|' && (!i || line.at[i - 1] != '\\');
	return cells;
}

static void check_lines(const struct publish_file *file)
{
	struct text bytes = file->bytes;
	size_t columns = 0, number = 0;
	bool fenced = false;

	while (bytes.len) {
		struct text line = text_cut(bytes, 0, text_find(bytes, '\n'));
		bytes = text_cut(bytes, line.len + 1, bytes.len);
		number++;
		if (text_starts(line, "```"))
			fenced = !fenced;
		if (line.len && (line.at[line.len - 1] == ' ' || line.at[line.len - 1] == '\t'))
			fail_msg("%.*s:%zu: blank at the end", TEXT_ARGS(file->path), number);
		if (fenced || !text_starts(line, "|")) {
			columns = 0;
			continue;
		}
		if (!columns)
			columns = cells_of(line);
		if (cells_of(line) != columns || columns > 9)
			fail_msg("%.*s:%zu: %zu cells, head has %zu: %.*s", TEXT_ARGS(file->path), number, cells_of(line) - 1, columns - 1, TEXT_ARGS(line));
	}
	assert_false(fenced);
}

/* A relative link leads to a page or chart that is made, or to a file of the workspace. */
static void check_link(struct sandbox *sandbox, const struct made *made, const struct publish_file *file, struct text link)
{
	char path[512], *parts[64];
	size_t count = 0;
	struct text target = text_cut(link, 0, text_find(link, '#'));

	assert_false(text_starts(link, "/"));
	if (!target.len)
		return;
	snprintf(path, sizeof path, "%.*s", TEXT_ARGS(file->path));
	char *slash = strrchr(path, '/');
	snprintf(slash + 1, sizeof path - (size_t)(slash + 1 - path), "%.*s", TEXT_ARGS(target));
	for (char *part = path; part;) {
		char *next = strchr(part, '/');
		if (next)
			*next++ = '\0';
		if (strcmp(part, "..") == 0)
			assert_true(count-- > 0);
		else
			parts[count++] = part;
		part = next;
	}
	char whole[600] = "";
	for (size_t i = 0; i < count; i++)
		snprintf(whole + strlen(whole), sizeof whole - strlen(whole), "%s%s", i ? "/" : "", parts[i]);
	if (!file_named(made, whole) && access(sandbox_path(sandbox, whole), F_OK) != 0)
		fail_msg("%.*s: '%s' leads nowhere", TEXT_ARGS(file->path), whole);
}

static void test_pages_are_well_formed(void **state)
{
	struct sandbox *sandbox = *state;
	struct made made;

	write_workspace(sandbox);
	make(&made, sandbox, TEXT(""));
	for (size_t i = 0; i < made.count; i++) {
		const struct publish_file *file = &made.files[i];
		if (text_ends(file->path, ".svg")) {
			assert_true(text_starts(file->bytes, "<svg ") && text_ends(file->bytes, "</svg>\n"));
			assert_int_equal(count_of(file->bytes, "<text"), count_of(file->bytes, "</text>"));
			assert_false(has(file, "nan") || has(file, "inf\""));
			continue;
		}
		if (!text_ends(file->path, ".md"))
			continue;
		assert_true(text_starts(file->bytes, "# "));
		check_lines(file);
		struct publish_file prose = outside_fences(file, &sandbox->arena);
		file = &prose;
		assert_int_equal(count_of(file->bytes, "<details>"), count_of(file->bytes, "</details>"));
		assert_int_equal(count_of(file->bytes, "Made from "), 1);
		assert_true(count_of(file->bytes, "> [!") <= 1);
		for (size_t k = 0; k + 2 < file->bytes.len; k++)
			if (file->bytes.at[k] == ']' && file->bytes.at[k + 1] == '(' && (!k || file->bytes.at[k - 1] != '\\')) {
				struct text rest = text_cut(file->bytes, k + 2, file->bytes.len);
				check_link(sandbox, &made, file, text_cut(rest, 0, text_find(rest, ')')));
			}
	}
	workspace_close(&made.workspace);
}

static void test_json_can_be_read(void **state)
{
	struct sandbox *sandbox = *state;
	struct made made;

	write_workspace(sandbox);
	make(&made, sandbox, TEXT(""));
	for (size_t i = 0; i < made.count; i++) {
		const struct publish_file *file = &made.files[i];
		struct input input = {.path = TEXT("page.json"), .bytes = file->bytes};
		struct diags diags;
		if (!text_ends(file->path, ".json"))
			continue;
		diags_init(&diags, &sandbox->arena);
		if (!document_read(&input, DOCUMENT_METRICS, &limits_default, &sandbox->arena, &diags))
			fail_msg("%.*s: %.*s", TEXT_ARGS(file->path), TEXT_ARGS(diags.items[0].message));
		assert_true(text_starts(file->bytes, "{\n  \"schema\": \"galley."));
	}
	workspace_close(&made.workspace);
}

static void test_settings(void **state)
{
	struct sandbox *sandbox = *state;
	struct made made;

	write_workspace(sandbox);
	sandbox_write(sandbox, "galley.yaml", "version: 1\nas_of: 2026-03-01T00:00:00Z\nreports: {charts: false, emoji: false}\n");
	make(&made, sandbox, TEXT(""));
	for (size_t i = 0; i < made.count; i++) {
		assert_false(text_ends(made.files[i].path, ".svg"));
		assert_false(has(&made.files[i], "!["));
		assert_false(has(&made.files[i], "✅") || has(&made.files[i], "❌") || has(&made.files[i], "⚠"));
	}
	assert_true(has(file_named(&made, "reports/README.md"), "**1 model failed**"));
	workspace_close(&made.workspace);
}

static void test_same_bytes(void **state)
{
	struct sandbox *sandbox = *state;
	struct made one, two, three;
	int64_t as_of;
	char source[41];

	write_workspace(sandbox);
	make(&one, sandbox, TEXT(""));
	struct text manifest = one.files[one.count - 1].bytes;
	assert_true(report_manifest_read(&as_of, source, manifest, &sandbox->arena));
	assert_int_equal(as_of, 1772323200);
	assert_string_equal(source, "");
	/* A later present that changes no page leaves the manifest as it is. */
	sandbox_write(sandbox, "galley.yaml", "version: 1\nas_of: 2026-03-01T00:00:00Z\n");
	make(&two, sandbox, manifest);
	two.workspace.results.as_of += 3600;
	report_pages(&two.files, &two.count, &two.workspace.results, manifest, &two.workspace.arena, &two.workspace.diags);
	assert_int_equal(one.count, two.count);
	for (size_t i = 0; i < one.count; i++)
		if (!text_equal(one.files[i].path, two.files[i].path) || !text_equal(one.files[i].bytes, two.files[i].bytes))
			fail_msg("%.*s differs", TEXT_ARGS(one.files[i].path));
	/* One that does is written with the new present. */
	sandbox_write(sandbox, "runs/model_x/2026-01-01-train/metrics.json", "{\"MAPE\": 0.011, \"cover\": 0.8}\n");
	make(&three, sandbox, manifest);
	three.workspace.results.as_of += 3600;
	report_pages(&three.files, &three.count, &three.workspace.results, manifest, &three.workspace.arena, &three.workspace.diags);
	assert_true(has(&three.files[three.count - 1], "2026-03-01T01:00:00Z"));
	workspace_close(&one.workspace);
	workspace_close(&two.workspace);
	workspace_close(&three.workspace);
}

/* All pages but the manifest, which names its present. */
static bool same_pages(const struct made *one, const struct made *two)
{
	bool same = one->count == two->count;

	for (size_t i = 0; same && i + 1 < one->count; i++)
		same = text_equal(one->files[i].path, two->files[i].path) && text_equal(one->files[i].bytes, two->files[i].bytes);
	return same;
}

static void write_times(struct sandbox *sandbox, const char *condition)
{
	char *recipe = arena_format(&sandbox->arena, "%s%s", recipe_client, condition);

	write_workspace(sandbox);
	sandbox_write(sandbox, "galley.yaml", "version: 1\n");
	sandbox_write(sandbox, "recipes/base.yaml", RECIPE_BASE(", policy: {tighten_only: [evaluation.metrics.*]}"));
	sandbox_write(sandbox, "recipes/client.yaml", recipe);
	sandbox_write(sandbox, "runs/model_x/model.yaml", arena_format(&sandbox->arena, "%shold: {action: retrain, until: 2026-02-20, reason: stock-taking}\n", model));
	sandbox_write(sandbox, "runs/model_x/2026-02-09-train/run.yaml", "type: train\nstatus: succeeded\nrecipe: recipe_client@1.1.0\nmetrics: metrics.json\n"
	              "started_at: 2026-02-09T00:00:00Z\nfinished_at: 2026-02-11T00:00:00Z\n");
	sandbox_write(sandbox, "runs/model_x/2026-02-09-train/metrics.json", "{\"MAPE\": 0.01, \"cover\": 0.8, \"samples\": 120}\n");
	for (int day = 2; day <= 6; day++)
		write_csv(sandbox, arena_format(&sandbox->arena, "runs/model_x/snapshots/2026-02-0%d.csv", day), day * 10);
}

/* From one period to the next, pages of a whole period are alike, and each of these ends where it says. */
static void test_periods(void **state)
{
	struct sandbox *sandbox = *state;
	struct workspace_request request = {.now = 1764547200}; /* 2025-12-01 */
	struct made first, last;
	size_t periods = 0, turns = 0;
	bool more = true;

	write_times(sandbox, "monitoring: {freshness: {max_age_hours: 72}}\n");
	for (make_request(&first, sandbox, &request, TEXT("")); more; periods++) {
		struct period holds = first.workspace.holds;
		assert_true(period_holds(&holds, request.now));
		assert_true(periods < 100);
		more = holds.ends;
		request.now = more ? holds.until - 1 : 4102444800;
		make_request(&last, sandbox, &request, TEXT(""));
		assert_true(same_pages(&first, &last));
		workspace_close(&first.workspace);
		if (more) {
			request.now = holds.until;
			make_request(&first, sandbox, &request, TEXT(""));
			turns += !same_pages(&first, &last);
		}
		workspace_close(&last.workspace);
	}
	/* Snapshots that come, runs that begin and end, a hold and a waiver that end, data that is stale and overdue. */
	assert_true(turns >= 12);
	assert_true(periods <= 20);
}

static void test_age_in_a_condition(void **state)
{
	struct sandbox *sandbox = *state;
	struct workspace_request request = {.now = 1772323200};
	struct made made;

	write_times(sandbox, "monitoring: {alerts: {old: {condition: \"freshness.age_hours > 1000\"}}}\n");
	make_request(&made, sandbox, &request, TEXT(""));
	assert_true(period_holds(&made.workspace.holds, request.now));
	assert_false(period_holds(&made.workspace.holds, request.now + 1));
	workspace_close(&made.workspace);
}

static void test_removal(void **state)
{
	struct sandbox *sandbox = *state;
	struct made made;
	struct text previous = TEXT("{\"schema\": \"galley.manifest/1\", \"as_of\": \"2026-01-01T00:00:00Z\", \"source\": \"\", \"pages\": ["
	                            "{\"path\": \"models/gone/README.md\"}, {\"path\": \"models/gone/README.md\"}, {\"path\": \"../galley.yaml.md\"},"
	                            "{\"path\": \"/etc/x.md\"}, {\"path\": \"a/../../b.md\"}, {\"path\": \".git/x.md\"}, {\"path\": \"README.md\"},"
	                            "{\"path\": \"notes.txt\"}, {\"path\": \"a//b.md\"}, {\"path\": 7}]}");
	size_t removed = 0;

	write_workspace(sandbox);
	make(&made, sandbox, previous);
	for (size_t i = 0; i < made.count; i++)
		removed += made.files[i].remove;
	assert_int_equal(removed, 1);
	assert_true(file_named(&made, "reports/models/gone/README.md")->remove);
	workspace_close(&made.workspace);
}

static void test_bad_manifest(void **state)
{
	struct sandbox *sandbox = *state;
	int64_t as_of;
	char source[41];
	static const char *const bad[] = {
	    "", "x", "{}", "[]", "{\"schema\": \"galley.manifest/1\"}", "{\"schema\": \"other/1\", \"as_of\": \"2026-01-01T00:00:00Z\"}",
	    "{\"schema\": \"galley.manifest/1\", \"as_of\": \"yesterday\", \"source\": \"\"}",
	    "{\"schema\": \"galley.manifest/1\", \"as_of\": \"2026-01-01T00:00:00Z\", \"source\": \"zz\"}"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(report_manifest_read(&as_of, source, text_of(bad[i]), &sandbox->arena));
}

static void test_empty(void **state)
{
	struct sandbox *sandbox = *state;
	struct made made;

	sandbox_write(sandbox, "galley.yaml", "version: 1\nas_of: 2026-03-01T00:00:00Z\n");
	make(&made, sandbox, TEXT(""));
	assert_true(has(file_named(&made, "reports/README.md"), "no models"));
	assert_non_null(file_named(&made, "reports/drift/README.md"));
	workspace_close(&made.workspace);
}

static void test_broken(void **state)
{
	struct sandbox *sandbox = *state;
	struct made made;

	write_workspace(sandbox);
	sandbox_write(sandbox, "recipes/bad.yaml", "metadata: {id: ../../etc, name: x\n");
	sandbox_write(sandbox, "recipes/worse.yaml", "metadata: {id: ../up, level: client, parent: nowhere}\n");
	sandbox_write(sandbox, "recipes/twin.yaml", RECIPE_BASE(""));
	sandbox_write(sandbox, "runs/model_x/2026-02-01-train/metrics.json", "{\"MAPE\": NaN}\n");
	make(&made, sandbox, TEXT(""));
	for (size_t i = 0; i < made.count; i++) {
		assert_false(has(&made.files[i], "etc.md") || has(&made.files[i], "up.md"));
		assert_true(text_starts(made.files[i].path, "reports/"));
		assert_int_equal(count_of(made.files[i].path, ".."), 0);
	}
	assert_true(has(file_named(&made, "reports/README.md"), "in the files**"));
	workspace_close(&made.workspace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_tree, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_escapes, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_pages_are_well_formed, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_json_can_be_read, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_settings, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_same_bytes, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_periods, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_age_in_a_condition, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_removal, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_bad_manifest, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_empty, sandbox_open, sandbox_close),
	    cmocka_unit_test_setup_teardown(test_broken, sandbox_open, sandbox_close),
	};

	sandbox_environment();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The short way that `galley check` resolves by, held against the full one: the same findings for every workspace at hand. */
#include <dirent.h>

#include "catalog.h"
#include "diag.h"
#include "resolve.h"
#include "sandbox.h"
#include "source.h"

static const int64_t presents[] = {1767225600 /* 2026-01-01 */, 1798761600 /* 2027-01-01 */};

static void load(struct catalog *catalog, struct source **source, const char *folder, bool brief, struct arena *arena, struct diags *diags)
{
	struct source_options options = {.directory = folder};
	struct failure failure;

	if (source_open(source, &options, arena, &failure) < 0 ||
	    (brief ? catalog_load_brief : catalog_load)(catalog, *source, &limits_default, brief ? 2 : 1, arena, diags, &failure) < 0)
		fail_msg("%s: %s", folder, failure.message);
}

static void find(struct diags *diags, const char *folder, int64_t present, bool short_way, struct arena *arena)
{
	struct catalog catalog;
	struct resolved resolved;
	struct source *source;

	diags_init(diags, arena);
	load(&catalog, &source, folder, short_way, arena, diags);
	if (short_way)
		resolve_findings(&resolved, &catalog, present, 2, arena, diags);
	else
		resolve_all(&resolved, &catalog, present, arena, diags);
	catalog_apply_rules(&catalog, diags);
	diags_sort(diags);
	source_close(source);
}

/* The number of findings that were compared. */
static size_t same_findings(const char *folder, int64_t present)
{
	struct arena arena;
	struct diags full, quick;

	arena_init(&arena);
	find(&full, folder, present, false, &arena);
	find(&quick, folder, present, true, &arena);
	for (size_t i = 0; i < full.count && i < quick.count; i++) {
		const struct diag *a = &full.items[i], *b = &quick.items[i];
		if (a->code != b->code || a->severity != b->severity || !text_equal(a->message, b->message) || a->place.line != b->place.line ||
		    a->place.column != b->place.column || a->related_count != b->related_count)
			fail_msg("%s: finding %zu is '%.*s', the short way says '%.*s'", folder, i, TEXT_ARGS(a->message), TEXT_ARGS(b->message));
	}
	if (full.count != quick.count)
		fail_msg("%s: %zu findings, %zu by the short way", folder, full.count, quick.count);
	size_t count = full.count;
	arena_release(&arena);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test_setup_teardown(test_cases, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("resolve_findings", tests, NULL, NULL);
}

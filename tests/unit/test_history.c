#include "sandbox.h"

#include "source.h"

static struct source *open_at(struct sandbox *sandbox, const char *folder, const char *at)
{
	struct source_options options = {.directory = sandbox_path(sandbox, folder), .at = at};
	struct source *source = NULL;

	if (source_open(&source, &options, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	return source;
}

/* A commit of all that is there, dated by its day. */
static void commit(struct sandbox *sandbox, const char *day, const char *message)
{
	setenv("GIT_COMMITTER_DATE", arena_format(&sandbox->arena, "2026-01-%sT00:00:00Z", day), 1);
	GIT(sandbox, "ws", "add", "-A");
	GIT(sandbox, "ws", "commit", "-q", "--allow-empty", "-m", message);
}

static const char *id_of(struct sandbox *sandbox, const char *folder, const char *revision)
{
	GIT(sandbox, folder, "rev-parse", revision);
	return arena_copy(&sandbox->arena, sandbox->output, 40);
}

/* "subject path which flags" of every file, m for merged, - for off the mainline. */
static const char *describe(struct sandbox *sandbox, struct source *source, const char *from, const char *except)
{
	static const struct text paths[] = {{"a", 1}, {"b/c", 3}, {"galley.yaml", 11}};
	struct history_file *files;
	const char *all = "";
	size_t count;

	if (source_history(&files, &count, source, from, except, paths, 3, &limits_default, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	for (size_t i = 0; i < count; i++) {
		struct input input;
		enum read_result result;
		GIT(sandbox, "ws", "log", "-1", "--format=%s", files[i].commit->id);
		sandbox->output[strcspn(sandbox->output, "\n")] = '\0';
		assert_int_equal(source_read_blob(&input, &result, source, files[i].blob, files[i].path, 100, &sandbox->arena, &sandbox->failure), 0);
		assert_int_equal(result, READ_OK);
		all = arena_format(&sandbox->arena, "%s%s %.*s %zu%s%s %.*s", all, sandbox->output, TEXT_ARGS(files[i].path), files[i].which,
		                   files[i].merged ? " m" : "", files[i].commit->mainline ? "" : " -", TEXT_ARGS(input.bytes));
	}
	return all;
}

static void make_history(struct sandbox *sandbox)
{
	GIT(sandbox, ".", "init", "-q", "-b", "main", "ws");
	sandbox_write(sandbox, "ws/a/x", "one\n");
	sandbox_write(sandbox, "ws/b/c/d/y", "one\n");
	sandbox_write(sandbox, "ws/b/other", "one\n");
	commit(sandbox, "01", "first");
	GIT(sandbox, "ws", "checkout", "-q", "-b", "side");
	sandbox_write(sandbox, "ws/a/x", "two\n");
	commit(sandbox, "02", "side1");
	sandbox_write(sandbox, "ws/a/x", "three\n");
	sandbox_write(sandbox, "ws/b/other", "two\n");
	commit(sandbox, "03", "side2");
	GIT(sandbox, "ws", "checkout", "-q", "main");
	sandbox_write(sandbox, "ws/b/c/d/y", "two\n");
	sandbox_write(sandbox, "ws/galley.yaml", "g\n");
	commit(sandbox, "04", "main2");
}

static void test_walk(void **state)
{
	struct sandbox *sandbox = *state;

	make_history(sandbox);
	setenv("GIT_COMMITTER_DATE", "2026-01-05T00:00:00Z", 1);
	GIT(sandbox, "ws", "merge", "-q", "--no-commit", "--no-ff", "side");
	sandbox_write(sandbox, "ws/a/z", "evil\n"); /* in neither parent */
	GIT(sandbox, "ws", "add", "-A");
	GIT(sandbox, "ws", "commit", "-q", "-m", "merge");
	struct source *source = open_at(sandbox, "ws", NULL);
	const char *main = id_of(sandbox, "ws", "main"), *side = id_of(sandbox, "ws", "side");
	assert_string_equal(describe(sandbox, source, main, NULL),
	                    "first a/x 0 one\nside1 a/x 0 - two\nside2 a/x 0 - three\nmerge a/x 0 m three\nmerge a/z 0 evil\n"
	                    "first b/c/d/y 1 one\nmain2 b/c/d/y 1 two\nmain2 galley.yaml 2 g\n");
	assert_string_equal(describe(sandbox, source, main, side),
	                    "merge a/x 0 m three\nmerge a/z 0 evil\nmain2 b/c/d/y 1 two\nmain2 galley.yaml 2 g\n");
	assert_string_equal(describe(sandbox, source, side, main), "");
	assert_string_equal(describe(sandbox, source, side, NULL),
	                    "first a/x 0 one\nside1 a/x 0 two\nside2 a/x 0 three\nfirst b/c/d/y 1 one\n");
	source_close(source);
}

static void test_walk_skips(void **state)
{
	struct sandbox *sandbox = *state;

	GIT(sandbox, ".", "init", "-q", "-b", "main", "ws");
	sandbox_write(sandbox, "ws/a/x", "one\n");
	commit(sandbox, "01", "first");
	assert_int_equal(symlink("x", sandbox_path(sandbox, "ws/a/link")), 0);
	commit(sandbox, "02", "link");
	GIT(sandbox, "ws", "rm", "-q", "a/x");
	commit(sandbox, "03", "removed");
	sandbox_write(sandbox, "ws/a/x", "one\n");
	commit(sandbox, "04", "restored");
	assert_int_equal(chmod(sandbox_path(sandbox, "ws/a/x"), 0755), 0);
	commit(sandbox, "05", "mode");
	GIT(sandbox, "ws", "mv", "a/x", "a/y");
	commit(sandbox, "06", "renamed");
	struct source *source = open_at(sandbox, "ws", "main");
	assert_string_equal(describe(sandbox, source, id_of(sandbox, "ws", "main"), NULL),
	                    "first a/x 0 one\nrestored a/x 0 one\nrenamed a/y 0 one\n");
	source_close(source);
}

static void test_limits(void **state)
{
	struct sandbox *sandbox = *state;
	struct limits limits = limits_default;
	struct text path = TEXT("a");
	struct history_file *files;
	size_t count;

	make_history(sandbox);
	struct source *source = open_at(sandbox, "ws", NULL);
	const char *side = id_of(sandbox, "ws", "side");
	limits.walk_commits = 3;
	assert_int_equal(source_history(&files, &count, source, side, NULL, &path, 1, &limits, &sandbox->arena, &sandbox->failure), 0);
	assert_int_equal(count, 3);
	limits.walk_commits = 2;
	assert_int_equal(source_history(&files, &count, source, side, NULL, &path, 1, &limits, &sandbox->arena, &sandbox->failure), -1);
	assert_int_equal(sandbox->failure.code, EXIT_UNABLE);
	assert_non_null(strstr(sandbox->failure.message, "walk_commits"));
	limits.walk_commits = 3;
	limits.walk_files = 2;
	assert_int_equal(source_history(&files, &count, source, side, NULL, &path, 1, &limits, &sandbox->arena, &sandbox->failure), -1);
	assert_non_null(strstr(sandbox->failure.message, "walk_files"));
	source_close(source);
}

static void test_merge_base(void **state)
{
	struct sandbox *sandbox = *state;
	char base[41], revision[41];

	make_history(sandbox);
	struct source *source = open_at(sandbox, "ws", NULL);
	assert_int_equal(source_merge_base(base, revision, source, "side", &sandbox->failure), 0);
	assert_string_equal(base, id_of(sandbox, "ws", "main~1"));
	assert_string_equal(revision, id_of(sandbox, "ws", "side"));
	assert_int_equal(source_merge_base(base, revision, source, "main", &sandbox->failure), 0);
	assert_string_equal(base, revision);
	assert_int_equal(source_merge_base(base, revision, source, "nowhere", &sandbox->failure), -1);
	assert_int_equal(sandbox->failure.code, EXIT_UNABLE);
	struct source *other;
	assert_int_equal(source_open_commit(&other, source, "side", &sandbox->arena, &sandbox->failure), 0);
	struct input input;
	enum read_result result;
	assert_int_equal(source_read(&input, &result, other, TEXT("a/x"), 100, &sandbox->arena, &sandbox->failure), 0);
	assert_true(result == READ_OK && text_is(input.bytes, "three\n"));
	source_close(other);
	assert_int_equal(source_read(&input, &result, source, TEXT("a/x"), 100, &sandbox->arena, &sandbox->failure), 0);
	assert_true(result == READ_OK && text_is(input.bytes, "one\n"));
	source_close(source);
}

static void test_shallow(void **state)
{
	struct sandbox *sandbox = *state;
	char base[41], revision[41];

	make_history(sandbox);
	GIT(sandbox, ".", "clone", "-q", "--depth", "2", "--branch", "side", arena_format(&sandbox->arena, "file://%s/ws", sandbox->path), "shallow");
	struct source *source = open_at(sandbox, "shallow", NULL);
	assert_int_equal(source_merge_base(base, revision, source, "HEAD", &sandbox->failure), -1);
	assert_int_equal(sandbox->failure.code, EXIT_UNABLE);
	if (!strstr(sandbox->failure.message, "history not available (depth 2)") || !strstr(sandbox->failure.message, "--unshallow"))
		fail_msg("%s", sandbox->failure.message);
	source_close(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_walk, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_walk_skips, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_limits, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_merge_base, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_shallow, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	sandbox_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

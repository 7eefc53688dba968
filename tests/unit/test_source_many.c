/* Many files read by several threads, beside each of them read alone. */
#include "sandbox.h"

#include "source.h"

enum { PLAIN_FILES = 200, MOST = 400, FILES_MAX = PLAIN_FILES + 12 };

static struct source *open_source(struct sandbox *sandbox, struct source_options options)
{
	struct source *source = NULL;

	if (source_open(&source, &options, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	return source;
}

/* What anybody may ask for, in no order, between files as they mostly are. */
static size_t ask(struct source_file *files, struct sandbox *sandbox)
{
	static const char *const odd[] = {"lines.crlf", "ident.txt", "link", "folder", "never", "../outside", "folder/.git/config", "large",
	                                  "over.txt", "folder/f7/over.txt", "empty", "folder/f3/17.yaml"};
	size_t count = 0;

	for (size_t i = 0; i < PLAIN_FILES; i++) {
		if (i % 19 == 5 && i / 19 < sizeof odd / sizeof *odd)
			files[count++] = (struct source_file){.path = text_of(odd[i / 19]), .max = MOST};
		files[count++] = (struct source_file){
			.path = text_format(&sandbox->arena, "folder/f%zu/%zu.yaml", i % 11, i), .max = MOST};
	}
	files[count++] = (struct source_file){.path = text_of(odd[11]), .max = 3};
	assert_true(count <= FILES_MAX);
	return count;
}

static void make_files(struct sandbox *sandbox)
{
	char large[MOST + 2];

	memset(large, 'x', MOST + 1);
	large[MOST + 1] = '\0';
	GIT(sandbox, ".", "init", "-q", "-b", "main", "r");
	for (size_t i = 0; i < PLAIN_FILES; i++)
		sandbox_write(sandbox, arena_format(&sandbox->arena, "r/folder/f%zu/%zu.yaml", i % 11, i), arena_format(&sandbox->arena, "id: a%zu\n", i));
	sandbox_write(sandbox, "r/.gitattributes", "*.crlf text\nident.txt ident\n");
	sandbox_write(sandbox, "r/lines.crlf", "one\r\ntwo\r\n");
	sandbox_write(sandbox, "r/ident.txt", "$Id: abc $\n");
	sandbox_write(sandbox, "r/large", large);
	sandbox_write(sandbox, "r/empty", "");
	assert_int_equal(symlink("/etc/passwd", sandbox_path(sandbox, "r/link")), 0);
	GIT(sandbox, "r", "add", ".");
	GIT(sandbox, "r", "commit", "-qm", "first");
}

/* How many could be read. */
static size_t same_as_alone(struct sandbox *sandbox, struct source *source, unsigned jobs)
{
	struct source_file files[FILES_MAX];
	size_t count = ask(files, sandbox), read = 0;
	struct input alone;
	enum read_result result;

	assert_int_equal(source_read_many(files, count, source, jobs, &sandbox->arena, &sandbox->failure), 0);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(source_read(&alone, &result, source, files[i].path, files[i].max, &sandbox->arena, &sandbox->failure), 0);
		if (result != files[i].result || strcmp(alone.blob, files[i].input->blob) != 0 || !text_equal(alone.bytes, files[i].input->bytes) ||
		    !text_equal(alone.path, files[i].input->path))
			fail_msg("'%.*s' is another file with %u jobs", TEXT_ARGS(files[i].path), jobs);
		read += result == READ_OK;
	}
	return read;
}

/* What another state had is taken over where it is the same, and only there. */
static void same_with_shared(struct sandbox *sandbox, struct source *source)
{
	static const char *const names[] = {"folder/f1/1.yaml", "folder/f2/2.yaml", "large", "lines.crlf"};
	struct source_file files[FILES_MAX];
	const struct input *inputs[sizeof names / sizeof *names];
	struct input alone, forged = {.path = TEXT("folder/f1/1.yaml"), .bytes = TEXT("forged")};
	enum read_result result;
	size_t count = 0, taken = 0;

	for (; count < sizeof names / sizeof *names; count++) {
		struct input *input = arena_alloc(&sandbox->arena, sizeof *input);
		assert_int_equal(source_read(input, &result, source, text_of(names[count]), 1 << 20, &sandbox->arena, &sandbox->failure), 0);
		assert_int_equal(result, READ_OK);
		inputs[count] = input;
	}
	/* Bytes by which it can be told who gave them. */
	memcpy(forged.blob, inputs[0]->blob, sizeof forged.blob);
	inputs[0] = &forged;
	source_share(source, inputs, count);
	for (unsigned jobs = 1; jobs <= 3; jobs += 2) {
		size_t asked = ask(files, sandbox);
		assert_int_equal(source_read_many(files, asked, source, jobs, &sandbox->arena, &sandbox->failure), 0);
		for (size_t i = 0; i < asked; i++) {
			assert_int_equal(source_read(&alone, &result, source, files[i].path, files[i].max, &sandbox->arena, &sandbox->failure), 0);
			bool is_forged = text_is(files[i].input->bytes, "forged");
			assert_true(is_forged ? text_is(files[i].path, "folder/f1/1.yaml") : text_equal(alone.bytes, files[i].input->bytes));
			assert_int_equal(result, files[i].result);
			assert_string_equal(alone.blob, files[i].input->blob);
			taken += is_forged;
		}
	}
	assert_int_equal(taken, source_get_info(source)->kind == SOURCE_COMMIT || source_get_info(source)->kind == SOURCE_INDEX ? 2 : 0);
	source_share(source, NULL, 0);
}

static void same_by_any(struct sandbox *sandbox, struct source_options options, size_t expected)
{
	static const struct source_overlay over[] = {{{"over.txt", 8}, {"laid over\r\n", 11}}, {{"folder/f7/over.txt", 18}, {"deep\n", 5}}};
	struct source *source = open_source(sandbox, options);

	assert_int_equal(same_as_alone(sandbox, source, 1), expected);
	assert_int_equal(same_as_alone(sandbox, source, 2), expected);
	same_with_shared(sandbox, source);
	source_lay_over(source, over, 2);
	assert_int_equal(same_as_alone(sandbox, source, 5), expected + 2);
	assert_int_equal(same_as_alone(sandbox, source, 200), expected + 2);
	source_close(source);
}

static void test_same(void **state)
{
	struct sandbox *sandbox = *state;
	struct source_options options = {.directory = sandbox_path(sandbox, "r")};
	/* lines.crlf, ident.txt and empty. */
	size_t all = PLAIN_FILES + 3;

	make_files(sandbox);
	same_by_any(sandbox, options, all);
	options.at = "HEAD";
	same_by_any(sandbox, options, all);
	GIT(sandbox, "r", "repack", "-adq");
	same_by_any(sandbox, options, all);
	GIT(sandbox, ".", "clone", "-q", "--bare", "r", "bare");
	same_by_any(sandbox, (struct source_options){.directory = sandbox_path(sandbox, "bare")}, all);
	options.at = NULL;
	options.staged = true;
	GIT(sandbox, "r", "rm", "-q", "--cached", "folder/f0/0.yaml");
	same_by_any(sandbox, options, all - 1);
	const char *without[] = {"rm", "-rf", ".git", NULL};
	assert_int_equal(sandbox_run(sandbox, "r", without), 0);
	options.staged = false;
	same_by_any(sandbox, options, all);
}

/* Objects may lie in other places than the repository's own. */
static void test_elsewhere(void **state)
{
	struct sandbox *sandbox = *state;
	size_t all = PLAIN_FILES + 3;

	make_files(sandbox);
	GIT(sandbox, ".", "clone", "-q", "--shared", "r", "borrower");
	same_by_any(sandbox, (struct source_options){.directory = sandbox_path(sandbox, "borrower"), .at = "HEAD"}, all);
	GIT(sandbox, ".", "init", "-q", "pushed");
	GIT(sandbox, "r", "rev-parse", "HEAD");
	const char *commit = arena_format(&sandbox->arena, "%.40s", sandbox->output);
	same_by_any(sandbox, (struct source_options){.directory = sandbox_path(sandbox, "pushed"), .at = commit, .objects = sandbox_path(sandbox, "r/.git/objects")},
	            all);
	GIT(sandbox, "r", "worktree", "add", "-q", "../linked", "-b", "linked");
	same_by_any(sandbox, (struct source_options){.directory = sandbox_path(sandbox, "linked"), .at = "HEAD"}, all);
	same_by_any(sandbox, (struct source_options){.directory = sandbox_path(sandbox, "linked")}, all);
}

/* The object of a file, as git has it alone. */
static const char *object_of(struct sandbox *sandbox, const char *path)
{
	GIT(sandbox, "r", "rev-parse", arena_format(&sandbox->arena, "HEAD:%s", path));
	return arena_format(&sandbox->arena, "%s/r/.git/objects/%.2s/%.38s", sandbox->path, sandbox->output, sandbox->output + 2);
}

static void test_first_failure(void **state)
{
	struct sandbox *sandbox = *state;
	struct source_options options = {.directory = sandbox_path(sandbox, "r"), .at = "HEAD"};
	struct source_file files[FILES_MAX];

	make_files(sandbox);
	/* Files 31, 110 and 150 of those that are asked for. */
	assert_int_equal(unlink(object_of(sandbox, "folder/f0/110.yaml")), 0);
	assert_int_equal(unlink(object_of(sandbox, "folder/f9/31.yaml")), 0);
	assert_int_equal(unlink(object_of(sandbox, "folder/f7/150.yaml")), 0);
	struct source *source = open_source(sandbox, options);
	for (unsigned jobs = 1; jobs <= 8; jobs++) {
		size_t count = ask(files, sandbox);
		sandbox->failure.message[0] = '\0';
		assert_int_equal(source_read_many(files, count, source, jobs, &sandbox->arena, &sandbox->failure), -1);
		assert_int_equal(sandbox->failure.code, EXIT_UNABLE);
		assert_non_null(strstr(sandbox->failure.message, "'folder/f9/31.yaml'"));
		assert_non_null(strstr(sandbox->failure.message, "git fsck"));
	}
	source_close(source);
}

/* libgit2 1.5.1 reads an object that was cut short for ever; newer ones give an error. Either way the end is status 3, in time, although the other
 * threads go on. */
static void test_stuck(void **state)
{
	struct sandbox *sandbox = *state;
	struct source_options options = {.directory = sandbox_path(sandbox, "r"), .at = "HEAD", .patience = 1};
	struct source_file files[FILES_MAX];
	struct stat status;
	int end;

	make_files(sandbox);
	const char *object = object_of(sandbox, "folder/f9/31.yaml");
	assert_int_equal(stat(object, &status), 0);
	assert_int_equal(chmod(object, 0666), 0);
	assert_int_equal(truncate(object, status.st_size / 2), 0);
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(open("/dev/null", O_WRONLY), 2);
		struct source *source = open_source(sandbox, options);
		int failed = source_read_many(files, ask(files, sandbox), source, 4, &sandbox->arena, &sandbox->failure);
		_exit(failed ? (int)sandbox->failure.code : 0);
	}
	assert_int_equal(waitpid(child, &end, 0), child);
	assert_true(WIFEXITED(end));
	assert_int_equal(WEXITSTATUS(end), EXIT_UNABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_elsewhere, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_first_failure, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_stuck, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("source_many", tests, NULL, NULL);
}

#include "sandbox.h"

#include <signal.h>
#include <time.h>

#include "publish.h"
#include "repository.h"

static const struct publish_file two_pages[] = {
	{.path = {"reports/a.md", 12}, .bytes = {"page a\n", 7}},
	{.path = {"reports/sub/b.md", 16}, .bytes = {"page b\n", 7}},
};

static struct publish_request request_for(struct sandbox *sandbox, const char *folder)
{
	return (struct publish_request){
		.directory = sandbox_path(sandbox, folder),
		.files = two_pages,
		.count = 2,
		.message = TEXT("reports: update\n\nTwo pages."),
		.name = TEXT("G"),
		.email = TEXT("g@example.org"),
		.time = 1700000000,
	};
}

static void prepare(struct sandbox *sandbox, struct publish_request *request)
{
	struct text branch;

	if (publish_prepare(request->base, &branch, request, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
}

static struct publish_outcome commit(struct sandbox *sandbox, const struct publish_request *request)
{
	struct publish_outcome outcome;

	if (publish_commit(&outcome, request, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	return outcome;
}

static void refuse(struct sandbox *sandbox, struct publish_request request, const char *words)
{
	struct text branch;

	if (publish_prepare(request.base, &branch, &request, &sandbox->arena, &sandbox->failure) == 0 &&
	    publish_identity(&request, &sandbox->arena, &sandbox->failure) == 0)
		fail_msg("prepared, though: %s", words);
	assert_int_equal(sandbox->failure.code, EXIT_UNABLE);
	if (!strstr(sandbox->failure.message, words))
		fail_msg("'%s' is not in: %s", words, sandbox->failure.message);
}

static const char *git_says(struct sandbox *sandbox, const char *folder, const char *const arguments[])
{
	if (sandbox_run(sandbox, folder, arguments) != 0)
		fail_msg("git %s: %s", arguments[1], sandbox->output);
	return arena_format(&sandbox->arena, "%s", sandbox->output);
}

#define SAYS(sandbox, folder, ...) git_says(sandbox, folder, (const char *[]){"git", __VA_ARGS__, NULL})

static void make_repository(struct sandbox *sandbox)
{
	GIT(sandbox, ".", "init", "-q", "-b", "main", "r");
	sandbox_write(sandbox, "r/recipes/one.yaml", "id: one\n");
	sandbox_write(sandbox, "r/reports/old.md", "old\n");
	sandbox_write(sandbox, "r/note.txt", "note\n");
	sandbox_write(sandbox, "r/other.txt", "other\n");
	GIT(sandbox, "r", "add", ".");
	GIT(sandbox, "r", "commit", "-qm", "first");
}

static void check_sound(struct sandbox *sandbox, const char *folder)
{
	GIT(sandbox, folder, "fsck", "--strict", "--no-dangling");
	if (strstr(sandbox->output, "warning") || strstr(sandbox->output, "error"))
		fail_msg("%s", sandbox->output);
}

static void test_commit(void **state)
{
	struct sandbox *sandbox = *state;

	make_repository(sandbox);
	struct publish_request request = request_for(sandbox, "r");
	prepare(sandbox, &request);
	struct publish_outcome outcome = commit(sandbox, &request);
	assert_true(outcome.committed);
	assert_int_equal(outcome.warning_count, 0);
	assert_true(text_is(outcome.branch, "main"));
	assert_string_equal(SAYS(sandbox, "r", "rev-parse", "main"), arena_format(&sandbox->arena, "%s\n", outcome.commit));
	assert_string_equal(SAYS(sandbox, "r", "show", "-s", "--format=%an|%ae|%cn|%ce|%ai|%ci|%B|%P", "main"),
	                    arena_format(&sandbox->arena,
	                                 "G|g@example.org|G|g@example.org|2023-11-14 22:13:20 +0000|2023-11-14 22:13:20 +0000|reports: "
	                                 "update\n\nTwo pages.\n|%s\n",
	                                 request.base));
	assert_string_equal(SAYS(sandbox, "r", "diff", "--name-status", "HEAD~"), "A\treports/a.md\nA\treports/sub/b.md\n");
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
	assert_string_equal(sandbox_read(sandbox, "r/reports/sub/b.md"), "page b\n");
	assert_non_null(strstr(SAYS(sandbox, "r", "reflog", "-1"), "commit: reports: update"));
	check_sound(sandbox, "r");

	/* The same pages again: nothing. */
	prepare(sandbox, &request);
	outcome = commit(sandbox, &request);
	assert_false(outcome.committed);
	assert_string_equal(SAYS(sandbox, "r", "rev-list", "--count", "main"), "2\n");

	/* Removal takes empty folders along, in git and on disk; the same input gives the same id. */
	struct publish_file changes[] = {{.path = TEXT("reports/sub/b.md"), .remove = true},
	                                 {.path = TEXT("reports/never.md"), .remove = true},
	                                 {.path = TEXT("reports/a.md"), .bytes = TEXT("page a, second\n")},
	                                 {.path = TEXT("reports/old.md"), .remove = true}};
	request.files = changes;
	request.count = 4;
	outcome = commit(sandbox, &request);
	assert_true(outcome.committed);
	assert_int_equal(outcome.warning_count, 0);
	assert_string_equal(SAYS(sandbox, "r", "ls-tree", "-rt", "--name-only", "main", "reports"), "reports\nreports/a.md\n");
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
	assert_int_equal(access(sandbox_path(sandbox, "r/reports/sub"), F_OK), -1);
	const char *first = arena_format(&sandbox->arena, "%s", outcome.commit);
	GIT(sandbox, "r", "reset", "-q", "--hard", "HEAD~");
	outcome = commit(sandbox, &request);
	assert_string_equal(outcome.commit, first);
	check_sound(sandbox, "r");
}

static void test_users_work_is_safe(void **state)
{
	struct sandbox *sandbox = *state;

	make_repository(sandbox);
	struct publish_request request = request_for(sandbox, "r");
	sandbox_write(sandbox, "r/note.txt", "edited\n");
	sandbox_write(sandbox, "r/other.txt", "staged\n");
	sandbox_write(sandbox, "r/new.txt", "new\n");
	sandbox_write(sandbox, "r/untracked", "untracked\n");
	GIT(sandbox, "r", "add", "other.txt", "new.txt");
	GIT(sandbox, "r", "rm", "-q", "--cached", "recipes/one.yaml");
	sandbox_write(sandbox, "r/announced", "x\n");
	GIT(sandbox, "r", "add", "-N", "announced");
	const char *status = SAYS(sandbox, "r", "status", "--porcelain");
	const char *staged = SAYS(sandbox, "r", "diff", "--cached");
	const char *edited = SAYS(sandbox, "r", "diff");
	prepare(sandbox, &request);
	struct publish_outcome outcome = commit(sandbox, &request);
	assert_true(outcome.committed);
	assert_int_equal(outcome.warning_count, 0);
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), status);
	assert_string_equal(SAYS(sandbox, "r", "diff", "--cached"), staged);
	assert_string_equal(SAYS(sandbox, "r", "diff"), edited);
	assert_string_equal(SAYS(sandbox, "r", "diff", "--name-only", "HEAD~", "HEAD"), "reports/a.md\nreports/sub/b.md\n");
}

static bool is_warned(const struct publish_outcome *outcome, const char *words)
{
	for (size_t i = 0; i < outcome->warning_count; i++)
		if (strstr(outcome->warnings[i].at, words))
			return true;
	return false;
}

static void test_edited_pages_are_left(void **state)
{
	struct sandbox *sandbox = *state;

	make_repository(sandbox);
	struct publish_request request = request_for(sandbox, "r");
	prepare(sandbox, &request);
	commit(sandbox, &request);
	sandbox_write(sandbox, "r/reports/a.md", "my own words\n");
	sandbox_write(sandbox, "r/reports/sub/b.md", "staged words\n");
	GIT(sandbox, "r", "add", "reports/sub/b.md");
	assert_int_equal(unlink(sandbox_path(sandbox, "r/reports/old.md")), 0);
	assert_int_equal(symlink("/etc/passwd", sandbox_path(sandbox, "r/reports/old.md")), 0);
	struct publish_file changes[] = {{.path = TEXT("reports/a.md"), .bytes = TEXT("second\n")},
	                                 {.path = TEXT("reports/sub/b.md"), .remove = true},
	                                 {.path = TEXT("reports/old.md"), .bytes = TEXT("second\n")},
	                                 {.path = TEXT("reports/it's new.md"), .bytes = TEXT("second\n")}};
	sandbox_write(sandbox, "r/reports/it's new.md", "mine\n");
	request.files = changes;
	request.count = 4;
	prepare(sandbox, &request);
	struct publish_outcome outcome = commit(sandbox, &request);
	assert_true(outcome.committed);
	assert_true(is_warned(&outcome, "the file 'reports/a.md' was changed by you and is left as it is; to take what was committed: git "
	                                "checkout HEAD -- reports/a.md"));
	assert_true(is_warned(&outcome, "git rm --cached -- reports/sub/b.md"));
	assert_true(is_warned(&outcome, "rm -- reports/sub/b.md"));
	assert_true(is_warned(&outcome, "git checkout HEAD -- reports/old.md"));
	assert_true(is_warned(&outcome, "git checkout HEAD -- 'reports/it'\\''s new.md'"));
	assert_string_equal(sandbox_read(sandbox, "r/reports/a.md"), "my own words\n");
	assert_string_equal(sandbox_read(sandbox, "r/reports/sub/b.md"), "staged words\n");
	assert_string_equal(sandbox_read(sandbox, "r/reports/it's new.md"), "mine\n");
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"),
	                    " M reports/a.md\n M \"reports/it's new.md\"\n T reports/old.md\nA  reports/sub/b.md\n");
	for (size_t i = 0; i < outcome.warning_count; i++) {
		const char *command = strstr(outcome.warnings[i].at, "committed: ") + strlen("committed: ");
		const char *arguments[] = {"sh", "-c", command, NULL};
		assert_int_equal(sandbox_run(sandbox, "r", arguments), 0);
	}
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
}

static void test_racy_edit_is_seen(void **state)
{
	struct sandbox *sandbox = *state;

	/* Same size, written in the same tick as the index: only a comparison of contents shows it. */
	make_repository(sandbox);
	struct publish_request request = request_for(sandbox, "r");
	prepare(sandbox, &request);
	for (int i = 0; i < 5; i++) {
		struct publish_file page = {.path = TEXT("reports/a.md"), .bytes = text_format(&sandbox->arena, "page %d\n", i)};
		request.files = &page;
		request.count = 1;
		sandbox_write(sandbox, "r/note.txt", i % 2 ? "etoN\n" : "eton\n");
		GIT(sandbox, "r", "add", "note.txt");
		sandbox_write(sandbox, "r/note.txt", "note\n");
		commit(sandbox, &request);
		sandbox_write(sandbox, "r/reports/a.md", "PAGE x\n");
		assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "MM note.txt\n M reports/a.md\n");
		GIT(sandbox, "r", "checkout", "HEAD", "--", "reports", "note.txt");
	}
}

static void test_line_ends(void **state)
{
	struct sandbox *sandbox = *state;

	make_repository(sandbox);
	struct publish_request request = request_for(sandbox, "r");
	prepare(sandbox, &request);
	commit(sandbox, &request);
	/* As git would check it out, and so still ours. */
	GIT(sandbox, "r", "config", "core.autocrlf", "true");
	sandbox_write(sandbox, "r/reports/a.md", "page a\r\n");
	struct publish_file page = {.path = TEXT("reports/a.md"), .bytes = TEXT("second\n")};
	request.files = &page;
	request.count = 1;
	prepare(sandbox, &request);
	struct publish_outcome outcome = commit(sandbox, &request);
	assert_int_equal(outcome.warning_count, 0);
	assert_string_equal(SAYS(sandbox, "r", "show", "HEAD:reports/a.md"), "second\n");
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
}

static void test_refusals(void **state)
{
	struct sandbox *sandbox = *state;

	GIT(sandbox, ".", "init", "-q", "-b", "main", "r");
	struct publish_request request = request_for(sandbox, "r");
	refuse(sandbox, request, "has no commit yet");
	request.branch = "pages";
	refuse(sandbox, request, "HEAD has no commit yet");
	request.branch = NULL;
	assert_int_equal(mkdir(sandbox_path(sandbox, "plain"), 0777), 0);
	refuse(sandbox, request_for(sandbox, "plain"), "not in a git repository");

	make_repository(sandbox);
	GIT(sandbox, "r", "checkout", "-q", "--detach");
	refuse(sandbox, request, "HEAD is detached");
	GIT(sandbox, "r", "checkout", "-q", "main");
	request.branch = "no..name";
	refuse(sandbox, request, "not a name");
	GIT(sandbox, "r", "symbolic-ref", "refs/heads/alias", "refs/heads/main");
	request.branch = "alias";
	refuse(sandbox, request, "only a name");
	request.branch = NULL;

	request.name = request.email = TEXT("");
	refuse(sandbox, request, "git config user.name 'Your Name' and git config user.email you@example.org");
	GIT(sandbox, "r", "config", "user.name", "Config");
	refuse(sandbox, request, "who commits is not known");
	GIT(sandbox, "r", "config", "user.email", "c@example.org");
	prepare(sandbox, &request);
	commit(sandbox, &request);
	assert_string_equal(SAYS(sandbox, "r", "show", "-s", "--format=%an %ae"), "Config c@example.org\n");
	request.name = TEXT("A\nparent 123");
	refuse(sandbox, request, "cannot stand in a commit");
	request = request_for(sandbox, "r");

	sandbox_write(sandbox, "r/.git/index.lock", "");
	const char *lock = sandbox_path(sandbox, "r/.git/index.lock");
	struct timespec times[2] = {{time(NULL) - 7300, 0}, {time(NULL) - 7300, 0}};
	assert_int_equal(utimensat(AT_FDCWD, lock, times, 0), 0);
	refuse(sandbox, request, arena_format(&sandbox->arena, "'%s' is there, 2 hours old", lock));
	refuse(sandbox, request, arena_format(&sandbox->arena, "rm %s", lock));
	assert_int_equal(unlink(lock), 0);

	GIT(sandbox, "r", "worktree", "add", "-q", "-b", "side", "../linked");
	request.branch = "side";
	refuse(sandbox, request, arena_format(&sandbox->arena, "branch 'side' is checked out in '%s'", sandbox_path(sandbox, "linked")));
	struct publish_request linked = request_for(sandbox, "linked");
	linked.branch = "main";
	refuse(sandbox, linked, "branch 'main' is checked out in");
	GIT(sandbox, ".", "clone", "-q", "--bare", "r", "bare.git");
	GIT(sandbox, "bare.git", "worktree", "add", "-q", "../of-bare", "side");
	struct publish_request bare = request_for(sandbox, "bare.git");
	bare.branch = "side";
	refuse(sandbox, bare, "of-bare");
	const char *removed[] = {"rm", "-rf", "of-bare", NULL};
	assert_int_equal(sandbox_run(sandbox, ".", removed), 0);
	prepare(sandbox, &bare);
	request.branch = NULL;

	GIT(sandbox, "r", "update-index", "--split-index");
	refuse(sandbox, request, "--no-split-index");
	GIT(sandbox, "r", "update-index", "--no-split-index");
	sandbox_write(sandbox, "r/note.txt", "main\n");
	GIT(sandbox, "r", "commit", "-qam", "main");
	sandbox_write(sandbox, "linked/note.txt", "side\n");
	GIT(sandbox, "linked", "commit", "-qam", "side");
	const char *merge[] = {"git", "merge", "side", NULL};
	assert_int_equal(sandbox_run(sandbox, "r", merge), 1);
	refuse(sandbox, request, "in the middle of a merge: finish it, or git merge --abort");
	struct publish_outcome outcome;
	memcpy(request.base, SAYS(sandbox, "r", "rev-parse", "HEAD"), 40);
	assert_int_equal(publish_commit(&outcome, &request, &sandbox->arena, &sandbox->failure), -1);
	GIT(sandbox, "r", "merge", "--abort");
	GIT(sandbox, "r", "bisect", "start");
	refuse(sandbox, request, "bisect");
}

static void test_other_places(void **state)
{
	struct sandbox *sandbox = *state;

	make_repository(sandbox);
	GIT(sandbox, "r", "worktree", "add", "-q", "-b", "side", "../linked");
	struct publish_request linked = request_for(sandbox, "linked/recipes");
	prepare(sandbox, &linked);
	struct publish_outcome outcome = commit(sandbox, &linked);
	assert_true(outcome.committed);
	assert_string_equal(SAYS(sandbox, "linked", "status", "--porcelain"), "");
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
	assert_string_equal(sandbox_read(sandbox, "linked/reports/a.md"), "page a\n");

	/* Another branch, made from HEAD: the working directory stays. */
	struct publish_request pages = request_for(sandbox, "r");
	pages.branch = "pages";
	prepare(sandbox, &pages);
	outcome = commit(sandbox, &pages);
	assert_true(outcome.committed);
	assert_string_equal(SAYS(sandbox, "r", "rev-parse", "pages~"), SAYS(sandbox, "r", "rev-parse", "main"));
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
	assert_int_equal(access(sandbox_path(sandbox, "r/reports/a.md"), F_OK), -1);
	prepare(sandbox, &pages);
	assert_string_equal(pages.base, outcome.commit);
	assert_false(commit(sandbox, &pages).committed);

	/* Detached is fine where the branch is named. */
	GIT(sandbox, "r", "checkout", "-q", "--detach");
	pages.branch = "main";
	prepare(sandbox, &pages);
	assert_true(commit(sandbox, &pages).committed);
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");

	GIT(sandbox, ".", "clone", "-q", "--bare", "r", "bare.git");
	struct publish_request bare = request_for(sandbox, "bare.git");
	struct publish_file page = {.path = TEXT("reports/c.md"), .bytes = TEXT("c\n")};
	bare.files = &page;
	bare.count = 1;
	bare.branch = "main";
	prepare(sandbox, &bare);
	assert_true(commit(sandbox, &bare).committed);
	assert_string_equal(SAYS(sandbox, "bare.git", "show", "main:reports/c.md"), "c\n");
	assert_int_equal(access(sandbox_path(sandbox, "bare.git/reports"), F_OK), -1);
	assert_int_equal(access(sandbox_path(sandbox, "bare.git/index"), F_OK), -1);
	check_sound(sandbox, "bare.git");

	GIT(sandbox, ".", "clone", "-q", "--depth", "1", arena_format(&sandbox->arena, "file://%s/r", sandbox->path), "shallow");
	GIT(sandbox, "shallow", "checkout", "-q", "-b", "here");
	struct publish_request shallow = request_for(sandbox, "shallow");
	shallow.files = &page;
	shallow.count = 1;
	prepare(sandbox, &shallow);
	assert_true(commit(sandbox, &shallow).committed);
	assert_string_equal(SAYS(sandbox, "shallow", "status", "--porcelain"), "");
}

static void test_bad_paths(void **state)
{
	struct sandbox *sandbox = *state;
	static const char *const bad[] = {"../x", "/x", ".git/config", "reports/.GIT/x", "a//b", "", "note.txt/x", "reports", "link/x", "link"};
	struct publish_outcome outcome;

	make_repository(sandbox);
	assert_int_equal(symlink("/tmp", sandbox_path(sandbox, "r/link")), 0);
	GIT(sandbox, "r", "add", "link");
	GIT(sandbox, "r", "commit", "-qm", "link");
	struct publish_request request = request_for(sandbox, "r");
	prepare(sandbox, &request);
	const char *refs = SAYS(sandbox, "r", "for-each-ref");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct publish_file page = {.path = text_of(bad[i]), .bytes = TEXT("x\n")};
		size_t changed, removed;
		request.files = &page;
		request.count = 1;
		if (publish_commit(&outcome, &request, &sandbox->arena, &sandbox->failure) == 0)
			fail_msg("'%s' was committed", bad[i]);
		assert_int_equal(sandbox->failure.code, EXIT_UNABLE);
		if (publish_files(&changed, &removed, request.directory, &page, 1, &sandbox->failure) == 0)
			fail_msg("'%s' was written", bad[i]);
	}
	struct publish_file twice[] = {{.path = TEXT("a/b"), .bytes = TEXT("1")}, {.path = TEXT("a-b"), .bytes = TEXT("1")},
	                               {.path = TEXT("a"), .bytes = TEXT("1")}};
	request.files = twice;
	request.count = 3;
	assert_int_equal(publish_commit(&outcome, &request, &sandbox->arena, &sandbox->failure), -1);
	request.count = 2;
	request.message = (struct text){"a\0b", 3};
	assert_int_equal(publish_commit(&outcome, &request, &sandbox->arena, &sandbox->failure), -1);
	assert_string_equal(SAYS(sandbox, "r", "for-each-ref"), refs);
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
}

static void test_files(void **state)
{
	struct sandbox *sandbox = *state;
	size_t changed, removed;
	struct publish_file files[] = {{.path = TEXT("reports/a.md"), .bytes = TEXT("a\n")},
	                               {.path = TEXT("reports/deep/er/b.md"), .bytes = TEXT("b\n")},
	                               {.path = TEXT("reports/gone.md"), .remove = true}};
	const char *top = sandbox_path(sandbox, "plain");
	struct stat before, after;

	sandbox_write(sandbox, "plain/reports/gone.md", "x\n");
	assert_int_equal(publish_files(&changed, &removed, top, files, 3, &sandbox->failure), 0);
	assert_int_equal(changed, 2);
	assert_int_equal(removed, 1);
	assert_string_equal(sandbox_read(sandbox, "plain/reports/deep/er/b.md"), "b\n");
	assert_int_equal(stat(sandbox_path(sandbox, "plain/reports/a.md"), &before), 0);
	assert_int_equal(publish_files(&changed, &removed, top, files, 3, &sandbox->failure), 0);
	assert_int_equal(changed + removed, 0);
	assert_int_equal(stat(sandbox_path(sandbox, "plain/reports/a.md"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);

	/* Something in the way: nothing at all is written. */
	files[0].bytes = TEXT("changed\n");
	assert_int_equal(unlink(sandbox_path(sandbox, "plain/reports/deep/er/b.md")), 0);
	assert_int_equal(mkfifo(sandbox_path(sandbox, "plain/reports/deep/er/b.md"), 0666), 0);
	assert_int_equal(publish_files(&changed, &removed, top, files, 3, &sandbox->failure), -1);
	assert_string_equal(sandbox_read(sandbox, "plain/reports/a.md"), "a\n");
	assert_int_equal(unlink(sandbox_path(sandbox, "plain/reports/deep/er/b.md")), 0);
	assert_int_equal(rmdir(sandbox_path(sandbox, "plain/reports/deep/er")), 0);
	assert_int_equal(mkdir(sandbox_path(sandbox, "outside"), 0777), 0);
	assert_int_equal(symlink("../../../outside", sandbox_path(sandbox, "plain/reports/deep/er")), 0);
	assert_int_equal(publish_files(&changed, &removed, top, files, 3, &sandbox->failure), -1);
	assert_int_equal(rmdir(sandbox_path(sandbox, "outside")), 0);
	files[1].path = TEXT("reports/deep/c.md");
	files[1].remove = true;
	assert_int_equal(publish_files(&changed, &removed, top, files, 3, &sandbox->failure), 0);
	assert_int_equal(changed, 1);
	const char *left[] = {"find", "plain", "-name", ".galley*", NULL};
	assert_int_equal(sandbox_run(sandbox, ".", left), 0);
	assert_string_equal(sandbox->output, "");
}

/* What an author writes: never over a file that is there, nor over what changed since it was read. */
static void test_guarded_files(void **state)
{
	struct sandbox *sandbox = *state;
	struct publish_request request = request_for(sandbox, "r");
	const char *top = sandbox_path(sandbox, "r");
	struct publish_file file = {.path = TEXT("recipes/one.yaml"), .bytes = TEXT("id: two\n"), .fresh = true};
	size_t changed, removed;

	make_repository(sandbox);
	assert_int_equal(publish_files(&changed, &removed, top, &file, 1, &sandbox->failure), -1);
	assert_int_equal(sandbox->failure.code, EXIT_FINDINGS);
	file.fresh = false;
	file.was = TEXT("id: other\n");
	assert_int_equal(publish_files(&changed, &removed, top, &file, 1, &sandbox->failure), -1);
	assert_int_equal(sandbox->failure.code, EXIT_LOST_RACE);
	assert_string_equal(sandbox_read(sandbox, "r/recipes/one.yaml"), "id: one\n");
	file.was = TEXT("id: one\n");
	assert_int_equal(publish_files(&changed, &removed, top, &file, 1, &sandbox->failure), 0);
	assert_string_equal(sandbox_read(sandbox, "r/recipes/one.yaml"), "id: two\n");
	GIT(sandbox, "r", "checkout", "-q", ".");

	prepare(sandbox, &request);
	request.files = &file;
	request.count = 1;
	file.fresh = true;
	struct publish_outcome outcome;
	assert_int_equal(publish_commit(&outcome, &request, &sandbox->arena, &sandbox->failure), -1);
	assert_non_null(strstr(sandbox->failure.message, "is there already"));
}

static int looks(struct sandbox *sandbox, const struct publish_request *request)
{
	struct text path;
	int result = publish_refuse_edits(&path, request, &sandbox->arena, &sandbox->failure);

	assert_true((result < 0) == (path.len > 0));
	return result;
}

static void test_edits_are_seen(void **state)
{
	struct sandbox *sandbox = *state;
	struct publish_request request = request_for(sandbox, "r");
	struct publish_file file = {.path = TEXT("recipes/one.yaml"), .bytes = TEXT("id: two\n")};

	make_repository(sandbox);
	prepare(sandbox, &request);
	request.files = &file;
	request.count = 1;
	assert_int_equal(looks(sandbox, &request), 0);
	sandbox_write(sandbox, "r/note.txt", "edited\n");
	GIT(sandbox, "r", "add", "note.txt");
	assert_int_equal(looks(sandbox, &request), 0);
	sandbox_write(sandbox, "r/recipes/one.yaml", "id: mine\n");
	assert_int_equal(looks(sandbox, &request), -1);
	GIT(sandbox, "r", "add", "recipes/one.yaml");
	sandbox_write(sandbox, "r/recipes/one.yaml", "id: one\n");
	assert_int_equal(looks(sandbox, &request), -1);
	assert_non_null(strstr(sandbox->failure.message, "staged"));
	/* Another branch has no working directory here. */
	GIT(sandbox, "r", "branch", "side");
	request.branch = "side";
	assert_int_equal(looks(sandbox, &request), 0);
	request.branch = NULL;
	GIT(sandbox, "r", "reset", "-q", "--hard");
	GIT(sandbox, "r", "rm", "-q", "--cached", "recipes/one.yaml");
	assert_int_equal(looks(sandbox, &request), -1);
	GIT(sandbox, "r", "reset", "-q", "--hard");
	file.path = TEXT("recipes/new.yaml");
	assert_int_equal(looks(sandbox, &request), 0);
	sandbox_write(sandbox, "r/recipes/new.yaml", "id: mine\n");
	assert_int_equal(looks(sandbox, &request), -1);
}

static void test_race(void **state)
{
	struct sandbox *sandbox = *state;
	struct text watched[] = {TEXT("recipes"), TEXT("galley.yaml")};
	struct publish_outcome outcome;

	make_repository(sandbox);
	struct publish_request request = request_for(sandbox, "r");
	request.watched = watched;
	request.watched_count = 2;
	prepare(sandbox, &request);
	GIT(sandbox, ".", "clone", "-q", "r", "friend");
	GIT(sandbox, "r", "config", "receive.denyCurrentBranch", "updateInstead");
	sandbox_write(sandbox, "friend/note.txt", "from a friend\n");
	GIT(sandbox, "friend", "commit", "-qam", "unrelated");
	GIT(sandbox, "friend", "push", "-q", "origin", "main");
	outcome = commit(sandbox, &request);
	assert_true(outcome.committed);
	assert_int_equal(outcome.warning_count, 0);
	assert_string_equal(SAYS(sandbox, "r", "log", "--format=%s"), "reports: update\nunrelated\nfirst\n");
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");

	/* The same, but in what was read: the pages would be of an old state. */
	struct publish_file page = {.path = TEXT("reports/c.md"), .bytes = TEXT("c\n")};
	request.files = &page;
	request.count = 1;
	prepare(sandbox, &request);
	GIT(sandbox, "friend", "pull", "-q", "origin", "main");
	sandbox_write(sandbox, "friend/recipes/two.yaml", "id: two\n");
	GIT(sandbox, "friend", "add", ".");
	GIT(sandbox, "friend", "commit", "-qm", "a recipe");
	GIT(sandbox, "friend", "push", "-q", "origin", "main");
	const char *refs = SAYS(sandbox, "r", "for-each-ref");
	assert_int_equal(publish_commit(&outcome, &request, &sandbox->arena, &sandbox->failure), -1);
	assert_int_equal(sandbox->failure.code, EXIT_LOST_RACE);
	assert_non_null(strstr(sandbox->failure.message, "'recipes' is not what was read"));
	assert_string_equal(SAYS(sandbox, "r", "for-each-ref"), refs);
	assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
}

static void test_warns_of_hooks(void **state)
{
	struct sandbox *sandbox = *state;

	make_repository(sandbox);
	sandbox_write(sandbox, "r/.git/hooks/pre-commit", "#!/bin/sh\nexit 1\n");
	assert_int_equal(chmod(sandbox_path(sandbox, "r/.git/hooks/pre-commit"), 0777), 0);
	GIT(sandbox, "r", "config", "commit.gpgsign", "true");
	struct publish_request request = request_for(sandbox, "r");
	prepare(sandbox, &request);
	struct publish_outcome outcome = commit(sandbox, &request);
	assert_int_equal(outcome.warning_count, 2);
	assert_true(is_warned(&outcome, "hooks were not run: pre-commit"));
	assert_true(is_warned(&outcome, "is not signed"));
}

/* Commits page after page until it is stopped. */
static _Noreturn void write_for_ever(struct sandbox *sandbox)
{
	for (int i = 0;; i++) {
		struct publish_request request = request_for(sandbox, "r");
		struct publish_outcome outcome;
		struct text branch;
		struct publish_file page = {.path = TEXT("reports/a.md"), .bytes = text_format(&sandbox->arena, "%d of %d\n", i, (int)getpid())};
		request.files = &page;
		request.count = 1;
		if (publish_prepare(request.base, &branch, &request, &sandbox->arena, &sandbox->failure) != 0 ||
		    publish_commit(&outcome, &request, &sandbox->arena, &sandbox->failure) != 0 || outcome.warning_count != 0)
			_exit(1);
	}
}

static void test_interruption(void **state)
{
	struct sandbox *sandbox = *state;

	make_repository(sandbox);
	for (int i = 0; i < 12; i++) {
		struct timespec moment = {0, 20000000 + i * 1700000};
		int status;
		bool polite = i < 8;
		fflush(NULL);
		pid_t child = fork();
		if (child == 0)
			write_for_ever(sandbox);
		nanosleep(&moment, NULL);
		assert_int_equal(kill(child, polite ? SIGTERM : SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		check_sound(sandbox, "r");
		const char *leftovers[] = {"find", "r", "-name", "*.lock", "-o", "-path", "r/reports/.galley*", NULL};
		assert_int_equal(sandbox_run(sandbox, ".", leftovers), 0);
		if (polite) {
			assert_string_equal(sandbox->output, "");
			assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
		}
		const char *remove[] = {"find", "r/.git", "-name", "*.lock", "-delete", NULL};
		assert_int_equal(sandbox_run(sandbox, ".", remove), 0);
		GIT(sandbox, "r", "reset", "-q", "--hard");
	}
}

enum { WRITERS = 6, ROUNDS = 5, WRITERS_SECONDS = 600 };

/* How a writer ends. */
enum { WRITER_DONE, WRITER_WARNED, WRITER_FAILED };

/* One of many: commits ROUNDS files of its own, each again until it lands, as whoever is told of a lost race does. */
static _Noreturn void write_pages(struct sandbox *sandbox, int writer)
{
	int end = WRITER_DONE;

	alarm(WRITERS_SECONDS);
	for (int landed = 0; landed < ROUNDS;) {
		struct publish_request request = request_for(sandbox, "r");
		struct publish_outcome outcome = {.committed = false};
		struct text branch;
		struct publish_file page = {.path = text_format(&sandbox->arena, "reports/w%d/%d.md", writer, landed), .bytes = TEXT("x\n")};
		request.files = &page;
		request.count = 1;
		/* The others hold the index for moments; where these add up, that is said and nothing was begun. */
		if (publish_prepare(request.base, &branch, &request, &sandbox->arena, &sandbox->failure) != 0) {
			if (!strstr(sandbox->failure.message, "index.lock"))
				_exit(WRITER_FAILED);
			continue;
		}
		int result = publish_commit(&outcome, &request, &sandbox->arena, &sandbox->failure);
		/* Every answer is one of two: it landed, or another was faster and nothing is left of it. */
		if (result == 0 ? !outcome.committed : sandbox->failure.code != EXIT_LOST_RACE)
			_exit(WRITER_FAILED);
		landed += result == 0;
		if (outcome.warning_count)
			end = WRITER_WARNED;
	}
	_exit(end);
}

/* On a machine however busy: each of them lands in the end, once, and none takes away what another landed. */
static void test_many_writers(void **state)
{
	struct sandbox *sandbox = *state;
	pid_t children[WRITERS];
	bool warned = false;

	make_repository(sandbox);
	fflush(NULL);
	for (int i = 0; i < WRITERS; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			write_pages(sandbox, i);
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), WRITER_FAILED);
		warned = warned || WEXITSTATUS(status) == WRITER_WARNED;
	}
	for (int i = 0; i < WRITERS; i++)
		for (int page = 0; page < ROUNDS; page++)
			GIT(sandbox, "r", "cat-file", "-e", arena_format(&sandbox->arena, "main:reports/w%d/%d.md", i, page));
	assert_string_equal(SAYS(sandbox, "r", "rev-list", "--count", "main"), arena_format(&sandbox->arena, "%d\n", 1 + WRITERS * ROUNDS));
	/* One that waited too long for the index leaves files behind, and says so. */
	if (!warned)
		assert_string_equal(SAYS(sandbox, "r", "status", "--porcelain"), "");
	check_sound(sandbox, "r");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_commit, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_users_work_is_safe, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_edited_pages_are_left, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_racy_edit_is_seen, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_line_ends, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_refusals, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_other_places, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_bad_paths, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_files, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_guarded_files, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_edits_are_seen, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_race, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_warns_of_hooks, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_interruption, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_many_writers, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	sandbox_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

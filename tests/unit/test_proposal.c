#include "sandbox.h"

#include "proposal.h"
#include "trailer.h"

static const struct publish_file page = {.path = {"runs/m/model.yaml", 17}, .bytes = {"production_run: a\nversion: 1.0.0\n", 33}};

static struct proposal_wish wish_for(const char *cause, struct sandbox *sandbox)
{
	return (struct proposal_wish){
		.model = TEXT("m"),
		.action = TEXT("rollback"),
		.file = &page,
		.message = text_format(&sandbox->arena, "Roll back m\n\nWhy.\n\nGalley-Model: m\nGalley-Action: rollback\nGalley-State: failed\nGalley-Reason: one\nGalley-Reason: two\n"
		                                        "Galley-As-Of: 2026-09-22T06:00:00Z\nGalley-Cause: %s\n", cause),
	};
}

static struct proposal_request request_for(struct sandbox *sandbox)
{
	struct proposal_request request = {.directory = sandbox_path(sandbox, "r"), .name = TEXT(" G. Bot. "), .email = TEXT("g@example.org"), .time = 1700000000};

	GIT(sandbox, "r", "rev-parse", "main");
	memcpy(request.base, sandbox->output, 40);
	return request;
}

static void make_repository(struct sandbox *sandbox)
{
	GIT(sandbox, ".", "init", "-q", "-b", "main", "r");
	sandbox_write(sandbox, "r/runs/m/model.yaml", "production_run: b\nversion: 1.0.0\n");
	GIT(sandbox, "r", "add", ".");
	GIT(sandbox, "r", "commit", "-qm", "first");
}

static enum proposal_move put(struct sandbox *sandbox, char commit[41], const char *cause, const char *expected)
{
	const struct proposal_request request = request_for(sandbox);
	const struct proposal_wish wish = wish_for(cause, sandbox);
	enum proposal_move move;
	struct text where;

	if (proposal_put(&move, commit, &where, &request, &wish, expected, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	return move;
}

static const struct proposal *only(struct sandbox *sandbox)
{
	const struct proposal_request request = request_for(sandbox);
	struct proposal *items;
	size_t count;

	if (proposals_read(&items, &count, &request, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	assert_int_equal(count, 1);
	return &items[0];
}

static void test_put_and_read(void **state)
{
	struct sandbox *sandbox = *state;
	char commit[41], again[41];

	make_repository(sandbox);
	assert_int_equal(put(sandbox, commit, "c1", ""), PROPOSAL_MOVED);
	const struct proposal *proposal = only(sandbox);
	assert_true(text_is(proposal->branch, "galley/m/rollback"));
	assert_string_equal(proposal->tip, commit);
	assert_string_equal(proposal->commit, commit);
	assert_false(proposal->touched);
	assert_true(proposal->applies);
	assert_false(proposal->merged);
	assert_true(text_is(proposal->cause, "c1"));
	assert_int_equal(proposal->reason_count, 2);
	assert_true(text_is(proposal->author, "G. Bot"));
	assert_int_equal(proposal->change_count, 1);
	assert_true(text_starts(proposal->changes[0].before, "production_run: b"));
	assert_true(text_starts(proposal->changes[0].after, "production_run: a"));

	/* Not where it was expected: nothing moves. */
	assert_int_equal(put(sandbox, again, "c2", ""), PROPOSAL_OVERTAKEN);
	assert_int_equal(put(sandbox, again, "c2", "1111111111111111111111111111111111111111"), PROPOSAL_OVERTAKEN);
	assert_string_equal(only(sandbox)->tip, commit);
	assert_int_equal(put(sandbox, again, "c2", commit), PROPOSAL_MOVED);
	assert_string_not_equal(again, commit);
	assert_string_equal(only(sandbox)->tip, again);
	/* The same once more is the same commit. */
	assert_int_equal(put(sandbox, commit, "c2", again), PROPOSAL_MOVED);
	assert_string_equal(commit, again);
	GIT(sandbox, "r", "fsck", "--strict");
	GIT(sandbox, "r", "status", "--porcelain");
	assert_string_equal(sandbox->output, "");
}

static void test_withdraw(void **state)
{
	struct sandbox *sandbox = *state;
	enum proposal_move move;
	struct text where;
	char commit[41];

	make_repository(sandbox);
	put(sandbox, commit, "c1", "");
	const struct proposal_request request = request_for(sandbox);
	assert_int_equal(proposal_withdraw(&move, &where, &request, TEXT("galley/m/rollback"), request.base, &sandbox->arena, &sandbox->failure), 0);
	assert_int_equal(move, PROPOSAL_OVERTAKEN);
	assert_string_equal(only(sandbox)->tip, commit);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(proposal_withdraw(&move, &where, &request, TEXT("galley/m/rollback"), commit, &sandbox->arena, &sandbox->failure), 0);
		assert_int_equal(move, PROPOSAL_MOVED);
	}
	GIT(sandbox, "r", "for-each-ref", "refs/heads/galley");
	assert_string_equal(sandbox->output, "");
}

/* Each of these is a person's touch. */
static void test_seal(void **state)
{
	struct sandbox *sandbox = *state;
	static const char *const touches[] = {
		"git commit -q --amend --no-edit --reset-author",
		"git commit -q --amend --no-edit --date=2023-11-15T00:00:00Z",
		"git commit -q --allow-empty -m more",
		"git -c user.name='G. Bot' -c user.email=g@example.org commit -q --allow-empty --amend -m \"$(git log -1 --format=%B | sed 's/Why/Who/')\"",
		"echo x >>runs/m/model.yaml; GIT_COMMITTER_NAME='G. Bot' GIT_COMMITTER_EMAIL=g@example.org GIT_COMMITTER_DATE='1700000000 +0000' git commit -qa --amend --no-edit",
		"git commit -q --amend -m 'Another message'",
	};

	for (size_t i = 0; i < sizeof touches / sizeof *touches; i++) {
		char commit[41];
		sandbox_run(sandbox, ".", (const char *const[]){"rm", "-rf", "r", NULL});
		make_repository(sandbox);
		put(sandbox, commit, "c1", "");
		GIT(sandbox, "r", "switch", "-q", "galley/m/rollback");
		if (sandbox_run(sandbox, "r", (const char *const[]){"sh", "-c", touches[i], NULL}) != 0)
			fail_msg("%s: %s", touches[i], sandbox->output);
		GIT(sandbox, "r", "switch", "-q", "main");
		const struct proposal *proposal = only(sandbox);
		if (!proposal->touched || strcmp(proposal->tip, commit) == 0)
			fail_msg("not seen: %s", touches[i]);
		/* Ours lies below only where it was added to. */
		assert_int_equal(proposal->commit[0] != '\0', i == 2);
	}
}

static void test_merging(void **state)
{
	struct sandbox *sandbox = *state;
	char commit[41];

	make_repository(sandbox);
	put(sandbox, commit, "c1", "");
	sandbox_write(sandbox, "r/runs/m/model.yaml", "production_run: c\nversion: 1.0.0\n");
	GIT(sandbox, "r", "commit", "-qam", "the same line");
	assert_false(only(sandbox)->applies);
	GIT(sandbox, "r", "reset", "-q", "--hard", "HEAD^");
	sandbox_write(sandbox, "r/other.txt", "x\n");
	GIT(sandbox, "r", "add", ".");
	GIT(sandbox, "r", "commit", "-qm", "elsewhere");
	assert_true(only(sandbox)->applies);
	GIT(sandbox, "r", "merge", "-q", "--no-ff", "-m", "yes", "galley/m/rollback");
	assert_true(only(sandbox)->merged);
}

static void test_trailers(void **state)
{
	const struct text message = TEXT("Subject Galley-Cause: no\n\n Galley-Cause: no\nGalley-Cause:no\nGalley-Causes: no\nGalley-Cause: one\nGalley-Cause: two");

	(void)state;
	assert_true(text_is(trailer_get(message, "Cause", 0), "one"));
	assert_true(text_is(trailer_get(message, "Cause", 1), "two"));
	assert_int_equal(trailer_get(message, "Cause", 2).len, 0);
	assert_int_equal(trailer_get(TEXT(""), "Cause", 0).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_put_and_read, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_withdraw, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_seal, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_merging, sandbox_open, sandbox_close),
		cmocka_unit_test(test_trailers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	sandbox_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sandbox.h"

#include "../../src/history/index.h"

/* --- versions that a pin asks for --- */

static struct history_version a_version(const char *version, enum record_status status, int64_t time)
{
	return (struct history_version){.kind = KIND_RECIPE, .id = TEXT("r"), .version = text_of(version), .status = status, .stood_time = time};
}

static const char *picked(const struct history_version *versions, size_t count, const char *pin)
{
	const struct history_version *found = history_pick(versions, count, text_of(pin));

	return found ? found->version.at : "none";
}

static void test_pick(void **state)
{
	const struct history_version versions[] = {
		a_version("2.0.0-rc.1", STATUS_APPROVED, 9), a_version("1.3.0", STATUS_DRAFT, 8),      a_version("1.2.10", STATUS_APPROVED, 7),
		a_version("1.2.9", STATUS_APPROVED, 6),      a_version("1.1.0", STATUS_ARCHIVED, 5),   a_version("1.0.0+b", STATUS_APPROVED, 4),
		a_version("1.0.0+a", STATUS_APPROVED, 3),    a_version("0.9.0", STATUS_APPROVED, 2),   a_version("0.1.0", STATUS_NONE, 1),
	};
	static const struct {
		const char *pin, *wanted;
	} cases[] = {
		{"1.3.0", "1.3.0"},   {"1.1.0", "1.1.0"},   {"^1.0", "1.2.10"},      {"~1.2.0", "1.2.10"},        {"1.2.x", "1.2.10"},
		{"*", "1.2.10"},      {">=1.3", "none"},    {"<1", "0.9.0"},         {"1.0.0+a", "1.0.0+a"},      {"1.0.0", "1.0.0+b"},
		{"1.0.0+c", "1.0.0+b"}, {"^1.1.0 <1.2", "none"}, {"^2.0.0-rc.0", "2.0.0-rc.1"}, {"^0.9.0 || 1.1.x", "0.9.0"}, {"^0.1.0", "none"},
		{"0.1.0", "0.1.0"},   {"3.0.0", "none"},    {"1.0.0 - 1.2.9", "1.2.9"}, {"nonsense", "none"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *found = picked(versions, sizeof versions / sizeof *versions, cases[i].pin);
		if (strcmp(found, cases[i].wanted) != 0)
			fail_msg("%s gives %s, wanted %s", cases[i].pin, found, cases[i].wanted);
	}
	assert_string_equal(picked(versions, 0, "*"), "none");
}

/* --- the index as bytes --- */

static const char manifest[] = "metadata: {id: %s, name: N, model_family: pricing, level: baseline, version: %s, status: approved}\n";

static void commit(struct sandbox *sandbox, const char *day, const char *message)
{
	setenv("GIT_COMMITTER_DATE", arena_format(&sandbox->arena, "2026-01-%sT00:00:00Z", day), 1);
	GIT(sandbox, "ws", "add", "-A");
	GIT(sandbox, "ws", "commit", "-q", "--allow-empty", "-m", message);
}

static void write_manifest(struct sandbox *sandbox, const char *path, const char *id, const char *version)
{
	sandbox_write(sandbox, path, arena_format(&sandbox->arena, manifest, id, version));
}

static struct source *make_history(struct sandbox *sandbox)
{
	struct source_options options = {.directory = sandbox_path(sandbox, "ws")};
	struct source *source = NULL;

	GIT(sandbox, ".", "init", "-q", "-b", "main", "ws");
	write_manifest(sandbox, "ws/recipes/a.yaml", "a", "1.0.0");
	write_manifest(sandbox, "ws/recipes/b.yaml", "b", "1.0.0");
	sandbox_write(sandbox, "ws/recipes/broken.yaml", "metadata: {id: [\n");
	sandbox_write(sandbox, "ws/recipes/notes.txt", "none of ours\n");
	commit(sandbox, "01", "first");
	GIT(sandbox, "ws", "checkout", "-q", "-b", "side");
	write_manifest(sandbox, "ws/recipes/a.yaml", "a", "1.1.0");
	commit(sandbox, "02", "side");
	GIT(sandbox, "ws", "checkout", "-q", "main");
	write_manifest(sandbox, "ws/recipes/b.yaml", "b", "2.0.0");
	/* The same id twice: the first by path counts. */
	write_manifest(sandbox, "ws/recipes/a2.yaml", "a", "9.0.0");
	commit(sandbox, "03", "main");
	setenv("GIT_COMMITTER_DATE", "2026-01-04T00:00:00Z", 1);
	GIT(sandbox, "ws", "merge", "-q", "--no-ff", "-m", "merge", "side");
	GIT(sandbox, "ws", "rm", "-q", "recipes/a.yaml");
	commit(sandbox, "05", "a2 takes over");
	if (source_open(&source, &options, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	return source;
}

static struct history *open_history(struct sandbox *sandbox, struct source *source, bool present)
{
	struct catalog *settings = arena_alloc(&sandbox->arena, sizeof *settings);
	struct history *history = NULL;
	struct diags diags;

	diags_init(&diags, &sandbox->arena);
	if (catalog_read_config(settings, source, &limits_default, &sandbox->arena, &diags, &sandbox->failure) != 0 ||
	    history_open(&history, source, settings, &limits_default, present, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	return history;
}

static const char *describe(struct sandbox *sandbox, struct history *history, const char *id)
{
	struct history_version *versions;
	const char *all = "";
	size_t count;

	history_versions(&versions, &count, history, KIND_RECIPE, text_of(id), &sandbox->arena);
	for (size_t i = 0; i < count; i++) {
		const char *made = "none";
		if (versions[i].made[0]) {
			GIT(sandbox, "ws", "log", "-1", "--format=%s", versions[i].made);
			sandbox->output[strcspn(sandbox->output, "\n")] = '\0';
			made = arena_copy(&sandbox->arena, sandbox->output, strlen(sandbox->output));
		}
		all = arena_format(&sandbox->arena, "%s%.*s by %s in %.*s%s\n", all, TEXT_ARGS(versions[i].version), made, TEXT_ARGS(versions[i].path),
		                   versions[i].present ? ", here" : "");
	}
	return all;
}

static void test_versions(void **state)
{
	struct sandbox *sandbox = *state;
	struct source *source = make_history(sandbox);
	struct history *history = open_history(sandbox, source, true);

	assert_int_equal(history_extent(history), PAST_FOUND);
	assert_string_equal(describe(sandbox, history, "a"), "9.0.0 by a2 takes over in recipes/a2.yaml, here\n1.1.0 by side in recipes/a.yaml\n"
	                                                     "1.0.0 by first in recipes/a.yaml\n");
	assert_string_equal(describe(sandbox, history, "b"), "2.0.0 by main in recipes/b.yaml, here\n1.0.0 by first in recipes/b.yaml\n");
	assert_string_equal(describe(sandbox, history, "c"), "");
	write_manifest(sandbox, "ws/recipes/c.yaml", "c", "0.1.0");
	assert_string_equal(describe(sandbox, open_history(sandbox, source, true), "c"), "0.1.0 by none in recipes/c.yaml, here\n");
	assert_string_equal(describe(sandbox, open_history(sandbox, source, false), "c"), "");
	source_close(source);
}

/* A few bytes of every kind of damage, with a checksum that fits: it is refused, or answers without leaving its own memory. */
static void test_hostile_index(void **state)
{
	struct sandbox *sandbox = *state;
	struct source *source = make_history(sandbox);
	struct history *history = open_history(sandbox, source, false);
	struct buffer good;
	size_t head = strlen("galley versions 2\n"), taken = 0;
	struct index index;

	buffer_init(&good);
	/* Where workspaces came from; of a commit that the index does not have nothing is kept. */
	struct move moves[] = {{.to = TEXT("ml/"), .from = TEXT(""), .found = true}, {.to = TEXT("a/b/"), .from = TEXT("")}, {.to = TEXT("c/")}};
	for (size_t i = 0; i < 2; i++) {
		memcpy(moves[i].commit, history->index.commits[2 + i].id, ID_BYTES);
		memcpy(moves[i].parent, history->index.commits[i].id, ID_BYTES);
	}
	history->index.moves = moves;
	history->index.move_count = 3;
	index_encode(&good, &history->index);
	assert_true(index_decode(&index, buffer_text(&good), history->index.shape, NULL, 0, &sandbox->arena));
	assert_int_equal(index.commit_count, 5);
	assert_int_equal(index.move_count, 2);
	assert_true(index.moves[0].found && text_is(index.moves[0].to, "ml/") && !index.moves[0].from.len);
	assert_true(!index.moves[1].found && text_is(index.moves[1].to, "a/b/"));
	assert_memory_equal(index.moves[1].commit, history->index.commits[3].id, ID_BYTES);
	assert_memory_equal(index.moves[1].parent, history->index.commits[1].id, ID_BYTES);
	assert_false(index_decode(&index, buffer_text(&good), TEXT("another shape"), NULL, 0, &sandbox->arena));
	for (size_t cut = 0; cut < good.len; cut += 7)
		assert_false(index_decode(&index, text_cut(buffer_text(&good), 0, cut), history->index.shape, NULL, 0, &sandbox->arena));
	for (size_t at = 0; at < good.len; at++) {
		struct arena arena;
		arena_init(&arena);
		char *bytes = arena_copy(&arena, good.data, good.len);
		bytes[at] = (char)(bytes[at] ^ (char)(1 << (at % 8)));
		assert_false(index_decode(&index, (struct text){bytes, good.len}, history->index.shape, NULL, 0, &arena));
		if (at >= head + 8) {
			uint64_t sum = index_checksum((struct text){bytes + head + 8, good.len - head - 8});
			for (unsigned i = 0; i < 8; i++)
				bytes[head + i] = (char)(unsigned char)(sum >> (8 * i));
			struct history other = *history;
			if (index_decode(&other.index, (struct text){bytes, good.len}, history->index.shape, NULL, 0, &arena)) {
				struct history_version *versions;
				size_t count;
				taken++;
				other.arena = &arena;
				other.reached = NULL;
				other.tip = other.index.commit_count - 1;
				other.real_count = other.index.commit_count;
				other.place_at = arena_array(&arena, other.index.commit_count + 1, sizeof *other.place_at);
				for (size_t i = 0; i < other.index.commit_count; i++)
					other.place_at[i] = 1;
				index_names(&other.index, other.folders, other.folder_count, &arena);
				history_versions(&versions, &count, &other, KIND_RECIPE, TEXT("a"), &arena);
			}
		}
		arena_release(&arena);
	}
	/* A changed time or digest is no contradiction. */
	assert_in_range(taken, 100, good.len);
	buffer_release(&good);
	source_close(source);
}

/* --- workspaces that move --- */

static const char *place_in(struct sandbox *sandbox, struct source *source, const char *revision)
{
	struct text place = {NULL, 0};
	bool found = false;
	char commit[41];

	if (source_revision(commit, source, revision, &sandbox->failure) != 0 ||
	    history_place(&place, &found, source, commit, &limits_default, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	return found ? arena_format(&sandbox->arena, "%.*s", TEXT_ARGS(place)) : "none";
}

static const char *left(struct sandbox *sandbox, struct source *source, const char *from, const char *to)
{
	char before[41], after[41];
	struct source_place *places = NULL;
	const char *all = "";
	size_t count = 0;

	if (source_revision(before, source, from, &sandbox->failure) != 0 || (to && source_revision(after, source, to, &sandbox->failure) != 0) ||
	    source_left(&places, &count, source, before, to ? after : NULL, &limits_default, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	for (size_t i = 0; i < count; i++)
		all = arena_format(&sandbox->arena, "%s'%.*s'%s ", all, TEXT_ARGS(places[i].path), places[i].gone ? "" : " changed");
	return all;
}

static void test_moves(void **state)
{
	struct sandbox *sandbox = *state;
	struct source_options options = {.directory = sandbox_path(sandbox, "ws/x/lab")};
	struct source *source = NULL;
	struct text to;
	char commits[3][41], (*parents)[41];
	size_t count;
	bool found;

	GIT(sandbox, ".", "init", "-q", "-b", "main", "ws");
	sandbox_write(sandbox, "ws/ml/galley.yaml", "version: 1\n");
	sandbox_write(sandbox, "ws/us/galley.yml", "version: 1\n");
	write_manifest(sandbox, "ws/ml/recipes/a.yaml", "a", "1.0.0");
	write_manifest(sandbox, "ws/us/recipes/a.yaml", "a", "2.0.0");
	write_manifest(sandbox, "ws/us/recipes/b.yaml", "b", "1.0.0");
	commit(sandbox, "01", "two workspaces");
	GIT(sandbox, "ws", "mv", "us", "x");
	commit(sandbox, "02", "one moves");
	GIT(sandbox, "ws", "mv", "ml", "x/lab");
	commit(sandbox, "03", "the other moves");
	if (source_open(&source, &options, &sandbox->arena, &sandbox->failure) != 0)
		fail_msg("%s", sandbox->failure.message);
	assert_string_equal(left(sandbox, source, "HEAD~2", "HEAD"), "'ml/' 'us/' ");
	assert_string_equal(left(sandbox, source, "HEAD~2", NULL), "'ml/' 'us/' ");
	assert_string_equal(left(sandbox, source, "HEAD", "HEAD~2"), "'x/' 'x/lab/' ");
	assert_string_equal(left(sandbox, source, "HEAD", NULL), "'x/' changed 'x/lab/' changed ");
	assert_string_equal(left(sandbox, source, "HEAD~1", "HEAD"), "'ml/' 'x/' changed ");
	assert_string_equal(place_in(sandbox, source, "HEAD"), "x/lab/");
	assert_string_equal(place_in(sandbox, source, "HEAD~1"), "ml/");
	assert_string_equal(place_in(sandbox, source, "HEAD~2"), "ml/");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(source_revision(commits[i], source, arena_format(&sandbox->arena, "HEAD~%zu", i), &sandbox->failure), 0);
	struct history *history = open_history(sandbox, source, false);
	assert_true(history_had(history, commits[0], KIND_RECIPE, TEXT("x/lab/recipes/a.yaml")));
	assert_false(history_had(history, commits[0], KIND_RECIPE, TEXT("ml/recipes/a.yaml")));
	assert_true(history_had(history, commits[1], KIND_RECIPE, TEXT("ml/recipes/a.yaml")));
	assert_false(history_had(history, commits[1], KIND_PACK, TEXT("ml/recipes/a.yaml")));
	assert_false(history_had(history, commits[2], KIND_RECIPE, TEXT("us/recipes/a.yaml")));
	assert_int_equal(history_moved_to(&to, &found, source, commits[2], TEXT("us/"), &limits_default, &sandbox->arena, &sandbox->failure), 0);
	assert_true(found && text_is(to, "x/"));
	assert_int_equal(source_parents(&parents, &count, source, commits[0], &sandbox->arena, &sandbox->failure), 0);
	assert_int_equal(count, 1);
	assert_string_equal(parents[0], commits[1]);
	assert_int_equal(source_descends(&found, source, commits[0], commits[2], &sandbox->failure), 0);
	assert_true(found);
	assert_int_equal(source_descends(&found, source, commits[2], commits[0], &sandbox->failure), 0);
	assert_false(found);
	source_close(source);
}

static void test_id_table(void **state)
{
	struct arena arena;
	struct id_table table = {0};
	unsigned char id[ID_BYTES] = {0}, other[ID_BYTES];
	char text[41];

	(void)state;
	arena_init(&arena);
	assert_true(id_table_find(&table, id) == ID_NONE);
	for (size_t i = 0; i < 1000; i++) {
		/* All in one slot: the first bytes are alike. */
		id[18] = (unsigned char)(i >> 8);
		id[19] = (unsigned char)i;
		id_table_put(&table, id, i, &arena);
	}
	for (size_t i = 0; i < 1000; i++) {
		id[18] = (unsigned char)(i >> 8);
		id[19] = (unsigned char)i;
		assert_true(id_table_find(&table, id) == i);
	}
	id[0] = 0xfe;
	assert_true(id_table_find(&table, id) == ID_NONE);
	id_print(text, id);
	assert_string_equal(text, "fe000000000000000000000000000000000003e7");
	assert_int_equal(id_parse(other, text), 0);
	assert_memory_equal(id, other, ID_BYTES);
	assert_int_equal(id_parse(other, "fe"), -1);
	text[7] = 'G';
	assert_int_equal(id_parse(other, text), -1);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pick),
		cmocka_unit_test(test_id_table),
		cmocka_unit_test_setup_teardown(test_versions, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_hostile_index, sandbox_open, sandbox_close),
		cmocka_unit_test_setup_teardown(test_moves, sandbox_open, sandbox_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	sandbox_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

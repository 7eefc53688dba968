#include <dirent.h>
#include <sys/stat.h>

#include "edit.h"
#include "reading.h"

/* One edit of one text; the arena keeps what comes of it. */
struct trial {
	struct arena arena;
	struct input file;
	struct refusal refusal;
	struct text bytes;
	int result;
};

static void trial_init(struct trial *trial, const char *path, struct text bytes, struct edit edit)
{
	arena_init(&trial->arena);
	trial->file = (struct input){.path = text_of(path), .bytes = text_copy(&trial->arena, bytes)};
	trial->refusal = (struct refusal){.help = TEXT("")};
	trial->result = document_edit(&trial->bytes, &trial->file, &edit, 1, &limits_default, &trial->arena, &trial->refusal);
}

static void check(const char *path, const char *before, struct edit edit, const char *after)
{
	struct trial trial;

	trial_init(&trial, path, text_of(before), edit);
	if (trial.result != 0)
		fail_msg("refused: %.*s\n%s", TEXT_ARGS(trial.refusal.message), before);
	if (!text_is(trial.bytes, after))
		fail_msg("got:\n%.*s\nwanted:\n%s", TEXT_ARGS(trial.bytes), after);
	arena_release(&trial.arena);
}

static void check_refused(const char *path, const char *before, struct edit edit, unsigned line, const char *why)
{
	struct trial trial;

	trial_init(&trial, path, text_of(before), edit);
	assert_int_equal(trial.result, -1);
	const char *message = arena_copy(&trial.arena, trial.refusal.message.at, trial.refusal.message.len);
	if (!strstr(message, why))
		fail_msg("said: %s\nwanted: %s", message, why);
	assert_int_equal(trial.refusal.place.line, line);
	assert_true(trial.refusal.help.len > 0);
	arena_release(&trial.arena);
}

#define SET(field, to) ((struct edit){EDIT_TEXT, TEXT(field), TEXT(to), NULL})
#define WORD(field, to) ((struct edit){EDIT_WORD, TEXT(field), TEXT(to), NULL})
#define ADD(field, to, behind) ((struct edit){EDIT_TEXT, TEXT(field), TEXT(to), behind})
#define REMOVE(field) ((struct edit){EDIT_REMOVE, TEXT(field), TEXT(""), NULL})

static void test_set(void **state)
{
	(void)state;
	check("x.yaml", "# top\na:   draft   # why\n\nb: 1\n", SET("a", "approved"), "# top\na:   approved   # why\n\nb: 1\n");
	check("x.yaml", "m:\n  - x\nn:\n    v: 1.2.0 # c\n    w: 2\n", SET("n.v", "1.3.0"), "m:\n  - x\nn:\n    v: 1.3.0 # c\n    w: 2\n");
	check("x.yaml", "a: 'it'\n", SET("a", "it's"), "a: 'it''s'\n");
	check("x.yaml", "a: \"x\"  \n", SET("a", "q\"\\"), "a: \"q\\\"\\\\\"  \n");
	check("x.yaml", "a: x\n", SET("a", "yes"), "a: \"yes\"\n");
	check("x.yaml", "a: x\n", SET("a", "1.0"), "a: \"1.0\"\n");
	check("x.yaml", "a: x\n", SET("a", "b: c"), "a: \"b: c\"\n");
	check("x.yaml", "a: x\n", SET("a", "b #c"), "a: \"b #c\"\n");
	check("x.yaml", "a: x\n", SET("a", "line\nline"), "a: \"line\\nline\"\n");
	check("x.yaml", "a: x\n", SET("a", "2026-02-01T02:00:00Z"), "a: 2026-02-01T02:00:00Z\n");
	check("x.yaml", "a: x\n", SET("a", "recipe_x@^1.2"), "a: recipe_x@^1.2\n");
	check("x.yaml", "a: x\n", SET("a", "Größe"), "a: Größe\n");
	check("x.yaml", "a: x\n", SET("a", ""), "a: \"\"\n");
	check("x.yaml", "a: x\n", WORD("a", "0.25"), "a: 0.25\n");
	check("x.yaml", "a:\nb: 1\n", SET("a", "x"), "a: x\nb: 1\n");
	check("x.yaml", "a:   # why\nb: 1\n", SET("a", "x"), "a: x   # why\nb: 1\n");
	check("x.yaml", "a: null\n", SET("a", "x"), "a: x\n");
	check("x.yaml", "a: some\n  more\nb: 1\n", SET("a", "x"), "a: x\nb: 1\n");
	check("x.yaml", "a: \"some\n  more\" # c\nb: 1\n", SET("a", "x"), "a: \"x\" # c\nb: 1\n");
	check("x.yaml", "\xef\xbb\xbf" "a: x\r\nb: 1\r\n", SET("a", "y"), "\xef\xbb\xbf" "a: y\r\nb: 1\r\n");
	check("x.yaml", "{a: x, b: {c: y}}", SET("b.c", "z, z"), "{a: x, b: {c: \"z, z\"}}");
	check("x.yaml", "é: ü\na: x", SET("a", "y"), "é: ü\na: y");
	check("x.yaml", "---\na: x\n...\n", SET("a", "y"), "---\na: y\n...\n");
	check("x.yaml", "a: x\n", SET("a", "x"), "a: x\n");
	check("x.json", "{\"a\": \"x\",\n \"b\": {\"c\" :\"y\"}}", SET("b.c", "z\""), "{\"a\": \"x\",\n \"b\": {\"c\" :\"z\\\"\"}}");
	check("x.json", "{\"a\": null}", WORD("a", "3"), "{\"a\": 3}");
	check("x.json", "{\"l\": [{\"a\": 1}, \"}\"], \"a\": \"x\"}\n", SET("a", "y"), "{\"l\": [{\"a\": 1}, \"}\"], \"a\": \"y\"}\n");
}

static void test_insert(void **state)
{
	(void)state;
	check("x.yaml", "a: 1  # c\nb: 2\n", ADD("n", "x", "a"), "a: 1  # c\nn: x\nb: 2\n");
	check("x.yaml", "a: 1\nb: 2\n", ADD("n", "x", "c|b|a"), "a: 1\nb: 2\nn: x\n");
	check("x.yaml", "a: 1\nb: 2", ADD("n", "x", NULL), "a: 1\nb: 2\nn: x");
	check("x.yaml", "a: 1\r\nb: 2\r\n", ADD("n", "x", "a"), "a: 1\r\nn: x\r\nb: 2\r\n");
	check("x.yaml", "m:\n    a: 1\n\n# next\nb: 2\n", ADD("m.n", "x", NULL), "m:\n    a: 1\n    n: x\n\n# next\nb: 2\n");
	check("x.yaml", "a:\n  b:\n    - 1\n    - c: 2 # c\nz: 1\n", ADD("n", "x", "a"), "a:\n  b:\n    - 1\n    - c: 2 # c\nn: x\nz: 1\n");
	check("x.yaml", "a: |\n  text\n\nb: 1\n", ADD("n", "x", "a"), "a: |\n  text\n\nn: x\nb: 1\n");
	/* A line end would become part of the text. */
	check_refused("x.yaml", "b: 1\na: |\n  text", ADD("n", "x", "a"), 1, "something else would change with it");
	check("x.yaml", "a: {p: 1, q: 2}\n", ADD("a.n", "x", "p"), "a: {p: 1, n: x, q: 2}\n");
	check("x.yaml", "a: {p: 1, q: 2}\n", ADD("a.n", "x", NULL), "a: {p: 1, q: 2, n: x}\n");
	check("x.yaml", "a: {}\n", ADD("a.n", "x", NULL), "a: {n: x}\n");
	check("x.yaml", "a: {\n  p: 1, # c\n  q: 2, # d\n}\n", ADD("a.n", "x", NULL), "a: {\n  p: 1, # c\n  q: 2,\n  n: x, # d\n}\n");
	check("x.yaml", "a: {\n  p: 1, # c\n  q: 2\n}\n", ADD("a.n", "x", "p"), "a: {\n  p: 1, # c\n  n: x,\n  q: 2\n}\n");
	check("x.json", "{\n\t\"a\": 1,\n\t\"b\": [1, 2]\n}\n", ADD("n", "x", NULL), "{\n\t\"a\": 1,\n\t\"b\": [1, 2],\n\t\"n\": \"x\"\n}\n");
	check("x.json", "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}", ADD("n", "x", "a"), "{\r\n  \"a\": 1,\r\n  \"n\": \"x\",\r\n  \"b\": 2\r\n}");
	check("x.json", "{\"m\": {}}", ADD("m.n", "x", NULL), "{\"m\": {\"n\": \"x\"}}");
}

static void test_remove(void **state)
{
	(void)state;
	check("x.yaml", "a: 1\n# of b\nb:\n  - 2 # c\nc: 3\n", REMOVE("b"), "a: 1\n# of b\nc: 3\n");
	check("x.yaml", "a: 1\nb: 2", REMOVE("b"), "a: 1");
	check("x.yaml", "a: 1\r\nb: 2", REMOVE("b"), "a: 1");
	check("x.yaml", "m: {a: 1, b: 2, c: 3}\n", REMOVE("m.b"), "m: {a: 1, c: 3}\n");
	check("x.yaml", "m: {a: 1, b: 2}\n", REMOVE("m.b"), "m: {a: 1}\n");
	check("x.yaml", "m: {b: 2}\n", REMOVE("m.b"), "m: {}\n");
	check("x.yaml", "a: 1\n", REMOVE("b"), "a: 1\n");
	check("x.yaml", "a: |\n  text\n\nb: 1\n", REMOVE("a"), "b: 1\n");
	check("x.json", "{\"a\": [1], \"b\": 2}", REMOVE("a"), "{\"b\": 2}");
}

static void test_anchors(void **state)
{
	(void)state;
	check("x.yaml", "a: &s x\nb: 1\n", SET("a", "y"), "a: &s y\nb: 1\n");
	check("x.yaml", "a: !!str x\n", SET("a", "y"), "a: !!str y\n");
	check("x.yaml", "a: &s x\nb: *s\n", SET("b", "y"), "a: &s x\nb: y\n");
	check_refused("x.yaml", "a: &s x\nb: *s\n", SET("a", "y"), 1, "something else would change with it");
	check_refused("x.yaml", "m: &m {a: 1}\nn: *m\n", SET("n.a", "y"), 2, "'n' is an alias, not a mapping");
	check_refused("x.yaml", "m: &m {a: x}\nn: *m\n", SET("m.a", "y"), 1, "something else would change with it");
	check_refused("x.yaml", "m: &m {a: x}\nn: *m\n", ADD("m.b", "y", NULL), 1, "something else would change with it");
}

static void test_refused(void **state)
{
	(void)state;
	check_refused("x.yaml", "b: 1\na: |\n  text\n", SET("a", "x"), 2, "it is a block of several lines");
	check_refused("x.yaml", "a: [1]\n", SET("a", "x"), 1, "it is a list");
	check_refused("x.yaml", "a:\n  b: 1\n", SET("a", "x"), 1, "it is a mapping");
	check_refused("x.yaml", "a: 1\n", SET("m.x", "x"), 1, "there is no mapping to hold it");
	check_refused("x.yaml", "b: 1\na: 1\n", SET("a.x", "x"), 2, "'a' is a single value, not a mapping");
	check_refused("x.yaml", "a: 1\nm:\n  b: 1\n", REMOVE("m.b"), 3, "the only key");
	check_refused("x.yaml", "a: 1\na: 2\n", SET("b", "x"), 2, "stands twice");
	check_refused("x.yaml", "a: [1\n", SET("b", "x"), 1, "cannot change 'b' in place");
	check_refused("x.yaml", "? a\n: x\nb: 1\n", REMOVE("a"), 1, "something else stands on its line");
}

static void test_several(void **state)
{
	const struct edit edits[] = {SET("status", "production"), ADD("production_run", "2026-02-01-train", "version|status"),
	                             ADD("version", "1.0.0", "status")};
	struct arena arena;
	struct refusal refusal;
	struct text bytes;
	struct input file = {.path = TEXT("model.yaml"), .bytes = TEXT("status: staging # now\nrecipe: r\n")};

	(void)state;
	arena_init(&arena);
	assert_int_equal(document_edit(&bytes, &file, edits, 3, &limits_default, &arena, &refusal), 0);
	assert_true(text_is(bytes, "status: production # now\nversion: 1.0.0\nproduction_run: 2026-02-01-train\nrecipe: r\n"));
	arena_release(&arena);
}

/* --- Over every manifest of the cases and the example --- */

struct tally {
	size_t files, set, refused, inserted;
};

static struct text other_value(struct text text)
{
	return text_is(text, "marked_value") ? TEXT("other_value") : TEXT("marked_value");
}

/* What stands before the first and behind the last byte that differ is the old file's; so one stretch alone has changed. */
static size_t stretch(struct text old, struct text new)
{
	size_t head = 0, tail = 0, most = old.len < new.len ? old.len : new.len;

	while (head < most && old.at[head] == new.at[head])
		head++;
	while (tail < most - head && old.at[old.len - 1 - tail] == new.at[new.len - 1 - tail])
		tail++;
	return old.len - head - tail;
}

static void try_set(struct tally *tally, const struct input *file, struct text path, const struct value *value)
{
	struct text to = other_value(value->text);
	struct trial there, back;

	trial_init(&there, file->path.at, file->bytes, (struct edit){EDIT_TEXT, path, to, NULL});
	if (there.result != 0) {
		tally->refused++;
		arena_release(&there.arena);
		return;
	}
	tally->set++;
	bool one_line = value->place.width >= value->text.len;
	if (one_line && stretch(file->bytes, there.bytes) > value->place.width * 6 + 2)
		fail_msg("%.*s: more than '%.*s' has changed", TEXT_ARGS(file->path), TEXT_ARGS(path));
	/* Plain text comes back as it was. */
	bool plain = value->kind == VALUE_SCALAR && !value->quoted && value->place.width == utf8_count(value->text);
	trial_init(&back, file->path.at, there.bytes, (struct edit){EDIT_WORD, path, value->text, NULL});
	if (plain && (back.result != 0 || !text_equal(back.bytes, file->bytes)))
		fail_msg("%.*s: '%.*s' there and back differs", TEXT_ARGS(file->path), TEXT_ARGS(path));
	arena_release(&back.arena);
	arena_release(&there.arena);
}

static void try_insert(struct tally *tally, const struct input *file, struct text path, const char *after)
{
	struct trial there, back;

	trial_init(&there, file->path.at, file->bytes, (struct edit){EDIT_TEXT, path, TEXT("new"), after});
	if (there.result == 0) {
		tally->inserted++;
		assert_int_equal(stretch(file->bytes, there.bytes), 0);
		trial_init(&back, file->path.at, there.bytes, (struct edit){EDIT_REMOVE, path, TEXT(""), NULL});
		if (back.result != 0 || !text_equal(back.bytes, file->bytes))
			fail_msg("%.*s: '%.*s' inserted and removed leaves\n%.*s", TEXT_ARGS(file->path), TEXT_ARGS(path), TEXT_ARGS(back.bytes));
		arena_release(&back.arena);
	} else {
		tally->refused++;
	}
	arena_release(&there.arena);
}

static void try_map(struct tally *tally, const struct input *file, struct text prefix, const struct value *map, size_t depth,
                    struct arena *arena)
{
	try_insert(tally, file, text_format(arena, "%.*szz_new", TEXT_ARGS(prefix)), NULL);
	for (size_t i = 0; i < map->count && i < 12; i++) {
		const struct member *member = &map->members[i];
		if (text_find(member->name, '.') < member->name.len)
			continue;
		struct text path = text_format(arena, "%.*s%.*s", TEXT_ARGS(prefix), TEXT_ARGS(member->name));
		if (member->value->kind == VALUE_MAP && depth < 5)
			try_map(tally, file, text_format(arena, "%.*s.", TEXT_ARGS(path)), member->value, depth + 1, arena);
		else if (member->value->kind == VALUE_SCALAR || member->value->kind == VALUE_NULL)
			try_set(tally, file, path, member->value);
		if (i == 0)
			try_insert(tally, file, text_format(arena, "%.*szz_new", TEXT_ARGS(prefix)),
			           arena_copy(arena, member->name.at, member->name.len));
	}
}

static void try_file(struct tally *tally, const char *path)
{
	struct reading reading;
	struct stat status;
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	char *bytes = memory_get((size_t)status.st_size + 1);
	size_t len = fread(bytes, 1, (size_t)status.st_size, file);
	fclose(file);
	if (len < 20000) {
		reading_init(&reading, path, (struct text){bytes, len}, DOCUMENT_MANIFEST, &limits_default);
		if (reading.root && reading.diags.count == 0) {
			tally->files++;
			try_map(tally, &reading.file, TEXT(""), reading.root, 0, &reading.arena);
		}
		reading_release(&reading);
	}
	free(bytes);
}

static void try_folder(struct tally *tally, const char *folder)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	char path[1024];
	struct stat status;

	if (!entries)
		return;
	while ((entry = readdir(entries)) != NULL) {
		struct text name = text_of(entry->d_name);
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] == '.' || lstat(path, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode))
			try_folder(tally, path);
		else if (S_ISREG(status.st_mode) && (text_ends(name, ".yaml") || text_ends(name, ".yml") || text_ends(name, ".json")))
			try_file(tally, path);
	}
	closedir(entries);
}

static void test_everything(void **state)
{
	static const char *const folders[] = {"tests/cases", "recipes", "packs", "runs"};
	struct tally tally = {0};

	(void)state;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		try_folder(&tally, folders[i]);
	print_message("# %zu files: %zu values set, %zu keys inserted, %zu refused\n", tally.files, tally.set, tally.inserted, tally.refused);
	assert_true(tally.files > 100);
	assert_true(tally.set > 1000);
	assert_true(tally.refused * 10 < tally.set);
}

/* Layouts put together from parts: whatever comes of an edit, document_edit() has read it again. */
static void test_layouts(void **state)
{
	static const char *const before[] = {"", "# c\n", "\n", "--- # x\n", "\xef\xbb\xbf"};
	static const char *const values[] = {"x", "'x'", "\"x\"", "", "null", "&a x", "{p: 1}", "[1,\n  2]", "|\n  x\n", ">-\n  x\n  y\n\n", "x\n  y"};
	static const char *const behind[] = {"", " # c", "\n\n# c", "\n  # c"};
	static const char *const ends[] = {"", "\n", "\nb: 1\n", "\nb:\n- 1\n", "\n...\n"};
	struct tally tally = {0};

	(void)state;
	for (size_t i = 0; i < 5 * 11 * 4 * 5; i++) {
		struct reading reading;
		struct buffer text;
		buffer_init(&text);
		buffer_format(&text, "%sk: v\na: %s%s%s", before[i % 5], values[i / 5 % 11], behind[i / 55 % 4], ends[i / 220]);
		reading_init(&reading, "x.yaml", buffer_text(&text), DOCUMENT_MANIFEST, &limits_default);
		if (reading.root && reading.diags.count == 0) {
			tally.files++;
			try_map(&tally, &reading.file, TEXT(""), reading.root, 0, &reading.arena);
		}
		reading_release(&reading);
		buffer_release(&text);
	}
	assert_true(tally.files > 700);
	assert_true(tally.set > 1000 && tally.inserted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),     cmocka_unit_test(test_insert),  cmocka_unit_test(test_remove),     cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_several), cmocka_unit_test(test_everything), cmocka_unit_test(test_layouts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

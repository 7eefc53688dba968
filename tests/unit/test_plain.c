/* The reader of plain YAML held against libyaml: what it takes must have the same tree and places, and nothing wrong. Over the example
 * workspace, all cases, snippets that sit on its borders, and mutations of them all. */
#include <dirent.h>
#include <sys/stat.h>

#include "reading.h"

#include "../../src/document/reader.h"

struct tally {
	size_t files, taken, mutants, mutants_taken;
	uint64_t seed;
};

static bool is_clean(const struct scan *scan, struct text bytes)
{
	return scan->bad_utf8 == bytes.len && scan->nul == bytes.len && scan->control == bytes.len && scan->forbidden == bytes.len &&
	       scan->conflict == bytes.len;
}

static void draw(struct buffer *out, const struct value *value)
{
	buffer_init(out);
	reading_draw(out, value, true);
}

/* Whether the plain reader took it. */
static bool compare(struct text bytes, const char *name)
{
	struct arena arena;
	struct diags diags;
	struct reader reader;
	struct scan scan;
	char *copy = memory_get(bytes.len);

	if (bytes.len)
		memcpy(copy, bytes.at, bytes.len);
	const struct input file = {.path = TEXT("a.yaml"), .bytes = {copy, bytes.len}};
	arena_init(&arena);
	diags_init(&diags, &arena);
	reader_init(&reader, &file, DOCUMENT_MANIFEST, &limits_default, &arena, &diags);
	const struct value *quick = bytes.len ? reader_plain(&reader) : NULL;
	if (quick) {
		struct buffer ours, theirs;
		reader_init(&reader, &file, DOCUMENT_MANIFEST, &limits_default, &arena, &diags);
		reader_scan(&reader, &scan);
		const struct value *full = is_clean(&scan, reader.bytes) ? reader_yaml(&reader, &scan) : NULL;
		if (!full || diags.count)
			fail_msg("%s: taken, but libyaml says '%.*s':\n%.*s", name, TEXT_ARGS(diags.count ? diags.items[0].message : TEXT("")), TEXT_ARGS(bytes));
		draw(&ours, quick);
		draw(&theirs, full);
		if (!text_equal(buffer_text(&ours), buffer_text(&theirs)))
			fail_msg("%s: read as\n%.*s\nand by libyaml as\n%.*s\nfrom\n%.*s", name, TEXT_ARGS(buffer_text(&ours)),
			         TEXT_ARGS(buffer_text(&theirs)), TEXT_ARGS(bytes));
		buffer_release(&ours);
		buffer_release(&theirs);
		reader_release(&reader);
	}
	arena_release(&arena);
	free(copy);
	return quick != NULL;
}

static size_t roll(struct tally *tally, size_t below)
{
	tally->seed = tally->seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(tally->seed >> 33) % below;
}

/* One to three changes: a piece put in, bytes taken out, a line moved or indented otherwise. */
static struct text mutate(struct tally *tally, struct text bytes, struct arena *arena)
{
	static const char *const pieces[] = {
		":",   ": ",   " :",  "#",    " #",   " # c", "\n",   "\n\n",  "- ",   "-",    "\n- ", "\n  ", "  ",  " ",     "{",   "}",    "[",
		"]",   ",",    ", ",  "\"",   "'",    "''",   "\\",   "|",     "|-\n", ">\n",  "|+",   "&a ",  "*a",  "!",     "!!str ", "?", "? ",
		"%",   "@",    "`",   "~",    "null", "---",  "\n---\n", "...", "\t",   "\r\n", "<<: ", "\xc3\xa4", "\xe2\x80\xa8", "\xc2\x85",
		"\xef\xbb\xbf", "a", "0", "-1", "a: 1\n", "x: {a: 1, b: [1, 2]}\n", "x: |\n  a\n  b\n", "- a: 1\n  b: 2\n", "\x7f", "=", "<", ">",
	};

	for (size_t left = 1 + roll(tally, 3); left; left--) {
		size_t at = roll(tally, bytes.len + 1), cut = at;
		const char *piece = pieces[roll(tally, sizeof pieces / sizeof *pieces)];
		switch (roll(tally, 5)) {
		case 0:
			cut += roll(tally, 4);
			piece = "";
			break;
		case 1:
			cut += 1;
			break;
		case 2:
			while (at && bytes.at[at - 1] != '\n')
				at--;
			cut = at;
			break;
		case 3:
			while (at && bytes.at[at - 1] != '\n')
				at--;
			cut = at + roll(tally, 3);
			piece = &"    "[roll(tally, 5)];
			break;
		default:
			break;
		}
		struct text head = text_cut(bytes, 0, at), tail = text_cut(bytes, cut, bytes.len);
		bytes = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(head), piece, TEXT_ARGS(tail));
	}
	return bytes;
}

static void try_all(struct tally *tally, struct text bytes, const char *name, unsigned mutants)
{
	struct arena arena;

	arena_init(&arena);
	tally->files++;
	tally->taken += compare(bytes, name);
	for (unsigned i = 0; i < mutants && text_find(bytes, '\0') == bytes.len; i++) {
		tally->mutants++;
		tally->mutants_taken += compare(mutate(tally, bytes, &arena), name);
	}
	arena_release(&arena);
}

static void try_file(struct tally *tally, const char *path, unsigned mutants)
{
	static char bytes[256 * 1024];
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	size_t len = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	if (len < sizeof bytes)
		try_all(tally, (struct text){bytes, len}, path, mutants);
}

static void try_folder(struct tally *tally, const char *path, unsigned mutants)
{
	DIR *folder = opendir(path);

	assert_non_null(folder);
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		char name[4096];
		struct stat status;
		int len = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		if (entry->d_name[0] == '.' || len >= (int)sizeof name || lstat(name, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode))
			try_folder(tally, name, mutants);
		else if (S_ISREG(status.st_mode) && (text_ends(text_of(name), ".yaml") || text_ends(text_of(name), ".yml")))
			try_file(tally, name, mutants);
	}
	closedir(folder);
}

static void test_example(void **state)
{
	struct tally tally = {.seed = 1};

	(void)state;
	try_folder(&tally, "recipes", 200);
	try_folder(&tally, "packs", 200);
	try_folder(&tally, "runs", 200);
	/* The way is there to be taken. */
	assert_true(tally.taken * 10 >= tally.files * 8);
	assert_true(tally.mutants_taken * 10 >= tally.mutants);
}

static void test_cases(void **state)
{
	struct tally tally = {.seed = 2};

	(void)state;
	try_folder(&tally, "tests/cases", 60);
	assert_true(tally.files > 100 && tally.taken > 50);
}

static void test_snippets(void **state)
{
	static const char *const taken[] = {
		"a: 1\n", "a: 1", "---\na: b c\n", "# c\n\na: b # c\n#d\n", "a:\n  b: 1\n  c:\n    d: x\ne: y\n", "a:\n- 1\n- b\nc: 2\n",
		"a:\n  - b: 1\n    c: 2\n  - d\n", "a:\n  - b:\n    - 1\n    c: {}\n", "a: [1, 'x y', \"z\"] # c\n", "a: {b: 1, c: [d, {e: f}]}\n",
		"a: [1,\n  2, # c\n\n  3]\nb: 4\n", "a: |\n  x\n   y\n\n  z\n\nb: 1\n", "a: |-\n x\n# c\nb: 2\n", "a: >\n  x\n  y\nb: 1\n",
		"a:\n  - |\n    x\n  - >-\n    y\n    z\n", "\"a b\": 'c: d'\n'e': \"# f\"\n", "a: -1\nb: a-b\nc: x#y\nd: a:b\n", "a: \xc3\xa4 b\nb: {c: \"\xc3\xa4\"}\n",
		"a: http://x/y?z\n", "a: x   \nb: 'y'  # c\n", "a: x\n\n\n", "a: 2026-01-01T00:00:00Z\n", "a: [ ]\nb: { }\n", "a: $x\n$unset: [b]\n",
		"a: |\n  x\n  \n  y\n", "a: 1\n   # c\nb: 2\n   ",
	};
	static const char *const left[] = {
		"", "\n", "# c\n", "- a\n", "a\n", "{a: 1}\n", " a: 1\n", "a:\n", "a: ~\n", "a: null\n", "a: 1\na: 2\n", "a: b: c\n", "a: &x 1\nb: *x\n",
		"a: !!str 1\n", "? a\n: b\n", "a: x\n  y\n", "a: 'x\n  y'\n", "a: \"x\\n\"\n", "a: 'it''s'\n", "a: |2\n  x\n", "a: |+\n  x\n", "a: |\n",
		"a: |\n  x", "a: >\n  x\n\n  y\n", "a: >\n  x\n   y\n", "a: 1\n---\nb: 2\n", "a: 1\n...\n", "%YAML 1.2\n---\na: 1\n", "a: \tb\n", "a: 1\r\n",
		"a: [1, 2,]\n", "a: [b: 1]\n", "a: {b}\n", "a: {b:1}\n", "a: [1\n", "a: 'x' y\n", "a: 'x'#\n", "a: @x\n", "a: `x\n", "<<: {a: 1}\n", "a:b\n",
		"a:\n b: 1\n  c: 2\n", "a:\n  b: 1\n c: 2\n", "a:\n  - 1\n - 2\n", "a:\n  - 1\n  b: 2\n", "a: 1\n  b: 2\n", "a: - 1\n", "a:\n  - - 1\n",
		"a: x\xe2\x80\xa8y\n", "a: x\xc2\x85y\n", "a: \xff\n", "a: \x01\n", "a: |\n   \n  x\n", "a: |\n  x\n    \n  y\n", "\357\273\277\357\273\277a: 1\n", "<<<<<<< a\nb: 1\n",
		"a: [x\n--- y]\n", "a: [x # c",
	};
	struct tally tally = {.seed = 3};

	(void)state;
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		if (!compare(text_of(taken[i]), "snippet"))
			fail_msg("not taken:\n%s", taken[i]);
		try_all(&tally, text_of(taken[i]), taken[i], 1500);
	}
	for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
		if (compare(text_of(left[i]), "snippet"))
			fail_msg("taken:\n%s", left[i]);
		try_all(&tally, text_of(left[i]), left[i], 300);
	}
}

/* What is beyond a limit is libyaml's, which says so. */
static void test_limits(void **state)
{
	static const struct {
		const char *bytes;
		size_t offset, fits;
	} cases[] = {
		{"a: {b: {c: {d: 1}}}\n", offsetof(struct limits, depth), 4},
		{"a: [1, 2, 3, 4]\n", offsetof(struct limits, yaml_nodes), 7},
		{"abcdefghij: 1\n", offsetof(struct limits, key_bytes), 10},
		{"a: abcdefghij\n", offsetof(struct limits, scalar_bytes), 10},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct limits limits = limits_default;
		struct reading reading;
		size_t *limit = (size_t *)(void *)((char *)&limits + cases[i].offset);
		for (*limit = cases[i].fits - 1; *limit <= cases[i].fits; ++*limit) {
			reading_init(&reading, "a.yaml", text_of(cases[i].bytes), DOCUMENT_MANIFEST, &limits);
			assert_int_equal(reading.root != NULL, *limit == cases[i].fits);
			assert_int_equal(reading.diags.count, *limit < cases[i].fits);
			reading_release(&reading);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_snippets),
		cmocka_unit_test(test_limits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("plain", tests, NULL, NULL);
}

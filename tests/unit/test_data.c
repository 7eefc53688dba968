#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "arena.h"
#include "digest.h"
#include "table.h"
#include "sandbox.h"

#define CSV "a,b\n1,x\n2,y\n"

struct fixture { struct sandbox *sandbox; struct arena arena; struct diags diags; size_t rows; };

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	if (sandbox_open((void **)&fixture->sandbox))
		return -1;
	arena_init(&fixture->arena);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	arena_release(&fixture->arena);
	sandbox_close((void **)&fixture->sandbox);
	free(fixture);
	return 0;
}

static void put(struct fixture *fixture, const char *name, const void *bytes, size_t len)
{
	FILE *file = fopen(sandbox_path(fixture->sandbox, name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static size_t pack(char *out, size_t room, const char *text)
{
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)text, .avail_in = (unsigned)strlen(text), .next_out = (unsigned char *)out, .avail_out = (unsigned)room};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return room - z.avail_out;
}

/* Rows of the file, or SIZE_MAX where it cannot be used. */
static size_t rows_with(struct fixture *fixture, const char *name, const struct limits *limits)
{
	struct table_file file = {NULL, text_of(sandbox_path(fixture->sandbox, name))};
	struct table_options options = {0, 0, limits};
	struct failure failure = {0};
	const struct text *fields;
	struct table *table;
	size_t rows = 0;

	diags_init(&fixture->diags, &fixture->arena);
	if (table_open(&table, &file, &options, &fixture->arena, &fixture->diags, &failure))
		fail_msg("%s", failure.message);
	if (!table)
		return SIZE_MAX;
	while (table_next(&fields, table, &failure) == 0 && fields)
		rows++;
	table_close(table);
	return rows;
}

static size_t rows_of(struct fixture *fixture, const char *name)
{
	return rows_with(fixture, name, &limits_default);
}

static void expect_diag(struct fixture *fixture, enum code code, const char *words)
{
	assert_int_equal(fixture->diags.count, 1);
	assert_string_equal(code_list[fixture->diags.items[0].code].id, code_list[code].id);
	if (!strstr(fixture->diags.items[0].message.at, words) && !strstr(fixture->diags.items[0].help.at, words))
		fail_msg("'%.*s' without '%s'", TEXT_ARGS(fixture->diags.items[0].message), words);
}

static void gzip(void **state)
{
	struct fixture *fixture = *state;
	char packed[1024];
	size_t len = pack(packed, sizeof packed, CSV);

	put(fixture, "a.csv.gz", packed, len);
	assert_int_equal(rows_of(fixture, "a.csv.gz"), 2);
	/* Several members are one content. */
	size_t both = len + pack(packed + len, sizeof packed - len, "3,z\n");
	put(fixture, "a.csv.gz", packed, both);
	assert_int_equal(rows_of(fixture, "a.csv.gz"), 3);
	for (size_t cut = 3; cut < len; cut += 7) {
		put(fixture, "a.csv.gz", packed, cut);
		assert_int_equal(rows_of(fixture, "a.csv.gz"), SIZE_MAX);
		expect_diag(fixture, CODE_CSV_ENCODING, "cut off");
	}
	packed[len - 6] ^= 1;
	put(fixture, "a.csv.gz", packed, len);
	assert_int_equal(rows_of(fixture, "a.csv.gz"), SIZE_MAX);
	expect_diag(fixture, CODE_CSV_ENCODING, "damaged");
	put(fixture, "a.csv.gz", CSV, strlen(CSV));
	assert_int_equal(rows_of(fixture, "a.csv.gz"), SIZE_MAX);
	expect_diag(fixture, CODE_CSV_ENCODING, "not compressed");
	put(fixture, "a.csv", "\x1f\x8b\x08\0\0", 5);
	assert_int_equal(rows_of(fixture, "a.csv"), SIZE_MAX);
	expect_diag(fixture, CODE_CSV_ENCODING, ".csv.gz");
}

static void zstd(void **state)
{
	struct fixture *fixture = *state;
	char packed[1024];
	size_t len = ZSTD_compress(packed, sizeof packed, CSV, strlen(CSV), 3);

	put(fixture, "a.csv.zst", packed, len);
	assert_int_equal(rows_of(fixture, "a.csv.zst"), 2);
	size_t both = len + ZSTD_compress(packed + len, sizeof packed - len, "3,z\n", 4, 3);
	put(fixture, "a.csv.zst", packed, both);
	assert_int_equal(rows_of(fixture, "a.csv.zst"), 3);
	put(fixture, "a.csv.zst", packed, len - 2);
	assert_int_equal(rows_of(fixture, "a.csv.zst"), SIZE_MAX);
	expect_diag(fixture, CODE_CSV_ENCODING, "cut off");
	packed[4] ^= 8;
	put(fixture, "a.csv.zst", packed, len);
	assert_int_equal(rows_of(fixture, "a.csv.zst"), SIZE_MAX);
}

/* A few bytes that stand for many. */
static void bombs(void **state)
{
	struct fixture *fixture = *state;
	struct limits limits = limits_default;
	char *many = malloc(8 << 20), *packed = malloc(1 << 20);

	assert_true(many && packed);
	memset(many, 'a', 8 << 20);
	many[(8 << 20) - 1] = '\0';
	limits.unpacked_bytes = 1 << 20;
	put(fixture, "a.csv.gz", packed, pack(packed, 1 << 20, many));
	assert_int_equal(rows_with(fixture, "a.csv.gz", &limits), SIZE_MAX);
	expect_diag(fixture, CODE_FILE_LIMIT, "unpacked_bytes");
	put(fixture, "a.csv.zst", packed, ZSTD_compress(packed, 1 << 20, many, 8 << 20, 3));
	assert_int_equal(rows_with(fixture, "a.csv.zst", &limits), SIZE_MAX);
	expect_diag(fixture, CODE_FILE_LIMIT, "unpacked_bytes");
	free(many);
	free(packed);
}

static const char *digest_of(char out[65], enum digest_kind kind, const char *text)
{
	struct digest digest;

	digest_init(&digest, kind);
	for (size_t i = 0; i < strlen(text); i++)
		digest_add(&digest, (struct text){text + i, 1});
	digest_end(out, &digest);
	return out;
}

static void lfs(void **state)
{
	struct fixture *fixture = *state;
	struct sandbox *sandbox = fixture->sandbox;
	char id[65];
	const char *pointer = arena_format(&fixture->arena, "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %zu\n",
	                                   digest_of(id, DIGEST_SHA256, CSV), strlen(CSV));
	const char *object = arena_format(&fixture->arena, ".git/lfs/objects/%.2s/%.2s/%s", id, id + 2, id);

	sandbox_write(sandbox, "data/a.csv", pointer);
	assert_int_equal(rows_of(fixture, "data/a.csv"), SIZE_MAX);
	expect_diag(fixture, CODE_FILE_LFS, "git lfs pull");
	sandbox_write(sandbox, object, CSV);
	assert_int_equal(rows_of(fixture, "data/a.csv"), 2);
	sandbox_write(sandbox, object, "a,b\n1,x\n2,z\n");
	assert_int_equal(rows_of(fixture, "data/a.csv"), SIZE_MAX);
	expect_diag(fixture, CODE_FILE_LFS, "damaged");
	/* No link leads out of the repository's store. */
	sandbox_write(sandbox, "outside", CSV);
	assert_int_equal(unlink(sandbox_path(sandbox, object)), 0);
	assert_int_equal(symlink(sandbox_path(sandbox, "outside"), sandbox_path(sandbox, object)), 0);
	assert_int_equal(rows_of(fixture, "data/a.csv"), SIZE_MAX);
	sandbox_write(sandbox, "data/a.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:../../../x\nsize 1\n");
	assert_int_equal(rows_of(fixture, "data/a.csv"), SIZE_MAX);
	expect_diag(fixture, CODE_FILE_LFS, "does not say");
}

static void dvc(void **state)
{
	static const char *const caches[] = {"files/md5/", ""};
	struct fixture *fixture = *state;
	struct sandbox *sandbox = fixture->sandbox;
	char id[65];

	digest_of(id, DIGEST_MD5, CSV);
	sandbox_write(sandbox, ".git/HEAD", "ref: refs/heads/main\n");
	sandbox_write(sandbox, "data/a.csv.dvc", arena_format(&fixture->arena, "# kept by dvc\nouts:\n- md5: '%s'\n  size: %zu\n  hash: md5\n  path: a.csv\n", id, strlen(CSV)));
	assert_int_equal(rows_of(fixture, "data/a.csv.dvc"), SIZE_MAX);
	expect_diag(fixture, CODE_FILE_DVC, "dvc pull");
	for (size_t i = 0; i < 2; i++) {
		const char *object = arena_format(&fixture->arena, ".dvc/cache/%s%.2s/%s", caches[i], id, id + 2);
		sandbox_write(sandbox, object, CSV);
		assert_int_equal(rows_of(fixture, "data/a.csv.dvc"), 2);
		sandbox_write(sandbox, object, "a,b\n1,x\n2,z\n");
		assert_int_equal(rows_of(fixture, "data/a.csv.dvc"), SIZE_MAX);
		expect_diag(fixture, CODE_FILE_DVC, "damaged");
		assert_int_equal(unlink(sandbox_path(sandbox, object)), 0);
	}
	/* What lies in the work tree is the data too, if it is. */
	sandbox_write(sandbox, "data/a.csv", CSV);
	assert_int_equal(rows_of(fixture, "data/a.csv.dvc"), 2);
	sandbox_write(sandbox, "data/a.csv", "a,b\n1,x\n2,z\n");
	assert_int_equal(rows_of(fixture, "data/a.csv.dvc"), SIZE_MAX);
	expect_diag(fixture, CODE_FILE_DVC, "dvc checkout");
	/* The store above the repository is not ours. */
	sandbox_write(sandbox, "inner/.git/HEAD", "ref: refs/heads/main\n");
	sandbox_write(sandbox, arena_format(&fixture->arena, ".dvc/cache/%.2s/%s", id, id + 2), CSV);
	sandbox_write(sandbox, "inner/a.csv.dvc", arena_format(&fixture->arena, "outs:\n- md5: %s\n  path: a.csv\n", id));
	assert_int_equal(rows_of(fixture, "inner/a.csv.dvc"), SIZE_MAX);
	static const char *const wrong[] = {
		"outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661.dir\n  path: a\n", "deps:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  path: a\n",
		"outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  path: ../../etc/passwd\n", "outs:\n- md5: x\n  path: a\n", "",
		"outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  path: a\n- md5: 0cc175b9c0f1b6a831c399e269772661\n  path: b\n",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		sandbox_write(sandbox, "data/b.csv.dvc", wrong[i]);
		assert_int_equal(rows_of(fixture, "data/b.csv.dvc"), SIZE_MAX);
		expect_diag(fixture, CODE_FILE_DVC, "dvc add");
	}
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {CASE(gzip), CASE(zstd), CASE(bombs), CASE(lfs), CASE(dvc)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

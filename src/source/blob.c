#include "blob.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "git.h"
#include "limits.h"
#include "repository.h"

static uint32_t turn(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

/* The words of FIPS 180-4's message schedule, sixteen at a time in a ring. */
static uint32_t next_word(uint32_t w[16], unsigned i)
{
	if (i >= 16)
		w[i & 15] = turn(w[(i + 13) & 15] ^ w[(i + 8) & 15] ^ w[(i + 2) & 15] ^ w[i & 15], 1);
	return w[i & 15];
}

#define ROUND(function, constant)                                                             \
	do {                                                                                      \
		uint32_t sum = turn(a, 5) + (function) + e + (constant) + next_word(w, i);            \
		e = d;                                                                                \
		d = c;                                                                                \
		c = turn(b, 30);                                                                      \
		b = a;                                                                                \
		a = sum;                                                                              \
	} while (0)

static void hash_block(uint32_t state[5], const unsigned char *block)
{
	uint32_t w[16], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
	unsigned i = 0;

	for (; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
		       (uint32_t)block[4 * i + 3];
	for (i = 0; i < 20; i++)
		ROUND((b & c) | (~b & d), 0x5a827999u);
	for (; i < 40; i++)
		ROUND(b ^ c ^ d, 0x6ed9eba1u);
	for (; i < 60; i++)
		ROUND((b & c) | (b & d) | (c & d), 0x8f1bbcdcu);
	for (; i < 80; i++)
		ROUND(b ^ c ^ d, 0xca62c1d6u);
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

void blob_hash_init(struct blob_hash *hash, uint64_t size)
{
	static const uint32_t start[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
	char header[32];

	memset(hash, 0, sizeof *hash);
	memcpy(hash->state, start, sizeof start);
	int len = snprintf(header, sizeof header, "blob %llu", (unsigned long long)size);
	blob_hash_add(hash, header, (size_t)len + 1);
}

void blob_hash_add(struct blob_hash *hash, const char *bytes, size_t len)
{
	size_t held = hash->len % sizeof hash->block;

	hash->len += len;
	if (held) {
		size_t take = sizeof hash->block - held < len ? sizeof hash->block - held : len;
		memcpy(hash->block + held, bytes, take);
		if (held + take < sizeof hash->block)
			return;
		hash_block(hash->state, hash->block);
		bytes += take;
		len -= take;
	}
	for (; len >= sizeof hash->block; bytes += sizeof hash->block, len -= sizeof hash->block)
		hash_block(hash->state, (const unsigned char *)bytes);
	if (len)
		memcpy(hash->block, bytes, len);
}

void blob_hash_end(char out[41], struct blob_hash *hash)
{
	static const char padding[64] = {'\x80'};
	uint64_t bits = hash->len * 8;
	size_t held = hash->len % 64;
	char length[8];

	blob_hash_add(hash, padding, held < 56 ? 56 - held : 120 - held);
	for (unsigned i = 0; i < 8; i++)
		length[i] = (char)(unsigned char)(bits >> (56 - 8 * i));
	blob_hash_add(hash, length, sizeof length);
	for (unsigned i = 0; i < 40; i++)
		out[i] = "0123456789abcdef"[hash->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
	out[40] = '\0';
}

bool blob_may_convert(struct text bytes)
{
	const char *at = bytes.at, *end = bytes.at + bytes.len;

	if (bytes.len == 0)
		return false;
	if (memchr(at, '\r', bytes.len))
		return true;
	while ((at = memchr(at, '$', (size_t)(end - at))) != NULL) {
		if (end - at >= 3 && at[1] == 'I' && at[2] == 'd')
			return true;
		at++;
	}
	return false;
}

static void hash_whole(char out[41], struct text bytes)
{
	struct blob_hash hash;

	blob_hash_init(&hash, bytes.len);
	blob_hash_add(&hash, bytes.at, bytes.len);
	blob_hash_end(out, &hash);
}

/* libgit2 opens attribute files as they come: a pipe would block it, a link leads anywhere, and a huge one is read whole. */
static int check_attributes(git_repository *repository, const char *path, struct failure *failure)
{
	const char *top = git_repository_workdir(repository);

	for (size_t i = 0; top && i < strlen(path); i++) {
		char name[8192];
		struct stat status;
		if (i > 0 && path[i] != '/')
			continue;
		int folder = i ? (int)i + 1 : 0;
		int len = snprintf(name, sizeof name, "%s%.*s.gitattributes", top, folder, path);
		if (len < 0 || (size_t)len >= sizeof name || lstat(name, &status) != 0)
			continue;
		if (!S_ISREG(status.st_mode) || (size_t)status.st_size > limits_default.manifest_bytes)
			return failure_set(failure, EXIT_UNABLE, "'%.*s.gitattributes' is %s: what git would store here cannot be known", folder,
			                   path, S_ISREG(status.st_mode) ? "too large" : "not a regular file");
	}
	return 0;
}

/* *filters is NULL where nothing is configured. */
static int load_filters(git_filter_list **filters, git_repository *repository, struct text path, struct failure *failure)
{
	char name[4096];

	*filters = NULL;
	if (path.len >= sizeof name)
		return 0;
	memcpy(name, path.at, path.len);
	name[path.len] = '\0';
	if (check_attributes(repository, name, failure) < 0)
		return -1;
	int error = git_filter_list_load(filters, repository, NULL, name, GIT_FILTER_TO_ODB, GIT_FILTER_ALLOW_UNSAFE);
	return error ? repository_fail(failure, error, "cannot convert '%s' as git would", name) : 0;
}

int blob_converts(bool *converts, struct git_repository *repository, struct text path, struct failure *failure)
{
	git_filter_list *filters;

	if (load_filters(&filters, repository, path, failure) < 0)
		return -1;
	*converts = filters != NULL;
	git_filter_list_free(filters);
	return 0;
}

int repository_blob_id(char out[41], struct git_repository *repository, struct text path, struct text bytes,
                       struct failure *failure)
{
	git_filter_list *filters = NULL;
	git_buf stored = GIT_BUF_INIT;
	int error = 0;

	if (repository && blob_may_convert(bytes) && load_filters(&filters, repository, path, failure) < 0)
		return -1;
	if (filters)
		error = git_filter_list_apply_to_buffer(&stored, filters, bytes.at, bytes.len);
	if (error == 0)
		hash_whole(out, filters ? (struct text){stored.ptr, stored.size} : bytes);
	git_filter_list_free(filters);
	git_buf_dispose(&stored);
	return error ? repository_fail(failure, error, "cannot convert '%.*s' as git would", TEXT_ARGS(path)) : 0;
}

bool blob_is_verbatim(struct git_repository *repository, struct text path)
{
	const char *asked[] = {"filter", "working-tree-encoding"};
	const char *values[sizeof asked / sizeof *asked];
	struct failure failure;
	char name[4096];

	if (path.len >= sizeof name)
		return false;
	memcpy(name, path.at, path.len);
	name[path.len] = '\0';
	if (check_attributes(repository, name, &failure) < 0 ||
	    git_attr_get_many(values, repository, GIT_ATTR_CHECK_FILE_THEN_INDEX, name, sizeof asked / sizeof *asked, asked) != 0)
		return false;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (git_attr_value(values[i]) == GIT_ATTR_VALUE_TRUE || git_attr_value(values[i]) == GIT_ATTR_VALUE_STRING)
			return false;
	return true;
}

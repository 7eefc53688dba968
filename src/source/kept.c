#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "handle.h"
#include "packed.h"

/* One file an entry, named by its key: a line with the form's version, a checksum of the rest, the key, and what was kept. */
#define FOLDER "results"
#define MAGIC "galley result 1\n"
enum { KEY_LEN = 64, HEAD = sizeof MAGIC - 1 + 8 + KEY_LEN };

int kept_folder(struct source *source, bool make)
{
	if (source->kept == KEPT_UNASKED || (make && source->kept == KEPT_NONE)) {
		source->kept = keep_open(source, FOLDER, make);
		if (source->kept < 0)
			source->kept = KEPT_NONE;
	}
	return source->kept;
}

struct text source_kept_read(struct source *source, const char key[65], struct arena *arena)
{
	int folder = kept_folder(source, false);

	if (folder < 0)
		return TEXT("");
	struct text bytes = keep_read(folder, key, source->limits.cache_bytes, true, arena);
	struct text body = text_cut(bytes, sizeof MAGIC - 1 + 8, bytes.len);
	struct unpack sum = {.bytes = text_cut(bytes, sizeof MAGIC - 1, HEAD)};
	if (bytes.len < HEAD || !text_starts(bytes, MAGIC) || unpack_word(&sum) != packed_checksum(body) || !text_starts(body, key))
		return TEXT("");
	return text_cut(body, KEY_LEN, body.len);
}

void source_kept_write(struct source *source, const char key[65], struct text bytes)
{
	struct buffer body, out;
	int folder = kept_folder(source, true);

	if (folder < 0 || bytes.len > source->limits.cache_bytes / 2)
		return;
	buffer_init(&body);
	buffer_init(&out);
	buffer_string(&body, key);
	buffer_add(&body, bytes);
	buffer_string(&out, MAGIC);
	pack_word(&out, packed_checksum(buffer_text(&body)));
	buffer_add(&out, buffer_text(&body));
	source->kept_written = keep_write(folder, key, buffer_text(&out)) || source->kept_written;
	buffer_release(&out);
	buffer_release(&body);
}

/* --- All of them --- */

struct kept_file {
	char name[KEY_LEN + 32];
	uint64_t bytes;
	int64_t seconds;
	long part;
};

struct kept_files {
	struct kept_file *items;
	size_t count;
	uint64_t bytes;
};

/* 0, or errno. */
static int list_files(struct kept_files *out, int folder, struct arena *arena)
{
	struct dirent *entry;
	struct stat status;
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = copy < 0 ? NULL : fdopendir(copy);

	*out = (struct kept_files){0};
	if (!listing) {
		int error = errno;
		if (copy >= 0)
			close(copy);
		return error;
	}
	while ((entry = readdir(listing)) != NULL) {
		size_t len = strlen(entry->d_name);
		if (len >= sizeof out->items->name || fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
			continue;
		out->items = arena_grow(arena, out->items, out->count, sizeof *out->items);
		struct kept_file *file = &out->items[out->count++];
		*file = (struct kept_file){.bytes = (uint64_t)status.st_size, .seconds = status.st_mtim.tv_sec, .part = status.st_mtim.tv_nsec};
		memcpy(file->name, entry->d_name, len + 1);
		out->bytes += file->bytes;
	}
	closedir(listing);
	return 0;
}

static int order_ages(const void *left, const void *right)
{
	const struct kept_file *a = left, *b = right;

	if (a->seconds != b->seconds)
		return a->seconds < b->seconds ? -1 : 1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Some more than must go, so that not every run has to look for the oldest. */
static void trim(int folder, uint64_t most)
{
	struct kept_files files;
	struct arena arena;

	arena_init(&arena);
	if (list_files(&files, folder, &arena) == 0 && files.bytes > most) {
		qsort(files.items, files.count, sizeof *files.items, order_ages);
		for (size_t i = 0; i < files.count && files.bytes > most - most / 8; i++)
			if (unlinkat(folder, files.items[i].name, 0) == 0)
				files.bytes -= files.items[i].bytes;
	}
	arena_release(&arena);
}

void kept_close(struct source *source)
{
	if (source->kept < 0)
		return;
	if (source->kept_written)
		trim(source->kept, source->limits.cache_bytes);
	close(source->kept);
	source->kept = KEPT_UNASKED;
}

static int fail(struct failure *failure, const char *what, int error)
{
	return failure_set(failure, EXIT_UNABLE, "cannot %s what is kept in galley/ of the git directory: %s", what, strerror(error));
}

/* The index of versions, as files beside the folder. */
static int count_index(uint64_t *bytes, struct source *source, bool clear, struct arena *arena)
{
	struct kept_files files;
	int folder = keep_open(source, NULL, false), error = 0;

	*bytes = 0;
	if (folder < 0)
		return 0;
	error = list_files(&files, folder, arena);
	for (size_t i = 0; i < files.count && !error; i++)
		if (clear && unlinkat(folder, files.items[i].name, 0) != 0 && errno != ENOENT)
			error = errno;
	*bytes = files.bytes;
	close(folder);
	return error;
}

static int go_over(struct kept_sizes *out, struct source *source, bool clear, struct failure *failure)
{
	struct kept_files files = {0};
	struct arena arena;
	int folder = kept_folder(source, false), error = 0;

	*out = (struct kept_sizes){.has_repository = source->repository != NULL};
	arena_init(&arena);
	if (folder >= 0)
		error = list_files(&files, folder, &arena);
	for (size_t i = 0; i < files.count && clear && !error; i++)
		if (unlinkat(folder, files.items[i].name, 0) != 0 && errno != ENOENT)
			error = errno;
	out->results = files.count;
	out->result_bytes = files.bytes;
	if (!error)
		error = count_index(&out->index_bytes, source, clear, &arena);
	arena_release(&arena);
	return error ? fail(failure, clear ? "remove" : "read", error) : 0;
}

int source_kept_sizes(struct kept_sizes *out, struct source *source, struct failure *failure)
{
	return go_over(out, source, false, failure);
}

int source_kept_clear(struct kept_sizes *removed, struct source *source, struct failure *failure)
{
	return go_over(removed, source, true, failure);
}

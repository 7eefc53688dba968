#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "noted.h"
#include "repository.h"
#include "work.h"

/* --- Stamps --- */

enum { DAY = 24 * 60 * 60, COARSE = 2, MARK_TRIES = 20, MARK_WAIT = 2000000 };

void mark_take(struct mark *mark, struct source *source)
{
	struct stat status;
	char name[64];

	*mark = (struct mark){.known = false};
	int folder = kept_folder(source, true);
	if (folder < 0)
		return;
	snprintf(name, sizeof name, "mark.%ld.tmp", (long)getpid());
	unlinkat(folder, name, 0);
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	if (fstat(fd, &status) == 0)
		*mark = (struct mark){true, status.st_dev, status.st_mtim};
	close(fd);
	unlinkat(folder, name, 0);
}

static bool is_before(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

/* Where two file systems may have two clocks only what is far apart has an order; a time in whole seconds may be one that counts no finer. */
static bool is_older(struct timespec time, dev_t device, const struct mark *mark)
{
	if (device != mark->device)
		return time.tv_sec < mark->time.tv_sec - DAY;
	if (time.tv_nsec == 0)
		return time.tv_sec < mark->time.tv_sec - COARSE;
	return is_before(time, mark->time);
}

static struct timespec newer_of(const struct stat *status)
{
	return is_before(status->st_mtim, status->st_ctim) ? status->st_ctim : status->st_mtim;
}

bool stamp_take(struct stamp *stamp, const struct stat *status, const struct mark *mark)
{
	*stamp = (struct stamp){.inode = (uint64_t)status->st_ino, .size = (uint64_t)status->st_size, .content = status->st_mtim, .entry = status->st_ctim};
	stamp->settled = mark->known && is_older(newer_of(status), status->st_dev, mark);
	return stamp->settled;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool stamp_same(const struct stamp *stamp, const struct stat *status)
{
	return stamp->settled && stamp->inode == (uint64_t)status->st_ino && stamp->size == (uint64_t)status->st_size &&
	       same_time(stamp->content, status->st_mtim) && same_time(stamp->entry, status->st_ctim);
}

/* --- A look at everything, by all threads --- */

enum { CHUNK = 256 };

struct pass {
	struct seen *seen;
	int top;
	bool first;
	bool *open;            /* by file, then folder: it takes more than a look */
	struct timespec newest[WORK_THREADS_MAX]; /* of those */
};

static bool look(struct stat *status, int top, struct text path)
{
	return fstatat(top, path.len ? path.at : ".", status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Whether it takes more than this look. */
static bool is_open(struct pass *pass, struct stamp *stamp, const struct stat *status, unsigned worker)
{
	if (pass->first ? stamp_take(stamp, status, &pass->seen->began) : stamp_same(stamp, status))
		return false;
	if (is_before(pass->newest[worker], newer_of(status)))
		pass->newest[worker] = newer_of(status);
	return true;
}

static void look_at_chunk(void *context, size_t chunk, unsigned worker)
{
	struct pass *pass = context;
	struct seen *seen = pass->seen;
	size_t all = seen->file_count + seen->folder_count;
	struct stat status;

	for (size_t i = chunk * CHUNK; i < all && i < (chunk + 1) * CHUNK; i++) {
		bool *open = &pass->open[i];
		*open = true;
		if (i < seen->file_count) {
			struct seen_file *file = &seen->files[i];
			if (!look(&status, pass->top, file->path) || !S_ISREG(status.st_mode))
				continue;
			/* What git would store follows from its settings too. */
			*open = !file->stands && (is_open(pass, &file->stamp, &status, worker) || (file->converts && !pass->first));
		} else {
			struct seen_folder *folder = &seen->folders[i - seen->file_count];
			*open = !look(&status, pass->top, folder->path) || !S_ISDIR(status.st_mode) || is_open(pass, &folder->stamp, &status, worker);
		}
	}
}

/* --- What looks otherwise, or not settled --- */

/* Later than anything that was just written, where the clock is fine enough to wait for. */
static void mark_after(struct mark *mark, struct source *source, struct timespec newest)
{
	const struct timespec moment = {0, MARK_WAIT};

	mark_take(mark, source);
	for (int i = 0; i < MARK_TRIES && mark->known && newest.tv_nsec && !is_before(newest, mark->time); i++) {
		nanosleep(&moment, NULL);
		mark_take(mark, source);
	}
}

static bool same_conversion(const struct seen_file *file, struct source *source, size_t size)
{
	struct failure failure;
	enum read_result result;
	struct arena arena;
	struct text bytes;
	char id[41];
	git_oid oid;
	int fd;
	size_t now;

	if (!file->has_id || size > source->limits.blob_bytes || files_open(&fd, &now, &result, source, file->path, &failure) < 0 || result != READ_OK)
		return false;
	arena_init(&arena);
	bool same = files_read(&bytes, &result, fd, now, file->path, size, &arena, &failure) == 0 && result == READ_OK &&
	            repository_blob_id(id, source->repository, file->path, bytes, &failure) == 0 && git_oid_fromstr(&oid, id) == 0 &&
	            memcmp(oid.id, file->id, sizeof file->id) == 0;
	close(fd);
	arena_release(&arena);
	return same;
}

static bool same_file(struct seen_file *file, struct source *source, bool first, const struct mark *mark)
{
	struct stat status;
	unsigned char id[20];

	if (!look(&status, source->top, file->path) || !S_ISREG(status.st_mode))
		return false;
	if (file->stands)
		return true;
	if (file->converts)
		return !first && stamp_same(&file->stamp, &status) && same_conversion(file, source, (size_t)status.st_size);
	stamp_take(&file->stamp, &status, mark);
	return file->has_id && known_bytes(id, source, file->path) && memcmp(id, file->id, sizeof id) == 0;
}

static bool stamp_folder(struct seen_folder *folder, int top, const struct mark *mark)
{
	struct stat status;

	if (!look(&status, top, folder->path) || !S_ISDIR(status.st_mode))
		return false;
	stamp_take(&folder->stamp, &status, mark);
	return true;
}

/* A folder on the way: no link, and not another repository's. */
static bool same_way(struct seen_folder *folder, struct source *source, const struct mark *mark)
{
	struct stat status;
	char inside[4200];

	if (!stamp_folder(folder, source->top, mark))
		return false;
	int len = snprintf(inside, sizeof inside, "%s/.git", folder->path.at);
	return len > 0 && (size_t)len < sizeof inside && fstatat(source->top, inside, &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

static int order_entries(const void *left, const void *right)
{
	return text_compare(((const struct entry *)left)->path, ((const struct entry *)right)->path);
}

/* All folders of a list, as one of them looks otherwise. */
static bool same_list(struct seen *seen, int which, struct source *source, const struct mark *mark)
{
	const struct seen_list *seen_list = &seen->lists[which];
	struct limits limits = source->limits;
	struct entry_list list = {NULL, 0};
	struct failure failure;
	struct arena arena;
	char digest[65];
	bool same = true;

	limits.walk_depth = seen_list->depth;
	limits.walk_files = seen_list->files;
	for (size_t i = 0; i < seen->folder_count && same; i++)
		same = seen->folders[i].list != which || stamp_folder(&seen->folders[i], source->top, mark);
	arena_init(&arena);
	same = same && files_list(&list, source, seen_list->folder, &limits, &arena, &failure) == 0;
	if (same && list.count)
		qsort(list.items, list.count, sizeof *list.items, order_entries);
	if (same)
		seen_digest(digest, list.items, list.count);
	arena_release(&arena);
	return same && strcmp(digest, seen_list->digest) == 0;
}

static bool look_closer(struct pass *pass, struct source *source)
{
	struct seen *seen = pass->seen;
	bool *listed = arena_array(&seen->arena, seen->list_count, sizeof *listed);
	struct timespec newest = {0, 0};
	struct mark mark;

	for (unsigned i = 0; pass->first && i < WORK_THREADS_MAX; i++)
		newest = is_before(newest, pass->newest[i]) ? pass->newest[i] : newest;
	mark_after(&mark, source, newest);
	for (size_t i = 0; i < seen->file_count; i++)
		if (pass->open[i] && !same_file(&seen->files[i], source, pass->first, &mark))
			return false;
	for (size_t i = 0; i < seen->folder_count; i++) {
		struct seen_folder *folder = &seen->folders[i];
		if (!pass->open[seen->file_count + i])
			continue;
		if (folder->list == SEEN_NONE && !same_way(folder, source, &mark))
			return false;
		if (folder->list == SEEN_NONE || listed[folder->list])
			continue;
		listed[folder->list] = true;
		if (!same_list(seen, folder->list, source, &mark))
			return false;
	}
	return true;
}

static bool look_at_index(struct stat *status, const struct source *source)
{
	char path[4200];

	int len = snprintf(path, sizeof path, "%sindex", git_repository_path(source->repository));
	return len > 0 && (size_t)len < sizeof path && stat(path, status) == 0;
}

/* A folder's kind follows from git's index too, which is large, and asked only where it is not the one that was asked then. */
static bool looks_same(bool *renewed, struct seen *seen, struct source *source)
{
	struct failure failure;
	enum entry_kind kind;
	struct stat status;
	struct mark mark;
	bool found, asked = false;

	bool same = look_at_index(&status, source) && stamp_same(&seen->index, &status);
	for (size_t i = 0; i < seen->look_count; i++) {
		const struct seen_look *told = &seen->looks[i];
		if (files_stand(&found, &kind, source, told->path, &failure) < 0 || found != told->found)
			return false;
		if (!found || (kind == told->kind && (same || kind != ENTRY_FOLDER)))
			continue;
		if (!same && !asked) {
			mark_take(&mark, source);
			asked = true;
			if (look_at_index(&status, source)) {
				stamp_take(&seen->index, &status, &mark);
				*renewed = true;
			}
		}
		if (files_look(&found, &kind, source, told->path, &failure) < 0 || kind != told->kind)
			return false;
	}
	return true;
}

bool seen_files_same(bool *renewed, struct seen *seen, struct source *source, bool first, unsigned jobs)
{
	struct pass pass = {.seen = seen, .top = source->top, .first = first};
	size_t all = seen->file_count + seen->folder_count;
	struct stat status;
	bool same = true;

	*renewed = false;
	pass.open = arena_array(&seen->arena, all, sizeof *pass.open);
	work_each((all + CHUNK - 1) / CHUNK, jobs, look_at_chunk, &pass);
	for (size_t i = 0; i < all; i++)
		*renewed = *renewed || (pass.open[i] && !(i < seen->file_count && seen->files[i].converts));
	for (size_t i = 0; i < all && same; i++)
		if (pass.open[i]) {
			same = look_closer(&pass, source);
			break;
		}
	if (first && look_at_index(&status, source))
		stamp_take(&seen->index, &status, &seen->began);
	return same && (first || looks_same(renewed, seen, source));
}

/* Many files at once. libgit2's handles are for one thread each, so every thread reads through one of its own. What a thread leaves, as it
 * fails, or is not what most files are, is read once more by the handle that was asked: it has the words for it, and the order. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "blob.h"
#include "handle.h"
#include "noted.h"
#include "repository.h"
#include "work.h"

/* Files stand in the order of their paths: neighbours lie in one folder, and mostly in one chain of deltas. */
enum { SHARE = 16 };

struct twin {
	struct source source;
	bool tried, usable;
	struct arena arena;
};

struct many {
	struct source_file *files;
	size_t count;
	const git_oid *ids; /* where objects are read: zero where there is no file */
	bool *done;         /* by file */
	const struct source *from;
	atomic_bool failed;
	struct twin *twins; /* by thread */
};

static int open_objects(git_odb **out, const struct source *from)
{
	git_buf path = GIT_BUF_INIT;
	int error = git_repository_item_path(&path, from->repository, GIT_REPOSITORY_ITEM_OBJECTS);

	if (!error)
		error = git_odb_open(out, path.ptr);
	if (!error && from->objects)
		error = git_odb_add_disk_alternate(*out, from->objects);
	git_buf_dispose(&path);
	return error;
}

static void twin_open(struct twin *twin, const struct source *from)
{
	twin->tried = true;
	twin->source = (struct source){.info = from->info, .limits = from->limits, .top = from->top, .kept = KEPT_NONE};
	twin->usable = from->top >= 0 || open_objects(&twin->source.odb, from) == 0;
}

static void twin_close(struct twin *twin, struct arena *arena)
{
	handle_forget(&twin->source);
	git_odb_free(twin->source.odb);
	arena_join(arena, &twin->arena);
}

static bool read_blob(struct source_file *file, struct twin *twin, const git_oid *id)
{
	struct failure failure;
	git_odb_object *object = NULL;
	size_t limit = twin->source.limits.blob_bytes;
	char what[1] = "";

	file->input->bytes = TEXT("");
	if (objects_read_id(&object, &file->result, &twin->source, id, what, file->max < limit ? file->max : limit, &failure) < 0)
		return false;
	if (file->result == READ_OK)
		objects_take(file->input, object, &twin->arena);
	return true;
}

static bool read_working(struct source_file *file, struct twin *twin, bool in_repository)
{
	struct failure failure;
	size_t size;
	int fd;

	if (files_open(&fd, &size, &file->result, &twin->source, file->path, &failure) < 0 || file->result != READ_OK)
		return false;
	int status = files_read(&file->input->bytes, &file->result, fd, size, file->path, file->max, &twin->arena, &failure);
	close(fd);
	/* Conversions are a matter of attributes, which the handle knows. */
	if (status < 0 || file->result != READ_OK || (in_repository && blob_may_convert(file->input->bytes)))
		return false;
	return repository_blob_id(file->input->blob, NULL, file->path, file->input->bytes, &failure) == 0;
}

static bool is_plain(const struct source *source, struct text path)
{
	return path_is_plain(path) && path_depth(path) <= source->limits.walk_depth && !overlay_find(source, path);
}

static void read_one(struct many *many, size_t i, struct twin *twin)
{
	struct source_file *file = &many->files[i];

	if (many->done[i] || (many->ids ? git_oid_is_zero(&many->ids[i]) : !is_plain(many->from, file->path)))
		return;
	file->input = arena_alloc(&twin->arena, sizeof *file->input);
	file->input->path = file->path;
	many->done[i] = many->ids ? read_blob(file, twin, &many->ids[i]) : read_working(file, twin, many->from->repository != NULL);
	/* What follows would be read in vain. */
	if (many->ids && !many->done[i])
		atomic_store(&many->failed, true);
}

static void read_share(void *context, size_t at, unsigned worker)
{
	struct many *many = context;
	struct twin *twin = &many->twins[worker];
	size_t end = many->count - at * SHARE < SHARE ? many->count : (at + 1) * SHARE;

	if (!twin->tried)
		twin_open(twin, many->from);
	for (size_t i = at * SHARE; twin->usable && i < end && !atomic_load(&many->failed); i++) {
		/* One watch for all: who is stuck is noticed when nobody reads any more. */
		if (many->ids)
			watch_start(many->from->patience);
		read_one(many, i, twin);
	}
}

void source_share(struct source *source, const struct input *const *inputs, size_t count)
{
	source->shared = inputs;
	source->shared_count = count;
}

static int order_path(const void *key, const void *item)
{
	return text_compare(*(const struct text *)key, (*(const struct input *const *)item)->path);
}

static bool take_shared(struct source_file *file, const struct source *source, const git_oid *id, struct arena *arena)
{
	const struct input *const *found =
		source->shared_count ? bsearch(&file->path, source->shared, source->shared_count, sizeof(const struct input *), order_path) : NULL;
	size_t limit = source->limits.blob_bytes;
	git_oid known;

	if (!found || git_oid_fromstr(&known, (*found)->blob) != 0 || !git_oid_equal(&known, id) || (*found)->bytes.len > file->max ||
	    (*found)->bytes.len > limit)
		return false;
	file->input = arena_alloc(arena, sizeof *file->input);
	*file->input = **found;
	file->input->path = file->path;
	file->result = READ_OK;
	return true;
}

/* The names of blobs, where those are read. */
static void find_ids(struct many *many, struct source *source, struct arena *arena, struct arena *scratch)
{
	git_oid *ids = source->top < 0 ? arena_array(scratch, many->count, sizeof *ids) : NULL;

	for (size_t i = 0; ids && i < many->count; i++)
		if (!is_plain(source, many->files[i].path) || !objects_file(&ids[i], source, many->files[i].path))
			memset(&ids[i], 0, sizeof ids[i]);
		else
			many->done[i] = take_shared(&many->files[i], source, &ids[i], arena);
	many->ids = ids;
}

static void read_shares(struct many *many, unsigned jobs, struct arena *arena, struct arena *scratch)
{
	many->twins = arena_array(scratch, jobs, sizeof *many->twins);
	work_each((many->count + SHARE - 1) / SHARE, jobs, read_share, many);
	if (many->ids)
		watch_stop();
	for (unsigned i = 0; i < jobs; i++)
		twin_close(&many->twins[i], arena);
}

int source_read_many(struct source_file *files, size_t count, struct source *source, unsigned jobs, struct arena *arena,
                     struct failure *failure)
{
	struct arena scratch;
	int status = 0;

	arena_init(&scratch);
	struct many many = {.files = files, .count = count, .from = source, .done = arena_array(&scratch, count, sizeof *many.done)};
	if (jobs > WORK_THREADS_MAX)
		jobs = WORK_THREADS_MAX;
	bool parallel = jobs > 1 && count > SHARE;
	if (parallel || source->shared_count)
		find_ids(&many, source, arena, &scratch);
	if (parallel)
		read_shares(&many, jobs, arena, &scratch);
	for (size_t i = 0; status == 0 && i < count; i++) {
		struct source_file *file = &files[i];
		if (many.done[i]) {
			seen_read(source, file->path, file->result, file->input->blob, false);
			continue;
		}
		file->input = arena_alloc(arena, sizeof *file->input);
		status = source_read(file->input, &file->result, source, file->path, file->max, arena, failure);
		file->input->path = file->path;
	}
	arena_release(&scratch);
	return status;
}

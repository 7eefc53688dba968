#include "data.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "pointer.h"
#include "unpack.h"

enum { START_BYTES = 64 * 1024, BLOCK_BYTES = 64 * 1024 };

/* What is opened, and what for. */
struct opening {
	struct input *input;
	const struct table_file *file;
	const struct limits *limits;
	struct arena *arena;
	struct diags *diags;
	struct text start;   /* the stream's first bytes */
	struct text name;    /* of the content: without .dvc */
};

int data_fill(size_t *len, const struct stream *stream, char *buffer, size_t size, uint64_t offset, struct failure *failure)
{
	size_t got = 1;

	for (*len = 0; got && *len < size; *len += got)
		if (stream_read_at(&got, stream, buffer + *len, size - *len, offset + *len, failure))
			return -1;
	return 0;
}

static struct diag *complain(struct opening *opening, enum code code, const char *what)
{
	return diag_add(opening->diags, code, (struct place){.file = opening->input}, "'%.*s' %s", TEXT_ARGS(opening->input->path), what);
}

/* --- the file that is named --- */

static int open_named(struct stream **out, struct opening *opening, struct failure *failure)
{
	const struct table_file *file = opening->file;
	enum read_result result = READ_OK;

	*out = NULL;
	if (!file->source) {
		if (stream_open(out, &result, arena_copy(opening->arena, file->path.at, file->path.len), opening->limits->unpacked_bytes, failure))
			return -1;
		if (result == READ_TOO_LARGE)
			diag_add(opening->diags, CODE_FILE_LIMIT, (struct place){.file = opening->input}, "'%.*s' gives more than %zu bytes (%s)",
			         TEXT_ARGS(file->path), opening->limits->unpacked_bytes, limit_note(opening->limits, &opening->limits->unpacked_bytes).text);
		return 0;
	}
	if (source_stream(out, &result, opening->input->blob, file->source, file->path, opening->arena, failure))
		return -1;
	if (result == READ_MISSING)
		diag_add(opening->diags, CODE_REF_FILE, (struct place){.file = opening->input}, "the file is not there");
	else if (result == READ_NOT_A_FILE)
		complain(opening, CODE_FILE_KIND, "is not a regular file");
	else if (result == READ_TOO_LARGE)
		diag_add(opening->diags, CODE_FILE_LIMIT, (struct place){.file = opening->input}, "'%.*s' is larger than %zu bytes (%s)",
		         TEXT_ARGS(file->path), opening->limits->blob_bytes, limit_note(opening->limits, &opening->limits->blob_bytes).text);
	return 0;
}

static int read_start(struct opening *opening, const struct stream *stream, struct failure *failure)
{
	char *bytes = arena_alloc(opening->arena, START_BYTES);

	opening->start.at = bytes;
	return data_fill(&opening->start.len, stream, bytes, START_BYTES, 0, failure);
}

/* --- stores --- */

static int has_digest(bool *same, const struct stream *stream, const struct pointer *pointer, struct failure *failure)
{
	enum digest_kind kind = pointer->store == STORE_DVC ? DIGEST_MD5 : DIGEST_SHA256;
	struct digest digest;
	char *block, out[65];
	uint64_t offset = 0;
	size_t got = 1;
	int status = 0;

	*same = !pointer->has_size || stream_size(stream) == pointer->size;
	if (!*same)
		return 0;
	block = memory_get(BLOCK_BYTES);
	digest_init(&digest, kind);
	while (status == 0 && got) {
		status = data_fill(&got, stream, block, BLOCK_BYTES, offset, failure);
		digest_add(&digest, (struct text){block, status ? 0 : got});
		offset += got;
	}
	free(block);
	digest_end(out, &digest);
	*same = strcmp(out, pointer->id) == 0;
	return status;
}

/* Beside a .dvc file its data mostly lies in the work tree too. */
static int open_beside(struct stream **out, struct opening *opening, const struct pointer *pointer, struct failure *failure)
{
	struct text path = opening->file->path, folder = path;
	enum read_result result;
	struct failure ignored;

	*out = NULL;
	while (folder.len && folder.at[folder.len - 1] != '/')
		folder.len--;
	path = text_format(opening->arena, "%.*s%.*s", TEXT_ARGS(folder), TEXT_ARGS(pointer->name));
	if (opening->file->source)
		return source_stream(out, &result, NULL, opening->file->source, path, opening->arena, failure);
	/* That it cannot be opened is as good as that it is not there. */
	if (stream_open(out, &result, path.at, opening->limits->unpacked_bytes, &ignored))
		*out = NULL;
	return 0;
}

/* Puts what the pointer stands for in the stream's place; NULL where diags say why. */
static int follow(struct stream **stream, struct opening *opening, const struct pointer *pointer, struct failure *failure)
{
	bool lfs = pointer->store == STORE_LFS, same = false;
	enum code code = lfs ? CODE_FILE_LFS : CODE_FILE_DVC;
	struct stream *found;

	stream_close(*stream);
	*stream = NULL;
	if (pointer->wrong) {
		complain(opening, code, pointer->wrong);
		diag_help(opening->diags, "%s", pointer->remedy);
		return 0;
	}
	int status = source_stored(&found, opening->file->source, opening->file->path, pointer->store, pointer->id, failure);
	bool stored = found != NULL;
	if (!status && !found && !lfs)
		status = open_beside(&found, opening, pointer, failure);
	if (!status && found)
		status = has_digest(&same, found, pointer, failure);
	if (status || !found || !same) {
		stream_close(found);
		if (status)
			return -1;
		complain(opening, code, !found ? (lfs ? "is not CSV but a Git LFS pointer: its content is not fetched" : "stands for data that is not fetched")
		                        : stored ? "stands for data that is damaged in its store: its digest is another"
		                                 : "stands for other data than the file beside it");
		diag_help(opening->diags, lfs       ? (found ? "run: git lfs fsck, then git lfs pull" : "run: git lfs pull")
		                          : !found  ? "run: dvc pull"
		                          : stored  ? "delete it from .dvc/cache and run: dvc pull"
		                                    : "run: dvc checkout, or, if the file beside it is the right one: dvc commit");
		return 0;
	}
	*stream = found;
	return 0;
}

static int follow_pointers(struct stream **stream, struct opening *opening, struct failure *failure)
{
	struct pointer pointer;

	if (text_ends(opening->name, ".dvc")) {
		pointer_read_dvc(&pointer, opening->start, opening->start.len == START_BYTES);
		opening->name = pointer.name;
		if (follow(stream, opening, &pointer, failure))
			return -1;
		if (*stream && read_start(opening, *stream, failure))
			return -1;
	} else if (pointer_read_lfs(&pointer, opening->start)) {
		if (follow(stream, opening, &pointer, failure))
			return -1;
		if (*stream && read_start(opening, *stream, failure))
			return -1;
	}
	return 0;
}

/* --- packed content --- */

static enum packing packing_by_name(struct text name)
{
	return text_ends(name, ".gz") ? PACKING_GZIP : text_ends(name, ".zst") ? PACKING_ZSTD : PACKING_NONE;
}

/* A descriptor has no name that could say it. */
static bool is_nameless(const struct table_file *file)
{
	return !file->source && (text_is(file->path, "-") || text_starts(file->path, "/dev/") || text_starts(file->path, "/proc/self/fd/"));
}

static int unpack_stream(struct stream **stream, struct opening *opening, enum packing packing, struct failure *failure)
{
	struct stream *packed = *stream;
	char *name = arena_copy(opening->arena, opening->input->path.at, opening->input->path.len);
	enum unpacked end = UNPACKED_WHOLE;

	if (stream_temporary(stream, name, failure))
		return -1;
	int status = unpack(&end, *stream, packed, packing, opening->limits->unpacked_bytes, failure);
	if (!status && end == UNPACKED_WHOLE) {
		stream_close(packed);
		return 0;
	}
	stream_close(*stream);
	*stream = packed;
	if (status)
		return -1;
	stream_close(packed);
	*stream = NULL;
	if (end == UNPACKED_TOO_LARGE) {
		diag_add(opening->diags, CODE_FILE_LIMIT, (struct place){.file = opening->input}, "'%.*s' unpacks to more than %zu bytes (%s)",
		         TEXT_ARGS(opening->input->path), opening->limits->unpacked_bytes,
		         limit_note(opening->limits, &opening->limits->unpacked_bytes).text);
	} else {
		complain(opening, CODE_CSV_ENCODING, end == UNPACKED_CUT ? "is cut off: its compressed data ends too early" : "is damaged: it cannot be unpacked");
		diag_help(opening->diags, "write or fetch the file again");
	}
	return 0;
}

static int unpack_content(struct stream **stream, struct opening *opening, struct failure *failure)
{
	enum packing named = packing_by_name(opening->name), found = packing_of(opening->start);

	if (is_nameless(opening->file))
		named = found;
	if (named == PACKING_NONE)
		return 0;
	if (named == found)
		return unpack_stream(stream, opening, named, failure);
	stream_close(*stream);
	*stream = NULL;
	complain(opening, CODE_CSV_ENCODING, named == PACKING_GZIP ? "is not compressed by gzip, as its name says" : "is not compressed by zstd, as its name says");
	diag_help(opening->diags, "%s", named == PACKING_GZIP ? "compress it (gzip), or give it the name of what it is" : "compress it (zstd), or give it the name of what it is");
	return 0;
}

int data_open(struct stream **out, struct input *input, const struct table_file *file, const struct limits *limits, struct arena *arena,
              struct diags *diags, struct failure *failure)
{
	struct opening opening = {input, file, limits, arena, diags, {0}, file->path};

	input->path = text_copy(arena, file->path);
	int status = open_named(out, &opening, failure);
	if (!status && *out)
		status = read_start(&opening, *out, failure);
	if (!status && *out)
		status = follow_pointers(out, &opening, failure);
	if (!status && *out)
		status = unpack_content(out, &opening, failure);
	if (status) {
		stream_close(*out);
		*out = NULL;
	}
	return status;
}

#include "feed.h"

#include <stdlib.h>

#include "arena.h"
#include "source.h"

struct feed {
	struct stream *stream;
};

static int open_stream(struct stream **out, struct input *input, const struct table_file *file, const struct limits *limits,
                       struct arena *arena, struct diags *diags, struct failure *failure)
{
	enum read_result result = READ_OK;
	struct place whole = {.file = input};

	*out = NULL;
	if (!file->source)
		return stream_open(out, arena_copy(arena, file->path.at, file->path.len), failure);
	if (source_stream(out, &result, input->blob, file->source, file->path, arena, failure))
		return -1;
	if (result == READ_MISSING)
		diag_add(diags, CODE_REF_FILE, whole, "the file is not there");
	else if (result == READ_NOT_A_FILE)
		diag_add(diags, CODE_FILE_KIND, whole, "'%.*s' is not a regular file", TEXT_ARGS(file->path));
	else if (result == READ_TOO_LARGE)
		diag_add(diags, CODE_FILE_LIMIT, whole, "'%.*s' is larger than %zu bytes (%s)", TEXT_ARGS(file->path), limits->blob_bytes,
		         limit_note(limits, &limits->blob_bytes).text);
	return 0;
}

int feed_open(struct feed **out, struct input *input, const struct table_file *file, const struct limits *limits, struct arena *arena,
              struct diags *diags, struct failure *failure)
{
	struct stream *stream;

	*out = NULL;
	input->path = text_copy(arena, file->path);
	if (open_stream(&stream, input, file, limits, arena, diags, failure))
		return -1;
	if (!stream)
		return 0;
	*out = memory_get(sizeof **out);
	**out = (struct feed){.stream = stream};
	return 0;
}

void feed_close(struct feed *feed)
{
	if (!feed)
		return;
	stream_close(feed->stream);
	free(feed);
}

int feed_read(size_t *got, struct feed *feed, char *buffer, size_t size, struct failure *failure)
{
	return stream_read(got, feed->stream, buffer, size, failure);
}

void feed_rewind(struct feed *feed)
{
	stream_rewind(feed->stream);
}

bool feed_is_random(const struct feed *feed)
{
	(void)feed;
	return true;
}

int feed_read_at(size_t *got, const struct feed *feed, char *buffer, size_t size, uint64_t offset, struct failure *failure)
{
	return stream_read_at(got, feed->stream, buffer, size, offset, failure);
}

uint64_t feed_size(const struct feed *feed)
{
	return stream_size(feed->stream);
}

int feed_skip_to(struct feed *feed, uint64_t offset, struct failure *failure)
{
	char block[16 * 1024];
	size_t got = 1;

	feed_rewind(feed);
	for (; offset && got; offset -= got)
		if (feed_read(&got, feed, block, offset < sizeof block ? (size_t)offset : sizeof block, failure))
			return -1;
	return 0;
}

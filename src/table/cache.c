#include "cache.h"

#include "source.h"

void cache_content(char blob[41], const struct table_file *file)
{
	blob[0] = '\0';
	if (file->source && !text_ends(file->path, ".dvc"))
		source_content(blob, file->source, file->path);
}

bool cache_names_data(const struct table_file *file, struct arena *arena)
{
	enum read_result result;
	struct failure failure;
	struct stream *stream;
	char start[8];
	size_t got = 0;

	if (source_stream(&stream, &result, NULL, file->source, file->path, arena, &failure) < 0 || !stream)
		return false;
	/* As LFS pointers begin; a table that does so too is read each time. */
	bool plain = stream_read(&got, stream, start, sizeof start, &failure) == 0 && !text_starts((struct text){start, got}, "version ");
	stream_close(stream);
	return plain;
}

struct text cache_read(const struct table_file *file, const char key[65], struct arena *arena)
{
	return source_kept_read(file->source, key, arena);
}

void cache_write(const struct table_file *file, const char key[65], struct text bytes)
{
	source_kept_write(file->source, key, bytes);
}

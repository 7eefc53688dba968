#include <string.h>

#include "arena.h"
#include "handle.h"
#include "noted.h"

/* What stands at path itself. */
static bool same_kind(bool *is_file, struct source *source, struct source *head, struct text path)
{
	enum entry_kind kind = ENTRY_FOLDER, head_kind = ENTRY_FOLDER;
	struct failure failure;
	bool found, head_found;

	if (source_look(&found, &kind, source, path, &failure) < 0 || source_look(&head_found, &head_kind, head, path, &failure) < 0)
		return false;
	*is_file = found && kind == ENTRY_FILE;
	return found == head_found && kind == head_kind;
}

static bool same_file(struct source *source, struct source *head, struct text path, struct arena *arena)
{
	char blob[41], head_blob[41];
	struct failure failure;
	enum read_result result;
	struct stream *stream;

	objects_blob(head_blob, head, path);
	if (source->top < 0)
		objects_blob(blob, source, path);
	else
		source_known_blob(blob, source, path);
	if (!blob[0]) {
		if (source_stream(&stream, &result, blob, source, path, arena, &failure) < 0)
			return false;
		stream_close(stream);
	}
	return blob[0] && strcmp(blob, head_blob) == 0;
}

static bool same_below(struct source *source, struct source *head, struct text folder, const struct limits *limits, struct arena *arena)
{
	struct entry *entries, *head_entries;
	struct failure failure;
	size_t count, head_count;

	if (source_list(&entries, &count, source, folder, limits, arena, &failure) < 0 ||
	    source_list(&head_entries, &head_count, head, folder, limits, arena, &failure) < 0 || count != head_count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (entries[i].kind != head_entries[i].kind || !text_equal(entries[i].path, head_entries[i].path))
			return false;
		if (entries[i].kind == ENTRY_FILE && !same_file(source, head, entries[i].path, arena))
			return false;
	}
	return true;
}

bool source_is_head(struct source *source, const struct text *paths, size_t count, const struct limits *limits, struct arena *arena)
{
	struct failure failure;
	struct source *head;
	bool same = true, is_file;

	seen_spoil(source);
	if (source->info.kind == SOURCE_COMMIT)
		return true;
	if (!source->repository || !source->info.commit[0] || source->overlay_count ||
	    source_open_commit(&head, source, source->info.commit, arena, &failure) < 0)
		return false;
	for (size_t i = 0; i < count && same; i++)
		same = same_kind(&is_file, source, head, paths[i]) &&
		       (is_file ? same_file(source, head, paths[i], arena) : same_below(source, head, paths[i], limits, arena));
	source_close(head);
	return same;
}

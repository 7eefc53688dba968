#include "handle.h"
#include "repository.h"

void source_lay_over(struct source *source, const struct source_overlay *files, size_t count)
{
	source->overlay = files;
	source->overlay_count = count;
}

const struct source_overlay *overlay_find(const struct source *source, struct text path)
{
	for (size_t i = 0; i < source->overlay_count; i++)
		if (text_equal(source->overlay[i].path, path))
			return &source->overlay[i];
	return NULL;
}

static bool is_below(struct text path, struct text folder)
{
	return folder.len == 0 || (path.len > folder.len && path.at[folder.len] == '/' && text_equal(text_cut(path, 0, folder.len), folder));
}

bool overlay_has_folder(const struct source *source, struct text folder)
{
	for (size_t i = 0; i < source->overlay_count; i++)
		if (is_below(source->overlay[i].path, folder))
			return true;
	return false;
}

int overlay_list(struct entry_list *list, const struct source *source, struct text folder, const struct limits *limits,
                 struct arena *arena, struct failure *failure)
{
	size_t kept = 0;

	if (!source->overlay_count)
		return 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct entry *entry = &list->items[i];
		/* An empty folder is none any more. */
		bool replaced = overlay_find(source, entry->path) || (entry->kind == ENTRY_FOLDER && overlay_has_folder(source, entry->path));
		if (!replaced)
			list->items[kept++] = *entry;
	}
	/* The list grows by powers of two; one that got shorter is a new one. */
	struct entry_list old = *list;
	*list = (struct entry_list){NULL, 0};
	for (size_t i = 0; i < kept; i++)
		if (entry_list_add(list, old.items[i].path, old.items[i].kind, limits, arena, failure) < 0)
			return -1;
	for (size_t i = 0; i < source->overlay_count; i++)
		if (is_below(source->overlay[i].path, folder) &&
		    entry_list_add(list, source->overlay[i].path, ENTRY_FILE, limits, arena, failure) < 0)
			return -1;
	return 0;
}

int overlay_read(struct input *input, enum read_result *result, const struct source *source, const struct source_overlay *file, size_t max,
                 struct failure *failure)
{
	*result = file->bytes.len > max ? READ_TOO_LARGE : READ_OK;
	if (*result != READ_OK)
		return 0;
	input->bytes = file->bytes;
	return repository_blob_id(input->blob, source->repository, file->path, file->bytes, failure);
}

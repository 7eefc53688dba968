#include "handle.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"

static size_t last_slash(struct text path)
{
	size_t at = path.len;

	while (at > 0 && path.at[at - 1] != '/')
		at--;
	return at;
}

struct text path_folder(struct text path)
{
	size_t at = last_slash(path);

	return text_cut(path, 0, at ? at - 1 : 0);
}

struct text path_name(struct text path)
{
	return text_cut(path, last_slash(path), path.len);
}

size_t path_depth(struct text path)
{
	size_t depth = path.len > 0;

	for (size_t i = 0; i < path.len; i++)
		depth += path.at[i] == '/';
	return depth;
}

bool handle_is_last(const struct source *source, struct text folder)
{
	return source->last.path && text_equal(folder, (struct text){source->last.path, source->last.len});
}

void handle_forget(struct source *source)
{
	if (!source->last.path)
		return;
	free(source->last.path);
	source->last.path = NULL;
	if (source->last.fd >= 0)
		close(source->last.fd);
	git_tree_free(source->last.tree);
}

void handle_remember(struct source *source, struct text folder, int fd, git_tree *tree)
{
	char *path = memory_get(folder.len + 1);

	if (folder.len)
		memcpy(path, folder.at, folder.len);
	path[folder.len] = '\0';
	handle_forget(source);
	source->last.path = path;
	source->last.len = folder.len;
	source->last.fd = fd;
	source->last.tree = tree;
}

int entry_list_add(struct entry_list *list, struct text path, enum entry_kind kind, const struct limits *limits,
                   struct arena *arena, struct failure *failure)
{
	if (list->count >= limits->walk_files)
		return failure_set(failure, EXIT_UNABLE, "more than %zu files, the last one '%.*s' (%s)", limits->walk_files,
		                   TEXT_ARGS(path), limit_note(limits, &limits->walk_files).text);
	list->items = arena_grow(arena, list->items, list->count, sizeof *list->items);
	list->items[list->count++] = (struct entry){path, kind};
	return 0;
}

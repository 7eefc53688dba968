#include "stages.h"

#include <string.h>

#include "repository.h"

static bool stands_in(const struct diag *diag, struct text path)
{
	return diag->place.file && text_equal(diag->place.file->path, path);
}

/* Lines move with the change, and are no part of what is the same. */
static bool is_known(const struct diag *diag, const struct diags *before)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct diag *old = &before->items[i];
		bool same_file = diag->place.file ? stands_in(old, diag->place.file->path) : !old->place.file;
		if (old->code == diag->code && old->severity == diag->severity && same_file && text_equal(old->message, diag->message))
			return true;
	}
	return false;
}

static bool stands_in_any(const struct diag *diag, const struct authored *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (stands_in(diag, changes[i].path))
			return true;
	return false;
}

static void keep_fresh(struct diags *fresh, const struct diags *after, const struct diags *before, const struct authored *changes, size_t count)
{
	for (size_t i = 0; i < after->count; i++) {
		struct diag *diag = &after->items[i];
		if (diag->severity == SEVERITY_ERROR && (stands_in_any(diag, changes, count) || !is_known(diag, before)))
			diags_append(fresh, &(struct diags){.items = diag, .count = 1});
	}
}

/* Approved content and versions that history has. */
static int try_versions(struct diags *fresh, struct workspace *before, const struct workspace_request *request, struct text path,
                        struct failure *failure)
{
	const struct source_info *info = source_get_info(before->source);
	struct workspace_request wanted = *request;
	struct workspace after;

	if (!info->commit[0])
		return 0;
	wanted.base = info->commit;
	wanted.base_if_any = true;
	int status = workspace_open(&after, &wanted, failure);
	for (size_t i = 0; status == 0 && i < after.diags.count; i++) {
		struct diag *diag = &after.diags.items[i];
		bool version = diag->code == CODE_VERSION_CHANGED || diag->code == CODE_VERSION_LOWER || diag->code == CODE_VERSION_STATUS;
		if (version && stands_in(diag, path))
			diags_append(fresh, &(struct diags){.items = diag, .count = 1});
	}
	/* What was found points into it. */
	arena_join(&before->arena, &after.arena);
	source_close(after.source);
	return status;
}

int workspace_would_be(struct workspace *after, struct diags *fresh, struct workspace *before, const struct workspace_request *request,
                       const struct authored *changes, size_t count, bool with_versions, struct failure *failure)
{
	struct source_overlay *overlay = arena_array(&before->arena, count, sizeof *overlay);
	struct workspace_request wanted = *request;

	for (size_t i = 0; i < count; i++)
		overlay[i] = (struct source_overlay){changes[i].path, changes[i].after};
	wanted.overlay = overlay;
	wanted.overlay_count = count;
	diags_init(fresh, &before->arena);
	if (workspace_open(after, &wanted, failure) < 0)
		return -1;
	source_lay_over(after->source, NULL, 0);
	keep_fresh(fresh, &after->diags, &before->diags, changes, count);
	return with_versions ? try_versions(fresh, before, &wanted, changes->path, failure) : 0;
}

int workspace_create(size_t *written, struct text *left_out, const char *directory, struct arena *arena, struct failure *failure)
{
	struct publish_file *files = arena_array(arena, author_template_count, sizeof *files);
	struct location location;
	size_t count = 0, removed;

	*left_out = TEXT("");
	if (repository_locate(&location, directory, NULL, arena, failure) < 0)
		return -1;
	if (location.kind == LOCATION_BARE)
		return failure_set(failure, EXIT_UNABLE, "'%s' is a bare repository: a workspace is made in a working directory", location.top);
	for (size_t i = 0; i < author_template_count; i++) {
		struct text path = text_of(author_templates[i].path);
		if (location.prefix.len && text_starts(path, ".")) {
			*left_out = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(*left_out), left_out->len ? " and " : "", TEXT_ARGS(path));
			continue;
		}
		if (location.prefix.len)
			path = text_format(arena, "%.*s/%.*s", TEXT_ARGS(location.prefix), TEXT_ARGS(path));
		files[count++] = (struct publish_file){.path = path, .bytes = text_of(author_templates[i].bytes), .fresh = true};
	}
	return publish_files(written, &removed, location.top, files, count, failure);
}

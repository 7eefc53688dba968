#include <string.h>

#include "arena.h"
#include "parts.h"

static bool has_suffix_of(struct text name, const char *const *suffixes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_ends(name, suffixes[i]) && name.len > strlen(suffixes[i]))
			return true;
	return false;
}

bool is_manifest_name(struct text name)
{
	static const char *const suffixes[] = {".yaml", ".yml", ".json"};

	return !text_starts(name, ".") && has_suffix_of(name, suffixes, sizeof suffixes / sizeof *suffixes);
}

bool is_quiet_name(struct text name)
{
	static const char *const suffixes[] = {".md", ".txt", ".rst", ".adoc"};
	static const char *const names[] = {"README", "LICENSE", "CODEOWNERS", "OWNERS", "Makefile"};

	if (text_starts(name, ".") || has_suffix_of(name, suffixes, sizeof suffixes / sizeof *suffixes))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_is(name, names[i]))
			return true;
	return false;
}

struct text base_name(struct text path)
{
	size_t start = path.len;

	while (start && path.at[start - 1] != '/')
		start--;
	return text_cut(path, start, path.len);
}

struct place path_place(struct loader *loader, struct text path)
{
	struct input *input = arena_alloc(loader->arena, sizeof *input);

	input->path = path;
	return (struct place){.file = input};
}

struct text known_family(const struct loader *loader, struct text name)
{
	for (size_t i = 0; i < loader->context.family_count; i++)
		if (text_equal(loader->context.families[i], name))
			return name;
	return (struct text){0};
}

const char *entry_word(enum entry_kind kind)
{
	return kind == ENTRY_LINK      ? "a symbolic link, which is not followed"
	     : kind == ENTRY_SUBMODULE ? "a submodule"
	     : kind == ENTRY_FOLDER    ? "a directory"
	                               : "no regular file";
}

bool entry_refuse(struct loader *loader, const struct entry *entry)
{
	size_t depth = 0;

	if (entry->kind == ENTRY_FILE)
		return false;
	for (size_t i = 0; i < entry->path.len; i++)
		depth += entry->path.at[i] == '/';
	if (entry->kind != ENTRY_FOLDER || is_manifest_name(base_name(entry->path))) {
		diag_add(loader->diags, CODE_FILE_KIND, path_place(loader, entry->path), "'%.*s' is %s", TEXT_ARGS(entry->path),
		         entry_word(entry->kind));
		diag_help(loader->diags, "put a regular file there");
	} else if (depth >= loader->limits->walk_depth) {
		diag_add(loader->diags, CODE_FILE_LIMIT, path_place(loader, entry->path),
		         "folders deeper than %zu levels are not read (%s)", loader->limits->walk_depth,
		         limit_note(loader->limits, &loader->limits->walk_depth).text);
	}
	return true;
}

bool folder_refuse(struct loader *loader, const struct entry *entry, size_t top)
{
	for (size_t end = top; end < entry->path.len; end++) {
		struct text folder = text_cut(entry->path, 0, end);
		if (entry->path.at[end] != '/' || !is_manifest_name(base_name(folder)))
			continue;
		diag_add(loader->diags, CODE_FILE_KIND, path_place(loader, folder), "'%.*s' is a directory", TEXT_ARGS(folder));
		diag_help(loader->diags, "put a regular file there");
		return true;
	}
	return false;
}

bool is_manifest_of(struct text name, const char *kind)
{
	if (!text_starts(name, kind))
		return false;
	struct text ending = text_cut(name, strlen(kind), name.len);
	return text_is(ending, ".yaml") || text_is(ending, ".yml") || text_is(ending, ".json");
}

const struct entry *manifest_find(bool *refused, struct loader *loader, const char *kind, struct text folder, const struct entry *entries,
                                  size_t count)
{
	const struct entry *found = NULL;

	*refused = false;
	for (size_t i = 0; i < count; i++) {
		struct text rest = text_cut(entries[i].path, folder.len, entries[i].path.len);
		struct text name = text_cut(rest, 0, text_find(rest, '/'));
		if (!is_manifest_of(name, kind))
			continue;
		if (name.len < rest.len) {
			*refused = *refused || folder_refuse(loader, &entries[i], folder.len);
		} else if (entry_refuse(loader, &entries[i])) {
			*refused = true;
		} else if (found) {
			diag_add(loader->diags, CODE_REF_DUPLICATE_ID, path_place(loader, entries[i].path), "a second manifest of the %s", kind);
			diag_relate(loader->diags, path_place(loader, found->path), "first here");
			diag_help(loader->diags, "delete one of the two");
		} else {
			found = &entries[i];
		}
	}
	return found;
}

/* Says that a folder is not there where somebody named it; a new workspace need not have all of them. */
static void folder_missing(struct loader *loader, struct text folder, const char *name, enum kind kind)
{
	const struct value *given = value_get(value_get(loader->catalog->config.root, "directories"), name);

	if (!given || given->kind != VALUE_SCALAR || text_is(given->text, name) || !is_inner_path(given->text))
		return;
	loader->catalog->unread[kind] = true;
	for (size_t i = 0; i < loader->diags->count; i++)
		if (loader->diags->items[i].place.file == given->place.file &&
		    loader->diags->items[i].place.line == given->place.line &&
		    loader->diags->items[i].place.column == given->place.column)
			return;
	diag_add(loader->diags, CODE_REF_FILE, given->place, "no folder '%.*s'", TEXT_ARGS(folder));
	diag_help(loader->diags, "'directories.%s' is a path from the folder of galley.yaml", name);
}

int folder_list(struct entry **entries, size_t *count, struct loader *loader, struct text folder, const char *name,
                enum kind kind)
{
	bool found;
	enum entry_kind there;

	*entries = NULL;
	*count = 0;
	if (source_look(&found, &there, loader->source, folder, loader->failure) < 0)
		return -1;
	if (!found) {
		folder_missing(loader, folder, name, kind);
		return 0;
	}
	if (there != ENTRY_FOLDER) {
		diag_add(loader->diags, CODE_FILE_KIND, path_place(loader, folder), "'%.*s' is %s where a folder is expected",
		         TEXT_ARGS(folder), there == ENTRY_FILE ? "a file" : entry_word(there));
		diag_help(loader->diags, "put a folder of %ss there, or name another under 'directories' in galley.yaml",
		          kind == KIND_RUN ? "model" : kind_name(kind));
		loader->catalog->unread[kind] = true;
		return 0;
	}
	return source_list(entries, count, loader->source, folder, loader->limits, loader->arena, loader->failure);
}

size_t entries_group(struct text *name, bool *below, const struct entry *entries, size_t count, size_t at,
                     size_t prefix)
{
	struct text rest = text_cut(entries[at].path, prefix, entries[at].path.len);
	size_t slash = text_find(rest, '/'), end = at + 1;
	struct text shared = text_cut(entries[at].path, 0, prefix + slash + 1);

	*name = text_cut(rest, 0, slash);
	*below = slash < rest.len;
	while (*below && end < count && entries[end].path.len > shared.len &&
	       memcmp(entries[end].path.at, shared.at, shared.len) == 0)
		end++;
	return end;
}

static bool is_id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* The id in a file that could not be parsed: the first "id:" with an id after it. Good enough to not call references to it unknown. */
static struct text guess_id(struct text bytes)
{
	for (size_t i = 0; i + 3 < bytes.len; i++) {
		if (bytes.at[i] != 'i' || bytes.at[i + 1] != 'd' || (i && is_id_char(bytes.at[i - 1])))
			continue;
		size_t at = i + 2;
		if (at < bytes.len && (bytes.at[at] == '"' || bytes.at[at] == '\''))
			at++;
		while (at < bytes.len && bytes.at[at] == ' ')
			at++;
		if (at == bytes.len || bytes.at[at++] != ':')
			continue;
		while (at < bytes.len && strchr(" \"'", bytes.at[at]) && bytes.at[at])
			at++;
		size_t end = at;
		while (end < bytes.len && is_id_char(bytes.at[end]))
			end++;
		if (is_id(text_cut(bytes, at, end), false))
			return text_cut(bytes, at, end);
	}
	return (struct text){0};
}

void record_fill(struct record *record, struct loader *loader, enum kind kind, const struct loaded *loaded,
                 struct text id)
{
	struct text own = value_text(loaded->root, "metadata.id"), name = value_text(loaded->root, "metadata.name");

	*record = (struct record){.kind = kind,
	                          .id = id,
	                          .place = value_place(loaded->root, "metadata.id"),
	                          .file = loaded->file,
	                          .root = loaded->root,
	                          .broken = loaded->broken,
	                          .brief = loaded->brief};
	if (!record->place.file)
		record->place = (struct place){.file = loaded->file};
	if (!record->id.len && is_id(own, false))
		record->id = own;
	if (!record->id.len && !record->root)
		record->id = guess_id(loaded->file->bytes);
	if (!record->id.len)
		loader->catalog->unread[kind] = true;
	record->name = name.len ? name : record->id;
}

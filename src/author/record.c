#include "record.h"

#include <string.h>

#include "arena.h"

enum { TAME_MAX = 100 };

struct place place_at(const struct record *record, const char *path)
{
	const struct value *value = value_at(record->root, path);

	return value ? value->place : record->place;
}

/* --- Finding what a command names --- */

enum { NAMES_SHOWN = 8 };

int refuse_unknown(const struct authoring *authoring, const char *what, struct text id, const struct text *names, size_t count)
{
	struct text near = text_nearest(id, names, count);

	refusal_set(authoring->refusal, (struct place){0}, authoring->arena, "unknown %s '%.*s'", what, TEXT_ARGS(id));
	if (near.at)
		return refusal_help(authoring->refusal, authoring->arena, "did you mean '%.*s'?", TEXT_ARGS(near));
	struct text there = TEXT("");
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
		there = text_format(authoring->arena, "%.*s%s%.*s", TEXT_ARGS(there), i ? ", " : "", TEXT_ARGS(names[i]));
	if (count > NAMES_SHOWN)
		return refusal_help(authoring->refusal, authoring->arena, "there is %.*s and %zu more", TEXT_ARGS(there), count - NAMES_SHOWN);
	return refusal_help(authoring->refusal, authoring->arena, "there is %.*s", TEXT_ARGS(count ? there : TEXT("none")));
}

static int unknown_record(const struct authoring *authoring, const char *what, struct text id, bool packs)
{
	const struct catalog *catalog = authoring->catalog;
	struct text *names = arena_array(authoring->arena, catalog->recipe_count + catalog->pack_count, sizeof *names);
	size_t count = 0;

	for (size_t i = 0; i < catalog->recipe_count; i++)
		names[count++] = catalog->recipes[i].record.id;
	for (size_t i = 0; packs && i < catalog->pack_count; i++)
		names[count++] = catalog->packs[i].record.id;
	return refuse_unknown(authoring, what, id, names, count);
}

int find_recipe(const struct recipe **out, const struct authoring *authoring, struct text id)
{
	*out = catalog_recipe(authoring->catalog, id);
	return *out ? 0 : unknown_record(authoring, "recipe", id, false);
}

int find_versioned(struct versioned *out, const struct authoring *authoring, struct text id)
{
	const struct recipe *recipe = catalog_recipe(authoring->catalog, id);
	const struct pack *pack = catalog_pack(authoring->catalog, id);

	if (recipe && pack) {
		refusal_set(authoring->refusal, recipe->record.place, authoring->arena, "'%.*s' is a recipe and a pack", TEXT_ARGS(id));
		refusal_because(authoring->refusal, pack->record.place, authoring->arena, "is the pack");
		return refusal_help(authoring->refusal, authoring->arena, "give one of them another id");
	}
	if (recipe)
		*out = (struct versioned){&recipe->record, recipe->version, recipe->status};
	else if (pack)
		*out = (struct versioned){&pack->record, pack->version, pack->status};
	else
		return unknown_record(authoring, "recipe or pack", id, true);
	return 0;
}

int find_model(const struct model **out, const struct authoring *authoring, struct text id)
{
	const struct catalog *catalog = authoring->catalog;

	*out = catalog_model(catalog, id);
	if (*out && (*out)->record.root)
		return 0;
	if (*out) {
		refusal_set(authoring->refusal, (*out)->record.place, authoring->arena, "model '%.*s' has no model.yaml that can be read",
		            TEXT_ARGS(id));
		return refusal_help(authoring->refusal, authoring->arena, "galley check says what is wrong with it");
	}
	struct text *names = arena_array(authoring->arena, catalog->model_count, sizeof *names);
	for (size_t i = 0; i < catalog->model_count; i++)
		names[i] = catalog->models[i].record.id;
	return refuse_unknown(authoring, "model", id, names, catalog->model_count);
}

int find_run(const struct run **out, const struct authoring *authoring, const struct model *model, struct text id)
{
	*out = model_run(model, id);
	if (*out)
		return 0;
	struct text *names = arena_array(authoring->arena, model->run_count, sizeof *names);
	for (size_t i = 0; i < model->run_count; i++)
		names[i] = model->runs[i].record.id;
	refuse_unknown(authoring, "run", id, names, model->run_count);
	authoring->refusal->message =
	    text_format(authoring->arena, "model '%.*s' has no run '%.*s'", TEXT_ARGS(model->record.id), TEXT_ARGS(id));
	return -1;
}

int refuse_broken(const struct authoring *authoring, const struct record *record)
{
	if (record->root && !record->broken)
		return 0;
	refusal_set(authoring->refusal, record->place, authoring->arena, "%s '%.*s' has errors of its own", kind_name(record->kind),
	            TEXT_ARGS(record->id));
	return refusal_help(authoring->refusal, authoring->arena, "mend it first: galley check %.*s", TEXT_ARGS(record->file->path));
}

/* --- Giving a file --- */

static struct text old_value(const struct value *root, struct text path, struct arena *arena)
{
	const struct value *value = value_at(root, arena_copy(arena, path.at, path.len));

	return value && value->kind == VALUE_SCALAR ? value->text : TEXT("");
}

/* A commit message's lines are ours: no text goes in that could be a trailer, or tell a CI host to skip the commit. */
static struct text tame(struct text value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("._-+:@/^~", c));
		if (!plain || i >= TAME_MAX)
			return TEXT("(text)");
	}
	return value;
}

int authored_edit(struct authored *out, const struct authoring *authoring, const struct record *record, const struct edit *edits,
                  size_t count)
{
	struct arena *arena = authoring->arena;

	out->path = record->file->path;
	out->before = record->file->bytes;
	out->details = TEXT("");
	if (document_edit(&out->after, record->file, edits, count, &authoring->catalog->config.limits, arena, authoring->refusal) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct text old = old_value(record->root, edits[i].path, arena);
		if (text_equal(old, edits[i].value))
			continue;
		struct text from = tame(old), to = tame(edits[i].value);
		out->details = text_format(arena, "%.*s%.*s: %.*s%s%.*s\n", TEXT_ARGS(out->details), TEXT_ARGS(edits[i].path), TEXT_ARGS(from),
		                           from.len ? " -> " : "", TEXT_ARGS(to));
	}
	return 0;
}

int authored_file(struct authored *out, const struct authoring *authoring, struct text path, const struct buffer *bytes)
{
	out->path = path;
	out->is_new = true;
	out->before = out->details = TEXT("");
	out->after = text_copy(authoring->arena, buffer_text(bytes));
	return 0;
}

/* --- Names --- */

bool author_is_id(struct text id, bool run)
{
	for (size_t i = 0; i < id.len; i++) {
		char c = id.at[i];
		bool digit = c >= '0' && c <= '9';
		if (!(c >= 'a' && c <= 'z') && !(digit && (i || run)) && !((c == '_' || c == '-') && i))
			return false;
	}
	return id.len > 0 && id.len <= 64 && !(run && text_is(id, "snapshots"));
}

struct text author_name_of(struct text id, struct arena *arena)
{
	static const char *const prefixes[] = {"recipe_", "pack_", "model_"};
	struct text rest = id;

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (text_starts(id, prefixes[i]) && rest.len == id.len)
			rest = text_cut(id, text_of(prefixes[i]).len, id.len);
	if (!rest.len)
		rest = id;
	char *name = arena_copy(arena, rest.at, rest.len);
	for (size_t i = 0; i < rest.len; i++)
		if (name[i] == '_' || name[i] == '-')
			name[i] = ' ';
	if (name[0] >= 'a' && name[0] <= 'z')
		name[0] = (char)(name[0] - 'a' + 'A');
	return (struct text){name, rest.len};
}

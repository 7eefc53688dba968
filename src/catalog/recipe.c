#include "arena.h"
#include "checker.h"
#include "parts.h"

/* One name of a policy's pattern below a row; the row it leads to, or NULL. */
static const struct field *step(const struct field *field, struct text name)
{
	if (field && field->type == FIELD_LIST && field->merge == MERGE_KEYED)
		return schema_item(KIND_RECIPE, field);
	return schema_child(KIND_RECIPE, field, name);
}

static void unknown_name(const struct value *pattern, const struct field *field, struct text name, struct diags *diags)
{
	struct text *names = NULL, before = text_cut(pattern->text, 0, (size_t)(name.at - pattern->text.at));
	size_t count = 0;

	diag_add(diags, CODE_SCHEMA_VALUE, pattern->place, "policy for a field that no recipe has: '%.*s'",
	         TEXT_ARGS(excerpt(pattern->text, diags->arena)));
	for (const struct field *row = schema_next_child(KIND_RECIPE, field, NULL); row;
	     row = schema_next_child(KIND_RECIPE, field, row)) {
		names = arena_grow(diags->arena, names, count, sizeof *names);
		names[count++] = text_of(schema_own_name(row));
	}
	struct text near = text_nearest(name, names, count);
	if (near.at)
		diag_help(diags, "did you mean '%.*s%.*s%.*s'?", TEXT_ARGS(before), TEXT_ARGS(near),
		          TEXT_ARGS(text_cut(pattern->text, before.len + name.len, pattern->text.len)));
	else
		diag_help(diags, "write a field such as monitoring.drift.method, * for one name");
}

/* A pattern that covers nothing would protect nothing and say nothing. */
static void check_pattern(const struct value *pattern, struct diags *diags)
{
	const struct field *field = NULL;
	struct text rest = pattern->text;
	bool sure = true;

	while (rest.len && sure) {
		size_t dot = text_find(rest, '.');
		struct text name = text_cut(rest, 0, dot);
		rest = text_cut(rest, dot + 1, rest.len);
		if (text_starts(name, "x-"))
			return;
		const struct field *below = step(field, name);
		if (!below && !text_is(name, "*")) {
			unknown_name(pattern, field, name, diags);
			return;
		}
		/* Past any key, also one with dots in it, and in what is free there is no telling. */
		sure = below && !schema_is_free(below) && !text_ends(text_of(below->path), "*") && !text_is(name, "*");
		field = below;
	}
}

static void check_policy(const struct value *list, struct diags *diags)
{
	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++)
		if (list->items[i]->kind == VALUE_SCALAR)
			check_pattern(list->items[i], diags);
}

int recipe_load(struct loader *loader, struct text path)
{
	struct catalog *catalog = loader->catalog;
	struct loaded loaded;
	struct recipe recipe = {0};

	if (load_document(&loaded, loader, path, KIND_RECIPE) < 0)
		return -1;
	const struct value *root = loaded.root;
	record_fill(&recipe.record, loader, KIND_RECIPE, &loaded, (struct text){0});
	if (!root && !recipe.record.id.len)
		return 0;
	recipe.family = known_family(loader, value_text(root, "metadata.model_family"));
	recipe.level = level_of(value_text(root, "metadata.level"));
	recipe.parent = reference_of(value_at(root, "metadata.parent"));
	recipe.version = value_text(root, "metadata.version");
	recipe.status = record_status_of(value_text(root, "metadata.status"));
	recipe.over = loaded.over;
	recipe.clear = loaded.clear;
	check_policy(value_at(root, "metadata.policy.locked"), loader->diags);
	check_policy(value_at(root, "metadata.policy.tighten_only"), loader->diags);
	catalog->recipes = arena_grow(loader->arena, catalog->recipes, catalog->recipe_count, sizeof *catalog->recipes);
	catalog->recipes[catalog->recipe_count++] = recipe;
	return 0;
}

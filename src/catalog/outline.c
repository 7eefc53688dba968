/* Outlines: what stays of a recipe's tree where many are checked one after another. */
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "parts.h"

struct copy {
	const struct input *file;
	struct arena *arena;
};

/* Texts that stand in the file as they are meant outlive every tree. */
static struct text copy_text(const struct copy *copy, struct text text)
{
	struct text bytes = copy->file->bytes;
	uintptr_t at = (uintptr_t)text.at, start = (uintptr_t)bytes.at;

	return !text.len || (at >= start && at < start + bytes.len) ? text : text_copy(copy->arena, text);
}

static struct value *copy_value(const struct copy *copy, const struct value *value)
{
	struct value *out = arena_alloc(copy->arena, sizeof *out);

	*out = (struct value){.kind = value->kind, .quoted = value->quoted, .place = value->place, .text = copy_text(copy, value->text)};
	if (value->kind == VALUE_SCALAR || value->kind == VALUE_NULL)
		return out;
	value_reserve(out, value->count, copy->arena);
	for (size_t i = 0; i < value->count; i++)
		if (value->kind == VALUE_MAP) {
			struct member member = value->members[i];
			member.name = copy_text(copy, member.name);
			member.value = copy_value(copy, member.value);
			value_add_member(out, member, copy->arena);
		} else {
			value_add_item(out, copy_value(copy, value->items[i]), copy->arena);
		}
	return out;
}

enum { METADATA_KEPT = 9 };

/* Of a block of the root the members with these names; what is no mapping is kept as it is. */
static void keep(const struct copy *copy, struct value *out, const struct value *root, const char *block, const char *const *names, size_t count)
{
	const struct member *member = value_member(root, text_of(block));

	if (!member)
		return;
	bool map = member->value->kind == VALUE_MAP;
	/* Most have none of what one is kept for. */
	if (map && count == 1 && !value_member(member->value, text_of(*names)))
		return;
	struct value *kept = map ? value_new_map(copy->arena, member->value->place) : copy_value(copy, member->value);
	const struct member *found[METADATA_KEPT];
	size_t found_count = 0;
	for (size_t i = 0; map && i < count; i++)
		if ((found[found_count] = value_member(member->value, text_of(names[i]))))
			found_count++;
	value_reserve(kept, map ? found_count : 0, copy->arena);
	for (size_t i = 0; i < found_count; i++)
		value_add_member(kept, (struct member){copy_text(copy, found[i]->name), found[i]->place, copy_value(copy, found[i]->value)}, copy->arena);
	value_add_member(out, (struct member){copy_text(copy, member->name), member->place, kept}, copy->arena);
}

const struct value *outline_make(const struct value *root, const struct input *file, struct arena *arena)
{
	static const char *const metadata[METADATA_KEPT] = {"id", "name", "parent", "level", "model_family", "version", "status", "owner", "policy"};
	static const char *const evaluation[] = {"packs"}, *const monitoring[] = {"alerts"};
	const struct copy copy = {file, arena};
	struct value *out = value_new_map(arena, root->place);

	keep(&copy, out, root, "metadata", metadata, sizeof metadata / sizeof *metadata);
	keep(&copy, out, root, "evaluation", evaluation, 1);
	keep(&copy, out, root, "monitoring", monitoring, 1);
	return out;
}

const struct value *recipe_tree(const struct recipe *recipe, const struct catalog *catalog, struct arena *arena)
{
	struct diags diags;

	if (!recipe->record.brief || !recipe->record.root)
		return recipe->record.root;
	/* What is wrong in it was said when it was read first. */
	diags_init(&diags, arena);
	return document_read(recipe->record.file, DOCUMENT_MANIFEST, &catalog->config.limits, arena, &diags);
}

static bool is_same(const struct record *a, const struct record *b)
{
	return strcmp(a->file->blob, b->file->blob) == 0 && text_equal(a->file->bytes, b->file->bytes);
}

static void restore_those(struct catalog *catalog, const struct catalog *other, struct arena *arena)
{
	for (size_t i = 0; i < catalog->recipe_count; i++) {
		struct recipe *recipe = &catalog->recipes[i];
		const struct recipe *before = catalog_recipe(other, recipe->record.id);
		if (!recipe->record.brief || (before && is_same(&recipe->record, &before->record)))
			continue;
		recipe->record.root = recipe_tree(recipe, catalog, arena);
		recipe->record.brief = false;
	}
}

void catalog_restore(struct catalog *a, struct catalog *b, struct arena *arena)
{
	restore_those(a, b, arena);
	restore_those(b, a, arena);
}

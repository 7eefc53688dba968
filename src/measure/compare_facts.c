#include "compare_inner.h"

#include <stdint.h>

#include "arena.h"

struct facts {
	const struct comparison *of;
	struct compared_fact *items;
	size_t count;
	struct arena *arena;
};

/* Kept where two runs differ. lenient: what one of them does not record is no difference. */
static void add_fact(struct facts *facts, struct text field, bool weighs, bool lenient, struct text *values)
{
	const struct text *first = NULL;
	bool differs = false;

	for (size_t i = 0; i < facts->of->count; i++) {
		if (lenient && !values[i].len)
			continue;
		differs |= first && !text_equal(*first, values[i]);
		first = first ? first : &values[i];
	}
	if (!differs)
		return;
	facts->items = arena_grow(facts->arena, facts->items, facts->count, sizeof *facts->items);
	facts->items[facts->count++] = (struct compared_fact){field, weighs, values};
}

static struct text *values_new(const struct facts *facts)
{
	return arena_array(facts->arena, facts->of->count, sizeof(struct text));
}

/* The packs that judged, with their versions. */
static struct text packs_of(const struct run_result *run, struct arena *arena)
{
	struct text all = TEXT("");

	for (size_t i = 0; i < run->pack_count; i++)
		if (run->packs[i].version.len)
			all = text_format(arena, "%.*s%s%.*s@%.*s", TEXT_ARGS(all), all.len ? ", " : "", TEXT_ARGS(run->packs[i].pack),
			                  TEXT_ARGS(run->packs[i].version));
	return all;
}

static void add_recipes(struct facts *facts)
{
	struct text *ids = values_new(facts), *versions = values_new(facts), *digests = values_new(facts), *packs = values_new(facts);
	bool same_id = true;

	for (size_t i = 0; i < facts->of->count; i++) {
		const struct run_result *run = facts->of->runs[i];
		ids[i] = run->run->recipe.id;
		versions[i] = run->recipe ? run->recipe->recipe->version : run->run->recipe.pin;
		digests[i] = text_cut(run->run->recipe_digest, 0, 12);
		packs[i] = packs_of(run, facts->arena);
		same_id &= text_equal(ids[i], ids[0]);
	}
	add_fact(facts, TEXT("recipe"), true, false, ids);
	/* Versions of different recipes have nothing to do with each other. */
	if (same_id) {
		add_fact(facts, TEXT("recipe_version"), true, false, versions);
		add_fact(facts, TEXT("recipe_digest"), true, true, digests);
	}
	add_fact(facts, TEXT("packs"), true, true, packs);
}

/* By content where that is known of all: another path alone is no other data. */
static void add_data(struct facts *facts, const struct text *references)
{
	struct text *paths = values_new(facts), *contents = values_new(facts);
	bool known = references != NULL, same = true;

	for (size_t i = 0; i < facts->of->count; i++) {
		struct text path = facts->of->runs[i]->model->reference, blob = references ? references[i] : TEXT("");
		paths[i] = path.len ? path : TEXT("none");
		contents[i] = path.len ? text_format(facts->arena, "%.*s (%.*s)", TEXT_ARGS(path), TEXT_ARGS(text_cut(blob, 0, 10))) : paths[i];
		known &= blob.len > 0 || !path.len;
		same &= known && text_equal(blob, references[0]);
	}
	if (!same)
		add_fact(facts, TEXT("reference"), true, false, known ? contents : paths);
}

/* Scalars below a field of the run's record, over the keys of all runs. */
static void add_below(struct facts *facts, const char *path, const char *shown, bool weighs)
{
	struct row_set keys = {0};
	struct value_leaf **leaves = arena_array(facts->arena, facts->of->count, sizeof *leaves);
	size_t *counts = arena_array(facts->arena, facts->of->count, sizeof *counts);
	struct text **values;

	for (size_t i = 0; i < facts->of->count; i++) {
		counts[i] = value_leaves(&leaves[i], value_at(facts->of->runs[i]->run->record.root, path), SIZE_MAX, facts->arena);
		for (size_t k = 0; k < counts[i]; k++)
			row_set_add(&keys, leaves[i][k].name, facts->arena);
	}
	values = arena_array(facts->arena, keys.count, sizeof *values);
	for (size_t i = 0; i < keys.count; i++)
		values[i] = values_new(facts);
	for (size_t i = 0; i < facts->of->count; i++)
		for (size_t k = 0; k < counts[i]; k++)
			values[row_set_add(&keys, leaves[i][k].name, facts->arena)][i] = leaves[i][k].value->text;
	for (size_t i = 0; i < keys.count; i++)
		add_fact(facts, text_format(facts->arena, "%s.%.*s", shown, TEXT_ARGS(keys.rows[i].key)), weighs, weighs, values[i]);
}

static void add_record(struct facts *facts, const char *field, bool weighs)
{
	struct text *values = values_new(facts);

	for (size_t i = 0; i < facts->of->count; i++)
		values[i] = value_text(facts->of->runs[i]->run->record.root, field);
	add_fact(facts, text_of(field), weighs, false, values);
}

void compare_facts(struct comparison *out, const struct text *references, struct arena *arena)
{
	struct facts facts = {.of = out, .arena = arena};

	add_record(&facts, "type", true);
	add_recipes(&facts);
	add_data(&facts, references);
	add_below(&facts, "x-import.data", "data", true);
	add_below(&facts, "x-import.deps", "deps", false);
	add_record(&facts, "of", false);
	add_record(&facts, "code", false);
	add_below(&facts, "params", "params", false);
	out->facts = facts.items;
	out->fact_count = facts.count;
}

#include <stdlib.h>

#include "catalog.h"
#include "semver.h"

static int compare_older(const void *key, const void *item)
{
	const struct older *a = key, *b = item;
	int order = (a->kind > b->kind) - (a->kind < b->kind);

	if (!order)
		order = text_compare(a->id, b->id);
	return order ? order : text_compare(a->pin, b->pin);
}

const struct older *catalog_older(const struct catalog *catalog, enum kind kind, const struct reference *reference)
{
	struct older key = {.kind = kind, .id = reference->id, .pin = reference->pin};

	if (!catalog->older_count || !reference->pin.len)
		return NULL;
	return bsearch(&key, catalog->older, catalog->older_count, sizeof key, compare_older);
}

const struct recipe *catalog_recipe_at(const struct catalog *catalog, const struct reference *reference)
{
	const struct older *older = catalog_older(catalog, KIND_RECIPE, reference);
	const struct recipe *recipe = catalog_recipe(catalog, reference->id);

	if (older && older->past == PAST_FOUND)
		return older->recipe;
	return recipe && reference_matches(reference, recipe->version) ? recipe : NULL;
}

const struct pack *catalog_pack_at(const struct catalog *catalog, const struct reference *reference)
{
	const struct older *older = catalog_older(catalog, KIND_PACK, reference);
	const struct pack *pack = catalog_pack(catalog, reference->id);

	if (older && older->past == PAST_FOUND)
		return older->pack;
	return pack && reference_matches(reference, pack->version) ? pack : NULL;
}

const struct pack *catalog_pack_best(const struct catalog *catalog, const struct reference *reference)
{
	const struct pack *pack = catalog_pack_at(catalog, reference);

	return pack ? pack : catalog_pack(catalog, reference->id);
}

bool reference_needs_past(const struct reference *reference, struct text version, enum record_status status)
{
	struct semver pinned;

	if (!reference->pin.len || !semver_range_valid(reference->pin))
		return false;
	if (!reference_matches(reference, version))
		return true;
	return !semver_parse(&pinned, reference->pin) && status != STATUS_APPROVED;
}

#include <stdio.h>

#include "document.h"
#include "index.h"
#include "semver.h"

/* Recipes with their parents as one commit has them. There are three levels; what is deeper is wrong and told elsewhere. */
enum { CHAIN_MOST = 8, WORLDS_MOST = 4, MANIFESTS_TOLD = 3 };

/* The file as it is read where the commit is none of git's. */
static int read_file(struct input **out, bool *found, struct history *history, size_t commit, uint32_t path, uint32_t blob, struct arena *arena,
                     struct failure *failure)
{
	const struct index *index = &history->index;
	struct text place = index->paths[path].text;
	struct input *input = arena_alloc(arena, sizeof *input);
	enum read_result result;
	char id[41], in[41];
	int status;

	id_print(id, index->blobs[blob].id_in_git);
	if (commit >= history->real_count)
		status = source_read(input, &result, history->source, place, history->limits.manifest_bytes, arena, failure);
	else
		status = source_read_blob(input, &result, history->source, id, place, history->limits.manifest_bytes, arena, failure);
	if (status < 0)
		return -1;
	*found = result == READ_OK;
	input->path = place;
	if (commit < history->real_count) {
		id_print(in, index->commits[commit].id);
		input->past = true;
		input->path = text_format(arena, "%.12s:%.*s", in, TEXT_ARGS(place));
	}
	*out = input;
	return 0;
}

int history_read(struct input **out, bool *found, struct history *history, const struct history_version *version, struct arena *arena,
                 struct failure *failure)
{
	uint32_t path, blob;

	*found = false;
	if (!history_at(&path, &blob, history, version->at, version->kind, version->id))
		return 0;
	return read_file(out, found, history, version->at, path, blob, arena, failure);
}

struct lineage {
	struct input *inputs[CHAIN_MOST];
	enum kind kinds[CHAIN_MOST];
	size_t count;
};

/* The parent that a file names, by a first reading of it. */
static struct text parent_of(struct input *input, const struct limits *limits, struct arena *arena)
{
	struct diags diags;

	diags_init(&diags, arena);
	const struct value *root = document_read(input, DOCUMENT_MANIFEST, limits, arena, &diags);
	return reference_of(value_at(root, "metadata.parent")).id;
}

static bool is_in(const struct lineage *chain, const struct input *input)
{
	for (size_t i = 0; i < chain->count; i++)
		if (text_equal(chain->inputs[i]->path, input->path))
			return true;
	return false;
}

static int read_chain(struct lineage *chain, struct history *history, const struct history_version *version, struct arena *arena,
                      struct failure *failure)
{
	struct text id = version->id;
	uint32_t path, blob;

	while (chain->count < CHAIN_MOST && history_at(&path, &blob, history, version->at, version->kind, id)) {
		struct input *input;
		bool found;
		if (read_file(&input, &found, history, version->at, path, blob, arena, failure) < 0)
			return -1;
		if (!found || is_in(chain, input))
			break;
		chain->kinds[chain->count] = version->kind;
		chain->inputs[chain->count++] = input;
		if (version->kind != KIND_RECIPE)
			break;
		id = parent_of(input, &history->limits, arena);
		if (!id.len)
			break;
	}
	return 0;
}

/* --- Pins --- */

struct pins {
	struct history *history; /* opened when it is first needed */
	struct source *source;
	const struct limits *limits;
	const struct catalog *settings;
	struct catalog *catalog;
	size_t from; /* the commit that the pins are looked up from */
	struct arena *arena;
	struct failure *failure;
};

static int answer(struct pins *pins, enum kind kind, const struct reference *reference, bool present);

static int settle_parents(struct pins *pins)
{
	struct catalog *catalog = pins->catalog;

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *recipe = &catalog->recipes[i], *parent = catalog_recipe(catalog, recipe->parent.id);
		struct semver version;
		if (!recipe->parent.pin.len || !recipe->parent.id.len || (parent && !semver_parse(&version, parent->version)))
			continue;
		if (parent && !reference_needs_past(&recipe->parent, parent->version, parent->status))
			continue;
		if (answer(pins, KIND_RECIPE, &recipe->parent, parent && reference_matches(&recipe->parent, parent->version)) < 0)
			return -1;
	}
	return 0;
}

int history_world(struct catalog **out, struct history *history, const struct history_version *version, const struct catalog *settings,
                  struct arena *arena, struct failure *failure)
{
	struct catalog *catalog = arena_alloc(arena, sizeof *catalog);
	struct lineage chain = {.count = 0};
	struct diags diags;

	*out = catalog;
	diags_init(&diags, arena);
	if (read_chain(&chain, history, version, arena, failure) < 0)
		return -1;
	catalog_of_inputs(catalog, settings, chain.inputs, chain.kinds, chain.count, &history->limits, arena, &diags);
	if (history->depth >= WORLDS_MOST)
		return 0;
	struct pins pins = {.history = history, .source = history->source, .limits = &history->limits, .settings = settings, .catalog = catalog,
	                    .from = version->at, .arena = arena, .failure = failure};
	history->depth++;
	int status = settle_parents(&pins);
	history->depth--;
	return status;
}

/* The newest versions, for who asked for another. */
static struct text tell_versions(const struct history_version *versions, size_t count, struct arena *arena)
{
	struct text told = TEXT("");

	for (size_t i = 0; i < count && i < MANIFESTS_TOLD; i++)
		told = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(told), i ? ", " : "", TEXT_ARGS(versions[i].version));
	return told;
}

int history_find(const struct history_version **out, struct text *newest, struct history *history, enum kind kind, struct text id,
                 struct text pin, struct arena *arena, struct failure *failure)
{
	struct history_version *versions;
	size_t count;

	history_versions(&versions, &count, history, kind, id, arena);
	*newest = tell_versions(versions, count, arena);
	*out = pin.len ? history_pick(versions, count, pin) : NULL;
	for (size_t i = 0; !pin.len && i < count; i++)
		if (versions[i].present)
			*out = &versions[i];
	if (pin.len && !semver_range_valid(pin))
		return failure_set(failure, EXIT_FINDINGS, "'%.*s' is neither a version, such as 1.2.0, nor a range, such as ^1.2", TEXT_ARGS(pin));
	if (*out || !pin.len || !count || history->extent == PAST_FOUND)
		return 0;
	struct text what = text_format(arena, "no version '%.*s' of '%.*s', which is at %.*s", TEXT_ARGS(pin), TEXT_ARGS(id), TEXT_ARGS(versions[0].version));
	return history_fail(failure, history, what.at);
}

static int take_version(struct older *older, struct pins *pins, const struct history_version *version)
{
	struct text id = version->id;

	if (history_world(&older->world, pins->history, version, pins->settings, pins->arena, pins->failure) < 0)
		return -1;
	older->recipe = version->kind == KIND_RECIPE ? catalog_recipe(older->world, id) : NULL;
	older->pack = version->kind == KIND_PACK ? catalog_pack(older->world, id) : NULL;
	if (!older->recipe && !older->pack)
		return 0;
	older->past = PAST_FOUND;
	snprintf(older->commit, sizeof older->commit, "%s", version->stood);
	return 0;
}

static void insert(struct catalog *catalog, struct older older, struct arena *arena)
{
	size_t at = catalog->older_count;

	catalog->older = arena_grow(arena, catalog->older, catalog->older_count, sizeof *catalog->older);
	for (; at; at--) {
		const struct older *before = &catalog->older[at - 1];
		int order = (before->kind > older.kind) - (before->kind < older.kind);
		if (!order)
			order = text_compare(before->id, older.id);
		if (!order)
			order = text_compare(before->pin, older.pin);
		if (order < 0)
			break;
		catalog->older[at] = *before;
	}
	catalog->older[at] = older;
	catalog->older_count++;
}

/* Looks up what a reference asks for, once for all that ask for the same. */
static int answer(struct pins *pins, enum kind kind, const struct reference *reference, bool present)
{
	struct older older = {.kind = kind, .id = reference->id, .pin = reference->pin, .past = PAST_NOBODY, .present = present, .newest = TEXT("")};
	struct history_version *versions;
	size_t count;

	if (catalog_older(pins->catalog, kind, reference) || !semver_range_valid(reference->pin))
		return 0;
	if (!pins->history) {
		if (history_open(&pins->history, pins->source, pins->settings, pins->limits, false, pins->arena, pins->failure) < 0)
			return -1;
		pins->from = pins->history->tip;
	}
	if (pins->history->extent == PAST_NO_HISTORY) {
		older.past = PAST_NO_HISTORY;
		insert(pins->catalog, older, pins->arena);
		return 0;
	}
	history_versions_from(&versions, &count, pins->history, pins->from, kind, reference->id, pins->arena);
	const struct history_version *version = history_pick(versions, count, reference->pin);
	if (version && take_version(&older, pins, version) < 0)
		return -1;
	/* Beyond what a shallow clone holds there may be a version, or for a range a higher one. */
	if (older.past != PAST_FOUND && pins->history->extent == PAST_SHALLOW)
		older.past = PAST_SHALLOW;
	older.newest = tell_versions(versions, count, pins->arena);
	insert(pins->catalog, older, pins->arena);
	return 0;
}

/* --- A whole catalog --- */

static int settle_recipe_of(struct pins *pins, const struct reference *reference)
{
	const struct recipe *recipe = catalog_recipe(pins->catalog, reference->id);
	struct semver version;

	if (!reference->id.len || !reference->pin.len || (recipe && !semver_parse(&version, recipe->version)))
		return 0;
	if (recipe && !reference_needs_past(reference, recipe->version, recipe->status))
		return 0;
	return answer(pins, KIND_RECIPE, reference, recipe && reference_matches(reference, recipe->version));
}

static int settle_packs(struct pins *pins, const struct recipe *recipe)
{
	const struct value *packs = value_at(recipe->record.root, "evaluation.packs");
	struct semver version;

	for (size_t i = 0; packs && packs->kind == VALUE_LIST && i < packs->count; i++) {
		struct reference reference = reference_of(packs->items[i]);
		const struct pack *pack = catalog_pack(pins->catalog, reference.id);
		if (!reference.id.len || !reference.pin.len || (pack && !semver_parse(&version, pack->version)))
			continue;
		if (pack && !reference_needs_past(&reference, pack->version, pack->status))
			continue;
		if (answer(pins, KIND_PACK, &reference, pack && reference_matches(&reference, pack->version)) < 0)
			return -1;
	}
	return 0;
}

/* Packs that an older recipe pins are looked up from the source's commit, as those that it does not pin are those of the source. */
static int settle_world(struct pins *pins, const struct catalog *world)
{
	for (size_t i = 0; i < world->recipe_count; i++)
		if (settle_packs(pins, &world->recipes[i]) < 0)
			return -1;
	for (size_t i = 0; i < world->older_count; i++)
		if (world->older[i].world && settle_world(pins, world->older[i].world) < 0)
			return -1;
	return 0;
}

int history_settle(struct catalog *catalog, struct source *source, const struct limits *limits, struct arena *arena, struct failure *failure)
{
	struct pins pins = {.source = source, .limits = limits, .settings = catalog, .catalog = catalog, .arena = arena, .failure = failure};

	if (settle_parents(&pins) < 0)
		return -1;
	for (size_t i = 0; i < catalog->recipe_count; i++)
		if (settle_packs(&pins, &catalog->recipes[i]) < 0)
			return -1;
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct model *model = &catalog->models[i];
		if (settle_recipe_of(&pins, &model->recipe) < 0)
			return -1;
		for (size_t j = 0; j < model->run_count; j++)
			if (settle_recipe_of(&pins, &model->runs[j].recipe) < 0)
				return -1;
	}
	/* Answers about packs are no worlds with recipes: those that are added meanwhile need no look. */
	for (size_t i = 0; i < catalog->older_count; i++)
		if (catalog->older[i].kind == KIND_RECIPE && catalog->older[i].world && settle_world(&pins, catalog->older[i].world) < 0)
			return -1;
	return 0;
}

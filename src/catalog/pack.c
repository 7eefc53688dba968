#include "arena.h"
#include "checker.h"
#include "parts.h"

static const struct metric *metric_named(const struct pack *pack, size_t count, struct text key)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(pack->metrics[i].key, key))
			return &pack->metrics[i];
	return NULL;
}

static void read_metrics(struct pack *pack, const struct value *list, struct loader *loader)
{
	struct arena *arena = loader->arena;

	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count && i < METRICS_MAX; i++) {
		const struct value *item = list->items[i];
		struct text key = value_text(item, "key");
		if (item->kind != VALUE_MAP)
			continue;
		struct metric metric = metric_of_pack(item, arena, loader->diags);
		const struct metric *first = key.len ? metric_named(pack, pack->metric_count, key) : NULL;
		if (first) {
			diag_add(loader->diags, CODE_PACK_METRIC, value_place(item, "key"),
			         "metric '%.*s' stands twice in the pack", TEXT_ARGS(excerpt(key, arena)));
			diag_relate(loader->diags, first->place, "first here");
			continue;
		}
		if (!key.len)
			continue;
		pack->metrics = arena_grow(arena, pack->metrics, pack->metric_count, sizeof *pack->metrics);
		pack->metrics[pack->metric_count++] = metric;
	}
}

static void unknown_metric(const struct pack *pack, const struct value *name, struct loader *loader)
{
	diag_add(loader->diags, CODE_PACK_METRIC, name->place, "slice of a metric that the pack does not have: '%.*s'",
	         TEXT_ARGS(excerpt(name->text, loader->arena)));
	if (loader->suggestions++ >= SUGGESTIONS_MAX)
		return;
	struct text *keys = arena_array(loader->arena, pack->metric_count, sizeof *keys);
	for (size_t i = 0; i < pack->metric_count; i++)
		keys[i] = pack->metrics[i].key;
	suggest(loader->diags, name->text, keys, pack->metric_count);
}

static void slice_add(struct slice_rule *rule, struct text key, struct arena *arena)
{
	rule->metrics = arena_grow(arena, rule->metrics, rule->metric_count, sizeof *rule->metrics);
	rule->metrics[rule->metric_count++] = key;
}

static struct slice_rule read_slice(const struct pack *pack, const struct value *map, struct loader *loader)
{
	struct slice_rule rule = {.by = value_text(map, "by"), .worst = SLICE_FAIL, .place = map->place};
	const struct value *names = value_get(map, "metrics");
	struct text worst = value_text(map, "worst");

	if (text_is(worst, "pass"))
		rule.worst = SLICE_PASS;
	else if (text_is(worst, "warn"))
		rule.worst = SLICE_WARN;
	for (size_t i = 0; !names && i < pack->metric_count; i++)
		slice_add(&rule, pack->metrics[i].key, loader->arena);
	for (size_t i = 0; names && names->kind == VALUE_LIST && i < names->count && i < METRICS_MAX; i++) {
		const struct value *name = names->items[i];
		if (name->kind != VALUE_SCALAR || !name->text.len)
			continue;
		if (metric_named(pack, pack->metric_count, name->text))
			slice_add(&rule, name->text, loader->arena);
		else
			unknown_metric(pack, name, loader);
	}
	return rule;
}

static void read_slices(struct pack *pack, const struct value *list, struct loader *loader)
{
	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count && i < SLICES_MAX; i++) {
		if (list->items[i]->kind != VALUE_MAP)
			continue;
		pack->slices = arena_grow(loader->arena, pack->slices, pack->slice_count, sizeof *pack->slices);
		pack->slices[pack->slice_count++] = read_slice(pack, list->items[i], loader);
	}
}

int pack_load(struct loader *loader, struct text path)
{
	struct catalog *catalog = loader->catalog;
	struct loaded loaded;
	struct pack pack = {0};

	if (load_document(&loaded, loader, path, KIND_PACK) < 0)
		return -1;
	record_fill(&pack.record, loader, KIND_PACK, &loaded, (struct text){0});
	if (!loaded.root && !pack.record.id.len)
		return 0;
	pack.family = known_family(loader, value_text(loaded.root, "metadata.model_family"));
	pack.version = value_text(loaded.root, "metadata.version");
	pack.status = record_status_of(value_text(loaded.root, "metadata.status"));
	read_metrics(&pack, value_get(loaded.root, "metrics"), loader);
	read_slices(&pack, value_get(loaded.root, "slices"), loader);
	catalog->packs = arena_grow(loader->arena, catalog->packs, catalog->pack_count, sizeof *catalog->packs);
	catalog->packs[catalog->pack_count++] = pack;
	return 0;
}

/* Names of metrics and columns across an effective recipe and its packs: monitored metrics that nothing limits, and names that differ in
 * case only, which metric files and CSV headers do not forgive. */
#include <stdlib.h>

#include "inside.h"

static void add(struct uses *uses, struct text name, struct place place)
{
	if (!name.len)
		return;
	uses->items = arena_grow(uses->arena, uses->items, uses->count, sizeof *uses->items);
	uses->items[uses->count++] = (struct use){name, place};
}

static void add_keys(struct uses *uses, const struct value *map)
{
	for (size_t i = 0; map && map->kind == VALUE_MAP && i < map->count; i++)
		add(uses, map->members[i].name, map->members[i].place);
}

static void add_texts(struct uses *uses, const struct value *list)
{
	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++) {
		const struct value *item = list->items[i]->kind == VALUE_MAP ? value_get(list->items[i], "name") : list->items[i];
		if (item && item->kind == VALUE_SCALAR)
			add(uses, item->text, item->place);
	}
}

/* What limits metrics: the recipe and its packs. *whole: no pack is out of reach. */
static void add_limited(struct uses *uses, bool *whole, const struct effective *effective, const struct catalog *catalog)
{
	*whole = true;
	add_keys(uses, value_at(effective->root, "evaluation.metrics"));
	for (size_t i = 0; i < effective->pack_count; i++) {
		const struct pack *pack = catalog_pack_best(catalog, &effective->packs[i]);
		*whole = *whole && pack && pack->record.root && !pack->record.broken;
		for (size_t k = 0; pack && k < pack->metric_count; k++)
			add(uses, pack->metrics[k].key, pack->metrics[k].place);
	}
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int names_compare_nocase(struct text a, struct text b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		unsigned char x = (unsigned char)lower(a.at[i]), y = (unsigned char)lower(b.at[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static int compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

/* Ignoring case, then by case, then by place. */
static int compare_uses(const void *left, const void *right)
{
	const struct use *a = left, *b = right;
	int order = names_compare_nocase(a->name, b->name);

	if (!order)
		order = text_compare(a->name, b->name);
	if (!order && a->place.file && b->place.file)
		order = text_compare(a->place.file->path, b->place.file->path);
	if (!order)
		order = compare_numbers(a->place.line, b->place.line);
	return order ? order : compare_numbers(a->place.column, b->place.column);
}

/* One of a group of spellings that the recipe itself writes; what is inherited was told where it stands. */
static const struct use *own_of(const struct use *items, size_t count, const struct input *own)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].place.file == own)
			return &items[i];
	return NULL;
}

/* items share a name but for its case. */
static void report_case(const struct use *items, size_t count, const struct input *own, const char *what, struct diags *diags)
{
	size_t half = 1;

	while (half < count && text_equal(items[half].name, items[0].name))
		half++;
	if (half == count)
		return;
	const struct use *one = own_of(items + half, count - half, own), *other = &items[0];
	if (!one) {
		one = own_of(items, half, own);
		other = &items[half];
	}
	if (!one)
		return;
	diag_add(diags, CODE_NAME_CASE, one->place, "%s '%.*s' differs from '%.*s' in case only", what, TEXT_ARGS(one->name),
	         TEXT_ARGS(other->name));
	diag_relate(diags, other->place, "'%.*s'", TEXT_ARGS(other->name));
	diag_help(diags, "case matters in metric files and CSV headers: spell both alike");
}

static bool has_upper(const struct uses *uses)
{
	for (size_t i = 0; i < uses->count; i++)
		for (size_t k = 0; k < uses->items[i].name.len; k++)
			if (uses->items[i].name.at[k] != lower(uses->items[i].name.at[k]))
				return true;
	return false;
}

static void check_case(struct uses *uses, const struct input *own, const char *what, struct diags *diags)
{
	if (!has_upper(uses))
		return;
	qsort(uses->items, uses->count, sizeof *uses->items, compare_uses);
	for (size_t start = 0, end; start < uses->count; start = end) {
		for (end = start + 1; end < uses->count && names_compare_nocase(uses->items[start].name, uses->items[end].name) == 0;)
			end++;
		report_case(uses->items + start, end - start, own, what, diags);
	}
}

/* uses is sorted. */
const struct use *uses_find_nocase(const struct uses *uses, struct text name)
{
	size_t low = 0, high = uses->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (names_compare_nocase(uses->items[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < uses->count && names_compare_nocase(uses->items[low].name, name) == 0 ? &uses->items[low] : NULL;
}

/* Another case is another name, and told as such. */
static bool is_limited(const struct uses *limited, struct text name)
{
	return uses_find_nocase(limited, name) != NULL;
}

void uses_sort(struct uses *uses)
{
	if (uses->count)
		qsort(uses->items, uses->count, sizeof *uses->items, compare_uses);
}

void uses_limited(struct uses *out, bool *whole, const struct effective *effective, const struct catalog *catalog, struct arena *arena)
{
	*out = (struct uses){.arena = arena};
	add_limited(out, whole, effective, catalog);
	uses_sort(out);
}

void uses_columns(struct uses *out, const struct value *root, struct arena *arena)
{
	static const char *const lists[] = {"requirements.schema.key", "requirements.labels", "lineage.input_features",
	                                    "lineage.output_features", "monitoring.drift.features", "monitoring.freshness.features"};

	*out = (struct uses){.arena = arena};
	add_keys(out, value_at(root, "requirements.schema.columns"));
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		add_texts(out, value_at(root, lists[i]));
}

/* Only of a recipe that is used as it is: those above others may leave limits to them. */
static void check_limits(const struct effective *effective, const struct uses *limited, struct diags *diags)
{
	const struct value *metrics = value_at(effective->root, "monitoring.metrics");
	struct text *names = arena_array(limited->arena, limited->count, sizeof *names);
	size_t suggested = 0;

	for (size_t i = 0; i < limited->count; i++)
		names[i] = limited->items[i].name;
	for (size_t i = 0; metrics && metrics->kind == VALUE_LIST && i < metrics->count; i++) {
		const struct value *metric = metrics->items[i];
		if (metric->kind != VALUE_SCALAR || !metric->text.len || is_limited(limited, metric->text))
			continue;
		diag_add(diags, CODE_METRIC_NO_LIMITS, metric->place, "monitored metric '%.*s' has limits neither in 'evaluation.metrics' nor in a pack",
		         TEXT_ARGS(metric->text));
		if (metric->place.file != effective->recipe->record.file)
			diag_relate(diags, effective->recipe->record.place, "of recipe '%.*s'", TEXT_ARGS(effective->recipe->record.id));
		struct text near = suggested++ < DIAGS_PER_FILE ? text_nearest(metric->text, names, limited->count) : TEXT("");
		if (near.len)
			diag_help(diags, "did you mean '%.*s'?", TEXT_ARGS(near));
		else
			diag_help(diags, "without limits it is never in warn or fail: write them here or in a pack");
	}
}

static bool *find_parents(const struct catalog *catalog, struct arena *arena)
{
	bool *is_parent = arena_array(arena, catalog->recipe_count, sizeof *is_parent);

	for (size_t i = 0; i < catalog->recipe_count; i++) {
		const struct recipe *parent = catalog_recipe(catalog, catalog->recipes[i].parent.id);
		if (parent)
			is_parent[parent - catalog->recipes] = true;
	}
	for (size_t i = 0; i < catalog->model_count; i++) {
		const struct recipe *used = catalog_recipe(catalog, catalog->models[i].recipe.id);
		if (used)
			is_parent[used - catalog->recipes] = false;
	}
	return is_parent;
}

void monitored_check_one(const struct effective *effective, const struct catalog *catalog, bool is_last, struct arena *scratch,
                         struct diags *diags)
{
	const struct value *root = effective->root;
	const struct input *own = effective->recipe->record.file;
	struct uses metrics, columns, alerts = {.arena = scratch};
	bool whole;

	uses_limited(&metrics, &whole, effective, catalog, scratch);
	if (whole && is_last)
		check_limits(effective, &metrics, diags);
	add_texts(&metrics, value_at(root, "monitoring.metrics"));
	check_case(&metrics, own, "metric", diags);
	uses_columns(&columns, root, scratch);
	check_case(&columns, own, "column", diags);
	add_keys(&alerts, value_at(root, "monitoring.alerts"));
	check_case(&alerts, own, "alert", diags);
}

void monitored_check(const struct effective *recipes, const struct diags *found, const struct catalog *catalog, struct arena *arena,
                     struct diags *diags)
{
	bool *is_parent = find_parents(catalog, arena);
	struct arena scratch;

	arena_init(&scratch);
	for (size_t i = 0; i < catalog->recipe_count; i++) {
		diags_append(diags, &found[i]);
		if (!recipes[i].usable)
			continue;
		monitored_check_one(&recipes[i], catalog, !is_parent[i], &scratch, diags);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
}

#include <stdlib.h>
#include <string.h>

#include "diff_parts.h"

const char *record_move_name(enum record_move move)
{
	static const char *const names[] = {"added", "removed", "changed"};

	return names[move];
}

/* --- Records of both sides by id --- */

struct records {
	const struct record **items;
	size_t count;
};

static int order_records(const void *left, const void *right)
{
	const struct record *a = *(const struct record *const *)left, *b = *(const struct record *const *)right;
	int order = text_compare(a->id, b->id);

	return order ? order : text_compare(a->file ? a->file->path : TEXT(""), b->file ? b->file->path : TEXT(""));
}

static void add_record(struct records *records, const struct record *record, struct arena *arena)
{
	if (!record->id.len || !record->file)
		return;
	records->items = arena_grow(arena, records->items, records->count, sizeof *records->items);
	records->items[records->count++] = record;
}

/* Of several with one id the first counts, as it does for references. */
static void sort_records(struct records *records)
{
	size_t kept = 0;

	if (records->count)
		qsort(records->items, records->count, sizeof *records->items, order_records);
	for (size_t i = 0; i < records->count; i++)
		if (!kept || !text_equal(records->items[kept - 1]->id, records->items[i]->id))
			records->items[kept++] = records->items[i];
	records->count = kept;
}

static struct records records_of(const struct catalog *catalog, enum kind kind, struct arena *arena)
{
	struct records records = {NULL, 0};

	for (size_t i = 0; kind == KIND_RECIPE && i < catalog->recipe_count; i++)
		add_record(&records, &catalog->recipes[i].record, arena);
	for (size_t i = 0; kind == KIND_PACK && i < catalog->pack_count; i++)
		add_record(&records, &catalog->packs[i].record, arena);
	for (size_t i = 0; kind == KIND_MODEL && i < catalog->model_count; i++)
		add_record(&records, &catalog->models[i].record, arena);
	sort_records(&records);
	return records;
}

static struct records runs_of(const struct model *model, struct arena *arena)
{
	struct records records = {NULL, 0};

	for (size_t i = 0; model && i < model->run_count; i++)
		add_record(&records, &model->runs[i].record, arena);
	sort_records(&records);
	return records;
}

/* Of two sorted lists the next id, with what each has of it. */
struct pairing {
	struct records before, now;
	size_t i, k;
};

static bool next_pair(struct pairing *pairing, const struct record **before, const struct record **now)
{
	*before = pairing->i < pairing->before.count ? pairing->before.items[pairing->i] : NULL;
	*now = pairing->k < pairing->now.count ? pairing->now.items[pairing->k] : NULL;
	if (!*before && !*now)
		return false;
	int order = !*before ? 1 : !*now ? -1 : text_compare((*before)->id, (*now)->id);
	if (order > 0)
		*before = NULL;
	if (order < 0)
		*now = NULL;
	pairing->i += order <= 0;
	pairing->k += order >= 0;
	return true;
}

/* --- What every kind has --- */

static struct record_change begin(enum kind kind, const struct record *before, const struct record *now)
{
	const struct record *record = now ? now : before;

	return (struct record_change){
		.kind = kind,
		.id = record->id,
		.move = !before ? MOVE_ADDED : !now ? MOVE_REMOVED : MOVE_CHANGED,
		.before = before,
		.after = now,
	};
}

static const struct value *root_of(const struct record *record)
{
	return record ? record->root : NULL;
}

/* What cannot be parsed says nothing that could be compared. */
static bool can_compare(const struct record_change *change)
{
	return root_of(change->before) && root_of(change->after);
}

static void fill_versions(struct record_change *change, const char *version, const char *status)
{
	if (change->move == MOVE_CHANGED && !can_compare(change))
		return;
	change->version_before = value_text(root_of(change->before), version);
	change->version_after = value_text(root_of(change->after), version);
	change->status_before = value_text(root_of(change->before), status);
	change->status_after = value_text(root_of(change->after), status);
}

static bool declares(const struct record_change *change)
{
	return !text_equal(change->version_before, change->version_after) || !text_equal(change->status_before, change->status_after);
}

/* Whether the file says something else, whatever comes of it. */
static bool is_edited(const struct record_change *change, struct arena *arena)
{
	struct record_change own = {.kind = change->kind};
	struct leaves before, now;

	if (!change->before || !change->after || same_input(change->before->file, change->after->file))
		return false;
	if (!can_compare(change))
		return true;
	leaves_find(&before, change->kind, change->before->root, arena);
	leaves_find(&now, change->kind, change->after->root, arena);
	leaves_sort(&before);
	leaves_sort(&now);
	leaves_compare(&own, &before, &now, arena);
	return own.field_count || declares(change);
}

/* What a file says is caused by its own lines. */
static void own_causes(struct record_change *change)
{
	for (size_t i = 0; i < change->field_count; i++) {
		struct field_change *field = &change->fields[i];
		bool gone = !field->after;
		field->cause = (struct cause){gone ? change->before : change->after, gone ? field->before->place : field->after->place, gone};
	}
}

static void compare_files(struct record_change *change, struct leaves *before, struct leaves *now, struct arena *arena)
{
	leaves_sort(before);
	leaves_sort(now);
	leaves_compare(change, before, now, arena);
	own_causes(change);
	change->edited = change->field_count || declares(change);
}

static void keep(struct record_change **items, size_t *count, const struct record_change *change, struct arena *arena)
{
	*items = arena_grow(arena, *items, *count, sizeof **items);
	(*items)[(*count)++] = *change;
}

/* --- Packs and configuration --- */

static void compare_pack(struct work *work, const struct record *before, const struct record *now)
{
	struct record_change change = begin(KIND_PACK, before, now);
	struct leaves old, new;

	fill_versions(&change, "metadata.version", "metadata.status");
	change.unresolved_before = before && before->broken;
	change.unresolved_after = now && now->broken;
	if (before && now) {
		if (same_input(before->file, now->file))
			return;
		change.edited = true;
		if (can_compare(&change)) {
			leaves_find(&old, KIND_PACK, before->root, work->arena);
			leaves_find(&new, KIND_PACK, now->root, work->arena);
			compare_files(&change, &old, &new, work->arena);
			gates_of_pack(&change, (const struct pack *)before, (const struct pack *)now, work->arena);
		}
		if (!change.edited && change.unresolved_before == change.unresolved_after)
			return;
	}
	keep(&work->packs, &work->pack_count, &change, work->arena);
}

static const struct record *config_record(const struct config *config, struct arena *arena)
{
	struct record *record = arena_alloc(arena, sizeof *record);

	*record = (struct record){.kind = KIND_CONFIG, .id = TEXT("galley.yaml"), .name = TEXT("galley.yaml"), .place = {.file = config->file},
	                          .file = config->file, .root = config->root};
	return config->file ? record : NULL;
}

static void compare_config(struct work *work)
{
	const struct record *before = config_record(&work->before->catalog->config, work->arena);
	const struct record *now = config_record(&work->now->catalog->config, work->arena);
	struct leaves old, new;

	if (!before && !now)
		return;
	struct record_change change = begin(KIND_CONFIG, before, now);
	leaves_find(&old, KIND_CONFIG, root_of(before), work->arena);
	leaves_find(&new, KIND_CONFIG, root_of(now), work->arena);
	compare_files(&change, &old, &new, work->arena);
	for (size_t i = 0; i < change.field_count; i++)
		work->measures_differently = work->measures_differently || text_starts(change.fields[i].field, "methods.") ||
		                             text_starts(change.fields[i].field, "monitoring.");
	if (change.field_count)
		keep(&work->others, &work->other_count, &change, work->arena);
}

/* --- Recipes --- */

static void compare_effective(struct record_change *change, const struct work *work, const struct effective *before,
                              const struct effective *now)
{
	struct arena *arena = work->arena;
	struct leaves old, new;

	leaves_find(&old, KIND_RECIPE, before->root, arena);
	leaves_find(&new, KIND_RECIPE, now->root, arena);
	leaves_sort(&old);
	leaves_sort(&new);
	leaves_compare(change, &old, &new, arena);
	for (size_t i = 0; i < change->field_count; i++)
		change->fields[i].cause = cause_of_field(work, before, now, &change->fields[i]);
	gates_of_recipe(change, before, now, work->now->resolved, arena);
}

/* Without an effective form what the file itself says is all there is to compare. */
static void compare_own(struct record_change *change, struct arena *arena)
{
	struct leaves old, new;

	leaves_find(&old, KIND_RECIPE, change->before->root, arena);
	leaves_find(&new, KIND_RECIPE, change->after->root, arena);
	leaves_sort(&old);
	leaves_sort(&new);
	leaves_compare(change, &old, &new, arena);
	own_causes(change);
}

static bool usable(const struct effective *effective)
{
	return effective && effective->usable;
}

/* A reference to the very record. */
static bool is_alike(const struct work *work, const struct record *before, const struct record *now)
{
	const struct reference was = {.id = before->id}, is = {.id = now->id};

	return alike_recipes(work->alike, &was, &is);
}

static void compare_recipe(struct differences *out, struct work *work, const struct record *before, const struct record *now)
{
	if (before && now && is_alike(work, before, now))
		return;
	struct record_change change = begin(KIND_RECIPE, before, now);
	const struct effective *was = before ? resolved_recipe(work->before->resolved, before->id) : NULL;
	const struct effective *is = now ? resolved_recipe(work->now->resolved, now->id) : NULL;

	fill_versions(&change, "metadata.version", "metadata.status");
	if (usable(was))
		memcpy(change.digest_before, was->digest, sizeof change.digest_before);
	if (usable(is))
		memcpy(change.digest_after, is->digest, sizeof change.digest_after);
	change.unresolved_before = before && !usable(was);
	change.unresolved_after = now && !usable(is);
	bool moved = strcmp(change.digest_before, change.digest_after) != 0;
	if (before && now) {
		if (usable(was) && usable(is) && moved)
			compare_effective(&change, work, was, is);
		else if ((!usable(was) || !usable(is)) && can_compare(&change) && !same_input(before->file, now->file))
			compare_own(&change, work->arena);
		change.edited = is_edited(&change, work->arena);
		impact_on_recipe(&change, work, was, is);
		bool flips = change.unresolved_before != change.unresolved_after;
		if (!change.field_count && !change.gate_count && !change.chain_count && !declares(&change) && !flips) {
			if (!moved)
				return;
			out->reordered = arena_grow(work->arena, out->reordered, out->reordered_count, sizeof *out->reordered);
			out->reordered[out->reordered_count++] = now->id;
			return;
		}
	}
	keep(&work->recipes, &work->recipe_count, &change, work->arena);
}

/* --- Models and runs --- */

static void compare_model(struct work *work, const struct record *before, const struct record *now)
{
	struct record_change change = begin(KIND_MODEL, before, now);
	const struct model *was = (const struct model *)before, *is = (const struct model *)now;
	struct leaves old, new;

	if (before && now && alike_records(before, now) && !work->measures_differently && alike_recipes(work->alike, &was->recipe, &is->recipe))
		return;
	fill_versions(&change, "version", "status");
	if (before && now && !same_input(before->file, now->file)) {
		leaves_find(&old, KIND_MODEL, before->root, work->arena);
		leaves_find(&new, KIND_MODEL, now->root, work->arena);
		compare_files(&change, &old, &new, work->arena);
	}
	impact_by_reference(&change, work, was ? &was->recipe : NULL, is ? &is->recipe : NULL);
	if (change.move != MOVE_CHANGED || change.edited || change.chain_count || change.unresolved_before != change.unresolved_after)
		keep(&work->others, &work->other_count, &change, work->arena);
}

/* A run's own file may hold the metrics, or name the file that does. */
static void run_leaves(struct leaves *out, const struct run *run, struct arena *arena)
{
	leaves_find(out, KIND_RUN, run->record.root, arena);
	if (run->metrics_file && run->metrics_file != run->record.file)
		leaves_add(out, "metrics", run->metrics, arena);
}

static bool are_alike(const struct work *work, const struct run *before, const struct run *now)
{
	return alike_runs(before, now) && alike_recipes(work->alike, &before->recipe, &now->recipe);
}

static bool same_files(const struct run *before, const struct run *now)
{
	if (!same_input(before->record.file, now->record.file) || !before->metrics_file != !now->metrics_file)
		return false;
	return !before->metrics_file || same_input(before->metrics_file, now->metrics_file);
}

static const struct run *serving_run(const struct model *model)
{
	return model && model->production_run.len ? model_run(model, model->production_run) : NULL;
}

static bool is_serving(const struct model *model, struct text run)
{
	return model && text_equal(model->production_run, run);
}

/* Whether what runs regress from is another run, or has other metrics. */
static bool baseline_moves(const struct model *before, const struct model *now)
{
	const struct run *was = serving_run(before), *is = serving_run(now);

	if (!before || !now || (!was && !is))
		return false;
	if (!was || !is || !text_equal(was->record.id, is->record.id) || !was->metrics_file != !is->metrics_file)
		return true;
	return is->metrics_file && !same_input(was->metrics_file, is->metrics_file);
}

static void compare_run(struct work *work, const struct model *model, bool baseline, const struct run *before, const struct run *now)
{
	struct record_change change = begin(KIND_RUN, before ? &before->record : NULL, now ? &now->record : NULL);
	struct leaves old, new;

	if (before && now && !baseline && are_alike(work, before, now))
		return;
	change.model = model->record.id;
	change.status_before = value_text(root_of(change.before), "status");
	change.status_after = value_text(root_of(change.after), "status");
	if (before && now && !same_files(before, now)) {
		run_leaves(&old, before, work->arena);
		run_leaves(&new, now, work->arena);
		compare_files(&change, &old, &new, work->arena);
	}
	impact_by_reference(&change, work, before ? &before->recipe : NULL, now ? &now->recipe : NULL);
	if (baseline && before && now)
		impact_of_baseline(&change, work, model, &now->recipe);
	if (change.move != MOVE_CHANGED || change.edited || change.chain_count || change.unresolved_before != change.unresolved_after)
		keep(&work->others, &work->other_count, &change, work->arena);
}

static void compare_runs(struct work *work, const struct model *before, const struct model *now)
{
	struct pairing pairing = {.before = runs_of(before, work->arena), .now = runs_of(now, work->arena)};
	bool baseline = baseline_moves(before, now);
	const struct record *old, *new;

	while (next_pair(&pairing, &old, &new))
		compare_run(work, now ? now : before, baseline && !(new && is_serving(before, new->id) && is_serving(now, new->id)),
		            (const struct run *)old, (const struct run *)new);
}

static void compare_models(struct work *work)
{
	struct pairing pairing = {.before = records_of(work->before->catalog, KIND_MODEL, work->arena),
	                          .now = records_of(work->now->catalog, KIND_MODEL, work->arena)};
	const struct record *before, *now;

	while (next_pair(&pairing, &before, &now)) {
		compare_model(work, before, now);
		compare_runs(work, (const struct model *)before, (const struct model *)now);
	}
}

/* --- All of it --- */

static int order_changes(const void *left, const void *right)
{
	const struct record_change *a = left, *b = right;
	int kinds = (a->kind == KIND_CONFIG ? -1 : (int)a->kind) - (b->kind == KIND_CONFIG ? -1 : (int)b->kind);
	int order = kinds ? kinds : text_compare(a->model, b->model);

	return order ? order : text_compare(a->id, b->id);
}

const struct record_change *change_of(const struct record_change *items, size_t count, struct text id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(items[middle].id, id);
		if (order == 0)
			return &items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static size_t count_broken(const struct catalog *catalog)
{
	/* Of a file without an id nobody knows which record it was. */
	size_t count = (size_t)catalog->unread[KIND_RECIPE] + catalog->unread[KIND_PACK];

	for (size_t i = 0; i < catalog->recipe_count; i++)
		count += catalog->recipes[i].record.broken && catalog->recipes[i].record.id.len;
	for (size_t i = 0; i < catalog->pack_count; i++)
		count += catalog->packs[i].record.broken;
	for (size_t i = 0; i < catalog->model_count; i++) {
		count += catalog->models[i].record.broken;
		for (size_t k = 0; k < catalog->models[i].run_count; k++)
			count += catalog->models[i].runs[k].record.broken;
	}
	return count;
}

static void gather(struct differences *out, const struct work *work)
{
	out->items = arena_array(work->arena, work->pack_count + work->recipe_count + work->other_count,
	                         sizeof *out->items);
	for (size_t i = 0; i < work->recipe_count; i++)
		out->items[out->count++] = work->recipes[i];
	for (size_t i = 0; i < work->pack_count; i++)
		out->items[out->count++] = work->packs[i];
	for (size_t i = 0; i < work->other_count; i++)
		out->items[out->count++] = work->others[i];
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, order_changes);
}

void differences_find(struct differences *out, const struct state *before, const struct state *now, struct arena *arena)
{
	struct work work = {.before = before, .now = now, .arena = arena};
	struct pairing packs = {.before = records_of(before->catalog, KIND_PACK, arena), .now = records_of(now->catalog, KIND_PACK, arena)};
	struct pairing recipes = {.before = records_of(before->catalog, KIND_RECIPE, arena),
	                          .now = records_of(now->catalog, KIND_RECIPE, arena)};
	const struct record *old, *new;

	work.alike = alike_make(before, now, arena);
	*out = (struct differences){.broken_before = count_broken(before->catalog), .broken_after = count_broken(now->catalog)};
	compare_config(&work);
	while (next_pair(&packs, &old, &new))
		compare_pack(&work, old, new);
	while (next_pair(&recipes, &old, &new))
		compare_recipe(out, &work, old, new);
	compare_models(&work);
	gather(out, &work);
}

const struct record_change *differences_of(const struct differences *differences, enum kind kind, struct text id)
{
	const struct record_change wanted = {.kind = kind, .id = id};

	return differences->count ? bsearch(&wanted, differences->items, differences->count, sizeof wanted, order_changes) : NULL;
}

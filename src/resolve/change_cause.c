#include <stdlib.h>

#include "change_parts.h"

/* A reference in what is now to a record that is no more. */
struct lost {
	struct place place;
	const struct input *file; /* where the record was */
};

/* The recipe that a file's findings may come from: a recipe's parent, a run's or model's recipe. */
struct above {
	struct text path;
	enum kind kind;
	const struct recipe *recipe; /* NULL: none */
};

/* A finding, with its path as seen from the workspace. */
struct seen {
	struct text path;
	const struct diag *diag;
};

struct causes {
	struct file_pairs *pairs;
	const struct catalog *now;
	struct seen *before; /* by path, code and message */
	size_t before_count;
	struct lost *lost;          /* by place */
	size_t lost_count;
	struct above *above;        /* by path */
	size_t above_count;
};

/* --- What was wrong before --- */

static struct text diag_path(const struct diag *diag)
{
	return diag->place.file ? diag->place.file->path : TEXT("");
}

static int order_seen(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;
	int order = text_compare(a->path, b->path);

	if (!order)
		order = (int)a->diag->code - (int)b->diag->code;
	return order ? order : text_compare(a->diag->message, b->diag->message);
}

static struct seen see(const struct catalog *catalog, const struct diag *diag)
{
	return (struct seen){catalog_inner(catalog, diag_path(diag)), diag};
}

static void note_before(struct causes *causes, const struct catalog *base, const struct diags *before, struct arena *arena)
{
	causes->before = arena_array(arena, before->count, sizeof *causes->before);
	for (size_t i = 0; i < before->count; i++)
		causes->before[causes->before_count++] = see(base, &before->items[i]);
	if (causes->before_count)
		qsort(causes->before, causes->before_count, sizeof *causes->before, order_seen);
}

static bool was_there(const struct causes *causes, const struct diag *diag)
{
	struct seen wanted = see(causes->now, diag);

	return causes->before_count && bsearch(&wanted, causes->before, causes->before_count, sizeof wanted, order_seen) != NULL;
}

/* --- References to what is gone --- */

static int order_lost(const void *left, const void *right)
{
	const struct place *a = &((const struct lost *)left)->place, *b = &((const struct lost *)right)->place;
	int order = text_compare(a->file->path, b->file->path);

	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	return order ? order : (a->column > b->column) - (a->column < b->column);
}

static void note_lost(struct causes *causes, struct place place, const struct record *was, const struct record *is, struct arena *arena)
{
	if (!was || is || !place.file)
		return;
	struct input *gone = arena_alloc(arena, sizeof *gone);
	gone->path = was->file->path;
	causes->lost = arena_grow(arena, causes->lost, causes->lost_count, sizeof *causes->lost);
	causes->lost[causes->lost_count++] = (struct lost){place, gone};
}

static void note_recipe(struct causes *causes, struct reference reference, const struct catalog *base, struct arena *arena)
{
	const struct recipe *was = catalog_recipe(base, reference.id), *is = catalog_recipe(causes->now, reference.id);

	note_lost(causes, reference.place, was ? &was->record : NULL, is ? &is->record : NULL, arena);
}

static void note_packs(struct causes *causes, const struct recipe *recipe, const struct catalog *base, struct arena *arena)
{
	const struct value *packs = value_at(recipe->record.root, "evaluation.packs");

	for (size_t i = 0; packs && packs->kind == VALUE_LIST && i < packs->count; i++) {
		const struct value *item = packs->items[i]->kind == VALUE_MAP ? value_get(packs->items[i], "id") : packs->items[i];
		if (!item || item->kind != VALUE_SCALAR)
			continue;
		struct reference reference = reference_of(item);
		const struct pack *was = catalog_pack(base, reference.id), *is = catalog_pack(causes->now, reference.id);
		note_lost(causes, reference.place, was ? &was->record : NULL, is ? &is->record : NULL, arena);
	}
}

/* --- What a file builds on --- */

static int order_above(const void *left, const void *right)
{
	return text_compare(((const struct above *)left)->path, ((const struct above *)right)->path);
}

static void note_above(struct causes *causes, const struct record *record, struct text recipe, struct arena *arena)
{
	causes->above = arena_grow(arena, causes->above, causes->above_count, sizeof *causes->above);
	causes->above[causes->above_count++] = (struct above){record->file->path, record->kind, catalog_recipe(causes->now, recipe)};
}

static void note_records(struct causes *causes, const struct catalog *base, struct arena *arena)
{
	const struct catalog *now = causes->now;

	for (size_t i = 0; i < now->recipe_count; i++) {
		note_recipe(causes, now->recipes[i].parent, base, arena);
		note_packs(causes, &now->recipes[i], base, arena);
		note_above(causes, &now->recipes[i].record, now->recipes[i].parent.id, arena);
	}
	for (size_t i = 0; i < now->model_count; i++) {
		const struct model *model = &now->models[i];
		if (model->record.root) {
			note_recipe(causes, model->recipe, base, arena);
			note_above(causes, &model->record, model->recipe.id, arena);
		}
		for (size_t r = 0; r < model->run_count; r++) {
			note_recipe(causes, model->runs[r].recipe, base, arena);
			note_above(causes, &model->runs[r].record, model->runs[r].recipe.id, arena);
		}
	}
	if (causes->lost_count)
		qsort(causes->lost, causes->lost_count, sizeof *causes->lost, order_lost);
	if (causes->above_count)
		qsort(causes->above, causes->above_count, sizeof *causes->above, order_above);
}

struct causes *causes_make(struct file_pairs *pairs, const struct catalog *base, const struct diags *before, const struct catalog *now)
{
	struct causes *causes = arena_alloc(pairs->arena, sizeof *causes);

	*causes = (struct causes){.pairs = pairs, .now = now};
	note_before(causes, base, before, pairs->arena);
	note_records(causes, base, pairs->arena);
	return causes;
}

/* --- Finding it --- */

/* What a model or run says of itself does not come from its recipe. */
static bool comes_from_above(enum kind kind, enum code code)
{
	return kind == KIND_RECIPE || code == CODE_RUN_DIGEST || code == CODE_MODEL_REFERENCE || code == CODE_REF_VERSION ||
	       code == CODE_REF_FAMILY;
}

/* Findings of the comparison stand where the change is already. */
static bool is_comparison(enum code code)
{
	return code == CODE_VERSION_CHANGED || code == CODE_VERSION_LOWER || code == CODE_VERSION_STATUS || code == CODE_RUN_BACKWARDS ||
	       code == CODE_RUN_EVIDENCE_CHANGED;
}

/* The nearest recipe above the finding's file that the change touched. */
static struct place find_above(struct causes *causes, const struct diag *diag)
{
	enum { CHAIN_MAX = 64 };
	struct above wanted = {.path = diag_path(diag)};
	const struct above *above =
		causes->above_count ? bsearch(&wanted, causes->above, causes->above_count, sizeof wanted, order_above) : NULL;
	const struct recipe *recipe = above && comes_from_above(above->kind, diag->code) ? above->recipe : NULL;

	for (size_t i = 0; recipe && i < CHAIN_MAX; i++) {
		struct place place = file_pairs_first(causes->pairs, recipe->record.file);
		if (place.file)
			return place;
		recipe = catalog_recipe(causes->now, recipe->parent.id);
	}
	return (struct place){.file = NULL};
}

struct place causes_find(size_t *related, struct causes *causes, const struct diag *diag)
{
	struct lost wanted = {.place = diag->place};

	*related = diag->related_count;
	if (is_comparison(diag->code) || file_pairs_look(causes->pairs, diag->place) != PLACE_SAME)
		return (struct place){.file = NULL};
	for (size_t i = 0; i < diag->related_count; i++)
		if (file_pairs_look(causes->pairs, diag->related[i].place) == PLACE_CHANGED) {
			*related = i;
			return diag->related[i].place;
		}
	if (was_there(causes, diag))
		return (struct place){.file = NULL};
	const struct lost *lost = causes->lost_count ? bsearch(&wanted, causes->lost, causes->lost_count, sizeof wanted, order_lost) : NULL;
	return lost ? (struct place){.file = lost->file} : find_above(causes, diag);
}

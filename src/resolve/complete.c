#include "inside.h"

static bool same_place(struct place a, struct place b)
{
	return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* One related place is told once: in the words of the other where there is one. */
static void drop_twin(struct diag *diag, size_t at)
{
	for (size_t i = 0; i < diag->related_count; i++) {
		if (i == at || !same_place(diag->related[i].place, diag->related[at].place))
			continue;
		diag->related[at] = diag->related[i];
		for (diag->related_count--; i < diag->related_count; i++)
			diag->related[i] = diag->related[i + 1];
		return;
	}
}

/* A contradiction that arises by inheritance stands at the line of whoever inherits, with the inherited side related. */
static void anchor(struct diag *diag, const struct input *own)
{
	for (size_t i = 0; diag->place.file != own && i < diag->related_count; i++)
		if (diag->related[i].place.file == own) {
			struct place inherited = diag->place;
			diag->place = diag->related[i].place;
			diag->related[i] = (struct diag_related){inherited, TEXT("inherited from here")};
			drop_twin(diag, i);
		}
}

void effective_check(const struct effective *out, struct name_set *told, struct name_set *above, struct diags *diags)
{
	bool orphan = !above && out->recipe->level != LEVEL_BASELINE;
	struct diags found;

	diags_init(&found, diags->arena);
	schema_check_effective(out->root, out->recipe->record.root->place, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct diags one = {.items = &found.items[i], .count = 1};
		/* What may stand in the parent that it does not name. */
		if (orphan && (found.items[i].code == CODE_RECIPE_INCOMPLETE || found.items[i].code == CODE_SCHEMA_MISSING_FIELD))
			continue;
		name_set_add(told, found.items[i].message, diags->arena);
		if (above && name_set_find(above, found.items[i].message) != NO_NAME)
			continue;
		anchor(&found.items[i], out->recipe->record.file);
		diags_append(diags, &one);
	}
}

/* Whether limits contradict each other already where they come from. */
static bool is_bad(struct text key, const struct value *map, struct arena *arena)
{
	struct diags found;

	diags_init(&found, arena);
	metric_of_recipe(key, map, map->place, arena, &found);
	return diags_count(&found, SEVERITY_ERROR) > 0;
}

void effective_metrics(struct effective *out, const struct effective *parent, struct arena *arena, struct diags *diags)
{
	const struct value *metrics = value_at(out->root, "evaluation.metrics");
	const struct value *above = parent ? value_at(parent->root, "evaluation.metrics") : NULL;
	struct diags found;

	if (!metrics || metrics->kind != VALUE_MAP)
		return;
	diags_init(&found, diags->arena);
	out->metrics = arena_array(arena, metrics->count, sizeof *out->metrics);
	for (size_t i = 0; i < metrics->count; i++) {
		const struct member *member = &metrics->members[i];
		if (member->value->kind != VALUE_MAP)
			continue;
		const struct member *inherited = metrics == above ? member : value_member(above, member->name);
		bool told = inherited && (inherited->value == member->value || inherited->value->kind != VALUE_MAP ||
		                          is_bad(member->name, inherited->value, arena));
		out->metrics[out->metric_count++] = metric_of_recipe(member->name, member->value, member->value->place, arena,
		                                                     told ? NULL : &found);
	}
	for (size_t i = 0; i < found.count; i++)
		anchor(&found.items[i], out->recipe->record.file);
	diags_append(diags, &found);
}

void effective_packs(struct effective *out, struct arena *arena)
{
	const struct value *packs = value_at(out->root, "evaluation.packs");

	if (!packs || packs->kind != VALUE_LIST)
		return;
	out->packs = arena_array(arena, packs->count, sizeof *out->packs);
	for (size_t i = 0; i < packs->count; i++)
		if (packs->items[i]->kind == VALUE_SCALAR)
			out->packs[out->pack_count++] = reference_of(packs->items[i]);
}

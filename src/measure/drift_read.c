#include "arena.h"
#include "drift_columns.h"
#include "names.h"

enum { IDENTIFIER_MIN = 100 };
#define IDENTIFIER_SHARE 0.9

struct chooser { struct names features, only, reference, current; };

static void index_choices(struct chooser *chooser, const struct side sides[2], const struct drift_request *request, struct arena *arena)
{
	struct text *names = arena_array(arena, request->feature_count, sizeof *names);

	for (size_t i = 0; i < request->feature_count; i++)
		names[i] = request->features[i].name;
	names_index(&chooser->features, names, request->feature_count, arena);
	names_index(&chooser->only, request->only, request->only_count, arena);
	names_index(&chooser->reference, sides[REFERENCE].names, sides[REFERENCE].name_count, arena);
	names_index(&chooser->current, sides[CURRENT].names, sides[CURRENT].name_count, arena);
}

/* A column by its name: judged, listed as unpaired, or neither. */
static void choose(struct choice *choice, const struct chooser *chooser, const struct drift_request *request, struct text name,
                   struct arena *arena)
{
	size_t f = names_find(&chooser->features, name);
	const struct drift_feature *feature = f < request->feature_count ? &request->features[f] : NULL;
	size_t at[2] = {names_find(&chooser->reference, name), names_find(&chooser->current, name)};
	bool there[2] = {at[0] < chooser->reference.count, at[1] < chooser->current.count};
	bool named = names_find(&chooser->only, name) < request->only_count;
	bool wanted = (!request->features_only || feature) && (!request->only_count || named);
	bool asked = wanted && (named || (request->features_only && feature));

	if (feature && feature->kind == COLUMN_IGNORE)
		return;
	if (asked || (wanted && there[0] && there[1])) {
		choice->pairs = arena_grow(arena, choice->pairs, choice->pair_count, sizeof *choice->pairs);
		choice->pairs[choice->pair_count++] = (struct pair){
			.name = name, .at = {at[0], at[1]}, .there = {there[0], there[1]}, .feature = feature, .kind = feature ? feature->kind : COLUMN_AUTO};
	} else if (there[0] != there[1]) {
		int s = there[0] ? REFERENCE : CURRENT;
		choice->only[s] = arena_grow(arena, choice->only[s], choice->only_count[s], sizeof **choice->only);
		choice->only[s][choice->only_count[s]++] = name;
	}
}

void choose_columns(struct choice *choice, const struct side sides[2], const struct drift_request *request, struct arena *arena)
{
	const struct side *reference = &sides[REFERENCE], *current = &sides[CURRENT];
	struct chooser chooser;

	*choice = (struct choice){0};
	index_choices(&chooser, sides, request, arena);
	for (size_t i = 0; i < reference->name_count; i++)
		choose(choice, &chooser, request, reference->names[i], arena);
	for (size_t i = 0; i < current->name_count; i++)
		if (names_find(&chooser.reference, current->names[i]) == reference->name_count)
			choose(choice, &chooser, request, current->names[i], arena);
	/* Features that are nowhere, then other names that are nowhere; each once. */
	for (size_t i = 0; i < request->feature_count + request->only_count; i++) {
		bool feature = i < request->feature_count;
		struct text name = feature ? request->features[i].name : request->only[i - request->feature_count];
		bool again = feature ? names_find(&chooser.features, name) != i
		                     : names_find(&chooser.only, name) != i - request->feature_count ||
		                           names_find(&chooser.features, name) < request->feature_count;
		if (!again && names_find(&chooser.reference, name) == reference->name_count &&
		    names_find(&chooser.current, name) == current->name_count)
			choose(choice, &chooser, request, name, arena);
	}
}

void want_all(struct side *side, const struct drift_request *request, struct arena *arena)
{
	struct side nothing[2] = {*side, {0}};
	struct chooser chooser;

	index_choices(&chooser, nothing, request, arena);
	for (size_t i = 0; i < side->name_count; i++) {
		size_t f = names_find(&chooser.features, side->names[i]);
		const struct drift_feature *feature = f < request->feature_count ? &request->features[f] : NULL;
		struct side_column *column = &side->columns[i];
		column->wanted = (!request->features_only || feature) && !(feature && feature->kind == COLUMN_IGNORE) &&
		                 (!request->only_count || names_find(&chooser.only, side->names[i]) < request->only_count);
		column->kind = feature ? feature->kind : COLUMN_AUTO;
		column->declared = column->unlimited = column->kind != COLUMN_AUTO;
	}
}

void want_pairs(struct side *side, int which, const struct choice *choice, const struct side *reference)
{
	for (size_t i = 0; i < choice->pair_count; i++) {
		const struct pair *pair = &choice->pairs[i];
		if (!pair->there[which])
			continue;
		struct side_column *column = &side->columns[pair->at[which]];
		column->wanted = true;
		column->kind = pair->kind;
		column->unlimited = pair->kind != COLUMN_AUTO;
		if (reference && pair->there[REFERENCE] && column->kind == COLUMN_AUTO)
			column->kind = reference->columns[pair->at[REFERENCE]].kind;
		column->declared = column->kind != COLUMN_AUTO;
	}
}

/* A text column with nearly as many values as rows tells rows apart, it does not group them. */
static bool identifies(const struct side_column *column)
{
	size_t n = column->counts.n;

	return column->too_many || (n >= IDENTIFIER_MIN && (double)column->categories.count > IDENTIFIER_SHARE * (double)n);
}

void settle_identifiers(struct side *reference)
{
	for (size_t i = 0; i < reference->name_count; i++) {
		struct side_column *column = &reference->columns[i];
		if (column->kind == COLUMN_CATEGORY && !column->unlimited && identifies(column))
			column->kind = COLUMN_IDENTIFIER;
	}
}

void settle_kinds(struct choice *choice, const struct side sides[2])
{
	for (size_t i = 0; i < choice->pair_count; i++) {
		struct pair *pair = &choice->pairs[i];
		const struct side_column *column[2] = {NULL, NULL};
		bool declared = pair->kind != COLUMN_AUTO;
		for (int s = REFERENCE; s <= CURRENT; s++)
			column[s] = pair->there[s] ? &sides[s].columns[pair->at[s]] : NULL;
		/* A reference without values takes the current data's kind; without any all are numbers. */
		for (int s = REFERENCE; s <= CURRENT && pair->kind == COLUMN_AUTO; s++)
			pair->kind = column[s] ? column[s]->kind : COLUMN_AUTO;
		if (pair->kind == COLUMN_AUTO && (column[REFERENCE] || column[CURRENT]))
			pair->kind = COLUMN_NUMBER;
		if (declared || pair->kind != COLUMN_CATEGORY || !column[CURRENT])
			continue;
		bool valued = column[REFERENCE] && column[REFERENCE]->counts.n;
		if (column[CURRENT]->too_many || (!valued && identifies(column[CURRENT])))
			pair->kind = COLUMN_IDENTIFIER;
	}
}

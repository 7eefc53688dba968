#include "profile.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "drift_score.h"
#include "profile_cells.h"

/* --- of data --- */

/* One number column while its values are walked over. */
struct gather {
	struct profile_value *run; /* NULL once there are too many */
	size_t run_count, run_room;
	struct rank_picks picks;   /* of a reference's borders */
	struct borders borders;
	struct rank_picks items;   /* of its sketch */
	struct counting counting;  /* cells NULL: not wanted */
};

static void gather_value(struct gather *gather, double value, uint64_t count)
{
	if (gather->counting.cells)
		counting_add(&gather->counting, value, count);
	if (!gather->run)
		return;
	if (gather->run_count == PROFILE_RUN_MOST) {
		free(gather->run);
		gather->run = NULL;
		return;
	}
	if (gather->run_count == gather->run_room) {
		gather->run_room *= 2;
		gather->run = memory_resize(gather->run, gather->run_room * sizeof *gather->run);
	}
	gather->run[gather->run_count++] = (struct profile_value){value, count};
}

static void gather_ties(void *context, size_t column, const struct tie *ties, size_t count)
{
	struct gather *gather = &((struct gather *)context)[column];

	picks_add(&gather->picks, false, ties, count);
	picks_add(&gather->items, false, ties, count);
	for (size_t i = 0; i < count; i++)
		gather_value(gather, ties[i].value, ties[i].reference);
}

/* All is wanted. */
static void gather_skip(void *context, size_t column, double from, uint64_t reference, uint64_t current)
{
	(void)context;
	(void)column;
	(void)from;
	(void)reference;
	(void)current;
}

/* Those numbers that wanted says yes to. */
static int gather_walk(struct gather *gathers, const struct side *side, const bool *wanted, struct failure *failure)
{
	struct ordered_want *wants = memory_get((side->number_count + 1) * sizeof *wants);
	const struct ordered_visitor visitor = {gather_ties, gather_skip, gathers};

	for (size_t i = 0; i < side->number_count; i++)
		wants[i] = (struct ordered_want){.none = !wanted[i], .all = wanted[i]};
	int result = side->number_count ? ordered_walk(side->numbers, NULL, wants, &visitor, failure) : 0;
	free(wants);
	return result;
}

static const struct profile_column *find_column(const struct profile *profile, struct text name)
{
	for (size_t i = 0; profile && i < profile->column_count; i++)
		if (text_equal(profile->columns[i].name, name))
			return &profile->columns[i];
	return NULL;
}

static void take_run(struct profile_column *column, struct gather *gather, struct arena *arena)
{
	column->has_run = gather->run != NULL;
	column->run_count = column->has_run ? gather->run_count : 0;
	column->run = arena_array(arena, column->run_count, sizeof *column->run);
	if (column->run_count)
		memcpy(column->run, gather->run, column->run_count * sizeof *column->run);
	free(gather->run);
	gather->run = NULL;
}

/* What a reference or a part without one may need, once all places are known; few values need nothing but themselves. */
static void want_places(struct gather *gather, uint64_t n, struct arena *arena)
{
	borders_begin(&gather->borders, n);
	gather->picks = (struct rank_picks){.places = gather->borders.places, .values = gather->borders.values, .count = gather->borders.count};
	if (n <= PROFILE_RUN_MOST)
		return;
	uint64_t *places = arena_array(arena, SKETCH_PLACES, sizeof *places);
	size_t count = sketch_places(places, n);
	gather->items = (struct rank_picks){.places = places, .values = arena_array(arena, count, sizeof(double)), .count = count};
}

static void take_sketch(struct profile_column *column, struct gather *gather, struct arena *arena)
{
	struct sketch *sketch = arena_alloc(arena, sizeof *sketch);

	sketch_make(sketch, gather->items.values, column->sum.count, arena);
	column->sketch = sketch;
	gather->items.count = 0;
}

/* Borders of a reference without a run, and its own counts between them. */
static int take_own_cells(struct profile_column **columns, struct gather *gathers, struct side *side, const bool *wanted,
                          const struct drift_request *request, struct arena *arena, struct failure *failure)
{
	struct number_base *bases;
	bool any = false;

	for (size_t i = 0; i < side->number_count; i++)
		any = any || wanted[i];
	if (!any)
		return 0;
	if (bases_of(&bases, side, request, arena, failure))
		return -1;
	for (size_t i = 0; i < side->number_count; i++) {
		struct profile_column *column = columns[i];
		if (!wanted[i])
			continue;
		column->has_cells = column->own = true;
		memcpy(column->quantiles, bases[i].quantiles, sizeof column->quantiles);
		memcpy(column->cuts, bases[i].cuts, sizeof column->cuts);
		column->cut_count = bases[i].cut_count;
		borders_end(column, &gathers[i].borders, arena);
		column->cells = arena_array(arena, column->border_count + 1, sizeof *column->cells);
		gathers[i].picks.count = 0;
		take_sketch(column, &gathers[i], arena);
		gathers[i].counting = (struct counting){column->borders, column->border_count, 0, column->cells};
	}
	return gather_walk(gathers, side, wanted, failure);
}

/* Cells of data that is made for a reference, as it has them. */
static void want_cells(struct profile_column *column, struct gather *gather, const struct profile_column *like, struct arena *arena)
{
	struct profile_column with_borders = *like;

	if (!like->has_cells)
		profile_borders(&with_borders, arena);
	if (!with_borders.borders)
		return;
	column->has_cells = true;
	column->borders = with_borders.borders;
	column->border_count = with_borders.border_count;
	column->cells = arena_array(arena, column->border_count + 1, sizeof *column->cells);
	gather->counting = (struct counting){column->borders, column->border_count, 0, column->cells};
}

/* columns: by number. */
static int take_numbers(struct profile_column **columns, struct side *side, const struct drift_request *request, const struct profile *like,
                        struct arena *arena, struct failure *failure)
{
	size_t count = side->number_count;
	struct gather *gathers = arena_array(arena, count, sizeof *gathers);
	bool *wanted = arena_array(arena, count, sizeof *wanted);

	for (size_t i = 0; i < count; i++) {
		struct profile_column *column = columns[i];
		const struct profile_column *there = column ? find_column(like, column->name) : NULL;
		wanted[i] = column && column->sum.count;
		if (!wanted[i])
			continue;
		if (there && there->sum.count)
			want_cells(column, &gathers[i], there, arena);
		/* All values help only beside all of the reference's. */
		if (!column->has_cells || there->has_run) {
			gathers[i].run_room = 64;
			gathers[i].run = memory_get(gathers[i].run_room * sizeof *gathers[i].run);
		}
		if (!column->has_cells)
			want_places(&gathers[i], column->sum.count, arena);
	}
	int result = gather_walk(gathers, side, wanted, failure);
	for (size_t i = 0; i < count; i++) {
		if (!wanted[i])
			continue;
		take_run(columns[i], &gathers[i], arena);
		wanted[i] = !columns[i]->has_run && !columns[i]->has_cells;
	}
	return result ? result : take_own_cells(columns, gathers, side, wanted, request, arena, failure);
}

static void take_categories(struct profile_column *column, const struct side_column *from, struct arena *arena)
{
	column->too_many = from->too_many;
	if (from->too_many || (column->kind != COLUMN_CATEGORY && column->kind != COLUMN_CATEGORY_NUM))
		return;
	column->category_count = from->categories.count;
	column->categories = arena_array(arena, column->category_count, sizeof *column->categories);
	for (size_t i = 0; i < column->category_count; i++)
		column->categories[i] =
		    (struct profile_count){text_copy(arena, from->categories.items[i]->label), from->categories.items[i]->count};
}

static int take_columns(struct profile *out, struct side *side, const struct drift_request *request, const struct profile *like,
                        struct arena *arena, struct failure *failure)
{
	struct profile_column **by_number = arena_array(arena, side->number_count, sizeof(struct profile_column *));

	out->columns = arena_array(arena, side->name_count, sizeof *out->columns);
	for (size_t i = 0; i < side->name_count; i++) {
		const struct side_column *from = &side->columns[i];
		if (!from->wanted)
			continue;
		struct profile_column *column = &out->columns[out->column_count++];
		*column = (struct profile_column){.name = text_copy(arena, side->names[i]), .kind = from->kind, .given = from->unlimited, .counts = from->counts};
		exact_sum_init(&column->sum);
		take_categories(column, from, arena);
		if (column->kind != COLUMN_NUMBER || from->number == NO_NUMBER)
			continue;
		column->sum = *ordered_sum(side->numbers, from->number);
		by_number[from->number] = column;
	}
	return take_numbers(by_number, side, request, like, arena, failure);
}

/* As current data is read beside a reference: only what that has, and of its kinds. */
static void want_like(struct side *side, struct profile *like, struct arena *arena);

int profile_make(struct profile *out, bool *ok, const struct drift_request *request, const struct profile *like, const struct limits *limits,
                 struct arena *arena, struct diags *diags, struct failure *failure)
{
	struct side side;

	*out = (struct profile){.files = request->reference_count};
	*ok = true;
	int result = side_open(&side, ok, request->reference, request->reference_count, request, limits, arena, diags, failure);
	if (!result && *ok) {
		struct profile settled = like ? *like : (struct profile){0};
		want_all(&side, request, arena);
		if (like)
			want_like(&side, &settled, arena);
		result = side_read(&side, ok, NULL, NULL, drift_memory(request), arena, failure);
	}
	if (!result && *ok) {
		out->rows = side.rows;
		for (size_t i = 0; i < side.file_count; i++)
			out->bad_rows += side.shown[i].bad_rows;
		result = take_columns(out, &side, request, like, arena, failure);
	}
	side_close(&side);
	return result;
}

/* --- as a side --- */

static void side_of(struct side *side, const struct profile *profile, struct arena *arena)
{
	*side = (struct side){.name_count = profile->column_count, .rows = profile->rows, .file_count = 1};
	side->names = arena_array(arena, profile->column_count, sizeof *side->names);
	side->columns = arena_array(arena, profile->column_count, sizeof *side->columns);
	side->shown = arena_array(arena, 1, sizeof *side->shown);
	side->shown[0] = (struct drift_side){.path = profile->path, .rows = profile->rows, .bad_rows = profile->bad_rows};
	for (size_t i = 0; i < profile->column_count; i++) {
		const struct profile_column *from = &profile->columns[i];
		struct side_column *column = &side->columns[i];
		struct category *items = arena_array(arena, from->category_count, sizeof *items);
		side->names[i] = from->name;
		column->kind = from->kind;
		column->unlimited = from->given;
		column->counts = from->counts;
		column->too_many = from->too_many;
		column->number = i;
		column->categories.count = from->category_count;
		column->categories.items = arena_array(arena, from->category_count, sizeof(struct category *));
		for (size_t k = 0; k < from->category_count; k++) {
			items[k] = (struct category){from->categories[k].label, (size_t)from->categories[k].count};
			column->categories.items[k] = &items[k];
		}
	}
	settle_identifiers(side);
}

static void want_like(struct side *side, struct profile *like, struct arena *arena)
{
	struct side reference;

	side_of(&reference, like, arena);
	for (size_t i = 0; i < side->name_count; i++) {
		struct side_column *column = &side->columns[i];
		size_t at = 0;
		while (at < like->column_count && !text_equal(like->columns[at].name, side->names[i]))
			at++;
		column->wanted = column->wanted && at < like->column_count;
		if (!column->wanted || reference.columns[at].kind == COLUMN_AUTO)
			continue;
		column->kind = reference.columns[at].kind;
		column->declared = true;
		column->unlimited = reference.columns[at].unlimited;
	}
}

/* --- comparing --- */

static bool fits(const struct pair *pair, const struct profile_column *column)
{
	return !column->counts.n || column->kind == pair->kind || pair->kind == COLUMN_IDENTIFIER || column->kind == COLUMN_AUTO;
}

static bool fit(struct text *why, const struct choice *choice, const struct profile *const profiles[2], struct arena *arena)
{
	static const char *const sides[2] = {"reference", "current"};

	for (size_t i = 0; i < choice->pair_count; i++)
		for (int s = REFERENCE; s <= CURRENT; s++) {
			const struct pair *pair = &choice->pairs[i];
			const struct profile_column *column = pair->there[s] ? &profiles[s]->columns[pair->at[s]] : NULL;
			if (!column || fits(pair, column))
				continue;
			*why = text_format(arena, "column '%.*s' is compared as %s, but the %s profile has it as %s: make the current profile with "
			                          "--reference-profile, or both with --kind", TEXT_ARGS(pair->name), column_kind_name(pair->kind), sides[s],
			                   column_kind_name(column->kind));
			return false;
		}
	return true;
}

bool profile_compare(struct drift_result *out, struct text *why, const struct profile *reference, const struct profile *current,
                     const struct drift_request *request, struct arena *arena)
{
	const struct profile *const profiles[2] = {reference, current};
	struct side sides[2];
	struct choice choice;

	side_of(&sides[REFERENCE], reference, arena);
	side_of(&sides[CURRENT], current, arena);
	choose_columns(&choice, sides, request, arena);
	settle_kinds(&choice, sides);
	if (!fit(why, &choice, profiles, arena))
		return false;
	struct column_facts *facts = arena_array(arena, choice.pair_count, sizeof *facts);
	for (size_t i = 0; i < choice.pair_count; i++) {
		const struct pair *pair = &choice.pairs[i];
		const struct side_column *columns[2];
		for (int s = REFERENCE; s <= CURRENT; s++)
			columns[s] = pair->there[s] ? &sides[s].columns[pair->at[s]] : NULL;
		facts_begin(&facts[i], pair, columns, arena);
		if (pair->kind != COLUMN_NUMBER || !columns[REFERENCE] || !columns[CURRENT])
			continue;
		struct number_facts *numbers = arena_alloc(arena, sizeof *numbers);
		profile_numbers(numbers, &reference->columns[pair->at[REFERENCE]], &current->columns[pair->at[CURRENT]], pair, request, arena);
		facts[i].numbers = numbers;
	}
	drift_finish(out, &sides[REFERENCE], &sides[CURRENT], &choice, facts, request, arena);
	return true;
}

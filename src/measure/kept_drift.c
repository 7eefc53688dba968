#include "arena.h"
#include "kept.h"

/* --- Writing --- */

static void put_texts(struct buffer *out, const struct text *texts, size_t count)
{
	pack_count(out, count);
	for (size_t i = 0; i < count; i++)
		pack_text(out, texts[i]);
}

static void put_sides(struct buffer *out, const struct drift_side *sides, size_t count)
{
	pack_count(out, count);
	for (size_t i = 0; i < count; i++) {
		pack_count(out, sides[i].rows);
		pack_count(out, sides[i].bad_rows);
	}
}

static void put_counts(struct buffer *out, const struct drift_counts *counts)
{
	pack_count(out, counts->rows);
	pack_count(out, counts->missing);
	pack_count(out, counts->invalid);
	pack_count(out, counts->infinite);
	pack_count(out, counts->n);
}

static void put_summary(struct buffer *out, const struct drift_summary *summary)
{
	pack_double(out, summary->mean);
	pack_double(out, summary->std);
	pack_double(out, summary->min);
	pack_double(out, summary->max);
	pack_flag(out, summary->has_std);
	pack_flag(out, summary->has_unique);
	for (size_t i = 0; i < 9; i++)
		pack_double(out, summary->quantiles[i]);
	pack_count(out, summary->unique);
}

/* A share of n as how many that were, where that gives it back: a byte or two instead of eight. */
static void put_shares(struct buffer *out, const double *shares, size_t count, size_t n)
{
	bool whole = n > 0 && n < (size_t)1 << 52;
	uint64_t last = 0;

	for (size_t i = 0; i < count && whole; i++) {
		double nearest = shares[i] * (double)n + 0.5;
		whole = nearest >= 0 && nearest <= (double)n + 1 && (double)(uint64_t)nearest / (double)n == shares[i] && (uint64_t)nearest >= last;
		last = whole ? (uint64_t)nearest : 0;
	}
	pack_flag(out, whole);
	last = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t now = whole ? (uint64_t)(shares[i] * (double)n + 0.5) : 0;
		if (whole)
			pack_count(out, now - last);
		else
			pack_double(out, shares[i]);
		last = now;
	}
}

static void put_shape(struct buffer *out, const struct drift_column *column)
{
	const struct drift_shape *shape = column->shape;

	pack_flag(out, shape != NULL);
	if (!shape)
		return;
	pack_double(out, shape->start);
	pack_double(out, shape->width);
	pack_count(out, shape->bins);
	for (size_t i = 0; i < shape->bins; i++) {
		pack_count(out, shape->reference[i]);
		pack_count(out, shape->current[i]);
	}
	pack_double(out, shape->grid_start);
	pack_double(out, shape->grid_step);
	put_shares(out, shape->reference_cdf, ECDF_POINTS, column->reference.n);
	put_shares(out, shape->current_cdf, ECDF_POINTS, column->current.n);
	pack_double(out, shape->ks_at);
	pack_double(out, shape->ks_reference);
	pack_double(out, shape->ks_current);
}

static void put_score(struct buffer *out, const struct drift_score *score)
{
	pack_count(out, (uint64_t)score->method);
	pack_flag(out, score->has_value);
	pack_flag(out, score->has_p);
	pack_flag(out, score->with_p);
	pack_flag(out, score->has_adjusted);
	pack_double(out, score->value);
	pack_double(out, score->p);
	pack_double(out, score->adjusted);
	pack_count(out, (uint64_t)(score->p_bound + 1));
	pack_flag(out, score->bounded);
	pack_double(out, score->low);
	pack_double(out, score->high);
	pack_count(out, score->side_count);
	for (size_t i = 0; i < score->side_count; i++) {
		pack_text(out, text_of(score->sides[i].key));
		pack_flag(out, score->sides[i].has);
		pack_double(out, score->sides[i].value);
	}
	pack_double(out, score->effect);
	pack_flag(out, score->limit.given);
	pack_flag(out, score->limit.on_p);
	pack_double(out, score->limit.warn);
	pack_double(out, score->limit.drift);
	pack_count(out, (uint64_t)score->status);
	pack_text(out, score->reason);
	pack_count(out, score->definition_count);
	for (size_t i = 0; i < score->definition_count; i++) {
		pack_text(out, text_of(score->definition[i].key));
		pack_text(out, score->definition[i].value);
		pack_flag(out, score->definition[i].number);
	}
}

static void put_column(struct buffer *out, const struct drift_column *column)
{
	pack_text(out, column->name);
	pack_count(out, (uint64_t)column->kind);
	put_counts(out, &column->reference);
	put_counts(out, &column->current);
	put_summary(out, &column->reference_summary);
	put_summary(out, &column->current_summary);
	put_texts(out, column->new_categories, column->new_count);
	put_texts(out, column->vanished_categories, column->vanished_count);
	pack_count(out, column->cell_count);
	for (size_t i = 0; i < column->cell_count; i++) {
		const struct drift_cell *cell = &column->cells[i];
		pack_double(out, cell->low);
		pack_double(out, cell->high);
		pack_text(out, cell->label);
		pack_count(out, cell->reference);
		pack_count(out, cell->current);
		pack_double(out, cell->part);
	}
	put_shape(out, column);
	pack_count(out, column->score_count);
	for (size_t i = 0; i < column->score_count; i++)
		put_score(out, &column->scores[i]);
	pack_count(out, column->deciding ? (uint64_t)(column->deciding - column->scores) + 1 : 0);
	pack_flag(out, column->automatic);
	pack_count(out, column->asked ? (uint64_t)(column->asked - drift_methods) + 1 : 0);
	pack_count(out, (uint64_t)column->status);
	pack_text(out, column->reason);
}

void drift_pack(struct buffer *out, const struct drift_result *result)
{
	put_sides(out, result->references, result->reference_count);
	put_sides(out, result->currents, result->current_count);
	pack_count(out, result->column_count);
	for (size_t i = 0; i < result->column_count; i++)
		put_column(out, &result->columns[i]);
	put_texts(out, result->only_in_reference, result->only_in_reference_count);
	put_texts(out, result->only_in_current, result->only_in_current_count);
	pack_count(out, (uint64_t)result->status);
	pack_count(out, result->judged);
	pack_count(out, result->drifting);
}

/* --- Reading --- */

static struct text *get_texts(size_t *count, struct unpack *from, struct arena *arena)
{
	*count = unpack_length(from, 1);
	struct text *texts = arena_array(arena, *count, sizeof *texts);
	for (size_t i = 0; i < *count; i++)
		texts[i] = unpack_text(from);
	return texts;
}

static const char *get_key(struct unpack *from, struct arena *arena)
{
	struct text key = unpack_text(from);

	return arena_copy(arena, key.at, key.len);
}

static struct drift_side *get_sides(size_t *count, struct unpack *from, struct arena *arena)
{
	*count = unpack_length(from, 2);
	struct drift_side *sides = arena_array(arena, *count, sizeof *sides);
	for (size_t i = 0; i < *count; i++) {
		sides[i].rows = (size_t)unpack_count(from);
		sides[i].bad_rows = (size_t)unpack_count(from);
	}
	return sides;
}

static void get_counts(struct drift_counts *counts, struct unpack *from)
{
	counts->rows = (size_t)unpack_count(from);
	counts->missing = (size_t)unpack_count(from);
	counts->invalid = (size_t)unpack_count(from);
	counts->infinite = (size_t)unpack_count(from);
	counts->n = (size_t)unpack_count(from);
}

static void get_summary(struct drift_summary *summary, struct unpack *from)
{
	summary->mean = unpack_double(from);
	summary->std = unpack_double(from);
	summary->min = unpack_double(from);
	summary->max = unpack_double(from);
	summary->has_std = unpack_flag(from);
	summary->has_unique = unpack_flag(from);
	for (size_t i = 0; i < 9; i++)
		summary->quantiles[i] = unpack_double(from);
	summary->unique = (size_t)unpack_count(from);
}

static void get_shares(double *shares, size_t count, size_t n, struct unpack *from)
{
	bool whole = unpack_flag(from);
	uint64_t last = 0;

	for (size_t i = 0; i < count; i++) {
		if (whole)
			last += unpack_most(from, n - last);
		shares[i] = !whole ? unpack_double(from) : n ? (double)last / (double)n : 0;
	}
}

static const struct drift_shape *get_shape(const struct drift_column *column, struct unpack *from, struct arena *arena)
{
	if (!unpack_flag(from))
		return NULL;
	struct drift_shape *shape = arena_alloc(arena, sizeof *shape);
	shape->start = unpack_double(from);
	shape->width = unpack_double(from);
	shape->bins = (size_t)unpack_most(from, HISTOGRAM_MAX);
	for (size_t i = 0; i < shape->bins; i++) {
		shape->reference[i] = (size_t)unpack_count(from);
		shape->current[i] = (size_t)unpack_count(from);
	}
	shape->grid_start = unpack_double(from);
	shape->grid_step = unpack_double(from);
	get_shares(shape->reference_cdf, ECDF_POINTS, column->reference.n, from);
	get_shares(shape->current_cdf, ECDF_POINTS, column->current.n, from);
	shape->ks_at = unpack_double(from);
	shape->ks_reference = unpack_double(from);
	shape->ks_current = unpack_double(from);
	return shape;
}

static void get_score(struct drift_score *score, struct unpack *from, struct arena *arena)
{
	score->method = (enum drift_method)unpack_most(from, METHOD_COUNT - 1);
	score->has_value = unpack_flag(from);
	score->has_p = unpack_flag(from);
	score->with_p = unpack_flag(from);
	score->has_adjusted = unpack_flag(from);
	score->value = unpack_double(from);
	score->p = unpack_double(from);
	score->adjusted = unpack_double(from);
	score->p_bound = (int)unpack_most(from, 2) - 1;
	score->bounded = unpack_flag(from);
	score->low = unpack_double(from);
	score->high = unpack_double(from);
	score->side_count = (size_t)unpack_most(from, sizeof score->sides / sizeof *score->sides);
	for (size_t i = 0; i < score->side_count; i++) {
		score->sides[i].key = get_key(from, arena);
		score->sides[i].has = unpack_flag(from);
		score->sides[i].value = unpack_double(from);
	}
	score->effect = unpack_double(from);
	score->limit.given = unpack_flag(from);
	score->limit.on_p = unpack_flag(from);
	score->limit.warn = unpack_double(from);
	score->limit.drift = unpack_double(from);
	score->status = (enum drift_status)unpack_most(from, DRIFT_DRIFT);
	score->reason = unpack_text(from);
	score->definition_count = unpack_length(from, 3);
	score->definition = arena_array(arena, score->definition_count, sizeof *score->definition);
	for (size_t i = 0; i < score->definition_count; i++) {
		score->definition[i].key = get_key(from, arena);
		score->definition[i].value = unpack_text(from);
		score->definition[i].number = unpack_flag(from);
	}
}

static void get_cells(struct drift_column *column, struct unpack *from, struct arena *arena)
{
	column->cell_count = unpack_length(from, 27);
	column->cells = arena_array(arena, column->cell_count, sizeof *column->cells);
	for (size_t i = 0; i < column->cell_count; i++) {
		struct drift_cell *cell = &column->cells[i];
		cell->low = unpack_double(from);
		cell->high = unpack_double(from);
		cell->label = unpack_text(from);
		cell->reference = (size_t)unpack_count(from);
		cell->current = (size_t)unpack_count(from);
		cell->part = unpack_double(from);
	}
}

static void get_column(struct drift_column *column, struct unpack *from, struct arena *arena)
{
	column->name = unpack_text(from);
	column->kind = (enum column_kind)unpack_most(from, COLUMN_IGNORE);
	get_counts(&column->reference, from);
	get_counts(&column->current, from);
	get_summary(&column->reference_summary, from);
	get_summary(&column->current_summary, from);
	column->new_categories = get_texts(&column->new_count, from, arena);
	column->vanished_categories = get_texts(&column->vanished_count, from, arena);
	get_cells(column, from, arena);
	column->shape = get_shape(column, from, arena);
	column->score_count = unpack_length(from, 60);
	column->scores = arena_array(arena, column->score_count, sizeof *column->scores);
	for (size_t i = 0; i < column->score_count; i++)
		get_score(&column->scores[i], from, arena);
	size_t deciding = (size_t)unpack_most(from, column->score_count);
	column->deciding = deciding ? &column->scores[deciding - 1] : NULL;
	column->automatic = unpack_flag(from);
	size_t asked = (size_t)unpack_most(from, METHOD_COUNT);
	column->asked = asked ? &drift_methods[asked - 1] : NULL;
	column->status = (enum drift_status)unpack_most(from, DRIFT_DRIFT);
	column->reason = unpack_text(from);
}

bool drift_unpack(struct drift_result *out, struct text bytes, struct arena *arena)
{
	struct unpack from = {.bytes = bytes};

	*out = (struct drift_result){0};
	out->references = get_sides(&out->reference_count, &from, arena);
	out->currents = get_sides(&out->current_count, &from, arena);
	out->column_count = unpack_length(&from, 200);
	out->columns = arena_array(arena, out->column_count, sizeof *out->columns);
	for (size_t i = 0; i < out->column_count; i++)
		get_column(&out->columns[i], &from, arena);
	out->only_in_reference = get_texts(&out->only_in_reference_count, &from, arena);
	out->only_in_current = get_texts(&out->only_in_current_count, &from, arena);
	out->status = (enum drift_status)unpack_most(&from, DRIFT_DRIFT);
	out->judged = (size_t)unpack_most(&from, out->column_count);
	out->drifting = (size_t)unpack_most(&from, out->judged);
	return unpack_whole(&from);
}

#include <float.h>
#include <math.h>

#include "arena.h"
#include "names.h"
#include "packed.h"
#include "profile.h"

/* A line with the form's version, a checksum of the rest, and the rest; numbers as in packed.h. */
#define MAGIC "galley profile 2\n"
#define MAGIC_ANY "galley profile "
enum { SUM_BYTES = 8 };

/* --- Writing --- */

/* Words of a number in two's complement: low zeros and high words that repeat the sign are left out. */
static void put_words(struct buffer *out, const uint64_t *words, size_t count)
{
	size_t from = 0, to = count;
	uint64_t sign = words[count - 1] >> 63 ? UINT64_MAX : 0;

	while (to > 0 && words[to - 1] == sign)
		to--;
	while (from < to && words[from] == 0)
		from++;
	pack_flag(out, sign != 0);
	pack_count(out, from);
	pack_count(out, to - from);
	for (size_t i = from; i < to; i++)
		pack_word(out, words[i]);
}

static void put_sum(struct buffer *out, const struct exact_sum *sum)
{
	pack_count(out, sum->count);
	if (!sum->count)
		return;
	pack_double(out, sum->min);
	pack_double(out, sum->max);
	put_words(out, sum->sum, EXACT_WORDS);
	put_words(out, sum->squares, EXACT_SQUARE_WORDS);
}

static void put_cells(struct buffer *out, const struct profile_column *column)
{
	pack_flag(out, column->own);
	if (column->own) {
		for (size_t i = 0; i < 9; i++)
			pack_double(out, column->quantiles[i]);
		pack_count(out, column->cut_count);
		for (size_t i = 0; i < column->cut_count; i++)
			pack_double(out, column->cuts[i]);
	}
	pack_count(out, column->border_count);
	for (size_t i = 0; i < column->border_count; i++)
		pack_double(out, column->borders[i]);
	for (size_t i = 0; i <= column->border_count; i++) {
		const struct profile_cell *cell = &column->cells[i];
		pack_count(out, cell->at);
		pack_count(out, cell->open);
		if (cell->open) {
			pack_double(out, cell->min);
			pack_double(out, cell->max);
		}
	}
}

static void put_sketch(struct buffer *out, const struct sketch *sketch)
{
	pack_count(out, sketch->over);
	pack_count(out, sketch->under);
	for (unsigned h = 0; h < SKETCH_LEVELS; h++) {
		pack_count(out, sketch->levels[h].count);
		for (size_t i = 0; i < sketch->levels[h].count; i++)
			pack_double(out, sketch->levels[h].items[i]);
	}
}

static void put_column(struct buffer *out, const struct profile_column *column)
{
	const struct drift_counts *counts = &column->counts;

	pack_text(out, column->name);
	pack_count(out, (uint64_t)column->kind);
	pack_flag(out, column->given);
	pack_count(out, counts->rows);
	pack_count(out, counts->missing);
	pack_count(out, counts->invalid);
	pack_count(out, counts->infinite);
	pack_count(out, counts->n);
	pack_flag(out, column->too_many);
	pack_count(out, column->category_count);
	for (size_t i = 0; i < column->category_count; i++) {
		pack_text(out, column->categories[i].label);
		pack_count(out, column->categories[i].count);
	}
	put_sum(out, &column->sum);
	pack_flag(out, column->has_run);
	if (column->has_run) {
		pack_count(out, column->run_count);
		for (size_t i = 0; i < column->run_count; i++) {
			pack_double(out, column->run[i].value);
			pack_count(out, column->run[i].count);
		}
	}
	pack_flag(out, column->has_cells);
	if (column->has_cells)
		put_cells(out, column);
	pack_flag(out, column->sketch != NULL);
	if (column->sketch)
		put_sketch(out, column->sketch);
}

void profile_write(struct buffer *out, const struct profile *profile)
{
	struct buffer body;

	buffer_init(&body);
	pack_count(&body, profile->files);
	pack_count(&body, profile->rows);
	pack_count(&body, profile->bad_rows);
	pack_count(&body, profile->column_count);
	for (size_t i = 0; i < profile->column_count; i++)
		put_column(&body, &profile->columns[i]);
	buffer_string(out, MAGIC);
	pack_word(out, packed_checksum(buffer_text(&body)));
	buffer_add(out, buffer_text(&body));
	buffer_release(&body);
}

/* --- Reading: nothing that could not have been written --- */

static double get_finite(struct unpack *from)
{
	double value = unpack_double(from);

	if (!isfinite(value) || (value == 0 && signbit(value)))
		from->bad = true;
	return from->bad ? 0 : value;
}

/* Beyond the one before. */
static double get_rising(struct unpack *from, bool first, double before)
{
	double value = get_finite(from);

	if (!first && value <= before)
		from->bad = true;
	return value;
}

static struct text get_text(struct unpack *from)
{
	struct text text = unpack_text(from);

	if (utf8_bad(text) < text.len)
		from->bad = true;
	return text;
}

static uint64_t get_share(struct unpack *from, uint64_t *left)
{
	uint64_t count = unpack_most(from, *left);

	*left -= count;
	return count;
}

static void get_words(uint64_t *words, size_t count, struct unpack *from)
{
	bool negative = unpack_flag(from);
	size_t at = (size_t)unpack_most(from, count), len = (size_t)unpack_most(from, count - at);

	for (size_t i = 0; i < count; i++)
		words[i] = i >= at && i < at + len ? unpack_word(from) : i >= at + len && negative ? UINT64_MAX : 0;
	if ((words[count - 1] >> 63 != 0) != negative)
		from->bad = true;
}

/* Whether values between the least and the largest could have such sums: a mean between them, and no more deviation than half their range. */
static bool sums_fit(const struct exact_sum *sum)
{
	double mean, std;

	if (sum->min > sum->max || (sum->count == 1 && sum->min != sum->max) || !exact_mean(&mean, sum) || !exact_std(&std, sum, 0))
		return false;
	return mean >= sum->min && mean <= sum->max && std <= (sum->max / 2 - sum->min / 2) * (1 + 1e-9) + DBL_TRUE_MIN;
}

static void get_sum(struct exact_sum *sum, uint64_t n, struct unpack *from)
{
	exact_sum_init(sum);
	if (unpack_count(from) != n)
		from->bad = true;
	if (!n || from->bad)
		return;
	sum->count = n;
	sum->min = get_finite(from);
	sum->max = get_finite(from);
	get_words(sum->sum, EXACT_WORDS, from);
	get_words(sum->squares, EXACT_SQUARE_WORDS, from);
	if (from->bad || sum->squares[EXACT_SQUARE_WORDS - 1] >> 63 || !sums_fit(sum))
		from->bad = true;
}

static void get_categories(struct profile_column *column, struct unpack *from, struct arena *arena)
{
	uint64_t left = column->counts.n;

	column->too_many = unpack_flag(from);
	column->category_count = unpack_length(from, 2);
	column->categories = arena_array(arena, column->category_count, sizeof *column->categories);
	for (size_t i = 0; i < column->category_count && !from->bad; i++) {
		column->categories[i].label = get_text(from);
		column->categories[i].count = get_share(from, &left);
		if (!column->categories[i].count || (i && text_compare(column->categories[i - 1].label, column->categories[i].label) >= 0))
			from->bad = true;
	}
	bool counted = (column->kind == COLUMN_CATEGORY || column->kind == COLUMN_CATEGORY_NUM) && !column->too_many;
	if (column->too_many ? column->category_count > 0 : counted ? left > 0 : column->category_count > 0)
		from->bad = true;
}

static void get_run(struct profile_column *column, struct unpack *from, struct arena *arena)
{
	uint64_t left = column->sum.count;

	column->run_count = unpack_length(from, 9);
	if (column->run_count > PROFILE_RUN_MOST)
		from->bad = true;
	column->run = arena_array(arena, from->bad ? 0 : column->run_count, sizeof *column->run);
	for (size_t i = 0; i < column->run_count && !from->bad; i++) {
		column->run[i].value = get_rising(from, i == 0, i ? column->run[i - 1].value : 0);
		column->run[i].count = get_share(from, &left);
		if (!column->run[i].count)
			from->bad = true;
	}
	if (left || (column->run_count && !from->bad &&
	             (column->run[0].value != column->sum.min || column->run[column->run_count - 1].value != column->sum.max)))
		from->bad = true;
}

static void get_own(struct profile_column *column, struct unpack *from)
{
	for (size_t i = 0; i < 9; i++)
		column->quantiles[i] = get_finite(from);
	column->cut_count = (size_t)unpack_most(from, 9);
	for (size_t i = 0; i < column->cut_count; i++)
		column->cuts[i] = get_rising(from, i == 0, i ? column->cuts[i - 1] : 0);
}

static void get_cell(struct profile_cell *cell, const struct profile_column *column, size_t i, uint64_t *left, struct unpack *from)
{
	cell->at = get_share(from, left);
	cell->open = get_share(from, left);
	if (i == column->border_count && cell->at)
		from->bad = true;
	if (!cell->open)
		return;
	cell->min = get_finite(from);
	cell->max = get_finite(from);
	if (cell->min > cell->max || (cell->open == 1 && cell->min != cell->max) || (i && cell->min <= column->borders[i - 1]) ||
	    (i < column->border_count && cell->max >= column->borders[i]))
		from->bad = true;
}

static void get_cells(struct profile_column *column, struct unpack *from, struct arena *arena)
{
	uint64_t left = column->sum.count;
	size_t cut = 0;

	column->own = unpack_flag(from);
	if (column->own)
		get_own(column, from);
	column->border_count = unpack_length(from, 8);
	column->borders = arena_array(arena, column->border_count, sizeof *column->borders);
	for (size_t i = 0; i < column->border_count; i++) {
		column->borders[i] = get_rising(from, i == 0, i ? column->borders[i - 1] : 0);
		cut += cut < column->cut_count && column->borders[i] == column->cuts[cut];
	}
	column->cells = arena_array(arena, column->border_count + 1, sizeof *column->cells);
	for (size_t i = 0; i <= column->border_count && !from->bad; i++)
		get_cell(&column->cells[i], column, i, &left, from);
	if (left || cut < column->cut_count)
		from->bad = true;
}

/* All items together stand for all values. */
static void get_sketch(struct profile_column *column, struct unpack *from, struct arena *arena)
{
	struct sketch *sketch = arena_alloc(arena, sizeof *sketch);
	uint64_t left = column->sum.count;

	sketch->over = unpack_most(from, left);
	sketch->under = unpack_most(from, left);
	for (unsigned h = 0; h < SKETCH_LEVELS && !from->bad; h++) {
		struct sketch_level *level = &sketch->levels[h];
		level->count = unpack_length(from, 8);
		if (level->count > SKETCH_ITEMS || level->count > left >> h)
			from->bad = true;
		level->count = from->bad ? 0 : level->count;
		left -= (uint64_t)level->count << h;
		level->items = arena_array(arena, level->count, sizeof *level->items);
		for (size_t i = 0; i < level->count && !from->bad; i++) {
			level->items[i] = get_finite(from);
			if (level->items[i] < column->sum.min || level->items[i] > column->sum.max || (i && level->items[i] < level->items[i - 1]))
				from->bad = true;
		}
	}
	if (left)
		from->bad = true;
	column->sketch = sketch;
}

static void get_column(struct profile_column *column, size_t rows, struct unpack *from, struct arena *arena)
{
	struct drift_counts *counts = &column->counts;
	uint64_t left = rows;

	column->name = get_text(from);
	column->kind = (enum column_kind)unpack_most(from, COLUMN_IDENTIFIER);
	column->given = unpack_flag(from);
	counts->rows = (size_t)unpack_count(from);
	counts->missing = (size_t)get_share(from, &left);
	counts->invalid = (size_t)get_share(from, &left);
	counts->infinite = (size_t)get_share(from, &left);
	counts->n = (size_t)get_share(from, &left);
	if (counts->rows != rows || left || !column->name.len || (column->kind == COLUMN_AUTO && counts->missing != rows))
		from->bad = true;
	get_categories(column, from, arena);
	get_sum(&column->sum, column->kind == COLUMN_NUMBER ? counts->n : 0, from);
	column->has_run = unpack_flag(from);
	if (column->has_run)
		get_run(column, from, arena);
	column->has_cells = unpack_flag(from);
	if (column->has_cells)
		get_cells(column, from, arena);
	if (unpack_flag(from))
		get_sketch(column, from, arena);
	if ((column->has_run || column->has_cells || column->sketch) && !column->sum.count)
		from->bad = true;
}

static bool names_differ(const struct profile *profile, struct arena *arena)
{
	struct text *items = arena_array(arena, profile->column_count, sizeof *items);
	struct names names;

	for (size_t i = 0; i < profile->column_count; i++)
		items[i] = profile->columns[i].name;
	names_index(&names, items, profile->column_count, arena);
	for (size_t i = 1; i < names.count; i++)
		if (text_equal(items[names.order[i - 1]], items[names.order[i]]))
			return false;
	return true;
}

static bool refuse(struct text *why, const char *words)
{
	*why = text_of(words);
	return false;
}

bool profile_read(struct profile *out, struct text *why, struct text bytes, const struct limits *limits, struct arena *arena)
{
	size_t head = sizeof MAGIC - 1;
	struct unpack sum = {.bytes = text_cut(bytes, head, head + SUM_BYTES)}, from = {.bytes = text_cut(bytes, head + SUM_BYTES, bytes.len)};

	*out = (struct profile){0};
	if (!text_starts(bytes, MAGIC_ANY))
		return refuse(why, "is not a profile; make one with: galley profile CSV... -o FILE");
	if (!text_starts(bytes, MAGIC))
		return refuse(why, "is a profile of another version of galley; make it again with this one");
	if (bytes.len < head + SUM_BYTES || unpack_word(&sum) != packed_checksum(from.bytes))
		return refuse(why, "is damaged or cut off: its checksum is another; make or copy it again");
	out->files = (size_t)unpack_count(&from);
	out->rows = (size_t)unpack_most(&from, PROFILE_ROWS_MOST);
	out->bad_rows = (size_t)unpack_count(&from);
	out->column_count = unpack_length(&from, 12);
	if (out->column_count > limits->csv_columns) {
		*why = text_format(arena, "has %zu columns, more than %zu (%s)", out->column_count, limits->csv_columns,
		                   limit_note(limits, &limits->csv_columns).text);
		return false;
	}
	out->columns = arena_array(arena, out->column_count, sizeof *out->columns);
	for (size_t i = 0; i < out->column_count && !from.bad; i++)
		get_column(&out->columns[i], out->rows, &from, arena);
	return (unpack_whole(&from) && names_differ(out, arena)) || refuse(why, "is no profile that galley could have written; make it again");
}

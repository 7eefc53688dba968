#include "text_report.h"

#include "compare_parts.h"

/* The runs are numbered, as their names are long and columns are few; a table that is too wide goes on below itself, with the first run
 * beside the next ones. */

enum { WIDTH = 120, KEY = 44, CELL = 28, FACT = 34, GAP = 2, PER_RUN = 3, REASONS = 20 };

/* Columns that stay together: the names and the first run, or one run more. */
struct side {
	struct arena *arena;
	const char **header;
	bool *right;
	size_t *widths;
	size_t columns, fixed, per_run, runs;
	struct text *cells;
	size_t rows;
};

static struct text cut(struct text text, size_t columns, struct arena *arena)
{
	struct buffer safe;
	size_t offset = 0, end = 0, used = 0;

	buffer_init(&safe);
	buffer_safe(&safe, text);
	text = text_copy(arena, buffer_text(&safe));
	buffer_release(&safe);
	if (utf8_columns(text) <= columns)
		return text;
	while (offset < text.len) {
		size_t from = offset;
		utf8_next(text, &offset);
		used += utf8_columns(text_cut(text, from, offset));
		if (used > columns - 3)
			break;
		end = offset;
	}
	return text_format(arena, "%.*s...", (int)end, text.at);
}

static void side_init(struct side *side, const struct comparison *comparison, size_t fixed, size_t per_run, struct arena *arena)
{
	*side = (struct side){.arena = arena, .fixed = fixed, .per_run = per_run, .runs = comparison->count};
	side->columns = fixed + per_run * comparison->count;
	side->header = arena_array(arena, side->columns, sizeof *side->header);
	side->right = arena_array(arena, side->columns, sizeof *side->right);
	side->widths = arena_array(arena, side->columns, sizeof *side->widths);
	for (size_t i = 0; i < side->columns; i++)
		side->header[i] = "";
}

static struct text *side_row(struct side *side)
{
	if ((side->rows & (side->rows - 1)) == 0) {
		struct text *cells = arena_array(side->arena, (side->rows ? 2 * side->rows : 1) * side->columns, sizeof *cells);
		for (size_t i = 0; i < side->rows * side->columns; i++)
			cells[i] = side->cells[i];
		side->cells = cells;
	}
	return side->cells + side->rows++ * side->columns;
}

static size_t width_of(const struct side *side, size_t from, size_t to)
{
	size_t width = 0;

	for (size_t i = from; i < to; i++)
		width += side->widths[i] ? side->widths[i] + GAP : 0;
	return width;
}

static void print_columns(struct buffer *out, const struct side *side, const size_t *columns, size_t count)
{
	struct table_text table = {.columns = count, .rows = side->rows};
	const char **header = arena_array(side->arena, count, sizeof *header);
	bool *right = arena_array(side->arena, count, sizeof *right);

	table.cells = arena_array(side->arena, count * side->rows, sizeof *table.cells);
	for (size_t c = 0; c < count; c++) {
		header[c] = side->header[columns[c]];
		right[c] = side->right[columns[c]];
		for (size_t r = 0; r < side->rows; r++)
			table.cells[r * count + c] = side->cells[r * side->columns + columns[c]];
	}
	table.header = header;
	table.right = right;
	table_print(out, &table);
}

static size_t take_columns(size_t *columns, size_t count, const struct side *side, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (side->widths[i])
			columns[count++] = i;
	return count;
}

static void side_print(struct buffer *out, struct side *side)
{
	size_t *columns = arena_array(side->arena, side->columns, sizeof *columns), first = side->fixed + side->per_run, next = 1;

	for (size_t i = 0; i < side->columns; i++) {
		side->widths[i] = utf8_columns(text_of(side->header[i]));
		for (size_t r = 0; r < side->rows; r++) {
			size_t width = utf8_columns(side->cells[r * side->columns + i]);
			side->widths[i] = width > side->widths[i] ? width : side->widths[i];
		}
	}
	do {
		size_t count = take_columns(columns, 0, side, 0, first), width = width_of(side, 0, first), begin = next;
		while (next < side->runs) {
			size_t from = side->fixed + side->per_run * next, more = width_of(side, from, from + side->per_run);
			if (next > begin && width + more > WIDTH)
				break;
			width += more;
			count = take_columns(columns, count, side, from, from + side->per_run);
			next++;
		}
		buffer_char(out, '\n');
		print_columns(out, side, columns, count);
	} while (next < side->runs);
}

/* --- Runs --- */

static void add_runs(struct buffer *out, const struct comparison *comparison, struct arena *arena)
{
	static const char *const header[] = {"", "run", "recipe", "against 1", "verdict"};
	struct table_text table = {.header = header, .columns = sizeof header / sizeof *header, .rows = comparison->count};
	struct text *at = table.cells = arena_array(arena, comparison->count * table.columns, sizeof *table.cells);

	for (size_t i = 0; i < comparison->count; i++) {
		const struct run_result *run = comparison->runs[i];
		struct text tally = compared_tally_text(&comparison->tallies[i], arena);
		*at++ = text_format(arena, "%zu", i + 1);
		*at++ = text_format(arena, "%.*s%s", TEXT_ARGS(compared_run_name(run, arena)), compared_is_production(run) ? " (serves)" : "");
		*at++ = compared_recipe(run, arena);
		*at++ = i && !tally.len ? TEXT("not compared") : i ? tally : TEXT("");
		*at++ = cut(compared_verdict(run, arena), 80, arena);
	}
	table_print(out, &table);
}

static void add_unlike(struct buffer *out, const struct comparison *comparison, bool color, struct arena *arena)
{
	bool any = false;

	for (size_t i = 0; i < comparison->fact_count; i++) {
		const struct compared_fact *fact = &comparison->facts[i];
		if (!fact->weighs)
			continue;
		buffer_format(out, "%s%snot like with like%s: they differ in ", any ? "" : "\n", color ? "\x1b[1;33m" : "", color ? "\x1b[0m" : "");
		buffer_safe(out, compared_fact_name(fact));
		buffer_string(out, ": ");
		buffer_safe(out, compared_fact_text(fact, comparison->count, arena));
		buffer_char(out, '\n');
		any = true;
	}
	for (size_t i = 0; i < comparison->row_count; i++)
		if (comparison->rows[i].disputed) {
			buffer_format(out, "%s%snot like with like%s: the gates of ", any ? "" : "\n", color ? "\x1b[1;33m" : "", color ? "\x1b[0m" : "");
			buffer_safe(out, comparison->rows[i].key);
			buffer_string(out, " do not agree on what is better\n");
			any = true;
		}
	for (size_t i = 0; i < comparison->count; i++)
		if (run_recipe_moved(comparison->runs[i])) {
			buffer_format(out, "%snote: %zu was made by its recipe as it was then, and is judged by what that is now\n", any ? "" : "\n", i + 1);
			any = true;
		}
}

/* --- Metrics --- */

static const char *run_header(const struct side *side, size_t run, bool difference)
{
	return difference ? arena_format(side->arena, "%zu - 1", run + 1) : arena_format(side->arena, "%zu", run + 1);
}

static void metric_headers(struct side *side, const char *const *fixed)
{
	for (size_t i = 0; i < side->fixed; i++)
		side->header[i] = fixed[i];
	for (size_t i = 0; i < side->runs; i++) {
		size_t at = side->fixed + PER_RUN * i;
		side->header[at] = run_header(side, i, false);
		side->right[at] = side->right[at + 1] = true;
	}
}

static struct text words_of(const struct compared_value *value, struct arena *arena)
{
	const char *change = compared_change_name(value->change);
	struct text words = text_of(value->change == CHANGE_BETTER || value->change == CHANGE_WORSE || value->change == CHANGE_SAME ? change : "");
	bool inconclusive = value->has_value && value->reason.len && (!value->has_status || value->status == VERDICT_INCONCLUSIVE);
	const char *verdict = inconclusive && !value->has_status ? "not compared" : value->has_status && value->status != VERDICT_PASS ? verdict_name(value->status) : "";

	words = text_format(arena, "%.*s%s%s", TEXT_ARGS(words), words.len && value->best ? ", " : "", value->best ? "best" : "");
	return text_format(arena, "%.*s%s%s", TEXT_ARGS(words), words.len && *verdict ? ", " : "", verdict);
}

static void fill_values(struct side *side, struct text *cells, const struct compared_row *row)
{
	bool judged = compared_row_is_judged(row);

	for (size_t i = 0; i < side->runs; i++) {
		const struct compared_value *value = &row->values[i];
		size_t at = side->fixed + PER_RUN * i;
		cells[at] = cut(compared_value_text(row, value, side->arena), CELL, side->arena);
		cells[at + 1] = compared_difference_text(row, value, side->arena);
		cells[at + 2] = judged || value->has_status || (value->has_value && value->reason.len) ? words_of(value, side->arena) : TEXT("");
		if (value->has_difference)
			side->header[at + 1] = run_header(side, i, true);
	}
}

static void left_out(struct buffer *out, size_t count)
{
	if (count)
		buffer_format(out, "%zu more: --format json has all\n", count);
}

static void add_metrics(struct buffer *out, const struct comparison *comparison, bool gated, struct arena *arena)
{
	static const char *const gated_header[] = {"metric", "wanted"}, *const free_header[] = {"in no gate"};
	size_t fixed = gated ? 2 : 1, left = 0;
	struct side side;

	side_init(&side, comparison, fixed, PER_RUN, arena);
	metric_headers(&side, gated ? gated_header : free_header);
	for (size_t i = 0; i < comparison->row_count; i++) {
		const struct compared_row *row = &comparison->rows[i];
		if ((row->metric != NULL) != gated)
			continue;
		if (side.rows == COMPARED_ROWS) {
			left++;
			continue;
		}
		struct text *cells = side_row(&side);
		cells[0] = cut(row->key, KEY, arena);
		if (gated)
			cells[1] = cut(compared_direction(row, arena), CELL, arena);
		fill_values(&side, cells, row);
	}
	if (side.rows)
		side_print(out, &side);
	left_out(out, left);
}

/* Only metrics that a gate judges as a whole: the rest is in JSON. */
static void add_segments(struct buffer *out, const struct comparison *comparison, struct arena *arena)
{
	static const char *const header[] = {"segment", "metric"};
	struct side side;
	size_t left = 0;

	side_init(&side, comparison, 2, PER_RUN, arena);
	metric_headers(&side, header);
	for (size_t i = 0; i < comparison->segment_count; i++) {
		const struct compared_row *row = &comparison->segments[i];
		if (!row->metric || side.rows == COMPARED_ROWS) {
			left++;
			continue;
		}
		struct text *cells = side_row(&side);
		cells[0] = cut(text_format(arena, "%.*s = %.*s", TEXT_ARGS(row->by), TEXT_ARGS(row->segment)), KEY, arena);
		cells[1] = cut(row->key, CELL, arena);
		fill_values(&side, cells, row);
	}
	if (side.rows)
		side_print(out, &side);
	left_out(out, left);
}

/* --- Why some values are not compared --- */

static size_t add_reasons(struct buffer *out, const struct comparison *comparison, const struct compared_row *rows, size_t count, size_t told)
{
	for (size_t r = 0; r < count; r++)
		for (size_t i = 0; i < comparison->count; i++) {
			const struct compared_value *value = &rows[r].values[i];
			bool said = !rows[r].metric || !value->has_value || !value->reason.len || !comparison->runs[i]->judged || !comparison->runs[i]->pack_count;
			if (said || told++ >= REASONS)
				continue;
			buffer_format(out, "%s%zu: ", told == 1 ? "\n" : "", i + 1);
			buffer_safe(out, rows[r].key);
			if (rows[r].by.len) {
				buffer_string(out, " in ");
				buffer_safe(out, rows[r].by);
				buffer_string(out, " = ");
				buffer_safe(out, rows[r].segment);
			}
			buffer_string(out, " is not compared: ");
			buffer_safe(out, value->reason);
			buffer_char(out, '\n');
		}
	return told;
}

/* --- Settings --- */

static void add_settings(struct buffer *out, const struct comparison *comparison, struct arena *arena)
{
	struct side side;
	size_t left = 0;

	side_init(&side, comparison, 1, 1, arena);
	side.header[0] = "they differ in";
	for (size_t i = 0; i < comparison->count; i++)
		side.header[1 + i] = run_header(&side, i, false);
	for (size_t i = 0; i < comparison->fact_count; i++) {
		const struct compared_fact *fact = &comparison->facts[i];
		if (fact->weighs)
			continue;
		if (side.rows == COMPARED_ROWS) {
			left++;
			continue;
		}
		struct text *cells = side_row(&side);
		cells[0] = cut(fact->field, KEY, arena);
		for (size_t k = 0; k < comparison->count; k++)
			cells[1 + k] = cut(fact->values[k].len ? fact->values[k] : TEXT("not set"), FACT, arena);
	}
	if (side.rows)
		side_print(out, &side);
	left_out(out, left);
}

void compare_text(struct buffer *out, const struct comparison *comparison, bool color)
{
	struct arena arena;

	arena_init(&arena);
	add_runs(out, comparison, &arena);
	add_unlike(out, comparison, color, &arena);
	add_metrics(out, comparison, true, &arena);
	add_metrics(out, comparison, false, &arena);
	add_segments(out, comparison, &arena);
	size_t told = add_reasons(out, comparison, comparison->rows, comparison->row_count, 0);
	told = add_reasons(out, comparison, comparison->segments, comparison->segment_count, told);
	left_out(out, told > REASONS ? told - REASONS : 0);
	add_settings(out, comparison, &arena);
	arena_release(&arena);
}

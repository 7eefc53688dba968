#include "drift_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "buffer.h"
#include "drift.h"
#include "number.h"

enum { CELL_COUNT = 9, NAME_WIDTH = 40, NAMES_SHOWN = 5, DECIMALS = 3, DECIMALS_MAX = 12 };

enum cell { CELL_VERDICT, CELL_NAME, CELL_KIND, CELL_METHOD, CELL_VALUE, CELL_P, CELL_ADJUSTED, CELL_LIMIT, CELL_NOTE };

struct line { struct text cells[CELL_COUNT]; };

struct sheet {
	struct arena *arena;
	struct line *lines;
	size_t count;
};

/* --- words --- */

static struct text finish(struct buffer *buffer, struct arena *arena)
{
	struct text text = text_copy(arena, buffer_text(buffer));

	buffer_release(buffer);
	return text;
}

/* Safe for a terminal, and short. */
static void add_name(struct buffer *out, struct text name)
{
	size_t at = 0, points = 0;

	while (at < name.len && points < NAME_WIDTH) {
		utf8_next(name, &at);
		points++;
	}
	buffer_safe(out, text_cut(name, 0, at));
	if (at < name.len)
		buffer_string(out, "...");
}

static void add_names(struct buffer *out, const char *lead, const struct text *names, size_t count)
{
	if (!count)
		return;
	buffer_format(out, "%s%s", out->len ? "; " : "", lead);
	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
		buffer_string(out, i ? ", " : " ");
		add_name(out, names[i]);
	}
	if (count > NAMES_SHOWN)
		buffer_format(out, " and %zu more", count - NAMES_SHOWN);
}

static bool same_side(double shown, double value, const struct drift_limit *limit)
{
	return (shown > limit->drift) == (value > limit->drift) && (shown > limit->warn) == (value > limit->warn) &&
	       (shown < limit->drift) == (value < limit->drift) && (shown < limit->warn) == (value < limit->warn);
}

static bool agrees(const struct drift_score *score, double shown)
{
	double value = score->effect;

	return score->limit.on_p || !score->limit.given || same_side(shown, value, &score->limit);
}

/* Five significant digits, without an exponent where that is short. */
static void add_short_number(struct buffer *out, double value)
{
	char digits[32];
	double shown = value;
	int len = snprintf(digits, sizeof digits, "%.4e", value);

	number_parse(&shown, (struct text){digits, (size_t)len});
	buffer_number(out, isfinite(shown) ? shown : value);
}

/* The effect size, with as many decimals as it takes not to contradict the verdict. */
static struct text effect_words(const struct drift_score *score, struct arena *arena)
{
	bool has = score->has_value && !(score->method == METHOD_CHI_SQUARE && !score->sides[0].has);
	bool directed = score->method == METHOD_MISSING || score->method == METHOD_WELCH_T || score->method == METHOD_Z_TEST;
	double value = directed ? score->value : score->effect, shown = value;
	char out[512];
	size_t len = 0;

	if (!has)
		return TEXT("n/a");
	/* What has a unit, or no bound, may be of any magnitude. */
	if (fabs(value) >= 1e6 || (score->method == METHOD_ENERGY && value != 0 && fabs(value) < 0.01)) {
		struct buffer words;
		buffer_init(&words);
		add_short_number(&words, value);
		return finish(&words, arena);
	}
	for (int decimals = DECIMALS; decimals <= DECIMALS_MAX; decimals++) {
		len = number_print_fixed(out, value, decimals);
		number_parse(&shown, (struct text){out, len});
		if (agrees(score, fabs(shown)))
			break;
	}
	return text_copy(arena, (struct text){out, len});
}

static struct text p_words(double p, int bound, struct arena *arena)
{
	if (bound)
		return text_format(arena, "%s %.3g", bound < 0 ? "<=" : ">=", p);
	if (p >= 0.001)
		return text_format(arena, "%.3f", p);
	return p > 0 ? text_format(arena, "%.1e", p) : TEXT("0");
}

static struct text score_p_words(const struct drift_score *score, struct arena *arena)
{
	if (!score->with_p)
		return TEXT("");
	if (!score->has_p)
		return TEXT("n/a");
	char out[512];
	double shown;
	size_t len = 0;
	/* As many decimals as it takes not to contradict the verdict. */
	for (int decimals = DECIMALS; decimals <= DECIMALS_MAX && !score->p_bound && score->p >= 0.001; decimals++) {
		len = number_print_fixed(out, score->p, decimals);
		if (number_parse(&shown, (struct text){out, len}) == NUMBER_FINITE &&
		    (!score->limit.given || !score->limit.on_p || same_side(shown, score->p, &score->limit)))
			return text_copy(arena, (struct text){out, len});
	}
	return p_words(score->p, score->p_bound, arena);
}

static struct text limit_words(const struct drift_score *score, struct arena *arena)
{
	struct buffer out;

	if (!score->limit.given)
		return TEXT("none");
	buffer_init(&out);
	buffer_string(&out, score->limit.on_p ? "p < " : "> ");
	buffer_number(&out, score->limit.drift);
	return finish(&out, arena);
}

static struct text median_words(const struct drift_column *column, struct arena *arena)
{
	struct buffer out;

	buffer_init(&out);
	bool medians = !column->reference_summary.no_quantiles && !column->current_summary.no_quantiles;
	buffer_string(&out, medians ? "median " : "mean ");
	add_short_number(&out, medians ? column->reference_summary.quantiles[4] : column->reference_summary.mean);
	buffer_string(&out, " -> ");
	add_short_number(&out, medians ? column->current_summary.quantiles[4] : column->current_summary.mean);
	return finish(&out, arena);
}

static double missing_rate(const struct drift_counts *counts)
{
	return counts->rows ? 100 * (double)counts->missing / (double)counts->rows : 0;
}

static struct text bound_words(const struct drift_score *score, struct arena *arena)
{
	return text_format(arena, "between %.3g and %.3g", score->low, score->high);
}

/* What is judged, and shown nowhere else, of a column that something else decides. */
static const char *missing_verdict(const struct drift_column *column)
{
	const struct drift_score *score = drift_score_of(column, METHOD_MISSING);

	if (!score || score == column->deciding || (score->status != DRIFT_DRIFT && score->status != DRIFT_WARN))
		return "";
	return score->status == DRIFT_DRIFT ? " (on its own drift)" : " (on its own warn)";
}

static void add_note(struct buffer *out, struct text note)
{
	if (!note.len)
		return;
	buffer_string(out, out->len ? "; " : "");
	buffer_add(out, note);
}

static struct text note_words(const struct drift_column *column, struct arena *arena)
{
	const struct drift_counts *r = &column->reference, *c = &column->current;
	struct buffer out;

	buffer_init(&out);
	add_note(&out, column->reason);
	/* Of a column that a side lacks the counts would say that everything is missing. */
	if (column->reason.len && !column->score_count)
		return finish(&out, arena);
	if (column->deciding)
		add_note(&out, column->deciding->reason);
	/* The reason says it where it matters. */
	if (column->deciding && column->deciding->bounded && !column->deciding->reason.len)
		add_note(&out, bound_words(column->deciding, arena));
	if (column->kind == COLUMN_NUMBER && r->n && c->n)
		add_note(&out, median_words(column, arena));
	add_names(&out, "new", column->new_categories, column->new_count);
	add_names(&out, "gone", column->vanished_categories, column->vanished_count);
	if (r->missing || c->missing)
		add_note(&out, text_format(arena, "missing %.1f%% -> %.1f%%%s", missing_rate(r), missing_rate(c), missing_verdict(column)));
	if (r->invalid || c->invalid)
		add_note(&out, text_format(arena, "invalid %zu -> %zu", r->invalid, c->invalid));
	if (r->infinite || c->infinite)
		add_note(&out, text_format(arena, "infinite %zu -> %zu", r->infinite, c->infinite));
	return finish(&out, arena);
}

/* --- the table --- */

static struct line *add_line(struct sheet *sheet)
{
	sheet->lines = arena_grow(sheet->arena, sheet->lines, sheet->count, sizeof *sheet->lines);
	sheet->lines[sheet->count] = (struct line){0};
	return &sheet->lines[sheet->count++];
}

static void set_score(struct line *line, const struct drift_score *score, struct arena *arena)
{
	line->cells[CELL_METHOD] = text_of(drift_methods[score->method].label);
	line->cells[CELL_VALUE] = effect_words(score, arena);
	line->cells[CELL_P] = score_p_words(score, arena);
	line->cells[CELL_ADJUSTED] = score->has_adjusted ? p_words(score->adjusted, score->p_bound, arena) : TEXT("");
	line->cells[CELL_LIMIT] = limit_words(score, arena);
}

static const char *verdict(enum drift_status status)
{
	const char *name = drift_status_name(status);

	return name ? name : "not judged";
}

static void add_column(struct sheet *sheet, const struct drift_column *column)
{
	struct line *line = add_line(sheet);
	struct buffer name;

	buffer_init(&name);
	add_name(&name, column->name);
	line->cells[CELL_VERDICT] = text_of(verdict(column->status));
	line->cells[CELL_NAME] = finish(&name, sheet->arena);
	line->cells[CELL_KIND] = column->kind == COLUMN_AUTO ? TEXT("") : text_of(column_kind_name(column->kind));
	if (column->deciding)
		set_score(line, column->deciding, sheet->arena);
	line->cells[CELL_NOTE] = note_words(column, sheet->arena);
	for (size_t i = 0; i < column->score_count; i++) {
		const struct drift_score *score = &column->scores[i];
		/* The missing rates stand in the note. */
		if (score == column->deciding || score->method == METHOD_MISSING)
			continue;
		line = add_line(sheet);
		set_score(line, score, sheet->arena);
		struct text why = score->reason.len || !score->bounded ? score->reason : bound_words(score, sheet->arena);
		line->cells[CELL_NOTE] = text_format(sheet->arena, "on its own %s%s%.*s", verdict(score->status), why.len ? ": " : "", TEXT_ARGS(why));
	}
}

static void print_sheet(struct buffer *out, const struct sheet *sheet)
{
	size_t widths[CELL_COUNT] = {0};

	/* A column in which nothing stands but its head is left out. */
	for (size_t i = sheet->count; i-- > 0;) {
		for (size_t k = 0; k < CELL_COUNT; k++) {
			size_t width = i || widths[k] ? utf8_count(sheet->lines[i].cells[k]) : 0;
			widths[k] = width > widths[k] ? width : widths[k];
		}
	}
	for (size_t i = 0; i < sheet->count; i++) {
		size_t owed = 0;
		for (size_t k = 0; k < CELL_COUNT; k++) {
			struct text cell = sheet->lines[i].cells[k];
			bool right = k == CELL_VALUE || k == CELL_P || k == CELL_ADJUSTED || k == CELL_LIMIT;
			if (!widths[k])
				continue;
			size_t gap = widths[k] - utf8_count(cell);
			/* Blanks are printed only before something. */
			owed += right ? gap : 0;
			if (cell.len) {
				buffer_repeat(out, ' ', owed);
				buffer_add(out, cell);
				owed = 0;
			}
			owed += (right ? 0 : gap) + 2;
		}
		buffer_char(out, '\n');
	}
}

static int order_columns(const void *left, const void *right)
{
	const struct drift_column *a = *(const struct drift_column *const *)left, *b = *(const struct drift_column *const *)right;

	if (a->status != b->status)
		return a->status < b->status ? 1 : -1;
	int order = a->status == DRIFT_DRIFT || a->status == DRIFT_WARN ? drift_order(a->deciding, b->deciding) : 0;
	return order ? order : text_compare(a->name, b->name);
}

/* --- the answer --- */

static void add_answer(struct buffer *out, const struct drift_result *result)
{
	static const enum drift_status order[] = {DRIFT_DRIFT, DRIFT_INCONCLUSIVE, DRIFT_WARN, DRIFT_STABLE, DRIFT_UNJUDGED};
	size_t counts[DRIFT_DRIFT + 1] = {0};
	bool any = false;

	for (size_t i = 0; i < result->column_count; i++)
		counts[result->columns[i].status]++;
	if (!result->column_count) {
		buffer_format(out, "%s: no column of both sides to compare\n", verdict(result->status));
		return;
	}
	buffer_format(out, "%s: ", verdict(result->status));
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		if (!counts[order[i]])
			continue;
		buffer_format(out, "%s%zu %s", any ? ", " : "", counts[order[i]], verdict(order[i]));
		any = true;
	}
	buffer_format(out, "%sof %zu column%s\n", any ? " " : "", result->column_count, result->column_count == 1 ? "" : "s");
}

static void add_sides(struct buffer *out, const char *what, const struct drift_side *sides, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buffer_format(out, "%-9s  ", i ? "" : what);
		buffer_safe(out, sides[i].path);
		buffer_format(out, ", %zu row%s", sides[i].rows, sides[i].rows == 1 ? "" : "s");
		if (sides[i].bad_rows)
			buffer_format(out, ", %zu more left out because %s cannot be read", sides[i].bad_rows, sides[i].bad_rows == 1 ? "it" : "they");
		buffer_char(out, '\n');
	}
}

static void add_only(struct buffer *out, const char *where, const struct text *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_string(out, ", ");
		else
			buffer_format(out, "\nonly in %s: ", where);
		add_name(out, names[i]);
	}
	if (count)
		buffer_char(out, '\n');
}

/* What was to decide and does not apply to some columns. */
static void add_instead(struct buffer *out, const struct drift_result *result)
{
	const struct drift_method_info *asked = NULL;
	struct buffer names;
	size_t count = 0;

	buffer_init(&names);
	for (size_t i = 0; i < result->column_count; i++) {
		/* It is one method: that of the request. */
		if (!result->columns[i].asked)
			continue;
		asked = result->columns[i].asked;
		if (count < NAMES_SHOWN) {
			buffer_string(&names, count ? ", " : "");
			add_name(&names, result->columns[i].name);
		}
		count++;
	}
	if (count > NAMES_SHOWN)
		buffer_format(&names, " and %zu more", count - NAMES_SHOWN);
	if (count) {
		buffer_format(out, "%s is for %s: ", asked->key, drift_method_for(asked));
		buffer_add(out, buffer_text(&names));
		buffer_format(out, " %s judged by auto (PSI and missing values)\n", count == 1 ? "is" : "are");
	}
	buffer_release(&names);
}

void drift_text(struct buffer *out, const struct drift_result *result)
{
	static const struct line head = {{{"verdict", 7}, {"column", 6}, {"kind", 4}, {"method", 6}, {"value", 5}, {"p", 1}, {"p (BH)", 6}, {"drift", 5}, {"note", 4}}};
	struct arena arena;
	struct sheet sheet = {.arena = &arena};

	arena_init(&arena);
	const struct drift_column **columns = arena_array(&arena, result->column_count, sizeof *columns);
	for (size_t i = 0; i < result->column_count; i++)
		columns[i] = &result->columns[i];
	qsort(columns, result->column_count, sizeof *columns, order_columns);
	add_answer(out, result);
	add_sides(out, "reference", result->references, result->reference_count);
	add_sides(out, "current", result->currents, result->current_count);
	add_instead(out, result);
	if (result->column_count) {
		buffer_char(out, '\n');
		*add_line(&sheet) = head;
		for (size_t i = 0; i < result->column_count; i++)
			add_column(&sheet, columns[i]);
		print_sheet(out, &sheet);
	}
	add_only(out, "reference", result->only_in_reference, result->only_in_reference_count);
	add_only(out, "current", result->only_in_current, result->only_in_current_count);
	arena_release(&arena);
}

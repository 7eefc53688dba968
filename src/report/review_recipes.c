#include "review_parts.h"

#include "words.h"

/* At most eight columns: the recipe, fields, other fields, gates. */
enum { FIELDS = 5, VALUE_POINTS = 30, TITLE_POINTS = 30 };

struct matrix {
	const struct review *review;
	const struct diff_tables *tables;
	const struct field_group *columns[FIELDS];
	size_t count;
	bool others; /* there are more fields than columns */
};

static bool has_column(const struct matrix *matrix, struct text field)
{
	for (size_t i = 0; i < matrix->count; i++)
		if (text_equal(matrix->columns[i]->field->field, field))
			return true;
	return false;
}

static void choose_columns(struct matrix *matrix)
{
	for (size_t i = 0; i < matrix->tables->field_count; i++) {
		if (has_column(matrix, matrix->tables->fields[i].field->field))
			continue;
		if (matrix->count < FIELDS)
			matrix->columns[matrix->count++] = &matrix->tables->fields[i];
		else
			matrix->others = true;
	}
}

static struct text last_names(struct text field, size_t names)
{
	size_t at = field.len;

	while (at > 0 && names > 0) {
		at--;
		names -= field.at[at] == '.';
	}
	return text_cut(field, names ? at : at + 1, field.len);
}

/* The last name of a field, and the one before it where two columns would have the same title. */
static struct text title(const struct matrix *matrix, size_t column)
{
	struct text short_one = last_names(matrix->columns[column]->field->field, 1);

	for (size_t i = 0; i < matrix->count; i++)
		if (i != column && text_equal(short_one, last_names(matrix->columns[i]->field->field, 1)))
			return last_names(matrix->columns[column]->field->field, 2);
	return short_one;
}

static void add_heads(struct buffer *out, const struct matrix *matrix)
{
	buffer_string(out, "| Recipe |");
	for (size_t i = 0; i < matrix->count; i++) {
		buffer_char(out, ' ');
		markdown_text_cut(out, title(matrix, i), TITLE_POINTS);
		buffer_string(out, " |");
	}
	buffer_format(out, "%s Gates |\n| :-- |", matrix->others ? " Other fields |" : "");
	for (size_t i = 0; i < matrix->count; i++)
		buffer_string(out, " :-- |");
	buffer_format(out, "%s --: |\n", matrix->others ? " --: |" : "");
}

static const struct field_change *change_in(const struct record_change *change, struct text field)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (text_equal(change->fields[i].field, field))
			return &change->fields[i];
	return NULL;
}

static bool holds(const struct value *list, const struct value *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind == item->kind && item->kind == VALUE_SCALAR && text_equal(list->items[i]->text, item->text))
			return true;
	return false;
}

static bool add_missing(struct buffer *out, const struct value *list, const struct value *other, const char *sign, bool any)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i]->kind != VALUE_SCALAR || holds(other, list->items[i]))
			continue;
		buffer_format(out, "%s%s", any ? ", " : "", sign);
		markdown_text_cut(out, list->items[i]->text, VALUE_POINTS);
		any = true;
	}
	return any;
}

/* "+ 28, − 7" of lists that differ by few items, else "24 → 18". */
static void add_delta(struct buffer *out, const struct field_change *field)
{
	enum { ITEMS = 8 };
	const struct value *a = field->before, *b = field->after;

	if (a && b && a->kind == VALUE_LIST && b->kind == VALUE_LIST && a->count <= ITEMS && b->count <= ITEMS) {
		bool any = add_missing(out, b, a, "+ ", false);
		if (add_missing(out, a, b, "− ", any))
			return;
	}
	if (!a) {
		buffer_string(out, "+ ");
		markdown_text_cut(out, shown_value(b, field->after_text), VALUE_POINTS);
		return;
	}
	markdown_text_cut(out, shown_value(a, field->before_text), VALUE_POINTS);
	buffer_string(out, " → ");
	markdown_text_cut(out, shown_value(b, field->after_text), VALUE_POINTS);
}

static void add_kept(struct buffer *out, const struct origin *origin)
{
	const struct value *value = origin->value;

	buffer_string(out, "keeps ");
	for (size_t i = 0; value->kind == VALUE_LIST && i < value->count && i < 8; i++) {
		buffer_string(out, i ? ", " : "");
		markdown_text_cut(out, value->items[i]->kind == VALUE_SCALAR ? value->items[i]->text : TEXT("{...}"), VALUE_POINTS);
	}
	if (value->kind == VALUE_SCALAR)
		markdown_text_cut(out, value->text, VALUE_POINTS);
	else if (value->kind != VALUE_LIST)
		buffer_string(out, "its own");
}

/* Gates of its own and of the packs that reach it. */
static size_t count_gates(const struct diff_tables *tables, const struct record_change *change)
{
	const struct differences *differences = tables->view->differences;
	size_t count = change->gate_count;

	for (size_t i = 0; i < change->chain_count; i++) {
		const struct step *last = &change->chains[i].steps[change->chains[i].count - 1];
		const struct record_change *pack = last->kind == KIND_PACK ? differences_of(differences, KIND_PACK, last->id) : NULL;
		count += pack ? pack->gate_count : 0;
	}
	return count;
}

static void add_row(struct buffer *out, const struct matrix *matrix, const struct record_change *change)
{
	const struct effective *effective = change->after ? resolved_recipe(matrix->review->now->resolved, change->id) : NULL;
	size_t shown = 0;

	cell(out);
	markdown_text(out, change->id);
	buffer_string(out, change->move != MOVE_CHANGED ? ", " : change->edited ? ", edited" : "");
	buffer_string(out, change->move != MOVE_CHANGED ? record_move_name(change->move) : "");
	if (change->move == MOVE_CHANGED && change->unresolved_after)
		buffer_string(out, ", no effective form");
	for (size_t i = 0; i < matrix->count; i++) {
		const struct field_change *field = change_in(change, matrix->columns[i]->field->field);
		const struct origin *kept = !field && effective ? review_keeps(effective, matrix->columns[i]) : NULL;
		cell(out);
		if (field)
			add_delta(out, field);
		else if (kept)
			add_kept(out, kept);
		shown += field != NULL;
	}
	if (matrix->others) {
		cell(out);
		buffer_format(out, "%zu", change->field_count - shown);
	}
	cell(out);
	buffer_format(out, "%zu", count_gates(matrix->tables, change));
	row_end(out);
}

void block_of_recipes(struct blocks *blocks, const struct review *review, const struct diff_tables *tables, int rank)
{
	struct matrix matrix = {.review = review, .tables = tables};
	const struct differences *differences = review->view.differences;
	struct block *block = block_add(blocks, rank, "recipe");
	size_t recipes = review->counts.records[KIND_RECIPE];

	choose_columns(&matrix);
	buffer_format(&block->head, "\n<details>\n<summary>By recipe: %zu with changed fields, %zu otherwise</summary>\n\n", review->field_recipes,
	              recipes - review->field_recipes);
	add_heads(&block->head, &matrix);
	for (size_t i = 0; i < differences->count; i++) {
		if (differences->items[i].kind != KIND_RECIPE)
			continue;
		add_row(&block->rows, &matrix, &differences->items[i]);
		block_row(block, blocks);
	}
	buffer_string(&block->tail, "\n</details>\n");
}

#include "drift_json.h"

#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "buffer.h"
#include "drift.h"
#include "json.h"
#include "number.h"

enum { CELLS_SHOWN = 60 };

static double shown(double value, bool rounded)
{
	double round = rounded ? number_round10(value) : value;

	/* The largest doubles would be rounded beyond the range. */
	return isfinite(round) ? round : value;
}

static void add_value(struct json *object, const char *key, bool has, double value, bool rounded)
{
	if (has)
		json_add_number(object, key, shown(value, rounded));
	else
		json_add_null(object, key);
}

static void add_counts(struct json *object, const char *key, size_t reference, size_t current)
{
	struct json *counts = json_object();

	json_add_count(counts, "reference", reference);
	json_add_count(counts, "current", current);
	json_add(object, key, counts);
}

static void add_texts(struct json *object, const char *key, const struct text *texts, size_t count)
{
	struct json *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_push_text(array, texts[i]);
	json_add(object, key, array);
}

static struct json *side_json(const struct drift_side *side)
{
	struct json *object = json_object();

	json_add_text(object, "path", side->path);
	if (side->blob[0])
		json_add_string(object, "blob", side->blob);
	json_add_count(object, "rows", side->rows);
	json_add_count(object, "bad_rows", side->bad_rows);
	return object;
}

/* One file is an object, several that were pooled an array of such. */
static void add_sides(struct json *top, const char *key, const struct drift_side *sides, size_t count)
{
	if (count == 1) {
		json_add(top, key, side_json(sides));
		return;
	}
	struct json *array = json_array();
	for (size_t i = 0; i < count; i++)
		json_push(array, side_json(&sides[i]));
	json_add(top, key, array);
}

/* --- definitions --- */

static int order_parts(const void *left, const void *right)
{
	const struct drift_cell *a = *(const struct drift_cell *const *)left, *b = *(const struct drift_cell *const *)right;

	if (a->part != b->part)
		return a->part < b->part ? 1 : -1;
	return (a > b) - (a < b);
}

static int order_places(const void *left, const void *right)
{
	const struct drift_cell *a = *(const struct drift_cell *const *)left, *b = *(const struct drift_cell *const *)right;

	return (a > b) - (a < b);
}

/* Of very many categories those with the largest parts, in their own order. */
static void add_cells(struct json *definition, const struct drift_column *column, bool rounded)
{
	size_t count = column->cell_count;
	const struct drift_cell **cells = memory_get(count * sizeof *cells);
	struct json *array = json_array();

	for (size_t i = 0; i < count; i++)
		cells[i] = &column->cells[i];
	if (count > CELLS_SHOWN) {
		qsort(cells, count, sizeof *cells, order_parts);
		count = CELLS_SHOWN;
		qsort(cells, count, sizeof *cells, order_places);
	}
	for (size_t i = 0; i < count; i++) {
		struct json *cell = json_object();
		if (column->kind == COLUMN_NUMBER) {
			json_add_number(cell, "above", shown(cells[i]->low, rounded));
			json_add_number(cell, "up_to", shown(cells[i]->high, rounded));
		} else {
			json_add_text(cell, "category", cells[i]->label);
		}
		json_add_count(cell, "reference", cells[i]->reference);
		json_add_count(cell, "current", cells[i]->current);
		json_add_number(cell, "part", shown(cells[i]->part, rounded));
		json_push(array, cell);
	}
	json_add(definition, "cells_shown", array);
	free(cells);
}

static struct json *definition_json(const struct drift_column *column, const struct drift_score *score, bool rounded)
{
	struct json *definition = json_object();

	for (size_t i = 0; i < score->definition_count; i++) {
		const struct drift_definition *item = &score->definition[i];
		if (item->number)
			json_add_raw(definition, item->key, item->value);
		else
			json_add_text(definition, item->key, item->value);
	}
	if (score->method == METHOD_PSI && column->cell_count)
		add_cells(definition, column, rounded);
	return definition;
}

/* --- scores --- */

static const char *effect_name(enum drift_method method)
{
	return method == METHOD_CHI_SQUARE ? "cramers_v" : method == METHOD_MISSING ? "size of value" : "value";
}

static void add_threshold(struct json *object, const struct drift_score *score)
{
	if (!score->limit.given) {
		json_add_null(object, "threshold");
		return;
	}
	struct json *threshold = json_object();
	json_add_number(threshold, "warn", score->limit.warn);
	json_add_number(threshold, "drift", score->limit.drift);
	json_add_string(threshold, "of", score->limit.on_p ? "p" : effect_name(score->method));
	json_add(object, "threshold", threshold);
}

static struct json *score_json(const struct drift_column *column, const struct drift_score *score, bool rounded)
{
	struct json *object = json_object();

	add_value(object, "value", score->has_value, score->value, rounded);
	if (score->with_p)
		add_value(object, "p", score->has_p, score->p, rounded);
	if (score->p_bound)
		json_add_string(object, "p_is", score->p_bound < 0 ? "at most" : "at least");
	if (score->bounded) {
		add_value(object, "at_least", true, score->low, rounded);
		add_value(object, "at_most", true, score->high, rounded);
	}
	if (score->has_adjusted)
		add_value(object, "p_adjusted", true, score->adjusted, rounded);
	for (size_t i = 0; i < score->side_count; i++)
		add_value(object, score->sides[i].key, score->sides[i].has, score->sides[i].value, rounded);
	add_threshold(object, score);
	if (score->status != DRIFT_UNJUDGED)
		json_add_string(object, "status", drift_status_name(score->status));
	if (score->reason.len)
		json_add_text(object, "reason", score->reason);
	json_add(object, "definition", definition_json(column, score, rounded));
	return object;
}

/* --- columns --- */

static struct json *summary_json(const struct drift_summary *summary, bool rounded)
{
	static const char *const names[] = {"0.01", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.99"};
	struct json *object = json_object(), *quantiles = json_object();

	json_add_number(object, "mean", shown(summary->mean, rounded));
	add_value(object, "std", summary->has_std, summary->std, rounded);
	json_add_number(object, "min", shown(summary->min, rounded));
	json_add_number(object, "max", shown(summary->max, rounded));
	if (summary->has_unique)
		json_add_count(object, "unique", summary->unique);
	else
		json_add_null(object, "unique");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		add_value(quantiles, names[i], !summary->no_quantiles, summary->quantiles[i], rounded);
	json_add(object, "quantiles", quantiles);
	return object;
}

static void add_summaries(struct json *object, const struct drift_column *column, bool rounded)
{
	struct json *summary = json_object();

	if (column->reference.n)
		json_add(summary, "reference", summary_json(&column->reference_summary, rounded));
	else
		json_add_null(summary, "reference");
	if (column->current.n)
		json_add(summary, "current", summary_json(&column->current_summary, rounded));
	else
		json_add_null(summary, "current");
	json_add(object, "summary", summary);
}

static struct json *instead_json(const struct drift_column *column)
{
	struct json *object = json_object();
	struct buffer why;

	buffer_init(&why);
	buffer_format(&why, "%s is for %s", column->asked->key, drift_method_for(column->asked));
	json_add_string(object, "method", column->asked->key);
	json_add_text(object, "reason", buffer_text(&why));
	buffer_release(&why);
	return object;
}

static struct json *column_json(const struct drift_column *column, bool rounded)
{
	struct json *object = json_object(), *methods = json_object();
	const struct drift_counts *reference = &column->reference, *current = &column->current;

	json_add_text(object, "name", column->name);
	json_add_string(object, "kind", column->kind == COLUMN_AUTO ? NULL : column_kind_name(column->kind));
	add_counts(object, "rows", reference->rows, current->rows);
	add_counts(object, "missing", reference->missing, current->missing);
	add_counts(object, "invalid", reference->invalid, current->invalid);
	add_counts(object, "infinite", reference->infinite, current->infinite);
	add_counts(object, "values", reference->n, current->n);
	add_texts(object, "new_categories", column->new_categories, column->new_count);
	add_texts(object, "vanished_categories", column->vanished_categories, column->vanished_count);
	if (column->kind == COLUMN_NUMBER)
		add_summaries(object, column, rounded);
	for (size_t i = 0; i < column->score_count; i++)
		json_add(methods, drift_methods[column->scores[i].method].key, score_json(column, &column->scores[i], rounded));
	json_add(object, "methods", methods);
	json_add_string(object, "decided_by", column->deciding ? drift_methods[column->deciding->method].key : NULL);
	if (column->asked)
		json_add(object, "instead_of", instead_json(column));
	if (column->reason.len)
		json_add_text(object, "reason", column->reason);
	json_add_string(object, "status", drift_status_name(column->status));
	return object;
}

struct json *drift_columns_json(const struct drift_result *result, bool rounded)
{
	struct json *columns = json_array();

	for (size_t i = 0; i < result->column_count; i++)
		json_push(columns, column_json(&result->columns[i], rounded));
	return columns;
}

struct json *drift_json(const struct drift_result *result, bool rounded)
{
	struct json *top = json_object(), *only = json_object();

	json_add_string(top, "schema", "galley.drift/1");
	add_sides(top, "reference", result->references, result->reference_count);
	add_sides(top, "current", result->currents, result->current_count);
	json_add(top, "columns", drift_columns_json(result, rounded));
	add_texts(only, "reference", result->only_in_reference, result->only_in_reference_count);
	add_texts(only, "current", result->only_in_current, result->only_in_current_count);
	json_add(top, "only_in", only);
	json_add_string(top, "status", drift_status_name(result->status));
	return top;
}

#include "compare.h"

#include <stdint.h>

#include "arena.h"
#include "compare_inner.h"
#include "digest.h"
#include "number.h"

const char *compared_change_name(enum compared_change change)
{
	static const char *const names[] = {NULL, "same", "better", "worse", "different"};

	return names[change];
}

bool compared_row_is_judged(const struct compared_row *row)
{
	return row->metric && row->metric->direction != DIRECTION_NONE && !row->disputed;
}

bool run_recipe_moved(const struct run_result *run)
{
	return run->recipe && run->run->recipe_digest.len && run->recipe->digest[0] && !text_is(run->run->recipe_digest, run->recipe->digest);
}

/* --- Rows by key --- */

size_t row_set_add(struct row_set *set, struct text key, struct arena *arena)
{
	unsigned char id[ID_BYTES];
	char digest[65];

	digest_sha256(digest, key);
	memcpy(id, digest, sizeof id);
	size_t at = id_table_find(&set->table, id);
	if (at != ID_NONE)
		return at;
	id_table_put(&set->table, id, set->count, arena);
	set->rows = arena_grow(arena, set->rows, set->count, sizeof *set->rows);
	set->rows[set->count] = (struct compared_row){.key = key};
	return set->count++;
}

struct compared_row *row_set_row(struct row_set *set, struct text key, struct arena *arena)
{
	size_t at = row_set_add(set, key, arena);

	return &set->rows[at];
}

/* --- Gates --- */

const struct gate_result *run_gate(const struct run_result *run, struct text key)
{
	for (size_t i = 0; i < run->pack_count; i++)
		for (size_t k = 0; k < run->packs[i].gate_count; k++)
			if (text_equal(run->packs[i].gates[k].metric->key, key))
				return &run->packs[i].gates[k];
	return NULL;
}

/* Of all gates that judge a metric the worst: its verdict, and why. */
static void take_status(struct compared_value *value, const struct run_result *run, struct text key)
{
	for (size_t i = 0; i < run->pack_count; i++)
		for (size_t k = 0; k < run->packs[i].gate_count; k++) {
			const struct gate_result *gate = &run->packs[i].gates[k];
			if (!text_equal(gate->metric->key, key) || (value->has_status && gate->status <= value->status))
				continue;
			value->has_status = true;
			value->status = gate->status;
			if (gate->status == VERDICT_INCONCLUSIVE)
				value->reason = gate->reason;
		}
	if (value->has_status && value->status != VERDICT_INCONCLUSIVE)
		value->reason = TEXT("");
}

static bool same_target(const struct metric *a, const struct metric *b, struct arena *arena)
{
	struct decimal x, y;

	return decimal_parse(&x, a->target, arena) && decimal_parse(&y, b->target, arena) && decimal_compare(x, y) == 0;
}

static void add_gates(struct row_set *set, const struct run_result *run, struct arena *arena)
{
	for (size_t i = 0; i < run->pack_count; i++)
		for (size_t k = 0; k < run->packs[i].gate_count; k++) {
			const struct metric *metric = run->packs[i].gates[k].metric;
			struct compared_row *row = row_set_row(set, metric->key, arena);
			if (!row->metric)
				row->metric = metric;
			if (row->metric->direction != metric->direction ||
			    (metric->direction == DIRECTION_TARGET && !same_target(row->metric, metric, arena)))
				row->disputed = true;
		}
}

static void add_leaves(struct row_set *set, const struct run_result *run, struct arena *arena)
{
	struct value_leaf *leaves;
	size_t count = value_leaves(&leaves, run->run->metrics, SIZE_MAX, arena);

	for (size_t i = 0; i < count; i++)
		if (!text_starts(leaves[i].name, "slices.") && !text_starts(leaves[i].name, "x-"))
			row_set_add(set, leaves[i].name, arena);
}

/* --- Values --- */

void value_take(struct compared_value *value, const struct value *found)
{
	value->has_value = found != NULL;
	if (!found) {
		value->reason = TEXT("missing");
		return;
	}
	value->is_text = found->kind != VALUE_SCALAR || found->quoted;
	value->value = found->kind == VALUE_SCALAR ? found->text
	               : found->kind == VALUE_NULL ? TEXT("null")
	               : found->kind == VALUE_LIST ? TEXT("a list")
	                                           : TEXT("a mapping");
}

/* Why a value that is there is not compared. */
static struct text why_not(const struct compared_value *value, const struct run_result *run, bool judged, struct arena *arena)
{
	double number;

	if (run->run->status == RUN_NONE)
		return TEXT("the run has no status that can be read");
	if (run->run->status != RUN_SUCCEEDED)
		return text_format(arena, "the run is %s", run_status_name(run->run->status));
	if (value->is_text)
		return TEXT("not a number");
	if (number_parse(&number, value->value) != NUMBER_FINITE)
		return TEXT("not a finite number");
	if (value->reason.len)
		return value->reason;
	return judged && !value->has_status && run->status == VERDICT_INCONCLUSIVE && run->reason.len ? run->reason : TEXT("");
}

static void fill_row(struct compared_row *row, const struct run_result *const *runs, size_t count, struct arena *arena)
{
	row->values = arena_array(arena, count, sizeof *row->values);
	for (size_t i = 0; i < count; i++) {
		struct compared_value *value = &row->values[i];
		const struct value *found = metrics_value(runs[i]->run->metrics, row->key);
		if (row->metric)
			take_status(value, runs[i], row->key);
		value_take(value, found);
		if (found)
			value->reason = why_not(value, runs[i], row->metric != NULL, arena);
	}
}

/* --- Differences --- */

static void mark_best(struct compared_row *row, size_t count, struct arena *arena)
{
	const struct compared_value *best = NULL;
	bool differs = false;

	for (size_t i = 0; i < count; i++) {
		if (row->values[i].reason.len)
			continue;
		int order = best ? metric_compare(row->metric, row->values[i].value, best->value, arena) : -1;
		differs |= best && order != 0;
		if (order < 0)
			best = &row->values[i];
	}
	for (size_t i = 0; differs && i < count; i++)
		row->values[i].best = !row->values[i].reason.len && metric_compare(row->metric, row->values[i].value, best->value, arena) == 0;
}

void row_differences(struct compared_row *row, size_t count, struct arena *arena)
{
	const struct compared_value *first = &row->values[0];
	bool judged = compared_row_is_judged(row);

	for (size_t i = 1; i < count && !first->reason.len; i++) {
		struct compared_value *value = &row->values[i];
		struct decimal a, b;
		if (value->reason.len || !decimal_parse(&a, value->value, arena) || !decimal_parse(&b, first->value, arena))
			continue;
		struct decimal difference = decimal_subtract(a, b, arena);
		int order = judged ? metric_compare(row->metric, value->value, first->value, arena) : 0;
		value->has_difference = true;
		value->difference = decimal_value(difference, arena);
		value->change = judged ? (order < 0 ? CHANGE_BETTER : order > 0 ? CHANGE_WORSE : CHANGE_SAME) : difference.sign ? CHANGE_OTHER : CHANGE_SAME;
	}
	if (judged)
		mark_best(row, count, arena);
}

static void add_up(struct comparison *out)
{
	for (size_t r = 0; r < out->row_count; r++) {
		const struct compared_row *row = &out->rows[r];
		for (size_t i = 0; compared_row_is_judged(row) && i < out->count; i++) {
			struct compared_tally *tally = &out->tallies[i];
			tally->better += row->values[i].change == CHANGE_BETTER;
			tally->worse += row->values[i].change == CHANGE_WORSE;
			tally->same += row->values[i].change == CHANGE_SAME;
			tally->not_compared += i > 0 && !row->values[0].reason.len && row->values[i].reason.len;
			tally->best += row->values[i].best;
		}
	}
}

void runs_compare(struct comparison *out, const struct run_result *const *runs, const struct text *references, size_t count,
                  struct arena *arena)
{
	struct row_set set = {0};

	*out = (struct comparison){.runs = runs, .count = count, .tallies = arena_array(arena, count, sizeof *out->tallies)};
	for (size_t i = 0; i < count; i++)
		add_gates(&set, runs[i], arena);
	for (size_t i = 0; i < count; i++)
		add_leaves(&set, runs[i], arena);
	for (size_t i = 0; i < set.count; i++) {
		fill_row(&set.rows[i], runs, count, arena);
		row_differences(&set.rows[i], count, arena);
	}
	out->rows = set.rows;
	out->row_count = set.count;
	compare_segments(out, arena);
	compare_facts(out, references, arena);
	add_up(out);
}

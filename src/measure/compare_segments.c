#include "compare_inner.h"

#include <stdint.h>

#include "arena.h"
#include "gates_inner.h"
#include "number.h"

struct segment_walk {
	struct comparison *out;
	struct row_set rows;
	size_t run;
	struct arena *arena;
};

/* Lengths keep names apart whatever they hold. */
static struct text key_of(struct text by, struct text segment, struct text metric, struct arena *arena)
{
	return text_format(arena, "%zu %zu %.*s %.*s %.*s", by.len, segment.len, TEXT_ARGS(by), TEXT_ARGS(segment), TEXT_ARGS(metric));
}

static const struct compared_row *metric_row(const struct comparison *out, struct text key)
{
	for (size_t i = 0; i < out->row_count && out->rows[i].metric; i++)
		if (text_equal(out->rows[i].key, key))
			return &out->rows[i];
	return NULL;
}

/* A segment has a verdict by its pack's rules alone; here it counts whether its value can be judged at all. */
static struct text why_not(const struct compared_value *value, const struct run_result *run, const struct value *segment, struct text key,
                           struct arena *arena)
{
	const struct gate_result *gate = run_gate(run, key);
	struct gate_result found;
	double number;

	if (run->run->status != RUN_SUCCEEDED)
		return TEXT("the run did not succeed");
	if (value->is_text || number_parse(&number, value->value) != NUMBER_FINITE)
		return TEXT("not a finite number");
	if (gate && gate_segment(&found, gate->metric, segment, arena) && found.status == VERDICT_INCONCLUSIVE)
		return found.reason;
	return TEXT("");
}

static void add_segment(struct segment_walk *walk, struct text by, const struct member *segment)
{
	struct value_leaf *leaves;
	size_t count = value_leaves(&leaves, segment->value, SIZE_MAX, walk->arena);

	for (size_t i = 0; i < count; i++) {
		struct compared_row *row = row_set_row(&walk->rows, key_of(by, segment->name, leaves[i].name, walk->arena), walk->arena);
		if (!row->values) {
			const struct compared_row *whole = metric_row(walk->out, leaves[i].name);
			*row = (struct compared_row){.key = leaves[i].name, .by = by, .segment = segment->name, .metric = whole ? whole->metric : NULL,
			                             .disputed = whole && whole->disputed,
			                             .values = arena_array(walk->arena, walk->out->count, sizeof *row->values)};
			for (size_t k = 0; k < walk->out->count; k++)
				row->values[k].reason = TEXT("missing");
		}
		struct compared_value *value = &row->values[walk->run];
		value_take(value, leaves[i].value);
		value->reason = why_not(value, walk->out->runs[walk->run], segment->value, leaves[i].name, walk->arena);
	}
}

static void add_run(struct segment_walk *walk)
{
	const struct value *slices = value_get(walk->out->runs[walk->run]->run->metrics, "slices");

	for (size_t i = 0; slices && slices->kind == VALUE_MAP && i < slices->count; i++) {
		const struct member *by = &slices->members[i];
		for (size_t k = 0; by->value->kind == VALUE_MAP && k < by->value->count; k++)
			add_segment(walk, by->name, &by->value->members[k]);
	}
}

void compare_segments(struct comparison *out, struct arena *arena)
{
	struct segment_walk walk = {.out = out, .arena = arena};

	for (walk.run = 0; walk.run < out->count; walk.run++)
		add_run(&walk);
	for (size_t i = 0; i < walk.rows.count; i++)
		row_differences(&walk.rows.rows[i], out->count, arena);
	out->segments = walk.rows.rows;
	out->segment_count = walk.rows.count;
}

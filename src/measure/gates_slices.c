#include "gates_inner.h"

#include <stdlib.h>

#include "arena.h"

static enum verdict at_most(enum verdict verdict, const struct slice_rule *rule)
{
	enum verdict most = rule->worst == SLICE_PASS ? VERDICT_PASS : rule->worst == SLICE_WARN ? VERDICT_WARN : VERDICT_FAIL;

	return verdict > most ? most : verdict;
}

static struct gate_result *find_gate(const struct pack_result *pack, struct text key)
{
	for (size_t i = 0; i < pack->gate_count; i++)
		if (text_equal(pack->gates[i].metric->key, key))
			return &pack->gates[i];
	return NULL;
}

static void add_slice(struct pack_result *out, struct slice_result slice, struct arena *arena)
{
	out->slices = arena_grow(arena, out->slices, out->slice_count, sizeof *out->slices);
	out->slices[out->slice_count++] = slice;
}

bool gate_segment(struct gate_result *out, const struct metric *metric, const struct value *segment, struct arena *arena)
{
	struct metric *own = arena_alloc(arena, sizeof *own);
	struct measured measured = {.metrics = segment};

	*own = *metric;
	own->max_regression = TEXT("");
	if (!metrics_value(segment, TEXT("samples")))
		own->min_samples = 0;
	return gate_judge(out, own, &measured, arena);
}

static void judge_segment(struct pack_result *out, struct gate_result *gate, const struct slice_rule *rule, const struct member *segment,
                          struct arena *arena)
{
	struct gate_result found;

	if (!gate_segment(&found, gate->metric, segment->value, arena))
		return;
	enum verdict verdict = at_most(found.status, rule);
	if (verdict == VERDICT_PASS)
		return;
	struct text reason =
	    text_format(arena, "in %.*s = %.*s: %.*s", TEXT_ARGS(rule->by), TEXT_ARGS(segment->name), TEXT_ARGS(found.reason));
	add_slice(out, (struct slice_result){rule->by, segment->name, gate->metric->key, found.value, verdict, found.reason}, arena);
	gate_worsen(gate, verdict, reason);
}

static int order_slices(const void *left, const void *right)
{
	const struct slice_result *a = left, *b = right;

	if (a->status != b->status)
		return a->status > b->status ? -1 : 1;
	int order = text_compare(a->metric, b->metric);
	if (!order)
		order = text_compare(a->by, b->by);
	return order ? order : text_compare(a->segment, b->segment);
}

void gate_slices(struct pack_result *out, const struct pack *pack, const struct measured *measured, struct arena *arena)
{
	const struct value *slices = value_get(measured->metrics, "slices");

	for (size_t i = 0; i < pack->slice_count; i++) {
		const struct slice_rule *rule = &pack->slices[i];
		const struct member *by = slices && slices->kind == VALUE_MAP ? value_member(slices, rule->by) : NULL;
		bool there = by && by->value->kind == VALUE_MAP && by->value->count;
		for (size_t j = 0; j < rule->metric_count; j++) {
			struct gate_result *gate = find_gate(out, rule->metrics[j]);
			if (!gate)
				continue;
			if (!there && !measured->bare)
				gate_worsen(gate, at_most(VERDICT_INCONCLUSIVE, rule),
				            text_format(arena, "the metric file has no segments by '%.*s'", TEXT_ARGS(rule->by)));
			for (size_t k = 0; there && k < by->value->count; k++)
				judge_segment(out, gate, rule, &by->value->members[k], arena);
		}
	}
	if (out->slice_count)
		qsort(out->slices, out->slice_count, sizeof *out->slices, order_slices);
}

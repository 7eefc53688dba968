#include "gates_inner.h"

#include <stdlib.h>

#include "arena.h"

static void add_part(char const *word, const char *plural, size_t count, struct text *summary, struct arena *arena)
{
	if (count)
		*summary = text_format(arena, "%.*s, %zu %s%s", TEXT_ARGS(*summary), count, word, count > 1 ? plural : "");
}

static struct text summary_text(size_t passed, size_t warned, size_t inconclusive, size_t failed, struct arena *arena)
{
	struct text summary = text_format(arena, "%zu/%zu metrics passed", passed, passed + warned + inconclusive + failed);

	add_part("warning", "s", warned, &summary, arena);
	add_part("inconclusive", "", inconclusive, &summary, arena);
	add_part("failed", "", failed, &summary, arena);
	return summary;
}

static void sum_up(struct pack_result *out, struct arena *arena)
{
	out->summary = summary_text(out->passed, out->warned, out->inconclusive, out->failed, arena);
}

static void count_gates(struct pack_result *out)
{
	out->status = VERDICT_PASS;
	out->promotable = true;
	for (size_t i = 0; i < out->gate_count; i++) {
		const struct gate_result *gate = &out->gates[i];
		out->passed += gate->status == VERDICT_PASS;
		out->warned += gate->status == VERDICT_WARN;
		out->inconclusive += gate->status == VERDICT_INCONCLUSIVE;
		out->failed += gate->status == VERDICT_FAIL;
		if (gate->status > out->status)
			out->status = gate->status;
		if (gate->metric->required && !gate->promotable)
			out->promotable = false;
	}
}

static void judge_pack(struct pack_result *out, const struct metric *metrics, size_t count, const struct measured *measured,
                       struct arena *arena)
{
	out->gates = arena_array(arena, count, sizeof *out->gates);
	for (size_t i = 0; i < count; i++)
		out->gate_count += gate_judge(&out->gates[out->gate_count], &metrics[i], measured, arena);
	if (out->record)
		gate_slices(out, out->record, measured, arena);
	count_gates(out);
	if (!out->gate_count) {
		out->status = VERDICT_INCONCLUSIVE;
		out->promotable = false;
		out->reason = TEXT("none of its metrics is in the metric file");
	}
	sum_up(out, arena);
}

static void unusable_pack(struct pack_result *out, struct text reason, struct arena *arena)
{
	out->status = VERDICT_INCONCLUSIVE;
	out->promotable = false;
	out->reason = reason;
	sum_up(out, arena);
}

static void judge_reference(struct pack_result *out, const struct catalog *catalog, const struct reference *reference,
                            const struct measured *measured, struct arena *arena)
{
	const struct pack *wanted = catalog_pack_at(catalog, reference), *pack = wanted ? wanted : catalog_pack(catalog, reference->id);

	*out = (struct pack_result){.pack = reference->id};
	if (!pack) {
		unusable_pack(out, text_format(arena, "pack '%.*s' is not there", TEXT_ARGS(reference->id)), arena);
		return;
	}
	out->version = pack->version;
	out->record = pack;
	if (!wanted)
		unusable_pack(out,
		              text_format(arena, "pack '%.*s' is %.*s here, the recipe asks for %.*s", TEXT_ARGS(reference->id),
		                          TEXT_ARGS(pack->version), TEXT_ARGS(reference->pin)),
		              arena);
	else if (pack->record.broken)
		unusable_pack(out, text_format(arena, "pack '%.*s' has errors", TEXT_ARGS(reference->id)), arena);
	else
		judge_pack(out, pack->metrics, pack->metric_count, measured, arena);
}

static void judge_all(struct pack_result **packs, size_t *count, const struct catalog *catalog, const struct effective *recipe,
                      const struct measured *measured, struct arena *arena)
{
	struct pack_result *out = arena_array(arena, recipe->pack_count + 1, sizeof *out);

	for (size_t i = 0; i < recipe->pack_count; i++)
		judge_reference(&out[i], catalog, &recipe->packs[i], measured, arena);
	*packs = out;
	*count = recipe->pack_count;
	if (recipe->metric_count) {
		out[*count].pack = TEXT("recipe");
		judge_pack(&out[(*count)++], recipe->metrics, recipe->metric_count, measured, arena);
	}
}

void gates_judge_metrics(struct pack_result **packs, size_t *pack_count, const struct catalog *catalog, const struct effective *recipe,
                         const struct value *metrics, struct arena *arena)
{
	struct measured measured = {.metrics = metrics, .bare = true};

	judge_all(packs, pack_count, catalog, recipe, &measured, arena);
}

struct judged { struct text key; enum verdict status; };

static int order_judged(const void *left, const void *right)
{
	const struct judged *a = left, *b = right;
	int order = text_compare(a->key, b->key);

	return order ? order : (a->status < b->status) - (a->status > b->status);
}

/* Every metric once, though a pack and the recipe may both judge it; the worst verdict counts. */
static void count_metrics(struct run_result *out, struct arena *arena)
{
	size_t count = 0;

	for (size_t i = 0; i < out->pack_count; i++)
		count += out->packs[i].gate_count;
	struct judged *all = arena_array(arena, count, sizeof *all);
	count = 0;
	for (size_t i = 0; i < out->pack_count; i++)
		for (size_t k = 0; k < out->packs[i].gate_count; k++)
			all[count++] = (struct judged){out->packs[i].gates[k].metric->key, out->packs[i].gates[k].status};
	if (count)
		qsort(all, count, sizeof *all, order_judged);
	for (size_t i = 0; i < count; i++) {
		if (i && text_equal(all[i - 1].key, all[i].key))
			continue;
		out->passed += all[i].status == VERDICT_PASS;
		out->warned += all[i].status == VERDICT_WARN;
		out->inconclusive += all[i].status == VERDICT_INCONCLUSIVE;
		out->failed += all[i].status == VERDICT_FAIL;
	}
}

static void add_up(struct run_result *out, struct arena *arena)
{
	out->status = VERDICT_PASS;
	out->promotable = true;
	for (size_t i = 0; i < out->pack_count; i++) {
		const struct pack_result *pack = &out->packs[i];
		if (pack->status > out->status)
			out->status = pack->status;
		if (!pack->promotable)
			out->promotable = false;
		if (pack->reason.len && !out->reason.len)
			out->reason = pack->reason;
	}
	count_metrics(out, arena);
	out->summary = summary_text(out->passed, out->warned, out->inconclusive, out->failed, arena);
}

static struct text why_not_judged(const struct run *run, struct arena *arena)
{
	if (run->error.len)
		return text_format(arena, "the run is %s: %.*s", run_status_name(run->status), TEXT_ARGS(run->error));
	if (run->status == RUN_NONE)
		return TEXT("the run has no status that can be read");
	return text_format(arena, "the run is %s", run_status_name(run->status));
}

/* The recipe a run or model names, or why it cannot be had. */
const struct effective *gates_recipe(struct text *reason, const struct resolved *resolved, const struct reference *reference,
                                     struct arena *arena)
{
	const struct effective *effective = reference->id.len ? resolved_at(resolved, reference) : NULL;
	const struct effective *here = reference->id.len ? resolved_recipe(resolved, reference->id) : NULL;

	*reason = TEXT("");
	if (!reference->id.len)
		*reason = TEXT("no recipe is named");
	else if (!effective && !here)
		*reason = text_format(arena, "recipe '%.*s' is not there", TEXT_ARGS(reference->id));
	else if (!effective)
		*reason = text_format(arena, "recipe '%.*s' is %.*s here, not %.*s", TEXT_ARGS(reference->id),
		                      TEXT_ARGS(here->recipe->version), TEXT_ARGS(reference->pin));
	else if (!effective->usable)
		*reason = text_format(arena, "recipe '%.*s' cannot be resolved", TEXT_ARGS(reference->id));
	return reason->len ? NULL : effective;
}

static bool prepare(struct run_result *out, const struct resolved *resolved, struct arena *arena)
{
	const struct run *run = out->run;

	out->judged = run->status == RUN_SUCCEEDED;
	out->recipe = gates_recipe(&out->reason, resolved, &run->recipe, arena);
	if (!out->judged)
		out->reason = why_not_judged(run, arena);
	if (out->reason.len)
		return false;
	if (!run->metrics)
		out->reason = TEXT("its metrics are missing or cannot be read");
	else if (!out->recipe->pack_count && !out->recipe->metric_count)
		out->reason = text_format(arena, "recipe '%.*s' has neither packs nor metrics", TEXT_ARGS(run->recipe.id));
	return !out->reason.len;
}

void gates_judge_run(struct run_result *out, const struct catalog *catalog, const struct resolved *resolved, const struct model *model,
                     const struct run *run, struct arena *arena)
{
	struct measured measured = {.metrics = run->metrics};

	*out = (struct run_result){.model = model, .run = run, .status = VERDICT_INCONCLUSIVE, .summary = TEXT("not judged")};
	if (!prepare(out, resolved, arena))
		return;
	if (model->production_run.len && !text_equal(model->production_run, run->record.id)) {
		const struct run *production = model_run(model, model->production_run);
		measured.has_production = true;
		measured.production = model->production_run;
		measured.production_metrics = production ? production->metrics : NULL;
	}
	judge_all(&out->packs, &out->pack_count, catalog, out->recipe, &measured, arena);
	add_up(out, arena);
}

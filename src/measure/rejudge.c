#include "rejudge.h"

#include <stdlib.h>

#include "arena.h"
#include "names.h"

const char *run_role_name(enum run_role role)
{
	static const char *const names[] = {"production", "newest", "older"};

	return names[role];
}

const char *verdict_move_name(enum verdict_move move)
{
	static const char *const names[] = {"worse", "better", "same"};

	return names[move];
}

/* A model of both states, with the runs of the earlier one by id. */
struct rejudging {
	const struct state *before, *now;
	struct alike *alike;
	const struct model *was, *is;
	struct names runs;
	struct arena *arena;
	struct run_moves *out;
};

static struct run_result judge(const struct state *state, const struct model *model, const struct run *run, struct arena *arena)
{
	struct run_result result;

	gates_judge_run(&result, state->catalog, state->resolved, model, run, arena);
	return result;
}

static const struct run *earlier_run(const struct rejudging *work, struct text id)
{
	if (!work->was)
		return NULL;
	size_t at = names_find(&work->runs, id);
	return at < work->was->run_count ? &work->was->runs[at] : NULL;
}

static void index_runs(struct rejudging *work)
{
	size_t count = work->was ? work->was->run_count : 0;
	struct text *ids = arena_array(work->arena, count, sizeof *ids);

	for (size_t i = 0; i < count; i++)
		ids[i] = work->was->runs[i].record.id;
	names_index(&work->runs, ids, count, work->arena);
}

/* --- Metrics --- */

static const struct gate_result *gate_in(const struct run_result *result, struct text pack, struct text key)
{
	for (size_t i = 0; result && i < result->pack_count; i++)
		for (size_t k = 0; text_equal(result->packs[i].pack, pack) && k < result->packs[i].gate_count; k++)
			if (text_equal(result->packs[i].gates[k].metric->key, key))
				return &result->packs[i].gates[k];
	return NULL;
}

static void note_metric(struct run_move *move, struct text pack, const struct gate_result *before, const struct gate_result *after,
                        const struct gate_result *by_earlier, struct arena *arena)
{
	struct metric_move metric = {.pack = pack, .metric = after ? after->metric : before->metric, .has_before = before, .has_after = after};

	if (before)
		metric.before = before->status;
	if (after) {
		metric.after = after->status;
		metric.value = after->value;
		metric.reason = after->reason;
		metric.gate_moved = by_earlier && by_earlier->status > after->status;
	} else {
		metric.value = before->value;
		metric.gate_moved = before->status > VERDICT_PASS;
	}
	if (before && after && before->status == after->status && !metric.gate_moved)
		return;
	/* A gate that is new and passes, or that passed and is gone, moves no verdict. */
	if ((!before && after->status == VERDICT_PASS) || (!after && before->status == VERDICT_PASS))
		return;
	move->metrics = arena_grow(arena, move->metrics, move->metric_count, sizeof *move->metrics);
	move->metrics[move->metric_count++] = metric;
}

static int order_metrics(const void *left, const void *right)
{
	const struct metric_move *a = left, *b = right;

	if (a->after != b->after)
		return a->after > b->after ? -1 : 1;
	int order = text_compare(a->pack, b->pack);
	return order ? order : text_compare(a->metric->key, b->metric->key);
}

static void compare_metrics(struct run_move *move, const struct run_result *before, const struct run_result *after,
                            const struct run_result *by_earlier, struct arena *arena)
{
	for (size_t i = 0; i < after->pack_count; i++)
		for (size_t k = 0; k < after->packs[i].gate_count; k++) {
			const struct gate_result *gate = &after->packs[i].gates[k];
			note_metric(move, after->packs[i].pack, gate_in(before, after->packs[i].pack, gate->metric->key), gate,
			            gate_in(by_earlier, after->packs[i].pack, gate->metric->key), arena);
		}
	for (size_t i = 0; before && i < before->pack_count; i++)
		for (size_t k = 0; k < before->packs[i].gate_count; k++) {
			const struct gate_result *gate = &before->packs[i].gates[k];
			if (!gate_in(after, before->packs[i].pack, gate->metric->key))
				note_metric(move, before->packs[i].pack, gate, NULL, NULL, arena);
		}
	if (move->metric_count)
		qsort(move->metrics, move->metric_count, sizeof *move->metrics, order_metrics);
}

/* --- Runs --- */

static bool serves(const struct model *model, const struct run *run)
{
	return model->status == MODEL_PRODUCTION && model->production_run.len && text_equal(model->production_run, run->record.id);
}

/* Where nothing served before, anything but a pass is worse than that. */
static enum verdict_move move_of(const struct run_move *move)
{
	if (move->has_before)
		return move->after > move->before ? VERDICT_WORSE : move->after < move->before ? VERDICT_BETTER : VERDICT_KEPT;
	return move->role == ROLE_PRODUCTION && move->after > VERDICT_PASS ? VERDICT_WORSE : VERDICT_KEPT;
}

static bool is_first_to_serve(const struct run_move *move, const struct model *was)
{
	return move->role == ROLE_PRODUCTION && (!was || was->status != MODEL_PRODUCTION || !was->production_run.len);
}

/* What a run that serves is measured against is what served before it. */
static bool verdict_before(struct run_move *move, const struct rejudging *work, const struct run_result *own, const struct run_result *by_earlier)
{
	const struct model *was = work->was;

	if (is_first_to_serve(move, was))
		return false;
	if (move->role == ROLE_PRODUCTION && was && was->status == MODEL_PRODUCTION && was->production_run.len &&
	    !text_equal(was->production_run, move->run->record.id)) {
		const struct run *served = earlier_run(work, was->production_run);
		if (served) {
			move->served = served->record.id;
			move->before = judge(work->before, was, served, work->arena).status;
			return true;
		}
	}
	if (own) {
		move->before = own->status;
		return true;
	}
	if (by_earlier) {
		move->before = by_earlier->status;
		return true;
	}
	return false;
}

static void count_move(struct run_moves *out, const struct run_move *move)
{
	out->worse[move->role] += move->move == VERDICT_WORSE;
	out->better[move->role] += move->move == VERDICT_BETTER;
	out->gate_moved += move->gate_moved;
	out->worst_served += move->role == ROLE_PRODUCTION && move->move == VERDICT_WORSE && move->after >= VERDICT_INCONCLUSIVE;
}

static void rejudge_run(struct rejudging *work, const struct run *run, enum run_role role)
{
	const struct run *earlier = earlier_run(work, run->record.id);
	struct run_move move = {.model = work->is, .run = run, .role = role, .is_new = !earlier || earlier->status != RUN_SUCCEEDED};
	struct run_result after = judge(work->now, work->is, run, work->arena), own, by_earlier = judge(work->before, work->is, run, work->arena);
	/* Limits that are not there say nothing. */
	const struct run_result *crossed = by_earlier.pack_count ? &by_earlier : NULL, *before = NULL;

	if (!move.is_new) {
		own = judge(work->before, work->was, earlier, work->arena);
		before = &own;
	}
	move.after = after.status;
	move.has_before = verdict_before(&move, work, before, crossed);
	move.gate_moved = crossed && crossed->status > after.status;
	move.move = move_of(&move);
	if (after.status != VERDICT_PASS)
		move.reason = after.reason;
	compare_metrics(&move, before ? before : crossed, &after, crossed, work->arena);
	work->out->judged++;
	/* Of a run that is new and does not serve there is nothing to say but that limits were moved for it. */
	if (move.is_new && role != ROLE_PRODUCTION && !move.gate_moved) {
		work->out->fresh++;
		return;
	}
	if (move.move == VERDICT_KEPT && !move.gate_moved)
		work->out->kept++;
	if (move.move == VERDICT_KEPT && !move.gate_moved && !move.metric_count)
		return;
	count_move(work->out, &move);
	work->out->items = arena_grow(work->arena, work->out->items, work->out->count, sizeof *work->out->items);
	work->out->items[work->out->count++] = move;
}

/* Whether no run of the model can be judged other than it was. */
static bool is_alike(const struct rejudging *work)
{
	const struct model *was = work->was, *is = work->is;
	bool alike = was && was->run_count == is->run_count && alike_records(&was->record, &is->record);

	for (size_t i = 0; alike && i < is->run_count; i++)
		alike = text_equal(was->runs[i].record.id, is->runs[i].record.id) && alike_runs(&was->runs[i], &is->runs[i]) &&
		        alike_recipes(work->alike, &was->runs[i].recipe, &is->runs[i].recipe);
	return alike;
}

static void keep_all(struct rejudging *work)
{
	for (size_t i = 0; i < work->is->run_count; i++) {
		work->out->judged += work->is->runs[i].status == RUN_SUCCEEDED;
		work->out->kept += work->is->runs[i].status == RUN_SUCCEEDED;
	}
}

static void rejudge_model(struct rejudging *work)
{
	const struct run *newest = NULL;

	if (is_alike(work)) {
		keep_all(work);
		return;
	}
	index_runs(work);
	for (size_t i = 0; i < work->is->run_count; i++)
		if (work->is->runs[i].status == RUN_SUCCEEDED)
			newest = &work->is->runs[i];
	for (size_t i = 0; i < work->is->run_count; i++) {
		const struct run *run = &work->is->runs[i];
		if (run->status == RUN_SUCCEEDED)
			rejudge_run(work, run, serves(work->is, run) ? ROLE_PRODUCTION : run == newest ? ROLE_NEWEST : ROLE_OLDER);
	}
}

static int order_moves(const void *left, const void *right)
{
	const struct run_move *a = left, *b = right;

	if (a->role != b->role)
		return (int)a->role - (int)b->role;
	if (a->move != b->move)
		return (int)a->move - (int)b->move;
	if (a->after != b->after)
		return a->after > b->after ? -1 : 1;
	int order = text_compare(a->model->record.id, b->model->record.id);
	return order ? order : text_compare(a->run->record.id, b->run->record.id);
}

void runs_rejudge(struct run_moves *out, const struct state *before, const struct state *now, struct arena *arena)
{
	struct rejudging work = {.before = before, .now = now, .arena = arena, .out = out};

	*out = (struct run_moves){.items = NULL};
	work.alike = alike_make(before, now, arena);
	for (size_t i = 0; i < now->catalog->model_count; i++) {
		work.is = &now->catalog->models[i];
		work.was = catalog_model(before->catalog, work.is->record.id);
		rejudge_model(&work);
	}
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, order_moves);
}

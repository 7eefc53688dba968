#include "change_parts.h"

/* How far a status is; the three ways to finish are one. */
static int stage_of(enum run_status status)
{
	return status == RUN_NONE ? 0 : status == RUN_QUEUED ? 1 : status == RUN_RUNNING ? 2 : 3;
}

static bool is_finished(const struct run *run)
{
	return stage_of(run->status) == 3;
}

static const char *base_commit(const struct change *change)
{
	return change->request->base_commit;
}

static void advise(struct change *change, const struct input *file)
{
	const struct change_request *request = change->request;
	bool moved = !text_equal(request->base->config.workspace, request->now->config.workspace);

	/* Checked out it would stand where the workspace was. */
	diag_help(change->diags, "a finished run is evidence: measure anew as another run; as it was: git %s %.*s%s'%.*s'", moved ? "show" : "checkout",
	          COMMIT_DIGITS, base_commit(change), moved ? ":" : " -- ", TEXT_ARGS(file->path));
}

/* before and now are the same file in both states; their roots may be NULL. */
static void report(struct change *change, const struct run *run, const struct model *model, const char *what, const struct input *before,
                   const struct value *before_root, const struct input *now, const struct value *now_root)
{
	struct difference difference =
	    content_difference(run->record.file == before ? KIND_RUN : KIND_SNAPSHOT, before_root, now_root, change->arena);
	struct place place = lines_show(&difference, before, now, change->arena);
	struct text told = difference.told.len ? difference.told : before_root && now_root ? TEXT("comments or layout") : TEXT("it cannot be read");

	diag_add(change->diags, CODE_RUN_EVIDENCE_CHANGED, place, "%s of finished run '%.*s/%.*s' changed: %.*s; %s in commit %.*s", what,
	         TEXT_ARGS(model->record.id), TEXT_ARGS(run->record.id), TEXT_ARGS(told), run_status_name(run->status), COMMIT_DIGITS,
	         base_commit(change));
	advise(change, before);
}

static void report_gone(struct change *change, const struct run *run, const struct model *model, const char *what,
                        const struct input *file)
{
	diag_add(change->diags, CODE_RUN_EVIDENCE_CHANGED, place_gone(file->path, change->arena),
	         "%s of finished run '%.*s/%.*s' removed; %s in commit %.*s", what, TEXT_ARGS(model->record.id), TEXT_ARGS(run->record.id),
	         run_status_name(run->status), COMMIT_DIGITS, base_commit(change));
	advise(change, file);
}

static void check_metrics(struct change *change, const struct model *model, const struct run *base, const struct run *now)
{
	const struct input *before = base->metrics_file, *after = now->metrics_file;

	if (!before || before == base->record.file)
		return;
	if (!after || after == now->record.file) {
		/* A record that names no file, or another, was changed, and that was said. */
		if (same_input(base->record.file, now->record.file))
			report_gone(change, base, model, "metric file", before);
	} else if (!same_input(before, after)) {
		report(change, base, model, "metric file", before, base->metrics, after, now->metrics);
	}
}

static void check_run(struct change *change, const struct model *model, const struct run *base, const struct run *now)
{
	if (stage_of(now->status) && stage_of(now->status) < stage_of(base->status)) {
		diag_add(change->diags, CODE_RUN_BACKWARDS, value_get(now->record.root, "status")->place,
		         "status of run '%.*s/%.*s' goes back from %s to %s", TEXT_ARGS(model->record.id), TEXT_ARGS(base->record.id),
		         run_status_name(base->status), run_status_name(now->status));
		diag_help(change->diags, "a run goes from queued to running to succeeded, failed or cancelled; what runs again is another run");
	}
	if (!is_finished(base))
		return;
	if (!same_input(base->record.file, now->record.file))
		report(change, base, model, "record", base->record.file, base->record.root, now->record.file, now->record.root);
	check_metrics(change, model, base, now);
}

static size_t count_finished(const struct model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < model->run_count; i++)
		count += is_finished(&model->runs[i]);
	return count;
}

static void model_gone(struct change *change, const struct model *base, size_t finished)
{
	/* A model whose manifest was missing already has no file of its own. */
	struct text path = base->record.root ? base->record.file->path : base->runs[0].record.file->path;

	diag_add(change->diags, CODE_RUN_EVIDENCE_CHANGED, place_gone(path, change->arena),
	         "model '%.*s' removed with %zu finished run%s, which commit %.*s has", TEXT_ARGS(base->record.id), finished,
	         finished == 1 ? "" : "s", COMMIT_DIGITS, base_commit(change));
	diag_help(change->diags, "finished runs are evidence: keep them, and set the model's status to retired");
}

void change_runs(struct change *change)
{
	for (size_t i = 0; i < change->request->base->model_count; i++) {
		const struct model *base = &change->request->base->models[i];
		const struct model *now = catalog_model(change->request->now, base->record.id);
		size_t finished = count_finished(base);
		if (!now || (!now->record.root && !now->run_count)) {
			if (finished)
				model_gone(change, base, finished);
			continue;
		}
		for (size_t r = 0; r < base->run_count; r++) {
			const struct run *before = &base->runs[r], *after = model_run(now, before->record.id);
			if (after)
				check_run(change, base, before, after);
			else if (is_finished(before))
				report_gone(change, before, base, "record", before->record.file);
		}
	}
}

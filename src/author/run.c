#include <string.h>

#include "arena.h"
#include "instant.h"
#include "record.h"

static bool is_finished(enum run_status status)
{
	return status == RUN_SUCCEEDED || status == RUN_FAILED || status == RUN_CANCELLED;
}

const char *run_set_lacks(const struct run *run, const struct run_settings *settings)
{
	const struct value *root = run->record.root;

	if (settings->status != RUN_QUEUED && !settings->started_at.len && !value_get(root, "started_at"))
		return "--started-at";
	if (is_finished(settings->status) && !settings->finished_at.len && !value_get(root, "finished_at"))
		return "--finished-at";
	if (settings->status == RUN_SUCCEEDED && !settings->metrics.len && !value_get(root, "metrics"))
		return "--metrics";
	if (settings->status == RUN_FAILED && !settings->error.len && !value_get(root, "error"))
		return "--error";
	return NULL;
}

static int check_state(const struct authoring *authoring, const struct model *model, const struct run *run, enum run_status to)
{
	struct place place = place_at(&run->record, "status");

	if (is_finished(run->status)) {
		refusal_set(authoring->refusal, place, authoring->arena, "run '%.*s/%.*s' has %s: a finished run is evidence, and stays as it is",
		            TEXT_ARGS(model->record.id), TEXT_ARGS(run->record.id), run->status == RUN_SUCCEEDED ? "succeeded" : run->status == RUN_FAILED ? "failed" : "been cancelled");
		return refusal_help(authoring->refusal, authoring->arena, "what runs again is another run: galley new run %.*s",
		                    TEXT_ARGS(model->record.id));
	}
	if (to >= run->status)
		return 0;
	refusal_set(authoring->refusal, place, authoring->arena, "run '%.*s/%.*s' is %s: it cannot go back to %s", TEXT_ARGS(model->record.id),
	            TEXT_ARGS(run->record.id), run_status_name(run->status), run_status_name(to));
	return refusal_help(authoring->refusal, authoring->arena, "a run goes from queued to running to succeeded, failed or cancelled");
}

int author_run_set(struct authored *out, const struct authoring *authoring, const struct run_settings *settings)
{
	const struct model *model;
	const struct run *run;
	const struct {
		struct text path, value;
		const char *after;
	} fields[] = {
		{TEXT("status"), text_of(run_status_name(settings->status)), "type|of|recipe_digest"},
		{TEXT("started_at"), settings->started_at, "recipe|status"},
		{TEXT("finished_at"), settings->finished_at, "started_at|status"},
		{TEXT("metrics"), settings->metrics, "finished_at|started_at"},
		{TEXT("error"), settings->error, "finished_at|started_at|metrics"},
	};
	struct edit edits[sizeof fields / sizeof *fields];
	size_t count = 0;

	*out = (struct authored){.is_new = false};
	if (find_model(&model, authoring, settings->model) < 0 || find_run(&run, authoring, model, settings->run) < 0)
		return -1;
	if (!run->record.root)
		return refuse_broken(authoring, &run->record);
	if (check_state(authoring, model, run, settings->status) < 0)
		return -1;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].value.len)
			edits[count++] = (struct edit){EDIT_TEXT, fields[i].path, fields[i].value, fields[i].after};
	out->subject = text_format(authoring->arena, "Run %.*s/%.*s: %s", TEXT_ARGS(model->record.id), TEXT_ARGS(run->record.id),
	                           run_status_name(settings->status));
	return authored_edit(out, authoring, &run->record, edits, count);
}

/* --- new --- */

static void add_line(struct buffer *out, const char *key, struct text value)
{
	if (!value.len)
		return;
	buffer_format(out, "%s: ", key);
	edit_write_text(out, value, false);
	buffer_char(out, '\n');
}

/* An id of its own in the folder of its model. */
static int check_place(const struct authoring *authoring, const struct model *model, struct text id)
{
	const struct run *twin = model_run(model, id);

	if (!author_is_id(id, true)) {
		refusal_set(authoring->refusal, (struct place){0}, authoring->arena, "'%.*s' is no id of a run", TEXT_ARGS(id));
		return refusal_help(authoring->refusal, authoring->arena,
		                    "a lower-case letter or digit, then lower-case letters, digits, _ and -, at most 64; such as 2026-02-01-train");
	}
	if (!twin)
		return 0;
	refusal_set(authoring->refusal, twin->record.place, authoring->arena, "model '%.*s' has a run '%.*s' already", TEXT_ARGS(model->record.id),
	            TEXT_ARGS(id));
	return refusal_help(authoring->refusal, authoring->arena, "name another: galley new run %.*s/ID", TEXT_ARGS(model->record.id));
}

int author_new_run(struct authored *out, const struct authoring *authoring, const struct new_run *run)
{
	struct arena *arena = authoring->arena;
	const struct model *model;
	const struct run *judged;
	struct text reason, recipe;
	struct buffer bytes;
	char digest[65];

	*out = (struct authored){.is_new = true};
	if (find_model(&model, authoring, run->model) < 0 || check_place(authoring, model, run->run) < 0)
		return -1;
	if (run->of.len && (find_run(&judged, authoring, model, run->of) < 0 || refuse_unfinished(authoring, model, judged) < 0))
		return -1;
	recipe = run->recipe.len ? run->recipe : value_text(model->record.root, "recipe");
	const struct value written = {.kind = VALUE_SCALAR, .text = recipe, .place = place_at(&model->record, "recipe")};
	struct reference reference = reference_of(&written);
	const struct effective *effective = gates_recipe(&reason, authoring->resolved, &reference, arena);
	if (!effective) {
		refusal_set(authoring->refusal, run->recipe.len ? (struct place){0} : written.place, arena, "recipe '%.*s' cannot be used: %.*s",
		            TEXT_ARGS(recipe), TEXT_ARGS(reason));
		return refusal_help(authoring->refusal, arena, "name one that is there with --recipe; galley list recipes shows them");
	}
	if (!reference.pin.len)
		recipe = text_format(arena, "%.*s@%.*s", TEXT_ARGS(reference.id), TEXT_ARGS(effective->recipe->version));
	effective_digest(digest, effective, arena);
	buffer_init(&bytes);
	add_line(&bytes, "type", text_of(run_type_name(run->type)));
	add_line(&bytes, "of", run->of);
	add_line(&bytes, "recipe_digest", text_of(digest));
	add_line(&bytes, "status", text_of(run_status_name(run->status)));
	add_line(&bytes, "recipe", recipe);
	add_line(&bytes, "started_at", run->started_at);
	if (run->params.len)
		buffer_format(&bytes, "params: %.*s\n", TEXT_ARGS(run->params));
	authored_file(out, authoring,
	              text_format(arena, "%.*s/%.*s/%.*s/run.yaml", TEXT_ARGS(authoring->catalog->config.runs), TEXT_ARGS(model->record.id),
	                          TEXT_ARGS(run->run)),
	              &bytes);
	buffer_release(&bytes);
	out->subject = text_format(arena, "New run %.*s/%.*s", TEXT_ARGS(model->record.id), TEXT_ARGS(run->run));
	return 0;
}

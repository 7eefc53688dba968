#include "authoring.h"
#include "findings.h"
#include "text_report.h"

#define AT(field) offsetof(struct invocation, field)

enum { TOLD = 40, NAME = 40 };

static const struct option import_options[] = {
	{"model", 0, OPTION_WORD, AT(model), "MODEL", NULL, "the model whose runs they become"},
	{"run", 0, OPTION_WORDS, AT(runs), "THEIRS", NULL, "this run alone, by the tracker's id or name; may be given again"},
	{"experiment", 0, OPTION_WORD, AT(experiment), "THEIRS", NULL, "mlflow: the experiment, by name or id; needed where several have runs"},
	{"file", 0, OPTION_WORDS, AT(files), "FILE", NULL, "dvc: this metric file alone, a path below DIR; may be given again"},
	{"metric", 0, OPTION_WORDS, AT(metrics), "OURS=THEIRS", NULL, "call the tracker's metric THEIRS by the key OURS; may be given again"},
	{"recipe", 0, OPTION_WORD, AT(recipe), "ID", NULL, "the recipe that they were made by, ID[@VERSION]; the model's where it is left out"},
	{"type", 0, OPTION_WORD, AT(type), "TYPE", "train|eval|backtest", "what the runs did (default train)"},
	{"as", 0, OPTION_WORD, AT(as), "RUN", NULL, "the id of the run here, where it is one; else the day, the type and the tracker's id"},
	{"status", 0, OPTION_WORD, AT(status), "STATUS", "succeeded|failed|cancelled", "wandb, dvc: how they ended, where the files do not say"},
	{"started-at", 0, OPTION_WORD, AT(started_at), "TIME", NULL, "when it began, where the tracker does not say: an ISO 8601 time"},
	{"finished-at", 0, OPTION_WORD, AT(finished_at), "TIME", NULL, "when it ended, where the tracker does not say"},
	{"error", 0, OPTION_WORD, AT(error), "TEXT", NULL, "what went wrong in those that failed"},
	{"unfinished", 0, OPTION_FLAG, AT(unfinished), NULL, NULL, "mlflow: those that are queued or running too"},
	{"skip-incomplete", 0, OPTION_FLAG, AT(skip_incomplete), NULL, NULL, "leave out runs that are incomplete or cannot be read; else nothing is imported then"},
	AUTHORING_OPTIONS,
};

struct import_state {
	struct text model;
	struct tracked tracked;
	struct import_plan plan;
};

/* --- What is asked for --- */

static int read_tracker(enum tracker *out, const struct invocation *invocation)
{
	struct text word = invocation->operands.items[0];

	for (*out = TRACKER_MLFLOW; *out < TRACKER_DVC && !text_is(word, tracker_name(*out));)
		++*out;
	if (!text_is(word, tracker_name(*out)))
		return session_usage(invocation, "'%.*s' is no tracker that is known, must be one of mlflow|wandb|dvc", TEXT_ARGS(word));
	if (invocation->experiment && *out != TRACKER_MLFLOW)
		return session_usage(invocation, "'--experiment' goes with mlflow alone");
	if (invocation->unfinished && *out != TRACKER_MLFLOW)
		return session_usage(invocation, "'--unfinished' goes with mlflow alone: the others do not say which are");
	if (invocation->files.count && *out != TRACKER_DVC)
		return session_usage(invocation, "'--file' goes with dvc alone");
	if (invocation->status && *out == TRACKER_MLFLOW)
		return session_usage(invocation, "'--status' goes with wandb and dvc: MLflow says itself how a run ended");
	if (invocation->runs.count && *out == TRACKER_DVC)
		return session_usage(invocation, "'--run' goes with mlflow and wandb: a state of a DVC project is one run");
	return EXIT_OK;
}

static int read_request(struct import_request *out, struct authoring_session *session)
{
	struct invocation *invocation = session->invocation;
	const struct catalog *catalog = &session->workspace.catalog;
	struct text *models = arena_array(&invocation->arena, catalog->model_count, sizeof *models);
	struct metric_name *names = arena_array(&invocation->arena, invocation->metrics.count, sizeof *names);
	struct text type = word_of(invocation->type ? invocation->type : "train");
	int code;

	*out = (struct import_request){.model = word_of(invocation->model), .recipe = word_of(invocation->recipe), .type = RUN_TRAIN,
	                               .as = word_of(invocation->as), .error = word_of(invocation->error), .metrics = names,
	                               .metric_count = invocation->metrics.count};
	for (size_t i = 0; i < catalog->model_count; i++)
		models[i] = catalog->models[i].record.id;
	if ((code = ask(&out->model, invocation, &(struct question){.flag = "--model MODEL", .what = "model", .choices = models,
	                                                            .count = catalog->model_count})) != EXIT_OK ||
	    (code = read_time(&out->started_at, session, "--started-at", invocation->started_at)) != EXIT_OK ||
	    (code = read_time(&out->finished_at, session, "--finished-at", invocation->finished_at)) != EXIT_OK)
		return code;
	while (out->type < RUN_BACKTEST && !text_is(type, run_type_name(out->type)))
		out->type++;
	for (enum run_status status = RUN_SUCCEEDED; invocation->status && status <= RUN_CANCELLED; status++)
		if (text_is(text_of(invocation->status), run_status_name(status)))
			out->status = status;
	for (size_t i = 0; i < invocation->metrics.count; i++)
		if (!metric_name_parse(&names[i], invocation->metrics.items[i]))
			return session_usage(invocation, "'--metric' is '%.*s', must be OURS=THEIRS such as MAPE=val/mape", TEXT_ARGS(invocation->metrics.items[i]));
	return EXIT_OK;
}

/* --- What is told --- */

static struct text their_name(const struct tracked_run *run, struct arena *arena)
{
	if (run->id.len && run->name.len)
		return text_format(arena, "%.*s (%.*s)", TEXT_ARGS(run->id), TEXT_ARGS(text_cut(run->name, 0, NAME)));
	return run->id.len ? run->id : run->name;
}

static void tell(const struct authoring_session *session, const struct imported *run, const struct refusal *refusal, size_t *told)
{
	struct arena *arena = &session->invocation->arena;
	struct text name = their_name(run->from, arena);
	struct refusal whole = *refusal;
	struct buffer out;

	bool left_out = run->incomplete && session->invocation->skip_incomplete;
	if ((left_out && session->invocation->quiet) || ++*told > TOLD)
		return;
	if (name.len)
		whole.message = text_format(arena, "run %.*s: %.*s", TEXT_ARGS(name), TEXT_ARGS(refusal->message));
	buffer_init(&out);
	findings_refusal(&out, &whole, left_out ? SEVERITY_WARNING : SEVERITY_ERROR, session_color(session->invocation, stderr));
	buffer_char(&out, '\n');
	fwrite(out.data, 1, out.len, stderr);
	buffer_release(&out);
}

static void tell_refusals(const struct authoring_session *session, const struct import_plan *plan)
{
	size_t told = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct imported *run = &plan->runs[i];
		for (size_t k = 0; k < run->from->trouble_count; k++)
			tell(session, run, &run->from->troubles[k], &told);
		for (size_t k = 0; k < run->refusal_count; k++)
			tell(session, run, &run->refusals[k], &told);
	}
	if (told > TOLD)
		session_note(session->invocation, "and %zu more", told - TOLD);
}

/* "val/mape", "val.mape" and "MAPE.last" for MAPE. */
static bool is_alike(struct text theirs, struct text ours)
{
	size_t start = theirs.len;

	while (start && theirs.at[start - 1] != '/' && theirs.at[start - 1] != '.')
		start--;
	struct text last = text_cut(theirs, start, theirs.len), first = text_cut(theirs, 0, text_find(theirs, '.'));
	const struct text ends[] = {last, first};
	for (size_t i = 0; i < 2; i++) {
		size_t same = 0;
		while (ends[i].len == ours.len && same < ours.len && (ends[i].at[same] | 32) == (ours.at[same] | 32))
			same++;
		if (ours.len && same == ours.len)
			return true;
	}
	return false;
}

static struct text likely_name(const struct tracked_run *run, struct text ours, struct arena *arena)
{
	struct text *names = arena_array(arena, run->metric_count, sizeof *names);

	for (size_t i = 0; i < run->metric_count; i++) {
		names[i] = run->metrics[i].name;
		if (is_alike(names[i], ours))
			return names[i];
	}
	/* What is near to a short name is another metric: MAE, MAPE. */
	struct text near = ours.len < 6 ? TEXT("") : text_nearest(ours, names, run->metric_count);
	return near.len ? near : TEXT("NAME");
}

/* What a pack requires and a run does not have, under another name perhaps. */
static void tell_lacking(const struct authoring_session *session, const struct import_plan *plan)
{
	struct arena *arena = &session->invocation->arena;
	size_t told = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct imported *run = &plan->runs[i];
		for (size_t k = 0; k < run->lacking_count; k++) {
			struct text likely = likely_name(run->from, run->lacking[k], arena);
			if (told++ < TOLD)
				session_note(session->invocation, "warning: %.*s has no '%.*s', which its packs require; if it has another name: --metric %.*s=%.*s",
				             TEXT_ARGS(run->run), TEXT_ARGS(run->lacking[k]), TEXT_ARGS(run->lacking[k]), TEXT_ARGS(likely));
		}
	}
	if (told > TOLD)
		session_note(session->invocation, "and %zu more", told - TOLD);
}

static void tell_left_out(const struct authoring_session *session, const struct import_state *state)
{
	size_t values = 0;

	for (size_t i = 0; i < state->plan.count; i++)
		values += state->plan.runs[i].fate != IMPORT_REFUSED ? state->tracked.runs[i].not_numbers : 0;
	if (state->tracked.deleted)
		session_note(session->invocation, "left out %zu run%s: deleted in %s", state->tracked.deleted, state->tracked.deleted == 1 ? "" : "s",
		             tracker_title(state->tracked.tracker));
	if (state->tracked.unfinished)
		session_note(session->invocation, "left out %zu run%s: queued or running; --unfinished takes them too", state->tracked.unfinished,
		             state->tracked.unfinished == 1 ? "" : "s");
	if (state->plan.incomplete && session->invocation->skip_incomplete)
		session_note(session->invocation, "left out %zu run%s: incomplete, see above", state->plan.incomplete, state->plan.incomplete == 1 ? "" : "s");
	if (values)
		session_note(session->invocation, "left out %zu value%s that %s no number%s", values, values == 1 ? "" : "s", values == 1 ? "is" : "are",
		             values == 1 ? "" : "s");
}

static void show_plan(struct buffer *out, const struct authoring_session *session)
{
	static const char *const header[] = {"", "run", "status", "metrics", "from"};
	static const bool right[] = {false, false, false, true, false};
	const struct import_state *state = session->with;
	struct arena *arena = &session->invocation->arena;
	struct table_text table = {.header = header, .right = right, .columns = 5};

	table.cells = arena_array(arena, 5 * state->plan.count, sizeof *table.cells);
	for (size_t i = 0; i < state->plan.count; i++) {
		const struct imported *run = &state->plan.runs[i];
		struct text *cells = table.cells + 5 * table.rows;
		if (run->fate == IMPORT_REFUSED)
			continue;
		cells[0] = text_of(import_fate_name(run->fate));
		cells[1] = text_format(arena, "%.*s/%.*s", TEXT_ARGS(state->model), TEXT_ARGS(run->run));
		cells[2] = text_of(run_status_name(run->status));
		cells[3] = text_format(arena, "%zu", run->metrics);
		cells[4] = their_name(run->from, arena);
		table.rows++;
	}
	table_print(out, &table);
}

/* --- */

static int read_runs(struct tracked *out, const struct authoring_session *session, enum tracker tracker)
{
	struct invocation *invocation = session->invocation;
	struct tracker_request request = {
		.tracker = tracker,
		.folder = arena_copy(&invocation->arena, invocation->operands.items[1].at, invocation->operands.items[1].len),
		.experiment = word_of(invocation->experiment),
		.runs = invocation->runs.items,
		.run_count = invocation->runs.count,
		.files = invocation->files.items,
		.file_count = invocation->files.count,
		.unfinished = invocation->unfinished,
		.limits = &session->workspace.catalog.config.limits,
	};
	struct failure failure;

	if (tracker_read(out, &request, &invocation->arena, &failure) < 0)
		return session_fail(&failure);
	return EXIT_OK;
}

static int make_import(struct authoring_session *session)
{
	struct invocation *invocation = session->invocation;
	struct import_state *state = arena_alloc(&invocation->arena, sizeof *state);
	struct import_plan *plan = &state->plan;
	struct import_request request;
	enum tracker tracker;
	struct failure failure;

	int code = read_tracker(&tracker, invocation);
	if (code == EXIT_OK)
		code = read_request(&request, session);
	if (code == EXIT_OK)
		code = read_runs(&state->tracked, session, tracker);
	if (code != EXIT_OK)
		return code;
	if (request.as.len && state->tracked.count > 1)
		return session_usage(invocation, "'--as' names one run, and there are %zu: say which with --run", state->tracked.count);
	if (author_import(plan, &session->authoring, &request, &state->tracked) < 0)
		return -1;
	tell_refusals(session, plan);
	size_t refused = plan->fates[IMPORT_REFUSED] - (invocation->skip_incomplete ? plan->incomplete : 0);
	if (refused) {
		failure_set(&failure, EXIT_FINDINGS, "refused: %zu of %zu run%s cannot be imported; nothing was changed", refused, plan->count, plan->count == 1 ? "" : "s");
		return session_fail(&failure);
	}
	tell_left_out(session, state);
	tell_lacking(session, plan);
	state->model = request.model;
	session->with = state;
	session->show = show_plan;
	session->files = plan->files;
	session->file_count = plan->file_count;
	session->authored.subject = plan->subject;
	session->authored.details = TEXT("");
	size_t same = plan->fates[IMPORT_SAME];
	if (!plan->file_count && same)
		session_note(invocation, "nothing to import: %zu run%s with these values %s there already", same, same == 1 ? "" : "s", same == 1 ? "is" : "are");
	else if (!plan->file_count)
		session_note(invocation, "nothing to import: no run is left");
	return EXIT_OK;
}

static int run_import(struct invocation *invocation)
{
	return authoring_run(invocation, make_import, false);
}

const struct command command_import = {
	.name = "import",
	.operands = "mlflow|wandb|dvc DIR",
	.least = 2,
	.most = 2,
	.summary = "runs that MLflow, W&B or DVC have left in a folder, as runs of a model",
	.details = "Reads MLflow's file store (mlruns), W&B's run folders (wandb), or the metric files of a DVC project or DVCLive, and writes a run.yaml\n"
	           "and a metrics.json each. DIR is only read, and may lie outside the workspace. All runs are imported or none: what cannot be read is\n"
	           "told with its place and what to do. A run that is imported again with the same values changes nothing; a finished one with other\n"
	           "values is refused. An empty file is incomplete, never zero. See docs/import.md.",
	.examples = {"galley import mlflow mlruns --model model_store_demand --metric RMSE=val/rmse --dry-run",
                 "galley import wandb wandb --model model_room_rate --status succeeded --run 1a2b3c4d",
                 "galley import dvc forecast --model model_store_demand --started-at 2026-10-01T02:00:00Z --finished-at 2026-10-01T03:00:00Z"},
	.options = import_options,
	.option_count = sizeof import_options / sizeof *import_options,
	.run = run_import,
};

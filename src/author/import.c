/* What a tracker's runs become, and what stands against it. */
#include "import.h"

#include <stdlib.h>

#include "arena.h"
#include "digest.h"
#include "import_parts.h"
#include "instant.h"

enum { SHORT = 8, WHOLE = 16 };

const char *import_fate_name(enum import_fate fate)
{
	static const char *const names[] = {"new", "updated", "same", "refused"};

	return names[fate];
}

bool metric_name_parse(struct metric_name *out, struct text word)
{
	size_t equals = text_find(word, '=');

	*out = (struct metric_name){text_cut(word, 0, equals), text_cut(word, equals + 1, word.len)};
	return out->ours.len && out->theirs.len;
}

struct refusal *draft_refusal(struct import_draft *draft, const struct importing *importing, struct place place, const char *format, ...)
{
	struct imported *out = draft->out;
	struct arena *arena = importing->authoring->arena;
	va_list arguments;

	out->refusals = arena_grow(arena, out->refusals, out->refusal_count, sizeof *out->refusals);
	struct refusal *refusal = &out->refusals[out->refusal_count++];
	va_start(arguments, format);
	*refusal = (struct refusal){.place = place, .message = text_format_list(arena, format, arguments)};
	va_end(arguments);
	return refusal;
}

/* --- Metrics by galley's names --- */

static const struct tracked_metric *metric_of(const struct tracked_run *run, struct text name)
{
	for (size_t i = 0; i < run->metric_count; i++)
		if (text_equal(run->metrics[i].name, name))
			return &run->metrics[i];
	return NULL;
}

static bool is_renamed(const struct import_request *request, struct text theirs)
{
	for (size_t i = 0; i < request->metric_count; i++)
		if (text_equal(request->metrics[i].theirs, theirs))
			return true;
	return false;
}

static int order_metrics(const void *left, const void *right)
{
	const struct tracked_metric *a = left, *b = right;

	return text_compare(a->name, b->name);
}

static void refuse_name(struct import_draft *draft, const struct importing *importing, const struct metric_name *wanted)
{
	struct arena *arena = importing->authoring->arena;
	struct text *names = arena_array(arena, draft->from->metric_count, sizeof *names);

	for (size_t i = 0; i < draft->from->metric_count; i++)
		names[i] = draft->from->metrics[i].name;
	struct text near = text_nearest(wanted->theirs, names, draft->from->metric_count);
	struct refusal *refusal = draft_refusal(draft, importing, draft->from->place, "it has no metric '%.*s', which is to be '%.*s'",
	                                        TEXT_ARGS(wanted->theirs), TEXT_ARGS(wanted->ours));
	if (near.len)
		refusal_help(refusal, arena, "did you mean '%.*s'?", TEXT_ARGS(near));
	else
		refusal_help(refusal, arena, "name one that it has with --metric, or leave the run out with --skip-incomplete");
}

void draft_metrics(struct import_draft *draft, const struct importing *importing)
{
	const struct import_request *request = importing->request;
	const struct tracked_run *from = draft->from;
	struct arena *arena = importing->authoring->arena;

	draft->metrics = arena_array(arena, from->metric_count + request->metric_count, sizeof *draft->metrics);
	for (size_t i = 0; i < request->metric_count; i++) {
		const struct tracked_metric *metric = metric_of(from, request->metrics[i].theirs);
		if (metric)
			draft->metrics[draft->metric_count++] = (struct tracked_metric){request->metrics[i].ours, metric->value, metric->place};
		else if (draft->out->status == RUN_SUCCEEDED)
			refuse_name(draft, importing, &request->metrics[i]);
	}
	for (size_t i = 0; i < from->metric_count; i++)
		if (!is_renamed(request, from->metrics[i].name))
			draft->metrics[draft->metric_count++] = from->metrics[i];
	if (draft->metric_count)
		qsort(draft->metrics, draft->metric_count, sizeof *draft->metrics, order_metrics);
	for (size_t i = 0; i < draft->metric_count; i++) {
		struct text name = draft->metrics[i].name;
		if (i && text_equal(draft->metrics[i - 1].name, name))
			refusal_help(draft_refusal(draft, importing, draft->metrics[i].place, "two metrics would be called '%.*s'", TEXT_ARGS(name)), arena,
			             "give one of them another name with --metric");
		if (text_is(name, "slices"))
			refusal_help(draft_refusal(draft, importing, draft->metrics[i].place, "a metric is called 'slices', by which metric files hold segments"), arena,
			             "give it another name: --metric NAME=slices");
	}
	draft->out->metrics = draft->metric_count;
}

/* --- How and when it ended --- */

static struct text time_text(bool has, int64_t seconds, struct text given, struct arena *arena)
{
	char time[32];

	if (!has)
		return given;
	instant_print(time, seconds);
	return text_format(arena, "%s", time);
}

static void lacks(struct import_draft *draft, const struct importing *importing, const char *what, const char *flag)
{
	refusal_help(draft_refusal(draft, importing, draft->from->place, "%s does not say %s", tracker_title(importing->tracked->tracker), what),
	             importing->authoring->arena, "say it with %s", flag);
}

static void draft_state(struct import_draft *draft, const struct importing *importing)
{
	const struct import_request *request = importing->request;
	const struct tracked_run *from = draft->from;
	struct arena *arena = importing->authoring->arena;
	enum run_status status = from->status != RUN_NONE ? from->status : request->status;
	bool ended = status >= RUN_SUCCEEDED;

	draft->out->status = status;
	draft->started_at = time_text(from->has_started, from->started, request->started_at, arena);
	if (ended)
		draft->finished_at = time_text(from->has_finished, from->finished, request->finished_at, arena);
	if (status == RUN_FAILED)
		draft->error = request->error.len ? request->error
		                                  : text_format(arena, "%s does not say why", tracker_title(importing->tracked->tracker));
	if (status == RUN_NONE)
		lacks(draft, importing, "how the run ended", "--status");
	if (status != RUN_QUEUED && !draft->started_at.len)
		lacks(draft, importing, "when the run began", "--started-at");
	if (ended && !draft->finished_at.len)
		lacks(draft, importing, "when the run ended", "--finished-at");
	if (status == RUN_SUCCEEDED && !from->metric_count && !from->slices)
		refusal_help(draft_refusal(draft, importing, from->place, "it succeeded and has no metrics: nothing could be judged"), arena,
		             "leave the run out with --skip-incomplete");
}

/* --- Which run it is --- */

static bool is_theirs(const struct run *run, const struct importing *importing, const struct tracked_run *from)
{
	return text_is(value_text(run->record.root, "x-import.from"), tracker_name(importing->tracked->tracker)) &&
	       text_equal(value_text(run->record.root, "x-import.run"), from->id);
}

static const struct run *find_imported(const struct importing *importing, const struct tracked_run *from)
{
	for (size_t i = 0; from->id.len && i < importing->model->run_count; i++)
		if (is_theirs(&importing->model->runs[i], importing, from))
			return &importing->model->runs[i];
	return NULL;
}

/* Names that others have given never reach a path. */
static struct text short_id(struct text id, struct arena *arena)
{
	char digest[65];

	if (!id.len || (author_is_id(id, true) && id.len <= WHOLE))
		return id;
	if (author_is_id(id, true) && id.len == 32)
		return text_cut(id, 0, SHORT);
	digest_sha256(digest, id);
	return text_format(arena, "%.*s", SHORT, digest);
}

static struct text id_of(const struct import_draft *draft, const struct importing *importing)
{
	struct arena *arena = importing->authoring->arena;
	struct text time = draft->started_at, id = draft->from->id;

	if (importing->request->as.len)
		return importing->request->as;
	return text_format(arena, "%.*s%s%s%s%.*s", TEXT_ARGS(text_cut(time, 0, 10)), time.len ? "-" : "", run_type_name(importing->request->type),
	                   id.len ? "-" : "", TEXT_ARGS(short_id(id, arena)));
}

/* A run that is there stays as it is once it has finished. */
static enum import_fate compare(struct import_draft *draft, const struct importing *importing, const struct run *run)
{
	struct arena *arena = importing->authoring->arena;
	struct text before, now;
	struct place place;
	const char *field = draft_differs(&before, &now, &place, draft, run, importing);

	if (!field)
		return IMPORT_SAME;
	if (run->status < RUN_SUCCEEDED && run->status != RUN_NONE && draft->out->status >= run->status)
		return IMPORT_ON;
	refusal_help(draft_refusal(draft, importing, place, "'%.*s/%.*s' has %.*s as '%s', and %s has %.*s", TEXT_ARGS(importing->model->record.id),
	                           TEXT_ARGS(run->record.id), TEXT_ARGS(text_cut(before, 0, 80)), field, tracker_title(importing->tracked->tracker),
	                           TEXT_ARGS(text_cut(now, 0, 80))),
	             arena, "a finished run is evidence, and stays as it is; import it again with the options that it was imported with");
	return IMPORT_REFUSED;
}

static enum import_fate settle(struct import_draft *draft, const struct importing *importing, const struct run **there)
{
	struct imported *out = draft->out;
	struct arena *arena = importing->authoring->arena;

	*there = find_imported(importing, draft->from);
	out->run = *there ? (*there)->record.id : id_of(draft, importing);
	if (!author_is_id(out->run, true)) {
		refusal_help(draft_refusal(draft, importing, (struct place){0}, "'%.*s' is no id of a run", TEXT_ARGS(out->run)), arena,
		             "a lower-case letter or digit, then lower-case letters, digits, _ and -, at most 64; such as 2026-02-01-train");
		return IMPORT_REFUSED;
	}
	if (!*there)
		*there = model_run(importing->model, out->run);
	if (!*there)
		return IMPORT_NEW;
	if (!(*there)->record.root || !is_theirs(*there, importing, draft->from)) {
		refusal_help(draft_refusal(draft, importing, (*there)->record.place, "model '%.*s' has another run '%.*s' already",
		                           TEXT_ARGS(importing->model->record.id), TEXT_ARGS(out->run)),
		             arena, "give the imported one another id with --as");
		return IMPORT_REFUSED;
	}
	return compare(draft, importing, *there);
}

/* --- What is required of it --- */

static void require(struct import_draft *draft, const struct importing *importing, const struct metric *metrics, size_t count)
{
	struct imported *out = draft->out;

	for (size_t i = 0; i < count; i++) {
		bool there = !metrics[i].required;
		for (size_t k = 0; k < draft->metric_count && !there; k++)
			there = text_equal(draft->metrics[k].name, metrics[i].key);
		for (size_t k = 0; k < out->lacking_count && !there; k++)
			there = text_equal(out->lacking[k], metrics[i].key);
		if (there)
			continue;
		out->lacking = arena_grow(importing->authoring->arena, out->lacking, out->lacking_count, sizeof *out->lacking);
		out->lacking[out->lacking_count++] = metrics[i].key;
	}
}

static void require_all(struct import_draft *draft, const struct importing *importing)
{
	for (size_t i = 0; i < importing->recipe->pack_count; i++) {
		const struct pack *pack = catalog_pack_at(importing->authoring->catalog, &importing->recipe->packs[i]);
		if (pack)
			require(draft, importing, pack->metrics, pack->metric_count);
	}
	require(draft, importing, importing->recipe->metrics, importing->recipe->metric_count);
}

/* --- All of them --- */

static void add_file(struct import_plan *plan, const struct importing *importing, struct text path, const struct input *before, struct text bytes)
{
	plan->files = arena_grow(importing->authoring->arena, plan->files, plan->file_count, sizeof *plan->files);
	plan->files[plan->file_count++] = (struct authored){.path = path, .is_new = !before, .before = before ? before->bytes : TEXT(""), .after = bytes};
}

static void add_files(struct import_plan *plan, const struct import_draft *draft, const struct importing *importing, const struct run *there)
{
	struct arena *arena = importing->authoring->arena;
	struct text folder = text_format(arena, "%.*s/%.*s/%.*s", TEXT_ARGS(importing->authoring->catalog->config.runs), TEXT_ARGS(importing->model->record.id),
	                                 TEXT_ARGS(draft->out->run));
	const struct input *metrics = there && there->metrics_file != there->record.file ? there->metrics_file : NULL;

	if (draft->measures.len)
		add_file(plan, importing, metrics ? metrics->path : text_format(arena, "%.*s/metrics.json", TEXT_ARGS(folder)), metrics, draft->measures);
	add_file(plan, importing, there ? there->record.file->path : text_format(arena, "%.*s/run.yaml", TEXT_ARGS(folder)), there ? there->record.file : NULL,
	         draft->manifest);
}

static void refuse_twin(struct import_plan *plan, struct import_draft *draft, const struct importing *importing)
{
	for (const struct imported *other = plan->runs; other < draft->out; other++)
		if (other->fate != IMPORT_REFUSED && text_equal(other->run, draft->out->run)) {
			refusal_help(draft_refusal(draft, importing, draft->from->place, "two runs would be called '%.*s'", TEXT_ARGS(draft->out->run)),
			             importing->authoring->arena, "import one of them by itself: --run %.*s --as ID", TEXT_ARGS(draft->from->id));
			draft->out->fate = IMPORT_REFUSED;
			return;
		}
}

static void plan_run(struct import_plan *plan, struct imported *out, const struct importing *importing, const struct tracked_run *from)
{
	struct import_draft draft = {.out = out, .from = from};
	const struct run *there = NULL;

	*out = (struct imported){.from = from, .fate = IMPORT_REFUSED, .incomplete = true};
	if (from->trouble_count)
		return;
	draft_state(&draft, importing);
	draft_metrics(&draft, importing);
	if (out->refusal_count)
		return;
	out->incomplete = false;
	draft_write(&draft, importing);
	out->fate = settle(&draft, importing, &there);
	if (out->fate != IMPORT_REFUSED)
		refuse_twin(plan, &draft, importing);
	if (out->fate == IMPORT_NEW || out->fate == IMPORT_ON)
		add_files(plan, &draft, importing, out->fate == IMPORT_ON ? there : NULL);
	if (out->fate != IMPORT_REFUSED && out->status == RUN_SUCCEEDED)
		require_all(&draft, importing);
}

static int find_recipe_of(struct importing *importing)
{
	const struct authoring *authoring = importing->authoring;
	const struct import_request *request = importing->request;
	struct text reason, name = request->recipe.len ? request->recipe : value_text(importing->model->record.root, "recipe");
	const struct value written = {.kind = VALUE_SCALAR, .text = name, .place = place_at(&importing->model->record, "recipe")};
	struct reference reference = reference_of(&written);

	importing->recipe = gates_recipe(&reason, authoring->resolved, &reference, authoring->arena);
	if (!importing->recipe) {
		refusal_set(authoring->refusal, request->recipe.len ? (struct place){0} : written.place, authoring->arena, "recipe '%.*s' cannot be used: %.*s",
		            TEXT_ARGS(name), TEXT_ARGS(reason));
		return refusal_help(authoring->refusal, authoring->arena, "name one that is there with --recipe; galley list recipes shows them");
	}
	importing->recipe_name = reference.pin.len ? name
	                                           : text_format(authoring->arena, "%.*s@%.*s", TEXT_ARGS(reference.id),
	                                                         TEXT_ARGS(importing->recipe->recipe->version));
	effective_digest(importing->digest, importing->recipe, authoring->arena);
	return 0;
}

int author_import(struct import_plan *out, const struct authoring *authoring, const struct import_request *request,
                  const struct tracked *tracked)
{
	struct importing importing = {.authoring = authoring, .request = request, .tracked = tracked};

	*out = (struct import_plan){.runs = arena_array(authoring->arena, tracked->count, sizeof *out->runs), .count = tracked->count};
	if (find_model(&importing.model, authoring, request->model) < 0 || find_recipe_of(&importing) < 0)
		return -1;
	for (size_t i = 0; i < tracked->count; i++) {
		plan_run(out, &out->runs[i], &importing, &tracked->runs[i]);
		out->fates[out->runs[i].fate]++;
		out->incomplete += out->runs[i].fate == IMPORT_REFUSED && out->runs[i].incomplete;
	}
	size_t changed = out->fates[IMPORT_NEW] + out->fates[IMPORT_ON];
	out->subject = text_format(authoring->arena, "Import %zu run%s of %.*s from %s", changed, changed == 1 ? "" : "s", TEXT_ARGS(request->model),
	                           tracker_title(tracked->tracker));
	return 0;
}

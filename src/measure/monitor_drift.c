#include "monitor_inner.h"

#include <string.h>

#include "arena.h"
#include "cache.h"

size_t newest_csv(const struct monitored *monitored, size_t i)
{
	const struct carriers *carriers = &monitored->carriers[EXPRESSION_DATA];

	return carriers->among[i + 1] ? carriers->items[carriers->among[i + 1] - 1] : monitored->out->snapshot_count;
}

static struct table_file table_of(const struct monitored *monitored, struct text path)
{
	return (struct table_file){monitored->request->source, path};
}

const struct content *content_of(struct monitored *monitored, size_t i)
{
	struct asked_content *asked = &monitored->contents[i];
	const struct model_result *out = monitored->out;
	struct table_file file = table_of(monitored, i < out->snapshot_count ? out->snapshots[i].snapshot->csv : out->model->reference);

	if (!asked->asked)
		cache_content(asked->content.blob, &file);
	asked->asked = true;
	return &asked->content;
}

/* The CSVs of the newest snapshots up to i, as many as the window holds, oldest first. */
static size_t pool(struct table_file **files, struct content **contents, struct monitored *monitored, size_t i)
{
	size_t window = monitored->watch.window < i + 1 ? monitored->watch.window : i + 1, count = 0;
	struct table_file *out = arena_array(monitored->arena, window, sizeof *out);
	struct content *ids = arena_array(monitored->arena, window, sizeof *ids);

	for (size_t j = i + 1; j > 0 && count < window; j--) {
		const struct snapshot *snapshot = monitored->out->snapshots[j - 1].snapshot;
		if (!snapshot->csv.len)
			continue;
		count++;
		out[window - count] = table_of(monitored, snapshot->csv);
		ids[window - count] = *content_of(monitored, j - 1);
	}
	*files = out + (window - count);
	*contents = ids + (window - count);
	return count;
}

static struct text unknown_method(const struct watch *watch, struct text column)
{
	for (size_t i = 0; i < watch->feature_count; i++)
		if (text_equal(watch->features[i].name, column))
			return watch->unknown[i];
	return watch->method == METHOD_NONE && !watch->named ? watch->method_name : TEXT("");
}

/* Columns whose method is none that there is were judged by another one meanwhile; that verdict is taken back. */
static void withdraw(struct drift_result *drift, const struct watch *watch, struct arena *arena)
{
	drift->judged = drift->drifting = 0;
	drift->status = DRIFT_UNJUDGED;
	for (size_t i = 0; i < drift->column_count; i++) {
		struct drift_column *column = &drift->columns[i];
		struct text method = unknown_method(watch, column->name);
		if (method.len && column->deciding) {
			column->deciding = NULL;
			column->status = DRIFT_INCONCLUSIVE;
			column->reason = text_format(arena, "'%.*s' is not a drift method", TEXT_ARGS(method));
		}
		drift->judged += column->status != DRIFT_UNJUDGED;
		drift->drifting += column->deciding && column->status == DRIFT_DRIFT;
		if (column->status > drift->status)
			drift->status = column->status;
	}
}

static struct text inconclusive_words(const struct drift_column *column, struct arena *arena)
{
	struct text why = column->reason.len ? column->reason : column->deciding ? column->deciding->reason : TEXT("");

	return text_format(arena, "feature %.*s could not be judged%s%.*s", TEXT_ARGS(column->name), why.len ? ": " : "", TEXT_ARGS(why));
}

static void sum_up(struct snapshot_result *out, const struct watch *watch, struct arena *arena)
{
	const struct drift_result *drift = &out->drift;
	const struct drift_score *worst = NULL;

	out->has_drift = true;
	out->share = drift->judged ? (double)drift->drifting / (double)drift->judged : 0;
	for (size_t i = 0; i < drift->column_count; i++) {
		const struct drift_column *column = &drift->columns[i];
		const struct drift_score *score = drift_followed(column) == watch->method ? drift_score_of(column, watch->method) : NULL;
		if (column->status == DRIFT_INCONCLUSIVE) {
			if (!out->undecided)
				out->undecided_reason = inconclusive_words(column, arena);
			out->undecided = true;
		} else if (score && score->has_value && score->status != DRIFT_INCONCLUSIVE && drift_order(score, worst) < 0) {
			worst = score;
			out->has_max = true;
			out->max = score->effect;
			out->max_feature = column->name;
		}
	}
	out->drifting = drift->drifting && out->share >= watch->share;
	if (!drift->judged && !out->undecided) {
		out->undecided = true;
		out->undecided_reason = TEXT("no column of the snapshot can be compared with the reference");
	}
}

/* Why files could not be used: the first thing that was said about them. */
static struct text unusable_words(const struct diags *diags, size_t from, struct text fallback, struct arena *arena)
{
	for (size_t i = from; i < diags->count; i++)
		if (diags->items[i].severity == SEVERITY_ERROR && diags->items[i].place.file)
			return text_format(arena, "%.*s cannot be used: %.*s", TEXT_ARGS(diags->items[i].place.file->path),
			                   TEXT_ARGS(diags->items[i].message));
	return text_format(arena, "%.*s cannot be compared with the reference", TEXT_ARGS(fallback));
}

/* What stands in the reference's place, if anything, was told where the model names it. */
static void forget_reference(struct diags *diags, size_t from, struct text reference)
{
	size_t kept = from;

	for (size_t i = from; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];
		bool told = (diag->code == CODE_REF_FILE || diag->code == CODE_FILE_KIND) && diag->place.file &&
		            text_equal(diag->place.file->path, reference);
		if (!told)
			diags->items[kept++] = *diag;
	}
	diags->count = kept;
}

void drift_forget(struct monitored *monitored)
{
	drift_reference_close(monitored->reference);
	monitored->reference = NULL;
}

/* More than one snapshot is compared with the reference: it is read once. One that cannot be used is read beside each, so that each says
 * what it has to say. */
static int hold_reference(struct monitored *monitored, size_t i, const struct drift_request *request)
{
	size_t said = monitored->diags->count, left = 0;
	bool ok;

	for (size_t j = i; j < monitored->out->snapshot_count; j++)
		left += monitored->out->snapshots[j].snapshot->csv.len > 0;
	if (monitored->reference_tried || left < 2)
		return 0;
	monitored->reference_tried = true;
	if (drift_reference_open(&monitored->reference, &ok, request, &monitored->watch.config->limits, monitored->arena, monitored->diags,
	                         monitored->failure) != 0)
		return -1;
	if (!ok)
		monitored->diags->count = said;
	return 0;
}

static int compare_data(struct drift_result *out, bool *ok, struct monitored *monitored, size_t i, const struct drift_request *request)
{
	const struct limits *limits = &monitored->watch.config->limits;

	if (hold_reference(monitored, i, request) != 0)
		return -1;
	if (monitored->reference)
		return drift_compare_with(out, ok, monitored->reference, request, limits, monitored->arena, monitored->diags, monitored->failure);
	return drift_compare(out, ok, request, limits, monitored->arena, monitored->diags, monitored->failure);
}

/* As it was computed before from the same, or now. */
static int compare(struct drift_result *out, bool *ok, struct monitored *monitored, size_t i, const struct drift_request *request,
                   const struct content *currents)
{
	const struct content *reference = content_of(monitored, monitored->out->snapshot_count);
	char key[65];

	kept_drift_key(key, request, reference, currents, &monitored->watch.config->limits);
	*ok = key[0] && kept_drift_read(out, key, request, reference, currents, monitored->arena);
	if (*ok)
		return 0;
	size_t said = monitored->diags->count;
	if (compare_data(out, ok, monitored, i, request) != 0)
		return -1;
	if (*ok && key[0] && monitored->diags->count == said)
		kept_drift_write(out, key, request, reference, currents, monitored->arena);
	return 0;
}

int drift_judge(struct monitored *monitored, size_t i)
{
	const struct watch *watch = &monitored->watch;
	struct snapshot_result *out = &monitored->out->snapshots[i];
	const struct model *model = monitored->out->model;
	struct table_file reference = table_of(monitored, model->reference), *current;
	struct content *contents;
	bool ok = false;

	if (!model->reference.len || !out->snapshot->csv.len)
		return 0;
	size_t count = pool(&current, &contents, monitored, i);
	struct drift_request request = {
		.reference = &reference,
		.reference_count = 1,
		.current = current,
		.current_count = count,
		.delimiter = watch->delimiter,
		.na = watch->na,
		.na_count = watch->na_count,
		.features = watch->features,
		.feature_count = watch->feature_count,
		.features_only = watch->named,
		.decide = watch->automatic ? METHOD_NONE : watch->method,
		.limit = watch->limit,
		.defaults = watch->defaults,
		.shapes = true,
		.jobs = monitored->request->jobs,
		.memory = monitored->request->memory,
		.progress = monitored->request->progress,
	};
	for (size_t method = 0; method < METHOD_COUNT; method++)
		request.show[method] = watch->show[method];
	size_t said = monitored->diags->count;
	if (compare(&out->drift, &ok, monitored, i, &request, contents) != 0)
		return -1;
	if (ok) {
		withdraw(&out->drift, watch, monitored->arena);
		sum_up(out, watch, monitored->arena);
		return 0;
	}
	out->undecided = true;
	out->undecided_reason = unusable_words(monitored->diags, said, out->snapshot->csv, monitored->arena);
	forget_reference(monitored->diags, said, model->reference);
	return 0;
}

/* The time range of a freshness feature, as it was found before or now. */
static int range_find(struct kept_range *out, struct monitored *monitored, size_t i, struct text column)
{
	const struct watch *watch = &monitored->watch;
	const struct limits *limits = &watch->config->limits;
	struct table_file file = table_of(monitored, monitored->out->snapshots[i].snapshot->csv);
	size_t said = monitored->diags->count;
	struct content after;
	char key[65];

	kept_range_key(key, &file, content_of(monitored, i), column, watch->delimiter, watch->na, watch->na_count, limits);
	if (key[0] && kept_range_read(out, key, &file, monitored->arena))
		return 0;
	if (table_time_range(&out->oldest, &out->newest, &out->found, &file, column, watch->delimiter, watch->na, watch->na_count, limits,
	                     monitored->arena, monitored->diags, monitored->failure) != 0)
		return -1;
	if (!key[0] || monitored->diags->count != said)
		return 0;
	cache_content(after.blob, &file);
	if (strcmp(after.blob, content_of(monitored, i)->blob) == 0)
		kept_range_write(out, key, &file, monitored->arena);
	return 0;
}

int age_find(struct monitored *monitored, size_t i)
{
	const struct watch *watch = &monitored->watch;
	struct data_age *age = &monitored->ages[i];
	size_t with_csv = newest_csv(monitored, i);

	/* Metrics alone are no data: where there is data at all, its own stamp is how old it is. */
	size_t dated = with_csv < monitored->out->snapshot_count ? with_csv : i;
	*age = (struct data_age){.known = true, .has = true, .time = monitored->out->snapshots[dated].snapshot->time,
	                         .stamp = monitored->out->snapshots[dated].snapshot->stamp};
	for (size_t k = 0; k < watch->fresh_count; k++) {
		struct kept_range range = {.found = false};
		if (with_csv < monitored->out->snapshot_count && range_find(&range, monitored, with_csv, watch->fresh[k]) != 0)
			return -1;
		if (!range.found) {
			age->lacking = watch->fresh[k];
		} else if (range.newest < age->time) {
			age->time = range.newest;
			age->by = watch->fresh[k];
		}
	}
	return 0;
}

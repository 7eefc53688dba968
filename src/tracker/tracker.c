#include "inner.h"

#include <stdlib.h>

#include "arena.h"
#include "number.h"

const char *tracker_name(enum tracker tracker)
{
	static const char *const names[] = {"mlflow", "wandb", "dvc"};

	return names[tracker];
}

const char *tracker_title(enum tracker tracker)
{
	static const char *const names[] = {"MLflow", "W&B", "DVC"};

	return names[tracker];
}

/* --- What is meant --- */

bool reader_names(const struct reader *reader, struct text id)
{
	for (size_t i = 0; i < reader->request->run_count; i++)
		if (text_equal(reader->request->runs[i], id))
			return true;
	return false;
}

bool reader_wants(struct reader *reader, struct text id, struct text name)
{
	const struct tracker_request *request = reader->request;
	const struct text both[] = {id, name};
	bool wanted = !request->run_count;

	for (size_t k = 0; k < 2; k++) {
		if (!both[k].len)
			continue;
		reader->known = arena_grow(reader->arena, reader->known, reader->known_count, sizeof *reader->known);
		reader->known[reader->known_count++] = both[k];
		for (size_t i = 0; i < request->run_count; i++)
			if (text_equal(request->runs[i], both[k]))
				wanted = reader->found[i] = true;
	}
	return wanted;
}

int reader_missing(struct reader *reader)
{
	const struct tracker_request *request = reader->request;

	for (size_t i = 0; i < request->run_count; i++) {
		if (reader->found[i])
			continue;
		struct text near = text_nearest(request->runs[i], reader->known, reader->known_count);
		return failure_set(reader->failure, EXIT_FINDINGS, "no run '%.*s' in '%s'%s%.*s%s", TEXT_ARGS(request->runs[i]), request->folder,
		                   near.len ? "; did you mean '" : "", TEXT_ARGS(near), near.len ? "'?" : ": give an id or name that it has");
	}
	return 0;
}

struct tracked_run *add_run(struct tracked *tracked, struct arena *arena)
{
	tracked->runs = arena_grow(arena, tracked->runs, tracked->count, sizeof *tracked->runs);
	tracked->runs[tracked->count] = (struct tracked_run){0};
	return &tracked->runs[tracked->count++];
}

/* --- The whole --- */

static int order_runs(const void *left, const void *right)
{
	const struct tracked_run *a = left, *b = right;

	if (a->has_started != b->has_started)
		return a->has_started ? -1 : 1;
	if (a->has_started && a->started != b->started)
		return a->started < b->started ? -1 : 1;
	return text_compare(a->id, b->id);
}

static int order_metrics(const void *left, const void *right)
{
	const struct tracked_metric *a = left, *b = right;

	return text_compare(a->name, b->name);
}

static int order_pairs(const void *left, const void *right)
{
	const struct tracked_pair *a = left, *b = right;
	int order = text_compare(a->name, b->name);

	return order ? order : text_compare(a->value, b->value);
}

/* The order in which a folder lists its files is nobody's; two inputs of one name are told apart by number. */
static void sort_parts(struct tracked_run *run, struct arena *arena)
{
	if (run->metric_count)
		qsort(run->metrics, run->metric_count, sizeof *run->metrics, order_metrics);
	if (run->param_count)
		qsort(run->params, run->param_count, sizeof *run->params, order_pairs);
	if (run->data_count)
		qsort(run->data, run->data_count, sizeof *run->data, order_pairs);
	for (size_t i = 0, first = 0; i < run->data_count; i++) {
		if (!text_equal(run->data[i].name, run->data[first].name))
			first = i;
		else if (i > first)
			run->data[i].name = text_format(arena, "%.*s %zu", TEXT_ARGS(run->data[i].name), i - first + 1);
	}
}

static struct text prefix_of(const char *folder, struct arena *arena)
{
	struct text name = text_of(folder);

	while (name.len > 1 && name.at[name.len - 1] == '/')
		name.len--;
	if (text_is(name, "."))
		return TEXT("");
	return text_is(name, "/") ? name : text_format(arena, "%.*s/", TEXT_ARGS(name));
}

int tracker_read(struct tracked *out, const struct tracker_request *request, struct arena *arena, struct failure *failure)
{
	struct reader reader = {.request = request, .prefix = prefix_of(request->folder, arena), .arena = arena, .failure = failure,
	                        .found = arena_array(arena, request->run_count, sizeof *reader.found)};

	*out = (struct tracked){.tracker = request->tracker};
	if (source_open_folder(&reader.source, request->folder, request->limits, failure) < 0)
		return -1;
	int status = request->tracker == TRACKER_MLFLOW ? mlflow_read(out, &reader)
	             : request->tracker == TRACKER_WANDB ? wandb_read(out, &reader)
	                                                 : dvc_read(out, &reader);
	if (status == 0)
		status = reader_missing(&reader);
	source_close(reader.source);
	for (size_t i = 0; i < out->count; i++)
		sort_parts(&out->runs[i], arena);
	if (out->count)
		qsort(out->runs, out->count, sizeof *out->runs, order_runs);
	return status;
}

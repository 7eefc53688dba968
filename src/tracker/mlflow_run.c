/* One run of MLflow's file store: meta.yaml, and a file each metric, parameter and tag. */
#include "inner.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "number.h"

enum { LINE = 4096, BLOCK = 64 * 1024, FIELDS = 3, NUMBER = 64 };
static const uint64_t LAST_MILLISECOND = 253402300799999; /* of the year 9999 */

struct point {
	int64_t step, time;
	double value;       /* NaN counts as 0, in this order alone */
	struct text text;
	unsigned line;
};

/* --- meta.yaml --- */

static bool read_time(bool *has, int64_t *seconds, const struct value *meta, const char *field)
{
	const struct value *value = value_get(meta, field);
	uint64_t milliseconds;

	*has = false;
	if (!value || value->kind == VALUE_NULL || text_is(value->text, "None"))
		return true;
	*has = value->kind == VALUE_SCALAR && number_parse_count(&milliseconds, value->text, LAST_MILLISECOND);
	*seconds = *has ? (int64_t)(milliseconds / 1000) : 0;
	return *has;
}

static void take_times(struct tracked_run *run, const struct value *meta, struct arena *arena)
{
	if (!read_time(&run->has_started, &run->started, meta, "start_time"))
		refusal_help(run_trouble(run, value_get(meta, "start_time")->place, arena, "'start_time' is no time in milliseconds"), arena,
		             "MLflow writes whole milliseconds since 1970; mend the file, or leave the run out with --skip-incomplete");
	if (!read_time(&run->has_finished, &run->finished, meta, "end_time"))
		refusal_help(run_trouble(run, value_get(meta, "end_time")->place, arena, "'end_time' is no time in milliseconds"), arena,
		             "MLflow writes whole milliseconds since 1970; mend the file, or leave the run out with --skip-incomplete");
}

static void take_status(struct tracked_run *run, const struct value *meta, struct arena *arena)
{
	static const enum run_status statuses[] = {RUN_NONE, RUN_RUNNING, RUN_QUEUED, RUN_SUCCEEDED, RUN_FAILED, RUN_CANCELLED};
	const struct value *value = value_get(meta, "status");
	uint64_t number = 0;

	if (value && value->kind == VALUE_SCALAR && number_parse_count(&number, value->text, sizeof statuses / sizeof *statuses - 1))
		run->status = statuses[number];
	if (run->status != RUN_NONE)
		return;
	struct text found = value && value->kind == VALUE_SCALAR ? value->text : TEXT("nothing");
	refusal_help(run_trouble(run, value ? value->place : meta->place, arena, "'status' is %.*s, must be a number from 1 to 5", TEXT_ARGS(text_cut(found, 0, 40))),
	             arena, "1 is running, 2 scheduled, 3 finished, 4 failed, 5 killed; it may be another version's store");
}

/* What the record says of itself must be where it lies. */
static void check_ids(struct tracked_run *run, const struct value *meta, struct text experiment, struct arena *arena)
{
	static const char *const fields[] = {"run_id", "run_uuid", "experiment_id"};

	for (size_t i = 0; i < 3; i++) {
		const struct value *value = value_get(meta, fields[i]);
		struct text wanted = i < 2 ? run->id : experiment;
		if (!value || value->kind != VALUE_SCALAR || text_equal(value->text, wanted))
			continue;
		refusal_help(run_trouble(run, value->place, arena, "'%s' is '%.*s', and its folder is '%.*s'", fields[i], TEXT_ARGS(text_cut(value->text, 0, 64)),
		                         TEXT_ARGS(wanted)),
		             arena, "a folder that was copied or renamed is no run of MLflow's: put it where it was");
	}
}

/* --- Metrics --- */

static bool parse_line(struct point *point, struct text line, struct arena *arena)
{
	struct text fields[FIELDS + 1];
	size_t count = 0;
	double number = 0;

	for (struct text rest = line; count <= FIELDS; rest = text_cut(rest, fields[count - 1].len + 1, rest.len)) {
		fields[count++] = text_cut(rest, 0, text_find(rest, ' '));
		if (fields[count - 1].len == rest.len)
			break;
	}
	*point = (struct point){0};
	if ((count != 2 && count != FIELDS) || !parse_whole(&point->time, fields[0]) || (count == FIELDS && !parse_whole(&point->step, fields[2])))
		return false;
	point->text = tracked_number(fields[1], arena);
	if (!point->text.len)
		return false;
	number_parse(&number, point->text);
	point->value = text_is(point->text, "NaN") ? 0 : number;
	return true;
}

static bool is_later(const struct point *a, const struct point *b)
{
	if (a->step != b->step)
		return a->step > b->step;
	if (a->time != b->time)
		return a->time > b->time;
	return a->value > b->value;
}

struct metric_file {
	struct tracked_run *run;
	const struct reader *reader;
	struct text path;
	struct point best;
	char number[NUMBER]; /* of the best */
	unsigned line;
	bool any, broken;
	char rest[LINE]; /* a line that goes on in the next block */
	size_t rest_len;
};

static void refuse_line(struct metric_file *file, struct text line)
{
	struct place place = place_of_path(file->reader, file->path);
	struct input *input = arena_alloc(file->reader->arena, sizeof *input);

	/* The excerpt under the message shows the line alone. */
	*input = (struct input){.path = place.file->path, .bytes = text_copy(file->reader->arena, text_cut(line, 0, 200)), .first_line = file->line};
	place = (struct place){input, file->line, 1, 1};
	file->broken = true;
	refusal_help(run_trouble(file->run, place, file->reader->arena, "no line of a metric: TIME VALUE or TIME VALUE STEP is wanted"), file->reader->arena,
	             "the file may be damaged or being written: mend it, or leave the run out with --skip-incomplete");
}

static void take_line(struct metric_file *file, struct text line)
{
	struct point point;

	file->line++;
	if (file->broken)
		return;
	while (line.len && (line.at[line.len - 1] == '\r' || line.at[line.len - 1] == ' '))
		line.len--;
	struct arena scratch;
	arena_init(&scratch);
	bool good = parse_line(&point, line, &scratch) && point.text.len <= NUMBER;
	if (!good) {
		refuse_line(file, line);
	} else if (!file->any || is_later(&point, &file->best)) {
		memcpy(file->number, point.text.at, point.text.len);
		file->best = point;
		file->best.text.at = file->number;
		file->best.line = file->line;
		file->any = true;
	}
	arena_release(&scratch);
}

static void take_block(struct metric_file *file, struct text block)
{
	while (block.len && !file->broken) {
		size_t end = text_find(block, '\n');
		size_t room = sizeof file->rest - file->rest_len, part = end < room ? end : room;
		if (end == block.len || file->rest_len) {
			memcpy(file->rest + file->rest_len, block.at, part);
			file->rest_len += part;
		}
		if (file->rest_len == sizeof file->rest) {
			file->line++;
			refuse_line(file, (struct text){file->rest, file->rest_len});
			return;
		}
		if (end == block.len)
			return;
		take_line(file, file->rest_len ? (struct text){file->rest, file->rest_len} : text_cut(block, 0, end));
		file->rest_len = 0;
		block = text_cut(block, end + 1, block.len);
	}
}

static int read_points(struct metric_file *file)
{
	const struct reader *reader = file->reader;
	enum read_result result;
	struct stream *stream;
	size_t got = 1;

	if (source_stream(&stream, &result, NULL, reader->source, file->path, reader->arena, reader->failure) < 0)
		return -1;
	if (!stream) {
		refusal_help(run_trouble(file->run, place_of_path(reader, file->path), reader->arena, "'%.*s' is no regular file: links and the like are not followed",
		                         TEXT_ARGS(shown_path(reader, file->path))),
		             reader->arena, "put the file itself there");
		file->broken = true;
		return 0;
	}
	char *block = memory_get(BLOCK);
	int status = 0;
	while (status == 0 && got && !file->broken) {
		status = stream_read(&got, stream, block, BLOCK, reader->failure);
		if (status == 0 && got)
			take_block(file, (struct text){block, got});
	}
	if (status == 0 && file->rest_len && !file->broken)
		take_line(file, (struct text){file->rest, file->rest_len});
	free(block);
	stream_close(stream);
	return status;
}

static int read_metric(struct tracked_run *run, const struct reader *reader, struct text path, struct text key)
{
	struct metric_file file = {.run = run, .reader = reader, .path = path};

	if (read_points(&file) < 0)
		return -1;
	struct place place = place_of_path(reader, path);
	if (!file.any && !file.broken)
		refusal_help(run_trouble(run, place, reader->arena, "metric '%.*s' is an empty file: it is incomplete", TEXT_ARGS(key)), reader->arena,
		             "it may be being written: try again, or leave the run out with --skip-incomplete");
	if (file.any && !file.broken) {
		place.line = file.best.line;
		place.column = place.width = 1;
		add_metric(run, key, text_copy(reader->arena, file.best.text), place, reader->arena);
	}
	return 0;
}

/* --- Files below a folder of the run, whose names are paths from there --- */

static int each_file(struct tracked_run *run, const struct reader *reader, struct text folder,
                     int (*take)(struct tracked_run *run, const struct reader *reader, struct text path, struct text key))
{
	enum entry_kind kind;
	struct entry *entries;
	size_t count;
	bool found;

	if (source_look(&found, &kind, reader->source, folder, reader->failure) < 0)
		return -1;
	if (found && kind != ENTRY_FOLDER)
		refuse_link(run, reader, folder);
	if (!found || kind != ENTRY_FOLDER)
		return 0;
	if (source_list(&entries, &count, reader->source, folder, reader->request->limits, reader->arena, reader->failure) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct text path = entries[i].path, key = text_cut(path, folder.len + 1, path.len);
		if (entries[i].kind == ENTRY_FOLDER)
			continue;
		if (utf8_bad(key) < key.len) {
			refusal_help(run_trouble(run, place_of_path(reader, path), reader->arena, "the name of '%.*s' is not UTF-8", TEXT_ARGS(shown_path(reader, path))),
			             reader->arena, "give the file another name, or leave the run out with --skip-incomplete");
			continue;
		}
		if (take(run, reader, path, key) < 0)
			return -1;
	}
	return 0;
}

/* Whole, on several lines, or empty. */
static int read_param(struct tracked_run *run, const struct reader *reader, struct text path, struct text key)
{
	const struct input *input;

	if (read_small(&input, run, reader, path, &reader->request->limits->scalar_bytes) < 0)
		return -1;
	if (!input)
		return 0;
	if (utf8_bad(input->bytes) < input->bytes.len || text_find(input->bytes, '\0') < input->bytes.len)
		refusal_help(run_trouble(run, (struct place){.file = input}, reader->arena, "parameter '%.*s' is no text in UTF-8", TEXT_ARGS(key)), reader->arena,
		             "mend the file, or leave the run out with --skip-incomplete");
	else
		add_param(run, key, input->bytes, false, reader->arena);
	return 0;
}

static bool is_commit(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!(text.at[i] >= '0' && text.at[i] <= '9') && !(text.at[i] >= 'a' && text.at[i] <= 'f'))
			return false;
	return text.len >= 7 && text.len <= 64;
}

static int read_code(struct tracked_run *run, const struct reader *reader, struct text folder)
{
	const struct input *input;

	if (read_small(&input, run, reader, joined(reader, folder, "tags/mlflow.source.git.commit"), &reader->request->limits->scalar_bytes) < 0)
		return -1;
	if (input && is_commit(text_trim(input->bytes)))
		run->code = text_trim(input->bytes);
	return 0;
}

/* --- Datasets --- */

static struct text parent_of(struct text path)
{
	size_t name = last_name(path).len;

	return text_cut(path, 0, path.len > name ? path.len - name - 1 : 0);
}

static int read_input(struct tracked_run *run, const struct reader *reader, struct text folder)
{
	struct text experiment = parent_of(parent_of(parent_of(folder))); /* above the run's inputs */
	const struct value *meta, *dataset;
	bool found;

	if (read_tree(&meta, &found, run, reader, joined(reader, folder, "meta.yaml"), DOCUMENT_MANIFEST) < 0)
		return -1;
	if (!meta || (value_get(meta, "source_type") && !text_is(value_text(meta, "source_type"), "DATASET")))
		return 0;
	struct text id = value_text(meta, "source_id");
	if (!id.len)
		id = last_name(folder);
	struct text path = text_format(reader->arena, "%.*s/datasets/%.*s/meta.yaml", TEXT_ARGS(experiment), TEXT_ARGS(id));
	if (text_find(id, '/') < id.len)
		return 0;
	if (read_tree(&dataset, &found, run, reader, path, DOCUMENT_MANIFEST) < 0)
		return -1;
	struct text name = dataset ? value_text(dataset, "name") : TEXT(""), digest = dataset ? value_text(dataset, "digest") : TEXT("");
	if (name.len && digest.len)
		add_data(run, name, digest, reader->arena);
	return 0;
}

static int read_inputs(struct tracked_run *run, const struct reader *reader, struct text folder)
{
	struct entry *entries;
	size_t count;

	if (read_children(&entries, &count, reader, joined(reader, folder, "inputs")) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (entries[i].kind == ENTRY_FOLDER && read_input(run, reader, entries[i].path) < 0)
			return -1;
	return 0;
}

/* --- The run --- */

/* Deleted, or still going on: nobody's trouble, but counted. */
static bool is_left_out(struct tracked *out, const struct tracked_run *run, const struct value *meta, const struct reader *reader)
{
	bool deleted = text_is(value_text(meta, "lifecycle_stage"), "deleted");
	bool unfinished = !deleted && (run->status == RUN_QUEUED || run->status == RUN_RUNNING) && !reader->request->unfinished;

	if (reader_names(reader, run->id))
		return false;
	out->deleted += deleted;
	out->unfinished += unfinished;
	return deleted || unfinished;
}

int mlflow_run(struct tracked_run *run, bool *kept, struct tracked *out, struct reader *reader, struct text folder, struct text experiment_id)
{
	struct text path = joined(reader, folder, "meta.yaml");
	const struct value *meta;
	bool found;

	if (read_tree(&meta, &found, run, reader, path, DOCUMENT_MANIFEST) < 0)
		return -1;
	if (!found)
		refusal_help(run_trouble(run, place_of_path(reader, path), reader->arena, "no meta.yaml: it is incomplete"),
		             reader->arena, "it may be being written: try again, or leave the run out with --skip-incomplete");
	run->name = meta ? value_text(meta, "run_name") : TEXT("");
	*kept = reader_wants(reader, run->id, run->name);
	if (!*kept || !meta)
		return 0;
	run->place = (struct place){.file = meta->place.file};
	take_status(run, meta, reader->arena);
	*kept = !is_left_out(out, run, meta, reader);
	if (!*kept)
		return 0;
	if (text_is(value_text(meta, "lifecycle_stage"), "deleted"))
		refusal_help(run_trouble(run, value_get(meta, "lifecycle_stage")->place, reader->arena, "it is deleted in MLflow"),
		             reader->arena, "mlflow runs restore --run-id %.*s brings it back", TEXT_ARGS(run->id));
	check_ids(run, meta, experiment_id, reader->arena);
	take_times(run, meta, reader->arena);
	struct text where = value_text(meta, "artifact_uri");
	if (text_starts(where, "s3://") || text_starts(where, "gs://") || text_starts(where, "wasbs://") || text_starts(where, "abfss://") ||
	    text_starts(where, "https://") || text_starts(where, "mlflow-artifacts:") || text_starts(where, "dbfs:"))
		run->artifacts = where;
	if (each_file(run, reader, joined(reader, folder, "metrics"), read_metric) < 0 ||
	    each_file(run, reader, joined(reader, folder, "params"), read_param) < 0)
		return -1;
	return read_code(run, reader, folder) < 0 ? -1 : read_inputs(run, reader, folder);
}

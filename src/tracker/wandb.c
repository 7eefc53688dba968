/* W&B's run folders, run-TIME-ID with the files that its client uploads: the summary, what it knows of the machine, and the configuration. */
#include "inner.h"

#include <math.h>

#include "arena.h"
#include "instant.h"
#include "number.h"

enum { STAMP = 15 }; /* 20260201_020000 */

static bool is_stamp(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (i == 8 ? text.at[i] != '_' : text.at[i] < '0' || text.at[i] > '9')
			return false;
	return text.len == STAMP;
}

/* "run-20260201_020000-abc123" or "offline-run-..." taken apart. */
static bool parse_name(struct text *stamp, struct text *id, bool *offline, struct text name)
{
	*offline = text_starts(name, "offline-run-");
	if (!*offline && !text_starts(name, "run-"))
		return false;
	struct text rest = text_cut(name, *offline ? 12 : 4, name.len);
	*stamp = text_cut(rest, 0, STAMP);
	*id = text_cut(rest, STAMP + 1, rest.len);
	return is_stamp(*stamp) && id->len && rest.at[STAMP] == '-';
}

/* --- Times --- */

static bool number_at(double *out, const struct value *root, const char *path)
{
	const struct value *value = value_at(root, path);

	return value && value->kind == VALUE_SCALAR && !value->quoted && number_parse(out, value->text) == NUMBER_FINITE && fabs(*out) < 253402300800.0;
}

/* The start is what the client wrote, or the last logged time less how long it had been running; the folder's name has the local time of
 * a machine that nobody knows. */
static void take_times(struct tracked_run *run, const struct value *summary, const struct value *metadata)
{
	double last, running;
	bool has_last = number_at(&last, summary, "_timestamp") && last >= 0;
	bool has_running = (number_at(&running, summary, "_wandb.runtime") || number_at(&running, summary, "_runtime")) && running >= 0;

	run->has_started = metadata && instant_parse(&run->started, value_text(metadata, "startedAt"));
	if (!run->has_started && has_last && number_at(&running, summary, "_runtime") && running >= 0) {
		run->has_started = true;
		run->started = (int64_t)floor(last - running);
	}
	if (run->has_started && has_running) {
		run->has_finished = true;
		run->finished = run->started + (int64_t)floor(running);
	}
	/* The last step was logged before the run ended. */
	if (has_last && (!run->has_finished || (int64_t)floor(last) > run->finished)) {
		run->has_finished = true;
		run->finished = (int64_t)floor(last);
	}
}

/* --- One run --- */

static int read_config(struct tracked_run *run, const struct reader *reader, struct text folder)
{
	const struct value *root;
	bool found;

	if (read_tree(&root, &found, run, reader, joined(reader, folder, "files/config.yaml"), DOCUMENT_MANIFEST) < 0)
		return -1;
	for (size_t i = 0; root && i < root->count; i++) {
		const struct member *member = &root->members[i];
		const struct value *value = value_get(member->value, "value");
		struct member one = {member->name, member->place, (struct value *)(uintptr_t)value};
		const struct value top = {.kind = VALUE_MAP, .members = &one, .count = 1};
		if (value && !text_is(member->name, "_wandb"))
			add_params_below(run, &top, TEXT(""), reader->arena);
	}
	return 0;
}

static int read_run(struct tracked_run *run, const struct reader *reader, struct text folder, bool offline)
{
	const struct value *summary, *metadata;
	struct text path = joined(reader, folder, "files/wandb-summary.json");
	bool found;

	if (read_tree(&summary, &found, run, reader, path, DOCUMENT_METRICS) < 0)
		return -1;
	if (!found)
		refusal_help(run_trouble(run, place_of_path(reader, path), reader->arena, "no wandb-summary.json: %s",
		                         offline ? "W&B writes none for a run that was made offline" : "the run ended before W&B wrote one, or was made offline"),
		             reader->arena, "wandb sync uploads it; export its summary from there as JSON, or leave the run out with --skip-incomplete");
	if (read_tree(&metadata, &found, run, reader, joined(reader, folder, "files/wandb-metadata.json"), DOCUMENT_MANIFEST) < 0)
		return -1;
	if (summary)
		add_metrics_below(run, summary, true, reader->arena);
	run->code = metadata ? value_text(metadata, "git.commit") : TEXT("");
	run->name = metadata ? value_text(metadata, "displayName") : TEXT("");
	take_times(run, summary, metadata);
	return read_config(run, reader, folder);
}

/* --- The folder --- */

struct found_run {
	struct text folder, stamp, id;
	bool offline;
	enum entry_kind kind;
};

/* A run that was resumed has a folder each time; the last holds what it came to. */
static void add_found(struct found_run **runs, size_t *count, struct found_run run, struct arena *arena)
{
	for (size_t i = 0; i < *count; i++)
		if (text_equal((*runs)[i].id, run.id)) {
			if (text_compare((*runs)[i].stamp, run.stamp) < 0)
				(*runs)[i] = run;
			return;
		}
	*runs = arena_grow(arena, *runs, *count, sizeof **runs);
	(*runs)[(*count)++] = run;
}

static int find_runs(struct found_run **runs, size_t *count, const struct reader *reader, struct text root)
{
	struct entry *entries;
	size_t entry_count;

	*runs = NULL;
	*count = 0;
	if (read_children(&entries, &entry_count, reader, root) < 0)
		return -1;
	for (size_t i = 0; i < entry_count; i++) {
		struct found_run run = {.folder = entries[i].path, .kind = entries[i].kind};
		if (entries[i].kind != ENTRY_FILE && parse_name(&run.stamp, &run.id, &run.offline, last_name(entries[i].path)))
			add_found(runs, count, run, reader->arena);
	}
	return 0;
}

static int refuse_folder(const struct reader *reader)
{
	bool found;

	if (has_file(&found, reader, TEXT("files/wandb-summary.json")) < 0)
		return -1;
	return failure_set(reader->failure, EXIT_FINDINGS, found ? "'%s' is one run of W&B; name the folder above it, with --run ID" :
	                                                           "no run of W&B in '%s'; name the folder that holds run-TIME-ID folders, such as wandb",
	                   reader->request->folder);
}

int wandb_read(struct tracked *out, struct reader *reader)
{
	struct found_run *runs;
	size_t count;

	if (find_runs(&runs, &count, reader, TEXT("")) < 0 || (!count && find_runs(&runs, &count, reader, TEXT("wandb")) < 0))
		return -1;
	if (!count)
		return refuse_folder(reader);
	for (size_t i = 0; i < count; i++) {
		struct tracked_run run = {.id = runs[i].id, .place = place_of_path(reader, runs[i].folder)};
		if (!reader_wants(reader, run.id, last_name(runs[i].folder)))
			continue;
		if (runs[i].kind != ENTRY_FOLDER)
			refuse_link(&run, reader, runs[i].folder);
		else if (read_run(&run, reader, runs[i].folder, runs[i].offline) < 0)
			return -1;
		*add_run(out, reader->arena) = run;
	}
	return 0;
}

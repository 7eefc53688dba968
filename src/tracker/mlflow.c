/* MLflow's file store: a folder of experiments, whose names are whole numbers, with a folder of 32 hexadecimal digits a run. */
#include "inner.h"

#include "arena.h"

struct experiment {
	struct text id, name;
	struct text folder;
	bool deleted;
	bool broken;          /* its record says nothing */
	struct tracked_run record; /* its troubles */
	struct text *runs;    /* folders */
	size_t run_count;
};

struct file_store {
	struct experiment *items;
	size_t count;
};

static bool is_digits(struct text name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] < '0' || name.at[i] > '9')
			return false;
	return name.len > 0;
}

static bool is_run_id(struct text name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(name.at[i] >= '0' && name.at[i] <= '9') && !(name.at[i] >= 'a' && name.at[i] <= 'f'))
			return false;
	return name.len == 32;
}

/* --- Experiments --- */

static int list_runs(struct experiment *experiment, const struct reader *reader)
{
	struct entry *entries;
	size_t count;

	if (read_children(&entries, &count, reader, experiment->folder) < 0)
		return -1;
	experiment->runs = arena_array(reader->arena, count, sizeof *experiment->runs);
	for (size_t i = 0; i < count; i++)
		if (is_run_id(last_name(entries[i].path)) && entries[i].kind != ENTRY_FILE)
			experiment->runs[experiment->run_count++] = entries[i].path;
	return 0;
}

static int read_experiment(struct experiment *experiment, const struct reader *reader, struct text folder)
{
	const struct value *meta;
	bool found;

	*experiment = (struct experiment){.id = last_name(folder), .folder = folder};
	struct text path = joined(reader, folder, "meta.yaml");
	if (read_tree(&meta, &found, &experiment->record, reader, path, DOCUMENT_MANIFEST) < 0 || list_runs(experiment, reader) < 0)
		return -1;
	if (!found)
		refusal_help(run_trouble(&experiment->record, place_of_path(reader, path), reader->arena, "no meta.yaml: it is incomplete"),
		             reader->arena, "leave it out by naming another with --experiment");
	experiment->broken = !meta;
	experiment->name = meta ? value_text(meta, "name") : TEXT("");
	experiment->deleted = meta && text_is(value_text(meta, "lifecycle_stage"), "deleted");
	return 0;
}

static int read_store(struct file_store *store, const struct reader *reader, struct text root)
{
	struct entry *entries;
	size_t count;

	*store = (struct file_store){NULL, 0};
	if (read_children(&entries, &count, reader, root) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct text name = last_name(entries[i].path);
		if (!is_digits(name) || entries[i].kind == ENTRY_FILE)
			continue;
		store->items = arena_grow(reader->arena, store->items, store->count, sizeof *store->items);
		struct experiment *experiment = &store->items[store->count++];
		*experiment = (struct experiment){.id = name, .folder = entries[i].path, .broken = true};
		if (entries[i].kind != ENTRY_FOLDER)
			refuse_link(&experiment->record, reader, entries[i].path);
		else if (read_experiment(experiment, reader, entries[i].path) < 0)
			return -1;
	}
	return 0;
}

/* --- Which one --- */

static int refuse_store(const struct reader *reader)
{
	const char *folder = reader->request->folder;
	bool database = false, experiment = false;

	if (has_file(&database, reader, TEXT("mlflow.db")) < 0 || has_file(&experiment, reader, TEXT("meta.yaml")) < 0)
		return -1;
	if (database)
		return failure_set(reader->failure, EXIT_FINDINGS,
		                   "'%s' holds MLflow's database, mlflow.db; only its file store is read: export the metrics as JSON, see docs/import.md", folder);
	if (experiment)
		return failure_set(reader->failure, EXIT_FINDINGS,
		                   "'%s' is no file store of MLflow but a part of one; name the folder above its experiments, such as mlruns", folder);
	return failure_set(reader->failure, EXIT_FINDINGS,
	                   "no experiment of MLflow in '%s'; name the folder whose folders are 0, 1 and so on, such as mlruns", folder);
}

static struct text all_names(const struct file_store *store, struct arena *arena)
{
	struct text all = TEXT("");

	for (size_t i = 0; i < store->count; i++)
		if (!store->items[i].deleted && store->items[i].run_count)
			all = text_format(arena, "%.*s%s'%.*s'", TEXT_ARGS(all), all.len ? ", " : "",
			                  TEXT_ARGS(store->items[i].name.len ? store->items[i].name : store->items[i].id));
	return all;
}

static int find_named(struct experiment **out, const struct file_store *store, const struct reader *reader)
{
	struct text wanted = reader->request->experiment;
	struct text *names = arena_array(reader->arena, 2 * store->count, sizeof *names);
	size_t count = 0;

	for (size_t i = 0; i < store->count; i++) {
		if (text_equal(store->items[i].id, wanted) || (wanted.len && text_equal(store->items[i].name, wanted))) {
			*out = &store->items[i];
			return 0;
		}
		names[count++] = store->items[i].id;
		if (store->items[i].name.len)
			names[count++] = store->items[i].name;
	}
	struct text near = text_nearest(wanted, names, count), all = all_names(store, reader->arena);
	if (near.len)
		return failure_set(reader->failure, EXIT_FINDINGS, "unknown experiment '%.*s'; did you mean '%.*s'?", TEXT_ARGS(wanted), TEXT_ARGS(near));
	return failure_set(reader->failure, EXIT_FINDINGS, "unknown experiment '%.*s'; there are %.*s", TEXT_ARGS(wanted), TEXT_ARGS(all));
}

/* The only one that has runs. */
static int find_only(struct experiment **out, const struct file_store *store, const struct reader *reader)
{
	size_t active = 0;

	*out = NULL;
	for (size_t i = 0; i < store->count; i++)
		if (!store->items[i].deleted && (store->items[i].run_count || store->items[i].record.trouble_count)) {
			*out = &store->items[i];
			active++;
		}
	if (active == 1)
		return 0;
	if (active)
		return failure_set(reader->failure, EXIT_USAGE, "%zu experiments of '%s' have runs: say which with --experiment, of %.*s", active,
		                   reader->request->folder, TEXT_ARGS(all_names(store, reader->arena)));
	return failure_set(reader->failure, EXIT_FINDINGS, "no experiment in '%s' has runs", reader->request->folder);
}

static int take_runs(struct tracked *out, struct reader *reader, const struct experiment *experiment)
{
	for (size_t i = 0; i < experiment->run_count; i++) {
		struct tracked_run run = {.id = last_name(experiment->runs[i]), .experiment = experiment->name};
		enum entry_kind kind = ENTRY_FOLDER;
		bool found, kept = true;
		if (source_look(&found, &kind, reader->source, experiment->runs[i], reader->failure) < 0)
			return -1;
		run.place = place_of_path(reader, experiment->runs[i]);
		if (kind != ENTRY_FOLDER) {
			kept = reader_wants(reader, run.id, TEXT(""));
			refuse_link(&run, reader, experiment->runs[i]);
		} else if (mlflow_run(&run, &kept, out, reader, experiment->runs[i], experiment->id) < 0) {
			return -1;
		}
		if (kept)
			*add_run(out, reader->arena) = run;
	}
	return 0;
}

int mlflow_read(struct tracked *out, struct reader *reader)
{
	struct experiment *experiment = NULL;
	struct file_store store;

	if (read_store(&store, reader, TEXT("")) < 0 || (!store.count && read_store(&store, reader, TEXT("mlruns")) < 0))
		return -1;
	if (!store.count)
		return refuse_store(reader);
	if ((reader->request->experiment.len ? find_named(&experiment, &store, reader) : find_only(&experiment, &store, reader)) < 0)
		return -1;
	if (experiment->deleted)
		return failure_set(reader->failure, EXIT_FINDINGS, "experiment '%.*s' is deleted in MLflow; mlflow experiments restore -x %.*s brings it back",
		                   TEXT_ARGS(experiment->name), TEXT_ARGS(experiment->id));
	out->experiment = experiment->name.len ? experiment->name : experiment->id;
	if (experiment->broken) {
		struct tracked_run *run = add_run(out, reader->arena);
		*run = experiment->record;
		run->place = place_of_path(reader, experiment->folder);
		run->name = text_format(reader->arena, "experiment %.*s", TEXT_ARGS(experiment->id));
		/* Which runs are meant could not be told. */
		for (size_t i = 0; i < reader->request->run_count; i++)
			reader->found[i] = true;
		return 0;
	}
	return take_runs(out, reader, experiment);
}

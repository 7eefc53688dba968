#include "arena.h"
#include "checker.h"
#include "instant.h"
#include "parts.h"

enum part { PART_NONE, PART_CSV, PART_METRICS };

/* What a file among the snapshots is by its ending, and the stamp before it. */
static enum part part_of(struct text *stamp, struct text name)
{
	static const struct {
		const char *suffix;
		enum part part;
	} parts[] = {{".csv", PART_CSV},      {".csv.gz", PART_CSV},    {".csv.zst", PART_CSV},
	             {".json", PART_METRICS}, {".yaml", PART_METRICS}, {".yml", PART_METRICS}};

	/* A .dvc file stands for the data. */
	if (text_ends(name, ".csv.dvc") || text_ends(name, ".csv.gz.dvc") || text_ends(name, ".csv.zst.dvc"))
		name = text_cut(name, 0, name.len - 4);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (text_ends(name, parts[i].suffix)) {
			*stamp = text_cut(name, 0, name.len - text_of(parts[i].suffix).len);
			return parts[i].part;
		}
	return PART_NONE;
}

/* Files of one stamp follow each other in the order of paths, so only the last can be the one. */
static struct snapshot *snapshot_of(struct model *model, struct text stamp, int64_t time, struct arena *arena)
{
	if (model->snapshot_count && text_equal(model->snapshots[model->snapshot_count - 1].stamp, stamp))
		return &model->snapshots[model->snapshot_count - 1];
	model->snapshots = arena_grow(arena, model->snapshots, model->snapshot_count, sizeof *model->snapshots);
	model->snapshots[model->snapshot_count] = (struct snapshot){.stamp = stamp, .time = time};
	return &model->snapshots[model->snapshot_count++];
}

/* Data that lies beside its .dvc file is one snapshot with it; git knows the .dvc file. */
static void add_data(struct snapshot *snapshot, struct loader *loader, struct text path)
{
	struct text before = snapshot->csv;
	bool pair = before.len && path.len == before.len + 4 && text_ends(path, ".dvc") && text_equal(text_cut(path, 0, before.len), before);

	if (before.len && !pair) {
		diag_add(loader->diags, CODE_REF_DUPLICATE_ID, path_place(loader, path), "a second data file of snapshot '%.*s'",
		         TEXT_ARGS(snapshot->stamp));
		diag_relate(loader->diags, path_place(loader, before), "first here");
		diag_help(loader->diags, "delete one of the two");
		return;
	}
	snapshot->csv = path;
}

static int add_metrics(struct snapshot *snapshot, struct loader *loader, struct text path)
{
	struct loaded loaded;

	if (snapshot->metrics_file) {
		diag_add(loader->diags, CODE_REF_DUPLICATE_ID, path_place(loader, path),
		         "a second metric file of snapshot '%.*s'", TEXT_ARGS(snapshot->stamp));
		diag_relate(loader->diags, (struct place){.file = snapshot->metrics_file}, "first here");
		diag_help(loader->diags, "delete one of the two");
		return 0;
	}
	if (load_document(&loaded, loader, path, KIND_SNAPSHOT) < 0)
		return -1;
	snapshot->metrics = loaded.root;
	snapshot->metrics_file = loaded.file;
	return 0;
}

/* Files that are no snapshots by their name: silence, a warning, or an error where it could be a misspelt one. */
static void refuse_name(struct loader *loader, struct text path, struct text stamp, enum part part)
{
	struct text name = base_name(path);

	if (part == PART_NONE) {
		if (is_quiet_name(name))
			return;
		diag_add(loader->diags, CODE_FILE_NAME, path_place(loader, path), "'%.*s' is no snapshot", TEXT_ARGS(name));
		diag_help(loader->diags, "snapshots end in .csv, .csv.gz or .csv.zst, their metrics in .json or .yaml; move other files elsewhere");
		return;
	}
	diag_add(loader->diags, CODE_DATA_STAMP, path_place(loader, path), "'%.*s' is no stamp of a snapshot",
	         TEXT_ARGS(excerpt(stamp, loader->arena)));
	diag_help(loader->diags, "name it YYYY-MM-DD or YYYY-MM-DDTHHMMSSZ, UTC");
}

static int add_file(struct model *model, struct loader *loader, const struct entry *entry)
{
	struct text stamp, name = base_name(entry->path);
	enum part part = part_of(&stamp, name);
	int64_t time;

	if (text_equal(entry->path, model->reference) || (part != PART_NONE && text_is(stamp, "reference")))
		return 0;
	if (entry->kind != ENTRY_FILE && part != PART_NONE) {
		diag_add(loader->diags, CODE_FILE_KIND, path_place(loader, entry->path), "'%.*s' is %s",
		         TEXT_ARGS(entry->path), entry_word(entry->kind));
		diag_help(loader->diags, "put a regular file there");
		return 0;
	}
	if (part == PART_NONE || !instant_parse_stamp(&time, stamp)) {
		if (entry->kind == ENTRY_FILE)
			refuse_name(loader, entry->path, stamp, part);
		return 0;
	}
	struct snapshot *snapshot = snapshot_of(model, stamp, time, loader->arena);
	if (part == PART_METRICS)
		return add_metrics(snapshot, loader, entry->path);
	add_data(snapshot, loader, entry->path);
	return 0;
}

int snapshots_load(struct model *model, struct loader *loader, struct text folder, const struct entry *entries,
                   size_t count)
{
	for (size_t i = 0; i < count;) {
		struct text name, stamp;
		bool below;
		size_t end = entries_group(&name, &below, entries, count, i, folder.len);
		if (!below) {
			if (add_file(model, loader, &entries[i]) < 0)
				return -1;
		} else if (part_of(&stamp, name) != PART_NONE) {
			struct text path = text_cut(entries[i].path, 0, folder.len + name.len);
			diag_add(loader->diags, CODE_FILE_KIND, path_place(loader, path), "'%.*s' is a directory", TEXT_ARGS(path));
		}
		i = end;
	}
	for (size_t i = 0; i < model->snapshot_count; i++)
		if (!model->snapshots[i].csv.len)
			diag_add(loader->diags, CODE_DATA_ORPHAN, (struct place){.file = model->snapshots[i].metrics_file},
			         "metrics of '%.*s' without '%.*s.csv': drift and freshness do not see that snapshot",
			         TEXT_ARGS(model->snapshots[i].stamp), TEXT_ARGS(model->snapshots[i].stamp));
	return 0;
}

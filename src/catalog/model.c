#include <stdlib.h>

#include "arena.h"
#include "checker.h"
#include "parts.h"

static void read_deployments(struct model *model, struct arena *arena)
{
	const struct value *list = value_get(model->record.root, "deployments");

	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++) {
		const struct value *item = list->items[i];
		struct deployment deployment = {.environment = value_text(item, "environment"),
		                                .endpoint = value_text(item, "endpoint"),
		                                .run = value_text(item, "run"),
		                                .place = item->place,
		                                .run_place = value_place(item, "run")};
		if (item->kind != VALUE_MAP)
			continue;
		deployment.has_since = value_time(&deployment.since, item, "since");
		model->deployments = arena_grow(arena, model->deployments, model->deployment_count, sizeof *model->deployments);
		model->deployments[model->deployment_count++] = deployment;
	}
}

static int read_reference(struct model *model, struct loader *loader, struct text folder)
{
	const struct value *value = value_get(model->record.root, "reference");
	bool found;
	enum entry_kind kind;

	if (!value || value->kind != VALUE_SCALAR || !is_inner_path(value->text))
		return 0;
	struct text path = text_format(loader->arena, "%.*s%.*s", TEXT_ARGS(folder), TEXT_ARGS(value->text));
	model->reference = path;
	model->reference_place = value->place;
	if (source_look(&found, &kind, loader->source, path, loader->failure) < 0)
		return -1;
	if (!found) {
		diag_add(loader->diags, CODE_REF_FILE, value->place, "no file '%.*s'", TEXT_ARGS(path));
		diag_help(loader->diags, "'reference' is a path in the folder of the model");
	} else if (kind != ENTRY_FILE) {
		diag_add(loader->diags, CODE_FILE_KIND, value->place, "'%.*s' is no regular file", TEXT_ARGS(path));
	}
	return 0;
}

static void read_hold(struct model *model)
{
	const struct value *hold = value_get(model->record.root, "hold");

	/* A hold without its end would hold for ever; the schema has asked for it. */
	if (!value_time(&model->hold.until, hold, "until"))
		return;
	model->hold.action = value_text(hold, "action");
	model->hold.reason = value_text(hold, "reason");
}

static int read_model(struct model *model, struct loader *loader, struct text folder, struct text id, struct text path)
{
	struct loaded loaded;

	if (load_document(&loaded, loader, path, KIND_MODEL) < 0)
		return -1;
	record_fill(&model->record, loader, KIND_MODEL, &loaded, id);
	const struct value *root = loaded.root;
	struct text own = value_text(root, "metadata.id");
	if (is_id(own, false) && is_id(id, false) && !text_equal(own, id)) {
		diag_add(loader->diags, CODE_REF_FOLDER, model->record.place, "id '%.*s' is not the name of its folder '%.*s'",
		         TEXT_ARGS(own), TEXT_ARGS(id));
		diag_help(loader->diags, "rename the folder or the model; both are its id");
	}
	model->owner = value_text(root, "metadata.owner");
	model->recipe = reference_of(value_get(root, "recipe"));
	model->status = model_status_of(value_text(root, "status"));
	model->version = value_text(root, "version");
	model->production_run = value_text(root, "production_run");
	model->production_run_place = value_place(root, "production_run");
	read_deployments(model, loader->arena);
	read_hold(model);
	return read_reference(model, loader, folder);
}

/* A file right in a model's folder that is not its manifest. */
static void stray_file(struct loader *loader, const struct entry *entry)
{
	static const struct text names[] = {{"model.yaml", 10}};
	struct text name = base_name(entry->path);

	if (entry->kind != ENTRY_FILE || !is_manifest_name(name) || is_quiet_name(name))
		return;
	diag_add(loader->diags, CODE_FILE_NAME, path_place(loader, entry->path), "'%.*s' is not read", TEXT_ARGS(name));
	if (!suggest(loader->diags, name, names, 1))
		diag_help(loader->diags, "the folder of a model holds model.yaml, a folder for each run, and snapshots");
}

/* Files right in the model's folder that are not its manifest. */
static void stray_files(struct loader *loader, struct text folder, const struct entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct text rest = text_cut(entries[i].path, folder.len, entries[i].path.len);
		if (text_find(rest, '/') == rest.len && !is_manifest_of(rest, "model"))
			stray_file(loader, &entries[i]);
	}
}

/* By time, then id; what has not started is newest. */
static int compare_runs(const void *x, const void *y)
{
	const struct run *a = x, *b = y;

	if (a->has_started != b->has_started)
		return a->has_started ? -1 : 1;
	if (a->has_started && a->started != b->started)
		return a->started < b->started ? -1 : 1;
	return text_compare(a->record.id, b->record.id);
}

static int compare_snapshots(const void *x, const void *y)
{
	const struct snapshot *a = x, *b = y;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return text_compare(a->stamp, b->stamp);
}

static struct place snapshot_place(struct loader *loader, const struct snapshot *snapshot)
{
	return snapshot->csv.len ? path_place(loader, snapshot->csv) : (struct place){.file = snapshot->metrics_file};
}

static int read_folders(struct model *model, struct loader *loader, struct text folder, const struct entry *entries,
                        size_t count)
{
	for (size_t i = 0; i < count;) {
		struct text name;
		struct run run;
		bool below, found;
		size_t end = entries_group(&name, &below, entries, count, i, folder.len);
		struct text inner = text_format(loader->arena, "%.*s%.*s/", TEXT_ARGS(folder), TEXT_ARGS(name));
		if (below && text_is(name, "snapshots")) {
			if (snapshots_load(model, loader, inner, entries + i, end - i) < 0)
				return -1;
		} else if (below && !is_manifest_of(name, "model")) {
			if (run_load(&run, &found, loader, inner, name, entries + i, end - i) < 0)
				return -1;
			if (found) {
				model->runs = arena_grow(loader->arena, model->runs, model->run_count, sizeof *model->runs);
				model->runs[model->run_count++] = run;
			}
		} else if (!below && entries[i].kind == ENTRY_LINK) {
			/* A folder behind a link would be left out in silence. */
			entry_refuse(loader, &entries[i]);
		}
		i = end;
	}
	if (model->run_count)
		qsort(model->runs, model->run_count, sizeof *model->runs, compare_runs);
	if (model->snapshot_count)
		qsort(model->snapshots, model->snapshot_count, sizeof *model->snapshots, compare_snapshots);
	return 0;
}

/* Snapshots are sorted; two of one instant have no order. */
static void check_order(const struct model *model, struct loader *loader)
{
	for (size_t i = 1; i < model->snapshot_count; i++) {
		const struct snapshot *a = &model->snapshots[i - 1], *b = &model->snapshots[i];
		if (a->time != b->time)
			continue;
		diag_add(loader->diags, CODE_DATA_ORDER, snapshot_place(loader, b), "snapshots '%.*s' and '%.*s' are of one instant",
		         TEXT_ARGS(a->stamp), TEXT_ARGS(b->stamp));
		diag_relate(loader->diags, snapshot_place(loader, a), "the other");
		diag_help(loader->diags, "a date is its midnight, UTC: rename one, or keep one of the two");
	}
	for (size_t i = 1; i < model->deployment_count; i++) {
		const struct deployment *a = &model->deployments[i - 1], *b = &model->deployments[i];
		if (!a->has_since || !b->has_since || a->since <= b->since)
			continue;
		diag_add(loader->diags, CODE_DATA_ORDER, b->place, "a deployment stands after one that is newer");
		diag_relate(loader->diags, a->place, "the newer one");
		diag_help(loader->diags, "deployments are listed newest last; a rollback looks through them from the end");
	}
}

static bool holds_files(const struct entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].kind != ENTRY_FOLDER && !is_quiet_name(base_name(entries[i].path)))
			return true;
	return false;
}

/* A folder below runs/: path with '/' at its end. */
static int load_folder(struct loader *loader, struct text folder, struct text id, const struct entry *entries,
                       size_t count)
{
	struct catalog *catalog = loader->catalog;
	struct text bare = text_cut(folder, 0, folder.len - 1);
	struct model model = {0};
	bool refused;

	if (!holds_files(entries, count))
		return 0;
	const struct entry *manifest = manifest_find(&refused, loader, "model", folder, entries, count);
	stray_files(loader, folder, entries, count);
	if (manifest && !is_id(id, false)) {
		diag_add(loader->diags, CODE_SCHEMA_ID, path_place(loader, bare),
		         "the folder's name '%.*s' is no id of a model", TEXT_ARGS(excerpt(id, loader->arena)));
		diag_help(loader->diags, "a lower-case letter, then lower-case letters, digits, _ and -, at most 64");
	}
	if (manifest && read_model(&model, loader, folder, id, manifest->path) < 0)
		return -1;
	if (!manifest) {
		struct place place = path_place(loader, bare);
		model.record = (struct record){
			.kind = KIND_MODEL, .id = id, .name = id, .place = place, .file = place.file, .broken = true};
	}
	if (!manifest && !refused) {
		diag_add(loader->diags, CODE_REF_FOLDER, path_place(loader, bare), "folder of a model without its model.yaml");
		diag_help(loader->diags, "add '%.*smodel.yaml', or move the files elsewhere", TEXT_ARGS(folder));
	}
	if (read_folders(&model, loader, folder, entries, count) < 0)
		return -1;
	check_order(&model, loader);
	if (!is_id(id, false))
		return 0;
	catalog->models = arena_grow(loader->arena, catalog->models, catalog->model_count, sizeof *catalog->models);
	catalog->models[catalog->model_count++] = model;
	return 0;
}

int models_load(struct loader *loader, const struct entry *entries, size_t count)
{
	struct text top = loader->catalog->config.runs;

	for (size_t i = 0; i < count;) {
		struct text name;
		bool below;
		size_t end = entries_group(&name, &below, entries, count, i, top.len + 1);
		struct text folder = text_format(loader->arena, "%.*s/%.*s/", TEXT_ARGS(top), TEXT_ARGS(name));
		if (below) {
			if (load_folder(loader, folder, name, entries + i, end - i) < 0)
				return -1;
		} else if (!is_quiet_name(name) && !entry_refuse(loader, &entries[i])) {
			diag_add(loader->diags, CODE_FILE_NAME, path_place(loader, entries[i].path), "'%.*s' is not read",
			         TEXT_ARGS(name));
			diag_help(loader->diags, "models are folders with a model.yaml in them");
		}
		i = end;
	}
	return 0;
}

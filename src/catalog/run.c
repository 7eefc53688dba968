#include "arena.h"
#include "checker.h"
#include "number.h"
#include "parts.h"

/* What Python, JavaScript and YAML write for values that are no finite numbers. */
static bool is_nonfinite_word(struct text text)
{
	static const char *const words[] = {"nan", ".nan", "infinity", "inf", ".inf"};

	if (text.len && (text.at[0] == '-' || text.at[0] == '+'))
		text = text_cut(text, 1, text.len);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_is_nocase(text, words[i]))
			return true;
	return false;
}

static void check_leaf(const struct value *value, const struct spot *spot, struct diags *diags)
{
	double number;
	const char *found = value->kind == VALUE_LIST ? "a list" : value->kind == VALUE_NULL ? "nothing" : NULL;
	struct text path;

	if (value->kind == VALUE_SCALAR && !value->quoted &&
	    (is_plain_number(&number, value->text) || is_nonfinite_word(value->text)))
		return;
	path = spot_text(spot, diags->arena);
	if (found)
		diag_add(diags, CODE_RUN_METRICS, value->place, "metric '%.*s' must be a number, found %s", TEXT_ARGS(path),
		         found);
	else
		diag_add(diags, CODE_RUN_METRICS, value->place, "metric '%.*s' must be a number, found '%.*s'%s",
		         TEXT_ARGS(path), TEXT_ARGS(excerpt(value->text, diags->arena)), value->quoted ? " in quotes" : "");
	if (value->kind == VALUE_SCALAR && value->quoted && is_plain_number(&number, value->text))
		diag_help(diags, "remove the quotes");
	else
		diag_help(diags, "a metric file holds numbers and mappings of numbers alone");
}

static void check_nest(const struct value *map, const struct spot *up, unsigned depth, struct diags *diags)
{
	for (size_t i = 0; i < map->count; i++) {
		struct spot spot = {up, map->members[i].name, 0, depth};
		if (text_starts(map->members[i].name, "x-"))
			continue;
		if (map->members[i].value->kind != VALUE_MAP)
			check_leaf(map->members[i].value, &spot, diags);
		else if (depth < CHECK_DEPTH_MAX)
			check_nest(map->members[i].value, &spot, depth + 1, diags);
	}
}

void metrics_check(const struct value *map, struct diags *diags)
{
	if (map && map->kind == VALUE_MAP)
		check_nest(map, NULL, 1, diags);
}

static void lacks(struct run *run, struct loader *loader, const char *field)
{
	if (value_get(run->record.root, field))
		return;
	diag_add(loader->diags, CODE_RUN_STATE, run->record.root->place, "status '%s' without '%s'",
	         run_status_name(run->status), field);
	diag_help(loader->diags, "add '%s', or set the status that is true", field);
}

static void check_state(struct run *run, struct loader *loader)
{
	const struct value *root = run->record.root;
	bool finished = run->status == RUN_SUCCEEDED || run->status == RUN_FAILED || run->status == RUN_CANCELLED;

	if (!root || run->status == RUN_NONE)
		return;
	if (run->status != RUN_QUEUED)
		lacks(run, loader, "started_at");
	if (finished)
		lacks(run, loader, "finished_at");
	if (run->status == RUN_SUCCEEDED)
		lacks(run, loader, "metrics");
	if (run->status == RUN_FAILED)
		lacks(run, loader, "error");
	if (!finished && run->has_finished)
		diag_add(loader->diags, CODE_RUN_STATE, value_place(root, "finished_at"), "status '%s' with 'finished_at'",
		         run_status_name(run->status));
	if (run->has_started && run->has_finished && run->finished < run->started) {
		diag_add(loader->diags, CODE_RUN_STATE, value_place(root, "finished_at"),
		         "'finished_at' %.*s is before 'started_at' %.*s", TEXT_ARGS(value_text(root, "finished_at")),
		         TEXT_ARGS(value_text(root, "started_at")));
		diag_relate(loader->diags, value_place(root, "started_at"), "started_at %.*s",
		            TEXT_ARGS(value_text(root, "started_at")));
	}
}

/* Whether a key stood twice, by the findings from said on: which of its values is meant, nobody knows. */
static bool has_twins(const struct diags *diags, size_t said)
{
	for (size_t i = said; i < diags->count; i++)
		if (diags->items[i].code == CODE_YAML_DUPLICATE_KEY || diags->items[i].code == CODE_JSON_DUPLICATE_KEY)
			return true;
	return false;
}

static int read_metrics(struct run *run, struct loader *loader, struct text folder, size_t said)
{
	const struct value *metrics = value_get(run->record.root, "metrics");
	struct loaded loaded;

	if (!metrics || metrics->kind == VALUE_LIST || metrics->kind == VALUE_NULL)
		return 0;
	if (metrics->kind == VALUE_MAP) {
		metrics_check(metrics, loader->diags);
		if (has_twins(loader->diags, said))
			return 0;
		run->metrics = metrics;
		run->metrics_file = run->record.file;
		return 0;
	}
	if (!is_inner_path(metrics->text))
		return 0;
	struct text path = text_format(loader->arena, "%.*s%.*s", TEXT_ARGS(folder), TEXT_ARGS(metrics->text));
	if (load_document(&loaded, loader, path, KIND_SNAPSHOT) < 0)
		return -1;
	if (!loaded.there) {
		diag_add(loader->diags, CODE_REF_FILE, metrics->place, "no file '%.*s'", TEXT_ARGS(path));
		diag_help(loader->diags, "'metrics' is a path in the folder of the run");
	}
	run->metrics = loaded.root;
	run->metrics_file = loaded.there ? loaded.file : NULL;
	return 0;
}

static bool holds_files(const struct entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].kind != ENTRY_FOLDER && !is_quiet_name(base_name(entries[i].path)))
			return true;
	return false;
}

static void fill(struct run *run)
{
	const struct value *root = run->record.root;

	run->type = run_type_of(value_text(root, "type"));
	run->status = run_status_of(value_text(root, "status"));
	run->recipe = reference_of(value_get(root, "recipe"));
	run->of = value_text(root, "of");
	run->has_started = value_time(&run->started, root, "started_at");
	run->has_finished = value_time(&run->finished, root, "finished_at");
	run->error = value_text(root, "error");
	run->recipe_digest = value_text(root, "recipe_digest");
}

int run_load(struct run *out, bool *found, struct loader *loader, struct text folder, struct text id,
             const struct entry *entries, size_t count)
{
	struct text bare = text_cut(folder, 0, folder.len - 1);
	struct loaded loaded;
	bool refused;
	const struct entry *manifest = manifest_find(&refused, loader, "run", folder, entries, count);

	*found = false;
	if (!manifest) {
		if (!refused && holds_files(entries, count)) {
			diag_add(loader->diags, CODE_REF_FOLDER, path_place(loader, bare), "folder of a run without its run.yaml");
			diag_help(loader->diags, "add '%.*srun.yaml', or move the files elsewhere", TEXT_ARGS(folder));
		}
		return 0;
	}
	if (!is_id(id, true)) {
		diag_add(loader->diags, CODE_SCHEMA_ID, path_place(loader, bare), "the folder's name '%.*s' is no id of a run",
		         TEXT_ARGS(id));
		diag_help(loader->diags, "a lower-case letter or digit, then lower-case letters, digits, _ and -, at most 64");
	}
	size_t said = loader->diags->count;
	if (load_document(&loaded, loader, manifest->path, KIND_RUN) < 0)
		return -1;
	*out = (struct run){0};
	record_fill(&out->record, loader, KIND_RUN, &loaded, id);
	fill(out);
	check_state(out, loader);
	if (read_metrics(out, loader, folder, said) < 0)
		return -1;
	*found = is_id(id, true);
	return 0;
}

#include "pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "history.h"
#include "report.h"
#include "repository.h"

enum { REPORT_BYTES = 64 * 1024 * 1024 };

static int64_t present(const struct workspace *workspace, const struct workspace_request *request)
{
	const struct source_info *info = source_get_info(workspace->source);

	if (request->has_as_of)
		return request->as_of;
	if (workspace->catalog.config.has_as_of)
		return workspace->catalog.config.as_of;
	return request->source.at && !request->live ? info->commit_time : request->now;
}

static void settle_findings(struct workspace *workspace)
{
	catalog_apply_rules(&workspace->catalog, &workspace->diags);
	diags_sort(&workspace->diags);
}

static bool holds_files(const struct catalog *catalog)
{
	return catalog->config.file || catalog->input_count;
}

/* Neither files nor folders of a workspace: a wrong folder must not look like one without findings. */
static int holds_nothing(bool *nothing, const struct workspace *workspace, struct failure *failure)
{
	const struct config *config = &workspace->catalog.config;
	const struct text folders[] = {config->recipes, config->packs, config->runs};
	bool found = holds_files(&workspace->catalog);
	enum entry_kind kind;

	for (size_t i = 0; !found && i < sizeof folders / sizeof *folders; i++)
		if (source_look(&found, &kind, workspace->source, folders[i], failure) < 0)
			return -1;
	*nothing = !found;
	return 0;
}

static int refuse_nothing(const struct workspace *workspace, struct failure *failure)
{
	const struct config *config = &workspace->catalog.config;

	return failure_set(failure, EXIT_UNABLE, "no workspace in '%.*s': there is no galley.yaml, %.*s/, %.*s/ or %.*s/; name its folder with -C",
	                   TEXT_ARGS(source_get_info(workspace->source)->top), TEXT_ARGS(config->recipes), TEXT_ARGS(config->packs),
	                   TEXT_ARGS(config->runs));
}

/* --- What a change starts from --- */

/* The state that is compared with, and versions in history. */
struct before {
	struct workspace_base *base;
	const struct limits *limits; /* for history: those of the command line alone, so that no change hides versions by its own */
	struct versions reached, ahead;
	char revision[41];
};

/* The catalog with the versions that its pins ask for, from history where this revision has others. */
static int load_settled(struct catalog *catalog, bool brief, struct source *source, const struct limits *limits, const struct limits *of_history,
                        unsigned jobs, struct arena *arena, struct diags *diags, struct failure *failure)
{
	if (catalog_read(catalog, brief ? &resolve_brief : NULL, source, limits, jobs, arena, diags, failure) < 0 ||
	    history_settle(catalog, source, of_history, arena, failure) < 0)
		return -1;
	catalog_check(catalog);
	return 0;
}

static int refuse_no_commits(const struct workspace *workspace, const char *revision, struct failure *failure)
{
	const struct source_info *info = source_get_info(workspace->source);

	if (info->kind == SOURCE_FOLDER)
		return failure_set(failure, EXIT_UNABLE, "'%.*s' is not in a git repository: there is no '%s' to compare with",
		                   TEXT_ARGS(info->top), revision);
	return 0;
}

static int before_load(struct before *before, struct workspace *workspace, const struct workspace_request *request,
                       struct failure *failure)
{
	const char *revision = request->base ? request->base : request->against;
	bool exactly = request->base ? request->base_exactly : !request->since_fork;
	struct workspace_base *base = before->base = arena_alloc(&workspace->arena, sizeof *base);
	struct source *source;

	if (refuse_no_commits(workspace, revision, failure) < 0)
		return -1;
	if (exactly) {
		if (source_revision(before->revision, workspace->source, revision, failure) < 0)
			return -1;
		memcpy(base->commit, before->revision, sizeof base->commit);
	} else if (source_merge_base(base->commit, before->revision, workspace->source, revision, failure) < 0) {
		return -1;
	}
	if (source_open_commit(&source, workspace->source, base->commit, &workspace->arena, failure) < 0)
		return -1;
	diags_init(&base->diags, &workspace->arena);
	int status = load_settled(&base->catalog, false, source, before->limits, before->limits, request->jobs, &workspace->arena, &base->diags,
	                          failure);
	source_close(source);
	workspace->base = base;
	return status;
}

struct folders {
	struct text *items;
	enum kind *kinds;
	size_t count;
};

static void add_folder(struct folders *folders, enum kind kind, struct text path, struct arena *arena)
{
	for (size_t i = 0; i < folders->count; i++)
		if (folders->kinds[i] == kind && text_equal(folders->items[i], path))
			return;
	folders->items = arena_grow(arena, folders->items, folders->count, sizeof *folders->items);
	folders->kinds = arena_grow(arena, folders->kinds, folders->count, sizeof *folders->kinds);
	folders->items[folders->count] = text_format(arena, "%.*s", TEXT_ARGS(path));
	folders->kinds[folders->count++] = kind;
}

/* Folders that a galley.yaml of the past names. */
static int add_folders_of(struct folders *folders, struct workspace *workspace, const struct history_file *file,
                          const struct limits *limits, struct failure *failure)
{
	struct text top = source_get_info(workspace->source)->workspace;
	struct arena *arena = &workspace->arena;
	enum read_result result;
	struct input input;
	struct diags diags;

	if (source_read_blob(&input, &result, workspace->source, file->blob, file->path, limits->manifest_bytes, arena, failure) < 0)
		return -1;
	diags_init(&diags, arena);
	const struct value *root = result == READ_OK ? document_read(&input, DOCUMENT_MANIFEST, limits, arena, &diags) : NULL;
	struct text recipes = value_text(root, "directories.recipes"), packs = value_text(root, "directories.packs");
	add_folder(folders, KIND_RECIPE, text_format(arena, "%.*s%.*s", TEXT_ARGS(top), TEXT_ARGS(recipes.len ? recipes : TEXT("recipes"))),
	           arena);
	add_folder(folders, KIND_PACK, text_format(arena, "%.*s%.*s", TEXT_ARGS(top), TEXT_ARGS(packs.len ? packs : TEXT("packs"))), arena);
	return 0;
}

/* All recipes and packs that the revision reaches, wherever galley.yaml said that they are. */
static int walk_reached(struct history_file **files, size_t *count, struct folders *folders, struct workspace *workspace,
                        const struct before *before, struct failure *failure)
{
	const struct config *now = &workspace->catalog.config, *then = &before->base->catalog.config;
	struct arena *arena = &workspace->arena;
	size_t walked;

	add_folder(folders, KIND_CONFIG, text_format(arena, "%.*sgalley.yaml", TEXT_ARGS(source_get_info(workspace->source)->workspace)), arena);
	add_folder(folders, KIND_RECIPE, now->recipes, arena);
	add_folder(folders, KIND_PACK, now->packs, arena);
	add_folder(folders, KIND_RECIPE, then->recipes, arena);
	add_folder(folders, KIND_PACK, then->packs, arena);
	do {
		walked = folders->count;
		if (source_history(files, count, workspace->source, before->revision, NULL, folders->items, folders->count, before->limits, arena,
		                   failure) < 0)
			return -1;
		for (size_t i = 0; i < *count; i++)
			if (folders->kinds[(*files)[i].which] == KIND_CONFIG &&
			    add_folders_of(folders, workspace, &(*files)[i], before->limits, failure) < 0)
				return -1;
	} while (folders->count > walked);
	return 0;
}

static bool is_manifest(struct text path)
{
	size_t name = path.len;

	while (name && path.at[name - 1] != '/')
		name--;
	return !text_starts(text_cut(path, name, path.len), ".") &&
	       (text_ends(path, ".yaml") || text_ends(path, ".yml") || text_ends(path, ".json"));
}

/* By content, so that each is parsed once. */
static int order_blobs(const void *left, const void *right)
{
	const struct history_file *a = left, *b = right;
	int order = strcmp(a->blob, b->blob);

	if (!order)
		order = (a->which > b->which) - (a->which < b->which);
	return order ? order : text_compare(a->path, b->path);
}

static int read_version(struct version *version, bool *found, struct workspace *workspace, const struct history_file *file,
                        enum kind kind, const struct limits *limits, struct failure *failure)
{
	struct arena scratch;
	struct input input;
	enum read_result result;

	arena_init(&scratch);
	int status = source_read_blob(&input, &result, workspace->source, file->blob, file->path, limits->manifest_bytes, &scratch, failure);
	*found = status == 0 && result == READ_OK && version_read(version, kind, &input, limits, &workspace->arena);
	arena_release(&scratch);
	return status;
}

static int read_versions(struct versions *out, struct workspace *workspace, struct history_file *files, size_t count,
                         const struct folders *folders, const struct limits *limits, struct failure *failure)
{
	struct version version;
	bool found = false;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (folders->kinds[files[i].which] != KIND_CONFIG && is_manifest(files[i].path))
			files[kept++] = files[i];
	if (kept)
		qsort(files, kept, sizeof *files, order_blobs);
	for (size_t i = 0; i < kept; i++) {
		const struct history_file *file = &files[i];
		bool known = i && file->which == files[i - 1].which && strcmp(file->blob, files[i - 1].blob) == 0;
		if (!known && read_version(&version, &found, workspace, file, folders->kinds[file->which], limits, failure) < 0)
			return -1;
		if (!found)
			continue;
		version.path = file->path;
		version.commit = file->commit->id;
		version.time = file->commit->time;
		version.mainline = file->commit->mainline;
		version.merged = file->merged;
		out->items = arena_grow(&workspace->arena, out->items, out->count, sizeof *out->items);
		out->items[out->count++] = version;
	}
	versions_sort(out);
	return 0;
}

static int compare_with_base(struct workspace *workspace, struct before *before, struct failure *failure)
{
	const struct source_info *info = source_get_info(workspace->source);
	struct folders folders = {NULL, NULL, 0};
	struct history_file *reached, *ahead;
	size_t reached_count, ahead_count;
	struct change_request change = {
		.base = &before->base->catalog,
		.now = &workspace->catalog,
		.base_commit = before->base->commit,
		.reached = &before->reached,
		.ahead = &before->ahead,
		.now_commit = info->kind == SOURCE_COMMIT ? info->commit : NULL,
		.now_place = info->kind == SOURCE_INDEX ? "the index" : "the working tree",
	};

	if (walk_reached(&reached, &reached_count, &folders, workspace, before, failure) < 0 ||
	    source_history(&ahead, &ahead_count, workspace->source, info->commit, before->revision, folders.items, folders.count,
	                   before->limits, &workspace->arena, failure) < 0 ||
	    read_versions(&before->reached, workspace, reached, reached_count, &folders, before->limits, failure) < 0 ||
	    read_versions(&before->ahead, workspace, ahead, ahead_count, &folders, before->limits, failure) < 0)
		return -1;
	config_tighten(&workspace->catalog.config, &before->base->catalog.config, text_cut(text_of(before->base->commit), 0, 12), &workspace->arena,
	               &workspace->diags);
	change_check(&change, &workspace->arena, &workspace->diags);
	return 0;
}

static void resolve_base(struct workspace *workspace, struct workspace_base *base)
{
	resolve_all(&base->resolved, &base->catalog, workspace->results.as_of, &workspace->arena, &base->diags);
	monitor_check_alerts(&base->catalog, &base->resolved, &workspace->arena, &base->diags);
}

static int open_settings(struct workspace *workspace, const struct workspace_request *request, struct failure *failure)
{
	if (catalog_read_config(&workspace->catalog, workspace->source, &workspace->limits, &workspace->arena, &workspace->diags, failure) < 0)
		return -1;
	workspace->results = (struct results){.catalog = &workspace->catalog, .as_of = present(workspace, request), .diags = &workspace->diags};
	return 0;
}

int workspace_open(struct workspace *workspace, const struct workspace_request *request, struct failure *failure)
{
	const struct limits *limits = request->limits ? request->limits : &limits_default;
	struct before before = {.limits = limits};
	/* A comparison looks at everything. */
	bool brief = request->findings_only && !request->base;

	*workspace = (struct workspace){.jobs = request->jobs, .memory = request->memory};
	arena_init(&workspace->arena);
	diags_init(&workspace->diags, &workspace->arena);
	workspace->limits = *limits;
	if (source_open(&workspace->source, &request->source, &workspace->arena, failure) < 0)
		return -1;
	source_lay_over(workspace->source, request->overlay, request->overlay_count);
	if (request->settings_only)
		return open_settings(workspace, request, failure);
	bool has_base = request->base != NULL;
	if (has_base && request->base_if_any &&
	    source_has_base(&has_base, &workspace->no_base, workspace->source, request->base, failure) < 0)
		return -1;
	if ((has_base || request->against) && before_load(&before, workspace, request, failure) < 0)
		return -1;
	if (has_base)
		limits = &before.base->catalog.config.limits;
	if (load_settled(&workspace->catalog, brief, workspace->source, limits, before.limits, request->jobs, &workspace->arena, &workspace->diags,
	                 failure) < 0)
		return -1;
	workspace->base_none = !has_base || !holds_files(&before.base->catalog);
	if (holds_nothing(&workspace->none, workspace, failure) < 0)
		return -1;
	/* That there is none any more is a difference too. */
	bool was_there = request->against && holds_files(&before.base->catalog);
	if (workspace->none && !was_there)
		return request->may_be_none ? 0 : refuse_nothing(workspace, failure);
	workspace->files = workspace->catalog.input_count;
	workspace->diags.most = workspace->catalog.config.limits.findings;
	workspace->results = (struct results){
		.catalog = &workspace->catalog,
		.resolved = &workspace->resolved,
		.as_of = present(workspace, request),
		.diags = &workspace->diags,
	};
	if (request->findings_only)
		resolve_findings(&workspace->resolved, &workspace->catalog, workspace->results.as_of, request->jobs, &workspace->arena,
		                 &workspace->diags);
	else
		resolve_all(&workspace->resolved, &workspace->catalog, workspace->results.as_of, &workspace->arena, &workspace->diags);
	monitor_check_alerts(&workspace->catalog, &workspace->resolved, &workspace->arena, &workspace->diags);
	monitor_check_stamps(&workspace->catalog, workspace->results.as_of, request->has_as_of || workspace->catalog.config.has_as_of,
	                     &workspace->arena, &workspace->diags);
	if (has_base && compare_with_base(workspace, &before, failure) < 0)
		return -1;
	settle_findings(workspace);
	if (before.base)
		resolve_base(workspace, before.base);
	/* After the rules were applied, as a comment that suppresses stands where the finding was made. */
	if (has_base) {
		change_anchor(&workspace->diags, &before.base->catalog, &before.base->diags, &workspace->catalog);
		diags_sort(&workspace->diags);
	}
	return 0;
}

void workspace_differences(struct differences *out, struct workspace *workspace)
{
	const struct workspace_base *base = workspace->base;
	const struct state before = {&base->catalog, &base->resolved}, now = {&workspace->catalog, &workspace->resolved};

	differences_find(out, &before, &now, &workspace->arena);
}

void workspace_rejudge(struct run_moves *out, struct workspace *workspace)
{
	const struct workspace_base *base = workspace->base;
	const struct state before = {&base->catalog, &base->resolved}, now = {&workspace->catalog, &workspace->resolved};

	runs_rejudge(out, &before, &now, &workspace->arena);
}

/* --- Versions --- */

static int open_history(struct workspace *workspace, struct failure *failure)
{
	if (workspace->history)
		return 0;
	return history_open(&workspace->history, workspace->source, &workspace->catalog, &workspace->limits, true, &workspace->arena, failure);
}

static const enum kind versioned[] = {KIND_RECIPE, KIND_PACK};

int workspace_log(struct version_log *log, struct workspace *workspace, struct text id, size_t most, struct failure *failure)
{
	*log = (struct version_log){.id = id};
	if (open_history(workspace, failure) < 0)
		return -1;
	if (history_extent(workspace->history) != PAST_FOUND)
		return history_fail(failure, workspace->history, "no versions to tell");
	for (size_t i = 0; i < sizeof versioned / sizeof *versioned && !log->all; i++)
		if (history_log(log, workspace->history, &workspace->catalog, versioned[i], id, most, true, workspace->results.as_of,
		                &workspace->arena, failure) < 0)
			return -1;
	return 0;
}

int workspace_versions(struct version_log **logs, size_t *count, struct workspace *workspace, struct failure *failure)
{
	*logs = NULL;
	*count = 0;
	if (open_history(workspace, failure) < 0)
		return -1;
	if (history_extent(workspace->history) != PAST_FOUND)
		return history_fail(failure, workspace->history, "no versions to tell");
	for (size_t k = 0; k < sizeof versioned / sizeof *versioned; k++) {
		struct text *ids;
		size_t id_count;
		history_ids(&ids, &id_count, workspace->history, versioned[k], &workspace->arena);
		for (size_t i = 0; i < id_count; i++) {
			*logs = arena_grow(&workspace->arena, *logs, *count, sizeof **logs);
			if (history_log(&(*logs)[(*count)++], workspace->history, &workspace->catalog, versioned[k], ids[i], SIZE_MAX, false,
			                workspace->results.as_of, &workspace->arena, failure) < 0)
				return -1;
		}
	}
	return 0;
}

static struct activity waiting(const struct proposal *proposal, struct arena *arena)
{
	struct activity item = {.kind = ACTIVITY_WAITING, .id = proposal->model, .what = proposal->subject, .who = proposal->author, .time = proposal->as_of, .order = SIZE_MAX};

	item.why = text_format(arena, "on %.*s: %.*s since %.*s", TEXT_ARGS(proposal->branch), TEXT_ARGS(proposal->state),
	                       TEXT_ARGS(text_cut(proposal->since, 0, 10)));
	for (size_t i = 0; i < proposal->reason_count; i++)
		item.why = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(item.why), i ? "; " : ": ", TEXT_ARGS(proposal->reasons[i]));
	memcpy(item.commit, proposal->commit, sizeof item.commit);
	return item;
}

int workspace_activity(struct activity **items, size_t *count, bool *cut, struct workspace *workspace, struct text id,
                       const struct proposal_request *branches, struct failure *failure)
{
	struct text folder = author_workspace_name(source_get_info(workspace->source)->workspace, &workspace->arena);
	struct proposal *proposals;
	size_t proposal_count;

	if (activity_read(items, count, cut, workspace->source, &workspace->catalog, id, &workspace->limits, &workspace->arena, failure) < 0 ||
	    proposals_read(&proposals, &proposal_count, branches, &workspace->arena, failure) < 0)
		return -1;
	for (size_t i = 0; i < proposal_count; i++) {
		const struct proposal *proposal = &proposals[i];
		bool twice = i && proposal->remote.len && strcmp(proposal->commit, proposals[i - 1].commit) == 0;
		if (!proposal->commit[0] || proposal->merged || twice || !text_equal(proposal->workspace, folder) ||
		    (id.len && !text_equal(id, proposal->model)))
			continue;
		*items = arena_grow(&workspace->arena, *items, *count, sizeof **items);
		(*items)[(*count)++] = waiting(proposal, &workspace->arena);
	}
	activity_sort(*items, *count);
	return 0;
}

void workspace_names(struct text **names, size_t *count, struct workspace *workspace)
{
	struct text *recipes, *packs;
	size_t recipe_count, pack_count;

	*names = NULL;
	*count = 0;
	if (!workspace->history)
		return;
	history_ids(&recipes, &recipe_count, workspace->history, KIND_RECIPE, &workspace->arena);
	history_ids(&packs, &pack_count, workspace->history, KIND_PACK, &workspace->arena);
	*names = arena_array(&workspace->arena, recipe_count + pack_count, sizeof **names);
	for (size_t i = 0; i < recipe_count; i++)
		(*names)[(*count)++] = recipes[i];
	for (size_t i = 0; i < pack_count; i++)
		(*names)[(*count)++] = packs[i];
}

static void parse_record(struct shown_record *record, struct workspace *workspace)
{
	struct diags unheard;

	diags_init(&unheard, &workspace->arena);
	record->root = document_read(record->file, DOCUMENT_MANIFEST, &workspace->limits, &workspace->arena, &unheard);
}

static int show_version(struct shown_record *record, bool *found, struct workspace *workspace, const struct history_version *version,
                        struct failure *failure)
{
	struct version_log log;
	struct input *file;

	if (history_log(&log, workspace->history, &workspace->catalog, version->kind, version->id, SIZE_MAX, false, 0, &workspace->arena, failure) < 0 ||
	    history_read(&file, found, workspace->history, version, &workspace->arena, failure) < 0)
		return -1;
	for (size_t i = 0; i < log.count; i++)
		if (text_equal(log.items[i].version->version, version->version))
			record->item = &log.items[i];
	record->kind = version->kind;
	record->id = version->id;
	record->file = file;
	if (*found)
		parse_record(record, workspace);
	return 0;
}

/* A model's or run's manifest by its folder. */
static int show_manifest(struct shown_record *record, bool *found, struct workspace *workspace, struct text id, struct failure *failure)
{
	static const char *const endings[] = {"yaml", "yml", "json"};
	bool is_run = text_find(id, '/') < id.len;
	struct arena *arena = &workspace->arena;

	for (size_t i = 0; i < sizeof endings / sizeof *endings && !*found; i++) {
		struct input *input = arena_alloc(arena, sizeof *input);
		enum read_result result = READ_MISSING;
		struct text path = text_format(arena, "%.*s/%.*s/%s.%s", TEXT_ARGS(workspace->catalog.config.runs), TEXT_ARGS(id),
		                               is_run ? "run" : "model", endings[i]);
		if (!id.len || text_find(id, '\0') < id.len || !path_is_plain(path))
			return 0;
		if (source_read(input, &result, workspace->source, path, workspace->limits.manifest_bytes, arena, failure) < 0)
			return -1;
		*found = result == READ_OK;
		input->path = path;
		*record = (struct shown_record){.kind = is_run ? KIND_RUN : KIND_MODEL, .id = id, .file = input};
	}
	if (*found)
		parse_record(record, workspace);
	return 0;
}

int workspace_show(struct shown_record *record, bool *found, struct text *newest, struct workspace *workspace, struct text wanted,
                   struct failure *failure)
{
	size_t at = text_find(wanted, '@');
	struct text id = text_cut(wanted, 0, at), pin = text_cut(wanted, at + 1, wanted.len);

	*found = false;
	*record = (struct shown_record){.id = id};
	*newest = TEXT("");
	if (open_history(workspace, failure) < 0)
		return -1;
	for (size_t i = 0; i < sizeof versioned / sizeof *versioned && !newest->len; i++) {
		const struct history_version *version;
		if (history_find(&version, newest, workspace->history, versioned[i], id, pin, &workspace->arena, failure) < 0)
			return -1;
		if (version)
			return show_version(record, found, workspace, version, failure);
	}
	return newest->len || pin.len ? 0 : show_manifest(record, found, workspace, id, failure);
}

int workspace_resolve(const struct effective **out, struct text *newest, struct workspace *workspace, const struct reference *reference,
                      struct failure *failure)
{
	const struct effective *here = resolved_recipe(&workspace->resolved, reference->id);
	const struct history_version *version;
	struct catalog *world;
	struct diags unheard;

	*newest = TEXT("");
	*out = here;
	if (!reference->pin.len || (here && reference_matches(reference, here->recipe->version) &&
	                            !reference_needs_past(reference, here->recipe->version, here->recipe->status)))
		return 0;
	*out = NULL;
	if (open_history(workspace, failure) < 0 || history_find(&version, newest, workspace->history, KIND_RECIPE, reference->id, reference->pin,
	                                                         &workspace->arena, failure) < 0)
		return -1;
	/* A range that only a draft of this revision satisfies means that one. */
	if (here && (!version ? reference_matches(reference, here->recipe->version) : version->present))
		*out = here;
	if (*out || !version)
		return 0;
	if (history_world(&world, workspace->history, version, &workspace->catalog, &workspace->arena, failure) < 0)
		return -1;
	struct resolved *resolved = arena_alloc(&workspace->arena, sizeof *resolved);
	diags_init(&unheard, &workspace->arena);
	resolve_all(resolved, world, workspace->results.as_of, &workspace->arena, &unheard);
	*out = resolved_recipe(resolved, reference->id);
	return 0;
}

int workspace_has(bool *found, struct workspace *workspace, struct text path, struct failure *failure)
{
	enum entry_kind kind;

	return source_look(found, &kind, workspace->source, path, failure);
}

void workspace_close(struct workspace *workspace)
{
	source_close(workspace->source);
	arena_release(&workspace->arena);
}

/* --- Before a change is made --- */

static bool stands_in(const struct diag *diag, struct text path)
{
	return diag->place.file && text_equal(diag->place.file->path, path);
}

/* Lines move with the change, and are no part of what is the same. */
static bool is_known(const struct diag *diag, const struct diags *before)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct diag *old = &before->items[i];
		bool same_file = diag->place.file ? stands_in(old, diag->place.file->path) : !old->place.file;
		if (old->code == diag->code && old->severity == diag->severity && same_file && text_equal(old->message, diag->message))
			return true;
	}
	return false;
}

static void keep_fresh(struct diags *fresh, const struct diags *after, const struct diags *before, struct text path)
{
	for (size_t i = 0; i < after->count; i++) {
		struct diag *diag = &after->items[i];
		if (diag->severity == SEVERITY_ERROR && (stands_in(diag, path) || !is_known(diag, before)))
			diags_append(fresh, &(struct diags){.items = diag, .count = 1});
	}
}

/* Approved content and versions that history has. */
static int try_versions(struct diags *fresh, struct workspace *before, const struct workspace_request *request, struct text path,
                        struct failure *failure)
{
	const struct source_info *info = source_get_info(before->source);
	struct workspace_request wanted = *request;
	struct workspace after;

	if (!info->commit[0])
		return 0;
	wanted.base = info->commit;
	wanted.base_if_any = true;
	int status = workspace_open(&after, &wanted, failure);
	for (size_t i = 0; status == 0 && i < after.diags.count; i++) {
		struct diag *diag = &after.diags.items[i];
		bool version = diag->code == CODE_VERSION_CHANGED || diag->code == CODE_VERSION_LOWER || diag->code == CODE_VERSION_STATUS;
		if (version && stands_in(diag, path))
			diags_append(fresh, &(struct diags){.items = diag, .count = 1});
	}
	/* What was found points into it. */
	arena_join(&before->arena, &after.arena);
	source_close(after.source);
	return status;
}

int workspace_would_be(struct workspace *after, struct diags *fresh, struct workspace *before, const struct workspace_request *request,
                       const struct authored *change, bool with_versions, struct failure *failure)
{
	const struct source_overlay overlay = {change->path, change->after};
	struct workspace_request wanted = *request;

	wanted.overlay = &overlay;
	wanted.overlay_count = 1;
	diags_init(fresh, &before->arena);
	if (workspace_open(after, &wanted, failure) < 0)
		return -1;
	source_lay_over(after->source, NULL, 0);
	keep_fresh(fresh, &after->diags, &before->diags, change->path);
	return with_versions ? try_versions(fresh, before, &wanted, change->path, failure) : 0;
}

int workspace_create(size_t *written, struct text *left_out, const char *directory, struct arena *arena, struct failure *failure)
{
	struct publish_file *files = arena_array(arena, author_template_count, sizeof *files);
	struct location location;
	size_t count = 0, removed;

	*left_out = TEXT("");
	if (repository_locate(&location, directory, NULL, arena, failure) < 0)
		return -1;
	if (location.kind == LOCATION_BARE)
		return failure_set(failure, EXIT_UNABLE, "'%s' is a bare repository: a workspace is made in a working directory", location.top);
	for (size_t i = 0; i < author_template_count; i++) {
		struct text path = text_of(author_templates[i].path);
		if (location.prefix.len && text_starts(path, ".")) {
			*left_out = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(*left_out), left_out->len ? " and " : "", TEXT_ARGS(path));
			continue;
		}
		if (location.prefix.len)
			path = text_format(arena, "%.*s/%.*s", TEXT_ARGS(location.prefix), TEXT_ARGS(path));
		files[count++] = (struct publish_file){.path = path, .bytes = text_of(author_templates[i].bytes), .fresh = true};
	}
	return publish_files(written, &removed, location.top, files, count, failure);
}

static bool is_wanted(const struct model *model, const struct model *const *only, size_t only_count)
{
	for (size_t i = 0; i < only_count; i++)
		if (only[i] == model)
			return true;
	return only_count == 0;
}

int workspace_measure(struct workspace *workspace, bool latest_only, const struct model *const *only, size_t only_count,
                      struct failure *failure)
{
	const struct catalog *catalog = &workspace->catalog;
	struct results *results = &workspace->results;
	struct monitor_request request = {
		.catalog = catalog,
		.resolved = &workspace->resolved,
		.source = workspace->source,
		.as_of = results->as_of,
		.jobs = workspace->jobs,
		.memory = workspace->memory,
		.latest_only = latest_only,
		.data_checks = workspace->data_checks ? catalog->config.keep_snapshots : 0,
	};

	results->models = arena_array(&workspace->arena, catalog->model_count, sizeof *results->models);
	for (size_t i = 0; i < catalog->model_count; i++) {
		if (!is_wanted(&catalog->models[i], only, only_count))
			continue;
		struct model_result *model = &results->models[results->model_count++];
		if (monitor_model(model, &request, &catalog->models[i], &workspace->arena, &workspace->diags, failure) < 0)
			return -1;
	}
	settle_findings(workspace);
	return 0;
}

int workspace_try(struct trial *trial, struct workspace *workspace, const struct model *model, struct text source, struct failure *failure)
{
	struct monitor_request request = {
		.catalog = &workspace->catalog,
		.resolved = &workspace->resolved,
		.source = workspace->source,
		.as_of = workspace->results.as_of,
		.jobs = workspace->jobs,
		.memory = workspace->memory,
	};

	if (monitor_try(trial, &request, model, source, &workspace->arena, &workspace->diags, failure) < 0)
		return -1;
	settle_findings(workspace);
	return 0;
}

/* The paths that results depend on; reports/ is not among them. */
static size_t input_paths(struct text paths[static 5], struct workspace *workspace)
{
	const struct config *config = &workspace->catalog.config;
	const struct source_info *info = source_get_info(workspace->source);

	paths[0] = config->recipes;
	paths[1] = config->packs;
	paths[2] = config->runs;
	paths[3] = text_format(&workspace->arena, "%.*sgalley.yaml", TEXT_ARGS(info->workspace));
	paths[4] = text_format(&workspace->arena, "%.*sgalley.yml", TEXT_ARGS(info->workspace));
	return 5;
}

static int read_whole(struct text *bytes, struct workspace *workspace, struct text path, struct failure *failure)
{
	struct input input;
	enum read_result result;

	*bytes = TEXT("");
	if (source_read(&input, &result, workspace->source, path, REPORT_BYTES, &workspace->arena, failure) < 0)
		return -1;
	if (result == READ_OK)
		*bytes = input.bytes;
	return 0;
}

/* The source of the pages: the newest change, or when rechecking what the manifest says, if that is a commit of this history. */
static int find_source(struct workspace *workspace, struct text manifest, bool recheck, struct failure *failure)
{
	struct results *results = &workspace->results;
	struct text paths[5];
	enum reach reach = REACH_NO;
	char source[41] = "";
	int64_t as_of;

	bool known = report_manifest_read(&as_of, source, manifest, &workspace->arena);
	if (source[0] && source_reaches(&reach, workspace->source, source, failure) < 0)
		return -1;
	if (recheck && known && source[0] && reach == REACH_UNKNOWN)
		return failure_set(failure, EXIT_UNABLE,
		                   "commit %s, which the reports were made from, is not in this %s; %s, or 'reports: {history: false}' in galley.yaml",
		                   source, source_get_info(workspace->source)->shallow ? "shallow clone" : "folder",
		                   source_get_info(workspace->source)->shallow ? "git fetch --unshallow, in a workflow fetch-depth: 0"
		                                                               : "check in a clone");
	if (recheck && reach == REACH_YES) {
		memcpy(results->source, source, sizeof source);
		return 0;
	}
	size_t path_count = input_paths(paths, workspace);
	if (source_newest_change(results->source, workspace->source, paths, path_count, &workspace->catalog.config.limits, failure) < 0)
		return -1;
	results->renew = known && reach == REACH_NO && strcmp(source, results->source) != 0;
	return 0;
}

int workspace_pages(struct publish_file **files, size_t *count, struct workspace *workspace, bool recheck, struct failure *failure)
{
	struct results *results = &workspace->results;
	const struct config *config = &workspace->catalog.config;
	struct text manifest;

	if (read_whole(&manifest, workspace, text_format(&workspace->arena, "%.*s/manifest.json", TEXT_ARGS(config->reports)), failure) < 0)
		return -1;
	if (config->history && find_source(workspace, manifest, recheck, failure) < 0)
		return -1;
	report_pages(files, count, results, manifest, &workspace->arena, &workspace->diags);
	return 0;
}

int workspace_stale(struct publish_file **stale, size_t *stale_count, struct workspace *workspace, const struct publish_file *files,
                    size_t count, struct failure *failure)
{
	*stale = NULL;
	*stale_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct input input;
		enum read_result result;
		if (source_read(&input, &result, workspace->source, files[i].path, REPORT_BYTES, &workspace->arena, failure) < 0)
			return -1;
		bool same = files[i].remove ? result == READ_MISSING : result == READ_OK && text_equal(input.bytes, files[i].bytes);
		if (same)
			continue;
		*stale = arena_grow(&workspace->arena, *stale, *stale_count, sizeof **stale);
		(*stale)[(*stale_count)++] = files[i];
	}
	return 0;
}

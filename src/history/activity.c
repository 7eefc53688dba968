#include "activity.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "document.h"
#include "id_table.h"
#include "landed.h"
#include "trailer.h"

enum { SUBJECT_BYTES = 200, FIELDS = 9 };

const char *activity_kind_name(enum activity_kind kind)
{
	static const char *const names[] = {"waiting", "proposed", "approved", "promoted", "held", "new", "changed", "removed"};

	return names[kind];
}

/* A file of a record that a commit changed. */
struct touched {
	size_t commit;
	enum kind kind;
	struct text path, id; /* id: empty where only the file says it */
	unsigned char blob[20], was[20];
};

struct commit_step {
	unsigned char id[20];
	size_t first_parent, parent_count; /* in parents */
	struct text author, committer, subject;
	struct text message; /* of a proposal, else empty */
	int64_t written, committed;
	bool on_mainline;
	size_t brought; /* the commit of the mainline that has brought it */
};

struct reading {
	struct source *source;
	struct grounds grounds;
	const struct limits *limits;
	struct text only;
	struct commit_step *steps;
	size_t step_count;
	size_t *parents;
	size_t parent_count;
	struct touched *files;
	size_t file_count;
	struct id_table by_id, seen; /* commits; path and content that a commit has brought */
	bool cut;
	struct activity *items;
	size_t count;
	struct arena *arena;
	struct failure *failure;
	int status;
};

static const unsigned char nothing[20];

static bool is_nothing(const unsigned char id[20])
{
	return memcmp(id, nothing, sizeof nothing) == 0;
}

/* --- Walking --- */

static bool is_manifest(struct text path)
{
	return text_ends(path, ".yaml") || text_ends(path, ".yml") || text_ends(path, ".json");
}

static bool is_wanted(const struct reading *reading, struct text id)
{
	struct text owner = text_cut(id, 0, text_find(id, '/'));

	return !reading->only.len || text_equal(id, reading->only) || text_equal(owner, reading->only);
}

static bool is_called(struct text name, const char *stem)
{
	size_t dot = text_find(name, '.');

	return text_is(text_cut(name, 0, dot), stem) && is_manifest(name) && text_find(text_cut(name, dot + 1, name.len), '.') == name.len - dot - 1;
}

/* What a path below the folder of runs is: M/model.yaml, M/R/run.yaml. */
static bool name_run_file(struct touched *file, struct text below)
{
	size_t slash = text_find(below, '/');
	struct text model = text_cut(below, 0, slash), rest = text_cut(below, slash + 1, below.len);
	size_t next = text_find(rest, '/');

	file->kind = next == rest.len ? KIND_MODEL : KIND_RUN;
	file->id = file->kind == KIND_MODEL ? model : text_cut(below, 0, slash + 1 + next);
	return slash < below.len &&
	       (file->kind == KIND_MODEL ? is_called(rest, "model") : is_called(text_cut(rest, next + 1, rest.len), "run"));
}

static bool name_file(struct touched *file, const struct reading *reading, size_t which)
{
	struct text folder = reading->grounds.folders[which];

	file->kind = grounds_kind(which);
	file->id = TEXT("");
	if (file->kind == KIND_RUN)
		return name_run_file(file, text_cut(file->path, folder.len + (folder.len ? 1 : 0), file->path.len)) && is_wanted(reading, file->id);
	return is_manifest(file->path);
}

/* What a branch's commit has told need not be told of the merge that brought it. */
static bool is_told(struct reading *reading, const struct walked_file *file)
{
	unsigned char key[20];
	char digest[65], blob[41];

	id_print(blob, file->blob);
	digest_sha256(digest, text_format(reading->arena, "%.*s\n%s", TEXT_ARGS(file->path), blob));
	digest[40] = '\0';
	id_parse(key, digest);
	bool told = id_table_find(&reading->seen, key) != ID_NONE;
	if (!told)
		id_table_put(&reading->seen, key, 0, reading->arena);
	return told;
}

static void take_files(struct reading *reading, const struct walked_commit *commit)
{
	struct arena scratch;
	size_t count;

	if (commit->cut)
		return;
	arena_init(&scratch);
	const struct landed *files = grounds_land(&count, &reading->grounds, commit, &scratch);
	for (size_t i = 0; i < count; i++) {
		const struct walked_file *from = &files[i].file;
		struct touched file = {.commit = reading->step_count, .path = text_copy(reading->arena, from->path)};
		if (files[i].left || memcmp(from->blob, from->was, sizeof from->blob) == 0 || !name_file(&file, reading, from->which))
			continue;
		if (is_told(reading, from) && commit->parent_count > 1)
			continue;
		memcpy(file.blob, from->blob, sizeof file.blob);
		memcpy(file.was, from->was, sizeof file.was);
		reading->files = arena_grow(reading->arena, reading->files, reading->file_count, sizeof *reading->files);
		reading->files[reading->file_count++] = file;
	}
	arena_release(&scratch);
}

static void take_note(struct commit_step *step, struct reading *reading, const struct commit_note *note)
{
	struct text subject = text_trim(text_cut(note->message, 0, text_find(note->message, '\n')));

	step->author = text_copy(reading->arena, note->author);
	step->committer = text_copy(reading->arena, note->committer);
	step->subject = text_copy(reading->arena, text_cut(subject, 0, SUBJECT_BYTES));
	step->written = note->time;
	step->committed = note->committed;
	/* A merge may repeat what it merges. */
	if (step->parent_count < 2 && trailer_get(note->message, "Cause", 0).len && trailer_get(note->message, "Model", 0).len)
		step->message = text_copy(reading->arena, note->message);
}

static bool is_known(void *context, const unsigned char id[20])
{
	(void)id;
	return ((struct reading *)context)->status < 0;
}

static void visit(void *context, const struct walked_commit *commit)
{
	struct reading *reading = context;
	struct commit_step step = {.first_parent = reading->parent_count};
	struct commit_note note;
	struct arena scratch;
	char id[41];

	if (reading->status < 0)
		return;
	memcpy(step.id, commit->id, sizeof step.id);
	for (size_t i = 0; i < commit->parent_count; i++) {
		size_t parent = id_table_find(&reading->by_id, commit->parents + 20 * i);
		if (parent == ID_NONE)
			continue;
		reading->parents = arena_grow(reading->arena, reading->parents, reading->parent_count, sizeof *reading->parents);
		reading->parents[reading->parent_count++] = parent;
	}
	step.parent_count = reading->parent_count - step.first_parent;
	reading->cut = reading->cut || commit->cut;
	id_print(id, commit->id);
	arena_init(&scratch);
	reading->status = source_commit_note(&note, reading->source, id, &scratch, reading->failure);
	if (reading->status == 0)
		take_note(&step, reading, &note);
	arena_release(&scratch);
	take_files(reading, commit);
	reading->steps = arena_grow(reading->arena, reading->steps, reading->step_count, sizeof *reading->steps);
	reading->steps[reading->step_count] = step;
	id_table_put(&reading->by_id, commit->id, reading->step_count++, reading->arena);
}

/* --- Proposals and what brought them --- */

/* Everything that this commit of the mainline reaches and those before it do not. */
static void mark_brought(struct reading *reading, size_t commit, size_t *way)
{
	size_t depth = 0;

	way[depth++] = commit;
	while (depth) {
		const struct commit_step *step = &reading->steps[way[--depth]];
		for (size_t i = 0; i < step->parent_count; i++) {
			size_t parent = reading->parents[step->first_parent + i];
			if (reading->steps[parent].brought != ID_NONE)
				continue;
			reading->steps[parent].brought = commit;
			way[depth++] = parent;
		}
	}
}

static void find_mainline(struct reading *reading)
{
	size_t *way = arena_array(reading->arena, reading->step_count + 1, sizeof *way), *main = arena_array(reading->arena, reading->step_count + 1, sizeof *main);
	size_t at = reading->step_count - 1, count = 0;

	for (size_t i = 0; i < reading->step_count; i++)
		reading->steps[i].brought = ID_NONE;
	for (;;) {
		reading->steps[at].on_mainline = true;
		reading->steps[at].brought = at;
		main[count++] = at;
		if (!reading->steps[at].parent_count)
			break;
		at = reading->parents[reading->steps[at].first_parent];
	}
	while (count)
		mark_brought(reading, main[--count], way);
}

struct text activity_reasons(struct text message, struct arena *arena)
{
	struct text out = trailer_get(message, "State", 0), since = trailer_get(message, "Since", 0), reason;

	if (since.len)
		out = text_format(arena, "%.*s since %.*s", TEXT_ARGS(out), TEXT_ARGS(text_cut(since, 0, 10)));
	for (size_t i = 0; (reason = trailer_get(message, "Reason", i)).len; i++)
		out = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(out), i ? "; " : ": ", TEXT_ARGS(reason));
	return out;
}

static struct activity *add(struct reading *reading, enum activity_kind kind, struct text id, size_t commit)
{
	const struct commit_step *step = &reading->steps[commit];

	reading->items = arena_grow(reading->arena, reading->items, reading->count, sizeof *reading->items);
	struct activity *item = &reading->items[reading->count++];
	*item = (struct activity){.kind = kind, .id = id, .why = step->subject, .who = step->author, .time = step->written, .order = 2 * commit + 1};
	id_print(item->commit, step->id);
	return item;
}

static void add_proposal(struct reading *reading, size_t at)
{
	const struct commit_step *step = &reading->steps[at];
	struct text model = trailer_get(step->message, "Model", 0);
	struct activity *item;

	if (!is_wanted(reading, model))
		return;
	item = add(reading, ACTIVITY_PROPOSED, model, at);
	item->what = step->subject;
	item->why = activity_reasons(step->message, reading->arena);
	item->order--;
	item = add(reading, ACTIVITY_APPROVED, model, step->brought != ID_NONE ? step->brought : at);
	item->what = step->subject;
	id_print(item->proposal, step->id);
	if (!step->on_mainline)
		return;
	/* Rebased or squashed by whoever committed it; of a fast-forward git does not tell. */
	bool same = text_equal(step->author, step->committer) && step->written == step->committed;
	item->who = same ? TEXT("") : step->committer;
	item->time = step->committed;
	item->why = same ? TEXT("fast-forward") : step->subject;
}

/* --- Changes of records --- */

struct record_state {
	bool there;
	struct text id;
	struct text values[FIELDS];
};

static const char *const model_fields[FIELDS + 1] = {"status", "production_run", "version", "recipe", "hold.action", "hold.until", "hold.reason", NULL};
static const char *const run_fields[FIELDS + 1] = {"status", NULL};
static const char *const versioned_fields[FIELDS + 1] = {"metadata.status", "metadata.version", NULL};

static const char *const *fields_of(enum kind kind)
{
	return kind == KIND_MODEL ? model_fields : kind == KIND_RUN ? run_fields : versioned_fields;
}

static int read_state(struct record_state *state, struct reading *reading, const struct touched *file, const unsigned char blob[20])
{
	const char *const *fields = fields_of(file->kind);
	enum read_result result;
	struct arena scratch;
	struct input input;
	struct diags unheard;
	char id[41];

	*state = (struct record_state){.there = !is_nothing(blob), .id = file->id};
	if (!state->there)
		return 0;
	id_print(id, blob);
	arena_init(&scratch);
	int status = source_read_blob(&input, &result, reading->source, id, file->path, reading->limits->manifest_bytes, &scratch, reading->failure);
	diags_init(&unheard, &scratch);
	const struct value *root =
	    status == 0 && result == READ_OK ? document_read(&input, DOCUMENT_MANIFEST, reading->limits, &scratch, &unheard) : NULL;
	for (size_t i = 0; root && fields[i]; i++)
		state->values[i] = text_copy(reading->arena, value_text(root, fields[i]));
	if (root && !file->id.len)
		state->id = text_copy(reading->arena, value_text(root, "metadata.id"));
	arena_release(&scratch);
	return status;
}

static struct text changes_of(const struct record_state *was, const struct record_state *now, const char *const *fields, struct arena *arena)
{
	struct text out = TEXT("");

	for (size_t i = 0; fields[i]; i++) {
		struct text before = was->values[i], after = now->values[i];
		if (text_equal(before, after))
			continue;
		out = text_format(arena, "%.*s%s%s %.*s%s%.*s", TEXT_ARGS(out), out.len ? "; " : "", fields[i], TEXT_ARGS(before),
		                  !before.len ? "" : after.len ? " -> " : " gone", TEXT_ARGS(after));
	}
	return out;
}

static enum activity_kind kind_of(const struct touched *file, const struct record_state *was, const struct record_state *now)
{
	bool versioned = file->kind == KIND_RECIPE || file->kind == KIND_PACK;

	if (!now->there)
		return ACTIVITY_REMOVED;
	if (!was->there)
		return ACTIVITY_NEW;
	if (versioned && text_is(now->values[0], "approved") && !text_is(was->values[0], "approved"))
		return ACTIVITY_APPROVED;
	if (file->kind == KIND_MODEL && now->values[4].len &&
	    (!text_equal(was->values[4], now->values[4]) || !text_equal(was->values[5], now->values[5])))
		return ACTIVITY_HELD;
	if (file->kind == KIND_MODEL && (!text_equal(was->values[0], now->values[0]) || !text_equal(was->values[1], now->values[1])))
		return ACTIVITY_PROMOTED;
	return ACTIVITY_CHANGED;
}

static int add_change(struct reading *reading, const struct touched *file)
{
	struct record_state was, now;

	/* What a proposal does is told by its approval. */
	if (reading->steps[file->commit].message.len)
		return 0;
	if (read_state(&was, reading, file, file->was) < 0 || read_state(&now, reading, file, file->blob) < 0)
		return -1;
	struct text id = now.id.len ? now.id : was.id;
	struct text what = now.there ? changes_of(&was, &now, fields_of(file->kind), reading->arena) : file->path;
	if (!id.len || !what.len || !is_wanted(reading, id))
		return 0;
	struct activity *item = add(reading, kind_of(file, &was, &now), id, file->commit);
	item->what = what;
	return 0;
}

/* --- All --- */

static int compare(const void *left, const void *right)
{
	const struct activity *a = left, *b = right;

	if (a->time != b->time)
		return a->time > b->time ? -1 : 1;
	if (a->order != b->order)
		return a->order > b->order ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int result = text_compare(a->id, b->id);
	return result ? result : text_compare(a->what, b->what);
}

void activity_sort(struct activity *items, size_t count)
{
	if (count)
		qsort(items, count, sizeof *items, compare);
}

int activity_read(struct activity **items, size_t *count, bool *cut, struct source *source, const struct catalog *settings, struct text id,
                  const struct limits *limits, struct arena *arena, struct failure *failure)
{
	struct reading reading = {.source = source, .limits = limits, .only = id, .arena = arena, .failure = failure};
	const struct walker walker = {&reading, is_known, visit};

	if (grounds_find(&reading.grounds, source, settings, limits, arena, failure) < 0 ||
	    source_walk(source, source_get_info(source)->commit, reading.grounds.folders, reading.grounds.count, &walker, limits, failure) < 0 ||
	    reading.status < 0)
		return -1;
	if (reading.step_count)
		find_mainline(&reading);
	for (size_t i = 0; i < reading.step_count; i++)
		if (reading.steps[i].message.len)
			add_proposal(&reading, i);
	for (size_t i = 0; i < reading.file_count; i++)
		if (add_change(&reading, &reading.files[i]) < 0)
			return -1;
	activity_sort(reading.items, reading.count);
	*items = reading.items;
	*count = reading.count;
	*cut = reading.cut;
	return 0;
}

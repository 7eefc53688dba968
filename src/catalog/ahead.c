#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "parts.h"
#include "work.h"

/* Files that take longer than a thread takes to start. */
enum { WORTH_A_THREAD = 16 };
enum { FIRST_FEW = 8, FIRST_SHARE = 16 };

/* A file on its way to being a record: read by one thread, then parsed and checked by any. */
struct ahead {
	struct text path;
	enum kind kind;
	struct input *input;
	enum read_result result;
	const struct value *root;
	bool brief;
	const struct backdrop *over;
	bool clear;
	struct comment *comments;
	size_t comment_count;
	struct diags diags;
};

static const size_t *most_bytes(const struct loader *loader, enum kind kind)
{
	return kind == KIND_SNAPSHOT ? &loader->limits->metrics_bytes : &loader->limits->manifest_bytes;
}

static int read_file(struct ahead *file, struct loader *loader, struct arena *arena)
{
	file->input = arena_alloc(arena, sizeof *file->input);
	if (source_read(file->input, &file->result, loader->source, file->path, *most_bytes(loader, file->kind), arena, loader->failure) < 0)
		return -1;
	file->input->path = file->path;
	return 0;
}

static void refuse_read(struct ahead *file, const struct loader *loader)
{
	struct place place = {.file = file->input};
	const size_t *limit = most_bytes(loader, file->kind);

	if (file->result == READ_NOT_A_FILE) {
		diag_add(&file->diags, CODE_FILE_KIND, place, "'%.*s' is no regular file", TEXT_ARGS(file->path));
		diag_help(&file->diags, "put a regular file there; links and directories are not read");
	} else if (file->result == READ_TOO_LARGE) {
		if (loader->limits->blob_bytes < *limit)
			limit = &loader->limits->blob_bytes;
		diag_add(&file->diags, CODE_FILE_LIMIT, place, "the file is larger than %zu bytes (%s)", *limit,
		         limit_note(loader->limits, limit).text);
	}
}

/* tree: what the file's tree lies in. */
static void parse_file(struct ahead *file, const struct loader *loader, struct arena *arena, struct arena *tree)
{
	enum document_form form = file->kind == KIND_SNAPSHOT ? DOCUMENT_METRICS : DOCUMENT_MANIFEST;

	diags_init(&file->diags, arena);
	if (file->result != READ_OK) {
		refuse_read(file, loader);
		return;
	}
	file->root = document_read(file->input, form, loader->limits, tree, &file->diags);
	if (file->root)
		document_comments(&file->comments, &file->comment_count, file->input, SUPPRESS_MARK, arena);
	if (file->root && file->kind == KIND_SNAPSHOT)
		metrics_check(file->root, &file->diags);
	else if (file->root)
		schema_check(file->kind, file->root, &loader->context, &file->diags);
}

struct crew {
	struct loader *loader;
	const void *prepared; /* by brief.prepare(); NULL: nothing can be judged yet */
	struct arena arenas[WORK_THREADS_MAX], trees[WORK_THREADS_MAX];
};

static void parse_one(void *context, size_t i, unsigned worker)
{
	struct crew *crew = context;
	struct ahead *file = &crew->loader->ahead[i];
	struct arena *arena = &crew->arenas[worker], *tree = &crew->trees[worker];

	file->brief = crew->loader->brief && file->kind == KIND_RECIPE;
	parse_file(file, crew->loader, arena, file->brief ? tree : arena);
	if (!file->brief)
		return;
	if (crew->prepared && file->root && !diags_count(&file->diags, SEVERITY_ERROR))
		file->clear = crew->loader->brief->judge(&file->over, crew->prepared, file->root, tree);
	file->root = file->root ? outline_make(file->root, file->input, arena) : NULL;
	arena_reset(tree);
}

/* What is parsed before the rest: recipes that others seem to inherit from, and packs. */
struct first {
	struct input **inputs;
	enum kind *kinds;
	size_t count;
};

static void find_first(struct first *first, const struct loader *loader, struct arena *scratch)
{
	size_t count = loader->ahead_count, recipes = 0, packs = 0;
	struct text *bytes = arena_array(scratch, count, sizeof *bytes);
	bool *likely = arena_array(scratch, count, sizeof *likely);

	for (size_t i = 0; i < count; i++) {
		if (loader->ahead[i].kind == KIND_RECIPE)
			bytes[recipes++] = loader->ahead[i].input->bytes;
		packs += loader->ahead[i].kind == KIND_PACK;
	}
	size_t parents = likely_parents(likely, bytes, recipes, scratch);
	*first = (struct first){arena_array(scratch, count, sizeof *first->inputs), arena_array(scratch, count, sizeof *first->kinds), 0};
	/* All of these are parsed twice. */
	if (!parents || parents + packs > FIRST_FEW + recipes / FIRST_SHARE)
		return;
	recipes = 0;
	for (size_t i = 0; i < count; i++) {
		const struct ahead *file = &loader->ahead[i];
		bool wanted = file->kind == KIND_PACK || (file->kind == KIND_RECIPE && likely[recipes]);
		recipes += file->kind == KIND_RECIPE;
		if (!wanted || file->result != READ_OK)
			continue;
		first->kinds[first->count] = file->kind;
		first->inputs[first->count++] = file->input;
	}
}

/* Makes a catalog of what most others stand over, so that these can be judged when they are parsed. */
static void prepare(struct crew *crew)
{
	struct loader *loader = crew->loader;
	struct arena scratch;
	struct first first;
	struct diags unheard;

	arena_init(&scratch);
	find_first(&first, loader, &scratch);
	if (first.count) {
		struct catalog *parents = arena_alloc(loader->arena, sizeof *parents);
		diags_init(&unheard, loader->arena);
		catalog_of_inputs(parents, loader->catalog, first.inputs, first.kinds, first.count, loader->limits, loader->arena, &unheard);
		crew->prepared = loader->brief->prepare(parents, loader->arena);
	}
	arena_release(&scratch);
}

static int compare(const void *a, const void *b)
{
	return text_compare(((const struct ahead *)a)->path, ((const struct ahead *)b)->path);
}

void ahead_add(struct loader *loader, struct text path, enum kind kind)
{
	loader->ahead = arena_grow(loader->arena, loader->ahead, loader->ahead_count, sizeof *loader->ahead);
	loader->ahead[loader->ahead_count++] = (struct ahead){.path = path, .kind = kind};
}

static int read_all(struct loader *loader, unsigned jobs)
{
	struct arena scratch;

	arena_init(&scratch);
	struct source_file *files = arena_array(&scratch, loader->ahead_count, sizeof *files);
	for (size_t i = 0; i < loader->ahead_count; i++)
		files[i] = (struct source_file){.path = loader->ahead[i].path, .max = *most_bytes(loader, loader->ahead[i].kind)};
	int status = source_read_many(files, loader->ahead_count, loader->source, jobs, loader->arena, loader->failure);
	for (size_t i = 0; status == 0 && i < loader->ahead_count; i++) {
		loader->ahead[i].input = files[i].input;
		loader->ahead[i].result = files[i].result;
	}
	arena_release(&scratch);
	return status;
}

int ahead_read(struct loader *loader, unsigned jobs)
{
	struct crew *crew = arena_alloc(loader->arena, sizeof *crew);

	if (!loader->ahead_count)
		return 0;
	qsort(loader->ahead, loader->ahead_count, sizeof *loader->ahead, compare);
	if (jobs > 1 + loader->ahead_count / WORTH_A_THREAD)
		jobs = (unsigned)(1 + loader->ahead_count / WORTH_A_THREAD);
	if (read_all(loader, jobs) < 0)
		return -1;
	crew->loader = loader;
	if (loader->brief && loader->brief->prepare)
		prepare(crew);
	work_each(loader->ahead_count, jobs, parse_one, crew);
	for (size_t i = 0; i < WORK_THREADS_MAX; i++) {
		arena_join(loader->arena, &crew->arenas[i]);
		arena_release(&crew->trees[i]);
	}
	return 0;
}

void ahead_take(struct loader *loader, struct input *const *inputs, const enum kind *kinds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ahead_add(loader, inputs[i]->path, kinds[i]);
		loader->ahead[i].input = inputs[i];
		loader->ahead[i].result = READ_OK;
		parse_file(&loader->ahead[i], loader, loader->arena, loader->arena);
	}
	if (count)
		qsort(loader->ahead, loader->ahead_count, sizeof *loader->ahead, compare);
}

static void keep_input(struct loader *loader, const struct input *input)
{
	struct catalog *catalog = loader->catalog;

	catalog->inputs = arena_grow(loader->arena, catalog->inputs, catalog->input_count, sizeof *catalog->inputs);
	catalog->inputs[catalog->input_count++] = input;
}

int load_document(struct loaded *out, struct loader *loader, struct text path, enum kind kind)
{
	struct ahead now = {.path = path, .kind = kind}, *file = NULL;

	if (loader->ahead_count)
		file = bsearch(&now, loader->ahead, loader->ahead_count, sizeof now, compare);
	if (!file || file->kind != kind) {
		file = &now;
		if (read_file(file, loader, loader->arena) < 0)
			return -1;
		parse_file(file, loader, loader->arena, loader->arena);
	}
	*out = (struct loaded){.file = file->input,
	                       .root = file->root,
	                       .brief = file->brief,
	                       .over = file->over,
	                       .clear = file->clear,
	                       .there = file->result != READ_MISSING,
	                       .broken = diags_count(&file->diags, SEVERITY_ERROR) > 0};
	if (file->result == READ_OK)
		keep_input(loader, file->input);
	diags_append(loader->diags, &file->diags);
	for (size_t i = 0; i < file->comment_count; i++) {
		loader->comments = arena_grow(loader->arena, loader->comments, loader->comment_count, sizeof *loader->comments);
		loader->comments[loader->comment_count++] = file->comments[i];
	}
	return 0;
}

/* dvc.lock: what the stages were run with, and what came of them. */
#include "inner.h"

#include "arena.h"
#include "digest.h"
#include "number.h"

/* The MD5 of a file, as older versions of DVC counted it: with CRLF as LF. */
static void md5_of(char out[static 65], struct text bytes, bool convert)
{
	struct digest digest;
	size_t start = 0;

	digest_init(&digest, DIGEST_MD5);
	for (size_t i = 0; convert && i + 1 < bytes.len; i++)
		if (bytes.at[i] == '\r' && bytes.at[i + 1] == '\n') {
			digest_add(&digest, text_cut(bytes, start, i));
			start = i + 1;
		}
	digest_add(&digest, text_cut(bytes, start, bytes.len));
	digest_end(out, &digest);
}

static bool is_made(const struct value *out, const struct input *input)
{
	struct text wanted = value_text(out, "md5");
	char digest[65];

	md5_of(digest, input->bytes, false);
	if (!wanted.len || text_is(wanted, digest))
		return true;
	md5_of(digest, input->bytes, true);
	return !value_get(out, "hash") && text_is(wanted, digest);
}

static const struct dvc_file *file_at(const struct dvc_file *files, size_t count, struct text path)
{
	for (size_t i = 0; i < count; i++)
		if (files[i].input && text_equal(files[i].path, path))
			return &files[i];
	return NULL;
}

/* How many of the metric files this stage made. */
static size_t check_outs(struct tracked_run *run, const struct value *outs, const struct dvc_file *files, size_t count, struct arena *arena)
{
	size_t made = 0;

	for (size_t i = 0; outs && outs->kind == VALUE_LIST && i < outs->count; i++) {
		const struct value *out = outs->items[i];
		const struct dvc_file *file = file_at(files, count, value_text(out, "path"));
		if (!file)
			continue;
		made++;
		if (is_made(out, file->input))
			continue;
		struct refusal *trouble = run_trouble(run, (struct place){.file = file->input}, arena, "'%.*s' is not what its stage made", TEXT_ARGS(file->input->path));
		refusal_because(trouble, value_get(out, "md5")->place, arena, "says so");
		refusal_help(trouble, arena, "dvc repro or dvc checkout makes both agree, dvc commit takes the file as it is");
	}
	return made;
}

/* By the name alone for params.yaml, which is nearly always the file; else below the file's name. */
static void take_params(struct tracked_run *run, const struct value *params, struct arena *arena)
{
	for (size_t i = 0; params && params->kind == VALUE_MAP && i < params->count; i++)
		add_params_below(run, params->members[i].value, text_is(params->members[i].name, "params.yaml") ? TEXT("") : params->members[i].name, arena);
}

/* Two stages may have been run with one parameter, at other times. */
static void drop_twins(struct tracked_run *run, struct place place, struct arena *arena)
{
	size_t count = 0;

	for (size_t i = 0; i < run->param_count; i++) {
		const struct tracked_pair *same = NULL;
		for (size_t k = 0; k < count && !same; k++)
			same = text_equal(run->params[k].name, run->params[i].name) ? &run->params[k] : NULL;
		if (!same)
			run->params[count++] = run->params[i];
		else if (!text_equal(same->value, run->params[i].value))
			refusal_help(run_trouble(run, place, arena, "stages were run with other values of '%.*s'", TEXT_ARGS(same->name)), arena,
			             "dvc repro runs them again");
	}
	run->param_count = count;
}

static bool is_out(const struct value *stages, struct text path)
{
	for (size_t i = 0; i < stages->count; i++) {
		const struct value *outs = value_get(stages->members[i].value, "outs");
		for (size_t k = 0; outs && outs->kind == VALUE_LIST && k < outs->count; k++)
			if (text_equal(value_text(outs->items[k], "path"), path))
				return true;
	}
	return false;
}

static bool is_known(const struct tracked_run *run, struct text path)
{
	for (size_t i = 0; i < run->data_count; i++)
		if (text_equal(run->data[i].name, path))
			return true;
	return false;
}

/* What no stage made went in from outside. */
static void take_inputs(struct tracked_run *run, const struct value *stages, const struct value *deps, struct arena *arena)
{
	for (size_t i = 0; deps && deps->kind == VALUE_LIST && i < deps->count; i++) {
		struct text path = value_text(deps->items[i], "path"), md5 = value_text(deps->items[i], "md5");
		if (path.len && md5.len && !is_known(run, path) && !is_out(stages, path))
			add_data(run, path, md5, arena);
	}
}

int dvc_lock(struct tracked_run *run, const struct reader *reader, const struct dvc_file *files, size_t count)
{
	size_t made = 0;
	const struct value *root;
	bool found;

	if (read_tree(&root, &found, run, reader, TEXT("dvc.lock"), DOCUMENT_MANIFEST) < 0)
		return -1;
	if (!root)
		return 0;
	struct text schema = value_text(root, "schema");
	if (!text_is(schema, "2.0")) {
		refusal_help(run_trouble(run, root->place, reader->arena, "dvc.lock has schema '%.*s', must be 2.0", TEXT_ARGS(schema.len ? text_cut(schema, 0, 20) : TEXT("none"))),
		             reader->arena, "dvc commit of version 2 or 3 writes it anew");
		return 0;
	}
	const struct value *stages = value_get(root, "stages");
	for (size_t i = 0; stages && stages->kind == VALUE_MAP && i < stages->count; i++) {
		const struct value *stage = stages->members[i].value;
		made += check_outs(run, value_get(stage, "outs"), files, count, reader->arena);
		take_params(run, value_get(stage, "params"), reader->arena);
		take_inputs(run, stages, value_get(stage, "deps"), reader->arena);
	}
	drop_twins(run, root->place, reader->arena);
	/* A stage's outputs are locked when it has ended well. */
	if (made && made == count)
		run->status = RUN_SUCCEEDED;
	return 0;
}

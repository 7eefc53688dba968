#include "kept.h"

#include <string.h>

#include "arena.h"
#include "cache.h"
#include "digest.h"

#ifndef GALLEY_CODE_STAMP
#error "the build says which code it is, so that no other code's answers are taken for its own"
#endif

/* --- Keys --- */

void key_begin(struct buffer *key, const char *what, const struct limits *limits)
{
	const size_t shaping[] = {limits->csv_field, limits->csv_line, limits->csv_columns, limits->blob_bytes, limits->unpacked_bytes};

	buffer_init(key);
	buffer_string(key, GALLEY_CODE_STAMP "\n");
	pack_text(key, text_of(what));
	for (size_t i = 0; i < sizeof shaping / sizeof *shaping; i++)
		pack_count(key, shaping[i]);
}

/* How a file is read follows from its name too. */
void key_file(struct buffer *key, const struct table_file *file, const struct content *content)
{
	pack_text(key, text_of(content->blob));
	pack_count(key, text_ends(file->path, ".gz") ? 1 : text_ends(file->path, ".zst") ? 2 : 0);
}

void key_texts(struct buffer *key, const struct text *texts, size_t count)
{
	pack_count(key, count);
	for (size_t i = 0; i < count; i++)
		pack_text(key, texts[i]);
}

void key_end(char out[65], struct buffer *key, bool known)
{
	out[0] = '\0';
	if (known)
		digest_sha256(out, buffer_text(key));
	buffer_release(key);
}

bool content_known(const struct table_file *file, const struct content *content)
{
	return file->source && content->blob[0];
}

static void key_limit(struct buffer *key, const struct drift_limit *limit)
{
	pack_flag(key, limit->given);
	pack_flag(key, limit->on_p);
	pack_double(key, limit->warn);
	pack_double(key, limit->drift);
}

void kept_drift_key(char key[65], const struct drift_request *request, const struct content *references, const struct content *currents,
                    const struct limits *limits)
{
	struct buffer out;
	bool known = true;

	key_begin(&out, "drift", limits);
	pack_count(&out, request->reference_count);
	for (size_t i = 0; i < request->reference_count; i++) {
		key_file(&out, &request->reference[i], &references[i]);
		known = known && content_known(&request->reference[i], &references[i]);
	}
	for (size_t i = 0; i < request->current_count; i++) {
		key_file(&out, &request->current[i], &currents[i]);
		known = known && content_known(&request->current[i], &currents[i]);
	}
	buffer_char(&out, request->delimiter);
	key_texts(&out, request->na, request->na_count);
	pack_count(&out, request->feature_count);
	for (size_t i = 0; i < request->feature_count; i++) {
		const struct drift_feature *feature = &request->features[i];
		pack_text(&out, feature->name);
		pack_count(&out, (uint64_t)feature->kind);
		pack_count(&out, (uint64_t)feature->method);
		pack_flag(&out, feature->automatic);
		key_limit(&out, &feature->limit);
	}
	pack_flag(&out, request->features_only);
	key_texts(&out, request->only, request->only_count);
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		pack_flag(&out, request->show[i]);
		if (request->defaults)
			key_limit(&out, &request->defaults[i]);
	}
	pack_count(&out, (uint64_t)request->decide);
	key_limit(&out, &request->limit);
	pack_count(&out, request->min_rows);
	pack_count(&out, request->max_bad_rows);
	pack_flag(&out, request->shapes);
	key_end(key, &out, known);
}

void kept_check_key(char key[65], const struct data_check_request *request, const struct content *content)
{
	struct buffer out;

	key_begin(&out, "check", request->limits);
	key_file(&out, request->file, content);
	pack_text(&out, text_of(request->recipe->digest));
	buffer_char(&out, request->delimiter);
	key_texts(&out, request->na, request->na_count);
	pack_count(&out, request->max_bad_rows);
	pack_word(&out, (uint64_t)request->as_of);
	key_end(key, &out, content_known(request->file, content) && request->recipe->digest[0]);
}

void kept_range_key(char key[65], const struct table_file *file, const struct content *content, struct text column, char delimiter,
                    const struct text *na, size_t na_count, const struct limits *limits)
{
	struct buffer out;

	key_begin(&out, "range", limits);
	key_file(&out, file, content);
	pack_text(&out, column);
	buffer_char(&out, delimiter);
	key_texts(&out, na, na_count);
	key_end(key, &out, content_known(file, content));
}

/* --- Bodies --- */

static void write_body(const struct table_file *file, const char key[65], struct buffer *body)
{
	cache_write(file, key, buffer_text(body));
	buffer_release(body);
}

static void name_sides(struct drift_side *sides, const struct table_file *files, const struct content *contents, size_t count, struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		sides[i].path = text_copy(arena, files[i].path);
		memcpy(sides[i].blob, contents[i].blob, sizeof sides[i].blob);
	}
}

bool kept_drift_read(struct drift_result *out, const char key[65], const struct drift_request *request, const struct content *references,
                     const struct content *currents, struct arena *arena)
{
	struct text bytes = cache_read(request->reference, key, arena);

	if (!bytes.len || !drift_unpack(out, bytes, arena) || out->reference_count != request->reference_count ||
	    out->current_count != request->current_count)
		return false;
	name_sides(out->references, request->reference, references, out->reference_count, arena);
	name_sides(out->currents, request->current, currents, out->current_count, arena);
	return true;
}

static bool are_read(const struct drift_side *sides, const struct table_file *files, const struct content *contents, size_t count,
                     struct arena *arena)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(sides[i].blob, contents[i].blob) != 0 || !cache_names_data(&files[i], arena))
			return false;
	return true;
}

void kept_drift_write(const struct drift_result *result, const char key[65], const struct drift_request *request,
                      const struct content *references, const struct content *currents, struct arena *arena)
{
	struct buffer body;

	if (!are_read(result->references, request->reference, references, result->reference_count, arena) ||
	    !are_read(result->currents, request->current, currents, result->current_count, arena))
		return;
	buffer_init(&body);
	drift_pack(&body, result);
	write_body(request->reference, key, &body);
}

bool kept_check_read(struct data_check *out, const char key[65], const struct data_check_request *request, const struct content *content,
                     struct arena *arena)
{
	struct text bytes = cache_read(request->file, key, arena);

	if (!bytes.len || !data_check_unpack(out, bytes, arena))
		return false;
	memcpy(out->blob, content->blob, sizeof out->blob);
	return true;
}

void kept_check_write(const struct data_check *check, const char key[65], const struct data_check_request *request,
                      const struct content *content, struct arena *arena)
{
	struct buffer body;

	if (strcmp(check->blob, content->blob) != 0 || !cache_names_data(request->file, arena))
		return;
	buffer_init(&body);
	data_check_pack(&body, check);
	write_body(request->file, key, &body);
}

bool kept_range_read(struct kept_range *out, const char key[65], const struct table_file *file, struct arena *arena)
{
	struct unpack from = {.bytes = cache_read(file, key, arena)};

	*out = (struct kept_range){.oldest = (int64_t)unpack_word(&from), .newest = (int64_t)unpack_word(&from)};
	out->found = unpack_flag(&from);
	return unpack_whole(&from);
}

void kept_range_write(const struct kept_range *range, const char key[65], const struct table_file *file, struct arena *arena)
{
	struct buffer body;

	if (!cache_names_data(file, arena))
		return;
	buffer_init(&body);
	pack_word(&body, (uint64_t)range->oldest);
	pack_word(&body, (uint64_t)range->newest);
	pack_flag(&body, range->found);
	write_body(file, key, &body);
}

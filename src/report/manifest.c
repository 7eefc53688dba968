#include "page.h"

#include <string.h>

#include "digest.h"
#include "document.h"
#include "instant.h"
#include "report.h"

/* Our own file may be larger than a manifest that people write. */
static struct limits manifest_limits(void)
{
	struct limits limits = limits_default;

	limits.manifest_bytes = (size_t)64 << 20;
	limits.yaml_nodes = 10 * 1000 * 1000;
	limits.key_bytes = 64 << 10; /* inputs by their paths */
	return limits;
}

static struct value *manifest_root(struct text bytes, struct arena *arena)
{
	struct limits limits = manifest_limits();
	struct diags diags;
	struct input *input = arena_alloc(arena, sizeof *input);

	if (!bytes.len)
		return NULL;
	*input = (struct input){.path = TEXT("manifest.json"), .bytes = bytes};
	diags_init(&diags, arena);
	return document_read(input, DOCUMENT_MANIFEST, &limits, arena, &diags);
}

static struct text text_at(const struct value *map, const char *name)
{
	const struct value *value = value_get(map, name);

	return value && value->kind == VALUE_SCALAR ? value->text : TEXT("");
}

bool report_manifest_read(int64_t *as_of, char source[41], struct text manifest, struct arena *arena)
{
	const struct value *root = manifest_root(manifest, arena);

	if (!root || !text_is(text_at(root, "schema"), "galley.manifest/1") || !instant_parse(as_of, text_at(root, "as_of")))
		return false;
	struct text id = text_at(root, "source");
	if (id.len != 0 && id.len != 40)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!strchr("0123456789abcdef", id.at[i]))
			return false;
	memcpy(source, id.at ? id.at : "", id.len);
	source[id.len] = '\0';
	return true;
}

/* A path that may be removed: below the reports folder, of a kind that is made there. */
static bool is_page_path(struct text path)
{
	if (text_is(path, "history.jsonl") || text_is(path, "metrics.prom"))
		return true;
	return (text_ends(path, ".md") || text_ends(path, ".json") || text_ends(path, ".svg")) && publish_is_plain(path);
}

size_t manifest_pages(struct text **paths, struct text manifest, struct arena *arena)
{
	const struct value *root = manifest_root(manifest, arena), *list = value_get(root, "pages");
	size_t count = 0;

	*paths = NULL;
	if (!root || !text_is(text_at(root, "schema"), "galley.manifest/1") || !list || list->kind != VALUE_LIST)
		return 0;
	for (size_t i = 0; i < list->count; i++) {
		struct text path = text_at(list->items[i], "path");
		if (!is_page_path(path))
			continue;
		*paths = arena_grow(arena, *paths, count, sizeof **paths);
		(*paths)[count++] = path;
	}
	return count;
}

/* inputs: {"path": "blob"}, a line each. */
static struct json *page_json(const struct made_file *file, struct arena *arena)
{
	struct json *json = json_object();
	char digest[65];

	digest_sha256(digest, file->bytes);
	json_add_text(json, "path", file->path);
	json_add_string(json, "sha256", digest);
	if (file->of.len) {
		json_add_text(json, "of", file->of);
		return json;
	}
	struct json *inputs = json_object();
	for (size_t i = 0; i < file->input_count; i++) {
		const struct page_input *input = &file->inputs[i];
		const char *path = arena_copy(arena, input->path.at, input->path.len);
		if (input->blob.len)
			json_add_text(inputs, path, input->blob);
		else
			json_add_null(inputs, path);
	}
	json_add(json, "inputs", inputs);
	return json;
}

struct text manifest_bytes(const struct pages *set, int64_t as_of, const char *source)
{
	struct json *json = json_object(), *pages = json_array();
	struct buffer out;
	char time[32];

	instant_print(time, as_of);
	json_add_string(json, "schema", "galley.manifest/1");
	json_add_string(json, "as_of", time);
	json_add_string(json, "source", source);
	for (size_t i = 0; i < set->count; i++)
		json_push(pages, page_json(&set->files[i], set->arena));
	json_add(json, "pages", pages);
	buffer_init(&out);
	json_print(&out, json, true);
	struct text bytes = text_copy(set->arena, buffer_text(&out));
	buffer_release(&out);
	json_release(json);
	return bytes;
}

#include <stdlib.h>

#include "arena.h"
#include "digest.h"
#include "html_text.h"
#include "site_parts.h"
#include "source.h"

enum { SOURCE_BYTES = 512 * 1024 };

/* A folder with the name that a file beside it would get. */
static bool is_in_page(struct text path)
{
	for (size_t at = 0; at < path.len; at++)
		if (text_starts(text_cut(path, at, path.len), ".html/"))
			return true;
	return false;
}

static struct text file_for(struct text path, struct arena *arena)
{
	char digest[65];

	if (publish_is_plain(path) && !is_in_page(path))
		return text_format(arena, "source/%.*s.html", TEXT_ARGS(path));
	digest_sha256(digest, path);
	return text_format(arena, "source/%.16s.html", digest);
}

static void add_lines(struct buffer *out, struct text bytes)
{
	size_t line = 1;

	buffer_string(out, "<pre class=\"source\">\n");
	for (; bytes.len; line++) {
		size_t end = text_find(bytes, '\n');
		buffer_format(out, "<a id=\"L%zu\" href=\"#L%zu\">%zu</a>", line, line, line);
		html_text(out, text_cut(bytes, 0, end));
		buffer_char(out, '\n');
		bytes = text_cut(bytes, end + 1, bytes.len);
	}
	buffer_string(out, "</pre>\n");
}

static void add_source(struct site *site, struct text path, struct text file, struct text bytes)
{
	struct buffer out;

	buffer_init(&out);
	site_head(&out, site, file, path);
	buffer_string(&out, "<h1><code>");
	html_text(&out, path);
	buffer_string(&out, "</code></h1>\n");
	add_lines(&out, bytes);
	site_foot(&out, site);
	site_add(site, file, text_copy(site->arena, buffer_text(&out)));
	buffer_release(&out);
}

struct text site_source(struct site *site, struct text path)
{
	struct input input;
	enum read_result result;

	for (size_t i = 0; i < site->source_count; i++)
		if (text_equal(site->sources[i].path, path))
			return site->sources[i].file;
	if (!path.len || site->failed)
		return TEXT("");
	site->failed = source_read(&input, &result, site->request->source, path, SOURCE_BYTES, site->arena, site->failure) < 0;
	bool shown = !site->failed && result == READ_OK && utf8_bad(input.bytes) == input.bytes.len;
	struct text file = shown ? file_for(path, site->arena) : TEXT("");
	site->sources = arena_grow(site->arena, site->sources, site->source_count, sizeof *site->sources);
	site->sources[site->source_count++] = (struct site_source){path, file};
	if (shown)
		add_source(site, path, file, input.bytes);
	return file;
}

#include "site.h"

#include <stdlib.h>

#include "arena.h"
#include "html.h"
#include "html_text.h"
#include "instant.h"
#include "site_parts.h"

/* --- paths --- */

static int order_files(const void *left, const void *right)
{
	return text_compare(((const struct publish_file *)left)->path, ((const struct publish_file *)right)->path);
}

void site_add(struct site *site, struct text path, struct text bytes)
{
	site->files = arena_grow(site->arena, site->files, site->count, sizeof *site->files);
	site->files[site->count++] = (struct publish_file){.path = path, .bytes = bytes};
}

/* Below the reports folder; empty: elsewhere. */
static struct text path_below(const struct site *site, struct text path)
{
	size_t len = site->folder.len;

	if (!len)
		return path;
	return text_equal(text_cut(path, 0, len), site->folder) && path.len > len && path.at[len] == '/' ? text_cut(path, len + 1, path.len) : TEXT("");
}

static int order_pages(const void *left, const void *right)
{
	return order_files(*(const struct publish_file *const *)left, *(const struct publish_file *const *)right);
}

static void index_pages(struct site *site)
{
	site->pages = arena_array(site->arena, site->request->page_count, sizeof(struct publish_file *));
	for (size_t i = 0; i < site->request->page_count; i++)
		if (!site->request->pages[i].remove)
			site->pages[site->page_count++] = &site->request->pages[i];
	if (site->page_count)
		qsort(site->pages, site->page_count, sizeof(struct publish_file *), order_pages);
}

const struct publish_file *site_page(const struct site *site, struct text path)
{
	struct text whole = site->folder.len ? text_format(site->arena, "%.*s/%.*s", TEXT_ARGS(site->folder), TEXT_ARGS(path)) : path;
	const struct publish_file wanted = {.path = whole}, *key = &wanted;
	const struct publish_file **found =
	    path.len && site->page_count ? bsearch(&key, site->pages, site->page_count, sizeof(struct publish_file *), order_pages) : NULL;

	return found ? *found : NULL;
}

struct text site_path(const struct site *site, struct text path)
{
	if (!text_ends(path, ".md"))
		return path;
	struct text stem = text_cut(path, 0, path.len - 3);
	if (text_is(stem, "README") || text_ends(stem, "/README"))
		return text_format(site->arena, "%.*sindex.html", (int)(stem.len - strlen("README")), stem.at);
	return text_format(site->arena, "%.*s.html", TEXT_ARGS(stem));
}

static void add_encoded(struct buffer *out, struct text path)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.at[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || memchr("/-._~", c, 5)) {
			buffer_char(out, (char)c);
		} else {
			buffer_char(out, '%');
			buffer_char(out, digits[c >> 4]);
			buffer_char(out, digits[c & 15]);
		}
	}
}

struct text site_link(struct text from, struct text to, struct arena *arena)
{
	size_t common = 0;
	struct buffer out;

	buffer_init(&out);
	for (size_t i = 0; i < from.len && i < to.len && from.at[i] == to.at[i]; i++)
		if (from.at[i] == '/')
			common = i + 1;
	for (size_t i = common; i < from.len; i++)
		if (from.at[i] == '/')
			buffer_string(&out, "../");
	add_encoded(&out, text_cut(to, common, to.len));
	struct text link = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return link;
}

/* --- links of a page --- */

struct linking { struct site *site; struct text path; /* of the page, from the top */ };

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct text decoded(struct text url, struct arena *arena)
{
	char *out = arena_alloc(arena, url.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < url.len; i++) {
		int high = url.at[i] == '%' && i + 2 < url.len ? hex_value(url.at[i + 1]) : -1, low = high < 0 ? -1 : hex_value(url.at[i + 2]);
		out[len++] = low < 0 ? url.at[i] : (char)(unsigned char)(16 * high + low);
		i += low < 0 ? 0 : 2;
	}
	return (struct text){out, len};
}

/* Against the folder of a path; empty where it leads out of the top. */
static struct text resolved_path(struct text page, struct text url, struct arena *arena)
{
	char *out = arena_alloc(arena, page.len + url.len + 2);
	size_t len = page.len;

	while (len && page.at[len - 1] != '/')
		len--;
	if (len)
		memcpy(out, page.at, len);
	while (url.len) {
		size_t end = text_find(url, '/');
		struct text part = text_cut(url, 0, end);
		bool more = end < url.len;
		url = text_cut(url, end + 1, url.len);
		if (text_is(part, ".") || !part.len)
			continue;
		if (text_is(part, "..")) {
			if (!len)
				return TEXT("");
			for (len--; len && out[len - 1] != '/';)
				len--;
			continue;
		}
		memcpy(out + len, part.at, part.len);
		len += part.len;
		if (more)
			out[len++] = '/';
	}
	return (struct text){out, len};
}

static struct text map_url(void *context, struct text url, bool image)
{
	const struct linking *linking = context;
	struct site *site = linking->site;
	size_t hash = text_find(url, '#');
	struct text fragment = text_cut(url, hash, url.len), path = text_cut(url, 0, hash);

	if (!path.len || (!image && (text_starts(url, "https://") || text_starts(url, "http://"))))
		return url;
	if (text_find(path, ':') < path.len || path.at[0] == '/')
		return TEXT("");
	path = resolved_path(linking->path, decoded(path, site->arena), site->arena);
	struct text below = path_below(site, path), to = TEXT("");
	if (site_page(site, below))
		to = site_path(site, below);
	else if (!image)
		to = site_source(site, path);
	if (!to.len)
		return to;
	struct text link = site_link(site_path(site, path_below(site, linking->path)), to, site->arena);
	return text_format(site->arena, "%.*s%.*s", TEXT_ARGS(link), TEXT_ARGS(fragment));
}

/* --- pages --- */

void site_head(struct buffer *out, const struct site *site, struct text path, struct text title)
{
	static const char *const places[][2] = {
		{"README.md", "Overview"}, {"models/README.md", "Models"}, {"drift/README.md", "Drift"}, {"recipes/README.md", "Recipes"},
		{"packs/README.md", "Packs"}, {"proposals.md", "Proposals"}, {"activity.md", "Activity"}};

	buffer_string(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
	html_text(out, title);
	buffer_format(out, "</title>\n<link rel=\"stylesheet\" href=\"%.*s\">\n</head>\n<body>\n<header>\n<nav>", TEXT_ARGS(site_link(path, TEXT("site.css"), site->arena)));
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct text to = site_path(site, text_of(places[i][0]));
		if (!site_page(site, text_of(places[i][0])))
			continue;
		buffer_format(out, "<a href=\"%.*s\"%s>%s</a> ", TEXT_ARGS(site_link(path, to, site->arena)), text_equal(to, path) ? " aria-current=\"page\"" : "",
		              places[i][1]);
	}
	buffer_format(out, "</nav>\n<form action=\"%.*s\" role=\"search\"><input type=\"search\" name=\"q\" placeholder=\"Search everything\" "
	                   "aria-label=\"Search everything\"></form>\n</header>\n<main>\n", TEXT_ARGS(site_link(path, TEXT("all.html"), site->arena)));
}

void site_foot(struct buffer *out, const struct site *site)
{
	char as_of[32];

	instant_print(as_of, site->request->results->as_of);
	buffer_format(out, "</main>\n<footer>As of %s", as_of);
	if (*site->request->results->source)
		buffer_format(out, " · source %.12s", site->request->results->source);
	buffer_string(out, " · made by galley</footer>\n</body>\n</html>\n");
}

static void add_page(struct site *site, const struct publish_file *file, struct text path)
{
	struct linking linking = {site, file->path};
	const struct html_links links = {map_url, &linking};
	struct html_page page;
	struct buffer out;

	html_of_markdown(&page, file->bytes, &links, site->arena);
	buffer_init(&out);
	site_head(&out, site, path, page.title.len ? page.title : path);
	buffer_add(&out, page.body);
	site_foot(&out, site);
	site_add(site, path, text_copy(site->arena, buffer_text(&out)));
	buffer_release(&out);
}

/* --- what is there already --- */

bool site_is_manifest(struct text bytes)
{
	return text_starts(bytes, "{\n  \"schema\": \"galley.site/1\",\n");
}

/* A line a file, so that the next site can tell what is no longer made. */
static struct text manifest_of(const struct site *site)
{
	struct buffer out;

	buffer_init(&out);
	buffer_string(&out, "{\n  \"schema\": \"galley.site/1\",\n  \"files\": [");
	for (size_t i = 0; i < site->count; i++) {
		buffer_string(&out, i ? ",\n    " : "\n    ");
		buffer_json(&out, site->files[i].path);
	}
	buffer_string(&out, "\n  ]\n}\n");
	struct text bytes = text_copy(site->arena, buffer_text(&out));
	buffer_release(&out);
	return bytes;
}

/* A line a file; what is not plain was not made here. */
static size_t manifest_files(struct text **paths, struct text manifest, struct arena *arena)
{
	size_t count = 0;

	*paths = NULL;
	for (struct text rest = site_is_manifest(manifest) ? manifest : TEXT(""); rest.len;) {
		size_t end = text_find(rest, '\n');
		struct text line = text_trim(text_cut(rest, 0, end));
		line = text_ends(line, ",") ? text_cut(line, 0, line.len - 1) : line;
		rest = text_cut(rest, end + 1, rest.len);
		struct text path = text_cut(line, 1, line.len ? line.len - 1 : 0);
		if (!text_starts(line, "\"") || !text_ends(line, "\"") || !publish_is_plain(path))
			continue;
		*paths = arena_grow(arena, *paths, count, sizeof **paths);
		(*paths)[count++] = path;
	}
	return count;
}

/* What the site that is there has and this one has not. */
static void add_removals(struct site *site)
{
	size_t made = site->count;
	struct text *old;
	size_t old_count = manifest_files(&old, site->request->previous, site->arena);

	for (size_t i = 0; i < old_count; i++) {
		const struct publish_file wanted = {.path = old[i]};
		if (bsearch(&wanted, site->files, made, sizeof *site->files, order_files))
			continue;
		site_add(site, old[i], TEXT(""));
		site->files[site->count - 1].remove = true;
	}
}

int site_files(struct publish_file **files, size_t *count, const struct site_request *request, struct arena *arena, struct failure *failure)
{
	struct site site = {.request = request, .folder = request->results->catalog->config.reports, .arena = arena, .failure = failure};

	index_pages(&site);
	for (size_t i = 0; i < site.page_count; i++) {
		const struct publish_file *page = site.pages[i];
		struct text below = path_below(&site, page->path);
		if (text_ends(below, ".md"))
			add_page(&site, page, site_path(&site, below));
		else
			site_add(&site, below, page->bytes);
	}
	site_list(&site);
	if (site.failed)
		return -1;
	site_add(&site, TEXT("site.css"), text_of(site_style));
	site_add(&site, TEXT("site.js"), text_of(site_script));
	qsort(site.files, site.count, sizeof *site.files, order_files);
	struct text manifest = manifest_of(&site);
	add_removals(&site);
	site_add(&site, TEXT(SITE_MANIFEST), manifest);
	if (!request->previous.len) {
		struct publish_file first = site.files[0];
		site.files[0] = site.files[site.count - 1];
		site.files[site.count - 1] = first;
	}
	*files = site.files;
	*count = site.count;
	return 0;
}

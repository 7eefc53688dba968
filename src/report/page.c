#include "page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "words.h"

void page_open(struct page *page, struct pages *set, struct text path)
{
	*page = (struct page){.set = set, .path = path};
	buffer_init(&page->out);
}

/* --- inputs --- */

void page_add_blob(struct page *page, struct text path, struct text blob)
{
	for (size_t i = page->input_count; i > 0 && i + 8 > page->input_count; i--)
		if (text_equal(page->inputs[i - 1].path, path))
			return;
	page->inputs = arena_grow(page->set->arena, page->inputs, page->input_count, sizeof *page->inputs);
	page->inputs[page->input_count++] = (struct page_input){path, blob};
}

void page_add_input(struct page *page, const struct input *input)
{
	if (input)
		page_add_blob(page, input->path, text_of(input->blob));
}

static int order_inputs(const void *left, const void *right)
{
	const struct page_input *a = left, *b = right;
	int order = text_compare(a->path, b->path);

	return order ? order : text_compare(a->blob, b->blob);
}

static void sort_inputs(struct page *page)
{
	size_t kept = 0;

	if (!page->input_count)
		return;
	qsort(page->inputs, page->input_count, sizeof *page->inputs, order_inputs);
	for (size_t i = 0; i < page->input_count; i++)
		if (!kept || !text_equal(page->inputs[kept - 1].path, page->inputs[i].path))
			page->inputs[kept++] = page->inputs[i];
		else if (!page->inputs[kept - 1].blob.len)
			page->inputs[kept - 1] = page->inputs[i];
	page->input_count = kept;
}

/* --- parts --- */

void page_section(struct page *page, const char *title)
{
	buffer_format(&page->out, "\n## %s\n\n", title);
}

void page_details(struct page *page, const char *format, ...)
{
	char summary[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(summary, sizeof summary, format, arguments);
	va_end(arguments);
	buffer_format(&page->out, "\n<details>\n<summary>%s</summary>\n\n", summary);
}

void page_details_end(struct page *page)
{
	buffer_string(&page->out, "\n</details>\n");
}

void table_head(struct buffer *out, const struct column *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cell(out);
		buffer_string(out, columns[i].name);
		for (int k = 0; k < columns[i].pad; k++)
			buffer_string(out, "&nbsp;");
	}
	row_end(out);
	for (size_t i = 0; i < count; i++) {
		cell(out);
		buffer_string(out, columns[i].right ? "--:" : ":--");
	}
	row_end(out);
}

void cell(struct buffer *out)
{
	buffer_string(out, out->len && out->data[out->len - 1] != '\n' ? " | " : "| ");
}

void row_end(struct buffer *out)
{
	buffer_string(out, " |\n");
}

void table_left_out(struct buffer *out, size_t count, const char *what)
{
	if (count)
		buffer_format(out, "\n%zu more %s left out here.\n", count, what);
}

static void add_file(struct pages *set, struct made_file file)
{
	set->files = arena_grow(set->arena, set->files, set->count, sizeof *set->files);
	set->files[set->count++] = file;
}

void page_add_file(struct pages *set, struct text path, struct text bytes)
{
	add_file(set, (struct made_file){path, text_copy(set->arena, bytes), TEXT("models/README.md"), NULL, 0});
}

void page_chart(struct page *page, struct text name, const struct buffer *svg, const struct buffer *alt)
{
	struct text folder = text_cut(page->path, 0, path_name_at(page->path));
	struct text path = text_format(page->set->arena, "%.*scharts/%.*s.svg", TEXT_ARGS(folder), TEXT_ARGS(name));

	add_file(page->set, (struct made_file){path, text_copy(page->set->arena, buffer_text(svg)), page->path, NULL, 0});
	buffer_string(&page->out, "![");
	markdown_text_cut(&page->out, buffer_text(alt), 600);
	page_link_end(page, path, NULL);
	buffer_char(&page->out, '\n');
}

/* --- the end of a page --- */

static struct text json_path(struct page *page)
{
	struct text path = page->path;

	if (text_ends(path, "README.md"))
		return text_format(page->set->arena, "%.*sindex.json", (int)(path.len - 9), path.at);
	return text_format(page->set->arena, "%.*s.json", (int)(path.len - 3), path.at);
}

static const char *const group_names[] = {"configuration", "recipes", "packs", "models and runs", "snapshots"};
enum { GROUPS = 5 };

static bool is_below(struct text path, struct text folder)
{
	return path.len > folder.len && text_equal(text_cut(path, 0, folder.len), folder) && path.at[folder.len] == '/';
}

static size_t group_of(const struct config *config, struct text path)
{
	if (is_below(path, config->recipes))
		return 1;
	if (is_below(path, config->packs))
		return 2;
	if (!is_below(path, config->runs))
		return 0;
	struct text folder = text_cut(path, 0, path_name_at(path));
	return text_ends(folder, "/snapshots/") ? 4 : 3;
}

static void add_groups(struct page *page)
{
	struct buffer lines;
	char digest[65];

	table_head(&page->out, (struct column[]){{"Inputs", 0, false}, {"Files", 0, true}, {"Digest", 0, false}}, 3);
	buffer_init(&lines);
	for (size_t group = 0; group < GROUPS; group++) {
		size_t files = 0;
		buffer_clear(&lines);
		for (size_t i = 0; i < page->input_count; i++)
			if (group_of(page->set->config, page->inputs[i].path) == group) {
				files++;
				buffer_format(&lines, "%.*s %.*s\n", TEXT_ARGS(page->inputs[i].blob), TEXT_ARGS(page->inputs[i].path));
			}
		if (!files)
			continue;
		digest_sha256(digest, buffer_text(&lines));
		buffer_format(&page->out, "| %s | %zu | `%.10s` |\n", group_names[group], files, digest);
	}
	buffer_release(&lines);
	buffer_string(&page->out, "\nA digest is the SHA-256 of lines of blob id and path; each file's are in ");
	page_link(page, TEXT("manifest.json"), TEXT("manifest.json"), NULL);
	buffer_string(&page->out, ". ");
}

static void add_blobs(struct page *page)
{
	size_t shown = page->input_count < ROWS_MAX ? page->input_count : ROWS_MAX;

	table_head(&page->out, (struct column[]){{"Input", 0, false}, {"Blob", 0, false}}, 2);
	for (size_t i = 0; i < shown; i++) {
		const struct page_input *input = &page->inputs[i];
		cell(&page->out);
		markdown_code(&page->out, input->path);
		cell(&page->out);
		if (input->blob.len)
			markdown_code(&page->out, text_cut(input->blob, 0, 10));
		else
			buffer_string(&page->out, "unknown");
		row_end(&page->out);
	}
	table_left_out(&page->out, page->input_count - shown, "inputs are");
	buffer_char(&page->out, '\n');
}

static void add_made_from(struct page *page, struct text data)
{
	page_details(page, "Made from %zu input%s", page->input_count, page->input_count == 1 ? "" : "s");
	if (page->input_count && page->grouped)
		add_groups(page);
	else if (page->input_count)
		add_blobs(page);
	buffer_string(&page->out, "Generated by galley; do not edit. The same page as data: ");
	page_link(page, text_cut(data, path_name_at(data), data.len), data, NULL);
	buffer_string(&page->out, ". Check it yourself: ");
	markdown_code(&page->out, page->check.len ? page->check : TEXT("galley report --check"));
	buffer_string(&page->out, ".\n");
	page_details_end(page);
}

/* Hosts cut large pages anywhere; ours ends before a section, so that nothing stays open. */
static void cut_page(struct page *page)
{
	size_t cut = 0;

	if (page->out.len <= PAGE_BYTES)
		return;
	for (size_t i = 1; i < PAGE_BYTES; i++)
		if (page->out.data[i - 1] == '\n' && strncmp(page->out.data + i, "## ", 3) == 0)
			cut = i;
	if (!cut)
		for (size_t i = 1; i < PAGE_BYTES && !cut; i++)
			if (page->out.data[i - 1] == '\n' && page->out.data[i] == '\n')
				cut = i;
	page->out.len = cut;
	page->out.data[cut] = '\0';
	buffer_format(&page->out, "## Rest\n\nThis page would be larger than %d KB; the sections from here on are in its data.\n", PAGE_BYTES / 1024);
}

void page_close(struct page *page, struct json *json)
{
	struct pages *set = page->set;
	struct text data = json_path(page);
	struct buffer bytes;

	sort_inputs(page);
	cut_page(page);
	add_made_from(page, data);
	add_file(set, (struct made_file){page->path, text_copy(set->arena, buffer_text(&page->out)), TEXT(""), page->inputs,
	                                 page->input_count});
	buffer_init(&bytes);
	json_print(&bytes, json, true);
	add_file(set, (struct made_file){data, text_copy(set->arena, buffer_text(&bytes)), page->path, NULL, 0});
	buffer_release(&bytes);
	buffer_release(&page->out);
	json_release(json);
}

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

/* --- links --- */

static size_t last_slash(struct text path)
{
	size_t i = path.len;

	while (i > 0 && path.at[i - 1] != '/')
		i--;
	return i;
}

/* The way from the folder of one path to another, both from the same root. */
static void add_relative(struct buffer *out, struct text from, struct text to)
{
	struct text folder = text_cut(from, 0, last_slash(from));
	size_t common = 0;

	for (size_t i = 0; i < folder.len && i < to.len && folder.at[i] == to.at[i]; i++)
		if (folder.at[i] == '/')
			common = i + 1;
	for (size_t i = common; i < folder.len; i++)
		if (folder.at[i] == '/')
			buffer_string(out, "../");
	markdown_url(out, text_cut(to, common, to.len));
}

static struct text from_top(const struct pages *set, struct text path)
{
	if (!set->config->reports.len)
		return path;
	return text_format(set->arena, "%.*s/%.*s", TEXT_ARGS(set->config->reports), TEXT_ARGS(path));
}

void page_link_end(struct page *page, struct text target, const char *fragment)
{
	buffer_string(&page->out, "](");
	add_relative(&page->out, page->path, target);
	if (fragment)
		buffer_format(&page->out, "#%s", fragment);
	buffer_char(&page->out, ')');
}

void page_link(struct page *page, struct text label, struct text target, const char *fragment)
{
	buffer_char(&page->out, '[');
	markdown_text(&page->out, label);
	page_link_end(page, target, fragment);
}

void page_link_place(struct page *page, struct text label, struct place place)
{
	if (!place.file) {
		markdown_text(&page->out, label);
		return;
	}
	buffer_char(&page->out, '[');
	markdown_text(&page->out, label);
	buffer_string(&page->out, "](");
	add_relative(&page->out, from_top(page->set, page->path), place.file->path);
	if (place.line)
		buffer_format(&page->out, "#L%u", place.line);
	buffer_char(&page->out, ')');
}

struct text path_of_model(const struct pages *set, struct text model)
{
	return text_format(set->arena, "models/%.*s/README.md", TEXT_ARGS(model));
}

struct text path_of_runs(const struct pages *set, struct text model)
{
	return text_format(set->arena, "runs/%.*s/README.md", TEXT_ARGS(model));
}

/* README.md and index.json are the folder's own; no id has a dot. */
static const char *page_suffix(struct text id)
{
	return text_is(id, "readme") || text_is(id, "index") ? ".page.md" : ".md";
}

struct text path_of_run(const struct pages *set, struct text model, struct text run)
{
	return text_format(set->arena, "runs/%.*s/%.*s%s", TEXT_ARGS(model), TEXT_ARGS(run), page_suffix(run));
}

struct text path_of_recipe(const struct pages *set, struct text recipe)
{
	return text_format(set->arena, "recipes/%.*s%s", TEXT_ARGS(recipe), page_suffix(recipe));
}

struct text path_of_pack(const struct pages *set, struct text pack)
{
	return text_format(set->arena, "packs/%.*s%s", TEXT_ARGS(pack), page_suffix(pack));
}

struct text path_of_column(const struct pages *set, struct text column)
{
	char *name = arena_copy(set->arena, column.at ? column.at : "", column.len), digest[65];
	bool changed = !column.len || column.len > 100;
	size_t len = column.len > 100 ? 100 : column.len;

	for (size_t i = 0; i < len; i++) {
		char c = name[i], to = c;
		if (c >= 'A' && c <= 'Z')
			to = (char)(c - 'A' + 'a');
		else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			to = '-';
		changed |= to != c;
		name[i] = to;
	}
	if (!changed)
		return column;
	digest_sha256(digest, column);
	return text_format(set->arena, "%.*s-%.8s", (int)len, name, digest);
}

static bool is_id(struct text id, bool digit_first)
{
	if (!id.len || id.len > 64)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		char c = id.at[i];
		bool letter = c >= 'a' && c <= 'z', other = c == '_' || c == '-', digit = c >= '0' && c <= '9';
		if (!(letter || (digit && (i || digit_first)) || (other && i)))
			return false;
	}
	return true;
}

bool page_for_recipe(const struct pages *set, const struct recipe *recipe)
{
	return recipe && is_id(recipe->record.id, false) && catalog_recipe(set->catalog, recipe->record.id) == recipe;
}

bool page_for_pack(const struct pages *set, const struct pack *pack)
{
	return pack && is_id(pack->record.id, false) && catalog_pack(set->catalog, pack->record.id) == pack;
}

bool page_for_model(const struct pages *set, const struct model *model)
{
	return model && is_id(model->record.id, false) && catalog_model(set->catalog, model->record.id) == model;
}

bool page_for_run(const struct pages *set, const struct model *model, const struct run *run)
{
	return run && page_for_model(set, model) && is_id(run->record.id, true) && model_run(model, run->record.id) == run;
}

void link_model(struct page *page, const struct model *model)
{
	if (page_for_model(page->set, model))
		page_link(page, model->record.name, path_of_model(page->set, model->record.id), NULL);
	else
		markdown_text(&page->out, model->record.name);
}

void link_run(struct page *page, const struct model *model, const struct run *run)
{
	if (page_for_run(page->set, model, run))
		page_link(page, run->record.id, path_of_run(page->set, model->record.id, run->record.id), NULL);
	else
		markdown_text(&page->out, run->record.id);
}

void link_recipe(struct page *page, struct text id, struct text label)
{
	if (page_for_recipe(page->set, catalog_recipe(page->set->catalog, id)))
		page_link(page, label, path_of_recipe(page->set, id), NULL);
	else
		markdown_text(&page->out, label);
}

void link_pack(struct page *page, struct text id, struct text label)
{
	if (page_for_pack(page->set, catalog_pack(page->set->catalog, id)))
		page_link(page, label, path_of_pack(page->set, id), NULL);
	else
		markdown_text(&page->out, label);
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

void page_chart(struct page *page, struct text name, const struct buffer *svg, const struct buffer *alt)
{
	struct text folder = text_cut(page->path, 0, last_slash(page->path));
	struct text path = text_format(page->set->arena, "%.*scharts/%.*s.svg", TEXT_ARGS(folder), TEXT_ARGS(name));

	add_file(page->set, (struct made_file){path, text_copy(page->set->arena, buffer_text(svg)), page->path, NULL, 0});
	buffer_string(&page->out, "![");
	markdown_text_cut(&page->out, buffer_text(alt), 600);
	page_link_end(page, path, NULL);
	buffer_char(&page->out, '\n');
}

/* --- findings --- */

static struct text finding_path(const struct diag *diag)
{
	return diag->place.file ? diag->place.file->path : TEXT("");
}

const struct diag *findings_of(size_t *count, const struct pages *set, struct text path)
{
	const struct diags *all = set->results->diags;
	size_t low = 0, high = all ? all->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (text_compare(finding_path(&all->items[middle]), path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low;
	while (all && end < all->count && text_equal(finding_path(&all->items[end]), path))
		end++;
	*count = end - low;
	return *count ? &all->items[low] : NULL;
}

void count_findings(size_t *errors, size_t *warnings, const struct diag *diags, size_t count)
{
	*errors = *warnings = 0;
	for (size_t i = 0; i < count; i++) {
		*errors += diags[i].severity == SEVERITY_ERROR;
		*warnings += diags[i].severity == SEVERITY_WARNING;
	}
}

static struct text place_label(const struct pages *set, struct place place)
{
	if (!place.file)
		return TEXT("the workspace");
	if (!place.line)
		return place.file->path;
	return text_format(set->arena, "%.*s:%u", TEXT_ARGS(place.file->path), place.line);
}

void page_findings(struct page *page, const struct diag *diags, size_t count, enum severity at_least, enum severity at_most)
{
	size_t shown = 0, left = 0;

	for (size_t i = 0; i < count; i++) {
		const struct diag *diag = &diags[i];
		if (diag->severity < at_least || diag->severity > at_most || diag->severity == SEVERITY_OFF)
			continue;
		if (shown++ >= ROWS_MAX / 5) {
			left++;
			continue;
		}
		buffer_string(&page->out, "- ");
		page_link_place(page, place_label(page->set, diag->place), diag->place);
		buffer_format(&page->out, " %s `%s`: ", severity_name(diag->severity), code_list[diag->code].id);
		markdown_text(&page->out, diag->message);
		buffer_char(&page->out, '\n');
	}
	table_left_out(&page->out, left, left == 1 ? "finding is" : "findings are");
}

void json_add_findings(struct json *object, const struct diag *diags, size_t count)
{
	struct json *list = json_array();

	for (size_t i = 0; i < count; i++) {
		if (diags[i].severity == SEVERITY_OFF)
			continue;
		struct json *item = json_object();
		if (diags[i].place.file)
			json_add_text(item, "path", diags[i].place.file->path);
		else
			json_add_null(item, "path");
		json_add_count(item, "line", diags[i].place.line);
		json_add_count(item, "column", diags[i].place.line ? diags[i].place.column : 0);
		json_add_string(item, "severity", severity_name(diags[i].severity));
		json_add_string(item, "rule", code_list[diags[i].code].id);
		json_add_text(item, "message", diags[i].message);
		json_push(list, item);
	}
	json_add(object, "findings", list);
}

const struct model_result *result_of(const struct pages *set, const struct model *model)
{
	for (size_t i = 0; i < set->results->model_count; i++)
		if (set->results->models[i].model == model)
			return &set->results->models[i];
	return NULL;
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
	struct text folder = text_cut(path, 0, last_slash(path));
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
	page_link(page, text_cut(data, last_slash(data), data.len), data, NULL);
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

#include "page.h"

#include "digest.h"
#include "report.h"

size_t path_name_at(struct text path)
{
	size_t i = path.len;

	while (i > 0 && path.at[i - 1] != '/')
		i--;
	return i;
}

/* The way from the folder of one path to another, both from the same root. */
static void add_relative(struct buffer *out, struct text from, struct text to)
{
	struct text folder = text_cut(from, 0, path_name_at(from));
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
	if (place.file->past) {
		markdown_code(&page->out, place.file->path);
		if (place.line)
			buffer_format(&page->out, " line %u", place.line);
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

const char *report_page_suffix(struct text id)
{
	return text_is(id, "readme") || text_is(id, "index") ? ".page.md" : ".md";
}

struct text path_of_run(const struct pages *set, struct text model, struct text run)
{
	return text_format(set->arena, "runs/%.*s/%.*s%s", TEXT_ARGS(model), TEXT_ARGS(run), report_page_suffix(run));
}

struct text path_of_recipe(const struct pages *set, struct text recipe)
{
	return text_format(set->arena, "recipes/%.*s%s", TEXT_ARGS(recipe), report_page_suffix(recipe));
}

struct text path_of_pack(const struct pages *set, struct text pack)
{
	return text_format(set->arena, "packs/%.*s%s", TEXT_ARGS(pack), report_page_suffix(pack));
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

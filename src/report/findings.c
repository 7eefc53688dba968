#include "page.h"

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

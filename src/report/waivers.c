#include "rows.h"

/* What a waiver excuses: the change of the gate it names. */
static const struct gate_change *change_of(const struct effective *effective, const struct waiver *waiver)
{
	for (size_t i = 0; i < effective->change_count; i++)
		if (text_equal(effective->changes[i].field, waiver->gate))
			return &effective->changes[i];
	return NULL;
}

static const char *waiver_state(const struct waiver *waiver)
{
	return !waiver->in_force ? "expired" : waiver->used ? "in force" : "unused";
}

static void waiver_row(struct page *page, const struct effective *effective, const struct waiver *waiver, bool with_recipe)
{
	struct buffer *out = &page->out;
	const struct gate_change *change = change_of(effective, waiver);

	cell(out);
	word_mark(out, page->set, waiver->in_force ? "⚠️" : "❌");
	buffer_string(out, waiver_state(waiver));
	cell(out);
	field_code(out, waiver->gate);
	if (change && (change->before.len || change->after.len)) {
		buffer_char(out, ' ');
		markdown_text_cut(out, change->before.len ? change->before : TEXT("none"), 60);
		buffer_string(out, " → ");
		markdown_text_cut(out, change->after.len ? change->after : TEXT("removed"), 60);
	}
	if (with_recipe) {
		buffer_string(out, "<br>in ");
		link_recipe(page, effective->recipe->record.id, effective->recipe->record.id);
	}
	cell(out);
	markdown_text(out, waiver->approved_by.len ? waiver->approved_by : TEXT("nobody"));
	cell(out);
	markdown_text(out, waiver->expires.len ? waiver->expires : TEXT("never"));
	cell(out);
	markdown_text(out, waiver->reason.len ? waiver->reason : TEXT("none given"));
	row_end(out);
}

size_t count_waivers(const struct pages *set)
{
	size_t count = 0;

	for (size_t i = 0; i < set->resolved->count; i++)
		count += set->resolved->recipes[i].waiver_count;
	return count;
}

size_t rows_waivers(struct page *page, const struct effective *only)
{
	static const struct column columns[] = {
	    {"Waiver", 8, false}, {"Gate", 0, false}, {"Approved by", 0, false}, {"Ends", 12, false}, {"Reason", 20, false}};
	size_t rows = 0;

	table_head(&page->out, columns, 5);
	for (size_t i = 0; i < page->set->resolved->count; i++) {
		const struct effective *effective = &page->set->resolved->recipes[i];
		if (only && only != effective)
			continue;
		for (size_t k = 0; k < effective->waiver_count; k++)
			if (rows++ < ROWS_MAX)
				waiver_row(page, effective, &effective->waivers[k], !only);
	}
	table_left_out(&page->out, rows > ROWS_MAX ? rows - ROWS_MAX : 0, "waivers are");
	return rows;
}

void rows_waived(struct page *page, const struct effective *effective)
{
	struct buffer *out = &page->out;
	size_t shown = 0;

	for (const struct effective *at = effective; at; at = at->above)
		for (size_t i = 0; i < at->waiver_count; i++) {
			const struct waiver *waiver = &at->waivers[i];
			if (!waiver->used || shown >= ROWS_MAX)
				continue;
			buffer_string(out, shown++ ? "- " : "\n- ");
			word_mark(out, page->set, waiver->in_force ? "⚠️" : "❌");
			buffer_string(out, waiver->in_force ? "waived to " : "waiver expired ");
			markdown_text(out, waiver->expires.len ? waiver->expires : TEXT("never"));
			buffer_string(out, ": ");
			field_code(out, waiver->gate);
			buffer_string(out, " of ");
			link_recipe(page, at->recipe->record.id, at->recipe->record.id);
			buffer_string(out, ", approved by ");
			markdown_text(out, waiver->approved_by.len ? waiver->approved_by : TEXT("nobody"));
			buffer_char(out, '\n');
		}
}

static struct json *waiver_json(const struct effective *effective, const struct waiver *waiver)
{
	struct json *json = json_object();
	const struct gate_change *change = change_of(effective, waiver);

	json_add_text(json, "recipe", effective->recipe->record.id);
	json_add_text(json, "gate", waiver->gate);
	json_add_string(json, "state", waiver_state(waiver));
	if (change) {
		json_add_text(json, "before", change->before);
		json_add_text(json, "after", change->after);
	}
	json_add_text(json, "reason", waiver->reason);
	json_add_text(json, "approved_by", waiver->approved_by);
	json_add_text(json, "expires", waiver->expires);
	return json;
}

struct json *json_of_waivers(const struct pages *set, const struct effective *only)
{
	struct json *list = json_array();

	for (size_t i = 0; i < set->resolved->count; i++) {
		const struct effective *effective = &set->resolved->recipes[i];
		for (size_t k = 0; k < effective->waiver_count && (!only || only == effective); k++)
			json_push(list, waiver_json(effective, &effective->waivers[k]));
	}
	return list;
}

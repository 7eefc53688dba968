#include "page_recipe.h"

static size_t errors_of(const struct pages *set, const struct recipe *recipe)
{
	size_t count, errors, warnings;
	const struct diag *diags = findings_of(&count, set, recipe->record.file->path);

	count_findings(&errors, &warnings, diags, count);
	return errors;
}

static size_t fields_from(const struct effective *effective, const struct recipe *recipe)
{
	size_t count = 0;

	for (size_t i = 0; i < effective->origin_count; i++)
		count += effective->origins[i].recipe == recipe && effective->origins[i].value;
	return count;
}

static void verdict_line(struct page *page, const struct recipe *recipe, const struct effective *effective)
{
	struct buffer *out = &page->out;
	size_t errors = errors_of(page->set, recipe), children, users = count_users(&children, page->set, recipe);
	bool usable = effective && effective->usable;

	word_mark(out, page->set, errors || !usable ? "❌" : "✅");
	if (errors)
		buffer_format(out, "**%zu error%s**", errors, errors == 1 ? "" : "s");
	else
		buffer_string(out, usable ? "**Valid**" : "**Cannot be resolved**");
	buffer_string(out, " · ");
	markdown_text(out, recipe->record.id);
	buffer_char(out, ' ');
	markdown_text(out, recipe->version);
	buffer_format(out, ", %s · ", record_status_name(recipe->status));
	markdown_text(out, recipe->family);
	buffer_format(out, ", %s", level_name(recipe->level));
	if (usable) {
		size_t all = 0;
		for (size_t i = 0; i < effective->chain_count; i++)
			all += fields_from(effective, effective->chain[i]);
		buffer_format(out, " · %zu fields: %zu set here", all, fields_from(effective, recipe));
		for (size_t i = effective->chain_count; i > 0; i--)
			if (effective->chain[i - 1] != recipe)
				buffer_format(out, ", %zu from %s", fields_from(effective, effective->chain[i - 1]), level_name(effective->chain[i - 1]->level));
	}
	buffer_string(out, " · used by ");
	show_counted(out, users, "model");
	if (children) {
		buffer_string(out, ", inherited by ");
		show_counted(out, children, "recipe");
	}
	buffer_char(out, '\n');
}

static const struct gate_change *change_of(const struct effective *effective, struct text field)
{
	for (size_t i = 0; i < effective->change_count; i++)
		if (text_equal(effective->changes[i].field, field))
			return &effective->changes[i];
	return NULL;
}

static bool is_override(const struct effective *effective, const struct origin *origin)
{
	return origin->recipe == effective->recipe && origin->shadow_count > 0 &&
	       !(origin->value && origin->shadowed[0].value && value_same(origin->value, origin->shadowed[0].value));
}

static void override_row(struct page *page, const struct effective *effective, const struct origin *origin)
{
	struct buffer *out = &page->out;
	struct arena *arena = page->set->arena;
	const struct gate_change *change = change_of(effective, origin->field);

	cell(out);
	field_code(out, origin->field);
	cell(out);
	markdown_text_cut(out, value_line(origin->value, arena), 80);
	cell(out);
	markdown_text_cut(out, value_line(origin->shadowed[0].value, arena), 80);
	buffer_format(out, " (%s)", level_name(origin->shadowed[0].recipe->level));
	cell(out);
	if (change)
		word_move(out, page->set, change->move);
	else
		buffer_string(out, "no gate");
	if (change && change->waived)
		buffer_string(out, ", waived");
	cell(out);
	page_link_place(page, text_format(arena, "%u", origin->place.line), origin->place);
	row_end(out);
}

static void overrides(struct page *page, const struct effective *effective)
{
	static const struct column columns[] = {
	    {"Field", 0, false}, {"Here", 0, false}, {"Without it", 0, false}, {"Direction", 4, false}, {"Line", 0, true}};
	struct buffer *out = &page->out;
	size_t rows = 0, looser = 0;

	if (effective->recipe->level == LEVEL_BASELINE)
		return;
	for (size_t i = 0; i < effective->change_count; i++)
		looser += effective->changes[i].move == GATE_LOOSER;
	page_section(page, "Overrides");
	buffer_string(out, "What this recipe changes, and what it would get without the line. ");
	if (looser)
		buffer_format(out, "%zu gate%s looser than the parent's; ", looser, looser == 1 ? " is" : "s are");
	else
		buffer_string(out, "No gate is looser than its parent's; ");
	if (effective->waiver_count) {
		show_counted(out, effective->waiver_count, "waiver");
		buffer_string(out, ".\n\n");
	} else {
		buffer_string(out, "no waiver.\n\n");
	}
	for (size_t i = 0; i < effective->origin_count; i++) {
		if (!is_override(effective, &effective->origins[i]))
			continue;
		if (!rows)
			table_head(out, columns, 5);
		if (rows++ < ROWS_MAX)
			override_row(page, effective, &effective->origins[i]);
	}
	if (!rows)
		buffer_string(out, "Nothing is replaced: it only adds.\n");
	table_left_out(out, rows > ROWS_MAX ? rows - ROWS_MAX : 0, "fields are");
}

/* A gate that moved without a line of the table above: a new one, or one that hangs on another field. */
static bool moves_besides(const struct effective *effective, const struct gate_change *change, enum gate_move move)
{
	const struct origin *origin = effective_origin(effective, change->field);

	return change->move == move && !(origin && is_override(effective, origin));
}

static void gate_row(struct page *page, const struct gate_change *change)
{
	struct buffer *out = &page->out;

	cell(out);
	word_move(out, page->set, change->move);
	if (change->waived)
		buffer_string(out, ", waived");
	cell(out);
	field_code(out, change->field);
	cell(out);
	markdown_text_cut(out, change->before.len ? change->before : TEXT("none"), 80);
	cell(out);
	markdown_text_cut(out, change->after.len ? change->after : TEXT("removed"), 80);
	cell(out);
	if (change->place.file)
		page_link_place(page, text_format(page->set->arena, "%u", change->place.line), change->place);
	else
		buffer_string(out, "n/a");
	row_end(out);
}

/* What got looser is open, what got tighter is folded. */
static void moved_gates(struct page *page, const struct effective *effective, enum gate_move move)
{
	static const struct column columns[] = {{"Direction", 4, false}, {"Gate", 0, false}, {"Parent", 0, false}, {"Here", 0, false}, {"Line", 0, true}};
	size_t count = 0, rows = 0;

	for (size_t i = 0; i < effective->change_count; i++)
		count += moves_besides(effective, &effective->changes[i], move);
	if (!count)
		return;
	if (move == GATE_LOOSER)
		buffer_string(&page->out, "\nGates that are looser besides:\n\n");
	else
		page_details(page, "New or tighter gates besides: %zu", count);
	table_head(&page->out, columns, 5);
	for (size_t i = 0; i < effective->change_count && rows < ROWS_MAX; i++)
		if (moves_besides(effective, &effective->changes[i], move)) {
			gate_row(page, &effective->changes[i]);
			rows++;
		}
	table_left_out(&page->out, count - rows, "gates are");
	if (move != GATE_LOOSER)
		page_details_end(page);
}

/* --- packs --- */

static void limits_row(struct page *page, struct text pack, struct text label, const struct metric *metric)
{
	struct buffer *out = &page->out;

	cell(out);
	if (pack.len)
		link_pack(page, pack, label);
	else
		markdown_text(out, label);
	cell(out);
	markdown_text_cut(out, metric->key, 60);
	if (!metric->required)
		buffer_string(out, ", optional");
	cells_of_limits(out, metric, page->set->arena);
	row_end(out);
}

static void packs(struct page *page, const struct effective *effective)
{
	static const struct column columns[] = {
	    {"Pack", 0, false}, {"Metric", 0, false}, {"Promote", 4, false}, {"Warn", 5, false}, {"Fail", 6, false}};
	struct arena *arena = page->set->arena;
	size_t rows = 0;

	page_section(page, "Packs");
	if (!effective->pack_count && !effective->metric_count) {
		buffer_string(&page->out, "None in force.\n");
		return;
	}
	table_head(&page->out, columns, 5);
	for (size_t i = 0; i < effective->pack_count; i++) {
		const struct pack *pack = catalog_pack_best(page->set->catalog, &effective->packs[i]);
		if (!pack) {
			cell(&page->out);
			markdown_text(&page->out, effective->packs[i].id);
			buffer_string(&page->out, " | not there | n/a | n/a | n/a |\n");
			continue;
		}
		struct text label = text_format(arena, "%.*s %.*s", TEXT_ARGS(pack->record.id), TEXT_ARGS(pack->version));
		for (size_t k = 0; k < pack->metric_count && rows < ROWS_MAX; k++, rows++)
			limits_row(page, pack->record.id, label, &pack->metrics[k]);
	}
	for (size_t i = 0; i < effective->metric_count && rows < ROWS_MAX; i++, rows++)
		limits_row(page, TEXT(""), TEXT("the recipe's own"), &effective->metrics[i]);
}

/* --- used by --- */

static void used_by(struct page *page, const struct recipe *recipe)
{
	static const struct column columns[] = {{"Model", 0, false}, {"State", 12, false}, {"Recipe version", 0, false}, {"Newest run", 0, false}};
	const struct catalog *catalog = page->set->catalog;
	struct buffer *out = &page->out;
	size_t rows = 0, children = 0;

	page_section(page, "Used by");
	for (size_t i = 0; i < page->set->results->model_count; i++) {
		const struct model_result *result = &page->set->results->models[i];
		if (!text_equal(result->model->recipe.id, recipe->record.id) || rows >= ROWS_MAX)
			continue;
		if (!rows++)
			table_head(out, columns, 4);
		cell(out);
		link_model(page, result->model);
		cell(out);
		word_state(out, page->set, result->state);
		cell(out);
		markdown_text(out, result->model->recipe.pin.len ? result->model->recipe.pin : TEXT("any"));
		cell(out);
		if (result->newest) {
			link_run(page, result->model, result->newest->run);
			buffer_char(out, ' ');
			word_run(out, page->set, result->newest);
		} else {
			buffer_string(out, "none");
		}
		row_end(out);
	}
	if (!rows)
		buffer_string(out, "No model.\n");
	for (size_t i = 0; i < catalog->recipe_count && children < ROWS_MAX; i++)
		if (text_equal(catalog->recipes[i].parent.id, recipe->record.id)) {
			buffer_string(out, children++ ? ", " : "\nInherited by ");
			link_recipe(page, catalog->recipes[i].record.id, catalog->recipes[i].record.id);
		}
	buffer_string(out, children ? ".\n" : "");
}

static struct json *origins_json(const struct effective *effective, struct arena *arena)
{
	struct json *list = json_array();

	for (size_t i = 0; i < effective->origin_count; i++) {
		const struct origin *origin = &effective->origins[i];
		struct json *item = json_object(), *shadowed = json_array();
		json_add_text(item, "field", origin->field);
		json_add_text(item, "value", value_line(origin->value, arena));
		json_add_text(item, "recipe", origin->recipe->record.id);
		json_add_text(item, "path", origin->place.file ? origin->place.file->path : TEXT(""));
		json_add_count(item, "line", origin->place.line);
		for (size_t k = 0; k < origin->shadow_count; k++) {
			struct json *shadow = json_object();
			json_add_text(shadow, "value", value_line(origin->shadowed[k].value, arena));
			json_add_text(shadow, "recipe", origin->shadowed[k].recipe->record.id);
			json_add_count(shadow, "line", origin->shadowed[k].value ? origin->shadowed[k].value->place.line : 0);
			json_push(shadowed, shadow);
		}
		json_add(item, "shadowed", shadowed);
		json_push(list, item);
	}
	return list;
}

static struct json *recipe_json(const struct pages *set, const struct recipe *recipe, const struct effective *effective)
{
	struct json *json = json_object(), *changes = json_array();
	size_t count;
	const struct diag *diags = findings_of(&count, set, recipe->record.file->path);

	json_add_string(json, "schema", "galley.page.recipe/1");
	json_add_text(json, "id", recipe->record.id);
	json_add_text(json, "name", recipe->record.name);
	json_add_text(json, "family", recipe->family);
	json_add_string(json, "level", level_name(recipe->level));
	json_add_text(json, "version", recipe->version);
	json_add_string(json, "status", record_status_name(recipe->status));
	json_add_text(json, "parent", recipe->parent.id);
	json_add_bool(json, "usable", effective && effective->usable);
	json_add_string(json, "digest", effective && effective->usable ? effective->digest : NULL);
	for (size_t i = 0; effective && i < effective->change_count; i++) {
		struct json *change = json_object();
		json_add_text(change, "gate", effective->changes[i].field);
		json_add_string(change, "move", effective->changes[i].move == GATE_LOOSER ? "looser" : "tighter");
		json_add_text(change, "before", effective->changes[i].before);
		json_add_text(change, "after", effective->changes[i].after);
		json_add_bool(change, "waived", effective->changes[i].waived);
		json_push(changes, change);
	}
	json_add(json, "gates_changed", changes);
	json_add(json, "waivers", effective ? json_of_waivers(set, effective) : json_array());
	json_add(json, "origins", effective ? origins_json(effective, set->arena) : json_array());
	json_add_findings(json, diags, count);
	return json;
}

void page_recipe(struct pages *set, const struct recipe *recipe)
{
	struct page page;
	const struct effective *effective = resolved_recipe(set->resolved, recipe->record.id);
	size_t count;
	const struct diag *diags = findings_of(&count, set, recipe->record.file->path);

	page_open(&page, set, path_of_recipe(set, recipe->record.id));
	page.check = text_format(set->arena, "galley resolve %.*s --why", TEXT_ARGS(recipe->record.id));
	buffer_string(&page.out, "# Recipe: ");
	markdown_text(&page.out, recipe->record.name);
	buffer_string(&page.out, "\n\n");
	verdict_line(&page, recipe, effective);
	buffer_string(&page.out, "\n[Overview](../README.md) › [Recipes](README.md) › **");
	markdown_text(&page.out, recipe->record.id);
	buffer_string(&page.out, "**\n");
	if (count) {
		page_section(&page, "Findings");
		page_findings(&page, diags, count, SEVERITY_NOTE, SEVERITY_ERROR);
	}
	if (effective && effective->usable) {
		recipe_inheritance(&page, effective);
		overrides(&page, effective);
		moved_gates(&page, effective, GATE_LOOSER);
		moved_gates(&page, effective, GATE_TIGHTER);
		if (effective->waiver_count) {
			page_section(&page, "Waivers");
			rows_waivers(&page, effective);
		}
		recipe_manifest(&page, effective);
		buffer_format(&page.out, "\nDigest of the effective recipe, SHA-256: `%.10s…`\n", effective->digest);
		packs(&page, effective);
	}
	used_by(&page, recipe);
	page_add_input(&page, recipe->record.file);
	add_recipe_inputs(&page, effective);
	page_close(&page, recipe_json(set, recipe, effective));
}

#include "page_run.h"

#include <stdint.h>
#include <stdlib.h>

#include "document.h"
#include "number.h"

enum { LEAVES = 500 };

/* Below params, or in a metric file but for its segments. */
static size_t leaves_of(struct value_leaf **leaves, const struct value *map, struct arena *arena)
{
	struct value_leaf *all;
	size_t most = value_leaves(&all, map, SIZE_MAX, arena), count = 0;

	for (size_t i = 0; i < most && count < LEAVES; i++)
		if (!text_starts(all[i].name, "slices."))
			all[count++] = all[i];
	*leaves = all;
	return count;
}

/* --- metrics --- */

static bool is_compared(const struct model_result *result, const struct run_result *run)
{
	return result->production && result->production != run;
}

static void metric_row(struct page *page, const struct model_result *result, const struct run_result *run, const struct pack_result *pack,
                       const struct gate_result *gate)
{
	struct buffer *out = &page->out;
	struct arena *arena = page->set->arena;
	const struct gate_result *production = gate_of(result->production, pack->pack, gate->metric->key), *best = gate;
	const struct run_result *holder = run;
	size_t rank = 1, count;
	const struct run_result **runs = judged_runs(&count, result, arena);

	for (size_t i = 0; i < count; i++) {
		const struct gate_result *other = gate_of(runs[i], pack->pack, gate->metric->key);
		if (!other || !other->has_value || runs[i] == run)
			continue;
		rank += metric_compare(gate->metric, other->value, gate->value, arena) < 0;
		if (metric_compare(gate->metric, other->value, best->value, arena) < 0) {
			best = other;
			holder = runs[i];
		}
	}
	cell(out);
	markdown_text_cut(out, gate->metric->key, 60);
	buffer_string(out, " | **");
	show_value(out, gate->metric, gate->value, arena);
	buffer_string(out, "**");
	if (is_compared(result, run)) {
		cell(out);
		show_value(out, gate->metric, production && production->has_value ? production->value : TEXT(""), arena);
		cell(out);
		show_change(out, gate->metric, gate->value, production ? production->value : TEXT(""), arena);
	}
	cell(out);
	show_value(out, gate->metric, best->value, arena);
	buffer_string(out, holder == run ? ", this run" : ", ");
	if (holder != run)
		link_run(page, result->model, holder->run);
	buffer_format(out, " | %zu |\n", rank);
}

static bool is_gated(const struct run_result *run, struct text key)
{
	return gate_of(run, TEXT(""), key) != NULL;
}

static void other_metrics(struct page *page, const struct model_result *result, const struct run_result *run)
{
	struct arena *arena = page->set->arena;
	struct buffer *out = &page->out;
	struct value_leaf *leaves;
	size_t count = leaves_of(&leaves, run->run->metrics, arena), free_count = 0;

	for (size_t i = 0; i < count; i++)
		free_count += !is_gated(run, leaves[i].name);
	if (!free_count)
		return;
	page_details(page, "Not in any gate: %zu metric%s", free_count, free_count == 1 ? "" : "s");
	bool compared = is_compared(result, run);
	table_head(out, (struct column[]){{"Metric", 0, false}, {"This run", 0, true}, {"Production", 0, true}, {"Change", 0, true}}, compared ? 4 : 2);
	for (size_t i = 0; i < count; i++) {
		if (is_gated(run, leaves[i].name))
			continue;
		const struct value *before = result->production ? metrics_value(result->production->run->metrics, leaves[i].name) : NULL;
		bool has = before && before->kind == VALUE_SCALAR;
		cell(out);
		markdown_text_cut(out, leaves[i].name, 60);
		cell(out);
		show_value(out, NULL, leaves[i].value->text, arena);
		if (compared) {
			cell(out);
			show_value(out, NULL, has ? before->text : TEXT(""), arena);
			cell(out);
			show_change(out, NULL, leaves[i].value->text, has ? before->text : TEXT(""), arena);
		}
		row_end(out);
	}
	page_details_end(page);
}

void run_metrics(struct page *page, const struct model_result *result, const struct run_result *run)
{
	size_t judged, rows = 0;

	judged_runs(&judged, result, page->set->arena);
	page_section(page, "Metrics");
	struct column columns[6] = {{"Metric", 0, false}, {"This run", 0, true}};
	size_t count = 2;
	if (is_compared(result, run)) {
		columns[count++] = (struct column){"Production", 0, true};
		columns[count++] = (struct column){"Change", 11, true};
	}
	columns[count++] = (struct column){arena_format(page->set->arena, "Best of %zu run%s", judged, judged == 1 ? "" : "s"), 0, false};
	columns[count++] = (struct column){"Rank", 0, true};
	for (size_t i = 0; i < run->pack_count; i++)
		for (size_t k = 0; k < run->packs[i].gate_count && rows < ROWS_MAX; k++) {
			const struct gate_result *gate = &run->packs[i].gates[k];
			bool first = gate_of(run, TEXT(""), gate->metric->key) == gate;
			if (!gate->has_value || !first)
				continue;
			if (!rows++)
				table_head(&page->out, columns, count);
			metric_row(page, result, run, &run->packs[i], gate);
		}
	if (!rows)
		buffer_string(&page->out, "No metric could be judged.\n");
	other_metrics(page, result, run);
}

struct json *run_other_metrics_json(const struct run_result *run)
{
	struct json *json = json_object();
	struct arena scratch;
	struct value_leaf *leaves;

	arena_init(&scratch);
	size_t count = leaves_of(&leaves, run->run->metrics, &scratch);
	for (size_t i = 0; i < count; i++)
		if (!is_gated(run, leaves[i].name))
			json_add_value(json, arena_copy(&scratch, leaves[i].name.at, leaves[i].name.len), true, leaves[i].value->text);
	arena_release(&scratch);
	return json;
}

/* --- slices --- */

void run_slices(struct page *page, const struct run_result *run)
{
	struct buffer *out = &page->out;
	size_t count = 0, rules = 0, rows = 0;

	for (size_t i = 0; i < run->pack_count; i++) {
		count += run->packs[i].slice_count;
		rules += run->packs[i].record ? run->packs[i].record->slice_count : 0;
	}
	if (!rules)
		return;
	page_section(page, "Slices");
	if (!count) {
		buffer_string(out, "Every segment is within the limits of its pack.\n");
		return;
	}
	table_head(out, (struct column[]){{"Verdict", 6, false}, {"By", 0, false}, {"Segment", 0, false}, {"Metric", 0, false}, {"Value", 0, true}}, 5);
	for (int verdict = VERDICT_FAIL; verdict >= VERDICT_PASS; verdict--)
		for (size_t i = 0; i < run->pack_count; i++)
			for (size_t k = 0; k < run->packs[i].slice_count; k++) {
				const struct slice_result *slice = &run->packs[i].slices[k];
				const struct gate_result *gate = gate_of(run, run->packs[i].pack, slice->metric);
				if ((int)slice->status != verdict || rows++ >= ROWS_MAX)
					continue;
				cell(out);
				word_verdict(out, page->set, slice->status);
				cell(out);
				markdown_text_cut(out, slice->by, 60);
				cell(out);
				markdown_text_cut(out, slice->segment, 60);
				cell(out);
				markdown_text_cut(out, slice->metric, 60);
				cell(out);
				show_value(out, gate ? gate->metric : NULL, slice->value, page->set->arena);
				row_end(out);
			}
	table_left_out(out, rows > ROWS_MAX ? rows - ROWS_MAX : 0, "segments are");
}

/* --- settings --- */

static struct text leaf_text(const struct value_leaf *leaves, size_t count, struct text key)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(leaves[i].name, key))
			return leaves[i].value->text;
	return TEXT("");
}

static void setting_row(struct page *page, struct text field, struct text before, struct text now, struct place place)
{
	struct buffer *out = &page->out;

	cell(out);
	markdown_code(out, field);
	cell(out);
	markdown_text_cut(out, before.len ? before : TEXT("not set"), 80);
	buffer_string(out, " | **");
	markdown_text_cut(out, now.len ? now : TEXT("not set"), 80);
	buffer_string(out, "** | ");
	if (place.file)
		page_link_place(page, text_format(page->set->arena, "%.*s:%u", TEXT_ARGS(place.file->path), place.line), place);
	else
		buffer_string(out, "n/a");
	row_end(out);
}

/* Parameters of both runs that differ; of this run alone where there is no other. */
static size_t params_rows(struct page *page, const struct run *run, const struct run *other)
{
	struct arena *arena = page->set->arena;
	struct value_leaf *mine, *theirs = NULL;
	size_t count = leaves_of(&mine, value_at(run->record.root, "params"), arena), rows = 0;
	size_t other_count = other ? leaves_of(&theirs, value_at(other->record.root, "params"), arena) : 0;

	for (size_t i = 0; i < count; i++) {
		struct text before = leaf_text(theirs, other_count, mine[i].name);
		if (other && text_equal(before, mine[i].value->text))
			continue;
		rows++;
		setting_row(page, text_format(arena, "params.%.*s", TEXT_ARGS(mine[i].name)), before, mine[i].value->text, mine[i].value->place);
	}
	for (size_t i = 0; i < other_count; i++)
		if (!leaf_text(mine, count, theirs[i].name).len) {
			rows++;
			setting_row(page, text_format(arena, "params.%.*s", TEXT_ARGS(theirs[i].name)), theirs[i].value->text, TEXT(""), theirs[i].value->place);
		}
	return rows;
}

static struct text reference_text(const struct reference *reference, struct arena *arena)
{
	return reference->pin.len ? text_format(arena, "%.*s %.*s", TEXT_ARGS(reference->id), TEXT_ARGS(reference->pin)) : reference->id;
}

void run_settings(struct page *page, const struct model_result *result, const struct run_result *run)
{
	struct buffer *out = &page->out;
	struct arena *arena = page->set->arena;
	const struct run *other = result->production && result->production != run ? result->production->run : NULL;
	struct text mine = reference_text(&run->run->recipe, arena), theirs = other ? reference_text(&other->recipe, arena) : TEXT("");
	struct text code = value_text(run->run->record.root, "code"), other_code = other ? value_text(other->record.root, "code") : TEXT("");
	size_t rows = 0, start;

	page_section(page, "Settings");
	start = out->len;
	table_head(out, (struct column[]){{"Field", 0, false}, {"Production", 0, false}, {"This run", 0, false}, {"Set by", 0, false}}, 4);
	if (other && !text_equal(mine, theirs) && ++rows)
		setting_row(page, TEXT("recipe"), theirs, mine, run->run->recipe.place);
	if (other && !text_equal(code, other_code) && ++rows)
		setting_row(page, TEXT("code"), other_code, code, (struct place){0});
	rows += params_rows(page, run->run, other);
	if (!rows) {
		out->len = start;
		out->data[start] = '\0';
		buffer_string(out, other ? "The same as the production run's.\n" : "No parameters recorded.\n");
	}
	buffer_string(out, "\nRecipe: ");
	link_recipe(page, run->run->recipe.id, mine);
	if (code.len) {
		buffer_string(out, ". Code: ");
		markdown_code(out, code);
	}
	if (run->recipe && run->run->recipe_digest.len)
		buffer_string(out, text_is(run->run->recipe_digest, run->recipe->digest) ? ". The recipe is in effect as it was for this run"
		                                                                        : ". The recipe has changed in effect since this run");
	buffer_string(out, ".\n");
}

/* --- artifacts --- */

static void artifact_row(struct page *page, size_t *rows, struct text name, struct text where)
{
	struct buffer *out = &page->out;

	if (!where.len)
		return;
	if (!(*rows)++)
		table_head(out, (struct column[]){{"Name", 0, false}, {"Where", 0, false}}, 2);
	cell(out);
	markdown_text_cut(out, name, 60);
	cell(out);
	markdown_code(out, where);
	row_end(out);
}

void run_artifacts(struct page *page, const struct run_result *run)
{
	struct value_leaf *leaves;
	const struct value *root = run->run->record.root;
	size_t count = leaves_of(&leaves, value_at(root, "artifacts"), page->set->arena), rows = 0;

	page_section(page, "Artifacts");
	for (size_t i = 0; i < count; i++)
		artifact_row(page, &rows, leaves[i].name, leaves[i].value->text);
	artifact_row(page, &rows, TEXT("predictions"), value_text(root, "predictions"));
	artifact_row(page, &rows, TEXT("logs"), value_text(root, "logs"));
	if (run->run->metrics_file && run->run->metrics_file != run->run->record.file)
		artifact_row(page, &rows, TEXT("metrics"), run->run->metrics_file->path);
	if (!rows)
		buffer_string(&page->out, "None recorded.\n");
}

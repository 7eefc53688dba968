#include "rows.h"

#include <math.h>

#include "number.h"

size_t count_users(size_t *children, const struct pages *set, const struct recipe *recipe)
{
	const struct recipe_use *use = &set->uses[recipe - set->catalog->recipes];

	*children = use->children;
	return use->models;
}

void count_uses(struct pages *set)
{
	const struct catalog *catalog = set->catalog;
	const struct recipe *recipe;

	set->uses = arena_array(set->arena, catalog->recipe_count + 1, sizeof *set->uses);
	for (size_t i = 0; i < catalog->model_count; i++)
		if ((recipe = catalog_recipe(catalog, catalog->models[i].recipe.id)) != NULL)
			set->uses[recipe - catalog->recipes].models++;
	for (size_t i = 0; i < catalog->recipe_count; i++)
		if ((recipe = catalog_recipe(catalog, catalog->recipes[i].parent.id)) != NULL)
			set->uses[recipe - catalog->recipes].children++;
}

/* --- models --- */

/* The metric that stands for a model: the first of the first pack that the shown run was judged by. */
static const struct gate_result *main_gate(struct text *pack, const struct model_result *result)
{
	const struct run_result *run = shown_run(result);

	for (size_t i = 0; run && i < run->pack_count; i++)
		for (size_t k = 0; k < run->packs[i].gate_count; k++)
			if (run->packs[i].gates[k].has_value) {
				*pack = run->packs[i].pack;
				return &run->packs[i].gates[k];
			}
	return NULL;
}

static void bars_of_metric(struct buffer *out, const struct pages *set, const struct model_result *result, struct text pack, struct text key)
{
	size_t count;
	const struct run_result **runs = judged_runs(&count, result, set->arena);
	double values[BARS], low = INFINITY, high = -INFINITY;
	size_t first = count > BARS ? count - BARS : 0;

	for (size_t i = first; i < count; i++) {
		const struct gate_result *gate = gate_of(runs[i], pack, key);
		double value;
		if (!gate || !gate->has_value || number_parse(&value, gate->value) != NUMBER_FINITE)
			value = (double)NAN;
		values[i - first] = value;
		if (isfinite(value)) {
			low = value < low ? value : low;
			high = value > high ? value : high;
		}
	}
	if (count - first < 2)
		return;
	buffer_string(out, "<br>`");
	for (size_t i = 0; i < count - first; i++)
		markdown_bar(out, values[i], low, high);
	buffer_char(out, '`');
}

static void drift_cell(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;
	const struct snapshot_result *latest = latest_drift(result);

	cell(out);
	if (!latest || !latest->has_max) {
		buffer_string(out, "n/a");
		return;
	}
	buffer_format(out, "%s ", method_label(result->method));
	show_effect(out, latest->max, &result->limit);
	buffer_string(out, "<br>");
	bars_of_drift(out, page->set, result, NULL);
}

static void model_row(struct page *page, const struct model_result *result)
{
	struct buffer *out = &page->out;
	const struct run_result *run = shown_run(result);
	const struct model *model = result->model;
	struct text pack;

	cell(out);
	word_state(out, page->set, result->state);
	cell(out);
	link_model(page, model);
	buffer_string(out, "<br><sub>");
	markdown_text(out, model->record.id);
	if (result->recipe) {
		buffer_string(out, ", ");
		markdown_text(out, result->recipe->recipe->family);
	}
	buffer_string(out, "</sub>");
	cell(out);
	if (model->status != MODEL_PRODUCTION)
		buffer_format(out, "%s%s", model_status_name(model->status), model->version.len ? " " : "");
	if (model->version.len || model->status == MODEL_PRODUCTION)
		markdown_text(out, model->version.len ? model->version : TEXT("no version"));
	cell(out);
	if (run)
		word_run(out, page->set, run);
	else
		buffer_string(out, "no run");
	drift_cell(page, result);
	const struct gate_result *gate = main_gate(&pack, result);
	cell(out);
	if (gate) {
		markdown_text_cut(out, gate->metric->key, 40);
		buffer_char(out, ' ');
		show_value(out, gate->metric, gate->value, page->set->arena);
		bars_of_metric(out, page->set, result, pack, gate->metric->key);
	} else {
		buffer_string(out, "n/a");
	}
	row_end(out);
}

void rows_models(struct page *page, const struct model_result *const *models, size_t count, size_t max)
{
	static const struct column columns[] = {{"State", 12, false}, {"Model", 30, false}, {"Production", 0, false}, {"Gates", 3, false},
	                                        {"Worst drift", 6, false}, {"Main metric", 10, false}};
	size_t shown = count < max ? count : max;

	table_head(&page->out, columns, 6);
	for (size_t i = 0; i < shown; i++)
		model_row(page, models[i]);
	table_left_out(&page->out, count - shown, count - shown == 1 ? "model is" : "models are");
	buffer_format(&page->out,
	              "\n<sub>Gates: of the production run, else of the newest. Drift: last %d snapshots; bars share one scale, 0 to the model's drift "
	              "limit and above. Metric: last runs; bars run from the row's lowest to its highest value. `·` means no value.</sub>\n",
	              BARS);
}

/* --- gates of two runs --- */

static void gate_row(struct page *page, const struct gate_result *gate, const struct gate_result *other, bool alone)
{
	struct buffer *out = &page->out;
	struct arena *arena = page->set->arena;

	cell(out);
	word_verdict(out, page->set, gate->status);
	cell(out);
	markdown_text_cut(out, gate->metric->key, 60);
	cell(out);
	buffer_string(out, "**");
	show_value(out, gate->metric, gate->has_value ? gate->value : TEXT(""), arena);
	buffer_string(out, "**");
	if (!alone) {
		cell(out);
		show_value(out, gate->metric, other && other->has_value ? other->value : TEXT(""), arena);
		cell(out);
		show_change(out, gate->metric, gate->has_value ? gate->value : TEXT(""), other ? other->value : TEXT(""), arena);
	}
	cells_of_limits(out, gate->metric, arena);
	if (alone) {
		cell(out);
		show_value(out, gate->metric, gate->has_room ? gate->room : TEXT(""), arena);
	}
	row_end(out);
}

void rows_gates(struct page *page, const struct run_result *newest, const struct run_result *production)
{
	static const struct column both[] = {{"Verdict", 4, false}, {"Metric", 0, false}, {"Newest", 0, true}, {"Production", 0, true},
	                                     {"Change", 7, true}, {"Promote", 2, false}, {"Warn", 4, false}, {"Fail", 4, false}};
	static const struct column one[] = {{"Verdict", 6, false}, {"Metric", 0, false}, {"Value", 0, true}, {"Promote", 4, false},
	                                    {"Warn", 5, false}, {"Fail", 6, false}, {"Room", 0, true}};
	bool alone = !production || production == newest;

	for (size_t i = 0; i < newest->pack_count; i++) {
		const struct pack_result *pack = &newest->packs[i];
		const struct gate_result **gates = gates_by_verdict(pack, page->set->arena);
		if (newest->pack_count > 1) {
			buffer_string(&page->out, i ? "\nBy " : "By ");
			if (pack->record)
				link_pack(page, pack->pack, text_format(page->set->arena, "%.*s %.*s", TEXT_ARGS(pack->pack), TEXT_ARGS(pack->version)));
			else
				buffer_string(&page->out, text_is(pack->pack, "recipe") ? "the recipe's own metrics" : "a pack that is not there");
			buffer_string(&page->out, ": ");
			markdown_text(&page->out, pack->reason.len ? pack->reason : pack->summary);
			buffer_string(&page->out, "\n\n");
		}
		if (!pack->gate_count)
			continue;
		table_head(&page->out, alone ? one : both, alone ? 7 : 8);
		for (size_t k = 0; k < pack->gate_count && k < ROWS_MAX; k++)
			gate_row(page, gates[k], gate_of(production, pack->pack, gates[k]->metric->key), alone);
		table_left_out(&page->out, pack->gate_count > ROWS_MAX ? pack->gate_count - ROWS_MAX : 0, "metrics are");
	}
}

/* --- runs --- */

/* As many metrics as a page is wide, by the letters of their names. */
enum { RUN_METRICS = 5, HEAD_LETTERS = 48 };

static size_t run_columns(const struct metric **metrics, struct text *packs, const struct model_result *result)
{
	const struct run_result *run = result->newest ? result->newest : result->production;
	size_t count = 0, letters = 0;

	for (size_t i = 0; run && i < run->pack_count; i++)
		for (size_t k = 0; k < run->packs[i].gate_count && count < RUN_METRICS; k++) {
			bool there = false;
			for (size_t j = 0; j < count; j++)
				there |= text_equal(metrics[j]->key, run->packs[i].gates[k].metric->key);
			letters += there ? 0 : run->packs[i].gates[k].metric->key.len;
			if (there || (count && letters > HEAD_LETTERS))
				continue;
			packs[count] = run->packs[i].pack;
			metrics[count++] = run->packs[i].gates[k].metric;
		}
	return count;
}

/* A column's name from a file, escaped. */
static const char *column_name(const struct pages *set, struct text name)
{
	struct buffer out;

	buffer_init(&out);
	markdown_text_cut(&out, name, 40);
	const char *copy = arena_copy(set->arena, out.data, out.len);
	buffer_release(&out);
	return copy;
}

static void runs_head(struct page *page, const struct metric *const *metrics, size_t count)
{
	struct column columns[RUN_METRICS + 3] = {{"Run", 24, false}, {"Verdict", 6, false}};

	for (size_t i = 0; i < count; i++)
		columns[2 + i] = (struct column){column_name(page->set, metrics[i]->key), 0, true};
	columns[2 + count] = (struct column){"Recipe", 0, false};
	table_head(&page->out, columns, count + 3);
}

static void run_row(struct page *page, const struct model_result *result, const struct run_result *run, const struct metric *const *metrics,
                    const struct text *packs, size_t count)
{
	struct buffer *out = &page->out;

	cell(out);
	link_run(page, result->model, run->run);
	if (result->production == run)
		buffer_string(out, ", production");
	if (run->run->type != RUN_TRAIN && run->run->type != RUN_TYPE_NONE)
		buffer_format(out, ", %s", run_type_name(run->run->type));
	cell(out);
	word_run(out, page->set, run);
	for (size_t i = 0; i < count; i++) {
		const struct gate_result *gate = gate_of(run, packs[i], metrics[i]->key);
		cell(out);
		show_value(out, metrics[i], gate && gate->has_value ? gate->value : TEXT(""), page->set->arena);
	}
	cell(out);
	if (run->run->recipe.pin.len)
		markdown_text(out, run->run->recipe.pin);
	else if (run->run->recipe.id.len)
		buffer_string(out, "any version");
	else
		buffer_string(out, "n/a");
	row_end(out);
}

void rows_runs(struct page *page, const struct model_result *result, size_t first)
{
	const struct metric *metrics[RUN_METRICS];
	struct text packs[RUN_METRICS];
	size_t count = result->model->run_count, shown = count < ROWS_MAX ? count : ROWS_MAX;
	size_t columns = run_columns(metrics, packs, result);

	if (!count) {
		buffer_string(&page->out, "No runs yet.\n");
		return;
	}
	runs_head(page, metrics, columns);
	for (size_t i = 0; i < shown && i < first; i++)
		run_row(page, result, &result->runs[count - 1 - i], metrics, packs, columns);
	if (shown > first) {
		page_details(page, "%zu older run%s", shown - first, shown - first == 1 ? "" : "s");
		runs_head(page, metrics, columns);
		for (size_t i = first; i < shown; i++)
			run_row(page, result, &result->runs[count - 1 - i], metrics, packs, columns);
		page_details_end(page);
	}
	table_left_out(&page->out, count - shown, "runs are");
}

#include "charts.h"
#include "page_model.h"

#include <math.h>

#include "drift_json.h"
#include "number.h"

enum { DRAWN = 3, NAMES_MAX = 12, CELLS_MAX = 60 };

static bool is_category(const struct drift_column *column)
{
	return column->kind == COLUMN_CATEGORY || column->kind == COLUMN_CATEGORY_NUM;
}

static void counts_line(struct page *page, const struct model_result *result, const struct snapshot_result *snapshot)
{
	static const enum drift_status order[] = {DRIFT_DRIFT, DRIFT_INCONCLUSIVE, DRIFT_WARN, DRIFT_STABLE};
	struct buffer *out = &page->out;
	bool any = false;

	for (size_t k = 0; k < 4; k++) {
		size_t count = 0;
		for (size_t i = 0; i < snapshot->drift.column_count; i++)
			count += snapshot->drift.columns[i].status == order[k];
		if (!count)
			continue;
		buffer_string(out, any ? " · " : "");
		mark_drift(out, page->set, order[k]);
		buffer_format(out, "%zu %s", count, drift_status_name(order[k]));
		any = true;
	}
	buffer_string(out, any ? ". Snapshot " : "No feature is judged. Snapshot ");
	markdown_text(out, snapshot->snapshot->stamp);
	if (snapshot->drift.current_count) {
		size_t rows = 0;
		for (size_t i = 0; i < snapshot->drift.current_count; i++)
			rows += snapshot->drift.currents[i].rows;
		buffer_string(out, ", ");
		show_counted(out, rows, "row");
		if (snapshot->drift.current_count > 1)
			buffer_format(out, " of %zu pooled snapshots", snapshot->drift.current_count);
	}
	buffer_format(out, "; %s", method_label(result->method));
	if (result->limit.given) {
		buffer_format(out, ", %swarn ", result->limit.on_p ? "by p, " : "");
		show_limit(out, result->limit.warn);
		buffer_string(out, ", drift ");
		show_limit(out, result->limit.drift);
	}
	buffer_string(out, result->automatic ? " (auto: missing values decide too)" : "");
	buffer_string(out, "; share of drifting features ");
	double limit = result->share_limit;
	show_beside(out, snapshot->share, 3, &limit, 1);
	buffer_string(out, ", limit ");
	show_limit(out, limit);
	buffer_string(out, ".\n");
}

static void missing_cell(struct page *page, const struct drift_column *column)
{
	struct buffer before, after;

	buffer_init(&before);
	buffer_init(&after);
	show_share(&before, column->reference.missing, column->reference.rows);
	show_share(&after, column->current.missing, column->current.rows);
	/* It says so here where something else decides. */
	const struct drift_score *score = drift_score_of(column, METHOD_MISSING);
	bool loud = score && (score->status == DRIFT_WARN || score->status == DRIFT_DRIFT);
	cell(&page->out);
	if (loud) {
		mark_drift(&page->out, page->set, score->status);
		buffer_string(&page->out, "**");
	}
	if (!text_equal(buffer_text(&before), buffer_text(&after))) {
		buffer_add(&page->out, buffer_text(&before));
		buffer_string(&page->out, " → ");
	}
	buffer_add(&page->out, buffer_text(&after));
	buffer_string(&page->out, loud ? "**" : "");
	buffer_release(&before);
	buffer_release(&after);
}

static void centre_cell(struct page *page, const struct drift_column *column)
{
	struct buffer *out = &page->out;

	cell(out);
	if (column->reason.len) {
		markdown_text(out, column->reason);
	} else if (column->deciding && column->deciding->status == DRIFT_INCONCLUSIVE && column->deciding->reason.len) {
		markdown_text(out, column->deciding->reason);
	} else if (is_category(column)) {
		show_counted(out, column->cell_count, "value");
		if (column->new_count)
			buffer_format(out, ", %zu new", column->new_count);
		else
			buffer_string(out, ", none new");
		if (column->vanished_count)
			buffer_format(out, ", %zu gone", column->vanished_count);
	} else if (column->kind == COLUMN_NUMBER && column->reference.n && column->current.n) {
		show_figure(out, column->reference_summary.quantiles[4]);
		buffer_string(out, " → ");
		show_figure(out, column->current_summary.quantiles[4]);
	} else {
		buffer_string(out, "n/a");
	}
}

static void feature_row(struct page *page, const struct model_result *result, const struct drift_column *column, bool drawn)
{
	struct buffer *out = &page->out;
	enum drift_method usual = result->method == METHOD_NONE ? METHOD_PSI : result->method;

	cell(out);
	word_drift(out, page->set, column->status);
	cell(out);
	if (drawn) {
		buffer_char(out, '[');
		markdown_text_cut(out, column->name, 60);
		buffer_string(out, "](#worst-features)");
	} else {
		markdown_text_cut(out, column->name, 60);
	}
	cell(out);
	buffer_string(out, column_kind_name(column->kind));
	cell(out);
	if (column->deciding) {
		if (column->deciding->method != usual)
			buffer_format(out, "%s ", method_label(column->deciding->method));
		buffer_string(out, column->status == DRIFT_STABLE ? "" : "**");
		show_score(out, column->deciding);
		buffer_string(out, column->status == DRIFT_STABLE ? "" : "**");
		show_adjusted(out, column->deciding);
	} else {
		buffer_string(out, "n/a");
	}
	cell(out);
	bars_of_drift(out, page->set, result, column);
	cell(out);
	if (column->shape)
		show_effect(out, fabs(column->shape->ks_reference - column->shape->ks_current), &(struct drift_limit){0});
	else
		buffer_string(out, "n/a");
	centre_cell(page, column);
	missing_cell(page, column);
	row_end(out);
}

static size_t drawn_columns(const struct drift_column *const *columns, size_t count)
{
	size_t drawn = 0;

	while (drawn < count && drawn < DRAWN &&
	       (columns[drawn]->status == DRIFT_DRIFT || columns[drawn]->status == DRIFT_WARN || columns[drawn]->status == DRIFT_INCONCLUSIVE) &&
	       columns[drawn]->cell_count)
		drawn++;
	return drawn;
}

static void feature_table(struct page *page, const struct model_result *result, const struct drift_column *const *columns, size_t count)
{
	struct column head[] = {{"Verdict", 8, false}, {"Feature", 0, false}, {"Type", 0, false}, {"Value", 0, true}, {"Last 12", 0, false},
	                        {"KS D", 0, true}, {"Median, reference → current", 0, false}, {"Missing", 0, true}};
	size_t drawn = drawn_columns(columns, count), shown = count < ROWS_MAX ? count : ROWS_MAX;

	head[3].name = method_label(result->method);
	table_head(&page->out, head, 8);
	for (size_t i = 0; i < shown; i++)
		feature_row(page, result, columns[i], i < drawn);
	table_left_out(&page->out, count - shown, "features are");
	buffer_format(&page->out, "\n<sub>Bars: last 12 snapshots, from 0 to %s; `·` means no value.%s</sub>\n",
	              result->limit.on_p ? "the largest of them" : "the drift limit and above",
	              result->limit.on_p ? " BH: p adjusted for the number of features by Benjamini and Hochberg, shown beside and not compared." : "");
}

static void name_list(struct page *page, const char *what, const struct text *names, size_t count)
{
	struct buffer *out = &page->out;

	if (!count)
		return;
	buffer_format(out, "\n%s: ", what);
	for (size_t i = 0; i < count && i < NAMES_MAX; i++) {
		buffer_string(out, i ? ", " : "");
		markdown_code(out, names[i]);
	}
	if (count > NAMES_MAX)
		buffer_format(out, " and %zu more", count - NAMES_MAX);
	buffer_string(out, ".\n");
}

/* What is not judged by the model's method, as that does not apply to it. */
static void instead_list(struct page *page, const struct drift_result *drift)
{
	struct text *names = arena_array(page->set->arena, drift->column_count + 1, sizeof *names);
	const struct drift_method_info *asked = NULL;
	size_t count = 0;

	for (size_t i = 0; i < drift->column_count; i++) {
		if (!drift->columns[i].asked)
			continue;
		asked = drift->columns[i].asked;
		names[count++] = drift->columns[i].name;
	}
	if (count)
		name_list(page, arena_format(page->set->arena, "Judged by auto (PSI and missing values), as %s is for %s", asked->label, drift_method_for(asked)),
		          names, count);
}

static void quantiles(struct page *page, const struct drift_column *column)
{
	struct buffer *out = &page->out;

	if (column->kind != COLUMN_NUMBER || !column->reference.n || !column->current.n)
		return;
	table_head(out, (struct column[]){{"Quantile", 0, true}, {"Reference", 0, true}, {"Current", 0, true}, {"Change", 0, true}}, 4);
	for (size_t i = 0; i < 9; i++) {
		double before = column->reference_summary.quantiles[i], after = column->current_summary.quantiles[i];
		cell(out);
		show_plain(out, drift_quantile_points[i] * 100);
		buffer_char(out, '%');
		cell(out);
		show_figure(out, before);
		cell(out);
		show_figure(out, after);
		cell(out);
		buffer_string(out, after > before ? "+" : "");
		show_figure(out, after - before);
		row_end(out);
	}
	buffer_char(out, '\n');
}

static void cell_label(struct buffer *out, const struct drift_column *column, const struct drift_cell *item)
{
	if (is_category(column)) {
		markdown_code(out, item->label);
	} else if (!isfinite(item->low)) {
		buffer_string(out, isfinite(item->high) ? "up to " : "all");
		if (isfinite(item->high))
			show_figure(out, item->high);
	} else if (!isfinite(item->high)) {
		buffer_string(out, "above ");
		show_figure(out, item->low);
	} else {
		show_figure(out, item->low);
		buffer_string(out, " to ");
		show_figure(out, item->high);
	}
}

static void cells_table(struct page *page, const struct drift_column *column)
{
	struct buffer *out = &page->out;
	size_t reference = 0, current = 0, shown = column->cell_count < CELLS_MAX ? column->cell_count : CELLS_MAX;
	double sum = 0, largest = 0;
	char text[512];

	for (size_t i = 0; i < column->cell_count; i++) {
		reference += column->cells[i].reference;
		current += column->cells[i].current;
		sum += column->cells[i].part;
		largest = column->cells[i].part > largest ? column->cells[i].part : largest;
	}
	table_head(out, (struct column[]){{is_category(column) ? "Value" : "Bin, by reference quantile", 0, false}, {"Reference", 0, true},
	                                  {"Current", 0, true}, {"PSI part", 0, true}}, 4);
	for (size_t i = 0; i < shown; i++) {
		const struct drift_cell *item = &column->cells[i];
		bool bold = item->part == largest && largest > 0;
		cell(out);
		cell_label(out, column, item);
		cell(out);
		show_share(out, item->reference, reference);
		cell(out);
		show_share(out, item->current, current);
		cell(out);
		number_print_fixed(text, item->part, 3);
		buffer_format(out, bold ? "**%s**" : "%s", text);
		row_end(out);
	}
	number_print_fixed(text, sum, 3);
	buffer_format(out, "| **sum** | 100.0%% | 100.0%% | **%s** |\n", text);
	table_left_out(out, column->cell_count - shown, "values are");
}

static void feature_chart(struct page *page, const struct model_result *result, const struct snapshot_result *snapshot,
                          const struct drift_column *column, bool ecdf)
{
	struct text name = path_of_column(page->set, column->name);
	struct buffer svg, alt;

	if (!page->set->config->charts)
		return;
	buffer_init(&svg);
	buffer_init(&alt);
	if ((ecdf ? chart_feature_ecdf : chart_feature)(&svg, &alt, page->set, result, snapshot, column)) {
		page_chart(page, text_format(page->set->arena, "feature-%.*s%s", TEXT_ARGS(name), ecdf ? "-ecdf" : ""), &svg, &alt);
		buffer_char(&page->out, '\n');
	}
	buffer_release(&svg);
	buffer_release(&alt);
}

static void feature(struct page *page, const struct model_result *result, const struct snapshot_result *snapshot,
                    const struct drift_column *column)
{
	struct buffer *out = &page->out;

	buffer_string(out, "\n**");
	markdown_text_cut(out, column->name, 60);
	buffer_string(out, "**\n\n");
	feature_chart(page, result, snapshot, column, false);
	name_list(page, "New values", column->new_categories, column->new_count);
	name_list(page, "Gone values", column->vanished_categories, column->vanished_count);
	if (is_category(column))
		page_details(page, "%zu value%s", column->cell_count, column->cell_count == 1 ? "" : "s");
	else
		page_details(page, "Cumulative curves, 9 quantiles, %zu bins", column->cell_count);
	feature_chart(page, result, snapshot, column, true);
	quantiles(page, column);
	cells_table(page, column);
	page_details_end(page);
}

static void timeseries(struct page *page, const struct model_result *result, bool heatmap)
{
	struct buffer svg, alt;

	if (!page->set->config->charts)
		return;
	buffer_init(&svg);
	buffer_init(&alt);
	if ((heatmap ? chart_drift_heatmap : chart_psi_timeseries)(&svg, &alt, page->set, result)) {
		if (heatmap)
			page_details(page, "All features by snapshot");
		page_chart(page, heatmap ? TEXT("drift-heatmap") : TEXT("psi-timeseries"), &svg, &alt);
		if (heatmap)
			page_details_end(page);
		else
			buffer_char(&page->out, '\n');
	}
	buffer_release(&svg);
	buffer_release(&alt);
}

static void definition(struct page *page, const struct drift_column *const *columns, size_t count)
{
	struct buffer *out = &page->out;
	const struct drift_score *score = NULL;

	for (size_t i = 0; i < count && !score; i++)
		if (columns[i]->deciding && columns[i]->deciding->definition_count)
			score = columns[i]->deciding;
	if (!score)
		return;
	page_details(page, "How %s is defined here", drift_methods[score->method].label);
	for (size_t i = 0; i < score->definition_count && i < 40; i++) {
		buffer_format(out, "- %s: ", score->definition[i].key);
		markdown_text(out, score->definition[i].value);
		buffer_char(out, '\n');
	}
	buffer_string(out, "\nThis is the first feature's; every feature's own stands in the page's data.\n");
	page_details_end(page);
}

void model_drift(struct page *page, const struct model_result *result)
{
	const struct snapshot_result *snapshot = latest_drift(result);
	size_t count;

	page_section(page, "Drift");
	if (!snapshot) {
		buffer_string(&page->out, result->snapshot_count ? "No snapshot could be compared with a reference" : "No snapshot yet");
		if (result->latest && result->latest->undecided) {
			buffer_string(&page->out, ": ");
			markdown_text(&page->out, result->latest->undecided_reason);
		}
		buffer_string(&page->out, ".\n");
		return;
	}
	const struct drift_column **columns = columns_by_verdict(&count, &snapshot->drift, page->set->arena);
	counts_line(page, result, snapshot);
	if (result->latest != snapshot) {
		buffer_string(&page->out, "\nThe newest snapshot ");
		markdown_text(&page->out, result->latest->snapshot->stamp);
		buffer_string(&page->out, " could not be compared: ");
		markdown_text(&page->out, result->latest->undecided ? result->latest->undecided_reason : TEXT("it has no data or no reference"));
		buffer_string(&page->out, ".\n");
	}
	buffer_char(&page->out, '\n');
	timeseries(page, result, false);
	if (count)
		feature_table(page, result, columns, count);
	instead_list(page, &snapshot->drift);
	name_list(page, "Only in the reference", snapshot->drift.only_in_reference, snapshot->drift.only_in_reference_count);
	name_list(page, "Only in the snapshot", snapshot->drift.only_in_current, snapshot->drift.only_in_current_count);
	size_t drawn = drawn_columns(columns, count);
	if (drawn)
		buffer_string(&page->out, "\n### Worst features\n");
	for (size_t i = 0; i < drawn; i++)
		feature(page, result, snapshot, columns[i]);
	timeseries(page, result, true);
	definition(page, columns, count);
}

/* What decided about each feature of one snapshot, in short. */
static struct json *features_json(const struct drift_result *drift)
{
	struct json *columns = json_array();

	for (size_t i = 0; i < drift->column_count; i++) {
		const struct drift_column *column = &drift->columns[i];
		const struct drift_score *score = column->deciding;
		struct json *item = json_object();
		if (!drift_status_name(column->status)) {
			json_release(item);
			continue;
		}
		json_add_text(item, "name", column->name);
		json_add_string(item, "method", score ? drift_methods[score->method].key : NULL);
		json_add_computed(item, "value", score && score->has_value, score ? score->value : 0);
		json_add_string(item, "status", drift_status_name(column->status));
		json_push(columns, item);
	}
	return columns;
}

struct json *model_drift_json(const struct pages *set, const struct model_result *result)
{
	struct json *json = json_object(), *history = json_array();
	const struct snapshot_result *latest = latest_drift(result);

	json_add_string(json, "method", result->automatic || result->method == METHOD_NONE ? "auto" : drift_methods[result->method].key);
	json_add_computed(json, "share_limit", true, result->share_limit);
	size_t count;
	const struct snapshot_result *window = snapshots_window(&count, set, result);
	for (size_t i = 0; i < count; i++) {
		const struct snapshot_result *snapshot = &window[i];
		struct json *item = json_object();
		json_add_text(item, "snapshot", snapshot->snapshot->stamp);
		json_add_string(item, "state", model_state_name(snapshot->state));
		json_add_string(item, "status", snapshot->has_drift ? drift_status_name(snapshot->drift.status) : NULL);
		json_add_computed(item, "share", snapshot->has_drift, snapshot->share);
		json_add_computed(item, "max", snapshot->has_drift && snapshot->has_max, snapshot->max);
		if (snapshot->max_feature.len)
			json_add_text(item, "max_feature", snapshot->max_feature);
		if (snapshot->has_drift)
			json_add(item, "columns", features_json(&snapshot->drift));
		json_push(history, item);
	}
	json_add(json, "snapshots", history);
	json_add(json, "columns", latest ? drift_columns_json(&latest->drift, true) : json_array());
	return json;
}

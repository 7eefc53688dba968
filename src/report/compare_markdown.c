#include "text_report.h"

#include "compare_parts.h"

enum { COLUMNS = 7, KEY = 60, VALUE = 80 };

struct tables {
	struct buffer *out;
	const struct comparison *comparison;
	const struct pages *set; /* for the words alone */
	struct arena *arena;
	bool one_model;
};

static struct text label_of(const struct tables *tables, size_t run)
{
	const struct run_result *result = tables->comparison->runs[run];

	return text_format(tables->arena, "%zu: %.*s", run + 1,
	                   TEXT_ARGS(tables->one_model ? result->run->record.id : compared_run_name(result, tables->arena)));
}

/* The answer in a sentence. */
static void headline(struct tables *tables)
{
	const struct comparison *comparison = tables->comparison;

	buffer_format(tables->out, "### %zu runs side by side\n\n1 is ", comparison->count);
	markdown_code(tables->out, compared_run_name(comparison->runs[0], tables->arena));
	buffer_string(tables->out, ". Against it,");
	for (size_t i = 1; i < comparison->count; i++) {
		struct text tally = compared_tally_text(&comparison->tallies[i], tables->arena);
		buffer_format(tables->out, "%s **%zu**: ", i > 1 ? ";" : "", i + 1);
		buffer_add(tables->out, tally.len ? tally : TEXT("not compared"));
	}
	buffer_string(tables->out, ".\n\n");
}

static void runs(struct tables *tables)
{
	static const struct column columns[] = {{"Verdict", 6, false}, {"Run", 0, false}, {"Recipe", 0, false}, {"Metrics", 0, false}};
	const struct comparison *comparison = tables->comparison;
	struct buffer *out = tables->out;

	table_head(out, columns, 4);
	for (size_t i = 0; i < comparison->count; i++) {
		const struct run_result *run = comparison->runs[i];
		cell(out);
		word_verdict(out, tables->set, run->status);
		cell(out);
		buffer_format(out, "%zu: ", i + 1);
		markdown_text(out, compared_run_name(run, tables->arena));
		buffer_string(out, compared_is_production(run) ? ", serves" : "");
		cell(out);
		markdown_text(out, compared_recipe(run, tables->arena));
		cell(out);
		markdown_text(out, run->judged && run->pack_count ? run->summary : run->reason);
		row_end(out);
	}
}

static void unlike(struct tables *tables)
{
	const struct comparison *comparison = tables->comparison;
	struct buffer *out = tables->out;
	const char *before = "\n- ";

	for (size_t i = 0; i < comparison->fact_count; i++) {
		const struct compared_fact *fact = &comparison->facts[i];
		if (!fact->weighs)
			continue;
		buffer_string(out, before);
		word_mark(out, tables->set, "⚠️");
		buffer_string(out, "Not like with like: they differ in ");
		markdown_text(out, compared_fact_name(fact));
		buffer_string(out, ": ");
		markdown_text(out, compared_fact_text(fact, comparison->count, tables->arena));
		buffer_string(out, ".\n");
		before = "- ";
	}
	for (size_t i = 0; i < comparison->row_count; i++)
		if (comparison->rows[i].disputed) {
			buffer_string(out, before);
			word_mark(out, tables->set, "⚠️");
			buffer_string(out, "Not like with like: the gates of ");
			markdown_code(out, comparison->rows[i].key);
			buffer_string(out, " do not agree on what is better.\n");
			before = "- ";
		}
	for (size_t i = 0; i < comparison->count; i++)
		if (run_recipe_moved(comparison->runs[i])) {
			buffer_format(out, "%s%zu was made by its recipe as it was then, and is judged by what that is now.\n", before, i + 1);
			before = "- ";
		}
}

/* --- Tables with a column a run --- */

static void value_cell(struct tables *tables, const struct compared_row *row, const struct compared_value *value)
{
	struct buffer *out = tables->out;
	const char *change = compared_change_name(value->change);

	cell(out);
	if (value->has_status && value->status != VERDICT_PASS) {
		mark_verdict(out, tables->set, value->status);
		buffer_format(out, "%s ", verdict_name(value->status));
	}
	if (value->has_value)
		compared_value_markdown(out, row, value, tables->arena);
	else
		buffer_string(out, "missing");
	if (value->has_difference) {
		buffer_string(out, " (");
		buffer_add(out, compared_difference_text(row, value, tables->arena));
		buffer_format(out, "%s%s)", compared_row_is_judged(row) ? " " : "", compared_row_is_judged(row) ? change : "");
	} else if (value->has_value && value->reason.len && !value->has_status) {
		buffer_string(out, " (not compared)");
	}
}

/* A row of a table; which column's runs are meant is said by run. */
struct row_source {
	const char *title, *first;
	size_t rows, left;
	const size_t *at;      /* of the rows that are shown */
	void (*name)(struct tables *tables, size_t at);
	void (*value)(struct tables *tables, size_t at, size_t run);
};

static void table_part(struct tables *tables, const struct row_source *source, size_t from, size_t to)
{
	struct column columns[COLUMNS + 1] = {{source->first, 0, false}};
	size_t shown[COLUMNS], count = 0;

	shown[count++] = 0;
	for (size_t i = from; i < to; i++)
		shown[count++] = i;
	for (size_t i = 0; i < count; i++) {
		struct buffer label;
		buffer_init(&label);
		markdown_text(&label, label_of(tables, shown[i]));
		columns[i + 1] = (struct column){arena_copy(tables->arena, buffer_text(&label).at, label.len), 0, true};
		buffer_release(&label);
	}
	buffer_char(tables->out, '\n');
	table_head(tables->out, columns, count + 1);
	for (size_t r = 0; r < source->rows; r++) {
		cell(tables->out);
		source->name(tables, source->at[r]);
		for (size_t i = 0; i < count; i++)
			source->value(tables, source->at[r], shown[i]);
		row_end(tables->out);
	}
}

static void table(struct tables *tables, const struct row_source *source)
{
	if (!source->rows)
		return;
	buffer_format(tables->out, "\n#### %s\n", source->title);
	for (size_t from = 1; from < tables->comparison->count; from += COLUMNS - 1) {
		size_t to = from + COLUMNS - 1;
		table_part(tables, source, from, to < tables->comparison->count ? to : tables->comparison->count);
	}
	table_left_out(tables->out, source->left, "rows are");
}

static void name_direction(struct tables *tables, const struct compared_row *row)
{
	struct text direction = compared_direction(row, tables->arena);

	markdown_text_cut(tables->out, row->key, KEY);
	if (direction.len) {
		buffer_string(tables->out, " (");
		markdown_text(tables->out, direction);
		buffer_char(tables->out, ')');
	}
}

static void name_metric(struct tables *tables, size_t at)
{
	name_direction(tables, &tables->comparison->rows[at]);
}

static void metric_value_cell(struct tables *tables, size_t at, size_t run)
{
	const struct compared_row *row = &tables->comparison->rows[at];

	value_cell(tables, row, &row->values[run]);
}

static void name_segment(struct tables *tables, size_t at)
{
	const struct compared_row *row = &tables->comparison->segments[at];

	markdown_text_cut(tables->out, row->by, KEY);
	buffer_string(tables->out, " = ");
	markdown_text_cut(tables->out, row->segment, KEY);
	buffer_string(tables->out, ", ");
	name_direction(tables, row);
}

static void segment_value_cell(struct tables *tables, size_t at, size_t run)
{
	const struct compared_row *row = &tables->comparison->segments[at];

	value_cell(tables, row, &row->values[run]);
}

static void name_fact(struct tables *tables, size_t at)
{
	markdown_code(tables->out, tables->comparison->facts[at].field);
}

static void fact_cell(struct tables *tables, size_t at, size_t run)
{
	struct text value = tables->comparison->facts[at].values[run];

	cell(tables->out);
	markdown_text_cut(tables->out, value.len ? value : TEXT("not set"), VALUE);
}

static void pick(struct row_source *source, size_t *at, size_t index, bool wanted)
{
	if (!wanted)
		return;
	if (source->rows == COMPARED_ROWS)
		source->left++;
	else
		at[source->rows++] = index;
}

static void metrics(struct tables *tables, bool gated)
{
	struct row_source source = {.title = gated ? "Metrics" : "In no gate", .first = "Metric", .name = name_metric, .value = metric_value_cell};
	size_t at[COMPARED_ROWS];

	source.at = at;
	for (size_t i = 0; i < tables->comparison->row_count; i++)
		pick(&source, at, i, (tables->comparison->rows[i].metric != NULL) == gated);
	table(tables, &source);
}

static void segments(struct tables *tables)
{
	struct row_source source = {.title = "Segments", .first = "Segment and metric", .name = name_segment, .value = segment_value_cell};
	size_t at[COMPARED_ROWS];

	source.at = at;
	for (size_t i = 0; i < tables->comparison->segment_count; i++) {
		source.left += !tables->comparison->segments[i].metric;
		pick(&source, at, i, tables->comparison->segments[i].metric != NULL);
	}
	table(tables, &source);
}

static void settings(struct tables *tables)
{
	struct row_source source = {.title = "They differ in", .first = "Field", .name = name_fact, .value = fact_cell};
	size_t at[COMPARED_ROWS];

	source.at = at;
	for (size_t i = 0; i < tables->comparison->fact_count; i++)
		pick(&source, at, i, !tables->comparison->facts[i].weighs);
	table(tables, &source);
}

void compare_markdown(struct buffer *out, const struct comparison *comparison, bool emoji)
{
	const struct config config = {.emoji = emoji};
	const struct pages set = {.config = &config};
	struct arena arena;
	struct tables tables = {out, comparison, &set, &arena, true};

	arena_init(&arena);
	for (size_t i = 1; i < comparison->count; i++)
		tables.one_model &= comparison->runs[i]->model == comparison->runs[0]->model;
	headline(&tables);
	runs(&tables);
	unlike(&tables);
	metrics(&tables, true);
	buffer_string(out, "\nBest of the row in bold; differences are from 1.\n");
	metrics(&tables, false);
	segments(&tables);
	settings(&tables);
	arena_release(&arena);
}

#include "diff_tables.h"

#include "gates.h"
#include "words.h"

enum { VALUE_POINTS = 60 };

void add_mark(struct buffer *out, const struct diff_view *view, const char *emoji)
{
	if (view->emoji)
		buffer_format(out, "%s ", emoji);
}

void add_head(struct buffer *out, const struct diff_view *view)
{
	if (view->head)
		buffer_format(out, "`%.*s`", DIFF_COMMIT_DIGITS, view->head);
	else
		buffer_string(out, view->head_place);
}

static void add_place(struct buffer *out, struct text place)
{
	if (place.len)
		markdown_code(out, place);
	else
		buffer_string(out, "the top of the repository");
}

void add_moved(struct buffer *out, const struct diff_view *view)
{
	if (!view->moved)
		return;
	buffer_string(out, " The workspace moved from ");
	add_place(out, view->moved_from);
	buffer_string(out, " to ");
	add_place(out, view->moved_to);
	buffer_char(out, '.');
}

void diff_tables_init(struct diff_tables *tables, const struct diff_view *view, struct arena *arena)
{
	*tables = (struct diff_tables){.view = view, .arena = arena};
	tables->fields = diff_fields(&tables->field_count, view->differences, arena);
	tables->gates = diff_gates(&tables->gate_count, view->differences, arena);
	diff_count(&tables->counts, view->differences, arena);
}

/* --- Gates --- */

static bool ends_in(const struct record_change *change, const struct record_change *pack)
{
	for (size_t i = 0; i < change->chain_count; i++) {
		const struct step *last = &change->chains[i].steps[change->chains[i].count - 1];
		if (last->kind == pack->kind && text_equal(last->id, pack->id))
			return true;
	}
	return false;
}

size_t gate_reach(const struct diff_tables *tables, const struct gate_group *group)
{
	const struct differences *differences = tables->view->differences;
	size_t count = 0;

	if (group->first->kind == KIND_RECIPE)
		return group->records;
	for (size_t i = 0; i < differences->count; i++)
		count += differences->items[i].kind == KIND_RECIPE && ends_in(&differences->items[i], group->first);
	return count;
}

/* "evaluation.metrics.MAPE.threshold_critical" as "MAPE" and "threshold_critical". */
static void split_gate(struct text *metric, struct text *limit, const struct gate_shift *gate)
{
	const char common[] = "evaluation.metrics.";
	const struct metric *of = gate->metric_after ? gate->metric_after : gate->metric_before;
	struct text field = gate->field;
	size_t dot = field.len;

	/* Keys of metrics may have dots of their own. */
	if (of) {
		*metric = of->key;
		*limit = text_cut(field, of->key.len + 1, field.len);
		return;
	}
	if (text_starts(field, common))
		field = text_cut(field, sizeof common - 1, field.len);
	for (size_t i = 0; i < field.len; i++)
		if (field.at[i] == '.')
			dot = i;
	*metric = text_cut(field, 0, dot < field.len ? dot : field.len);
	*limit = dot < field.len ? text_cut(field, dot + 1, field.len) : TEXT("");
}

static void add_gate_value(struct buffer *out, const struct metric *metric, struct text limit, struct text value, struct arena *arena)
{
	bool is_limit = text_is(limit, "promote") || text_is(limit, "warn") || text_is(limit, "fail");

	if (!value.len)
		buffer_string(out, "none");
	else
		markdown_text_cut(out, metric && is_limit ? metric_show_limit(metric, value, arena) : value, VALUE_POINTS);
}

static void add_direction(struct buffer *out, const struct diff_tables *tables, const struct gate_shift *gate)
{
	add_mark(out, tables->view, gate->word == GATE_IS_TIGHTER ? "🔒" : "⚠️");
	buffer_string(out, gate_word_name(gate->word));
	if (gate->waiver && gate->word != GATE_IS_WAIVED)
		buffer_string(out, ", waived");
}

static void add_waiver(struct buffer *out, const struct waiver *waiver)
{
	buffer_string(out, "<br>waived until ");
	markdown_text_cut(out, waiver->expires, 20);
	buffer_string(out, ": ");
	markdown_text_cut(out, waiver->reason, 120);
}

static void add_gate_row(struct buffer *out, const struct diff_tables *tables, const struct gate_group *group)
{
	const struct gate_shift *gate = group->gate;
	const struct metric *metric = gate->metric_after ? gate->metric_after : gate->metric_before;
	struct text name, limit;

	split_gate(&name, &limit, gate);
	cell(out);
	add_direction(out, tables, gate);
	cell(out);
	markdown_text(out, group->first->id);
	if (group->records > 1)
		buffer_format(out, " and %zu more", group->records - 1);
	else if (!text_equal(group->first->version_before, group->first->version_after)) {
		buffer_char(out, ' ');
		markdown_text_cut(out, group->first->version_before, 40);
		buffer_string(out, " → ");
		markdown_text_cut(out, group->first->version_after, 40);
	}
	cell(out);
	markdown_text(out, name);
	cell(out);
	markdown_text(out, limit.len ? limit : TEXT("all of it"));
	if (metric && metric->direction == DIRECTION_TARGET && limit.len)
		buffer_string(out, text_is(limit, "promote") || text_is(limit, "warn") || text_is(limit, "fail") ? "&nbsp;±" : "");
	cell(out);
	add_gate_value(out, gate->metric_before, limit, gate->before, tables->arena);
	cell(out);
	buffer_string(out, "**");
	add_gate_value(out, gate->metric_after, limit, gate->after, tables->arena);
	buffer_string(out, "**");
	if (gate->waiver)
		add_waiver(out, gate->waiver);
	cell(out);
	buffer_format(out, "%zu", gate_reach(tables, group));
	row_end(out);
}

void add_gate_brief(struct buffer *out, const struct gate_group *group, struct arena *arena)
{
	const struct gate_shift *gate = group->gate;
	struct text name, limit;

	split_gate(&name, &limit, gate);
	markdown_code(out, name.len > VALUE_POINTS ? text_cut(name, name.len - VALUE_POINTS, name.len) : name);
	if (limit.len) {
		buffer_char(out, ' ');
		markdown_text_cut(out, limit, VALUE_POINTS);
	}
	buffer_char(out, ' ');
	add_gate_value(out, gate->metric_before, limit, gate->before, arena);
	buffer_string(out, " → ");
	add_gate_value(out, gate->metric_after, limit, gate->after, arena);
}

void block_of_gates(struct blocks *blocks, const struct diff_tables *tables, int rank)
{
	static const struct column columns[] = {{"Direction", 4, false}, {"Pack or recipe", 0, false}, {"Metric", 0, false}, {"Limit", 4, false},
	                                        {"Before", 0, true},     {"After", 0, true},           {"Recipes", 0, true}};
	struct block *block = block_add(blocks, rank, "gate");

	buffer_string(&block->head, "\n#### Gates\n\n");
	table_head(&block->head, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < tables->gate_count; i++) {
		add_gate_row(&block->rows, tables, &tables->gates[i]);
		block_row(block, blocks);
	}
}

/* --- Fields --- */

static bool holds(const struct value *list, const struct value *item)
{
	for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->count; i++)
		if (list->items[i]->kind == VALUE_SCALAR && text_equal(list->items[i]->text, item->text))
			return true;
	return false;
}

static bool all_scalars(const struct value *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->kind != VALUE_SCALAR)
			return false;
	return true;
}

/* A list with what is new in it in bold. */
static bool add_list(struct buffer *out, const struct value *before, const struct value *after)
{
	enum { ITEMS = 12 };

	if (!before || before->kind != VALUE_LIST || after->kind != VALUE_LIST || after->count > ITEMS || !after->count || !all_scalars(after))
		return false;
	for (size_t i = 0; i < after->count; i++) {
		const char *bold = holds(before, after->items[i]) ? "" : "**";
		buffer_format(out, "%s%s", i ? ", " : "", bold);
		markdown_text_cut(out, after->items[i]->text, VALUE_POINTS);
		buffer_string(out, bold);
	}
	return true;
}

static void add_value(struct buffer *out, const struct value *value, struct text brief)
{
	markdown_text_cut(out, shown_value(value, brief), VALUE_POINTS);
}

static void add_field_row(struct buffer *out, const struct field_group *group, const struct diff_tables *tables)
{
	const char stages[] = "pipeline.stages.";
	const struct field_change *field = group->field;
	struct text cause = cause_words(&field->cause, tables->view->folder, tables->arena);

	cell(out);
	field_code(out, text_starts(field->field, stages) ? text_cut(field->field, sizeof stages - 1, field->field.len) : field->field);
	cell(out);
	add_value(out, field->before, field->before_text);
	cell(out);
	if (!field->after || !add_list(out, field->before, field->after)) {
		buffer_string(out, "**");
		add_value(out, field->after, field->after_text);
		buffer_string(out, "**");
	}
	cell(out);
	markdown_text(out, cause.len ? cause : TEXT("not known"));
	cell(out);
	buffer_format(out, "%zu", group->records);
	row_end(out);
}

void block_of_fields(struct blocks *blocks, const struct diff_tables *tables, int rank)
{
	static const struct column columns[] = {{"Field", 0, false}, {"Before", 0, false}, {"After", 8, false}, {"Cause", 0, false},
	                                        {"Recipes", 0, true}};
	struct block *block = block_add(blocks, rank, "field");

	buffer_string(&block->head, "\n#### What changes in effect\n\n");
	table_head(&block->head, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < tables->field_count; i++) {
		add_field_row(&block->rows, &tables->fields[i], tables);
		block_row(block, blocks);
	}
}

/* --- Records --- */

static void add_id(struct buffer *out, struct text id)
{
	markdown_text(out, id);
}

static void add_what(struct buffer *out, const struct record_change *change)
{
	struct buffer declared;
	size_t start = out->len;

	buffer_init(&declared);
	add_declared(&declared, change, " → ");
	if (declared.len)
		markdown_text(out, buffer_text(&declared));
	buffer_release(&declared);
	if (change->field_count)
		buffer_format(out, "%s%zu field%s", out->len > start ? ", " : "", change->field_count, change->field_count == 1 ? "" : "s");
	if (change->gate_count)
		buffer_format(out, "%s%zu gate%s", out->len > start ? ", " : "", change->gate_count, change->gate_count == 1 ? "" : "s");
	if (change->unresolved_after && !change->unresolved_before)
		buffer_format(out, "%s%s", out->len > start ? ", " : "",
		              change->kind == KIND_MODEL || change->kind == KIND_RUN ? "its recipe cannot be had any more"
		              : change->kind == KIND_PACK                            ? "cannot be read any more"
		                                                                     : "no effective form any more");
	if (out->len == start)
		buffer_string(out, change->move == MOVE_CHANGED ? "what it is judged by" : "all of it");
}

static void add_record_row(struct buffer *out, const struct diff_tables *tables, const struct record_change *change)
{
	enum { CHAINS = 3 };
	bool reached = change->move == MOVE_CHANGED && !change->edited && change->chain_count;

	cell(out);
	buffer_string(out, reached ? "reached" : record_move_name(change->move));
	cell(out);
	markdown_text(out, diff_name(change, tables->arena));
	cell(out);
	add_what(out, change);
	cell(out);
	for (size_t i = 0; i < change->chain_count && i < CHAINS; i++) {
		buffer_string(out, i ? "<br>" : "");
		add_chain_words(out, &change->chains[i], " ← ", add_id);
	}
	if (change->chain_count > CHAINS)
		buffer_format(out, "<br>and %zu more", change->chain_count - CHAINS);
	if (!change->chain_count)
		buffer_string(out, change->edited || change->move != MOVE_CHANGED ? "its own file" : "not known");
	row_end(out);
}

void block_of_records(struct blocks *blocks, const struct diff_tables *tables, enum kind kind, int rank)
{
	static const struct column columns[] = {{"Change", 2, false}, {"Record", 0, false}, {"What", 0, false}, {"Because", 0, false}};
	const struct differences *differences = tables->view->differences;
	struct block *block = block_add(blocks, rank, kind == KIND_CONFIG ? "setting" : kind_name(kind));
	size_t count = tables->counts.records[kind];

	buffer_format(&block->head, "\n<details>\n<summary>%s: %zu</summary>\n\n",
	              kind == KIND_RECIPE  ? "Recipes"
	              : kind == KIND_PACK  ? "Packs"
	              : kind == KIND_MODEL ? "Models"
	              : kind == KIND_RUN   ? "Runs"
	                                   : "Configuration",
	              count);
	table_head(&block->head, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < differences->count; i++) {
		if (differences->items[i].kind != kind)
			continue;
		add_record_row(&block->rows, tables, &differences->items[i]);
		block_row(block, blocks);
	}
	buffer_string(&block->tail, "\n</details>\n");
}

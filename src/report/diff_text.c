#include "diff_parts.h"

#include <stdlib.h>
#include <string.h>

/* Columns of a line: padded while they are short, so that one long name does not push all others away. */
enum { COLUMN_MAX = 48, CHAINS_SHOWN = 4 };

struct painter {
	struct buffer *out;
	struct arena *arena;
	bool color;
};

static void paint(const struct painter *painter, const char *code)
{
	if (painter->color)
		buffer_string(painter->out, code);
}

static struct text safe(const struct painter *painter, struct text text)
{
	struct buffer buffer;

	buffer_init(&buffer);
	buffer_safe(&buffer, text);
	struct text copy = text_copy(painter->arena, buffer_text(&buffer));
	buffer_release(&buffer);
	return copy;
}

static size_t width_of(struct text safe_text)
{
	return utf8_columns(safe_text);
}

/* Lines of "sign name before -> after place". */
struct line {
	const char *code, *word;
	struct text name, values, place;
};

struct lines {
	struct line *items;
	size_t count;
};

static void add_line(const struct painter *painter, struct lines *lines, struct line line)
{
	line.name = safe(painter, line.name);
	line.values = safe(painter, line.values);
	line.place = safe(painter, line.place);
	lines->items = arena_grow(painter->arena, lines->items, lines->count, sizeof *lines->items);
	lines->items[lines->count++] = line;
}

static size_t widest(const struct lines *lines, bool values)
{
	size_t most = 0;

	for (size_t i = 0; i < lines->count; i++) {
		size_t width = width_of(values ? lines->items[i].values : lines->items[i].name);
		if (width > most && width <= COLUMN_MAX)
			most = width;
	}
	return most;
}

static void pad(struct buffer *out, struct text text, size_t width)
{
	size_t own = width_of(text);

	buffer_add(out, text);
	buffer_repeat(out, ' ', own < width ? width - own : 0);
}

static void print_lines(const struct painter *painter, const struct lines *lines)
{
	size_t names = widest(lines, false), values = widest(lines, true);
	struct buffer *out = painter->out;

	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->items[i];
		paint(painter, line->code);
		buffer_format(out, "  %-8s", line->word);
		paint(painter, "\x1b[0m");
		pad(out, line->name, line->values.len || line->place.len ? names : 0);
		buffer_string(out, line->values.len || line->place.len ? "  " : "");
		pad(out, line->values, line->place.len ? values : 0);
		buffer_string(out, line->place.len ? "  " : "");
		buffer_add(out, line->place);
		buffer_char(out, '\n');
	}
}

static struct text arrow_words(const struct painter *painter, struct text before, struct text after)
{
	return text_format(painter->arena, "%.*s -> %.*s", TEXT_ARGS(before), TEXT_ARGS(after));
}

static void add_gates(const struct painter *painter, struct lines *lines, const struct record_change *change)
{
	for (size_t i = 0; i < change->gate_count; i++) {
		const struct gate_shift *gate = &change->gates[i];
		bool tight = gate->word == GATE_IS_TIGHTER;
		struct text values = gate->word == GATE_IS_WAIVED
		                         ? TEXT("")
		                         : arrow_words(painter, gate->before.len ? gate->before : TEXT("none"), gate->after.len ? gate->after : TEXT("none"));
		if (gate->waiver)
			values = text_format(painter->arena, "%.*s%swaived until %.*s: %.*s", TEXT_ARGS(values), values.len ? ", " : "",
			                     TEXT_ARGS(gate->waiver->expires), TEXT_ARGS(gate->waiver->reason));
		add_line(painter, lines,
		         (struct line){tight ? "\x1b[32m" : "\x1b[1;33m", gate_word_name(gate->word), gate->field, values,
		                       cause_words(&gate->cause, TEXT(""), painter->arena)});
	}
}

/* The gates of a record by their fields. */
struct told {
	const struct record_change *change;
	const struct gate_shift **gates;
	size_t count;
};

static int order_told(const void *left, const void *right)
{
	return text_compare((*(const struct gate_shift *const *)left)->field, (*(const struct gate_shift *const *)right)->field);
}

static void told_make(struct told *told, const struct painter *painter, const struct record_change *change)
{
	*told = (struct told){.change = change, .gates = arena_array(painter->arena, change->gate_count, sizeof(const struct gate_shift *))};
	for (size_t i = 0; i < change->gate_count; i++)
		if (change->gates[i].word != GATE_IS_WAIVED)
			told->gates[told->count++] = &change->gates[i];
	if (told->count)
		qsort(told->gates, told->count, sizeof(const struct gate_shift *), order_told);
}

static bool is_gate(const struct painter *painter, const struct told *told, struct text field)
{
	const struct record_change *change = told->change;
	const char *prefix = "metrics.", *limits = ".thresholds.";

	/* "metrics.MAPE.thresholds.warn" of a pack is its gate "MAPE.warn". */
	if (change->kind == KIND_PACK && text_starts(field, prefix)) {
		field = text_cut(field, strlen(prefix), field.len);
		for (size_t i = 0; i < field.len; i++)
			if (text_starts(text_cut(field, i, field.len), limits))
				field = text_format(painter->arena, "%.*s.%.*s", (int)i, field.at, TEXT_ARGS(text_cut(field, i + strlen(limits), field.len)));
	}
	for (size_t len = field.len; len > 0; len--) {
		if (len < field.len && field.at[len] != '.')
			continue;
		const struct gate_shift wanted = {.field = text_cut(field, 0, len)}, *key = &wanted;
		const struct gate_shift *const *found =
		    told->count ? bsearch(&key, told->gates, told->count, sizeof(const struct gate_shift *), order_told) : NULL;
		/* A whole metric that came or went has fields below it. */
		if (found && (len == field.len || !(*found)->before.len || !(*found)->after.len))
			return true;
	}
	return false;
}

/* Gates are told already. */
static void add_fields(const struct painter *painter, struct lines *lines, const struct record_change *change)
{
	static const char *const words[] = {"+", "-", "~"};
	struct told told;

	told_make(&told, painter, change);
	for (size_t i = 0; i < change->field_count; i++) {
		const struct field_change *field = &change->fields[i];
		if (is_gate(painter, &told, field->field))
			continue;
		struct text before = shown_value(field->before, field->before_text), after = shown_value(field->after, field->after_text);
		struct text values = field->move == MOVE_ADDED     ? after
		                     : field->move == MOVE_REMOVED ? text_format(painter->arena, "was %.*s", TEXT_ARGS(before))
		                                                   : arrow_words(painter, before, after);
		add_line(painter, lines, (struct line){"", words[field->move], field->field, values, cause_words(&field->cause, TEXT(""), painter->arena)});
	}
}

static void add_reasons(const struct painter *painter, const struct record_change *change)
{
	for (size_t i = 0; i < change->chain_count && i < CHAINS_SHOWN; i++) {
		buffer_string(painter->out, i ? "\n           " : "  because  ");
		add_chain_words(painter->out, &change->chains[i], " <- ", buffer_safe);
	}
	if (change->chain_count > CHAINS_SHOWN)
		buffer_format(painter->out, "\n           and %zu more", change->chain_count - CHAINS_SHOWN);
	if (change->chain_count)
		buffer_char(painter->out, '\n');
}

static void add_states(struct buffer *out, const struct record_change *change)
{
	const char *what = change->kind == KIND_PACK ? "can be read" : change->kind == KIND_RECIPE ? "has an effective form" : "has a recipe to be judged by";

	if (change->move != MOVE_CHANGED)
		return;
	if (!change->unresolved_before && change->unresolved_after)
		buffer_format(out, ", %s no more", what);
	if (change->unresolved_before && !change->unresolved_after)
		buffer_format(out, ", %s now", what);
}

static void add_record(const struct painter *painter, const struct record_change *change)
{
	struct buffer *out = painter->out, declared;
	struct lines lines = {NULL, 0};

	paint(painter, "\x1b[1m");
	if (change->kind != KIND_CONFIG)
		buffer_format(out, "%s ", kind_name(change->kind));
	buffer_safe(out, diff_name(change, painter->arena));
	paint(painter, "\x1b[0m");
	bool only_reached = change->move == MOVE_CHANGED && !change->edited && change->chain_count;
	buffer_format(out, ": %s", only_reached ? "reached" : record_move_name(change->move));
	buffer_init(&declared);
	add_declared(&declared, change, " -> ");
	if (declared.len) {
		buffer_string(out, ", ");
		buffer_safe(out, buffer_text(&declared));
	}
	buffer_release(&declared);
	add_states(out, change);
	buffer_char(out, '\n');
	add_gates(painter, &lines, change);
	add_fields(painter, &lines, change);
	print_lines(painter, &lines);
	add_reasons(painter, change);
}

static void add_side(struct buffer *out, const char *commit, const char *place)
{
	if (commit)
		buffer_format(out, "%.*s", DIFF_COMMIT_DIGITS, commit);
	else
		buffer_string(out, place);
}

static void add_place(struct buffer *out, struct text place)
{
	if (place.len)
		buffer_safe(out, place);
	else
		buffer_string(out, "the top of the repository");
}

static void add_reordered(struct buffer *out, const struct differences *differences)
{
	if (!differences->reordered_count)
		return;
	buffer_format(out, "\nonly the order of named items moved, which %s digest sees:", differences->reordered_count == 1 ? "its" : "their");
	for (size_t i = 0; i < differences->reordered_count; i++) {
		buffer_char(out, ' ');
		buffer_safe(out, differences->reordered[i]);
	}
	buffer_char(out, '\n');
}

void diff_text(struct buffer *out, const struct diff_view *view, bool color)
{
	struct arena arena;
	struct diff_counts counts;

	arena_init(&arena);
	struct painter painter = {out, &arena, color};
	diff_count(&counts, view->differences, &arena);
	diff_headline(out, &counts);
	buffer_string(out, "\nfrom ");
	add_side(out, view->base, NULL);
	buffer_string(out, " to ");
	add_side(out, view->head, view->head_place);
	if (view->moved) {
		buffer_string(out, "\nthe workspace moved from ");
		add_place(out, view->moved_from);
		buffer_string(out, " to ");
		add_place(out, view->moved_to);
	}
	buffer_char(out, '\n');
	for (size_t i = 0; i < view->differences->count; i++) {
		buffer_char(out, '\n');
		add_record(&painter, &view->differences->items[i]);
	}
	add_reordered(out, view->differences);
	arena_release(&arena);
}

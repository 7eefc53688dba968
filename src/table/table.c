#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "guess.h"
#include "data.h"
#include "names.h"
#include "record.h"

static struct place whole_file(const struct table *table)
{
	return (struct place){.file = table->input};
}

static void gather_fields(struct table *table, size_t count)
{
	size_t start = 0;

	for (size_t i = 0; i < count; i++) {
		/* Never NULL: fields of a table are texts even when they are all empty. */
		table->fields[i] = (struct text){table->bytes ? table->bytes + start : "", table->ends[i] - start};
		start = table->ends[i];
	}
}

/* --- opening --- */

/* BOM, foreign formats and the delimiter. */
static int look_at_start(bool *ok, struct table *table, struct failure *failure)
{
	struct window *window = &table->window;
	struct line line;
	char declared;

	*ok = false;
	if (window_line(&line, window, failure))
		return -1;
	if (window->used >= 3 && memcmp(window->data, "\xef\xbb\xbf", 3) == 0)
		window->next = window->record = 3;
	struct foreign foreign = guess_foreign((struct text){window->data + window->next, window->used - window->next});
	if (foreign.what) {
		diag_add(table->diags, CODE_CSV_ENCODING, whole_file(table), "'%.*s' is not CSV but %s",
		         TEXT_ARGS(table->input->path), foreign.what);
		diag_help(table->diags, "%s", foreign.remedy);
		return 0;
	}
	do {
		window_drop(window);
		if (window_line(&line, window, failure))
			return -1;
		if (guess_is_declaration(&declared, (struct text){window->data + line.at, line.len}) && window->line == 1) {
			if (!table->info.delimiter)
				table->info.delimiter = declared;
			line.len = 0;
		}
		if (line.len == 0)
			window_pass(window, &line);
	} while (line.len == 0 && line.total);
	if (!table->info.delimiter)
		table->info.delimiter = guess_delimiter((struct text){window->data + line.at, line.len});
	*ok = true;
	return 0;
}

static bool check_names(struct table *table, struct text *names)
{
	struct names index;
	bool ok = true;
	size_t wrong = 0;

	names_index(&index, names, table->info.columns, table->arena);
	for (size_t i = 0; i < table->info.columns; i++) {
		size_t first = names_find(&index, names[i]), end = table->window.next;
		bool unnamed = !text_trim(names[i]).len;
		if (!unnamed && first == i)
			continue;
		struct place place = record_place(table, record_field(table, i, end));
		if (unnamed) {
			diag_add(table->diags, CODE_CSV_HEADER, place, "column %zu of the header has no name", i + 1);
		} else {
			diag_add(table->diags, CODE_CSV_HEADER, place, "the column '%.*s' stands twice in the header", TEXT_ARGS(names[i]));
			diag_relate(table->diags, record_place(table, record_field(table, first, end)), "the first one is here");
		}
		ok = false;
		if (++wrong == table->limits->findings)
			break;
	}
	return ok;
}

static int read_header(bool *ok, struct table *table, struct failure *failure)
{
	enum record record;

	*ok = false;
	table->ends_room = table->limits->csv_columns;
	table->ends = memory_get(table->ends_room * sizeof *table->ends);
	if (record_next(&record, table, true, failure))
		return -1;
	if (record == RECORD_END && !table->stopped)
		diag_add(table->diags, CODE_CSV_HEADER, whole_file(table), "'%.*s' has no header row: it is empty", TEXT_ARGS(table->input->path));
	if (record != RECORD_GOOD)
		return 0;
	if (table->fields_seen > table->limits->csv_columns) {
		diag_add(table->diags, CODE_CSV_LIMIT, record_place(table, table->window.record), "%zu columns, more than %zu (%s)",
		         table->fields_seen, table->limits->csv_columns, limit_note(table->limits, &table->limits->csv_columns).text);
		return 0;
	}
	struct text *names = arena_array(table->arena, table->fields_seen, sizeof *names);
	table->info.columns = table->ends_room = table->fields_seen;
	table->fields = memory_get(table->info.columns * sizeof *table->fields);
	gather_fields(table, table->info.columns);
	for (size_t i = 0; i < table->info.columns; i++)
		names[i] = text_copy(table->arena, table->fields[i]);
	table->info.names = names;
	*ok = check_names(table, names);
	return 0;
}

int table_open_stream(struct table **out, struct stream *stream, struct input *input, const struct table_options *options, struct arena *arena,
                    struct diags *diags, struct failure *failure)
{
	struct table *table = memory_get(sizeof *table);
	bool ok = false;

	*out = NULL;
	*table = (struct table){.arena = arena, .diags = diags, .limits = options->limits, .max_bad_rows = options->max_bad_rows};
	table->info.delimiter = options->delimiter;
	table->input = input;
	memcpy(table->info.blob, input->blob, sizeof table->info.blob);
	diags_init(&table->bad, arena);
	window_init(&table->window, stream, table->limits->csv_line);
	int result = look_at_start(&ok, table, failure);
	if (!result && ok) {
		record_start(table);
		result = read_header(&ok, table, failure);
	}
	if (!result && ok)
		*out = table;
	else
		table_close(table);
	return result;
}

int table_open(struct table **out, const struct table_file *file, const struct table_options *options, struct arena *arena,
               struct diags *diags, struct failure *failure)
{
	struct input *input = arena_alloc(arena, sizeof *input);
	struct stream *stream;

	*out = NULL;
	if (data_open(&stream, input, file, options->limits, arena, diags, failure))
		return -1;
	if (!stream)
		return 0;
	int result = table_open_stream(out, stream, input, options, arena, diags, failure);
	if (*out)
		(*out)->own_stream = stream;
	else
		stream_close(stream);
	return result;
}

/* --- rows --- */

static void finish(struct table *table)
{
	size_t bad = table->info.bad_rows;

	table->finished = true;
	table->info.ok = !table->stopped && bad <= table->max_bad_rows;
	if (bad <= table->max_bad_rows)
		return;
	diags_append(table->diags, &table->bad);
	if (bad > BAD_ROWS_SHOWN || table->max_bad_rows)
		diag_add(table->diags, table->bad.items[0].code, whole_file(table), "%zu rows of '%.*s' cannot be read, %zu may be left out", bad,
		         TEXT_ARGS(table->input->path), table->max_bad_rows);
}

static void give(const struct text **fields, struct table *table, const struct text *given)
{
	*fields = given;
	table->info.rows++;
}

int table_next(const struct text **fields, struct table *table, struct failure *failure)
{
	static const struct text empty = {"", 0};
	enum record record = RECORD_GOOD;

	*fields = NULL;
	if (table->row_held) {
		table->row_held = false;
		give(fields, table, table->fields);
	}
	while (!*fields && !table->finished) {
		if (record_next(&record, table, false, failure))
			return -1;
		if (record == RECORD_GOOD && table->fields_seen != table->info.columns) {
			record_refuse_ragged(table);
			record = RECORD_BAD;
		}
		if (record == RECORD_GOOD)
			gather_fields(table, table->info.columns);
		if (record == RECORD_END)
			finish(table);
		else if (table->blank_held) {
			give(fields, table, &empty);
			table->blank_held = record == RECORD_EMPTY;
			table->row_held = record == RECORD_GOOD;
		} else if (record == RECORD_GOOD)
			give(fields, table, table->fields);
		else
			table->blank_held = record == RECORD_EMPTY && table->info.columns == 1;
	}
	return 0;
}

const struct table_info *table_get_info(const struct table *table)
{
	return &table->info;
}

void table_close(struct table *table)
{
	if (table->parser_ready)
		csv_free(&table->parser);
	stream_close(table->own_stream);
	window_release(&table->window);
	free(table->bytes);
	free(table->ends);
	free(table->fields);
	free(table);
}

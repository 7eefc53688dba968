#include "table.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "guess.h"
#include "names.h"
#include "window.h"

/* libcsv splits a record into fields and says what is no RFC 4180. Lines, places, limits, the header and bad rows are ours: it knows
 * no line numbers and cannot go on after an error. It is fed a line at a time, so that a record ends where a line does. */

enum { SLICE = 4096, FIELD_BLOCK = 64 * 1024 };

struct table {
	struct table_info info;
	struct input *input;
	struct window window;
	struct csv_parser parser;
	bool parser_ready;
	const struct limits *limits;
	size_t max_bad_rows;
	struct arena *arena;
	struct diags *diags;
	struct diags bad;    /* what is wrong with rows that may be left out */

	char *bytes;         /* of the fields of the record */
	size_t bytes_used, bytes_room;
	size_t *ends;        /* in bytes, of the first ends_room fields */
	size_t ends_room;
	size_t fields_seen;
	struct text *fields;
	bool row_ended, field_too_long;

	bool open;           /* a record has begun whose row has not ended */
	bool spoilt;         /* the record has bad bytes */
	bool blank_held;     /* an empty line that is a row if another line follows */
	bool row_held;       /* the row in fields comes after it */
	bool finished;
	bool stopped;        /* the rest of the file cannot be read */
};

/* --- libcsv --- */

static void on_field(void *bytes, size_t len, void *context)
{
	struct table *table = context;

	if (len > table->limits->csv_field) {
		table->field_too_long = true;
		len = 0;
	}
	if (table->fields_seen < table->ends_room) {
		if (table->bytes_room - table->bytes_used < len) {
			table->bytes_room = (table->bytes_used + len) * 2;
			table->bytes = memory_resize(table->bytes, table->bytes_room);
		}
		if (len)
			memcpy(table->bytes + table->bytes_used, bytes, len);
		table->bytes_used += len;
		table->ends[table->fields_seen] = table->bytes_used;
	}
	table->fields_seen++;
}

static void on_row(int end, void *context)
{
	(void)end;
	((struct table *)context)->row_ended = true;
}

/* Blanks beside a field belong to it. */
static int no_blank(unsigned char c)
{
	(void)c;
	return 0;
}

static void start_parser(struct table *table)
{
	if (table->parser_ready)
		csv_free(&table->parser);
	if (csv_init(&table->parser, CSV_STRICT | CSV_STRICT_FINI))
		memory_exhausted();
	table->parser_ready = true;
	csv_set_delim(&table->parser, (unsigned char)table->info.delimiter);
	csv_set_space_func(&table->parser, no_blank);
	csv_set_blk_size(&table->parser, FIELD_BLOCK);
	/* Fields are bounded below: more memory than this ends the process as everywhere else. */
	csv_set_realloc_func(&table->parser, memory_resize);
}

enum feed { FEED_OK, FEED_TOO_LONG, FEED_REFUSED };

/* stop is the offset of the refused byte. */
static enum feed feed(size_t *stop, struct table *table, const char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t slice = len - at < SLICE ? len - at : SLICE;
		size_t done = csv_parse(&table->parser, bytes + at, slice, on_field, on_row, table);
		*stop = at + done;
		if (table->field_too_long || table->parser.entry_pos > table->limits->csv_field)
			return FEED_TOO_LONG;
		if (done < slice)
			return FEED_REFUSED;
		at += slice;
	}
	return FEED_OK;
}

/* --- places --- */

static struct place place_at(const struct table *table, size_t offset)
{
	size_t line, column;

	window_spot(&line, &column, &table->window, offset);
	return (struct place){table->input, (unsigned)line, (unsigned)column, 1};
}

static struct place whole_file(const struct table *table)
{
	return (struct place){.file = table->input};
}

/* Where field number index of the record begins, which is where its quote stands if it has one; past the record's last field where it
 * has no such field. */
static size_t field_start(const struct table *table, size_t index, size_t end)
{
	const struct window *window = &table->window;
	size_t start = window->record;
	bool quoted = false;

	for (size_t at = start; index && at < end; at++) {
		char c = window->data[at];
		if (c == '"')
			quoted = !quoted;
		else if (c == table->info.delimiter && !quoted && --index == 0)
			return at + 1;
	}
	while (index && end > start && (window->data[end - 1] == '\n' || window->data[end - 1] == '\r'))
		end--;
	return index ? end : start;
}

/* --- bad rows --- */

static struct diags *bad_row(struct table *table)
{
	table->info.bad_rows++;
	return &table->bad;
}

/* The first ones are shown, all are counted. */
static bool is_shown(const struct table *table)
{
	return table->bad.count < DIAGS_PER_FILE;
}

static void restart(struct table *table)
{
	start_parser(table);
	table->open = false;
	window_retry(&table->window);
}

/* The header has no second chance: what is wrong with it is said at once. */
static void report_quote(struct table *table, struct diags *diags, enum feed why, size_t at)
{
	bool quoted = table->parser.quoted;
	size_t start = field_start(table, table->fields_seen - (table->field_too_long ? 1 : 0), at);
	struct place place = place_at(table, at), opened = place_at(table, start);

	if (why == FEED_TOO_LONG) {
		diag_add(diags, CODE_CSV_LIMIT, opened, "a field is longer than %zu bytes (limit csv_field)",
		         table->limits->csv_field);
		if (table->window.data[start] == '"')
			diag_help(diags, "close the quote that opens here, or raise the limit");
	} else if (why == FEED_OK) {
		diag_add(diags, CODE_CSV_SYNTAX, opened, "a quote is not closed before the end of the file");
		diag_help(diags, "close the quote that opens here; a quote inside a quoted field is written twice");
	} else if (quoted) {
		diag_add(diags, CODE_CSV_SYNTAX, place, "text follows the closing quote of a field");
		if (opened.line != place.line)
			diag_relate(diags, opened, "the quote opens here");
		diag_help(diags, "a quote inside a quoted field is written twice");
	} else {
		diag_add(diags, CODE_CSV_SYNTAX, place, "a quote stands inside a field that does not begin with one");
		diag_help(diags, "put the whole field in quotes, and write the quotes inside it twice");
	}
}

static void refuse_record(struct table *table, enum feed why, size_t at, bool header)
{
	struct diags *diags = header ? table->diags : bad_row(table);

	if (header || is_shown(table))
		report_quote(table, diags, why, at);
	restart(table);
}

static void refuse_ragged(struct table *table)
{
	size_t seen = table->fields_seen, columns = table->info.columns;
	struct diags *diags = bad_row(table);

	if (!is_shown(table))
		return;
	size_t at = field_start(table, columns, table->window.next);
	diag_add(diags, CODE_CSV_RAGGED, place_at(table, at), "%zu field%s in a row under a header of %zu", seen, seen == 1 ? "" : "s", columns);
	diag_help(diags, seen > columns ? "put fields that hold the delimiter in quotes"
	                                : "give every row as many fields as the header; a missing value is an empty field");
}

static void check_bytes(struct table *table, const struct line *line, bool header)
{
	struct text bytes = {table->window.data + line->at, line->len};
	size_t nul = text_find(bytes, '\0'), bad = utf8_bad(bytes);

	if (nul == bytes.len && bad == bytes.len)
		return;
	if (header || (!table->spoilt && is_shown(table))) {
		struct place place = place_at(table, line->at + (nul < bad ? nul : bad));
		struct diags *diags = header ? table->diags : &table->bad;
		if (nul < bad)
			diag_add(diags, CODE_CSV_ENCODING, place, "a NUL byte");
		else
			diag_add(diags, CODE_CSV_ENCODING, place, "the byte 0x%02x is not UTF-8", (unsigned)(unsigned char)bytes.at[bad]);
		diag_help(diags, "save the file as UTF-8 text");
	}
	table->spoilt = true;
}

/* --- records --- */

enum record { RECORD_END, RECORD_GOOD, RECORD_BAD, RECORD_EMPTY };

static void begin_record(struct table *table)
{
	table->open = true;
	table->spoilt = table->row_ended = table->field_too_long = false;
	table->bytes_used = table->fields_seen = 0;
}

static void refuse_long_line(struct table *table)
{
	diag_add(table->diags, CODE_CSV_LIMIT, place_at(table, table->window.record),
	         "a record is longer than %zu bytes (limit csv_line), so nothing below it was read", table->limits->csv_line);
	table->stopped = true;
}

/* What one line does to the record. */
static enum record take_line(bool *ended, struct table *table, const struct line *line, bool header)
{
	size_t stop = 0;

	*ended = true;
	check_bytes(table, line, header);
	enum feed fed = feed(&stop, table, table->window.data + line->at, line->total);
	if (fed == FEED_OK && line->total == line->len)
		fed = feed(&stop, table, "\n", 1);
	if (fed != FEED_OK) {
		refuse_record(table, fed, line->at + (stop < line->len ? stop : line->len), header);
		return RECORD_BAD;
	}
	window_pass(&table->window, line);
	*ended = table->row_ended;
	if (!*ended)
		return RECORD_GOOD;
	table->open = false;
	if (table->spoilt && !header)
		bad_row(table);
	return table->spoilt ? RECORD_BAD : RECORD_GOOD;
}

static int next_record(enum record *out, struct table *table, bool header, struct failure *failure)
{
	struct line line;
	bool ended = false;

	if (!table->open)
		window_drop(&table->window);
	while (!ended) {
		if (window_line(&line, &table->window, failure))
			return -1;
		if (line.too_long) {
			refuse_long_line(table);
			*out = RECORD_END;
			return 0;
		}
		if (line.total == 0 && !table->open) {
			*out = RECORD_END;
			return 0;
		}
		if (line.total == 0) {
			refuse_record(table, FEED_OK, table->window.next, header);
			*out = RECORD_BAD;
			return 0;
		}
		if (!table->open) {
			if (line.len == 0) {
				window_pass(&table->window, &line);
				*out = RECORD_EMPTY;
				return 0;
			}
			begin_record(table);
		}
		*out = take_line(&ended, table, &line, header);
	}
	return 0;
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

static int open_stream(struct stream **out, struct table *table, const struct table_file *file, struct failure *failure)
{
	enum read_result result = READ_OK;

	*out = NULL;
	if (!file->source)
		return stream_open(out, arena_copy(table->arena, file->path.at, file->path.len), failure);
	if (source_stream(out, &result, table->input->blob, file->source, file->path, table->arena, failure))
		return -1;
	memcpy(table->info.blob, table->input->blob, sizeof table->info.blob);
	if (result == READ_MISSING)
		diag_add(table->diags, CODE_REF_FILE, whole_file(table), "the file '%.*s' is not there", TEXT_ARGS(file->path));
	else if (result == READ_NOT_A_FILE)
		diag_add(table->diags, CODE_FILE_KIND, whole_file(table), "'%.*s' is not a regular file", TEXT_ARGS(file->path));
	else if (result == READ_TOO_LARGE)
		diag_add(table->diags, CODE_FILE_LIMIT, whole_file(table), "'%.*s' is larger than its limit", TEXT_ARGS(file->path));
	return 0;
}

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
		diag_add(table->diags, foreign.lfs ? CODE_FILE_LFS : CODE_CSV_ENCODING, whole_file(table), "'%.*s' is not CSV but %s",
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

	names_index(&index, names, table->info.columns, table->arena);
	for (size_t i = 0; i < table->info.columns; i++) {
		size_t first = names_find(&index, names[i]), end = table->window.next;
		struct place place = place_at(table, field_start(table, i, end));
		if (!text_trim(names[i]).len) {
			diag_add(table->diags, CODE_CSV_HEADER, place, "column %zu of the header has no name", i + 1);
		} else if (first < i) {
			diag_add(table->diags, CODE_CSV_HEADER, place, "the column '%.*s' stands twice in the header", TEXT_ARGS(names[i]));
			diag_relate(table->diags, place_at(table, field_start(table, first, end)), "the first one is here");
		} else {
			continue;
		}
		ok = false;
		if (table->diags->count > 2 * DIAGS_PER_FILE)
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
	if (next_record(&record, table, true, failure))
		return -1;
	if (record == RECORD_END && !table->stopped)
		diag_add(table->diags, CODE_CSV_HEADER, whole_file(table), "'%.*s' has no header row: it is empty", TEXT_ARGS(table->input->path));
	if (record != RECORD_GOOD)
		return 0;
	if (table->fields_seen > table->limits->csv_columns) {
		diag_add(table->diags, CODE_CSV_LIMIT, place_at(table, table->window.record), "%zu columns, more than %zu (limit csv_columns)",
		         table->fields_seen, table->limits->csv_columns);
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

int table_open(struct table **out, const struct table_file *file, const struct table_options *options, struct arena *arena,
               struct diags *diags, struct failure *failure)
{
	struct table *table = memory_get(sizeof *table);
	struct stream *stream;
	bool ok = false;

	*out = NULL;
	*table = (struct table){.arena = arena, .diags = diags, .limits = options->limits, .max_bad_rows = options->max_bad_rows};
	table->info.delimiter = options->delimiter;
	table->input = arena_alloc(arena, sizeof *table->input);
	table->input->path = text_copy(arena, file->path);
	diags_init(&table->bad, arena);
	int result = open_stream(&stream, table, file, failure);
	window_init(&table->window, stream, table->limits->csv_line);
	if (!result && stream)
		result = look_at_start(&ok, table, failure);
	if (!result && ok) {
		start_parser(table);
		result = read_header(&ok, table, failure);
	}
	if (!result && ok)
		*out = table;
	else
		table_close(table);
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
	if (bad > DIAGS_PER_FILE || table->max_bad_rows)
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
		if (next_record(&record, table, false, failure))
			return -1;
		if (record == RECORD_GOOD && table->fields_seen != table->info.columns) {
			refuse_ragged(table);
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
	if (table->window.stream)
		stream_close(table->window.stream);
	window_release(&table->window);
	free(table->bytes);
	free(table->ends);
	free(table->fields);
	free(table);
}

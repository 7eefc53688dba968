#include "record.h"

#include <string.h>

#include "arena.h"

enum { SLICE = 4096, FIELD_BLOCK = 64 * 1024, EXCERPT_MAX = 64 * 1024 };

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

void record_start(struct table *table)
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

enum fed { FEED_OK, FEED_TOO_LONG, FEED_REFUSED };

/* stop is the offset of the refused byte. */
static enum fed feed(size_t *stop, struct table *table, const char *bytes, size_t len)
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

/* The line of a place, for who prints it: a table's bytes are not kept. */
static struct text line_of(const struct window *window, size_t offset)
{
	size_t start = offset, end = offset;

	while (start > window->record && window->data[start - 1] != '\n' && window->data[start - 1] != '\r')
		start--;
	while (end < window->used && window->data[end] != '\n' && window->data[end] != '\r')
		end++;
	return end - start <= EXCERPT_MAX ? (struct text){window->data + start, end - start} : TEXT("");
}

struct place record_place(const struct table *table, size_t offset)
{
	struct input *input = arena_alloc(table->arena, sizeof *input);
	size_t line, column;

	window_spot(&line, &column, &table->window, offset);
	*input = *table->input;
	input->bytes = text_copy(table->arena, line_of(&table->window, offset));
	input->first_line = (unsigned)line;
	return (struct place){input, (unsigned)line, (unsigned)column, 1};
}

size_t record_field(const struct table *table, size_t index, size_t end)
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
	return table->bad.count < BAD_ROWS_SHOWN;
}

static void restart(struct table *table)
{
	record_start(table);
	table->open = false;
	window_retry(&table->window);
}

/* The header has no second chance: what is wrong with it is said at once. */
static void report_quote(struct table *table, struct diags *diags, enum fed why, size_t at)
{
	bool quoted = table->parser.quoted;
	size_t start = record_field(table, table->fields_seen - (table->field_too_long ? 1 : 0), at);
	struct place place = record_place(table, at), opened = record_place(table, start);

	if (why == FEED_TOO_LONG) {
		diag_add(diags, CODE_CSV_LIMIT, opened, "a field is longer than %zu bytes (%s)",
		         table->limits->csv_field, limit_note(table->limits, &table->limits->csv_field).text);
		if (table->window.data[start] == '"')
			diag_help(diags, "close the quote that opens here");
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

static void refuse_record(struct table *table, enum fed why, size_t at, bool header)
{
	struct diags *diags = header ? table->diags : bad_row(table);

	if (header || is_shown(table))
		report_quote(table, diags, why, at);
	restart(table);
}

void record_refuse_ragged(struct table *table)
{
	size_t seen = table->fields_seen, columns = table->info.columns;
	struct diags *diags = bad_row(table);

	if (!is_shown(table))
		return;
	size_t at = record_field(table, columns, table->window.next);
	diag_add(diags, CODE_CSV_RAGGED, record_place(table, at), "%zu field%s in a row under a header of %zu", seen, seen == 1 ? "" : "s", columns);
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
		struct place place = record_place(table, line->at + (nul < bad ? nul : bad));
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

static void begin_record(struct table *table)
{
	table->open = true;
	table->spoilt = table->row_ended = table->field_too_long = false;
	table->bytes_used = table->fields_seen = 0;
}

static void refuse_long_line(struct table *table)
{
	diag_add(table->diags, CODE_CSV_LIMIT, record_place(table, table->window.record),
	         "a record is longer than %zu bytes (%s), so nothing below it was read", table->limits->csv_line,
	         limit_note(table->limits, &table->limits->csv_line).text);
	table->stopped = true;
}

/* What one line does to the record. */
static enum record take_line(bool *ended, struct table *table, const struct line *line, bool header)
{
	size_t stop = 0;

	*ended = true;
	check_bytes(table, line, header);
	enum fed fed = feed(&stop, table, table->window.data + line->at, line->total);
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

int record_next(enum record *out, struct table *table, bool header, struct failure *failure)
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

/* What a scan gives beside what the table gives, field by field: the differential test of unit tests and of the fuzzer. */
#ifndef GALLEY_COMPARE_H
#define GALLEY_COMPARE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buffer.h"
#include "decimal.h"
#include "scan.h"

struct compared {
	bool opened, ok;
	size_t rows, bad_rows, columns;
	char difference[4096]; /* empty where there is none */
};

/* What one batch gave, as text, so that batches can be put in order again. */
struct seen { size_t number; struct buffer *columns; size_t rows; };
struct seen_list { struct seen *items; size_t count; size_t columns; };

/* One list a worker. */
struct gathered { struct seen_list lists[SCAN_JOBS_MAX]; size_t columns; const struct scan_column *wanted; };

static inline void add_double(struct buffer *buffer, double value)
{
	buffer_add(buffer, (struct text){(const char *)&value, sizeof value});
}

static inline void add_field(struct buffer *buffer, struct text field, bool is_missing)
{
	buffer_char(buffer, is_missing ? 'm' : 'f');
	buffer_add(buffer, (struct text){(const char *)&field.len, sizeof field.len});
	buffer_add(buffer, field);
}

static inline int gather(void *context, unsigned worker, const struct scan_batch *batch)
{
	struct gathered *gathered = context;
	struct seen_list *list = &gathered->lists[worker];
	struct seen seen = {batch->number, malloc((gathered->columns + 1) * sizeof *seen.columns), batch->rows};

	for (size_t i = 0; i < gathered->columns; i++) {
		const struct scan_values *values = &batch->values[i];
		buffer_init(&seen.columns[i]);
		for (size_t k = 0; k < values->count; k++)
			if (gathered->wanted[i].kind == SCAN_NUMBERS)
				add_double(&seen.columns[i], values->numbers[k]);
			else
				add_field(&seen.columns[i], values->fields[k], values->is_missing[k]);
		size_t counts[4] = {values->missing, values->invalid, values->pos_inf, values->neg_inf};
		buffer_add(&seen.columns[i], (struct text){(const char *)counts, sizeof counts});
	}
	list->items = realloc(list->items, (list->count + 1) * sizeof *list->items);
	list->items[list->count++] = seen;
	return 0;
}

static inline int order_seen(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

/* All batches in order: the values of column i, and the sums of its four counts. */
static inline void join(struct buffer *out, size_t counts[4], size_t *rows, const struct gathered *gathered, size_t column)
{
	struct seen *all = NULL;
	size_t count = 0;

	for (size_t w = 0; w < SCAN_JOBS_MAX; w++) {
		all = realloc(all, (count + gathered->lists[w].count + 1) * sizeof *all);
		for (size_t i = 0; i < gathered->lists[w].count; i++)
			all[count++] = gathered->lists[w].items[i];
	}
	if (count)
		qsort(all, count, sizeof *all, order_seen);
	*rows = 0;
	memset(counts, 0, 4 * sizeof *counts);
	for (size_t i = 0; i < count; i++) {
		struct text text = buffer_text(&all[i].columns[column]);
		size_t part[4];
		memcpy(part, text.at + text.len - sizeof part, sizeof part);
		for (int k = 0; k < 4; k++)
			counts[k] += part[k];
		buffer_add(out, text_cut(text, 0, text.len - sizeof part));
		*rows += all[i].rows;
	}
	free(all);
}

static inline void forget(struct gathered *gathered)
{
	for (size_t w = 0; w < SCAN_JOBS_MAX; w++) {
		for (size_t i = 0; i < gathered->lists[w].count; i++) {
			for (size_t k = 0; k < gathered->columns; k++)
				buffer_release(&gathered->lists[w].items[i].columns[k]);
			free(gathered->lists[w].items[i].columns);
		}
		free(gathered->lists[w].items);
		gathered->lists[w] = (struct seen_list){0};
	}
}

/* --- the definition --- */

struct defined {
	struct table_info info;
	bool opened;
	struct diags diags;
	struct buffer *fields, *numbers; /* a column */
	size_t (*counts)[4], (*missing)[4];
};

static inline void define(struct defined *out, const struct table_file *file, const struct scan_options *options, struct arena *arena)
{
	struct table_options wanted = {options->delimiter, options->max_bad_rows, options->limits};
	const struct text *fields;
	struct failure failure = {0};
	struct table *table;

	*out = (struct defined){0};
	diags_init(&out->diags, arena);
	if (table_open(&table, file, &wanted, arena, &out->diags, &failure)) {
		fprintf(stderr, "%s\n", failure.message);
		abort();
	}
	if (!table)
		return;
	out->opened = true;
	out->info = *table_get_info(table);
	out->fields = arena_array(arena, out->info.columns, sizeof *out->fields);
	out->numbers = arena_array(arena, out->info.columns, sizeof *out->numbers);
	out->counts = arena_array(arena, out->info.columns, sizeof *out->counts);
	out->missing = arena_array(arena, out->info.columns, sizeof *out->missing);
	while (table_next(&fields, table, &failure) == 0 && fields) {
		for (size_t i = 0; i < out->info.columns; i++) {
			bool is_missing = field_is_missing(fields[i], options->na, options->na_count);
			double value = 0;
			add_field(&out->fields[i], fields[i], is_missing);
			out->missing[i][0] += is_missing;
			enum number_class class = is_missing ? NUMBER_NONE : number_parse(&value, text_trim(fields[i]));
			if (class == NUMBER_FINITE)
				add_double(&out->numbers[i], value + 0.0);
			else
				out->counts[i][is_missing ? 0 : class == NUMBER_NONE ? 1 : value > 0 ? 2 : 3]++;
		}
	}
	out->info = *table_get_info(table);
	table_close(table);
}

static inline void undefine(struct defined *out)
{
	for (size_t i = 0; i < out->info.columns; i++) {
		buffer_release(&out->fields[i]);
		buffer_release(&out->numbers[i]);
	}
}

/* --- side by side --- */

static inline bool same_place(struct place a, struct place b)
{
	return a.line == b.line && a.column == b.column && a.width == b.width && text_equal(a.file->bytes, b.file->bytes) &&
	       text_equal(a.file->path, b.file->path);
}

static inline bool same_diag(const struct diag *a, const struct diag *b)
{
	if (a->code != b->code || !same_place(a->place, b->place) || !text_equal(a->message, b->message) ||
	    !text_equal(a->help, b->help) || a->related_count != b->related_count)
		return false;
	for (size_t i = 0; i < a->related_count; i++)
		if (!same_place(a->related[i].place, b->related[i].place) || !text_equal(a->related[i].message, b->related[i].message))
			return false;
	return true;
}

#define DIFFER(out, ...) snprintf((out)->difference, sizeof (out)->difference, __VA_ARGS__)

static inline void compare_diags(struct compared *out, const struct diags *a, const struct diags *b)
{
	if (a->count != b->count)
		DIFFER(out, "%zu findings instead of %zu", b->count, a->count);
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (!same_diag(&a->items[i], &b->items[i]))
			DIFFER(out, "finding %zu: '%.*s' at %u:%u instead of '%.*s' at %u:%u", i, TEXT_ARGS(b->items[i].message),
			       b->items[i].place.line, b->items[i].place.column, TEXT_ARGS(a->items[i].message), a->items[i].place.line,
			       a->items[i].place.column);
}

static inline void compare_values(struct compared *out, const struct defined *defined, const struct gathered *gathered)
{
	for (size_t i = 0; i < gathered->columns && !out->difference[0]; i++) {
		bool numbers = gathered->wanted[i].kind == SCAN_NUMBERS;
		size_t at = gathered->wanted[i].at, counts[4], rows;
		struct buffer values;
		buffer_init(&values);
		join(&values, counts, &rows, gathered, i);
		if (rows != defined->info.rows)
			DIFFER(out, "%zu rows in batches instead of %zu", rows, defined->info.rows);
		else if (!text_equal(buffer_text(&values), buffer_text(numbers ? &defined->numbers[at] : &defined->fields[at])))
			DIFFER(out, "%s of column %zu differ", numbers ? "numbers" : "fields", at);
		else if (memcmp(counts, numbers ? defined->counts[at] : defined->missing[at], sizeof counts) != 0)
			DIFFER(out, "counts of column %zu differ", at);
		buffer_release(&values);
	}
}

static inline void compare_run(struct compared *out, struct scan *scan, const struct defined *defined, unsigned jobs, const struct diags *diags)
{
	size_t columns = defined->info.columns;
	struct scan_column *wanted = malloc(2 * columns * sizeof *wanted);
	struct gathered gathered = {.columns = 2 * columns, .wanted = wanted};
	struct scan_consumer consumer = {gather, &gathered};
	struct failure failure = {0};

	for (size_t i = 0; i < 2 * columns; i++)
		wanted[i] = (struct scan_column){i / 2, i % 2 ? SCAN_NUMBERS : SCAN_FIELDS};
	for (int pass = 0; pass < 2 && !out->difference[0]; pass++) {
		if (scan_run(scan, wanted, 2 * columns, jobs, &consumer, &failure)) {
			DIFFER(out, "%s", failure.message);
			break;
		}
		const struct table_info *info = scan_get_info(scan);
		if (info->ok != defined->info.ok || info->rows != defined->info.rows || info->bad_rows != defined->info.bad_rows)
			DIFFER(out, "ok %d, %zu rows, %zu bad instead of ok %d, %zu rows, %zu bad", info->ok, info->rows, info->bad_rows,
			       defined->info.ok, defined->info.rows, defined->info.bad_rows);
		else
			compare_diags(out, &defined->diags, diags);
		if (info->ok && !out->difference[0])
			compare_values(out, defined, &gathered);
		forget(&gathered);
	}
	forget(&gathered);
	free(wanted);
}

/* options->code and jobs against the table. */
static inline void compare_scan(struct compared *out, const struct table_file *file, const struct scan_options *options, unsigned jobs)
{
	struct failure failure = {0};
	struct defined defined;
	struct arena arena;
	struct diags diags;
	struct scan *scan;

	*out = (struct compared){0};
	arena_init(&arena);
	diags_init(&diags, &arena);
	define(&defined, file, options, &arena);
	out->opened = defined.opened;
	out->ok = defined.info.ok;
	out->rows = defined.info.rows;
	out->bad_rows = defined.info.bad_rows;
	out->columns = defined.info.columns;
	if (scan_open(&scan, file, options, &arena, &diags, &failure))
		DIFFER(out, "%s", failure.message);
	else if (!scan != !defined.opened)
		DIFFER(out, "%s", scan ? "opened" : "not opened");
	else if (!scan)
		compare_diags(out, &defined.diags, &diags);
	else if (scan_get_info(scan)->delimiter != defined.info.delimiter || scan_get_info(scan)->columns != defined.info.columns)
		DIFFER(out, "another header");
	else
		compare_run(out, scan, &defined, jobs, &diags);
	if (scan)
		scan_close(scan);
	undefine(&defined);
	arena_release(&arena);
}

#endif

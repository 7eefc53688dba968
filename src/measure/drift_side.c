#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "decimal.h"
#include "drift_columns.h"
#include "instant.h"
#include "names.h"
#include "number.h"

enum { KIND_SAMPLE = 128 * 1024, NUMBER_SAMPLE = 4 * 1024 * 1024 };

/* --- headers --- */

/* Places of a file's names among the side's, new ones added. */
static void add_names(struct side *side, size_t file, const struct table_info *info, struct arena *arena)
{
	struct names known;
	size_t before = side->name_count;

	names_index(&known, side->names, before, arena);
	side->places[file] = arena_array(arena, info->columns, sizeof **side->places);
	for (size_t i = 0; i < info->columns; i++) {
		size_t at = names_find(&known, info->names[i]);
		if (at == before) {
			at = side->name_count;
			side->names = arena_grow(arena, side->names, side->name_count, sizeof *side->names);
			side->names[side->name_count++] = info->names[i];
		}
		side->places[file][i] = at;
	}
	/* The index points at names that may have moved, but is done with. */
}

int side_open(struct side *side, bool *ok, const struct table_file *files, size_t count, const struct drift_request *request,
              const struct limits *limits, struct arena *arena, struct diags *diags, struct failure *failure)
{
	const struct scan_options options = {
		.delimiter = request->delimiter,
		.max_bad_rows = request->max_bad_rows,
		.na = request->na,
		.na_count = request->na_count,
		.limits = limits,
		.progress = request->progress,
	};

	*side = (struct side){.files = files, .file_count = count, .jobs = request->jobs ? request->jobs : 1};
	side->jobs = side->jobs < SCAN_JOBS_MAX ? side->jobs : SCAN_JOBS_MAX;
	side->scans = arena_array(arena, count, sizeof *side->scans);
	side->shown = arena_array(arena, count, sizeof *side->shown);
	side->places = arena_array(arena, count, sizeof *side->places);
	for (size_t f = 0; f < count; f++) {
		if (scan_open(&side->scans[f], &files[f], &options, arena, diags, failure))
			return -1;
		side->shown[f].path = text_copy(arena, files[f].path);
		if (!side->scans[f]) {
			*ok = false;
			continue;
		}
		const struct table_info *info = scan_get_info(side->scans[f]);
		add_names(side, f, info, arena);
		memcpy(side->shown[f].blob, info->blob, sizeof side->shown[f].blob);
	}
	side->columns = arena_array(arena, side->name_count, sizeof *side->columns);
	for (size_t i = 0; i < side->name_count; i++) {
		side->columns[i].number = NO_NUMBER;
		categories_init(&side->columns[i].categories);
	}
	return 0;
}

void side_close(struct side *side)
{
	for (size_t f = 0; f < side->file_count; f++)
		if (side->scans[f])
			scan_close(side->scans[f]);
	for (size_t i = 0; side->columns && i < side->name_count; i++)
		categories_release(&side->columns[i].categories);
	ordered_close(side->numbers);
	*side = (struct side){0};
}

/* --- one pass over all files --- */

/* What one thread has seen of one column. */
struct tally {
	struct drift_counts counts;
	size_t instants;
	struct categories categories;
	bool too_many;
};

struct thread { struct tally *tallies; size_t rows; };

struct reading {
	struct side *side;
	struct thread threads[SCAN_JOBS_MAX]; /* tallies by name; NULL: that thread had nothing to do yet */
	const size_t *names;                  /* of the file's wanted columns */
	bool again;                           /* columns that were guessed wrong: categories or times, as their values say */
};

static struct tally *tallies_of(struct reading *reading, unsigned worker)
{
	struct thread *thread = &reading->threads[worker];
	size_t count = reading->side->name_count;

	if (!thread->tallies) {
		thread->tallies = memory_get(count * sizeof *thread->tallies);
		for (size_t i = 0; i < count; i++) {
			thread->tallies[i] = (struct tally){0};
			categories_init(&thread->tallies[i].categories);
		}
	}
	return thread->tallies;
}

static void release_reading(struct reading *reading)
{
	for (size_t w = 0; w < SCAN_JOBS_MAX; w++) {
		for (size_t i = 0; reading->threads[w].tallies && i < reading->side->name_count; i++)
			categories_release(&reading->threads[w].tallies[i].categories);
		free(reading->threads[w].tallies);
	}
	free(reading);
}

static void give_up(struct tally *tally)
{
	categories_release(&tally->categories);
	categories_init(&tally->categories);
	tally->too_many = true;
}

static void tally_categories(struct tally *tally, const struct side_column *column, const struct scan_values *values)
{
	char out[32];
	double value;

	for (size_t i = 0; i < values->count && !tally->too_many; i++) {
		struct text field = values->fields[i];
		if (values->is_missing[i])
			continue;
		if (column->kind == COLUMN_CATEGORY_NUM) {
			field = text_trim(field);
			if (decimal_read(&value, field) != NUMBER_NONE)
				field = (struct text){out, number_print(out, value)};
		}
		categories_add(&tally->categories, field);
		if (!column->unlimited && tally->categories.count > CATEGORIES_MOST)
			give_up(tally);
	}
}

static void tally_instants(struct tally *tally, const struct scan_values *values)
{
	int64_t seconds;

	for (size_t i = 0; i < values->count; i++)
		tally->instants += !values->is_missing[i] && instant_parse(&seconds, text_trim(values->fields[i]));
}

static void tally_numbers(struct side *side, struct tally *tally, const struct side_column *column, const struct scan_values *values,
                          unsigned worker)
{
	tally->counts.n += values->count;
	tally->counts.invalid += values->invalid;
	tally->counts.infinite += values->pos_inf + values->neg_inf;
	if (column->number != NO_NUMBER)
		ordered_take(side->numbers, worker, column->number, values->numbers, values->count);
}

static int consume(void *context, unsigned worker, const struct scan_batch *batch)
{
	struct reading *reading = context;
	struct tally *tallies = tallies_of(reading, worker);
	const size_t *name = reading->names;

	/* The names of a file's wanted columns end with the number of names. */
	for (size_t k = 0; name[k] < reading->side->name_count; k++) {
		const struct side_column *column = &reading->side->columns[name[k]];
		const struct scan_values *values = &batch->values[k];
		struct tally *tally = &tallies[name[k]];
		tally->counts.rows += batch->rows;
		tally->counts.missing += values->missing;
		if (column->kind == COLUMN_NUMBER && !reading->again) {
			tally_numbers(reading->side, tally, column, values, worker);
			continue;
		}
		tally->counts.n += values->count - values->missing;
		if (column->kind == COLUMN_IDENTIFIER)
			continue;
		if (column->kind == COLUMN_TIMESTAMP || reading->again)
			tally_instants(tally, values);
		if (column->kind != COLUMN_TIMESTAMP || reading->again)
			tally_categories(tally, column, values);
	}
	return 0;
}

/* Columns of a file to scan: those of which ask says yes, and their names, ended by the number of names. */
static size_t list_columns(struct scan_column **columns, size_t **names, const struct side *side, size_t file, bool again,
                           const bool *asked)
{
	const struct table_info *info = scan_get_info(side->scans[file]);
	size_t count = 0;

	*columns = memory_get((info->columns + 1) * sizeof **columns);
	*names = memory_get((info->columns + 1) * sizeof **names);
	for (size_t i = 0; i < info->columns; i++) {
		size_t name = side->places[file][i];
		if (!asked[name])
			continue;
		enum scan_kind kind = side->columns[name].kind == COLUMN_NUMBER && !again ? SCAN_NUMBERS : SCAN_FIELDS;
		(*columns)[count] = (struct scan_column){i, kind};
		(*names)[count++] = name;
	}
	(*names)[count] = side->name_count;
	return count;
}

static int read_files(struct side *side, bool *ok, struct reading *reading, const bool *asked, struct failure *failure)
{
	struct scan_consumer consumer = {consume, reading};
	int result = 0;

	for (size_t f = 0; f < side->file_count && !result; f++) {
		struct scan_column *columns;
		size_t *names, count = list_columns(&columns, &names, side, f, reading->again, asked);
		reading->names = names;
		result = scan_run(side->scans[f], columns, count, side->jobs, &consumer, failure);
		*ok = *ok && !result && scan_get_info(side->scans[f])->ok;
		free(columns);
		free(names);
	}
	return result;
}

/* --- what was read --- */

static void add_counts(struct drift_counts *into, const struct drift_counts *from)
{
	into->rows += from->rows;
	into->missing += from->missing;
	into->invalid += from->invalid;
	into->infinite += from->infinite;
	into->n += from->n;
}

static void join(struct tally *into, struct tally *from, bool unlimited)
{
	add_counts(&into->counts, &from->counts);
	into->instants += from->instants;
	into->too_many = into->too_many || from->too_many;
	if (!into->too_many)
		categories_join(&into->categories, &from->categories);
	if (into->too_many || (!unlimited && into->categories.count > CATEGORIES_MOST))
		give_up(into);
}

/* One column over all threads. Whether it must be read again, as it is not of the kind that was guessed. */
static bool settle(struct side *side, struct reading *reading, size_t name)
{
	struct side_column *column = &side->columns[name];
	struct tally all = {0};

	categories_init(&all.categories);
	for (size_t w = 0; w < SCAN_JOBS_MAX; w++)
		if (reading->threads[w].tallies)
			join(&all, &reading->threads[w].tallies[name], column->unlimited);
	bool guessed = !column->declared && !reading->again;
	bool wrong = guessed && ((column->kind == COLUMN_NUMBER && all.counts.invalid) ||
	                         (column->kind == COLUMN_TIMESTAMP && all.instants < all.counts.n));
	if (reading->again)
		column->kind = all.instants == all.counts.n ? COLUMN_TIMESTAMP : COLUMN_CATEGORY;
	if (column->kind == COLUMN_TIMESTAMP) {
		all.counts.invalid = all.counts.n - all.instants;
		all.counts.n = all.instants;
		give_up(&all);
	}
	/* Rows of pooled files without the column. */
	all.counts.missing += side->rows - all.counts.rows;
	all.counts.rows = side->rows;
	column->counts = all.counts;
	column->too_many = all.too_many && column->kind != COLUMN_TIMESTAMP;
	categories_release(&column->categories);
	column->categories = all.categories;
	categories_sort(&column->categories);
	bool valued = all.counts.n || all.counts.infinite || all.counts.invalid;
	if (!column->declared && !wrong && !valued)
		column->kind = COLUMN_AUTO;
	return wrong;
}

static struct reading *new_reading(struct side *side, bool again)
{
	struct reading *reading = memory_get(sizeof *reading);

	memset(reading, 0, sizeof *reading);
	reading->side = side;
	reading->again = again;
	return reading;
}

/* One pass; those of asked that must be read again stay true in it. */
static int read_once(struct side *side, bool *ok, bool *asked, bool again, bool *more, struct failure *failure)
{
	struct reading *reading = new_reading(side, again);
	int result = read_files(side, ok, reading, asked, failure);

	*more = false;
	side->rows = 0;
	for (size_t f = 0; f < side->file_count && !result; f++) {
		const struct table_info *info = scan_get_info(side->scans[f]);
		side->shown[f].rows = info->rows;
		side->shown[f].bad_rows = info->bad_rows;
		side->rows += info->rows;
	}
	for (size_t i = 0; i < side->name_count && !result && *ok; i++) {
		asked[i] = asked[i] && settle(side, reading, i);
		*more = *more || asked[i];
	}
	release_reading(reading);
	return result;
}

int side_look(struct side *side, bool *ok, struct failure *failure)
{
	bool *asked = memory_get(side->name_count), more;

	memset(asked, 0, side->name_count);
	int result = read_once(side, ok, asked, false, &more, failure);
	free(asked);
	return result;
}

/* --- samples --- */

/* What the fields of a column look like, missing ones left out. */
struct sniff { size_t values, numbers, instants; };

struct sampling { struct side *side; const size_t *names; struct sniff *sniffs; size_t rows; };

static int sniff(void *context, unsigned worker, const struct scan_batch *batch)
{
	struct sampling *sampling = context;
	int64_t seconds;
	double value;

	(void)worker;
	sampling->rows += batch->rows;
	for (size_t k = 0; sampling->names[k] < sampling->side->name_count; k++) {
		const struct scan_values *values = &batch->values[k];
		struct sniff *to = &sampling->sniffs[sampling->names[k]];
		for (size_t i = 0; i < values->count; i++) {
			if (values->is_missing[i])
				continue;
			struct text field = text_trim(values->fields[i]);
			to->values++;
			/* Most columns are of one kind: what failed once need not be tried again. */
			to->numbers += to->numbers == to->values - 1 && decimal_read(&value, field) != NUMBER_NONE;
			to->instants += to->instants == to->values - 1 && instant_parse(&seconds, field);
		}
	}
	return 0;
}

static int take_sample(void *context, unsigned worker, const struct scan_batch *batch)
{
	struct sampling *sampling = context;

	(void)worker;
	for (size_t k = 0; sampling->names[k] < sampling->side->name_count; k++) {
		const struct side_column *column = &sampling->side->columns[sampling->names[k]];
		ordered_sample(sampling->side->numbers, column->number, batch->values[k].numbers, batch->values[k].count);
	}
	return 0;
}

/* Samples every file of the side, in parts as large as they are. */
static int sample(struct side *side, const bool *asked, bool fields, size_t bytes, struct sampling *sampling,
                  int (*consumer)(void *, unsigned, const struct scan_batch *), double *rows, struct failure *failure)
{
	const struct scan_consumer to = {consumer, sampling};
	uint64_t whole = 0;
	int result = 0;

	*rows = 0;
	for (size_t f = 0; f < side->file_count; f++)
		whole += scan_size(side->scans[f]);
	for (size_t f = 0; f < side->file_count && !result; f++) {
		struct scan_column *columns;
		size_t *names, count = list_columns(&columns, &names, side, f, fields, asked);
		uint64_t size = scan_size(side->scans[f]);
		double share = whole ? (double)size / (double)whole : 1 / (double)side->file_count;
		size_t part = (size_t)((double)bytes * share) + 4096;
		sampling->names = names;
		sampling->rows = 0;
		result = scan_sample(side->scans[f], columns, count, part, &to, failure);
		*rows += (double)sampling->rows * (size > part ? (double)size / (double)part : 1);
		free(columns);
		free(names);
	}
	return result;
}

/* Kinds of the wanted columns as a sample has them, and about how many rows there are. */
static int guess_kinds(struct side *side, double *rows, const bool *asked, struct arena *arena, struct failure *failure)
{
	struct sampling sampling = {.side = side, .sniffs = arena_array(arena, side->name_count, sizeof *sampling.sniffs)};

	if (sample(side, asked, true, KIND_SAMPLE, &sampling, sniff, rows, failure))
		return -1;
	for (size_t i = 0; i < side->name_count; i++) {
		const struct sniff *sniffed = &sampling.sniffs[i];
		if (side->columns[i].wanted && !side->columns[i].declared)
			side->columns[i].kind = sniffed->numbers == sniffed->values    ? COLUMN_NUMBER
			                        : sniffed->instants == sniffed->values ? COLUMN_TIMESTAMP
			                                                               : COLUMN_CATEGORY;
	}
	return 0;
}

/* --- numbers --- */

static void take_value(const struct ordered_sink *sink, unsigned worker, const struct scan_batch *batch, const size_t *places)
{
	for (size_t k = 0; places[k] != NO_NUMBER; k++)
		sink->take(sink->context, worker, places[k], batch->values[k].numbers, batch->values[k].count);
}

struct rereading { const struct ordered_sink *sink; const size_t *places; };

static int reread(void *context, unsigned worker, const struct scan_batch *batch)
{
	const struct rereading *rereading = context;

	take_value(rereading->sink, worker, batch, rereading->places);
	return 0;
}

/* The source of ordered.h: some numbers of all files once more. */
static int read_numbers(void *context, const size_t *numbers, size_t number_count, const struct ordered_sink *sink,
                        struct failure *failure)
{
	struct side *side = context;
	int result = 0;

	for (size_t f = 0; f < side->file_count && !result; f++) {
		const struct table_info *info = scan_get_info(side->scans[f]);
		struct scan_column *columns = memory_get((info->columns + 1) * sizeof *columns);
		size_t *places = memory_get((info->columns + 1) * sizeof *places), count = 0;
		for (size_t i = 0; i < info->columns; i++) {
			size_t number = side->columns[side->places[f][i]].number, place = 0;
			while (place < number_count && numbers[place] != number)
				place++;
			if (place == number_count || number == NO_NUMBER)
				continue;
			columns[count] = (struct scan_column){i, SCAN_NUMBERS};
			places[count++] = place;
		}
		places[count] = NO_NUMBER;
		struct rereading rereading = {sink, places};
		const struct scan_consumer consumer = {reread, &rereading};
		if (count)
			result = scan_run(side->scans[f], columns, count, side->jobs, &consumer, failure);
		free(columns);
		free(places);
	}
	return result;
}

static void list_numbers(struct side *side, const struct side *reference, const size_t *like, struct arena *arena)
{
	side->number_count = reference ? reference->number_count : 0;
	side->number_names = arena_array(arena, reference ? reference->number_count : side->name_count, sizeof *side->number_names);
	for (size_t i = 0; i < side->name_count; i++) {
		struct side_column *column = &side->columns[i];
		column->number = NO_NUMBER;
		if (!column->wanted || column->kind != COLUMN_NUMBER)
			continue;
		column->number = reference ? like[i] : side->number_count++;
		if (column->number != NO_NUMBER)
			side->number_names[column->number] = i;
	}
}

static int start_numbers(struct side *side, struct ordered *like, bool keep, size_t memory, struct failure *failure)
{
	const struct ordered_options options = {side->number_count, side->jobs, memory, keep, {read_numbers, side}};
	struct sampling sampling = {.side = side};
	int result = 0;
	double rows;

	ordered_close(side->numbers);
	side->numbers = ordered_open(&options, like);
	if (!keep && !like) {
		bool *asked = memory_get(side->name_count);
		for (size_t i = 0; i < side->name_count; i++)
			asked[i] = side->columns[i].number != NO_NUMBER;
		result = sample(side, asked, false, NUMBER_SAMPLE, &sampling, take_sample, &rows, failure);
		free(asked);
	}
	if (!result)
		ordered_start(side->numbers);
	return result;
}

int side_read(struct side *side, bool *ok, struct side *reference, const size_t *like, size_t memory, struct arena *arena,
              struct failure *failure)
{
	bool *asked = arena_array(arena, side->name_count, sizeof *asked), more;
	double rows;

	for (size_t i = 0; i < side->name_count; i++)
		asked[i] = side->columns[i].wanted;
	if (guess_kinds(side, &rows, asked, arena, failure))
		return -1;
	list_numbers(side, reference, like, arena);
	/* What does not fit, with a quarter on top of the estimate, is not even tried to be kept. */
	double numbers = (double)side->number_count, beside = numbers < side->jobs ? numbers : side->jobs;
	bool keep = rows * (numbers + beside) * 10 <= (double)memory;
	for (bool done = false; !done;) {
		if (start_numbers(side, reference ? reference->numbers : NULL, keep, memory, failure) ||
		    read_once(side, ok, asked, false, &more, failure))
			return -1;
		done = ordered_finish(side->numbers);
		if (!done) {
			keep = false;
			for (size_t i = 0; i < side->name_count; i++)
				asked[i] = side->columns[i].wanted;
		}
	}
	if (*ok && more && read_once(side, ok, asked, true, &more, failure))
		return -1;
	for (size_t i = 0; i < side->name_count; i++)
		if (side->columns[i].kind != COLUMN_NUMBER && side->columns[i].counts.n)
			side->columns[i].number = NO_NUMBER;
	return 0;
}

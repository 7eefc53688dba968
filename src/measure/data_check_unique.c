#include "data_check_inner.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buffer.h"
#include "digest.h"

/* Rows are compared by 128 bits of a SHA-256 over their fields, which nobody can make collide; where not all of them fit into the
 * memory, one pass takes those of a range of the first bits. */
struct mark {
	uint64_t high, low;
	size_t batch, row;
};

struct marks {
	struct mark *items; /* malloc */
	size_t count, room;
	struct buffer bytes;
};

/* Columns that must be unique together. */
struct key {
	const size_t *columns; /* of the header */
	size_t count;
	bool whole;            /* a row: missing values count as values */
};

struct search {
	const struct checking *checking;
	const struct key *key;
	uint64_t part, parts;
	struct marks workers[SCAN_JOBS_MAX];
	bool full;
};

static uint64_t read_digits(const char *digits)
{
	uint64_t value = 0;

	for (size_t i = 0; i < 16; i++)
		value = value << 4 | (uint64_t)(digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10);
	return value;
}

static bool add_mark(struct marks *marks, struct mark mark)
{
	if (marks->count == marks->room) {
		size_t room = marks->room ? marks->room * 2 : 1024;
		struct mark *items = realloc(marks->items, room * sizeof *items);
		if (!items)
			return false;
		marks->items = items;
		marks->room = room;
	}
	marks->items[marks->count++] = mark;
	return true;
}

static int consume(void *context, unsigned number, const struct scan_batch *batch)
{
	struct search *search = context;
	struct marks *marks = &search->workers[number];
	char digits[65];

	for (size_t row = 0; row < batch->rows; row++) {
		bool left_out = false;
		buffer_clear(&marks->bytes);
		for (size_t i = 0; i < search->key->count; i++) {
			struct text field = batch->values[i].fields[row];
			left_out = left_out || (!search->key->whole && batch->values[i].is_missing[row]);
			buffer_format(&marks->bytes, "%zu:", field.len);
			buffer_add(&marks->bytes, field);
		}
		if (left_out)
			continue;
		digest_sha256(digits, buffer_text(&marks->bytes));
		struct mark mark = {read_digits(digits), read_digits(digits + 16), batch->number, row};
		if (mark.high % search->parts == search->part && !add_mark(marks, mark))
			return 1;
	}
	return 0;
}

static int order_marks(const void *left, const void *right)
{
	const struct mark *a = left, *b = right;

	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	if (a->batch != b->batch)
		return a->batch < b->batch ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/* Duplicates by row; same_as is kept beside the sightings. */
struct repeats {
	struct tally tally;
	struct { size_t batch, row, first_batch, first_row; } first[OFFENCES_SHOWN];
	size_t kept;
	uint64_t marked; /* rows that were compared */
};

static void add_repeat(struct repeats *out, const struct mark *mark, const struct mark *first)
{
	size_t at = out->kept;

	out->tally.count++;
	while (at > 0 && (out->first[at - 1].batch > mark->batch ||
	                  (out->first[at - 1].batch == mark->batch && out->first[at - 1].row > mark->row)))
		at--;
	if (at == OFFENCES_SHOWN)
		return;
	if (out->kept < OFFENCES_SHOWN)
		out->kept++;
	for (size_t i = out->kept - 1; i > at; i--)
		out->first[i] = out->first[i - 1];
	out->first[at].batch = mark->batch;
	out->first[at].row = mark->row;
	out->first[at].first_batch = first->batch;
	out->first[at].first_row = first->row;
}

static int search_part(struct repeats *out, struct search *search, const struct scan_column *columns, unsigned jobs, struct failure *failure)
{
	struct scan_consumer consumer = {consume, search};
	struct marks *all = &search->workers[0];
	int status = scan_run(search->checking->scan, columns, search->key->count, jobs, &consumer, failure);

	if (status > 0)
		status = failure_set(failure, EXIT_UNABLE, "out of memory while looking for duplicates; give --memory less than the machine has");
	for (unsigned w = 1; w < jobs && status == 0; w++)
		for (size_t i = 0; i < search->workers[w].count && status == 0; i++)
			if (!add_mark(all, search->workers[w].items[i]))
				status = failure_set(failure, EXIT_UNABLE, "out of memory while looking for duplicates");
	if (status == 0 && all->count) {
		size_t first = 0;
		qsort(all->items, all->count, sizeof *all->items, order_marks);
		for (size_t i = 1; i < all->count; i++)
			if (all->items[i].high == all->items[first].high && all->items[i].low == all->items[first].low)
				add_repeat(out, &all->items[i], &all->items[first]);
			else
				first = i;
		out->marked += all->count;
	}
	for (unsigned w = 0; w < jobs; w++)
		search->workers[w].count = 0;
	return status;
}

static int find_repeats(struct repeats *out, struct checking *checking, const struct key *key)
{
	unsigned jobs = checking->request->jobs < 1 ? 1 : checking->request->jobs > SCAN_JOBS_MAX ? SCAN_JOBS_MAX : checking->request->jobs;
	uint64_t memory = checking->request->memory ? checking->request->memory : (uint64_t)256 << 20;
	uint64_t rows = scan_get_info(checking->scan)->rows;
	struct scan_column *columns = arena_array(checking->arena, key->count + 1, sizeof *columns);
	struct search *search = arena_alloc(checking->arena, sizeof *search);
	int status = 0;

	*out = (struct repeats){.kept = 0};
	for (size_t i = 0; i < key->count; i++)
		columns[i] = (struct scan_column){key->columns[i], SCAN_FIELDS};
	search->checking = checking;
	search->key = key;
	/* Two copies at most, while they are put together. */
	search->parts = rows * sizeof(struct mark) * 2 / memory + 1;
	for (unsigned w = 0; w < jobs; w++)
		buffer_init(&search->workers[w].bytes);
	for (search->part = 0; search->part < search->parts && status == 0; search->part++)
		status = search_part(out, search, columns, jobs, checking->failure);
	for (unsigned w = 0; w < jobs; w++) {
		buffer_release(&search->workers[w].bytes);
		free(search->workers[w].items);
	}
	return status;
}

static void add_rows(struct check_finding *finding, const struct checking *checking, const struct repeats *repeats)
{
	finding->count = repeats->tally.count;
	finding->of = repeats->marked;
	finding->rows = arena_array(checking->arena, OFFENCES_SHOWN, sizeof *finding->rows);
	for (size_t i = 0; i < repeats->kept; i++)
		finding->rows[finding->row_count++] = (struct offence){
			.row = row_number(checking, repeats->first[i].batch, repeats->first[i].row),
			.same_as = row_number(checking, repeats->first[i].first_batch, repeats->first[i].first_row),
		};
}

static int check_columns(struct checking *checking)
{
	struct repeats repeats;

	for (size_t i = 0; i < checking->rule_count; i++) {
		const struct rule *rule = &checking->rules[i];
		struct key key = {&rule->at, 1, false};
		if (!rule->unique)
			continue;
		if (find_repeats(&repeats, checking, &key) < 0)
			return -1;
		if (repeats.tally.count)
			add_rows(checking_find(checking, CHECK_UNIQUENESS, CHECK_FAIL, rule->name,
			                       text_format(checking->arena, "%llu of %llu values come again", (unsigned long long)repeats.tally.count,
			                                   (unsigned long long)repeats.marked)),
			         checking, &repeats);
	}
	return 0;
}

/* The key's columns in the header; false where the file lacks one. */
static bool key_columns(size_t *columns, struct text *lacking, const struct checking *checking, const struct value *names)
{
	const struct table_info *info = scan_get_info(checking->scan);

	for (size_t i = 0; i < names->count; i++) {
		columns[i] = 0;
		while (columns[i] < info->columns && !text_equal(info->names[columns[i]], names->items[i]->text))
			columns[i]++;
		*lacking = names->items[i]->text;
		if (columns[i] == info->columns)
			return false;
	}
	return true;
}

static struct text join_names(const struct value *names, struct arena *arena)
{
	struct buffer out;

	buffer_init(&out);
	for (size_t i = 0; i < names->count; i++) {
		buffer_string(&out, i ? ", " : "");
		buffer_add(&out, names->items[i]->text);
	}
	struct text joined = text_copy(arena, buffer_text(&out));
	buffer_release(&out);
	return joined;
}

static int check_key(struct checking *checking, const struct value *names)
{
	size_t *columns = arena_array(checking->arena, names->count + 1, sizeof *columns);
	struct key key = {columns, names->count, false};
	struct repeats repeats;
	struct text lacking;

	if (!key_columns(columns, &lacking, checking, names)) {
		checking_find(checking, CHECK_UNIQUENESS, CHECK_INCONCLUSIVE, TEXT(""),
		              text_format(checking->arena, "the key needs column '%.*s', which is not there", TEXT_ARGS(lacking)));
		return 0;
	}
	if (find_repeats(&repeats, checking, &key) < 0)
		return -1;
	if (repeats.tally.count)
		add_rows(checking_find(checking, CHECK_UNIQUENESS, CHECK_FAIL, TEXT(""),
		                       text_format(checking->arena, "%llu of %llu rows have a key (%.*s) that was there before",
		                                   (unsigned long long)repeats.tally.count, (unsigned long long)repeats.marked,
		                                   TEXT_ARGS(join_names(names, checking->arena)))),
		         checking, &repeats);
	return 0;
}

static int check_rows(struct checking *checking, struct text limit_text, double limit)
{
	const struct table_info *info = scan_get_info(checking->scan);
	size_t *columns = arena_array(checking->arena, info->columns + 1, sizeof *columns);
	struct key key = {columns, info->columns, true};
	struct repeats repeats;

	for (size_t i = 0; i < info->columns; i++)
		columns[i] = i;
	if (find_repeats(&repeats, checking, &key) < 0)
		return -1;
	if (repeats.marked && (double)repeats.tally.count > limit * (double)repeats.marked)
		add_rows(checking_find(checking, CHECK_UNIQUENESS, CHECK_FAIL, TEXT(""),
		                       text_format(checking->arena, "%llu of %llu rows are there twice, at most a share of %.*s may be",
		                                   (unsigned long long)repeats.tally.count, (unsigned long long)repeats.marked, TEXT_ARGS(limit_text))),
		         checking, &repeats);
	return 0;
}

int check_unique(struct checking *checking)
{
	const struct value *schema = value_at(checking->request->recipe->root, "requirements.schema");
	const struct value *key = value_get(schema, "key");
	double limit;

	if (check_columns(checking) < 0)
		return -1;
	if (key && key->kind == VALUE_LIST && key->count && check_key(checking, key) < 0)
		return -1;
	if (value_number(&limit, schema, "max_duplicate_rows"))
		return check_rows(checking, value_text(schema, "max_duplicate_rows"), limit);
	return 0;
}

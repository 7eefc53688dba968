#include "data_check_inner.h"

#include <stdlib.h>

#include "arena.h"
#include "instant.h"

enum { VALUE_SHOWN = 60 };

struct pass {
	const struct checking *checking;
	struct worker workers[SCAN_JOBS_MAX];
};

static int order_sightings(const struct sighting *a, size_t batch, size_t row)
{
	return a->batch != batch ? (a->batch < batch ? -1 : 1) : (a->row > row) - (a->row < row);
}

void tally_add(struct tally *tally, size_t batch, size_t row, struct text value, struct arena *arena)
{
	size_t at = tally->kept;

	tally->count++;
	while (at > 0 && order_sightings(&tally->first[at - 1], batch, row) > 0)
		at--;
	if (at == OFFENCES_SHOWN)
		return;
	if (tally->kept < OFFENCES_SHOWN)
		tally->kept++;
	for (size_t i = tally->kept - 1; i > at; i--)
		tally->first[i] = tally->first[i - 1];
	size_t end = value.len < VALUE_SHOWN ? value.len : VALUE_SHOWN;
	while (end < value.len && end > 0 && ((unsigned char)value.at[end] & 0xc0) == 0x80)
		end--;
	tally->first[at] = (struct sighting){batch, row, text_copy(arena, text_cut(value, 0, end))};
}

static bool is_allowed_number(const struct rule *rule, double number)
{
	for (size_t i = 0; i < rule->allowed_count; i++)
		if (rule->allowed_numbers[i] == number) /* equal values, not near ones */
			return true;
	return false;
}

static bool is_allowed_text(const struct rule *rule, struct text field)
{
	for (size_t i = 0; i < rule->allowed_count; i++)
		if (text_equal(rule->allowed[i], field))
			return true;
	return false;
}

static int judge_number(const struct rule *rule, struct text field, const struct missing *missing)
{
	double number;
	enum decimal_class class = decimal_field(&number, field, missing);

	if (class == DECIMAL_INVALID)
		return rule->type == TYPE_CATEGORY_NUM && rule->allowed && is_allowed_text(rule, text_trim(field)) ? BREACH_COUNT
		       : rule->type == TYPE_CATEGORY_NUM && !rule->allowed                                        ? BREACH_COUNT
		                                                                                                  : BREACH_TYPE;
	if (class != DECIMAL_FINITE)
		return BREACH_INFINITE;
	if (rule->has_min && number < rule->min)
		return BREACH_MIN;
	if (rule->has_max && number > rule->max)
		return BREACH_MAX;
	return rule->allowed && !is_allowed_number(rule, number) ? BREACH_ALLOWED : BREACH_COUNT;
}

/* BREACH_COUNT: nothing is wrong with it. */
static int judge_field(struct worker *worker, size_t at, const struct rule *rule, struct text field, const struct missing *missing)
{
	int64_t time;

	if (rule->type == TYPE_NUMBER || rule->type == TYPE_CATEGORY_NUM)
		return judge_number(rule, field, missing);
	if (rule->type == TYPE_TIME || rule->fresh) {
		bool read = instant_parse(&time, text_trim(field));
		if (read && (!worker->has_newest[at] || time > worker->newest[at])) {
			worker->has_newest[at] = true;
			worker->newest[at] = time;
		}
		if (!read && rule->type == TYPE_TIME)
			return BREACH_TYPE;
	}
	return rule->allowed && !is_allowed_text(rule, field) ? BREACH_ALLOWED : BREACH_COUNT;
}

static int consume(void *context, unsigned number, const struct scan_batch *batch)
{
	struct pass *pass = context;
	const struct checking *checking = pass->checking;
	struct worker *worker = &pass->workers[number];

	worker->places = arena_grow(worker->arena, worker->places, worker->place_count, sizeof *worker->places);
	worker->places[worker->place_count++] = (struct batch_place){batch->number, batch->rows};
	for (size_t i = 0; i < checking->rule_count; i++) {
		const struct rule *rule = &checking->rules[i];
		const struct scan_values *values = &batch->values[i];
		struct tally *tallies = &worker->tallies[i * BREACH_COUNT];
		for (size_t row = 0; row < batch->rows; row++) {
			int breach = values->is_missing[row] ? BREACH_MISSING : judge_field(worker, i, rule, values->fields[row], &checking->missing);
			if (breach != BREACH_COUNT)
				tally_add(&tallies[breach], batch->number, row, values->fields[row], worker->arena);
		}
	}
	return 0;
}

static int order_places(const void *left, const void *right)
{
	const struct batch_place *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

static void number_rows(struct checking *checking, const struct pass *pass, unsigned jobs)
{
	uint64_t row = 2; /* below the header */
	size_t count = 0;

	for (unsigned w = 0; w < jobs; w++)
		count += pass->workers[w].place_count;
	checking->places = arena_array(checking->arena, count + 1, sizeof *checking->places);
	checking->starts = arena_array(checking->arena, count + 1, sizeof *checking->starts);
	for (unsigned w = 0; w < jobs; w++)
		for (size_t i = 0; i < pass->workers[w].place_count; i++)
			checking->places[checking->place_count++] = pass->workers[w].places[i];
	qsort(checking->places, count, sizeof *checking->places, order_places);
	for (size_t i = 0; i < count; i++) {
		checking->starts[i] = row;
		row += checking->places[i].rows;
	}
}

uint64_t row_number(const struct checking *checking, size_t batch, size_t row)
{
	struct batch_place wanted = {batch, 0};
	const struct batch_place *place = bsearch(&wanted, checking->places, checking->place_count, sizeof wanted, order_places);

	return place ? checking->starts[place - checking->places] + row : 0;
}

static void join(struct checking *checking, const struct pass *pass, unsigned jobs)
{
	for (unsigned w = 0; w < jobs; w++) {
		const struct worker *worker = &pass->workers[w];
		for (size_t i = 0; i < checking->rule_count * BREACH_COUNT; i++) {
			uint64_t count = checking->tallies[i].count + worker->tallies[i].count;
			for (size_t k = 0; k < worker->tallies[i].kept; k++) {
				const struct sighting *first = &worker->tallies[i].first[k];
				tally_add(&checking->tallies[i], first->batch, first->row, first->value, checking->arena);
			}
			checking->tallies[i].count = count;
		}
		for (size_t i = 0; i < checking->rule_count; i++)
			if (worker->has_newest[i] && (!checking->has_newest[i] || worker->newest[i] > checking->newest[i])) {
				checking->has_newest[i] = true;
				checking->newest[i] = worker->newest[i];
			}
	}
}

int check_values(struct checking *checking)
{
	size_t count = checking->rule_count;
	unsigned jobs = checking->request->jobs < 1 ? 1 : checking->request->jobs > SCAN_JOBS_MAX ? SCAN_JOBS_MAX : checking->request->jobs;
	struct scan_column *columns = arena_array(checking->arena, count + 1, sizeof *columns);
	struct pass *pass = arena_alloc(checking->arena, sizeof *pass);
	struct arena *arenas = arena_array(checking->arena, jobs, sizeof *arenas);
	struct scan_consumer consumer = {consume, pass};

	pass->checking = checking;
	for (size_t i = 0; i < count; i++)
		columns[i] = (struct scan_column){checking->rules[i].at, SCAN_FIELDS};
	for (unsigned w = 0; w < jobs; w++) {
		arena_init(&arenas[w]);
		pass->workers[w] = (struct worker){
			.arena = &arenas[w],
			.tallies = arena_array(&arenas[w], count * BREACH_COUNT + 1, sizeof(struct tally)),
			.newest = arena_array(&arenas[w], count + 1, sizeof(int64_t)),
			.has_newest = arena_array(&arenas[w], count + 1, sizeof(bool)),
		};
	}
	checking->tallies = arena_array(checking->arena, count * BREACH_COUNT + 1, sizeof *checking->tallies);
	checking->newest = arena_array(checking->arena, count + 1, sizeof *checking->newest);
	checking->has_newest = arena_array(checking->arena, count + 1, sizeof *checking->has_newest);
	int status = scan_run(checking->scan, columns, count, jobs, &consumer, checking->failure);
	if (status == 0) {
		number_rows(checking, pass, jobs);
		join(checking, pass, jobs);
	}
	for (unsigned w = 0; w < jobs; w++)
		arena_release(&arenas[w]);
	return status;
}

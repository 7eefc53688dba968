/* usage: scan FILE.csv [JOBS] [CODE]: GB/s of reading a CSV: all columns but those that hold no number as numbers, the same as fields, and only
 * split. Processor seconds of this process beside the wall's: on a busy machine they are what compares. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "arena.h"
#include "scan.h"

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Values are looked at, so that nothing is left out: one sum a worker. */
struct sums { _Alignas(64) double sum; size_t rows, columns; };

static int sum_up(void *context, unsigned worker, const struct scan_batch *batch)
{
	struct sums *sums = (struct sums *)context + worker;

	sums->rows += batch->rows;
	for (size_t i = 0; i < sums->columns; i++)
		for (size_t k = 0; batch->values[i].numbers && k < batch->values[i].count; k++)
			sums->sum += batch->values[i].numbers[k];
	return 0;
}

/* How many values of each column are none. */
static int count_invalid(void *context, unsigned worker, const struct scan_batch *batch)
{
	size_t *invalid = context;

	(void)worker;
	for (size_t i = 0; i < invalid[0]; i++)
		invalid[i + 1] += batch->values[i].invalid;
	return 0;
}

static int measure(const char *what, struct scan *scan, const struct scan_column *columns, size_t count, unsigned jobs, size_t size)
{
	static struct sums sums[SCAN_JOBS_MAX];
	struct scan_consumer consumer = {sum_up, sums};
	struct failure failure;
	for (size_t i = 0; i < SCAN_JOBS_MAX; i++)
		sums[i].columns = count;
	double best = 1e9, best_work = 1e9;

	for (int i = 0; i < 5; i++) {
		double wall = seconds(CLOCK_MONOTONIC), work = seconds(CLOCK_PROCESS_CPUTIME_ID);
		if (scan_run(scan, columns, count, jobs, &consumer, &failure))
			return fprintf(stderr, "%s\n", failure.message), 1;
		wall = seconds(CLOCK_MONOTONIC) - wall;
		work = seconds(CLOCK_PROCESS_CPUTIME_ID) - work;
		best = wall < best ? wall : best;
		best_work = work < best_work ? work : best_work;
	}
	printf("%-28s %6.3f GB/s by the wall, %6.3f by processor time\n", what, (double)size / best / 1e9, (double)size / best_work / 1e9);
	return 0;
}

int main(int argc, char **argv)
{
	struct scan_options options = {.limits = &limits_default, .code = argc > 3 ? (enum scan_code)strtoul(argv[3], NULL, 10) : SCAN_BEST};
	unsigned jobs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
	struct table_file file = {NULL, text_of(argc > 1 ? argv[1] : "")};
	struct failure failure;
	struct arena arena;
	struct diags diags;
	struct scan *scan;

	arena_init(&arena);
	diags_init(&diags, &arena);
	if (scan_open(&scan, &file, &options, &arena, &diags, &failure) || !scan)
		return fprintf(stderr, "%s\n", scan ? "" : failure.message), 1;
	const struct table_info *info = scan_get_info(scan);
	size_t size = (size_t)scan_size(scan), numbers = 0;
	struct scan_column *columns = calloc(info->columns, sizeof *columns), *fields = calloc(info->columns, sizeof *fields);
	size_t *invalid = calloc(info->columns + 1, sizeof *invalid);
	struct scan_consumer counter = {count_invalid, invalid};
	invalid[0] = info->columns;
	for (size_t i = 0; i < info->columns; i++)
		columns[i] = (struct scan_column){i, SCAN_NUMBERS};
	if (scan_run(scan, columns, info->columns, 1, &counter, &failure) || !info->ok)
		return fprintf(stderr, "the file cannot be used\n"), 1;
	for (size_t i = 0; i < info->columns; i++) {
		fields[i] = (struct scan_column){i, SCAN_FIELDS};
		if (!invalid[i + 1])
			columns[numbers++] = (struct scan_column){i, SCAN_NUMBERS};
	}
	printf("%zu bytes, %zu rows, %zu columns, %zu of numbers; %u jobs\n", size, info->rows, info->columns, numbers, jobs);
	int status = measure("validate and split", scan, NULL, 0, jobs, size) || measure("numbers", scan, columns, numbers, jobs, size) ||
	             measure("all as fields", scan, fields, info->columns, jobs, size);
	scan_close(scan);
	return status;
}

#include "arena.h"
#include "drift.h"
#include "instant.h"
#include "scan.h"

struct range {
	int64_t oldest, newest;
	bool found;
};

static int consume(void *context, unsigned worker, const struct scan_batch *batch)
{
	struct range *range = context;
	const struct scan_values *times = &batch->values[0];
	int64_t seconds;

	(void)worker;
	for (size_t i = 0; i < times->count; i++) {
		if (times->is_missing[i] || !instant_parse(&seconds, text_trim(times->fields[i])))
			continue;
		if (!range->found || seconds < range->oldest)
			range->oldest = seconds;
		if (!range->found || seconds > range->newest)
			range->newest = seconds;
		range->found = true;
	}
	return 0;
}

int table_time_range(int64_t *oldest, int64_t *newest, bool *found, const struct table_file *file, struct text column, char delimiter,
                     const struct text *na, size_t na_count, const struct limits *limits, struct arena *arena, struct diags *diags,
                     struct failure *failure)
{
	struct scan_options options = {.delimiter = delimiter, .na = na, .na_count = na_count, .limits = limits};
	struct range range = {0, 0, false};
	struct scan_consumer consumer = {consume, &range};
	struct scan_column wanted = {0, SCAN_FIELDS};
	struct scan *scan;

	*found = false;
	*oldest = *newest = 0;
	if (scan_open(&scan, file, &options, arena, diags, failure) < 0)
		return -1;
	if (!scan)
		return 0;
	const struct table_info *info = scan_get_info(scan);
	while (wanted.at < info->columns && !text_equal(info->names[wanted.at], column))
		wanted.at++;
	int status = wanted.at < info->columns ? scan_run(scan, &wanted, 1, 1, &consumer, failure) : 0;
	if (status == 0 && info->ok && range.found) {
		*found = true;
		*oldest = range.oldest;
		*newest = range.newest;
	}
	scan_close(scan);
	return status;
}

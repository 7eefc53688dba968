#include <stdlib.h>

#include "arena.h"
#include "scan_inner.h"

int scan_changed(const struct scan *scan, struct failure *failure)
{
	return failure_set(failure, EXIT_UNABLE, "'%.*s' changed while it was read", TEXT_ARGS(scan->file.path));
}

static bool same_names(const struct table_info *a, const struct table_info *b)
{
	if (a->columns != b->columns || a->delimiter != b->delimiter)
		return false;
	for (size_t i = 0; i < a->columns; i++)
		if (!text_equal(a->names[i], b->names[i]))
			return false;
	return true;
}

int scan_table_open(struct table **out, struct scan *scan, struct diags *diags, struct failure *failure)
{
	struct table_options options = {scan->options.delimiter, scan->options.max_bad_rows, scan->options.limits};

	if (table_open(out, &scan->file, &options, scan->arena, diags, failure))
		return -1;
	if (*out && same_names(table_get_info(*out), &scan->info))
		return 0;
	if (*out)
		table_close(*out);
	return scan_changed(scan, failure);
}

int scan_open(struct scan **out, const struct table_file *file, const struct scan_options *options, struct arena *arena,
              struct diags *diags, struct failure *failure)
{
	struct table_options wanted = {options->delimiter, options->max_bad_rows, options->limits};
	struct table *table;

	*out = NULL;
	if (table_open(&table, file, &wanted, arena, diags, failure))
		return -1;
	if (!table)
		return 0;
	struct scan *scan = memory_get(sizeof *scan);
	*scan = (struct scan){.info = *table_get_info(table), .file = *file, .options = *options, .arena = arena, .diags = diags};
	scan->file.path = text_copy(arena, file->path);
	missing_init(&scan->missing, options->na, options->na_count);
	table_close(table);
	*out = scan;
	return 0;
}

const struct table_info *scan_get_info(const struct scan *scan)
{
	return &scan->info;
}

uint64_t scan_size(const struct scan *scan)
{
	return scan->size;
}

int scan_run(struct scan *scan, const struct scan_column *columns, size_t count, unsigned jobs, const struct scan_consumer *consumer,
             struct failure *failure)
{
	struct scan_pass pass = {columns, count, jobs, consumer};
	struct table_info info = {0};
	struct diags diags;

	diags_init(&diags, scan->arena);
	int result = scan_by_table(&info, scan, &pass, 0, &diags, failure);
	if (result)
		return result;
	if (scan->ran && (info.rows != scan->info.rows || info.bad_rows != scan->info.bad_rows || info.ok != scan->info.ok))
		return scan_changed(scan, failure);
	scan->info.rows = info.rows;
	scan->info.bad_rows = info.bad_rows;
	scan->info.ok = info.ok;
	if (!scan->told)
		diags_append(scan->diags, &diags);
	scan->ran = scan->told = true;
	return 0;
}

int scan_sample(struct scan *scan, const struct scan_column *columns, size_t count, size_t bytes, const struct scan_consumer *consumer,
                struct failure *failure)
{
	struct scan_pass pass = {columns, count, 1, consumer};
	struct table_info info;
	struct diags diags;

	diags_init(&diags, scan->arena);
	return scan_by_table(&info, scan, &pass, bytes, &diags, failure);
}

void scan_close(struct scan *scan)
{
	free(scan);
}

#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

void rows_init(struct rows *rows, const struct kernel *kernel, const struct table_info *info, const struct limits *limits,
               const struct scan_column *columns, size_t count, const struct missing *missing)
{
	*rows = (struct rows){.kernel = kernel, .info = info, .limits = limits};
	batch_init(&rows->batch, columns, count, missing);
}

void rows_release(struct rows *rows)
{
	batch_release(&rows->batch);
	free(rows->ends);
	free(rows->kept);
	*rows = (struct rows){0};
}

static void make_room(uint32_t **items, size_t *room, size_t count)
{
	if (count <= *room)
		return;
	*room = count + count / 4;
	free(*items);
	*items = memory_get(*room * sizeof **items);
}

/* --- rows as they should be --- */

/* Whether all rows have as many fields as the header, and lines end by LF alone, below the length where a field could be too long. */
static bool is_regular(const struct rows *rows, const struct splits *splits, const struct piece *piece)
{
	size_t columns = rows->info->columns;
	const struct limits *limits = rows->limits;
	size_t most = limits->csv_field < limits->csv_line ? limits->csv_field : limits->csv_line;
	uint32_t before = UINT32_MAX, longest = 0;

	if (piece->returns || splits->nul || splits->rows * columns != splits->count)
		return false;
	for (const uint32_t *end = splits->ends + columns - 1; end < splits->ends + splits->count; end += columns) {
		if (piece->bytes[*end] != '\n')
			return false;
		longest = *end - before > longest ? *end - before : longest;
		before = *end;
	}
	return longest <= most && (!splits->high || utf8_bad((struct text){piece->bytes, piece->len}) == piece->len);
}

/* --- rows as they are --- */

struct row { size_t start, end; const uint32_t *ends; size_t fields; };

static bool is_clean(const struct rows *rows, const struct row *row, const struct piece *piece)
{
	struct text bytes = {piece->bytes + row->start, row->end - row->start};
	size_t start = row->start;

	if (row->fields != rows->info->columns || memchr(bytes.at, '\0', bytes.len) || utf8_bad(bytes) != bytes.len)
		return false;
	/* Long fields among quotes are judged before they come here. */
	if (bytes.len <= rows->limits->csv_field || piece->quotes)
		return true;
	for (size_t i = 0; i < row->fields; i++) {
		size_t end = i + 1 < row->fields ? row->ends[i] : row->end;
		if (end - start > rows->limits->csv_field)
			return false;
		start = end + 1;
	}
	return true;
}

/* An empty line is a row only below a header of one name, and not as the last line of a file. */
static bool is_row(const struct rows *rows, const struct row *row, const struct piece *piece, bool at_end)
{
	return row->end > row->start || (rows->info->columns == 1 && !(piece->last && at_end));
}

static void keep_rows(struct rows *rows, const struct splits *splits, const struct piece *piece)
{
	size_t stride = rows->info->columns + 1, count = 0, start = 0;

	make_room(&rows->kept, &rows->kept_room, (splits->rows + 1) * stride);
	for (size_t i = 0, first = 0; i < splits->count; i++) {
		size_t at = splits->ends[i];
		if (piece->bytes[at] != '\n' && piece->bytes[at] != '\r')
			continue;
		bool pair = piece->bytes[at] == '\n' && at > start && piece->bytes[at - 1] == '\r';
		struct row row = {start, at - pair, splits->ends + first, i + 1 - first};
		if (row.end - row.start > rows->limits->csv_line)
			rows->too_long = true;
		if (is_row(rows, &row, piece, i + 1 == splits->count)) {
			if (is_clean(rows, &row, piece)) {
				uint32_t *kept = rows->kept + count++ * stride;
				kept[0] = (uint32_t)start - 1;
				memcpy(kept + 1, row.ends, (row.fields - 1) * sizeof *kept);
				kept[row.fields] = (uint32_t)row.end;
			} else {
				rows->bad++;
			}
		}
		first = i + 1;
		start = at + 1;
	}
	rows->grid = (struct grid){piece->bytes, rows->kept, stride, count};
}

void rows_take(struct rows *rows, const struct piece *piece)
{
	struct splits splits;
	size_t columns = rows->info->columns;

	rows->bad = 0;
	rows->too_long = false;
	make_room(&rows->ends, &rows->ends_room, piece->len + 1 + KERNEL_AFTER);
	rows->ends[0] = UINT32_MAX;
	splits.ends = rows->ends + 1;
	rows->kernel->split(&splits, piece->bytes, piece->len, rows->info->delimiter, piece->quotes, piece->returns);
	if (!is_regular(rows, &splits, piece) || (columns == 1 && piece->last)) {
		keep_rows(rows, &splits, piece);
		return;
	}
	rows->grid = (struct grid){piece->bytes, rows->ends, columns, splits.rows};
}

int rows_give(struct rows *rows, size_t number, unsigned worker, const struct scan_consumer *consumer)
{
	struct batch *batch = &rows->batch;
	struct arena arena;

	batch_clear(batch);
	arena_init(&arena);
	for (size_t c = 0; c < batch->count; c++) {
		size_t i = batch->columns[c].at;
		batch_reserve(batch, c, rows->grid.rows);
		if (batch->columns[c].kind == SCAN_NUMBERS)
			rows->kernel->numbers(batch, c, &rows->grid, i);
		else
			for (size_t row = 0; row < rows->grid.rows; row++)
				batch_add(batch, c, grid_field(&rows->grid, row, i, &arena));
	}
	int result = batch_give(batch, number, rows->grid.rows, worker, consumer);
	arena_release(&arena);
	return result;
}

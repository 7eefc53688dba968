#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "rows.h"
#include "scan_inner.h"

enum { PLACE_BYTES = 64 * 1024, TRIES = 16 };

/* Behind the next line end from `from` on, or len. */
static size_t next_line(const char *bytes, size_t from, size_t len)
{
	while (from < len && bytes[from] != '\n' && bytes[from] != '\r')
		from++;
	if (from + 1 < len && bytes[from] == '\r' && bytes[from + 1] == '\n')
		from++;
	return from < len ? from + 1 : len;
}

/* Whole records among bytes, which begin with one, or (anywhere) in the middle of one, where the first line end that nothing speaks
 * against is taken for a record's. */
static struct piece find_records(const struct scan *scan, const struct kernel *kernel, const char *bytes, size_t len, bool anywhere)
{
	struct survey survey = {.delimiter = scan->info.delimiter, .field_most = scan->options.limits->csv_field};
	struct piece piece = {.quotes = memchr(bytes, '"', len) != NULL, .returns = memchr(bytes, '\r', len) != NULL};
	size_t from = anywhere ? next_line(bytes, 0, len) : 0;

	for (int i = 0; i < TRIES && from < len; i++) {
		survey.inside = survey.closed = false;
		survey.may_open = true;
		survey.record = survey.field = from;
		size_t stop = kernel->survey(&survey, bytes, from, len);
		if (survey.record > from) {
			piece.bytes = bytes + from;
			piece.len = survey.record - from;
			return piece;
		}
		from = next_line(bytes, stop, len);
	}
	return piece;
}

static int take_place(struct rows *rows, struct scan *scan, char *room, size_t number, uint64_t offset, const struct scan_consumer *consumer,
                      struct failure *failure)
{
	char *bytes = room + KERNEL_BEFORE;
	size_t len;

	if (data_fill(&len, scan->stream, bytes, PLACE_BYTES, scan->start + offset, failure))
		return -1;
	/* The file's last line may lack its end. */
	if (len < PLACE_BYTES && len && bytes[len - 1] != '\n')
		bytes[len++] = '\n';
	struct piece piece = find_records(scan, rows->kernel, bytes, len, number != 0);
	if (!piece.len)
		return 0;
	rows_take(rows, &piece);
	return rows_give(rows, number, 0, consumer);
}

int scan_places(struct scan *scan, const struct scan_pass *pass, size_t bytes, struct failure *failure)
{
	uint64_t size = stream_size(scan->stream), left = size > scan->start ? size - scan->start : 0;
	size_t count = bytes / PLACE_BYTES, room_size = KERNEL_BEFORE + PLACE_BYTES + KERNEL_AFTER;
	char *room = memory_get(room_size);
	struct rows rows;
	int result = 0;

	if (count > left / PLACE_BYTES)
		count = (size_t)(left / PLACE_BYTES);
	if (!count)
		count = 1;
	memset(room, 0, room_size);
	rows_init(&rows, kernel_get(scan->options.code), &scan->info, scan->options.limits, pass->columns, pass->count, &scan->missing);
	for (size_t i = 0; i < count && !result; i++)
		result = take_place(&rows, scan, room, i, left / count * i, pass->consumer, failure);
	rows_release(&rows);
	free(room);
	return result;
}

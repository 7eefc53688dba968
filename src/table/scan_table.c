#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "scan_inner.h"

enum { ROWS = 1024, BYTES = 256 * 1024 };

/* The bytes of a batch's fields: a table keeps those of one row. */
struct kept {
	char *bytes;
	size_t used, room;
	struct text *fields; /* ROWS * columns */
	size_t rows;
};

static void keep_row(struct kept *kept, const struct text *fields, const struct scan_pass *pass)
{
	for (size_t i = 0; i < pass->count; i++) {
		struct text field = fields[pass->columns[i].at];
		if (kept->room - kept->used < field.len + 1) {
			kept->room = 2 * (kept->room + field.len) + BYTES;
			kept->bytes = memory_resize(kept->bytes, kept->room);
		}
		if (field.len)
			memcpy(kept->bytes + kept->used, field.at, field.len);
		/* An offset as yet: the bytes may move. */
		kept->fields[kept->rows * pass->count + i] = (struct text){NULL, field.len};
		kept->used += field.len;
	}
	kept->rows++;
}

static int give_rows(struct kept *kept, struct batch *batch, size_t number, const struct scan_pass *pass)
{
	size_t at = 0;

	batch_clear(batch);
	for (size_t i = 0; i < pass->count; i++)
		batch_reserve(batch, i, kept->rows);
	for (size_t i = 0; i < kept->rows * pass->count; i++) {
		kept->fields[i].at = kept->bytes + at;
		at += kept->fields[i].len;
	}
	for (size_t i = 0; i < pass->count; i++)
		for (size_t row = 0; row < kept->rows; row++)
			batch_add(batch, i, kept->fields[row * pass->count + i]);
	int result = batch_give(batch, number, kept->rows, 0, pass->consumer);
	kept->rows = kept->used = 0;
	return result;
}

int scan_by_table(struct table_info *info, struct scan *scan, const struct scan_pass *pass, size_t max_bytes, struct diags *diags,
                  struct failure *failure)
{
	const struct text *fields;
	struct kept kept = {0};
	struct batch batch;
	struct table *table;
	size_t number = 0, bytes = 0;
	int result = scan_table_open(&table, scan, diags, failure);

	if (result)
		return result;
	kept.fields = memory_get((ROWS * pass->count + 1) * sizeof *kept.fields);
	batch_init(&batch, pass->columns, pass->count, &scan->missing);
	while ((result = table_next(&fields, table, failure)) == 0 && fields) {
		keep_row(&kept, fields, pass);
		bytes += pass->count;
		for (size_t i = 0; i < pass->count; i++)
			bytes += fields[pass->columns[i].at].len;
		bool enough = max_bytes && bytes >= max_bytes;
		if (kept.rows == ROWS || kept.used >= BYTES || enough)
			result = give_rows(&kept, &batch, number++, pass);
		if (result || enough)
			break;
	}
	if (!result && kept.rows)
		result = give_rows(&kept, &batch, number, pass);
	*info = *table_get_info(table);
	table_close(table);
	batch_release(&batch);
	free(kept.bytes);
	free(kept.fields);
	return result;
}

#include "text_report.h"

#include <string.h>

#include "arena.h"

enum { GAP = 2 };

static struct text safe_cell(struct arena *arena, struct text cell)
{
	struct buffer buffer;

	buffer_init(&buffer);
	buffer_safe(&buffer, cell);
	struct text safe = text_copy(arena, buffer_text(&buffer));
	buffer_release(&buffer);
	return safe;
}

static void add_row(struct buffer *out, const struct table_text *table, const struct text *cells, const size_t *widths)
{
	size_t last = table->columns, owed = 0;

	while (last > 0 && !cells[last - 1].len)
		last--;
	for (size_t i = 0; i < last; i++) {
		size_t pad = widths[i] - utf8_columns(cells[i]);
		bool right = table->right && table->right[i];
		buffer_repeat(out, ' ', owed + (right ? pad : 0));
		buffer_add(out, cells[i]);
		owed = GAP + (right ? 0 : pad);
	}
	buffer_char(out, '\n');
}

void table_print(struct buffer *out, const struct table_text *table)
{
	size_t rows = table->rows + 1, columns = table->columns;
	struct arena arena;

	arena_init(&arena);
	struct text *cells = arena_array(&arena, rows * columns, sizeof *cells);
	size_t *widths = arena_array(&arena, columns, sizeof *widths);
	for (size_t i = 0; i < rows * columns; i++) {
		cells[i] = i < columns ? text_of(table->header[i]) : safe_cell(&arena, table->cells[i - columns]);
		size_t width = utf8_columns(cells[i]);
		if (width > widths[i % columns])
			widths[i % columns] = width;
	}
	for (size_t i = 0; i < rows; i++)
		add_row(out, table, cells + i * columns, widths);
	arena_release(&arena);
}

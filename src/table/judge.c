#include "judge.h"

#include <stdlib.h>

#include "arena.h"
#include "record.h"

enum verdict judge_record(size_t *len, const struct scan *scan, struct text bytes, bool at_end)
{
	struct failure failure;
	struct diags diags;
	struct arena arena;
	enum record record;

	arena_init(&arena);
	diags_init(&diags, &arena);
	struct table table = {.info = scan->info, .input = scan->input, .limits = scan->options.limits, .arena = &arena, .diags = &diags};
	diags_init(&table.bad, &arena);
	window_init(&table.window, NULL, table.limits->csv_line);
	/* Only read: a window without a stream moves nothing. */
	table.window.data = (char *)(uintptr_t)bytes.at;
	table.window.used = bytes.len;
	table.ends_room = 0;
	record_start(&table);
	record_next(&record, &table, false, &failure);
	bool ran_out = table.window.at_end && !at_end;
	*len = table.window.next;
	csv_free(&table.parser);
	free(table.bytes);
	arena_release(&arena);
	if (ran_out)
		return VERDICT_MORE;
	if (table.stopped)
		return VERDICT_STOP;
	return record == RECORD_BAD ? VERDICT_BAD : VERDICT_GOOD;
}

#include "batch.h"

#include <stdlib.h>

#include "arena.h"

void batch_init(struct batch *batch, const struct scan_column *columns, size_t count, const struct missing *missing)
{
	*batch = (struct batch){.columns = columns, .count = count, .missing = missing};
	batch->values = memory_get(count * sizeof *batch->values);
	batch->rooms = memory_get(count * sizeof *batch->rooms);
	for (size_t i = 0; i < count; i++)
		batch->rooms[i] = (struct column_room){0};
	batch_clear(batch);
}

void batch_release(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		free(batch->rooms[i].numbers);
		free(batch->rooms[i].fields);
		free(batch->rooms[i].is_missing);
	}
	free(batch->values);
	free(batch->rooms);
	*batch = (struct batch){0};
}

void batch_clear(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct column_room *room = &batch->rooms[i];
		batch->values[i] = (struct scan_values){.numbers = room->numbers, .fields = room->fields, .is_missing = room->is_missing};
	}
}

void batch_reserve(struct batch *batch, size_t i, size_t rows)
{
	struct column_room *room = &batch->rooms[i];
	struct scan_values *values = &batch->values[i];
	size_t wanted = values->count + rows;

	if (wanted <= room->room)
		return;
	room->room = wanted + wanted / 4 + 64;
	if (batch->columns[i].kind == SCAN_NUMBERS) {
		room->numbers = memory_resize(room->numbers, room->room * sizeof *room->numbers);
	} else {
		room->fields = memory_resize(room->fields, room->room * sizeof *room->fields);
		room->is_missing = memory_resize(room->is_missing, room->room * sizeof *room->is_missing);
	}
	values->numbers = room->numbers;
	values->fields = room->fields;
	values->is_missing = room->is_missing;
}

void batch_add(struct batch *batch, size_t i, struct text field)
{
	struct scan_values *values = &batch->values[i];
	struct column_room *room = &batch->rooms[i];

	if (batch->columns[i].kind == SCAN_FIELDS) {
		bool is_missing = missing_is(batch->missing, field);
		room->fields[values->count] = field;
		room->is_missing[values->count++] = is_missing;
		values->missing += is_missing;
		return;
	}
	switch (decimal_field(&room->numbers[values->count], field, batch->missing)) {
	case DECIMAL_FINITE: values->count++; break;
	case DECIMAL_MISSING: values->missing++; break;
	case DECIMAL_INVALID: values->invalid++; break;
	case DECIMAL_POS_INF: values->pos_inf++; break;
	case DECIMAL_NEG_INF: values->neg_inf++; break;
	}
}

int batch_give(const struct batch *batch, size_t number, size_t rows, unsigned worker, const struct scan_consumer *consumer)
{
	struct scan_batch given = {number, rows, batch->values};

	return rows && consumer ? consumer->consume(consumer->context, worker, &given) : 0;
}

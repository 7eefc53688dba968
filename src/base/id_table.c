#include "id_table.h"

#include <stdint.h>
#include <string.h>

#include "arena.h"

struct id_slot {
	unsigned char id[ID_BYTES];
	size_t value;
	int used;
};

/* Ids are hashes: their bytes are as good as any of ours. */
static size_t first_slot(const unsigned char id[ID_BYTES], size_t room)
{
	uint64_t bits;

	memcpy(&bits, id, sizeof bits);
	return (size_t)bits & (room - 1);
}

static struct id_slot *slot_of(const struct id_table *table, const unsigned char id[ID_BYTES])
{
	size_t at = first_slot(id, table->room);

	while (table->slots[at].used && memcmp(table->slots[at].id, id, ID_BYTES) != 0)
		at = (at + 1) & (table->room - 1);
	return &table->slots[at];
}

size_t id_table_find(const struct id_table *table, const unsigned char id[ID_BYTES])
{
	if (!table->room)
		return ID_NONE;
	const struct id_slot *slot = slot_of(table, id);
	return slot->used ? slot->value : ID_NONE;
}

static void add(struct id_table *table, const unsigned char id[ID_BYTES], size_t value)
{
	struct id_slot *slot = slot_of(table, id);

	memcpy(slot->id, id, ID_BYTES);
	slot->value = value;
	slot->used = 1;
}

void id_table_put(struct id_table *table, const unsigned char id[ID_BYTES], size_t value, struct arena *arena)
{
	if (2 * (table->count + 1) > table->room) {
		struct id_table larger = {.room = table->room ? 2 * table->room : 64, .count = table->count};
		larger.slots = arena_array(arena, larger.room, sizeof *larger.slots);
		for (size_t i = 0; i < table->room; i++)
			if (table->slots[i].used)
				add(&larger, table->slots[i].id, table->slots[i].value);
		*table = larger;
	}
	add(table, id, value);
	table->count++;
}

void id_table_reserve(struct id_table *table, size_t count, struct arena *arena)
{
	table->room = 64;
	while (table->room < 2 * (count + 1))
		table->room *= 2;
	table->slots = arena_array(arena, table->room, sizeof *table->slots);
}

void id_print(char out[static 41], const unsigned char id[ID_BYTES])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < ID_BYTES; i++) {
		out[2 * i] = digits[id[i] >> 4];
		out[2 * i + 1] = digits[id[i] & 15];
	}
	out[40] = '\0';
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int id_parse(unsigned char id[ID_BYTES], const char *text)
{
	if (strlen(text) != 2 * ID_BYTES)
		return -1;
	for (size_t i = 0; i < ID_BYTES; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return -1;
		id[i] = (unsigned char)(high * 16 + low);
	}
	return 0;
}

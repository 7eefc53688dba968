/* Id table: numbers by git ids, in constant time.
 *
 * Ownership: in the arena that is passed. Failure: none. */
#ifndef GALLEY_ID_TABLE_H
#define GALLEY_ID_TABLE_H

#include <stddef.h>

struct arena;

enum { ID_BYTES = 20 };

struct id_table {
	struct id_slot *slots;
	size_t room; /* a power of two, or 0 */
	size_t count;
};

#define ID_NONE ((size_t)-1)

/* ID_NONE where the id is not there. */
size_t id_table_find(const struct id_table *table, const unsigned char id[ID_BYTES]);
/* The id is not in the table yet; value is not ID_NONE. */
void id_table_put(struct id_table *table, const unsigned char id[ID_BYTES], size_t value, struct arena *arena);

/* Room for so many at once, in a table that is empty yet. */
void id_table_reserve(struct id_table *table, size_t count, struct arena *arena);

/* 40 hexadecimal digits and a NUL. */
void id_print(char out[static 41], const unsigned char id[ID_BYTES]);
/* -1 where the text is no such id. */
int id_parse(unsigned char id[ID_BYTES], const char *text);

#endif

/* Shared by the files that compare runs. */
#ifndef GALLEY_COMPARE_INNER_H
#define GALLEY_COMPARE_INNER_H

#include "compare.h"
#include "id_table.h"

/* Rows in the order in which they were first asked for. */
struct row_set {
	struct id_table table;
	struct compared_row *rows;
	size_t count;
};
/* The place of the row of this key, which is made where it is not there yet. */
size_t row_set_add(struct row_set *set, struct text key, struct arena *arena);
/* The row itself, until another is added. */
struct compared_row *row_set_row(struct row_set *set, struct text key, struct arena *arena);

/* The gate of a metric, of the first of the run's packs that has one; NULL. */
const struct gate_result *run_gate(const struct run_result *run, struct text key);
/* What a metric file has in this place; NULL: nothing. */
void value_take(struct compared_value *value, const struct value *found);
/* Fills in what the first run's value has to do with it, once all values of the row say whether they count. */
void row_differences(struct compared_row *row, size_t count, struct arena *arena);

void compare_segments(struct comparison *out, struct arena *arena);
void compare_facts(struct comparison *out, const struct text *references, struct arena *arena);

#endif

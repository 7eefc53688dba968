/* Cron: five-field schedules (minute hour day month weekday; lists, ranges, steps, English names).
 *
 * Ownership: none. Failure: by return value with a message that says which field is wrong and what it may be. */
#ifndef GALLEY_CRON_H
#define GALLEY_CRON_H

#include "text.h"

struct arena;

/* False with *why set (lower case, no full stop) when the line is not a schedule, or one that never fires (31 February). */
bool cron_check(struct text *why, struct text line, struct arena *arena);

#endif

/* Expression: alert conditions, a small language without side effects: numbers, names with dots, ! && || == != < <= > >= + - * /,
 * parentheses, true, false. Three-valued: what depends on a missing or NaN value is unknown, never false.
 *
 * Ownership: a parsed expression lives in the arena. Failure: by return value with a message and the offset in the text.
 * Bounds: the limits expression_bytes, expression_nodes, expression_depth. */
#ifndef GALLEY_EXPRESSION_H
#define GALLEY_EXPRESSION_H

#include "limits.h"

struct arena;
struct expression;

/* NULL with *why and *offset (bytes) when it is not a condition: syntax, bounds, or types that do not fit (a number where a condition is
 * needed). */
const struct expression *expression_parse(struct text *why, size_t *offset, struct text source, const struct limits *limits,
                                          struct arena *arena);

/* Calls visit for every name in it, in order, with its offset. */
void expression_names(const struct expression *expression, void (*visit)(void *context, struct text name, size_t offset), void *context);

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

/* look gives a name's value; false when there is none. *missing gets the first name that made it unknown. */
enum truth expression_test(struct text *missing, const struct expression *expression,
                           bool (*look)(void *context, struct text name, double *value), void *context);

#endif

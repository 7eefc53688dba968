/* Expression: alert conditions, a small subset of the Common Expression Language without side effects: docs/conditions.md.
 *
 * Three-valued: what depends on a value that is missing, on NaN or on a division by zero is unknown, never false. Every expression has a
 * type before it is evaluated, and a bound on the steps that evaluating it may take.
 * Ownership: expressions, values and messages live in the arena. Failure: by return value with a message and the place in the text.
 * Bounds: the limits expression_bytes, expression_nodes, expression_depth and expression_cost. */
#ifndef GALLEY_EXPRESSION_H
#define GALLEY_EXPRESSION_H

#include <stdint.h>

#include "limits.h"

struct arena;
struct buffer;
struct expression;

enum expression_base { EXPRESSION_NUMBER, EXPRESSION_TEXT, EXPRESSION_TRUTH };
struct expression_type { enum expression_base base; bool list; };
const char *expression_type_name(struct expression_type type); /* "a number", "a list of texts", ... */

/* Names that are not one of a family (performance.METRIC, drift.COLUMN.METHOD: numbers), with their types. */
struct expression_name { const char *name; struct expression_type type; const char *doc; };
extern const struct expression_name expression_fixed_names[];
extern const size_t expression_fixed_count;

struct expression_error {
	struct text why, help; /* help: empty for none */
	size_t offset, len;    /* bytes of the source; at its end the length is 0 */
};

/* NULL with *error where it cannot be read: syntax, types that do not fit, bounds. A condition is what is true or false; any: an
 * expression of another type will do as well. */
const struct expression *expression_parse(struct expression_error *error, struct text source, bool any, const struct limits *limits,
                                          struct arena *arena);
struct expression_type expression_type_of(const struct expression *expression);
/* How many earlier moments it asks for: 1 for previous(x), 3 for avg(x, 4). */
size_t expression_history(const struct expression *expression);
/* At most so many steps, where the lists that names stand for have no more than EXPRESSION_LIST items. */
enum { EXPRESSION_LIST = 1000 };
uint64_t expression_cost(const struct expression *expression);

/* Calls visit for every name in it, in order, with its place. */
void expression_names(const struct expression *expression, void (*visit)(void *context, struct text name, size_t offset, size_t len),
                      void *context);
/* As it is understood, every operation in parentheses. */
void expression_print(struct buffer *out, const struct expression *expression);

struct expression_value {
	struct expression_type type;
	bool known;
	double number;   /* finite; of a truth 0 or 1 */
	struct text text;
	const struct expression_value *items; /* of a list; each may be unknown */
	size_t count;
	struct text why; /* where it is not known */
};

enum expression_found {
	EXPRESSION_ABSENT,   /* there is no such thing: has() is false */
	EXPRESSION_UNUSABLE, /* it is there, and what it is cannot be said: NaN, too few rows; out->why says so */
	EXPRESSION_FOUND,
};

/* What a name may be found in, as bits: the moments of history are the snapshots that carry it. */
enum { EXPRESSION_METRICS = 1, EXPRESSION_DATA = 2, EXPRESSION_ANY = 4 };

/* Where names get their values. */
struct expression_view {
	/* out comes with the name's type; moment: EXPRESSION_NOW or one that moment() gave. */
	enum expression_found (*look)(struct expression_value *out, void *context, struct text name, size_t moment);
	/* The moment so many (0: the newest) before now among those that carry one of the kinds; false where there is none. */
	bool (*moment)(size_t *out, void *context, unsigned kinds, size_t back);
	void *context;
};
#define EXPRESSION_NOW SIZE_MAX

struct expression_value expression_evaluate(const struct expression *expression, const struct expression_view *view, struct arena *arena);

/* Calls visit with the source and value of each name, and of each look into history, in the order of the text, each once. */
void expression_parts(const struct expression *expression, const struct expression_view *view, struct arena *arena,
                      void (*visit)(void *context, struct text source, const struct expression_value *value), void *context);

/* What would make a condition that holds false, in words: "drift.max <= 0.2 (is 0.31) or performance.MAPE <= 0.4 (is 0.41)". */
struct text expression_counter(const struct expression *expression, const struct expression_view *view, struct arena *arena);
/* Of a condition that compares one name with one number: how the name has to stand to it for the condition to be false. */
bool expression_limit(struct text *name, const char **sign, double *limit, const struct expression *expression);

#endif

#include "expression_inner.h"

#include <math.h>

#include "arena.h"
#include "statistics.h"

/* Evaluation walks the tree; limits on its parts bound how deep. Steps are counted beside the static bound, as a list that a name stands
 * for may be longer than EXPRESSION_LIST. */

struct evaluation {
	const struct expression *expression;
	const struct expression_view *view;
	const struct expression_value **variables; /* by slot */
	size_t moment;
	uint64_t steps;
	struct arena *arena;
};

static struct expression_value number_of(double number)
{
	return (struct expression_value){.type = {EXPRESSION_NUMBER, false}, .known = true, .number = number};
}

static struct expression_value truth_of(bool truth)
{
	return (struct expression_value){.type = {EXPRESSION_TRUTH, false}, .known = true, .number = truth};
}

static struct expression_value unknown(const struct node *node, struct text why)
{
	return (struct expression_value){.type = node->type, .why = why};
}

static struct expression_value evaluate(struct evaluation *e, const struct node *node);

static struct expression_value evaluate_name(struct evaluation *e, const struct node *node)
{
	struct expression_value value = {.type = node->type};
	enum expression_found found = e->view->look(&value, e->view->context, node->text, e->moment);
	bool finite = node->type.list || node->type.base != EXPRESSION_NUMBER || isfinite(value.number);

	value.known = found == EXPRESSION_FOUND && finite;
	if (!value.known && !value.why.len)
		value.why = text_format(e->arena, found == EXPRESSION_ABSENT ? "%.*s has no value" : "%.*s is not a finite number", TEXT_ARGS(node->text));
	return value;
}

/* An item may be unknown: whether that matters is for what looks into the list. */
static struct expression_value evaluate_list(struct evaluation *e, const struct node *node)
{
	struct expression_value *items = arena_array(e->arena, node->count, sizeof *items);

	for (size_t i = 0; i < node->count; i++)
		items[i] = evaluate(e, node->parts[i]);
	return (struct expression_value){.type = node->type, .known = true, .items = items, .count = node->count};
}

/* What || and && make of two sides, and exists and all of many: one that decides is enough, whatever is unknown. */
static struct expression_value join(const struct node *node, struct expression_value so_far, struct expression_value next, bool decides)
{
	if (so_far.known && (so_far.number != 0) == decides)
		return so_far;
	if (next.known && (next.number != 0) == decides)
		return next;
	return !so_far.known ? unknown(node, so_far.why) : !next.known ? unknown(node, next.why) : next;
}

static struct expression_value evaluate_logic(struct evaluation *e, const struct node *node)
{
	bool decides = node->operation == OP_OR;
	struct expression_value left = evaluate(e, node->parts[0]);

	if (left.known && (left.number != 0) == decides)
		return left;
	return join(node, left, evaluate(e, node->parts[1]), decides);
}

static int compare(const struct expression_value *a, const struct expression_value *b)
{
	return a->type.base == EXPRESSION_TEXT ? text_compare(a->text, b->text) : (a->number > b->number) - (a->number < b->number);
}

static struct expression_value evaluate_in(struct evaluation *e, const struct node *node)
{
	struct expression_value wanted = evaluate(e, node->parts[0]), list = evaluate(e, node->parts[1]);
	struct expression_value found = truth_of(false);

	if (!wanted.known || !list.known)
		return unknown(node, wanted.known ? list.why : wanted.why);
	e->steps += list.count;
	for (size_t i = 0; i < list.count; i++)
		found = join(node, found, list.items[i].known ? truth_of(compare(&wanted, &list.items[i]) == 0) : unknown(node, list.items[i].why), true);
	return found;
}

static struct expression_value calculate(struct evaluation *e, const struct node *node, double a, double b)
{
	double number = node->operation == OP_ADD   ? a + b
	                : node->operation == OP_SUB ? a - b
	                : node->operation == OP_MUL ? a * b
	                                            : a / b;

	if (isfinite(number))
		return number_of(number + 0.0);
	struct text source = text_cut(e->expression->source, node->offset, node->end);
	return unknown(node, node->operation == OP_DIV && b == 0 ? text_format(e->arena, "%.*s divides by zero", TEXT_ARGS(source))
	                                                         : text_format(e->arena, "%.*s is too large a number", TEXT_ARGS(source)));
}

static struct expression_value evaluate_operator(struct evaluation *e, const struct node *node)
{
	struct expression_value left = evaluate(e, node->parts[0]), right = node->count > 1 ? evaluate(e, node->parts[1]) : left;

	if (!left.known || !right.known)
		return unknown(node, left.known ? right.why : left.why);
	switch (node->operation) {
	case OP_NOT:
		return truth_of(left.number == 0);
	case OP_MINUS:
		return number_of(0 - left.number);
	case OP_EQ:
		return truth_of(compare(&left, &right) == 0);
	case OP_NE:
		return truth_of(compare(&left, &right) != 0);
	case OP_LT:
		return truth_of(compare(&left, &right) < 0);
	case OP_LE:
		return truth_of(compare(&left, &right) <= 0);
	case OP_GT:
		return truth_of(compare(&left, &right) > 0);
	case OP_GE:
		return truth_of(compare(&left, &right) >= 0);
	default:
		return calculate(e, node, left.number, right.number);
	}
}

static struct expression_value evaluate_extreme(struct evaluation *e, const struct node *node)
{
	struct expression_value list = evaluate(e, node->parts[0]), best = {.known = false};
	size_t count = node->parts[0]->type.list ? list.count : node->count;

	if (!list.known)
		return unknown(node, list.why);
	if (!count)
		return unknown(node, TEXT("the list is empty"));
	for (size_t i = 0; i < count; i++) {
		struct expression_value next = node->parts[0]->type.list ? list.items[i] : i ? evaluate(e, node->parts[i]) : list;
		e->steps++;
		if (!next.known)
			return unknown(node, next.why);
		if (!i || (node->operation == OP_MIN ? next.number < best.number : next.number > best.number))
			best = next;
	}
	return best;
}

static struct expression_value evaluate_size(struct evaluation *e, const struct node *node)
{
	struct expression_value value = evaluate(e, node->parts[0]);

	if (!value.known)
		return unknown(node, value.why);
	return number_of((double)(value.type.list ? value.count : utf8_count(value.text)));
}

static struct expression_value evaluate_loop(struct evaluation *e, const struct node *node)
{
	struct expression_value list = evaluate(e, node->parts[0]);
	bool decides = node->operation == OP_EXISTS;
	struct expression_value result = truth_of(!decides);

	if (!list.known)
		return unknown(node, list.why);
	for (size_t i = 0; i < list.count; i++) {
		e->variables[node->slot] = &list.items[i];
		result = join(node, result, evaluate(e, node->parts[1]), decides);
		if (result.known && (result.number != 0) == decides)
			break;
	}
	return result;
}

/* The value of what is looked into, as it was so many moments ago. */
static struct expression_value evaluate_back(struct evaluation *e, const struct node *node, size_t back)
{
	size_t now = e->moment, moment = 0, have = back, spare;
	bool there = e->view->moment(&moment, e->view->context, node->kinds, back);
	struct text source = text_cut(e->expression->source, node->parts[0]->offset, node->parts[0]->end);

	while (!there && have && !e->view->moment(&spare, e->view->context, node->kinds, have - 1))
		have--;
	if (!there)
		return unknown(node->parts[0], text_format(e->arena, "%.*s has %zu snapshot%s to look into, and %zu are needed", TEXT_ARGS(source), have,
		                                           have == 1 ? "" : "s", node->operation == OP_PREVIOUS ? 2 : (size_t)node->number));
	e->moment = moment;
	struct expression_value value = evaluate(e, node->parts[0]);
	e->moment = now;
	return value;
}

static struct expression_value evaluate_history(struct evaluation *e, const struct node *node)
{
	size_t count = (size_t)node->number;
	struct moments moments;
	double later = 0;
	bool rises = true;

	if (node->operation == OP_PREVIOUS)
		return evaluate_back(e, node, 1);
	double *values = arena_array(e->arena, count, sizeof *values);
	for (size_t back = 0; back < count; back++) {
		struct expression_value value = evaluate_back(e, node, back);
		if (!value.known)
			return unknown(node, value.why);
		rises = rises && (!back || value.number < later);
		values[back] = later = value.number;
	}
	if (node->operation == OP_RISING)
		return truth_of(rises);
	/* Summed exactly: what stands still is neither above nor below its own mean. */
	values_moments(&moments, values, count);
	return number_of(ldexp(moments.mean + moments.mean_rest, moments.scale));
}

/* Whether it is there at all; a value that is there and cannot be used is not absent. */
static struct expression_value evaluate_has(struct evaluation *e, const struct node *node)
{
	struct expression_value value = {.type = node->parts[0]->type};

	return truth_of(e->view->look(&value, e->view->context, node->parts[0]->text, e->moment) != EXPRESSION_ABSENT);
}

static struct expression_value evaluate(struct evaluation *e, const struct node *node)
{
	struct expression_value value;

	if (e->steps++ >= e->expression->most)
		return unknown(node, text_format(e->arena, "more than %llu steps (limit 'expression_cost')", (unsigned long long)e->expression->most));
	switch (node->operation) {
	case OP_NUMBER:
		return number_of(node->number);
	case OP_TRUTH:
		return truth_of(node->number != 0);
	case OP_TEXT:
		return (struct expression_value){.type = node->type, .known = true, .text = node->text};
	case OP_NAME:
		return evaluate_name(e, node);
	case OP_VARIABLE:
		return *e->variables[node->slot];
	case OP_LIST:
		return evaluate_list(e, node);
	case OP_OR:
	case OP_AND:
		return evaluate_logic(e, node);
	case OP_IN:
		return evaluate_in(e, node);
	case OP_CHOICE:
		value = evaluate(e, node->parts[0]);
		return value.known ? evaluate(e, node->parts[value.number != 0 ? 1 : 2]) : unknown(node, value.why);
	case OP_HAS:
		return evaluate_has(e, node);
	case OP_MIN:
	case OP_MAX:
		return evaluate_extreme(e, node);
	case OP_ABS:
		value = evaluate(e, node->parts[0]);
		value.number = fabs(value.number);
		return value;
	case OP_SIZE:
		return evaluate_size(e, node);
	case OP_EXISTS:
	case OP_ALL:
		return evaluate_loop(e, node);
	case OP_PREVIOUS:
	case OP_AVG:
	case OP_RISING:
		return evaluate_history(e, node);
	default:
		return evaluate_operator(e, node);
	}
}

struct expression_value expression_evaluate_node(const struct expression *expression, const struct node *node,
                                                 const struct expression_view *view, struct arena *arena)
{
	struct evaluation e = {.expression = expression, .view = view, .moment = EXPRESSION_NOW, .arena = arena};

	e.variables = arena_array(arena, expression->loops, sizeof *e.variables);
	return evaluate(&e, node);
}

struct expression_value expression_evaluate(const struct expression *expression, const struct expression_view *view, struct arena *arena)
{
	return expression_evaluate_node(expression, expression->root, view, arena);
}

/* --- the parts that a person asks about --- */

struct parts {
	const struct expression *expression;
	const struct expression_view *view;
	struct text *seen;
	size_t count;
	void (*visit)(void *context, struct text source, const struct expression_value *value);
	void *context;
	struct arena *arena;
};

static void visit_part(struct parts *parts, const struct node *node)
{
	struct text source = text_cut(parts->expression->source, node->offset, node->end);

	for (size_t i = 0; i < parts->count; i++)
		if (text_equal(parts->seen[i], source))
			return;
	parts->seen = arena_grow(parts->arena, parts->seen, parts->count, sizeof *parts->seen);
	parts->seen[parts->count++] = source;
	struct expression_value value = expression_evaluate_node(parts->expression, node, parts->view, parts->arena);
	parts->visit(parts->context, source, &value);
}

static void walk_parts(struct parts *parts, const struct node *node)
{
	bool history = node->operation == OP_PREVIOUS || node->operation == OP_AVG || node->operation == OP_RISING;

	if (history || node->operation == OP_NAME)
		visit_part(parts, node);
	for (size_t i = 0; i < node->count; i++)
		walk_parts(parts, node->parts[i]);
}

void expression_parts(const struct expression *expression, const struct expression_view *view, struct arena *arena,
                      void (*visit)(void *context, struct text source, const struct expression_value *value), void *context)
{
	struct parts parts = {.expression = expression, .view = view, .visit = visit, .context = context, .arena = arena};

	walk_parts(&parts, expression->root);
}

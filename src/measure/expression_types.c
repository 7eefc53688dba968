#include "expression_inner.h"

#include "arena.h"

#define NUMBER_TYPE {EXPRESSION_NUMBER, false}
#define TEXT_TYPE {EXPRESSION_TEXT, false}

const struct expression_name expression_fixed_names[] = {
	{"drift.max", NUMBER_TYPE, "largest value among the features judged by the model's default method"},
	{"drift.share", NUMBER_TYPE, "share of the judged features that drift"},
	{"drift.worst", TEXT_TYPE, "the feature that drift.max is the value of"},
	{"drift.features", {EXPRESSION_TEXT, true}, "the features that are judged"},
	{"drift.values", {EXPRESSION_NUMBER, true}, "their values, each by its own method, in the same order"},
	{"freshness.age_hours", NUMBER_TYPE, "hours since the newest data"},
	{"data.rows", NUMBER_TYPE, "rows of the newest snapshot"},
	{"data.stamp", TEXT_TYPE, "its stamp"},
	{"model.status", TEXT_TYPE, "staging or production"},
};
const size_t expression_fixed_count = sizeof expression_fixed_names / sizeof *expression_fixed_names;

const char *expression_type_name(struct expression_type type)
{
	static const char *const names[][2] = {{"a number", "a list of numbers"}, {"a text", "a list of texts"}, {"a condition", "a list of conditions"}};

	return names[type.base][type.list];
}

struct scope {
	const struct scope *outer;
	struct text name;
	struct expression_type type;
	size_t slot;
};

struct pass {
	struct expression *out;
	struct expression_error *error;
	struct text history;   /* the function that looks back, where one stands round this; else empty */
	unsigned kinds;        /* of the names inside it */
	struct arena *arena;
};

static bool refuse(struct pass *pass, size_t offset, size_t len, struct text why)
{
	*pass->error = (struct expression_error){.why = why, .offset = offset, .len = len};
	return false;
}

static bool same_type(struct expression_type a, struct expression_type b)
{
	return a.base == b.base && a.list == b.list;
}

static bool is_plain(const struct node *node, enum expression_base base)
{
	return node->type.base == base && !node->type.list;
}

/* The place of a part that does not fit. */
static bool misfit(struct pass *pass, const struct node *part, struct text why)
{
	return refuse(pass, part->offset, part->end - part->offset, why);
}

static bool bad_operand(struct pass *pass, const struct node *node, const char *needs)
{
	const char *sign = operation_sign(node->operation);

	return refuse(pass, node->sign, text_of(sign).len,
	              node->count == 1 ? text_format(pass->arena, "'%s' before %s; it needs %s", sign, expression_type_name(node->parts[0]->type), needs)
	                               : text_format(pass->arena, "'%s' needs %s on both sides, not %s and %s", sign, needs,
	                                             expression_type_name(node->parts[0]->type), expression_type_name(node->parts[1]->type)));
}

static bool settle_name(struct pass *pass, struct node *node, const struct scope *scope)
{
	size_t dot = text_find(node->text, '.');

	for (; scope; scope = scope->outer) {
		if (text_equal(scope->name, node->text)) {
			if (pass->history.len)
				return misfit(pass, node, text_format(pass->arena, "variable '%.*s' has no history", TEXT_ARGS(node->text)));
			node->operation = OP_VARIABLE;
			node->type = scope->type;
			node->slot = scope->slot;
			return true;
		}
		if (text_equal(scope->name, text_cut(node->text, 0, dot)))
			return misfit(pass, node, text_format(pass->arena, "variable '%.*s' is %s and has no parts", TEXT_ARGS(scope->name),
			                                      expression_type_name(scope->type)));
	}
	pass->kinds |= text_starts(node->text, "performance.")                                         ? EXPRESSION_METRICS
	               : text_starts(node->text, "drift.") || text_starts(node->text, "data.")         ? EXPRESSION_DATA
	                                                                                               : EXPRESSION_ANY;
	for (size_t i = 0; i < expression_fixed_count; i++)
		if (text_is(node->text, expression_fixed_names[i].name))
			node->type = expression_fixed_names[i].type;
	return true;
}

static bool settle_operator(struct pass *pass, struct node *node)
{
	const struct node *left = node->parts[0], *right = node->parts[node->count - 1];
	bool same = same_type(left->type, right->type);

	switch (node->operation) {
	case OP_NOT:
	case OP_OR:
	case OP_AND:
		node->type.base = EXPRESSION_TRUTH;
		return (is_plain(left, EXPRESSION_TRUTH) && is_plain(right, EXPRESSION_TRUTH)) ||
		       bad_operand(pass, node, node->count == 1 ? "a condition" : "conditions");
	case OP_EQ:
	case OP_NE:
		node->type.base = EXPRESSION_TRUTH;
		if (same && !left->type.list)
			return true;
		return refuse(pass, node->sign, 2,
		              same ? text_format(pass->arena, "'%s' between lists; .exists and .all look into them", operation_sign(node->operation))
		                   : text_format(pass->arena, "'%s' between %s and %s", operation_sign(node->operation),
		                                 expression_type_name(left->type), expression_type_name(right->type)));
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		node->type.base = EXPRESSION_TRUTH;
		return (same && !left->type.list && left->type.base != EXPRESSION_TRUTH) || bad_operand(pass, node, "numbers, or texts,");
	case OP_IN:
		node->type.base = EXPRESSION_TRUTH;
		if (right->type.list && !left->type.list && left->type.base == right->type.base)
			return true;
		return refuse(pass, node->sign, 2,
		              right->type.list ? text_format(pass->arena, "'in' looks for %s in %s", expression_type_name(left->type), expression_type_name(right->type))
		                               : text_format(pass->arena, "'in' needs a list behind it, not %s", expression_type_name(right->type)));
	default:
		return (is_plain(left, EXPRESSION_NUMBER) && is_plain(right, EXPRESSION_NUMBER)) ||
		       bad_operand(pass, node, node->count == 1 ? "a number" : "numbers");
	}
}

static bool settle_list(struct pass *pass, struct node *node)
{
	if (!node->count)
		return misfit(pass, node, TEXT("an empty list holds nothing to look for"));
	node->type = (struct expression_type){node->parts[0]->type.base, true};
	for (size_t i = 0; i < node->count; i++) {
		if (node->parts[i]->type.list)
			return misfit(pass, node->parts[i], TEXT("a list in a list"));
		if (!same_type(node->parts[i]->type, node->parts[0]->type))
			return misfit(pass, node->parts[i], text_format(pass->arena, "%s in %s", expression_type_name(node->parts[i]->type),
			                                                expression_type_name(node->type)));
	}
	return true;
}

static bool settle_function(struct pass *pass, struct node *node)
{
	const struct node *first = node->parts[0];
	const char *name = "";

	for (size_t i = 0; i < expression_function_count; i++)
		if (expression_functions[i].operation == node->operation)
			name = expression_functions[i].name;
	if (node->operation == OP_HAS) {
		node->type.base = EXPRESSION_TRUTH;
		return first->operation == OP_NAME ||
		       misfit(pass, first, TEXT("'has' takes a name, such as has(performance.MAPE)"));
	}
	if (node->operation == OP_SIZE)
		return first->type.list || first->type.base == EXPRESSION_TEXT ||
		       misfit(pass, first, text_format(pass->arena, "'size' of %s; it needs a list or a text", expression_type_name(first->type)));
	if (node->operation == OP_RISING)
		node->type.base = EXPRESSION_TRUTH;
	for (size_t i = 0; i < node->count; i++) {
		bool list = (node->operation == OP_MIN || node->operation == OP_MAX) && node->count == 1;
		const struct node *part = node->parts[i];
		if (part->type.base != EXPRESSION_NUMBER || (part->type.list && !list))
			return misfit(pass, part, text_format(pass->arena, "'%s' of %s; it needs a number", name, expression_type_name(part->type)));
	}
	return true;
}

static bool settle(struct pass *pass, struct node *node, const struct scope *scope);

static bool settle_loop(struct pass *pass, struct node *node, const struct scope *scope)
{
	struct node *list = node->parts[0];
	const char *name = node->operation == OP_ALL ? "all" : "exists";

	if (!settle(pass, list, scope))
		return false;
	if (!list->type.list)
		return misfit(pass, list, text_format(pass->arena, "'.%s' of %s; it needs a list", name, expression_type_name(list->type)));
	struct scope inner = {scope, node->text, {list->type.base, false}, scope ? scope->slot + 1 : 0};
	node->slot = inner.slot;
	pass->out->loops = inner.slot + 1 > pass->out->loops ? inner.slot + 1 : pass->out->loops;
	node->type.base = EXPRESSION_TRUTH;
	if (!settle(pass, node->parts[1], &inner))
		return false;
	return is_plain(node->parts[1], EXPRESSION_TRUTH) ||
	       misfit(pass, node->parts[1], text_format(pass->arena, "'.%s' needs a condition on '%.*s', not %s", name, TEXT_ARGS(node->text),
	                                                expression_type_name(node->parts[1]->type)));
}

static bool settle_history(struct pass *pass, struct node *node, const struct scope *scope)
{
	const char *name = node->operation == OP_PREVIOUS ? "previous" : node->operation == OP_AVG ? "avg" : "rising";
	unsigned kinds = pass->kinds;
	size_t back = node->operation == OP_PREVIOUS ? 1 : (size_t)node->number - 1;

	if (pass->history.len)
		return refuse(pass, node->sign, text_of(name).len, text_format(pass->arena, "'%s' inside '%.*s'; history is not looked into twice", name,
		                                                               TEXT_ARGS(pass->history)));
	pass->history = text_of(name);
	pass->kinds = 0;
	for (size_t i = 0; i < node->count; i++)
		if (!settle(pass, node->parts[i], scope))
			return false;
	node->kinds = pass->kinds;
	pass->kinds |= kinds;
	pass->history = TEXT("");
	pass->out->history = back > pass->out->history ? back : pass->out->history;
	if (!node->kinds)
		return misfit(pass, node->parts[0], text_format(pass->arena, "'%s' of what names no value that changes", name));
	return settle_function(pass, node);
}

static bool settle(struct pass *pass, struct node *node, const struct scope *scope)
{
	enum operation operation = node->operation;

	if (operation == OP_EXISTS || operation == OP_ALL)
		return settle_loop(pass, node, scope);
	if (operation == OP_PREVIOUS || operation == OP_AVG || operation == OP_RISING)
		return settle_history(pass, node, scope);
	for (size_t i = 0; i < node->count; i++)
		if (!settle(pass, node->parts[i], scope))
			return false;
	switch (operation) {
	case OP_NUMBER:
		return true;
	case OP_TEXT:
		node->type.base = EXPRESSION_TEXT;
		return true;
	case OP_TRUTH:
		node->type.base = EXPRESSION_TRUTH;
		return true;
	case OP_NAME:
		return settle_name(pass, node, scope);
	case OP_LIST:
		return settle_list(pass, node);
	case OP_CHOICE:
		node->type = node->parts[1]->type;
		if (!is_plain(node->parts[0], EXPRESSION_TRUTH))
			return misfit(pass, node->parts[0], text_format(pass->arena, "%s before '?'; it needs a condition", expression_type_name(node->parts[0]->type)));
		return same_type(node->parts[1]->type, node->parts[2]->type) ||
		       refuse(pass, node->sign, 1, text_format(pass->arena, "'?' chooses between %s and %s", expression_type_name(node->parts[1]->type),
		                                               expression_type_name(node->parts[2]->type)));
	default:
		return operation >= OP_HAS ? settle_function(pass, node) : settle_operator(pass, node);
	}
}

/* --- cost --- */

static uint64_t add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t multiply(uint64_t a, uint64_t b)
{
	return b && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static uint64_t list_length(const struct node *node)
{
	if (!node->type.list)
		return 0;
	if (node->operation == OP_LIST)
		return node->count;
	return EXPRESSION_LIST;
}

static uint64_t cost_of(const struct node *node)
{
	uint64_t cost = 1;

	if (node->operation == OP_EXISTS || node->operation == OP_ALL)
		return add(add(cost, cost_of(node->parts[0])), multiply(list_length(node->parts[0]), cost_of(node->parts[1])));
	for (size_t i = 0; i < node->count; i++)
		cost = add(add(cost, cost_of(node->parts[i])), list_length(node->parts[i]));
	return node->operation == OP_AVG || node->operation == OP_RISING ? multiply(cost, (uint64_t)node->number) : cost;
}

bool expression_settle(struct expression_error *error, struct expression *out, struct node *root, struct arena *arena)
{
	struct pass pass = {.out = out, .error = error, .arena = arena};

	if (!settle(&pass, root, NULL))
		return false;
	out->root = root;
	out->cost = cost_of(root);
	return true;
}

#include "expression_inner.h"

#include "arena.h"
#include "buffer.h"

/* What would make a condition that holds false: of "a && b" either, of "a || b" each that holds; a comparison is turned round with the
 * value that its left side has now. */

struct counter {
	const struct expression *expression;
	const struct expression_view *view;
	struct buffer *out;
	struct arena *arena;
};

static struct text source_of(const struct counter *counter, const struct node *node)
{
	return text_cut(counter->expression->source, node->offset, node->end);
}

static bool holds(const struct counter *counter, const struct node *node)
{
	struct expression_value value = expression_evaluate_node(counter->expression, node, counter->view, counter->arena);

	return value.known && value.number != 0;
}

static const char *opposite(enum operation operation)
{
	switch (operation) {
	case OP_LT:
		return ">=";
	case OP_LE:
		return ">";
	case OP_GT:
		return "<=";
	case OP_GE:
		return "<";
	case OP_EQ:
		return "!=";
	case OP_NE:
		return "==";
	default:
		return NULL;
	}
}

static void add(struct counter *counter, const struct node *node)
{
	const char *sign = opposite(node->operation);

	if (node->operation == OP_AND || node->operation == OP_OR) {
		bool both = node->operation == OP_AND || (holds(counter, node->parts[0]) && holds(counter, node->parts[1]));
		bool nested = both && node->operation == OP_OR;
		if (!both) {
			add(counter, node->parts[holds(counter, node->parts[0]) ? 0 : 1]);
			return;
		}
		buffer_string(counter->out, nested ? "(" : "");
		add(counter, node->parts[0]);
		buffer_string(counter->out, nested ? ") and (" : " or ");
		add(counter, node->parts[1]);
		buffer_string(counter->out, nested ? ")" : "");
	} else if (sign) {
		struct expression_value value = expression_evaluate_node(counter->expression, node->parts[0], counter->view, counter->arena);
		buffer_format(counter->out, "%.*s %s %.*s", TEXT_ARGS(source_of(counter, node->parts[0])), sign,
		              TEXT_ARGS(source_of(counter, node->parts[1])));
		if (value.known && !value.type.list && value.type.base == EXPRESSION_NUMBER)
			buffer_format(counter->out, " (is %.6g)", value.number);
	} else {
		buffer_format(counter->out, "%.*s no longer", TEXT_ARGS(source_of(counter, node)));
	}
}

struct text expression_counter(const struct expression *expression, const struct expression_view *view, struct arena *arena)
{
	struct buffer buffer;
	struct counter counter = {expression, view, &buffer, arena};

	buffer_init(&buffer);
	add(&counter, expression->root);
	struct text text = text_copy(arena, buffer_text(&buffer));
	buffer_release(&buffer);
	return text;
}

bool expression_limit(struct text *name, const char **sign, double *limit, const struct expression *expression)
{
	const struct node *root = expression->root, *right = root->count == 2 ? root->parts[1] : NULL;
	bool minus = right && right->operation == OP_MINUS && right->parts[0]->operation == OP_NUMBER;

	*sign = opposite(root->operation);
	if (!*sign || !right || root->parts[0]->operation != OP_NAME || (right->operation != OP_NUMBER && !minus))
		return false;
	*name = root->parts[0]->text;
	*limit = minus ? -right->parts[0]->number : right->number;
	return true;
}

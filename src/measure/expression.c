#include "expression_inner.h"

#include "arena.h"
#include "buffer.h"

const struct expression *expression_parse(struct expression_error *error, struct text source, bool any, const struct limits *limits,
                                          struct arena *arena)
{
	struct expression *out = arena_alloc(arena, sizeof *out);
	struct node *root = expression_tree(error, source, limits, arena);

	*out = (struct expression){.source = source, .most = limits->expression_cost};
	if (!root || !expression_settle(error, out, root, arena))
		return NULL;
	if (!any && (root->type.list || root->type.base != EXPRESSION_TRUTH)) {
		*error = (struct expression_error){.offset = root->offset, .len = root->end - root->offset};
		error->why = text_format(arena, "%s where a condition is needed; compare it with something", expression_type_name(root->type));
		return NULL;
	}
	if (out->cost > out->most) {
		*error = (struct expression_error){.offset = root->offset, .len = root->end - root->offset};
		error->why = text_format(arena, "it may take %llu steps, more than %zu (%s)", (unsigned long long)out->cost, limits->expression_cost,
		                         limit_note(limits, &limits->expression_cost).text);
		error->help = text_format(arena, "a list that a name stands for is held to have %d items; loops in loops multiply", EXPRESSION_LIST);
		return NULL;
	}
	return out;
}

struct expression_type expression_type_of(const struct expression *expression)
{
	return expression->root->type;
}

size_t expression_history(const struct expression *expression)
{
	return expression->history;
}

uint64_t expression_cost(const struct expression *expression)
{
	return expression->cost;
}

static void visit_names(const struct node *node, void (*visit)(void *context, struct text name, size_t offset, size_t len), void *context)
{
	if (node->operation == OP_NAME)
		visit(context, node->text, node->offset, node->end - node->offset);
	for (size_t i = 0; i < node->count; i++)
		visit_names(node->parts[i], visit, context);
}

void expression_names(const struct expression *expression, void (*visit)(void *context, struct text name, size_t offset, size_t len),
                      void *context)
{
	visit_names(expression->root, visit, context);
}

/* --- printing --- */

static void print_text(struct buffer *out, struct text text)
{
	static const char from[] = "\\\"\n\r\t", to[] = "\\\"nrt";

	buffer_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		size_t k = 0;
		while (k < sizeof from - 1 && from[k] != text.at[i])
			k++;
		if (k < sizeof from - 1)
			buffer_char(out, '\\');
		buffer_char(out, k < sizeof from - 1 ? to[k] : text.at[i]);
	}
	buffer_char(out, '"');
}

static void print_node(struct buffer *out, const struct node *node);

static void print_parts(struct buffer *out, const struct node *node, size_t from)
{
	for (size_t i = from; i < node->count; i++) {
		buffer_string(out, i > from ? ", " : "");
		print_node(out, node->parts[i]);
	}
}

static void print_function(struct buffer *out, const struct node *node)
{
	const char *name = "";

	for (size_t i = 0; i < expression_function_count; i++)
		if (expression_functions[i].operation == node->operation)
			name = expression_functions[i].name;
	if (node->operation == OP_EXISTS || node->operation == OP_ALL) {
		print_node(out, node->parts[0]);
		buffer_format(out, ".%s(%.*s, ", name, TEXT_ARGS(node->text));
		print_parts(out, node, 1);
	} else {
		buffer_format(out, "%s(", name);
		print_parts(out, node, 0);
	}
	buffer_char(out, ')');
}

static void print_operator(struct buffer *out, const struct node *node)
{
	const char *sign = operation_sign(node->operation);

	buffer_char(out, '(');
	if (node->operation == OP_CHOICE) {
		print_node(out, node->parts[0]);
		buffer_string(out, " ? ");
		print_node(out, node->parts[1]);
		buffer_string(out, " : ");
		print_node(out, node->parts[2]);
	} else if (node->count == 1) {
		buffer_string(out, sign);
		print_node(out, node->parts[0]);
	} else {
		print_node(out, node->parts[0]);
		buffer_format(out, " %s ", sign);
		print_node(out, node->parts[1]);
	}
	buffer_char(out, ')');
}

/* A part of a name that is no word stands in backticks; where parts end is no longer known, so the source says it. */
static void print_node(struct buffer *out, const struct node *node)
{
	switch (node->operation) {
	case OP_NUMBER:
		buffer_number(out, node->number);
		break;
	case OP_TEXT:
		print_text(out, node->text);
		break;
	case OP_TRUTH:
		buffer_string(out, node->number != 0 ? "true" : "false");
		break;
	case OP_VARIABLE:
		buffer_add(out, node->text);
		break;
	case OP_NAME:
		buffer_add(out, node->source);
		break;
	case OP_LIST:
		buffer_char(out, '[');
		print_parts(out, node, 0);
		buffer_char(out, ']');
		break;
	default:
		(node->operation >= OP_HAS ? print_function : print_operator)(out, node);
	}
}

void expression_print(struct buffer *out, const struct expression *expression)
{
	print_node(out, expression->root);
}

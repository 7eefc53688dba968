#include "expression.h"

#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "number.h"

/* Conditions are kept in postfix order: testing one is a loop over a stack, and both are bounded by a limit. Levels of binding
 * follow the Common Expression Language: || && comparison +- * / and then what stands before its operand. */

enum operation { OP_NUMBER, OP_NAME, OP_TRUTH, OP_NOT, OP_MINUS, OP_OR, OP_AND, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_ADD, OP_SUB, OP_MUL, OP_DIV };

struct node {
	enum operation operation;
	double number; /* of OP_TRUTH: 0 or 1 */
	struct text name;
	size_t offset;
};

struct expression {
	struct node *nodes;
	size_t count;
};

struct binary {
	const char *sign;
	enum operation operation;
	unsigned level;
};

/* Longer signs stand before those they begin with. */
static const struct binary binaries[] = {
	{"||", OP_OR, 1}, {"&&", OP_AND, 2}, {"==", OP_EQ, 3}, {"!=", OP_NE, 3}, {"<=", OP_LE, 3}, {">=", OP_GE, 3},
	{"<", OP_LT, 3},  {">", OP_GT, 3},   {"+", OP_ADD, 4}, {"-", OP_SUB, 4}, {"*", OP_MUL, 5}, {"/", OP_DIV, 5},
};

enum { LEVEL_NONE, LEVEL_UNARY = 6 };

enum type { TYPE_BAD, TYPE_NUMBER, TYPE_TRUTH };

struct parser {
	struct text source;
	size_t at;
	size_t depth;
	struct expression *out;
	const struct limits *limits;
	struct text *why;
	size_t *offset;
	struct arena *arena;
};

static enum type refuse(struct parser *parser, size_t offset, struct text why)
{
	*parser->why = why;
	*parser->offset = offset;
	return TYPE_BAD;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The byte that is ahead by this many; NUL past the end, which no token begins with. */
static char ahead(const struct parser *parser, size_t by)
{
	return parser->at + by < parser->source.len ? parser->source.at[parser->at + by] : '\0';
}

static void skip_blanks(struct parser *parser)
{
	char c;

	while ((c = ahead(parser, 0)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		parser->at++;
}

static bool emit(struct parser *parser, struct node node)
{
	if (parser->out->count >= parser->limits->expression_nodes) {
		refuse(parser, node.offset, text_format(parser->arena, "more than %zu parts in one condition (%s)",
		                                         parser->limits->expression_nodes, limit_note(parser->limits, &parser->limits->expression_nodes).text));
		return false;
	}
	parser->out->nodes = arena_grow(parser->arena, parser->out->nodes, parser->out->count, sizeof node);
	parser->out->nodes[parser->out->count++] = node;
	return true;
}

static struct text unexpected(struct parser *parser)
{
	size_t next = parser->at;

	if (parser->at >= parser->source.len)
		return TEXT("the condition ends where a value is expected");
	unsigned point = utf8_next(parser->source, &next);
	if (point < 0x20 || point == 0x7f)
		return text_format(parser->arena, "control character 0x%02x where a value is expected", point);
	return text_format(parser->arena, "'%.*s' where a value is expected", (int)(next - parser->at), parser->source.at + parser->at);
}

static enum type parse_number(struct parser *parser)
{
	size_t start = parser->at;
	double value;

	while (is_digit(ahead(parser, 0)) || ahead(parser, 0) == '.' || is_letter(ahead(parser, 0)) ||
	       ((ahead(parser, 0) == '+' || ahead(parser, 0) == '-') && (parser->source.at[parser->at - 1] | 0x20) == 'e'))
		parser->at++;
	struct text text = text_cut(parser->source, start, parser->at);
	if (number_parse(&value, text) != NUMBER_FINITE)
		return refuse(parser, start, text_format(parser->arena, "'%.*s' is no finite number", TEXT_ARGS(text)));
	return emit(parser, (struct node){.operation = OP_NUMBER, .number = value, .offset = start}) ? TYPE_NUMBER : TYPE_BAD;
}

static enum type parse_name(struct parser *parser)
{
	size_t start = parser->at;

	for (char c; (c = ahead(parser, 0)), is_letter(c) || is_digit(c) || (c == '.' && (is_letter(ahead(parser, 1)) || is_digit(ahead(parser, 1))));)
		parser->at++;
	struct text name = text_cut(parser->source, start, parser->at);
	bool is_true = text_is(name, "true");
	if (is_true || text_is(name, "false"))
		return emit(parser, (struct node){.operation = OP_TRUTH, .number = is_true, .offset = start}) ? TYPE_TRUTH : TYPE_BAD;
	size_t end = parser->at;
	skip_blanks(parser);
	if (ahead(parser, 0) == '(')
		return refuse(parser, start, text_format(parser->arena, "'%.*s' is called, and there are no functions", TEXT_ARGS(name)));
	parser->at = end;
	return emit(parser, (struct node){.operation = OP_NAME, .name = name, .offset = start}) ? TYPE_NUMBER : TYPE_BAD;
}

static enum type parse_level(struct parser *parser, unsigned level);

/* The only ways to go deeper: a parenthesis, and an operator before its operand. */
static enum type parse_deeper(struct parser *parser, unsigned level)
{
	if (parser->depth >= parser->limits->expression_depth)
		return refuse(parser, parser->at - 1, text_format(parser->arena, "nesting is deeper than %zu (%s)", parser->limits->expression_depth,
		                                                     limit_note(parser->limits, &parser->limits->expression_depth).text));
	parser->depth++;
	enum type type = parse_level(parser, level);
	parser->depth--;
	return type;
}

static enum type parse_prefixed(struct parser *parser, enum operation operation, enum type wanted)
{
	size_t offset = parser->at++;
	enum type type = parse_deeper(parser, LEVEL_UNARY);

	if (type == TYPE_BAD)
		return TYPE_BAD;
	if (type != wanted)
		return refuse(parser, offset,
		              operation == OP_NOT ? TEXT("'!' before a number; it needs a condition")
		                                  : TEXT("'-' before a condition; it needs a number"));
	return emit(parser, (struct node){.operation = operation, .offset = offset}) ? wanted : TYPE_BAD;
}

static enum type parse_operand(struct parser *parser)
{
	skip_blanks(parser);
	char c = ahead(parser, 0);
	size_t offset = parser->at;
	if (c == '!' && ahead(parser, 1) != '=')
		return parse_prefixed(parser, OP_NOT, TYPE_TRUTH);
	if (c == '-')
		return parse_prefixed(parser, OP_MINUS, TYPE_NUMBER);
	if (is_digit(c) || (c == '.' && is_digit(ahead(parser, 1))))
		return parse_number(parser);
	if (is_letter(c))
		return parse_name(parser);
	if (c != '(')
		return refuse(parser, offset, unexpected(parser));
	parser->at++;
	enum type type = parse_deeper(parser, LEVEL_NONE);
	if (type == TYPE_BAD)
		return TYPE_BAD;
	skip_blanks(parser);
	if (ahead(parser, 0) != ')')
		return refuse(parser, offset, TEXT("'(' is never closed"));
	parser->at++;
	return type;
}

static const struct binary *find_binary(const struct parser *parser)
{
	struct text rest = text_cut(parser->source, parser->at, parser->source.len);

	for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
		if (text_starts(rest, binaries[i].sign))
			return &binaries[i];
	return NULL;
}

static enum type join(struct parser *parser, const struct binary *binary, size_t offset, enum type left, enum type right)
{
	bool logic = binary->level <= 2, equality = binary->operation == OP_EQ || binary->operation == OP_NE;
	enum type wanted = logic ? TYPE_TRUTH : TYPE_NUMBER;

	if (equality ? left != right : left != wanted || right != wanted)
		return refuse(parser, offset,
		              equality ? text_format(parser->arena, "'%s' between a number and a condition", binary->sign)
		                       : text_format(parser->arena, "'%s' needs %s on both sides", binary->sign, logic ? "conditions" : "numbers"));
	if (!emit(parser, (struct node){.operation = binary->operation, .offset = offset}))
		return TYPE_BAD;
	return binary->level <= 3 ? TYPE_TRUTH : TYPE_NUMBER;
}

static enum type parse_level(struct parser *parser, unsigned level)
{
	enum type left = parse_operand(parser);

	while (left != TYPE_BAD) {
		skip_blanks(parser);
		const struct binary *binary = find_binary(parser);
		if (!binary || binary->level <= level)
			return left;
		size_t offset = parser->at;
		parser->at += text_of(binary->sign).len;
		/* Recursion: at most one for each level between two of parse_deeper(). */
		enum type right = parse_level(parser, binary->level);
		left = right == TYPE_BAD ? TYPE_BAD : join(parser, binary, offset, left, right);
	}
	return TYPE_BAD;
}

static enum type trailing(struct parser *parser)
{
	char c = ahead(parser, 0);

	if (c == '=')
		return refuse(parser, parser->at, TEXT("'=' sets nothing here; '==' compares"));
	if (c == '&' || c == '|')
		return refuse(parser, parser->at, text_format(parser->arena, "single '%c'; '%c%c' joins conditions", c, c, c));
	if (c == ')')
		return refuse(parser, parser->at, TEXT("')' closes nothing"));
	return refuse(parser, parser->at, TEXT("an operator is expected here"));
}

const struct expression *expression_parse(struct text *why, size_t *offset, struct text source, const struct limits *limits,
                                          struct arena *arena)
{
	struct expression parsed = {.count = 0};
	struct parser parser = {.source = source, .out = &parsed, .limits = limits, .why = why, .offset = offset, .arena = arena};

	if (source.len > limits->expression_bytes) {
		refuse(&parser, 0, text_format(arena, "%zu bytes long, more than %zu (%s)", source.len, limits->expression_bytes,
		                               limit_note(limits, &limits->expression_bytes).text));
		return NULL;
	}
	enum type type = parse_level(&parser, LEVEL_NONE);
	if (type == TYPE_BAD)
		return NULL;
	if (parser.at < source.len)
		type = trailing(&parser);
	else if (type != TYPE_TRUTH)
		refuse(&parser, 0, TEXT("a number where a condition is needed; compare it with something"));
	if (type != TYPE_TRUTH)
		return NULL;
	struct expression *out = arena_alloc(arena, sizeof *out);
	*out = parsed;
	return out;
}

void expression_names(const struct expression *expression, void (*visit)(void *context, struct text name, size_t offset), void *context)
{
	for (size_t i = 0; i < expression->count; i++)
		if (expression->nodes[i].operation == OP_NAME)
			visit(context, expression->nodes[i].name, expression->nodes[i].offset);
}

struct result {
	bool known;
	double number; /* of a condition: 0 or 1 */
	struct text missing;
};

static double calculate(enum operation operation, double a, double b)
{
	switch (operation) {
	case OP_EQ:
		return a == b;
	case OP_NE:
		return a != b;
	case OP_LT:
		return a < b;
	case OP_LE:
		return a <= b;
	case OP_GT:
		return a > b;
	case OP_GE:
		return a >= b;
	case OP_ADD:
		return a + b;
	case OP_SUB:
		return a - b;
	case OP_MUL:
		return a * b;
	case OP_DIV:
		return a / b;
	default:
		return NAN;
	}
}

static struct result combine(enum operation operation, struct result a, struct result b)
{
	/* false && unknown is false, true || unknown is true, whatever the unknown would have been. */
	double decided = operation == OP_OR;

	if (operation == OP_OR || operation == OP_AND) {
		if ((a.known && a.number == decided) || (b.known && b.number == decided))
			return (struct result){.known = true, .number = decided};
		if (a.known && b.known)
			return (struct result){.known = true, .number = 1 - decided};
	}
	if (!a.known || !b.known)
		return (struct result){.missing = a.known ? b.missing : a.missing};
	double number = calculate(operation, a.number, b.number);
	if (!isfinite(number))
		return (struct result){.missing = TEXT("")};
	return (struct result){.known = true, .number = number};
}

enum truth expression_test(struct text *missing, const struct expression *expression,
                           bool (*look)(void *context, struct text name, double *value), void *context)
{
	struct result *stack = memory_get(expression->count * sizeof *stack);
	size_t top = 0;

	for (size_t i = 0; i < expression->count; i++) {
		const struct node *node = &expression->nodes[i];
		struct result *last = top ? &stack[top - 1] : stack;
		switch (node->operation) {
		case OP_NUMBER:
		case OP_TRUTH:
			stack[top++] = (struct result){.known = true, .number = node->number};
			break;
		case OP_NAME:
			stack[top] = (struct result){.missing = node->name};
			stack[top].known = look(context, node->name, &stack[top].number) && isfinite(stack[top].number);
			top++;
			break;
		case OP_NOT:
			last->number = 1 - last->number;
			break;
		case OP_MINUS:
			last->number = -last->number;
			break;
		default:
			top--;
			stack[top - 1] = combine(node->operation, stack[top - 1], stack[top]);
		}
	}
	struct result result = stack[0];
	free(stack);
	*missing = result.known ? TEXT("") : result.missing;
	return !result.known ? TRUTH_UNKNOWN : result.number != 0 ? TRUTH_TRUE : TRUTH_FALSE;
}

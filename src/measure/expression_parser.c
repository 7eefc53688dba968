#include "expression_inner.h"

#include "arena.h"
#include "number.h"

/* Levels of binding follow the Common Expression Language: ?: || && comparison +- * / and then what stands before its operand. */

struct binary {
	const char *sign;
	enum operation operation;
	unsigned level;
};

static const struct binary binaries[] = {
	{"||", OP_OR, 1}, {"&&", OP_AND, 2}, {"==", OP_EQ, 3}, {"!=", OP_NE, 3}, {"<=", OP_LE, 3}, {">=", OP_GE, 3},
	{"<", OP_LT, 3},  {">", OP_GT, 3},   {"in", OP_IN, 3}, {"+", OP_ADD, 4}, {"-", OP_SUB, 4}, {"*", OP_MUL, 5}, {"/", OP_DIV, 5},
};

const struct function expression_functions[] = {
	{"has", OP_HAS, true, false},           {"min", OP_MIN, true, false}, {"max", OP_MAX, true, false},
	{"abs", OP_ABS, true, false},           {"size", OP_SIZE, true, true}, {"exists", OP_EXISTS, false, true},
	{"all", OP_ALL, false, true},           {"previous", OP_PREVIOUS, true, false}, {"avg", OP_AVG, true, false},
	{"rising", OP_RISING, true, false},
};
const size_t expression_function_count = sizeof expression_functions / sizeof *expression_functions;

enum { LEVEL_NONE, LEVEL_UNARY = 6, LEAST_MOMENTS = 2, MOST_MOMENTS = 1000 };

struct parser {
	struct lexer lexer;
	struct token token; /* the next one */
	size_t end;         /* of the last one that was taken */
	size_t depth, nodes;
	const struct limits *limits;
	struct expression_error *error;
	struct arena *arena;
};

const char *operation_sign(enum operation operation)
{
	for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
		if (binaries[i].operation == operation)
			return binaries[i].sign;
	return operation == OP_NOT ? "!" : operation == OP_MINUS ? "-" : NULL;
}

static struct node *refuse(struct parser *parser, size_t offset, size_t len, struct text why)
{
	*parser->error = (struct expression_error){.why = why, .offset = offset, .len = len};
	return NULL;
}

static void advance(struct parser *parser)
{
	parser->end = parser->token.offset + parser->token.len;
	parser->token = lexer_next(&parser->lexer);
}

static bool at_sign(const struct parser *parser, const char *sign)
{
	return parser->token.kind == TOKEN_SIGN && text_is(parser->token.text, sign);
}

/* What stands where something else is expected. */
static struct node *unexpected(struct parser *parser, const char *wanted)
{
	const struct token *token = &parser->token;

	if (token->kind == TOKEN_BAD)
		return refuse(parser, token->offset, token->len, token->text);
	if (token->kind == TOKEN_END)
		return refuse(parser, token->offset, 0, text_format(parser->arena, "the condition ends where %s is expected", wanted));
	return refuse(parser, token->offset, token->len,
	              text_format(parser->arena, "'%.*s' where %s is expected",
	                          TEXT_ARGS(text_cut(parser->lexer.source, token->offset, token->offset + token->len)), wanted));
}

static struct node *new_node(struct parser *parser, enum operation operation, size_t offset, size_t sign)
{
	if (parser->nodes >= parser->limits->expression_nodes)
		return refuse(parser, sign, 1, text_format(parser->arena, "more than %zu parts in one condition (%s)", parser->limits->expression_nodes,
		                                           limit_note(parser->limits, &parser->limits->expression_nodes).text));
	parser->nodes++;
	struct node *node = arena_alloc(parser->arena, sizeof *node);
	*node = (struct node){.operation = operation, .offset = offset, .sign = sign, .end = parser->end};
	return node;
}

static void add_part(struct parser *parser, struct node *node, struct node *part)
{
	node->parts = arena_grow(parser->arena, node->parts, node->count, sizeof(struct node *));
	node->parts[node->count++] = part;
}

static struct node *parse_level(struct parser *parser, unsigned level);

/* The only ways to go deeper: brackets, a choice's ends, and an operator before its operand. */
static struct node *parse_deeper(struct parser *parser, unsigned level)
{
	if (parser->depth >= parser->limits->expression_depth)
		return refuse(parser, parser->token.offset ? parser->token.offset - 1 : 0, 1,
		              text_format(parser->arena, "nesting is deeper than %zu (%s)", parser->limits->expression_depth,
		                          limit_note(parser->limits, &parser->limits->expression_depth).text));
	parser->depth++;
	struct node *node = parse_level(parser, level);
	parser->depth--;
	return node;
}

/* Items up to a closing sign, the opening one taken already. */
static bool parse_items(struct parser *parser, struct node *node, const char *close, size_t open)
{
	struct text said = text_cut(parser->lexer.source, open, open + 1);

	while (!at_sign(parser, close)) {
		struct node *item = parse_deeper(parser, LEVEL_NONE);
		if (!item)
			return false;
		add_part(parser, node, item);
		if (at_sign(parser, ",")) {
			advance(parser);
			if (at_sign(parser, close))
				return unexpected(parser, "a value");
		} else if (parser->token.kind == TOKEN_END) {
			return refuse(parser, open, 1, text_format(parser->arena, "'%.*s' is never closed", TEXT_ARGS(said)));
		} else if (!at_sign(parser, close)) {
			return unexpected(parser, "',' or the end of the list");
		}
	}
	advance(parser);
	node->end = parser->end;
	return true;
}

static const struct function *find_function(struct text name, bool method)
{
	for (size_t i = 0; i < expression_function_count; i++)
		if (text_is(name, expression_functions[i].name) && (method ? expression_functions[i].method : expression_functions[i].call))
			return &expression_functions[i];
	return NULL;
}

static struct node *unknown_function(struct parser *parser, const struct token *name, bool method)
{
	struct text names[16], near;
	size_t count = 0;
	const struct function *other = find_function(name->text, !method);

	for (size_t i = 0; i < expression_function_count; i++)
		if (method ? expression_functions[i].method : expression_functions[i].call)
			names[count++] = text_of(expression_functions[i].name);
	near = text_nearest(name->text, names, count);
	refuse(parser, name->offset, name->len, text_format(parser->arena, "unknown function '%s%.*s'", method ? "." : "", TEXT_ARGS(name->text)));
	if (other)
		parser->error->help = text_format(parser->arena, method ? "write '%s(x)'" : "write 'list.%s(x, condition)'", other->name);
	else if (near.len)
		parser->error->help = text_format(parser->arena, "did you mean '%s%.*s'?", method ? "." : "", TEXT_ARGS(near));
	else
		parser->error->help = method ? TEXT("lists have .exists(x, condition), .all(x, condition) and .size()")
		                             : TEXT("there are has, min, max, abs, size, previous, avg and rising");
	return NULL;
}

/* The loop of exists and all: a variable, and a condition on it. */
static bool parse_loop(struct parser *parser, struct node *node, size_t open)
{
	struct token name = parser->token;

	if (name.kind != TOKEN_NAME || name.escaped || lexer_is_reserved(name.text))
		return unexpected(parser, "the name of a variable");
	node->text = name.text;
	advance(parser);
	if (!at_sign(parser, ","))
		return unexpected(parser, "',' behind the variable");
	advance(parser);
	struct node *body = parse_deeper(parser, LEVEL_NONE);
	if (!body)
		return false;
	add_part(parser, node, body);
	if (parser->token.kind == TOKEN_END)
		return refuse(parser, open, 1, TEXT("'(' is never closed"));
	if (!at_sign(parser, ")"))
		return unexpected(parser, "')'");
	advance(parser);
	node->end = parser->end;
	return true;
}

/* The second argument of avg and rising. */
static bool take_moments(struct parser *parser, struct node *node)
{
	size_t least = node->operation == OP_RISING ? LEAST_MOMENTS : 1;

	if (node->operation != OP_AVG && node->operation != OP_RISING)
		return true;
	const struct node *count = node->parts[1];
	if (count->operation != OP_NUMBER || count->number < (double)least || count->number > MOST_MOMENTS || count->number > (double)(size_t)count->number)
		return refuse(parser, count->offset, count->end - count->offset,
		              text_format(parser->arena, "the number of snapshots must be a whole number from %zu to %d", least, MOST_MOMENTS));
	node->number = count->number;
	return true;
}

static bool count_arguments(struct parser *parser, const struct node *node, const char *name)
{
	bool many = node->operation == OP_MIN || node->operation == OP_MAX, two = node->operation == OP_AVG || node->operation == OP_RISING;
	size_t wanted = two ? 2 : 1;

	if (many ? node->count > 0 : node->count == wanted)
		return true;
	return refuse(parser, node->sign, text_of(name).len,
	              many ? text_format(parser->arena, "'%s' needs at least one argument", name)
	                   : text_format(parser->arena, "'%s' takes %s, not %zu", name,
	                                 two                          ? "an expression and a number of snapshots"
	                                 : node->operation == OP_SIZE ? "one list or text"
	                                                              : "one argument",
	                                 node->count));
}

/* At the opening parenthesis behind a function's name; receiver: NULL for a plain call. */
static struct node *parse_call(struct parser *parser, const struct token *name, struct node *receiver)
{
	const struct function *function = find_function(name->text, receiver);
	size_t open = parser->token.offset;

	if (!function || name->escaped)
		return unknown_function(parser, name, receiver);
	advance(parser);
	struct node *node = new_node(parser, function->operation, receiver ? receiver->offset : name->offset, name->offset);
	if (!node)
		return NULL;
	if (receiver)
		add_part(parser, node, receiver);
	if (function->operation == OP_EXISTS || function->operation == OP_ALL)
		return parse_loop(parser, node, open) ? node : NULL;
	if (parser->token.kind == TOKEN_END)
		return refuse(parser, open, 1, TEXT("'(' is never closed"));
	if (!parse_items(parser, node, ")", open) || !count_arguments(parser, node, function->name) || !take_moments(parser, node))
		return NULL;
	return node;
}

/* Behind a dot: a method, or one more part of a name. */
static struct node *parse_selected(struct parser *parser, struct node *node)
{
	struct token part = parser->token;

	if (part.kind != TOKEN_NAME)
		return unexpected(parser, "a name");
	advance(parser);
	if (at_sign(parser, "("))
		return parse_call(parser, &part, node);
	if (node->operation != OP_NAME)
		return refuse(parser, part.offset, part.len, text_format(parser->arena, "'.%.*s' of what has no parts", TEXT_ARGS(part.text)));
	bool joined = !part.escaped && node->text.at + node->text.len + 1 == part.text.at;
	node->text = joined ? (struct text){node->text.at, node->text.len + 1 + part.text.len}
	                    : text_format(parser->arena, "%.*s.%.*s", TEXT_ARGS(node->text), TEXT_ARGS(part.text));
	node->end = parser->end;
	node->source = text_cut(parser->lexer.source, node->offset, node->end);
	return node;
}

static struct node *parse_word(struct parser *parser)
{
	struct token word = parser->token;

	if (lexer_is_reserved(word.text) && !text_is(word.text, "true") && !text_is(word.text, "false")) {
		unexpected(parser, "a value");
		if (text_is(word.text, "null"))
			parser->error->help = TEXT("has(x) says whether there is a value");
		return NULL;
	}
	advance(parser);
	if (at_sign(parser, "("))
		return parse_call(parser, &word, NULL);
	bool truth = lexer_is_reserved(word.text);
	struct node *node = new_node(parser, truth ? OP_TRUTH : OP_NAME, word.offset, word.offset);
	if (!node)
		return NULL;
	node->number = truth && text_is(word.text, "true");
	node->source = node->text = word.text;
	return node;
}

static struct node *parse_brackets(struct parser *parser)
{
	size_t open = parser->token.offset;
	bool list = at_sign(parser, "[");

	advance(parser);
	if (list) {
		struct node *node = new_node(parser, OP_LIST, open, open);
		if (!node)
			return NULL;
		if (parser->token.kind == TOKEN_END)
			return refuse(parser, open, 1, TEXT("'[' is never closed"));
		return parse_items(parser, node, "]", open) ? node : NULL;
	}
	struct node *node = parse_deeper(parser, LEVEL_NONE);
	if (!node)
		return NULL;
	if (parser->token.kind == TOKEN_END)
		return refuse(parser, open, 1, TEXT("'(' is never closed"));
	if (!at_sign(parser, ")"))
		return unexpected(parser, "an operator");
	advance(parser);
	return node;
}

static struct node *parse_primary(struct parser *parser)
{
	struct token token = parser->token;
	struct node *node;

	if (token.kind == TOKEN_NAME)
		return parse_word(parser);
	if (at_sign(parser, "(") || at_sign(parser, "["))
		return parse_brackets(parser);
	if (token.kind != TOKEN_NUMBER && token.kind != TOKEN_TEXT)
		return unexpected(parser, "a value");
	advance(parser);
	node = new_node(parser, token.kind == TOKEN_NUMBER ? OP_NUMBER : OP_TEXT, token.offset, token.offset);
	if (!node)
		return NULL;
	node->number = token.number;
	node->text = token.kind == TOKEN_TEXT ? token.text : TEXT("");
	return node;
}

static struct node *parse_operand(struct parser *parser)
{
	bool not = at_sign(parser, "!");
	size_t offset = parser->token.offset;

	if (not || at_sign(parser, "-")) {
		advance(parser);
		struct node *operand = parse_deeper(parser, LEVEL_UNARY), *node = operand ? new_node(parser, not ? OP_NOT : OP_MINUS, offset, offset) : NULL;
		if (node)
			add_part(parser, node, operand);
		return node;
	}
	struct node *node = parse_primary(parser);
	while (node && at_sign(parser, ".")) {
		advance(parser);
		node = parse_selected(parser, node);
	}
	return node;
}

static const struct binary *find_binary(const struct parser *parser)
{
	bool in = parser->token.kind == TOKEN_NAME && !parser->token.escaped && text_is(parser->token.text, "in");

	if (parser->token.kind != TOKEN_SIGN && !in)
		return NULL;
	for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
		if (text_is(parser->token.text, binaries[i].sign))
			return &binaries[i];
	return NULL;
}

/* condition ? this : that, with the condition read. */
static struct node *parse_choice(struct parser *parser, struct node *condition)
{
	size_t sign = parser->token.offset;

	advance(parser);
	struct node *yes = parse_deeper(parser, LEVEL_NONE);
	if (!yes)
		return NULL;
	if (!at_sign(parser, ":"))
		return unexpected(parser, "':' of the choice");
	advance(parser);
	struct node *no = parse_deeper(parser, LEVEL_NONE), *node = no ? new_node(parser, OP_CHOICE, condition->offset, sign) : NULL;
	if (!node)
		return NULL;
	add_part(parser, node, condition);
	add_part(parser, node, yes);
	add_part(parser, node, no);
	return node;
}

static struct node *parse_level(struct parser *parser, unsigned level)
{
	struct node *left = parse_operand(parser);

	while (left) {
		if (level == LEVEL_NONE && at_sign(parser, "?"))
			return parse_choice(parser, left);
		const struct binary *binary = find_binary(parser);
		if (!binary || binary->level <= level)
			return left;
		size_t sign = parser->token.offset;
		advance(parser);
		/* Recursion: at most one for each level between two of parse_deeper(). */
		struct node *right = parse_level(parser, binary->level), *node = right ? new_node(parser, binary->operation, left->offset, sign) : NULL;
		if (!node)
			return NULL;
		add_part(parser, node, left);
		add_part(parser, node, right);
		left = node;
	}
	return NULL;
}

struct node *expression_tree(struct expression_error *error, struct text source, const struct limits *limits, struct arena *arena)
{
	struct parser parser = {.lexer = {.source = source, .arena = arena}, .limits = limits, .error = error, .arena = arena};

	if (source.len > limits->expression_bytes)
		return refuse(&parser, 0, 0, text_format(arena, "%zu bytes long, more than %zu (%s)", source.len, limits->expression_bytes,
		                                         limit_note(limits, &limits->expression_bytes).text));
	advance(&parser);
	struct node *root = parse_level(&parser, LEVEL_NONE);
	if (root && at_sign(&parser, ")"))
		return refuse(&parser, parser.token.offset, 1, TEXT("')' closes nothing"));
	return root && parser.token.kind != TOKEN_END ? unexpected(&parser, "an operator") : root;
}

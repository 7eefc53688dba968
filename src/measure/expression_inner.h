/* Shared by the files of the expression language: tokens, the tree, and its functions. */
#ifndef GALLEY_EXPRESSION_INNER_H
#define GALLEY_EXPRESSION_INNER_H

#include "expression.h"

/* --- tokens --- */

enum token_kind { TOKEN_END, TOKEN_BAD, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_NAME, TOKEN_SIGN };

struct token {
	enum token_kind kind;
	size_t offset, len;
	struct text text; /* a name, a sign, a text without its quotes and escapes; of a bad token: why */
	double number;
	bool escaped;     /* a name in backticks */
};

struct lexer {
	struct text source;
	size_t at;
	struct token last; /* decides whether a dot selects, and what may follow it */
	struct arena *arena;
};

struct token lexer_next(struct lexer *lexer);
/* Words that no name is. */
bool lexer_is_reserved(struct text word);

/* --- the tree --- */

enum operation {
	OP_NUMBER, OP_TEXT, OP_TRUTH, OP_NAME, OP_VARIABLE, OP_LIST,
	OP_NOT, OP_MINUS, OP_OR, OP_AND, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_CHOICE,
	OP_HAS, OP_MIN, OP_MAX, OP_ABS, OP_SIZE, OP_EXISTS, OP_ALL, OP_PREVIOUS, OP_AVG, OP_RISING,
};

struct node {
	enum operation operation;
	struct expression_type type;
	size_t offset, end;        /* of the source it was read from, without parentheses round it */
	size_t sign;               /* offset of the operator, or of the function's name */
	double number;             /* OP_NUMBER; OP_TRUTH: 0 or 1; OP_AVG, OP_RISING: moments */
	struct text source;        /* OP_NAME: as it is written */
	struct text text;          /* OP_TEXT; OP_NAME: the whole name with its dots; OP_VARIABLE, OP_EXISTS, OP_ALL: the variable */
	size_t slot;               /* OP_VARIABLE, OP_EXISTS, OP_ALL: how many loops stand round it */
	unsigned kinds;            /* OP_PREVIOUS, OP_AVG, OP_RISING: what the names inside are found in */
	struct node **parts;
	size_t count;
};

struct expression {
	struct text source;
	const struct node *root;
	size_t history, loops;
	uint64_t cost, most;       /* static bound; the limit */
};

/* What a function is called, NULL where the operation is none; methods stand behind a dot. */
struct function { const char *name; enum operation operation; bool call, method; };
extern const struct function expression_functions[];
extern const size_t expression_function_count;
/* The sign of an operator, or NULL. */
const char *operation_sign(enum operation operation);

/* NULL with *error. */
struct node *expression_tree(struct expression_error *error, struct text source, const struct limits *limits, struct arena *arena);
/* Gives every node its type, and out its loops, history and cost. */
bool expression_settle(struct expression_error *error, struct expression *out, struct node *root, struct arena *arena);

struct expression_value expression_evaluate_node(const struct expression *expression, const struct node *node,
                                                 const struct expression_view *view, struct arena *arena);

#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buffer.h"
#include "expression.h"
#include "number.h"

/* --- a small world: four moments, 0 to 3, and now --- */

enum { MOMENTS = 4 };

static const double ups[MOMENTS] = {1, 2, 3, 4}, waves[MOMENTS] = {1, 3, 2, 4};
static const struct expression_value values[] = {
	{.known = true, .number = 0.1}, {.known = true, .number = 0.3}, {.known = true, .number = 0.2}};
static const struct expression_value holes[] = {
	{.known = true, .number = 0.1}, {.why = {"feature b could not be judged", 29}}, {.known = true, .number = 0.3}};
static const struct expression_value features[] = {
	{.type = {EXPRESSION_TEXT, false}, .known = true, .text = {"a", 1}}, {.type = {EXPRESSION_TEXT, false}, .known = true, .text = {"b", 1}}};

static enum expression_found look(struct expression_value *out, void *context, struct text name, size_t moment)
{
	static const struct { const char *name; double value; } known[] = {
		{"drift.max", 0.3}, {"drift.share", 0.5}, {"performance.margin", -0.03}, {"performance.hit.rate_10", 0.75}, {"zero", 0},
		{"one", 1}, {"drift.unit price.psi", 0.4}, {"drift.7d.psi", 0.7}, {"nan", NAN}, {"infinite", INFINITY},
	};
	size_t at = moment == EXPRESSION_NOW ? MOMENTS - 1 : moment;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (text_is(name, known[i].name)) {
			out->number = known[i].value;
			return EXPRESSION_FOUND;
		}
	if (text_is(name, "up"))
		out->number = ups[at];
	else if (text_is(name, "wave"))
		out->number = waves[at];
	else if (text_is(name, "late") && at == MOMENTS - 1)
		out->number = 1;
	else if (text_is(name, "drift.worst"))
		out->text = TEXT("price");
	else if (text_is(name, "drift.values") && context) {
		out->items = holes;
		out->count = 3;
	} else if (text_is(name, "drift.values")) {
		out->items = values;
		out->count = 3;
	} else if (text_is(name, "drift.features")) {
		out->items = features;
		out->count = 2;
	} else if (text_is(name, "unusable"))
		return EXPRESSION_UNUSABLE;
	else
		return EXPRESSION_ABSENT;
	return EXPRESSION_FOUND;
}

static bool moment(size_t *out, void *context, unsigned kinds, size_t back)
{
	(void)context;
	assert_true(kinds != 0);
	*out = MOMENTS - 1 - back;
	return back < MOMENTS;
}

static const struct expression_view view = {look, moment, NULL};

static const struct expression *parse(const char *source, bool any, struct arena *arena)
{
	struct expression_error error = {.offset = 0};
	const struct expression *expression = expression_parse(&error, text_of(source), any, &limits_default, arena);

	if (!expression)
		fail_msg("'%s': %.*s at %zu", source, TEXT_ARGS(error.why), error.offset);
	return expression;
}

static struct expression_value value_of(const char *source, bool with_holes, struct arena *arena)
{
	static int some;
	struct expression_view own = view;

	own.context = with_holes ? &some : NULL;
	return expression_evaluate(parse(source, true, arena), &own, arena);
}

static void check(const char *source, const char *expected)
{
	struct arena arena;

	arena_init(&arena);
	parse(source, false, &arena);
	struct expression_value value = value_of(source, false, &arena);
	const char *truth = !value.known ? "unknown" : value.number != 0 ? "true" : "false";
	if (strcmp(truth, expected) != 0)
		fail_msg("'%s' is %s, not %s", source, truth, expected);
	if (!value.known && !value.why.len)
		fail_msg("'%s' is unknown and nobody knows why", source);
	arena_release(&arena);
}

static void unknown_because(const char *source, const char *why)
{
	struct arena arena;

	arena_init(&arena);
	struct expression_value value = value_of(source, true, &arena);
	if (value.known || !strstr(arena_format(&arena, "%.*s", TEXT_ARGS(value.why)), why))
		fail_msg("'%s': %s '%.*s', not '%s'", source, value.known ? "known" : "because", TEXT_ARGS(value.why), why);
	arena_release(&arena);
}

static void refused(const char *source, size_t offset, const char *part)
{
	struct arena arena;
	struct expression_error error = {.offset = 0};

	arena_init(&arena);
	if (expression_parse(&error, text_of(source), false, &limits_default, &arena))
		fail_msg("'%s' was taken", source);
	const char *said = arena_format(&arena, "%.*s", TEXT_ARGS(error.why));
	if (!strstr(said, part) || error.offset != offset)
		fail_msg("'%s': '%s' at %zu, not '%s' at %zu", source, said, error.offset, part, offset);
	arena_release(&arena);
}

static void test_truth(void **state)
{
	(void)state;
	check("performance.margin < -0.02 && drift.max > 0.2", "true");
	check("performance.margin<-0.02&&drift.max>0.3", "false");
	check("drift.max >= 0.3", "true");
	check("drift.max == 0.3 == true", "true");
	check("!(drift.max > 0.2) || drift.share >= 0.5", "true");
	check("performance.hit.rate_10 != 0.75", "false");
	check("true", "true");
	check(" \t\n!false\r\n", "true");
	check("!!true", "true");
	check("drift.`unit price`.psi > 0.3 && drift.7d.psi > 0.6", "true");
	check("drift . max > 0.2", "true");
	check("drift.max > 0.2 ? drift.share > 0.4 : false", "true");
	check("false ? true : true ? false : true", "false");
}

static void test_texts(void **state)
{
	(void)state;
	check("drift.worst == 'price'", "true");
	check("drift.worst != \"price\"", "false");
	check("'a' < 'b' && 'B' < 'a' && 'a' <= 'ab'", "true");
	check("'it\\'s' == \"it's\" && '\\u00e9' == '\xc3\xa9' && '\\\\n' != '\\n'", "true");
	check("drift.worst in ['price', 'cost']", "true");
	check("size('\xc3\xa9t\xc3\xa9') == 3 && ''.size() == 0", "true");
}

static void test_binding(void **state)
{
	(void)state;
	check("1 + 2 * 3 == 7", "true");
	check("10 - 3 - 2 == 5", "true");
	check("16 / 4 / 2 == 2", "true");
	check("(1 + 2) * 3 == 9", "true");
	check("-2 * -3 == 6", "true");
	check("- -2 == 2 && --2 == 2", "true");
	check("1e1 == 10 && .5 == 0.5 && 1.0e0 == 1", "true");
	check("1e-1-0.1 == 0", "true");
	check("true || false && false", "true");
	check("!true || true", "true");
	check("1 in [1] == true", "true");
	check("1 + 1 in [2]", "true");
	check("true ? 1 > 0 || false : false", "true");
}

static void test_functions(void **state)
{
	(void)state;
	check("min(3, 1, 2) == 1 && max(3, 1, 2) == 3 && min(4) == 4", "true");
	check("abs(-2) == 2 && abs(performance.margin) > 0.02", "true");
	check("max(drift.values) == 0.3 && min(drift.values) == 0.1", "true");
	check("drift.values.size() == 3 && size([1, 2]) == 2", "true");
	check("has(drift.max) && !has(missing) && has(unusable) && has(nan)", "true");
	check("has(drift.max) ? drift.max > 0.2 : false", "true");
}

static void test_lists(void **state)
{
	(void)state;
	check("drift.values.exists(v, v > 0.25)", "true");
	check("drift.values.all(v, v > 0.25)", "false");
	check("drift.values.all(v, v > 0.05)", "true");
	check("drift.features.exists(f, f == drift.worst)", "false");
	check("[1, 2, 3].exists(a, [2, 4].exists(b, a == b && a > 1))", "true");
	check("[1, 2].all(a, [3, 4].all(b, a < b))", "true");
	check("[1, 2].exists(a, a > 1) && [5].all(a, a == 5)", "true");
	check("(true ? [1] : [2]).exists(x, x == 1)", "true");
	check("'b' in drift.features && !('c' in drift.features)", "true");
	check("0.2 in drift.values", "true");
	check("[1, missing].exists(x, x == 1) && [missing, 1].exists(x, x == 1)", "true");
	check("1 in [missing, 1] && ![1, missing].all(x, x > 1)", "true");
	check("[1, missing].exists(x, x == 2)", "unknown");
	check("min([1, missing]) > 0", "unknown");
}

static void test_history(void **state)
{
	(void)state;
	check("previous(up) == 3 && previous(up * 2) == 6 && previous(wave) == 2", "true");
	check("avg(up, 4) == 2.5 && avg(up, 1) == 4 && avg(wave, 2) == 3", "true");
	check("rising(up, 4) && rising(wave, 2)", "true");
	check("avg(0.07 + 0 * up, 3) == 0.07 && avg(0.1 + 0 * up, 3) == 0.1 && avg(0.7 + 0 * up, 3) == 0.7", "true");
	check("rising(wave, 3) || rising(-up, 2)", "false");
	check("up - previous(up) > 0.9", "true");
	check("[1, 2].exists(x, avg(up, 2) > x)", "true");
	unknown_because("avg(up, 5)", "up has 4 snapshots to look into, and 5 are needed");
	unknown_because("previous(late) > 0", "late has no value");
	unknown_because("avg(late, 2) > 0", "late has no value");
	check("rising(late, 2)", "unknown");
}

static void test_unknown(void **state)
{
	(void)state;
	check("missing > 1", "unknown");
	check("!(missing > 1)", "unknown");
	check("missing > 1 && drift.max > 1", "false");
	check("drift.max > 1 && missing > 1", "false");
	check("missing > 1 || drift.max > 0", "true");
	check("missing > 1 || drift.max > 1", "unknown");
	check("missing == missing", "unknown");
	check("nan == 1", "unknown");
	check("nan != nan", "unknown");
	check("infinite > 1", "unknown");
	check("1 / zero > 1", "unknown");
	check("zero / zero == 0", "unknown");
	check("1e308 * 10 > 1", "unknown");
	check("min(1, missing) < 2", "unknown");
	check("abs(missing) < 2", "unknown");
	check("missing in [1]", "unknown");
	check("missing > 1 ? true : true", "unknown");
	check("true ? true : missing > 1", "true");
	check("has(missing) && missing > 1", "false");
	check("has(nan) && nan > 1", "unknown");
	unknown_because("missing + drift.max > 1", "missing has no value");
	unknown_because("nan > 1", "nan is not a finite number");
	unknown_because("1 / (one - 1) > 0", "1 / (one - 1) divides by zero");
	unknown_because("drift.values.all(v, v < 0.5)", "feature b could not be judged");
	unknown_because("max(drift.values) > 0", "feature b could not be judged");
	unknown_because("0.7 in drift.values", "feature b could not be judged");
}

/* One that decides is enough, whatever else is unknown. */
static void test_absorbed(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	struct expression_value value = value_of("drift.values.exists(v, v > 0.25)", true, &arena);
	assert_true(value.known && value.number != 0);
	value = value_of("drift.values.all(v, v < 0.2)", true, &arena);
	assert_true(value.known && value.number == 0);
	value = value_of("0.3 in drift.values", true, &arena);
	assert_true(value.known && value.number != 0);
	value = value_of("drift.values.size()", true, &arena);
	assert_true(value.known && value.number == 3);
	arena_release(&arena);
}

static void collect(void *context, struct text name, size_t offset, size_t len)
{
	char *out = context;

	snprintf(out + strlen(out), 200 - strlen(out), "%.*s@%zu+%zu ", TEXT_ARGS(name), offset, len);
}

static void collect_part(void *context, struct text source, const struct expression_value *value)
{
	char *out = context;

	snprintf(out + strlen(out), 200 - strlen(out), "%.*s=%g%s ", TEXT_ARGS(source), value->known ? value->number : -1, value->known ? "" : "?");
}

static void test_names(void **state)
{
	struct arena arena;
	char out[200] = "";

	(void)state;
	arena_init(&arena);
	expression_names(parse("a.b < 1 && (c + a.b) > d && e.`f g` > [1].size()", false, &arena), collect, out);
	assert_string_equal(out, "a.b@0+3 c@12+1 a.b@16+3 d@23+1 e.f g@28+7 ");
	*out = '\0';
	expression_names(parse("drift.values.exists(v, v > limit) || has(x.y) || avg(z, 2) > 0", false, &arena), collect, out);
	assert_string_equal(out, "drift.values@0+12 limit@27+5 x.y@41+3 z@53+1 ");
	*out = '\0';
	expression_parts(parse("up > 1 && avg(up, 2) > missing && up < 9", false, &arena), &view, &arena, collect_part, out);
	assert_string_equal(out, "up=4 avg(up, 2)=3.5 missing=-1? ");
	arena_release(&arena);
}

static void test_refused(void **state)
{
	(void)state;
	refused("", 0, "ends where a value is expected");
	refused("a >", 3, "ends where a value is expected");
	refused("a > > 1", 4, "'>' where a value");
	refused("a > 1 b", 6, "'b' where an operator is expected");
	refused("a = 1", 2, "'==' compares");
	refused("a > 1 & b > 1", 6, "'&&' joins");
	refused("(a > 1", 0, "never closed");
	refused("a > 1)", 5, "closes nothing");
	refused("a", 0, "a number where a condition");
	refused("1 + 1", 0, "a number where a condition");
	refused("'a'", 0, "a text where a condition");
	refused("a && b > 1", 2, "'&&' needs conditions on both sides, not a number and a condition");
	refused("a < b < c", 6, "needs numbers");
	refused("true < false", 5, "needs numbers");
	refused("true + 1 > 0", 5, "needs numbers");
	refused("'a' + 'b' == 'ab'", 4, "needs numbers");
	refused("true == 1", 5, "'==' between a condition and a number");
	refused("a == 'b'", 2, "between a number and a text");
	refused("!a", 0, "needs a condition");
	refused("-true", 0, "needs a number");
	refused("0x10 > 1", 0, "no finite number");
	refused("1e999 > 1", 0, "no finite number");
	refused("1. > 0", 0, "no digit behind its point");
	refused("1.e0 > 0", 0, "no digit behind its point");
	refused("exec(1) > 0", 0, "unknown function 'exec'");
	refused("a.b.delete(1)", 4, "unknown function '.delete'");
	refused("\xc3\xa9 > 1", 0, "'\xc3\xa9' means nothing here");
	refused("\x1b > 1", 0, "control character 0x1b");
	refused("a..b > 1", 2, "'.' where a name is expected");
	refused("a % 2 == 0", 2, "'%' means nothing here");
	refused("'a", 0, "never closed");
	refused("'\\q' == 'a'", 1, "escapes nothing");
	refused("'\\ud800' == 'a'", 1, "escapes nothing");
	refused("null == 1", 0, "'null' where a value is expected");
	refused("a.`b > 1", 2, "never closed");
	refused("1 in 2", 2, "'in' needs a list behind it");
	refused("'a' in [1]", 4, "looks for a text in a list of numbers");
	refused("[] == []", 0, "empty list");
	refused("1 in [1, 'a']", 9, "a text in a list of numbers");
	refused("1 in [[1]]", 6, "a list in a list");
	refused("[1] == [1]", 4, "between lists");
	refused("1 in [1,]", 8, "']' where a value");
	refused("1 in [1 2]", 8, "'2' where ','");
	refused("1 in [1", 5, "'[' is never closed");
	refused("has(1)", 4, "takes a name");
	refused("has(a, b)", 0, "takes one argument");
	refused("min() > 1", 0, "at least one argument");
	refused("abs('a') > 1", 4, "'abs' of a text");
	refused("abs(1", 3, "never closed");
	refused("drift.values.exists(1, true)", 20, "the name of a variable");
	refused("drift.values.exists(v, v)", 23, "needs a condition on 'v'");
	refused("drift.values.exists(v true)", 22, "',' behind the variable");
	refused("drift.values.exists(in, true)", 20, "the name of a variable");
	refused("drift.max.exists(v, true)", 0, "needs a list");
	refused("drift.values.exists(drift, drift.max > 1)", 27, "variable 'drift' is a number and has no parts");
	refused("drift.values.exists(v, avg(v, 2) > 1)", 27, "has no history");
	refused("avg(previous(a), 2) > 1", 4, "'previous' inside 'avg'");
	refused("previous(1) > 1", 9, "no value that changes");
	refused("avg(a) > 1", 0, "an expression and a number of snapshots");
	refused("avg(a, b) > 1", 7, "a whole number from 1 to 1000");
	refused("avg(a, 2.5) > 1", 7, "a whole number from 1 to 1000");
	refused("rising(a, 1)", 10, "a whole number from 2 to 1000");
	refused("rising(a, 1001)", 10, "a whole number from 2 to 1000");
	refused("true ? 1 : 'a'", 5, "chooses between a number and a text");
	refused("1 ? true : true", 0, "before '?'");
	refused("true ? true", 11, "':' of the choice");
	refused("exists(a, true)", 0, "unknown function 'exists'");
}

static void test_bounds(void **state)
{
	char text[6000];
	struct arena arena;
	struct expression_error error;

	(void)state;
	arena_init(&arena);
	memset(text, '(', 5000);
	assert_null(expression_parse(&error, (struct text){text, 5000}, false, &limits_default, &arena));
	assert_null(expression_parse(&error, (struct text){text, 4000}, false, &limits_default, &arena));
	assert_int_equal(error.offset, 64);
	memset(text, '!', 4000);
	assert_null(expression_parse(&error, (struct text){text, 4000}, false, &limits_default, &arena));
	memset(text, '[', 4000);
	assert_null(expression_parse(&error, (struct text){text, 4000}, false, &limits_default, &arena));
	for (size_t i = 0; i + 4 <= 4000; i += 4)
		memcpy(text + i, "a?b:", 4);
	assert_null(expression_parse(&error, (struct text){text, 4000}, false, &limits_default, &arena));
	/* n numbers and n - 1 additions, then > 0: 2 n + 1 parts. */
	memset(text, ' ', sizeof text);
	for (size_t i = 0; i < 127; i++)
		memcpy(text + 2 * i, i ? "+1" : " 1", 2);
	memcpy(text + 254, ">0", 2);
	assert_non_null(expression_parse(&error, (struct text){text, 256}, false, &limits_default, &arena));
	memcpy(text + 254, "+1>0", 4);
	assert_null(expression_parse(&error, (struct text){text, 258}, false, &limits_default, &arena));
	arena_release(&arena);
}

static void test_cost(void **state)
{
	struct arena arena;
	struct limits limits = limits_default;
	struct expression_error error;

	(void)state;
	arena_init(&arena);
	assert_int_equal(expression_cost(parse("1 > 0", false, &arena)), 3);
	assert_int_equal(expression_cost(parse("[1, 2].exists(x, x > 1)", false, &arena)), 1 + 3 + 2 * 3);
	assert_int_equal(expression_cost(parse("avg(a, 10) > 1", false, &arena)), 1 + 10 * 3 + 1);
	refused("drift.values.exists(a, drift.values.exists(b, a < b))", 0, "steps, more than 1000000");
	limits.expression_cost = 12;
	/* The list has three items where the static bound supposes many: the steps are counted. */
	limits.expression_cost = 5000;
	assert_non_null(expression_parse(&error, TEXT("drift.values.exists(a, a > 1)"), false, &limits, &arena));
	limits.expression_cost = 9;
	assert_null(expression_parse(&error, TEXT("[1, 2].exists(x, x > 1)"), false, &limits, &arena));
	assert_int_equal(expression_history(parse("avg(up, 4) > 1 && previous(up) > 1", false, &arena)), 3);
	assert_int_equal(expression_history(parse("up > 1", false, &arena)), 0);
	arena_release(&arena);
}

/* --- properties --- */

static uint32_t seed;

static unsigned draw(unsigned below)
{
	seed = seed * 1664525u + 1013904223u;
	return (unsigned)((uint64_t)(seed >> 8) * below >> 24);
}

static void blanks(struct buffer *out)
{
	static const char *const some[] = {"", "", " ", "  ", "\t", "\n"};

	buffer_string(out, some[draw(6)]);
}

/* Three values, as the oracle sees them. */
struct three { bool known; double number; };

static struct three number_tree(struct buffer *text, struct buffer *whole, unsigned depth);

static const char *const names[] = {"drift.max", "performance.margin", "zero", "up", "missing", "nan"};

static struct three leaf(struct buffer *text, struct buffer *whole)
{
	char number[32];

	if (draw(2)) {
		const char *name = names[draw(6)];
		struct expression_value value = {.number = 0};
		bool found = look(&value, NULL, text_of(name), EXPRESSION_NOW) == EXPRESSION_FOUND && isfinite(value.number);
		buffer_string(text, name);
		buffer_string(whole, name);
		return (struct three){found, value.number};
	}
	double value = draw(40) / 8.0;
	number_print(number, value);
	buffer_string(text, number);
	buffer_string(whole, number);
	return (struct three){true, value};
}

static struct three number_of_sign(char sign, struct three a, struct three b)
{
	double number = sign == '+' ? a.number + b.number : sign == '-' ? a.number - b.number : sign == '*' ? a.number * b.number : a.number / b.number;

	return (struct three){a.known && b.known && isfinite(number), number};
}

/* Writes the tree twice: as a person might, with needless blanks and parentheses, and as the program understands it. */
static struct three number_tree(struct buffer *text, struct buffer *whole, unsigned depth)
{
	static const char signs[] = "+-*/";
	unsigned kind = depth ? draw(5) : 0;

	if (kind == 0)
		return leaf(text, whole);
	if (kind == 1) {
		buffer_string(text, "-(");
		buffer_string(whole, "(-");
		struct three value = number_tree(text, whole, depth - 1);
		buffer_char(text, ')');
		buffer_char(whole, ')');
		return (struct three){value.known, -value.number};
	}
	if (kind == 2) {
		buffer_string(text, "max(");
		buffer_string(whole, "max(");
		struct three a = number_tree(text, whole, depth - 1);
		blanks(text);
		buffer_char(text, ',');
		buffer_string(whole, ", ");
		struct three b = number_tree(text, whole, depth - 1);
		buffer_char(text, ')');
		buffer_char(whole, ')');
		return (struct three){a.known && b.known, a.number > b.number ? a.number : b.number};
	}
	char sign = signs[draw(4)];
	buffer_char(text, '(');
	blanks(text);
	buffer_char(whole, '(');
	struct three a = number_tree(text, whole, depth - 1);
	blanks(text);
	buffer_format(text, ")%c(", sign);
	buffer_format(whole, " %c ", sign);
	struct three b = number_tree(text, whole, depth - 1);
	buffer_char(text, ')');
	buffer_char(whole, ')');
	return number_of_sign(sign, a, b);
}

static struct three truth_tree(struct buffer *text, struct buffer *whole, unsigned depth)
{
	static const char *const signs[] = {"<", "<=", ">", ">=", "==", "!="};
	unsigned kind = depth ? draw(5) : 0;

	if (kind <= 1) {
		const char *sign = signs[draw(6)];
		buffer_char(whole, '(');
		struct three a = number_tree(text, whole, depth ? 1 : 0);
		blanks(text);
		buffer_string(text, sign);
		blanks(text);
		buffer_format(whole, " %s ", sign);
		struct three b = number_tree(text, whole, depth ? 1 : 0);
		buffer_char(whole, ')');
		bool less = a.number < b.number, equal = a.number == b.number;
		bool truth = strcmp(sign, "==") == 0   ? equal
		             : strcmp(sign, "!=") == 0 ? !equal
		             : sign[0] == '<'          ? less || (sign[1] && equal)
		                                       : (!less && !equal) || (sign[1] && equal);
		return (struct three){a.known && b.known, truth};
	}
	if (kind == 2) {
		buffer_string(text, "!(");
		buffer_string(whole, "(!");
		struct three value = truth_tree(text, whole, depth - 1);
		buffer_char(text, ')');
		buffer_char(whole, ')');
		return (struct three){value.known, value.number == 0};
	}
	bool either = kind == 3;
	buffer_char(text, '(');
	buffer_char(whole, '(');
	struct three a = truth_tree(text, whole, depth - 1);
	buffer_char(text, ')');
	blanks(text);
	buffer_string(text, either ? "||" : "&&");
	buffer_string(whole, either ? " || " : " && ");
	buffer_char(text, '(');
	struct three b = truth_tree(text, whole, depth - 1);
	buffer_char(text, ')');
	buffer_char(whole, ')');
	/* Kleene's tables. */
	double low = fmin(a.known ? a.number : 0.5, b.known ? b.number : 0.5), high = fmax(a.known ? a.number : 0.5, b.known ? b.number : 0.5);
	double both = either ? high : low;
	return (struct three){both == 0 || both == 1, both};
}

static void test_random_trees(void **state)
{
	struct limits limits = limits_default;
	size_t known = 0, rounds = 3000;

	(void)state;
	limits.expression_nodes = 4000;
	limits.expression_bytes = SIZE_MAX;
	for (size_t i = 0; i < rounds; i++) {
		struct buffer text, whole, printed, again;
		struct expression_error error;
		struct arena arena;
		arena_init(&arena);
		buffer_init(&text);
		buffer_init(&whole);
		buffer_init(&printed);
		buffer_init(&again);
		seed = (uint32_t)i;
		struct three wanted = truth_tree(&text, &whole, 1 + draw(4));
		const struct expression *expression = expression_parse(&error, buffer_text(&text), false, &limits, &arena);
		if (!expression)
			fail_msg("'%.*s': %.*s", TEXT_ARGS(buffer_text(&text)), TEXT_ARGS(error.why));
		expression_print(&printed, expression);
		assert_string_equal(printed.data, whole.data);
		const struct expression *same = expression_parse(&error, buffer_text(&printed), false, &limits, &arena);
		assert_non_null(same);
		expression_print(&again, same);
		assert_string_equal(again.data, printed.data);
		struct expression_value value = expression_evaluate(expression, &view, &arena);
		if (value.known != wanted.known || (value.known && value.number != wanted.number))
			fail_msg("'%s' is %d %g, not %d %g", whole.data, value.known, value.number, wanted.known, wanted.number);
		known += value.known;
		buffer_release(&text);
		buffer_release(&whole);
		buffer_release(&printed);
		buffer_release(&again);
		arena_release(&arena);
	}
	/* Both kinds occur, so that the comparison means something. */
	assert_in_range(known, rounds / 10, rounds * 9 / 10);
}

static const char *const samples[] = {
	"performance.MAPE > 0.25 && drift.max > 0.2", "drift.values.exists(v, v > 0.3 || v < -0.1)", "avg(performance.MAPE, 4) > 1.2 * previous(performance.MAPE)",
	"has(performance.MAPE) ? performance.MAPE > .2 : rising(drift.max, 3)", "drift.worst in ['price', \"cost\\u00e9\"] && !(size(drift.features) <= 2)",
	"min(1, -2, drift.`unit price`.psi) >= abs(-3e-2) / 4 - 1",
};

/* Whatever a valid condition is cut to, it is taken, or refused at a place inside it. */
static void test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct arena arena;
		arena_init(&arena);
		assert_non_null(parse(samples[i], false, &arena));
		for (size_t len = 0; len < strlen(samples[i]); len++) {
			struct expression_error error = {.offset = SIZE_MAX};
			struct text prefix = text_copy(&arena, (struct text){samples[i], len});
			if (expression_parse(&error, prefix, false, &limits_default, &arena))
				continue;
			if (error.offset > len || error.offset + error.len > len || !error.why.len)
				fail_msg("'%.*s': %.*s at %zu+%zu of %zu", TEXT_ARGS(prefix), TEXT_ARGS(error.why), error.offset, error.len, len);
		}
		arena_release(&arena);
	}
}

static void test_random_bytes(void **state)
{
	static const char *const tokens[] = {"a", ".", "drift.max", "(", ")", "[", "]", ",", "'x'", "\"", "1", "0.5", "&&", "||", "!", "-", "==", "<", "in", "?",
	                                     ":", "exists", "has", "avg", "size", "x", "true", " ", "\\", "`", "e", "\xc3", "\x80", "/", "rising", "all"};

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		char text[120];
		size_t len = 0, wanted;
		struct expression_error error = {.offset = SIZE_MAX};
		struct arena arena;
		arena_init(&arena);
		seed = (uint32_t)i * 2654435761u;
		wanted = draw(100);
		while (len < wanted) {
			const char *token = tokens[draw(sizeof tokens / sizeof *tokens)];
			if (draw(8) == 0) {
				text[len++] = (char)draw(256);
			} else {
				memcpy(text + len, token, strlen(token));
				len += strlen(token);
			}
		}
		const struct expression *expression = expression_parse(&error, text_copy(&arena, (struct text){text, len}), true, &limits_default, &arena);
		if (expression)
			expression_evaluate(expression, &view, &arena);
		else if (error.offset > len || error.offset + error.len > len || !error.why.len)
			fail_msg("round %zu: %.*s at %zu+%zu of %zu", i, TEXT_ARGS(error.why), error.offset, error.len, len);
		arena_release(&arena);
	}
}

int main(void)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truth),        cmocka_unit_test(test_texts),    cmocka_unit_test(test_binding),
		cmocka_unit_test(test_functions),    cmocka_unit_test(test_lists),    cmocka_unit_test(test_history),
		cmocka_unit_test(test_unknown),      cmocka_unit_test(test_absorbed), cmocka_unit_test(test_names),
		cmocka_unit_test(test_refused),      cmocka_unit_test(test_bounds),   cmocka_unit_test(test_cost),
		cmocka_unit_test(test_random_trees), cmocka_unit_test(test_prefixes), cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

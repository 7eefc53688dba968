#include "semver.h"

#include "number.h"

/* node-semver's own bounds: longer texts and larger numbers are no versions. */
enum { LENGTH_MAX = 256 };
static const uint64_t number_max = 9007199254740991u;

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

static bool all_digits(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_digit(text.at[i]))
			return false;
	return text.len > 0;
}

/* Takes the part of *text before the first stop byte; the byte itself goes too. */
static struct text take_part(struct text *text, char stop)
{
	size_t at = text_find(*text, stop);
	struct text part = text_cut(*text, 0, at);

	*text = text_cut(*text, at + 1, text->len);
	return part;
}

static bool read_number(uint64_t *out, struct text text)
{
	return !(text.len > 1 && text.at[0] == '0') && number_parse_count(out, text, number_max);
}

/* Dot-separated names; those of digits alone have no leading zero where strict. */
static bool names_valid(struct text names, bool strict)
{
	if (!names.len || names.at[names.len - 1] == '.')
		return false;
	while (names.len) {
		struct text name = take_part(&names, '.');
		if (!name.len || (strict && name.len > 1 && name.at[0] == '0' && all_digits(name)))
			return false;
		for (size_t i = 0; i < name.len; i++)
			if (!is_name_char(name.at[i]))
				return false;
	}
	return true;
}

/* Cuts "-prerelease" and "+build" off the end of text. */
static bool take_labels(struct semver *out, struct text *text)
{
	size_t plus = text_find(*text, '+');

	out->prerelease = out->build = (struct text){0};
	if (plus < text->len) {
		out->build = text_cut(*text, plus + 1, text->len);
		if (!names_valid(out->build, false))
			return false;
		*text = text_cut(*text, 0, plus);
	}
	size_t dash = text_find(*text, '-');
	if (dash < text->len) {
		out->prerelease = text_cut(*text, dash + 1, text->len);
		if (!names_valid(out->prerelease, true))
			return false;
		*text = text_cut(*text, 0, dash);
	}
	return true;
}

bool semver_parse(struct semver *out, struct text text)
{
	if (text.len > LENGTH_MAX || !take_labels(out, &text))
		return false;
	struct text major = take_part(&text, '.'), minor = take_part(&text, '.');
	return read_number(&out->major, major) && read_number(&out->minor, minor) && read_number(&out->patch, text);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_names(struct text a, struct text b)
{
	uint64_t x, y;
	bool number_a = all_digits(a), number_b = all_digits(b);

	if (number_a != number_b)
		return number_a ? -1 : 1;
	if (!number_a)
		return text_compare(a, b);
	if (a.len != b.len)
		return a.len > b.len ? 1 : -1;
	if (number_parse_count(&x, a, UINT64_MAX) && number_parse_count(&y, b, UINT64_MAX))
		return compare_numbers(x, y);
	return text_compare(a, b);
}

static int compare_prereleases(struct text a, struct text b)
{
	if (!a.len || !b.len)
		return (a.len == 0) - (b.len == 0);
	while (a.len && b.len) {
		int order = compare_names(take_part(&a, '.'), take_part(&b, '.'));
		if (order)
			return order;
	}
	return (a.len > 0) - (b.len > 0);
}

int semver_compare(const struct semver *a, const struct semver *b)
{
	int order = compare_numbers(a->major, b->major);

	if (!order)
		order = compare_numbers(a->minor, b->minor);
	if (!order)
		order = compare_numbers(a->patch, b->patch);
	return order ? order : compare_prereleases(a->prerelease, b->prerelease);
}

/* --- ranges --- */

/* A version of which the last numbers may be left out or be x, X or *. */
struct partial {
	struct semver version;
	unsigned given; /* of major, minor, patch */
};

enum relation { OP_EQUAL, OP_LESS, OP_LESS_EQUAL, OP_GREATER, OP_GREATER_EQUAL, OP_TILDE, OP_CARET };

/* What all comparators of one alternative say about a version; version NULL: only the form is checked. */
struct test {
	const struct semver *version;
	bool holds;
	bool prerelease_named; /* a comparator of the same numbers has a prerelease */
};

static void compare_with(struct test *test, enum relation op, struct semver limit)
{
	if (!test->version)
		return;
	int order = semver_compare(test->version, &limit);
	bool holds = op == OP_EQUAL      ? order == 0
	           : op == OP_LESS       ? order < 0
	           : op == OP_LESS_EQUAL ? order <= 0
	           : op == OP_GREATER    ? order > 0
	                                 : order >= 0;
	test->holds = test->holds && holds;
	if (limit.prerelease.len && limit.major == test->version->major && limit.minor == test->version->minor &&
	    limit.patch == test->version->patch)
		test->prerelease_named = true;
}

/* Below the first of all prereleases of these numbers. */
static void below(struct test *test, uint64_t major, uint64_t minor, uint64_t patch)
{
	compare_with(test, OP_LESS,
	             (struct semver){.major = major, .minor = minor, .patch = patch, .prerelease = TEXT("0")});
}

static void from(struct test *test, const struct partial *partial)
{
	compare_with(test, OP_GREATER_EQUAL, partial->version);
}

/* Below the next version of the last number that is given. */
static void below_next(struct test *test, const struct partial *partial)
{
	if (partial->given == 1)
		below(test, partial->version.major + 1, 0, 0);
	else
		below(test, partial->version.major, partial->version.minor + 1, 0);
}

static void test_caret(struct test *test, const struct partial *partial)
{
	const struct semver *v = &partial->version;

	from(test, partial);
	if (v->major || partial->given == 1)
		below(test, v->major + 1, 0, 0);
	else if (v->minor || partial->given == 2)
		below(test, 0, v->minor + 1, 0);
	else
		below(test, 0, 0, v->patch + 1);
}

/* >1.2 means >=1.3.0 and <=1.2 means <1.3.0-0; what is left out is 0 otherwise. */
static void test_partial(struct test *test, enum relation op, const struct partial *partial)
{
	struct semver next = partial->given == 1
	                       ? (struct semver){.major = partial->version.major + 1}
	                       : (struct semver){.major = partial->version.major, .minor = partial->version.minor + 1};

	switch (op) {
	case OP_GREATER:
		compare_with(test, OP_GREATER_EQUAL, next);
		break;
	case OP_LESS_EQUAL:
		below(test, next.major, next.minor, 0);
		break;
	case OP_LESS:
		below(test, partial->version.major, partial->version.minor, 0);
		break;
	case OP_GREATER_EQUAL:
		from(test, partial);
		break;
	default:
		from(test, partial);
		below_next(test, partial);
	}
}

static void test_comparator(struct test *test, enum relation op, const struct partial *partial)
{
	if (!partial->given) {
		if (op == OP_LESS || op == OP_GREATER)
			test->holds = false;
	} else if (op == OP_CARET) {
		test_caret(test, partial);
	} else if (op == OP_TILDE) {
		from(test, partial);
		below_next(test, partial);
	} else if (partial->given < 3) {
		test_partial(test, op, partial);
	} else {
		compare_with(test, op, partial->version);
	}
}

static bool is_wild(struct text text)
{
	return text_is(text, "x") || text_is(text, "X") || text_is(text, "*");
}

static bool read_partial(struct partial *out, struct text text)
{
	uint64_t *numbers[] = {&out->version.major, &out->version.minor, &out->version.patch};
	bool wild = false;

	*out = (struct partial){0};
	if (text_starts(text, "v"))
		text = text_cut(text, 1, text.len);
	if (!text.len || !take_labels(&out->version, &text))
		return false;
	for (unsigned i = 0; i < 3; i++) {
		bool last = text_find(text, '.') == text.len;
		struct text part = take_part(&text, '.');
		if (is_wild(part))
			wild = true;
		else if (!read_number(numbers[i], part))
			return false;
		else if (!wild)
			out->given = i + 1;
		if (last)
			break;
		if (i == 2 || !text.len)
			return false;
	}
	if (out->given < 3) {
		if (out->given < 2)
			out->version.minor = 0;
		if (!out->given)
			out->version.major = 0;
		out->version.patch = 0;
		out->version.prerelease = (struct text){0};
	}
	return true;
}

static struct text skip_blanks(struct text text)
{
	while (text.len && (text.at[0] == ' ' || text.at[0] == '\t'))
		text = text_cut(text, 1, text.len);
	return text;
}

static struct text take_word(struct text *text)
{
	size_t len = 0;

	*text = skip_blanks(*text);
	while (len < text->len && text->at[len] != ' ' && text->at[len] != '\t')
		len++;
	struct text word = text_cut(*text, 0, len);
	*text = skip_blanks(text_cut(*text, len, text->len));
	return word;
}

static enum relation take_relation(struct text *text)
{
	static const struct {
		const char *sign;
		enum relation op;
	} operators[] = {{">=", OP_GREATER_EQUAL}, {"<=", OP_LESS_EQUAL}, {"~>", OP_TILDE}, {">", OP_GREATER},
	                 {"<", OP_LESS},           {"=", OP_EQUAL},       {"~", OP_TILDE},  {"^", OP_CARET}};

	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (text_starts(*text, operators[i].sign)) {
			*text = skip_blanks(text_cut(*text, text_of(operators[i].sign).len, text->len));
			return operators[i].op;
		}
	return OP_EQUAL;
}

/* "1.2 - 2": from the first, up to and with what the second covers. */
static bool test_hyphen(struct test *test, struct text low, struct text high)
{
	struct partial a, b;

	if (!read_partial(&a, low) || !read_partial(&b, high))
		return false;
	test_comparator(test, OP_GREATER_EQUAL, &a);
	test_comparator(test, OP_LESS_EQUAL, &b);
	return true;
}

/* One alternative: comparators that must all hold. False when it cannot be read. */
static bool test_alternative(struct test *test, struct text text)
{
	struct text rest = text;
	struct text low = take_word(&rest), dash = take_word(&rest), high = take_word(&rest);

	if (text_is(dash, "-") && high.len && !rest.len)
		return test_hyphen(test, low, high);
	text = skip_blanks(text);
	while (text.len) {
		struct partial partial;
		enum relation op = take_relation(&text);
		if (!read_partial(&partial, take_word(&text)))
			return false;
		test_comparator(test, op, &partial);
	}
	return true;
}

/* False when the range cannot be read; *satisfied may be wrong then. */
static bool test_range(bool *satisfied, const struct semver *version, struct text range)
{
	*satisfied = false;
	if (range.len > LENGTH_MAX)
		return false;
	for (;;) {
		struct test test = {.version = version, .holds = true};
		size_t bar = text_find(range, '|');
		if (!test_alternative(&test, text_cut(range, 0, bar)))
			return false;
		if (test.holds && (!version || !version->prerelease.len || test.prerelease_named))
			*satisfied = true;
		if (bar == range.len)
			return true;
		if (bar + 1 >= range.len || range.at[bar + 1] != '|')
			return false;
		range = text_cut(range, bar + 2, range.len);
	}
}

bool semver_range_valid(struct text range)
{
	bool satisfied;

	return test_range(&satisfied, NULL, range);
}

bool semver_satisfies(const struct semver *version, struct text range)
{
	bool satisfied;

	return test_range(&satisfied, version, range) && satisfied;
}

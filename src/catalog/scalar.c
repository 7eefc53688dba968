#include <math.h>
#include <string.h>

#include "arena.h"
#include "buffer.h"
#include "catalog.h"
#include "checker.h"
#include "cron.h"
#include "instant.h"
#include "number.h"
#include "parts.h"
#include "semver.h"

/* One value that is checked, so that findings are short to write. */
struct subject {
	struct checker *checker;
	const struct field *field;
	const struct value *value;
	const struct spot *spot;
};

static struct arena *arena_of(const struct subject *s)
{
	return s->checker->diags->arena;
}

/* "'path' must be WANTED, found 'value'"; quotes are told where they are what is wrong. */
static void wrong(const struct subject *s, enum code code, const char *wanted)
{
	struct text path = spot_text(s->spot, arena_of(s));

	diag_add(s->checker->diags, code, s->value->place, "'%.*s' must be %s, found '%.*s'%s", TEXT_ARGS(path), wanted,
	         TEXT_ARGS(excerpt(s->value->text, arena_of(s))),
	         code == CODE_SCHEMA_TYPE && s->value->quoted ? " in quotes" : "");
}

struct text choices_text(const char *allowed, struct arena *arena)
{
	struct text rest = text_of(allowed), out = {0};

	while (rest.len) {
		size_t at = text_find(rest, '|');
		struct text word = text_cut(rest, 0, at);
		rest = text_cut(rest, at + 1, rest.len);
		const char *glue = !out.len ? "" : rest.len ? ", " : " or ";
		out = text_format(arena, "%.*s%s%.*s", TEXT_ARGS(out), glue, TEXT_ARGS(word));
	}
	return out;
}

size_t choices_split(struct text **words, const char *allowed, struct arena *arena)
{
	struct text rest = text_of(allowed);
	size_t count = 0;

	*words = NULL;
	while (rest.len) {
		size_t at = text_find(rest, '|');
		*words = arena_grow(arena, *words, count, sizeof **words);
		(*words)[count++] = text_cut(rest, 0, at);
		rest = text_cut(rest, at + 1, rest.len);
	}
	return count;
}

static bool is_choice(struct text rest, struct text wanted)
{
	while (rest.len) {
		size_t at = text_find(rest, '|');
		if (text_equal(text_cut(rest, 0, at), wanted))
			return true;
		rest = text_cut(rest, at + 1, rest.len);
	}
	return false;
}

static void check_choice(const struct subject *s)
{
	struct text *words;

	if (is_choice(text_of(s->field->allowed), s->value->text))
		return;
	size_t count = choices_split(&words, s->field->allowed, arena_of(s));
	wrong(s, CODE_SCHEMA_VALUE,
	      arena_format(arena_of(s), "%.*s", TEXT_ARGS(choices_text(s->field->allowed, arena_of(s)))));
	suggest(s->checker->diags, s->value->text, words, count);
}

static void check_family(const struct subject *s)
{
	enum { NAMES_SHOWN = 12 };
	const struct schema_context *context = s->checker->context;
	size_t count = context->family_count;
	struct text list = {0};

	for (size_t i = 0; i < count; i++)
		if (text_equal(context->families[i], s->value->text))
			return;
	for (size_t i = 0; i < count; i++) {
		const char *glue = !i ? "" : i + 1 < count ? ", " : " or ";
		if (i < NAMES_SHOWN)
			list = text_format(arena_of(s), "%.*s%s%.*s", TEXT_ARGS(list), glue, TEXT_ARGS(context->families[i]));
	}
	wrong(s, CODE_SCHEMA_VALUE, count && count <= NAMES_SHOWN ? list.at : "a known family");
	if (!suggest(s->checker->diags, s->value->text, context->families, count))
		diag_help(s->checker->diags, "further families are added in galley.yaml, under 'families'");
}

void suggest_method(struct diags *diags, struct text wanted)
{
	struct text *names = arena_array(diags->arena, schema_method_count, sizeof *names), list = {0};
	char *small = arena_array(diags->arena, wanted.len + 1, 1);

	/* Methods are written in any case. */
	for (size_t i = 0; i < wanted.len; i++)
		small[i] = wanted.at[i] >= 'A' && wanted.at[i] <= 'Z' ? (char)(wanted.at[i] + 32) : wanted.at[i];
	for (size_t i = 0; i < schema_method_count; i++) {
		names[i] = text_of(schema_methods[i].key);
		list = text_format(diags->arena, "%.*s%s%s", TEXT_ARGS(list), i ? ", " : "", schema_methods[i].key);
	}
	if (!suggest(diags, (struct text){small, wanted.len}, names, schema_method_count))
		diag_help(diags, "methods: %.*s", TEXT_ARGS(list));
}

static void check_method(const struct subject *s)
{
	if (schema_method_of(s->value->text) || text_is_nocase(s->value->text, "auto"))
		return;
	wrong(s, CODE_SCHEMA_VALUE, "a drift method or auto");
	suggest_method(s->checker->diags, s->value->text);
}

static void check_bool(const struct subject *s)
{
	const char *meant = NULL;

	if (!s->value->quoted && (text_is(s->value->text, "true") || text_is(s->value->text, "false")))
		return;
	wrong(s, CODE_SCHEMA_TYPE, "true or false");
	if (s->value->quoted)
		meant = text_is_nocase(s->value->text, "true") || text_is_nocase(s->value->text, "false") ? "" : NULL;
	else if (text_is_nocase(s->value->text, "yes") || text_is_nocase(s->value->text, "on") ||
	         text_is_nocase(s->value->text, "true"))
		meant = "true";
	else if (text_is_nocase(s->value->text, "no") || text_is_nocase(s->value->text, "off") ||
	         text_is_nocase(s->value->text, "false"))
		meant = "false";
	if (meant && *meant)
		diag_help(s->checker->diags, "did you mean '%s'?", meant);
	else if (meant)
		diag_help(s->checker->diags, "remove the quotes");
}

/* A decimal such as people write: no octal look, no words. */
bool is_plain_number(double *number, struct text text)
{
	struct text digits = text;

	if (digits.len && (digits.at[0] == '-' || digits.at[0] == '+'))
		digits = text_cut(digits, 1, digits.len);
	if (!digits.len || digits.at[0] == 'i' || digits.at[0] == 'I')
		return false;
	if (digits.len > 1 && digits.at[0] == '0' && digits.at[1] >= '0' && digits.at[1] <= '9')
		return false;
	return number_parse(number, text) == NUMBER_FINITE;
}

static void check_range(const struct subject *s, double number)
{
	const struct field *f = s->field;
	char low[32], high[32];

	if (f->min == f->max || (number >= f->min && number <= f->max))
		return;
	number_print(low, f->min);
	number_print(high, f->max);
	wrong(s, CODE_SCHEMA_RANGE,
	      isinf(f->max) ? arena_format(arena_of(s), "%s or more", low)
	                    : arena_format(arena_of(s), "from %s to %s", low, high));
}

static bool read_number(const struct subject *s, double *number, const char *wanted)
{
	bool plain = is_plain_number(number, s->value->text);

	if (plain && !s->value->quoted)
		return true;
	wrong(s, CODE_SCHEMA_TYPE, wanted);
	if (plain)
		diag_help(s->checker->diags, "remove the quotes");
	else if (s->value->text.len && strchr("+-.0123456789", s->value->text.at[0]))
		diag_help(s->checker->diags, "write a finite decimal such as 0.25 or 1000");
	return false;
}

static void check_number(const struct subject *s)
{
	double number;

	if (read_number(s, &number, "a number"))
		check_range(s, number);
}

static void check_count(const struct subject *s)
{
	const uint64_t most = 9007199254740991u; /* 2^53 - 1: what every reader of JSON keeps exactly */
	uint64_t count;
	double number;

	if (!read_number(s, &number, "a whole number"))
		return;
	if (number_parse_count(&count, s->value->text, most))
		check_range(s, number);
	else
		wrong(s, number < 0 || number > (double)most ? CODE_SCHEMA_RANGE : CODE_SCHEMA_TYPE, "a whole number from 0");
}

static void check_id(const struct subject *s)
{
	bool run = s->field->type == FIELD_RUN_ID;

	if (!is_id(s->value->text, run))
		wrong(s, CODE_SCHEMA_ID,
		      run ? "the id of a run (lower-case letters, digits, _ and -, at most 64; not 'snapshots')"
		          : "an id (a lower-case letter, then lower-case letters, digits, _ and -, at most 64)");
}

static void check_version(const struct subject *s)
{
	struct semver version;

	if (semver_parse(&version, s->value->text))
		return;
	wrong(s, CODE_SCHEMA_VERSION, "a version such as 1.2.0");
	struct text longer = text_format(arena_of(s), "%.*s.0", TEXT_ARGS(s->value->text));
	struct text shorter = text_cut(s->value->text, 1, s->value->text.len);
	if (semver_parse(&version, longer))
		diag_help(s->checker->diags, "did you mean '%.*s'?", TEXT_ARGS(longer));
	else if (text_starts(s->value->text, "v") && semver_parse(&version, shorter))
		diag_help(s->checker->diags, "did you mean '%.*s'?", TEXT_ARGS(shorter));
}

static void check_reference(const struct subject *s)
{
	struct reference reference = reference_of(s->value);

	if (!is_id(reference.id, false)) {
		wrong(s, CODE_SCHEMA_REFERENCE, "ID, ID@VERSION or ID@RANGE");
	} else if (reference.pin.at && (!reference.pin.len || !semver_range_valid(reference.pin))) {
		wrong(s, CODE_SCHEMA_VERSION, "a reference with a version or range after '@'");
		diag_help(s->checker->diags, "such as %.*s@1.2.0, @^1.2 or @~1.2.3", TEXT_ARGS(reference.id));
	}
}

static void check_path(const struct subject *s)
{
	if (!is_inner_path(s->value->text))
		wrong(s, CODE_SCHEMA_PATH, "a relative path with '/' between names, without '.' and '..'");
}

/* Whether it begins with four, two and two digits. */
static bool looks_like_date(struct text text)
{
	static const char shape[] = "0000-00-00";

	for (size_t i = 0; i + 1 < sizeof shape; i++)
		if (i >= text.len || (shape[i] == '0' ? text.at[i] < '0' || text.at[i] > '9' : text.at[i] != '-'))
			return false;
	return true;
}

static void check_time(const struct subject *s)
{
	int64_t seconds;

	if (s->field->type == FIELD_DATE ? instant_parse_date(&seconds, s->value->text)
	                                 : instant_parse(&seconds, s->value->text))
		return;
	wrong(s, CODE_SCHEMA_TIME,
	      s->field->type == FIELD_DATE ? "a date such as 2026-06-30" : "a time such as 2026-02-01T02:00:00Z");
	if (looks_like_date(s->value->text))
		diag_help(s->checker->diags, "%s", instant_parse_date(&seconds, text_cut(s->value->text, 0, 10))
		                                       ? "the date is right, what follows it is not"
		                                       : "there is no such day");
}

static void check_duration(const struct subject *s)
{
	double number;

	if (duration_hours(&number, s->value->text))
		return;
	if (s->field->type == FIELD_DURATION) {
		wrong(s, CODE_SCHEMA_DURATION, "a number with h, d, w, mo or y, such as 104w");
	} else if (!is_plain_number(&number, s->value->text) || s->value->quoted) {
		wrong(s, CODE_SCHEMA_DURATION, "a share such as 0.2, or a number with h, d, w, mo or y, such as 13w");
	} else if (number < 0 || number > 1) {
		wrong(s, CODE_SCHEMA_RANGE, "a share from 0 to 1");
	}
}

static bool check_bytes(const struct subject *s, const size_t *most)
{
	if (s->value->text.len > *most) {
		diag_add(s->checker->diags, CODE_SCHEMA_RANGE, s->value->place, "'%.*s' has %zu bytes, more than %zu (%s)", TEXT_ARGS(spot_text(s->spot, arena_of(s))),
		         s->value->text.len, *most, limit_note(s->checker->context->limits, most).text);
		return false;
	}
	return true;
}

static void check_cron(const struct subject *s)
{
	struct text why;

	if (!check_bytes(s, &s->checker->context->limits->cron_bytes) || cron_check(&why, s->value->text, arena_of(s)))
		return;
	diag_add(s->checker->diags, CODE_SCHEMA_CRON, s->value->place, "'%.*s' is no schedule: %.*s",
	         TEXT_ARGS(spot_text(s->spot, arena_of(s))), TEXT_ARGS(excerpt(why, arena_of(s))));
	diag_help(s->checker->diags, "five fields: minute, hour, day of month, month, day of week, such as \"0 6 * * 1\"");
}

static void check_allowance(const struct subject *s)
{
	double number;
	struct text text = s->value->text;
	bool percent = text_ends(text, "%");

	if (percent)
		text.len--;
	if (!is_plain_number(&number, text) || (s->value->quoted && !percent))
		wrong(s, CODE_SCHEMA_TYPE, "a number, or a percentage such as 5%");
	else if (number < 0)
		wrong(s, CODE_SCHEMA_RANGE, "0 or more");
}

static void check_size(const struct subject *s)
{
	size_t bytes;

	if (!limit_parse(&bytes, s->value->text))
		wrong(s, CODE_SCHEMA_TYPE, "a whole number, with KiB, MiB or GiB where it counts bytes");
	else if (!bytes)
		wrong(s, CODE_SCHEMA_RANGE, "1 or more");
}

static void check_character(const struct subject *s)
{
	struct text text = s->value->text;

	if (text.len == 1 && (text.at[0] == '\t' || (text.at[0] >= ' ' && text.at[0] < 127 && !strchr("\"'", text.at[0]) &&
	                                             !(text.at[0] >= '0' && text.at[0] <= '9') &&
	                                             !((text.at[0] | 32) >= 'a' && (text.at[0] | 32) <= 'z'))))
		return;
	wrong(s, CODE_SCHEMA_VALUE, "one character such as ';' or a tab, no quote, letter or digit");
}

static void check_expression(const struct subject *s)
{
	check_bytes(s, &s->checker->context->limits->expression_bytes);
}

void scalar_check(struct checker *checker, const struct field *field, const struct value *value,
                  const struct spot *spot)
{
	static void (*const checks[])(const struct subject *s) = {
		[FIELD_NUMBER] = check_number,       [FIELD_COUNT] = check_count,
		[FIELD_BOOL] = check_bool,           [FIELD_ID] = check_id,
		[FIELD_RUN_ID] = check_id,           [FIELD_FAMILY] = check_family,
		[FIELD_CHOICE] = check_choice,       [FIELD_VERSION] = check_version,
		[FIELD_REFERENCE] = check_reference, [FIELD_TIME] = check_time,
		[FIELD_DATE] = check_time,           [FIELD_DURATION] = check_duration,
		[FIELD_CRON] = check_cron,           [FIELD_PATH] = check_path,
		[FIELD_METHOD] = check_method,       [FIELD_EXPRESSION] = check_expression,
		[FIELD_ALLOWANCE] = check_allowance, [FIELD_SIZE] = check_size,
		[FIELD_METRICS] = check_path,        [FIELD_PACK_ITEM] = check_reference,
		[FIELD_SPAN] = check_duration,       [FIELD_CHARACTER] = check_character,
		[FIELD_RULE] = check_choice,
	};
	static const char *const wanted[] = {
		[FIELD_NUMBER] = "a number",
		[FIELD_COUNT] = "a whole number",
		[FIELD_BOOL] = "true or false",
		[FIELD_METRICS] = "a path or a mapping of metrics",
		[FIELD_FEATURE] = "a column's name or a mapping",
		[FIELD_PACK_ITEM] = "a pack's id or a mapping",
		[FIELD_RULE] = "error, warning, note or off",
	};
	struct subject subject = {checker, field, value, spot};
	const char *word = (size_t)field->type < sizeof wanted / sizeof *wanted ? wanted[field->type] : NULL;

	if (value->kind != VALUE_SCALAR) {
		if (!word && field->allowed)
			word = arena_format(arena_of(&subject), "%.*s", TEXT_ARGS(choices_text(field->allowed, arena_of(&subject))));
		type_finding(checker, value, spot, word ? word : "a single value");
	} else if (!value->text.len) {
		struct text path = spot_text(spot, checker->diags->arena);
		diag_add(checker->diags, CODE_SCHEMA_VALUE, value->place, "'%.*s' is empty text", TEXT_ARGS(path));
	} else if (checks[field->type]) {
		checks[field->type](&subject);
	}
}

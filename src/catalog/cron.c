#include "cron.h"

#include <stdint.h>

#include "number.h"

enum { FIELDS = 5 };

struct cron_field {
	const char *name;
	unsigned min, max;
	const char *const *words; /* for min, min + 1, ...; NULL: none */
	unsigned word_count;
};

static const char *const month_words[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const day_words[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static const struct cron_field fields[FIELDS] = {
    {"minute", 0, 59, NULL, 0},         {"hour", 0, 23, NULL, 0},       {"day of month", 1, 31, NULL, 0},
    {"month", 1, 12, month_words, 12}, {"day of week", 0, 7, day_words, 7},
};

struct cron_parse {
	struct text *why;
	struct arena *arena;
	const struct cron_field *field;
};

static bool refuse(struct cron_parse *parse, const char *what, struct text found)
{
	*parse->why = text_format(parse->arena, "%s '%.*s' %s", parse->field->name, TEXT_ARGS(found), what);
	return false;
}

static bool read_value(unsigned *value, struct cron_parse *parse, struct text text)
{
	const struct cron_field *field = parse->field;
	uint64_t number;

	for (unsigned i = 0; i < field->word_count; i++)
		if (text_is_nocase(text, field->words[i])) {
			*value = field->min + i;
			return true;
		}
	if (!number_parse_count(&number, text, UINT64_MAX) || number < field->min || number > field->max) {
		*parse->why = text_format(parse->arena, "%s '%.*s' is not from %u to %u", field->name, TEXT_ARGS(text), field->min,
		                          field->max);
		return false;
	}
	*value = (unsigned)number;
	return true;
}

/* One item of a list: *, A, A-B, each but A with an optional /STEP. */
static bool read_item(uint64_t *set, struct cron_parse *parse, struct text item)
{
	size_t slash = text_find(item, '/');
	struct text range = text_cut(item, 0, slash), step_text = text_cut(item, slash + 1, item.len);
	uint64_t step = 1;
	unsigned low = parse->field->min, high = parse->field->max;

	if (!item.len)
		return refuse(parse, "is empty", item);
	if (slash < item.len && (!number_parse_count(&step, step_text, parse->field->max) || !step))
		return refuse(parse, "has a step that is not a whole number from 1 up to the field's largest value", item);
	if (!text_is(range, "*")) {
		size_t dash = text_find(range, '-');
		if (!read_value(&low, parse, text_cut(range, 0, dash)))
			return false;
		if (dash < range.len) {
			if (!read_value(&high, parse, text_cut(range, dash + 1, range.len)))
				return false;
		} else if (slash < item.len) {
			return refuse(parse, "has a step without a range", item);
		} else {
			high = low;
		}
		if (high < low)
			return refuse(parse, "is a range that ends before it begins", item);
	}
	for (uint64_t value = low; value <= high; value += step)
		*set |= (uint64_t)1 << value;
	return true;
}

static bool read_field(uint64_t *set, struct cron_parse *parse, struct text text)
{
	*set = 0;
	for (;;) {
		size_t comma = text_find(text, ',');
		if (!read_item(set, parse, text_cut(text, 0, comma)))
			return false;
		if (comma == text.len)
			return true;
		text = text_cut(text, comma + 1, text.len);
	}
}

/* Whether any month of the set is long enough for the first day of the set. */
static bool day_exists(uint64_t days, uint64_t months)
{
	static const unsigned lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	for (unsigned month = 1; month <= 12; month++)
		for (unsigned day = 1; day <= lengths[month - 1]; day++)
			if ((months >> month & 1) && (days >> day & 1))
				return true;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Splits at blanks; the number of words, of which at most FIELDS are kept. */
static size_t split(struct text words[FIELDS], struct text line)
{
	size_t count = 0;

	for (size_t i = 0; i < line.len;) {
		size_t start = i;
		while (i < line.len && !is_blank(line.at[i]))
			i++;
		if (i > start) {
			if (count < FIELDS)
				words[count] = text_cut(line, start, i);
			count++;
		}
		while (i < line.len && is_blank(line.at[i]))
			i++;
	}
	return count;
}

bool cron_check(struct text *why, struct text line, struct arena *arena)
{
	struct text words[FIELDS];
	uint64_t sets[FIELDS];

	size_t count = split(words, line);
	if (count != FIELDS) {
		*why = text_format(arena, "%zu field%s where five are needed: minute, hour, day of month, month, day of week", count,
		                   count == 1 ? "" : "s");
		return false;
	}
	for (size_t i = 0; i < FIELDS; i++) {
		struct cron_parse parse = {why, arena, &fields[i]};
		if (!read_field(&sets[i], &parse, words[i]))
			return false;
	}
	/* Where both days are restricted either is enough, so the weekday always comes. */
	if ((text_starts(words[4], "*") || text_starts(words[2], "*")) && !day_exists(sets[2], sets[3])) {
		*why = text_format(arena, "it never fires: no month '%.*s' has a day '%.*s'", TEXT_ARGS(words[3]), TEXT_ARGS(words[2]));
		return false;
	}
	return true;
}

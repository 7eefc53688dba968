#include "decimal.h"

#include <string.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool equal_nocase(struct text a, struct text b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

static const struct text usual[] = {{"na", 2}, {"nan", 3}, {"null", 4}};
enum { USUAL_COUNT = sizeof usual / sizeof *usual };

static void add_spelling(struct missing *missing, struct text spelling)
{
	double value;
	unsigned char first = (unsigned char)lower(spelling.len ? spelling.at[0] : ' ');

	missing->first[first] = true;
	if (first >= 'a' && first <= 'z')
		missing->first[first - 'a' + 'A'] = true;
	if (spelling.len > missing->longest)
		missing->longest = spelling.len;
	if (number_parse(&value, spelling) != NUMBER_NONE)
		missing->numeric = true;
}

void missing_init(struct missing *missing, const struct text *more, size_t count)
{
	*missing = (struct missing){.more = more, .more_count = count};
	missing->first[' '] = missing->first['\t'] = true;
	for (size_t i = 0; i < USUAL_COUNT; i++)
		add_spelling(missing, usual[i]);
	for (size_t i = 0; i < count; i++)
		add_spelling(missing, text_trim(more[i]));
}

bool missing_is(const struct missing *missing, struct text field)
{
	if (!field.len)
		return true;
	if (!missing->first[(unsigned char)field.at[0]])
		return false;
	field = text_trim(field);
	if (!field.len)
		return true;
	if (field.len > missing->longest)
		return false;
	for (size_t i = 0; i < USUAL_COUNT; i++)
		if (equal_nocase(field, usual[i]))
			return true;
	for (size_t i = 0; i < missing->more_count; i++)
		if (equal_nocase(field, text_trim(missing->more[i])))
			return true;
	return false;
}

enum number_class decimal_read(double *value, struct text text)
{
	return number_parse(value, text);
}

enum decimal_class decimal_field(double *value, struct text field, const struct missing *missing)
{
	double read;

	if (missing_is(missing, field))
		return DECIMAL_MISSING;
	switch (decimal_read(&read, text_trim(field))) {
	case NUMBER_NONE:
		return DECIMAL_INVALID;
	case NUMBER_INFINITE:
		return read > 0 ? DECIMAL_POS_INF : DECIMAL_NEG_INF;
	case NUMBER_FINITE:
		break;
	}
	*value = read + 0.0;
	return DECIMAL_FINITE;
}

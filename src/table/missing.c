#include "table.h"

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

bool field_is_missing(struct text field, const struct text *na, size_t na_count)
{
	static const struct text usual[] = {{"na", 2}, {"nan", 3}, {"null", 4}};

	field = text_trim(field);
	if (!field.len)
		return true;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (equal_nocase(field, usual[i]))
			return true;
	for (size_t i = 0; i < na_count; i++)
		if (equal_nocase(field, text_trim(na[i])))
			return true;
	return false;
}

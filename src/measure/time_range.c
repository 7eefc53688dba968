#include "arena.h"
#include "drift.h"
#include "instant.h"

int table_time_range(int64_t *oldest, int64_t *newest, bool *found, const struct table_file *file, struct text column, char delimiter,
                     const struct text *na, size_t na_count, const struct limits *limits, struct arena *arena, struct diags *diags,
                     struct failure *failure)
{
	struct table_options options = {delimiter, 0, limits};
	const struct text *fields;
	struct table *table;
	int64_t seconds;

	*found = false;
	*oldest = *newest = 0;
	if (table_open(&table, file, &options, arena, diags, failure))
		return -1;
	if (!table)
		return 0;
	const struct table_info *info = table_get_info(table);
	size_t at = 0;
	while (at < info->columns && !text_equal(info->names[at], column))
		at++;
	int result = 0;
	while (at < info->columns && (result = table_next(&fields, table, failure)) == 0 && fields) {
		if (field_is_missing(fields[at], na, na_count) || !instant_parse(&seconds, text_trim(fields[at])))
			continue;
		if (!*found || seconds < *oldest)
			*oldest = seconds;
		if (!*found || seconds > *newest)
			*newest = seconds;
		*found = true;
	}
	if (at < info->columns && !result && !info->ok)
		*found = false;
	table_close(table);
	return result;
}

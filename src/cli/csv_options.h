/* What all commands that read CSV ask in the same words: rows for their tables of options, and what stands behind them. A command takes the
 * groups that it has a use for. Included by tables that define AT(field), behind command.h.
 *
 * Ownership: as in command.h. Failure: usage errors are printed and give EXIT_USAGE. */
#ifndef GALLEY_CSV_OPTIONS_H
#define GALLEY_CSV_OPTIONS_H

#include "command.h"

/* Which columns, and as what. */
#define CSV_COLUMN_OPTIONS \
	{"column", 0, OPTION_WORDS, AT(columns), "NAME", NULL, "only this column"}, \
	{"kind", 0, OPTION_WORDS, AT(kinds), "COL=KIND", NULL, "number, category, category_num, timestamp or ignore"}

/* How the bytes are read. beside, first: what a recipe says of missing and of the delimiter, where the command has one. */
#define CSV_READING_OPTIONS(beside, first) \
	{"na", 0, OPTION_WORDS, AT(na), "TOKEN", NULL, "a spelling of missing, beside the usual ones" beside}, \
	{"delimiter", 0, OPTION_WORD, AT(delimiter), "C", NULL, "comma, semicolon, tab or | (default: " first "found in the header)"}, \
	{"max-bad-rows", 0, OPTION_NUMBER, AT(max_bad_rows), "N", NULL, "leave out at most N rows that cannot be read (default 0)"}

/* With less, looking at every value takes so many passes that it never ends. */
#define CSV_MEMORY_LEAST "1MiB"
#define CSV_MEMORY_OPTION \
	{"memory", 0, OPTION_SIZE, AT(memory), "SIZE", CSV_MEMORY_LEAST, \
	 "for values of data (default 256MiB); more data is read more than once, the answer is the same"}

/* All that the options above say, in a request whose files the command sets. */
int csv_request(struct drift_request *request, struct invocation *invocation);
/* --delimiter: left alone where it is not given; a usage error where it is none. */
int csv_delimiter(char *delimiter, const struct invocation *invocation);
/* Says that a person at a terminal is waited for, where path is "-" and there is one. */
void csv_await(const struct invocation *invocation, struct text path);
/* Whether it was said how files are to be read: --kind, or one of CSV_READING_OPTIONS. */
bool csv_reading_given(const struct invocation *invocation);

#endif

#include "instant.h"

#include <stdio.h>

/* Days from 1970-01-01 to a date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	unsigned of_era = (unsigned)(year - era * 400);
	unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	unsigned day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;

	return era * 146097 + (int64_t)day_of_era - 719468;
}

static void date_of(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	unsigned doe = (unsigned)(days - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (int64_t)yoe + era * 400 + (*month <= 2);
}

/* Takes exactly count digits from the front of text. */
static bool take_digits(unsigned *value, struct text *text, unsigned count)
{
	*value = 0;
	if (text->len < count)
		return false;
	for (unsigned i = 0; i < count; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		*value = *value * 10 + (unsigned)(text->at[i] - '0');
	}
	*text = text_cut(*text, count, text->len);
	return true;
}

static bool take_char(struct text *text, char c)
{
	if (!text->len || text->at[0] != c)
		return false;
	*text = text_cut(*text, 1, text->len);
	return true;
}

static bool take_date(int64_t *days, struct text *text)
{
	static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned year, month, day;

	if (!take_digits(&year, text, 4) || !take_char(text, '-') || !take_digits(&month, text, 2) || !take_char(text, '-') ||
	    !take_digits(&day, text, 2))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (day > lengths[month - 1] + (month == 2 && leap ? 1u : 0u))
		return false;
	*days = days_of(year, month, day);
	return true;
}

static bool take_zone(int64_t *offset, struct text *text)
{
	unsigned hours, minutes;
	bool west = text->len && text->at[0] == '-';

	*offset = 0;
	if (!text->len || take_char(text, 'Z') || take_char(text, 'z'))
		return true;
	if (!take_char(text, '+') && !take_char(text, '-'))
		return false;
	if (!take_digits(&hours, text, 2))
		return false;
	take_char(text, ':');
	if (!take_digits(&minutes, text, 2) || hours > 23 || minutes > 59)
		return false;
	*offset = (int64_t)(hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

bool instant_parse(int64_t *seconds, struct text text)
{
	int64_t days, offset;
	unsigned hour, minute, second = 0, digit;

	if (!take_date(&days, &text))
		return false;
	*seconds = days * 86400;
	if (!text.len)
		return true;
	if (!take_char(&text, 'T') && !take_char(&text, 't') && !take_char(&text, ' '))
		return false;
	if (!take_digits(&hour, &text, 2) || !take_char(&text, ':') || !take_digits(&minute, &text, 2))
		return false;
	if (take_char(&text, ':')) {
		if (!take_digits(&second, &text, 2))
			return false;
		if (take_char(&text, '.') && !take_digits(&digit, &text, 1))
			return false;
		while (take_digits(&digit, &text, 1))
			;
	}
	if (!take_zone(&offset, &text) || text.len || hour > 23 || minute > 59 || second > 60)
		return false;
	if (second == 60)
		second = 59;
	*seconds += (int64_t)(hour * 3600 + minute * 60 + second) - offset;
	return true;
}

bool instant_parse_date(int64_t *seconds, struct text text)
{
	int64_t days;

	if (!take_date(&days, &text) || text.len)
		return false;
	*seconds = days * 86400;
	return true;
}

bool instant_parse_stamp(int64_t *seconds, struct text text)
{
	int64_t days;
	unsigned hour, minute, second;

	if (!take_date(&days, &text))
		return false;
	*seconds = days * 86400;
	if (!text.len)
		return true;
	if (!take_char(&text, 'T') || !take_digits(&hour, &text, 2) || !take_digits(&minute, &text, 2) ||
	    !take_digits(&second, &text, 2) || !take_char(&text, 'Z') || text.len)
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*seconds += (int64_t)(hour * 3600 + minute * 60 + second);
	return true;
}

static int64_t floor_days(int64_t seconds)
{
	return (seconds >= 0 ? seconds : seconds - 86399) / 86400;
}

size_t instant_print_date(char out[static 32], int64_t seconds)
{
	int64_t year;
	unsigned month, day;

	date_of(floor_days(seconds), &year, &month, &day);
	return (size_t)snprintf(out, 32, "%04lld-%02u-%02u", (long long)year, month, day);
}

size_t instant_print(char out[static 32], int64_t seconds)
{
	size_t len = instant_print_date(out, seconds);
	unsigned of_day = (unsigned)(seconds - floor_days(seconds) * 86400);

	return len + (size_t)snprintf(out + len, 32 - len, "T%02u:%02u:%02uZ", of_day / 3600, of_day / 60 % 60, of_day % 60);
}
